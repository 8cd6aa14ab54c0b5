/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The engine's end of one client's connection to a kernel's host: frames in both directions, each
 * after its length (32 bits, little-endian). Main thread only, but for eng_host_link_open(). */
typedef struct _EngHostLink EngHostLink;

typedef struct
{
  /* One frame came; the bytes are the callee's. */
  void (*frame)  (GBytes       *frame,
                  gpointer      user_data);
  /* No more will come; the link may be freed. */
  void (*closed) (const GError *error,
                  gpointer      user_data);
} EngHostLinkEvents;

gboolean     eng_host_link_greet  (int                      fd,
                                   const char              *session,
                                   gint64                   after,
                                   GError                 **error);
EngHostLink *eng_host_link_new    (int                      fd,
                                   const EngHostLinkEvents *events,
                                   gpointer                 user_data);
void         eng_host_link_free   (EngHostLink             *self);
void         eng_host_link_pause  (EngHostLink             *self,
                                   gboolean                 paused);
gboolean     eng_host_link_send   (EngHostLink             *self,
                                   GBytes                  *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngHostLink, eng_host_link_free)

G_END_DECLS
