/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <adwaita.h>
#include <string.h>

#include "page-fixture.h"
#include "sage-time.h"
#include "sage-words.h"

#define assert_taken(expression, expected) \
  G_STMT_START { \
    g_autofree char *taken_ = (expression); \
    g_assert_cmpstr (taken_, ==, expected); \
  } G_STMT_END

#define assert_log(fixture, expected) \
  G_STMT_START { \
    g_assert_cmpstr ((fixture)->log->str, ==, expected); \
    g_string_truncate ((fixture)->log, 0); \
  } G_STMT_END

static void
add_three (PageFixture *fixture)
{
  page_fixture_add (fixture, "churn", "Failed", 300);
  page_fixture_add (fixture, "fraud", "InProgress", 100);
  page_fixture_add (fixture, "spam", "Completed", 7200);
}

/* What is read of a row: @words and the time it was made, the exact one, which stays right. @resource:
 * (transfer full) */
static void
assert_read (GtkWidget    *row,
             SageResource *resource,
             const char   *words)
{
  g_autofree char *time = sage_words_exact_time (sage_resource_get_created (resource));
  g_autofree char *label = g_strdup_printf ("%s, %s", words, time);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label);
  g_object_unref (resource);
}

static const char *
count_text (PageFixture *fixture)
{
  return gtk_label_get_text (GTK_LABEL (page_fixture_find (fixture, GTK_TYPE_LABEL, "dim-label")));
}

static GListModel *
get_columns (PageFixture *fixture)
{
  return gtk_column_view_get_columns (
    GTK_COLUMN_VIEW (page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL)));
}

static GtkColumnViewColumn *
get_column (PageFixture *fixture,
            const char  *id)
{
  GListModel *columns = get_columns (fixture);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_id (column), id) == 0)
        return column;
    }

  g_assert_not_reached ();
}

static void
test_rows (PageFixture   *fixture,
           gconstpointer  data)
{
  GtkWidget *row;

  add_three (fixture);
  page_fixture_show (fixture, 1200);
  assert_taken (page_fixture_view (fixture), "list");
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
  g_assert_cmpstr (count_text (fixture), ==, "3 jobs, 1 running");

  row = page_fixture_row (fixture, "churn");
  g_assert_nonnull (row);
  assert_read (row, g_list_model_get_item (G_LIST_MODEL (fixture->rows), 0), "churn, Failed");
  gtk_test_accessible_assert_property (
    GTK_ACCESSIBLE (page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL)),
    GTK_ACCESSIBLE_PROPERTY_LABEL, "Jobs");
}

/* What the page shows in the @n-th cell of a row; the check is the first, the name the second. */
static GtkWidget *
get_cell (GtkWidget *row,
          guint      n)
{
  GtkWidget *cell = gtk_widget_get_first_child (row);

  for (; n > 0; n--)
    cell = gtk_widget_get_next_sibling (cell);

  return gtk_widget_get_first_child (cell);
}

static void
assert_label (GtkWidget  *widget,
              const char *label)
{
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label);
}

/* What is drawn can be read too, and follows its row. */
static void
test_cells (PageFixture   *fixture,
            gconstpointer  data)
{
  g_autoptr(SageResource) resource = NULL;
  g_autofree char *age = NULL;
  GtkWidget *row;
  GtkWidget *state;
  double ended;

  add_three (fixture);
  page_fixture_show (fixture, 1200);
  resource = g_list_model_get_item (G_LIST_MODEL (fixture->rows), 1);
  row = page_fixture_row (fixture, "fraud");
  state = get_cell (row, 2);
  age = sage_words_time (sage_resource_get_created (resource));

  assert_label (get_cell (row, 0), "Select");
  assert_label (get_cell (row, 1), "fraud");
  assert_label (state, "Running");
  assert_label (get_cell (row, 3), age);
  assert_label (get_cell (row, 5), "image-of-fraud");
  g_assert_true (gtk_widget_has_css_class (state, "state-running"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (state), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "1 min 40 s");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (get_cell (page_fixture_row (fixture, "spam"), 2)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Completed");

  ended = sage_time_now ();
  sage_resource_update_event (resource, NULL, "Failed", ended);
  assert_label (state, "Failed");
  g_assert_true (gtk_widget_has_css_class (state, "state-bad"));
  g_assert_false (gtk_widget_has_css_class (state, "state-running"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (state), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
}

/* A check is seen in each row as soon as one is selected, and says whether its row is. */
static void
test_checks (PageFixture   *fixture,
             gconstpointer  data)
{
  GtkSelectionModel *model;
  GtkWidget *one;
  GtkWidget *other;

  add_three (fixture);
  page_fixture_show (fixture, 1200);
  model = gtk_column_view_get_model (
    GTK_COLUMN_VIEW (page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL)));
  one = get_cell (page_fixture_row (fixture, "churn"), 0);
  other = get_cell (page_fixture_row (fixture, "spam"), 0);
  g_assert_false (gtk_widget_has_css_class (other, "selecting"));

  gtk_selection_model_select_item (model, 1, TRUE); /* as they are shown: after fraud */
  page_fixture_settle (fixture);
  g_assert_true (gtk_widget_has_css_class (other, "selecting"));
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (one), GTK_ACCESSIBLE_STATE_CHECKED,
                                    GTK_ACCESSIBLE_TRISTATE_TRUE);
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (other), GTK_ACCESSIBLE_STATE_CHECKED,
                                    GTK_ACCESSIBLE_TRISTATE_FALSE);

  gtk_selection_model_unselect_all (model);
  page_fixture_settle (fixture);
  g_assert_false (gtk_widget_has_css_class (other, "selecting"));
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (one), GTK_ACCESSIBLE_STATE_CHECKED,
                                    GTK_ACCESSIBLE_TRISTATE_FALSE);
}

static void
test_states (PageFixture   *fixture,
             gconstpointer  data)
{
  page_fixture_show (fixture, 1000);
  assert_taken (page_fixture_view (fixture), "empty");
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "test.new", NULL);
  assert_log (fixture, "test.new\n");

  page_fixture_add (fixture, "churn", "Failed", 300);
  assert_taken (page_fixture_view (fixture), "list");
  sage_index_page_set_filter (fixture->page, "nothing");
  assert_taken (page_fixture_view (fixture), "no-match");
  g_assert_cmpstr (count_text (fixture), ==, "0 of 1 job");
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "index.clear-filter", NULL);
  assert_taken (page_fixture_view (fixture), "list");
  g_list_store_remove_all (fixture->rows);
  assert_taken (page_fixture_view (fixture), "empty");
}

static void
test_filter (PageFixture   *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *filter;
    const char *names;
  } cases[] = {
    { "churn", "churn " },
    { "status:failed", "churn " },
    { "status:running", "fraud " }, /* as it is shown, not as the API has it */
    { "status:inprogress", "fraud " },
    { "state:failed,succeeded", "churn spam " },
    { "kind:training", "fraud churn spam " },
    { "kind:processing", "" },
    { "created:>1h", "spam " },
    { "created:<3min", "fraud " },
    { "duration:>30min", "spam " },
    { "ended:<10min", "churn " }, /* what goes on has not ended */
    { "image:image-of-spam", "spam " },
    { "image-of-fraud", "fraud " },
    { "-churn -status:completed", "fraud " },
  };

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].filter);
      sage_index_page_set_filter (fixture->page, cases[i].filter);
      assert_taken (page_fixture_names (fixture), cases[i].names);
    }

  g_assert_false (gtk_revealer_get_reveal_child (
    GTK_REVEALER (page_fixture_find (fixture, GTK_TYPE_REVEALER, NULL))));
}

static GtkRevealer *
find_hint (PageFixture *fixture)
{
  GtkWidget *hint = page_fixture_find (fixture, GTK_TYPE_LABEL, "caption");

  return GTK_REVEALER (gtk_widget_get_ancestor (hint, GTK_TYPE_REVEALER));
}

static void
test_hint (PageFixture   *fixture,
           gconstpointer  data)
{
  const char *text;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  g_assert_false (gtk_revealer_get_reveal_child (find_hint (fixture)));
  sage_index_page_set_filter (fixture->page, "<b>owner:me");
  page_fixture_settle (fixture);
  g_assert_false (gtk_revealer_get_reveal_child (find_hint (fixture)));
  sage_index_page_set_filter (fixture->page, "owner:me");
  page_fixture_settle (fixture);
  g_assert_true (gtk_revealer_get_reveal_child (find_hint (fixture)));
  text = gtk_label_get_text (GTK_LABEL (page_fixture_find (fixture, GTK_TYPE_LABEL, "caption")));
  g_assert_nonnull (strstr (text, "owner:"));
  g_assert_nonnull (strstr (text, "image")); /* the columns' keys are named too */
  sage_index_page_set_filter (fixture->page, "");
  page_fixture_settle (fixture);
  g_assert_false (gtk_revealer_get_reveal_child (find_hint (fixture)));
}

static void
test_toggles (PageFixture   *fixture,
              gconstpointer  data)
{
  AdwToggleGroup *group;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  group = ADW_TOGGLE_GROUP (page_fixture_find (fixture, ADW_TYPE_TOGGLE_GROUP, NULL));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (group)));
  g_assert_cmpuint (adw_toggle_group_get_n_toggles (group), ==, 4); /* nothing waits or is stopped */

  adw_toggle_group_set_active_name (group, "failed");
  assert_taken (page_fixture_names (fixture), "churn ");
  g_assert_cmpstr (count_text (fixture), ==, "1 of 3 jobs");
  sage_index_page_set_filter (fixture->page, "fraud");
  assert_taken (page_fixture_view (fixture), "no-match");
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "index.clear-filter", NULL);
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
  g_assert_cmpstr (adw_toggle_group_get_active_name (group), ==, "all");

  page_fixture_add (fixture, "new", "Stopped", 1);
  page_fixture_settle (fixture);
  g_assert_cmpuint (adw_toggle_group_get_n_toggles (group), ==, 5);
}

static void
test_selection (PageFixture   *fixture,
                gconstpointer  data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);
  GtkActionBar *bar;
  g_autoptr(GListModel) selected = NULL;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  bar = GTK_ACTION_BAR (page_fixture_find (fixture, GTK_TYPE_ACTION_BAR, NULL));
  g_assert_false (gtk_action_bar_get_revealed (bar));
  selected = sage_index_page_dup_selected (fixture->page);
  g_assert_cmpuint (g_list_model_get_n_items (selected), ==, 0);
  gtk_widget_activate_action (page, "index.remove", NULL);
  assert_log (fixture, "");

  gtk_widget_activate_action (page, "index.select-all", NULL);
  assert_taken (page_fixture_names (fixture), "fraud* churn* spam* ");
  g_assert_true (gtk_action_bar_get_revealed (bar));
  gtk_widget_activate_action (page, "index.remove", NULL);
  assert_log (fixture, "remove fraud\nremove churn\nremove spam\n");

  sage_index_page_set_filter (fixture->page, "churn");
  page_fixture_settle (fixture);
  gtk_widget_activate_action (page, "index.remove", NULL);
  assert_log (fixture, "remove churn\n");
  gtk_widget_activate_action (page, "index.unselect-all", NULL);
  page_fixture_settle (fixture);
  g_assert_false (gtk_action_bar_get_revealed (bar));
}

static void
test_focus (PageFixture   *fixture,
            gconstpointer  data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  g_assert_null (sage_page_get_selection (SAGE_PAGE (page)));
  page_fixture_focus (fixture, 1);
  g_assert_nonnull (sage_index_page_get_focused (fixture->page));
  g_assert_cmpstr (sage_resource_get_name (sage_index_page_get_focused (fixture->page)), ==, "churn");
  g_assert_true (sage_page_get_selection (SAGE_PAGE (page))
                 == G_OBJECT (sage_index_page_get_focused (fixture->page)));

  gtk_widget_activate_action (page, "index.open", NULL);
  gtk_widget_activate_action (page, "index.open-new-tab", NULL);
  gtk_widget_activate_action (page, "index.remove", NULL);
  assert_log (fixture, "open training-job/churn\nopen-new-tab training-job/churn\nremove churn\n");

  /* It stays when the focus goes elsewhere, and goes with its row. */
  sage_page_find (SAGE_PAGE (page));
  page_fixture_settle (fixture);
  g_assert_nonnull (sage_index_page_get_focused (fixture->page));
  g_list_store_remove (fixture->rows, 0);
  page_fixture_settle (fixture);
  g_assert_null (sage_index_page_get_focused (fixture->page));
  g_assert_null (sage_page_get_selection (SAGE_PAGE (page)));
}

static void
test_keys (PageFixture   *fixture,
           gconstpointer  data)
{
  add_three (fixture);
  page_fixture_show (fixture, 1000);
  page_fixture_focus (fixture, 0);
  if (!page_fixture_keys (fixture, "Return"))
    return;

  assert_log (fixture, "open training-job/fraud\n");
  page_fixture_keys (fixture, "ctrl+Return");
  assert_log (fixture, "open-new-tab training-job/fraud\n");
  page_fixture_keys (fixture, "space");
  assert_log (fixture, "inspector \n");

  page_fixture_keys (fixture, "Down"); /* where none is selected, this selects the one at hand */
  assert_taken (page_fixture_names (fixture), "fraud* churn spam ");
  page_fixture_keys (fixture, "Down");
  assert_taken (page_fixture_names (fixture), "fraud churn* spam ");
  page_fixture_keys (fixture, "shift+Down");
  assert_taken (page_fixture_names (fixture), "fraud churn* spam* ");
  page_fixture_keys (fixture, "Delete");
  assert_log (fixture, "remove churn\nremove spam\n");
  page_fixture_keys (fixture, "Escape");
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
  page_fixture_keys (fixture, "ctrl+a");
  assert_taken (page_fixture_names (fixture), "fraud* churn* spam* ");
  page_fixture_keys (fixture, "Escape");

  page_fixture_keys (fixture, "c"); /* typing narrows */
  page_fixture_keys (fixture, "h");
  g_assert_cmpstr (sage_index_page_get_filter (fixture->page), ==, "ch");
  assert_taken (page_fixture_names (fixture), "churn ");
  page_fixture_keys (fixture, "Return"); /* to the rows */
  page_fixture_keys (fixture, "Return");
  assert_log (fixture, "open training-job/churn\n");
  page_fixture_keys (fixture, "Escape");
  g_assert_cmpstr (sage_index_page_get_filter (fixture->page), ==, "");
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
}

static void
test_menu (PageFixture   *fixture,
           gconstpointer  data)
{
  GtkWidget *popover;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  page_fixture_focus (fixture, 1);
  if (!page_fixture_keys (fixture, "shift+F10"))
    return;

  popover = page_fixture_find (fixture, GTK_TYPE_POPOVER_MENU, NULL);
  g_assert_true (gtk_widget_get_mapped (popover));
  assert_taken (page_fixture_names (fixture), "fraud churn* spam ");
  page_fixture_keys (fixture, "Down");
  page_fixture_keys (fixture, "Return");
  assert_log (fixture, "open-new-tab training-job/churn\n");

  page_fixture_keys (fixture, "Menu");
  g_assert_true (gtk_widget_get_mapped (popover));
  page_fixture_keys (fixture, "Escape");
  g_assert_false (gtk_widget_get_mapped (popover));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window))
                 == page_fixture_row (fixture, "churn"));
}

static GtkWidget *
find_title (GtkWidget *widget)
{
  if (gtk_widget_has_css_class (widget, "index-name"))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_title (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
test_pointer (PageFixture   *fixture,
              gconstpointer  data)
{
  GtkWidget *row;
  GtkWidget *title;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  row = page_fixture_row (fixture, "churn");
  title = find_title (row);
  if (!page_fixture_click (fixture, title, 26, 16, 1))
    return;

  assert_log (fixture, "open training-job/churn\n"); /* on the name */
  page_fixture_click (fixture, title, gtk_widget_get_width (title) - 2, 16, 1);
  assert_log (fixture, ""); /* behind it, the row is selected */
  page_fixture_click (fixture, title, 8, 16, 1); /* nor is its icon a link */
  assert_log (fixture, "");
  assert_taken (page_fixture_names (fixture), "fraud churn* spam ");
  page_fixture_click (fixture, page_fixture_row (fixture, "fraud"), 300, 10, 2);
  assert_log (fixture, "open-new-tab training-job/fraud\n");
  page_fixture_click (fixture, page_fixture_row (fixture, "spam"), 18, 16, 1); /* the check */
  assert_taken (page_fixture_names (fixture), "fraud churn* spam* ");
  page_fixture_click (fixture, page_fixture_row (fixture, "churn"), 18, 16, 1);
  assert_taken (page_fixture_names (fixture), "fraud churn spam* ");
  assert_log (fixture, "");

  page_fixture_click (fixture, page_fixture_row (fixture, "fraud"), 300, 10, 3);
  assert_taken (page_fixture_names (fixture), "fraud* churn spam ");
  g_assert_true (gtk_widget_get_mapped (page_fixture_find (fixture, GTK_TYPE_POPOVER_MENU, NULL)));
}

static void
test_live (PageFixture   *fixture,
           gconstpointer  data)
{
  SageResource *row;
  GtkWidget *widget;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  row = g_list_model_get_item (G_LIST_MODEL (fixture->rows), 1);
  g_object_unref (row);
  widget = page_fixture_row (fixture, "fraud");
  g_assert_false (gtk_widget_has_css_class (widget, "changed"));

  sage_resource_update_event (row, NULL, "Failed", sage_time_now ());
  g_assert_true (gtk_widget_has_css_class (widget, "changed"));
  page_fixture_settle (fixture);
  g_assert_cmpstr (count_text (fixture), ==, "3 jobs");
  assert_read (widget, g_object_ref (row), "fraud, Failed");
  g_usleep (1100000);
  page_fixture_settle (fixture);
  g_assert_false (gtk_widget_has_css_class (widget, "changed"));
}

static GtkAdjustment *
get_adjustment (PageFixture *fixture)
{
  GtkWidget *view = page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);

  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
}

static double
get_scroll (PageFixture *fixture)
{
  return gtk_adjustment_get_value (get_adjustment (fixture));
}

static void
set_scroll (PageFixture *fixture,
            double       value)
{
  gtk_adjustment_set_value (get_adjustment (fixture), value);
  page_fixture_settle (fixture);
}

/* At the top one sees what is new; elsewhere, what one was looking at stays where it is. */
static void
test_insert_at_top (PageFixture   *fixture,
                    gconstpointer  data)
{
  double before;
  double after;

  page_fixture_add_many (fixture, 1000);
  page_fixture_show (fixture, 1000);
  g_assert_cmpfloat (get_scroll (fixture), ==, 0);
  page_fixture_add (fixture, "new", "Completed", 1);
  assert_taken (page_fixture_names (fixture), "new row-0 row-1 row-2 row-3 row-4 row-5 row-6 ");
  g_assert_cmpfloat (get_scroll (fixture), ==, 0);

  set_scroll (fixture, 5000);
  before = get_scroll (fixture);
  page_fixture_add (fixture, "newer", "Completed", 0.5);
  page_fixture_settle (fixture);
  after = get_scroll (fixture);
  g_assert_cmpfloat (after - before, >=, 32);
  g_assert_cmpfloat (after - before, <=, 40);
}

/* Rows that come into sight show themselves, and no others, however one gets there. */
static void
test_scroll (PageFixture   *fixture,
             gconstpointer  data)
{
  GtkWidget *view;
  double height;

  page_fixture_add_many (fixture, 20000);
  page_fixture_show (fixture, 1000);
  view = page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);
  g_assert_nonnull (page_fixture_row (fixture, "row-0"));
  g_assert_cmpuint (test_page_bound, <=, 250);
  height = gtk_widget_get_height (page_fixture_row (fixture, "row-0"));
  g_assert_cmpfloat (height, >=, 32);
  g_assert_cmpfloat (height, <=, 36);

  for (guint i = 0; i < 40; i++)
    {
      guint position = i * 7919 % 20000;
      g_autofree char *name = g_strdup_printf ("row-%u", position);
      GtkWidget *row;

      gtk_column_view_scroll_to (GTK_COLUMN_VIEW (view), position, NULL, GTK_LIST_SCROLL_NONE, NULL);
      page_fixture_settle (fixture);
      row = page_fixture_row (fixture, name);
      g_assert_nonnull (row);
      g_assert_true (gtk_widget_get_child_visible (row));
    }
}

static void
test_sort (PageFixture   *fixture,
           gconstpointer  data)
{
  GtkColumnView *view;

  add_three (fixture);
  page_fixture_show (fixture, 1000);
  view = GTK_COLUMN_VIEW (page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL));
  gtk_column_view_sort_by_column (view, get_column (fixture, "name"), GTK_SORT_DESCENDING);
  assert_taken (page_fixture_names (fixture), "spam fraud churn ");
  gtk_column_view_sort_by_column (view, get_column (fixture, "status"), GTK_SORT_ASCENDING);
  assert_taken (page_fixture_names (fixture), "churn fraud spam "); /* what wants a person first */
  gtk_column_view_sort_by_column (view, get_column (fixture, "created"), GTK_SORT_DESCENDING);
  assert_taken (page_fixture_names (fixture), "spam churn fraud "); /* the oldest first */
  gtk_column_view_sort_by_column (view, get_column (fixture, "duration"), GTK_SORT_ASCENDING);
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
  gtk_column_view_sort_by_column (view, NULL, GTK_SORT_ASCENDING);
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
}

/* The row that has the focus keeps it when others take the places around it. */
static void
test_sort_keeps_focus (PageFixture   *fixture,
                       gconstpointer  data)
{
  GtkColumnView *view;
  GtkWidget *focus;

  page_fixture_add_many (fixture, 3000);
  page_fixture_show (fixture, 1000);
  page_fixture_focus (fixture, 5);
  view = GTK_COLUMN_VIEW (page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL));
  gtk_column_view_sort_by_column (view, get_column (fixture, "created"), GTK_SORT_DESCENDING);
  page_fixture_settle (fixture);

  g_assert_cmpstr (sage_resource_get_name (sage_index_page_get_focused (fixture->page)), ==, "row-5");
  focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));
  g_assert_true (focus == page_fixture_row (fixture, "row-5"));
  g_assert_cmpfloat (get_scroll (fixture), >, 2000 * 32);
}

static void
test_narrow (PageFixture   *fixture,
             gconstpointer  data)
{
  GtkWidget *row;

  add_three (fixture);
  page_fixture_show (fixture, 360);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->page)), <=, 360);
  g_assert_false (gtk_column_view_column_get_visible (get_column (fixture, "name")));
  row = page_fixture_row (fixture, "churn");
  g_assert_nonnull (row);
  g_assert_cmpint (gtk_widget_get_height (row), >, 45);
  g_assert_cmpint (gtk_widget_get_width (row), <=, 360);
}

static void
test_columns_fit (PageFixture   *fixture,
                  gconstpointer  data)
{
  add_three (fixture);
  page_fixture_show (fixture, 640);
  g_assert_true (gtk_column_view_column_get_visible (get_column (fixture, "name")));
  g_assert_true (gtk_column_view_column_get_visible (get_column (fixture, "status")));
  g_assert_false (gtk_column_view_column_get_visible (get_column (fixture, "image")));

  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "columns.status", NULL);
  page_fixture_settle (fixture);
  g_assert_false (gtk_column_view_column_get_visible (get_column (fixture, "status")));
  g_assert_true (gtk_column_view_column_get_visible (get_column (fixture, "image")));
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "index.reset-columns", NULL);
  page_fixture_settle (fixture);
  g_assert_true (gtk_column_view_column_get_visible (get_column (fixture, "status")));
}

static char *
list_columns (PageFixture *fixture)
{
  GString *list = g_string_new (NULL);
  GListModel *columns = get_columns (fixture);

  for (guint i = 2; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (gtk_column_view_column_get_visible (column))
        g_string_append_printf (list, "%s:%d ", gtk_column_view_column_get_id (column),
                                gtk_column_view_column_get_fixed_width (column));
    }

  return g_string_free_and_steal (list);
}

static void
test_state (PageFixture   *fixture,
            gconstpointer  data)
{
  GtkColumnView *view;
  GtkColumnViewColumn *status;
  g_autoptr(GVariant) state = NULL;
  g_autofree char *before = NULL;

  page_fixture_add_many (fixture, 1000);
  page_fixture_show (fixture, 1200);
  view = GTK_COLUMN_VIEW (page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL));
  status = g_object_ref (get_column (fixture, "status"));
  gtk_column_view_remove_column (view, status);
  gtk_column_view_insert_column (view, 2, status);
  gtk_column_view_column_set_fixed_width (status, 222);
  g_object_unref (status);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "columns.duration", NULL);
  gtk_column_view_sort_by_column (view, get_column (fixture, "name"), GTK_SORT_DESCENDING);
  sage_index_page_set_filter (fixture->page, "status:completed");
  page_fixture_settle (fixture);
  set_scroll (fixture, 3000);
  before = list_columns (fixture);
  state = sage_page_save_state (SAGE_PAGE (fixture->page));

  page_fixture_tear_down (fixture, NULL);
  page_fixture_set_up (fixture, NULL);
  sage_page_restore_state (SAGE_PAGE (fixture->page), state);
  page_fixture_show (fixture, 1200);
  page_fixture_add_many (fixture, 1000);
  assert_taken (page_fixture_names (fixture),
                "row-999 row-998 row-997 row-995 row-994 row-993 row-991 row-990 ");
  assert_taken (list_columns (fixture), before);
  g_assert_cmpstr (sage_index_page_get_filter (fixture->page), ==, "status:completed");
  g_assert_cmpfloat (get_scroll (fixture), ==, 3000);
}

/* What is remembered may come from another version, or from nowhere. */
static void
test_hostile_state (PageFixture   *fixture,
                    gconstpointer  data)
{
  static const char * const states[] = {
    "@a{sv} {}",
    "{'columns': <1>, 'sort': <'name'>, 'filter': <2>, 'state': <'x'>, 'scroll': <'far'>}",
    "{'columns': <[('gone', 100, true), ('name', -7, false), ('status', 2000000000, true),"
    "              ('status', 100, true), ('', 0, false)]>}",
    "{'sort': <('gone', true)>, 'state': <int32 99>, 'scroll': <-5.0>}",
    "{'sort': <('custom', true)>, 'state': <int32 -99>, 'scroll': <1e300>}",
    "{'filter': <'\"'>}",
  };

  add_three (fixture);
  page_fixture_show (fixture, 1200);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GVariant) state = g_variant_parse (NULL, states[i], NULL, NULL, &error);

      g_assert_no_error (error);
      sage_page_restore_state (SAGE_PAGE (fixture->page), state);
      assert_taken (page_fixture_view (fixture), "list");
    }
  g_assert_true (gtk_column_view_column_get_visible (get_column (fixture, "name")));
}

static void
test_hostile_names (PageFixture   *fixture,
                    gconstpointer  data)
{
  g_autofree char *endless = g_strnfill (100000, 'x');
  const char * const names[] = {
    "<b>bold</b>", "evil\xe2\x80\xaegnp.exe", "one\ntwo\r\nthree", "\xff\xfe", "", "%s%n", endless,
  };
  GtkWidget *row;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    page_fixture_add (fixture, names[i], i % 2 ? "Failed" : "NoSuchStatus", 100 + i);
  page_fixture_show (fixture, 1000);
  g_assert_nonnull (page_fixture_row (fixture, "evil\xef\xbf\xbdgnp.exe"));
  row = page_fixture_row (fixture, "one two\xef\xbf\xbd three");
  g_assert_nonnull (row);
  g_assert_cmpint (gtk_widget_get_height (row), <=, 36);
  g_assert_null (page_fixture_row (fixture, endless));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->page)), <=, 1000);

  page_fixture_focus (fixture, 2);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "index.open", NULL);
  assert_log (fixture, "open training-job/one\ntwo\r\nthree\n");
}

/* Nothing of a page may hang on to rows that live on. */
static void
test_lets_go (PageFixture   *fixture,
              gconstpointer  data)
{
  g_autoptr(SageResource) row = NULL;

  page_fixture_add_many (fixture, 500);
  page_fixture_show (fixture, 1000);
  for (double scroll = 0; scroll < 16000; scroll += 1777)
    set_scroll (fixture, scroll);
  row = g_list_model_get_item (G_LIST_MODEL (fixture->rows), 0);
  page_fixture_destroy (fixture);

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr(SageResource) each = g_list_model_get_item (G_LIST_MODEL (fixture->rows), i);

      g_assert_cmpuint (g_signal_handler_find (each, G_SIGNAL_MATCH_ID,
                                               g_signal_lookup ("notify", G_TYPE_OBJECT), 0, NULL,
                                               NULL, NULL), ==, 0);
    }
  g_list_store_remove_all (fixture->rows);
  g_assert_finalize_object (g_steal_pointer (&row));
}

static gboolean
is_no_churn (SageIndexPage *page,
             SageResource  *row)
{
  return strcmp (sage_resource_get_name (row), "churn") != 0;
}

static void
test_filter_func (PageFixture   *fixture,
                  gconstpointer  data)
{
  add_three (fixture);
  page_fixture_show (fixture, 1000);
  sage_index_page_set_filter_func (fixture->page, is_no_churn);
  assert_taken (page_fixture_names (fixture), "fraud spam ");
  g_assert_cmpstr (count_text (fixture), ==, "2 jobs, 1 running");
  sage_index_page_set_filter_func (fixture->page, NULL);
  assert_taken (page_fixture_names (fixture), "fraud churn spam ");
}

int
main (int    argc,
      char **argv)
{
  page_fixture_init (&argc, &argv);

#define ADD(name, function) \
  g_test_add ("/kit/index-page/" name, PageFixture, NULL, page_fixture_set_up, function, \
              page_fixture_tear_down)
  ADD ("rows", test_rows);
  ADD ("cells", test_cells);
  ADD ("checks", test_checks);
  ADD ("states", test_states);
  ADD ("filter", test_filter);
  ADD ("hint", test_hint);
  ADD ("toggles", test_toggles);
  ADD ("selection", test_selection);
  ADD ("focus", test_focus);
  ADD ("keys", test_keys);
  ADD ("menu", test_menu);
  ADD ("pointer", test_pointer);
  ADD ("live", test_live);
  ADD ("insert-at-top", test_insert_at_top);
  ADD ("scroll", test_scroll);
  ADD ("sort", test_sort);
  ADD ("sort-keeps-focus", test_sort_keeps_focus);
  ADD ("narrow", test_narrow);
  ADD ("columns-fit", test_columns_fit);
  ADD ("state", test_state);
  ADD ("hostile-state", test_hostile_state);
  ADD ("hostile-names", test_hostile_names);
  ADD ("lets-go", test_lets_go);
  ADD ("filter-func", test_filter_func);
#undef ADD

  return g_test_run ();
}
