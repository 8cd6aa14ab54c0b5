/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-toast"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-error.h"
#include "sage-page.h"
#include "sage-words.h"

/* Returns: (transfer none) (nullable): the overlay around a widget */
static AdwToastOverlay *
overlay_around (GtkWidget *widget)
{
  GtkWidget *overlay = widget != NULL ? gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY) : NULL;

  return overlay != NULL ? ADW_TOAST_OVERLAY (overlay) : NULL;
}

/**
 * sage_toast_find_overlay:
 * @widget: a widget
 *
 * Returns: (transfer none) (nullable): what shows toasts where @widget is: the overlay around it, or
 *   that in its window, which is not around a dialog; %NULL in no window
 */
AdwToastOverlay *
sage_toast_find_overlay (GtkWidget *widget)
{
  AdwToastOverlay *overlay;
  GtkRoot *root;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);

  overlay = overlay_around (widget);
  root = gtk_widget_get_root (widget);
  if (overlay == NULL && ADW_IS_APPLICATION_WINDOW (root))
    overlay = overlay_around (adw_application_window_get_content (ADW_APPLICATION_WINDOW (root)));

  return overlay;
}

/**
 * sage_toast:
 * @widget: a widget in a window
 * @text: a sentence without a full stop, translated, no markup
 *
 * Tells what has happened, for a moment, and to a screen reader.
 */
void
sage_toast (GtkWidget  *widget,
            const char *text)
{
  sage_toast_action (widget, text, NULL, NULL, NULL);
}

/**
 * sage_toast_action:
 * @widget: a widget in a window
 * @text: a sentence without a full stop, translated, no markup
 * @label: (nullable): of a button, translated, with a mnemonic
 * @action_name: (nullable): what the button does
 * @target: (nullable): (transfer floating): with what
 *
 * As sage_toast(), and offers what may come next.
 */
void
sage_toast_action (GtkWidget  *widget,
                   const char *text,
                   const char *label,
                   const char *action_name,
                   GVariant   *target)
{
  AdwToastOverlay *overlay;
  g_autoptr(GVariant) owned = target != NULL ? g_variant_ref_sink (target) : NULL;
  AdwToast *toast;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  overlay = sage_toast_find_overlay (widget);
  if (overlay == NULL)
    return; /* the window is closing: nobody is there to tell */

  toast = adw_toast_new ("");
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  if (label != NULL)
    {
      adw_toast_set_button_label (toast, label);
      adw_toast_set_action_name (toast, action_name);
      adw_toast_set_action_target_value (toast, owned);
      adw_toast_set_timeout (toast, 10);
    }
  adw_toast_overlay_add_toast (overlay, toast);
  sage_announce (GTK_WIDGET (overlay), text);
}

/**
 * sage_toast_error:
 * @widget: a widget in a window
 * @what: what did not work, e.g. "Could not stop the job", translated
 * @error: why
 *
 * Tells what went wrong, why, and what to do.
 */
void
sage_toast_error (GtkWidget    *widget,
                  const char   *what,
                  const GError *error)
{
  g_autofree char *why = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (what != NULL && error != NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  why = sage_words_error (error);
  /* Translators: what did not work: why it did not */
  text = g_strdup_printf (_("%s: %s"), what, why);
  sage_toast (widget, text);
}
