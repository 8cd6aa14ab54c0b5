# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock jumps (X18, P25): what runs is timed by another, callers are told, and nothing is lost."""

import glob
import json
import os
import sqlite3
import time

import pytest
from botocore.exceptions import ClientError

from clients import ROLE, SKLEARN, wait_for, wait_for_job
from raw import exchange, request_bytes
from wire import JSON_1_1

ASAN = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
JUMPS = ("-30d", "+1h", "+10y")


@pytest.fixture
def clock(fresh_engine, tmp_path):
    """What sets the clock of the engine, started anew, but not the one that only goes on."""
    (library,) = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    file = tmp_path / "clock"

    def jump_to(offset):
        # Half a file is a time that libfaketime cannot read, and then it ends the process.
        whole = tmp_path / "clock.new"
        whole.write_text(f"{offset}\n")
        whole.replace(file)

    jump_to("+0")
    fresh_engine.stop()
    jump_to.environment = {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        "ASAN_OPTIONS": ASAN}
    fresh_engine.start(**jump_to.environment)
    return jump_to


def create_job(engine, name, script, limit=3600):
    engine.sagemaker.create_processing_job(
        ProcessingJobName=name, RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN,
                          "ContainerEntrypoint": ["sh", "-c", script]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium",
                                               "VolumeSizeInGB": 1}},
        StoppingCondition={"MaxRuntimeInSeconds": limit})


def status(engine, name):
    return engine.sagemaker.describe_processing_job(ProcessingJobName=name)["ProcessingJobStatus"]


def test_the_clock_jumps(fresh_engine, clock):
    engine = fresh_engine
    engine.sagemaker = engine.client("sagemaker", retries={"max_attempts": 1})
    create_job(engine, "goes-on", "sleep 8")
    wait_for(lambda: status(engine, "goes-on") == "InProgress", 30, "the start of the job")

    for number, jump in enumerate(JUMPS):
        clock(jump)
        with pytest.raises(ClientError) as caught:
            status(engine, "goes-on")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert "Signature expired" in caught.value.response["Error"]["Message"] \
            or "Signature not yet current" in caught.value.response["Error"]["Message"]
        # The time of the clock is not that of the job: it is neither ended nor run again.
        clock("+0")
        assert status(engine, "goes-on") == "InProgress"
        # A change is made, and once, whatever the clock was meanwhile.
        engine.sagemaker.create_model_package_group(ModelPackageGroupName=f"group-{number}")

    done = wait_for_job(engine.sagemaker, "processing", "goes-on")
    assert done["ProcessingJobStatus"] == "Completed"
    assert 0 <= (done["ProcessingEndTime"] - done["ProcessingStartTime"]).total_seconds() < 60

    with sqlite3.connect(f"file:{engine.data_dir}/engine.db?mode=ro", uri=True) as database:
        numbers = [row[0] for row in database.execute("SELECT seq FROM audit ORDER BY seq")]
        created = [row[0] for row in database.execute(
            "SELECT target FROM audit WHERE operation = 'CreateModelPackageGroup' ORDER BY seq")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(created) == len(JUMPS)
    assert all(f"group-{number}" in target for number, target in enumerate(created))


def test_a_limit_holds_while_the_clock_stands_back(fresh_engine, clock):
    engine = fresh_engine
    engine.sagemaker = engine.client("sagemaker")
    create_job(engine, "too-long", "sleep 100", limit=4)
    clock("-30d")
    time.sleep(6)
    clock("+0")
    done = wait_for_job(engine.sagemaker, "processing", "too-long", seconds=10)
    assert "MaxRuntimeInSeconds" in done["FailureReason"]


def test_a_page_token_ages(fresh_engine, clock):
    """A26: a listing may be gone on with for a day."""
    engine = fresh_engine
    for name in ("one", "two"):
        engine.client("sagemaker").create_model_package_group(ModelPackageGroupName=name)

    def page(**members):
        # over the socket, which asks for no signature and so not for the time
        body = json.dumps({"MaxResults": 1, **members}).encode()
        return exchange(engine, request_bytes("POST", "/", [
            ("Host", "localhost"), ("Content-Type", JSON_1_1), ("Content-Length", len(body)),
            ("X-Amz-Target", "SageMaker.ListModelPackageGroups")], body), engine.socket)

    token = page().json["NextToken"]
    clock("+23h")
    reply = page(NextToken=token)
    assert reply.status == 200 and len(reply.json["ModelPackageGroupSummaryList"]) == 1
    clock("+25h")
    reply = page(NextToken=token)
    assert (reply.status, reply.code) == (400, "ValidationException")
    assert reply.message == "Invalid pagination token: it has expired"
    assert page(NextToken=page().json["NextToken"]).status == 200
