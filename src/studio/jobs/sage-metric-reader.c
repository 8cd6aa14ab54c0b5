/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-metric-reader"

#include "config.h"

#include <string.h>

#include "sage-log-source.h"
#include "sage-metric-parser.h"
#include "sage-metric-reader.h"

#define FOLLOW_MS 500
#define MAX_SERIES 64
#define PAGE_RECORDS 2000 /* they are parsed in one go */
#define MAX_BYTES (256 * 1024 * 1024) /* of a log; what prints more is no list of metrics */

struct _SageMetricReader
{
  GObject           parent_instance;

  SageLogSource    *log;         /* (owned) */
  GCancellable     *cancellable; /* (owned) */
  SageMetricParser *parser;      /* (owned) */
  GHashTable       *series;      /* (owned): name → SageChartSeries */
  char             *token;       /* (owned) (nullable): where to go on in the log */
  guint64           bytes;       /* that were read */
  guint             timer;       /* until the next read */
  gboolean          started;
  gboolean          loading;     /* the first read to the end is under way */
  GError           *error;       /* (owned) (nullable): why the last read failed */
};

typedef enum
{
  PROP_ERROR = 1,
  PROP_LOADING,
} SageMetricReaderProperty;

static GParamSpec *properties[PROP_LOADING + 1];

enum
{
  SIGNAL_SERIES_ADDED,
  SIGNAL_LINE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageMetricReader, sage_metric_reader, G_TYPE_OBJECT)

static void read_page (SageMetricReader *self);

static void
take_error (SageMetricReader *self,
            GError           *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_loading (SageMetricReader *self,
             gboolean          loading)
{
  if (self->loading != loading)
    {
      self->loading = loading;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
}

static void
metric_cb (const char *name,
           double      x,
           double      value,
           gpointer    user_data)
{
  SageMetricReader *self = user_data;
  SageChartSeries *series = g_hash_table_lookup (self->series, name);

  if (series == NULL)
    {
      if (g_hash_table_size (self->series) >= MAX_SERIES)
        return;
      series = sage_chart_series_new (name);
      g_hash_table_insert (self->series, g_strdup (name), series);
      g_signal_emit (self, signals[SIGNAL_SERIES_ADDED], 0, series);
    }
  sage_chart_series_append (series, x >= 0 ? x : sage_chart_series_get_n_points (series), value);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static gboolean
again_cb (gpointer user_data)
{
  SageMetricReader *self = user_data;

  self->timer = 0;
  read_page (self);

  return G_SOURCE_REMOVE;
}

/* At the end of what there is: goes on while the job does, once more after its end, and until a
 * read that failed succeeds. */
static void
rest (SageMetricReader *self)
{
  gboolean goes_on = sage_log_source_get_live (self->log) || self->error != NULL;

  set_loading (self, FALSE);
  if (goes_on && self->timer == 0 && self->bytes < MAX_BYTES)
    self->timer = g_timeout_add (FOLLOW_MS, again_cb, self);
}

static void
take_records (SageMetricReader     *self,
              const SageLogRecords *page)
{
  for (guint i = 0; i < page->records->len; i++)
    {
      const SageLogRecord *record = g_ptr_array_index (page->records, i);

      self->bytes += strlen (record->message);
      sage_metric_parser_line (self->parser, record->message, metric_cb, self);
      g_signal_emit (self, signals[SIGNAL_LINE], 0, record->message);
    }
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(SageMetricReader) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageLogRecords) page = sage_log_pager_read_finish (SAGE_LOG_PAGER (object), result,
                                                               &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (page == NULL)
    {
      take_error (self, g_steal_pointer (&error));
      rest (self);
      return;
    }

  take_error (self, NULL);
  take_records (self, page);
  g_set_str (&self->token, page->forward);
  if (page->records->len > 0 && self->bytes < MAX_BYTES)
    read_page (self);
  else
    rest (self);
}

static void
read_page (SageMetricReader *self)
{
  sage_log_pager_read_async (SAGE_LOG_PAGER (self->log), SAGE_LOG_FORWARD, self->token, 0,
                             PAGE_RECORDS, self->cancellable, page_cb, g_object_ref (self));
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_metric_reader_dispose (GObject *object)
{
  SageMetricReader *self = SAGE_METRIC_READER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->log);

  G_OBJECT_CLASS (sage_metric_reader_parent_class)->dispose (object);
}

static void
sage_metric_reader_finalize (GObject *object)
{
  SageMetricReader *self = SAGE_METRIC_READER (object);

  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->series);
  sage_metric_parser_free (self->parser);
  g_free (self->token);

  G_OBJECT_CLASS (sage_metric_reader_parent_class)->finalize (object);
}

static void
sage_metric_reader_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  switch ((SageMetricReaderProperty) prop_id)
    {
    case PROP_ERROR:
      g_value_set_boxed (value, SAGE_METRIC_READER (object)->error);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, SAGE_METRIC_READER (object)->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_metric_reader_class_init (SageMetricReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_metric_reader_dispose;
  object_class->finalize = sage_metric_reader_finalize;
  object_class->get_property = sage_metric_reader_get_property;

  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADING] =
    g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  signals[SIGNAL_SERIES_ADDED] = g_signal_new ("series-added", G_TYPE_FROM_CLASS (klass),
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                               1, SAGE_TYPE_CHART_SERIES);
  signals[SIGNAL_LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sage_metric_reader_init (SageMetricReader *self)
{
  self->cancellable = g_cancellable_new ();
  self->parser = sage_metric_parser_new ();
  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/**
 * sage_metric_reader_new:
 * @connection: the engine
 * @job: a training job
 *
 * Returns: (transfer full): a reader that has not begun
 */
SageMetricReader *
sage_metric_reader_new (SageConnection *connection,
                        SageResource   *job)
{
  SageMetricReader *self = g_object_new (SAGE_TYPE_METRIC_READER, NULL);

  self->log = sage_log_source_new (connection, job);

  return self;
}

/**
 * sage_metric_reader_set_definitions:
 * @self: a reader
 * @definitions: (nullable): the MetricDefinitions of the job
 */
void
sage_metric_reader_set_definitions (SageMetricReader *self,
                                    JsonArray        *definitions)
{
  g_return_if_fail (SAGE_IS_METRIC_READER (self));

  sage_metric_parser_set_definitions (self->parser, definitions);
}

/**
 * sage_metric_reader_start:
 * @self: a reader
 *
 * Begins to read. Once is enough.
 */
void
sage_metric_reader_start (SageMetricReader *self)
{
  g_return_if_fail (SAGE_IS_METRIC_READER (self));

  if (self->started)
    return;

  self->started = TRUE;
  set_loading (self, TRUE);
  read_page (self);
}

/**
 * sage_metric_reader_get_error:
 * @self: a reader
 *
 * Returns: (nullable) (transfer none): why the last read failed; it is tried again
 */
const GError *
sage_metric_reader_get_error (SageMetricReader *self)
{
  g_return_val_if_fail (SAGE_IS_METRIC_READER (self), NULL);

  return self->error;
}

gboolean
sage_metric_reader_get_loading (SageMetricReader *self)
{
  g_return_val_if_fail (SAGE_IS_METRIC_READER (self), FALSE);

  return self->loading;
}

static void
first_cb (const char *name,
          double      x,
          double      value,
          gpointer    user_data)
{
  char **first = user_data;

  if (*first == NULL)
    *first = g_strdup (name);
}

/**
 * sage_metric_reader_dup_metric:
 * @self: a reader
 * @line: a line of the log
 *
 * Returns: (transfer full) (nullable): the name of the first metric that the line holds
 */
char *
sage_metric_reader_dup_metric (SageMetricReader *self,
                               const char       *line)
{
  char *name = NULL;

  g_return_val_if_fail (SAGE_IS_METRIC_READER (self), NULL);

  sage_metric_parser_line (self->parser, line, first_cb, &name);

  return name;
}
