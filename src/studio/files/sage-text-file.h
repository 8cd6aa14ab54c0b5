/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-text-coding.h"

G_BEGIN_DECLS

#define SAGE_TEXT_FILE_MAX_BYTES ((gsize) 10 * 1024 * 1024) /* that can be edited */
#define SAGE_TEXT_FILE_PREVIEW   ((gsize) 1024 * 1024)      /* that is shown of what is larger */

/* What is on the disk, seen from what was read or written last. */
typedef enum
{
  SAGE_DISK_SAME,
  SAGE_DISK_CHANGED,
  SAGE_DISK_GONE,
} SageDisk;

/*
 * A text file that is open: reads it, writes it as it was written (byte order mark, ends of lines),
 * notices what other programs do to it, and keeps recovery copies. Signal: "disk-changed"
 * (SageDisk disk).
 */
#define SAGE_TYPE_TEXT_FILE (sage_text_file_get_type ())

G_DECLARE_FINAL_TYPE (SageTextFile, sage_text_file, SAGE, TEXT_FILE, GObject)

SageTextFile         *sage_text_file_new             (GFile                *file);
GFile                *sage_text_file_get_file        (SageTextFile         *self);
void                  sage_text_file_set_file        (SageTextFile         *self,
                                                      GFile                *file);
const SageTextCoding *sage_text_file_get_coding      (SageTextFile         *self);
goffset               sage_text_file_get_size        (SageTextFile         *self);
gboolean              sage_text_file_is_cut          (SageTextFile         *self);
gboolean              sage_text_file_holds           (SageTextFile         *self,
                                                      const char           *text);
void                  sage_text_file_make_utf8       (SageTextFile         *self);

void                  sage_text_file_load_async      (SageTextFile         *self,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
char                 *sage_text_file_load_finish     (SageTextFile         *self,
                                                      GAsyncResult         *result,
                                                      GError              **error);
void                  sage_text_file_save_async      (SageTextFile         *self,
                                                      const char           *text,
                                                      gboolean              overwrite,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
gboolean              sage_text_file_save_finish     (SageTextFile         *self,
                                                      GAsyncResult         *result,
                                                      GError              **error);

void                  sage_text_file_keep_copy       (SageTextFile         *self,
                                                      const char           *text,
                                                      gboolean              wait);
void                  sage_text_file_forget_copy     (SageTextFile         *self);
char                 *sage_text_file_dup_copy        (SageTextFile         *self,
                                                      gboolean             *outdated);

G_END_DECLS
