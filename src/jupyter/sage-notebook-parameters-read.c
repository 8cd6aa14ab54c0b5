/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-notebook-literal-private.h"
#include "sage-notebook-parameters-private.h"

/* What a notebook says of its parameters: the cell tagged "parameters" assigns their defaults. */

/* Takes apart `name = value` and Python's `name: type = value`. Returns: (nullable): the value */
static const char *
split_assignment (const char  *line,
                  char       **name)
{
  gsize length = strspn (line, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_");
  const char *at = line + length + strspn (line + length, " \t");

  if (length == 0 || g_ascii_isdigit (*line))
    return NULL;
  if (*at == ':')
    at += strcspn (at, "=\n");
  if (*at != '=' || at[1] == '=')
    return NULL;
  *name = g_strndup (line, length);

  return at + 1;
}

/* Returns: past the string that begins at @at, or where the line or the text ends without an end of it */
static const char *
pass_string (const SageNotation *notation,
             const char         *at)
{
  char quote = *at;
  gboolean is_long = notation->has_long_strings && at[1] == quote && at[2] == quote;
  gboolean is_open = is_long || strchr (notation->open_quotes, quote) != NULL;
  gsize n_quotes = is_long ? 3 : 1;

  for (at += n_quotes; *at != '\0' && (is_open || *at != '\n'); at++)
    {
      if (*at == '\\' && at[1] != '\0')
        at++;
      else if (*at == quote && (!is_long || (at[1] == quote && at[2] == quote)))
        return at + n_quotes;
    }

  return at;
}

/* Returns: (nullable): the next line that does not begin within a string */
static const char *
pass_line (const SageNotation *notation,
           const char         *at)
{
  while (*at != '\0' && *at != '\n')
    {
      if (*at == '#')
        at += strcspn (at, "\n");
      else if (*at == '"' || *at == '\'')
        at = pass_string (notation, at);
      else
        at++;
    }

  return *at != '\0' ? at + 1 : NULL;
}

static void
read_assignments (const SageNotation *notation,
                  const char         *source,
                  JsonObject         *defaults)
{
  for (const char *line = source; line != NULL; line = pass_line (notation, line))
    {
      g_autofree char *name = NULL;
      const char *text;
      JsonNode *value;

      if ((text = split_assignment (line, &name)) == NULL)
        continue;
      value = sage_notation_read (notation, text);
      json_object_set_member (defaults, name,
                              value != NULL ? value : json_node_new (JSON_NODE_NULL));
    }
}

/**
 * sage_notebook_parameters_read:
 * @notebook: the document
 * @language: (nullable): the kernel's language; that of the notebook when %NULL
 *
 * Returns: (transfer full) (nullable): the names that the cell tagged "parameters" assigns, in its
 *   order, each with its default: null where that is none, or is no literal. %NULL if there is no
 *   such cell
 */
JsonObject *
sage_notebook_parameters_read (SageNotebook *notebook,
                               const char   *language)
{
  const SageNotation *notation;
  JsonObject *defaults;
  guint position;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (notebook), NULL);

  if (!sage_notebook_find_tagged (notebook, SAGE_DEFAULTS_TAG, &position))
    return NULL;
  notation = sage_notation_find (language != NULL ? language : sage_notebook_get_language (notebook));
  defaults = json_object_new ();
  if (notation != NULL)
    read_assignments (notation, sage_cell_get_source (sage_notebook_get_cell (notebook, position)),
                      defaults);

  return defaults;
}

static JsonNode *
parse_json (const char   *text,
            JsonNodeType  type)
{
  g_autoptr(JsonNode) node = sage_json_parse (text, -1, NULL, NULL);

  return node != NULL && json_node_get_node_type (node) == type ? g_steal_pointer (&node) : NULL;
}

/**
 * sage_notebook_parameters_convert:
 * @like: (nullable): the parameter's default
 * @text: a value as a job has it, whose parameters are all text
 *
 * Returns: (transfer full): @text as a value of the kind of the default: a number, a truth value, a
 *   list or a map (written as JSON); as a string if it is none, or the default tells no kind
 */
JsonNode *
sage_notebook_parameters_convert (JsonNode   *like,
                                  const char *text)
{
  JsonNode *value = NULL;
  GType type = like != NULL && JSON_NODE_HOLDS_VALUE (like) ? json_node_get_value_type (like)
                                                            : G_TYPE_INVALID;

  if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
    value = sage_notebook_parameter_parse_number (text);
  else if (type == G_TYPE_BOOLEAN
           && (g_ascii_strcasecmp (text, "true") == 0 || g_ascii_strcasecmp (text, "false") == 0))
    value = json_node_init_boolean (json_node_alloc (), g_ascii_strcasecmp (text, "true") == 0);
  else if (like != NULL && (JSON_NODE_HOLDS_ARRAY (like) || JSON_NODE_HOLDS_OBJECT (like)))
    value = parse_json (text, json_node_get_node_type (like));

  return value != NULL ? value : json_node_init_string (json_node_alloc (), text);
}
