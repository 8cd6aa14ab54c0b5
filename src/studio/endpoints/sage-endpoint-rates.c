/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-endpoint-rates"

#include "config.h"

#include "sage-endpoint-rates.h"
#include "sage-json.h"
#include "sage-metrics-feed.h"

struct _SageEndpointRates
{
  GObject          parent_instance;

  SageMetricsFeed *feed;    /* (owned) */
  GHashTable      *traffic; /* (owned): endpoint → SageTraffic of one variant, which stands for all */
  gboolean         stale;   /* the last question had no answer */
};

typedef enum {
  SIGNAL_CHANGED,
} SageEndpointRatesSignal;

static guint signals[SIGNAL_CHANGED + 1];

G_DEFINE_FINAL_TYPE (SageEndpointRates, sage_endpoint_rates, G_TYPE_OBJECT)

static GHashTable *
make_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sage_traffic_free);
}

/* Puts it as is said of a single endpoint. */
static JsonObject *
wrap (JsonObject *endpoint,
      const char *name,
      double      uptime)
{
  JsonObject *answer = json_object_new ();
  JsonObject *variant = json_object_new ();
  JsonArray *variants = json_array_new ();

  json_object_set_string_member (variant, "VariantName", name);
  json_object_set_int_member (variant, "Invocations", sage_json_int (endpoint, "Invocations", 0));
  json_array_add_object_element (variants, variant);
  json_object_set_double_member (answer, "Uptime", uptime);
  json_object_set_array_member (answer, "Variants", variants);

  return answer;
}

static void
add_endpoint (GHashTable *table,
              GHashTable *before,
              JsonObject *endpoint,
              double      uptime)
{
  const char *name = sage_json_string (endpoint, "EndpointName", NULL);
  g_autoptr(JsonObject) answer = NULL;
  gpointer key = NULL;
  gpointer traffic = NULL;

  if (name == NULL || g_hash_table_contains (table, name))
    return;

  answer = wrap (endpoint, name, uptime);
  if (!g_hash_table_steal_extended (before, name, &key, &traffic))
    {
      key = g_strdup (name);
      traffic = sage_traffic_new ();
    }
  sage_traffic_add (traffic, answer);
  g_hash_table_insert (table, key, traffic);
}

static void
answer_cb (SageEndpointRates *self,
           JsonObject        *answer)
{
  g_autoptr(GHashTable) before = self->traffic;
  JsonArray *endpoints = sage_json_array (answer, "Endpoints");
  guint n = endpoints != NULL ? json_array_get_length (endpoints) : 0;
  double uptime = sage_json_double (answer, "Uptime", 0);

  self->traffic = make_table ();
  self->stale = FALSE;
  for (guint i = 0; i < n; i++)
    {
      JsonObject *endpoint = sage_json_array_object (endpoints, i);

      if (endpoint != NULL)
        add_endpoint (self->traffic, before, endpoint, uptime);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* What is not known at the moment is not shown on as if it were; the next answer goes on from it. */
static void
failed_cb (SageEndpointRates *self,
           const GError      *error)
{
  g_debug ("%s", error->message);
  self->stale = TRUE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
sage_endpoint_rates_dispose (GObject *object)
{
  SageEndpointRates *self = SAGE_ENDPOINT_RATES (object);

  if (self->feed != NULL)
    {
      sage_metrics_feed_set_active (self->feed, FALSE);
      g_signal_handlers_disconnect_by_data (self->feed, self);
    }
  g_clear_object (&self->feed);

  G_OBJECT_CLASS (sage_endpoint_rates_parent_class)->dispose (object);
}

static void
sage_endpoint_rates_finalize (GObject *object)
{
  g_hash_table_unref (SAGE_ENDPOINT_RATES (object)->traffic);

  G_OBJECT_CLASS (sage_endpoint_rates_parent_class)->finalize (object);
}

static void
sage_endpoint_rates_class_init (SageEndpointRatesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_endpoint_rates_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_endpoint_rates_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_endpoint_rates_init (SageEndpointRates *self)
{
  self->traffic = make_table ();
}

/**
 * sage_endpoint_rates_new:
 * @connection: the engine
 *
 * Returns: (transfer full): the rates of its endpoints, which are not asked for yet
 */
SageEndpointRates *
sage_endpoint_rates_new (SageConnection *connection)
{
  SageEndpointRates *self = g_object_new (SAGE_TYPE_ENDPOINT_RATES, NULL);

  self->feed = sage_metrics_feed_new (connection, NULL);
  g_signal_connect_swapped (self->feed, "answer", G_CALLBACK (answer_cb), self);
  g_signal_connect_swapped (self->feed, "failed", G_CALLBACK (failed_cb), self);

  return self;
}

/**
 * sage_endpoint_rates_set_active:
 * @self: the rates
 * @active: whether anybody looks at them
 */
void
sage_endpoint_rates_set_active (SageEndpointRates *self,
                                gboolean           active)
{
  g_return_if_fail (SAGE_IS_ENDPOINT_RATES (self));

  sage_metrics_feed_set_active (self->feed, active);
}

/**
 * sage_endpoint_rates_read:
 * @self: the rates
 * @endpoint: an endpoint's name
 * @figures: (out caller-allocates): its requests, those of all variants together; what is told of its
 *   errors and latency is nothing
 *
 * Returns: whether anything is known of it
 */
gboolean
sage_endpoint_rates_read (SageEndpointRates  *self,
                          const char         *endpoint,
                          SageTrafficFigures *figures)
{
  SageTraffic *traffic;

  g_return_val_if_fail (SAGE_IS_ENDPOINT_RATES (self), FALSE);

  traffic = self->stale ? NULL : g_hash_table_lookup (self->traffic, endpoint);
  if (traffic == NULL)
    return FALSE;

  sage_traffic_read (traffic, 0, figures);

  return TRUE;
}
