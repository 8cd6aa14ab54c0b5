/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-recovery"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sage-file.h"
#include "sage-text-recovery.h"

#define MAX_BYTES (64 * 1024 * 1024)
#define HEADER "sagebrush recovery 1\n" /* then the URI and the digest, a line each, and the text */

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "sagebrush", "recovery", NULL);
}

static char *
get_path (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, uri, -1);
  g_autofree char *folder = get_folder ();

  return g_build_filename (folder, name, NULL);
}

/**
 * sage_text_recovery_write:
 * @file: the file that @text is to be saved in some time
 * @base: the digest of what that held when the work on it began
 * @text: UTF-8
 * @length: bytes of it
 *
 * Keeps a copy, readable by the user only. Blocks: for a thread.
 */
gboolean
sage_text_recovery_write (GFile       *file,
                          const char  *base,
                          const char  *text,
                          gsize        length,
                          GError     **error)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *path = get_path (file);
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr(GString) data = g_string_sized_new (length + 512);

  g_string_append_printf (data, HEADER "%s\n%s\n", uri, base);
  g_string_append_len (data, text, (gssize) length);

  return sage_dir_make (folder, 0700, error)
         && sage_file_write_durable (path, data->str, data->len, 0600, error);
}

/**
 * sage_text_recovery_exists:
 * @file: a file
 *
 * Returns: whether a copy is kept for it
 */
gboolean
sage_text_recovery_exists (GFile *file)
{
  g_autofree char *path = get_path (file);

  return g_access (path, F_OK) == 0;
}

/**
 * sage_text_recovery_read:
 * @file: a file
 * @base: (out) (transfer full): the digest of what it held when the work on it began
 *
 * Returns: (transfer full) (nullable): what had been typed and not saved; %NULL when there is nothing
 */
char *
sage_text_recovery_read (GFile  *file,
                         char  **base)
{
  g_autofree char *path = get_path (file);
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_BYTES, NULL);
  g_autofree char *data = NULL;
  g_auto(GStrv) parts = NULL;

  *base = NULL;
  if (bytes == NULL)
    return NULL;

  data = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!g_str_has_prefix (data, HEADER) || !g_utf8_validate (data, -1, NULL))
    return NULL;
  parts = g_strsplit (data + strlen (HEADER), "\n", 3);
  if (g_strv_length (parts) != 3 || strcmp (parts[0], uri) != 0)
    return NULL;
  *base = g_strdup (parts[1]);

  return g_strdup (parts[2]);
}

/**
 * sage_text_recovery_remove:
 * @file: a file that is saved, or whose changes are given up
 */
void
sage_text_recovery_remove (GFile *file)
{
  g_autofree char *path = get_path (file);

  g_unlink (path);
}
