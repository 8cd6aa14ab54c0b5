/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-execution-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-definition.h"
#include "sage-execution-page.h"
#include "sage-facts.h"
#include "sage-graph-pane.h"
#include "sage-json.h"
#include "sage-json-view.h"

struct _SageExecutionPage
{
  SageDetailPage    parent_instance;

  GCancellable     *cancellable;  /* (owned): of the calls under way */
  SageResourceList *steps;        /* (owned) (nullable) */
  gboolean          asked;        /* for definition and parameters */

  SageGraphPane    *graph;
  SageFacts        *facts;
  SageFacts        *parameters;
  SageJsonView     *definition;
};

G_DEFINE_FINAL_TYPE (SageExecutionPage, sage_execution_page, SAGE_TYPE_DETAIL_PAGE)

static SageConnection *
connection_of (SageExecutionPage *self)
{
  return sage_page_get_connection (SAGE_PAGE (self));
}

static SageResource *
resource_of (SageExecutionPage *self)
{
  return sage_detail_page_get_resource (SAGE_DETAIL_PAGE (self));
}

/* "ChurnPipeline/execution/im2g33z8ljzz" → "ChurnPipeline" */
static char *
dup_pipeline (SageExecutionPage *self)
{
  const char *name = sage_resource_get_name (resource_of (self));

  return g_strndup (name, strcspn (name, "/"));
}

/* --- Definition and parameters ---------------------------------------------------------------- */

static void
definition_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(SageExecutionPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) definition = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (reply != NULL)
    definition = sage_definition_parse (sage_json_string (reply, "PipelineDefinition", NULL), -1,
                                        &error);
  if (definition == NULL)
    {
      self->asked = reply != NULL; /* the next update asks again, if that can help */
      sage_toast_error (GTK_WIDGET (self), _("Could not read the definition of this execution"),
                        error);
      return;
    }

  sage_graph_pane_set_definition (self->graph, definition);
  sage_json_view_set_object (self->definition, definition);
}

static void
parameters_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(SageExecutionPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  JsonArray *parameters;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      sage_toast_error (GTK_WIDGET (self), _("Could not read the parameters of this execution"),
                        error);
      return;
    }

  parameters = sage_json_array (reply, "PipelineParameters");
  for (guint i = 0; parameters != NULL && i < json_array_get_length (parameters); i++)
    {
      JsonObject *parameter = sage_json_array_object (parameters, i);
      const char *name = parameter != NULL ? sage_json_string (parameter, "Name", NULL) : NULL;

      if (name != NULL)
        sage_facts_set_text (self->parameters, name, name,
                             sage_json_string (parameter, "Value", ""));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->parameters),
                          parameters != NULL && json_array_get_length (parameters) > 0);
}

static void
ask (SageExecutionPage   *self,
     const char          *operation,
     GAsyncReadyCallback  callback)
{
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, "PipelineExecutionArn",
                                 sage_resource_get_arn (resource_of (self)));
  sage_connection_call_async (connection_of (self), operation, input, self->cancellable, callback,
                              g_object_ref (self));
}

/* --- Stop and retry --------------------------------------------------------------------------- */

static void
stopped_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageExecutionPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_connection_act_finish (SAGE_CONNECTION (object), result, &error))
    sage_toast (GTK_WIDGET (self), _("Stopping the execution"));
  else
    sage_toast_error (GTK_WIDGET (self), _("Could not stop the execution"), error);
}

static void
stop_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageExecutionPage *self = SAGE_EXECUTION_PAGE (widget);

  sage_connection_stop_async (connection_of (self), resource_of (self), self->cancellable,
                              stopped_cb, g_object_ref (self));
}

static void
retried_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageExecutionPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply != NULL)
    sage_toast (GTK_WIDGET (self), _("Retrying from the step that failed"));
  else
    sage_toast_error (GTK_WIDGET (self), _("Could not retry the execution"), error);
}

static void
retry_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageExecutionPage *self = SAGE_EXECUTION_PAGE (widget);
  g_autoptr(JsonObject) input = json_object_new ();
  g_autofree char *token = g_uuid_string_random ();

  json_object_set_string_member (input, "PipelineExecutionArn",
                                 sage_resource_get_arn (resource_of (self)));
  json_object_set_string_member (input, "ClientRequestToken", token);
  sage_connection_call_async (connection_of (self), "RetryPipelineExecution", input,
                              self->cancellable, retried_cb, g_object_ref (self));
}

static void
open_pipeline_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  g_autofree char *pipeline = dup_pipeline (SAGE_EXECUTION_PAGE (widget));
  g_autofree char *location = g_strconcat ("pipeline/", pipeline, NULL);

  gtk_widget_activate_action (widget, "win.open", "s", location);
}

/* What can be done with the execution as it is. */
static void
update_actions (SageExecutionPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  SageState state = sage_resource_get_state (resource_of (self));
  const char *status = sage_resource_get_status (resource_of (self));
  gboolean running = state == SAGE_STATE_RUNNING;
  gboolean failed = state == SAGE_STATE_BAD || strcmp (status, "Stopped") == 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "execution.stop",
                                 running && strcmp (status, "Stopping") != 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "execution.retry", failed);
  if (running)
    sage_detail_page_set_primary (page, _("Stop"), "execution.stop", "destructive-action");
  else if (failed)
    sage_detail_page_set_primary (page, _("Retry"), "execution.retry", "suggested-action");
  else
    sage_detail_page_set_primary (page, NULL, NULL, NULL);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
update_facts (SageExecutionPage *self,
              JsonObject        *description)
{
  SageResource *resource = resource_of (self);
  const char *display_name = sage_json_string (description, "PipelineExecutionDisplayName", NULL);
  const char *about = sage_json_string (description, "PipelineExecutionDescription", NULL);
  const char *reason = sage_json_string (description, "FailureReason", NULL);
  g_autofree char *pipeline = dup_pipeline (self);
  g_autofree char *location = g_strconcat ("pipeline/", pipeline, NULL);

  sage_detail_page_set_facts (SAGE_DETAIL_PAGE (self), pipeline);
  sage_facts_set_link (self->facts, "pipeline", _("Pipeline"), pipeline, location);
  if (display_name != NULL)
    sage_facts_set_text (self->facts, "display-name", _("Display name"), display_name);
  if (about != NULL)
    sage_facts_set_text (self->facts, "description", _("Description"), about);
  if (reason != NULL)
    sage_facts_set_text (self->facts, "reason", _("Why it failed"), reason);
  else
    sage_facts_remove (self->facts, "reason");
  sage_facts_set_time (self->facts, "started", _("Started"), sage_resource_get_created (resource));
  sage_facts_set_elapsed (self->facts, "took", _("Took"), sage_resource_get_created (resource),
                          sage_resource_get_ended (resource));
  sage_facts_set_identifier (self->facts, "arn", _("ARN"), sage_resource_get_arn (resource));
}

static void
sage_execution_page_update (SageDetailPage *page,
                            JsonObject     *description)
{
  SageExecutionPage *self = SAGE_EXECUTION_PAGE (page);

  update_facts (self, description);
  update_actions (self);
  if (!self->asked && sage_resource_get_arn (resource_of (self)) != NULL)
    {
      self->asked = TRUE;
      ask (self, "DescribePipelineDefinitionForExecution", definition_cb);
      ask (self, "ListPipelineParametersForExecution", parameters_cb);
    }
}

/* The inspector shows the selected step. */
static void
selected_cb (SageExecutionPage *self)
{
  const char *name = sage_graph_pane_get_selected (self->graph);
  SageResource *step = name != NULL ? sage_graph_pane_get_step (self->graph, name) : NULL;

  sage_page_set_selection (SAGE_PAGE (self), G_OBJECT (step));
}

static GVariant *
sage_execution_page_save_state (SagePage *page)
{
  g_autoptr(GVariant) state = SAGE_PAGE_CLASS (sage_execution_page_parent_class)->save_state (page);
  const char *selected = sage_graph_pane_get_selected (SAGE_EXECUTION_PAGE (page)->graph);
  GVariantDict dict;

  g_variant_dict_init (&dict, state);
  if (selected != NULL)
    g_variant_dict_insert (&dict, "step", "s", selected);

  return g_variant_dict_end (&dict);
}

static void
sage_execution_page_constructed (GObject *object)
{
  SageExecutionPage *self = SAGE_EXECUTION_PAGE (object);
  SageDetailPage *page = SAGE_DETAIL_PAGE (object);

  G_OBJECT_CLASS (sage_execution_page_parent_class)->constructed (object);
  if (resource_of (self) == NULL)
    return; /* the location names no execution; the page says so */

  sage_graph_pane_set_connection (self->graph, connection_of (self));
  self->steps = sage_connection_get_list (connection_of (self), SAGE_KIND_STEP,
                                          sage_resource_get_name (resource_of (self)));
  sage_graph_pane_set_steps (self->graph, G_LIST_MODEL (self->steps));
  g_signal_connect_object (resource_of (self), "notify::state", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  sage_detail_page_show_tab (page, "steps");
  update_actions (self);
}

static void
sage_execution_page_dispose (GObject *object)
{
  SageExecutionPage *self = SAGE_EXECUTION_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->steps);

  G_OBJECT_CLASS (sage_execution_page_parent_class)->dispose (object);
}

static void
sage_execution_page_class_init (SageExecutionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_execution_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_execution_page_dispose;
  SAGE_PAGE_CLASS (klass)->save_state = sage_execution_page_save_state;
  SAGE_DETAIL_PAGE_CLASS (klass)->update = sage_execution_page_update;

  gtk_widget_class_install_action (widget_class, "execution.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "execution.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "execution.open-pipeline", NULL,
                                   open_pipeline_action);
}

static void
sage_execution_page_init (SageExecutionPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);

  self->cancellable = g_cancellable_new ();
  self->graph = SAGE_GRAPH_PANE (sage_graph_pane_new ());
  self->facts = SAGE_FACTS (sage_facts_new (_("Execution")));
  self->parameters = SAGE_FACTS (sage_facts_new (_("Parameters")));
  self->definition = SAGE_JSON_VIEW (sage_json_view_new ());
  gtk_widget_set_visible (GTK_WIDGET (self->parameters), FALSE);
  g_signal_connect_object (self->graph, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);

  sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->facts));
  sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->parameters));
  sage_detail_page_add_tab (page, "steps", _("Steps"), "sagebrush-pipeline-symbolic",
                            GTK_WIDGET (self->graph));
  sage_detail_page_add_tab (page, "definition", _("Definition"), "text-x-generic-symbolic",
                            GTK_WIDGET (self->definition));
  sage_detail_page_add_secondary (page, _("Open the pipeline"), "go-up-symbolic",
                                  "execution.open-pipeline");
}
