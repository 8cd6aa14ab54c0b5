/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-execution-queue.h"
#include "sage-stale-marks-private.h"

G_BEGIN_DECLS

/* One run of a cell: from the request to the end of its answer. */
typedef struct
{
  char     *msg_id;    /* (owned) */
  char     *cell_id;   /* (owned) */
  gint64    seq;       /* of the request in the journal; -1: not known */
  gboolean  has_begun;
  gboolean  has_idle;
  char     *status;    /* (owned) (nullable): of the reply */
} SageRun;

struct _SageExecutionQueue
{
  GObject             parent_instance;

  SageNotebook       *notebook; /* (owned) */
  SageKernelClient   *client;   /* (owned) */
  SageStaleMarks     *marks;    /* (owned) */
  GQueue              runs;     /* of SageRun (owned): those that are not over, in their order */
  SageJupyterMessage *input;    /* (owned) (nullable) */
};

void     sage_run_free                  (SageRun            *run);
SageRun *sage_execution_queue_find_run  (SageExecutionQueue *self,
                                         const char         *msg_id);
SageRun *sage_execution_queue_add_run   (SageExecutionQueue *self,
                                         const char         *msg_id,
                                         const char         *cell_id);
void     sage_execution_queue_set_input (SageExecutionQueue *self,
                                         SageJupyterMessage *input);
void     sage_execution_queue_follow    (SageExecutionQueue *self);

G_END_DECLS
