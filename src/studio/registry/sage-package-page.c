/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-package-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-champion.h"
#include "sage-comparison-view.h"
#include "sage-comparison.h"
#include "sage-deploy-dialog.h"
#include "sage-facts.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "sage-metrics-load.h"
#include "sage-package-page.h"
#include "sage-text.h"
#include "sage-undo.h"
#include "sage-verdict-bar.h"
#include "sage-words.h"

/* One of the two that are compared: its numbers, once they are read. */
typedef struct
{
  char      *uri;     /* (owned) (nullable): where the report is that was asked for */
  GPtrArray *metrics; /* (owned) (nullable): of SageMetric */
  char      *problem; /* (owned) (nullable): why there are none */
  gboolean   loading;
} Side;

struct _SagePackagePage
{
  SageDetailPage      parent_instance;

  GCancellable       *cancellable; /* (owned) */
  SageResourceList   *versions;    /* (owned) (nullable): of the group */
  SageResource       *champion;    /* (owned) (nullable): watched */
  Side                sides[2];    /* of this version, of the champion */

  SageComparisonView *comparison;
  SageVerdictBar     *verdict;
  SageFacts          *facts;
  SageFacts          *inference;
  SageFacts          *metadata;
  SageJsonView       *json;
};

G_DEFINE_FINAL_TYPE (SagePackagePage, sage_package_page, SAGE_TYPE_DETAIL_PAGE)

static SageConnection *
connection_of (SagePackagePage *self)
{
  return sage_page_get_connection (SAGE_PAGE (self));
}

static SageResource *
resource_of (SagePackagePage *self)
{
  return sage_detail_page_get_resource (SAGE_DETAIL_PAGE (self));
}

static void
side_clear (Side *side)
{
  g_clear_pointer (&side->uri, g_free);
  g_clear_pointer (&side->metrics, g_ptr_array_unref);
  g_clear_pointer (&side->problem, g_free);
  side->loading = FALSE;
}

/* --- The comparison --------------------------------------------------------------------------- */

static char *
metrics_note (SagePackagePage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if (self->sides[i].loading)
      return g_strdup (_("Reading the metrics…"));

  if (self->sides[0].problem != NULL)
    /* Translators: what went wrong */
    return g_strdup_printf (_("The metrics could not be read: %s"), self->sides[0].problem);
  if (self->sides[0].uri == NULL)
    return g_strdup (_("No metrics were registered with this version. A RegisterModel step takes "
                       "them from an evaluation report as ModelMetrics."));
  if (self->sides[1].problem != NULL)
    return g_strdup_printf (_("The metrics of the approved version could not be read: %s"),
                            self->sides[1].problem);
  if (self->sides[0].metrics != NULL && self->sides[0].metrics->len == 0)
    return g_strdup (_("The evaluation report has no numbers."));

  return NULL;
}

static void
show_metrics (SagePackagePage *self)
{
  g_autofree char *note = metrics_note (self);
  g_autoptr(GPtrArray) rows = sage_comparison_metrics (self->sides[0].metrics,
                                                       self->sides[1].metrics);

  sage_comparison_view_set_metrics (self->comparison, rows, note);
}

typedef struct
{
  SagePackagePage *page; /* (owned) */
  guint            side;
  char            *uri;  /* (owned) */
} Load;

static void
metrics_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Load *load = user_data;
  g_autoptr(SagePackagePage) self = load->page;
  g_autofree char *uri = load->uri;
  Side *side = &self->sides[load->side];
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) metrics = NULL;

  g_free (load);
  metrics = sage_metrics_load_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_strcmp0 (side->uri, uri) != 0) /* another version is compared by now */
    return;

  side->loading = FALSE;
  side->metrics = g_steal_pointer (&metrics);
  if (error != NULL)
    {
      g_autofree char *why = sage_words_error (error);

      /* Translators: where something is in S3: why it could not be read */
      side->problem = g_strdup_printf (_("%s: %s"), uri, why);
    }
  show_metrics (self);
}

static void
load_side (SagePackagePage *self,
           guint            index,
           JsonObject      *description)
{
  Side *side = &self->sides[index];
  const char *uri = description != NULL ? sage_metrics_uri (description) : NULL;
  Load *load;

  if (g_strcmp0 (uri, side->uri) == 0 && side->problem == NULL)
    return;

  side_clear (side);
  if (uri == NULL)
    return;

  side->uri = g_strdup (uri);
  side->loading = TRUE;
  load = g_new0 (Load, 1);
  load->page = g_object_ref (self);
  load->side = index;
  load->uri = g_strdup (uri);
  sage_metrics_load_async (connection_of (self), uri, self->cancellable, metrics_cb, load);
}

static void
show_comparison (SagePackagePage *self)
{
  JsonObject *candidate = sage_resource_get_description (resource_of (self));
  JsonObject *champion = self->champion != NULL ? sage_resource_get_description (self->champion)
                                                : NULL;
  g_autoptr(GPtrArray) facts = NULL;

  if (candidate == NULL)
    return;

  sage_comparison_view_set_sides (self->comparison, resource_of (self),
                                  champion != NULL ? self->champion : NULL);
  facts = sage_comparison_facts (candidate, champion);
  sage_comparison_view_set_facts (self->comparison, facts);
  load_side (self, 0, candidate);
  load_side (self, 1, champion);
  show_metrics (self);
}

static void
forget_champion (SagePackagePage *self)
{
  if (self->champion == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->champion, self);
  sage_connection_unwatch (connection_of (self), self->champion);
  g_clear_object (&self->champion);
}

static void
versions_cb (SagePackagePage *self)
{
  SageResource *champion = sage_champion_find (G_LIST_MODEL (self->versions), resource_of (self));

  if (champion == self->champion)
    return;

  forget_champion (self);
  if (champion != NULL)
    {
      self->champion = g_object_ref (champion);
      g_signal_connect_swapped (champion, "notify::description", G_CALLBACK (show_comparison), self);
      sage_connection_watch (connection_of (self), champion);
    }
  show_comparison (self);
}

/* An approval of another version may make it the one to compare with. */
static void
event_cb (SagePackagePage *self,
          SageResource    *resource)
{
  if (sage_resource_get_kind (resource) == SAGE_KIND_PACKAGE && resource != resource_of (self))
    versions_cb (self);
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
deploy_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SagePackagePage *self = SAGE_PACKAGE_PAGE (widget);

  sage_deploy_dialog_present (widget, connection_of (self), resource_of (self), NULL);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SagePackagePage *self = SAGE_PACKAGE_PAGE (widget);
  g_autoptr(GListStore) one = g_list_store_new (SAGE_TYPE_RESOURCE);

  g_list_store_append (one, resource_of (self));
  sage_undo_remove (widget, connection_of (self), G_LIST_MODEL (one));
}

static void
open_group_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  g_autofree char *group = sage_version_group (resource_of (SAGE_PACKAGE_PAGE (widget)));
  g_autofree char *location = NULL;

  if (group == NULL)
    return;

  location = g_strconcat ("model-package-group/", group, NULL);
  gtk_widget_activate_action (widget, "win.open", "s", location);
}

static void
update_actions (SagePackagePage *self)
{
  gboolean approved = g_strcmp0 (sage_resource_get_approval (resource_of (self)), "Approved") == 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "package.deploy", approved);
  if (approved)
    sage_detail_page_set_primary (SAGE_DETAIL_PAGE (self), _("Deploy…"), "package.deploy",
                                  "suggested-action");
  else
    sage_detail_page_set_primary (SAGE_DETAIL_PAGE (self), NULL, NULL, NULL);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
show_facts (SagePackagePage *self,
            JsonObject      *description)
{
  JsonObject *creator = sage_json_object (description, "CreatedBy");
  g_autofree char *group = sage_version_group (resource_of (self));
  g_autofree char *location = group != NULL ? g_strconcat ("model-package-group/", group, NULL)
                                            : NULL;
  g_autofree char *job = sage_comparison_training_job (description);
  g_autofree char *job_location = job != NULL ? g_strconcat ("training-job/", job, NULL) : NULL;

  sage_facts_set_link (self->facts, "group", _("Model group"),
                       sage_json_string (description, "ModelPackageGroupName", group), location);
  sage_facts_set_state (self->facts, "state", _("State"), resource_of (self));
  sage_facts_set_text (self->facts, "description", _("Description"),
                       sage_json_string (description, "ModelPackageDescription", NULL));
  sage_facts_set_time (self->facts, "created", _("Created"),
                       sage_json_double (description, "CreationTime", 0));
  sage_facts_set_identifier (self->facts, "creator", _("Created by"),
                             creator != NULL ? sage_json_string (creator, "UserProfileName", NULL)
                                             : NULL);
  sage_facts_set_time (self->facts, "changed", _("Changed"),
                       sage_json_double (description, "LastModifiedTime", 0));
  sage_facts_set_link (self->facts, "job", _("Training job"), job, job_location);
  sage_facts_set_s3 (self->facts, "report", _("Evaluation report"), sage_metrics_uri (description));
  sage_facts_set_identifier (self->facts, "arn", _("ARN"),
                             sage_json_string (description, "ModelPackageArn", NULL));
}

/* "text/csv, application/json" */
static char *
join_members (JsonObject *object,
              const char *member)
{
  JsonArray *array = sage_json_array (object, member);
  g_autoptr(GString) line = g_string_new (NULL);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *word = sage_json_array_string (array, i);

      if (word != NULL)
        g_string_append_printf (line, "%s%s", line->len > 0 ? ", " : "", word);
    }

  return g_string_free_and_steal (g_steal_pointer (&line));
}

static void
show_inference (SagePackagePage *self,
                JsonObject      *description)
{
  static const struct
  {
    const char *member;
    const char *label;
  } lists[] = {
    { "SupportedContentTypes", N_("Takes") },
    { "SupportedResponseMIMETypes", N_("Answers") },
    { "SupportedRealtimeInferenceInstanceTypes", N_("Instances") },
  };
  JsonObject *inference = sage_json_object (description, "InferenceSpecification");
  JsonArray *containers = inference != NULL ? sage_json_array (inference, "Containers") : NULL;
  JsonObject *container = containers != NULL ? sage_json_array_object (containers, 0) : NULL;

  if (container != NULL)
    {
      sage_facts_set_identifier (self->inference, "image", _("Image"),
                                 sage_json_string (container, "Image", NULL));
      sage_facts_set_s3 (self->inference, "data", _("Model data"),
                         sage_json_string (container, "ModelDataUrl", NULL));
    }
  for (gsize i = 0; inference != NULL && i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *text = join_members (inference, lists[i].member);

      sage_facts_set_text (self->inference, lists[i].member, _(lists[i].label), text);
    }
}

static void
show_metadata (SagePackagePage *self,
               JsonObject      *description)
{
  JsonObject *properties = sage_json_object (description, "CustomerMetadataProperties");
  JsonObjectIter iter;
  const char *name;

  sage_facts_clear (self->metadata);
  if (properties == NULL)
    return;

  json_object_iter_init_ordered (&iter, properties);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    sage_facts_set_text (self->metadata, name, name, sage_json_string (properties, name, NULL));
}

static void
show_titles (SagePackagePage *self,
             const char      *group)
{
  const char *version = sage_resource_get_title (resource_of (self));
  g_autofree char *isolated = sage_text_isolate (group);
  /* Translators: the name of a model group and the number of a version in it, for a tab */
  g_autofree char *title = g_strdup_printf (C_("model version", "%s %s"), isolated, version);
  /* Translators: the number of a version */
  g_autofree char *heading = g_strdup_printf (_("Version %s"), version);

  sage_page_set_title (SAGE_PAGE (self), title);
  sage_detail_page_set_heading (SAGE_DETAIL_PAGE (self), heading);
}

static void
sage_package_page_update (SageDetailPage *page,
                          JsonObject     *description)
{
  SagePackagePage *self = SAGE_PACKAGE_PAGE (page);
  const char *group = sage_json_string (description, "ModelPackageGroupName", NULL);

  if (group != NULL)
    {
      show_titles (self, group);
      sage_detail_page_set_facts (page, group);
    }
  show_facts (self, description);
  show_inference (self, description);
  show_metadata (self, description);
  sage_json_view_set_object (self->json, description);
  sage_verdict_bar_update (self->verdict, description);
  show_comparison (self);
  update_actions (self);
}

static GtkWidget *
make_review (SagePackagePage *self)
{
  GtkWidget *view = adw_toolbar_view_new ();

  self->comparison = SAGE_COMPARISON_VIEW (sage_comparison_view_new (connection_of (self)));
  self->verdict = SAGE_VERDICT_BAR (sage_verdict_bar_new (connection_of (self), resource_of (self)));
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), FALSE);
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), GTK_WIDGET (self->comparison));
  adw_toolbar_view_add_bottom_bar (ADW_TOOLBAR_VIEW (view), GTK_WIDGET (self->verdict));
  adw_toolbar_view_set_bottom_bar_style (ADW_TOOLBAR_VIEW (view), ADW_TOOLBAR_RAISED_BORDER);

  return view;
}

static void
sage_package_page_constructed (GObject *object)
{
  SagePackagePage *self = SAGE_PACKAGE_PAGE (object);
  SageDetailPage *page = SAGE_DETAIL_PAGE (object);
  g_autofree char *group = NULL;

  G_OBJECT_CLASS (sage_package_page_parent_class)->constructed (object);
  if (resource_of (self) == NULL)
    return; /* the location names no version; the page says so */

  sage_detail_page_add_tab (page, "review", _("Review"), "sagebrush-register-symbolic",
                            make_review (self));
  self->json = SAGE_JSON_VIEW (sage_json_view_new ());
  sage_detail_page_add_tab (page, "configuration", _("Configuration"), "text-x-generic-symbolic",
                            GTK_WIDGET (self->json));
  sage_detail_page_show_tab (page, "review");
  g_signal_connect_object (resource_of (self), "notify::approval", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);

  group = sage_version_group (resource_of (self));
  if (group == NULL)
    return;

  show_titles (self, group); /* before the description, so that the tab has its name at once */
  self->versions = sage_connection_get_list (connection_of (self), SAGE_KIND_PACKAGE, group);
  g_signal_connect_object (self->versions, "items-changed", G_CALLBACK (versions_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection_of (self), "event", G_CALLBACK (event_cb), self,
                           G_CONNECT_SWAPPED);
  versions_cb (self);
}

static void
sage_package_page_dispose (GObject *object)
{
  SagePackagePage *self = SAGE_PACKAGE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  forget_champion (self);
  g_clear_object (&self->versions);

  G_OBJECT_CLASS (sage_package_page_parent_class)->dispose (object);
}

static void
sage_package_page_finalize (GObject *object)
{
  SagePackagePage *self = SAGE_PACKAGE_PAGE (object);

  side_clear (&self->sides[0]);
  side_clear (&self->sides[1]);

  G_OBJECT_CLASS (sage_package_page_parent_class)->finalize (object);
}

static void
sage_package_page_class_init (SagePackagePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_package_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_package_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_package_page_finalize;
  SAGE_DETAIL_PAGE_CLASS (klass)->update = sage_package_page_update;

  gtk_widget_class_install_action (widget_class, "package.deploy", NULL, deploy_action);
  gtk_widget_class_install_action (widget_class, "package.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "package.open-group", NULL, open_group_action);
}

static SageFacts *
add_card (SagePackagePage *self,
          const char      *title)
{
  GtkWidget *card = sage_facts_new (title);

  sage_cards_add (sage_detail_page_get_overview (SAGE_DETAIL_PAGE (self)), card);

  return SAGE_FACTS (card);
}

static void
sage_package_page_init (SagePackagePage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  g_autoptr(GMenu) menu = g_menu_new ();

  self->cancellable = g_cancellable_new ();
  self->facts = add_card (self, _("Version"));
  self->inference = add_card (self, _("Inference"));
  self->metadata = add_card (self, _("Metadata"));
  sage_detail_page_add_secondary (page, _("Open the group"), "go-up-symbolic", "package.open-group");
  g_menu_append (menu, _("Delete the version"), "package.remove");
  sage_detail_page_set_menu (page, G_MENU_MODEL (menu));
}
