/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "jupyter-fixture.h"

GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

GBytes *
hex_bytes (const char *digits)
{
  GByteArray *out = g_byte_array_new ();

  for (; *digits != '\0'; digits += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (digits[0]) * 16 + g_ascii_xdigit_value (digits[1]));

      g_byte_array_append (out, &byte, 1);
    }

  return g_byte_array_free_to_bytes (out);
}

/* A message of iopub. */
SageJupyterMessage *
read_texts (const char  *header,
            const char  *parent,
            const char  *metadata,
            const char  *content,
            GError     **error)
{
  g_autoptr(GBytes) a = text_bytes (header);
  g_autoptr(GBytes) b = text_bytes (parent);
  g_autoptr(GBytes) c = text_bytes (metadata);
  g_autoptr(GBytes) d = text_bytes (content);
  GBytes *parts[] = { a, b, c, d };

  return sage_jupyter_message_read (SAGE_JUPYTER_IOPUB, parts, G_N_ELEMENTS (parts), error);
}

void
assert_bytes (GBytes     *bytes,
              const void *data,
              gsize       length)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, length);
}

void
assert_text (SageJupyterMessage *message,
             SageJupyterPart     part,
             const char         *text)
{
  assert_bytes (sage_jupyter_message_get_text (message, part), text, strlen (text));
}
