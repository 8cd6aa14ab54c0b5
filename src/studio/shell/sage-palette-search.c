/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-palette-search"

#include "config.h"

#include "sage-fuzzy.h"
#include "sage-palette-search.h"
#include "sage-resource-list.h"

#define MAX_RESULTS 30 /* three times what is in sight */
#define IN_SIGHT 11 /* the others come a frame later: each costs its widgets at every key */
#define SLICE_US 3000 /* of a frame's 16 ms */
#define CHECK_EVERY 64 /* rows between two looks at the clock */

typedef struct
{
  int       score;
  GObject  *item; /* (owned): a SagePaletteItem or a SageResource */
} Hit;

struct _SagePaletteSearch
{
  GObject     parent_instance;

  GListStore *items;   /* (owned): commands, places and files */
  GPtrArray  *lists;   /* (owned): GListModel, the items first, then the engine's things */
  GListStore *results; /* (owned) */
  char       *text;    /* (owned) */
  GArray     *hits;    /* (owned): of Hit, best first, at most MAX_RESULTS */
  guint       list;    /* where the search is */
  guint       row;
  guint       source;  /* while it goes on, and until all results are there */
};

G_DEFINE_FINAL_TYPE (SagePaletteSearch, sage_palette_search, G_TYPE_OBJECT)

static void
hit_clear (gpointer data)
{
  g_clear_object (&((Hit *) data)->item);
}

static void
sage_palette_search_finalize (GObject *object)
{
  SagePaletteSearch *self = SAGE_PALETTE_SEARCH (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_object_unref (self->items);
  g_object_unref (self->results);
  g_ptr_array_unref (self->lists);
  g_array_unref (self->hits);
  g_free (self->text);

  G_OBJECT_CLASS (sage_palette_search_parent_class)->finalize (object);
}

static void
sage_palette_search_class_init (SagePaletteSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_palette_search_finalize;
}

static void
sage_palette_search_init (SagePaletteSearch *self)
{
  self->items = g_list_store_new (SAGE_TYPE_PALETTE_ITEM);
  self->results = g_list_store_new (SAGE_TYPE_PALETTE_ITEM);
  self->lists = g_ptr_array_new_with_free_func (g_object_unref);
  self->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  g_array_set_clear_func (self->hits, hit_clear);
  g_ptr_array_add (self->lists, g_object_ref (self->items));
}

SagePaletteSearch *
sage_palette_search_new (void)
{
  return g_object_new (SAGE_TYPE_PALETTE_SEARCH, NULL);
}

GListModel *
sage_palette_search_get_results (SagePaletteSearch *self)
{
  g_return_val_if_fail (SAGE_IS_PALETTE_SEARCH (self), NULL);

  return G_LIST_MODEL (self->results);
}

void
sage_palette_search_add_item (SagePaletteSearch *self,
                              SagePaletteItem   *item)
{
  g_return_if_fail (SAGE_IS_PALETTE_SEARCH (self));

  g_list_store_append (self->items, item);
}

static void
loaded_cb (SagePaletteSearch *self)
{
  if (self->text != NULL)
    sage_palette_search_set_text (self, self->text);
}

/**
 * sage_palette_search_add_list:
 * @self: a search
 * @resources: a list of #SageResource to search too
 */
void
sage_palette_search_add_list (SagePaletteSearch *self,
                              GListModel        *resources)
{
  g_return_if_fail (SAGE_IS_PALETTE_SEARCH (self));
  g_return_if_fail (G_IS_LIST_MODEL (resources));

  g_ptr_array_add (self->lists, g_object_ref (resources));
  if (SAGE_IS_RESOURCE_LIST (resources))
    g_signal_connect_object (resources, "notify::loaded", G_CALLBACK (loaded_cb), self,
                             G_CONNECT_SWAPPED);
}

static const char *
text_of (gpointer item)
{
  return SAGE_IS_RESOURCE (item) ? sage_resource_get_name (item)
                                 : sage_palette_item_get_title (item);
}

/* Keeps @item if it is among the best; of equals the earlier one stays first. */
static void
consider (SagePaletteSearch *self,
          gpointer           item)
{
  Hit hit = { sage_fuzzy_score (self->text, text_of (item)), item };
  guint at = self->hits->len;

  if (hit.score < 0)
    return;
  while (at > 0 && g_array_index (self->hits, Hit, at - 1).score < hit.score)
    at--;
  if (at >= MAX_RESULTS)
    return;

  g_object_ref (hit.item);
  g_array_insert_val (self->hits, at, hit);
  if (self->hits->len > MAX_RESULTS)
    g_array_set_size (self->hits, MAX_RESULTS);
}

/* Shows hits from @first until @end after as many of the results as those before are. */
static void
show_some (SagePaletteSearch *self,
           guint              first,
           guint              end)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = first; i < MIN (end, self->hits->len); i++)
    {
      GObject *item = g_array_index (self->hits, Hit, i).item;

      g_ptr_array_add (items, SAGE_IS_RESOURCE (item)
                                ? (gpointer) sage_palette_item_for_resource (SAGE_RESOURCE (item))
                                : g_object_ref (item));
    }
  g_list_store_splice (self->results, first,
                       g_list_model_get_n_items (G_LIST_MODEL (self->results)) - first, items->pdata,
                       items->len);
}

static gboolean
show_rest_cb (gpointer user_data)
{
  SagePaletteSearch *self = user_data;

  self->source = 0;
  show_some (self, IN_SIGHT, self->hits->len);

  return G_SOURCE_REMOVE;
}

static void
show_hits (SagePaletteSearch *self)
{
  show_some (self, 0, IN_SIGHT);
  if (self->hits->len > IN_SIGHT)
    self->source = g_idle_add (show_rest_cb, self);
}

/* Searches on until the slice is over. Returns: whether something is left */
static gboolean
search_slice (SagePaletteSearch *self)
{
  gint64 end = g_get_monotonic_time () + SLICE_US;

  for (; self->list < self->lists->len; self->list++, self->row = 0)
    {
      GListModel *list = self->lists->pdata[self->list];
      guint n = g_list_model_get_n_items (list);

      for (; self->row < n; self->row++)
        {
          g_autoptr(GObject) item = g_list_model_get_item (list, self->row);

          consider (self, item);
          if (self->row % CHECK_EVERY == CHECK_EVERY - 1 && g_get_monotonic_time () > end)
            {
              self->row++;
              return TRUE;
            }
        }
    }

  return FALSE;
}

static gboolean
search_cb (gpointer user_data)
{
  SagePaletteSearch *self = user_data;

  if (search_slice (self))
    return G_SOURCE_CONTINUE;

  self->source = 0;
  show_hits (self);

  return G_SOURCE_REMOVE;
}

/**
 * sage_palette_search_set_text:
 * @self: a search
 * @text: what was typed
 *
 * Searches anew, a slice of a frame at a time. Without @text the items are the result.
 */
void
sage_palette_search_set_text (SagePaletteSearch *self,
                              const char        *text)
{
  g_return_if_fail (SAGE_IS_PALETTE_SEARCH (self));

  g_set_str (&self->text, text != NULL ? text : "");
  g_array_set_size (self->hits, 0);
  self->list = 0;
  self->row = 0;
  g_clear_handle_id (&self->source, g_source_remove);

  /* Most searches are done in the first slice: then no frame shows the old results. */
  if (search_slice (self))
    self->source = g_idle_add (search_cb, self);
  else
    show_hits (self);
}
