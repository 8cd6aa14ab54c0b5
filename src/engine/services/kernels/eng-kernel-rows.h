/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

/* Kinds of the events that tell of these rows. */
#define ENG_KERNEL_KIND "kernel"
#define ENG_KERNEL_SESSION_KIND "kernel-session"

/* States of a kernel's row, which are the words of its events too; what it does in between (busy,
 * idle) its host tells. */
#define ENG_KERNEL_STARTING "starting"
#define ENG_KERNEL_RUNNING "running"
#define ENG_KERNEL_DEAD "dead"

/* Words of events that no row shows: somebody asked for a restart; the kernel began anew, and what it
 * knew is gone. */
#define ENG_KERNEL_RESTARTING "restarting"
#define ENG_KERNEL_RESTARTED "restarted"

/* Nobody uses the kernel, and it will be shut down soon unless somebody does; somebody does. */
#define ENG_KERNEL_IDLE "idle-warning"
#define ENG_KERNEL_KEPT "kept"

/* One row: a kernel that runs or that has ended and is still asked for. */
typedef struct
{
  char   *id;        /* (owned): a UUID */
  char   *name;      /* (owned): of its kernelspec */
  char   *directory; /* (owned): where it works */
  char   *state;     /* (owned) */
  double  created;   /* seconds since the epoch */
  double  modified;  /* seconds since the epoch */
  char   *outcome;   /* (owned) (nullable): how it ended: JSON text */
} EngKernelRow;

/* What somebody has open: a notebook, a console, and its kernel. */
typedef struct
{
  char   *id;        /* (owned): a UUID */
  char   *path;      /* (owned): of the notebook */
  char   *name;      /* (owned) */
  char   *type;      /* (owned): "notebook", "console", "file" */
  char   *kernel;    /* (owned): its id */
  double  created;   /* seconds since the epoch */
} EngKernelSession;

void              eng_kernel_row_free        (EngKernelRow     *row);
EngKernelRow     *eng_kernel_row_load        (EngEngine        *engine,
                                              const char       *id,
                                              GError          **error);
GPtrArray        *eng_kernel_rows_load       (EngEngine        *engine,
                                              GError          **error);
gboolean          eng_kernel_row_insert      (EngCall          *call,
                                              const EngKernelRow *row,
                                              GError          **error);
gboolean          eng_kernel_row_tell        (EngEngine        *engine,
                                              const char       *id,
                                              const char       *state,
                                              const char       *outcome,
                                              GError          **error);
gboolean          eng_kernel_row_event       (EngEngine        *engine,
                                              EngCall          *call,
                                              const char       *id,
                                              const char       *status,
                                              GError          **error);
gboolean          eng_kernel_row_delete      (EngEngine        *engine,
                                              EngCall          *call,
                                              const char       *id,
                                              GError          **error);

void              eng_kernel_session_free    (EngKernelSession *session);
EngKernelSession *eng_kernel_session_load    (EngEngine        *engine,
                                              const char       *id,
                                              GError          **error);
EngKernelSession *eng_kernel_session_find    (EngEngine        *engine,
                                              const char       *path,
                                              GError          **error);
GPtrArray        *eng_kernel_sessions_load   (EngEngine        *engine,
                                              GError          **error);
gboolean          eng_kernel_session_put     (EngCall          *call,
                                              const EngKernelSession *session,
                                              GError          **error);
gboolean          eng_kernel_session_delete  (EngCall          *call,
                                              const char       *id,
                                              GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngKernelRow, eng_kernel_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngKernelSession, eng_kernel_session_free)

G_END_DECLS
