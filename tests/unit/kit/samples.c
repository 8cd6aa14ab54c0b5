/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "samples.h"
#include "sage-json.h"

/* What an engine says of a training job of the churn sample. */
const char sample_training_job[] =
  "{\"TrainingJobName\": \"pipelines-im2g33z8ljzz-TrainChurnModel-fq81hs0q2a\","
  " \"TrainingJobArn\": \"arn:aws:sagemaker:us-east-1:000000000000:training-job/"
  "pipelines-im2g33z8ljzz-TrainChurnModel-fq81hs0q2a\","
  " \"ModelArtifacts\": {\"S3ModelArtifacts\": \"s3://sagebrush-us-east-1/churn/model/"
  "pipelines-im2g33z8ljzz-TrainChurnModel-fq81hs0q2a/output/model.tar.gz\"},"
  " \"TrainingJobStatus\": \"InProgress\", \"SecondaryStatus\": \"Training\","
  " \"HyperParameters\": {\"objective\": \"binary:logistic\", \"num_round\": \"50\","
  "  \"max_depth\": \"5\", \"eta\": \"0.2\", \"eval_metric\": \"auc\"},"
  " \"AlgorithmSpecification\": {\"TrainingImage\": \"683313688378.dkr.ecr.us-east-1.amazonaws.com/"
  "sagemaker-xgboost:1.7-1\", \"TrainingInputMode\": \"File\","
  "  \"EnableSageMakerMetricsTimeSeries\": false},"
  " \"RoleArn\": \"arn:aws:iam::000000000000:role/sagebrush\","
  " \"InputDataConfig\": ["
  "  {\"ChannelName\": \"train\", \"DataSource\": {\"S3DataSource\": {\"S3DataType\": \"S3Prefix\","
  "   \"S3Uri\": \"s3://sagebrush-us-east-1/churn/processed/train\","
  "   \"S3DataDistributionType\": \"FullyReplicated\"}}, \"ContentType\": \"text/csv\"},"
  "  {\"ChannelName\": \"validation\", \"DataSource\": {\"S3DataSource\": {\"S3DataType\": \"S3Prefix\","
  "   \"S3Uri\": \"s3://sagebrush-us-east-1/churn/processed/validation\","
  "   \"S3DataDistributionType\": \"FullyReplicated\"}}, \"ContentType\": \"text/csv\"}],"
  " \"OutputDataConfig\": {\"S3OutputPath\": \"s3://sagebrush-us-east-1/churn/model\"},"
  " \"ResourceConfig\": {\"InstanceType\": \"ml.m5.large\", \"InstanceCount\": 1,"
  "  \"VolumeSizeInGB\": 30},"
  " \"StoppingCondition\": {\"MaxRuntimeInSeconds\": 3600},"
  " \"CreationTime\": 1788955200.482, \"TrainingStartTime\": 1788955214.1,"
  " \"LastModifiedTime\": 1788955300.9,"
  " \"FinalMetricDataList\": [{\"MetricName\": \"validation:auc\", \"Value\": 0.9031782746315002,"
  "  \"Timestamp\": 1788955299.0}],"
  " \"EnableNetworkIsolation\": true, \"ProfilingStatus\": null}";

const char sample_pipeline_parameters[] =
  "[{\"Name\": \"InputData\", \"Type\": \"String\", \"DefaultValue\": \"s3://sagebrush/churn/raw.csv\"},"
  " {\"Name\": \"InstanceType\", \"Type\": \"String\", \"DefaultValue\": \"ml.m5.large\","
  "  \"EnumValues\": [\"ml.m5.large\", \"ml.m5.xlarge\"]},"
  " {\"Name\": \"Rounds\", \"Type\": \"Integer\", \"DefaultValue\": 50},"
  " {\"Name\": \"MinAuc\", \"Type\": \"Float\", \"DefaultValue\": 0.8},"
  " {\"Name\": \"Baseline\", \"Type\": \"Boolean\"}]";

/* Returns: (transfer full): the object that the text holds */
JsonObject *
sample_object (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (text, -1, NULL, &error);

  g_assert_no_error (error);

  return json_object_ref (json_node_get_object (node));
}
