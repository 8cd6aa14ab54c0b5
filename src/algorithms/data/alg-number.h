/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <float.h>
#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

typedef enum
{
  ALG_NUMBER_OK,
  ALG_NUMBER_NONE,  /* no number here; the cursor has not moved */
  ALG_NUMBER_RANGE, /* a number beyond what a double holds */
} AlgNumber;

AlgNumber alg_number_parse_slow (const char **cursor,
                                 const char  *end,
                                 double      *value);

/* What the digits of a decimal number say, as far as 64 bits hold them. */
typedef struct
{
  guint64     mantissa;
  int         digits; /* read into mantissa, leading zeros included */
  const char *cursor; /* the first character after them */
} AlgDigits;

/* Reads digits, eight at a time where eight more can be read (they stand in the order of their
 * bytes, so only a little-endian machine takes that path). */
static inline AlgDigits
alg_digits_parse (const char *cursor,
                  const char *end,
                  guint64     mantissa)
{
  const char *start = cursor;

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  while (end - cursor >= 8)
    {
      guint64 chunk;

      memcpy (&chunk, cursor, sizeof chunk);

      if (((chunk & 0xF0F0F0F0F0F0F0F0u) != 0x3030303030303030u)
          || (((chunk + 0x0606060606060606u) & 0xF0F0F0F0F0F0F0F0u) != 0x3030303030303030u))
        break;

      chunk -= 0x3030303030303030u;
      chunk = chunk * 10 + (chunk >> 8);
      chunk = (((chunk & 0x000000FF000000FFu) * 0x000F424000000064u)
               + (((chunk >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u)) >> 32;
      mantissa = mantissa * 100000000u + (guint32) chunk;
      cursor += 8;
    }
#endif

  while (cursor < end && (guint8) (*cursor - '0') <= 9)
    mantissa = mantissa * 10 + (guint8) (*cursor++ - '0');

  return (AlgDigits) { mantissa, (int) (cursor - start), cursor };
}

/* @mantissa times ten to the @exponent, exactly as strtod() rounds it, when that takes one exact
 * operation; %FALSE otherwise. Clinger's fast path, widened by the 64-bit mantissa of the x87
 * format: its quotient is off by at most half a unit, so it rounds on to a double as the true
 * value does unless it lies within one unit of the middle between two doubles. */
static inline gboolean
alg_number_scale (guint64  mantissa,
                  int      exponent,
                  double  *value)
{
  static const double powers[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  };

  if (exponent < -22 || exponent > 22)
    return FALSE;

  if (mantissa <= (G_GUINT64_CONSTANT (1) << 53))
    {
      *value = exponent < 0 ? (double) mantissa / powers[-exponent]
                            : (double) mantissa * powers[exponent];
      return TRUE;
    }

#if LDBL_MANT_DIG == 64 && defined (__x86_64__)
  {
    long double wide = exponent < 0 ? (long double) mantissa / (long double) powers[-exponent]
                                    : (long double) mantissa * (long double) powers[exponent];
    guint64 bits;

    memcpy (&bits, &wide, sizeof bits);

    if ((bits & 0x7FF) >= 0x3FF && (bits & 0x7FF) <= 0x401)
      return FALSE;

    *value = (double) wide;
    return TRUE;
  }
#else
  return FALSE;
#endif
}

/* Reads a decimal number as strtod() would, without its hexadecimal, infinity and NaN forms, and
 * leaves the cursor behind it. The value is the nearest double. */
static inline AlgNumber
alg_number_parse (const char **cursor,
                  const char  *end,
                  double      *value)
{
  const char *at = *cursor;
  gboolean negative = FALSE;
  AlgDigits digits;
  int count, exponent = 0;

  if (at < end && (*at == '-' || *at == '+'))
    negative = *at++ == '-';

  digits = alg_digits_parse (at, end, 0);
  count = digits.digits;
  at = digits.cursor;

  if (at < end && *at == '.')
    {
      digits = alg_digits_parse (at + 1, end, digits.mantissa);
      count += digits.digits;
      exponent = -digits.digits;
      at = digits.cursor;
    }

  if (count == 0)
    return ALG_NUMBER_NONE;

  if (count > 19 || (at < end && (*at | 0x20) == 'e')
      || !alg_number_scale (digits.mantissa, exponent, value))
    return alg_number_parse_slow (cursor, end, value);

  if (negative)
    *value = -*value;

  *cursor = at;

  return ALG_NUMBER_OK;
}

G_END_DECLS
