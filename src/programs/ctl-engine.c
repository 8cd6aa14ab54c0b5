/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushctl"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "ctl-engine.h"
#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-json.h"

static const char *
variable (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && *value != '\0' ? value : NULL;
}

/* The region for which requests to an engine elsewhere are signed. */
static const char *
region_of_url (void)
{
  const char *region = variable ("AWS_REGION");

  if (region == NULL)
    region = variable ("AWS_DEFAULT_REGION");

  return region != NULL ? region : "us-east-1";
}

static gboolean
is_this_machine (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address) : strcmp (host, "localhost") == 0;
}

/* What is said to an engine elsewhere, passwords among it, goes to nobody on the way. */
static gboolean
check_url (const CtlEngine  *engine,
           GError          **error)
{
  g_autoptr(GUri) uri = g_uri_parse (engine->url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean tls = strcmp (scheme, "https") == 0;

  if (host == NULL || host[0] == '\0' || (!tls && strcmp (scheme, "http") != 0))
    return sage_throw (error, SAGE_ERROR_INVALID, "'%s' is no URL like https://HOST:PORT",
                       engine->url);
  if (!tls && engine->fingerprint != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "--fingerprint is of a certificate, which only an https URL has");
  if (!tls && !is_this_machine (host))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "What is sent to '%s' could be read on the way; use https", engine->url);

  return TRUE;
}

/* Of an engine elsewhere the keys are where the clients of AWS look for them: an argument could be
 * read by every user of the machine. */
static JsonObject *
describe_url (const char  *url,
              GError     **error)
{
  const char *key = variable ("AWS_ACCESS_KEY_ID");
  const char *secret = variable ("AWS_SECRET_ACCESS_KEY");
  JsonObject *ready;

  if (key == NULL || secret == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The keys for '%s' are expected in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                  url);
      return NULL;
    }

  ready = json_object_new ();
  json_object_set_string_member (ready, "endpoint_url", url);
  json_object_set_string_member (ready, "access_key_id", key);
  json_object_set_string_member (ready, "secret_access_key", secret);
  json_object_set_string_member (ready, "region", region_of_url ());
  if (variable ("AWS_SESSION_TOKEN") != NULL)
    json_object_set_string_member (ready, "session_token", variable ("AWS_SESSION_TOKEN"));

  return ready;
}

/**
 * ctl_engine_describe:
 * @engine: which engine
 * @error: (out): where the error goes
 *
 * Returns: (transfer full): where it is and by which keys, as in ready.json; %NULL on error
 */
JsonObject *
ctl_engine_describe (const CtlEngine  *engine,
                     GError          **error)
{
  if (engine->url == NULL)
    return sage_embedded_read_ready (engine->data_dir, error);

  return check_url (engine, error) ? describe_url (engine->url, error) : NULL;
}

/**
 * ctl_engine_connect:
 * @engine: which engine
 * @error: (out): where the error goes
 *
 * Returns: (transfer full): a client of it; %NULL on error
 */
SageClient *
ctl_engine_connect (const CtlEngine  *engine,
                    GError          **error)
{
  g_autoptr(JsonObject) ready = ctl_engine_describe (engine, error);
  g_autoptr(SageTrust) trust = sage_trust_new (engine->fingerprint);
  SageClient *client;
  const char *socket;

  if (ready == NULL)
    return NULL;
  if (engine->url != NULL)
    {
      client = sage_client_new_trusting (engine->url, sage_json_string (ready, "access_key_id", NULL),
                                         sage_json_string (ready, "secret_access_key", NULL),
                                         sage_json_string (ready, "region", NULL), trust);
      sage_client_set_session_token (client, sage_json_string (ready, "session_token", NULL));
      return client;
    }

  socket = sage_json_string (ready, "socket", NULL);
  if (socket == NULL || !g_path_is_absolute (socket))
    {
      sage_throw (error, SAGE_ERROR_CORRUPT, "'%s/ready.json' names no socket", engine->data_dir);
      return NULL;
    }

  return sage_client_new (socket, NULL, NULL, sage_json_string (ready, "region", NULL));
}

/**
 * ctl_engine_visit:
 * @engine: which engine
 * @ready: (out) (transfer full): where it is and its region
 * @error: (out): where the error goes
 *
 * For who has no keys yet.
 *
 * Returns: (transfer full): a client of it; %NULL on error
 */
SageClient *
ctl_engine_visit (const CtlEngine  *engine,
                  JsonObject      **ready,
                  GError          **error)
{
  g_autoptr(SageTrust) trust = sage_trust_new (engine->fingerprint);

  if (engine->url == NULL)
    {
      *ready = ctl_engine_describe (engine, error);
      return *ready != NULL ? ctl_engine_connect (engine, error) : NULL;
    }
  if (!check_url (engine, error))
    return NULL;

  *ready = json_object_new ();
  json_object_set_string_member (*ready, "endpoint_url", engine->url);
  json_object_set_string_member (*ready, "region", region_of_url ());

  return sage_client_new_trusting (engine->url, NULL, NULL, region_of_url (), trust);
}

/**
 * ctl_engine_explain:
 * @client: a client whose call has failed
 * @error: (inout): why
 *
 * Adds to the refusal of a certificate what to do about it.
 *
 * Returns: %FALSE
 */
gboolean
ctl_engine_explain (SageClient  *client,
                    GError     **error)
{
  const char *shown = sage_trust_get_refused (sage_client_get_trust (client));
  g_autofree char *message = NULL;

  if (shown == NULL || !g_error_matches (*error, SAGE_ERROR, SAGE_ERROR_UNTRUSTED))
    return FALSE;

  message = g_strdup_printf ("%s. If it is the engine's own, as its administrator can tell, take it "
                             "with --fingerprint %s", (*error)->message, shown);
  g_clear_error (error);

  return sage_throw (error, SAGE_ERROR_UNTRUSTED, "%s", message);
}
