/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-runs"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-json.h"
#include "sage-notebook-runs.h"
#include "sage-run-row.h"
#include "sage-side-stack.h"
#include "sage-words.h"

#define MAX_RUNS 20

struct _SageNotebookRuns
{
  AdwBin                parent_instance;

  SageNotebookDocument *document;    /* (owned) (nullable) */
  SageResourceList     *jobs;        /* (owned) (nullable): while it is in sight: tells of new ones */
  GCancellable         *cancellable; /* (owned) (nullable): of the question under way */
  gboolean              is_old;      /* what will be answered to that */
  char                 *shown;       /* (owned) (nullable): the names of the jobs that are shown */

  GtkStack             *stack;
  GtkListBox           *list;
};

G_DEFINE_FINAL_TYPE (SageNotebookRuns, sage_notebook_runs, ADW_TYPE_BIN)

static void ask (SageNotebookRuns *self);

static SageConnection *
connection_of (SageNotebookRuns *self)
{
  return sage_notebook_document_get_connection (self->document);
}

/* --- The answer ------------------------------------------------------------------------------- */

static void
append_run (SageNotebookRuns *self,
            JsonObject       *record)
{
  const char *name = sage_json_string (record, "TrainingJobName", NULL);
  g_autoptr(SageResource) job = NULL;

  if (name == NULL)
    return;

  job = sage_connection_get_resource (connection_of (self), SAGE_KIND_TRAINING_JOB, name);
  gtk_list_box_append (self->list, sage_run_row_new (connection_of (self), job, record));
}

/* Rows stay, and the focus in them, unless there are others. */
static void
show_runs (SageNotebookRuns *self,
           JsonArray        *results)
{
  guint n = results != NULL ? json_array_get_length (results) : 0;
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (names, "%s\n",
                            sage_json_string (sage_json_object (sage_json_array_object (results, i),
                                                                "TrainingJob"),
                                              "TrainingJobName", ""));
  if (g_strcmp0 (names->str, self->shown) == 0)
    return;

  g_set_str (&self->shown, names->str);
  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *record = sage_json_object (sage_json_array_object (results, i), "TrainingJob");

      if (record != NULL)
        append_run (self, record);
    }
  sage_side_stack_show (self->stack, n > 0);
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageNotebookRuns) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (reply != NULL)
    show_runs (self, sage_json_array (reply, "Results"));
  else if (self->shown == NULL)
    {
      g_autofree char *text = sage_words_error (error);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_status_page_set_description (sage_side_stack_get_empty (self->stack), escaped);
    }
  if (self->is_old)
    ask (self);
}

/* --- The question ----------------------------------------------------------------------------- */

static JsonObject *
make_question (const char *file_name)
{
  JsonObject *question = json_object_new ();
  JsonObject *expression = json_object_new ();
  JsonObject *filter = json_object_new ();
  JsonArray *filters = json_array_new ();

  json_object_set_string_member (filter, "Name", "Environment.SM_INPUT_NOTEBOOK_NAME");
  json_object_set_string_member (filter, "Operator", "Equals");
  json_object_set_string_member (filter, "Value", file_name);
  json_array_add_object_element (filters, filter);
  json_object_set_array_member (expression, "Filters", filters);
  json_object_set_string_member (question, "Resource", "TrainingJob");
  json_object_set_object_member (question, "SearchExpression", expression);
  json_object_set_string_member (question, "SortBy", "CreationTime");
  json_object_set_string_member (question, "SortOrder", "Descending");
  json_object_set_int_member (question, "MaxResults", MAX_RUNS);

  return question;
}

/* Asks, or notes that what is being answered is old. */
static void
ask (SageNotebookRuns *self)
{
  g_autofree char *name = NULL;
  g_autofree char *file_name = NULL;
  g_autoptr(JsonObject) question = NULL;

  self->is_old = self->cancellable != NULL;
  if (self->is_old || self->jobs == NULL)
    return;

  name = g_file_get_basename (sage_notebook_document_get_file (self->document));
  file_name = g_filename_display_name (name);
  question = make_question (file_name);
  self->cancellable = g_cancellable_new ();
  sage_connection_call_async (connection_of (self), "Search", question, self->cancellable, answer_cb,
                              g_object_ref (self));
}

static void
give_up (SageNotebookRuns *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->jobs != NULL)
    g_signal_handlers_disconnect_by_data (self->jobs, self);
  g_clear_object (&self->jobs);
}

static void
sage_notebook_runs_map (GtkWidget *widget)
{
  SageNotebookRuns *self = SAGE_NOTEBOOK_RUNS (widget);

  GTK_WIDGET_CLASS (sage_notebook_runs_parent_class)->map (widget);
  if (self->document == NULL || connection_of (self) == NULL)
    return;

  self->jobs = sage_connection_get_list (connection_of (self), SAGE_KIND_TRAINING_JOB, NULL);
  g_signal_connect_swapped (self->jobs, "items-changed", G_CALLBACK (ask), self);
  ask (self);
}

static void
sage_notebook_runs_unmap (GtkWidget *widget)
{
  give_up (SAGE_NOTEBOOK_RUNS (widget));
  GTK_WIDGET_CLASS (sage_notebook_runs_parent_class)->unmap (widget);
}

static void
activated_cb (SageNotebookRuns *self,
              SageRunRow       *row)
{
  g_autofree char *location = g_strconcat ("training-job/", sage_run_row_get_name (row), NULL);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_runs_dispose (GObject *object)
{
  SageNotebookRuns *self = SAGE_NOTEBOOK_RUNS (object);

  give_up (self);
  g_clear_object (&self->document);
  g_clear_pointer (&self->shown, g_free);

  G_OBJECT_CLASS (sage_notebook_runs_parent_class)->dispose (object);
}

static void
sage_notebook_runs_class_init (SageNotebookRunsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_notebook_runs_dispose;
  GTK_WIDGET_CLASS (klass)->map = sage_notebook_runs_map;
  GTK_WIDGET_CLASS (klass)->unmap = sage_notebook_runs_unmap;
}

static void
sage_notebook_runs_init (SageNotebookRuns *self)
{
  GtkWidget *run = gtk_button_new_with_mnemonic (_("_Run as job…"));

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  self->stack = sage_side_stack_new (_("No runs"),
                                     _("Jobs and steps of pipelines that ran a notebook of this name "
                                       "are listed here"),
                                     GTK_WIDGET (self->list), _("Runs"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (run), "notebook.run-job");
  gtk_widget_set_halign (run, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (run, "pill");
  adw_status_page_set_child (sage_side_stack_get_empty (self->stack), run);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_notebook_runs_new (void)
{
  return g_object_new (SAGE_TYPE_NOTEBOOK_RUNS, NULL);
}

/**
 * sage_notebook_runs_set_document:
 * @self: a list of runs
 * @document: what ran; always the same one
 */
void
sage_notebook_runs_set_document (SageNotebookRuns     *self,
                                 SageNotebookDocument *document)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_RUNS (self));
  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (document));

  if (!g_set_object (&self->document, document))
    return;

  g_signal_connect_object (document, "notify::file", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
}
