/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter-server"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-exchange.h"
#include "sage-json.h"
#include "sage-jupyter-server-private.h"

#define MAX_REPLY ((gsize) 16 * 1024 * 1024)
#define MAX_KEYS 200000
#define MAX_TEXT 2000 /* characters of what a server says */

/* --- Errors ----------------------------------------------------------------------------------- */

/**
 * sage_jupyter_server_translate:
 * @self: a server
 * @error: (transfer full): what went wrong on the way
 *
 * Returns: (transfer full): the same in words that help; cancellation stays what it is
 */
GError *
sage_jupyter_server_translate (SageJupyterServer *self,
                               GError            *error)
{
  GError *better = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  if (error->domain == SAGE_ERROR)
    {
      g_prefix_error (&error, "The Jupyter server at '%s': ", self->address);
      return error;
    }

  if (self->trust != NULL && g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    sage_trust_throw_refused (self->trust, self->address, &better);
  else
    sage_throw (&better, SAGE_ERROR_UNREACHABLE,
                "No Jupyter server answers at '%s' (%s); see whether it runs and the address is right",
                self->address, error->message);
  g_error_free (error);

  return better;
}

/* What a server says, fit for a message: one line, not endless. */
static char *
tidy (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  char *tidied = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_TEXT));

  for (char *at = tidied; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';

  return g_strstrip (tidied);
}

static SageError
code_for_status (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_BAD_REQUEST:
      return SAGE_ERROR_INVALID;
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return SAGE_ERROR_UNAUTHENTICATED;
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return SAGE_ERROR_NOT_FOUND;
    case SOUP_STATUS_CONFLICT:
      return SAGE_ERROR_CONFLICT;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      return SAGE_ERROR_TOO_LARGE;
    case 429:
    case SOUP_STATUS_BAD_GATEWAY:
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      return SAGE_ERROR_BUSY;
    case SOUP_STATUS_NOT_IMPLEMENTED: /* "The '…' kernel is not available" */
      return SAGE_ERROR_NOT_FOUND;
    default:
      return SOUP_STATUS_IS_REDIRECTION (status) ? SAGE_ERROR_PROTOCOL : SAGE_ERROR_FAILED;
    }
}

/**
 * sage_jupyter_server_throw_status:
 * @self: a server
 * @status: an HTTP status that is no success
 * @subject: (nullable): what was asked for, e.g. `kernel 'ID'`
 * @text: (nullable): what the server said
 * @error: return location
 *
 * Sets the error that an answer stands for.
 */
void
sage_jupyter_server_throw_status (SageJupyterServer  *self,
                                  guint               status,
                                  const char         *subject,
                                  const char         *text,
                                  GError            **error)
{
  SageError code = code_for_status (status);
  g_autofree char *said = tidy (text != NULL && text[0] != '\0' ? text : soup_status_get_phrase (status));

  if (code == SAGE_ERROR_UNAUTHENTICATED && self->is_engine)
    sage_throw (error, code, "The engine at '%s' refuses the access key; check the key and its secret",
                self->address);
  else if (code == SAGE_ERROR_UNAUTHENTICATED)
    sage_throw (error, code, "The Jupyter server at '%s' refuses the token; it prints the right one at "
                "its start, and \"jupyter server list\" shows it", self->address);
  else if (code == SAGE_ERROR_NOT_FOUND && subject != NULL)
    sage_throw (error, code, "The Jupyter server at '%s' has no %s: %s", self->address, subject, said);
  else if (code == SAGE_ERROR_PROTOCOL)
    sage_throw (error, code, "'%s' leads elsewhere (%s); it is not the base address of a Jupyter server",
                self->address, said);
  else if (code == SAGE_ERROR_FAILED)
    sage_throw (error, code, "The Jupyter server at '%s' fails%s%s: %s; its log tells why", self->address,
                subject != NULL ? " with the " : "", subject != NULL ? subject : "", said);
  else
    sage_throw (error, code, "The Jupyter server at '%s': %s", self->address, said);
}

/* --- Calls ------------------------------------------------------------------------------------ */

/* One call on its way. Owned by its exchange. */
typedef struct
{
  GTask          *task;      /* (owned): the caller's */
  SoupMessage    *message;   /* (owned) */
  char           *subject;   /* (owned) (nullable) */
  SageServerRead  read;      /* (nullable): a success is all the caller wants */
  GDestroyNotify  free_func;
} Call;

static void
call_free (Call *call)
{
  g_clear_object (&call->task);
  g_clear_object (&call->message);
  g_free (call->subject);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* Returns: (transfer full) (nullable): what the body says */
static JsonNode *
parse_body (GBytes  *body,
            GError **error)
{
  const SageJsonLimits limits = { MAX_REPLY, 0, MAX_KEYS };
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  if (length == 0)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "The answer is empty");
      return NULL;
    }

  return sage_json_parse (data, (gssize) length, &limits, error);
}

static void
throw_answer (SageJupyterServer  *self,
              Call               *call,
              GBytes             *body,
              GError            **error)
{
  g_autoptr(JsonNode) node = parse_body (body, NULL);
  const char *text = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    text = sage_json_string (json_node_get_object (node), "message", NULL);
  sage_jupyter_server_throw_status (self, soup_message_get_status (call->message), call->subject, text,
                                    error);
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(Call) call = user_data;
  SageJupyterServer *self = g_task_get_source_object (call->task);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(JsonNode) node = NULL;
  gpointer value = NULL;
  GError *error = NULL;

  body = sage_exchange_finish (result, &error);
  if (body != NULL && !SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (call->message)))
    {
      throw_answer (self, call, body, &error);
      g_task_return_error (call->task, error);
      return;
    }

  if (body != NULL && call->read == NULL)
    {
      g_task_return_boolean (call->task, TRUE);
      return;
    }

  if (body != NULL && (node = parse_body (body, &error)) != NULL)
    value = call->read (node, &error);
  if (value != NULL)
    g_task_return_pointer (call->task, value, call->free_func);
  else
    g_task_return_error (call->task, sage_jupyter_server_translate (self, error));
}

/**
 * sage_jupyter_server_make_uri:
 * @self: a server whose address is a URL
 * @path: an encoded absolute path, perhaps with a query
 *
 * Returns: (transfer full): @path below the server's base
 */
GUri *
sage_jupyter_server_make_uri (SageJupyterServer *self,
                              const char        *path)
{
  const char *question = strchr (path, '?');
  g_autofree char *own = question != NULL ? g_strndup (path, question - path) : g_strdup (path);
  const char *base = g_uri_get_path (self->uri);
  g_autofree char *full = g_strconcat (strcmp (base, "/") == 0 ? "" : base, own, NULL);

  return g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (self->uri), NULL, g_uri_get_host (self->uri),
                      g_uri_get_port (self->uri), full, question != NULL ? question + 1 : NULL, NULL);
}

/**
 * sage_jupyter_server_throw_no_url:
 *
 * Ends @task with the error of an address that is no URL.
 */
void
sage_jupyter_server_throw_no_url (SageJupyterServer *self,
                                  GTask             *task)
{
  g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_INVALID,
                           "'%s' is no address of a Jupyter server; one begins with http:// or https://",
                           self->address);
}

/**
 * sage_jupyter_server_send:
 * @self: a server
 * @method: the method
 * @path: an encoded absolute path below the server's base
 * @body: (nullable): what to send
 * @subject: (nullable): what is asked for, in words, for the error that it is not there
 * @read: (nullable): makes of the answer what @task returns; without it that is %TRUE
 * @free_func: (nullable): frees what @read makes
 * @task: (transfer full): returns what comes of it
 *
 * Sends a request.
 */
void
sage_jupyter_server_send (SageJupyterServer *self,
                          const char        *method,
                          const char        *path,
                          JsonObject        *body,
                          const char        *subject,
                          SageServerRead     read,
                          GDestroyNotify     free_func,
                          GTask             *task)
{
  g_autoptr(GTask) owned = task;
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GBytes) bytes = NULL;
  SoupMessageHeaders *headers;
  Call *call;
  char *text;

  if (self->uri == NULL)
    {
      sage_jupyter_server_throw_no_url (self, task);
      return;
    }

  uri = sage_jupyter_server_make_uri (self, path);
  call = g_new0 (Call, 1);
  call->message = soup_message_new_from_uri (method, uri);
  call->subject = g_strdup (subject);
  call->read = read;
  call->free_func = free_func;
  call->task = g_steal_pointer (&owned);

  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (call->message);
  if (self->authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", self->authorization);
  if (body != NULL)
    {
      text = sage_json_object_to_string (body);
      bytes = g_bytes_new_take (text, strlen (text));
      soup_message_set_request_body_from_bytes (call->message, "application/json", bytes);
    }
  sage_exchange_async (self->session, call->message, MAX_REPLY, g_task_get_cancellable (task),
                       answered_cb, call);
}
