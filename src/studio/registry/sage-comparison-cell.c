/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-comparison-cell"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "sage-comparison-cell.h"
#include "sage-copy-label.h"
#include "sage-json.h"
#include "sage-link.h"
#include "sage-text.h"
#include "sage-words.h"

/**
 * sage_comparison_cell_text:
 * @row: a row
 * @side: 0 for the candidate, 1 for the champion
 *
 * Returns: (transfer full): what that side has, in words; a dash where it has nothing
 */
char *
sage_comparison_cell_text (const SageComparisonRow *row,
                           guint                    side)
{
  if (row->kind == SAGE_COMPARISON_TIME && row->numbers[side] > 0)
    return sage_words_exact_time (row->numbers[side]);
  if (row->kind == SAGE_COMPARISON_NUMBER && !isnan (row->numbers[side]))
    return sage_words_number (row->numbers[side]);
  if (row->texts[side] != NULL)
    return g_strdup (row->texts[side]);

  return g_strdup ("–");
}

static GtkWidget *
make_label (const SageComparisonRow *row,
            guint                    side)
{
  g_autofree char *text = sage_comparison_cell_text (row, side);
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_PARAGRAPH);
  GtkWidget *label = gtk_label_new (shown);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (row->kind == SAGE_COMPARISON_NUMBER)
    {
      g_autoptr(GString) exact = g_string_new (NULL);

      gtk_widget_add_css_class (label, "numeric");
      sage_json_append_number (exact, row->numbers[side]);
      if (!isnan (row->numbers[side]))
        gtk_widget_set_tooltip_text (label, exact->str);
    }

  return label;
}

/* The name links to the job while the engine has it. */
static GtkWidget *
make_link (const char     *name,
           SageConnection *connection)
{
  g_autoptr(SageResourceList) jobs = sage_connection_get_list (connection, SAGE_KIND_TRAINING_JOB,
                                                               NULL);
  SageResource *job = sage_resource_list_find (jobs, name);
  g_autofree char *location = job != NULL ? sage_resource_dup_location (job) : NULL;

  return sage_link_new (name, location);
}

static GtkWidget *
make_mark (const SageComparisonRow *row)
{
  g_autofree char *words = sage_comparison_mark_words (row);
  GtkWidget *box;
  GtkWidget *sign;
  GtkWidget *label;

  if (words == NULL)
    return NULL;

  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  label = gtk_label_new (words);
  if (row->mark == SAGE_MARK_DIFFERENT)
    sign = gtk_label_new ("≠");
  else
    sign = gtk_image_new_from_icon_name (row->numbers[0] > row->numbers[1] ? "go-up-symbolic"
                                                                           : "go-down-symbolic");
  gtk_widget_add_css_class (box, "caption");
  gtk_widget_add_css_class (box, row->mark == SAGE_MARK_BETTER  ? "state-good"
                                 : row->mark == SAGE_MARK_WORSE ? "state-bad"
                                                                : "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), sign);
  gtk_box_append (GTK_BOX (box), label);

  return box;
}

/**
 * sage_comparison_cell_new:
 * @row: a row
 * @side: 0 for the candidate, which has the mark, 1 for the champion
 * @connection: the engine
 *
 * Returns: (transfer floating): what that side has
 */
GtkWidget *
sage_comparison_cell_new (const SageComparisonRow *row,
                          guint                    side,
                          SageConnection          *connection)
{
  GtkWidget *box = adw_wrap_box_new ();
  GtkWidget *mark = side == 0 ? make_mark (row) : NULL;
  GtkWidget *value;

  if (row->kind == SAGE_COMPARISON_LINK && row->texts[side] != NULL)
    value = make_link (row->texts[side], connection);
  else if (row->kind == SAGE_COMPARISON_IDENTIFIER && row->texts[side] != NULL)
    {
      value = sage_copy_label_new (row->texts[side]);
      gtk_widget_add_css_class (value, "identifier");
    }
  else
    value = make_label (row, side);

  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (box), 12);
  gtk_widget_set_hexpand (box, TRUE);
  adw_wrap_box_append (ADW_WRAP_BOX (box), value);
  if (mark != NULL)
    adw_wrap_box_append (ADW_WRAP_BOX (box), mark);

  return box;
}
