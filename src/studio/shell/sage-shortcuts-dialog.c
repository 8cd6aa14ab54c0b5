/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-shortcuts-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-shortcut-table.h"
#include "sage-shortcuts-dialog.h"

static void
append_row (AdwPreferencesGroup *group,
            const SageShortcut  *shortcut)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *keys = sage_shortcut_dup_all_keys (shortcut);
  GtkWidget *label = gtk_label_new (keys);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(shortcut->title));
  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (group, row);
}

/**
 * sage_shortcuts_dialog_new:
 *
 * Returns: (transfer floating): a dialog with every key of the table, by group
 */
AdwDialog *
sage_shortcuts_dialog_new (void)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group = NULL;
  const char *name = NULL;
  const SageShortcut *table;
  guint n;

  table = sage_shortcut_table (&n);
  for (guint i = 0; i < n; i++)
    {
      if (table[i].triggers == NULL || table[i].title == NULL)
        continue;
      if (g_strcmp0 (name, table[i].group) != 0)
        {
          name = table[i].group;
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _(name));
          adw_preferences_page_add (page, group);
        }
      append_row (group, &table[i]);
    }

  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), page);
  adw_preferences_dialog_set_search_enabled (ADW_PREFERENCES_DIALOG (dialog), TRUE);
  adw_dialog_set_title (dialog, _("Keyboard shortcuts"));

  return dialog;
}
