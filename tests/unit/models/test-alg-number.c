/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alg-number.h"

static guint32
bits_of (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);

  return bits;
}

static float
float_of (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);

  return value;
}

static void
assert_parses_like_libc (const char *text)
{
  char *end;
  float expected = strtof (text, &end);
  float value = 0;
  gsize length = alg_float_parse (text, strlen (text), &value);

  if (length != (gsize) (end - text) || bits_of (value) != bits_of (expected))
    g_error ("'%s': %.9g of %" G_GSIZE_FORMAT " bytes, not %.9g", text, value, length, expected);
}

static void
test_parse_table (void)
{
  static const char * const texts[] = {
    "0", "-0", "+1", "1.", ".5", "00012", "1e5", "1E+5", "1e-5", "1e", "1e+", "1.5e3x", "12abc",
    "3.4028235e38", "3.4028236e38", "3.5e38", "1e999", "-1e999", "1e-999", "1.1754944e-38",
    "1.1754942e-38", "1e-45", "7e-46", "7.1e-46", "16777217", "16777219", "33554435",
    "9007199254740993", "0.1", "0.30000001192092896", "123456789012345678901234567890",
    "0.000000000000000000000000000000000000000000001", "340282356779733661637539395458142568447",
    "1.00000017881393432617187499", "1.00000017881393432617187500", "1.00000017881393432617187501",
    "8388608.5", "8388609.5", "1e-22", "1e22", "1e23", "1e-23", "1e99999999999999999999",
  };
  static const char * const none[] = { "", "-", "+", ".", "e5", "-.", "x", " 1", "nan", "inf" };
  float value;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_parses_like_libc (texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_cmpuint (alg_float_parse (none[i], strlen (none[i]), &value), ==, 0);
}

static void
test_parse_random (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < 300000; i++)
    {
      float value = float_of (g_rand_int (rand));
      double between = value + (double) nextafterf (value, INFINITY);
      char text[64];

      if (!isfinite (value) || !isfinite (between))
        continue;

      g_snprintf (text, sizeof text, "%.*g", g_rand_int_range (rand, 1, 22), (double) value);
      assert_parses_like_libc (text);

      /* The hardest: half-way between two floats, and next to it. */
      g_snprintf (text, sizeof text, "%.*g", g_rand_int_range (rand, 8, 40), between / 2);
      assert_parses_like_libc (text);
    }
}

static void
test_print_table (void)
{
  static const struct
  {
    float       value;
    const char *text;
  } cases[] = {
    { 0.0f, "0.0" }, { -0.0f, "-0.0" }, { 1.0f, "1.0" }, { -2.5f, "-2.5" }, { 0.1f, "0.1" },
    { 0.061523553f, "0.061523553" }, { 1e-4f, "0.0001" }, { 1e-5f, "1e-05" }, { 1.5e-7f, "1.5e-07" },
    { 123456.0f, "123456.0" }, { 16777216.0f, "16777216.0" }, { 1e15f, "1000000000000000.0" },
    { 1e16f, "1e+16" }, { 3.4028235e38f, "3.4028235e+38" }, { 1e-45f, "1e-45" },
    { 0.99999994f, "0.99999994" }, { 9.999999e9f, "9999999000.0" }, { NAN, "nan" },
    { INFINITY, "inf" }, { -INFINITY, "-inf" }, { 0.3f, "0.3" }, { 8388608.5f, "8388608.0" },
    { 33554432.0f, "33554432.0" }, { 9.8765434e-5f, "9.8765435e-05" },
  };
  char text[ALG_FLOAT_TEXT];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpuint (alg_float_print (cases[i].value, text), ==, strlen (cases[i].text));
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static guint
significant (const char *text)
{
  guint n = 0;
  guint zeros = 0;

  for (; *text != '\0' && *text != 'e'; text++)
    if (g_ascii_isdigit (*text) && (n > 0 || *text != '0'))
      {
        n++;
        zeros = *text == '0' ? zeros + 1 : 0;
      }

  return n - zeros;
}

static void
test_print_random (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (2);

  for (guint i = 0; i < 300000; i++)
    {
      float value = i % 2 != 0 ? float_of (g_rand_int (rand))
                               : (float) g_rand_double_range (rand, -1000, 1000);
      char text[ALG_FLOAT_TEXT];
      char libc[64];
      int precision = 1;

      if (!isfinite (value))
        continue;

      alg_float_print (value, text);
      if (bits_of (strtof (text, NULL)) != bits_of (value))
        g_error ("%.9g printed as %s", value, text);

      do
        g_snprintf (libc, sizeof libc, "%.*g", precision++, (double) value);
      while (bits_of (strtof (libc, NULL)) != bits_of (value));
      if (significant (text) > significant (libc))
        g_error ("%s is longer than %s", text, libc);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/number/parse/table", test_parse_table);
  g_test_add_func ("/number/parse/random", test_parse_random);
  g_test_add_func ("/number/print/table", test_print_table);
  g_test_add_func ("/number/print/random", test_print_random);

  return g_test_run ();
}
