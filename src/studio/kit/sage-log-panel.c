/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-panel"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-json.h"
#include "sage-log-panel-private.h"

/* How the built-in algorithms write metrics: `[7]#011train-auc:0.91`. */
#define BUILT_IN_METRIC "^\\[\\d+\\]#011\\S+:-?[\\d.]"

typedef enum
{
  PROP_CONNECTION = 1,
  PROP_RESOURCE,
  PROP_TITLE_VISIBLE,
  PROP_WRAP,
  PROP_SHOW_TIMES,
  PROP_FOLLOW,
  PROP_FILTER,
} SageLogPanelProperty;

static GParamSpec *properties[PROP_FILTER + 1];

enum
{
  SIGNAL_METRIC_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageLogPanel, sage_log_panel, ADW_TYPE_BIN)

/* --- what is shown ---------------------------------------------------------------------------- */

static const char *
describe_nothing (SageLogPanel *self)
{
  gboolean ended = sage_resource_get_ended (self->resource) > 0;

  if (sage_resource_get_kind (self->resource) == SAGE_KIND_ENDPOINT)
    return _("This endpoint has not printed anything yet");

  return ended ? _("This job printed nothing") : _("This job has not printed anything yet");
}

static void
update_words (SageLogPanel *self)
{
  if (self->resource != NULL)
    g_object_set (self->view, "empty-title", describe_nothing (self), NULL);
}

/* What a click on a line can lead to, if somebody waits for that. */
static void
update_metrics (SageLogPanel *self)
{
  g_autoptr(GStrvBuilder) patterns = g_strv_builder_new ();
  g_auto(GStrv) all = NULL;
  JsonObject *description = self->resource != NULL ? sage_resource_get_description (self->resource)
                                                   : NULL;
  JsonObject *algorithm = description != NULL
                            ? sage_json_object (description, "AlgorithmSpecification") : NULL;
  JsonArray *definitions = algorithm != NULL ? sage_json_array (algorithm, "MetricDefinitions")
                                             : NULL;

  if (algorithm == NULL ||
      !g_signal_has_handler_pending (self, signals[SIGNAL_METRIC_ACTIVATED], 0, FALSE))
    {
      sage_log_view_set_metrics (self->view, NULL);
      return;
    }

  g_strv_builder_add (patterns, BUILT_IN_METRIC);
  for (guint i = 0; definitions != NULL && i < json_array_get_length (definitions); i++)
    {
      JsonObject *definition = sage_json_array_object (definitions, i);
      const char *regex = definition != NULL ? sage_json_string (definition, "Regex", NULL) : NULL;

      if (regex != NULL)
        g_strv_builder_add (patterns, regex);
    }
  all = g_strv_builder_end (patterns);
  sage_log_view_set_metrics (self->view, (const char * const *) all);
}

/* It runs, or it has ended: what is left to print may be on its way. */
static void
state_changed_cb (SageLogPanel *self)
{
  update_words (self);
  sage_log_panel_look (self);
}

static void
connection_changed_cb (SageLogPanel *self)
{
  if (sage_connection_get_state (self->connection) != SAGE_CONNECTION_CONNECTED)
    return;

  sage_log_view_retry (self->view);
  sage_log_panel_look (self);
}

/* Whether it still runs, and which of its lines are metrics, is known of what is watched. */
static void
set_watched (SageLogPanel *self,
             gboolean      watched)
{
  if (self->watched == watched || (watched && (self->resource == NULL || self->connection == NULL)))
    return;

  self->watched = watched;
  if (watched)
    sage_connection_watch (self->connection, self->resource);
  else
    sage_connection_unwatch (self->connection, self->resource);
}

static void
update_resource (SageLogPanel *self)
{
  gboolean logs = self->resource != NULL && self->connection != NULL &&
                  sage_kind_info (sage_resource_get_kind (self->resource))->log_group != NULL;
  gboolean other = self->resource != NULL && !logs;

  gtk_stack_set_visible_child_name (self->stack, logs ? "log" : "none");
  adw_status_page_set_title (self->nothing, other ? _("This has no log") : _("No log is open"));
  adw_status_page_set_description (self->nothing, other
    ? _("Jobs and endpoints print; look at one of them")
    : _("Open the log of a job from its page or from a list of jobs"));
  gtk_widget_set_visible (self->title, logs && self->title_visible);
  gtk_label_set_text (self->name, logs ? sage_resource_get_title (self->resource) : "");
  sage_state_chip_set_resource (self->chip, logs ? self->resource : NULL);
  set_watched (self, logs && gtk_widget_get_mapped (GTK_WIDGET (self)));
  update_words (self);
  update_metrics (self);
  sage_log_panel_open (self, logs);
}

static void
sage_log_panel_map (GtkWidget *widget)
{
  SageLogPanel *self = SAGE_LOG_PANEL (widget);

  GTK_WIDGET_CLASS (sage_log_panel_parent_class)->map (widget);
  set_watched (self, TRUE);
  update_metrics (self);
  sage_log_panel_look (self);
}

static void
sage_log_panel_unmap (GtkWidget *widget)
{
  sage_log_panel_rest (SAGE_LOG_PANEL (widget));
  set_watched (SAGE_LOG_PANEL (widget), FALSE);
  GTK_WIDGET_CLASS (sage_log_panel_parent_class)->unmap (widget);
}

/* What is not in sight must not have the focus: keys would go nowhere. */
static gboolean
sage_log_panel_grab_focus (GtkWidget *widget)
{
  GtkWidget *view = GTK_WIDGET (SAGE_LOG_PANEL (widget)->view);

  return gtk_widget_get_mapped (view) && gtk_widget_grab_focus (view);
}

/* --- the search entry ------------------------------------------------------------------------- */

static gboolean
is_text (SageLogPanel *self,
         const char   *text)
{
  return text != NULL && text[0] != '\0';
}

static void
entry_activate_cb (SageLogPanel *self)
{
  sage_log_view_find (self->view, SAGE_LOG_FORWARD);
}

static void
entry_previous_cb (SageLogPanel *self)
{
  sage_log_view_find (self->view, SAGE_LOG_BACKWARD);
}

static void
entry_stop_cb (SageLogPanel *self)
{
  sage_log_view_set_search_text (self->view, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* There is nothing to go to, or to leave out, while nothing is searched for. */
static void
search_changed_cb (SageLogPanel *self)
{
  gboolean any = sage_log_view_get_search_text (self->view)[0] != '\0';

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.find-next", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.find-previous", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.filter", any);
  if (!any)
    sage_log_view_set_filter (self->view, FALSE);
}

/* --- actions ---------------------------------------------------------------------------------- */

/**
 * sage_log_panel_find:
 * @self: a log panel
 *
 * Goes to the search entry.
 */
void
sage_log_panel_find (SageLogPanel *self)
{
  g_return_if_fail (SAGE_IS_LOG_PANEL (self));

  gtk_widget_grab_focus (self->entry);
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  sage_log_panel_find (SAGE_LOG_PANEL (widget));
}

static void
find_next_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  sage_log_view_find (SAGE_LOG_PANEL (widget)->view, SAGE_LOG_FORWARD);
}

static void
find_previous_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  sage_log_view_find (SAGE_LOG_PANEL (widget)->view, SAGE_LOG_BACKWARD);
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  sage_log_panel_save (SAGE_LOG_PANEL (widget));
}

static void
cancel_save_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  sage_log_panel_cancel_save (SAGE_LOG_PANEL (widget));
}

static void
metric_activated_cb (SageLogView  *view,
                     const char   *text,
                     SageLogPanel *self)
{
  g_signal_emit (self, signals[SIGNAL_METRIC_ACTIVATED], 0, text);
}

static void
save_line_cb (SageLogView  *view,
              const char   *text,
              SageLogPanel *self)
{
  sage_log_panel_save_line (self, text);
}

/* --- properties ------------------------------------------------------------------------------- */

SageConnection *
sage_log_panel_get_connection (SageLogPanel *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_PANEL (self), NULL);

  return self->connection;
}

/**
 * sage_log_panel_set_connection:
 * @self: a log panel
 * @connection: (nullable): the engine; what was shown of another one goes
 */
void
sage_log_panel_set_connection (SageLogPanel   *self,
                               SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_LOG_PANEL (self));

  if (self->connection == connection)
    return;

  sage_log_panel_set_resource (self, NULL);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_set_object (&self->connection, connection);
  if (connection != NULL)
    g_signal_connect_object (connection, "notify::state", G_CALLBACK (connection_changed_cb), self,
                             G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
}

SageResource *
sage_log_panel_get_resource (SageLogPanel *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_PANEL (self), NULL);

  return self->resource;
}

/**
 * sage_log_panel_set_resource:
 * @self: a log panel
 * @resource: (nullable): the job or endpoint whose log is shown, of the panel's engine
 */
void
sage_log_panel_set_resource (SageLogPanel *self,
                             SageResource *resource)
{
  g_return_if_fail (SAGE_IS_LOG_PANEL (self));

  if (self->resource == resource)
    return;

  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_data (self->resource, self);
  set_watched (self, FALSE);
  g_set_object (&self->resource, resource);
  if (resource != NULL)
    {
      g_signal_connect_object (resource, "notify::state", G_CALLBACK (state_changed_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (resource, "notify::ended", G_CALLBACK (update_words), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (resource, "notify::description", G_CALLBACK (update_metrics), self,
                               G_CONNECT_SWAPPED);
    }
  update_resource (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESOURCE]);
}

/**
 * sage_log_panel_set_title_visible:
 * @self: a log panel
 * @title_visible: whether the name and the state of the resource stand before the log
 */
void
sage_log_panel_set_title_visible (SageLogPanel *self,
                                  gboolean      title_visible)
{
  g_return_if_fail (SAGE_IS_LOG_PANEL (self));

  if (self->title_visible == title_visible)
    return;

  self->title_visible = title_visible;
  gtk_widget_set_visible (self->title, title_visible && self->resource != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE_VISIBLE]);
}

static gboolean *
flag_of (SageLogPanel         *self,
         SageLogPanelProperty  property)
{
  switch ((int) property)
    {
    case PROP_WRAP:
      return &self->wrap;
    case PROP_SHOW_TIMES:
      return &self->show_times;
    case PROP_FOLLOW:
      return &self->follow;
    case PROP_FILTER:
    default:
      return &self->filter;
    }
}

static void
set_flag (SageLogPanel         *self,
          SageLogPanelProperty  property,
          gboolean              value)
{
  gboolean *flag = flag_of (self, property);

  if (*flag != value)
    {
      *flag = value;
      g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
    }
}

static void
sage_log_panel_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  SageLogPanel *self = SAGE_LOG_PANEL (object);

  switch ((SageLogPanelProperty) prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_RESOURCE:
      g_value_set_object (value, self->resource);
      break;
    case PROP_TITLE_VISIBLE:
      g_value_set_boolean (value, self->title_visible);
      break;
    case PROP_WRAP:
    case PROP_SHOW_TIMES:
    case PROP_FOLLOW:
    case PROP_FILTER:
      g_value_set_boolean (value, *flag_of (self, prop_id));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_panel_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  SageLogPanel *self = SAGE_LOG_PANEL (object);

  switch ((SageLogPanelProperty) prop_id)
    {
    case PROP_CONNECTION:
      sage_log_panel_set_connection (self, g_value_get_object (value));
      break;
    case PROP_RESOURCE:
      sage_log_panel_set_resource (self, g_value_get_object (value));
      break;
    case PROP_TITLE_VISIBLE:
      sage_log_panel_set_title_visible (self, g_value_get_boolean (value));
      break;
    case PROP_WRAP:
    case PROP_SHOW_TIMES:
    case PROP_FOLLOW:
    case PROP_FILTER:
      set_flag (self, prop_id, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* --- the type --------------------------------------------------------------------------------- */

static void
sage_log_panel_dispose (GObject *object)
{
  SageLogPanel *self = SAGE_LOG_PANEL (object);

  sage_log_panel_rest (self);
  set_watched (self, FALSE);
  sage_log_panel_cancel_save (self);
  g_clear_object (&self->source);
  g_clear_object (&self->saver);
  g_clear_object (&self->cancellable);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_data (self->resource, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->resource);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_LOG_PANEL);

  G_OBJECT_CLASS (sage_log_panel_parent_class)->dispose (object);
}

static void
sage_log_panel_finalize (GObject *object)
{
  g_strfreev (SAGE_LOG_PANEL (object)->names);

  G_OBJECT_CLASS (sage_log_panel_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_CONNECTION] =
    g_param_spec_object ("connection", NULL, NULL, SAGE_TYPE_CONNECTION, flags);
  properties[PROP_RESOURCE] =
    g_param_spec_object ("resource", NULL, NULL, SAGE_TYPE_RESOURCE, flags);
  properties[PROP_TITLE_VISIBLE] =
    g_param_spec_boolean ("title-visible", NULL, NULL, FALSE, flags);
  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_TIMES] = g_param_spec_boolean ("show-times", NULL, NULL, FALSE, flags);
  properties[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, TRUE, flags);
  properties[PROP_FILTER] = g_param_spec_boolean ("filter", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  const GdkModifierType control = GDK_CONTROL_MASK;
  const GdkModifierType both = GDK_CONTROL_MASK | GDK_SHIFT_MASK;

  gtk_widget_class_install_property_action (widget_class, "log.wrap", "wrap");
  gtk_widget_class_install_property_action (widget_class, "log.show-times", "show-times");
  gtk_widget_class_install_property_action (widget_class, "log.follow", "follow");
  gtk_widget_class_install_property_action (widget_class, "log.filter", "filter");
  gtk_widget_class_install_action (widget_class, "log.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "log.find-next", NULL, find_next_action);
  gtk_widget_class_install_action (widget_class, "log.find-previous", NULL, find_previous_action);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "log.cancel-save", NULL, cancel_save_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, control, "log.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F3, 0, "log.find-next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F3, GDK_SHIFT_MASK,
                                       "log.find-previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, control, "log.find-next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, both, "log.find-previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, control, "log.save", NULL);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-log-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, nothing);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, title);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, name);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, chip);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, streams);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, entry);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, saving);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, progress);
  gtk_widget_class_bind_template_child (widget_class, SageLogPanel, view);
  gtk_widget_class_bind_template_callback (widget_class, is_text);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_stop_cb);
}

static void
sage_log_panel_class_init (SageLogPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_log_panel_dispose;
  object_class->finalize = sage_log_panel_finalize;
  object_class->get_property = sage_log_panel_get_property;
  object_class->set_property = sage_log_panel_set_property;
  widget_class->map = sage_log_panel_map;
  widget_class->unmap = sage_log_panel_unmap;
  widget_class->grab_focus = sage_log_panel_grab_focus;
  install_properties (object_class);

  signals[SIGNAL_METRIC_ACTIVATED] =
    g_signal_new ("metric-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (SAGE_TYPE_LOG_VIEW);
  g_type_ensure (SAGE_TYPE_STATE_CHIP);
  bind_template (widget_class);
  install_actions (widget_class);
}

static void
bind_flags (SageLogPanel *self)
{
  static const char * const names[] = { "wrap", "show-times", "follow", "filter" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_bind_property (self->view, names[i], self, names[i],
                            G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static void
sage_log_panel_init (SageLogPanel *self)
{
  self->follow = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  bind_flags (self);
  g_signal_connect_swapped (self->streams, "notify::selected",
                            G_CALLBACK (sage_log_panel_stream_chosen), self);
  g_signal_connect_swapped (self->view, "notify::search-text", G_CALLBACK (search_changed_cb), self);
  g_signal_connect_swapped (self->view, "notify::pager", G_CALLBACK (sage_log_panel_update_save),
                            self);
  g_signal_connect (self->view, "metric-activated", G_CALLBACK (metric_activated_cb), self);
  g_signal_connect (self->view, "save-line", G_CALLBACK (save_line_cb), self);
  search_changed_cb (self);
  sage_log_panel_update_save (self);
  update_resource (self);
}

/**
 * sage_log_panel_new:
 * @connection: (nullable): the engine
 *
 * Returns: a panel that shows no log yet
 */
GtkWidget *
sage_log_panel_new (SageConnection *connection)
{
  return g_object_new (SAGE_TYPE_LOG_PANEL, "connection", connection, NULL);
}
