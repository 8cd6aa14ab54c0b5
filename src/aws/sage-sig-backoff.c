/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sig-backoff"

#include "config.h"

#include <math.h>

#include "sage-sig-backoff.h"

/*
 * Every signature is verified, and one that is right is never held up: all programs of a machine
 * share its loopback address, and whoever floods it with guesses at a key must not lock out who
 * holds it. So only what was wrong is counted, for each key and address together and for each address
 * with whatever keys it tries. Beyond an allowance, which mistakes and their tests stay within, the
 * answer to a guess no longer says what was wrong with it but to wait, longer with every one. Guessing
 * right takes 2^256 tries; what this saves is the work that clients with an old secret make when they
 * do as they are told.
 */

#define MAX_WAIT 60 /* seconds */

static const SageSigLimit signature_key_limit = { 300, 5 };
static const SageSigLimit signature_peer_limit = { 1200, 20 };

/* What is left of an allowance; below 0, what must come back before anything is. */
typedef struct
{
  double left;
  gint64 time; /* µs */
} Bucket;

#define N_KEYS 1024
#define N_PEERS 256

/* Strangers choose what is counted, so there is a fixed number of buckets. Two that share one wait for
 * each other's mistakes, which harms nobody who makes none. */
struct _SageSigBackoff
{
  SageSigLimit key_limit;
  SageSigLimit peer_limit;
  guint32      seed;

  GMutex lock; /* guards the buckets */
  Bucket keys[N_KEYS];
  Bucket peers[N_PEERS];
};

/**
 * sage_sig_backoff_new_with:
 * @key: what is let pass for one key from one address
 * @peer: what is let pass for one address
 * @seed: a random number where it would do harm to know which two share a bucket
 *
 * Returns: (transfer full): counters that have seen nothing wrong, for use from any thread
 */
SageSigBackoff *
sage_sig_backoff_new_with (const SageSigLimit *key,
                           const SageSigLimit *peer,
                           guint32             seed)
{
  SageSigBackoff *self = g_new0 (SageSigBackoff, 1);

  g_mutex_init (&self->lock);
  self->key_limit = *key;
  self->peer_limit = *peer;
  self->seed = seed;
  for (guint i = 0; i < N_KEYS; i++)
    self->keys[i].left = key->allowance;
  for (guint i = 0; i < N_PEERS; i++)
    self->peers[i].left = peer->allowance;

  return self;
}

/**
 * sage_sig_backoff_new:
 *
 * Returns: (transfer full): the same for signatures
 */
SageSigBackoff *
sage_sig_backoff_new (void)
{
  return sage_sig_backoff_new_with (&signature_key_limit, &signature_peer_limit, 0);
}

/**
 * sage_sig_backoff_free:
 * @backoff: (nullable): the counters
 */
void
sage_sig_backoff_free (SageSigBackoff *backoff)
{
  if (backoff == NULL)
    return;

  g_mutex_clear (&backoff->lock);
  g_free (backoff);
}

/* Takes @n. Returns: how many seconds until the allowance begins to come back; 0 while there is some */
static double
take (Bucket             *bucket,
      const SageSigLimit *limit,
      guint               n,
      gint64              now)
{
  double passed = (double) MAX (now - bucket->time, 0) / G_USEC_PER_SEC;

  bucket->left = MIN (bucket->left + passed * limit->per_second, limit->allowance);
  bucket->time = now;
  bucket->left = MAX (bucket->left - n, -MAX_WAIT * limit->per_second);

  return MAX (-bucket->left / limit->per_second, 0);
}

/* Which bucket a hash falls into: any other way for another @seed. */
static guint
bucket_of (guint   hash,
           guint32 seed)
{
  guint64 product = ((guint64) hash ^ seed) * (G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ seed);

  return seed == 0 ? hash : (guint) (product >> 32);
}

static guint
count (SageSigBackoff *self,
       const char     *access_key,
       const char     *peer,
       guint           n,
       gint64          now)
{
  guint peer_hash = g_str_hash (peer);
  guint key_hash = g_str_hash (access_key) * 31 + peer_hash;
  double by_key, by_peer;

  g_mutex_lock (&self->lock);
  by_key = take (&self->keys[bucket_of (key_hash, self->seed) % N_KEYS], &self->key_limit, n, now);
  by_peer = take (&self->peers[bucket_of (peer_hash, self->seed) % N_PEERS], &self->peer_limit, n, now);
  g_mutex_unlock (&self->lock);

  return (guint) ceil (MAX (by_key, by_peer));
}

/**
 * sage_sig_backoff_fail:
 * @backoff: the counters
 * @access_key: the key that a request named
 * @peer: the address it came from
 * @now: microseconds on a clock that never goes back
 *
 * Counts a request whose signature was wrong, or whose key is unknown.
 *
 * Returns: the seconds that its sender should wait, at most 60; 0 to answer as usual
 */
guint
sage_sig_backoff_fail (SageSigBackoff *backoff,
                       const char     *access_key,
                       const char     *peer,
                       gint64          now)
{
  return count (backoff, access_key, peer, 1, now);
}

/**
 * sage_sig_backoff_wait:
 * @backoff: the counters
 * @access_key: the key, or user, that a request names
 * @peer: the address it came from
 * @now: microseconds on a clock that never goes back
 *
 * For what can be guessed, and so must not even be tried while its sender has to wait. Counts nothing.
 *
 * Returns: the seconds that the sender has to wait, at most 60; 0 for none
 */
guint
sage_sig_backoff_wait (SageSigBackoff *backoff,
                       const char     *access_key,
                       const char     *peer,
                       gint64          now)
{
  return count (backoff, access_key, peer, 0, now);
}
