/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Shows its child up to a height, and offers to show all of it. Properties: "cap" (pixels),
 * "is-open" (all of it is shown), "follows-end" (what is cut off is the start).
 */
#define SAGE_TYPE_CAPPED_BIN (sage_capped_bin_get_type ())

G_DECLARE_FINAL_TYPE (SageCappedBin, sage_capped_bin, SAGE, CAPPED_BIN, GtkWidget)

GtkWidget *sage_capped_bin_new             (void);
void       sage_capped_bin_set_child       (SageCappedBin *self,
                                            GtkWidget     *child);
void       sage_capped_bin_set_cap         (SageCappedBin *self,
                                            int            cap);
gboolean   sage_capped_bin_get_is_open     (SageCappedBin *self);
void       sage_capped_bin_set_is_open     (SageCappedBin *self,
                                            gboolean       is_open);
void       sage_capped_bin_set_follows_end (SageCappedBin *self,
                                            gboolean       follows_end);

G_END_DECLS
