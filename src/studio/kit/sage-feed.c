/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-feed"

#include "config.h"

#include "sage-feed.h"

/* A burst of events is looked at once. */
#define DELAY_MS 100

struct _SageFeed
{
  GObject         parent_instance;

  SageConnection *connection; /* (owned) */
  SageFeedFunc    belongs;
  gpointer        user_data;  /* for it; outlives the feed */
  guint           most;       /* rows of the model */
  GPtrArray      *lists;      /* (owned): of SageResourceList */
  GListStore     *model;      /* (owned) */
  guint           total;
  guint           timer;      /* while a look is to come */
};

typedef enum
{
  PROP_TOTAL = 1,
  PROP_LOADED,
  PROP_ERROR,
} SageFeedProperty;

static GParamSpec *properties[PROP_ERROR + 1];

G_DEFINE_FINAL_TYPE (SageFeed, sage_feed, G_TYPE_OBJECT)

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double left = sage_resource_get_created (*(SageResource * const *) a);
  double right = sage_resource_get_created (*(SageResource * const *) b);

  return left > right ? -1 : left < right;
}

/* The lists are newest first, so the first ones of each that belong are all that can be shown. */
static guint
collect (SageFeed  *self,
         GPtrArray *found)
{
  guint total = 0;

  for (guint i = 0; i < self->lists->len; i++)
    {
      GListModel *list = self->lists->pdata[i];
      guint n = g_list_model_get_n_items (list);
      guint of_list = 0;

      for (guint j = 0; j < n; j++)
        {
          g_autoptr(SageResource) resource = g_list_model_get_item (list, j);

          if (sage_resource_get_deleted (resource) || !self->belongs (resource, self->user_data))
            continue;
          if (of_list++ < self->most)
            g_ptr_array_add (found, g_object_ref (resource));
        }
      total += of_list;
    }

  return total;
}

/* Rows that stay are left alone: one of them may have the focus. */
static void
update_model (SageFeed  *self,
              GPtrArray *wanted)
{
  GListModel *model = G_LIST_MODEL (self->model);
  guint n = g_list_model_get_n_items (model);
  guint head = 0;
  guint tail = 0;

  while (head < n && head < wanted->len)
    {
      g_autoptr(GObject) item = g_list_model_get_item (model, head);

      if (item != wanted->pdata[head])
        break;
      head++;
    }
  while (tail < n - head && tail < wanted->len - head)
    {
      g_autoptr(GObject) item = g_list_model_get_item (model, n - 1 - tail);

      if (item != wanted->pdata[wanted->len - 1 - tail])
        break;
      tail++;
    }
  if (n - head - tail > 0 || wanted->len - head - tail > 0)
    g_list_store_splice (self->model, head, n - head - tail, wanted->pdata + head,
                         wanted->len - head - tail);
}

static gboolean
look_cb (gpointer user_data)
{
  SageFeed *self = user_data;
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  guint total;

  self->timer = 0;
  total = collect (self, found);
  g_ptr_array_sort (found, compare);
  if (found->len > self->most)
    g_ptr_array_set_size (found, (int) self->most);
  update_model (self, found);
  if (total != self->total)
    {
      self->total = total;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
    }

  return G_SOURCE_REMOVE;
}

static void
schedule (SageFeed *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (DELAY_MS, look_cb, self);
}

static void
event_cb (SageFeed     *self,
          SageResource *resource)
{
  for (guint i = 0; i < self->lists->len; i++)
    if (sage_resource_list_get_kind (self->lists->pdata[i]) == sage_resource_get_kind (resource))
      schedule (self);
}

static void
loaded_cb (SageFeed *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

static void
error_cb (SageFeed *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
sage_feed_dispose (GObject *object)
{
  SageFeed *self = SAGE_FEED (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  for (guint i = 0; i < self->lists->len; i++)
    g_signal_handlers_disconnect_by_data (self->lists->pdata[i], self);
  g_ptr_array_set_size (self->lists, 0);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_feed_parent_class)->dispose (object);
}

static void
sage_feed_finalize (GObject *object)
{
  SageFeed *self = SAGE_FEED (object);

  g_ptr_array_unref (self->lists);
  g_object_unref (self->model);

  G_OBJECT_CLASS (sage_feed_parent_class)->finalize (object);
}

static void
sage_feed_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  SageFeed *self = SAGE_FEED (object);

  switch ((SageFeedProperty) prop_id)
    {
    case PROP_TOTAL:
      g_value_set_uint (value, self->total);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, sage_feed_get_loaded (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, sage_feed_get_error (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_feed_class_init (SageFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_feed_dispose;
  object_class->finalize = sage_feed_finalize;
  object_class->get_property = sage_feed_get_property;

  properties[PROP_TOTAL] = g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_feed_init (SageFeed *self)
{
  self->lists = g_ptr_array_new_with_free_func (g_object_unref);
  self->model = g_list_store_new (SAGE_TYPE_RESOURCE);
}

/**
 * sage_feed_new:
 * @connection: the engine
 * @belongs: what holds for the rows; it depends on the resource and the time alone
 * @user_data: for @belongs
 * @most: how many rows to show; 0 where only the total matters
 * @kinds: (array): the #SageKind of the things, ended by -1
 *
 * Returns: (transfer full): a feed; it fills a moment after the lists do
 */
SageFeed *
sage_feed_new (SageConnection *connection,
               SageFeedFunc    belongs,
               gpointer        user_data,
               guint           most,
               const int      *kinds)
{
  SageFeed *self = g_object_new (SAGE_TYPE_FEED, NULL);

  self->connection = g_object_ref (connection);
  self->belongs = belongs;
  self->user_data = user_data;
  self->most = most;
  for (; *kinds >= 0; kinds++)
    {
      SageResourceList *list = sage_connection_get_list (connection, (SageKind) *kinds, NULL);

      g_signal_connect_swapped (list, "items-changed", G_CALLBACK (schedule), self);
      g_signal_connect_swapped (list, "notify::loaded", G_CALLBACK (loaded_cb), self);
      g_signal_connect_swapped (list, "notify::error", G_CALLBACK (error_cb), self);
      g_ptr_array_add (self->lists, list);
    }
  g_signal_connect_swapped (connection, "event", G_CALLBACK (event_cb), self);
  schedule (self);

  return self;
}

/**
 * sage_feed_get_model:
 * @self: a feed
 *
 * Returns: (transfer none): its rows, a live list of #SageResource
 */
GListModel *
sage_feed_get_model (SageFeed *self)
{
  g_return_val_if_fail (SAGE_IS_FEED (self), NULL);

  return G_LIST_MODEL (self->model);
}

guint
sage_feed_get_total (SageFeed *self)
{
  g_return_val_if_fail (SAGE_IS_FEED (self), 0);

  return self->total;
}

/**
 * sage_feed_get_loaded:
 * @self: a feed
 *
 * Returns: whether all that the feed looks at has been loaded once
 */
gboolean
sage_feed_get_loaded (SageFeed *self)
{
  g_return_val_if_fail (SAGE_IS_FEED (self), FALSE);

  for (guint i = 0; i < self->lists->len; i++)
    if (!sage_resource_list_get_loaded (self->lists->pdata[i]))
      return FALSE;

  return TRUE;
}

/**
 * sage_feed_get_error:
 * @self: a feed
 *
 * Returns: (transfer none) (nullable): why some of what the feed looks at could not be listed
 */
const GError *
sage_feed_get_error (SageFeed *self)
{
  g_return_val_if_fail (SAGE_IS_FEED (self), NULL);

  for (guint i = 0; i < self->lists->len; i++)
    if (sage_resource_list_get_error (self->lists->pdata[i]) != NULL)
      return sage_resource_list_get_error (self->lists->pdata[i]);

  return NULL;
}
