/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "krn-streams.h"
#include "sage-json.h"

#define MS 1000
#define SECOND (1000 * MS)

typedef struct
{
  KrnStreams *streams;
  GPtrArray  *emitted; /* of SageJupyterMessage */
} Fixture;

static void
emit (SageJupyterMessage *message,
      gpointer            user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->emitted, sage_jupyter_message_ref (message));
}

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  static const KrnStreamLimits limits = { .head_bytes = 20000, .rate_bytes = 5000, .tail_bytes = 8000 };

  fixture->emitted = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_jupyter_message_unref);
  fixture->streams = krn_streams_new (&limits, emit, fixture);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  krn_streams_free (fixture->streams);
  g_ptr_array_unref (fixture->emitted);
}

static void
take (Fixture    *fixture,
      gint64      now,
      const char *parent,
      const char *msg_type,
      const char *name,
      const char *value)
{
  g_autoptr(JsonObject) request = json_object_new ();
  g_autofree char *header = g_strdup_printf ("{\"msg_id\":\"m\",\"msg_type\":\"%s\"}", msg_type);
  g_autofree char *parent_header = g_strdup_printf ("{\"msg_id\":\"%s\"}", parent);
  g_autoptr(GString) content = g_string_new ("{\"name\":\"");
  g_autoptr(SageJupyterMessage) message = NULL;
  GBytes *parts[4];

  g_string_append_printf (content, "%s\",\"%s\":", name,
                          g_str_equal (msg_type, "status") ? "execution_state" : "text");
  sage_json_append_string (content, value);
  g_string_append_c (content, '}');
  parts[0] = g_bytes_new (header, strlen (header));
  parts[1] = g_bytes_new (parent_header, strlen (parent_header));
  parts[2] = g_bytes_new ("{}", 2);
  parts[3] = g_bytes_new (content->str, content->len);
  message = sage_jupyter_message_read (SAGE_JUPYTER_IOPUB, parts, 4, NULL);
  g_assert_nonnull (message);
  krn_streams_take (fixture->streams, message, now);
  for (guint i = 0; i < 4; i++)
    g_bytes_unref (parts[i]);
}

static const char *
text_at (Fixture *fixture,
         guint    index)
{
  g_assert_cmpuint (index, <, fixture->emitted->len);

  return sage_json_string (sage_jupyter_message_get_content (g_ptr_array_index (fixture->emitted, index)),
                           "text", NULL);
}

static gsize
total (Fixture *fixture)
{
  gsize bytes = 0;

  for (guint i = 0; i < fixture->emitted->len; i++)
    bytes += text_at (fixture, i) != NULL ? strlen (text_at (fixture, i)) : 0;

  return bytes;
}

static gint64
lost_lines (Fixture *fixture)
{
  gint64 lines = 0;

  for (guint i = 0; i < fixture->emitted->len; i++)
    lines += sage_json_int (sage_jupyter_message_get_metadata (g_ptr_array_index (fixture->emitted, i)),
                            "sagebrush_left_out_lines", 0);

  return lines;
}

static void
test_close_prints_are_joined (Fixture       *fixture,
                              gconstpointer  data)
{
  take (fixture, 1 * SECOND, "p", "stream", "stdout", "a");
  g_assert_cmpuint (fixture->emitted->len, ==, 1); /* the first does not wait */
  take (fixture, 1 * SECOND + 1 * MS, "p", "stream", "stdout", "b");
  take (fixture, 1 * SECOND + 2 * MS, "p", "stream", "stdout", "c");
  g_assert_cmpuint (fixture->emitted->len, ==, 1);
  g_assert_cmpint (krn_streams_deadline (fixture->streams), ==, 1 * SECOND + 10 * MS);
  krn_streams_tick (fixture->streams, 1 * SECOND + 9 * MS);
  g_assert_cmpuint (fixture->emitted->len, ==, 1);
  krn_streams_tick (fixture->streams, 1 * SECOND + 10 * MS);
  g_assert_cmpstr (text_at (fixture, 1), ==, "bc");
  g_assert_cmpint (krn_streams_deadline (fixture->streams), ==, -1);
}

static void
test_order_is_kept (Fixture       *fixture,
                    gconstpointer  data)
{
  take (fixture, SECOND, "p", "stream", "stdout", "1");
  take (fixture, SECOND, "p", "stream", "stdout", "2");
  take (fixture, SECOND, "p", "stream", "stderr", "3");
  take (fixture, SECOND, "p", "stream", "stderr", "4");
  take (fixture, SECOND, "q", "stream", "stdout", "5");
  take (fixture, SECOND, "q", "display_data", "", "6");
  take (fixture, SECOND, "q", "status", "", "idle");

  g_assert_cmpuint (fixture->emitted->len, ==, 6);
  g_assert_cmpstr (text_at (fixture, 0), ==, "1");
  g_assert_cmpstr (text_at (fixture, 1), ==, "2");
  g_assert_cmpstr (text_at (fixture, 2), ==, "34");
  g_assert_cmpstr (text_at (fixture, 3), ==, "5");
  g_assert_cmpstr (text_at (fixture, 4), ==, "6");
}

/* Head and end are there, the middle is counted, whatever the pieces. */
static void
test_the_middle_is_left_out (Fixture       *fixture,
                             gconstpointer  data)
{
  guint shown = 0;
  guint lost;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *line = g_strdup_printf ("%u\n", i);

      take (fixture, SECOND + i, "p", "stream", "stdout", line);
    }
  take (fixture, 2 * SECOND, "p", "status", "", "idle");

  g_assert_cmpuint (total (fixture), <, 20000 + 8000 + 5000 + 500);
  lost = (guint) lost_lines (fixture);
  g_assert_cmpuint (lost, >, 90000);
  for (guint i = 0; i + 1 < fixture->emitted->len; i++)
    {
      const char *text = text_at (fixture, i);

      if (!g_str_has_prefix (text, "\n[..."))
        for (; (text = strchr (text, '\n')) != NULL; text++)
          shown++;
    }
  g_assert_cmpuint (shown + lost, ==, 100000);
  g_assert_true (g_str_has_prefix (text_at (fixture, 0), "0\n"));
  g_assert_true (g_str_has_suffix (text_at (fixture, fixture->emitted->len - 2), "99998\n99999\n"));
}

static void
test_one_huge_print_keeps_head_and_end (Fixture       *fixture,
                                        gconstpointer  data)
{
  g_autofree char *huge = g_strnfill (1000000, 'x');
  guint last;

  memcpy (huge, "head", 4);
  memcpy (huge + 1000000 - 3, "end", 3);
  take (fixture, SECOND, "p", "stream", "stdout", huge);
  take (fixture, SECOND, "p", "status", "", "idle");

  g_assert_cmpuint (total (fixture), <, 40000);
  g_assert_true (g_str_has_prefix (text_at (fixture, 0), "head"));
  last = fixture->emitted->len - 2;
  g_assert_true (g_str_has_suffix (text_at (fixture, last), "xend"));
}

static void
test_steady_prints_lose_nothing (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *line = g_strnfill (99, 'x');

  line[98] = '\n';
  for (guint i = 0; i < 36000; i++) /* an hour, 10 lines a second */
    take (fixture, SECOND + i * 100 * MS, "p", "stream", "stdout", line);

  g_assert_cmpuint (total (fixture), ==, 36000 * 99);
  g_assert_cmpint (lost_lines (fixture), ==, 0);
}

/* While too much is printed, some of it is still shown each second. */
static void
test_a_flood_is_seen_to_go_on (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autofree char *line = g_strnfill (1000, 'x');
  guint before;

  line[999] = '\n';
  for (guint i = 0; i < 3000; i++)
    take (fixture, SECOND + i * MS, "p", "stream", "stdout", line);
  before = fixture->emitted->len;
  for (guint i = 0; i < 5; i++)
    {
      gint64 now = 4 * SECOND + i * SECOND;

      take (fixture, now, "p", "stream", "stdout", line);
      krn_streams_tick (fixture->streams, now + SECOND);
    }
  g_assert_cmpuint (fixture->emitted->len, >=, before + 5);
  g_assert_cmpuint (total (fixture), <, 20000 + 10 * 5000 + 10 * 100);
}

/* No cut falls into a character. */
static void
test_cuts_respect_characters (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "\342\202\254");
  take (fixture, SECOND, "p", "stream", "stdout", text->str);
  take (fixture, SECOND, "p", "status", "", "idle");
  for (guint i = 0; i + 1 < fixture->emitted->len; i++)
    g_assert_true (g_utf8_validate (text_at (fixture, i), -1, NULL));
}

static void
test_what_is_no_print_passes (Fixture       *fixture,
                              gconstpointer  data)
{
  take (fixture, SECOND, "p", "stream", "stdout", "x");
  take (fixture, SECOND, "p", "error", "", "");
  take (fixture, SECOND, "p", "stream", "stdout", "");
  krn_streams_flush (fixture->streams, SECOND);
  krn_streams_finish (fixture->streams, SECOND);
  g_assert_cmpuint (fixture->emitted->len, ==, 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/kernel/streams/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("close-prints-are-joined", test_close_prints_are_joined);
  ADD ("order-is-kept", test_order_is_kept);
  ADD ("the-middle-is-left-out", test_the_middle_is_left_out);
  ADD ("one-huge-print-keeps-head-and-end", test_one_huge_print_keeps_head_and_end);
  ADD ("steady-prints-lose-nothing", test_steady_prints_lose_nothing);
  ADD ("a-flood-is-seen-to-go-on", test_a_flood_is_seen_to_go_on);
  ADD ("cuts-respect-characters", test_cuts_respect_characters);
  ADD ("what-is-no-print-passes", test_what_is_no_print_passes);

  return g_test_run ();
}
