/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-deploy-dialog"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-deploy-dialog.h"
#include "sage-deployment.h"
#include "sage-json.h"
#include "sage-page.h"
#include "sage-shape.h"
#include "sage-words.h"

struct _SageDeployDialog
{
  AdwDialog         parent_instance;

  SageConnection   *connection;  /* (owned) */
  SageResourceList *packages;    /* (owned): of all groups */
  SageResourceList *endpoints;   /* (owned) */
  SageResource     *described;   /* (owned) (nullable): the chosen version; watched */
  GtkFilter        *approved;    /* (owned) */
  GListModel       *versions;    /* (owned): the approved ones */
  SageResource     *preset;      /* (owned) (nullable): to be chosen when it is listed */
  GtkWidget        *opener;      /* (nullable) (weak): opens the endpoint */
  gboolean          touched;     /* somebody has typed a name */
  gboolean          busy;

  AdwWindowTitle   *heading;
  AdwBanner        *problem;
  GtkStack         *stack;
  AdwComboRow      *version;
  AdwEntryRow      *name;
  GtkLabel         *name_message;
  AdwComboRow      *instance;
  GtkWidget        *progress;
  GtkLabel         *progress_label;
  GtkButton        *deploy;
};

G_DEFINE_FINAL_TYPE (SageDeployDialog, sage_deploy_dialog, ADW_TYPE_DIALOG)

/* What a package that names no instances is offered; all are the same on one machine, the limits of
 * memory and processors are theirs. */
static const char * const instances[] = { "ml.m5.large", "ml.m5.xlarge", "ml.m5.2xlarge",
                                          "ml.m5.4xlarge", "ml.c5.large", "ml.c5.xlarge",
                                          "ml.c5.2xlarge", "ml.t2.medium", NULL };

static SageResource *
chosen (SageDeployDialog *self)
{
  return SAGE_RESOURCE (adw_combo_row_get_selected_item (self->version));
}

static SageResource *
find_endpoint (SageDeployDialog *self)
{
  SageResource *endpoint = sage_resource_list_find (self->endpoints,
                                                    gtk_editable_get_text (GTK_EDITABLE (self->name)));

  return endpoint != NULL && !sage_resource_get_deleted (endpoint) ? endpoint : NULL;
}

/* --- The name --------------------------------------------------------------------------------- */

/* The name as the API takes it: what it has to say is said as one types. */
static gboolean
check_name (const char  *name,
            GError     **error)
{
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonNode) node = NULL;

  json_object_set_string_member (input, "EndpointName", name);
  json_object_set_string_member (input, "EndpointConfigName", "config");
  node = sage_json_take_object (json_object_ref (input));

  return sage_shape_validate (sage_model_input ("sagemaker", "CreateEndpoint"), node, error);
}

/* Returns: (transfer full) (nullable): what is wrong with it, or to be known about it */
static char *
name_message (SageDeployDialog *self,
              gboolean         *valid)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name));
  SageResource *endpoint = find_endpoint (self);
  g_autoptr(GError) error = NULL;

  *valid = FALSE;
  if (name[0] == '\0')
    return self->touched ? g_strdup (_("An endpoint needs a name.")) : NULL;
  if (!check_name (name, &error))
    return g_strdup (_("Letters, digits and single hyphens between them, at most 63: the name is part "
                       "of a URL."));

  *valid = TRUE;
  if (endpoint == NULL)
    return NULL;

  if (g_str_equal (sage_resource_get_status (endpoint), "InService"))
    return g_strdup (_("This endpoint is there already: it will be updated, and goes on answering "
                       "meanwhile."));

  *valid = FALSE;

  return g_strdup (_("This endpoint is there already, and is not in service. Wait until it is, or "
                     "delete it first."));
}

static void
update (SageDeployDialog *self)
{
  gboolean valid;
  g_autofree char *message = name_message (self, &valid);
  gboolean wrong = message != NULL && !valid;
  gboolean is_update = find_endpoint (self) != NULL;

  gtk_label_set_text (self->name_message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->name_message), message != NULL);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->name), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  gtk_button_set_label (self->deploy, is_update ? _("Update") : _("Deploy"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deploy.deploy",
                                 valid && !self->busy && chosen (self) != NULL
                                   && adw_combo_row_get_selected_item (self->instance) != NULL);
}

static void
name_cb (SageDeployDialog *self)
{
  self->touched = TRUE;
  update (self);
}

/* --- Versions and instances ------------------------------------------------------------------- */

static gboolean
is_approved (gpointer item,
             gpointer user_data)
{
  return g_strcmp0 (sage_resource_get_approval (item), "Approved") == 0
         && !sage_resource_get_deleted (item);
}

/* "churnmodels version 3" */
static char *
version_words (SageResource *package)
{
  JsonObject *description = sage_resource_get_description (package);
  const char *name = sage_resource_get_name (package);
  const char *slash = strrchr (name, '/');
  g_autofree char *start = g_strndup (name, slash != NULL ? (gsize) (slash - name) : strlen (name));
  const char *group = description != NULL
                        ? sage_json_string (description, "ModelPackageGroupName", start) : start;

  return sage_words_version (group, sage_resource_get_title (package));
}

static void
show_instances (SageDeployDialog *self)
{
  JsonObject *description = self->described != NULL ? sage_resource_get_description (self->described)
                                                    : NULL;
  JsonObject *inference = description != NULL
                            ? sage_json_object (description, "InferenceSpecification") : NULL;
  JsonArray *supported = inference != NULL
                           ? sage_json_array (inference, "SupportedRealtimeInferenceInstanceTypes")
                           : NULL;
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; supported != NULL && i < json_array_get_length (supported); i++)
    if (sage_json_array_string (supported, i) != NULL)
      gtk_string_list_append (list, sage_json_array_string (supported, i));
  if (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0)
    gtk_string_list_splice (list, 0, 0, instances);

  adw_combo_row_set_model (self->instance, G_LIST_MODEL (list));
  update (self);
}

static void
forget_described (SageDeployDialog *self)
{
  if (self->described == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->described, self);
  sage_connection_unwatch (self->connection, self->described);
  g_clear_object (&self->described);
}

static void
version_cb (SageDeployDialog *self)
{
  SageResource *package;

  if (gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;

  package = chosen (self);
  if (package == self->described)
    return;

  forget_described (self);
  if (package != NULL)
    {
      self->described = g_object_ref (package);
      g_signal_connect_swapped (package, "notify::description", G_CALLBACK (show_instances), self);
      sage_connection_watch (self->connection, package);
    }
  show_instances (self);
}

static void
select_preset (SageDeployDialog *self)
{
  guint n = g_list_model_get_n_items (self->versions);

  for (guint i = 0; self->preset != NULL && i < n; i++)
    {
      g_autoptr(SageResource) package = g_list_model_get_item (self->versions, i);

      if (package != self->preset)
        continue;
      adw_combo_row_set_selected (self->version, i);
      g_clear_object (&self->preset);
    }
}

static void
lists_cb (SageDeployDialog *self)
{
  gboolean any = g_list_model_get_n_items (self->versions) > 0;
  gboolean loaded = sage_resource_list_get_loaded (self->packages)
                    && sage_resource_list_get_loaded (self->endpoints);

  gtk_stack_set_visible_child_name (self->stack, !loaded ? "loading" : any ? "form" : "none");
  gtk_widget_set_visible (GTK_WIDGET (self->deploy), any || !loaded);
  select_preset (self);
  update (self);
}

static void
event_cb (SageDeployDialog *self,
          SageResource     *resource)
{
  if (sage_resource_get_kind (resource) == SAGE_KIND_PACKAGE)
    gtk_filter_changed (self->approved, GTK_FILTER_CHANGE_DIFFERENT);
  lists_cb (self);
}

/* --- Deploying -------------------------------------------------------------------------------- */

static void
progress_cb (SageDeploymentStage stage,
             gpointer            user_data)
{
  SageDeployDialog *self = user_data;
  static const char * const words[] = {
    [SAGE_DEPLOYMENT_MODEL] = N_("Creating the model…"),
    [SAGE_DEPLOYMENT_CONFIG] = N_("Creating the endpoint configuration…"),
    [SAGE_DEPLOYMENT_ENDPOINT] = N_("Creating the endpoint…"),
    [SAGE_DEPLOYMENT_CLEANING] = N_("Deleting what was made…"),
  };

  gtk_label_set_text (self->progress_label, _(words[stage]));
}

static void
show_problem (SageDeployDialog *self,
              const GError     *error)
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

/* Without what there is to deploy, and where to, there is nothing to ask. */
static void
list_error_cb (SageDeployDialog *self)
{
  const GError *error = sage_resource_list_get_error (self->packages);

  if (error == NULL)
    error = sage_resource_list_get_error (self->endpoints);
  show_problem (self, error);
  gtk_widget_set_visible (GTK_WIDGET (self->stack),
                          error == NULL || (sage_resource_list_get_loaded (self->packages)
                                            && sage_resource_list_get_loaded (self->endpoints)));
}

static void
set_busy (SageDeployDialog *self,
          gboolean          busy)
{
  self->busy = busy;
  gtk_widget_set_visible (self->progress, busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), !busy);
  adw_dialog_set_can_close (ADW_DIALOG (self), !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deploy.cancel", !busy);
  update (self);
}

static void
deployed_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(SageDeployDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *location = NULL;
  gboolean done = sage_deployment_finish (SAGE_CONNECTION (object), result, &error);

  set_busy (self, FALSE);
  show_problem (self, error);
  if (!done)
    return;

  location = g_strconcat ("endpoint/", gtk_editable_get_text (GTK_EDITABLE (self->name)), NULL);
  if (self->opener != NULL)
    gtk_widget_activate_action (self->opener, "win.open", "s", location);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
deploy_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageDeployDialog *self = SAGE_DEPLOY_DIALOG (widget);
  GtkStringObject *instance = adw_combo_row_get_selected_item (self->instance);
  SageDeploymentPlan plan = {
    .package_arn = sage_resource_get_arn (chosen (self)),
    .endpoint = gtk_editable_get_text (GTK_EDITABLE (self->name)),
    .instance_type = gtk_string_object_get_string (instance),
    .update = find_endpoint (self) != NULL,
  };

  show_problem (self, NULL);
  set_busy (self, TRUE);
  sage_deployment_async (self->connection, &plan, progress_cb, self, NULL, deployed_cb,
                         g_object_ref (self));
}

static void
cancel_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  adw_dialog_close (ADW_DIALOG (widget));
}

static void
models_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageDeployDialog *self = SAGE_DEPLOY_DIALOG (widget);

  if (self->opener != NULL)
    gtk_widget_activate_action (self->opener, "win.open", "s", "models");
  adw_dialog_close (ADW_DIALOG (self));
}

/* --- The dialog ------------------------------------------------------------------------------- */

static void
sage_deploy_dialog_dispose (GObject *object)
{
  SageDeployDialog *self = SAGE_DEPLOY_DIALOG (object);

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->endpoints != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoints, self);
  if (self->packages != NULL)
    g_signal_handlers_disconnect_by_data (self->packages, self);
  if (self->versions != NULL)
    g_signal_handlers_disconnect_by_data (self->versions, self);
  forget_described (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_DEPLOY_DIALOG);
  g_clear_weak_pointer (&self->opener);
  g_clear_object (&self->versions);
  g_clear_object (&self->approved);
  g_clear_object (&self->packages);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->preset);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_deploy_dialog_parent_class)->dispose (object);
}

static void
sage_deploy_dialog_class_init (SageDeployDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_deploy_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/endpoints/sage-deploy-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, version);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, name);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, name_message);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, instance);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, progress_label);
  gtk_widget_class_bind_template_child (widget_class, SageDeployDialog, deploy);
  gtk_widget_class_bind_template_callback (widget_class, version_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_cb);
  gtk_widget_class_install_action (widget_class, "deploy.deploy", NULL, deploy_action);
  gtk_widget_class_install_action (widget_class, "deploy.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "deploy.models", NULL, models_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "deploy.deploy", NULL);
}

static void
sage_deploy_dialog_init (SageDeployDialog *self)
{
  g_autoptr(GtkExpression) words = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  words = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (version_words), NULL,
                                       NULL);
  adw_combo_row_set_expression (self->version, words);
}

static void
follow (SageDeployDialog *self)
{
  self->packages = sage_connection_get_list (self->connection, SAGE_KIND_PACKAGE, NULL);
  self->endpoints = sage_connection_get_list (self->connection, SAGE_KIND_ENDPOINT, NULL);
  self->approved = GTK_FILTER (gtk_custom_filter_new (is_approved, NULL, NULL));
  self->versions = G_LIST_MODEL (
    gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->packages)),
                               g_object_ref (self->approved)));
  adw_combo_row_set_model (self->version, self->versions);
  g_signal_connect_swapped (self->versions, "items-changed", G_CALLBACK (lists_cb), self);
  g_signal_connect_swapped (self->packages, "notify::loaded", G_CALLBACK (lists_cb), self);
  g_signal_connect_swapped (self->endpoints, "notify::loaded", G_CALLBACK (lists_cb), self);
  g_signal_connect_swapped (self->packages, "notify::error", G_CALLBACK (list_error_cb), self);
  g_signal_connect_swapped (self->endpoints, "notify::error", G_CALLBACK (list_error_cb), self);
  g_signal_connect_swapped (self->endpoints, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->connection, "event", G_CALLBACK (event_cb), self);
}

/**
 * sage_deploy_dialog_present:
 * @parent: a widget of the page that asks; the endpoint opens in its window
 * @connection: the engine
 * @package: (nullable): the version that is chosen at first
 * @endpoint: (nullable): the endpoint that it goes to; %NULL to ask
 *
 * Asks what goes where, and deploys it.
 */
void
sage_deploy_dialog_present (GtkWidget      *parent,
                            SageConnection *connection,
                            SageResource   *package,
                            const char     *endpoint)
{
  SageDeployDialog *self = g_object_new (SAGE_TYPE_DEPLOY_DIALOG, NULL);

  self->connection = g_object_ref (connection);
  g_set_object (&self->preset, package);
  g_set_weak_pointer (&self->opener, parent);
  follow (self);
  if (endpoint != NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->name), endpoint);
      gtk_editable_set_editable (GTK_EDITABLE (self->name), FALSE);
      adw_window_title_set_subtitle (self->heading, endpoint);
    }
  self->touched = FALSE;
  version_cb (self);
  lists_cb (self);
  adw_dialog_present (ADW_DIALOG (self), parent);
}
