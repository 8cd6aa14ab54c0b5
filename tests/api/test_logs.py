# SPDX-License-Identifier: GPL-3.0-or-later
"""CloudWatch Logs over what jobs wrote, as the SageMaker SDK, boto3 and the AWS CLI read it."""

import json
import shutil
import time

import pytest

from clients import ROLE, SKLEARN, SOURCE, wait_for, wait_for_job
from wire import refusal

GROUP = "/aws/sagemaker/ProcessingJobs"
MISSING = ("ResourceNotFoundException", "The specified log group does not exist.")


@pytest.fixture
def logs(engine):
    return engine.client("logs")


@pytest.fixture
def wrote(run_processing, logs):
    """Runs a command; returns its stream's name once the job has ended."""

    def run(command):
        name = run_processing(command)
        streams = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=name + "/",
                                            orderBy="LogStreamName", limit=1)
        assert "nextToken" not in streams  # the SDK would ask for ever
        return streams["logStreams"][0]["logStreamName"]

    return run


def messages(reply):
    return [event["message"] for event in reply["events"]]


def events(logs, stream, **members):
    return logs.get_log_events(logGroupName=GROUP, logStreamName=stream, **members)


def test_sdk_loop(run_processing, logs, sagemaker):
    """What Session.logs_for_job does, on a job that goes on writing."""
    name = run_processing("for i in 1 2 3 4 5; do echo line $i; sleep 0.05; done", wait=False)
    position, token, stream, seen = 0, None, None, []

    def poll():
        nonlocal token, stream
        if stream is None:
            found = logs.describe_log_streams(
                logGroupName=GROUP, logStreamNamePrefix=name + "/", orderBy="LogStreamName",
                limit=1)
            assert "nextToken" not in found
            if not found["logStreams"]:
                return
            stream = found["logStreams"][0]["logStreamName"]
        while True:
            more = {"nextToken": token} if token else {}
            reply = events(logs, stream, startTime=position, startFromHead=True, **more)
            token = reply["nextForwardToken"]
            if not reply["events"]:
                return
            seen.extend(messages(reply))

    while sagemaker.describe_processing_job(
            ProcessingJobName=name)["ProcessingJobStatus"] == "InProgress":
        poll()
    poll()
    assert seen == [f"line {i}" for i in range(1, 6)]


def test_stream_is_described(wrote, logs):
    stream = wrote("echo one; sleep 0.02; echo two")
    job = stream.split("/")[0]
    assert stream.startswith(job + "/algo-1-")
    found = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=job + "/")
    (described,) = found["logStreams"]
    assert described["arn"] == (
        f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}:log-stream:{stream}")
    first, last = events(logs, stream, startFromHead=True)["events"]
    assert described["firstEventTimestamp"] == first["timestamp"]
    assert described["lastEventTimestamp"] == last["timestamp"] > first["timestamp"]
    assert isinstance(first["timestamp"], int) and first["ingestionTime"] >= first["timestamp"]


def test_prefix_takes_one_job_only(run_processing, logs, sagemaker, unique):
    name = unique("twin")
    for job in (name, name + "-2"):
        run_processing("echo x", wait=False, ProcessingJobName=job)
        wait_for_job(sagemaker, "processing", job)
    found = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=name + "/")
    assert [s["logStreamName"].split("/")[0] for s in found["logStreams"]] == [name]
    found = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=name)
    assert len(found["logStreams"]) == 2


def test_streams_page_and_sort(run_processing, logs, sagemaker, unique):
    stem = unique("many")
    for i in (2, 0, 1):
        run_processing("echo x; sleep 0.01", wait=False, ProcessingJobName=f"{stem}-{i}")
        wait_for_job(sagemaker, "processing", f"{stem}-{i}")

    def numbers(**members):
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=GROUP, PaginationConfig={"PageSize": 1}, **members)
        return [int(s["logStreamName"].split("/")[0].rsplit("-", 1)[1])
                for page in pages for s in page["logStreams"] if stem in s["logStreamName"]]

    assert numbers(logStreamNamePrefix=stem) == [0, 1, 2]
    assert numbers(logStreamNamePrefix=stem, descending=True) == [2, 1, 0]
    assert numbers(orderBy="LastEventTime") == [2, 0, 1]
    assert numbers(orderBy="LastEventTime", descending=True) == [1, 0, 2]


def test_forward_to_the_end(wrote, logs):
    stream = wrote("seq 25")
    token, seen = {}, []
    while True:
        reply = events(logs, stream, startFromHead=True, limit=10, **token)
        if token and reply["nextForwardToken"] == token["nextToken"]:
            assert reply["events"] == []
            break
        assert len(reply["events"]) <= 10
        seen += messages(reply)
        token = {"nextToken": reply["nextForwardToken"]}
    assert seen == [str(i) for i in range(1, 26)]


def test_backward_to_the_start(wrote, logs):
    stream = wrote("seq 25")
    reply = events(logs, stream, limit=10)  # without startFromHead the newest come first
    assert messages(reply) == [str(i) for i in range(16, 26)]
    end = reply["nextForwardToken"]
    seen = []
    while reply["events"]:
        seen = messages(reply) + seen
        token = reply["nextBackwardToken"]
        reply = events(logs, stream, limit=10, nextToken=token)
    assert reply["nextBackwardToken"] == token
    assert seen == [str(i) for i in range(1, 26)]
    assert events(logs, stream, nextToken=end)["events"] == []


def test_following_from_the_newest_page(run_processing, logs):
    name = run_processing("echo a; read x < /opt/ml/processing/never; sleep 0.3; echo b",
                          wait=False)
    stream = wait_for(lambda: logs.describe_log_streams(
        logGroupName=GROUP, logStreamNamePrefix=name + "/")["logStreams"])[0]["logStreamName"]
    reply = wait_for(lambda: (r := events(logs, stream))["events"] and r)
    assert messages(reply)[0] == "a"
    token = reply["nextForwardToken"]
    more = wait_for(lambda: messages(events(logs, stream, nextToken=token)))
    assert more[-1] == "b" and "a" not in more


def test_times_bound_what_is_returned(wrote, logs):
    stream = wrote("for i in 1 2 3 4 5; do echo $i; sleep 0.03; done")
    all_events = events(logs, stream, startFromHead=True)["events"]
    times = [e["timestamp"] for e in all_events]
    assert times == sorted(times) and len(set(times)) == 5
    for head in (True, False):
        reply = events(logs, stream, startFromHead=head, startTime=times[1], endTime=times[3])
        assert messages(reply) == ["2", "3"]
        # Lines out of range do not use up the page.
        reply = events(logs, stream, startFromHead=head, startTime=times[4], limit=1)
        assert messages(reply) == ["5"]
        reply = events(logs, stream, startFromHead=head, endTime=times[1], limit=1)
        assert messages(reply) == ["1"]


def test_tokens_of_a_time_lead_both_ways(wrote, logs):
    stream = wrote("for i in 1 2 3 4 5; do echo $i; sleep 0.03; done")
    times = [e["timestamp"] for e in events(logs, stream, startFromHead=True)["events"]]
    after = events(logs, stream, startFromHead=True, startTime=times[2], limit=1)
    assert messages(after) == ["3"]
    assert messages(events(logs, stream, nextToken=after["nextForwardToken"])) == ["4", "5"]
    assert messages(events(logs, stream, nextToken=after["nextBackwardToken"])) == ["1", "2"]
    before = events(logs, stream, endTime=times[2], limit=1)
    assert messages(before) == ["2"]
    assert messages(events(logs, stream, nextToken=before["nextForwardToken"])) == ["3", "4", "5"]
    assert messages(events(logs, stream, nextToken=before["nextBackwardToken"])) == ["1"]


def test_lines_before_the_start_time_do_not_end_the_loop(wrote, logs):
    """An empty page means the end to clients, however many lines come before startTime."""
    stream = wrote("seq 15000; sleep 0.05; echo last")
    last = events(logs, stream, limit=1)["events"][0]
    reply = events(logs, stream, startFromHead=True, startTime=last["timestamp"])
    assert messages(reply) == ["last"]


def test_long_logs_come_in_pages(wrote, logs):
    stream = wrote("seq 12345")
    token, pages = {}, []
    while True:
        reply = events(logs, stream, startFromHead=True, **token)
        if not reply["events"]:
            break
        pages.append(messages(reply))
        token = {"nextToken": reply["nextForwardToken"]}
    assert [len(p) for p in pages] == [10000, 2345]
    assert sum(pages, []) == [str(i) for i in range(1, 12346)]


def test_wide_logs_come_in_pages(wrote, logs):
    stream = wrote("yes $(head -c 60000 /dev/zero | tr '\\0' x) | head -n 60")
    token, count, pages = {}, 0, 0
    while True:
        reply = events(logs, stream, startFromHead=True, **token)
        if not reply["events"]:
            break
        size = sum(len(m) for m in messages(reply))
        assert size < 1_200_000
        count, pages = count + len(reply["events"]), pages + 1
        token = {"nextToken": reply["nextForwardToken"]}
    assert count == 60 and pages >= 3


@pytest.mark.parametrize("token", ["x", "f/", "f/-1", "f/1x", "f/99999999999999999999",
                                   "f/9223372036854775807", "b/18446744073709551615", "g/1", "f/ 1"])
def test_tokens_that_are_none(wrote, logs, token):
    stream = wrote("echo x")
    code, message = refusal(events, logs=logs, stream=stream, nextToken=token)
    assert code == "InvalidParameterException" and "nextToken" in message


def test_missing_group_and_stream(wrote, logs):
    stream = wrote("echo x")
    for function, members in [(logs.describe_log_streams, {}), (logs.filter_log_events, {}),
                              (logs.get_log_events, {"logStreamName": stream})]:
        assert refusal(function, logGroupName="/aws/sagemaker/Nothing", **members) == MISSING
    assert refusal(events, logs=logs, stream="nobody/algo-1-1") == (
        "ResourceNotFoundException", "The specified log stream does not exist.")


def test_groups(logs):
    names = [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]]
    assert GROUP in names and "/aws/sagemaker/TrainingJobs" in names
    found = logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker/Tr")["logGroups"]
    assert [g["logGroupName"] for g in found] == ["/aws/sagemaker/TrainingJobs"]


def test_no_streams_before_a_job_wrote(logs):
    reply = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="nothing-yet/")
    assert reply["logStreams"] == [] and "nextToken" not in reply


@pytest.mark.parametrize("pattern, expected", [
    ("", 4), ("ERROR", 2), ("ERROR disk", 1), ('"disk is full"', 1), ("error", 0),
    ('"100%"', 1), ("  ", 4), ("'quoted'", 1), ("#", 1), ('"a \\"b\\" c"', 1),
])
def test_filter_patterns(wrote, logs, pattern, expected):
    stream = wrote("echo 'ERROR disk is full 100%'; echo \"ERROR 'quoted'\"; echo '# fine';"
                   "echo 'a \"b\" c'")
    reply = logs.filter_log_events(logGroupName=GROUP, logStreamNames=[stream],
                                   filterPattern=pattern)
    assert len(reply["events"]) == expected


@pytest.mark.parametrize("pattern, expected", [
    ("%ERROR%", 2), ("%[eE][rR][rR]%", 3), ("%^E%", 2), ("%full$%", 1), ("%[0-9]{3}%", 1),
    ("%100\\%%", 1), ("%ERROR% disk", 1), ("%a|b%", 2), ("%\\(a\\)%", 1), ("%[(]a[)]%", 1), ("%%", 4),
    ("%no such%", 0), ("%\u00e4%", 1),
])
def test_filter_by_regular_expressions(wrote, logs, pattern, expected):
    stream = wrote("echo 'ERROR disk is full'; echo 'ERROR 100% (a)'; echo 'error b'; echo '\u00e4'")
    reply = logs.filter_log_events(logGroupName=GROUP, logStreamNames=[stream],
                                   filterPattern=pattern)
    assert len(reply["events"]) == expected


@pytest.mark.parametrize("pattern", ["%(a+)+$%", "%a", "%[a%", "%*%", "%(*UTF)a%", "%a\\%"])
def test_regular_expressions_that_are_none(logs, pattern):
    code, message = refusal(logs.filter_log_events, logGroupName=GROUP, filterPattern=pattern)
    assert code == "InvalidParameterException" and "pattern" in message


def test_a_regular_expression_that_explodes(wrote, logs):
    """It ends soon, and says why."""
    stream = wrote("head -c 60000 /dev/zero | tr '\\0' a; echo")
    started = time.monotonic()
    code, message = refusal(logs.filter_log_events, logGroupName=GROUP, logStreamNames=[stream],
                            filterPattern="%" + "a*" * 20 + "[bc]%")
    assert code == "InvalidParameterException" and "steps" in message
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("pattern", ["-ERROR", "{ $.x = 1 }", "[a, b]", "?a ?b", '"open', "a*b"])
def test_filter_patterns_that_are_not_done(logs, pattern):
    code, message = refusal(logs.filter_log_events, logGroupName=GROUP, filterPattern=pattern)
    assert code == "InvalidParameterException" and "pattern" in message


@pytest.fixture(scope="module")
def talking(engine_factory, tmp_path_factory):
    """Logs of an engine where three jobs wrote at the same time, which a small machine has to be
    told that it can."""
    data = tmp_path_factory.mktemp("logs") / "data"
    shutil.copytree(SOURCE / "data", data)
    book = json.loads((data / "instances.json").read_text())
    book["instances"]["ml.t3.medium"].update(vcpus=0.25, memory_gib=0.25)
    (data / "instances.json").write_text(json.dumps(book))
    engine = engine_factory(start=False).start(SAGEBRUSH_DATADIR=str(data))
    client = engine.client("sagemaker")
    for i in range(3):
        client.create_processing_job(
            ProcessingJobName=f"talking-{i}", RoleArn=ROLE,
            AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": [
                "/bin/sh", "-c", "for i in $(seq 60); do echo line $i; sleep 0.02; done"]},
            ProcessingResources={"ClusterConfig": {
                "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}})
    for i in range(3):
        wait_for_job(client, "processing", f"talking-{i}")

    return engine.client("logs")


def filtered(logs, size, **members):
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, logStreamNamePrefix="talking-", PaginationConfig={"PageSize": size},
        **members)
    return [event for page in pages for event in page["events"]]


@pytest.mark.parametrize("size", [1, 4, 59, 60, 61, 180, 10000])
def test_filter_merges_streams_by_time(talking, size):
    """As CloudWatch Logs does; in pages of any size, each line once."""
    found = filtered(talking, size)
    times = [event["timestamp"] for event in found]
    assert len(found) == 180 and times == sorted(times)
    # Followers drop what has an id they have seen.
    assert len({event["eventId"] for event in found}) == 180
    for i in range(3):
        of_one = [e for e in found if e["logStreamName"].startswith(f"talking-{i}/")]
        assert [e["message"] for e in of_one] == [f"line {n}" for n in range(1, 61)]
    # They did write at the same time, so they stand between each other.
    streams = [event["logStreamName"] for event in found]
    assert sum(a != b for a, b in zip(streams, streams[1:])) > 10


def test_filter_starts_and_ends_in_the_middle(talking):
    everything = filtered(talking, 10000)
    times = [event["timestamp"] for event in everything]
    for start, end in [(times[50], times[120]), (times[0] - 5, times[10]),
                       (times[170], times[-1] + 5)]:
        found = filtered(talking, 7, startTime=start, endTime=end)
        assert found == [e for e in everything if start <= e["timestamp"] < end]
    name = everything[0]["logStreamName"]
    found = talking.filter_log_events(logGroupName=GROUP, logStreamNames=[name])["events"]
    assert found == [e for e in everything if e["logStreamName"] == name]
    assert [e["message"] for e in filtered(talking, 2, filterPattern='"line 17"')] == (
        ["line 17"] * 3)


def test_filter_pages_outlive_a_restart(engine_factory):
    engine = engine_factory()
    client, logs = engine.client("sagemaker"), engine.client("logs")
    client.create_processing_job(
        ProcessingJobName="once", RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["seq", "9"]},
        ProcessingResources={"ClusterConfig": {
            "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}})
    wait_for_job(client, "processing", "once")
    token = logs.filter_log_events(logGroupName=GROUP, limit=4)["nextToken"]
    engine.kill()
    engine.start()
    reply = engine.client("logs").filter_log_events(logGroupName=GROUP, limit=4, nextToken=token)
    engine.stop()
    assert messages(reply) == ["5", "6", "7", "8"]


def test_filter_token_of_another_filter(wrote, logs):
    stream = wrote("seq 10")
    reply = logs.filter_log_events(logGroupName=GROUP, logStreamNames=[stream], limit=3)
    code, _ = refusal(logs.filter_log_events, logGroupName=GROUP, logStreamNames=[stream], limit=3,
                      filterPattern="1", nextToken=reply["nextToken"])
    assert code == "InvalidParameterException"


def test_cli_tail(run_processing, aws):
    name = run_processing("seq -f 'tailed %g' 3")
    result = aws("logs", "tail", GROUP, "--log-stream-name-prefix", name + "/", "--since", "10m",
                 "--format", "short")
    lines = result.stdout.splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["tailed 1", "tailed 2", "tailed 3"]


def test_cli_get_log_events(wrote, aws):
    stream = wrote("seq 3")
    reply = aws("logs", "get-log-events", "--log-group-name", GROUP, "--log-stream-name", stream,
                "--start-from-head").json
    assert messages(reply) == ["1", "2", "3"]
