/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The resources of the API. */
typedef enum
{
  SAGE_KIND_TRAINING_JOB,
  SAGE_KIND_PROCESSING_JOB,
  SAGE_KIND_PIPELINE,
  SAGE_KIND_EXECUTION,
  SAGE_KIND_STEP,
  SAGE_KIND_PACKAGE_GROUP,
  SAGE_KIND_PACKAGE,
  SAGE_KIND_MODEL,
  SAGE_KIND_ENDPOINT_CONFIG,
  SAGE_KIND_ENDPOINT,
  SAGE_N_KINDS,
} SageKind;

/* How the API names things of one kind: its operations and the members of their replies. */
typedef struct
{
  const char *id;            /* "training-job": in events, ARNs and locations */
  const char *list;          /* "ListTrainingJobs" */
  const char *list_parent;   /* (nullable): the list's input member that names the parent */
  const char *list_items;    /* "TrainingJobSummaries" */
  const char *name;          /* "TrainingJobName": member of summaries and descriptions */
  const char *arn;           /* (nullable) */
  const char *status;        /* (nullable): a kind without one is there or is not */
  const char *created;       /* "CreationTime" */
  const char *modified;      /* (nullable) */
  const char *reason;        /* (nullable): why it failed */
  const char *title;         /* (nullable): what its user calls it, beside its name */
  const char *describe;      /* (nullable): "DescribeTrainingJob" */
  const char *describe_key;  /* its input member */
  const char *stop;          /* (nullable): "StopTrainingJob" */
  const char *remove;        /* (nullable): "DeleteTrainingJob" */
  const char *log_group;     /* (nullable): where it logs */
  gboolean    key_is_arn;    /* describe, stop and remove take the ARN, under describe_key */
} SageKindInfo;

const SageKindInfo *sage_kind_info    (SageKind    kind);
gboolean            sage_kind_from_id (const char *id,
                                       SageKind   *kind);

G_END_DECLS
