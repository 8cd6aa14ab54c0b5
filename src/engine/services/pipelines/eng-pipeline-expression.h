/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "eng-pipeline-path.h"
#include "sage-shape.h"

G_BEGIN_DECLS

typedef enum
{
  ENG_FUNCTION_NONE,
  ENG_FUNCTION_GET,
  ENG_FUNCTION_JOIN,
  ENG_FUNCTION_JSON_GET,
  ENG_FUNCTION_UNKNOWN, /* an object with one member "Std:…" that is none of these */
} EngFunction;

typedef enum
{
  ENG_CONDITION_EQUALS,
  ENG_CONDITION_GREATER,
  ENG_CONDITION_GREATER_OR_EQUAL,
  ENG_CONDITION_LESS,
  ENG_CONDITION_LESS_OR_EQUAL,
  ENG_CONDITION_IN,
  ENG_CONDITION_NOT,
  ENG_CONDITION_OR,
} EngConditionType;

/**
 * EngScope:
 *
 * What the functions of one evaluation can see. @budget is what the result may still grow by; it
 * bounds a Join of Joins long before memory does.
 */
typedef struct
{
  /* (transfer none): the value of a parameter, variable or property, or %NULL with an error. */
  JsonNode *(*get)  (const EngReference  *reference,
                     gpointer             user_data,
                     GError             **error);
  /* (nullable) (transfer full): where a property file lies, or %NULL with an error. Without it and the
   * next no file can be read. */
  char     *(*file) (const EngReference  *reference,
                     gpointer             user_data,
                     GError             **error);
  /* (nullable) (transfer full): the bytes of an S3 object of at most @max_bytes, or %NULL with an error. */
  GBytes   *(*read) (const char          *s3_uri,
                     gsize                max_bytes,
                     gpointer             user_data,
                     GError             **error);
  gpointer    user_data;
  gsize       budget; /* bytes */
  GHashTable *files;  /* (owned) (nullable): S3 URI → JsonNode, read once per evaluation */
} EngScope;

#define ENG_EXPRESSION_MAX_BYTES 1048576

EngFunction  eng_expression_function      (JsonNode           *node,
                                           JsonNode          **argument);
const char  *eng_expression_function_word (EngFunction         function);
const char  *eng_expression_text          (JsonNode           *node);
JsonNode    *eng_expression_evaluate      (JsonNode           *node,
                                           const SageShape    *shape,
                                           EngScope           *scope,
                                           GError            **error);
void         eng_scope_clear              (EngScope           *scope);

gboolean     eng_condition_type_parse     (const char         *word,
                                           EngConditionType   *type);
JsonObject  *eng_condition_negated        (JsonObject         *condition);
gboolean     eng_condition_evaluate       (JsonArray          *conditions,
                                           EngScope           *scope,
                                           gboolean           *outcome,
                                           GError            **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngScope, eng_scope_clear)

G_END_DECLS
