/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-link"

#include "config.h"

#include "sage-link.h"
#include "sage-text.h"

struct _SageLink
{
  GtkWidget   parent_instance;

  char       *text;     /* (owned) (nullable): whole, whatever fits */
  char       *location; /* (owned) (nullable) */

  GMenuModel *context_menu;
  GtkWidget  *popover;  /* (nullable): made when it is asked for */
  GtkWidget  *button;
  GtkWidget  *label;
};

typedef enum
{
  PROP_TEXT = 1,
  PROP_LOCATION,
} SageLinkProperty;

static GParamSpec *properties[PROP_LOCATION + 1];

G_DEFINE_FINAL_TYPE (SageLink, sage_link, GTK_TYPE_WIDGET)

static void
open_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "win.open", "s", SAGE_LINK (widget)->location);
}

static void
open_new_tab_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "win.open-new-tab", "s", SAGE_LINK (widget)->location);
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  sage_text_copy (widget, SAGE_LINK (widget)->text != NULL ? SAGE_LINK (widget)->text : "");
}

static void
popup_menu_at (SageLink *self,
               double    x,
               double    y)
{
  if (self->popover == NULL)
    {
      self->popover = gtk_popover_menu_new_from_model (self->context_menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
      gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  popup_menu_at (SAGE_LINK (widget), 0, gtk_widget_get_height (widget));
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            SageLink        *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  GdkEvent *event = gtk_event_controller_get_current_event (controller);
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  gboolean control = (gtk_event_controller_get_current_event_state (controller)
                      & GDK_CONTROL_MASK) != 0;

  if (event != NULL && gdk_event_triggers_context_menu (event))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      popup_menu_at (self, x, y);
    }
  else if (self->location != NULL
           && (button == GDK_BUTTON_MIDDLE || (button == GDK_BUTTON_PRIMARY && control)))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      gtk_widget_activate_action (GTK_WIDGET (self), "link.open-new-tab", NULL);
    }
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 SageLink            *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu_at (self, x, y);
}

static void
sage_link_dispose (GObject *object)
{
  SageLink *self = SAGE_LINK (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_LINK);

  G_OBJECT_CLASS (sage_link_parent_class)->dispose (object);
}

static void
sage_link_finalize (GObject *object)
{
  SageLink *self = SAGE_LINK (object);

  g_free (self->text);
  g_free (self->location);

  G_OBJECT_CLASS (sage_link_parent_class)->finalize (object);
}

static void
sage_link_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  SageLink *self = SAGE_LINK (object);

  switch ((SageLinkProperty) prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_LOCATION:
      g_value_set_string (value, self->location);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_link_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  SageLink *self = SAGE_LINK (object);

  switch ((SageLinkProperty) prop_id)
    {
    case PROP_TEXT:
      sage_link_set (self, g_value_get_string (value), self->location);
      break;
    case PROP_LOCATION:
      sage_link_set (self, self->text, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_link_class_init (SageLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_link_dispose;
  object_class->finalize = sage_link_finalize;
  object_class->get_property = sage_link_get_property;
  object_class->set_property = sage_link_set_property;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_LOCATION] = g_param_spec_string ("location", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "pagelink");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-link.ui");
  gtk_widget_class_bind_template_child (widget_class, SageLink, context_menu);
  gtk_widget_class_bind_template_child (widget_class, SageLink, button);
  gtk_widget_class_bind_template_child (widget_class, SageLink, label);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, long_pressed_cb);

  gtk_widget_class_install_action (widget_class, "link.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "link.open-new-tab", NULL, open_new_tab_action);
  gtk_widget_class_install_action (widget_class, "link.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "link.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "link.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "link.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "link.open-new-tab", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "link.copy", NULL);
}

static void
update_actions (SageLink *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "link.open", self->location != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "link.open-new-tab", self->location != NULL);
}

static void
sage_link_init (SageLink *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_text_tip_when_cut (GTK_LABEL (self->label));
  update_actions (self);
}

/**
 * sage_link_new:
 * @text: (nullable): what the thing is called
 * @location: (nullable): where Studio shows it, see sage_resource_dup_location()
 *
 * Returns: (transfer floating): a link
 */
GtkWidget *
sage_link_new (const char *text,
               const char *location)
{
  return g_object_new (SAGE_TYPE_LINK, "text", text, "location", location, NULL);
}

const char *
sage_link_get_text (SageLink *self)
{
  g_return_val_if_fail (SAGE_IS_LINK (self), NULL);

  return self->text;
}

const char *
sage_link_get_location (SageLink *self)
{
  g_return_val_if_fail (SAGE_IS_LINK (self), NULL);

  return self->location;
}

/**
 * sage_link_set:
 * @self: a link
 * @text: (nullable): what the thing is called
 * @location: (nullable): where Studio shows it; %NULL where there is no page for it
 *
 * Ctrl+Enter opens it in a new tab and Ctrl+C copies @text whole, however little of it fits.
 */
void
sage_link_set (SageLink   *self,
               const char *text,
               const char *location)
{
  g_return_if_fail (SAGE_IS_LINK (self));

  if (g_strcmp0 (self->text, text) != 0)
    {
      g_autofree char *shown = sage_text_shorten_middle (text, SAGE_TEXT_MAX_LINE);

      g_set_str (&self->text, text);
      gtk_label_set_text (GTK_LABEL (self->label), shown);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
    }

  if (g_set_str (&self->location, location))
    {
      update_actions (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCATION]);
    }
}
