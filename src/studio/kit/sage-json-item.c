/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-item"

#include "config.h"

#include <string.h>

#include "sage-json-item-private.h"
#include "sage-json-walk-private.h"
#include "sage-json.h"

struct _SageJsonItem
{
  GObject       parent_instance;

  SageJsonItem *parent; /* (owned) (nullable): none for the root */
  char         *name;   /* (owned) (nullable): of a member of an object */
  guint         index;
  JsonNode     *node;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageJsonItem, sage_json_item, G_TYPE_OBJECT)

static void
sage_json_item_finalize (GObject *object)
{
  SageJsonItem *self = SAGE_JSON_ITEM (object);

  g_clear_object (&self->parent);
  g_free (self->name);
  json_node_unref (self->node);

  G_OBJECT_CLASS (sage_json_item_parent_class)->finalize (object);
}

static void
sage_json_item_class_init (SageJsonItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_json_item_finalize;
}

static void
sage_json_item_init (SageJsonItem *self)
{
}

/* @parent, @name (nullable): none for the root, no name for an element of an array */
SageJsonItem *
sage_json_item_new (SageJsonItem *parent,
                    const char   *name,
                    guint         index,
                    JsonNode     *node)
{
  SageJsonItem *self = g_object_new (SAGE_TYPE_JSON_ITEM, NULL);

  self->parent = parent != NULL ? g_object_ref (parent) : NULL;
  self->name = g_strdup (name);
  self->index = index;
  self->node = json_node_ref (node);

  return self;
}

JsonNode *
sage_json_item_get_node (SageJsonItem *self)
{
  return self->node;
}

/* Returns: (transfer full): the name of a member, or the index of an element */
char *
sage_json_item_dup_key (SageJsonItem *self)
{
  return self->name != NULL ? g_strdup (self->name) : g_strdup_printf ("%u", self->index);
}

static gboolean
is_identifier (const char *name)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

  return name[0] != '\0' && strchr (letters, name[0]) != NULL && name[strspn (name, rest)] == '\0';
}

/* Returns: (transfer full): where it stands, as JMESPath has it, which the AWS CLI's --query takes:
 *   InputDataConfig[0].ChannelName, HyperParameters."max-depth" */
char *
sage_json_item_dup_path (SageJsonItem *self)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new ();
  GString *path = g_string_new (NULL);

  for (SageJsonItem *item = self; item->parent != NULL; item = item->parent)
    g_ptr_array_add (items, item);

  for (guint i = items->len; i > 0; i--)
    {
      SageJsonItem *item = g_ptr_array_index (items, i - 1);

      if (item->name == NULL)
        {
          g_string_append_printf (path, "[%u]", item->index);
          continue;
        }

      if (path->len > 0)
        g_string_append_c (path, '.');
      if (is_identifier (item->name))
        g_string_append (path, item->name);
      else
        sage_json_append_string (path, item->name);
    }

  return g_string_free_and_steal (path);
}

/* --- What is in a container ------------------------------------------------------------------ */

/* The children of a container: made when they are asked for, so that an array of 100,000 costs what
 * is in sight of it. */
#define SAGE_TYPE_JSON_CHILDREN (sage_json_children_get_type ())
G_DECLARE_FINAL_TYPE (SageJsonChildren, sage_json_children, SAGE, JSON_CHILDREN, GObject)

struct _SageJsonChildren
{
  GObject       parent_instance;

  SageJsonItem *item;  /* (owned) */
  GPtrArray    *names; /* (owned) (nullable): of char*: of an object */
  guint         n;
};

static void sage_json_children_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageJsonChildren, sage_json_children, G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sage_json_children_list_init))

static GType
sage_json_children_get_item_type (GListModel *model)
{
  return SAGE_TYPE_JSON_ITEM;
}

static guint
sage_json_children_get_n_items (GListModel *model)
{
  return SAGE_JSON_CHILDREN (model)->n;
}

static gpointer
sage_json_children_get_item (GListModel *model,
                             guint       position)
{
  SageJsonChildren *self = SAGE_JSON_CHILDREN (model);
  JsonNode *node;
  const char *name = NULL;

  if (position >= self->n)
    return NULL;

  if (self->names != NULL)
    {
      name = g_ptr_array_index (self->names, position);
      node = json_object_get_member (json_node_get_object (self->item->node), name);
    }
  else
    node = json_array_get_element (json_node_get_array (self->item->node), position);

  return sage_json_item_new (self->item, name, position, node);
}

static void
sage_json_children_list_init (GListModelInterface *iface)
{
  iface->get_item_type = sage_json_children_get_item_type;
  iface->get_n_items = sage_json_children_get_n_items;
  iface->get_item = sage_json_children_get_item;
}

static void
sage_json_children_finalize (GObject *object)
{
  SageJsonChildren *self = SAGE_JSON_CHILDREN (object);

  g_object_unref (self->item);
  g_clear_pointer (&self->names, g_ptr_array_unref);

  G_OBJECT_CLASS (sage_json_children_parent_class)->finalize (object);
}

static void
sage_json_children_class_init (SageJsonChildrenClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_json_children_finalize;
}

static void
sage_json_children_init (SageJsonChildren *self)
{
}

/* Returns: (transfer full) (nullable): a list of #SageJsonItem; %NULL for a scalar and for what is
 *   empty */
GListModel *
sage_json_item_make_children (SageJsonItem *self)
{
  guint n = sage_json_n_children (self->node);
  SageJsonChildren *children;

  if (n == 0)
    return NULL;

  children = g_object_new (SAGE_TYPE_JSON_CHILDREN, NULL);
  children->item = g_object_ref (self);
  children->n = n;
  if (JSON_NODE_HOLDS_OBJECT (self->node))
    {
      g_autoptr(GList) names = json_object_get_members (json_node_get_object (self->node));

      children->names = g_ptr_array_new_with_free_func (g_free);
      for (GList *at = names; at != NULL; at = at->next)
        g_ptr_array_add (children->names, g_strdup (at->data));
    }

  return G_LIST_MODEL (children);
}
