/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-index-model.h"
#include "sage-merge-sort.h"

G_BEGIN_DECLS

#define SAGE_INDEX_N_STATES (SAGE_STATE_BAD + 1)
#define SAGE_INDEX_UNCOUNTED 0xff
#define SAGE_INDEX_MANY 512 /* rows: to make all anew takes no longer than to move these */

/* A row of the source. */
typedef struct
{
  SageResource *resource; /* (owned) */
  guint8        state;    /* as it was counted; SAGE_INDEX_UNCOUNTED if it does not belong */
} SageIndexRow;

/* What has become of a row since the rows shown were made. */
typedef enum
{
  SAGE_INDEX_REMOVED,
  SAGE_INDEX_ADDED,
  SAGE_INDEX_CHANGED, /* not counted yet */
} SageIndexFate;

/* The steps of making the rows anew; each has the following ones do their part as well. */
typedef enum
{
  SAGE_INDEX_COUNT, /* which rows belong, and how many there are in which state */
  SAGE_INDEX_SORT,
  SAGE_INDEX_FILTER,
  SAGE_INDEX_REST, /* nothing to do */
} SageIndexStep;

struct _SageIndexModel
{
  GObject        parent_instance;

  SageIndexTest  belongs;
  SageIndexTest  matches;
  gpointer       user_data;
  GListModel    *source;   /* (owned) (nullable) */
  GtkSorter     *order;    /* (owned) (nullable): newest first breaks its ties */

  GArray        *rows;     /* of SageIndexRow: those of the source, in its order */
  GPtrArray     *sorted;   /* of the rows that belong, in order */
  GPtrArray     *shown;    /* those of them that match */
  GPtrArray     *leaving;  /* (nullable): while they are replaced, those that stand behind `shown` */
  GtkBitset     *selected; /* positions in `shown` */
  guint          total;    /* rows that belong */
  guint          counts[SAGE_INDEX_N_STATES];

  GHashTable    *touched;  /* SageResource (owned) to SageIndexFate: what the arrays miss */
  GPtrArray     *gone;     /* of SageResource (owned): the arrays hold them, the source no more */
  guint          flush;    /* source id */
  gint64         flushed;  /* when rows were last told of, monotonic */

  SageIndexStep  step;     /* of the work under way */
  SageIndexStep  first;    /* the one that it began with */
  gboolean       anew;     /* the user has asked for it, and looks for its result at the top */
  guint          next;     /* the row that it is at */
  GPtrArray     *pool;     /* (nullable): the rows that belong, for `sorted` */
  GPtrArray     *matched;  /* (nullable): for `shown` */
  SageMergeSort *sort;     /* (nullable) */
  gboolean       upset;    /* a row has changed while it was being sorted */
  guint          work;     /* source id */
};

int  sage_index_model_compare     (gconstpointer   a,
                                   gconstpointer   b,
                                   gpointer        self);
void sage_index_model_count_row   (SageIndexModel *self,
                                   SageIndexRow   *row);
void sage_index_model_uncount_row (SageIndexModel *self,
                                   SageIndexRow   *row);
void sage_index_model_touch       (SageIndexModel *self,
                                   SageResource   *row,
                                   SageIndexFate   fate);
void sage_index_model_drop        (SageIndexModel *self,
                                   GPtrArray      *rows);
void sage_index_model_remove_rows (SageIndexModel *self,
                                   guint           position,
                                   guint           n,
                                   gboolean        many);
void sage_index_model_add_rows    (SageIndexModel *self,
                                   guint           position,
                                   guint           n,
                                   gboolean        many);
void sage_index_model_show        (SageIndexModel *self,
                                   GPtrArray      *sorted,
                                   GPtrArray      *shown);
void sage_index_model_begin       (SageIndexModel *self,
                                   SageIndexStep   step);
void sage_index_model_go_to_top   (SageIndexModel *self);
void sage_index_model_stop        (SageIndexModel *self);
void sage_index_model_updated     (SageIndexModel *self);

G_END_DECLS
