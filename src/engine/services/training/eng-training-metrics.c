/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-training"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-log.h"
#include "eng-training.h"
#include "sage-json.h"

/* Lines read in one go. */
#define BATCH 1000

/* A line longer than this is no metric. */
#define MAX_LINE 4096

/* The last value of one metric. */
typedef struct
{
  char   *name;  /* (owned) */
  GRegex *regex; /* (owned) (nullable): NULL for metrics of a built-in, and after an error */
  double  value; /* NAN until seen */
  gint64  when;  /* milliseconds since the epoch */
} Metric;

static void
metric_free (gpointer data)
{
  Metric *metric = data;

  g_free (metric->name);
  g_clear_pointer (&metric->regex, g_regex_unref);
  g_free (metric);
}

static Metric *
add_metric (GPtrArray  *metrics,
            const char *name)
{
  Metric *metric = g_new0 (Metric, 1);

  metric->name = g_strdup (name);
  metric->value = NAN;
  g_ptr_array_add (metrics, metric);

  return metric;
}

static Metric *
find_metric (GPtrArray  *metrics,
             const char *name)
{
  for (guint i = 0; i < metrics->len; i++)
    {
      Metric *metric = g_ptr_array_index (metrics, i);

      if (strcmp (metric->name, name) == 0)
        return metric;
    }

  return add_metric (metrics, name);
}

static void
set_value (Metric     *metric,
           const char *text,
           gint64      when)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  /* A number and nothing else, in decimal: `0x10` and `1.5 of 3` are none. */
  end += strspn (end, " \t");
  if (end == text || *end != '\0' || strpbrk (text, "xX") != NULL || !isfinite (value))
    return;

  metric->value = value;
  metric->when = when;
}

/* XGBoost's own lines: `[7]#011train-auc:0.91#011validation-auc:0.88`. */
static void
read_built_in (GPtrArray         *metrics,
               const EngLogEntry *line)
{
  g_auto(GStrv) parts = NULL;

  if (line->message[0] != '[')
    return;

  parts = g_strsplit (line->message, "#011", 32);
  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      char *colon = strrchr (parts[i], ':');
      char *dash = strchr (parts[i], '-');

      if (colon == NULL || dash == NULL || dash > colon)
        continue;
      *colon = '\0';
      *dash = ':';
      set_value (find_metric (metrics, parts[i]), colon + 1, line->timestamp_ms);
    }
}

/* A pattern that explodes on one line is not tried on the next. */
static void
read_defined (GPtrArray         *metrics,
              const EngLogEntry *line)
{
  for (guint i = 0; i < metrics->len; i++)
    {
      Metric *metric = g_ptr_array_index (metrics, i);
      g_autoptr(GMatchInfo) match = NULL;
      g_autoptr(GError) error = NULL;

      if (metric->regex == NULL)
        continue;
      if (g_regex_match_full (metric->regex, line->message, -1, 0, 0, &match, &error))
        {
          g_autofree char *text = g_match_info_fetch (match, 1);

          if (text != NULL)
            set_value (metric, text, line->timestamp_ms);
        }
      else if (error != NULL)
        {
          g_message ("The metric '%s' is given up: %s", metric->name, error->message);
          g_clear_pointer (&metric->regex, g_regex_unref);
        }
    }
}

static void
compile (GPtrArray *metrics,
         JsonArray *definitions)
{
  for (guint i = 0; definitions != NULL && i < json_array_get_length (definitions); i++)
    {
      JsonObject *definition = sage_json_array_object (definitions, i);
      Metric *metric = find_metric (metrics, sage_json_string (definition, "Name", ""));
      g_autoptr(GError) error = NULL;

      g_clear_pointer (&metric->regex, g_regex_unref);
      metric->regex = g_regex_new (sage_json_string (definition, "Regex", ""), G_REGEX_OPTIMIZE, 0,
                                   &error);
      if (error != NULL)
        g_message ("The metric '%s' is ignored: %s", metric->name, error->message);
    }
}

static void
read_log (const char *log_path,
          GPtrArray  *metrics,
          gboolean    built_in)
{
  guint64 offset = 0;

  while (TRUE)
    {
      guint64 next = offset;
      g_autoptr(GPtrArray) lines = eng_log_read (log_path, offset, BATCH, &next, NULL);

      if (lines == NULL || lines->len == 0)
        return;
      for (guint i = 0; i < lines->len; i++)
        {
          const EngLogEntry *line = g_ptr_array_index (lines, i);

          if (strlen (line->message) > MAX_LINE)
            continue;
          if (built_in)
            read_built_in (metrics, line);
          read_defined (metrics, line);
        }
      offset = next;
    }
}

/**
 * eng_training_final_metrics:
 * @log_path: the job's log
 * @definitions: (nullable): the request's MetricDefinitions; the first group of a match is the value
 * @built_in: whether the log also holds metrics in the form of the built-in XGBoost
 *
 * Returns: (transfer full): FinalMetricDataList: the last value of each metric that was seen
 */
JsonArray *
eng_training_final_metrics (const char *log_path,
                            JsonArray  *definitions,
                            gboolean    built_in)
{
  g_autoptr(GPtrArray) metrics = g_ptr_array_new_with_free_func (metric_free);
  JsonArray *list = json_array_new ();

  compile (metrics, definitions);
  if (built_in || metrics->len > 0)
    read_log (log_path, metrics, built_in);

  for (guint i = 0; i < metrics->len; i++)
    {
      Metric *metric = g_ptr_array_index (metrics, i);
      JsonObject *entry;

      if (isnan (metric->value))
        continue;
      entry = json_object_new ();
      json_object_set_string_member (entry, "MetricName", metric->name);
      json_object_set_double_member (entry, "Value", metric->value);
      json_object_set_double_member (entry, "Timestamp", (double) metric->when / 1000.0);
      json_array_add_object_element (list, entry);
    }

  return list;
}
