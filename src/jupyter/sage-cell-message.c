/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include <string.h>

#include "sage-cell-private.h"
#include "sage-json.h"
#include "sage-notebook-private.h"
#include "sage-output-private.h"

/* What a kernel's messages do to a cell: "Messaging in Jupyter" 5.4. */

/* A loop that never stops printing must neither fill the memory nor make a file that nothing opens. */
#define MAX_TEXT ((gsize) 16 * 1024 * 1024)
#define MAX_OUTPUTS 10000

static void
clear_outputs (SageCell *self)
{
  GListStore *outputs = sage_cell_ensure_outputs (self);

  self->is_clear_pending = FALSE;
  self->has_displays = FALSE;
  self->n_text = 0;
  self->is_full = FALSE;
  if (g_list_model_get_n_items (G_LIST_MODEL (outputs)) == 0)
    return;

  g_list_store_remove_all (outputs);
  sage_cell_touch (self);
}

/* Appends an output; @object is taken. */
static SageOutput *
add_output (SageCell   *self,
            JsonObject *object)
{
  g_autoptr(JsonObject) owned = object;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageOutput) output = sage_output_new_from_json (object, &error);

  if (output == NULL)
    {
      g_debug ("Cell %s: %s", self->id, error->message);
      return NULL;
    }

  output->is_own = TRUE;
  if (self->is_clear_pending)
    clear_outputs (self);
  g_list_store_append (sage_cell_ensure_outputs (self), output);
  sage_cell_touch (self);

  return output; /* the list holds it */
}

/* Whether there is no place for more; the last output says so then. */
static gboolean
is_full (SageCell *self,
         gsize     n_text)
{
  JsonObject *object;

  if (self->is_full)
    return TRUE;
  if (self->n_text + n_text <= MAX_TEXT &&
      g_list_model_get_n_items (sage_cell_get_outputs (self)) < MAX_OUTPUTS)
    {
      self->n_text += n_text;
      return FALSE;
    }

  object = json_object_new ();
  json_object_set_string_member (object, "name", "stderr");
  json_object_set_string_member (object, "output_type", "stream");
  json_object_set_string_member (object, "text", "\n[The notebook keeps no more output of this cell.]\n");
  add_output (self, object);
  self->is_full = TRUE;

  return TRUE;
}

static void
take_stream (SageCell   *self,
             JsonObject *content)
{
  const char *name = sage_json_string (content, "name", NULL);
  const char *text = sage_json_string (content, "text", NULL);
  GListModel *outputs;
  g_autoptr(SageOutput) last = NULL;
  guint n;
  JsonObject *object;

  if (name == NULL || text == NULL)
    {
      g_debug ("Cell %s: a stream without name or text", self->id);
      return;
    }
  if (self->is_clear_pending)
    clear_outputs (self);
  if (is_full (self, strlen (text)))
    return;

  outputs = sage_cell_get_outputs (self);
  n = g_list_model_get_n_items (outputs);
  if (n > 0)
    last = g_list_model_get_item (outputs, n - 1);
  if (last != NULL && sage_output_get_kind (last) == SAGE_OUTPUT_STREAM &&
      strcmp (sage_output_get_name (last), name) == 0)
    {
      sage_output_append (last, text);
      sage_cell_touch (self);
      return;
    }

  object = json_object_new ();
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "output_type", "stream");
  json_object_set_string_member (object, "text", text);
  add_output (self, object);
}

static const char *
get_display_id (JsonObject *content)
{
  return sage_json_string (sage_json_object (content, "transient"), "display_id", NULL);
}

static void
take_bundle (SageCell   *self,
             const char *type,
             JsonObject *content)
{
  JsonObject *data = sage_json_object (content, "data");
  JsonObject *metadata = sage_json_object (content, "metadata");
  const char *display_id = get_display_id (content);
  JsonObject *object;
  SageOutput *output;

  if (data == NULL)
    {
      g_debug ("Cell %s: %s without data", self->id, type);
      return;
    }
  if (self->is_clear_pending)
    clear_outputs (self);
  if (is_full (self, 0))
    return;

  object = json_object_new ();
  json_object_set_object_member (object, "data", json_object_ref (data));
  if (strcmp (type, "execute_result") == 0)
    {
      gint64 count = sage_json_int (content, "execution_count", self->count);

      if (count >= 0)
        json_object_set_int_member (object, "execution_count", count);
      else
        json_object_set_null_member (object, "execution_count");
    }
  json_object_set_object_member (object, "metadata", metadata != NULL ? json_object_ref (metadata)
                                                                       : json_object_new ());
  json_object_set_string_member (object, "output_type", type);

  output = add_output (self, object);
  if (output != NULL && display_id != NULL)
    {
      sage_output_set_display_id (output, display_id);
      self->has_displays = TRUE;
    }
}

static void
take_error (SageCell   *self,
            JsonObject *content)
{
  JsonArray *traceback = sage_json_array (content, "traceback");
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "ename", sage_json_string (content, "ename", ""));
  json_object_set_string_member (object, "evalue", sage_json_string (content, "evalue", ""));
  json_object_set_string_member (object, "output_type", "error");
  json_object_set_array_member (object, "traceback", traceback != NULL ? json_array_ref (traceback)
                                                                       : json_array_new ());
  add_output (self, object);
  sage_cell_set_state (self, SAGE_CELL_FAILED);
}

/* Updates every output of this cell that has the display id. */
void
sage_cell_update_displays (SageCell   *self,
                           const char *display_id,
                           JsonObject *data,
                           JsonObject *metadata)
{
  GListModel *outputs = sage_cell_get_outputs (self);
  guint n = g_list_model_get_n_items (outputs);
  gboolean changed = FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);

      if (g_strcmp0 (sage_output_get_display_id (output), display_id) != 0)
        continue;
      sage_output_update (output, data, metadata);
      changed = TRUE;
    }

  if (changed)
    sage_cell_touch (self);
}

static void
take_update (SageCell   *self,
             JsonObject *content)
{
  JsonObject *data = sage_json_object (content, "data");
  JsonObject *metadata = sage_json_object (content, "metadata");
  const char *display_id = get_display_id (content);

  if (data == NULL || display_id == NULL)
    g_debug ("Cell %s: update_display_data without data or display id", self->id);
  else if (self->notebook != NULL)
    sage_notebook_update_displays (self->notebook, display_id, data, metadata);
  else
    sage_cell_update_displays (self, display_id, data, metadata);
}

static void
take_status (SageCell   *self,
             JsonObject *content)
{
  const char *state = sage_json_string (content, "execution_state", "");

  if (strcmp (state, "busy") == 0)
    sage_cell_set_state (self, SAGE_CELL_RUNNING);
  else if (strcmp (state, "idle") == 0 && self->state == SAGE_CELL_RUNNING)
    sage_cell_set_state (self, SAGE_CELL_SUCCEEDED);
}

static void
take_input (SageCell   *self,
            JsonObject *content)
{
  const char *code = sage_json_string (content, "code", NULL);

  clear_outputs (self);
  sage_cell_set_count (self, sage_json_int (content, "execution_count", -1));
  sage_cell_set_state (self, SAGE_CELL_RUNNING);
  if (code != NULL)
    sage_cell_set_ran (self, code);
}

/**
 * sage_cell_take_message:
 * @msg_type: the message's type
 * @content: its content
 *
 * Does what a message of the kernel that answers this cell's request does to the cell. A stream is
 * merged with the output before it if that is of the same name. clear_output with "wait" takes effect
 * with the next output. update_display_data reaches every output of the notebook with that id.
 * execute_input begins a run and clears what an earlier one left. Of text the cell keeps 16 MiB, of
 * outputs 10,000. A content that is not what the protocol says is ignored.
 *
 * Returns: whether the type concerns a cell
 */
gboolean
sage_cell_take_message (SageCell   *self,
                        const char *msg_type,
                        JsonObject *content)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);
  g_return_val_if_fail (msg_type != NULL, FALSE);
  g_return_val_if_fail (content != NULL, FALSE);

  if (strcmp (msg_type, "stream") == 0)
    take_stream (self, content);
  else if (strcmp (msg_type, "display_data") == 0 || strcmp (msg_type, "execute_result") == 0)
    take_bundle (self, msg_type, content);
  else if (strcmp (msg_type, "error") == 0)
    take_error (self, content);
  else if (strcmp (msg_type, "update_display_data") == 0)
    take_update (self, content);
  else if (strcmp (msg_type, "execute_input") == 0)
    take_input (self, content);
  else if (strcmp (msg_type, "status") == 0)
    take_status (self, content);
  else if (strcmp (msg_type, "clear_output") != 0)
    return FALSE;
  else if (sage_json_bool (content, "wait", FALSE))
    self->is_clear_pending = TRUE;
  else
    clear_outputs (self);

  return TRUE;
}

/**
 * sage_cell_prepare_run:
 *
 * To be called as an execute_request is sent: takes away outputs and count, and queues the cell.
 */
void
sage_cell_prepare_run (SageCell *self)
{
  g_return_if_fail (SAGE_IS_CELL (self));

  clear_outputs (self);
  sage_cell_set_count (self, -1);
  sage_cell_set_state (self, SAGE_CELL_QUEUED);
}
