/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-scalar"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-form-scalar-private.h"
#include "sage-page.h"
#include "sage-s3-chooser.h"

struct _SageFormScalar
{
  SageFormRow      parent_instance;

  SageFormControl *control;
};

static void sage_form_scalar_input_init (SageFormInputInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageFormScalar, sage_form_scalar, SAGE_TYPE_FORM_ROW,
  G_IMPLEMENT_INTERFACE (SAGE_TYPE_FORM_INPUT, sage_form_scalar_input_init))

static JsonNode *
sage_form_scalar_get_value (SageFormInput *input)
{
  return sage_form_control_get_value (SAGE_FORM_SCALAR (input)->control);
}

static void
sage_form_scalar_set_value (SageFormInput *input,
                            JsonNode      *value)
{
  sage_form_control_set_value (SAGE_FORM_SCALAR (input)->control, value);
}

static GtkWidget *
sage_form_scalar_show_error (SageFormInput *input,
                             const char    *path,
                             const char    *message,
                             gboolean       untouched_too)
{
  SageFormScalar *self = SAGE_FORM_SCALAR (input);

  if (sage_form_row_set_message (SAGE_FORM_ROW (self), message, untouched_too))
    sage_form_control_set_invalid (self->control, TRUE);

  return GTK_WIDGET (self->control);
}

static void
sage_form_scalar_clear_errors (SageFormInput *input)
{
  SageFormScalar *self = SAGE_FORM_SCALAR (input);

  sage_form_row_set_message (SAGE_FORM_ROW (self), NULL, FALSE);
  sage_form_control_set_invalid (self->control, FALSE);
}

static GtkWidget *
sage_form_scalar_check (SageFormInput *input,
                        gboolean       untouched_too)
{
  SageFormScalar *self = SAGE_FORM_SCALAR (input);
  const char *fault = sage_form_control_get_fault (self->control);

  return fault != NULL ? sage_form_scalar_show_error (input, "", fault, untouched_too) : NULL;
}

static void
sage_form_scalar_input_init (SageFormInputInterface *iface)
{
  iface->get_value = sage_form_scalar_get_value;
  iface->set_value = sage_form_scalar_set_value;
  iface->show_error = sage_form_scalar_show_error;
  iface->clear_errors = sage_form_scalar_clear_errors;
  iface->check = sage_form_scalar_check;
}

static void
sage_form_scalar_class_init (SageFormScalarClass *klass)
{
}

static void
sage_form_scalar_init (SageFormScalar *self)
{
}

static void
changed_cb (SageFormScalar *self)
{
  sage_form_row_touch (SAGE_FORM_ROW (self));
  sage_form_input_changed (SAGE_FORM_INPUT (self));
}

/* --- Addresses of S3 -------------------------------------------------------------------------- */

static void
chosen_cb (SageFormScalar *self,
           const char     *address)
{
  g_autoptr(JsonNode) value = json_node_init_string (json_node_alloc (), address);

  sage_form_control_set_value (self->control, value);
  changed_cb (self);
}

static void
browse_cb (SageFormScalar *self)
{
  SagePage *page = SAGE_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (self), SAGE_TYPE_PAGE));
  SageConnection *connection = page != NULL ? sage_page_get_connection (page) : NULL;
  g_autoptr(JsonNode) value = sage_form_control_get_value (self->control);
  AdwDialog *dialog;

  if (connection == NULL || sage_connection_get_client (connection) == NULL)
    return;

  dialog = sage_s3_chooser_new (connection, value != NULL ? json_node_get_string (value) : NULL);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* AWS's model knows an address by its pattern only. */
static gboolean
is_address (const SageFormInputInfo *info,
            SageFormType             type)
{
  const char *pattern = info->shape != NULL ? sage_shape_pattern (info->shape) : NULL;

  return type == SAGE_FORM_STRING && pattern != NULL && g_str_has_prefix (pattern, "^(https|s3)://");
}

static void
add_browser (SageFormScalar          *self,
             const SageFormInputInfo *info)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("folder-open-symbolic");
  /* Translators: the name of a button: which address of S3 it looks for */
  g_autofree char *name = g_strdup_printf (_("Browse for %s"), info->label);

  gtk_widget_set_tooltip_text (button, _("Browse the engine’s buckets"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (browse_cb), self, G_CONNECT_SWAPPED);
  sage_form_row_set_suffix (SAGE_FORM_ROW (self), button);
}

/* --- Making ----------------------------------------------------------------------------------- */

/* @choices (nullable): of a SAGE_FORM_CHOICE. Returns: (transfer floating): a row */
GtkWidget *
sage_form_scalar_new (const SageFormInputInfo *info,
                      SageFormType             type,
                      const char * const      *choices)
{
  SageFormScalar *self = g_object_new (SAGE_TYPE_FORM_SCALAR, NULL);
  GtkWidget *control = sage_form_control_new (type, choices, info->required);

  self->control = SAGE_FORM_CONTROL (control);
  sage_form_row_set_up (SAGE_FORM_ROW (self), info);
  sage_form_control_set_label (self->control, sage_form_row_get_label (SAGE_FORM_ROW (self)));
  if (info->hint != NULL)
    sage_form_control_set_hint (self->control, info->hint);
  if (sage_form_control_is_small (self->control))
    sage_form_row_set_suffix (SAGE_FORM_ROW (self), control);
  else
    sage_form_row_set_below (SAGE_FORM_ROW (self), control);
  if (is_address (info, type))
    add_browser (self, info);
  g_signal_connect_object (control, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}
