/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "alg-cells.h"
#include "alg-job.h"
#include "krn-client.h"
#include "sage-file.h"
#include "sage-jupyter-frame.h"

#define NOTEBOOK \
  "{\"nbformat\":4,\"nbformat_minor\":5,\"metadata\":{},\"cells\":[{\"cell_type\":\"code\"," \
  "\"id\":\"a\",\"metadata\":{},\"execution_count\":null,\"outputs\":[],\"source\":\"1\"}]}"

#define N_FRAMES 1000
#define N_FLOODS 200 /* of so many frames: more than anybody reads who stops in time */

/* A kernel's host that says what a test wants. */
typedef struct
{
  char      *directory; /* (owned) */
  int        listener;
  GThread   *thread;
  pthread_t  run;       /* who runs the cells */
  gboolean   floods;
  gboolean   ran_dry;   /* the flood ended by itself */
} Host;

static void
read_exactly (int      fd,
              gpointer buffer,
              gsize    length)
{
  for (gsize at = 0; at < length;)
    {
      gssize n = recv (fd, (char *) buffer + at, length - at, 0);

      g_assert_cmpint (n, >, 0);
      at += (gsize) n;
    }
}

static SageJupyterMessage *
read_request (int fd)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) frame = NULL;
  SageJupyterMessage *message;
  guint32 length;
  char *data;

  read_exactly (fd, &length, sizeof length);
  length = GUINT32_FROM_LE (length);
  data = g_malloc (length);
  read_exactly (fd, data, length);
  frame = g_bytes_new_take (data, length);
  message = sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, &error);
  g_assert_no_error (error);

  return message;
}

static GByteArray *
make_flood (SageJupyterMessage *request)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) status = NULL;
  g_autoptr(GBytes) frame = NULL;
  GByteArray *flood = g_byte_array_new ();
  guint32 length;

  json_object_set_string_member (content, "execution_state", "busy");
  status = sage_jupyter_message_new_answer (request, SAGE_JUPYTER_IOPUB, "status", "kernel", "kernel",
                                            content);
  frame = sage_jupyter_frame_write (status, SAGE_JUPYTER_FRAMING_V1, NULL);
  length = GUINT32_TO_LE ((guint32) g_bytes_get_size (frame));
  for (guint i = 0; i < N_FRAMES; i++)
    {
      g_byte_array_append (flood, (guint8 *) &length, sizeof length);
      g_byte_array_append (flood, g_bytes_get_data (frame, NULL), (guint) g_bytes_get_size (frame));
    }

  return flood;
}

/* Sends all of it; FALSE if the peer has gone. */
static gboolean
send_all (int         fd,
          GByteArray *bytes)
{
  for (gsize at = 0; at < bytes->len;)
    {
      gssize n = send (fd, bytes->data + at, bytes->len - at, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      at += (gsize) n;
    }

  return TRUE;
}

static gpointer
host_thread (gpointer data)
{
  static const char answer[] = "{\"ok\":true}\n";
  Host *host = data;
  int fd = accept (host->listener, NULL, NULL);
  g_autoptr(SageJupyterMessage) request = NULL;
  g_autoptr(GByteArray) flood = NULL;
  char byte = 0;

  g_assert_cmpint (fd, >=, 0);
  while (byte != '\n')
    read_exactly (fd, &byte, 1);
  g_assert_cmpint (send (fd, answer, strlen (answer), MSG_NOSIGNAL), ==, strlen (answer));

  if (host->floods)
    {
      request = read_request (fd);
      flood = make_flood (request);
      host->ran_dry = TRUE;
      for (guint i = 0; i < N_FLOODS; i++)
        {
          if (i == 1)
            pthread_kill (host->run, SIGTERM);
          if (!send_all (fd, flood))
            {
              host->ran_dry = FALSE;
              break;
            }
        }
    }
  else
    {
      while (recv (fd, &byte, 1, 0) > 0)
        ;
    }
  close (fd);

  return NULL;
}

static void
host_start (Host *host)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *path = NULL;

  host->directory = g_dir_make_tmp ("cells-XXXXXX", NULL);
  path = g_build_filename (host->directory, KRN_SOCKET_FILE, NULL);
  g_assert_cmpuint (strlen (path), <, sizeof address.sun_path);
  strcpy (address.sun_path, path);
  host->run = pthread_self ();
  host->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (host->listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (host->listener, 1), ==, 0);
  host->thread = g_thread_new ("host", host_thread, host);
}

static void
host_stop (Host *host)
{
  g_thread_join (host->thread);
  close (host->listener);
  g_assert_true (sage_dir_remove (host->directory, NULL));
  g_free (host->directory);
}

static void
ended (SageCell *cell,
       guint     done,
       guint     total,
       gpointer  user_data)
{
  ++*(guint *) user_data;
}

/* Runs a cell on a kernel that never says that it is done. */
static void
run (Host   *host,
     GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (NOTEBOOK, strlen (NOTEBOOK));
  g_autoptr(SageNotebook) notebook = sage_notebook_parse (bytes, NULL);
  g_autoptr(AlgKernel) kernel = g_new0 (AlgKernel, 1);
  guint n_ended = 0;

  g_assert_nonnull (notebook);
  kernel->session = g_strdup ("session");
  kernel->link = krn_link_open (host->directory, error);
  g_assert_nonnull (kernel->link);
  g_assert_false (alg_cells_run (notebook, kernel, ended, &n_ended, error));
  g_assert_cmpuint (n_ended, ==, 1);
}

/* There is always a message to read, so that nothing is ever waited for. */
static void
test_stop_in_a_flood (void)
{
  Host host = { .floods = TRUE };
  g_autoptr(GError) error = NULL;

  alg_job_watch_stop ();
  host_start (&host);
  run (&host, &error);
  host_stop (&host);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (host.ran_dry);
}

/* The word came while nobody waited for it; no other will come. */
static void
test_stop_before (void)
{
  Host host = { 0 };
  g_autoptr(GError) error = NULL;

  alg_job_watch_stop ();
  raise (SIGTERM);
  host_start (&host);
  run (&host, &error);
  host_stop (&host);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/algorithms/cells/stop-in-a-flood", test_stop_in_a_flood);
  g_test_add_func ("/algorithms/cells/stop-before", test_stop_before);

  return g_test_run ();
}
