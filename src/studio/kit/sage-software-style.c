/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-software-style"

#include "config.h"

#include "sage-software-style.h"

static void
realize_cb (GtkWidget *window)
{
  if (GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (GTK_NATIVE (window))))
    gtk_widget_add_css_class (window, "software");
  else
    gtk_widget_remove_css_class (window, "software");
}

/**
 * sage_software_style_follow:
 * @window: a window that is not realized yet
 *
 * Gives the window the style class `software` if it is the processor that draws it, as on a server or
 * in a virtual machine. There a blurred shadow of a dialog takes three frames' time whenever a part of
 * the dialog is drawn, so the style sheet has other ones for such a window.
 */
void
sage_software_style_follow (GtkWidget *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

  g_signal_connect_after (window, "realize", G_CALLBACK (realize_cb), NULL);
}
