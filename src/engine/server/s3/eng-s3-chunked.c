/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-chunked.h"
#include "eng-s3-error.h"
#include "sage-digest.h"

/* A size line holds 16 hexadecimal digits and a signature of 64; a trailer a checksum or two. */
#define LINE_MAX_BYTES 256
#define TRAILERS_MAX 16
#define CHUNK_MAX (G_GUINT64_CONSTANT (5) << 30)

typedef enum
{
  STATE_SIZE,     /* in a chunk's size line */
  STATE_DATA,     /* in its data */
  STATE_DATA_END, /* in the line end behind its data */
  STATE_TRAILER,  /* in a line behind the last chunk */
  STATE_END,
} State;

struct _EngS3Chunked
{
  const SageSigResult *sig;       /* (not owned) */
  gboolean             is_signed; /* each chunk carries a signature */
  EngS3DataFunc        func;
  gpointer             user_data;
  State                state;
  GString             *line;      /* (owned): what has come of the current line */
  guint64              left;      /* bytes of the current chunk still to come */
  SageDigest          *digest;    /* (owned): over the current chunk */
  char                *previous;  /* (owned): the signature of the chunk before */
  char                *claimed;   /* (owned) (nullable): what the current chunk is signed with */
  GPtrArray           *trailers;  /* (owned): of char *: name, value, name… */
  SageDigest          *trailed;   /* (owned): over the trailer lines */
};

/**
 * eng_s3_chunked_new:
 * @sig: the request's signature, which tells whether the chunks are signed; outlives the decoder
 * @func: takes the decoded bytes
 * @user_data: for @func
 *
 * Begins to decode a body of `Content-Encoding: aws-chunked`, as "Signature calculations for the
 * authorization header: transferring a payload in multiple chunks" in the Amazon S3 API Reference
 * describes it. Signatures are checked chunk by chunk, each after its data has gone to @func.
 *
 * Returns: (transfer full): the decoder
 */
EngS3Chunked *
eng_s3_chunked_new (const SageSigResult *sig,
                    EngS3DataFunc        func,
                    gpointer             user_data)
{
  EngS3Chunked *self = g_new0 (EngS3Chunked, 1);

  self->sig = sig;
  self->is_signed = sig->payload == SAGE_PAYLOAD_STREAMING_SIGNED ||
                    sig->payload == SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER;
  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->digest = sage_digest_new (SAGE_DIGEST_SHA256);
  self->trailed = sage_digest_new (SAGE_DIGEST_SHA256);
  self->previous = g_strdup (sig->signature != NULL ? sig->signature : "");
  self->trailers = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * eng_s3_chunked_free:
 * @chunked: (nullable): the decoder
 *
 * Frees @chunked.
 */
void
eng_s3_chunked_free (EngS3Chunked *chunked)
{
  if (chunked == NULL)
    return;

  g_string_free (chunked->line, TRUE);
  sage_digest_free (chunked->digest);
  sage_digest_free (chunked->trailed);
  g_free (chunked->previous);
  g_free (chunked->claimed);
  g_ptr_array_unref (chunked->trailers);
  g_free (chunked);
}

static gboolean
malformed (GError     **error,
           const char  *what)
{
  return eng_s3_throw (error, ENG_S3_INCOMPLETE_BODY,
                       "The aws-chunked body is malformed: %s", what);
}

/* Holds a signature that came with the body against the one it must have. */
static gboolean
match_signature (const char  *claimed,
                 const char  *expected,
                 GError     **error)
{
  if (claimed != NULL && strlen (claimed) == strlen (expected) &&
      sage_equal_constant_time (claimed, expected, strlen (expected)))
    return TRUE;

  return eng_s3_throw (error, ENG_S3_SIGNATURE_DOES_NOT_MATCH,
                       "The signature of a chunk of the body does not match its data");
}

/* The data of a chunk is complete. */
static gboolean
close_chunk (EngS3Chunked  *self,
             GError       **error)
{
  guint8 sha256[SAGE_SHA256_SIZE];
  char *expected;

  if (!self->is_signed)
    return TRUE;

  sage_digest_finish (self->digest, sha256);
  expected = sage_sig_chunk (self->sig, self->previous, sha256);
  g_free (self->previous);
  self->previous = expected;

  return match_signature (self->claimed, expected, error);
}

/* Reads `hex-size` and, where chunks are signed, `;chunk-signature=hex`. */
static gboolean
take_size_line (EngS3Chunked  *self,
                GError       **error)
{
  const char *at = self->line->str;
  guint64 size = 0;
  guint digits = 0;

  for (; g_ascii_isxdigit (*at) && digits < 16; at++, digits++)
    size = size << 4 | (guint64) g_ascii_xdigit_value (*at);
  if (digits == 0 || size > CHUNK_MAX)
    return malformed (error, "a chunk's size is no size");

  g_clear_pointer (&self->claimed, g_free);
  if (self->is_signed)
    {
      if (!g_str_has_prefix (at, ";chunk-signature="))
        return malformed (error, "a chunk has no signature");
      self->claimed = g_strdup (at + strlen (";chunk-signature="));
    }
  else if (*at != '\0')
    return malformed (error, "a chunk's size is followed by something unknown");

  self->left = size;
  if (size > 0)
    {
      self->state = STATE_DATA;
      return TRUE;
    }

  self->state = STATE_TRAILER;

  return close_chunk (self, error);
}

static gboolean
check_trailer_signature (EngS3Chunked  *self,
                         GError       **error)
{
  guint8 sha256[SAGE_SHA256_SIZE];
  g_autofree char *expected = NULL;

  if (self->sig->payload != SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER)
    return TRUE;

  sage_digest_finish (self->trailed, sha256);
  expected = sage_sig_trailer (self->sig, self->previous, sha256);

  return match_signature (eng_s3_chunked_trailer (self, "x-amz-trailer-signature"), expected,
                          error);
}

/* Reads `name:value`, or the empty line that ends the body. */
static gboolean
take_trailer_line (EngS3Chunked  *self,
                   GError       **error)
{
  const char *colon;
  char *name, *value;

  if (self->line->len == 0)
    {
      self->state = STATE_END;
      return check_trailer_signature (self, error);
    }

  colon = strchr (self->line->str, ':');
  if (colon == NULL || colon == self->line->str ||
      self->sig->payload == SAGE_PAYLOAD_STREAMING_SIGNED)
    return malformed (error, "a trailer is none");
  if (self->trailers->len >= 2 * TRAILERS_MAX)
    return malformed (error, "it has too many trailers");

  name = g_ascii_strdown (self->line->str, colon - self->line->str);
  value = g_strstrip (g_strdup (colon + 1));
  g_ptr_array_add (self->trailers, name);
  g_ptr_array_add (self->trailers, value);
  if (strcmp (name, "x-amz-trailer-signature") != 0)
    {
      sage_digest_update (self->trailed, name, strlen (name));
      sage_digest_update (self->trailed, ":", 1);
      sage_digest_update (self->trailed, value, strlen (value));
      sage_digest_update (self->trailed, "\n", 1);
    }

  return TRUE;
}

/* A whole line has come, its end taken off. */
static gboolean
take_line (EngS3Chunked  *self,
           GError       **error)
{
  switch (self->state)
    {
    case STATE_SIZE:
      return take_size_line (self, error);
    case STATE_TRAILER:
      return take_trailer_line (self, error);
    case STATE_DATA_END:
      if (self->line->len > 0)
        return malformed (error, "a chunk is longer than its size");
      self->state = STATE_SIZE;
      return TRUE;
    case STATE_DATA:
    case STATE_END:
      break;
    }

  g_assert_not_reached ();
}

/* Moves bytes into the current line; only CR LF ends it. */
static gboolean
feed_line (EngS3Chunked   *self,
           const guint8  **data,
           const guint8   *end,
           GError        **error)
{
  while (*data < end)
    {
      guint8 byte = *(*data)++;
      gboolean after_cr = self->line->len > 0 && self->line->str[self->line->len - 1] == '\r';

      if (byte == '\0' || after_cr != (byte == '\n'))
        return malformed (error, "a line does not end in CR LF");
      if (after_cr)
        {
          gboolean ok;

          g_string_truncate (self->line, self->line->len - 1);
          ok = take_line (self, error);
          g_string_truncate (self->line, 0);
          return ok;
        }
      if (self->line->len >= LINE_MAX_BYTES)
        return malformed (error, "a line is too long");
      g_string_append_c (self->line, (char) byte);
    }

  return TRUE;
}

static gboolean
feed_data (EngS3Chunked   *self,
           const guint8  **data,
           const guint8   *end,
           GError        **error)
{
  gsize n = (gsize) MIN (self->left, (guint64) (end - *data));

  if (self->is_signed)
    sage_digest_update (self->digest, *data, n);
  if (!self->func (*data, n, self->user_data, error))
    return FALSE;

  *data += n;
  self->left -= n;
  if (self->left > 0)
    return TRUE;

  self->state = STATE_DATA_END;

  return close_chunk (self, error);
}

/**
 * eng_s3_chunked_feed:
 * @chunked: the decoder
 * @data: the next bytes of the body
 * @length: how many
 *
 * Returns: whether the bytes fit the framing and @func took them; else %ENG_S3_INCOMPLETE_BODY,
 *   %ENG_S3_SIGNATURE_DOES_NOT_MATCH or the error of @func
 */
gboolean
eng_s3_chunked_feed (EngS3Chunked  *chunked,
                     const guint8  *data,
                     gsize          length,
                     GError       **error)
{
  const guint8 *end = data + length;

  while (data < end)
    {
      if (chunked->state == STATE_END)
        return malformed (error, "something follows its end");
      if (chunked->state == STATE_DATA ? !feed_data (chunked, &data, end, error)
                                       : !feed_line (chunked, &data, end, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * eng_s3_chunked_finish:
 * @chunked: the decoder
 *
 * Returns: whether the body is complete; else %ENG_S3_INCOMPLETE_BODY
 */
gboolean
eng_s3_chunked_finish (EngS3Chunked  *chunked,
                       GError       **error)
{
  return chunked->state == STATE_END || malformed (error, "its end is missing");
}

/**
 * eng_s3_chunked_trailer:
 * @chunked: the decoder, finished
 * @name: in lower case
 *
 * Returns: (nullable): the value of the trailer
 */
const char *
eng_s3_chunked_trailer (EngS3Chunked *chunked,
                        const char   *name)
{
  for (guint i = 0; i + 1 < chunked->trailers->len; i += 2)
    if (strcmp (g_ptr_array_index (chunked->trailers, i), name) == 0)
      return g_ptr_array_index (chunked->trailers, i + 1);

  return NULL;
}
