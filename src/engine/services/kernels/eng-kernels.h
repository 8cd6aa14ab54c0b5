/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-kernel-rows.h"

G_BEGIN_DECLS

/* What a client wants started. */
typedef struct
{
  const char *name;         /* (nullable): of the kernelspec; NULL: the default one */
  const char *path;         /* (nullable): of the notebook or of a folder */
  const char *session_path; /* (nullable): of the notebook, for the kernel to know */
  JsonObject *environment;  /* (nullable): variables; eng_kernel_environment_accepts() */
} EngKernelRequest;

EngKernels *eng_kernels_start          (EngEngine               *engine,
                                        int                      idle_seconds,
                                        guint64                  memory_bytes,
                                        guint                    standby_seconds,
                                        GError                 **error);
void        eng_kernels_set_ready      (EngKernels              *kernels,
                                        JsonObject              *ready);
void        eng_kernels_stop           (EngKernels              *kernels);

char       *eng_kernel_start           (EngCall                 *call,
                                        const EngKernelRequest  *request,
                                        GError                 **error);
gboolean    eng_kernel_interrupt       (EngCall                 *call,
                                        const char              *id,
                                        GError                 **error);
gboolean    eng_kernel_restart         (EngCall                 *call,
                                        const char              *id,
                                        GError                 **error);
gboolean    eng_kernel_shutdown        (EngCall                 *call,
                                        const char              *id,
                                        GError                 **error);
gboolean    eng_kernel_hold_journal    (EngCall                 *call,
                                        const char              *id,
                                        gint64                   seq,
                                        GError                 **error);
gboolean    eng_kernel_attach          (EngEngine               *engine,
                                        const char              *id,
                                        gboolean                 follows);
void        eng_kernel_detach          (EngEngine               *engine,
                                        const char              *id,
                                        gboolean                 follows);
gboolean    eng_kernel_keep            (EngCall                 *call,
                                        const char              *id,
                                        GError                 **error);
guint       eng_kernels_get_idle       (EngEngine               *engine,
                                        gboolean                *is_fixed);
gboolean    eng_kernels_set_idle       (EngCall                 *call,
                                        gint64                   seconds,
                                        GError                 **error);

JsonObject *eng_kernel_model           (EngEngine               *engine,
                                        const EngKernelRow      *row);
JsonObject *eng_kernel_describe        (EngEngine               *engine,
                                        const EngKernelRow      *row);

EngKernelSession *eng_kernel_session_open (EngCall              *call,
                                        EngKernelSession        *wanted,
                                        const char              *kernel_name,
                                        GError                 **error);
gboolean    eng_kernel_session_change  (EngCall                 *call,
                                        EngKernelSession        *session,
                                        const char              *kernel_id,
                                        const char              *kernel_name,
                                        GError                 **error);
gboolean    eng_kernel_session_close   (EngCall                 *call,
                                        const char              *id,
                                        GError                 **error);

G_END_DECLS
