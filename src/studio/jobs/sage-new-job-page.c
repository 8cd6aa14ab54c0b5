/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-new-job-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-defaults.h"
#include "sage-form.h"
#include "sage-job-name.h"
#include "sage-json.h"
#include "sage-new-job-page.h"
#include "sage-shape.h"
#include "sage-words.h"

struct _SageNewJobPage
{
  SagePage       parent_instance;

  GCancellable  *cancellable; /* (owned) */
  SageKind       kind;
  char          *source;      /* (owned) (nullable): the job to begin with */
  SageForm      *form;

  GtkLabel      *heading;
  GtkLabel      *origin;
  GtkStack      *stack;
  AdwStatusPage *error;
  AdwBin        *form_bin;
};

G_DEFINE_FINAL_TYPE (SageNewJobPage, sage_new_job_page, SAGE_TYPE_PAGE)

static const char *
create_operation (SageNewJobPage *self)
{
  return self->kind == SAGE_KIND_PROCESSING_JOB ? "CreateProcessingJob" : "CreateTrainingJob";
}

/* --- Creating --------------------------------------------------------------------------------- */

static void
created_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageNewJobPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) values = NULL;
  g_autofree char *location = NULL;
  const SageKindInfo *info = sage_kind_info (self->kind);

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  sage_form_set_busy (self->form, FALSE);
  if (reply == NULL)
    {
      sage_form_show_error (self->form, error);
      return;
    }

  values = sage_form_get_values (self->form);
  location = g_strconcat (info->id, "/", sage_json_string (values, info->name, ""), NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

static void
submit_cb (SageNewJobPage *self,
           JsonObject     *values)
{
  sage_form_set_busy (self->form, TRUE);
  sage_connection_call_async (sage_page_get_connection (SAGE_PAGE (self)), create_operation (self),
                              values, self->cancellable, created_cb, g_object_ref (self));
}

/* --- What to begin with ----------------------------------------------------------------------- */

static void
show_form (SageNewJobPage *self,
           JsonObject     *values)
{
  const SageKindInfo *info = sage_kind_info (self->kind);
  g_autofree char *name = sage_job_name_next (sage_json_string (values, info->name, "job"));

  json_object_set_string_member (values, info->name, name);
  sage_form_set_values (self->form, values);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

static void
described_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SageNewJobPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) values = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      g_autofree char *why = sage_words_error (error);
      g_autofree char *escaped = g_markup_escape_text (why, -1);

      adw_status_page_set_description (self->error, escaped);
      gtk_stack_set_visible_child_name (self->stack, "error");
      return;
    }

  /* A description holds what the job was given, and much that it was not. */
  values = sage_shape_project (sage_model_input ("sagemaker", create_operation (self)), reply);
  show_form (self, values);
}

static void
load (SageNewJobPage *self)
{
  const SageKindInfo *info = sage_kind_info (self->kind);
  g_autoptr(JsonObject) input = json_object_new ();

  gtk_stack_set_visible_child_name (self->stack, "loading");
  json_object_set_string_member (input, info->describe_key, self->source);
  sage_connection_call_async (sage_page_get_connection (SAGE_PAGE (self)), info->describe, input,
                              self->cancellable, described_cb, g_object_ref (self));
}

static void
reload_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  load (SAGE_NEW_JOB_PAGE (widget));
}

/* What a first training job needs, so that one has not to know it by heart. */
static JsonObject *
default_values (SageNewJobPage *self)
{
  g_autofree char *role = sage_defaults_dup_role (sage_page_get_connection (SAGE_PAGE (self)));
  JsonObject *values = json_object_new ();
  JsonObject *algorithm = json_object_new ();
  JsonObject *resources = json_object_new ();
  JsonObject *stopping = json_object_new ();
  JsonObject *parameters = json_object_new ();

  json_object_set_string_member (algorithm, "TrainingImage",
                                 "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1");
  json_object_set_string_member (algorithm, "TrainingInputMode", "File");
  json_object_set_string_member (resources, "InstanceType", "ml.m5.large");
  json_object_set_int_member (resources, "InstanceCount", 1);
  json_object_set_int_member (resources, "VolumeSizeInGB", 10);
  json_object_set_int_member (stopping, "MaxRuntimeInSeconds", 3600);
  json_object_set_string_member (parameters, "objective", "binary:logistic");
  json_object_set_string_member (parameters, "num_round", "100");
  json_object_set_string_member (values, "RoleArn", role);
  json_object_set_object_member (values, "AlgorithmSpecification", algorithm);
  json_object_set_object_member (values, "ResourceConfig", resources);
  json_object_set_object_member (values, "StoppingCondition", stopping);
  json_object_set_object_member (values, "HyperParameters", parameters);

  return values;
}

/* --- The page --------------------------------------------------------------------------------- */

static void
read_location (SageNewJobPage *self)
{
  g_auto(GStrv) parts = g_strsplit (sage_page_get_location (SAGE_PAGE (self)), "/", 3);
  guint n = g_strv_length (parts);

  self->kind = SAGE_KIND_TRAINING_JOB;
  if (n > 1 && strcmp (parts[1], sage_kind_info (SAGE_KIND_PROCESSING_JOB)->id) == 0)
    self->kind = SAGE_KIND_PROCESSING_JOB;
  if (n > 2 && parts[2][0] != '\0')
    self->source = g_strdup (parts[2]);
}

static void
sage_new_job_page_constructed (GObject *object)
{
  SageNewJobPage *self = SAGE_NEW_JOB_PAGE (object);
  const char *title;

  G_OBJECT_CLASS (sage_new_job_page_parent_class)->constructed (object);

  read_location (self);
  title = self->kind == SAGE_KIND_PROCESSING_JOB ? _("New processing job") : _("New training job");
  sage_page_set_title (SAGE_PAGE (self), title);
  sage_page_set_icon_name (SAGE_PAGE (self), sage_words_kind_icon (self->kind));
  gtk_label_set_text (self->heading, title);

  self->form = SAGE_FORM (sage_form_new ("sagemaker", create_operation (self)));
  sage_form_set_submit_label (self->form, _("Create job"));
  g_signal_connect_object (self->form, "submit", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->form_bin, GTK_WIDGET (self->form));

  if (self->source != NULL)
    {
      g_autofree char *text = g_strdup_printf (_("Begins with what %s was given"), self->source);

      gtk_label_set_text (self->origin, text);
      gtk_widget_set_visible (GTK_WIDGET (self->origin), TRUE);
      load (self);
    }
  else
    {
      g_autoptr(JsonObject) values = self->kind == SAGE_KIND_TRAINING_JOB ? default_values (self)
                                                                              : json_object_new ();

      show_form (self, values);
    }
}

static void
sage_new_job_page_dispose (GObject *object)
{
  SageNewJobPage *self = SAGE_NEW_JOB_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_NEW_JOB_PAGE);

  G_OBJECT_CLASS (sage_new_job_page_parent_class)->dispose (object);
}

static void
sage_new_job_page_finalize (GObject *object)
{
  g_free (SAGE_NEW_JOB_PAGE (object)->source);

  G_OBJECT_CLASS (sage_new_job_page_parent_class)->finalize (object);
}

static void
sage_new_job_page_class_init (SageNewJobPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = sage_new_job_page_constructed;
  object_class->dispose = sage_new_job_page_dispose;
  object_class->finalize = sage_new_job_page_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/jobs/sage-new-job-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SageNewJobPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SageNewJobPage, origin);
  gtk_widget_class_bind_template_child (widget_class, SageNewJobPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SageNewJobPage, error);
  gtk_widget_class_bind_template_child (widget_class, SageNewJobPage, form_bin);
  gtk_widget_class_install_action (widget_class, "new-job.reload", NULL, reload_action);
}

static void
sage_new_job_page_init (SageNewJobPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
