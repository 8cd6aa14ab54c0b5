/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-palette-button"

#include "config.h"

#include "sage-palette-button.h"
#include "sage-shortcut-table.h"

struct _SagePaletteButton
{
  AdwBin     parent_instance;

  gboolean   narrow;

  GtkWidget *button;
  GtkWidget *text;
  GtkLabel  *keys;
};

typedef enum
{
  PROP_NARROW = 1,
} SagePaletteButtonProperty;

static GParamSpec *properties[PROP_NARROW + 1];

G_DEFINE_FINAL_TYPE (SagePaletteButton, sage_palette_button, ADW_TYPE_BIN)

static void
sage_palette_button_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_PALETTE_BUTTON);

  G_OBJECT_CLASS (sage_palette_button_parent_class)->dispose (object);
}

static void
sage_palette_button_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  SagePaletteButton *self = SAGE_PALETTE_BUTTON (object);

  switch ((SagePaletteButtonProperty) prop_id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_palette_button_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  SagePaletteButton *self = SAGE_PALETTE_BUTTON (object);

  switch ((SagePaletteButtonProperty) prop_id)
    {
    case PROP_NARROW:
      if (self->narrow != g_value_get_boolean (value))
        {
          self->narrow = g_value_get_boolean (value);
          gtk_widget_set_visible (GTK_WIDGET (self->keys), !self->narrow);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_palette_button_class_init (SagePaletteButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_palette_button_dispose;
  object_class->get_property = sage_palette_button_get_property;
  object_class->set_property = sage_palette_button_set_property;

  /* Without the keys: there is no room for them. */
  properties[PROP_NARROW] =
    g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/shell/sage-palette-button.ui");
  gtk_widget_class_bind_template_child (widget_class, SagePaletteButton, button);
  gtk_widget_class_bind_template_child (widget_class, SagePaletteButton, text);
  gtk_widget_class_bind_template_child (widget_class, SagePaletteButton, keys);
}

static void
sage_palette_button_init (SagePaletteButton *self)
{
  g_autofree char *keys = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  keys = sage_shortcut_dup_label (sage_shortcut_find ("win.palette"));
  gtk_label_set_text (self->keys, keys);
  sage_shortcut_set_tooltip (self->button, "win.palette");
}
