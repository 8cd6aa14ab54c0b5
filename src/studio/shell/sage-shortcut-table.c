/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-shortcut-table"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-shortcut-table.h"

#define GENERAL N_("General")
#define GO N_("Go to")
#define TABS N_("Tabs")
#define PANES N_("Panes")
#define PAGE N_("In a page")

/* Bindings, tooltips, menus, the palette and the shortcuts dialog all read this. */
static const SageShortcut shortcuts[] = {
  { "win.palette", "<Control>Return|<Control>KP_Enter|<Control><Shift>p",
    N_("Search or run a command"), GENERAL, "system-search-symbolic" },
  { "win.open-anything", "<Control>p",
    N_("Open anything"), GENERAL, "document-open-symbolic" },
  { "app.new-window", "<Control>n",
    N_("New window"), GENERAL, "window-new-symbolic" },
  { "win.connections", "<Control><Alt>c",
    N_("Manage connections"), GENERAL, "network-server-symbolic" },
  { "app.preferences", "<Control>comma",
    N_("Preferences"), GENERAL, "preferences-system-symbolic" },
  { "win.shortcuts", "<Control>question",
    N_("Keyboard shortcuts"), GENERAL, "preferences-desktop-keyboard-shortcuts-symbolic" },
  { "app.help", "F1",
    N_("Help"), GENERAL, "help-browser-symbolic" },
  { "app.about", NULL,
    N_("About Sagebrush"), GENERAL, "help-about-symbolic" },
  { "win.menu", "F10",
    N_("Main menu"), GENERAL, "open-menu-symbolic" },
  { "win.fullscreen", "F11",
    N_("Full screen"), GENERAL, "view-fullscreen-symbolic" },
  { "window.close", "<Control><Shift>w",
    N_("Close the window"), GENERAL, "window-close-symbolic" },
  { "app.quit", "<Control>q",
    N_("Quit"), GENERAL, "application-exit-symbolic" },

  { "win.open::home", "<Alt>1",
    N_("Home"), GO, "sagebrush-home-symbolic" },
  { "win.open::pipelines", "<Alt>2",
    N_("Pipelines"), GO, "sagebrush-pipeline-symbolic" },
  { "win.open::models", "<Alt>3",
    N_("Models"), GO, "sagebrush-model-symbolic" },
  { "win.open::endpoints", "<Alt>4",
    N_("Endpoints"), GO, "sagebrush-endpoint-symbolic" },
  { "win.open::jobs", "<Alt>5",
    N_("Jobs"), GO, "sagebrush-jobs-symbolic" },
  { "win.back", "<Alt>Left",
    N_("Back"), GO, "go-previous-symbolic" },

  { "win.close-tab", "<Control>w",
    N_("Close the tab"), TABS, "tab-new-symbolic" },
  { "win.reopen-tab", "<Control><Shift>t",
    N_("Reopen the last closed tab"), TABS, "edit-undo-symbolic" },
  { "win.next-tab", "<Control>Tab|<Control>Page_Down",
    N_("Next tab"), TABS, "go-next-symbolic" },
  { "win.previous-tab", "<Control><Shift>Tab|<Control><Shift>ISO_Left_Tab|<Control>Page_Up",
    N_("Previous tab"), TABS, "go-previous-symbolic" },
  { "win.tab(1)", "<Control>1",
    N_("First tab, and so on to the ninth"), TABS, "view-paged-symbolic" },
  { "win.tab(2)", "<Control>2", NULL, TABS, NULL },
  { "win.tab(3)", "<Control>3", NULL, TABS, NULL },
  { "win.tab(4)", "<Control>4", NULL, TABS, NULL },
  { "win.tab(5)", "<Control>5", NULL, TABS, NULL },
  { "win.tab(6)", "<Control>6", NULL, TABS, NULL },
  { "win.tab(7)", "<Control>7", NULL, TABS, NULL },
  { "win.tab(8)", "<Control>8", NULL, TABS, NULL },
  { "win.tab(9)", "<Control>9", NULL, TABS, NULL },
  { "win.split-right", "<Control>backslash",
    N_("Split to the right"), TABS, "view-dual-symbolic" },
  { "win.split-down", "<Control><Shift>bar|<Control><Shift>backslash",
    N_("Split downwards"), TABS, "view-dual-symbolic" },
  { "win.tear-off", "<Control><Shift>n",
    N_("Move the tab to a new window"), TABS, "window-new-symbolic" },

  { "win.sidebar", "F9",
    N_("Sidebar"), PANES, "sidebar-show-symbolic" },
  { "win.panel", "<Control>j",
    N_("Bottom panel"), PANES, "panel-bottom-symbolic" },
  { "win.inspector", "<Control>i",
    N_("Inspector"), PANES, "sidebar-show-right-symbolic" },
  { "win.next-pane", "F6",
    N_("Next pane"), PANES, "go-next-symbolic" },

  { "win.find", "<Control>f",
    N_("Find in the page"), PAGE, "edit-find-symbolic" },
  { "win.undo", "<Control>z",
    N_("Undo the deletion"), PAGE, "edit-undo-symbolic" },
};

/**
 * sage_shortcut_table:
 * @n_shortcuts: (out): how many there are
 *
 * Returns: (array length=n_shortcuts): everything that has a name in the shell
 */
const SageShortcut *
sage_shortcut_table (guint *n_shortcuts)
{
  *n_shortcuts = G_N_ELEMENTS (shortcuts);

  return shortcuts;
}

/**
 * sage_shortcut_find:
 * @action: a detailed action name
 *
 * Returns: (nullable): its row
 */
const SageShortcut *
sage_shortcut_find (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (strcmp (shortcuts[i].action, action) == 0)
      return &shortcuts[i];

  return NULL;
}

/* The first of the triggers: the one that is shown. Returns: (transfer full) (nullable) */
static char *
first_trigger (const SageShortcut *shortcut)
{
  if (shortcut->triggers == NULL)
    return NULL;

  return g_strndup (shortcut->triggers, strcspn (shortcut->triggers, "|"));
}

/**
 * sage_shortcut_dup_label:
 * @shortcut: a row of the table
 *
 * Returns: (transfer full) (nullable): its keys, as a person reads them: "Ctrl+J"
 */
char *
sage_shortcut_dup_label (const SageShortcut *shortcut)
{
  g_autofree char *text = first_trigger (shortcut);
  guint key;
  GdkModifierType modifiers;

  if (text == NULL || !gtk_accelerator_parse (text, &key, &modifiers))
    return NULL;

  return gtk_accelerator_get_label (key, modifiers);
}

/**
 * sage_shortcut_set_tooltip:
 * @widget: a button
 * @action: the detailed action name of what it does, which the table has
 *
 * Gives the button its name, with the keys that do the same.
 */
void
sage_shortcut_set_tooltip (GtkWidget  *widget,
                           const char *action)
{
  const SageShortcut *shortcut = sage_shortcut_find (action);
  g_autofree char *keys = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (shortcut != NULL);

  keys = sage_shortcut_dup_label (shortcut);
  if (keys != NULL)
    /* Translators: the name of a command (its keys) */
    text = g_strdup_printf (_("%s (%s)"), _(shortcut->title), keys);
  gtk_widget_set_tooltip_text (widget, text != NULL ? text : _(shortcut->title));
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(shortcut->title), -1);
}

/**
 * sage_shortcut_table_bind:
 * @window: a window with the actions
 *
 * Binds the keys to the actions, after the widgets had their chance: a form takes Ctrl+Enter for
 * itself.
 */
void
sage_shortcut_table_bind (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_BUBBLE);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      g_autofree char *name = NULL;
      g_autoptr(GVariant) target = NULL;
      GtkShortcut *shortcut;

      if (shortcuts[i].triggers == NULL
          || !g_action_parse_detailed_name (shortcuts[i].action, &name, &target, NULL))
        continue;
      shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (shortcuts[i].triggers),
                                   gtk_named_action_new (name));
      gtk_shortcut_set_arguments (shortcut, target);
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }
  gtk_widget_add_controller (window, controller);
}

/**
 * sage_shortcut_menu_item:
 * @action: a detailed action name that the table has
 *
 * Returns: (transfer full): an item for a menu, which shows the keys too
 */
GMenuItem *
sage_shortcut_menu_item (const char *action)
{
  const SageShortcut *shortcut = sage_shortcut_find (action);
  g_autofree char *trigger = NULL;
  GMenuItem *item;

  g_return_val_if_fail (shortcut != NULL, NULL);

  item = g_menu_item_new (_(shortcut->title), action);
  trigger = first_trigger (shortcut);
  if (trigger != NULL)
    g_menu_item_set_attribute (item, "accel", "s", trigger);

  return item;
}
