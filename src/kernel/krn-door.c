/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "krn-host-private.h"
#include "krn-usage.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

#define MAX_CLIENTS 128
#define SILENCE_US (10 * G_USEC_PER_SEC) /* a heart that owes an answer for as long has stopped */

static JsonObject *
make_answer (void)
{
  JsonObject *answer = json_object_new ();

  json_object_set_boolean_member (answer, "ok", TRUE);

  return answer;
}

static void
answer_and_end (KrnClient  *client,
                JsonObject *answer)
{
  krn_client_answer (client, answer);
  krn_client_end (client);
}

static void
do_channels (KrnHost    *self,
             KrnClient  *client,
             JsonObject *object)
{
  g_autoptr(JsonObject) answer = make_answer ();
  const char *session = sage_json_string (object, "session", "");
  guint64 last = krn_journal_get_last (self->journal);
  gint64 after = sage_json_int (object, "after", -1);
  guint64 start = after >= 0 ? MIN ((guint64) after, last) : last;

  if (after < 0)
    krn_host_take_left (self, session, &start);

  json_object_set_int_member (answer, "first_seq", (gint64) krn_journal_get_first (self->journal));
  json_object_set_int_member (answer, "last_seq", (gint64) last);
  krn_client_answer (client, answer);
  krn_client_begin (client, start, after >= 0, session);
}

static void
do_begin (KrnHost    *self,
          KrnClient  *client,
          JsonObject *object)
{
  krn_host_hand_over (self, client, sage_json_string (object, "code", ""));
}

static void
do_interrupt (KrnHost    *self,
              KrnClient  *client,
              JsonObject *object)
{
  g_autoptr(JsonObject) answer = make_answer ();
  g_autoptr(GError) error = NULL;

  if (krn_host_interrupt (self, &error))
    answer_and_end (client, answer);
  else
    krn_client_refuse (client, error->message);
}

static void
do_restart (KrnHost    *self,
            KrnClient  *client,
            JsonObject *object)
{
  if (self->is_ending)
    {
      krn_client_refuse (client, "The kernel is being shut down");
      return;
    }

  krn_client_set_wait (client, KRN_WAITS_FOR_RESTART);
  krn_host_restart (self);
}

static void
do_shutdown (KrnHost    *self,
             KrnClient  *client,
             JsonObject *object)
{
  krn_client_set_wait (client, KRN_WAITS_FOR_SHUTDOWN);
  krn_host_shut_down (self);
}

/* Whoever asks for this has looked at the kernel before: what has happened since then refutes it. */
static void
do_retire (KrnHost    *self,
           KrnClient  *client,
           JsonObject *object)
{
  g_autofree char *activity = sage_time_to_iso8601 (self->status.last_activity);

  if (self->status.state != KRN_IDLE || krn_status_owes (&self->status) ||
      !g_str_equal (sage_json_string (object, "activity", ""), activity))
    krn_client_refuse (client, "The kernel is in use");
  else
    do_shutdown (self, client, object);
}

static void
do_held (KrnHost    *self,
         KrnClient  *client,
         JsonObject *object)
{
  g_autoptr(JsonObject) answer = make_answer ();
  gint64 seq = sage_json_int (object, "seq", -1);

  if (seq < 0)
    {
      krn_client_refuse (client, "'seq' is no number");
      return;
    }

  krn_journal_drop (self->journal, (guint64) seq);
  krn_host_note_held (self, (guint64) seq);
  krn_host_status_changed (self);
  json_object_set_int_member (answer, "first_seq", (gint64) krn_journal_get_first (self->journal));
  answer_and_end (client, answer);
}

static void
do_info (KrnHost    *self,
         KrnClient  *client,
         JsonObject *object)
{
  g_autoptr(JsonObject) answer = NULL;
  KrnUsage usage = { 0 };
  guint n_clients = 0;

  if (self->status.pid != 0)
    krn_usage_measure (self->status.pid, &usage);
  for (guint i = 0; i < self->clients->len; i++)
    n_clients += krn_client_has_channels (g_ptr_array_index (self->clients, i)) ? 1 : 0;

  self->status.first_seq = krn_journal_get_first (self->journal);
  self->status.last_seq = krn_journal_get_last (self->journal);
  answer = krn_status_to_json (&self->status);
  json_object_set_boolean_member (answer, "ok", TRUE);
  json_object_set_int_member (answer, "memory_bytes", (gint64) usage.memory_bytes);
  json_object_set_double_member (answer, "cpu_seconds", usage.cpu_seconds);
  json_object_set_double_member (answer, "measured", (double) g_get_monotonic_time () / G_USEC_PER_SEC);
  json_object_set_int_member (answer, "processes", usage.n_processes);
  json_object_set_int_member (answer, "clients", n_clients);
  json_object_set_int_member (answer, "journal_bytes", (gint64) krn_journal_get_bytes (self->journal));
  json_object_set_boolean_member (answer, "beating", self->sockets != NULL &&
                                  (!self->is_ready ||
                                   krn_sockets_get_silence (self->sockets) < SILENCE_US));
  answer_and_end (client, answer);
}

static const struct
{
  const char *name;
  void      (*run) (KrnHost    *self,
                    KrnClient  *client,
                    JsonObject *object);
} operations[] = {
  { "begin", do_begin },
  { "channels", do_channels },
  { "held", do_held },
  { "info", do_info },
  { "interrupt", do_interrupt },
  { "restart", do_restart },
  { "retire", do_retire },
  { "shutdown", do_shutdown },
};

/* Does what the line of a client says. */
void
krn_host_take_line (KrnHost    *self,
                    KrnClient  *client,
                    const char *line,
                    gsize       length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (line, (gssize) length, NULL, &error);
  JsonObject *object = node != NULL ? json_node_get_object (node) : NULL;
  const char *name = sage_json_string (object, "op", "");

  if (object == NULL)
    {
      krn_client_refuse (client, error->message);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (operations[i].name, name))
      {
        operations[i].run (self, client, object);
        return;
      }

  krn_client_refuse (client, "There is no such 'op'");
}

/* Nobody but the user who runs the kernel, and root, who may anyway. */
static gboolean
is_allowed (int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
         (peer.uid == geteuid () || peer.uid == 0);
}

static gboolean
knock_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  KrnHost *self = user_data;
  int connection = accept4 (fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (connection < 0)
    return G_SOURCE_CONTINUE;

  if (self->clients->len >= MAX_CLIENTS || !is_allowed (connection))
    close (connection);
  else
    g_ptr_array_add (self->clients, krn_client_new (self, connection));

  return G_SOURCE_CONTINUE;
}

/* Listens in the directory. Its path may be longer than an address can be, so the address goes by the
 * descriptor of the directory; clients do the same. */
gboolean
krn_host_open_door (KrnHost  *self,
                    GError  **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofd int dir = open (self->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  mode_t mask;
  gboolean ok;

  if (dir < 0)
    return sage_throw_errno (error, "Cannot open '%s'", self->directory);

  unlinkat (dir, KRN_SOCKET_FILE, 0); /* of a host that is gone: we have the lock */
  g_snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" KRN_SOCKET_FILE, dir);
  self->door = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mask = umask (0177);
  ok = self->door >= 0 && bind (self->door, (struct sockaddr *) &address, sizeof address) == 0;
  umask (mask);
  if (!ok || listen (self->door, 64) != 0)
    return sage_throw_errno (error, "Cannot listen in '%s'", self->directory);

  self->door_source = g_unix_fd_add (self->door, G_IO_IN, knock_cb, self);

  return TRUE;
}

void
krn_host_close_door (KrnHost *self)
{
  g_autofree char *path = g_build_filename (self->directory, KRN_SOCKET_FILE, NULL);

  g_clear_handle_id (&self->door_source, g_source_remove);
  if (self->door >= 0)
    g_unlink (path);
  g_clear_fd (&self->door, NULL);
}
