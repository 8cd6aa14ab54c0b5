# SPDX-License-Identifier: GPL-3.0-or-later
"""Search over training jobs, models, the registry, endpoints and pipelines."""

import json

import pytest

from clients import ROLE, SKLEARN, XGBOOST, wait_for, wait_for_job
from wire import call, refusal

COMMANDS = {  # name: (shell command, learning rate, team, hyperparameters of its own)
    "alpha-1": ("echo 'auc=0.91;'", "0.1", "churn"),
    "alpha-2": ("echo 'auc=0.72;'", "0.05", "fraud"),
    "beta-1": ("echo 'auc=0.72;'; exit 1", "1e-3", "churn"),
    "beta-2": ("true", "fast", None),
}


@pytest.fixture(scope="module")
def searched(engine_factory):
    """An engine with four training jobs and three versions."""
    engine = engine_factory()
    client = engine.client("sagemaker")
    engine.client("s3").create_bucket(Bucket="search")
    for name, (command, rate, team) in COMMANDS.items():
        client.create_training_job(
            TrainingJobName=name, RoleArn=ROLE, HyperParameters={"rate": rate, "a.b": "dotted"},
            AlgorithmSpecification={
                "TrainingImage": SKLEARN, "TrainingInputMode": "File",
                "ContainerEntrypoint": ["/bin/sh", "-c", command],
                "MetricDefinitions": [{"Name": "validation:auc", "Regex": "auc=(.*?);"}]},
            OutputDataConfig={"S3OutputPath": "s3://search/m"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            Tags=[{"Key": "team", "Value": team}] if team else [])
        wait_for_job(client, "training", name)
    client.create_model_package_group(ModelPackageGroupName="registry")
    for status in ("Approved", "Rejected", "PendingManualApproval"):
        client.create_model_package(
            ModelPackageGroupName="registry", ModelApprovalStatus=status,
            CustomerMetadataProperties={"color": status[:3]},
            InferenceSpecification={"Containers": [{"Image": XGBOOST}],
                                    "SupportedContentTypes": ["text/csv"],
                                    "SupportedResponseMIMETypes": ["text/csv"]})

    return engine


@pytest.fixture
def client(searched):
    return searched.client("sagemaker")


def term(name, operator=None, value=None):
    made = {"Name": name}
    if operator is not None:
        made["Operator"] = operator
    if value is not None:
        made["Value"] = value
    return made


@pytest.fixture
def search(client):
    """Names of the training jobs that all filters fit, sorted."""

    def run(*filters, **expression):
        expression.setdefault("Filters", list(filters))
        if not expression["Filters"]:
            del expression["Filters"]
        reply = client.search(Resource="TrainingJob", SearchExpression=expression)
        return sorted(r["TrainingJob"]["TrainingJobName"] for r in reply["Results"])

    return run


@pytest.mark.parametrize("filters, expected", [
    ([], "a1 a2 b1 b2"),
    ([term("TrainingJobName", "Equals", "alpha-1")], "a1"),
    ([term("TrainingJobName", value="alpha-1")], "a1"),
    ([term("TrainingJobName", "NotEquals", "alpha-1")], "a2 b1 b2"),
    ([term("TrainingJobName", "Contains", "alpha")], "a1 a2"),
    ([term("TrainingJobName", "Contains", "%")], ""),
    ([term("TrainingJobName", "Contains", "' OR 1=1 --")], ""),
    ([term("TrainingJobName", "In", "alpha-1, beta-2,none")], "a1 b2"),
    ([term("TrainingJobName", "GreaterThan", "alpha-2")], "b1 b2"),
    ([term("TrainingJobStatus", "Equals", "Failed")], "b1"),
    ([term("FailureReason", "Exists")], "b1"),
    ([term("FailureReason", "NotExists")], "a1 a2 b2"),
    ([term("FailureReason", "Contains", "exit code: 1")], "b1"),
    ([term("Tags.team", "Equals", "churn")], "a1 b1"),
    ([term("Tags.team", "NotExists")], "b2"),
    ([term("Tags.team", "NotEquals", "churn")], "a2 b2"),
    ([term("Tags.nobody", "Exists")], ""),
    ([term("HyperParameters.rate", "GreaterThan", "0.01")], "a1 a2 b2"),
    ([term("HyperParameters.rate", "LessThan", "0.05")], "b1"),
    ([term("HyperParameters.rate", "LessThanOrEqualTo", "0.05")], "a2 b1"),
    ([term("HyperParameters.rate", "Equals", "0.001")], "b1"),
    ([term("HyperParameters.rate", "Equals", "fast")], "b2"),
    ([term("HyperParameters.rate", "Equals", "nan")], ""),
    ([term("HyperParameters.a.b", "Equals", "dotted")], "a1 a2 b1 b2"),
    ([term("Metrics.validation:auc", "GreaterThanOrEqualTo", "0.72")], "a1 a2 b1"),
    ([term("Metrics.validation:auc", "GreaterThan", "0.72")], "a1"),
    ([term("Metrics.validation:auc", "NotExists")], "b2"),
    ([term("ResourceConfig.InstanceType", "Equals", "ml.m5.large")], "a1 a2 b1 b2"),
    ([term("ResourceConfig.VolumeSizeInGB", "Equals", "1")], "a1 a2 b1 b2"),
    ([term("CreationTime", "GreaterThan", "2020-01-01T00:00:00Z")], "a1 a2 b1 b2"),
    ([term("CreationTime", "LessThan", "2020-01-01T00:00:00Z")], ""),
    ([term("EnableNetworkIsolation", "Equals", "false")], "a1 a2 b1 b2"),
    ([term("Tags.team", "Equals", "churn"), term("TrainingJobStatus", "Equals", "Completed")],
     "a1"),
])
def test_filters(search, filters, expected):
    names = {"a1": "alpha-1", "a2": "alpha-2", "b1": "beta-1", "b2": "beta-2"}
    assert search(*filters) == [names[short] for short in expected.split()]


def test_or(search):
    found = search(term("TrainingJobName", "Equals", "alpha-1"),
                   term("Tags.team", "Equals", "fraud"), Operator="Or")
    assert found == ["alpha-1", "alpha-2"]


def test_sub_expressions(search):
    churn = {"Filters": [term("Tags.team", "Equals", "churn")]}
    good = {"Filters": [term("Metrics.validation:auc", "GreaterThan", "0.9")]}
    assert search(SubExpressions=[churn, good]) == ["alpha-1"]
    assert search(SubExpressions=[churn, good], Operator="Or") == ["alpha-1", "beta-1"]
    nested = {"SubExpressions": [churn, good], "Operator": "Or"}
    assert search(term("TrainingJobStatus", "Equals", "Failed"), SubExpressions=[nested]) == [
        "beta-1"]


def test_record(client):
    reply = client.search(Resource="TrainingJob", SearchExpression={
        "Filters": [term("TrainingJobName", "Equals", "alpha-1")]})
    (record,) = reply["Results"]
    assert list(record) == ["TrainingJob"]
    described = client.describe_training_job(TrainingJobName="alpha-1")
    found = record["TrainingJob"]
    for member in ("TrainingJobArn", "HyperParameters", "FinalMetricDataList", "CreationTime",
                   "ModelArtifacts", "SecondaryStatusTransitions"):
        assert found[member] == described[member], member
    assert found["Tags"] == [{"Key": "team", "Value": "churn"}]


def test_without_an_expression(client):
    assert len(client.search(Resource="TrainingJob")["Results"]) == 4
    assert len(client.search(Resource="ModelPackageGroup")["Results"]) == 1


def test_registry(client):
    def versions(*filters):
        reply = client.search(Resource="ModelPackage", SearchExpression={"Filters": list(filters)},
                              SortBy="CreationTime", SortOrder="Ascending")
        return [r["ModelPackage"]["ModelPackageVersion"] for r in reply["Results"]]

    assert versions(term("ModelPackageGroupName", "Equals", "registry")) == [1, 2, 3]
    assert versions(term("ModelApprovalStatus", "Equals", "Approved")) == [1]
    assert versions(term("CustomerMetadataProperties.color", "Equals", "Rej")) == [2]
    assert versions(term("ModelPackageVersion", "GreaterThan", "1")) == [2, 3]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
@pytest.mark.parametrize("by, order, expected", [
    ("CreationTime", "Ascending", ["alpha-1", "alpha-2", "beta-1", "beta-2"]),
    ("CreationTime", "Descending", ["beta-2", "beta-1", "alpha-2", "alpha-1"]),
    ("TrainingJobName", "Ascending", ["alpha-1", "alpha-2", "beta-1", "beta-2"]),
    ("LastModifiedTime", "Descending", ["beta-2", "beta-1", "alpha-2", "alpha-1"]),
    ("TrainingJobStatus", "Descending", ["beta-1", "beta-2", "alpha-2", "alpha-1"]),
])
def test_pages_and_orders(client, size, by, order, expected):
    pages = list(client.get_paginator("search").paginate(
        Resource="TrainingJob", SortBy=by, SortOrder=order, PaginationConfig={"PageSize": size}))
    assert [r["TrainingJob"]["TrainingJobName"] for p in pages for r in p["Results"]] == expected
    assert all(len(p["Results"]) <= size for p in pages)


def test_total_hits(searched):
    def total(**members):
        return call(searched, "Search", {"Resource": "TrainingJob", "SortBy": "CreationTime",
                                         **members}).json

    assert total()["TotalHits"] == {"Value": 4, "Relation": "EqualTo"}
    first = total(MaxResults=3)
    assert first["TotalHits"] == {"Value": 3, "Relation": "GreaterThanOrEqualTo"}
    rest = total(MaxResults=3, NextToken=first["NextToken"])
    assert rest["TotalHits"] == {"Value": 4, "Relation": "EqualTo"}


def test_token_of_another_search(client):
    token = client.search(Resource="TrainingJob", MaxResults=1)["NextToken"]
    code, message = refusal(client.search, Resource="ModelPackage", MaxResults=1, NextToken=token)
    assert code == "ValidationException" and message.startswith("Invalid pagination token")


@pytest.mark.parametrize("name", ["Nonsense", "TrainingJobName.x", "ResourceConfig.Nonsense", "Tags",
                                  "ResourceConfig.", "Nonsense.x"])
def test_unknown_property(client, name):
    if name == "Tags":
        name = "tags.team"
    assert refusal(client.search, Resource="TrainingJob", SearchExpression={
        "Filters": [term(name, "Equals", "x")]}) == (
        "ValidationException", f"Unknown property name: {name}")


def test_metrics_belong_to_training(client):
    code, message = refusal(client.search, Resource="ModelPackage", SearchExpression={
        "Filters": [term("Metrics.auc", "Exists")]})
    assert (code, message) == ("ValidationException", "Unknown property name: Metrics.auc")


def test_unknown_property_deep_inside(client):
    code, message = refusal(client.search, Resource="TrainingJob", SearchExpression={
        "SubExpressions": [{"SubExpressions": [{"Filters": [term("Nope", "Exists")]}]}]})
    assert (code, message) == ("ValidationException", "Unknown property name: Nope")


def test_unknown_sort(client):
    assert refusal(client.search, Resource="TrainingJob", SortBy="Nonsense") == (
        "ValidationException", "Unknown property name: Nonsense")


def test_what_is_not_there(client):
    code, message = refusal(client.search, Resource="Image")
    assert code == "ValidationException" and "Image" in message
    # AWS's own enum has no processing jobs.
    code, message = refusal(client.search, Resource="ProcessingJob")
    assert code == "ValidationException" and "enum value set" in message


def test_nested_filters(client, search):
    """One and the same item of the list must fit all."""

    def metric(name, operator, value):
        return {"NestedPropertyName": "FinalMetricDataList", "Filters": [
            term("FinalMetricDataList.MetricName", "Equals", name),
            term("FinalMetricDataList.Value", operator, value)]}

    assert search(NestedFilters=[metric("validation:auc", "LessThan", "0.9")]) == [
        "alpha-2", "beta-1"]
    assert search(NestedFilters=[metric("train:auc", "LessThan", "0.9")]) == []
    assert search(term("TrainingJobStatus", "Equals", "Completed"),
                  NestedFilters=[metric("validation:auc", "LessThan", "0.9")]) == ["alpha-2"]
    assert search(term("TrainingJobName", "Equals", "beta-2"), Operator="Or",
                  NestedFilters=[metric("validation:auc", "LessThan", "0.9")]) == [
        "alpha-2", "beta-1", "beta-2"]
    nested = {"NestedPropertyName": "InputDataConfig", "Filters": [term("ChannelName", "Exists")]}
    assert refusal(client.search, Resource="TrainingJob", SearchExpression={
        "NestedFilters": [nested]}) == (
        "ValidationException", "Unknown property name: ChannelName")


@pytest.fixture(scope="module")
def models(searched):
    """Two models, of which an endpoint hosts the first, and one that nobody can serve."""
    client = searched.client("sagemaker")
    client.create_model(ModelName="Hosted", ExecutionRoleArn=ROLE,
                        PrimaryContainer={"Image": XGBOOST, "Environment": {"KIND": "tree"}},
                        Tags=[{"Key": "team", "Value": "churn"}])
    client.create_model(ModelName="spare", ExecutionRoleArn=ROLE,
                        PrimaryContainer={"Image": SKLEARN})
    client.create_endpoint_config(EndpointConfigName="hosting", ProductionVariants=[
        {"VariantName": "all", "ModelName": "hosted", "InstanceType": "ml.t2.medium",
         "InitialInstanceCount": 1}])
    client.create_endpoint(EndpointName="host", EndpointConfigName="hosting",
                           Tags=[{"Key": "stage", "Value": "test"}])

    def run(*filters, resource="Model", **members):
        if filters:
            members["SearchExpression"] = {"Filters": list(filters)}
        reply = client.search(Resource=resource, **members)
        return [r[resource] for r in reply["Results"]]

    return run


@pytest.mark.parametrize("filters, expected", [
    ([], "Hosted spare"),
    ([term("ModelName", "Equals", "spare")], "spare"),
    ([term("Model.ModelName", "Equals", "spare")], "spare"),
    ([term("ModelName", "Contains", "a")], "spare"),
    ([term("PrimaryContainer.Image", "Contains", "xgboost")], "Hosted"),
    ([term("Model.PrimaryContainer.Environment.KIND", "Equals", "tree")], "Hosted"),
    ([term("Tags.team", "Equals", "churn")], "Hosted"),
    ([term("Model.Tags.team", "NotExists")], "spare"),
    ([term("ExecutionRoleArn", "Equals", ROLE),
      term("CreationTime", "GreaterThan", "2020-01-01T00:00:00Z")],
     "Hosted spare"),
])
def test_models(models, filters, expected):
    found = models(*filters, SortBy="ModelName", SortOrder="Ascending")
    assert [record["Model"]["ModelName"] for record in found] == expected.split()


def test_models_show_their_endpoints(models, client):
    hosted, spare = models(SortBy="CreationTime", SortOrder="Ascending")
    assert hosted["Model"]["Tags"] == [{"Key": "team", "Value": "churn"}]
    endpoint = client.describe_endpoint(EndpointName="host")
    shown, = hosted["Endpoints"]
    assert shown["EndpointName"] == "host" and shown["EndpointArn"] == endpoint["EndpointArn"]
    assert shown["CreationTime"] == endpoint["CreationTime"]
    assert shown["EndpointStatus"] in ("Creating", "InService", "Failed")
    assert spare["Endpoints"] == []
    found = client.search(Resource="Model", SearchExpression={"NestedFilters": [
        {"NestedPropertyName": "Endpoints",
         "Filters": [term("Endpoints.EndpointName", "Equals", "host")]}]})["Results"]
    assert [r["Model"]["Model"]["ModelName"] for r in found] == ["Hosted"]


def test_models_come_in_pages(models, client):
    pages = client.get_paginator("search").paginate(Resource="Model", SortBy="ModelName",
                                                    SortOrder="Descending",
                                                    PaginationConfig={"PageSize": 1})
    assert [r["Model"]["Model"]["ModelName"] for p in pages for r in p["Results"]] == [
        "spare", "Hosted"]


def test_endpoints(models):
    found, = models(term("Tags.stage", "Equals", "test"), resource="Endpoint")
    assert (found["EndpointName"], found["EndpointConfigName"]) == ("host", "hosting")
    assert models(term("EndpointName", "Contains", "nobody"), resource="Endpoint") == []


def test_groups(models):
    found, = models(term("ModelPackageGroupStatus", "Equals", "Completed"),
                    resource="ModelPackageGroup")
    assert found["ModelPackageGroupName"] == "registry"


def test_pipelines_and_executions(models, client):
    definition = {"Version": "2020-12-01", "Steps": [
        {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "on purpose"}}]}
    client.create_pipeline(PipelineName="searched", PipelineDefinition=json.dumps(definition),
                           RoleArn=ROLE, Tags=[{"Key": "team", "Value": "churn"}])
    arn = client.start_pipeline_execution(PipelineName="searched")["PipelineExecutionArn"]
    wait_for(lambda: client.describe_pipeline_execution(
        PipelineExecutionArn=arn)["PipelineExecutionStatus"] == "Failed")
    found, = models(term("Tags.team", "Equals", "churn"), resource="Pipeline")
    assert found["PipelineName"] == "searched" and found["PipelineStatus"] == "Active"
    found, = models(term("PipelineExecutionStatus", "Equals", "Failed"),
                    resource="PipelineExecution")
    assert found["PipelineExecutionArn"] == arn
    assert models(term("PipelineExecutionStatus", "Equals", "Succeeded"),
                  resource="PipelineExecution") == []


def test_limits(searched):
    many = {"Filters": [term("TrainingJobName", "Equals", "x")] * 21}
    answer = call(searched, "Search", {"Resource": "TrainingJob", "SearchExpression": many})
    assert answer.code == "ValidationException" and "searchExpression.filters" in answer.message
    answer = call(searched, "Search", {"Resource": "TrainingJob", "SearchExpression": {
        "Filters": [term("TrainingJobName", "Resembles", "x")]}})
    assert answer.code == "ValidationException" and "enum value set" in answer.message


def test_cli(searched):
    found = searched.aws("sagemaker", "search", "--resource", "TrainingJob", "--search-expression",
                         '{"Filters":[{"Name":"Tags.team","Operator":"Equals","Value":"fraud"}]}',
                         "--query", "Results[].TrainingJob.TrainingJobName").json
    assert found == ["alpha-2"]
