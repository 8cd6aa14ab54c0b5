/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-pager.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the message of an event that is made up when it is read */
typedef char *(*MemoryPagerMake) (guint64  index,
                                  gpointer user_data);

/* A log in memory, which answers as the engine does, in an idle handler. */
#define MEMORY_TYPE_PAGER (memory_pager_get_type ())

G_DECLARE_FINAL_TYPE (MemoryPager, memory_pager, MEMORY, PAGER, GObject)

MemoryPager *memory_pager_new         (void);
MemoryPager *memory_pager_new_made    (guint64          n,
                                       MemoryPagerMake  make,
                                       gpointer         user_data);
void         memory_pager_add         (MemoryPager     *self,
                                       gint64           time_ms,
                                       const char      *message);
void         memory_pager_grow        (MemoryPager     *self,
                                       guint64          n);
void         memory_pager_set_failing (MemoryPager     *self,
                                       gboolean         failing);
void         memory_pager_set_scan    (MemoryPager     *self,
                                       guint64          n);
guint        memory_pager_get_reads   (MemoryPager     *self);
guint        memory_pager_get_filters (MemoryPager     *self);

G_END_DECLS
