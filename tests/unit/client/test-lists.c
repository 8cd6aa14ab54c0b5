/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine.h"
#include "sage-connection.h"
#include "sage-error.h"
#include "sage-json.h"
#include "stand-in.h"

/* One training job of the stand-in's. */
typedef struct
{
  char *name;    /* (owned) */
  int   created; /* seconds */
  char *status;  /* (owned) */
} Job;

/* A connection to a stand-in that has jobs, and what was seen of its list. */
typedef struct
{
  StandIn           stand_in;
  GMutex            lock;
  GPtrArray        *jobs;       /* (owned): of Job, the oldest first; under the lock */
  const char       *reply;      /* (nullable): to everything instead; under the lock */
  guint             status;     /* with it */
  int               pages;      /* atomic: list calls */
  int               described;  /* atomic */
  SageProfile      *profile;
  SageConnection   *connection;
  SageResourceList *list;
  guint             changes;    /* items-changed */
  guint             events;
} Fixture;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->name);
  g_free (job->status);
  g_free (job);
}

/* --- The stand-in's jobs ---------------------------------------------------------------------- */

static void
append_job (GString   *out,
            const Job *job)
{
  g_string_append_printf (out, "{\"TrainingJobName\":\"%s\",\"TrainingJobArn\":\"arn:aws:sagemaker:"
                          "us-east-1:000000000000:training-job/%s\",\"CreationTime\":%d,"
                          "\"TrainingJobStatus\":\"%s\",\"LastModifiedTime\":%d}", job->name,
                          job->name, job->created, job->status, job->created);
}

/* A page as AWS gives it, from the newest on; the token is the time of the last row. */
static char *
list_jobs (Fixture    *fixture,
           JsonObject *input)
{
  GString *out = g_string_new ("{\"TrainingJobSummaries\":[");
  const char *token = sage_json_string (input, "NextToken", NULL);
  gint64 limit = sage_json_int (input, "MaxResults", 10);
  int before = token != NULL ? atoi (token) : G_MAXINT;
  int last = 0;
  guint n = 0;

  g_atomic_int_inc (&fixture->pages);
  for (guint i = fixture->jobs->len; i > 0; i--)
    {
      const Job *job = g_ptr_array_index (fixture->jobs, i - 1);

      if (job->created >= before)
        continue;
      if (n == limit)
        {
          g_string_append_printf (out, "],\"NextToken\":\"%d\"}", last);
          return g_string_free_and_steal (out);
        }
      if (n++ > 0)
        g_string_append_c (out, ',');
      append_job (out, job);
      last = job->created;
    }
  g_string_append (out, "]}");

  return g_string_free_and_steal (out);
}

static char *
describe_job (Fixture    *fixture,
              const char *name,
              guint      *status)
{
  GString *out = g_string_new (NULL);

  g_atomic_int_inc (&fixture->described);
  for (guint i = 0; i < fixture->jobs->len && out->len == 0; i++)
    {
      const Job *job = g_ptr_array_index (fixture->jobs, i);

      if (strcmp (job->name, name) == 0)
        append_job (out, job);
    }
  if (out->len == 0)
    {
      *status = 400;
      g_string_append (out, "{\"__type\":\"ValidationException\",\"message\":\"Requested resource not "
                       "found.\"}");
    }

  return g_string_free_and_steal (out);
}

static char *
answer (const char *operation,
        JsonObject *input,
        guint      *status,
        gpointer    user_data)
{
  Fixture *fixture = user_data;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);

  if (fixture->reply != NULL)
    {
      g_atomic_int_inc (&fixture->pages);
      *status = fixture->status;
      return g_strdup (fixture->reply);
    }
  if (strcmp (operation, "ListTrainingJobs") == 0)
    return list_jobs (fixture, input);
  if (strcmp (operation, "DescribeTrainingJob") == 0)
    return describe_job (fixture, sage_json_string (input, "TrainingJobName", ""), status);

  return g_strdup ("{}");
}

static void
add_job (Fixture    *fixture,
         guint       number,
         const char *status)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);
  Job *job = g_new0 (Job, 1);

  job->name = g_strdup_printf ("job-%u", number);
  job->created = 1600000000 + (int) number;
  job->status = g_strdup (status);
  g_ptr_array_add (fixture->jobs, job);
}

/* %NULL deletes it. */
static void
change_job (Fixture    *fixture,
            guint       number,
            const char *status)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);
  g_autofree char *name = g_strdup_printf ("job-%u", number);

  for (guint i = 0; i < fixture->jobs->len; i++)
    {
      Job *job = g_ptr_array_index (fixture->jobs, i);

      if (strcmp (job->name, name) != 0)
        continue;
      if (status != NULL)
        g_set_str (&job->status, status);
      else
        g_ptr_array_remove_index (fixture->jobs, i);
      return;
    }
}

static void
set_reply (Fixture    *fixture,
           guint       status,
           const char *reply)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);

  fixture->status = status;
  fixture->reply = reply;
}

static void
tell (Fixture    *fixture,
      guint       seq,
      guint       number,
      const char *status)
{
  g_autofree char *name = g_strdup_printf ("job-%u", number);
  g_autofree char *text = stand_in_event (seq, "training-job", name, status);

  stand_in_send (&fixture->stand_in, text);
}

/* --- Fixture ---------------------------------------------------------------------------------- */

static void
event_cb (SageConnection *connection,
          SageResource   *resource,
          Fixture        *fixture)
{
  fixture->events++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_mutex_init (&fixture->lock);
  fixture->jobs = g_ptr_array_new_with_free_func (job_free);
  stand_in_init (&fixture->stand_in, answer, fixture);
  fixture->profile = sage_profile_new_remote ("Stand-in", fixture->stand_in.url, NULL, NULL);
  fixture->connection = sage_connection_new (fixture->profile);
  g_signal_connect (fixture->connection, "event", G_CALLBACK (event_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->list != NULL)
    g_signal_handlers_disconnect_by_data (fixture->list, fixture);
  if (fixture->list != NULL)
    assert_finalizes (fixture->list);
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  stand_in_clear (&fixture->stand_in);
  g_ptr_array_unref (fixture->jobs);
  g_mutex_clear (&fixture->lock);
}

static guint
n_items (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->list));
}

static SageResource *
find_job (Fixture *fixture,
          guint    number)
{
  g_autofree char *name = g_strdup_printf ("job-%u", number);

  return sage_resource_list_find (fixture->list, name);
}

/* What GtkListView would do: keeps a copy of the rows by what it is told, which must be the truth. */
typedef struct
{
  GPtrArray *rows; /* (owned) */
} Mirror;

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            Fixture    *fixture)
{
  fixture->changes++;
}

static void
mirror_cb (GListModel *model,
           guint       position,
           guint       removed,
           guint       added,
           Mirror     *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->rows->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror->rows, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror->rows, (int) (position + i),
                        g_list_model_get_item (model, position + i));
  g_assert_cmpuint (mirror->rows->len, ==, g_list_model_get_n_items (model));
}

static void
open_list (Fixture *fixture)
{
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
  fixture->list = sage_connection_get_list (fixture->connection, SAGE_KIND_TRAINING_JOB, NULL);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (changed_cb), fixture);
}

static void
check_order (Fixture *fixture)
{
  double last = G_MAXDOUBLE;

  for (guint i = 0; i < n_items (fixture); i++)
    {
      g_autoptr(SageResource) resource = g_list_model_get_item (G_LIST_MODEL (fixture->list), i);

      g_assert_cmpfloat (sage_resource_get_created (resource), <=, last);
      last = sage_resource_get_created (resource);
    }
}

/* --- Many ------------------------------------------------------------------------------------- */

/* Five thousand rows come page by page; while they do, jobs are made, deleted and changed. */
static void
test_paging (Fixture       *fixture,
             gconstpointer  data)
{
  Mirror mirror = { g_ptr_array_new_with_free_func (g_object_unref) };
  guint seq = 0;
  guint step = 0;

  for (guint i = 0; i < 5000; i++)
    add_job (fixture, i, "InProgress");
  open_list (fixture);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (mirror_cb), &mirror);

  /* In steps, each at another page: new ones, and old ones that are still to come or came already. */
  while (!sage_resource_list_get_loaded (fixture->list))
    {
      if (n_items (fixture) > step * 900 && step < 5)
        {
          step++;
          add_job (fixture, 5000 + step, "InProgress");
          tell (fixture, ++seq, 5000 + step, "InProgress");
          change_job (fixture, step, NULL);
          tell (fixture, ++seq, step, "Deleted");
          change_job (fixture, 5000 - step, NULL);
          tell (fixture, ++seq, 5000 - step, "Deleted");
          change_job (fixture, 100 + step, "Completed");
          tell (fixture, ++seq, 100 + step, "Completed");
          change_job (fixture, 4900 - step, "Failed");
          tell (fixture, ++seq, 4900 - step, "Failed");
        }
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (step, ==, 5);
  g_assert_false (sage_resource_list_get_loading (fixture->list));

  wait_until (n_items (fixture) == 4995);
  for (guint i = 1; i <= 5; i++)
    {
      g_assert_null (find_job (fixture, i));
      g_assert_null (find_job (fixture, 5000 - i));
      wait_until (find_job (fixture, 5000 + i) != NULL);
      wait_until (sage_resource_get_state (find_job (fixture, 100 + i)) == SAGE_STATE_GOOD);
      wait_until (sage_resource_get_state (find_job (fixture, 4900 - i)) == SAGE_STATE_BAD);
    }
  check_order (fixture);
  g_assert_cmpuint (mirror.rows->len, ==, 4995);
  for (guint i = 0; i < mirror.rows->len; i++)
    {
      g_autoptr(SageResource) resource = g_list_model_get_item (G_LIST_MODEL (fixture->list), i);

      g_assert_true (g_ptr_array_index (mirror.rows, i) == resource);
    }

  /* A page is a change or two, not a hundred. */
  g_assert_cmpuint (fixture->changes, <, 150);
  g_signal_handlers_disconnect_by_data (fixture->list, &mirror);
  g_ptr_array_unref (mirror.rows);
}

/* What is on its way is older than what was told meanwhile. */
static void
test_overtaken (Fixture       *fixture,
                gconstpointer  data)
{
  SageResource *job;

  for (guint i = 1; i <= 5; i++)
    add_job (fixture, i, "InProgress");
  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));

  /* A page. */
  g_atomic_int_set (&fixture->stand_in.hold, TRUE);
  g_atomic_int_set (&fixture->pages, 0);
  sage_resource_list_reload (fixture->list);
  wait_until (g_atomic_int_get (&fixture->pages) == 1);
  tell (fixture, 1, 1, "Deleted");
  tell (fixture, 2, 2, "Completed");
  tell (fixture, 3, 6, "InProgress");
  tell (fixture, 4, 7, "InProgress");
  tell (fixture, 5, 7, "Deleted");
  wait_until (fixture->events >= 4);
  stand_in_release (&fixture->stand_in);
  wait_until (!sage_resource_list_get_loading (fixture->list));
  g_assert_null (find_job (fixture, 1));
  g_assert_null (find_job (fixture, 7));
  g_assert_nonnull (find_job (fixture, 6));
  job = find_job (fixture, 2);
  g_assert_cmpstr (sage_resource_get_status (job), ==, "Completed");
  g_assert_cmpuint (n_items (fixture), ==, 5);

  /* A description: it is asked for again. */
  job = g_object_ref (find_job (fixture, 3));
  g_atomic_int_set (&fixture->stand_in.hold, TRUE);
  sage_connection_watch (fixture->connection, job);
  wait_until (g_atomic_int_get (&fixture->described) == 1);
  change_job (fixture, 3, "Stopped");
  tell (fixture, 6, 3, "Stopped");
  wait_until (sage_resource_get_state (job) == SAGE_STATE_IDLE);
  stand_in_release (&fixture->stand_in);
  wait_until (sage_resource_get_description (job) != NULL);
  g_assert_cmpstr (sage_resource_get_status (job), ==, "Stopped");
  wait_until (strcmp (sage_json_string (sage_resource_get_description (job), "TrainingJobStatus", ""),
                      "Stopped") == 0);
  g_assert_cmpint (g_atomic_int_get (&fixture->described), ==, 2);
  sage_connection_unwatch (fixture->connection, job);
  g_object_unref (job);
}

/* Ten thousand new jobs at once: a turn of the main loop deals with some of them, and the list
 * changes a few dozen times. */
static void
test_flood (Fixture       *fixture,
            gconstpointer  data)
{
  guint most = 0;
  guint most_changes = 0;

  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));
  stand_in_flood (&fixture->stand_in, 1, 10000);
  while (fixture->events < 10000)
    {
      guint events = fixture->events;
      guint changes = fixture->changes;

      g_main_context_iteration (NULL, TRUE);
      most = MAX (most, fixture->events - events);
      most_changes = MAX (most_changes, fixture->changes - changes);
    }
  g_test_message ("%u changes; at most %u events and %u changes in one turn", fixture->changes, most,
                  most_changes);
  g_assert_cmpuint (most, <=, 250);
  g_assert_cmpuint (most_changes, <=, 2);
  g_assert_cmpuint (fixture->changes, <=, 300);
  g_assert_cmpuint (n_items (fixture), ==, 10000);
  check_order (fixture);
  g_assert_nonnull (find_job (fixture, 1));
  g_assert_nonnull (find_job (fixture, 10000));
}

/* Ten thousand events of one job are one row that changed a few times. */
static void
test_busy_row (Fixture       *fixture,
               gconstpointer  data)
{
  SageResource *job;

  add_job (fixture, 1, "InProgress");
  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));
  job = g_object_ref (find_job (fixture, 1));
  sage_connection_watch (fixture->connection, job);
  wait_until (sage_resource_get_description (job) != NULL);

  for (guint i = 1; i < 10000; i++)
    tell (fixture, i, 1, i % 2 == 0 ? "InProgress" : "Stopping");
  change_job (fixture, 1, "Stopped");
  tell (fixture, 10000, 1, "Stopped");
  wait_until (sage_resource_get_state (job) == SAGE_STATE_IDLE);
  wait_until (strcmp (sage_json_string (sage_resource_get_description (job), "TrainingJobStatus", ""),
                      "Stopped") == 0);
  g_test_message ("%u events, described %d times", fixture->events,
                  g_atomic_int_get (&fixture->described));
  g_assert_cmpuint (fixture->events, <, 9000);
  g_assert_cmpint (g_atomic_int_get (&fixture->described), <, 100);
  g_assert_cmpuint (n_items (fixture), ==, 1);
  sage_connection_unwatch (fixture->connection, job);
  g_object_unref (job);
}

/* The same name again is another job. */
static void
test_born_again (Fixture       *fixture,
                 gconstpointer  data)
{
  SageResource *job;

  add_job (fixture, 1, "Completed");
  add_job (fixture, 2, "Completed");
  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));
  job = g_list_model_get_item (G_LIST_MODEL (fixture->list), 1);
  g_assert_true (job == find_job (fixture, 1));
  tell (fixture, 1, 1, "Deleted");
  tell (fixture, 2, 1, "InProgress");
  wait_until (sage_resource_get_state (job) == SAGE_STATE_RUNNING);
  g_assert_cmpuint (n_items (fixture), ==, 2);
  g_assert_true (find_job (fixture, 1) == job);
  g_assert_false (sage_resource_get_deleted (job));
  check_order (fixture);
  g_assert_cmpfloat (sage_resource_get_created (job), >, 1.65e9);
  g_object_unref (job);
}

/* --- Wrong ------------------------------------------------------------------------------------ */

/* A reply of the wrong shape is no reason to fall, and what there is of rows is taken. */
static void
test_hostile_replies (Fixture       *fixture,
                      gconstpointer  data)
{
  static const struct
  {
    guint       status;
    const char *reply;
    guint       rows;
  } cases[] = {
    { 200, "", 0 },
    { 200, "{}", 0 },
    { 200, "{\"TrainingJobSummaries\":null}", 0 },
    { 200, "{\"TrainingJobSummaries\":{\"a\":1},\"NextToken\":7}", 0 },
    { 200, "{\"TrainingJobSummaries\":[1,\"a\",null,[],{}]}", 0 },
    { 200, "{\"TrainingJobSummaries\":[{\"TrainingJobName\":[]},{\"TrainingJobName\":\"\"},"
           "{\"TrainingJobName\":7}]}", 0 },
    { 200, "{\"TrainingJobSummaries\":[{\"TrainingJobName\":\"a\",\"CreationTime\":\"now\","
           "\"TrainingJobStatus\":{\"b\":1},\"TrainingJobArn\":5,\"LastModifiedTime\":-1e300}]}", 1 },
    { 200, "{\"TrainingJobSummaries\":[{\"TrainingJobName\":\"a\",\"CreationTime\":1e300},"
           "{\"TrainingJobName\":\"A\",\"CreationTime\":2},{\"TrainingJobName\":\"b\"}]}", 2 },
    { 200, "{\"TrainingJobSummaries\":[{\"TrainingJobName\":\"a\"}],\"NextToken\":\"always\"}", 1 },
    { 200, "{\"TrainingJobSummaries\":[],\"NextToken\":\"always\"}", 0 },
  };

  g_atomic_int_set (&fixture->stand_in.events_status, 404);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SageConnection *connection;
      SageResourceList *list;

      g_test_message ("%s", cases[i].reply);
      set_reply (fixture, cases[i].status, cases[i].reply);
      connection = sage_connection_new (fixture->profile);
      list = sage_connection_get_list (connection, SAGE_KIND_TRAINING_JOB, NULL);
      sage_connection_open (connection, NULL);
      wait_until (sage_resource_list_get_loaded (list));
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, cases[i].rows);
      assert_finalizes (list);
      assert_finalizes (connection);
    }
}

/* What cannot be read is tried again a few times and then said. */
static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    guint       status;
    const char *reply;
    int         code;
  } cases[] = {
    { 400, "{\"__type\":\"AccessDeniedException\",\"message\":\"No\"}", SAGE_ERROR_DENIED },
    { 400, "{\"__type\":\"ValidationException\",\"message\":\"No\"}", SAGE_ERROR_INVALID },
    { 404, "{\"__type\":\"UnknownOperationException\"}", SAGE_ERROR_UNSUPPORTED },
  };

  add_job (fixture, 1, "Completed");
  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      set_reply (fixture, cases[i].status, cases[i].reply);
      sage_resource_list_reload (fixture->list);
      g_assert_true (sage_resource_list_get_loading (fixture->list));
      wait_until (!sage_resource_list_get_loading (fixture->list));
      g_assert_error (sage_resource_list_get_error (fixture->list), SAGE_ERROR, cases[i].code);
      g_assert_cmpuint (n_items (fixture), ==, 1);
    }

  /* For the moment: it is asked again, and then it is there. */
  set_reply (fixture, 503, "{\"__type\":\"ThrottlingException\"}");
  g_atomic_int_set (&fixture->pages, 0);
  sage_resource_list_reload (fixture->list);
  wait_until (g_atomic_int_get (&fixture->pages) >= 2);
  g_assert_true (sage_resource_list_get_loading (fixture->list));
  add_job (fixture, 2, "Completed");
  set_reply (fixture, 200, NULL);
  wait_until (!sage_resource_list_get_loading (fixture->list));
  g_assert_no_error (sage_resource_list_get_error (fixture->list));
  g_assert_cmpuint (n_items (fixture), ==, 2);
}

/* --- Asking ----------------------------------------------------------------------------------- */

/* Without an event stream lists and watches are asked for again and again. */
static void
test_polling (Fixture       *fixture,
              gconstpointer  data)
{
  SageResource *job;
  SageResource *kept;

  g_atomic_int_set (&fixture->stand_in.events_status, 404);
  for (guint i = 0; i < 250; i++)
    add_job (fixture, i, "InProgress");
  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));
  g_assert_cmpuint (n_items (fixture), ==, 250);
  job = g_object_ref (find_job (fixture, 3));
  kept = g_object_ref (find_job (fixture, 249));
  sage_connection_watch (fixture->connection, job);
  wait_until (sage_resource_get_description (job) != NULL);
  g_assert_cmpuint (fixture->events, ==, 0);

  add_job (fixture, 300, "InProgress");
  change_job (fixture, 7, NULL);
  change_job (fixture, 249, "Completed");
  change_job (fixture, 3, "Failed");
  wait_until (n_items (fixture) == 250 && find_job (fixture, 300) != NULL);
  g_assert_null (find_job (fixture, 7));
  wait_until (sage_resource_get_state (kept) == SAGE_STATE_GOOD);
  g_assert_true (find_job (fixture, 249) == kept);
  wait_until (sage_resource_get_state (job) == SAGE_STATE_BAD);
  g_assert_cmpuint (fixture->events, >=, 3);

  sage_connection_unwatch (fixture->connection, job);
  g_object_unref (job);
  g_object_unref (kept);
}

/* A stream that cannot go on: everything is compared, and what is still there stays the same. */
static void
test_compared (Fixture       *fixture,
               gconstpointer  data)
{
  SageResource *kept;
  SageResource *changed;

  for (guint i = 0; i < 300; i++)
    add_job (fixture, i, "InProgress");
  open_list (fixture);
  wait_until (sage_resource_list_get_loaded (fixture->list));
  kept = g_object_ref (find_job (fixture, 0));
  changed = g_object_ref (find_job (fixture, 150));
  tell (fixture, 1, 299, "Stopping");
  wait_until (fixture->events == 1);

  g_atomic_int_set (&fixture->stand_in.events_status, 410);
  change_job (fixture, 150, "Completed");
  for (guint i = 10; i < 20; i++)
    change_job (fixture, i, NULL);
  add_job (fixture, 400, "InProgress");
  stand_in_hang_up (&fixture->stand_in);
  wait_until (n_items (fixture) == 291);
  g_assert_false (sage_resource_list_get_loading (fixture->list));
  wait_until (sage_resource_get_state (changed) == SAGE_STATE_GOOD);
  g_assert_true (find_job (fixture, 0) == kept);
  g_assert_true (find_job (fixture, 150) == changed);
  g_assert_nonnull (find_job (fixture, 400));
  wait_until (sage_resource_get_state (find_job (fixture, 299)) == SAGE_STATE_RUNNING);
  check_order (fixture);
  g_object_unref (kept);
  g_object_unref (changed);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/client/lists/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("paging", test_paging);
  ADD ("overtaken", test_overtaken);
  ADD ("flood", test_flood);
  ADD ("busy-row", test_busy_row);
  ADD ("born-again", test_born_again);
  ADD ("hostile-replies", test_hostile_replies);
  ADD ("errors", test_errors);
  ADD ("polling", test_polling);
  ADD ("compared", test_compared);
#undef ADD

  return g_test_run ();
}
