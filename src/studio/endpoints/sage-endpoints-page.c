/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-endpoints-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-confirm.h"
#include "sage-deploy-dialog.h"
#include "sage-endpoint-rates.h"
#include "sage-endpoints-page.h"
#include "sage-rate-cell.h"
#include "sage-sight.h"

struct _SageEndpointsPage
{
  SageIndexPage      parent_instance;

  SageResourceList  *endpoints; /* (owned) */
  SageEndpointRates *rates;     /* (owned) */
  SageSight         *sight;     /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageEndpointsPage, sage_endpoints_page, SAGE_TYPE_INDEX_PAGE)

static GtkWidget *
create_rate (SageIndexPage *page)
{
  return sage_rate_cell_new (SAGE_ENDPOINTS_PAGE (page)->rates);
}

static void
bind_rate (GtkWidget    *widget,
           SageResource *row)
{
  sage_rate_cell_set_endpoint (SAGE_RATE_CELL (widget), sage_resource_get_name (row));
}

static void
unbind_rate (GtkWidget    *widget,
             SageResource *row)
{
  sage_rate_cell_set_endpoint (SAGE_RATE_CELL (widget), NULL);
}

static const SageColumn columns[] = {
  { .id = "name", .title = N_("Name"), .kind = SAGE_COLUMN_NAME, .expand = TRUE },
  { .id = "status", .title = N_("State"), .kind = SAGE_COLUMN_STATE },
  { .id = "requests", .title = N_("Requests"), .kind = SAGE_COLUMN_CUSTOM, .width = 200,
    .create = create_rate, .bind = bind_rate, .unbind = unbind_rate },
  { .id = "modified", .title = N_("Changed"), .kind = SAGE_COLUMN_TIME, .property = "modified" },
  { .id = "created", .title = N_("Created"), .kind = SAGE_COLUMN_TIME, .property = "created" },
};

static char *
count_endpoints (guint n)
{
  return g_strdup_printf (g_dngettext (NULL, "%'u endpoint", "%'u endpoints", n), n);
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
deploy_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  sage_deploy_dialog_present (widget, sage_page_get_connection (SAGE_PAGE (widget)), NULL, NULL);
}

static void
update_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (SAGE_INDEX_PAGE (widget));
  g_autoptr(SageResource) row = g_list_model_get_item (rows, 0);

  if (row != NULL)
    sage_deploy_dialog_present (widget, sage_page_get_connection (SAGE_PAGE (widget)), NULL,
                                sage_resource_get_name (row));
}

/* An endpoint that is deleted stops answering: that cannot be taken back. */
static void
sage_endpoints_page_remove (SageIndexPage *page,
                            GListModel    *rows)
{
  sage_confirm_remove_async (GTK_WIDGET (page), sage_page_get_connection (SAGE_PAGE (page)), rows,
                             NULL, NULL, NULL);
}

static void
sage_endpoints_page_selection_changed (SageIndexPage *page)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (page);

  gtk_widget_action_set_enabled (GTK_WIDGET (page), "endpoints.update",
                                 g_list_model_get_n_items (rows) == 1);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
update_rates (SageEndpointsPage *self)
{
  sage_endpoint_rates_set_active (self->rates, sage_sight_is_in_sight (self->sight));
}

static void
sage_endpoints_page_constructed (GObject *object)
{
  SageEndpointsPage *self = SAGE_ENDPOINTS_PAGE (object);
  SageIndexPage *page = SAGE_INDEX_PAGE (object);
  g_autoptr(GMenu) menu = g_menu_new ();

  G_OBJECT_CLASS (sage_endpoints_page_parent_class)->constructed (object);

  self->rates = sage_endpoint_rates_new (sage_page_get_connection (SAGE_PAGE (self)));
  self->sight = sage_sight_new (GTK_WIDGET (self));
  g_signal_connect_object (self->sight, "notify::in-sight", G_CALLBACK (update_rates), self,
                           G_CONNECT_SWAPPED);
  sage_page_set_title (SAGE_PAGE (self), _("Endpoints"));
  sage_page_set_icon_name (SAGE_PAGE (self), "sagebrush-endpoint-symbolic");
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    sage_index_page_add_column (page, &columns[i]);
  sage_index_page_set_count (page, count_endpoints);
  sage_index_page_set_state_word (page, SAGE_STATE_GOOD, _("In service"));
  sage_index_page_set_primary (page, _("Deploy a model…"), "endpoints.deploy");
  sage_index_page_set_empty (page, "sagebrush-endpoint-symbolic", _("No endpoints yet"),
                             _("An endpoint answers requests with an approved version of a model."),
                             _("Deploy a model…"), "endpoints.deploy");
  g_menu_append (menu, _("Deploy another version…"), "endpoints.update");
  sage_index_page_set_row_menu (page, G_MENU_MODEL (menu));

  self->endpoints = sage_connection_get_list (sage_page_get_connection (SAGE_PAGE (self)),
                                              SAGE_KIND_ENDPOINT, NULL);
  sage_index_page_add_source (page, self->endpoints);
  sage_index_page_set_model (page, G_LIST_MODEL (self->endpoints));
}

static void
sage_endpoints_page_dispose (GObject *object)
{
  SageEndpointsPage *self = SAGE_ENDPOINTS_PAGE (object);

  g_clear_object (&self->sight);
  if (self->rates != NULL)
    sage_endpoint_rates_set_active (self->rates, FALSE);
  g_clear_object (&self->endpoints);

  G_OBJECT_CLASS (sage_endpoints_page_parent_class)->dispose (object);
}

/* Cells that are made at the last moment still need the rates. */
static void
sage_endpoints_page_finalize (GObject *object)
{
  g_clear_object (&SAGE_ENDPOINTS_PAGE (object)->rates);

  G_OBJECT_CLASS (sage_endpoints_page_parent_class)->finalize (object);
}

static void
sage_endpoints_page_class_init (SageEndpointsPageClass *klass)
{
  SageIndexPageClass *index_class = SAGE_INDEX_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_endpoints_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_endpoints_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_endpoints_page_finalize;
  index_class->remove = sage_endpoints_page_remove;
  index_class->selection_changed = sage_endpoints_page_selection_changed;

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "endpoints.deploy", NULL,
                                   deploy_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "endpoints.update", NULL,
                                   update_action);
}

static void
sage_endpoints_page_init (SageEndpointsPage *self)
{
}
