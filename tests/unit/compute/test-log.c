/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-log"

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "eng-job.h"
#include "eng-log-writer.h"
#include "eng-log.h"
#include "sage-error.h"
#include "sage-file.h"

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static const EngLogLimits generous = { 1 << 30, 1 << 30, 1 << 30 };

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("sagebrush-log-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "log", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->dir, NULL));
  g_free (fixture->path);
  g_free (fixture->dir);
}

static EngLogWriter *
writer_new (Fixture            *fixture,
            const EngLogLimits *limits)
{
  int fd = open (fixture->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);

  return eng_log_writer_new (fd, limits);
}

static void
feed (EngLogWriter *writer,
      const char   *text,
      gint64        now)
{
  eng_log_writer_feed (writer, text, strlen (text), now);
}

static void
assert_log (Fixture    *fixture,
            const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_lines (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(EngLogWriter) writer = writer_new (fixture, &generous);

  feed (writer, "one\ntw", 1000);
  feed (writer, "o\n\nfake\t5\n", 2000);
  feed (writer, "no end", 3000);
  eng_log_writer_finish (writer, 4000);

  assert_log (fixture, "1000\tone\n2000\ttwo\n2000\t\n2000\tfake\t5\n4000\tno end\n");
  g_assert_cmpstr (eng_log_writer_last (writer), ==, "no end");
}

static void
test_long_lines_are_split (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr(EngLogWriter) writer = writer_new (fixture, &generous);
  g_autofree char *line = g_strnfill (150000, 'x');
  g_autoptr(GPtrArray) entries = NULL;
  guint64 next;

  feed (writer, line, 1);
  feed (writer, "\nend\n", 1);

  entries = eng_log_read (fixture->path, 0, 100, &next, NULL);
  g_assert_cmpuint (entries->len, ==, 4);
  g_assert_cmpuint (strlen (((EngLogEntry *) entries->pdata[0])->message), ==, 65536);
  g_assert_cmpuint (strlen (((EngLogEntry *) entries->pdata[1])->message), ==, 65536);
  g_assert_cmpuint (strlen (((EngLogEntry *) entries->pdata[2])->message), ==, 150000 - 131072);
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[3])->message, ==, "end");
}

static void
test_too_fast (Fixture       *fixture,
               gconstpointer  data)
{
  const EngLogLimits limits = { 1 << 20, 200, 25 };
  g_autoptr(EngLogWriter) writer = writer_new (fixture, &limits);

  feed (writer, "12345678\nlost one\nlost two\n", 1000);
  feed (writer, "back\n", 1100);
  feed (writer, "lost again\n", 1100);
  eng_log_writer_finish (writer, 1100);

  assert_log (fixture,
              "1000\t12345678\n"
              "1100\t[sagebrush] 2 lines (16 bytes) left out: they came too fast\n"
              "1100\tback\n"
              "1100\t[sagebrush] 1 lines (10 bytes) left out: they came too fast\n");
}

static void
test_full (Fixture       *fixture,
           gconstpointer  data)
{
  const EngLogLimits limits = { 20, 1 << 20, 1 << 20 };
  g_autoptr(EngLogWriter) writer = writer_new (fixture, &limits);

  feed (writer, "12345678\n", 1);
  feed (writer, "1234567890\n", 1);
  feed (writer, "x\n", 1);
  eng_log_writer_finish (writer, 2);

  assert_log (fixture, "1\t12345678\n1\t[sagebrush] the log has reached its limit and ends here\n");
}

/* A disk without room loses lines, and says so when there is room again. */
static void
test_disk_full (Fixture       *fixture,
                gconstpointer  data)
{
  int full = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  g_autoptr(EngLogWriter) writer = eng_log_writer_new (full, &generous);
  int log;

  feed (writer, "lost\n", 1);
  log = open (fixture->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (dup2 (log, full), ==, full);
  close (log);
  feed (writer, "kept\n", 2);

  assert_log (fixture, "2\t[sagebrush] 1 lines (7 bytes) left out: the disk was full\n2\tkept\n");
}

static EngLogWriter *
placed_writer_new (Fixture *fixture,
                   int      directory)
{
  EngLogWriter *writer = writer_new (fixture, &generous);
  g_autofree char *name = g_path_get_basename (fixture->path);

  eng_log_writer_set_place (writer, directory, name);

  return writer;
}

#define LOSS "[sagebrush] the log was taken away or cut off; what came before is not here\n"

/* Whoever tidies up behind a job's back: it is logged on, and said that something is missing. */
static void
test_taken_away (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofd int directory = open (fixture->dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  g_autoptr(EngLogWriter) writer = placed_writer_new (fixture, directory);
  g_autofree char *rotated = g_strconcat (fixture->path, ".1", NULL);
  g_autofree char *text = NULL;

  feed (writer, "one\n", 1);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  feed (writer, "two\n", 2);
  assert_log (fixture, "2\t" LOSS "2\ttwo\n");

  g_assert_cmpint (g_rename (fixture->path, rotated), ==, 0);
  feed (writer, "three\nfour\n", 3);
  feed (writer, "five\n", 4);
  assert_log (fixture, "3\t" LOSS "3\tthree\n3\tfour\n4\tfive\n");
  g_assert_true (g_file_get_contents (rotated, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "2\t" LOSS "2\ttwo\n");

  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  feed (writer, "six\n", 5);
  feed (writer, "seven\n", 6);
  assert_log (fixture, "5\t" LOSS "5\tsix\n6\tseven\n");

  /* what stands there now is no file: the output must not get lost in it, nor block */
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (symlink ("/dev/full", fixture->path), ==, 0);
  feed (writer, "eight\n", 7);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  feed (writer, "nine\n", 8);
  assert_log (fixture, "8\t" LOSS "8\tnine\n");
}

/* Who has read up to a point that is no longer there learns of it. */
static void
test_goes_on (Fixture       *fixture,
              gconstpointer  data)
{
  static const char text[] = "1\tone\n2\ttwo\n";

  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  g_assert_true (eng_log_goes_on (fixture->path, 0));
  g_assert_true (eng_log_goes_on (fixture->path, 6));
  g_assert_true (eng_log_goes_on (fixture->path, 12));
  g_assert_false (eng_log_goes_on (fixture->path, 7));
  g_assert_false (eng_log_goes_on (fixture->path, 13));
  g_assert_false (eng_log_goes_on (fixture->path, G_MAXINT64));
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_true (eng_log_goes_on (fixture->path, 6));
}

static void
write_numbers (Fixture *fixture,
               guint    n)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%u\tline %u %s\n", 1000 + i, i,
                            i % 7 == 0 ? "padded with quite a few more bytes than others" : "");
  g_string_append (text, "99\tincomplete");
  g_assert_true (g_file_set_contents (fixture->path, text->str, text->len, NULL));
}

static void
test_read_forward (Fixture       *fixture,
                   gconstpointer  data)
{
  guint64 offset = 0;
  guint seen = 0;

  write_numbers (fixture, 10000);
  for (;;)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) entries = eng_log_read (fixture->path, offset, 777, &offset, &error);

      g_assert_no_error (error);
      if (entries->len == 0)
        break;
      for (guint i = 0; i < entries->len; i++, seen++)
        g_assert_cmpint (((EngLogEntry *) entries->pdata[i])->timestamp_ms, ==, 1000 + seen);
    }

  g_assert_cmpuint (seen, ==, 10000);
}

static void
test_read_backward (Fixture       *fixture,
                    gconstpointer  data)
{
  guint64 offset = G_MAXUINT64;
  guint left = 10000;

  write_numbers (fixture, left);
  for (;;)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) entries = eng_log_read_before (fixture->path, offset, 777, &offset,
                                                          &error);

      g_assert_no_error (error);
      if (entries->len == 0)
        break;
      left -= entries->len;
      for (guint i = 0; i < entries->len; i++)
        g_assert_cmpint (((EngLogEntry *) entries->pdata[i])->timestamp_ms, ==, 1000 + left + i);
      g_assert_cmpuint (((EngLogEntry *) entries->pdata[0])->offset, ==, offset);
    }

  g_assert_cmpuint (left, ==, 0);
  g_assert_cmpuint (offset, ==, 0);
}

static void
test_read_any_bytes (Fixture       *fixture,
                     gconstpointer  data)
{
  static const char bytes[] = "5\tbad \xff\xfe utf-8\nno time\n7\t\x1b[31mred\x1b[0m\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  guint64 next;

  g_assert_null (eng_log_read (fixture->path, 0, 10, &next, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (fixture->path, bytes, sizeof bytes - 1, NULL));
  entries = eng_log_read (fixture->path, 0, 10, &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 3);
  g_assert_cmpuint (next, ==, sizeof bytes - 1);
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[0])->message, ==,
                   "bad \xef\xbf\xbd\xef\xbf\xbd utf-8");
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[1])->message, ==, "no time");
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[2])->message, ==, "\x1b[31mred\x1b[0m");
}

/* A clock that is set back does not turn the log around. */
static void
test_clock_set_back (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr(EngLogWriter) writer = writer_new (fixture, &generous);

  feed (writer, "one\n", 5000);
  feed (writer, "two\n", 1000);
  feed (writer, "three\n", 6000);
  assert_log (fixture, "5000\tone\n5000\ttwo\n6000\tthree\n");
}

static guint64
seek (Fixture *fixture,
      gint64   timestamp_ms)
{
  g_autoptr(GError) error = NULL;
  guint64 offset;

  eng_log_seek (fixture->path, timestamp_ms, &offset, &error);
  g_assert_no_error (error);

  return offset;
}

/* Lines of all lengths, several of a time, some that have lost it: each time is found where reading
 * everything finds it. */
static void
test_seek (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  gint64 now = 100;

  for (guint i = 0; i < 3000; i++)
    {
      gsize length = g_rand_int_range (random, 0, i % 100 == 0 ? 65000 : 500);
      g_autofree char *line = g_strnfill (length, 'x');

      now += g_rand_int_range (random, 0, 3);
      if (i % 50 == 49)
        g_string_append_printf (text, "%s\n", line);
      else
        g_string_append_printf (text, "%" G_GINT64_FORMAT "\t%s\n", now, line);
    }
  g_assert_true (g_file_set_contents (fixture->path, text->str, (gssize) text->len, NULL));

  for (gint64 time = 100; time <= now; time += 5)
    {
      guint64 offset = seek (fixture, time);
      guint64 next;
      g_autoptr(GPtrArray) found = eng_log_read (fixture->path, offset, 1, &next, NULL);
      g_autoptr(GPtrArray) before = eng_log_read_before (fixture->path, offset, 2, &next, NULL);

      g_assert_cmpint (((EngLogEntry *) found->pdata[0])->timestamp_ms, >=, time);
      for (guint i = 0; i < before->len; i++)
        g_assert_cmpint (((EngLogEntry *) before->pdata[i])->timestamp_ms, <, time);
    }
  g_assert_cmpuint (seek (fixture, 0), ==, 0);
  g_assert_cmpuint (seek (fixture, now + 1), ==, text->len);
}

static void
test_seek_in_little (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  guint64 offset;

  g_assert_false (eng_log_seek (fixture->path, 1, &offset, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_cmpuint (seek (fixture, 1), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "5\ta\n5\tb\n7\tc\n9\thalf", -1, NULL));
  g_assert_cmpuint (seek (fixture, 5), ==, 0);
  g_assert_cmpuint (seek (fixture, 6), ==, 8);
  g_assert_cmpuint (seek (fixture, 8), ==, 12);
}

static void
test_tail (Fixture       *fixture,
           gconstpointer  data)
{
  static const char bytes[] = "5\tone\n6\t\x1b[31mred\rx\ty\xe2\x80\xae!\n7\t\xc3\xa9\xc3\xa9\n";
  g_autofree char *none = eng_job_log_tail (fixture->dir, 5, 100);
  g_autofree char *two = NULL;
  g_autofree char *cut = NULL;

  g_assert_cmpstr (none, ==, "");
  g_assert_true (g_file_set_contents (fixture->path, bytes, sizeof bytes - 1, NULL));
  two = eng_job_log_tail (fixture->dir, 2, 1000);
  g_assert_cmpstr (two, ==, "\\u001b[31mred\\u000dx y\\u202e!\n\xc3\xa9\xc3\xa9");

  /* never half a character */
  cut = eng_job_log_tail (fixture->dir, 2, 3);
  g_assert_cmpstr (cut, ==, "\xc3\xa9");
}

#define ADD(name, function) \
  g_test_add ("/compute/log/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("lines", test_lines);
  ADD ("long-lines", test_long_lines_are_split);
  ADD ("too-fast", test_too_fast);
  ADD ("full", test_full);
  ADD ("disk-full", test_disk_full);
  ADD ("taken-away", test_taken_away);
  ADD ("goes-on", test_goes_on);
  ADD ("read-forward", test_read_forward);
  ADD ("read-backward", test_read_backward);
  ADD ("read-any-bytes", test_read_any_bytes);
  ADD ("clock-set-back", test_clock_set_back);
  ADD ("seek", test_seek);
  ADD ("seek-in-little", test_seek_in_little);
  ADD ("tail", test_tail);

  return g_test_run ();
}
