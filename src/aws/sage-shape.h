/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_SHAPE_STRUCTURE,
  SAGE_SHAPE_LIST,
  SAGE_SHAPE_MAP,
  SAGE_SHAPE_STRING,
  SAGE_SHAPE_INTEGER,
  SAGE_SHAPE_LONG,
  SAGE_SHAPE_FLOAT,
  SAGE_SHAPE_DOUBLE,
  SAGE_SHAPE_BOOLEAN,
  SAGE_SHAPE_TIMESTAMP,
  SAGE_SHAPE_BLOB,
} SageShapeType;

/* One shape of AWS's service model (generated; see build-aux/). */
typedef struct _SageShape SageShape;

/* Says of an ARN whether it is looked for. */
typedef gboolean (*SageArnFunc) (const char    *arn,
                                 gconstpointer  user_data);

guint            sage_model_n_operations (const char   *service);
const char      *sage_model_operation_name (const char *service,
                                     guint             index);
gboolean         sage_model_has_operation (const char  *service,
                                     const char       *operation);
const SageShape *sage_model_input   (const char       *service,
                                     const char       *operation);
const SageShape *sage_model_output  (const char       *service,
                                     const char       *operation);
const SageShape *sage_model_shape   (const char       *service,
                                     const char       *shape_name);

const char      *sage_shape_name    (const SageShape  *shape);
SageShapeType    sage_shape_type    (const SageShape  *shape);
guint            sage_shape_n_members (const SageShape *shape);
const char      *sage_shape_member_name (const SageShape *shape,
                                     guint             index);
const SageShape *sage_shape_member  (const SageShape  *shape,
                                     const char       *name);
gboolean         sage_shape_member_required (const SageShape *shape,
                                     const char       *name);
const SageShape *sage_shape_element (const SageShape  *shape);
const SageShape *sage_shape_key     (const SageShape  *shape);
const char * const *sage_shape_enum (const SageShape  *shape);
gboolean         sage_shape_min     (const SageShape  *shape,
                                     double           *min);
gboolean         sage_shape_max     (const SageShape  *shape,
                                     double           *max);
const char      *sage_shape_pattern (const SageShape  *shape);
gboolean         sage_shape_is_union (const SageShape *shape);
gboolean         sage_shape_is_sensitive (const SageShape *shape);

gboolean         sage_shape_validate (const SageShape *shape,
                                     JsonNode         *input,
                                     GError          **error);
const char      *sage_shape_find_foreign (const SageShape *shape,
                                     JsonNode         *input,
                                     const char       *region,
                                     const char       *account);
const char      *sage_shape_find_role (const SageShape *shape,
                                     JsonNode         *input,
                                     SageArnFunc       func,
                                     gconstpointer     user_data);
JsonObject      *sage_shape_project (const SageShape  *shape,
                                     JsonObject       *document);

G_END_DECLS
