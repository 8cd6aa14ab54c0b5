/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shows the widgets of the kit with what an engine would say, for people who judge how they look:
 * kit-gallery PAGE [dark] [rtl] [large] [WIDTHxHEIGHT]. PAGE is one of detail, deleted, away, missing,
 * failure, undo, confirm, json, parameters, or an operation of the API for its form.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "kit-fixture.h"
#include "sage-confirm.h"
#include "sage-detail-page.h"
#include "sage-facts.h"
#include "sage-form.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "sage-shape.h"
#include "sage-time.h"
#include "samples.h"
#include "sage-undo.h"

/* --- A page about a training job ------------------------------------------------------------- */

#define GALLERY_TYPE_JOB (gallery_job_get_type ())
G_DECLARE_FINAL_TYPE (GalleryJob, gallery_job, GALLERY, JOB, SageDetailPage)

struct _GalleryJob
{
  SageDetailPage parent_instance;
  SageFacts *facts[5];
};

G_DEFINE_FINAL_TYPE (GalleryJob, gallery_job, SAGE_TYPE_DETAIL_PAGE)

static void
gallery_job_update (SageDetailPage *page,
                    JsonObject     *description)
{
  GalleryJob *self = GALLERY_JOB (page);
  JsonObject *algorithm = sage_json_object (description, "AlgorithmSpecification");
  JsonObject *resources = sage_json_object (description, "ResourceConfig");
  JsonObject *artifacts = sage_json_object (description, "ModelArtifacts");
  double created = sage_json_double (description, "CreationTime", 0);

  sage_detail_page_set_facts (page, "ml.m5.large · 30 GB · from pipeline ChurnPipeline");

  sage_facts_set_state (self->facts[0], "state", "Status", sage_detail_page_get_resource (page));
  sage_facts_set_link (self->facts[0], "pipeline", "Pipeline", "ChurnPipeline", "pipeline/ChurnPipeline");
  sage_facts_set_identifier (self->facts[0], "image", "Image",
                             sage_json_string (algorithm, "TrainingImage", NULL));
  sage_facts_set_identifier (self->facts[0], "arn", "ARN",
                             sage_json_string (description, "TrainingJobArn", NULL));
  sage_facts_set_text (self->facts[0], "reason", "Reason",
                       sage_json_string (description, "FailureReason", NULL));

  sage_facts_set_text (self->facts[1], "type", "Instance type",
                       sage_json_string (resources, "InstanceType", NULL));
  sage_facts_set_number (self->facts[1], "count", "Instances",
                         sage_json_double (resources, "InstanceCount", 0));
  sage_facts_set_bytes (self->facts[1], "memory", "Peak memory", 1503238553);
  sage_facts_set_elapsed (self->facts[1], "took", "Running for", created, 0);
  sage_facts_set_duration (self->facts[1], "billable", "Billable time", 74);

  sage_facts_set_s3 (self->facts[2], "model", "Model",
                     sage_json_string (artifacts, "S3ModelArtifacts", NULL));
  sage_facts_set_link (self->facts[2], "version", "Registered as", "ChurnModels/4",
                       "model-package/ChurnModels/4");

  sage_facts_set_number (self->facts[3], "auc", "validation:auc", 0.9031782746315002);
  sage_facts_set_number (self->facts[3], "loss", "validation:logloss", 0.00003217712);
  sage_facts_set_number (self->facts[3], "rows", "Rows", 4000);

  sage_facts_set_time (self->facts[4], "created", "Created", created);
  sage_facts_set_time (self->facts[4], "started", "Started", sage_time_now () - 3);
  sage_facts_set_text (self->facts[4], "by", "Created by", "Ana Kovač <ana@example.org>, as part of an "
                       "execution that a schedule started after the nightly import had ended");
}

static void
action (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  sage_toast (widget, name);
}

static void
gallery_job_class_init (GalleryJobClass *klass)
{
  SAGE_DETAIL_PAGE_CLASS (klass)->update = gallery_job_update;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "job.stop", NULL, action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "job.clone", NULL, action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "job.log", NULL, action);
}

static void
gallery_job_init (GalleryJob *self)
{
  static const char * const titles[] = {
    "What it is", "What it uses", "What it made", "How it did", "When and who",
  };
  static const struct { const char *name, *title, *icon; } tabs[] = {
    { "metrics", "Metrics", "view-list-symbolic" }, { "log", "Log", "utilities-terminal-symbolic" },
    { "resources", "Resources", "network-transmit-receive-symbolic" },
    { "configuration", "Configuration", "document-properties-symbolic" },
  };
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  GtkWidget *strip = gtk_label_new ("A strip: Starting · Downloading · Training");
  GtkWidget *table = gtk_label_new ("A table takes the width");

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      self->facts[i] = SAGE_FACTS (sage_facts_new (titles[i]));
      sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->facts[i]));
    }
  gtk_widget_set_size_request (table, -1, 120);
  gtk_widget_add_css_class (table, "card");
  sage_cards_add_wide (sage_detail_page_get_overview (page), table);

  for (gsize i = 0; i < G_N_ELEMENTS (tabs); i++)
    sage_detail_page_add_tab (page, tabs[i].name, tabs[i].title, tabs[i].icon,
                              adw_status_page_new ());
  gtk_widget_add_css_class (strip, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (strip), PANGO_ELLIPSIZE_END);
  sage_detail_page_set_strip (page, strip);
  sage_detail_page_set_primary (page, "Stop", "job.stop", "destructive-action");
  sage_detail_page_add_secondary (page, "Clone and edit", "edit-copy-symbolic", "job.clone");
  sage_detail_page_add_secondary (page, "Open log", "utilities-terminal-symbolic", "job.log");
}

/* --- The window ------------------------------------------------------------------------------ */

/* What the stand-in for an engine says of the job, and how. */
static char *reply;
static guint reply_status = 200;

static char *
answer (const char *operation,
        JsonObject *input,
        guint      *status,
        gpointer    user_data)
{
  if (g_str_has_prefix (operation, "List"))
    return g_strdup ("{}");

  *status = reply_status;

  return g_strdup (reply);
}

static gboolean
act_cb (gpointer user_data)
{
  SageDetailPage *page = g_object_get_data (G_OBJECT (user_data), "page");
  g_autoptr(GListStore) store = g_list_store_new (SAGE_TYPE_RESOURCE);
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (page));

  g_list_store_append (store, sage_detail_page_get_resource (page));
  if (g_object_get_data (user_data, "confirm") != NULL)
    sage_confirm_remove_async (GTK_WIDGET (page), connection, G_LIST_MODEL (store), NULL, NULL, NULL);
  else
    sage_undo_remove (GTK_WIDGET (page), connection, G_LIST_MODEL (store));

  return G_SOURCE_REMOVE;
}

static GtkWidget *
make_job (const char *name)
{
  static StandIn peer;
  g_autoptr(JsonObject) job = sample_object (sample_training_job);
  const char *job_name = sage_json_string (job, "TrainingJobName", NULL);
  g_autofree char *location = g_strconcat ("training-job/", job_name, NULL);
  SageConnection *connection;
  GtkWidget *page;

  json_object_set_double_member (job, "CreationTime", sage_time_now () - 254);
  reply = sage_json_object_to_string (job);
  stand_in_init (&peer, answer, NULL);
  connection = kit_connect (&peer);
  sage_profile_set_colour (sage_connection_get_profile (connection), "red");
  if (strcmp (name, "missing") == 0 || strcmp (name, "failure") == 0)
    {
      reply_status = 400;
      reply = g_strdup_printf ("{\"__type\":\"%s\",\"message\":\"Disk <b>I/O</b> error\"}",
                               strcmp (name, "missing") == 0 ? "ResourceNotFound"
                                                             : "AccessDeniedException");
    }

  page = g_object_new (GALLERY_TYPE_JOB, "connection", connection, "location", location, NULL);
  if (strcmp (name, "away") == 0 || strcmp (name, "deleted") == 0)
    {
      SageResource *resource = sage_detail_page_get_resource (SAGE_DETAIL_PAGE (page));

      sage_resource_set_description (resource, job);
      if (strcmp (name, "deleted") == 0)
        sage_resource_update_event (resource, NULL, "Deleted", sage_time_now ());
      else
        sage_connection_close (connection);
    }
  g_object_set_data (G_OBJECT (page), "page", page);
  if (strcmp (name, "confirm") == 0)
    g_object_set_data (G_OBJECT (page), "confirm", page);
  if (strcmp (name, "confirm") == 0 || strcmp (name, "undo") == 0)
    g_timeout_add (500, act_cb, page);

  return page;
}

static GtkWidget *
make_page (const char *name)
{
  g_autoptr(JsonObject) job = sample_object (sample_training_job);
  GtkWidget *page;

  if (strcmp (name, "parameters") == 0)
    {
      g_autoptr(JsonNode) node = json_from_string (sample_pipeline_parameters, NULL);

      return sage_form_new_parameters (json_node_get_array (node));
    }
  if (strcmp (name, "json") == 0)
    {
      page = sage_json_view_new ();
      sage_json_view_set_object (SAGE_JSON_VIEW (page), job);
      return page;
    }
  if (sage_model_has_operation ("sagemaker", name))
    {
      page = sage_form_new ("sagemaker", name);
      if (strcmp (name, "CreateTrainingJob") == 0)
        sage_form_set_values (SAGE_FORM (page), job);
      return page;
    }

  return make_job (name);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GtkWidget *window;
  int width = 1100;
  int height = 800;

  kit_init (&argc, &argv);
  for (int i = 2; i < argc; i++)
    if (strcmp (argv[i], "dark") == 0)
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          ADW_COLOR_SCHEME_FORCE_DARK);
    else if (strcmp (argv[i], "rtl") == 0)
      gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
    else if (strcmp (argv[i], "large") == 0)
      g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
    else
      sscanf (argv[i], "%dx%d", &width, &height);

  window = kit_window_new (make_page (argc > 1 ? argv[1] : "detail"), width, height);
  g_signal_connect_swapped (window, "destroy", G_CALLBACK (g_main_loop_quit), loop);
  g_main_loop_run (loop);

  return EXIT_SUCCESS;
}
