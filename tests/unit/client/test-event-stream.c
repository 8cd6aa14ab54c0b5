/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine.h"
#include "peer.h"
#include "sage-error.h"
#include "sage-event-stream.h"
#include "stand-in.h"

/* A stream to a stand-in, and what came of it. */
typedef struct
{
  StandIn          stand_in;
  SageProfile     *profile;
  SageEventStream *stream;
  GArray          *seqs;     /* of gint64: the events that were passed on */
  guint            kernels;  /* those of kernels among them */
  guint            lost;     /* how often it was reconnecting */
  guint            api;      /* what the API answers with; 200 unless a test says otherwise */
  const char      *code;     /* and the code of its error */
} Fixture;

static void
event_cb (const SageEvent *event,
          gpointer         user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (event->kind, <, SAGE_N_KINDS);
  g_assert_cmpint (strlen (event->name), >, 0);
  g_assert_nonnull (event->status);
  g_array_append_val (fixture->seqs, event->seq);
  if (event->is_kernel)
    {
      g_assert_cmpstr (event->name, ==, "k");
      g_assert_cmpstr (event->status, ==, "idle-warning");
      fixture->kernels++;
    }
}

static void
state_cb (SageEventStream *stream,
          GParamSpec      *pspec,
          Fixture         *fixture)
{
  if (sage_event_stream_get_state (stream) == SAGE_CONNECTION_RECONNECTING)
    fixture->lost++;
}

static char *
answer (const char *operation,
        JsonObject *input,
        guint      *status,
        gpointer    user_data)
{
  Fixture *fixture = user_data;

  *status = fixture->api;

  return g_strdup_printf ("{\"__type\":\"%s\",\"message\":\"That is so\"}", fixture->code);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->api = 200;
  fixture->code = "None";
  fixture->seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  stand_in_init (&fixture->stand_in, answer, fixture);
  fixture->profile = sage_profile_new_remote ("Stand-in", fixture->stand_in.url, NULL, NULL);
  fixture->stream = sage_event_stream_new (fixture->profile, event_cb, fixture);
  g_signal_connect (fixture->stream, "notify::state", G_CALLBACK (state_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  sage_event_stream_close (fixture->stream);
  assert_finalizes (fixture->stream);
  assert_finalizes (fixture->profile);
  stand_in_clear (&fixture->stand_in);
  g_array_unref (fixture->seqs);
}

static gboolean
is_state (Fixture             *fixture,
          SageConnectionState  state)
{
  return sage_event_stream_get_state (fixture->stream) == state;
}

static void
open_stream (Fixture *fixture)
{
  sage_event_stream_open (fixture->stream, NULL);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_CONNECTING));
  wait_until (!is_state (fixture, SAGE_CONNECTION_CONNECTING));
}

static void
send_event (Fixture *fixture,
            guint    seq)
{
  g_autofree char *text = stand_in_event (seq, "model", "m", "");

  stand_in_send (&fixture->stand_in, text);
}

static gint64
last_seq (Fixture *fixture)
{
  return fixture->seqs->len > 0 ? g_array_index (fixture->seqs, gint64, fixture->seqs->len - 1) : 0;
}

static void
hang_up (Fixture *fixture)
{
  guint lost = fixture->lost;

  stand_in_hang_up (&fixture->stand_in);
  wait_until (fixture->lost == lost + 1);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
}

/* It goes on after the last event, and takes none twice. */
static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  open_stream (fixture);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  g_assert_no_error (sage_event_stream_get_error (fixture->stream));
  g_assert_false (sage_event_stream_get_polling (fixture->stream));
  g_assert_false (sage_event_stream_get_resumed (fixture->stream));
  g_assert_cmpint (g_atomic_int_get (&fixture->stand_in.since), ==, -1);
  for (guint i = 7; i < 10; i++)
    send_event (fixture, i);
  wait_until (last_seq (fixture) == 9);
  g_assert_cmpuint (fixture->seqs->len, ==, 3);

  hang_up (fixture);
  g_assert_true (sage_event_stream_get_resumed (fixture->stream));
  g_assert_no_error (sage_event_stream_get_error (fixture->stream));
  g_assert_cmpint (g_atomic_int_get (&fixture->stand_in.since), ==, 9);
  for (guint i = 9; i < 12; i++)
    send_event (fixture, i);
  send_event (fixture, 10);
  send_event (fixture, 12);
  wait_until (last_seq (fixture) == 12);
  g_assert_cmpuint (fixture->seqs->len, ==, 6);
  g_assert_cmpuint (fixture->lost, ==, 1);
}

/* Before the first event nothing is known to go on from. */
static void
test_nothing_to_resume (Fixture       *fixture,
                        gconstpointer  data)
{
  open_stream (fixture);
  hang_up (fixture);
  g_assert_false (sage_event_stream_get_resumed (fixture->stream));
  g_assert_cmpint (g_atomic_int_get (&fixture->stand_in.since), ==, -1);
}

static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  open_stream (fixture);
  send_event (fixture, 5);
  wait_until (last_seq (fixture) == 5);

  g_atomic_int_set (&fixture->stand_in.events_status, 410);
  hang_up (fixture);
  g_assert_false (sage_event_stream_get_resumed (fixture->stream));
  g_assert_cmpint (g_atomic_int_get (&fixture->stand_in.since), ==, -1);
  send_event (fixture, 2);
  wait_until (last_seq (fixture) == 2);
}

/* What happens to kernels is passed on, though they are no resources; to sessions, not. */
static void
test_kernels (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *kernel = stand_in_event (3, "kernel", "k", "idle-warning");
  g_autofree char *session = stand_in_event (4, "kernel-session", "s", "");

  open_stream (fixture);
  stand_in_send (&fixture->stand_in, kernel);
  stand_in_send (&fixture->stand_in, session);
  send_event (fixture, 5);
  wait_until (last_seq (fixture) == 5);
  g_assert_cmpuint (fixture->seqs->len, ==, 2);
  g_assert_cmpuint (fixture->kernels, ==, 1);
}

static void
test_hostile_messages (Fixture       *fixture,
                       gconstpointer  data)
{
  static const char * const texts[] = {
    "", "null", "[]", "{}", "{", "\"seq\"", "[[[[[[[[[[[[[[[[[[[[",
    "{\"seq\":1}",
    "{\"seq\":\"2\",\"time\":1,\"kind\":\"model\",\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":-3,\"time\":1,\"kind\":\"model\",\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":4,\"time\":1,\"kind\":\"nothing\",\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":5,\"time\":1,\"kind\":\"model\",\"name\":\"\",\"status\":\"\"}",
    "{\"seq\":6,\"time\":1,\"kind\":\"model\",\"name\":{},\"status\":\"\"}",
    "{\"seq\":7,\"time\":-1,\"kind\":\"model\",\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":8,\"time\":\"now\",\"kind\":\"model\",\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":9,\"time\":1,\"kind\":[\"model\"],\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":10,\"seq\":11,\"time\":1e999,\"kind\":\"model\",\"name\":\"m\",\"status\":\"\"}",
    "{\"seq\":12,\"time\":1,\"kind\":\"model\",\"name\":\"m\\u0000\",\"status\":\"\"}",
  };
  g_autofree char *long_name = g_strnfill (2000, 'n');
  g_autofree char *long_text = stand_in_event (20, "model", long_name, "");
  g_autofree char *long_word = stand_in_event (21, "model", "m", long_name);
  g_autofree char *huge = g_strnfill (100000, ' ');
  g_autoptr(GBytes) bytes = g_bytes_new_static ("{\"seq\":22,\"time\":1,\"kind\":\"model\","
                                                "\"name\":\"m\",\"status\":\"\"}", 58);

  open_stream (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    stand_in_send (&fixture->stand_in, texts[i]);
  stand_in_send (&fixture->stand_in, long_text);
  stand_in_send (&fixture->stand_in, long_word);
  stand_in_send_bytes (&fixture->stand_in, bytes);
  send_event (fixture, 30);
  wait_until (last_seq (fixture) == 30);
  g_assert_cmpuint (fixture->seqs->len, ==, 1);
  g_assert_cmpuint (fixture->lost, ==, 0);

  /* What is too long to be an event ends the connection, and no more. */
  stand_in_send (&fixture->stand_in, huge);
  wait_until (fixture->lost == 1);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  send_event (fixture, 30);
  send_event (fixture, 31);
  wait_until (last_seq (fixture) == 31);
}

static void
test_no_stream (Fixture       *fixture,
                gconstpointer  data)
{
  static const struct
  {
    int                  events;
    guint                api;
    const char          *code;
    SageConnectionState  state;
    int                  error; /* -1: none */
  } cases[] = {
    { 404, 200, "", SAGE_CONNECTION_CONNECTED, -1 },
    { 403, 200, "", SAGE_CONNECTION_CONNECTED, -1 },
    { 426, 200, "", SAGE_CONNECTION_CONNECTED, -1 },
    { 200, 200, "", SAGE_CONNECTION_CONNECTED, -1 },
    { 404, 400, "AccessDeniedException", SAGE_CONNECTION_CONNECTED, -1 },
    { 403, 403, "UnrecognizedClientException", SAGE_CONNECTION_AWAY, SAGE_ERROR_UNAUTHENTICATED },
    { 401, 401, "MissingAuthenticationTokenException", SAGE_CONNECTION_AWAY,
      SAGE_ERROR_UNAUTHENTICATED },
    { 404, 404, "UnknownOperationException", SAGE_CONNECTION_AWAY, SAGE_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%d, %u %s", cases[i].events, cases[i].api, cases[i].code);
      fixture->api = cases[i].api;
      fixture->code = cases[i].code;
      g_atomic_int_set (&fixture->stand_in.events_status, cases[i].events);
      sage_event_stream_open (fixture->stream, NULL);
      wait_until (is_state (fixture, cases[i].state));
      if (cases[i].error >= 0)
        g_assert_error (sage_event_stream_get_error (fixture->stream), SAGE_ERROR, cases[i].error);
      else
        g_assert_no_error (sage_event_stream_get_error (fixture->stream));
      g_assert_true (sage_event_stream_get_polling (fixture->stream)
                     || cases[i].state == SAGE_CONNECTION_AWAY);
    }
  g_assert_cmpuint (fixture->lost, ==, 0);
}

/* What may pass is tried again, and shows why it failed. */
static void
test_later (Fixture       *fixture,
            gconstpointer  data)
{
  static const int statuses[] = { 500, 503, 429 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_atomic_int_set (&fixture->stand_in.events_status, statuses[i]);
      sage_event_stream_open (fixture->stream, NULL);
      wait_until (sage_event_stream_get_error (fixture->stream) != NULL);
      g_assert_true (is_state (fixture, SAGE_CONNECTION_CONNECTING));
      g_atomic_int_set (&fixture->stand_in.events_status, 101);
      wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
      g_assert_no_error (sage_event_stream_get_error (fixture->stream));
      sage_event_stream_close (fixture->stream);
      g_assert_true (is_state (fixture, SAGE_CONNECTION_AWAY));
    }
}

/* Without an event stream a call that fails is the sign. */
static void
test_suspicion (Fixture       *fixture,
                gconstpointer  data)
{
  g_atomic_int_set (&fixture->stand_in.events_status, 404);
  open_stream (fixture);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  fixture->api = 503;
  fixture->code = "ServiceUnavailable";
  sage_event_stream_suspect (fixture->stream);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_RECONNECTING));
  wait_until (g_atomic_int_get (&fixture->stand_in.handshakes) >= 3);
  g_assert_true (is_state (fixture, SAGE_CONNECTION_RECONNECTING));
  fixture->api = 200;
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  g_assert_false (sage_event_stream_get_resumed (fixture->stream));
}

/* A peer that takes everybody in and turns them out again is not stormed. */
static void
test_back_off (Fixture       *fixture,
               gconstpointer  data)
{
  g_atomic_int_set (&fixture->stand_in.drop, TRUE);
  sage_event_stream_open (fixture->stream, NULL);
  wait_ms (3000);
  g_assert_cmpint (g_atomic_int_get (&fixture->stand_in.handshakes), >=, 3);
  g_assert_cmpint (g_atomic_int_get (&fixture->stand_in.handshakes), <=, 9);
  g_atomic_int_set (&fixture->stand_in.drop, FALSE);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
  send_event (fixture, 1);
  wait_until (last_seq (fixture) == 1);
}

/* Ten thousand events at once: the main loop turns all the while. */
static void
test_flood (Fixture       *fixture,
            gconstpointer  data)
{
  guint most = 0;
  guint turns = 0;
  guint before = 0;

  open_stream (fixture);
  stand_in_flood (&fixture->stand_in, 1, 10000);
  while (last_seq (fixture) != 10000)
    {
      guint now;

      g_main_context_iteration (NULL, TRUE);
      now = fixture->seqs->len;
      most = MAX (most, now - before);
      turns += now > before;
      before = now;
    }
  g_test_message ("%u turns, at most %u events in one", turns, most);
  g_assert_cmpuint (fixture->seqs->len, ==, 10000);
  g_assert_cmpuint (most, <=, 120);
  g_assert_cmpuint (fixture->lost, ==, 0);
}

static void
no_event_cb (const SageEvent *event,
             gpointer         user_data)
{
  g_assert_not_reached ();
}

/* Peers that are something else. */
static void
test_rubbish (void)
{
  static const struct
  {
    const char *head;
    gint64      limit;
  } cases[] = {
    { "", 0 },
    { "", -1 },
    { "220 mail.example ESMTP\r\n", 0 },
    { "HTTP/1.1 101 Switching Protocols\r\n\r\n", 0 },
    { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: AAAA\r\n\r\n", 100 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", 0 },
    { "HTTP/1.1 99 What\r\n\r\n", 0 },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 1073741824\r\n\r\n", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageProfile) profile = NULL;
      SageEventStream *stream;
      Peer peer;

      g_test_message ("%s", cases[i].head);
      peer_init (&peer, cases[i].head, cases[i].limit);
      profile = sage_profile_new_remote ("Rubbish", peer.url, NULL, NULL);
      stream = sage_event_stream_new (profile, no_event_cb, NULL);
      sage_event_stream_open (stream, NULL);
      wait_until (sage_event_stream_get_error (stream) != NULL);
      g_assert_cmpint (sage_event_stream_get_state (stream), !=, SAGE_CONNECTION_CONNECTED);
      sage_event_stream_close (stream);
      assert_finalizes (stream);
      peer_clear (&peer);
    }
}

static void
test_nowhere (void)
{
  static const struct
  {
    const char          *url;
    SageConnectionState  state;
    int                  error;
  } cases[] = {
    { "http://127.0.0.1:1", SAGE_CONNECTION_CONNECTING, SAGE_ERROR_UNREACHABLE },
    { "https://127.0.0.1:1", SAGE_CONNECTION_CONNECTING, SAGE_ERROR_UNREACHABLE },
    { "nowhere", SAGE_CONNECTION_AWAY, SAGE_ERROR_INVALID },
    { "ftp://127.0.0.1", SAGE_CONNECTION_AWAY, SAGE_ERROR_INVALID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageProfile) profile = sage_profile_new_remote ("X", cases[i].url, NULL, NULL);
      SageEventStream *stream = sage_event_stream_new (profile, no_event_cb, NULL);

      sage_event_stream_open (stream, NULL);
      wait_until (sage_event_stream_get_error (stream) != NULL);
      g_assert_error (sage_event_stream_get_error (stream), SAGE_ERROR, cases[i].error);
      g_assert_cmpint (sage_event_stream_get_state (stream), ==, cases[i].state);
      assert_finalizes (stream);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/client/event-stream/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("resume", test_resume);
  ADD ("nothing-to-resume", test_nothing_to_resume);
  ADD ("gone", test_gone);
  ADD ("hostile-messages", test_hostile_messages);
  ADD ("kernels", test_kernels);
  ADD ("no-stream", test_no_stream);
  ADD ("later", test_later);
  ADD ("suspicion", test_suspicion);
  ADD ("back-off", test_back_off);
  ADD ("flood", test_flood);
#undef ADD
  g_test_add_func ("/client/event-stream/rubbish", test_rubbish);
  g_test_add_func ("/client/event-stream/nowhere", test_nowhere);

  return g_test_run ();
}
