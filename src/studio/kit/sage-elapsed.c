/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-elapsed"

#include "config.h"

#include "sage-elapsed.h"
#include "sage-time.h"
#include "sage-words.h"

struct _SageElapsed
{
  GtkWidget  parent_instance;

  double     start; /* seconds since 1970; 0: not begun */
  double     end;   /* 0 while it goes on */
  guint      tick;  /* source id while it counts */

  GtkWidget *label;
};

typedef enum
{
  PROP_START = 1,
  PROP_END,
} SageElapsedProperty;

static GParamSpec *properties[PROP_END + 1];

G_DEFINE_FINAL_TYPE (SageElapsed, sage_elapsed, GTK_TYPE_WIDGET)

static void
update_text (SageElapsed *self)
{
  g_autofree char *text = NULL;

  if (self->start > 0 && self->end > 0)
    text = sage_words_duration (MAX (self->end - self->start, 0));
  else if (self->start > 0)
    text = sage_words_elapsed (sage_time_now () - self->start);

  gtk_label_set_text (GTK_LABEL (self->label), text != NULL ? text : "");
}

static gboolean
tick_cb (gpointer user_data)
{
  update_text (user_data);

  return G_SOURCE_CONTINUE;
}

static void
sage_elapsed_update (SageElapsed *self)
{
  gboolean counts = self->start > 0 && self->end <= 0 && gtk_widget_get_mapped (GTK_WIDGET (self));

  update_text (self);
  if (!counts)
    g_clear_handle_id (&self->tick, g_source_remove);
  else if (self->tick == 0)
    self->tick = g_timeout_add_seconds (1, tick_cb, self);
}

static void
sage_elapsed_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_elapsed_parent_class)->map (widget);
  sage_elapsed_update (SAGE_ELAPSED (widget));
}

static void
sage_elapsed_unmap (GtkWidget *widget)
{
  SageElapsed *self = SAGE_ELAPSED (widget);

  g_clear_handle_id (&self->tick, g_source_remove);
  GTK_WIDGET_CLASS (sage_elapsed_parent_class)->unmap (widget);
}

static void
sage_elapsed_dispose (GObject *object)
{
  SageElapsed *self = SAGE_ELAPSED (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->label, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_elapsed_parent_class)->dispose (object);
}

static void
sage_elapsed_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SageElapsed *self = SAGE_ELAPSED (object);

  switch ((SageElapsedProperty) prop_id)
    {
    case PROP_START:
      g_value_set_double (value, self->start);
      break;
    case PROP_END:
      g_value_set_double (value, self->end);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_elapsed_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  SageElapsed *self = SAGE_ELAPSED (object);

  switch ((SageElapsedProperty) prop_id)
    {
    case PROP_START:
      sage_elapsed_set (self, g_value_get_double (value), self->end);
      break;
    case PROP_END:
      sage_elapsed_set (self, self->start, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_elapsed_class_init (SageElapsedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_elapsed_dispose;
  object_class->get_property = sage_elapsed_get_property;
  object_class->set_property = sage_elapsed_set_property;
  widget_class->map = sage_elapsed_map;
  widget_class->unmap = sage_elapsed_unmap;

  properties[PROP_START] = g_param_spec_double ("start", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_END] = g_param_spec_double ("end", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "elapsed");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sage_elapsed_init (SageElapsed *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL, "ellipsize", PANGO_ELLIPSIZE_END, "xalign", 0.0, NULL);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
}

/**
 * sage_elapsed_new:
 *
 * Returns: (transfer floating): a label that shows nothing yet
 */
GtkWidget *
sage_elapsed_new (void)
{
  return g_object_new (SAGE_TYPE_ELAPSED, NULL);
}

/**
 * sage_elapsed_set:
 * @self: a label
 * @start: when it began, in seconds since 1970; 0 shows nothing
 * @end: when it ended; 0 while it goes on
 */
void
sage_elapsed_set (SageElapsed *self,
                  double       start,
                  double       end)
{
  gboolean start_changed;
  gboolean end_changed;

  g_return_if_fail (SAGE_IS_ELAPSED (self));

  start_changed = self->start != start;
  end_changed = self->end != end;
  if (!start_changed && !end_changed)
    return;

  self->start = start;
  self->end = end;
  sage_elapsed_update (self);

  if (start_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_START]);
  if (end_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_END]);
}
