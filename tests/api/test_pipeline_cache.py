# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that are not run again: when an earlier result is taken, and when it must not be (C12)."""

import base64
import contextlib
import io
import json
import shutil
import signal
import tarfile
import time
import urllib.error
import urllib.request
import uuid

import pytest
from botocore.exceptions import BotoCoreError

from clients import BUILD, ROLE, SKLEARN, wait_for, wait_for_job
from pipelines import ENDED, condition, definition, equals, get, join, processing, refused, training
from wire import call

CACHE = {"Enabled": True, "ExpireAfter": "30d"}
IMAGES = [SKLEARN, SKLEARN.replace("1.2-1-cpu-py3", "1.4-1-cpu-py3")]


class Runs:
    """Runs pipelines on an engine and tells what became of their steps."""

    def __init__(self, engine):
        self.engine = engine
        self.sagemaker = engine.client("sagemaker")
        self.s3 = engine.client("s3")

    def put(self, bucket, **objects):
        for key, body in objects.items():
            self.s3.put_object(Bucket=bucket, Key=key.replace("__", "/"), Body=body)

    def pipeline(self, name, document):
        self.sagemaker.create_pipeline(
            PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(document)
        )

    def update(self, name, document):
        self.sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=json.dumps(document))

    def start(self, name, **more):
        return self.sagemaker.start_pipeline_execution(PipelineName=name, **more)["PipelineExecutionArn"]

    def ended(self, arn):
        found = self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return found if found["PipelineExecutionStatus"] in ENDED else None

    def steps(self, arn, status="Succeeded"):
        found = wait_for(lambda: self.ended(arn), 240, f"the end of {arn}")
        assert found["PipelineExecutionStatus"] == status, found.get("FailureReason")
        listed = self.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        return {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}

    def why(self, arn, step):
        """What the engine says of a step and earlier results: the result, the reason, the execution
        it was compared with, and what of its key was changed."""
        name = arn.split(":pipeline/", 1)[1]
        secret = f"{self.engine.access_key_id}:{self.engine.secret_access_key}".encode()
        request = urllib.request.Request(
            f"{self.engine.endpoint_url}/sagebrush/v1/cache/{name}/{step}",
            headers={"Authorization": "Basic " + base64.b64encode(secret).decode()})
        with urllib.request.urlopen(request, timeout=30) as reply:
            told = json.load(reply)
        return [told.get(member) for member in ("Result", "Reason", "PipelineExecutionArn", "Changed")]

    def run(self, name, **more):
        """Runs a pipeline to its end: its ARN and its steps by name."""
        arn = self.start(name, **more)
        return arn, self.steps(arn)

    def jobs(self, family="processing"):
        pages = self.sagemaker.get_paginator(f"list_{family}_jobs").paginate()
        return sum(len(page[f"{family.capitalize()}JobSummaries"]) for page in pages)


@pytest.fixture
def runs(engine):
    return Runs(engine)


@pytest.fixture
def data(s3, unique):
    """A bucket of the test's own."""
    name = unique("cache")
    s3.create_bucket(Bucket=name)
    return name


def source(step):
    """The execution that the step's result was taken from; None where it ran."""
    assert step["StepStatus"] == "Succeeded"
    assert step["StartTime"] <= step["EndTime"]
    return step.get("CacheHitResult", {}).get("SourcePipelineExecutionArn")


def reading(uri):
    """A ProcessingInput."""
    return {
        "InputName": "in",
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": "/opt/ml/processing/in",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        },
    }


def copying(bucket, command="cp -r in/. out/", cache=CACHE, **more):
    """A step that copies its input, with the name of its execution in that of its output."""
    out = join("s3:/", bucket, get("Execution.PipelineExecutionId"), "out", on="/")
    step = processing("Copy", command, {"out": out}, CacheConfig=cache, **more)
    step["Arguments"]["ProcessingInputs"] = [reading(f"s3://{bucket}/in/")]
    return step


def counted(runs, name, expected, family="processing"):
    """Runs the pipeline; says whether that took no job."""
    before = runs.jobs(family)
    arn, found = runs.run(name)
    assert runs.jobs(family) - before == expected
    return arn, found


def test_hit(runs, data, unique):
    """The step succeeds without a job, and what needs it sees the earlier one."""
    name = unique("hit")
    runs.put(data, in__a=b"1", in__report=b'{"score": 0.75}')
    copy = copying(data, PropertyFiles=[
        {"PropertyFileName": "Report", "OutputName": "out", "FilePath": "report"}])
    output = get("Steps.Copy.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri")
    score = {"Std:JsonGet": {"PropertyFile": get("Steps.Copy.PropertyFiles.Report"), "Path": "score"}}
    check = processing("Read", "cat in/a in/report", CacheConfig={**CACHE, "Enabled": False})
    check["Arguments"]["ProcessingInputs"] = [reading(output)]
    runs.pipeline(name, definition(copy, condition("Good", [equals(score, 0.75)], [check])))

    first, ran = counted(runs, name, 2)
    assert [source(step) for step in ran.values()] == [None] * 3
    _, found = counted(runs, name, 1)
    assert source(found["Copy"]) == first
    assert found["Copy"]["Metadata"] == ran["Copy"]["Metadata"]
    assert found["Copy"]["AttemptCount"] == 1 and "FailureReason" not in found["Copy"]
    assert "CacheHitResult" not in found["Good"] and "CacheHitResult" not in found["Read"]
    assert found["Good"]["Metadata"]["Condition"]["Outcome"] == "True"
    assert found["Read"]["Metadata"] != ran["Read"]["Metadata"]
    # The source is always the execution that had the job, never one that took it.
    _, found = counted(runs, name, 1)
    assert source(found["Copy"]) == first


def test_training(runs, data, unique):
    """The same for a training job: its model is that of the earlier one."""
    name = unique("train")
    runs.put(data, train__a=b"1,0,0\n2,1,0\n3,0,1\n4,1,1\n")
    train = training("Train", f"s3://{data}/train/", f"s3://{data}/models", "2", CacheConfig=CACHE)
    runs.pipeline(name, definition(train))
    first, ran = counted(runs, name, 1, "training")
    assert source(ran["Train"]) is None
    _, found = counted(runs, name, 0, "training")
    assert source(found["Train"]) == first
    assert found["Train"]["Metadata"] == ran["Train"]["Metadata"]

    # Each a part of the key: a hyperparameter, then the data under the same name.
    train["Arguments"]["HyperParameters"]["num_round"] = "3"
    runs.update(name, definition(train))
    _, found = counted(runs, name, 1, "training")
    assert source(found["Train"]) is None
    runs.put(data, train__a=b"1,0,0\n2,1,0\n3,0,1\n5,1,1\n")
    _, found = counted(runs, name, 1, "training")
    assert source(found["Train"]) is None

    # Going back to either finds what was made then.
    train["Arguments"]["HyperParameters"]["num_round"] = "2"
    runs.update(name, definition(train))
    runs.put(data, train__a=b"1,0,0\n2,1,0\n3,0,1\n4,1,1\n")
    _, found = counted(runs, name, 0, "training")
    assert source(found["Train"]) == first


def archive(program):
    """A source archive, as the SageMaker SDK makes it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo("train.py")
        entry.size = len(program)
        tar.addfile(entry, io.BytesIO(program))
    return packed.getvalue()


@pytest.mark.parametrize("quoted", [False, True], ids=["bare", "quoted"])
@pytest.mark.parametrize("key", ["code", "cöde \"1\""], ids=["plain", "escaped"])
def test_source_archive(runs, data, unique, key, quoted):
    """The code is told by what is in the archive: its name stays the same, however it is sent."""
    name = unique("code")
    runs.put(data, **{key: archive(b"print(1)\n")})
    uri = f"s3://{data}/{key}"
    step = training("Train", "", f"s3://{data}/models", "2", CacheConfig=CACHE)
    step["Arguments"]["AlgorithmSpecification"]["TrainingImage"] = SKLEARN
    step["Arguments"]["HyperParameters"] = {
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": json.dumps(uri) if quoted else uri,
    }
    del step["Arguments"]["InputDataConfig"]
    runs.pipeline(name, definition(step))
    first, _ = counted(runs, name, 1, "training")
    _, found = counted(runs, name, 0, "training")
    assert source(found["Train"]) == first
    runs.put(data, **{key: archive(b"print(2)\n")})
    _, found = counted(runs, name, 1, "training")
    assert source(found["Train"]) is None


def test_input_that_is_nothing(runs, data, unique):
    """Of an input without an object there is no result to know again: nothing is looked for."""
    name = unique("nothing")
    runs.pipeline(name, definition(copying(data)))
    arn = runs.start(name)
    step = runs.steps(arn, "Failed")["Copy"]
    assert f"No S3 objects found under 's3://{data}/in/'" in step["FailureReason"]
    assert runs.why(arn, "Copy")[0] == "NotCached"


def test_misses(runs, data, unique):
    """C12: each part of the key alone leads to another result."""
    name = unique("miss")
    runs.put(data, in__a=b"1")
    step = copying(data)
    runs.pipeline(name, definition(step))
    first, _ = counted(runs, name, 1)

    def changes(what, expected=1):
        runs.update(name, definition(step))
        _, found = counted(runs, name, expected)
        assert (source(found["Copy"]) is None) == (expected == 1), what

    arguments = step["Arguments"]
    arguments["Environment"] = {"A": "1"}
    changes("a variable")
    arguments["Environment"] = {"A": "2"}
    changes("a variable's value")
    arguments["AppSpecification"]["ImageUri"] = IMAGES[1]
    changes("the image")
    arguments["AppSpecification"]["ContainerEntrypoint"][-1] += " "
    changes("the command")
    arguments["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["LocalPath"] += "/"
    changes("which of its files are kept")
    runs.put(data, in__a=b"2")
    changes("an input's content")
    runs.put(data, in__b=b"")
    changes("one more input")
    runs.s3.delete_object(Bucket=data, Key="in/a")
    changes("one input less")

    # What AWS leaves out of its keys, and the same objects written again.
    runs.put(data, in__b=b"")
    arguments["ProcessingResources"] = {"ClusterConfig": {
        "InstanceCount": 1, "InstanceType": "ml.t3.large", "VolumeSizeInGB": 2}}
    arguments["StoppingCondition"] = {"MaxRuntimeInSeconds": 77}
    arguments["Tags"] = [{"Key": "a", "Value": "b"}]
    changes("nothing of the key", 0)

    # The order of members is none.
    step["Arguments"] = dict(reversed(list(arguments.items())))
    changes("the order of members", 0)

    other = unique("other")
    runs.pipeline(other, definition(step))
    _, found = counted(runs, other, 1)
    assert source(found["Copy"]) is None, "a result of another pipeline"
    step["Name"] = "Again"
    runs.update(name, definition(step))
    _, found = counted(runs, name, 1)
    assert source(found["Again"]) is None, "a result of another step"


def test_explained(runs, data, unique):
    """The engine says why a step ran, down to the parameter, the variable and the input."""
    name = unique("why")
    runs.put(data, in__a=b"1")
    step = copying(data)
    other = processing("Other", "true")
    runs.pipeline(name, definition(step, other))
    first, _ = runs.run(name)
    assert runs.why(first, "Copy") == ["Missed", "NoResult", None, None]
    assert runs.why(first, "Other") == ["NotCached", None, None, None]
    second, _ = runs.run(name)
    assert runs.why(second, "Copy") == ["Reused", None, first, None]

    step["Arguments"]["Environment"] = {"A": "1", "B": "1"}
    runs.update(name, definition(step, other))
    third, _ = runs.run(name)
    assert runs.why(third, "Copy") == ["Missed", "KeyChanged", first, ["Environment.A", "Environment.B"]]
    step["Arguments"]["Environment"] = {"B": "2"}
    step["Arguments"]["AppSpecification"]["ImageUri"] = IMAGES[1]
    runs.update(name, definition(step, other))
    runs.put(data, in__b=b"1")
    fourth, _ = runs.run(name)
    assert runs.why(fourth, "Copy") == ["Missed", "KeyChanged", third, [
        "AppSpecification.ImageUri", "Environment.B", f"s3://{data}/in/", "Environment.A"]]

    runs.s3.delete_object(Bucket=data, Key=f"{fourth.rsplit('/', 1)[1]}/out/a")
    fifth, _ = runs.run(name)
    assert runs.why(fifth, "Copy") == ["Missed", "ResultChanged", fourth, None]
    step["CacheConfig"] = {"Enabled": True, "ExpireAfter": "PT1S"}
    runs.update(name, definition(step, other))
    time.sleep(1)
    sixth, _ = runs.run(name)
    assert runs.why(sixth, "Copy") == ["Missed", "Expired", fifth, None]

    for arn, of in ((first, "None"), (first + "x", "Copy"), (first, "../Copy"), (first, "")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            runs.why(arn, of)
        assert caught.value.code in (400, 404)


def test_disabled(runs, data, unique):
    """A step that is not cached takes nothing and leaves nothing."""
    name = unique("off")
    runs.put(data, in__a=b"1")
    off = definition(copying(data, cache={"Enabled": False, "ExpireAfter": "30d"}))
    on = definition(copying(data))
    runs.pipeline(name, off)
    counted(runs, name, 1)
    runs.update(name, on)
    first, _ = counted(runs, name, 1)
    runs.update(name, off)
    _, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None
    runs.update(name, on)
    _, found = counted(runs, name, 0)
    assert source(found["Copy"]) == first


def test_expired(runs, data, unique):
    """A result is taken as long as it is young enough for the definition of the day."""
    name = unique("old")
    runs.put(data, in__a=b"1")
    runs.pipeline(name, definition(copying(data, cache={"Enabled": True, "ExpireAfter": "PT0S"})))
    counted(runs, name, 1)
    first, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None
    runs.update(name, definition(copying(data)))
    _, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None, "a step that need not last is not kept"


def test_outputs_changed(runs, data, unique):
    """A result whose outputs are not what they were is not taken: the step runs."""
    name = unique("outputs")
    runs.put(data, in__a=b"1", in__b=b"2")
    runs.pipeline(name, definition(copying(data)))
    first, _ = counted(runs, name, 1)

    def key(arn, file):
        return f"{arn.rsplit('/', 1)[1]}/out/{file}"

    runs.s3.put_object(Bucket=data, Key=key(first, "a"), Body=b"other")
    second, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None
    runs.s3.delete_object(Bucket=data, Key=key(second, "b"))
    third, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None
    runs.s3.put_object(Bucket=data, Key=key(third, "c"), Body=b"3")
    fourth, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None
    # With the bytes that it made, the first is good again; the latest good one is taken.
    runs.s3.put_object(Bucket=data, Key=key(first, "a"), Body=b"1")
    _, found = counted(runs, name, 0)
    assert source(found["Copy"]) == fourth
    runs.s3.delete_object(Bucket=data, Key=key(fourth, "a"))
    _, found = counted(runs, name, 0)
    assert source(found["Copy"]) == first


def test_outputs_rotten(fresh_engine):
    """Outputs are read before they are taken: what the disk has changed is noticed."""
    runs = Runs(fresh_engine)
    runs.s3.create_bucket(Bucket="data")
    runs.put("data", in__a=b"as it was made")
    runs.pipeline("rot", definition(copying("data", command="sed s/was/is/ in/a > out/a")))
    first, _ = runs.run("rot")
    _, found = runs.run("rot")
    assert source(found["Copy"]) == first

    blobs = [path for path in fresh_engine.data_dir.rglob("*")
             if path.is_file() and path.stat().st_size == 13 and path.read_bytes() == b"as it is made"]
    assert blobs
    for path in blobs:
        path.chmod(0o600)
        path.write_bytes(b"as it IS made")
    _, found = runs.run("rot")
    assert source(found["Copy"]) is None


def test_job_deleted(runs, data, unique):
    """Without its job there is nothing that later steps could ask."""
    name = unique("deleted")
    runs.put(data, train__a=b"1,0,0\n2,1,0\n3,0,1\n4,1,1\n")
    train = training("Train", f"s3://{data}/train/", f"s3://{data}/models", "2", CacheConfig=CACHE)
    runs.pipeline(name, definition(train))
    _, ran = counted(runs, name, 1, "training")
    job = runs.sagemaker.describe_training_job(
        TrainingJobName=ran["Train"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[1])
    answer = call(runs.engine, "DeleteTrainingJob", {"TrainingJobName": job["TrainingJobName"]})
    assert answer.status == 200
    # Nor may another job of its name speak for it.
    members = ("TrainingJobName", "RoleArn", "AlgorithmSpecification", "HyperParameters", "InputDataConfig",
               "OutputDataConfig", "ResourceConfig", "StoppingCondition")
    runs.sagemaker.create_training_job(**{member: job[member] for member in members})
    wait_for_job(runs.sagemaker, "training", job["TrainingJobName"])
    _, found = counted(runs, name, 1, "training")
    assert source(found["Train"]) is None


def test_retry_after_hit(fresh_engine):
    """A step that was taken stays so when its execution is retried, even by the engine's next life,
    and what failed after it still reads what the earlier job wrote."""
    runs = Runs(fresh_engine)
    runs.s3.create_bucket(Bucket="data")
    runs.put("data", in__a=b"1")
    read = processing("Read", "test -e in/a && test -e more/now", DependsOn=["Copy"])
    read["Arguments"]["ProcessingInputs"] = [
        reading(get("Steps.Copy.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri")),
        {"InputName": "more", "S3Input": {**reading("s3://data/more/")["S3Input"],
                                          "LocalPath": "/opt/ml/processing/more"}},
    ]
    runs.put("data", more__x=b"")
    runs.pipeline("retried", definition(copying("data"), read))
    first = runs.start("retried")
    runs.steps(first, "Failed")
    second = runs.start("retried")
    found = runs.steps(second, "Failed")
    assert source(found["Copy"]) == first
    fresh_engine.kill()
    fresh_engine.start()
    runs.put("data", more__now=b"")
    runs.sagemaker.retry_pipeline_execution(PipelineExecutionArn=second)
    found = runs.steps(second)
    assert source(found["Copy"]) == first and found["Copy"]["AttemptCount"] == 1
    assert found["Read"]["AttemptCount"] == 2 and "CacheHitResult" not in found["Read"]


def test_input_replaced_meanwhile(runs, data, unique):
    """Nobody knows which of two inputs a job has read, so its result is not kept."""
    name = unique("meanwhile")
    runs.put(data, in__a=b"1")
    step = copying(data, command="sleep 3; cp -r in/. out/")
    runs.pipeline(name, definition(step))
    arn = runs.start(name)

    def executing():
        listed = runs.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        return [s for s in listed["PipelineExecutionSteps"] if s["StepStatus"] == "Executing"]

    wait_for(executing, 120, "the job")
    runs.put(data, in__a=b"2")
    runs.put(data, in__a=b"1")
    runs.steps(arn)
    again, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None
    _, found = counted(runs, name, 0)
    assert source(found["Copy"]) == again


def test_failed_is_not_kept(runs, data, unique):
    """Neither a step that failed nor its retry is taken for more than it is."""
    name = unique("failed")
    runs.put(data, in__a=b"1")
    runs.pipeline(name, definition(copying(data, command="test -e in/b")))
    arn = runs.start(name)
    runs.steps(arn, "Failed")
    before = runs.jobs()
    other = runs.start(name)
    assert runs.steps(other, "Failed")["Copy"]["StepStatus"] == "Failed"
    assert runs.jobs() == before + 1
    # Retried with what it lacked it succeeds, and from then on it can be taken: also by a retry.
    runs.put(data, in__b=b"2")
    runs.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn)
    found = runs.steps(arn)
    assert source(found["Copy"]) is None and found["Copy"]["AttemptCount"] == 2
    runs.sagemaker.retry_pipeline_execution(PipelineExecutionArn=other)
    found = runs.steps(other)
    assert source(found["Copy"]) == arn and found["Copy"]["AttemptCount"] == 2
    assert "FailureReason" not in found["Copy"]


def test_in_parallel(runs, data, unique):
    """Executions at the same time wait for nobody: each runs, and the latest is taken after."""
    name = unique("parallel")
    runs.put(data, in__a=b"1")
    runs.pipeline(name, definition(copying(data, command="sleep 1; cp -r in/. out/")))
    arns = [runs.start(name) for _ in range(3)]
    found = [runs.steps(arn)["Copy"] for arn in arns]
    ran = {arn: step for arn, step in zip(arns, found) if source(step) is None}
    assert arns[0] in ran
    assert all(source(step) in ran for arn, step in zip(arns, found) if arn not in ran)
    _, taken = counted(runs, name, 0)
    assert source(taken["Copy"]) == max(ran, key=lambda arn: ran[arn]["EndTime"])


def test_pipeline_made_anew(runs, data, unique):
    """What a pipeline has made is forgotten with it."""
    name = unique("anew")
    runs.put(data, in__a=b"1")
    runs.pipeline(name, definition(copying(data)))
    counted(runs, name, 1)
    runs.sagemaker.delete_pipeline(PipelineName=name)
    runs.pipeline(name, definition(copying(data)))
    _, found = counted(runs, name, 1)
    assert source(found["Copy"]) is None


@pytest.mark.parametrize("config, where", [
    ([], "CacheConfig: Expected an object"),
    ({}, "CacheConfig.Enabled: Required"),
    ({"Enabled": "true"}, "CacheConfig.Enabled: Expected a boolean"),
    ({"Enabled": True}, "CacheConfig.ExpireAfter: Required"),
    ({"Enabled": True, "ExpireAfter": 30}, "CacheConfig.ExpireAfter: Expected a string"),
    ({"Enabled": True, "ExpireAfter": "P1.5D"}, "CacheConfig.ExpireAfter: 'P1.5D' is not an ISO 8601"),
    ({"Enabled": False, "ExpireAfter": "soon"}, "CacheConfig.ExpireAfter: 'soon' is not"),
    ({"Enabled": True, "ExpireAfter": "30d", "Key": "x"}, "CacheConfig.Key: Unknown member"),
])
def test_config_is_refused(sagemaker, unique, config, where):
    message = refused(
        "ValidationException", sagemaker.create_pipeline, PipelineName=unique("refused"), RoleArn=ROLE,
        PipelineDefinition=json.dumps(definition(processing("P", "true", CacheConfig=config))))
    assert f"Steps[0].{where}" in message, message


def test_runtime_replaced(engine_factory, tmp_path):
    """The image is told by what stands behind its name: programs that were replaced run again."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for path in (BUILD / "src" / "programs").glob("sagebrush-*"):
        if path.is_file():
            shutil.copy2(path, programs)
    algorithm = programs / "sagebrush-algorithm"

    engine = engine_factory(start=False)
    engine.start(SAGEBRUSH_LIBEXECDIR=str(programs))
    runs = Runs(engine)
    runs.s3.create_bucket(Bucket="data")
    runs.put("data", in__a=b"1")
    runs.pipeline("image", definition(copying("data")))
    first, _ = runs.run("image")
    _, found = runs.run("image")
    assert source(found["Copy"]) == first
    with open(algorithm, "ab") as file:
        file.write(b"another build")
    _, found = runs.run("image")
    assert source(found["Copy"]) is None
    engine.stop()


def test_after_restart(fresh_engine):
    """What an earlier life of the engine made is taken by the next."""
    engine = fresh_engine
    runs = Runs(engine)
    runs.s3.create_bucket(Bucket="data")
    runs.put("data", in__a=b"1")
    runs.pipeline("restart", definition(copying("data")))
    first, _ = runs.run("restart")
    engine.stop()
    engine.start()
    _, found = runs.run("restart")
    assert source(found["Copy"]) == first
    engine.kill()
    engine.start()
    _, found = runs.run("restart")
    assert source(found["Copy"]) == first
    assert runs.jobs() == 1


@pytest.mark.skipif(
    "#define SAGEBRUSH_FAILPOINTS 1" not in (BUILD / "config.h").read_text(),
    reason="built without -Dfailpoints=true",
)
@pytest.mark.parametrize("failpoint", [
    "pipeline-before-store", "pipeline-after-store", "pipeline-dispatch", "pipeline-before-create",
    "pipeline-after-create", "pipeline-cache-sealed", "pipeline-cache-taken", "pipeline-task-done",
])
def test_killed_at(engine_factory, failpoint):
    """kill -9 at each instant of a step that runs and of one that is taken: both end as they should."""
    engine = engine_factory()
    runs = Runs(engine)
    runs.s3.create_bucket(Bucket="data")
    runs.put("data", in__a=b"1")
    runs.pipeline("killed", definition(copying("data")))
    ended, died = [], []
    for _ in range(3):
        engine.stop()
        engine.start(SAGEBRUSH_FAILPOINT=f"{failpoint}:kill")
        token = uuid.uuid4().hex
        with contextlib.suppress(BotoCoreError):
            arn = runs.start("killed", ClientRequestToken=token)
            wait_for(lambda: engine.process.poll() is not None or runs.ended(arn), 60, "death or success")
        died.append(engine.stop())
        engine.start()
        arn = runs.start("killed", ClientRequestToken=token)
        ended.append((arn, runs.steps(arn)["Copy"]))

    assert -signal.SIGKILL in died, died
    ran = [arn for arn, step in ended if source(step) is None]
    assert all(source(step) in (None, *ran) for _, step in ended)
    assert all(step["AttemptCount"] == 1 for _, step in ended)
    assert runs.jobs() == len(ran)
    assert engine.stop() == 0
