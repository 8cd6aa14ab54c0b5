/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "../../criticals.h"
#include "kit-fixture.h"
#include "sage-file.h"
#include "sage-json.h"

static char *opened; /* the location that was opened last */

static char *isolated; /* the folder that the user's own are in */

/* Empty folders for the user's data and state, in place of the real ones; to be called first of all. Those of
 * the system stay, with their schemas and icons, unlike what G_TEST_OPTION_ISOLATE_DIRS does. */
void
kit_isolate (void)
{
  static const char *const names[] = { "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME" };

  isolated = g_dir_make_tmp ("sage-kit-XXXXXX", NULL);
  g_assert_nonnull (isolated);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (isolated, names[i], NULL);

      g_setenv (names[i], path, TRUE);
    }
}

/* Runs the tests after kit_isolate(), and removes what they left. */
int
kit_run_isolated (void)
{
  int status = g_test_run ();

  sage_dir_remove (isolated, NULL);
  g_clear_pointer (&isolated, g_free);

  return status;
}

/* A display, the styles and the icons of Studio. */
void
kit_init (int    *argc,
          char ***argv)
{
  GtkCssProvider *css = gtk_css_provider_new ();

  g_test_init (argc, argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  gtk_css_provider_load_from_resource (css, "/org/sagebrush/Studio/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/sagebrush/Studio/icons");
  g_object_unref (css);
}

static void
open_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  g_free (opened);
  opened = g_strdup_printf ("%s %s", g_action_get_name (G_ACTION (action)),
                            g_variant_get_string (parameter, NULL));
}

/* What was opened last, and how: "open jobs"; it is forgotten then. */
const char *
kit_opened (void)
{
  static char *last;

  g_free (last);
  last = g_steal_pointer (&opened);

  return last;
}

/* A window like the shell's, as far as pages know one: it shows toasts and opens locations. */
GtkWidget *
kit_window_new (GtkWidget *child,
                int        width,
                int        height)
{
  static const GActionEntry entries[] = {
    { "open", open_cb, "s", NULL, NULL, { 0 } },
    { "open-new-tab", open_cb, "s", NULL, NULL, { 0 } },
  };
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget *overlay = adw_toast_overlay_new ();
  GtkWidget *window = g_object_new (ADW_TYPE_WINDOW, "default-width", width, "default-height", height,
                                    "width-request", 300, "content", overlay, NULL);

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), NULL);
  gtk_widget_insert_action_group (window, "win", G_ACTION_GROUP (group));
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), child);
  gtk_window_present (GTK_WINDOW (window));
  kit_settle ();

  return window;
}

static void
gone_cb (gpointer  data,
         GObject  *object)
{
  *(gboolean *) data = TRUE;
}

/* It must go, and all that is in it. */
void
kit_window_destroy (GtkWidget *window)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (window), gone_cb, &gone);
  gtk_window_destroy (GTK_WINDOW (window));
  wait_until (gone);
}

/* Lets idle work, layout and drawing be done. */
void
kit_settle (void)
{
  wait_ms (100);
}

static GtkWidget *
find (GtkWidget *root,
      GType      type,
      guint     *n)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (*n)-- == 0)
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, n);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The @n-th widget of the type, in the order of the tree. */
GtkWidget *
kit_find (GtkWidget *root,
          GType      type,
          guint      n)
{
  return find (root, type, &n);
}

guint
kit_count (GtkWidget *root,
           GType      type)
{
  guint n = G_MAXUINT;

  find (root, type, &n);

  return G_MAXUINT - n;
}

/* The label in sight with exactly that text. */
GtkWidget *
kit_find_text (GtkWidget  *root,
               const char *text)
{
  GtkWidget *label;

  for (guint i = 0; (label = kit_find (root, GTK_TYPE_LABEL, i)) != NULL; i++)
    if (strcmp (gtk_label_get_text (GTK_LABEL (label)), text) == 0 && gtk_widget_get_mapped (label))
      return label;

  return NULL;
}

typedef struct
{
  char     *text;
  gboolean  done;
} Read;

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Read *read = user_data;

  read->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);
  read->done = TRUE;
}

char *
kit_clipboard (GtkWidget *widget)
{
  Read read = { NULL, FALSE };

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, read_cb, &read);
  wait_until (read.done);

  return read.text;
}

/* A connection that has found its peer. */
SageConnection *
kit_connect (StandIn *peer)
{
  g_autoptr(SageProfile) profile = sage_profile_new_remote ("Test", peer->url, "AKIDEXAMPLE",
                                                            "us-east-1");
  SageConnection *connection = sage_connection_new (profile);

  sage_connection_open (connection, "secret");
  wait_until (sage_connection_get_state (connection) == SAGE_CONNECTION_CONNECTED);

  return connection;
}

void
kit_disconnect (SageConnection *connection)
{
  gboolean gone = FALSE;

  sage_connection_close (connection);
  g_object_weak_ref (G_OBJECT (connection), gone_cb, &gone);
  g_object_unref (connection);
  wait_until (gone);
}

JsonObject *
kit_json (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (text, -1, NULL, &error);

  g_assert_no_error (error);

  return json_object_ref (json_node_get_object (node));
}
