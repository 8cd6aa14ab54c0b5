# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a request, in AWS's words: the model's constraints and the JSON itself."""

import json
import threading
import time

import pytest

from clients import ROLE, SKLEARN
from raw import query
from wire import JSON_1_1, call, refusal, send, signed_headers

ONE = "1 validation error detected: "
NAME_PATTERN = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"


def job(**members):
    return {
        "TrainingJobName": "valid", "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": SKLEARN, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://b/o"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        **members,
    }


# --- through boto3: what reaches the server ---


def test_pattern(sagemaker):
    code, message = refusal(sagemaker.describe_training_job, TrainingJobName="a_b")
    assert code == "ValidationException"
    assert message.replace("^", "").replace("$", "") == (
        ONE + "Value 'a_b' at 'trainingJobName' failed to satisfy constraint: Member must satisfy "
        f"regular expression pattern: {NAME_PATTERN}")


def test_length(sagemaker):
    code, message = refusal(sagemaker.describe_training_job, TrainingJobName="a" * 64)
    assert code == "ValidationException"
    assert "Member must have length less than or equal to 63" in message
    assert "'trainingJobName'" in message


def test_enum(sagemaker):
    assert refusal(sagemaker.list_training_jobs, SortBy="zebra") == (
        "ValidationException",
        ONE + "Value 'zebra' at 'sortBy' failed to satisfy constraint: Member must satisfy enum "
        "value set: [Name, CreationTime, Status]")


def test_number(sagemaker):
    assert refusal(sagemaker.list_training_jobs, MaxResults=101) == (
        "ValidationException",
        ONE + "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value "
        "less than or equal to 100")


def test_several_errors_in_order(sagemaker):
    code, message = refusal(sagemaker.list_training_jobs, SortOrder="up", SortBy="zebra",
                            MaxResults=101)
    assert code == "ValidationException"
    assert message.startswith("3 validation errors detected: ") and message.count("; ") == 2
    assert message.index("maxResults") < message.index("sortBy") < message.index("sortOrder")


def test_paths_into_lists_and_maps(sagemaker):
    channels = [{"ChannelName": "ok", "DataSource": {"S3DataSource": {
        "S3DataType": "S3Prefix", "S3Uri": "s3://b/x"}}},
        {"ChannelName": "ok", "DataSource": {"S3DataSource": {
            "S3DataType": "Nonsense", "S3Uri": "s3://b/x"}}}]
    code, message = refusal(sagemaker.create_training_job, **job(InputDataConfig=channels))
    assert code == "ValidationException"
    assert "Value 'Nonsense' at 'inputDataConfig.2.member.dataSource.s3DataSource.s3DataType'" \
        in message


def test_hyperparameters_too_many(sagemaker):
    values = {f"k{i}": "v" for i in range(101)}
    code, message = refusal(sagemaker.create_training_job, **job(HyperParameters=values))
    assert code == "ValidationException" and "hyperParameters" in message


# --- signed by hand: what boto3 would not send ---


def test_required(engine):
    answer = call(engine, "DescribeTrainingJob", {})
    assert (answer.status, answer.code) == (400, "ValidationException")
    assert answer.message == (ONE + "Value null at 'trainingJobName' failed to satisfy constraint: "
                              "Member must not be null")
    assert answer.headers["x-amzn-RequestId"] and answer.headers["Content-Type"] == JSON_1_1


@pytest.mark.parametrize("operation, member, pattern", [
    ("DeleteTrainingJob", "TrainingJobName", NAME_PATTERN),
    ("DeleteProcessingJob", "ProcessingJobName", NAME_PATTERN),
])
def test_operations_newer_than_the_clients(engine, operation, member, pattern):
    """They are validated like all others."""
    shown = member[0].lower() + member[1:]
    answer = call(engine, operation, {})
    assert (answer.code, answer.message) == (
        "ValidationException", ONE + f"Value null at '{shown}' failed to satisfy constraint: "
        "Member must not be null")
    answer = call(engine, operation, {member: "../x"})
    assert answer.code == "ValidationException"
    assert answer.message.replace("^", "") == (
        ONE + f"Value '../x' at '{shown}' failed to satisfy constraint: Member must satisfy regular "
        f"expression pattern: {pattern}")
    answer = call(engine, operation, {member: "a" * 64})
    assert f"at '{shown}' failed" in answer.message and "less than or equal to 63" in answer.message
    answer = call(engine, operation, {member: 5})
    assert (answer.status, answer.code) == (400, "SerializationException")


def test_null_is_absent(engine):
    answer = call(engine, "DescribeTrainingJob", {"TrainingJobName": None})
    assert "Value null at 'trainingJobName'" in answer.message
    assert call(engine, "ListTrainingJobs", {"NameContains": None}).status == 200


def test_required_deep_inside(engine):
    answer = call(engine, "CreateTrainingJob", job(ResourceConfig={"InstanceCount": 1},
                                                   InputDataConfig=[{"ChannelName": "c"}]))
    assert answer.code == "ValidationException"
    assert "Value null at 'inputDataConfig.1.member.dataSource'" in answer.message


def test_unknown_members_are_ignored(engine):
    """As AWS does. The log says so, once a request, and is not written by who asks."""
    before = len(engine.log.read_text(errors="replace"))
    assert call(engine, "ListTrainingJobs", {"Nonsense": {"a": [1]}}).status == 200
    many = {f"n{i}\n\u202e{'x' * 100}": i for i in range(100)}
    assert call(engine, "ListTrainingJobs", many).status == 200
    said = [line for line in engine.log.read_text(errors="replace")[before:].splitlines()
            if "Ignoring unknown member" in line]
    assert len(said) == 2 and "'Nonsense' of ListTrainingJobsRequest" in said[0]
    assert "\u202e" not in said[1] and len(said[1]) < 250


@pytest.mark.parametrize("value", ["5", "true", "[]", "{}", "1.5"])
def test_wrong_types(engine, value):
    answer = call(engine, "DescribeTrainingJob", '{"TrainingJobName":%s}' % value)
    assert (answer.status, answer.code) == (400, "SerializationException"), answer.text
    answer = call(engine, "CreateTrainingJob", json.dumps(job()).replace(
        '"MaxRuntimeInSeconds": 60', '"MaxRuntimeInSeconds": "60"'))
    assert answer.code == "SerializationException"


@pytest.mark.parametrize("name, valid", [
    ("a", True), ("a--b", True), ("A9", True), ("a" * 63, True), ("a" * 64, False),
    ("a--b-", False), ("-a", False), ("é", False), ("a\n", False), ("a b", False), ("", False),
    ("a\u0000b", False), ("а", False), ("a/b", False), ("a" * 65, False), ("..", False),
])
def test_names_are_matched_whole(engine, name, valid):
    answer = call(engine, "DescribeTrainingJob", {"TrainingJobName": name})
    assert answer.status == 400
    if valid:
        assert answer.message == "Requested resource not found."
    elif answer.code == "ValidationException":
        assert "'trainingJobName'" in answer.message, answer.text
    else:
        assert answer.code == "SerializationException", answer.text


BAD_JSON = [
    "", " ", "{", "}", "[]", "42", "null", "true", '"x"', "{}{}", "{} x", "{'a':1}", "{a:1}",
    '{"a":1,}', '{"a":1,"a":2}', '{"a":NaN}', '{"a":Infinity}', '{"a":1e999}', '{"a":01}',
    '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":0x10}', '{"a":"\\u12"}', '{"a":"\\ud800"}',
    '{"a":"\\x41"}', '{"a":"b\nc"}', '{"a":"b\tc"}', "{/* */}", "{}//", "\ufeff{}", '{"a"}',
    '{"a" 1}', '{"a":}', '{"a":"b}', '{"a":[1,]}', '{"a":tru}', '{"\\u0000":1}', '{"a":"\\u0000"}',
    '{"a":' + "[" * 65 + "]" * 65 + "}", '{"a":' * 1000 + "1" + "}" * 1000,
    '{"a":' + "[" * 100000 + "]" * 100000 + "}", '{"a":' + "[" * 100000,
]


@pytest.mark.parametrize("body", BAD_JSON, ids=lambda b: repr(b[:20]))
def test_json_that_is_none(engine, body):
    answer = call(engine, "ListTrainingJobs", body)
    assert (answer.status, answer.code) == (400, "SerializationException"), answer.text


@pytest.mark.parametrize("body", [b'{"NameContains":"\xff"}', b'{"NameContains":"\xed\xa0\x80"}',
                                  b'{"NameContains":"\xc0\x80"}', b'{"NameContains":"a\0b"}',
                                  b"\xff\xfe{\x00}\x00"])
def test_bytes_that_are_no_text(engine, body):
    answer = call(engine, "ListTrainingJobs", body)
    assert (answer.status, answer.code) == (400, "SerializationException"), answer.text


def test_long_numbers_are_refused_or_exact(engine):
    answer = call(engine, "ListTrainingJobs", '{"MaxResults":12345678901234567890}')
    assert answer.status == 400
    answer = call(engine, "ListTrainingJobs", '{"CreationTimeAfter":1e308}')
    assert (answer.status, answer.code) == (400, "SerializationException")
    answer = call(engine, "ListTrainingJobs", '{"CreationTimeAfter":1e11}')
    assert answer.status == 200 and answer.json["TrainingJobSummaries"] == []


@pytest.mark.parametrize("body", [
    "{" + ",".join(f'"k{i}":1' for i in range(70000)) + "}",
    '{"a":[' + "1," * 400000 + "1]}",
    '{"a":"' + "x" * 1000000 + '"}',
    '{"a":[' + '"",' * 200000 + '""]}',
    '{"a":[' + "{}," * 300000 + "{}]}",
], ids=["keys", "numbers", "string", "strings", "objects"])
def test_big_documents_do_no_harm(engine, body):
    before = time.monotonic()
    answer = call(engine, "ListTrainingJobs", body)
    assert answer.status in (200, 400)
    assert time.monotonic() - before < 10  # under sanitizers, on a busy machine
    assert call(engine, "ListTrainingJobs", {}).status == 200


def test_body_over_the_limit(engine):
    body = b'{"a":"' + b"x" * (1 << 20) + b'"}'
    headers = {"Content-Type": JSON_1_1, "X-Amz-Target": "SageMaker.ListTrainingJobs"}
    try:
        assert send(engine, body, signed_headers(engine, body, headers)).status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # the connection was closed while the body was still on its way
    assert call(engine, "ListTrainingJobs", {}).status == 200


@pytest.mark.parametrize("target", [
    "SageMaker.Nonsense", "sagemaker.ListTrainingJobs", "SageMaker.listTrainingJobs", "SageMaker.",
    "SageMaker", "ListTrainingJobs", "Other.ListTrainingJobs", "SageMaker.ListTrainingJobs ,x",
    "SageMaker." + "x" * 10000, "Logs_20140328.ListTrainingJobs", "SageMaker.%s%n", " ",
])
def test_targets_that_are_none(engine, target):
    service = "logs" if target.startswith("Logs_") else "sagemaker"
    answer = call(engine, None, {}, target=target, service=service)
    assert answer.status in (400, 403, 404), answer.text
    assert answer.code == "UnknownOperationException", answer.text
    assert len(answer.message) < 200


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded",
                                   "multipart/form-data; boundary=x", "text/json"])
def test_media_types_of_web_pages(engine, media):
    headers = {"Content-Type": media, "X-Amz-Target": "SageMaker.ListTrainingJobs"}
    answer = send(engine, b"{}", signed_headers(engine, b"{}", headers))
    assert answer.status == 415, answer.text


def test_messages_show_little_of_what_was_sent(engine):
    name = "x\u202e\u0007" + "y" * 5000
    answer = call(engine, "DescribeTrainingJob", {"TrainingJobName": name})
    assert answer.status == 400 and len(answer.message) < 600
    assert "\u202e" not in answer.message and "\u0007" not in answer.message


def contend(engine, clients, rounds):
    """Calls of many clients that create and delete one name: when each began and ended, what it
    was, its request's id and whether it was done."""
    calls, lock = [], threading.Lock()

    def work():
        client = engine.client("sagemaker")
        for _ in range(rounds):
            for name in ("Create", "Delete"):
                function = getattr(client, name.lower() + "_model_package_group")
                begun, done = time.monotonic(), True
                try:
                    reply = function(ModelPackageGroupName="contended")
                except client.exceptions.ClientError as error:
                    reply, done = error.response, False
                    assert reply["Error"]["Code"] == "ValidationException"
                request = reply["ResponseMetadata"]["RequestId"]
                with lock:
                    calls.append((begun, time.monotonic(), name, request, done))

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return calls


def test_create_and_delete_at_once(engine):
    """A30: the order in which sixteen clients' changes were recorded explains every answer."""
    calls = contend(engine, 16, 20)
    done = {request: (begun, ended, name) for begun, ended, name, request, ok in calls if ok}
    order = [done[request] for request, in query(
        engine, "SELECT request_id FROM audit WHERE outcome = 'ok' AND target LIKE '%contended'"
                " ORDER BY seq")]
    assert len(order) == len(done) >= 40
    # It alternates, and nothing is recorded before what had ended when it began.
    assert [name for _, _, name in order] == (["Create", "Delete"] * len(order))[:len(order)]
    latest = 0
    for begun, ended, _ in order:
        assert ended > latest
        latest = max(latest, begun)
    # Whoever was refused could meet the opposite: between the change before and the one after.
    states = [(0, order[0][1], False)] + [
        (change[0], after[1], change[2] == "Create")
        for change, after in zip(order, [*order[1:], (0, float("inf"), None)])]
    for begun, ended, name, _, ok in calls:
        assert ok or any(since < ended and until > begun and there == (name == "Create")
                         for since, until, there in states)
    left = engine.client("sagemaker").list_model_package_groups(NameContains="contended")
    assert len(left["ModelPackageGroupSummaryList"]) == len(order) % 2


def test_ids_are_never_used_again(engine, sagemaker, unique):
    """A30"""
    name, seen = unique("again"), [0]
    for _ in range(5):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
        seen += query(engine, "SELECT id FROM resource WHERE name = ?", name)[0]
        sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    assert seen == sorted(set(seen))
