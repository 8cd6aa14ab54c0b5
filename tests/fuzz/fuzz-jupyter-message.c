/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-jupyter-message"

#include "config.h"

#include <string.h>

#include "sage-jupyter-wire.h"
#include "sage-json.h"

/*
 * What a kernel sends: frames, each ended by a newline here. No input crashes the reader; what it
 * takes holds objects, and signed and sent it is the same message.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static GPtrArray *
split_frames (const guint8 *data,
              gsize         size)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  while (size > 0)
    {
      const guint8 *end = memchr (data, '\n', size);
      gsize length = end != NULL ? (gsize) (end - data) : size;

      g_ptr_array_add (frames, g_bytes_new (data, length));
      if (end == NULL)
        break;
      size -= length + 1;
      data = end + 1;
    }

  return frames;
}

static SageJupyterMessage *
read_frames (GPtrArray  *frames,
             const char *key)
{
  return sage_jupyter_wire_read (SAGE_JUPYTER_IOPUB, (GBytes *const *) frames->pdata, frames->len, key, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GPtrArray) frames = split_frames (data, size);
  g_autoptr(SageJupyterMessage) message = read_frames (frames, "");
  g_autoptr(SageJupyterMessage) numbered = NULL;
  g_autoptr(GPtrArray) sent = NULL;
  g_autoptr(SageJupyterMessage) again = NULL;

  if (message == NULL)
    return 0;

  g_assert_nonnull (sage_jupyter_message_get_content (message));
  g_assert_cmpstr (sage_jupyter_message_get_msg_id (message), !=, "");

  sent = sage_jupyter_wire_write (message, "key");
  again = read_frames (sent, "key");
  g_assert_nonnull (again);
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    g_assert_true (g_bytes_equal (sage_jupyter_message_get_text (message, (SageJupyterPart) i),
                                  sage_jupyter_message_get_text (again, (SageJupyterPart) i)));

  numbered = sage_jupyter_message_with_number (message, "sagebrush_seq", 5);
  g_assert_cmpint (sage_json_int (sage_jupyter_message_get_metadata (numbered), "sagebrush_seq", 0), ==, 5);

  return 0;
}
