/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-sigv4-private.h"

/* A key changes once a day for each secret, region and service: few are in use at a time. */
#define MAX_CACHED_KEYS 64

static GMutex cache_lock;
static GHashTable *cache; /* (owned): "secret\nday\nregion\nservice" to 32 bytes; under the lock */

/* The chain of HMACs that makes the signing key from the secret. */
void
sage_sig_derive_key (const char *secret,
                     const char *day,
                     const char *region,
                     const char *service,
                     guint8      key[32])
{
  g_autofree char *start = g_strconcat ("AWS4", secret, NULL);

  sage_hmac_sha256 (start, strlen (start), day, strlen (day), key);
  sage_hmac_sha256 (key, 32, region, strlen (region), key);
  sage_hmac_sha256 (key, 32, service, strlen (service), key);
  sage_hmac_sha256 (key, 32, SAGE_SIG_TERMINATOR, strlen (SAGE_SIG_TERMINATOR), key);
  explicit_bzero (start, strlen (start));
}

static void
free_secret (gpointer text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static char *
cache_key (const char *secret,
           const char *day,
           const char *region,
           const char *service)
{
  return g_strjoin ("\n", secret, day, region, service, NULL);
}

/* Returns: whether the key was there */
gboolean
sage_sig_key_cache_get (const char *secret,
                        const char *day,
                        const char *region,
                        const char *service,
                        guint8      key[32])
{
  char *name = cache_key (secret, day, region, service);
  const guint8 *found = NULL;

  g_mutex_lock (&cache_lock);
  if (cache != NULL)
    found = g_hash_table_lookup (cache, name);
  if (found != NULL)
    memcpy (key, found, 32);
  g_mutex_unlock (&cache_lock);

  free_secret (name);

  return found != NULL;
}

/* Remembers a key. Call it only for a scope that a valid signature named, or strangers fill it. */
void
sage_sig_key_cache_put (const char   *secret,
                        const char   *day,
                        const char   *region,
                        const char   *service,
                        const guint8  key[32])
{
  char *name = cache_key (secret, day, region, service);

  g_mutex_lock (&cache_lock);
  if (cache == NULL)
    cache = g_hash_table_new_full (g_str_hash, g_str_equal, free_secret, g_free);
  if (g_hash_table_size (cache) >= MAX_CACHED_KEYS)
    g_hash_table_remove_all (cache);
  g_hash_table_insert (cache, name, g_memdup2 (key, 32));
  g_mutex_unlock (&cache_lock);
}
