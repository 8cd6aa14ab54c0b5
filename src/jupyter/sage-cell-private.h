/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cell.h"
#include "sage-notebook.h"
#include "sage-output-private.h"

G_BEGIN_DECLS

/* The parts of a cell's text in the file; an empty piece: it has none. */
typedef struct
{
  SageJsonPiece id;
  SageJsonPiece source;
  SageJsonPiece metadata;
  SageJsonPiece outputs;
  SageJsonPiece count;
  SageJsonPiece attachments;
  SageCellKind  kind;
  guint         n_outputs; /* in @outputs */
  gboolean      is_faulty; /* its members are not what nbformat says */
} SageCellRaw;

/* What reading found to be wrong: the first thing, and how many there are. */
typedef struct
{
  const char *at;
  char       *what;      /* (owned) (nullable) */
  guint       n;
  guint       n_outputs; /* read so far, of all cells */
} SageFault;

/* What undo takes back beside the source. */
typedef struct
{
  SageCellKind  kind;
  gint64        count;
  GPtrArray    *outputs;     /* (owned): of SageOutput */
  GBytes       *metadata;    /* (owned) */
  GBytes       *attachments; /* (owned) (nullable) */
} SageCellFacts;

struct _SageCell
{
  GObject         parent_instance;

  SageNotebook   *notebook; /* (unowned) (nullable): while it is in one's list */
  GBytes         *raw;      /* (owned) (nullable): as the file has it */
  SageCellRaw     parts;    /* of @raw */
  int             origin;   /* its place in the file; -1: it is not from there */

  char           *id;
  SageCellKind    kind;
  GString        *source;           /* (owned) (nullable): decoded when asked for */
  GBytes         *metadata;         /* (owned): JSON text */
  JsonObject     *metadata_object;  /* (owned) (nullable): made when asked for */
  GBytes         *attachments;      /* (owned) (nullable): JSON text */
  JsonObject     *attachments_object; /* (owned) (nullable) */
  GListStore     *outputs;          /* (owned) (nullable): made when asked for */
  guint           trust;            /* of outputs that are not made yet; as SageOutput has it */
  gint64          count;
  gboolean        is_touched;       /* something was set since it was read; it may be as it was again */

  SageCellState   state;
  gint64          started;
  gint64          ended;
  char           *ran;              /* (owned) (nullable): the source that ran last */
  gboolean        is_stale;         /* as last notified */
  gboolean        is_marked_stale;
  gboolean        is_clear_pending; /* clear_output (wait) */
  gboolean        has_displays;     /* some output has a display id */
  gsize           n_text;           /* bytes of text that its run has given */
  gboolean        is_full;          /* nothing more of it is kept */
  guint           last_position;    /* where it was when it was deleted */
};

SageCell      *sage_cell_new              (SageCellKind         kind,
                                           const char          *id,
                                           const char          *source);
SageCell      *sage_cell_new_from_raw     (GBytes              *raw,
                                           const SageCellRaw   *parts,
                                           int                  origin,
                                           const char          *id);
void           sage_cell_read             (SageJsonCursor      *cursor,
                                           SageCellRaw         *parts,
                                           SageFault           *fault);
void           sage_fault_note            (SageFault           *fault,
                                           const char          *at,
                                           const char          *format,
                                           ...) G_GNUC_PRINTF (3, 4);
void           sage_cell_edit             (SageCell            *self,
                                           gsize                offset,
                                           gsize                removed,
                                           const char          *inserted,
                                           gsize                inserted_length);
gsize          sage_cell_get_length       (SageCell            *self);
SageCellFacts *sage_cell_get_facts        (SageCell            *self);
SageCellFacts *sage_cell_get_cleared_facts (SageCell           *self);
void           sage_cell_set_facts        (SageCell            *self,
                                           const SageCellFacts *facts);
void           sage_cell_facts_free       (SageCellFacts       *facts);
void           sage_cell_update_stale     (SageCell            *self);
gboolean       sage_cell_is_as_read       (SageCell            *self);
gboolean       sage_cell_is_content_as_read (SageCell          *self);
void           sage_cell_write            (SageCell            *self,
                                           GString             *out,
                                           const SageJsonStyle *style,
                                           gboolean             with_id,
                                           GArray              *kept);
void           sage_cell_set_metadata_text (SageCell           *self,
                                           GBytes              *metadata);
GBytes        *sage_cell_tag_metadata     (SageCell            *self,
                                           const char          *tag,
                                           gboolean             is_set);
void           sage_cell_set_ran          (SageCell            *self,
                                           const char          *source);
void           sage_cell_touch            (SageCell            *self);
void           sage_cell_update_displays  (SageCell            *self,
                                           const char          *display_id,
                                           JsonObject          *data,
                                           JsonObject          *metadata);
GListStore    *sage_cell_ensure_outputs   (SageCell            *self);
void           sage_cell_set_count        (SageCell            *self,
                                           gint64               count);
void           sage_cell_notify_folds     (SageCell            *self,
                                           gboolean             was_folded,
                                           gboolean             were_outputs_folded);
gboolean       sage_cell_has_equal_outputs  (SageCell          *a,
                                           SageCell            *b);
gboolean       sage_cell_has_equal_metadata (SageCell          *a,
                                           SageCell            *b);
const char    *sage_cell_kind_name        (SageCellKind         kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageCellFacts, sage_cell_facts_free)

G_END_DECLS
