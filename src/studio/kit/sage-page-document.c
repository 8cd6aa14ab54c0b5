/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-page"

#include "config.h"

#include "sage-page.h"

/**
 * sage_page_is_document:
 * @self: a page
 *
 * Returns: whether it holds work of the user's and keeps its tab to itself
 */
gboolean
sage_page_is_document (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), FALSE);

  return SAGE_PAGE_GET_CLASS (self)->is_document;
}

gboolean
sage_page_can_save (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), FALSE);

  return SAGE_PAGE_GET_CLASS (self)->save_async != NULL;
}

/**
 * sage_page_save_async:
 * @self: a page for which sage_page_can_save() is true
 * @cancellable: (nullable): gives up waiting
 *
 * Saves what is modified in it. The page shows what goes wrong.
 */
void
sage_page_save_async (SagePage            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (SAGE_IS_PAGE (self) && sage_page_can_save (self));

  SAGE_PAGE_GET_CLASS (self)->save_async (self, cancellable, callback, user_data);
}

/**
 * sage_page_save_finish:
 *
 * Returns: whether all of it is saved now; %FALSE with @error set: what kept it from that
 */
gboolean
sage_page_save_finish (SagePage      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self) && sage_page_can_save (self), FALSE);

  return SAGE_PAGE_GET_CLASS (self)->save_finish (self, result, error);
}

/**
 * sage_page_discard:
 * @self: a page
 *
 * Tells it that the user gives up what is not saved in it: it keeps no recovery copy either.
 */
void
sage_page_discard (SagePage *self)
{
  SagePageClass *klass = SAGE_PAGE_GET_CLASS (self);

  g_return_if_fail (SAGE_IS_PAGE (self));

  if (klass->discard != NULL)
    klass->discard (self);
}

/**
 * sage_page_dup_close_question:
 * @self: a page
 *
 * Returns: (transfer full) (nullable): what closing it now would end, beside what is not saved
 */
char *
sage_page_dup_close_question (SagePage *self)
{
  SagePageClass *klass = SAGE_PAGE_GET_CLASS (self);

  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return klass->dup_close_question != NULL ? klass->dup_close_question (self) : NULL;
}
