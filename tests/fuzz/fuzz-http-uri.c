/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-http-uri"

#include "config.h"

#include <string.h>

#include "sage-http-uri.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* What was decoded is clean text, and encoding it again and decoding that gives it back. */
static void
check_text (const char *text)
{
  g_autofree char *encoded = sage_http_uri_encode (text, FALSE);
  g_autoptr(SageHttpParams) params = NULL;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  if (*text == '\0')
    return;
  params = sage_http_uri_parse_query (encoded, NULL);
  g_assert_nonnull (params);
  g_assert_cmpuint (params->n_params, ==, 1);
  g_assert_cmpstr (params->params[0].name, ==, text);
}

static void
check_params (const SageHttpParams *params)
{
  if (params == NULL)
    return;
  for (guint i = 0; i < params->n_params; i++)
    {
      check_text (params->params[i].name);
      check_text (params->params[i].value);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autofree char *decoded = sage_http_uri_decode ((const char *) data, (gssize) size, NULL);
  g_auto(GStrv) segments = sage_http_uri_split_path (text, NULL);
  g_autoptr(SageHttpParams) query = sage_http_uri_parse_query (text, NULL);
  g_autoptr(SageHttpParams) form = sage_http_uri_parse_form ((const char *) data, size, NULL);

  if (decoded != NULL)
    check_text (decoded);
  for (guint i = 0; segments != NULL && segments[i] != NULL; i++)
    check_text (segments[i]);
  check_params (query);
  check_params (form);
  return 0;
}
