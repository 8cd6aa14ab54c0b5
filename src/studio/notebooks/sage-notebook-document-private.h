/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-file-trace.h"
#include "sage-notebook-document.h"
#include "sage-notebook-file.h"

G_BEGIN_DECLS

struct _SageNotebookDocument
{
  GObject            parent_instance;

  SageConnection    *connection;  /* (owned) (nullable) */
  GFile             *file;        /* (owned) */
  char              *uri;         /* (owned) */
  GFile             *script;      /* (owned) (nullable): whose console it is */
  SageNotebookFile  *io;          /* (owned) */
  GFileMonitor      *monitor;     /* (owned) (nullable) */
  SageFileTrace     *trace;       /* (owned) (nullable) */
  GCancellable      *cancellable; /* (owned): of what is under way */
  SageDocumentState  state;
  GError            *error;       /* (owned) (nullable) */
  SageNotebook      *notebook;    /* (owned) (nullable) */
  GHashTable        *buffers;     /* (owned): SageCell → SageCellBuffer */
  char              *language;    /* (owned) (nullable): in which its cells are highlighted */
  SageComms         *comms;       /* (owned) */
  guint              autosave;    /* source */
  GPtrArray         *saving;      /* (owned) (nullable): of GTask: those whose save is being written */
  GPtrArray         *to_save;     /* (owned): of GTask: those that want it to be written after that */
  gboolean           overwrites;  /* one of them does, whatever the file is */
  gboolean           conflicting; /* the file is another program's, and ours is not saved */
  gboolean           is_gone;
  guint              n_views;
  guint              n_editors; /* of the views: pages in which it can be edited */
  guint              trust;       /* the number that vouches for outputs in it; 0: none does */
  gboolean           is_distrusted; /* the user has said so, and nothing else since */
  gboolean           was_trusted; /* when the save under way began */
  char              *signed_digest; /* (owned) (nullable): of what was saved and signed last */
};

/* sage-notebook-document.c */
void sage_notebook_document_take           (SageNotebookDocument *self,
                                            SageNotebook         *notebook);
void sage_notebook_document_set_state      (SageNotebookDocument *self,
                                            SageDocumentState     state);
void sage_notebook_document_set_gone       (SageNotebookDocument *self,
                                            gboolean              is_gone);
void sage_notebook_document_tell           (SageNotebookDocument *self,
                                            SageDocumentEvent     event);

void sage_notebook_document_tell_saving    (SageNotebookDocument *self);
void sage_notebook_document_tell_saved     (SageNotebookDocument *self);
void sage_notebook_document_set_trust      (SageNotebookDocument *self,
                                            guint                 trust);

/* sage-notebook-document-trust.c */
void sage_notebook_document_check_trust    (SageNotebookDocument *self);
void sage_notebook_document_judge_trust    (SageNotebookDocument *self);
void sage_notebook_document_sign           (SageNotebookDocument *self);

/* sage-notebook-document-file.c */
void sage_notebook_document_watch          (SageNotebookDocument *self);
void sage_notebook_document_autosave_later (SageNotebookDocument *self);

/* sage-notebook-widgets.c */
void sage_notebook_document_load_widgets   (SageNotebookDocument *self);

G_END_DECLS
