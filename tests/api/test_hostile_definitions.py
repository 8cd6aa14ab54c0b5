# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipelines with something odd in any one place: refused when they are made, or they come to an end."""

import copy
import json

import pytest
from botocore.exceptions import ClientError

from clients import ROLE, XGBOOST, wait_for
from pipelines import condition, definition, equals, fail, get, join
from raw import assert_alive


def report(path="a.b[0].c"):
    return {"Std:JsonGet": {"S3Uri": "s3://odd/report.json", "Path": path}}


MODEL = {"Name": "Model", "Type": "Model", "DisplayName": "m", "DependsOn": [], "Arguments": {
    "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": XGBOOST, "ModelDataUrl": join(
        "s3:/", "odd", get("Parameters.Text"), get("Parameters.Whole"), on="/")}},
    "RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "IntervalSeconds": 1, "BackoffRate": 1.5, "MaxAttempts": 2}]}
REGISTER = {"Name": "Register", "Type": "RegisterModel", "Arguments": {
    "ModelPackageGroupName": "odd", "ModelApprovalStatus": "Approved", "InferenceSpecification": {
        "Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://odd/model"}],
        "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}}}
CHECK = condition("Check", [{"Type": "Or", "Conditions": [
    {"Type": "In", "QueryValue": get("Parameters.Text"), "Values": ["s", get("Parameters.Text")]},
    {"Type": "Not", "Expression": {"Type": "GreaterThan", "LeftValue": get("Parameters.Share"), "RightValue": 0.1}},
    equals(report(), 1)]}], [REGISTER], [fail("Stop", join("a", get("Parameters.Share"), get("Parameters.Switch")))])
GOOD = {**definition(MODEL, CHECK, parameters=[
    {"Name": "Whole", "Type": "Integer", "DefaultValue": 1}, {"Name": "Share", "Type": "Float", "DefaultValue": 0.5},
    {"Name": "Text", "Type": "String", "DefaultValue": "s", "EnumValues": ["s", "t"]},
    {"Name": "Switch", "Type": "Boolean", "DefaultValue": True}]),
    "PipelineExperimentConfig": {"ExperimentName": get("Execution.PipelineName"),
                                 "TrialName": get("Execution.PipelineExecutionId")}}

ODD = ["", "x" * 3000, -1, 1e308, None, [[]], {}, {"Get": ""}, get("Parameters.Whole"), get("Steps.Model.ModelArn"),
       get("Steps.Check.Outcome"), join(), {"Std:Join": {}}, report(), report("a[99999999999]")]


def places(node, path=()):
    """The path of everything in it but itself."""
    if path:
        yield path
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield from places(node[key], (*path, key))


def with_odd(path, value):
    changed = copy.deepcopy(GOOD)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return json.dumps(changed)


@pytest.fixture(scope="module")
def odd_engine(engine_factory):
    engine = engine_factory()
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="odd")
    s3.put_object(Bucket="odd", Key="report.json", Body=b'{"a":{"b":[{"c":1}]}}')
    s3.put_object(Bucket="odd", Key="model", Body=b"x")
    engine.client("sagemaker").create_model_package_group(ModelPackageGroupName="odd")
    return engine


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_definitions(odd_engine, number):
    client, started = odd_engine.client("sagemaker"), []
    for place, path in enumerate(places(GOOD)):
        name = f"odd-{number}-{place}"
        try:
            client.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=with_odd(path, ODD[number]))
            started.append((path, client.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]))
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400, (path, error)
            assert error.response["Error"]["Code"] == "ValidationException", (path, error)
    for path, arn in started:
        wait_for(lambda arn=arn: client.describe_pipeline_execution(PipelineExecutionArn=arn)[
            "PipelineExecutionStatus"] in ("Succeeded", "Failed"), 60, f"the end of the execution with {path}")
    assert_alive(odd_engine)


def test_the_good_one_is_good(odd_engine):
    """What the sweep makes odd is taken as it is."""
    client = odd_engine.client("sagemaker")
    client.create_pipeline(PipelineName="good", RoleArn=ROLE, PipelineDefinition=json.dumps(GOOD))
    arn = client.start_pipeline_execution(PipelineName="good")["PipelineExecutionArn"]
    wait_for(lambda: client.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"] == "Failed")
    reasons = {step["StepName"]: step.get("FailureReason", "") for step in client.list_pipeline_execution_steps(
        PipelineExecutionArn=arn)["PipelineExecutionSteps"]}
    assert set(reasons) == {"Model", "Check", "Register"} or "Could not find model data" in reasons["Model"], reasons
