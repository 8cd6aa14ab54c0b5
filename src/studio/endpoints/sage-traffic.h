/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What is shown of the past: so many points, so many seconds apart. */
#define SAGE_TRAFFIC_POINTS 150
#define SAGE_TRAFFIC_STEP   2
#define SAGE_TRAFFIC_SECONDS (SAGE_TRAFFIC_POINTS * SAGE_TRAFFIC_STEP)

/*
 * What an endpoint was asked, by variant: follows from what the engine has counted at several times.
 * When counting begins anew, with another gateway or another endpoint, so does this.
 */
typedef struct _SageTraffic SageTraffic;

/* "Recent" is what is shown of the past, as far as it was seen. Numbers that are not known are NAN;
 * times are seconds. */
typedef struct
{
  const char *variant;
  gint64      calls;         /* since counting began */
  gint64      errors;
  double      median;
  double      p99;
  double      rate;          /* calls per second, of the last ten seconds */
  double      recent_errors; /* their share of the recent calls, from 0 to 1 */
  double      recent_median;
  double      recent_p99;
  double      rates[SAGE_TRAFFIC_POINTS]; /* calls per second, the oldest first */
} SageTrafficFigures;

SageTraffic *sage_traffic_new            (void);
void         sage_traffic_free           (SageTraffic        *self);
void         sage_traffic_add            (SageTraffic        *self,
                                          JsonObject         *answer);
guint        sage_traffic_get_n_variants (SageTraffic        *self);
double       sage_traffic_get_uptime     (SageTraffic        *self);
void         sage_traffic_read           (SageTraffic        *self,
                                          guint               i,
                                          SageTrafficFigures *figures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageTraffic, sage_traffic_free)

G_END_DECLS
