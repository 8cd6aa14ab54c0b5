/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* Tells the desktop what ends, fails or waits while nobody looks at a window. */
#define SAGE_TYPE_NOTIFIER (sage_notifier_get_type ())

G_DECLARE_FINAL_TYPE (SageNotifier, sage_notifier, SAGE, NOTIFIER, GObject)

SageNotifier *sage_notifier_new    (GApplication   *application,
                                    GSettings      *settings);
void          sage_notifier_follow (SageNotifier   *self,
                                    SageConnection *connection);

G_END_DECLS
