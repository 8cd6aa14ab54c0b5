/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-kernel-standby.h"
#include "eng-kernels.h"

G_BEGIN_DECLS

/* A kernel as this engine sees it. Under the lock. */
typedef struct
{
  char     *id;          /* (owned) */
  int       host_fd;     /* (owned): its host's process; -1: there is none */
  int       watch;       /* of its directory; -1: none */
  char     *told;        /* (owned): the state in its row */
  gint64    restarts;    /* that were told */
  guint     connections;
  guint     others;      /* of them those who do not hear that it is to be shut down */
  double    used;        /* when somebody last came, went or wanted it; seconds since the epoch */
  gboolean  changed;     /* its host has written what it does */
  gboolean  busy;        /* a start or an end is under way; nobody else may begin one */
  gint64    ends;        /* monotonic: it is told of, and is shut down then unless somebody uses it;
                          * 0: it is not */
  double    cpu_seconds; /* that its processes had taken at @measured */
  double    measured;    /* by its host's clock; 0: not since it was used */
} EngKernelLive;

struct _EngKernels
{
  EngEngine  *engine;
  guint64     memory_bytes; /* that one may take; 0: as much as there is */
  guint       idle_seconds; /* 0: kernels are never shut down for idleness; under the lock */
  guint       standby_seconds; /* that a kernel may wait for somebody; 0: none does */
  gboolean    idle_is_fixed; /* by how the engine was started */
  int         wake_fd;      /* (owned) */
  int         notify_fd;    /* (owned): inotify */
  GThread    *thread;       /* (owned) */
  int         quit;         /* atomic */

  GMutex      opening;      /* one session is opened at a time: of a path there is one */
  GMutex      lock;
  GCond       changed;      /* a kernel is no longer busy, or the engine is ready */
  JsonObject *ready;        /* (owned) (nullable): under the lock */
  EngKernelStandby *standby; /* (owned): under the lock */
  GHashTable *live;         /* (owned): id → EngKernelLive; under the lock */
};

gpointer       eng_kernels_watch        (gpointer        data);
void           eng_kernels_wake         (EngKernels     *self);

EngKernelLive *eng_kernels_enter        (EngKernels     *self,
                                         const char     *id,
                                         const char     *told);
void           eng_kernel_live_free     (EngKernelLive  *live);
void           eng_kernel_tell          (EngKernels     *self,
                                         const char     *id,
                                         const char     *state,
                                         const char     *outcome);
void           eng_kernel_idle_look     (EngKernels     *self,
                                         const char     *id,
                                         JsonObject     *status);
void           eng_kernel_idle_describe (EngKernels     *self,
                                         const char     *id,
                                         JsonObject     *status,
                                         JsonObject     *object);
gboolean       eng_kernel_settings_load (EngKernels     *self,
                                         GError        **error);
gboolean       eng_kernel_adopt         (EngKernels     *self,
                                         const char     *id,
                                         GError        **error);
gboolean       eng_kernel_claim         (EngKernels     *self,
                                         const char     *id,
                                         GError        **error);
void           eng_kernel_release       (EngKernels     *self,
                                         const char     *id);
void           eng_kernel_end_host      (EngKernels     *self,
                                         const char     *id);
gboolean       eng_kernel_retire_host   (EngKernels     *self,
                                         const char     *id,
                                         const char     *activity);
gboolean       eng_kernels_adopt_all    (EngKernels     *self,
                                         GError        **error);
char          *eng_kernel_outcome       (JsonObject     *status,
                                         const char     *cause,
                                         guint           idle_seconds);

G_END_DECLS
