/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-endpoint-page"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-arn.h"
#include "sage-confirm.h"
#include "sage-deploy-dialog.h"
#include "sage-endpoint-failure.h"
#include "sage-endpoint-page.h"
#include "sage-facts.h"
#include "sage-invoke-pane.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "sage-log-panel.h"
#include "sage-sight.h"
#include "sage-traffic-card.h"
#include "sage-words.h"

struct _SageEndpointPage
{
  SageDetailPage  parent_instance;

  GCancellable   *cancellable; /* (owned) */
  SageResource   *config;      /* (owned) (nullable): watched */
  SageResource   *model;       /* (owned) (nullable): watched */
  SageSight      *sight;       /* (owned) */

  SageFacts      *failure;
  SageFacts      *facts;
  SageFacts      *variant;
  SageFacts      *model_facts;
  SageTrafficCard *traffic;
  SageInvokePane *invoke; /* (nullable) */
  SageLogPanel   *log;
  SageJsonView   *json;
};

G_DEFINE_FINAL_TYPE (SageEndpointPage, sage_endpoint_page, SAGE_TYPE_DETAIL_PAGE)

static SageConnection *
connection_of (SageEndpointPage *self)
{
  return sage_page_get_connection (SAGE_PAGE (self));
}

static SageResource *
resource_of (SageEndpointPage *self)
{
  return sage_detail_page_get_resource (SAGE_DETAIL_PAGE (self));
}

/* --- Configuration and model ------------------------------------------------------------------ */

static void
forget (SageEndpointPage  *self,
        SageResource     **part)
{
  if (*part == NULL)
    return;

  g_signal_handlers_disconnect_by_data (*part, self);
  sage_connection_unwatch (connection_of (self), *part);
  g_clear_object (part);
}

/* Follows a part of the endpoint: another one after an update. */
static void
follow (SageEndpointPage  *self,
        SageResource     **part,
        SageKind           kind,
        const char        *name,
        GCallback          described_cb)
{
  if (*part != NULL && g_strcmp0 (sage_resource_get_name (*part), name) == 0)
    return;

  forget (self, part);
  if (name == NULL)
    return;

  *part = sage_connection_get_resource (connection_of (self), kind, name);
  g_signal_connect_swapped (*part, "notify::description", described_cb, self);
  sage_connection_watch (connection_of (self), *part);
}

static JsonObject *
first_of (JsonObject *object,
          const char *member)
{
  JsonArray *array = object != NULL ? sage_json_array (object, member) : NULL;

  return array != NULL ? sage_json_array_object (array, 0) : NULL;
}

static void
show_package (SageEndpointPage *self,
              const char       *package)
{
  g_auto(SageArn) arn = { 0 };
  g_autofree char *location = NULL;
  g_autofree char *words = NULL;
  char *slash;

  if (package != NULL && sage_arn_parse (package, &arn))
    location = g_strconcat ("model-package/", arn.name, NULL);
  slash = location != NULL ? strrchr (arn.name, '/') : NULL;
  if (slash != NULL)
    {
      *slash = '\0';
      words = sage_words_version (arn.name, slash + 1);
    }
  sage_facts_set_link (self->model_facts, "package", _("Model version"),
                       words != NULL ? words : package, location);
}

static void
model_cb (SageEndpointPage *self)
{
  JsonObject *model = sage_resource_get_description (self->model);
  JsonObject *container = model != NULL ? sage_json_object (model, "PrimaryContainer") : NULL;

  if (model == NULL)
    return;
  if (container == NULL)
    container = first_of (model, "Containers");

  sage_facts_set_identifier (self->model_facts, "name", _("Name"),
                             sage_json_string (model, "ModelName", NULL));
  show_package (self, container != NULL ? sage_json_string (container, "ModelPackageName", NULL)
                                        : NULL);
  sage_facts_set_identifier (self->model_facts, "image", _("Image"),
                             container != NULL ? sage_json_string (container, "Image", NULL) : NULL);
  sage_facts_set_s3 (self->model_facts, "data", _("Model data"),
                     container != NULL ? sage_json_string (container, "ModelDataUrl", NULL) : NULL);
  sage_facts_set_time (self->model_facts, "created", _("Created"),
                       sage_json_double (model, "CreationTime", 0));
}

static void
config_cb (SageEndpointPage *self)
{
  JsonObject *config = sage_resource_get_description (self->config);
  JsonObject *variant = first_of (config, "ProductionVariants");

  if (variant == NULL)
    return;

  sage_facts_set_text (self->variant, "type", _("Instance type"),
                       sage_json_string (variant, "InstanceType", NULL));
  follow (self, &self->model, SAGE_KIND_MODEL, sage_json_string (variant, "ModelName", NULL),
          G_CALLBACK (model_cb));
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
update_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageEndpointPage *self = SAGE_ENDPOINT_PAGE (widget);

  sage_deploy_dialog_present (widget, connection_of (self), NULL,
                              sage_resource_get_name (resource_of (self)));
}

static void
remove_resources (SageEndpointPage *self,
                  gboolean          with_parts)
{
  g_autoptr(GListStore) resources = g_list_store_new (SAGE_TYPE_RESOURCE);

  g_list_store_append (resources, resource_of (self));
  if (with_parts && self->config != NULL)
    g_list_store_append (resources, self->config);
  if (with_parts && self->model != NULL)
    g_list_store_append (resources, self->model);
  sage_confirm_remove_async (GTK_WIDGET (self), connection_of (self), G_LIST_MODEL (resources),
                             self->cancellable, NULL, NULL);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  remove_resources (SAGE_ENDPOINT_PAGE (widget), FALSE);
}

static void
remove_all_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  remove_resources (SAGE_ENDPOINT_PAGE (widget), TRUE);
}

static void
update_actions (SageEndpointPage *self)
{
  SageResource *endpoint = resource_of (self);
  gboolean running = sage_resource_get_state (endpoint) == SAGE_STATE_RUNNING;
  gboolean serving = g_str_equal (sage_resource_get_status (endpoint), "InService")
                     || g_str_equal (sage_resource_get_status (endpoint), "Updating");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "endpoint.update", serving && !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "endpoint.remove", !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "endpoint.remove-all", !running);
  sage_invoke_pane_set_serving (self->invoke, serving);
}

/* --- Traffic ---------------------------------------------------------------------------------- */

/* Asked for while somebody can see the page, whichever of its tabs, and there can be any. */
static void
update_traffic (SageEndpointPage *self)
{
  SageResource *endpoint = resource_of (self);
  gboolean failed = endpoint != NULL && g_str_equal (sage_resource_get_status (endpoint), "Failed");

  if (failed)
    gtk_widget_set_visible (GTK_WIDGET (self->traffic), FALSE);
  sage_traffic_card_set_active (self->traffic, !failed && self->sight != NULL
                                               && sage_sight_is_in_sight (self->sight));
}

/* --- The page --------------------------------------------------------------------------------- */

static void
show_failure (SageEndpointPage *self,
              const char       *reason)
{
  g_auto(SageEndpointFailure) failure = { 0 };

  if (reason != NULL)
    sage_endpoint_failure_read (reason, &failure);
  sage_facts_set_text (self->failure, "what", _("Reason"), failure.what);
  sage_facts_set_text (self->failure, "pings", _("Last health checks"), failure.pings);
  sage_facts_set_text (self->failure, "log", _("Last log lines"), failure.log);
}

static void
show_endpoint (SageEndpointPage *self,
               JsonObject       *description)
{
  sage_facts_set_state (self->facts, "state", _("State"), resource_of (self));
  sage_facts_set_time (self->facts, "created", _("Created"),
                       sage_json_double (description, "CreationTime", 0));
  sage_facts_set_time (self->facts, "changed", _("Changed"),
                       sage_json_double (description, "LastModifiedTime", 0));
  sage_facts_set_identifier (self->facts, "config", _("Configuration"),
                             sage_json_string (description, "EndpointConfigName", NULL));
  sage_facts_set_identifier (self->facts, "arn", _("ARN"),
                             sage_json_string (description, "EndpointArn", NULL));
}

static void
show_variant (SageEndpointPage *self,
              JsonObject       *description)
{
  JsonObject *variant = first_of (description, "ProductionVariants");
  JsonObject *image = first_of (variant, "DeployedImages");

  if (variant == NULL)
    return;

  sage_facts_set_text (self->variant, "name", _("Name"),
                       sage_json_string (variant, "VariantName", NULL));
  if (self->config == NULL || sage_resource_get_description (self->config) == NULL)
    sage_facts_set_text (self->variant, "type", _("Instance type"), NULL); /* keeps its place */
  sage_facts_set_number (self->variant, "instances", _("Instances"),
                         sage_json_double (variant, "CurrentInstanceCount", NAN));
  sage_facts_set_number (self->variant, "weight", _("Weight"),
                         sage_json_double (variant, "CurrentWeight", NAN));
  sage_facts_set_identifier (self->variant, "image", _("Image"),
                             image != NULL ? sage_json_string (image, "ResolvedImage", NULL) : NULL);
}

static void
sage_endpoint_page_update (SageDetailPage *page,
                           JsonObject     *description)
{
  SageEndpointPage *self = SAGE_ENDPOINT_PAGE (page);

  sage_detail_page_set_facts (page, sage_words_kind (SAGE_KIND_ENDPOINT));
  show_failure (self, sage_json_string (description, "FailureReason", NULL));
  show_endpoint (self, description);
  show_variant (self, description);
  sage_json_view_set_object (self->json, description);
  follow (self, &self->config, SAGE_KIND_ENDPOINT_CONFIG,
          sage_json_string (description, "EndpointConfigName", NULL), G_CALLBACK (config_cb));
  update_actions (self);
  update_traffic (self);
}

static void
sage_endpoint_page_constructed (GObject *object)
{
  SageEndpointPage *self = SAGE_ENDPOINT_PAGE (object);
  SageDetailPage *page = SAGE_DETAIL_PAGE (object);

  G_OBJECT_CLASS (sage_endpoint_page_parent_class)->constructed (object);
  if (resource_of (self) == NULL)
    return; /* the location names no endpoint; the page says so */

  sage_traffic_card_follow (self->traffic, connection_of (self),
                            sage_resource_get_name (resource_of (self)));
  self->invoke = SAGE_INVOKE_PANE (sage_invoke_pane_new (connection_of (self),
                                                         sage_resource_get_name (resource_of (self))));
  sage_detail_page_add_tab (page, "test", _("Test"), "media-playback-start-symbolic",
                            GTK_WIDGET (self->invoke));
  self->log = SAGE_LOG_PANEL (sage_log_panel_new (connection_of (self)));
  sage_log_panel_set_resource (self->log, resource_of (self));
  sage_detail_page_add_tab (page, "log", _("Log"), "view-list-symbolic",
                            GTK_WIDGET (self->log));
  self->json = SAGE_JSON_VIEW (sage_json_view_new ());
  sage_detail_page_add_tab (page, "configuration", _("Configuration"), "text-x-generic-symbolic",
                            GTK_WIDGET (self->json));
  g_signal_connect_object (resource_of (self), "notify::status", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  update_actions (self);
}

static void
sage_endpoint_page_dispose (GObject *object)
{
  SageEndpointPage *self = SAGE_ENDPOINT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  forget (self, &self->model);
  forget (self, &self->config);
  g_clear_object (&self->sight);

  G_OBJECT_CLASS (sage_endpoint_page_parent_class)->dispose (object);
}

static void
sage_endpoint_page_class_init (SageEndpointPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_endpoint_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_endpoint_page_dispose;
  SAGE_DETAIL_PAGE_CLASS (klass)->update = sage_endpoint_page_update;

  gtk_widget_class_install_action (widget_class, "endpoint.update", NULL, update_action);
  gtk_widget_class_install_action (widget_class, "endpoint.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "endpoint.remove-all", NULL, remove_all_action);
}

static SageFacts *
make_card (SageEndpointPage *self,
           const char       *title,
           gboolean          wide)
{
  SageCards *overview = sage_detail_page_get_overview (SAGE_DETAIL_PAGE (self));
  GtkWidget *card = sage_facts_new (title);

  if (wide)
    sage_cards_add_wide (overview, card);
  else
    sage_cards_add (overview, card);

  return SAGE_FACTS (card);
}

static void
sage_endpoint_page_init (SageEndpointPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  g_autoptr(GMenu) menu = g_menu_new ();

  self->cancellable = g_cancellable_new ();
  self->sight = sage_sight_new (GTK_WIDGET (self));
  g_signal_connect_object (self->sight, "notify::in-sight", G_CALLBACK (update_traffic), self,
                           G_CONNECT_SWAPPED);
  self->failure = make_card (self, _("Why it failed"), TRUE);
  self->traffic = SAGE_TRAFFIC_CARD (sage_traffic_card_new ());
  sage_cards_add_wide (sage_detail_page_get_overview (page), GTK_WIDGET (self->traffic));
  self->facts = make_card (self, _("Endpoint"), FALSE);
  self->variant = make_card (self, _("Production variant"), FALSE);
  self->model_facts = make_card (self, _("Model"), FALSE);
  sage_detail_page_set_primary (page, _("Deploy another version…"), "endpoint.update", NULL);
  sage_detail_page_add_secondary (page, _("Delete"), "user-trash-symbolic", "endpoint.remove");
  g_menu_append (menu, _("Delete with its configuration and model…"), "endpoint.remove-all");
  sage_detail_page_set_menu (page, G_MENU_MODEL (menu));
}
