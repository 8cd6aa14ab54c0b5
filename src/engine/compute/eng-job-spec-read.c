/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <string.h>

#include "eng-cursor-private.h"
#include "eng-job-spec-private.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#define MAX_SPEC_BYTES (8u << 20)

static void
mount_free (EngMount *mount)
{
  g_free (mount->source);
  g_free (mount->target);
  g_free (mount);
}

static gboolean
read_mount (EngCursor *self,
            GPtrArray *mounts)
{
  EngMount *mount;
  char *name;
  gboolean ok = eng_cursor_accept (self, '{');

  if (!ok)
    return FALSE;

  mount = g_new0 (EngMount, 1);
  g_ptr_array_add (mounts, mount);

  while (ok && (name = eng_cursor_next_member (self)) != NULL)
    {
      if (strcmp (name, "source") == 0)
        ok = eng_cursor_text (self, &mount->source);
      else if (strcmp (name, "target") == 0)
        ok = eng_cursor_text (self, &mount->target);
      else if (strcmp (name, "writable") == 0)
        ok = eng_cursor_flag (self, &mount->writable);
      else
        eng_cursor_skip_value (self);
      g_free (name);
    }

  return ok;
}

static gboolean
read_mounts (EngCursor *self,
             GPtrArray *mounts)
{
  if (!eng_cursor_accept (self, '['))
    return FALSE;

  while (!eng_cursor_accept (self, ']'))
    {
      if (!read_mount (self, mounts))
        return FALSE;
      eng_cursor_accept (self, ',');
    }

  return TRUE;
}

static gboolean
read_member (EngCursor  *self,
             const char *name,
             EngJobSpec *spec)
{
  guint64 seconds = 0;
  gboolean ok = TRUE;

  if (strcmp (name, "name") == 0)
    ok = eng_cursor_text (self, &spec->name);
  else if (strcmp (name, "argv") == 0)
    ok = eng_cursor_list (self, &spec->argv);
  else if (strcmp (name, "environment") == 0)
    ok = eng_cursor_list (self, &spec->environment);
  else if (strcmp (name, "working_directory") == 0)
    ok = eng_cursor_text (self, &spec->working_directory);
  else if (strcmp (name, "mounts") == 0)
    ok = read_mounts (self, spec->mounts);
  else if (strcmp (name, "cpus") == 0)
    ok = eng_cursor_double (self, &spec->cpus);
  else if (strcmp (name, "memory_bytes") == 0)
    ok = eng_cursor_integer (self, G_MAXINT64, &spec->memory_bytes);
  else if (strcmp (name, "disk_bytes") == 0)
    ok = eng_cursor_integer (self, G_MAXINT64, &spec->disk_bytes);
  else if (strcmp (name, "max_processes") == 0)
    ok = eng_cursor_uint (self, &spec->max_processes);
  else if (strcmp (name, "max_runtime_seconds") == 0)
    {
      ok = eng_cursor_integer (self, G_MAXINT32, &seconds);
      spec->max_runtime_seconds = (gint64) seconds;
    }
  else if (strcmp (name, "grace_seconds") == 0)
    ok = eng_cursor_uint (self, &spec->grace_seconds);
  else if (strcmp (name, "network") == 0)
    ok = eng_cursor_flag (self, &spec->network);
  else if (strcmp (name, "serve_port") == 0)
    ok = eng_cursor_uint (self, &spec->serve_port);
  else
    eng_cursor_skip_value (self);

  return ok;
}

/**
 * eng_job_spec_new:
 * @name: how messages call the job
 *
 * Returns: (transfer full): a spec without a command, with nothing mounted, no network, and
 *   limits of 1 CPU, 1 GiB of memory, 30 GiB of disk, 1,024 processes, 120 s of grace
 */
EngJobSpec *
eng_job_spec_new (const char *name)
{
  EngJobSpec *spec = g_new0 (EngJobSpec, 1);

  spec->name = g_strdup (name);
  spec->working_directory = g_strdup ("/");
  spec->mounts = g_ptr_array_new_with_free_func ((GDestroyNotify) mount_free);
  spec->cpus = 1;
  spec->memory_bytes = G_GUINT64_CONSTANT (1) << 30;
  spec->disk_bytes = G_GUINT64_CONSTANT (30) << 30;
  spec->max_processes = 1024;
  spec->grace_seconds = 120;

  return spec;
}

/**
 * eng_job_spec_free:
 * @spec: (transfer full): the spec
 */
void
eng_job_spec_free (EngJobSpec *spec)
{
  g_free (spec->name);
  g_strfreev (spec->argv);
  g_strfreev (spec->environment);
  g_free (spec->working_directory);
  g_ptr_array_unref (spec->mounts);
  g_free (spec);
}

/**
 * eng_job_spec_add_mount:
 * @spec: the spec
 * @source: absolute path of a file or directory outside; its last component must not be a
 *   symbolic link, and beneath the job directory none may be on the way
 * @target: absolute path inside
 * @writable: whether the job may write there
 */
void
eng_job_spec_add_mount (EngJobSpec *spec,
                        const char *source,
                        const char *target,
                        gboolean    writable)
{
  EngMount *mount = g_new0 (EngMount, 1);

  mount->source = g_strdup (source);
  mount->target = g_strdup (target);
  mount->writable = writable;
  g_ptr_array_add (spec->mounts, mount);
}

/* Absolute, no empty, "." or ".." component, no trailing slash. */
static gboolean
path_is_normal (const char *path)
{
  g_auto(GStrv) parts = NULL;

  if (path == NULL || path[0] != '/' || path[1] == '\0')
    return FALSE;

  parts = g_strsplit (path + 1, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
      return FALSE;

  return TRUE;
}

static gboolean
variable_is_valid (const char *variable)
{
  const char *at = variable;

  if (!g_ascii_isalpha (*at) && *at != '_')
    return FALSE;
  while (g_ascii_isalnum (*at) || *at == '_')
    at++;

  return *at == '=';
}

static gboolean
check_mounts (EngJobSpec  *spec,
              GError     **error)
{
  static const char *const reserved[] = { "/proc", "/dev", "/run/sagebrush", NULL };

  for (guint i = 0; i < spec->mounts->len; i++)
    {
      const EngMount *mount = g_ptr_array_index (spec->mounts, i);

      if (!path_is_normal (mount->source) || !path_is_normal (mount->target))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Mount of '%s' at '%s': both must be absolute paths without empty,"
                           " '.' or '..' components", mount->source, mount->target);

      for (guint j = 0; reserved[j] != NULL; j++)
        if (g_str_has_prefix (mount->target, reserved[j]) &&
            strchr ("/", mount->target[strlen (reserved[j])]) != NULL)
          return sage_throw (error, SAGE_ERROR_INVALID,
                             "Mount at '%s': nothing may be mounted beneath '%s'",
                             mount->target, reserved[j]);
    }

  return TRUE;
}

/**
 * eng_job_spec_check:
 * @spec: the spec
 *
 * Checks what the sandbox relies on.
 *
 * Returns: whether it can be run; else %SAGE_ERROR_INVALID naming the member
 */
gboolean
eng_job_spec_check (EngJobSpec  *spec,
                    GError     **error)
{
  if (spec->argv == NULL || spec->argv[0] == NULL || *spec->argv[0] == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "There is no command to run");

  for (guint i = 0; spec->environment != NULL && spec->environment[i] != NULL; i++)
    if (!variable_is_valid (spec->environment[i]))
      return sage_throw (error, SAGE_ERROR_INVALID,
                         "Environment entry %u is not KEY=value with a key of letters, digits"
                         " and '_'", i);

  if (g_strcmp0 (spec->working_directory, "/") != 0 && !path_is_normal (spec->working_directory))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The working directory '%s' is not an absolute path without '.' or '..'",
                       spec->working_directory);

  if (!(spec->cpus > 0 && spec->cpus <= 4096) || spec->memory_bytes == 0 ||
      spec->disk_bytes == 0 || spec->max_processes == 0 || spec->serve_port > 65535)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "cpus, memory_bytes, disk_bytes and max_processes must be above zero,"
                       " serve_port below 65536");

  return check_mounts (spec, error);
}

/**
 * eng_job_spec_parse:
 * @text: the content of a `spec.json`
 * @length: bytes
 *
 * Returns: (transfer full): the checked spec, or %NULL with @error set: %SAGE_ERROR_SYNTAX or
 *   %SAGE_ERROR_INVALID
 */
EngJobSpec *
eng_job_spec_parse (const char  *text,
                    gsize        length,
                    GError     **error)
{
  const SageJsonLimits limits = { .max_bytes = MAX_SPEC_BYTES };
  g_autoptr(EngJobSpec) spec = NULL;
  g_autofree char *copy = NULL;
  EngCursor cursor;
  char *name;

  if (!sage_json_scan (text, length, &limits, error))
    return NULL;

  copy = g_strndup (text, length);
  cursor.at = copy;
  if (!eng_cursor_accept (&cursor, '{'))
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "A job spec is a JSON object");
      return NULL;
    }

  spec = eng_job_spec_new (NULL);
  while ((name = eng_cursor_next_member (&cursor)) != NULL)
    {
      g_autofree char *member = name;

      if (!read_member (&cursor, member, spec))
        {
          sage_throw (error, SAGE_ERROR_SYNTAX, "'%s' has a value of the wrong kind", member);
          return NULL;
        }
    }

  if (!eng_job_spec_check (spec, error))
    return NULL;

  return g_steal_pointer (&spec);
}

/**
 * eng_job_spec_read:
 * @job_dir: the job directory
 *
 * Returns: (transfer full): the spec written there, or %NULL with @error set
 */
EngJobSpec *
eng_job_spec_read (const char  *job_dir,
                   GError     **error)
{
  g_autofree char *path = g_build_filename (job_dir, "spec.json", NULL);
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_SPEC_BYTES, error);
  EngJobSpec *spec = NULL;

  if (bytes != NULL)
    spec = eng_job_spec_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  if (spec == NULL)
    g_prefix_error (error, "Reading '%s': ", path);

  return spec;
}
