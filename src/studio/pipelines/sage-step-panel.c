/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-step-panel"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-arn.h"
#include "sage-executed-notebook.h"
#include "sage-facts.h"
#include "sage-json.h"
#include "sage-json-view.h"
#include "sage-log-panel.h"
#include "sage-state-chip.h"
#include "sage-step-cache.h"
#include "sage-step-card.h"
#include "sage-step-panel.h"
#include "sage-words.h"

struct _SageStepPanel
{
  AdwBin            parent_instance;

  SageConnection   *connection; /* (owned) (nullable) */
  SageResource     *step;       /* (owned) (nullable) */
  SageResource     *job;        /* (owned) (nullable): what the step made that logs */
  char             *made;       /* (owned) (nullable): where what the step made is shown */
  gboolean          cached;     /* its definition allows an earlier result to be taken */
  GCancellable     *why;        /* (owned) (nullable): of the question why that was not done */
  GCancellable     *opening;    /* (owned) (nullable): of an executed notebook that is on its way */
  SageLogPanel     *log;

  GtkStack         *stack;
  GtkLabel         *title;
  GtkLabel         *type;
  SageStateChip    *chip;
  AdwViewStack     *views;
  GtkLabel         *reason;
  GtkWidget        *executed;
  SageFacts        *facts;
  AdwViewStackPage *log_page;
  AdwBin           *log_bin;
  SageJsonView     *json;
};

G_DEFINE_FINAL_TYPE (SageStepPanel, sage_step_panel, ADW_TYPE_BIN)

/* Returns: (transfer full) (nullable): what the ARN names, if it is of a kind that Studio shows */
static SageResource *
resource_for_arn (SageStepPanel *self,
                  const char    *text)
{
  g_auto(SageArn) arn = { 0 };
  SageKind kind;

  if (self->connection == NULL || text == NULL || !sage_arn_parse (text, &arn)
      || !sage_kind_from_id (arn.type, &kind))
    return NULL;

  return sage_connection_get_resource (self->connection, kind, arn.name);
}

/* What a step's metadata says of what it made: {"TrainingJob": {"Arn": …}} */
static void
show_made (SageStepPanel *self,
           JsonObject    *metadata)
{
  static const char * const members[] = {
    "TrainingJob", "ProcessingJob", "TransformJob", "TuningJob", "Model", "RegisterModel",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      JsonObject *made = sage_json_object (metadata, members[i]);
      const char *arn = made != NULL ? sage_json_string (made, "Arn", NULL) : NULL;
      g_autoptr(SageResource) resource = resource_for_arn (self, arn);
      g_autofree char *location = NULL;
      SageKind kind;

      if (resource == NULL)
        continue;
      kind = sage_resource_get_kind (resource);
      location = sage_resource_dup_location (resource);
      sage_facts_set_link (self->facts, members[i], sage_words_kind (kind),
                           sage_resource_get_name (resource), location);
      g_set_str (&self->made, location);
      if (sage_kind_info (kind)->log_group != NULL)
        g_set_object (&self->job, resource);
    }
}

static void
show_metadata (SageStepPanel *self,
               JsonObject    *metadata)
{
  JsonObject *condition = sage_json_object (metadata, "Condition");
  JsonObject *fail = sage_json_object (metadata, "Fail");

  show_made (self, metadata);
  if (condition != NULL)
    sage_facts_set_text (self->facts, "outcome", _("Outcome"),
                         sage_json_string (condition, "Outcome", ""));
  if (fail != NULL)
    sage_facts_set_text (self->facts, "message", _("Message"),
                         sage_json_string (fail, "ErrorMessage", ""));
}

/* A step that may be taken from an earlier execution and was not: the engine knows why. */
static void
ask_why (SageStepPanel *self)
{
  if (!self->cached || self->why != NULL || self->connection == NULL ||
      strcmp (sage_resource_get_status (self->step), "Starting") == 0)
    return;

  self->why = g_cancellable_new ();
  sage_step_cache_explain (self->facts, self->step, self->connection, self->why);
}

static void
update_log (SageStepPanel *self)
{
  gboolean logs = self->job != NULL;

  if (logs && self->log == NULL)
    {
      self->log = SAGE_LOG_PANEL (sage_log_panel_new (self->connection));
      adw_bin_set_child (self->log_bin, GTK_WIDGET (self->log));
    }
  if (self->log != NULL)
    sage_log_panel_set_resource (self->log, self->job);
  adw_view_stack_page_set_visible (self->log_page, logs);
  if (!logs && g_strcmp0 (adw_view_stack_get_visible_child_name (self->views), "log") == 0)
    adw_view_stack_set_visible_child_name (self->views, "overview");
}

/* Whether there is an executed notebook to open, which is not on its way yet. */
static void
update_open (SageStepPanel *self)
{
  gboolean has_ended = self->step != NULL && sage_resource_get_ended (self->step) > 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "step.open-executed",
                                 self->opening == NULL && self->job != NULL && has_ended);
}

static void
update (SageStepPanel *self)
{
  JsonObject *description = sage_resource_get_description (self->step);
  JsonObject *metadata = description != NULL ? sage_json_object (description, "Metadata") : NULL;
  const char *reason = sage_resource_get_reason (self->step);
  double created = sage_resource_get_created (self->step);
  double ended = sage_resource_get_ended (self->step);
  gboolean reused = sage_step_cache_source (self->step) != NULL;
  gint64 attempts = description != NULL ? sage_json_int (description, "AttemptCount", 0) : 0;

  gtk_label_set_text (self->reason, reason);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  sage_step_cache_show (self->facts, self->step);
  sage_facts_set_time (self->facts, "started", _("Started"), created);
  if (reused)
    sage_facts_remove (self->facts, "took"); /* what its job took is told by the job */
  else if (created > 0)
    sage_facts_set_elapsed (self->facts, "took", _("Took"), created, ended);
  if (attempts > 1)
    sage_facts_set_number (self->facts, "attempts", _("Attempts"), (double) attempts);
  if (metadata != NULL)
    show_metadata (self, metadata);
  if (!reused)
    ask_why (self);
  update_log (self);
  update_open (self);
}

/* A failed one has its notebook too, up to the cell that failed. */
static void
update_executed (SageStepPanel       *self,
                 const SageGraphNode *node)
{
  JsonObject *arguments = node != NULL ? sage_json_object (node->step, "Arguments") : NULL;

  gtk_widget_set_visible (self->executed, sage_executed_notebook_is_of (arguments));
}

static void
executed_opened_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  SageStepPanel *self = SAGE_STEP_PANEL (object);

  if (!sage_executed_notebook_open_finish (GTK_WIDGET (self), result))
    return;
  g_clear_object (&self->opening);
  update_open (self);
}

static void
open_executed_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  SageStepPanel *self = SAGE_STEP_PANEL (widget);

  self->opening = g_cancellable_new ();
  update_open (self);
  sage_executed_notebook_open_async (widget, self->connection, sage_resource_get_name (self->job),
                                     self->opening, executed_opened_cb, NULL);
}

static void
forget_step (SageStepPanel *self)
{
  if (self->step != NULL)
    g_signal_handlers_disconnect_by_data (self->step, self);
  g_clear_object (&self->step);
  g_clear_object (&self->job);
  g_clear_pointer (&self->made, g_free);
  g_cancellable_cancel (self->why);
  g_clear_object (&self->why);
}

static void
sage_step_panel_dispose (GObject *object)
{
  SageStepPanel *self = SAGE_STEP_PANEL (object);

  forget_step (self);
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_clear_object (&self->connection);
  adw_bin_set_child (ADW_BIN (object), NULL); /* which the template would free behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_STEP_PANEL);

  G_OBJECT_CLASS (sage_step_panel_parent_class)->dispose (object);
}

static void
sage_step_panel_class_init (SageStepPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_step_panel_dispose;

  g_type_ensure (SAGE_TYPE_STATE_CHIP);
  g_type_ensure (SAGE_TYPE_FACTS);
  g_type_ensure (SAGE_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/pipelines/sage-step-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, title);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, type);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, chip);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, views);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, reason);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, executed);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, facts);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, log_page);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, log_bin);
  gtk_widget_class_bind_template_child (widget_class, SageStepPanel, json);
  gtk_widget_class_install_action (widget_class, "step.open-executed", NULL, open_executed_action);
}

static void
sage_step_panel_init (SageStepPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_step_panel_set_connection:
 * @self: a panel
 * @connection: the engine that the steps are of
 */
void
sage_step_panel_set_connection (SageStepPanel  *self,
                                SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_STEP_PANEL (self));

  g_set_object (&self->connection, connection);
}

/**
 * sage_step_panel_show:
 * @self: a panel
 * @node: (nullable): the step in the definition; %NULL if none is selected
 * @step: (nullable): what became of it; %NULL while it has not begun
 */
void
sage_step_panel_show (SageStepPanel       *self,
                      const SageGraphNode *node,
                      SageResource        *step)
{
  JsonObject *cache;

  g_return_if_fail (SAGE_IS_STEP_PANEL (self));

  forget_step (self);
  sage_facts_clear (self->facts);
  sage_state_chip_set_resource (self->chip, step);
  gtk_stack_set_visible_child_name (self->stack, node != NULL ? "step" : "none");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), FALSE);
  update_open (self);
  update_executed (self, node);
  if (node == NULL)
    return;

  gtk_label_set_text (self->title, node->title);
  gtk_label_set_text (self->type, sage_step_type_word (node->type));
  sage_json_view_set_object (self->json, node->step);
  if (node->fact != NULL)
    sage_facts_set_text (self->facts, "instance", _("Instance"), node->fact);
  if (step == NULL)
    {
      update_log (self);
      return;
    }

  self->step = g_object_ref (step);
  cache = sage_json_object (node->step, "CacheConfig");
  self->cached = cache != NULL && sage_json_bool (cache, "Enabled", FALSE);
  g_signal_connect_swapped (step, "notify", G_CALLBACK (update), self);
  update (self);
}

/**
 * sage_step_panel_open:
 * @self: a panel
 *
 * Opens what the shown step made: its job, its model.
 *
 * Returns: whether it made anything yet
 */
gboolean
sage_step_panel_open (SageStepPanel *self)
{
  g_return_val_if_fail (SAGE_IS_STEP_PANEL (self), FALSE);

  return self->made != NULL
         && gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", self->made);
}
