/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-confirm.h"
#include "sage-file-location.h"
#include "sage-kernel-inspect.h"
#include "sage-notebook-page-private.h"
#include "sage-notebook-percent.h"
#include "sage-run-job-dialog.h"
#include "sage-shortcut-table.h"
#include "sage-signature-help.h"
#include "sage-text.h"

/* What a view does, the page passes on to it. */
static void
view_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  if (self->view != NULL)
    sage_notebook_view_command (self->view, action_name);
}

/* --- The kernel ------------------------------------------------------------------------------- */

/* Returns: (transfer full): the code cells from the first one up to @last, or all of them */
static GPtrArray *
collect_code (SageNotebookPage *self,
              SageCell         *last)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; i < n; i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);

      if (sage_cell_get_kind (cell) == SAGE_CELL_CODE)
        g_ptr_array_add (cells, g_object_ref (cell));
      if (cell == last)
        break;
    }

  return cells;
}

static void
interrupt_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  sage_notebook_kernel_interrupt (SAGE_NOTEBOOK_PAGE (widget)->kernel);
}

/* A restart that was asked for, and what is to be run after it. */
typedef struct
{
  SageNotebookPage *page;  /* (owned) */
  gboolean          run_all;
} Restart;

static void
restart (SageNotebookPage *self,
         gboolean          run_all)
{
  g_autoptr(GPtrArray) cells = run_all ? collect_code (self, NULL) : NULL;

  sage_notebook_kernel_restart (self->kernel, cells);
}

static void
restart_confirmed_cb (GObject      *object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  Restart *asked = user_data;

  if (sage_confirm_finish (GTK_WIDGET (object), result, NULL))
    restart (asked->page, asked->run_all);
  g_object_unref (asked->page);
  g_free (asked);
}

/* What the kernel holds cannot be brought back: that is asked about, unless it holds nothing. */
static void
restart_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);
  SageNotebookKernelState state = sage_notebook_kernel_get_state (self->kernel);
  gboolean run_all = strcmp (action_name, "notebook.restart-run-all") == 0;
  Restart *asked;

  if (state == SAGE_NOTEBOOK_KERNEL_NONE || state == SAGE_NOTEBOOK_KERNEL_DEAD)
    {
      restart (self, run_all);
      return;
    }

  asked = g_new0 (Restart, 1);
  asked->page = g_object_ref (self);
  asked->run_all = run_all;
  sage_confirm_async (widget, sage_page_get_connection (SAGE_PAGE (self)), _("Restart the kernel?"),
                      _("All variables are lost. The notebook and its outputs stay as they are."),
                      run_all ? _("_Restart and run all") : _("_Restart"),
                      sage_page_get_title (SAGE_PAGE (self)), NULL, restart_confirmed_cb, asked);
}

static void
shut_down_confirmed_cb (GObject      *object,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr(SageNotebookPage) self = user_data;

  if (sage_confirm_finish (GTK_WIDGET (object), result, NULL))
    sage_notebook_kernel_shut_down (self->kernel);
}

static void
shut_down_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  if (sage_notebook_kernel_get_client (self->kernel) != NULL)
    sage_confirm_async (widget, sage_page_get_connection (SAGE_PAGE (self)),
                        _("Shut the kernel down?"),
                        _("All variables are lost, and what runs is ended."), _("_Shut down"),
                        sage_page_get_title (SAGE_PAGE (self)), NULL, shut_down_confirmed_cb, g_object_ref (self));
}

static void
change_kernel_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  sage_notebook_kernel_change (SAGE_NOTEBOOK_PAGE (widget)->kernel,
                               g_variant_get_string (parameter, NULL));
}

/* --- The notebook ----------------------------------------------------------------------------- */

static void
reload_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  sage_notebook_document_load (SAGE_NOTEBOOK_PAGE (widget)->document);
}

static void
find_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  sage_page_find (SAGE_PAGE (widget));
}

static void
outline_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  adw_overlay_split_view_set_show_sidebar (self->split,
                                           !adw_overlay_split_view_get_show_sidebar (self->split));
}

static void
trust_confirmed_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(SageNotebookPage) self = user_data;

  if (sage_confirm_finish (GTK_WIDGET (object), result, NULL))
    sage_notebook_document_trust (self->document, TRUE);
}

static void
trust_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  sage_confirm_async (widget, sage_page_get_connection (SAGE_PAGE (self)),
                      _("Trust this notebook?"),
                      _("Scripts in its outputs will run, in a sandbox without a network. Trust only "
                        "what you made yourself or have read. It is trusted until another program changes it."),
                      _("_Trust"), sage_page_get_title (SAGE_PAGE (self)), NULL, trust_confirmed_cb,
                      g_object_ref (self));
}

static void
distrust_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  sage_notebook_document_trust (SAGE_NOTEBOOK_PAGE (widget)->document, FALSE);
}

static void
bring_back_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  const char *id = g_variant_get_string (parameter, NULL);
  GListModel *bin = sage_notebook_get_bin (notebook);

  for (guint i = 0; i < g_list_model_get_n_items (bin); i++)
    {
      g_autoptr(SageCell) cell = g_list_model_get_item (bin, i);

      if (strcmp (sage_cell_get_id (cell), id) == 0)
        {
          sage_notebook_bring_back (notebook, cell);
          sage_notebook_view_show_cell (self->view, cell);
          return;
        }
    }
}

/* Opens the comparison that the action names. */
static void
compare_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);
  g_autofree char *location = sage_file_location_new (strchr (action_name, '.') + 1,
                                                      sage_notebook_document_get_file (self->document));

  gtk_widget_activate_action (widget, "win.open-new-tab", "s", location);
}

static void
run_job_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  if (sage_notebook_document_get_notebook (self->document) != NULL)
    sage_run_job_dialog_present (widget, self->document);
}

/* --- Exporting -------------------------------------------------------------------------------- */

static void
exported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(SageNotebookPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    {
      g_autofree char *name = g_file_get_basename (G_FILE (object));
      g_autofree char *shown = g_filename_display_name (name);
      g_autofree char *text = g_strdup_printf (_("Exported to “%s”"), shown);

      sage_toast (GTK_WIDGET (self), text);
    }
  else
    sage_toast_error (GTK_WIDGET (self), _("Could not export"), error);
}

static void
export_chosen_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(SageNotebookPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);
  g_autofree char *text = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (file != NULL)
    text = sage_notebook_to_percent (sage_notebook_document_get_notebook (self->document), &error);
  if (text == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
        sage_toast_error (GTK_WIDGET (self), _("Could not export"), error);
      return;
    }

  bytes = g_bytes_new (text, strlen (text));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                       exported_cb, g_object_ref (self));
}

static void
export_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr(GFile) folder = g_file_get_parent (sage_notebook_document_get_file (self->document));
  const char *title = sage_page_get_title (SAGE_PAGE (self));
  g_autofree char *stem = g_str_has_suffix (title, ".ipynb") ? g_strndup (title, strlen (title) - 6)
                                                             : g_strdup (title);
  g_autofree char *name = g_strconcat (stem, ".py", NULL);

  gtk_file_dialog_set_title (dialog, _("Export as a script"));
  gtk_file_dialog_set_initial_folder (dialog, folder);
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, export_chosen_cb,
                        g_object_ref (self));
}

/* --- The menu --------------------------------------------------------------------------------- */

static void
append_items (GMenu             *menu,
              const char *const *actions)
{
  g_autoptr(GMenu) section = g_menu_new ();

  for (; *actions != NULL; actions++)
    {
      g_autoptr(GMenuItem) item = sage_shortcut_menu_item (*actions);

      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

#define MAX_BIN 20

/* The cells that were deleted, newest first, by their first lines. */
static void
append_bin (SageNotebookPage *self,
            GMenu            *menu)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  GListModel *bin = notebook != NULL ? sage_notebook_get_bin (notebook) : NULL;
  g_autoptr(GMenu) section = g_menu_new ();
  g_autoptr(GMenu) cells = g_menu_new ();
  guint n = bin != NULL ? MIN (g_list_model_get_n_items (bin), MAX_BIN) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageCell) cell = g_list_model_get_item (bin, i);
      const char *source = sage_cell_get_source (cell);
      g_autofree char *line = g_strndup (source, strcspn (source, "\r\n"));
      g_autofree char *label = sage_text_shorten_end (line[0] != '\0' ? line : _("Empty cell"), 40);
      g_auto(GStrv) parts = g_strsplit (label, "_", -1);
      g_autofree char *literal = g_strjoinv ("__", parts);
      g_autoptr(GMenuItem) item = g_menu_item_new (literal, NULL);

      g_menu_item_set_action_and_target (item, "notebook.bring-back", "s", sage_cell_get_id (cell));
      g_menu_append_item (cells, item);
    }
  if (n > 0)
    {
      g_menu_append_submenu (section, _("Deleted cells"), G_MENU_MODEL (cells));
      g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
    }
}

static void
popup_cb (GtkMenuButton *button,
          gpointer       user_data)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (user_data);
  gboolean is_console = sage_notebook_page_is_console (self);
  const char * const run[] = { "notebook.run-above", "notebook.run-below", "notebook.run-stale",
                               "notebook.restart-run-all", is_console ? NULL : "notebook.run-job", NULL };
  static const char * const cells[] = { "notebook.clear-all-outputs", "notebook.find", NULL };
  static const char * const looks[] = { "notebook.full-width", "notebook.line-numbers",
                                        "notebook.outline", NULL };
  static const char * const versions[] = { "notebook.compare-disk", "notebook.compare-head", NULL };
  const char *trust = sage_notebook_document_is_trusted (self->document) ? "notebook.distrust" : "notebook.trust";
  const char * const file[] = { "win.save", "notebook.export", "win.strip-outputs", trust, NULL };
  /* what the window does is about the script */
  const char * const of_console[] = { "notebook.export", trust, NULL };
  g_autoptr(GMenu) menu = g_menu_new ();

  append_items (menu, run);
  append_items (menu, cells);
  append_bin (self, menu);
  append_items (menu, looks);
  if (!is_console)
    append_items (menu, versions);
  append_items (menu, is_console ? of_console : file);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

void
sage_notebook_page_set_up_menu (SageNotebookPage *self)
{
  gtk_menu_button_set_create_popup_func (self->menu, popup_cb, self, NULL);
}

/* --- All of them ------------------------------------------------------------------------------ */

static void
solve_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  if (self->shown == SAGE_PROBLEM_CONFLICT)
    sage_notebook_page_solve_conflict (self);
  else if (self->shown == SAGE_PROBLEM_KERNEL)
    sage_notebook_page_solve_end (self);
  else if (self->shown == SAGE_PROBLEM_READ_ONLY)
    sage_notebook_page_repair_copy (self);
  else if (self->shown == SAGE_PROBLEM_IDLE)
    sage_notebook_kernel_keep (self->kernel);
}

static void
details_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  sage_notebook_page_show_end (SAGE_NOTEBOOK_PAGE (widget));
}

/* What the kernel knows of what is at the cursor: its documentation, or the call that is there. */
static void
ask_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (!GTK_IS_TEXT_VIEW (focus))
    return;
  if (g_str_equal (action_name, "notebook.signature"))
    sage_signature_help_show (GTK_TEXT_VIEW (focus));
  else
    sage_kernel_show_docs (GTK_TEXT_VIEW (focus), SAGE_NOTEBOOK_PAGE (widget)->kernel);
}

void
sage_notebook_page_install_actions (GtkWidgetClass *klass)
{
  const SageShortcut *table;
  guint n;

  table = sage_shortcut_table (&n);
  for (guint i = 0; i < n; i++)
    if (sage_notebook_view_has_command (table[i].action))
      gtk_widget_class_install_action (klass, table[i].action, NULL, view_action);

  gtk_widget_class_install_action (klass, "notebook.interrupt", NULL, interrupt_action);
  gtk_widget_class_install_action (klass, "notebook.restart", NULL, restart_action);
  gtk_widget_class_install_action (klass, "notebook.restart-run-all", NULL, restart_action);
  gtk_widget_class_install_action (klass, "notebook.run-job", NULL, run_job_action);
  gtk_widget_class_install_action (klass, "notebook.shut-down", NULL, shut_down_action);
  gtk_widget_class_install_action (klass, "notebook.change-kernel", "s", change_kernel_action);
  gtk_widget_class_install_action (klass, "notebook.reload", NULL, reload_action);
  gtk_widget_class_install_action (klass, "notebook.find", NULL, find_action);
  gtk_widget_class_install_action (klass, "notebook.outline", NULL, outline_action);
  gtk_widget_class_install_action (klass, "notebook.trust", NULL, trust_action);
  gtk_widget_class_install_action (klass, "notebook.distrust", NULL, distrust_action);
  gtk_widget_class_install_action (klass, "notebook.bring-back", "s", bring_back_action);
  gtk_widget_class_install_action (klass, "notebook.compare-disk", NULL, compare_action);
  gtk_widget_class_install_action (klass, "notebook.compare-head", NULL, compare_action);
  gtk_widget_class_install_action (klass, "notebook.export", NULL, export_action);
  gtk_widget_class_install_action (klass, "notebook.solve", NULL, solve_action);
  gtk_widget_class_install_action (klass, "notebook.details", NULL, details_action);
  gtk_widget_class_install_action (klass, "notebook.inspect", NULL, ask_action);
  gtk_widget_class_install_action (klass, "notebook.signature", NULL, ask_action);
}
