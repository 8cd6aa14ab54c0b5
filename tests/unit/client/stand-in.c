/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "stand-in.h"

static void
reply (SoupServerMessage *message,
       guint              status,
       const char        *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/x-amz-json-1.1", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  StandIn *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *target = soup_message_headers_get_one (headers, "X-Amz-Target");
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr(JsonNode) input = NULL;
  g_autofree char *text = NULL;
  guint status = 200;

  g_atomic_int_inc (&self->calls);
  if (body->length > 0)
    input = sage_json_parse_object (body->data, body->length, NULL, NULL);
  if (target == NULL || input == NULL)
    {
      reply (message, 404, "{\"__type\":\"UnknownOperationException\"}");
      return;
    }

  text = self->func (strchr (target, '.') + 1, json_node_get_object (input), &status,
                     self->user_data);
  reply (message, status, text);
  if (g_atomic_int_get (&self->hold))
    {
      soup_server_message_pause (message);
      g_ptr_array_add (self->held, g_object_ref (message));
    }
}

/* Before libsoup switches protocols. */
static void
early_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  StandIn *self = user_data;
  int status = g_atomic_int_get (&self->events_status);
  const char *since = query != NULL ? g_hash_table_lookup (query, "since") : NULL;

  g_atomic_int_set (&self->since, since != NULL ? atoi (since) : -1);
  g_atomic_int_inc (&self->handshakes);
  if (status != 101 && (status != 410 || since != NULL))
    reply (message, (guint) status, "{\"__type\":\"SomeException\",\"message\":\"No\"}");
}

static void
closed_cb (SoupWebsocketConnection *socket,
           StandIn                 *self)
{
  g_ptr_array_remove (self->sockets, socket);
}

static void
websocket_cb (SoupServer              *server,
              SoupServerMessage       *message,
              const char              *path,
              SoupWebsocketConnection *socket,
              gpointer                 user_data)
{
  StandIn *self = user_data;

  g_ptr_array_add (self->sockets, g_object_ref (socket));
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);
  if (g_atomic_int_get (&self->drop))
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
}

static gpointer
serve (gpointer data)
{
  StandIn *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

void
stand_in_init (StandIn     *self,
               StandInFunc  func,
               gpointer     user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoslist(GUri) uris = NULL;

  *self = (StandIn) { .func = func, .user_data = user_data, .events_status = 101 };
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, handle_cb, self, NULL);
  soup_server_add_early_handler (self->server, "/sagebrush/v1/events", early_cb, self, NULL);
  soup_server_add_websocket_handler (self->server, "/sagebrush/v1/events", NULL, NULL, websocket_cb,
                                     self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->url = g_uri_to_string (uris->data);
  g_main_context_pop_thread_default (self->context);

  self->thread = g_thread_new ("stand-in", serve, self);
}

char *
stand_in_event (guint       seq,
                const char *kind,
                const char *name,
                const char *status)
{
  return g_strdup_printf ("{\"seq\":%u,\"time\":%.3f,\"kind\":\"%s\",\"name\":\"%s\","
                          "\"arn\":\"arn:aws:sagemaker:us-east-1:000000000000:%s/%s\","
                          "\"status\":\"%s\"}", seq, 1.7e9 + seq / 1000.0, kind, name, kind, name,
                          status);
}

/* --- From the test's thread ------------------------------------------------------------------- */

typedef struct
{
  StandIn *self;
  GBytes  *bytes;  /* (nullable): NULL closes, or floods */
  int      type;
  guint    first;
  guint    n;
  gboolean release;
  int      done;   /* atomic */
} Order;

static void
flood (SoupWebsocketConnection *socket,
       guint                    first,
       guint                    n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%u", i);
      g_autofree char *text = stand_in_event (i, "training-job", name, "InProgress");

      soup_websocket_connection_send_text (socket, text);
    }
}

static gboolean
order_cb (gpointer user_data)
{
  Order *order = user_data;
  g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; order->release && i < order->self->held->len; i++)
    soup_server_message_unpause (g_ptr_array_index (order->self->held, i));
  if (order->release)
    g_ptr_array_set_size (order->self->held, 0);

  /* Each may go while it is told. */
  for (guint i = 0; !order->release && i < order->self->sockets->len; i++)
    g_ptr_array_add (sockets, g_object_ref (g_ptr_array_index (order->self->sockets, i)));
  for (guint i = 0; i < sockets->len; i++)
    {
      SoupWebsocketConnection *socket = g_ptr_array_index (sockets, i);

      if (soup_websocket_connection_get_state (socket) != SOUP_WEBSOCKET_STATE_OPEN)
        continue;
      if (order->n > 0)
        flood (socket, order->first, order->n);
      else if (order->bytes == NULL)
        soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
      else
        soup_websocket_connection_send_message (socket, order->type, order->bytes);
    }
  g_atomic_int_set (&order->done, TRUE);

  return G_SOURCE_REMOVE;
}

static void
carry_out (StandIn *self,
           Order   *order)
{
  order->self = self;
  g_main_context_invoke (self->context, order_cb, order);
  while (!g_atomic_int_get (&order->done))
    g_thread_yield ();
}

void
stand_in_send (StandIn    *self,
               const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  carry_out (self, &(Order) { .bytes = bytes, .type = SOUP_WEBSOCKET_DATA_TEXT });
}

void
stand_in_send_bytes (StandIn *self,
                     GBytes  *bytes)
{
  carry_out (self, &(Order) { .bytes = bytes, .type = SOUP_WEBSOCKET_DATA_BINARY });
}

void
stand_in_hang_up (StandIn *self)
{
  carry_out (self, &(Order) { 0 });
}

/* Sends the answers that were held back. */
void
stand_in_release (StandIn *self)
{
  g_atomic_int_set (&self->hold, FALSE);
  carry_out (self, &(Order) { .release = TRUE });
}

/* As many events, each of another job, as fast as they go. */
void
stand_in_flood (StandIn *self,
                guint    first,
                guint    n)
{
  carry_out (self, &(Order) { .first = first, .n = n });
}

void
stand_in_clear (StandIn *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_context_push_thread_default (self->context);
  for (guint i = 0; i < self->sockets->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->sockets, i), self);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->held);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->url);
}
