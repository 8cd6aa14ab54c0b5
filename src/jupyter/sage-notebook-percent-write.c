/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-percent"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "sage-notebook-percent.h"
#include "sage-notebook-private.h"
#include "sage-python-lines-private.h"

/* The percent format of Spyder, VS Code and jupytext (format_version 1.3), for Python. */

/* A scalar of YAML: plain where nothing can be misread, else as JSON, which YAML contains. */
static void
append_scalar (GString    *out,
               const char *text)
{
  gboolean is_plain = g_ascii_isalpha (*text) && text[strlen (text) - 1] != ' ';

  for (const char *at = text; *at != '\0' && is_plain; at++)
    is_plain = g_ascii_isalnum (*at) || strchr (" ._()-", *at) != NULL;
  for (guint i = 0; is_plain && i < 7; i++)
    {
      static const char *const words[] = { "true", "false", "null", "yes", "no", "on", "off" };

      is_plain = g_ascii_strcasecmp (text, words[i]) != 0 && g_ascii_strcasecmp (text, "n") != 0 &&
                 g_ascii_strcasecmp (text, "y") != 0;
    }

  if (is_plain)
    g_string_append (out, text);
  else
    sage_json_append_string (out, text);
}

static void
append_header (SageNotebook *self,
               GString      *out)
{
  static const char *const members[] = { "display_name", "language", "name" };
  JsonObject *spec = sage_json_object (sage_notebook_get_metadata (self), "kernelspec");

  g_string_append (out, "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n"
                        "#       extension: .py\n#       format_name: percent\n"
                        "#       format_version: '1.3'\n");
  if (sage_json_string (spec, "name", NULL) != NULL)
    {
      g_string_append (out, "#   kernelspec:\n");
      for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        {
          const char *value = sage_json_string (spec, members[i], NULL);

          if (value == NULL || *value == '\0')
            continue;
          g_string_append_printf (out, "#     %s: ", members[i]);
          append_scalar (out, value);
          g_string_append_c (out, '\n');
        }
    }
  g_string_append (out, "# ---\n");
}

static gboolean
is_key (const char *text)
{
  if (*text == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr ("_.-", *text) == NULL)
      return FALSE;

  return TRUE;
}

/* Whether a member of the metadata belongs into a script: not what a run or a view leaves. */
static gboolean
is_wanted (const char *key)
{
  static const char *const unwanted[] = {
    "ExecuteTime", "autoscroll", "cell_depth", "cell_type", "collapsed", "execution", "language",
    "lines_to_next_cell", "magic_args", "scrolled", "title", "trusted", NULL,
  };

  return is_key (key) && !g_strv_contains (unwanted, key);
}

/* As Python's json writes it, on one line. */
static void
append_value (GString  *out,
              JsonNode *node)
{
  SageJsonStyle style;

  sage_json_style_init (&style);
  style.indent[0] = '\0';
  style.is_ascii = TRUE;
  sage_json_style_node (&style, out, node, 0);
}

static gboolean
is_title (const char *title)
{
  return title != NULL && *title != '\0' && strpbrk (title, "{}=[]\n") == NULL && *title != '%' &&
         !g_ascii_isspace (*title);
}

/* "# %% Title [markdown] key=value" */
static void
append_marker (SageCell   *cell,
               GString    *out,
               const char *language,
               const char *arguments)
{
  JsonObject *metadata = sage_cell_get_metadata (cell);
  const char *title = sage_json_string (metadata, "title", NULL);
  g_autoptr(GList) names = json_object_get_members (metadata);

  g_string_append (out, "# %%");
  if (is_title (title))
    g_string_append_printf (out, " %s", title);
  if (cell->kind != SAGE_CELL_CODE)
    g_string_append_printf (out, " [%s]", sage_cell_kind_name (cell->kind));
  if (language != NULL)
    g_string_append_printf (out, " language=\"%s\"", language);
  if (arguments != NULL && *arguments != '\0')
    {
      g_string_append (out, " magic_args=");
      sage_json_append_string (out, arguments);
    }
  for (GList *name = names; name != NULL; name = name->next)
    if (is_wanted (name->data))
      {
        g_string_append_printf (out, " %s=", (const char *) name->data);
        append_value (out, json_object_get_member (metadata, name->data));
      }
  g_string_append_c (out, '\n');
}

static void
append_lines (GString *out,
              char   **lines)
{
  for (char **line = lines; *line != NULL; line++)
    {
      g_string_append (out, *line);
      g_string_append_c (out, '\n');
    }
}

static void
append_commented (GString *out,
                  char   **lines)
{
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf (out, **line != '\0' ? "# %s\n" : "#%s\n", *line);
}

static void
append_cell (SageCell *cell,
             GString  *out)
{
  const char *source = sage_cell_get_source (cell);
  g_auto(GStrv) lines = g_strsplit (source, "\n", -1);
  g_auto(GStrv) words = NULL;

  if (cell->kind != SAGE_CELL_CODE)
    {
      append_marker (cell, out, NULL, NULL);
      if (lines[0] == NULL)
        g_string_append (out, "#\n");
      append_commented (out, lines);
      return;
    }

  if (g_str_has_prefix (source, "%%"))
    words = g_strsplit (lines[0] + 2, " ", 2);
  if (words != NULL && words[0] != NULL && lines[1] != NULL && sage_python_is_cell_language (words[0]))
    {
      append_marker (cell, out, words[0], words[1]);
      append_commented (out, lines + 1);
      return;
    }

  append_marker (cell, out, NULL, NULL);
  sage_python_swap_magics (lines, sage_python_comment);
  append_lines (out, lines);
}

/**
 * sage_notebook_to_percent:
 *
 * Writes a notebook as a Python script in the percent format, which jupytext and editors read: a cell
 * begins at "# %%", Markdown and magics are comments. Outputs and ids are left out. Of a cell that ends
 * in one line break the format does not keep that.
 *
 * Returns: (transfer full): the script, or %NULL with %SAGE_ERROR_UNSUPPORTED where the notebook is of
 *   another language than Python
 */
char *
sage_notebook_to_percent (SageNotebook  *self,
                          GError       **error)
{
  const char *language;
  GString *out;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  language = sage_notebook_get_language (self);
  if (language != NULL && g_ascii_strcasecmp (language, "python") != 0 &&
      g_ascii_strcasecmp (language, "ipython") != 0)
    {
      sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The notebook is in %s, not in Python", language);
      return NULL;
    }

  out = g_string_new (NULL);
  append_header (self, out);
  for (guint i = 0; i < self->cells->len; i++)
    {
      g_string_append_c (out, '\n');
      append_cell (g_ptr_array_index (self->cells, i), out);
    }

  return g_string_free_and_steal (out);
}
