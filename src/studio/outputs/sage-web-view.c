/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-web-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-html-sanitise.h"
#include "sage-link-prompt.h"
#include "sage-text.h"
#include "sage-web-module.h"
#include "sage-web-view.h"

/* Larger pictures are not kept for the next time. */
#define MAX_KEPT_PIXELS (4 * 1000 * 1000)

/* How a page looked, kept with what it is of: a list that recycles its rows shows it again without a
 * browser, at its height. */
typedef struct
{
  GdkTexture *texture; /* (owned) */
  int         height;
  guint       hash;    /* of the page */
  gboolean    is_trusted;
  gboolean    dark;
} Look;

struct _SageWebView
{
  GtkWidget            parent_instance;

  char                *html;       /* (owned) */
  gboolean             is_trusted;
  GObject             *owner;      /* (owned) (nullable): what keeps the look */
  char                *fault;      /* (owned) (nullable): why there is no page */
  gboolean             asked;      /* for a page */
  const SageWebModule *module;     /* (nullable) */
  GtkWidget           *frame;      /* (nullable): the page, while it is alive */
  GtkWidget           *shown;      /* what stands here: the page, its picture, or a message */
};

enum
{
  SIGNAL_LINK_ACTIVATED,
  SIGNAL_SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The pages that are alive, the one that was wanted last at the end: weak references. */
static GQueue live = G_QUEUE_INIT;

G_DEFINE_FINAL_TYPE (SageWebView, sage_web_view, GTK_TYPE_WIDGET)

static void start (SageWebView *self);

static void
look_free (gpointer data)
{
  g_object_unref (((Look *) data)->texture);
  g_free (data);
}

static G_DEFINE_QUARK (sage-web-view-look, look)

static gboolean
is_dark (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ());
}

/* Returns: (nullable): how this page looked, if it is the same */
static const Look *
get_look (SageWebView *self)
{
  const Look *look = self->owner != NULL ? g_object_get_qdata (self->owner, look_quark ()) : NULL;

  return look != NULL && look->is_trusted == self->is_trusted && look->dark == is_dark () &&
         look->hash == g_str_hash (self->html) ? look : NULL;
}

static void
keep_look (SageWebView *self)
{
  GdkTexture *texture = self->module->get_texture (self->frame);
  Look *look;

  if (self->owner == NULL || texture == NULL ||
      (gint64) gdk_texture_get_width (texture) * gdk_texture_get_height (texture) > MAX_KEPT_PIXELS)
    return;
  look = g_new0 (Look, 1);
  look->texture = g_object_ref (texture);
  gtk_widget_measure (self->frame, GTK_ORIENTATION_VERTICAL, -1, &look->height, NULL, NULL, NULL);
  look->hash = g_str_hash (self->html);
  look->is_trusted = self->is_trusted;
  look->dark = is_dark ();
  g_object_set_qdata_full (self->owner, look_quark (), look, look_free);
}

static void
set_shown (SageWebView *self,
           GtkWidget   *widget)
{
  g_clear_pointer (&self->shown, gtk_widget_unparent);
  self->shown = widget;
  gtk_widget_set_parent (widget, GTK_WIDGET (self));
}

/* --- Without a page -------------------------------------------------------------------------- */

static GtkWidget *
make_message (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "output-placeholder");

  return label;
}

static void
retry_cb (SageWebView *self)
{
  start (self);
}

static void
show_fault (SageWebView  *self,
            const GError *error)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s", _("This output needs a browser's engine, which "
                                                       "cannot be used here."),
                                           error->message);

  g_set_str (&self->fault, error->message);
  set_shown (self, make_message (text));
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

static GtkWidget *
make_button (SageWebView *self,
             const char  *text)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (retry_cb), self);

  return button;
}

/* A page that is not alive any more, as it looked. */
static GtkWidget *
make_picture (SageWebView *self,
              GdkTexture  *texture,
              int          height)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_SCALE_DOWN);
  gtk_widget_set_halign (picture, GTK_ALIGN_START);
  gtk_widget_set_valign (picture, GTK_ALIGN_START);
  gtk_widget_set_size_request (button, -1, height);
  gtk_button_set_child (GTK_BUTTON (button), picture);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Click to use this output"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (retry_cb), self);

  return button;
}

/* Ends a page to make room for another. */
static void
put_to_rest (SageWebView *self)
{
  GdkTexture *texture = self->module->get_texture (self->frame);
  int height = gtk_widget_get_height (self->frame);
  GtkWidget *instead = texture != NULL ? make_picture (self, texture, height)
                                       : make_button (self, _("Show output"));

  g_queue_remove (&live, self);
  self->frame = NULL;
  set_shown (self, instead);
}

/* --- The page -------------------------------------------------------------------------------- */

static void
link_cb (SageWebView *self,
         const char  *uri)
{
  g_signal_emit (self, signals[SIGNAL_LINK_ACTIVATED], 0, uri);
  if (g_str_has_prefix (uri, "http://") || g_str_has_prefix (uri, "https://") ||
      g_str_has_prefix (uri, "mailto:"))
    sage_link_prompt (GTK_WIDGET (self), uri);
}

static void
loaded_cb (SageWebView *self)
{
  if (self->frame != NULL)
    keep_look (self);
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

/* Not while its own signal is being emitted. */
static gboolean
replace_cb (gpointer user_data)
{
  SageWebView *self = user_data;

  if (self->frame != NULL)
    {
      g_queue_remove (&live, self);
      self->frame = NULL;
      set_shown (self, make_button (self, _("This output has ended unexpectedly. Show it again")));
    }

  return G_SOURCE_REMOVE;
}

static void
terminated_cb (SageWebView *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, replace_cb, g_object_ref (self), g_object_unref);
}

static void
make_frame (SageWebView *self)
{
  g_autofree char *clean = NULL;
  const char *html = self->html;
  GdkRGBA colour;

  if (!self->is_trusted)
    html = clean = sage_html_sanitise (self->html, strlen (self->html), NULL);
  gtk_widget_get_color (GTK_WIDGET (self), &colour);
  self->frame = self->module->create (html, self->is_trusted, &colour);
  g_signal_connect_object (self->frame, "link-activated", G_CALLBACK (link_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->frame, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->frame, "terminated", G_CALLBACK (terminated_cb), self,
                           G_CONNECT_SWAPPED);
  set_shown (self, self->frame);
  g_queue_push_tail (&live, self);
  while (live.length > SAGE_WEB_VIEW_MAX_LIVE)
    put_to_rest (live.head->data);
}

static void
checked_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageWebView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (gtk_widget_get_parent (GTK_WIDGET (self)) == NULL || self->frame != NULL)
    return;
  if (sage_web_check_finish (result, &error))
    self->module = sage_web_module_load (&error);
  if (self->module != NULL)
    make_frame (self);
  else
    show_fault (self, error);
}

static void
start (SageWebView *self)
{
  if (self->frame == NULL)
    sage_web_check_async (checked_cb, g_object_ref (self));
}

static void
sage_web_view_map (GtkWidget *widget)
{
  SageWebView *self = SAGE_WEB_VIEW (widget);

  GTK_WIDGET_CLASS (sage_web_view_parent_class)->map (widget);
  if (!self->asked)
    {
      const Look *look = get_look (self);

      self->asked = TRUE;
      if (look != NULL)
        set_shown (self, make_picture (self, look->texture, look->height));
      else
        start (self);
    }
}

/* The colours of a page are made with it. */
static void
style_cb (SageWebView *self)
{
  if (self->fault != NULL || !self->asked)
    return;
  g_queue_remove (&live, self);
  self->frame = NULL;
  set_shown (self, adw_spinner_new ());
  self->asked = gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->asked)
    start (self);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_web_view_dispose (GObject *object)
{
  SageWebView *self = SAGE_WEB_VIEW (object);

  g_queue_remove (&live, self);
  self->frame = NULL;
  g_clear_pointer (&self->shown, gtk_widget_unparent);
  g_clear_object (&self->owner);

  G_OBJECT_CLASS (sage_web_view_parent_class)->dispose (object);
}

static void
sage_web_view_finalize (GObject *object)
{
  g_free (SAGE_WEB_VIEW (object)->html);
  g_free (SAGE_WEB_VIEW (object)->fault);

  G_OBJECT_CLASS (sage_web_view_parent_class)->finalize (object);
}

static void
sage_web_view_class_init (SageWebViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_web_view_dispose;
  object_class->finalize = sage_web_view_finalize;
  widget_class->map = sage_web_view_map;

  signals[SIGNAL_LINK_ACTIVATED] =
    g_signal_new ("link-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sage_web_view_init (SageWebView *self)
{
  GtkWidget *spinner = adw_spinner_new ();

  gtk_widget_set_halign (spinner, GTK_ALIGN_START);
  gtk_widget_set_size_request (spinner, 24, 24);
  set_shown (self, spinner);
}

/**
 * sage_web_view_new:
 * @html: an output's HTML
 * @is_trusted: whether its scripts may run; else it is shown without all that could act
 * @owner: (nullable): what the page is of; a picture of the page is kept with it
 *
 * Returns: (transfer floating): a widget that shows it
 */
GtkWidget *
sage_web_view_new (const char *html,
                   gboolean    is_trusted,
                   GObject    *owner)
{
  SageWebView *self = g_object_new (SAGE_TYPE_WEB_VIEW, NULL);
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (html != NULL, NULL);

  self->html = g_utf8_make_valid (html, -1);
  self->is_trusted = is_trusted;
  g_set_object (&self->owner, owner);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (style_cb), self,
                           G_CONNECT_SWAPPED);
  text = sage_html_to_text (html, MIN (strlen (html), 64 * 1024));
  shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_PARAGRAPH);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  shown[0] != '\0' ? shown : _("Web page"), -1);

  return GTK_WIDGET (self);
}

/* Returns: whether there is a page, and not a picture of it or a message */
gboolean
sage_web_view_is_live (SageWebView *self)
{
  g_return_val_if_fail (SAGE_IS_WEB_VIEW (self), FALSE);

  return self->frame != NULL;
}

/* Returns: (nullable): why there can be no page */
const char *
sage_web_view_get_fault (SageWebView *self)
{
  g_return_val_if_fail (SAGE_IS_WEB_VIEW (self), NULL);

  return self->fault;
}
