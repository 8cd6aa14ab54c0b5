/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-git-attributes"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-git-attributes-private.h"
#include "sage-git-status.h"

#define LINE "*.ipynb filter=" SAGE_GIT_FILTER
#define MAX_BYTES (1024 * 1024)

/* Returns: (transfer full) (nullable): the text of the attributes; empty where there are none. A link is
 * refused: what it leads to is not the repository's. */
static char *
read_attributes (const char  *path,
                 mode_t      *mode,
                 GError     **error)
{
  g_autoptr(GBytes) bytes = NULL;
  struct stat info;

  *mode = 0644;
  if (lstat (path, &info) != 0 && errno == ENOENT)
    return g_strdup ("");

  bytes = sage_file_read (path, MAX_BYTES, error);
  if (bytes == NULL)
    return NULL;
  if (memchr (g_bytes_get_data (bytes, NULL), '\0', g_bytes_get_size (bytes)) != NULL)
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "'%s' is no text", path);
      return NULL;
    }
  *mode = info.st_mode & 0777;

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Returns: (nullable): where our line begins in @text */
static const char *
find_line (const char *text)
{
  const char *line = text;

  while (line != NULL)
    {
      gsize length = strcspn (line, "\r\n");

      if (length == strlen (LINE) && memcmp (line, LINE, length) == 0)
        return line;
      line = strchr (line, '\n');
      if (line != NULL)
        line++;
    }

  return NULL;
}

/* Returns: (transfer full): @text without our line */
static char *
take_out (const char *text,
          const char *line)
{
  const char *rest = line + strcspn (line, "\n");

  return g_strdup_printf ("%.*s%s", (int) (line - text), text, *rest == '\n' ? rest + 1 : rest);
}

/* Whether notebooks go through our filter by the attributes of @folder. */
gboolean
sage_git_attributes_has (const char  *folder,
                         gboolean    *has,
                         GError     **error)
{
  g_autofree char *path = g_build_filename (folder, ".gitattributes", NULL);
  mode_t mode;
  g_autofree char *text = read_attributes (path, &mode, error);

  *has = text != NULL && find_line (text) != NULL;

  return text != NULL;
}

/* Adds our line to the attributes of @folder, or takes it out; a file that is empty then goes. */
gboolean
sage_git_attributes_set (const char  *folder,
                         gboolean     is_set,
                         GError     **error)
{
  g_autofree char *path = g_build_filename (folder, ".gitattributes", NULL);
  mode_t mode;
  g_autofree char *text = read_attributes (path, &mode, error);
  const char *line = text != NULL ? find_line (text) : NULL;
  g_autofree char *changed = NULL;

  if (text == NULL)
    return FALSE;
  if (is_set == (line != NULL))
    return TRUE;

  if (is_set)
    changed = g_strconcat (text, *text != '\0' && !g_str_has_suffix (text, "\n") ? "\n" : "", LINE "\n", NULL);
  else
    changed = take_out (text, line);
  if (*changed == '\0')
    return g_unlink (path) == 0 || sage_throw_errno (error, "Cannot remove '%s'", path);

  return sage_file_write_durable (path, changed, strlen (changed), mode, error);
}
