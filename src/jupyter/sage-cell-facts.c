/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include "sage-cell-private.h"

/* Returns: (transfer full): what undo keeps */
SageCellFacts *
sage_cell_get_facts (SageCell *self)
{
  SageCellFacts *facts = g_new0 (SageCellFacts, 1);
  GListModel *outputs = sage_cell_get_outputs (self);
  guint n = g_list_model_get_n_items (outputs);

  facts->kind = self->kind;
  facts->count = self->count;
  facts->metadata = g_bytes_ref (self->metadata);
  facts->attachments = self->attachments != NULL ? g_bytes_ref (self->attachments) : NULL;
  facts->outputs = g_ptr_array_new_full (n, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (facts->outputs, g_list_model_get_item (outputs, i));

  return facts;
}

/* Returns: (transfer full): the same, without outputs and count */
SageCellFacts *
sage_cell_get_cleared_facts (SageCell *self)
{
  SageCellFacts *facts = sage_cell_get_facts (self);

  g_ptr_array_set_size (facts->outputs, 0);
  facts->count = -1;

  return facts;
}

void
sage_cell_facts_free (SageCellFacts *facts)
{
  g_ptr_array_unref (facts->outputs);
  g_bytes_unref (facts->metadata);
  g_clear_pointer (&facts->attachments, g_bytes_unref);
  g_free (facts);
}

static gboolean
has_outputs (SageCell  *self,
             GPtrArray *outputs)
{
  GListModel *own = sage_cell_get_outputs (self);

  if (g_list_model_get_n_items (own) != outputs->len)
    return FALSE;
  for (guint i = 0; i < outputs->len; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (own, i);

      if (output != g_ptr_array_index (outputs, i))
        return FALSE;
    }

  return TRUE;
}

void
sage_cell_set_facts (SageCell            *self,
                     const SageCellFacts *facts)
{
  sage_cell_set_metadata_text (self, facts->metadata);
  g_clear_pointer (&self->attachments, g_bytes_unref);
  g_clear_pointer (&self->attachments_object, json_object_unref);
  self->attachments = facts->attachments != NULL ? g_bytes_ref (facts->attachments) : NULL;
  if (!has_outputs (self, facts->outputs))
    g_list_store_splice (self->outputs, 0, g_list_model_get_n_items (G_LIST_MODEL (self->outputs)),
                         facts->outputs->pdata, facts->outputs->len);
  sage_cell_set_count (self, facts->count);
  if (self->kind != facts->kind)
    {
      self->kind = facts->kind;
      g_object_notify (G_OBJECT (self), "kind");
    }
  sage_cell_touch (self);
}
