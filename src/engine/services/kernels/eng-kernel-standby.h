/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "sage-kernelspec.h"

G_BEGIN_DECLS

/* A kernel that was started before anybody wants it. */
typedef struct _EngKernelStandby EngKernelStandby;

/* One that was taken out to be handed over. */
typedef struct
{
  char   *id;    /* (owned) */
  int     held;  /* (owned): its host ends when this is closed */
  gint64  since; /* microseconds since the epoch: when it was started */
} EngKernelTaken;

EngKernelStandby *eng_kernel_standby_new    (void);
void              eng_kernel_standby_free   (EngKernelStandby  *standby);
void              eng_kernel_standby_want   (EngKernels        *self,
                                             SageKernelspec    *spec,
                                             char             **base);
int               eng_kernel_standby_look   (EngKernels        *self);
EngKernelTaken   *eng_kernel_standby_take   (EngKernels        *self,
                                             SageKernelspec    *spec,
                                             char             **base);
gboolean          eng_kernel_standby_begin  (EngKernels        *self,
                                             EngKernelTaken    *taken,
                                             const char        *directory,
                                             JsonObject        *environment,
                                             GError           **error);
void              eng_kernel_standby_refuse (EngKernels        *self,
                                             EngKernelTaken    *taken);
void              eng_kernel_taken_free     (EngKernelTaken    *taken);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngKernelTaken, eng_kernel_taken_free)

G_END_DECLS
