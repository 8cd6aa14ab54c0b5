/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-relative-time"

#include "config.h"

#include <math.h>

#include "sage-relative-time.h"
#include "sage-time.h"
#include "sage-words.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define MAX_TIME 253402300799.0 /* the last second of the year 9999 */

struct _SageRelativeTime
{
  GtkWidget  parent_instance;

  double     time; /* seconds since 1970; 0: none */
  guint      tick; /* source id of the next change of the words, while mapped */

  GtkWidget *label;
};

typedef enum
{
  PROP_TIME = 1,
} SageRelativeTimeProperty;

static GParamSpec *properties[PROP_TIME + 1];

G_DEFINE_FINAL_TYPE (SageRelativeTime, sage_relative_time, GTK_TYPE_WIDGET)

static void sage_relative_time_update (SageRelativeTime *self);

static gboolean
tick_cb (gpointer user_data)
{
  SageRelativeTime *self = user_data;

  self->tick = 0;
  sage_relative_time_update (self);

  return G_SOURCE_REMOVE;
}

/* Seconds until the words for an age are other ones; after that of a day nobody waits for it. */
static guint
next_change (double age)
{
  if (age < MINUTE)
    return 1;
  if (age < HOUR)
    return (guint) (MINUTE - fmod (age, MINUTE)) + 1;

  return MIN ((guint) (HOUR - fmod (age, HOUR)) + 1, 10 * MINUTE);
}

static void
sage_relative_time_update (SageRelativeTime *self)
{
  g_autofree char *text = sage_words_time (self->time);

  gtk_label_set_text (GTK_LABEL (self->label), text);

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->time > 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick = g_timeout_add_seconds (next_change (sage_time_now () - self->time), tick_cb, self);
}

static void
sage_relative_time_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_relative_time_parent_class)->map (widget);
  sage_relative_time_update (SAGE_RELATIVE_TIME (widget));
}

static void
sage_relative_time_unmap (GtkWidget *widget)
{
  SageRelativeTime *self = SAGE_RELATIVE_TIME (widget);

  g_clear_handle_id (&self->tick, g_source_remove);
  GTK_WIDGET_CLASS (sage_relative_time_parent_class)->unmap (widget);
}

/* The exact time is worded only for who asks: a list may hold a thousand of these. */
static gboolean
sage_relative_time_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard,
                                  GtkTooltip *tooltip)
{
  SageRelativeTime *self = SAGE_RELATIVE_TIME (widget);
  g_autofree char *text = NULL;

  if (self->time <= 0)
    return FALSE;

  text = sage_words_exact_time (self->time);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
sage_relative_time_dispose (GObject *object)
{
  SageRelativeTime *self = SAGE_RELATIVE_TIME (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->label, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_relative_time_parent_class)->dispose (object);
}

static void
sage_relative_time_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  SageRelativeTime *self = SAGE_RELATIVE_TIME (object);

  switch ((SageRelativeTimeProperty) prop_id)
    {
    case PROP_TIME:
      g_value_set_double (value, self->time);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_relative_time_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  SageRelativeTime *self = SAGE_RELATIVE_TIME (object);

  switch ((SageRelativeTimeProperty) prop_id)
    {
    case PROP_TIME:
      sage_relative_time_set_time (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_relative_time_class_init (SageRelativeTimeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_relative_time_dispose;
  object_class->get_property = sage_relative_time_get_property;
  object_class->set_property = sage_relative_time_set_property;
  widget_class->map = sage_relative_time_map;
  widget_class->unmap = sage_relative_time_unmap;
  widget_class->query_tooltip = sage_relative_time_query_tooltip;

  properties[PROP_TIME] =
    g_param_spec_double ("time", NULL, NULL, 0, G_MAXDOUBLE, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "relativetime");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sage_relative_time_init (SageRelativeTime *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL, "ellipsize", PANGO_ELLIPSIZE_END, "xalign", 0.0, NULL);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/**
 * sage_relative_time_new:
 *
 * Returns: (transfer floating): a label that shows nothing yet
 */
GtkWidget *
sage_relative_time_new (void)
{
  return g_object_new (SAGE_TYPE_RELATIVE_TIME, NULL);
}

/**
 * sage_relative_time_get_time:
 * @self: a label
 *
 * Returns: the time that it shows, in seconds since 1970; 0 for none
 */
double
sage_relative_time_get_time (SageRelativeTime *self)
{
  g_return_val_if_fail (SAGE_IS_RELATIVE_TIME (self), 0);

  return self->time;
}

/**
 * sage_relative_time_set_time:
 * @self: a label
 * @seconds: seconds since 1970; 0 and what is no time of this era show nothing
 */
void
sage_relative_time_set_time (SageRelativeTime *self,
                             double            seconds)
{
  g_return_if_fail (SAGE_IS_RELATIVE_TIME (self));

  if (!(seconds > 0 && seconds <= MAX_TIME))
    seconds = 0;
  if (self->time == seconds)
    return;

  self->time = seconds;
  sage_relative_time_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIME]);
}
