/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "sage-error.h"
#include "sage-jupyter-text-private.h"

/* What a cell prints ends up in JSON that our strict reader refuses, and rightly in a request: a NUL
 * (print("\0")), halves of surrogate pairs, bytes that are no UTF-8 (surrogateescape), integers of
 * any size, Python's NaN. An output is not lost for that: the tokens at fault are replaced. What
 * other clients get keeps all that is valid JSON. */

#define REPLACEMENT "\\ufffd"
#define MAX_DIGITS 500 /* sage_json_scan() takes a few more */

static void
append (GString    *out,
        const char *data,
        gsize       length)
{
  g_string_append_len (out, data, (gssize) length);
}

static gboolean
read_hex4 (const char *at,
           const char *end,
           guint      *value)
{
  if (end - at < 4)
    return FALSE;

  *value = 0;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return FALSE;
      *value = *value * 16 + (guint) digit;
    }

  return TRUE;
}

/* The escape at @at, a backslash. Returns: what follows it. */
static const char *
mend_escape (GString    *out,
             const char *at,
             const char *end)
{
  guint high;
  guint low;

  if (end - at < 2 || at[1] != 'u' || !read_hex4 (at + 2, end, &high))
    {
      gsize n = (gsize) MIN (end - at, 2);

      append (out, at, n);
      return at + n;
    }

  if (high == 0 || (high >= 0xdc00 && high <= 0xdfff))
    {
      g_string_append (out, REPLACEMENT);
      return at + 6;
    }
  if (high < 0xd800 || high > 0xdbff)
    {
      append (out, at, 6);
      return at + 6;
    }
  if (end - at >= 12 && at[6] == '\\' && at[7] == 'u' && read_hex4 (at + 8, end, &low) &&
      low >= 0xdc00 && low <= 0xdfff)
    {
      append (out, at, 12);
      return at + 12;
    }

  g_string_append (out, REPLACEMENT);

  return at + 6;
}

/* From the opening quote past the closing one. */
static const char *
mend_string (GString    *out,
             const char *at,
             const char *end,
             gboolean    escapes)
{
  const char *run = at++;

  while (at < end && *at != '"')
    {
      if (*at != '\\')
        {
          at++;
          continue;
        }

      append (out, run, (gsize) (at - run));
      if (escapes)
        {
          at = mend_escape (out, at, end);
        }
      else
        {
          append (out, at, (gsize) MIN (end - at, 2));
          at += MIN (end - at, 2);
        }
      run = at;
    }

  if (at < end)
    at++;
  append (out, run, (gsize) (at - run));

  return at;
}

static const char *
skip_digits (const char *at)
{
  while (g_ascii_isdigit (*at))
    at++;

  return at;
}

/* RFC 8259, section 6. */
static gboolean
is_number (const char *text)
{
  const char *at = text + (*text == '-');
  const char *after = skip_digits (at);

  if (after == at || (*at == '0' && after > at + 1))
    return FALSE;
  at = after;
  if (*at == '.')
    {
      after = skip_digits (at + 1);
      if (after == at + 1)
        return FALSE;
      at = after;
    }
  if (*at == 'e' || *at == 'E')
    {
      at += at[1] == '+' || at[1] == '-' ? 2 : 1;
      after = skip_digits (at);
      if (after == at)
        return FALSE;
      at = after;
    }

  return *at == '\0';
}

/* A number too large for what reads it: an integer becomes a real, a real beyond that null. */
static const char *
mend_number (GString    *out,
             const char *at,
             const char *end)
{
  const char *first = at;
  g_autofree char *text = NULL;
  gboolean integral = TRUE;
  double value;

  for (; at < end && strchr ("+-.0123456789eE", *at) != NULL && *at != '\0'; at++)
    integral = integral && strchr (".eE", *at) == NULL;
  text = g_strndup (first, (gsize) (at - first));

  value = g_ascii_strtod (text, NULL);
  errno = 0;
  if (integral)
    g_ascii_strtoll (text, NULL, 10);

  if (!is_number (text) ||
      (strlen (text) <= MAX_DIGITS && (integral ? errno == 0 : isfinite (value) != 0)))
    g_string_append (out, text);
  else
    sage_json_append_number (out, value); /* null where it is infinite */

  return at;
}

/* Python's words for numbers that JSON has none for. Returns: what follows it, or %NULL. */
static const char *
mend_word (GString    *out,
           const char *at,
           const char *end)
{
  static const char *const words[] = { "NaN", "Infinity", "-Infinity" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if ((gsize) (end - at) >= length && memcmp (at, words[i], length) == 0)
        {
          g_string_append (out, "null");
          return at + length;
        }
    }

  return NULL;
}

/* One pass over the tokens. It takes any bytes, and what is no JSON it leaves so. @fully: replace
 * also what is valid JSON and beyond our reader. */
static GBytes *
mend (GBytes   *bytes,
      gboolean  fully)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *valid = g_utf8_validate_len (data, length, NULL)
                             ? NULL : g_utf8_make_valid (data, (gssize) length);
  const char *at = valid != NULL ? valid : data;
  const char *end = valid != NULL ? valid + strlen (valid) : data + length;
  GString *out = g_string_sized_new ((gsize) (end - at) + 64);

  while (at < end)
    {
      const char *after = mend_word (out, at, end);

      if (after != NULL)
        at = after;
      else if (*at == '"')
        at = mend_string (out, at, end, fully);
      else if (fully && (*at == '-' || g_ascii_isdigit (*at)))
        at = mend_number (out, at, end);
      else
        g_string_append_c (out, *at++);
    }

  return g_string_free_to_bytes (out);
}

static gboolean
scan (GBytes                *bytes,
      const SageJsonLimits  *limits,
      GError               **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return sage_json_scan (data, length, limits, error);
}

/**
 * sage_jupyter_text_check:
 * @bytes: JSON as a kernel or a client wrote it
 * @limits: what is allowed
 * @text: (out caller-allocates): its two forms; mostly both are @bytes
 *
 * Returns: whether @bytes is JSON or what Jupyter's own writers make of it; else the errors of
 *   sage_json_scan()
 */
gboolean
sage_jupyter_text_check (GBytes                *bytes,
                         const SageJsonLimits  *limits,
                         SageJupyterText       *text,
                         GError               **error)
{
  g_autoptr(GBytes) wire = NULL;
  g_autoptr(GBytes) readable = NULL;

  *text = (SageJupyterText) { NULL, NULL };

  if (g_bytes_get_size (bytes) == 0)
    return sage_throw (error, SAGE_ERROR_SYNTAX, "Empty JSON document");
  if (g_bytes_get_size (bytes) > limits->max_bytes)
    return scan (bytes, limits, error);
  if (scan (bytes, limits, NULL))
    {
      text->wire = g_bytes_ref (bytes);
      text->readable = g_bytes_ref (bytes);
      return TRUE;
    }

  wire = mend (bytes, FALSE);
  readable = mend (wire, TRUE);
  if (!scan (readable, limits, error))
    return FALSE;

  text->wire = g_steal_pointer (&wire);
  text->readable = g_steal_pointer (&readable);

  return TRUE;
}

/**
 * sage_jupyter_text_clear:
 *
 * Drops both forms.
 */
void
sage_jupyter_text_clear (SageJupyterText *text)
{
  g_clear_pointer (&text->wire, g_bytes_unref);
  g_clear_pointer (&text->readable, g_bytes_unref);
}
