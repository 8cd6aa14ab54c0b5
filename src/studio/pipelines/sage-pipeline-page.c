/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-pipeline-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-canvas.h"
#include "sage-definition.h"
#include "sage-executions-list.h"
#include "sage-facts.h"
#include "sage-json.h"
#include "sage-json-view.h"
#include "sage-pipeline-page.h"
#include "sage-start-dialog.h"
#include "sage-undo.h"

struct _SagePipelinePage
{
  SageDetailPage       parent_instance;

  SageResourceList    *executions; /* (owned) */
  char                *shown;      /* (owned) (nullable): the definition's text that is shown */

  AdwOverlaySplitView *split;
  SageCanvas          *canvas;
  SageResourceView    *list;
  SageFacts           *facts;
  SageFacts           *parameters;
  SageJsonView        *definition;
};

G_DEFINE_FINAL_TYPE (SagePipelinePage, sage_pipeline_page, SAGE_TYPE_DETAIL_PAGE)

static SageResource *
resource_of (SagePipelinePage *self)
{
  return sage_detail_page_get_resource (SAGE_DETAIL_PAGE (self));
}

static void
start_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  sage_start_dialog_present (widget, sage_page_get_connection (SAGE_PAGE (widget)),
                             sage_resource_get_name (resource_of (SAGE_PIPELINE_PAGE (widget))));
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  g_autoptr(GListStore) one = g_list_store_new (SAGE_TYPE_RESOURCE);

  g_list_store_append (one, resource_of (SAGE_PIPELINE_PAGE (widget)));
  sage_undo_remove (widget, sage_page_get_connection (SAGE_PAGE (widget)), G_LIST_MODEL (one));
}

static void
show_parameters (SagePipelinePage *self,
                 JsonObject       *definition)
{
  JsonArray *parameters = sage_definition_parameters (definition);

  sage_facts_clear (self->parameters);
  gtk_widget_set_visible (GTK_WIDGET (self->parameters), parameters != NULL);
  for (guint i = 0; parameters != NULL && i < json_array_get_length (parameters); i++)
    {
      JsonObject *parameter = sage_json_array_object (parameters, i);
      const char *name = parameter != NULL ? sage_json_string (parameter, "Name", NULL) : NULL;
      JsonNode *value = name != NULL ? json_object_get_member (parameter, "DefaultValue") : NULL;
      g_autofree char *text = NULL;

      if (name == NULL)
        continue;
      if (value != NULL && json_node_get_value_type (value) == G_TYPE_STRING)
        text = json_node_dup_string (value);
      else if (value != NULL)
        text = sage_json_to_string (value);
      sage_facts_set_text (self->parameters, name, name, text != NULL ? text : _("No default"));
    }
}

static void
show_definition (SagePipelinePage *self,
                 const char       *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) definition = NULL;

  if (text == NULL || !g_set_str (&self->shown, text))
    return;

  definition = sage_definition_parse (text, -1, &error);
  if (definition == NULL)
    {
      sage_toast_error (GTK_WIDGET (self), _("Could not read the definition"), error);
      return;
    }

  sage_canvas_set_definition (self->canvas, definition);
  sage_json_view_set_object (self->definition, definition);
  show_parameters (self, definition);
}

static void
sage_pipeline_page_update (SageDetailPage *page,
                           JsonObject     *description)
{
  SagePipelinePage *self = SAGE_PIPELINE_PAGE (page);
  const char *about = sage_json_string (description, "PipelineDescription", NULL);
  const char *display_name = sage_json_string (description, "PipelineDisplayName", NULL);

  show_definition (self, sage_json_string (description, "PipelineDefinition", NULL));
  sage_detail_page_set_facts (page, about);
  if (display_name != NULL)
    sage_facts_set_text (self->facts, "display-name", _("Display name"), display_name);
  if (about != NULL)
    sage_facts_set_text (self->facts, "description", _("Description"), about);
  sage_facts_set_identifier (self->facts, "role", _("Role"),
                             sage_json_string (description, "RoleArn", ""));
  sage_facts_set_time (self->facts, "created", _("Created"),
                       sage_json_double (description, "CreationTime", 0));
  sage_facts_set_time (self->facts, "changed", _("Changed"),
                       sage_json_double (description, "LastModifiedTime", 0));
  sage_facts_set_time (self->facts, "ran", _("Last run"),
                       sage_json_double (description, "LastRunTime", 0));
  sage_facts_set_identifier (self->facts, "arn", _("ARN"),
                             sage_json_string (description, "PipelineArn", ""));
}

static void
sage_pipeline_page_constructed (GObject *object)
{
  SagePipelinePage *self = SAGE_PIPELINE_PAGE (object);

  G_OBJECT_CLASS (sage_pipeline_page_parent_class)->constructed (object);
  if (resource_of (self) == NULL)
    return; /* the location names no pipeline; the page says so */

  self->executions = sage_connection_get_list (sage_page_get_connection (SAGE_PAGE (self)),
                                               SAGE_KIND_EXECUTION,
                                               sage_resource_get_name (resource_of (self)));
  sage_resource_view_set_list (self->list, self->executions);
  sage_detail_page_show_tab (SAGE_DETAIL_PAGE (self), "steps");
}

static void
sage_pipeline_page_dispose (GObject *object)
{
  SagePipelinePage *self = SAGE_PIPELINE_PAGE (object);

  g_clear_object (&self->executions);

  G_OBJECT_CLASS (sage_pipeline_page_parent_class)->dispose (object);
}

static void
sage_pipeline_page_finalize (GObject *object)
{
  g_free (SAGE_PIPELINE_PAGE (object)->shown);

  G_OBJECT_CLASS (sage_pipeline_page_parent_class)->finalize (object);
}

static void
sage_pipeline_page_class_init (SagePipelinePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_pipeline_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_pipeline_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_pipeline_page_finalize;
  SAGE_DETAIL_PAGE_CLASS (klass)->update = sage_pipeline_page_update;

  gtk_widget_class_install_action (widget_class, "pipeline.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "pipeline.remove", NULL, remove_action);
}

/* The canvas with the executions at its side, or over it where there is little room. */
static GtkWidget *
make_steps (SagePipelinePage *self)
{
  GtkWidget *bin = adw_breakpoint_bin_new ();
  AdwBreakpoint *narrow = adw_breakpoint_new (adw_breakpoint_condition_parse ("max-width: 600sp"));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *heading = gtk_label_new (_("Executions"));
  GtkWidget *split = adw_overlay_split_view_new ();
  g_auto(GValue) collapsed = G_VALUE_INIT;

  self->canvas = SAGE_CANVAS (sage_canvas_new ());
  self->list = SAGE_RESOURCE_VIEW (sage_executions_list_new ());
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_add_css_class (heading, "sidebar-heading");
  gtk_widget_set_vexpand (GTK_WIDGET (self->list), TRUE);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));

  self->split = ADW_OVERLAY_SPLIT_VIEW (split);
  adw_overlay_split_view_set_sidebar_position (self->split, GTK_PACK_END);
  adw_overlay_split_view_set_content (self->split, GTK_WIDGET (self->canvas));
  adw_overlay_split_view_set_sidebar (self->split, box);
  adw_overlay_split_view_set_min_sidebar_width (self->split, 220);
  adw_overlay_split_view_set_max_sidebar_width (self->split, 280);

  gtk_widget_set_size_request (bin, 320, 200);
  adw_breakpoint_bin_set_child (ADW_BREAKPOINT_BIN (bin), split);
  g_value_init (&collapsed, G_TYPE_BOOLEAN);
  g_value_set_boolean (&collapsed, TRUE);
  adw_breakpoint_add_setter (narrow, G_OBJECT (split), "collapsed", &collapsed);
  adw_breakpoint_bin_add_breakpoint (ADW_BREAKPOINT_BIN (bin), narrow);

  return bin;
}

static void
sage_pipeline_page_init (SagePipelinePage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  g_autoptr(GMenu) menu = g_menu_new ();

  self->facts = SAGE_FACTS (sage_facts_new (_("Pipeline")));
  self->parameters = SAGE_FACTS (sage_facts_new (_("Parameters")));
  self->definition = SAGE_JSON_VIEW (sage_json_view_new ());

  sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->facts));
  sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->parameters));
  sage_detail_page_add_tab (page, "steps", _("Steps"), "sagebrush-pipeline-symbolic",
                            make_steps (self));
  sage_detail_page_add_tab (page, "definition", _("Definition"), "text-x-generic-symbolic",
                            GTK_WIDGET (self->definition));
  sage_detail_page_set_primary (page, _("Start execution…"), "pipeline.start", "suggested-action");
  g_menu_append (menu, _("Delete the pipeline"), "pipeline.remove");
  sage_detail_page_set_menu (page, G_MENU_MODEL (menu));
}
