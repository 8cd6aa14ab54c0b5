/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-detail-views"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-detail-views-private.h"
#include "sage-detail-words-private.h"
#include "sage-error.h"
#include "sage-text.h"
#include "sage-words.h"

struct _SageDetailViews
{
  GtkWidget  parent_instance;

  GtkWidget *away_banner;
  GtkWidget *deleted_banner;
  GtkWidget *views;
  GtkWidget *missing;
  GtkWidget *failure;
  GtkWidget *bin;
};

typedef enum
{
  PROP_CONTENT = 1,
} SageDetailViewsProperty;

static GParamSpec *properties[PROP_CONTENT + 1];

G_DEFINE_FINAL_TYPE (SageDetailViews, sage_detail_views, GTK_TYPE_WIDGET)

static void
sage_detail_views_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_DETAIL_VIEWS);

  G_OBJECT_CLASS (sage_detail_views_parent_class)->dispose (object);
}

static void
sage_detail_views_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SageDetailViews *self = SAGE_DETAIL_VIEWS (object);

  switch ((SageDetailViewsProperty) prop_id)
    {
    case PROP_CONTENT:
      g_value_set_object (value, adw_bin_get_child (ADW_BIN (self->bin)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_detail_views_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  SageDetailViews *self = SAGE_DETAIL_VIEWS (object);

  switch ((SageDetailViewsProperty) prop_id)
    {
    case PROP_CONTENT:
      adw_bin_set_child (ADW_BIN (self->bin), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_detail_views_class_init (SageDetailViewsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_detail_views_dispose;
  object_class->get_property = sage_detail_views_get_property;
  object_class->set_property = sage_detail_views_set_property;

  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "detailviews");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-detail-views.ui");
  gtk_widget_class_bind_template_child (widget_class, SageDetailViews, away_banner);
  gtk_widget_class_bind_template_child (widget_class, SageDetailViews, deleted_banner);
  gtk_widget_class_bind_template_child (widget_class, SageDetailViews, views);
  gtk_widget_class_bind_template_child (widget_class, SageDetailViews, missing);
  gtk_widget_class_bind_template_child (widget_class, SageDetailViews, failure);
  gtk_widget_class_bind_template_child (widget_class, SageDetailViews, bin);
}

static void
sage_detail_views_init (SageDetailViews *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show (SageDetailViews *self,
      const char      *view,
      gboolean         away,
      gboolean         deleted)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->views), view);
  adw_banner_set_revealed (ADW_BANNER (self->away_banner), away);
  adw_banner_set_revealed (ADW_BANNER (self->deleted_banner), deleted);
}

void
sage_detail_views_show_loading (SageDetailViews *self)
{
  show (self, "loading", FALSE, FALSE);
}

/* Returns: (transfer full): the sentence below the title of the page for what is not there */
static char *
describe_missing (SageResource *resource,
                  gboolean      deleted,
                  const char   *location)
{
  g_autofree char *name = sage_text_isolate (resource != NULL ? sage_resource_get_title (resource)
                                                              : location);

  if (resource == NULL)
    return g_strdup_printf (_("“%s” names nothing that an engine has."), name);
  if (deleted)
    return g_strdup_printf (_("“%s” is not on this engine any more."), name);

  return g_strdup_printf (_("“%s” is not on this engine. It may have been deleted, or be on another "
                            "one."), name);
}

/* @resource (nullable): what is not there, none if @location names nothing at all; @deleted: it was
 * there before */
void
sage_detail_views_show_missing (SageDetailViews *self,
                                SageResource    *resource,
                                gboolean         deleted,
                                const char      *location)
{
  AdwStatusPage *page = ADW_STATUS_PAGE (self->missing);
  g_autofree char *text = describe_missing (resource, deleted, location);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (resource != NULL)
    {
      SageKind kind = sage_resource_get_kind (resource);

      adw_status_page_set_icon_name (page, sage_words_kind_icon (kind));
      adw_status_page_set_title (page, deleted ? sage_detail_words_deleted (kind)
                                               : sage_detail_words_missing (kind));
    }
  else
    {
      adw_status_page_set_icon_name (page, "dialog-question-symbolic");
      adw_status_page_set_title (page, _("There is nothing to show here"));
    }

  adw_status_page_set_description (page, markup);
  show (self, "missing", FALSE, FALSE);
}

void
sage_detail_views_show_failure (SageDetailViews *self,
                                const GError    *error)
{
  AdwStatusPage *page = ADW_STATUS_PAGE (self->failure);
  gboolean away = g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_autofree char *text = sage_words_error (error);
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_LINE);
  g_autofree char *markup = g_markup_escape_text (shown, -1);

  adw_status_page_set_icon_name (page, away ? "network-offline-symbolic"
                                            : "dialog-warning-symbolic");
  adw_status_page_set_title (page, away ? _("The engine is away") : _("This cannot be shown"));
  adw_status_page_set_description (page, markup);
  show (self, "failure", FALSE, FALSE);
}

/* @away: whether the engine is, so that the content may be old */
void
sage_detail_views_show_content (SageDetailViews *self,
                                SageResource    *resource,
                                gboolean         away)
{
  gboolean deleted = sage_resource_get_deleted (resource);

  if (deleted)
    adw_banner_set_title (ADW_BANNER (self->deleted_banner),
                          sage_detail_words_last_state (sage_resource_get_kind (resource)));
  show (self, "content", away && !deleted, deleted);
}
