/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "engine.h"
#include "peer.h"
#include "sage-client.h"
#include "sage-error.h"

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* A call that waits, from elsewhere: the peer needs this main loop. */
typedef struct
{
  const char *url;
  GError     *error; /* (owned) */
  int         done;  /* atomic */
} Waiting;

static gpointer
wait_thread (gpointer data)
{
  Waiting *waiting = data;
  g_autoptr(SageClient) client = sage_client_new (waiting->url, NULL, NULL, NULL);

  g_assert_null (sage_client_call (client, "SageMaker.ListModels", NULL, NULL, &waiting->error));
  g_atomic_int_set (&waiting->done, TRUE);

  return NULL;
}

static GError *
call_elsewhere (Peer *peer)
{
  Waiting waiting = { .url = peer->url };
  GThread *thread = g_thread_new ("caller", wait_thread, &waiting);

  wait_until (g_atomic_int_get (&waiting.done));
  g_thread_join (thread);

  return waiting.error;
}

/* Whether a reply is said to be long or just goes on: it is cut off at its limit. */
static void
test_too_long (void)
{
  static const struct
  {
    const char *head;
    gint64      limit;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", -1 },
    { "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", -1 },
    { "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n", -1 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n", 16777217 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer peer;
      SageClient *client;
      g_autoptr(GAsyncResult) called = NULL;
      g_autoptr(GAsyncResult) sent = NULL;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].head);
      peer_init (&peer, cases[i].head, cases[i].limit);
      client = sage_client_new (peer.url, NULL, NULL, NULL);

      sage_client_call_async (client, "SageMaker.ListModels", NULL, NULL, finished_cb, &called);
      wait_until (called != NULL);
      g_assert_null (sage_client_call_finish (client, called, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
      g_clear_error (&error);

      error = call_elsewhere (&peer);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
      g_clear_error (&error);

      sage_client_send_async (client, "s3", "GET", "/b/k", NULL, NULL, 1000, NULL, finished_cb, &sent);
      wait_until (sent != NULL);
      g_assert_null (sage_client_send_finish (client, sent, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);

      /* Nobody goes on to read what is not wanted. */
      if (cases[i].limit < 0)
        wait_until (g_atomic_int_get (&peer.hung_up) == 3);

      g_clear_object (&called);
      g_clear_object (&sent);
      g_assert_finalize_object (client);
      peer_clear (&peer);
    }
}

/* The longest reply that is taken is read away from the main loop, and is rubbish all the same. */
static void
test_long_rubbish (void)
{
  Peer peer;
  SageClient *client;
  g_autoptr(GAsyncResult) called = NULL;
  g_autoptr(GError) error = NULL;

  peer_init (&peer, "HTTP/1.1 200 OK\r\nContent-Length: 16777216\r\n\r\n", 16777216);
  client = sage_client_new (peer.url, NULL, NULL, NULL);
  sage_client_call_async (client, "SageMaker.ListModels", NULL, NULL, finished_cb, &called);
  wait_until (called != NULL);
  g_assert_null (sage_client_call_finish (client, called, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
  g_clear_object (&called);
  g_assert_finalize_object (client);
  peer_clear (&peer);
}

static void
test_broken (void)
{
  static const struct
  {
    const char *head;
    gint64      limit;
  } cases[] = {
    { "", 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 99 },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200 },
    { "\x16\x03\x01 SMTP", 0 },
    { "HTTP/1.1 999999999999 OK\r\n\r\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer peer;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].head);
      peer_init (&peer, cases[i].head, cases[i].limit);
      error = call_elsewhere (&peer);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
      peer_clear (&peer);
    }
}

/* --- Objects ---------------------------------------------------------------------------------- */

static void
progress_cb (goffset  done,
             goffset  total,
             gpointer user_data)
{
  goffset *last = user_data;

  g_assert_cmpint (done, >, *last);
  g_assert_cmpint (done, <=, total);
  *last = done;
}

/* A bucket that is there already is as good as a new one, unless it is somebody else's. */
static void
test_buckets (void)
{
  static const struct
  {
    const char *status;
    const char *body;
    gboolean    is_fine;
  } cases[] = {
    { "200 OK", "", TRUE },
    { "409 Conflict", "<Error><Code>BucketAlreadyOwnedByYou</Code><Message>Yours</Message></Error>", TRUE },
    { "409 Conflict", "<Error><Code>BucketAlreadyExists</Code><Message>Theirs</Message></Error>", FALSE },
    { "409 Conflict", "<Error><Code>OperationAborted</Code></Error>", FALSE },
    { "409 Conflict", "", FALSE },
    { "403 Forbidden", "<Error><Code>BucketAlreadyOwnedByYou</Code></Error>", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer peer;
      SageClient *client;
      g_autofree char *head = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: application/xml\r\n"
                                               "Content-Length: %zu\r\n\r\n%s", cases[i].status,
                                               strlen (cases[i].body), cases[i].body);
      g_autoptr(GAsyncResult) sent = NULL;
      g_autoptr(SageReply) reply = NULL;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s %s", cases[i].status, cases[i].body);
      peer_init (&peer, head, 0);
      client = sage_client_new (peer.url, NULL, NULL, NULL);
      sage_client_send_async (client, "s3", "PUT", "/b", NULL, NULL, 1000, NULL, finished_cb, &sent);
      wait_until (sent != NULL);
      reply = sage_client_send_finish (client, sent, &error);
      g_assert_no_error (error);
      g_assert_true (sage_reply_check_bucket (reply, &error) == cases[i].is_fine);
      g_assert_true ((error == NULL) == cases[i].is_fine);
      g_clear_object (&sent);
      g_assert_finalize_object (client);
      peer_clear (&peer);
    }
}

static void
put (SageClient *client,
     const char *path)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(SageReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  sage_client_send_async (client, "s3", "PUT", path, NULL, NULL, 0, NULL, finished_cb, &result);
  wait_until (result != NULL);
  reply = sage_client_send_finish (client, result, &error);
  g_assert_no_error (error);
  sage_reply_check (reply, &error);
  g_assert_no_error (error);
}

static void
check_transfers (SageClient *client,
                 const char *dir,
                 const char *key)
{
  g_autofree char *path = sage_client_object_path ("transfers", key);
  g_autofree char *missing = sage_client_object_path ("transfers", "missing");
  g_autofree char *content = g_malloc (3 * 1000 * 1000);
  g_autofree char *got = NULL;
  g_autofree char *from_path = g_build_filename (dir, "from", NULL);
  g_autofree char *to_path = g_build_filename (dir, "to", NULL);
  g_autoptr(GFile) from = g_file_new_for_path (from_path);
  g_autoptr(GFile) to = g_file_new_for_path (to_path);
  g_autoptr(GAsyncResult) up = NULL;
  g_autoptr(GAsyncResult) down = NULL;
  g_autoptr(GAsyncResult) none = NULL;
  g_autoptr(GError) error = NULL;
  goffset sent = 0;
  goffset received = 0;
  gsize length = 0;

  for (guint i = 0; i < 3 * 1000 * 1000; i++)
    content[i] = (char) (i * 7);
  g_assert_true (g_file_set_contents (from_path, content, 3 * 1000 * 1000, &error));

  sage_client_upload_async (client, from, path, "application/octet-stream", progress_cb, &sent, NULL,
                            finished_cb, &up);
  wait_until (up != NULL);
  g_assert_true (sage_client_upload_finish (client, up, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sent, ==, 3 * 1000 * 1000);

  sage_client_download_async (client, path, to, progress_cb, &received, NULL, finished_cb, &down);
  wait_until (down != NULL);
  g_assert_true (sage_client_download_finish (client, down, &error));
  g_assert_no_error (error);
  g_assert_cmpint (received, ==, 3 * 1000 * 1000);
  g_assert_true (g_file_get_contents (to_path, &got, &length, NULL));
  g_assert_cmpmem (got, length, content, 3 * 1000 * 1000);

  /* What is not there replaces nothing. */
  sage_client_download_async (client, missing, to, NULL, NULL, NULL, finished_cb, &none);
  wait_until (none != NULL);
  g_assert_false (sage_client_download_finish (client, none, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "key"));
  g_clear_pointer (&got, g_free);
  g_assert_true (g_file_get_contents (to_path, &got, &length, NULL));
  g_assert_cmpuint (length, ==, 3 * 1000 * 1000);
}

static void
test_objects (void)
{
  Engine engine;
  g_autoptr(SageClient) local = NULL;
  SageClient *remote;

  engine_init (&engine);
  engine_start (&engine);
  local = engine_client (&engine);
  remote = engine_remote_client (&engine);
  put (local, "/transfers");
  check_transfers (local, engine.dir, "plain");
  check_transfers (remote, engine.dir, "signed/../a b//ü%2F?x=y#z+\n");
  g_assert_finalize_object (remote);
  engine_clear (&engine);
}

/* An object that breaks off, and one that nobody waits for any more, leave the file as it was. */
static void
test_given_up (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sage-replies-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "file", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFile) directory = g_file_new_for_path (dir);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) broken = NULL;
  g_autoptr(GAsyncResult) cancelled = NULL;
  g_autoptr(GAsyncResult) missing = NULL;
  g_autoptr(GAsyncResult) unwritable = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageClient) client = NULL;
  goffset received = 0;
  Peer peer;

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  peer_init (&peer, "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n", 1000000);
  client = sage_client_new (peer.url, NULL, NULL, NULL);
  sage_client_download_async (client, "/b/k", file, NULL, NULL, NULL, finished_cb, &broken);
  wait_until (broken != NULL);
  g_assert_false (sage_client_download_finish (client, broken, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_clear_error (&error);

  peer.head = "HTTP/1.1 200 OK\r\nContent-Length: 107374182400\r\n\r\n";
  peer.limit = -1;
  sage_client_download_async (client, "/b/k", file, progress_cb, &received, cancellable, finished_cb,
                              &cancelled);
  wait_until (received > 0);
  g_cancellable_cancel (cancellable);
  wait_until (cancelled != NULL);
  g_assert_false (sage_client_download_finish (client, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  wait_until (g_atomic_int_get (&peer.hung_up) == 1);

  sage_client_download_async (client, "/b/k", directory, NULL, NULL, NULL, finished_cb, &unwritable);
  wait_until (unwritable != NULL);
  g_assert_false (sage_client_download_finish (client, unwritable, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_IO);
  g_clear_error (&error);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_assert_true (g_file_delete (file, NULL, NULL));
  sage_client_upload_async (client, file, "/b/k", NULL, NULL, NULL, NULL, finished_cb, &missing);
  wait_until (missing != NULL);
  g_assert_false (sage_client_upload_finish (client, missing, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_IO);

  /* No temporary file is left. */
  g_assert_true (g_file_delete (directory, NULL, NULL));
  peer_clear (&peer);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/client/replies/too-long", test_too_long);
  g_test_add_func ("/client/replies/long-rubbish", test_long_rubbish);
  g_test_add_func ("/client/replies/broken", test_broken);
  g_test_add_func ("/client/replies/buckets", test_buckets);
  g_test_add_func ("/client/replies/objects", test_objects);
  g_test_add_func ("/client/replies/given-up", test_given_up);

  return g_test_run ();
}
