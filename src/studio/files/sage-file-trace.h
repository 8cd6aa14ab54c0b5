/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A file that is open, known by what it is and not by its name, so that it is found again where another
 * program has moved it. Looked for in its folder and in the folders of sage_file_trace_look_in().
 * Signals: "found" (GFile from, GFile to): the file, or a folder that it is in and that was moved;
 * "lost": it is in none of them.
 */
#define SAGE_TYPE_FILE_TRACE (sage_file_trace_get_type ())

G_DECLARE_FINAL_TYPE (SageFileTrace, sage_file_trace, SAGE, FILE_TRACE, GObject)

SageFileTrace *sage_file_trace_new      (GFile         *file);
void           sage_file_trace_set_file (SageFileTrace *self,
                                         GFile         *file);
void           sage_file_trace_note     (SageFileTrace *self);
void           sage_file_trace_look_in  (GFile         *folder);

G_END_DECLS
