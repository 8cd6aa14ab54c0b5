/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-start-dialog"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-arn.h"
#include "sage-definition.h"
#include "sage-form.h"
#include "sage-json.h"
#include "sage-page.h"
#include "sage-start-dialog.h"
#include "sage-words.h"

struct _SageStartDialog
{
  AdwDialog       parent_instance;

  SageConnection *connection;  /* (owned) */
  char           *pipeline;    /* (owned) */
  GCancellable   *cancellable; /* (owned): cancelled with the dialog */
  SageForm       *form;        /* (nullable): of the parameters, once they are known */
  GtkWidget      *opener;      /* (nullable) (weak): opens the execution */

  AdwWindowTitle *heading;
  AdwBanner      *problem;
  GtkStack       *stack;
  AdwBin         *form_bin;
  GtkWidget      *no_parameters;
};

G_DEFINE_FINAL_TYPE (SageStartDialog, sage_start_dialog, ADW_TYPE_DIALOG)

static void
show_problem (SageStartDialog *self,
              const GError    *error)
{
  g_autofree char *text = error != NULL ? sage_words_error (error) : NULL;

  if (text != NULL)
    {
      adw_banner_set_use_markup (self->problem, FALSE);
      adw_banner_set_title (self->problem, text);
      sage_announce (GTK_WIDGET (self), text);
    }
  adw_banner_set_revealed (self->problem, text != NULL);
}

/* --- Starting --------------------------------------------------------------------------------- */

static void
open_execution (SageStartDialog *self,
                const char      *text)
{
  g_auto(SageArn) arn = { 0 };
  g_autofree char *location = NULL;
  const char *id = sage_arn_parse (text, &arn) ? strrchr (arn.name, '/') : NULL;

  if (id == NULL || self->opener == NULL)
    return;

  location = g_strconcat ("pipeline-execution/", self->pipeline, "/execution", id, NULL);
  gtk_widget_activate_action (self->opener, "win.open", "s", location);
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageStartDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  sage_form_set_busy (self->form, FALSE);
  if (reply == NULL)
    {
      sage_form_show_error (self->form, error);
      return;
    }

  open_execution (self, sage_json_string (reply, "PipelineExecutionArn", ""));
  adw_dialog_close (ADW_DIALOG (self));
}

static void
submit_cb (SageStartDialog *self,
           JsonObject      *values)
{
  json_object_set_string_member (values, "PipelineName", self->pipeline);
  sage_form_set_busy (self->form, TRUE);
  sage_connection_call_async (self->connection, "StartPipelineExecution", values,
                              self->cancellable, started_cb, g_object_ref (self));
}

static void
cancel_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  adw_dialog_close (ADW_DIALOG (widget));
}

/* --- The form --------------------------------------------------------------------------------- */

static void
described_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SageStartDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) definition = NULL;
  g_autoptr(JsonArray) none = json_array_new ();
  JsonArray *parameters;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (reply != NULL)
    definition = sage_definition_parse (sage_json_string (reply, "PipelineDefinition", NULL), -1,
                                        &error);
  show_problem (self, error);
  gtk_widget_set_visible (GTK_WIDGET (self->stack), definition != NULL);
  if (definition == NULL)
    return;

  parameters = sage_definition_parameters (definition);
  self->form = SAGE_FORM (sage_form_new_parameters (parameters != NULL ? parameters : none));
  sage_form_set_submit_label (self->form, _("Start execution"));
  g_signal_connect_object (self->form, "submit", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->form_bin, GTK_WIDGET (self->form));
  gtk_widget_set_visible (self->no_parameters, parameters == NULL);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

static void
sage_start_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (SAGE_START_DIALOG (dialog)->cancellable);
}

static void
sage_start_dialog_dispose (GObject *object)
{
  SageStartDialog *self = SAGE_START_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_START_DIALOG);
  g_clear_weak_pointer (&self->opener);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (sage_start_dialog_parent_class)->dispose (object);
}

static void
sage_start_dialog_finalize (GObject *object)
{
  SageStartDialog *self = SAGE_START_DIALOG (object);

  g_free (self->pipeline);

  G_OBJECT_CLASS (sage_start_dialog_parent_class)->finalize (object);
}

static void
sage_start_dialog_class_init (SageStartDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_start_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_start_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = sage_start_dialog_closed;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/pipelines/sage-start-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SageStartDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, SageStartDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, SageStartDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SageStartDialog, form_bin);
  gtk_widget_class_bind_template_child (widget_class, SageStartDialog, no_parameters);
  gtk_widget_class_install_action (widget_class, "start.cancel", NULL, cancel_action);
}

static void
sage_start_dialog_init (SageStartDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_start_dialog_present:
 * @parent: a widget of the page that asks; the execution opens in its window
 * @connection: the engine
 * @pipeline: the name of the pipeline to start
 *
 * Asks for the parameters and starts an execution.
 */
void
sage_start_dialog_present (GtkWidget      *parent,
                           SageConnection *connection,
                           const char     *pipeline)
{
  SageStartDialog *self = g_object_new (SAGE_TYPE_START_DIALOG, NULL);
  g_autoptr(JsonObject) input = json_object_new ();

  self->connection = g_object_ref (connection);
  self->pipeline = g_strdup (pipeline);
  g_set_weak_pointer (&self->opener, parent);
  adw_window_title_set_subtitle (self->heading, pipeline);
  json_object_set_string_member (input, "PipelineName", pipeline);
  sage_connection_call_async (connection, "DescribePipeline", input, self->cancellable,
                              described_cb, g_object_ref (self));
  adw_dialog_present (ADW_DIALOG (self), parent);
}
