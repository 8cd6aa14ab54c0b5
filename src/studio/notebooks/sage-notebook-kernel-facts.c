/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-kernel"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-client-kernels.h"
#include "sage-json.h"
#include "sage-notebook-kernel-private.h"

/* What the engine tells of the kernel (memory, processor time, how it ended or when it is to), and that it
 * is to be kept. */

/* Of one processor core, from what all its processes have taken until now and the time before; -1 where
 * that is not known, as after the first look and after a restart. */
static double
find_processor (JsonObject *before,
                JsonObject *now)
{
  double time = sage_json_double (now, "measured", 0);
  double time_before = before != NULL ? sage_json_double (before, "measured", 0) : 0;
  double taken;

  if (time_before <= 0 || time <= time_before
      || sage_json_int (before, "pid", 0) != sage_json_int (now, "pid", -1)
      || sage_json_int (now, "processes", 0) == 0)
    return -1;

  /* what a process had taken that nobody waited for is missing once it has ended */
  taken = sage_json_double (now, "cpu_seconds", 0) - sage_json_double (before, "cpu_seconds", 0);

  return taken >= 0 ? 100 * taken / (time - time_before) : -1;
}

static void
facts_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) facts = NULL;
  double processor;

  facts = sage_jupyter_server_get_facts_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (facts == NULL)
    {
      g_debug ("%s", error->message);
      return;
    }
  if (self->client == NULL
      || strcmp (sage_json_string (facts, "id", ""), sage_kernel_client_get_kernel_id (self->client)) != 0)
    return; /* it has been changed for another meanwhile */

  processor = find_processor (self->facts, facts);
  g_clear_pointer (&self->facts, json_object_unref);
  self->facts = g_steal_pointer (&facts);
  sage_notebook_kernel_set_usage (self, (guint64) MAX (sage_json_int (self->facts, "memory_bytes", 0), 0),
                                  processor);
  sage_notebook_kernel_set_idle_ends (self, sage_json_double (self->facts, "idle_ends", 0));
  if (self->state == SAGE_NOTEBOOK_KERNEL_DEAD)
    sage_notebook_kernel_emit_ended (self);
}

/**
 * sage_notebook_kernel_load_facts:
 * @self: a kernel
 *
 * Asks the engine how much it takes, whether it is to be shut down, and how it ended if it did.
 */
void
sage_notebook_kernel_load_facts (SageNotebookKernel *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  if (self->client != NULL)
    sage_jupyter_server_get_facts_async (self->server,
                                         sage_kernel_client_get_kernel_id (self->client),
                                         self->cancellable, facts_cb, g_object_ref (self));
}

/* Of what has happened to it the engine tells first that it has, and then what. */
static void
event_cb (SageNotebookKernel *self,
          const char         *id,
          const char         *what)
{
  if (self->client != NULL && strcmp (id, sage_kernel_client_get_kernel_id (self->client)) == 0)
    sage_notebook_kernel_load_facts (self);
}

/* Hears from now on what the engine tells of kernels. */
void
sage_notebook_kernel_follow_events (SageNotebookKernel *self)
{
  SageConnection *connection = sage_notebook_document_get_connection (self->document);

  if (connection != NULL)
    g_signal_connect_object (connection, "kernel-event", G_CALLBACK (event_cb), self,
                             G_CONNECT_SWAPPED);
}

/* --- What it is told -------------------------------------------------------------------------- */

static void
kept_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_client_keep_kernel_finish (SAGE_CLIENT (object), result, &error))
    sage_notebook_kernel_tell (self, _("The kernel could not be kept running"), error);
  else
    sage_notebook_kernel_load_facts (self);
}

/**
 * sage_notebook_kernel_keep:
 * @self: a kernel that is to be shut down because nobody uses it
 *
 * Has the engine keep it.
 */
void
sage_notebook_kernel_keep (SageNotebookKernel *self)
{
  SageConnection *connection;
  SageClient *client;

  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  connection = sage_notebook_document_get_connection (self->document);
  client = connection != NULL ? sage_connection_get_client (connection) : NULL;
  if (client != NULL && self->client != NULL)
    sage_client_keep_kernel_async (client, sage_kernel_client_get_kernel_id (self->client),
                                   self->cancellable, kept_cb, g_object_ref (self));
}
