/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-home-column"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-home-column.h"
#include "sage-home-row.h"

struct _SageHomeColumn
{
  GtkWidget       parent_instance;

  char           *title;      /* (owned) */
  char           *none;       /* (owned) */
  SageConnection *connection; /* (owned) (nullable) */
  SageFeed       *feed;       /* (owned) (nullable) */

  GtkWidget      *titles;
  GtkLabel       *heading;
  GtkLabel       *total;
  GtkWidget      *none_label;
  GtkListBox     *list;
};

typedef enum
{
  PROP_TITLE = 1,
  PROP_NONE,
} SageHomeColumnProperty;

static GParamSpec *properties[PROP_NONE + 1];

G_DEFINE_FINAL_TYPE (SageHomeColumn, sage_home_column, GTK_TYPE_WIDGET)

static void
row_activated_cb (SageHomeColumn *self,
                  GtkListBoxRow  *row)
{
  g_autofree char *location
    = sage_resource_dup_location (sage_home_row_get_resource (SAGE_HOME_ROW (row)));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  return sage_home_row_new (SAGE_HOME_COLUMN (user_data)->connection, item);
}

static void
update (SageHomeColumn *self)
{
  guint shown = g_list_model_get_n_items (sage_feed_get_model (self->feed));
  guint total = sage_feed_get_total (self->feed);
  g_autofree char *text = g_strdup_printf ("%u", total);

  gtk_label_set_text (self->total, text);
  gtk_widget_set_visible (GTK_WIDGET (self->total), total > shown);
  gtk_widget_set_visible (GTK_WIDGET (self->list), shown > 0);
  gtk_widget_set_visible (self->none_label, shown == 0);
}

static void
forget_feed (SageHomeColumn *self)
{
  if (self->feed == NULL)
    return;

  g_signal_handlers_disconnect_by_data (sage_feed_get_model (self->feed), self);
  g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
  g_clear_object (&self->connection);
}

static void
sage_home_column_dispose (GObject *object)
{
  SageHomeColumn *self = SAGE_HOME_COLUMN (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  forget_feed (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_HOME_COLUMN);

  G_OBJECT_CLASS (sage_home_column_parent_class)->dispose (object);
}

static void
sage_home_column_finalize (GObject *object)
{
  SageHomeColumn *self = SAGE_HOME_COLUMN (object);

  g_free (self->title);
  g_free (self->none);

  G_OBJECT_CLASS (sage_home_column_parent_class)->finalize (object);
}

static void
sage_home_column_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  SageHomeColumn *self = SAGE_HOME_COLUMN (object);

  switch ((SageHomeColumnProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_NONE:
      g_value_set_string (value, self->none);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_home_column_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  SageHomeColumn *self = SAGE_HOME_COLUMN (object);

  switch ((SageHomeColumnProperty) prop_id)
    {
    case PROP_TITLE:
      if (g_set_str (&self->title, g_value_get_string (value)))
        {
          gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                          GTK_ACCESSIBLE_PROPERTY_LABEL, self->title, -1);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_NONE:
      if (g_set_str (&self->none, g_value_get_string (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_home_column_class_init (SageHomeColumnClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_home_column_dispose;
  object_class->finalize = sage_home_column_finalize;
  object_class->get_property = sage_home_column_get_property;
  object_class->set_property = sage_home_column_set_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_NONE] = g_param_spec_string ("none", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/home/sage-home-column.ui");
  gtk_widget_class_bind_template_child (widget_class, SageHomeColumn, titles);
  gtk_widget_class_bind_template_child (widget_class, SageHomeColumn, heading);
  gtk_widget_class_bind_template_child (widget_class, SageHomeColumn, total);
  gtk_widget_class_bind_template_child (widget_class, SageHomeColumn, none_label);
  gtk_widget_class_bind_template_child (widget_class, SageHomeColumn, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
sage_home_column_init (SageHomeColumn *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_home_column_set_feed:
 * @self: a column
 * @connection: the engine
 * @feed: its rows
 */
void
sage_home_column_set_feed (SageHomeColumn *self,
                           SageConnection *connection,
                           SageFeed       *feed)
{
  g_return_if_fail (SAGE_IS_HOME_COLUMN (self));
  g_return_if_fail (SAGE_IS_FEED (feed));

  forget_feed (self);
  self->connection = g_object_ref (connection);
  self->feed = g_object_ref (feed);
  g_signal_connect_swapped (sage_feed_get_model (feed), "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (feed, "notify::total", G_CALLBACK (update), self);
  gtk_list_box_bind_model (self->list, sage_feed_get_model (feed), create_row_cb, self, NULL);
  update (self);
}

/**
 * sage_home_column_get_first:
 * @self: a column
 *
 * Returns: (transfer none) (nullable): its first row
 */
GtkWidget *
sage_home_column_get_first (SageHomeColumn *self)
{
  g_return_val_if_fail (SAGE_IS_HOME_COLUMN (self), NULL);

  return GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0));
}
