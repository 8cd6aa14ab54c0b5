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

typedef struct
{
  guint  allowance;  /* at once */
  double per_second; /* and then */
} Limit;

static const Limit key_limit = { 300, 5 };
static const Limit peer_limit = { 1200, 20 };

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
  GMutex lock; /* guards the buckets */
  Bucket keys[N_KEYS];
  Bucket peers[N_PEERS];
};

/**
 * sage_sig_backoff_new:
 *
 * Returns: (transfer full): counters that have seen nothing wrong, for use from any thread
 */
SageSigBackoff *
sage_sig_backoff_new (void)
{
  SageSigBackoff *self = g_new0 (SageSigBackoff, 1);

  g_mutex_init (&self->lock);
  for (guint i = 0; i < N_KEYS; i++)
    self->keys[i].left = key_limit.allowance;
  for (guint i = 0; i < N_PEERS; i++)
    self->peers[i].left = peer_limit.allowance;

  return self;
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

/* Returns: how many seconds until the allowance begins to come back; 0 while there is some */
static double
take (Bucket      *bucket,
      const Limit *limit,
      gint64       now)
{
  double passed = (double) MAX (now - bucket->time, 0) / G_USEC_PER_SEC;

  bucket->left = MIN (bucket->left + passed * limit->per_second, limit->allowance);
  bucket->time = now;
  bucket->left = MAX (bucket->left - 1, -MAX_WAIT * limit->per_second);

  return MAX (-bucket->left / limit->per_second, 0);
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
  guint peer_hash = g_str_hash (peer);
  guint key_hash = g_str_hash (access_key) * 31 + peer_hash;
  double by_key, by_peer;

  g_mutex_lock (&backoff->lock);
  by_key = take (&backoff->keys[key_hash % N_KEYS], &key_limit, now);
  by_peer = take (&backoff->peers[peer_hash % N_PEERS], &peer_limit, now);
  g_mutex_unlock (&backoff->lock);

  return (guint) ceil (MAX (by_key, by_peer));
}
