/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-buffer.h"
#include "sage-log-filter.h"
#include "sage-log-finder.h"
#include "sage-log-text.h"
#include "sage-log-view.h"

G_BEGIN_DECLS

struct _SageLogView
{
  AdwBin         parent_instance;

  SageLogPager  *pager;       /* (owned) (nullable) */
  SageLogBuffer *buffer;      /* (owned) (nullable): of the log */
  SageLogBuffer *filtered;    /* (owned) (nullable): of the lines that match, while they are shown */
  SageLogBuffer *shown;       /* (owned) (nullable): one of the two */
  char          *empty_title; /* (owned) (nullable) */
  gboolean       live;
  gboolean       wrap;
  gboolean       show_times;
  gboolean       follow;
  gboolean       filter;

  /* the search; see sage-log-view-search.c */
  SageLogFilter *search;      /* (owned) (nullable) */
  SageLogFinder *finder;      /* (owned) */
  char          *search_text; /* (owned), never NULL */
  char          *match_label; /* (owned), never NULL */
  guint          debounce;    /* source id: the search begins when typing pauses */
  guint          refresh;     /* source id: what is new is searched too */
  gboolean       was_following; /* before the finder went away from the end */
  gint64         wanted_ms;   /* of the line to come back to when all lines are shown again */
  char          *wanted_text; /* (owned) (nullable) */

  AdwBanner     *banner;
  GtkStack      *stack;
  AdwStatusPage *error;
  SageLogText   *text;
  GtkLabel      *pill_label;
};

/* sage-log-view.c */
void sage_log_view_update_shown       (SageLogView *self);
void sage_log_view_notify_match_label (SageLogView *self);

/* sage-log-view-search.c */
void sage_log_view_search_init        (SageLogView *self);
void sage_log_view_search_clear       (SageLogView *self);
void sage_log_view_search_later       (SageLogView *self);
void sage_log_view_search_refresh     (SageLogView *self);
void sage_log_view_search_set_filter  (SageLogView *self,
                                       gboolean     filter);
void sage_log_view_search_settled     (SageLogView *self);

G_END_DECLS
