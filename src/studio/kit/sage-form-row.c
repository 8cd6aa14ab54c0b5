/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-row"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-form-row-private.h"
#include "sage-text.h"

typedef struct
{
  gboolean   touched; /* a person has been here: faults are shown */

  GtkWidget *label;
  GtkWidget *help;
  GtkWidget *suffix;
  GtkWidget *below;
  GtkWidget *message;
} SageFormRowPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SageFormRow, sage_form_row, ADW_TYPE_PREFERENCES_ROW)

#define PRIVATE(self) ((SageFormRowPrivate *) sage_form_row_get_instance_private (self))

static void
sage_form_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_FORM_ROW);

  G_OBJECT_CLASS (sage_form_row_parent_class)->dispose (object);
}

static void
sage_form_row_class_init (SageFormRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_form_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-form-row.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SageFormRow, label);
  gtk_widget_class_bind_template_child_private (widget_class, SageFormRow, help);
  gtk_widget_class_bind_template_child_private (widget_class, SageFormRow, suffix);
  gtk_widget_class_bind_template_child_private (widget_class, SageFormRow, below);
  gtk_widget_class_bind_template_child_private (widget_class, SageFormRow, message);
}

static void
sage_form_row_init (SageFormRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sage_form_row_set_up (SageFormRow             *self,
                      const SageFormInputInfo *info)
{
  SageFormRowPrivate *priv = PRIVATE (self);
  g_autofree char *label = sage_text_shorten_end (info->label, 256);
  /* Translators: the label of a field that must be filled in */
  g_autofree char *marked = info->required ? g_strdup_printf (_("%s *"), label) : NULL;

  gtk_label_set_text (GTK_LABEL (priv->label), marked != NULL ? marked : label);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), label);
  if (info->help != NULL)
    gtk_label_set_text (GTK_LABEL (priv->help), info->help);
  gtk_widget_set_visible (priv->help, info->help != NULL);
}

/* Returns: (transfer none): what names the controls of the row */
GtkWidget *
sage_form_row_get_label (SageFormRow *self)
{
  return PRIVATE (self)->label;
}

void
sage_form_row_set_suffix (SageFormRow *self,
                          GtkWidget   *widget)
{
  adw_bin_set_child (ADW_BIN (PRIVATE (self)->suffix), widget);
  gtk_widget_set_visible (PRIVATE (self)->suffix, TRUE);
}

void
sage_form_row_set_below (SageFormRow *self,
                         GtkWidget   *widget)
{
  adw_bin_set_child (ADW_BIN (PRIVATE (self)->below), widget);
  gtk_widget_set_visible (PRIVATE (self)->below, TRUE);
}

/*
 * @message (nullable): what is wrong, translated
 *
 * Says it, unless nobody has been in the row yet: an empty form is not full of faults. Returns:
 *   whether it is said
 */
gboolean
sage_form_row_set_message (SageFormRow *self,
                           const char  *message,
                           gboolean     untouched_too)
{
  SageFormRowPrivate *priv = PRIVATE (self);
  gboolean shown = message != NULL && (priv->touched || untouched_too);
  g_autofree char *text = sage_text_shorten_end (message, SAGE_TEXT_MAX_LINE);

  if (shown && !g_str_equal (gtk_label_get_text (GTK_LABEL (priv->message)), text))
    gtk_label_set_text (GTK_LABEL (priv->message), text);
  gtk_widget_set_visible (priv->message, shown);

  return shown;
}

void
sage_form_row_touch (SageFormRow *self)
{
  PRIVATE (self)->touched = TRUE;
}
