/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_OUTPUT_STREAM,
  SAGE_OUTPUT_DISPLAY_DATA,
  SAGE_OUTPUT_EXECUTE_RESULT,
  SAGE_OUTPUT_ERROR,
} SageOutputKind;

#define SAGE_TYPE_OUTPUT (sage_output_get_type ())
G_DECLARE_FINAL_TYPE (SageOutput, sage_output, SAGE, OUTPUT, GObject)

SageOutput     *sage_output_new_from_json   (JsonObject  *object,
                                             GError     **error);
JsonObject     *sage_output_get_json        (SageOutput  *self);
SageOutputKind  sage_output_get_kind        (SageOutput  *self);
void            sage_output_release         (SageOutput  *self);
gboolean        sage_output_is_own          (SageOutput  *self);
gboolean        sage_output_is_trusted      (SageOutput  *self,
                                             guint        trust);
gboolean        sage_output_is_equal        (SageOutput  *self,
                                             SageOutput  *other);
const char     *sage_output_get_plain       (SageOutput  *self);

/* streams */
const char     *sage_output_get_name        (SageOutput  *self);
const char     *sage_output_get_text        (SageOutput  *self,
                                             gsize       *length);

/* errors */
const char     *sage_output_get_error_name  (SageOutput  *self);
const char     *sage_output_get_error_value (SageOutput  *self);
const char     *sage_output_get_traceback   (SageOutput  *self);

/* bundles: display_data and execute_result */
char          **sage_output_list_types      (SageOutput  *self);
const char     *sage_output_get_datum       (SageOutput  *self,
                                             const char  *mime_type);
char           *sage_output_dup_datum       (SageOutput  *self,
                                             const char  *mime_type);
JsonNode       *sage_output_get_json_datum  (SageOutput  *self,
                                             const char  *mime_type);
JsonObject     *sage_output_get_metadata    (SageOutput  *self);
const char     *sage_output_get_display_id  (SageOutput  *self);

G_END_DECLS
