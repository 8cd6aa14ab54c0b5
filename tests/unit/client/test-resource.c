/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "sage-json.h"
#include "sage-resource.h"

#define EXECUTION "churn/execution/4cfwcgu4dmbp"

static JsonObject *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);

  return json_node_dup_object (node);
}

static void
update (SageResource *resource,
        const char   *text)
{
  g_autoptr(JsonObject) summary = parse (text);

  sage_resource_update_summary (resource, summary);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* An execution is called as its user calls it; by its id where the engine made a name up. */
static void
test_title (void)
{
  g_autoptr(SageResource) execution = sage_resource_new (SAGE_KIND_EXECUTION, EXECUTION);
  guint count = 0;

  g_signal_connect_swapped (execution, "notify::title", G_CALLBACK (count_cb), &count);
  g_assert_cmpstr (sage_resource_get_title (execution), ==, "4cfwcgu4dmbp");
  update (execution, "{\"PipelineExecutionDisplayName\": \"execution-1796000000000\"}");
  update (execution, "{\"PipelineExecutionDisplayName\": \"\"}");
  update (execution, "{\"PipelineExecutionDisplayName\": [1]}");
  g_assert_cmpstr (sage_resource_get_title (execution), ==, "4cfwcgu4dmbp");
  g_assert_cmpuint (count, ==, 0);

  update (execution, "{\"PipelineExecutionDisplayName\": \"execution-of-May\"}");
  g_assert_cmpstr (sage_resource_get_title (execution), ==, "execution-of-May");
  g_assert_cmpuint (count, ==, 1);

  /* Its name stays what it is: that is what finds it. */
  g_assert_cmpstr (sage_resource_get_name (execution), ==, EXECUTION);
}

/* What runs again after it failed has neither an end nor a reason. */
static void
test_retried (void)
{
  g_autoptr(SageResource) execution = sage_resource_new (SAGE_KIND_EXECUTION, EXECUTION);

  update (execution, "{\"PipelineExecutionStatus\": \"Failed\", \"StartTime\": 1.0,"
                     " \"LastModifiedTime\": 2.0,"
                     " \"PipelineExecutionFailureReason\": \"No luck\"}");
  g_assert_cmpint (sage_resource_get_state (execution), ==, SAGE_STATE_BAD);
  g_assert_cmpstr (sage_resource_get_reason (execution), ==, "No luck");
  g_assert_cmpfloat (sage_resource_get_ended (execution), ==, 2.0);

  update (execution, "{\"PipelineExecutionStatus\": \"Executing\", \"LastModifiedTime\": 3.0}");
  g_assert_cmpint (sage_resource_get_state (execution), ==, SAGE_STATE_RUNNING);
  g_assert_null (sage_resource_get_reason (execution));
  g_assert_cmpfloat (sage_resource_get_ended (execution), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/resource/title", test_title);
  g_test_add_func ("/client/resource/retried", test_retried);

  return g_test_run ();
}
