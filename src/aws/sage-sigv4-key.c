/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-sigv4-private.h"

/* A key changes once a day for each secret, region and service: few are in use at a time. */
#define MAX_CACHED_KEYS 64

/* What a key is made of. */
typedef struct
{
  const char *secret;
  const char *day;
  const char *region;
  const char *service;
} Scope;

static GMutex cache_lock;
static GHashTable *cache; /* (owned): of Scope to 32 bytes; under the lock */

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

static guint
scope_hash (gconstpointer key)
{
  const Scope *scope = key;

  return g_str_hash (scope->secret) * 31 + g_str_hash (scope->service);
}

static gboolean
scope_equal (gconstpointer a,
             gconstpointer b)
{
  const Scope *first = a;
  const Scope *second = b;

  return strcmp (first->secret, second->secret) == 0 && strcmp (first->day, second->day) == 0 &&
         strcmp (first->region, second->region) == 0 && strcmp (first->service, second->service) == 0;
}

static Scope *
scope_copy (const Scope *scope)
{
  Scope *copy = g_new (Scope, 1);

  copy->secret = g_strdup (scope->secret);
  copy->day = g_strdup (scope->day);
  copy->region = g_strdup (scope->region);
  copy->service = g_strdup (scope->service);

  return copy;
}

/* A copy. */
static void
scope_free (gpointer data)
{
  Scope *scope = data;

  explicit_bzero ((char *) scope->secret, strlen (scope->secret));
  g_free ((char *) scope->secret);
  g_free ((char *) scope->day);
  g_free ((char *) scope->region);
  g_free ((char *) scope->service);
  g_free (scope);
}

/* Returns: whether the key was there */
gboolean
sage_sig_key_cache_get (const char *secret,
                        const char *day,
                        const char *region,
                        const char *service,
                        guint8      key[32])
{
  const Scope scope = { secret, day, region, service };
  const guint8 *found = NULL;

  g_mutex_lock (&cache_lock);
  if (cache != NULL)
    found = g_hash_table_lookup (cache, &scope);
  if (found != NULL)
    memcpy (key, found, 32);
  g_mutex_unlock (&cache_lock);

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
  const Scope scope = { secret, day, region, service };

  g_mutex_lock (&cache_lock);
  if (cache == NULL)
    cache = g_hash_table_new_full (scope_hash, scope_equal, scope_free, g_free);
  if (g_hash_table_size (cache) >= MAX_CACHED_KEYS)
    g_hash_table_remove_all (cache);
  g_hash_table_insert (cache, scope_copy (&scope), g_memdup2 (key, 32));
  g_mutex_unlock (&cache_lock);
}
