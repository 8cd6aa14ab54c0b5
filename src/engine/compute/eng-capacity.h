/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What this machine can run at once; first come, first served. Thread-safe. */
typedef struct _EngCapacity EngCapacity;
typedef struct _EngTicket EngTicket;

/* Called once, from any thread and possibly before eng_capacity_request() returns. */
typedef void (*EngGrantedFunc) (EngTicket *ticket,
                                gpointer   user_data);

EngCapacity *eng_capacity_new     (double          cpus,
                                   guint64         memory_bytes);
void         eng_capacity_free    (EngCapacity    *capacity);
EngTicket   *eng_capacity_request (EngCapacity    *capacity,
                                   double          cpus,
                                   guint64         memory_bytes,
                                   EngGrantedFunc  granted,
                                   gpointer        user_data);
EngTicket   *eng_capacity_take    (EngCapacity    *capacity,
                                   double          cpus,
                                   guint64         memory_bytes);
void         eng_capacity_release (EngTicket      *ticket);
char        *eng_capacity_describe_wait (EngTicket *ticket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngCapacity, eng_capacity_free)

G_END_DECLS
