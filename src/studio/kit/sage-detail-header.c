/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-detail-header"

#include "config.h"

#include "sage-copy-label.h"
#include "sage-detail-header-private.h"
#include "sage-state-chip.h"
#include "sage-text.h"
#include "sage-words.h"

struct _SageDetailHeader
{
  GtkWidget         parent_instance;

  gboolean          compact;
  gboolean          narrow;
  gboolean          over;          /* the thing is gone: nothing can be done with it */
  gboolean          has_primary;
  char             *primary_style; /* (owned) (nullable) */

  GtkLayoutManager *layout;
  GtkWidget        *titles;
  GtkWidget        *icon;
  GtkWidget        *name;
  GtkWidget        *chip;
  GtkWidget        *facts_box;
  GtkWidget        *facts;
  GtkWidget        *actions;
  GtkWidget        *secondaries;
  GtkWidget        *primary;
  GtkWidget        *menu_button;
};

typedef enum
{
  PROP_COMPACT = 1,
  PROP_NARROW,
} SageDetailHeaderProperty;

static GParamSpec *properties[PROP_NARROW + 1];

G_DEFINE_FINAL_TYPE (SageDetailHeader, sage_detail_header, GTK_TYPE_WIDGET)

static void
set_compact (SageDetailHeader *self,
             gboolean          compact)
{
  if (self->compact == compact)
    return;

  self->compact = compact;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPACT]);
}

static void
set_narrow (SageDetailHeader *self,
            gboolean          narrow)
{
  GtkOrientation orientation = narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  if (self->narrow == narrow)
    return;

  self->narrow = narrow;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->layout), orientation);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->facts_box), orientation);
  gtk_box_set_spacing (GTK_BOX (self->facts_box), narrow ? 6 : 12);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static void
sage_detail_header_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_DETAIL_HEADER);

  G_OBJECT_CLASS (sage_detail_header_parent_class)->dispose (object);
}

static void
sage_detail_header_finalize (GObject *object)
{
  g_free (SAGE_DETAIL_HEADER (object)->primary_style);

  G_OBJECT_CLASS (sage_detail_header_parent_class)->finalize (object);
}

static void
sage_detail_header_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  switch ((SageDetailHeaderProperty) prop_id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, SAGE_DETAIL_HEADER (object)->compact);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, SAGE_DETAIL_HEADER (object)->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_detail_header_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  switch ((SageDetailHeaderProperty) prop_id)
    {
    case PROP_COMPACT:
      set_compact (SAGE_DETAIL_HEADER (object), g_value_get_boolean (value));
      break;
    case PROP_NARROW:
      set_narrow (SAGE_DETAIL_HEADER (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_detail_header_class_init (SageDetailHeaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_detail_header_dispose;
  object_class->finalize = sage_detail_header_finalize;
  object_class->get_property = sage_detail_header_get_property;
  object_class->set_property = sage_detail_header_set_property;

  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (SAGE_TYPE_COPY_LABEL);
  g_type_ensure (SAGE_TYPE_STATE_CHIP);
  gtk_widget_class_set_css_name (widget_class, "detailheader");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-detail-header.ui");
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, layout);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, titles);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, icon);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, name);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, chip);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, facts);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, facts_box);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, actions);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, secondaries);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, primary);
  gtk_widget_class_bind_template_child (widget_class, SageDetailHeader, menu_button);
}

static void
sage_detail_header_init (SageDetailHeader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sage_detail_header_set_resource (SageDetailHeader *self,
                                 SageResource     *resource)
{
  const char *title = sage_resource_get_title (resource);
  g_autofree char *label = sage_text_shorten_middle (title, SAGE_TEXT_MAX_LINE);

  sage_copy_label_set_text (SAGE_COPY_LABEL (self->name), title);
  sage_state_chip_set_resource (SAGE_STATE_CHIP (self->chip), resource);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* For what has a name of little meaning: the number of a version. */
void
sage_detail_header_set_heading (SageDetailHeader *self,
                                const char       *text)
{
  g_autofree char *label = sage_text_shorten_middle (text, SAGE_TEXT_MAX_LINE);

  sage_copy_label_set_text (SAGE_COPY_LABEL (self->name), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
sage_detail_header_set_icon_name (SageDetailHeader *self,
                                  const char       *icon_name)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon_name);
}

void
sage_detail_header_set_facts (SageDetailHeader *self,
                              const char       *text)
{
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_LINE);

  gtk_widget_set_visible (self->facts, shown[0] != '\0');
  gtk_label_set_text (GTK_LABEL (self->facts), shown);
}

static void
update_actions (SageDetailHeader *self)
{
  gtk_widget_set_visible (self->primary, self->has_primary && !self->over);
  gtk_widget_set_visible (self->secondaries, !self->over);
}

/* @label (nullable): none takes the button away */
void
sage_detail_header_set_primary (SageDetailHeader *self,
                                const char       *label,
                                const char       *action_name,
                                const char       *style)
{
  self->has_primary = label != NULL;
  if (label != NULL)
    {
      gtk_button_set_label (GTK_BUTTON (self->primary), label);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->primary), action_name);
    }

  if (g_strcmp0 (style, self->primary_style) != 0)
    {
      if (self->primary_style != NULL)
        gtk_widget_remove_css_class (self->primary, self->primary_style);
      g_set_str (&self->primary_style, style);
      if (style != NULL)
        gtk_widget_add_css_class (self->primary, style);
    }

  update_actions (self);
}

void
sage_detail_header_add_secondary (SageDetailHeader *self,
                                  const char       *label,
                                  const char       *icon_name,
                                  const char       *action_name)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = gtk_label_new (label);
  GtkWidget *button = g_object_new (GTK_TYPE_BUTTON,
                                    "child", content, "action-name", action_name,
                                    "tooltip-text", label, NULL);

  gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name (icon_name));
  gtk_box_append (GTK_BOX (content), words);
  g_object_bind_property (self, "compact", words, "visible",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_box_append (GTK_BOX (self->secondaries), button);
}

void
sage_detail_header_set_menu (SageDetailHeader *self,
                             GMenuModel       *menu)
{
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu_button), menu);
}

void
sage_detail_header_set_over (SageDetailHeader *self,
                             gboolean          over)
{
  self->over = over;
  update_actions (self);
}
