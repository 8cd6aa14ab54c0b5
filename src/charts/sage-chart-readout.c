/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-readout"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-chart-readout.h"
#include "sage-chart-swatch.h"

#define DISTANCE 12 /* pixels between the cursor and the box */
#define NAME_CHARS 40

/* One line of the box. */
typedef struct
{
  GtkWidget *swatch;
  GtkWidget *name;
  GtkWidget *value;
} Row;

/* The box beside the cursor that says where it is and what is there. It is for the eye: what a
 * screen reader needs is announced. */
struct _SageChartReadout
{
  AdwBin     parent_instance;

  GtkWidget *title;
  GtkWidget *grid;
  GtkWidget *more;
  GArray    *rows;   /* (owned): of Row; those not needed are hidden */
  guint      n_used;
};

G_DEFINE_FINAL_TYPE (SageChartReadout, sage_chart_readout, ADW_TYPE_BIN)

static void
sage_chart_readout_finalize (GObject *object)
{
  g_array_unref (SAGE_CHART_READOUT (object)->rows);

  G_OBJECT_CLASS (sage_chart_readout_parent_class)->finalize (object);
}

static void
sage_chart_readout_class_init (SageChartReadoutClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_chart_readout_finalize;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "sage-chart-readout");
}

static void
sage_chart_readout_init (SageChartReadout *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->title, "caption-heading");
  gtk_widget_add_css_class (self->title, "numeric");
  gtk_box_append (GTK_BOX (box), self->title);

  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 2);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 6);
  gtk_box_append (GTK_BOX (box), self->grid);

  self->more = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->more), 0);
  gtk_widget_add_css_class (self->more, "caption");
  gtk_widget_add_css_class (self->more, "dim-label");
  gtk_box_append (GTK_BOX (box), self->more);

  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}

/**
 * sage_chart_readout_new:
 *
 * Returns: (transfer floating): an empty box
 */
SageChartReadout *
sage_chart_readout_new (void)
{
  return g_object_new (SAGE_TYPE_CHART_READOUT, NULL);
}

/**
 * sage_chart_readout_begin:
 * @title: where the cursor is
 *
 * Starts over; sage_chart_readout_add() adds what is there, sage_chart_readout_finish() ends.
 */
void
sage_chart_readout_begin (SageChartReadout *self,
                          const char       *title)
{
  g_return_if_fail (SAGE_IS_CHART_READOUT (self));

  gtk_label_set_text (GTK_LABEL (self->title), title);
  self->n_used = 0;
}

static void
sage_chart_readout_add_row (SageChartReadout *self)
{
  Row row = {
    .swatch = sage_chart_swatch_new (NULL),
    .name = gtk_label_new (NULL),
    .value = gtk_label_new (NULL),
  };

  gtk_label_set_xalign (GTK_LABEL (row.name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (row.name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (row.name), NAME_CHARS);
  gtk_label_set_single_line_mode (GTK_LABEL (row.name), TRUE);
  gtk_widget_set_hexpand (row.name, TRUE);
  gtk_widget_add_css_class (row.name, "caption");
  gtk_label_set_xalign (GTK_LABEL (row.value), 1);
  gtk_widget_set_margin_start (row.value, 12);
  gtk_widget_add_css_class (row.value, "caption");
  gtk_widget_add_css_class (row.value, "numeric");

  gtk_grid_attach (GTK_GRID (self->grid), row.swatch, 0, self->rows->len, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), row.name, 1, self->rows->len, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), row.value, 2, self->rows->len, 1, 1);
  g_array_append_val (self->rows, row);
}

static void
show_row (const Row *row,
          gboolean   visible)
{
  gtk_widget_set_visible (row->swatch, visible);
  gtk_widget_set_visible (row->name, visible);
  gtk_widget_set_visible (row->value, visible);
}

/**
 * sage_chart_readout_add:
 * @series: which line
 * @value: its value, in words
 * @current: whether it is the one being read
 */
void
sage_chart_readout_add (SageChartReadout *self,
                        SageChartSeries  *series,
                        const char       *value,
                        gboolean          current)
{
  const Row *row;

  g_return_if_fail (SAGE_IS_CHART_READOUT (self));

  if (self->n_used == self->rows->len)
    sage_chart_readout_add_row (self);

  row = &g_array_index (self->rows, Row, self->n_used++);
  sage_chart_swatch_set_series (SAGE_CHART_SWATCH (row->swatch), series);
  gtk_label_set_text (GTK_LABEL (row->name), sage_chart_series_get_name (series));
  gtk_label_set_text (GTK_LABEL (row->value), value);
  if (current)
    gtk_widget_add_css_class (row->name, "current");
  else
    gtk_widget_remove_css_class (row->name, "current");
  show_row (row, TRUE);
}

/**
 * sage_chart_readout_finish:
 * @n_more: how many lines are there beside those that were added
 */
void
sage_chart_readout_finish (SageChartReadout *self,
                           guint             n_more)
{
  g_autofree char *more = NULL;

  g_return_if_fail (SAGE_IS_CHART_READOUT (self));

  for (guint i = self->n_used; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      sage_chart_swatch_set_series (SAGE_CHART_SWATCH (row->swatch), NULL);
      show_row (row, FALSE);
    }

  more = g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more);
  gtk_label_set_text (GTK_LABEL (self->more), more);
  gtk_widget_set_visible (self->more, n_more > 0);
}

/**
 * sage_chart_readout_place:
 * @x: of the cursor, in pixels of the parent
 * @y: of the cursor
 * @width: of the parent
 * @height: of the parent
 *
 * Allocates the box beside the cursor, inside the parent, on the side where there is room.
 */
void
sage_chart_readout_place (SageChartReadout *self,
                          double            x,
                          double            y,
                          int               width,
                          int               height)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean leftwards = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkRequisition minimum, natural;
  GtkAllocation box;

  gtk_widget_get_preferred_size (widget, &minimum, &natural);
  box.width = MAX (MIN (natural.width, width), minimum.width);
  box.height = MAX (MIN (natural.height, height), minimum.height);

  if (leftwards && x - DISTANCE - box.width < 0)
    leftwards = FALSE;
  else if (!leftwards && x + DISTANCE + box.width > width)
    leftwards = TRUE;
  box.x = leftwards ? x - DISTANCE - box.width : x + DISTANCE;
  box.y = y - box.height / 2.0;

  box.x = CLAMP (box.x, 0, MAX (width - box.width, 0));
  box.y = CLAMP (box.y, 0, MAX (height - box.height, 0));
  gtk_widget_size_allocate (widget, &box, -1);
}
