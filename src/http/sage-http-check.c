/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <string.h>

#include "sage-http-private.h"

/*
 * What libmicrohttpd lets pass at its strict level, and we do not: the rest of RFC 9112's rules for
 * framing, the size limits, and the names under which this server answers (a web page that rebinds
 * its own name to 127.0.0.1 sends that name as Host).
 */

/* Tells whether @text is a token in the sense of RFC 9110 §5.6.2, as the names of headers are. */
gboolean
sage_http_is_token (const char *text)
{
  static const SageCharSet token = { {
    ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
    ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1,
  } };

  return sage_char_set_holds (&token, text);
}

/* Looks for @token in a comma-separated header. */
gboolean
sage_http_has_token (const char *value,
                     const char *token)
{
  g_auto(GStrv) parts = NULL;

  if (value == NULL)
    return FALSE;
  parts = g_strsplit (value, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (g_strstrip (parts[i]), token) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_known_method (SageHttpServer *server,
                 const char     *method)
{
  static const char * const known[] = { "GET", "HEAD", "PUT", "POST", "DELETE" };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (strcmp (method, known[i]) == 0)
        return TRUE;
    }
  return server->patch && strcmp (method, "PATCH") == 0;
}

/* Tells whether any byte of @word is below 0x20 or is 0x7f: may be too careful, never too careless. */
static inline gboolean
may_have_controls (guint64 word)
{
  const guint64 ones = G_MAXUINT64 / 0xff;
  const guint64 tops = ones << 7;
  guint64 deletes = word ^ (ones * 0x7f);

  return ((((word - ones * 0x20) & ~word) | ((deletes - ones) & ~deletes)) & tops) != 0;
}

static gboolean
has_controls (const char *value)
{
  const guchar *at = (const guchar *) value;
  gsize length = strlen (value);
  guint bad = 0;

  for (; length >= sizeof (guint64); at += sizeof (guint64), length -= sizeof (guint64))
    {
      guint64 word;

      memcpy (&word, at, sizeof word);
      if (may_have_controls (word))
        break; /* a tab, for which this is too coarse, or worse */
    }
  for (; *at != '\0'; at++)
    bad |= (*at < 0x20 && *at != '\t') | (*at == 0x7f);
  return bad != 0;
}

static gboolean
is_clean_target (const char *text)
{
  guint bad = 0;

  for (const guchar *at = (const guchar *) text; *at != '\0'; at++)
    bad |= (*at < 0x21) | (*at > 0x7e) | (*at == '\\') | (*at == '#');
  return bad == 0;
}

/* Finds the length of the name in `name[:port]`, or 0 if it is not of that form. */
static gsize
host_name_length (const char *host)
{
  gsize length = *host == '[' ? strspn (host + 1, "0123456789abcdefABCDEF:.") + 2
                              : strcspn (host, ":/@?#[] \t,");
  gsize digits;

  if (*host == '[' && (length < 4 || host[length - 1] != ']'))
    return 0;
  if (host[length] == '\0')
    return length;
  if (host[length] != ':')
    return 0;

  digits = strspn (host + length + 1, "0123456789");
  if (digits == 0 || digits > 5 || host[length + 1 + digits] != '\0')
    return 0;
  return length;
}

static gboolean
equals_name (const char *host,
             gsize       length,
             const char *name)
{
  gsize name_length = strlen (name);

  if (name[0] == '.')
    return length > name_length &&
           g_ascii_strncasecmp (host + length - name_length, name, name_length) == 0;
  return length == name_length && g_ascii_strncasecmp (host, name, length) == 0;
}

static gboolean
is_allowed_host (SageHttpServer *server,
                 const char     *host,
                 gsize           length)
{
  static const char * const own[] = { "127.0.0.1", "localhost", "[::1]" };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      if (equals_name (host, length, own[i]))
        return TRUE;
    }
  for (guint i = 0; server->allowed_hosts != NULL && server->allowed_hosts[i] != NULL; i++)
    {
      if (equals_name (host, length, server->allowed_hosts[i]))
        return TRUE;
    }
  return FALSE;
}

static guint
refuse (const char **reason,
        guint        status,
        const char  *text)
{
  *reason = text;
  return status;
}

/* The fields that decide where this request ends and who it is for. */
typedef struct
{
  const char *host;
  const char *length;
  const char *encoding;
  const char *expect;
} Framing;

static guint
check_fields (SageHttpRequest  *request,
              Framing          *framing,
              const char      **reason)
{
  if (request->n_fields > SAGE_HTTP_MAX_FIELDS)
    return refuse (reason, 431, "More than 100 header fields");
  if (request->header_bytes > SAGE_HTTP_MAX_HEADER_BYTES)
    return refuse (reason, 431, "Header fields are longer than 32 KiB");

  for (const char **field = request->fields; *field != NULL; field += 2)
    {
      const char **slot = NULL;

      if (!sage_http_is_token (field[0]))
        return refuse (reason, 400, "Malformed header name");
      if (has_controls (field[1]))
        return refuse (reason, 400, "Control character in a header");
      if (sage_header_name_equal (field[0], "Host"))
        slot = &framing->host;
      else if (sage_header_name_equal (field[0], "Content-Length"))
        slot = &framing->length;
      else if (sage_header_name_equal (field[0], "Transfer-Encoding"))
        slot = &framing->encoding;
      else if (sage_header_name_equal (field[0], "Expect"))
        slot = &framing->expect;
      else if (sage_header_name_equal (field[0], "Connection") &&
               sage_http_has_token (field[1], "close"))
        request->connection->ending = TRUE;
      if (slot != NULL && *slot != NULL)
        return refuse (reason, 400, "Host, Content-Length, Transfer-Encoding or Expect is repeated");
      if (slot != NULL)
        *slot = field[1];
    }
  return 0;
}

static guint
check_framing (SageHttpRequest  *request,
               const Framing    *framing,
               const char      **reason)
{
  if (framing->encoding != NULL)
    {
      if (framing->length != NULL)
        return refuse (reason, 400, "Both Content-Length and Transfer-Encoding");
      if (strcmp (framing->encoding, "chunked") != 0)
        return refuse (reason, 400, "Transfer-Encoding is not chunked");
      request->content_length = -1;
    }
  else if (framing->length != NULL)
    {
      gsize digits = strspn (framing->length, "0123456789");
      guint64 length = 0;

      if (framing->length[digits] != '\0' || digits == 0 || digits > 18)
        return refuse (reason, 400, "Malformed Content-Length");
      length = g_ascii_strtoull (framing->length, NULL, 10);
      request->content_length = (gint64) length;
    }

  if (framing->expect != NULL)
    {
      if (g_ascii_strcasecmp (framing->expect, "100-continue") != 0)
        return refuse (reason, 417, "Expect is not 100-continue");
      request->expects_continue = TRUE;
    }
  return 0;
}

/* An absolute target must name the same authority as Host; it is cut down to its path. */
static guint
check_absolute (SageHttpRequest  *request,
                const char       *host,
                const char      **reason)
{
  const char *scheme = request->connection->tls != NULL ? "https://" : "http://";
  const char *authority;
  gsize length;

  if (!g_str_has_prefix (request->path, scheme))
    return refuse (reason, 400, "Target is no path");

  authority = request->path + strlen (scheme);
  length = strcspn (authority, "/");
  if (length != strlen (host) || g_ascii_strncasecmp (authority, host, length) != 0)
    return refuse (reason, 400, "Target and Host name different servers");

  request->path = authority[length] == '/' ? authority + length : "/";
  return 0;
}

/**
 * sage_http_check:
 * @request: a request whose headers are loaded
 * @version: the protocol in its first line
 * @reason: (out): what is wrong, in English
 *
 * Checks everything about a request that does not depend on what it is for. Every refusal ends the
 * connection: either the framing is in doubt or the peer speaks something else.
 *
 * Returns: 0, or the HTTP status to refuse with
 */
guint
sage_http_check (SageHttpRequest  *request,
                 const char       *version,
                 const char      **reason)
{
  Framing framing = { 0 };
  gsize name_length;
  guint status;

  if (strcmp (version, "HTTP/1.1") != 0)
    return refuse (reason, 505, "Only HTTP/1.1 is spoken here");
  if (!sage_http_is_token (request->method))
    return refuse (reason, 400, "Malformed method");
  if (request->target_too_long)
    return refuse (reason, 414, "Target is longer than 8 KiB");
  if ((status = check_fields (request, &framing, reason)) != 0 ||
      (status = check_framing (request, &framing, reason)) != 0)
    return status;
  if (!is_known_method (request->server, request->method))
    return refuse (reason, 405, request->server->patch
                   ? "Method is none of GET, HEAD, PUT, POST, PATCH and DELETE"
                   : "Method is none of GET, HEAD, PUT, POST and DELETE");
  if (!is_clean_target (request->path) || !is_clean_target (request->query))
    return refuse (reason, 400, "Target has a character that must be percent-encoded");
  if (framing.host == NULL || (name_length = host_name_length (framing.host)) == 0)
    return refuse (reason, 400, "Missing or malformed Host");
  if (request->path[0] != '/' && (status = check_absolute (request, framing.host, reason)) != 0)
    return status;
  if (request->connection->peer != NULL &&
      !is_allowed_host (request->server, framing.host, name_length))
    return refuse (reason, 421, "Host is no name of this server");
  return 0;
}
