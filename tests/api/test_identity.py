# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: identity services, signatures, and that nothing answers a stranger."""

import datetime
import getpass
import json

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from clients import ROLE
from wire import JSON_1_1, SocketConnection, Answer, call, refusal, send, signed_headers

LIST = {"Content-Type": JSON_1_1, "X-Amz-Target": "SageMaker.ListTrainingJobs"}


def test_caller_identity_is_an_assumed_role(client):
    identity = client("sts").get_caller_identity()
    assert identity["Account"] == "000000000000"
    # The SDK makes the execution role of exactly this form and no other.
    assert identity["Arn"] == (
        f"arn:aws:sts::000000000000:assumed-role/SagebrushExecution/{getpass.getuser()}")
    assert identity["UserId"].startswith("ARO")


def test_execution_role(client):
    role = client("iam").get_role(RoleName="SagebrushExecution")["Role"]
    assert role["Arn"] == ROLE
    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}


def test_missing_role(client):
    code, message = refusal(client("iam").get_role, RoleName="Nobody")
    assert code == "NoSuchEntity" and "SagebrushExecution" in message


def test_other_actions_are_refused_by_name(client):
    code, message = refusal(client("sts").get_session_token)
    assert code == "InvalidAction" and "GetCallerIdentity" in message


def test_cli_identity(aws):
    identity = aws("sts", "get-caller-identity").json
    assert identity["Account"] == "000000000000" and ":assumed-role/" in identity["Arn"]


@pytest.mark.parametrize("service", ["sagemaker", "logs"])
def test_no_operation_answers_a_stranger(engine, service):
    """Of all operations there are, supported or not."""
    prefix = {"sagemaker": "SageMaker", "logs": "Logs_20140328"}[service]
    names = boto3.client(service, region_name="us-east-1").meta.service_model.operation_names
    assert len(names) > 30
    for name in names:
        answer = send(engine, b"{}", {"Content-Type": JSON_1_1, "X-Amz-Target": f"{prefix}.{name}"})
        assert answer.status in (401, 403), (name, answer.status, answer.text)
        assert answer.code == "MissingAuthenticationTokenException", (name, answer.text)


def test_nothing_else_answers_a_stranger(engine):
    for method, path in [("GET", "/sagebrush/v1/status"), ("GET", "/sagebrush/v1/events"),
                         ("POST", "/endpoints/x/invocations"), ("GET", "/bucket/key"), ("GET", "/")]:
        assert send(engine, None, {}, path, method).status in (401, 403, 404), path
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = send(engine, b"Action=GetCallerIdentity&Version=2011-06-15", form)
    assert answer.status in (401, 403) and "<Code>MissingAuthenticationToken" in answer.text


def test_unknown_key(engine):
    answer = call(engine, "ListTrainingJobs", {}, key="AKIAAAAAAAAAAAAAAAAA")
    assert (answer.status, answer.code) == (403, "UnrecognizedClientException")
    assert answer.message == "The security token included in the request is invalid."


def test_wrong_secret(engine):
    answer = call(engine, "ListTrainingJobs", {}, secret="x" * 40)
    assert (answer.status, answer.code) == (403, "InvalidSignatureException")
    assert answer.message.startswith("The request signature we calculated does not match")


def test_changed_body(engine):
    headers = signed_headers(engine, b'{"MaxResults":1}', LIST)
    assert send(engine, b'{"MaxResults":1}', headers).status == 200
    answer = send(engine, b'{"MaxResults":2}', headers)
    assert (answer.status, answer.code) == (403, "InvalidSignatureException")


def test_changed_operation(engine):
    headers = signed_headers(engine, b"{}", LIST)
    headers["X-Amz-Target"] = "SageMaker.ListModels"
    assert send(engine, b"{}", headers).code == "InvalidSignatureException"


def test_target_must_be_signed(engine):
    """A header that decides what happens must not be left out of the signature."""
    headers = signed_headers(engine, b"{}", {"Content-Type": JSON_1_1})
    headers["X-Amz-Target"] = "SageMaker.ListModels"
    assert send(engine, b"{}", headers).status in (401, 403)


def test_scope_of_another_service(engine):
    answer = call(engine, "ListTrainingJobs", {}, target="SageMaker.ListTrainingJobs", service="sts")
    assert answer.code == "InvalidSignatureException"
    answer = call(engine, None, {}, target="SageMaker.ListTrainingJobs", service="logs")
    assert answer.code == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-20, 20])
def test_clock_skew(engine, minutes, monkeypatch):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    request = AWSRequest("POST", engine.endpoint_url + "/", headers=LIST, data=b"{}")

    signer = SigV4Auth(Credentials(engine.access_key_id, engine.secret_access_key), "sagemaker",
                       engine.region)
    add_headers = signer._modify_request_before_signing

    def shift(request):
        request.context["timestamp"] = when.strftime("%Y%m%dT%H%M%SZ")
        add_headers(request)

    monkeypatch.setattr(signer, "_modify_request_before_signing", shift)
    signer.add_auth(request)
    assert request.headers["X-Amz-Date"] == when.strftime("%Y%m%dT%H%M%SZ")

    answer = send(engine, b"{}", dict(request.headers.items()))
    assert (answer.status, answer.code) == (403, "InvalidSignatureException"), answer.text
    assert "expired" in answer.message or "not yet" in answer.message


def test_local_socket_needs_no_signature(engine):
    connection = SocketConnection(engine.socket)
    connection.request("POST", "/", body=b"{}", headers=LIST)
    answer = Answer(connection.getresponse())
    connection.close()
    assert answer.status == 200 and "TrainingJobSummaries" in answer.json


def test_web_pages_are_refused(engine):
    headers = signed_headers(engine, b"{}", LIST)
    headers["Origin"] = "https://example.org"
    assert send(engine, b"{}", headers).status == 403


def test_credentials_are_private(engine):
    path = engine.data_dir / "credentials.json"
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text()) == {engine.access_key_id: engine.secret_access_key}
    assert engine.data_dir.stat().st_mode & 0o077 == 0


def test_unsupported_operation_is_named(sagemaker):
    code, message = refusal(sagemaker.create_compilation_job, CompilationJobName="c", RoleArn=ROLE,
                            OutputConfig={"S3OutputLocation": "s3://b/o"},
                            StoppingCondition={"MaxRuntimeInSeconds": 60})
    assert code == "UnknownOperationException"
    assert "CreateCompilationJob" in message


def test_unsupported_operation_through_the_cli(aws):
    result = aws("sagemaker", "list-workteams", check=False)
    assert result.returncode == 254
    assert "UnknownOperationException" in result.stderr and "ListWorkteams" in result.stderr
