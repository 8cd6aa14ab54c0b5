/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws samples of what outputs look like, for people to look at:
 * outputs-gallery SAMPLE.json light|dark WIDTH PICTURE.png [MILLISECONDS]. A sample is a cell of a notebook. */
#include "config.h"

#include <stdlib.h>

#include "../kit/kit-fixture.h"
#include "sage-json.h"
#include "sage-markdown-view.h"
#include "sage-output-list.h"

static void
fill (GtkWidget  *box,
      JsonObject *cell)
{
  JsonArray *outputs = sage_json_array (cell, "outputs");
  g_autoptr(GListStore) store = g_list_store_new (SAGE_TYPE_OUTPUT);
  g_autoptr(SageComms) comms = sage_comms_new ();
  GtkWidget *list = sage_output_list_new ();
  const char *markdown = sage_json_string (cell, "source", NULL);

  if (markdown != NULL)
    {
      GtkWidget *view = sage_markdown_view_new ();

      sage_markdown_view_set_text (SAGE_MARKDOWN_VIEW (view), markdown);
      gtk_box_append (GTK_BOX (box), view);
    }
  for (guint i = 0; outputs != NULL && i < json_array_get_length (outputs); i++)
    {
      g_autoptr(SageOutput) output =
        sage_output_new_from_json (json_array_get_object_element (outputs, i), NULL);

      g_assert_nonnull (output);
      g_list_store_append (store, output);
    }
  sage_comms_load (comms, cell);
  sage_output_list_set_comms (SAGE_OUTPUT_LIST (list), comms);
  sage_output_list_set_outputs (SAGE_OUTPUT_LIST (list), G_LIST_MODEL (store));
  gtk_box_append (GTK_BOX (box), list);
}

static void
draw (GtkWidget  *window,
      const char *path)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                          gtk_widget_get_height (window));
  node = gtk_snapshot_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

int
main (int    argc,
      char **argv)
{
  GtkWidget *box;
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) node = NULL;
  GtkWidget *scroller;
  GtkWidget *window;
  int height;

  kit_init (&argc, &argv);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  g_assert_cmpint (argc, >=, 5);
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      strcmp (argv[2], "dark") == 0 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_assert_true (g_file_get_contents (argv[1], &text, NULL, NULL));
  node = json_from_string (text, NULL);
  g_assert_nonnull (node);
  fill (box, json_node_get_object (node));
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_hexpand (child, TRUE);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, atoi (argv[3]) - 36, NULL, &height, NULL, NULL);
  scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  window = kit_window_new (scroller, atoi (argv[3]), CLAMP (height + 60, 100, 2400));
  wait_ms (argc > 5 ? atoi (argv[5]) : 700);
  draw (window, argv[4]);
  kit_window_destroy (window);

  return 0;
}
