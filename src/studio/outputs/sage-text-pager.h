/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-pager.h"

G_BEGIN_DECLS

/*
 * A long text as a log to page through. It is kept in a file that has no name, so that the memory
 * that it takes can be given back, and is gone with the pager. The time of a line is its number.
 */
#define SAGE_TYPE_TEXT_PAGER (sage_text_pager_get_type ())

G_DECLARE_FINAL_TYPE (SageTextPager, sage_text_pager, SAGE, TEXT_PAGER, GObject)

void           sage_text_pager_new_async  (GBytes               *text,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
SageTextPager *sage_text_pager_new_finish (GAsyncResult         *result,
                                           GError              **error);
guint64        sage_text_pager_get_n_lines (SageTextPager       *self);

G_END_DECLS
