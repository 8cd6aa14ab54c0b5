/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-action-state"

#include "config.h"

#include "sage-action-state.h"

static G_DEFINE_QUARK (sage-disabled-actions, disabled_actions)

/**
 * sage_action_set_enabled:
 * @widget: a widget
 * @action: an action that its class has installed
 * @enabled: whether it does something now
 *
 * Does what gtk_widget_action_set_enabled() does, and remembers it.
 */
void
sage_action_set_enabled (GtkWidget  *widget,
                         const char *action,
                         gboolean    enabled)
{
  GHashTable *disabled;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  disabled = g_object_get_qdata (G_OBJECT (widget), disabled_actions_quark ());
  if (disabled == NULL)
    {
      disabled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_qdata_full (G_OBJECT (widget), disabled_actions_quark (), disabled,
                               (GDestroyNotify) g_hash_table_unref);
    }
  if (enabled)
    g_hash_table_remove (disabled, action);
  else
    g_hash_table_add (disabled, g_strdup (action));
  gtk_widget_action_set_enabled (widget, action, enabled);
}

/**
 * sage_action_is_enabled:
 * @widget: a widget
 * @action: an action that its class has installed
 *
 * Returns: %FALSE if sage_action_set_enabled() has disabled it
 */
gboolean
sage_action_is_enabled (GtkWidget  *widget,
                        const char *action)
{
  GHashTable *disabled;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), FALSE);

  disabled = g_object_get_qdata (G_OBJECT (widget), disabled_actions_quark ());

  return disabled == NULL || !g_hash_table_contains (disabled, action);
}
