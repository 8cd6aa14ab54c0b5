/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-panel.h"
#include "sage-log-saver.h"
#include "sage-log-source.h"
#include "sage-log-view.h"
#include "sage-state-chip.h"

G_BEGIN_DECLS

struct _SageLogPanel
{
  AdwBin          parent_instance;

  SageConnection *connection;  /* (owned) (nullable) */
  SageResource   *resource;    /* (owned) (nullable) */
  gboolean        watched;     /* the connection keeps the resource up to date for it */
  gboolean        title_visible;
  gboolean        wrap;
  gboolean        show_times;
  gboolean        follow;
  gboolean        filter;

  /* what it writes to; see sage-log-panel-streams.c */
  SageLogSource  *source;      /* (owned) (nullable): while the resource is one that logs */
  GStrv           names;       /* (owned) (nullable): of the streams that are known */
  GCancellable   *looking;     /* (owned) (nullable): of the call under way */
  guint           look;        /* source id of the next look for streams */
  gboolean        choosing;    /* the drop-down changes, but nobody chooses */

  /* see sage-log-panel-save.c */
  SageLogSaver   *saver;       /* (owned) (nullable): while the log is saved */
  GCancellable   *cancellable; /* (owned) (nullable): of that */

  GtkStack       *stack;
  AdwStatusPage  *nothing;
  GtkWidget      *title;
  GtkLabel       *name;
  SageStateChip  *chip;
  GtkDropDown    *streams;
  GtkWidget      *entry;
  GtkRevealer    *saving;
  GtkLabel       *progress;
  SageLogView    *view;
};

/* sage-log-panel-streams.c */
void sage_log_panel_open          (SageLogPanel *self,
                                   gboolean      logs);
void sage_log_panel_look          (SageLogPanel *self);
void sage_log_panel_rest          (SageLogPanel *self);
void sage_log_panel_stream_chosen (SageLogPanel *self);

/* sage-log-panel-save.c */
void sage_log_panel_save          (SageLogPanel *self);
void sage_log_panel_save_line     (SageLogPanel *self,
                                   const char   *text);
void sage_log_panel_cancel_save   (SageLogPanel *self);
void sage_log_panel_update_save   (SageLogPanel *self);

G_END_DECLS
