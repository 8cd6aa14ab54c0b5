/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-page-token"

#include "config.h"

#include <string.h>

#include "eng-page-token.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

#define LIFETIME_SECONDS 86400

/* A page may be of any size. CloudWatch Logs spells its members otherwise. */
static gboolean
is_paging (const char *member)
{
  static const char * const members[] = { "NextToken", "MaxResults", "nextToken", "limit",
                                          "page_token", "max_results", NULL };

  return g_strv_contains (members, member);
}

/* Tags a page position for one caller, operation and set of filters: a token from elsewhere, or
 * one made by hand, fails. Base64 of HMAC-SHA256 (32 bytes), then `time id position`. */
static void
sign (EngCall    *call,
      const char *payload,
      guint8      tag[SAGE_SHA256_SIZE])
{
  g_autoptr(GString) message = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_string_append_printf (message, "%s\n%s\n", call->operation->name, call->caller->principal);
  json_object_iter_init_ordered (&iter, call->input);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *value = NULL;

      if (is_paging (name))
        continue;
      value = sage_json_to_string (node);
      g_string_append_printf (message, "%s=%s\n", name, value);
    }
  /* No member's name holds a NUL, so none can pass for the beginning of a payload. */
  g_string_append_c (message, '\0');
  g_string_append (message, payload);

  sage_hmac_sha256 (call->engine->token_key, sizeof call->engine->token_key, message->str,
                    message->len, tag);
}

/**
 * eng_page_token_make:
 * @call: the listing call
 * @position: sort value of the last row sent
 * @id: its id
 *
 * Returns: (transfer full): a NextToken that only the same caller can use, with the same filters,
 *   for a day
 */
char *
eng_page_token_make (EngCall    *call,
                     const char *position,
                     gint64      id)
{
  g_autofree char *payload = g_strdup_printf ("%.0f %" G_GINT64_FORMAT " %s", sage_time_now (), id,
                                              position);
  gsize length = strlen (payload);
  g_autofree guint8 *bytes = g_malloc (SAGE_SHA256_SIZE + length);

  sign (call, payload, bytes);
  memcpy (bytes + SAGE_SHA256_SIZE, payload, length);

  return g_base64_encode (bytes, SAGE_SHA256_SIZE + length);
}

/**
 * eng_page_token_parse:
 * @call: the listing call
 * @token: what the caller sent
 * @position: (out) (transfer full): sort value of the last row sent
 * @id: (out): its id
 *
 * Returns: whether the token is one of ours for this very listing, else %SAGE_ERROR_INVALID
 */
gboolean
eng_page_token_parse (EngCall     *call,
                      const char  *token,
                      char       **position,
                      gint64      *id,
                      GError     **error)
{
  gsize length = 0;
  g_autofree guint8 *bytes = g_base64_decode (token, &length);
  g_autofree char *payload = NULL;
  guint8 tag[SAGE_SHA256_SIZE];
  g_auto(GStrv) parts = NULL;

  if (length <= SAGE_SHA256_SIZE)
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid pagination token");

  payload = g_strndup ((const char *) bytes + SAGE_SHA256_SIZE, length - SAGE_SHA256_SIZE);
  sign (call, payload, tag);
  if (!sage_equal_constant_time (tag, bytes, sizeof tag))
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid pagination token");

  parts = g_strsplit (payload, " ", 3);
  if (sage_time_now () - g_ascii_strtod (parts[0], NULL) > LIFETIME_SECONDS)
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid pagination token: it has expired");

  *id = g_ascii_strtoll (parts[1], NULL, 10);
  *position = g_strdup (parts[2]);

  return TRUE;
}
