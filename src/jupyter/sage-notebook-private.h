/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cell-private.h"

G_BEGIN_DECLS

#define SAGE_NOTEBOOK_MAX_CELLS 50000
#define SAGE_NOTEBOOK_MAX_OUTPUTS 1000000   /* of all cells */
#define SAGE_NOTEBOOK_MAX_CELL_OUTPUTS 100000

typedef struct _SageHistory SageHistory;

/* The space of the file's array of cells: before the first, between the first two, after the last. Empty
 * where it has too few. */
typedef struct
{
  SageJsonPiece lead;
  SageJsonPiece between;
  SageJsonPiece trail;
} SageArraySpace;

struct _SageNotebook
{
  GObject        parent_instance;

  GBytes        *bytes;         /* (owned): the file's */
  SageJsonPiece  document;      /* the object in it */
  SageJsonPiece  cells_piece;   /* its "cells"; empty: it has none */
  SageJsonPiece  metadata_piece;
  gint64         minor;         /* nbformat_minor of the file */
  guint          n_read;        /* cells in the file */
  SageArraySpace space;         /* around them */
  SageJsonStyle  style;

  GPtrArray     *cells;         /* (owned): of SageCell */
  GHashTable    *by_id;         /* (owned): SageCell by id, those of @cells */
  GBytes        *metadata;      /* (owned): JSON text */
  JsonObject    *metadata_object; /* (owned) (nullable) */

  gboolean       is_read_only;
  char          *fault;         /* (owned) (nullable) */
  char          *note;          /* (owned) (nullable) */
  gboolean       is_repaired;   /* is_faulty parts are written anew */
  gboolean       keeps_version; /* of nbformat, whatever has changed */

  SageHistory   *history;       /* (owned) */
  GListStore    *bin;           /* (owned): of SageCell, newest first */
  guint64        revision;      /* counts changes that are no step: outputs, kernel, folds */
  guint64        saved_revision;
  gboolean       was_modified;  /* as last notified */
  gboolean       is_applying;   /* within a step: its changes are the history's */
};

void     sage_notebook_splice          (SageNotebook *self,
                                        guint         position,
                                        guint         n_removed,
                                        GPtrArray    *added);
void     sage_notebook_cell_changed    (SageNotebook *self,
                                        SageCell     *cell);
void     sage_notebook_changed         (SageNotebook *self);
void     sage_notebook_update_displays (SageNotebook *self,
                                        const char   *display_id,
                                        JsonObject   *data,
                                        JsonObject   *metadata);
void     sage_notebook_tell_edit       (SageNotebook *self,
                                        SageCell     *cell,
                                        gsize         offset,
                                        gsize         removed,
                                        const char   *inserted);
void     sage_notebook_notify_history  (SageNotebook *self);
void     sage_notebook_set_fault       (SageNotebook *self,
                                        const char   *fault);
char    *sage_notebook_make_id         (SageNotebook *self);
GBytes  *sage_notebook_patch_text      (SageNotebook *self,
                                        GBytes       *object,
                                        guint         depth,
                                        const char   *key,
                                        JsonNode     *value);
gboolean sage_notebook_read            (SageNotebook *self,
                                        GBytes       *bytes,
                                        GError      **error);
void     sage_notebook_align           (SageNotebook *old_notebook,
                                        SageNotebook *new_notebook,
                                        int         **to_new,
                                        int         **to_old);
SageCell *sage_notebook_import_cell    (SageNotebook *self,
                                        SageCell     *cell,
                                        const char   *id);
void     sage_notebook_take_facts      (SageNotebook *self,
                                        SageCell     *cell,
                                        SageCell     *from);
void     sage_notebook_set_member      (SageNotebook *self,
                                        const char   *key,
                                        JsonNode     *value);
gboolean sage_notebook_begin_edit      (SageNotebook *self,
                                        const char   *name);
GArray  *sage_notebook_sort_positions  (SageNotebook *self,
                                        const guint  *positions,
                                        guint         n);
gboolean sage_notebook_is_pristine     (SageNotebook *self);

/* A state of the notebook, for sage_notebook_mark_saved_at(). */
typedef struct
{
  guint64 revision;
  guint64 serial;
} SageNotebookMark;

SageNotebookMark sage_notebook_get_mark      (SageNotebook           *self);
void             sage_notebook_mark_saved_at (SageNotebook           *self,
                                              const SageNotebookMark *mark);

/* history */
SageHistory *sage_history_new          (SageNotebook *notebook);
void         sage_history_free         (SageHistory  *self);
void         sage_history_begin        (SageHistory  *self,
                                        const char   *name);
void         sage_history_end          (SageHistory  *self);
void         sage_history_edit         (SageHistory  *self,
                                        SageCell     *cell,
                                        gsize         offset,
                                        gsize         removed,
                                        const char   *inserted,
                                        gboolean      is_told);
void         sage_history_set_source   (SageHistory  *self,
                                        SageCell     *cell,
                                        const char   *source);
void         sage_history_type         (SageHistory  *self,
                                        SageCell     *cell,
                                        gsize         offset,
                                        gsize         removed,
                                        const char   *inserted);
void         sage_history_splice       (SageHistory  *self,
                                        guint         position,
                                        guint         n_removed,
                                        GPtrArray    *added,
                                        gboolean      uses_bin);
void         sage_history_set_facts    (SageHistory  *self,
                                        SageCell     *cell,
                                        SageCellFacts *facts);
SageCell    *sage_history_undo         (SageHistory  *self);
SageCell    *sage_history_redo         (SageHistory  *self);
const char  *sage_history_get_undo     (SageHistory  *self);
const char  *sage_history_get_redo     (SageHistory  *self);
guint64      sage_history_get_serial   (SageHistory  *self);
void         sage_history_mark_saved   (SageHistory  *self,
                                        guint64       serial);
gboolean     sage_history_is_saved     (SageHistory  *self);

G_END_DECLS
