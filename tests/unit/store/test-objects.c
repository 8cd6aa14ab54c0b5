/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test-objects-fixture.h"

static void
test_bucket_names (void)
{
  static const char * const good[] = {
    "abc", "a-b.c", "123", "my-bucket", "sagemaker-us-east-1-000000000000", "a.b.c.d", "1.2.3",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 63 */
  };
  static const char * const bad[] = {
    "", "..", "ab", "A", "ABC", "a..b", "-ab", "ab-", ".ab", "ab.", "a_b", "a b", "a/b", "192.168.0.1",
    "xn--abc", "sthree-x", "abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--x-s3", "b\xc3\xa4r", "a\nb",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 64 */
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_true (eng_s3_bucket_check (good[i], &error));
      g_assert_no_error (error);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *shown = g_strescape (bad[i], NULL);
      g_autoptr(GError) error = NULL;

      g_test_message ("'%s'", shown);
      g_assert_false (eng_s3_bucket_check (bad[i], &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

static void
test_uris (void)
{
  static const struct { const char *text, *bucket, *key; } good[] = {
    { "s3://bucket", "bucket", "" },
    { "s3://bucket/", "bucket", "" },
    { "s3://bucket/a/b", "bucket", "a/b" },
    { "s3://bucket//a", "bucket", "/a" },
    { "s3://bucket/../x", "bucket", "../x" },
    { "s3://bucket/a?b#c;d%2Fe", "bucket", "a?b#c;d%2Fe" },
    { "s3://bucket/\xc3\xa4", "bucket", "\xc3\xa4" },
  };
  static const char * const bad[] = {
    "", "s3:", "s3:/bucket/k", "S3://bucket/k", "s3://", "s3:///k", "s3://u@bucket/k",
    "s3://bucket:80/k", "s3://bucket?x", "s3://bucket#x", "s3://bucket;x/k", "https://bucket/k",
    "file:///etc/passwd", "bucket/k", "s3://../k", "s3://bucket/\xff", " s3://bucket/k",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_auto(EngS3Uri) uri = { 0 };
      g_autoptr(GError) error = NULL;

      g_assert_true (eng_s3_uri_parse (good[i].text, &uri, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (uri.bucket, ==, good[i].bucket);
      g_assert_cmpstr (uri.key, ==, good[i].key);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto(EngS3Uri) uri = { 0 };
      g_autofree char *shown = g_strescape (bad[i], NULL);
      g_autoptr(GError) error = NULL;

      g_test_message ("'%s'", shown);
      g_assert_false (eng_s3_uri_parse (bad[i], &uri, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

static void
test_key_limits (void)
{
  g_autofree char *longest = g_strnfill (1024, 'k');
  g_autofree char *longer = g_strnfill (1025, 'k');
  g_autoptr(GString) multibyte = g_string_new (NULL);
  static const struct { const char *key; gsize length; gboolean ok; } table[] = {
    { "a\nb", 3, TRUE }, { "a\x7f", 2, TRUE }, { "a\0b", 3, FALSE }, { "", 0, FALSE },
    { "\xc3", 1, FALSE }, { "\xed\xa0\x80", 3, FALSE }, { "\xc0\xaf", 2, FALSE }, { " ", 1, TRUE },
  };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 600; i++)
    g_string_append (multibyte, "\xc3\xa4");

  g_assert_true (eng_s3_key_check (longest, 1024, NULL));
  g_assert_false (eng_s3_key_check (longer, 1025, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (eng_s3_key_check (multibyte->str, multibyte->len, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (eng_s3_key_check (table[i].key, table[i].length, NULL), ==, table[i].ok);
}

/* Keys that a path would confuse are different objects and come back in the order of their bytes. */
static void
test_hostile_keys (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char * const keys[] = { /* sorted by bytes */
    "\n", " ", "%2e%2e", ".", "..", "../../etc/passwd", "../x", "./a", "/", "//", "/a", "A", "a", "a ",
    "a.", "a/", "a/../../x", "a//b", "a/b", "a\\b", "aux", "con", "e\xcc\x81", "\xc3\xa9",
    "\xf0\x9f\x8c\xbf",
  };
  g_autoptr(GPtrArray) listed = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = G_N_ELEMENTS (keys); i-- > 0;)
    put (fixture, keys[i], keys[i]);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    assert_content (fixture, keys[i], keys[i]);

  listed = eng_objects_list (fixture->objects, "data", NULL, NULL, 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listed->len, ==, G_N_ELEMENTS (keys));
  for (guint i = 0; i < listed->len; i++)
    g_assert_cmpstr (((EngObject *) g_ptr_array_index (listed, i))->key, ==, keys[i]);
}

static void
test_overwrite_and_delete (Fixture       *fixture,
                           gconstpointer  data)
{
  static const char * const keys[] = { "k", "absent", NULL };
  g_autoptr(EngObject) first = NULL;
  g_autoptr(EngObject) now = NULL;
  g_autoptr(GError) error = NULL;
  char buffer[8] = { 0 };
  int fd;

  put (fixture, "k", "one");
  first = eng_objects_open_key (fixture->objects, "data", "k", &fd, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->etag, ==, "f97c5d29941bfb1b2fdab0874906ab82");
  g_assert_cmpstr (first->content_type, ==, "text/plain");

  put (fixture, "k", "three");
  assert_content (fixture, "k", "three");
  g_assert_cmpuint (count_files (fixture), ==, 1);

  /* The reader from before still reads the version it opened. */
  g_assert_cmpint (read (fd, buffer, sizeof buffer), ==, 3);
  g_assert_cmpstr (buffer, ==, "one");
  close (fd);

  /* A description from before no longer opens, and says so without blaming the store. */
  g_assert_cmpint (eng_objects_open (fixture->objects, first, &error), ==, -1);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_false (eng_objects_delete_bucket (fixture->objects, "data", NULL, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  g_assert_true (eng_objects_delete (fixture->objects, "data", keys, NULL, &error));
  g_assert_true (eng_objects_delete (fixture->objects, "data", keys, NULL, &error));
  now = eng_objects_stat (fixture->objects, "data", "k", &error);
  g_assert_null (now);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_files (fixture), ==, 0);

  g_clear_error (&error);
  g_assert_true (eng_objects_delete_bucket (fixture->objects, "data", NULL, &error));
  g_assert_false (eng_objects_bucket_exists (fixture->objects, "data"));
}

static void
test_conditions (Fixture       *fixture,
                 gconstpointer  data)
{
  static const struct { const char *key; gboolean absent; const char *match; int code; } table[] = {
    { "new", TRUE, NULL, -1 },
    { "new", TRUE, NULL, SAGE_ERROR_EXISTS },
    { "new", FALSE, "00000000000000000000000000000000", SAGE_ERROR_CONFLICT },
    { "new", FALSE, "d41d8cd98f00b204e9800998ecf8427e", -1 },
    { "new", FALSE, "*", -1 },
    { "other", FALSE, "*", SAGE_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      EngObjectCommit commit = { .bucket = "data", .key = table[i].key,
                                 .only_if_absent = table[i].absent, .if_match = table[i].match };
      g_autoptr(GError) error = NULL;
      g_autoptr(EngObjectWriter) writer = eng_object_writer_new (fixture->objects, 0, &error);
      g_autoptr(EngObject) object = eng_object_writer_commit (writer, &commit, &error);

      if (table[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, SAGE_ERROR, table[i].code);
      g_assert_cmpint (object != NULL, ==, table[i].code < 0);
    }

  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_no_bucket (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new ("x", 1);
  g_autoptr(GError) error = NULL;

  g_assert_false (eng_objects_put_bytes (fixture->objects, "absent", "k", bytes, NULL, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (eng_objects_list (fixture->objects, "absent", NULL, NULL, 10, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (eng_objects_create_bucket (fixture->objects, "data", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_EXISTS);
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  static const char * const source_key[] = { "from", NULL };
  EngObjectCommit commit = { .bucket = "data", .key = "to", .content_type = "text/plain" };
  g_autoptr(EngObject) source = NULL;
  g_autoptr(EngObject) copy = NULL;
  g_autoptr(GError) error = NULL;
  int fd = -1;

  put (fixture, "from", "content");
  source = eng_objects_open_key (fixture->objects, "data", "from", &fd, &error);
  copy = eng_objects_copy (fixture->objects, source, fd, &commit, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->etag, ==, source->etag);

  g_assert_true (eng_objects_delete (fixture->objects, "data", source_key, NULL, &error));
  assert_content (fixture, "to", "content");

  /* The open source no longer has a name to share. */
  commit.key = "again";
  g_clear_pointer (&copy, eng_object_free);
  copy = eng_objects_copy (fixture->objects, source, fd, &commit, &error);
  g_assert_no_error (error);
  assert_content (fixture, "again", "content");
  close (fd);
}

/* Lists with @delimiter in pages of @limit and joins keys and prefixes to one text. */
static char *
walk (Fixture    *fixture,
      const char *prefix,
      const char *delimiter,
      guint       limit)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *after = NULL;

  do
    {
      EngObjectQuery query = { prefix, delimiter, after, limit };
      g_autoptr(GError) error = NULL;
      g_autoptr(EngObjectPage) page = eng_objects_list_page (fixture->objects, "data", &query,
                                                             &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->objects->len + page->prefixes->len, <=, limit);
      for (guint i = 0; i < page->objects->len; i++)
        g_string_append_printf (text, "%s ", ((EngObject *) page->objects->pdata[i])->key);
      for (guint i = 0; i < page->prefixes->len; i++)
        g_string_append_printf (text, "[%s] ", (char *) page->prefixes->pdata[i]);
      g_free (after);
      after = g_strdup (page->next);
    }
  while (after != NULL);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_delimiter (Fixture       *fixture,
                gconstpointer  data)
{
  static const char * const keys[] = { "a", "b/1", "b/2", "b/c/3", "b0", "d/x", "e//y", "\xc3\xbf/z" };
  static const struct { const char *prefix, *delimiter, *all; } table[] = {
    { NULL, NULL, "a b/1 b/2 b/c/3 b0 d/x e//y \xc3\xbf/z " },
    { "", "", "a b/1 b/2 b/c/3 b0 d/x e//y \xc3\xbf/z " },
    { NULL, "/", "a b0 [b/] [d/] [e/] [\xc3\xbf/] " },
    { "b", "/", "b0 [b/] " },
    { "b/", "/", "b/1 b/2 [b/c/] " },
    { "b/", NULL, "b/1 b/2 b/c/3 " },
    { "e/", "/", "[e//] " },
    { NULL, "//", "a b/1 b/2 b/c/3 b0 d/x \xc3\xbf/z [e//] " },
    { "zzz", "/", "" },
    { "\xc3\xbf", "/", "[\xc3\xbf/] " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    put (fixture, keys[i], "");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *whole = walk (fixture, table[i].prefix, table[i].delimiter, 1000);
      g_autofree char *single = walk (fixture, table[i].prefix, table[i].delimiter, 1);
      g_auto(GStrv) by_page = g_strsplit (g_strchomp (single), " ", -1);
      g_auto(GStrv) at_once = NULL;

      g_assert_cmpstr (whole, ==, table[i].all);
      at_once = g_strsplit (g_strchomp (whole), " ", -1);
      g_assert_cmpuint (g_strv_length (by_page), ==, g_strv_length (at_once));
      for (guint j = 0; by_page[j] != NULL; j++)
        g_assert_true (g_strv_contains ((const char * const *) at_once, by_page[j]));
    }
}

/* Makes one byte of an object's file another one. */
static void
damage (const EngObject *object,
        gint64           offset,
        gboolean         keep_times)
{
  struct stat info;
  struct timespec times[2];
  guint8 byte;
  int fd;

  g_assert_cmpint (stat (object->path, &info), ==, 0);
  g_assert_cmpint (chmod (object->path, 0600), ==, 0);
  fd = open (object->path, O_RDWR);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  if (keep_times)
    {
      times[0] = info.st_atim;
      times[1] = info.st_mtim;
      g_assert_cmpint (futimens (fd, times), ==, 0);
    }
  close (fd);
}

static void
assert_corrupt (Fixture    *fixture,
                const char *key)
{
  g_autofree char *uri = g_strconcat ("s3://data/", key, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = eng_objects_read (fixture->objects, uri, G_MAXINT32, &error);

  g_assert_null (bytes);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, uri));
}

static void
test_damage_small (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(EngObject) object = NULL;
  g_autoptr(EngObject) gone = NULL;
  g_autoptr(GError) error = NULL;

  put (fixture, "k", "some content");
  put (fixture, "gone", "other content");
  assert_content (fixture, "k", "some content");
  object = eng_objects_stat (fixture->objects, "data", "k", &error);

  /* The time stamps say nothing: a small file is read through each time. */
  damage (object, 3, TRUE);
  assert_corrupt (fixture, "k");
  damage (object, 3, TRUE);
  assert_content (fixture, "k", "some content");

  g_assert_cmpint (truncate (object->path, 5), ==, 0);
  assert_corrupt (fixture, "k");

  gone = eng_objects_stat (fixture->objects, "data", "gone", &error);
  g_assert_cmpint (g_unlink (gone->path), ==, 0);
  assert_corrupt (fixture, "gone");
}

static void
test_damage_large (Fixture       *fixture,
                   gconstpointer  data)
{
  gsize size = (gsize) ENG_OBJECT_SMALL + 4096;
  g_autofree char *filler = g_malloc0 (size);
  g_autoptr(GBytes) bytes = g_bytes_new (filler, size);
  g_autoptr(EngObject) object = NULL;
  g_autoptr(GError) error = NULL;
  int fd;

  g_assert_true (eng_objects_put_bytes (fixture->objects, "data", "big", bytes, NULL, &error));
  object = eng_objects_open_key (fixture->objects, "data", "big", &fd, &error);
  g_assert_no_error (error);
  close (fd);

  damage (object, (gint64) size - 1, FALSE);
  assert_corrupt (fixture, "big");

  /* The first read of a process looks at the content even when the time stamps are right. */
  damage (object, (gint64) size - 1, TRUE);
  damage (object, 17, TRUE);
  fixture_close (fixture);
  fixture_open (fixture);
  assert_corrupt (fixture, "big");
}

static char *
make_file (Fixture    *fixture,
           const char *subdirectory,
           const char *name)
{
  char *path = g_build_filename (fixture->files, subdirectory, name, NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_mkdir_with_parents (directory, 0700);
  g_file_set_contents (path, "left over", -1, &error);
  g_assert_no_error (error);

  return path;
}

/* A crash leaves files without rows. Young ones stay (the collector cannot tell them from a write
 * under way), unfinished ones go; what a row names stays whatever its age. */
static void
test_left_overs (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *orphan = NULL;
  g_autofree char *unfinished = NULL;

  put (fixture, "k", "content");
  orphan = make_file (fixture, "blobs/ab", "abababababababababababababababab");
  unfinished = make_file (fixture, "unfinished", "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd");

  fixture_close (fixture);
  fixture_open (fixture);

  g_assert_true (g_file_test (orphan, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (unfinished, G_FILE_TEST_EXISTS));
  assert_content (fixture, "k", "content");
}

static void
test_abandoned_writer (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  EngObjectWriter *writer = eng_object_writer_new (fixture->objects, 0, &error);

  g_assert_true (eng_object_writer_write (writer, "abc", 3, &error));
  g_assert_cmpuint (count_files (fixture), ==, 1);
  eng_object_writer_free (writer);
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

#define RACERS 4
#define RACES 40

static gpointer
race (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < RACES; i++)
    {
      g_autofree char *letter = g_strnfill (1000 + g_random_int_range (0, 1000),
                                            (char) ('a' + g_random_int_range (0, 26)));

      put (fixture, "k", letter);
    }

  return NULL;
}

/* However many writers there are, a reader sees one whole version (each is one repeated letter). */
static void
test_whole_versions (Fixture       *fixture,
                     gconstpointer  data)
{
  GThread *threads[RACERS];

  put (fixture, "k", "start");
  for (guint i = 0; i < RACERS; i++)
    threads[i] = g_thread_new ("racer", race, fixture);
  for (guint i = 0; i < RACES; i++)
    {
      g_autofree char *text = get (fixture, "k");

      g_assert_nonnull (text);
      g_assert_true (strcmp (text, "start") == 0 ||
                     strspn (text, (char[]) { text[0], '\0' }) == strlen (text));
    }
  for (guint i = 0; i < RACERS; i++)
    g_thread_join (threads[i]);

  g_assert_cmpuint (count_files (fixture), ==, 1);
}

#define PUTS 1000
#define MANY 100000

static gpointer
put_many (gpointer data)
{
  static int next;
  Fixture *fixture = data;
  int i;

  while ((i = g_atomic_int_add (&next, 1)) < PUTS)
    {
      g_autofree char *key = g_strdup_printf ("put/%d", i);

      put (fixture, key, key);
    }

  return NULL;
}

static void
test_parallel (Fixture       *fixture,
               gconstpointer  data)
{
  GThread *threads[16];
  g_autoptr(GPtrArray) listed = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("putter", put_many, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  listed = eng_objects_list (fixture->objects, "data", "put/", NULL, PUTS + 1, &error);
  g_assert_cmpuint (listed->len, ==, PUTS);
  for (guint i = 0; i < listed->len; i++)
    {
      const EngObject *object = g_ptr_array_index (listed, i);

      assert_content (fixture, object->key, object->key);
    }
}

/* Rows alone, which is all that a listing reads. */
static gboolean
insert_many (EngTx     *tx,
             gpointer   user_data,
             GError   **error)
{
  return eng_exec (tx->connection, error,
                   "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT ?1)"
                   " INSERT INTO object (bucket, key, size, modified, etag, sha256, content_type,"
                   " blob, blob_mtime) SELECT 'data',"
                   " CAST (printf ('many/%02d/%06d', i % 10, i) AS BLOB), 0, 0.0, '', '', '',"
                   " printf ('%032d', i), 0 FROM n", "i", (gint64) MANY);
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *folders = NULL;
  g_autofree char *previous = NULL;
  g_autoptr(GError) insert_error = NULL;
  guint n = 0;
  gint64 begun;
  gint64 slowest = 0;

  g_assert_true (eng_store_write (fixture->store, insert_many, NULL, &insert_error));
  g_assert_no_error (insert_error);

  begun = g_get_monotonic_time ();
  folders = walk (fixture, "many/", "/", 1000);
  g_test_message ("10 folders of %d keys in %" G_GINT64_FORMAT " us", MANY,
                  g_get_monotonic_time () - begun);
  g_assert_cmpuint (strlen (folders), ==, 10 * strlen ("[many/00/] "));

  for (;;)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) page = eng_objects_list (fixture->objects, "data", "many/", previous,
                                                    1000, &error);

      slowest = MAX (slowest, g_get_monotonic_time () - start);
      g_assert_no_error (error);
      if (page->len == 0)
        break;
      for (guint i = 0; i < page->len; i++)
        {
          const EngObject *object = g_ptr_array_index (page, i);

          g_assert_cmpint (g_strcmp0 (previous, object->key), <, 0);
          g_free (previous);
          previous = g_strdup (object->key);
        }
      n += page->len;
    }

  g_assert_cmpuint (n, ==, MANY);
  /* G12: 200 ms is the target; the sanitizers, on a busy machine, get more */
  g_test_message ("The slowest page took %" G_GINT64_FORMAT " us", slowest);
  g_assert_cmpint (slowest, <, G_USEC_PER_SEC);
}

#define ADD(path, function) \
  g_test_add ("/store/objects/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/store/objects/bucket-names", test_bucket_names);
  g_test_add_func ("/store/objects/uris", test_uris);
  g_test_add_func ("/store/objects/key-limits", test_key_limits);
  ADD ("hostile-keys", test_hostile_keys);
  ADD ("overwrite-and-delete", test_overwrite_and_delete);
  ADD ("conditions", test_conditions);
  ADD ("no-bucket", test_no_bucket);
  ADD ("copy", test_copy);
  ADD ("delimiter", test_delimiter);
  ADD ("damage-small", test_damage_small);
  ADD ("damage-large", test_damage_large);
  ADD ("left-overs", test_left_overs);
  ADD ("abandoned-writer", test_abandoned_writer);
  ADD ("whole-versions", test_whole_versions);
  ADD ("parallel", test_parallel);
  ADD ("many", test_many);

  return g_test_run ();
}
