/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include <string.h>

#include "sage-cell-private.h"
#include "sage-json.h"
#include "sage-notebook-private.h"

/* Metadata is kept as the text it is written with, so that a change of one member leaves the rest as
 * it was found, and undo brings the very bytes back. */

static JsonObject *
parse_object (GBytes *text)
{
  SageJsonPiece piece;
  g_autoptr(JsonNode) node = NULL;

  piece.at = g_bytes_get_data (text, &piece.length);
  node = sage_json_piece_node (&piece);

  return json_node_dup_object (node);
}

/**
 * sage_cell_get_metadata:
 *
 * Returns: (transfer none): its metadata as in the file; not to be changed, valid until it is
 */
JsonObject *
sage_cell_get_metadata (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), NULL);

  if (self->metadata_object == NULL)
    self->metadata_object = parse_object (self->metadata);

  return self->metadata_object;
}

/**
 * sage_cell_get_attachments:
 *
 * Returns: (transfer none) (nullable): by name, the bundles that its Markdown shows; the names are no
 *   paths
 */
JsonObject *
sage_cell_get_attachments (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), NULL);

  if (self->attachments_object == NULL && self->attachments != NULL)
    self->attachments_object = parse_object (self->attachments);

  return self->attachments_object;
}

/**
 * sage_cell_has_tag:
 * @tag: a word
 *
 * Returns: whether metadata.tags has it
 */
gboolean
sage_cell_has_tag (SageCell   *self,
                   const char *tag)
{
  JsonArray *tags;

  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);

  tags = sage_json_array (sage_cell_get_metadata (self), "tags");
  for (guint i = 0; tags != NULL && i < json_array_get_length (tags); i++)
    if (g_strcmp0 (sage_json_array_string (tags, i), tag) == 0)
      return TRUE;

  return FALSE;
}

void
sage_cell_set_metadata_text (SageCell *self,
                             GBytes   *metadata)
{
  gboolean was_folded;
  gboolean were_outputs_folded;

  if (self->metadata == metadata)
    return;

  was_folded = sage_cell_is_folded (self);
  were_outputs_folded = sage_cell_are_outputs_folded (self);
  g_clear_pointer (&self->metadata_object, json_object_unref);
  g_bytes_unref (self->metadata);
  self->metadata = g_bytes_ref (metadata);
  sage_cell_touch (self);
  sage_cell_notify_folds (self, was_folded, were_outputs_folded);
}

/* Returns: (transfer full): the metadata with a tag more or less */
GBytes *
sage_cell_tag_metadata (SageCell   *self,
                        const char *tag,
                        gboolean    is_set)
{
  JsonArray *old = sage_json_array (sage_cell_get_metadata (self), "tags");
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *tags = json_array_new ();

  for (guint i = 0; old != NULL && i < json_array_get_length (old); i++)
    if (g_strcmp0 (sage_json_array_string (old, i), tag) != 0)
      json_array_add_element (tags, json_node_ref (json_array_get_element (old, i)));
  if (is_set)
    json_array_add_string_element (tags, tag);
  json_node_take_array (node, tags);

  return sage_notebook_patch_text (self->notebook, self->metadata, 3, "tags",
                                   json_array_get_length (tags) > 0 ? node : NULL);
}

static JsonObject *
get_jupyter (SageCell *self)
{
  return sage_json_object (sage_cell_get_metadata (self), "jupyter");
}

/**
 * sage_cell_is_folded:
 *
 * Returns: whether the source is hidden (metadata.jupyter.source_hidden)
 */
gboolean
sage_cell_is_folded (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);

  return sage_json_bool (get_jupyter (self), "source_hidden", FALSE);
}

/**
 * sage_cell_are_outputs_folded:
 *
 * Returns: whether the outputs are hidden (metadata.jupyter.outputs_hidden, or metadata.collapsed)
 */
gboolean
sage_cell_are_outputs_folded (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);

  return sage_json_bool (get_jupyter (self), "outputs_hidden",
                         sage_json_bool (sage_cell_get_metadata (self), "collapsed", FALSE));
}

static void
set_fold (SageCell   *self,
          const char *member,
          gboolean    is_folded)
{
  JsonObject *old = get_jupyter (self);
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *jupyter = json_object_new ();
  g_autoptr(GBytes) text = NULL;
  g_autoptr(GList) names = old != NULL ? json_object_get_members (old) : NULL;

  if (self->notebook != NULL && sage_notebook_is_read_only (self->notebook))
    return;

  for (GList *name = names; name != NULL; name = name->next)
    json_object_set_member (jupyter, name->data,
                            json_node_ref (json_object_get_member (old, name->data)));
  if (is_folded)
    json_object_set_boolean_member (jupyter, member, TRUE);
  else
    json_object_remove_member (jupyter, member);
  json_node_take_object (node, jupyter);

  text = sage_notebook_patch_text (self->notebook, self->metadata, 3, "jupyter",
                                   json_object_get_size (jupyter) > 0 ? node : NULL);
  if (strcmp (member, "outputs_hidden") == 0 &&
      json_object_has_member (sage_cell_get_metadata (self), "collapsed"))
    {
      g_autoptr(GBytes) both = g_steal_pointer (&text);

      text = sage_notebook_patch_text (self->notebook, both, 3, "collapsed", NULL);
    }
  sage_cell_set_metadata_text (self, text);
}

/**
 * sage_cell_set_folded:
 * @is_folded: whether the source is hidden
 *
 * Saved, but not a step of undo.
 */
void
sage_cell_set_folded (SageCell *self,
                      gboolean  is_folded)
{
  g_return_if_fail (SAGE_IS_CELL (self));

  if (sage_cell_is_folded (self) != is_folded)
    set_fold (self, "source_hidden", is_folded);
}

/**
 * sage_cell_set_outputs_folded:
 * @are_folded: whether the outputs are hidden
 *
 * Saved, but not a step of undo.
 */
void
sage_cell_set_outputs_folded (SageCell *self,
                              gboolean  are_folded)
{
  g_return_if_fail (SAGE_IS_CELL (self));

  if (sage_cell_are_outputs_folded (self) != are_folded)
    set_fold (self, "outputs_hidden", are_folded);
}
