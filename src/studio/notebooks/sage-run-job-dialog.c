/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-run-job-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-form.h"
#include "sage-json.h"
#include "sage-notebook-job-start.h"
#include "sage-page.h"
#include "sage-run-job-dialog.h"

struct _SageRunJobDialog
{
  AdwDialog             parent_instance;

  SageNotebookDocument *document;    /* (owned) */
  char                 *job;         /* (owned) (nullable): its name, once it was asked for */
  GCancellable         *cancellable; /* (owned): cancelled with the dialog */
  SageForm             *form;
  GtkWidget            *opener;      /* (nullable) (weak): says that the job is there */

  AdwWindowTitle       *heading;
  GtkWidget            *no_parameters;
  AdwBin               *form_bin;
};

G_DEFINE_FINAL_TYPE (SageRunJobDialog, sage_run_job_dialog, ADW_TYPE_DIALOG)

static void
show_toast (SageRunJobDialog *self)
{
  g_autofree char *location = g_strconcat ("training-job/", self->job, NULL);
  /* Translators: the name of a job */
  g_autofree char *text = g_strdup_printf (_("“%s” has started"), self->job);

  if (self->opener != NULL)
    sage_toast_action (self->opener, text, _("_Show job"), "win.open",
                       g_variant_new_string (location));
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageRunJobDialog) self = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_notebook_job_start_finish (SAGE_CONNECTION (object), result, &error))
    {
      show_toast (self);
      adw_dialog_close (ADW_DIALOG (self));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      sage_form_set_busy (self->form, FALSE);
      sage_form_show_error (self->form, error);
    }
}

/* What is in sight runs, saved or not. */
static void
submit_cb (SageRunJobDialog *self,
           JsonObject       *values)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  g_autoptr(GBytes) bytes = sage_notebook_serialise (notebook);

  g_set_str (&self->job, sage_json_string (values, "TrainingJobName", ""));
  sage_form_set_busy (self->form, TRUE);
  sage_notebook_job_start_async (sage_notebook_document_get_connection (self->document), bytes,
                                 values, self->cancellable, started_cb, g_object_ref (self));
}

static void
cancel_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  adw_dialog_close (ADW_DIALOG (widget));
}

static void
sage_run_job_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (SAGE_RUN_JOB_DIALOG (dialog)->cancellable);
}

static void
sage_run_job_dialog_dispose (GObject *object)
{
  SageRunJobDialog *self = SAGE_RUN_JOB_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_RUN_JOB_DIALOG);
  g_clear_weak_pointer (&self->opener);
  g_clear_object (&self->document);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (sage_run_job_dialog_parent_class)->dispose (object);
}

static void
sage_run_job_dialog_finalize (GObject *object)
{
  SageRunJobDialog *self = SAGE_RUN_JOB_DIALOG (object);

  g_free (self->job);

  G_OBJECT_CLASS (sage_run_job_dialog_parent_class)->finalize (object);
}

static void
sage_run_job_dialog_class_init (SageRunJobDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_run_job_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_run_job_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = sage_run_job_dialog_closed;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/notebooks/sage-run-job-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SageRunJobDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, SageRunJobDialog, no_parameters);
  gtk_widget_class_bind_template_child (widget_class, SageRunJobDialog, form_bin);
  gtk_widget_class_install_action (widget_class, "job.cancel", NULL, cancel_action);
}

static void
sage_run_job_dialog_init (SageRunJobDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
make_form (SageRunJobDialog *self,
           const char       *file_name)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  g_autoptr(JsonArray) declared = sage_notebook_job_parameters (notebook);
  g_autoptr(JsonArray) none = json_array_new ();
  SageConnection *connection = sage_notebook_document_get_connection (self->document);
  g_autoptr(JsonObject) request = sage_notebook_job_request (connection, notebook, file_name);

  self->form = SAGE_FORM (sage_form_new_notebook_job (declared != NULL ? declared : none));
  sage_form_set_values (self->form, request);
  sage_form_set_submit_label (self->form, _("_Run"));
  g_signal_connect_object (self->form, "submit", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->form_bin, GTK_WIDGET (self->form));
  gtk_widget_set_visible (self->no_parameters, declared == NULL);
}

/**
 * sage_run_job_dialog_present:
 * @parent: a widget of the page that asks
 * @document: a notebook that has been read
 *
 * Asks how the notebook is to run and starts it as a job, with the changes that are not saved.
 */
void
sage_run_job_dialog_present (GtkWidget            *parent,
                             SageNotebookDocument *document)
{
  SageRunJobDialog *self = g_object_new (SAGE_TYPE_RUN_JOB_DIALOG, NULL);
  g_autofree char *name = g_file_get_basename (sage_notebook_document_get_file (document));
  g_autofree char *shown = g_filename_display_name (name);

  self->document = g_object_ref (document);
  g_set_weak_pointer (&self->opener, parent);
  adw_window_title_set_subtitle (self->heading, shown);
  make_form (self, shown);
  adw_dialog_present (ADW_DIALOG (self), parent);
}
