/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "../../../criticals.h"
#include "memory-pager.h"
#include "sage-log-text.h"
#include "sage-log-view.h"
#include "waiting.h"

#define START_MS 1700000000000

/* A window with a log view in it. */
typedef struct
{
  MemoryPager *pager;
  GtkWidget   *window;
  SageLogView *view;
  SageLogText *text;
} Fixture;

static char *
make_line (guint64  index,
           gpointer user_data)
{
  return g_strdup_printf ("%s line %" G_GUINT64_FORMAT, index % 1000 == 500 ? "Needle" : "hay", index);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->view = SAGE_LOG_VIEW (sage_log_view_new ());
  fixture->text = SAGE_LOG_TEXT (sage_log_view_get_text (fixture->view));
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 400);
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
  gtk_window_present (GTK_WINDOW (fixture->window));
  WAIT_FOR (gtk_widget_get_mapped (GTK_WIDGET (fixture->view)));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_ref (fixture->view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  RUN_FOR (20);
  g_assert_finalize_object (fixture->view);
  g_assert_finalize_object (fixture->pager);
}

static SageLogBuffer *
buffer_of (Fixture *fixture)
{
  return sage_log_text_get_buffer (fixture->text);
}

static gboolean
is_ready (Fixture *fixture)
{
  SageLogBuffer *buffer = buffer_of (fixture);

  return buffer != NULL && sage_log_buffer_get_state (buffer) == SAGE_LOG_BUFFER_READY &&
         !sage_log_buffer_get_reading (buffer) && gtk_widget_get_mapped (GTK_WIDGET (fixture->text)) &&
         gtk_widget_get_height (GTK_WIDGET (fixture->text)) > 100;
}

static void
open_made (Fixture *fixture,
           guint64  n)
{
  fixture->pager = memory_pager_new_made (n, make_line, NULL);
  sage_log_view_set_pager (fixture->view, SAGE_LOG_PAGER (fixture->pager));
  WAIT_FOR (is_ready (fixture));
}

static void
open_lines (Fixture            *fixture,
            const char * const *lines)
{
  fixture->pager = memory_pager_new ();
  for (guint i = 0; lines[i] != NULL; i++)
    memory_pager_add (fixture->pager, START_MS + i, lines[i]);
  sage_log_view_set_pager (fixture->view, SAGE_LOG_PAGER (fixture->pager));
  WAIT_FOR (is_ready (fixture));
}

static GtkAdjustment *
vadjustment (Fixture *fixture)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (fixture->text));
}

static void
scroll_by (Fixture *fixture,
           double   pixels)
{
  gtk_adjustment_set_value (vadjustment (fixture),
                            gtk_adjustment_get_value (vadjustment (fixture)) + pixels);
}

static char *
dup_bytes (GBytes *bytes)
{
  char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_bytes_unref (bytes);

  return text;
}

static GtkAccessibleTextInterface *
iface_of (Fixture *fixture)
{
  return GTK_ACCESSIBLE_TEXT_GET_IFACE (fixture->text);
}

/* The line that is drawn at a height, as assistive technologies are told. */
static char *
line_at_y (Fixture *fixture,
           float    y)
{
  GtkAccessibleText *text = GTK_ACCESSIBLE_TEXT (fixture->text);
  guint offset;
  guint start;
  guint end;
  char *line;

  g_assert_true (iface_of (fixture)->get_offset (text, &GRAPHENE_POINT_INIT (20, y), &offset));
  line = dup_bytes (iface_of (fixture)->get_contents_at (text, offset,
                                                         GTK_ACCESSIBLE_TEXT_GRANULARITY_LINE,
                                                         &start, &end));

  return g_strchomp (line);
}

static char *
line_at_caret (Fixture *fixture)
{
  GtkAccessibleText *text = GTK_ACCESSIBLE_TEXT (fixture->text);
  guint start;
  guint end;

  return g_strchomp (dup_bytes (iface_of (fixture)->get_contents_at (
    text, iface_of (fixture)->get_caret_position (text), GTK_ACCESSIBLE_TEXT_GRANULARITY_LINE, &start,
    &end)));
}

/* Does what a key does, by the binding that the class has for it. */
static gboolean
press (GtkWidget       *widget,
       guint            key,
       GdkModifierType  modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
              gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                                 gtk_shortcut_get_arguments (shortcut));
        }
    }
  g_assert_not_reached ();
}

static void
press_in_text (Fixture         *fixture,
               guint            key,
               GdkModifierType  modifiers)
{
  g_assert_true (press (GTK_WIDGET (fixture->text), key, modifiers));
}

static const char *
shown_page (Fixture *fixture)
{
  GtkWidget *page = GTK_WIDGET (fixture->text);

  for (page = gtk_widget_get_first_child (GTK_WIDGET (fixture->view)); page != NULL;
       page = gtk_widget_get_first_child (page))
    {
      GtkWidget *stack = gtk_widget_get_last_child (page);

      if (GTK_IS_STACK (stack))
        return gtk_stack_get_visible_child_name (GTK_STACK (stack));
    }

  return NULL;
}

static AdwBanner *
find_banner (Fixture *fixture)
{
  return ADW_BANNER (gtk_widget_get_first_child (
    gtk_widget_get_first_child (GTK_WIDGET (fixture->view))));
}

/* --- states ----------------------------------------------------------------------------------- */

static void
test_states (Fixture       *fixture,
             gconstpointer  data)
{
  fixture->pager = memory_pager_new ();
  g_assert_cmpstr (shown_page (fixture), ==, "loading");
  memory_pager_set_failing (fixture->pager, TRUE);
  sage_log_view_set_live (fixture->view, TRUE);
  sage_log_view_set_pager (fixture->view, SAGE_LOG_PAGER (fixture->pager));
  WAIT_FOR (g_strcmp0 (shown_page (fixture), "error") == 0);

  memory_pager_set_failing (fixture->pager, FALSE);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "log.retry", NULL));
  WAIT_FOR (g_strcmp0 (shown_page (fixture), "empty") == 0);

  memory_pager_add (fixture->pager, START_MS, "first");
  WAIT_FOR (g_strcmp0 (shown_page (fixture), "content") == 0);
  g_assert_false (adw_banner_get_revealed (find_banner (fixture)));

  /* Away: what was read stays. */
  memory_pager_set_failing (fixture->pager, TRUE);
  WAIT_FOR (adw_banner_get_revealed (find_banner (fixture)));
  g_assert_cmpstr (shown_page (fixture), ==, "content");
  g_assert_cmpuint (sage_log_buffer_get_n_lines (buffer_of (fixture)), ==, 1);
  memory_pager_set_failing (fixture->pager, FALSE);
  WAIT_FOR (!adw_banner_get_revealed (find_banner (fixture)));

  sage_log_view_set_pager (fixture->view, NULL);
  g_assert_cmpstr (shown_page (fixture), ==, "loading");
}

/* Nobody looks: nothing is read. */
static void
test_hidden (Fixture       *fixture,
             gconstpointer  data)
{
  guint reads;

  sage_log_view_set_live (fixture->view, TRUE);
  open_made (fixture, 100);
  gtk_widget_set_visible (GTK_WIDGET (fixture->view), FALSE);
  RUN_FOR (300);
  reads = memory_pager_get_reads (fixture->pager);
  memory_pager_grow (fixture->pager, 10);
  RUN_FOR (1000);
  g_assert_cmpuint (memory_pager_get_reads (fixture->pager), ==, reads);
  gtk_widget_set_visible (GTK_WIDGET (fixture->view), TRUE);
  WAIT_FOR (sage_log_buffer_get_n_lines (buffer_of (fixture)) == 110);
}

/* --- text ------------------------------------------------------------------------------------- */

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  static const char * const lines[] = {
    "\033[31mERROR\033[m one two", "", "\303\244\303\266 \360\237\230\200 x", NULL,
  };
  GtkAccessibleText *text = GTK_ACCESSIBLE_TEXT (fixture->text);
  GtkAccessibleTextInterface *iface = iface_of (fixture);
  g_autofree char *all = NULL;
  g_autofree char *part = NULL;
  g_autofree char *line = NULL;
  g_autofree char *word = NULL;
  graphene_rect_t extents;
  guint start;
  guint end;
  guint offset;

  open_lines (fixture, lines);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (fixture->text)), ==,
                   GTK_ACCESSIBLE_ROLE_LOG);
  all = dup_bytes (iface->get_contents (text, 0, G_MAXUINT));
  g_assert_cmpstr (all, ==, "ERROR one two\n\n\303\244\303\266 \360\237\230\200 x\n");
  part = dup_bytes (iface->get_contents (text, 10, 17));
  g_assert_cmpstr (part, ==, "two\n\n\303\244\303\266");
  line = dup_bytes (iface->get_contents_at (text, 17, GTK_ACCESSIBLE_TEXT_GRANULARITY_LINE, &start,
                                            &end));
  g_assert_cmpstr (line, ==, "\303\244\303\266 \360\237\230\200 x\n");
  g_assert_cmpuint (start, ==, 15);
  g_assert_cmpuint (end, ==, 22);
  word = dup_bytes (iface->get_contents_at (text, 7, GTK_ACCESSIBLE_TEXT_GRANULARITY_WORD, &start,
                                            &end));
  g_assert_cmpstr (word, ==, "one ");

  /* What is told of places goes both ways. */
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (iface->get_extents (text, i, i, &extents));
      g_assert_true (iface->get_offset (text, &GRAPHENE_POINT_INIT (extents.origin.x + 1,
                                                                    extents.origin.y + 5), &offset));
      g_assert_cmpuint (offset, ==, i);
    }
}

static char *
read_clipboard (Fixture *fixture)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->text));
  GdkContentProvider *content = gdk_clipboard_get_content (clipboard);
  g_auto(GValue) value = G_VALUE_INIT;

  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));

  return g_value_dup_string (&value);
}

static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  static const char * const lines[] = {
    "\033[31mone\033[m \033]8;;https://example.org\033\\link\033]8;;\033\\", "two\r2", "three", NULL,
  };
  g_autofree char *all = NULL;
  g_autofree char *some = NULL;
  gsize n;

  open_lines (fixture, lines);
  g_assert_false (sage_log_text_get_has_selection (fixture->text));
  press_in_text (fixture, GDK_KEY_a, GDK_CONTROL_MASK);
  press_in_text (fixture, GDK_KEY_c, GDK_CONTROL_MASK);
  all = read_clipboard (fixture);
  g_assert_cmpstr (all, ==, "one link\n2wo\nthree");

  /* From the keyboard, over the ends of lines. */
  press_in_text (fixture, GDK_KEY_Home, GDK_CONTROL_MASK);
  press_in_text (fixture, GDK_KEY_Right, GDK_CONTROL_MASK);
  press_in_text (fixture, GDK_KEY_Down, GDK_SHIFT_MASK);
  press_in_text (fixture, GDK_KEY_Right, GDK_SHIFT_MASK);
  press_in_text (fixture, GDK_KEY_c, GDK_CONTROL_MASK);
  some = read_clipboard (fixture);
  g_assert_cmpstr (some, ==, " link\n2wo\n");
  g_assert_true (iface_of (fixture)->get_selection (GTK_ACCESSIBLE_TEXT (fixture->text), &n, NULL));

  press_in_text (fixture, GDK_KEY_Escape, 0);
  g_assert_false (sage_log_text_get_has_selection (fixture->text));
}

static void
test_caret (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *up = NULL;
  g_autofree char *page = NULL;
  g_autofree char *last = NULL;

  open_made (fixture, 50000);
  press_in_text (fixture, GDK_KEY_Up, 0);
  up = line_at_caret (fixture);
  g_assert_cmpstr (up, ==, "hay line 49998");
  g_assert_true (sage_log_text_get_follow (fixture->text)); /* the end is still in sight */
  for (guint i = 0; i < 10; i++)
    press_in_text (fixture, GDK_KEY_Page_Up, 0);
  g_assert_false (sage_log_text_get_follow (fixture->text));
  page = line_at_caret (fixture);
  g_assert_cmpint (g_ascii_strtoll (page + 9, NULL, 10), <, 49900);

  /* To the ends of the log, of which not everything is held. */
  press_in_text (fixture, GDK_KEY_Home, GDK_CONTROL_MASK);
  WAIT_FOR (sage_log_buffer_get_at_start (buffer_of (fixture)) && is_ready (fixture));
  first = line_at_y (fixture, 10);
  g_assert_cmpstr (first, ==, "hay line 0");
  press_in_text (fixture, GDK_KEY_End, GDK_CONTROL_MASK);
  WAIT_FOR (sage_log_buffer_get_at_end (buffer_of (fixture)) && is_ready (fixture));
  last = line_at_y (fixture, (float) gtk_widget_get_height (GTK_WIDGET (fixture->text)) - 15);
  g_assert_cmpstr (last, ==, "hay line 49999");
}

static void
test_long_line (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *data_of_line = g_strnfill (100000, 'x');
  const char * const lines[] = { "before", data_of_line, "after", NULL };
  g_autofree char *copied = NULL;
  double upper;

  open_lines (fixture, lines);
  sage_log_view_set_wrap (fixture->view, TRUE);
  RUN_FOR (50);
  upper = gtk_adjustment_get_upper (vadjustment (fixture)) -
          gtk_adjustment_get_lower (vadjustment (fixture));

  /* All of it is copied, whatever is shown. */
  press_in_text (fixture, GDK_KEY_a, GDK_CONTROL_MASK);
  press_in_text (fixture, GDK_KEY_c, GDK_CONTROL_MASK);
  copied = read_clipboard (fixture);
  g_assert_cmpuint (strlen (copied), ==, strlen ("before\n\nafter") + 100000);

  press_in_text (fixture, GDK_KEY_Home, GDK_CONTROL_MASK);
  g_assert_false (press (GTK_WIDGET (fixture->text), GDK_KEY_Return, 0));
  press_in_text (fixture, GDK_KEY_Down, 0);
  press_in_text (fixture, GDK_KEY_Return, 0);
  g_assert_cmpfloat (gtk_adjustment_get_upper (vadjustment (fixture)) -
                     gtk_adjustment_get_lower (vadjustment (fixture)), >, 10 * upper);
  g_assert_false (press (GTK_WIDGET (fixture->text), GDK_KEY_Return, 0)); /* that was all */
}

static void
metric_cb (SageLogView *view,
           const char  *line,
           char       **activated)
{
  g_set_str (activated, line);
}

static void
test_metric (Fixture       *fixture,
             gconstpointer  data)
{
  static const char * const lines[] = { "loss=0.5", "nothing", "(((((((((((((", NULL };
  static const char * const patterns[] = { "loss=([0-9.]+)", "((a*)*)*[bc]$", "*broken", NULL };
  g_autofree char *activated = NULL;

  open_lines (fixture, lines);
  sage_log_view_set_metrics (fixture->view, patterns);
  g_signal_connect (fixture->view, "metric-activated", G_CALLBACK (metric_cb), &activated);
  press_in_text (fixture, GDK_KEY_Home, GDK_CONTROL_MASK);
  press_in_text (fixture, GDK_KEY_Down, 0);
  g_assert_false (press (GTK_WIDGET (fixture->text), GDK_KEY_Return, 0));
  press_in_text (fixture, GDK_KEY_Up, 0);
  press_in_text (fixture, GDK_KEY_Return, 0);
  g_assert_cmpstr (activated, ==, "loss=0.5");
}

/* --- scrolling -------------------------------------------------------------------------------- */

/* What one looks at stays where it is, whatever comes before it or goes after it. */
static void
test_scroll_back (Fixture       *fixture,
                  gconstpointer  data)
{
  guint64 before = 49999;

  open_made (fixture, 50000);
  while (before > 30000)
    {
      g_autofree char *line = NULL;
      g_autofree char *same = NULL;
      guint64 now;

      scroll_by (fixture, -3000);
      line = line_at_y (fixture, 100);
      WAIT_FOR (is_ready (fixture));
      RUN_FOR (5);
      same = line_at_y (fixture, 100);
      g_assert_cmpstr (line, ==, same);
      now = g_ascii_strtoull (strrchr (line, ' '), NULL, 10);
      g_assert_cmpuint (now, <, before);
      g_assert_cmpuint (before - now, <, 400); /* nothing was left out */
      before = now;
      g_assert_cmpuint (sage_log_buffer_get_n_lines (buffer_of (fixture)), <=, 11000);
    }
}

static void
test_scroll_wrapped (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *filling = g_strnfill (300, 'x');
  g_autofree char *line = NULL;
  g_autofree char *wrapped = NULL;
  g_autofree char *narrow = NULL;

  fixture->pager = memory_pager_new ();
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *message = g_strdup_printf ("%u %s", i, i % 3 == 0 ? filling : "short");

      memory_pager_add (fixture->pager, START_MS + i, message);
    }
  sage_log_view_set_pager (fixture->view, SAGE_LOG_PAGER (fixture->pager));
  WAIT_FOR (is_ready (fixture));
  scroll_by (fixture, -10000);
  WAIT_FOR (is_ready (fixture));

  /* The line at the top stays there when rows are counted anew. */
  line = line_at_y (fixture, 2);
  sage_log_view_set_wrap (fixture->view, TRUE);
  RUN_FOR (50);
  wrapped = line_at_y (fixture, 2);
  g_assert_cmpint (atoi (line), ==, atoi (wrapped));
  gtk_widget_set_size_request (GTK_WIDGET (fixture->view), 300, -1);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 300, 400);
  RUN_FOR (300);
  narrow = line_at_y (fixture, 2);
  g_assert_cmpint (atoi (line), ==, atoi (narrow));
}

static void
test_follow (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *last = NULL;
  g_autofree char *line = NULL;
  g_autofree char *same = NULL;
  float bottom;

  sage_log_view_set_live (fixture->view, TRUE);
  open_made (fixture, 500);
  bottom = (float) gtk_widget_get_height (GTK_WIDGET (fixture->text)) - 15;
  memory_pager_grow (fixture->pager, 3000);
  WAIT_FOR (sage_log_buffer_get_n_lines (buffer_of (fixture)) == 3500);
  last = line_at_y (fixture, bottom);
  g_assert_cmpstr (last, ==, "hay line 3499");

  /* Away from the end it stays where it is, and counts. */
  scroll_by (fixture, -500);
  g_assert_false (sage_log_view_get_follow (fixture->view));
  line = line_at_y (fixture, 50);
  memory_pager_grow (fixture->pager, 70);
  WAIT_FOR (sage_log_buffer_get_unseen (buffer_of (fixture)) == 70);
  same = line_at_y (fixture, 50);
  g_assert_cmpstr (line, ==, same);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "log.jump-to-end", NULL));
  g_assert_true (sage_log_view_get_follow (fixture->view));
  g_clear_pointer (&last, g_free);
  last = line_at_y (fixture, bottom);
  g_assert_cmpstr (last, ==, "hay line 3569");

  /* Back at the end by scrolling, it follows again. */
  scroll_by (fixture, -500);
  g_assert_false (sage_log_view_get_follow (fixture->view));
  scroll_by (fixture, 1000);
  g_assert_true (sage_log_view_get_follow (fixture->view));
}

/* --- the search ------------------------------------------------------------------------------- */

static void
search (Fixture    *fixture,
        const char *text)
{
  gboolean searching = TRUE;

  sage_log_view_set_search_text (fixture->view, text);
  RUN_FOR (250);
  WAIT_FOR ((g_object_get (fixture->view, "searching", &searching, NULL), !searching));
}

static gboolean
has_found (Fixture    *fixture,
           const char *line)
{
  g_autofree char *found = is_ready (fixture) ? line_at_caret (fixture) : NULL;

  return g_strcmp0 (found, line) == 0 &&
         sage_log_buffer_get_line (buffer_of (fixture), sage_log_text_get_found (fixture->text));
}

static void
assert_found (Fixture    *fixture,
              const char *line)
{
  WAIT_FOR (has_found (fixture, line));
  RUN_FOR (20);
  WAIT_FOR (has_found (fixture, line)); /* and there it stays */
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  static const char * const lines[] = {
    "an Error", "nothing", "\033[31merror\033[m", "31m", "ERROR", NULL,
  };

  open_lines (fixture, lines);
  search (fixture, "error");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "3 lines");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  assert_found (fixture, "an Error");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "1 of 3");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  assert_found (fixture, "error");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  assert_found (fixture, "ERROR");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  assert_found (fixture, "an Error");
  sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
  assert_found (fixture, "ERROR");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "3 of 3");

  search (fixture, "31m");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "1 line");
  search (fixture, "no such thing");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "No lines");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  RUN_FOR (50);
  search (fixture, "");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "");
}

/* From match to match through a log of which a small part is held. */
static void
test_search_far (Fixture       *fixture,
                 gconstpointer  data)
{
  open_made (fixture, 100000);
  search (fixture, "needle line 500");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "1 line");
  sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
  assert_found (fixture, "Needle line 500");
  search (fixture, "Needle");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "100 lines");
  for (guint i = 0; i < 20; i++) /* the line one is at matches too */
    {
      g_autofree char *expected = g_strdup_printf ("Needle line %u", i * 1000 + 500);

      sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
      assert_found (fixture, expected);
    }
  for (guint i = 18; i > 10; i--)
    {
      g_autofree char *expected = g_strdup_printf ("Needle line %u", i * 1000 + 500);

      sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
      assert_found (fixture, expected);
    }

  search (fixture, "line 99123");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  assert_found (fixture, "hay line 99123");
  search (fixture, "line 2000");
  g_assert_cmpstr (sage_log_view_get_match_label (fixture->view), ==, "11 lines");
  sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
  assert_found (fixture, "hay line 2000");
  sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
  assert_found (fixture, "hay line 20009");
}

/* What is in sight is at one end of what is held, the match beyond the other. */
static void
test_search_across (Fixture       *fixture,
                    gconstpointer  data)
{
  open_made (fixture, 100000);
  press_in_text (fixture, GDK_KEY_Home, GDK_CONTROL_MASK);
  WAIT_FOR (sage_log_buffer_get_at_start (buffer_of (fixture)) && is_ready (fixture));
  while (sage_log_buffer_get_at_start (buffer_of (fixture)))
    {
      scroll_by (fixture, 3000);
      WAIT_FOR (is_ready (fixture));
    }
  search (fixture, "line 123");
  sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
  for (guint i = 0; i < 3; i++)
    {
      static const char * const found[] = { "hay line 1239", "hay line 1238", "hay line 1237" };

      assert_found (fixture, found[i]);
      sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
    }
}

/* Time alone does not tell lines of one millisecond apart; none is left out or found twice. */
static void
test_search_at_once (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture->pager = memory_pager_new ();
  for (guint i = 0; i < 15000; i++)
    {
      g_autofree char *line = g_strdup_printf ("%s %u", i % 2500 == 1 ? "needle" : "hay", i);

      memory_pager_add (fixture->pager, START_MS, line);
    }
  sage_log_view_set_pager (fixture->view, SAGE_LOG_PAGER (fixture->pager));
  WAIT_FOR (is_ready (fixture));
  search (fixture, "needle");
  for (int i = 5; i >= 0; i--)
    {
      g_autofree char *expected = g_strdup_printf ("needle %d", i * 2500 + 1);

      sage_log_view_find (fixture->view, SAGE_LOG_BACKWARD);
      assert_found (fixture, expected);
    }
  for (guint i = 1; i < 6; i++)
    {
      g_autofree char *expected = g_strdup_printf ("needle %u", i * 2500 + 1);

      sage_log_view_find (fixture->view, SAGE_LOG_FORWARD);
      assert_found (fixture, expected);
    }
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *back = NULL;

  sage_log_view_set_live (fixture->view, TRUE);
  open_made (fixture, 100000);
  search (fixture, "needle");
  sage_log_view_set_filter (fixture->view, TRUE);
  WAIT_FOR (is_ready (fixture) && sage_log_buffer_get_n_lines (buffer_of (fixture)) == 100);
  memory_pager_grow (fixture->pager, 1000);
  WAIT_FOR (sage_log_buffer_get_n_lines (buffer_of (fixture)) == 101);
  WAIT_FOR (g_strcmp0 (sage_log_view_get_match_label (fixture->view), "101 lines") == 0);

  /* The line that one is at is still there among all lines. */
  press_in_text (fixture, GDK_KEY_Home, GDK_CONTROL_MASK);
  for (guint i = 0; i < 7; i++)
    press_in_text (fixture, GDK_KEY_Down, 0);
  first = line_at_caret (fixture);
  g_assert_cmpstr (first, ==, "Needle line 7500");
  sage_log_view_set_filter (fixture->view, FALSE);
  assert_found (fixture, "Needle line 7500");
  g_assert_cmpuint (sage_log_buffer_get_n_lines (buffer_of (fixture)), >=, 1000);

  /* Nothing matches. */
  sage_log_view_set_filter (fixture->view, TRUE);
  search (fixture, "no such thing");
  WAIT_FOR (g_strcmp0 (shown_page (fixture), "no-match") == 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "log.show-all", NULL));
  WAIT_FOR (g_strcmp0 (shown_page (fixture), "content") == 0);
}

/* --- how it feels ----------------------------------------------------------------------------- */

typedef struct
{
  gint64 last;
  gint64 longest;
} Stall;

static gboolean
stall_cb (gpointer user_data)
{
  Stall *stall = user_data;
  gint64 now = g_get_monotonic_time ();

  stall->longest = MAX (stall->longest, now - stall->last);
  stall->last = now;

  return G_SOURCE_CONTINUE;
}

/* 10,000 lines at once are taken in without holding anything up. The machine may be busy: what is
 * asserted is what no machine may excuse, the time itself is printed. */
static void
test_burst (Fixture       *fixture,
            gconstpointer  data)
{
  Stall stall = { g_get_monotonic_time (), 0 };
  guint source;

  sage_log_view_set_live (fixture->view, TRUE);
  open_made (fixture, 100);
  RUN_FOR (300);
  stall.last = g_get_monotonic_time ();
  source = g_timeout_add (1, stall_cb, &stall);
  memory_pager_grow (fixture->pager, 10000);
  WAIT_FOR (sage_log_buffer_get_n_lines (buffer_of (fixture)) >= 9000 &&
            sage_log_buffer_get_line (buffer_of (fixture), 0) == NULL);
  RUN_FOR (200);
  g_source_remove (source);
  g_test_message ("longest stall: %.1f ms", (double) stall.longest / 1000);
  g_assert_cmpint (stall.longest, <, G_USEC_PER_SEC / 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  if (!gtk_init_check ())
    {
      g_test_skip ("There is no display");
      return 77;
    }
  adw_init ();

  g_test_add ("/log-view/states", Fixture, NULL, set_up, test_states, tear_down);
  g_test_add ("/log-view/hidden", Fixture, NULL, set_up, test_hidden, tear_down);
  g_test_add ("/log-view/accessible", Fixture, NULL, set_up, test_accessible, tear_down);
  g_test_add ("/log-view/copy", Fixture, NULL, set_up, test_copy, tear_down);
  g_test_add ("/log-view/caret", Fixture, NULL, set_up, test_caret, tear_down);
  g_test_add ("/log-view/long-line", Fixture, NULL, set_up, test_long_line, tear_down);
  g_test_add ("/log-view/metric", Fixture, NULL, set_up, test_metric, tear_down);
  g_test_add ("/log-view/scroll-back", Fixture, NULL, set_up, test_scroll_back, tear_down);
  g_test_add ("/log-view/scroll-wrapped", Fixture, NULL, set_up, test_scroll_wrapped, tear_down);
  g_test_add ("/log-view/follow", Fixture, NULL, set_up, test_follow, tear_down);
  g_test_add ("/log-view/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/log-view/search-far", Fixture, NULL, set_up, test_search_far, tear_down);
  g_test_add ("/log-view/search-across", Fixture, NULL, set_up, test_search_across, tear_down);
  g_test_add ("/log-view/search-at-once", Fixture, NULL, set_up, test_search_at_once, tear_down);
  g_test_add ("/log-view/filter", Fixture, NULL, set_up, test_filter, tear_down);
  g_test_add ("/log-view/burst", Fixture, NULL, set_up, test_burst, tear_down);

  return g_test_run ();
}
