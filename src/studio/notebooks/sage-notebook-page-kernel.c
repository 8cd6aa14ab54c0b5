/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-clock.h"
#include "sage-json.h"
#include "sage-notebook-page-private.h"
#include "sage-words.h"

/* --- The end of a kernel ---------------------------------------------------------------------- */

static JsonObject *
get_outcome (SageNotebookPage *self)
{
  JsonObject *facts = sage_notebook_kernel_get_facts (self->kernel);

  return facts != NULL ? sage_json_object (facts, "outcome") : NULL;
}

/* Returns: (transfer full): why the kernel ended, as far as the engine knows */
char *
sage_notebook_page_describe_end (SageNotebookPage *self)
{
  JsonObject *outcome = get_outcome (self);
  gint64 number = outcome != NULL ? sage_json_int (outcome, "signal", 0) : 0;

  if (outcome == NULL)
    return g_strdup (_("The kernel has ended"));

  if (sage_json_bool (outcome, "oom", FALSE))
    {
      gint64 peak = sage_json_int (outcome, "peak_memory_bytes", 0);
      g_autofree char *size = sage_words_bytes ((guint64) MAX (peak, 0));

      /* Translators: an amount of memory */
      return g_strdup_printf (_("The kernel ran out of memory; it had taken %s"), size);
    }
  if (sage_json_int (outcome, "idle_seconds", 0) > 0)
    {
      g_autofree char *time = sage_words_duration ((double) sage_json_int (outcome, "idle_seconds", 0));

      /* Translators: a duration */
      return g_strdup_printf (_("The kernel was shut down: nobody had used it for %s"), time);
    }
  if (number > 0 && number < 128)
    /* Translators: the number and the name of a signal */
    return g_strdup_printf (_("The kernel was ended by signal %d (%s)"), (int) number,
                            strsignal ((int) number));

  return g_strdup_printf (_("The kernel exited with status %d"),
                          (int) sage_json_int (outcome, "exit_code", 0));
}

/* Returns: (transfer full): that the kernel is to be shut down, and when */
char *
sage_notebook_page_describe_idle (SageNotebookPage *self)
{
  double since;
  double ends = sage_notebook_kernel_get_idle_ends (self->kernel, &since);
  g_autofree char *time = sage_clock_time (ends);
  g_autofree char *last = sage_clock_time (since);

  /* Translators: two times of day */
  return g_strdup_printf (_("Nobody has used this kernel since %s. It will be shut down at %s, and what it "
                            "holds is lost"), last, time);
}

/* Returns: (transfer full) (nullable): the last lines that it wrote to its standard error */
static char *
read_last_lines (SageNotebookPage *self)
{
  JsonObject *outcome = get_outcome (self);
  JsonArray *lines = outcome != NULL ? sage_json_array (outcome, "stderr_tail") : NULL;
  g_autoptr(GString) text = NULL;

  if (outcome == NULL)
    return NULL;
  if (lines == NULL)
    return g_strdup (sage_json_string (outcome, "stderr_tail", NULL));

  text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (lines); i++)
    if (sage_json_array_string (lines, i) != NULL)
      g_string_append_printf (text, "%s\n", sage_json_array_string (lines, i));

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* Returns: (transfer full): the code cells from the first one up to the one that ran when it ended */
static GPtrArray *
collect_up_to_end (SageNotebookPage *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  SageCell *last = sage_notebook_kernel_get_last_cell (self->kernel);
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; last != NULL && i < n; i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);

      if (sage_cell_get_kind (cell) == SAGE_CELL_CODE)
        g_ptr_array_add (cells, g_object_ref (cell));
      if (cell == last)
        break;
    }

  return cells;
}

/* Begins anew, and runs to where the kernel ended. */
void
sage_notebook_page_solve_end (SageNotebookPage *self)
{
  g_autoptr(GPtrArray) cells = collect_up_to_end (self);

  sage_notebook_kernel_restart (self->kernel, cells->len > 0 ? cells : NULL);
}

/* Whether there is more to tell of the end than a sentence. */
gboolean
sage_notebook_page_knows_end (SageNotebookPage *self)
{
  g_autofree char *lines = read_last_lines (self);

  return lines != NULL && lines[0] != '\0';
}

/* Shows what the kernel wrote last. */
void
sage_notebook_page_show_end (SageNotebookPage *self)
{
  g_autofree char *why = sage_notebook_page_describe_end (self);
  g_autofree char *lines = read_last_lines (self);
  AdwDialog *dialog = adw_alert_dialog_new (_("Why the kernel ended"), why);
  GtkWidget *view;
  GtkWidget *scroller;

  view = g_object_new (GTK_TYPE_TEXT_VIEW, "editable", FALSE, "monospace", TRUE, "wrap-mode",
                       GTK_WRAP_WORD_CHAR, "left-margin", 9, "right-margin", 9, "top-margin", 9,
                       "bottom-margin", 9, NULL);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)),
                            lines != NULL ? lines : "", -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Last lines of the kernel"), -1);
  scroller = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", view, "min-content-height", 120,
                           "propagate-natural-height", TRUE, "max-content-height", 320, NULL);
  gtk_widget_add_css_class (scroller, "text-frame");
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), scroller);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- What the kernel tells -------------------------------------------------------------------- */

static void
failed_cb (SageNotebookPage *self,
           const char       *what,
           const GError     *error)
{
  sage_toast_error (GTK_WIDGET (self), what, error);
}

static void
cell_ended_cb (SageNotebookPage *self,
               SageCell         *cell)
{
  if (sage_notebook_kernel_get_n_pending (self->kernel) == 0
      || sage_cell_get_state (cell) == SAGE_CELL_FAILED)
    sage_page_set_attention (SAGE_PAGE (self), TRUE);
}

/* That its kernel will be shut down is to be seen from other tabs too. A console is in another's. */
static void
idle_cb (SageNotebookPage *self)
{
  GtkWidget *outer = gtk_widget_get_parent (GTK_WIDGET (self));

  outer = outer != NULL ? gtk_widget_get_ancestor (outer, SAGE_TYPE_PAGE) : NULL;
  if (sage_notebook_kernel_get_idle_ends (self->kernel, NULL) > 0)
    sage_page_set_attention (outer != NULL ? SAGE_PAGE (outer) : SAGE_PAGE (self), TRUE);
  sage_notebook_page_show_problem (self);
}

static void
state_cb (SageNotebookPage *self)
{
  SageNotebookKernelState state = sage_notebook_kernel_get_state (self->kernel);

  gtk_widget_set_visible (self->interrupt, state == SAGE_NOTEBOOK_KERNEL_BUSY);
  sage_notebook_page_show_problem (self);
}

void
sage_notebook_page_follow_kernel (SageNotebookPage *self)
{
  g_signal_connect_object (self->kernel, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->kernel, "notify::idle-ends",
                           G_CALLBACK (idle_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->kernel, "ended", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->kernel, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->kernel, "cell-ended", G_CALLBACK (cell_ended_cb), self,
                           G_CONNECT_SWAPPED);
  state_cb (self);
}
