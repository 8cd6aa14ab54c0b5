/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the user moves or renames in Studio, so that whatever shows it goes with it. Signal: "moved"
 * (GFile from, GFile to): a file, or a folder and all in it.
 */
#define SAGE_TYPE_FILE_MOVES (sage_file_moves_get_type ())

G_DECLARE_FINAL_TYPE (SageFileMoves, sage_file_moves, SAGE, FILE_MOVES, GObject)

SageFileMoves *sage_file_moves_get             (void);
void           sage_file_moves_tell            (GFile      *from,
                                                GFile      *to);
GFile         *sage_file_moves_follow          (GFile      *file,
                                                GFile      *from,
                                                GFile      *to);
char          *sage_file_moves_follow_location (const char *location,
                                                GFile      *from,
                                                GFile      *to);

G_END_DECLS
