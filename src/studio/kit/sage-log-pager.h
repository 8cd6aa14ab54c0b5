/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-log-needle.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_LOG_FORWARD,  /* towards what was written last */
  SAGE_LOG_BACKWARD,
} SageLogDirection;

/* What was written at once, most often a line. */
typedef struct
{
  gint64  time_ms; /* milliseconds since the epoch */
  char   *message; /* (owned): any bytes but NUL; it may hold newlines */
} SageLogEvent;

/* Some events that follow each other. */
typedef struct
{
  GPtrArray *events;   /* (owned) (element-type SageLogEvent): the oldest first */
  char      *backward; /* (owned) (nullable): the token of what stands before them */
  char      *forward;  /* (owned) (nullable): the token of what comes after them */
} SageLogPage;

SageLogPage *sage_log_page_new  (void);
void         sage_log_page_free (SageLogPage *page);
void         sage_log_page_add  (SageLogPage *page,
                                 gint64       time_ms,
                                 const char  *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLogPage, sage_log_page_free)

/*
 * Where a log comes from, page by page: nobody needs to hold all of it. A token is a place in it
 * that stays what it is while the log grows.
 */
#define SAGE_TYPE_LOG_PAGER (sage_log_pager_get_type ())

G_DECLARE_INTERFACE (SageLogPager, sage_log_pager, SAGE, LOG_PAGER, GObject)

struct _SageLogPagerInterface
{
  GTypeInterface parent_iface;

  void         (*read_async)    (SageLogPager         *self,
                                 SageLogDirection      direction,
                                 const char           *token,
                                 gint64                time_ms,
                                 guint                 max_events,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
  SageLogPage *(*read_finish)   (SageLogPager         *self,
                                 GAsyncResult         *result,
                                 GError              **error);
  void         (*filter_async)  (SageLogPager         *self,
                                 SageLogNeedle        *needle,
                                 const char           *token,
                                 guint                 max_events,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
  SageLogPage *(*filter_finish) (SageLogPager         *self,
                                 GAsyncResult         *result,
                                 GError              **error);
};

void         sage_log_pager_read_async    (SageLogPager         *self,
                                           SageLogDirection      direction,
                                           const char           *token,
                                           gint64                time_ms,
                                           guint                 max_events,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
SageLogPage *sage_log_pager_read_finish   (SageLogPager         *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void         sage_log_pager_filter_async  (SageLogPager         *self,
                                           SageLogNeedle        *needle,
                                           const char           *token,
                                           guint                 max_events,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
SageLogPage *sage_log_pager_filter_finish (SageLogPager         *self,
                                           GAsyncResult         *result,
                                           GError              **error);

G_END_DECLS
