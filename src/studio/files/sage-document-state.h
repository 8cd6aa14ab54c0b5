/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far the file of a document has been read. */
typedef enum
{
  SAGE_DOCUMENT_LOADING,
  SAGE_DOCUMENT_READY,
  SAGE_DOCUMENT_FAILED,
} SageDocumentState;

G_END_DECLS
