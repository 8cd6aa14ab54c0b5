/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "sage-jupyter-channel.h"

G_BEGIN_DECLS

#define SAGE_JUPYTER_VERSION "5.4"

/* Of all parts of one message together; and the buffers behind them. */
#define SAGE_JUPYTER_MAX_BYTES (256 * 1024 * 1024)
#define SAGE_JUPYTER_MAX_BUFFERS 4096

/* The parts that are JSON, in their order on the wire; buffers follow. */
typedef enum
{
  SAGE_JUPYTER_HEADER,
  SAGE_JUPYTER_PARENT_HEADER,
  SAGE_JUPYTER_METADATA,
  SAGE_JUPYTER_CONTENT,
} SageJupyterPart;

#define SAGE_JUPYTER_N_PARTS 4

/* How a kernel is to run code. */
typedef enum
{
  SAGE_EXECUTE_DEFAULT = 0,
  SAGE_EXECUTE_SILENT = 1 << 0,        /* no output, no count */
  SAGE_EXECUTE_STORE_HISTORY = 1 << 1,
  SAGE_EXECUTE_ALLOW_STDIN = 1 << 2,   /* there is someone who answers an input_request */
  SAGE_EXECUTE_STOP_ON_ERROR = 1 << 3, /* when it fails, the kernel drops what waits behind it */
} SageExecuteFlags;

/* A message of a kernel or to one: immutable, counted. One thread at a time may hold one, because
 * its content is parsed when first asked for. */
typedef struct _SageJupyterMessage SageJupyterMessage;

#define SAGE_TYPE_JUPYTER_MESSAGE (sage_jupyter_message_get_type ())
GType sage_jupyter_message_get_type (void) G_GNUC_CONST;

SageJupyterMessage *sage_jupyter_message_new_request (SageJupyterChannel   channel,
                                                      const char          *msg_type,
                                                      const char          *session,
                                                      const char          *username,
                                                      JsonObject          *metadata,
                                                      JsonObject          *content);
SageJupyterMessage *sage_jupyter_message_new_execute (const char          *session,
                                                      const char          *code,
                                                      SageExecuteFlags     flags,
                                                      const char          *cell_id);
SageJupyterMessage *sage_jupyter_message_new_answer  (SageJupyterMessage  *parent,
                                                      SageJupyterChannel   channel,
                                                      const char          *msg_type,
                                                      const char          *session,
                                                      const char          *username,
                                                      JsonObject          *content);
SageJupyterMessage *sage_jupyter_message_read        (SageJupyterChannel   channel,
                                                      GBytes *const       *parts,
                                                      guint                n_parts,
                                                      GError             **error);
SageJupyterMessage *sage_jupyter_message_with_number (SageJupyterMessage  *message,
                                                      const char          *member,
                                                      gint64               value);
SageJupyterMessage *sage_jupyter_message_with_content (SageJupyterMessage *message,
                                                      JsonObject          *content);

SageJupyterMessage *sage_jupyter_message_ref         (SageJupyterMessage  *message);
void                sage_jupyter_message_unref       (SageJupyterMessage  *message);

SageJupyterChannel  sage_jupyter_message_get_channel       (SageJupyterMessage *message);
const char         *sage_jupyter_message_get_msg_type      (SageJupyterMessage *message);
const char         *sage_jupyter_message_get_msg_id        (SageJupyterMessage *message);
const char         *sage_jupyter_message_get_session       (SageJupyterMessage *message);
const char         *sage_jupyter_message_get_parent_id     (SageJupyterMessage *message);
const char         *sage_jupyter_message_get_parent_session (SageJupyterMessage *message);
JsonObject         *sage_jupyter_message_get_header        (SageJupyterMessage *message);
JsonObject         *sage_jupyter_message_get_parent_header (SageJupyterMessage *message);
JsonObject         *sage_jupyter_message_get_metadata      (SageJupyterMessage *message);
JsonObject         *sage_jupyter_message_get_content       (SageJupyterMessage *message);
GBytes             *sage_jupyter_message_get_text          (SageJupyterMessage *message,
                                                            SageJupyterPart     part);
guint               sage_jupyter_message_get_n_buffers     (SageJupyterMessage *message);
GBytes             *sage_jupyter_message_get_buffer        (SageJupyterMessage *message,
                                                            guint               index);
gsize               sage_jupyter_message_get_size          (SageJupyterMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageJupyterMessage, sage_jupyter_message_unref)

G_END_DECLS
