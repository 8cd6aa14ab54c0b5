/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-notebook-archive.h"

#define BLOCK 512
#define HUGE_SIZE ((guint64) 1 << 40) /* bytes */

/* A folder with the archive of a job's outputs and what was taken out of it. */
typedef struct
{
  char         *folder;  /* (owned) */
  char         *archive; /* (owned) */
  char         *target;  /* (owned) */
  GByteArray   *tar;     /* (owned) */
  GAsyncResult *result;  /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("sage-notebook-archive-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->archive = g_build_filename (fixture->folder, "output.tar.gz", NULL);
  fixture->target = g_build_filename (fixture->folder, "run.ipynb", NULL);
  fixture->tar = g_byte_array_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->folder, NULL));
  g_byte_array_unref (fixture->tar);
  g_free (fixture->target);
  g_free (fixture->archive);
  g_free (fixture->folder);
}

/* --- What a job may have made ----------------------------------------------------------------- */

static void
write_octal (guint8  *field,
             gsize    width,
             guint64  value)
{
  g_snprintf ((char *) field, width, "%0*" G_GINT64_MODIFIER "o", (int) width - 1, value);
}

/* A header that says @size bytes follow, which nobody checks. */
static void
add_header (Fixture    *fixture,
            const char *name,
            char        type,
            const char *link,
            guint64     size)
{
  guint8 header[BLOCK] = { 0 };
  guint64 sum = 0;

  g_strlcpy ((char *) header, name, 100);
  write_octal (header + 100, 8, 0644);
  if (size < (guint64) 1 << 33)
    write_octal (header + 124, 12, size);
  else /* more than fits: in binary */
    {
      header[124] = 0x80;
      size = GUINT64_TO_BE (size);
      memcpy (header + 128, &size, sizeof size);
    }
  header[156] = (guint8) type;
  g_strlcpy ((char *) header + 157, link != NULL ? link : "", 100);
  memcpy (header + 257, "ustar\00000", 8);

  memset (header + 148, ' ', 8);
  for (gsize i = 0; i < sizeof header; i++)
    sum += header[i];
  write_octal (header + 148, 7, sum);
  g_byte_array_append (fixture->tar, header, sizeof header);
}

static void
add_file (Fixture    *fixture,
          const char *name,
          const char *text)
{
  static const guint8 zeros[BLOCK];
  guint length = (guint) strlen (text);

  add_header (fixture, name, '0', NULL, length);
  g_byte_array_append (fixture->tar, (const guint8 *) text, length);
  g_byte_array_append (fixture->tar, zeros, (BLOCK - length % BLOCK) % BLOCK);
}

static void
add_end (Fixture *fixture)
{
  static const guint8 zeros[2 * BLOCK];

  g_byte_array_append (fixture->tar, zeros, sizeof zeros);
}

/* --- Taking a notebook out of it -------------------------------------------------------------- */

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  ((Fixture *) user_data)->result = g_object_ref (result);
}

static gboolean
extract_file (Fixture  *fixture,
              GError  **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  sage_notebook_archive_extract_async (fixture->archive, "run.ipynb", fixture->target, NULL, done_cb,
                                       fixture);
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  result = g_steal_pointer (&fixture->result);

  return sage_notebook_archive_extract_finish (result, error);
}

static gboolean
extract (Fixture  *fixture,
         GError  **error)
{
  g_assert_true (g_file_set_contents (fixture->archive, (const char *) fixture->tar->data,
                                      fixture->tar->len, NULL));

  return extract_file (fixture, error);
}

static void
assert_fails (Fixture   *fixture,
              SageError  code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (extract (fixture, &error));
  g_assert_error (error, SAGE_ERROR, (int) code);
  g_assert_false (g_file_test (fixture->target, G_FILE_TEST_EXISTS));
}

static void
test_extracts (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  add_file (fixture, "model/run.ipynb", "another");
  add_header (fixture, "model", '5', NULL, 0);
  add_file (fixture, "./run.ipynb", "{\"cells\": []}");
  add_file (fixture, "run.ipynb", "a later one");
  add_end (fixture);
  g_assert_true (extract (fixture, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->target, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "{\"cells\": []}");
}

static void
test_compressed (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr(GFile) file = g_file_new_for_path (fixture->archive);
  g_autoptr(GOutputStream) raw = G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE, 0, NULL, NULL));
  g_autoptr(GOutputStream) stream = g_converter_output_stream_new (raw, converter);
  g_autoptr(GError) error = NULL;

  add_file (fixture, "run.ipynb", "{}");
  add_end (fixture);
  g_assert_true (g_output_stream_write_all (stream, fixture->tar->data, fixture->tar->len, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_assert_true (extract_file (fixture, &error));
  g_assert_no_error (error);
}

static void
test_nothing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (extract_file (fixture, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
  add_file (fixture, "other.ipynb", "{}");
  add_end (fixture);
  assert_fails (fixture, SAGE_ERROR_NOT_FOUND);
}

/* A link has no content of its own, and what it leads to is nobody's business. */
static void
test_links (Fixture       *fixture,
            gconstpointer  data)
{
  static const char types[] = { '1', '2', '3', '4', '5', '6' };

  add_file (fixture, "secret", "{}");
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      add_header (fixture, "run.ipynb", types[i], "secret", 0);
      add_header (fixture, "run.ipynb", types[i], "/etc/passwd", 0);
    }
  add_end (fixture);
  assert_fails (fixture, SAGE_ERROR_NOT_FOUND);
}

/* What would take hours to unpack is not begun with. */
static void
test_huge_before (Fixture       *fixture,
                  gconstpointer  data)
{
  add_header (fixture, "weights.bin", '0', NULL, HUGE_SIZE);
  assert_fails (fixture, SAGE_ERROR_TOO_LARGE);
}

static void
test_cut_off (Fixture       *fixture,
              gconstpointer  data)
{
  static const char rubbish[] = "This is no archive, and so long that it could be the header of one.";

  add_header (fixture, "run.ipynb", '0', NULL, HUGE_SIZE);
  assert_fails (fixture, SAGE_ERROR_CORRUPT);
  g_byte_array_set_size (fixture->tar, 100);
  assert_fails (fixture, SAGE_ERROR_CORRUPT);
  g_byte_array_set_size (fixture->tar, 0);
  for (guint i = 0; i < 20; i++)
    g_byte_array_append (fixture->tar, (const guint8 *) rubbish, sizeof rubbish);
  assert_fails (fixture, SAGE_ERROR_CORRUPT);
}

static void
test_too_large (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *zeros = g_malloc0 (1024 * 1024);
  g_autoptr(GError) error = NULL;
  GOutputStream *stream = NULL;
  g_autoptr(GFile) file = g_file_new_for_path (fixture->archive);

  add_header (fixture, "run.ipynb", '0', NULL, HUGE_SIZE);
  stream = G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE, 0, NULL, NULL));
  g_output_stream_write_all (stream, fixture->tar->data, fixture->tar->len, NULL, NULL, NULL);
  for (guint i = 0; i < 201; i++)
    g_output_stream_write_all (stream, zeros, 1024 * 1024, NULL, NULL, NULL);
  g_object_unref (stream);
  g_assert_false (extract_file (fixture, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
  g_assert_false (g_file_test (fixture->target, G_FILE_TEST_EXISTS));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/studio/notebook-archive/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("extracts", test_extracts);
  ADD ("compressed", test_compressed);
  ADD ("nothing", test_nothing);
  ADD ("links", test_links);
  ADD ("huge-before", test_huge_before);
  ADD ("cut-off", test_cut_off);
  ADD ("too-large", test_too_large);

  return g_test_run ();
}
