/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * A walk over a document in its order, without recursion: a document may be nested deeper than the
 * stack is. It must not change meanwhile.
 */
typedef struct
{
  JsonNode *root;   /* (unowned) */
  GArray   *frames; /* (owned): the containers around the place, the root's first */
} SageJsonWalk;

typedef enum
{
  SAGE_JSON_WALK_END,
  SAGE_JSON_WALK_VALUE, /* a scalar, or a container that is empty */
  SAGE_JSON_WALK_OPEN,  /* a container; what is in it comes next */
  SAGE_JSON_WALK_CLOSE,
} SageJsonStep;

void         sage_json_walk_init    (SageJsonWalk  *self,
                                     JsonNode      *root);
void         sage_json_walk_clear   (SageJsonWalk  *self);
SageJsonStep sage_json_walk_next    (SageJsonWalk  *self,
                                     const char   **name,
                                     JsonNode     **node);
guint        sage_json_walk_depth   (SageJsonWalk  *self);
guint        sage_json_walk_index   (SageJsonWalk  *self,
                                     guint          depth);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageJsonWalk, sage_json_walk_clear)

char        *sage_json_pretty       (JsonNode      *node,
                                     guint          max_string);
char        *sage_json_scalar_text  (JsonNode      *node);
guint        sage_json_n_children   (JsonNode      *node);

G_END_DECLS
