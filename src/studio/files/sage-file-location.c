/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-location"

#include "config.h"

#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

#include "sage-definition.h"
#include "sage-file-location.h"
#include "sage-file-replace.h"
#include "sage-page-table.h"
#include "sage-text-coding.h"

#define MAX_DEFINITION (1024 * 1024) /* bytes, as the API has it */

/**
 * sage_file_location_new:
 * @page: which page is to show it: `file`
 * @file: a file of this machine
 *
 * Returns: (transfer full): a location, which is UTF-8 whatever the file is called
 */
char *
sage_file_location_new (const char *page,
                        GFile      *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *uri = g_file_get_uri (file);

  return g_strconcat (page, "/", path != NULL && g_utf8_validate (path, -1, NULL) ? path : uri, NULL);
}

/**
 * sage_file_location_parse:
 * @location: what sage_file_location_new() made, or the same with one slash fewer
 *
 * Returns: (transfer full): the file
 */
GFile *
sage_file_location_parse (const char *location)
{
  const char *path = location + strcspn (location, "/");

  if (path[0] == '/' && path[1] == '/')
    path++;
  else if (g_str_has_prefix (path, "/file://"))
    return g_file_new_for_uri (path + 1);

  return g_file_new_for_path (path);
}

/* Whether the file is JSON that is the definition of a pipeline. */
static gboolean
is_definition (const char *path)
{
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GBytes) bytes = sage_file_read_marked (path, MAX_DEFINITION, digest, NULL);
  g_autoptr(JsonObject) definition = NULL;

  if (bytes == NULL)
    return FALSE;

  definition = sage_definition_parse (g_bytes_get_data (bytes, NULL),
                                      (gssize) g_bytes_get_size (bytes), NULL);

  return definition != NULL;
}

/**
 * sage_file_location_for:
 * @file: a file of this machine
 *
 * Returns: (transfer full): the location of the page that is made for what is in it
 */
char *
sage_file_location_for (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  const char *page = "file";

  if (path != NULL && g_str_has_suffix (path, ".ipynb") && sage_page_table_has ("notebook"))
    page = "notebook";
  else if (path != NULL && g_str_has_suffix (path, ".json") && is_definition (path))
    page = "definition";

  return sage_file_location_new (page, file);
}

/**
 * sage_file_name_to_show:
 * @name: the name of a file, or a path: any bytes
 *
 * Returns: (transfer full): it as text that cannot pretend to be another name: what turns text around,
 *   is not seen or breaks the line is shown as a mark
 */
char *
sage_file_name_to_show (const char *name)
{
  g_autofree char *valid = g_filename_display_name (name);
  GString *shown = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (character < 0x20)
        g_string_append_unichar (shown, 0x2400 + character); /* its picture: ␊ for a line feed */
      else if (g_unichar_iscntrl (character) || sage_text_is_hidden_char (character)
               || character == 0x2028 || character == 0x2029)
        g_string_append_unichar (shown, 0xfffd);
      else
        g_string_append_unichar (shown, character);
    }

  return g_string_free_and_steal (shown);
}

/**
 * sage_file_is_text:
 * @name: the name of a file
 *
 * Returns: whether what is called so is worth opening as text; what is not, other programs know
 */
gboolean
sage_file_is_text (const char *name)
{
  static const char * const others[] = { "image/*", "audio/*", "video/*", "font/*", "application/pdf",
                                         "application/zip", "application/gzip",
                                         "application/x-compressed-tar" };
  gboolean uncertain;
  g_autofree char *type = g_content_type_guess (name, NULL, 0, &uncertain);

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_content_type_is_a (type, others[i]) && !g_content_type_is_a (type, "image/svg+xml"))
      return FALSE;

  return TRUE;
}
