/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-verdict"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-confirm.h"
#include "sage-json.h"
#include "sage-page.h"
#include "sage-verdict.h"
#include "sage-words.h"

#define UNDO_SECONDS 10

/* What was said about a version, and what is to be said. */
typedef struct
{
  SageConnection *connection; /* (owned) */
  SageResource   *package;    /* (owned) */
  char           *status;     /* (owned) */
  char           *reason;     /* (owned) */
  char           *old_status; /* (owned) */
  char           *old_reason; /* (owned) */
} Verdict;

static void
verdict_free (gpointer data)
{
  Verdict *self = data;

  g_object_unref (self->connection);
  g_object_unref (self->package);
  g_free (self->status);
  g_free (self->reason);
  g_free (self->old_status);
  g_free (self->old_reason);
  g_free (self);
}

/* "ChurnModels version 3", for sentences */
static char *
dup_name (SageResource *package)
{
  JsonObject *description = sage_resource_get_description (package);
  const char *group = description != NULL
                        ? sage_json_string (description, "ModelPackageGroupName", NULL) : NULL;

  return sage_words_version (group != NULL ? group : sage_resource_get_name (package),
                             sage_resource_get_title (package));
}

static void
send (Verdict             *self,
      const char          *status,
      const char          *reason,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, "ModelPackageArn", sage_resource_get_arn (self->package));
  json_object_set_string_member (input, "ModelApprovalStatus", status);
  json_object_set_string_member (input, "ApprovalDescription", reason);
  sage_connection_call_async (self->connection, "UpdateModelPackage", input, cancellable, callback,
                              user_data);
}

/* --- Taking it back --------------------------------------------------------------------------- */

static void
undone_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GtkWidget) overlay = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply == NULL)
    sage_toast_error (overlay, _("Could not take the decision back"), error);
}

static void
undo_cb (AdwToast *toast,
         Verdict  *self)
{
  GtkWidget *overlay = g_object_get_data (G_OBJECT (toast), "sage-overlay");

  send (self, self->old_status, self->old_reason, NULL, undone_cb, g_object_ref (overlay));
}

static void
tell (GtkWidget *widget,
      Verdict   *self,
      gboolean   undo)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  gboolean approved = strcmp (self->status, "Approved") == 0;
  g_autofree char *name = dup_name (self->package);
  g_autofree char *text = g_strdup_printf (approved ? _("Approved %s") : _("Rejected %s"), name);
  AdwToast *toast;

  if (overlay == NULL) /* its tab was closed before the engine answered */
    {
      verdict_free (self);
      return;
    }

  toast = adw_toast_new ("");
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  if (undo)
    {
      adw_toast_set_button_label (toast, _("_Undo"));
      adw_toast_set_timeout (toast, UNDO_SECONDS);
      adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
      g_object_set_data (G_OBJECT (toast), "sage-overlay", overlay);
      g_object_set_data_full (G_OBJECT (toast), "sage-verdict", self, verdict_free);
      g_signal_connect (toast, "button-clicked", G_CALLBACK (undo_cb), self);
    }
  else
    verdict_free (self);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  sage_announce (overlay, text);
}

/* --- Doing it --------------------------------------------------------------------------------- */

static gboolean
is_production (SageConnection *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);

  return profile != NULL && g_strcmp0 (sage_profile_get_colour (profile), "red") == 0;
}

static void
updated_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Verdict *self = g_task_get_task_data (task);
  g_autoptr(JsonObject) reply = NULL;
  GError *error = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  tell (g_task_get_source_object (task), g_memdup2 (self, sizeof *self),
        !is_production (self->connection));
  memset (self, 0, sizeof *self); /* the toast has it now */
  g_task_return_boolean (task, TRUE);
}

static void
task_data_free (gpointer data)
{
  Verdict *self = data;

  if (self->connection != NULL)
    verdict_free (self);
  else
    g_free (self);
}

static void
start (GTask *task)
{
  Verdict *self = g_task_get_task_data (task);

  send (self, self->status, self->reason, g_task_get_cancellable (task), updated_cb, task);
}

static void
confirmed_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (sage_confirm_finish (GTK_WIDGET (object), result, &error))
    start (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/* On production a verdict cannot be taken back: what deploys on approval has begun at once. */
static void
ask (GTask     *task,
     GtkWidget *widget)
{
  Verdict *self = g_task_get_task_data (task);
  gboolean approve = strcmp (self->status, "Approved") == 0;
  g_autofree char *name = dup_name (self->package);
  g_autofree char *heading = g_strdup_printf (approve ? _("Approve %s?") : _("Reject %s?"), name);
  const char *body = approve ? _("This is a production engine. Whatever deploys approved versions "
                                 "can use this one at once.")
                             : _("This is a production engine. Whatever deploys approved versions "
                                 "will not use this one any more.");

  sage_confirm_async (widget, self->connection, heading, body,
                      approve ? _("_Approve") : _("_Reject"),
                      sage_resource_get_name (self->package), g_task_get_cancellable (task),
                      confirmed_cb, task);
}

/**
 * sage_verdict_async:
 * @widget: where it was asked for, in a window
 * @connection: the engine
 * @package: a version of a model, with its description
 * @status: `Approved` or `Rejected`
 * @reason: why; may be empty
 * @cancellable: (nullable): closes the question
 * @callback: called when the engine has it
 * @user_data: for @callback
 *
 * Approves or rejects a version, and offers to take that back; on a production engine it asks before.
 */
void
sage_verdict_async (GtkWidget           *widget,
                    SageConnection      *connection,
                    SageResource        *package,
                    const char          *status,
                    const char          *reason,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  JsonObject *description = sage_resource_get_description (package);
  Verdict *self = g_new0 (Verdict, 1);
  GTask *task = g_task_new (widget, cancellable, callback, user_data);

  g_task_set_source_tag (task, sage_verdict_async);
  self->connection = g_object_ref (connection);
  self->package = g_object_ref (package);
  self->status = g_strdup (status);
  self->reason = g_strdup (reason);
  self->old_status = g_strdup (sage_json_string (description, "ModelApprovalStatus",
                                                 "PendingManualApproval"));
  self->old_reason = g_strdup (sage_json_string (description, "ApprovalDescription", ""));
  g_task_set_task_data (task, self, task_data_free);

  if (is_production (connection))
    ask (task, widget);
  else
    start (task);
}

/**
 * sage_verdict_finish:
 * @widget: the widget
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether it is done; %G_IO_ERROR_CANCELLED if it was not confirmed
 */
gboolean
sage_verdict_finish (GtkWidget     *widget,
                     GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, widget), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
