/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-picture"

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-json.h"
#include "sage-markdown-private.h"
#include "sage-picture-size.h"

static const char * const types[] = {
  "image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml",
};

static const char *
find_type (const char *type,
           gsize       length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strlen (types[i]) == length && g_ascii_strncasecmp (types[i], type, length) == 0)
      return types[i];

  return NULL;
}

/* TYPE;base64,… after data:. Returns: (transfer full) (nullable): what it holds */
static GBytes *
read_data (const char  *data_uri,
           const char **type)
{
  gsize length = strcspn (data_uri, ";,");
  const char *comma = strchr (data_uri, ',');
  guchar *data;
  gsize size;

  *type = find_type (data_uri, length);
  if (*type == NULL || comma == NULL || !g_str_has_prefix (data_uri + length, ";base64,"))
    return NULL;
  data = g_base64_decode (comma + 1, &size);

  return g_bytes_new_take (data, size);
}

/* attachment:NAME: a name is a key of the cell's attachments and nothing else. */
static GBytes *
read_attachment (SageMarkdownBuild  *build,
                 const char         *uri,
                 const char        **type)
{
  g_autofree char *name = g_uri_unescape_string (uri + strlen ("attachment:"), NULL);
  JsonObject *bundle = build->attachments != NULL && name != NULL
                         ? sage_json_object (build->attachments, name) : NULL;

  for (gsize i = 0; bundle != NULL && i < G_N_ELEMENTS (types); i++)
    {
      const char *text = sage_json_string (bundle, types[i], NULL);
      guchar *data;
      gsize size;

      if (text == NULL)
        continue;
      *type = types[i];
      if (i + 1 == G_N_ELEMENTS (types)) /* an SVG is text */
        return g_bytes_new (text, strlen (text));
      data = g_base64_decode (text, &size);
      return g_bytes_new_take (data, size);
    }

  return NULL;
}

/* A file below the folder of the notebook, whichever links are on the way; a regular one, so that
 * reading it ends. */
static GBytes *
read_file (SageMarkdownBuild  *build,
           const char         *uri,
           const char        **type)
{
  static const char * const endings[] = { ".png", ".jpg", ".gif", ".webp", ".svg", ".jpeg" };
  const char *folder = build->base_folder != NULL ? g_file_peek_path (build->base_folder) : NULL;
  g_autofree char *name = g_uri_unescape_string (uri, NULL);
  g_autofree char *joined = NULL;
  g_autofree char *real_folder = NULL;
  g_autofree char *real = NULL;
  g_autofree char *lower = NULL;
  g_autofree char *data = NULL;
  struct stat status;
  gssize n;
  int fd;

  if (folder == NULL || name == NULL || g_path_is_absolute (name))
    return NULL;
  joined = g_build_filename (folder, name, NULL);
  real_folder = realpath (folder, NULL);
  real = realpath (joined, NULL);
  if (real == NULL || real_folder == NULL || !g_str_has_prefix (real, real_folder) ||
      real[strlen (real_folder)] != '/')
    return NULL;

  lower = g_ascii_strdown (real, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      *type = types[i == 0 ? 0 : i == 2 ? 2 : i == 3 ? 3 : i == 4 ? 4 : 1];
  fd = *type != NULL ? open (real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > SAGE_PICTURE_MAX_BYTES)
    {
      close (fd);
      return NULL;
    }
  data = g_malloc ((gsize) status.st_size + 1);
  n = read (fd, data, (gsize) status.st_size);
  close (fd);

  return n > 0 ? g_bytes_new (data, (gsize) n) : NULL;
}

/* @uri: (nullable). Returns: (transfer floating): the picture, or why it is not there: nothing is ever
 * fetched */
GtkWidget *
_sage_markdown_make_picture (SageMarkdownBuild *build,
                             const char        *uri,
                             const char        *alt)
{
  GtkWidget *picture = sage_picture_view_new ();
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *message = NULL;
  const char *type = NULL;

  sage_picture_view_set_alt (SAGE_PICTURE_VIEW (picture), alt);
  gtk_widget_set_halign (picture, GTK_ALIGN_START);
  if (uri == NULL)
    uri = "?";
  if (g_ascii_strncasecmp (uri, "data:", 5) == 0)
    bytes = read_data (strchr (uri, ':') + 1, &type);
  else if (g_str_has_prefix (uri, "attachment:"))
    bytes = read_attachment (build, uri, &type);
  else if (g_uri_peek_scheme (uri) == NULL && strncmp (uri, "//", 2) != 0)
    bytes = read_file (build, uri, &type);
  else
    message = g_strdup_printf (_("Pictures from elsewhere are not loaded: %.200s"), uri);

  if (bytes != NULL)
    sage_picture_view_set_bytes (SAGE_PICTURE_VIEW (picture), bytes, type);
  else
    {
      g_autofree char *valid = NULL;

      if (message == NULL)
        message = g_strdup_printf (_("There is no such picture: %.200s"), uri);
      valid = g_utf8_make_valid (message, -1);
      sage_picture_view_set_message (SAGE_PICTURE_VIEW (picture), valid);
    }

  return picture;
}
