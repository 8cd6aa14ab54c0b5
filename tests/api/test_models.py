# SPDX-License-Identifier: GPL-3.0-or-later
"""Models: from containers, from packages, and what is refused."""

import pytest

from clients import ROLE, SKLEARN, XGBOOST
from wire import call, refusal

DATA = "s3://sagebrush-tests/models/model.tar.gz"


def arn(name):
    return f"arn:aws:sagemaker:us-east-1:000000000000:model/{name.lower()}"


@pytest.fixture
def container(s3, bucket):
    s3.put_object(Bucket=bucket, Key="models/model.tar.gz", Body=b"bytes")

    return {"Image": XGBOOST, "ModelDataUrl": DATA, "Environment": {"A": "1"}}


@pytest.fixture
def create(sagemaker, unique):
    """Creates a model; returns its name."""

    def run(name=None, **members):
        name = name or unique("Model")
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, **members)
        return name

    return run


@pytest.fixture
def package(sagemaker, unique, container):
    """Registers a version; returns its ARN."""
    group = unique("models")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)

    def run(status="Approved", **members):
        return sagemaker.create_model_package(
            ModelPackageGroupName=group, ModelApprovalStatus=status,
            InferenceSpecification={"Containers": [container],
                                    "SupportedContentTypes": ["text/csv"],
                                    "SupportedResponseMIMETypes": ["text/csv"]},
            **members)["ModelPackageArn"]

    return run


def test_life_of_a_model(create, sagemaker, container):
    name = create(PrimaryContainer=container, Tags=[{"Key": "a", "Value": "b"}])
    found = sagemaker.describe_model(ModelName=name)
    assert found["ModelName"] == name and found["ModelArn"] == arn(name)
    assert found["PrimaryContainer"] == container
    assert found["ExecutionRoleArn"] == ROLE and found["EnableNetworkIsolation"] is False
    assert found["CreationTime"] and "Tags" not in found
    assert sagemaker.list_tags(ResourceArn=arn(name))["Tags"] == [{"Key": "a", "Value": "b"}]
    summary = sagemaker.list_models(NameContains=name)["Models"]
    assert summary == [{m: found[m] for m in ("ModelName", "ModelArn", "CreationTime")}]

    sagemaker.delete_model(ModelName=name)
    assert refusal(sagemaker.describe_model, ModelName=name) == (
        "ValidationException", f'Could not find model "{arn(name)}".')


def test_missing_model(sagemaker):
    for function in (sagemaker.describe_model, sagemaker.delete_model):
        assert refusal(function, ModelName="Never-There") == (
            "ValidationException", f'Could not find model "{arn("never-there")}".')


def test_duplicate(create, container):
    name = create(PrimaryContainer=container)
    for other in (name, name.upper()):
        assert refusal(create, name=other, PrimaryContainer=container) == (
            "ValidationException", f'Cannot create already existing model "{arn(name)}".')


def test_name_is_free_after_deletion(create, sagemaker, container):
    name = create(PrimaryContainer=container, Tags=[{"Key": "a", "Value": "b"}])
    sagemaker.delete_model(ModelName=name)
    create(name=name, PrimaryContainer={"Image": SKLEARN})
    assert sagemaker.describe_model(ModelName=name)["PrimaryContainer"] == {"Image": SKLEARN}
    assert sagemaker.list_tags(ResourceArn=arn(name))["Tags"] == []


def test_containers_as_a_list(create, sagemaker, container):
    name = create(Containers=[container])
    found = sagemaker.describe_model(ModelName=name)
    assert found["Containers"] == [container] and "PrimaryContainer" not in found


@pytest.mark.parametrize("members", [{}, {"Containers": []}])
def test_no_container(create, members):
    code, message = refusal(create, **members)
    assert code == "ValidationException" and "PrimaryContainer" in message


def test_both_forms(create, container):
    code, message = refusal(create, PrimaryContainer=container, Containers=[container])
    assert code == "ValidationException" and "PrimaryContainer" in message


def test_container_without_an_image(create):
    code, message = refusal(create, PrimaryContainer={"Environment": {"A": "1"}})
    assert code == "ValidationException" and "Image" in message


def test_unknown_image(create):
    code, message = refusal(create, PrimaryContainer={"Image": "example.com/tensorflow:2"})
    assert code == "ValidationException" and "example.com/tensorflow:2" in message


@pytest.mark.parametrize("url", ["s3://sagebrush-tests/never/model.tar.gz",
                                 "s3://no-such-bucket-here/model.tar.gz"])
def test_missing_model_data(create, bucket, url):
    assert refusal(create, PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": url}) == (
        "ValidationException", f"Could not find model data at {url}.")


def test_model_data_elsewhere(create):
    code, message = refusal(create, PrimaryContainer={
        "Image": XGBOOST, "ModelDataUrl": "https://example.com/model.tar.gz"})
    assert code == "ValidationException" and "ModelDataUrl" in message


def test_model_data_source_is_refused(create, container):
    """What is not served must not be taken as if it were."""
    code, message = refusal(create, PrimaryContainer={"Image": XGBOOST, "ModelDataSource": {
        "S3DataSource": {"S3Uri": "s3://sagebrush-tests/models/", "S3DataType": "S3Prefix",
                         "CompressionType": "None"}}})
    assert code == "ValidationException" and "ModelDataSource" in message


def test_multi_model_is_refused(create, container):
    code, message = refusal(create, PrimaryContainer={**container, "Mode": "MultiModel"})
    assert code == "ValidationException" and "Mode" in message


# --- from the registry ---


def test_from_an_approved_version(create, sagemaker, package, container):
    version = package("Approved")
    name = create(Containers=[{"ModelPackageName": version}])
    found = sagemaker.describe_model(ModelName=name)["Containers"][0]
    assert found["ModelPackageName"] == version
    # Deleting the version later breaks nothing.
    sagemaker.delete_model_package(ModelPackageName=version)
    found = sagemaker.describe_model(ModelName=name)["Containers"][0]
    assert (found["Image"], found["ModelDataUrl"]) == (container["Image"], DATA)


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_from_a_version_that_is_not_approved(create, sagemaker, package, status):
    version = package(status)
    code, message = refusal(create, PrimaryContainer={"ModelPackageName": version})
    assert code == "ValidationException" and version in message and status in message
    sagemaker.update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
    create(PrimaryContainer={"ModelPackageName": version})


def test_from_a_missing_version(create, package):
    version = package().rsplit("/", 1)[0] + "/77"
    assert refusal(create, PrimaryContainer={"ModelPackageName": version}) == (
        "ValidationException", f"ModelPackage {version} does not exist.")


def test_environment_of_the_model_wins(create, sagemaker, package):
    name = create(PrimaryContainer={"ModelPackageName": package(), "Environment": {"B": "2"}})
    assert sagemaker.describe_model(ModelName=name)["PrimaryContainer"]["Environment"] == {
        "A": "1", "B": "2"}


# --- names ---


@pytest.mark.parametrize("name", ["-a", "a-", "a_b", "a" * 64, "é", "a b", "", "a/b", "a\n"])
def test_names(engine, name):
    answer = call(engine, "CreateModel", {"ModelName": name, "PrimaryContainer": {"Image": SKLEARN}})
    assert answer.code == "ValidationException" and "'modelName'" in answer.message, answer.text


@pytest.mark.parametrize("name", ["a", "a--b", "0", "A" * 63])
def test_names_at_the_bounds(create, sagemaker, name):
    create(name=name, PrimaryContainer={"Image": SKLEARN})
    sagemaker.delete_model(ModelName=name)


def test_cli(aws, container, unique):
    name = unique("cli")
    made = aws("sagemaker", "create-model", "--model-name", name, "--execution-role-arn", ROLE,
               "--primary-container", f"Image={XGBOOST},ModelDataUrl={DATA}").json
    assert made == {"ModelArn": arn(name)}
    assert aws("sagemaker", "describe-model", "--model-name", name).json["ModelName"] == name
    assert aws("sagemaker", "delete-model", "--model-name", name).stdout == ""
    result = aws("sagemaker", "describe-model", "--model-name", name, check=False)
    assert result.returncode == 254 and "Could not find model" in result.stderr
