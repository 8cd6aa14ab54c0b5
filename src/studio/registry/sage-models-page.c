/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-models-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-group-cell.h"
#include "sage-models-page.h"
#include "sage-undo.h"

struct _SageModelsPage
{
  SageIndexPage     parent_instance;

  SageResourceList *groups;   /* (owned) */
  SageResourceList *packages; /* (owned): the versions of all groups */
  SageGroupDigest  *digest;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageModelsPage, sage_models_page, SAGE_TYPE_INDEX_PAGE)

/* --- Columns ---------------------------------------------------------------------------------- */

static GtkWidget *
create_approved (SageIndexPage *page)
{
  return sage_group_cell_new (SAGE_MODELS_PAGE (page)->digest, SAGE_GROUP_APPROVED);
}

static GtkWidget *
create_waiting (SageIndexPage *page)
{
  return sage_group_cell_new (SAGE_MODELS_PAGE (page)->digest, SAGE_GROUP_WAITING);
}

static GtkWidget *
create_latest (SageIndexPage *page)
{
  return sage_group_cell_new (SAGE_MODELS_PAGE (page)->digest, SAGE_GROUP_LATEST);
}

static void
bind_group (GtkWidget    *widget,
            SageResource *row)
{
  sage_group_cell_set_group (SAGE_GROUP_CELL (widget), sage_resource_get_name (row));
}

static void
unbind_group (GtkWidget    *widget,
              SageResource *row)
{
  sage_group_cell_set_group (SAGE_GROUP_CELL (widget), NULL);
}

static const SageColumn columns[] = {
  { .id = "name", .title = N_("Name"), .kind = SAGE_COLUMN_NAME, .expand = TRUE },
  { .id = "waiting", .title = N_("Waiting"), .kind = SAGE_COLUMN_CUSTOM, .width = 120,
    .create = create_waiting, .bind = bind_group, .unbind = unbind_group },
  { .id = "approved", .title = N_("Approved"), .kind = SAGE_COLUMN_CUSTOM, .width = 120,
    .create = create_approved, .bind = bind_group, .unbind = unbind_group },
  { .id = "latest", .title = N_("Latest version"), .kind = SAGE_COLUMN_CUSTOM, .width = 130,
    .create = create_latest, .bind = bind_group, .unbind = unbind_group },
  { .id = "created", .title = N_("Created"), .kind = SAGE_COLUMN_TIME, .property = "created",
    .hidden = TRUE },
};

static char *
count_groups (guint n)
{
  return g_strdup_printf (g_dngettext (NULL, "%'u model group", "%'u model groups", n), n);
}

static void
sage_models_page_remove (SageIndexPage *page,
                         GListModel    *rows)
{
  sage_undo_remove (GTK_WIDGET (page), sage_page_get_connection (SAGE_PAGE (page)), rows);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
sage_models_page_constructed (GObject *object)
{
  SageModelsPage *self = SAGE_MODELS_PAGE (object);
  SageIndexPage *page = SAGE_INDEX_PAGE (object);
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (object));
  g_autoptr(GtkFilterListModel) shown = NULL;
  g_autoptr(GtkFilterListModel) versions = NULL;

  G_OBJECT_CLASS (sage_models_page_parent_class)->constructed (object);

  self->groups = sage_connection_get_list (connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  self->packages = sage_connection_get_list (connection, SAGE_KIND_PACKAGE, NULL);
  versions = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->packages)),
                                        sage_undo_filter_new ());
  self->digest = sage_group_digest_new (connection, G_LIST_MODEL (versions));

  sage_page_set_title (SAGE_PAGE (self), _("Models"));
  sage_page_set_icon_name (SAGE_PAGE (self), "sagebrush-model-symbolic");
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    sage_index_page_add_column (page, &columns[i]);
  sage_index_page_set_count (page, count_groups);
  sage_index_page_set_empty (page, "sagebrush-model-symbolic", _("No models yet"),
                             _("A pipeline with a RegisterModel step puts versions of a model here, "
                               "to be approved and deployed. Home has a sample to begin with."),
                             _("Go to Home"), "win.open::home");

  sage_index_page_add_source (page, self->groups);
  shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->groups)),
                                     sage_undo_filter_new ());
  sage_index_page_set_model (page, G_LIST_MODEL (shown));
}

static void
sage_models_page_dispose (GObject *object)
{
  SageModelsPage *self = SAGE_MODELS_PAGE (object);

  g_clear_object (&self->digest);
  g_clear_object (&self->packages);
  g_clear_object (&self->groups);

  G_OBJECT_CLASS (sage_models_page_parent_class)->dispose (object);
}

static void
sage_models_page_class_init (SageModelsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = sage_models_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_models_page_dispose;
  SAGE_INDEX_PAGE_CLASS (klass)->remove = sage_models_page_remove;
}

static void
sage_models_page_init (SageModelsPage *self)
{
}
