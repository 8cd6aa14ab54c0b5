/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-s3-chunked.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static gboolean
collect (const guint8  *data,
         gsize          length,
         gpointer       user_data,
         GError       **error)
{
  g_byte_array_append (user_data, data, (guint) length);

  return TRUE;
}

/* Decodes in pieces of @step bytes. */
static gboolean
decode (const SageSigResult *sig,
        const guint8        *data,
        gsize                size,
        gsize                step,
        GByteArray          *out)
{
  g_autoptr(EngS3Chunked) chunked = eng_s3_chunked_new (sig, collect, out);
  g_autoptr(GError) error = NULL;

  for (gsize at = 0; at < size; at += step)
    if (!eng_s3_chunked_feed (chunked, data + at, MIN (step, size - at), &error))
      {
        g_assert (error != NULL);
        return FALSE;
      }

  return eng_s3_chunked_finish (chunked, NULL);
}

/* The first byte chooses how the body is signed, the second how it is cut. However it arrives, the
 * verdict and the content are the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  static const SagePayloadKind kinds[] = {
    SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER,
    SAGE_PAYLOAD_STREAMING_SIGNED,
    SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER,
  };
  char date[] = "20260131T080910Z";
  char scope[] = "20260131/us-east-1/s3/aws4_request";
  char signature[] = "00";
  SageSigResult sig = { .date = date, .scope = scope, .signature = signature };
  g_autoptr(GByteArray) whole = g_byte_array_new ();
  g_autoptr(GByteArray) pieces = g_byte_array_new ();
  gboolean ok;

  if (size < 2)
    return 0;

  sig.payload = kinds[data[0] % G_N_ELEMENTS (kinds)];
  ok = decode (&sig, data + 2, size - 2, size, whole);

  g_assert (ok == decode (&sig, data + 2, size - 2, 1 + data[1] % 64, pieces));
  g_assert (whole->len <= size);
  if (ok)
    {
      g_assert (whole->len == pieces->len);
      g_assert (whole->len == 0 || memcmp (whole->data, pieces->data, whole->len) == 0);
    }

  return 0;
}
