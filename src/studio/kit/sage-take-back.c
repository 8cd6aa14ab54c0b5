/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-take-back"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-page.h"
#include "sage-take-back.h"

#define OFFER_SECONDS 10

typedef struct
{
  SageTakeBackFunc  func;
  gpointer          data;    /* (owned) */
  GDestroyNotify    destroy;
  AdwToast         *toast;   /* (owned) (nullable) */
} Offer;

/* (owned) (nullable) */
static Offer *last;

static void
offer_free (Offer *offer)
{
  if (offer->toast != NULL)
    adw_toast_dismiss (offer->toast);
  g_clear_object (&offer->toast);
  if (offer->destroy != NULL)
    offer->destroy (offer->data);
  g_free (offer);
}

static void
button_cb (AdwToast  *toast,
           GtkWidget *overlay)
{
  sage_take_back_last (overlay);
}

/**
 * sage_take_back_offer:
 * @widget: where it was done, in a window
 * @title: what was done, as a sentence without a full stop, translated
 * @func: takes it back
 * @data: (transfer full): for @func
 * @destroy: (nullable): frees @data, once it was taken back or cannot be any more
 *
 * Says what was done, with an offer to take it back.
 */
void
sage_take_back_offer (GtkWidget        *widget,
                      const char       *title,
                      SageTakeBackFunc  func,
                      gpointer          data,
                      GDestroyNotify    destroy)
{
  AdwToastOverlay *overlay = sage_toast_find_overlay (widget);

  g_clear_pointer (&last, offer_free);
  last = g_new0 (Offer, 1);
  last->func = func;
  last->data = data;
  last->destroy = destroy;
  if (overlay == NULL)
    return;

  last->toast = g_object_ref (adw_toast_new (""));
  adw_toast_set_use_markup (last->toast, FALSE);
  adw_toast_set_title (last->toast, title);
  adw_toast_set_button_label (last->toast, _("Undo"));
  adw_toast_set_timeout (last->toast, OFFER_SECONDS);
  g_signal_connect_object (last->toast, "button-clicked", G_CALLBACK (button_cb), overlay, 0);
  adw_toast_overlay_add_toast (overlay, g_object_ref (last->toast));
  sage_announce (GTK_WIDGET (overlay), title);
}

/**
 * sage_take_back_last:
 * @widget: where it is said
 *
 * Takes back what was done last.
 *
 * Returns: whether there was something to take back
 */
gboolean
sage_take_back_last (GtkWidget *widget)
{
  Offer *offer = g_steal_pointer (&last);

  if (offer == NULL)
    return FALSE;

  offer->func (widget, offer->data);
  offer_free (offer);

  return TRUE;
}
