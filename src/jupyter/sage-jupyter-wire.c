/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <nettle/hmac.h>
#include <string.h>

#include "sage-digest.h"
#include "sage-error.h"
#include "sage-jupyter-wire.h"

/* The form that messages have on a kernel's ZeroMQ sockets:
 * <https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol>. */

#define DELIMITER "<IDS|MSG>"
#define SIGNATURE_LENGTH (2 * SAGE_SHA256_SIZE)

/* In lower-case hexadecimal digits, as every kernel writes it; of the JSON parts only. */
static void
sign (GBytes *const *parts,
      const char    *key,
      char           signature[SAGE_SHA256_HEX])
{
  guint8 digest[SAGE_SHA256_SIZE];
  struct hmac_sha256_ctx hmac;

  hmac_sha256_set_key (&hmac, strlen (key), (const guint8 *) key);
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (parts[i], &length);

      hmac_sha256_update (&hmac, length, data);
    }
  hmac_sha256_digest (&hmac, sizeof digest, digest);
  sage_hex_write (digest, sizeof digest, signature);
}

static gboolean
is_delimiter (GBytes *frame)
{
  return g_bytes_get_size (frame) == strlen (DELIMITER) &&
         memcmp (g_bytes_get_data (frame, NULL), DELIMITER, strlen (DELIMITER)) == 0;
}

static gboolean
is_signed (GBytes        *signature,
           GBytes *const *parts,
           const char    *key)
{
  char expected[SAGE_SHA256_HEX];

  if (*key == '\0')
    return g_bytes_get_size (signature) == 0;
  if (g_bytes_get_size (signature) != SIGNATURE_LENGTH)
    return FALSE;
  sign (parts, key, expected);

  return sage_equal_constant_time (g_bytes_get_data (signature, NULL), expected, SIGNATURE_LENGTH);
}

/**
 * sage_jupyter_wire_read:
 * @channel: the channel of the socket
 * @frames: the frames of one multipart message: routing identities, a delimiter, the signature, the
 *   message's parts
 * @n_frames: how many
 * @key: the connection's key; "" where messages are not signed
 *
 * Reads a message and checks that whoever knows the key has made it, before anything in it is read.
 *
 * Returns: (transfer full): the message, or %NULL with %SAGE_ERROR_DENIED for a wrong signature or
 *   the errors of sage_jupyter_message_read()
 */
SageJupyterMessage *
sage_jupyter_wire_read (SageJupyterChannel   channel,
                        GBytes *const       *frames,
                        guint                n_frames,
                        const char          *key,
                        GError             **error)
{
  guint first = 0;

  g_return_val_if_fail (key != NULL, NULL);

  while (first < n_frames && !is_delimiter (frames[first]))
    first++;
  if (n_frames < 2 + SAGE_JUPYTER_N_PARTS || first > n_frames - 2 - SAGE_JUPYTER_N_PARTS)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "A kernel's message of %u frames is cut off", n_frames);
      return NULL;
    }
  if (!is_signed (frames[first + 1], frames + first + 2, key))
    {
      sage_throw (error, SAGE_ERROR_DENIED, "A kernel's message has a wrong signature");
      return NULL;
    }

  return sage_jupyter_message_read (channel, frames + first + 2, n_frames - first - 2, error);
}

/**
 * sage_jupyter_wire_write:
 * @message: a message
 * @key: the connection's key; "" not to sign
 *
 * Returns: (transfer full) (element-type GBytes): the frames to send, from the delimiter on
 */
GPtrArray *
sage_jupyter_wire_write (SageJupyterMessage *message,
                         const char         *key)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GBytes *parts[SAGE_JUPYTER_N_PARTS];
  char signature[SAGE_SHA256_HEX] = "";

  g_return_val_if_fail (key != NULL, frames);

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    parts[i] = sage_jupyter_message_get_text (message, (SageJupyterPart) i);
  if (*key != '\0')
    sign (parts, key, signature);

  g_ptr_array_add (frames, g_bytes_new_static (DELIMITER, strlen (DELIMITER)));
  g_ptr_array_add (frames, g_bytes_new (signature, strlen (signature)));
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    g_ptr_array_add (frames, g_bytes_ref (parts[i]));
  for (guint i = 0; i < sage_jupyter_message_get_n_buffers (message); i++)
    g_ptr_array_add (frames, g_bytes_ref (sage_jupyter_message_get_buffer (message, i)));

  return frames;
}
