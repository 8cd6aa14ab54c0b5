/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-time.h"

#define DAY (24 * 60 * 60)

static const struct
{
  const char *text;
  gint64      seconds; /* -1: no duration */
} durations[] = {
  { "P30D", 30 * DAY },
  { "30d", 30 * DAY },
  { "5y", 5 * 365 * DAY },
  { "T16m", 16 * 60 },
  { "16m", 16 * 30 * DAY },
  { "30dT5h", 30 * DAY + 5 * 60 * 60 },
  { "PT1H", 60 * 60 },
  { "pt5M", 5 * 60 },
  { "P1Y2M3W4DT5H6M7S", (365 + 60 + 21 + 4) * DAY + 5 * 3600 + 6 * 60 + 7 },
  { "P0D", 0 },
  { "PT000001S", 1 },
  { "P999999Y", G_GINT64_CONSTANT (999999) * 365 * DAY },

  { "", -1 },
  { "P", -1 },
  { "T", -1 },
  { "PT", -1 },
  { "P1DT", -1 },
  { "PP1D", -1 },
  { "1", -1 },
  { "D", -1 },
  { "P1", -1 },
  { "P1D2", -1 },
  { "1h", -1 },
  { "PT1D", -1 },
  { "P1D1M", -1 },
  { "P1D1D", -1 },
  { "PT1HT1M", -1 },
  { "P-1D", -1 },
  { "-P1D", -1 },
  { "P+1D", -1 },
  { "P1.5D", -1 },
  { "P1,5D", -1 },
  { "P1e3D", -1 },
  { "P0x1D", -1 },
  { "P1000000D", -1 },
  { "P99999999999999999999999999D", -1 },
  { " P1D", -1 },
  { "P1D ", -1 },
  { "P 1D", -1 },
  { "P1D\n", -1 },
  { "P\331\243D", -1 }, /* an Arabic 3 */
  { "P1\377", -1 },
  { "P0001-01-01T00:00:00", -1 },
  { "30 days", -1 },
};

static void
test_durations (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      g_autofree char *shown = g_strescape (durations[i].text, NULL);
      gint64 seconds = -1;
      gboolean is_duration = sage_time_parse_duration (durations[i].text, &seconds);

      g_test_message ("'%s'", shown);
      g_assert_cmpint (is_duration, ==, durations[i].seconds >= 0);
      g_assert_cmpint (seconds, ==, durations[i].seconds);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/time/durations", test_durations);

  return g_test_run ();
}
