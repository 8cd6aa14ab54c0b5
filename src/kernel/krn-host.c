/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "krn-host-private.h"
#include "krn-host.h"
#include "sage-error.h"

#define STATUS_MS 50
#define JOURNAL_FOLDER "journal"
#define LOCK_FILE "kernel.lock"

static void
write_status (KrnHost *self)
{
  g_autoptr(GError) error = NULL;

  self->status.first_seq = krn_journal_get_first (self->journal);
  self->status.last_seq = krn_journal_get_last (self->journal);
  if (!krn_status_write (&self->status, self->directory, &error))
    g_warning ("%s", error->message);
}

static gboolean
status_cb (gpointer user_data)
{
  KrnHost *self = user_data;

  self->status_source = 0;
  write_status (self);

  return G_SOURCE_REMOVE;
}

/* Has `kernel.json` written soon; a burst of changes is one. */
void
krn_host_status_changed (KrnHost *self)
{
  if (self->status_source == 0)
    self->status_source = g_timeout_add (STATUS_MS, status_cb, self);
}

static gboolean
terminate_cb (gpointer user_data)
{
  krn_host_shut_down (user_data);

  return G_SOURCE_CONTINUE;
}

static void
krn_host_free (KrnHost *self)
{
  krn_host_close_door (self);
  g_clear_handle_id (&self->nudge_source, g_source_remove);
  g_clear_handle_id (&self->grace_source, g_source_remove);
  g_clear_handle_id (&self->death_source, g_source_remove);
  g_clear_handle_id (&self->streams_source, g_source_remove);
  g_clear_pointer (&self->clients, g_ptr_array_unref);
  g_clear_pointer (&self->left, g_hash_table_unref);
  g_clear_handle_id (&self->reap_source, g_source_remove);
  g_clear_handle_id (&self->standby_source, g_source_remove);
  g_clear_handle_id (&self->starter_source, g_source_remove);
  g_clear_handle_id (&self->status_source, g_source_remove);
  g_clear_pointer (&self->sockets, krn_sockets_free);
  g_clear_pointer (&self->process, krn_process_free);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) sage_jupyter_message_unref);
  g_clear_pointer (&self->pending, g_ptr_array_unref);
  g_clear_pointer (&self->streams, krn_streams_free);
  g_clear_pointer (&self->journal, krn_journal_free);
  g_clear_pointer (&self->connection, krn_connection_free);
  g_clear_pointer (&self->spec, krn_spec_free);
  g_clear_pointer (&self->next, krn_spec_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  krn_status_clear (&self->status);
  g_free (self->session);
  g_free (self->directory);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnHost, krn_host_free)

static KrnHost *
krn_host_new (const char  *directory,
              GError     **error)
{
  g_autoptr(KrnHost) self = g_new0 (KrnHost, 1);
  g_autofree char *journal = g_build_filename (directory, JOURNAL_FOLDER, NULL);

  self->directory = g_strdup (directory);
  self->session = g_uuid_string_random ();
  self->door = -1;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) krn_client_free);
  self->left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_jupyter_message_unref);
  g_queue_init (&self->waiting);

  if ((self->spec = krn_spec_read (directory, error)) == NULL ||
      (self->journal = krn_journal_open (journal, self->spec->journal_bytes, error)) == NULL ||
      (self->connection = krn_connection_make (directory, self->spec->kernel_name, self->spec->use_tcp,
                                               error)) == NULL)
    return NULL;
  self->streams = krn_streams_new (&self->spec->streams, krn_host_publish, self);
  self->status.kernel_name = g_strdup (self->spec->kernel_name);

  return krn_host_open_door (self, error) ? g_steal_pointer (&self) : NULL;
}

/* One host a directory: it is held as long as the process lives. */
static gboolean
lock_directory (const char  *directory,
                GError     **error)
{
  g_autofree char *path = g_build_filename (directory, LOCK_FILE, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return sage_throw_errno (error, "Cannot open '%s'", path);
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      return sage_throw (error, SAGE_ERROR_BUSY, "'%s' has a host", directory);
    }

  return TRUE;
}

/**
 * krn_host_run:
 * @directory: the directory of a kernel, with its kernel-spec.json
 *
 * Runs the kernel until SIGTERM or a client's word ends it.
 *
 * Returns: the exit status of the program
 */
int
krn_host_run (const char *directory)
{
  g_autofree char *path = realpath (directory, NULL);
  g_autoptr(KrnHost) self = NULL;
  g_autoptr(GError) error = NULL;
  guint signals[2];

  if (path == NULL)
    {
      g_warning ("There is no '%s'", directory);
      return EXIT_FAILURE;
    }
  if (!lock_directory (path, &error) || (self = krn_host_new (path, &error)) == NULL)
    {
      g_warning ("%s", error->message);
      return EXIT_FAILURE;
    }

  signals[0] = g_unix_signal_add (SIGTERM, terminate_cb, self);
  signals[1] = g_unix_signal_add (SIGINT, terminate_cb, self);
  krn_host_adopt_journal (self);
  if (krn_host_is_standby (self))
    krn_host_stand_by (self);
  krn_host_start (self);
  g_main_loop_run (self->loop);
  write_status (self);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (signals[i]);

  return EXIT_SUCCESS;
}
