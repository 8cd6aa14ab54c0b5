/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kind"

#include "config.h"

#include <string.h>

#include "sage-kind.h"

static const SageKindInfo kinds[SAGE_N_KINDS] = {
  [SAGE_KIND_TRAINING_JOB] = {
    .id = "training-job",
    .list = "ListTrainingJobs", .list_items = "TrainingJobSummaries",
    .name = "TrainingJobName", .arn = "TrainingJobArn", .status = "TrainingJobStatus",
    .created = "CreationTime", .modified = "LastModifiedTime", .reason = "FailureReason",
    .describe = "DescribeTrainingJob", .describe_key = "TrainingJobName",
    .stop = "StopTrainingJob", .remove = "DeleteTrainingJob",
    .log_group = "/aws/sagemaker/TrainingJobs",
  },
  [SAGE_KIND_PROCESSING_JOB] = {
    .id = "processing-job",
    .list = "ListProcessingJobs", .list_items = "ProcessingJobSummaries",
    .name = "ProcessingJobName", .arn = "ProcessingJobArn", .status = "ProcessingJobStatus",
    .created = "CreationTime", .modified = "LastModifiedTime", .reason = "FailureReason",
    .describe = "DescribeProcessingJob", .describe_key = "ProcessingJobName",
    .stop = "StopProcessingJob", .remove = "DeleteProcessingJob",
    .log_group = "/aws/sagemaker/ProcessingJobs",
  },
  [SAGE_KIND_PIPELINE] = {
    .id = "pipeline",
    .list = "ListPipelines", .list_items = "PipelineSummaries",
    .name = "PipelineName", .arn = "PipelineArn", .status = "PipelineStatus",
    .created = "CreationTime", .modified = "LastModifiedTime",
    .describe = "DescribePipeline", .describe_key = "PipelineName",
    .remove = "DeletePipeline",
  },
  [SAGE_KIND_EXECUTION] = {
    .id = "pipeline-execution",
    .list = "ListPipelineExecutions", .list_parent = "PipelineName",
    .list_items = "PipelineExecutionSummaries",
    .name = "PipelineExecutionArn", .arn = "PipelineExecutionArn",
    .status = "PipelineExecutionStatus", .created = "StartTime", .modified = "LastModifiedTime",
    .reason = "PipelineExecutionFailureReason", .title = "PipelineExecutionDisplayName",
    .describe = "DescribePipelineExecution", .describe_key = "PipelineExecutionArn",
    .stop = "StopPipelineExecution", .key_is_arn = TRUE,
  },
  [SAGE_KIND_STEP] = {
    .id = "pipeline-execution-step",
    .list = "ListPipelineExecutionSteps", .list_parent = "PipelineExecutionArn",
    .list_items = "PipelineExecutionSteps",
    .name = "StepName", .status = "StepStatus", .created = "StartTime", .modified = "EndTime",
    .reason = "FailureReason",
  },
  [SAGE_KIND_PACKAGE_GROUP] = {
    .id = "model-package-group",
    .list = "ListModelPackageGroups", .list_items = "ModelPackageGroupSummaryList",
    .name = "ModelPackageGroupName", .arn = "ModelPackageGroupArn",
    .status = "ModelPackageGroupStatus", .created = "CreationTime",
    .describe = "DescribeModelPackageGroup", .describe_key = "ModelPackageGroupName",
    .remove = "DeleteModelPackageGroup",
  },
  [SAGE_KIND_PACKAGE] = {
    .id = "model-package",
    .list = "ListModelPackages", .list_parent = "ModelPackageGroupName",
    .list_items = "ModelPackageSummaryList",
    .name = "ModelPackageArn", .arn = "ModelPackageArn", .status = "ModelPackageStatus",
    .created = "CreationTime", .modified = "LastModifiedTime",
    .describe = "DescribeModelPackage", .describe_key = "ModelPackageName",
    .remove = "DeleteModelPackage", .key_is_arn = TRUE,
  },
  [SAGE_KIND_MODEL] = {
    .id = "model",
    .list = "ListModels", .list_items = "Models",
    .name = "ModelName", .arn = "ModelArn", .created = "CreationTime",
    .describe = "DescribeModel", .describe_key = "ModelName",
    .remove = "DeleteModel",
  },
  [SAGE_KIND_ENDPOINT_CONFIG] = {
    .id = "endpoint-config",
    .list = "ListEndpointConfigs", .list_items = "EndpointConfigs",
    .name = "EndpointConfigName", .arn = "EndpointConfigArn", .created = "CreationTime",
    .describe = "DescribeEndpointConfig", .describe_key = "EndpointConfigName",
    .remove = "DeleteEndpointConfig",
  },
  [SAGE_KIND_ENDPOINT] = {
    .id = "endpoint",
    .list = "ListEndpoints", .list_items = "Endpoints",
    .name = "EndpointName", .arn = "EndpointArn", .status = "EndpointStatus",
    .created = "CreationTime", .modified = "LastModifiedTime", .reason = "FailureReason",
    .describe = "DescribeEndpoint", .describe_key = "EndpointName",
    .remove = "DeleteEndpoint",
    .log_group = "/aws/sagemaker/Endpoints",
  },
};

/**
 * sage_kind_info:
 * @kind: a kind
 *
 * Returns: the names of the API for things of that kind
 */
const SageKindInfo *
sage_kind_info (SageKind kind)
{
  g_return_val_if_fail (kind < SAGE_N_KINDS, NULL);

  return &kinds[kind];
}

/**
 * sage_kind_from_id:
 * @id: what an event or a location calls a kind, e.g. `training-job`
 * @kind: (out): the kind
 *
 * Returns: whether there is such a kind
 */
gboolean
sage_kind_from_id (const char *id,
                   SageKind   *kind)
{
  g_return_val_if_fail (id != NULL, FALSE);

  for (guint i = 0; i < SAGE_N_KINDS; i++)
    if (strcmp (kinds[i].id, id) == 0)
      {
        *kind = i;
        return TRUE;
      }

  return FALSE;
}
