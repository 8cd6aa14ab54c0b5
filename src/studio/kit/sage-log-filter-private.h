/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-filter.h"

G_BEGIN_DECLS

/* Matching events asked for at once. It never changes: places in pages are counted in them. */
#define SAGE_LOG_FILTER_RECORDS 1000

/* What a page of the search came to. */
typedef struct
{
  guint  n;        /* events that match */
  gint64 first_ms; /* time of the first of them */
  gint64 last_ms;
} SageLogFound;

struct _SageLogFilter
{
  GObject        parent_instance;

  SageLogPager  *pager;       /* (owned), never changes */
  SageLogNeedle *needle;      /* (owned), never changes */
  char          *pattern;     /* (owned), never changes: what the engine is asked for */
  GPtrArray     *tokens;      /* (owned): of char *, NULL for the first: where each page starts */
  GArray        *found;       /* (owned): of SageLogFound: the pages looked at */
  GPtrArray     *waiting;     /* (owned): of GTask: they need more of it */
  GCancellable  *cancellable; /* (owned): of the search */
  GError        *error;       /* (owned) (nullable) */
  guint          count;
  gboolean       complete;
  gboolean       searching;   /* a page is on its way */
};

void sage_log_filter_keep_matches (SageLogFilter         *self,
                                   SageLogRecords        *page);
void sage_log_filter_note_token   (SageLogFilter         *self,
                                   guint                  index,
                                   const char            *token);
void sage_log_filter_pager_init   (SageLogPagerInterface *iface);
void sage_log_filter_wait         (SageLogFilter         *self,
                                   GTask                 *task);
void sage_log_filter_read_end     (GTask                 *task);

G_END_DECLS
