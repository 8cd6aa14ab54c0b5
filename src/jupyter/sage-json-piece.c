/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-piece"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sage-json-cursor-private.h"

/* Everything here reads pieces that a cursor has passed over, so their syntax is known to be right. */

/* Returns: the first character of the value: one of {["tfn-0…9NI */
char
sage_json_piece_kind (const SageJsonPiece *piece)
{
  return piece->length > 0 ? piece->at[0] : '\0';
}

static guint
hex4 (const char *digits)
{
  guint value = 0;

  for (guint i = 0; i < 4; i++)
    value = value * 16 + (guint) g_ascii_xdigit_value (digits[i]);

  return value;
}

/* Decodes the escape after the backslash at @at - 1. A C string holds neither NUL nor a lone
 * surrogate: both show as U+FFFD. Returns: what follows. */
static const char *
append_escape (GString    *out,
               const char *at,
               const char *end)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  guint c;

  if (*at != 'u')
    {
      g_string_append_c (out, values[strchr (names, *at) - names]);
      return at + 1;
    }

  c = hex4 (at + 1);
  at += 5;
  if (c >= 0xd800 && c < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u')
    {
      guint low = hex4 (at + 2);

      if (low >= 0xdc00 && low < 0xe000)
        {
          g_string_append_unichar (out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
          return at + 6;
        }
    }
  g_string_append_unichar (out, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);

  return at;
}

static void
append_string (GString             *out,
               const SageJsonPiece *piece)
{
  const char *at = piece->at + 1;
  const char *end = piece->at + piece->length - 1;

  while (at < end)
    {
      const char *escape = memchr (at, '\\', (gsize) (end - at));

      g_string_append_len (out, at, (escape != NULL ? escape : end) - at);
      if (escape == NULL)
        break;
      at = append_escape (out, escape + 1, end);
    }
}

/* Returns: (transfer full): the text of a string. */
char *
sage_json_piece_string (const SageJsonPiece *piece)
{
  GString *out = g_string_sized_new (piece->length);

  append_string (out, piece);

  return g_string_free_and_steal (out);
}

/* Whether a string or key is @text. */
gboolean
sage_json_piece_is (const SageJsonPiece *piece,
                    const char          *text)
{
  g_autofree char *decoded = NULL;

  if (sage_json_piece_kind (piece) != '"')
    return FALSE;
  if (memchr (piece->at, '\\', piece->length) == NULL)
    return piece->length == strlen (text) + 2 && memcmp (piece->at + 1, text, piece->length - 2) == 0;

  decoded = sage_json_piece_string (piece);

  return strcmp (decoded, text) == 0;
}

/* The last member of that key, as Python reads duplicates. */
gboolean
sage_json_piece_find (const SageJsonPiece *object,
                      const char          *key,
                      SageJsonPiece       *value)
{
  SageJsonCursor cursor;
  SageJsonPiece name;
  SageJsonPiece one;
  gboolean is_first = TRUE;
  gboolean found = FALSE;

  if (sage_json_piece_kind (object) != '{')
    return FALSE;

  sage_json_cursor_init (&cursor, object->at, object->length);
  sage_json_cursor_enter (&cursor, '{');
  while (sage_json_cursor_member (&cursor, &is_first, &name) &&
         sage_json_cursor_value (&cursor, &one))
    if (sage_json_piece_is (&name, key))
      {
        *value = one;
        found = TRUE;
      }

  return found;
}

/* An integer that 64 bits hold. */
gboolean
sage_json_piece_to_int (const SageJsonPiece *piece,
                        gint64              *value)
{
  char digits[32];

  if (piece->length == 0 || piece->length >= sizeof digits)
    return FALSE;
  for (gsize i = 0; i < piece->length; i++)
    if (!g_ascii_isdigit (piece->at[i]) && !(i == 0 && piece->at[i] == '-'))
      return FALSE;

  memcpy (digits, piece->at, piece->length);
  digits[piece->length] = '\0';
  errno = 0;
  *value = g_ascii_strtoll (digits, NULL, 10);

  return errno == 0;
}

/* Whether it is what nbformat calls a multiline string: a string, or an array of strings. */
gboolean
sage_json_piece_is_text (const SageJsonPiece *piece)
{
  SageJsonCursor cursor;
  SageJsonPiece line;
  gboolean is_first = TRUE;

  if (sage_json_piece_kind (piece) != '[')
    return sage_json_piece_kind (piece) == '"';

  sage_json_cursor_init (&cursor, piece->at, piece->length);
  sage_json_cursor_enter (&cursor, '[');
  while (sage_json_cursor_next (&cursor, ']', &is_first) && sage_json_cursor_value (&cursor, &line))
    if (sage_json_piece_kind (&line) != '"')
      return FALSE;

  return TRUE;
}

/* Returns: (transfer full): the text of a multiline string, its lines joined. */
char *
sage_json_piece_text (const SageJsonPiece *piece)
{
  GString *out;
  SageJsonCursor cursor;
  SageJsonPiece line;
  gboolean is_first = TRUE;

  if (sage_json_piece_kind (piece) == '"')
    return sage_json_piece_string (piece);

  out = g_string_sized_new (piece->length);
  if (sage_json_piece_kind (piece) == '[')
    {
      sage_json_cursor_init (&cursor, piece->at, piece->length);
      sage_json_cursor_enter (&cursor, '[');
      while (sage_json_cursor_next (&cursor, ']', &is_first) &&
             sage_json_cursor_value (&cursor, &line))
        if (sage_json_piece_kind (&line) == '"')
          append_string (out, &line);
    }

  return g_string_free_and_steal (out);
}

static JsonNode *
scalar_node (const SageJsonPiece *piece)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  gint64 integer;

  switch (sage_json_piece_kind (piece))
    {
    case '"':
      {
        g_autofree char *text = sage_json_piece_string (piece);

        json_node_set_string (node, text);
        break;
      }
    case 't':
    case 'f':
      json_node_set_boolean (node, piece->at[0] == 't');
      break;
    case 'n':
      json_node_init_null (node);
      break;
    case 'N':
      json_node_set_double (node, NAN);
      break;
    default:
      if (sage_json_piece_to_int (piece, &integer))
        {
          json_node_set_int (node, integer);
        }
      else
        {
          g_autofree char *digits = g_strndup (piece->at, piece->length);

          json_node_set_double (node, g_ascii_strtod (digits, NULL));
        }
    }

  return node;
}

/* Recurses at most SAGE_JSON_CURSOR_DEPTH times: a cursor has passed over the text before. */
static JsonNode *
read_node (SageJsonCursor *cursor)
{
  char kind = sage_json_cursor_peek (cursor);
  gboolean is_first = TRUE;
  JsonNode *node;
  SageJsonPiece piece;

  if (kind == '{')
    {
      JsonObject *object = json_object_new ();

      sage_json_cursor_enter (cursor, '{');
      while (sage_json_cursor_member (cursor, &is_first, &piece))
        {
          g_autofree char *name = sage_json_piece_string (&piece);

          json_object_set_member (object, name, read_node (cursor));
        }
      node = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (node, object);
    }
  else if (kind == '[')
    {
      JsonArray *array = json_array_new ();

      sage_json_cursor_enter (cursor, '[');
      while (sage_json_cursor_next (cursor, ']', &is_first))
        json_array_add_element (array, read_node (cursor));
      node = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (node, array);
    }
  else
    {
      sage_json_cursor_value (cursor, &piece);
      node = scalar_node (&piece);
    }

  return node;
}

/* Returns: (transfer full): the value as json-glib has it. Members in the order of the file, the
 * last of duplicates. */
JsonNode *
sage_json_piece_node (const SageJsonPiece *piece)
{
  SageJsonCursor cursor;

  sage_json_cursor_init (&cursor, piece->at, piece->length);

  return read_node (&cursor);
}
