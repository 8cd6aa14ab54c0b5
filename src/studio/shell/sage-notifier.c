/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notifier"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-kernel-warning.h"
#include "sage-notifier.h"
#include "sage-words.h"

struct _SageNotifier
{
  GObject       parent_instance;

  GApplication *application; /* outlives this */
  GSettings    *settings;    /* (owned) */
  GPtrArray    *connections; /* (owned): those that are followed */
};

G_DEFINE_FINAL_TYPE (SageNotifier, sage_notifier, G_TYPE_OBJECT)

static void
sage_notifier_dispose (GObject *object)
{
  SageNotifier *self = SAGE_NOTIFIER (object);

  for (guint i = 0; i < self->connections->len; i++)
    g_signal_handlers_disconnect_by_data (self->connections->pdata[i], self);
  g_ptr_array_set_size (self->connections, 0);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sage_notifier_parent_class)->dispose (object);
}

static void
sage_notifier_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_NOTIFIER (object)->connections);

  G_OBJECT_CLASS (sage_notifier_parent_class)->finalize (object);
}

static void
sage_notifier_class_init (SageNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_notifier_finalize;
}

static void
sage_notifier_init (SageNotifier *self)
{
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
}

SageNotifier *
sage_notifier_new (GApplication *application,
                   GSettings    *settings)
{
  SageNotifier *self = g_object_new (SAGE_TYPE_NOTIFIER, NULL);

  self->application = application;
  self->settings = g_object_ref (settings);

  return self;
}

/* Whether a person wants to be told of a change of @resource. The jobs of a pipeline are not told
 * of one by one: the execution says how it went. */
static gboolean
is_news (SageResource *resource)
{
  SageKind kind = sage_resource_get_kind (resource);
  SageState state = sage_resource_get_state (resource);

  if (kind == SAGE_KIND_PACKAGE)
    return state == SAGE_STATE_WAITING;
  if (kind == SAGE_KIND_TRAINING_JOB || kind == SAGE_KIND_PROCESSING_JOB)
    return (state == SAGE_STATE_GOOD || state == SAGE_STATE_BAD)
           && !g_str_has_prefix (sage_resource_get_name (resource), "pipelines-");

  return (kind == SAGE_KIND_EXECUTION || kind == SAGE_KIND_ENDPOINT)
         && (state == SAGE_STATE_GOOD || state == SAGE_STATE_BAD);
}

/* Whether nobody looks at a window. */
static gboolean
is_elsewhere (SageNotifier *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self->application));

  return active == NULL || !gtk_window_is_active (active);
}

static gboolean
is_wanted (SageNotifier *self)
{
  return g_settings_get_boolean (self->settings, "notifications");
}

static void
event_cb (SageNotifier   *self,
          SageResource   *resource,
          SageConnection *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);
  g_autoptr(GNotification) notification = NULL;
  g_autofree char *location = NULL;
  g_autofree char *title = NULL;
  g_autofree char *name = sage_words_name (resource);
  const char *status = sage_resource_get_status (resource);

  if (!is_news (resource) || !is_elsewhere (self) || !is_wanted (self))
    return;

  if (sage_resource_get_kind (resource) == SAGE_KIND_PACKAGE)
    status = sage_resource_get_approval (resource);
  location = sage_resource_dup_location (resource);
  /* Translators: a kind of thing, then its state: "Pipeline execution: Succeeded" */
  title = g_strdup_printf (_("%s: %s"), sage_words_kind (sage_resource_get_kind (resource)),
                           sage_words_status (status));
  notification = g_notification_new (title);
  g_notification_set_body (notification, name);
  if (sage_resource_get_state (resource) == SAGE_STATE_BAD)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show", "(ss)",
                                                sage_profile_get_id (profile), location);
  g_notification_add_button_with_target (notification,
                                         sage_resource_get_state (resource) == SAGE_STATE_WAITING
                                           ? _("Review") : _("Show"),
                                         "app.show", "(ss)", sage_profile_get_id (profile),
                                         location);
  g_application_send_notification (self->application, location, notification);
}

static void
kernel_event_cb (SageNotifier   *self,
                 const char     *id,
                 const char     *what,
                 SageConnection *connection)
{
  if (strcmp (what, "idle-warning") != 0)
    sage_kernel_warning_withdraw (self->application, id);
  else if (is_wanted (self))
    sage_kernel_warning_send (self->application, connection, id, is_elsewhere (self));
}

/**
 * sage_notifier_follow:
 * @self: the notifier
 * @connection: an engine; once is enough
 */
void
sage_notifier_follow (SageNotifier   *self,
                      SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_NOTIFIER (self));
  g_return_if_fail (SAGE_IS_CONNECTION (connection));

  if (g_ptr_array_find (self->connections, connection, NULL))
    return;

  g_ptr_array_add (self->connections, g_object_ref (connection));
  g_signal_connect_swapped (connection, "event", G_CALLBACK (event_cb), self);
  g_signal_connect_swapped (connection, "kernel-event", G_CALLBACK (kernel_event_cb), self);
}
