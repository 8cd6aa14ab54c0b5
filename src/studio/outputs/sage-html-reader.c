/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-html-reader"

#include "config.h"

#include <string.h>

#include "sage-html-entity-private.h"
#include "sage-html-reader.h"

/* What stands in these is no markup, and nothing for a reader. */
static const char * const raw_elements[] = {
  "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
  "plaintext",
};

/**
 * sage_html_reader_init:
 * @self: a reader
 * @html: any bytes; they must outlive the reader
 * @length: how many
 *
 * Begins to read.
 */
void
sage_html_reader_init (SageHtmlReader *self,
                       const char     *html,
                       gsize           length)
{
  memset (self, 0, sizeof *self);
  self->at = html;
  self->end = html + length;
  self->text = g_string_new (NULL);
}

static void
drop_attributes (SageHtmlReader *self)
{
  for (guint i = 0; i < self->n_attributes; i++)
    g_clear_pointer (&self->attributes[i].value, g_free);
  self->n_attributes = 0;
}

/**
 * sage_html_reader_clear:
 * @self: a reader
 *
 * Frees what it holds.
 */
void
sage_html_reader_clear (SageHtmlReader *self)
{
  drop_attributes (self);
  if (self->text != NULL)
    g_string_free (g_steal_pointer (&self->text), TRUE);
}

/**
 * sage_html_reader_get:
 * @self: a reader, at the start of an element
 * @attribute: its name, in lower case
 *
 * Returns: (nullable): the value
 */
const char *
sage_html_reader_get (SageHtmlReader *self,
                      const char     *attribute)
{
  for (guint i = 0; i < self->n_attributes; i++)
    if (strcmp (self->attributes[i].name, attribute) == 0)
      return self->attributes[i].value;

  return NULL;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* A name in lower case; one that is too long for any that we know becomes one that nobody knows. */
static void
copy_name (char        name[SAGE_HTML_MAX_NAME],
           const char *start,
           const char *end)
{
  gsize length = (gsize) (end - start);

  if (length >= SAGE_HTML_MAX_NAME || memchr (start, '\0', length) != NULL)
    {
      name[0] = '?';
      name[1] = '\0';
      return;
    }
  for (gsize i = 0; i < length; i++)
    name[i] = g_ascii_tolower (start[i]);
  name[length] = '\0';
}

static void
skip_spaces (SageHtmlReader *self)
{
  while (self->at < self->end && (is_space (*self->at) || *self->at == '/'))
    self->at++;
}

/* The value after an equals sign. Returns: (transfer full): it, as valid UTF-8 */
static char *
read_value (SageHtmlReader *self)
{
  g_autoptr(GString) value = g_string_new (NULL);
  const char *start;
  const char *end;

  while (self->at < self->end && is_space (*self->at))
    self->at++;
  start = self->at;
  if (start < self->end && (*start == '"' || *start == '\''))
    {
      end = memchr (start + 1, *start, (gsize) (self->end - start - 1));
      start++;
      self->at = end != NULL ? end + 1 : self->end;
      if (end == NULL)
        end = self->end;
    }
  else
    {
      while (self->at < self->end && !is_space (*self->at) && *self->at != '>')
        self->at++;
      end = self->at;
    }

  _sage_html_unescape (value, start, (gsize) (end - start));

  return g_utf8_make_valid (value->str, (gssize) value->len);
}

static void
read_attribute (SageHtmlReader *self)
{
  const char *start = self->at++; /* at least one, be it an equals sign */
  const char *end;
  char *value;

  while (self->at < self->end && !is_space (*self->at) && strchr ("/>=", *self->at) == NULL)
    self->at++;
  end = self->at;
  while (self->at < self->end && is_space (*self->at))
    self->at++;
  if (self->at < self->end && *self->at == '=')
    {
      self->at++;
      value = read_value (self);
    }
  else
    value = g_strdup ("");

  if (self->n_attributes == SAGE_HTML_MAX_ATTRIBUTES)
    {
      g_free (value);
      return;
    }
  copy_name (self->attributes[self->n_attributes].name, start, end);
  self->attributes[self->n_attributes++].value = value;
}

/* The next `</name`, or the end. */
static const char *
find_end_of_raw (SageHtmlReader *self)
{
  gsize length = strlen (self->name);

  for (const char *at = self->at; at < self->end; at++)
    {
      at = memchr (at, '<', (gsize) (self->end - at));
      if (at == NULL)
        break;
      if ((gsize) (self->end - at) > length + 2 && at[1] == '/' &&
          g_ascii_strncasecmp (at + 2, self->name, length) == 0 &&
          (is_space (at[length + 2]) || strchr ("/>", at[length + 2]) != NULL))
        return at;
    }

  return self->end;
}

/* The start or the end of an element, at its name. */
static void
read_tag (SageHtmlReader *self,
          SageHtmlKind    kind)
{
  const char *start = self->at;

  while (self->at < self->end && !is_space (*self->at) && *self->at != '/' && *self->at != '>')
    self->at++;
  self->kind = kind;
  copy_name (self->name, start, self->at);
  for (skip_spaces (self); self->at < self->end && *self->at != '>'; skip_spaces (self))
    read_attribute (self);
  if (self->at < self->end)
    self->at++;

  if (kind == SAGE_HTML_START)
    for (gsize i = 0; i < G_N_ELEMENTS (raw_elements); i++)
      if (strcmp (self->name, raw_elements[i]) == 0)
        self->at = find_end_of_raw (self);
}

/* A comment, a declaration, an instruction: up to its end, which may be that of the text. */
static void
skip_declaration (SageHtmlReader *self)
{
  gsize left = (gsize) (self->end - self->at);
  const char *end;

  if (left >= 4 && memcmp (self->at, "<!--", 4) == 0)
    {
      end = memmem (self->at + 2, left - 2, "-->", 3); /* "<!-->" is one, too */
      if (end != NULL)
        end += 2;
    }
  else
    end = memchr (self->at, '>', left);

  self->at = end != NULL ? end + 1 : self->end;
}

static void
read_text (SageHtmlReader *self,
           const char     *end)
{
  g_autofree char *valid = NULL;

  g_string_truncate (self->text, 0);
  valid = g_utf8_make_valid (self->at, end - self->at);
  _sage_html_unescape (self->text, valid, strlen (valid));
  self->kind = SAGE_HTML_TEXT;
  self->at = end;
}

/**
 * sage_html_reader_next:
 * @self: a reader
 *
 * Goes to the next piece.
 *
 * Returns: whether there is one
 */
gboolean
sage_html_reader_next (SageHtmlReader *self)
{
  drop_attributes (self);

  while (self->at < self->end)
    {
      const char *at = self->at;
      char next = at + 1 < self->end ? at[1] : '\0';
      const char *end;

      if (*at == '<' && (next == '!' || next == '?'))
        {
          skip_declaration (self);
          continue;
        }
      if (*at == '<' && next == '/' && at + 2 < self->end)
        {
          self->at += 2;
          read_tag (self, SAGE_HTML_END);
          return TRUE;
        }
      if (*at == '<' && g_ascii_isalpha (next))
        {
          self->at++;
          read_tag (self, SAGE_HTML_START);
          return TRUE;
        }

      end = at + 1 < self->end ? memchr (at + 1, '<', (gsize) (self->end - at - 1)) : NULL;
      read_text (self, end != NULL ? end : self->end);
      return TRUE;
    }

  return FALSE;
}
