/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <string.h>

#include "sage-header-name.h"
#include "sage-sigv4-private.h"

/* The form of a request that both sides sign, as "Signature Version 4 signing process" in the AWS
 * General Reference describes it. */

static void
sage_sig_param_free (SageSigParam *param)
{
  g_free (param->name);
  g_free (param->value);
  g_free (param->encoded_name);
  g_free (param->encoded_value);
  g_free (param);
}

/* Appends @bytes with everything percent-encoded that RFC 3986 does not call unreserved. */
void
sage_sig_append_encoded (GString    *out,
                         const char *bytes,
                         gsize       length,
                         gboolean    keep_slash)
{
  for (gsize i = 0; i < length; i++)
    {
      guchar byte = bytes[i];

      if (g_ascii_isalnum (byte) || byte == '-' || byte == '_' || byte == '.' || byte == '~'
          || (keep_slash && byte == '/'))
        g_string_append_c (out, byte);
      else
        g_string_append_printf (out, "%%%02X", byte);
    }
}

/* A plus is a space, as every client that sends one means it; a stray per cent sign is itself. */
static GString *
decode (const char *text,
        gsize       length)
{
  GString *out = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '%' && i + 2 < length
          && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
        {
          g_string_append_c (out, (char) (g_ascii_xdigit_value (text[i + 1]) * 16
                                          + g_ascii_xdigit_value (text[i + 2])));
          i += 2;
        }
      else
        g_string_append_c (out, text[i] == '+' ? ' ' : text[i]);
    }

  return out;
}

static void
decode_part (const char  *text,
             gsize        length,
             char       **plain,
             char       **encoded)
{
  g_autoptr(GString) bytes = decode (text, length);
  GString *out = g_string_sized_new (bytes->len);

  sage_sig_append_encoded (out, bytes->str, bytes->len, FALSE);
  *plain = g_strndup (bytes->str, bytes->len);
  *encoded = g_string_free_and_steal (out);
}

static int
compare_params (const void *a,
                const void *b)
{
  const SageSigParam *first = *(SageSigParam *const *) a;
  const SageSigParam *second = *(SageSigParam *const *) b;
  int order = strcmp (first->encoded_name, second->encoded_name);

  return order != 0 ? order : strcmp (first->encoded_value, second->encoded_value);
}

/* Returns: (transfer full) (element-type SageSigParam): the parameters in the order of signing */
GPtrArray *
sage_sig_query_parse (const char *raw_query)
{
  GPtrArray *params = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_sig_param_free);

  while (*raw_query != '\0')
    {
      gsize length = strcspn (raw_query, "&");
      const char *equals = memchr (raw_query, '=', length);
      gsize name_length = equals != NULL ? (gsize) (equals - raw_query) : length;

      if (length > 0)
        {
          SageSigParam *param = g_new0 (SageSigParam, 1);
          gsize skip = equals != NULL ? name_length + 1 : length;

          decode_part (raw_query, name_length, &param->name, &param->encoded_name);
          decode_part (raw_query + skip, length - skip, &param->value, &param->encoded_value);
          g_ptr_array_add (params, param);
        }

      raw_query += length + (raw_query[length] == '&');
    }

  if (params->len > 1)
    g_ptr_array_sort (params, compare_params);

  return params;
}

guint
sage_sig_query_count (GPtrArray  *params,
                      const char *name)
{
  guint count = 0;

  for (guint i = 0; i < params->len; i++)
    count += strcmp (((SageSigParam *) params->pdata[i])->name, name) == 0;

  return count;
}

/* Returns: (nullable): the decoded value of the first parameter of that name */
const char *
sage_sig_query_get (GPtrArray  *params,
                    const char *name)
{
  for (guint i = 0; i < params->len; i++)
    {
      SageSigParam *param = params->pdata[i];

      if (strcmp (param->name, name) == 0)
        return param->value;
    }

  return NULL;
}

guint
sage_sig_header_count (const SageSigRequest *request,
                       const char           *name)
{
  guint count = 0;

  for (guint i = 0; request->headers[i] != NULL; i += 2)
    count += sage_header_name_equal (request->headers[i], name);

  return count;
}

/* Returns: (nullable): the value of the first header of that name */
const char *
sage_sig_header_get (const SageSigRequest *request,
                     const char           *name)
{
  for (guint i = 0; request->headers[i] != NULL; i += 2)
    if (sage_header_name_equal (request->headers[i], name))
      return request->headers[i + 1];

  return NULL;
}

/*
 * S3 signs the path exactly as sent: a key may hold any bytes, dots and slashes included. The
 * others drop dot segments and empty ones, then encode what was sent once more.
 */
static void
append_canonical_path (GString    *out,
                       const char *raw_path,
                       gboolean    s3)
{
  const gsize start = out->len;

  if (s3)
    {
      g_string_append (out, raw_path[0] != '\0' ? raw_path : "/");
      return;
    }

  for (const char *at = raw_path; *at != '\0'; at += *at == '/')
    {
      gsize length = strcspn (at, "/");

      if (length == 2 && at[0] == '.' && at[1] == '.')
        {
          /* No segment holds a slash, encoded as they are: the last one begins the last of them. */
          const char *slash = strrchr (out->str + start, '/');

          if (slash != NULL)
            g_string_truncate (out, slash - out->str);
        }
      else if (length > 1 || (length == 1 && at[0] != '.'))
        {
          g_string_append_c (out, '/');
          sage_sig_append_encoded (out, at, length, FALSE);
        }
      at += length;
    }

  if (out->len == start || g_str_has_suffix (raw_path, "/"))
    g_string_append_c (out, '/');
}

/* Appends a header value without outer blanks and with inner runs of blanks as one space. */
static void
append_header_value (GString    *out,
                     const char *value)
{
  static const char blanks[] = " \t";
  gsize start = out->len;

  for (value += strspn (value, blanks); *value != '\0'; value += strspn (value, blanks))
    {
      gsize length = strcspn (value, blanks);

      if (out->len > start)
        g_string_append_c (out, ' ');
      g_string_append_len (out, value, length);
      value += length;
    }
}

static void
append_canonical_header (GString              *out,
                         const SageSigRequest *request,
                         const char           *name)
{
  gboolean first = TRUE;

  g_string_append (out, name);
  g_string_append_c (out, ':');
  for (guint i = 0; request->headers[i] != NULL; i += 2)
    if (sage_header_name_equal (request->headers[i], name))
      {
        if (!first)
          g_string_append_c (out, ',');
        append_header_value (out, request->headers[i + 1]);
        first = FALSE;
      }
  g_string_append_c (out, '\n');
}

/*
 * Task 1 of the signing process. @signed_headers are in the order of the SignedHeaders list. The
 * signature itself is never part of the query.
 */
char *
sage_sig_canonical_request (const SageSigRequest *request,
                            GPtrArray            *params,
                            const char * const   *signed_headers,
                            const char           *payload_hash,
                            gboolean              s3)
{
  GString *out = g_string_sized_new (512);
  gboolean first = TRUE;

  g_string_append (out, request->method);
  g_string_append_c (out, '\n');
  append_canonical_path (out, request->raw_path, s3);
  g_string_append_c (out, '\n');

  for (guint i = 0; i < params->len; i++)
    {
      SageSigParam *param = params->pdata[i];

      if (strcmp (param->name, "X-Amz-Signature") == 0)
        continue;
      if (!first)
        g_string_append_c (out, '&');
      g_string_append (out, param->encoded_name);
      g_string_append_c (out, '=');
      g_string_append (out, param->encoded_value);
      first = FALSE;
    }
  g_string_append_c (out, '\n');

  for (guint i = 0; signed_headers[i] != NULL; i++)
    append_canonical_header (out, request, signed_headers[i]);
  g_string_append_c (out, '\n');

  for (guint i = 0; signed_headers[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ';');
      g_string_append (out, signed_headers[i]);
    }
  g_string_append_c (out, '\n');
  g_string_append (out, payload_hash);

  return g_string_free_and_steal (out);
}
