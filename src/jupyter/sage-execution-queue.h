/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-kernel-client.h"
#include "sage-notebook.h"

G_BEGIN_DECLS

/*
 * Runs cells of a notebook on a kernel. All that is to run is sent at once, so that it runs on when
 * nobody is there any more; the kernel drops what is behind a failure. What the kernel says goes to
 * the cell that caused it, which is known from the requests sent here and, for those that were sent
 * before this program was started, from the requests in our engine's journal.
 *
 * Stale marks: a cell that ran on this kernel is stale when a code cell above it was edited since that
 * one ran, or began to run after it. That needs no knowledge of the language, and misses nothing that a
 * cell above defines; it may well mark a cell that uses nothing of it.
 *
 * Properties: "n-pending" (cells that run or wait), "input" (boxed SageJupyterMessage, nullable: what
 * the kernel waits for an answer to). Signal "cell-ended" (SageCell): its run is over, its state says
 * how. Signal "displayed" (SageCell, JsonObject content): it shows a bundle, or another in the place of one.
 */
#define SAGE_TYPE_EXECUTION_QUEUE (sage_execution_queue_get_type ())

G_DECLARE_FINAL_TYPE (SageExecutionQueue, sage_execution_queue, SAGE, EXECUTION_QUEUE, GObject)

SageExecutionQueue *sage_execution_queue_new            (SageNotebook        *notebook,
                                                         SageKernelClient    *client);
void                sage_execution_queue_run            (SageExecutionQueue  *self,
                                                         SageCell *const     *cells,
                                                         guint                n);
guint               sage_execution_queue_get_n_pending  (SageExecutionQueue  *self);
guint               sage_execution_queue_get_place      (SageExecutionQueue  *self,
                                                         SageCell            *cell);
gint64              sage_execution_queue_get_safe_seq   (SageExecutionQueue  *self);
SageJupyterMessage *sage_execution_queue_get_input      (SageExecutionQueue  *self);
SageCell           *sage_execution_queue_get_input_cell (SageExecutionQueue  *self);
void                sage_execution_queue_answer         (SageExecutionQueue  *self,
                                                         const char          *text);

G_END_DECLS
