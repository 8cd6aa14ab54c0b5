/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-json.h"

G_BEGIN_DECLS

/* JSON as kernels write it, in the two forms that it is needed in. Clear with
 * sage_jupyter_text_clear(). */
typedef struct
{
  GBytes *wire;     /* (owned): valid JSON in UTF-8, to be passed on */
  GBytes *readable; /* (owned): the same, such that sage_json_parse() takes it */
} SageJupyterText;

gboolean sage_jupyter_text_check (GBytes                *bytes,
                                  const SageJsonLimits  *limits,
                                  SageJupyterText       *text,
                                  GError               **error);
void     sage_jupyter_text_clear (SageJupyterText       *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageJupyterText, sage_jupyter_text_clear)

G_END_DECLS
