# SPDX-License-Identifier: GPL-3.0-or-later
"""The model registry: groups, versions, approval."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clients import XGBOOST
from wire import call, refusal

PREFIX = "arn:aws:sagemaker:us-east-1:000000000000:"
SPECIFICATION = {"Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://b/model.tar.gz"}],
                 "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}


@pytest.fixture
def group(sagemaker, unique):
    name = unique("Group")
    sagemaker.create_model_package_group(ModelPackageGroupName=name)

    return name


@pytest.fixture
def register(sagemaker, group):
    """Registers a version of the group; returns its ARN."""

    def run(**members):
        members.setdefault("InferenceSpecification", SPECIFICATION)
        return sagemaker.create_model_package(ModelPackageGroupName=group,
                                              **members)["ModelPackageArn"]

    return run


def describe(sagemaker, arn):
    return sagemaker.describe_model_package(ModelPackageName=arn)


# --- groups ---


def test_life_of_a_group(sagemaker, unique):
    name = unique("Churn")
    made = sagemaker.create_model_package_group(
        ModelPackageGroupName=name, ModelPackageGroupDescription="who leaves")
    arn = f"{PREFIX}model-package-group/{name.lower()}"
    assert made["ModelPackageGroupArn"] == arn
    for given in (name, arn, name.lower()):
        found = sagemaker.describe_model_package_group(ModelPackageGroupName=given)
        assert found["ModelPackageGroupName"] == name
        assert found["ModelPackageGroupDescription"] == "who leaves"
        assert found["ModelPackageGroupStatus"] == "Completed"
        assert found["ModelPackageGroupArn"] == arn and found["CreationTime"]
        assert "CreatedBy" in found
    summary = sagemaker.list_model_package_groups(NameContains=name)["ModelPackageGroupSummaryList"]
    assert [(s["ModelPackageGroupArn"], s["ModelPackageGroupStatus"]) for s in summary] == [
        (arn, "Completed")]
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    for function in (sagemaker.describe_model_package_group, sagemaker.delete_model_package_group):
        assert refusal(function, ModelPackageGroupName=name) == (
            "ValidationException", f"ModelPackageGroup {arn} does not exist.")


def test_duplicate_group(sagemaker, group):
    code, message = refusal(sagemaker.create_model_package_group, ModelPackageGroupName=group)
    assert code == "ValidationException" and "already exists" in message


def test_group_with_versions_stays(sagemaker, group, register):
    first, second = register(), register()
    code, message = refusal(sagemaker.delete_model_package_group, ModelPackageGroupName=group)
    assert code == "ConflictException" and group in message and "2 versions" in message
    for version in (first, second):
        sagemaker.delete_model_package(ModelPackageName=version)
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)


# --- versions ---


def test_version_is_described(sagemaker, group, register):
    arn = register(ModelPackageDescription="the first", Domain="MACHINE_LEARNING",
                   CustomerMetadataProperties={"accuracy": "0.9"},
                   ModelMetrics={"ModelQuality": {"Statistics": {
                       "ContentType": "application/json", "S3Uri": "s3://b/m.json"}}})
    assert arn == f"{PREFIX}model-package/{group.lower()}/1"
    found = describe(sagemaker, arn)
    assert found["ModelPackageArn"] == arn and found["ModelPackageVersion"] == 1
    assert found["ModelPackageGroupName"] == group
    assert found["ModelPackageStatus"] == "Completed"
    assert found["ModelPackageStatusDetails"] == {"ValidationStatuses": []}
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    assert found["InferenceSpecification"] == SPECIFICATION
    assert found["ModelPackageDescription"] == "the first"
    assert found["CustomerMetadataProperties"] == {"accuracy": "0.9"}
    assert found["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] == "s3://b/m.json"


def test_numbers_are_never_used_twice(sagemaker, register):
    arns = [register() for _ in range(3)]
    assert [arn.rsplit("/", 1)[1] for arn in arns] == ["1", "2", "3"]
    sagemaker.delete_model_package(ModelPackageName=arns[2])
    sagemaker.delete_model_package(ModelPackageName=arns[0])
    assert register().endswith("/4")


def test_numbers_of_concurrent_versions(engine, group):
    def register(_):
        return engine.client("sagemaker").create_model_package(
            ModelPackageGroupName=group, InferenceSpecification=SPECIFICATION)["ModelPackageArn"]

    with ThreadPoolExecutor(8) as pool:
        arns = list(pool.map(register, range(24)))
    assert sorted(int(arn.rsplit("/", 1)[1]) for arn in arns) == list(range(1, 25))


def test_missing_version(sagemaker, group):
    for arn in (f"{PREFIX}model-package/{group.lower()}/9", f"{PREFIX}model-package/never/1"):
        text = f"ModelPackage {arn} does not exist."
        assert refusal(describe, sagemaker=sagemaker, arn=arn) == ("ValidationException", text)
        assert refusal(sagemaker.delete_model_package, ModelPackageName=arn) == (
            "ValidationException", text)
        assert refusal(sagemaker.update_model_package, ModelPackageArn=arn,
                       ModelApprovalStatus="Approved") == ("ValidationException", text)


def test_version_of_a_missing_group(sagemaker):
    assert refusal(sagemaker.create_model_package, ModelPackageGroupName="Never-There",
                   InferenceSpecification=SPECIFICATION) == (
        "ValidationException",
        f"ModelPackageGroup {PREFIX}model-package-group/never-there does not exist.")


def test_group_given_by_arn(sagemaker, group):
    arn = sagemaker.create_model_package(
        ModelPackageGroupName=f"{PREFIX}model-package-group/{group.lower()}",
        InferenceSpecification=SPECIFICATION)["ModelPackageArn"]
    assert arn.endswith(f"{group.lower()}/1")
    assert describe(sagemaker, arn)["ModelPackageGroupName"] == group


def test_deleted_version_is_gone(sagemaker, register):
    arn = register()
    sagemaker.delete_model_package(ModelPackageName=arn)
    assert refusal(describe, sagemaker=sagemaker, arn=arn)[1] == f"ModelPackage {arn} does not exist."


# --- approval ---


def test_approval_goes_both_ways(sagemaker, register):
    arn = register()
    assert describe(sagemaker, arn)["ModelApprovalStatus"] == "PendingManualApproval"
    for status, why in [("Approved", "good"), ("Rejected", "drifts"),
                        ("PendingManualApproval", "look again"), ("Approved", "fine")]:
        made = sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status,
                                              ApprovalDescription=why)
        assert made["ModelPackageArn"] == arn
        found = describe(sagemaker, arn)
        assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == (status, why)
        assert found["LastModifiedTime"] > found["CreationTime"]
        assert "LastModifiedBy" in found


def test_approval_at_registration(sagemaker, register):
    assert describe(sagemaker, register(ModelApprovalStatus="Approved"))[
        "ModelApprovalStatus"] == "Approved"


def test_approval_that_is_none(sagemaker, register):
    arn = register()
    code, message = refusal(sagemaker.update_model_package, ModelPackageArn=arn,
                            ModelApprovalStatus="Maybe")
    assert code == "ValidationException"
    assert message == (
        "1 validation error detected: Value 'Maybe' at 'modelApprovalStatus' failed to satisfy "
        "constraint: Member must satisfy enum value set: "
        "[Approved, Rejected, PendingManualApproval]")
    assert describe(sagemaker, arn)["ModelApprovalStatus"] == "PendingManualApproval"


def test_properties_merge(sagemaker, register):
    arn = register(CustomerMetadataProperties={"a": "1", "b": "2"})

    def update(**members):
        sagemaker.update_model_package(ModelPackageArn=arn, **members)
        return describe(sagemaker, arn)["CustomerMetadataProperties"]

    assert update(CustomerMetadataProperties={"b": "3", "c": "4"}) == {
        "a": "1", "b": "3", "c": "4"}
    assert update(CustomerMetadataPropertiesToRemove=["a", "never"]) == {"b": "3", "c": "4"}
    assert update(ModelApprovalStatus="Approved") == {"b": "3", "c": "4"}
    many = {f"k{i}": "x" for i in range(48)}
    assert len(update(CustomerMetadataProperties=many)) == 50
    code, message = refusal(update, CustomerMetadataProperties={"one-more": "x"})
    assert code == "ValidationException" and "50" in message


def test_update_replaces_a_specification(sagemaker, register):
    arn = register()
    changed = {**SPECIFICATION, "SupportedContentTypes": ["application/json"]}
    sagemaker.update_model_package(ModelPackageArn=arn, InferenceSpecification=changed)
    assert describe(sagemaker, arn)["InferenceSpecification"] == changed


# --- client tokens ---


def test_token_gives_the_first_answer(sagemaker, register, group):
    first = register(ClientToken="token-" + group)
    assert register(ClientToken="token-" + group) == first
    found = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert len(found) == 1
    assert register(ClientToken="other-" + group).endswith("/2")


def test_token_for_something_else(register, group):
    register(ClientToken="token-" + group)
    code, message = refusal(register, ClientToken="token-" + group, ModelPackageDescription="other")
    assert code == "ConflictException" and "oken" in message


# --- lists ---


def packages(sagemaker, **members):
    pages = sagemaker.get_paginator("list_model_packages").paginate(**members)

    return [p for page in pages for p in page["ModelPackageSummaryList"]]


def test_list_of_a_group(sagemaker, group, register):
    arns = [register(ModelApprovalStatus=s, ModelPackageDescription=s)
            for s in ("Approved", "Rejected", "PendingManualApproval", "Approved")]

    def numbers(**members):
        return [p["ModelPackageVersion"]
                for p in packages(sagemaker, ModelPackageGroupName=group, **members)]

    assert numbers() == [4, 3, 2, 1]
    assert numbers(SortOrder="Ascending") == [1, 2, 3, 4]
    assert numbers(ModelApprovalStatus="Approved") == [4, 1]
    assert numbers(ModelApprovalStatus="Rejected") == [2]
    assert numbers(PaginationConfig={"PageSize": 1}) == [4, 3, 2, 1]
    by_arn = packages(sagemaker,
                      ModelPackageGroupName=f"{PREFIX}model-package-group/{group.lower()}")
    assert [p["ModelPackageArn"] for p in by_arn] == arns[::-1]
    assert by_arn[0]["ModelApprovalStatus"] == "Approved"
    assert by_arn[0]["ModelPackageGroupName"] == group
    assert by_arn[0]["ModelPackageDescription"] == "Approved"

    sagemaker.update_model_package(ModelPackageArn=arns[0], ModelApprovalStatus="Rejected")
    assert numbers(ModelApprovalStatus="Rejected") == [2, 1]


def test_unversioned_packages(sagemaker, unique, group, register):
    """Without a group only those that belong to none are listed."""
    version = register()
    name = unique("Lone")
    arn = sagemaker.create_model_package(
        ModelPackageName=name, InferenceSpecification=SPECIFICATION)["ModelPackageArn"]
    assert arn == f"{PREFIX}model-package/{name.lower()}"
    for given in (name, arn):
        found = describe(sagemaker, given)
        assert found["ModelPackageName"] == name and "ModelPackageVersion" not in found
    listed = [p["ModelPackageArn"] for p in packages(sagemaker)]
    assert arn in listed and version not in listed
    listed = [p["ModelPackageArn"] for p in packages(sagemaker, ModelPackageType="Both")]
    assert arn in listed and version in listed
    listed = [p["ModelPackageArn"] for p in packages(sagemaker, ModelPackageType="Versioned")]
    assert arn not in listed and version in listed

    code, message = refusal(sagemaker.create_model_package, ModelPackageName=name,
                            InferenceSpecification=SPECIFICATION)
    assert code == "ValidationException" and "already exists" in message
    code, message = refusal(sagemaker.update_model_package, ModelPackageArn=arn,
                            ModelApprovalStatus="Approved")
    assert code == "ValidationException" and "group" in message


def test_batch_describe(sagemaker, register):
    arns = [register(), register(ModelApprovalStatus="Approved")]
    missing = arns[0].rsplit("/", 1)[0] + "/99"
    reply = sagemaker.batch_describe_model_package(ModelPackageArnList=[*arns, missing])
    assert set(reply["ModelPackageSummaries"]) == set(arns)
    assert reply["ModelPackageSummaries"][arns[1]]["ModelApprovalStatus"] == "Approved"
    assert reply["ModelPackageSummaries"][arns[0]]["InferenceSpecification"] == SPECIFICATION
    assert reply["BatchDescribeModelPackageErrorMap"] == {missing: {
        "ErrorCode": "ValidationException",
        "ErrorResponse": f"ModelPackage {missing} does not exist."}}


# --- what is refused ---


def test_neither_group_nor_name(sagemaker):
    code, message = refusal(sagemaker.create_model_package, InferenceSpecification=SPECIFICATION)
    assert code == "ValidationException" and "ModelPackageGroupName" in message


def test_validation_is_not_done(register):
    code, message = refusal(register, ValidationSpecification={
        "ValidationRole": "arn:aws:iam::000000000000:role/r",
        "ValidationProfiles": [{"ProfileName": "p", "TransformJobDefinition": {
            "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix",
                                                               "S3Uri": "s3://b/x"}}},
            "TransformOutput": {"S3OutputPath": "s3://b/y"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}}}]})
    assert code == "ValidationException" and "ValidationSpecification" in message


def test_hostile_group_names(engine):
    for name in ("../x", "a/b", "a" * 64, "-", "a b", "\u202e"):
        answer = call(engine, "CreateModelPackageGroup", {"ModelPackageGroupName": name})
        assert answer.code == "ValidationException", (name, answer.text)
        assert "modelPackageGroupName" in answer.message


def test_cli_round_trip(aws, unique):
    name = unique("cli")
    aws("sagemaker", "create-model-package-group", "--model-package-group-name", name)
    arn = aws("sagemaker", "create-model-package", "--model-package-group-name", name,
              "--inference-specification",
              f"Containers=[{{Image={XGBOOST}}}],SupportedContentTypes=text/csv,"
              "SupportedResponseMIMETypes=text/csv").json["ModelPackageArn"]
    aws("sagemaker", "update-model-package", "--model-package-arn", arn,
        "--model-approval-status", "Approved")
    listed = aws("sagemaker", "list-model-packages", "--model-package-group-name", name,
                 "--model-approval-status", "Approved").json["ModelPackageSummaryList"]
    assert [p["ModelPackageArn"] for p in listed] == [arn]
    # The CLI makes ISO times of the numbers.
    assert listed[0]["CreationTime"][:2] == "20" and "T" in listed[0]["CreationTime"]
