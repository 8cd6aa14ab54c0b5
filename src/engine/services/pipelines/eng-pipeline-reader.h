/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-pipeline-definition.h"

G_BEGIN_DECLS

/* A walk over a definition that always knows the JSON path of where it stands. */
typedef struct
{
  EngPipeline     *pipeline;
  EngPipelineStep *step;  /* (nullable): the step whose arguments are read */
  GString         *where; /* "Steps[2].Arguments" */
  gboolean         stored; /* it was taken before, perhaps by an earlier version: what that let through
                              is let through */
} EngPipelineReader;

gsize     eng_reader_enter         (EngPipelineReader  *reader,
                                    const char         *member);
gsize     eng_reader_enter_index   (EngPipelineReader  *reader,
                                    guint               index);
void      eng_reader_leave         (EngPipelineReader  *reader,
                                    gsize               mark);
gboolean  eng_reader_throw         (EngPipelineReader  *reader,
                                    GError            **error,
                                    const char         *format,
                                    ...) G_GNUC_PRINTF (3, 4);
gboolean  eng_reader_throw_member  (EngPipelineReader  *reader,
                                    GError            **error,
                                    const char         *member,
                                    const char         *format,
                                    ...) G_GNUC_PRINTF (4, 5);

gboolean  eng_reader_only_members  (EngPipelineReader  *reader,
                                    JsonObject         *object,
                                    const char * const *allowed,
                                    GError            **error);
gboolean  eng_reader_string        (EngPipelineReader  *reader,
                                    JsonObject         *object,
                                    const char         *member,
                                    gboolean            required,
                                    glong               max_characters,
                                    const char        **value,
                                    GError            **error);
gboolean  eng_reader_array         (EngPipelineReader  *reader,
                                    JsonObject         *object,
                                    const char         *member,
                                    gboolean            required,
                                    JsonArray         **value,
                                    GError            **error);
gboolean  eng_reader_object        (EngPipelineReader  *reader,
                                    JsonObject         *object,
                                    const char         *member,
                                    gboolean            required,
                                    JsonObject        **value,
                                    GError            **error);
gboolean  eng_reader_element       (EngPipelineReader  *reader,
                                    JsonArray          *array,
                                    guint               index,
                                    JsonObject        **value,
                                    GError            **error);
const char *eng_json_type_word     (JsonNode           *node);

/* What is known of a value before the pipeline runs. */
typedef enum
{
  ENG_VALUE_ANY,
  ENG_VALUE_STRING,
  ENG_VALUE_INTEGER,
  ENG_VALUE_FLOAT,
  ENG_VALUE_BOOLEAN,
  ENG_VALUE_OBJECT,
  ENG_VALUE_LIST,
} EngValueKind;

const char *eng_value_kind_word    (EngValueKind        kind);
gboolean  eng_pipeline_infer       (EngPipelineReader  *reader,
                                    JsonNode           *node,
                                    EngValueKind       *kind,
                                    GError            **error);

/* The parts of reading a definition, in the order in which they run. */
gboolean  eng_pipeline_read_parameters (EngPipelineReader *reader,
                                    JsonObject         *root,
                                    GError            **error);
gboolean  eng_pipeline_read_steps  (EngPipelineReader  *reader,
                                    JsonObject         *root,
                                    GError            **error);
gboolean  eng_pipeline_read_extras (EngPipelineReader  *reader,
                                    EngPipelineStep    *step,
                                    JsonObject         *object,
                                    GError            **error);
gboolean  eng_pipeline_check_steps (EngPipelineReader  *reader,
                                    GError            **error);
gboolean  eng_pipeline_check_conditions (EngPipelineReader *reader,
                                    JsonArray          *conditions,
                                    GError            **error);
gboolean  eng_pipeline_link_steps  (EngPipelineReader  *reader,
                                    GError            **error);

G_END_DECLS
