/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * Told of each thing when the engine has answered; @error (nullable): why it was not deleted. And
 * of the end of all with %NULL for the thing.
 */
typedef void (*SageRemovalFunc) (SageResource *resource,
                                 const GError *error,
                                 gpointer      user_data);

GPtrArray *sage_removal_list       (GListModel      *resources);
void       sage_removal_start      (GtkWidget       *overlay,
                                    SageConnection  *connection,
                                    GPtrArray       *resources,
                                    SageRemovalFunc  func,
                                    gpointer         user_data);
gboolean   sage_removal_is_busy    (void);

char      *sage_removal_done_words (GPtrArray       *resources);
char      *sage_removal_fail_words (GPtrArray       *resources,
                                    guint            n_failed);
char      *sage_removal_question   (GPtrArray       *resources);
char      *sage_removal_body       (GPtrArray       *resources);

G_END_DECLS
