/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "../client/waiting.h"
#include "../kit/kit-fixture.h"
#include "sage-file.h"
#include "sage-search-pane.h"

/* A window with the pane, on a folder with a file in which "two" stands once. */
typedef struct
{
  char      *folder; /* (owned) */
  char      *path;   /* (owned): of the file */
  GtkWidget *window;
  GtkWidget *pane;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GFile) folder = NULL;

  fixture->folder = g_dir_make_tmp ("sage-search-pane-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "a.txt", NULL);
  g_assert_true (g_file_set_contents (fixture->path, "one two", -1, NULL));
  folder = g_file_new_for_path (fixture->folder);
  fixture->pane = sage_search_pane_new ();
  fixture->window = kit_window_new (fixture->pane, 900, 500);
  sage_search_pane_set_folder (SAGE_SEARCH_PANE (fixture->pane), folder);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->folder, NULL));
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* The entry in the pane that says it is for that. */
static GtkWidget *
find_entry (Fixture    *fixture,
            const char *placeholder)
{
  GtkWidget *entry;

  for (guint i = 0; (entry = kit_find (fixture->pane, GTK_TYPE_ENTRY, i)) != NULL; i++)
    if (g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (entry)), placeholder) == 0)
      return entry;

  g_error ("no entry '%s'", placeholder);
}

static GtkWidget *
find_button (Fixture    *fixture,
             const char *label)
{
  GtkWidget *button;

  for (guint i = 0; (button = kit_find (fixture->pane, GTK_TYPE_BUTTON, i)) != NULL; i++)
    if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
      return button;

  return NULL;
}

static GtkWidget *
find_toggle (Fixture    *fixture,
             const char *tip)
{
  GtkWidget *toggle;

  for (guint i = 0; (toggle = kit_find (fixture->pane, GTK_TYPE_TOGGLE_BUTTON, i)) != NULL; i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (toggle), tip) == 0)
      return toggle;

  g_error ("no toggle '%s'", tip);
}

static gboolean
holds (Fixture    *fixture,
       const char *text)
{
  g_autofree char *found = NULL;

  return g_file_get_contents (fixture->path, &found, NULL, NULL) && strcmp (found, text) == 0;
}

/* The last window may be closed while what was asked for is being done. */
static void
test_closed_while_replacing (Fixture       *fixture,
                             gconstpointer  data)
{
  GtkWidget *replacement = find_entry (fixture, "Replace with");
  gpointer pane = fixture->pane;

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_toggle (fixture, "Replace")), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (replacement), "three");
  gtk_editable_set_text (GTK_EDITABLE (find_entry (fixture, "Find in all files")), "two");
  wait_until (find_button (fixture, "Replace 1") != NULL);
  wait_until (gtk_widget_is_sensitive (find_button (fixture, "Replace 1")));
  g_object_add_weak_pointer (pane, &pane);
  g_signal_emit_by_name (find_button (fixture, "Replace 1"), "clicked");

  kit_window_destroy (fixture->window);
  wait_until (pane == NULL);
  wait_until (holds (fixture, "one three"));
}

int
main (int   argc,
      char *argv[])
{
  kit_init (&argc, &argv);

  g_test_add ("/studio/search-pane/closed-while-replacing", Fixture, NULL, set_up,
              test_closed_while_replacing, tear_down);

  return g_test_run ();
}
