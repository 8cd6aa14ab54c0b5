/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-number"

#include "config.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alg-number.h"

/* The powers of ten that a double holds exactly. */
static const double powers[] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

#define MAX_POWER  22
#define MAX_DIGITS 19 /* what fits a guint64 whatever the digits are */

/* A decimal number as it is written. */
typedef struct
{
  guint64  digits;   /* the first 19 significant ones */
  gint64   exponent; /* value = digits × 10^exponent, more digits cut off */
  gboolean negative;
} Decimal;

/* Rounds correctly whatever it costs; the text is of bounded use only in error. */
static float
parse_slowly (const char *text,
              gsize       length)
{
  static gsize once = 0;
  static locale_t locale;
  g_autofree char *copy = NULL;
  char small[64];
  char *buffer = small;

  if (g_once_init_enter (&once))
    {
      locale = newlocale (LC_NUMERIC_MASK, "C", (locale_t) 0);
      g_once_init_leave (&once, 1);
    }

  if (length >= sizeof small)
    buffer = copy = g_malloc (length + 1);

  memcpy (buffer, text, length);
  buffer[length] = '\0';

  return strtof_l (buffer, NULL, locale);
}

/* Turns @decimal into the nearest float, where a double is enough to tell which one that is. The
 * double is off by less than four units of its last place, so it decides unless a midpoint between
 * two floats is as near as that. */
static gboolean
convert_quickly (const Decimal *decimal,
                 float         *value)
{
  double wide = (double) decimal->digits;
  guint64 bits;
  guint64 tail;

  if (decimal->exponent < -MAX_POWER || decimal->exponent > MAX_POWER)
    return FALSE;

  if (decimal->exponent < 0)
    wide /= powers[-decimal->exponent];
  else
    wide *= powers[decimal->exponent];

  if (decimal->digits != 0 && (wide < 1.2e-38 || wide > 3.4e38))
    return FALSE;

  memcpy (&bits, &wide, sizeof bits);
  tail = bits & ((G_GUINT64_CONSTANT (1) << 29) - 1);
  if (tail >= (1 << 28) - 4 && tail <= (1 << 28) + 4)
    return FALSE;

  *value = decimal->negative ? -(float) wide : (float) wide;

  return TRUE;
}

/* Reads the digits at @p into @decimal; @fraction counts each as a tenth of the one before. */
static const char *
scan_digits (const char *p,
             const char *end,
             gboolean    fraction,
             guint      *n_kept,
             Decimal    *decimal)
{
  for (; p < end && (guchar) (*p - '0') < 10; p++)
    {
      if (*n_kept < MAX_DIGITS)
        {
          decimal->digits = decimal->digits * 10 + (*p - '0');
          *n_kept += decimal->digits != 0;
          decimal->exponent -= fraction;
        }
      else
        {
          decimal->exponent += !fraction;
        }
    }

  return p;
}

static const char *
scan_exponent (const char *p,
               const char *end,
               Decimal    *decimal)
{
  const char *q = p + 1;
  gboolean negative = FALSE;
  gint64 exponent = 0;

  if (q < end && (*q == '+' || *q == '-'))
    negative = *q++ == '-';
  if (q == end || !g_ascii_isdigit (*q))
    return p;

  for (; q < end && g_ascii_isdigit (*q); q++)
    exponent = MIN (exponent * 10 + (*q - '0'), 1000000);

  decimal->exponent += negative ? -exponent : exponent;

  return q;
}

/**
 * alg_float_parse:
 * @text: (array length=length): where the number begins; need not end in NUL
 * @length: how many bytes there are
 * @value: (out): the nearest float, infinite beyond the range
 *
 * Reads a decimal number at the start of @text as strtof() would in the C locale, but neither white
 * space nor hexadecimal nor the words `inf` and `nan`.
 *
 * Returns: how many bytes the number takes, 0 if there is none
 */
gsize
alg_float_parse (const char *text,
                 gsize       length,
                 float      *value)
{
  const char *end = text + length;
  const char *p = text;
  const char *digits;
  Decimal decimal = { 0 };
  guint n_kept = 0;
  gsize n_digits;

  if (p < end && (*p == '+' || *p == '-'))
    decimal.negative = *p++ == '-';

  digits = p;
  p = scan_digits (p, end, FALSE, &n_kept, &decimal);
  n_digits = p - digits;

  if (p < end && *p == '.')
    {
      digits = ++p;
      p = scan_digits (p, end, TRUE, &n_kept, &decimal);
      n_digits += p - digits;
    }

  if (n_digits == 0)
    return 0;
  if (p < end && (*p == 'e' || *p == 'E'))
    p = scan_exponent (p, end, &decimal);

  if (!convert_quickly (&decimal, value))
    *value = parse_slowly (text, p - text);

  return p - text;
}

/* Writes @n decimal digits of @digits to @out, leading zeros included. */
static void
put_digits (char    *out,
            guint32  digits,
            int      n)
{
  while (n-- > 0)
    {
      out[n] = '0' + digits % 10;
      digits /= 10;
    }
}

/* Finds the shortest digits whose value rounds back to @magnitude: digits × 10^exponent. */
static void
shortest (float    magnitude,
          guint32 *digits,
          int     *n_digits,
          int     *exponent)
{
  int top = (int) floor (log10 (magnitude));

  /* Six digits survive the way there and back, so fewer are found by their zeros; not so among the
   * smallest numbers. */
  for (int n = magnitude < FLT_MIN ? 1 : FLT_DIG; n <= 9; n++)
    {
      int shift = n - 1 - top;
      double scaled = shift >= 0 && shift <= MAX_POWER    ? magnitude * powers[shift]
                      : shift < 0 && shift >= -MAX_POWER  ? magnitude / powers[-shift]
                                                          : magnitude * pow (10, shift);
      Decimal decimal = { (guint64) (scaled + 0.5), -shift, FALSE };
      float back;

      if (n < 9 && !convert_quickly (&decimal, &back))
        {
          char text[32];
          int length = g_snprintf (text, sizeof text, "%ue%d", (guint32) decimal.digits, -shift);

          back = parse_slowly (text, length);
        }
      if (n == 9 || back == magnitude)
        {
          *digits = decimal.digits;
          *n_digits = n;
          *exponent = -shift;
          break;
        }
    }

  /* Rounding up to a power of ten leaves one digit more than asked for. */
  *n_digits = 1;
  for (guint32 rest = *digits; rest >= 10; rest /= 10)
    (*n_digits)++;
  while (*n_digits > 1 && *digits % 10 == 0)
    {
      *digits /= 10;
      (*n_digits)--;
      (*exponent)++;
    }
}

/**
 * alg_float_print:
 * @value: a number
 * @out: (out): the text, ended by NUL
 *
 * Writes the fewest digits that read back as @value, in Python's notation: a point and at least one
 * decimal, an exponent below 1e-4 and from 1e16 on; `nan` and `inf` as these words.
 *
 * Returns: the length of the text
 */
gsize
alg_float_print (float value,
                 char  out[ALG_FLOAT_TEXT])
{
  char *p = out;
  guint32 digits;
  int n_digits;
  int exponent;
  int point;

  if (!isfinite (value))
    return g_strlcpy (out, isnan (value) ? "nan" : value < 0 ? "-inf" : "inf", ALG_FLOAT_TEXT);
  if (signbit (value))
    *p++ = '-';
  if (value == 0)
    {
      memcpy (p, "0.0", 4);
      return p + 3 - out;
    }

  shortest (fabsf (value), &digits, &n_digits, &exponent);
  point = n_digits + exponent; /* how many digits stand before the point */

  if (point < -3 || point > 16)
    {
      put_digits (p + 1, digits, n_digits);
      p[0] = p[1];
      p[1] = '.';
      p += n_digits > 1 ? n_digits + 1 : 1;
      p += g_snprintf (p, 8, "e%c%02d", point > 0 ? '+' : '-', ABS (point - 1));
    }
  else if (point <= 0)
    {
      memcpy (p, "0.000", 5);
      put_digits (p + 2 - point, digits, n_digits);
      p += 2 - point + n_digits;
    }
  else if (exponent >= 0)
    {
      put_digits (p, digits, n_digits);
      memset (p + n_digits, '0', exponent);
      memcpy (p + point, ".0", 2);
      p += point + 2;
    }
  else
    {
      put_digits (p + 1, digits, n_digits);
      memmove (p, p + 1, point);
      p[point] = '.';
      p += n_digits + 1;
    }

  *p = '\0';

  return p - out;
}
