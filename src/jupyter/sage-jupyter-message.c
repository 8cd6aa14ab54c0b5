/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-jupyter-message-private.h"
#include "sage-json.h"

G_DEFINE_BOXED_TYPE (SageJupyterMessage, sage_jupyter_message,
                     sage_jupyter_message_ref, sage_jupyter_message_unref)

/* Members that name things; what kernels make are UUIDs, what clients make is not much longer. */
#define MAX_NAME 512

/* The head of a message is small, its content may hold a plot or a widget's whole state. */
static const SageJsonLimits head_limits = { .max_bytes = 4 * 1024 * 1024 };
static const SageJsonLimits content_limits = {
  .max_bytes = SAGE_JUPYTER_MAX_BYTES, .max_depth = 256, .max_keys = 1000000, .max_items = 20000000,
};

static const char *const part_names[SAGE_JUPYTER_N_PARTS] = {
  "header", "parent_header", "metadata", "content",
};

SageJupyterMessage *
sage_jupyter_message_alloc (SageJupyterChannel channel)
{
  SageJupyterMessage *self = g_new0 (SageJupyterMessage, 1);

  g_atomic_ref_count_init (&self->refs);
  self->channel = channel;

  return self;
}

/**
 * sage_jupyter_message_ref:
 *
 * Returns: (transfer full): @message
 */
SageJupyterMessage *
sage_jupyter_message_ref (SageJupyterMessage *message)
{
  g_return_val_if_fail (message != NULL, NULL);

  g_atomic_ref_count_inc (&message->refs);

  return message;
}

/**
 * sage_jupyter_message_unref:
 *
 * Gives up a reference.
 */
void
sage_jupyter_message_unref (SageJupyterMessage *message)
{
  g_return_if_fail (message != NULL);

  if (!g_atomic_ref_count_dec (&message->refs))
    return;

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    {
      sage_jupyter_text_clear (&message->texts[i]);
      g_clear_pointer (&message->nodes[i], json_node_unref);
    }
  g_clear_pointer (&message->buffers, g_ptr_array_unref);
  g_free (message);
}

static gboolean
check_name (JsonObject  *header,
            const char  *member,
            gboolean     required,
            GError     **error)
{
  const char *value = sage_json_string (header, member, NULL);

  if (value == NULL && !required && !json_object_has_member (header, member))
    return TRUE;
  if (value == NULL || (required && *value == '\0'))
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "The message's header has no %s", member);
  if (strlen (value) > MAX_NAME)
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "The %s of the message's header is too long", member);

  return TRUE;
}

/* Takes one part in; the head's are parsed at once. */
static gboolean
read_part (SageJupyterMessage  *self,
           SageJupyterPart      part,
           GBytes              *bytes,
           GError             **error)
{
  const SageJsonLimits *limits = part == SAGE_JUPYTER_CONTENT ? &content_limits : &head_limits;
  const char *data;
  gsize length;

  if (!sage_jupyter_text_check (bytes, limits, &self->texts[part], error))
    {
      g_prefix_error (error, "The message's %s: ", part_names[part]);
      return FALSE;
    }

  data = g_bytes_get_data (self->texts[part].readable, &length);
  while (length > 0 && g_ascii_isspace (*data))
    data++, length--;
  if (length == 0 || *data != '{')
    return sage_throw (error, SAGE_ERROR_PROTOCOL, "The message's %s is no object", part_names[part]);

  if (part != SAGE_JUPYTER_CONTENT)
    self->nodes[part] = sage_json_parse_object (data, (gssize) length, limits, error);

  return part == SAGE_JUPYTER_CONTENT || self->nodes[part] != NULL;
}

static gboolean
read_parts (SageJupyterMessage  *self,
            GBytes *const       *parts,
            GError             **error)
{
  JsonObject *header;

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    if (!read_part (self, (SageJupyterPart) i, parts[i], error))
      return FALSE;

  header = json_node_get_object (self->nodes[SAGE_JUPYTER_HEADER]);

  return check_name (header, "msg_id", TRUE, error) && check_name (header, "msg_type", TRUE, error) &&
         check_name (header, "session", FALSE, error) &&
         check_name (json_node_get_object (self->nodes[SAGE_JUPYTER_PARENT_HEADER]), "msg_id", FALSE,
                     error);
}

/**
 * sage_jupyter_message_read:
 * @channel: the channel that it came over
 * @parts: header, parent header, metadata and content as JSON, then buffers
 * @n_parts: how many, four at least
 *
 * Reads a message that may come from anywhere, within the limits above. Its parts are kept as they
 * are; of what is no valid JSON, the tokens that Python's writer is known for are replaced.
 * See <https://jupyter-client.readthedocs.io/en/stable/messaging.html>.
 *
 * Returns: (transfer full): the message, or %NULL with %SAGE_ERROR_SYNTAX, %SAGE_ERROR_PROTOCOL or
 *   %SAGE_ERROR_TOO_LARGE
 */
SageJupyterMessage *
sage_jupyter_message_read (SageJupyterChannel   channel,
                           GBytes *const       *parts,
                           guint                n_parts,
                           GError             **error)
{
  g_autoptr(SageJupyterMessage) self = sage_jupyter_message_alloc (channel);
  gsize size = 0;

  if (n_parts < SAGE_JUPYTER_N_PARTS)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "A message of %u parts where four are needed", n_parts);
      return NULL;
    }
  if (n_parts - SAGE_JUPYTER_N_PARTS > SAGE_JUPYTER_MAX_BUFFERS)
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "A message of %u parts", n_parts);
      return NULL;
    }
  for (guint i = 0; i < n_parts; i++)
    size += MIN (g_bytes_get_size (parts[i]), SAGE_JUPYTER_MAX_BYTES + 1);
  if (size > SAGE_JUPYTER_MAX_BYTES)
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "A message of more than %d bytes", SAGE_JUPYTER_MAX_BYTES);
      return NULL;
    }

  if (!read_parts (self, parts, error))
    return NULL;

  if (n_parts > SAGE_JUPYTER_N_PARTS)
    {
      self->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      for (guint i = SAGE_JUPYTER_N_PARTS; i < n_parts; i++)
        g_ptr_array_add (self->buffers, g_bytes_ref (parts[i]));
    }

  return g_steal_pointer (&self);
}

/**
 * sage_jupyter_message_get_channel:
 *
 * Returns: the channel that it came or goes over
 */
SageJupyterChannel
sage_jupyter_message_get_channel (SageJupyterMessage *message)
{
  g_return_val_if_fail (message != NULL, SAGE_JUPYTER_SHELL);

  return message->channel;
}

/* What was read or made here is valid; only a parser at odds with the scanner finds nothing. */
static JsonObject *
get_object (SageJupyterMessage *message,
            SageJupyterPart     part)
{
  JsonNode **node;

  g_return_val_if_fail (message != NULL, NULL);

  node = &message->nodes[part];
  if (*node == NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (message->texts[part].readable, &length);

      *node = sage_json_parse_object (data, (gssize) length, &content_limits, NULL);
      if (*node == NULL)
        *node = sage_json_take_object (json_object_new ());
    }

  return json_node_get_object (*node);
}

/**
 * sage_jupyter_message_get_header:
 *
 * Returns: (transfer none): the header; do not change it
 */
JsonObject *
sage_jupyter_message_get_header (SageJupyterMessage *message)
{
  return get_object (message, SAGE_JUPYTER_HEADER);
}

/**
 * sage_jupyter_message_get_parent_header:
 *
 * Returns: (transfer none): the header of what caused it; empty where nothing did
 */
JsonObject *
sage_jupyter_message_get_parent_header (SageJupyterMessage *message)
{
  return get_object (message, SAGE_JUPYTER_PARENT_HEADER);
}

/**
 * sage_jupyter_message_get_metadata:
 *
 * Returns: (transfer none): the metadata; do not change it
 */
JsonObject *
sage_jupyter_message_get_metadata (SageJupyterMessage *message)
{
  return get_object (message, SAGE_JUPYTER_METADATA);
}

/**
 * sage_jupyter_message_get_content:
 *
 * Returns: (transfer none): the content, parsed at the first call; do not change it
 */
JsonObject *
sage_jupyter_message_get_content (SageJupyterMessage *message)
{
  return get_object (message, SAGE_JUPYTER_CONTENT);
}

/**
 * sage_jupyter_message_get_msg_type:
 *
 * Returns: (transfer none): such as `execute_request`
 */
const char *
sage_jupyter_message_get_msg_type (SageJupyterMessage *message)
{
  return sage_json_string (sage_jupyter_message_get_header (message), "msg_type", "");
}

/**
 * sage_jupyter_message_get_msg_id:
 *
 * Returns: (transfer none): its identifier
 */
const char *
sage_jupyter_message_get_msg_id (SageJupyterMessage *message)
{
  return sage_json_string (sage_jupyter_message_get_header (message), "msg_id", "");
}

/**
 * sage_jupyter_message_get_session:
 *
 * Returns: (transfer none): who sent it; "" where it does not say
 */
const char *
sage_jupyter_message_get_session (SageJupyterMessage *message)
{
  return sage_json_string (sage_jupyter_message_get_header (message), "session", "");
}

/**
 * sage_jupyter_message_get_parent_id:
 *
 * Returns: (transfer none) (nullable): the identifier of what caused it
 */
const char *
sage_jupyter_message_get_parent_id (SageJupyterMessage *message)
{
  return sage_json_string (sage_jupyter_message_get_parent_header (message), "msg_id", NULL);
}

/**
 * sage_jupyter_message_get_parent_session:
 *
 * Returns: (transfer none) (nullable): who sent what caused it
 */
const char *
sage_jupyter_message_get_parent_session (SageJupyterMessage *message)
{
  return sage_json_string (sage_jupyter_message_get_parent_header (message), "session", NULL);
}

/**
 * sage_jupyter_message_get_text:
 * @part: a part
 *
 * Returns: (transfer none): its JSON as it goes over the wire
 */
GBytes *
sage_jupyter_message_get_text (SageJupyterMessage *message,
                               SageJupyterPart     part)
{
  g_return_val_if_fail (message != NULL && (guint) part < SAGE_JUPYTER_N_PARTS, NULL);

  return message->texts[part].wire;
}

/**
 * sage_jupyter_message_get_n_buffers:
 *
 * Returns: how many binary buffers follow the content
 */
guint
sage_jupyter_message_get_n_buffers (SageJupyterMessage *message)
{
  g_return_val_if_fail (message != NULL, 0);

  return message->buffers != NULL ? message->buffers->len : 0;
}

/**
 * sage_jupyter_message_get_buffer:
 * @index: less than their number
 *
 * Returns: (transfer none): a buffer
 */
GBytes *
sage_jupyter_message_get_buffer (SageJupyterMessage *message,
                                 guint               index)
{
  g_return_val_if_fail (index < sage_jupyter_message_get_n_buffers (message), NULL);

  return g_ptr_array_index (message->buffers, index);
}

/**
 * sage_jupyter_message_get_size:
 *
 * Returns: the bytes of its parts and buffers
 */
gsize
sage_jupyter_message_get_size (SageJupyterMessage *message)
{
  gsize size = 0;

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    size += g_bytes_get_size (sage_jupyter_message_get_text (message, (SageJupyterPart) i));
  for (guint i = 0; i < sage_jupyter_message_get_n_buffers (message); i++)
    size += g_bytes_get_size (sage_jupyter_message_get_buffer (message, i));

  return size;
}
