/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What was written at once, most often a line. */
typedef struct
{
  gint64  time_ms; /* milliseconds since the epoch */
  char   *message; /* (owned): UTF-8, without the line's end; it may hold newlines */
} SageLogRecord;

/* Some records that follow each other, and the places before and after them: tokens that stay what
 * they are while the log grows. */
typedef struct
{
  GPtrArray *records;  /* (owned) (element-type SageLogRecord): the oldest first */
  char      *backward; /* (owned) (nullable) */
  char      *forward;  /* (owned) (nullable) */
} SageLogRecords;

SageLogRecords *sage_log_records_new  (void);
void            sage_log_records_free (SageLogRecords *self);
void            sage_log_records_add  (SageLogRecords *self,
                                       gint64          time_ms,
                                       const char     *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLogRecords, sage_log_records_free)

G_END_DECLS
