/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job"

#include "config.h"

#include <string.h>

#include "eng-cursor-private.h"

/* A walk over JSON that sage_json_scan() passed: it is well formed, so this only has to find its
 * way in it. It needs GLib only: loading json-glib would add 0.9 ms to the start of every shim. */

static void
skip_space (EngCursor *self)
{
  while (*self->at == ' ' || *self->at == '\n' || *self->at == '\t' || *self->at == '\r')
    self->at++;
}

/**
 * eng_cursor_accept:
 * @self: the cursor
 * @token: a bracket, brace, comma, colon or quote
 *
 * Steps over @token when it comes next.
 *
 * Returns: whether it did
 */
gboolean
eng_cursor_accept (EngCursor *self,
                   char       token)
{
  skip_space (self);
  if (*self->at != token)
    return FALSE;

  self->at++;

  return TRUE;
}

static gunichar
read_hex4 (EngCursor *self)
{
  gunichar value = 0;

  for (int i = 0; i < 4; i++)
    value = value * 16 + g_ascii_xdigit_value (*self->at++);

  return value;
}

static void
read_escape (EngCursor *self,
             GString   *out)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  char escape = *self->at++;
  gunichar character;

  if (escape != 'u')
    {
      g_string_append_c (out, values[strchr (names, escape) - names]);
      return;
    }

  character = read_hex4 (self);
  if (character >= 0xd800 && character < 0xdc00)
    {
      self->at += strlen ("\\u");
      character = 0x10000 + ((character - 0xd800) << 10) + (read_hex4 (self) - 0xdc00);
    }
  g_string_append_unichar (out, character);
}

/**
 * eng_cursor_string:
 * @self: the cursor
 *
 * Returns: (transfer full) (nullable): the string that comes next; %NULL when none does
 */
char *
eng_cursor_string (EngCursor *self)
{
  GString *out;

  if (!eng_cursor_accept (self, '"'))
    return NULL;

  out = g_string_new (NULL);
  while (*self->at != '"')
    {
      gsize plain = strcspn (self->at, "\"\\");

      g_string_append_len (out, self->at, plain);
      self->at += plain;
      if (*self->at == '\\')
        {
          self->at++;
          read_escape (self, out);
        }
    }
  self->at++;

  return g_string_free (out, FALSE);
}

/**
 * eng_cursor_next_member:
 * @self: the cursor, in an object
 *
 * Returns: (transfer full) (nullable): the next member's name; %NULL once the object was left
 */
char *
eng_cursor_next_member (EngCursor *self)
{
  char *name;

  eng_cursor_accept (self, ',');
  if (eng_cursor_accept (self, '}'))
    return NULL;

  name = eng_cursor_string (self);
  eng_cursor_accept (self, ':');

  return name;
}

/**
 * eng_cursor_skip_value:
 * @self: the cursor, at a value
 *
 * Steps over the value, whatever it is.
 */
void
eng_cursor_skip_value (EngCursor *self)
{
  guint depth = 0;

  do
    {
      skip_space (self);
      switch (*self->at)
        {
        case '"':
          g_free (eng_cursor_string (self));
          break;
        case '{':
        case '[':
          depth++;
          self->at++;
          break;
        case '}':
        case ']':
          depth--;
          self->at++;
          break;
        case ',':
        case ':':
          self->at++;
          break;
        default:
          self->at += strcspn (self->at, ",:]} \t\r\n");
          break;
        }
    }
  while (depth > 0);
}

/**
 * eng_cursor_text:
 * @self: the cursor, at a value
 * @value: (inout): a string; the old value is freed
 *
 * Returns: whether one came next
 */
gboolean
eng_cursor_text (EngCursor  *self,
                 char      **value)
{
  g_free (*value);
  *value = eng_cursor_string (self);

  return *value != NULL;
}

/**
 * eng_cursor_list:
 * @self: the cursor, at a value
 * @value: (inout): a list of strings; the old value is freed
 *
 * Returns: whether one came next
 */
gboolean
eng_cursor_list (EngCursor *self,
                 GStrv     *values)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (!eng_cursor_accept (self, '['))
    return FALSE;

  while (!eng_cursor_accept (self, ']'))
    {
      char *value = eng_cursor_string (self);

      if (value == NULL)
        return FALSE;
      g_strv_builder_take (builder, value);
      eng_cursor_accept (self, ',');
    }

  g_strfreev (*values);
  *values = g_strv_builder_end (builder);

  return TRUE;
}

/**
 * eng_cursor_double:
 * @self: the cursor, at a value
 * @value: (inout): a number
 *
 * Returns: whether one came next
 */
gboolean
eng_cursor_double (EngCursor *self,
                   double    *value)
{
  char *end;

  skip_space (self);
  *value = g_ascii_strtod (self->at, &end);
  if (end == self->at)
    return FALSE;
  self->at = end;

  return TRUE;
}

/**
 * eng_cursor_integer:
 * @self: the cursor, at a member's value
 * @maximum: the largest value allowed
 * @value: (out): the value
 *
 * Returns: whether a whole number came next, written without sign, fraction or exponent
 */
gboolean
eng_cursor_integer (EngCursor *self,
                    guint64    maximum,
                    guint64   *value)
{
  char *end;

  skip_space (self);
  if (!g_ascii_isdigit (*self->at))
    return FALSE;

  *value = g_ascii_strtoull (self->at, &end, 10);
  self->at = end;
  skip_space (self);

  return *value <= maximum && (*self->at == ',' || *self->at == '}');
}

/**
 * eng_cursor_uint:
 * @self: the cursor, at a value
 * @value: (inout): a whole number that fits
 *
 * Returns: whether one came next
 */
gboolean
eng_cursor_uint (EngCursor *self,
                 guint     *value)
{
  guint64 wide = 0;

  if (!eng_cursor_integer (self, G_MAXUINT, &wide))
    return FALSE;
  *value = (guint) wide;

  return TRUE;
}

/**
 * eng_cursor_flag:
 * @self: the cursor, at a value
 * @value: (inout): true or false
 *
 * Returns: whether one came next
 */
gboolean
eng_cursor_flag (EngCursor *self,
                 gboolean  *value)
{
  skip_space (self);
  *value = *self->at == 't';
  if (*self->at != 't' && *self->at != 'f')
    return FALSE;
  eng_cursor_skip_value (self);

  return TRUE;
}

