/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-job-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-chart-card.h"
#include "sage-executed-notebook.h"
#include "sage-job-facts.h"
#include "sage-job-page.h"
#include "sage-json.h"
#include "sage-json-view.h"
#include "sage-log-panel.h"
#include "sage-metric-reader.h"
#include "sage-notebook-job.h"
#include "sage-page.h"
#include "sage-timeline.h"
#include "sage-undo.h"
#include "sage-words.h"

struct _SageJobPage
{
  SageDetailPage    parent_instance;

  GCancellable     *cancellable; /* (owned) */
  SageMetricReader *metrics;     /* (owned) (nullable): of a training job */
  gboolean          is_notebook; /* what it runs */
  gboolean          is_opening;  /* the executed notebook is on its way */
  GHashTable       *charts;      /* (owned): what is measured → SageChartCard */

  GtkWidget        *timeline;
  SageFacts        *job;
  SageFacts        *inputs;
  SageFacts        *outputs;
  SageFacts        *parameters;
  SageFacts        *environment;
  SageFacts        *results;
  GtkStack         *chart_stack;
  AdwStatusPage    *chart_failure;
  GtkWidget        *chart_box;
  SageLogPanel     *log;
  SageJsonView     *json;
};

G_DEFINE_FINAL_TYPE (SageJobPage, sage_job_page, SAGE_TYPE_DETAIL_PAGE)

static SageConnection *
connection_of (SageJobPage *self)
{
  return sage_page_get_connection (SAGE_PAGE (self));
}

static SageResource *
resource_of (SageJobPage *self)
{
  return sage_detail_page_get_resource (SAGE_DETAIL_PAGE (self));
}

/* --- Metrics ---------------------------------------------------------------------------------- */

/* "train:auc" and "validation:auc" measure the same, and so share a chart. */
static const char *
measure_of (const char *metric)
{
  const char *colon = strchr (metric, ':');

  return colon != NULL ? colon + 1 : metric;
}

static void
series_added_cb (SageJobPage     *self,
                 SageChartSeries *series)
{
  const char *measure = measure_of (sage_chart_series_get_name (series));
  SageChartCard *card = g_hash_table_lookup (self->charts, measure);

  if (card == NULL)
    {
      card = SAGE_CHART_CARD (sage_chart_card_new (measure));
      g_object_set (card, "x-label", _("Round"), NULL);
      g_hash_table_insert (self->charts, g_strdup (measure), card);
      gtk_box_append (GTK_BOX (self->chart_box), GTK_WIDGET (card));
      gtk_stack_set_visible_child_name (self->chart_stack, "charts");
    }
  sage_chart_card_add_series (card, series);
}

static void
reading_cb (SageJobPage *self)
{
  const GError *error = sage_metric_reader_get_error (self->metrics);

  if (g_hash_table_size (self->charts) > 0)
    return;

  if (error != NULL)
    {
      g_autofree char *text = sage_words_error (error);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_status_page_set_description (self->chart_failure, escaped);
      gtk_stack_set_visible_child_name (self->chart_stack, "failure");
    }
  else
    gtk_stack_set_visible_child_name (self->chart_stack,
                                      sage_metric_reader_get_loading (self->metrics) ? "loading"
                                                                                     : "none");
}

/* How far a notebook is. */
static void
line_cb (SageJobPage *self,
         const char  *line)
{
  guint done, total;
  g_autofree char *text = NULL;

  if (!self->is_notebook || !sage_notebook_job_progress (line, &done, &total))
    return;
  /* Translators: how many cells of a notebook have run, of how many */
  text = g_strdup_printf (_("%u of %u"), done, total);
  sage_facts_set_text (self->job, "cells", _("Cells run"), text);
}

static void
read_metrics (SageJobPage *self,
              JsonObject  *description)
{
  JsonObject *algorithm = sage_json_object (description, "AlgorithmSpecification");

  if (self->metrics != NULL || sage_resource_get_kind (resource_of (self)) != SAGE_KIND_TRAINING_JOB)
    return;

  self->metrics = sage_metric_reader_new (connection_of (self), resource_of (self));
  if (algorithm != NULL)
    sage_metric_reader_set_definitions (self->metrics, sage_json_array (algorithm,
                                                                        "MetricDefinitions"));
  g_signal_connect_object (self->metrics, "series-added", G_CALLBACK (series_added_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->metrics, "line", G_CALLBACK (line_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->metrics, "notify::error", G_CALLBACK (reading_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->metrics, "notify::loading", G_CALLBACK (reading_cb), self,
                           G_CONNECT_SWAPPED);
  sage_metric_reader_start (self->metrics);
}

/* A line of the log leads to the chart of what it says. */
static void
metric_activated_cb (SageLogPanel *panel,
                     const char   *line,
                     SageJobPage  *self)
{
  g_autofree char *metric =
    self->metrics != NULL ? sage_metric_reader_dup_metric (self->metrics, line) : NULL;
  SageChartCard *card =
    metric != NULL ? g_hash_table_lookup (self->charts, measure_of (metric)) : NULL;

  if (card == NULL)
    return;
  sage_detail_page_show_tab (SAGE_DETAIL_PAGE (self), "metrics");
  gtk_widget_grab_focus (GTK_WIDGET (sage_chart_card_get_chart (card)));
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
stopped_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_connection_act_finish (SAGE_CONNECTION (object), result, &error))
    sage_toast (widget, _("Stopping the job"));
  else
    sage_toast_error (widget, _("Could not stop the job"), error);
}

static void
stop_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageJobPage *self = SAGE_JOB_PAGE (widget);

  sage_connection_stop_async (connection_of (self), resource_of (self), self->cancellable,
                              stopped_cb, g_object_ref (self));
}

static void
clone_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  g_autofree char *own = sage_resource_dup_location (resource_of (SAGE_JOB_PAGE (widget)));
  g_autofree char *location = g_strconcat ("new-job/", own, NULL);

  gtk_widget_activate_action (widget, "win.open", "s", location);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageJobPage *self = SAGE_JOB_PAGE (widget);
  g_autoptr(GListStore) one = g_list_store_new (SAGE_TYPE_RESOURCE);

  g_list_store_append (one, resource_of (self));
  sage_undo_remove (widget, connection_of (self), G_LIST_MODEL (one));
}

static void
update_actions (SageJobPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  SageState state = sage_resource_get_state (resource_of (self));
  const char *status = sage_resource_get_status (resource_of (self));
  gboolean running = state == SAGE_STATE_RUNNING;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.stop",
                                 running && strcmp (status, "Stopping") != 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.remove", !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.open-executed",
                                 !running && !self->is_opening);
  if (running)
    sage_detail_page_set_primary (page, _("Stop"), "job.stop", "destructive-action");
  else
    sage_detail_page_set_primary (page, _("Clone and edit…"), "job.clone", NULL);
}

static void
executed_opened_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  SageJobPage *self = SAGE_JOB_PAGE (object);

  if (!sage_executed_notebook_open_finish (GTK_WIDGET (self), result))
    return;
  self->is_opening = FALSE;
  update_actions (self);
}

static void
open_executed_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  SageJobPage *self = SAGE_JOB_PAGE (widget);

  self->is_opening = TRUE;
  update_actions (self);
  sage_executed_notebook_open_async (widget, connection_of (self),
                                     sage_resource_get_name (resource_of (self)), self->cancellable,
                                     executed_opened_cb, NULL);
}

/* --- The page --------------------------------------------------------------------------------- */

/* A failed job has its notebook too, up to the cell that failed. */
static void
show_executed (SageJobPage *self,
               gboolean     is_notebook)
{
  if (self->is_notebook || !is_notebook)
    return;

  self->is_notebook = TRUE;
  sage_detail_page_add_secondary (SAGE_DETAIL_PAGE (self), _("Open executed notebook"),
                                  "sagebrush-notebook-symbolic", "job.open-executed");
}

static void
sage_job_page_update (SageDetailPage *page,
                      JsonObject     *description)
{
  SageJobPage *self = SAGE_JOB_PAGE (page);
  JsonArray *transitions = sage_json_array (description, "SecondaryStatusTransitions");

  sage_detail_page_set_facts (page, sage_words_kind (sage_resource_get_kind (resource_of (self))));
  sage_job_facts_show_job (self->job, resource_of (self), description);
  sage_job_facts_show_inputs (self->inputs, description);
  sage_job_facts_show_outputs (self->outputs, description);
  sage_job_facts_show_members (self->parameters, sage_json_object (description, "HyperParameters"));
  sage_job_facts_show_members (self->environment, sage_json_object (description, "Environment"));
  sage_job_facts_show_metrics (self->results, description);
  gtk_widget_set_visible (self->timeline, transitions != NULL);
  sage_timeline_set_transitions (SAGE_TIMELINE (self->timeline), transitions);
  sage_json_view_set_object (self->json, description);
  show_executed (self, sage_executed_notebook_is_of (description));
  read_metrics (self, description);
  update_actions (self);
}

static void
add_metrics_tab (SageJobPage *self)
{
  GtkWidget *spinner = adw_spinner_new ();
  GtkWidget *none = adw_status_page_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (spinner, 32, 32);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "sagebrush-training-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _("No metrics"));
  adw_status_page_set_description (ADW_STATUS_PAGE (none),
                                   _("The job has printed none yet. Scripts name theirs in the "
                                     "job’s metric definitions."));

  self->chart_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_set_margin_top (self->chart_box, 18);
  gtk_widget_set_margin_bottom (self->chart_box, 18);
  gtk_widget_set_margin_start (self->chart_box, 18);
  gtk_widget_set_margin_end (self->chart_box, 18);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->chart_box);

  self->chart_failure = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (self->chart_failure, "dialog-error-symbolic");
  adw_status_page_set_title (self->chart_failure, _("The metrics could not be read"));
  self->chart_stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->chart_stack, spinner, "loading");
  gtk_stack_add_named (self->chart_stack, none, "none");
  gtk_stack_add_named (self->chart_stack, GTK_WIDGET (self->chart_failure), "failure");
  gtk_stack_add_named (self->chart_stack, scroller, "charts");
  sage_detail_page_add_tab (SAGE_DETAIL_PAGE (self), "metrics", _("Metrics"),
                            "sagebrush-training-symbolic", GTK_WIDGET (self->chart_stack));
}

static void
sage_job_page_constructed (GObject *object)
{
  SageJobPage *self = SAGE_JOB_PAGE (object);
  SageDetailPage *page = SAGE_DETAIL_PAGE (object);

  G_OBJECT_CLASS (sage_job_page_parent_class)->constructed (object);
  if (resource_of (self) == NULL)
    return; /* the location names no job; the page says so */

  self->log = SAGE_LOG_PANEL (sage_log_panel_new (connection_of (self)));
  if (sage_resource_get_kind (resource_of (self)) == SAGE_KIND_TRAINING_JOB)
    {
      add_metrics_tab (self);
      g_signal_connect (self->log, "metric-activated", G_CALLBACK (metric_activated_cb), self);
    }
  sage_log_panel_set_resource (self->log, resource_of (self));
  sage_detail_page_add_tab (page, "log", _("Log"), "text-x-generic-symbolic",
                            GTK_WIDGET (self->log));
  self->json = SAGE_JSON_VIEW (sage_json_view_new ());
  sage_detail_page_add_tab (page, "configuration", _("Configuration"), "text-x-generic-symbolic",
                            GTK_WIDGET (self->json));
  g_signal_connect_object (resource_of (self), "notify::state", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  update_actions (self);
}

/* Of what a job has, its log is what one searches. */
static void
sage_job_page_find (SagePage *page)
{
  SageJobPage *self = SAGE_JOB_PAGE (page);

  sage_detail_page_show_tab (SAGE_DETAIL_PAGE (self), "log");
  sage_log_panel_find (self->log);
}

static void
sage_job_page_dispose (GObject *object)
{
  SageJobPage *self = SAGE_JOB_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->metrics != NULL)
    g_object_run_dispose (G_OBJECT (self->metrics)); /* its timer and call hold it */
  g_clear_object (&self->metrics);
  g_clear_pointer (&self->charts, g_hash_table_unref);

  G_OBJECT_CLASS (sage_job_page_parent_class)->dispose (object);
}

static void
sage_job_page_class_init (SageJobPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_job_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_job_page_dispose;
  SAGE_DETAIL_PAGE_CLASS (klass)->update = sage_job_page_update;
  SAGE_PAGE_CLASS (klass)->find = sage_job_page_find;

  gtk_widget_class_install_action (widget_class, "job.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "job.clone", NULL, clone_action);
  gtk_widget_class_install_action (widget_class, "job.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "job.open-executed", NULL, open_executed_action);
}

static SageFacts *
add_card (SageJobPage *self,
          const char  *title)
{
  GtkWidget *card = sage_facts_new (title);

  sage_cards_add (sage_detail_page_get_overview (SAGE_DETAIL_PAGE (self)), card);

  return SAGE_FACTS (card);
}

static void
sage_job_page_init (SageJobPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  g_autoptr(GMenu) menu = g_menu_new ();

  self->cancellable = g_cancellable_new ();
  self->charts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->timeline = sage_timeline_new ();
  gtk_widget_set_visible (self->timeline, FALSE);
  sage_detail_page_set_strip (page, self->timeline);
  self->job = add_card (self, _("Job"));
  self->results = add_card (self, _("Final metrics"));
  self->parameters = add_card (self, _("Hyperparameters"));
  self->inputs = add_card (self, _("Inputs"));
  self->outputs = add_card (self, _("Outputs"));
  self->environment = add_card (self, _("Environment"));

  g_menu_append (menu, _("Clone and edit…"), "job.clone");
  g_menu_append (menu, _("Delete the job"), "job.remove");
  sage_detail_page_set_menu (page, G_MENU_MODEL (menu));
}
