# SPDX-License-Identifier: GPL-3.0-or-later
"""Every list there is, by every filter and every order that its model has."""

import itertools
import json

import botocore.session
import pytest

from clients import ROLE, SKLEARN, XGBOOST, wait_for, wait_for_job
from wire import call

MODEL = botocore.session.get_session().get_service_model("sagemaker")

# Operation → the member that lists, that which names, and what a status is called there.
LISTS = {
    "ListTrainingJobs": ("TrainingJobSummaries", "TrainingJobName", "TrainingJobStatus"),
    "ListProcessingJobs": ("ProcessingJobSummaries", "ProcessingJobName", "ProcessingJobStatus"),
    "ListModels": ("Models", "ModelName", None),
    "ListEndpointConfigs": ("EndpointConfigs", "EndpointConfigName", None),
    "ListEndpoints": ("Endpoints", "EndpointName", "EndpointStatus"),
    "ListModelPackageGroups": ("ModelPackageGroupSummaryList", "ModelPackageGroupName", None),
    "ListModelPackages": ("ModelPackageSummaryList", "ModelPackageArn", "ModelApprovalStatus"),
    "ListPipelines": ("PipelineSummaries", "PipelineName", None),
    "ListPipelineExecutions": ("PipelineExecutionSummaries", "PipelineExecutionArn", "PipelineExecutionStatus"),
}
NAMES = ["m-first", "A-second", "z-third"]  # neither in order nor in reverse
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}
FIXED = {"ListModelPackages": {"ModelPackageGroupName": NAMES[0]}, "ListPipelineExecutions": {"PipelineName": NAMES[0]}}


def make(client, name, ends_well):
    command = ["/bin/sh", "-c", "exit 0" if ends_well else "exit 1"]
    client.create_training_job(
        TrainingJobName=name, RoleArn=ROLE, OutputDataConfig={"S3OutputPath": "s3://lists/m"},
        AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File", "ContainerEntrypoint": command},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60})
    wait_for_job(client, "training", name)
    client.create_processing_job(
        ProcessingJobName=name, RoleArn=ROLE, ProcessingResources=CLUSTER,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": command})
    wait_for_job(client, "processing", name)
    client.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={
        "Image": XGBOOST, "ModelDataUrl": "s3://lists/none.tar.gz"})
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{
        "VariantName": "A", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}])
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    client.create_model_package_group(ModelPackageGroupName=name)
    client.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(
        {"Version": "2020-12-01", "Steps": [{"Name": "F", "Type": "Fail", "Arguments": {"ErrorMessage": "m"}}]}))


@pytest.fixture(scope="module")
def engine_with_three(engine_factory):
    """Three of each."""
    engine = engine_factory()
    client = engine.client("sagemaker")
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="lists")
    s3.put_object(Bucket="lists", Key="none.tar.gz", Body=b"no archive")
    for name in NAMES:
        make(client, name, name != NAMES[1])
    for status in ("Approved", "Rejected", "Approved"):
        client.create_model_package(ModelPackageGroupName=NAMES[0], ModelApprovalStatus=status)
        arn = client.start_pipeline_execution(PipelineName=NAMES[0])["PipelineExecutionArn"]
        wait_for(lambda arn=arn: client.describe_pipeline_execution(PipelineExecutionArn=arn)[
            "PipelineExecutionStatus"] == "Failed")
    for name in NAMES:
        wait_for(lambda name=name: client.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Failed")
    return engine


@pytest.fixture
def client(engine_with_three):
    return engine_with_three.client("sagemaker")


def method(operation):
    return "list_" + "".join("_" + c.lower() if c.isupper() else c for c in operation[4:]).lstrip("_")


def rows(client, operation, **members):
    pages = client.get_paginator(method(operation)).paginate(**FIXED.get(operation, {}), **members,
                                                             PaginationConfig={"PageSize": 2})
    return [row for page in pages for row in page[LISTS[operation][0]]]


def value(operation, row, sort_by):
    _, name, status = LISTS[operation]
    if sort_by in ("Name", "PipelineExecutionArn"):
        return row[name]
    if sort_by == "Status":
        return row[status]
    return row.get(sort_by) or row["StartTime"]


def members(operation):
    return MODEL.operation_model(operation).input_shape.members


@pytest.mark.parametrize("operation", LISTS)
def test_orders(client, operation):
    """Every SortBy of the model, both ways, over pages that cut it anywhere."""
    everything = rows(client, operation)
    assert len(everything) == 3
    name = LISTS[operation][1]
    for by, order in itertools.product(members(operation)["SortBy"].enum, members(operation)["SortOrder"].enum):
        found = rows(client, operation, SortBy=by, SortOrder=order)
        assert {row[name] for row in found} == {row[name] for row in everything}, (by, order)
        values = [value(operation, row, by) for row in found]
        assert values == sorted(values, reverse=order == "Descending"), (by, order)


def numbers(engine, operation, **asked):
    """As `rows`, on one page and with times as numbers, which boto3 would cut to seconds."""
    reply = call(engine, operation, {**FIXED.get(operation, {}), **asked})
    assert reply.status == 200, reply.text
    return reply.json[LISTS[operation][0]]


@pytest.mark.parametrize("operation", LISTS)
def test_times(engine_with_three, operation):
    """Each bound on each time: what is beyond it, and nothing else."""
    engine, name = engine_with_three, LISTS[operation][1]
    bounds = [member for member in members(operation) if member.endswith(("After", "Before"))]
    assert len(bounds) >= 2
    for member in bounds:
        what = member.removesuffix("After").removesuffix("Before").replace("Created", "CreationTime")
        what = "CreationTime" if what == "Creation" else what
        times = {row[name]: row["StartTime"] if operation == "ListPipelineExecutions" else row[what]
                 for row in numbers(engine, operation)}
        for bound in times.values():
            found = {row[name] for row in numbers(engine, operation, **{member: bound})}
            assert found == {other for other, time in times.items()
                             if (time > bound if member.endswith("After") else time < bound)}, (member, bound)


@pytest.mark.parametrize("operation", LISTS)
def test_other_filters(client, operation):
    everything = rows(client, operation)
    _, name, status = LISTS[operation]
    known = {"MaxResults", "NextToken", "SortBy", "SortOrder", *FIXED.get(operation, {})}
    for member in members(operation):
        if member in known or member.endswith(("After", "Before")):
            continue
        if member in ("NameContains", "PipelineNamePrefix"):
            for part in ("THIRD", "z-t", "a", "none") if operation != "ListModelPackages" else ():
                found = {row[name] for row in rows(client, operation, **{member: part})}
                lower = {each: each.lower() for each in NAMES}
                assert found == {each for each in NAMES if (
                    part.lower() in lower[each] if member == "NameContains"
                    else lower[each].startswith(part.lower()))}, (member, part)
        elif member in ("StatusEquals", "ModelApprovalStatus"):
            for wanted in members(operation)[member].enum:
                found = [row[name] for row in rows(client, operation, **{member: wanted})]
                assert sorted(found) == sorted(row[name] for row in everything if row[status] == wanted), wanted
        else:
            assert member in ("WarmPoolStatusEquals", "TrainingPlanArnEquals", "CrossAccountFilterOption",
                              "ModelPackageType"), f"{operation} has a filter that no test knows: {member}"
