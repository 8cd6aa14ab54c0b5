/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-announce"

#include "config.h"

#include "sage-page.h"

/**
 * sage_announce:
 * @widget: what it is about
 * @text: what a screen reader is to say, translated
 *
 * Has a screen reader speak. GTK 4.18 calls a function that is not there where nobody listens:
 * without an accessibility bus, and in tests that record the tree.
 */
void
sage_announce (GtkWidget  *widget,
               const char *text)
{
  g_autoptr(GtkATContext) context = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  context = gtk_accessible_get_at_context (GTK_ACCESSIBLE (widget));
  if (context != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (context), "GtkTestATContext"))
    gtk_accessible_announce (GTK_ACCESSIBLE (widget), text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}
