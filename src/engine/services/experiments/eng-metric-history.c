/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-metric"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"

/* MLflow's, of its bulk calls. */
#define MAX_RUNS 100
#define MAX_BULK 25000
#define MAX_SAMPLES 2500
#define DEFAULT_SAMPLES 320

/* A history may be asked for whole. */
#define MAX_HISTORY 100000000

static void
out_point (GString        *out,
           const char     *key,
           const EngPoint *point,
           const char     *run_id)
{
  eng_out_open (out, '{');
  g_string_append (out, key);
  eng_out_double (out, "value", point->value);
  eng_out_int (out, "timestamp", point->time);
  eng_out_int (out, "step", point->step);
  if (run_id != NULL)
    eng_out_text (out, "run_id", run_id);
  g_string_append_c (out, '}');
}

/* What every point of a metric begins with. */
static char *
key_member (const char *key)
{
  g_autoptr(GString) out = g_string_new ("{");

  eng_out_text (out, "key", key);

  return g_strdup (out->str + 1);
}

static GArray *
load_points (EngConnection  *reader,
             const char     *run_id,
             const char     *key,
             GError        **error)
{
  g_autoptr(EngTrackedRun) run = eng_tracked_run_load (reader, run_id, error);

  return run != NULL ? eng_metrics_read (reader, run->number, key, error) : NULL;
}

static gboolean
get_history (EngCall  *call,
             GError  **error)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(GArray) points = NULL;
  g_autofree char *member = NULL;
  const char *run_id = NULL;
  const char *key = NULL;
  gint64 limit;
  gint64 offset;
  gint64 end;

  if (!eng_input_run_id (call->input, &run_id, error) ||
      !eng_input_need (call->input, "metric_key", &key, error) ||
      !eng_input_page (call, MAX_HISTORY, MAX_HISTORY, &limit, &offset, error))
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  points = load_points (reader, run_id, key, error);
  if (points == NULL)
    return FALSE;

  member = key_member (key);
  end = MIN (offset + limit, (gint64) points->len);
  g_string_append (call->output, "{\"metrics\":[");
  for (gint64 i = offset; i < end; i++)
    out_point (call->output, member, &g_array_index (points, EngPoint, i), NULL);
  g_string_append_c (call->output, ']');
  if (end < (gint64) points->len && end > offset)
    eng_out_page_token (call, end);
  g_string_append_c (call->output, '}');

  return TRUE;
}

/* What a bulk call asks for. */
typedef struct
{
  EngConnection *reader;  /* (owned) */
  char         **run_ids; /* (owned) */
  const char    *key;
  char          *member;  /* (owned) */
  gint64         limit;   /* points a run */
} Bulk;

static void
bulk_clear (Bulk *bulk)
{
  g_clear_pointer (&bulk->reader, eng_store_reader_release);
  g_free (bulk->run_ids);
  g_free (bulk->member);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bulk, bulk_clear)

static gboolean
begin_bulk (EngCall     *call,
            const char  *member,
            gint64       fallback,
            gint64       max,
            Bulk        *bulk,
            GError     **error)
{
  if (!eng_input_texts (call->input, member, MAX_RUNS, &bulk->run_ids, error) ||
      !eng_input_need (call->input, "metric_key", &bulk->key, error) ||
      !eng_input_int (call->input, "max_results", fallback, &bulk->limit, error))
    return FALSE;
  if (bulk->run_ids[0] == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Missing value for required parameter '%s'", member);
  if (bulk->limit < 1 || bulk->limit > max)
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid value for parameter 'max_results' supplied: it "
                       "must be from 1 to %" G_GINT64_FORMAT, max);
  bulk->member = key_member (bulk->key);
  bulk->reader = eng_store_reader (call->engine->store, error);
  g_string_append (call->output, "{\"metrics\":[");

  return bulk->reader != NULL;
}

static gboolean
get_history_bulk (EngCall  *call,
                  GError  **error)
{
  g_auto(Bulk) bulk = { 0 };
  gint64 left;

  if (!begin_bulk (call, "run_id", MAX_BULK, MAX_BULK, &bulk, error))
    return FALSE;
  left = bulk.limit;
  for (char **id = bulk.run_ids; *id != NULL; id++)
    {
      g_autoptr(GArray) points = load_points (bulk.reader, *id, bulk.key, error);

      if (points == NULL)
        return FALSE;
      for (guint i = 0; i < points->len && left > 0; i++, left--)
        out_point (call->output, bulk.member, &g_array_index (points, EngPoint, i), *id);
    }
  g_string_append (call->output, "]}");

  return TRUE;
}

static int
compare_steps (gconstpointer first,
               gconstpointer second)
{
  const EngPoint *a = first;
  const EngPoint *b = second;

  if (a->step != b->step)
    return a->step < b->step ? -1 : 1;

  return a->time < b->time ? -1 : a->time > b->time;
}

/* Leaves the points from @first to @last, in the order of their steps. */
static void
cut_steps (GArray *points,
           gint64  first,
           gint64  last)
{
  EngPoint *all = (EngPoint *) (void *) points->data;
  gboolean sorted = TRUE;
  guint n = 0;

  for (guint i = 0; i < points->len; i++)
    if (all[i].step >= first && all[i].step <= last)
      {
        sorted = sorted && (n == 0 || all[n - 1].step <= all[i].step);
        if (n < i)
          all[n] = all[i];
        n++;
      }
  g_array_set_size (points, n);
  if (!sorted)
    g_array_sort (points, compare_steps);
}

/* Writes the least and the greatest of @points, in their order; points that are no number stand in for
 * them where there are no others. */
static void
out_extremes (GString        *out,
              const Bulk     *bulk,
              const EngPoint *points,
              guint           n,
              const char     *run_id)
{
  guint least;
  guint greatest;
  guint first = 0;

  while (first < n - 1 && isnan (points[first].value))
    first++;
  least = greatest = first;
  for (guint i = first + 1; i < n; i++)
    {
      if (points[i].value < points[least].value)
        least = i;
      if (points[i].value > points[greatest].value)
        greatest = i;
    }
  out_point (out, bulk->member, &points[MIN (least, greatest)], run_id);
  if (least != greatest)
    out_point (out, bulk->member, &points[MAX (least, greatest)], run_id);
}

/* A chart with @limit points a run: the first and the last, and of as many stretches as fit between
 * them the least and the greatest, so that no peak is lost. */
static void
out_samples (GString    *out,
             const Bulk *bulk,
             GArray     *points,
             const char *run_id)
{
  const EngPoint *all = (const EngPoint *) (const void *) points->data;
  guint inner = points->len > 2 ? points->len - 2 : 0;
  guint n_buckets = bulk->limit > 3 ? ((guint) bulk->limit - 2) / 2 : 0;

  if (points->len <= bulk->limit)
    {
      for (guint i = 0; i < points->len; i++)
        out_point (out, bulk->member, &all[i], run_id);
      return;
    }

  if (bulk->limit > 1)
    out_point (out, bulk->member, &all[0], run_id);
  for (guint i = 0; i < n_buckets; i++)
    {
      guint from = (guint) ((guint64) inner * i / n_buckets);
      guint to = (guint) ((guint64) inner * (i + 1) / n_buckets);

      out_extremes (out, bulk, all + 1 + from, to - from, run_id);
    }
  out_point (out, bulk->member, &all[points->len - 1], run_id);
}

static gboolean
get_history_bulk_interval (EngCall  *call,
                           GError  **error)
{
  g_auto(Bulk) bulk = { 0 };
  gint64 first;
  gint64 last;

  if (!eng_input_int (call->input, "start_step", G_MININT64, &first, error) ||
      !eng_input_int (call->input, "end_step", G_MAXINT64, &last, error) ||
      !begin_bulk (call, "run_ids", DEFAULT_SAMPLES, MAX_SAMPLES, &bulk, error))
    return FALSE;
  if (first > last)
    return sage_throw (error, SAGE_ERROR_INVALID, "end_step must be greater than start_step. Found "
                       "start_step=%" G_GINT64_FORMAT " and end_step=%" G_GINT64_FORMAT ".", first, last);
  for (char **id = bulk.run_ids; *id != NULL; id++)
    {
      g_autoptr(GArray) points = load_points (bulk.reader, *id, bulk.key, error);

      if (points == NULL)
        return FALSE;
      cut_steps (points, first, last);
      out_samples (call->output, &bulk, points, *id);
    }
  g_string_append (call->output, "]}");

  return TRUE;
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "GetMetricHistory", ENG_ACCESS_READ, get_history },
  { "sagemaker-mlflow", "GetMetricHistoryBulk", ENG_ACCESS_READ, get_history_bulk },
  { "sagemaker-mlflow", "GetMetricHistoryBulkInterval", ENG_ACCESS_READ, get_history_bulk_interval },
};

void
eng_metric_history_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
