/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-conflict-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-conflict-dialog.h"
#include "sage-text.h"

/* What the dialog keeps of the merge: the rows, one for each conflict, in their order. */
#define KEY_MERGE "sage-merge"
#define KEY_ROWS  "sage-rows"

/* Returns: (transfer full): a version of a cell, short enough for a row */
static char *
describe_version (const char *whose,
                  SageCell   *cell)
{
  g_autofree char *shown = sage_text_shorten_end (cell != NULL ? sage_cell_get_source (cell)
                                                               : _("Deleted"), 200);

  /* Translators: "Mine" or "Theirs": the text of a cell */
  return g_strdup_printf (_("%s: %s"), whose, shown);
}

static GtkWidget *
make_row (SageMergeConflict *conflict)
{
  const char * const choices[] = { _("Mine"), _("Theirs"), NULL };
  g_autoptr(GtkStringList) list = gtk_string_list_new (choices);
  g_autofree char *ours = describe_version (_("Mine"), conflict->ours);
  g_autofree char *theirs = describe_version (_("Theirs"), conflict->theirs);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), ours);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), theirs);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 4);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));

  return row;
}

/**
 * sage_conflict_dialog_new:
 * @merge: (transfer full): what a merge with the file comes to
 *
 * Returns: (transfer floating): a question, by cell; adw_alert_dialog_choose() asks it
 */
AdwDialog *
sage_conflict_dialog_new (SageNotebookMerge *merge)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Merge with the file?"), NULL);
  GPtrArray *rows = g_ptr_array_new ();
  GtkWidget *group = adw_preferences_group_new ();

  for (guint i = 0; i < merge->conflicts->len; i++)
    {
      GtkWidget *row = make_row (merge->conflicts->pdata[i]);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
      g_ptr_array_add (rows, row);
    }
  if (rows->len > 0)
    adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), group);
  else
    g_object_unref (g_object_ref_sink (group));

  adw_alert_dialog_set_body (
    ADW_ALERT_DIALOG (dialog),
    rows->len > 0
      ? _("Another program has changed the file since it was read. Choose for each cell that both "
          "changed; all other changes stay. “Keep mine” overwrites the file instead.")
      : _("Another program has changed the file since it was read. Your changes and those do not touch "
          "the same cells: both can stay. “Keep mine” overwrites the file instead."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "ours",
                                  _("_Keep mine"), "merge", _("_Merge"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "ours",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "merge",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "merge");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), KEY_MERGE, merge, (GDestroyNotify) sage_notebook_merge_free);
  g_object_set_data_full (G_OBJECT (dialog), KEY_ROWS, rows, (GDestroyNotify) g_ptr_array_unref);

  return dialog;
}

/* (transfer none): what it asks about */
SageNotebookMerge *
sage_conflict_dialog_get_merge (AdwDialog *dialog)
{
  return g_object_get_data (G_OBJECT (dialog), KEY_MERGE);
}

/**
 * sage_conflict_dialog_answer:
 * @dialog: the question
 * @result: of adw_alert_dialog_choose()
 *
 * Returns: the answer; the merge has what was chosen for each cell then
 */
SageConflictAnswer
sage_conflict_dialog_answer (AdwDialog    *dialog,
                             GAsyncResult *result)
{
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (dialog), result);
  SageNotebookMerge *merge = g_object_get_data (G_OBJECT (dialog), KEY_MERGE);
  GPtrArray *rows = g_object_get_data (G_OBJECT (dialog), KEY_ROWS);

  if (g_str_equal (answer, "ours"))
    return SAGE_CONFLICT_OURS;
  if (!g_str_equal (answer, "merge"))
    return SAGE_CONFLICT_CANCEL;

  for (guint i = 0; i < rows->len; i++)
    sage_notebook_merge_resolve (merge, merge->conflicts->pdata[i],
                                 adw_combo_row_get_selected (rows->pdata[i]) == 1);

  return SAGE_CONFLICT_MERGE;
}
