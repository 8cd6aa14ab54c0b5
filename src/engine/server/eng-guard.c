/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-guard"

#include "config.h"

#include "eng-guard.h"
#include "eng-users.h"

#define LOOK_MS 500

struct _EngGuard
{
  EngUsers *users;  /* (not owned) */
  char     *name;   /* (owned) */
  EngCaller caller; /* points into the name */
  GSource  *source; /* (owned) (nullable): while it watches */
};

/**
 * eng_guard_new:
 * @engine: the engine
 * @caller: who opens a connection that stays open
 *
 * Returns: (transfer full) (nullable): what watches it; %NULL for the owner, who is nobody's to remove
 */
EngGuard *
eng_guard_new (EngEngine       *engine,
               const EngCaller *caller)
{
  EngGuard *self;

  if (caller->user == NULL)
    return NULL;

  self = g_new0 (EngGuard, 1);
  self->users = engine->users;
  self->name = g_strdup (caller->user);
  self->caller = *caller;
  self->caller.user = self->caller.principal = self->name;

  return self;
}

/**
 * eng_guard_free:
 * @guard: (nullable): a guard
 */
void
eng_guard_free (EngGuard *guard)
{
  if (guard == NULL)
    return;

  if (guard->source != NULL)
    g_source_destroy (guard->source);
  g_clear_pointer (&guard->source, g_source_unref);
  g_free (guard->name);
  g_free (guard);
}

static gboolean
look_cb (gpointer user_data)
{
  SoupWebsocketConnection *socket = user_data;
  EngGuard *self = g_object_get_data (G_OBJECT (socket), "eng-guard");

  if (eng_users_is_current (self->users, &self->caller))
    return G_SOURCE_CONTINUE;

  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
                                     "The user was changed or removed");

  return G_SOURCE_REMOVE;
}

/**
 * eng_guard_watch:
 * @guard: (transfer full) (nullable): a guard
 * @socket: the connection; it takes the guard over
 *
 * Closes @socket within a second of a change of its user. On the main thread.
 */
void
eng_guard_watch (EngGuard                *guard,
                 SoupWebsocketConnection *socket)
{
  if (guard == NULL)
    return;

  g_object_set_data_full (G_OBJECT (socket), "eng-guard", guard, (GDestroyNotify) eng_guard_free);
  guard->source = g_timeout_source_new (LOOK_MS);
  g_source_set_callback (guard->source, look_cb, socket, NULL);
  g_source_attach (guard->source, NULL);
}
