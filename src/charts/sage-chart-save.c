/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-save"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-chart-save.h"

/* A save under way. Freed when the file is written or the user has changed their mind. */
typedef struct
{
  GtkWidget *widget;   /* (owned): what the dialogs are shown over */
  GBytes    *contents; /* (owned) (nullable): NULL when the chart cannot be drawn */
} Save;

static void
save_free (Save *save)
{
  g_clear_object (&save->widget);
  g_clear_pointer (&save->contents, g_bytes_unref);
  g_free (save);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Save, save_free)

static void
report_failure (GtkWidget    *widget,
                const GError *error)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Chart Was Not Saved"), NULL);

  g_debug ("%s", error->message);
  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog), error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, widget);
}

static void
save_written_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(Save) save = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    report_failure (save->widget, error);
}

static void
save_chosen_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(Save) save = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);
  GBytes *contents;

  if (file == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
        report_failure (save->widget, error);
      return;
    }

  contents = save->contents;
  g_file_replace_contents_bytes_async (file, contents, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                       save_written_cb, g_steal_pointer (&save));
}

/* Returns a file name made of @title; (transfer full). */
static char *
suggest_name (const char          *title,
              SageChartExportKind  kind)
{
  static const char * const extensions[] = {
    [SAGE_CHART_EXPORT_PNG] = "png",
    [SAGE_CHART_EXPORT_SVG] = "svg",
    [SAGE_CHART_EXPORT_CSV] = "csv",
  };
  g_autofree char *name = g_strdup (title != NULL && *title != '\0' ? title : _("Chart"));

  return g_strdup_printf ("%s.%s", g_strdelimit (name, "/\\:*?\"<>|\n\r\t", '-'), extensions[kind]);
}

/**
 * sage_chart_save:
 * @widget: what to show dialogs over
 * @chart: what to save, as it is now
 * @title: (nullable): its title
 * @kind: the kind of file
 *
 * Asks for a file and writes the chart to it. What goes wrong is told in a dialog.
 */
void
sage_chart_save (GtkWidget           *widget,
                 SageChart           *chart,
                 const char          *title,
                 SageChartExportKind  kind)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = suggest_name (title, kind);
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autoptr(GError) error = NULL;
  Save *save;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (SAGE_IS_CHART (chart));

  save = g_new0 (Save, 1);
  save->widget = g_object_ref (widget);
  save->contents = sage_chart_export_to_bytes (chart, title, kind, &error);
  if (save->contents == NULL)
    {
      report_failure (widget, error);
      save_free (save);
      return;
    }

  gtk_file_dialog_set_title (dialog, _("Save Chart"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                        save_chosen_cb, save);
}
