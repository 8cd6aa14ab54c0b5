/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a document may be at most; 0 in a field means the default beside it. */
typedef struct
{
  gsize max_bytes; /* 1 MiB */
  guint max_depth; /* 64 */
  guint max_keys;  /* 10,000 over the whole document */
  guint max_items; /* of arrays, over the whole document: ten times max_keys */
} SageJsonLimits;

/* Enough for any number that sage_json_write_digits() writes. */
#define SAGE_JSON_DIGITS_SIZE 32

gboolean  sage_json_scan       (const char            *data,
                                gsize                  length,
                                const SageJsonLimits  *limits,
                                GError               **error);
JsonNode *sage_json_parse      (const char            *data,
                                gssize                 length,
                                const SageJsonLimits  *limits,
                                GError               **error);
JsonNode *sage_json_parse_object (const char          *data,
                                gssize                 length,
                                const SageJsonLimits  *limits,
                                GError               **error);
char     *sage_json_to_string  (JsonNode              *node);
char     *sage_json_object_to_string (JsonObject      *object);
void      sage_json_append_string (GString            *out,
                                const char            *text);
void      sage_json_append_number (GString            *out,
                                double                 value);
gsize     sage_json_write_digits (char                 *out,
                                double                 value);
JsonNode *sage_json_take_object (JsonObject           *object);
JsonNode *sage_json_take_array (JsonArray             *array);
GList    *sage_json_sorted_members (JsonObject        *object);
char     *sage_json_unquote    (const char            *text);

const char *sage_json_string (JsonObject *object,
                              const char *member,
                              const char *fallback);
gint64      sage_json_int    (JsonObject *object,
                              const char *member,
                              gint64      fallback);
double      sage_json_double (JsonObject *object,
                              const char *member,
                              double      fallback);
gboolean    sage_json_bool   (JsonObject *object,
                              const char *member,
                              gboolean    fallback);
JsonObject *sage_json_object (JsonObject *object,
                              const char *member);
JsonArray  *sage_json_array  (JsonObject *object,
                              const char *member);
const char *sage_json_array_string (JsonArray *array,
                                    guint      index);
JsonObject *sage_json_array_object (JsonArray *array,
                                    guint      index);

G_END_DECLS
