/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-rows"

#include "config.h"

#include "sage-index-rows.h"
#include "sage-resource.h"

struct _SageIndexRows
{
  GObject    parent_instance;

  GPtrArray *rows; /* (owned), never changes */
};

static void sage_index_rows_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageIndexRows, sage_index_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sage_index_rows_list_init))

static GType
sage_index_rows_get_item_type (GListModel *list)
{
  return SAGE_TYPE_RESOURCE;
}

static guint
sage_index_rows_get_n_items (GListModel *list)
{
  return SAGE_INDEX_ROWS (list)->rows->len;
}

static gpointer
sage_index_rows_get_item (GListModel *list,
                          guint       position)
{
  GPtrArray *rows = SAGE_INDEX_ROWS (list)->rows;

  return position < rows->len ? g_object_ref (rows->pdata[position]) : NULL;
}

static void
sage_index_rows_list_init (GListModelInterface *iface)
{
  iface->get_item_type = sage_index_rows_get_item_type;
  iface->get_n_items = sage_index_rows_get_n_items;
  iface->get_item = sage_index_rows_get_item;
}

static void
sage_index_rows_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_INDEX_ROWS (object)->rows);

  G_OBJECT_CLASS (sage_index_rows_parent_class)->finalize (object);
}

static void
sage_index_rows_class_init (SageIndexRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_index_rows_finalize;
}

static void
sage_index_rows_init (SageIndexRows *self)
{
}

/**
 * sage_index_rows_new:
 * @rows: of #SageResource, which the array owns; nobody may change it any more
 *
 * Returns: (transfer full): a list of them
 */
SageIndexRows *
sage_index_rows_new (GPtrArray *rows)
{
  SageIndexRows *self = g_object_new (SAGE_TYPE_INDEX_ROWS, NULL);

  self->rows = g_ptr_array_ref (rows);

  return self;
}
