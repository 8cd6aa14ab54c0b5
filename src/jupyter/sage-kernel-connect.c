/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-error.h"
#include "sage-jupyter-server-private.h"
#include "sage-kernel-client-private.h"

/* Between tries, in seconds: twice as long each time, and spread. */
#define FIRST_DELAY 0.2
#define MAX_DELAY 10.0

/* A connection that lasted as long was a success. */
#define STABLE_US (2 * G_USEC_PER_SEC)

/* A server may wait for a kernel that starts before it opens the channels. */
#define DEADLINE_SECONDS 60

/**
 * sage_kernel_client_stop:
 * @self: a client
 *
 * Nothing goes on after this, and no callback comes to anything.
 */
void
sage_kernel_client_stop (SageKernelClient *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  sage_kernel_client_drop_socket (self);
  g_hash_table_remove_all (self->busy);
}

static gboolean
retry_cb (gpointer user_data)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (user_data);

  self->timer = 0;
  sage_kernel_client_try_now (self);

  return G_SOURCE_REMOVE;
}

/* Takes over @error. */
static void
try_later (SageKernelClient *self,
           GError           *error)
{
  double delay = self->delay * g_random_double_range (0.5, 1.5);

  sage_kernel_client_stop (self);
  g_debug ("%s; next try in %.1f s", error->message, delay);
  self->delay = MIN (self->delay * 2, MAX_DELAY);
  self->timer = g_timeout_add ((guint) (delay * 1000), retry_cb, self);
  sage_kernel_client_take_error (self, error);
  if (self->state == SAGE_KERNEL_LINK_CONNECTED)
    sage_kernel_client_set_state (self, SAGE_KERNEL_LINK_AWAY);
}

/* Takes over @error. */
static void
give_up (SageKernelClient *self,
         GError           *error)
{
  g_autoptr(SageKernelClient) guard = g_object_ref (self);

  sage_kernel_client_stop (self);
  sage_kernel_client_take_error (self, error);
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    sage_kernel_client_set_kernel_state (self, SAGE_KERNEL_DEAD);
  sage_kernel_client_set_state (self, SAGE_KERNEL_LINK_DEAD);
  sage_kernel_client_lose_all (self, self->error);
}

/* Whether the same would come of another try. A server that was reached before may be starting. */
static gboolean
is_hopeless (SageKernelClient *self,
             const GError     *error)
{
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND)
      || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED)
      || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_INVALID))
    return TRUE;

  return self->state == SAGE_KERNEL_LINK_CONNECTING
         && (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL)
             || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNTRUSTED));
}

/* Takes over @error. Returns: whether the try goes on */
static gboolean
check (SageKernelClient *self,
       GError           *error)
{
  if (error == NULL)
    return TRUE;

  if (is_hopeless (self, error))
    give_up (self, error);
  else
    try_later (self, error);

  return FALSE;
}

/* Whether a callback comes too late: the client has stopped, or is gone. Frees @error then. */
static gboolean
is_over (GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;

  g_error_free (error);

  return TRUE;
}

static gboolean
too_long_cb (gpointer user_data)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (user_data);
  GError *error = NULL;

  self->timer = 0;
  sage_throw (&error, SAGE_ERROR_UNREACHABLE,
              "The Jupyter server at '%s' opens no connection to the kernel within %d seconds",
              sage_jupyter_server_get_address (self->server), DEADLINE_SECONDS);
  try_later (self, error);

  return G_SOURCE_REMOVE;
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageKernelClient *self = user_data;
  g_autoptr(SageKernelClient) guard = NULL;
  SoupWebsocketConnection *socket;
  GError *error = NULL;

  socket = sage_jupyter_server_websocket_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND) && self->reason != NULL)
    {
      g_clear_error (&error);
      sage_throw (&error, SAGE_ERROR_NOT_FOUND, "The kernel has ended: %s", self->reason);
    }
  if (is_over (error) || !check (self, error))
    return;

  guard = g_object_ref (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->trying);
  self->opened = g_get_monotonic_time ();
  sage_kernel_client_take_socket (self, socket);
  sage_kernel_client_take_error (self, NULL);
  sage_kernel_client_set_state (self, SAGE_KERNEL_LINK_CONNECTED);
  if (self->socket == NULL)
    return;
  sage_kernel_client_ask_info (self);
  sage_kernel_client_post_outbox (self);
}

static void
open_channels (SageKernelClient *self)
{
  g_autofree char *id = g_uri_escape_string (self->kernel_id, NULL, TRUE);
  g_autofree char *subject = g_strdup_printf ("kernel '%s'", self->kernel_id);
  GString *path = g_string_new (NULL);
  g_autofree char *text = NULL;

  g_string_printf (path, "/api/kernels/%s/channels?session_id=%s", id, self->session);
  if (sage_jupyter_server_is_sagebrush (self->server))
    g_string_append_printf (path, "&after=%" G_GINT64_FORMAT, self->last_seq);
  text = g_string_free_and_steal (path);
  sage_jupyter_server_websocket_async (self->server, text, subject, self->trying, opened_cb, self);
}

static void
kernel_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageKernelClient *self = user_data;
  g_autoptr(SageServerKernel) kernel = NULL;
  GError *error = NULL;

  kernel = sage_jupyter_server_get_kernel_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (is_over (error) || !check (self, error))
    return;

  g_set_str (&self->reason, kernel->reason);
  if (kernel->state != SAGE_KERNEL_UNKNOWN)
    sage_kernel_client_set_kernel_state (self, kernel->state);
  open_channels (self);
}

static void
probed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageKernelClient *self = user_data;
  GError *error = NULL;

  sage_jupyter_server_probe_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (is_over (error) || !check (self, error))
    return;

  sage_jupyter_server_get_kernel_async (self->server, self->kernel_id, self->trying, kernel_cb, self);
}

/**
 * sage_kernel_client_try_now:
 * @self: a client
 *
 * Tries to connect. The plain calls before the WebSocket know what a refused handshake cannot say:
 * the server's own words, and what the kernel does.
 */
void
sage_kernel_client_try_now (SageKernelClient *self)
{
  self->trying = g_cancellable_new ();
  self->timer = g_timeout_add_seconds (DEADLINE_SECONDS, too_long_cb, self);
  if (sage_jupyter_server_is_known (self->server))
    sage_jupyter_server_get_kernel_async (self->server, self->kernel_id, self->trying, kernel_cb, self);
  else
    sage_jupyter_server_probe_async (self->server, self->trying, probed_cb, self);
}

/**
 * sage_kernel_client_lost:
 * @self: a client that was connected
 * @error: (transfer full): why it is not any more
 */
void
sage_kernel_client_lost (SageKernelClient *self,
                         GError           *error)
{
  if (g_get_monotonic_time () - self->opened > STABLE_US)
    self->delay = FIRST_DELAY;
  try_later (self, error);
}

/**
 * sage_kernel_client_open:
 * @self: a client
 *
 * Begins to connect, at once if it waits for its next try. Without a network it tries for as long as
 * it is open.
 */
void
sage_kernel_client_open (SageKernelClient *self)
{
  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));

  if (self->state == SAGE_KERNEL_LINK_CONNECTED || self->trying != NULL)
    return;

  sage_kernel_client_stop (self);
  self->delay = FIRST_DELAY;
  if (self->state != SAGE_KERNEL_LINK_AWAY)
    {
      sage_kernel_client_take_error (self, NULL);
      sage_kernel_client_set_state (self, SAGE_KERNEL_LINK_CONNECTING);
    }
  sage_kernel_client_try_now (self);
}

/**
 * sage_kernel_client_close:
 * @self: a client
 *
 * Ends the connection; the kernel goes on. Requests without an answer end with
 * %SAGE_ERROR_UNREACHABLE.
 */
void
sage_kernel_client_close (SageKernelClient *self)
{
  g_autoptr(GError) error = NULL;

  g_return_if_fail (SAGE_IS_KERNEL_CLIENT (self));

  sage_kernel_client_stop (self);
  sage_kernel_client_take_error (self, NULL);
  sage_kernel_client_set_state (self, SAGE_KERNEL_LINK_CLOSED);
  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The connection to the kernel was closed");
  sage_kernel_client_lose_all (self, error);
}
