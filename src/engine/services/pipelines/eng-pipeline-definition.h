/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define ENG_PIPELINE_MAX_BYTES      1048576
#define ENG_PIPELINE_MAX_STEPS      4999
#define ENG_PIPELINE_MAX_PARAMETERS 200

typedef enum
{
  ENG_PARAMETER_STRING,
  ENG_PARAMETER_INTEGER,
  ENG_PARAMETER_FLOAT,
  ENG_PARAMETER_BOOLEAN,
} EngParameterType;

typedef enum
{
  ENG_STEP_PROCESSING,
  ENG_STEP_TRAINING,
  ENG_STEP_MODEL,
  ENG_STEP_REGISTER_MODEL,
  ENG_STEP_CONDITION,
  ENG_STEP_FAIL,
} EngStepType;

/* What a retry policy can match; a set of bits. */
typedef enum
{
  ENG_RETRY_STEP_SERVICE_FAULT = 1 << 0,
  ENG_RETRY_STEP_THROTTLING    = 1 << 1,
  ENG_RETRY_JOB_INTERNAL_ERROR = 1 << 2,
  ENG_RETRY_CAPACITY_ERROR     = 1 << 3,
  ENG_RETRY_RESOURCE_LIMIT     = 1 << 4,
} EngRetryCause;

typedef struct
{
  char             *name;          /* (owned) */
  EngParameterType  type;
  JsonNode         *default_value; /* (nullable): inside the document */
  JsonArray        *enum_values;   /* (nullable): inside the document */
} EngPipelineParameter;

typedef struct
{
  guint  causes;         /* EngRetryCause bits */
  double backoff_rate;
  double interval;       /* seconds before the first retry */
  guint  max_attempts;   /* retries; 0 when expire_minutes bounds them */
  guint  expire_minutes; /* 0 when max_attempts bounds them */
} EngRetryPolicy;

typedef struct
{
  char *name;   /* (owned) */
  char *output; /* (owned): OutputName */
  char *path;   /* (owned): below the output's prefix */
} EngPropertyFile;

typedef struct
{
  guint        position;       /* in EngPipeline.steps */
  EngStepType  type;
  char        *name;           /* (owned) */
  char        *display_name;   /* (owned) (nullable) */
  char        *description;    /* (owned) (nullable) */
  char        *where;          /* (owned): JSON path of the step, for messages */
  JsonObject  *arguments;      /* inside the document */
  JsonArray   *depends_on;     /* (nullable): inside the document */
  GPtrArray   *property_files; /* of EngPropertyFile */
  GArray      *retry_policies; /* of EngRetryPolicy */
  GArray      *needs;          /* of guint: positions that must have succeeded, ascending */
  GArray      *feeds;          /* of guint: positions that need this one */
  int          condition;      /* position of the Condition whose branch holds it, else -1 */
  gboolean     if_branch;
  gboolean     referenced;     /* some expression reads what the step made */
  gint64       cache_seconds;  /* how old a result may be that is taken instead; 0: none is */
} EngPipelineStep;

/* A pipeline definition, checked and immutable; shared between threads. */
typedef struct
{
  JsonNode   *root;         /* (owned) */
  GPtrArray  *parameters;   /* of EngPipelineParameter */
  GPtrArray  *steps;        /* of EngPipelineStep, those of branches after their Condition */
  GHashTable *by_name;      /* name → EngPipelineStep */
  GHashTable *by_parameter; /* name → EngPipelineParameter */
  JsonObject *experiment;   /* (nullable): PipelineExperimentConfig */
} EngPipeline;

/* How the operations of one step type are called. Members are NULL where AWS has none. */
typedef struct
{
  const char *word;          /* the Type in the definition */
  const char *create;
  const char *describe;
  const char *stop;
  const char *name_member;   /* of the Create and Describe inputs */
  const char *arn_member;    /* of the Create answer */
  const char *status_member; /* of the Describe answer */
  const char *role_member;   /* filled with the pipeline's role when it is missing */
  const char *kind;          /* resource kind */
  const char *metadata;      /* member of PipelineExecutionStepMetadata */
  const char *const *cache_members; /* of the Create input: what makes its result */
} EngStepTraits;

const EngStepTraits  *eng_step_traits              (EngStepType        type);

EngPipeline          *eng_pipeline_parse           (const char        *text,
                                                    gssize             length,
                                                    GError           **error);
EngPipeline          *eng_pipeline_parse_stored    (const char        *text,
                                                    GError           **error);
EngPipeline          *eng_pipeline_ref             (EngPipeline       *pipeline);
void                  eng_pipeline_unref           (EngPipeline       *pipeline);
EngPipelineStep      *eng_pipeline_step            (EngPipeline       *pipeline,
                                                    guint              position);

JsonNode             *eng_pipeline_parameter_parse (const EngPipelineParameter *parameter,
                                                    const char        *text,
                                                    GError           **error);
const char           *eng_parameter_type_word      (EngParameterType   type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngPipeline, eng_pipeline_unref)

G_END_DECLS
