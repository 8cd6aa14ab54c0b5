/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "kit-fixture.h"
#include "sage-cards.h"
#include "sage-copy-label.h"
#include "sage-elapsed.h"
#include "sage-facts.h"
#include "sage-link.h"
#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-text.h"
#include "sage-time.h"

/* --- Texts ----------------------------------------------------------------------------------- */

static void
test_shorten (void)
{
  static const struct
  {
    const char *text;
    guint       max;
    const char *end;
    const char *middle;
  } cases[] = {
    { NULL, 4, "", "" },
    { "", 4, "", "" },
    { "abcd", 4, "abcd", "abcd" },
    { "abcde", 4, "abcd…", "ab…de" },
    { "abcdef", 5, "abcde…", "abc…ef" },
    { "žluťoučký", 4, "žluť…", "žl…ký" },
    { "日本語日本語", 2, "日本…", "日…語" },
    { "a\xff" "b", 9, "a\xef\xbf\xbd" "b", "a\xef\xbf\xbd" "b" },
    { "a\xe2\x82", 9, "a\xef\xbf\xbd", "a\xef\xbf\xbd" }, /* cut inside a character */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *end = sage_text_shorten_end (cases[i].text, cases[i].max);
      g_autofree char *middle = sage_text_shorten_middle (cases[i].text, cases[i].max);

      if (cases[i].text != NULL && strcmp (cases[i].text, "a\xe2\x82") == 0)
        {
          /* how many marks stand for a broken character is GLib's business */
          g_assert_true (g_utf8_validate (end, -1, NULL));
          g_assert_true (g_utf8_validate (middle, -1, NULL));
          continue;
        }
      g_assert_cmpstr (end, ==, cases[i].end);
      g_assert_cmpstr (middle, ==, cases[i].middle);
    }
}

static void
test_isolate (void)
{
  g_autofree char *plain = sage_text_isolate ("a\nb\tc");
  g_autofree char *hostile = sage_text_isolate ("evil\xe2\x80\xae" "gpj.exe");
  g_autofree char *none = sage_text_isolate (NULL);

  g_assert_cmpstr (plain, ==, "\xe2\x81\xa8" "a b c\xe2\x81\xa9");
  g_assert_true (g_str_has_prefix (hostile, "\xe2\x81\xa8"));
  g_assert_true (g_str_has_suffix (hostile, "\xe2\x81\xa9"));
  g_assert_cmpstr (none, ==, "\xe2\x81\xa8\xe2\x81\xa9");
}

/* A name may be as long as an answer may be, and must not stall the layout. */
static void
test_long (void)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  GtkWidget *facts = sage_facts_new ("Facts");
  GtkWidget *window = kit_window_new (facts, 500, 400);
  gint64 start = g_get_monotonic_time ();
  g_autofree char *copied = NULL;
  GtkWidget *label;

  sage_facts_set_text (SAGE_FACTS (facts), "text", "Text", text);
  sage_facts_set_identifier (SAGE_FACTS (facts), "id", "Identifier", text);
  sage_facts_set_link (SAGE_FACTS (facts), "link", "Link", text, text);
  kit_settle ();
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);

  label = kit_find (facts, SAGE_TYPE_COPY_LABEL, 0);
  gtk_widget_activate_action (label, "copy-label.copy", NULL);
  copied = kit_clipboard (label);
  g_assert_cmpuint (strlen (copied), ==, 100000);

  kit_window_destroy (window);
}

/* --- Facts ----------------------------------------------------------------------------------- */

static GtkWidget *
row_of (GtkWidget *value)
{
  while (strcmp (gtk_widget_get_css_name (value), "fact") != 0)
    value = gtk_widget_get_parent (value);

  return value;
}

static void
test_rows (void)
{
  GtkWidget *widget = sage_facts_new ("What it is");
  SageFacts *facts = SAGE_FACTS (widget);
  GtkWidget *window = kit_window_new (widget, 500, 400);
  GtkWidget *first;

  g_assert_false (gtk_widget_get_visible (widget)); /* a card without facts is none */

  sage_facts_set_text (facts, "a", "Alpha", NULL);
  sage_facts_set_text (facts, "b", "Beta", "two");
  sage_facts_set_text (facts, "a", "Alpha", "<b>one</b> &amp; %s");
  kit_settle ();
  g_assert_true (gtk_widget_get_visible (widget));

  /* markup is text, and the row that was there first stands first */
  first = kit_find_text (widget, "<b>one</b> &amp; %s");
  g_assert_nonnull (first);
  g_assert_null (gtk_widget_get_prev_sibling (row_of (first)));
  g_assert_null (gtk_test_accessible_check_property (GTK_ACCESSIBLE (row_of (first)),
                                                     GTK_ACCESSIBLE_PROPERTY_LABEL,
                                                     "Alpha: <b>one</b> &amp; %s"));
  gtk_test_accessible_assert_role (row_of (first), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_role (gtk_widget_get_parent (row_of (first)), GTK_ACCESSIBLE_ROLE_LIST);

  sage_facts_set_text (facts, "a", "Alpha", "");
  g_assert_false (gtk_widget_get_visible (row_of (first)));
  sage_facts_remove (facts, "b");
  g_assert_false (gtk_widget_get_visible (widget));
  sage_facts_remove (facts, "b");
  sage_facts_clear (facts);

  kit_window_destroy (window);
}

/* What is set again stays as it is: the widget, and what a person has selected in it. */
static void
test_in_place (void)
{
  GtkWidget *widget = sage_facts_new ("Facts");
  SageFacts *facts = SAGE_FACTS (widget);
  GtkWidget *window = kit_window_new (widget, 500, 400);
  GtkWidget *label;
  int start;
  int end;

  sage_facts_set_text (facts, "a", "Alpha", "some text");
  kit_settle ();
  label = kit_find_text (widget, "some text");
  gtk_label_select_region (GTK_LABEL (label), 2, 5);
  sage_facts_set_text (facts, "a", "Alpha", "some text");
  g_assert_true (kit_find_text (widget, "some text") == label);
  g_assert_true (gtk_label_get_selection_bounds (GTK_LABEL (label), &start, &end));
  g_assert_cmpint (start, ==, 2);
  g_assert_cmpint (end, ==, 5);

  sage_facts_set_text (facts, "a", "Alpha", "other text");
  g_assert_true (kit_find_text (widget, "other text") == label);

  /* another kind of value is another widget in the same row */
  sage_facts_set_link (facts, "a", "Alpha", "churn", "pipeline/churn");
  kit_settle ();
  g_assert_cmpuint (kit_count (widget, SAGE_TYPE_LINK), ==, 1);
  g_assert_null (kit_find_text (widget, "other text"));

  kit_window_destroy (window);
}

static void
test_kinds (void)
{
  g_autoptr(SageResource) resource = sage_resource_new (SAGE_KIND_TRAINING_JOB, "churn-1");
  GtkWidget *widget = sage_facts_new ("Facts");
  SageFacts *facts = SAGE_FACTS (widget);
  GtkWidget *window = kit_window_new (widget, 500, 600);
  GtkWidget *number;

  sage_resource_update_event (resource, NULL, "InProgress", sage_time_now ());
  sage_facts_set_state (facts, "state", "State", resource);
  sage_facts_set_number (facts, "auc", "AUC", 0.9031782746315002);
  sage_facts_set_number (facts, "nan", "Not there", NAN);
  sage_facts_set_bytes (facts, "size", "Size", 1536);
  sage_facts_set_bytes (facts, "none", "None", 0);
  sage_facts_set_duration (facts, "took", "Took", 128);
  sage_facts_set_duration (facts, "untook", "Took", NAN);
  sage_facts_set_time (facts, "when", "When", sage_time_now () - 240);
  sage_facts_set_time (facts, "never", "Never", 0);
  sage_facts_set_time (facts, "absurd", "Absurd", 1e300);
  sage_facts_set_elapsed (facts, "runs", "Runs", sage_time_now () - 61, 0);
  sage_facts_set_s3 (facts, "s3", "Model", "s3://bucket/model.tar.gz");
  sage_facts_set_widget (facts, "own", "Own", gtk_label_new ("mine"));
  kit_settle ();

  g_assert_nonnull (kit_find_text (widget, "Running"));
  number = kit_find_text (widget, "0.9032");
  g_assert_nonnull (number);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (number), ==, "0.9031782746315002");
  g_assert_nonnull (kit_find_text (widget, "1.5\u00a0KiB"));
  g_assert_nonnull (kit_find_text (widget, "2 min 08 s"));
  g_assert_nonnull (kit_find_text (widget, "4 min ago"));
  g_assert_nonnull (kit_find_text (widget, "1 min 01 s"));
  g_assert_nonnull (kit_find_text (widget, "s3://bucket/model.tar.gz"));
  g_assert_nonnull (kit_find_text (widget, "mine"));
  g_assert_null (kit_find_text (widget, "Not there"));
  g_assert_null (kit_find_text (widget, "None"));
  g_assert_null (kit_find_text (widget, "Never"));
  g_assert_null (kit_find_text (widget, "Absurd"));

  /* the chip follows by itself */
  sage_resource_update_event (resource, NULL, "Failed", sage_time_now ());
  g_assert_nonnull (kit_find_text (widget, "Failed"));

  kit_window_destroy (window);
}

/* A value goes below its label where both do not fit, in all rows of a card alike. */
static void
test_narrow (void)
{
  for (int width = 160; width <= 640; width += 480)
    {
      GtkWidget *widget = sage_facts_new ("Facts");
      GtkWidget *window;
      GtkWidget *label;
      GtkWidget *value;
      graphene_rect_t a;
      graphene_rect_t b;

      sage_facts_set_text (SAGE_FACTS (widget), "a", "Instance type", "ml.m5.large");
      window = kit_window_new (g_object_new (ADW_TYPE_CLAMP, "child", widget, "maximum-size", width,
                                             "tightening-threshold", width, NULL), 700, 300);
      label = kit_find_text (widget, "Instance type");
      value = kit_find_text (widget, "ml.m5.large");
      g_assert_true (gtk_widget_compute_bounds (label, widget, &a));
      g_assert_true (gtk_widget_compute_bounds (value, widget, &b));
      g_assert_cmpint (gtk_widget_get_width (widget), <=, width);
      if (width < 300)
        g_assert_cmpfloat (b.origin.y, >=, a.origin.y + a.size.height);
      else
        g_assert_cmpfloat (b.origin.x, >=, a.origin.x + a.size.width);
      kit_window_destroy (window);
    }
}

static double
x_of (GtkWidget  *widget,
      const char *text)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (kit_find_text (widget, text), widget, &bounds));
  return bounds.origin.x;
}

/* The values of a card stand in one column, whatever comes and goes after the first frame. */
static void
test_column_follows (void)
{
  GtkWidget *widget = sage_facts_new ("Facts");
  SageFacts *facts = SAGE_FACTS (widget);
  GtkWidget *window;
  double narrow;

  sage_facts_set_text (facts, "a", "Took", "one");
  window = kit_window_new (widget, 700, 300);
  kit_settle ();
  narrow = x_of (widget, "one");

  sage_facts_set_text (facts, "b", "Compared with execution", "two");
  kit_settle ();
  g_assert_cmpfloat (x_of (widget, "one"), >, narrow);
  g_assert_cmpfloat (x_of (widget, "one"), ==, x_of (widget, "two"));

  sage_facts_set_text (facts, "b", "Compared with execution", NULL);
  kit_settle ();
  g_assert_cmpfloat (x_of (widget, "one"), ==, narrow);
  sage_facts_set_text (facts, "b", "Compared with execution", "two");
  kit_settle ();
  g_assert_cmpfloat (x_of (widget, "one"), ==, x_of (widget, "two"));
  sage_facts_remove (facts, "b");
  kit_settle ();
  g_assert_cmpfloat (x_of (widget, "one"), ==, narrow);

  kit_window_destroy (window);
}

/* --- Links and times ------------------------------------------------------------------------- */

static void
test_link (void)
{
  GtkWidget *link = sage_link_new ("churn", "pipeline/churn");
  GtkWidget *window = kit_window_new (link, 300, 100);
  g_autofree char *copied = NULL;

  g_signal_emit_by_name (kit_find (link, GTK_TYPE_BUTTON, 0), "clicked");
  g_assert_cmpstr (kit_opened (), ==, "open pipeline/churn");
  gtk_widget_activate_action (link, "link.open-new-tab", NULL);
  g_assert_cmpstr (kit_opened (), ==, "open-new-tab pipeline/churn");
  gtk_widget_activate_action (link, "link.copy", NULL);
  copied = kit_clipboard (link);
  g_assert_cmpstr (copied, ==, "churn");

  sage_link_set (SAGE_LINK (link), "churn", NULL);
  g_assert_false (gtk_widget_is_sensitive (kit_find (link, GTK_TYPE_BUTTON, 0)));
  gtk_widget_activate_action (link, "link.open", NULL);
  g_assert_null (kit_opened ());

  kit_window_destroy (window);
}

static void
test_relative_time (void)
{
  GtkWidget *widget = sage_relative_time_new ();
  SageRelativeTime *time = SAGE_RELATIVE_TIME (widget);
  GtkWidget *window = kit_window_new (widget, 300, 100);
  GtkWidget *label = kit_find (widget, GTK_TYPE_LABEL, 0);
  double bad[] = { -1, NAN, INFINITY, 1e300 };

  sage_relative_time_set_time (time, sage_time_now () - 3);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "Just now");
  /* it moves by itself while it is in sight */
  wait_until (strcmp (gtk_label_get_text (GTK_LABEL (label)), "Just now") != 0);
  g_assert_true (g_str_has_suffix (gtk_label_get_text (GTK_LABEL (label)), "s ago"));

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      sage_relative_time_set_time (time, bad[i]);
      g_assert_cmpfloat (sage_relative_time_get_time (time), ==, 0);
      g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "");
    }

  kit_window_destroy (window);
}

static void
test_elapsed (void)
{
  GtkWidget *widget = sage_elapsed_new ();
  GtkWidget *window = kit_window_new (widget, 300, 100);
  GtkLabel *label = GTK_LABEL (kit_find (widget, GTK_TYPE_LABEL, 0));
  double now = sage_time_now ();
  g_autofree char *before = NULL;

  sage_elapsed_set (SAGE_ELAPSED (widget), now - 100, now - 10);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "1 min 30 s");
  sage_elapsed_set (SAGE_ELAPSED (widget), now - 100, 0);
  before = g_strdup (gtk_label_get_text (label));
  wait_until (strcmp (gtk_label_get_text (label), before) != 0);
  sage_elapsed_set (SAGE_ELAPSED (widget), now + 100, 0); /* another clock is ahead */
  g_assert_cmpstr (gtk_label_get_text (label), ==, "0 s");
  sage_elapsed_set (SAGE_ELAPSED (widget), sage_time_now () - 3.4, 0);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "3 s");
  sage_elapsed_set (SAGE_ELAPSED (widget), 0, 0);
  g_assert_cmpstr (gtk_label_get_text (label), ==, "");

  kit_window_destroy (window);
}

/* --- Cards ----------------------------------------------------------------------------------- */

#define N_CARDS 4

typedef struct
{
  GtkWidget       *cards;
  GtkWidget       *window;
  GtkWidget       *children[N_CARDS + 1]; /* the last is wide */
  graphene_rect_t  at[N_CARDS + 1];
} Cards;

static void
cards_init (Cards *self,
            int    width)
{
  static const int heights[] = { 100, 40, 40, 40, 50 };

  self->cards = sage_cards_new ();
  for (guint i = 0; i <= N_CARDS; i++)
    {
      self->children[i] = gtk_label_new ("card");
      gtk_widget_set_size_request (self->children[i], 50, heights[i]);
      if (i < N_CARDS)
        sage_cards_add (SAGE_CARDS (self->cards), self->children[i]);
      else
        sage_cards_add_wide (SAGE_CARDS (self->cards), self->children[i]);
    }
  gtk_widget_set_valign (self->cards, GTK_ALIGN_START);
  self->window = kit_window_new (self->cards, width, 500);
}

static void
cards_look (Cards *self)
{
  kit_settle ();
  for (guint i = 0; i <= N_CARDS; i++)
    g_assert_true (gtk_widget_compute_bounds (self->children[i], self->cards, &self->at[i]));
}

static void
test_one_column (void)
{
  Cards cards;

  cards_init (&cards, 400);
  cards_look (&cards);
  for (guint i = 0; i <= N_CARDS; i++)
    {
      g_assert_cmpfloat (cards.at[i].origin.x, ==, 0);
      g_assert_cmpint ((int) cards.at[i].size.width, ==, gtk_widget_get_width (cards.cards));
      if (i > 0)
        g_assert_cmpfloat (cards.at[i].origin.y, >=,
                           cards.at[i - 1].origin.y + cards.at[i - 1].size.height);
    }
  kit_window_destroy (cards.window);
}

static void
test_two_columns (void)
{
  Cards cards;

  cards_init (&cards, 1000);
  cards_look (&cards);
  /* the first is tall, so the others stand beside it */
  g_assert_cmpfloat (cards.at[0].origin.x, ==, 0);
  g_assert_cmpfloat (cards.at[1].origin.x, >, 400);
  g_assert_cmpfloat (cards.at[1].origin.y, ==, 0);
  g_assert_cmpfloat (cards.at[2].origin.x, ==, cards.at[1].origin.x);
  /* what is wide comes below all, from side to side */
  g_assert_cmpint ((int) cards.at[N_CARDS].size.width, ==, gtk_widget_get_width (cards.cards));
  for (guint i = 0; i < N_CARDS; i++)
    g_assert_cmpfloat (cards.at[N_CARDS].origin.y, >=, cards.at[i].origin.y + cards.at[i].size.height);
  kit_window_destroy (cards.window);
}

/* A row that comes in makes a card taller, and the others stay on their side. */
static void
test_cards_stay (void)
{
  Cards cards;
  float x;

  cards_init (&cards, 1000);
  cards_look (&cards);
  x = cards.at[3].origin.x;
  gtk_widget_set_size_request (cards.children[1], 50, 140);
  cards_look (&cards);
  g_assert_cmpfloat (cards.at[3].origin.x, ==, x);

  /* but not at any price */
  gtk_widget_set_size_request (cards.children[1], 50, 400);
  gtk_widget_set_size_request (cards.children[2], 50, 200);
  cards_look (&cards);
  g_assert_cmpfloat (cards.at[3].origin.x, !=, x);

  /* and one that was hidden finds the shorter side */
  gtk_widget_set_visible (cards.children[1], FALSE);
  cards_look (&cards);
  kit_window_destroy (cards.window);
}

static void
test_cards_mirrored (void)
{
  Cards cards;

  cards_init (&cards, 1000);
  gtk_widget_set_direction (cards.cards, GTK_TEXT_DIR_RTL);
  cards_look (&cards);
  g_assert_cmpfloat (cards.at[0].origin.x, >, cards.at[1].origin.x);
  kit_window_destroy (cards.window);
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

  g_test_add_func ("/text/shorten", test_shorten);
  g_test_add_func ("/text/isolate", test_isolate);
  g_test_add_func ("/text/long", test_long);
  g_test_add_func ("/facts/rows", test_rows);
  g_test_add_func ("/facts/in-place", test_in_place);
  g_test_add_func ("/facts/kinds", test_kinds);
  g_test_add_func ("/facts/narrow", test_narrow);
  g_test_add_func ("/facts/column-follows", test_column_follows);
  g_test_add_func ("/link", test_link);
  g_test_add_func ("/relative-time", test_relative_time);
  g_test_add_func ("/elapsed", test_elapsed);
  g_test_add_func ("/cards/one-column", test_one_column);
  g_test_add_func ("/cards/two-columns", test_two_columns);
  g_test_add_func ("/cards/stay", test_cards_stay);
  g_test_add_func ("/cards/mirrored", test_cards_mirrored);

  return g_test_run ();
}
