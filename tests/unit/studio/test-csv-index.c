/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sage-csv-index.h"
#include "sage-csv-reader.h"

#define TIMEOUT_S 60

static void
wait_for (SageCsvIndex *index)
{
  gint64 deadline = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

  while (sage_csv_index_get_busy (index))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static SageCsvIndex *
open_bytes (const char *data,
            gsize       length)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, length);
  SageCsvIndex *index = sage_csv_index_new_for_bytes (bytes);

  wait_for (index);

  return index;
}

/* The rows of a table, their fields joined by "|" and the rows by a slash. */
static char *
describe (SageCsvIndex *index)
{
  GString *text = g_string_new (NULL);
  guint columns = sage_csv_index_get_n_columns (index);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (index)); i++)
    {
      g_autoptr(SageCsvRow) row = g_list_model_get_item (G_LIST_MODEL (index), i);

      g_string_append (text, i > 0 ? "/" : "");
      for (guint j = 0; j < columns; j++)
        g_string_append_printf (text, "%s%s", j > 0 ? "|" : "", sage_csv_row_get_field (row, j));
    }

  return g_string_free_and_steal (text);
}

static void
close_index (SageCsvIndex *index)
{
  sage_csv_index_close (index);
  g_assert_finalize_object (index);
}

static void
test_tables (void)
{
  static const struct { const char *data; const char *rows; } tables[] = {
    { "", "" },
    { "a,b\n1,2\n", "1|2" },
    { "a,b\r\n1,2\r\n3,4", "1|2/3|4" },
    { "a,b\r1,2\r", "1|2" },
    { "a;b\n1,5;2\n3;4\n", "1,5|2/3|4" },
    { "a\tb\n1\t2\n", "1|2" },
    { "a,b\n\"x, y\",\"he said \"\"no\"\"\"\n", "x, y|he said \"no\"" },
    { "a,b\n\"two\nlines\",2\n3,4\n", "two lines|2/3|4" },
    { "a,b\n1\n1,2,3\n", "1|/1|2" },
    { "a,b\n1,\"2\"x\n", "1|2x" },
    { "a,b\n1,x\"y\"\n", "1|x\"y\"" },
    { "1,2\n3,4\n", "1|2/3|4" },
    { "\xef\xbb\xbf" "a,b\n1,2\n", "1|2" },
    { "a,b\n\n1,2\n", "|/1|2" },
    { "a,b\n1,caf\xe9\n", "1|caf\xef\xbf\xbd" },
    { "a,b\n1,\xe2\x82", "1|\xef\xbf\xbd\xef\xbf\xbd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      SageCsvIndex *index = open_bytes (tables[i].data, strlen (tables[i].data));
      g_autofree char *rows = describe (index);

      /* how many marks stand for a torn character is up to GLib */
      if (i + 1 < G_N_ELEMENTS (tables))
        g_assert_cmpstr (rows, ==, tables[i].rows);
      else
        g_assert_true (g_utf8_validate (rows, -1, NULL) && g_str_has_prefix (rows, "1|"));
      close_index (index);
    }
}

static void
test_zero_bytes (void)
{
  static const char data[] = "a,b\n1,x\0y\n3,4\n";
  SageCsvIndex *index = open_bytes (data, sizeof data - 1);
  g_autoptr(SageCsvRow) row = g_list_model_get_item (G_LIST_MODEL (index), 1);

  g_assert_cmpuint (sage_csv_index_get_rows (index), ==, 2);
  g_assert_cmpstr (sage_csv_row_get_field (row, 1), ==, "4");
  close_index (index);
}

/* A quote that nobody closes spoils its own row and no other, whether a file ends or goes on. */
static void
test_open_quotes (void)
{
  g_autoptr(GString) long_table = g_string_new ("a,b\n1,\"x\n");
  SageCsvIndex *index = open_bytes ("a,b\n1,\"x\n3,4\n", 13);
  g_autofree char *rows = describe (index);
  g_autoptr(SageCsvRow) last = NULL;

  g_assert_cmpstr (rows, ==, "1|\"x/3|4");
  g_assert_cmpuint (sage_csv_index_get_broken_row (index), ==, 1);
  close_index (index);

  while (long_table->len < 3 * SAGE_CSV_MAX_RECORD)
    g_string_append (long_table, "5,6\n");
  index = open_bytes (long_table->str, long_table->len);
  last = g_list_model_get_item (G_LIST_MODEL (index),
                                g_list_model_get_n_items (G_LIST_MODEL (index)) - 1);
  g_assert_cmpstr (sage_csv_row_get_field (last, 1), ==, "6");
  g_assert_cmpuint (sage_csv_index_get_broken_row (index), ==, 1);
  g_assert_cmpuint (sage_csv_index_get_rows (index), ==, 1 + (long_table->len - 9) / 4);
  close_index (index);
}

static void
test_huge_fields_and_rows (void)
{
  g_autofree char *huge = g_strnfill (5 * SAGE_CSV_MAX_RECORD, 'x');
  g_autofree char *table = g_strconcat ("a,b\n1,", huge, "\n3,4\n", NULL);
  SageCsvIndex *index = open_bytes (table, strlen (table));
  g_autoptr(SageCsvRow) row = g_list_model_get_item (G_LIST_MODEL (index), 0);
  g_autoptr(GString) wide = g_string_new (NULL);

  g_assert_cmpuint (sage_csv_index_get_rows (index), ==, 2);
  g_assert_cmpuint (strlen (sage_csv_row_get_field (row, 1)), ==, SAGE_CSV_MAX_FIELD);
  close_index (index);

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (wide, "c%u,", i);
  index = open_bytes (wide->str, wide->len);
  g_assert_cmpuint (sage_csv_index_get_n_columns (index), ==, 100000);
  g_assert_cmpuint (g_strv_length ((char **) sage_csv_index_get_titles (index)), ==,
                    SAGE_CSV_MAX_COLUMNS);
  close_index (index);
}

static void
test_filter (void)
{
  g_autoptr(GString) table = g_string_new ("id,name\n");
  SageCsvIndex *index;
  g_autoptr(SageCsvRow) row = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (table, "%u,%s\n", i, i == 4711 ? "KÖLN" : "Berlin");
  index = open_bytes (table->str, table->len);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (index)), ==, 10000);

  sage_csv_index_set_filter (index, "köln");
  wait_for (index);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (index)), ==, 1);
  row = g_list_model_get_item (G_LIST_MODEL (index), 0);
  g_assert_cmpuint (sage_csv_row_get_number (row), ==, 4712);

  sage_csv_index_set_filter (index, "BERLIN");
  sage_csv_index_set_filter (index, "999");
  wait_for (index);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (index)), ==, 19);
  sage_csv_index_set_filter (index, "");
  wait_for (index);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (index)), ==, 10000);
  close_index (index);
}

/* The first column of the rows in sight, with spaces between them. */
static char *
first_column (SageCsvIndex *index)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (index)); i++)
    {
      g_autoptr(SageCsvRow) row = g_list_model_get_item (G_LIST_MODEL (index), i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", sage_csv_row_get_field (row, 0));
    }

  return g_string_free_and_steal (text);
}

static void
test_sort (void)
{
  static const struct { const char *data; gboolean descending; const char *rows; } tables[] = {
    { "a,b\nx,10\ny,9\nz,-1.5e1\n", FALSE, "z y x" },
    { "a,b\nx,10\ny,9\nz,-1.5e1\n", TRUE, "x y z" },
    /* nothing is last either way, and so is what is no number in pandas */
    { "a,b\nv,\nw,2\nx,nan\ny\nz,1\n", FALSE, "z w v x y" },
    { "a,b\nv,\nw,2\nx,nan\ny\nz,1\n", TRUE, "w z v x y" },
    /* equal ones stay as they are */
    { "a,b\nw,1\nx,2\ny,1.0\nz,2\n", FALSE, "w y x z" },
    { "a,b\nw,1\nx,2\ny,1.0\nz,2\n", TRUE, "x z w y" },
    /* numbers come before text, and those in it count */
    { "a,b\nw,run 10\nx,5\ny,Run 9\nz,1000\n", FALSE, "x z y w" },
    { "a;b\nx;1,5\ny;1,25\nz;-2,5\n", FALSE, "z y x" },
    { "a,b\nx,inf\ny,-inf\nz,0\n", FALSE, "y z x" },
    { "a,b\nx,\" 3\"\ny,2 \nz,1\n", FALSE, "z y x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      SageCsvIndex *index = open_bytes (tables[i].data, strlen (tables[i].data));
      g_autofree char *before = first_column (index);
      g_autofree char *sorted = NULL;
      g_autofree char *after = NULL;

      sage_csv_index_set_sort (index, 1, tables[i].descending);
      wait_for (index);
      sorted = first_column (index);
      g_assert_cmpstr (sorted, ==, tables[i].rows);
      sage_csv_index_set_sort (index, -1, FALSE);
      wait_for (index);
      after = first_column (index);
      g_assert_cmpstr (after, ==, before);
      close_index (index);
    }
}

/* Sorted and filtered at once, asked for before all of it has been read, and changed while it goes on. */
static void
test_sort_and_filter (void)
{
  g_autoptr(GString) table = g_string_new ("id,name\n");
  g_autoptr(GBytes) bytes = NULL;
  SageCsvIndex *index;
  g_autofree char *rows = NULL;
  g_autoptr(SageCsvRow) first = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (table, "%u,%s\n", (i * 7919) % 20000, i % 5000 == 0 ? "x" : "y");
  bytes = g_bytes_new (table->str, table->len);
  index = sage_csv_index_new_for_bytes (bytes);
  sage_csv_index_set_sort (index, 0, TRUE);
  sage_csv_index_set_filter (index, "x");
  wait_for (index);
  rows = first_column (index);
  g_assert_cmpstr (rows, ==, "15000 10000 5000 0");
  first = g_list_model_get_item (G_LIST_MODEL (index), 3);
  g_assert_cmpuint (sage_csv_row_get_number (first), ==, 1);

  sage_csv_index_set_filter (index, "");
  sage_csv_index_set_sort (index, 1, FALSE);
  sage_csv_index_set_sort (index, 0, FALSE);
  wait_for (index);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (index)), ==, 20000);
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr(SageCsvRow) row = g_list_model_get_item (G_LIST_MODEL (index), i);

      g_assert_cmpint (atoi (sage_csv_row_get_field (row, 0)), ==, (int) i);
    }

  /* It can be given up while it is being sorted. */
  sage_csv_index_set_sort (index, 1, FALSE);
  sage_csv_index_close (index);
  g_object_add_weak_pointer (G_OBJECT (index), (gpointer *) &index);
  g_object_unref (index);
  while (index != NULL) /* the thread drops its reference a moment later */
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

/* A file that shrinks while it is shown gives empty rows, not a crash. */
static void
test_file_that_shrinks (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sage-csv-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "t.csv", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageCsvRow) row = NULL;
  SageCsvIndex *index;

  g_assert_null (sage_csv_index_new_for_file (dir, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (sage_csv_index_new_for_file (path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "a,b\n1,2\n3,4\n", -1, NULL));
  index = sage_csv_index_new_for_file (path, &error);
  g_assert_no_error (error);
  wait_for (index);
  g_assert_cmpuint (sage_csv_index_get_rows (index), ==, 2);
  {
    FILE *file = fopen (path, "w");

    fclose (file);
  }
  row = g_list_model_get_item (G_LIST_MODEL (index), 1);
  g_assert_cmpstr (sage_csv_row_get_field (row, 0), ==, "");
  close_index (index);
  remove (path);
  remove (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/files/csv/tables", test_tables);
  g_test_add_func ("/files/csv/zero-bytes", test_zero_bytes);
  g_test_add_func ("/files/csv/open-quotes", test_open_quotes);
  g_test_add_func ("/files/csv/huge-fields-and-rows", test_huge_fields_and_rows);
  g_test_add_func ("/files/csv/filter", test_filter);
  g_test_add_func ("/files/csv/sort", test_sort);
  g_test_add_func ("/files/csv/sort-and-filter", test_sort_and_filter);
  g_test_add_func ("/files/csv/file-that-shrinks", test_file_that_shrinks);

  return g_test_run ();
}
