/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-math-private.h"

G_BEGIN_DECLS

/* A formula that is being read. */
typedef struct
{
  const char *at;
  guint       depth;
  guint       n_nodes;
  GError    **error;
} SageMathParser;

void          _sage_math_node_free         (gpointer             data);
SageMathNode *_sage_math_node_new          (SageMathKind         kind,
                                            SageMathClass        class,
                                            guint                flags);
SageMathNode *_sage_math_node_new_text     (SageMathClass        class,
                                            guint                flags,
                                            const char          *text);
void          _sage_math_node_take         (SageMathNode        *node,
                                            SageMathNode        *child);
SageMathNode *_sage_math_fail              (SageMathParser      *parser,
                                            const char          *what,
                                            const char          *name);
void          _sage_math_skip_spaces       (SageMathParser      *parser);
char         *_sage_math_read_name         (SageMathParser      *parser);
char         *_sage_math_read_text         (SageMathParser      *parser);
gboolean      _sage_math_name_is           (const char          *name,
                                            const char * const  *names);
SageMathNode *_sage_math_parse_row         (SageMathParser      *parser,
                                            const char          *stops);
SageMathNode *_sage_math_parse_argument    (SageMathParser      *parser);
SageMathNode *_sage_math_parse_command     (SageMathParser      *parser);
SageMathNode *_sage_math_parse_grid        (SageMathParser      *parser,
                                            guint                flags,
                                            const char          *stops);
SageMathNode *_sage_math_parse_environment (SageMathParser      *parser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageMathNode, _sage_math_node_free)

G_END_DECLS
