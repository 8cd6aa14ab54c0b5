/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#include "alg-job.h"

static volatile sig_atomic_t stop_requested;

/* A request carries 100 hyperparameters of 2,500 characters at most, 20 channels. */
#define CONFIG_MAX_BYTES (4 << 20)

#define DEFAULT_CHECKPOINT_DIR "/opt/ml/checkpoints"

/* Where the container contract lies; tests have their own. */
static const char *
find_root (void)
{
  const char *root = g_getenv ("SAGEBRUSH_OPT_ML");

  return root != NULL ? root : "/opt/ml";
}

/**
 * alg_job_path:
 * @job: the job
 * @relative: a path beneath /opt/ml
 *
 * Returns: (transfer full): its full path
 */
char *
alg_job_path (AlgJob     *job,
              const char *relative)
{
  return g_build_filename (job->root, relative, NULL);
}

/* One file of input/config; an absent one reads as {}. */
static JsonObject *
load_config (AlgJob      *job,
             const char  *name,
             GError     **error)
{
  g_autofree char *path = g_build_filename (job->root, "input", "config", name, NULL);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) bytes = sage_file_read (path, CONFIG_MAX_BYTES, &local_error);
  g_autoptr(JsonNode) node = NULL;
  gconstpointer data;
  gsize length;

  if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    return json_object_new ();

  if (bytes == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  data = g_bytes_get_data (bytes, &length);
  node = sage_json_parse_object (data, (gssize) length,
                                 &(SageJsonLimits) { .max_bytes = CONFIG_MAX_BYTES }, error);

  if (node == NULL)
    {
      g_prefix_error (error, "Reading %s: ", path);
      return NULL;
    }

  return json_object_ref (json_node_get_object (node));
}

/* The directory of checkpointconfig.json, seen beneath our root. */
static gboolean
load_checkpoint_dir (AlgJob  *job,
                     GError **error)
{
  g_autofree char *path = g_build_filename (job->root, "input", "config",
                                            "checkpointconfig.json", NULL);
  g_autoptr(JsonObject) config = NULL;
  const char *local_path;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  config = load_config (job, "checkpointconfig.json", error);

  if (config == NULL)
    return FALSE;

  local_path = sage_json_string (config, "LocalPath", DEFAULT_CHECKPOINT_DIR);

  if (g_str_has_prefix (local_path, "/opt/ml/"))
    job->checkpoint_dir = alg_job_path (job, local_path + strlen ("/opt/ml/"));
  else
    job->checkpoint_dir = g_strdup (local_path);

  return TRUE;
}

/* The instance has as many CPUs as the engine says, which may be fewer than the machine. */
static guint
count_cpus (void)
{
  const char *text = g_getenv ("SM_NUM_CPUS");
  guint64 cpus;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1, 4096, &cpus, NULL))
    return (guint) cpus;

  return g_get_num_processors ();
}

/**
 * alg_job_load:
 * @error: (out): the configuration cannot be read
 *
 * Reads the job's configuration from /opt/ml/input/config. Files that are not there mean nothing
 * was configured.
 *
 * Returns: (transfer full): the job
 */
AlgJob *
alg_job_load (GError **error)
{
  g_autoptr(AlgJob) job = g_new0 (AlgJob, 1);

  job->root = g_strdup (find_root ());
  job->cpus = count_cpus ();

  if ((job->hyperparameters = load_config (job, "hyperparameters.json", error)) == NULL
      || (job->channels = load_config (job, "inputdataconfig.json", error)) == NULL
      || (job->resources = load_config (job, "resourceconfig.json", error)) == NULL
      || !load_checkpoint_dir (job, error))
    return NULL;

  return g_steal_pointer (&job);
}

/**
 * alg_job_free:
 * @job: (transfer full): the job
 */
void
alg_job_free (AlgJob *job)
{
  g_clear_pointer (&job->hyperparameters, json_object_unref);
  g_clear_pointer (&job->channels, json_object_unref);
  g_clear_pointer (&job->resources, json_object_unref);
  g_free (job->checkpoint_dir);
  g_free (job->root);
  g_free (job);
}

/**
 * alg_job_hyperparameter:
 * @job: the job
 * @name: which
 *
 * Returns: (transfer full) (nullable): its value, as sage_json_unquote() gives it; %NULL when it is not
 *   given
 */
char *
alg_job_hyperparameter (AlgJob     *job,
                        const char *name)
{
  return sage_json_unquote (sage_json_string (job->hyperparameters, name, NULL));
}

/**
 * alg_job_write_failure:
 * @text: why it failed, most important first: the job's FailureReason is its start
 *
 * Writes /opt/ml/output/failure. What prevents that is logged and otherwise ignored, since the
 * exit code already says that the job failed.
 */
void
alg_job_write_failure (const char *text)
{
  g_autofree char *directory = g_build_filename (find_root (), "output", NULL);
  g_autofree char *path = g_build_filename (directory, "failure", NULL);
  gsize length = strlen (text);
  int fd;

  if (g_mkdir_with_parents (directory, 0755) != 0)
    g_warning ("Creating %s: %s", directory, g_strerror (errno));

  fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);

  if (fd < 0 || write (fd, text, length) != (gssize) length)
    g_warning ("Writing %s: %s", path, g_strerror (errno));

  if (fd >= 0)
    close (fd);
}

/* Whose fault it was decides the prefix, as in SageMaker's failure reasons. */
static const char *
error_prefix (const GError *error)
{
  static const SageError ours[] = {
    SAGE_ERROR_FAILED, SAGE_ERROR_IO, SAGE_ERROR_NO_SPACE, SAGE_ERROR_CORRUPT,
    SAGE_ERROR_UNREACHABLE, SAGE_ERROR_PROTOCOL,
  };

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_error_matches (error, SAGE_ERROR, (int) ours[i]))
      return "AlgorithmError";

  return "ClientError";
}

/**
 * alg_job_fail:
 * @error: why
 *
 * Says why the job failed, in its log and as its failure reason.
 *
 * Returns: the exit code to end with
 */
int
alg_job_fail (const GError *error)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", error_prefix (error), error->message);

  fflush (stdout);
  fprintf (stderr, "%s\n", text);
  alg_job_write_failure (text);

  return ALG_EXIT_FAILED;
}

static void
stop_cb (int signal_number)
{
  stop_requested = 1;
}

/**
 * alg_job_watch_stop:
 *
 * From now on SIGTERM, with which a job is told to stop, is noted instead of ending the process.
 */
void
alg_job_watch_stop (void)
{
  struct sigaction action = { .sa_handler = stop_cb, .sa_flags = SA_RESTART };

  sigemptyset (&action.sa_mask);
  sigaction (SIGTERM, &action, NULL);
}

/**
 * alg_job_stop_requested:
 *
 * Returns: %TRUE once SIGTERM has come
 */
gboolean
alg_job_stop_requested (void)
{
  return stop_requested != 0;
}
