/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-embedded"

#include "config.h"

#include <errno.h>
#include <signal.h>

#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#define MAX_READY_BYTES (64 * 1024)

/**
 * sage_embedded_default_dir:
 *
 * Returns: (transfer full) (type filename): the data directory that an engine uses unless told
 *   otherwise
 */
char *
sage_embedded_default_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "sagebrush", NULL);
}

static char *
try_program (const char *directory,
             const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&path) : NULL;
}

/**
 * sage_embedded_find_program:
 * @name: a program of Sagebrush, e.g. `sagebrushd`
 *
 * Looks where the environment says that the helpers are, beside them as an installation has it,
 * beside the running program, and along the search path.
 *
 * Returns: (transfer full) (type filename): its path, or %NULL with %SAGE_ERROR_NOT_FOUND
 */
char *
sage_embedded_find_program (const char  *name,
                            GError     **error)
{
  const char *libexec_dir = g_getenv ("SAGEBRUSH_LIBEXECDIR");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *own_dir = self != NULL ? g_path_get_dirname (self) : NULL;
  char *found = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (libexec_dir != NULL && libexec_dir[0] != '\0')
    {
      g_autofree char *bin_dir = g_build_filename (libexec_dir, "..", "..", "bin", NULL);

      found = try_program (libexec_dir, name);
      if (found == NULL)
        found = try_program (bin_dir, name);
    }
  if (found == NULL && own_dir != NULL)
    found = try_program (own_dir, name);
  if (found == NULL)
    found = g_find_program_in_path (name);
  if (found == NULL)
    sage_throw (error, SAGE_ERROR_NOT_FOUND,
                "The program '%s' was not found; is Sagebrush installed completely?", name);

  return found;
}

/**
 * sage_embedded_read_ready:
 * @data_dir: (type filename): the data directory of an engine
 *
 * Reads what a running engine says about itself: its socket, URLs, region, access key and process.
 *
 * Returns: (transfer full): that, or %NULL with %SAGE_ERROR_UNREACHABLE if none runs
 */
JsonObject *
sage_embedded_read_ready (const char  *data_dir,
                          GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, "ready.json", NULL);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonObject *ready;
  gint64 pid;

  bytes = sage_file_read (path, MAX_READY_BYTES, &local_error);
  if (bytes == NULL && g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      sage_throw (error, SAGE_ERROR_UNREACHABLE, "No engine runs on '%s'; start sagebrushd, or name "
                  "the directory of a running one with --data-dir", data_dir);
      return NULL;
    }
  if (bytes == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  node = sage_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL,
                                 error);
  if (node == NULL)
    {
      g_prefix_error (error, "Reading '%s': ", path);
      return NULL;
    }

  ready = json_node_get_object (node);
  pid = sage_json_int (ready, "pid", 0);
  if (pid <= 0 || pid > G_MAXINT32 || (kill ((pid_t) pid, 0) != 0 && errno == ESRCH))
    {
      sage_throw (error, SAGE_ERROR_UNREACHABLE, "The engine that ran on '%s' has ended; start "
                  "sagebrushd again", data_dir);
      return NULL;
    }

  return json_object_ref (ready);
}
