/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "scripted-peer.h"

/* A client against servers that fail it. */

typedef struct
{
  ScriptedPeer       peer;
  SageJupyterServer *server;   /* (owned) */
  SageKernelClient  *client;   /* (owned) */
  GString           *heard;    /* (owned): the texts of the streams */
  guint              n_heard;
  GPtrArray         *lost;     /* (owned): ids of requests */
  gboolean           closes;   /* as soon as something is heard */
} Fixture;

typedef struct
{
  gboolean           is_sagebrush;
  SageJupyterFraming framing;
} Kind;

static const Kind ours = { TRUE, SAGE_JUPYTER_FRAMING_V1 };
static const Kind plain = { FALSE, SAGE_JUPYTER_FRAMING_V1 };
static const Kind old = { FALSE, SAGE_JUPYTER_FRAMING_DEFAULT };

static void
heard_cb (SageKernelClient   *client,
          SageJupyterMessage *message,
          Fixture            *fixture)
{
  if (strcmp (sage_jupyter_message_get_msg_type (message), "stream") != 0)
    return;

  g_string_append (fixture->heard,
                   sage_json_string (sage_jupyter_message_get_content (message), "text", ""));
  fixture->n_heard++;
  if (fixture->closes)
    sage_kernel_client_close (client);
}

static void
lost_cb (SageKernelClient *client,
         const char       *msg_id,
         const GError     *error,
         Fixture          *fixture)
{
  g_ptr_array_add (fixture->lost, g_strdup (msg_id));
}

static gboolean
is_state (Fixture        *fixture,
          SageKernelLink  state)
{
  return sage_kernel_client_get_state (fixture->client) == state;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const Kind *kind = data;

  scripted_peer_init (&fixture->peer, kind->is_sagebrush, kind->framing);
  fixture->heard = g_string_new (NULL);
  fixture->lost = g_ptr_array_new_with_free_func (g_free);
  fixture->server = sage_jupyter_server_new (fixture->peer.url, "token");
  fixture->client = sage_kernel_client_new (fixture->server, "k", 0);
  g_signal_connect (fixture->client, "message", G_CALLBACK (heard_cb), fixture);
  g_signal_connect (fixture->client, "request-lost", G_CALLBACK (lost_cb), fixture);
  sage_kernel_client_open (fixture->client);
  wait_until (sage_kernel_client_get_info (fixture->client) != NULL);
  wait_until (sage_kernel_client_get_kernel_state (fixture->client) == SAGE_KERNEL_IDLE);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  sage_kernel_client_close (fixture->client);
  assert_finalizes (fixture->client);
  g_clear_object (&fixture->server);
  scripted_peer_clear (&fixture->peer);
  g_string_free (fixture->heard, TRUE);
  g_ptr_array_unref (fixture->lost);
}

static void
say (Fixture    *fixture,
     const char *text,
     gint64      seq)
{
  g_autofree char *content = g_strdup_printf ("{\"name\":\"stdout\",\"text\":\"%s\"}", text);

  scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_IOPUB, "stream", content, seq);
}

/* What was not there comes after the break, what was is not told again. */
static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  g_assert_true (sage_jupyter_server_is_sagebrush (fixture->server));
  g_assert_cmpint (fixture->peer.after, ==, 0);
  say (fixture, "a", 1);
  say (fixture, "b", 2);
  wait_until (sage_kernel_client_get_last_seq (fixture->client) == 2);
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->peer.n_connections == 2);
  g_assert_cmpint (fixture->peer.after, ==, 2);
  say (fixture, "b", 2);
  say (fixture, "c", 3);
  say (fixture, "d", 5);
  wait_until (sage_kernel_client_get_last_seq (fixture->client) == 5);
  g_assert_cmpstr (fixture->heard->str, ==, "abcd");
}

/* A connection that breaks in the middle of a frame. */
static void
test_cut_in_a_frame (Fixture       *fixture,
                     gconstpointer  data)
{
  static const guint8 half[] = { 0x82, 0x7e, 0x10, 0x00, 'h', 'a', 'l', 'f' };

  say (fixture, "a", 1);
  wait_until (fixture->heard->len == 1);
  scripted_peer_write_raw (&fixture->peer, half, sizeof half);
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->peer.n_connections == 2);
  say (fixture, "b", 2);
  wait_until (fixture->heard->len == 2);
}

/* A message that comes byte by byte is a message. */
static void
test_slow (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(SageJupyterMessage) message =
    scripted_message (NULL, SAGE_JUPYTER_IOPUB, "stream", "{\"name\":\"stdout\",\"text\":\"slow\"}");
  g_autoptr(GBytes) frame = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_V1, NULL);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (frame, &length);
  guint8 head[] = { 0x82, 126, (guint8) (length >> 8), (guint8) length };

  g_assert_cmpuint (length, >, 125);
  scripted_peer_write_raw (&fixture->peer, head, sizeof head);
  for (gsize i = 0; i < length; i++)
    {
      g_assert_cmpuint (fixture->heard->len, ==, 0);
      scripted_peer_write_raw (&fixture->peer, bytes + i, 1);
      for (guint turn = 0; turn < 3; turn++)
        g_main_context_iteration (NULL, FALSE);
    }
  wait_until (fixture->heard->len == 4);
}

/* A frame that claims to be longer than memory. */
static void
test_endless_frame (Fixture       *fixture,
                    gconstpointer  data)
{
  static const guint8 endless[] = { 0x82, 0x7f, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

  scripted_peer_write_raw (&fixture->peer, endless, sizeof endless);
  wait_until (fixture->peer.n_connections == 2);
  say (fixture, "b", 2);
  wait_until (fixture->heard->len == 1);
}

/* Frames that are no messages, and messages that make no sense, are left out. */
static void
test_junk (Fixture       *fixture,
           gconstpointer  data)
{
  static const char *const texts[] = { "", "{}", "[]", "null", "{\"header\":7,\"channel\":\"iopub\"}" };
  static const char *const contents[] = { "{}", "{\"execution_state\":[]}", "{\"execution_state\":\"odd\"}" };
  static const guint8 zeros[64] = { 0 };
  g_autoptr(GBytes) bytes = g_bytes_new_static (zeros, sizeof zeros);
  g_autoptr(GBytes) ones = NULL;
  guint8 all[64];

  memset (all, 0xff, sizeof all);
  ones = g_bytes_new (all, sizeof all);
  say (fixture, "a", -1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    soup_websocket_connection_send_text (fixture->peer.socket, texts[i]);
  soup_websocket_connection_send_message (fixture->peer.socket, SOUP_WEBSOCKET_DATA_BINARY, bytes);
  soup_websocket_connection_send_message (fixture->peer.socket, SOUP_WEBSOCKET_DATA_BINARY, ones);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_IOPUB, "status", contents[i], -1);
      scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_IOPUB, "stream", contents[i], -1);
      scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_SHELL, "kernel_info_reply", contents[i], -1);
    }
  say (fixture, "b", -1);
  wait_until (g_str_has_suffix (fixture->heard->str, "b"));
  g_assert_cmpstr (fixture->heard->str, ==, "ab");
  g_assert_cmpuint (fixture->peer.n_connections, ==, 1);
  g_assert_cmpint (sage_kernel_client_get_kernel_state (fixture->client), ==, SAGE_KERNEL_IDLE);
}

static SageJupyterMessage *
await_request (Fixture *fixture,
               guint    n)
{
  wait_until (fixture->peer.received->len == n);

  return g_ptr_array_index (fixture->peer.received, n - 1);
}

/* A request that the journal does not know never reached the kernel, and is sent again; one that it
 * knows is not. */
static void
test_unheard_request (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *begun = sage_kernel_client_execute (fixture->client, "1", 0, "cell-1");
  g_autofree char *unheard = NULL;
  SageJupyterMessage *request = await_request (fixture, 1);

  g_assert_cmpstr (sage_json_string (sage_jupyter_message_get_metadata (request), "cellId", ""), ==,
                   "cell-1");
  scripted_peer_say (&fixture->peer, request, SAGE_JUPYTER_IOPUB, "status",
                     "{\"execution_state\":\"busy\"}", 1);
  wait_until (sage_kernel_client_get_last_seq (fixture->client) == 1);
  unheard = sage_kernel_client_execute (fixture->client, "2", 0, NULL);
  await_request (fixture, 2);

  fixture->peer.is_mute = TRUE;
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->peer.n_connections == 2);
  fixture->peer.is_mute = FALSE;
  /* the kernel comes to an end with the first, and then to what was asked after the break */
  scripted_peer_say (&fixture->peer, request, SAGE_JUPYTER_SHELL, "execute_reply", "{\"status\":\"ok\"}", 2);
  scripted_peer_say (&fixture->peer, request, SAGE_JUPYTER_IOPUB, "status",
                     "{\"execution_state\":\"idle\"}", 3);
  wait_until (sage_kernel_client_get_last_seq (fixture->client) == 3);
  scripted_peer_cut (&fixture->peer);
  request = await_request (fixture, 3);
  g_assert_cmpstr (sage_jupyter_message_get_msg_id (request), ==, unheard);
  g_assert_cmpuint (fixture->lost->len, ==, 0);
}

/* The journal tells of a restart that was before the request. */
static void
test_restart_before_the_request (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (fixture->client, "1", 0, NULL);
  SageJupyterMessage *request = await_request (fixture, 1);
  g_autoptr(SageJupyterMessage) echo = sage_jupyter_message_with_number (request, "sagebrush_seq", 4);

  scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_IOPUB, "status",
                     "{\"execution_state\":\"restarting\"}", 1);
  wait_until (sage_kernel_client_get_last_seq (fixture->client) == 1);
  g_assert_cmpuint (fixture->lost->len, ==, 0);
  scripted_peer_send (&fixture->peer, echo);
  scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_IOPUB, "status",
                     "{\"execution_state\":\"restarting\"}", 5);
  wait_until (fixture->lost->len == 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->lost, 0), ==, id);
}

/* Elsewhere nobody knows whether it did: the caller is told. */
static void
test_lost_request (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (fixture->client, "1", 0, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(SageJupyterMessage) reply = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (fixture->peer.after, ==, -1);
  sage_kernel_client_request_async (fixture->client, SAGE_JUPYTER_SHELL, "inspect_request", NULL, NULL,
                                    keep_result_cb, &result);
  await_request (fixture, 2);
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->lost->len == 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->lost, 0), ==, id);
  wait_until (result != NULL);
  reply = sage_kernel_client_request_finish (fixture->client, result, &error);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_assert_cmpuint (fixture->peer.received->len, ==, 2);
}

/* Another process speaks for the kernel, which nobody announced. */
static void
test_restarted_by_others (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (fixture->client, "1", 0, NULL);
  SageJupyterMessage *request = await_request (fixture, 1);
  g_autoptr(SageJupyterMessage) other = NULL;
  g_autoptr(JsonObject) idle = json_object_new ();

  scripted_peer_say (&fixture->peer, request, SAGE_JUPYTER_IOPUB, "status",
                     "{\"execution_state\":\"busy\"}", -1);
  wait_until (sage_kernel_client_get_kernel_state (fixture->client) == SAGE_KERNEL_BUSY);
  json_object_set_string_member (idle, "execution_state", "idle");
  other = sage_jupyter_message_new_answer (request, SAGE_JUPYTER_IOPUB, "status", "another-session", "", idle);
  scripted_peer_send (&fixture->peer, other);
  wait_until (fixture->lost->len == 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->lost, 0), ==, id);
}

/* A kernel that prints without end: no turn of the main loop brings more than a little, and the pieces
 * come joined. */
static void
test_flood (Fixture       *fixture,
            gconstpointer  data)
{
  const guint n = 10000;
  gsize most = 0;
  gsize before = 0;

  for (guint i = 0; i < n; i++)
    say (fixture, "0123456789", i + 1);
  while (fixture->heard->len < n * 10)
    {
      g_main_context_iteration (NULL, TRUE);
      most = MAX (most, fixture->heard->len - before);
      before = fixture->heard->len;
    }
  g_assert_cmpuint (fixture->heard->len, ==, n * 10);
  g_assert_cmpuint (most, <=, 64 * 1024);
  g_assert_cmpuint (fixture->n_heard, <, n / 4);
  g_assert_cmpint (sage_kernel_client_get_last_seq (fixture->client), ==, n);
}

/* Output that came as one long message goes on in pieces, none of which cuts a character; what comes
 * behind it stays behind it, and its number counts when all of it is there. */
static void
test_long_output (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GString) text = g_string_new ("x");
  gsize most = 0;
  gsize before = 0;

  for (guint i = 0; i < 200000; i++)
    g_string_append (text, "\xe2\x82\xac");
  say (fixture, text->str, 1);
  say (fixture, "end", 2);
  while (fixture->heard->len < text->len + 3)
    {
      if (fixture->heard->len > 0 && fixture->heard->len < text->len)
        g_assert_cmpint (sage_kernel_client_get_last_seq (fixture->client), ==, 0);
      g_assert_true (g_utf8_validate (fixture->heard->str, (gssize) fixture->heard->len, NULL));
      g_main_context_iteration (NULL, TRUE);
      most = MAX (most, fixture->heard->len - before);
      before = fixture->heard->len;
    }
  g_string_append (text, "end");
  g_assert_cmpstr (fixture->heard->str, ==, text->str);
  g_assert_cmpuint (most, <=, 64 * 1024);
  g_assert_cmpint (sage_kernel_client_get_last_seq (fixture->client), ==, 2);
}

/* The connection breaks while a long output goes on: what came counts. */
static void
test_cut_in_long_output (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *text = g_strnfill (1000000, 'x');

  say (fixture, text, 1);
  wait_until (fixture->heard->len > 0);
  g_assert_cmpuint (fixture->heard->len, <, 1000000);
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->peer.n_connections == 2);
  say (fixture, "y", 2);
  wait_until (g_str_has_suffix (fixture->heard->str, "y"));
  g_assert_cmpuint (fixture->heard->len, ==, 1000001);
}

/* Whoever hears a message may have enough of the client. */
static void
test_closed_by_a_handler (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autofree char *text = g_strnfill (200000, 'x');

  fixture->closes = TRUE;
  say (fixture, text, 1);
  say (fixture, "y", 2);
  wait_until (is_state (fixture, SAGE_KERNEL_LINK_CLOSED));
  g_assert_cmpuint (fixture->heard->len, ==, 200000);
}

/* What one request and another say is not joined, nor are the two streams. */
static void
test_joins_only_what_belongs_together (Fixture       *fixture,
                                       gconstpointer  data)
{
  g_autofree char *first = sage_kernel_client_execute (fixture->client, "1", 0, NULL);
  g_autofree char *second = sage_kernel_client_execute (fixture->client, "2", 0, NULL);
  SageJupyterMessage *requests[2];
  static const char *const outs[] = { "{\"name\":\"stdout\",\"text\":\"a\"}",
                                      "{\"name\":\"stderr\",\"text\":\"b\"}" };

  await_request (fixture, 2);
  requests[0] = g_ptr_array_index (fixture->peer.received, 0);
  requests[1] = g_ptr_array_index (fixture->peer.received, 1);
  for (guint i = 0; i < 4; i++)
    scripted_peer_say (&fixture->peer, requests[i / 2], SAGE_JUPYTER_IOPUB, "stream", outs[i % 2], -1);
  wait_until (fixture->heard->len == 4);
  g_assert_cmpuint (fixture->n_heard, ==, 4);
  g_assert_cmpstr (fixture->heard->str, ==, "abab");
}

static void
test_old_framing (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (fixture->client, "1", SAGE_EXECUTE_SILENT, NULL);
  SageJupyterMessage *request = await_request (fixture, 1);

  g_assert_cmpstr (sage_jupyter_message_get_msg_id (request), ==, id);
  g_assert_true (sage_json_bool (sage_jupyter_message_get_content (request), "silent", FALSE));
  say (fixture, "a", -1);
  wait_until (fixture->heard->len == 1);
}

/* The token was changed while we were away: no use to try on. */
static void
test_refused_later (Fixture       *fixture,
                    gconstpointer  data)
{
  fixture->peer.refusal = SOUP_STATUS_FORBIDDEN;
  scripted_peer_cut (&fixture->peer);
  wait_until (is_state (fixture, SAGE_KERNEL_LINK_DEAD));
  g_assert_error (sage_kernel_client_get_error (fixture->client), SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);
}

/* A server that has too much to do is asked again. */
static void
test_busy_later (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture->peer.refusal = SOUP_STATUS_SERVICE_UNAVAILABLE;
  scripted_peer_cut (&fixture->peer);
  wait_until (g_error_matches (sage_kernel_client_get_error (fixture->client), SAGE_ERROR, SAGE_ERROR_BUSY));
  g_assert_true (is_state (fixture, SAGE_KERNEL_LINK_AWAY));
  fixture->peer.refusal = 0;
  wait_until (is_state (fixture, SAGE_KERNEL_LINK_CONNECTED));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, kind, func) \
  g_test_add ("/jupyter/kernel-faults/" name, Fixture, &kind, set_up, func, tear_down)
  ADD ("resume", ours, test_resume);
  ADD ("cut-in-a-frame", ours, test_cut_in_a_frame);
  ADD ("slow", ours, test_slow);
  ADD ("endless-frame", ours, test_endless_frame);
  ADD ("junk", plain, test_junk);
  ADD ("junk/old-framing", old, test_junk);
  ADD ("unheard-request", ours, test_unheard_request);
  ADD ("restart-before-the-request", ours, test_restart_before_the_request);
  ADD ("lost-request", plain, test_lost_request);
  ADD ("restarted-by-others", plain, test_restarted_by_others);
  ADD ("flood", ours, test_flood);
  ADD ("joins-only-what-belongs-together/old-framing", old, test_joins_only_what_belongs_together);
  ADD ("long-output", ours, test_long_output);
  ADD ("cut-in-long-output", ours, test_cut_in_long_output);
  ADD ("closed-by-a-handler", ours, test_closed_by_a_handler);
  ADD ("joins-only-what-belongs-together", ours, test_joins_only_what_belongs_together);
  ADD ("old-framing", old, test_old_framing);
  ADD ("refused-later", ours, test_refused_later);
  ADD ("busy-later", plain, test_busy_later);
#undef ADD

  return g_test_run ();
}
