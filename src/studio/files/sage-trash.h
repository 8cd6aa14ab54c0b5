/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Files to the trash, and back out of it: as freedesktop.org's trash specification has it, without
 * the help of a desktop.
 */
gboolean sage_trash_put (GtkWidget *widget,
                         GFile     *file);

G_END_DECLS
