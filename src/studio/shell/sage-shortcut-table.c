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
#define NOTEBOOK N_("In a notebook")
#define SCRIPT N_("In a script")

/* Bindings, tooltips, menus, the palette and the shortcuts dialog all read this. */
static const SageShortcut shortcuts[] = {
  { "win.palette", "<Control>Return|<Control>KP_Enter|<Control><Shift>p",
    N_("Search or run a command"), GENERAL, "system-search-symbolic" },
  { "win.open-anything", "<Control>p",
    N_("Open anything"), GENERAL, "document-open-symbolic" },
  { "win.choose-file", "<Control>o",
    N_("Open a file"), GENERAL, "document-open-symbolic" },
  { "win.new-notebook", "<Control><Alt>n",
    N_("New notebook"), GENERAL, "sagebrush-notebook-symbolic" },
  { "win.strip-outputs", NULL,
    N_("Strip outputs on commit…"), GENERAL, "edit-clear-all-symbolic" },
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
  { "win.terminal", "<Control>grave",
    N_("Terminal"), PANES, "utilities-terminal-symbolic" },
  { "win.new-terminal", "<Control><Alt>t",
    N_("New terminal"), PANES, "utilities-terminal-symbolic" },
  { "win.inspector", "<Control>i",
    N_("Inspector"), PANES, "sidebar-show-right-symbolic" },
  { "win.next-pane", "F6",
    N_("Next pane"), PANES, "go-next-symbolic" },

  { "win.find", "<Control>f",
    N_("Find in the page"), PAGE, "edit-find-symbolic" },
  { "win.find-in-project", "<Control><Shift>f",
    N_("Find in all files of the project"), PAGE, "edit-find-symbolic" },
  { "win.replace", "<Control>h",
    N_("Replace"), PAGE, "edit-find-replace-symbolic" },
  { "win.go-to-line", "<Control>g",
    N_("Go to a line"), PAGE, "go-jump-symbolic" },
  { "win.next-difference", "F8",
    N_("Next difference"), PAGE, "go-down-symbolic" },
  { "win.previous-difference", "<Shift>F8",
    N_("Previous difference"), PAGE, "go-up-symbolic" },
  { "win.save", "<Control>s",
    N_("Save"), PAGE, "document-save-symbolic" },
  { "win.undo", "<Control>z",
    N_("Undo"), PAGE, "edit-undo-symbolic" },

  /* An editor binds these itself: see sage-editor-run.c. */
  { "document.run-file", NULL,
    N_("Run the file"), SCRIPT, "media-playback-start-symbolic" },
  { "document.run-cell", "<Control>Return|<Control>KP_Enter",
    N_("Run the cell of the script"), SCRIPT, "media-playback-start-symbolic" },
  { "document.run-lines", "<Shift>Return|<Shift>KP_Enter",
    N_("Run the line or the selection"), SCRIPT, "media-playback-start-symbolic" },
  { "document.console", NULL,
    N_("Show the console, or hide it"), SCRIPT, "panel-bottom-symbolic" },
  { "document.compare-disk", NULL,
    N_("Compare with the file on disk"), SCRIPT, "view-dual-symbolic" },
  { "document.compare-head", NULL,
    N_("Compare with the last commit"), SCRIPT, "view-dual-symbolic" },

  /* A notebook binds these itself: see sage-notebook-keys.c. */
  { "notebook.run-advance", "<Shift>Return|<Shift>KP_Enter",
    N_("Run the cell and go to the next"), NOTEBOOK, "media-playback-start-symbolic" },
  { "notebook.run", "<Control>Return|<Control>KP_Enter",
    N_("Run the cell"), NOTEBOOK, "media-playback-start-symbolic" },
  { "notebook.run-insert", "<Alt>Return|<Alt>KP_Enter",
    N_("Run the cell and insert one below"), NOTEBOOK, "media-playback-start-symbolic" },
  { "notebook.run-all", NULL,
    N_("Run all cells"), NOTEBOOK, "media-seek-forward-symbolic" },
  { "notebook.run-above", NULL,
    N_("Run all cells above"), NOTEBOOK, "media-seek-backward-symbolic" },
  { "notebook.run-below", NULL,
    N_("Run the cell and all below"), NOTEBOOK, "media-seek-forward-symbolic" },
  { "notebook.run-stale", NULL,
    N_("Run from the first cell that changed"), NOTEBOOK, "media-seek-forward-symbolic" },
  { "notebook.run-job", NULL,
    N_("Run as job…"), NOTEBOOK, "sagebrush-training-symbolic" },
  { "notebook.interrupt", "i i",
    N_("Interrupt the kernel"), NOTEBOOK, "media-playback-stop-symbolic" },
  { "notebook.restart", "0 0",
    N_("Restart the kernel"), NOTEBOOK, "view-refresh-symbolic" },
  { "notebook.restart-run-all", NULL,
    N_("Restart the kernel and run all"), NOTEBOOK, "view-refresh-symbolic" },
  { "notebook.shut-down", NULL,
    N_("Shut the kernel down"), NOTEBOOK, "system-shutdown-symbolic" },
  { "notebook.edit", "Return|KP_Enter",
    N_("Write in the cell"), NOTEBOOK, "document-edit-symbolic" },
  { "notebook.command-mode", "Escape|<Control>m",
    N_("Leave the cell, for commands"), NOTEBOOK, "go-up-symbolic" },
  { "notebook.previous", "Up|k", N_("Previous cell"), NOTEBOOK, "go-up-symbolic" },
  { "notebook.next", "Down|j", N_("Next cell"), NOTEBOOK, "go-down-symbolic" },
  { "notebook.first", "Home", N_("First cell"), NOTEBOOK, "go-top-symbolic" },
  { "notebook.last", "End", N_("Last cell"), NOTEBOOK, "go-bottom-symbolic" },
  { "notebook.extend-up", "<Shift>Up|<Shift>k",
    N_("Select the cell above too"), NOTEBOOK, "go-up-symbolic" },
  { "notebook.extend-down", "<Shift>Down|<Shift>j",
    N_("Select the cell below too"), NOTEBOOK, "go-down-symbolic" },
  { "notebook.insert-above", "a",
    N_("Insert a cell above"), NOTEBOOK, "list-add-symbolic" },
  { "notebook.insert-below", "b",
    N_("Insert a cell below"), NOTEBOOK, "list-add-symbolic" },
  { "notebook.delete", "d d|Delete",
    N_("Delete the cells"), NOTEBOOK, "user-trash-symbolic" },
  { "notebook.cut", "x", N_("Cut the cells"), NOTEBOOK, "edit-cut-symbolic" },
  { "notebook.copy", "c", N_("Copy the cells"), NOTEBOOK, "edit-copy-symbolic" },
  { "notebook.paste-below", "v", N_("Paste cells below"), NOTEBOOK, "edit-paste-symbolic" },
  { "notebook.paste-above", "<Shift>v", N_("Paste cells above"), NOTEBOOK, "edit-paste-symbolic" },
  { "notebook.move-up", "<Control><Shift>Up",
    N_("Move the cells up"), NOTEBOOK, "go-up-symbolic" },
  { "notebook.move-down", "<Control><Shift>Down",
    N_("Move the cells down"), NOTEBOOK, "go-down-symbolic" },
  { "notebook.merge", "<Shift>m",
    N_("Merge the cells"), NOTEBOOK, "view-restore-symbolic" },
  { "notebook.split", "<Control><Shift>minus|<Control><Shift>underscore",
    N_("Split the cell at the cursor"), NOTEBOOK, "view-dual-symbolic" },
  { "notebook.to-code", "y", N_("Make it code"), NOTEBOOK, "utilities-terminal-symbolic" },
  { "notebook.to-markdown", "m", N_("Make it text"), NOTEBOOK, "text-x-generic-symbolic" },
  { "notebook.to-raw", "r", N_("Make it raw"), NOTEBOOK, "text-x-generic-symbolic" },
  { "notebook.heading-1", "1",
    N_("Make it a heading, and so on to the sixth level"), NOTEBOOK, "text-x-generic-symbolic" },
  { "notebook.heading-2", "2", NULL, NOTEBOOK, NULL },
  { "notebook.heading-3", "3", NULL, NOTEBOOK, NULL },
  { "notebook.heading-4", "4", NULL, NOTEBOOK, NULL },
  { "notebook.heading-5", "5", NULL, NOTEBOOK, NULL },
  { "notebook.heading-6", "6", NULL, NOTEBOOK, NULL },
  { "notebook.undo", "<Control>z|z",
    N_("Undo in the notebook"), NOTEBOOK, "edit-undo-symbolic" },
  { "notebook.redo", "<Control><Shift>z|<Control>y|<Shift>z",
    N_("Redo in the notebook"), NOTEBOOK, "edit-redo-symbolic" },
  { "notebook.clear-outputs", NULL,
    N_("Clear the outputs of the cells"), NOTEBOOK, "edit-clear-all-symbolic" },
  { "notebook.clear-all-outputs", NULL,
    N_("Clear all outputs"), NOTEBOOK, "edit-clear-all-symbolic" },
  { "notebook.fold-outputs", "o",
    N_("Fold the outputs, or unfold them"), NOTEBOOK, "pan-up-symbolic" },
  { "notebook.fold-source", "<Shift>o",
    N_("Fold the source, or unfold it"), NOTEBOOK, "pan-up-symbolic" },
  { "notebook.line-numbers", "l",
    N_("Line numbers"), NOTEBOOK, "view-list-ordered-symbolic" },
  { "notebook.full-width", NULL,
    N_("Full width"), NOTEBOOK, "view-fullscreen-symbolic" },
  { "notebook.outline", NULL,
    N_("Outline, variables, plots and runs"), NOTEBOOK, "sidebar-show-right-symbolic" },
  { "notebook.find", "f",
    N_("Find and replace in the notebook"), NOTEBOOK, "edit-find-symbolic" },
  { "notebook.inspect", "<Shift>Tab|<Shift>ISO_Left_Tab",
    N_("Show the documentation"), NOTEBOOK, "help-contents-symbolic" },
  { "notebook.signature", "<Control><Shift>space",
    N_("Show the signature of the call"), NOTEBOOK, "help-contents-symbolic" },
  { "notebook.compare-disk", NULL,
    N_("Compare with the file on disk"), NOTEBOOK, "view-dual-symbolic" },
  { "notebook.compare-head", NULL,
    N_("Compare with the last commit"), NOTEBOOK, "view-dual-symbolic" },
  { "notebook.export", NULL,
    N_("Export as a script…"), NOTEBOOK, "document-save-as-symbolic" },
  { "notebook.trust", NULL,
    N_("Trust the notebook…"), NOTEBOOK, "security-high-symbolic" },
  { "notebook.distrust", NULL,
    N_("Stop trusting the notebook"), NOTEBOOK, "security-low-symbolic" },
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

/* The keys of one trigger, which may be a sequence: "D D". Returns: (transfer full) (nullable) */
static char *
label_trigger (const char *trigger)
{
  g_auto(GStrv) parts = g_strsplit (trigger, " ", -1);
  g_autoptr(GString) label = g_string_new (NULL);

  for (char **part = parts; *part != NULL; part++)
    {
      guint key;
      GdkModifierType modifiers;
      g_autofree char *text = NULL;

      if (!gtk_accelerator_parse (*part, &key, &modifiers))
        return NULL;
      text = gtk_accelerator_get_label (key, modifiers);
      if (label->len > 0)
        g_string_append_c (label, ' ');
      g_string_append (label, text);
    }

  return g_string_free_and_steal (g_steal_pointer (&label));
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

  return text != NULL ? label_trigger (text) : NULL;
}

/**
 * sage_shortcut_dup_all_keys:
 * @shortcut: a row of the table
 *
 * Returns: (transfer full) (nullable): all its keys: "Ctrl+Return, Ctrl+Shift+P"; those that are the
 *   same key to the user, on the pad of numbers or with Shift held, once
 */
char *
sage_shortcut_dup_all_keys (const SageShortcut *shortcut)
{
  g_auto(GStrv) triggers = shortcut->triggers != NULL ? g_strsplit (shortcut->triggers, "|", -1) : NULL;
  g_autoptr(GString) label = g_string_new (NULL);

  for (char **trigger = triggers; trigger != NULL && *trigger != NULL; trigger++)
    {
      g_autofree char *text = label_trigger (*trigger);

      if (text == NULL || strstr (*trigger, "KP_") != NULL || strstr (*trigger, "ISO_") != NULL)
        continue;
      if (label->len > 0)
        g_string_append (label, ", ");
      g_string_append (label, text);
    }

  return label->len > 0 ? g_string_free_and_steal (g_steal_pointer (&label)) : NULL;
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
 * sage_shortcut_is_of_page:
 * @shortcut: a row of the table
 *
 * Returns: whether it is for a notebook or a script only, which binds its keys itself
 */
gboolean
sage_shortcut_is_of_page (const SageShortcut *shortcut)
{
  return g_str_has_prefix (shortcut->action, "notebook.")
         || g_str_has_prefix (shortcut->action, "document.");
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

      if (shortcuts[i].triggers == NULL || sage_shortcut_is_of_page (&shortcuts[i])
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
  if (trigger != NULL && strchr (trigger, ' ') == NULL)
    g_menu_item_set_attribute (item, "accel", "s", trigger);

  return item;
}
