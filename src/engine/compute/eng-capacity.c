/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-capacity"

#include "config.h"

#include "eng-capacity.h"

/* Fractions of a CPU are added and taken away in any order; sums may be off by rounding. */
#define CPU_SLACK 1e-6

struct _EngCapacity
{
  GMutex  lock;
  GCond   delivered;
  GQueue  waiting; /* of EngTicket, oldest first */
  double  cpus;
  guint64 memory;
  double  used_cpus;
  guint64 used_memory;
};

struct _EngTicket
{
  EngCapacity    *capacity; /* (unowned) */
  double          asked_cpus;
  guint64         asked_memory;
  double          cpus;   /* what it is charged for */
  guint64         memory;
  EngGrantedFunc  granted;
  gpointer        user_data;
  gboolean        holds;      /* its share is charged */
  GThread        *delivering; /* (unowned) (nullable): the thread inside granted() */
  guint           references; /* the holder's, and one while granted() runs */
};

/**
 * eng_capacity_new:
 * @cpus: CPUs that jobs may use together
 * @memory_bytes: memory that jobs may use together
 *
 * Returns: (transfer full): an empty machine
 */
EngCapacity *
eng_capacity_new (double  cpus,
                  guint64 memory_bytes)
{
  EngCapacity *self = g_new0 (EngCapacity, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->delivered);
  g_queue_init (&self->waiting);
  self->cpus = cpus;
  self->memory = memory_bytes;

  return self;
}

/**
 * eng_capacity_free:
 * @self: (transfer full): the capacity; every ticket must have been released
 */
void
eng_capacity_free (EngCapacity *self)
{
  g_return_if_fail (g_queue_is_empty (&self->waiting));

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->delivered);
  g_free (self);
}

static EngTicket *
ticket_new (EngCapacity *self,
            double       cpus,
            guint64      memory_bytes)
{
  EngTicket *ticket = g_new0 (EngTicket, 1);

  ticket->capacity = self;
  ticket->asked_cpus = cpus;
  ticket->asked_memory = memory_bytes;
  ticket->references = 1;

  /* an instance type may be bigger than this machine: such a job runs alone */
  ticket->cpus = MIN (cpus, self->cpus);
  ticket->memory = MIN (memory_bytes, self->memory);

  return ticket;
}

static void
charge (EngTicket *ticket)
{
  EngCapacity *self = ticket->capacity;

  self->used_cpus += ticket->cpus;
  self->used_memory += ticket->memory;
  ticket->holds = TRUE;
}

static void
refund (EngTicket *ticket)
{
  EngCapacity *self = ticket->capacity;

  self->used_cpus = MAX (0, self->used_cpus - ticket->cpus);
  self->used_memory -= ticket->memory;
  ticket->holds = FALSE;
}

/* Adopted jobs may have filled the machine beyond what it has: hence no subtraction. */
static gboolean
fits (EngTicket *ticket)
{
  EngCapacity *self = ticket->capacity;

  return self->used_cpus + ticket->cpus <= self->cpus + CPU_SLACK &&
         self->used_memory + ticket->memory <= self->memory;
}

/* Grants from the head of the queue while it fits; nobody overtakes, so that a big job is not
 * starved by small ones. Called with the lock held; drops it while a callback runs. */
static void
grant_waiting (EngCapacity *self)
{
  EngTicket *ticket;

  while ((ticket = g_queue_peek_head (&self->waiting)) != NULL && fits (ticket))
    {
      g_queue_pop_head (&self->waiting);
      charge (ticket);
      ticket->references++;
      ticket->delivering = g_thread_self ();

      g_mutex_unlock (&self->lock);
      ticket->granted (ticket, ticket->user_data);
      g_mutex_lock (&self->lock);

      ticket->delivering = NULL;
      g_cond_broadcast (&self->delivered);
      if (--ticket->references == 0)
        g_free (ticket);
    }
}

/**
 * eng_capacity_request:
 * @self: the capacity
 * @cpus: CPUs asked for; what exceeds the machine counts as the whole machine
 * @memory_bytes: memory asked for, likewise
 * @granted: called once when the share is granted, in this thread or in one that releases
 * @user_data: for @granted
 *
 * Asks for a share, first come, first served.
 *
 * Returns: (transfer full): the ticket; give it back with eng_capacity_release()
 */
EngTicket *
eng_capacity_request (EngCapacity    *self,
                      double          cpus,
                      guint64         memory_bytes,
                      EngGrantedFunc  granted,
                      gpointer        user_data)
{
  EngTicket *ticket;

  g_return_val_if_fail (granted != NULL, NULL);

  ticket = ticket_new (self, cpus, memory_bytes);
  ticket->granted = granted;
  ticket->user_data = user_data;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->waiting, ticket);
  grant_waiting (self);
  g_mutex_unlock (&self->lock);

  return ticket;
}

/**
 * eng_capacity_take:
 * @self: the capacity
 * @cpus: CPUs in use
 * @memory_bytes: memory in use
 *
 * Charges a share without asking: for jobs that already run when the engine starts.
 *
 * Returns: (transfer full): the ticket; give it back with eng_capacity_release()
 */
EngTicket *
eng_capacity_take (EngCapacity *self,
                   double       cpus,
                   guint64      memory_bytes)
{
  EngTicket *ticket = ticket_new (self, cpus, memory_bytes);

  g_mutex_lock (&self->lock);
  charge (ticket);
  g_mutex_unlock (&self->lock);

  return ticket;
}

/**
 * eng_capacity_release:
 * @ticket: (transfer full): the ticket, granted or still waiting
 *
 * Gives the share back, or leaves the queue. When this returns, the ticket's callback has
 * finished or will never run; so do not call it with a lock held that the callback takes.
 * The callback itself may call it.
 */
void
eng_capacity_release (EngTicket *ticket)
{
  EngCapacity *self = ticket->capacity;

  g_mutex_lock (&self->lock);

  while (ticket->delivering != NULL && ticket->delivering != g_thread_self ())
    g_cond_wait (&self->delivered, &self->lock);

  if (ticket->holds)
    refund (ticket);
  else
    g_queue_remove (&self->waiting, ticket);

  if (--ticket->references == 0)
    g_free (ticket);

  grant_waiting (self);
  g_mutex_unlock (&self->lock);
}

/**
 * eng_capacity_describe_wait:
 * @ticket: a ticket
 *
 * Returns: (transfer full) (nullable): why @ticket waits, as a sentence for a status message;
 *   %NULL when it was granted
 */
char *
eng_capacity_describe_wait (EngTicket *ticket)
{
  EngCapacity *self = ticket->capacity;
  char *text = NULL;

  g_mutex_lock (&self->lock);

  if (!ticket->holds)
    {
      /* most ask right after they have joined the queue */
      int ahead = ticket == g_queue_peek_tail (&self->waiting)
                    ? (int) self->waiting.length - 1 : g_queue_index (&self->waiting, ticket);
      double gib = ticket->asked_memory / (double) (1 << 30);

      text = g_strdup_printf ("Waiting for capacity: needs %g vCPU and %.3g GiB; %d %s ahead",
                              ticket->asked_cpus, gib, ahead, ahead == 1 ? "job" : "jobs");
    }

  g_mutex_unlock (&self->lock);

  return text;
}
