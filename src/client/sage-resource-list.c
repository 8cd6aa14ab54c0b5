/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-resource-list"

#include "config.h"

#include <gio/gio.h>

#include "sage-resource-list-private.h"

/* Rows that are let go of in one turn of the main loop, so that the end of a long list is not felt. */
#define RELEASE_ROWS 200

typedef enum
{
  PROP_KIND = 1,
  PROP_PARENT,
  PROP_LOADING,
  PROP_LOADED,
  PROP_ERROR,
  PROP_N_ITEMS,
} SageResourceListProperty;

static GParamSpec *properties[PROP_N_ITEMS + 1];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageResourceList, sage_resource_list, G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
row_clear (gpointer data)
{
  g_object_unref (((SageListRow *) data)->resource);
}

/* --- Release ---------------------------------------------------------------------------------- */

static gboolean
release_cb (gpointer user_data)
{
  GArray *rows = user_data;

  g_array_set_size (rows, rows->len > RELEASE_ROWS ? rows->len - RELEASE_ROWS : 0);

  return rows->len > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Lets go of all rows, of many not at once. */
static void
release_rows (GArray *rows)
{
  if (rows->len > RELEASE_ROWS)
    g_idle_add_full (G_PRIORITY_LOW, release_cb, rows, (GDestroyNotify) g_array_unref);
  else
    g_array_unref (rows);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_resource_list_dispose (GObject *object)
{
  SageResourceList *self = SAGE_RESOURCE_LIST (object);

  if (self->source != NULL)
    self->source->free (self->loader);
  self->source = NULL;
  self->loader = NULL;

  G_OBJECT_CLASS (sage_resource_list_parent_class)->dispose (object);
}

static void
sage_resource_list_finalize (GObject *object)
{
  SageResourceList *self = SAGE_RESOURCE_LIST (object);

  g_hash_table_unref (self->members);
  release_rows (self->rows);
  sage_registry_unref (self->registry);
  g_free (self->parent);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (sage_resource_list_parent_class)->finalize (object);
}

static void
sage_resource_list_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  SageResourceList *self = SAGE_RESOURCE_LIST (object);

  switch ((SageResourceListProperty) prop_id)
    {
    case PROP_KIND:
      g_value_set_uint (value, self->kind);
      break;
    case PROP_PARENT:
      g_value_set_string (value, self->parent);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->rows->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_resource_list_class_init (SageResourceListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_resource_list_dispose;
  object_class->finalize = sage_resource_list_finalize;
  object_class->get_property = sage_resource_list_get_property;

  properties[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, SAGE_N_KINDS - 1, 0, flags);
  properties[PROP_PARENT] = g_param_spec_string ("parent", NULL, NULL, NULL, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_resource_list_init (SageResourceList *self)
{
  self->rows = g_array_new (FALSE, FALSE, sizeof (SageListRow));
  g_array_set_clear_func (self->rows, row_clear);
  self->members = g_hash_table_new (NULL, NULL);
}

static GType
get_item_type (GListModel *model)
{
  return SAGE_TYPE_RESOURCE;
}

static guint
get_n_items (GListModel *model)
{
  return SAGE_RESOURCE_LIST (model)->rows->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  SageResourceList *self = SAGE_RESOURCE_LIST (model);

  if (position >= self->rows->len)
    return NULL;

  return g_object_ref (g_array_index (self->rows, SageListRow, position).resource);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/**
 * sage_resource_list_new:
 * @kind: the kind of its resources
 * @parent: (nullable): the name of the resource that they belong to
 * @registry: where the resources are known
 *
 * Returns: (transfer full): an empty list
 */
SageResourceList *
sage_resource_list_new (SageKind      kind,
                        const char   *parent,
                        SageRegistry *registry)
{
  SageResourceList *self = g_object_new (SAGE_TYPE_RESOURCE_LIST, NULL);

  self->kind = kind;
  self->parent = g_strdup (parent);
  self->registry = sage_registry_ref (registry);

  return self;
}

/**
 * sage_resource_list_set_source:
 * @self: a list without one
 * @source: how to talk to @loader
 * @loader: (transfer full): what fills the list; it goes with it
 */
void
sage_resource_list_set_source (SageResourceList     *self,
                               const SageListSource *source,
                               gpointer              loader)
{
  g_assert (self->source == NULL);

  self->source = source;
  self->loader = loader;
}

gpointer
sage_resource_list_get_loader (SageResourceList *self)
{
  return self->loader;
}

SageKind
sage_resource_list_get_kind (SageResourceList *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE_LIST (self), 0);

  return self->kind;
}

const char *
sage_resource_list_get_parent (SageResourceList *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE_LIST (self), NULL);

  return self->parent;
}

gboolean
sage_resource_list_get_loading (SageResourceList *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE_LIST (self), FALSE);

  return self->loading;
}

gboolean
sage_resource_list_get_loaded (SageResourceList *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE_LIST (self), FALSE);

  return self->loaded;
}

/**
 * sage_resource_list_get_error:
 * @self: a list
 *
 * Returns: (nullable): why the last load failed
 */
const GError *
sage_resource_list_get_error (SageResourceList *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE_LIST (self), NULL);

  return self->error;
}

/**
 * sage_resource_list_find:
 * @self: a list
 * @name: a resource's whole name, as in events, in any case
 *
 * Returns: (transfer none) (nullable): the row of that name
 */
SageResource *
sage_resource_list_find (SageResourceList *self,
                         const char       *name)
{
  SageResource *resource;

  g_return_val_if_fail (SAGE_IS_RESOURCE_LIST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  resource = sage_registry_find (self->registry, self->kind, name);

  return resource != NULL && sage_resource_list_contains (self, resource) ? resource : NULL;
}

/**
 * sage_resource_list_reload:
 * @self: a list
 *
 * Asks for all of it again, for "try again" after an error. Rows that are still there stay the same.
 */
void
sage_resource_list_reload (SageResourceList *self)
{
  g_return_if_fail (SAGE_IS_RESOURCE_LIST (self));

  if (self->source != NULL)
    self->source->reload (self->loader);
}

/* --- State ------------------------------------------------------------------------------------ */

/**
 * sage_resource_list_set_loading:
 * @self: a list
 * @loading: whether pages are still to come
 */
void
sage_resource_list_set_loading (SageResourceList *self,
                                gboolean          loading)
{
  if (self->loading == loading)
    return;

  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/**
 * sage_resource_list_set_loaded:
 * @self: a list
 *
 * All pages came.
 */
void
sage_resource_list_set_loaded (SageResourceList *self)
{
  if (self->loaded)
    return;

  self->loaded = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

/**
 * sage_resource_list_take_error:
 * @self: a list
 * @error: (transfer full) (nullable): why a load failed; %NULL when one began
 */
void
sage_resource_list_take_error (SageResourceList *self,
                               GError           *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/**
 * sage_resource_list_notify_n_items:
 * @self: a list that has more or fewer rows than before
 */
void
sage_resource_list_notify_n_items (SageResourceList *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}
