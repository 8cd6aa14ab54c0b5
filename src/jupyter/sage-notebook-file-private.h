/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-file.h"
#include "sage-notebook-pieces-private.h"
#include "sage-notebook-private.h"
#include "sage-notebook-recovery.h"
#include "sage-notebook-store-private.h"

G_BEGIN_DECLS

struct _SageNotebookFile
{
  GObject               parent_instance;

  GFile                *file;      /* (owned) (nullable): as it was given */
  char                 *path;      /* (owned) (nullable): resolved */
  SageNotebook         *notebook;  /* (owned) (nullable) */
  SageNotebookRecovery *recovery;  /* (owned) (nullable) */
  GBytes               *base;      /* (owned) (nullable): the content as last read or written */
  SageStamp             stamp;     /* of @base */
  GBytes               *seen;      /* (owned) (nullable): what read_theirs() found */
  SageStamp             seen_stamp;
  GFileMonitor         *monitor;   /* (owned) (nullable) */
  guint                 settle_id;
  guint                 n_saving;
  gboolean              is_changed_elsewhere;
};

/* What a look at the file on disk works on. Owned by its task. */
typedef struct
{
  char               *path;
  SageNotebookPieces *pieces;       /* (nullable): to be written */
  GBytes             *bytes;        /* (nullable): what was read or written */
  SageStamp           expected;
  SageStamp           stamp;
  gboolean            overwrite;
  SageNotebook       *notebook;
  SageNotebookMark    mark;
} SageFileWork;

GTask *sage_notebook_file_start         (SageNotebookFile    *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
void   sage_notebook_file_take_base     (SageNotebookFile    *self,
                                         GBytes              *bytes,
                                         const SageStamp     *stamp);
void   sage_notebook_file_set_changed   (SageNotebookFile    *self,
                                         gboolean             is_changed);
void   sage_notebook_file_watch         (SageNotebookFile    *self);
void   sage_notebook_file_stop_watching (SageNotebookFile    *self);

G_END_DECLS
