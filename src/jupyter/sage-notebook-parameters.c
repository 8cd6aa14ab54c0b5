/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "sage-error.h"
#include "sage-notebook-literal-private.h"
#include "sage-notebook-parameters-private.h"

/*
 * Parameters of a notebook that is run without a reader, by the convention that Papermill set: what
 * the cell tagged "parameters" assigns are the defaults, and a cell tagged "injected-parameters"
 * behind it assigns what was asked for. https://papermill.readthedocs.io/en/latest/usage-parameterize.html
 */

/* An identifier of every language that we write; a name becomes code. */
static gboolean
is_identifier (const char *name)
{
  if (!g_ascii_isalpha (name[0]) && name[0] != '_')
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && *p != '_')
        return FALSE;
    }
  return TRUE;
}

/* What is a word for a value in Python, the language that Papermill reads parameters by. */
static JsonNode *
parse_word (const char *text)
{
  if (g_str_equal (text, "None"))
    return json_node_new (JSON_NODE_NULL);
  if (g_str_equal (text, "True") || g_str_equal (text, "False"))
    return json_node_init_boolean (json_node_alloc (), text[0] == 'T');
  return NULL;
}

/**
 * sage_notebook_parameter_parse_number:
 * @text: a value
 *
 * Returns: (transfer full) (nullable): the number that it is
 */
JsonNode *
sage_notebook_parameter_parse_number (const char *text)
{
  char *end = NULL;
  gint64 integer;
  double real;

  if (*text == '\0' || g_ascii_isspace (*text) || g_str_has_prefix (text, "0x"))
    return NULL;
  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return json_node_init_int (json_node_alloc (), integer);
  real = g_ascii_strtod (text, &end);
  if (*end != '\0')
    return NULL;
  return json_node_init_double (json_node_alloc (), real);
}

/**
 * sage_notebook_parameters_parse:
 * @assignment: `NAME=VALUE`
 * @parameters: where it is put; an earlier value of the same name is replaced
 *
 * Reads a parameter as Papermill's `-p` does: `None`, `True` and `False`, integers and
 * floating-point numbers are what they look like, everything else is a string.
 *
 * Returns: %FALSE with %SAGE_ERROR_INVALID if it is no assignment, or to no identifier
 */
gboolean
sage_notebook_parameters_parse (const char  *assignment,
                                JsonObject  *parameters,
                                GError     **error)
{
  const char *equals;
  g_autofree char *name = NULL;
  JsonNode *value;

  g_return_val_if_fail (assignment != NULL && parameters != NULL, FALSE);

  equals = strchr (assignment, '=');
  if (equals == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Parameter '%s' is not of the form NAME=VALUE",
                       assignment);
  name = g_strndup (assignment, (gsize) (equals - assignment));
  if (!is_identifier (name))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Parameter name '%s' is not made of letters, digits and underscores", name);
  if (!g_utf8_validate (equals + 1, -1, NULL))
    return sage_throw (error, SAGE_ERROR_INVALID, "The value of parameter '%s' is not UTF-8", name);

  value = parse_word (equals + 1);
  if (value == NULL)
    value = sage_notebook_parameter_parse_number (equals + 1);
  if (value == NULL)
    value = json_node_init_string (json_node_alloc (), equals + 1);
  json_object_set_member (parameters, name, value);
  return TRUE;
}

/**
 * sage_notebook_parameters_write:
 * @parameters: names and values, which may be lists and objects too
 * @language: the kernel's language, as in its `language_info.name`
 *
 * Writes the code that assigns them.
 *
 * Returns: (transfer full): the source of a cell, or %NULL with @error set:
 *   %SAGE_ERROR_UNSUPPORTED for a language that we cannot write, %SAGE_ERROR_INVALID for a name
 *   that is no identifier
 */
char *
sage_notebook_parameters_write (JsonObject  *parameters,
                                const char  *language,
                                GError     **error)
{
  const SageNotation *notation = sage_notation_find (language);
  g_autoptr(GString) source = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_return_val_if_fail (parameters != NULL, NULL);

  if (notation == NULL)
    {
      sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                  "Parameters cannot be given to a notebook in the language '%s'; those of Python, "
                  "R and Julia take them", language != NULL ? language : "unknown");
      return NULL;
    }

  g_string_append_printf (source, "%s Parameters", notation->comment);
  json_object_iter_init_ordered (&iter, parameters);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      if (!is_identifier (name))
        {
          sage_throw (error, SAGE_ERROR_INVALID,
                      "Parameter name '%s' is not made of letters, digits and underscores", name);
          return NULL;
        }
      g_string_append_printf (source, "\n%s = ", name);
      sage_notation_write (notation, value, source);
    }
  return g_string_free (g_steal_pointer (&source), FALSE);
}

/**
 * sage_notebook_find_tagged:
 * @notebook: the document
 * @tag: a tag
 * @position: (out): of the first cell that has it
 *
 * Returns: whether a cell has it
 */
gboolean
sage_notebook_find_tagged (SageNotebook *notebook,
                           const char   *tag,
                           guint        *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; i < n; i++)
    {
      if (!sage_cell_has_tag (sage_notebook_get_cell (notebook, i), tag))
        continue;
      *position = i;
      return TRUE;
    }
  return FALSE;
}

/**
 * sage_notebook_parameters_inject:
 * @notebook: the document; one step of its history
 * @parameters: names and values
 * @language: (nullable): the kernel's language; that of the notebook when %NULL
 *
 * Puts the parameters into the notebook: in place of those of an earlier run, else behind the cell
 * tagged "parameters", else at the beginning.
 *
 * Returns: whether; if not, as sage_notebook_parameters_write() says, or %SAGE_ERROR_CORRUPT for a
 *   notebook that is read-only
 */
gboolean
sage_notebook_parameters_inject (SageNotebook  *notebook,
                                 JsonObject    *parameters,
                                 const char    *language,
                                 GError       **error)
{
  g_autofree char *source = NULL;
  SageCell *cell;
  guint position;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (notebook), FALSE);

  if (language == NULL)
    language = sage_notebook_get_language (notebook);
  source = sage_notebook_parameters_write (parameters, language, error);
  if (source == NULL)
    return FALSE;

  if (sage_notebook_find_tagged (notebook, SAGE_INJECTED_TAG, &position))
    {
      sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, position), source);
      return TRUE;
    }
  position = sage_notebook_find_tagged (notebook, SAGE_DEFAULTS_TAG, &position) ? position + 1 : 0;
  sage_notebook_begin_step (notebook, _("Set Parameters"));
  cell = sage_notebook_insert (notebook, position, SAGE_CELL_CODE, source);
  if (cell != NULL)
    sage_notebook_set_metadata_tag (notebook, cell, SAGE_INJECTED_TAG, TRUE);
  sage_notebook_end_step (notebook);
  if (cell == NULL)
    return sage_throw (error, SAGE_ERROR_CORRUPT, "The notebook is damaged and takes no cell");
  return TRUE;
}
