/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-home-row"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-home-row.h"
#include "sage-page.h"
#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-words.h"

struct _SageHomeRow
{
  GtkListBoxRow   parent_instance;

  SageConnection *connection; /* (owned) */
  SageResource   *resource;   /* (owned) */

  GtkImage       *icon;
  GtkLabel       *title;
  SageStateChip  *chip;
  GtkWidget      *time;
  GtkLabel       *reason;
  GtkWidget      *stop;
};

G_DEFINE_FINAL_TYPE (SageHomeRow, sage_home_row, GTK_TYPE_LIST_BOX_ROW)

static void
stopped_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageHomeRow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_connection_act_finish (SAGE_CONNECTION (object), result, &error))
    return;

  if (self->stop != NULL) /* the row may be gone */
    gtk_widget_set_sensitive (self->stop, TRUE);
  sage_toast_error (GTK_WIDGET (self), _("Could not stop it"), error);
}

static void
stop_cb (SageHomeRow *self)
{
  gtk_widget_set_sensitive (self->stop, FALSE);
  sage_connection_stop_async (self->connection, self->resource, NULL, stopped_cb,
                              g_object_ref (self));
}

static void
update (SageHomeRow *self)
{
  const char *reason = sage_resource_get_reason (self->resource);
  SageState state = sage_resource_get_state (self->resource);
  SageKind kind = sage_resource_get_kind (self->resource);
  double ended = sage_resource_get_ended (self->resource);
  double created = sage_resource_get_created (self->resource);
  g_autofree char *title = sage_words_name (self->resource);
  gboolean failed = state == SAGE_STATE_BAD;

  gtk_label_set_text (self->title, title);
  sage_relative_time_set_time (SAGE_RELATIVE_TIME (self->time), ended > 0 ? ended : created);
  gtk_widget_set_visible (self->time, state != SAGE_STATE_RUNNING);
  gtk_label_set_text (self->reason, failed ? reason : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), failed && reason != NULL);
  gtk_widget_set_visible (self->stop, state == SAGE_STATE_RUNNING
                                      && sage_kind_info (kind)->stop != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sage_words_resource (self->resource), -1);
}

static void
sage_home_row_dispose (GObject *object)
{
  SageHomeRow *self = SAGE_HOME_ROW (object);

  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_data (self->resource, self);
  g_clear_object (&self->resource);
  g_clear_object (&self->connection);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_HOME_ROW);

  G_OBJECT_CLASS (sage_home_row_parent_class)->dispose (object);
}

static void
sage_home_row_class_init (SageHomeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_home_row_dispose;

  g_type_ensure (SAGE_TYPE_RELATIVE_TIME);
  g_type_ensure (SAGE_TYPE_STATE_CHIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/home/sage-home-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SageHomeRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SageHomeRow, title);
  gtk_widget_class_bind_template_child (widget_class, SageHomeRow, chip);
  gtk_widget_class_bind_template_child (widget_class, SageHomeRow, time);
  gtk_widget_class_bind_template_child (widget_class, SageHomeRow, reason);
  gtk_widget_class_bind_template_child (widget_class, SageHomeRow, stop);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
sage_home_row_init (SageHomeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_home_row_new:
 * @connection: the engine
 * @resource: what to show; the row follows it
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
sage_home_row_new (SageConnection *connection,
                   SageResource   *resource)
{
  SageHomeRow *self = g_object_new (SAGE_TYPE_HOME_ROW, NULL);

  self->connection = g_object_ref (connection);
  self->resource = g_object_ref (resource);
  gtk_image_set_from_icon_name (self->icon,
                                sage_words_kind_icon (sage_resource_get_kind (resource)));
  sage_state_chip_set_resource (self->chip, resource);
  g_signal_connect_swapped (resource, "notify", G_CALLBACK (update), self);
  update (self);

  return GTK_WIDGET (self);
}

SageResource *
sage_home_row_get_resource (SageHomeRow *self)
{
  g_return_val_if_fail (SAGE_IS_HOME_ROW (self), NULL);

  return self->resource;
}
