/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-http-uri.h"

/* More parameters than any request we know has; each costs two allocations. */
#define MAX_PARAMS 1000

typedef enum
{
  DECODE_PATH,  /* `+` is itself; control characters are refused */
  DECODE_QUERY, /* `+` is itself */
  DECODE_FORM,  /* `+` is a space */
} DecodeMode;

/* Checks what decoding gave: text that C strings, file names and logs can carry. */
static gboolean
check_decoded (const char  *decoded,
               gsize        length,
               DecodeMode   mode,
               GError     **error)
{
  if (memchr (decoded, '\0', length) != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Percent-encoded NUL");
  if (!g_utf8_validate (decoded, (gssize) length, NULL))
    return sage_throw (error, SAGE_ERROR_INVALID, "Percent-encoded text is not UTF-8");
  if (mode != DECODE_PATH)
    return TRUE;

  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_iscntrl (decoded[i]))
        return sage_throw (error, SAGE_ERROR_INVALID, "Control character in a path");
    }
  return TRUE;
}

/* Decodes @length bytes of @text, exactly once. */
static char *
decode (const char  *text,
        gsize        length,
        DecodeMode   mode,
        GError     **error)
{
  g_autofree char *decoded = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      int high;
      int low;

      if (text[i] != '%')
        {
          decoded[n++] = mode == DECODE_FORM && text[i] == '+' ? ' ' : text[i];
          continue;
        }
      high = length - i > 2 ? g_ascii_xdigit_value (text[i + 1]) : -1;
      low = length - i > 2 ? g_ascii_xdigit_value (text[i + 2]) : -1;
      if (high < 0 || low < 0)
        {
          sage_throw (error, SAGE_ERROR_INVALID, "Percent sign without two hexadecimal digits");
          return NULL;
        }
      decoded[n++] = (char) (high << 4 | low);
      i += 2;
    }
  decoded[n] = '\0';

  if (!check_decoded (decoded, n, mode, error))
    return NULL;
  return g_steal_pointer (&decoded);
}

/**
 * sage_http_uri_decode:
 * @text: a path or a segment of one, as it was sent
 * @length: its length in bytes, or -1 if it ends with NUL
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID
 *
 * Decodes percent-encoding (RFC 3986 §2.1), exactly once; `+` stays. A malformed escape, bytes that
 * are not UTF-8, NUL and other control characters are refused.
 *
 * Returns: (transfer full): the decoded text, or %NULL with @error set
 */
char *
sage_http_uri_decode (const char  *text,
                      gssize       length,
                      GError     **error)
{
  return decode (text, length < 0 ? strlen (text) : (gsize) length, DECODE_PATH, error);
}

/**
 * sage_http_uri_split_path:
 * @path: a raw path; starts with a slash
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID
 *
 * Cuts a path at its slashes and decodes each segment, as sage_http_uri_decode() does. An encoded
 * slash is part of its segment. `/` gives one empty segment, `/a/` gives `a` and an empty one.
 * Nothing is normalised: `.` and `..` are segments like any other.
 *
 * Returns: (transfer full): the segments, or %NULL with @error set
 */
char **
sage_http_uri_split_path (const char  *path,
                          GError     **error)
{
  g_autoptr(GStrvBuilder) segments = g_strv_builder_new ();

  if (*path != '/')
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Path does not start with a slash");
      return NULL;
    }
  while (*path == '/')
    {
      gsize length = strcspn (++path, "/");
      char *segment = decode (path, length, DECODE_PATH, error);

      if (segment == NULL)
        return NULL;
      g_strv_builder_take (segments, segment);
      path += length;
    }
  return g_strv_builder_end (segments);
}

/**
 * sage_http_uri_encode:
 * @text: UTF-8 text
 * @keep_slashes: leave `/` as it is
 *
 * Percent-encodes everything but the unreserved characters `A-Za-z0-9-_.~`, with upper case digits:
 * the form that AWS signs (api.md §2).
 *
 * Returns: (transfer full): the encoded text
 */
char *
sage_http_uri_encode (const char *text,
                      gboolean    keep_slashes)
{
  static const char digits[] = "0123456789ABCDEF";
  GString *encoded = g_string_sized_new (strlen (text) + 16);

  for (; *text != '\0'; text++)
    {
      guchar c = (guchar) *text;

      if (g_ascii_isalnum (c) || strchr ("-_.~", c) != NULL || (keep_slashes && c == '/'))
        g_string_append_c (encoded, (char) c);
      else
        {
          g_string_append_c (encoded, '%');
          g_string_append_c (encoded, digits[c >> 4]);
          g_string_append_c (encoded, digits[c & 15]);
        }
    }
  return g_string_free_and_steal (encoded);
}

static void
param_clear (SageHttpParam *param)
{
  g_free (param->name);
  g_free (param->value);
}

static SageHttpParams *
parse (const char  *text,
       gsize        length,
       DecodeMode   mode,
       GError     **error)
{
  g_autoptr(GArray) params = g_array_new (FALSE, FALSE, sizeof (SageHttpParam));
  const char *end = text + length;
  SageHttpParams *result;
  const char *next;

  g_array_set_clear_func (params, (GDestroyNotify) param_clear);
  for (const char *at = text; at < end; at = next + 1)
    {
      SageHttpParam param = { NULL, NULL };
      const char *equals;

      next = memchr (at, '&', (gsize) (end - at));
      if (next == NULL)
        next = end;
      if (next == at)
        continue;
      equals = memchr (at, '=', (gsize) (next - at));
      if (params->len == MAX_PARAMS)
        {
          sage_throw (error, SAGE_ERROR_INVALID, "More than %d parameters", MAX_PARAMS);
          return NULL;
        }

      param.name = decode (at, (gsize) ((equals != NULL ? equals : next) - at), mode, error);
      if (param.name == NULL)
        return NULL;
      param.value = equals == NULL ? g_strdup ("")
                                   : decode (equals + 1, (gsize) (next - equals - 1), mode, error);
      g_array_append_val (params, param);
      if (param.value == NULL)
        return NULL;
    }

  result = g_new0 (SageHttpParams, 1);
  result->n_params = params->len;
  g_array_set_clear_func (params, NULL);
  result->params = g_array_steal (params, NULL);
  return result;
}

/**
 * sage_http_uri_parse_query:
 * @query: a raw query, without the question mark
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID
 *
 * Cuts a query at its ampersands and decodes names and values, exactly once; `+` stays. A name
 * without `=` has the value "". Malformed escapes, NUL, bytes that are not UTF-8, and more than
 * 1000 parameters are refused.
 *
 * Returns: (transfer full): the parameters, or %NULL with @error set
 */
SageHttpParams *
sage_http_uri_parse_query (const char  *query,
                           GError     **error)
{
  return parse (query, strlen (query), DECODE_QUERY, error);
}

/**
 * sage_http_uri_parse_form:
 * @body: the body of an `application/x-www-form-urlencoded` request
 * @length: its length in bytes
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID
 *
 * Reads a form, like sage_http_uri_parse_query() but with `+` for a space.
 *
 * Returns: (transfer full): the parameters, or %NULL with @error set
 */
SageHttpParams *
sage_http_uri_parse_form (const char  *body,
                          gsize        length,
                          GError     **error)
{
  return parse (body != NULL ? body : "", length, DECODE_FORM, error);
}

/**
 * sage_http_params_get:
 *
 * Returns: (nullable): the value of the first parameter called @name
 */
const char *
sage_http_params_get (const SageHttpParams *params,
                      const char           *name)
{
  for (guint i = 0; i < params->n_params; i++)
    {
      if (strcmp (params->params[i].name, name) == 0)
        return params->params[i].value;
    }
  return NULL;
}

/**
 * sage_http_params_has:
 *
 * Returns: %TRUE if there is a parameter called @name
 */
gboolean
sage_http_params_has (const SageHttpParams *params,
                      const char           *name)
{
  return sage_http_params_get (params, name) != NULL;
}

void
sage_http_params_free (SageHttpParams *params)
{
  for (guint i = 0; i < params->n_params; i++)
    param_clear (&params->params[i]);
  g_free (params->params);
  g_free (params);
}
