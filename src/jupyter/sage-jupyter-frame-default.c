/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-jupyter-frame-private.h"
#include "sage-jupyter-message-private.h"
#include "sage-json.h"

/* The framing without a name. As text: one JSON object. With buffers, binary: how many offsets, the
 * offsets (32 bits each, big-endian) of the JSON and of each buffer; then these.
 *
 * The parts are cut out of the object's text and put into it as they are, never parsed and written
 * anew: so what a number looks like stays. */

#define WORD sizeof (guint32)

static const SageJsonLimits limits = {
  .max_bytes = SAGE_JUPYTER_MAX_BYTES, .max_depth = 257, .max_keys = 1000000, .max_items = 20000000,
};

static const char *const members[SAGE_JUPYTER_N_PARTS] = {
  "header", "parent_header", "metadata", "content",
};

static void
append_part (GString            *out,
             SageJupyterMessage *message,
             SageJupyterPart     part)
{
  gsize length;
  const char *data = g_bytes_get_data (sage_jupyter_message_get_text (message, part), &length);

  g_string_append_printf (out, "\"%s\":", members[part]);
  g_string_append_len (out, data, (gssize) length);
  g_string_append_c (out, ',');
}

static GString *
write_object (SageJupyterMessage *message)
{
  GString *out = g_string_sized_new (sage_jupyter_message_get_size (message) + 256);

  g_string_append_c (out, '{');
  append_part (out, message, SAGE_JUPYTER_HEADER);
  g_string_append (out, "\"msg_id\":");
  sage_json_append_string (out, sage_jupyter_message_get_msg_id (message));
  g_string_append (out, ",\"msg_type\":");
  sage_json_append_string (out, sage_jupyter_message_get_msg_type (message));
  g_string_append_c (out, ',');
  append_part (out, message, SAGE_JUPYTER_PARENT_HEADER);
  append_part (out, message, SAGE_JUPYTER_METADATA);
  append_part (out, message, SAGE_JUPYTER_CONTENT);
  if (sage_jupyter_message_get_n_buffers (message) == 0)
    g_string_append (out, "\"buffers\":[],");
  g_string_append_printf (out, "\"channel\":\"%s\"}",
                          sage_jupyter_channel_name (sage_jupyter_message_get_channel (message)));

  return out;
}

static void
append_word (GByteArray *out,
             gsize       value)
{
  guint32 word = GUINT32_TO_BE ((guint32) value);

  g_byte_array_append (out, (const guint8 *) &word, sizeof word);
}

GBytes *
sage_jupyter_frame_write_default (SageJupyterMessage *message,
                                  gboolean           *is_text)
{
  guint n_buffers = sage_jupyter_message_get_n_buffers (message);
  g_autoptr(GString) text = write_object (message);
  gsize at = WORD * (2 + n_buffers);
  GByteArray *out;

  *is_text = n_buffers == 0;
  if (*is_text)
    return g_string_free_to_bytes (g_steal_pointer (&text));

  out = g_byte_array_sized_new ((guint) (at + text->len + sage_jupyter_message_get_size (message)));
  append_word (out, 1 + n_buffers);
  append_word (out, at);
  at += text->len;
  for (guint i = 0; i < n_buffers; i++)
    {
      append_word (out, at);
      at += g_bytes_get_size (sage_jupyter_message_get_buffer (message, i));
    }
  g_byte_array_append (out, (const guint8 *) text->str, (guint) text->len);
  for (guint i = 0; i < n_buffers; i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (sage_jupyter_message_get_buffer (message, i), &length);

      g_byte_array_append (out, data, (guint) length);
    }

  return g_byte_array_free_to_bytes (out);
}

/* Past one JSON value of a text that sage_json_scan() took. */
static const char *
skip_value (const char *at)
{
  guint depth = 0;

  while (TRUE)
    {
      char c = *at++;

      if (c == '"')
        {
          for (; *at != '"'; at++)
            if (*at == '\\')
              at++;
          at++;
        }
      else if (c == '{' || c == '[')
        {
          depth++;
        }
      else if (c == '}' || c == ']')
        {
          depth--;
        }
      else if (depth == 0) /* a number or a word */
        {
          while (g_ascii_isalnum (*at) || *at == '.' || *at == '+' || *at == '-')
            at++;
        }

      if (depth == 0)
        return at;
    }
}

static const char *
skip_space (const char *at)
{
  while (g_ascii_isspace (*at))
    at++;

  return at;
}

static gboolean
is_name (const char *quoted,
         const char *end,
         const char *name)
{
  gsize length = strlen (name);

  return (gsize) (end - quoted) == length + 2 && memcmp (quoted + 1, name, length) == 0;
}

/* The parts of one object and its channel, which without a word is the shell's. */
typedef struct
{
  GBytes             *parts[SAGE_JUPYTER_N_PARTS]; /* (owned) (nullable) */
  SageJupyterChannel  channel;
} Cut;

static void
cut_clear (Cut *cut)
{
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    g_clear_pointer (&cut->parts[i], g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cut, cut_clear)

static gboolean
cut_member (Cut         *cut,
            GBytes      *text,
            const char  *name,
            const char  *name_end,
            const char  *value,
            const char  *value_end,
            GError     **error)
{
  const char *start = g_bytes_get_data (text, NULL);

  if (is_name (name, name_end, "channel") && *value != 'n')
    {
      if (*value != '"' ||
          !sage_jupyter_channel_parse (value + 1, (gsize) (value_end - value) - 2, &cut->channel))
        return sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame names no channel");
      return TRUE;
    }

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    if (is_name (name, name_end, members[i]))
      cut->parts[i] = g_bytes_new_from_bytes (text, (gsize) (value - start), (gsize) (value_end - value));

  return TRUE;
}

/* Cuts @text, an object that sage_json_scan() took. */
static gboolean
cut_object (GBytes  *text,
            Cut     *cut,
            GError **error)
{
  const char *at = skip_space (g_bytes_get_data (text, NULL));

  at = skip_space (at + 1);
  while (*at != '}')
    {
      const char *name = at;
      const char *name_end = skip_value (at);
      const char *value = skip_space (skip_space (name_end) + 1);

      at = skip_value (value);
      if (!cut_member (cut, text, name, name_end, value, at, error))
        return FALSE;
      at = skip_space (at);
      if (*at == ',')
        at = skip_space (at + 1);
    }

  if (cut->parts[SAGE_JUPYTER_HEADER] == NULL || cut->parts[SAGE_JUPYTER_CONTENT] == NULL)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame lacks a header or content");
  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    if (cut->parts[i] == NULL)
      cut->parts[i] = g_bytes_new_static ("{}", 2);

  return TRUE;
}

/* @parts: (element-type GBytes): the JSON, then the buffers. */
static SageJupyterMessage *
read_object (GPtrArray  *parts,
             GError    **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new ();
  g_auto(SageJupyterText) text = { NULL, NULL };
  g_auto(Cut) cut = { .channel = SAGE_JUPYTER_SHELL };
  gsize length;
  const char *data;

  if (!sage_jupyter_text_check (g_ptr_array_index (parts, 0), &limits, &text, error))
    return NULL;

  data = g_bytes_get_data (text.wire, &length);
  while (length > 1 && g_ascii_isspace (*data))
    data++, length--;
  if (*data != '{')
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame holds no object");
      return NULL;
    }
  if (!cut_object (text.wire, &cut, error))
    return NULL;

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    g_ptr_array_add (all, cut.parts[i]);
  for (guint i = 1; i < parts->len; i++)
    g_ptr_array_add (all, g_ptr_array_index (parts, i));

  return sage_jupyter_message_read (cut.channel, (GBytes *const *) all->pdata, all->len, error);
}

static gsize
read_word (const guint8 *at)
{
  guint32 word;

  memcpy (&word, at, sizeof word);

  return GUINT32_FROM_BE (word);
}

/* Cuts a binary frame into the JSON and the buffers. */
static gboolean
cut_binary (GBytes     *frame,
            GPtrArray  *parts,
            GError    **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (frame, &length);
  gsize n;
  gsize last;

  if (length < WORD)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame of %" G_GSIZE_FORMAT " bytes", length);

  n = read_word (data);
  if (n < 1 || n > 1 + SAGE_JUPYTER_MAX_BUFFERS || length / WORD < 1 + n)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "A frame of %" G_GSIZE_FORMAT " bytes claims %"
                       G_GSIZE_FORMAT " parts", length, n);

  last = WORD * (1 + n);
  for (gsize i = 0; i < n; i++)
    {
      gsize start = read_word (data + WORD * (1 + i));
      gsize end = i + 1 < n ? read_word (data + WORD * (2 + i)) : length;

      if (start < last || end < start || end > length)
        return sage_throw (error, SAGE_ERROR_PROTOCOL, "Offset %" G_GSIZE_FORMAT " of a frame is wrong", i);
      g_ptr_array_add (parts, g_bytes_new_from_bytes (frame, start, end - start));
      last = start;
    }

  return TRUE;
}

SageJupyterMessage *
sage_jupyter_frame_read_default (GBytes    *frame,
                                 gboolean   is_text,
                                 GError   **error)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (is_text)
    g_ptr_array_add (parts, g_bytes_ref (frame));
  else if (!cut_binary (frame, parts, error))
    return NULL;

  return read_object (parts, error);
}
