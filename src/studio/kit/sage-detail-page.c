/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-detail-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-detail-header-private.h"
#include "sage-detail-page.h"
#include "sage-detail-views-private.h"
#include "sage-error.h"
#include "sage-text.h"
#include "sage-words.h"

typedef struct
{
  SageResource *resource;    /* (owned) (nullable): none for a location that names no thing */
  JsonObject   *description; /* (owned) (nullable): the one that update() got last */
  GError       *error;       /* (owned) (nullable): why there is no description */
  GCancellable *load;        /* (owned) (nullable): while the page asks for itself */
  guint         patience;    /* source id while the page waits for the connection to bring it */
  SageState     state;       /* the one that was told last */
  double        scroll;      /* where the overview is to be scrolled to once it is tall enough; 0 */
  gboolean      known;       /* the engine had it when the page was made */
  gboolean      watching;

  GtkWidget    *views;
  GtkWidget    *header;
  GtkWidget    *strip;
  GtkWidget    *switcher;
  GtkWidget    *tabs;
  GtkWidget    *overview; /* the scrolled window of the first tab */
  GtkWidget    *cards;
} SageDetailPagePrivate;

/* The connection brings the description; after this long the page asks why it does not. */
#define PATIENCE_MS 1500

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SageDetailPage, sage_detail_page, SAGE_TYPE_PAGE)

#define PRIVATE(self) ((SageDetailPagePrivate *) sage_detail_page_get_instance_private (self))

/* Whether the engine is not there and nobody is on the way to it for the first time. */
static gboolean
is_away (SageDetailPage *self)
{
  SageConnectionState state = sage_connection_get_state (sage_page_get_connection (SAGE_PAGE (self)));

  return state == SAGE_CONNECTION_AWAY || state == SAGE_CONNECTION_RECONNECTING;
}

static void
show_away (SageDetailPage *self)
{
  const GError *why = sage_connection_get_error (sage_page_get_connection (SAGE_PAGE (self)));
  g_autoptr(GError) error = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "Away");

  sage_detail_views_show_failure (SAGE_DETAIL_VIEWS (PRIVATE (self)->views),
                                  why != NULL ? why : error);
}

static void
update_view (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  SageDetailViews *views = SAGE_DETAIL_VIEWS (priv->views);
  gboolean deleted = priv->resource == NULL || sage_resource_get_deleted (priv->resource);

  sage_detail_header_set_over (SAGE_DETAIL_HEADER (priv->header), deleted);
  if (priv->description != NULL)
    sage_detail_views_show_content (views, priv->resource, is_away (self));
  else if (deleted || g_error_matches (priv->error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    sage_detail_views_show_missing (views, priv->resource, priv->known,
                                    sage_page_get_location (SAGE_PAGE (self)));
  else if (priv->error != NULL)
    sage_detail_views_show_failure (views, priv->error);
  else if (is_away (self))
    show_away (self);
  else
    sage_detail_views_show_loading (views);
}

/* --- Following the resource ------------------------------------------------------------------ */

/* While there was nothing to have the focus, what is around the page had it. */
static void
take_focus (SageDetailPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (GTK_WIDGET (self), focus))
    gtk_widget_grab_focus (PRIVATE (self)->switcher);
}

static void
description_cb (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  JsonObject *description = sage_resource_get_description (priv->resource);
  gboolean first = priv->description == NULL;

  if (description == NULL || description == priv->description)
    return;

  g_clear_pointer (&priv->description, json_object_unref);
  priv->description = json_object_ref (description);
  g_clear_error (&priv->error);
  if (SAGE_DETAIL_PAGE_GET_CLASS (self)->update != NULL)
    SAGE_DETAIL_PAGE_GET_CLASS (self)->update (self, description);

  update_view (self);
  if (first)
    take_focus (self);
}

/* Something that came to its end is told: by the tab while it is hidden, else to a screen reader. */
static void
state_cb (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  SageState before = priv->state;
  const char *status = sage_words_status (sage_resource_get_status (priv->resource));

  priv->state = sage_resource_get_state (priv->resource);
  if (before != SAGE_STATE_RUNNING || priv->state == SAGE_STATE_RUNNING || status[0] == '\0')
    return;

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      g_autofree char *name = sage_text_isolate (sage_resource_get_title (priv->resource));
      /* Translators: the name of a job or the like, and how it stands: "churn-1: Failed" */
      g_autofree char *text = g_strdup_printf (_("%s: %s"), name, status);

      sage_announce (GTK_WIDGET (self), text);
    }
  else
    sage_page_set_attention (SAGE_PAGE (self), TRUE);
}

static void
take_error (SageDetailPage *self,
            GError         *error)
{
  SageDetailPagePrivate *priv = PRIVATE (self);

  g_debug ("%s: %s", sage_page_get_location (SAGE_PAGE (self)), error->message);
  g_clear_object (&priv->load);
  g_clear_error (&priv->error);
  priv->error = error;
  update_view (self);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageDetailPage) self = user_data;
  SageDetailPagePrivate *priv = PRIVATE (self);
  g_autoptr(JsonObject) description = NULL;
  g_autoptr(GError) error = NULL;

  description = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (description == NULL)
    {
      take_error (self, g_steal_pointer (&error));
      return;
    }

  g_clear_object (&priv->load);
  sage_resource_set_description (priv->resource, description);
}

static void
describe (SageDetailPage *self,
          const char     *key)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  const SageKindInfo *info = sage_kind_info (sage_resource_get_kind (priv->resource));
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, info->describe_key, key);
  sage_connection_call_async (sage_page_get_connection (SAGE_PAGE (self)), info->describe, input,
                              priv->load, loaded_cb, g_object_ref (self));
}

static void
found_arn_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SageDetailPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *arn = sage_connection_find_arn_finish (SAGE_CONNECTION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (arn != NULL)
    describe (self, arn);
  else
    take_error (self, g_steal_pointer (&error));
}

/* Asks for the description itself, because the connection does not say why it has none. */
static void
load (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  SageKind kind;

  if (priv->resource == NULL || priv->description != NULL || priv->load != NULL)
    return;

  g_clear_error (&priv->error);
  update_view (self);
  priv->load = g_cancellable_new ();
  kind = sage_resource_get_kind (priv->resource);
  if (sage_kind_info (kind)->key_is_arn)
    sage_connection_find_arn_async (sage_page_get_connection (SAGE_PAGE (self)), kind,
                                    sage_resource_get_name (priv->resource), priv->load,
                                    found_arn_cb, g_object_ref (self));
  else
    describe (self, sage_resource_get_name (priv->resource));
}

static gboolean
patience_cb (gpointer user_data)
{
  SageDetailPage *self = user_data;

  PRIVATE (self)->patience = 0;
  if (!is_away (self))
    load (self);

  return G_SOURCE_REMOVE;
}

/* Gives the connection some time to bring the description. */
static void
wait_for_description (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);

  g_clear_error (&priv->error);
  update_view (self);
  g_clear_handle_id (&priv->patience, g_source_remove);
  if (priv->description == NULL)
    priv->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
}

static void
cancel_load (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);

  g_clear_handle_id (&priv->patience, g_source_remove);
  g_cancellable_cancel (priv->load);
  g_clear_object (&priv->load);
}

static void
connection_state_cb (SageDetailPage *self)
{
  if (PRIVATE (self)->watching && !is_away (self))
    wait_for_description (self);
  else
    update_view (self);
}

static void
sage_detail_page_map (GtkWidget *widget)
{
  SageDetailPage *self = SAGE_DETAIL_PAGE (widget);
  SageDetailPagePrivate *priv = PRIVATE (self);

  GTK_WIDGET_CLASS (sage_detail_page_parent_class)->map (widget);

  sage_page_set_attention (SAGE_PAGE (self), FALSE);
  if (priv->resource == NULL || priv->watching)
    return;

  priv->watching = TRUE;
  sage_connection_watch (sage_page_get_connection (SAGE_PAGE (self)), priv->resource);
  description_cb (self);
  wait_for_description (self);
}

static void
stop_watching (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);

  cancel_load (self);
  if (priv->watching)
    sage_connection_unwatch (sage_page_get_connection (SAGE_PAGE (self)), priv->resource);
  priv->watching = FALSE;
}

static void
sage_detail_page_unmap (GtkWidget *widget)
{
  stop_watching (SAGE_DETAIL_PAGE (widget));

  GTK_WIDGET_CLASS (sage_detail_page_parent_class)->unmap (widget);
}

/* --- Actions --------------------------------------------------------------------------------- */

static void
retry_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  sage_page_reconnect (SAGE_PAGE (widget));
  load (SAGE_DETAIL_PAGE (widget));
}

static void
close_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  sage_page_close (SAGE_PAGE (widget));
}

static void
copy_name_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageDetailPagePrivate *priv = PRIVATE (SAGE_DETAIL_PAGE (widget));

  if (priv->resource != NULL)
    sage_text_copy (widget, sage_resource_get_title (priv->resource));
}

static void
copy_arn_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageDetailPagePrivate *priv = PRIVATE (SAGE_DETAIL_PAGE (widget));

  if (priv->resource != NULL && sage_resource_get_arn (priv->resource) != NULL)
    sage_text_copy (widget, sage_resource_get_arn (priv->resource));
}

static void
update_arn_action (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "detail.copy-arn",
                                 sage_resource_get_arn (priv->resource) != NULL);
}

/* --- State that comes back ------------------------------------------------------------------- */

static GVariant *
sage_detail_page_save (SagePage *page)
{
  SageDetailPagePrivate *priv = PRIVATE (SAGE_DETAIL_PAGE (page));
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->overview));
  const char *tab = adw_view_stack_get_visible_child_name (ADW_VIEW_STACK (priv->tabs));
  double scroll = priv->scroll > 0 ? priv->scroll : gtk_adjustment_get_value (adjustment);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (tab != NULL)
    g_variant_builder_add (&builder, "{sv}", "tab", g_variant_new_string (tab));
  g_variant_builder_add (&builder, "{sv}", "scroll", g_variant_new_double (scroll));

  return g_variant_builder_end (&builder);
}

/* The overview grows as it is filled; it is scrolled when it is tall enough, or once it is touched
 * never more. */
static void
adjustment_changed_cb (SageDetailPage *self,
                       GtkAdjustment  *adjustment)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  double room = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (priv->scroll > 0 && room >= priv->scroll)
    {
      gtk_adjustment_set_value (adjustment, priv->scroll);
      priv->scroll = 0;
    }
}

static void
adjustment_value_cb (SageDetailPage *self,
                     GtkAdjustment  *adjustment)
{
  if (gtk_adjustment_get_value (adjustment) > 0)
    PRIVATE (self)->scroll = 0;
}

static void
sage_detail_page_restore (SagePage *page,
                          GVariant *state)
{
  SageDetailPage *self = SAGE_DETAIL_PAGE (page);
  SageDetailPagePrivate *priv = PRIVATE (self);
  const char *tab;
  double scroll;

  if (g_variant_lookup (state, "tab", "&s", &tab))
    sage_detail_page_show_tab (self, tab);
  if (g_variant_lookup (state, "scroll", "d", &scroll) && scroll > 0)
    {
      priv->scroll = scroll;
      adjustment_changed_cb (self, gtk_scrolled_window_get_vadjustment (
                                     GTK_SCROLLED_WINDOW (priv->overview)));
    }
}

/* Not the first that can have it: that is the name, which would then look as if it was edited. */
static GtkWidget *
sage_detail_page_get_focus (SagePage *page)
{
  SageDetailPagePrivate *priv = PRIVATE (SAGE_DETAIL_PAGE (page));

  return priv->description != NULL ? priv->switcher : NULL;
}

/* --- The object ------------------------------------------------------------------------------ */

/* The resource that the location names; none if it names none. */
static SageResource *
find_resource (SageDetailPage *self)
{
  const char *location = sage_page_get_location (SAGE_PAGE (self));
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));
  const char *slash = location != NULL ? strchr (location, '/') : NULL;
  g_autofree char *id = NULL;
  SageKind kind;

  if (connection == NULL || slash == NULL || slash[1] == '\0')
    return NULL;

  id = g_strndup (location, slash - location);
  if (!sage_kind_from_id (id, &kind) || sage_kind_info (kind)->describe == NULL)
    return NULL;

  return sage_connection_get_resource (connection, kind, slash + 1);
}

/* The user's name for it comes with its description. */
static void
title_cb (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  const char *title = sage_resource_get_title (priv->resource);

  sage_page_set_title (SAGE_PAGE (self), title);
  sage_detail_header_set_heading (SAGE_DETAIL_HEADER (priv->header), title);
}

static void
sage_detail_page_constructed (GObject *object)
{
  SageDetailPage *self = SAGE_DETAIL_PAGE (object);
  SageDetailPagePrivate *priv = PRIVATE (self);
  SageKind kind;

  G_OBJECT_CLASS (sage_detail_page_parent_class)->constructed (object);

  priv->resource = find_resource (self);
  if (priv->resource == NULL)
    {
      sage_page_set_title (SAGE_PAGE (self), sage_page_get_location (SAGE_PAGE (self)));
      sage_page_set_icon_name (SAGE_PAGE (self), "dialog-question-symbolic");
      update_view (self);
      return;
    }

  kind = sage_resource_get_kind (priv->resource);
  priv->state = sage_resource_get_state (priv->resource);
  priv->known = sage_resource_get_created (priv->resource) > 0
                && !sage_resource_get_deleted (priv->resource);
  sage_page_set_title (SAGE_PAGE (self), sage_resource_get_title (priv->resource));
  sage_page_set_icon_name (SAGE_PAGE (self), sage_words_kind_icon (kind));
  sage_page_set_selection (SAGE_PAGE (self), G_OBJECT (priv->resource));
  sage_detail_header_set_resource (SAGE_DETAIL_HEADER (priv->header), priv->resource);
  sage_detail_header_set_icon_name (SAGE_DETAIL_HEADER (priv->header), sage_words_kind_icon (kind));
  if (sage_kind_info (kind)->title != NULL)
    g_signal_connect_object (priv->resource, "notify::title", G_CALLBACK (title_cb), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->resource, "notify::description", G_CALLBACK (description_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->resource, "notify::deleted", G_CALLBACK (update_view), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->resource, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->resource, "notify::arn", G_CALLBACK (update_arn_action), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sage_page_get_connection (SAGE_PAGE (self)), "notify::state",
                           G_CALLBACK (connection_state_cb), self, G_CONNECT_SWAPPED);
  update_arn_action (self);
  update_view (self);
}

static void
sage_detail_page_dispose (GObject *object)
{
  SageDetailPage *self = SAGE_DETAIL_PAGE (object);
  SageDetailPagePrivate *priv = PRIVATE (self);

  stop_watching (self);
  g_clear_object (&priv->resource);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_DETAIL_PAGE);

  G_OBJECT_CLASS (sage_detail_page_parent_class)->dispose (object);
}

static void
sage_detail_page_finalize (GObject *object)
{
  SageDetailPagePrivate *priv = PRIVATE (SAGE_DETAIL_PAGE (object));

  g_clear_pointer (&priv->description, json_object_unref);
  g_clear_error (&priv->error);

  G_OBJECT_CLASS (sage_detail_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (SAGE_TYPE_CARDS);
  g_type_ensure (SAGE_TYPE_DETAIL_HEADER);
  g_type_ensure (SAGE_TYPE_DETAIL_VIEWS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-detail-page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, views);
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, header);
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, strip);
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, switcher);
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, tabs);
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, overview);
  gtk_widget_class_bind_template_child_private (widget_class, SageDetailPage, cards);
}

static void
sage_detail_page_class_init (SageDetailPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SagePageClass *page_class = SAGE_PAGE_CLASS (klass);

  object_class->constructed = sage_detail_page_constructed;
  object_class->dispose = sage_detail_page_dispose;
  object_class->finalize = sage_detail_page_finalize;
  widget_class->map = sage_detail_page_map;
  widget_class->unmap = sage_detail_page_unmap;
  page_class->save_state = sage_detail_page_save;
  page_class->restore_state = sage_detail_page_restore;
  page_class->get_default_focus = sage_detail_page_get_focus;

  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "detail.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "detail.close", NULL, close_action);
  gtk_widget_class_install_action (widget_class, "detail.copy-name", NULL, copy_name_action);
  gtk_widget_class_install_action (widget_class, "detail.copy-arn", NULL, copy_arn_action);
}

static void
sage_detail_page_init (SageDetailPage *self)
{
  SageDetailPagePrivate *priv = PRIVATE (self);
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->overview));
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (adjustment_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (adjustment_value_cb), self,
                           G_CONNECT_SWAPPED);
  sage_detail_page_set_menu (self, NULL);
}

/* --- What pages build on --------------------------------------------------------------------- */

/**
 * sage_detail_page_get_resource:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what the page is about; %NULL if its location names nothing
 */
SageResource *
sage_detail_page_get_resource (SageDetailPage *self)
{
  g_return_val_if_fail (SAGE_IS_DETAIL_PAGE (self), NULL);

  return PRIVATE (self)->resource;
}

/**
 * sage_detail_page_get_overview:
 * @self: a page
 *
 * Returns: (transfer none): the cards of the first tab, to which the page adds its own
 */
SageCards *
sage_detail_page_get_overview (SageDetailPage *self)
{
  g_return_val_if_fail (SAGE_IS_DETAIL_PAGE (self), NULL);

  return SAGE_CARDS (PRIVATE (self)->cards);
}

/**
 * sage_detail_page_add_tab:
 * @self: a page
 * @name: what the tab is called in the saved state; it never changes
 * @title: what it is called, translated
 * @icon_name: its symbolic icon, which stands alone where there is little room
 * @child: (transfer floating): what it shows; it scrolls by itself
 */
void
sage_detail_page_add_tab (SageDetailPage *self,
                          const char     *name,
                          const char     *title,
                          const char     *icon_name,
                          GtkWidget      *child)
{
  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  adw_view_stack_add_titled_with_icon (ADW_VIEW_STACK (PRIVATE (self)->tabs), child, name, title,
                                       icon_name);
}

/**
 * sage_detail_page_show_tab:
 * @self: a page
 * @name: the name of a tab, or `overview`; one that is not there changes nothing
 */
void
sage_detail_page_show_tab (SageDetailPage *self,
                           const char     *name)
{
  AdwViewStack *tabs;

  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));

  tabs = ADW_VIEW_STACK (PRIVATE (self)->tabs);
  if (adw_view_stack_get_child_by_name (tabs, name) != NULL)
    adw_view_stack_set_visible_child_name (tabs, name);
}

/**
 * sage_detail_page_set_heading:
 * @self: a page
 * @text: what the header calls the thing, instead of its title
 *
 * For things whose title says little: a version is a number.
 */
void
sage_detail_page_set_heading (SageDetailPage *self,
                              const char     *text)
{
  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));
  g_return_if_fail (text != NULL);

  sage_detail_header_set_heading (SAGE_DETAIL_HEADER (PRIVATE (self)->header), text);
}

/**
 * sage_detail_page_set_facts:
 * @self: a page
 * @text: (nullable): the one line of facts beside the state, e.g. "ml.m5.large · 4 min 12 s"
 */
void
sage_detail_page_set_facts (SageDetailPage *self,
                            const char     *text)
{
  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));

  sage_detail_header_set_facts (SAGE_DETAIL_HEADER (PRIVATE (self)->header), text);
}

/**
 * sage_detail_page_set_primary:
 * @self: a page
 * @label: (nullable): the verb on the button, translated; %NULL takes the button away
 * @action_name: (nullable): the action of the page's class that it activates
 * @style: (nullable): `suggested-action` or `destructive-action`
 */
void
sage_detail_page_set_primary (SageDetailPage *self,
                              const char     *label,
                              const char     *action_name,
                              const char     *style)
{
  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));

  sage_detail_header_set_primary (SAGE_DETAIL_HEADER (PRIVATE (self)->header), label, action_name,
                                  style);
}

/**
 * sage_detail_page_add_secondary:
 * @self: a page
 * @label: the verb, translated
 * @icon_name: a symbolic icon, which stands alone where there is little room
 * @action_name: the action of the page's class that it activates
 *
 * Adds a button beside the primary one. Two of them are enough; the rest goes into the menu.
 */
void
sage_detail_page_add_secondary (SageDetailPage *self,
                                const char     *label,
                                const char     *icon_name,
                                const char     *action_name)
{
  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));

  sage_detail_header_add_secondary (SAGE_DETAIL_HEADER (PRIVATE (self)->header), label, icon_name,
                                    action_name);
}

/**
 * sage_detail_page_set_menu:
 * @self: a page
 * @menu: (nullable): what else can be done, in the overflow menu above what every page offers there
 */
void
sage_detail_page_set_menu (SageDetailPage *self,
                           GMenuModel     *menu)
{
  g_autoptr(GMenu) whole = g_menu_new ();
  g_autoptr(GMenu) common = g_menu_new ();

  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));

  g_menu_append (common, _("Copy _Name"), "detail.copy-name");
  g_menu_append (common, _("Copy _ARN"), "detail.copy-arn");
  if (menu != NULL)
    g_menu_append_section (whole, NULL, menu);
  g_menu_append_section (whole, NULL, G_MENU_MODEL (common));
  sage_detail_header_set_menu (SAGE_DETAIL_HEADER (PRIVATE (self)->header), G_MENU_MODEL (whole));
}

/**
 * sage_detail_page_set_strip:
 * @self: a page
 * @strip: (nullable) (transfer floating): what stands between the header and the tabs: a timeline
 */
void
sage_detail_page_set_strip (SageDetailPage *self,
                            GtkWidget      *strip)
{
  SageDetailPagePrivate *priv = PRIVATE (self);

  g_return_if_fail (SAGE_IS_DETAIL_PAGE (self));

  adw_bin_set_child (ADW_BIN (priv->strip), strip);
  gtk_widget_set_visible (priv->strip, strip != NULL);
}
