/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sage-http-private.h"

/* Starting size of the memory for target and headers; kept with the request while it is reused. */
#define TEXT_SIZE 2048

static void
sage_http_request_reserve (SageHttpRequest *request,
                           gsize            size)
{
  if (size <= request->text_size)
    return;
  request->text_size = MAX (size, 2 * request->text_size);
  request->text = g_realloc (request->text, request->text_size);
}

static SageHttpRequest *
sage_http_request_new (void)
{
  SageHttpRequest *request = g_new0 (SageHttpRequest, 1);

  g_atomic_ref_count_init (&request->ref_count);
  g_mutex_init (&request->lock);
  g_cond_init (&request->resumed);
  request->extra = g_string_sized_new (256);
  sage_http_request_reserve (request, TEXT_SIZE);
  return request;
}

/* Drops what belongs to one exchange, so that the memory can serve the next. */
static void
sage_http_request_clear (SageHttpRequest *request)
{
  if (request->data_destroy != NULL)
    request->data_destroy (request->data);
  request->data = NULL;
  request->data_destroy = NULL;
  if (request->sink_destroy != NULL)
    request->sink_destroy (request->sink_data);
  request->sink = NULL;
  request->sink_data = NULL;
  request->sink_destroy = NULL;
  if (request->upgrade_destroy != NULL)
    request->upgrade_destroy (request->upgrade_data);
  request->upgrade_data = NULL;
  request->upgrade_destroy = NULL;
  g_clear_error (&request->sink_error);
  g_clear_pointer (&request->response, MHD_destroy_response);
  g_clear_pointer (&request->raw, g_byte_array_unref);
  g_clear_pointer (&request->body_bytes, g_bytes_unref);
  g_clear_pointer (&request->body, g_free);
  request->body_length = request->body_size = 0;
  g_string_truncate (request->extra, 0);
}

/* Frees @request, which nobody refers to. */
void
sage_http_request_free (SageHttpRequest *request)
{
  sage_http_request_clear (request);
  g_string_free (request->extra, TRUE);
  g_free (request->text);
  g_cond_clear (&request->resumed);
  g_mutex_clear (&request->lock);
  g_free (request);
}

void
sage_http_request_unref (SageHttpRequest *request)
{
  if (g_atomic_ref_count_dec (&request->ref_count))
    sage_http_request_free (request);
}

/* Starts a request whose first line came over @connection; @target is as it was sent. */
SageHttpRequest *
sage_http_request_take (SageHttpConnection    *connection,
                        struct MHD_Connection *mhd,
                        const char            *target)
{
  SageHttpRequest *request = g_steal_pointer (&connection->spare);
  gsize length = strlen (target);

  if (request == NULL)
    request = sage_http_request_new ();

  request->server = connection->server;
  request->connection = connection;
  request->mhd = mhd;
  request->suspended = FALSE;
  request->released = FALSE;
  request->status = 0;
  request->stage = SAGE_HTTP_STAGE_NEW;
  request->parked = FALSE;
  request->mid_body = FALSE;
  request->content_length = 0;
  request->expects_continue = FALSE;
  request->limit = SAGE_HTTP_DEFAULT_LIMIT;
  request->limit_set = FALSE;
  request->n_fields = 0;
  request->header_bytes = 0;
  request->method[0] = '\0';

  request->target_too_long = length > SAGE_HTTP_MAX_TARGET;
  if (request->target_too_long)
    length = 0;
  sage_http_request_reserve (request, length + 1);
  memcpy (request->text, target, length);
  request->text[length] = '\0';
  request->target_length = length;
  request->path = request->query = "";
  request->fields[0] = NULL;
  return request;
}

/* libmicrohttpd is done with @request. Keeps it for the connection's next one if nobody else
 * holds it. */
void
sage_http_request_finish (SageHttpRequest *request)
{
  SageHttpConnection *connection = request->connection;

  g_mutex_lock (&request->lock);
  request->mhd = NULL;
  request->connection = NULL;
  g_mutex_unlock (&request->lock);

  if (connection->spare == NULL && g_atomic_ref_count_compare (&request->ref_count, 1))
    {
      sage_http_request_clear (request);
      connection->spare = request;
    }
  else
    sage_http_request_unref (request);
}

typedef struct
{
  SageHttpRequest *request;
  gsize            lengths[2 * SAGE_HTTP_MAX_FIELDS];
} Fields;

static enum MHD_Result
sage_http_request_field_cb (gpointer            user_data,
                            enum MHD_ValueKind  kind,
                            const char         *name,
                            size_t              name_length,
                            const char         *value,
                            size_t              value_length)
{
  Fields *fields = user_data;
  SageHttpRequest *request = fields->request;
  guint n = request->n_fields++;

  if (value == NULL)
    {
      value = "";
      value_length = 0;
    }
  /* ": " and CR LF count as they do on the wire */
  request->header_bytes += name_length + value_length + 4;
  if (n >= SAGE_HTTP_MAX_FIELDS)
    return MHD_YES;

  request->fields[2 * n] = name;
  request->fields[2 * n + 1] = value;
  fields->lengths[2 * n] = name_length;
  fields->lengths[2 * n + 1] = value_length;
  return MHD_YES;
}

/* Cuts the target into path and query. Of an absolute one only the path is kept here; the check
 * compares its authority. */
static void
sage_http_request_split_target (SageHttpRequest *request)
{
  char *target = request->text;
  char *mark = memchr (target, '?', request->target_length);

  request->query = "";
  if (mark != NULL)
    {
      *mark = '\0';
      request->query = mark + 1;
    }
  request->path = target;
}

/* Copies method and headers into memory of the request's own, which lives as long as its owner
 * needs it, not only as long as libmicrohttpd's. */
void
sage_http_request_load (SageHttpRequest *request,
                        const char      *method)
{
  Fields fields;
  gsize at = request->target_length + 1;
  guint n;

  fields.request = request;
  g_strlcpy (request->method, method, sizeof request->method);
  MHD_get_connection_values_n (request->mhd, MHD_HEADER_KIND, sage_http_request_field_cb, &fields);

  n = 2 * MIN (request->n_fields, SAGE_HTTP_MAX_FIELDS);
  sage_http_request_reserve (request, at + request->header_bytes);
  sage_http_request_split_target (request);

  for (guint i = 0; i < n; i++)
    {
      char *copy = request->text + at;

      memcpy (copy, request->fields[i], fields.lengths[i]);
      copy[fields.lengths[i]] = '\0';
      request->fields[i] = copy;
      at += fields.lengths[i] + 1;
    }
  request->fields[n] = NULL;
}

/* Takes the next bytes of the body into memory; %FALSE if they go over the limit. The memory
 * grows with what came, never with what was announced, beyond a first 64 KiB. */
gboolean
sage_http_request_append (SageHttpRequest *request,
                          const char      *data,
                          gsize            length)
{
  gsize needed;

  if (length > request->limit || request->body_length > request->limit - length)
    return FALSE;

  needed = request->body_length + length;
  if (needed > request->body_size)
    {
      gsize size = MAX (needed, 2 * request->body_size);

      if (request->content_length > 0)
        size = MAX (needed, MIN ((gsize) request->content_length, MAX (size, 64 * 1024)));
      request->body = g_realloc (request->body, size);
      request->body_size = size;
    }
  memcpy (request->body + request->body_length, data, length);
  request->body_length = needed;
  return TRUE;
}

/**
 * sage_http_request_method:
 *
 * Returns: `GET`, `HEAD`, `PUT`, `POST` or `DELETE`; the server answers all others itself
 */
const char *
sage_http_request_method (SageHttpRequest *request)
{
  return request->method;
}

/**
 * sage_http_request_path:
 *
 * Returns: the path as it was sent, still percent-encoded (a signature covers it in this form). It
 *   starts with a slash and has no byte below 0x21 and none above 0x7e; escapes in it are unchecked:
 *   sage_http_uri_split_path() does that.
 */
const char *
sage_http_request_path (SageHttpRequest *request)
{
  return request->path;
}

/**
 * sage_http_request_query:
 *
 * Returns: what follows the first question mark, as it was sent; "" if there is none
 */
const char *
sage_http_request_query (SageHttpRequest *request)
{
  return request->query;
}

/**
 * sage_http_request_header:
 * @name: a header's name; case does not matter
 *
 * Returns: (nullable): the value of the first header of that name, without surrounding blanks
 */
const char *
sage_http_request_header (SageHttpRequest *request,
                          const char      *name)
{
  for (const char **field = request->fields; *field != NULL; field += 2)
    {
      if (sage_header_name_equal (field[0], name))
        return field[1];
    }
  return NULL;
}

/**
 * sage_http_request_count_header:
 * @name: a header's name; case does not matter
 *
 * Returns: how many headers of that name there are
 */
guint
sage_http_request_count_header (SageHttpRequest *request,
                                const char      *name)
{
  guint n = 0;

  for (const char **field = request->fields; *field != NULL; field += 2)
    n += sage_header_name_equal (field[0], name);
  return n;
}

/**
 * sage_http_request_headers:
 *
 * Returns: name, value, name, value, …, %NULL, in the order sent
 */
const char * const *
sage_http_request_headers (SageHttpRequest *request)
{
  return request->fields;
}

/**
 * sage_http_request_content_length:
 *
 * Returns: the announced length of the body in bytes, 0 if there is no body, -1 if it comes
 *   chunked
 */
gint64
sage_http_request_content_length (SageHttpRequest *request)
{
  return request->content_length;
}

/**
 * sage_http_request_body:
 *
 * Returns: (transfer none): the whole body; empty if there was none, if it went to a sink, or
 *   before the handler's `handle`
 */
GBytes *
sage_http_request_body (SageHttpRequest *request)
{
  if (request->body_bytes == NULL)
    {
      request->body_bytes = g_bytes_new_take (g_steal_pointer (&request->body),
                                              request->body_length);
      request->body_size = 0;
    }
  return request->body_bytes;
}

/**
 * sage_http_request_peer_uid:
 *
 * Returns: the user at the other end of the Unix socket, by `SO_PEERCRED`; -1 over TCP
 */
gint64
sage_http_request_peer_uid (SageHttpRequest *request)
{
  gint64 uid;

  g_mutex_lock (&request->lock);
  uid = request->connection != NULL ? request->connection->uid : -1;
  g_mutex_unlock (&request->lock);
  return uid;
}

/**
 * sage_http_request_peer:
 *
 * Returns: (transfer full) (nullable): the address that the request came from; %NULL over the Unix
 *   socket, and once the connection is gone
 */
char *
sage_http_request_peer (SageHttpRequest *request)
{
  char *peer;

  g_mutex_lock (&request->lock);
  peer = request->connection != NULL ? g_strdup (request->connection->peer) : NULL;
  g_mutex_unlock (&request->lock);
  return peer;
}

/**
 * sage_http_request_is_tls:
 *
 * Returns: whether the request came through TLS
 */
gboolean
sage_http_request_is_tls (SageHttpRequest *request)
{
  gboolean is_tls;

  g_mutex_lock (&request->lock);
  is_tls = request->connection != NULL && request->connection->tls != NULL;
  g_mutex_unlock (&request->lock);
  return is_tls;
}

/**
 * sage_http_request_client:
 *
 * Returns: (transfer full) (nullable): the user for whom the certificate is pinned that the client
 *   has shown; %NULL if it has shown none, and once the connection is gone
 */
char *
sage_http_request_client (SageHttpRequest *request)
{
  char *client = NULL;

  g_mutex_lock (&request->lock);
  if (request->connection != NULL && request->connection->tls != NULL)
    client = g_strdup (request->connection->tls->client);
  g_mutex_unlock (&request->lock);
  return client;
}

/**
 * sage_http_request_gone:
 *
 * Looks whether anybody still waits for the reply, so that long work can be given up. May be called
 * from any thread while the request is valid.
 *
 * Returns: %TRUE if the client hung up, or the request ran past its deadline
 */
gboolean
sage_http_request_gone (SageHttpRequest *request)
{
  gboolean gone;

  g_mutex_lock (&request->lock);
  gone = request->mhd == NULL || request->released;
  if (!gone)
    {
      char byte;
      ssize_t n = recv (request->connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

      gone = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    }
  g_mutex_unlock (&request->lock);
  return gone;
}

/**
 * sage_http_request_set_limit:
 * @max_bytes: how long the body may be
 *
 * To be called in the handler's `begin`. A longer body is answered with 413: before anything of it
 * is read if its length was announced, else when that much has come. The default is 1 MiB in
 * memory; a sink has no limit unless one is set.
 */
void
sage_http_request_set_limit (SageHttpRequest *request,
                             gsize            max_bytes)
{
  request->limit = max_bytes;
  request->limit_set = TRUE;
}

/**
 * sage_http_request_set_sink:
 * @func: takes the body's bytes as they come
 * @destroy: (nullable): frees @user_data when the request is over, complete or not
 *
 * To be called in the handler's `begin`. After a failure of @func no more of the body is read: the
 * handler's `handle` is called, finds the error in sage_http_request_sink_error() and answers; the
 * connection is closed after that.
 */
void
sage_http_request_set_sink (SageHttpRequest  *request,
                            SageHttpSinkFunc  func,
                            gpointer          user_data,
                            GDestroyNotify    destroy)
{
  g_return_if_fail (request->sink == NULL);

  request->sink = func;
  request->sink_data = user_data;
  request->sink_destroy = destroy;
}

/**
 * sage_http_request_sink_error:
 *
 * Returns: (transfer none) (nullable): why the sink refused the body
 */
GError *
sage_http_request_sink_error (SageHttpRequest *request)
{
  return request->sink_error;
}

/**
 * sage_http_request_set_data:
 * @data: anything the handler wants to find again
 * @destroy: (nullable): frees @data when the request is over or @data is replaced
 */
void
sage_http_request_set_data (SageHttpRequest *request,
                            gpointer         data,
                            GDestroyNotify   destroy)
{
  if (request->data_destroy != NULL)
    request->data_destroy (request->data);
  request->data = data;
  request->data_destroy = destroy;
}

gpointer
sage_http_request_data (SageHttpRequest *request)
{
  return request->data;
}

/**
 * sage_http_request_answered:
 *
 * Returns: %TRUE once a reply was given
 */
gboolean
sage_http_request_answered (SageHttpRequest *request)
{
  gboolean answered;

  g_mutex_lock (&request->lock);
  answered = request->status != 0;
  g_mutex_unlock (&request->lock);
  return answered;
}

/**
 * sage_http_suspend:
 *
 * To be called in the handler's `handle`: the reply will come from elsewhere, by sage_http_reply()
 * or one of its kin followed by sage_http_resume(). The request stays valid until then, even if its
 * client goes away.
 */
void
sage_http_suspend (SageHttpRequest *request)
{
  SageHttpServer *server = request->server;

  g_return_if_fail (request->stage == SAGE_HTTP_STAGE_HANDLED);
  g_return_if_fail (!request->suspended);

  g_atomic_ref_count_inc (&request->ref_count);
  g_mutex_lock (&server->lock);
  g_mutex_lock (&request->lock);
  request->suspended = TRUE;
  if (server->releasing)
    request->released = TRUE;
  else
    {
      request->parked = TRUE;
      request->connection->suspended = request;
      if (server->threading == SAGE_HTTP_EVENTS)
        MHD_suspend_connection (request->mhd);
    }
  g_mutex_unlock (&request->lock);
  g_mutex_unlock (&server->lock);
}

/* Lets a suspended request go on without its owner, who may still answer and resume to no effect.
 * To be called under the server's lock. */
void
sage_http_request_release (SageHttpRequest *request)
{
  g_mutex_lock (&request->lock);
  if (request->suspended && !request->released && request->mhd != NULL)
    {
      request->released = TRUE;
      if (request->server->threading == SAGE_HTTP_EVENTS)
        MHD_resume_connection (request->mhd);
      g_cond_signal (&request->resumed);
    }
  g_mutex_unlock (&request->lock);
}

/* The connection's thread is back on a request that was suspended: the door forgets it. */
void
sage_http_request_unpark (SageHttpRequest *request)
{
  g_mutex_lock (&request->server->lock);
  request->connection->suspended = NULL;
  g_mutex_unlock (&request->server->lock);
  request->parked = FALSE;
}

/**
 * sage_http_resume:
 * @request: a suspended and answered request; not to be used after this
 *
 * Sends the reply. May be called from any thread, and before the suspending handler has returned.
 */
void
sage_http_resume (SageHttpRequest *request)
{
  g_mutex_lock (&request->lock);
  if (!request->released && request->mhd != NULL)
    {
      if (request->server->threading == SAGE_HTTP_EVENTS)
        MHD_resume_connection (request->mhd);
      g_cond_signal (&request->resumed);
    }
  request->suspended = FALSE;
  g_mutex_unlock (&request->lock);
  sage_http_request_unref (request);
}
