/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include "sage-notebook-private.h"

/*
 * Trust is of outputs, not of the notebook that they happen to be in: what is pasted, reverted, brought
 * back or reloaded later has no part in it. Each time that somebody vouches for a notebook the outputs in
 * it get a number that no other time has; to trust them no more is to forget the number.
 */

/**
 * sage_notebook_new_trust:
 *
 * Returns: a number to vouch for outputs by, which nobody has vouched by yet; never 0
 */
guint
sage_notebook_new_trust (void)
{
  static guint last;

  return ++last;
}

static void
vouch_for_cell (SageCell *cell,
                guint     trust)
{
  guint n = cell->outputs != NULL ? g_list_model_get_n_items (G_LIST_MODEL (cell->outputs)) : 0;

  cell->trust = trust;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (G_LIST_MODEL (cell->outputs), i);

      output->trust = trust;
    }
}

/**
 * sage_notebook_vouch:
 * @trust: a number that sage_notebook_new_trust() gave
 *
 * The user, or a signature, vouches for the outputs that are in the notebook now.
 */
void
sage_notebook_vouch (SageNotebook *self,
                     guint         trust)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (trust != 0);

  for (guint i = 0; i < self->cells->len; i++)
    vouch_for_cell (g_ptr_array_index (self->cells, i), trust);
}

/**
 * sage_cell_is_trusted:
 * @trust: a number that sage_notebook_new_trust() gave; 0 for none
 *
 * Returns: whether scripts may run in every output of it that could hold one
 */
gboolean
sage_cell_is_trusted (SageCell *self,
                      guint     trust)
{
  GListModel *outputs;

  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);

  if (self->outputs == NULL && (self->parts.n_outputs == 0 || (trust != 0 && self->trust == trust)))
    return TRUE;

  outputs = sage_cell_get_outputs (self);
  for (guint i = 0; i < g_list_model_get_n_items (outputs); i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);

      if (output->kind != SAGE_OUTPUT_STREAM && output->kind != SAGE_OUTPUT_ERROR
          && !sage_output_is_trusted (output, trust))
        return FALSE;
    }

  return TRUE;
}

/**
 * sage_notebook_is_trusted:
 * @trust: a number that sage_notebook_new_trust() gave; 0 for none
 *
 * Returns: whether every cell is, as sage_cell_is_trusted() has it
 */
gboolean
sage_notebook_is_trusted (SageNotebook *self,
                          guint         trust)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), FALSE);

  for (guint i = 0; i < self->cells->len; i++)
    if (!sage_cell_is_trusted (g_ptr_array_index (self->cells, i), trust))
      return FALSE;

  return TRUE;
}
