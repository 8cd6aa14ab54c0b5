/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-structure"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-form-structure-private.h"
#include "sage-json.h"
#include "sage-text.h"

struct _SageFormStructure
{
  AdwExpanderRow     parent_instance;

  SageFormInputInfo  info;    /* its strings but the label and the help are owned */
  char              *label;   /* (owned) */
  char              *help;    /* (owned) (nullable) */
  char              *inside;  /* (owned) (nullable) */
  SageFormMembers   *members; /* (owned) */
  gboolean           built;   /* the rows are made: shapes hold themselves, so that is done late */
  gboolean           touched;
  gboolean           setting;
};

static void sage_form_structure_input_init (SageFormInputInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageFormStructure, sage_form_structure, ADW_TYPE_EXPANDER_ROW,
  G_IMPLEMENT_INTERFACE (SAGE_TYPE_FORM_INPUT, sage_form_structure_input_init))

static gboolean
is_set (SageFormStructure *self)
{
  return self->info.required || adw_expander_row_get_enable_expansion (ADW_EXPANDER_ROW (self));
}

/* --- Rows ------------------------------------------------------------------------------------ */

static void
input_changed_cb (SageFormStructure *self)
{
  sage_form_input_changed (SAGE_FORM_INPUT (self));
}

static void
add_row (GtkWidget          *row,
         const SageFormSpec *spec,
         gboolean            required,
         gpointer            user_data)
{
  if (row == NULL)
    return; /* groups have no titles in here */

  g_signal_connect_object (row, "input-changed", G_CALLBACK (input_changed_cb), user_data,
                           G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (user_data), row);
}

static void
build (SageFormStructure *self)
{
  g_autoptr(JsonObject) object = NULL;

  if (self->built)
    return;

  self->built = TRUE;
  object = sage_form_members_get (self->members);
  sage_form_fill (self->members, &self->info, add_row, self);
  sage_form_members_set (self->members, object);
}

static void
expanded_cb (SageFormStructure *self)
{
  if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    build (self);
}

static void
enabled_cb (SageFormStructure *self)
{
  if (self->setting)
    return;

  self->touched = TRUE;
  if (is_set (self))
    build (self);
  sage_form_input_changed (SAGE_FORM_INPUT (self));
}

/* --- The input ------------------------------------------------------------------------------- */

static JsonNode *
sage_form_structure_get_value (SageFormInput *input)
{
  SageFormStructure *self = SAGE_FORM_STRUCTURE (input);

  return is_set (self) ? sage_json_take_object (sage_form_members_get (self->members)) : NULL;
}

static void
sage_form_structure_set_value (SageFormInput *input,
                               JsonNode      *value)
{
  SageFormStructure *self = SAGE_FORM_STRUCTURE (input);
  gboolean set = value != NULL && JSON_NODE_HOLDS_OBJECT (value);

  self->setting = TRUE;
  if (!self->info.required && set != is_set (self))
    {
      adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (self), set);
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), FALSE); /* to enable it unfolds it */
    }
  sage_form_members_set (self->members, set ? json_node_get_object (value) : NULL);
  self->setting = FALSE;
}

static void
set_message (SageFormStructure *self,
             const char        *message)
{
  g_autofree char *shown = sage_text_shorten_end (message != NULL ? message : self->help, 256);

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), shown);
  if (message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "faulty");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "faulty");
}

static GtkWidget *
sage_form_structure_show_error (SageFormInput *input,
                                const char    *path,
                                const char    *message,
                                gboolean       untouched_too)
{
  SageFormStructure *self = SAGE_FORM_STRUCTURE (input);
  GtkWidget *place = NULL;

  if (untouched_too)
    {
      build (self);
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), is_set (self));
    }
  if (path[0] != '\0')
    place = sage_form_members_show_error (self->members, path, message, untouched_too);
  if (place == NULL && (self->touched || untouched_too))
    set_message (self, message);

  return place != NULL ? place : GTK_WIDGET (self);
}

static void
sage_form_structure_clear_errors (SageFormInput *input)
{
  SageFormStructure *self = SAGE_FORM_STRUCTURE (input);

  set_message (self, NULL);
  sage_form_members_clear_errors (self->members);
}

static GtkWidget *
sage_form_structure_check (SageFormInput *input,
                           gboolean       untouched_too)
{
  SageFormStructure *self = SAGE_FORM_STRUCTURE (input);

  return is_set (self) ? sage_form_members_check (self->members, untouched_too) : NULL;
}

static void
sage_form_structure_input_init (SageFormInputInterface *iface)
{
  iface->get_value = sage_form_structure_get_value;
  iface->set_value = sage_form_structure_set_value;
  iface->show_error = sage_form_structure_show_error;
  iface->clear_errors = sage_form_structure_clear_errors;
  iface->check = sage_form_structure_check;
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_form_structure_finalize (GObject *object)
{
  SageFormStructure *self = SAGE_FORM_STRUCTURE (object);

  g_clear_pointer (&self->members, sage_form_members_free);
  g_free (self->label);
  g_free (self->help);
  g_free (self->inside);

  G_OBJECT_CLASS (sage_form_structure_parent_class)->finalize (object);
}

static void
sage_form_structure_class_init (SageFormStructureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_form_structure_finalize;
}

static void
sage_form_structure_init (SageFormStructure *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_expander_row_set_subtitle_lines (ADW_EXPANDER_ROW (self), 3);
}

/* Returns: (transfer floating): a row for a structure */
GtkWidget *
sage_form_structure_new (const SageFormInputInfo *info)
{
  SageFormStructure *self = g_object_new (SAGE_TYPE_FORM_STRUCTURE, NULL);
  g_autofree char *title = NULL;

  self->info = *info;
  self->label = g_strdup (info->label);
  self->help = g_strdup (info->help);
  self->inside = g_strdup (info->inside);
  self->info.label = self->label;
  self->info.help = self->help;
  self->info.inside = self->inside;
  self->members = sage_form_members_new (info->shape);

  /* Translators: the label of a field that must be filled in */
  title = info->required ? g_strdup_printf (_("%s *"), info->label) : g_strdup (info->label);
  sage_form_structure_set_title (self, title);
  set_message (self, NULL);
  if (!info->required)
    {
      adw_expander_row_set_show_enable_switch (ADW_EXPANDER_ROW (self), TRUE);
      adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (self), FALSE);
    }
  g_signal_connect (self, "notify::expanded", G_CALLBACK (expanded_cb), NULL);
  g_signal_connect (self, "notify::enable-expansion", G_CALLBACK (enabled_cb), NULL);

  return GTK_WIDGET (self);
}

/* Names the row; one in a list is called by what is in it. */
void
sage_form_structure_set_title (SageFormStructure *self,
                               const char        *title)
{
  g_autofree char *shown = sage_text_shorten_middle (title, 128);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), shown);
}
