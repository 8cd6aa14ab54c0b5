/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http-peer"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-peer.h"

#define MAX_HEAD    32768
#define MAX_FIELDS  100
#define MAX_INTERIM 8
#define READ_SIZE   16384

struct _SageHttpPeer
{
  int         fd;
  gboolean    reusable;
  gboolean    answered; /* a byte came back in the last call */
  gint64      deadline; /* of the call under way; monotonic, in microseconds */
  GByteArray *input;    /* (owned): read and not used yet, from start on */
  gsize       start;
};

/* Connects to a path of any length: one that does not fit an address goes by way of its folder. */
static int
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int folder = -1;
  int saved_errno;

  if (fd < 0)
    return -1;

  if (g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
    {
      g_autofree char *name = g_path_get_dirname (path);
      g_autofree char *leaf = g_path_get_basename (path);

      folder = open (name, O_PATH | O_DIRECTORY | O_CLOEXEC);
      g_snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder, leaf);
    }

  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      saved_errno = errno;
      close (fd);
      fd = -1;
      errno = saved_errno;
    }

  if (folder >= 0)
    {
      saved_errno = errno;
      close (folder);
      errno = saved_errno;
    }

  return fd;
}

/**
 * sage_http_peer_open:
 * @socket_path: the socket of a server on this machine
 * @error: return location
 *
 * Returns: (transfer full): the connection, or %NULL with %SAGE_ERROR_UNREACHABLE
 */
SageHttpPeer *
sage_http_peer_open (const char  *socket_path,
                     GError     **error)
{
  SageHttpPeer *peer;
  int fd = connect_to (socket_path);

  if (fd < 0)
    {
      sage_throw (error, SAGE_ERROR_UNREACHABLE, "Connecting to '%s' failed: %s",
                  socket_path, g_strerror (errno));
      return NULL;
    }

  peer = g_new0 (SageHttpPeer, 1);
  peer->fd = fd;
  peer->input = g_byte_array_new ();

  return peer;
}

void
sage_http_peer_free (SageHttpPeer *peer)
{
  if (peer == NULL)
    return;

  close (peer->fd);
  g_byte_array_unref (peer->input);
  g_free (peer);
}

/**
 * sage_http_peer_is_idle:
 *
 * Returns: whether the connection can carry another call: the last one left it open, and the server
 *   has neither closed it nor said anything since
 */
gboolean
sage_http_peer_is_idle (SageHttpPeer *peer)
{
  struct pollfd poller = { .fd = peer->fd, .events = POLLIN };

  return peer->reusable && poll (&poller, 1, 0) == 0;
}

/**
 * sage_http_peer_answered:
 *
 * Returns: whether any byte came back in the last call. A call over a connection that was idle
 *   before may be made again over a new one if none did: the server had closed it.
 */
gboolean
sage_http_peer_answered (SageHttpPeer *peer)
{
  return peer->answered;
}

static gboolean
wait_for (SageHttpPeer  *peer,
          short          events,
          GError       **error)
{
  struct pollfd poller = { .fd = peer->fd, .events = events };

  for (;;)
    {
      gint64 left = peer->deadline - g_get_monotonic_time ();
      int n;

      if (left <= 0)
        return sage_throw (error, SAGE_ERROR_BUSY, "No answer within the time allowed");

      n = poll (&poller, 1, (int) MIN ((left + 999) / 1000, G_MAXINT));
      if (n > 0)
        return TRUE;
      if (n < 0 && errno != EINTR)
        return sage_throw_errno (error, "Waiting for the server failed");
    }
}

static gboolean
write_all (SageHttpPeer  *peer,
           const char    *data,
           gsize          length,
           int            flags,
           GError       **error)
{
  while (length > 0)
    {
      gssize n = send (peer->fd, data, length, MSG_NOSIGNAL | flags);

      if (n >= 0)
        {
          data += n;
          length -= n;
        }
      else if (errno == EAGAIN)
        {
          if (!wait_for (peer, POLLOUT, error))
            return FALSE;
        }
      else if (errno != EINTR)
        {
          return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The server hung up: %s",
                             g_strerror (errno));
        }
    }

  return TRUE;
}

static gsize
unused (SageHttpPeer *peer)
{
  return peer->input->len - peer->start;
}

/* Reads some more; @at_end tells that the server has closed the connection. */
static gboolean
read_more (SageHttpPeer  *peer,
           gboolean      *at_end,
           GError       **error)
{
  guint length;

  if (peer->start > 0)
    {
      g_byte_array_remove_range (peer->input, 0, peer->start);
      peer->start = 0;
    }

  length = peer->input->len;
  g_byte_array_set_size (peer->input, length + READ_SIZE);

  for (;;)
    {
      gssize n = recv (peer->fd, peer->input->data + length, READ_SIZE, 0);

      if (n >= 0)
        {
          g_byte_array_set_size (peer->input, length + n);
          peer->answered |= n > 0;
          *at_end = n == 0;
          return TRUE;
        }
      if (errno == EINTR)
        continue;

      if (errno == EAGAIN)
        {
          if (wait_for (peer, POLLIN, error))
            continue;
          g_byte_array_set_size (peer->input, length);
          return FALSE;
        }

      g_byte_array_set_size (peer->input, length);
      *at_end = errno == ECONNRESET;
      return *at_end ? TRUE : sage_throw_errno (error, "Reading from the server failed");
    }
}

static gboolean
throw_cut (GError **error)
{
  return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The server hung up before its answer was whole");
}

static gboolean
throw_malformed (const char  *what,
                 GError     **error)
{
  return sage_throw (error, SAGE_ERROR_PROTOCOL, "The server's answer is no HTTP: %s", what);
}

/* Takes one line, without its end, as text of its own. */
static char *
take_line (SageHttpPeer  *peer,
           gsize         *budget,
           GError       **error)
{
  for (;;)
    {
      const char *begin = (const char *) peer->input->data + peer->start;
      const char *newline = unused (peer) > 0 ? memchr (begin, '\n', unused (peer)) : NULL;
      gsize length = newline != NULL ? (gsize) (newline - begin) : unused (peer);
      gboolean at_end = FALSE;

      if (length >= *budget)
        {
          throw_malformed ("its head is too long", error);
          return NULL;
        }
      if (newline != NULL)
        {
          *budget -= length + 1;
          peer->start += length + 1;
          if (length > 0 && begin[length - 1] == '\r')
            length--;
          if (memchr (begin, '\0', length) != NULL || memchr (begin, '\r', length) != NULL)
            {
              throw_malformed ("a control character in its head", error);
              return NULL;
            }
          return g_strndup (begin, length);
        }

      if (!read_more (peer, &at_end, error))
        return NULL;
      if (at_end)
        {
          throw_cut (error);
          return NULL;
        }
    }
}

static gboolean
parse_status (SageHttpPeer    *peer,
              const char      *line,
              SageHttpAnswer  *answer,
              GError         **error)
{
  if (!g_str_has_prefix (line, "HTTP/1.") || (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
      !g_ascii_isdigit (line[9]) || !g_ascii_isdigit (line[10]) || !g_ascii_isdigit (line[11]) ||
      (line[12] != ' ' && line[12] != '\0'))
    return throw_malformed ("its first line is wrong", error);

  answer->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  peer->reusable = line[7] == '1';

  return TRUE;
}

static gboolean
read_fields (SageHttpPeer    *peer,
             gsize           *budget,
             SageHttpAnswer  *answer,
             GError         **error)
{
  for (;;)
    {
      g_autofree char *line = take_line (peer, budget, error);
      char *colon;

      if (line == NULL)
        return FALSE;
      if (line[0] == '\0')
        return TRUE;

      colon = strchr (line, ':');
      if (colon == NULL || colon == line || answer->fields->len >= 2 * MAX_FIELDS ||
          strcspn (line, " \t") < (gsize) (colon - line))
        return throw_malformed ("a header is wrong", error);

      *colon = '\0';
      g_ptr_array_add (answer->fields, g_strdup (line));
      g_ptr_array_add (answer->fields, g_strstrip (g_strdup (colon + 1)));
    }
}

/* Reads the head of the answer, past interim ones. */
static gboolean
read_head (SageHttpPeer    *peer,
           SageHttpAnswer  *answer,
           GError         **error)
{
  gsize budget = MAX_HEAD;

  for (guint i = 0; i < MAX_INTERIM; i++)
    {
      g_autofree char *line = take_line (peer, &budget, error);

      g_ptr_array_set_size (answer->fields, 0);
      if (line == NULL || !parse_status (peer, line, answer, error) ||
          !read_fields (peer, &budget, answer, error))
        return FALSE;
      if (answer->status >= 200)
        return TRUE;
      if (answer->status == 101)
        break;
    }

  return throw_malformed ("it only ever announces an answer", error);
}

static gboolean
take_body (SageHttpPeer    *peer,
           guint64          length,
           SageHttpAnswer  *answer,
           GError         **error)
{
  while (length > 0)
    {
      gsize n = MIN (length, unused (peer));
      gboolean at_end = FALSE;

      g_byte_array_append (answer->body, peer->input->data + peer->start, n);
      peer->start += n;
      length -= n;

      if (length > 0 && !read_more (peer, &at_end, error))
        return FALSE;
      if (at_end)
        return throw_cut (error);
    }

  return TRUE;
}

static gboolean
throw_large (gsize    max_reply,
             GError **error)
{
  return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                     "The server's answer is larger than %" G_GSIZE_FORMAT " bytes", max_reply);
}

static gboolean
read_chunks (SageHttpPeer    *peer,
             gsize            max_reply,
             SageHttpAnswer  *answer,
             GError         **error)
{
  gsize budget = 4 * MAX_HEAD + max_reply / 4;

  for (;;)
    {
      g_autofree char *line = take_line (peer, &budget, error);
      g_autofree char *after = NULL;
      guint64 length;
      char *end;

      if (line == NULL)
        return FALSE;
      length = g_ascii_isxdigit (line[0]) ? g_ascii_strtoull (line, &end, 16) : G_MAXUINT64;
      if (length == G_MAXUINT64 || (*end != '\0' && *end != ';' && *end != ' '))
        return throw_malformed ("a chunk's size is wrong", error);
      if (length > max_reply - answer->body->len)
        return throw_large (max_reply, error);
      if (length == 0)
        return read_fields (peer, &budget, answer, error);

      if (!take_body (peer, length, answer, error))
        return FALSE;
      after = take_line (peer, &budget, error);
      if (after == NULL)
        return FALSE;
      if (after[0] != '\0')
        return throw_malformed ("a chunk's end is wrong", error);
    }
}

/* A body without a length goes on until the server closes the connection. */
static gboolean
read_to_end (SageHttpPeer    *peer,
             gsize            max_reply,
             SageHttpAnswer  *answer,
             GError         **error)
{
  gboolean at_end = FALSE;

  peer->reusable = FALSE;

  while (!at_end)
    {
      if (unused (peer) > max_reply - answer->body->len)
        return throw_large (max_reply, error);
      g_byte_array_append (answer->body, peer->input->data + peer->start, unused (peer));
      peer->start = peer->input->len;
      if (!read_more (peer, &at_end, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_body (SageHttpPeer    *peer,
           gsize            max_reply,
           SageHttpAnswer  *answer,
           GError         **error)
{
  const char *coding = sage_http_answer_field (answer, "Transfer-Encoding");
  const char *text = sage_http_answer_field (answer, "Content-Length");
  guint64 length;

  if (answer->status == 204 || answer->status == 304)
    return TRUE;
  if (coding != NULL && (text != NULL || g_ascii_strcasecmp (coding, "chunked") != 0))
    return throw_malformed ("its length is told in two ways", error);
  if (coding != NULL)
    return read_chunks (peer, max_reply, answer, error);
  if (text == NULL)
    return read_to_end (peer, max_reply, answer, error);

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &length, NULL))
    return throw_malformed ("its length is no number", error);
  if (length > max_reply)
    return throw_large (max_reply, error);

  return take_body (peer, length, answer, error);
}

static GString *
format_head (const char         *method,
             const char         *target,
             const char * const *headers,
             gsize               length)
{
  GString *head = g_string_sized_new (512);

  g_string_append_printf (head, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, target);
  if (length > 0 || !g_str_equal (method, "GET"))
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  for (; headers != NULL && headers[0] != NULL; headers += 2)
    g_string_append_printf (head, "%s: %s\r\n", headers[0], headers[1]);
  g_string_append (head, "\r\n");

  return head;
}

static gboolean
read_answer (SageHttpPeer    *peer,
             gsize            max_reply,
             SageHttpAnswer  *answer,
             GError         **error)
{
  const char *connection;
  gboolean kept;

  if (!read_head (peer, answer, error))
    return FALSE;

  connection = sage_http_answer_field (answer, "Connection");
  kept = peer->reusable && (connection == NULL || g_ascii_strcasecmp (connection, "close") != 0);

  if (!read_body (peer, max_reply, answer, error))
    return FALSE;

  peer->reusable = kept && peer->reusable && unused (peer) == 0;

  return TRUE;
}

/**
 * sage_http_peer_call:
 * @peer: the connection
 * @method: the method
 * @target: path and query, as they go on the wire
 * @headers: (nullable): name, value, …, %NULL; without Host and Content-Length. They come from
 *   headers that were parsed, so no line break is in them
 * @body: (nullable): the body
 * @length: its length in bytes
 * @max_reply: how long the body of the answer may be
 * @deadline: when the answer must be whole, by g_get_monotonic_time()
 * @answer: (out caller-allocates): what the server said, whatever the status
 * @error: return location
 *
 * Makes one call and waits for its answer.
 *
 * Returns: whether there is one; else @error is %SAGE_ERROR_UNREACHABLE (the server hung up),
 *   %SAGE_ERROR_BUSY (the deadline has passed), %SAGE_ERROR_PROTOCOL, %SAGE_ERROR_TOO_LARGE or
 *   %SAGE_ERROR_IO, and the connection is of no more use
 */
gboolean
sage_http_peer_call (SageHttpPeer        *peer,
                     const char          *method,
                     const char          *target,
                     const char * const  *headers,
                     const void          *body,
                     gsize                length,
                     gsize                max_reply,
                     gint64               deadline,
                     SageHttpAnswer      *answer,
                     GError             **error)
{
  g_autoptr(GString) head = format_head (method, target, headers, length);
  g_autoptr(GError) send_error = NULL;
  gboolean sent;

  answer->status = 0;
  answer->fields = g_ptr_array_new_with_free_func (g_free);
  answer->body = g_byte_array_new ();

  peer->deadline = deadline;
  peer->reusable = FALSE;
  peer->answered = FALSE;

  sent = write_all (peer, head->str, head->len, length > 0 ? MSG_MORE : 0, &send_error) &&
         write_all (peer, body, length, 0, &send_error);

  /* A server may answer before it has read everything, and hang up: its word still counts. */
  if (!sent && !g_error_matches (send_error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE))
    g_propagate_error (error, g_steal_pointer (&send_error));
  else if (read_answer (peer, max_reply, answer, error))
    {
      peer->reusable = peer->reusable && sent;
      return TRUE;
    }

  peer->reusable = FALSE;
  sage_http_answer_clear (answer);

  return FALSE;
}

/**
 * sage_http_get:
 * @socket_path: the socket of a server on this machine
 * @target: path and query
 * @timeout_ms: how long it may take
 * @answer: (out caller-allocates): what the server said, at most 16 MiB
 * @error: return location
 *
 * Makes one call over a connection of its own.
 *
 * Returns: whether there was an answer; errors as of sage_http_peer_call()
 */
gboolean
sage_http_get (const char      *socket_path,
               const char      *target,
               guint            timeout_ms,
               SageHttpAnswer  *answer,
               GError         **error)
{
  static const char * const headers[] = { "Connection", "close", NULL };
  gint64 deadline = g_get_monotonic_time () + timeout_ms * G_GINT64_CONSTANT (1000);
  g_autoptr(SageHttpPeer) peer = sage_http_peer_open (socket_path, error);

  memset (answer, 0, sizeof *answer);

  return peer != NULL && sage_http_peer_call (peer, "GET", target, headers, NULL, 0, 16 << 20,
                                              deadline, answer, error);
}

/**
 * sage_http_answer_field:
 * @answer: the answer
 * @name: a header's name; case does not matter
 *
 * Returns: (nullable): the value of the first header of that name
 */
const char *
sage_http_answer_field (SageHttpAnswer *answer,
                        const char     *name)
{
  for (guint i = 0; i + 1 < answer->fields->len; i += 2)
    if (g_ascii_strcasecmp (g_ptr_array_index (answer->fields, i), name) == 0)
      return g_ptr_array_index (answer->fields, i + 1);

  return NULL;
}

void
sage_http_answer_clear (SageHttpAnswer *answer)
{
  g_clear_pointer (&answer->fields, g_ptr_array_unref);
  g_clear_pointer (&answer->body, g_byte_array_unref);
}
