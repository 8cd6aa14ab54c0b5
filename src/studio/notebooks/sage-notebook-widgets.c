/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-widgets"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-notebook-document-private.h"
#include "sage-notebook-kernel-private.h"

/* The widgets of a notebook that is opened: as the file has them, and then as the kernel has them that
 * still runs. */

#define VIEW "application/vnd.jupyter.widget-view+json"
#define STATE "application/vnd.jupyter.widget-state+json"

/* What ipywidgets calls the channel on which it tells the states of all widgets, and its version. */
#define CONTROL_TARGET "jupyter.widget.control"
#define CONTROL_VERSION "1.0.0"

/**
 * sage_notebook_document_load_widgets:
 * @self: a document that has been read
 *
 * Takes the states of widgets that another program has saved with the notebook.
 */
void
sage_notebook_document_load_widgets (SageNotebookDocument *self)
{
  JsonObject *widgets = sage_json_object (sage_notebook_get_metadata (self->notebook), "widgets");
  JsonObject *state = widgets != NULL ? sage_json_object (widgets, STATE) : NULL;

  if (state != NULL)
    sage_comms_load (self->comms, state);
}

/* Whether its file has an output that is a widget. */
static gboolean
has_widgets (SageNotebookDocument *self)
{
  GBytes *base = self->io != NULL ? sage_notebook_file_get_base (self->io) : NULL;
  gsize length;
  const char *text;

  if (base == NULL)
    return FALSE;
  text = g_bytes_get_data (base, &length);

  return text != NULL && memmem (text, length, VIEW, strlen (VIEW)) != NULL;
}

/**
 * sage_notebook_kernel_ask_widgets:
 * @self: a kernel that ran before the notebook was opened
 *
 * Asks it for its widgets, if the notebook shows any: what it said of them is in no journal any more
 * once the notebook was saved. A kernel that works answers when it has done so; one that has no
 * widgets closes the channel again.
 */
void
sage_notebook_kernel_ask_widgets (SageNotebookKernel *self)
{
  g_autoptr(JsonObject) metadata = NULL;
  g_autoptr(JsonObject) data = NULL;
  g_autofree char *id = NULL;

  if (!has_widgets (self->document))
    return;

  id = g_uuid_string_random ();
  metadata = json_object_new ();
  data = json_object_new ();
  json_object_set_string_member (metadata, "version", CONTROL_VERSION);
  json_object_set_string_member (data, "method", "request_states");
  sage_kernel_client_comm_open (self->client, id, CONTROL_TARGET, metadata, NULL);
  sage_kernel_client_comm_msg (self->client, id, data);
}
