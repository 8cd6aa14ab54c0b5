/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-feed.h"

G_BEGIN_DECLS

/* A heading and the rows of a feed. Properties: "title", "none" (what stands there without rows). */
#define SAGE_TYPE_HOME_COLUMN (sage_home_column_get_type ())

G_DECLARE_FINAL_TYPE (SageHomeColumn, sage_home_column, SAGE, HOME_COLUMN, GtkWidget)

void       sage_home_column_set_feed  (SageHomeColumn *self,
                                      SageConnection *connection,
                                      SageFeed       *feed);
GtkWidget *sage_home_column_get_first (SageHomeColumn *self);

G_END_DECLS
