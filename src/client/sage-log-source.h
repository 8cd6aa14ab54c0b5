/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_LOG_SOURCE_FORWARD,  /* towards what was written last */
  SAGE_LOG_SOURCE_BACKWARD,
} SageLogSourceDirection;

/* What was written at once, most often a line. */
typedef struct
{
  gint64  time_ms; /* milliseconds since the epoch */
  char   *message; /* (owned): UTF-8, without the line's end */
} SageLogRecord;

/* Some records that follow each other, and the places before and after them: tokens that stay what
 * they are while the log grows. */
typedef struct
{
  GPtrArray *records;  /* (owned) (element-type SageLogRecord): the oldest first */
  char      *backward; /* (owned) (nullable) */
  char      *forward;  /* (owned) (nullable) */
} SageLogRecords;

#define SAGE_TYPE_LOG_RECORDS (sage_log_records_get_type ())

GType           sage_log_records_get_type (void);
SageLogRecords *sage_log_records_copy     (SageLogRecords *self);
void            sage_log_records_free     (SageLogRecords *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLogRecords, sage_log_records_free)

/*
 * The log of a job, read from any place in both directions and never held whole. A job that runs on
 * several hosts has a stream for each. Properties: "connection" and "resource" (construct only),
 * "stream" (nullable: the stream that is read; the first one unless it is set; none as long as
 * nothing was written), "live" (more may be written), "following". Signal: "written"
 * (SageLogRecords *): what was written since following began, or since the last one.
 */
#define SAGE_TYPE_LOG_SOURCE (sage_log_source_get_type ())

G_DECLARE_FINAL_TYPE (SageLogSource, sage_log_source, SAGE, LOG_SOURCE, GObject)

SageLogSource  *sage_log_source_new            (SageConnection          *connection,
                                                SageResource            *resource);
SageResource   *sage_log_source_get_resource   (SageLogSource           *self);
const char     *sage_log_source_get_stream     (SageLogSource           *self);
void            sage_log_source_set_stream     (SageLogSource           *self,
                                                const char              *stream);
gboolean        sage_log_source_get_live       (SageLogSource           *self);
gboolean        sage_log_source_get_following  (SageLogSource           *self);
void            sage_log_source_set_following  (SageLogSource           *self,
                                                gboolean                 following);

void            sage_log_source_streams_async  (SageLogSource           *self,
                                                GCancellable            *cancellable,
                                                GAsyncReadyCallback      callback,
                                                gpointer                 user_data);
GStrv           sage_log_source_streams_finish (SageLogSource           *self,
                                                GAsyncResult            *result,
                                                GError                 **error);
void            sage_log_source_read_async     (SageLogSource           *self,
                                                SageLogSourceDirection   direction,
                                                const char              *token,
                                                gint64                   time_ms,
                                                guint                    max_records,
                                                GCancellable            *cancellable,
                                                GAsyncReadyCallback      callback,
                                                gpointer                 user_data);
SageLogRecords *sage_log_source_read_finish    (SageLogSource           *self,
                                                GAsyncResult            *result,
                                                GError                 **error);
void            sage_log_source_filter_async   (SageLogSource           *self,
                                                const char              *pattern,
                                                const char              *token,
                                                guint                    max_records,
                                                GCancellable            *cancellable,
                                                GAsyncReadyCallback      callback,
                                                gpointer                 user_data);
SageLogRecords *sage_log_source_filter_finish  (SageLogSource           *self,
                                                GAsyncResult            *result,
                                                GError                 **error);

G_END_DECLS
