/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-warning"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-client-kernels.h"
#include "sage-clock.h"
#include "sage-json.h"
#include "sage-kernel-warning.h"
#include "sage-notebook-document.h"
#include "sage-text.h"

/* A kernel that is to be shut down, about which is asked what it is for. */
typedef struct
{
  GApplication   *application; /* (owned) */
  SageConnection *connection;  /* (owned) */
  char           *id;          /* (owned) */
  gboolean        is_elsewhere; /* nobody looks at a window */
} Warning;

static void
warning_free (Warning *warning)
{
  g_object_unref (warning->application);
  g_object_unref (warning->connection);
  g_free (warning->id);
  g_free (warning);
}

static char *
notification_id (const char *id)
{
  return g_strconcat ("kernel/", id, NULL);
}

/* Returns: (nullable): the file that the kernel runs */
static const char *
find_notebook (JsonObject *facts)
{
  JsonArray *notebooks = sage_json_array (facts, "notebooks");

  return notebooks != NULL && json_array_get_length (notebooks) > 0
           ? sage_json_array_string (notebooks, 0) : NULL;
}

/* Whether the notebook is open: it says itself then that its kernel will be shut down, and marks its tab.
 * A script does not, whose console may be put away. */
static gboolean
is_open (JsonObject *facts)
{
  const char *path = find_notebook (facts);
  g_autoptr(GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  SageNotebookDocument *document = file != NULL ? sage_notebook_document_find (file) : NULL;

  return document != NULL && sage_notebook_document_is_in_editor (document);
}

static char *
make_title (const char *path,
            const char *kernel)
{
  g_autofree char *base = path != NULL ? g_path_get_basename (path) : NULL;
  g_autofree char *name = base != NULL ? g_filename_display_name (base) : g_strdup (kernel);
  g_autofree char *isolated = sage_text_isolate (name);

  /* Translators: the name of a notebook's file, or of a kernel */
  return g_strdup_printf (_("Kernel of %s will be shut down"), isolated);
}

static char *
make_body (JsonObject *facts)
{
  g_autofree char *since = sage_clock_time (sage_json_double (facts, "idle_since", 0));
  g_autofree char *ends = sage_clock_time (sage_json_double (facts, "idle_ends", 0));

  /* Translators: two times of day */
  return g_strdup_printf (_("Nobody has used it since %s. It ends at %s, and what it holds is lost."),
                          since, ends);
}

static void
show (Warning    *warning,
      JsonObject *facts)
{
  const char *profile = sage_profile_get_id (sage_connection_get_profile (warning->connection));
  const char *path = find_notebook (facts);
  g_autofree char *title = make_title (path, sage_json_string (facts, "name", ""));
  g_autofree char *body = make_body (facts);
  g_autofree char *id = notification_id (warning->id);
  g_autofree char *location = path != NULL ? g_strconcat ("notebook/", path, NULL) : NULL;
  g_autoptr(GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  /* of an engine elsewhere the file may not be here */
  if (path != NULL && g_str_has_suffix (path, ".ipynb") && g_file_test (path, G_FILE_TEST_EXISTS))
    g_notification_set_default_action_and_target (notification, "app.show", "(ss)", profile, location);
  g_notification_add_button_with_target (notification, _("Keep it running"), "app.keep-kernel", "(ss)",
                                         profile, warning->id);
  g_application_send_notification (warning->application, id, notification);
}

static void
facts_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Warning *warning = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) facts = sage_client_get_finish (SAGE_CLIENT (object), result, &error);

  if (facts == NULL)
    g_debug ("%s", error->message);
  else if (sage_json_double (facts, "idle_ends", 0) > 0 /* not kept meanwhile */
           && (warning->is_elsewhere || !is_open (facts)))
    show (warning, facts);
  warning_free (warning);
}

/**
 * sage_kernel_warning_send:
 * @application: who tells
 * @connection: an engine
 * @id: one of its kernels, which it will shut down soon because nobody uses it
 * @is_elsewhere: whether nobody looks at a window
 *
 * Tells the desktop, which can have it kept; a notebook that is open and looked at says so itself.
 */
void
sage_kernel_warning_send (GApplication   *application,
                          SageConnection *connection,
                          const char     *id,
                          gboolean        is_elsewhere)
{
  SageClient *client = sage_connection_get_client (connection);
  g_autofree char *escaped = g_uri_escape_string (id, NULL, TRUE);
  g_autofree char *path = g_strconcat ("/sagebrush/v1/kernels/", escaped, NULL);
  Warning *warning;

  if (client == NULL)
    return;

  warning = g_new0 (Warning, 1);
  warning->application = g_object_ref (application);
  warning->connection = g_object_ref (connection);
  warning->id = g_strdup (id);
  warning->is_elsewhere = is_elsewhere;
  sage_client_get_async (client, path, NULL, facts_cb, warning);
}

/**
 * sage_kernel_warning_withdraw:
 * @application: who may have told
 * @id: a kernel of which that is not so any more
 */
void
sage_kernel_warning_withdraw (GApplication *application,
                              const char   *id)
{
  g_autofree char *notification = notification_id (id);

  g_application_withdraw_notification (application, notification);
}

/* --- The answer ------------------------------------------------------------------------------- */

/* Whoever pressed "Keep it running" looks elsewhere by now. */
static void
tell_not_kept (Warning *warning)
{
  g_autofree char *id = notification_id (warning->id);
  g_autoptr(GNotification) notification = g_notification_new (_("The kernel could not be kept running"));

  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (warning->application, id, notification);
}

static void
kept_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Warning *warning = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_client_keep_kernel_finish (SAGE_CLIENT (object), result, &error))
    {
      g_warning ("Kernel %s was to be kept and is not: %s", warning->id, error->message);
      tell_not_kept (warning);
    }
  g_application_release (warning->application);
  warning_free (warning);
}

static void
keep_when_connected_cb (SageConnection *connection,
                        GParamSpec     *pspec,
                        Warning        *warning)
{
  SageConnectionState state = sage_connection_get_state (connection);
  SageClient *client = sage_connection_get_client (connection);

  /* of one that was not asked to connect yet there is no error */
  if (state != SAGE_CONNECTION_CONNECTED && sage_connection_get_error (connection) == NULL)
    return;

  g_signal_handlers_disconnect_by_data (connection, warning);
  if (state == SAGE_CONNECTION_CONNECTED && client != NULL)
    {
      sage_client_keep_kernel_async (client, warning->id, NULL, kept_cb, warning);
      return;
    }
  tell_not_kept (warning);
  g_application_release (warning->application);
  warning_free (warning);
}

/**
 * sage_kernel_warning_keep:
 * @application: who told of it
 * @connection: an engine; one that is not connected yet, as when this process was started by the
 *   desktop for this, is waited for
 * @id: one of its kernels, which is not to be shut down
 */
void
sage_kernel_warning_keep (GApplication   *application,
                          SageConnection *connection,
                          const char     *id)
{
  Warning *warning = g_new0 (Warning, 1);

  warning->application = g_object_ref (application);
  warning->connection = g_object_ref (connection);
  warning->id = g_strdup (id);
  g_application_hold (application);
  g_signal_connect (connection, "notify::state", G_CALLBACK (keep_when_connected_cb), warning);
  keep_when_connected_cb (connection, NULL, warning);
}
