/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-kernel-client.h"
#include "sage-notebook-document.h"
#include "sage-plot-history.h"

G_BEGIN_DECLS

/**
 * SageNotebookKernelState:
 * @SAGE_NOTEBOOK_KERNEL_NONE: none runs; the first cell that is run starts one
 * @SAGE_NOTEBOOK_KERNEL_STARTING: one is on its way
 * @SAGE_NOTEBOOK_KERNEL_IDLE: it waits for something to do
 * @SAGE_NOTEBOOK_KERNEL_BUSY: it works
 * @SAGE_NOTEBOOK_KERNEL_DEAD: it ended by itself
 * @SAGE_NOTEBOOK_KERNEL_AWAY: the engine does not answer; the kernel may well go on
 */
typedef enum
{
  SAGE_NOTEBOOK_KERNEL_NONE,
  SAGE_NOTEBOOK_KERNEL_STARTING,
  SAGE_NOTEBOOK_KERNEL_IDLE,
  SAGE_NOTEBOOK_KERNEL_BUSY,
  SAGE_NOTEBOOK_KERNEL_DEAD,
  SAGE_NOTEBOOK_KERNEL_AWAY,
} SageNotebookKernelState;

/*
 * The kernel of a document: found again when the document is opened, started when a cell is run, and
 * left running when the document is closed. Properties (notify): "state", "name" (nullable: what a
 * person calls it), "memory" (bytes; 0: not known), "processor" (percent of one core; -1: not known),
 * "idle-ends" (when the engine shuts it down unless it is used, in seconds since 1970; 0: not soon),
 * "n-pending" (cells that run or wait), "input"
 * (boxed SageJupyterMessage, nullable: what the kernel waits for an answer to). Signals: "failed"
 * (const char *what, GError): something that was asked for did not work; "ended" (JsonObject facts,
 * nullable): the kernel ended by itself; "cell-ended" (SageCell): one has run.
 */
#define SAGE_TYPE_NOTEBOOK_KERNEL (sage_notebook_kernel_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookKernel, sage_notebook_kernel, SAGE, NOTEBOOK_KERNEL, GObject)

SageNotebookKernel      *sage_notebook_kernel_for         (SageNotebookDocument *document);
SageNotebookKernelState  sage_notebook_kernel_get_state   (SageNotebookKernel   *self);
const char              *sage_notebook_kernel_get_name    (SageNotebookKernel   *self);
const char              *sage_notebook_kernel_get_language (SageNotebookKernel   *self);
const char              *sage_notebook_kernel_get_spec    (SageNotebookKernel   *self);
guint64                  sage_notebook_kernel_get_memory  (SageNotebookKernel   *self);
double                   sage_notebook_kernel_get_processor (SageNotebookKernel *self);
double                   sage_notebook_kernel_get_idle_ends (SageNotebookKernel *self,
                                                           double               *since);
guint                    sage_notebook_kernel_get_n_pending (SageNotebookKernel *self);
SageKernelClient        *sage_notebook_kernel_get_client  (SageNotebookKernel   *self);
GPtrArray               *sage_notebook_kernel_get_specs   (SageNotebookKernel   *self);
SagePlotHistory         *sage_notebook_kernel_get_plots   (SageNotebookKernel   *self);
JsonObject              *sage_notebook_kernel_get_facts   (SageNotebookKernel   *self);
SageJupyterMessage      *sage_notebook_kernel_get_input   (SageNotebookKernel   *self);
SageCell                *sage_notebook_kernel_get_input_cell (SageNotebookKernel *self);
guint                    sage_notebook_kernel_get_place   (SageNotebookKernel   *self,
                                                           SageCell             *cell);

void                     sage_notebook_kernel_attach      (SageNotebookKernel   *self);
void                     sage_notebook_kernel_run         (SageNotebookKernel   *self,
                                                           GPtrArray            *cells);
void                     sage_notebook_kernel_interrupt   (SageNotebookKernel   *self);
void                     sage_notebook_kernel_restart     (SageNotebookKernel   *self,
                                                           GPtrArray            *cells);
void                     sage_notebook_kernel_shut_down   (SageNotebookKernel   *self);
void                     sage_notebook_kernel_change      (SageNotebookKernel   *self,
                                                           const char           *spec);
void                     sage_notebook_kernel_load_specs  (SageNotebookKernel   *self);
void                     sage_notebook_kernel_load_facts  (SageNotebookKernel   *self);
void                     sage_notebook_kernel_answer      (SageNotebookKernel   *self,
                                                           const char           *text);
void                     sage_notebook_kernel_keep        (SageNotebookKernel   *self);
SageCell                *sage_notebook_kernel_get_last_cell (SageNotebookKernel *self);

G_END_DECLS
