/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-profile-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-page.h"
#include "sage-profile-page.h"

struct _SageProfilePage
{
  AdwNavigationPage  parent_instance;

  SageConnections   *connections; /* (owned) */
  SageProfile       *profile;     /* (owned) (nullable): NULL for a new one */

  GtkEditable       *name;
  AdwComboRow       *colour;
  GtkWidget         *remote;
  GtkEditable       *url;
  GtkLabel          *url_problem;
  AdwActionRow      *certificate;
  GtkEditable       *region;
  GtkWidget         *keys;
  GtkEditable       *access_key;
  GtkEditable       *secret;
};

G_DEFINE_FINAL_TYPE (SageProfilePage, sage_profile_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const struct
{
  const char *id;
  const char *word;
} colours[] = {
  { NULL, N_("None") },       { "red", N_("Red (production)") }, { "orange", N_("Orange") },
  { "yellow", N_("Yellow") }, { "green", N_("Green") },          { "blue", N_("Blue") },
  { "purple", N_("Purple") }, { "slate", N_("Slate") },
};

/* --- Checking --------------------------------------------------------------------------------- */

static char *
dup_text (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

/* Returns: (nullable): what is wrong with @url */
static const char *
url_problem (const char *url)
{
  g_autoptr(GUri) uri = NULL;
  const char *scheme;

  if (url[0] == '\0')
    return "";
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    return _("This is no URL: it looks like https://sagebrush.example:8642");
  scheme = g_uri_get_scheme (uri);
  if (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0)
    return _("The URL begins with http:// or https://");
  if (g_uri_get_userinfo (uri) != NULL)
    return _("Keys do not go into the URL: they have fields of their own below");

  return NULL;
}

static gboolean
is_embedded (SageProfilePage *self)
{
  return self->profile != NULL && sage_profile_is_embedded (self->profile);
}

static gboolean
is_complete (SageProfilePage *self)
{
  g_autofree char *name = dup_text (self->name);
  g_autofree char *url = dup_text (self->url);
  g_autofree char *region = dup_text (self->region);
  g_autofree char *key = dup_text (self->access_key);
  gboolean has_secret = gtk_editable_get_text (self->secret)[0] != '\0'
                        || (self->profile != NULL
                            && g_strcmp0 (sage_profile_get_access_key (self->profile), key) == 0);

  if (is_embedded (self))
    return TRUE;

  return name[0] != '\0' && url_problem (url) == NULL && region[0] != '\0'
         && (key[0] == '\0' || has_secret);
}

static void
changed_cb (SageProfilePage *self)
{
  g_autofree char *url = dup_text (self->url);
  const char *problem = url_problem (url);
  gboolean wrong = problem != NULL && problem[0] != '\0';

  gtk_label_set_text (self->url_problem, problem);
  gtk_widget_set_visible (GTK_WIDGET (self->url_problem), wrong);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->url), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "profile.save", is_complete (self));
}

static void
forget_certificate_cb (SageProfilePage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->certificate), FALSE);
}

static void
activated_cb (SageProfilePage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "profile.save", NULL);
}

/* --- Saving ----------------------------------------------------------------------------------- */

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageProfilePage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_connections_save_finish (SAGE_CONNECTIONS (object), result, &error))
    sage_toast_error (GTK_WIDGET (self),
                      _("The secret will be forgotten when Studio ends, because no keyring took it"),
                      error);
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
save_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageProfilePage *self = SAGE_PROFILE_PAGE (widget);
  g_autofree char *name = dup_text (self->name);
  g_autofree char *url = dup_text (self->url);
  g_autofree char *region = dup_text (self->region);
  g_autofree char *key = dup_text (self->access_key);
  const char *secret = gtk_editable_get_text (self->secret);
  const char *colour = colours[adw_combo_row_get_selected (self->colour)].id;
  g_autoptr(SageProfile) profile = NULL;

  /* A certificate is trusted for where it was seen. */
  if (self->profile != NULL
      && (!gtk_widget_get_visible (GTK_WIDGET (self->certificate))
          || g_strcmp0 (sage_profile_get_url (self->profile), url) != 0))
    sage_profile_set_certificate (self->profile, NULL);

  if (self->profile == NULL)
    profile = sage_profile_new_remote (name, url, key[0] != '\0' ? key : NULL, region);
  else
    profile = g_object_ref (self->profile);

  g_object_set (profile, "colour", colour, NULL);
  if (self->profile != NULL && !is_embedded (self))
    g_object_set (profile, "name", name, "url", url, "region", region,
                  "access-key", key[0] != '\0' ? key : NULL, NULL);
  sage_connections_save_async (self->connections, profile, secret[0] != '\0' ? secret : NULL, NULL,
                               saved_cb, g_object_ref (self));
}

/* --- The page --------------------------------------------------------------------------------- */

static void
sage_profile_page_dispose (GObject *object)
{
  SageProfilePage *self = SAGE_PROFILE_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_PROFILE_PAGE);
  g_clear_object (&self->profile);
  g_clear_object (&self->connections);

  G_OBJECT_CLASS (sage_profile_page_parent_class)->dispose (object);
}

static void
sage_profile_page_class_init (SageProfilePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_profile_page_dispose;
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/shell/sage-profile-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, name);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, colour);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, remote);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, url);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, url_problem);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, certificate);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, region);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, keys);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, access_key);
  gtk_widget_class_bind_template_child (widget_class, SageProfilePage, secret);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, forget_certificate_cb);
  gtk_widget_class_install_action (widget_class, "profile.save", NULL, save_action);
}

static void
sage_profile_page_init (SageProfilePage *self)
{
  g_autoptr(GtkStringList) words = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    gtk_string_list_append (words, _(colours[i].word));
  adw_combo_row_set_model (self->colour, G_LIST_MODEL (words));
}

static void
set_text (GtkEditable *editable,
          const char  *text)
{
  gtk_editable_set_text (editable, text != NULL ? text : "");
}

static void
fill (SageProfilePage *self)
{
  const char *colour = sage_profile_get_colour (self->profile);
  const char *certificate = sage_profile_get_certificate (self->profile);

  set_text (self->name, sage_profile_get_name (self->profile));
  set_text (self->url, sage_profile_get_url (self->profile));
  set_text (self->region, sage_profile_get_region (self->profile));
  set_text (self->access_key, sage_profile_get_access_key (self->profile));
  adw_action_row_set_subtitle (self->certificate, certificate != NULL ? certificate : "");
  gtk_widget_set_visible (GTK_WIDGET (self->certificate), certificate != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    if (g_strcmp0 (colours[i].id, colour) == 0)
      adw_combo_row_set_selected (self->colour, i);

  /* The embedded engine is where it is, and takes this user without a key. */
  gtk_widget_set_visible (self->remote, !is_embedded (self));
  gtk_widget_set_visible (self->keys, !is_embedded (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->name), !is_embedded (self));
}

/**
 * sage_profile_page_new:
 * @connections: where to keep it
 * @profile: (nullable): what to change; %NULL for a new connection
 *
 * Returns: (transfer floating): the form
 */
AdwNavigationPage *
sage_profile_page_new (SageConnections *connections,
                       SageProfile     *profile)
{
  SageProfilePage *self = g_object_new (SAGE_TYPE_PROFILE_PAGE, NULL);

  self->connections = g_object_ref (connections);
  self->profile = profile != NULL ? g_object_ref (profile) : NULL;
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self),
                                 profile != NULL ? sage_profile_get_name (profile)
                                                 : _("New connection"));
  if (profile != NULL)
    fill (self);
  else
    set_text (self->region, "us-east-1");
  changed_cb (self);

  return ADW_NAVIGATION_PAGE (self);
}
