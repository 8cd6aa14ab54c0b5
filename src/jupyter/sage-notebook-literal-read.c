/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-notebook-literal-private.h"

/* Literals of Python and Julia, read from the source of a cell: what is an expression is none. */

#define MAX_DEPTH 32

typedef struct
{
  const SageNotation *notation;
  const char         *at;
  guint               depth;
} Reader;

static JsonNode *read_value (Reader *self);

/* Within brackets a value goes over lines, and has comments. */
static void
skip_blanks (Reader *self)
{
  while (TRUE)
    {
      self->at += strspn (self->at, " \t\r\n");
      if (*self->at != '#')
        return;
      self->at += strcspn (self->at, "\n");
    }
}

/* What follows a backslash. One that names a code point is left to the language. */
static gboolean
read_escape (Reader  *self,
             GString *out)
{
  static const char letters[] = "ntrabfv\\'\"";
  static const char bytes[] = "\n\t\r\a\b\f\v\\'\"";
  const char *found = *self->at != '\0' ? strchr (letters, *self->at) : NULL;

  if (*self->at == '\n')
    {
      self->at++;
      return TRUE;
    }
  if (found == NULL)
    return FALSE;
  g_string_append_c (out, bytes[found - letters]);
  self->at++;

  return TRUE;
}

static JsonNode *
read_string (Reader *self)
{
  char quote = *self->at;
  gboolean is_long = self->at[1] == quote && self->at[2] == quote;
  gsize n_quotes = is_long ? 3 : 1;
  const char end[] = { quote, quote, quote };
  g_autoptr(GString) out = g_string_new (NULL);

  for (self->at += n_quotes; strncmp (self->at, end, n_quotes) != 0;)
    {
      if (*self->at == '\0' || (*self->at == '\n' && !is_long))
        return NULL;
      if (*self->at != '\\')
        g_string_append_c (out, *self->at++);
      else if (self->at++, !read_escape (self, out))
        return NULL;
    }
  self->at += n_quotes;

  return json_node_init_string (json_node_alloc (), out->str);
}

static JsonNode *
read_number (Reader *self)
{
  gsize length = strspn (self->at, "0123456789_.eE+-");
  g_autofree char *text = g_strndup (self->at, length);
  g_autoptr(GString) digits = g_string_new (NULL);
  gint64 integer;
  double real;
  char *end = NULL;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '_')
        g_string_append_c (digits, *p);
    }
  self->at += length;
  if (g_ascii_string_to_signed (digits->str, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return json_node_init_int (json_node_alloc (), integer);
  real = g_ascii_strtod (digits->str, &end);
  if (digits->len == 0 || *end != '\0' || !isfinite (real))
    return NULL;

  return json_node_init_double (json_node_alloc (), real);
}

static JsonNode *
read_word (Reader *self)
{
  gsize length = strspn (self->at, G_CSET_a_2_z G_CSET_A_2_Z);
  g_autofree char *word = g_strndup (self->at, length);

  self->at += length;
  if (g_str_equal (word, self->notation->true_word) || g_str_equal (word, self->notation->false_word))
    return json_node_init_boolean (json_node_alloc (),
                                   g_str_equal (word, self->notation->true_word));
  if (g_str_equal (word, self->notation->null_word))
    return json_node_new (JSON_NODE_NULL);

  return NULL;
}

/* Goes on behind a member of something in brackets. Returns: whether there is something to read */
static gboolean
go_on (Reader   *self,
       char      end,
       gboolean *ok)
{
  skip_blanks (self);
  if (*self->at == ',')
    {
      self->at++;
      skip_blanks (self);
      if (*self->at != end)
        return TRUE;
    }
  *ok = *self->at == end;
  if (*ok)
    self->at++;

  return FALSE;
}

static JsonNode *
read_list (Reader *self,
           char    end)
{
  g_autoptr(JsonArray) array = json_array_new ();
  gboolean ok = TRUE;
  JsonNode *value;

  self->at++;
  skip_blanks (self);
  if (*self->at == end)
    {
      self->at++;
      return json_node_init_array (json_node_alloc (), array);
    }
  do
    {
      if ((value = read_value (self)) == NULL)
        return NULL;
      json_array_add_element (array, value);
    }
  while (go_on (self, end, &ok));

  return ok ? json_node_init_array (json_node_alloc (), array) : NULL;
}

static gboolean
read_member (Reader     *self,
             JsonObject *object)
{
  g_autoptr(JsonNode) key = *self->at == '"' || *self->at == '\'' ? read_string (self) : NULL;
  JsonNode *value;

  if (key == NULL)
    return FALSE;
  skip_blanks (self);
  if (*self->at != ':')
    return FALSE;
  self->at++;
  skip_blanks (self);
  if ((value = read_value (self)) == NULL)
    return FALSE;
  json_object_set_member (object, json_node_get_string (key), value);

  return TRUE;
}

static JsonNode *
read_map (Reader *self)
{
  g_autoptr(JsonObject) object = json_object_new ();
  gboolean ok = TRUE;

  self->at++;
  skip_blanks (self);
  if (*self->at == '}')
    {
      self->at++;
      return json_node_init_object (json_node_alloc (), object);
    }
  do
    {
      if (!read_member (self, object))
        return NULL;
    }
  while (go_on (self, '}', &ok));

  return ok ? json_node_init_object (json_node_alloc (), object) : NULL;
}

static JsonNode *
read_value (Reader *self)
{
  JsonNode *value = NULL;

  if (self->depth == MAX_DEPTH)
    return NULL;

  self->depth++;
  if (*self->at == '"' || *self->at == '\'')
    value = read_string (self);
  else if (*self->at == '[')
    value = read_list (self, ']');
  else if (*self->at == '{')
    value = read_map (self);
  else if (g_ascii_isalpha (*self->at))
    value = read_word (self);
  else
    value = read_number (self);
  self->depth--;

  return value;
}

/**
 * sage_notation_read:
 * @self: how the language writes values
 * @text: source that begins with a value
 *
 * Returns: (transfer full) (nullable): the literal that is all of the statement; %NULL for any other
 *   expression
 */
JsonNode *
sage_notation_read (const SageNotation *self,
                    const char         *text)
{
  Reader reader = { .notation = self, .at = text + strspn (text, " \t") };
  g_autoptr(JsonNode) value = read_value (&reader);

  if (value == NULL)
    return NULL;
  reader.at += strspn (reader.at, " \t\r");

  return strchr ("\n#", *reader.at) != NULL ? g_steal_pointer (&value) : NULL;
}
