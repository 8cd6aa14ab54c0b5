/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-notebook-private.h"

typedef enum
{
  PROP_IS_READ_ONLY = 1,
  PROP_FAULT,
  PROP_NOTE,
  PROP_IS_MODIFIED,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_UNDO_NAME,
  PROP_REDO_NAME,
} SageNotebookProperty;

static GParamSpec *properties[PROP_REDO_NAME + 1];

enum
{
  CHANGED,
  SOURCE_EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GType
sage_notebook_get_item_type (GListModel *model)
{
  return SAGE_TYPE_CELL;
}

static guint
sage_notebook_get_n_items (GListModel *model)
{
  return SAGE_NOTEBOOK (model)->cells->len;
}

static gpointer
sage_notebook_get_item (GListModel *model,
                        guint       position)
{
  SageNotebook *self = SAGE_NOTEBOOK (model);

  return position < self->cells->len
         ? g_object_ref (g_ptr_array_index (self->cells, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sage_notebook_get_item_type;
  iface->get_n_items = sage_notebook_get_n_items;
  iface->get_item = sage_notebook_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SageNotebook, sage_notebook, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
sage_notebook_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  SageNotebook *self = SAGE_NOTEBOOK (object);

  switch ((SageNotebookProperty) prop_id)
    {
    case PROP_IS_READ_ONLY:
      g_value_set_boolean (value, self->is_read_only);
      break;
    case PROP_FAULT:
      g_value_set_string (value, self->fault);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_IS_MODIFIED:
      g_value_set_boolean (value, sage_notebook_is_modified (self));
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, sage_history_get_undo (self->history) != NULL);
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, sage_history_get_redo (self->history) != NULL);
      break;
    case PROP_UNDO_NAME:
      g_value_set_string (value, sage_history_get_undo (self->history));
      break;
    case PROP_REDO_NAME:
      g_value_set_string (value, sage_history_get_redo (self->history));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_notebook_dispose (GObject *object)
{
  SageNotebook *self = SAGE_NOTEBOOK (object);

  /* A view may hold a cell for longer. */
  for (guint i = 0; i < self->cells->len; i++)
    ((SageCell *) g_ptr_array_index (self->cells, i))->notebook = NULL;
  g_clear_object (&self->bin);

  G_OBJECT_CLASS (sage_notebook_parent_class)->dispose (object);
}

static void
sage_notebook_finalize (GObject *object)
{
  SageNotebook *self = SAGE_NOTEBOOK (object);

  sage_history_free (self->history);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->cells);
  g_clear_pointer (&self->metadata, g_bytes_unref);
  g_clear_pointer (&self->metadata_object, json_object_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->fault);
  g_free (self->note);

  G_OBJECT_CLASS (sage_notebook_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  /**
   * SageNotebook::changed:
   *
   * Something that a save would write has changed.
   */
  signals[CHANGED] =
    g_signal_new ("changed", SAGE_TYPE_NOTEBOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  /**
   * SageNotebook::source-edited:
   * @cell: whose source
   * @offset: in bytes
   * @removed: bytes that went
   * @inserted: text that came
   *
   * A source has changed otherwise than by sage_notebook_edit_source(): buffers follow.
   */
  signals[SOURCE_EDITED] =
    g_signal_new ("source-edited", SAGE_TYPE_NOTEBOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 4, SAGE_TYPE_CELL, G_TYPE_UINT64, G_TYPE_UINT64,
                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sage_notebook_class_init (SageNotebookClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_notebook_dispose;
  object_class->finalize = sage_notebook_finalize;
  object_class->get_property = sage_notebook_get_property;

  properties[PROP_IS_READ_ONLY] = g_param_spec_boolean ("is-read-only", NULL, NULL, FALSE, flags);
  properties[PROP_FAULT] = g_param_spec_string ("fault", NULL, NULL, NULL, flags);
  properties[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  properties[PROP_IS_MODIFIED] = g_param_spec_boolean ("is-modified", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  properties[PROP_UNDO_NAME] = g_param_spec_string ("undo-name", NULL, NULL, NULL, flags);
  properties[PROP_REDO_NAME] = g_param_spec_string ("redo-name", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  install_signals ();
}

static void
sage_notebook_init (SageNotebook *self)
{
  self->cells = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->history = sage_history_new (self);
  self->bin = g_list_store_new (SAGE_TYPE_CELL);
  sage_json_style_init (&self->style);
}

/**
 * sage_notebook_new:
 *
 * Returns: (transfer full): a notebook of nbformat 4.5 with one empty code cell
 */
SageNotebook *
sage_notebook_new (void)
{
  static const char text[] = "{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n"
                             " \"nbformat_minor\": 5\n}\n";
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);
  SageNotebook *self = g_object_new (SAGE_TYPE_NOTEBOOK, NULL);
  g_autofree char *id = NULL;

  if (!sage_notebook_read (self, bytes, NULL))
    g_assert_not_reached ();
  id = sage_notebook_make_id (self);
  g_ptr_array_add (cells, sage_cell_new (SAGE_CELL_CODE, id, ""));
  sage_notebook_splice (self, 0, 0, cells);
  self->revision = 0;

  return self;
}

/**
 * sage_notebook_parse:
 * @bytes: a file's whole content
 *
 * Reads nbformat 4.0 to 4.5. Nothing is decoded but what the list of cells needs.
 *
 * Returns: (transfer full): the notebook, read-only with a fault where it is broken but readable; or
 *   %NULL with %SAGE_ERROR_SYNTAX, which names line and column, %SAGE_ERROR_TOO_LARGE,
 *   %SAGE_ERROR_TOO_NEW, or %SAGE_ERROR_UNSUPPORTED for a format before 4
 */
SageNotebook *
sage_notebook_parse (GBytes  *bytes,
                     GError **error)
{
  g_autoptr(SageNotebook) self = g_object_new (SAGE_TYPE_NOTEBOOK, NULL);

  g_return_val_if_fail (bytes != NULL, NULL);

  if (!sage_notebook_read (self, bytes, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * sage_notebook_is_read_only:
 *
 * Returns: whether edits are refused, because the file is broken
 */
gboolean
sage_notebook_is_read_only (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), TRUE);

  return self->is_read_only;
}

/**
 * sage_notebook_get_fault:
 *
 * Returns: (transfer none) (nullable): what is broken and where, in English
 */
const char *
sage_notebook_get_fault (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return self->fault;
}

/**
 * sage_notebook_get_note:
 *
 * Returns: (transfer none) (nullable): what was put right on reading and will be written with the next
 *   change, in English
 */
const char *
sage_notebook_get_note (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return self->note;
}

/* A notebook is read-only as long as it has a fault. */
void
sage_notebook_set_fault (SageNotebook *self,
                         const char   *fault)
{
  if (g_set_str (&self->fault, fault))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAULT]);
  if (self->is_read_only != (fault != NULL))
    {
      self->is_read_only = fault != NULL;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_READ_ONLY]);
    }
}

/**
 * sage_notebook_repair:
 *
 * Makes a read-only notebook editable, with its broken parts written anew as nbformat wants them: a
 * missing member gets its default, an output of an unknown type is left out. Counts as a change.
 */
void
sage_notebook_repair (SageNotebook *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK (self));

  if (!self->is_read_only)
    return;

  self->is_repaired = TRUE;
  sage_notebook_set_fault (self, NULL);
  self->revision++;
  sage_notebook_changed (self);
}

/**
 * sage_notebook_is_modified:
 *
 * Returns: whether it differs from what was last marked saved
 */
gboolean
sage_notebook_is_modified (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), FALSE);

  return self->revision != self->saved_revision || !sage_history_is_saved (self->history);
}

static void
notify_modified (SageNotebook *self)
{
  gboolean is_modified = sage_notebook_is_modified (self);

  if (self->was_modified == is_modified)
    return;

  self->was_modified = is_modified;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_MODIFIED]);
}

/**
 * sage_notebook_mark_saved:
 *
 * What was serialised is what is on disk now. Undo goes on across it.
 */
void
sage_notebook_mark_saved (SageNotebook *self)
{
  SageNotebookMark mark;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));

  mark = sage_notebook_get_mark (self);
  sage_notebook_mark_saved_at (self, &mark);
}

/* Returns: what names the state the notebook is in, for when it has been written */
SageNotebookMark
sage_notebook_get_mark (SageNotebook *self)
{
  return (SageNotebookMark) {
    .revision = self->revision, .serial = sage_history_get_serial (self->history),
  };
}

/* The state of @mark is on disk; the notebook may have gone on since. */
void
sage_notebook_mark_saved_at (SageNotebook           *self,
                             const SageNotebookMark *mark)
{
  self->saved_revision = mark->revision;
  sage_history_mark_saved (self->history, mark->serial);
  notify_modified (self);
}

/* Tells that a save would write something else than before. */
void
sage_notebook_changed (SageNotebook *self)
{
  notify_modified (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* A cell tells that it has changed. Within a step the history tells, once it is done. */
void
sage_notebook_cell_changed (SageNotebook *self,
                            SageCell     *cell)
{
  if (self->is_applying)
    return;

  self->revision++;
  sage_notebook_changed (self);
}

void
sage_notebook_notify_history (SageNotebook *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_CAN_UNDO; i <= PROP_REDO_NAME; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
  sage_notebook_changed (self);
}

void
sage_notebook_tell_edit (SageNotebook *self,
                         SageCell     *cell,
                         gsize         offset,
                         gsize         removed,
                         const char   *inserted)
{
  g_signal_emit (self, signals[SOURCE_EDITED], 0, cell, (guint64) offset, (guint64) removed, inserted);
}

/* Replaces cells of the list, without a step. */
void
sage_notebook_splice (SageNotebook *self,
                      guint         position,
                      guint         n_removed,
                      GPtrArray    *added)
{
  for (guint i = 0; i < n_removed; i++)
    {
      SageCell *cell = g_ptr_array_index (self->cells, position + i);

      g_hash_table_remove (self->by_id, cell->id);
      cell->notebook = NULL;
    }
  if (n_removed > 0)
    g_ptr_array_remove_range (self->cells, position, n_removed);

  if (position == self->cells->len)
    {
      for (guint i = 0; i < added->len; i++)
        g_ptr_array_add (self->cells, g_object_ref (g_ptr_array_index (added, i)));
    }
  else
    {
      for (guint i = 0; i < added->len; i++)
        g_ptr_array_insert (self->cells, (int) (position + i),
                            g_object_ref (g_ptr_array_index (added, i)));
    }
  for (guint i = 0; i < added->len; i++)
    {
      SageCell *cell = g_ptr_array_index (added, i);

      cell->notebook = self;
      g_hash_table_replace (self->by_id, cell->id, cell);
    }

  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, added->len);
}

/**
 * sage_notebook_get_cell:
 * @position: from 0
 *
 * Returns: (transfer none) (nullable): the cell there
 */
SageCell *
sage_notebook_get_cell (SageNotebook *self,
                        guint         position)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return position < self->cells->len ? g_ptr_array_index (self->cells, position) : NULL;
}

/**
 * sage_notebook_find_cell:
 * @id: a cell's id
 * @position: (out) (optional): where it is
 *
 * Returns: (transfer none) (nullable): the cell of that id
 */
SageCell *
sage_notebook_find_cell (SageNotebook *self,
                         const char   *id,
                         guint        *position)
{
  SageCell *cell;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  cell = g_hash_table_lookup (self->by_id, id);
  if (cell != NULL && position != NULL)
    g_ptr_array_find (self->cells, cell, position);

  return cell;
}

/* update_display_data: every output of any cell that has the id. */
void
sage_notebook_update_displays (SageNotebook *self,
                               const char   *display_id,
                               JsonObject   *data,
                               JsonObject   *metadata)
{
  for (guint i = 0; i < self->cells->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->cells, i);

      if (cell->has_displays)
        sage_cell_update_displays (cell, display_id, data, metadata);
    }
}

/* Returns: (transfer full): an id that no cell has: 8 hexadecimal digits, as nbformat makes them */
char *
sage_notebook_make_id (SageNotebook *self)
{
  char id[9];

  do
    g_snprintf (id, sizeof id, "%08x", g_random_int ());
  while (g_hash_table_contains (self->by_id, id));

  return g_strdup (id);
}

/**
 * sage_notebook_get_bin:
 *
 * Returns: (transfer none): a live list of #SageCell: those that were deleted in this session and are
 *   not back, newest first
 */
GListModel *
sage_notebook_get_bin (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return G_LIST_MODEL (self->bin);
}
