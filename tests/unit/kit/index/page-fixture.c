/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gi18n.h>
#include <gdk/x11/gdkx.h>
#include <string.h>

#include "../../../criticals.h"
#include "page-fixture.h"
#include "sage-time.h"

#define QUIET_TURNS 20 /* of the main loop in which nothing happens */

struct _TestPage
{
  SageIndexPage  parent_instance;

  GString       *log; /* (unowned) */
};

G_DEFINE_FINAL_TYPE (TestPage, test_page, SAGE_TYPE_INDEX_PAGE)

guint test_page_bound;

static char *
dup_image (SageIndexPage *page,
           SageResource  *row)
{
  return g_strconcat ("image-of-", sage_resource_get_title (row), NULL);
}

static GtkWidget *
create_custom (SageIndexPage *page)
{
  g_assert_true (TEST_IS_PAGE (page));

  return gtk_label_new (NULL);
}

static void
bind_custom (GtkWidget    *widget,
             SageResource *row)
{
  test_page_bound++;
  g_object_bind_property (row, "status", widget, "label", G_BINDING_SYNC_CREATE);
}

static void
unbind_custom (GtkWidget    *widget,
               SageResource *row)
{
  test_page_bound--;
}

static const SageColumn columns[] = {
  { .id = "name", .title = N_("Name"), .kind = SAGE_COLUMN_NAME, .expand = TRUE },
  { .id = "status", .title = N_("Status"), .kind = SAGE_COLUMN_STATE },
  { .id = "created", .title = N_("Created"), .kind = SAGE_COLUMN_TIME, .property = "created" },
  { .id = "duration", .title = N_("Duration"), .kind = SAGE_COLUMN_DURATION },
  { .id = "image", .title = N_("Image"), .kind = SAGE_COLUMN_TEXT, .text = dup_image },
  { .id = "custom", .title = N_("Custom"), .kind = SAGE_COLUMN_CUSTOM, .width = 80,
    .create = create_custom, .bind = bind_custom, .unbind = unbind_custom },
};

static void
test_page_remove (SageIndexPage *page,
                  GListModel    *rows)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (rows, i);

      g_string_append_printf (TEST_PAGE (page)->log, "remove %s\n", sage_resource_get_name (row));
    }
}

static void
bulk_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  g_string_append_printf (TEST_PAGE (widget)->log, "%s\n", action_name);
}

static void
test_page_class_init (TestPageClass *klass)
{
  SAGE_INDEX_PAGE_CLASS (klass)->remove = test_page_remove;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "test.stop", NULL, bulk_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "test.new", NULL, bulk_action);
}

static char *
count_jobs (guint n)
{
  return g_strdup_printf (g_dngettext (NULL, "%u job", "%u jobs", n), n);
}

static void
test_page_init (TestPage *self)
{
  SageIndexPage *page = SAGE_INDEX_PAGE (self);

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    sage_index_page_add_column (page, &columns[i]);
  sage_page_set_title (SAGE_PAGE (self), "Jobs");
  sage_index_page_set_count (page, count_jobs);
  sage_index_page_set_primary (page, "New", "test.new");
  sage_index_page_add_bulk_action (page, "Stop", "media-playback-stop-symbolic", "test.stop", FALSE);
  sage_index_page_set_empty (page, "sagebrush-jobs-symbolic", "No jobs", "There are <none> & such.",
                             "Make one", "test.new");
}

static void
window_action_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  PageFixture   *fixture)
{
  g_string_append_printf (fixture->log, "%s %s\n", g_action_get_name (G_ACTION (action)),
                          parameter != NULL ? g_variant_get_string (parameter, NULL) : "");
}

static void
add_window_actions (PageFixture *fixture)
{
  static const char * const names[] = { "open", "open-new-tab", "inspector" };
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GSimpleAction) action = NULL;

      action = g_simple_action_new (names[i], i < 2 ? G_VARIANT_TYPE_STRING : NULL);
      g_signal_connect (action, "activate", G_CALLBACK (window_action_cb), fixture);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
}

/* Sets up a page that has no rows yet; @connection: (nullable). */
void
page_fixture_set_up_on (PageFixture    *fixture,
                        SageConnection *connection)
{
  fixture->log = g_string_new (NULL);
  fixture->rows = g_list_store_new (SAGE_TYPE_RESOURCE);
  fixture->page = g_object_new (TEST_TYPE_PAGE, "connection", connection, "location", "jobs", NULL);
  TEST_PAGE (fixture->page)->log = fixture->log;

  fixture->window = gtk_window_new ();
  add_window_actions (fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *) &fixture->page);
}

void
page_fixture_set_up (PageFixture   *fixture,
                     gconstpointer  data)
{
  page_fixture_set_up_on (fixture, NULL);
  sage_index_page_set_model (fixture->page, G_LIST_MODEL (fixture->rows));
}

/* Closes the window and sees that nothing of the page is left. */
void
page_fixture_destroy (PageFixture *fixture)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (fixture->page != NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (fixture->page);
}

void
page_fixture_tear_down (PageFixture   *fixture,
                        gconstpointer  data)
{
  if (fixture->page != NULL)
    page_fixture_destroy (fixture);
  g_assert_cmpuint (test_page_bound, ==, 0);
  g_assert_finalize_object (fixture->rows);
  g_string_free (fixture->log, TRUE);
}

static SageResource *
make_row (const char *name,
          const char *status,
          double      age)
{
  SageResource *row = sage_resource_new (SAGE_KIND_TRAINING_JOB, name);
  double now = sage_time_now ();

  sage_resource_update_event (row, NULL, "InProgress", now - age);
  sage_resource_update_event (row, NULL, status, now - age / 2);

  return row;
}

/* Returns: (transfer none): a row behind those that are there; @age in seconds */
SageResource *
page_fixture_add (PageFixture *fixture,
                  const char  *name,
                  const char  *status,
                  double       age)
{
  g_autoptr(SageResource) row = make_row (name, status, age);

  g_list_store_append (fixture->rows, row);

  return row;
}

/* Adds rows "row-0", the newest, to "row-(n-1)". */
void
page_fixture_add_many (PageFixture *fixture,
                       guint        n)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("row-%u", i);

      g_ptr_array_add (rows, make_row (name, i % 4 == 0 ? "Failed" : "Completed", 100 + 100. * i));
    }
  g_list_store_splice (fixture->rows, 0, 0, rows->pdata, rows->len);
}

/* Lets the main loop turn until nothing is left to do at once, or only what never ends: a spinner. */
void
page_fixture_settle (PageFixture *fixture)
{
  gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;

  for (guint quiet = 0; quiet < QUIET_TURNS && g_get_monotonic_time () < end;)
    {
      if (g_main_context_iteration (NULL, FALSE))
        quiet = 0;
      else
        {
          quiet++;
          g_usleep (5000);
        }
    }
}

void
page_fixture_show (PageFixture *fixture,
                   int          width)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  page_fixture_settle (fixture);
}

static GtkWidget *
find_widget (GtkWidget  *widget,
             GType       type,
             const char *css_class)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type)
      && (css_class == NULL || gtk_widget_has_css_class (widget, css_class)))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, css_class);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* Returns: (transfer none): the first widget in the page of a type and, if not %NULL, a class */
GtkWidget *
page_fixture_find (PageFixture *fixture,
                   GType        type,
                   const char  *css_class)
{
  GtkWidget *found = find_widget (GTK_WIDGET (fixture->page), type, css_class);

  g_assert_nonnull (found);

  return found;
}

/* Returns: (transfer full): which of its states the page shows */
char *
page_fixture_view (PageFixture *fixture)
{
  page_fixture_settle (fixture);

  return g_strdup (gtk_stack_get_visible_child_name (
    GTK_STACK (page_fixture_find (fixture, GTK_TYPE_STACK, NULL))));
}

static GListModel *
get_model (PageFixture *fixture)
{
  GtkWidget *view = page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);

  return G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
}

/* Returns: (transfer full): the names of the first rows, each followed by a blank; `*` if selected */
char *
page_fixture_names (PageFixture *fixture)
{
  GString *names = g_string_new (NULL);
  GListModel *model = get_model (fixture);

  page_fixture_settle (fixture);
  for (guint i = 0; i < MIN (g_list_model_get_n_items (model), 8); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (model, i);

      g_string_append_printf (names, "%s%s ", sage_resource_get_name (row),
                              gtk_selection_model_is_selected (GTK_SELECTION_MODEL (model), i)
                                ? "*" : "");
    }

  return g_string_free_and_steal (names);
}

/* Whether a title, which may be a widget of its own or drawn, is @name. */
static gboolean
is_called (GtkWidget  *title,
           const char *name)
{
  g_autofree char *other = NULL;

  if (GTK_IS_INSCRIPTION (title))
    return g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (title)), name) == 0;

  other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (title), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                              name);

  return other == NULL;
}

/* The row that shows @name; (nullable). */
GtkWidget *
page_fixture_row (PageFixture *fixture,
                  const char  *name)
{
  GtkWidget *view = page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);
  GtkWidget *list = gtk_widget_get_last_child (view);

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *title = find_widget (row, GTK_TYPE_WIDGET, "index-name");

      if (title != NULL && is_called (title, name))
        return row;
    }

  return NULL;
}

/* Gives a row the focus, as the keyboard does. */
void
page_fixture_focus (PageFixture *fixture,
                    guint        position)
{
  GtkWidget *view = page_fixture_find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);

  gtk_column_view_scroll_to (GTK_COLUMN_VIEW (view), position, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
  gtk_widget_grab_focus (view);
  page_fixture_settle (fixture);
}

static gulong
get_xid (PageFixture *fixture)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (fixture->window));

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  return gdk_x11_surface_get_xid (surface);
G_GNUC_END_IGNORE_DEPRECATIONS
}

/* Has xdotool do something. Returns %FALSE, and skips the test, where that program is missing. */
static gboolean
run_xdotool (PageFixture *fixture,
             const char  *commands)
{
  g_autofree char *program = g_find_program_in_path ("xdotool");
  g_autofree char *line = g_strdup_printf ("xdotool %s", commands);
  g_auto(GStrv) argv = NULL;
  g_autoptr(GError) error = NULL;
  int status;

  if (program == NULL)
    {
      g_test_skip ("xdotool is not installed");
      return FALSE;
    }

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, &error));
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  page_fixture_settle (fixture);

  return TRUE;
}

static gboolean
focus_window (PageFixture *fixture)
{
  g_autofree char *focus = g_strdup_printf ("windowfocus --sync %lu", get_xid (fixture));

  return gtk_window_is_active (GTK_WINDOW (fixture->window)) || run_xdotool (fixture, focus);
}

/* Types real keys, in the words of xdotool: "ctrl+Return". Returns as run_xdotool(). */
gboolean
page_fixture_keys (PageFixture *fixture,
                   const char  *keys)
{
  g_autofree char *key = g_strdup_printf ("key --clearmodifiers %s", keys);

  return focus_window (fixture) && run_xdotool (fixture, key);
}

/* Clicks at a point of a widget. Returns as run_xdotool(). */
gboolean
page_fixture_click (PageFixture *fixture,
                    GtkWidget   *widget,
                    double       x,
                    double       y,
                    guint        button)
{
  g_autofree char *click = NULL;
  graphene_point_t point = { (float) x, (float) y };
  double offset_x;
  double offset_y;

  g_assert_true (gtk_widget_compute_point (widget, fixture->window, &point, &point));
  gtk_native_get_surface_transform (GTK_NATIVE (fixture->window), &offset_x, &offset_y);
  click = g_strdup_printf ("mousemove --sync --window %lu %d %d click %u", get_xid (fixture),
                           (int) (point.x + offset_x), (int) (point.y + offset_y), button);

  return focus_window (fixture) && run_xdotool (fixture, click);
}

/* Begins a test program: with the style of Studio and without what moves by itself. */
void
page_fixture_init (int    *argc,
                   char ***argv)
{
  g_autoptr(GtkCssProvider) css = NULL;

  g_test_init (argc, argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-cursor-blink", FALSE,
                NULL);
  css = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (css, "/org/sagebrush/Studio/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
