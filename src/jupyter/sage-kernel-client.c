/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-client"

#include "config.h"

#include "sage-kernel-client-private.h"

typedef enum
{
  PROP_STATE = 1,
  PROP_ERROR,
  PROP_KERNEL_STATE,
  PROP_INFO,
  PROP_LAST_SEQ,
} SageKernelClientProperty;

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_REQUEST_LOST,
  N_SIGNALS,
};

static GParamSpec *properties[PROP_LAST_SEQ + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageKernelClient, sage_kernel_client, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SageKernelLink, sage_kernel_link,
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_LINK_CLOSED, "closed"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_LINK_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_LINK_CONNECTED, "connected"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_LINK_AWAY, "away"),
  G_DEFINE_ENUM_VALUE (SAGE_KERNEL_LINK_DEAD, "dead"))

/* --- State ------------------------------------------------------------------------------------ */

void
sage_kernel_client_set_state (SageKernelClient *self,
                              SageKernelLink    state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/**
 * sage_kernel_client_take_error:
 * @self: a client
 * @error: (transfer full) (nullable): why it is not connected
 */
void
sage_kernel_client_take_error (SageKernelClient *self,
                               GError           *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
sage_kernel_client_set_kernel_state (SageKernelClient *self,
                                     SageKernelState   state)
{
  if (self->kernel_state == state)
    return;

  self->kernel_state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KERNEL_STATE]);
}

void
sage_kernel_client_set_info (SageKernelClient *self,
                             JsonObject       *info)
{
  g_clear_pointer (&self->info, json_object_unref);
  self->info = json_object_ref (info);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INFO]);
}

/**
 * sage_kernel_client_emit:
 * @self: a client
 * @message: a message of the kernel
 * @seq: its number in the journal, or -1
 *
 * Passes on a message.
 */
void
sage_kernel_client_emit (SageKernelClient   *self,
                         SageJupyterMessage *message,
                         gint64              seq)
{
  sage_kernel_client_track (self, message);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
  if (seq > self->last_seq)
    {
      self->last_seq = seq;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_SEQ]);
    }
  sage_kernel_client_match (self, message);
}

void
sage_kernel_client_emit_lost (SageKernelClient *self,
                              const char       *msg_id,
                              const GError     *error)
{
  g_signal_emit (self, signals[SIGNAL_REQUEST_LOST], 0, msg_id, error);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_kernel_client_dispose (GObject *object)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (object);

  sage_kernel_client_stop (self);
  g_hash_table_remove_all (self->pending);
  g_queue_clear_full (&self->outbox, (GDestroyNotify) sage_jupyter_message_unref);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (sage_kernel_client_parent_class)->dispose (object);
}

static void
sage_kernel_client_finalize (GObject *object)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (object);

  g_clear_pointer (&self->kernel_id, g_free);
  g_clear_pointer (&self->session, g_free);
  g_clear_pointer (&self->kernel_session, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->info, json_object_unref);
  g_clear_pointer (&self->pending, g_hash_table_unref);
  g_clear_pointer (&self->busy, g_hash_table_unref);

  G_OBJECT_CLASS (sage_kernel_client_parent_class)->finalize (object);
}

static void
sage_kernel_client_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  SageKernelClient *self = SAGE_KERNEL_CLIENT (object);

  switch ((SageKernelClientProperty) prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_KERNEL_STATE:
      g_value_set_enum (value, self->kernel_state);
      break;
    case PROP_INFO:
      g_value_set_boxed (value, self->info);
      break;
    case PROP_LAST_SEQ:
      g_value_set_int64 (value, self->last_seq);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_kernel_client_class_init (SageKernelClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_kernel_client_dispose;
  object_class->finalize = sage_kernel_client_finalize;
  object_class->get_property = sage_kernel_client_get_property;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SAGE_TYPE_KERNEL_LINK,
                                              SAGE_KERNEL_LINK_CLOSED, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_KERNEL_STATE] = g_param_spec_enum ("kernel-state", NULL, NULL, SAGE_TYPE_KERNEL_STATE,
                                                     SAGE_KERNEL_UNKNOWN, flags);
  properties[PROP_INFO] = g_param_spec_boxed ("info", NULL, NULL, JSON_TYPE_OBJECT, flags);
  properties[PROP_LAST_SEQ] = g_param_spec_int64 ("last-seq", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /* Of a message of the kernel: SageKernelClient::message (SageJupyterMessage *message). */
  signals[SIGNAL_MESSAGE] =
    g_signal_new ("message", SAGE_TYPE_KERNEL_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, SAGE_TYPE_JUPYTER_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_REQUEST_LOST] =
    g_signal_new ("request-lost", SAGE_TYPE_KERNEL_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                  G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sage_kernel_client_init (SageKernelClient *self)
{
  self->session = g_uuid_string_random ();
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) sage_pending_free);
  self->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->outbox);
  g_queue_init (&self->frames);
}

/**
 * sage_kernel_client_new:
 * @server: where the kernel is
 * @kernel_id: the kernel
 * @after: the number of the last message that is held already; what our engine has after it comes
 *   first. 0 for all it has
 *
 * Returns: (transfer full): a client that is not open yet
 */
SageKernelClient *
sage_kernel_client_new (SageJupyterServer *server,
                        const char        *kernel_id,
                        gint64             after)
{
  SageKernelClient *self;

  g_return_val_if_fail (SAGE_IS_JUPYTER_SERVER (server), NULL);
  g_return_val_if_fail (kernel_id != NULL && kernel_id[0] != '\0', NULL);

  self = g_object_new (SAGE_TYPE_KERNEL_CLIENT, NULL);
  self->server = g_object_ref (server);
  self->kernel_id = g_strdup (kernel_id);
  self->last_seq = MAX (after, 0);

  return self;
}

/**
 * sage_kernel_client_get_server:
 * @self: a client
 *
 * Returns: (transfer none): where its kernel is
 */
SageJupyterServer *
sage_kernel_client_get_server (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), NULL);

  return self->server;
}

const char *
sage_kernel_client_get_kernel_id (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), NULL);

  return self->kernel_id;
}

SageKernelLink
sage_kernel_client_get_state (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), SAGE_KERNEL_LINK_CLOSED);

  return self->state;
}

/**
 * sage_kernel_client_get_error:
 * @self: a client
 *
 * Returns: (nullable): why it is away or dead
 */
const GError *
sage_kernel_client_get_error (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), NULL);

  return self->error;
}

SageKernelState
sage_kernel_client_get_kernel_state (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), SAGE_KERNEL_UNKNOWN);

  return self->kernel_state;
}

/**
 * sage_kernel_client_get_info:
 * @self: a client
 *
 * Returns: (transfer none) (nullable): the content of the last kernel_info_reply: `language_info`,
 *   `banner`, …; as the kernel gave it
 */
JsonObject *
sage_kernel_client_get_info (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), NULL);

  return self->info;
}

/**
 * sage_kernel_client_get_last_seq:
 * @self: a client
 *
 * Returns: the number of the last message of the journal that was emitted; what is saved with a
 *   notebook, so that it goes on from there
 */
gint64
sage_kernel_client_get_last_seq (SageKernelClient *self)
{
  g_return_val_if_fail (SAGE_IS_KERNEL_CLIENT (self), 0);

  return self->last_seq;
}
