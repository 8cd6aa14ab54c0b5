/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-traffic"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-json.h"
#include "sage-latency.h"
#include "sage-traffic.h"

/* Whole numbers up to here are exact, and so many of them can be added up. */
#define MAX_COUNT (G_GINT64_CONSTANT (1) << 53)

/* More than SageMaker's ten, and few enough to be shown whatever a server says. */
#define MAX_VARIANTS 20

#define RATE_SECONDS 10.5 /* with room for what a question takes */

typedef struct
{
  guint  bucket;
  gint64 count;
} Bucket;

typedef struct
{
  double  time;      /* seconds since counting began */
  gint64  calls;
  gint64  errors;
  GArray *histogram; /* (owned): of Bucket, those that are not empty */
} Sample;

typedef struct
{
  char      *name;    /* (owned) */
  GPtrArray *samples; /* (owned): of Sample, the newest last; never empty */
} Variant;

struct _SageTraffic
{
  GPtrArray *variants; /* (owned): of Variant, as in the last answer */
  double     uptime;
};

static void
sample_free (Sample *sample)
{
  g_array_unref (sample->histogram);
  g_free (sample);
}

static void
variant_free (Variant *variant)
{
  g_free (variant->name);
  g_ptr_array_unref (variant->samples);
  g_free (variant);
}

SageTraffic *
sage_traffic_new (void)
{
  SageTraffic *self = g_new0 (SageTraffic, 1);

  self->variants = g_ptr_array_new_with_free_func ((GDestroyNotify) variant_free);

  return self;
}

void
sage_traffic_free (SageTraffic *self)
{
  g_ptr_array_unref (self->variants);
  g_free (self);
}

/* --- Taking in -------------------------------------------------------------------------------- */

static gint64
read_count (JsonObject *object,
            const char *member)
{
  return CLAMP (sage_json_int (object, member, 0), 0, MAX_COUNT);
}

/* An engine whose buckets are others is understood as well as ours allow. */
static void
read_histogram (GArray    *histogram,
                JsonArray *pairs)
{
  guint n = pairs != NULL ? MIN (json_array_get_length (pairs), SAGE_LATENCY_BUCKETS) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (pairs, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      JsonNode *bound, *count;

      if (pair == NULL || json_array_get_length (pair) != 2)
        continue;
      bound = json_array_get_element (pair, 0);
      count = json_array_get_element (pair, 1);
      if (JSON_NODE_HOLDS_VALUE (bound) && JSON_NODE_HOLDS_VALUE (count))
        {
          Bucket bucket = {
            .bucket = sage_latency_bucket (MAX (json_node_get_int (bound), 1) - 1),
            .count = CLAMP (json_node_get_int (count), 0, MAX_COUNT),
          };

          g_array_append_val (histogram, bucket);
        }
    }
}

static Sample *
read_sample (JsonObject *object,
             double      time)
{
  Sample *sample = g_new0 (Sample, 1);
  JsonObject *latency = sage_json_object (object, "Latency");

  sample->time = time;
  sample->calls = read_count (object, "Invocations");
  sample->errors = read_count (object, "Invocation4XXErrors")
                   + read_count (object, "Invocation5XXErrors");
  sample->histogram = g_array_new (FALSE, FALSE, sizeof (Bucket));
  if (latency != NULL)
    read_histogram (sample->histogram, sage_json_array (latency, "Histogram"));

  return sample;
}

static Sample *
sample_at (Variant *variant,
           guint    i)
{
  return g_ptr_array_index (variant->samples, i);
}

static Sample *
newest_of (Variant *variant)
{
  return sample_at (variant, variant->samples->len - 1);
}

/* The first sample that is left is as old as what is shown, or a little older. */
static void
append_sample (Variant *variant,
               Sample  *sample)
{
  GPtrArray *samples = variant->samples;
  double oldest = sample->time - SAGE_TRAFFIC_SECONDS;
  guint n_old = 0;

  if (samples->len > 0 && (newest_of (variant)->time <= oldest
                           || newest_of (variant)->calls > sample->calls))
    g_ptr_array_set_size (samples, 0);

  g_ptr_array_add (samples, sample);
  while (n_old + 1 < samples->len && sample_at (variant, n_old + 1)->time <= oldest)
    n_old++;
  if (n_old > 0)
    g_ptr_array_remove_range (samples, 0, n_old);
}

/* Takes the variant out of those of before, or makes one. */
static Variant *
take_variant (GPtrArray  *before,
              const char *name)
{
  Variant *variant;

  for (guint i = 0; i < before->len; i++)
    if (strcmp (((Variant *) g_ptr_array_index (before, i))->name, name) == 0)
      return g_ptr_array_steal_index (before, i);

  variant = g_new0 (Variant, 1);
  variant->name = g_strdup (name);
  variant->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) sample_free);

  return variant;
}

/**
 * sage_traffic_add:
 * @self: the traffic
 * @answer: what the engine says of the endpoint, `/sagebrush/v1/endpoints/NAME/metrics`; anything that
 *   is not as expected in it counts as nothing
 *
 * Takes in what was counted by now.
 */
void
sage_traffic_add (SageTraffic *self,
                  JsonObject  *answer)
{
  g_autoptr(GPtrArray) before = self->variants;
  double uptime = sage_json_double (answer, "Uptime", 0);
  JsonArray *variants = sage_json_array (answer, "Variants");
  guint n = variants != NULL ? MIN (json_array_get_length (variants), MAX_VARIANTS) : 0;

  uptime = isfinite (uptime) ? MAX (uptime, 0) : 0;
  if (uptime <= self->uptime)
    g_ptr_array_set_size (before, 0);
  self->uptime = uptime;
  self->variants = g_ptr_array_new_with_free_func ((GDestroyNotify) variant_free);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = sage_json_array_object (variants, i);
      const char *name = object != NULL ? sage_json_string (object, "VariantName", NULL) : NULL;
      Variant *variant;

      if (name == NULL)
        continue;
      variant = take_variant (before, name);
      append_sample (variant, read_sample (object, uptime));
      g_ptr_array_add (self->variants, variant);
    }
}

/* --- Reading ---------------------------------------------------------------------------------- */

guint
sage_traffic_get_n_variants (SageTraffic *self)
{
  return self->variants->len;
}

/**
 * sage_traffic_get_uptime:
 *
 * Returns: for how many seconds was counted when the last answer came
 */
double
sage_traffic_get_uptime (SageTraffic *self)
{
  return self->uptime;
}

static double
rate_between (const Sample *from,
              const Sample *to)
{
  return to->time > from->time ? (double) (to->calls - from->calls) / (to->time - from->time) : NAN;
}

/* Calls per second in the last seconds, or since it was last looked if that is longer ago. */
static double
read_rate (Variant *variant)
{
  Sample *newest = newest_of (variant);
  guint i = variant->samples->len - 1;

  if (i == 0)
    return NAN;
  do
    i--;
  while (i > 0 && sample_at (variant, i - 1)->time >= newest->time - RATE_SECONDS);

  return rate_between (sample_at (variant, i), newest);
}

/* Each point has the rate between the two looks that it lies between. */
static void
read_rates (Variant *variant,
            double  *rates)
{
  double now = newest_of (variant)->time;
  guint to = 1;

  for (guint i = 0; i < SAGE_TRAFFIC_POINTS; i++)
    {
      double time = now - (SAGE_TRAFFIC_POINTS - 1 - i) * SAGE_TRAFFIC_STEP;

      while (to + 1 < variant->samples->len && sample_at (variant, to)->time < time)
        to++;
      if (to < variant->samples->len && sample_at (variant, to - 1)->time < time)
        rates[i] = rate_between (sample_at (variant, to - 1), sample_at (variant, to));
      else
        rates[i] = NAN;
    }
}

/* What has come between two looks; from the beginning without @from. */
static void
read_counts (const Sample *from,
             const Sample *to,
             guint64      *counts)
{
  gint64 difference[SAGE_LATENCY_BUCKETS] = { 0 };

  for (guint i = 0; i < to->histogram->len; i++)
    {
      const Bucket *bucket = &g_array_index (to->histogram, Bucket, i);

      difference[bucket->bucket] += bucket->count;
    }
  for (guint i = 0; from != NULL && i < from->histogram->len; i++)
    {
      const Bucket *bucket = &g_array_index (from->histogram, Bucket, i);

      difference[bucket->bucket] -= bucket->count;
    }
  for (guint i = 0; i < SAGE_LATENCY_BUCKETS; i++)
    counts[i] = (guint64) MAX (difference[i], 0);
}

static double
quantile (const guint64 *counts,
          double         share)
{
  gint64 us = sage_latency_quantile (counts, share);

  return us > 0 ? (double) us / G_USEC_PER_SEC : NAN;
}

/**
 * sage_traffic_read:
 * @self: the traffic
 * @i: a variant
 * @figures: (out caller-allocates): what is known of it; the name is valid until the next answer
 *
 * Reads what was taken in.
 */
void
sage_traffic_read (SageTraffic        *self,
                   guint               i,
                   SageTrafficFigures *figures)
{
  guint64 counts[SAGE_LATENCY_BUCKETS];
  Variant *variant;
  Sample *oldest, *newest;
  gint64 recent;

  g_return_if_fail (i < self->variants->len);

  variant = g_ptr_array_index (self->variants, i);
  oldest = sample_at (variant, 0);
  newest = newest_of (variant);
  recent = newest->calls - oldest->calls;

  figures->variant = variant->name;
  figures->calls = newest->calls;
  figures->errors = newest->errors;
  figures->rate = read_rate (variant);
  figures->recent_errors = recent > 0
    ? CLAMP ((double) (newest->errors - oldest->errors) / (double) recent, 0, 1) : NAN;
  read_rates (variant, figures->rates);

  read_counts (NULL, newest, counts);
  figures->median = quantile (counts, 0.5);
  figures->p99 = quantile (counts, 0.99);
  read_counts (oldest, newest, counts);
  figures->recent_median = quantile (counts, 0.5);
  figures->recent_p99 = quantile (counts, 0.99);
}
