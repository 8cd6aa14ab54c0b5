/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-job-spec"

#include "config.h"

#include "eng-job.h"
#include "sage-json.h"

/*
 * The shim's own reader of a spec: no input crashes it, and what it accepts it understands as
 * json-glib does.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static void
compare_list (JsonObject *object,
              const char *member,
              GStrv       values)
{
  JsonArray *array = sage_json_array (object, member);
  guint length = array != NULL ? json_array_get_length (array) : 0;

  g_assert_cmpuint (length, ==, values != NULL ? g_strv_length (values) : 0);
  for (guint i = 0; i < length; i++)
    g_assert_cmpstr (values[i], ==, sage_json_array_string (array, i));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(EngJobSpec) spec = eng_job_spec_parse ((const char *) data, size, NULL);
  const SageJsonLimits limits = { .max_bytes = 8 << 20 };
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  if (spec == NULL)
    return 0;

  node = sage_json_parse_object ((const char *) data, (gssize) size, &limits, NULL);
  g_assert_nonnull (node);
  object = json_node_get_object (node);
  g_assert_cmpstr (spec->name, ==, sage_json_string (object, "name", NULL));
  g_assert_cmpint (spec->network, ==, sage_json_bool (object, "network", FALSE));
  compare_list (object, "argv", spec->argv);
  compare_list (object, "environment", spec->environment);

  return 0;
}
