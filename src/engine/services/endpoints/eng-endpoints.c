/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoints"

#include "config.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "eng-endpoint-run.h"
#include "eng-endpoints.h"

/* How often a gateway that died is looked for. */
#define CHECK_SECONDS 2

struct _EngEndpoints
{
  EngEngine      *engine;
  EngGatewayLink *link;         /* (owned) */
  guint           subscription;
  GThread        *thread;       /* (owned): the dispatcher */
  GAsyncQueue    *messages;     /* (owned): of Message */
  GHashTable     *active;       /* (owned): name → Active; dispatcher only */
  int             quit;         /* atomic */
};

/* An endpoint with a thread. Dispatcher only, but for the thread's own use. */
typedef struct
{
  EngEndpoints *endpoints;
  char         *name;    /* (owned) */
  GThread      *thread;  /* (owned) */
  int           wake_fd; /* (owned) */
  gboolean      again;   /* the row changed while the thread ran */
} Active;

typedef enum
{
  MESSAGE_CHANGED,
  MESSAGE_ENDED,
  MESSAGE_QUIT,
} MessageKind;

typedef struct
{
  MessageKind  kind;
  char        *name; /* (owned) (nullable) */
} Message;

static void
post (EngEndpoints *self,
      MessageKind   kind,
      const char   *name)
{
  Message *message = g_new0 (Message, 1);

  message->kind = kind;
  message->name = name != NULL ? g_ascii_strdown (name, -1) : NULL;
  g_async_queue_push (self->messages, message);
}

static void
message_free (Message *message)
{
  g_free (message->name);
  g_free (message);
}

static void
active_free (gpointer data)
{
  Active *active = data;

  g_thread_join (active->thread);
  close (active->wake_fd);
  g_free (active->name);
  g_free (active);
}

/* The name as it was given: routes are looked up by it. */
static char *
proper_name (EngEndpoints *self,
             const char   *name)
{
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, NULL);
  g_autoptr(EngResource) resource = NULL;

  if (reader != NULL)
    resource = eng_resource_load (reader, ENG_ENDPOINT_KIND, name, NULL);

  return resource != NULL ? g_strdup (resource->name) : NULL;
}

static gpointer
endpoint_thread (gpointer user_data)
{
  Active *active = user_data;
  EngEndpoints *self = active->endpoints;
  g_autofree char *name = proper_name (self, active->name);

  if (name != NULL)
    eng_endpoint_run (self->engine, self->link, name, active->wake_fd, &self->quit);
  post (self, MESSAGE_ENDED, active->name);

  return NULL;
}

static void
activate (EngEndpoints *self,
          const char   *name)
{
  Active *active = g_new0 (Active, 1);

  active->endpoints = self;
  active->name = g_strdup (name);
  active->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_hash_table_insert (self->active, active->name, active);
  active->thread = g_thread_new ("eng-endpoint", endpoint_thread, active);
}

static void
handle (EngEndpoints  *self,
        const Message *message)
{
  Active *active = g_hash_table_lookup (self->active, message->name);
  gboolean again;

  if (message->kind == MESSAGE_CHANGED)
    {
      if (active == NULL)
        activate (self, message->name);
      else
        {
          active->again = TRUE;
          eventfd_write (active->wake_fd, 1);
        }
      return;
    }

  again = active->again;
  g_hash_table_remove (self->active, message->name);
  if (again)
    activate (self, message->name);
}

static gpointer
dispatcher_thread (gpointer user_data)
{
  EngEndpoints *self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean quit = FALSE;
  GHashTableIter iter;
  gpointer value;

  eng_endpoint_sweep (self->engine, &self->quit);
  while (!quit)
    {
      Message *message;

      if (!eng_gateway_link_ensure (self->link, &self->quit, &error))
        {
          if (!g_atomic_int_get (&self->quit))
            g_warning ("%s", error->message);
          g_clear_error (&error);
        }
      message = g_async_queue_timeout_pop (self->messages, CHECK_SECONDS * G_USEC_PER_SEC);
      if (message == NULL)
        continue;
      /* However much is queued, a stop does not wait for it: the rows say it all again. */
      quit = message->kind == MESSAGE_QUIT || g_atomic_int_get (&self->quit);
      if (!quit)
        handle (self, message);
      message_free (message);
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
  if (strcmp (event->kind, ENG_ENDPOINT_KIND) == 0 && strcmp (event->status, "Deleted") != 0)
    post (user_data, MESSAGE_CHANGED, event->name);
}

static gboolean
queue_all (EngEndpoints  *self,
           GError       **error)
{
  static const char * const statuses[] = { "Creating", "Updating", "Deleting", "InService", NULL };
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, error);
  g_autoptr(GPtrArray) rows = NULL;

  if (reader != NULL)
    rows = eng_resource_load_by_status (reader, ENG_ENDPOINT_KIND, statuses, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    post (self, MESSAGE_CHANGED, ((EngResource *) g_ptr_array_index (rows, i))->name);

  return TRUE;
}

/**
 * eng_endpoints_start:
 * @engine: the engine
 *
 * Starts or adopts the gateway, adopts every endpoint, and from then on follows the rows.
 *
 * Returns: (transfer full): the controller
 */
EngEndpoints *
eng_endpoints_start (EngEngine  *engine,
                     GError    **error)
{
  EngGatewayLink *link = eng_gateway_link_new (engine, error);
  EngEndpoints *self;

  if (link == NULL)
    return NULL;

  self = g_new0 (EngEndpoints, 1);
  self->engine = engine;
  self->link = link;
  self->messages = g_async_queue_new_full ((GDestroyNotify) message_free);
  self->active = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, active_free);
  self->subscription = eng_store_subscribe (engine->store, event_cb, self);
  self->thread = g_thread_new ("eng-endpoints", dispatcher_thread, self);

  if (!queue_all (self, error))
    {
      eng_endpoints_stop (self);
      return NULL;
    }

  return self;
}

/**
 * eng_endpoints_stop:
 * @endpoints: (nullable): the controller
 *
 * Stops following. The gateway and the model servers go on answering.
 */
void
eng_endpoints_stop (EngEndpoints *endpoints)
{
  if (endpoints == NULL)
    return;

  eng_store_unsubscribe (endpoints->engine->store, endpoints->subscription);
  g_atomic_int_set (&endpoints->quit, TRUE);
  post (endpoints, MESSAGE_QUIT, NULL);
  g_thread_join (endpoints->thread);

  g_hash_table_unref (endpoints->active);
  g_async_queue_unref (endpoints->messages);
  eng_gateway_link_free (endpoints->link);
  g_free (endpoints);
}

/**
 * eng_endpoints_runtime_url:
 * @endpoints: the controller
 *
 * Returns: (transfer full): base URL of the gateway, which answers while no engine runs
 */
char *
eng_endpoints_runtime_url (EngEndpoints *endpoints)
{
  return g_strdup_printf ("http://127.0.0.1:%u", eng_gateway_link_port (endpoints->link));
}
