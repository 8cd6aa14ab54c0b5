/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-users"

#include "config.h"

#include "eng-user-input.h"
#include "eng-user-operations.h"
#include "eng-user-rows.h"
#include "eng-users.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"

/* One change of a user, for the writer thread. */
typedef struct _Change Change;

struct _Change
{
  EngCall    *call;
  gboolean  (*apply) (EngTx         *tx,
                      const Change  *change,
                      GError       **error);
  const char *name;
  EngRole     role;
  const char *verifier; /* (nullable) */
  const char *key;      /* (nullable): an access key id */
  const char *secret;   /* (nullable): of it */
  gboolean    own;      /* a change that every user may make, of himself */
  gint64      epoch;    /* of the user when he has shown to be it, for his own change */
};

static gboolean
change_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  const Change *change = user_data;
  gboolean ok = change->own
    ? eng_user_row_check_epoch (tx, change->name, change->epoch, error)
    : eng_user_row_check_actor (tx, change->call->caller, error);

  return ok && change->apply (tx, change, error);
}

/* Makes the change and sees to it that it holds before it is answered. */
static gboolean
make_change (const Change  *change,
             GError       **error)
{
  EngCall *call = change->call;
  g_autofree char *arn = eng_user_arn (call->engine, change->name);

  if (!eng_call_write (call, arn, change_cb, (gpointer) change, error))
    return FALSE;
  SAGE_FAILPOINT ("user-changed");

  return eng_users_reload (call->engine->users, error);
}

static JsonObject *
describe (const EngUser *user)
{
  JsonObject *out = json_object_new ();
  JsonArray *keys = json_array_new ();

  json_object_set_string_member (out, "Name", user->name);
  json_object_set_string_member (out, "Role", eng_role_name (user->role));
  json_object_set_boolean_member (out, "HasPassword", *user->password != '\0');
  json_object_set_double_member (out, "CreationTime", user->created);
  json_object_set_double_member (out, "LastModifiedTime", user->modified);
  for (guint i = 0; i < user->keys->len; i++)
    {
      const EngUserKey *key = g_ptr_array_index (user->keys, i);
      JsonObject *shown = json_object_new ();

      json_object_set_string_member (shown, "AccessKeyId", key->id);
      json_object_set_double_member (shown, "CreationTime", key->created);
      json_array_add_object_element (keys, shown);
    }
  json_object_set_array_member (out, "AccessKeys", keys);

  return out;
}

static gboolean
reply_user (EngCall     *call,
            const char  *name,
            GError     **error)
{
  g_autoptr(EngUserTable) table = eng_users_table (call->engine->users);
  const EngUser *user = eng_user_table_find (table, name);
  g_autoptr(JsonObject) reply = user != NULL ? describe (user) : NULL;

  if (reply == NULL)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no user named '%s'", name);
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
list_users (EngCall  *call,
            GError  **error)
{
  g_autoptr(EngUserTable) table = eng_users_table (call->engine->users);
  g_autoptr(GList) users = eng_user_table_list (table);
  g_autoptr(JsonObject) reply = json_object_new ();
  JsonArray *array = json_array_new ();

  if (!eng_user_input_check (call->input, (const char * const []) { NULL }, error))
    {
      json_array_unref (array);
      return FALSE;
    }
  for (GList *user = users; user != NULL; user = user->next)
    json_array_add_object_element (array, describe (user->data));
  json_object_set_array_member (reply, "Users", array);
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
describe_user (EngCall  *call,
               GError  **error)
{
  const char *name = eng_user_input_name (call->input, error);

  return name != NULL &&
         eng_user_input_check (call->input, (const char * const []) { "Name", NULL }, error) &&
         reply_user (call, name, error);
}

static gboolean
insert_user (EngTx         *tx,
             const Change  *change,
             GError       **error)
{
  return eng_user_row_insert (tx, change->name, change->role, change->verifier, error);
}

static gboolean
create_user (EngCall  *call,
             GError  **error)
{
  static const char * const members[] = { "Name", "Role", "Password", NULL };
  Change change = { .call = call, .apply = insert_user };
  g_autofree char *verifier = NULL;

  if (!eng_user_input_check (call->input, members, error) ||
      !(change.name = eng_user_input_name (call->input, error)) ||
      !(change.role = eng_user_input_role (call->input, error)))
    return FALSE;
  if (json_object_has_member (call->input, "Password"))
    {
      change.verifier = verifier = eng_user_input_verifier (call->input, change.name, error);
      if (verifier == NULL)
        return FALSE;
    }

  return make_change (&change, error) && reply_user (call, change.name, error);
}

static gboolean
set_role (EngTx         *tx,
          const Change  *change,
          GError       **error)
{
  return eng_user_row_set_role (tx, change->name, change->role, error);
}

static gboolean
change_role (EngCall  *call,
             GError  **error)
{
  static const char * const members[] = { "Name", "Role", NULL };
  Change change = { .call = call, .apply = set_role };

  return eng_user_input_check (call->input, members, error) &&
         (change.name = eng_user_input_name (call->input, error)) != NULL &&
         (change.role = eng_user_input_role (call->input, error)) != ENG_ROLE_NONE &&
         make_change (&change, error) && reply_user (call, change.name, error);
}

static gboolean
set_password (EngTx         *tx,
              const Change  *change,
              GError       **error)
{
  return eng_user_row_set_password (tx, change->name, change->verifier, error);
}

static gboolean
change_user_password (EngCall  *call,
                      GError  **error)
{
  static const char * const members[] = { "Name", "Password", NULL };
  Change change = { .call = call, .apply = set_password };
  g_autofree char *verifier = NULL;

  if (!eng_user_input_check (call->input, members, error) ||
      !(change.name = eng_user_input_name (call->input, error)) ||
      !(verifier = eng_user_input_verifier (call->input, change.name, error)))
    return FALSE;
  change.verifier = verifier;

  return make_change (&change, error) && reply_user (call, change.name, error);
}

/* Who may only read may try passwords too, and that leaves a trace as a wrong one at the login does. */
static gboolean
refuse_guess (EngCall  *call,
              GError  **error)
{
  EngOperation operation = *call->operation;
  g_autoptr(GError) why = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_DENIED, "The old password is wrong");
  EngCall record = *call;

  operation.access = ENG_ACCESS_WRITE; /* what is only read leaves no record */
  record.operation = &operation;
  eng_call_audit_refusal (&record, why);
  g_propagate_error (error, g_steal_pointer (&why));

  return FALSE;
}

/* Whoever finds an open session must not make it his own, so the old password is asked for. Gives the
 * epoch at which it was the user's. */
static gboolean
check_old_password (EngCall  *call,
                    gint64   *epoch,
                    GError  **error)
{
  const char *old = eng_user_input_text (call->input, "OldPassword", error);
  const char *peer = call->caller->peer != NULL ? call->caller->peer : "";
  guint wait;

  if (old == NULL)
    return FALSE;
  if (eng_users_verify (call->engine->users, call->caller->user, old, peer, epoch, &wait))
    return TRUE;

  return wait > 0
    ? sage_throw (error, SAGE_ERROR_BUSY, "Too many wrong passwords; wait %u seconds", wait)
    : refuse_guess (call, error);
}

static gboolean
change_own_password (EngCall  *call,
                     GError  **error)
{
  static const char * const members[] = { "OldPassword", "Password", NULL };
  Change change = { .call = call, .apply = set_password, .name = call->caller->user, .own = TRUE };
  g_autofree char *verifier = NULL;

  if (change.name == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "The owner of the engine has no password");
  if (!eng_user_input_check (call->input, members, error) ||
      !check_old_password (call, &change.epoch, error) ||
      !(verifier = eng_user_input_verifier (call->input, change.name, error)))
    return FALSE;
  change.verifier = verifier;

  return make_change (&change, error) && reply_user (call, change.name, error);
}

static gboolean
remove_user (EngTx         *tx,
             const Change  *change,
             GError       **error)
{
  return eng_user_row_delete (tx, change->name, error);
}

static gboolean
delete_user (EngCall  *call,
             GError  **error)
{
  static const char * const members[] = { "Name", NULL };
  Change change = { .call = call, .apply = remove_user };
  g_autoptr(JsonObject) reply = json_object_new ();

  if (!eng_user_input_check (call->input, members, error) ||
      !(change.name = eng_user_input_name (call->input, error)) || !make_change (&change, error))
    return FALSE;
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
insert_key (EngTx         *tx,
            const Change  *change,
            GError       **error)
{
  return eng_user_row_insert_key (tx, change->name, change->key, change->secret, error);
}

/* The only time that the secret is told. */
static gboolean
create_key (EngCall  *call,
            GError  **error)
{
  static const char * const members[] = { "Name", NULL };
  Change change = { .call = call, .apply = insert_key };
  char id[ENG_ACCESS_KEY_LENGTH + 1];
  g_autofree char *secret = NULL;
  g_autoptr(JsonObject) reply = json_object_new ();

  if (!eng_user_input_check (call->input, members, error) ||
      !(change.name = eng_user_input_name (call->input, error)) ||
      !eng_users_new_key ("AKIA", id, &secret, error))
    return FALSE;
  change.key = id;
  change.secret = secret;
  if (!make_change (&change, error))
    return FALSE;

  json_object_set_string_member (reply, "AccessKeyId", id);
  json_object_set_string_member (reply, "SecretAccessKey", secret);
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
remove_key (EngTx         *tx,
            const Change  *change,
            GError       **error)
{
  return eng_user_row_delete_key (tx, change->name, change->key, error);
}

static gboolean
delete_key (EngCall  *call,
            GError  **error)
{
  static const char * const members[] = { "Name", "AccessKeyId", NULL };
  Change change = { .call = call, .apply = remove_key };

  return eng_user_input_check (call->input, members, error) &&
         (change.name = eng_user_input_name (call->input, error)) != NULL &&
         (change.key = eng_user_input_text (call->input, "AccessKeyId", error)) != NULL &&
         make_change (&change, error) && reply_user (call, change.name, error);
}

static const EngOperation operations[] = {
  { "sagebrush", "ListUsers", ENG_ACCESS_ADMIN, list_users },
  { "sagebrush", "DescribeUser", ENG_ACCESS_ADMIN, describe_user },
  { "sagebrush", "CreateUser", ENG_ACCESS_ADMIN, create_user },
  { "sagebrush", "ChangeUserRole", ENG_ACCESS_ADMIN, change_role },
  { "sagebrush", "ChangeUserPassword", ENG_ACCESS_ADMIN, change_user_password },
  { "sagebrush", "ChangeOwnPassword", ENG_ACCESS_READ, change_own_password },
  { "sagebrush", "DeleteUser", ENG_ACCESS_ADMIN, delete_user },
  { "sagebrush", "CreateUserKey", ENG_ACCESS_ADMIN, create_key },
  { "sagebrush", "DeleteUserKey", ENG_ACCESS_ADMIN, delete_key },
};

/**
 * eng_users_register:
 * @engine: the engine
 *
 * Adds what manages users to the table.
 */
void
eng_users_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
