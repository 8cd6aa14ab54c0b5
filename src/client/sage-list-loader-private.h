/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection-private.h"
#include "sage-resource-list-private.h"

G_BEGIN_DECLS

/* Fills a list page by page, one call at a time, and compares it with the engine again when that is
 * needed. It belongs to its list; the connection tells it when there is somebody to call. */
typedef struct _SageListLoader SageListLoader;

SageListLoader *sage_list_loader_new        (SageConnection   *connection,
                                             SageResourceList *list);
void            sage_list_loader_disconnect (SageListLoader   *self);
void            sage_list_loader_connecting (SageListLoader  *self);
void            sage_list_loader_connected  (SageListLoader   *self,
                                             gboolean          resumed);
void            sage_list_loader_away       (SageListLoader   *self,
                                             const GError     *error);
void            sage_list_loader_reload     (SageListLoader   *self,
                                             guint             within_ms);
void            sage_list_loader_look       (SageListLoader   *self,
                                             guint             within_ms);
void            sage_list_loader_gone       (SageListLoader   *self,
                                             const char       *name);
guint           sage_list_loader_generation (SageListLoader   *self);
guint           sage_list_loader_changes    (SageListLoader   *self);

G_END_DECLS
