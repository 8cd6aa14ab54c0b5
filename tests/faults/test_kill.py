# SPDX-License-Identifier: GPL-3.0-or-later
"""P5: the engine is killed again and again while pipelines run, and nobody can tell afterwards.

Every execution ends as it would have, no step runs twice, and nothing that was confirmed is missing.
"""

import collections
import json
import os
import random
import re
import threading
import time
import uuid

import botocore.exceptions
import pytest

from clients import ROLE, SKLEARN, XGBOOST, stop_everything, wait_for

KILLS = 50
ENDED = ("Succeeded", "Failed", "Stopped")


def step(name, script, depends=(), output=None, files=()):
    """A processing step; `ran` in its log is what counts how often it ran."""
    outputs = []
    if output:
        outputs = [{"OutputName": "out", "S3Output": {
            "S3Uri": output, "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}}]
    return {
        "Name": name, "Type": "Processing", "DependsOn": list(depends), "PropertyFiles": list(files),
        "Arguments": {
            "RoleArn": ROLE,
            "AppSpecification": {
                "ImageUri": SKLEARN,
                "ContainerEntrypoint": ["/bin/sh", "-c", f"echo ran {name}; {script}"]},
            "ProcessingResources": {"ClusterConfig": {
                "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}},
            "ProcessingOutputConfig": {"Outputs": outputs}}}


def definition():
    """Two branches that meet, a condition on a property file, a registration or a failure."""
    report = {"Std:Join": {"On": "/", "Values": [
        "s3://kill", {"Get": "Execution.PipelineExecutionId"}, "report"]}}
    register = {"Name": "Register", "Type": "RegisterModel", "Arguments": {
        "ModelPackageGroupName": "killed",
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://kill/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}}}
    refuse = {"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": {
        "Std:Join": {"On": " ", "Values": ["below", {"Get": "Parameters.Threshold"}]}}}}
    check = {"Name": "Check", "Type": "Condition", "Arguments": {
        "Conditions": [{"Type": "GreaterThanOrEqualTo",
                        "LeftValue": {"Std:JsonGet": {
                            "PropertyFile": {"Get": "Steps.Join.PropertyFiles.Report"},
                            "Path": "accuracy"}},
                        "RightValue": {"Get": "Parameters.Threshold"}}],
        "IfSteps": [register], "ElseSteps": [refuse]}}
    return {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Threshold", "Type": "Float", "DefaultValue": 0.5}],
        "Steps": [
            step("First", "true"),
            step("Left", "sleep 0.1", ["First"]),
            step("Right", "true", ["First"]),
            step("Join", "echo '{\"accuracy\": 0.75}' > /opt/ml/processing/out/report.json",
                 ["Left", "Right"], report,
                 [{"PropertyFileName": "Report", "OutputName": "out", "FilePath": "report.json"}]),
            check]}


class Starter(threading.Thread):
    """A client that starts executions, with retries as boto3 would make them, and notes those that
    were confirmed. A token makes each start happen once, however often it is tried."""

    def __init__(self, engine):
        super().__init__()
        self.engine = engine
        self.stopped = threading.Event()
        self.confirmed = {}  # ARN → threshold

    def run(self):
        while not self.stopped.is_set():
            threshold = random.choice(["0.5", "0.9"])
            token = str(uuid.uuid4())
            while not self.stopped.is_set():
                try:
                    reply = self.engine.client("sagemaker", connect_timeout=2, read_timeout=5) \
                        .start_pipeline_execution(
                            PipelineName="killed", ClientRequestToken=token,
                            PipelineParameters=[{"Name": "Threshold", "Value": threshold}])
                    self.confirmed[reply["PipelineExecutionArn"]] = threshold
                    break
                except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                    time.sleep(0.02)
            self.stopped.wait(0.25)


def describe_all(sagemaker):
    """Every execution there is, by its ARN."""
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName="killed")
    return {row["PipelineExecutionArn"]: row["PipelineExecutionStatus"]
            for page in pages for row in page["PipelineExecutionSummaries"]}


def runs_of_steps(engine, sagemaker):
    """How often each step's script ran, over the logs of all jobs."""
    runs = collections.Counter()
    for log in (engine.data_dir / "jobs" / "processing-job").glob("*/log"):
        spec = json.loads((log.parent / "spec.json").read_text())
        for line in re.findall(rb"\tran (\w+)", log.read_bytes()):
            runs[spec["name"], line.decode()] += 1
    return runs


@pytest.mark.timeout(280)
def test_fifty_kills(fresh_engine):
    engine = fresh_engine
    seed = int(os.environ.get("SAGEBRUSH_SEED", time.time()))
    random.seed(seed)
    print("SAGEBRUSH_SEED =", seed)
    sagemaker, s3 = engine.client("sagemaker"), engine.client("s3")
    s3.create_bucket(Bucket="kill")
    s3.put_object(Bucket="kill", Key="model.tar.gz", Body=b"model")
    sagemaker.create_model_package_group(ModelPackageGroupName="killed")
    sagemaker.create_pipeline(PipelineName="killed", RoleArn=ROLE,
                              PipelineDefinition=json.dumps(definition()),
                              ClientRequestToken=str(uuid.uuid4()))
    starter = Starter(engine)
    starter.start()
    try:
        for _ in range(KILLS):
            time.sleep(random.uniform(0.0, 0.5))
            engine.kill()
            engine.start()
    finally:
        starter.stopped.set()
        starter.join()

    sagemaker = engine.client("sagemaker")
    assert len(starter.confirmed) >= 10
    executions = describe_all(sagemaker)
    assert set(starter.confirmed) <= set(executions), "a confirmed start is missing"
    wait_for(lambda: all(status in ENDED for status in describe_all(sagemaker).values()), 150,
             "the end of all executions")

    registered = 0
    for arn, threshold in starter.confirmed.items():
        description = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        steps = {row["StepName"]: row for row in sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=arn, MaxResults=100)["PipelineExecutionSteps"]}
        if threshold == "0.5":
            assert description["PipelineExecutionStatus"] == "Succeeded", description
            assert set(steps) == {"First", "Left", "Right", "Join", "Check", "Register"}
        else:
            assert description["PipelineExecutionStatus"] == "Failed", description
            assert steps["Refuse"]["FailureReason"].endswith("below 0.9"), steps["Refuse"]
    for arn, status in describe_all(sagemaker).items():
        registered += status == "Succeeded"

    runs = runs_of_steps(engine, sagemaker)
    assert not {key: count for key, count in runs.items() if count != 1}, "a step ran twice"
    per_step = collections.Counter(name for _, name in runs)
    total = len(describe_all(sagemaker))
    assert per_step == {name: total for name in ("First", "Left", "Right", "Join")}
    versions = [row for page in sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName="killed") for row in page["ModelPackageSummaryList"]]
    assert len(versions) == registered, "a version was registered twice or lost"
    stop_everything(engine.data_dir)


FAILPOINTS = [
    "pipeline-before-create", "pipeline-after-create", "pipeline-before-store",
    "pipeline-after-store", "pipeline-dispatch", "pipeline-execution-started",
    "pipeline-task-done", "job-before-launch", "job-after-launch", "job-before-collect",
    "job-before-finish", "job-after-finish", "store-before-commit", "store-after-commit",
    "object-renamed", "object-stored",
]


@pytest.mark.parametrize("point", FAILPOINTS)
def test_killed_at(point, fresh_engine):
    """A kill at each instant that matters, several passages deep."""
    engine = fresh_engine
    sagemaker, s3 = engine.client("sagemaker"), engine.client("s3")
    s3.create_bucket(Bucket="kill")
    s3.put_object(Bucket="kill", Key="model.tar.gz", Body=b"model")
    sagemaker.create_pipeline(PipelineName="killed", RoleArn=ROLE,
                              PipelineDefinition=json.dumps(definition()),
                              ClientRequestToken=str(uuid.uuid4()))
    killed = 0
    for nth in (1, 2, 4):
        engine.stop()
        try:
            engine.start(SAGEBRUSH_FAILPOINT=f"{point}:kill:{nth}")
        except AssertionError:  # passed while it started: nothing to start an execution with
            engine.process.wait()
            killed += 1
            engine.start()
            continue
        try:
            engine.client("sagemaker", read_timeout=10).start_pipeline_execution(
                PipelineName="killed", ClientRequestToken=str(uuid.uuid4()))
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            pass

        def settled():
            if engine.process.poll() is not None:
                return "killed"
            try:
                states = describe_all(engine.client("sagemaker", read_timeout=10)).values()
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                return None
            return "ended" if states and all(state in ENDED for state in states) else None

        if wait_for(settled, 60, f"{point} {nth}") == "killed":
            assert engine.process.returncode == -9
            engine.process.stdout.close()
            killed += 1
            engine.start()
        client = engine.client("sagemaker")
        wait_for(lambda: all(state in ENDED for state in describe_all(client).values()), 60,
                 f"the end after {point} {nth}")
    assert killed > 0, "the point was never passed: this test proves nothing"
    states = describe_all(engine.client("sagemaker"))
    assert set(states.values()) <= {"Succeeded"}, states
    runs = runs_of_steps(engine, engine.client("sagemaker"))
    assert not {key: count for key, count in runs.items() if count != 1}, "a step ran twice"
