/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-connections"

#include "config.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

#include "sage-connections.h"
#include "sage-defaults.h"
#include "sage-error.h"

struct _SageConnections
{
  GObject     parent_instance;

  GSettings  *settings;    /* (owned) */
  GListStore *profiles;    /* (owned): of SageProfile, the embedded one first */
  GHashTable *connections; /* (owned): id → SageConnection, those that are open */
  GHashTable *secrets;     /* (owned): id → secret, where the Secret Service took none */
};

G_DEFINE_FINAL_TYPE (SageConnections, sage_connections, G_TYPE_OBJECT)

static const SecretSchema *
secret_schema (void)
{
  static const SecretSchema schema = {
    "org.sagebrush.Studio.Connection", SECRET_SCHEMA_NONE,
    { { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
  };

  return &schema;
}

static void
free_secret (gpointer secret)
{
  secret_password_free (secret);
}

static void
sage_connections_dispose (GObject *object)
{
  SageConnections *self = SAGE_CONNECTIONS (object);
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, NULL, &connection))
    sage_connection_close (connection);
  g_hash_table_remove_all (self->connections);
  g_list_store_remove_all (self->profiles);

  G_OBJECT_CLASS (sage_connections_parent_class)->dispose (object);
}

static void
sage_connections_finalize (GObject *object)
{
  SageConnections *self = SAGE_CONNECTIONS (object);

  g_hash_table_unref (self->connections);
  g_hash_table_unref (self->secrets);
  g_object_unref (self->profiles);
  g_object_unref (self->settings);

  G_OBJECT_CLASS (sage_connections_parent_class)->finalize (object);
}

static void
sage_connections_class_init (SageConnectionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_connections_dispose;
  object_class->finalize = sage_connections_finalize;
}

static void
sage_connections_init (SageConnections *self)
{
  self->profiles = g_list_store_new (SAGE_TYPE_PROFILE);
  self->connections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_secret);
}

static void
load_profiles (SageConnections *self,
               const char      *data_dir)
{
  g_autoptr(SageProfile) embedded = sage_profile_new_embedded (data_dir);
  g_autoptr(GVariant) own = g_settings_get_value (self->settings, "embedded");
  g_autoptr(GVariant) others = g_settings_get_value (self->settings, "profiles");
  const char *colour = NULL;

  sage_profile_set_name (embedded, _("Embedded"));
  if (g_variant_lookup (own, "colour", "&s", &colour))
    g_object_set (embedded, "colour", colour, NULL);
  g_list_store_append (self->profiles, embedded);

  for (gsize i = 0; i < g_variant_n_children (others); i++)
    {
      g_autoptr(GVariant) child = g_variant_get_child_value (others, i);
      g_autoptr(SageProfile) profile = sage_profile_from_variant (child);

      if (profile != NULL && sage_connections_find (self, sage_profile_get_id (profile)) == NULL)
        g_list_store_append (self->profiles, profile);
    }
}

/**
 * sage_connections_new:
 * @settings: where the connections are kept
 * @data_dir: (nullable): the directory of the embedded engine; the user's own if %NULL
 *
 * Returns: (transfer full): the connections; none is open yet
 */
SageConnections *
sage_connections_new (GSettings  *settings,
                      const char *data_dir)
{
  SageConnections *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (SAGE_TYPE_CONNECTIONS, NULL);
  self->settings = g_object_ref (settings);
  load_profiles (self, data_dir);

  return self;
}

/**
 * sage_connections_get_profiles:
 * @self: the connections
 *
 * Returns: (transfer none): a live list of #SageProfile, the embedded engine's first
 */
GListModel *
sage_connections_get_profiles (SageConnections *self)
{
  g_return_val_if_fail (SAGE_IS_CONNECTIONS (self), NULL);

  return G_LIST_MODEL (self->profiles);
}

/**
 * sage_connections_find:
 * @self: the connections
 * @id: a profile's id
 *
 * Returns: (transfer none) (nullable): the profile
 */
SageProfile *
sage_connections_find (SageConnections *self,
                       const char      *id)
{
  GListModel *profiles;

  g_return_val_if_fail (SAGE_IS_CONNECTIONS (self), NULL);

  profiles = G_LIST_MODEL (self->profiles);
  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++)
    {
      g_autoptr(SageProfile) profile = g_list_model_get_item (profiles, i);

      if (g_strcmp0 (sage_profile_get_id (profile), id) == 0)
        return profile; /* the list keeps it */
    }

  return NULL;
}

static void
secret_found_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(SageConnection) connection = user_data;
  g_autoptr(GError) error = NULL;
  char *secret = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    g_message ("Looking up the secret of '%s': %s",
               sage_profile_get_name (sage_connection_get_profile (connection)), error->message);

  /* Without its secret the engine refuses the key, and the window says so. */
  sage_connection_open (connection, secret);
  secret_password_free (secret);
}

/* Has @connection connect; the secret may take the user to unlock a keyring. */
static void
connect_with_secret (SageConnections *self,
                     SageConnection  *connection)
{
  SageProfile *profile = sage_connection_get_profile (connection);
  const char *id = sage_profile_get_id (profile);
  const char *secret = g_hash_table_lookup (self->secrets, id);

  if (sage_profile_is_embedded (profile) || sage_profile_get_access_key (profile) == NULL
      || secret != NULL)
    sage_connection_open (connection, secret);
  else
    secret_password_lookup (secret_schema (), NULL, secret_found_cb, g_object_ref (connection),
                            "profile", id, NULL);
}

/**
 * sage_connections_open:
 * @self: the connections
 * @profile: one of the profiles
 *
 * Returns: (transfer none): the connection, which connects from now on, once more if it had given up;
 *   all who ask share it
 */
SageConnection *
sage_connections_open (SageConnections *self,
                       SageProfile     *profile)
{
  SageConnection *connection;
  const char *id;

  g_return_val_if_fail (SAGE_IS_CONNECTIONS (self), NULL);
  g_return_val_if_fail (SAGE_IS_PROFILE (profile), NULL);

  id = sage_profile_get_id (profile);
  connection = g_hash_table_lookup (self->connections, id);
  if (connection == NULL)
    {
      connection = sage_connection_new (profile);
      sage_defaults_follow (connection);
      g_hash_table_insert (self->connections, g_strdup (id), connection);
    }
  else if (sage_connection_get_state (connection) != SAGE_CONNECTION_AWAY)
    return connection;

  connect_with_secret (self, connection);

  return connection;
}

static void
store_profiles (SageConnections *self)
{
  GListModel *profiles = G_LIST_MODEL (self->profiles);
  GVariantBuilder builder;
  GVariantDict own;

  g_variant_dict_init (&own, NULL);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++)
    {
      g_autoptr(SageProfile) profile = g_list_model_get_item (profiles, i);
      const char *colour = sage_profile_get_colour (profile);

      if (!sage_profile_is_embedded (profile))
        {
          g_autoptr(GVariant) value = g_variant_ref_sink (sage_profile_to_variant (profile));

          g_variant_builder_add_value (&builder, value);
        }
      else if (colour != NULL)
        g_variant_dict_insert (&own, "colour", "s", colour);
    }
  g_settings_set_value (self->settings, "profiles", g_variant_builder_end (&builder));
  g_settings_set_value (self->settings, "embedded", g_variant_dict_end (&own));
}

/**
 * sage_connections_changed:
 * @self: the connections
 * @profile: a profile, old or new
 *
 * Keeps what has been changed about @profile. Its connection, if open, reaches it the new way.
 */
void
sage_connections_changed (SageConnections *self,
                          SageProfile     *profile)
{
  SageConnection *connection;
  guint position;

  g_return_if_fail (SAGE_IS_CONNECTIONS (self));
  g_return_if_fail (SAGE_IS_PROFILE (profile));

  if (g_list_store_find (self->profiles, profile, &position))
    g_list_model_items_changed (G_LIST_MODEL (self->profiles), position, 1, 1);
  else
    g_list_store_append (self->profiles, profile);
  store_profiles (self);

  connection = g_hash_table_lookup (self->connections, sage_profile_get_id (profile));
  if (connection != NULL && !sage_profile_is_embedded (profile))
    {
      sage_connection_close (connection);
      connect_with_secret (self, connection);
    }
}

/**
 * sage_connections_remove:
 * @self: the connections
 * @profile: a profile other than the embedded engine's
 *
 * Forgets @profile and its secret. Nothing happens to the engine itself.
 */
void
sage_connections_remove (SageConnections *self,
                         SageProfile     *profile)
{
  g_autofree char *id = NULL;
  SageConnection *connection;
  guint position;

  g_return_if_fail (SAGE_IS_CONNECTIONS (self));
  g_return_if_fail (!sage_profile_is_embedded (profile));

  id = g_strdup (sage_profile_get_id (profile));
  connection = g_hash_table_lookup (self->connections, id);
  if (connection != NULL)
    sage_connection_close (connection);
  g_hash_table_remove (self->connections, id);
  g_hash_table_remove (self->secrets, id);
  secret_password_clear (secret_schema (), NULL, NULL, NULL, "profile", id, NULL);

  if (g_list_store_find (self->profiles, profile, &position))
    g_list_store_remove (self->profiles, position);
  store_profiles (self);
}

static void
secret_stored_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageConnections *self = g_task_get_source_object (task);
  SageProfile *profile = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  gboolean stored = secret_password_store_finish (result, &error);

  if (stored)
    g_hash_table_remove (self->secrets, sage_profile_get_id (profile));
  sage_connections_changed (self, profile);

  if (stored)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * sage_connections_save_async:
 * @self: the connections
 * @profile: a profile, new or changed
 * @secret: (nullable): its secret access key; %NULL to leave the one that is kept
 * @cancellable: (nullable): gives up waiting for the Secret Service
 *
 * Keeps @profile, and @secret in the Secret Service. Where there is none, the secret serves until
 * Studio ends and is written nowhere.
 */
void
sage_connections_save_async (SageConnections     *self,
                             SageProfile         *profile,
                             const char          *secret,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  const char *id;

  g_return_if_fail (SAGE_IS_CONNECTIONS (self));
  g_return_if_fail (SAGE_IS_PROFILE (profile));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_connections_save_async);
  g_task_set_task_data (task, g_object_ref (profile), g_object_unref);

  if (secret == NULL)
    {
      sage_connections_changed (self, profile);
      g_task_return_boolean (task, TRUE);
      return;
    }

  id = sage_profile_get_id (profile);
  g_hash_table_insert (self->secrets, g_strdup (id), g_strdup (secret));
  secret_password_store (secret_schema (), SECRET_COLLECTION_DEFAULT,
                         sage_profile_get_name (profile), secret, cancellable, secret_stored_cb,
                         g_steal_pointer (&task), "profile", id, NULL);
}

/**
 * sage_connections_save_finish:
 *
 * Returns: whether the secret is kept too; if not, @error says why, and the connection works until
 *   Studio ends
 */
gboolean
sage_connections_save_finish (SageConnections  *self,
                              GAsyncResult     *result,
                              GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
