/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-style"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-json-style-private.h"

/* nbformat's own style: one space a level, characters as they are, strings as arrays of lines. */
void
sage_json_style_init (SageJsonStyle *style)
{
  *style = (SageJsonStyle) {
    .indent = " ", .newline = "\n", .item_space = " ", .after_colon = " ", .has_lines = TRUE,
  };
}

/* Copies the white space between two places, if it is short enough to be a style. */
static void
take_space (char       *into,
            gsize       size,
            const char *from,
            const char *to)
{
  gsize length = (gsize) (to - from);

  if (length >= size || memchr (from, '\n', length) != NULL)
    return;
  memcpy (into, from, length);
  into[length] = '\0';
}

static const char *
past_space (const char *at,
            const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
    at++;

  return at;
}

/* Reads the style off the first members of a document's object. */
void
sage_json_style_detect (SageJsonStyle       *style,
                        const SageJsonPiece *document,
                        gboolean             is_ascii)
{
  const char *end = document->at + document->length;
  const char *key = past_space (document->at + 1, end);
  const char *line = memchr (document->at, '\n', (gsize) (key - document->at));
  SageJsonCursor cursor;
  SageJsonPiece name;
  SageJsonPiece value;
  gboolean is_first = TRUE;

  sage_json_style_init (style);
  style->is_ascii = is_ascii;
  if (*key != '"')
    return;

  style->indent[0] = '\0';
  if (line != NULL)
    {
      take_space (style->indent, sizeof style->indent, line + 1, key);
      if (line[-1] == '\r')
        g_strlcpy (style->newline, "\r\n", sizeof style->newline);
    }

  sage_json_cursor_init (&cursor, document->at, document->length);
  sage_json_cursor_enter (&cursor, '{');
  if (!sage_json_cursor_member (&cursor, &is_first, &name))
    return;
  take_space (style->before_colon, sizeof style->before_colon, name.at + name.length, cursor.at - 1);
  take_space (style->after_colon, sizeof style->after_colon, cursor.at,
              past_space (cursor.at, end));
  if (line == NULL && sage_json_cursor_value (&cursor, &value) &&
      sage_json_cursor_member (&cursor, &is_first, &name))
    take_space (style->item_space, sizeof style->item_space,
                (const char *) memchr (value.at + value.length, ',',
                                       (gsize) (end - value.at) - value.length) + 1, name.at);
}

/* Begins a line at a depth; nothing where all is on one line. */
void
sage_json_style_break (const SageJsonStyle *style,
                       GString             *out,
                       guint                depth)
{
  if (style->indent[0] == '\0')
    return;

  g_string_append (out, style->newline);
  for (guint i = 0; i < depth; i++)
    g_string_append (out, style->indent);
}

/* What stands between two members or items at a depth. */
void
sage_json_style_comma (const SageJsonStyle *style,
                       GString             *out,
                       guint                depth)
{
  g_string_append_c (out, ',');
  if (style->indent[0] == '\0')
    g_string_append (out, style->item_space);
  else
    sage_json_style_break (style, out, depth);
}

static void
append_colon (const SageJsonStyle *style,
              GString             *out)
{
  g_string_append (out, style->before_colon);
  g_string_append_c (out, ':');
  g_string_append (out, style->after_colon);
}

void
sage_json_style_key (const SageJsonStyle *style,
                     GString             *out,
                     const char          *key)
{
  sage_json_style_string (style, out, key, strlen (key));
  append_colon (style, out);
}

static void
append_unicode (GString  *out,
                gunichar  c)
{
  if (c >= 0x10000)
    g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                            0xdc00 + ((c - 0x10000) & 0x3ff));
  else
    g_string_append_printf (out, "\\u%04x", c);
}

/* Appends a string as Python's json and JavaScript's JSON.stringify() write it. */
void
sage_json_style_string (const SageJsonStyle *style,
                        GString             *out,
                        const char          *text,
                        gsize                length)
{
  static const char names[] = "\"\\bfnrt";
  static const char values[] = "\"\\\b\f\n\r\t";
  const char *end = text + length;
  const char *run = text;

  g_string_append_c (out, '"');
  for (const char *at = text; at < end;)
    {
      guchar c = (guchar) *at;
      const char *name;

      if (c >= 0x20 && c != '"' && c != '\\' && (!style->is_ascii || c < 0x7f))
        {
          at++;
          continue;
        }

      g_string_append_len (out, run, at - run);
      name = c < 0x80 && c != 0 ? strchr (values, c) : NULL;
      if (name != NULL)
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, names[name - values]);
        }
      else
        {
          append_unicode (out, g_utf8_get_char (at));
        }
      at = c < 0x80 ? at + 1 : g_utf8_next_char (at);
      run = at;
    }
  g_string_append_len (out, run, end - run);
  g_string_append_c (out, '"');
}

/* The end of the line at @at, its line break included, as Python's str.splitlines() sees it, which
 * nbformat cuts by. */
static const char *
line_end (const char *at,
          const char *end)
{
  for (; at < end; at++)
    {
      guchar c = (guchar) *at;

      if (c >= 0x20 && c < 0xc2)
        continue;
      if (c == '\r' && at + 1 < end && at[1] == '\n')
        return at + 2;
      if (c == '\n' || c == '\r' || c == 0x0b || c == 0x0c || (c >= 0x1c && c <= 0x1e))
        return at + 1;
      if (c == 0xc2 && at + 1 < end && (guchar) at[1] == 0x85)
        return at + 2;
      if (c == 0xe2 && at + 2 < end && (guchar) at[1] == 0x80 && ((guchar) at[2] | 1) == 0xa9)
        return at + 3;
    }

  return end;
}

/* Appends a multiline string: as the array of its lines, or whole. */
void
sage_json_style_text (const SageJsonStyle *style,
                      GString             *out,
                      const char          *text,
                      gsize                length,
                      gboolean             as_lines,
                      guint                depth)
{
  const char *end = text + length;
  g_autoptr(GString) comma = NULL;

  if (!as_lines)
    {
      sage_json_style_string (style, out, text, length);
      return;
    }

  comma = g_string_new (NULL); /* a program may have printed millions of lines */
  sage_json_style_comma (style, comma, depth + 1);
  g_string_append_c (out, '[');
  for (const char *at = text; at < end;)
    {
      const char *next = line_end (at, end);

      if (at == text)
        sage_json_style_break (style, out, depth + 1);
      else
        g_string_append_len (out, comma->str, (gssize) comma->len);
      sage_json_style_string (style, out, at, (gsize) (next - at));
      at = next;
    }
  if (length > 0)
    sage_json_style_break (style, out, depth);
  g_string_append_c (out, ']');
}

static void
append_scalar (const SageJsonStyle *style,
               GString             *out,
               const SageJsonPiece *value)
{
  if (sage_json_piece_kind (value) == '"')
    {
      /* A NUL or a lone surrogate, which no C string holds, stays the escape that it is. */
      if (g_strstr_len (value->at, (gssize) value->length, "\\u") != NULL)
        {
          g_string_append_len (out, value->at, (gssize) value->length);
        }
      else
        {
          g_autofree char *text = sage_json_piece_string (value);

          sage_json_style_string (style, out, text, strlen (text));
        }
    }
  else
    {
      g_string_append_len (out, value->at, (gssize) value->length);
    }
}

static void
append_value (const SageJsonStyle *style,
              GString             *out,
              SageJsonCursor      *cursor,
              guint                depth)
{
  char open = sage_json_cursor_peek (cursor);
  char close = open == '{' ? '}' : ']';
  gboolean is_first = TRUE;
  SageJsonPiece piece;

  if (open != '{' && open != '[')
    {
      sage_json_cursor_value (cursor, &piece);
      append_scalar (style, out, &piece);
      return;
    }

  g_string_append_c (out, open);
  sage_json_cursor_enter (cursor, open);
  while (TRUE)
    {
      gboolean was_first = is_first;

      if (open == '{' ? !sage_json_cursor_member (cursor, &is_first, &piece)
                      : !sage_json_cursor_next (cursor, close, &is_first))
        break;
      if (was_first)
        sage_json_style_break (style, out, depth + 1);
      else
        sage_json_style_comma (style, out, depth + 1);
      if (open == '{')
        {
          append_scalar (style, out, &piece);
          append_colon (style, out);
        }
      append_value (style, out, cursor, depth + 1);
    }
  if (!is_first)
    sage_json_style_break (style, out, depth);
  g_string_append_c (out, close);
}

/* Appends a value that was written in whatever style; its numbers keep their digits. */
void
sage_json_style_value (const SageJsonStyle *style,
                       GString             *out,
                       const SageJsonPiece *value,
                       guint                depth)
{
  SageJsonCursor cursor;

  sage_json_cursor_init (&cursor, value->at, value->length);
  append_value (style, out, &cursor, depth);
}

static void
append_double (GString *out,
               double   value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  /* Python's words, which only a document that had them can have led to. */
  if (isnan (value))
    g_strlcpy (buffer, "NaN", sizeof buffer);
  else if (isinf (value))
    g_strlcpy (buffer, value > 0 ? "Infinity" : "-Infinity", sizeof buffer);
  else
    for (guint digits = 15; digits <= 17; digits++)
      {
        char format[8];

        g_snprintf (format, sizeof format, "%%.%ug", digits);
        g_ascii_formatd (buffer, sizeof buffer, format, value);
        if (strpbrk (buffer, ".e") == NULL)
          g_strlcat (buffer, ".0", sizeof buffer);
        if (g_ascii_strtod (buffer, NULL) == value)
          break;
      }
  g_string_append (out, buffer);
}

static void
append_node_value (const SageJsonStyle *style,
                   GString             *out,
                   JsonNode            *node)
{
  const char *text;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      text = json_node_get_string (node);
      sage_json_style_string (style, out, text, strlen (text));
      break;
    case G_TYPE_BOOLEAN:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      break;
    case G_TYPE_DOUBLE:
      append_double (out, json_node_get_double (node));
      break;
    default:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
      break;
    }
}

static void
append_node_container (const SageJsonStyle *style,
                       GString             *out,
                       JsonNode            *node,
                       guint                depth)
{
  gboolean is_object = JSON_NODE_HOLDS_OBJECT (node);
  JsonObject *object = is_object ? json_node_get_object (node) : NULL;
  JsonArray *array = is_object ? NULL : json_node_get_array (node);
  g_autoptr(GList) names = is_object ? json_object_get_members (object) : NULL;
  guint n = is_object ? json_object_get_size (object) : json_array_get_length (array);
  GList *name = names;

  g_string_append_c (out, is_object ? '{' : '[');
  for (guint i = 0; i < n; i++, name = is_object ? name->next : NULL)
    {
      if (i == 0)
        sage_json_style_break (style, out, depth + 1);
      else
        sage_json_style_comma (style, out, depth + 1);
      if (is_object)
        sage_json_style_key (style, out, name->data);
      sage_json_style_node (style, out,
                            is_object ? json_object_get_member (object, name->data)
                                      : json_array_get_element (array, i),
                            depth + 1);
    }
  if (n > 0)
    sage_json_style_break (style, out, depth);
  g_string_append_c (out, is_object ? '}' : ']');
}

/* Appends a value of json-glib's. */
void
sage_json_style_node (const SageJsonStyle *style,
                      GString             *out,
                      JsonNode            *node,
                      guint                depth)
{
  if (JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_ARRAY (node))
    append_node_container (style, out, node, depth);
  else if (JSON_NODE_HOLDS_VALUE (node))
    append_node_value (style, out, node);
  else
    g_string_append (out, "null");
}
