/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-log-records.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_LOG_FORWARD,  /* towards what was written last */
  SAGE_LOG_BACKWARD,
} SageLogDirection;

/*
 * A log that is read page by page from any place, in both directions, and searched: nobody needs to
 * hold all of it.
 */
#define SAGE_TYPE_LOG_PAGER (sage_log_pager_get_type ())

G_DECLARE_INTERFACE (SageLogPager, sage_log_pager, SAGE, LOG_PAGER, GObject)

struct _SageLogPagerInterface
{
  GTypeInterface parent_iface;

  void            (*read_async)    (SageLogPager         *self,
                                    SageLogDirection      direction,
                                    const char           *token,
                                    gint64                time_ms,
                                    guint                 max_records,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
  SageLogRecords *(*read_finish)   (SageLogPager         *self,
                                    GAsyncResult         *result,
                                    GError              **error);
  void            (*filter_async)  (SageLogPager         *self,
                                    const char           *pattern,
                                    const char           *token,
                                    guint                 max_records,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
  SageLogRecords *(*filter_finish) (SageLogPager         *self,
                                    GAsyncResult         *result,
                                    GError              **error);
};

void            sage_log_pager_read_async    (SageLogPager         *self,
                                              SageLogDirection      direction,
                                              const char           *token,
                                              gint64                time_ms,
                                              guint                 max_records,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
SageLogRecords *sage_log_pager_read_finish   (SageLogPager         *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void            sage_log_pager_filter_async  (SageLogPager         *self,
                                              const char           *pattern,
                                              const char           *token,
                                              guint                 max_records,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
SageLogRecords *sage_log_pager_filter_finish (SageLogPager         *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
