/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* Which cells of a notebook stand below one that has changed since they ran. */
typedef struct _SageStaleMarks SageStaleMarks;

SageStaleMarks *sage_stale_marks_new   (SageNotebook   *notebook);
void            sage_stale_marks_free  (SageStaleMarks *self);
void            sage_stale_marks_begin (SageStaleMarks *self,
                                        const char     *cell_id);
void            sage_stale_marks_reset (SageStaleMarks *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageStaleMarks, sage_stale_marks_free)

G_END_DECLS
