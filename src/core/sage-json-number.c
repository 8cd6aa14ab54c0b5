/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json"

#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "sage-json.h"

/* What a double is between 1 and 10^15 or a little below 1 is read off 17 digits that a long double with
 * its 64 bits holds: they are wrong by less than the 17th of them, and a double is told from its
 * neighbours by less than that. Of other machines and other numbers the C library knows the way. */
#define HAS_DIGITS (LDBL_MANT_DIG >= 64)

#define N_DIGITS 17

static const long double powers[] = {
  1e0L, 1e1L, 1e2L, 1e3L, 1e4L, 1e5L, 1e6L, 1e7L, 1e8L, 1e9L, 1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L,
  1e16L, 1e17L, 1e18L, 1e19L, 1e20L,
};

/* Writes @n digits of @decimal × 10^(@exponent - @n + 1), without zeros at the end. Returns the length */
static gsize
write_fixed (char    *out,
             guint64  decimal,
             int      n,
             int      exponent)
{
  char digits[N_DIGITS];
  char *at = out;
  int last;

  for (int i = n - 1; i >= 0; i--, decimal /= 10)
    digits[i] = (char) ('0' + decimal % 10);
  for (last = n - 1; last > MAX (exponent, 0) && digits[last] == '0'; last--)
    ;

  if (exponent < 0)
    {
      *at++ = '0';
      *at++ = '.';
      for (int i = exponent + 1; i < 0; i++)
        *at++ = '0';
    }
  for (int i = 0; i <= last; i++)
    {
      *at++ = digits[i];
      if (i == exponent && i < last)
        *at++ = '.';
    }

  return (gsize) (at - out);
}

typedef enum
{
  NO,
  YES,
  UNKNOWN,
} Answer;

/* Whether no double is nearer to @decimal / 10^@power than @value, which is positive. */
static Answer
is_nearest (guint64 decimal,
            int     power,
            double  value)
{
  long double off = (long double) decimal / powers[power] - (long double) value;
  /* below a power of two they are closer than above it */
  double gap = off < 0 ? value - nextafter (value, 0) : nextafter (value, INFINITY) - value;

  off = fabsl (off) / (long double) gap;

  return off < 0.499L ? YES : off > 0.501L ? NO : UNKNOWN;
}

/**
 * sage_json_write_digits:
 * @out: at least %SAGE_JSON_DIGITS_SIZE bytes
 * @value: a number
 *
 * Writes the shortest of the forms with 15, 16 and 17 digits that reads back as @value, without a NUL,
 * where that takes neither an exponent nor the C library: of most numbers that are measured.
 *
 * Returns: its length; 0 where it is not written
 */
gsize
sage_json_write_digits (char   *out,
                        double  value)
{
  double magnitude = fabs (value);
  gsize sign = value < 0;
  int exponent = 0;
  guint64 decimal;

  if (!HAS_DIGITS || !(magnitude >= 1e-4) || magnitude >= 1e15)
    return 0;

  while (exponent < 15 && magnitude >= (double) powers[exponent + 1])
    exponent++;
  while (magnitude < 1 && magnitude * (double) powers[-exponent] < 1)
    exponent--;
  decimal = (guint64) ((long double) magnitude * powers[N_DIGITS - 1 - exponent] + 0.5L);
  if (decimal < (guint64) powers[N_DIGITS - 1] || decimal >= (guint64) powers[N_DIGITS])
    return 0; /* rounded up to another power */

  *out = '-';
  for (int n = 15; n < N_DIGITS; n++)
    {
      guint64 unit = n == 15 ? 100 : 10;
      guint64 shorter = (decimal + unit / 2) / unit;
      Answer answer = is_nearest (shorter, n - 1 - exponent, magnitude);

      /* the 17th digit may be one too many */
      if (decimal % unit == unit / 2 &&
          is_nearest (shorter - 1, n - 1 - exponent, magnitude) != NO)
        return 0;
      if (answer == UNKNOWN || shorter >= (guint64) powers[n])
        return 0;
      if (answer == YES)
        return sign + write_fixed (out + sign, shorter, n, exponent);
    }

  return sign + write_fixed (out + sign, decimal, N_DIGITS, exponent);
}
