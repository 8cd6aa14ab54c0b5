/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-capped-bin.h"
#include "sage-cell-row.h"
#include "sage-elapsed.h"
#include "sage-notebook-kernel.h"

G_BEGIN_DECLS

struct _SageCellRow
{
  GtkWidget             parent_instance;

  SageNotebookDocument *document; /* (owned) */
  SageCell             *cell;     /* (owned) (nullable): what it shows */
  GSignalGroup         *signals;  /* (owned): of the cell */
  GSignalGroup         *listing;  /* (owned): of its outputs */
  GSignalGroup         *typing;   /* (owned): of its buffer */
  SageCellRowFlags      flags;

  GtkWidget            *gutter;
  GtkButton            *run;
  GtkLabel             *count;
  GtkWidget            *bar;
  GtkBox               *body;     /* the source, its state, what came of it */
  GtkButton            *folded;
  GtkWidget            *status;
  GtkImage             *status_icon;
  GtkLabel             *status_text;
  SageElapsed          *elapsed;
  GtkWidget            *stale_icon;
  GtkWidget            *stale;
  GtkWidget            *outputs_folded;
  SageCappedBin        *outputs;
  GtkWidget            *source;   /* (nullable): once there was source to show */
  GtkWidget            *markdown; /* (nullable): once there was Markdown to show */
  GtkWidget            *list;     /* (nullable): once there were outputs to show */
  GtkWidget            *toolbar;  /* (nullable): once it was asked for */
  GtkWidget            *input;    /* (nullable): while its code waits for an answer */
};

gboolean sage_cell_row_is_code        (SageCellRow *self);
void     sage_cell_row_follow         (SageCellRow *self);
void     sage_cell_row_update_source  (SageCellRow *self);
void     sage_cell_row_update_text    (SageCellRow *self);
void     sage_cell_row_update_outputs (SageCellRow *self);
void     sage_cell_row_update_state   (SageCellRow *self);
void     sage_cell_row_update_pending (SageCellRow *self);
void     sage_cell_row_update_input   (SageCellRow *self);

G_END_DECLS
