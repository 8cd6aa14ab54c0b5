/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-execution-queue.h"
#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

struct _SageNotebookKernel
{
  GObject                  parent_instance;

  SageNotebookDocument    *document;   /* which owns this */
  SageJupyterServer       *server;     /* (owned) (nullable): once it was asked for */
  SageKernelClient        *client;     /* (owned) (nullable): of the kernel there is */
  char                    *session_id; /* (owned) (nullable): which binds the kernel to the file */
  char                    *spec;       /* (owned) (nullable): what it is started by */
  GPtrArray               *specs;      /* (owned) (nullable): SageServerSpec: what can be started */
  JsonObject              *facts;      /* (owned) (nullable): what the engine told of it last */
  GCancellable            *cancellable; /* (owned): of what is under way */
  SageExecutionQueue      *queue;      /* (owned) (nullable): of the client there is */
  GPtrArray               *waiting;    /* (owned): SageCell: to be run once there is a kernel */
  SagePlotHistory         *plots;      /* (owned) */
  char                    *last_cell;  /* (owned) (nullable): id of the one that ran last */
  SageNotebookKernelState  state;
  guint64                  memory;
  double                   processor;  /* percent of a core; -1: not known */
  double                   idle_ends;  /* seconds since 1970; 0: it is not to end */
  gint64                   saving_seq; /* what a file that is being written has of the client; 0: nothing */
  gboolean                 starting;
  gboolean                 wants_session; /* once it is known what can be started */
  gboolean                 creating;   /* a session is on its way */
};

/* sage-notebook-kernel.c */
void      sage_notebook_kernel_update     (SageNotebookKernel *self);
void      sage_notebook_kernel_tell       (SageNotebookKernel *self,
                                           const char         *what,
                                           const GError       *error);
void      sage_notebook_kernel_set_client (SageNotebookKernel *self,
                                           SageKernelClient   *client);
void      sage_notebook_kernel_follow_file (SageNotebookKernel *self);
void      sage_notebook_kernel_set_usage  (SageNotebookKernel *self,
                                           guint64             memory,
                                           double              processor);
void      sage_notebook_kernel_set_idle_ends (SageNotebookKernel *self,
                                           double              time);
void      sage_notebook_kernel_emit_ended (SageNotebookKernel *self);
SageJupyterServer *sage_notebook_kernel_ensure_server (SageNotebookKernel *self);

void      sage_notebook_kernel_send       (SageNotebookKernel *self,
                                           GPtrArray          *cells);

/* sage-notebook-kernel-facts.c */
void      sage_notebook_kernel_follow_events (SageNotebookKernel *self);

/* sage-notebook-widgets.c */
void      sage_notebook_kernel_ask_widgets (SageNotebookKernel *self);

/* sage-notebook-kernel-start.c */
void      sage_notebook_kernel_start      (SageNotebookKernel *self);
const SageServerSpec *sage_notebook_kernel_choose_spec (SageNotebookKernel *self);

G_END_DECLS
