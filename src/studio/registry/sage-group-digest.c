/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-group-digest"

#include "config.h"

#include "sage-champion.h"
#include "sage-group-digest.h"

struct _SageGroupDigest
{
  GObject         parent_instance;

  SageConnection *connection; /* (owned) */
  GListModel     *packages;   /* (owned): of all groups */
  GHashTable     *groups;     /* (owned): folded name (owned) → SageGroupSummary (owned) */
  guint           idle;
  gboolean        stale;
};

typedef enum
{
  SIGNAL_CHANGED,
} SageGroupDigestSignal;

static guint signals[SIGNAL_CHANGED + 1];

G_DEFINE_FINAL_TYPE (SageGroupDigest, sage_group_digest, G_TYPE_OBJECT)

static void
count (SageGroupDigest *self,
       SageResource    *package)
{
  g_autofree char *group = sage_version_group (package);
  const char *approval = sage_resource_get_approval (package);
  char *key;
  SageGroupSummary *summary;

  if (group == NULL || sage_resource_get_deleted (package))
    return;

  key = g_ascii_strdown (group, -1);
  summary = g_hash_table_lookup (self->groups, key);
  if (summary == NULL)
    {
      summary = g_new0 (SageGroupSummary, 1);
      g_hash_table_insert (self->groups, key, summary);
    }
  else
    g_free (key);

  summary->versions++;
  summary->waiting += g_strcmp0 (approval, "PendingManualApproval") == 0;
  if (g_strcmp0 (approval, "Approved") == 0)
    summary->approved = MAX (summary->approved, sage_version_number (package));
  summary->latest = MAX (summary->latest, sage_resource_get_created (package));
}

static void
recount (SageGroupDigest *self)
{
  guint n = g_list_model_get_n_items (self->packages);

  g_hash_table_remove_all (self->groups);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageResource) package = g_list_model_get_item (self->packages, i);

      count (self, package);
    }
  self->stale = FALSE;
}

static void
idle_cb (gpointer user_data)
{
  SageGroupDigest *self = user_data;

  self->idle = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* A page of a hundred versions is counted once. */
static void
packages_cb (SageGroupDigest *self)
{
  self->stale = TRUE;
  if (self->idle == 0)
    self->idle = g_idle_add_once (idle_cb, self);
}

static void
event_cb (SageGroupDigest *self,
          SageResource    *resource)
{
  if (sage_resource_get_kind (resource) == SAGE_KIND_PACKAGE)
    packages_cb (self);
}

static void
sage_group_digest_dispose (GObject *object)
{
  SageGroupDigest *self = SAGE_GROUP_DIGEST (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->connection);
  g_clear_object (&self->packages);

  G_OBJECT_CLASS (sage_group_digest_parent_class)->dispose (object);
}

static void
sage_group_digest_finalize (GObject *object)
{
  g_hash_table_unref (SAGE_GROUP_DIGEST (object)->groups);

  G_OBJECT_CLASS (sage_group_digest_parent_class)->finalize (object);
}

static void
sage_group_digest_class_init (SageGroupDigestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_group_digest_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_group_digest_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_group_digest_init (SageGroupDigest *self)
{
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->stale = TRUE;
}

/**
 * sage_group_digest_new:
 * @connection: the engine
 * @packages: the versions of all its groups
 *
 * Returns: (transfer full): what they come to, by group, now and as they change
 */
SageGroupDigest *
sage_group_digest_new (SageConnection *connection,
                       GListModel     *packages)
{
  SageGroupDigest *self = g_object_new (SAGE_TYPE_GROUP_DIGEST, NULL);

  self->connection = g_object_ref (connection);
  self->packages = g_object_ref (packages);
  g_signal_connect_object (packages, "items-changed", G_CALLBACK (packages_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * sage_group_digest_lookup:
 * @self: a digest
 * @group: the name of a group, in any case
 *
 * Returns: (transfer none): what its versions come to, until the next look-up
 */
const SageGroupSummary *
sage_group_digest_lookup (SageGroupDigest *self,
                          const char      *group)
{
  static const SageGroupSummary none;
  g_autofree char *key = NULL;
  const SageGroupSummary *summary;

  g_return_val_if_fail (SAGE_IS_GROUP_DIGEST (self), &none);
  g_return_val_if_fail (group != NULL, &none);

  if (self->stale)
    recount (self);
  key = g_ascii_strdown (group, -1);
  summary = g_hash_table_lookup (self->groups, key);

  return summary != NULL ? summary : &none;
}
