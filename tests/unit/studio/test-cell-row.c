/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../kit/kit-fixture.h"
#include "sage-cell-row.h"
#include "sage-file.h"

#define CODE(count) \
  "{\"cell_type\":\"code\",\"execution_count\":" count ",\"metadata\":{},\"source\":\"x\",\"outputs\":[]}"
#define TEXT "{\"cell_type\":\"markdown\",\"metadata\":{},\"source\":\"x\"}"

static const char notebook[] = "{\"cells\":[" CODE ("null") "," CODE ("9") "," CODE ("10") "," CODE ("100") ","
                               CODE ("9999") "," CODE ("9223372036854775807") "," TEXT
                               "],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":4}";

/* What the rows of those cells say. The last is more than the gutter has room for. */
static const char * const counts[] = { "[ ]", "[9]", "[10]", "[100]", "[9999]", "[9223372036854775807]" };

/* A notebook with a row for each of its cells. */
typedef struct
{
  char                 *dir;
  SageNotebookDocument *document;
  GtkWidget            *rows; /* in a window */
  GtkWidget            *window;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GFile) file = NULL;
  GListModel *cells;

  fixture->dir = g_dir_make_tmp ("sage-cell-row-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "n.ipynb", NULL);
  g_file_set_contents (path, notebook, -1, &error);
  g_assert_no_error (error);
  file = g_file_new_for_path (path);
  fixture->document = sage_notebook_document_open (NULL, file);
  wait_until (sage_notebook_document_get_state (fixture->document) == SAGE_DOCUMENT_READY);

  fixture->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  cells = G_LIST_MODEL (sage_notebook_document_get_notebook (fixture->document));
  for (guint i = 0; i < g_list_model_get_n_items (cells); i++)
    {
      g_autoptr(SageCell) cell = g_list_model_get_item (cells, i);
      GtkWidget *row = sage_cell_row_new (fixture->document);

      sage_cell_row_bind (SAGE_CELL_ROW (row), cell, 0);
      gtk_box_append (GTK_BOX (fixture->rows), row);
    }
  fixture->window = kit_window_new (fixture->rows, 500, 600);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  kit_window_destroy (fixture->window);
  assert_finalizes (g_steal_pointer (&fixture->document));
  g_assert_true (sage_dir_remove (fixture->dir, &error));
  g_assert_no_error (error);
  g_free (fixture->dir);
}

/* Returns: where the body of the cell begins, beside the gutter */
static float
find_body (GtkWidget *row)
{
  graphene_rect_t bounds;
  GtkWidget *source = GTK_WIDGET (sage_cell_row_get_source (SAGE_CELL_ROW (row)));

  g_assert_true (gtk_widget_compute_bounds (source != NULL ? source : gtk_widget_get_last_child (row), row,
                                            &bounds));

  return bounds.origin.x;
}

static void
assert_counts_fit (Fixture *fixture)
{
  GtkWidget *row = gtk_widget_get_first_child (fixture->rows);
  float body = find_body (row);

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++, row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *label = kit_find_text (row, counts[i]);
      gboolean is_cut = i == G_N_ELEMENTS (counts) - 1;

      g_assert_nonnull (label);
      g_assert_cmpint (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))), ==, is_cut);
      g_assert_cmpstr (gtk_widget_get_tooltip_text (label), ==, is_cut ? counts[i] : NULL);
      g_assert_cmpfloat (find_body (row), ==, body);
    }
  /* text has no button and no count, and stands in the same column */
  g_assert_cmpfloat (find_body (row), ==, body);
}

static void
test_counts (Fixture      *fixture,
             gconstpointer data)
{
  assert_counts_fit (fixture);
}

static void
test_large_text (Fixture      *fixture,
                 gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 192 * 1024, NULL);
  kit_settle ();
  assert_counts_fit (fixture);
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

int
main (int   argc,
      char *argv[])
{
  kit_isolate ();
  kit_init (&argc, &argv);

  g_test_add ("/studio/cell-row/counts", Fixture, NULL, set_up, test_counts, tear_down);
  g_test_add ("/studio/cell-row/large-text", Fixture, NULL, set_up, test_large_text, tear_down);

  return kit_run_isolated ();
}
