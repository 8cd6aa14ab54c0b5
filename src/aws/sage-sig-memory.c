/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sig-memory"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-sig-memory.h"
#include "sage-sigv4.h"

/*
 * A ring of the signatures in the order they came, with chains through it from a table of hashes:
 * every step takes the same short time, however many there are. The ring grows as far as it may
 * while its oldest signature still holds. Then it lets that one go and begins later: what was signed
 * before its beginning is refused, so that forgetting lets no repetition through but those that a
 * clock ahead of ours has signed.
 */

/* Clients sign to the second, so two honest calls may be equal; and a client that lost its
 * connection sends again at once what it had signed. */
#define REPEAT_SECONDS 2

/* How long a signature may hold after it was first seen: a clock may have been ahead by the most that
 * any service allows, and is as much behind when the signature ends. */
#define HOLD_US ((gint64) 2 * SAGE_SIG_S3_SKEW * G_USEC_PER_SEC)

#define MIN_CAPACITY 1024
#define NONE G_MAXUINT32

typedef struct
{
  guint64  print; /* the signature's first 64 bits: who cannot make signatures cannot choose them */
  gint64   seen;  /* µs */
  guint32  next;  /* in the chain, or NONE */
  gboolean told;  /* that it was repeated */
} Entry;

struct _SageSigMemory
{
  GMutex   lock; /* guards all that follows */
  Entry   *ring;     /* (owned) */
  guint32 *heads;    /* (owned): the chains' first entries; as many as the ring has places */
  guint    capacity; /* a power of two */
  guint    max_capacity;
  guint    n;
  guint    next;     /* where the next one goes; the oldest one, in a full ring */
  gint64   since;    /* µs: everything seen from then on is in the ring */
};

static guint
slot (const SageSigMemory *self,
      guint64              print)
{
  return (guint) print & (self->capacity - 1);
}

static guint64
read_print (const char *signature)
{
  guint64 print = 0;

  for (int i = 0; i < 16; i++)
    print = print << 4 | (guint64) (g_ascii_xdigit_value (signature[i]) & 15);

  return print;
}

static void
link_entry (SageSigMemory *self,
            guint32        index)
{
  guint32 *head = &self->heads[slot (self, self->ring[index].print)];

  self->ring[index].next = *head;
  *head = index;
}

static void
unlink_entry (SageSigMemory *self,
              guint32        index)
{
  guint32 *link = &self->heads[slot (self, self->ring[index].print)];

  while (*link != index)
    link = &self->ring[*link].next;
  *link = self->ring[index].next;
}

static Entry *
find (SageSigMemory *self,
      guint64        print)
{
  guint32 index = self->heads[slot (self, print)];

  while (index != NONE && self->ring[index].print != print)
    index = self->ring[index].next;

  return index != NONE ? &self->ring[index] : NULL;
}

static void
resize (SageSigMemory *self,
        guint          capacity)
{
  Entry *ring = g_new (Entry, capacity);
  guint behind = self->n - self->next; /* from the oldest one to the end of a full ring */

  if (self->n > 0)
    {
      memcpy (ring, self->ring + self->next, behind * sizeof *ring);
      memcpy (ring + behind, self->ring, self->next * sizeof *ring);
    }
  g_free (self->ring);
  self->ring = ring;
  self->capacity = capacity;
  self->next = self->n;

  g_free (self->heads);
  self->heads = g_new (guint32, capacity);
  memset (self->heads, 0xff, capacity * sizeof *self->heads);
  for (guint i = 0; i < self->n; i++)
    link_entry (self, i);
}

static void
remember (SageSigMemory *self,
          guint64        print,
          gint64         now)
{
  if (self->n == self->capacity)
    {
      gint64 oldest = self->ring[self->next].seen;
      gboolean holds = now - oldest < HOLD_US;

      if (holds && self->capacity < self->max_capacity)
        resize (self, self->capacity * 2);
      else
        {
          if (holds)
            self->since = MAX (self->since, oldest);
          unlink_entry (self, self->next);
          self->n--;
        }
    }

  self->ring[self->next] = (Entry) { .print = print, .seen = now };
  link_entry (self, self->next);
  self->n++;
  self->next = (self->next + 1) & (self->capacity - 1);
}

static SageSigSight
see_again (Entry  *entry,
           gint64  now,
           double *seconds)
{
  *seconds = (double) (now - entry->seen) / G_USEC_PER_SEC;
  if (*seconds <= REPEAT_SECONDS)
    return SAGE_SIG_SIGHT_FIRST;

  if (!entry->told)
    g_warning ("A request that was accepted %.0f s ago was sent again and refused: somebody may "
               "have captured it", *seconds);
  entry->told = TRUE;

  return SAGE_SIG_SIGHT_REPEATED;
}

/**
 * sage_sig_memory_new:
 * @max_signatures: how many to keep at most, of 32 bytes each; rounded up to a power of two
 * @since: when its keeper began to look, on the clock of sage_sig_memory_see(), or
 *   %SAGE_SIG_MEMORY_COMPLETE if nothing can have been signed before
 *
 * Returns: (transfer full): an empty memory, for use from any thread
 */
SageSigMemory *
sage_sig_memory_new (guint  max_signatures,
                     gint64 since)
{
  SageSigMemory *self = g_new0 (SageSigMemory, 1);

  self->max_capacity = MIN_CAPACITY;
  while (self->max_capacity < max_signatures && self->max_capacity < 1u << 30)
    self->max_capacity *= 2;
  self->since = since;
  g_mutex_init (&self->lock);
  resize (self, MIN_CAPACITY);

  return self;
}

/**
 * sage_sig_memory_free:
 * @memory: (nullable): the memory
 */
void
sage_sig_memory_free (SageSigMemory *memory)
{
  if (memory == NULL)
    return;

  g_mutex_clear (&memory->lock);
  g_free (memory->ring);
  g_free (memory->heads);
  g_free (memory);
}

/**
 * sage_sig_memory_see:
 * @memory: the memory
 * @signature: a signature that was verified, in hexadecimal
 * @age: seconds since it was made; less than 0 if its maker's clock is ahead
 * @now: microseconds on a clock that never goes back nor stands still, as sage_time_boot() has it
 * @seconds: (out): since it was first seen; or, if it is too old, how far back the memory goes
 *
 * Looks whether a signature was seen before, and remembers it. Two things are let through: the same
 * signature within two seconds, and, after a restart or when older ones made room, a signature by a
 * clock that is ahead of ours: whether it was made before cannot be told.
 *
 * Returns: what it is
 */
SageSigSight
sage_sig_memory_see (SageSigMemory *memory,
                     const char    *signature,
                     double         age,
                     gint64         now,
                     double        *seconds)
{
  guint64 print = read_print (signature);
  SageSigSight sight = SAGE_SIG_SIGHT_FIRST;
  Entry *entry;

  g_mutex_lock (&memory->lock);
  *seconds = memory->since != SAGE_SIG_MEMORY_COMPLETE
               ? (double) (now - memory->since) / G_USEC_PER_SEC : INFINITY;
  entry = find (memory, print);
  if (entry != NULL)
    sight = see_again (entry, now, seconds);
  else if (age >= *seconds && age > REPEAT_SECONDS + 1) /* a date is cut to the second */
    sight = SAGE_SIG_SIGHT_TOO_OLD;
  else
    remember (memory, print, now);
  g_mutex_unlock (&memory->lock);

  return sight;
}
