/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double    sage_time_now          (void);
gint64    sage_time_boot         (void);
char     *sage_time_to_iso8601   (double       seconds);
char     *sage_time_to_http_date (double       seconds);
gboolean  sage_time_parse_iso8601 (const char *text,
                                   double     *seconds);
gboolean  sage_time_parse_duration (const char *text,
                                   gint64     *seconds);

G_END_DECLS
