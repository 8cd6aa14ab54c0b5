/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-auth"

#include "config.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "eng-auth-private.h"
#include "eng-aws-json.h"
#include "eng-experiments.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-time.h"

/* Changes that are remembered: at 100 a second these are the last 45 minutes, in 8 MiB. */
#define MAX_SIGNATURES (1 << 18)

#define MIN_SECRET 16 /* characters */

struct _EngAuth
{
  char           *region;     /* (owned): what scopes must name */
  char           *path;       /* (owned): the credentials file, {"ACCESS KEY": "secret"} */
  char           *access_key; /* (owned) */
  char           *secret;     /* (owned) */
  EngUsers       *users;      /* (not owned) */
  SageSigMemory  *memory;     /* (owned): the changes that were asked for */
  SageSigBackoff *backoff;    /* (owned): the signatures that were wrong */
};

/* AWS's own forms: 20 characters of base 32 and 40 of base 64. */
static gboolean
make_credentials (EngAuth  *self,
                  GError  **error)
{
  static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  guint8 random[46];
  GString *key = g_string_new ("AKIA");
  g_autofree char *json = NULL;

  if (getrandom (random, sizeof random, 0) != (ssize_t) sizeof random)
    {
      g_string_free (key, TRUE);
      return sage_throw_errno (error, "Cannot make credentials");
    }

  for (int i = 0; i < 16; i++)
    g_string_append_c (key, base32[random[i] & 31]);
  self->access_key = g_string_free_and_steal (key);
  self->secret = g_base64_encode (random + 16, 30);
  json = g_strdup_printf ("{\"%s\":\"%s\"}\n", self->access_key, self->secret);

  return sage_file_write_durable (self->path, json, strlen (json), 0600, error);
}

/* The file can be written by hand. What can be guessed protects nothing. */
static gboolean
check_credentials (EngAuth  *self,
                   GError  **error)
{
  gsize length = strlen (self->secret);

  if (*self->access_key == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Credentials file '%s': the access key is empty. Delete the file to have new "
                       "credentials made.", self->path);
  if (length < MIN_SECRET)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Credentials file '%s': the secret of '%s' has %zu characters and could be "
                       "guessed; %d are the least. Delete the file to have new credentials made.",
                       self->path, self->access_key, length, MIN_SECRET);

  return TRUE;
}

static gboolean
read_credentials (EngAuth  *self,
                  GError  **error)
{
  g_autoptr(GBytes) bytes = sage_file_read (self->path, 65536, error);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GList) names = NULL;
  JsonObject *object;

  if (bytes == NULL)
    return FALSE;

  node = sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                 NULL, error);
  if (node == NULL)
    {
      g_prefix_error (error, "Credentials file '%s': ", self->path);
      return FALSE;
    }

  object = json_node_get_object (node);
  names = json_object_get_members (object);
  if (names == NULL || sage_json_string (object, names->data, NULL) == NULL)
    return sage_throw (error, SAGE_ERROR_CORRUPT, "Credentials file '%s' holds no key", self->path);

  self->access_key = g_strdup (names->data);
  self->secret = g_strdup (sage_json_string (object, names->data, NULL));

  return check_credentials (self, error);
}

/**
 * eng_auth_load:
 * @data_dir: the engine's directory
 * @region: the engine's region, for which alone requests may be signed
 * @users: who may call beside the owner; must outlive the result
 *
 * Reads `credentials.json`, or makes it with a new random key on first use; there are no default
 * credentials.
 */
EngAuth *
eng_auth_load (const char  *data_dir,
               const char  *region,
               EngUsers    *users,
               GError     **error)
{
  g_autoptr(EngAuth) self = g_new0 (EngAuth, 1);
  g_autoptr(GError) local_error = NULL;

  self->backoff = sage_sig_backoff_new ();
  self->region = g_strdup (region);
  self->users = users;
  self->path = g_build_filename (data_dir, "credentials.json", NULL);

  if (read_credentials (self, &local_error))
    {
      self->memory = sage_sig_memory_new (MAX_SIGNATURES, sage_time_boot ());
      return g_steal_pointer (&self);
    }

  if (!g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  /* Nobody can have signed anything with a new key. */
  self->memory = sage_sig_memory_new (MAX_SIGNATURES, SAGE_SIG_MEMORY_COMPLETE);

  return make_credentials (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * eng_auth_free:
 * @auth: (nullable): the keys
 */
void
eng_auth_free (EngAuth *auth)
{
  if (auth == NULL)
    return;

  sage_sig_memory_free (auth->memory);
  sage_sig_backoff_free (auth->backoff);
  g_free (auth->region);
  g_free (auth->path);
  g_free (auth->access_key);
  g_free (auth->secret);
  g_free (auth);
}

/**
 * eng_auth_access_key:
 *
 * Returns: the owner's access key id
 */
const char *
eng_auth_access_key (EngAuth *auth)
{
  return auth->access_key;
}

/**
 * eng_auth_secret:
 *
 * Returns: the owner's secret
 */
const char *
eng_auth_secret (EngAuth *auth)
{
  return auth->secret;
}

/**
 * eng_auth_path:
 *
 * Returns: path of the credentials file, which the gateway reads too
 */
const char *
eng_auth_path (EngAuth *auth)
{
  return auth->path;
}

/**
 * eng_auth_users:
 *
 * Returns: (transfer none): who may call beside the owner
 */
EngUsers *
eng_auth_users (EngAuth *auth)
{
  return auth->users;
}

/**
 * eng_auth_owner:
 * @auth: the keys
 * @caller: (out caller-allocates): the owner, as long as @auth is there
 *
 * Tells as whom calls who has the engine's own key.
 */
void
eng_auth_owner (EngAuth   *auth,
                EngCaller *caller)
{
  *caller = (EngCaller) { .principal = auth->access_key, .role = ENG_ROLE_ADMIN };
}

static char *
hash_body (SageHttpRequest *http)
{
  GBytes *body = sage_http_request_body (http);
  guint8 hash[SAGE_SHA256_SIZE];

  sage_sha256 (body != NULL ? g_bytes_get_data (body, NULL) : "",
               body != NULL ? g_bytes_get_size (body) : 0, hash);

  return sage_hex (hash, sizeof hash);
}

/* The form of the payload of a request without a signature. */
static SagePayloadKind
unsigned_payload (SageHttpRequest *http)
{
  const char *hash = sage_http_request_header (http, "x-amz-content-sha256");

  return g_strcmp0 (hash, "STREAMING-UNSIGNED-PAYLOAD-TRAILER") == 0
           ? SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER : SAGE_PAYLOAD_UNSIGNED;
}

/* Over the local socket the kernel vouches for the caller; only the payload's form is left to tell. */
static void
trust_peer (SageHttpRequest *http,
            EngRequest      *request)
{
  request->sig.text = g_strdup_printf ("uid:%" G_GINT64_FORMAT, sage_http_request_peer_uid (http));
  request->sig.access_key = request->sig.text;
  eng_request_set_caller (request, &(const EngCaller) { .principal = request->sig.text,
                                                        .role = ENG_ROLE_ADMIN });
  request->sig.payload = unsigned_payload (http);
}

/* The one place where a client's certificate becomes a caller: the user for whom it is pinned. The
 * connection proves that the client has the key to it, and keeps what is sent whole. */
static gboolean
trust_certificate (EngAuth         *self,
                   SageHttpRequest *http,
                   EngRequest      *request,
                   const char      *name)
{
  g_autoptr(EngUserTable) table = eng_users_table (self->users);
  const EngUser *user = eng_user_table_find (table, name);
  g_autofree char *message = NULL;

  if (user == NULL)
    {
      message = g_strdup_printf ("There is no user '%s', for whom the certificate is pinned", name);
      eng_request_refuse (http, request, 403, "AccessDeniedException", message);
      return FALSE;
    }

  request->has_certificate = TRUE;
  request->sig.text = g_strdup (user->name);
  request->sig.access_key = request->sig.text;
  request->sig.payload = unsigned_payload (http);
  eng_request_set_caller (request, &(const EngCaller) { user->name, user->name, user->role,
                                                        user->epoch });

  return TRUE;
}

/* IAM and STS have global endpoints, which clients of any region sign for as us-east-1. A version 2
 * signature, which S3 takes in URLs, names no region. */
static gboolean
region_fits (EngAuth          *self,
             const EngRequest *request)
{
  const char *region = request->sig.region;

  return strcmp (region, self->region) == 0 ||
         (request->dialect == ENG_DIALECT_AWS_QUERY && strcmp (region, "us-east-1") == 0) ||
         (request->dialect == ENG_DIALECT_S3 && *region == '\0');
}

/* The scope's service must be the one that is called; all sagemaker services share one name. */
static gboolean
service_fits (SageHttpRequest *http,
              EngRequest      *request)
{
  const char *service = request->sig.service;

  switch (request->dialect)
    {
    case ENG_DIALECT_S3:
      return strcmp (service, "s3") == 0;
    case ENG_DIALECT_RUNTIME:
    case ENG_DIALECT_SAGEBRUSH:
    case ENG_DIALECT_JUPYTER:
      return strcmp (service, "sagemaker") == 0;
    case ENG_DIALECT_MLFLOW:
      return strcmp (service, ENG_MLFLOW_SERVICE) == 0;
    case ENG_DIALECT_AWS_JSON:
      return strcmp (service, eng_aws_json_service (http)) == 0;
    case ENG_DIALECT_AWS_QUERY:
      return strcmp (service, "sts") == 0 || strcmp (service, "iam") == 0;
    case ENG_DIALECT_NONE:
      return TRUE;
    }

  g_assert_not_reached ();
}

/* A control call's body must be the one that was signed; S3 checks while it streams. */
static gboolean
body_fits (EngRequest *request,
           const char *body_sha256)
{
  if (request->dialect == ENG_DIALECT_S3)
    return TRUE;

  return request->sig.payload == SAGE_PAYLOAD_HASHED && !request->sig.presigned &&
         g_strcmp0 (request->sig.payload_hash, body_sha256) == 0;
}

/* Counts a wrong signature. Returns whether it was one too many, which is answered here. */
static gboolean
back_off (EngAuth         *self,
          SageHttpRequest *http,
          EngRequest      *request)
{
  g_autofree char *peer = sage_http_request_peer (http);
  guint wait = sage_sig_backoff_fail (self->backoff, request->sig.access_key,
                                      peer != NULL ? peer : "", sage_time_boot ());

  if (wait > 0)
    eng_auth_refuse_guess (http, request, wait);

  return wait > 0;
}

/* Clients of Jupyter servers and of MLflow cannot sign; nor can those of the paths beside them. */
static EngTokenVerdict
check_token (EngAuth         *self,
             SageHttpRequest *http,
             EngRequest      *request)
{
  EngTokenVerdict verdict = ENG_TOKEN_NONE;

  if (request->dialect == ENG_DIALECT_JUPYTER || request->dialect == ENG_DIALECT_MLFLOW ||
      request->dialect == ENG_DIALECT_SAGEBRUSH)
    verdict = eng_auth_check_token (self, http, request);
  if (verdict == ENG_TOKEN_NONE)
    return verdict;

  request->has_token = TRUE;
  request->sig.text = g_strdup (verdict == ENG_TOKEN_RIGHT ? request->caller.principal : "token");
  request->sig.access_key = request->sig.text;
  if (verdict == ENG_TOKEN_EXPIRED)
    eng_auth_refuse_expired (http, request);
  else if (verdict == ENG_TOKEN_WRONG && !back_off (self, http, request))
    eng_request_refuse (http, request, request->dialect == ENG_DIALECT_MLFLOW ? 401 : 403,
                        request->dialect == ENG_DIALECT_JUPYTER
                          ? "Forbidden" : "UnrecognizedClientException", "The token is wrong");

  return verdict;
}

/**
 * eng_auth_check:
 * @auth: the keys
 * @http: the request
 * @request: its record; principal and signature are filled in
 *
 * The one place that decides who calls. S3 requests are checked when their headers are in, all
 * others when their body is, which their signature covers. Where nobody valid calls, the refusal is
 * already sent.
 *
 * Returns: whether the request may go on
 */
gboolean
eng_auth_check (EngAuth         *auth,
                SageHttpRequest *http,
                EngRequest      *request)
{
  gint64 uid = sage_http_request_peer_uid (http);
  g_autofree char *body_sha256 = NULL;
  g_autofree char *client = NULL;
  SageSigRequest signed_request = {
    .method = sage_http_request_method (http),
    .raw_path = sage_http_request_path (http),
    .raw_query = sage_http_request_query (http),
    .headers = sage_http_request_headers (http),
  };
  g_auto(EngKeySearch) search = { .auth = auth, .http = http };
  g_autofree char *message = NULL;
  SageSigVerdict verdict;
  EngTokenVerdict token;

  if (uid >= 0)
    {
      if (uid != (gint64) getuid () && uid != 0)
        {
          eng_request_refuse (http, request, 403, "AccessDeniedException",
                              "The socket belongs to another user");
          return FALSE;
        }
      trust_peer (http, request);
      return TRUE;
    }

  token = check_token (auth, http, request);
  if (token != ENG_TOKEN_NONE)
    return token == ENG_TOKEN_RIGHT;

  if (request->dialect != ENG_DIALECT_S3)
    signed_request.body_sha256 = body_sha256 = hash_body (http);
  verdict = sage_sig_verify (&signed_request, sage_time_now (), eng_auth_find_secret, &search,
                             &request->sig, &message);
  if ((verdict == SAGE_SIG_UNKNOWN_KEY || verdict == SAGE_SIG_MISMATCH) &&
      back_off (auth, http, request))
    return FALSE;
  if (verdict == SAGE_SIG_OK &&
      (!region_fits (auth, request) || !service_fits (http, request) ||
       !body_fits (request, body_sha256)))
    verdict = SAGE_SIG_MISMATCH;
  if (verdict == SAGE_SIG_MISSING)
    client = sage_http_request_client (http);
  if (client != NULL)
    return trust_certificate (auth, http, request, client);
  if (verdict != SAGE_SIG_OK)
    {
      eng_auth_refuse (http, request, verdict, message);
      return FALSE;
    }

  if (search.expired)
    {
      eng_auth_refuse_expired (http, request);
      return FALSE;
    }
  eng_request_set_caller (request, &search.caller);

  return TRUE;
}

/**
 * eng_auth_check_once:
 * @auth: the keys
 * @http: a request that changes something
 * @request: its record; eng_auth_check() let it through
 *
 * Refuses what was sent before: whoever captured a change cannot make it again. Presigned URLs are
 * made to be used more than once, and nothing is captured on the way through the local socket or a
 * connection that a client's certificate opened; who has captured a token needs no second copy of a
 * request.
 *
 * Returns: whether the request may go on
 */
gboolean
eng_auth_check_once (EngAuth         *auth,
                     SageHttpRequest *http,
                     EngRequest      *request)
{
  double age = sage_time_now () - request->sig.signed_at;
  SageSigSight sight;
  double seconds;

  if (sage_http_request_peer_uid (http) >= 0 || request->sig.presigned || request->has_token ||
      request->has_certificate)
    return TRUE;

  sight = sage_sig_memory_see (auth->memory, request->sig.signature, age, sage_time_boot (),
                               &seconds);
  if (sight == SAGE_SIG_SIGHT_FIRST)
    return TRUE;
  eng_auth_refuse_repeat (http, request, sight, seconds);

  return FALSE;
}
