/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-document"

#include "config.h"

#include <adwaita.h>

#include "sage-file-moves.h"
#include "sage-notebook-document-private.h"

typedef enum
{
  PROP_FILE = 1,
  PROP_STATE,
  PROP_IS_MODIFIED,
  PROP_TRUST,
  PROP_IS_GONE,
  PROP_IS_IN_EDITOR,
} SageNotebookDocumentProperty;

static GParamSpec *properties[PROP_IS_IN_EDITOR + 1];

enum
{
  SIGNAL_EVENT,
  SIGNAL_SAVING,
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageNotebookDocument, sage_notebook_document, G_TYPE_OBJECT)

/* The open ones, by the address of their file. */
static GHashTable *documents;

/* --- What the notebook says ------------------------------------------------------------------- */

static void
notebook_modified_cb (SageNotebookDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_MODIFIED]);
}

static void
source_edited_cb (SageNotebookDocument *self,
                  SageCell             *cell,
                  guint64               offset,
                  guint64               removed,
                  const char           *inserted)
{
  SageCellBuffer *buffer = g_hash_table_lookup (self->buffers, cell);

  if (buffer != NULL)
    sage_cell_buffer_apply (buffer, (gsize) offset, (gsize) removed, inserted);
}

static void
update_style_cb (SageNotebookDocument *self)
{
  GHashTableIter iter;
  gpointer buffer;

  g_hash_table_iter_init (&iter, self->buffers);
  while (g_hash_table_iter_next (&iter, NULL, &buffer))
    sage_cell_buffer_update_style (buffer);
}

/* It gets another kernel, perhaps of another language. */
static void
changed_cb (SageNotebookDocument *self)
{
  const char *language = sage_notebook_get_language (self->notebook);

  if (g_set_str (&self->language, language))
    update_style_cb (self);
}

/* Shows @notebook, which has been read. */
void
sage_notebook_document_take (SageNotebookDocument *self,
                             SageNotebook         *notebook)
{
  self->notebook = g_object_ref (notebook);
  g_signal_connect_object (notebook, "notify::is-modified", G_CALLBACK (notebook_modified_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (notebook, "source-edited", G_CALLBACK (source_edited_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (notebook, "changed", G_CALLBACK (sage_notebook_document_autosave_later),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (notebook, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_set_str (&self->language, sage_notebook_get_language (notebook));
  sage_notebook_document_load_widgets (self);
}

void
sage_notebook_document_set_state (SageNotebookDocument *self,
                                  SageDocumentState     state)
{
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_MODIFIED]);
}

void
sage_notebook_document_set_gone (SageNotebookDocument *self,
                                 gboolean              is_gone)
{
  if (self->is_gone != is_gone)
    {
      self->is_gone = is_gone;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_GONE]);
    }
}

void
sage_notebook_document_tell (SageNotebookDocument *self,
                             SageDocumentEvent     event)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, (guint) event);
}

void
sage_notebook_document_tell_saving (SageNotebookDocument *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVING], 0);
}

void
sage_notebook_document_tell_saved (SageNotebookDocument *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVED], 0);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_document_dispose (GObject *object)
{
  SageNotebookDocument *self = SAGE_NOTEBOOK_DOCUMENT (object);

  if (documents != NULL && self->uri != NULL && g_hash_table_lookup (documents, self->uri) == self)
    g_hash_table_remove (documents, self->uri);
  g_clear_handle_id (&self->autosave, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->monitor);
  g_clear_object (&self->trace);
  g_clear_pointer (&self->buffers, g_hash_table_unref);
  g_clear_object (&self->io);
  g_clear_object (&self->notebook);
  g_clear_object (&self->comms);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_notebook_document_parent_class)->dispose (object);
}

static void
sage_notebook_document_finalize (GObject *object)
{
  SageNotebookDocument *self = SAGE_NOTEBOOK_DOCUMENT (object);

  g_clear_error (&self->error);
  g_ptr_array_unref (self->to_save);
  g_clear_object (&self->file);
  g_clear_object (&self->script);
  g_free (self->signed_digest);
  g_free (self->language);
  g_free (self->uri);

  G_OBJECT_CLASS (sage_notebook_document_parent_class)->finalize (object);
}

static void
sage_notebook_document_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  SageNotebookDocument *self = SAGE_NOTEBOOK_DOCUMENT (object);

  switch ((SageNotebookDocumentProperty) prop_id)
    {
    case PROP_FILE:
      g_value_set_object (value, self->file);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_IS_MODIFIED:
      g_value_set_boolean (value, sage_notebook_document_is_modified (self));
      break;
    case PROP_TRUST:
      g_value_set_uint (value, self->trust);
      break;
    case PROP_IS_GONE:
      g_value_set_boolean (value, self->is_gone);
      break;
    case PROP_IS_IN_EDITOR:
      g_value_set_boolean (value, sage_notebook_document_is_in_editor (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_notebook_document_class_init (SageNotebookDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_notebook_document_dispose;
  object_class->finalize = sage_notebook_document_finalize;
  object_class->get_property = sage_notebook_document_get_property;

  properties[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, SAGE_DOCUMENT_FAILED, 0, flags);
  properties[PROP_IS_MODIFIED] = g_param_spec_boolean ("is-modified", NULL, NULL, FALSE, flags);
  properties[PROP_TRUST] = g_param_spec_uint ("trust", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_IS_GONE] = g_param_spec_boolean ("is-gone", NULL, NULL, FALSE, flags);
  properties[PROP_IS_IN_EDITOR] = g_param_spec_boolean ("is-in-editor", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_EVENT] = g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_SAVING] = g_signal_new ("saving", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_notebook_document_init (SageNotebookDocument *self)
{
  self->cancellable = g_cancellable_new ();
  self->comms = sage_comms_new ();
  self->to_save = g_ptr_array_new_with_free_func (g_object_unref);
  self->buffers = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_style_cb), self, G_CONNECT_SWAPPED);
}

/**
 * sage_notebook_document_find:
 * @file: a notebook's file
 *
 * Returns: (transfer none) (nullable): its document, if it is open
 */
SageNotebookDocument *
sage_notebook_document_find (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  return documents != NULL ? g_hash_table_lookup (documents, uri) : NULL;
}

/**
 * sage_notebook_document_foreach:
 * @func: is told of every document that is open
 */
void
sage_notebook_document_foreach (GFunc    func,
                                gpointer user_data)
{
  GHashTableIter iter;
  gpointer document;

  if (documents == NULL)
    return;
  g_hash_table_iter_init (&iter, documents);
  while (g_hash_table_iter_next (&iter, NULL, &document))
    func (document, user_data);
}

static void
moved_cb (SageNotebookDocument *self,
          GFile                *from,
          GFile                *to)
{
  g_autoptr(GFile) file = sage_file_moves_follow (self->file, from, to);

  if (file != NULL)
    sage_notebook_document_move (self, file, self->script);
}

/**
 * sage_notebook_document_open:
 * @connection: the engine whose kernels run it
 * @file: a notebook's file
 *
 * Returns: (transfer full): the document of that file: the one that is open already, or a new one
 *   that is being read
 */
SageNotebookDocument *
sage_notebook_document_open (SageConnection *connection,
                             GFile          *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  SageNotebookDocument *self;

  if (documents == NULL)
    documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self = g_hash_table_lookup (documents, uri);
  if (self != NULL && self->connection == connection)
    return g_object_ref (self);

  self = g_object_new (SAGE_TYPE_NOTEBOOK_DOCUMENT, NULL);
  self->connection = connection != NULL ? g_object_ref (connection) : NULL;
  self->file = g_object_ref (file);
  self->uri = g_strdup (uri);
  g_hash_table_insert (documents, g_steal_pointer (&uri), self);
  g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
  sage_notebook_document_load (self);

  return self;
}

SageConnection *
sage_notebook_document_get_connection (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  return self->connection;
}

GFile *
sage_notebook_document_get_file (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  return self->file;
}

/**
 * sage_notebook_document_move:
 * @self: a document that is not being saved
 * @file: where its file has been moved to
 * @script: (nullable): whose console it is now
 *
 * Has the document go with its file.
 */
void
sage_notebook_document_move (SageNotebookDocument *self,
                             GFile                *file,
                             GFile                *script)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  if (g_hash_table_lookup (documents, self->uri) == self)
    g_hash_table_remove (documents, self->uri);
  g_set_object (&self->script, script);
  g_set_object (&self->file, file);
  g_free (self->uri);
  self->uri = g_file_get_uri (file);
  g_hash_table_insert (documents, g_strdup (self->uri), self);
  sage_notebook_file_move (self->io, file);
  sage_notebook_document_watch (self);
  sage_notebook_document_set_gone (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILE]);
}

/**
 * sage_notebook_document_settle:
 * @self: a document that has been read
 *
 * It is not modified any more if it is what its file holds: something was taken back.
 */
void
sage_notebook_document_settle (SageNotebookDocument *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  if (!self->conflicting && !self->is_gone && sage_notebook_document_is_modified (self))
    sage_notebook_file_settle (self->io);
}

/* Returns: whether its file is being written */
gboolean
sage_notebook_document_is_saving (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  return self->io != NULL && sage_notebook_file_is_saving (self->io);
}

/**
 * sage_notebook_document_add_view:
 * @self: a document
 * @is_editor: whether the notebook can be edited there, so that it asks before it closes
 *
 * A page that shows it has come; sage_notebook_document_remove_view() when it goes.
 */
void
sage_notebook_document_add_view (SageNotebookDocument *self,
                                 gboolean              is_editor)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  self->n_views++;
  if (is_editor && self->n_editors++ == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_IN_EDITOR]);
}

void
sage_notebook_document_remove_view (SageNotebookDocument *self,
                                    gboolean              is_editor)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self) && self->n_views > 0);
  g_return_if_fail (!is_editor || self->n_editors > 0);

  self->n_views--;
  if (is_editor && --self->n_editors == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_IN_EDITOR]);
}

/* Returns: whether there is a page that asks what is to become of the notebook before it closes */
gboolean
sage_notebook_document_is_in_editor (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  return self->n_editors > 0;
}

/* Returns: whether another program has changed the file, and what is here is not saved */
gboolean
sage_notebook_document_is_conflicting (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  return self->conflicting;
}

/**
 * sage_notebook_document_set_script:
 * @self: a document
 * @script: whose console it is: its kernel is the script's, and runs in its folder
 */
void
sage_notebook_document_set_script (SageNotebookDocument *self,
                                   GFile                *script)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  g_set_object (&self->script, script);
}

/* (transfer none): the file that its kernel is for */
GFile *
sage_notebook_document_get_run_file (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  return self->script != NULL ? self->script : self->file;
}

SageDocumentState
sage_notebook_document_get_state (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), SAGE_DOCUMENT_FAILED);

  return self->state;
}

/**
 * sage_notebook_document_get_error:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): why it could not be read
 */
const GError *
sage_notebook_document_get_error (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  return self->error;
}

/**
 * sage_notebook_document_get_notebook:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): what was read, once it has been
 */
SageNotebook *
sage_notebook_document_get_notebook (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  return self->notebook;
}

/**
 * sage_notebook_document_get_buffer:
 * @self: a document
 * @cell: a cell of its notebook
 *
 * Returns: (transfer none): the buffer of the cell's source, made when it is first asked for
 */
SageCellBuffer *
sage_notebook_document_get_buffer (SageNotebookDocument *self,
                                   SageCell             *cell)
{
  SageCellBuffer *buffer;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  buffer = g_hash_table_lookup (self->buffers, cell);
  if (buffer == NULL)
    {
      buffer = sage_cell_buffer_new (self->notebook, cell);
      g_hash_table_insert (self->buffers, g_object_ref (cell), buffer);
    }

  return buffer;
}

SageComms *
sage_notebook_document_get_comms (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), NULL);

  return self->comms;
}

gboolean
sage_notebook_document_is_modified (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  return self->notebook != NULL && sage_notebook_is_modified (self->notebook);
}

/* Has outputs be trusted that are vouched for by that number; by none: 0. */
void
sage_notebook_document_set_trust (SageNotebookDocument *self,
                                  guint                 trust)
{
  if (self->trust != trust)
    {
      self->trust = trust;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRUST]);
    }
}
