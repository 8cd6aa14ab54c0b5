/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "sage-clock.h"

/**
 * sage_clock_time:
 * @seconds: a time of today or nearly so, in seconds since 1970
 *
 * Returns: (transfer full): the time of day, to the minute
 */
char *
sage_clock_time (double seconds)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local ((gint64) seconds);

  /* Translators: a time of day, as strftime(3) has it */
  return time != NULL ? g_date_time_format (time, _("%H:%M")) : g_strdup ("");
}
