/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-compare-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-compare-block.h"
#include "sage-compare-text-page.h"
#include "sage-error.h"
#include "sage-text-document.h"

/* What another version of the file holds. Shared with the thread that compares. */
typedef struct
{
  char           *text; /* (owned) */
  SageTextCoding  coding;
} Version;

struct _SageCompareTextPage
{
  SageComparePage   parent_instance;

  SageTextDocument *document;  /* (owned) */
  Version          *other;     /* (owned) (nullable): what it is compared with */
  GCancellable     *comparing; /* (owned) (nullable): a comparison under way */
};

G_DEFINE_FINAL_TYPE (SageCompareTextPage, sage_compare_text_page, SAGE_TYPE_COMPARE_PAGE)

static void
version_clear (gpointer data)
{
  g_free (((Version *) data)->text);
}

static void
version_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, version_clear);
}

static gpointer
parse (GBytes  *bytes,
       GError **error)
{
  SageTextCoding coding;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  char *text = sage_text_decode (data, length, &coding, error);
  Version *version;

  if (text == NULL)
    return NULL;
  version = g_atomic_rc_box_new0 (Version);
  version->text = text;
  version->coding = coding;

  return version;
}

/* --- What differs ----------------------------------------------------------------------------- */

/* What a thread compares. Owned by its task. */
typedef struct
{
  Version *other; /* (owned) */
  char    *text;  /* (owned) */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  version_unref (job->other);
  g_free (job->text);
  g_free (job);
}

/* Returns: (transfer full): "UTF-8 BOM · CRLF" */
static char *
describe_coding (const SageTextCoding *coding)
{
  return g_strdup_printf ("%s%s · %s", coding->charset, coding->bom ? " BOM" : "",
                          sage_newline_get_name (coding->newline));
}

static void
show_same (SageCompareTextPage *self)
{
  const SageTextCoding *coding = sage_text_file_get_coding (sage_text_document_get_file (self->document));
  g_autofree char *here = describe_coding (coding);
  g_autofree char *there = describe_coding (&self->other->coding);
  g_autofree char *text = NULL;

  if (!g_str_equal (here, there))
    /* Translators: the encodings and the ends of lines of both: "UTF-8 · CRLF" */
    text = g_strdup_printf (_("The text is the same, but it is written otherwise: %s there, %s here."), there,
                            here);
  else
    text = g_strdup (sage_compare_page_get_side (SAGE_COMPARE_PAGE (self)) == SAGE_COMPARE_HEAD
                       ? _("The text is as it is in the last commit.")
                       : _("The text is as it is on disk."));
  sage_compare_page_show_same (SAGE_COMPARE_PAGE (self), text);
}

static void
show (SageCompareTextPage *self,
      SageTextComparison  *comparison)
{
  g_autoptr(GPtrArray) items = sage_compare_blocks_make (comparison);
  guint n_added;
  guint n_removed;
  guint n = sage_text_comparison_count (comparison, &n_added, &n_removed);
  g_autofree char *counts = sage_compare_page_count (n - n_added - n_removed, n_added, n_removed, 0);
  g_autofree char *more = NULL;

  if (n > SAGE_COMPARISON_MAX_BLOCKS)
    /* Translators: behind the numbers of differences */
    more = g_strdup_printf (_("%s · only the first %u are shown"), counts, SAGE_COMPARISON_MAX_BLOCKS);
  if (items->len > 0)
    sage_compare_page_show (SAGE_COMPARE_PAGE (self), items, more != NULL ? more : counts);
  else
    show_same (self);
}

static void
compare_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  SageTextComparison *comparison = sage_text_comparison_new (job->other->text, job->text, &error);

  if (comparison != NULL)
    g_task_return_pointer (task, comparison, (GDestroyNotify) sage_text_comparison_unref);
  else
    g_task_return_error (task, error);
}

static void
compared_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (object);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageTextComparison) comparison = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (comparison != NULL)
    show (self, comparison);
  else
    sage_compare_page_fail (SAGE_COMPARE_PAGE (self), SAGE_COMPARE_DISK, error);
}

static gboolean
is_ready (SageCompareTextPage *self)
{
  return sage_text_document_get_state (self->document) == SAGE_DOCUMENT_READY
         && !sage_text_file_is_cut (sage_text_document_get_file (self->document));
}

static void
stop_comparing (SageCompareTextPage *self)
{
  g_cancellable_cancel (self->comparing);
  g_clear_object (&self->comparing);
}

static void
sage_compare_text_page_compare (SageComparePage *page)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);
  g_autoptr(GTask) task = NULL;
  Job *job;

  if (self->other == NULL || !is_ready (self))
    return;

  stop_comparing (self);
  self->comparing = g_cancellable_new ();
  job = g_new0 (Job, 1);
  job->other = g_atomic_rc_box_acquire (self->other);
  job->text = sage_text_document_dup_text (self->document);
  task = g_task_new (self, self->comparing, compared_cb, NULL);
  g_task_set_source_tag (task, sage_compare_text_page_compare);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, compare_thread);
}

static gboolean
sage_compare_text_page_is_change (SageComparePage *page,
                                  GObject         *item)
{
  return sage_compare_block_get_block (SAGE_COMPARE_BLOCK (item))->is_change;
}

/* --- Both sides ------------------------------------------------------------------------------- */

static void
sage_compare_text_page_take_other (SageComparePage *page,
                                   gpointer         other)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);

  g_clear_pointer (&self->other, version_unref);
  self->other = other;
}

/* The text has been read, saved, or reloaded, or its editor has come or gone. Where there is no editor it
 * is this page that holds what is not saved. */
static void
updated_cb (SageCompareTextPage *self)
{
  SageDocumentState state = sage_text_document_get_state (self->document);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (sage_text_document_get_buffer (self->document));

  sage_page_set_modified (SAGE_PAGE (self), state == SAGE_DOCUMENT_READY
                                              && !sage_text_document_is_in_editor (self->document)
                                              && gtk_text_buffer_get_modified (buffer));
  if (state == SAGE_DOCUMENT_FAILED)
    sage_compare_page_fail (SAGE_COMPARE_PAGE (self), SAGE_COMPARE_DISK,
                            sage_text_document_get_error (self->document));
  else if (state == SAGE_DOCUMENT_READY && !is_ready (self))
    {
      g_autoptr(GError) error = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_TOO_LARGE, "");

      sage_compare_page_fail (SAGE_COMPARE_PAGE (self), SAGE_COMPARE_DISK, error);
    }
  else if (state == SAGE_DOCUMENT_READY)
    sage_compare_page_read (SAGE_COMPARE_PAGE (self));
}

static gboolean
sage_compare_text_page_again (SageComparePage *page)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);

  if (is_ready (self))
    return FALSE;
  sage_text_document_reload (self->document);

  return TRUE;
}

static void
sage_compare_text_page_undo (SageComparePage *page,
                             gboolean         is_redo)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (sage_text_document_get_buffer (self->document));

  if (!is_ready (self))
    return;
  if (is_redo && gtk_text_buffer_get_can_redo (buffer))
    gtk_text_buffer_redo (buffer);
  else if (!is_redo && gtk_text_buffer_get_can_undo (buffer))
    gtk_text_buffer_undo (buffer);
}

/* --- Rows ------------------------------------------------------------------------------------- */

static SageCompareTextPage *
find_page (GtkWidget *button)
{
  return SAGE_COMPARE_TEXT_PAGE (gtk_widget_get_ancestor (button, SAGE_TYPE_COMPARE_TEXT_PAGE));
}

/* What was compared may not be what is there any more: it is compared again then, and nothing is lost. */
static void
revert_cb (GtkWidget *button)
{
  SageCompareTextPage *self = find_page (button);
  SageCompareBlock *item = SAGE_COMPARE_BLOCK (sage_compare_page_get_item (button));
  SageTextComparison *comparison = sage_compare_block_get_comparison (item);
  g_autofree char *text = sage_text_document_dup_text (self->document);
  g_autofree char *reverted = NULL;

  if (!is_ready (self) || strcmp (text, sage_text_comparison_get_new_text (comparison)) != 0)
    {
      sage_compare_page_queue (SAGE_COMPARE_PAGE (self));
      return;
    }

  reverted = sage_text_comparison_revert (comparison, sage_compare_block_get_block (item));
  sage_text_document_edit (self->document, reverted);
  sage_announce (GTK_WIDGET (self), _("Lines reverted"));
}

static void
unfold_cb (GtkWidget *button)
{
  GObject *item = sage_compare_page_get_item (button);
  g_autoptr(GPtrArray) rows = sage_compare_block_unfold (SAGE_COMPARE_BLOCK (item));

  sage_compare_page_replace (SAGE_COMPARE_PAGE (find_page (button)), item, rows);
}

static GtkWidget *
sage_compare_text_page_make_row (SageComparePage *page,
                                 GObject         *item,
                                 char           **name)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);
  SageCompareBlock *block = SAGE_COMPARE_BLOCK (item);
  GtkWidget *button = NULL;

  *name = sage_compare_block_describe (block);
  if (sage_compare_block_is_folded (block))
    {
      button = sage_compare_page_make_button (item, *name, _("Show these lines"), G_CALLBACK (unfold_cb));
      gtk_widget_add_css_class (button, "dimmed");
      return button;
    }

  if (sage_compare_text_page_is_change (page, item) && !sage_text_document_is_read_only (self->document))
    button = sage_compare_page_make_button (item, _("Revert"),
                                            _("Make the lines in the editor what they are in the other version"),
                                            G_CALLBACK (revert_cb));

  return sage_compare_block_make_row (block, G_OBJECT (page), button);
}

/* --- Saving ----------------------------------------------------------------------------------- */

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *saving = user_data;
  GError *error = NULL;

  sage_text_document_save_finish (SAGE_TEXT_DOCUMENT (object), result, &error);
  sage_compare_page_saved (g_task_get_source_object (saving), saving, error);
}

static void
sage_compare_text_page_save_async (SagePage            *page,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (sage_text_document_get_buffer (self->document));

  g_task_set_source_tag (task, sage_compare_text_page_save_async);
  if (!is_ready (self) || sage_text_document_is_read_only (self->document)
      || (!gtk_text_buffer_get_modified (buffer) && !sage_text_document_is_saving (self->document)))
    g_task_return_boolean (task, TRUE);
  else
    sage_text_document_save_async (self->document, NULL, FALSE, cancellable, saved_cb,
                                   g_steal_pointer (&task));
}

/* What an editor has is not this page's to give up. */
static void
sage_compare_text_page_discard (SagePage *page)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (page);

  if (!sage_text_document_is_in_editor (self->document))
    sage_text_document_discard (self->document);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
sage_compare_text_page_constructed (GObject *object)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (object);

  G_OBJECT_CLASS (sage_compare_text_page_parent_class)->constructed (object);

  self->document = sage_text_document_open (sage_compare_page_get_file (SAGE_COMPARE_PAGE (self)));
  g_signal_connect_object (self->document, "updated", G_CALLBACK (updated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sage_text_document_get_buffer (self->document), "changed",
                           G_CALLBACK (sage_compare_page_queue), self, G_CONNECT_SWAPPED);
  updated_cb (self);
}

static void
sage_compare_text_page_dispose (GObject *object)
{
  SageCompareTextPage *self = SAGE_COMPARE_TEXT_PAGE (object);

  stop_comparing (self);
  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->document, self);
      g_signal_handlers_disconnect_by_data (sage_text_document_get_buffer (self->document), self);
    }
  g_clear_pointer (&self->other, version_unref);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sage_compare_text_page_parent_class)->dispose (object);
}

static void
sage_compare_text_page_class_init (SageCompareTextPageClass *klass)
{
  static const SageCompareForm form = { SAGE_TEXT_FILE_MAX_BYTES, parse, version_unref };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SagePageClass *base_class = SAGE_PAGE_CLASS (klass);
  SageComparePageClass *page_class = SAGE_COMPARE_PAGE_CLASS (klass);

  object_class->constructed = sage_compare_text_page_constructed;
  object_class->dispose = sage_compare_text_page_dispose;
  base_class->is_document = TRUE;
  base_class->save_async = sage_compare_text_page_save_async;
  base_class->discard = sage_compare_text_page_discard;
  page_class->form = &form;
  page_class->list_name = N_("Lines that differ");
  page_class->syntax_title = N_("This is not text");
  page_class->take_other = sage_compare_text_page_take_other;
  page_class->compare = sage_compare_text_page_compare;
  page_class->is_change = sage_compare_text_page_is_change;
  page_class->make_row = sage_compare_text_page_make_row;
  page_class->again = sage_compare_text_page_again;
  page_class->undo = sage_compare_text_page_undo;
}

static void
sage_compare_text_page_init (SageCompareTextPage *self)
{
}
