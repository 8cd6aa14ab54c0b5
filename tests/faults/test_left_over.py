# SPDX-License-Identifier: GPL-3.0-or-later
"""What engines leave behind: killed between two steps, stopped in the middle of something slow, or
given rows that nobody can read."""

import http.client
import io
import json
import os
import signal
import sqlite3
import tarfile
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from clients import ROLE, SKLEARN, XGBOOST, wait_for, wait_for_job
from wire import call, refusal

FACTOR = b"""
import os
def model_fn(path):
    return int(open(path + "/factor").read())
def input_fn(data, kind):
    return os._exit(1) if kind == "text/exit" else int(data)
def predict_fn(value, model):
    return value * model
def output_fn(value, accept):
    return str(value), "text/plain"
"""

STUBBORN = FACTOR + b"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal = lambda *_: None
"""


class Service:
    """An engine and an endpoint whose server multiplies."""

    def __init__(self, engine):
        self.engine = engine
        self.connect()
        self.s3.create_bucket(Bucket="left")

    def connect(self):
        self.sagemaker = self.engine.client("sagemaker", read_timeout=10)
        self.s3 = self.engine.client("s3")
        self.runtime = self.engine.client("sagemaker-runtime")

    def config(self, name, factor, script=FACTOR):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for path, data in (("factor", b"%d" % factor), ("code/inference.py", script)):
                member = tarfile.TarInfo(path)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        self.s3.put_object(Bucket="left", Key=f"{name}.tar.gz", Body=out.getvalue())
        self.sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=ROLE,
            PrimaryContainer={"Image": SKLEARN, "ModelDataUrl": f"s3://left/{name}.tar.gz",
                              "Environment": {"SAGEMAKER_PROGRAM": "inference.py"}})
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": name,
                                 "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}])
        return name

    def create(self, name, factor, script=FACTOR):
        self.sagemaker.create_endpoint(EndpointName=name,
                                       EndpointConfigName=self.config(name, factor, script))
        self.settle(name)

    def status(self, name):
        try:
            return self.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"]
        except ClientError as error:
            assert "Could not find" in str(error)
            return "gone"

    def settle(self, name, wanted="InService"):
        wait_for(lambda: self.status(name) == wanted, 90, f"{name} {wanted}")

    def ask(self, name, value, kind="text/plain"):
        try:
            return self.runtime.invoke_endpoint(EndpointName=name, Body=str(value),
                                                ContentType=kind)["Body"].read()
        except ClientError:
            return None

    def crash(self, name):
        assert self.ask(name, 1, "text/exit") is None


@pytest.fixture
def service(fresh_engine):
    return Service(fresh_engine)


def restart_after_kill(engine):
    engine.process.wait(timeout=60)
    engine.start()


def job(engine, name, command, **extra):
    engine.client("sagemaker").create_processing_job(
        ProcessingJobName=name, RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/sh", "-c", command]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium",
                                               "VolumeSizeInGB": 1}}, **extra)


def directories(engine, *below):
    root = engine.data_dir.joinpath(*below)
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def supervisors(directory):
    """Processes whose command line names the directory."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if str(directory).encode() in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
            except OSError:
                pass
    return found


# --- killed between a commit and the removal of what it made useless ---


def test_replaced_server_ends(service):
    engine = service.engine
    service.create("one", 3)
    config = service.config("two", 5)
    (old,) = directories(engine, "endpoints")
    engine.stop()
    engine.start(SAGEBRUSH_FAILPOINT="endpoint-in-service:kill:1")
    service.connect()
    service.sagemaker.update_endpoint(EndpointName="one", EndpointConfigName=config)
    restart_after_kill(engine)
    service.connect()

    service.settle("one")
    wait_for(lambda: old not in directories(engine, "endpoints"), 20, "the old deployment's end")
    wait_for(lambda: not supervisors(engine.data_dir / "endpoints" / old), 20, "its server's end")
    assert len(directories(engine, "endpoints")) == 1
    assert service.ask("one", 7) == b"35"


def test_deleted_job_leaves_nothing(fresh_engine):
    job(fresh_engine, "short", "true")
    wait_for_job(fresh_engine.client("sagemaker"), "processing", "short")
    assert len(directories(fresh_engine, "jobs", "processing-job")) == 1
    fresh_engine.stop()
    fresh_engine.start(SAGEBRUSH_FAILPOINT="job-deleted:kill:1")
    with pytest.raises((OSError, http.client.HTTPException)):
        call(fresh_engine, "DeleteProcessingJob", {"ProcessingJobName": "short"})
    restart_after_kill(fresh_engine)
    wait_for(lambda: not directories(fresh_engine, "jobs", "processing-job"), 20, "the sweep")


def test_ended_job_keeps_only_its_log(fresh_engine):
    fresh_engine.stop()
    fresh_engine.start(SAGEBRUSH_FAILPOINT="job-after-finish:kill:1")
    job(fresh_engine, "short", "echo kept")
    restart_after_kill(fresh_engine)
    (directory,) = directories(fresh_engine, "jobs", "processing-job")
    wait_for(lambda: "opt-ml" not in directories(fresh_engine, "jobs", "processing-job", directory),
             20, "the sweep")
    assert "log" in directories(fresh_engine, "jobs", "processing-job", directory)


def test_starting_job_is_not_started_again(fresh_engine):
    """As if the engine had been killed before the shim could say that it runs."""
    job(fresh_engine, "once", "echo begun; sleep 4")
    sagemaker = fresh_engine.client("sagemaker")
    wait_for(lambda: "ProcessingStartTime" in sagemaker.describe_processing_job(
        ProcessingJobName="once"), 30, "the start")
    (directory,) = directories(fresh_engine, "jobs", "processing-job")
    log = fresh_engine.data_dir / "jobs" / "processing-job" / directory / "log"
    wait_for(lambda: "begun" in log.read_text(), 30, "the first line")
    first = log.read_text().splitlines()[0]
    fresh_engine.kill()
    (fresh_engine.data_dir / "jobs" / "processing-job" / directory / "status.json").unlink()
    fresh_engine.start()
    sagemaker = fresh_engine.client("sagemaker")
    assert wait_for_job(sagemaker, "processing", "once")["ProcessingJobStatus"] == "Completed"
    assert log.read_text().splitlines()[0] == first
    assert log.read_text().count("begun") == 1


# --- a stop is bounded ---


def stop_in_seconds(engine):
    begin = time.monotonic()
    assert engine.stop() == 0
    return time.monotonic() - begin


def test_stop_while_a_server_refuses_to_end(service):
    service.create("stubborn", 3, STUBBORN)
    service.sagemaker.delete_endpoint(EndpointName="stubborn")
    wait_for(lambda: service.ask("stubborn", 2) is None, 20, "the end of traffic")
    assert service.status("stubborn") == "Deleting"
    assert stop_in_seconds(service.engine) < 3
    assert directories(service.engine, "endpoints") != []
    service.engine.start()
    service.connect()
    assert service.status("stubborn") == "Deleting"
    for process in supervisors(service.engine.data_dir / "endpoints"):
        os.kill(process, signal.SIGKILL)
    service.settle("stubborn", "gone")
    assert directories(service.engine, "endpoints") == []


def test_stop_while_a_model_is_packed(fresh_engine):
    fresh_engine.client("s3").create_bucket(Bucket="left")
    sagemaker = fresh_engine.client("sagemaker")
    sagemaker.create_training_job(
        TrainingJobName="large", RoleArn=ROLE,
        AlgorithmSpecification={
            "TrainingImage": SKLEARN, "TrainingInputMode": "File",
            "ContainerEntrypoint": ["/bin/sh", "-c",
                                    "head -c 700M /dev/urandom > /opt/ml/model/model"]},
        OutputDataConfig={"S3OutputPath": "s3://left/out"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 2},
        StoppingCondition={"MaxRuntimeInSeconds": 300})
    wait_for(lambda: sagemaker.describe_training_job(TrainingJobName="large")["SecondaryStatus"]
             == "Uploading", 120, "the upload")
    assert stop_in_seconds(fresh_engine) < 5


# --- changes that come while a model server is being restarted ---


def test_delete_while_a_server_is_restarted(service):
    service.create("crashing", 3)
    service.crash("crashing")
    wait_for(lambda: service.ask("crashing", 2) == b"6", 60, "the server's return")
    service.crash("crashing")  # the second restart waits a second
    service.sagemaker.delete_endpoint(EndpointName="crashing")
    service.settle("crashing", "gone")
    assert directories(service.engine, "endpoints") == []


def test_server_returns_without_its_object(service):
    service.create("kept", 3)
    service.s3.delete_object(Bucket="left", Key="kept.tar.gz")
    service.crash("kept")
    wait_for(lambda: service.ask("kept", 2) == b"6", 60, "the server's return")


# --- rows that cannot be read ---


def test_damaged_row_costs_nothing(fresh_engine):
    job(fresh_engine, "damaged", "sleep 600")
    fresh_engine.stop()
    database = sqlite3.connect(fresh_engine.data_dir / "engine.db")
    with database:
        assert database.execute("UPDATE resource SET doc = '{' WHERE name = 'damaged'").rowcount == 1
    database.close()
    fresh_engine.start()
    job(fresh_engine, "fine", "true")
    seen = wait_for_job(fresh_engine.client("sagemaker"), "processing", "fine")
    assert seen["ProcessingJobStatus"] == "Completed"
    listed = fresh_engine.client("sagemaker").list_processing_jobs()["ProcessingJobSummaries"]
    assert [row["ProcessingJobName"] for row in listed] == ["fine"]
    assert fresh_engine.log.read_text().count("Cannot run 'damaged'") <= 2
    assert stop_in_seconds(fresh_engine) < 3


def make_one_of_each(engine, name):
    """An object of every kind; returns how each is described."""
    client = engine.client("sagemaker")
    client.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": XGBOOST})
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[
        {"VariantName": "v", "ModelName": name, "InstanceType": "ml.t2.medium",
         "InitialInstanceCount": 1}])
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    client.create_model_package_group(ModelPackageGroupName=name)
    version = client.create_model_package(ModelPackageGroupName=name, InferenceSpecification={
        "Containers": [{"Image": SKLEARN}], "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"]})["ModelPackageArn"]
    client.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(
        {"Version": "2020-12-01", "Steps": [
            {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "on purpose"}}]}))
    execution = client.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    client.create_training_job(
        TrainingJobName=name, RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File",
                                "ContainerEntrypoint": ["true"]},
        OutputDataConfig={"S3OutputPath": "s3://left/out"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60})
    job(engine, name, "true")
    for family in ("training", "processing"):
        wait_for_job(client, family, name)
    wait_for(lambda: client.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Failed")
    wait_for(lambda: client.describe_pipeline_execution(
        PipelineExecutionArn=execution)["PipelineExecutionStatus"] == "Failed")
    return [("describe_model", {"ModelName": name}),
            ("describe_endpoint_config", {"EndpointConfigName": name}),
            ("describe_endpoint", {"EndpointName": name}),
            ("describe_model_package_group", {"ModelPackageGroupName": name}),
            ("describe_model_package", {"ModelPackageName": version}),
            ("describe_pipeline", {"PipelineName": name}),
            ("describe_pipeline_execution", {"PipelineExecutionArn": execution}),
            ("describe_training_job", {"TrainingJobName": name}),
            ("describe_processing_job", {"ProcessingJobName": name})]


def test_damaged_rows_are_named(fresh_engine):
    """X36: a row that was edited by hand is never sent as it is; the others are as before, also
    when the damage comes while the engine runs."""
    fresh_engine.client("s3").create_bucket(Bucket="left")
    client = fresh_engine.client("sagemaker")
    bad, good = make_one_of_each(fresh_engine, "bad"), make_one_of_each(fresh_engine, "good")
    before = [getattr(client, function)(**members) for function, members in good]
    for function, members in bad:
        getattr(client, function)(**members)

    for damage in ("{", "", "[]", '{"a":1}{}', '{"a":1,"a":2}', '{"a":"\x01"}', "null"):
        database = sqlite3.connect(fresh_engine.data_dir / "engine.db", timeout=30)
        with database:
            changed = database.execute(
                "UPDATE resource SET doc = ? WHERE name LIKE 'bad%' OR parent = 'bad'"
                " OR arn LIKE '%/bad/%'", [damage]).rowcount
        database.close()
        assert changed == len(bad)
        for function, members in bad:
            code, message = refusal(getattr(client, function), **members)
            assert code == "InternalFailure" and "is damaged" in message and "/bad" in message
        for (function, members), expected in zip(good, before):
            seen = getattr(client, function)(**members)
            del seen["ResponseMetadata"]
            assert seen == {k: v for k, v in expected.items() if k != "ResponseMetadata"}
    assert [m["ModelName"] for m in client.list_models()["Models"]] == ["good"]
    # Some kinds can still be deleted, and made anew.
    client.delete_model(ModelName="bad")
    client.create_model(ModelName="bad", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": SKLEARN})
    assert client.describe_model(ModelName="bad")["ModelName"] == "bad"
