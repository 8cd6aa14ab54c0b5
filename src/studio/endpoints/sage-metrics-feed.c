/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-metrics-feed"

#include "config.h"

#include "sage-error.h"
#include "sage-metrics-feed.h"

/* From an answer to the next question. */
#define PAUSE_MS 2000

struct _SageMetricsFeed
{
  GObject         parent_instance;

  SageConnection *connection;  /* (owned) */
  char           *path;        /* (owned) */
  guint           timer;
  gboolean        asking;      /* a question is under way, whether or not anybody looks by now */
  gboolean        active;
  gboolean        unknown;     /* the engine has nothing there */
};

typedef enum {
  SIGNAL_ANSWER,
  SIGNAL_FAILED,
} SageMetricsFeedSignal;

static guint signals[SIGNAL_FAILED + 1];

G_DEFINE_FINAL_TYPE (SageMetricsFeed, sage_metrics_feed, G_TYPE_OBJECT)

static void ask (SageMetricsFeed *self);

static gboolean
again_cb (gpointer user_data)
{
  SageMetricsFeed *self = user_data;

  self->timer = 0;
  ask (self);

  return G_SOURCE_REMOVE;
}

/* Whether anybody looks who can be told. */
static gboolean
is_wanted (SageMetricsFeed *self)
{
  return self->active && self->connection != NULL &&
         sage_connection_get_state (self->connection) == SAGE_CONNECTION_CONNECTED;
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageMetricsFeed) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = sage_client_get_finish (SAGE_CLIENT (object), result, &error);

  self->asking = FALSE;
  if (!is_wanted (self))
    return;

  self->unknown = g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  if (!self->unknown)
    self->timer = g_timeout_add (PAUSE_MS, again_cb, self);

  /* last: who listens may stop it */
  if (answer != NULL)
    g_signal_emit (self, signals[SIGNAL_ANSWER], 0, answer);
  else
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

/* A question is short, and is not given up: its answer serves whoever looks again meanwhile. Tabs that
 * come into sight for a moment only, as when several are closed, would have libsoup take back message
 * after message. */
static void
ask (SageMetricsFeed *self)
{
  self->asking = TRUE;
  sage_client_get_async (sage_connection_get_client (self->connection), self->path, NULL, answer_cb,
                         g_object_ref (self));
}

static void
update (SageMetricsFeed *self)
{
  if (sage_connection_get_state (self->connection) != SAGE_CONNECTION_CONNECTED)
    self->unknown = FALSE; /* what comes back may be a newer engine */

  if (!is_wanted (self) || self->unknown)
    g_clear_handle_id (&self->timer, g_source_remove);
  else if (!self->asking && self->timer == 0)
    ask (self);
}

static void
sage_metrics_feed_dispose (GObject *object)
{
  SageMetricsFeed *self = SAGE_METRICS_FEED (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_metrics_feed_parent_class)->dispose (object);
}

static void
sage_metrics_feed_finalize (GObject *object)
{
  g_free (SAGE_METRICS_FEED (object)->path);

  G_OBJECT_CLASS (sage_metrics_feed_parent_class)->finalize (object);
}

static void
sage_metrics_feed_class_init (SageMetricsFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_metrics_feed_dispose;
  object_class->finalize = sage_metrics_feed_finalize;

  signals[SIGNAL_ANSWER] = g_signal_new ("answer", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sage_metrics_feed_init (SageMetricsFeed *self)
{
}

/**
 * sage_metrics_feed_new:
 * @connection: the engine
 * @endpoint: (nullable): the endpoint that is asked about; %NULL for all of them, in short
 *
 * Returns: (transfer full): a feed that is not active
 */
SageMetricsFeed *
sage_metrics_feed_new (SageConnection *connection,
                       const char     *endpoint)
{
  SageMetricsFeed *self = g_object_new (SAGE_TYPE_METRICS_FEED, NULL);
  g_autofree char *escaped = endpoint != NULL ? g_uri_escape_string (endpoint, NULL, FALSE) : NULL;

  self->connection = g_object_ref (connection);
  self->path = escaped != NULL
                 ? g_strdup_printf ("/sagebrush/v1/endpoints/%s/metrics", escaped)
                 : g_strdup ("/sagebrush/v1/endpoints/metrics");
  g_signal_connect_swapped (connection, "notify::state", G_CALLBACK (update), self);

  return self;
}

/**
 * sage_metrics_feed_set_active:
 * @self: the feed
 * @active: whether anybody looks
 *
 * Asks at once when it becomes active, and tells nobody of what is answered when it no longer is.
 */
void
sage_metrics_feed_set_active (SageMetricsFeed *self,
                              gboolean         active)
{
  g_return_if_fail (SAGE_IS_METRICS_FEED (self));

  if (self->active == !!active)
    return;

  self->active = active;
  self->unknown = FALSE;
  update (self);
}
