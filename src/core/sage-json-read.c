/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json"

#include "config.h"

#include <string.h>

#include "sage-json-private.h"

/* Makes a tree of a text that sage_json_scan() has passed. So there is nothing to check here, neither
 * the syntax nor how deep it goes; only a number that is the whole document may have nothing behind
 * it, everything else is followed by a quote or a bracket. */

typedef struct
{
  const char *at;
  const char *end;
} Reader;

static JsonNode *read_value (Reader *self);

static void
skip_space (Reader *self)
{
  while (*self->at == ' ' || *self->at == '\t' || *self->at == '\n' || *self->at == '\r')
    self->at++;
}

static char *
decode (const char *first,
        const char *end)
{
  GString *plain = g_string_sized_new (end - first);

  while (first < end)
    {
      const char *escape = memchr (first, '\\', end - first);

      g_string_append_len (plain, first, (escape != NULL ? escape : end) - first);
      first = escape != NULL ? sage_json_decode_escape (escape + 1, plain) : end;
    }

  return g_string_free_and_steal (plain);
}

static char *
read_string (Reader *self)
{
  const char *first = ++self->at;
  gboolean escaped = FALSE;
  const char *end;

  for (; *self->at != '"'; self->at++)
    if (*self->at == '\\')
      {
        escaped = TRUE;
        self->at++;
      }
  end = self->at++;

  return escaped ? decode (first, end) : g_strndup (first, end - first);
}

static void
read_number (Reader   *self,
             JsonNode *node)
{
  char text[SAGE_JSON_NUMBER_SIZE];
  gboolean integral = TRUE;
  gsize length = 0;

  for (; self->at < self->end; self->at++)
    {
      char c = *self->at;

      if (c == '.' || c == 'e' || c == 'E')
        integral = FALSE;
      else if (!g_ascii_isdigit (c) && c != '-' && c != '+')
        break;
      text[length++] = c;
    }
  text[length] = '\0';

  if (integral)
    json_node_init_int (node, g_ascii_strtoll (text, NULL, 10));
  else
    json_node_init_double (node, g_ascii_strtod (text, NULL));
}

/* Goes to the next part of a container, or behind its end. Returns: whether there is one */
static gboolean
next_part (Reader   *self,
           char      close,
           gboolean *first)
{
  skip_space (self);
  if (*self->at == close)
    {
      self->at++;
      return FALSE;
    }
  if (!*first)
    self->at++; /* a comma */
  *first = FALSE;
  skip_space (self);

  return TRUE;
}

static JsonObject *
read_object (Reader *self)
{
  JsonObject *object = json_object_new ();
  gboolean first = TRUE;

  self->at++;
  while (next_part (self, '}', &first))
    {
      g_autofree char *name = read_string (self);

      skip_space (self);
      self->at++; /* a colon */
      json_object_set_member (object, name, read_value (self));
    }

  return object;
}

static JsonArray *
read_array (Reader *self)
{
  JsonArray *array = json_array_new ();
  gboolean first = TRUE;

  self->at++;
  while (next_part (self, ']', &first))
    json_array_add_element (array, read_value (self));

  return array;
}

static JsonNode *
read_value (Reader *self)
{
  JsonNode *node = json_node_alloc ();
  g_autofree char *text = NULL;

  skip_space (self);
  switch (*self->at)
    {
    case '{':
      json_node_init (node, JSON_NODE_OBJECT);
      json_node_take_object (node, read_object (self));
      break;
    case '[':
      json_node_init (node, JSON_NODE_ARRAY);
      json_node_take_array (node, read_array (self));
      break;
    case '"':
      text = read_string (self);
      json_node_init_string (node, text);
      break;
    case 't':
      self->at += strlen ("true");
      json_node_init_boolean (node, TRUE);
      break;
    case 'f':
      self->at += strlen ("false");
      json_node_init_boolean (node, FALSE);
      break;
    case 'n':
      self->at += strlen ("null");
      json_node_init_null (node);
      break;
    default:
      read_number (self, node);
      break;
    }

  return node;
}

/**
 * sage_json_read:
 * @data: a JSON text that sage_json_scan() has passed; need not end in NUL
 * @length: its length
 *
 * Returns: (transfer full): what it says
 */
JsonNode *
sage_json_read (const char *data,
                gsize       length)
{
  Reader self = { data, data + length };

  return read_value (&self);
}
