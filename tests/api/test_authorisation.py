# SPDX-License-Identifier: GPL-3.0-or-later
"""H12: what each role may, for everything there is; and that a refusal tells nothing."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from clients import SOURCE
from operations import ALL, OPERATIONS, PREFIXES
from people import ROLES, manage, people, session  # noqa: F401
from raw import Connection, bad_audit_record, call_bytes, exchange, query, request_bytes, sign

ARN = "arn:aws:sts::000000000000:assumed-role/sagebrush-{0}/{0}"


def call(person, service, operation, body="{}"):
    return exchange(person, call_bytes(person, operation, body, target=PREFIXES[service] + operation,
                                       service=service))


def test_the_table_is_whole():
    assert len(OPERATIONS) >= 50 and {access for _, _, access in ALL} == {"READ", "WRITE", "ADMIN"}
    reading = {name for service, name, access in ALL if access == "READ" and service != "sagebrush"}
    assert all(re.match("Describe|List|Search|Get|Filter|BatchDescribe", name) for name in reading), reading


@pytest.mark.parametrize("service,operation,writes", OPERATIONS)
def test_h12_every_operation_as_a_viewer(people, service, operation, writes):
    """H12: a viewer reads, and every change is refused in AWS's words, with a record of it."""
    viewer = people.people["viewer"]
    for body in ("{}", '{"TrainingJobName":"x","ModelName":"x"}', '{"broken', '"x"'):
        reply = call(viewer, service, operation, body)
        if not writes:
            assert reply.code != "AccessDeniedException", reply.body
            continue
        if body[0] != "{" or body == '{"broken':
            assert reply.status == 400, reply.body
            continue
        assert (reply.status, reply.code) == (403, "AccessDeniedException"), reply.body
        assert reply.message == (
            f"User: {ARN.format('viewer')} is not authorized to perform: {service}:{operation} because no"
            f" identity-based policy allows the {service}:{operation} action")
        kept = query(people, "SELECT principal, operation, outcome FROM audit WHERE request_id = ?",
                     reply.headers["x-amzn-requestid"])
        assert kept == [("viewer", operation, "AccessDeniedException")]


@pytest.mark.parametrize("service,operation,writes", OPERATIONS)
def test_a_developer_may_what_an_execution_role_may(people, service, operation, writes):
    reply = call(people.people["developer"], service, operation)
    assert reply.code != "AccessDeniedException", reply.body


def test_h12_a_refusal_does_not_tell_what_there_is(people):
    """H12: the same answer for what exists and what does not."""
    people.client("sagemaker").create_model_package_group(ModelPackageGroupName="h12-there")
    people.client("s3").create_bucket(Bucket="h12-there")
    people.client("s3").put_object(Bucket="h12-there", Key="k", Body=b"x")
    viewer = people.people["viewer"]
    for operation, member in (("DeleteModelPackageGroup", "ModelPackageGroupName"), ("DeleteModel", "ModelName"),
                              ("CreateModelPackage", "ModelPackageGroupName")):
        answers = [call(viewer, "sagemaker", operation, json.dumps({member: name}))
                   for name in ("h12-there", "h12-never", "arn:aws:sagemaker:us-east-1:111111111111:model/x")]
        assert len({(reply.status, reply.body) for reply in answers}) == 1 and answers[0].status == 403
    for method, path in (("DELETE", "/{}/k"), ("PUT", "/{}/k"), ("DELETE", "/{}"), ("PUT", "/{}"),
                         ("POST", "/{}/k?uploads="), ("POST", "/{}?delete=")):
        answers = [viewer.call(method, path.format(name), b"", service="s3") for name in ("h12-there", "h12-never")]
        for reply in answers:
            assert (reply.status, reply.code) == (403, "AccessDenied"), reply.body
            assert f"User: {ARN.format('viewer')} is not authorized to perform: s3:".encode() in reply.body
    assert people.client("s3").get_object(Bucket="h12-there", Key="k")["Body"].read() == b"x"


def s3_operations():
    text = (SOURCE / "src/engine/server/s3/eng-s3-operations.c").read_text()
    return re.findall(r'\{ "(\w+)", "(\w+)", (SERVICE|BUCKET|OBJECT), (NULL|"[\w-]+"), (NULL|"[\w-]+"),', text)


@pytest.mark.parametrize("name,method,level,parameter,header", s3_operations())
def test_h12_every_operation_of_s3_as_a_viewer(people, name, method, level, parameter, header):
    """H12: GET and HEAD read; everything else is refused before it is looked up."""
    viewer = people.people["viewer"]
    path = {"SERVICE": "/", "BUCKET": "/h12-s3", "OBJECT": "/h12-s3/key"}[level]
    query_string = "" if parameter == "NULL" else "?" + parameter.strip('"') + "="
    headers = [] if header == "NULL" else [(header.strip('"'), "h12-s3/other")]
    signed = sign(viewer, method, path + query_string, headers, service="s3", send_hash=True)
    data = request_bytes(method, path + query_string, [*signed, ("Content-Length", 0)])
    with Connection(viewer) as connection:
        connection.send(data)
        reply = connection.reply(head=method == "HEAD")
    if method in ("GET", "HEAD"):
        assert reply.status != 403, reply.body
        return
    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert f"is not authorized to perform: s3:{name} because".encode() in reply.body
    kept, = query(people, "SELECT principal, operation, outcome FROM audit ORDER BY seq DESC LIMIT 1")
    assert kept[:2] == ("viewer", name)


# What no operation table has: method, path, dialect's service → the least role
OTHERS = [
    ("POST", "/endpoints/none/invocations", "developer"),
    ("POST", "/endpoints/none/invocations-response-stream", "developer"),
    ("GET", "/sagebrush/v1/status", "viewer"), ("GET", "/sagebrush/v1/cache/none", "viewer"),
    ("GET", "/sagebrush/v1/events", "viewer"),
    ("GET", "/api", "admin"), ("GET", "/api/kernels", "admin"), ("POST", "/api/kernels", "admin"),
    ("GET", "/api/kernels/x/channels", "admin"), ("GET", "/api/sessions", "admin"), ("POST", "/api/sessions", "admin"),
    ("GET", "/api/kernelspecs", "admin"), ("GET", "/kernelspecs/python3/logo.svg", "admin"),
    ("GET", "/sagebrush/v1/kernels/6f1d8d0e-0000-4000-8000-000000000000", "admin"),
    ("POST", "/sagebrush/v1/kernels/6f1d8d0e-0000-4000-8000-000000000000/journal", "admin"),
    ("POST", "/sagebrush/v1/kernels/6f1d8d0e-0000-4000-8000-000000000000/keep", "admin"),
    ("GET", "/sagebrush/v1/kernel-settings", "admin"), ("PUT", "/sagebrush/v1/kernel-settings", "admin"),
    ("GET", "/sagebrush/v1/users", "admin"), ("POST", "/sagebrush/v1/users", "admin"),
    ("GET", "/sagebrush/v1/users/viewer", "admin"), ("DELETE", "/sagebrush/v1/users/none", "admin"),
    ("PUT", "/sagebrush/v1/users/viewer/role", "admin"), ("PUT", "/sagebrush/v1/users/none/password", "admin"),
    ("POST", "/sagebrush/v1/users/none/keys", "admin"), ("DELETE", "/sagebrush/v1/users/none/keys/x", "admin"),
]


@pytest.mark.parametrize("method,path,least", OTHERS)
@pytest.mark.parametrize("role", ROLES)
def test_h12_everything_else(people, method, path, least, role):
    reply = people.people[role].call(method, path, b"")
    if ROLES.index(role) >= ROLES.index(least):
        assert reply.status not in (401, 403), reply.body
        return
    assert reply.status == 403, reply.body
    assert f"User: {ARN.format(role)} is not authorized to perform: " in reply.message
    if path.startswith("/api") or path.startswith("/kernelspecs"):
        assert reply.json["reason"] == "Forbidden"
    else:
        assert reply.code == "AccessDeniedException"


def test_a_developer_manages_nobody(people):
    developer = people.people["developer"]
    for role in ROLES:
        reply = developer.call("PUT", "/sagebrush/v1/users/developer/role", {"Role": role})
        assert reply.status == 403
    assert developer.call("POST", "/sagebrush/v1/users/developer/keys").status == 403
    assert manage(people, "GET", "/users/developer").json["Role"] == "developer"


def test_who_one_is(people):
    for role in ROLES:
        person = people.people[role]
        who = person.client("sts").get_caller_identity()
        assert who["Arn"] == ARN.format(role) and who["Account"] == "000000000000"
        found = person.client("iam").get_role(RoleName=f"sagebrush-{role}")["Role"]
        assert found["Arn"] == f"arn:aws:iam::000000000000:role/sagebrush-{role}"
    assert "assumed-role/SagebrushExecution/" in people.client("sts").get_caller_identity()["Arn"]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        people.client("iam").get_role(RoleName="sagebrush-owner")


def test_who_approved(people):
    """What a version of a model says of who made it and who changed it."""
    sagemaker = people.people["developer"].client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="approved")
    arn = sagemaker.create_model_package(ModelPackageGroupName="approved")["ModelPackageArn"]
    people.people["admin"].client("sagemaker").update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved")
    package = people.people["viewer"].client("sagemaker").describe_model_package(ModelPackageName=arn)
    assert package["CreatedBy"]["UserProfileName"] == "developer"
    assert package["LastModifiedBy"]["UserProfileName"] == "admin"


def test_an_upload_goes_on_under_any_key_of_its_user(people):
    developer = people.people["developer"]
    developer.client("s3").create_bucket(Bucket="upload-of-a-user")
    key = {"Bucket": "upload-of-a-user", "Key": "k"}
    upload = developer.client("s3").create_multipart_upload(**key)["UploadId"]
    part = session(people, "developer").client("s3").upload_part(**key, UploadId=upload, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    with pytest.raises(ClientError, match="NoSuchUpload|AccessDenied"):
        people.people["admin"].client("s3").complete_multipart_upload(**key, UploadId=upload, MultipartUpload=parts)
    developer.client("s3").complete_multipart_upload(**key, UploadId=upload, MultipartUpload=parts)
    assert bad_audit_record(people) == 0
