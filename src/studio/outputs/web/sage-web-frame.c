/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-web-frame"

#include "config.h"

#include <math.h>
#include <string.h>
#include <webkit/webkit.h>

#include "sage-web-module.h"

/*
 * A page that nobody vouches for. Each of these would do; together they hold if one has a hole:
 *   - what gets here was written from scratch from a list of what is allowed;
 *   - scripts are off; in a trusted notebook they are on, and have no network either;
 *   - the content security policy loads nothing but pictures in the page itself;
 *   - every navigation but that to about: is refused;
 *   - the network session keeps nothing, and its proxy is a port that nobody listens on;
 *   - the page has no address of its own, and its process lives in WebKit's sandbox.
 */
#define POLICY \
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; " \
  "frame-src 'none'"
#define TRUSTED_POLICY \
  "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; font-src data:; " \
  "script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; connect-src 'none'; " \
  "form-action 'none'; base-uri 'none'; frame-src 'none'"
#define DEAD_PROXY "http://127.0.0.1:1"

#define START_HEIGHT 24
#define MAX_HEIGHT 800 /* a longer page scrolls by itself */

G_DECLARE_FINAL_TYPE (SageWebFrame, sage_web_frame, SAGE, WEB_FRAME, GtkWidget)

struct _SageWebFrame
{
  GtkWidget     parent_instance;

  GtkWidget    *view;
  GdkTexture   *texture; /* (owned) (nullable): the page as it looks */
  GCancellable *cancellable;
  guint         measure; /* source id */
  guint         n_measured;
  int           height;  /* of the page */
};

enum
{
  SIGNAL_LINK_ACTIVATED,
  SIGNAL_LOADED,
  SIGNAL_TERMINATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageWebFrame, sage_web_frame, GTK_TYPE_WIDGET)

/* --- Height ---------------------------------------------------------------------------------- */

static void measure_later (SageWebFrame *self);

static void
snapshot_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(SageWebFrame) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture =
    webkit_web_view_get_snapshot_finish (WEBKIT_WEB_VIEW (object), result, &error);

  if (self->view == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (texture != NULL)
    {
      int scale = gtk_widget_get_scale_factor (self->view);

      g_set_object (&self->texture, texture);
      self->height = gdk_texture_get_height (texture) / MAX (scale, 1);
      gtk_widget_set_size_request (self->view, -1, CLAMP (self->height, START_HEIGHT, MAX_HEIGHT));
    }
  else
    g_debug ("%s", error->message);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0);
  if (++self->n_measured < 4)
    measure_later (self); /* a script may draw more */
}

/* Without scripts there is no asking a page for its height; a picture of all of it tells. */
static gboolean
measure_cb (gpointer user_data)
{
  SageWebFrame *self = user_data;

  self->measure = 0;
  webkit_web_view_get_snapshot (WEBKIT_WEB_VIEW (self->view), WEBKIT_SNAPSHOT_REGION_FULL_DOCUMENT,
                                WEBKIT_SNAPSHOT_OPTIONS_TRANSPARENT_BACKGROUND, self->cancellable,
                                snapshot_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
measure_later (SageWebFrame *self)
{
  static const guint pauses[] = { 20, 400, 1500, 4000 };

  if (self->measure == 0)
    self->measure = g_timeout_add (pauses[MIN (self->n_measured, 3)], measure_cb, self);
}

static void
load_changed_cb (WebKitWebView   *view,
                 WebKitLoadEvent  event,
                 SageWebFrame    *self)
{
  if (event == WEBKIT_LOAD_FINISHED)
    measure_later (self);
}

/* What is as high as its page has nothing to scroll: the wheel is for what it stands in. */
static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           SageWebFrame             *self)
{
  GtkWidget *window = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;
  double step;

  if (window == NULL || dy == 0 || self->height > MAX_HEIGHT)
    return FALSE;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window));
  step = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL
           ? pow (gtk_adjustment_get_page_size (adjustment), 2.0 / 3) : 1;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + dy * step);

  return TRUE;
}

/* --- What a page may not --------------------------------------------------------------------- */

static gboolean
decide_policy_cb (WebKitWebView            *view,
                  WebKitPolicyDecision     *decision,
                  WebKitPolicyDecisionType  type,
                  SageWebFrame             *self)
{
  WebKitNavigationAction *action;
  const char *uri;

  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
    {
      uri = webkit_uri_request_get_uri (
        webkit_response_policy_decision_get_request (WEBKIT_RESPONSE_POLICY_DECISION (decision)));
      if (g_str_has_prefix (uri, "about:"))
        webkit_policy_decision_use (decision);
      else
        webkit_policy_decision_ignore (decision);
      return TRUE;
    }

  action = webkit_navigation_policy_decision_get_navigation_action (
    WEBKIT_NAVIGATION_POLICY_DECISION (decision));
  uri = webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));
  if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && g_str_has_prefix (uri, "about:"))
    {
      webkit_policy_decision_use (decision);
      return TRUE;
    }
  webkit_policy_decision_ignore (decision);
  if (webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_LINK_CLICKED &&
      webkit_navigation_action_is_user_gesture (action))
    g_signal_emit (self, signals[SIGNAL_LINK_ACTIVATED], 0, uri);

  return TRUE;
}

static gboolean
refuse_permission_cb (WebKitWebView           *view,
                      WebKitPermissionRequest *request)
{
  webkit_permission_request_deny (request);

  return TRUE;
}

static gboolean
swallow_cb (void)
{
  return TRUE;
}

static void
download_cb (WebKitNetworkSession *session,
             WebKitDownload       *download)
{
  webkit_download_cancel (download);
}

static void
terminated_cb (WebKitWebView                     *view,
               WebKitWebProcessTerminationReason  reason,
               SageWebFrame                      *self)
{
  g_signal_emit (self, signals[SIGNAL_TERMINATED], 0);
}

/* One for all pages: it keeps nothing that one could tell the other. */
static WebKitNetworkSession *
get_session (void)
{
  static WebKitNetworkSession *session;
  WebKitNetworkProxySettings *proxy;

  if (session == NULL)
    {
      session = webkit_network_session_new_ephemeral ();
      proxy = webkit_network_proxy_settings_new (DEAD_PROXY, NULL);
      webkit_network_session_set_proxy_settings (session, WEBKIT_NETWORK_PROXY_MODE_CUSTOM, proxy);
      webkit_network_proxy_settings_free (proxy);
      webkit_network_session_set_persistent_credential_storage_enabled (session, FALSE);
      g_signal_connect (session, "download-started", G_CALLBACK (download_cb), NULL);
    }

  return session;
}

static WebKitSettings *
make_settings (gboolean is_trusted)
{
  return g_object_new (WEBKIT_TYPE_SETTINGS,
                       "enable-javascript", is_trusted,
                       "enable-javascript-markup", is_trusted,
                       "javascript-can-open-windows-automatically", FALSE,
                       "javascript-can-access-clipboard", FALSE,
                       "allow-file-access-from-file-urls", FALSE,
                       "allow-universal-access-from-file-urls", FALSE,
                       "allow-top-navigation-to-data-urls", FALSE,
                       "enable-html5-database", FALSE,
                       "enable-html5-local-storage", FALSE,
                       "enable-page-cache", FALSE,
                       "enable-media", FALSE,
                       "enable-media-stream", FALSE,
                       "enable-webaudio", FALSE,
                       "enable-webgl", FALSE,
                       "enable-fullscreen", FALSE,
                       "enable-developer-extras", FALSE,
                       "hardware-acceleration-policy", WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER,
                       NULL);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_web_frame_dispose (GObject *object)
{
  SageWebFrame *self = SAGE_WEB_FRAME (object);

  g_clear_handle_id (&self->measure, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->view, gtk_widget_unparent);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (sage_web_frame_parent_class)->dispose (object);
}

static void
sage_web_frame_class_init (SageWebFrameClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_web_frame_dispose;
  signals[SIGNAL_LINK_ACTIVATED] = g_signal_new ("link-activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_LOADED] = g_signal_new ("loaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[SIGNAL_TERMINATED] = g_signal_new ("terminated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
sage_web_frame_init (SageWebFrame *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->cancellable = g_cancellable_new ();
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}

/* The policy stands in the page too: a second lock. */
static char *
make_page (const char    *html,
           gboolean       is_trusted,
           const GdkRGBA *text)
{
  g_autofree char *colour = gdk_rgba_to_string (text);

  return g_strdup_printf (
    "<!DOCTYPE html><html><head><meta charset=utf-8>"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\"><style>"
    "html{color-scheme:%s;overflow-y:hidden}body{margin:0;font:%s;color:%s;background:transparent;"
    "overflow-wrap:break-word}table{border-collapse:collapse}td,th{padding:3px 9px}"
    "a{color:inherit}pre{font-family:monospace}img{max-width:100%%}"
    "</style></head><body>%s</body></html>",
    is_trusted ? TRUSTED_POLICY : POLICY,
    text->red + text->green + text->blue > 1.5f ? "dark" : "light", "14px sans-serif", colour, html);
}

static GtkWidget *
create (const char    *html,
        gboolean       is_trusted,
        const GdkRGBA *colour)
{
  SageWebFrame *self = g_object_new (sage_web_frame_get_type (), NULL);
  g_autoptr(WebKitSettings) settings = make_settings (is_trusted);
  g_autofree char *page = make_page (html, is_trusted, colour);
  GdkRGBA clear = { 0, 0, 0, 0 };

  self->view = g_object_new (WEBKIT_TYPE_WEB_VIEW, "network-session", get_session (), "settings", settings,
                             "default-content-security-policy", is_trusted ? TRUSTED_POLICY : POLICY, NULL);
  webkit_web_view_set_background_color (WEBKIT_WEB_VIEW (self->view), &clear);
  gtk_widget_set_size_request (self->view, -1, START_HEIGHT);
  gtk_widget_set_parent (self->view, GTK_WIDGET (self));
  g_signal_connect (self->view, "decide-policy", G_CALLBACK (decide_policy_cb), self);
  g_signal_connect (self->view, "load-changed", G_CALLBACK (load_changed_cb), self);
  g_signal_connect (self->view, "permission-request", G_CALLBACK (refuse_permission_cb), NULL);
  g_signal_connect (self->view, "script-dialog", G_CALLBACK (swallow_cb), NULL);
  g_signal_connect (self->view, "context-menu", G_CALLBACK (swallow_cb), NULL);
  g_signal_connect (self->view, "print", G_CALLBACK (swallow_cb), NULL);
  g_signal_connect (self->view, "run-file-chooser", G_CALLBACK (swallow_cb), NULL);
  g_signal_connect (self->view, "web-process-terminated", G_CALLBACK (terminated_cb), self);
  webkit_web_view_load_html (WEBKIT_WEB_VIEW (self->view), page, NULL);

  return GTK_WIDGET (self);
}

static GdkTexture *
get_texture (GtkWidget *frame)
{
  return SAGE_WEB_FRAME (frame)->texture;
}

G_MODULE_EXPORT const SageWebModule sage_web_module;

const SageWebModule sage_web_module = { create, get_texture };
