/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eng-log-merge.h"
#include "sage-file.h"

/* Some logs, and what reading them as one must give. */
typedef struct
{
  char      *dir;
  GPtrArray *streams;  /* of EngLogStream, by name */
  GPtrArray *expected; /* of "TIME STREAM MESSAGE" */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("log-merge-XXXXXX", NULL);
  fixture->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_log_stream_free);
  fixture->expected = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_ptr_array_unref (fixture->streams);
  g_ptr_array_unref (fixture->expected);
  g_assert_true (sage_dir_remove (fixture->dir, NULL));
  g_free (fixture->dir);
}

static EngLogStream *
add_stream (Fixture    *fixture,
            const char *name)
{
  EngLogStream *stream = g_new0 (EngLogStream, 1);

  stream->name = g_strdup (name);
  stream->path = g_build_filename (fixture->dir, name, NULL);
  g_ptr_array_add (fixture->streams, stream);

  return stream;
}

static void
write_log (EngLogStream *stream,
           const char   *text,
           gssize        length)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (stream->path, text, length, &error);
  g_assert_no_error (error);
}

static int
compare_expected (gconstpointer a,
                  gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

/* Makes @n streams of @lines lines each, whose times run through each other. */
static void
make_streams (Fixture *fixture,
              guint    n,
              guint    lines,
              gsize    length)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (42);
  g_autofree char *filler = g_strnfill (length, 'x');

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%03u", i);
      EngLogStream *stream = add_stream (fixture, name);
      g_autoptr(GString) text = g_string_new (NULL);
      guint time = 1000 + g_rand_int_range (random, 0, 20);

      for (guint j = 0; j < lines; j++)
        {
          g_string_append_printf (text, "%u\t%06u%s\n", time, j, filler);
          g_ptr_array_add (fixture->expected,
                           g_strdup_printf ("%u %s %06u", time, name, j));
          time += g_rand_int_range (random, 0, 4);
        }
      write_log (stream, text->str, (gssize) text->len);
    }
  g_ptr_array_sort (fixture->expected, compare_expected);
}

static char *
show (const EngLogEntry  *entry,
      const EngLogPlace  *place,
      const EngLogStream *stream)
{
  g_assert_cmpstr (place->stream, ==, stream->name);
  g_assert_cmpint (place->timestamp_ms, ==, entry->timestamp_ms);
  g_assert_cmpuint (place->offset, ==, entry->offset);

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s %.6s", entry->timestamp_ms, stream->name,
                          entry->message);
}

/* Reads from @after on and checks every line, at most @count. Returns how many there were. */
static guint
check_from (Fixture     *fixture,
            gint64       start_ms,
            EngLogPlace *after,
            guint        at,
            guint        count)
{
  g_autoptr(EngLogMerge) merge = eng_log_merge_new (fixture->streams, start_ms,
                                                    after->stream != NULL ? after : NULL);
  const EngLogEntry *entry;
  const EngLogStream *stream;
  EngLogPlace place;
  guint n = 0;

  while (n < count && (entry = eng_log_merge_peek (merge, &place, &stream)) != NULL)
    {
      g_autofree char *shown = show (entry, &place, stream);

      g_assert_cmpuint (at + n, <, fixture->expected->len);
      g_assert_cmpstr (shown, ==, g_ptr_array_index (fixture->expected, at + n));
      *after = place;
      eng_log_merge_take (merge);
      n++;
    }

  return n;
}

/* In one go, and in pages of several sizes, each of which knows only where the one before ended. */
static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  static const guint sizes[] = { G_MAXUINT, 1, 2, 7, 255, 256, 257, 1000 };

  make_streams (fixture, 3, 300, 20);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      EngLogPlace after = { 0 };
      guint at = 0;
      guint n;

      do
        {
          n = check_from (fixture, 0, &after, at, sizes[i]);
          at += n;
        }
      while (n > 0 && sizes[i] != G_MAXUINT);
      g_assert_cmpuint (at, ==, fixture->expected->len);
    }
}

static void
test_start (Fixture       *fixture,
            gconstpointer  data)
{
  make_streams (fixture, 5, 200, 20);
  for (gint64 start = 990; start < 1500; start += 13)
    {
      EngLogPlace after = { 0 };
      guint at = 0;

      while (at < fixture->expected->len &&
             atoll (g_ptr_array_index (fixture->expected, at)) < start)
        at++;
      g_assert_cmpuint (check_from (fixture, start, &after, at, G_MAXUINT), ==,
                        fixture->expected->len - at);
    }
}

static gsize
resident_bytes (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  words = g_strsplit (text, " ", 3);

  return g_ascii_strtoull (words[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}

/* Long lines of many streams are never in memory at once. */
static void
test_memory (Fixture       *fixture,
             gconstpointer  data)
{
  EngLogPlace after = { 0 };
  gsize before;

  make_streams (fixture, 120, 40, 60000);
  before = resident_bytes ();
  g_assert_cmpuint (check_from (fixture, 0, &after, 0, G_MAXUINT), ==, fixture->expected->len);
  /* 288 MB are read; a sanitizer keeps up to 256 MB of what was freed */
  g_assert_cmpuint (resident_bytes () - MIN (before, resident_bytes ()), <, 400 * 1024 * 1024);
}

/* Streams that went away, are empty, come up later, or end between two pages. */
static void
test_changes (Fixture       *fixture,
              gconstpointer  data)
{
  EngLogStream *first = add_stream (fixture, "a");
  EngLogStream *second = add_stream (fixture, "b");
  EngLogStream *third = add_stream (fixture, "d");
  EngLogPlace after = { 0 };

  write_log (first, "10\t000000\n30\t000001\n", -1);
  write_log (second, "20\t000000\n", -1);
  g_ptr_array_add (fixture->expected, g_strdup ("10 a 000000"));
  g_ptr_array_add (fixture->expected, g_strdup ("20 b 000000"));
  g_ptr_array_add (fixture->expected, g_strdup ("20 c 000000"));
  g_ptr_array_add (fixture->expected, g_strdup ("30 a 000001"));
  g_ptr_array_add (fixture->expected, g_strdup ("40 d 000000"));
  g_assert_cmpuint (check_from (fixture, 0, &after, 0, 2), ==, 2);

  /* the one that the page ended in is gone, two are new */
  g_ptr_array_remove_index (fixture->streams, 1);
  after.stream = "b";
  write_log (third, "40\t000000\n", -1);
  write_log (add_stream (fixture, "c"), "20\t000000\n", -1);
  g_assert_cmpuint (check_from (fixture, 0, &after, 2, G_MAXUINT), ==, 3);
  g_assert_cmpuint (check_from (fixture, 0, &after, 5, G_MAXUINT), ==, 0);
}

/* A log whose times go back, as of an engine that did not prevent it, comes in its own order. */
static void
test_times_that_go_back (Fixture       *fixture,
                         gconstpointer  data)
{
  static const char expected[] = "012345";
  g_autoptr(EngLogMerge) merge = NULL;
  const EngLogEntry *entry;
  const EngLogStream *stream;
  EngLogPlace place;

  write_log (add_stream (fixture, "a"), "50\t1\n10\t2\nx3\n60\t5\n", -1);
  write_log (add_stream (fixture, "b"), "40\t0\n55\t4\n", -1);
  merge = eng_log_merge_new (fixture->streams, 0, NULL);
  for (guint i = 0; expected[i] != '\0'; i++)
    {
      entry = eng_log_merge_peek (merge, &place, &stream);
      g_assert_nonnull (entry);
      g_assert_cmpint (entry->message[strlen (entry->message) - 1], ==, expected[i]);
      eng_log_merge_take (merge);
    }
  g_assert_null (eng_log_merge_peek (merge, &place, &stream));
}

#define ADD(name, function) \
  g_test_add ("/logs/merge/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("pages", test_pages);
  ADD ("start", test_start);
  ADD ("memory", test_memory);
  ADD ("changes", test_changes);
  ADD ("times-that-go-back", test_times_that_go_back);

  return g_test_run ();
}
