/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-defaults"

#include "config.h"

#include <string.h>

#include "sage-defaults.h"
#include "sage-json.h"

/* Until the engine has said what it has, or if it says nothing that can be. */
#define ACCOUNT "000000000000"
#define REGION "us-east-1"
#define MAX_REGION 32

/* What an engine has. Owned by its connection. */
typedef struct
{
  char *account; /* (owned) */
  char *region;  /* (owned) */
} Identity;

static GQuark
identity_quark (void)
{
  return g_quark_from_static_string ("sage-defaults-identity");
}

static void
identity_free (Identity *identity)
{
  g_free (identity->account);
  g_free (identity->region);
  g_free (identity);
}

/* They become parts of ARNs and names of buckets. */
static gboolean
is_account (const char *text)
{
  return strlen (text) == strlen (ACCOUNT) && strspn (text, "0123456789") == strlen (ACCOUNT);
}

static gboolean
is_region (const char *text)
{
  gsize length = strlen (text);

  return length > 0 && length <= MAX_REGION
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static void
status_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageConnection) connection = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) status = sage_client_get_finish (SAGE_CLIENT (object), result, &error);
  const char *account;
  const char *region;
  Identity *identity;

  if (status == NULL)
    {
      g_debug ("The engine does not say what its account is: %s", error->message);
      return;
    }

  account = sage_json_string (status, "account", "");
  region = sage_json_string (status, "region", "");
  if (!is_account (account) || !is_region (region))
    return;

  identity = g_new0 (Identity, 1);
  identity->account = g_strdup (account);
  identity->region = g_strdup (region);
  g_object_set_qdata_full (G_OBJECT (connection), identity_quark (), identity,
                           (GDestroyNotify) identity_free);
}

static void
state_cb (SageConnection *connection)
{
  SageClient *client = sage_connection_get_client (connection);

  if (client != NULL && sage_connection_get_state (connection) == SAGE_CONNECTION_CONNECTED)
    sage_client_get_async (client, "/sagebrush/v1/status", NULL, status_cb, g_object_ref (connection));
}

/**
 * sage_defaults_follow:
 * @connection: an engine, not connected yet
 *
 * Asks the engine for its account and region whenever it is reached: after a restart it may have others.
 * What it said last is kept while it is away.
 */
void
sage_defaults_follow (SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_CONNECTION (connection));

  g_signal_connect (connection, "notify::state", G_CALLBACK (state_cb), NULL);
}

/**
 * sage_defaults_dup_role:
 * @connection: (nullable): the engine
 *
 * Returns: (transfer full): the ARN of the role that things run as on it
 */
char *
sage_defaults_dup_role (SageConnection *connection)
{
  const Identity *identity = connection != NULL
                               ? g_object_get_qdata (G_OBJECT (connection), identity_quark ())
                               : NULL;

  return g_strdup_printf ("arn:aws:iam::%s:role/SagebrushExecution",
                          identity != NULL ? identity->account : ACCOUNT);
}

/**
 * sage_defaults_dup_bucket:
 * @connection: (nullable): the engine
 *
 * Returns: (transfer full): the bucket that Studio puts things in, named as the SageMaker SDK names its own
 */
char *
sage_defaults_dup_bucket (SageConnection *connection)
{
  const Identity *identity = connection != NULL
                               ? g_object_get_qdata (G_OBJECT (connection), identity_quark ())
                               : NULL;

  return g_strdup_printf ("sagemaker-%s-%s", identity != NULL ? identity->region : REGION,
                          identity != NULL ? identity->account : ACCOUNT);
}
