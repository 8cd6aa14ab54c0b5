/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-tracking"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "eng-page-token.h"
#include "eng-tracking-private.h"
#include "sage-error.h"
#include "sage-json.h"

/*
 * Members of a request in the JSON form of protocol buffers: integers of 64 bits as numbers or as
 * text, null for what is left out, members that are not known ignored. Parameters of a query come as
 * text, too.
 */

static JsonNode *
find (JsonObject *input,
      const char *member)
{
  JsonNode *node = json_object_get_member (input, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/**
 * eng_input_text:
 * @input: a request
 * @member: its member
 * @text: (out) (transfer none) (nullable): %NULL if it is left out
 *
 * Returns: whether it is text or left out
 */
gboolean
eng_input_text (JsonObject  *input,
                const char  *member,
                const char **text,
                GError     **error)
{
  JsonNode *node = find (input, member);

  *text = NULL;
  if (node != NULL && json_node_get_value_type (node) != G_TYPE_STRING)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Invalid value for parameter '%s' supplied: a string is expected", member);
  if (node != NULL)
    *text = json_node_get_string (node);

  return TRUE;
}

/**
 * eng_input_need:
 *
 * As eng_input_text(), for what must be there and not empty.
 */
gboolean
eng_input_need (JsonObject  *input,
                const char  *member,
                const char **text,
                GError     **error)
{
  if (!eng_input_text (input, member, text, error))
    return FALSE;
  if (*text == NULL || **text == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "Missing value for required parameter '%s'", member);

  return TRUE;
}

static gboolean
parse_int (const char *text,
           gint64     *number)
{
  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

/**
 * eng_input_int:
 * @input: a request
 * @member: its member
 * @fallback: what it is where it is left out
 * @number: (out): the number
 *
 * Returns: whether it is an integer or left out
 */
gboolean
eng_input_int (JsonObject  *input,
               const char  *member,
               gint64       fallback,
               gint64      *number,
               GError     **error)
{
  JsonNode *node = find (input, member);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_NONE;
  double value;

  *number = fallback;
  if (node == NULL)
    return TRUE;
  if (type == G_TYPE_INT64)
    {
      *number = json_node_get_int (node);
      return TRUE;
    }
  if (type == G_TYPE_STRING && parse_int (json_node_get_string (node), number))
    return TRUE;
  value = type == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;
  if (value == trunc (value) && fabs (value) < 9e18)
    {
      *number = (gint64) value;
      return TRUE;
    }

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "Invalid value for parameter '%s' supplied: an integer is expected", member);
}

static gboolean
parse_double (const char *text,
              double     *number)
{
  char *end = NULL;

  if (strcmp (text, "NaN") == 0 || strcmp (text, "nan") == 0)
    *number = NAN;
  else if (strcmp (text, "Infinity") == 0 || strcmp (text, "inf") == 0)
    *number = INFINITY;
  else if (strcmp (text, "-Infinity") == 0 || strcmp (text, "-inf") == 0)
    *number = -INFINITY;
  else
    {
      if (text[strspn (text, "+-0123456789.eE")] != '\0' || *text == '\0')
        return FALSE;
      *number = g_ascii_strtod (text, &end);
      return *end == '\0' && isfinite (*number);
    }

  return TRUE;
}

/**
 * eng_input_double:
 * @input: a request
 * @member: its member
 * @number: (out): the number, which may be none or infinite
 *
 * Returns: whether it is a number, or one of the words for what JSON has no number for
 */
gboolean
eng_input_double (JsonObject  *input,
                  const char  *member,
                  double      *number,
                  GError     **error)
{
  JsonNode *node = find (input, member);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_NONE;

  if (type == G_TYPE_DOUBLE)
    *number = json_node_get_double (node);
  else if (type == G_TYPE_INT64)
    *number = (double) json_node_get_int (node);
  else if (type != G_TYPE_STRING || !parse_double (json_node_get_string (node), number))
    return sage_throw (error, SAGE_ERROR_INVALID, node == NULL
                       ? "Missing value for required parameter '%s'"
                       : "Invalid value for parameter '%s' supplied: a number is expected", member);

  return TRUE;
}

/**
 * eng_input_array:
 * @input: a request
 * @member: its member
 * @array: (out) (transfer none) (nullable): %NULL if it is left out; its elements may be anything
 *
 * Returns: whether it is an array or left out
 */
gboolean
eng_input_array (JsonObject  *input,
                 const char  *member,
                 JsonArray  **array,
                 GError     **error)
{
  JsonNode *node = find (input, member);

  *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return node == NULL || *array != NULL ||
         sage_throw (error, SAGE_ERROR_INVALID,
                     "Invalid value for parameter '%s' supplied: an array is expected", member);
}

/**
 * eng_input_texts:
 * @input: a request
 * @member: its member: an array of text, or one text, which a query has for an array of one
 * @max: how many there may be
 * @texts: (out) (transfer container): them, valid as long as @input is; none where it is left out
 *
 * Returns: whether it is that
 */
gboolean
eng_input_texts (JsonObject   *input,
                 const char   *member,
                 guint         max,
                 char       ***texts,
                 GError      **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  const char *one = sage_json_string (input, member, NULL);
  JsonArray *array = NULL;

  *texts = NULL;
  if (one != NULL)
    g_ptr_array_add (list, (char *) one);
  else if (!eng_input_array (input, member, &array, error))
    return FALSE;
  if (array != NULL && json_array_get_length (array) > max)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Invalid value for parameter '%s' supplied: %u at most are possible", member, max);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *text = sage_json_array_string (array, i);

      if (text == NULL)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Invalid value for parameter '%s' supplied: strings are expected", member);
      g_ptr_array_add (list, (char *) text);
    }
  g_ptr_array_add (list, NULL);
  *texts = (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);

  return TRUE;
}

/**
 * eng_input_run_id:
 * @input: a request
 * @id: (out) (transfer none): which run it is for; older clients say `run_uuid`
 */
gboolean
eng_input_run_id (JsonObject  *input,
                  const char **id,
                  GError     **error)
{
  const char *member = find (input, "run_id") == NULL && find (input, "run_uuid") != NULL
                         ? "run_uuid" : "run_id";

  return eng_input_need (input, member, id, error);
}

/**
 * eng_experiment_id_parse:
 * @text: what is said to be an experiment's id
 * @id: (out): its number; -1 for one that none of ours can have
 *
 * Returns: whether it has the form of one
 */
gboolean
eng_experiment_id_parse (const char  *text,
                         gint64      *id,
                         GError     **error)
{
  gsize length = strlen (text);

  *id = -1;
  if (length == 0 || length > 64 || !g_ascii_isalnum (text[0]) ||
      text[strspn (text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-")] != '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid experiment ID: '%.64s'", text);
  if (!g_ascii_isdigit (text[0]) || (text[0] == '0' && length > 1) || !parse_int (text, id))
    *id = -1;

  return TRUE;
}

/**
 * eng_input_experiment:
 * @input: a request
 * @id: (out): the experiment it is for
 */
gboolean
eng_input_experiment (JsonObject  *input,
                      gint64      *id,
                      GError     **error)
{
  const char *text = NULL;

  return eng_input_need (input, "experiment_id", &text, error) &&
         eng_experiment_id_parse (text, id, error);
}

/**
 * eng_input_page:
 * @call: a listing
 * @fallback: how many rows a page has where `max_results` is left out
 * @max: how many it may have
 * @limit: (out): how many it has
 * @offset: (out): how many rows went before it
 *
 * Reads `max_results` and `page_token`. Pages are counted, as MLflow counts them: the order is whatever
 * the request asks for, with keys that rows need not have.
 */
gboolean
eng_input_page (EngCall  *call,
                gint64    fallback,
                gint64    max,
                gint64   *limit,
                gint64   *offset,
                GError  **error)
{
  g_autofree char *position = NULL;
  const char *token = NULL;

  *offset = 0;
  if (!eng_input_int (call->input, "max_results", fallback, limit, error) ||
      !eng_input_text (call->input, "page_token", &token, error))
    return FALSE;
  if (*limit < 1 || *limit > max)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Invalid value for parameter 'max_results' supplied: It must be at most "
                       "%" G_GINT64_FORMAT " and at least 1, but got value %" G_GINT64_FORMAT,
                       max, *limit);

  return token == NULL || *token == '\0' ||
         eng_page_token_parse (call, token, &position, offset, error);
}

/**
 * eng_input_view:
 * @input: a request
 * @member: its member of the type ViewType
 * @stage: (out) (transfer none) (nullable): the life-cycle stage that is asked for; %NULL: any
 */
gboolean
eng_input_view (JsonObject  *input,
                const char  *member,
                const char **stage,
                GError     **error)
{
  const char *view = NULL;

  *stage = ENG_STAGE_ACTIVE;
  if (!eng_input_text (input, member, &view, error))
    return FALSE;
  if (view == NULL || strcmp (view, "ACTIVE_ONLY") == 0)
    return TRUE;
  *stage = strcmp (view, "DELETED_ONLY") == 0 ? ENG_STAGE_DELETED : NULL;

  return *stage != NULL || strcmp (view, "ALL") == 0 ||
         sage_throw (error, SAGE_ERROR_INVALID, "Invalid value for parameter '%s' supplied: it must be "
                     "ACTIVE_ONLY, DELETED_ONLY or ALL", member);
}
