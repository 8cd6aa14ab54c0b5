/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-jupyter-frame"

#include "config.h"

#include "sage-jupyter-frame.h"

/*
 * Both framings of WebSockets; the first byte chooses among v1, text and binary. No input crashes a
 * reader, and what it takes both framings carry unchanged.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static void
assert_same (SageJupyterMessage *a,
             SageJupyterMessage *b)
{
  g_assert_nonnull (b);
  g_assert_cmpint (sage_jupyter_message_get_channel (a), ==, sage_jupyter_message_get_channel (b));
  g_assert_cmpuint (sage_jupyter_message_get_n_buffers (a), ==, sage_jupyter_message_get_n_buffers (b));
  for (guint i = 0; i < sage_jupyter_message_get_n_buffers (a); i++)
    g_assert_true (g_bytes_equal (sage_jupyter_message_get_buffer (a, i),
                                  sage_jupyter_message_get_buffer (b, i)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GBytes) frame = NULL;
  g_autoptr(SageJupyterMessage) message = NULL;

  if (size < 1)
    return 0;

  frame = g_bytes_new (data + 1, size - 1);
  message = sage_jupyter_frame_read (frame, data[0] == 'v' ? SAGE_JUPYTER_FRAMING_V1
                                                           : SAGE_JUPYTER_FRAMING_DEFAULT,
                                     data[0] == 't', NULL);
  if (message == NULL)
    return 0;

  for (guint i = 0; i < 2; i++)
    {
      gboolean is_text;
      g_autoptr(GBytes) written = sage_jupyter_frame_write (message, (SageJupyterFraming) i, &is_text);
      g_autoptr(SageJupyterMessage) again = sage_jupyter_frame_read (written, (SageJupyterFraming) i, is_text,
                                                                     NULL);

      assert_same (message, again);
      for (guint part = 0; part < SAGE_JUPYTER_N_PARTS; part++)
        g_assert_true (g_bytes_equal (sage_jupyter_message_get_text (message, (SageJupyterPart) part),
                                      sage_jupyter_message_get_text (again, (SageJupyterPart) part)));
    }

  return 0;
}
