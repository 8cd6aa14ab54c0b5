/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-jupyter-frame-private.h"

/* v1: the number of offsets, the offsets (64 bits each, little-endian): of the channel's name, of
 * each part and of the end; then the name and the parts. */

#define WORD sizeof (guint64)
#define MIN_OFFSETS (1 + SAGE_JUPYTER_N_PARTS + 1)
#define MAX_OFFSETS (MIN_OFFSETS + SAGE_JUPYTER_MAX_BUFFERS)

static void
append_word (GByteArray *out,
             guint64     value)
{
  guint64 word = GUINT64_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &word, sizeof word);
}

static guint64
read_word (const guint8 *at)
{
  guint64 word;

  memcpy (&word, at, sizeof word);

  return GUINT64_FROM_LE (word);
}

static void
append_bytes (GByteArray *out,
              GBytes     *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  g_byte_array_append (out, data, (guint) length);
}

static GBytes *
write_v1 (SageJupyterMessage *message)
{
  const char *channel = sage_jupyter_channel_name (sage_jupyter_message_get_channel (message));
  guint n_buffers = sage_jupyter_message_get_n_buffers (message);
  guint n_offsets = MIN_OFFSETS + n_buffers;
  guint64 at = WORD * (1 + n_offsets);
  GByteArray *out = g_byte_array_sized_new ((guint) (at + 16 + sage_jupyter_message_get_size (message)));

  append_word (out, n_offsets);
  append_word (out, at);
  append_word (out, at += strlen (channel));
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    append_word (out, at += g_bytes_get_size (sage_jupyter_message_get_text (message,
                                                                            (SageJupyterPart) i)));
  for (guint i = 0; i < n_buffers; i++)
    append_word (out, at += g_bytes_get_size (sage_jupyter_message_get_buffer (message, i)));

  g_byte_array_append (out, (const guint8 *) channel, (guint) strlen (channel));
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    append_bytes (out, sage_jupyter_message_get_text (message, (SageJupyterPart) i));
  for (guint i = 0; i < n_buffers; i++)
    append_bytes (out, sage_jupyter_message_get_buffer (message, i));

  return g_byte_array_free_to_bytes (out);
}

/* The offsets must go up from where they themselves end to where the frame does. */
static gboolean
check_offsets (const guint8  *data,
               gsize          length,
               guint64       *n_offsets,
               GError       **error)
{
  guint64 last;

  if (length < WORD)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame of %" G_GSIZE_FORMAT " bytes", length);

  *n_offsets = read_word (data);
  if (*n_offsets < MIN_OFFSETS || *n_offsets > MAX_OFFSETS || length / WORD < 1 + *n_offsets)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame of %" G_GSIZE_FORMAT " bytes claims %"
                       G_GUINT64_FORMAT " offsets", length, *n_offsets);

  last = WORD * (1 + *n_offsets);
  for (guint64 i = 0; i < *n_offsets; i++)
    {
      guint64 offset = read_word (data + WORD * (1 + i));

      if (offset < last || offset > length || (i == 0 && offset > last) ||
          (i + 1 == *n_offsets && offset < length))
        return sage_throw (error, SAGE_ERROR_PROTOCOL, "Offset %" G_GUINT64_FORMAT " of a frame is wrong", i);
      last = offset;
    }

  return TRUE;
}

static SageJupyterMessage *
read_v1 (GBytes  *frame,
         GError **error)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize length;
  const guint8 *data = g_bytes_get_data (frame, &length);
  SageJupyterChannel channel;
  guint64 n_offsets;
  guint64 name;
  guint64 start;

  if (!check_offsets (data, length, &n_offsets, error))
    return NULL;

  name = read_word (data + WORD);
  start = read_word (data + 2 * WORD);
  if (!sage_jupyter_channel_parse ((const char *) data + name, (gsize) (start - name), &channel))
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame names no channel");
      return NULL;
    }

  for (guint64 i = 2; i < n_offsets; i++)
    {
      guint64 end = read_word (data + WORD * (1 + i));

      g_ptr_array_add (parts, g_bytes_new_from_bytes (frame, (gsize) start, (gsize) (end - start)));
      start = end;
    }

  return sage_jupyter_message_read (channel, (GBytes *const *) parts->pdata, parts->len, error);
}

/**
 * sage_jupyter_frame_write:
 * @message: a message
 * @framing: the framing that the two sides agreed on
 * @is_text: (out) (optional): whether it goes as a text frame
 *
 * Returns: (transfer full): the payload of one WebSocket message
 */
GBytes *
sage_jupyter_frame_write (SageJupyterMessage *message,
                          SageJupyterFraming  framing,
                          gboolean           *is_text)
{
  gboolean text = FALSE;
  GBytes *frame;

  g_return_val_if_fail (message != NULL, NULL);

  if (framing == SAGE_JUPYTER_FRAMING_V1)
    frame = write_v1 (message);
  else
    frame = sage_jupyter_frame_write_default (message, &text);
  if (is_text != NULL)
    *is_text = text;

  return frame;
}

/**
 * sage_jupyter_frame_read:
 * @frame: the payload of one WebSocket message, from anywhere
 * @framing: the framing that the two sides agreed on
 * @is_text: whether it came as a text frame
 *
 * Returns: (transfer full): the message, or %NULL with %SAGE_ERROR_PROTOCOL, %SAGE_ERROR_SYNTAX or
 *   %SAGE_ERROR_TOO_LARGE
 */
SageJupyterMessage *
sage_jupyter_frame_read (GBytes              *frame,
                         SageJupyterFraming   framing,
                         gboolean             is_text,
                         GError             **error)
{
  g_return_val_if_fail (frame != NULL, NULL);

  if (framing == SAGE_JUPYTER_FRAMING_DEFAULT)
    return sage_jupyter_frame_read_default (frame, is_text, error);

  if (is_text)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "A text frame where a binary one was expected");
      return NULL;
    }

  return read_v1 (frame, error);
}
