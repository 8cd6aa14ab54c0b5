/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-recovery"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-notebook-private.h"
#include "sage-notebook-recovery.h"

#define COPY_SUFFIX ".notebook"
#define MAX_LINE 65536

static char *
lock_of (const char *copy)
{
  return g_strdup_printf ("%.*s.lock", (int) (strlen (copy) - strlen (COPY_SUFFIX)), copy);
}

/* Whether no process holds it. */
static gboolean
is_left (const char *copy)
{
  g_autofree char *lock = lock_of (copy);
  int fd = open (lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gboolean free_lock;

  if (fd < 0)
    return TRUE;
  free_lock = flock (fd, LOCK_EX | LOCK_NB) == 0;
  close (fd);

  return free_lock;
}

/* Cuts a copy into its line and the notebook. */
static GBytes *
read_copy (const char   *copy,
           JsonNode    **facts,
           GError      **error)
{
  g_autoptr(GBytes) bytes = sage_file_read (copy, SAGE_NOTEBOOK_MAX_BYTES + MAX_LINE, error);
  gsize length;
  const char *data;
  const char *end;

  if (bytes == NULL)
    return NULL;

  data = g_bytes_get_data (bytes, &length);
  end = length > 0 ? memchr (data, '\n', MIN (length, MAX_LINE)) : NULL;
  if (end == NULL)
    {
      sage_throw (error, SAGE_ERROR_CORRUPT, "'%s' is no recovery copy", copy);
      return NULL;
    }
  *facts = sage_json_parse_object (data, end - data, NULL, error);
  if (*facts == NULL)
    return NULL;

  return g_bytes_new_from_bytes (bytes, (gsize) (end + 1 - data), length - (gsize) (end + 1 - data));
}

static SageRecoveredNotebook *
read_recovered (const char  *copy,
                GError     **error)
{
  g_autoptr(JsonNode) facts = NULL;
  g_autoptr(GBytes) notebook = read_copy (copy, &facts, error);
  SageRecoveredNotebook *self;
  JsonObject *object;
  const char *path;

  if (notebook == NULL)
    return NULL;

  object = json_node_get_object (facts);
  self = g_new0 (SageRecoveredNotebook, 1);
  path = sage_json_string (object, "path", NULL);
  self->path = path != NULL ? g_uri_unescape_string (path, NULL) : NULL;
  self->digest = g_strdup (sage_json_string (object, "sha256", NULL));
  self->written = sage_json_int (object, "written", 0);
  self->copy = g_strdup (copy);

  return self;
}

static int
compare_written (gconstpointer a,
                 gconstpointer b)
{
  const SageRecoveredNotebook *left = *(SageRecoveredNotebook *const *) a;
  const SageRecoveredNotebook *right = *(SageRecoveredNotebook *const *) b;

  return (left->written < right->written) - (left->written > right->written);
}

/**
 * sage_notebook_recovery_list:
 *
 * Returns: (transfer full) (element-type SageRecoveredNotebook): the copies that processes left which
 *   are gone, newest first; copies of notebooks that are open somewhere are not among them
 */
GPtrArray *
sage_notebook_recovery_list (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "sagebrush", "recovery", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sage_recovered_notebook_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *copy = g_build_filename (folder, name, NULL);
      g_autoptr(GError) error = NULL;
      SageRecoveredNotebook *recovered;

      if (!g_str_has_suffix (name, COPY_SUFFIX) || !is_left (copy))
        continue;
      recovered = read_recovered (copy, &error);
      if (recovered != NULL)
        g_ptr_array_add (list, recovered);
      else
        g_warning ("%s", error->message);
    }
  g_ptr_array_sort (list, compare_written);

  return list;
}

/**
 * sage_recovered_notebook_restore:
 *
 * To be given to sage_notebook_take_over() of the notebook that was loaded from the original, if that
 * still has the digest; else to be shown beside it.
 *
 * Returns: (transfer full): the notebook of the copy, or %NULL with the errors of
 *   sage_notebook_parse()
 */
SageNotebook *
sage_recovered_notebook_restore (SageRecoveredNotebook  *self,
                                 GError                **error)
{
  g_autoptr(JsonNode) facts = NULL;
  g_autoptr(GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  bytes = read_copy (self->copy, &facts, error);

  return bytes != NULL ? sage_notebook_parse (bytes, error) : NULL;
}

/**
 * sage_recovered_notebook_remove:
 *
 * Removes the copy: it was restored and saved, or is not wanted.
 */
void
sage_recovered_notebook_remove (SageRecoveredNotebook *self)
{
  g_autofree char *lock = NULL;

  g_return_if_fail (self != NULL);

  lock = lock_of (self->copy);
  unlink (self->copy);
  unlink (lock);
}

/**
 * sage_recovered_notebook_free:
 *
 * Frees the description; the copy stays.
 */
void
sage_recovered_notebook_free (SageRecoveredNotebook *self)
{
  g_free (self->path);
  g_free (self->digest);
  g_free (self->copy);
  g_free (self);
}
