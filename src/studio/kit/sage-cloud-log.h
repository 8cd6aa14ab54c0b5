/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-log-pager.h"

G_BEGIN_DECLS

/* A stream of CloudWatch Logs, as an engine has it. */
#define SAGE_TYPE_CLOUD_LOG (sage_cloud_log_get_type ())

G_DECLARE_FINAL_TYPE (SageCloudLog, sage_cloud_log, SAGE, CLOUD_LOG, GObject)

SageCloudLog  *sage_cloud_log_new            (SageConnection       *connection,
                                              const char           *group,
                                              const char           *stream);
const char    *sage_cloud_log_get_stream     (SageCloudLog         *self);
void           sage_cloud_log_list_async     (SageConnection       *connection,
                                              const char           *group,
                                              const char           *prefix,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
GStrv          sage_cloud_log_list_finish    (SageConnection       *connection,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
