/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-status"

#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "krn-status.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

/**
 * krn_status_clear:
 *
 * Frees what is in it.
 */
void
krn_status_clear (KrnStatus *status)
{
  g_clear_pointer (&status->kernel_name, g_free);
  g_clear_pointer (&status->executing, g_free);
  g_clear_pointer (&status->journal_fault, g_free);
  krn_end_clear (&status->end);
}

/**
 * krn_status_owes:
 *
 * Returns: whether the kernel has put out what no saved notebook is known to have
 */
gboolean
krn_status_owes (const KrnStatus *status)
{
  return status->owed_seq > status->held_seq;
}

/**
 * krn_state_name:
 *
 * Returns: (transfer none): its word, as Jupyter has it
 */
const char *
krn_state_name (KrnState state)
{
  static const char *const names[] = { "starting", "idle", "busy", "restarting", "dead" };

  return names[state];
}

static void
set_time (JsonObject *object,
          const char *member,
          double      seconds)
{
  g_autofree char *text = sage_time_to_iso8601 (seconds);

  json_object_set_string_member (object, member, text);
}

static void
set_nullable (JsonObject *object,
              const char *member,
              const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

static void
add_end (JsonObject   *object,
         const KrnEnd *end)
{
  if (end != NULL && end->signal == 0)
    json_object_set_int_member (object, "exit_code", end->exit_code);
  else
    json_object_set_null_member (object, "exit_code");
  if (end != NULL && end->signal != 0)
    json_object_set_int_member (object, "signal", end->signal);
  else
    json_object_set_null_member (object, "signal");
  json_object_set_boolean_member (object, "oom", end != NULL && end->oom);
  json_object_set_int_member (object, "peak_memory_bytes", end != NULL ? (gint64) end->peak_bytes : 0);
  json_object_set_string_member (object, "stderr_tail",
                                 end != NULL && end->stderr_tail != NULL ? end->stderr_tail : "");
}

/**
 * krn_end_to_json:
 *
 * Returns: (transfer full): how a kernel ended
 */
JsonObject *
krn_end_to_json (const KrnEnd *end)
{
  JsonObject *object = json_object_new ();

  add_end (object, end);

  return object;
}

/**
 * krn_status_to_json:
 *
 * Returns: (transfer full): the members of `kernel.json`
 */
JsonObject *
krn_status_to_json (const KrnStatus *status)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "state", krn_state_name (status->state));
  json_object_set_int_member (object, "pid", status->pid);
  json_object_set_int_member (object, "host_pid", getpid ());
  json_object_set_string_member (object, "kernel_name", status->kernel_name);
  set_time (object, "started", status->started);
  set_time (object, "last_activity", status->last_activity);
  set_nullable (object, "executing", status->executing);
  add_end (object, status->has_ended ? &status->end : NULL);
  json_object_set_int_member (object, "restarts", status->restarts);
  json_object_set_int_member (object, "first_seq", (gint64) status->first_seq);
  json_object_set_int_member (object, "last_seq", (gint64) status->last_seq);
  json_object_set_int_member (object, "held", (gint64) status->held_seq);
  json_object_set_boolean_member (object, "unsaved", krn_status_owes (status));
  set_nullable (object, "journal_fault", status->journal_fault);

  return object;
}

/**
 * krn_status_write:
 * @directory: the host's
 *
 * Replaces `kernel.json`. It is whole at any time; it need not survive a power cut, which the
 * kernel does not either.
 */
gboolean
krn_status_write (const KrnStatus  *status,
                  const char       *directory,
                  GError          **error)
{
  g_autoptr(JsonObject) object = krn_status_to_json (status);
  g_autofree char *text = sage_json_object_to_string (object);
  g_autofree char *path = g_build_filename (directory, KRN_STATUS_FILE, NULL);
  g_autofree char *fresh = g_strconcat (path, ".new", NULL);
  gsize length = strlen (text);
  int fd = open (fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok = fd >= 0 && write (fd, text, length) == (ssize_t) length;

  if (fd >= 0)
    close (fd);
  ok = ok && rename (fresh, path) == 0;

  return ok || sage_throw_errno (error, "Cannot replace '%s'", path);
}
