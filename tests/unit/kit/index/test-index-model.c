/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "sage-index-model.h"

/* What is shown: rows whose name holds this, if it is set. */
static const char *wanted;

/* What is in the list at all: rows that are not called so. */
static const char *hidden;

static gboolean
belongs (SageResource *row,
         gpointer      user_data)
{
  return g_strcmp0 (sage_resource_get_name (row), hidden) != 0;
}

static gboolean
matches (SageResource *row,
         gpointer      user_data)
{
  return wanted == NULL || strstr (sage_resource_get_name (row), wanted) != NULL
         || strcmp (sage_resource_get_status (row), wanted) == 0;
}

static SageResource *
make_row (const char *name,
          const char *status,
          double      created)
{
  SageResource *row = sage_resource_new (SAGE_KIND_TRAINING_JOB, name);

  sage_resource_update_event (row, NULL, status, created);

  return row;
}

static guint comparisons;

static int
compare_status (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  comparisons++;

  return strcmp (sage_resource_get_status ((SageResource *) a),
                 sage_resource_get_status ((SageResource *) b));
}

typedef struct
{
  GListStore     *source;
  SageIndexModel *model;
  GPtrArray      *mirror; /* of what the model has told */
} Fixture;

/* A view believes what it is told: that must be what there is. */
static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Fixture    *fixture)
{
  g_assert_cmpuint (position + removed, <=, fixture->mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (fixture->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    {
      gpointer row = g_list_model_get_item (model, position + i);

      g_assert_nonnull (row);
      g_ptr_array_insert (fixture->mirror, position + i, row);
    }

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, fixture->mirror->len);
}

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  wanted = NULL;
  hidden = NULL;
  comparisons = 0;
  fixture->source = g_list_store_new (SAGE_TYPE_RESOURCE);
  fixture->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->model = sage_index_model_new (belongs, matches, NULL);
  g_signal_connect (fixture->model, "items-changed", G_CALLBACK (items_changed_cb), fixture);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  g_assert_finalize_object (fixture->model);
  g_ptr_array_unref (fixture->mirror);
  g_assert_finalize_object (fixture->source);
}

static void
settle (Fixture *fixture)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (sage_index_model_is_busy (fixture->model))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
append (Fixture    *fixture,
        const char *name,
        const char *status,
        double      created)
{
  g_autoptr(SageResource) row = make_row (name, status, created);

  g_list_store_append (fixture->source, row);
}

/* Returns: (transfer full): the names of the rows, each followed by a blank, `*` if selected */
static char *
list_names (Fixture *fixture)
{
  GString *names = g_string_new (NULL);

  settle (fixture);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->model)); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (G_LIST_MODEL (fixture->model), i);

      g_assert_true (row == fixture->mirror->pdata[i]);
      g_string_append_printf (names, "%s%s ", sage_resource_get_name (row),
                              gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->model), i)
                                ? "*" : "");
    }

  return g_string_free_and_steal (names);
}

#define assert_names(fixture, expected) \
  G_STMT_START { \
    g_autofree char *names_ = list_names (fixture); \
    g_assert_cmpstr (names_, ==, expected); \
  } G_STMT_END

static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GtkCustomSorter) by_status = gtk_custom_sorter_new (compare_status, NULL, NULL);

  append (fixture, "a", "Failed", 10);
  append (fixture, "b", "Completed", 30);
  append (fixture, "c", "Failed", 20);
  sage_index_model_set_source (fixture->model, G_LIST_MODEL (fixture->source));
  assert_names (fixture, "b c a "); /* newest first */

  append (fixture, "d", "Completed", 25);
  append (fixture, "e-10", "Stopped", 5);
  append (fixture, "e-9", "Stopped", 5); /* of one age: by name */
  assert_names (fixture, "b d c a e-9 e-10 ");

  sage_index_model_set_order (fixture->model, GTK_SORTER (by_status));
  assert_names (fixture, "b d c a e-9 e-10 ");
  append (fixture, "f", "Completed", 1);
  assert_names (fixture, "b d f c a e-9 e-10 ");

  sage_index_model_set_order (fixture->model, NULL);
  assert_names (fixture, "b d c a e-9 e-10 f ");
}

static void
test_counts (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(SageResource) row = make_row ("b", "InProgress", 2);

  append (fixture, "a", "Failed", 1);
  g_list_store_append (fixture->source, row);
  append (fixture, "c", "Completed", 3);
  sage_index_model_set_source (fixture->model, G_LIST_MODEL (fixture->source));
  settle (fixture);
  g_assert_cmpuint (sage_index_model_get_total (fixture->model), ==, 3);
  g_assert_cmpuint (sage_index_model_get_count (fixture->model, SAGE_STATE_RUNNING), ==, 1);
  g_assert_cmpuint (sage_index_model_get_count (fixture->model, SAGE_STATE_BAD), ==, 1);

  wanted = "nothing";
  sage_index_model_refilter (fixture->model, TRUE);
  settle (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->model)), ==, 0);
  g_assert_cmpuint (sage_index_model_get_total (fixture->model), ==, 3);

  sage_resource_update_event (row, NULL, "Failed", 4);
  sage_index_model_row_changed (fixture->model, row);
  settle (fixture);
  g_assert_cmpuint (sage_index_model_get_count (fixture->model, SAGE_STATE_RUNNING), ==, 0);
  g_assert_cmpuint (sage_index_model_get_count (fixture->model, SAGE_STATE_BAD), ==, 2);

  hidden = "b";
  sage_index_model_recount (fixture->model);
  settle (fixture);
  g_assert_cmpuint (sage_index_model_get_count (fixture->model, SAGE_STATE_BAD), ==, 1);
  g_assert_cmpuint (sage_index_model_get_total (fixture->model), ==, 2);

  g_list_store_remove (fixture->source, 1);
  g_list_store_remove (fixture->source, 0);
  settle (fixture);
  g_assert_cmpuint (sage_index_model_get_count (fixture->model, SAGE_STATE_BAD), ==, 0);
  g_assert_cmpuint (sage_index_model_get_total (fixture->model), ==, 1);
}

/* A row that changes comes and goes, and moves, without anybody asking. */
static void
test_changes (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GtkCustomSorter) by_status = gtk_custom_sorter_new (compare_status, NULL, NULL);
  g_autoptr(SageResource) row = make_row ("b", "InProgress", 2);
  g_autoptr(SageResource) stranger = make_row ("x", "Failed", 2);

  append (fixture, "a", "Failed", 1);
  g_list_store_append (fixture->source, row);
  append (fixture, "c", "Failed", 3);
  sage_index_model_set_source (fixture->model, G_LIST_MODEL (fixture->source));
  wanted = "Failed";
  sage_index_model_refilter (fixture->model, TRUE);
  assert_names (fixture, "c a ");

  sage_resource_update_event (row, NULL, "Failed", 4);
  sage_index_model_row_changed (fixture->model, row);
  sage_index_model_row_changed (fixture->model, stranger);
  assert_names (fixture, "c b a ");

  wanted = NULL;
  sage_index_model_refilter (fixture->model, TRUE);
  sage_index_model_set_order (fixture->model, GTK_SORTER (by_status));
  assert_names (fixture, "c b a ");
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->model), 1, TRUE);
  sage_resource_update_event (row, NULL, "Stopped", 5);
  sage_index_model_row_changed (fixture->model, row);
  assert_names (fixture, "c a b* ");
}

static void
test_selection (Fixture       *fixture,
                gconstpointer  data)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (fixture->model);
  g_autoptr(GListModel) selected = NULL;

  for (guint i = 0; i < 5; i++)
    append (fixture, (const char *[]) { "a", "b1", "b2", "c", "d" }[i], "Failed", 10 - i);
  sage_index_model_set_source (fixture->model, G_LIST_MODEL (fixture->source));
  assert_names (fixture, "a b1 b2 c d ");

  gtk_selection_model_select_item (selection, 1, TRUE);
  gtk_selection_model_select_item (selection, 4, FALSE);
  assert_names (fixture, "a b1* b2 c d* ");
  g_assert_cmpuint (sage_index_model_n_selected (fixture->model), ==, 2);

  append (fixture, "new", "Failed", 20);
  g_list_store_remove (fixture->source, 2);
  assert_names (fixture, "new a b1* c d* ");

  wanted = "b"; /* what is out of sight must not be stopped or deleted */
  sage_index_model_refilter (fixture->model, TRUE);
  assert_names (fixture, "b1* ");
  wanted = NULL;
  sage_index_model_refilter (fixture->model, TRUE);
  assert_names (fixture, "new a b1* c d ");

  gtk_selection_model_select_all (selection);
  g_assert_cmpuint (sage_index_model_n_selected (fixture->model), ==, 5);
  gtk_selection_model_unselect_range (selection, 0, 2);
  gtk_selection_model_select_range (selection, 4, 100, FALSE);
  assert_names (fixture, "new a b1* c* d* ");

  selected = sage_index_model_dup_selected (fixture->model);
  g_assert_cmpuint (g_list_model_get_n_items (selected), ==, 3);
  gtk_selection_model_unselect_all (selection);
  g_assert_cmpuint (sage_index_model_n_selected (fixture->model), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (selected), ==, 3);
}

static GListStore *
make_many (guint n)
{
  GListStore *store = g_list_store_new (SAGE_TYPE_RESOURCE);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("row-%u", i * 7919 % n);

      g_ptr_array_add (rows, make_row (name, i % 3 == 0 ? "Failed" : "Completed", n - i));
    }
  g_list_store_splice (store, 0, 0, rows->pdata, rows->len);

  return store;
}

/* A list that is longer than what is done at once; what happens meanwhile must not get lost. */
static void
test_long (Fixture       *fixture,
           gconstpointer  data)
{
  enum { N = 50000 };
  g_autoptr(GListStore) store = make_many (N);
  g_autoptr(GtkCustomSorter) by_status = gtk_custom_sorter_new (compare_status, NULL, NULL);
  g_autoptr(SageResource) top = make_row ("top", "Failed", N + 1);
  g_autoptr(SageResource) second = g_list_model_get_item (G_LIST_MODEL (store), 1);
  g_autoptr(SageResource) row = NULL;

  sage_index_model_set_source (fixture->model, G_LIST_MODEL (store));
  g_assert_true (sage_index_model_is_busy (fixture->model));
  g_list_store_insert (store, 0, top);
  g_list_store_remove (store, 1);
  settle (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, N);
  g_assert_true (fixture->mirror->pdata[0] == top);
  g_assert_true (fixture->mirror->pdata[1] == second);

  sage_index_model_set_order (fixture->model, GTK_SORTER (by_status));
  g_assert_true (sage_index_model_is_busy (fixture->model));
  g_list_store_remove (store, 0);
  sage_resource_update_event (second, NULL, "Stopped", N + 2);
  sage_index_model_row_changed (fixture->model, second);
  settle (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, N - 1);
  g_assert_true (fixture->mirror->pdata[N - 2] == second);

  gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->model));
  sage_index_model_set_order (fixture->model, NULL);
  settle (fixture);
  g_assert_cmpuint (sage_index_model_n_selected (fixture->model), ==, N - 1);

  g_list_store_remove_all (store);
  settle (fixture);
  g_assert_cmpuint (fixture->mirror->len, ==, 0);
  g_assert_cmpuint (sage_index_model_n_selected (fixture->model), ==, 0);
  sage_index_model_set_source (fixture->model, NULL);
}

/* One row must not have all of them compared anew. */
static void
test_insert_is_cheap (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(GListStore) store = make_many (20000);
  g_autoptr(GtkCustomSorter) by_status = gtk_custom_sorter_new (compare_status, NULL, NULL);
  g_autoptr(SageResource) top = make_row ("top", "Failed", 30000);

  sage_index_model_set_order (fixture->model, GTK_SORTER (by_status));
  sage_index_model_set_source (fixture->model, G_LIST_MODEL (store));
  settle (fixture);

  comparisons = 0;
  g_list_store_insert (store, 0, top);
  settle (fixture);
  g_assert_cmpuint (comparisons, <, 50);

  comparisons = 0;
  sage_resource_update_event (top, NULL, "Stopped", 40000);
  sage_index_model_row_changed (fixture->model, top);
  settle (fixture);
  g_assert_cmpuint (comparisons, <, 50);
  sage_index_model_set_source (fixture->model, NULL);
}

static int
compare_naively (gconstpointer a,
                 gconstpointer b)
{
  SageResource *row_a = *(SageResource **) a;
  SageResource *row_b = *(SageResource **) b;
  int result = strcmp (sage_resource_get_status (row_a), sage_resource_get_status (row_b));

  if (result != 0)
    return result;

  return sage_resource_get_created (row_a) > sage_resource_get_created (row_b) ? -1 : 1;
}

/* Compares with rows that are filtered and sorted in the plain way. */
static void
check_naively (Fixture *fixture)
{
  g_autoptr(GPtrArray) expected = g_ptr_array_new ();
  guint counts[SAGE_STATE_BAD + 1] = { 0 };
  guint total = 0;

  settle (fixture);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->source)); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (G_LIST_MODEL (fixture->source), i);

      if (!belongs (row, NULL))
        continue;
      total++;
      counts[sage_resource_get_state (row)]++;
      if (matches (row, NULL))
        g_ptr_array_add (expected, row);
    }
  g_ptr_array_sort (expected, compare_naively);

  g_assert_cmpuint (fixture->mirror->len, ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    g_assert_true (fixture->mirror->pdata[i] == expected->pdata[i]);
  g_assert_cmpuint (sage_index_model_get_total (fixture->model), ==, total);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpuint (sage_index_model_get_count (fixture->model, i), ==, counts[i]);
}

static void
insert_some (Fixture *fixture,
             guint    n)
{
  static const char * const statuses[] = { "Failed", "Completed", "InProgress", "Stopped" };
  static guint serial;

  for (; n > 0; n--, serial++)
    {
      g_autofree char *name = g_strdup_printf ("row-%u", serial % 1000);
      g_autoptr(SageResource) row = make_row (name, statuses[serial % 4], serial + 1);
      guint length = g_list_model_get_n_items (G_LIST_MODEL (fixture->source));

      g_list_store_insert (fixture->source, g_test_rand_int_range (0, length + 1), row);
    }
}

static void
change_some (Fixture *fixture,
             guint    n)
{
  static const char * const statuses[] = { "Failed", "Completed", "InProgress", "Stopped" };
  guint length = g_list_model_get_n_items (G_LIST_MODEL (fixture->source));

  for (; n > 0 && length > 0; n--)
    {
      g_autoptr(SageResource) row = NULL;

      row = g_list_model_get_item (G_LIST_MODEL (fixture->source), g_test_rand_int_range (0, length));
      sage_resource_update_event (row, NULL, statuses[g_test_rand_int_range (0, 4)], 1);
      sage_index_model_row_changed (fixture->model, row);
    }
}

static void
do_something (Fixture *fixture)
{
  static const char * const wants[] = { NULL, "1", "Failed", "77", "nothing" };
  guint length = g_list_model_get_n_items (G_LIST_MODEL (fixture->source));
  guint position = g_test_rand_int_range (0, length + 1);

  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      insert_some (fixture, g_test_rand_int_range (1, 4));
      break;
    case 1:
      insert_some (fixture, g_test_rand_int_range (1, 900));
      break;
    case 2:
      change_some (fixture, g_test_rand_int_range (1, 20));
      break;
    case 3:
      g_list_store_splice (fixture->source, position,
                           g_test_rand_int_range (0, length - position + 1), NULL, 0);
      break;
    case 4:
      wanted = wants[g_test_rand_int_range (0, G_N_ELEMENTS (wants))];
      sage_index_model_refilter (fixture->model, g_test_rand_bit ());
      break;
    case 5:
      hidden = g_test_rand_bit () ? "row-7" : NULL;
      sage_index_model_recount (fixture->model);
      break;
    case 6:
      gtk_selection_model_select_range (GTK_SELECTION_MODEL (fixture->model), position / 2, 40, FALSE);
      break;
    default:
      g_main_context_iteration (NULL, FALSE);
      break;
    }
}

/* What is selected must be the same rows before and after, save those that have gone. */
static void
check_selection (Fixture    *fixture,
                 GListModel *before)
{
  g_autoptr(GHashTable) table = g_hash_table_new (NULL, NULL);
  g_autoptr(GListModel) after = sage_index_model_dup_selected (fixture->model);

  for (guint i = 0; i < g_list_model_get_n_items (before); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (before, i);
      guint position = sage_index_model_find (fixture->model, row);

      g_hash_table_add (table, row);
      if (position != GTK_INVALID_LIST_POSITION)
        g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->model),
                                                        position));
    }
  for (guint i = 0; i < g_list_model_get_n_items (after); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (after, i);

      g_assert_true (g_hash_table_contains (table, row));
    }
}

static void
test_random (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GtkCustomSorter) by_status = gtk_custom_sorter_new (compare_status, NULL, NULL);

  sage_index_model_set_order (fixture->model, GTK_SORTER (by_status));
  sage_index_model_set_source (fixture->model, G_LIST_MODEL (fixture->source));
  for (guint round = 0; round < 600; round++)
    {
      g_autoptr(GListModel) selected = NULL;

      for (guint i = g_test_rand_int_range (1, 5); i > 0; i--)
        do_something (fixture);
      selected = sage_index_model_dup_selected (fixture->model);
      if (g_test_rand_bit ())
        {
          wanted = NULL;
          sage_index_model_refilter (fixture->model, FALSE);
        }
      check_naively (fixture);
      check_selection (fixture, selected);
    }
  sage_index_model_set_source (fixture->model, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/kit/index-model/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("order", test_order);
  ADD ("counts", test_counts);
  ADD ("changes", test_changes);
  ADD ("selection", test_selection);
  ADD ("long", test_long);
  ADD ("insert-is-cheap", test_insert_is_cheap);
  ADD ("random", test_random);
#undef ADD

  return g_test_run ();
}
