/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-close-dialog"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-close-dialog.h"

/* One question. Owned by its task. */
typedef struct
{
  GPtrArray *pages;   /* (owned): of SagePage */
  guint      saving;  /* how many are being saved */
  gboolean   refused; /* one of them could not be */
} Question;

static void
question_free (Question *question)
{
  g_ptr_array_unref (question->pages);
  g_free (question);
}

/**
 * sage_close_dialog_is_needed:
 * @page: a page
 *
 * Returns: whether closing it would lose or end something
 */
gboolean
sage_close_dialog_is_needed (SagePage *page)
{
  g_autofree char *ends = NULL;

  if (sage_page_get_modified (page) && sage_page_can_save (page))
    return TRUE;
  ends = sage_page_dup_close_question (page);

  return ends != NULL;
}

static guint
count_modified (GPtrArray *pages)
{
  guint n = 0;

  for (guint i = 0; i < pages->len; i++)
    n += sage_page_get_modified (pages->pdata[i]) && sage_page_can_save (pages->pdata[i]);

  return n;
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!sage_page_save_finish (SAGE_PAGE (object), result, &error))
    question->refused = TRUE; /* the page says why, and stays */
  if (--question->saving == 0)
    g_task_return_boolean (task, !question->refused);
}

static void
save (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  question->saving = 1; /* until all of them have been begun */
  for (guint i = 0; i < question->pages->len; i++)
    {
      SagePage *page = question->pages->pdata[i];

      if (!sage_page_get_modified (page) || !sage_page_can_save (page))
        continue;
      question->saving++;
      sage_page_save_async (page, NULL, saved_cb, g_object_ref (task));
    }
  if (--question->saving == 0)
    g_task_return_boolean (task, TRUE);
}

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  const char *choice = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result);

  if (strcmp (choice, "save") == 0)
    save (task);
  else if (strcmp (choice, "close") == 0)
    {
      for (guint i = 0; i < question->pages->len; i++)
        sage_page_discard (question->pages->pdata[i]);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_boolean (task, FALSE);
}

/* What stands to be lost or ended, a line each. */
static char *
list_pages (GPtrArray *pages)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < pages->len; i++)
    {
      g_autofree char *ends = sage_page_dup_close_question (pages->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                              ends != NULL ? ends : sage_page_get_title (pages->pdata[i]));
    }

  return g_string_free (text, FALSE);
}

static AdwDialog *
make_dialog (GPtrArray *pages)
{
  guint modified = count_modified (pages);
  g_autofree char *body = NULL;
  AdwAlertDialog *dialog;

  if (modified == 1 && pages->len == 1)
    body = g_strdup_printf (_("“%s” has changes that are not saved. What is discarded is lost."),
                            sage_page_get_title (pages->pdata[0]));
  else
    body = list_pages (pages);

  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (modified > 0 ? _("Save changes?")
                                                                : _("Close it?"), body));
  adw_alert_dialog_add_response (dialog, "cancel", _("_Cancel"));
  if (modified > 0)
    {
      adw_alert_dialog_add_response (dialog, "close", modified > 1 ? _("_Discard all")
                                                                   : _("_Discard"));
      adw_alert_dialog_add_response (dialog, "save", modified > 1 ? _("_Save all") : _("_Save"));
      adw_alert_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_SUGGESTED);
      adw_alert_dialog_set_default_response (dialog, "save");
    }
  else
    {
      adw_alert_dialog_add_response (dialog, "close", _("C_lose"));
      adw_alert_dialog_set_default_response (dialog, "cancel");
    }
  adw_alert_dialog_set_response_appearance (dialog, "close", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (dialog, "cancel");

  return ADW_DIALOG (dialog);
}

/**
 * sage_close_dialog_ask_async:
 * @parent: what to ask over
 * @pages: (element-type SagePage): pages for which sage_close_dialog_is_needed() is true
 *
 * Asks what is to become of what they hold, and does it.
 */
void
sage_close_dialog_ask_async (GtkWidget           *parent,
                             GPtrArray           *pages,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  Question *question = g_new0 (Question, 1);
  GTask *task = g_task_new (parent, NULL, callback, user_data);

  question->pages = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < pages->len; i++)
    g_ptr_array_add (question->pages, g_object_ref (pages->pdata[i]));
  g_task_set_source_tag (task, sage_close_dialog_ask_async);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (make_dialog (pages)), parent, NULL, chosen_cb, task);
}

/**
 * sage_close_dialog_ask_finish:
 *
 * Returns: whether the pages may close now
 */
gboolean
sage_close_dialog_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
