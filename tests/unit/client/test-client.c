/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "sage-client.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-sigv4.h"
#include "sage-time.h"

#define KEY "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/* An engine's stand-in on a thread of its own; it answers as the target asks. */
typedef struct
{
  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
  SoupServer   *server;
  char         *url;    /* (owned) */
  char         *socket; /* (owned) */
  char         *dir;    /* (owned) */
} Fixture;

static const char *
find_secret (const char *access_key,
             gpointer    user_data)
{
  return strcmp (access_key, KEY) == 0 ? SECRET : NULL;
}

/* What the signature of a received request is worth, by the verifier of the engine. */
static SageSigVerdict
verify (SoupServerMessage *message,
        const char        *path,
        char             **service)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_null_terminated (8, NULL, TRUE);
  g_auto(SageSigResult) result = { 0 };
  g_autofree char *hash = NULL;
  guint8 digest[SAGE_SHA256_SIZE];
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;
  SageSigRequest request;
  SageSigVerdict verdict;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_ptr_array_add (pairs, (gpointer) name);
      g_ptr_array_add (pairs, (gpointer) value);
    }
  sage_sha256 (body->data, body->length, digest);
  hash = sage_hex (digest, sizeof digest);

  request.method = soup_server_message_get_method (message);
  request.raw_path = path;
  request.raw_query = "";
  request.headers = (const char *const *) pairs->pdata;
  request.body_sha256 = hash;
  verdict = sage_sig_verify (&request, sage_time_now (), find_secret, NULL, &result, NULL);
  *service = g_strdup (result.service);

  return verdict;
}

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
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *target = soup_message_headers_get_one (headers, "X-Amz-Target");
  g_autofree char *service = NULL;
  g_autofree char *text = NULL;

  if (target == NULL || strstr (target, "Echo") != NULL)
    {
      SageSigVerdict verdict = verify (message, path, &service);
      SoupMessageBody *body = soup_server_message_get_request_body (message);

      text = g_strdup_printf ("{\"Verdict\":%d,\"Service\":\"%s\",\"Type\":\"%s\",\"Path\":\"%s\","
                              "\"Length\":%d}", verdict, service != NULL ? service : "",
                              soup_message_headers_get_content_type (headers, NULL), path,
                              (int) body->length);
      reply (message, 200, text);
    }
  else if (g_str_has_suffix (target, ".Empty"))
    reply (message, 200, "");
  else if (g_str_has_suffix (target, ".Missing"))
    reply (message, 400, "{\"__type\":\"ResourceNotFound\",\"Message\":\"No \\u001b[31m 'x'\"}");
  else if (g_str_has_suffix (target, ".Junk"))
    reply (message, 200, "<html>");
  else if (g_str_has_suffix (target, ".Broken"))
    reply (message, 500, "<html>");
  else if (g_str_has_suffix (target, ".Redirect"))
    soup_server_message_set_redirect (message, 302, "http://127.0.0.1:1/");
  else
    soup_server_message_pause (message); /* never answers */
}

static gpointer
serve (gpointer data)
{
  Fixture *fixture = data;

  g_main_context_push_thread_default (fixture->context);
  g_main_loop_run (fixture->loop);
  g_main_context_pop_thread_default (fixture->context);

  return NULL;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketAddress) address = NULL;
  g_autoslist(GUri) uris = NULL;

  fixture->dir = g_dir_make_tmp ("sage-client-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->dir, "engine.sock", NULL);
  address = g_unix_socket_address_new (fixture->socket);

  fixture->context = g_main_context_new ();
  fixture->loop = g_main_loop_new (fixture->context, FALSE);
  g_main_context_push_thread_default (fixture->context);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, handle_cb, NULL, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->url = g_uri_to_string (uris->data);
  soup_server_listen (fixture->server, address, 0, &error);
  g_assert_no_error (error);
  g_main_context_pop_thread_default (fixture->context);

  fixture->thread = g_thread_new ("engine", serve, fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_main_loop_quit (fixture->loop);
  g_thread_join (fixture->thread);
  g_main_context_push_thread_default (fixture->context);
  soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
  g_main_context_pop_thread_default (fixture->context);
  g_main_loop_unref (fixture->loop);
  g_main_context_unref (fixture->context);
  g_unlink (fixture->socket);
  g_rmdir (fixture->dir);
  g_free (fixture->url);
  g_free (fixture->socket);
  g_free (fixture->dir);
}

static void
test_signed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(SageClient) client = sage_client_new (fixture->url, KEY, SECRET, NULL);
  g_autoptr(SageClient) stranger = sage_client_new (fixture->url, KEY, "wrong", NULL);
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) sagemaker = NULL;
  g_autoptr(JsonObject) logs = NULL;
  g_autoptr(JsonObject) got = NULL;
  g_autoptr(JsonObject) refused = NULL;
  g_autoptr(GError) error = NULL;

  json_object_set_string_member (input, "Name", "ü");
  sagemaker = sage_client_call (client, "SageMaker.Echo", input, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (sagemaker, "Verdict", -1), ==, SAGE_SIG_OK);
  g_assert_cmpstr (sage_json_string (sagemaker, "Service", NULL), ==, "sagemaker");
  g_assert_cmpstr (sage_json_string (sagemaker, "Type", NULL), ==, "application/x-amz-json-1.1");
  g_assert_cmpint (sage_json_int (sagemaker, "Length", 0), ==, strlen ("{\"Name\":\"ü\"}"));

  logs = sage_client_call (client, "Logs_20140328.Echo", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (logs, "Verdict", -1), ==, SAGE_SIG_OK);
  g_assert_cmpstr (sage_json_string (logs, "Service", NULL), ==, "logs");
  g_assert_cmpint (sage_json_int (logs, "Length", 0), ==, 2);

  got = sage_client_get (client, "/sagebrush/v1/status", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (got, "Verdict", -1), ==, SAGE_SIG_OK);
  g_assert_cmpstr (sage_json_string (got, "Path", NULL), ==, "/sagebrush/v1/status");

  refused = sage_client_call (stranger, "SageMaker.Echo", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (refused, "Verdict", -1), ==, SAGE_SIG_MISMATCH);
}

/* An engine may live below a path, which is part of what is signed. */
static void
test_prefix (Fixture       *fixture,
             gconstpointer  data)
{
  static const char * const prefixes[] = { "aws/v1", "aws/v1/" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *url = g_strconcat (fixture->url, prefixes[i], NULL);
      g_autoptr(SageClient) client = sage_client_new (url, KEY, SECRET, NULL);
      g_autoptr(JsonObject) called = NULL;
      g_autoptr(JsonObject) got = NULL;
      g_autoptr(GError) error = NULL;

      called = sage_client_call (client, "SageMaker.Echo", NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (sage_json_string (called, "Path", NULL), ==, "/aws/v1");
      g_assert_cmpint (sage_json_int (called, "Verdict", -1), ==, SAGE_SIG_OK);

      got = sage_client_get (client, "/sagebrush/v1/status", NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (sage_json_string (got, "Path", NULL), ==, "/aws/v1/sagebrush/v1/status");
      g_assert_cmpint (sage_json_int (got, "Verdict", -1), ==, SAGE_SIG_OK);
    }
}

static void
test_socket (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(SageClient) client = sage_client_new (fixture->socket, NULL, NULL, NULL);
  g_autoptr(JsonObject) called = NULL;
  g_autoptr(JsonObject) got = NULL;
  g_autoptr(GError) error = NULL;

  called = sage_client_call (client, "SageMaker.Echo", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (called, "Verdict", -1), ==, SAGE_SIG_MISSING);

  got = sage_client_get (client, "/sagebrush/v1/status", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sage_json_string (got, "Path", NULL), ==, "/sagebrush/v1/status");
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *target;
    int         code; /* -1: none */
    const char *message;
  } cases[] = {
    { "SageMaker.Empty", -1, NULL },
    { "SageMaker.Missing", SAGE_ERROR_NOT_FOUND, "No ?[31m 'x'" },
    { "SageMaker.Junk", SAGE_ERROR_PROTOCOL, NULL },
    { "SageMaker.Broken", SAGE_ERROR_FAILED, "Internal Server Error" },
    { "SageMaker.Redirect", SAGE_ERROR_FAILED, "Found" },
  };
  g_autoptr(SageClient) client = sage_client_new (fixture->url, KEY, SECRET, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonObject) got = sage_client_call (client, cases[i].target, NULL, NULL, &error);

      g_test_message ("%s", cases[i].target);
      if (cases[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_cmpuint (json_object_get_size (got), ==, 0);
          continue;
        }
      g_assert_null (got);
      g_assert_error (error, SAGE_ERROR, cases[i].code);
      if (cases[i].message != NULL)
        g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_unreachable (void)
{
  static const struct
  {
    const char *endpoint;
    int         code;
  } cases[] = {
    { "http://127.0.0.1:1", SAGE_ERROR_UNREACHABLE },
    { "/nonexistent/engine.sock", SAGE_ERROR_UNREACHABLE },
    { "", SAGE_ERROR_INVALID },
    { "engine.sock", SAGE_ERROR_INVALID },
    { "ftp://127.0.0.1", SAGE_ERROR_INVALID },
    { "http://", SAGE_ERROR_INVALID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageClient) client = sage_client_new (cases[i].endpoint, KEY, SECRET, NULL);
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].endpoint);
      g_assert_null (sage_client_call (client, "SageMaker.Echo", NULL, NULL, &error));
      g_assert_error (error, SAGE_ERROR, cases[i].code);
      if (cases[i].endpoint[0] != '\0')
        g_assert_nonnull (strstr (error->message, cases[i].endpoint));
    }
}

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (*result == NULL && g_get_monotonic_time () < deadline)
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  g_assert_nonnull (*result);

  return *result;
}

static void
test_send (Fixture       *fixture,
           gconstpointer  data)
{
  const char *headers[] = { "Content-Type", "text/csv", "Accept", "application/json",
                            "X-Amzn-SageMaker-Target-Variant", "blue", NULL };
  const char *missing[] = { "X-Amz-Target", "SageMaker.Missing", NULL };
  g_autoptr(SageClient) client = sage_client_new (fixture->url, KEY, SECRET, NULL);
  g_autoptr(GBytes) body = g_bytes_new_static ("1,2,3\n", 6);
  g_autoptr(GAsyncResult) first = NULL;
  g_autoptr(GAsyncResult) second = NULL;
  g_autoptr(GAsyncResult) third = NULL;
  g_autoptr(SageReply) reply = NULL;
  g_autoptr(SageReply) object = NULL;
  g_autoptr(SageReply) refused = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(JsonNode) object_node = NULL;
  g_autoptr(GError) error = NULL;

  sage_client_send_async (client, "sagemaker", "POST", "/endpoints/e/invocations", headers, body, 0,
                          NULL, finished_cb, &first);
  reply = sage_client_send_finish (client, wait_for (&first), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sage_reply_get_status (reply), ==, 200);
  g_assert_cmpstr (sage_reply_get_content_type (reply), ==, "application/x-amz-json-1.1");
  g_assert_cmpstr (sage_reply_get_header (reply, "content-type"), ==, "application/x-amz-json-1.1");
  g_assert_null (sage_reply_get_header (reply, "X-Nothing"));
  g_assert_true (sage_reply_check (reply, &error));
  node = sage_json_parse_object (g_bytes_get_data (sage_reply_get_body (reply), NULL),
                                 g_bytes_get_size (sage_reply_get_body (reply)), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (json_node_get_object (node), "Verdict", -1), ==, SAGE_SIG_OK);
  g_assert_cmpstr (sage_json_string (json_node_get_object (node), "Service", NULL), ==, "sagemaker");
  g_assert_cmpstr (sage_json_string (json_node_get_object (node), "Type", NULL), ==, "text/csv");
  g_assert_cmpint (sage_json_int (json_node_get_object (node), "Length", 0), ==, 6);

  /* S3's own form of the signature, over a key whose dots are its own. */
  sage_client_send_async (client, "s3", "GET", "/bucket/a%20b/../c", NULL, NULL, 0, NULL, finished_cb,
                          &second);
  object = sage_client_send_finish (client, wait_for (&second), &error);
  g_assert_no_error (error);
  object_node = sage_json_parse_object (g_bytes_get_data (sage_reply_get_body (object), NULL),
                                        g_bytes_get_size (sage_reply_get_body (object)), NULL,
                                        &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sage_json_string (json_node_get_object (object_node), "Service", NULL), ==, "s3");

  sage_client_send_async (client, "sagemaker", "POST", "/", missing, NULL, 0, NULL, finished_cb,
                          &third);
  refused = sage_client_send_finish (client, wait_for (&third), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sage_reply_get_status (refused), ==, 400);
  g_assert_false (sage_reply_check (refused, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_finalize_object (g_steal_pointer (&first));
}

static void
test_async (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(SageClient) client = sage_client_new (fixture->url, KEY, SECRET, NULL);
  g_autoptr(SageClient) nowhere = sage_client_new ("nowhere", KEY, SECRET, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) good = NULL;
  g_autoptr(GAsyncResult) bad = NULL;
  g_autoptr(GAsyncResult) cancelled = NULL;
  g_autoptr(JsonObject) got = NULL;
  g_autoptr(GError) error = NULL;

  sage_client_call_async (client, "SageMaker.Echo", NULL, NULL, finished_cb, &good);
  got = sage_client_call_finish (client, wait_for (&good), &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (got, "Verdict", -1), ==, SAGE_SIG_OK);

  sage_client_call_async (nowhere, "SageMaker.Echo", NULL, NULL, finished_cb, &bad);
  g_assert_null (sage_client_call_finish (nowhere, wait_for (&bad), &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_clear_error (&error);

  sage_client_call_async (client, "SageMaker.Hang", NULL, cancellable, finished_cb, &cancelled);
  g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  g_assert_null (sage_client_call_finish (client, wait_for (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/client/signed", Fixture, NULL, set_up, test_signed, tear_down);
  g_test_add ("/client/prefix", Fixture, NULL, set_up, test_prefix, tear_down);
  g_test_add ("/client/send", Fixture, NULL, set_up, test_send, tear_down);
  g_test_add ("/client/socket", Fixture, NULL, set_up, test_socket, tear_down);
  g_test_add ("/client/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add_func ("/client/unreachable", test_unreachable);
  g_test_add ("/client/async", Fixture, NULL, set_up, test_async, tear_down);

  return g_test_run ();
}
