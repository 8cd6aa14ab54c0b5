/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-pane"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-document.h"
#include "sage-page.h"
#include "sage-project-search.h"
#include "sage-replacement.h"
#include "sage-search-pane.h"
#include "sage-search-view.h"
#include "sage-search-words.h"
#include "sage-take-back.h"
#include "sage-text-document.h"

#define SEARCH_AFTER_MS 400 /* that nothing was typed */

struct _SageSearchPane
{
  AdwBin             parent_instance;

  GFile             *folder;    /* (owned) (nullable): what is searched */
  SageProjectSearch *search;    /* (owned) (nullable) */
  char              *left;      /* (owned) (nullable): what could not be replaced last */
  guint              search_id; /* until what was typed is searched */
  gboolean           busy;      /* replacing */

  GtkStack          *stack;
  GtkEditable       *query;
  GtkToggleButton   *case_sensitive;
  GtkToggleButton   *whole_words;
  GtkToggleButton   *regular;
  GtkEditable       *include;
  GtkEditable       *exclude;
  GtkCheckButton    *in_outputs;
  GtkCheckButton    *in_ignored;
  GtkToggleButton   *replacing;
  GtkEditable       *replacement;
  GtkButton         *replace;
  GtkWidget         *stop;
  GtkLabel          *status;
  SageSearchView    *view;
};

G_DEFINE_FINAL_TYPE (SageSearchPane, sage_search_pane, ADW_TYPE_BIN)

/* --- What it says ----------------------------------------------------------------------------- */

static guint
count_chosen (SageSearchPane *self)
{
  GListModel *files = self->search != NULL ? sage_project_search_get_files (self->search) : NULL;
  guint n = files != NULL ? g_list_model_get_n_items (files) : 0;
  guint sum = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageSearchFile) file = g_list_model_get_item (files, i);
      guint chosen;

      sage_search_file_count (file, &chosen);
      sum += chosen;
    }

  return sum;
}

static void
update_replace (SageSearchPane *self)
{
  guint n = gtk_toggle_button_get_active (self->replacing) ? count_chosen (self) : 0;
  g_autofree char *label = n > 0 ? g_strdup_printf (g_dngettext (NULL, "Replace %u", "Replace %u", n), n)
                                 : g_strdup (_("Replace"));

  gtk_button_set_label (self->replace, label);
  gtk_widget_set_sensitive (GTK_WIDGET (self->replace),
                            n > 0 && !self->busy && !sage_project_search_is_running (self->search));
}

static void
update_status (SageSearchPane *self)
{
  g_autofree char *result = self->search != NULL ? sage_search_words_result (self->search) : NULL;
  g_autofree char *both = self->left != NULL ? g_strdup_printf ("%s\n%s", self->left,
                                                                result != NULL ? result : "") : NULL;

  gtk_label_set_text (self->status, both != NULL ? both : result != NULL ? result : "");
  gtk_widget_set_visible (self->stop, self->search != NULL
                                        && sage_project_search_is_running (self->search));
}

static void
running_cb (SageSearchPane *self)
{
  update_status (self);
  update_replace (self);
  if (!sage_project_search_is_running (self->search))
    sage_announce (GTK_WIDGET (self), gtk_label_get_text (self->status));
}

/* --- Searching -------------------------------------------------------------------------------- */

static void
add_text (gpointer data,
          gpointer user_data)
{
  SageTextDocument *document = data;
  GFile *file = sage_text_file_get_file (sage_text_document_get_file (document));
  char *text;

  if (sage_text_document_get_state (document) != SAGE_DOCUMENT_READY || g_file_peek_path (file) == NULL
      || !gtk_text_buffer_get_modified (GTK_TEXT_BUFFER (sage_text_document_get_buffer (document))))
    return;

  text = sage_text_document_dup_text (document);
  g_hash_table_insert (user_data, g_file_get_path (file), g_bytes_new_take (text, strlen (text)));
}

static void
add_notebook (gpointer data,
              gpointer user_data)
{
  SageNotebookDocument *document = data;
  GFile *file = sage_notebook_document_get_file (document);
  SageNotebook *notebook = sage_notebook_document_get_notebook (document);

  if (notebook != NULL && sage_notebook_is_modified (notebook) && g_file_peek_path (file) != NULL)
    g_hash_table_insert (user_data, g_file_get_path (file), sage_notebook_serialise (notebook));
}

static void
drop_search (SageSearchPane *self)
{
  g_clear_handle_id (&self->search_id, g_source_remove);
  if (self->search == NULL)
    return;

  sage_search_view_set_search (self->view, NULL);
  g_signal_handlers_disconnect_by_data (self->search, self);
  sage_project_search_cancel (self->search);
  g_clear_object (&self->search);
}

static void
say_invalid (SageSearchPane *self,
             const GError   *error)
{
  g_autofree char *text = NULL;

  if (error != NULL)
    text = g_strdup_printf (_("This is no regular expression: %s"), error->message);
  gtk_label_set_text (self->status, text != NULL ? text : "");
  gtk_widget_set_visible (self->stop, FALSE);
  if (text != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->query), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->query), "error");
}

static void
search (SageSearchPane *self)
{
  g_autoptr(GHashTable) unsaved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify) g_bytes_unref);
  SageSearchQuery query = {
    .text = gtk_editable_get_text (self->query),
    .case_sensitive = gtk_toggle_button_get_active (self->case_sensitive),
    .whole_words = gtk_toggle_button_get_active (self->whole_words),
    .is_regex = gtk_toggle_button_get_active (self->regular),
    .include = gtk_editable_get_text (self->include),
    .exclude = gtk_editable_get_text (self->exclude),
    .in_outputs = gtk_check_button_get_active (self->in_outputs),
    .in_ignored = gtk_check_button_get_active (self->in_ignored),
  };
  g_autoptr(GError) error = NULL;

  drop_search (self);
  if (self->folder == NULL || query.text[0] == '\0')
    {
      say_invalid (self, NULL);
      update_replace (self);
      return;
    }

  sage_text_document_foreach (add_text, unsaved);
  sage_notebook_document_foreach (add_notebook, unsaved);
  self->search = sage_project_search_new (self->folder, &query, unsaved, &error);
  say_invalid (self, error);
  if (self->search != NULL)
    {
      sage_search_view_set_search (self->view, self->search);
      g_signal_connect_object (self->search, "notify::is-running", G_CALLBACK (running_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->search, "notify::n-searched", G_CALLBACK (update_status), self,
                               G_CONNECT_SWAPPED);
      sage_project_search_start (self->search);
    }
  update_replace (self);
}

static void
search_cb (SageSearchPane *self)
{
  g_clear_pointer (&self->left, g_free);
  search (self);
}

static gboolean
search_later_cb (gpointer user_data)
{
  SageSearchPane *self = user_data;

  self->search_id = 0;
  search_cb (self);

  return G_SOURCE_REMOVE;
}

static void
query_changed_cb (SageSearchPane *self)
{
  g_clear_handle_id (&self->search_id, g_source_remove);
  self->search_id = g_timeout_add (SEARCH_AFTER_MS, search_later_cb, self);
}

static void
stop_cb (SageSearchPane *self)
{
  if (self->search != NULL)
    sage_project_search_cancel (self->search);
}

/* --- Replacing -------------------------------------------------------------------------------- */

static void
replacing_cb (SageSearchPane *self)
{
  sage_search_view_set_replacement (self->view, gtk_toggle_button_get_active (self->replacing)
                                                  ? gtk_editable_get_text (self->replacement) : NULL);
  update_replace (self);
}

static void
undone_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  guint n = sage_replacement_undo_finish (SAGE_REPLACEMENT (object), result);
  g_autofree char *text = NULL;

  if (n > 0)
    text = g_strdup_printf (g_dngettext (NULL, "%u file has been changed since and stays as it is",
                                         "%u files have been changed since and stay as they are", n),
                            n);
  sage_toast (widget, text != NULL ? text : _("What was replaced is back"));
}

static void
undo (GtkWidget *widget,
      gpointer   data)
{
  sage_replacement_undo_async (data, undone_cb, g_object_ref (widget));
}

static void
replaced_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(SageSearchPane) self = user_data;
  g_autoptr(SageReplacement) replacement = sage_replacement_make_finish (result);
  g_autofree char *text = sage_search_words_replaced (replacement);

  if (self->view == NULL) /* the window is gone */
    return;

  self->busy = FALSE;
  g_free (self->left);
  self->left = sage_search_words_left (replacement);
  if (sage_replacement_get_n_matches (replacement) > 0)
    sage_take_back_offer (GTK_WIDGET (self), text, undo, g_steal_pointer (&replacement), g_object_unref);
  search (self); /* what is still there */
}

static void
replace_cb (SageSearchPane *self)
{
  const char *text = gtk_editable_get_text (self->replacement);
  g_autoptr(GError) error = NULL;

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->replace)))
    return;
  if (!sage_search_pattern_check_replacement (sage_project_search_get_pattern (self->search), text, &error))
    {
      sage_toast (GTK_WIDGET (self),
                  _("The replacement is not one that a regular expression can have"));
      return;
    }

  self->busy = TRUE;
  update_replace (self);
  sage_replacement_make_async (sage_project_search_get_files (self->search),
                               sage_project_search_get_pattern (self->search), text, replaced_cb,
                               g_object_ref (self));
}

/* --- The pane --------------------------------------------------------------------------------- */

static gboolean
is_text (gpointer    object,
         const char *text)
{
  return text != NULL && text[0] != '\0';
}

static void
sage_search_pane_dispose (GObject *object)
{
  SageSearchPane *self = SAGE_SEARCH_PANE (object);

  if (self->view != NULL)
    drop_search (self);
  adw_bin_set_child (ADW_BIN (self), NULL); /* else it is not told that the template's child goes */
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_SEARCH_PANE);
  self->view = NULL;
  g_clear_object (&self->folder);
  g_clear_pointer (&self->left, g_free);

  G_OBJECT_CLASS (sage_search_pane_parent_class)->dispose (object);
}

static void
sage_search_pane_class_init (SageSearchPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_search_pane_dispose;
  g_type_ensure (SAGE_TYPE_SEARCH_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/search/sage-search-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, query);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, case_sensitive);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, whole_words);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, regular);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, include);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, exclude);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, in_outputs);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, in_ignored);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, replacing);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, replacement);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, replace);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, stop);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, status);
  gtk_widget_class_bind_template_child (widget_class, SageSearchPane, view);
  gtk_widget_class_bind_template_callback (widget_class, query_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, replacing_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
  gtk_widget_class_bind_template_callback (widget_class, is_text);
}

static void
sage_search_pane_init (SageSearchPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->view, "chosen-changed", G_CALLBACK (update_replace), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
sage_search_pane_new (void)
{
  return g_object_new (SAGE_TYPE_SEARCH_PANE, NULL);
}

/* @folder: (nullable): what to search from now on */
void
sage_search_pane_set_folder (SageSearchPane *self,
                             GFile          *folder)
{
  g_return_if_fail (SAGE_IS_SEARCH_PANE (self));

  if (!g_set_object (&self->folder, folder))
    return;

  gtk_stack_set_visible_child_name (self->stack, folder != NULL ? "search" : "no-project");
  search_cb (self);
}

/* Lets one type what is searched. */
void
sage_search_pane_open (SageSearchPane *self)
{
  g_return_if_fail (SAGE_IS_SEARCH_PANE (self));

  if (self->folder == NULL)
    {
      gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->query));
  gtk_editable_select_region (self->query, 0, -1);
}
