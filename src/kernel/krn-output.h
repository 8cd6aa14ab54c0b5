/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a kernel's process writes outside of its messages: a file that is bounded, and the end of what
 * went to stderr. */
typedef struct _KrnOutput KrnOutput;

KrnOutput *krn_output_new      (const char  *path);
void       krn_output_free     (KrnOutput   *output);
void       krn_output_watch    (KrnOutput   *output,
                                int          stdout_fd,
                                int          stderr_fd);
void       krn_output_drain    (KrnOutput   *output);
char      *krn_output_dup_tail (KrnOutput   *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnOutput, krn_output_free)

G_END_DECLS
