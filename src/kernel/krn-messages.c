/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include <string.h>

#include "krn-host-private.h"
#include "sage-jupyter-frame.h"
#include "sage-json.h"
#include "sage-time.h"

#define MAX_WAITING 1000
#define MAX_PENDING 10000

/* Requests that are served beside the executions: what they make of the kernel's state tells nothing. */
static const char *const aside[] = {
  "interrupt_request", "shutdown_request", "debug_request", "usage_request", "create_subshell_request",
  "delete_subshell_request", "list_subshell_request",
};

static void
note_fault (KrnHost *self,
            GError  *error)
{
  const char *fault = error != NULL ? error->message : NULL;

  if (fault != NULL && self->status.journal_fault == NULL)
    g_warning ("%s", fault);
  g_set_str (&self->status.journal_fault, fault);
}

/* Numbers and keeps a message, then gives it to all clients: what a client has, the journal has. */
void
krn_host_publish (SageJupyterMessage *message,
                  gpointer            user_data)
{
  KrnHost *self = user_data;
  g_autoptr(GBytes) frame = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_V1, NULL);
  g_autoptr(GError) error = NULL;
  guint64 seq = krn_journal_append (self->journal, frame, &error);

  note_fault (self, error);
  krn_host_note_output (self, message, seq);
  for (guint i = 0; i < self->clients->len; i++)
    krn_client_offer (g_ptr_array_index (self->clients, i), message, frame, seq);
  krn_host_status_changed (self);
}

/* Says over iopub what the kernel itself cannot. */
void
krn_host_publish_state (KrnHost    *self,
                        const char *state,
                        JsonObject *metadata)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) message = NULL;

  json_object_set_string_member (content, "execution_state", state);
  message = sage_jupyter_message_new_request (SAGE_JUPYTER_IOPUB, "status", self->session,
                                              g_get_user_name (), metadata, content);
  krn_host_publish (message, self);
}

/* The reply to a request that no kernel will answer. */
static void
abort_request (KrnHost            *self,
               SageJupyterMessage *request)
{
  const char *msg_type = sage_jupyter_message_get_msg_type (request);
  g_autofree char *stem = g_str_has_suffix (msg_type, "_request")
                            ? g_strndup (msg_type, strlen (msg_type) - strlen ("_request")) : NULL;
  g_autofree char *reply_type = stem != NULL ? g_strconcat (stem, "_reply", NULL) : NULL;
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) reply = NULL;

  if (reply_type == NULL)
    return; /* comm_msg and the like get no reply */

  json_object_set_string_member (content, "status", "aborted");
  reply = sage_jupyter_message_new_answer (request, SAGE_JUPYTER_SHELL, reply_type, self->session,
                                           g_get_user_name (), content);
  krn_host_publish (reply, self);
}

/* Answers in place of a kernel that is no more what was sent to it, in order. */
void
krn_host_abort_pending (KrnHost *self)
{
  g_autoptr(GPtrArray) requests = g_steal_pointer (&self->pending);

  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_jupyter_message_unref);
  for (guint i = 0; i < requests->len; i++)
    abort_request (self, g_ptr_array_index (requests, i));
}

/* And what was to be sent to it. */
void
krn_host_abort_waiting (KrnHost *self)
{
  SageJupyterMessage *request;

  while ((request = g_queue_pop_head (&self->waiting)) != NULL)
    {
      abort_request (self, request);
      sage_jupyter_message_unref (request);
    }
}

/* Expects a reply, if it is a request: a comm's message gets none. */
static void
add_pending (KrnHost            *self,
             SageJupyterMessage *message)
{
  if (!g_str_has_suffix (sage_jupyter_message_get_msg_type (message), "_request"))
    return;
  if (self->pending->len >= MAX_PENDING) /* a kernel that never replies to some */
    g_ptr_array_remove_index (self->pending, 0);
  g_ptr_array_add (self->pending, sage_jupyter_message_ref (message));
}

static void
remove_pending (KrnHost    *self,
                const char *msg_id)
{
  for (guint i = 0; i < self->pending->len && msg_id != NULL; i++)
    if (g_str_equal (sage_jupyter_message_get_msg_id (g_ptr_array_index (self->pending, i)), msg_id))
      {
        g_ptr_array_remove_index (self->pending, i);
        return;
      }
}

/* Finds the executions that a host which is gone left without a reply: no kernel answers them now. Which
 * outputs somebody has kept by now went with it. */
void
krn_host_adopt_journal (KrnHost *self)
{
  g_autoptr(KrnCursor) cursor = krn_cursor_new (self->journal, 0);
  guint64 seq;

  while (TRUE)
    {
      g_autoptr(GBytes) frame = krn_cursor_next (cursor, &seq);
      g_autoptr(SageJupyterMessage) message = NULL;
      const char *msg_type;

      if (frame == NULL)
        break;
      message = sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, NULL);
      if (message == NULL)
        continue;
      krn_host_note_output (self, message, seq);
      if (sage_jupyter_message_get_channel (message) != SAGE_JUPYTER_SHELL)
        continue;

      msg_type = sage_jupyter_message_get_msg_type (message);
      if (g_str_equal (msg_type, "execute_request"))
        add_pending (self, message);
      else
        remove_pending (self, sage_jupyter_message_get_parent_id (message));
    }

  krn_host_abort_pending (self);
}

/* Sends a request of the host's own; its answers are for nobody else. */
void
krn_host_send_own (KrnHost            *self,
                   SageJupyterChannel  channel,
                   const char         *msg_type,
                   JsonObject         *content)
{
  g_autoptr(SageJupyterMessage) message =
    sage_jupyter_message_new_request (channel, msg_type, self->session, g_get_user_name (), NULL, content);
  g_autoptr(GError) error = NULL;

  if (self->sockets != NULL && !krn_sockets_send (self->sockets, message, &error))
    g_warning ("%s", error->message);
}

/* The answers to what asks whether the kernel is there. */
static void
take_own (KrnHost            *self,
          SageJupyterMessage *message)
{
  if (sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_SHELL)
    {
      self->has_answered = TRUE;
      if (g_str_equal (sage_jupyter_message_get_msg_type (message), "execute_reply"))
        krn_host_take_over (self, message);
    }
  else if (sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_IOPUB)
    self->is_heard = TRUE;
  if (!self->is_ready && self->has_answered && self->is_heard)
    krn_host_ready (self);
}

/* Whether the kernel is busy is what it says of the requests on its shell. */
static void
note_state (KrnHost            *self,
            SageJupyterMessage *message)
{
  const char *state = sage_json_string (sage_jupyter_message_get_content (message), "execution_state", "");
  const char *parent = sage_jupyter_message_get_parent_id (message);
  const char *parent_type = sage_json_string (sage_jupyter_message_get_parent_header (message), "msg_type", "");

  for (guint i = 0; i < G_N_ELEMENTS (aside); i++)
    if (g_str_equal (parent_type, aside[i]))
      return;
  if (!self->is_ready || self->is_restarting)
    return;

  if (g_str_equal (state, "busy"))
    {
      self->status.state = KRN_BUSY;
      if (g_str_equal (parent_type, "execute_request"))
        g_set_str (&self->status.executing, parent);
    }
  else if (g_str_equal (state, "idle") &&
           (self->status.executing == NULL || g_strcmp0 (self->status.executing, parent) == 0))
    {
      self->status.state = KRN_IDLE;
      g_clear_pointer (&self->status.executing, g_free);
    }
}

static gboolean
streams_cb (gpointer user_data)
{
  KrnHost *self = user_data;
  gint64 deadline;
  gint64 now = g_get_monotonic_time ();

  krn_streams_tick (self->streams, now);
  deadline = krn_streams_deadline (self->streams);
  self->streams_source = deadline < 0 ? 0
    : g_timeout_add ((guint) CLAMP ((deadline - now) / 1000 + 1, 1, 1000), streams_cb, self);

  return G_SOURCE_REMOVE;
}

static void
take_iopub (KrnHost            *self,
            SageJupyterMessage *message)
{
  const char *msg_type = sage_jupyter_message_get_msg_type (message);

  if (g_str_equal (msg_type, "iopub_welcome")) /* to a subscriber, which clients are not */
    return;
  if (g_str_equal (msg_type, "status"))
    note_state (self, message);

  krn_streams_take (self->streams, message, g_get_monotonic_time ());
  if (self->streams_source == 0 && krn_streams_deadline (self->streams) >= 0)
    streams_cb (self);
}

/* Takes what the kernel says. */
void
krn_host_take_kernel (SageJupyterMessage *message,
                      gpointer            user_data)
{
  KrnHost *self = user_data;

  if (g_strcmp0 (sage_jupyter_message_get_parent_session (message), self->session) == 0)
    {
      take_own (self, message);
      return;
    }

  self->status.last_activity = sage_time_now ();
  switch (sage_jupyter_message_get_channel (message))
    {
    case SAGE_JUPYTER_IOPUB:
      take_iopub (self, message);
      break;
    case SAGE_JUPYTER_SHELL:
    case SAGE_JUPYTER_STDIN:
      krn_streams_flush (self->streams, g_get_monotonic_time ());
      if (sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_SHELL)
        remove_pending (self, sage_jupyter_message_get_parent_id (message));
      krn_host_publish (message, self);
      break;
    case SAGE_JUPYTER_CONTROL:
      for (guint i = 0; i < self->clients->len; i++)
        krn_client_pass (g_ptr_array_index (self->clients, i), message);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Sends what a client asks for. */
void
krn_host_send (KrnHost            *self,
               SageJupyterMessage *message)
{
  g_autoptr(GError) error = NULL;

  if (sage_jupyter_message_get_channel (message) == SAGE_JUPYTER_SHELL)
    add_pending (self, message);
  if (!krn_sockets_send (self->sockets, message, &error))
    g_warning ("%s", error->message);
}

/* A kernel that starts, or will, gets it then. */
static void
take_shell (KrnHost            *self,
            SageJupyterMessage *message)
{
  if (g_str_equal (sage_jupyter_message_get_msg_type (message), "execute_request"))
    krn_host_publish (message, self);

  if (self->is_ready && !self->is_restarting)
    krn_host_send (self, message);
  else if ((self->sockets != NULL || self->is_restarting) && self->waiting.length < MAX_WAITING)
    g_queue_push_tail (&self->waiting, sage_jupyter_message_ref (message));
  else
    abort_request (self, message);
}

/* Takes what a client says. */
void
krn_host_take_client (KrnHost            *self,
                      SageJupyterMessage *message)
{
  self->status.last_activity = sage_time_now ();
  switch (sage_jupyter_message_get_channel (message))
    {
    case SAGE_JUPYTER_SHELL:
      take_shell (self, message);
      break;
    case SAGE_JUPYTER_STDIN:
    case SAGE_JUPYTER_CONTROL:
      if (self->sockets != NULL)
        krn_host_send (self, message);
      break;
    case SAGE_JUPYTER_IOPUB:
      break; /* nobody but the kernel publishes */
    default:
      g_assert_not_reached ();
    }
}
