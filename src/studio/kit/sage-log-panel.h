/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * The log of one thing that runs, with what is needed to read it: a search, a filter, what to show
 * and how, and a way to keep it. Properties: "connection" (nullable), "resource" (nullable: what
 * logs), "title-visible" (its name stands before the log, where nothing else says whose it is),
 * "wrap", "show-times", "follow", "filter". Signal: "metric-activated" (const char
 * *text): a line that holds a metric was clicked.
 */
#define SAGE_TYPE_LOG_PANEL (sage_log_panel_get_type ())

G_DECLARE_FINAL_TYPE (SageLogPanel, sage_log_panel, SAGE, LOG_PANEL, AdwBin)

GtkWidget      *sage_log_panel_new               (SageConnection *connection);
SageConnection *sage_log_panel_get_connection    (SageLogPanel   *self);
void            sage_log_panel_set_connection    (SageLogPanel   *self,
                                                  SageConnection *connection);
SageResource   *sage_log_panel_get_resource      (SageLogPanel   *self);
void            sage_log_panel_set_resource      (SageLogPanel   *self,
                                                  SageResource   *resource);
void            sage_log_panel_set_title_visible (SageLogPanel   *self,
                                                  gboolean        title_visible);
void            sage_log_panel_find              (SageLogPanel   *self);
void            sage_log_panel_save_to           (SageLogPanel   *self,
                                                  GFile          *file);

G_END_DECLS
