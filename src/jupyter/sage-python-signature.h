/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-python-call.h"

G_BEGIN_DECLS

/* What IPython tells of something that can be called. */
typedef struct
{
  char   *text;       /* (owned): "f(a, b=1) -> int", on one line */
  char   *summary;    /* (owned) (nullable): the first paragraph of its documentation */
  GArray *parameters; /* (owned): of the text; private */
} SagePythonSignature;

SagePythonSignature *sage_python_signature_read   (const char                *told);
gboolean             sage_python_signature_locate (const SagePythonSignature *self,
                                                   const SagePythonCall      *call,
                                                   gsize                     *start,
                                                   gsize                     *end);
void                 sage_python_signature_free   (SagePythonSignature       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagePythonSignature, sage_python_signature_free)

G_END_DECLS
