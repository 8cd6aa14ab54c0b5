/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-natural"

#include "config.h"

#include <string.h>

#include "sage-natural.h"

/* Compares the numbers at *@a and *@b and goes past them. They may have any number of digits. */
static int
compare_numbers (const char **a,
                 const char **b)
{
  gsize length_a;
  gsize length_b;
  int result;

  *a += strspn (*a, "0");
  *b += strspn (*b, "0");
  length_a = strspn (*a, "0123456789");
  length_b = strspn (*b, "0123456789");

  result = length_a != length_b ? (length_a < length_b ? -1 : 1) : memcmp (*a, *b, length_a);
  *a += length_a;
  *b += length_b;

  return result;
}

/**
 * sage_natural_compare:
 * @a: (nullable): a name
 * @b: (nullable): another
 *
 * Compares names as people order them: numbers in them by value, so that `churn-9` comes before
 * `churn-10`, and letters of ASCII whatever their case. It takes no memory: a list of 100,000 is
 * sorted with it.
 *
 * Returns: less than, equal to or greater than 0; 0 only for equal names; %NULL comes last
 */
int
sage_natural_compare (const char *a,
                      const char *b)
{
  const char *p = a;
  const char *q = b;

  if (a == NULL || b == NULL)
    return (a == NULL) - (b == NULL);

  while (*p != '\0' && *q != '\0')
    {
      int result;

      if (g_ascii_isdigit (*p) && g_ascii_isdigit (*q))
        result = compare_numbers (&p, &q);
      else
        result = (guchar) g_ascii_tolower (*p++) - (guchar) g_ascii_tolower (*q++);
      if (result != 0)
        return result;
    }

  if (*p != '\0' || *q != '\0')
    return *p != '\0' ? 1 : -1;

  return strcmp (a, b);
}
