/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-executed-notebook"

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-executed-notebook.h"
#include "sage-json.h"
#include "sage-notebook-archive.h"
#include "sage-notebook-job.h"
#include "sage-page.h"

/* The notebook is fetched once, into a folder of the job's, and opened there: a copy that is the
 * user's own to change. */

/* A notebook on its way here. Owned by its task. */
typedef struct
{
  SageConnection *connection; /* (owned) */
  char           *name;       /* (owned) (nullable): the notebook's */
  char           *target;     /* (owned) (nullable): where it goes to */
  GFile          *archive;    /* (owned) (nullable): a temporary file beside that */
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  if (fetch->archive != NULL)
    g_file_delete (fetch->archive, NULL, NULL);
  g_clear_object (&fetch->archive);
  g_object_unref (fetch->connection);
  g_free (fetch->name);
  g_free (fetch->target);
  g_free (fetch);
}

/**
 * sage_executed_notebook_is_of:
 * @request: (nullable): what a training job is or was asked for with
 *
 * Returns: whether it runs a notebook
 */
gboolean
sage_executed_notebook_is_of (JsonObject *request)
{
  JsonObject *algorithm = sage_json_object (request, "AlgorithmSpecification");
  JsonArray *entry = sage_json_array (algorithm, "ContainerEntrypoint");

  return entry != NULL && json_array_get_length (entry) > 0
         && g_strcmp0 (sage_json_array_string (entry, 0), SAGE_NOTEBOOK_JOB_ENTRYPOINT) == 0;
}

static void
return_target (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);

  g_task_return_pointer (task, g_strdup (fetch->target), g_free);
}

static void
unpacked_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_notebook_archive_extract_finish (result, &error))
    return_target (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
downloaded_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!sage_client_download_finish (SAGE_CLIENT (object), result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    sage_notebook_archive_extract_async (g_file_peek_path (fetch->archive), fetch->name, fetch->target,
                                         g_task_get_cancellable (task), unpacked_cb, g_object_ref (task));
}

/* Returns: (transfer full) (nullable): where in the engine's S3 the job's outputs are */
static char *
dup_archive_path (JsonObject *description)
{
  const char *base = sage_json_string (sage_json_object (description, "OutputDataConfig"),
                                       "S3OutputPath", "");
  const char *job = sage_json_string (description, "TrainingJobName", "");
  const char *bucket = g_str_has_prefix (base, "s3://") ? base + strlen ("s3://") : "";
  gsize length = strcspn (bucket, "/");
  g_autofree char *name = g_strndup (bucket, length);
  g_autofree char *prefix = g_strdup (bucket[length] == '/' ? bucket + length + 1 : "");
  g_autofree char *key = NULL;

  if (length == 0)
    return NULL;
  while (g_str_has_suffix (prefix, "/"))
    prefix[strlen (prefix) - 1] = '\0';
  key = g_strconcat (prefix, *prefix != '\0' ? "/" : "", job, "/output/output.tar.gz", NULL);

  return sage_client_object_path (name, key);
}

/* A job's name may be used again once it was deleted; when it was created tells them apart. */
static gboolean
prepare (Fetch       *fetch,
         JsonObject  *description,
         GError     **error)
{
  const char *output = sage_json_string (sage_json_object (description, "Environment"),
                                         "SM_OUTPUT_NOTEBOOK_NAME", NULL);
  const char *job = sage_json_string (description, "TrainingJobName", "");
  g_autofree char *folder_name =
    g_strdup_printf ("%s-%.0f", job, sage_json_double (description, "CreationTime", 0));
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "sagebrush", "executed",
                                              folder_name, NULL);

  if (output == NULL || strchr (output, '/') != NULL || strchr (job, '/') != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "The job names no notebook as its output");
  if (g_mkdir_with_parents (folder, 0755) != 0)
    return sage_throw_errno (error, "Cannot make '%s'", folder);
  fetch->name = sage_notebook_job_output_name (output);
  fetch->target = g_build_filename (folder, fetch->name, NULL);

  return TRUE;
}

/* An empty file beside the target: the disk that the notebook comes to has to have room for it anyway. */
static gboolean
make_archive (Fetch   *fetch,
              GError **error)
{
  g_autofree char *folder = g_path_get_dirname (fetch->target);
  g_autofree char *path = g_build_filename (folder, ".archive-XXXXXX", NULL);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return sage_throw_errno (error, "Cannot make a file in '%s'", folder);
  close (fd);
  fetch->archive = g_file_new_for_path (path);

  return TRUE;
}

static void
fetch_archive (GTask      *task,
               JsonObject *description)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autofree char *path = dup_archive_path (description);
  SageClient *client = sage_connection_get_client (fetch->connection);
  GError *error = NULL;

  if (!prepare (fetch, description, &error))
    g_task_return_error (task, error);
  else if (g_file_test (fetch->target, G_FILE_TEST_EXISTS))
    return_target (task);
  else if (path == NULL || client == NULL)
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "The engine is away");
  else if (!make_archive (fetch, &error))
    g_task_return_error (task, error);
  else
    sage_client_download_async (client, path, fetch->archive, NULL, NULL, g_task_get_cancellable (task),
                                downloaded_cb, g_object_ref (task));
}

static void
described_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) description = NULL;

  description = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (description == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    fetch_archive (task, description);
}

/**
 * sage_executed_notebook_open_async:
 * @widget: where it is asked for, in a window
 * @connection: the engine
 * @job: the name of a notebook job that has ended
 * @cancellable: (nullable): gives it up; nothing is opened or said then
 * @callback: called when it is here; it calls sage_executed_notebook_open_finish()
 * @user_data: for @callback
 *
 * Fetches the executed notebook, if that was not done.
 */
void
sage_executed_notebook_open_async (GtkWidget           *widget,
                                   SageConnection      *connection,
                                   const char          *job,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (widget, cancellable, callback, user_data);
  g_autoptr(JsonObject) input = json_object_new ();
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->connection = g_object_ref (connection);
  g_task_set_source_tag (task, sage_executed_notebook_open_async);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  json_object_set_string_member (input, "TrainingJobName", job);
  sage_connection_call_async (connection, "DescribeTrainingJob", input, cancellable, described_cb,
                              g_steal_pointer (&task));
}

/**
 * sage_executed_notebook_open_finish:
 * @widget: where it was asked for
 * @result: what the callback got
 *
 * Opens the copy in the window, or says there why not.
 *
 * Returns: whether @widget is still to be used; %FALSE if it was given up
 */
gboolean
sage_executed_notebook_open_finish (GtkWidget    *widget,
                                    GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *target = NULL;
  g_autofree char *location = NULL;

  g_return_val_if_fail (g_task_is_valid (result, widget), FALSE);

  target = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;

  if (target == NULL)
    sage_toast_error (widget, _("Could not open the executed notebook"), error);
  else
    {
      location = g_strconcat ("notebook/", target, NULL);
      gtk_widget_activate_action (widget, "win.open", "s", location);
    }

  return TRUE;
}
