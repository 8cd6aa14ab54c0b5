/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-math-private.h"

G_BEGIN_DECLS

#define SAGE_MATH_RULE 0.05 /* thickness of lines, in em */

/* How a part of a formula is set. */
typedef struct
{
  PangoContext *context;
  double        size;    /* pixels of an em */
  gboolean      display;
  guint         level;   /* 0 of text, 1 of scripts, 2 of theirs */
} SageMathStyle;

SageMathBox *_sage_math_layout_node   (SageMathNode  *node,
                                       SageMathStyle  style);
SageMathBox *_sage_math_layout_child  (SageMathNode  *node,
                                       guint          i,
                                       SageMathStyle  style);
SageMathBox *_sage_math_layout_text   (SageMathStyle  style,
                                       const char    *text,
                                       guint          flags,
                                       double         scale);
double       _sage_math_get_axis      (SageMathStyle  style);
SageMathBox *_sage_math_layout_accent (SageMathNode  *node,
                                       SageMathStyle  style);
SageMathBox *_sage_math_layout_fenced (SageMathNode  *node,
                                       SageMathStyle  style);
SageMathBox *_sage_math_layout_grid   (SageMathNode  *node,
                                       SageMathStyle  style);

G_END_DECLS
