/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-inspector"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-facts.h"
#include "sage-inspector.h"
#include "sage-json-view.h"
#include "sage-state-chip.h"
#include "sage-words.h"

struct _SageInspector
{
  AdwBin          parent_instance;

  SageConnection *connection; /* (owned) (nullable) */
  SageResource   *selected;   /* (owned) (nullable): what is to be shown */
  SageResource   *resource;   /* (owned) (nullable): what is shown: nothing while out of sight */
  gboolean        watching;   /* its description is being kept up to date for us */

  GtkStack       *stack;
  GtkLabel       *kind;
  GtkLabel       *title;
  SageStateChip  *chip;
  GtkLabel       *reason;
  GtkWidget      *open;
  SageFacts      *facts;
  SageJsonView   *json;
};

G_DEFINE_FINAL_TYPE (SageInspector, sage_inspector, ADW_TYPE_BIN)

static void
open_cb (SageInspector *self)
{
  if (self->resource != NULL)
    {
      g_autofree char *location = sage_resource_dup_location (self->resource);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
    }
}

static void
update (SageInspector *self)
{
  SageResource *resource = self->resource;
  const char *reason = sage_resource_get_reason (resource);
  JsonObject *description = sage_resource_get_description (resource);
  double created = sage_resource_get_created (resource);
  double ended = sage_resource_get_ended (resource);

  gtk_label_set_text (self->title, sage_resource_get_title (resource));
  gtk_label_set_text (self->reason, reason);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  sage_facts_set_identifier (self->facts, "arn", _("ARN"), sage_resource_get_arn (resource));
  sage_facts_set_time (self->facts, "created", _("Created"), created);
  sage_facts_set_time (self->facts, "changed", _("Changed"), sage_resource_get_modified (resource));
  if (created > 0 && ended > 0)
    sage_facts_set_elapsed (self->facts, "took", _("Took"), created, ended);
  else
    sage_facts_remove (self->facts, "took");
  gtk_widget_set_visible (GTK_WIDGET (self->json), description != NULL);
  if (description != NULL)
    sage_json_view_set_object (self->json, description);
}

static void
show_resource (SageInspector *self,
               SageResource  *resource)
{
  if (self->resource == resource)
    return;

  if (self->resource != NULL)
    {
      if (self->watching)
        sage_connection_unwatch (self->connection, self->resource);
      self->watching = FALSE;
      g_signal_handlers_disconnect_by_data (self->resource, self);
    }
  g_set_object (&self->resource, resource);
  sage_state_chip_set_resource (self->chip, resource);
  gtk_stack_set_visible_child_name (self->stack, resource != NULL ? "resource" : "none");
  if (resource == NULL)
    return;

  /* A step has no page of its own. */
  gtk_widget_set_visible (self->open, sage_resource_get_kind (resource) != SAGE_KIND_STEP);
  gtk_label_set_text (self->kind, sage_words_kind (sage_resource_get_kind (resource)));
  g_signal_connect_swapped (resource, "notify", G_CALLBACK (update), self);
  update (self);
  self->watching = self->connection != NULL
                   && sage_kind_info (sage_resource_get_kind (resource))->describe != NULL;
  if (self->watching)
    sage_connection_watch (self->connection, resource);
}

/* Nobody sees it, nobody pays for it: each change would lay the whole window out anew. */
static void
sage_inspector_map (GtkWidget *widget)
{
  SageInspector *self = SAGE_INSPECTOR (widget);

  GTK_WIDGET_CLASS (sage_inspector_parent_class)->map (widget);
  show_resource (self, self->selected);
}

static void
sage_inspector_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_inspector_parent_class)->unmap (widget);
  if (SAGE_INSPECTOR (widget)->stack != NULL)
    show_resource (SAGE_INSPECTOR (widget), NULL);
}

static void
sage_inspector_dispose (GObject *object)
{
  SageInspector *self = SAGE_INSPECTOR (object);

  if (self->stack != NULL)
    show_resource (self, NULL);
  g_clear_object (&self->selected);
  g_clear_object (&self->connection);
  adw_bin_set_child (ADW_BIN (object), NULL); /* which the template would free behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_INSPECTOR);

  G_OBJECT_CLASS (sage_inspector_parent_class)->dispose (object);
}

static void
sage_inspector_class_init (SageInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_inspector_dispose;
  widget_class->map = sage_inspector_map;
  widget_class->unmap = sage_inspector_unmap;

  g_type_ensure (SAGE_TYPE_STATE_CHIP);
  g_type_ensure (SAGE_TYPE_FACTS);
  g_type_ensure (SAGE_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/shell/sage-inspector.ui");
  gtk_widget_class_bind_template_child (widget_class, SageInspector, stack);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, kind);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, title);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, chip);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, reason);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, open);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, facts);
  gtk_widget_class_bind_template_child (widget_class, SageInspector, json);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
sage_inspector_init (SageInspector *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_inspector_set_connection:
 * @self: the inspector
 * @connection: (nullable): the engine that what is selected is of
 */
void
sage_inspector_set_connection (SageInspector  *self,
                               SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_INSPECTOR (self));

  show_resource (self, NULL);
  g_clear_object (&self->selected);
  g_set_object (&self->connection, connection);
}

/**
 * sage_inspector_set_object:
 * @self: the inspector
 * @object: (nullable): what is selected
 */
void
sage_inspector_set_object (SageInspector *self,
                           GObject       *object)
{
  SageResource *resource = SAGE_IS_RESOURCE (object) ? SAGE_RESOURCE (object) : NULL;

  g_return_if_fail (SAGE_IS_INSPECTOR (self));

  g_set_object (&self->selected, resource);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_resource (self, self->selected);
}
