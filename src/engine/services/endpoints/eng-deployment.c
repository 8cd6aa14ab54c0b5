/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-deployment"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "eng-archive.h"
#include "eng-endpoint-run.h"
#include "eng-job.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/* The container contract's port, inside the server's own network. */
#define SERVE_PORT 8080

/* How long one look at a server that ends may take; the engine may stop meanwhile. */
#define LOOK_MICROSECONDS (G_USEC_PER_SEC / 5)

/* The one container of a planned model. */
static JsonObject *
container (JsonObject *plan)
{
  JsonObject *model = sage_json_object (plan, "model");
  JsonObject *primary = sage_json_object (model, "PrimaryContainer");

  return primary != NULL ? primary
                         : sage_json_array_object (sage_json_array (model, "Containers"), 0);
}

static guint
n_containers (JsonObject *plan)
{
  JsonArray *containers = sage_json_array (sage_json_object (plan, "model"), "Containers");

  return containers != NULL ? json_array_get_length (containers) : 1;
}

static const EngRuntime *
runtime (EngEngine   *engine,
         JsonObject  *plan,
         GError     **error)
{
  return eng_images_resolve (engine->images, sage_json_string (container (plan), "Image", ""),
                             error);
}

/* XGBoost's own models are answered inside the gateway; a model with code runs that code. */
static gboolean
needs_server (EngDeployment    *self,
              const EngRuntime *what,
              JsonObject       *plan)
{
  JsonObject *environment = sage_json_object (container (plan), "Environment");
  g_autofree char *code = g_build_filename (self->model_dir, "code", NULL);

  if (what->kind != ENG_RUNTIME_BUILTIN)
    return TRUE;

  return g_file_test (code, G_FILE_TEST_IS_DIR) ||
         sage_json_string (environment, "SAGEMAKER_PROGRAM", NULL) != NULL;
}

static void
set_backend (EngDeployment *self)
{
  g_autofree char *socket = g_build_filename (self->directory, "socket", NULL);

  g_clear_pointer (&self->backend, json_object_unref);
  self->backend = json_object_new ();
  json_object_set_string_member (self->backend, "kind", self->server ? "socket" : "native");
  if (self->server)
    json_object_set_string_member (self->backend, "path", socket);
  else
    json_object_set_string_member (self->backend, "model_dir", self->model_dir);
}

/**
 * eng_deployment_init:
 * @deployment: (out caller-allocates): cleared with eng_deployment_clear()
 * @engine: the engine
 * @resource: the endpoint's row
 * @generation: which of its deployments
 * @plan: configuration and model, as they were copied into the endpoint
 *
 * Names the places of a deployment; touches nothing.
 */
gboolean
eng_deployment_init (EngDeployment  *deployment,
                     EngEngine      *engine,
                     EngResource    *resource,
                     gint64          generation,
                     JsonObject     *plan,
                     GError        **error)
{
  g_autofree char *leaf = g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, resource->id,
                                           generation);
  const EngRuntime *what = runtime (engine, plan, error);

  if (what == NULL)
    return FALSE;
  if (n_containers (plan) > 1)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Models of several containers cannot be deployed by this engine");

  deployment->directory = g_build_filename (engine->data_dir, "endpoints", leaf, NULL);
  deployment->model_dir = g_build_filename (deployment->directory, "opt-ml", "model", NULL);
  deployment->server = needs_server (deployment, what, plan);
  set_backend (deployment);

  return TRUE;
}

/**
 * eng_deployment_clear:
 * @deployment: the deployment; its files stay
 */
void
eng_deployment_clear (EngDeployment *deployment)
{
  g_clear_pointer (&deployment->directory, g_free);
  g_clear_pointer (&deployment->model_dir, g_free);
  g_clear_pointer (&deployment->backend, json_object_unref);
}

/* The artifact must be the one that was there when the model was created. */
static gboolean
check_digest (EngObject   *object,
              const char  *url,
              JsonObject  *plan,
              GError     **error)
{
  const char *pinned = sage_json_string (sage_json_object (plan, "digests"), url, NULL);

  if (pinned == NULL || g_strcmp0 (pinned, object->sha256) == 0)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "The model data at %s changed since the model was created (SHA-256 %.12s… "
                     "instead of %.12s…). Create the model anew.", url, object->sha256, pinned);
}

static gboolean
unpack_url (EngEngine   *engine,
            const char  *url,
            const char  *directory,
            JsonObject  *plan,
            GError     **error)
{
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(EngObject) object = NULL;
  gboolean ok;
  int fd;

  if (!eng_s3_uri_parse (url, &uri, error))
    return FALSE;

  object = eng_objects_open_key (engine->objects, uri.bucket, uri.key, &fd, error);
  if (object == NULL)
    {
      g_prefix_error (error, "The model data at %s cannot be read: ", url);
      return FALSE;
    }

  ok = check_digest (object, url, plan, error) &&
       eng_archive_extract_fd (fd, directory, NULL, error);
  close (fd);
  if (!ok)
    g_prefix_error (error, "The model data at %s is refused: ", url);

  return ok;
}

/**
 * eng_deployment_unpack:
 * @deployment: a deployment whose directory is empty or left from an interrupted try
 * @engine: the engine
 * @plan: configuration and model
 *
 * Brings the model's files to where they are served from, and decides who serves them.
 */
gboolean
eng_deployment_unpack (EngDeployment  *deployment,
                       EngEngine      *engine,
                       JsonObject     *plan,
                       GError        **error)
{
  const char *url = sage_json_string (container (plan), "ModelDataUrl", NULL);
  const char *source = sage_json_string (sage_json_object (container (plan), "Environment"),
                                         "SAGEMAKER_SUBMIT_DIRECTORY", "");
  g_autofree char *parent = g_path_get_dirname (deployment->model_dir);
  g_autofree char *code = g_build_filename (parent, "code", NULL);
  const EngRuntime *what = runtime (engine, plan, error);

  if (what == NULL || !sage_dir_remove (deployment->directory, error) ||
      !sage_dir_make (parent, 0700, error))
    return FALSE;

  if (url != NULL ? !unpack_url (engine, url, deployment->model_dir, plan, error)
                  : !sage_dir_make (deployment->model_dir, 0755, error))
    return FALSE;
  if (g_str_has_prefix (source, "s3://") && !unpack_url (engine, source, code, plan, error))
    return FALSE;

  deployment->server = needs_server (deployment, what, plan);
  set_backend (deployment);

  return TRUE;
}

static void
fill_environment (EngJobSpec *spec,
                  EngEngine  *engine,
                  JsonObject *plan,
                  gboolean    own_code)
{
  JsonObject *environment = sage_json_object (container (plan), "Environment");
  g_auto(GStrv) result = NULL;
  JsonObjectIter iter;
  const char *key;

  result = g_environ_setenv (result, "PATH", "/usr/local/bin:/usr/bin:/bin", TRUE);
  result = g_environ_setenv (result, "LANG", "C.UTF-8", TRUE);
  result = g_environ_setenv (result, "HOME", "/tmp", TRUE);
  result = g_environ_setenv (result, "PYTHONUNBUFFERED", "1", TRUE);
  result = g_environ_setenv (result, "OMP_WAIT_POLICY", "passive", TRUE);
  result = g_environ_setenv (result, "AWS_REGION", engine->region, TRUE);
  if (environment != NULL)
    {
      json_object_iter_init_ordered (&iter, environment);
      while (json_object_iter_next_ordered (&iter, &key, NULL))
        result = g_environ_setenv (result, key, sage_json_string (environment, key, ""), TRUE);
    }
  if (own_code)
    result = g_environ_setenv (result, "SAGEMAKER_SUBMIT_DIRECTORY", "/opt/ml/code", TRUE);

  g_strfreev (spec->environment);
  spec->environment = g_steal_pointer (&result);
}

/**
 * eng_deployment_serve:
 * @deployment: an unpacked deployment that needs a server
 * @engine: the engine
 * @name: the endpoint, for messages
 * @plan: configuration and model
 *
 * Starts the model server in its sandbox; a server that runs already is left alone.
 */
gboolean
eng_deployment_serve (EngDeployment  *deployment,
                      EngEngine      *engine,
                      const char     *name,
                      JsonObject     *plan,
                      GError        **error)
{
  JsonObject *variant = sage_json_object (plan, "variant");
  const EngInstance *instance =
    eng_images_instance (engine->images, sage_json_string (variant, "InstanceType", ""), error);
  g_autofree char *shim = g_build_filename (engine->libexec_dir, "sagebrush-shim", NULL);
  g_autofree char *runtime_dir = g_build_filename (engine->share_dir, "runtimes", "python", NULL);
  g_autofree char *opt_ml = g_build_filename (deployment->directory, "opt-ml", NULL);
  g_autofree char *code = g_build_filename (opt_ml, "code", NULL);
  g_autoptr(EngJobSpec) spec = eng_job_spec_new (name);
  gboolean own_code;

  if (instance == NULL)
    return FALSE;
  if (eng_job_is_alive (deployment->directory))
    return TRUE;

  spec->argv = g_strdupv ((char *[]) { (char *) "python3", (char *) "/opt/sagebrush/serve.py",
                                       NULL });
  g_free (spec->working_directory);
  spec->working_directory = g_strdup ("/opt/ml");
  spec->cpus = instance->vcpus;
  spec->memory_bytes = instance->memory_bytes;
  spec->disk_bytes = (guint64) sage_json_int (variant, "VolumeSizeInGB", 30) << 30;
  spec->max_processes = ENG_JOB_MAX_PROCESSES;
  spec->grace_seconds = ENG_DEPLOYMENT_GRACE_SECONDS;
  spec->serve_port = SERVE_PORT;
  spec->network = engine->job_network &&
                  !sage_json_bool (sage_json_object (plan, "model"), "EnableNetworkIsolation", FALSE);
  eng_job_spec_add_mount (spec, opt_ml, "/opt/ml", TRUE);
  eng_job_spec_add_mount (spec, deployment->model_dir, "/opt/ml/model", FALSE);
  eng_job_spec_add_mount (spec, runtime_dir, "/opt/sagebrush", FALSE);
  own_code = g_file_test (code, G_FILE_TEST_IS_DIR);
  if (own_code)
    eng_job_spec_add_mount (spec, code, "/opt/ml/code", FALSE);
  fill_environment (spec, engine, plan, own_code);

  return eng_job_spec_write (spec, deployment->directory, error) &&
         eng_job_launch (shim, deployment->directory, error);
}

/* Removes what is in @directory but for two names. */
static gboolean
empty_but_for (const char  *directory,
               const char  *first,
               const char  *second,
               GError     **error)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (strcmp (name, first) != 0 && g_strcmp0 (name, second) != 0 &&
          !sage_dir_remove (path, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * eng_deployment_reset:
 * @deployment: an unpacked deployment whose server ended
 *
 * Removes all that the server left, so that it can be started again. Model and code stay: the server
 * sees them read-only.
 */
gboolean
eng_deployment_reset (EngDeployment  *deployment,
                      GError        **error)
{
  g_autofree char *opt_ml = g_build_filename (deployment->directory, "opt-ml", NULL);

  return empty_but_for (deployment->directory, "opt-ml", NULL, error) &&
         empty_but_for (opt_ml, "model", "code", error);
}

/**
 * eng_deployment_remove:
 * @deployment: a deployment that gets no traffic any more
 * @grace_seconds: what its server gets to end by itself
 * @quit: (atomic): set when the engine stops
 *
 * Stops its server, if there is one, and removes its files.
 *
 * Returns: %FALSE when the engine stops first; the next one goes on
 */
gboolean
eng_deployment_remove (EngDeployment *deployment,
                       guint          grace_seconds,
                       int           *quit)
{
  g_auto(EngJobStatus) status = { 0 };
  g_autoptr(GError) error = NULL;

  if (eng_job_is_alive (deployment->directory))
    {
      gint64 deadline = g_get_monotonic_time () + (grace_seconds + 10) * G_USEC_PER_SEC;

      if (!eng_job_stop (deployment->directory, grace_seconds, &error))
        g_warning ("%s", error->message);
      while (eng_job_is_alive (deployment->directory) && g_get_monotonic_time () < deadline)
        {
          gint64 look = g_get_monotonic_time () + LOOK_MICROSECONDS;

          if (g_atomic_int_get (quit))
            return FALSE;
          eng_job_status_clear (&status);
          if (!eng_job_wait (deployment->directory, -1, MIN (look, deadline), &status, NULL) ||
              status.state == ENG_JOB_EXITED || status.state == ENG_JOB_LOST)
            break;
        }
    }
  g_clear_error (&error);
  if (!sage_dir_remove (deployment->directory, &error))
    g_warning ("%s", error->message);

  return TRUE;
}
