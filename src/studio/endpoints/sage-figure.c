/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-figure"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-figure.h"

/* For a number that is not known; as wide as a figure. */
#define UNKNOWN "–"

struct _SageFigure
{
  GtkWidget  parent_instance;

  GtkLabel  *title;
  GtkLabel  *value;
  GtkLabel  *note;
};

typedef enum {
  PROP_TITLE = 1,
} SageFigureProperty;

static GParamSpec *properties[PROP_TITLE + 1];

G_DEFINE_FINAL_TYPE (SageFigure, sage_figure, GTK_TYPE_WIDGET)

static void
sage_figure_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  SageFigure *self = SAGE_FIGURE (object);

  switch ((SageFigureProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_text (self->title));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_figure_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  SageFigure *self = SAGE_FIGURE (object);

  switch ((SageFigureProperty) prop_id)
    {
    case PROP_TITLE:
      gtk_label_set_text (self->title, g_value_get_string (value));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_figure_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_FIGURE);

  G_OBJECT_CLASS (sage_figure_parent_class)->dispose (object);
}

static void
sage_figure_class_init (SageFigureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sage_figure_get_property;
  object_class->set_property = sage_figure_set_property;
  object_class->dispose = sage_figure_dispose;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL,
                                                (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/endpoints/sage-figure.ui");
  gtk_widget_class_bind_template_child (widget_class, SageFigure, title);
  gtk_widget_class_bind_template_child (widget_class, SageFigure, value);
  gtk_widget_class_bind_template_child (widget_class, SageFigure, note);
}

static void
sage_figure_init (SageFigure *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_figure_set_value (self, NULL, NULL);
}

/**
 * sage_figure_set_value:
 * @self: the figure
 * @value: (nullable): the number with its unit; %NULL while it is not known
 * @note: (nullable): what stands beneath it
 */
void
sage_figure_set_value (SageFigure *self,
                       const char *value,
                       const char *note)
{
  g_return_if_fail (SAGE_IS_FIGURE (self));

  gtk_label_set_text (self->value, value != NULL ? value : UNKNOWN);
  gtk_label_set_text (self->note, note != NULL ? note : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  value != NULL ? value : _("Not known yet"), -1);
}
