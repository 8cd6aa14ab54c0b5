/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sample"

#include "config.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sage-defaults.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-sample.h"

#define PIPELINE "ChurnPipeline"
#define MAX_REPLY (1024 * 1024)

/* What the sample needs in the bucket, and where it is. */
static const struct
{
  const char *file;
  const char *key;
  gboolean    exported; /* in the folder that the data are exported to */
} uploads[] = {
  { "churn.csv", "churn/input/churn.csv", TRUE },
  { "preprocess.py", "churn/code/preprocess.py", FALSE },
  { "evaluate.py", "churn/code/evaluate.py", FALSE },
};

/* A sample on its way to the engine. Owned by its task. */
typedef struct
{
  SageConnection *connection; /* (owned) */
  char           *directory;  /* (owned): the sample's files */
  char           *exported;   /* (owned) (nullable): a temporary folder with the data */
  char           *definition; /* (owned) (nullable) */
  char           *bucket;     /* (owned): where its files go */
  guint           upload;     /* the next one */
} Sample;

static void
sample_free (Sample *sample)
{
  if (sample->exported != NULL)
    {
      g_autofree char *data = g_build_filename (sample->exported, uploads[0].file, NULL);

      g_unlink (data);
      g_rmdir (sample->exported);
    }
  g_object_unref (sample->connection);
  g_free (sample->directory);
  g_free (sample->exported);
  g_free (sample->definition);
  g_free (sample->bucket);
  g_free (sample);
}

/**
 * sage_sample_get_folder:
 *
 * Returns: (transfer full): the folder of the sample project
 */
GFile *
sage_sample_get_folder (void)
{
  const char *data = g_getenv ("SAGEBRUSH_DATADIR");

  return g_file_new_build_filename (data != NULL ? data : SAGEBRUSH_DATADIR, "samples", "churn",
                                    NULL);
}

/* --- Starting it ------------------------------------------------------------------------------ */

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  const char *arn;
  const char *slash;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  arn = reply != NULL ? sage_json_string (reply, "PipelineExecutionArn", NULL) : NULL;
  slash = arn != NULL ? strrchr (arn, '/') : NULL;
  if (slash != NULL)
    g_task_return_pointer (task, g_strconcat ("pipeline-execution/" PIPELINE "/execution", slash,
                                              NULL), g_free);
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_PROTOCOL,
                             "The engine has started an execution without a name");
}

static void
start_execution (GTask *task)
{
  Sample *sample = g_task_get_task_data (task);
  g_autoptr(JsonObject) input = json_object_new ();
  g_autofree char *token = g_uuid_string_random ();

  json_object_set_string_member (input, "PipelineName", PIPELINE);
  json_object_set_string_member (input, "ClientRequestToken", token);
  sage_connection_call_async (sample->connection, "StartPipelineExecution", input,
                              g_task_get_cancellable (task), started_cb, task);
}

static void
created_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply == NULL)
    {
      g_prefix_error (&error, "Creating the pipeline: ");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  start_execution (g_steal_pointer (&task));
}

/* A pipeline of that name is the sample of before, or what the user made of it: it stays. */
static void
described_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Sample *sample = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(JsonObject) input = NULL;
  g_autofree char *role = sage_defaults_dup_role (sample->connection);
  g_autofree char *token = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply != NULL)
    {
      start_execution (g_steal_pointer (&task));
      return;
    }
  if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  input = json_object_new ();
  token = g_uuid_string_random ();
  json_object_set_string_member (input, "PipelineName", PIPELINE);
  json_object_set_string_member (input, "PipelineDescription",
                                 _("Which customers of a phone company are about to leave?"));
  json_object_set_string_member (input, "PipelineDefinition", sample->definition);
  json_object_set_string_member (input, "RoleArn", role);
  json_object_set_string_member (input, "ClientRequestToken", token);
  sage_connection_call_async (sample->connection, "CreatePipeline", input, cancellable, created_cb,
                              g_steal_pointer (&task));
}

/* --- Bringing the files ----------------------------------------------------------------------- */

static void upload_next (GTask *task);

static void
uploaded_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Sample *sample = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!sage_client_upload_finish (SAGE_CLIENT (object), result, &error))
    {
      g_prefix_error (&error, "Uploading %s: ", uploads[sample->upload].file);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  sample->upload++;
  upload_next (g_steal_pointer (&task));
}

static void
upload_next (GTask *task)
{
  Sample *sample = g_task_get_task_data (task);
  g_autoptr(JsonObject) input = NULL;

  if (sample->upload < G_N_ELEMENTS (uploads))
    {
      guint i = sample->upload;
      g_autoptr(GFile) file = g_file_new_build_filename (uploads[i].exported ? sample->exported
                                                                             : sample->directory,
                                                         uploads[i].file, NULL);
      g_autofree char *path = sage_client_object_path (sample->bucket, uploads[i].key);

      sage_client_upload_async (sage_connection_get_client (sample->connection), file, path,
                                "application/octet-stream", NULL, NULL,
                                g_task_get_cancellable (task), uploaded_cb, task);
      return;
    }

  input = json_object_new ();
  json_object_set_string_member (input, "PipelineName", PIPELINE);
  sage_connection_call_async (sample->connection, "DescribePipeline", input,
                              g_task_get_cancellable (task), described_cb, task);
}

static void
bucket_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageReply) reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);

  if (reply != NULL)
    sage_reply_check_bucket (reply, &error);
  if (error != NULL)
    {
      g_prefix_error (&error, "Making the bucket: ");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  upload_next (g_steal_pointer (&task));
}

/* --- The data --------------------------------------------------------------------------------- */

static void
exported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Sample *sample = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autofree char *printed = NULL;
  g_autofree char *path = g_strconcat ("/", sample->bucket, NULL);
  GCancellable *cancellable = g_task_get_cancellable (task);
  SageClient *client = sage_connection_get_client (sample->connection);

  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, NULL, &printed, &error)
      || !g_subprocess_get_successful (G_SUBPROCESS (object)))
    {
      if (error == NULL)
        sage_throw (&error, SAGE_ERROR_FAILED, "Exporting the data failed: %s",
                    printed != NULL && printed[0] != '\0' ? g_strstrip (printed) : "no reason given");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (client == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "The engine is away");
      return;
    }

  sage_client_send_async (client, "s3", "PUT", path, NULL, NULL, MAX_REPLY,
                          cancellable, bucket_cb, g_steal_pointer (&task));
}

static void
export_data (GTask *task)
{
  g_autoptr(GTask) owned = task;
  Sample *sample = g_task_get_task_data (task);
  g_autofree char *script = g_build_filename (sample->directory, "export.R", NULL);
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;

  sample->exported = g_dir_make_tmp ("sagebrush-sample-XXXXXX", &error);
  if (sample->exported != NULL)
    process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                &error, "Rscript", script, sample->exported, NULL);
  if (process == NULL)
    {
      if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
        g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_NOT_FOUND,
                                 "The sample's data are in an R package, and R is not installed "
                                 "(Debian: r-base-core and r-cran-modeldata)");
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_subprocess_communicate_utf8_async (process, NULL, g_task_get_cancellable (task), exported_cb,
                                       g_steal_pointer (&owned));
}

/* The sample is written for an engine as it comes; this one may have another account and region. */
static void
fit_definition (Sample *sample)
{
  g_autofree char *role = sage_defaults_dup_role (sample->connection);
  g_autoptr(GString) text = g_string_new (sample->definition);

  g_string_replace (text, SAGE_SAMPLE_BUCKET, sample->bucket, 0);
  g_string_replace (text, SAGE_SAMPLE_ROLE, role, 0);
  g_free (sample->definition);
  sample->definition = g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * sage_sample_start_async:
 * @connection: the engine
 * @cancellable: (nullable): gives up between two steps
 * @callback: called when the execution has begun
 * @user_data: for @callback
 *
 * Brings the sample's data and scripts to the engine, creates its pipeline if it is not there, and
 * starts it.
 */
void
sage_sample_start_async (SageConnection      *connection,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GFile) folder = sage_sample_get_folder ();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  Sample *sample;

  g_return_if_fail (SAGE_IS_CONNECTION (connection));

  sample = g_new0 (Sample, 1);
  sample->connection = g_object_ref (connection);
  sample->directory = g_file_get_path (folder);
  sample->bucket = sage_defaults_dup_bucket (connection);
  task = g_task_new (connection, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_sample_start_async);
  g_task_set_task_data (task, sample, (GDestroyNotify) sample_free);

  path = g_build_filename (sample->directory, "pipeline.json", NULL);
  if (!g_file_get_contents (path, &sample->definition, NULL, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      fit_definition (sample);
      export_data (g_steal_pointer (&task));
    }
}

/**
 * sage_sample_start_finish:
 *
 * Returns: (transfer full): the location of the execution, or %NULL with @error saying which step
 *   did not work
 */
char *
sage_sample_start_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
