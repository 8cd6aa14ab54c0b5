/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-comms.h"
#include "sage-frame.h"
#include "sage-output.h"

G_BEGIN_DECLS

/* How a representation is shown. */
typedef enum
{
  SAGE_SHOWN_AS_WIDGET,
  SAGE_SHOWN_AS_TABLE,
  SAGE_SHOWN_AS_FORMULA,
  SAGE_SHOWN_AS_PICTURE,
  SAGE_SHOWN_AS_MARKDOWN,
  SAGE_SHOWN_AS_PAGE,   /* HTML */
  SAGE_SHOWN_AS_TREE,   /* JSON */
  SAGE_SHOWN_AS_TEXT,   /* as a terminal shows it */
  SAGE_SHOWN_AS_SOURCE, /* what it is written in: nothing that could show it may run */
} SageShownAs;

/* One of the representations that an output offers. */
typedef struct
{
  char        *mime_type; /* (owned) */
  SageShownAs  shown_as;
} SageMimeChoice;

GPtrArray  *sage_mime_rank    (SageOutput *output,
                               SageComms  *comms,
                               gboolean    is_trusted);
char       *sage_mime_name    (const char *mime_type);
SageFrame  *sage_mime_frame   (SageOutput *output,
                               const char *mime_type);
char       *sage_mime_formula (SageOutput *output);
const char *sage_mime_model   (SageOutput *output);

G_END_DECLS
