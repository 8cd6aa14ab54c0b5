/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jobs-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-jobs-page.h"
#include "sage-undo.h"
#include "sage-words.h"

/* In the order of the toggles, after "All". */
static const SageKind kinds[] = { SAGE_KIND_TRAINING_JOB, SAGE_KIND_PROCESSING_JOB };

struct _SageJobsPage
{
  SageIndexPage   parent_instance;

  GPtrArray      *lists;  /* (owned): of SageResourceList, by kinds[] */
  AdwToggleGroup *toggle; /* which kind is shown */
};

G_DEFINE_FINAL_TYPE (SageJobsPage, sage_jobs_page, SAGE_TYPE_INDEX_PAGE)

/* --- Columns ---------------------------------------------------------------------------------- */

static char *
kind_text (SageIndexPage *page,
           SageResource  *row)
{
  return g_strdup (sage_words_kind (sage_resource_get_kind (row)));
}

static const SageColumn columns[] = {
  { .id = "name", .title = N_("Name"), .kind = SAGE_COLUMN_NAME, .expand = TRUE },
  { .id = "kind", .title = N_("Kind"), .kind = SAGE_COLUMN_TEXT, .width = 140,
    .text = kind_text },
  { .id = "status", .title = N_("State"), .kind = SAGE_COLUMN_STATE },
  { .id = "created", .title = N_("Created"), .kind = SAGE_COLUMN_TIME, .property = "created" },
  { .id = "duration", .title = N_("Took"), .kind = SAGE_COLUMN_DURATION },
};

static char *
count_jobs (guint n)
{
  return g_strdup_printf (g_dngettext (NULL, "%'u job", "%'u jobs", n), n);
}

static gboolean
is_shown (SageIndexPage *page,
          SageResource  *row)
{
  guint active = adw_toggle_group_get_active (SAGE_JOBS_PAGE (page)->toggle);

  if (sage_undo_is_pending (row))
    return FALSE;

  return active == 0 || active > G_N_ELEMENTS (kinds)
         || sage_resource_get_kind (row) == kinds[active - 1];
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
stopped_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (!sage_connection_act_finish (SAGE_CONNECTION (object), result, &error))
    sage_toast_error (widget, _("Could not stop the job"), error);
}

static void
stop_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (SAGE_INDEX_PAGE (widget));
  guint n = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (rows, i);

      if (sage_resource_get_state (row) != SAGE_STATE_RUNNING)
        continue;
      n++;
      sage_connection_stop_async (sage_page_get_connection (SAGE_PAGE (widget)), row, NULL,
                                  stopped_cb, g_object_ref (widget));
    }
  text = g_strdup_printf (g_dngettext (NULL, "Stopping %u job", "Stopping %u jobs", n), n);
  if (n > 0)
    sage_toast (widget, text);
}

static void
clone_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (SAGE_INDEX_PAGE (widget));
  g_autoptr(SageResource) row = g_list_model_get_item (rows, 0);
  g_autofree char *own = row != NULL ? sage_resource_dup_location (row) : NULL;
  g_autofree char *location = own != NULL ? g_strconcat ("new-job/", own, NULL) : NULL;

  if (location != NULL)
    gtk_widget_activate_action (widget, "win.open", "s", location);
}

static void
show_log_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (SAGE_INDEX_PAGE (widget));
  g_autoptr(SageResource) row = g_list_model_get_item (rows, 0);
  g_autofree char *location = row != NULL ? sage_resource_dup_location (row) : NULL;

  if (location != NULL)
    gtk_widget_activate_action (widget, "win.show-log", "s", location);
}

static void
sage_jobs_page_remove (SageIndexPage *page,
                       GListModel    *rows)
{
  sage_undo_remove (GTK_WIDGET (page), sage_page_get_connection (SAGE_PAGE (page)), rows);
  sage_index_page_refilter (page);
}

static void
sage_jobs_page_selection_changed (SageIndexPage *page)
{
  g_autoptr(GListModel) rows = sage_index_page_dup_selected (page);
  guint n = g_list_model_get_n_items (rows);
  gboolean running = FALSE;

  for (guint i = 0; i < n && !running; i++)
    {
      g_autoptr(SageResource) row = g_list_model_get_item (rows, i);

      running = sage_resource_get_state (row) == SAGE_STATE_RUNNING;
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "jobs.stop", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "jobs.clone", n == 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "jobs.show-log", n == 1);
}

/* --- The page --------------------------------------------------------------------------------- */

static GMenuModel *
make_row_menu (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("Show log"), "jobs.show-log");
  g_menu_append (menu, _("Clone and edit…"), "jobs.clone");
  g_menu_append (menu, _("Stop"), "jobs.stop");

  return G_MENU_MODEL (menu);
}

static void
add_toggle (SageJobsPage *self,
            const char   *name,
            const char   *label)
{
  AdwToggle *toggle = adw_toggle_new ();

  adw_toggle_set_name (toggle, name);
  adw_toggle_set_label (toggle, label);
  adw_toggle_group_add (self->toggle, toggle);
}

static void
set_up_toggle (SageJobsPage *self)
{
  self->toggle = ADW_TOGGLE_GROUP (adw_toggle_group_new ());
  add_toggle (self, "all", _("All"));
  add_toggle (self, "training", _("Training"));
  add_toggle (self, "processing", _("Processing"));
  adw_toggle_group_set_active (self->toggle, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Kind of job"), -1);
  g_signal_connect_object (self->toggle, "notify::active", G_CALLBACK (sage_index_page_refilter),
                           self, G_CONNECT_SWAPPED);
  sage_index_page_add_filter_widget (SAGE_INDEX_PAGE (self), GTK_WIDGET (self->toggle));
  sage_index_page_set_filter_func (SAGE_INDEX_PAGE (self), is_shown);
}

/* All kinds in one model; each row knows its own. */
static void
set_up_model (SageJobsPage *self)
{
  SageIndexPage *page = SAGE_INDEX_PAGE (self);
  GListStore *models = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr(GtkFlattenListModel) rows = gtk_flatten_list_model_new (G_LIST_MODEL (models));

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      SageResourceList *list = sage_connection_get_list (sage_page_get_connection (SAGE_PAGE (self)),
                                                         kinds[i], NULL);

      g_ptr_array_add (self->lists, list);
      g_list_store_append (models, list);
      sage_index_page_add_source (page, list);
    }
  sage_index_page_set_model (page, G_LIST_MODEL (rows));
}

static void
sage_jobs_page_constructed (GObject *object)
{
  SageJobsPage *self = SAGE_JOBS_PAGE (object);
  SageIndexPage *page = SAGE_INDEX_PAGE (object);
  g_autoptr(GMenuModel) menu = make_row_menu ();

  G_OBJECT_CLASS (sage_jobs_page_parent_class)->constructed (object);

  sage_page_set_title (SAGE_PAGE (self), _("Jobs"));
  sage_page_set_icon_name (SAGE_PAGE (self), "sagebrush-jobs-symbolic");
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    sage_index_page_add_column (page, &columns[i]);
  sage_index_page_set_count (page, count_jobs);
  sage_index_page_set_primary (page, _("New training job…"), "win.open::new-job/training-job");
  sage_index_page_set_empty (page, "sagebrush-jobs-symbolic", _("No jobs yet"),
                             _("Training and processing jobs appear here as soon as they are created, "
                               "here, by a pipeline, or by the AWS CLI or boto3."),
                             _("New training job…"), "win.open::new-job/training-job");
  sage_index_page_add_bulk_action (page, _("Stop"), "media-playback-stop-symbolic", "jobs.stop",
                                   FALSE);
  sage_index_page_set_row_menu (page, menu);
  set_up_toggle (self);
  set_up_model (self);
}

static void
sage_jobs_page_dispose (GObject *object)
{
  g_clear_pointer (&SAGE_JOBS_PAGE (object)->lists, g_ptr_array_unref);

  G_OBJECT_CLASS (sage_jobs_page_parent_class)->dispose (object);
}

static void
sage_jobs_page_class_init (SageJobsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SageIndexPageClass *index_class = SAGE_INDEX_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_jobs_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_jobs_page_dispose;
  index_class->remove = sage_jobs_page_remove;
  index_class->selection_changed = sage_jobs_page_selection_changed;

  gtk_widget_class_install_action (widget_class, "jobs.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "jobs.clone", NULL, clone_action);
  gtk_widget_class_install_action (widget_class, "jobs.show-log", NULL, show_log_action);
}

static void
sage_jobs_page_init (SageJobsPage *self)
{
  self->lists = g_ptr_array_new_with_free_func (g_object_unref);
}
