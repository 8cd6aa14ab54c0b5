/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "alg-number.h"

static AlgNumber
parse (const char *text,
       double     *value,
       gsize      *used)
{
  const char *cursor = text;
  AlgNumber result = alg_number_parse (&cursor, text + strlen (text), value);

  *used = (gsize) (cursor - text);

  return result;
}

/* Whatever the fast path takes must be what strtod() says, bit for bit. */
static void
check_equals_strtod (const char *text)
{
  double ours, theirs = g_ascii_strtod (text, NULL);
  gsize used;
  AlgNumber result = parse (text, &ours, &used);

  g_assert_cmpint (result, ==, isinf (theirs) ? ALG_NUMBER_RANGE : ALG_NUMBER_OK);
  g_assert_cmpuint (used, ==, strlen (text));

  if (memcmp (&ours, &theirs, sizeof ours) != 0)
    g_error ("'%s': %.17g instead of %.17g", text, ours, theirs);
}

static void
test_known (void)
{
  static const char *const texts[] = {
    "0", "-0", "+1", "1.", ".5", "-.5", "007", "12345678", "123456789012345678", "0.1",
    "0.30000000000000004", "1e3", "1E-3", "1e400", "-1e400", "1e-400", "1.7976931348623157e308",
    "4.9e-324", "9007199254740993", "9007199254740992.5", "0.000000000000000000000000001",
    "123456789012345678901234567890", "1.00000000000000011102230246251565",
    "1.0000000000000001110223024625156540", "18446744073709551615", "18446744073709551616",
    "99999999999999999999", "8388608.5", "16777217", "0.000001234567890123456",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_equals_strtod (texts[i]);
}

static void
test_random (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < 200000; i++)
    {
      double value = ldexp (g_rand_double (rand) - 0.5, g_rand_int_range (rand, -60, 60));
      g_autofree char *text = g_strdup_printf ("%.*f", g_rand_int_range (rand, 0, 22), value);
      g_autofree char *scientific = g_strdup_printf ("%.*e", g_rand_int_range (rand, 0, 19),
                                                     value);

      check_equals_strtod (text);
      check_equals_strtod (scientific);
    }
}

static void
test_stops (void)
{
  static const struct
  {
    const char *text;
    AlgNumber   result;
    gsize       used;
  } cases[] = {
    { "", ALG_NUMBER_NONE, 0 },      { "-", ALG_NUMBER_NONE, 0 },
    { ".", ALG_NUMBER_NONE, 0 },     { "e5", ALG_NUMBER_NONE, 0 },
    { "nan", ALG_NUMBER_NONE, 0 },   { "inf", ALG_NUMBER_NONE, 0 },
    { "--1", ALG_NUMBER_NONE, 0 },   { "\xD9\xA3", ALG_NUMBER_NONE, 0 },
    { "0x10", ALG_NUMBER_OK, 1 },    { "1_000", ALG_NUMBER_OK, 1 },
    { "1e", ALG_NUMBER_OK, 1 },      { "1e+", ALG_NUMBER_OK, 1 },
    { "1.2.3", ALG_NUMBER_OK, 3 },   { "12345678x", ALG_NUMBER_OK, 8 },
    { "1234567\xB0", ALG_NUMBER_OK, 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double value;
      gsize used;

      g_assert_cmpint (parse (cases[i].text, &value, &used), ==, cases[i].result);
      g_assert_cmpuint (used, ==, cases[i].used);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/algorithms/number/known", test_known);
  g_test_add_func ("/algorithms/number/random", test_random);
  g_test_add_func ("/algorithms/number/stops", test_stops);

  return g_test_run ();
}
