/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include <signal.h>
#include <string.h>

#include "krn-host-private.h"
#include "sage-error.h"
#include "sage-time.h"

/* The lives of the kernel's process. One that ends by itself is not started again: what was in its
 * memory is gone, and whoever reads that it died decides. */

#define NUDGE_MS 20
#define LAST_WORDS_MS 50 /* what the kernel sent as it ended may still be on its way */
#define TERM_MS 1000

/* What comes with the request to shut down, restart or hand over. */
void
krn_host_answer_waiting (KrnHost    *self,
                         KrnWait     wait,
                         const char *reason)
{
  g_autoptr(JsonObject) answer = json_object_new ();

  json_object_set_boolean_member (answer, "ok", TRUE);
  for (guint i = 0; i < self->clients->len; i++)
    {
      KrnClient *client = g_ptr_array_index (self->clients, i);

      if (krn_client_get_wait (client) != wait)
        continue;
      if (reason != NULL)
        {
          krn_client_refuse (client, reason);
          continue;
        }
      krn_client_answer (client, answer);
      krn_client_end (client);
    }
}

static gboolean
nudge_cb (gpointer user_data)
{
  KrnHost *self = user_data;

  /* Subscribing takes effect at an unknown time: ask until the answer is heard there too. */
  if (self->has_answered && !self->is_heard)
    krn_host_send_own (self, SAGE_JUPYTER_SHELL, "kernel_info_request", NULL);

  return G_SOURCE_CONTINUE;
}

static void
forget_life (KrnHost *self)
{
  g_clear_handle_id (&self->nudge_source, g_source_remove);
  g_clear_handle_id (&self->grace_source, g_source_remove);
  g_clear_handle_id (&self->death_source, g_source_remove);
  g_clear_pointer (&self->sockets, krn_sockets_free);
  g_clear_pointer (&self->process, krn_process_free);
  self->is_ready = self->has_answered = self->is_heard = FALSE;
  self->status.pid = 0;
  g_clear_pointer (&self->status.executing, g_free);
}

/* Says that the kernel is no more, and why: before what it was asked for is answered, as one of those
 * requests is what it ended at. */
static void
mourn (KrnHost *self)
{
  g_autoptr(JsonObject) metadata = json_object_new ();

  self->status.state = KRN_DEAD;
  json_object_set_object_member (metadata, "sagebrush_end", krn_end_to_json (&self->status.end));
  krn_host_publish_state (self, "dead", metadata);
  krn_host_abort_pending (self);
  krn_host_abort_waiting (self);
  krn_host_answer_waiting (self, KRN_WAITS_FOR_RESTART, "The kernel ended as it started");
  krn_host_answer_waiting (self, KRN_WAITS_FOR_HAND_OVER, "The kernel ended");
}

static gboolean
death_cb (gpointer user_data)
{
  KrnHost *self = user_data;
  gboolean starts_anew = self->is_restarting && !self->is_ending;

  self->death_source = 0;
  if (self->sockets != NULL)
    krn_sockets_drain (self->sockets);
  krn_streams_finish (self->streams, g_get_monotonic_time ());
  forget_life (self);
  self->is_restarting = FALSE;

  if (starts_anew)
    {
      krn_host_abort_pending (self);
      self->status.restarts++;
      krn_host_start (self);
    }
  else
    {
      mourn (self);
    }
  if (self->is_ending || krn_host_is_standby (self))
    {
      krn_host_answer_waiting (self, KRN_WAITS_FOR_SHUTDOWN, NULL);
      g_main_loop_quit (self->loop);
    }

  return G_SOURCE_REMOVE;
}

static void
ended_cb (const KrnEnd *end,
          gpointer      user_data)
{
  KrnHost *self = user_data;

  krn_end_clear (&self->status.end);
  self->status.end = *end;
  self->status.end.stderr_tail = g_strdup (end->stderr_tail);
  self->status.has_ended = TRUE;
  g_clear_handle_id (&self->grace_source, g_source_remove);
  if (self->death_source == 0)
    self->death_source = g_timeout_add (LAST_WORDS_MS, death_cb, self);
}

static char **
expand_argv (KrnHost *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; self->spec->argv[i] != NULL; i++)
    {
      g_autoptr(GString) word = g_string_new (self->spec->argv[i]);

      g_string_replace (word, "{connection_file}", self->connection->path, 0);
      g_strv_builder_add (builder, word->str);
    }

  return g_strv_builder_end (builder);
}

static gboolean
start_process (KrnHost  *self,
               GError  **error)
{
  g_autofree char *output = g_build_filename (self->directory, "kernel.log", NULL);
  g_auto(GStrv) argv = expand_argv (self);

  /* The sockets first: they wait for the kernel rather than miss what it says. */
  self->sockets = krn_sockets_open (self->connection, krn_host_take_kernel, self, error);
  if (self->sockets == NULL)
    return FALSE;

  self->process = krn_process_start ((const char * const *) argv,
                                     (const char * const *) self->spec->environment, self->spec->cwd, output,
                                     self->spec->memory, ended_cb, self, error);

  return self->process != NULL;
}

/* Begins a life of the kernel. One that cannot begin has died. */
void
krn_host_start (KrnHost *self)
{
  g_autoptr(GError) error = NULL;

  self->status.state = KRN_STARTING;
  self->status.started = self->status.last_activity = sage_time_now ();
  krn_host_publish_state (self, "starting", NULL);

  if (!start_process (self, &error))
    {
      g_warning ("%s", error->message);
      krn_end_clear (&self->status.end);
      self->status.end = (KrnEnd) { .exit_code = 127, .stderr_tail = g_strdup (error->message) };
      self->status.has_ended = TRUE;
      forget_life (self);
      mourn (self);
      return;
    }

  self->status.pid = krn_process_get_pid (self->process);
  krn_host_send_own (self, SAGE_JUPYTER_SHELL, "kernel_info_request", NULL);
  self->nudge_source = g_timeout_add (NUDGE_MS, nudge_cb, self);
  krn_host_status_changed (self);
}

/* The kernel answers, and is heard: it gets what waits for it. */
void
krn_host_ready (KrnHost *self)
{
  SageJupyterMessage *message;

  self->is_ready = TRUE;
  g_clear_handle_id (&self->nudge_source, g_source_remove);
  if (self->is_restarting)
    return; /* it is to end again */

  self->status.state = KRN_IDLE;
  krn_host_publish_state (self, "idle", NULL);
  while ((message = g_queue_pop_head (&self->waiting)) != NULL)
    {
      krn_host_send (self, message);
      sage_jupyter_message_unref (message);
    }
  krn_host_answer_waiting (self, KRN_WAITS_FOR_RESTART, NULL);
}

static gboolean
kill_cb (gpointer user_data)
{
  KrnHost *self = user_data;

  self->grace_source = 0;
  krn_process_signal (self->process, SIGKILL);

  return G_SOURCE_REMOVE;
}

static gboolean
terminate_cb (gpointer user_data)
{
  KrnHost *self = user_data;

  krn_process_signal (self->process, SIGTERM);
  self->grace_source = g_timeout_add (TERM_MS, kill_cb, self);

  return G_SOURCE_REMOVE;
}

/* Asks the kernel to end, and sees to it. One that has not come up yet hears nothing, and one that
 * is at work would hear only after it. */
static void
end_life (KrnHost  *self,
          gboolean  restarts)
{
  g_autoptr(JsonObject) content = json_object_new ();

  json_object_set_boolean_member (content, "restart", restarts);
  if (self->is_ready)
    {
      if (self->status.state == KRN_BUSY)
        krn_host_interrupt (self, NULL);
      krn_host_send_own (self, SAGE_JUPYTER_CONTROL, "shutdown_request", content);
    }
  g_clear_handle_id (&self->grace_source, g_source_remove);
  self->grace_source = g_timeout_add (self->is_ready ? self->spec->shutdown_seconds * 1000 : 1,
                                      terminate_cb, self);
}

/* Ends the kernel, if it lives, and begins another life of it. */
void
krn_host_restart (KrnHost *self)
{
  if (self->is_restarting)
    return;

  self->status.state = KRN_RESTARTING;
  krn_host_publish_state (self, "restarting", NULL);
  if (self->process == NULL)
    {
      self->status.restarts++;
      krn_host_start (self);
      return;
    }

  self->is_restarting = TRUE;
  if (krn_process_get_pid (self->process) != 0)
    end_life (self, TRUE);
}

/* Ends the kernel and then the host. */
void
krn_host_shut_down (KrnHost *self)
{
  if (self->is_ending)
    return;

  self->is_ending = TRUE;
  if (self->process == NULL)
    {
      krn_host_answer_waiting (self, KRN_WAITS_FOR_SHUTDOWN, NULL);
      g_main_loop_quit (self->loop);
    }
  else if (krn_process_get_pid (self->process) != 0)
    {
      end_life (self, FALSE);
    }
}

/* Interrupts what the kernel does, as its kernelspec wants it. One that only starts would be ended by
 * the signal. */
gboolean
krn_host_interrupt (KrnHost  *self,
                    GError  **error)
{
  if (self->process == NULL)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "The kernel is dead");
  if (!self->is_ready)
    return sage_throw (error, SAGE_ERROR_BUSY, "The kernel is starting");

  if (self->spec->interrupt_mode == SAGE_INTERRUPT_MESSAGE)
    krn_host_send_own (self, SAGE_JUPYTER_CONTROL, "interrupt_request", NULL);
  else
    krn_process_signal (self->process, SIGINT);

  return TRUE;
}
