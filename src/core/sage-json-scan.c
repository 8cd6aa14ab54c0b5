/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json-private.h"

/* json-glib's parser accepts duplicate keys, NUL escapes, a byte order mark and infinite numbers,
 * saturates integers and recurses without bound. This scanner decides what a document is (RFC 8259,
 * plus our limits); sage-json-read.c makes a tree of what passed. */

#define DEFAULT_MAX_BYTES (1024 * 1024)
#define DEFAULT_MAX_DEPTH 64
#define DEFAULT_MAX_KEYS 10000
#define ITEMS_PER_KEY 10

/* Below this many keys comparing each pair is cheaper than sorting. */
#define PAIRWISE_KEYS 12

typedef struct
{
  const char *text;
  gsize       length;
} Key;

typedef struct
{
  const char   *start;
  const char   *at;
  const char   *end;
  guint         depth;
  guint         max_depth;
  guint         n_keys;
  guint         max_keys;
  guint         n_items;
  guint         max_items;
  GArray       *keys;     /* (owned): of Key; the keys of all open objects, innermost last */
  GStringChunk *decoded;  /* (owned) (nullable): keys that were written with escapes */
  const char   *problem;  /* (nullable): set once, where the scan stops */
} Scanner;

static gboolean scan_value (Scanner *self);

static gboolean
fail (Scanner    *self,
      const char *problem)
{
  if (self->problem == NULL)
    self->problem = problem;

  return FALSE;
}

static void
skip_space (Scanner *self)
{
  while (self->at < self->end &&
         (*self->at == ' ' || *self->at == '\t' || *self->at == '\n' || *self->at == '\r'))
    self->at++;
}

static gboolean
scan_literal (Scanner    *self,
              const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return fail (self, "unknown word");

  self->at += length;

  return TRUE;
}

static gboolean
scan_hex4 (Scanner *self,
           guint   *value)
{
  if (self->end - self->at < 4)
    return fail (self, "incomplete \\u escape");

  *value = 0;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*self->at++);

      if (digit < 0)
        return fail (self, "bad \\u escape");
      *value = *value * 16 + (guint) digit;
    }

  return TRUE;
}

/* After `\u`. Surrogates must come in pairs, and NUL would cut C strings short. */
static gboolean
scan_unicode_escape (Scanner *self)
{
  guint high;
  guint low;

  if (!scan_hex4 (self, &high))
    return FALSE;
  if (high == 0)
    return fail (self, "NUL character in a string");
  if (high >= 0xdc00 && high <= 0xdfff)
    return fail (self, "lone surrogate");
  if (high < 0xd800 || high > 0xdbff)
    return TRUE;

  if (self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u')
    return fail (self, "lone surrogate");
  self->at += 2;
  if (!scan_hex4 (self, &low))
    return FALSE;
  if (low < 0xdc00 || low > 0xdfff)
    return fail (self, "lone surrogate");

  return TRUE;
}

/* Scans from the opening quote past the closing one. */
static gboolean
scan_string (Scanner  *self,
             Key      *key,
             gboolean *escaped)
{
  const char *first = ++self->at;

  *escaped = FALSE;

  while (self->at < self->end && *self->at != '"')
    {
      guchar c = (guchar) *self->at++;

      if (c < 0x20)
        return fail (self, "control character in a string");
      if (c != '\\')
        continue;

      *escaped = TRUE;
      if (self->at == self->end)
        break;
      c = (guchar) *self->at++;
      if (c == 'u')
        {
          if (!scan_unicode_escape (self))
            return FALSE;
        }
      else if (c == '\0' || strchr ("\"\\/bfnrt", c) == NULL)
        {
          return fail (self, "unknown escape");
        }
    }

  if (self->at >= self->end)
    return fail (self, "string without an end");

  key->text = first;
  key->length = (gsize) (self->at - first);
  self->at++;

  return TRUE;
}

static void
skip_digits (Scanner *self)
{
  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;
}

static gboolean
number_fits (const char *first,
             gsize       length,
             gboolean    integral)
{
  char buffer[SAGE_JSON_NUMBER_SIZE];

  if (length >= sizeof buffer)
    return FALSE;

  memcpy (buffer, first, length);
  buffer[length] = '\0';

  if (!integral)
    return isfinite (g_ascii_strtod (buffer, NULL));

  errno = 0;
  g_ascii_strtoll (buffer, NULL, 10);

  return errno == 0;
}

static gboolean
scan_number (Scanner *self)
{
  const char *first = self->at;
  gboolean integral = TRUE;

  if (*self->at == '-')
    self->at++;
  if (self->at == self->end || !g_ascii_isdigit (*self->at))
    return fail (self, "bad number");
  if (*self->at == '0' && self->end - self->at > 1 && g_ascii_isdigit (self->at[1]))
    return fail (self, "number with a leading zero");
  skip_digits (self);

  if (self->at < self->end && *self->at == '.')
    {
      integral = FALSE;
      self->at++;
      if (self->at == self->end || !g_ascii_isdigit (*self->at))
        return fail (self, "bad number");
      skip_digits (self);
    }

  if (self->at < self->end && (*self->at == 'e' || *self->at == 'E'))
    {
      integral = FALSE;
      self->at++;
      if (self->at < self->end && (*self->at == '+' || *self->at == '-'))
        self->at++;
      if (self->at == self->end || !g_ascii_isdigit (*self->at))
        return fail (self, "bad number");
      skip_digits (self);
    }

  if (!number_fits (first, (gsize) (self->at - first), integral))
    return fail (self, "number out of range");

  return TRUE;
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  const Key *left = a;
  const Key *right = b;
  int order = memcmp (left->text, right->text, MIN (left->length, right->length));

  if (order != 0)
    return order;

  return (left->length > right->length) - (left->length < right->length);
}

/* Checks the keys of the innermost object and takes them off the stack. */
static gboolean
close_keys (Scanner *self,
            guint    base)
{
  Key *keys = &g_array_index (self->keys, Key, base);
  guint n = self->keys->len - base;

  if (n > PAIRWISE_KEYS)
    {
      qsort (keys, n, sizeof *keys, compare_keys);
      for (guint i = 1; i < n; i++)
        if (compare_keys (&keys[i - 1], &keys[i]) == 0)
          return fail (self, "duplicate key");
    }
  else
    {
      for (guint i = 1; i < n; i++)
        for (guint j = 0; j < i; j++)
          if (compare_keys (&keys[i], &keys[j]) == 0)
            return fail (self, "duplicate key");
    }

  g_array_set_size (self->keys, base);

  return TRUE;
}

static gunichar
decode_hex4 (const char *digits)
{
  gunichar value = 0;

  for (int i = 0; i < 4; i++)
    value = value * 16 + (gunichar) g_ascii_xdigit_value (digits[i]);

  return value;
}

/* Decodes the escape at @at, after its backslash, which scan_string() has checked. Returns: what
 * follows it. */
const char *
sage_json_decode_escape (const char *at,
                         GString    *out)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  gunichar character;

  if (*at != 'u')
    {
      g_string_append_c (out, values[strchr (names, *at) - names]);
      return at + 1;
    }

  character = decode_hex4 (at + 1);
  at += 5;
  if (character >= 0xd800 && character < 0xdc00)
    {
      character = 0x10000 + ((character - 0xd800) << 10) + (decode_hex4 (at + 2) - 0xdc00);
      at += 6;
    }
  g_string_append_unichar (out, character);

  return at;
}

/* Gives a key that was written with escapes its plain spelling, so that `"a"` equals `"\u0061"`.
 * Without json-glib: the shim scans too, and must not have to load it. */
static void
decode_key (Scanner *self,
            Key     *key)
{
  g_autoptr(GString) plain = g_string_new (NULL);
  const char *end = key->text + key->length;

  for (const char *at = key->text; at < end;)
    if (*at == '\\')
      at = sage_json_decode_escape (at + 1, plain);
    else
      g_string_append_c (plain, *at++);

  if (self->decoded == NULL)
    self->decoded = g_string_chunk_new (256);
  key->text = g_string_chunk_insert_len (self->decoded, plain->str, (gssize) plain->len);
  key->length = plain->len;
}

static gboolean
scan_member (Scanner *self)
{
  gboolean escaped;
  Key key;

  if (self->at == self->end || *self->at != '"')
    return fail (self, "a key was expected");
  if (!scan_string (self, &key, &escaped))
    return FALSE;
  if (++self->n_keys > self->max_keys)
    return fail (self, "too many keys");
  if (escaped)
    decode_key (self, &key);
  g_array_append_val (self->keys, key);

  skip_space (self);
  if (self->at == self->end || *self->at != ':')
    return fail (self, "':' was expected");
  self->at++;

  return scan_value (self);
}

static gboolean
scan_item (Scanner *self)
{
  if (++self->n_items > self->max_items)
    return fail (self, "too many array items");

  return scan_value (self);
}

/* Scans an object or array, from past the opening bracket to past the closing one. */
static gboolean
scan_container (Scanner  *self,
                char      close,
                gboolean (*scan_part) (Scanner *self))
{
  self->at++;
  if (++self->depth > self->max_depth)
    return fail (self, "nested too deeply");

  skip_space (self);
  if (self->at < self->end && *self->at == close)
    {
      self->at++;
      self->depth--;
      return TRUE;
    }

  while (TRUE)
    {
      skip_space (self);
      if (!scan_part (self))
        return FALSE;
      skip_space (self);
      if (self->at == self->end)
        return fail (self, "unexpected end");
      if (*self->at == close)
        break;
      if (*self->at != ',')
        return fail (self, "',' or a closing bracket was expected");
      self->at++;
    }

  self->at++;
  self->depth--;

  return TRUE;
}

static gboolean
scan_value (Scanner *self)
{
  guint base = self->keys->len;
  gboolean escaped;
  Key ignored;

  skip_space (self);
  if (self->at == self->end)
    return fail (self, "unexpected end");

  switch (*self->at)
    {
    case '{':
      return scan_container (self, '}', scan_member) && close_keys (self, base);
    case '[':
      return scan_container (self, ']', scan_item);
    case '"':
      return scan_string (self, &ignored, &escaped);
    case 't':
      return scan_literal (self, "true");
    case 'f':
      return scan_literal (self, "false");
    case 'n':
      return scan_literal (self, "null");
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return scan_number (self);
    default:
      return fail (self, "a value was expected");
    }
}

/**
 * sage_json_scan:
 * @data: the bytes; need not end in NUL
 * @length: how many
 * @limits: (nullable): what is allowed; %NULL for the defaults
 *
 * Checks that @data is exactly one JSON text (RFC 8259) in UTF-8, within @limits, without duplicate
 * keys, NUL characters, lone surrogates or numbers that a 64-bit integer or double cannot hold.
 *
 * Returns: whether it is; else %SAGE_ERROR_SYNTAX or %SAGE_ERROR_TOO_LARGE, naming the byte offset
 */
gboolean
sage_json_scan (const char            *data,
                gsize                  length,
                const SageJsonLimits  *limits,
                GError               **error)
{
  gsize max_bytes = limits != NULL && limits->max_bytes > 0 ? limits->max_bytes : DEFAULT_MAX_BYTES;
  Scanner self = { .start = data, .at = data, .end = data + length };
  const char *bad;

  if (length == 0)
    return sage_throw (error, SAGE_ERROR_SYNTAX, "Empty JSON document");
  if (length > max_bytes)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                       "JSON document of %" G_GSIZE_FORMAT " bytes exceeds %" G_GSIZE_FORMAT,
                       length, max_bytes);
  if (!g_utf8_validate_len (data, length, &bad))
    return sage_throw (error, SAGE_ERROR_SYNTAX, "JSON is not UTF-8 at byte %" G_GSIZE_FORMAT,
                       (gsize) (bad - data));

  self.max_depth = limits != NULL && limits->max_depth > 0 ? limits->max_depth : DEFAULT_MAX_DEPTH;
  self.max_keys = limits != NULL && limits->max_keys > 0 ? limits->max_keys : DEFAULT_MAX_KEYS;
  self.max_items = limits != NULL && limits->max_items > 0 ? limits->max_items
                                                           : self.max_keys * ITEMS_PER_KEY;
  self.keys = g_array_sized_new (FALSE, FALSE, sizeof (Key), 64);

  if (scan_value (&self))
    {
      skip_space (&self);
      if (self.at != self.end)
        fail (&self, "text after the end");
    }

  g_array_unref (self.keys);
  g_clear_pointer (&self.decoded, g_string_chunk_free);

  if (self.problem != NULL)
    return sage_throw (error, SAGE_ERROR_SYNTAX, "Malformed JSON at byte %" G_GSIZE_FORMAT ": %s",
                       (gsize) (self.at - data), self.problem);

  return TRUE;
}
