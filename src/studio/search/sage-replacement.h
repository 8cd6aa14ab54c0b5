/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-search-result.h"

G_BEGIN_DECLS

/*
 * Matches that were replaced: in documents that are open as edits that can be undone there, in other
 * files on the disk. All of it can be taken back together for as long as this is there.
 */
#define SAGE_TYPE_REPLACEMENT (sage_replacement_get_type ())

G_DECLARE_FINAL_TYPE (SageReplacement, sage_replacement, SAGE, REPLACEMENT, GObject)

void             sage_replacement_make_async      (GListModel           *files,
                                                   SageSearchPattern    *pattern,
                                                   const char           *replacement,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
SageReplacement *sage_replacement_make_finish     (GAsyncResult         *result);
guint            sage_replacement_get_n_matches   (SageReplacement      *self);
guint            sage_replacement_get_n_files     (SageReplacement      *self);
guint            sage_replacement_get_n_left      (SageReplacement      *self,
                                                   const char          **name,
                                                   const GError        **error);
void             sage_replacement_undo_async      (SageReplacement      *self,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
guint            sage_replacement_undo_finish     (SageReplacement      *self,
                                                   GAsyncResult         *result);

G_END_DECLS
