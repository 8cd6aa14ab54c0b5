/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * A delete that can be taken back: the things are out of sight at once, and are deleted when nobody
 * has taken it back for ten seconds, when something else is deleted, or when the window closes.
 * Lists show what a SageUndoFilter lets pass; the application calls sage_undo_flush() in its
 * shutdown(), before the connections go.
 */
void       sage_undo_remove     (GtkWidget      *widget,
                                 SageConnection *connection,
                                 GListModel     *resources);
gboolean   sage_undo_take_back  (void);
gboolean   sage_undo_is_pending (SageResource   *resource);
void       sage_undo_flush      (void);

/* A filter that hides the resources whose removal is pending, and shows them again. */
#define SAGE_TYPE_UNDO_FILTER (sage_undo_filter_get_type ())

G_DECLARE_FINAL_TYPE (SageUndoFilter, sage_undo_filter, SAGE, UNDO_FILTER, GtkFilter)

GtkFilter *sage_undo_filter_new (void);

G_END_DECLS
