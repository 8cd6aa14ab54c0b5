/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-file-trace.h"
#include "sage-text-document.h"

G_BEGIN_DECLS

struct _SageTextDocument
{
  GObject            parent_instance;

  SageTextFile      *file;     /* (owned) */
  SageFileTrace     *trace;    /* (owned) */
  GtkSourceBuffer   *buffer;   /* (owned) */
  char              *uri;      /* (owned): its key among those that are open */
  GCancellable      *load;     /* (owned) (nullable): of a load under way */
  GError            *error;    /* (owned) (nullable): why it cannot be shown */
  SageDocumentState  state;
  SageDisk           disk;     /* what the user has to decide about */
  gboolean           restored; /* what was not saved last time has come back */
  gboolean           filling;  /* the text changes by ourselves */
  gboolean           has_long_line; /* then nothing is highlighted */
  GQueue             saves;    /* (owned): of Save, the first one under way */
  guint              copy_id;  /* until the next recovery copy */
  guint              n_editors; /* pages in which it can be typed in */
};

/* sage-text-document.c */
void sage_text_document_emit_updated (SageTextDocument *self);
void sage_text_document_copy_later   (SageTextDocument *self);
void sage_text_document_set_place    (SageTextDocument *self,
                                      GFile            *file);

G_END_DECLS
