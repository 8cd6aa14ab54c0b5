/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-reply"

#include "config.h"

#include <math.h>
#include <string.h>

#include "alg-number.h"
#include "alg-reply.h"

static gboolean
is_type (const char *text,
         gsize       length,
         const char *name)
{
  return strlen (name) == length && g_ascii_strncasecmp (text, name, length) == 0;
}

/* Finds the format of one media range. */
static AlgReplyFormat
parse_range (const char     *text,
             gsize           length,
             AlgReplyFormat  fallback)
{
  if (is_type (text, length, "*/*"))
    return fallback;
  if (is_type (text, length, "text/csv") || is_type (text, length, "text/plain") ||
      is_type (text, length, "text/*"))
    return ALG_REPLY_CSV;
  if (is_type (text, length, "application/json") || is_type (text, length, "application/*"))
    return ALG_REPLY_JSON;
  if (is_type (text, length, "application/jsonlines"))
    return ALG_REPLY_JSON_LINES;

  return ALG_REPLY_UNKNOWN;
}

/**
 * alg_reply_format:
 * @accept: (nullable): the Accept header of a request
 * @fallback: what to give when nothing, or anything, is asked for
 *
 * Returns: the first of the listed formats that we have
 */
AlgReplyFormat
alg_reply_format (const char     *accept,
                  AlgReplyFormat  fallback)
{
  const char *p = accept;

  if (accept == NULL || accept[0] == '\0')
    return fallback;

  while (*p != '\0')
    {
      gsize length = strcspn (p, ",");
      AlgReplyFormat format;

      while (length > 0 && (*p == ' ' || *p == '\t'))
        {
          p++;
          length--;
        }

      format = parse_range (p, strcspn (p, ",; \t"), fallback);
      if (format != ALG_REPLY_UNKNOWN)
        return format;
      p += length + (p[length] == ',');
    }

  return ALG_REPLY_UNKNOWN;
}

/**
 * alg_reply_media_type:
 * @format: one that we have
 *
 * Returns: (transfer none): its Content-Type
 */
const char *
alg_reply_media_type (AlgReplyFormat format)
{
  switch (format)
    {
    case ALG_REPLY_JSON:
      return "application/json";
    case ALG_REPLY_JSON_LINES:
      return "application/jsonlines";
    case ALG_REPLY_CSV:
      return "text/csv; charset=utf-8";
    case ALG_REPLY_UNKNOWN:
    default:
      g_assert_not_reached ();
    }
}

static void
append_number (GString  *out,
               float     value,
               gboolean  json)
{
  char text[ALG_FLOAT_TEXT];
  gsize length;

  if (json && !isfinite (value))
    {
      g_string_append (out, "null");
      return;
    }

  length = alg_float_print (value, text);
  g_string_append_len (out, text, length);
}

static void
append_score (GString     *out,
              const float *values,
              guint        n_outputs)
{
  g_string_append (out, "{\"score\":");
  if (n_outputs > 1)
    g_string_append_c (out, '[');

  for (guint i = 0; i < n_outputs; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_number (out, values[i], TRUE);
    }

  g_string_append (out, n_outputs > 1 ? "]}" : "}");
}

/**
 * alg_reply_append:
 * @out: where the text goes
 * @format: how
 * @values: n_rows × n_outputs predictions
 * @n_rows: how many rows
 * @n_outputs: how many predictions a row has
 *
 * Writes predictions as SageMaker's XGBoost container does: CSV with a line a row and a comma
 * between the classes, or `{"predictions":[{"score":…}]}`, where several classes are a list. Each
 * number is the shortest that reads back as the same float; what is none is `null` in JSON.
 */
void
alg_reply_append (GString        *out,
                  AlgReplyFormat  format,
                  const float    *values,
                  gsize           n_rows,
                  guint           n_outputs)
{
  if (format == ALG_REPLY_JSON)
    g_string_append (out, "{\"predictions\":[");

  for (gsize row = 0; row < n_rows; row++, values += n_outputs)
    {
      if (format != ALG_REPLY_CSV)
        {
          if (format == ALG_REPLY_JSON && row > 0)
            g_string_append_c (out, ',');
          append_score (out, values, n_outputs);
        }
      for (guint i = 0; format == ALG_REPLY_CSV && i < n_outputs; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          append_number (out, values[i], FALSE);
        }
      if (format != ALG_REPLY_JSON)
        g_string_append_c (out, '\n');
    }

  if (format == ALG_REPLY_JSON)
    g_string_append (out, "]}");
}
