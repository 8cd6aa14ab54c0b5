/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-tally"

#include "config.h"

#include "sage-tally.h"

/* A burst of events is counted once. */
#define DELAY_MS 120

struct _SageTally
{
  GObject         parent_instance;

  SageConnection *connection; /* (owned) */
  SageState       state;
  GPtrArray      *lists;      /* (owned): of SageResourceList */
  guint           count;
  guint           timer;      /* while a count is to come */
};

typedef enum
{
  PROP_COUNT = 1,
} SageTallyProperty;

static GParamSpec *properties[PROP_COUNT + 1];

G_DEFINE_FINAL_TYPE (SageTally, sage_tally, G_TYPE_OBJECT)

static guint
count_list (GListModel *list,
            SageState   state)
{
  guint n = g_list_model_get_n_items (list);
  guint count = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageResource) resource = g_list_model_get_item (list, i);

      count += sage_resource_get_state (resource) == state;
    }

  return count;
}

static gboolean
count_cb (gpointer user_data)
{
  SageTally *self = user_data;
  guint count = 0;

  self->timer = 0;
  for (guint i = 0; i < self->lists->len; i++)
    count += count_list (self->lists->pdata[i], self->state);
  if (count != self->count)
    {
      self->count = count;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
    }

  return G_SOURCE_REMOVE;
}

static void
schedule (SageTally *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (DELAY_MS, count_cb, self);
}

static void
event_cb (SageTally    *self,
          SageResource *resource)
{
  for (guint i = 0; i < self->lists->len; i++)
    if (sage_resource_list_get_kind (self->lists->pdata[i]) == sage_resource_get_kind (resource))
      schedule (self);
}

static void
sage_tally_dispose (GObject *object)
{
  SageTally *self = SAGE_TALLY (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  for (guint i = 0; i < self->lists->len; i++)
    g_signal_handlers_disconnect_by_data (self->lists->pdata[i], self);
  g_ptr_array_set_size (self->lists, 0);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_tally_parent_class)->dispose (object);
}

static void
sage_tally_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_TALLY (object)->lists);

  G_OBJECT_CLASS (sage_tally_parent_class)->finalize (object);
}

static void
sage_tally_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch ((SageTallyProperty) prop_id)
    {
    case PROP_COUNT:
      g_value_set_uint (value, SAGE_TALLY (object)->count);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_tally_class_init (SageTallyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_tally_dispose;
  object_class->finalize = sage_tally_finalize;
  object_class->get_property = sage_tally_get_property;

  properties[PROP_COUNT] =
    g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_tally_init (SageTally *self)
{
  self->lists = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * sage_tally_new:
 * @connection: the engine
 * @state: the state to count
 * @kinds: (array): the #SageKind of what is counted, ended by -1
 *
 * Returns: (transfer full): a tally; it counts a moment after the lists are there
 */
SageTally *
sage_tally_new (SageConnection *connection,
                SageState       state,
                const int      *kinds)
{
  SageTally *self = g_object_new (SAGE_TYPE_TALLY, NULL);

  self->connection = g_object_ref (connection);
  self->state = state;
  for (; *kinds >= 0; kinds++)
    {
      SageResourceList *list = sage_connection_get_list (connection, (SageKind) *kinds, NULL);

      g_signal_connect_swapped (list, "items-changed", G_CALLBACK (schedule), self);
      g_ptr_array_add (self->lists, list);
    }
  g_signal_connect_swapped (connection, "event", G_CALLBACK (event_cb), self);
  schedule (self);

  return self;
}

guint
sage_tally_get_count (SageTally *self)
{
  g_return_val_if_fail (SAGE_IS_TALLY (self), 0);

  return self->count;
}
