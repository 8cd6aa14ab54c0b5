/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-document"

#include "config.h"

#include "sage-notebook-document-private.h"
#include "sage-notebook-trust.h"

/*
 * Outputs are trusted one by one (see sage_notebook_vouch()); a content of the file as a whole, by its
 * signature. So whatever outputs come in, on whatever way, neither run nor get signed before somebody
 * vouches for them.
 */

static void
vouch (SageNotebookDocument *self)
{
  guint trust = sage_notebook_new_trust ();

  self->is_distrusted = FALSE;
  sage_notebook_vouch (self->notebook, trust);
  sage_notebook_document_set_trust (self, trust);
}

/* The notebook is what has just been read: a signature of that content vouches for it. */
void
sage_notebook_document_check_trust (SageNotebookDocument *self)
{
  g_autofree char *digest = sage_notebook_file_get_digest (self->io);

  if (digest != NULL && sage_notebook_trust_check (digest))
    vouch (self);
}

/* A save begins: whether what it writes may be signed is seen now, as the notebook goes on meanwhile. */
void
sage_notebook_document_judge_trust (SageNotebookDocument *self)
{
  self->was_trusted = sage_notebook_document_is_trusted (self);
}

/* What the last save signed is no longer anywhere, but what the file was when it was opened may well be:
 * in a copy, in a commit. So a notebook takes few places among the signatures, however often it is saved.
 * @digest: (nullable): of what the file holds now */
static void
forget_signed (SageNotebookDocument *self,
               const char           *digest)
{
  if (self->signed_digest != NULL && g_strcmp0 (self->signed_digest, digest) != 0)
    {
      sage_notebook_trust_forget (self->signed_digest);
      g_clear_pointer (&self->signed_digest, g_free);
    }
}

/* A save has ended. What it wrote is signed if it was trusted then, or is what is trusted now. */
void
sage_notebook_document_sign (SageNotebookDocument *self)
{
  g_autofree char *digest = sage_notebook_file_get_digest (self->io);
  gboolean may_sign = self->was_trusted || (!sage_notebook_document_is_modified (self)
                                            && sage_notebook_document_is_trusted (self));

  forget_signed (self, digest);
  if (digest == NULL || !may_sign || self->is_distrusted)
    return;

  /* what was signed before this notebook was opened is not this one's to forget */
  if (!sage_notebook_trust_check (digest) && sage_notebook_trust_sign (digest))
    g_set_str (&self->signed_digest, digest);
}

/**
 * sage_notebook_document_is_trusted:
 * @self: a document
 *
 * Returns: whether scripts may run in every output of it: each was made by a run here, or is vouched for
 */
gboolean
sage_notebook_document_is_trusted (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  return !self->is_distrusted && self->notebook != NULL
         && sage_notebook_is_trusted (self->notebook, self->trust);
}

/**
 * sage_notebook_document_is_cell_trusted:
 * @self: a document
 * @cell: a cell of its notebook
 *
 * Returns: whether scripts may run in every output of the cell
 */
gboolean
sage_notebook_document_is_cell_trusted (SageNotebookDocument *self,
                                        SageCell             *cell)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), FALSE);

  return sage_cell_is_trusted (cell, self->trust);
}

/**
 * sage_notebook_document_admit:
 * @self: a document that has been read
 *
 * For what comes in from a notebook of ours, where scripts in it may run.
 *
 * Returns: the number to vouch for it by, so that they may run here too; 0 where the user trusts the
 *   notebook no more
 */
guint
sage_notebook_document_admit (SageNotebookDocument *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self), 0);

  if (self->trust == 0 && !self->is_distrusted)
    sage_notebook_document_set_trust (self, sage_notebook_new_trust ());

  return self->trust;
}

/**
 * sage_notebook_document_trust:
 * @self: a document that has been read
 * @is_trusted: whether scripts in its outputs may run
 *
 * The user trusts what is there, now and when it is opened again; or does no more. What comes in later
 * has no part in it.
 */
void
sage_notebook_document_trust (SageNotebookDocument *self,
                              gboolean              is_trusted)
{
  g_autofree char *digest = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_DOCUMENT (self));

  if (self->notebook == NULL)
    return;
  if (is_trusted)
    vouch (self);
  else
    {
      self->is_distrusted = TRUE;
      sage_notebook_document_set_trust (self, 0);
    }
  digest = sage_notebook_file_get_digest (self->io);
  if (digest == NULL)
    return;
  if (!is_trusted)
    sage_notebook_trust_forget (digest);
  else if (!sage_notebook_document_is_modified (self)) /* else it is signed once it is saved */
    sage_notebook_trust_sign (digest);
}
