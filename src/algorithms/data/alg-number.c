/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-number"

#include "config.h"

#include <math.h>

#include "alg-number.h"

/* The end of the decimal number at @at, exponent included; @at itself when there is none. */
static const char *
number_end (const char *at,
            const char *end)
{
  const char *start = at;
  const char *exponent;
  gsize digits = 0;

  if (at < end && (*at == '-' || *at == '+'))
    at++;

  for (; at < end && g_ascii_isdigit (*at); at++)
    digits++;

  if (at < end && *at == '.')
    for (at++; at < end && g_ascii_isdigit (*at); at++)
      digits++;

  if (digits == 0)
    return start;

  if (at == end || (*at | 0x20) != 'e')
    return at;

  exponent = at + 1;

  if (exponent < end && (*exponent == '-' || *exponent == '+'))
    exponent++;

  if (exponent == end || !g_ascii_isdigit (*exponent))
    return at;

  while (exponent < end && g_ascii_isdigit (*exponent))
    exponent++;

  return exponent;
}

/**
 * alg_number_parse_slow:
 * @cursor: (inout): where the number starts; left behind it when there is one
 * @end: the end of the text, which need not be terminated
 * @value: (out): the nearest double
 *
 * The general path of alg_number_parse(): exponents, more than 19 digits, hard roundings.
 */
AlgNumber
alg_number_parse_slow (const char **cursor,
                       const char  *end,
                       double      *value)
{
  const char *stop = number_end (*cursor, end);
  gsize length = (gsize) (stop - *cursor);
  char buffer[64];
  g_autofree char *heap = NULL;
  char *text = buffer;

  if (length == 0)
    return ALG_NUMBER_NONE;

  if (length >= sizeof buffer)
    text = heap = g_malloc (length + 1);

  memcpy (text, *cursor, length);
  text[length] = '\0';

  *value = g_ascii_strtod (text, NULL);
  *cursor = stop;

  return isinf (*value) ? ALG_NUMBER_RANGE : ALG_NUMBER_OK;
}
