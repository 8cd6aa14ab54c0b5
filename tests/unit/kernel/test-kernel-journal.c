/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "krn-journal.h"
#include "krn-record.h"
#include "sage-file.h"

#define MIB (1024 * 1024)

typedef struct
{
  char *directory;
} Fixture;

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  fixture->directory = g_dir_make_tmp ("krn-journal-XXXXXX", NULL);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->directory, NULL));
  g_free (fixture->directory);
}

static KrnJournal *
open_journal (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  KrnJournal *journal = krn_journal_open (fixture->directory, 16 * MIB, &error);

  g_assert_no_error (error);

  return journal;
}

static void
append (KrnJournal *journal,
        const char *text,
        guint64     expected)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (krn_journal_append (journal, bytes, &error), ==, expected);
  g_assert_no_error (error);
}

static void
assert_next (KrnCursor  *cursor,
             guint64     expected,
             const char *text)
{
  guint64 seq = 0;
  g_autoptr(GBytes) bytes = krn_cursor_next (cursor, &seq);

  if (text == NULL)
    {
      g_assert_null (bytes);
      return;
    }
  g_assert_nonnull (bytes);
  g_assert_cmpuint (seq, ==, expected);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

static void
test_it_goes_on_where_it_ended (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autoptr(KrnJournal) journal = open_journal (fixture);
  g_autoptr(KrnCursor) cursor = NULL;

  g_assert_cmpuint (krn_journal_get_last (journal), ==, 0);
  append (journal, "one", 1);
  append (journal, "two", 2);
  krn_journal_free (g_steal_pointer (&journal));

  journal = open_journal (fixture);
  g_assert_cmpuint (krn_journal_get_last (journal), ==, 2);
  append (journal, "three", 3);

  cursor = krn_cursor_new (journal, 1);
  assert_next (cursor, 2, "two");
  assert_next (cursor, 3, "three");
  assert_next (cursor, 0, NULL);
  append (journal, "four", 4);
  append (journal, "five", 5);
  krn_cursor_skip (cursor, 4);
  assert_next (cursor, 5, "five");
  assert_next (cursor, 0, NULL);
}

/* After a crash at any byte of the last record, all before it is there and what follows is written
 * behind it. */
static void
test_a_torn_record_is_cut_off (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "00000000000000000001.log", NULL);
  g_autofree char *whole = NULL;
  gsize length = 0;
  gsize second;

  {
    g_autoptr(KrnJournal) journal = open_journal (fixture);

    append (journal, "first record", 1);
    second = (gsize) krn_journal_get_bytes (journal);
    append (journal, "second record", 2);
  }
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));

  for (gsize cut = 0; cut < length; cut++)
    {
      guint64 kept = cut >= second ? 1 : 0;
      g_autoptr(KrnJournal) journal = NULL;
      g_autoptr(KrnCursor) cursor = NULL;

      g_assert_true (g_file_set_contents (path, whole, (gssize) cut, NULL));
      journal = open_journal (fixture);
      g_assert_cmpuint (krn_journal_get_last (journal), ==, kept);
      append (journal, "afterwards", kept + 1);

      cursor = krn_cursor_new (journal, 0);
      if (kept > 0)
        assert_next (cursor, 1, "first record");
      assert_next (cursor, kept + 1, "afterwards");
      assert_next (cursor, 0, NULL);
    }
}

/* A bit that turned is found; nothing that follows it in the segment is believed. */
static void
test_a_spoilt_record_is_cut_off (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "00000000000000000001.log", NULL);
  g_autofree char *whole = NULL;
  gsize length = 0;
  gsize second;

  {
    g_autoptr(KrnJournal) journal = open_journal (fixture);

    append (journal, "first record", 1);
    second = (gsize) krn_journal_get_bytes (journal);
    append (journal, "second record", 2);
  }
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));

  for (gsize at = second; at < length; at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autoptr(KrnJournal) journal = NULL;

        whole[at] ^= (char) (1 << bit);
        g_assert_true (g_file_set_contents (path, whole, (gssize) length, NULL));
        whole[at] ^= (char) (1 << bit);
        journal = open_journal (fixture);
        g_assert_cmpuint (krn_journal_get_last (journal), ==, 1);
      }
}

static void
test_a_foreign_segment_is_put_aside (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "00000000000000000007.log", NULL);
  g_autofree char *aside = g_strconcat (path, ".bad", NULL);
  g_autoptr(KrnJournal) journal = NULL;

  g_assert_true (g_file_set_contents (path, "this is not a segment of a journal", -1, NULL));
  journal = open_journal (fixture);
  g_assert_cmpuint (krn_journal_get_last (journal), ==, 6);
  append (journal, "x", 7);
  g_assert_true (g_file_test (aside, G_FILE_TEST_IS_REGULAR));
}

static void
test_the_oldest_gives_way (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr(KrnJournal) journal = open_journal (fixture);
  g_autofree char *block = g_strnfill (MIB, 'x');
  g_autoptr(KrnCursor) early = krn_cursor_new (journal, 0);
  g_autoptr(KrnCursor) late = NULL;
  guint64 seq;
  guint64 first;

  append (journal, "one", 1);
  assert_next (early, 1, "one");
  for (guint64 i = 2; i <= 40; i++)
    append (journal, block, i);

  g_assert_cmpuint (krn_journal_get_bytes (journal), <=, 16 * MIB + 4096);
  first = krn_journal_get_first (journal);
  g_assert_cmpuint (first, >, 20);
  late = krn_cursor_new (journal, 0);
  assert_next (late, first, block);

  /* One that was within a segment that has gone reads that to its end, and then what is left. */
  for (guint64 expected = 2, n = 0;; n++)
    {
      g_autoptr(GBytes) bytes = krn_cursor_next (early, &seq);

      if (bytes == NULL)
        break;
      g_assert_cmpuint (seq, >=, expected);
      expected = seq + 1;
      g_assert_cmpuint (n, <, 40);
    }
  g_assert_cmpuint (krn_cursor_get_seq (early), ==, 40);
}

static void
test_what_is_held_goes (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr(KrnJournal) journal = open_journal (fixture);
  g_autofree char *block = g_strnfill (MIB, 'x');
  g_autoptr(KrnCursor) cursor = NULL;

  for (guint64 i = 1; i <= 8; i++)
    append (journal, block, i);
  krn_journal_drop (journal, 5);
  g_assert_cmpuint (krn_journal_get_first (journal), >, 1);
  g_assert_cmpuint (krn_journal_get_first (journal), <=, 6);

  krn_journal_drop (journal, 8);
  g_assert_cmpuint (krn_journal_get_first (journal), ==, 9);
  g_assert_cmpuint (krn_journal_get_bytes (journal), <, 100);
  krn_journal_drop (journal, 1000);
  krn_journal_free (g_steal_pointer (&journal));

  journal = open_journal (fixture); /* numbers go on though nothing is left */
  append (journal, "nine", 9);
  cursor = krn_cursor_new (journal, 0);
  assert_next (cursor, 9, "nine");
}

/* What cannot be written has a number all the same, and what comes later is written again. */
static void
test_a_failed_write_leaves_no_half (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autoptr(KrnJournal) journal = NULL;
  g_autoptr(KrnCursor) cursor = NULL;
  g_autofree char *block = g_strnfill (3 * MIB, 'x');
  g_autofree char *aside = g_strconcat (fixture->directory, ".aside", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new ("two", 3);
  g_autoptr(GError) error = NULL;

  journal = open_journal (fixture);
  append (journal, block, 1);

  /* The next record begins a segment, for which there is no folder now. */
  g_assert_cmpint (g_rename (fixture->directory, aside), ==, 0);
  g_assert_cmpuint (krn_journal_append (journal, bytes, &error), ==, 2);
  g_assert_nonnull (error);
  g_assert_cmpint (g_rename (aside, fixture->directory), ==, 0);

  append (journal, "three", 3);
  cursor = krn_cursor_new (journal, 0);
  assert_next (cursor, 1, block);
  assert_next (cursor, 3, "three");
  assert_next (cursor, 0, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/kernel/journal/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("it-goes-on-where-it-ended", test_it_goes_on_where_it_ended);
  ADD ("a-torn-record-is-cut-off", test_a_torn_record_is_cut_off);
  ADD ("a-spoilt-record-is-cut-off", test_a_spoilt_record_is_cut_off);
  ADD ("a-foreign-segment-is-put-aside", test_a_foreign_segment_is_put_aside);
  ADD ("the-oldest-gives-way", test_the_oldest_gives_way);
  ADD ("what-is-held-goes", test_what_is_held_goes);
  ADD ("a-failed-write-leaves-no-half", test_a_failed_write_leaves_no_half);

  return g_test_run ();
}
