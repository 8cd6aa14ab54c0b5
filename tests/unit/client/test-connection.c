/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "engine.h"
#include "sage-connection.h"
#include "sage-error.h"
#include "sage-json.h"

/* A connection to an engine of its own. */
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
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  sage_connection_close (fixture->connection);
  assert_finalizes (fixture->connection);
  assert_finalizes (fixture->profile);
  engine_clear (&fixture->engine);
}

static gboolean
is_state (Fixture             *fixture,
          SageConnectionState  state)
{
  return sage_connection_get_state (fixture->connection) == state;
}

static void
open_connection (Fixture *fixture)
{
  sage_connection_open (fixture->connection, NULL);
  wait_until (is_state (fixture, SAGE_CONNECTION_CONNECTED));
}

static guint
n_items (SageResourceList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static void
make_group (Fixture    *fixture,
            const char *name)
{
  g_autofree char *input = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", name);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "CreateModelPackageGroup", input);
}

static void
delete_group (Fixture    *fixture,
              const char *name)
{
  g_autofree char *input = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", name);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "DeleteModelPackageGroup", input);
}

/* Whether the rows are newest first, each once, and the list says what it has. */
static void
check_list (SageResourceList *list)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  double last = G_MAXDOUBLE;
  guint count;

  g_object_get (list, "n-items", &count, NULL);
  g_assert_cmpuint (count, ==, n_items (list));
  for (guint i = 0; i < n_items (list); i++)
    {
      g_autoptr(SageResource) resource = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_assert_cmpfloat (sage_resource_get_created (resource), <=, last);
      last = sage_resource_get_created (resource);
      g_assert_true (g_hash_table_add (seen, resource));
      g_assert_true (sage_resource_list_find (list, sage_resource_get_name (resource)) == resource);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), n_items (list)));
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *name = NULL;
  SageResourceList *list;
  SageResourceList *again;
  SageResource *resource;

  engine_start (&fixture->engine);
  make_group (fixture, "One");
  make_group (fixture, "Two");

  list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  g_assert_false (sage_resource_list_get_loading (list));
  open_connection (fixture);
  g_assert_true (sage_resource_list_get_loading (list));
  wait_until (sage_resource_list_get_loaded (list));
  g_assert_false (sage_resource_list_get_loading (list));
  g_assert_no_error (sage_resource_list_get_error (list));
  g_assert_cmpuint (n_items (list), ==, 2);
  check_list (list);

  again = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  g_assert_true (again == list);
  g_object_unref (again);

  make_group (fixture, "Three");
  wait_until (n_items (list) == 3);
  check_list (list);
  resource = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpstr (sage_resource_get_name (resource), ==, "Three");
  g_assert_true (sage_resource_list_find (list, "three") == resource);

  delete_group (fixture, "Three");
  wait_until (n_items (list) == 2);
  g_assert_true (sage_resource_get_deleted (resource));
  check_list (list);
  g_object_get (resource, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Three");
  assert_finalizes (resource);
  assert_finalizes (list);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/client/connection/list", Fixture, NULL, set_up, test_list, tear_down);

  return g_test_run ();
}
