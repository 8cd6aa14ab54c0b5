/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-comms.h"
#include "sage-output.h"

G_BEGIN_DECLS

/*
 * What a cell has put out, one under the other. It takes the width it gets and is as high as what
 * it shows; whoever embeds it scrolls. Properties: "outputs" (GListModel of SageOutput, nullable;
 * followed live), "trust" (guint: the number by which outputs are vouched for, of which scripts may run,
 * still without a network; 0: only what a run here has put out), "comms" (SageComms, nullable: the state
 * of the kernel's widgets), "path" (nullable: the file that the cell is in, which relative locations in
 * tracebacks start from).
 *
 * Signals: "trust-requested": the reader wants to see what only a trusted notebook shows;
 * "open-location" (const char *path, int line): a place in a traceback was followed. Path is a
 * file's, or "In[N]" for the cell with that execution count, or "cell" for this cell; the line
 * counts from 1.
 */
#define SAGE_TYPE_OUTPUT_LIST (sage_output_list_get_type ())

G_DECLARE_FINAL_TYPE (SageOutputList, sage_output_list, SAGE, OUTPUT_LIST, GtkWidget)

GtkWidget  *sage_output_list_new            (void);
GListModel *sage_output_list_get_outputs    (SageOutputList *self);
void        sage_output_list_set_outputs    (SageOutputList *self,
                                             GListModel     *outputs);
guint       sage_output_list_get_trust      (SageOutputList *self);
void        sage_output_list_set_trust      (SageOutputList *self,
                                             guint           trust);
void        sage_output_list_set_limit      (SageOutputList *self,
                                             int             limit,
                                             gboolean        from_end);
SageComms  *sage_output_list_get_comms      (SageOutputList *self);
void        sage_output_list_set_comms      (SageOutputList *self,
                                             SageComms      *comms);

G_END_DECLS
