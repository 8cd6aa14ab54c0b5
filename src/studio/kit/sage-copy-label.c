/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-copy-label"

#include "config.h"

#include "sage-copy-label.h"
#include "sage-text.h"

struct _SageCopyLabel
{
  GtkWidget  parent_instance;

  char      *text; /* (owned) (nullable): whole */

  GtkWidget *label;
  GtkWidget *button;
};

typedef enum
{
  PROP_TEXT = 1,
} SageCopyLabelProperty;

static GParamSpec *properties[PROP_TEXT + 1];

G_DEFINE_FINAL_TYPE (SageCopyLabel, sage_copy_label, GTK_TYPE_WIDGET)

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  sage_text_copy (widget, SAGE_COPY_LABEL (widget)->text);
}

static void
sage_copy_label_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_COPY_LABEL);

  G_OBJECT_CLASS (sage_copy_label_parent_class)->dispose (object);
}

static void
sage_copy_label_finalize (GObject *object)
{
  g_free (SAGE_COPY_LABEL (object)->text);

  G_OBJECT_CLASS (sage_copy_label_parent_class)->finalize (object);
}

static void
sage_copy_label_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch ((SageCopyLabelProperty) prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, SAGE_COPY_LABEL (object)->text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_copy_label_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  switch ((SageCopyLabelProperty) prop_id)
    {
    case PROP_TEXT:
      sage_copy_label_set_text (SAGE_COPY_LABEL (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_copy_label_class_init (SageCopyLabelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_copy_label_dispose;
  object_class->finalize = sage_copy_label_finalize;
  object_class->get_property = sage_copy_label_get_property;
  object_class->set_property = sage_copy_label_set_property;

  properties[PROP_TEXT] =
    g_param_spec_string ("text", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "copylabel");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-copy-label.ui");
  gtk_widget_class_bind_template_child (widget_class, SageCopyLabel, label);
  gtk_widget_class_bind_template_child (widget_class, SageCopyLabel, button);
  gtk_widget_class_install_action (widget_class, "copy-label.copy", NULL, copy_action);
}

static void
sage_copy_label_init (SageCopyLabel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_text_tip_when_cut (GTK_LABEL (self->label));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "copy-label.copy", FALSE);
}

/**
 * sage_copy_label_new:
 * @text: (nullable): data
 *
 * Returns: (transfer floating): a label for it
 */
GtkWidget *
sage_copy_label_new (const char *text)
{
  return g_object_new (SAGE_TYPE_COPY_LABEL, "text", text, NULL);
}

const char *
sage_copy_label_get_text (SageCopyLabel *self)
{
  g_return_val_if_fail (SAGE_IS_COPY_LABEL (self), NULL);

  return self->text;
}

/**
 * sage_copy_label_set_text:
 * @self: a label
 * @text: (nullable): data of any length; the button copies it as it is
 */
void
sage_copy_label_set_text (SageCopyLabel *self,
                          const char    *text)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (SAGE_IS_COPY_LABEL (self));

  if (!g_set_str (&self->text, text))
    return; /* what a person has selected stays selected */

  shown = sage_text_shorten_middle (text, SAGE_TEXT_MAX_LINE);
  gtk_label_set_text (GTK_LABEL (self->label), shown);
  /* A heading would be called by all that is in it, its button too. */
  if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (self)) == GTK_ACCESSIBLE_ROLE_HEADING)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    shown != NULL ? shown : "", -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "copy-label.copy",
                                 text != NULL && text[0] != '\0');
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}
