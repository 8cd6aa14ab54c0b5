/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sage-digest.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-http-peer.h"
#include "sage-json.h"
#include "sage-latency.h"
#include "sage-sigv4.h"

#define SECONDS G_USEC_PER_SEC

/* The gateway under test: the first argument. */
static const char *program;

/* Two leaves: feature 1 below a half gives low, else high. */
#define MODEL(low, high) \
  "{\"learner\":{\"gradient_booster\":{\"model\":{\"tree_info\":[0],\"trees\":[{" \
  "\"default_left\":[1,0,0],\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1]," \
  "\"split_conditions\":[5E-1," low "," high "],\"split_indices\":[1,0,0]}]},\"name\":\"gbtree\"}," \
  "\"learner_model_param\":{\"base_score\":\"0\",\"num_class\":\"0\",\"num_feature\":\"2\"}," \
  "\"objective\":{\"name\":\"reg:squarederror\"}}}"

typedef struct
{
  char     *root;    /* (owned) */
  char     *gateway; /* (owned): its directory */
  char     *socket;  /* (owned) */
  GPid      pid;
  gint64    port;
  gint64    version;
} Fixture;

static void
write_text (const char *path,
            const char *text)
{
  g_autoptr(GError) error = NULL;

  sage_file_write_durable (path, text, strlen (text), 0600, &error);
  g_assert_no_error (error);
}

static void
write_model (Fixture    *fixture,
             const char *folder,
             const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, folder, NULL);
  g_autofree char *file = g_build_filename (path, "xgboost-model", NULL);

  g_mkdir_with_parents (path, 0700);
  write_text (file, text);
}

/* Waits for ready.json, which the gateway writes once it serves. */
static void
read_ready (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->gateway, "ready.json", NULL);
  gint64 deadline = g_get_monotonic_time () + 20 * SECONDS;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;

  while (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }

  node = sage_json_parse_object (text, -1, NULL, NULL);
  fixture->port = sage_json_int (json_node_get_object (node), "port", 0);
  g_assert_cmpint (sage_json_int (json_node_get_object (node), "pid", 0), ==, fixture->pid);
  g_assert_cmpint (fixture->port, >, 0);
}

static GPid
spawn_gateway (Fixture *fixture)
{
  g_autofree char *credentials = g_build_filename (fixture->root, "credentials.json", NULL);
  const char *argv[] = {
    program, "--directory", fixture->gateway, "--credentials", credentials,
    NULL,
  };
  g_autoptr(GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid, &error);
  g_assert_no_error (error);

  return pid;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autofree char *credentials = NULL;

  fixture->root = g_dir_make_tmp ("gw-XXXXXX", NULL);
  fixture->gateway = g_build_filename (fixture->root, "gateway", NULL);
  fixture->socket = g_build_filename (fixture->gateway, "gateway.sock", NULL);
  credentials = g_build_filename (fixture->root, "credentials.json", NULL);
  g_mkdir (fixture->gateway, 0700);
  write_text (credentials, "{\"AKIATEST\":\"secret\"}");
  fixture->pid = spawn_gateway (fixture);
  read_ready (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  int status;

  kill (fixture->pid, SIGTERM);
  g_assert_cmpint (waitpid (fixture->pid, &status, 0), ==, fixture->pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);

  sage_dir_remove (fixture->root, NULL);
  g_free (fixture->root);
  g_free (fixture->gateway);
  g_free (fixture->socket);
}

static char *
native (Fixture    *fixture,
        const char *folder)
{
  return g_strdup_printf ("{\"kind\":\"native\",\"model_dir\":\"%s/%s\"}", fixture->root, folder);
}

/* Replaces the routes by those of @endpoints and waits until they are settled; returns the status. */
static char *
route (Fixture    *fixture,
       const char *endpoints)
{
  g_autofree char *path = g_build_filename (fixture->gateway, "routes.json", NULL);
  g_autofree char *text = g_strdup_printf ("{\"version\":%" G_GINT64_FORMAT ",\"endpoints\":{%s}}",
                                           ++fixture->version, endpoints);
  g_autofree char *target = g_strdup_printf ("/routes?version=%" G_GINT64_FORMAT "&wait=20000",
                                             fixture->version);
  g_auto(SageHttpAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;

  write_text (path, text);
  sage_http_get (fixture->socket, target, 25000, &answer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer.status, ==, 200);

  return g_strndup ((const char *) answer.body->data, answer.body->len);
}

static char *
route_one (Fixture    *fixture,
           const char *backend)
{
  g_autofree char *endpoints =
    g_strdup_printf ("\"Churn\":{\"variants\":[{\"name\":\"AllTraffic\",\"weight\":1,"
                     "\"backend\":%s}]}", backend);

  return route (fixture, endpoints);
}

/* Invokes over the Unix socket. Returns the body. */
static char *
post (Fixture            *fixture,
      const char         *target,
      const char * const *headers,
      const char         *body,
      guint              *status,
      char              **code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageHttpPeer) peer = sage_http_peer_open (fixture->socket, &error);
  g_auto(SageHttpAnswer) answer = { 0 };

  g_assert_no_error (error);
  sage_http_peer_call (peer, "POST", target, headers, body, strlen (body), 16 << 20,
                       g_get_monotonic_time () + 90 * SECONDS, &answer, &error);
  g_assert_no_error (error);

  *status = answer.status;
  if (code != NULL)
    *code = g_strdup (sage_http_answer_field (&answer, "x-amzn-ErrorType"));
  if (answer.status == 200)
    g_assert_nonnull (sage_http_answer_field (&answer, "x-Amzn-Invoked-Production-Variant"));
  g_assert_nonnull (sage_http_answer_field (&answer, "x-amzn-RequestId"));

  return g_strndup ((const char *) answer.body->data, answer.body->len);
}

static const char * const csv[] = { "Content-Type", "text/csv", NULL };

static void
assert_says (Fixture    *fixture,
             const char *body,
             const char *expected)
{
  guint status;
  g_autofree char *text = post (fixture, "/endpoints/churn/invocations", csv, body, &status, NULL);

  if (status != 200)
    g_error ("%u: %s", status, text);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_native (Fixture       *fixture,
             gconstpointer  data)
{
  static const char * const json[] = { "Content-Type", "application/json", NULL };
  static const char * const mixed[] = {
    "Content-Type", "text/libsvm", "Accept", "application/json", NULL,
  };
  g_autofree char *backend = native (fixture, "m1");
  g_autofree char *state = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  guint status;

  write_model (fixture, "m1", MODEL ("-1.5", "2.25"));
  state = route_one (fixture, backend);
  g_assert_nonnull (strstr (state, "\"state\":\"ready\""));

  assert_says (fixture, "0,0", "-1.5\n");
  assert_says (fixture, "0,1\n0,\n", "2.25\n-1.5\n");

  first = post (fixture, "/endpoints/Churn/invocations", json, "{\"instances\":[[0,1]]}", &status, NULL);
  g_assert_cmpstr (first, ==, "{\"predictions\":[{\"score\":2.25}]}");
  second = post (fixture, "/endpoints/CHURN/invocations", mixed, "1:0.7", &status, NULL);
  g_assert_cmpstr (second, ==, "{\"predictions\":[{\"score\":2.25}]}");
}

/* A body that leaves the event thread must give the same. */
static void
test_long (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *backend = native (fixture, "m1");
  g_autoptr(GString) body = g_string_new (NULL);
  g_autofree char *state = NULL;
  g_autofree char *text = NULL;
  guint status;

  write_model (fixture, "m1", MODEL ("-1", "2"));
  state = route_one (fixture, backend);
  for (guint i = 0; i < 40000; i++)
    g_string_append (body, i % 2 != 0 ? "0,1\n" : "0,0\n");

  text = post (fixture, "/endpoints/churn/invocations", csv, body->str, &status, NULL);
  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpuint (strlen (text), ==, 20000 * strlen ("-1.0\n2.0\n"));
  g_assert_true (g_str_has_suffix (text, "-1.0\n2.0\n"));
}

typedef struct
{
  const char *target;
  const char *header;
  const char *value;
  const char *body;
  guint       status;
  const char *code;
  const char *text;
} Refused;

static const Refused refused[] = {
  { "/endpoints/nobody/invocations", NULL, NULL, "0,0", 400, "ValidationError",
    "Endpoint nobody of account 000000000000 not found." },
  { "/endpoints/../invocations", NULL, NULL, "0,0", 400, "ValidationError", "not found." },
  { "/endpoints/%2e%2e/invocations", NULL, NULL, "0,0", 400, "ValidationError", "not found." },
  { "/endpoints//invocations", NULL, NULL, "0,0", 400, "ValidationError", "not found." },
  { "/endpoints/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/invocations",
    NULL, NULL, "0,0", 400, "ValidationError", "not found." },
  { "/endpoints/churn/async-invocations", NULL, NULL, "", 404, "UnknownOperationException",
    "InvokeEndpointAsync" },
  { "/endpoints/churn/invocations/x", NULL, NULL, "", 404, "UnknownOperationException", "" },
  { "/", NULL, NULL, "", 404, "UnknownOperationException", "" },
  { "/endpoints/churn/invocations", "X-Amzn-SageMaker-Target-Model", "../../x.tar.gz", "0,0", 400,
    "ValidationError", "not a multi-model endpoint" },
  { "/endpoints/churn/invocations", "X-Amzn-SageMaker-Target-Variant", "Other", "0,0", 400,
    "ValidationError", "no such target variant" },
  { "/endpoints/churn/invocations", "X-Amzn-SageMaker-Custom-Attributes", "caf\xc3\xa9", "0,0", 400,
    "ValidationError", "CustomAttributes" },
  { "/endpoints/churn/invocations", "Origin", "http://evil", "0,0", 403, "AccessDeniedException",
    "web pages" },
  { "/endpoints/churn/invocations", "Content-Type", "image/png", "0,0", 424, "ModelError",
    "\"OriginalStatusCode\":415" },
  { "/endpoints/churn/invocations", "Accept", "image/png", "0,0", 424, "ModelError",
    "\"OriginalStatusCode\":406" },
  { "/endpoints/churn/invocations", "Content-Type", "text/csv", "0,0,0", 424, "ModelError",
    "Row 1 has 3 values, the model wants 2" },
  { "/endpoints/churn/invocations", "Content-Type", "text/csv", "0,x", 424, "ModelError",
    "Received client error (400) from primary" },
  { "/endpoints/churn/invocations", "Content-Type", "text/csv", "", 424, "ModelError", "no rows" },
};

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *backend = native (fixture, "m1");
  g_autofree char *state = NULL;

  write_model (fixture, "m1", MODEL ("-1", "2"));
  state = route_one (fixture, backend);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      const char *headers[] = { refused[i].header, refused[i].value, NULL };
      g_autofree char *code = NULL;
      guint status;
      g_autofree char *text = post (fixture, refused[i].target, headers, refused[i].body, &status, &code);

      if (status != refused[i].status || g_strcmp0 (code, refused[i].code) != 0 ||
          strstr (text, refused[i].text) == NULL)
        g_error ("%s: %u %s %s", refused[i].target, status, code, text);
    }
}

/* While a new model is loaded the old one answers; a broken one never takes its place. */
static void
test_reload (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *one = native (fixture, "m1");
  g_autofree char *two = native (fixture, "m2");
  g_autofree char *broken = native (fixture, "m3");
  g_autofree char *path = g_build_filename (fixture->gateway, "routes.json", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *fourth = NULL;
  g_autofree char *gone = NULL;
  guint status;

  write_model (fixture, "m1", MODEL ("1", "1"));
  write_model (fixture, "m2", MODEL ("2", "2"));
  write_model (fixture, "m3", "{\"learner\":");

  first = route_one (fixture, one);
  assert_says (fixture, "0,0", "1.0\n");
  second = route_one (fixture, two);
  assert_says (fixture, "0,0", "2.0\n");

  third = route_one (fixture, broken);
  g_assert_nonnull (strstr (third, "\"state\":\"failed\""));
  g_assert_nonnull (strstr (third, "xgboost-model"));
  assert_says (fixture, "0,0", "2.0\n");

  /* Routes that are no JSON change nothing and are told. */
  write_text (path, "{\"version\":");
  do
    {
      g_auto(SageHttpAnswer) answer = { 0 };

      g_assert_true (sage_http_get (fixture->socket, "/routes", 5000, &answer, NULL));
      g_clear_pointer (&fourth, g_free);
      fourth = g_strndup ((const char *) answer.body->data, answer.body->len);
    }
  while (strstr (fourth, "\"error\"") == NULL);
  assert_says (fixture, "0,0", "2.0\n");

  g_free (route (fixture, ""));
  gone = post (fixture, "/endpoints/churn/invocations", csv, "0,0", &status, NULL);
  g_assert_cmpuint (status, ==, 400);
}

static gpointer
hammer (gpointer data)
{
  Fixture *fixture = data;
  gint64 end = g_get_monotonic_time () + SECONDS;
  guint n = 0;

  while (g_get_monotonic_time () < end)
    {
      guint status;
      g_autofree char *text = post (fixture, "/endpoints/churn/invocations", csv, "0,0", &status, NULL);

      g_assert_cmpuint (status, ==, 200);
      g_assert_true (g_str_equal (text, "1.0\n") || g_str_equal (text, "2.0\n"));
      n++;
    }

  return GUINT_TO_POINTER (n);
}

static void
test_swap_under_load (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *one = native (fixture, "m1");
  g_autofree char *two = native (fixture, "m2");
  GThread *threads[3];

  write_model (fixture, "m1", MODEL ("1", "1"));
  write_model (fixture, "m2", MODEL ("2", "2"));
  g_free (route_one (fixture, one));

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("hammer", hammer, fixture);
  for (guint i = 0; i < 30; i++)
    g_free (route_one (fixture, i % 2 != 0 ? one : two));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), >, 0);
}

/* A model server that answers every connection with the same bytes. */
typedef struct
{
  GSocketService *service;
  const char     *answer;
  gsize           length;
} Server;

static gboolean
serve_cb (GThreadedSocketService *service,
          GSocketConnection      *connection,
          GObject                *source,
          gpointer                user_data)
{
  Server *server = user_data;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char buffer[4096];

  if (g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL) > 0)
    g_output_stream_write_all (out, server->answer, server->length, NULL, NULL, NULL);

  return TRUE;
}

typedef struct
{
  const char *what;
  const char *answer;
  guint       status;
  const char *text;
} Model;

static const Model models[] = {
  { "plain", "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nabc", 200, "abc" },
  { "chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    200, "abc" },
  { "to the end", "HTTP/1.0 200 OK\r\n\r\nabc", 200, "abc" },
  { "interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc" },
  { "server error", "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\noops", 424,
    "Received server error (500) from primary with message \\\"oops\\\"" },
  { "client error", "HTTP/1.1 415 Oh\r\nContent-Length: 2\r\n\r\nno", 424,
    "Received client error (415) from primary" },
  { "nothing", "", 424, "hung up" },
  { "no HTTP", "hello\r\n\r\n", 424, "no HTTP" },
  { "cut off", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 424, "hung up" },
  { "cut off in the head", "HTTP/1.1 200 OK\r\nContent-", 424, "hung up" },
  { "negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc", 424, "no number" },
  { "huge length", "HTTP/1.1 200 OK\r\nContent-Length: 7000000\r\n\r\nabc", 424, "larger than" },
  { "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 424,
    "two ways" },
  { "wrong chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 424, "chunk" },
  { "negative chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 424, "chunk" },
  { "huge chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffff\r\n", 424,
    "larger than" },
  { "chunk that overflows", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    424, "chunk" },
  { "header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", 424, "header" },
  { "return in a header", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", 424, "control" },
  { "folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b: c\r\n\r\n", 424, "header" },
  { "switching", "HTTP/1.1 101 Go\r\n\r\n", 424, "announces" },
};

static Server *
start_server (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->root, "model.sock", NULL);
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  Server *server = g_new0 (Server, 1);
  g_autoptr(GError) error = NULL;

  server->service = g_threaded_socket_service_new (4);
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (server->service, "run", G_CALLBACK (serve_cb), server);

  return server;
}

static gpointer
run_context (gpointer data)
{
  g_main_loop_run (data);

  return NULL;
}

static void
test_proxy (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Server *server = start_server (fixture);
  GThread *thread = g_thread_new ("loop", run_context, loop);
  g_autofree char *backend = g_strdup_printf ("{\"kind\":\"socket\",\"path\":\"%s/model.sock\"}",
                                              fixture->root);
  g_autoptr(GString) flood = g_string_new (NULL);
  g_autofree char *text = NULL;
  guint status;

  g_free (route_one (fixture, backend));

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *said = NULL;
      guint code;

      server->answer = models[i].answer;
      server->length = strlen (models[i].answer);
      said = post (fixture, "/endpoints/churn/invocations", csv, "0,0", &code, NULL);
      if (code != models[i].status || strstr (said, models[i].text) == NULL)
        g_error ("%s: %u %s", models[i].what, code, said);
    }

  /* A flood of interim answers, and one of headers. */
  for (guint i = 0; i < 200; i++)
    g_string_append (flood, "HTTP/1.1 102 Wait\r\n\r\n");
  server->answer = flood->str;
  server->length = flood->len;
  text = post (fixture, "/endpoints/churn/invocations", csv, "0,0", &status, NULL);
  g_assert_cmpuint (status, ==, 424);
  g_clear_pointer (&text, g_free);

  g_string_assign (flood, "HTTP/1.1 200 OK\r\n");
  for (guint i = 0; i < 20000; i++)
    g_string_append (flood, "X: y\r\n");
  server->answer = flood->str;
  server->length = flood->len;
  text = post (fixture, "/endpoints/churn/invocations", csv, "0,0", &status, NULL);
  g_assert_cmpuint (status, ==, 424);

  g_main_loop_quit (loop);
  g_thread_join (thread);
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_object_unref (server->service);
  g_free (server);
}

/* A second gateway on the same directory goes away and leaves the first alone. */
static void
test_lock (Fixture       *fixture,
           gconstpointer  data)
{
  GPid second = spawn_gateway (fixture);
  int status;

  g_assert_cmpint (waitpid (second, &status, 0), ==, second);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), !=, 0);
  g_assert_cmpint (kill (fixture->pid, 0), ==, 0);
  read_ready (fixture);
}

/* Sends a request over TCP and returns the first line of the reply. */
static char *
call_tcp (Fixture    *fixture,
          const char *secret,
          const char *service,
          const char *signed_body,
          const char *body)
{
  g_autofree char *host = g_strdup_printf ("127.0.0.1:%" G_GINT64_FORMAT, fixture->port);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  const char *headers[] = { "host", host, "x-amz-date", date, NULL };
  guint8 hash[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;
  SageSigRequest request = { "POST", "/endpoints/churn/invocations", "", headers, NULL };
  g_autofree char *authorization = NULL;
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  char reply[65536] = { 0 };
  g_autoptr(GError) error = NULL;

  sage_sha256 (signed_body, strlen (signed_body), hash);
  hex = sage_hex (hash, sizeof hash);
  if (secret != NULL)
    authorization = sage_sig_authorization (&request, "AKIATEST", secret, "us-east-1", service, hex);

  g_string_printf (text, "POST /endpoints/churn/invocations HTTP/1.1\r\nHost: %s\r\nX-Amz-Date: %s\r\n"
                   "Connection: close\r\nContent-Length: %zu\r\n", host, date, strlen (body));
  if (authorization != NULL)
    g_string_append_printf (text, "Authorization: %s\r\n", authorization);
  g_string_append_printf (text, "\r\n%s", body);

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, host, 0, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                             text->str, text->len, NULL, NULL, NULL);
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                           reply, sizeof reply - 1, NULL, NULL, NULL);

  return g_strndup (reply, strcspn (reply, "\r"));
}

static void
assert_tcp (Fixture    *fixture,
            const char *secret,
            const char *service,
            const char *signed_body,
            const char *status)
{
  g_autofree char *line = call_tcp (fixture, secret, service, signed_body, "0,0");

  if (strstr (line, status) == NULL)
    g_error ("expected %s: %s", status, line);
}

static void
test_signatures (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *backend = native (fixture, "m1");

  write_model (fixture, "m1", MODEL ("-1", "2"));
  g_free (route_one (fixture, backend));

  assert_tcp (fixture, "secret", "sagemaker", "0,0", " 200 ");
  assert_tcp (fixture, "secret", "sagemaker", "0,0", " 200 ");
  assert_tcp (fixture, NULL, "sagemaker", "0,0", " 403 ");
  assert_tcp (fixture, "Secret", "sagemaker", "0,0", " 403 ");
  assert_tcp (fixture, "secret", "s3", "0,0", " 403 ");
  assert_tcp (fixture, "secret", "sagemaker", "0,1", " 403 ");
}

/* What the gateway says at @target of the endpoint's variant; NULL when it says nothing. */
static JsonObject *
metrics (Fixture    *fixture,
         const char *target)
{
  g_auto(SageHttpAnswer) answer = { 0 };
  g_autoptr(JsonNode) node = NULL;
  JsonObject *variant;

  g_assert_true (sage_http_get (fixture->socket, target, 5000, &answer, NULL));
  g_assert_cmpuint (answer.status, ==, 200);
  node = sage_json_parse_object ((const char *) answer.body->data, answer.body->len, NULL, NULL);
  g_assert_nonnull (node);
  g_assert_cmpfloat (sage_json_double (json_node_get_object (node), "uptime", 0), >, 0);
  variant = sage_json_object (json_node_get_object (node), "endpoints");
  variant = sage_json_object (sage_json_object (variant, "Churn"), "AllTraffic");

  return variant != NULL ? json_object_ref (variant) : NULL;
}

/* How many calls the histogram has, each with a bound that fits and in order. */
static gint64
sum_histogram (JsonObject *latency)
{
  JsonArray *histogram = sage_json_array (latency, "Histogram");
  gint64 before = 0;
  gint64 sum = 0;

  for (guint i = 0; i < json_array_get_length (histogram); i++)
    {
      JsonArray *pair = json_array_get_array_element (histogram, i);
      gint64 bound = json_array_get_int_element (pair, 0);

      g_assert_cmpint (bound, >, before);
      g_assert_cmpint (bound, ==, sage_latency_bound (sage_latency_bucket (bound - 1)));
      g_assert_cmpint (json_array_get_int_element (pair, 1), >, 0);
      sum += json_array_get_int_element (pair, 1);
      before = bound;
    }

  return sum;
}

static void
test_metrics (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *backend = native (fixture, "m1");
  g_autoptr(JsonObject) counters = NULL;
  g_autoptr(JsonObject) one = NULL;
  g_autofree char *text = NULL;
  JsonObject *latency;
  guint status;

  write_model (fixture, "m1", MODEL ("-1", "2"));
  g_free (route_one (fixture, backend));
  one = metrics (fixture, "/metrics?endpoint=Churn");
  latency = sage_json_object (one, "Latency");
  g_assert_cmpint (sage_json_int (one, "Invocations", -1), ==, 0);
  g_assert_cmpint (sage_json_int (latency, "p99", -1), ==, 0);
  g_assert_cmpint (sum_histogram (latency), ==, 0);
  g_clear_pointer (&one, json_object_unref);

  for (guint i = 0; i < 3; i++)
    assert_says (fixture, "0,0", "-1.0\n");
  text = post (fixture, "/endpoints/churn/invocations", csv, "x", &status, NULL);

  counters = metrics (fixture, "/metrics");
  g_assert_cmpint (sage_json_int (counters, "Invocations", -1), ==, 4);
  g_assert_cmpint (sage_json_int (counters, "Invocation4XXErrors", -1), ==, 1);
  g_assert_cmpint (sage_json_int (counters, "InvocationModelErrors", -1), ==, 0);
  g_assert_null (sage_json_object (counters, "Latency"));

  one = metrics (fixture, "/metrics?endpoint=cHURN");
  latency = sage_json_object (one, "Latency");
  g_assert_cmpint (sage_json_int (one, "Invocations", -1), ==, 4);
  g_assert_cmpint (sum_histogram (latency), ==, 4);
  g_assert_cmpint (sage_json_int (latency, "p50", -1), >, 0);
  g_assert_cmpint (sage_json_int (latency, "p50", -1), <=, sage_json_int (latency, "p90", -1));
  g_assert_cmpint (sage_json_int (latency, "p90", -1), <=, sage_json_int (latency, "p99", -1));
}

static void
test_metrics_of_others (Fixture       *fixture,
                        gconstpointer  data)
{
  static const char * const targets[] = {
    "/metrics?endpoint=other", "/metrics?endpoint=", "/metrics?endpoint=%20churn",
    "/metrics?endpoint=churn%2fAllTraffic", "/metrics?endpoint=churnchurnchurnchurnchurnchurnchurn"
    "churnchurnchurnchurnchurnchurnchurnchurnchurnchurnchurnchurnchurn",
  };
  g_autofree char *backend = native (fixture, "m1");
  g_autofree char *gone = native (fixture, "missing");
  g_autofree char *text = NULL;
  g_autoptr(JsonObject) counters = NULL;
  guint status;

  write_model (fixture, "m1", MODEL ("-1", "2"));
  g_free (route_one (fixture, backend));
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    g_assert_null (metrics (fixture, targets[i]));

  /* one that was gone in between begins anew */
  assert_says (fixture, "0,0", "-1.0\n");
  g_free (route (fixture, ""));
  g_assert_null (metrics (fixture, "/metrics?endpoint=churn"));

  /* a model that is not there is not asked: an error that took no time */
  g_free (route_one (fixture, gone));
  text = post (fixture, "/endpoints/churn/invocations", csv, "0,0", &status, NULL);
  counters = metrics (fixture, "/metrics?endpoint=churn");
  g_assert_cmpint (sage_json_int (counters, "Invocations", -1), ==, 1);
  g_assert_cmpint (sage_json_int (counters, "InvocationModelErrors", -1), ==, 1);
  g_assert_cmpint (sum_histogram (sage_json_object (counters, "Latency")), ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];

  ADD ("/gateway/native", test_native);
  ADD ("/gateway/long", test_long);
  ADD ("/gateway/refused", test_refused);
  ADD ("/gateway/reload", test_reload);
  ADD ("/gateway/swap-under-load", test_swap_under_load);
  ADD ("/gateway/proxy", test_proxy);
  ADD ("/gateway/lock", test_lock);
  ADD ("/gateway/signatures", test_signatures);
  ADD ("/gateway/metrics", test_metrics);
  ADD ("/gateway/metrics-of-others", test_metrics_of_others);

  return g_test_run ();
}
