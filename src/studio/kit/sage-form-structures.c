/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-structures"

#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "sage-form-structure-private.h"
#include "sage-form-structures-private.h"
#include "sage-json.h"
#include "sage-text.h"

#define MAX_ITEMS 200 /* more than AWS takes of anything; the rest is kept as it is */

struct _SageFormStructures
{
  AdwExpanderRow    parent_instance;

  SageFormInputInfo info;
  char             *label;  /* (owned) */
  char             *help;   /* (owned) (nullable) */
  char             *inside; /* (owned) (nullable) */
  GPtrArray        *items;  /* (owned): of SageFormStructure (owned) */
  JsonArray        *rest;   /* (owned): what is too much to show */
  gboolean          empty;  /* it was set to nothing, and not left alone */
  gboolean          touched;

  GtkWidget        *add;    /* (owned): the last row */
};

static void sage_form_structures_input_init (SageFormInputInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageFormStructures, sage_form_structures, ADW_TYPE_EXPANDER_ROW,
  G_IMPLEMENT_INTERFACE (SAGE_TYPE_FORM_INPUT, sage_form_structures_input_init))

/* --- Items ----------------------------------------------------------------------------------- */

/* Returns: (transfer full): what an item is called: its first member that is text, or its number */
static char *
dup_title (SageFormStructures *self,
           guint               i)
{
  const SageShape *shape = sage_shape_element (self->info.shape);
  g_autoptr(JsonNode) value = sage_form_input_get_value (g_ptr_array_index (self->items, i));

  for (guint m = 0; m < sage_shape_n_members (shape); m++)
    {
      const char *text = sage_json_string (json_node_get_object (value),
                                           sage_shape_member_name (shape, m), NULL);

      if (text != NULL)
        return g_strdup (text);
    }

  return g_strdup_printf (_("Item %u"), i + 1);
}

static void
set_message (SageFormStructures *self,
             const char         *message)
{
  guint n = self->items->len + json_array_get_length (self->rest);
  g_autofree char *count = g_strdup_printf (g_dngettext (NULL, "%u item", "%u items", n), n);
  g_autofree char *text = g_strdup (message != NULL ? message : n > 0 || self->help == NULL
                                                                  ? count : self->help);
  g_autofree char *shown = sage_text_shorten_end (text, 256);

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), shown);
  if (message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "faulty");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "faulty");
}

static void
update_titles (SageFormStructures *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      g_autofree char *title = dup_title (self, i);

      sage_form_structure_set_title (g_ptr_array_index (self->items, i), title);
    }
  set_message (self, NULL);
}

static void
changed (SageFormStructures *self)
{
  self->touched = TRUE;
  self->empty = FALSE;
  update_titles (self);
  sage_form_input_changed (SAGE_FORM_INPUT (self));
}

static void
input_changed_cb (SageFormStructures *self)
{
  changed (self);
}

static void
remove_cb (GtkButton *button,
           GtkWidget *item)
{
  SageFormStructures *self = g_object_get_data (G_OBJECT (item), "sage-form-structures");

  gtk_widget_grab_focus (self->add); /* the focus must not fall out of the form */
  adw_expander_row_remove (ADW_EXPANDER_ROW (self), item);
  g_ptr_array_remove (self->items, item);
  changed (self);
}

/* Returns: (transfer none): the new item, before the row that adds */
static SageFormStructure *
add_item (SageFormStructures *self)
{
  SageFormInputInfo info = self->info;
  GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");
  GtkWidget *item;

  info.shape = sage_shape_element (self->info.shape);
  info.label = "";
  info.help = NULL;
  info.required = TRUE; /* it is there, or it is not in the list */
  item = sage_form_structure_new (&info);
  g_object_set_data (G_OBJECT (item), "sage-form-structures", self);

  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (remove, _("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remove"),
                                  -1);
  gtk_widget_add_css_class (remove, "flat");
  g_signal_connect (remove, "clicked", G_CALLBACK (remove_cb), item);
  adw_expander_row_add_suffix (ADW_EXPANDER_ROW (item), remove);

  g_signal_connect_object (item, "input-changed", G_CALLBACK (input_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_ptr_array_add (self->items, g_object_ref (item));
  adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->add);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), item);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->add);

  return SAGE_FORM_STRUCTURE (item);
}

static void
add_cb (SageFormStructures *self)
{
  SageFormStructure *item = add_item (self);

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (item), TRUE);
  gtk_widget_child_focus (GTK_WIDGET (item), GTK_DIR_TAB_FORWARD);
  changed (self);
}

/* --- The input ------------------------------------------------------------------------------- */

static JsonNode *
sage_form_structures_get_value (SageFormInput *input)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (input);
  JsonArray *array;

  if (self->items->len == 0 && !self->empty)
    return NULL;

  array = json_array_new ();
  for (guint i = 0; i < self->items->len; i++)
    json_array_add_element (array, sage_form_input_get_value (g_ptr_array_index (self->items, i)));
  for (guint i = 0; i < json_array_get_length (self->rest); i++)
    json_array_add_element (array, json_node_copy (json_array_get_element (self->rest, i)));

  return sage_json_take_array (array);
}

static void
clear (SageFormStructures *self)
{
  for (guint i = 0; i < self->items->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->items, i));
  g_ptr_array_set_size (self->items, 0);
  json_array_unref (self->rest);
  self->rest = json_array_new ();
}

static void
sage_form_structures_set_value (SageFormInput *input,
                                JsonNode      *value)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (input);
  JsonArray *array = value != NULL && JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  clear (self);
  self->empty = array != NULL && n == 0;
  for (guint i = 0; i < n; i++)
    if (i < MAX_ITEMS)
      sage_form_input_set_value (SAGE_FORM_INPUT (add_item (self)), json_array_get_element (array, i));
    else
      json_array_add_element (self->rest, json_node_copy (json_array_get_element (array, i)));

  update_titles (self);
}

/* @path: "" for the list, or `2.member.channelName` */
static GtkWidget *
sage_form_structures_show_error (SageFormInput *input,
                                 const char    *path,
                                 const char    *message,
                                 gboolean       untouched_too)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (input);
  char *end;
  gulong number = strtoul (path, &end, 10);

  if (untouched_too)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
  if (end != path && number >= 1 && number <= self->items->len)
    {
      const char *rest = g_str_has_prefix (end, ".member") ? end + strlen (".member") : end;

      return sage_form_input_show_error (g_ptr_array_index (self->items, number - 1),
                                         rest[0] == '.' ? rest + 1 : rest, message, untouched_too);
    }

  if (self->touched || untouched_too)
    set_message (self, message);

  return GTK_WIDGET (self);
}

static void
sage_form_structures_clear_errors (SageFormInput *input)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (input);

  set_message (self, NULL);
  for (guint i = 0; i < self->items->len; i++)
    sage_form_input_clear_errors (g_ptr_array_index (self->items, i));
}

static GtkWidget *
sage_form_structures_check (SageFormInput *input,
                            gboolean       untouched_too)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (input);
  GtkWidget *first = NULL;

  for (guint i = 0; i < self->items->len; i++)
    {
      GtkWidget *found = sage_form_input_check (g_ptr_array_index (self->items, i), untouched_too);

      first = first != NULL ? first : found;
    }

  return first;
}

static void
sage_form_structures_input_init (SageFormInputInterface *iface)
{
  iface->get_value = sage_form_structures_get_value;
  iface->set_value = sage_form_structures_set_value;
  iface->show_error = sage_form_structures_show_error;
  iface->clear_errors = sage_form_structures_clear_errors;
  iface->check = sage_form_structures_check;
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_form_structures_dispose (GObject *object)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (object);

  g_ptr_array_set_size (self->items, 0);
  g_clear_object (&self->add);

  G_OBJECT_CLASS (sage_form_structures_parent_class)->dispose (object);
}

static void
sage_form_structures_finalize (GObject *object)
{
  SageFormStructures *self = SAGE_FORM_STRUCTURES (object);

  g_ptr_array_unref (self->items);
  json_array_unref (self->rest);
  g_free (self->label);
  g_free (self->help);
  g_free (self->inside);

  G_OBJECT_CLASS (sage_form_structures_parent_class)->finalize (object);
}

static void
sage_form_structures_class_init (SageFormStructuresClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_form_structures_dispose;
  object_class->finalize = sage_form_structures_finalize;
}

static void
sage_form_structures_init (SageFormStructures *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->rest = json_array_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

/* Returns: (transfer floating): a row for a list of structures */
GtkWidget *
sage_form_structures_new (const SageFormInputInfo *info)
{
  SageFormStructures *self = g_object_new (SAGE_TYPE_FORM_STRUCTURES, NULL);
  /* Translators: the label of a field that must be filled in */
  g_autofree char *title = info->required ? g_strdup_printf (_("%s *"), info->label)
                                          : g_strdup (info->label);

  self->info = *info;
  self->label = g_strdup (info->label);
  self->help = g_strdup (info->help);
  self->inside = g_strdup (info->inside);
  self->info.label = self->label;
  self->info.help = self->help;
  self->info.inside = self->inside;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);

  self->add = g_object_ref_sink (adw_button_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->add), _("Add"));
  adw_button_row_set_start_icon_name (ADW_BUTTON_ROW (self->add), "list-add-symbolic");
  g_signal_connect_object (self->add, "activated", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->add);
  set_message (self, NULL);

  return GTK_WIDGET (self);
}
