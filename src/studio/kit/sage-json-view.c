/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-json-search-private.h"
#include "sage-json-text-private.h"
#include "sage-json-tree-private.h"
#include "sage-json-view.h"
#include "sage-json-walk-private.h"
#include "sage-json.h"
#include "sage-text.h"

#define MAX_STRING 2000 /* characters of one value as text: a longer line stalls a text view */

struct _SageJsonView
{
  GtkWidget  parent_instance;

  JsonNode  *node;      /* (owned) (nullable) */
  gboolean   text_late; /* the text is not that of the node yet */

  GtkWidget *toolbar;
  GtkWidget *modes;
  GtkWidget *search_bar;
  GtkWidget *entry;
  GtkWidget *count;
  GtkWidget *stack;
  GtkWidget *tree;
  GtkWidget *text;      /* (nullable): from when it is looked at first */
  GtkWidget *text_page;
  GtkWidget *shortened;
};

G_DEFINE_FINAL_TYPE (SageJsonView, sage_json_view, GTK_TYPE_WIDGET)

static gboolean
shows_text (SageJsonView *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (ADW_TOGGLE_GROUP (self->modes)), "text") == 0;
}

/* --- Searching ------------------------------------------------------------------------------- */

static void
matches_changed_cb (SageJsonView *self)
{
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *text = NULL;
  int position;
  int n = shows_text (self) ? sage_json_text_get_matches (SAGE_JSON_TEXT (self->text), &position)
                            : sage_json_tree_get_matches (SAGE_JSON_TREE (self->tree), &position);

  if (query[0] == '\0')
    text = g_strdup ("");
  else if (n == 0)
    text = g_strdup (_("No matches"));
  else if (n >= SAGE_JSON_MAX_MATCHES)
    /* Translators: which of the matches of a search is selected; there are more than are counted */
    text = g_strdup_printf (_("%d of more than %d"), position + 1, SAGE_JSON_MAX_MATCHES);
  else
    /* Translators: which of the matches of a search is selected, from 1; 0: none */
    text = g_strdup_printf (_("%d of %d"), position + 1, n);

  gtk_label_set_text (GTK_LABEL (self->count), text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.next-match", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.previous-match", n > 0);
}

/* Only what is shown searches: of a document of megabytes, once is enough. */
static void
apply_query (SageJsonView *self)
{
  gboolean searches = gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->search_bar));
  const char *query = searches ? gtk_editable_get_text (GTK_EDITABLE (self->entry)) : NULL;

  sage_json_tree_set_query (SAGE_JSON_TREE (self->tree), shows_text (self) ? NULL : query);
  if (self->text != NULL)
    sage_json_text_set_query (SAGE_JSON_TEXT (self->text), shows_text (self) ? query : NULL);
  matches_changed_cb (self);
}

static void
step (SageJsonView *self,
      gboolean      forward)
{
  if (shows_text (self))
    sage_json_text_step (SAGE_JSON_TEXT (self->text), forward);
  else
    sage_json_tree_step (SAGE_JSON_TREE (self->tree), forward);
}

static void
search_changed_cb (SageJsonView *self)
{
  apply_query (self);
}

static void
search_mode_cb (SageJsonView *self)
{
  apply_query (self);
}

static void
next_match_cb (SageJsonView *self)
{
  step (self, TRUE);
}

static void
previous_match_cb (SageJsonView *self)
{
  step (self, FALSE);
}

static void
step_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  step (SAGE_JSON_VIEW (widget), strcmp (action_name, "json.next-match") == 0);
}

static void
find_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  sage_json_view_find (SAGE_JSON_VIEW (widget));
}

/* --- Tree and text --------------------------------------------------------------------------- */

static gboolean
has_long_string (JsonNode *node)
{
  g_auto(SageJsonWalk) walk = { 0 };
  SageJsonStep step_taken;
  const char *name;
  JsonNode *at;

  sage_json_walk_init (&walk, node);
  while ((step_taken = sage_json_walk_next (&walk, &name, &at)) != SAGE_JSON_WALK_END)
    if (step_taken == SAGE_JSON_WALK_VALUE && JSON_NODE_HOLDS_VALUE (at)
        && json_node_get_value_type (at) == G_TYPE_STRING
        && g_utf8_strlen (json_node_get_string (at), -1) > MAX_STRING)
      return TRUE;

  return FALSE;
}

/* The first one in a program has GtkSourceView read what JSON looks like, which takes as long as all the
 * rest of a window. */
static void
ensure_text (SageJsonView *self)
{
  if (self->text != NULL)
    return;

  self->text = sage_json_text_new ();
  gtk_widget_set_vexpand (self->text, TRUE);
  g_signal_connect_object (self->text, "matches-changed", G_CALLBACK (matches_changed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->text_page), self->text);
}

/* The text is made when it is looked at. */
static void
update_text (SageJsonView *self)
{
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;

  if (!self->text_late || !shows_text (self))
    return;

  self->text_late = FALSE;
  text = sage_json_pretty (self->node, MAX_STRING);
  valid = g_utf8_make_valid (text, -1);
  sage_json_text_set_text (SAGE_JSON_TEXT (self->text), valid);
  gtk_widget_set_visible (self->shortened, has_long_string (self->node));
}

static void
mode_cb (SageJsonView *self)
{
  if (shows_text (self))
    ensure_text (self);
  update_text (self);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), shows_text (self) ? "text" : "tree");
  apply_query (self);
}

static void
copy_all_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  g_autofree char *text = sage_json_view_dup_text (SAGE_JSON_VIEW (widget));

  sage_text_copy (widget, text);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_json_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_JSON_VIEW);

  G_OBJECT_CLASS (sage_json_view_parent_class)->dispose (object);
}

static void
sage_json_view_finalize (GObject *object)
{
  g_clear_pointer (&SAGE_JSON_VIEW (object)->node, json_node_unref);

  G_OBJECT_CLASS (sage_json_view_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (SAGE_TYPE_JSON_TREE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-json-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, toolbar);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, modes);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, entry);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, count);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, stack);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, tree);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, text_page);
  gtk_widget_class_bind_template_child (widget_class, SageJsonView, shortened);
  gtk_widget_class_bind_template_callback (widget_class, mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_match_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_match_cb);
  gtk_widget_class_bind_template_callback (widget_class, matches_changed_cb);
}

static void
sage_json_view_class_init (SageJsonViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_json_view_dispose;
  object_class->finalize = sage_json_view_finalize;

  gtk_widget_class_set_css_name (widget_class, "jsonview");
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "json.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "json.next-match", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "json.previous-match", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "json.copy-all", NULL, copy_all_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "json.find", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK, "json.next-match",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "json.previous-match", NULL);
}

static void
sage_json_view_init (SageJsonView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar), GTK_EDITABLE (self->entry));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.copy-all", FALSE);
  matches_changed_cb (self);
}

/**
 * sage_json_view_new:
 *
 * Returns: (transfer floating): a view without a document
 */
GtkWidget *
sage_json_view_new (void)
{
  return g_object_new (SAGE_TYPE_JSON_VIEW, NULL);
}

/**
 * sage_json_view_set_node:
 * @self: a view
 * @node: (transfer none): the document; it must not change any more
 */
void
sage_json_view_set_node (SageJsonView *self,
                         JsonNode     *node)
{
  g_return_if_fail (SAGE_IS_JSON_VIEW (self));
  g_return_if_fail (node != NULL);

  if (self->node != NULL && json_node_equal (self->node, node))
    return;

  json_node_ref (node);
  g_clear_pointer (&self->node, json_node_unref);
  self->node = node;
  self->text_late = TRUE;
  sage_json_tree_set_node (SAGE_JSON_TREE (self->tree), node);
  update_text (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "json.copy-all", TRUE);
}

/**
 * sage_json_view_set_object:
 * @self: a view
 * @object: (transfer none): the document, e.g. the description of a resource; it must not change any
 *   more
 */
void
sage_json_view_set_object (SageJsonView *self,
                           JsonObject   *object)
{
  g_autoptr(JsonNode) node = NULL;

  g_return_if_fail (object != NULL);

  node = sage_json_take_object (json_object_ref (object));
  sage_json_view_set_node (self, node);
}

/**
 * sage_json_view_dup_text:
 * @self: a view
 *
 * Returns: (transfer full): the document as text, whole, indented by 2; "" if there is none
 */
char *
sage_json_view_dup_text (SageJsonView *self)
{
  g_return_val_if_fail (SAGE_IS_JSON_VIEW (self), NULL);

  return self->node != NULL ? sage_json_pretty (self->node, 0) : g_strdup ("");
}

/**
 * sage_json_view_find:
 * @self: a view
 *
 * Opens the search, for a page's find().
 */
void
sage_json_view_find (SageJsonView *self)
{
  g_return_if_fail (SAGE_IS_JSON_VIEW (self));

  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), TRUE);
  gtk_widget_grab_focus (self->entry);
}
