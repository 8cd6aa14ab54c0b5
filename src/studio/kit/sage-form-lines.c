/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-lines"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-form-control-private.h"
#include "sage-form-lines-private.h"
#include "sage-json-walk-private.h"
#include "sage-json.h"

#define MAX_LINES 1000 /* more than AWS takes of anything; the rest is kept as it is */

struct _SageFormLines
{
  SageFormRow      parent_instance;

  const SageShape *shape;     /* a list, or a map */
  const SageShape *element;   /* what the values are */
  const SageShape *key_shape; /* (nullable): what the keys are; none in a plain list */
  const char      *key;       /* (nullable): pairs in a list: the member that is the key */
  const char      *value;     /* (nullable): and the one that is the value */
  JsonNode        *rest;      /* (owned) (nullable): what is too much to show */
  gboolean         empty;     /* it was set to nothing, and not left alone */

  GtkWidget       *lines;
  GtkWidget       *more;      /* says that there is a rest */
  GtkWidget       *add;
};

static void sage_form_lines_input_init (SageFormInputInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageFormLines, sage_form_lines, SAGE_TYPE_FORM_ROW,
  G_IMPLEMENT_INTERFACE (SAGE_TYPE_FORM_INPUT, sage_form_lines_input_init))

/* --- Lines ----------------------------------------------------------------------------------- */

static gboolean
has_keys (SageFormLines *self)
{
  return self->key_shape != NULL;
}

/* Returns: (transfer none) (nullable): the key of a line, %NULL in a list */
static SageFormControl *
get_key (SageFormLines *self,
         GtkWidget     *line)
{
  return has_keys (self) ? SAGE_FORM_CONTROL (gtk_widget_get_first_child (line)) : NULL;
}

static SageFormControl *
get_value (SageFormLines *self,
           GtkWidget     *line)
{
  GtkWidget *first = gtk_widget_get_first_child (line);

  return SAGE_FORM_CONTROL (has_keys (self) ? gtk_widget_get_next_sibling (first) : first);
}

static void
changed_cb (SageFormLines *self)
{
  self->empty = FALSE;
  sage_form_row_touch (SAGE_FORM_ROW (self));
  sage_form_input_changed (SAGE_FORM_INPUT (self));
}

static void
remove_cb (GtkButton *button,
           GtkWidget *line)
{
  SageFormLines *self = SAGE_FORM_LINES (gtk_widget_get_ancestor (line, SAGE_TYPE_FORM_LINES));
  GtkWidget *next = gtk_widget_get_next_sibling (line);

  /* The focus must not fall out of the form. */
  if (next == NULL)
    next = gtk_widget_get_prev_sibling (line);
  gtk_widget_grab_focus (next != NULL ? gtk_widget_get_first_child (next) : self->add);
  gtk_box_remove (GTK_BOX (self->lines), line);
  changed_cb (self);
}

static GtkWidget *
add_control (SageFormLines   *self,
             GtkWidget       *line,
             SageFormType     type,
             const SageShape *shape,
             const char      *name)
{
  GtkWidget *control = sage_form_control_new (type, sage_shape_enum (shape), TRUE);

  gtk_widget_set_hexpand (control, TRUE);
  sage_form_control_set_name (SAGE_FORM_CONTROL (control), name);
  if (has_keys (self))
    sage_form_control_set_hint (SAGE_FORM_CONTROL (control), name);
  g_signal_connect_object (control, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), control);

  return control;
}

/* Returns: (transfer none): the new line at the end */
static GtkWidget *
add_line (SageFormLines *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");
  const char *label = gtk_label_get_text (GTK_LABEL (sage_form_row_get_label (SAGE_FORM_ROW (self))));

  if (has_keys (self))
    add_control (self, line, sage_form_type_of (self->key_shape), self->key_shape,
                 self->key != NULL ? self->key : _("Key"));
  add_control (self, line, sage_form_type_of (self->element), self->element,
               !has_keys (self) ? label : self->value != NULL ? self->value : _("Value"));

  gtk_widget_set_valign (remove, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (remove, _("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remove"),
                                  -1);
  gtk_widget_add_css_class (remove, "flat");
  g_signal_connect (remove, "clicked", G_CALLBACK (remove_cb), line);
  gtk_box_append (GTK_BOX (line), remove);
  gtk_box_append (GTK_BOX (self->lines), line);

  return line;
}

static void
add_cb (SageFormLines *self)
{
  gtk_widget_grab_focus (gtk_widget_get_first_child (add_line (self)));
  changed_cb (self);
}

/* --- Values ---------------------------------------------------------------------------------- */

/* Returns: (transfer full): what stands in a control; an empty string for nothing */
static JsonNode *
take_value (SageFormControl *control)
{
  JsonNode *node = sage_form_control_get_value (control);

  return node != NULL ? node : json_node_init_string (json_node_alloc (), "");
}

static void
collect_map (SageFormLines *self,
             JsonObject    *object)
{
  for (GtkWidget *line = gtk_widget_get_first_child (self->lines);
       line != NULL;
       line = gtk_widget_get_next_sibling (line))
    {
      g_autoptr(JsonNode) key = take_value (get_key (self, line));

      json_object_set_member (object, json_node_get_string (key),
                              take_value (get_value (self, line)));
    }

  if (self->rest != NULL)
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *value;

      json_object_iter_init_ordered (&iter, json_node_get_object (self->rest));
      while (json_object_iter_next_ordered (&iter, &name, &value))
        json_object_set_member (object, name, json_node_copy (value));
    }
}

static void
collect_list (SageFormLines *self,
              JsonArray     *array)
{
  for (GtkWidget *line = gtk_widget_get_first_child (self->lines);
       line != NULL;
       line = gtk_widget_get_next_sibling (line))
    if (self->key != NULL)
      {
        JsonObject *pair = json_object_new ();

        json_object_set_member (pair, self->key, take_value (get_key (self, line)));
        json_object_set_member (pair, self->value, take_value (get_value (self, line)));
        json_array_add_object_element (array, pair);
      }
    else
      json_array_add_element (array, take_value (get_value (self, line)));

  for (guint i = 0; self->rest != NULL && i < sage_json_n_children (self->rest); i++)
    json_array_add_element (array, json_node_copy (json_array_get_element (
                                     json_node_get_array (self->rest), i)));
}

static JsonNode *
sage_form_lines_get_value (SageFormInput *input)
{
  SageFormLines *self = SAGE_FORM_LINES (input);
  gboolean map = sage_shape_type (self->shape) == SAGE_SHAPE_MAP;
  JsonObject *object;
  JsonArray *array;

  if (gtk_widget_get_first_child (self->lines) == NULL && !self->empty)
    return NULL;

  if (map)
    {
      object = json_object_new ();
      collect_map (self, object);
      return sage_json_take_object (object);
    }

  array = json_array_new ();
  collect_list (self, array);

  return sage_json_take_array (array);
}

static void
show_map (SageFormLines *self,
          JsonObject    *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  JsonObject *rest = json_object_new ();
  guint n = 0;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (n++ < MAX_LINES)
      {
        GtkWidget *line = add_line (self);
        g_autoptr(JsonNode) key = json_node_init_string (json_node_alloc (), name);

        sage_form_control_set_value (get_key (self, line), key);
        sage_form_control_set_value (get_value (self, line), value);
      }
    else
      json_object_set_member (rest, name, json_node_copy (value));

  self->rest = sage_json_take_object (rest);
}

static void
show_list (SageFormLines *self,
           JsonArray     *array)
{
  guint n = json_array_get_length (array);
  JsonArray *rest = json_array_new ();

  for (guint i = 0; i < MIN (n, MAX_LINES); i++)
    {
      GtkWidget *line = add_line (self);
      JsonNode *item = json_array_get_element (array, i);
      JsonObject *pair;

      if (self->key == NULL)
        {
          sage_form_control_set_value (get_value (self, line), item);
          continue;
        }

      pair = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;
      if (pair == NULL)
        continue;
      sage_form_control_set_value (get_key (self, line), json_object_get_member (pair, self->key));
      sage_form_control_set_value (get_value (self, line),
                                   json_object_get_member (pair, self->value));
    }

  for (guint i = MAX_LINES; i < n; i++)
    json_array_add_element (rest, json_node_copy (json_array_get_element (array, i)));
  self->rest = sage_json_take_array (rest);
}

static void
update_more (SageFormLines *self)
{
  guint n = self->rest != NULL ? sage_json_n_children (self->rest) : 0;
  g_autofree char *text =
    g_strdup_printf (g_dngettext (NULL, "%u more is kept as it is", "%u more are kept as they are", n),
                     n);

  gtk_label_set_text (GTK_LABEL (self->more), text);
  gtk_widget_set_visible (self->more, n > 0);
}

static void
sage_form_lines_set_value (SageFormInput *input,
                           JsonNode      *value)
{
  SageFormLines *self = SAGE_FORM_LINES (input);
  GtkWidget *line;

  while ((line = gtk_widget_get_first_child (self->lines)) != NULL)
    gtk_box_remove (GTK_BOX (self->lines), line);
  g_clear_pointer (&self->rest, json_node_unref);

  self->empty = value != NULL && !JSON_NODE_HOLDS_NULL (value) && sage_json_n_children (value) == 0;
  if (value != NULL && JSON_NODE_HOLDS_OBJECT (value)
      && sage_shape_type (self->shape) == SAGE_SHAPE_MAP)
    show_map (self, json_node_get_object (value));
  else if (value != NULL && JSON_NODE_HOLDS_ARRAY (value)
           && sage_shape_type (self->shape) == SAGE_SHAPE_LIST)
    show_list (self, json_node_get_array (value));
  update_more (self);
}

/* AWS tells faults of what is in a list or a map of the whole; they stand under all lines. */
static GtkWidget *
sage_form_lines_show_error (SageFormInput *input,
                            const char    *path,
                            const char    *message,
                            gboolean       untouched_too)
{
  SageFormLines *self = SAGE_FORM_LINES (input);
  GtkWidget *line = gtk_widget_get_first_child (self->lines);

  sage_form_row_set_message (SAGE_FORM_ROW (self), message, untouched_too);

  return line != NULL ? gtk_widget_get_first_child (line) : self->add;
}

static void
sage_form_lines_clear_errors (SageFormInput *input)
{
  SageFormLines *self = SAGE_FORM_LINES (input);

  sage_form_row_set_message (SAGE_FORM_ROW (input), NULL, FALSE);
  for (GtkWidget *line = gtk_widget_get_first_child (self->lines);
       line != NULL;
       line = gtk_widget_get_next_sibling (line))
    {
      if (has_keys (self))
        sage_form_control_set_invalid (get_key (self, line), FALSE);
      sage_form_control_set_invalid (get_value (self, line), FALSE);
    }
}

/* Returns: (nullable): the first control whose value makes no sense, or whose key was there before */
static const char *
find_fault (SageFormLines    *self,
            SageFormControl **control)
{
  g_autoptr(GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (GtkWidget *line = gtk_widget_get_first_child (self->lines);
       line != NULL;
       line = gtk_widget_get_next_sibling (line))
    {
      const char *fault;

      if (has_keys (self))
        {
          g_autoptr(JsonNode) key = take_value (get_key (self, line));

          *control = get_key (self, line);
          if (!g_hash_table_add (keys, g_strdup (json_node_get_string (key))))
            return _("A key is there twice");
        }

      *control = get_value (self, line);
      fault = sage_form_control_get_fault (*control);
      if (fault != NULL)
        return fault;
    }

  return NULL;
}

static GtkWidget *
sage_form_lines_check (SageFormInput *input,
                       gboolean       untouched_too)
{
  SageFormLines *self = SAGE_FORM_LINES (input);
  SageFormControl *control = NULL;
  const char *fault = find_fault (self, &control);

  if (fault == NULL)
    return NULL;

  if (sage_form_row_set_message (SAGE_FORM_ROW (self), fault, untouched_too))
    sage_form_control_set_invalid (control, TRUE);

  return GTK_WIDGET (control);
}

static void
sage_form_lines_input_init (SageFormInputInterface *iface)
{
  iface->get_value = sage_form_lines_get_value;
  iface->set_value = sage_form_lines_set_value;
  iface->show_error = sage_form_lines_show_error;
  iface->clear_errors = sage_form_lines_clear_errors;
  iface->check = sage_form_lines_check;
}

static void
sage_form_lines_finalize (GObject *object)
{
  g_clear_pointer (&SAGE_FORM_LINES (object)->rest, json_node_unref);

  G_OBJECT_CLASS (sage_form_lines_parent_class)->finalize (object);
}

static void
sage_form_lines_class_init (SageFormLinesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_form_lines_finalize;
}

static void
sage_form_lines_init (SageFormLines *self)
{
}

/* Returns: (transfer floating): a row for a list of scalars, a map of them, or a list of pairs */
GtkWidget *
sage_form_lines_new (const SageFormInputInfo *info)
{
  SageFormLines *self = g_object_new (SAGE_TYPE_FORM_LINES, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->shape = info->shape;
  self->element = sage_shape_element (info->shape);
  self->key_shape = sage_shape_key (info->shape);
  if (sage_form_is_pairs (info->shape, &self->key, &self->value))
    {
      self->key_shape = sage_shape_member (self->element, self->key);
      self->element = sage_shape_member (self->element, self->value);
    }
  sage_form_row_set_up (SAGE_FORM_ROW (self), info);

  self->lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->more = g_object_new (GTK_TYPE_LABEL, "visible", FALSE, "wrap", TRUE, "xalign", 0.0, NULL);
  gtk_widget_add_css_class (self->more, "dim-label");
  self->add = gtk_button_new_with_mnemonic (_("_Add"));
  gtk_widget_set_halign (self->add, GTK_ALIGN_START);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->add), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  sage_form_row_get_label (SAGE_FORM_ROW (self)), NULL, -1);
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->lines);
  gtk_box_append (GTK_BOX (box), self->more);
  gtk_box_append (GTK_BOX (box), self->add);
  sage_form_row_set_below (SAGE_FORM_ROW (self), box);

  return GTK_WIDGET (self);
}
