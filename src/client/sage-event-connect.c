/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-stream"

#include "config.h"

#include <string.h>

#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-event-stream-private.h"
#include "sage-json.h"
#include "sage-client-websocket-private.h"

#define DEADLINE_SECONDS 10
#define TOO_MANY_REQUESTS 429

static void connect_stream (SageEventStream *self);

static gboolean
too_long_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);
  GError *error = NULL;

  self->timer = 0;
  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer",
              sage_client_get_endpoint (self->client));
  sage_event_stream_try_later (self, error);

  return G_SOURCE_REMOVE;
}

/* Whether the same would come of another try. */
static gboolean
is_hopeless (SageEventStream *self,
             const GError    *error)
{
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED)
      || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNTRUSTED))
    return TRUE;

  return self->state == SAGE_CONNECTION_CONNECTING
         && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE)
         && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY)
         && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED);
}

/* Takes over @error. */
static void
fail (SageEventStream *self,
      GError          *error)
{
  if (is_hopeless (self, error))
    sage_event_stream_give_up (self, error);
  else
    sage_event_stream_try_later (self, error);
}

/* Without an event stream, is it at least the API? A refusal says that it is, and knows us. */
static void
probed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageEventStream *self = user_data;
  GError *error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  if (reply != NULL || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_DENIED))
    {
      g_clear_error (&error);
      sage_event_stream_set_connected (self, TRUE, FALSE);
    }
  else
    fail (self, error);
}

static void
probe (SageEventStream *self)
{
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_int_member (input, "MaxResults", 1);
  sage_client_call_async (self->client, "SageMaker.ListModels", input, self->trying, probed_cb, self);
}

static void
handshake_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  SageEventStream *self = user_data;
  SoupWebsocketConnection *socket;
  GError *error = NULL;
  guint status = 0;

  socket = sage_client_websocket_finish (SAGE_CLIENT (object), result, &status, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  if (socket != NULL)
    sage_event_stream_take_socket (self, socket);
  else if (status == SOUP_STATUS_GONE && self->seq >= 0)
    {
      g_error_free (error);
      self->seq = -1;
      connect_stream (self);
    }
  else if (status == 0 || status >= 500 || status == TOO_MANY_REQUESTS)
    fail (self, error);
  else
    {
      g_debug ("%s", error->message);
      g_error_free (error);
      probe (self);
    }
}

static void
connect_stream (SageEventStream *self)
{
  char time[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *path = NULL;

  if (self->seq >= 0)
    path = g_strdup_printf ("/sagebrush/v1/events?since=%" G_GINT64_FORMAT "&at=%s", self->seq,
                            g_ascii_dtostr (time, sizeof time, self->seq_time));
  else
    path = g_strdup ("/sagebrush/v1/events");

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds (DEADLINE_SECONDS, too_long_cb, self);
  sage_client_websocket_async (self->client, path, self->trying, handshake_cb, self);
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  SageEventStream *self = user_data;
  GError *error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_start_finish (result, &error);
  g_autoptr(SageClient) client = NULL;
  const char *socket;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  if (error != NULL)
    {
      if (self->state == SAGE_CONNECTION_CONNECTING)
        sage_event_stream_give_up (self, error);
      else
        sage_event_stream_try_later (self, error);
      return;
    }

  socket = sage_json_string (ready, "socket", "");
  sage_profile_set_region (self->profile, sage_json_string (ready, "region", NULL));
  if (self->client == NULL || strcmp (sage_client_get_endpoint (self->client), socket) != 0)
    {
      client = sage_client_new (socket, NULL, NULL, sage_profile_get_region (self->profile));
      sage_event_stream_set_client (self, client);
    }
  connect_stream (self);
}

/**
 * sage_event_stream_try_now:
 * @self: a stream
 *
 * Tries to connect, the embedded engine being started if need be.
 */
void
sage_event_stream_try_now (SageEventStream *self)
{
  self->trying = g_cancellable_new ();
  if (sage_profile_is_embedded (self->profile))
    sage_embedded_start_async (sage_profile_get_data_dir (self->profile), self->trying, started_cb,
                               self);
  else
    connect_stream (self);
}
