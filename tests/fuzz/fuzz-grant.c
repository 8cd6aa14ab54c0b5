/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-grant"

#include "config.h"

#include <string.h>

#include "eng-grant.h"
#include "sage-digest.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static const guint8 KEY[ENG_GRANT_KEY_SIZE] = "the key of this engine";

/* What opens is exactly what would be sealed. */
static void
check (const char *text)
{
  EngGrant grant;
  g_autofree char *again = NULL;

  if (!eng_grant_open (KEY, text, &grant))
    return;
  again = eng_grant_seal (KEY, &grant);
  g_assert_cmpstr (again, ==, text);
}

/* Seals any bytes, as nobody else can, so that what is behind the seal is reached. */
static char *
seal (const guint8 *data,
      gsize         size)
{
  g_autofree guint8 *bytes = g_malloc0 (size + SAGE_SHA256_SIZE);
  guint8 derived[SAGE_SHA256_SIZE];
  char *text;

  if (size > 0)
    memcpy (bytes, data, size);
  sage_hmac_sha256 (KEY, sizeof KEY, "grant", strlen ("grant"), derived);
  sage_hmac_sha256 (derived, sizeof derived, bytes, size, bytes + size);
  text = g_base64_encode (bytes, size + SAGE_SHA256_SIZE);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autofree char *sealed = seal (data, size);

  check (text);
  check (sealed);

  return 0;
}
