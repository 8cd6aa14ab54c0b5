/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-confirm"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-confirm.h"
#include "sage-page.h"
#include "sage-removal-private.h"
#include "sage-text.h"

/* --- Asking ---------------------------------------------------------------------------------- */

static void
typed_cb (GtkEditable    *entry,
          AdwAlertDialog *dialog)
{
  const char *name = g_object_get_data (G_OBJECT (dialog), "sage-confirm-name");

  adw_alert_dialog_set_response_enabled (dialog, "confirm",
                                         strcmp (gtk_editable_get_text (entry), name) == 0);
}

/* On production nobody deletes by a slip of the hand. */
static void
ask_for_name (AdwAlertDialog *dialog,
              const char     *name)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *entry = gtk_entry_new ();
  g_autofree char *isolated = sage_text_isolate (name);
  g_autofree char *text = g_strdup_printf (_("Type “%s” to confirm"), isolated);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0, NULL);

  gtk_widget_add_css_class (label, "caption");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label,
                                  NULL, -1);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  adw_alert_dialog_set_extra_child (dialog, box);
  adw_alert_dialog_set_response_enabled (dialog, "confirm", FALSE);
  g_object_set_data_full (G_OBJECT (dialog), "sage-confirm-name", g_strdup (name), g_free);
  g_signal_connect (entry, "changed", G_CALLBACK (typed_cb), dialog);
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (strcmp (answer, "confirm") == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Not confirmed");
}

static gboolean
is_production (SageConnection *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);

  return profile != NULL && g_strcmp0 (sage_profile_get_colour (profile), "red") == 0;
}

/**
 * sage_confirm_async:
 * @widget: where it was asked for, in a window
 * @connection: the engine that it is done to
 * @heading: the question, translated, short and without data: "Delete endpoint?" (it does not wrap)
 * @body: what it is about and what it comes to, translated; data in it isolated
 * @verb: what the button says, translated, with a mnemonic: "_Delete"
 * @name: what is to be typed where the connection is to a production engine
 * @cancellable: (nullable): closes the dialog
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks before something is done that cannot be taken back. No text is markup.
 */
void
sage_confirm_async (GtkWidget            *widget,
                    SageConnection       *connection,
                    const char           *heading,
                    const char           *body,
                    const char           *verb,
                    const char           *name,
                    GCancellable         *cancellable,
                    GAsyncReadyCallback   callback,
                    gpointer              user_data)
{
  AdwAlertDialog *dialog;
  GTask *task;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (SAGE_IS_CONNECTION (connection));
  g_return_if_fail (heading != NULL && body != NULL && verb != NULL && name != NULL);

  task = g_task_new (widget, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_confirm_async);

  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));
  adw_alert_dialog_set_heading_use_markup (dialog, FALSE);
  adw_alert_dialog_set_body_use_markup (dialog, FALSE);
  adw_alert_dialog_add_response (dialog, "cancel", _("_Cancel"));
  adw_alert_dialog_add_response (dialog, "confirm", verb);
  adw_alert_dialog_set_response_appearance (dialog, "confirm", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  if (is_production (connection))
    ask_for_name (dialog, name);

  adw_alert_dialog_choose (dialog, widget, cancellable, answered_cb, task);
}

/**
 * sage_confirm_finish:
 * @widget: the widget
 * @result: what the callback got
 *
 * Returns: %TRUE if it was confirmed; else %G_IO_ERROR_CANCELLED
 */
gboolean
sage_confirm_finish (GtkWidget     *widget,
                     GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, widget), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Deleting -------------------------------------------------------------------------------- */

typedef struct
{
  SageConnection *connection; /* (owned) */
  GPtrArray      *resources;  /* (owned): of SageResource */
} Remove;

static void
remove_free (gpointer data)
{
  Remove *self = data;

  g_object_unref (self->connection);
  g_ptr_array_unref (self->resources);
  g_free (self);
}

static void
removed_cb (SageResource *resource,
            const GError *error,
            gpointer      user_data)
{
  g_autoptr(GTask) task = NULL;

  if (resource != NULL)
    return;

  task = user_data;
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
confirmed_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Remove *remove = g_task_get_task_data (task);
  GtkWidget *widget = GTK_WIDGET (object);
  AdwToastOverlay *overlay = sage_toast_find_overlay (widget);
  GError *error = NULL;

  if (sage_confirm_finish (widget, result, &error))
    sage_removal_start (GTK_WIDGET (overlay), remove->connection, remove->resources, removed_cb,
                        g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/* What must be typed to delete these on a production engine. */
static const char *
name_to_type (Remove *remove)
{
  if (remove->resources->len == 1)
    return sage_resource_get_title (g_ptr_array_index (remove->resources, 0));

  return sage_profile_get_name (sage_connection_get_profile (remove->connection));
}

/**
 * sage_confirm_remove_async:
 * @widget: where it was asked for, in a window
 * @connection: the engine
 * @resources: a list of #SageResource; those of kinds that cannot be deleted are left out
 * @cancellable: (nullable): closes the dialog; what has been confirmed goes on
 * @callback: (nullable): called when they are deleted, or not
 * @user_data: for @callback
 *
 * Asks, and deletes. On a production engine the name must be typed; that of the connection, if there
 * are several things to delete. What the engine refuses is told in a toast.
 */
void
sage_confirm_remove_async (GtkWidget            *widget,
                           SageConnection       *connection,
                           GListModel           *resources,
                           GCancellable         *cancellable,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data)
{
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;
  Remove *remove;
  GTask *task;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (SAGE_IS_CONNECTION (connection));
  g_return_if_fail (G_IS_LIST_MODEL (resources));

  remove = g_new0 (Remove, 1);
  remove->connection = g_object_ref (connection);
  remove->resources = sage_removal_list (resources);
  task = g_task_new (widget, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_confirm_remove_async);
  g_task_set_task_data (task, remove, remove_free);

  if (remove->resources->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  heading = sage_removal_question (remove->resources);
  body = sage_removal_body (remove->resources);
  sage_confirm_async (widget, connection, heading, body, _("_Delete"), name_to_type (remove),
                      cancellable, confirmed_cb, task);
}

/**
 * sage_confirm_remove_finish:
 * @widget: the widget
 * @result: what the callback got
 *
 * Returns: %TRUE if all are deleted; else %G_IO_ERROR_CANCELLED if it was not confirmed, or the first
 *   error of the engine's
 */
gboolean
sage_confirm_remove_finish (GtkWidget     *widget,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, widget), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
