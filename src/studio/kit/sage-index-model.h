/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-resource.h"

G_BEGIN_DECLS

/*
 * The rows of a list: those of a source, filtered and in order, with what is selected of them. GTK's
 * own chain of models empties the view while it filters, loses what is selected, and does not see a
 * row change; this one works in slices of time behind the rows that are shown, puts the result in
 * their place at once, and follows rows one by one.
 *
 * Signals: "updated": the rows, the counts or whether it is busy may be other ones; "go-to-top": the
 * view must scroll to its first row before it does anything else; "selection-changed",
 * "items-changed".
 */
#define SAGE_TYPE_INDEX_MODEL (sage_index_model_get_type ())

G_DECLARE_FINAL_TYPE (SageIndexModel, sage_index_model, SAGE, INDEX_MODEL, GObject)

typedef gboolean (*SageIndexTest) (SageResource *row,
                                   gpointer      user_data);

SageIndexModel *sage_index_model_new         (SageIndexTest   belongs,
                                              SageIndexTest   matches,
                                              gpointer        user_data);
void            sage_index_model_set_source  (SageIndexModel *self,
                                              GListModel     *source);
void            sage_index_model_set_order   (SageIndexModel *self,
                                              GtkSorter      *order);
void            sage_index_model_refilter    (SageIndexModel *self,
                                              gboolean        anew);
void            sage_index_model_recount     (SageIndexModel *self);
void            sage_index_model_row_changed (SageIndexModel *self,
                                              SageResource   *row);
guint           sage_index_model_get_total   (SageIndexModel *self);
guint           sage_index_model_get_count   (SageIndexModel *self,
                                              SageState       state);
gboolean        sage_index_model_is_busy     (SageIndexModel *self);
guint           sage_index_model_find        (SageIndexModel *self,
                                              SageResource   *row);
guint           sage_index_model_n_selected  (SageIndexModel *self);
GListModel     *sage_index_model_dup_selected (SageIndexModel *self);

G_END_DECLS
