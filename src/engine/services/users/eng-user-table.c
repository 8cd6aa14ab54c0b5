/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-user-table"

#include "config.h"

#include <string.h>

#include "eng-user-table.h"

struct _EngUserTable
{
  gatomicrefcount  references;
  GHashTable      *users; /* (owned): name → EngUser */
  GHashTable      *keys;  /* (owned): id → EngUserKey of one of them */
};

static void
key_free (EngUserKey *key)
{
  g_free (key->id);
  if (key->secret != NULL)
    explicit_bzero (key->secret, strlen (key->secret));
  g_free (key->secret);
  g_free (key);
}

static void
user_free (EngUser *user)
{
  g_free (user->name);
  g_free (user->password);
  g_ptr_array_unref (user->keys);
  g_free (user);
}

/**
 * eng_user_table_new:
 *
 * Returns: (transfer full): a table of nobody
 */
EngUserTable *
eng_user_table_new (void)
{
  EngUserTable *self = g_new0 (EngUserTable, 1);

  g_atomic_ref_count_init (&self->references);
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) user_free);
  self->keys = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

/**
 * eng_user_table_ref:
 * @table: a table
 *
 * Returns: (transfer full): @table
 */
EngUserTable *
eng_user_table_ref (EngUserTable *table)
{
  g_atomic_ref_count_inc (&table->references);

  return table;
}

/**
 * eng_user_table_unref:
 * @table: a table
 *
 * Frees @table if nobody else reads it.
 */
void
eng_user_table_unref (EngUserTable *table)
{
  if (!g_atomic_ref_count_dec (&table->references))
    return;

  g_hash_table_unref (table->keys);
  g_hash_table_unref (table->users);
  g_free (table);
}

static gboolean
load_users (EngUserTable   *self,
            EngConnection  *connection,
            GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error, "SELECT name, role, password, epoch,"
                                       " created, modified FROM user", "");

  if (rows == NULL)
    return FALSE;

  while (eng_rows_next (rows, &local_error))
    {
      EngUser *user = g_new0 (EngUser, 1);

      user->name = eng_rows_dup_text (rows, 0);
      user->role = eng_role_parse (eng_rows_text (rows, 1));
      user->password = eng_rows_dup_text (rows, 2);
      user->epoch = eng_rows_int (rows, 3);
      user->created = eng_rows_double (rows, 4);
      user->modified = eng_rows_double (rows, 5);
      user->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) key_free);
      g_hash_table_insert (self->users, user->name, user);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static gboolean
load_keys (EngUserTable   *self,
           EngConnection  *connection,
           GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error, "SELECT id, user, secret, created"
                                       " FROM user_key ORDER BY created, id", "");

  if (rows == NULL)
    return FALSE;

  while (eng_rows_next (rows, &local_error))
    {
      EngUser *user = g_hash_table_lookup (self->users, eng_rows_text (rows, 1));
      EngUserKey *key;

      if (user == NULL) /* made between the two queries */
        continue;
      key = g_new0 (EngUserKey, 1);
      key->id = eng_rows_dup_text (rows, 0);
      key->secret = eng_rows_dup_text (rows, 2);
      key->created = eng_rows_double (rows, 3);
      key->user = user;
      g_ptr_array_add (user->keys, key);
      g_hash_table_insert (self->keys, key->id, key);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/**
 * eng_user_table_load:
 * @connection: a reader
 *
 * Returns: (transfer full): the users that are stored; %NULL with @error
 */
EngUserTable *
eng_user_table_load (EngConnection  *connection,
                     GError        **error)
{
  g_autoptr(EngUserTable) self = eng_user_table_new ();

  if (!load_users (self, connection, error) || !load_keys (self, connection, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * eng_user_table_find:
 * @table: the users
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the user of that name, as long as @table is there
 */
const EngUser *
eng_user_table_find (EngUserTable *table,
                     const char   *name)
{
  return g_hash_table_lookup (table->users, name);
}

/**
 * eng_user_table_find_key:
 * @table: the users
 * @id: an access key id
 *
 * Returns: (transfer none) (nullable): the key, as long as @table is there
 */
const EngUserKey *
eng_user_table_find_key (EngUserTable *table,
                         const char   *id)
{
  return g_hash_table_lookup (table->keys, id);
}

static int
compare_users (gconstpointer a,
               gconstpointer b)
{
  return strcmp (((const EngUser *) a)->name, ((const EngUser *) b)->name);
}

/**
 * eng_user_table_list:
 * @table: the users
 *
 * Returns: (transfer container): `const EngUser *` by name, as long as @table is there
 */
GList *
eng_user_table_list (EngUserTable *table)
{
  return g_list_sort (g_hash_table_get_values (table->users), compare_users);
}
