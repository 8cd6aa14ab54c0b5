/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-spec"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-form-spec-private.h"

#define END { NULL, NULL, NULL, 0, NULL }

/* The tables hold a title before each group; ADVANCED ones come last. */

static const SageFormSpec training_job[] = {
  { NULL, N_("Job"), NULL, 0, NULL },
  { "TrainingJobName", N_("Name"), NULL, 0, NULL },
  { "RoleArn", N_("Role"), N_("What the job may do, as the ARN of a role"), 0, NULL },

  { NULL, N_("Algorithm"), NULL, 0, NULL },
  { "AlgorithmSpecification.TrainingImage", N_("Image"),
    N_("A built-in algorithm, a framework or a container image"), 0, NULL },
  { "HyperParameters", N_("Hyperparameters"), NULL, 0, NULL },
  { "AlgorithmSpecification.TrainingInputMode", N_("Input mode"),
    N_("File copies the data before the job starts"), SAGE_FORM_ADVANCED, "\"File\"" },
  { "AlgorithmSpecification.MetricDefinitions", N_("Metrics"),
    N_("The name of a metric and the regular expression that finds its value in the log"),
    SAGE_FORM_ADVANCED, NULL },
  { "AlgorithmSpecification.ContainerEntrypoint", N_("Entry point"),
    N_("The command to run instead of the image’s own"), SAGE_FORM_ADVANCED, NULL },
  { "AlgorithmSpecification.ContainerArguments", N_("Arguments"), NULL, SAGE_FORM_ADVANCED, NULL },

  { NULL, N_("Data"), NULL, 0, NULL },
  { "InputDataConfig", N_("Channels"), N_("Each is a folder of its own for the job"), 0, NULL },
  { "InputDataConfig[].ChannelName", N_("Channel"), N_("For example train or validation"), 0, NULL },
  { "InputDataConfig[].DataSource.S3DataSource.S3Uri", N_("Address"), NULL, 0, NULL },
  { "InputDataConfig[].DataSource.S3DataSource.S3DataType", N_("The address is"), NULL, 0, NULL },
  { "InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType", N_("Distribution"),
    N_("Whether every instance gets all of it"), 0, NULL },
  { "InputDataConfig[].ContentType", N_("Content type"), N_("For example text/csv"), 0, NULL },
  { "InputDataConfig[].CompressionType", N_("Compression"), NULL, 0, NULL },
  { "OutputDataConfig.S3OutputPath", N_("Output"), N_("Where the model is stored"), 0, NULL },

  { NULL, N_("Resources"), NULL, 0, NULL },
  { "ResourceConfig.InstanceType", N_("Instance type"), NULL, 0, "\"ml.m5.large\"" },
  { "ResourceConfig.InstanceCount", N_("Instances"), NULL, 0, "1" },
  { "ResourceConfig.VolumeSizeInGB", N_("Disk (GB)"), NULL, 0, "30" },
  { "StoppingCondition.MaxRuntimeInSeconds", N_("Longest run (s)"),
    N_("The job is stopped after so many seconds"), 0, "86400" },
  { "EnableManagedSpotTraining", N_("Spot instances"),
    N_("Cheaper; the job may be interrupted and goes on from its checkpoint"), SAGE_FORM_ADVANCED,
    NULL },
  { "StoppingCondition.MaxWaitTimeInSeconds", N_("Longest wait for spot instances (s)"), NULL,
    SAGE_FORM_ADVANCED, NULL },
  { "CheckpointConfig.S3Uri", N_("Checkpoints"), N_("Where they are kept while the job runs"),
    SAGE_FORM_ADVANCED, NULL },
  { "Environment", N_("Environment variables"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "EnableNetworkIsolation", N_("No network"), N_("The job reaches nothing outside"),
    SAGE_FORM_ADVANCED, NULL },
  { "RetryStrategy.MaximumRetryAttempts", N_("Retries"), N_("After failures that are not the job’s own"),
    SAGE_FORM_ADVANCED, NULL },
  { "ExperimentConfig.ExperimentName", N_("Experiment"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "ExperimentConfig.RunName", N_("Run"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "Tags", N_("Tags"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

/* The same, where it runs a notebook. */
static const SageFormSpec notebook_job[] = {
  { NULL, N_("Job"), NULL, 0, NULL },
  { "TrainingJobName", N_("Name"), NULL, 0, NULL },
  { "ResourceConfig.InstanceType", N_("Instance type"), NULL, 0, NULL },
  { "StoppingCondition.MaxRuntimeInSeconds", N_("Longest run (s)"),
    N_("The job is stopped after so many seconds"), 0, NULL },
  { "EnableNetworkIsolation", N_("No network"), N_("The job reaches nothing outside"),
    SAGE_FORM_ADVANCED, NULL },
  { "AlgorithmSpecification.MetricDefinitions", N_("Metrics"),
    N_("The name of a metric and the regular expression that finds its value in the log"),
    SAGE_FORM_ADVANCED, NULL },
  { "Tags", N_("Tags"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec processing_job[] = {
  { NULL, N_("Job"), NULL, 0, NULL },
  { "ProcessingJobName", N_("Name"), NULL, 0, NULL },
  { "RoleArn", N_("Role"), N_("What the job may do, as the ARN of a role"), 0, NULL },

  { NULL, N_("Program"), NULL, 0, NULL },
  { "AppSpecification.ImageUri", N_("Image"), N_("A framework or a container image"), 0, NULL },
  { "AppSpecification.ContainerEntrypoint", N_("Entry point"),
    N_("The command to run, a word a line"), 0, NULL },
  { "AppSpecification.ContainerArguments", N_("Arguments"), NULL, 0, NULL },
  { "Environment", N_("Environment variables"), NULL, SAGE_FORM_ADVANCED, NULL },

  { NULL, N_("Data"), NULL, 0, NULL },
  { "ProcessingInputs", N_("Inputs"), N_("What is there when the job starts"), 0, NULL },
  { "ProcessingInputs[].InputName", N_("Input"), NULL, 0, NULL },
  { "ProcessingInputs[].S3Input.S3Uri", N_("Address"), NULL, 0, NULL },
  { "ProcessingInputs[].S3Input.LocalPath", N_("Folder"), N_("In the job, below /opt/ml/processing"),
    0, NULL },
  { "ProcessingInputs[].S3Input.S3DataType", N_("The address is"), NULL, 0, NULL },
  { "ProcessingInputs[].S3Input.S3InputMode", N_("Input mode"), NULL, 0, NULL },
  { "ProcessingOutputConfig.Outputs", N_("Outputs"), N_("What is stored when the job ends"), 0, NULL },
  { "ProcessingOutputConfig.Outputs[].OutputName", N_("Output"), NULL, 0, NULL },
  { "ProcessingOutputConfig.Outputs[].S3Output.S3Uri", N_("Address"), NULL, 0, NULL },
  { "ProcessingOutputConfig.Outputs[].S3Output.LocalPath", N_("Folder"),
    N_("In the job, below /opt/ml/processing"), 0, NULL },
  { "ProcessingOutputConfig.Outputs[].S3Output.S3UploadMode", N_("Stored"), NULL, 0, NULL },

  { NULL, N_("Resources"), NULL, 0, NULL },
  { "ProcessingResources.ClusterConfig.InstanceType", N_("Instance type"), NULL, 0,
    "\"ml.m5.large\"" },
  { "ProcessingResources.ClusterConfig.InstanceCount", N_("Instances"), NULL, 0, "1" },
  { "ProcessingResources.ClusterConfig.VolumeSizeInGB", N_("Disk (GB)"), NULL, 0, "30" },
  { "StoppingCondition.MaxRuntimeInSeconds", N_("Longest run (s)"),
    N_("The job is stopped after so many seconds"), 0, "86400" },
  { "NetworkConfig.EnableNetworkIsolation", N_("No network"), N_("The job reaches nothing outside"),
    SAGE_FORM_ADVANCED, NULL },
  { "ExperimentConfig.ExperimentName", N_("Experiment"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "ExperimentConfig.TrialName", N_("Trial"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "Tags", N_("Tags"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec start_execution[] = {
  { NULL, N_("Execution"), NULL, 0, NULL },
  { "PipelineName", N_("Pipeline"), NULL, 0, NULL },
  { "PipelineExecutionDisplayName", N_("Name"), N_("One is made if you leave it empty"), 0, NULL },
  { "PipelineExecutionDescription", N_("Description"), NULL, SAGE_FORM_MULTILINE, NULL },
  { "PipelineParameters", N_("Parameters"), N_("Those that are not named keep their defaults"), 0,
    NULL },
  { "ParallelismConfiguration.MaxParallelExecutionSteps", N_("Steps at once"), NULL,
    SAGE_FORM_ADVANCED, NULL },
  END,
};

/* The same, where the pipeline and its parameters are known. */
static const SageFormSpec start_known_execution[] = {
  { NULL, N_("Execution"), NULL, 0, NULL },
  { "PipelineExecutionDisplayName", N_("Name"), N_("One is made if you leave it empty"), 0, NULL },
  { "PipelineExecutionDescription", N_("Description"), NULL, SAGE_FORM_MULTILINE, NULL },
  { "ParallelismConfiguration.MaxParallelExecutionSteps", N_("Steps at once"), NULL,
    SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec endpoint_config[] = {
  { NULL, N_("Configuration"), NULL, 0, NULL },
  { "EndpointConfigName", N_("Name"), NULL, 0, NULL },
  { "ProductionVariants", N_("Variants"), N_("Requests are shared among them by weight"), 0, NULL },
  { "ProductionVariants[].VariantName", N_("Variant"), NULL, 0, NULL },
  { "ProductionVariants[].ModelName", N_("Model"), NULL, 0, NULL },
  { "ProductionVariants[].InstanceType", N_("Instance type"), NULL, 0, NULL },
  { "ProductionVariants[].InitialInstanceCount", N_("Instances"), NULL, 0, NULL },
  { "ProductionVariants[].InitialVariantWeight", N_("Weight"), NULL, 0, NULL },
  { "ProductionVariants[].ContainerStartupHealthCheckTimeoutInSeconds", N_("Longest start (s)"), NULL,
    0, NULL },

  { NULL, N_("Data capture"), N_("Keeps requests and answers, for monitoring"), 0, NULL },
  { "DataCaptureConfig", N_("Capture"), NULL, 0, NULL },
  { "ShadowProductionVariants", N_("Shadow variants"),
    N_("They get copies of requests, and their answers are only recorded"), SAGE_FORM_ADVANCED, NULL },
  { "EnableNetworkIsolation", N_("No network"), N_("The models reach nothing outside"),
    SAGE_FORM_ADVANCED, NULL },
  { "Tags", N_("Tags"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec endpoint[] = {
  { NULL, N_("Endpoint"), NULL, 0, NULL },
  { "EndpointName", N_("Name"), N_("What applications call it by"), 0, NULL },
  { "EndpointConfigName", N_("Configuration"), NULL, 0, NULL },
  { "DeploymentConfig", N_("Deployment"), N_("How traffic moves over when it is updated"),
    SAGE_FORM_ADVANCED, NULL },
  { "Tags", N_("Tags"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec update_endpoint[] = {
  { NULL, N_("Endpoint"), NULL, 0, NULL },
  { "EndpointName", N_("Name"), NULL, 0, NULL },
  { "EndpointConfigName", N_("New configuration"), NULL, 0, NULL },
  { "RetainAllVariantProperties", N_("Keep instances and weights"),
    N_("Those that were set since it was created"), 0, NULL },
  { "DeploymentConfig", N_("Deployment"), N_("How traffic moves over"), SAGE_FORM_ADVANCED, NULL },
  { "RetainDeploymentConfig", N_("Deploy as the last time"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec model[] = {
  { NULL, N_("Model"), NULL, 0, NULL },
  { "ModelName", N_("Name"), NULL, 0, NULL },
  { "ExecutionRoleArn", N_("Role"), N_("What the model may do, as the ARN of a role"), 0, NULL },

  { NULL, N_("Container"), NULL, 0, NULL },
  { "PrimaryContainer.Image", N_("Image"), N_("What serves the model"), 0, NULL },
  { "PrimaryContainer.ModelDataUrl", N_("Model"), N_("A model.tar.gz"), 0, NULL },
  { "PrimaryContainer.ModelPackageName", N_("Model version"),
    N_("In place of an image and a model: the ARN of a registered version"), 0, NULL },
  { "PrimaryContainer.Environment", N_("Environment variables"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "EnableNetworkIsolation", N_("No network"), N_("The model reaches nothing outside"),
    SAGE_FORM_ADVANCED, NULL },
  { "Tags", N_("Tags"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const SageFormSpec update_package[] = {
  { NULL, N_("Approval"), NULL, 0, NULL },
  { "ModelApprovalStatus", N_("Status"), NULL, 0, NULL },
  { "ApprovalDescription", N_("Reason"), N_("Who reads it later wants to know why"),
    SAGE_FORM_MULTILINE, NULL },
  { NULL, N_("About the version"), NULL, 0, NULL },
  { "CustomerMetadataProperties", N_("Properties"), NULL, 0, NULL },
  { "SourceUri", N_("Source"), NULL, SAGE_FORM_ADVANCED, NULL },
  { "ModelLifeCycle", N_("Life cycle"), NULL, SAGE_FORM_ADVANCED, NULL },
  END,
};

static const struct
{
  const char         *operation;
  const SageFormSpec *spec;
} specs[] = {
  { "CreateEndpoint", endpoint },
  { "CreateEndpointConfig", endpoint_config },
  { "CreateModel", model },
  { "CreateProcessingJob", processing_job },
  { "CreateTrainingJob", training_job },
  { SAGE_FORM_NOTEBOOK_JOB, notebook_job },
  { "StartPipelineExecution", start_execution },
  { SAGE_FORM_KNOWN_EXECUTION, start_known_execution },
  { "UpdateEndpoint", update_endpoint },
  { "UpdateModelPackage", update_package },
};

/* Returns: (nullable): which members of an operation are shown; all if there is no table for it */
const SageFormSpec *
sage_form_spec_find (const char *operation)
{
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    if (strcmp (specs[i].operation, operation) == 0)
      return specs[i].spec;

  return NULL;
}

static gboolean
is_end (const SageFormSpec *spec)
{
  return spec->path == NULL && spec->label == NULL;
}

/*
 * @at: where to look from; @inside (nullable): what the paths start with (`A.B[].`), none at the top;
 * @path: (out) (nullable): the rest of the path, none for the title of a group
 *
 * Returns: (nullable): the next member there
 */
const SageFormSpec *
sage_form_spec_next (const SageFormSpec  *at,
                     const char          *inside,
                     const char         **path)
{
  for (; !is_end (at); at++)
    {
      if (at->path == NULL && inside == NULL)
        {
          *path = NULL;
          return at;
        }
      if (at->path == NULL || (inside != NULL && !g_str_has_prefix (at->path, inside)))
        continue;

      *path = at->path + (inside != NULL ? strlen (inside) : 0);
      if (strstr (*path, "[].") == NULL)
        return at;
    }

  return NULL;
}

/* Returns: a label or a help of the tables, translated */
const char *
sage_form_spec_word (const char *word)
{
  return _(word);
}
