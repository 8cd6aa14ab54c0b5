/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "eng-archive.h"
#include "sage-error.h"
#include "sage-file.h"

typedef struct
{
  char *root;    /* (owned) */
  char *archive; /* (owned) */
  char *out;     /* (owned) */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->root = g_dir_make_tmp ("eng-archive-XXXXXX", NULL);
  fixture->archive = g_build_filename (fixture->root, "a.tar.gz", NULL);
  fixture->out = g_build_filename (fixture->root, "out", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  sage_dir_remove (fixture->root, &error);
  g_assert_no_error (error);
  g_free (fixture->root);
  g_free (fixture->archive);
  g_free (fixture->out);
}

/* A ustar header and its data, with the declared size set apart from the real one. */
static void
add_sized (GByteArray *tar,
           const char *name,
           char        type,
           const char *link,
           const char *data,
           guint64     declared)
{
  guint8 header[512] = { 0 };
  gsize length = data != NULL ? strlen (data) : 0;
  static const guint8 zeros[512];
  guint sum = 0;

  strncpy ((char *) header, name, 100);
  g_snprintf ((char *) header + 100, 8, "%07o", 04755);
  g_snprintf ((char *) header + 108, 8, "%07o", 0);
  g_snprintf ((char *) header + 116, 8, "%07o", 0);
  g_snprintf ((char *) header + 124, 12, "%011" G_GINT64_MODIFIER "o", declared);
  g_snprintf ((char *) header + 136, 12, "%011o", 0);
  memset (header + 148, ' ', 8);
  header[156] = type;
  if (link != NULL)
    strncpy ((char *) header + 157, link, 100);
  memcpy (header + 257, "ustar\00000", 8);

  for (guint i = 0; i < sizeof header; i++)
    sum += header[i];
  g_snprintf ((char *) header + 148, 8, "%06o", sum);

  g_byte_array_append (tar, header, sizeof header);
  if (length > 0)
    {
      g_byte_array_append (tar, (const guint8 *) data, length);
      g_byte_array_append (tar, zeros, (512 - length % 512) % 512);
    }
}

static void
add (GByteArray *tar,
     const char *name,
     char        type,
     const char *link,
     const char *data)
{
  add_sized (tar, name, type, link, data, data != NULL ? strlen (data) : 0);
}

static void
end (GByteArray *tar)
{
  static const guint8 zeros[1024];

  g_byte_array_append (tar, zeros, sizeof zeros);
}

static GBytes *
gzip (GByteArray *tar)
{
  g_autoptr(GConverter) converter =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr(GBytes) bytes = g_bytes_new (tar->data, tar->len);
  g_autoptr(GError) error = NULL;
  GBytes *packed = g_converter_convert_bytes (converter, bytes, &error);

  g_assert_no_error (error);

  return packed;
}

static void
save (Fixture    *fixture,
      GByteArray *tar)
{
  g_autoptr(GBytes) packed = gzip (tar);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (fixture->archive, g_bytes_get_data (packed, NULL),
                       g_bytes_get_size (packed), &error);
  g_assert_no_error (error);
}

static guint
count_files (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* A refused archive leaves the archive alone in the folder, and nothing else. */
static void
assert_refused (Fixture    *fixture,
                const char *what)
{
  g_autoptr(GError) error = NULL;

  if (eng_archive_extract (fixture->archive, fixture->out, NULL, &error))
    g_error ("accepted: %s", what);

  g_test_message ("%s: %s", what, error->message);
  g_assert_true (error->domain == SAGE_ERROR);
  g_assert_true (error->code == SAGE_ERROR_INVALID || error->code == SAGE_ERROR_CORRUPT ||
                 error->code == SAGE_ERROR_TOO_LARGE);
  g_assert_cmpuint (count_files (fixture->root), ==, 1);
}

static void
assert_content (Fixture    *fixture,
                const char *name,
                const char *expected)
{
  g_autofree char *path = g_build_filename (fixture->out, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_extract (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GByteArray) tar = g_byte_array_new ();
  g_autofree char *path = g_build_filename (fixture->out, "code/run.sh", NULL);
  g_autoptr(GError) error = NULL;
  struct stat info;

  add (tar, "./", '5', NULL, NULL);
  add (tar, "./xgboost-model", '0', NULL, "model");
  add (tar, "code/run.sh", '0', NULL, "exit 0");
  add (tar, "code/", '5', NULL, NULL);
  add (tar, "code/hard", '1', "code/run.sh", NULL);
  add (tar, "code/up", '2', "../xgboost-model", NULL);
  add (tar, "modèle", '0', NULL, "é");
  add (tar, "--checkpoint-action=exec=sh", '0', NULL, "plain");
  end (tar);
  save (fixture, tar);

  eng_archive_extract (fixture->archive, fixture->out, NULL, &error);
  g_assert_no_error (error);

  assert_content (fixture, "xgboost-model", "model");
  assert_content (fixture, "code/run.sh", "exit 0");
  assert_content (fixture, "code/hard", "exit 0");
  assert_content (fixture, "code/up", "model");
  assert_content (fixture, "modèle", "é");
  assert_content (fixture, "--checkpoint-action=exec=sh", "plain");

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0755);
  g_assert_cmpuint (count_files (fixture->root), ==, 2);

  /* The target must be empty. */
  g_assert_false (eng_archive_extract (fixture->archive, fixture->out, NULL, NULL));
  g_assert_cmpuint (count_files (fixture->root), ==, 2);
}

typedef struct
{
  const char *what;
  struct
  {
    const char *name;
    char        type;
    const char *link;
    const char *data;
  } entries[4];
} Refused;

static const Refused refused[] = {
  { "upwards", { { "../x", '0', NULL, "x" } } },
  { "upwards in the middle", { { "a/../../x", '0', NULL, "x" } } },
  { "upwards but inside", { { "a/../x", '0', NULL, "x" } } },
  { "absolute", { { "/etc/x", '0', NULL, "x" } } },
  { "no name", { { "", '0', NULL, "x" } } },
  { "drive", { { "C:\\x", '0', NULL, "x" } } },
  { "file named dot", { { ".", '0', NULL, "x" } } },
  { "newline in the name", { { "a\nb", '0', NULL, "x" } } },
  { "not UTF-8", { { "a\xff", '0', NULL, "x" } } },
  { "link to the root", { { "l", '2', "/", NULL } } },
  { "link upwards", { { "l", '2', "..", NULL } } },
  { "link to nothing", { { "l", '2', "missing", NULL } } },
  { "link to itself", { { "l", '2', "l", NULL } } },
  { "chain of links", { { "d/", '5', NULL, NULL }, { "d/a", '2', "..", NULL },
                        { "b", '2', "d/a/..", NULL } } },
  { "file through a link", { { "d/", '5', NULL, NULL }, { "l", '2', "d", NULL },
                             { "l/x", '0', NULL, "x" } } },
  { "hard link outside", { { "h", '1', "/etc/passwd", NULL } } },
  { "hard link upwards", { { "h", '1', "../a.tar.gz", NULL } } },
  { "hard link to nothing", { { "h", '1', "later", NULL }, { "later", '0', NULL, "x" } } },
  { "hard link to a link", { { "f", '0', NULL, "x" }, { "l", '2', "f", NULL },
                             { "h", '1', "l", NULL } } },
  { "hard link to a folder", { { "d/", '5', NULL, NULL }, { "h", '1', "d", NULL } } },
  { "character device", { { "dev", '3', NULL, NULL } } },
  { "block device", { { "dev", '4', NULL, NULL } } },
  { "pipe", { { "fifo", '6', NULL, NULL } } },
  { "twice", { { "a", '0', NULL, "x" }, { "a", '0', NULL, "y" } } },
  { "twice by dots", { { "a", '0', NULL, "x" }, { "./a", '0', NULL, "y" } } },
  { "case twins", { { "Model", '0', NULL, "x" }, { "model", '0', NULL, "y" } } },
  { "case twins of folders", { { "D/x", '0', NULL, "x" }, { "d/y", '0', NULL, "y" } } },
  { "composition twins", { { "\xc3\xa9", '0', NULL, "x" }, { "e\xcc\x81", '0', NULL, "y" } } },
  { "file then folder", { { "a", '0', NULL, "x" }, { "a/", '5', NULL, NULL } } },
  { "file then inside", { { "a", '0', NULL, "x" }, { "a/b", '0', NULL, "y" } } },
  { "folder then file", { { "a/b", '0', NULL, "x" }, { "a", '0', NULL, "y" } } },
};

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GByteArray) tar = g_byte_array_new ();

      add (tar, "first", '0', NULL, "good");
      for (guint j = 0; j < 4 && refused[i].entries[j].name != NULL; j++)
        add (tar, refused[i].entries[j].name, refused[i].entries[j].type,
             refused[i].entries[j].link, refused[i].entries[j].data);
      end (tar);
      save (fixture, tar);
      assert_refused (fixture, refused[i].what);
    }
}

static void
test_deep (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GByteArray) tar = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *deep = g_strnfill (79, 'a');

  for (guint i = 1; i < 79; i += 2)
    deep[i] = '/';
  add (tar, deep, '0', NULL, "x");
  end (tar);
  save (fixture, tar);
  eng_archive_extract (fixture->archive, fixture->out, NULL, &error);
  g_assert_no_error (error);
  sage_dir_remove (fixture->out, NULL);

  /* 65 levels, or more than 4096 bytes, need a long name of their own. */
  {
    g_autoptr(GByteArray) longer = g_byte_array_new ();
    g_autoptr(GString) name = g_string_new ("a");

    for (guint i = 0; i < 70; i++)
      g_string_append (name, "/a");
    add (longer, "././@LongLink", 'L', NULL, name->str);
    add (longer, "cut", '0', NULL, "x");
    end (longer);
    save (fixture, longer);
    assert_refused (fixture, "71 levels");
  }
  {
    g_autoptr(GByteArray) longer = g_byte_array_new ();
    g_autofree char *part = g_strnfill (200, 'n');
    g_autoptr(GString) name = g_string_new (part);

    while (name->len <= 4096)
      g_string_append_printf (name, "/%s", part);
    add (longer, "././@LongLink", 'L', NULL, name->str);
    add (longer, "cut", '0', NULL, "x");
    end (longer);
    save (fixture, longer);
    assert_refused (fixture, "a name of more than 4096 bytes");
  }
}

/* A PAX record: its own length counts too. */
static void
append_pax (GString    *records,
            const char *key,
            const char *value)
{
  gsize length = strlen (key) + strlen (value) + 3;
  gsize digits = 1;

  for (gsize n = 10; n <= length + digits; n *= 10)
    digits++;
  g_string_append_printf (records, "%" G_GSIZE_FORMAT " %s=%s\n", length + digits, key, value);
}

static char *
pax (const char *key,
     const char *value)
{
  g_autoptr(GString) records = g_string_new (NULL);

  append_pax (records, key, value);

  return g_string_free_and_steal (g_steal_pointer (&records));
}

/* E3: owners, set-id bits, extended attributes and capabilities are dropped. */
static void
test_attributes (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GByteArray) tar = g_byte_array_new ();
  g_autoptr(GString) records = g_string_new (NULL);
  g_autofree char *path = g_build_filename (fixture->out, "file", NULL);
  g_autoptr(GError) error = NULL;
  char names[1024];
  struct stat info;

  append_pax (records, "SCHILY.xattr.user.evil", "1");
  append_pax (records, "LIBARCHIVE.xattr.user.evil", "MQ==");
  append_pax (records, "SCHILY.xattr.security.capability", "xx");
  append_pax (records, "SCHILY.acl.access", "user::rwx,group::rwx,mask::rwx,other::rwx,user:0:rwx");
  append_pax (records, "uid", "12345");
  append_pax (records, "SCHILY.fflags", "immutable");
  add (tar, "pax", 'x', NULL, records->str);
  add (tar, "file", '0', NULL, "text"); /* mode 04755 */
  end (tar);
  save (fixture, tar);

  eng_archive_extract (fixture->archive, fixture->out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0755);
  g_assert_cmpint (info.st_uid, ==, getuid ());
  g_assert_cmpint (MAX (listxattr (path, names, sizeof names), 0), ==, 0);
}

/* E7: where two headers name the file, or its size, differently, one of them counts throughout. */
static void
test_disagreement (Fixture       *fixture,
                   gconstpointer  data)
{
  static const struct
  {
    const char *what;
    const char *key;
    const char *value;
    const char *name; /* of the only file; NULL when the archive is refused */
    const char *content;
  } rows[] = {
    { "another name", "path", "pax", "pax", "text" },
    { "a name upwards", "path", "../pax", NULL, NULL },
    { "an absolute name", "path", "/pax", NULL, NULL },
    { "a shorter size", "size", "2", "plain", "te" },
    { "a size beyond the archive", "size", "5000", NULL, NULL },
    { "a negative size", "size", "-1", NULL, NULL },
    { "no number as size", "size", "x", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GByteArray) tar = g_byte_array_new ();
      g_autofree char *record = pax (rows[i].key, rows[i].value);
      g_autoptr(GError) error = NULL;

      add (tar, "pax", 'x', NULL, record);
      add (tar, "plain", '0', NULL, "text");
      end (tar);
      save (fixture, tar);
      if (rows[i].name == NULL)
        {
          assert_refused (fixture, rows[i].what);
          continue;
        }
      eng_archive_extract (fixture->archive, fixture->out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (count_files (fixture->out), ==, 1);
      assert_content (fixture, rows[i].name, rows[i].content);
      sage_dir_remove (fixture->out, NULL);
    }
}

/* E7: a GNU long name and a PAX one for the same file. */
static void
test_two_long_names (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *record = pax ("path", "by-pax");

  for (guint gnu_first = 0; gnu_first < 2; gnu_first++)
    {
      g_autoptr(GByteArray) tar = g_byte_array_new ();
      g_autoptr(GError) error = NULL;

      if (gnu_first)
        add (tar, "././@LongLink", 'L', NULL, "by-gnu");
      add (tar, "pax", 'x', NULL, record);
      if (!gnu_first)
        add (tar, "././@LongLink", 'L', NULL, "by-gnu");
      add (tar, "plain", '0', NULL, "text");
      end (tar);
      save (fixture, tar);

      if (eng_archive_extract (fixture->archive, fixture->out, NULL, &error))
        {
          g_assert_cmpuint (count_files (fixture->out), ==, 1);
          sage_dir_remove (fixture->out, NULL);
        }
      else
        assert_refused (fixture, "two long names");
    }
}

typedef struct
{
  Fixture *fixture;
  char    *other; /* (owned): replaces the archive again and again */
  int      done;  /* atomic */
} Swap;

static gpointer
swap_archives (gpointer data)
{
  Swap *swap = data;
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (swap->other, &text, &length, NULL));
  while (!g_atomic_int_get (&swap->done))
    {
      g_assert_true (g_file_set_contents (swap->other, text, (gssize) length, NULL));
      g_assert_cmpint (g_rename (swap->other, swap->fixture->archive), ==, 0);
    }

  return NULL;
}

static void
add_many (GByteArray *tar,
          const char *text)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%03u", i);

      add (tar, name, '0', NULL, text);
    }
  end (tar);
}

/* E8: the archive is replaced while it is unpacked; what comes out is one of the two, whole. */
static void
test_replaced_meanwhile (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr(GByteArray) first = g_byte_array_new ();
  g_autoptr(GByteArray) second = g_byte_array_new ();
  Swap swap = { .fixture = fixture, .other = g_build_filename (fixture->root, "b", NULL) };
  GThread *thread;

  add_many (second, "second");
  save (fixture, second);
  g_assert_cmpint (g_rename (fixture->archive, swap.other), ==, 0);
  add_many (first, "first");
  save (fixture, first);

  thread = g_thread_new ("swap", swap_archives, &swap);
  for (guint round = 0; round < 10; round++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = g_build_filename (fixture->out, "f000", NULL);
      g_autofree char *expected = NULL;

      eng_archive_extract (fixture->archive, fixture->out, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
      for (guint i = 0; i < 500; i++)
        {
          g_autofree char *name = g_strdup_printf ("f%03u", i);

          assert_content (fixture, name, expected);
        }
      sage_dir_remove (fixture->out, NULL);
    }
  g_atomic_int_set (&swap.done, TRUE);
  g_thread_join (thread);
  g_free (swap.other);
}

/* A file of 100 GiB that is all hole, as PAX tells it. */
static char *
sparse_records (void)
{
  g_autoptr(GString) records = g_string_new (NULL);

  append_pax (records, "GNU.sparse.major", "0");
  append_pax (records, "GNU.sparse.minor", "1");
  append_pax (records, "GNU.sparse.name", "sparse");
  append_pax (records, "GNU.sparse.size", "107374182400");
  append_pax (records, "GNU.sparse.numblocks", "1");
  append_pax (records, "GNU.sparse.map", "107374182399,1");

  return g_string_free_and_steal (g_steal_pointer (&records));
}

/* Holes count as what they would be; a header of a gigabyte is never read into memory. */
static void
add_sparse_bombs (Fixture *fixture)
{
  g_autoptr(GByteArray) sparse = g_byte_array_new ();
  g_autoptr(GByteArray) header = g_byte_array_new ();
  g_autoptr(GByteArray) name = g_byte_array_new ();
  g_autofree char *records = sparse_records ();

  add (sparse, "pax", 'x', NULL, records);
  add (sparse, "sparse", '0', NULL, "x");
  end (sparse);
  save (fixture, sparse);
  assert_refused (fixture, "a hole of 100 GiB");

  add_sized (header, "pax", 'x', NULL, "12 path=long\n", 1 << 30);
  g_byte_array_set_size (header, 32 * 1048576);
  memset (header->data + 1024, 'x', header->len - 1024);
  save (fixture, header);
  assert_refused (fixture, "a PAX header of 1 GiB");

  add_sized (name, "././@LongLink", 'L', NULL, "long", 1 << 30);
  g_byte_array_set_size (name, 32 * 1048576);
  memset (name->data + 1024, 'x', name->len - 1024);
  save (fixture, name);
  assert_refused (fixture, "a name of 1 GiB");
}

static void
test_bombs (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GByteArray) huge = g_byte_array_new ();
  g_autoptr(GByteArray) zeros = g_byte_array_new ();
  g_autoptr(GByteArray) many = g_byte_array_new ();
  EngArchiveLimits limits = { .max_entries = 10 };
  g_autoptr(GError) error = NULL;

  add_sized (huge, "huge", '0', NULL, "x", 30 * G_GUINT64_CONSTANT (1073741824) / 4);
  end (huge);
  save (fixture, huge);
  assert_refused (fixture, "declares 7.5 GiB it does not have");

  add_sized (zeros, "zeros", '0', NULL, NULL, 80 * 1048576);
  g_byte_array_set_size (zeros, 512 + 80 * 1048576);
  memset (zeros->data + 512, 0, 80 * 1048576);
  end (zeros);
  save (fixture, zeros);
  assert_refused (fixture, "80 MiB of zeros");

  add_sparse_bombs (fixture);

  for (guint i = 0; i < 11; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);

      add (many, name, '0', NULL, "x");
    }
  end (many);
  save (fixture, many);
  g_assert_false (eng_archive_extract (fixture->archive, fixture->out, &limits, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
  g_assert_cmpuint (count_files (fixture->root), ==, 1);
}

static void
save_bytes (Fixture      *fixture,
            const guint8 *data,
            gsize         length)
{
  g_assert_true (g_file_set_contents (fixture->archive, (const char *) data, length, NULL));
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GByteArray) tar = g_byte_array_new ();
  g_autoptr(GByteArray) twice = g_byte_array_new ();
  g_autoptr(GByteArray) unended = g_byte_array_new ();
  g_autoptr(GByteArray) work = g_byte_array_new ();
  g_autoptr(GBytes) packed = NULL;
  const guint8 *bytes;
  gsize length;

  add (unended, "a", '0', NULL, "text that packs badly: 8d7f6g5h4j3k2l1");
  save (fixture, unended);
  assert_refused (fixture, "no end blocks");

  g_byte_array_append (tar, unended->data, unended->len);
  end (tar);
  packed = gzip (tar);
  bytes = g_bytes_get_data (packed, &length);

  for (gsize cut = 0; cut < length; cut++)
    {
      save_bytes (fixture, bytes, cut);
      assert_refused (fixture, "cut off");
    }

  g_byte_array_append (work, bytes, length);
  work->data[length - 6] ^= 1;
  save_bytes (fixture, work->data, work->len);
  assert_refused (fixture, "wrong checksum");
  work->data[length - 6] ^= 1;

  g_byte_array_append (work, (const guint8 *) "garbage", 7);
  save_bytes (fixture, work->data, work->len);
  assert_refused (fixture, "trailing garbage");

  g_byte_array_append (twice, tar->data, tar->len);
  add (twice, "b", '0', NULL, "second");
  end (twice);
  save (fixture, twice);
  assert_refused (fixture, "two archives in one");

  save_bytes (fixture, (const guint8 *) "not an archive", 14);
  assert_refused (fixture, "not an archive");

  {
    g_autoptr(GByteArray) inner = g_byte_array_new ();

    g_byte_array_append (inner, bytes, length);
    save (fixture, inner);
    assert_refused (fixture, "gzip in gzip");
  }
}

static void
write_file (const char *root,
            const char *name,
            const char *text,
            int         mode)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
test_pack (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *in = g_build_filename (fixture->root, "in", NULL);
  g_autofree char *link = g_build_filename (in, "link", NULL);
  g_autofree char *other = g_build_filename (fixture->root, "b.tar.gz", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr(GError) error = NULL;
  gsize first_length, second_length;

  write_file (in, "z", "last", 0600);
  write_file (in, "modèle/é", "é", 0644);
  write_file (in, "code/run.sh", "exit 0", 0700);
  g_assert_cmpint (symlink ("code/run.sh", link), ==, 0);

  eng_archive_pack (in, fixture->archive, &error);
  g_assert_no_error (error);

  /* Other times, same bytes. */
  write_file (in, "z", "last", 0640);
  eng_archive_pack (in, other, &error);
  g_assert_no_error (error);
  g_file_get_contents (fixture->archive, &first, &first_length, NULL);
  g_file_get_contents (other, &second, &second_length, NULL);
  g_assert_cmpmem (first, first_length, second, second_length);

  eng_archive_extract (fixture->archive, fixture->out, NULL, &error);
  g_assert_no_error (error);
  assert_content (fixture, "z", "last");
  assert_content (fixture, "modèle/é", "é");
  assert_content (fixture, "link", "exit 0");
}

static void
test_pack_refused (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *in = g_build_filename (fixture->root, "in", NULL);
  g_autofree char *item = g_build_filename (in, "item", NULL);
  g_autoptr(GError) error = NULL;

  write_file (in, "a", "x", 0644);

  g_assert_cmpint (symlink ("/etc/passwd", item), ==, 0);
  g_assert_false (eng_archive_pack (in, fixture->archive, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "item"));
  g_clear_error (&error);
  g_unlink (item);

  g_assert_cmpint (symlink ("../in/a", item), ==, 0);
  g_assert_false (eng_archive_pack (in, fixture->archive, NULL));
  g_unlink (item);

  g_assert_cmpint (mkfifo (item, 0600), ==, 0);
  g_assert_false (eng_archive_pack (in, fixture->archive, NULL));
  g_unlink (item);

  write_file (in, "item", "", 0644);
  g_assert_cmpint (truncate (item, 21 * G_GINT64_CONSTANT (1073741824)), ==, 0);
  g_assert_false (eng_archive_pack (in, fixture->archive, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);

  g_assert_cmpuint (count_files (fixture->root), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/archive/extract", Fixture, NULL, set_up, test_extract, tear_down);
  g_test_add ("/archive/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/archive/deep", Fixture, NULL, set_up, test_deep, tear_down);
  g_test_add ("/archive/attributes", Fixture, NULL, set_up, test_attributes, tear_down);
  g_test_add ("/archive/disagreement", Fixture, NULL, set_up, test_disagreement, tear_down);
  g_test_add ("/archive/two-long-names", Fixture, NULL, set_up, test_two_long_names, tear_down);
  g_test_add ("/archive/replaced-meanwhile", Fixture, NULL, set_up, test_replaced_meanwhile,
              tear_down);
  g_test_add ("/archive/bombs", Fixture, NULL, set_up, test_bombs, tear_down);
  g_test_add ("/archive/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/archive/pack", Fixture, NULL, set_up, test_pack, tear_down);
  g_test_add ("/archive/pack-refused", Fixture, NULL, set_up, test_pack_refused, tear_down);

  return g_test_run ();
}
