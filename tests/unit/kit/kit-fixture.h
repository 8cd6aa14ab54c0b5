/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "../client/engine.h"
#include "../client/stand-in.h"
#include "sage-connection.h"

void            kit_isolate         (void);
int             kit_run_isolated    (void);
void            kit_init            (int        *argc,
                                     char     ***argv);
GtkWidget      *kit_window_new      (GtkWidget  *child,
                                     int         width,
                                     int         height);
void            kit_window_destroy  (GtkWidget  *window);
void            kit_settle          (void);
const char     *kit_opened          (void);
GtkWidget      *kit_find            (GtkWidget  *root,
                                     GType       type,
                                     guint       n);
guint           kit_count           (GtkWidget  *root,
                                     GType       type);
GtkWidget      *kit_find_text       (GtkWidget  *root,
                                     const char *text);
char           *kit_clipboard       (GtkWidget  *widget);
SageConnection *kit_connect         (StandIn    *peer);
void            kit_disconnect      (SageConnection *connection);
JsonObject     *kit_json            (const char *text);
