/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-group-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-champion.h"
#include "sage-facts.h"
#include "sage-group-page.h"
#include "sage-json.h"
#include "sage-undo.h"
#include "sage-versions-list.h"
#include "sage-words.h"

struct _SageGroupPage
{
  SageDetailPage    parent_instance;

  SageResourceList *versions; /* (owned) (nullable) */
  SageResource     *waiting;  /* (owned) (nullable): the newest that waits for a person */

  SageResourceView *list;
  SageFacts        *facts;
};

G_DEFINE_FINAL_TYPE (SageGroupPage, sage_group_page, SAGE_TYPE_DETAIL_PAGE)

static SageResource *
resource_of (SageGroupPage *self)
{
  return sage_detail_page_get_resource (SAGE_DETAIL_PAGE (self));
}

/* --- What the versions come to ---------------------------------------------------------------- */

typedef struct
{
  SageResource *waiting;  /* (unowned) (nullable): the newest that waits */
  SageResource *approved; /* (unowned) (nullable): the newest that is approved */
} Found;

static void
take_newest (SageResource **kept,
             SageResource  *version)
{
  if (*kept == NULL || sage_version_number (version) > sage_version_number (*kept))
    *kept = version;
}

static Found
find_versions (SageGroupPage *self)
{
  GListModel *model = G_LIST_MODEL (self->versions);
  guint n = g_list_model_get_n_items (model);
  Found found = { NULL, NULL };

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageResource) version = g_list_model_get_item (model, i);
      const char *approval = sage_resource_get_approval (version);

      if (sage_resource_get_deleted (version))
        continue;
      if (g_strcmp0 (approval, "PendingManualApproval") == 0)
        take_newest (&found.waiting, version);
      else if (g_strcmp0 (approval, "Approved") == 0)
        take_newest (&found.approved, version);
    }

  return found;
}

static void
show_approved (SageGroupPage *self,
               SageResource  *approved)
{
  g_autofree char *location = approved != NULL ? sage_resource_dup_location (approved) : NULL;
  g_autofree char *text = approved != NULL
                            ? g_strdup_printf (_("Version %s"), sage_resource_get_title (approved))
                            : NULL;

  sage_facts_set_link (self->facts, "approved", _("Approved"), text, location);
}

static void
versions_cb (SageGroupPage *self)
{
  Found found = find_versions (self);
  g_autofree char *label = NULL;

  g_set_object (&self->waiting, found.waiting);
  show_approved (self, found.approved);
  sage_facts_set_number (self->facts, "versions", _("Versions"),
                         g_list_model_get_n_items (G_LIST_MODEL (self->versions)));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "group.review", found.waiting != NULL);
  if (found.waiting != NULL)
    label = g_strdup_printf (_("Review version %s"), sage_resource_get_title (found.waiting));
  sage_detail_page_set_primary (SAGE_DETAIL_PAGE (self), label, "group.review", "suggested-action");
}

static void
event_cb (SageGroupPage *self,
          SageResource  *resource)
{
  if (sage_resource_get_kind (resource) == SAGE_KIND_PACKAGE)
    versions_cb (self);
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
review_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  SageGroupPage *self = SAGE_GROUP_PAGE (widget);
  g_autofree char *location = NULL;

  if (self->waiting == NULL)
    return;

  location = sage_resource_dup_location (self->waiting);
  gtk_widget_activate_action (widget, "win.open", "s", location);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  g_autoptr(GListStore) one = g_list_store_new (SAGE_TYPE_RESOURCE);

  g_list_store_append (one, resource_of (SAGE_GROUP_PAGE (widget)));
  sage_undo_remove (widget, sage_page_get_connection (SAGE_PAGE (widget)), G_LIST_MODEL (one));
}

/* --- The page --------------------------------------------------------------------------------- */

static void
sage_group_page_update (SageDetailPage *page,
                        JsonObject     *description)
{
  SageGroupPage *self = SAGE_GROUP_PAGE (page);
  const char *about = sage_json_string (description, "ModelPackageGroupDescription", NULL);
  JsonObject *creator = sage_json_object (description, "CreatedBy");

  sage_detail_page_set_facts (page, about != NULL ? about : sage_words_kind (SAGE_KIND_PACKAGE_GROUP));
  sage_facts_set_text (self->facts, "description", _("Description"), about);
  sage_facts_set_time (self->facts, "created", _("Created"),
                       sage_json_double (description, "CreationTime", 0));
  sage_facts_set_identifier (self->facts, "creator", _("Created by"),
                             creator != NULL ? sage_json_string (creator, "UserProfileName", NULL)
                                             : NULL);
  sage_facts_set_identifier (self->facts, "arn", _("ARN"),
                             sage_json_string (description, "ModelPackageGroupArn", NULL));
}

static void
sage_group_page_constructed (GObject *object)
{
  SageGroupPage *self = SAGE_GROUP_PAGE (object);
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (object));

  G_OBJECT_CLASS (sage_group_page_parent_class)->constructed (object);
  if (resource_of (self) == NULL)
    return; /* the location names no group; the page says so */

  self->versions = sage_connection_get_list (connection, SAGE_KIND_PACKAGE,
                                             sage_resource_get_name (resource_of (self)));
  sage_resource_view_set_list (self->list, self->versions);
  g_signal_connect_object (self->versions, "items-changed", G_CALLBACK (versions_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  sage_detail_page_show_tab (SAGE_DETAIL_PAGE (self), "versions");
  versions_cb (self);
}

static void
sage_group_page_dispose (GObject *object)
{
  SageGroupPage *self = SAGE_GROUP_PAGE (object);

  g_clear_object (&self->waiting);
  g_clear_object (&self->versions);

  G_OBJECT_CLASS (sage_group_page_parent_class)->dispose (object);
}

static void
sage_group_page_class_init (SageGroupPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_group_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_group_page_dispose;
  SAGE_DETAIL_PAGE_CLASS (klass)->update = sage_group_page_update;

  gtk_widget_class_install_action (widget_class, "group.review", NULL, review_action);
  gtk_widget_class_install_action (widget_class, "group.remove", NULL, remove_action);
}

static void
sage_group_page_init (SageGroupPage *self)
{
  SageDetailPage *page = SAGE_DETAIL_PAGE (self);
  g_autoptr(GMenu) menu = g_menu_new ();

  self->facts = SAGE_FACTS (sage_facts_new (_("Model group")));
  self->list = SAGE_RESOURCE_VIEW (sage_versions_list_new ());
  sage_cards_add (sage_detail_page_get_overview (page), GTK_WIDGET (self->facts));
  sage_detail_page_add_tab (page, "versions", _("Versions"), "sagebrush-model-symbolic",
                            GTK_WIDGET (self->list));
  g_menu_append (menu, _("Delete the group"), "group.remove");
  sage_detail_page_set_menu (page, G_MENU_MODEL (menu));
}
