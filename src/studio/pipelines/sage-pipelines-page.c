/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-pipelines-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-pipelines-page.h"
#include "sage-run-beads.h"
#include "sage-start-dialog.h"
#include "sage-undo.h"

struct _SagePipelinesPage
{
  SageIndexPage     parent_instance;

  SageResourceList *pipelines; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SagePipelinesPage, sage_pipelines_page, SAGE_TYPE_INDEX_PAGE)

/* --- Columns ---------------------------------------------------------------------------------- */

static GtkWidget *
create_beads (SageIndexPage *page)
{
  return sage_run_beads_new (sage_page_get_connection (SAGE_PAGE (page)));
}

static void
bind_beads (GtkWidget    *widget,
            SageResource *row)
{
  sage_run_beads_set_pipeline (SAGE_RUN_BEADS (widget), sage_resource_get_name (row));
}

static void
unbind_beads (GtkWidget    *widget,
              SageResource *row)
{
  sage_run_beads_set_pipeline (SAGE_RUN_BEADS (widget), NULL);
}

static const SageColumn columns[] = {
  { .id = "name", .title = N_("Name"), .kind = SAGE_COLUMN_NAME, .expand = TRUE },
  { .id = "runs", .title = N_("Last executions"), .kind = SAGE_COLUMN_CUSTOM, .width = 260,
    .create = create_beads, .bind = bind_beads, .unbind = unbind_beads },
  { .id = "modified", .title = N_("Changed"), .kind = SAGE_COLUMN_TIME, .property = "modified" },
  { .id = "created", .title = N_("Created"), .kind = SAGE_COLUMN_TIME, .property = "created",
    .hidden = TRUE },
};

static char *
count_pipelines (guint n)
{
  return g_strdup_printf (g_dngettext (NULL, "%'u pipeline", "%'u pipelines", n), n);
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
start_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (SAGE_INDEX_PAGE (widget));
  g_autoptr(SageResource) row = g_list_model_get_item (rows, 0);

  if (row != NULL)
    sage_start_dialog_present (widget, sage_page_get_connection (SAGE_PAGE (widget)),
                               sage_resource_get_name (row));
}

static void
sage_pipelines_page_remove (SageIndexPage *page,
                            GListModel    *rows)
{
  sage_undo_remove (GTK_WIDGET (page), sage_page_get_connection (SAGE_PAGE (page)), rows);
}

static void
sage_pipelines_page_selection_changed (SageIndexPage *page)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (page);

  gtk_widget_action_set_enabled (GTK_WIDGET (page), "pipelines.start",
                                 g_list_model_get_n_items (rows) == 1);
}

/* --- The page --------------------------------------------------------------------------------- */

static GMenuModel *
make_row_menu (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("Start execution…"), "pipelines.start");

  return G_MENU_MODEL (menu);
}

static void
sage_pipelines_page_constructed (GObject *object)
{
  SagePipelinesPage *self = SAGE_PIPELINES_PAGE (object);
  SageIndexPage *page = SAGE_INDEX_PAGE (object);
  g_autoptr(GMenuModel) menu = make_row_menu ();

  G_OBJECT_CLASS (sage_pipelines_page_parent_class)->constructed (object);

  sage_page_set_title (SAGE_PAGE (self), _("Pipelines"));
  sage_page_set_icon_name (SAGE_PAGE (self), "sagebrush-pipeline-symbolic");
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    sage_index_page_add_column (page, &columns[i]);
  sage_index_page_set_count (page, count_pipelines);
  sage_index_page_set_empty (page, "sagebrush-pipeline-symbolic", _("No pipelines yet"),
                             _("Open a pipeline definition from your project, or create one with the "
                               "AWS CLI or boto3. Home has a sample to begin with."),
                             _("Go to Home"), "win.open::home");
  sage_index_page_add_bulk_action (page, _("Start execution…"), "media-playback-start-symbolic",
                                   "pipelines.start", FALSE);
  sage_index_page_set_row_menu (page, menu);

  self->pipelines = sage_connection_get_list (sage_page_get_connection (SAGE_PAGE (self)),
                                              SAGE_KIND_PIPELINE, NULL);
  sage_index_page_add_source (page, self->pipelines);
  sage_index_page_set_model (page, G_LIST_MODEL (self->pipelines));
}

static void
sage_pipelines_page_dispose (GObject *object)
{
  g_clear_object (&SAGE_PIPELINES_PAGE (object)->pipelines);

  G_OBJECT_CLASS (sage_pipelines_page_parent_class)->dispose (object);
}

static void
sage_pipelines_page_class_init (SagePipelinesPageClass *klass)
{
  SageIndexPageClass *index_class = SAGE_INDEX_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_pipelines_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_pipelines_page_dispose;
  index_class->remove = sage_pipelines_page_remove;
  index_class->selection_changed = sage_pipelines_page_selection_changed;

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "pipelines.start", NULL, start_action);
}

static void
sage_pipelines_page_init (SagePipelinesPage *self)
{
}
