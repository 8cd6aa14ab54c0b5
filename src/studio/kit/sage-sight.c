/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sight"

#include "config.h"

#include "sage-sight.h"

struct _SageSight
{
  GObject    parent_instance;

  GtkWindow *window; /* (owned) (nullable): that of the widget, while it is mapped */
  gboolean   in_sight;
};

typedef enum {
  PROP_IN_SIGHT = 1,
} SageSightProperty;

static GParamSpec *properties[PROP_IN_SIGHT + 1];

G_DEFINE_FINAL_TYPE (SageSight, sage_sight, G_TYPE_OBJECT)

static void
update (SageSight *self)
{
  gboolean in_sight = self->window != NULL && !gtk_window_is_suspended (self->window);

  if (self->in_sight == in_sight)
    return;

  self->in_sight = in_sight;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IN_SIGHT]);
}

static void
forget_window (SageSight *self)
{
  if (self->window != NULL)
    g_signal_handlers_disconnect_by_data (self->window, self);
  g_clear_object (&self->window);
}

static void
map_cb (SageSight *self,
        GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  forget_window (self);
  if (GTK_IS_WINDOW (root))
    {
      self->window = g_object_ref (GTK_WINDOW (root));
      g_signal_connect_swapped (self->window, "notify::suspended", G_CALLBACK (update), self);
    }
  update (self);
}

static void
unmap_cb (SageSight *self)
{
  forget_window (self);
  update (self);
}

static void
sage_sight_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch ((SageSightProperty) prop_id)
    {
    case PROP_IN_SIGHT:
      g_value_set_boolean (value, SAGE_SIGHT (object)->in_sight);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_sight_dispose (GObject *object)
{
  forget_window (SAGE_SIGHT (object));

  G_OBJECT_CLASS (sage_sight_parent_class)->dispose (object);
}

static void
sage_sight_class_init (SageSightClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sage_sight_get_property;
  object_class->dispose = sage_sight_dispose;

  properties[PROP_IN_SIGHT] = g_param_spec_boolean ("in-sight", NULL, NULL, FALSE,
                                                    (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_sight_init (SageSight *self)
{
}

/**
 * sage_sight_new:
 * @widget: a widget
 *
 * Returns: (transfer full): what tells whether @widget is in sight, from now on
 */
SageSight *
sage_sight_new (GtkWidget *widget)
{
  SageSight *self = g_object_new (SAGE_TYPE_SIGHT, NULL);

  g_signal_connect_object (widget, "map", G_CALLBACK (map_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (widget, "unmap", G_CALLBACK (unmap_cb), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (widget))
    map_cb (self, widget);

  return self;
}

gboolean
sage_sight_is_in_sight (SageSight *self)
{
  g_return_val_if_fail (SAGE_IS_SIGHT (self), FALSE);

  return self->in_sight;
}
