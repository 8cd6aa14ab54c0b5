/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job-layout"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "eng-archive.h"
#include "eng-job-layout.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/**
 * eng_job_layout_path:
 * @run: the job
 * @inside: a path beneath /opt/ml, as the job sees it
 *
 * Returns: (transfer full): where that is outside of the sandbox
 */
char *
eng_job_layout_path (EngJobRun  *run,
                     const char *inside)
{
  g_assert (g_str_has_prefix (inside, "/opt/ml"));

  return g_build_filename (run->directory, "opt-ml", inside + strlen ("/opt/ml"), NULL);
}

/**
 * eng_job_layout_make_dir:
 * @run: the job
 * @inside: a directory beneath /opt/ml
 *
 * Makes a directory that the job finds, and may write to.
 */
gboolean
eng_job_layout_make_dir (EngJobRun   *run,
                         const char  *inside,
                         GError     **error)
{
  g_autofree char *path = eng_job_layout_path (run, inside);

  return sage_dir_make (path, 0755, error);
}

/**
 * eng_job_layout_write_json:
 * @run: the job
 * @inside: a file beneath /opt/ml
 * @object: (transfer none): its content
 */
gboolean
eng_job_layout_write_json (EngJobRun   *run,
                           const char  *inside,
                           JsonObject  *object,
                           GError     **error)
{
  g_autofree char *path = eng_job_layout_path (run, inside);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = sage_json_object_to_string (object);

  if (!sage_dir_make (directory, 0755, error))
    return FALSE;

  /* Not durable: a directory whose process was never started is laid out anew. */
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

/**
 * eng_job_layout_download:
 * @run: the job
 * @spec: where the read-only mount is added
 * @s3_uri: an object or a prefix
 * @inside: the directory the objects go to, beneath /opt/ml
 *
 * Lays out an input. A prefix without a single object is an error, as it is on AWS.
 */
gboolean
eng_job_layout_download (EngJobRun   *run,
                         EngJobSpec  *spec,
                         const char  *s3_uri,
                         const char  *inside,
                         GError     **error)
{
  g_autofree char *path = eng_job_layout_path (run, inside);

  if (!sage_dir_make (path, 0755, error))
    return FALSE;
  if (!eng_objects_download_prefix (run->engine->objects, s3_uri, path, NULL, error))
    {
      g_prefix_error (error, "Data download failed: ");
      return FALSE;
    }

  eng_job_spec_add_mount (spec, path, inside, FALSE);

  return TRUE;
}

static gboolean
copy_tree (const char  *from,
           const char  *to,
           GError     **error)
{
  g_autoptr(GDir) dir = g_dir_open (from, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autoptr(GFile) source_file = g_file_new_for_path (source);
      g_autoptr(GFile) target_file = g_file_new_for_path (target);

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        {
          if (!sage_dir_make (target, 0755, error) || !copy_tree (source, target, error))
            return FALSE;
        }
      else if (!g_file_copy (source_file, target_file, G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL,
                             NULL, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * eng_job_layout_restore:
 * @run: the job
 * @s3_uri: a folder of objects; one that is empty is no error
 * @inside: an existing directory beneath /opt/ml
 *
 * Lays out objects that the job may change. Downloads are names of the object store's own bytes,
 * so the job gets copies.
 */
gboolean
eng_job_layout_restore (EngJobRun   *run,
                        const char  *s3_uri,
                        const char  *inside,
                        GError     **error)
{
  g_autofree char *folder = g_str_has_suffix (s3_uri, "/") ? g_strdup (s3_uri)
                                                           : g_strconcat (s3_uri, "/", NULL);
  g_autofree char *path = eng_job_layout_path (run, inside);
  g_autofree char *originals = g_build_filename (run->directory, "originals", NULL);
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(GPtrArray) first = NULL;

  if (!eng_s3_uri_parse (folder, &uri, error))
    return FALSE;
  first = eng_objects_list (run->engine->objects, uri.bucket, uri.key, NULL, 1, error);
  if (first == NULL)
    return FALSE;

  return first->len == 0 ||
         (sage_dir_make (originals, 0700, error) &&
          eng_objects_download_prefix (run->engine->objects, folder, originals, NULL, error) &&
          copy_tree (originals, path, error) && sage_dir_remove (originals, error));
}

/**
 * eng_job_layout_unpack:
 * @run: the job
 * @spec: where the read-only mount is added
 * @s3_uri: an archive
 * @inside: the directory it is unpacked to, beneath /opt/ml
 */
gboolean
eng_job_layout_unpack (EngJobRun   *run,
                       EngJobSpec  *spec,
                       const char  *s3_uri,
                       const char  *inside,
                       GError     **error)
{
  g_autofree char *path = eng_job_layout_path (run, inside);
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(EngObject) object = NULL;
  gboolean ok;
  int fd;

  if (!eng_s3_uri_parse (s3_uri, &uri, error))
    return FALSE;

  object = eng_objects_open_key (run->engine->objects, uri.bucket, uri.key, &fd, error);
  if (object == NULL)
    {
      g_prefix_error (error, "The source archive '%s' cannot be read: ", s3_uri);
      return FALSE;
    }

  ok = eng_archive_extract_fd (fd, path, NULL, error);
  close (fd);
  if (!ok)
    {
      g_prefix_error (error, "The source archive '%s' is refused: ", s3_uri);
      return FALSE;
    }
  eng_job_spec_add_mount (spec, path, inside, FALSE);

  return TRUE;
}

/**
 * eng_job_layout_check_local:
 * @path: a path inside the sandbox that a request names
 * @root: the directory it must be beneath, e.g. "/opt/ml/processing"
 * @member: the request's member, for the message
 *
 * AWS's own pattern lets any text through; a path is compared part by part here.
 */
gboolean
eng_job_layout_check_local (const char  *path,
                            const char  *root,
                            const char  *member,
                            GError     **error)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);
  gsize length = strlen (root);

  if (!g_str_has_prefix (path, root) || (path[length] != '/' && path[length] != '\0'))
    return sage_throw (error, SAGE_ERROR_INVALID, "%s must be a directory beneath %s", member, root);

  for (guint i = 1; parts[i] != NULL; i++)
    if (strcmp (parts[i], "..") == 0 || strcmp (parts[i], ".") == 0 ||
        (*parts[i] == '\0' && parts[i + 1] != NULL))
      return sage_throw (error, SAGE_ERROR_INVALID, "%s must be a plain path without '.' and '..'",
                         member);

  return TRUE;
}

/**
 * eng_job_layout_add_runtime:
 * @run: the job
 * @spec: where the mounts are added
 *
 * Lets the job see the built-in algorithms, the runner of notebooks and the Python runtime. All of
 * it makes the job's result, so eng_runtime_digest() tells when any of it is replaced.
 */
void
eng_job_layout_add_runtime (EngJobRun  *run,
                            EngJobSpec *spec)
{
  g_autofree char *algorithm = g_build_filename (run->engine->libexec_dir, "sagebrush-algorithm",
                                                 NULL);
  g_autofree char *notebook = g_build_filename (run->engine->libexec_dir, "sagebrush-notebook", NULL);
  g_autofree char *runtime = g_build_filename (run->engine->share_dir, "runtimes", "python", NULL);
  g_autofree char *kernels = g_build_filename (run->engine->share_dir, "kernels", NULL);

  eng_job_spec_add_mount (spec, algorithm, ENG_ALGORITHM_PATH, FALSE);
  eng_job_spec_add_mount (spec, notebook, ENG_NOTEBOOK_PATH, FALSE);
  eng_job_spec_add_mount (spec, runtime, "/opt/sagebrush", FALSE);
  eng_job_spec_add_mount (spec, kernels, "/opt/sagebrush-kernels", FALSE);
}

/**
 * eng_job_layout_environment:
 * @run: the job
 * @spec: whose environment is set
 * @environment: (nullable): the request's own variables, which win
 * @extra: (array zero-terminated=1): further "KEY=value" of the family
 *
 * Sets all that the job's process finds in its environment.
 */
void
eng_job_layout_environment (EngJobRun          *run,
                            EngJobSpec         *spec,
                            JsonObject         *environment,
                            const char * const *extra)
{
  g_auto(GStrv) result = NULL;

  result = g_environ_setenv (result, "PATH", "/opt/sagebrush-bin:/usr/local/bin:/usr/bin:/bin", TRUE);
  result = g_environ_setenv (result, "LANG", "C.UTF-8", TRUE);
  result = g_environ_setenv (result, "HOME", "/tmp", TRUE);
  result = g_environ_setenv (result, "PYTHONUNBUFFERED", "1", TRUE);
  /* Threads that spin while they wait make a small job take seconds beside another. */
  result = g_environ_setenv (result, "OMP_WAIT_POLICY", "passive", TRUE);
  result = g_environ_setenv (result, "AWS_REGION", run->engine->region, TRUE);
  result = g_environ_setenv (result, "AWS_DEFAULT_REGION", run->engine->region, TRUE);

  for (guint i = 0; extra[i] != NULL; i++)
    {
      const char *equals = strchr (extra[i], '=');
      g_autofree char *key = g_strndup (extra[i], equals - extra[i]);

      result = g_environ_setenv (result, key, equals + 1, TRUE);
    }

  if (environment != NULL)
    {
      JsonObjectIter iter;
      const char *key;

      json_object_iter_init_ordered (&iter, environment);
      while (json_object_iter_next_ordered (&iter, &key, NULL))
        result = g_environ_setenv (result, key, sage_json_string (environment, key, ""), TRUE);
    }

  g_strfreev (spec->environment);
  spec->environment = g_steal_pointer (&result);
}

/**
 * eng_job_layout_command:
 * @entrypoint: (nullable): the request's entry point
 * @arguments: (nullable): its arguments
 *
 * Returns: (transfer full): both as one argument vector
 */
GStrv
eng_job_layout_command (JsonArray *entrypoint,
                        JsonArray *arguments)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *parts[] = { entrypoint, arguments };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    for (guint j = 0; parts[i] != NULL && j < json_array_get_length (parts[i]); j++)
      g_strv_builder_add (builder, sage_json_array_string (parts[i], j));

  return g_strv_builder_end (builder);
}

/**
 * eng_job_layout_resources:
 * @instance_type: the job's instance type
 *
 * Returns: (transfer full): the content of `resourceconfig.json` of a job on one host
 */
JsonObject *
eng_job_layout_resources (const char *instance_type)
{
  JsonObject *object = json_object_new ();
  JsonObject *group = json_object_new ();
  JsonArray *groups = json_array_new ();
  JsonArray *hosts = json_array_new ();
  JsonArray *group_hosts = json_array_new ();

  json_array_add_string_element (hosts, "algo-1");
  json_array_add_string_element (group_hosts, "algo-1");
  json_object_set_string_member (group, "instance_group_name", "homogeneousCluster");
  json_object_set_string_member (group, "instance_type", instance_type);
  json_object_set_array_member (group, "hosts", group_hosts);
  json_array_add_object_element (groups, group);

  json_object_set_string_member (object, "current_host", "algo-1");
  json_object_set_string_member (object, "current_instance_type", instance_type);
  json_object_set_string_member (object, "current_group_name", "homogeneousCluster");
  json_object_set_array_member (object, "hosts", hosts);
  json_object_set_array_member (object, "instance_groups", groups);
  json_object_set_string_member (object, "network_interface_name", "lo");

  return object;
}
