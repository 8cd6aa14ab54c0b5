/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "kit-fixture.h"
#include "sage-software-style.h"

/* Returns: (transfer full): what the window draws, in words */
static char *
describe (GtkWidget *window)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GBytes) bytes = NULL;

  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_to_node (snapshot);
  g_assert_nonnull (node);
  bytes = gsk_render_node_serialize (node);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
present (GtkWidget *window)
{
  AdwDialog *dialog = adw_dialog_new ();

  adw_dialog_set_child (dialog, gtk_label_new ("Dialog"));
  adw_dialog_set_content_width (dialog, 300);
  adw_dialog_set_content_height (dialog, 200);
  gtk_window_present (GTK_WINDOW (window));
  adw_dialog_present (dialog, window);
  kit_settle ();
}

/* The test runs with the renderer that draws by the processor. */
static void
test_shadow (void)
{
  g_autofree char *usual = NULL;
  g_autofree char *cheap = NULL;
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  present (window);
  usual = describe (window);
  gtk_window_destroy (GTK_WINDOW (window));

  window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  sage_software_style_follow (window);
  present (window);
  cheap = describe (window);

  g_assert_true (gtk_widget_has_css_class (window, "software"));
  g_assert_nonnull (strstr (usual, "blur:")); /* or there is nothing to save any more */
  g_assert_null (strstr (cheap, "blur:"));
  g_assert_nonnull (strstr (cheap, "outset-shadow"));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

  g_test_add_func ("/software-style/shadow", test_shadow);

  return g_test_run ();
}
