/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-time"

#include "config.h"

#include <math.h>
#include <time.h>

#include "sage-time.h"

/**
 * sage_time_now:
 *
 * Returns: the wall clock in seconds since the epoch, cut to whole milliseconds, as AWS's JSON
 *   protocol carries it. Never use it to measure a duration: g_get_monotonic_time() does that.
 */
double
sage_time_now (void)
{
  return (double) (g_get_real_time () / 1000) / 1000.0;
}

/**
 * sage_time_boot:
 *
 * Returns: microseconds since the machine was started, also those that it slept: for durations in
 *   which the outside world goes on
 */
gint64
sage_time_boot (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/**
 * sage_time_to_iso8601:
 * @seconds: seconds since the epoch
 *
 * Returns: (transfer full): `2026-01-31T08:09:10.123Z`
 */
char *
sage_time_to_iso8601 (double seconds)
{
  time_t whole = (time_t) floor (seconds);
  int millis = (int) lrint ((seconds - (double) whole) * 1000.0);
  struct tm tm;

  if (millis >= 1000)
    {
      whole++;
      millis = 0;
    }

  gmtime_r (&whole, &tm);

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                          tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, millis);
}

/**
 * sage_time_to_http_date:
 * @seconds: seconds since the epoch
 *
 * Returns: (transfer full): the IMF-fixdate of RFC 9110 5.6.7, `Sat, 31 Jan 2026 08:09:10 GMT`
 */
char *
sage_time_to_http_date (double seconds)
{
  static const char * const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
  static const char * const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  time_t whole = (time_t) floor (seconds);
  struct tm tm;

  gmtime_r (&whole, &tm);

  return g_strdup_printf ("%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                          months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/**
 * sage_time_parse_iso8601:
 * @text: an ISO 8601 date and time; without a zone it is taken as UTC
 * @seconds: (out): seconds since the epoch
 *
 * Returns: whether @text is a date and time
 */
gboolean
sage_time_parse_iso8601 (const char *text,
                         double     *seconds)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GDateTime) when = g_date_time_new_from_iso8601 (text, utc);

  if (when == NULL)
    return FALSE;

  *seconds = (double) g_date_time_to_unix (when) + g_date_time_get_microsecond (when) / 1e6;

  return TRUE;
}

/* A number of a duration has at most so many digits: the longest sum stays far from overflow. */
#define DURATION_DIGITS 6

#define DAY_SECONDS (24 * 60 * 60)

typedef struct
{
  char   letter;  /* in upper case */
  gint64 seconds;
} DurationUnit;

/* Reads numbers with units of @units, which is in their order. Returns what follows them. */
static const char *
read_amounts (const char         *text,
              const DurationUnit *units,
              gsize               n_units,
              gint64             *seconds)
{
  for (gsize i = 0; i < n_units; i++)
    {
      const char *digit = text;
      gint64 amount = 0;

      while (g_ascii_isdigit (*digit) && digit - text < DURATION_DIGITS)
        amount = 10 * amount + g_ascii_digit_value (*digit++);
      if (digit == text || g_ascii_toupper (*digit) != units[i].letter)
        continue;

      *seconds += amount * units[i].seconds;
      text = digit + 1;
    }

  return text;
}

/**
 * sage_time_parse_duration:
 * @text: an ISO 8601 duration, `P30D`, `PT1H`, `P1DT12H`; also as AWS writes it, without the P and
 *   in any case: `30d`, `T16m`
 * @seconds: (out): how long it is, with months of 30 days and years of 365
 *
 * Returns: whether @text is a duration
 */
gboolean
sage_time_parse_duration (const char *text,
                          gint64     *seconds)
{
  static const DurationUnit date_units[] = {
    { 'Y', 365 * DAY_SECONDS }, { 'M', 30 * DAY_SECONDS }, { 'W', 7 * DAY_SECONDS },
    { 'D', DAY_SECONDS },
  };
  static const DurationUnit time_units[] = { { 'H', 60 * 60 }, { 'M', 60 }, { 'S', 1 } };
  const char *date = g_ascii_toupper (*text) == 'P' ? text + 1 : text;
  const char *time;
  const char *end;
  gint64 sum = 0;

  time = end = read_amounts (date, date_units, G_N_ELEMENTS (date_units), &sum);
  if (g_ascii_toupper (*time) == 'T')
    {
      end = read_amounts (time + 1, time_units, G_N_ELEMENTS (time_units), &sum);
      if (end == time + 1)
        return FALSE;
    }
  if (end == date || *end != '\0')
    return FALSE;

  *seconds = sum;
  return TRUE;
}
