/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-runtime-digest"

#include "config.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "eng-images.h"
#include "sage-error.h"
#include "sage-file.h"

#define MAX_PROGRAM_BYTES (256u << 20)

static gboolean
add_file (SageDigest  *digest,
          const char  *path,
          GError     **error)
{
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_PROGRAM_BYTES, error);
  g_autofree char *length = NULL;

  if (bytes == NULL)
    return FALSE;

  length = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (bytes));
  sage_digest_update_text (digest, length);
  sage_digest_update (digest, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return TRUE;
}

/* Every file below @directory but what Python makes of them. */
static gboolean
add_files (SageDigest  *digest,
           const char  *directory,
           GError     **error)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  gboolean ok = TRUE;

  if (dir == NULL)
    return FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (strcmp (name, "__pycache__") != 0)
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort_values (names, (GCompareFunc) g_strcmp0);

  for (guint i = 0; ok && i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (directory, g_ptr_array_index (names, i), NULL);

      sage_digest_update_text (digest, g_ptr_array_index (names, i));
      ok = g_file_test (path, G_FILE_TEST_IS_DIR) ? add_files (digest, path, error)
                                                  : add_file (digest, path, error);
    }

  return ok;
}

/* The interpreter that a job finds on its PATH: which one, and whether it was replaced. */
static void
add_interpreter (SageDigest *digest)
{
  static const char *const candidates[] = {
    "/usr/local/bin/python3", "/usr/bin/python3", "/bin/python3"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      g_autofree char *text = NULL;
      char *path = realpath (candidates[i], NULL);
      struct stat info;

      if (path == NULL)
        continue;
      if (stat (path, &info) == 0)
        text = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, path,
                                (gint64) info.st_size, (gint64) info.st_mtim.tv_sec);
      sage_digest_update_text (digest, text);
      free (path);
      return;
    }
}

/* The installed Python packages: their versions stand in the names of what describes them. */
static gboolean
add_packages (SageDigest  *digest,
              GError     **error)
{
  static const char *const patterns[] = {
    "/usr/lib*/python3*/*-packages/*.*-info", "/usr/local/lib*/python3*/*-packages/*.*-info"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      glob_t found;
      int code = glob (patterns[i], 0, NULL, &found);

      if (code == GLOB_NOMATCH)
        continue;
      if (code != 0)
        return sage_throw (error, SAGE_ERROR_IO, "Cannot list '%s'", patterns[i]);

      for (gsize j = 0; j < found.gl_pathc; j++)
        sage_digest_update_text (digest, found.gl_pathv[j]);
      globfree (&found);
    }

  return TRUE;
}

/**
 * eng_runtime_digest:
 * @runtime: what an image stands for
 * @libexec_dir: the folder of our programs
 * @share_dir: the folder of `runtimes/` and `kernels/`
 * @digest: where it goes
 * @error: (out) (optional): where the error goes
 *
 * Adds what a container image's digest says on AWS: the programs, interpreter and packages that a
 * job of this image would run with now, which are those that every job sees. Nothing of it is
 * remembered, as all of it may be replaced while the engine runs.
 */
gboolean
eng_runtime_digest (const EngRuntime  *runtime,
                    const char        *libexec_dir,
                    const char        *share_dir,
                    SageDigest        *digest,
                    GError           **error)
{
  static const char *const programs[] = { "sagebrush-algorithm", "sagebrush-notebook" };
  static const char *const folders[] = { "runtimes/python", "kernels" };
  g_autofree char *kind = g_strdup_printf ("%d %d", runtime->kind, runtime->script_mode);

  sage_digest_update_text (digest, kind);
  sage_digest_update_text (digest, runtime->algorithm);
  sage_digest_update_text (digest, runtime->interpreter);
  add_interpreter (digest);

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_build_filename (libexec_dir, programs[i], NULL);

      if (!add_file (digest, path, error))
        return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (share_dir, folders[i], NULL);

      if (!add_files (digest, path, error))
        return FALSE;
    }

  return add_packages (digest, error);
}
