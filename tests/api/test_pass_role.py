# SPDX-License-Identifier: GPL-3.0-or-later
"""H13: nobody lets something do for him what he may not do himself."""

import json

import pytest
from botocore.exceptions import ClientError

from clients import ROLE, SKLEARN, wait_for
from people import people  # noqa: F401
from raw import query

OURS = "arn:aws:iam::000000000000:role/sagebrush-{}"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}


def group_step():
    """A step that registers a version, which is nothing but rows."""
    return {"Name": "Register", "Type": "RegisterModel", "Arguments": {
        "ModelPackageGroupName": "h13", "InferenceSpecification": {
            "Containers": [{"Image": SKLEARN, "ModelDataUrl": "s3://none/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}}}


def job_step(role):
    return {"Name": "Job", "Type": "Processing", "Arguments": {
        "RoleArn": role, "ProcessingResources": CLUSTER,
        "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/true"]}}}


def document(*steps):
    return json.dumps({"Version": "2020-12-01", "Steps": list(steps)})


def denied(method, **arguments):
    with pytest.raises(ClientError) as caught:
        method(**arguments)
    error = caught.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403 and error["Error"]["Code"] == "AccessDeniedException"
    return error["Error"]["Message"]


def words(role, resource):
    return (f"User: arn:aws:sts::000000000000:assumed-role/sagebrush-{role}/{role} is not authorized to perform: "
            f"iam:PassRole on resource: {resource} because no identity-based policy allows the iam:PassRole action")


def requests(name, role):
    """What takes a role."""
    return {
        "create_pipeline": {"PipelineName": name, "RoleArn": role, "PipelineDefinition": document(group_step())},
        "create_processing_job": {
            "ProcessingJobName": name, "RoleArn": role, "ProcessingResources": CLUSTER,
            "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/true"]}},
        "create_training_job": {
            "TrainingJobName": name, "RoleArn": role, "OutputDataConfig": {"S3OutputPath": "s3://none/o"},
            "AlgorithmSpecification": {"TrainingImage": SKLEARN, "TrainingInputMode": "File"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60}},
        "create_model": {"ModelName": name, "ExecutionRoleArn": role,
                         "PrimaryContainer": {"Image": SKLEARN}},
    }


@pytest.mark.parametrize("operation", requests("", ""))
def test_h13_a_stronger_role_is_not_passed(people, unique, operation):
    """H13: 403 in AWS's words for every request that takes a role, with a record of it."""
    developer = people.people["developer"].client("sagemaker")
    name, strong = unique("h13"), OURS.format("admin")
    message = denied(getattr(developer, operation), **requests(name, strong)[operation])
    assert message == words("developer", strong)
    kept, = query(people, "SELECT principal, outcome FROM audit ORDER BY seq DESC LIMIT 1")
    assert kept == ("developer", "AccessDeniedException")
    assert query(people, "SELECT count (*) FROM resource WHERE name = ?", name) == [(0,)]


@pytest.mark.parametrize("role", [
    OURS.format("viewer"), OURS.format("developer"), ROLE, "arn:aws:iam::111111111111:role/sagebrush-admin",
    "arn:aws:iam::000000000000:role/service-role/sagebrush-admin", "arn:aws:iam::000000000000:role/sagebrush-administrator",
    "arn:aws-cn:iam::000000000000:role/sagebrush-admin", "arn:aws:iam::000000000000:rolesagebrush-admin"])
def test_other_roles_are_passed_and_are_no_stronger(people, unique, role):
    """Scripts bring roles of their own; those count as the caller's."""
    developer = people.people["developer"].client("sagemaker")
    name = unique("h13")
    developer.create_model(**requests(name, role)["create_model"])
    developer.create_pipeline(**requests(name, role)["create_pipeline"])
    developer.start_pipeline_execution(PipelineName=name)
    lent, = query(people, "SELECT json_extract (state, '$.Role'), json_extract (state, '$.StartedBy') FROM resource"
                          " WHERE kind = 'pipeline-execution' AND parent = ?", name)
    assert lent == ("viewer" if role == OURS.format("viewer") else "developer", "developer")


def ended(client, arn):
    """Its status, and why the steps failed."""
    wait_for(lambda: client.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
             in ("Succeeded", "Failed", "Stopped"), 120)
    status = client.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
    steps = client.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return status, " ".join(step.get("FailureReason", "") for step in steps)


def test_h13_an_administrators_pipeline_is_not_borrowed(people, unique):
    """H13: neither started, nor changed, nor tried again by who is not one."""
    admin, developer = (people.people[role].client("sagemaker") for role in ("admin", "developer"))
    name, strong = unique("h13"), OURS.format("admin")
    refused = words("developer", strong)
    admin.create_pipeline(PipelineName=name, RoleArn=strong, PipelineDefinition=document(
        {"Name": "F", "Type": "Processing", "Arguments": {**job_step(strong)["Arguments"], "AppSpecification": {
            "ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/false"]}}}))
    assert denied(developer.start_pipeline_execution, PipelineName=name) == refused
    assert denied(developer.update_pipeline, PipelineName=name, PipelineDefinition=document(group_step())) == refused
    assert denied(developer.update_pipeline, PipelineName=name, RoleArn=ROLE) == refused
    arn = admin.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    assert ended(admin, arn)[0] == "Failed"
    assert denied(developer.retry_pipeline_execution, PipelineExecutionArn=arn) == refused
    admin.retry_pipeline_execution(PipelineExecutionArn=arn)
    assert ended(admin, arn)[0] == "Failed"


def test_h13_the_steps_have_the_role_that_was_lent(people, unique):
    """H13: a step that names a stronger role fails; so does every change by a viewer's role."""
    developer = people.people["developer"].client("sagemaker")
    name = unique("h13")
    developer.create_pipeline(PipelineName=name, RoleArn=ROLE,
                              PipelineDefinition=document(job_step(OURS.format("admin"))))
    arn = developer.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    status, why = ended(developer, arn)
    assert status == "Failed" and "iam:PassRole" in why and "sagebrush-admin" in why

    name = unique("h13")
    developer.create_pipeline(PipelineName=name, RoleArn=OURS.format("viewer"), PipelineDefinition=document(group_step()))
    arn = developer.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    status, why = ended(developer, arn)
    assert status == "Failed" and "not authorized to perform: sagemaker:CreateModelPackage" in why


def test_h13_what_a_developer_wrote_stays_a_developers(people, unique):
    """H13: an administrator who starts another's pipeline lends it no more than its writer had, and the
    execution goes on with what it was lent."""
    admin, developer = (people.people[role].client("sagemaker") for role in ("admin", "developer"))
    name = unique("h13")
    developer.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=document(job_step(OURS.format("admin"))))
    arn = admin.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    status, why = ended(admin, arn)
    assert status == "Failed" and "iam:PassRole" in why
    admin.update_pipeline(PipelineName=name, PipelineDefinition=document(job_step(OURS.format("admin"))))
    arn = admin.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    assert ended(admin, arn)[0] == "Succeeded"


def test_what_a_pipeline_makes_says_for_whom(people, unique):
    developer = people.people["developer"].client("sagemaker")
    name = unique("h13")
    developer.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=document(group_step()))
    arn = developer.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    assert ended(developer, arn)[0] == "Succeeded"
    kept = query(people, "SELECT principal FROM audit WHERE operation = 'CreateModelPackage' AND outcome = 'ok'"
                         " ORDER BY seq DESC LIMIT 1")
    assert kept == [("engine:pipelines/developer",)]
