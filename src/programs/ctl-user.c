/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushctl"

#include "config.h"

#include <string.h>

#include "ctl-password.h"
#include "ctl-user.h"
#include "sage-error.h"
#include "sage-json.h"

#define USERS "/sagebrush/v1/users"

/* Something that a shell evaluates. */
static void
print_export (const char *name,
              const char *value)
{
  g_autofree char *quoted = g_shell_quote (value);

  g_print ("export %s=%s\n", name, quoted);
}

/* Returns: (transfer full): the path of a user, or of what belongs to one */
static char *
path_of (const char *name,
         const char *below)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strconcat (USERS "/", escaped, below, NULL);
}

static gboolean
list (SageClient          *client,
      const char * const  *words,
      GError             **error)
{
  g_autoptr(JsonObject) reply = sage_client_request (client, "GET", USERS, NULL, error);
  JsonArray *users = reply != NULL ? sage_json_array (reply, "Users") : NULL;

  if (reply == NULL)
    return FALSE;

  for (guint i = 0; users != NULL && i < json_array_get_length (users); i++)
    {
      JsonObject *user = sage_json_array_object (users, i);
      JsonArray *keys = sage_json_array (user, "AccessKeys");

      g_print ("%-24s %-10s %s\n", sage_json_string (user, "Name", ""),
               sage_json_string (user, "Role", ""),
               sage_json_bool (user, "HasPassword", FALSE) ? "password" : "no password");
      for (guint j = 0; keys != NULL && j < json_array_get_length (keys); j++)
        g_print ("  %s\n", sage_json_string (sage_json_array_object (keys, j), "AccessKeyId", ""));
    }

  return TRUE;
}

static gboolean
add (SageClient          *client,
     const char * const  *words,
     GError             **error)
{
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) reply = NULL;

  json_object_set_string_member (input, "Name", words[0]);
  json_object_set_string_member (input, "Role", words[1]);
  reply = sage_client_request (client, "POST", USERS, input, error);

  return reply != NULL;
}

static gboolean
set_role (SageClient          *client,
          const char * const  *words,
          GError             **error)
{
  g_autofree char *path = path_of (words[0], "/role");
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) reply = NULL;

  json_object_set_string_member (input, "Role", words[1]);
  reply = sage_client_request (client, "PUT", path, input, error);

  return reply != NULL;
}

static gboolean
set_password (SageClient          *client,
              const char * const  *words,
              GError             **error)
{
  g_autofree char *path = path_of (words[0], "/password");
  g_autofree char *password = ctl_password_read_new (error);
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) reply = NULL;

  if (password == NULL)
    return FALSE;
  json_object_set_string_member (input, "Password", password);
  reply = sage_client_request (client, "PUT", path, input, error);

  return reply != NULL;
}

static gboolean
add_key (SageClient          *client,
         const char * const  *words,
         GError             **error)
{
  g_autofree char *path = path_of (words[0], "/keys");
  g_autoptr(JsonObject) reply = sage_client_request (client, "POST", path, NULL, error);

  if (reply == NULL)
    return FALSE;
  print_export ("AWS_ACCESS_KEY_ID", sage_json_string (reply, "AccessKeyId", ""));
  print_export ("AWS_SECRET_ACCESS_KEY", sage_json_string (reply, "SecretAccessKey", ""));

  return TRUE;
}

static gboolean
revoke_key (SageClient          *client,
            const char * const  *words,
            GError             **error)
{
  g_autofree char *key = g_uri_escape_string (words[1], NULL, FALSE);
  g_autofree char *below = g_strconcat ("/keys/", key, NULL);
  g_autofree char *path = path_of (words[0], below);
  g_autoptr(JsonObject) reply = sage_client_request (client, "DELETE", path, NULL, error);

  return reply != NULL;
}

static gboolean
remove_user (SageClient          *client,
             const char * const  *words,
             GError             **error)
{
  g_autofree char *path = path_of (words[0], "");
  g_autoptr(JsonObject) reply = sage_client_request (client, "DELETE", path, NULL, error);

  return reply != NULL;
}

static const struct
{
  const char *name;
  const char *arguments; /* as shown */
  guint       n_arguments;
  gboolean  (*run) (SageClient          *client,
                    const char * const  *words,
                    GError             **error);
} commands[] = {
  { "list", "", 0, list },
  { "add", " NAME viewer|developer|admin", 2, add },
  { "role", " NAME viewer|developer|admin", 2, set_role },
  { "password", " NAME", 1, set_password },
  { "key", " NAME", 1, add_key },
  { "revoke", " NAME KEY", 2, revoke_key },
  { "remove", " NAME", 1, remove_user },
};

/**
 * ctl_user_run:
 * @client: the engine, as an administrator
 * @words: (array zero-terminated=1): what follows `sagebrushctl user`
 *
 * Manages users.
 */
gboolean
ctl_user_run (SageClient          *client,
              const char * const  *words,
              GError             **error)
{
  g_autoptr(GString) usage = g_string_new (NULL);
  const char *name = words[0] != NULL ? words[0] : "";

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (strcmp (name, commands[i].name) == 0 &&
          g_strv_length ((char **) words) == commands[i].n_arguments + 1)
        return commands[i].run (client, words + 1, error);
      g_string_append_printf (usage, "\n  sagebrushctl user %s%s", commands[i].name,
                              commands[i].arguments);
    }

  return sage_throw (error, SAGE_ERROR_INVALID, "It must be one of%s", usage->str);
}

/**
 * ctl_login_run:
 * @client: the engine
 * @name: a user
 * @ready: what the engine says of itself
 *
 * Asks for the user's password and prints what AWS clients need to call as that user, for a shell.
 */
gboolean
ctl_login_run (SageClient  *client,
               const char  *name,
               JsonObject  *ready,
               GError     **error)
{
  static const struct
  {
    const char *variable;
    const char *member;
  } variables[] = {
    { "AWS_ACCESS_KEY_ID", "AccessKeyId" },
    { "AWS_SECRET_ACCESS_KEY", "SecretAccessKey" },
    { "AWS_SESSION_TOKEN", "SessionToken" },
  };
  g_autofree char *password = ctl_password_read ("Password: ", error);
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) reply = NULL;
  const char *region = sage_json_string (ready, "region", "us-east-1");
  JsonObject *credentials;

  if (password == NULL)
    return FALSE;
  json_object_set_string_member (input, "User", name);
  json_object_set_string_member (input, "Password", password);
  reply = sage_client_request (client, "POST", "/sagebrush/v1/login", input, error);
  if (reply == NULL)
    return FALSE;

  credentials = sage_json_object (reply, "Credentials");
  if (credentials == NULL)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "The engine gave no credentials");

  print_export ("AWS_ENDPOINT_URL", sage_json_string (ready, "endpoint_url", ""));
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    print_export (variables[i].variable, sage_json_string (credentials, variables[i].member, ""));
  print_export ("AWS_DEFAULT_REGION", region);
  print_export ("AWS_REGION", region);
  print_export ("AWS_EC2_METADATA_DISABLED", "true");
  /* MLflow shows the token where it has no name and password. */
  print_export ("MLFLOW_TRACKING_URI", sage_json_string (ready, "endpoint_url", ""));
  print_export ("MLFLOW_TRACKING_TOKEN", sage_json_string (reply, "Token", ""));
  g_print ("unset MLFLOW_TRACKING_USERNAME MLFLOW_TRACKING_PASSWORD\n");
  /* The gateway's own port knows the owner's key alone. */
  g_print ("unset AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME\n");

  return TRUE;
}
