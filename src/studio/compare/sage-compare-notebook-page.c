/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-compare-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-compare-item.h"
#include "sage-compare-notebook-page.h"
#include "sage-diff-cell.h"
#include "sage-error.h"
#include "sage-notebook-document.h"

struct _SageCompareNotebookPage
{
  SageComparePage       parent_instance;

  SageNotebookDocument *document;    /* (owned) */
  SageNotebook         *other;       /* (owned) (nullable): what it is compared with */
  gboolean              is_followed; /* the notebook's changes are */
};

G_DEFINE_FINAL_TYPE (SageCompareNotebookPage, sage_compare_notebook_page, SAGE_TYPE_COMPARE_PAGE)

/* --- What differs ----------------------------------------------------------------------------- */

/* Returns: (transfer full): "2 changed · 1 added"; empty where nothing differs */
static char *
describe_counts (GPtrArray *diffs)
{
  guint n_changed = 0;
  guint n_added = 0;
  guint n_removed = 0;
  guint n_moved = 0;

  for (guint i = 0; i < diffs->len; i++)
    {
      guint changes = ((SageCellDiff *) g_ptr_array_index (diffs, i))->changes;

      if ((changes & SAGE_CELL_ADDED) != 0)
        n_added++;
      else if ((changes & SAGE_CELL_REMOVED) != 0)
        n_removed++;
      else if (changes == SAGE_CELL_MOVED)
        n_moved++;
      else if (changes != 0)
        n_changed++;
    }

  return sage_compare_page_count (n_changed, n_added, n_removed, n_moved);
}

static void
sage_compare_notebook_page_compare (SageComparePage *page)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (page);
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  g_autoptr(GPtrArray) diffs = NULL;
  g_autoptr(GPtrArray) items = NULL;
  g_autofree char *counts = NULL;

  if (notebook == NULL || self->other == NULL)
    return;

  diffs = sage_notebook_diff (self->other, notebook);
  items = sage_compare_items_make (diffs);
  counts = describe_counts (diffs);
  if (*counts != '\0')
    sage_compare_page_show (page, items, counts);
  else
    sage_compare_page_show_same (page, sage_compare_page_get_side (page) == SAGE_COMPARE_HEAD
                                         ? _("The notebook is as it is in the last commit.")
                                         : _("The notebook is as it is on disk."));
}

static gboolean
sage_compare_notebook_page_is_change (SageComparePage *page,
                                      GObject         *item)
{
  return sage_compare_item_is_change (SAGE_COMPARE_ITEM (item));
}

/* --- Both sides ------------------------------------------------------------------------------- */

static gpointer
parse (GBytes  *bytes,
       GError **error)
{
  return sage_notebook_parse (bytes, error);
}

static void
sage_compare_notebook_page_take_other (SageComparePage *page,
                                       gpointer         other)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (page);

  g_clear_object (&self->other);
  self->other = other;
}

/* The notebook is as its file has it or is not, or its page has come or gone. Where there is none it is
 * this page that holds what is not saved. */
static void
modified_cb (SageCompareNotebookPage *self)
{
  sage_page_set_modified (SAGE_PAGE (self), sage_notebook_document_is_modified (self->document)
                                              && !sage_notebook_document_is_in_editor (self->document));
}

/* The notebook has been read, saved, or reloaded. */
static void
state_cb (SageCompareNotebookPage *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);

  modified_cb (self);
  if (sage_notebook_document_get_state (self->document) == SAGE_DOCUMENT_FAILED)
    {
      sage_compare_page_fail (SAGE_COMPARE_PAGE (self), SAGE_COMPARE_DISK,
                              sage_notebook_document_get_error (self->document));
      return;
    }
  if (notebook == NULL)
    return;
  if (!self->is_followed)
    {
      self->is_followed = TRUE;
      g_signal_connect_object (notebook, "changed", G_CALLBACK (sage_compare_page_queue), self,
                               G_CONNECT_SWAPPED);
    }
  sage_compare_page_read (SAGE_COMPARE_PAGE (self));
}

static gboolean
sage_compare_notebook_page_again (SageComparePage *page)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (page);

  if (sage_notebook_document_get_state (self->document) != SAGE_DOCUMENT_FAILED)
    return FALSE;
  sage_notebook_document_load (self->document);

  return TRUE;
}

static void
sage_compare_notebook_page_undo (SageComparePage *page,
                                 gboolean         is_redo)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (SAGE_COMPARE_NOTEBOOK_PAGE (page)->document);

  if (notebook == NULL)
    return;
  if (is_redo)
    sage_notebook_redo (notebook);
  else
    sage_notebook_undo (notebook);
}

/* --- Rows ------------------------------------------------------------------------------------- */

static void
revert_cb (GtkWidget *button)
{
  SageCompareNotebookPage *self
    = SAGE_COMPARE_NOTEBOOK_PAGE (gtk_widget_get_ancestor (button, SAGE_TYPE_COMPARE_NOTEBOOK_PAGE));
  SageCompareItem *item = SAGE_COMPARE_ITEM (sage_compare_page_get_item (button));
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);

  sage_notebook_revert_cell (notebook, self->other, sage_compare_item_get_diff (item));
  sage_announce (GTK_WIDGET (self), _("Cell reverted"));
}

static void
unfold_cb (GtkWidget *button)
{
  SageComparePage *self = SAGE_COMPARE_PAGE (gtk_widget_get_ancestor (button, SAGE_TYPE_COMPARE_PAGE));
  GObject *item = sage_compare_page_get_item (button);
  g_autoptr(GPtrArray) cells = sage_compare_item_unfold (SAGE_COMPARE_ITEM (item));

  sage_compare_page_replace (self, item, cells);
}

static GtkWidget *
make_fold (GObject     *item,
           const char  *name)
{
  GtkWidget *button = sage_compare_page_make_button (item, name, _("Show these cells"), G_CALLBACK (unfold_cb));

  gtk_widget_add_css_class (button, "dimmed");

  return button;
}

static GtkWidget *
sage_compare_notebook_page_make_row (SageComparePage *page,
                                     GObject         *item,
                                     char           **name)
{
  SageCellDiff *diff = sage_compare_item_get_diff (SAGE_COMPARE_ITEM (item));
  GtkWidget *button = NULL;

  if (diff == NULL)
    {
      guint n = sage_compare_item_get_n_folded (SAGE_COMPARE_ITEM (item));

      *name = g_strdup_printf (ngettext ("%u unchanged cell", "%u unchanged cells", n), n);
      return make_fold (item, *name);
    }

  if (diff->changes != 0)
    button = sage_compare_page_make_button (item, _("Revert"),
                                            _("Make the cell in the editor what it is in the other version"),
                                            G_CALLBACK (revert_cb));
  *name = sage_diff_cell_describe (diff);

  return sage_diff_cell_new (diff, G_OBJECT (page), button);
}

/* --- Saving ----------------------------------------------------------------------------------- */

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *saving = user_data;
  GError *error = NULL;

  sage_notebook_document_save_finish (SAGE_NOTEBOOK_DOCUMENT (object), result, &error);
  sage_compare_page_saved (g_task_get_source_object (saving), saving, error);
}

/* Whether there is something to write: changes, those of a save under way too, or a file that is gone. */
static gboolean
needs_saving (SageCompareNotebookPage *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  gboolean is_gone;

  if (notebook == NULL || sage_notebook_is_read_only (notebook))
    return FALSE;
  g_object_get (self->document, "is-gone", &is_gone, NULL);

  return is_gone || sage_notebook_document_is_modified (self->document)
         || sage_notebook_document_is_saving (self->document);
}

static void
sage_compare_notebook_page_save_async (SagePage            *page,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (page);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sage_compare_notebook_page_save_async);
  if (needs_saving (self))
    sage_notebook_document_save_async (self->document, FALSE, cancellable, saved_cb,
                                       g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

/* What the notebook's own page has is not this page's to give up. */
static void
sage_compare_notebook_page_discard (SagePage *page)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (page);

  if (!sage_notebook_document_is_in_editor (self->document))
    sage_notebook_document_discard (self->document);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
sage_compare_notebook_page_constructed (GObject *object)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (object);

  G_OBJECT_CLASS (sage_compare_notebook_page_parent_class)->constructed (object);

  self->document = sage_notebook_document_open (sage_page_get_connection (SAGE_PAGE (self)),
                                                sage_compare_page_get_file (SAGE_COMPARE_PAGE (self)));
  sage_notebook_document_add_view (self->document, FALSE);
  g_signal_connect_object (self->document, "notify::is-in-editor", G_CALLBACK (modified_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::is-modified", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "event", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  state_cb (self);
}

static void
sage_compare_notebook_page_dispose (GObject *object)
{
  SageCompareNotebookPage *self = SAGE_COMPARE_NOTEBOOK_PAGE (object);

  g_clear_object (&self->other);
  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->document, self);
      sage_notebook_document_remove_view (self->document, FALSE);
    }
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sage_compare_notebook_page_parent_class)->dispose (object);
}

static void
sage_compare_notebook_page_class_init (SageCompareNotebookPageClass *klass)
{
  static const SageCompareForm form = { SAGE_NOTEBOOK_MAX_BYTES, parse, g_object_unref };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SagePageClass *base_class = SAGE_PAGE_CLASS (klass);
  SageComparePageClass *page_class = SAGE_COMPARE_PAGE_CLASS (klass);

  object_class->constructed = sage_compare_notebook_page_constructed;
  object_class->dispose = sage_compare_notebook_page_dispose;
  base_class->is_document = TRUE;
  base_class->save_async = sage_compare_notebook_page_save_async;
  base_class->discard = sage_compare_notebook_page_discard;
  page_class->form = &form;
  page_class->list_name = N_("Cells that differ");
  page_class->take_other = sage_compare_notebook_page_take_other;
  page_class->compare = sage_compare_notebook_page_compare;
  page_class->is_change = sage_compare_notebook_page_is_change;
  page_class->make_row = sage_compare_notebook_page_make_row;
  page_class->again = sage_compare_notebook_page_again;
  page_class->undo = sage_compare_notebook_page_undo;
}

static void
sage_compare_notebook_page_init (SageCompareNotebookPage *self)
{
}
