/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-tracking"

#include "config.h"

#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"
#include "sage-json.h"

/**
 * eng_check_length:
 * @what: what @text is
 * @text: some text
 * @max: how many characters it may have
 */
gboolean
eng_check_length (const char  *what,
                  const char  *text,
                  glong        max,
                  GError     **error)
{
  g_autofree char *start = NULL;
  glong length;

  if (strlen (text) <= (gsize) max)
    return TRUE;
  length = g_utf8_strlen (text, -1);
  if (length <= max)
    return TRUE;

  start = g_utf8_substring (text, 0, MIN (length, 100));

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "%s '%s' had length %ld, which exceeded length limit of %ld", what, start, length,
                     max);
}

/* Clients may keep keys as paths of files: one must be none that means another. */
static gboolean
is_plain_path (const char *key)
{
  g_auto(GStrv) words = g_strsplit (key, "/", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] == '\0' || strcmp (words[i], ".") == 0 || strcmp (words[i], "..") == 0)
      return FALSE;

  return words[0] != NULL && !g_str_has_prefix (key, "..");
}

static gboolean
has_plain_characters (const char *key)
{
  for (const char *at = key; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_isalnum (c) && (c >= 0x80 || strchr ("_/.-: ", (int) c) == NULL))
        return FALSE;
    }

  return TRUE;
}

/**
 * eng_check_key:
 * @what: "metric", "parameter" or "tag"
 * @key: the name of one
 *
 * Returns: whether it may have that name
 */
gboolean
eng_check_key (const char  *what,
               const char  *key,
               GError     **error)
{
  if (!eng_check_length (what, key, ENG_KEY_MAX, error))
    return FALSE;
  if (!has_plain_characters (key))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Invalid %s name: '%s'. Names may only contain alphanumerics, underscores (_), "
                       "dashes (-), periods (.), spaces ( ), colons (:) and slashes (/).", what, key);

  return is_plain_path (key) ||
         sage_throw (error, SAGE_ERROR_INVALID,
                     "Invalid %s name: '%s'. Names may be treated as files in certain cases, and must "
                     "not resolve to other names when treated as such.", what, key);
}

/**
 * eng_check_param:
 * @param: a parameter of a run
 */
gboolean
eng_check_param (const EngPair  *param,
                 GError        **error)
{
  return eng_check_key ("parameter", param->key, error) &&
         eng_check_length ("Param value", param->value, ENG_PARAM_VALUE_MAX, error);
}

/**
 * eng_check_tag:
 * @tag: a tag of a run or an experiment
 */
gboolean
eng_check_tag (const EngPair  *tag,
               GError        **error)
{
  return eng_check_key ("tag", tag->key, error) &&
         eng_check_length ("Tag value", tag->value, ENG_TAG_VALUE_MAX, error);
}

/**
 * eng_read_pair:
 * @object: `{"key": …, "value": …}`
 * @pair: (out caller-allocates): it; a value that is left out is empty
 */
gboolean
eng_read_pair (JsonObject  *object,
               EngPair     *pair,
               GError     **error)
{
  if (!eng_input_need (object, "key", &pair->key, error) ||
      !eng_input_text (object, "value", &pair->value, error))
    return FALSE;
  if (pair->value == NULL)
    pair->value = "";

  return TRUE;
}

/**
 * eng_read_pairs:
 * @input: a request
 * @member: a member that is an array of pairs
 * @max: how many there may be
 * @pairs: (out) (transfer full): of #EngPair; valid as long as @input is
 */
gboolean
eng_read_pairs (JsonObject  *input,
                const char  *member,
                guint        max,
                GArray     **pairs,
                GError     **error)
{
  g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (EngPair));
  JsonArray *array = NULL;
  guint n;

  *pairs = NULL;
  if (!eng_input_array (input, member, &array, error))
    return FALSE;
  n = array != NULL ? json_array_get_length (array) : 0;
  if (n > max)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "A batch logging request can contain at most %u %s. Got %u %s. Please split up "
                       "%s across multiple requests and try again.", max, member, n, member, member);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = sage_json_array_object (array, i);
      EngPair pair;

      if (object == NULL)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Invalid value for parameter '%s' supplied: objects are expected", member);
      if (!eng_read_pair (object, &pair, error))
        return FALSE;
      g_array_append_val (list, pair);
    }
  *pairs = g_steal_pointer (&list);

  return TRUE;
}

/**
 * eng_read_metric:
 * @object: `{"key": …, "value": …, "timestamp": …, "step": …}`
 * @metric: (out caller-allocates): it
 */
gboolean
eng_read_metric (JsonObject  *object,
                 EngMetric   *metric,
                 GError     **error)
{
  EngPoint *point = &metric->point;

  if (!eng_input_need (object, "key", &metric->key, error) ||
      !eng_check_key ("metric", metric->key, error) ||
      !eng_input_double (object, "value", &point->value, error) ||
      !eng_input_int (object, "timestamp", -1, &point->time, error) ||
      !eng_input_int (object, "step", 0, &point->step, error))
    return FALSE;

  return point->time >= 0 ||
         sage_throw (error, SAGE_ERROR_INVALID,
                     "Got invalid timestamp for metric '%s'. Timestamp must be a nonnegative long "
                     "(64-bit integer)", metric->key);
}
