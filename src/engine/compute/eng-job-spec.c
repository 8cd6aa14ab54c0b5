/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "eng-job-spec-private.h"
#include "sage-error.h"
#include "sage-json.h"

static void
append_member (GString    *out,
               const char *name)
{
  if (out->str[out->len - 1] != '{')
    g_string_append (out, ",\n ");
  sage_json_append_string (out, name);
  g_string_append (out, ": ");
}

static void
append_text (GString    *out,
             const char *name,
             const char *value)
{
  if (value == NULL)
    return;

  append_member (out, name);
  sage_json_append_string (out, value);
}

static void
append_integer (GString    *out,
                const char *name,
                guint64     value)
{
  append_member (out, name);
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, value);
}

static void
append_flag (GString    *out,
             const char *name,
             gboolean    value)
{
  append_member (out, name);
  g_string_append (out, value ? "true" : "false");
}

static void
append_list (GString    *out,
             const char *name,
             GStrv       values)
{
  append_member (out, name);
  g_string_append_c (out, '[');

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      sage_json_append_string (out, values[i]);
    }

  g_string_append_c (out, ']');
}

static void
append_mounts (GString   *out,
               GPtrArray *mounts)
{
  append_member (out, "mounts");
  g_string_append_c (out, '[');

  for (guint i = 0; i < mounts->len; i++)
    {
      const EngMount *mount = g_ptr_array_index (mounts, i);

      g_string_append (out, i > 0 ? ",\n  {" : "\n  {");
      append_text (out, "source", mount->source);
      append_text (out, "target", mount->target);
      append_flag (out, "writable", mount->writable);
      g_string_append_c (out, '}');
    }

  g_string_append_c (out, ']');
}

static char *
spec_to_json (EngJobSpec *spec)
{
  GString *out = g_string_new ("{");

  append_text (out, "name", spec->name);
  append_list (out, "argv", spec->argv);
  append_list (out, "environment", spec->environment);
  append_text (out, "working_directory", spec->working_directory);
  append_mounts (out, spec->mounts);
  append_member (out, "cpus");
  sage_json_append_number (out, spec->cpus);
  append_integer (out, "memory_bytes", spec->memory_bytes);
  append_integer (out, "disk_bytes", spec->disk_bytes);
  append_integer (out, "max_processes", spec->max_processes);
  append_integer (out, "max_runtime_seconds", MAX (spec->max_runtime_seconds, 0));
  append_integer (out, "grace_seconds", spec->grace_seconds);
  append_flag (out, "network", spec->network);
  append_integer (out, "serve_port", spec->serve_port);
  g_string_append (out, "}\n");

  return g_string_free (out, FALSE);
}

/**
 * eng_job_spec_write:
 * @spec: the spec
 * @job_dir: an existing directory that holds no spec yet
 *
 * Checks @spec and writes it as `spec.json`. It is not synced to disk: a power cut ends the job as
 * well, and a spec that cannot be read starts nothing.
 *
 * Returns: whether it was written; else %SAGE_ERROR_INVALID naming the member, %SAGE_ERROR_EXISTS,
 *   or what writing failed with
 */
gboolean
eng_job_spec_write (EngJobSpec  *spec,
                    const char  *job_dir,
                    GError     **error)
{
  g_autofree char *path = g_build_filename (job_dir, "spec.json", NULL);
  g_autofree char *text = NULL;

  if (!eng_job_spec_check (spec, error))
    {
      g_prefix_error (error, "Job '%s': ", spec->name);
      return FALSE;
    }

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return sage_throw (error, SAGE_ERROR_EXISTS, "Job directory '%s' was used before", job_dir);

  text = spec_to_json (spec);
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error))
    {
      g_prefix_error (error, "Job '%s': ", spec->name);
      return FALSE;
    }

  return TRUE;
}
