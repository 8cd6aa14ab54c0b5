/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-row"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-json-row-private.h"
#include "sage-json-search-private.h"
#include "sage-json-walk-private.h"
#include "sage-text.h"

#define MAX_HIGHLIGHTS 50 /* in one label */

struct _SageJsonRow
{
  GtkWidget  parent_instance;

  GtkWidget *expander;
  GtkWidget *key;
  GtkWidget *value;
};

G_DEFINE_FINAL_TYPE (SageJsonRow, sage_json_row, GTK_TYPE_WIDGET)

static void
sage_json_row_dispose (GObject *object)
{
  g_clear_pointer (&SAGE_JSON_ROW (object)->expander, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_json_row_parent_class)->dispose (object);
}

static void
sage_json_row_class_init (SageJsonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_json_row_dispose;
  gtk_widget_class_set_css_name (widget_class, "jsonrow");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sage_json_row_init (SageJsonRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->key = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END,
                            "max-width-chars", 40, "single-line-mode", TRUE, NULL);
  self->value = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END,
                              "hexpand", TRUE, "single-line-mode", TRUE, NULL);
  gtk_widget_add_css_class (self->key, "dim-label");
  gtk_widget_add_css_class (self->key, "identifier");
  gtk_widget_add_css_class (self->value, "identifier");
  sage_text_tip_when_cut (GTK_LABEL (self->value));
  gtk_box_append (GTK_BOX (box), self->key);
  gtk_box_append (GTK_BOX (box), self->value);

  self->expander = gtk_tree_expander_new ();
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (self->expander), box);
  gtk_widget_set_parent (self->expander, GTK_WIDGET (self));
}

/* Returns: (transfer floating): a row without a value */
GtkWidget *
sage_json_row_new (void)
{
  return g_object_new (SAGE_TYPE_JSON_ROW, NULL);
}

/* Returns: (transfer full): the value on one line; a string has quotes, so that "5" is not 5 */
static char *
summarise (JsonNode *node)
{
  guint n = sage_json_n_children (node);
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;

  if (n > 0 && JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup_printf (g_dngettext (NULL, "%u member", "%u members", n), n);
  if (n > 0)
    return g_strdup_printf (g_dngettext (NULL, "%u item", "%u items", n), n);

  text = sage_json_scalar_text (node);
  shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_LINE);
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strconcat ("\"", shown, "\"", NULL);

  return g_steal_pointer (&shown);
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Returns: (transfer none) (nullable): what it shows */
GtkTreeListRow *
sage_json_row_get_row (SageJsonRow *self)
{
  return gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (self->expander));
}

/* @row (nullable): what to show */
void
sage_json_row_set_row (SageJsonRow    *self,
                       GtkTreeListRow *row)
{
  g_autoptr(SageJsonItem) item = NULL;
  g_autofree char *key = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *value = NULL;

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (self->expander), row);
  if (row == NULL)
    return;

  item = gtk_tree_list_row_get_item (row);
  key = sage_json_item_dup_key (item);
  shown = sage_text_shorten_middle (key, SAGE_TEXT_MAX_LINE);
  value = summarise (sage_json_item_get_node (item));
  gtk_label_set_text (GTK_LABEL (self->key), shown);
  gtk_label_set_text (GTK_LABEL (self->value), value);
  set_class (self->value, "dim-label", sage_json_n_children (sage_json_item_get_node (item)) > 0
                                       || JSON_NODE_HOLDS_NULL (sage_json_item_get_node (item)));
}

static void
append_highlight (PangoAttrList *attributes,
                  guint          start,
                  guint          end)
{
  g_autoptr(GdkRGBA) accent =
    adw_style_manager_get_accent_color_rgba (adw_style_manager_get_default ());
  PangoAttribute *colour = pango_attr_background_new ((guint16) (accent->red * 65535),
                                                      (guint16) (accent->green * 65535),
                                                      (guint16) (accent->blue * 65535));
  PangoAttribute *alpha = pango_attr_background_alpha_new (65535 / 3);

  colour->start_index = alpha->start_index = start;
  colour->end_index = alpha->end_index = end;
  pango_attr_list_insert (attributes, colour);
  pango_attr_list_insert (attributes, alpha);
}

static void
highlight (GtkLabel   *label,
           const char *query)
{
  const char *text = gtk_label_get_text (label);
  g_autoptr(PangoAttrList) attributes = NULL;
  const char *from = text;
  const char *found;
  gsize length;

  if (query != NULL && query[0] != '\0')
    {
      attributes = pango_attr_list_new ();
      for (guint n = 0;
           n < MAX_HIGHLIGHTS && (found = sage_json_find_text (from, query, &length)) != NULL;
           n++)
        {
          append_highlight (attributes, found - text, found - text + length);
          from = found + length;
        }
    }

  gtk_label_set_attributes (label, attributes);
}

/* @query (nullable): what is searched for */
void
sage_json_row_highlight (SageJsonRow *self,
                         const char  *query)
{
  gboolean scalar = !gtk_widget_has_css_class (self->value, "dim-label");

  highlight (GTK_LABEL (self->key), query);
  highlight (GTK_LABEL (self->value), scalar ? query : NULL);
}
