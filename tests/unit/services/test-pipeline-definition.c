/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-pipeline-definition.h"
#include "sage-error.h"

/* Steps in short: %NAME% is replaced by the text of the same name below. */
#define ROLE "'RoleArn':'arn:aws:iam::000000000000:role/service-role/r'"

#define TRAIN_ARGUMENTS \
  "{'AlgorithmSpecification':{'TrainingImage':'xgboost:1','TrainingInputMode':'File'}," \
  ROLE ",'OutputDataConfig':{'S3OutputPath':'s3://b/o'}," \
  "'ResourceConfig':{'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{'MaxRuntimeInSeconds':60},'HyperParameters':{'eta':'0.1'}}"

#define TRAIN(name, more) \
  "{'Name':'" name "','Type':'Training','Arguments':" TRAIN_ARGUMENTS more "}"

#define PROCESS(name, more) \
  "{'Name':'" name "','Type':'Processing','Arguments':{" ROLE "," \
  "'AppSpecification':{'ImageUri':'scikit:1','ContainerEntrypoint':['python3','/code/p.py']}," \
  "'ProcessingResources':{'ClusterConfig':{'InstanceType':'ml.m5.large','InstanceCount':1," \
  "'VolumeSizeInGB':5}},'ProcessingOutputConfig':{'Outputs':[{'OutputName':'out'," \
  "'S3Output':{'S3Uri':'s3://b/out','LocalPath':'/opt/ml/processing/out'," \
  "'S3UploadMode':'EndOfJob'}}]}}" more "}"

#define FAIL(name, message) \
  "{'Name':'" name "','Type':'Fail','Arguments':{'ErrorMessage':" message "}}"

#define CONDITION(name, condition, if_steps, else_steps) \
  "{'Name':'" name "','Type':'Condition','Arguments':{'Conditions':[" condition "]," \
  "'IfSteps':[" if_steps "],'ElseSteps':[" else_steps "]}}"

#define EQUALS(left, right) \
  "{'Type':'Equals','LeftValue':" left ",'RightValue':" right "}"

#define PIPELINE(steps) "{'Version':'2020-12-01','Steps':[" steps "]}"
#define WITH_PARAMETERS(parameters, steps) \
  "{'Version':'2020-12-01','Parameters':[" parameters "],'Steps':[" steps "]}"

/* A training step with one hyperparameter, where expressions are tried. */
#define HYPER(value) \
  "{'Name':'T','Type':'Training','Arguments':{" \
  "'AlgorithmSpecification':{'TrainingInputMode':'File'}," ROLE "," \
  "'OutputDataConfig':{'S3OutputPath':'s3://b/o'}," \
  "'ResourceConfig':{'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{},'HyperParameters':{'x':" value "}}}"

/* ' stands for " and ~ for ', so that definitions can be read. */
static char *
unquote (const char *text)
{
  char *json = g_strdup (text);

  g_strdelimit (json, "'", '"');
  g_strdelimit (json, "~", '\'');

  return json;
}

static EngPipeline *
parse (const char  *text,
       GError     **error)
{
  g_autofree char *json = unquote (text);

  return eng_pipeline_parse (json, -1, error);
}

typedef struct
{
  const char *text;
  const char *expected; /* part of the message: where, and what is wrong */
} Refusal;

static const Refusal refusals[] = {
  { "", "Unable to parse pipeline definition. " },
  { "[]", "Unable to parse pipeline definition. A JSON object was expected" },
  { "{", "Unable to parse pipeline definition. " },
  { "{'Version':1,'Version':2}", "Unable to parse pipeline definition. " },
  { "{}", "Version: Required member is missing" },
  { "{'Version':20201201}", "Version: Expected a string, found an integer" },
  { "{'Version':'2019-01-01'}", "Version: '2019-01-01' is not '2020-12-01'" },
  { "{'Version':'2020-12-01'}", "Steps: Required member is missing" },
  { "{'Version':'2020-12-01','Steps':{}}", "Steps: Expected a list, found an object" },
  { "{'Version':'2020-12-01','Steps':null}", "Steps: Required member is missing" },
  { PIPELINE (""), "Steps: A pipeline has at least one step" },
  { PIPELINE ("3"), "Steps[0]: Expected an object, found an integer" },
  { "{'Version':'2020-12-01','Step':[],'Steps':[]}", "Step: Unknown member" },
  { "{'Version':'2020-12-01','Metadata':[],'Steps':[]}", "Metadata: Expected an object" },
  { "{'Version':'2020-12-01','PipelineExperimentConfig':{'Name':'x'},'Steps':["
    FAIL ("F", "'m'") "]}", "PipelineExperimentConfig.Name: Unknown member" },
  { "{'Version':'2020-12-01','PipelineExperimentConfig':{'TrialName':{'Get':'Steps.F.Arn'}},"
    "'Steps':[" FAIL ("F", "'m'") "]}",
    "PipelineExperimentConfig.TrialName.Get: 'Steps.F.Arn': steps cannot be referred to here" },
  { "{'Version':'2020-12-01','PipelineExperimentConfig':{'TrialName':{'Std:JsonGet':{'S3Uri':"
    "'s3://b/k','Path':'a'}}},'Steps':[" FAIL ("F", "'m'") "]}",
    "PipelineExperimentConfig.TrialName['Std:JsonGet']: Files cannot be read here" },
  { "{'Version':'2020-12-01','PipelineExperimentConfig':{'TrialName':{'Std:Join':{'On':'','Values':["
    "{'Std:JsonGet':{'S3Uri':'s3://b/k','Path':'a'}}]}}},'Steps':[" FAIL ("F", "'m'") "]}",
    "Files cannot be read here" },

  /* Steps. */
  { PIPELINE ("{'Name':'A'}"), "Steps[0].Type: Required member is missing" },
  { PIPELINE ("{'Name':'A','Type':'Lambda','FunctionArn':'x'}"),
    "Steps[0].Type: Step type 'Lambda' is not supported" },
  { PIPELINE ("{'Name':'A','Type':'EMR','Arguments':{}}"), "Step type 'EMR' is not supported" },
  { PIPELINE ("{'Name':'A','Type':'fail','Arguments':{}}"), "Step type 'fail' is not supported" },
  { PIPELINE ("{'Type':'Fail','Arguments':{'ErrorMessage':'m'}}"),
    "Steps[0].Name: Required member is missing" },
  { PIPELINE (FAIL ("", "'m'")), "Steps[0].Name: Must not be empty" },
  { PIPELINE (FAIL ("a b", "'m'")), "Steps[0].Name: 'a b' may hold letters" },
  { PIPELINE (FAIL ("a.b", "'m'")), "Steps[0].Name: 'a.b' may hold letters" },
  { PIPELINE (FAIL ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "'m'")),
    "Steps[0].Name: The string is too long (length: 65, maximum allowed: 64)" },
  { PIPELINE (FAIL ("A", "'m'") "," FAIL ("A", "'m'")),
    "Steps[1].Name: Step name 'A' is already used by Steps[0]" },
  { PIPELINE (FAIL ("Train", "'m'") "," FAIL ("train", "'m'")),
    "Steps[1].Name: Step name 'train' is already used by Steps[0]" },
  { PIPELINE (FAIL ("A", "'m'") ",{'Name':'B','DisplayName':'a','Type':'Fail','Arguments':"
              "{'ErrorMessage':'m'}}"),
    "Steps[1].DisplayName: 'a' is the name of another step, Steps[0]" },
  { PIPELINE ("{'Name':'A','Type':'Fail'}"), "Steps[0].Arguments: Required member is missing" },
  { PIPELINE ("{'Name':'A','Type':'Fail','Arguments':[]}"),
    "Steps[0].Arguments: Expected an object, found a list" },
  { PIPELINE ("{'Name':'A','Type':'Fail','Arguments':{'ErrorMessage':'m'},'Foo':1}"),
    "Steps[0].Foo: Unknown member" },
  { PIPELINE ("{'Name':'A','Type':'Fail','Arguments':{}}"),
    "Steps[0].Arguments.ErrorMessage: Required member is missing" },
  { PIPELINE ("{'Name':'A','Type':'Fail','Arguments':{'ErrorMessage':'m','Code':1}}"),
    "Steps[0].Arguments.Code: Unknown member" },
  { PIPELINE (FAIL ("A", "5")), "Steps[0].Arguments.ErrorMessage: Expected a string" },
  { PIPELINE (FAIL ("A", "['x']")), "Steps[0].Arguments.ErrorMessage: Expected a string" },

  /* DependsOn, cycles. */
  { PIPELINE (TRAIN ("A", ",'DependsOn':'B'")), "Steps[0].DependsOn: Expected a list" },
  { PIPELINE (TRAIN ("A", ",'DependsOn':[1]")), "Steps[0].DependsOn[0]: Expected a string" },
  { PIPELINE (TRAIN ("A", ",'DependsOn':['B']")), "Steps[0].DependsOn[0]: There is no step 'B'" },
  { PIPELINE (TRAIN ("A", ",'DependsOn':['A']")), "circle: A -> A" },
  { PIPELINE (TRAIN ("A", ",'DependsOn':['F']") "," FAIL ("F", "'m'")),
    "Steps[0].DependsOn[0]: Nothing can depend on Fail step 'F'" },
  { PIPELINE (TRAIN ("A", ",'DependsOn':['C']") "," TRAIN ("B", ",'DependsOn':['A']") ","
              TRAIN ("C", ",'DependsOn':['B']") "," TRAIN ("D", ",'DependsOn':['C']")),
    "Steps: The steps depend on each other in a circle: B -> C -> A -> B" },
  { PIPELINE (TRAIN ("A", ",'DependsOn':['T']") ","
              HYPER ("{'Get':'Steps.A.TrainingJobName'}")),
    "circle: T -> A -> T" },
  { PIPELINE (HYPER ("{'Get':'Steps.T.TrainingJobName'}")), "circle: T -> T" },
  { PIPELINE (CONDITION ("C", EQUALS ("{'Get':'Steps.B.TrainingJobName'}", "'x'"),
                         TRAIN ("B", ""), "")),
    "circle: B -> C -> B" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), TRAIN ("B", ""), "") ","
              TRAIN ("D", ",'DependsOn':['E']") "," TRAIN ("E", ",'DependsOn':['D']")),
    "circle: E -> D -> E" },

  /* Conditions. */
  { PIPELINE ("{'Name':'C','Type':'Condition','Arguments':{}}"),
    "Steps[0].Arguments.Conditions: Required member is missing" },
  { PIPELINE ("{'Name':'C','Type':'Condition','Arguments':{'Conditions':[]}}"),
    "Steps[0].Arguments.Conditions: Expected at least one condition" },
  { PIPELINE ("{'Name':'C','Type':'Condition','Arguments':{'Conditions':[],'ThenSteps':[]}}"),
    "Steps[0].Arguments.ThenSteps: Unknown member" },
  { PIPELINE (CONDITION ("C", "{'Type':'Same'}", "", "")),
    "Steps[0].Arguments.Conditions[0].Type: 'Same' is none of Equals" },
  { PIPELINE (CONDITION ("C", "{'Type':'Equals','LeftValue':1}", "", "")),
    "Steps[0].Arguments.Conditions[0].RightValue: Required member is missing" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "'1'"), "", "")),
    "Steps[0].Arguments.Conditions[0]: LeftValue is an integer and RightValue a string" },
  { PIPELINE (CONDITION ("C", EQUALS ("[1]", "1"), "", "")),
    "Conditions[0].LeftValue: Expected a single value, found a list" },
  { PIPELINE (CONDITION ("C", EQUALS ("null", "1"), "", "")),
    "Conditions[0].LeftValue: Expected a value, found null" },
  { PIPELINE (CONDITION ("C", "{'Type':'LessThan','LeftValue':true,'RightValue':false}", "", "")),
    "Conditions[0].LeftValue: A boolean is neither greater nor less" },
  { PIPELINE (CONDITION ("C", "{'Type':'In','QueryValue':1,'Values':[2,'x']}", "", "")),
    "Conditions[0].Values[1]: QueryValue is an integer and this value a string" },
  { PIPELINE (CONDITION ("C", "{'Type':'In','QueryValue':1}", "", "")),
    "Conditions[0].Values: Required member is missing" },
  { PIPELINE (CONDITION ("C", "{'Type':'Not'}", "", "")),
    "Conditions[0].Expression: Expected one condition" },
  { PIPELINE (CONDITION ("C", "{'Type':'Not','Expression':{'Type':'Or','Conditions':[]}}", "", "")),
    "Conditions[0].Expression.Conditions: Expected at least one condition" },
  { PIPELINE (CONDITION ("C", "{'Type':'Or','Conditions':[7]}", "", "")),
    "Conditions[0].Conditions[0]: Expected an object, found an integer" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), CONDITION ("D", EQUALS ("1", "1"), "", ""), "")),
    "Steps[0].Arguments.IfSteps[0].Type: A Condition step cannot stand in a branch" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), TRAIN ("A", ""), TRAIN ("A", ""))),
    "Steps[0].Arguments.ElseSteps[0].Name: Step 'A' stands in both branches" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), TRAIN ("A", ""),
                         TRAIN ("B", ",'DependsOn':['A']"))),
    "Steps[0].Arguments.ElseSteps[0].DependsOn[0]: Step 'A' stands in the other branch" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), TRAIN ("A", ""),
                         HYPER ("{'Get':'Steps.A.TrainingJobName'}"))),
    "HyperParameters.x.Get: 'Steps.A.TrainingJobName': step 'A' stands in the other branch" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), "7", "")),
    "Steps[0].Arguments.IfSteps[0]: Expected an object" },

  /* Parameters. */
  { WITH_PARAMETERS ("7", FAIL ("F", "'m'")), "Parameters[0]: Expected an object" },
  { WITH_PARAMETERS ("{'Type':'String'}", FAIL ("F", "'m'")), "Parameters[0].Name: Required" },
  { WITH_PARAMETERS ("{'Name':'a b','Type':'String'}", FAIL ("F", "'m'")),
    "Parameters[0].Name: 'a b' may hold" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'Decimal'}", FAIL ("F", "'m'")),
    "Parameters[0].Type: 'Decimal' is none of" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'Integer','DefaultValue':'3'}", FAIL ("F", "'m'")),
    "Parameters[0].DefaultValue: Expected a value of type Integer, found a string" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'Integer','DefaultValue':3.5}", FAIL ("F", "'m'")),
    "Parameters[0].DefaultValue: Expected a value of type Integer, found a number" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'Boolean','DefaultValue':1}", FAIL ("F", "'m'")),
    "Parameters[0].DefaultValue: Expected a value of type Boolean" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'String','EnumValues':['a',1]}", FAIL ("F", "'m'")),
    "Parameters[0].EnumValues[1]: Expected a value of type String" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'String','EnumValues':['a'],'DefaultValue':'b'}",
                     FAIL ("F", "'m'")),
    "Parameters[0].DefaultValue: The value is not among the EnumValues" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'String'},{'Name':'P','Type':'String'}",
                     FAIL ("F", "'m'")),
    "Parameters[1].Name: Parameter 'P' is declared twice" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'String','Min':1}", FAIL ("F", "'m'")),
    "Parameters[0].Min: Unknown member" },

  /* References. */
  { PIPELINE (HYPER ("{'Get':5}")), "HyperParameters.x.Get: Expected a string" },
  { PIPELINE (HYPER ("{'Get':''}")), "HyperParameters.x.Get: '' is not a path" },
  { PIPELINE (HYPER ("{'Get':'Parameters'}")), "'Parameters' is none of Parameters.NAME" },
  { PIPELINE (HYPER ("{'Get':'Parameters.P.Q'}")), "'Parameters.P.Q' is none of" },
  { PIPELINE (HYPER ("{'Get':'Parameters.P'}")), "'Parameters.P': there is no parameter 'P'" },
  { PIPELINE (HYPER ("{'Get':'Secrets.P'}")), "'Secrets.P' is none of" },
  { PIPELINE (HYPER ("{'Get':'Execution.Role'}")),
    "'Execution.Role': there is no such execution variable here" },
  { PIPELINE (HYPER ("{'Get':'Execution.ProcessingJobName'}")), "no such execution variable here" },
  { PIPELINE (HYPER ("{'Get':'Steps.X.TrainingJobName'}")), "there is no step 'X'" },
  { PIPELINE (FAIL ("F", "'m'") "," HYPER ("{'Get':'Steps.F.ErrorMessage'}")),
    "Steps[1].Arguments.HyperParameters.x.Get: 'Steps.F.ErrorMessage': nothing can depend on Fail" },
  { PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.Accuracy'}")),
    "'Steps.A.Accuracy': DescribeTrainingJob answers no such property" },
  { PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.ModelArtifacts.Uri'}")),
    "DescribeTrainingJob answers no such property" },
  { PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.TrainingJobName.First'}")),
    "DescribeTrainingJob answers no such property" },
  { PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.ModelArtifacts'}")),
    "Expected a string, but the expression gives an object" },
  { PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.FinalMetricDataList[x]'}")),
    "is not a path" },
  { PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.SecondaryStatusTransitions[~x~]'}")),
    "names 'x' in a list, which takes an index" },
  { PIPELINE (PROCESS ("A", "") ","
              HYPER ("{'Get':'Steps.A.ProcessingOutputConfig.Outputs[~nope~].S3Output.S3Uri'}")),
    "step 'A' has no OutputName 'nope'" },
  { PIPELINE (CONDITION ("C", EQUALS ("1", "1"), "", "") "," HYPER ("{'Get':'Steps.C.Result'}")),
    "a Condition step has the property Outcome only" },
  { PIPELINE (HYPER ("{'Std:Foo':[]}")), "Unknown function" },
  { PIPELINE (HYPER ("{'Std:Join':[]}")), "HyperParameters.x['Std:Join']: Expected an object" },
  { PIPELINE (HYPER ("{'Std:Join':{'On':'-'}}")), "['Std:Join'].Values: Required" },
  { PIPELINE (HYPER ("{'Std:Join':{'On':1,'Values':[]}}")), "['Std:Join'].On: Expected a string" },
  { PIPELINE (HYPER ("{'Std:Join':{'On':'','Values':[['a']]}}")),
    "['Std:Join'].Values[0]: Only single values can be joined" },
  { PIPELINE (HYPER ("{'Std:JsonGet':{'Path':'a','S3Uri':'s3://b/k','PropertyFile':{}}}")),
    "Exactly one of PropertyFile and S3Uri" },
  { PIPELINE (HYPER ("{'Std:JsonGet':{'Path':'a..b','S3Uri':'s3://b/k'}}")),
    "['Std:JsonGet'].Path: 'a..b' is not a path" },
  { PIPELINE (HYPER ("{'Std:JsonGet':{'Path':'a','S3Uri':7}}")), "S3Uri: Expected a string" },
  { PIPELINE (PROCESS ("A", "") ","
              HYPER ("{'Std:JsonGet':{'Path':'a','PropertyFile':{'Get':"
                     "'Steps.A.PropertyFiles.E'}}}")),
    "step 'A' has no property file 'E'" },
  { PIPELINE (HYPER ("{'Std:JsonGet':{'Path':'a','PropertyFile':{'Get':"
                     "'Steps.B.PropertyFiles.E'}}}")), "there is no step 'B'" },
  { PIPELINE (PROCESS ("A", "") "," HYPER ("{'Get':'Steps.A.PropertyFiles.E'}")),
    "a property file is read with Std:JsonGet" },

  /* Types and bounds of requests. */
  { PIPELINE (HYPER ("5")), "HyperParameters.x: Expected a string, found an integer" },
  { PIPELINE ("{'Name':'T','Type':'Training','Arguments':{'HyperParameters':[]}}"),
    "Steps[0].Arguments.HyperParameters: Expected an object, found a list" },
  { PIPELINE ("{'Name':'T','Type':'Training','Arguments':{}}"), "Required member is missing" },
  { PIPELINE ("{'Name':'T','Type':'Model','Arguments':{'PrimaryContainer':'x'}}"),
    "Steps[0].Arguments.PrimaryContainer: Expected an object, found a string" },
  { PIPELINE ("{'Name':'T','Type':'Processing','Arguments':{'ProcessingResources':"
              "{'ClusterConfig':{'InstanceCount':0}}}}"),
    "ClusterConfig.InstanceCount: Member must have value greater than or equal to 1" },
  { PIPELINE ("{'Name':'T','Type':'Processing','Arguments':{'ProcessingResources':"
              "{'ClusterConfig':{'InstanceType':'ml.none'}}}}"),
    "ClusterConfig.InstanceType: Member must satisfy enum value set" },
  { WITH_PARAMETERS ("{'Name':'P','Type':'String'}",
                     "{'Name':'T','Type':'Processing','Arguments':{'ProcessingResources':"
                     "{'ClusterConfig':{'InstanceCount':{'Get':'Parameters.P'}}}}}"),
    "InstanceCount: Expected an integer, but the expression gives a string" },

  /* What stands beside the arguments. */
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{}]")),
    "Steps[0].RetryPolicies[0].ExceptionType: Required" },
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{'ExceptionType':[],'MaxAttempts':1}]")),
    "ExceptionType: Must not be empty" },
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{'ExceptionType':['Any'],'MaxAttempts':1}]")),
    "ExceptionType[0]: 'Any' is not an exception type" },
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{'ExceptionType':['Step.THROTTLING']}]")),
    "RetryPolicies[0]: Exactly one of MaxAttempts and ExpireAfterMin" },
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{'ExceptionType':['Step.THROTTLING'],"
                     "'MaxAttempts':21}]")), "MaxAttempts: 21 is not between 1 and 20" },
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{'ExceptionType':['Step.THROTTLING'],"
                     "'ExpireAfterMin':14401}]")), "ExpireAfterMin: 14401 is not between" },
  { PIPELINE (TRAIN ("A", ",'RetryPolicies':[{'ExceptionType':['Step.THROTTLING'],"
                     "'MaxAttempts':1,'BackoffRate':'2'}]")), "BackoffRate: Expected a number" },
  { PIPELINE ("{'Name':'F','Type':'Fail','Arguments':{'ErrorMessage':'m'},'RetryPolicies':[]}"),
    "RetryPolicies: A Fail step cannot be retried" },
  { PIPELINE (TRAIN ("A", ",'CacheConfig':{}")), "CacheConfig.Enabled: Required" },
  { PIPELINE (TRAIN ("A", ",'CacheConfig':{'Enabled':'yes'}")),
    "CacheConfig.Enabled: Expected a boolean" },
  { PIPELINE (TRAIN ("A", ",'CacheConfig':{'Enabled':true,'ExpireAfter':'30 days'}")),
    "CacheConfig.ExpireAfter: '30 days' is not an ISO 8601 duration" },
  { PIPELINE (TRAIN ("A", ",'CacheConfig':{'Enabled':true}")),
    "CacheConfig.ExpireAfter: Required member is missing where caching is enabled" },
  { PIPELINE (TRAIN ("A", ",'CacheConfig':{'Enabled':true,'ExpireAfter':'PT'}")),
    "ExpireAfter: 'PT' is not" },
  { PIPELINE (TRAIN ("A", ",'PropertyFiles':[]")), "Only a Processing step has property files" },
  { PIPELINE (PROCESS ("A", ",'PropertyFiles':[{'PropertyFileName':'E','OutputName':'nope',"
                       "'FilePath':'e.json'}]")),
    "Steps[0].PropertyFiles[0].OutputName: Step 'A' has no output 'nope'" },
  { PIPELINE (PROCESS ("A", ",'PropertyFiles':[{'PropertyFileName':'E','OutputName':'out',"
                       "'FilePath':'../e.json'}]")), "FilePath: '../e.json' is not a path below" },
  { PIPELINE (PROCESS ("A", ",'PropertyFiles':[{'PropertyFileName':'E','OutputName':'out',"
                       "'FilePath':'e'},{'PropertyFileName':'E','OutputName':'out',"
                       "'FilePath':'f'}]")),
    "PropertyFiles[1].PropertyFileName: Property file 'E' is declared twice" },
};

static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(EngPipeline) pipeline = parse (refusals[i].text, &error);

      g_assert_null (pipeline);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "Unable to parse pipeline definition. "));
      if (strstr (error->message, refusals[i].expected) == NULL)
        g_error ("row %" G_GSIZE_FORMAT ": '%s' not in '%s'", i, refusals[i].expected,
                 error->message);
    }
}

static EngPipelineStep *
step_named (EngPipeline *pipeline,
            const char  *name)
{
  EngPipelineStep *step = g_hash_table_lookup (pipeline->by_name, name);

  g_assert_nonnull (step);
  return step;
}

static void
assert_needs (EngPipeline *pipeline,
              const char  *name,
              const char  *expected)
{
  EngPipelineStep *step = step_named (pipeline, name);
  g_autoptr(GString) found = g_string_new (NULL);

  for (guint i = 0; i < step->needs->len; i++)
    g_string_append_printf (found, "%s%s", i > 0 ? " " : "",
                            eng_pipeline_step (pipeline,
                                               g_array_index (step->needs, guint, i))->name);
  g_assert_cmpstr (found->str, ==, expected);
}

/* A definition as the SageMaker SDK writes it for the classic example. */
static void
test_classic (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngPipeline) pipeline = parse (
    "{'Version':'2020-12-01','Metadata':{},'Parameters':["
    "{'Name':'Instances','Type':'Integer','DefaultValue':1},"
    "{'Name':'Threshold','Type':'Float','DefaultValue':6},"
    "{'Name':'Approval','Type':'String','DefaultValue':'PendingManualApproval',"
    "'EnumValues':['PendingManualApproval','Approved']},"
    "{'Name':'Input','Type':'String'},{'Name':'Quick','Type':'Boolean','DefaultValue':false}],"
    "'PipelineExperimentConfig':{'ExperimentName':{'Get':'Execution.PipelineName'},"
    "'TrialName':{'Get':'Execution.PipelineExecutionId'}},'Steps':["
    PROCESS ("Prep", ",'CacheConfig':{'Enabled':true,'ExpireAfter':'P30D'}") ","
    "{'Name':'Train','Type':'Training','Arguments':{"
    "'AlgorithmSpecification':{'TrainingImage':'xgboost:1','TrainingInputMode':'File'},"
    "'OutputDataConfig':{'S3OutputPath':{'Std:Join':{'On':'/','Values':['s3://b',"
    "{'Get':'Execution.PipelineExecutionId'}]}}},"
    "'ResourceConfig':{'InstanceType':'ml.m5.xlarge',"
    "'InstanceCount':{'Get':'Parameters.Instances'},'VolumeSizeInGB':30},"
    "'StoppingCondition':{'MaxRuntimeInSeconds':60},"
    "'HyperParameters':{'n':{'Get':'Parameters.Instances'}},"
    "'InputDataConfig':[{'ChannelName':'train','DataSource':{'S3DataSource':{"
    "'S3DataType':'S3Prefix','S3Uri':{'Get':"
    "'Steps.Prep.ProcessingOutputConfig.Outputs[~out~].S3Output.S3Uri'}}}}]},"
    "'RetryPolicies':[{'ExceptionType':['SageMaker.CAPACITY_ERROR','Step.THROTTLING'],"
    "'BackoffRate':2.0,'IntervalSeconds':1,'MaxAttempts':5}]},"
    PROCESS ("Eval", ",'DependsOn':['Train'],'PropertyFiles':[{'PropertyFileName':'Report',"
             "'OutputName':'out','FilePath':'evaluation.json'}]") ","
    "{'Name':'Check','Type':'Condition','Arguments':{'Conditions':[{'Type':"
    "'LessThanOrEqualTo','LeftValue':{'Std:JsonGet':{'PropertyFile':{'Get':"
    "'Steps.Eval.PropertyFiles.Report'},'Path':'regression_metrics.mse.value'}},"
    "'RightValue':{'Get':'Parameters.Threshold'}}],'IfSteps':["
    "{'Name':'Register','Type':'RegisterModel','Arguments':{'ModelPackageGroupName':'g',"
    "'ModelApprovalStatus':{'Get':'Parameters.Approval'},'InferenceSpecification':{"
    "'Containers':[{'Image':'xgboost:1','ModelDataUrl':{'Get':"
    "'Steps.Train.ModelArtifacts.S3ModelArtifacts'}}],'SupportedContentTypes':['text/csv'],"
    "'SupportedResponseMIMETypes':['text/csv']}}},"
    "{'Name':'Model','Type':'Model','Arguments':{'PrimaryContainer':{'Image':'xgboost:1',"
    "'ModelDataUrl':{'Get':'Steps.Train.ModelArtifacts.S3ModelArtifacts'}}}}],"
    "'ElseSteps':[" FAIL ("Stop", "{'Std:Join':{'On':' ','Values':['MSE >',"
                          "{'Get':'Parameters.Threshold'}]}}") "]}}]}", &error);
  EngRetryPolicy *policy;

  g_assert_no_error (error);
  g_assert_cmpuint (pipeline->steps->len, ==, 7);
  g_assert_cmpuint (pipeline->parameters->len, ==, 5);
  g_assert_cmpint (step_named (pipeline, "Prep")->cache_seconds, ==, 30 * 24 * 60 * 60);
  g_assert_cmpint (step_named (pipeline, "Train")->cache_seconds, ==, 0);
  assert_needs (pipeline, "Prep", "");
  assert_needs (pipeline, "Train", "Prep");
  assert_needs (pipeline, "Eval", "Train");
  assert_needs (pipeline, "Check", "Eval");
  assert_needs (pipeline, "Register", "Train Check");
  assert_needs (pipeline, "Stop", "Check");
  g_assert_true (step_named (pipeline, "Register")->if_branch);
  g_assert_false (step_named (pipeline, "Stop")->if_branch);
  g_assert_true (step_named (pipeline, "Train")->referenced);
  g_assert_false (step_named (pipeline, "Register")->referenced);
  g_assert_cmpuint (step_named (pipeline, "Train")->feeds->len, ==, 3);

  policy = &g_array_index (step_named (pipeline, "Train")->retry_policies, EngRetryPolicy, 0);
  g_assert_cmpuint (policy->causes, ==, ENG_RETRY_CAPACITY_ERROR | ENG_RETRY_STEP_THROTTLING);
  g_assert_cmpuint (policy->max_attempts, ==, 5);
}

/* The sample that a newcomer reads first. */
static void
test_sample (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "samples", "churn",
                                                 "pipeline.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(EngPipeline) pipeline = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  pipeline = eng_pipeline_parse (text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pipeline->steps->len, >=, 5);
}

/* Every condition, both spellings of Not, and step properties in several forms. */
static void
test_accepted_forms (void)
{
  static const char *const rows[] = {
    PIPELINE (CONDITION ("C", EQUALS ("1", "1.5"), "", "")),
    PIPELINE (CONDITION ("C", "{'Type':'GreaterThan','LeftValue':'a','RightValue':'b'}", "", "")),
    PIPELINE (CONDITION ("C", "{'Type':'GreaterThanOrEqualTo','LeftValue':1,'RightValue':2}", "",
                         "")),
    PIPELINE (CONDITION ("C", "{'Type':'LessThan','LeftValue':1,'RightValue':2}", "", "")),
    PIPELINE (CONDITION ("C", "{'Type':'In','QueryValue':'a','Values':['a','b']}", "", "")),
    PIPELINE (CONDITION ("C", "{'Type':'Not','Expression':" EQUALS ("true", "false") "}", "", "")),
    PIPELINE (CONDITION ("C", "{'Type':'Not','Condition':" EQUALS ("1", "2") "}", "", "")),
    PIPELINE (CONDITION ("C", "{'Type':'Or','Conditions':[" EQUALS ("1", "2") ","
                         EQUALS ("2", "2") "]}", "", "")),
    PIPELINE ("{'Name':'C','Type':'Condition','Arguments':{'Conditions':[" EQUALS ("1", "1") "]}}"),
    PIPELINE (CONDITION ("C", EQUALS ("1", "1"), "", "") "," HYPER ("{'Get':'Steps.C.Outcome'}")),
    PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.FinalMetricDataList[0].Value'}")),
    PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.FinalMetricDataList[~auc~].Value'}")),
    PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.HyperParameters[~eta~]'}")),
    PIPELINE (TRAIN ("A", "") "," HYPER ("{'Get':'Steps.A.HyperParameters.eta'}")),
    PIPELINE (HYPER ("{'Get':'Execution.TrainingJobName'}")),
    PIPELINE (HYPER ("{'Std:JsonGet':{'S3Uri':'s3://b/k','Path':'$.a[0][~b.c~]'}}")),
    PIPELINE (HYPER ("{'Std:JsonGet':{'S3Uri':{'Std:Join':{'On':'','Values':['s3://b/',"
                     "{'Get':'Execution.PipelineName'}]}},'Path':'a'}}")),
    PIPELINE (HYPER ("null")),
    WITH_PARAMETERS ("{'Name':'B','Type':'Boolean'}", HYPER ("{'Get':'Parameters.B'}")),
    WITH_PARAMETERS ("{'Name':'E','Type':'String','EnumValues':[]}", FAIL ("F", "'m'")),
    PIPELINE (FAIL ("F", "{'Get':'Execution.PipelineExecutionArn'}")),
    PIPELINE (TRAIN ("A", ",'DisplayName':'A','Description':'d','DependsOn':[]")),
    /* Members that this model does not know are ignored, as in a request. */
    PIPELINE ("{'Name':'T','Type':'Model','Arguments':{'NewerMember':{'a':[1]}}}"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(EngPipeline) pipeline = parse (rows[i], &error);

      if (pipeline == NULL)
        g_error ("row %" G_GSIZE_FORMAT ": %s", i, error->message);
    }
}

static char *
many_steps (guint n)
{
  GString *text = g_string_new ("{\"Version\":\"2020-12-01\",\"Steps\":[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s{\"Name\":\"S%u\",\"Type\":\"Condition\",\"Arguments\":{"
                            "\"Conditions\":[{\"Type\":\"Equals\",\"LeftValue\":1,"
                            "\"RightValue\":1}]},\"DependsOn\":[\"S%u\"]}",
                            i > 0 ? "," : "", i, i + 1 < n ? i + 1 : i);
  g_string_append (text, "]}");

  return g_string_free_and_steal (text);
}

static void
test_limits (void)
{
  g_autofree char *at_limit = many_steps (ENG_PIPELINE_MAX_STEPS);
  g_autofree char *beyond = many_steps (ENG_PIPELINE_MAX_STEPS + 1);
  g_autoptr(GString) large = g_string_new ("{\"Version\":\"2020-12-01\",\"Metadata\":{\"x\":\"");
  static const char tail[] = "\"},\"Steps\":[{\"Name\":\"F\",\"Type\":\"Fail\",\"Arguments\":"
                             "{\"ErrorMessage\":\"m\"}}]}";
  g_autoptr(EngPipeline) pipeline = NULL;
  g_autoptr(GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  /* The last step depends on itself: the whole chain is walked before that is found. */
  g_assert_null (eng_pipeline_parse (at_limit, -1, &error));
  g_assert_nonnull (strstr (error->message, "circle: S4998 -> S4998"));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  g_clear_error (&error);

  g_assert_null (eng_pipeline_parse (beyond, -1, &error));
  g_assert_nonnull (strstr (error->message, "Steps[4999]: A pipeline has at most 4999 steps"));
  g_clear_error (&error);

  while (large->len + sizeof tail - 1 < ENG_PIPELINE_MAX_BYTES)
    g_string_append_c (large, 'x');
  g_string_append (large, tail);
  g_assert_cmpuint (large->len, ==, ENG_PIPELINE_MAX_BYTES);
  pipeline = eng_pipeline_parse (large->str, (gssize) large->len, &error);
  g_assert_no_error (error);
  g_assert_nonnull (pipeline);

  g_string_insert_c (large, 60, 'x');
  g_assert_null (eng_pipeline_parse (large->str, (gssize) large->len, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

static void
test_many_parameters (void)
{
  for (guint n = 200; n <= 201; n++)
    {
      g_autoptr(GString) text = g_string_new ("{\"Version\":\"2020-12-01\",\"Parameters\":[");
      g_autoptr(EngPipeline) pipeline = NULL;
      g_autoptr(GError) error = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append_printf (text, "%s{\"Name\":\"P%u\",\"Type\":\"String\"}", i > 0 ? "," : "",
                                i);
      g_string_append (text, "],\"Steps\":[{\"Name\":\"F\",\"Type\":\"Fail\",\"Arguments\":"
                       "{\"ErrorMessage\":\"m\"}}]}");
      pipeline = eng_pipeline_parse (text->str, -1, &error);
      if (n == 200)
        g_assert_no_error (error);
      else
        g_assert_nonnull (strstr (error->message, "Parameters: A pipeline has at most 200"));
    }
}

static void
test_deep_conditions (void)
{
  for (guint depth = 20; depth <= 80; depth += 60)
    {
      g_autoptr(GString) text = g_string_new ("{\"Version\":\"2020-12-01\",\"Steps\":[{\"Name\":"
                                              "\"C\",\"Type\":\"Condition\",\"Arguments\":"
                                              "{\"Conditions\":[");
      g_autoptr(EngPipeline) pipeline = NULL;
      g_autoptr(GError) error = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append (text, "{\"Type\":\"Not\",\"Expression\":");
      g_string_append (text, "{\"Type\":\"Equals\",\"LeftValue\":1,\"RightValue\":1}");
      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, '}');
      g_string_append (text, "]}}]}");

      pipeline = eng_pipeline_parse (text->str, -1, &error);
      if (depth == 20)
        g_assert_no_error (error);
      else
        g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

typedef struct
{
  const char *type;
  const char *value;
  const char *expected; /* the JSON, or %NULL when refused */
} Value;

static void
test_parameter_values (void)
{
  static const Value rows[] = {
    { "String", "", "\"\"" },
    { "String", "$(reboot); rm -rf /\n--flag", "\"$(reboot); rm -rf /\\n--flag\"" },
    { "Integer", "42", "42" },
    { "Integer", "-9223372036854775808", "-9223372036854775808" },
    { "Integer", "9223372036854775808", NULL },
    { "Integer", "4.0", NULL },
    { "Integer", "0x10", NULL },
    { "Integer", " 4", NULL },
    { "Integer", "", NULL },
    { "Integer", "4a", NULL },
    { "Float", "0.5", "0.5" },
    { "Float", "1e3", "1000" },
    { "Float", "7", "7" },
    { "Float", "nan", NULL },
    { "Float", "inf", NULL },
    { "Float", "1e999", NULL },
    { "Float", "0x1p3", NULL },
    { "Float", "", NULL },
    { "Float", "1,5", NULL },
    { "Boolean", "True", "true" },
    { "Boolean", "false", "false" },
    { "Boolean", "1", NULL },
    { "Boolean", "yes", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf (
        WITH_PARAMETERS ("{'Name':'P','Type':'%s'}", FAIL ("F", "'m'")), rows[i].type);
      g_autoptr(EngPipeline) pipeline = parse (text, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) value = NULL;
      g_autofree char *found = NULL;

      value = eng_pipeline_parameter_parse (g_ptr_array_index (pipeline->parameters, 0),
                                            rows[i].value, &error);
      if (rows[i].expected == NULL)
        {
          g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
          g_assert_nonnull (strstr (error->message, "[P] is not of type"));
          continue;
        }
      g_assert_no_error (error);
      if (json_node_get_value_type (value) == G_TYPE_DOUBLE)
        found = g_strdup_printf ("%g", json_node_get_double (value));
      else
        found = json_to_string (value, FALSE);
      g_assert_cmpstr (found, ==, rows[i].expected);
    }
}

static void
test_parameter_enum (void)
{
  g_autoptr(EngPipeline) pipeline = parse (
    WITH_PARAMETERS ("{'Name':'P','Type':'Integer','EnumValues':[1,2]}", FAIL ("F", "'m'")), NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) value = NULL;

  value = eng_pipeline_parameter_parse (g_ptr_array_index (pipeline->parameters, 0), "2", &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_node_get_int (value), ==, 2);
  g_assert_null (eng_pipeline_parameter_parse (g_ptr_array_index (pipeline->parameters, 0), "3",
                                               &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/pipelines/definition/refusals", test_refusals);
  g_test_add_func ("/pipelines/definition/classic", test_classic);
  g_test_add_func ("/pipelines/definition/sample", test_sample);
  g_test_add_func ("/pipelines/definition/accepted-forms", test_accepted_forms);
  g_test_add_func ("/pipelines/definition/limits", test_limits);
  g_test_add_func ("/pipelines/definition/many-parameters", test_many_parameters);
  g_test_add_func ("/pipelines/definition/deep-conditions", test_deep_conditions);
  g_test_add_func ("/pipelines/definition/parameter-values", test_parameter_values);
  g_test_add_func ("/pipelines/definition/parameter-enum", test_parameter_enum);

  return g_test_run ();
}
