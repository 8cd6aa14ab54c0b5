/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-verdict-bar"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-page.h"
#include "sage-text.h"
#include "sage-verdict-bar.h"
#include "sage-verdict.h"
#include "sage-words.h"

struct _SageVerdictBar
{
  AdwBin          parent_instance;

  SageConnection *connection;  /* (owned) */
  SageResource   *package;     /* (owned) */
  GCancellable   *cancellable; /* (owned) */
  char           *status;      /* (owned) (nullable): that was shown last */
  gboolean        busy;

  GtkWidget      *said;
  GtkImage       *icon;
  GtkLabel       *who;
  GtkLabel       *why;
  GtkEditable    *reason;
  GtkWidget      *approve;
};

G_DEFINE_FINAL_TYPE (SageVerdictBar, sage_verdict_bar, ADW_TYPE_BIN)

static void
update_actions (SageVerdictBar *self)
{
  gboolean known = self->status != NULL && !self->busy;
  gboolean approved = g_strcmp0 (self->status, "Approved") == 0;
  gboolean rejected = g_strcmp0 (self->status, "Rejected") == 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "verdict.approve", known && !approved);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "verdict.reject", known && !rejected);
  if (approved || rejected)
    gtk_widget_remove_css_class (self->approve, "suggested-action");
  else
    gtk_widget_add_css_class (self->approve, "suggested-action");
}

/* --- Deciding --------------------------------------------------------------------------------- */

static void
decided_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageVerdictBar) self = user_data;
  g_autoptr(GError) error = NULL;

  self->busy = FALSE;
  update_actions (self);
  if (sage_verdict_finish (GTK_WIDGET (object), result, &error))
    gtk_editable_set_text (self->reason, "");
  else
    sage_toast_error (GTK_WIDGET (self), _("The decision was not recorded"), error);
}

/* The button that was pressed cannot be for a while, or never again. GTK would move the focus to
 * nowhere, from where Tab begins at the window's start. */
static void
keep_focus (SageVerdictBar *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->reason));
}

static void
decide (SageVerdictBar *self,
        const char     *status)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (self->reason)));

  keep_focus (self);
  self->busy = TRUE;
  update_actions (self);
  sage_verdict_async (GTK_WIDGET (self), self->connection, self->package, status, reason,
                      self->cancellable, decided_cb, g_object_ref (self));
}

static void
approve_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  decide (SAGE_VERDICT_BAR (widget), "Approved");
}

static void
reject_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  decide (SAGE_VERDICT_BAR (widget), "Rejected");
}

/* --- The bar ---------------------------------------------------------------------------------- */

/* Who said it and when: only that is known of the last change, which may have been to the metadata;
 * the engine says no more. */
static char *
who_words (const char *status,
           JsonObject *description)
{
  JsonObject *by = sage_json_object (description, "LastModifiedBy");
  const char *user = by != NULL ? sage_json_string (by, "UserProfileName", NULL) : NULL;
  g_autofree char *who = user != NULL ? sage_text_isolate (user) : NULL;
  g_autofree char *when = sage_words_exact_time (sage_json_double (description,
                                                                   "LastModifiedTime", 0));

  if (who == NULL)
    return g_strdup (sage_words_status (status)); /* it was registered like that */

  if (strcmp (status, "Approved") == 0)
    /* Translators: who, and when */
    return g_strdup_printf (_("Approved by %s, %s"), who, when);

  /* Translators: who, and when */
  return g_strdup_printf (_("Rejected by %s, %s"), who, when);
}

/**
 * sage_verdict_bar_update:
 * @self: a bar
 * @description: what the engine says about the version now
 *
 * Shows who said what, and what can be said.
 */
void
sage_verdict_bar_update (SageVerdictBar *self,
                         JsonObject     *description)
{
  const char *status = sage_json_string (description, "ModelApprovalStatus", NULL);
  const char *reason = sage_json_string (description, "ApprovalDescription", "");
  gboolean said = status != NULL && strcmp (status, "PendingManualApproval") != 0;
  SageState state;

  g_return_if_fail (SAGE_IS_VERDICT_BAR (self));

  g_set_str (&self->status, status);
  gtk_widget_set_visible (GTK_WIDGET (self), status != NULL); /* un-versioned ones have none */
  gtk_widget_set_visible (self->said, said);
  if (said)
    {
      g_autofree char *who = who_words (status, description);
      g_autofree char *why = sage_text_shorten_end (reason, SAGE_TEXT_MAX_PARAGRAPH);

      state = sage_state_from_status (status);
      gtk_image_set_from_icon_name (self->icon, sage_words_state_icon (state));
      gtk_widget_set_css_classes (GTK_WIDGET (self->icon),
                                  (const char *[]) { sage_words_state_class (state), NULL });
      gtk_label_set_text (self->who, who);
      gtk_label_set_text (self->why, why);
      gtk_widget_set_visible (GTK_WIDGET (self->why), why[0] != '\0');
    }
  update_actions (self);
}

static void
sage_verdict_bar_dispose (GObject *object)
{
  SageVerdictBar *self = SAGE_VERDICT_BAR (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_VERDICT_BAR);
  g_clear_object (&self->connection);
  g_clear_object (&self->package);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (sage_verdict_bar_parent_class)->dispose (object);
}

static void
sage_verdict_bar_finalize (GObject *object)
{
  g_free (SAGE_VERDICT_BAR (object)->status);

  G_OBJECT_CLASS (sage_verdict_bar_parent_class)->finalize (object);
}

static void
sage_verdict_bar_class_init (SageVerdictBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_verdict_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_verdict_bar_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/registry/sage-verdict-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SageVerdictBar, said);
  gtk_widget_class_bind_template_child (widget_class, SageVerdictBar, icon);
  gtk_widget_class_bind_template_child (widget_class, SageVerdictBar, who);
  gtk_widget_class_bind_template_child (widget_class, SageVerdictBar, why);
  gtk_widget_class_bind_template_child (widget_class, SageVerdictBar, reason);
  gtk_widget_class_bind_template_child (widget_class, SageVerdictBar, approve);
  gtk_widget_class_install_action (widget_class, "verdict.approve", NULL, approve_action);
  gtk_widget_class_install_action (widget_class, "verdict.reject", NULL, reject_action);
}

static void
sage_verdict_bar_init (SageVerdictBar *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self);
}

/**
 * sage_verdict_bar_new:
 * @connection: the engine
 * @package: the version to be judged
 *
 * Returns: (transfer floating): a bar that can do nothing yet; see sage_verdict_bar_update()
 */
GtkWidget *
sage_verdict_bar_new (SageConnection *connection,
                      SageResource   *package)
{
  SageVerdictBar *self = g_object_new (SAGE_TYPE_VERDICT_BAR, NULL);

  self->connection = g_object_ref (connection);
  self->package = g_object_ref (package);

  return GTK_WIDGET (self);
}
