/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "../kit/kit-fixture.h"
#include "sage-web-module.h"
#include "sage-web-view.h"
#include "untrusted.h"

/* HTML from people who want to know that it was opened, in a browser's engine, beside a port that
 * listens: nobody may come there, whichever of the locks is left out. */

#define PER_PAGE 20

typedef struct
{
  GSocketService *service;
  guint           n_connections;
  char           *uri; /* (owned) */
} Sink;

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             Sink              *sink)
{
  sink->n_connections++;

  return TRUE;
}

static void
sink_start (Sink *sink)
{
  guint16 port;

  sink->service = g_socket_service_new ();
  sink->n_connections = 0;
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (sink->service), NULL, NULL);
  sink->uri = g_strdup_printf ("http://127.0.0.1:%u/x", port);
  g_signal_connect (sink->service, "incoming", G_CALLBACK (incoming_cb), sink);
}

static void
sink_stop (Sink *sink)
{
  g_socket_service_stop (sink->service);
  g_socket_listener_close (G_SOCKET_LISTENER (sink->service));
  g_clear_object (&sink->service);
  g_free (sink->uri);
}

/* The sink works: else it would prove nothing. */
static void
assert_listens (Sink *sink)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_uri (client, sink->uri, 80, NULL, NULL);
  g_assert_nonnull (connection);
  wait_until (sink->n_connections == 1);
  sink->n_connections = 0;
}

static void
checked_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  *(int *) user_data = sage_web_check_finish (result, NULL) ? 1 : -1;
}

/* Returns: (nullable): what shows HTML, where it can be shut in */
static const SageWebModule *
get_module (void)
{
  const SageWebModule *module;
  g_autoptr(GError) error = NULL;
  int can = 0;

  sage_web_check_async (checked_cb, &can);
  wait_until (can != 0);
  if (can < 0)
    {
      g_test_skip ("There is no sandbox here");
      return NULL;
    }
  module = sage_web_module_load (&error);
  g_assert_no_error (error);

  return module;
}

static void
count_cb (GtkWidget *widget,
          guint     *n)
{
  ++*n;
}

static char *
join (GPtrArray *outputs,
      guint      first)
{
  GString *page = g_string_new (NULL);

  for (guint i = first; i < MIN (first + PER_PAGE, outputs->len); i++)
    g_string_append_printf (page, "<div>%s</div>\n", (char *) g_ptr_array_index (outputs, i));

  return g_string_free_and_steal (page);
}

/* As outputs are shown: page by page, sanitised. */
static void
test_untrusted (void)
{
  Sink sink;
  g_autoptr(GPtrArray) outputs = NULL;
  GtkWidget *box;
  GtkWidget *window;
  guint n_settled = 0;
  guint n_pages = 0;

  if (get_module () == NULL)
    return;
  sink_start (&sink);
  assert_listens (&sink);
  outputs = untrusted_list (sink.uri);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  window = kit_window_new (box, 600, 900);
  for (guint first = 0; first < outputs->len; first += PER_PAGE, n_pages++)
    {
      g_autofree char *html = join (outputs, first);
      GtkWidget *view = sage_web_view_new (html, FALSE, NULL);

      g_signal_connect (view, "settled", G_CALLBACK (count_cb), &n_settled);
      gtk_box_append (GTK_BOX (box), view);
      wait_until (n_settled > n_pages);
      n_settled = n_pages + 1;
    }
  wait_ms (1000);
  g_assert_cmpuint (sink.n_connections, ==, 0);

  /* most of them rest by now */
  n_settled = 0;
  for (GtkWidget *view = gtk_widget_get_first_child (box); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    {
      g_assert_null (sage_web_view_get_fault (SAGE_WEB_VIEW (view)));
      n_settled += sage_web_view_is_live (SAGE_WEB_VIEW (view));
    }
  g_assert_cmpuint (n_settled, <=, SAGE_WEB_VIEW_MAX_LIVE);
  kit_window_destroy (window);
  sink_stop (&sink);
}

/* Without the sanitiser, without and with scripts: the page still reaches nobody. */
static void
test_locks (gconstpointer data)
{
  gboolean is_trusted = GPOINTER_TO_INT (data);
  const SageWebModule *module = get_module ();
  static const GdkRGBA colour = { 0, 0, 0, 1 };
  g_autoptr(GPtrArray) outputs = NULL;
  Sink sink;

  if (module == NULL)
    return;
  sink_start (&sink);
  outputs = untrusted_list (sink.uri);
  g_ptr_array_insert (outputs, 0,
                      g_strdup_printf ("<script>fetch('%s');new WebSocket('ws%s');navigator.sendBeacon('%s');"
                                       "new Image().src='%s';location='%s';window.open('%s')</script>",
                                       sink.uri, sink.uri + 4, sink.uri, sink.uri, sink.uri, sink.uri));
  for (guint first = 0; first < outputs->len; first += PER_PAGE)
    {
      g_autofree char *html = join (outputs, first);
      GtkWidget *frame = module->create (html, is_trusted, &colour);
      GtkWidget *window;
      guint n_loaded = 0;
      guint n_links = 0;

      g_signal_connect (frame, "loaded", G_CALLBACK (count_cb), &n_loaded);
      g_signal_connect_swapped (frame, "link-activated", G_CALLBACK (count_cb), &n_links);
      window = kit_window_new (frame, 600, 400);
      wait_ms (1500); /* some of these pages never end to load */
      g_assert_cmpuint (sink.n_connections, ==, 0);
      kit_window_destroy (window);
    }
  sink_stop (&sink);
}

/* In a trusted notebook scripts draw. */
static void
test_trusted (void)
{
  g_autoptr(GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  GtkWidget *tall;
  GtkWidget *again;
  GtkWidget *window;
  guint n_settled = 0;
  int height;

  if (get_module () == NULL)
    return;
  tall = sage_web_view_new ("<div id=a></div><script>document.getElementById('a').style.height='300px'"
                            "</script>", TRUE, owner);
  g_signal_connect (tall, "settled", G_CALLBACK (count_cb), &n_settled);
  {
    GtkWidget *scroller = gtk_scrolled_window_new ();

    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), tall);
    gtk_widget_set_valign (tall, GTK_ALIGN_START);
    window = kit_window_new (scroller, 600, 600);
  }
  wait_until (n_settled > 0);
  kit_settle ();
  gtk_widget_measure (tall, GTK_ORIENTATION_VERTICAL, 600, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, >=, 300);
  g_assert_cmpint (height, <, 420);
  kit_window_destroy (window);

  /* another time it is a picture at once, of the same height, until somebody wants more */
  again = sage_web_view_new ("<div id=a></div><script>document.getElementById('a').style.height='300px'"
                             "</script>", TRUE, owner);
  window = kit_window_new (again, 600, 600);
  g_assert_false (sage_web_view_is_live (SAGE_WEB_VIEW (again)));
  g_assert_nonnull (kit_find (again, GTK_TYPE_PICTURE, 0));
  n_settled = 0;
  g_signal_connect (again, "settled", G_CALLBACK (count_cb), &n_settled);
  g_signal_emit_by_name (kit_find (again, GTK_TYPE_BUTTON, 0), "clicked");
  wait_until (n_settled > 0);
  g_assert_true (sage_web_view_is_live (SAGE_WEB_VIEW (again)));
  kit_window_destroy (window);
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);
  /* WebKit tells that there is no session bus or no accessibility on it */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

  g_test_add_func ("/web/untrusted", test_untrusted);
  g_test_add_data_func ("/web/without-sanitiser", GINT_TO_POINTER (FALSE), test_locks);
  g_test_add_data_func ("/web/without-sanitiser-with-scripts", GINT_TO_POINTER (TRUE), test_locks);
  g_test_add_func ("/web/trusted", test_trusted);

  return g_test_run ();
}
