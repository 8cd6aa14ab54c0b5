/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-metric"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"

/*
 * The points of a run's metrics, in segments of columns. A segment of n points is
 *
 *   n values (double), n steps (int64), n times (int64), n metrics (uint32)
 *
 * in the order of the metrics and, within one, of arrival; numbers are little-endian. The last column
 * is left out where all points are of one metric, which the row then names.
 *
 * A batch becomes a segment. As long as the one before it is no longer it takes that in, as a binary
 * counter carries: a point is written again twelve times at most, and of a million points logged one
 * by one there are a few hundred segments.
 */
#define SEGMENT_POINTS 4096

/* For so many points room is made at once. */
#define MAX_RESERVED (1 << 24)

#define POINT_BYTES 24
#define METRIC_BYTES 4

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

typedef struct
{
  EngPoint point;
  guint32  metric;
} Entry;

/* A metric of a batch, and what is known of it before. */
typedef struct
{
  const char *key;
  EngPoint    last;
  double      least;    /* NaN until there is a number */
  double      greatest; /* the same */
  gint64      points;
  gint64      number;   /* 0: none yet */
  gboolean    is_new;
} Summary;

/* The last point is that of the highest step; of those the latest; of those the greatest. */
static gboolean
is_later (const EngPoint *a,
          const EngPoint *b)
{
  if (a->step != b->step)
    return a->step > b->step;
  if (a->time != b->time)
    return a->time > b->time;

  return a->value > b->value || isnan (b->value);
}

static void
take_point (Summary        *summary,
            const EngPoint *point)
{
  if (summary->points == 0 || is_later (point, &summary->last))
    summary->last = *point;
  summary->least = fmin (summary->least, point->value);
  summary->greatest = fmax (summary->greatest, point->value);
  summary->points++;
}

/* NaN is NULL. */
static double
read_double (EngRows *rows,
             int      column)
{
  return sqlite3_column_type (rows, column) == SQLITE_NULL ? NAN : eng_rows_double (rows, column);
}

static gboolean
load_summary (EngTx                *tx,
              const EngTrackedRun  *run,
              Summary              *summary,
              GError              **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows =
    eng_query (tx->connection, error, "SELECT number, value, step, time, least, greatest, points"
               " FROM run_metric WHERE run = ?1 AND key = ?2", "it", run->number, summary->key);

  if (rows == NULL)
    return FALSE;
  summary->is_new = !eng_rows_next (rows, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  summary->least = summary->greatest = NAN;
  if (summary->is_new)
    return TRUE;

  summary->number = eng_rows_int (rows, 0);
  summary->last = (EngPoint) { read_double (rows, 1), eng_rows_int (rows, 2), eng_rows_int (rows, 3) };
  summary->least = read_double (rows, 4);
  summary->greatest = read_double (rows, 5);
  summary->points = eng_rows_int (rows, 6);

  return TRUE;
}

static gboolean
store_summary (EngTx                *tx,
               const EngTrackedRun  *run,
               const Summary        *summary,
               GError              **error)
{
  if (summary->is_new)
    return eng_exec (tx->connection, error,
                     "INSERT INTO run_metric VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                     "itiidiiddi", run->number, summary->key, run->experiment, summary->number,
                     summary->last.value, summary->last.step, summary->last.time, summary->least,
                     summary->greatest, summary->points);

  return eng_exec (tx->connection, error,
                   "UPDATE run_metric SET value = ?3, step = ?4, time = ?5, least = ?6, greatest = ?7,"
                   " points = ?8 WHERE run = ?1 AND key = ?2", "itdiiddi", run->number, summary->key,
                   summary->last.value, summary->last.step, summary->last.time, summary->least,
                   summary->greatest, summary->points);
}

static gboolean
count_metrics (EngTx                *tx,
               const EngTrackedRun  *run,
               gint64               *count,
               GError              **error)
{
  g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                       "SELECT count (*) FROM run_metric WHERE run = ?1", "i",
                                       run->number);

  if (rows == NULL || !eng_rows_next (rows, error))
    return FALSE;
  *count = eng_rows_int (rows, 0);

  return TRUE;
}

/* Gives each key its number and counts its points; @entries gets the points with the numbers. */
static gboolean
summarise (EngTx                *tx,
           const EngTrackedRun  *run,
           const EngMetric      *metrics,
           guint                 n_metrics,
           GArray               *summaries,
           GArray               *entries,
           GError              **error)
{
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  const char *last_key = NULL;
  gint64 n_numbers = -1;
  gsize index = 0;

  for (guint i = 0; i < n_metrics; i++)
    {
      Summary fresh = { .key = metrics[i].key };
      Entry entry = { .point = metrics[i].point };
      Summary *summary;

      if (last_key == NULL || strcmp (last_key, fresh.key) != 0)
        index = GPOINTER_TO_SIZE (g_hash_table_lookup (known, fresh.key));
      last_key = fresh.key;
      if (index == 0)
        {
          if (!load_summary (tx, run, &fresh, error) ||
              (fresh.is_new && n_numbers < 0 && !count_metrics (tx, run, &n_numbers, error)))
            return FALSE;
          if (fresh.is_new)
            fresh.number = ++n_numbers;
          g_array_append_val (summaries, fresh);
          index = summaries->len;
          g_hash_table_insert (known, (gpointer) fresh.key, GSIZE_TO_POINTER (index));
        }
      summary = &g_array_index (summaries, Summary, index - 1);
      take_point (summary, &entry.point);
      entry.metric = (guint32) summary->number;
      g_array_append_val (entries, entry);
    }

  return TRUE;
}

static int
compare_metrics (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  guint32 one = ((const Entry *) a)->metric;
  guint32 other = ((const Entry *) b)->metric;

  return one < other ? -1 : one > other;
}

/* Returns: (transfer full): the columns; @metric is 0 if they name the metrics themselves */
static GBytes *
encode (GArray  *entries,
        guint32 *metric)
{
  gsize n = entries->len;
  guint8 *data;
  gsize size;

  /* stable */
  g_sort_array (entries->data, n, sizeof (Entry), compare_metrics, NULL);
  *metric = g_array_index (entries, Entry, 0).metric;
  if (g_array_index (entries, Entry, n - 1).metric != *metric)
    *metric = 0;

  size = n * (POINT_BYTES + (*metric == 0 ? METRIC_BYTES : 0));
  data = g_malloc (size);
  for (gsize i = 0; i < n; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      memcpy (data + 8 * i, &entry->point.value, 8);
      memcpy (data + 8 * (n + i), &entry->point.step, 8);
      memcpy (data + 8 * (2 * n + i), &entry->point.time, 8);
      if (*metric == 0)
        memcpy (data + POINT_BYTES * n + METRIC_BYTES * i, &entry->metric, METRIC_BYTES);
    }

  return g_bytes_new_take (data, size);
}

/* A segment as a query for `points, metric, data` has it. Valid until the next row. */
typedef struct
{
  const guint8 *data;
  gsize         n;
  guint32       metric;
} Segment;

static gboolean
read_segment (EngRows  *rows,
              Segment  *segment,
              GError  **error)
{
  gint64 n = eng_rows_int (rows, 0);
  gint64 metric = eng_rows_int (rows, 1);

  segment->data = sqlite3_column_blob (rows, 2);
  segment->n = (gsize) n;
  segment->metric = (guint32) metric;
  if (n < 1 || n > 2 * SEGMENT_POINTS || metric < 0 || metric > G_MAXUINT32 ||
      sqlite3_column_bytes (rows, 2) != n * (POINT_BYTES + (metric == 0 ? METRIC_BYTES : 0)))
    return sage_throw (error, SAGE_ERROR_CORRUPT, "A segment of a run's metrics is damaged");

  return TRUE;
}

static guint32
segment_metric (const Segment *segment,
                gsize          i)
{
  guint32 metric = segment->metric;

  if (metric == 0)
    memcpy (&metric, segment->data + POINT_BYTES * segment->n + METRIC_BYTES * i, METRIC_BYTES);

  return metric;
}

static void
segment_point (const Segment *segment,
               gsize          i,
               EngPoint      *point)
{
  memcpy (&point->value, segment->data + 8 * i, 8);
  memcpy (&point->step, segment->data + 8 * (segment->n + i), 8);
  memcpy (&point->time, segment->data + 8 * (2 * segment->n + i), 8);
}

/* The last segment of the run: puts its points before @entries if it is no longer than they are.
 * @sequence: (out): its own; 0: there is none */
static gboolean
take_last (EngTx                *tx,
           const EngTrackedRun  *run,
           GArray               *entries,
           gint64               *sequence,
           gboolean             *taken,
           GError              **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows =
    eng_query (tx->connection, error, "SELECT points, metric, data, sequence FROM metric_segment"
               " WHERE run = ?1 ORDER BY sequence DESC LIMIT 1", "i", run->number);
  g_autoptr(GArray) before = NULL;
  Segment segment;

  *taken = FALSE;
  *sequence = 0;
  if (rows == NULL)
    return FALSE;
  if (!eng_rows_next (rows, &local_error))
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *sequence = eng_rows_int (rows, 3);
  if (eng_rows_int (rows, 0) > entries->len || eng_rows_int (rows, 0) + entries->len > SEGMENT_POINTS)
    return TRUE;
  if (!read_segment (rows, &segment, error))
    return FALSE;

  before = g_array_sized_new (FALSE, FALSE, sizeof (Entry), (guint) segment.n);
  for (gsize i = 0; i < segment.n; i++)
    {
      Entry entry = { .metric = segment_metric (&segment, i) };

      segment_point (&segment, i, &entry.point);
      g_array_append_val (before, entry);
    }
  g_array_prepend_vals (entries, before->data, before->len);
  *taken = TRUE;

  return TRUE;
}

static gboolean
store_segment (EngTx                *tx,
               const EngTrackedRun  *run,
               GArray               *entries,
               GError              **error)
{
  g_autoptr(GBytes) data = NULL;
  gboolean taken = TRUE;
  gint64 sequence = 0;
  guint32 metric;

  while (TRUE)
    {
      if (!take_last (tx, run, entries, &sequence, &taken, error))
        return FALSE;
      if (!taken)
        break;
      if (!eng_exec (tx->connection, error, "DELETE FROM metric_segment WHERE run = ?1 AND sequence = ?2",
                     "ii", run->number, sequence))
        return FALSE;
    }
  data = encode (entries, &metric);

  return eng_exec (tx->connection, error, "INSERT INTO metric_segment VALUES (?1, ?2, ?3, ?4, ?5)",
                   "iiiib", run->number, sequence + 1, (gint64) entries->len, (gint64) metric, data);
}

/**
 * eng_metrics_append:
 * @tx: a transaction
 * @run: an active run
 * @metrics: (array length=n_metrics): points of its metrics, checked
 * @n_metrics: how many; at most as many as a batch may have
 *
 * Appends them.
 */
gboolean
eng_metrics_append (EngTx                *tx,
                    const EngTrackedRun  *run,
                    const EngMetric      *metrics,
                    guint                 n_metrics,
                    GError              **error)
{
  g_autoptr(GArray) summaries = g_array_new (FALSE, FALSE, sizeof (Summary));
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  if (n_metrics == 0)
    return TRUE;
  if (!summarise (tx, run, metrics, n_metrics, summaries, entries, error))
    return FALSE;
  for (guint i = 0; i < summaries->len; i++)
    if (!store_summary (tx, run, &g_array_index (summaries, Summary, i), error))
      return FALSE;

  return store_segment (tx, run, entries, error);
}

/* Where the points of @metric begin: segments are in the order of the metrics. */
static gsize
find_first (const Segment *segment,
            guint32        metric)
{
  gsize low = 0;
  gsize high = segment->n;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (segment_metric (segment, middle) < metric)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
append_points (GArray        *points,
               const Segment *segment,
               guint32        metric)
{
  gsize first = find_first (segment, metric);
  gsize last = segment->metric != 0 ? segment->n : first;
  guint before = points->len;
  EngPoint *out;

  while (last < segment->n && segment_metric (segment, last) == metric)
    last++;
  g_array_set_size (points, before + (guint) (last - first));
  out = &g_array_index (points, EngPoint, before);
  for (gsize i = first; i < last; i++)
    segment_point (segment, i, out++);
}

/* By time, then step, then value; numbers before what is none. */
static int
compare_points (gconstpointer first,
                gconstpointer second)
{
  const EngPoint *a = first;
  const EngPoint *b = second;

  if (a->time != b->time)
    return a->time < b->time ? -1 : 1;
  if (a->step != b->step)
    return a->step < b->step ? -1 : 1;
  if (isnan (a->value) || isnan (b->value))
    return isnan (a->value) - isnan (b->value);

  return a->value < b->value ? -1 : a->value > b->value;
}

/* In their order, each once: a client that got no answer sends its batch again. */
static void
put_in_order (GArray *points)
{
  EngPoint *all = (EngPoint *) (void *) points->data;
  gboolean sorted = TRUE;
  guint n = 0;

  for (guint i = 1; i < points->len && sorted; i++)
    sorted = all[i - 1].time < all[i].time || compare_points (&all[i - 1], &all[i]) < 0;
  if (sorted)
    return;

  g_array_sort (points, compare_points);
  for (guint i = 0; i < points->len; i++)
    if (n == 0 || compare_points (&all[n - 1], &all[i]) != 0)
      all[n++] = all[i];
  g_array_set_size (points, n);
}

static gboolean
find_number (EngConnection  *connection,
             gint64          run,
             const char     *key,
             gint64         *number,
             gint64         *count,
             GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error, "SELECT number, points FROM run_metric"
                                       " WHERE run = ?1 AND key = ?2", "it", run, key);

  *number = 0;
  if (rows == NULL)
    return FALSE;
  if (eng_rows_next (rows, &local_error))
    {
      *number = eng_rows_int (rows, 0);
      *count = eng_rows_int (rows, 1);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * eng_metrics_read:
 * @connection: a reader
 * @run: the number of a run
 * @key: one of its metrics
 *
 * Returns: (transfer full) (element-type EngPoint): its points by time, step and value; none where
 *   there is no such metric
 */
GArray *
eng_metrics_read (EngConnection  *connection,
                  gint64          run,
                  const char     *key,
                  GError        **error)
{
  g_autoptr(GArray) points = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = NULL;
  gint64 number = 0;
  gint64 count = 0;

  if (!find_number (connection, run, key, &number, &count, error))
    return NULL;
  points = g_array_sized_new (FALSE, FALSE, sizeof (EngPoint), (guint) CLAMP (count, 0, MAX_RESERVED));
  if (number == 0)
    return g_steal_pointer (&points);

  rows = eng_query (connection, error, "SELECT points, metric, data FROM metric_segment"
                    " WHERE run = ?1 AND metric IN (0, ?2) ORDER BY sequence", "ii", run, number);
  if (rows == NULL)
    return NULL;
  while (eng_rows_next (rows, &local_error))
    {
      Segment segment;

      if (!read_segment (rows, &segment, error))
        return NULL;
      append_points (points, &segment, (guint32) number);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  put_in_order (points);

  return g_steal_pointer (&points);
}
