/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-log-pager.h"

G_BEGIN_DECLS

/*
 * The log of a job, read from any place in both directions and never held whole (SageLogPager). A
 * job that runs on several hosts has a stream for each. Properties: "connection" and "resource"
 * (construct only), "stream" (nullable: the stream that is read; the first one unless it is set;
 * none as long as nothing was written), "live" (more may be written).
 */
#define SAGE_TYPE_LOG_SOURCE (sage_log_source_get_type ())

G_DECLARE_FINAL_TYPE (SageLogSource, sage_log_source, SAGE, LOG_SOURCE, GObject)

SageLogSource  *sage_log_source_new            (SageConnection       *connection,
                                                SageResource         *resource);
SageResource   *sage_log_source_get_resource   (SageLogSource        *self);
const char     *sage_log_source_get_stream     (SageLogSource        *self);
void            sage_log_source_set_stream     (SageLogSource        *self,
                                                const char           *stream);
gboolean        sage_log_source_get_live       (SageLogSource        *self);
void            sage_log_source_streams_async  (SageLogSource        *self,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GStrv           sage_log_source_streams_finish (SageLogSource        *self,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
