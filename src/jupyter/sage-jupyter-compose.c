/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-jupyter-message-private.h"
#include "sage-json.h"
#include "sage-time.h"

/* Messages made here rather than read. */

static void
set_part (SageJupyterMessage *self,
          SageJupyterPart     part,
          JsonObject         *object)
{
  char *text = object != NULL ? sage_json_object_to_string (object) : g_strdup ("{}");
  GBytes *bytes = g_bytes_new_take (text, strlen (text));

  self->texts[part] = (SageJupyterText) { .wire = bytes, .readable = g_bytes_ref (bytes) };
}

static void
set_header (SageJupyterMessage *self,
            const char         *msg_type,
            const char         *session,
            const char         *username)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *date = sage_time_to_iso8601 (sage_time_now ());
  g_autoptr(JsonObject) header = json_object_new ();

  json_object_set_string_member (header, "msg_id", id);
  json_object_set_string_member (header, "msg_type", msg_type);
  json_object_set_string_member (header, "username", username);
  json_object_set_string_member (header, "session", session);
  json_object_set_string_member (header, "date", date);
  json_object_set_string_member (header, "version", SAGE_JUPYTER_VERSION);
  set_part (self, SAGE_JUPYTER_HEADER, header);
}

/**
 * sage_jupyter_message_new_request:
 * @channel: where it goes
 * @msg_type: such as `execute_request`
 * @session: the sender's, the same in all that it sends
 * @username: the sender's name
 * @metadata: (nullable): members beside the content
 * @content: (nullable): the content
 *
 * Returns: (transfer full): a message with an identifier of its own
 */
SageJupyterMessage *
sage_jupyter_message_new_request (SageJupyterChannel  channel,
                                  const char         *msg_type,
                                  const char         *session,
                                  const char         *username,
                                  JsonObject         *metadata,
                                  JsonObject         *content)
{
  SageJupyterMessage *self = sage_jupyter_message_alloc (channel);

  set_header (self, msg_type, session, username);
  set_part (self, SAGE_JUPYTER_PARENT_HEADER, NULL);
  set_part (self, SAGE_JUPYTER_METADATA, metadata);
  set_part (self, SAGE_JUPYTER_CONTENT, content);

  return self;
}

/**
 * sage_jupyter_message_new_execute:
 * @session: the sender's
 * @code: what to run
 * @flags: how
 * @cell_id: (nullable): the cell whose source it is; goes into the metadata
 *
 * Returns: (transfer full): an `execute_request`
 */
SageJupyterMessage *
sage_jupyter_message_new_execute (const char       *session,
                                  const char       *code,
                                  SageExecuteFlags  flags,
                                  const char       *cell_id)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(JsonObject) metadata = NULL;

  json_object_set_string_member (content, "code", code);
  json_object_set_boolean_member (content, "silent", (flags & SAGE_EXECUTE_SILENT) != 0);
  json_object_set_boolean_member (content, "store_history", (flags & SAGE_EXECUTE_STORE_HISTORY) != 0);
  json_object_set_object_member (content, "user_expressions", json_object_new ());
  json_object_set_boolean_member (content, "allow_stdin", (flags & SAGE_EXECUTE_ALLOW_STDIN) != 0);
  json_object_set_boolean_member (content, "stop_on_error", (flags & SAGE_EXECUTE_STOP_ON_ERROR) != 0);
  if (cell_id != NULL)
    {
      metadata = json_object_new ();
      json_object_set_string_member (metadata, "cellId", cell_id);
    }

  return sage_jupyter_message_new_request (SAGE_JUPYTER_SHELL, "execute_request", session, "", metadata,
                                           content);
}

/**
 * sage_jupyter_message_new_answer:
 * @parent: (nullable): what it answers or was caused by
 * @channel: where it goes
 * @msg_type: such as `input_reply`
 * @session: the sender's
 * @username: the sender's name
 * @content: (nullable): the content
 *
 * Returns: (transfer full): a message whose parent is @parent
 */
SageJupyterMessage *
sage_jupyter_message_new_answer (SageJupyterMessage *parent,
                                 SageJupyterChannel  channel,
                                 const char         *msg_type,
                                 const char         *session,
                                 const char         *username,
                                 JsonObject         *content)
{
  SageJupyterMessage *self = sage_jupyter_message_alloc (channel);

  set_header (self, msg_type, session, username);
  set_part (self, SAGE_JUPYTER_PARENT_HEADER,
            parent != NULL ? sage_jupyter_message_get_header (parent) : NULL);
  set_part (self, SAGE_JUPYTER_METADATA, NULL);
  set_part (self, SAGE_JUPYTER_CONTENT, content);

  return self;
}

/* A copy in which @part is still to be set. */
static SageJupyterMessage *
copy_without (SageJupyterMessage *message,
              SageJupyterPart     part)
{
  SageJupyterMessage *self = sage_jupyter_message_alloc (message->channel);

  for (guint i = 0; i < SAGE_JUPYTER_N_PARTS; i++)
    {
      if (i == part)
        continue;
      self->texts[i].wire = g_bytes_ref (message->texts[i].wire);
      self->texts[i].readable = g_bytes_ref (message->texts[i].readable);
      self->nodes[i] = message->nodes[i] != NULL ? json_node_ref (message->nodes[i]) : NULL;
    }
  if (message->buffers != NULL)
    self->buffers = g_ptr_array_ref (message->buffers);

  return self;
}

/**
 * sage_jupyter_message_with_number:
 * @member: a member of the metadata
 * @value: its value
 *
 * Returns: (transfer full): @message with that in its metadata, replacing what was there
 */
SageJupyterMessage *
sage_jupyter_message_with_number (SageJupyterMessage *message,
                                  const char         *member,
                                  gint64              value)
{
  JsonObject *old = sage_jupyter_message_get_metadata (message);
  g_autoptr(JsonObject) metadata = json_object_new ();
  SageJupyterMessage *self = copy_without (message, SAGE_JUPYTER_METADATA);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, old);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (strcmp (name, member) != 0)
      json_object_set_member (metadata, name, json_node_copy (node));
  json_object_set_int_member (metadata, member, value);
  set_part (self, SAGE_JUPYTER_METADATA, metadata);

  return self;
}

/**
 * sage_jupyter_message_with_content:
 * @content: (nullable): another content
 *
 * Returns: (transfer full): @message with @content in place of its own
 */
SageJupyterMessage *
sage_jupyter_message_with_content (SageJupyterMessage *message,
                                   JsonObject         *content)
{
  SageJupyterMessage *self = copy_without (message, SAGE_JUPYTER_CONTENT);

  set_part (self, SAGE_JUPYTER_CONTENT, content);

  return self;
}
