/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-jobs"

#include "config.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "eng-jobs.h"
#include "sage-json.h"

struct _EngJobs
{
  EngEngine                  *engine;
  const EngJobFamily * const *families;
  guint                       n_families;
  guint                       subscription;
  GThread                    *thread;   /* (owned): the dispatcher */
  GAsyncQueue                *messages; /* (owned): of Message */
  GHashTable                 *active;   /* (owned): "kind/name" → Active; dispatcher only */
  int                         quit;     /* atomic */
};

/* A job that waits for capacity or runs. Dispatcher thread only, but for the thread's own use. */
typedef struct
{
  EngJobs            *jobs;
  const EngJobFamily *family;
  char               *key;     /* (owned) */
  char               *name;    /* (owned) */
  EngTicket          *ticket;  /* (owned) (nullable) */
  GThread            *thread;  /* (owned) (nullable): NULL while it waits */
  int                 wake_fd; /* (owned) */
} Active;

typedef enum
{
  MESSAGE_CHANGED, /* the row of `family` and `name` changed to `status` */
  MESSAGE_GRANTED, /* `key` may run now */
  MESSAGE_ENDED,   /* the thread of `key` is about to return */
  MESSAGE_QUIT,
} MessageKind;

typedef struct
{
  MessageKind         kind;
  const EngJobFamily *family;
  char               *name;   /* (owned) (nullable) */
  char               *status; /* (owned) (nullable) */
} Message;

static void
post (EngJobs            *self,
      MessageKind         kind,
      const EngJobFamily *family,
      const char         *name,
      const char         *status)
{
  Message *message = g_new0 (Message, 1);

  message->kind = kind;
  message->family = family;
  message->name = g_strdup (name);
  message->status = g_strdup (status);
  /* For every row that begins to wait, the writer is waited for: whoever may run or has ended does
   * not stand behind thousands of those. */
  if (kind == MESSAGE_CHANGED)
    g_async_queue_push (self->messages, message);
  else
    g_async_queue_push_front (self->messages, message);
}

static void
message_free (Message *message)
{
  g_free (message->name);
  g_free (message->status);
  g_free (message);
}

/* Names are looked up without regard to case everywhere. */
static char *
make_key (const EngJobFamily *family,
          const char         *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strconcat (family->kind, "/", lower, NULL);
}

static void
active_free (gpointer data)
{
  Active *active = data;

  if (active->thread != NULL)
    g_thread_join (active->thread);
  g_clear_pointer (&active->ticket, eng_capacity_release);
  close (active->wake_fd);
  g_free (active->key);
  g_free (active->name);
  g_free (active);
}

static gpointer
job_thread (gpointer user_data)
{
  Active *active = user_data;
  EngJobs *jobs = active->jobs;

  eng_job_run (jobs->engine, active->family, active->name, active->wake_fd, &jobs->quit);
  post (jobs, MESSAGE_ENDED, active->family, active->name, NULL);

  return NULL;
}

static void
start_thread (Active *active)
{
  if (active->thread == NULL)
    active->thread = g_thread_new ("eng-job", job_thread, active);
}

static void
granted_cb (EngTicket *ticket,
            gpointer   user_data)
{
  Active *active = user_data;

  post (active->jobs, MESSAGE_GRANTED, active->family, active->name, NULL);
}

static void
show_wait (Active *active)
{
  g_autofree char *why = eng_capacity_describe_wait (active->ticket);
  g_autoptr(GError) error = NULL;

  if (why != NULL &&
      !eng_job_run_show (active->jobs->engine, active->family, active->name,
                         ENG_JOB_PHASE_WAITING, why, &error))
    g_warning ("Cannot record that '%s' waits: %s", active->name, error->message);
}

/* What the job takes of this machine; an unknown type fails later, with a message. */
static void
read_need (EngJobs            *self,
           const EngJobFamily *family,
           EngResource        *resource,
           double             *cpus,
           guint64            *memory)
{
  g_autoptr(JsonObject) doc = eng_resource_doc (resource, NULL);
  const EngInstance *instance = NULL;

  if (doc != NULL)
    instance = eng_images_instance (self->engine->images, family->instance_type (doc), NULL);

  *cpus = instance != NULL ? instance->vcpus : 1;
  *memory = instance != NULL ? instance->memory_bytes : 0;
}

static void
activate (EngJobs            *self,
          const EngJobFamily *family,
          EngResource        *resource)
{
  g_autofree char *directory = eng_job_run_directory (self->engine, resource);
  g_auto(EngJobStatus) status = { 0 };
  gboolean adopted;
  Active *active;
  double cpus;
  guint64 memory;

  active = g_new0 (Active, 1);
  active->jobs = self;
  active->family = family;
  active->key = make_key (family, resource->name);
  active->name = g_strdup (resource->name);
  active->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_hash_table_insert (self->active, active->key, active);

  read_need (self, family, resource, &cpus, &memory);
  adopted = eng_job_status_read (directory, &status, NULL) && status.state != ENG_JOB_NONE;
  adopted = adopted || eng_job_is_alive (directory);

  if (adopted)
    active->ticket = eng_capacity_take (self->engine->capacity, cpus, memory);
  else if (strcmp (resource->status, "Stopping") != 0)
    {
      active->ticket = eng_capacity_request (self->engine->capacity, cpus, memory, granted_cb,
                                             active);
      show_wait (active);
      return;
    }

  start_thread (active);
}

/* Starts what a row that is under way asks for, if nobody drives it yet. */
static void
consider (EngJobs            *self,
          const EngJobFamily *family,
          const char         *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngResource) resource = NULL;
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, &error);

  if (reader != NULL)
    resource = eng_resource_load (reader, family->kind, name, &error);
  if (error != NULL)
    g_warning ("Cannot read the job '%s': %s", name, error->message);

  if (resource != NULL && (strcmp (resource->status, "InProgress") == 0 ||
                           strcmp (resource->status, "Stopping") == 0))
    activate (self, family, resource);
}

static void
handle_changed (EngJobs *self,
                Message *message)
{
  g_autofree char *key = make_key (message->family, message->name);
  Active *active = g_hash_table_lookup (self->active, key);

  if (active == NULL)
    consider (self, message->family, message->name);
  else if (strcmp (message->status, "Stopping") == 0)
    {
      if (active->thread != NULL)
        eventfd_write (active->wake_fd, 1);
      else
        start_thread (active); /* it still waits for capacity: only its end is left to write */
    }
}

static void
handle (EngJobs *self,
        Message *message)
{
  g_autofree char *key = NULL;
  Active *active;

  if (message->kind == MESSAGE_CHANGED)
    {
      handle_changed (self, message);
      return;
    }

  key = make_key (message->family, message->name);
  active = g_hash_table_lookup (self->active, key);
  if (active == NULL)
    return;

  if (message->kind == MESSAGE_GRANTED)
    start_thread (active);
  else
    {
      g_hash_table_remove (self->active, key);
      /* The name may have been deleted and taken again meanwhile. */
      consider (self, message->family, message->name);
    }
}

static gpointer
dispatcher_thread (gpointer user_data)
{
  EngJobs *self = user_data;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < self->n_families; i++)
    eng_job_sweep (self->engine, self->families[i], &self->quit);

  while (TRUE)
    {
      Message *message = g_async_queue_pop (self->messages);
      /* However much is queued, a stop does not wait for it: the rows say it all again. */
      gboolean quit = message->kind == MESSAGE_QUIT || g_atomic_int_get (&self->quit);

      if (!quit)
        handle (self, message);
      message_free (message);
      if (quit)
        break;
    }

  g_hash_table_iter_init (&iter, self->active);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    eventfd_write (((Active *) value)->wake_fd, 1);
  g_hash_table_remove_all (self->active);

  return NULL;
}

/* On the writer thread. */
static void
event_cb (const EngEvent *event,
          gpointer        user_data)
{
  EngJobs *self = user_data;

  for (guint i = 0; i < self->n_families; i++)
    if (strcmp (event->kind, self->families[i]->kind) == 0 &&
        (strcmp (event->status, "InProgress") == 0 || strcmp (event->status, "Stopping") == 0))
      post (self, MESSAGE_CHANGED, self->families[i], event->name, event->status);
}

static gboolean
queue_unfinished (EngJobs  *self,
                  GError  **error)
{
  static const char * const statuses[] = { "InProgress", "Stopping", NULL };
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, error);

  if (reader == NULL)
    return FALSE;

  for (guint i = 0; i < self->n_families; i++)
    {
      g_autoptr(GPtrArray) rows = eng_resource_load_by_status (reader, self->families[i]->kind,
                                                               statuses, error);

      if (rows == NULL)
        return FALSE;
      for (guint j = 0; j < rows->len; j++)
        {
          EngResource *resource = g_ptr_array_index (rows, j);

          post (self, MESSAGE_CHANGED, self->families[i], resource->name, resource->status);
        }
    }

  return TRUE;
}

/**
 * eng_jobs_start:
 * @engine: the engine
 * @families: (array length=n_families): the kinds of jobs, in static storage
 * @n_families: how many
 *
 * Adopts every job that is under way and from then on follows the rows: new ones wait for capacity
 * in their order and run.
 *
 * Returns: (transfer full): the controller
 */
EngJobs *
eng_jobs_start (EngEngine                   *engine,
                const EngJobFamily * const  *families,
                guint                        n_families,
                GError                     **error)
{
  EngJobs *self = g_new0 (EngJobs, 1);

  self->engine = engine;
  self->families = families;
  self->n_families = n_families;
  self->messages = g_async_queue_new_full ((GDestroyNotify) message_free);
  self->active = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, active_free);
  self->subscription = eng_store_subscribe (engine->store, event_cb, self);
  self->thread = g_thread_new ("eng-jobs", dispatcher_thread, self);

  if (!queue_unfinished (self, error))
    {
      eng_jobs_stop (self);
      return NULL;
    }

  return self;
}

/**
 * eng_jobs_stop:
 * @jobs: (nullable): the controller
 *
 * Stops following. Jobs run on under their shims; the next eng_jobs_start() adopts them.
 */
void
eng_jobs_stop (EngJobs *jobs)
{
  if (jobs == NULL)
    return;

  eng_store_unsubscribe (jobs->engine->store, jobs->subscription);
  g_atomic_int_set (&jobs->quit, TRUE);
  post (jobs, MESSAGE_QUIT, NULL, NULL, NULL);
  g_thread_join (jobs->thread);

  g_hash_table_unref (jobs->active);
  g_async_queue_unref (jobs->messages);
  g_free (jobs);
}
