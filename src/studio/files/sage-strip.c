/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-strip"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-git-strip.h"
#include "sage-page.h"
#include "sage-strip.h"

/* What is asked about a repository, and where. */
typedef struct
{
  GtkWidget *widget; /* (owned) */
  GFile     *folder; /* (owned) */
  gboolean   is_on;  /* as it is, and then as it is to be */
} Asking;

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->widget);
  g_object_unref (asking->folder);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

/**
 * sage_strip_command:
 *
 * Returns: (transfer full) (nullable): the shell command that takes outputs out of a notebook
 */
char *
sage_strip_command (void)
{
  g_autofree char *program = sage_embedded_find_program ("sagebrushctl", NULL);
  g_autofree char *quoted = program != NULL ? g_shell_quote (program) : NULL;

  return quoted != NULL ? g_strconcat (quoted, " strip-outputs", NULL) : NULL;
}

static void
tell_error (GtkWidget    *widget,
            const GError *error)
{
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED))
    sage_toast (widget, _("git is not installed"));
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    sage_toast_error (widget, _("This folder is in no git repository"), error);
  else
    sage_toast_error (widget, _("Could not set up the repository"), error);
}

static void
set_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(Asking) asking = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_git_strip_set_finish (result, &error))
    tell_error (asking->widget, error);
  else
    sage_toast (asking->widget, asking->is_on ? _("Commits leave outputs out from now on")
                                              : _("Commits have outputs again"));
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(Asking) asking = user_data;
  g_autofree char *command = sage_strip_command ();
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result);

  if (g_strcmp0 (answer, "apply") != 0)
    return;

  asking->is_on = !asking->is_on;
  if (asking->is_on && command == NULL)
    sage_toast (asking->widget, _("The program sagebrushctl is missing"));
  else
    {
      Asking *setting = g_steal_pointer (&asking);

      sage_git_strip_set_async (setting->folder, setting->is_on ? command : NULL, NULL, set_cb, setting);
    }
}

static void
queried_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(Asking) asking = user_data;
  g_autoptr(GError) error = NULL;
  GtkWidget *widget = asking->widget;
  AdwAlertDialog *dialog;

  if (!sage_git_strip_query_finish (result, &asking->is_on, &error))
    {
      tell_error (widget, error);
      return;
    }

  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (
    asking->is_on ? _("Commit outputs again?") : _("Strip outputs on commit?"),
    asking->is_on
      ? _("Outputs of notebooks are left out of what is committed in this repository. Switching that off "
          "takes the line out of “.gitattributes” and the filter out of the configuration.")
      : _("git will leave outputs, execution counts and times out of what it adds; your files keep them. "
          "Sagebrush adds a line to “.gitattributes” and a filter to the configuration of this "
          "repository, on this machine. A broken notebook cannot be added then. Checking out another "
          "version of a notebook brings it without outputs. You can switch this off here.")));
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "apply",
                                  asking->is_on ? _("Switch _off") : _("_Strip outputs"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "apply", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (dialog, "apply");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, widget, NULL, answered_cb, g_steal_pointer (&asking));
}

/**
 * sage_strip_ask:
 * @widget: where it was asked for
 * @folder: a folder in the repository
 *
 * Offers to have commits be without outputs, or with them again; says what that does.
 */
void
sage_strip_ask (GtkWidget *widget,
                GFile     *folder)
{
  Asking *asking;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (G_IS_FILE (folder));

  asking = g_new0 (Asking, 1);
  asking->widget = g_object_ref (widget);
  asking->folder = g_object_ref (folder);
  sage_git_strip_query_async (folder, NULL, queried_cb, asking);
}
