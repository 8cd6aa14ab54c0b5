/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-keep-awake"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-feed.h"
#include "sage-keep-awake.h"

struct _SageKeepAwake
{
  GObject         parent_instance;

  GtkApplication *application; /* outlives this */
  SageConnection *connection;  /* (owned) (nullable): the engine of this machine */
  SageFeed       *running;     /* (owned) (nullable): what runs on it */
  guint           cookie;      /* while suspending is inhibited */
};

G_DEFINE_FINAL_TYPE (SageKeepAwake, sage_keep_awake, G_TYPE_OBJECT)

static void
allow (SageKeepAwake *self)
{
  if (self->cookie != 0)
    gtk_application_uninhibit (self->application, self->cookie);
  self->cookie = 0;
}

/* What was known last of an engine that is away goes on: its jobs do too. */
static void
update (SageKeepAwake *self)
{
  if (sage_feed_get_total (self->running) == 0)
    allow (self);
  else if (self->cookie == 0)
    self->cookie = gtk_application_inhibit (self->application, NULL,
                                            GTK_APPLICATION_INHIBIT_SUSPEND,
                                            /* Translators: why the machine does not suspend */
                                            _("Jobs are running on this machine"));
}

static void
sage_keep_awake_dispose (GObject *object)
{
  SageKeepAwake *self = SAGE_KEEP_AWAKE (object);

  allow (self);
  if (self->running != NULL)
    g_signal_handlers_disconnect_by_data (self->running, self);
  g_clear_object (&self->running);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_keep_awake_parent_class)->dispose (object);
}

static void
sage_keep_awake_class_init (SageKeepAwakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_keep_awake_dispose;
}

static void
sage_keep_awake_init (SageKeepAwake *self)
{
}

SageKeepAwake *
sage_keep_awake_new (GtkApplication *application)
{
  SageKeepAwake *self = g_object_new (SAGE_TYPE_KEEP_AWAKE, NULL);

  self->application = application;

  return self;
}

static gboolean
is_running (SageResource *resource,
            gpointer      user_data)
{
  return sage_resource_get_state (resource) == SAGE_STATE_RUNNING;
}

/**
 * sage_keep_awake_follow:
 * @self: what keeps awake
 * @connection: an engine; nothing happens if it is elsewhere, or followed already
 *
 * Keeps this machine from suspending while jobs or executions of pipelines run on its engine.
 */
void
sage_keep_awake_follow (SageKeepAwake  *self,
                        SageConnection *connection)
{
  const int kinds[] = { SAGE_KIND_TRAINING_JOB, SAGE_KIND_PROCESSING_JOB, SAGE_KIND_EXECUTION, -1 };

  g_return_if_fail (SAGE_IS_KEEP_AWAKE (self));
  g_return_if_fail (SAGE_IS_CONNECTION (connection));

  if (self->connection != NULL
      || !sage_profile_is_embedded (sage_connection_get_profile (connection)))
    return;

  self->connection = g_object_ref (connection);
  self->running = sage_feed_new (connection, is_running, NULL, 0, kinds);
  g_signal_connect_swapped (self->running, "notify::total", G_CALLBACK (update), self);
  update (self);
}
