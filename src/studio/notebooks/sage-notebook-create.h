/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-notebook.h"

G_BEGIN_DECLS

void sage_notebook_create             (GtkWidget  *widget,
                                       GFile      *folder);
void sage_notebook_create_from_script (GtkWidget  *widget,
                                       GFile      *script,
                                       const char *text);
gboolean sage_notebook_write_new      (SageNotebook  *notebook,
                                       GFile         *file,
                                       gboolean       replace,
                                       GError       **error);

G_END_DECLS
