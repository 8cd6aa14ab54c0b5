/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-undo-filter"

#include "config.h"

#include "sage-undo-private.h"

struct _SageUndoFilter
{
  GtkFilter parent_instance;
};

G_DEFINE_FINAL_TYPE (SageUndoFilter, sage_undo_filter, GTK_TYPE_FILTER)

/* (unowned): all that there are; they are told what changes */
static GPtrArray *filters;

static gboolean
sage_undo_filter_match (GtkFilter *filter,
                        gpointer   item)
{
  return !SAGE_IS_RESOURCE (item) || !sage_undo_is_pending (item);
}

static void
sage_undo_filter_finalize (GObject *object)
{
  g_ptr_array_remove_fast (filters, object);

  G_OBJECT_CLASS (sage_undo_filter_parent_class)->finalize (object);
}

static void
sage_undo_filter_class_init (SageUndoFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_undo_filter_finalize;
  GTK_FILTER_CLASS (klass)->match = sage_undo_filter_match;
}

static void
sage_undo_filter_init (SageUndoFilter *self)
{
  if (filters == NULL)
    filters = g_ptr_array_new ();
  g_ptr_array_add (filters, self);
}

/* Has every list look again: for fewer of its rows (@stricter), or for more. */
void
sage_undo_filters_changed (gboolean stricter)
{
  g_autoptr(GPtrArray) held = NULL;

  if (filters == NULL)
    return;

  held = g_ptr_array_copy (filters, (GCopyFunc) (GCallback) g_object_ref, NULL);
  g_ptr_array_set_free_func (held, g_object_unref);
  for (guint i = 0; i < held->len; i++)
    gtk_filter_changed (g_ptr_array_index (held, i),
                        stricter ? GTK_FILTER_CHANGE_MORE_STRICT : GTK_FILTER_CHANGE_LESS_STRICT);
}

/**
 * sage_undo_filter_new:
 *
 * Returns: (transfer full): a filter for lists of #SageResource
 */
GtkFilter *
sage_undo_filter_new (void)
{
  return g_object_new (SAGE_TYPE_UNDO_FILTER, NULL);
}
