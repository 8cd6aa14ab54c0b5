/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-about"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-about.h"

/**
 * sage_about_present:
 * @parent: (nullable): the window to show it over
 *
 * Says what Sagebrush is.
 */
void
sage_about_present (GtkWidget *parent)
{
  AdwDialog *dialog = adw_about_dialog_new ();

  g_object_set (dialog,
                "application-name", "Sagebrush",
                "application-icon", "org.sagebrush.Studio",
                "version", SAGEBRUSH_VERSION,
                "developer-name", _("The Sagebrush developers"),
                "comments", _("From data to an approved, served model, on your own machines, with the "
                              "API of Amazon SageMaker."),
                "license-type", GTK_LICENSE_GPL_3_0,
                /* Translators: your name, for the credits */
                "translator-credits", _("translator-credits"),
                NULL);
  adw_dialog_present (dialog, parent);
}
