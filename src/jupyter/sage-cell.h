/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-output.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CELL_KIND (sage_cell_kind_get_type ())
#define SAGE_TYPE_CELL_STATE (sage_cell_state_get_type ())

typedef enum
{
  SAGE_CELL_CODE,
  SAGE_CELL_MARKDOWN,
  SAGE_CELL_RAW,
} SageCellKind;

/**
 * SageCellState:
 * @SAGE_CELL_IDLE: it has not run
 * @SAGE_CELL_QUEUED: it waits for the kernel
 * @SAGE_CELL_RUNNING: it runs
 * @SAGE_CELL_SUCCEEDED: it ran
 * @SAGE_CELL_FAILED: it ran into an error
 * @SAGE_CELL_CANCELLED: it was queued behind one that failed, or was interrupted
 *
 * What a code cell is doing. Not saved.
 */
typedef enum
{
  SAGE_CELL_IDLE,
  SAGE_CELL_QUEUED,
  SAGE_CELL_RUNNING,
  SAGE_CELL_SUCCEEDED,
  SAGE_CELL_FAILED,
  SAGE_CELL_CANCELLED,
} SageCellState;

#define SAGE_TYPE_CELL (sage_cell_get_type ())
G_DECLARE_FINAL_TYPE (SageCell, sage_cell, SAGE, CELL, GObject)

GType          sage_cell_kind_get_type       (void);
GType          sage_cell_state_get_type      (void);

const char    *sage_cell_get_id              (SageCell      *self);
SageCellKind   sage_cell_get_kind            (SageCell      *self);
const char    *sage_cell_get_source          (SageCell      *self);
gint64         sage_cell_get_execution_count (SageCell      *self);
GListModel    *sage_cell_get_outputs         (SageCell      *self);
guint          sage_cell_guess_output_lines  (SageCell      *self);
JsonObject    *sage_cell_get_metadata        (SageCell      *self);
gboolean       sage_cell_has_tag             (SageCell      *self,
                                              const char    *tag);
JsonObject    *sage_cell_get_attachments     (SageCell      *self);

/* running: driven by whoever talks to the kernel, no part of undo */
SageCellState  sage_cell_get_state           (SageCell      *self);
void           sage_cell_set_state           (SageCell      *self,
                                              SageCellState  state);
void           sage_cell_prepare_run         (SageCell      *self);
gboolean       sage_cell_take_message        (SageCell      *self,
                                              const char    *msg_type,
                                              JsonObject    *content);
gboolean       sage_cell_is_trusted          (SageCell      *self,
                                              guint          trust);
gint64         sage_cell_get_started         (SageCell      *self);
gint64         sage_cell_get_ended           (SageCell      *self);
gboolean       sage_cell_is_edited           (SageCell      *self);
gboolean       sage_cell_is_stale            (SageCell      *self);
void           sage_cell_set_stale           (SageCell      *self,
                                              gboolean       is_stale);

/* folding: saved, no part of undo */
gboolean       sage_cell_is_folded           (SageCell      *self);
void           sage_cell_set_folded          (SageCell      *self,
                                              gboolean       is_folded);
gboolean       sage_cell_are_outputs_folded  (SageCell      *self);
void           sage_cell_set_outputs_folded  (SageCell      *self,
                                              gboolean       are_folded);

G_END_DECLS
