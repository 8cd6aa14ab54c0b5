/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-traffic-row"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-figure.h"
#include "sage-sparkline.h"
#include "sage-traffic-row.h"
#include "sage-words.h"

struct _SageTrafficRow
{
  GtkWidget      parent_instance;

  GtkLabel      *name;
  SageFigure    *requests;
  SageFigure    *errors;
  SageFigure    *median;
  SageFigure    *p99;
  SageSparkline *course;
};

G_DEFINE_FINAL_TYPE (SageTrafficRow, sage_traffic_row, GTK_TYPE_WIDGET)

static void
sage_traffic_row_dispose (GObject *object)
{
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_TRAFFIC_ROW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child); /* what the template has without a name stays */

  G_OBJECT_CLASS (sage_traffic_row_parent_class)->dispose (object);
}

static void
sage_traffic_row_class_init (SageTrafficRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_traffic_row_dispose;

  g_type_ensure (SAGE_TYPE_FIGURE);
  g_type_ensure (SAGE_TYPE_SPARKLINE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/endpoints/sage-traffic-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SageTrafficRow, name);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficRow, requests);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficRow, errors);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficRow, median);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficRow, p99);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficRow, course);
}

static void
sage_traffic_row_init (SageTrafficRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_traffic_row_new:
 *
 * Returns: (transfer floating): a row without figures
 */
GtkWidget *
sage_traffic_row_new (void)
{
  return g_object_new (SAGE_TYPE_TRAFFIC_ROW, NULL);
}

/* Returns: (transfer full) (nullable): @words beneath a figure; takes them over */
static char *
overall (char *words)
{
  g_autofree char *taken = words;

  /* Translators: a number since counting began, as against the last minutes: "1,204 overall" */
  return taken != NULL ? g_strdup_printf (_("%s overall"), taken) : NULL;
}

static char *
latency_or_none (double seconds)
{
  return isnan (seconds) ? NULL : sage_words_latency (seconds);
}

static void
show_requests (SageTrafficRow           *self,
            const SageTrafficFigures *figures)
{
  g_autofree char *note = overall (sage_words_number ((double) figures->calls));
  g_autofree char *rate = NULL;

  if (!isnan (figures->rate))
    {
      g_autofree char *number = sage_words_rate (figures->rate);

      /* Translators: requests per second */
      rate = g_strdup_printf (_("%s/s"), number);
    }
  sage_figure_set_value (self->requests, rate, note);
}

static void
show_errors (SageTrafficRow           *self,
             const SageTrafficFigures *figures)
{
  g_autofree char *note = overall (sage_words_number ((double) figures->errors));
  g_autofree char *share = NULL;
  double percent = figures->recent_errors * 100;

  if (percent > 0 && percent < 0.1)
    share = g_strdup (_("< 0.1 %"));
  else if (percent > 0 && percent < 10)
    share = g_strdup_printf (_("%.1f %%"), percent);
  else if (!isnan (percent))
    share = g_strdup_printf (_("%.0f %%"), percent);
  sage_figure_set_value (self->errors, share, note);
}

static void
show_latency (SageFigure *figure,
              double      recent,
              double      all)
{
  g_autofree char *value = latency_or_none (recent);
  g_autofree char *note = overall (latency_or_none (all));

  sage_figure_set_value (figure, value, note);
}

/**
 * sage_traffic_row_show:
 * @self: the row
 * @figures: what is known of a variant
 * @with_name: whether to say which one it is
 */
void
sage_traffic_row_show (SageTrafficRow           *self,
                       const SageTrafficFigures *figures,
                       gboolean                  with_name)
{
  g_return_if_fail (SAGE_IS_TRAFFIC_ROW (self));

  gtk_label_set_text (self->name, figures->variant);
  gtk_widget_set_visible (GTK_WIDGET (self->name), with_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  figures->variant, -1);
  show_requests (self, figures);
  show_errors (self, figures);
  show_latency (self->median, figures->recent_median, figures->median);
  show_latency (self->p99, figures->recent_p99, figures->p99);
  sage_sparkline_set_values (self->course, figures->rates, SAGE_TRAFFIC_POINTS);
}
