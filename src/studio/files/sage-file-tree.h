/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The files of a project folder: live, folders fold out, Enter opens. */
#define SAGE_TYPE_FILE_TREE (sage_file_tree_get_type ())

G_DECLARE_FINAL_TYPE (SageFileTree, sage_file_tree, SAGE, FILE_TREE, AdwBin)

void sage_file_tree_set_folder (SageFileTree *self,
                                GFile        *folder);
void sage_file_tree_follow     (GFile        *from,
                                GFile        *to);

G_END_DECLS
