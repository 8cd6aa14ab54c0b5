/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine.h"
#include "sage-error.h"
#include "sage-log-source.h"

typedef struct
{
  Engine          engine;
  SageProfile    *profile;
  SageConnection *connection;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  engine_init (&fixture->engine);
  fixture->profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (fixture->profile);
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  engine_clear (&fixture->engine);
}

/* Starts a job that runs a shell command. */
static SageResource *
run_job (Fixture    *fixture,
         const char *name,
         const char *command)
{
  g_autofree char *input = g_strdup_printf (
    "{\"ProcessingJobName\":\"%s\",\"RoleArn\":\"arn:aws:iam::000000000000:role/Sagebrush\","
    "\"AppSpecification\":{\"ImageUri\":\"683313688378.dkr.ecr.us-east-1.amazonaws.com/"
    "sagemaker-scikit-learn:1.2-1-cpu-py3\",\"ContainerEntrypoint\":[\"/bin/sh\",\"-c\",\"%s\"]},"
    "\"ProcessingResources\":{\"ClusterConfig\":{\"InstanceCount\":1,"
    "\"InstanceType\":\"ml.t3.medium\",\"VolumeSizeInGB\":1}}}", name, command);
  SageResource *job = sage_connection_get_resource (fixture->connection, SAGE_KIND_PROCESSING_JOB,
                                                    name);

  json_object_unref (engine_call (&fixture->engine, "CreateProcessingJob", input));

  return job;
}

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static SageLogRecords *
read_some (SageLogSource    *source,
           SageLogDirection  direction,
           const char       *token,
           gint64            time_ms,
           guint             max)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  SageLogRecords *records;

  sage_log_pager_read_async (SAGE_LOG_PAGER (source), direction, token, time_ms, max, NULL, finished_cb,
                             &result);
  wait_until (result != NULL);
  records = sage_log_pager_read_finish (SAGE_LOG_PAGER (source), result, &error);
  g_assert_no_error (error);

  return records;
}

static const SageLogRecord *
nth (SageLogRecords *records,
     guint           index)
{
  return g_ptr_array_index (records->records, index);
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  SageResource *job = run_job (fixture, "writer", "for i in $(seq 250); do echo line $i; done");
  SageLogSource *source = sage_log_source_new (fixture->connection, job);
  g_autoptr(SageLogRecords) tail = NULL;
  g_autoptr(SageLogRecords) late = NULL;
  g_autofree char *token = NULL;
  guint seen = 0;

  wait_until (sage_resource_get_state (job) == SAGE_STATE_GOOD);
  g_assert_false (sage_log_source_get_live (source));

  /* From the start, page by page, to the end, which stays the end. */
  while (TRUE)
    {
      g_autoptr(SageLogRecords) page = read_some (source, SAGE_LOG_FORWARD, token, 0, 100);

      for (guint i = 0; i < page->records->len; i++)
        {
          g_autofree char *expected = g_strdup_printf ("line %u", ++seen);

          g_assert_cmpstr (nth (page, i)->message, ==, expected);
          g_assert_cmpint (nth (page, i)->time_ms, >, G_GINT64_CONSTANT (1500000000000));
        }
      g_set_str (&token, page->forward);
      if (page->records->len == 0)
        break;
      g_assert_cmpuint (page->records->len, <=, 100);
    }
  g_assert_cmpuint (seen, ==, 250);
  g_assert_nonnull (strstr (sage_log_source_get_stream (source), "writer/"));

  /* From the end, back to the start. */
  g_clear_pointer (&token, g_free);
  while (TRUE)
    {
      g_autoptr(SageLogRecords) page = read_some (source, SAGE_LOG_BACKWARD, token, 0, 90);

      for (guint i = page->records->len; i > 0; i--)
        {
          g_autofree char *expected = g_strdup_printf ("line %u", seen--);

          g_assert_cmpstr (nth (page, i - 1)->message, ==, expected);
        }
      g_set_str (&token, page->backward);
      if (page->records->len == 0)
        break;
    }
  g_assert_cmpuint (seen, ==, 0);

  /* By time. */
  tail = read_some (source, SAGE_LOG_BACKWARD, NULL, 0, 1);
  g_assert_cmpstr (nth (tail, 0)->message, ==, "line 250");
  late = read_some (source, SAGE_LOG_FORWARD, NULL, nth (tail, 0)->time_ms + 1, 10);
  g_assert_cmpuint (late->records->len, ==, 0);

  assert_finalizes (source);
  assert_finalizes (job);
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data)
{
  SageResource *job = run_job (fixture, "filtered",
                               "for i in $(seq 500); do echo line $i; done; echo odd one: yes");
  SageLogSource *source = sage_log_source_new (fixture->connection, job);
  g_autofree char *token = NULL;
  g_autoptr(GAsyncResult) refused = NULL;
  g_autoptr(GError) error = NULL;
  guint seen = 0;
  guint pages = 0;

  wait_until (sage_resource_get_state (job) == SAGE_STATE_GOOD);
  do
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(SageLogRecords) page = NULL;

      sage_log_pager_filter_async (SAGE_LOG_PAGER (source), "\"line 1\"", token, 40, NULL, finished_cb,
                                   &result);
      wait_until (result != NULL);
      page = sage_log_pager_filter_finish (SAGE_LOG_PAGER (source), result, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < page->records->len; i++)
        g_assert_true (g_str_has_prefix (nth (page, i)->message, "line 1"));
      seen += page->records->len;
      pages++;
      g_set_str (&token, page->forward);
    }
  while (token != NULL);
  g_assert_cmpuint (seen, ==, 111); /* 1, 10 to 19, 100 to 199 */
  g_assert_cmpuint (pages, >=, 3);

  sage_log_pager_filter_async (SAGE_LOG_PAGER (source), "{ $.x = 1 }", NULL, 10, NULL, finished_cb,
                               &refused);
  wait_until (refused != NULL);
  g_assert_null (sage_log_pager_filter_finish (SAGE_LOG_PAGER (source), refused, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_clear_object (&refused);
  assert_finalizes (source);
  assert_finalizes (job);
}

/* A log that nothing was written to yet has no stream; then it has, and its lines come, and then its
 * end. */
static void
test_begin (Fixture       *fixture,
            gconstpointer  data)
{
  SageResource *job = sage_connection_get_resource (fixture->connection, SAGE_KIND_PROCESSING_JOB,
                                                    "begun");
  SageLogSource *source = sage_log_source_new (fixture->connection, job);
  g_autoptr(SageLogRecords) nothing = read_some (source, SAGE_LOG_FORWARD, NULL, 0, 10);
  g_autofree char *token = NULL;
  guint seen = 0;

  g_assert_true (sage_log_source_get_live (source));
  g_assert_cmpuint (nothing->records->len, ==, 0);
  g_assert_null (nothing->forward);
  g_assert_null (sage_log_source_get_stream (source));

  g_object_unref (run_job (fixture, "begun", "for i in 1 2 3; do echo line $i; sleep 0.3; done"));
  while (seen < 3)
    {
      g_autoptr(SageLogRecords) page = read_some (source, SAGE_LOG_FORWARD, token, 0, 10);

      for (guint i = 0; i < page->records->len; i++)
        {
          g_autofree char *expected = g_strdup_printf ("line %u", ++seen);

          g_assert_cmpstr (nth (page, i)->message, ==, expected);
        }
      g_set_str (&token, page->forward);
      wait_ms (50);
    }
  wait_until (!sage_log_source_get_live (source));
  assert_finalizes (source);
  assert_finalizes (job);
}

static void
test_nothing (Fixture       *fixture,
              gconstpointer  data)
{
  SageResource *job = sage_connection_get_resource (fixture->connection, SAGE_KIND_TRAINING_JOB, "no");
  SageResource *endpoint = sage_connection_get_resource (fixture->connection, SAGE_KIND_ENDPOINT, "no");
  SageResource *model = sage_connection_get_resource (fixture->connection, SAGE_KIND_MODEL, "no");
  SageLogSource *source = sage_log_source_new (fixture->connection, job);
  SageLogSource *of_endpoint = sage_log_source_new (fixture->connection, endpoint);
  SageLogSource *of_model = sage_log_source_new (fixture->connection, model);
  g_autoptr(SageLogRecords) records = read_some (source, SAGE_LOG_BACKWARD, NULL, 0, 10);
  g_autoptr(SageLogRecords) none = read_some (of_endpoint, SAGE_LOG_FORWARD, NULL, 0, 10);
  g_autoptr(GAsyncResult) streams = NULL;
  g_autoptr(GAsyncResult) refused = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) names = NULL;

  g_assert_cmpuint (records->records->len, ==, 0);
  g_assert_null (records->forward);
  g_assert_null (sage_log_source_get_stream (source));
  g_assert_cmpuint (none->records->len, ==, 0);

  sage_log_source_streams_async (source, NULL, finished_cb, &streams);
  wait_until (streams != NULL);
  names = sage_log_source_streams_finish (source, streams, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_clear_object (&streams);

  sage_log_pager_read_async (SAGE_LOG_PAGER (of_model), SAGE_LOG_FORWARD, NULL, 0, 10, NULL,
                             finished_cb, &refused);
  wait_until (refused != NULL);
  g_assert_null (sage_log_pager_read_finish (SAGE_LOG_PAGER (of_model), refused, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED);
  g_clear_object (&refused);

  assert_finalizes (source);
  assert_finalizes (of_endpoint);
  assert_finalizes (of_model);
  assert_finalizes (job);
  assert_finalizes (endpoint);
  assert_finalizes (model);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/client/log-source/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("pages", test_pages);
  ADD ("filter", test_filter);
  ADD ("begin", test_begin);
  ADD ("nothing", test_nothing);
#undef ADD

  return g_test_run ();
}
