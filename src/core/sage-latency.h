/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long calls took, counted in buckets that are a microsecond wide up to 16 us and a sixteenth of
 * what they begin with from there on, up to 134 s. Two histograms of the same calls at two times
 * differ by the histogram of the calls between. */
#define SAGE_LATENCY_BUCKETS 384

guint  sage_latency_bucket   (gint64         us);
gint64 sage_latency_bound    (guint          bucket);
gint64 sage_latency_quantile (const guint64 *counts,
                              double         share);

G_END_DECLS
