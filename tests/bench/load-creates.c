/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "load-creates"

#include "config.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sage-digest.h"
#include "sage-sigv4.h"

/*
 * Durable creates over HTTP: load-creates PORT ACCESS-KEY SECRET REGION CONNECTIONS SECONDS makes
 * model package groups, each connection the next as soon as it has an answer, every request signed,
 * and prints the creates per second. A load generator that repeats one request cannot do it: each
 * create needs a name of its own, and with it a signature.
 */

#define REPLY_MAX 8192

typedef struct
{
  guint16     port;
  const char *access_key;
  const char *secret;
  const char *region;
  int         stop;    /* atomic */
  int         next;    /* atomic: number of the next group */
  int         created; /* atomic */
} Load;

static void
fail (const char *what)
{
  g_printerr ("load-creates: %s\n", what);
  exit (1);
}

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    fail ("cannot connect");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));

  return fd;
}

static char *
make_request (Load *load)
{
  g_autofree char *body = g_strdup_printf ("{\"ModelPackageGroupName\": \"bench-%d-%d\"}",
                                           (int) getpid (), g_atomic_int_add (&load->next, 1));
  g_autofree char *host = g_strdup_printf ("127.0.0.1:%u", load->port);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  guint8 digest[SAGE_SHA256_SIZE];
  g_autofree char *hash = NULL;
  g_autofree char *authorization = NULL;
  const char *headers[] = { "Host", host, "X-Amz-Date", date,
                            "X-Amz-Target", "SageMaker.CreateModelPackageGroup",
                            "Content-Type", "application/x-amz-json-1.1", NULL };
  SageSigRequest request = { .method = "POST", .raw_path = "/", .raw_query = "",
                             .headers = headers };

  sage_sha256 (body, strlen (body), digest);
  hash = sage_hex (digest, sizeof digest);
  request.body_sha256 = hash;
  authorization = sage_sig_authorization (&request, load->access_key, load->secret, load->region,
                                          "sagemaker", hash);

  return g_strdup_printf ("POST / HTTP/1.1\r\nHost: %s\r\nX-Amz-Date: %s\r\n"
                          "X-Amz-Target: SageMaker.CreateModelPackageGroup\r\n"
                          "Content-Type: application/x-amz-json-1.1\r\nAuthorization: %s\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          host, date, authorization, strlen (body), body);
}

/* Reads one answer. It is small, carries its length and nothing follows it. */
static void
read_reply (int fd)
{
  char reply[REPLY_MAX + 1];
  gsize length = 0;

  while (length < REPLY_MAX)
    {
      ssize_t n = read (fd, reply + length, REPLY_MAX - length);
      const char *end, *size;

      if (n <= 0)
        fail ("the connection broke");
      length += (gsize) n;
      reply[length] = '\0';

      end = strstr (reply, "\r\n\r\n");
      if (end == NULL)
        continue;
      if (!g_str_has_prefix (reply, "HTTP/1.1 200"))
        fail (reply);
      size = strcasestr (reply, "\r\nContent-Length:");
      if (size == NULL || size > end)
        fail ("the answer has no length");
      if (length >= (gsize) (end + 4 - reply) + strtoul (size + strlen ("\r\nContent-Length:"),
                                                         NULL, 10))
        return;
    }

  fail ("the answer is too long");
}

static gpointer
connection_thread (gpointer user_data)
{
  Load *load = user_data;
  int fd = connect_to (load->port);

  while (!g_atomic_int_get (&load->stop))
    {
      g_autofree char *request = make_request (load);
      gsize length = strlen (request);

      if (write (fd, request, length) != (ssize_t) length)
        fail ("cannot send");
      read_reply (fd);
      g_atomic_int_inc (&load->created);
    }

  close (fd);

  return NULL;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GPtrArray) connections = g_ptr_array_new ();
  Load load = { 0 };
  gint64 start;

  if (argc != 7)
    {
      g_printerr ("Usage: load-creates PORT ACCESS-KEY SECRET REGION CONNECTIONS SECONDS\n");
      return 2;
    }

  load.port = (guint16) atoi (argv[1]);
  load.access_key = argv[2];
  load.secret = argv[3];
  load.region = argv[4];

  start = g_get_monotonic_time ();
  for (int i = 0; i < atoi (argv[5]); i++)
    g_ptr_array_add (connections, g_thread_new ("connection", connection_thread, &load));

  g_usleep ((gulong) atoi (argv[6]) * G_USEC_PER_SEC);
  g_atomic_int_set (&load.stop, TRUE);
  for (guint i = 0; i < connections->len; i++)
    g_thread_join (g_ptr_array_index (connections, i));
  g_print ("%.1f\n", load.created * 1e6 / (double) (g_get_monotonic_time () - start));

  return 0;
}
