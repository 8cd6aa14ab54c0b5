/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Copies of what has been typed and not saved, kept for each file under the user's state directory,
 * so that a crash or a forced end loses some seconds at most.
 */
gboolean  sage_text_recovery_write  (GFile       *file,
                                     const char  *base,
                                     const char  *text,
                                     gsize        length,
                                     GError     **error);
gboolean  sage_text_recovery_exists (GFile      *file);
char     *sage_text_recovery_read   (GFile       *file,
                                     char       **base);
void      sage_text_recovery_remove (GFile       *file);

G_END_DECLS
