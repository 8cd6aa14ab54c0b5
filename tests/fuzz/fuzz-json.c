/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-json"

#include "config.h"

#include "sage-json.h"

/*
 * The strict JSON reader: no input crashes it, and whatever it accepts it can write and read again.
 * From the second writing on the text stays the same; the first may lose the sign of a zero.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static char *
read_and_write (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse (text, -1, NULL, &error);

  if (node == NULL)
    g_error ("Accepted, written as '%s' and then refused: %s", text, error->message);

  return sage_json_to_string (node);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(JsonNode) node = sage_json_parse ((const char *) data, (gssize) size, NULL, NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  if (node == NULL)
    return 0;

  first = sage_json_to_string (node);
  second = read_and_write (first);
  third = read_and_write (second);
  if (g_strcmp0 (second, third) != 0)
    g_error ("Written as '%s', then as '%s'", second, third);

  return 0;
}
