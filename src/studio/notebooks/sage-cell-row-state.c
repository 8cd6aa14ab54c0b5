/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-row"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-cell-row-private.h"
#include "sage-input-bar.h"
#include "sage-json.h"

#define MAX_COUNT 9999 /* the last one that the gutter has room for */

/* What a row says of how its cell runs: the count, the state, the time, what the code asks for. */

static void
show_status (SageCellRow *self,
             const char  *icon,
             const char  *css_class,
             const char  *text)
{
  static const char * const classes[] = { "error", "success", "accent", "dim-label" };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->status_icon), classes[i]);
      gtk_widget_remove_css_class (GTK_WIDGET (self->status_text), classes[i]);
    }
  if (css_class != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->status_icon), css_class);
      gtk_widget_add_css_class (GTK_WIDGET (self->status_text), css_class);
    }
  gtk_image_set_from_icon_name (self->status_icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->status_icon), icon != NULL);
  gtk_label_set_text (self->status_text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status_text), text != NULL);
}

static void
update_time (SageCellRow *self,
             gboolean     running)
{
  gint64 started = sage_cell_get_started (self->cell);
  gint64 ended = sage_cell_get_ended (self->cell);

  gtk_widget_set_visible (GTK_WIDGET (self->elapsed), started > 0 && (running || ended > 0));
  if (started > 0)
    sage_elapsed_set (self->elapsed, (double) started / G_USEC_PER_SEC,
                      running ? 0 : (double) ended / G_USEC_PER_SEC);
}

static void
update_count (SageCellRow  *self,
              SageCellState state)
{
  gint64 count = sage_cell_get_execution_count (self->cell);
  g_autofree char *text = NULL;

  if (!sage_cell_row_is_code (self))
    text = g_strdup ("");
  else if (state == SAGE_CELL_RUNNING || state == SAGE_CELL_QUEUED)
    text = g_strdup ("[*]");
  else if (count >= 0)
    text = g_strdup_printf ("[%" G_GINT64_FORMAT "]", count);
  else
    text = g_strdup ("[ ]");
  gtk_label_set_text (self->count, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->count), count > MAX_COUNT ? text : NULL);
}

/* Returns: (transfer full): that it waits, and for how many */
static char *
describe_place (SageCellRow *self)
{
  guint place = sage_notebook_kernel_get_place (sage_notebook_kernel_for (self->document), self->cell);

  if (place == 0 || place == G_MAXUINT)
    return g_strdup (_("Waits for its turn"));

  /* Translators: a cell of a notebook; how many are to run before it */
  return g_strdup_printf (ngettext ("Waits for %u cell", "Waits for %u cells", place), place);
}

void
sage_cell_row_update_state (SageCellRow *self)
{
  gboolean code = sage_cell_row_is_code (self);
  SageCellState state = code ? sage_cell_get_state (self->cell) : SAGE_CELL_IDLE;
  gboolean running = state == SAGE_CELL_RUNNING;
  gboolean stale = code && sage_cell_is_stale (self->cell);
  g_autofree char *place = state == SAGE_CELL_QUEUED ? describe_place (self) : NULL;

  update_count (self, state);
  gtk_button_set_icon_name (self->run, running ? "media-playback-stop-symbolic"
                                               : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->run), running ? _("Interrupt") : _("Run the cell"));
  gtk_widget_set_visible (GTK_WIDGET (self->run), code);
  if (running)
    gtk_widget_add_css_class (self->bar, "running");
  else
    gtk_widget_remove_css_class (self->bar, "running");
  sage_capped_bin_set_follows_end (self->outputs, running);

  update_time (self, running);
  switch (state)
    {
    case SAGE_CELL_QUEUED:
      show_status (self, "sagebrush-state-waiting-symbolic", "dim-label", place);
      break;
    case SAGE_CELL_RUNNING:
      show_status (self, "sagebrush-state-running-symbolic", "accent", _("Running"));
      break;
    case SAGE_CELL_FAILED:
      show_status (self, "sagebrush-state-bad-symbolic", "error", _("Failed"));
      break;
    case SAGE_CELL_CANCELLED:
      show_status (self, "sagebrush-state-idle-symbolic", "dim-label", _("Not run"));
      break;
    case SAGE_CELL_SUCCEEDED:
      show_status (self, "sagebrush-state-good-symbolic", "success", NULL);
      break;
    case SAGE_CELL_IDLE:
    default:
      show_status (self, NULL, NULL, NULL);
    }
  gtk_widget_set_visible (self->stale, stale);
  gtk_widget_set_visible (self->stale_icon, stale);
  gtk_widget_set_visible (self->status, stale || (state != SAGE_CELL_IDLE));
}

/* --- What its code asks for ------------------------------------------------------------------- */

static void
answered_cb (SageCellRow *self,
             const char  *text)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  sage_notebook_kernel_answer (sage_notebook_kernel_for (self->document), text);
}

void
sage_cell_row_update_input (SageCellRow *self)
{
  SageNotebookKernel *kernel = sage_notebook_kernel_for (self->document);
  SageJupyterMessage *request = sage_notebook_kernel_get_input (kernel);
  gboolean asks = self->cell != NULL && request != NULL
                  && sage_notebook_kernel_get_input_cell (kernel) == self->cell;
  JsonObject *content;

  if (self->input != NULL)
    gtk_box_remove (self->body, self->input);
  self->input = NULL;
  if (!asks)
    return;

  content = sage_jupyter_message_get_content (request);
  self->input = sage_input_bar_new (sage_json_string (content, "prompt", ""),
                                    sage_json_bool (content, "password", FALSE));
  g_signal_connect_swapped (self->input, "answered", G_CALLBACK (answered_cb), self);
  gtk_box_append (self->body, self->input);
  /* Whoever started the cell waits for it; whoever writes elsewhere is not disturbed. */
  if (gtk_widget_get_focus_child (GTK_WIDGET (self)) == NULL
      && (self->flags & SAGE_CELL_ROW_CURRENT) != 0)
    gtk_widget_grab_focus (self->input);
}

void
sage_cell_row_update_pending (SageCellRow *self)
{
  if (self->cell != NULL && sage_cell_get_state (self->cell) == SAGE_CELL_QUEUED)
    sage_cell_row_update_state (self);
}
