/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-rate-cell"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-rate-cell.h"
#include "sage-sparkline.h"
#include "sage-words.h"

#define LABEL_CHARS 7 /* "1,240/s" */

/* Two minutes: there is no room for more. */
#define POINTS 60

struct _SageRateCell
{
  GtkWidget          parent_instance;

  SageEndpointRates *rates;    /* (owned) */
  char              *endpoint; /* (owned) (nullable) */

  SageSparkline     *course;
  GtkLabel          *rate;
};

G_DEFINE_FINAL_TYPE (SageRateCell, sage_rate_cell, GTK_TYPE_WIDGET)

static void
update (SageRateCell *self)
{
  SageTrafficFigures figures;
  gboolean known = self->endpoint != NULL
                   && sage_endpoint_rates_read (self->rates, self->endpoint, &figures);
  g_autofree char *text = NULL;

  if (known && !isnan (figures.rate))
    {
      g_autofree char *number = sage_words_rate (figures.rate);

      /* Translators: requests per second */
      text = g_strdup_printf (_("%s/s"), number);
    }
  gtk_label_set_text (self->rate, text != NULL ? text : "");
  sage_sparkline_set_values (self->course,
                             known ? figures.rates + (SAGE_TRAFFIC_POINTS - POINTS) : NULL,
                             known ? POINTS : 0);
}

static void
sage_rate_cell_dispose (GObject *object)
{
  SageRateCell *self = SAGE_RATE_CELL (object);
  GtkWidget *child;

  if (self->rates != NULL)
    g_signal_handlers_disconnect_by_data (self->rates, self);
  g_clear_object (&self->rates);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (sage_rate_cell_parent_class)->dispose (object);
}

static void
sage_rate_cell_finalize (GObject *object)
{
  g_free (SAGE_RATE_CELL (object)->endpoint);

  G_OBJECT_CLASS (sage_rate_cell_parent_class)->finalize (object);
}

static void
sage_rate_cell_class_init (SageRateCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_rate_cell_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_rate_cell_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
sage_rate_cell_init (SageRateCell *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 12);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);

  self->course = SAGE_SPARKLINE (sage_sparkline_new ());
  g_object_set (self->course, "from-zero", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->course), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Requests per second"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->course), GTK_WIDGET (self));

  self->rate = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_width_chars (self->rate, LABEL_CHARS);
  gtk_label_set_xalign (self->rate, 1);
  gtk_widget_add_css_class (GTK_WIDGET (self->rate), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->rate), "dim-label");
  gtk_widget_set_parent (GTK_WIDGET (self->rate), GTK_WIDGET (self));
}

/**
 * sage_rate_cell_new:
 * @rates: what the cell reads
 *
 * Returns: (transfer floating): a cell of no endpoint yet
 */
GtkWidget *
sage_rate_cell_new (SageEndpointRates *rates)
{
  SageRateCell *self = g_object_new (SAGE_TYPE_RATE_CELL, NULL);

  self->rates = g_object_ref (rates);
  g_signal_connect_swapped (rates, "changed", G_CALLBACK (update), self);
  update (self);

  return GTK_WIDGET (self);
}

/**
 * sage_rate_cell_set_endpoint:
 * @self: the cell
 * @endpoint: (nullable): the endpoint it is about
 */
void
sage_rate_cell_set_endpoint (SageRateCell *self,
                             const char   *endpoint)
{
  g_return_if_fail (SAGE_IS_RATE_CELL (self));

  if (g_set_str (&self->endpoint, endpoint))
    update (self);
}
