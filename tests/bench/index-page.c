/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What 100,000 rows cost the main loop: SageIndexPage beside a bare GtkColumnView of two labels, in
 * the same window of the same run. Prints a line a figure: its name, ours, and the bare view's where
 * there is one. Times are milliseconds of processor time, of one turn of the main loop.
 */

#include "config.h"

#include <glib/gi18n.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#include "sage-index-page.h"
#include "sage-time.h"

#define ROWS 100000
#define FEW_ROWS 1000
#define FRAMES 300
#define WIDTH 1200
#define HEIGHT 800

/* The processor time of each turn of the main loop, in ms: a stall, without what else this machine
 * does meanwhile. */
static GArray *turns;
static double turn_began;
static GMainContext *context;

static double
processor_ms (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);

  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

/* A turn is all that happens from one wait for events to the next. */
static int
poll_and_measure (GPollFD *fds,
                  guint    n_fds,
                  int      timeout)
{
  double turn = processor_ms () - turn_began;
  int result;

  g_array_append_val (turns, turn);
  result = g_poll (fds, n_fds, timeout);
  turn_began = processor_ms ();

  return result;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  const double *x = a;
  const double *y = b;

  return (*x > *y) - (*x < *y);
}

static void
begin_measuring (void)
{
  g_array_set_size (turns, 0);
  turn_began = processor_ms ();
}

typedef struct
{
  double worst;
  double p99;
  double sum;
} Stall;

static Stall
end_measuring (void)
{
  Stall stall = { 0 };
  double turn = processor_ms () - turn_began;

  g_array_append_val (turns, turn);
  for (guint i = 0; i < turns->len; i++)
    stall.sum += g_array_index (turns, double, i);
  g_array_sort (turns, compare_doubles);
  stall.worst = g_array_index (turns, double, turns->len - 1);
  stall.p99 = g_array_index (turns, double, turns->len * 99 / 100);

  return stall;
}

static void
settle (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      while (g_main_context_iteration (context, FALSE))
        ;
      g_usleep (1000);
    }
}

static void
painted_cb (GdkFrameClock *clock,
            guint         *frames)
{
  (*frames)++;
}

/* Lets a frame be painted, or two seconds pass if there is nothing to paint. */
static void
paint (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  guint frames = 0;
  gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &frames);

  gtk_widget_queue_draw (widget);
  while (frames == 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (context, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static GtkWidget *
find_child (GtkWidget *widget,
            GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_child (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* Like a wheel, then by pages, then like a scrollbar that is dragged. */
static Stall
scroll (GtkWidget *root)
{
  GtkWidget *view = find_child (root, GTK_TYPE_COLUMN_VIEW);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  double page;

  page = gtk_adjustment_get_page_size (adjustment);
  settle (1000);
  begin_measuring ();
  for (guint i = 0; i < FRAMES; i++)
    {
      double value = gtk_adjustment_get_value (adjustment);

      if (i < FRAMES / 2)
        value += 96;
      else if (i < FRAMES * 3 / 4)
        value += page;
      else
        value = gtk_adjustment_get_upper (adjustment) * (i * 7919 % FRAMES) / FRAMES;
      gtk_adjustment_set_value (adjustment, value);
      paint (view);
    }

  return end_measuring ();
}

/* The page */

#define BENCH_TYPE_PAGE (bench_page_get_type ())

G_DECLARE_FINAL_TYPE (BenchPage, bench_page, BENCH, PAGE, SageIndexPage)

struct _BenchPage
{
  SageIndexPage parent_instance;
};

G_DEFINE_FINAL_TYPE (BenchPage, bench_page, SAGE_TYPE_INDEX_PAGE)

static const SageColumn columns[] = {
  { "name", N_("Name"), SAGE_COLUMN_NAME, .expand = TRUE },
  { "status", N_("Status"), SAGE_COLUMN_STATE },
  { "created", N_("Created"), SAGE_COLUMN_TIME, .property = "created" },
  { "duration", N_("Duration"), SAGE_COLUMN_DURATION },
  { "reason", N_("Reason"), SAGE_COLUMN_TEXT, .property = "reason" },
};

static void
bench_page_class_init (BenchPageClass *klass)
{
}

static void
bench_page_init (BenchPage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    sage_index_page_add_column (SAGE_INDEX_PAGE (self), &columns[i]);
  sage_page_set_title (SAGE_PAGE (self), "Jobs");
}

/* The bare view */

static void
setup_cb (GtkListItemFactory *factory,
          GtkColumnViewCell  *cell)
{
  gtk_column_view_cell_set_child (cell, g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, NULL));
}

static void
bind_name_cb (GtkListItemFactory *factory,
              GtkColumnViewCell  *cell)
{
  gtk_label_set_text (GTK_LABEL (gtk_column_view_cell_get_child (cell)),
                      sage_resource_get_name (gtk_column_view_cell_get_item (cell)));
}

static void
bind_status_cb (GtkListItemFactory *factory,
                GtkColumnViewCell  *cell)
{
  gtk_label_set_text (GTK_LABEL (gtk_column_view_cell_get_child (cell)),
                      sage_resource_get_status (gtk_column_view_cell_get_item (cell)));
}

static void
add_bare_column (GtkColumnView *view,
                 const char    *title,
                 GCallback      bind,
                 gboolean       expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", bind, NULL);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, expand);
  gtk_column_view_append_column (view, column);
}

static GtkWidget *
make_bare (GListModel *rows)
{
  GtkNoSelection *selection = gtk_no_selection_new (g_object_ref (rows));
  GtkWidget *view = gtk_column_view_new (GTK_SELECTION_MODEL (selection));
  GtkWidget *scroller = gtk_scrolled_window_new ();

  add_bare_column (GTK_COLUMN_VIEW (view), "Name", G_CALLBACK (bind_name_cb), TRUE);
  add_bare_column (GTK_COLUMN_VIEW (view), "Status", G_CALLBACK (bind_status_cb), FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);

  return scroller;
}

/* The rows */

static SageResource *
make_row (guint  i,
          double now)
{
  static const char * const statuses[] = { "Completed", "Failed", "Completed", "Stopped" };
  g_autofree char *name = g_strdup_printf ("churn-%s-2025-06-%02u-%06u", i % 2 ? "train" : "prepare",
                                           i % 28 + 1, i * 7919 % ROWS);
  SageResource *row = sage_resource_new (i % 2 ? SAGE_KIND_TRAINING_JOB : SAGE_KIND_PROCESSING_JOB,
                                         name);

  sage_resource_update_event (row, NULL, "InProgress", now - 60 * (i + 1));
  if (i % 50 != 0)
    sage_resource_update_event (row, NULL, statuses[i % 4], now - 60 * (i + 1) + i % 977);

  return row;
}

static GListStore *
make_rows (guint n)
{
  GListStore *store = g_list_store_new (SAGE_TYPE_RESOURCE);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  double now = sage_time_now ();

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, make_row (i, now));
  g_list_store_splice (store, 0, 0, rows->pdata, rows->len);

  return store;
}

static void
tell (const char *name,
      double      ours)
{
  g_print ("%s %.3f\n", name, ours);
}

static GtkColumnViewColumn *
get_column (GtkWidget  *view,
            const char *id)
{
  GListModel *list = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (list, i);

      if (g_strcmp0 (gtk_column_view_column_get_id (column), id) == 0)
        return column;
    }

  return NULL;
}

/* What there is to do besides scrolling, each until all is quiet again. */
static void
measure_changes (GtkWidget  *page,
                 GListStore *rows)
{
  GtkWidget *view = find_child (page, GTK_TYPE_COLUMN_VIEW);
  g_autoptr(SageResource) row = make_row (ROWS, sage_time_now () + 60. * (ROWS + 2));

  begin_measuring ();
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (view), get_column (view, "name"),
                                  GTK_SORT_ASCENDING);
  settle (2500);
  tell ("index-sort-100k", end_measuring ().worst);

  begin_measuring ();
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (view), NULL, GTK_SORT_ASCENDING);
  settle (2500);
  tell ("index-unsort-100k", end_measuring ().worst);

  begin_measuring ();
  sage_index_page_set_filter (SAGE_INDEX_PAGE (page), "status:failed 99");
  settle (2500);
  tell ("index-filter-100k", end_measuring ().worst);
  sage_index_page_set_filter (SAGE_INDEX_PAGE (page), "");
  settle (1000);

  begin_measuring ();
  for (guint i = 0; i < 20; i++)
    {
      g_list_store_insert (rows, 0, row);
      paint (page);
      g_list_store_remove (rows, 0);
      paint (page);
    }
  tell ("index-insert-100k", end_measuring ().worst);

  begin_measuring ();
  gtk_widget_activate_action (page, "index.select-all", NULL);
  paint (page);
  settle (500);
  tell ("index-select-all-100k", end_measuring ().worst);
  tell ("index-scroll-selected-100k",
        scroll (page).worst);
}

static void
show (GtkWidget *window,
      GtkWidget *content)
{
  gtk_window_set_child (GTK_WINDOW (window), content);
  paint (window);
  settle (2000);
}

int
main (int    argc,
      char **argv)
{
  GtkCssProvider *css;
  g_autoptr(GListStore) rows = NULL;
  g_autoptr(GListStore) few = NULL;
  GtkWidget *window;
  GtkWidget *bare;
  GtkWidget *page;
  gsize before;
  Stall ours;
  Stall theirs;

  adw_init ();
  css = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (css, "/org/sagebrush/Studio/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);

  turns = g_array_new (FALSE, FALSE, sizeof (double));
  context = g_main_context_default ();
  g_main_context_set_poll_func (context, poll_and_measure);

  before = mallinfo2 ().uordblks;
  rows = make_rows (ROWS);
  few = make_rows (FEW_ROWS);
  tell ("resource-memory", (double) (mallinfo2 ().uordblks - before) / (ROWS + FEW_ROWS));

  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (window));

  bare = make_bare (G_LIST_MODEL (rows));
  show (window, bare);
  theirs = scroll (bare);

  page = g_object_new (BENCH_TYPE_PAGE, "location", "jobs", NULL);
  sage_index_page_set_model (SAGE_INDEX_PAGE (page), G_LIST_MODEL (few));
  show (window, page);
  before = mallinfo2 ().uordblks;
  sage_index_page_set_model (SAGE_INDEX_PAGE (page), NULL);
  settle (500);
  begin_measuring ();
  sage_index_page_set_model (SAGE_INDEX_PAGE (page), G_LIST_MODEL (rows));
  settle (3000);
  tell ("index-show-100k", end_measuring ().worst);
  tell ("index-memory", (double) (mallinfo2 ().uordblks - before) / (ROWS - FEW_ROWS));

  ours = scroll (page);
  g_print ("index-scroll-100k %.3f %.3f\n", ours.worst, theirs.worst);
  g_print ("index-scroll-100k-p99 %.3f %.3f\n", ours.p99, theirs.p99);
  g_print ("index-scroll-100k-frame %.3f %.3f\n", ours.sum / FRAMES, theirs.sum / FRAMES);
  measure_changes (page, rows);

  gtk_window_destroy (GTK_WINDOW (window));
  g_array_unref (turns);

  return 0;
}
