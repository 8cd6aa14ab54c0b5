/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-comms"

#include "config.h"

#include <string.h>

#include "sage-comms.h"
#include "sage-json.h"

#define MAX_COMMS 20000 /* a kernel that opens more leaks them */
#define TARGET "jupyter.widget"

typedef struct
{
  JsonObject *state; /* (owned) */
  gboolean    closed;
} Comm;

struct _SageComms
{
  GObject     parent_instance;

  GHashTable *comms; /* (element-type utf8 Comm): by their ids */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageComms, sage_comms, G_TYPE_OBJECT)

static void
comm_free (gpointer data)
{
  Comm *comm = data;

  json_object_unref (comm->state);
  g_free (comm);
}

static void
sage_comms_finalize (GObject *object)
{
  g_hash_table_unref (SAGE_COMMS (object)->comms);

  G_OBJECT_CLASS (sage_comms_parent_class)->finalize (object);
}

static void
sage_comms_class_init (SageCommsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_comms_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_comms_init (SageComms *self)
{
  self->comms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, comm_free);
}

/**
 * sage_comms_new:
 *
 * Returns: (transfer full): no widgets
 */
SageComms *
sage_comms_new (void)
{
  return g_object_new (SAGE_TYPE_COMMS, NULL);
}

static void
emit_changed (SageComms  *self,
              const char *comm_id)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], g_quark_from_string (comm_id));
}

/* Sets members of the state; others stay as they are. */
static void
merge (JsonObject *state,
       JsonObject *news)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, news);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (state, name, json_node_copy (node));
}

static void
open_comm (SageComms  *self,
           const char *comm_id,
           JsonObject *state)
{
  Comm *comm;

  if (g_hash_table_size (self->comms) >= MAX_COMMS)
    return;
  comm = g_new0 (Comm, 1);
  comm->state = json_object_new ();
  if (state != NULL)
    merge (comm->state, state);
  g_hash_table_replace (self->comms, g_strdup (comm_id), comm);
  emit_changed (self, comm_id);
}

/* @states: (nullable): comm id → model, with its state */
static void
load_states (SageComms  *self,
             JsonObject *states)
{
  JsonObjectIter iter;
  const char *comm_id;
  JsonNode *node;

  if (states == NULL)
    return;
  json_object_iter_init (&iter, states);
  while (json_object_iter_next (&iter, &comm_id, &node))
    {
      JsonObject *model = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *state = model != NULL ? sage_json_object (model, "state") : NULL;
      const char *name = model != NULL ? sage_json_string (model, "model_name", NULL) : NULL;
      g_autoptr(JsonObject) whole = NULL;

      if (state == NULL)
        continue;
      whole = json_object_new ();
      merge (whole, state);
      if (name != NULL)
        json_object_set_string_member (whole, "_model_name", name);
      open_comm (self, comm_id, whole);
    }
}

/**
 * sage_comms_take_message:
 * @self: the kernel's widgets
 * @msg_type: the type of a message
 * @content: its content
 *
 * Follows the messages of Jupyter's widgets (comm_open with target jupyter.widget, comm_msg with
 * method update, comm_close), and takes all of them as they are where somebody has asked for that
 * (comm_msg with method update_states). What is none of theirs is ignored.
 *
 * Returns: whether the message is about a comm at all
 */
gboolean
sage_comms_take_message (SageComms  *self,
                         const char *msg_type,
                         JsonObject *content)
{
  gboolean opens = g_strcmp0 (msg_type, "comm_open") == 0;
  gboolean closes = g_strcmp0 (msg_type, "comm_close") == 0;
  const char *comm_id;
  JsonObject *data;
  JsonObject *state;
  const char *method;
  Comm *comm;

  g_return_val_if_fail (SAGE_IS_COMMS (self), FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  if (!opens && !closes && g_strcmp0 (msg_type, "comm_msg") != 0)
    return FALSE;
  comm_id = sage_json_string (content, "comm_id", NULL);
  if (comm_id == NULL)
    return TRUE;

  data = sage_json_object (content, "data");
  state = data != NULL ? sage_json_object (data, "state") : NULL;
  method = sage_json_string (data, "method", "");
  comm = g_hash_table_lookup (self->comms, comm_id);
  if (opens)
    {
      if (g_strcmp0 (sage_json_string (content, "target_name", NULL), TARGET) == 0)
        open_comm (self, comm_id, state);
    }
  else if (comm != NULL && closes)
    {
      comm->closed = TRUE; /* what is shown of it stays, as it was last */
      emit_changed (self, comm_id);
    }
  else if (comm != NULL && state != NULL && strcmp (method, "update") == 0)
    {
      merge (comm->state, state);
      emit_changed (self, comm_id);
    }
  else if (strcmp (method, "update_states") == 0)
    load_states (self, sage_json_object (data, "states"));

  return TRUE;
}

/**
 * sage_comms_load:
 * @self: the kernel's widgets
 * @widget_state: a notebook's `application/vnd.jupyter.widget-state+json`
 *
 * Takes over the widgets as a notebook has saved them.
 */
void
sage_comms_load (SageComms  *self,
                 JsonObject *widget_state)
{
  g_return_if_fail (SAGE_IS_COMMS (self));
  g_return_if_fail (widget_state != NULL);

  load_states (self, sage_json_object (widget_state, "state"));
}

/* The kernel was started again: none of its widgets is left. */
void
sage_comms_clear (SageComms *self)
{
  g_autoptr(GHashTable) gone = NULL;
  GHashTableIter iter;
  gpointer comm_id;

  g_return_if_fail (SAGE_IS_COMMS (self));

  gone = g_steal_pointer (&self->comms);
  self->comms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, comm_free);
  g_hash_table_iter_init (&iter, gone);
  while (g_hash_table_iter_next (&iter, &comm_id, NULL))
    emit_changed (self, comm_id);
}

/**
 * sage_comms_get_state:
 * @self: the kernel's widgets
 * @comm_id: one of them
 *
 * Returns: (transfer none) (nullable): its state
 */
JsonObject *
sage_comms_get_state (SageComms  *self,
                      const char *comm_id)
{
  Comm *comm;

  g_return_val_if_fail (SAGE_IS_COMMS (self), NULL);

  comm = comm_id != NULL ? g_hash_table_lookup (self->comms, comm_id) : NULL;

  return comm != NULL ? comm->state : NULL;
}

/* Returns: whether it was closed; it is shown as it was last */
gboolean
sage_comms_is_closed (SageComms  *self,
                      const char *comm_id)
{
  Comm *comm;

  g_return_val_if_fail (SAGE_IS_COMMS (self), TRUE);

  comm = g_hash_table_lookup (self->comms, comm_id);

  return comm == NULL || comm->closed;
}
