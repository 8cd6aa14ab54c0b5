/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-http-private.h"
#include "sage-time.h"

/* The most of a file that is sent as the reply to a body whose rest is not read. */
#define RAW_FILE_BYTES (1024 * 1024)

/* RFC 9110 §5.6.2 and §5.5: a name that is a token, a value without line ends or NUL. */
static gboolean
is_header (const char *name,
           const char *value)
{
  if (!sage_http_is_token (name))
    return FALSE;
  for (; *value != '\0'; value++)
    {
      if (g_ascii_iscntrl (*value) && *value != '\t')
        return FALSE;
    }
  return TRUE;
}

/**
 * sage_http_reply_header:
 * @name: a header's name
 * @value: its value
 *
 * Adds a header to the reply. To be called before the reply itself is given. A value with a line
 * end or another control character is left out with a warning: it would be a hole in the reply.
 */
void
sage_http_reply_header (SageHttpRequest *request,
                        const char      *name,
                        const char      *value)
{
  if (!is_header (name, value))
    {
      g_autofree char *escaped = g_strescape (value, NULL);

      g_warning ("Left out the reply header %s: '%s'", name, escaped);
      return;
    }

  g_mutex_lock (&request->lock);
  if (request->status == 0 && !request->released)
    {
      g_string_append_len (request->extra, name, strlen (name) + 1);
      g_string_append_len (request->extra, value, strlen (value) + 1);
    }
  g_mutex_unlock (&request->lock);
}

/* Starts a reply; %FALSE if there is one already or nobody waits for it. Leaves @request locked if
 * %TRUE. */
static gboolean
begin_reply (SageHttpRequest *request,
             guint            status)
{
  g_mutex_lock (&request->lock);
  if (request->released)
    {
      g_mutex_unlock (&request->lock);
      return FALSE;
    }
  if (request->status != 0)
    {
      g_mutex_unlock (&request->lock);
      g_critical ("A request for %s is answered twice", request->path);
      return FALSE;
    }
  request->status = status;
  return TRUE;
}

static void
add_header (struct MHD_Response *response,
            const char          *name,
            const char          *value)
{
  if (MHD_add_response_header (response, name, value) != MHD_YES)
    g_warning ("Left out the reply header %s", name);
}

/* Puts the headers on @response, gives it to @request and unlocks that. */
static void
end_reply (SageHttpRequest     *request,
           const char          *content_type,
           struct MHD_Response *response)
{
  const char *at = request->extra->str;
  const char *end = at + request->extra->len;

  if (content_type != NULL)
    add_header (response, "Content-Type", content_type);
  while (at < end)
    {
      const char *value = at + strlen (at) + 1;

      add_header (response, at, value);
      at = value + strlen (value) + 1;
    }
  request->response = response;
  g_mutex_unlock (&request->lock);
}

/* Writes a whole reply into memory, for a request that is answered in the middle of its body:
 * libmicrohttpd takes no reply there. */
static void
end_raw_reply (SageHttpRequest *request,
               const char      *content_type,
               const void      *body,
               gsize            length)
{
  g_autofree char *date = sage_time_to_http_date (sage_time_now ());
  g_autoptr(GString) head = g_string_new (NULL);
  const char *at = request->extra->str;
  const char *end = at + request->extra->len;
  const char *phrase = MHD_get_reason_phrase_for (request->status);

  g_string_append_printf (head, "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n",
                          request->status, phrase != NULL ? phrase : "Unknown", date);
  if (content_type != NULL)
    g_string_append_printf (head, "Content-Type: %s\r\n", content_type);
  while (at < end)
    {
      const char *value = at + strlen (at) + 1;

      if (g_ascii_strcasecmp (at, "Connection") != 0)
        g_string_append_printf (head, "%s: %s\r\n", at, value);
      at = value + strlen (value) + 1;
    }
  g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);

  request->raw = g_byte_array_new ();
  g_byte_array_append (request->raw, (const guint8 *) head->str, head->len);
  if (length > 0)
    g_byte_array_append (request->raw, body, length);
  g_mutex_unlock (&request->lock);
}

/**
 * sage_http_reply:
 * @status: the HTTP status
 * @content_type: (nullable): the type of @body
 * @body: (nullable): copied
 * @length: length of @body in bytes
 *
 * Answers @request. For `HEAD` only the headers are sent, with the length that `GET` would have.
 */
void
sage_http_reply (SageHttpRequest *request,
                 guint            status,
                 const char      *content_type,
                 const void      *body,
                 gsize            length)
{
  if (!begin_reply (request, status))
    return;
  if (request->mid_body)
    end_raw_reply (request, content_type, body, length);
  else
    end_reply (request, content_type,
               MHD_create_response_from_buffer_copy (length, length > 0 ? body : ""));
}

/**
 * sage_http_reply_bytes:
 * @status: the HTTP status
 * @content_type: (nullable): the type of @body
 * @body: a reference is taken, nothing is copied
 *
 * Answers @request, like sage_http_reply().
 */
void
sage_http_reply_bytes (SageHttpRequest *request,
                       guint            status,
                       const char      *content_type,
                       GBytes          *body)
{
  gsize length;
  const void *data = g_bytes_get_data (body, &length);
  struct MHD_Response *response;

  if (length == 0)
    {
      sage_http_reply (request, status, content_type, NULL, 0);
      return;
    }
  if (!begin_reply (request, status))
    return;
  if (request->mid_body)
    {
      end_raw_reply (request, content_type, data, length);
      return;
    }
  response = MHD_create_response_from_buffer_with_free_callback_cls (
    length, data, (MHD_ContentReaderFreeCallback) g_bytes_unref, g_bytes_ref (body));
  end_reply (request, content_type, response);
}

static GByteArray *
read_part (int     fd,
           guint64 offset,
           guint64 length)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize got = 0;

  g_byte_array_set_size (bytes, (guint) MIN (length, RAW_FILE_BYTES));
  while (got < bytes->len)
    {
      ssize_t n = pread (fd, bytes->data + got, bytes->len - got, (off_t) (offset + got));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      got += (gsize) n;
    }
  g_byte_array_set_size (bytes, (guint) got);
  return bytes;
}

/**
 * sage_http_reply_fd:
 * @status: the HTTP status
 * @content_type: (nullable): the type of the body
 * @fd: an open file; taken over, and closed in every case
 * @offset: where the body starts in it
 * @length: how many bytes of it are the body
 *
 * Answers @request with a part of a file, which the kernel sends without a copy. A file that turns
 * out to be shorter ends the connection early, so that the client sees the reply cut off.
 */
void
sage_http_reply_fd (SageHttpRequest *request,
                    guint            status,
                    const char      *content_type,
                    int              fd,
                    guint64          offset,
                    guint64          length)
{
  g_autofd int file = fd;
  struct MHD_Response *response;

  if (length == 0)
    {
      sage_http_reply (request, status, content_type, NULL, 0);
      return;
    }
  if (!begin_reply (request, status))
    return;
  if (request->mid_body)
    {
      g_autoptr(GByteArray) part = read_part (file, offset, length);

      end_raw_reply (request, content_type, part->data, part->len);
      return;
    }
  response = MHD_create_response_from_fd_at_offset64 (length, file, offset);
  if (response != NULL)
    (void) g_steal_fd (&file);
  else
    {
      static const char message[] = "The part to send is out of range\n";

      request->status = 500;
      content_type = "text/plain";
      response = MHD_create_response_from_buffer_static (sizeof message - 1, message);
    }
  end_reply (request, content_type, response);
}

/**
 * sage_http_reply_head:
 * @status: the HTTP status
 * @content_type: (nullable): the type of the body that `GET` would have
 * @length: its length in bytes
 *
 * Answers a `HEAD` request with the length of a body that need not be there. Any other method is
 * answered with an empty body.
 */
void
sage_http_reply_head (SageHttpRequest *request,
                      guint            status,
                      const char      *content_type,
                      guint64          length)
{
  struct MHD_Response *response;
  char number[24];

  if (strcmp (request->method, "HEAD") != 0)
    {
      sage_http_reply (request, status, content_type, NULL, 0);
      return;
    }
  if (!begin_reply (request, status))
    return;
  response = MHD_create_response_empty (MHD_RF_HEAD_ONLY_RESPONSE);
  g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT, length);
  add_header (response, "Content-Length", number);
  end_reply (request, content_type, response);
}

/* Answers with a response that is made already, plus the headers given so far. */
void
sage_http_reply_response (SageHttpRequest     *request,
                          guint                status,
                          struct MHD_Response *response)
{
  if (begin_reply (request, status))
    end_reply (request, NULL, response);
  else
    MHD_destroy_response (response);
}

/* Answers by the server itself, and ends the connection: what follows on it cannot be trusted. */
void
sage_http_refuse (SageHttpRequest *request,
                  guint            status,
                  const char      *reason)
{
  g_autofree char *body = g_strconcat (reason, "\n", NULL);

  g_debug ("Refused a request with %u: %s", status, reason);
  sage_http_reply_header (request, "Connection", "close");
  request->connection->ending = TRUE;
  if (status == 405)
    sage_http_reply_header (request, "Allow", "GET, HEAD, PUT, POST, DELETE");
  sage_http_reply (request, status, "text/plain", body, strlen (body));
}

/* Sends a reply past libmicrohttpd, which then closes the connection. The socket's buffer is empty
 * at this point: every reply before this one is out. */
static enum MHD_Result
send_raw (SageHttpRequest *request)
{
  const guint8 *data = request->raw->data;
  gsize left = request->raw->len;

  while (left > 0)
    {
      ssize_t n = send (request->connection->fd, data, left, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      data += n;
      left -= (gsize) n;
    }
  request->connection->refused = TRUE;
  return MHD_NO;
}

/* Gives the reply of an answered request to libmicrohttpd. On the connection's thread. */
enum MHD_Result
sage_http_reply_send (SageHttpRequest *request)
{
  enum MHD_Result result;

  if (request->raw != NULL)
    return send_raw (request);
  if (request->response == NULL)
    return MHD_NO;
  result = MHD_queue_response (request->mhd, request->status, request->response);
  g_clear_pointer (&request->response, MHD_destroy_response);
  return result;
}
