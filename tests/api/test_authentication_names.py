# SPDX-License-Identifier: GPL-3.0-or-later
"""H12: what belongs to others is refused, without a word on whether it exists."""

import json
import re

import boto3
import pytest
from botocore.exceptions import ClientError

from clients import ROLE, SKLEARN
from operations import OPERATIONS
from raw import call_bytes, exchange, query

HOME = "arn:aws:sagemaker:us-east-1:000000000000:"
GROUP = HOME + "model-package-group/"

# Parts that AWS's patterns let through, and those they do not.
ELSEWHERE = {
    "account": "arn:aws:sagemaker:us-east-1:111111111111:",
    "region": "arn:aws:sagemaker:eu-west-1:000000000000:",
    "no region": "arn:aws:sagemaker::000000000000:",
    "partition": "arn:aws-cn:sagemaker:us-east-1:000000000000:",
}
IMPOSSIBLE = {
    "wildcard account": "arn:aws:sagemaker:us-east-1:*:",
    "no account": "arn:aws:sagemaker:us-east-1::",
    "short account": "arn:aws:sagemaker:us-east-1:00000000000:",
    "wildcard region": "arn:aws:sagemaker:*:000000000000:",
    "wildcard partition": "arn:*:sagemaker:us-east-1:000000000000:",
    "service": "arn:aws:s3:us-east-1:000000000000:",
}

# Calls that name a model package group, or try to.
CALLS = {
    "ListTags": lambda arn: {"ResourceArn": arn},
    "AddTags": lambda arn: {"ResourceArn": arn, "Tags": [{"Key": "x", "Value": "y"}]},
    "DeleteTags": lambda arn: {"ResourceArn": arn, "TagKeys": ["k"]},
    "DescribeModelPackageGroup": lambda arn: {"ModelPackageGroupName": arn},
    "DeleteModelPackageGroup": lambda arn: {"ModelPackageGroupName": arn},
    "ListModelPackages": lambda arn: {"ModelPackageGroupName": arn},
    "CreateModelPackage": lambda arn: {"ModelPackageGroupName": arn},
}


@pytest.fixture
def group(sagemaker, unique):
    """A group with a tag and a version; after the test it is as it was."""
    name = unique("mine")
    sagemaker.create_model_package_group(ModelPackageGroupName=name, Tags=[{"Key": "k", "Value": "v"}])
    sagemaker.create_model_package(ModelPackageGroupName=name)
    yield name
    assert sagemaker.list_tags(ResourceArn=GROUP + name)["Tags"] == [{"Key": "k", "Value": "v"}]
    versions = sagemaker.list_model_packages(ModelPackageGroupName=GROUP + name)
    assert [version["ModelPackageVersion"] for version in versions["ModelPackageSummaryList"]] == [1]


def ask(engine, operation, prefix, name):
    """Status, code and message of a call; where the name stands in it, whole or cut, NAME."""
    reply = exchange(engine, call_bytes(engine, operation, json.dumps(CALLS[operation](prefix + name))))
    message = reply.message if reply.status != 200 else reply.body.decode()
    return reply.status, reply.code if reply.status != 200 else None, re.sub(f"{name[:3]}[a-z0-9-]*…?", "NAME", message)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("row", ELSEWHERE)
def test_others_are_denied(engine, group, operation, row):
    prefix = ELSEWHERE[row] + "model-package-group/"
    status, code, message = ask(engine, operation, prefix, group)
    assert (status, code) == (403, "AccessDeniedException")
    assert re.match(rf"User: \S+ is not authorized to perform: sagemaker:{operation} on resource: {ELSEWHERE[row][:40]}", message)
    assert HOME in message
    assert ask(engine, operation, prefix, "n" * len(group)) == (status, code, message)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("row", IMPOSSIBLE)
def test_what_is_no_arn_is_invalid(engine, group, operation, row):
    """By AWS's own patterns, as AWS says it."""
    prefix = IMPOSSIBLE[row] + "model-package-group/"
    status, code, message = ask(engine, operation, prefix, group)
    assert (status, code) == (400, "ValidationException") and "pattern" in message
    assert ask(engine, operation, prefix, "n" * len(group)) == (status, code, message)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("kind", ["endpoint/", "model-package/", "endpoint/../model-package-group/"])
def test_the_type_is_part_of_the_name(engine, group, operation, kind):
    """Something of another type is nothing, whatever its name."""
    answer = ask(engine, operation, HOME + kind, group)
    assert answer == ask(engine, operation, HOME + kind, "n" * len(group))
    if operation == "ListModelPackages" and ".." not in kind:
        assert answer[0] == 200 and json.loads(answer[2])["ModelPackageSummaryList"] == []
    else:
        assert answer[:2] == (400, "ValidationException")


# --- every operation that takes names of resources, by the model that clients have ---

# How a pattern goes on behind the account, and a name that fits.
NAMES = {
    r"pipeline\/.*\/execution\/.*$": "pipeline/p/execution/abcdefghijkl",
    "pipeline/.*": "pipeline/p",
    "model-package/": "model-package/p/1",
    "training-plan/.*": "training-plan/of-others",
    r"[a-z\-]*\/": "model-package-group/p",
    ".+": "model/m",
}
REST = {"AddTags": {"Tags": [{"Key": "k", "Value": "v"}]}, "DeleteTags": {"TagKeys": ["k"]}}


def members():
    """(operation, member, whether it is a list, a name that fits it, whether the operation writes)"""
    model = boto3.client("sagemaker", region_name="us-east-1").meta.service_model
    for service, operation, writes in OPERATIONS:
        if service != "sagemaker" or operation not in model.operation_names:
            continue
        for member, shape in model.operation_model(operation).input_shape.members.items():
            is_list = shape.type_name == "list"
            pattern = (shape.member if is_list else shape).metadata.get("pattern", "")
            if ":sagemaker:" in pattern:
                rest = pattern.split("[0-9]{12}:", 1)[1]
                name, = [name for start, name in NAMES.items() if rest.startswith(start)][:1]
                yield operation, member, is_list, name, writes


MEMBERS = {f"{operation}.{member}": rest for operation, member, *rest in members()}


def test_the_members_are_many():
    assert len(MEMBERS) >= 20 and "BatchDescribeModelPackage.ModelPackageArnList" in MEMBERS


@pytest.mark.parametrize("row", MEMBERS)
def test_every_member_that_takes_names(engine, sagemaker, row):
    operation, member = row.split(".")
    is_list, name, writes = MEMBERS[row]
    method = getattr(sagemaker, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
    for prefix in ELSEWHERE.values():
        arn = prefix + name
        with pytest.raises(ClientError) as caught:
            method(**{member: [arn] if is_list else arn}, **REST.get(operation, {}))
        response = caught.value.response
        if response["Error"]["Code"] == "ValidationException":
            # some patterns want a region, or know the partitions
            assert prefix == ELSEWHERE["no region"] and "pattern" in response["Error"]["Message"], arn
            continue
        assert response["Error"]["Code"] == "AccessDeniedException", response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
        kept = query(engine, "SELECT operation, outcome FROM audit WHERE request_id = ?",
                     response["ResponseMetadata"]["RequestId"])
        assert kept == ([(operation, "AccessDeniedException")] if writes else [])


def test_names_deep_in_a_request(engine, sagemaker, unique):
    name = unique("deep")
    foreign = ELSEWHERE["account"]

    def denied(method, **arguments):
        with pytest.raises(ClientError, match="is not authorized to perform") as caught:
            method(**arguments)
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"

    denied(sagemaker.create_model, ModelName=name, ExecutionRoleArn=ROLE,
           PrimaryContainer={"ModelPackageName": foreign + "model-package/p/1"})
    denied(sagemaker.create_model, ModelName=name, ExecutionRoleArn=ROLE,
           Containers=[{"Image": SKLEARN}, {"ModelPackageName": foreign + "model-package/p/1"}])
    denied(sagemaker.start_pipeline_execution, PipelineName="none",
           SelectiveExecutionConfig={"SelectedSteps": [{"StepName": "S"}],
                                     "SourcePipelineExecutionArn": foreign + "pipeline/p/execution/abcdefghijkl"})
    assert sagemaker.list_models(NameContains=name)["Models"] == []


def test_what_only_looks_like_a_name_is_let_through(sagemaker, unique):
    """Roles are of any account, as the code of users has them; free text is free."""
    name = unique("free")
    foreign = ELSEWHERE["account"] + "model/m"
    sagemaker.create_model_package_group(ModelPackageGroupName=name, ModelPackageGroupDescription=foreign,
                                         Tags=[{"Key": "source", "Value": foreign}])
    assert sagemaker.list_tags(ResourceArn=GROUP + name)["Tags"][0]["Value"] == foreign
    sagemaker.create_pipeline(
        PipelineName=name, RoleArn="arn:aws:iam::111111111111:role/theirs", PipelineDescription=foreign,
        PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": [
            {"Name": "F", "Type": "Fail", "Arguments": {"ErrorMessage": foreign}}]}))
    assert sagemaker.describe_pipeline(PipelineName=name)["RoleArn"].startswith("arn:aws:iam::111111111111:")


def test_the_region_and_account_are_the_engines(engine_factory):
    engine = engine_factory("--region", "eu-central-1", "--account", "210987654321")
    client = engine.client("sagemaker")
    arn = client.create_model_package_group(ModelPackageGroupName="g")["ModelPackageGroupArn"]
    assert client.describe_model_package_group(ModelPackageGroupName=arn)["ModelPackageGroupName"] == "g"
    with pytest.raises(ClientError, match="AccessDenied.*arn:aws:sagemaker:eu-central-1:210987654321:"):
        client.describe_model_package_group(ModelPackageGroupName=GROUP + "g")
