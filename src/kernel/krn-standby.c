/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <sys/stat.h>

#include "krn-host-private.h"
#include "krn-host.h"
#include "sage-json.h"
#include "sage-time.h"

/* A kernel that was started before anybody wants one, so that who does need not wait. Nobody sees it
 * until it is handed over; it ends when its time is over, when it ends by itself, and with the engine
 * that started it: no other knows of it. */

/* The program that started us left us its end of a pipe, and nobody reads from that any more. */
static gboolean
is_pipe (int fd)
{
  struct stat about;

  return fstat (fd, &about) == 0 && S_ISFIFO (about.st_mode);
}

static gboolean
left_cb (int          fd,
         GIOCondition condition,
         gpointer     user_data)
{
  KrnHost *self = user_data;

  self->starter_source = 0;
  krn_host_shut_down (self);

  return G_SOURCE_REMOVE;
}

static gboolean
over_cb (gpointer user_data)
{
  KrnHost *self = user_data;

  self->standby_source = 0;
  if (self->next == NULL)
    krn_host_shut_down (self);

  return G_SOURCE_REMOVE;
}

/* Whether nobody has been given the kernel. */
gboolean
krn_host_is_standby (KrnHost *self)
{
  return self->spec->standby_seconds > 0;
}

/* Sees to the end of a kernel that nobody comes to want. */
void
krn_host_stand_by (KrnHost *self)
{
  self->standby_source = g_timeout_add_seconds (self->spec->standby_seconds, over_cb, self);
  if (is_pipe (KRN_STARTER_FD))
    self->starter_source = g_unix_fd_add (KRN_STARTER_FD, G_IO_ERR, left_cb, self);
}

/* Has the kernel run what makes it one that was started as `kernel-spec.json` says now. */
void
krn_host_hand_over (KrnHost    *self,
                    KrnClient  *client,
                    const char *code)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(GError) error = NULL;

  if (!krn_host_is_standby (self) || self->next != NULL || self->is_ending)
    {
      krn_client_refuse (client, "The kernel is in use");
      return;
    }
  if (!self->is_ready || self->status.state != KRN_IDLE)
    {
      krn_client_refuse (client, "The kernel is starting");
      return;
    }
  self->next = krn_spec_read (self->directory, &error);
  if (self->next == NULL || self->next->standby_seconds > 0)
    {
      g_clear_pointer (&self->next, krn_spec_free);
      krn_client_refuse (client, error != NULL ? error->message : "There is nothing to begin");
      return;
    }

  json_object_set_string_member (content, "code", code);
  json_object_set_boolean_member (content, "silent", TRUE);
  json_object_set_boolean_member (content, "store_history", FALSE);
  json_object_set_object_member (content, "user_expressions", json_object_new ());
  json_object_set_boolean_member (content, "allow_stdin", FALSE);
  json_object_set_boolean_member (content, "stop_on_error", FALSE);
  krn_client_set_wait (client, KRN_WAITS_FOR_HAND_OVER);
  krn_host_send_own (self, SAGE_JUPYTER_SHELL, "execute_request", content);
}

/* Takes the kernel's word on it. One that could not be made so is of no use to anybody. */
void
krn_host_take_over (KrnHost            *self,
                    SageJupyterMessage *reply)
{
  JsonObject *content = sage_jupyter_message_get_content (reply);

  if (self->next == NULL)
    return;
  if (!g_str_equal (sage_json_string (content, "status", ""), "ok"))
    {
      krn_host_answer_waiting (self, KRN_WAITS_FOR_HAND_OVER,
                               sage_json_string (content, "evalue", "The kernel cannot be handed over"));
      krn_host_shut_down (self);
      return;
    }

  g_clear_handle_id (&self->standby_source, g_source_remove);
  g_clear_handle_id (&self->starter_source, g_source_remove);
  krn_spec_free (self->spec);
  self->spec = g_steal_pointer (&self->next);
  self->status.started = self->status.last_activity = sage_time_now ();
  krn_host_status_changed (self);
  krn_host_answer_waiting (self, KRN_WAITS_FOR_HAND_OVER, NULL);
}
