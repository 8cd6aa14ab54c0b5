# SPDX-License-Identifier: GPL-3.0-or-later
"""Processing jobs: what goes in, what comes out, what they may see, and how they end."""

import json
import re

import pytest

from clients import ROLE, SKLEARN, wait_for, wait_for_job
from wire import call, refusal

MOUNT = "/opt/ml/processing"


def describe(sagemaker, name):
    return sagemaker.describe_processing_job(ProcessingJobName=name)


def source(name, uri, path=None, **s3):
    """A ProcessingInput."""
    return {"InputName": name, "S3Input": {"S3Uri": uri, "LocalPath": path or f"{MOUNT}/{name}",
                                           "S3DataType": "S3Prefix", "S3InputMode": "File", **s3}}


def sink(name, uri, path=None, **s3):
    """An output."""
    return {"OutputName": name, "S3Output": {"S3Uri": uri, "LocalPath": path or f"{MOUNT}/{name}",
                                             "S3UploadMode": "EndOfJob", **s3}}


def application(*entrypoint, arguments=None):
    made = {"ImageUri": SKLEARN, "ContainerEntrypoint": list(entrypoint)}
    if arguments is not None:
        made["ContainerArguments"] = arguments
    return made


def keys(s3, prefix):
    return [o["Key"] for o in s3.list_objects_v2(Bucket="sagebrush-tests", Prefix=prefix)
            .get("Contents", [])]


def body(s3, key):
    return s3.get_object(Bucket="sagebrush-tests", Key=key)["Body"].read()


@pytest.fixture
def lines(engine):
    """The lines that a job wrote."""

    def read(name):
        events = engine.client("logs").filter_log_events(
            logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix=name + "/")["events"]
        return [event["message"] for event in events]

    return read


def reason(sagemaker, name):
    seen = describe(sagemaker, name)
    assert seen["ProcessingJobStatus"] == "Failed", seen
    return seen["FailureReason"]


# --- inputs and outputs ---


def test_files_in_files_out(run_processing, sagemaker, s3, bucket):
    s3.put_object(Bucket=bucket, Key="p/in/a.txt", Body=b"alpha\n")
    s3.put_object(Bucket=bucket, Key="p/in/deep/b.txt", Body=b"beta\n")
    name = run_processing(
        f"cd {MOUNT}/input; cat a.txt deep/b.txt > ../output/all.txt;"
        "mkdir ../output/sub; echo 1 > ../output/sub/one; echo done > /opt/ml/output/message",
        inputs=[source("input", f"s3://{bucket}/p/in")],
        outputs=[sink("output", f"s3://{bucket}/p/out/")])
    seen = describe(sagemaker, name)
    assert seen["ProcessingJobStatus"] == "Completed", seen
    assert seen["ExitMessage"] == "done" and "FailureReason" not in seen
    assert keys(s3, "p/out/") == ["p/out/all.txt", "p/out/sub/one"]
    assert body(s3, "p/out/all.txt") == b"alpha\nbeta\n"
    assert seen["CreationTime"] <= seen["ProcessingStartTime"] <= seen["ProcessingEndTime"]
    assert seen["ProcessingInputs"][0]["S3Input"]["S3Uri"] == f"s3://{bucket}/p/in"
    assert seen["ProcessingJobArn"] == (
        f"arn:aws:sagemaker:us-east-1:000000000000:processing-job/{name}")


def test_configuration_mirrors_the_request(run_processing, sagemaker, s3, bucket):
    s3.put_object(Bucket=bucket, Key="p/c/x", Body=b"x")
    name = run_processing(f"cp /opt/ml/config/*.json {MOUNT}/out/",
                          inputs=[source("in", f"s3://{bucket}/p/c")],
                          outputs=[sink("out", f"s3://{bucket}/p/config")],
                          Environment={"A": "1"})
    config = json.loads(body(s3, "p/config/processingjobconfig.json"))
    assert config["ProcessingJobName"] == name
    assert config["Environment"] == {"A": "1"}
    assert config["ProcessingInputs"][0]["S3Input"]["LocalPath"] == f"{MOUNT}/in"
    assert config["ProcessingOutputConfig"]["Outputs"][0]["OutputName"] == "out"
    assert config["AppSpecification"]["ImageUri"] == SKLEARN
    resources = json.loads(body(s3, "p/config/resourceconfig.json"))
    assert resources["current_host"] == "algo-1" and resources["hosts"] == ["algo-1"]


def test_ten_outputs(run_processing, sagemaker, s3, bucket):
    outputs = [sink(f"o{i}", f"s3://{bucket}/p/ten/{i}") for i in range(10)]
    name = run_processing(f"for i in 0 1 2 3 4 5 6 7 8 9; do echo $i > {MOUNT}/o$i/f; done",
                          outputs=outputs)
    assert describe(sagemaker, name)["ProcessingJobStatus"] == "Completed"
    assert keys(s3, "p/ten/") == [f"p/ten/{i}/f" for i in range(10)]


def test_eleven_are_too_many(run_processing):
    outputs = [sink(f"o{i}", "s3://b/x") for i in range(11)]
    code, message = refusal(run_processing, command="true", outputs=outputs)
    assert code == "ValidationException" and "10" in message


def test_failed_job_stores_nothing(run_processing, sagemaker, s3, bucket):
    name = run_processing(f"echo half > {MOUNT}/out/f; exit 1",
                          outputs=[sink("out", f"s3://{bucket}/p/failed")])
    assert "exit code: 1" in reason(sagemaker, name)
    assert keys(s3, "p/failed") == []


def test_output_bucket_that_is_missing(run_processing, sagemaker):
    name = run_processing(f"echo x > {MOUNT}/out/f",
                          outputs=[sink("out", "s3://no-such-bucket-here/x")])
    text = reason(sagemaker, name)
    assert "'out'" in text and "no-such-bucket-here" in text


def test_empty_output_is_fine(run_processing, sagemaker, bucket):
    name = run_processing("true", outputs=[sink("out", f"s3://{bucket}/p/empty")])
    assert describe(sagemaker, name)["ProcessingJobStatus"] == "Completed"


def test_hostile_outputs_stay_inside(run_processing, sagemaker, s3, bucket):
    """Links and special files in an output neither leak nor hang."""
    name = run_processing(f"cd {MOUNT}/out; echo ok > f; ln -s /etc/passwd p; ln -s /etc d; mkfifo q",
                          outputs=[sink("out", f"s3://{bucket}/p/hostile")])
    assert describe(sagemaker, name)["ProcessingJobStatus"] == "Completed"
    assert keys(s3, "p/hostile") == ["p/hostile/f"]


def test_input_without_objects(run_processing, sagemaker, bucket):
    name = run_processing("true", inputs=[source("in", f"s3://{bucket}/p/nothing/")])
    assert f"No S3 objects found under 's3://{bucket}/p/nothing/'" in reason(sagemaker, name)


def test_script_as_the_sdk_sends_it(run_processing, sagemaker, s3, bucket):
    script = "import sys, sklearn, pandas\nprint('args', sys.argv[1:])\n"
    s3.put_object(Bucket=bucket, Key="p/code/run.py", Body=script.encode())
    name = run_processing(
        "", inputs=[source("code", f"s3://{bucket}/p/code/run.py", f"{MOUNT}/input/code")],
        AppSpecification=application("python3", f"{MOUNT}/input/code/run.py",
                                     arguments=["--rate", "0.2", "two words"]))
    assert describe(sagemaker, name)["ProcessingJobStatus"] == "Completed", describe(sagemaker, name)


# --- what a job sees ---


def test_environment_is_exactly_what_was_promised(run_processing, sagemaker, lines):
    asked = {"FLAVOUR": "mint", "_UNDER": "a=b c", "EMPTY": ""}
    name = run_processing("", AppSpecification=application("/usr/bin/env"), Environment=asked)
    seen = dict(line.split("=", 1) for line in lines(name))
    arn = describe(sagemaker, name)["ProcessingJobArn"]
    assert seen == {
        "PATH": "/opt/sagebrush-bin:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp",
        "PYTHONUNBUFFERED": "1", "OMP_WAIT_POLICY": "passive",
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "PROCESSING_JOB_NAME": name, "PROCESSING_JOB_ARN": arn, **asked}


@pytest.mark.parametrize("key", ["A=B", "1A", "A B", "", "A-B", "\u00c4"])
def test_environment_names(run_processing, key):
    code, message = refusal(run_processing, command="true", Environment={key: "x"})
    assert code == "ValidationException" and "environment" in message


def test_environment_limits(engine, unique):
    for environment in ({"A": "x" * 257}, {"A" * 257: "x"}, {f"A{i}": "x" for i in range(101)}):
        answer = call(engine, "CreateProcessingJob",
                      {**create(unique("p"), ["true"]), "Environment": environment})
        assert (answer.status, answer.code) == (400, "ValidationException"), answer.text
        assert "environment" in answer.message and len(answer.message) < 1000


def test_environment_cannot_change_the_supervisor(run_processing, sagemaker, lines):
    """Loader and shell variables act inside, or not at all."""
    name = run_processing("echo alive; exit 0", Environment={
        "LD_PRELOAD": "/nonexistent/evil.so", "BASH_ENV": "/nonexistent", "PATH": "/bin",
        "PYTHONSTARTUP": "/nonexistent", "LD_LIBRARY_PATH": "/nonexistent"})
    assert describe(sagemaker, name)["ProcessingJobStatus"] == "Completed"
    assert "alive" in lines(name)


@pytest.mark.parametrize("entrypoint", [["--help"], ["-c"], ["../../bin/sh"], ["/nonexistent/x"],
                                        ["/etc"], ["no-such-program"]])
def test_entrypoint_that_is_no_program(run_processing, sagemaker, entrypoint):
    name = run_processing("", AppSpecification=application(*entrypoint))
    text = reason(sagemaker, name)
    assert entrypoint[0] in text and "usage" not in text.lower()


@pytest.mark.parametrize("entrypoint", [["x" * 257], ["true"] * 101, [""] * 0])
def test_entrypoint_limits(engine, unique, entrypoint):
    answer = call(engine, "CreateProcessingJob", create(unique("p"), entrypoint))
    assert answer.status == 400 and answer.code == "ValidationException", answer.text
    assert "containerEntrypoint" in answer.message


def test_entrypoint_with_nul(engine, unique):
    answer = call(engine, "CreateProcessingJob", create(unique("p"), ["/bin/true\0x"]))
    assert answer.status == 400
    assert answer.code in ("ValidationException", "SerializationException"), answer.text


def create(name, entrypoint):
    return {"ProcessingJobName": name, "RoleArn": ROLE, "AppSpecification": application(*entrypoint),
            "ProcessingResources": {"ClusterConfig": {
                "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}}


def test_system_is_read_only(run_processing, sagemaker, lines):
    name = run_processing("for f in /usr/x /etc/x /bin/sh /opt/x /x; do"
                          " (echo > $f) 2>/dev/null && echo wrote $f; done; touch /tmp/ok && echo end")
    assert lines(name) == ["end"]


def test_processes_of_others_are_invisible(run_processing, lines):
    name = run_processing("ls /proc | grep -c '^[0-9]'; ls -d /proc/[0-9]*/root >/dev/null && id -u")
    count = int(lines(name)[0])
    assert count <= 6


def test_orphans_are_reaped(run_processing, lines):
    """F3: nobody waits for these but the first process of the sandbox."""
    name = run_processing("for i in $(seq 100); do (true &); done; sleep 0.5;"
                          " cat /proc/[0-9]*/stat | grep -c ') Z '")
    assert lines(name)[0] == "0"


# --- how jobs end ---


def test_signal_is_named(run_processing, sagemaker):
    name = run_processing("echo before; kill -SEGV $$")
    text = reason(sagemaker, name)
    assert "signal 11" in text and text.endswith("before")


def test_output_of_a_failed_program_is_in_the_reason(run_processing, sagemaker):
    name = run_processing("for i in $(seq 30); do echo line $i; done; exit 9")
    text = reason(sagemaker, name)
    assert "exit code: 9" in text and text.endswith("line 29\nline 30")
    assert "line 20\n" not in text


def test_stop(run_processing, sagemaker, lines, s3, bucket):
    name = run_processing("echo up; sleep 60", wait=False,
                          outputs=[sink("out", f"s3://{bucket}/p/stopped")])
    wait_for(lambda: lines(name))
    sagemaker.stop_processing_job(ProcessingJobName=name)
    done = wait_for_job(sagemaker, "processing", name, 40)
    assert done["ProcessingJobStatus"] == "Stopped" and "FailureReason" not in done
    assert refusal(sagemaker.stop_processing_job, ProcessingJobName=name) == (
        "ValidationException",
        "The request was rejected because the processing job is in status Stopped.")


def test_runtime_limit(run_processing, sagemaker):
    name = run_processing("sleep 60", StoppingCondition={"MaxRuntimeInSeconds": 1})
    seen = describe(sagemaker, name)
    assert seen["ProcessingJobStatus"] == "Stopped"
    assert "MaxRuntimeInSeconds" in seen["FailureReason"]
    length = (seen["ProcessingEndTime"] - seen["ProcessingStartTime"]).total_seconds()
    assert 1 <= length < 20


def test_waiting_job_says_why(run_processing, sagemaker):
    first = run_processing("sleep 60", wait=False)
    second = run_processing("true", wait=False)
    seen = wait_for(lambda: (s := describe(sagemaker, second)).get("ExitMessage") and s)
    assert "Waiting for capacity" in seen["ExitMessage"]
    sagemaker.stop_processing_job(ProcessingJobName=first)
    done = wait_for_job(sagemaker, "processing", second)
    assert done["ProcessingJobStatus"] == "Completed" and "ExitMessage" not in done
    assert wait_for_job(sagemaker, "processing", first)["ProcessingJobStatus"] == "Stopped"


FAILURE = "/opt/ml/output/failure"


@pytest.mark.parametrize("command, expected", [
    (f"printf 'bad \\033[31mred\\007' > {FAILURE}", r"AlgorithmError: bad \\x1b\[31mred\\x07, exit"),
    (f"printf '\\000\\001bin\\377' > {FAILURE}", r"AlgorithmError: \ufffd\\x01bin\ufffd, exit"),
    (f"ln -s /etc/passwd {FAILURE}", r"^AlgorithmError: the process ended with exit code: 1$"),
    (f"mkfifo {FAILURE}", r"^AlgorithmError: the process ended with exit code: 1$"),
    (f"mkdir {FAILURE}", r"^AlgorithmError: the process ended with exit code: 1$"),
    (f"truncate -s 900M {FAILURE}", r"^AlgorithmError: \ufffd{100,}"),
    (f"yes 0123456789 | head -c 1000000 > {FAILURE}", r"^AlgorithmError: 0123456789\n0123"),
    (f"for i in $(seq 3000); do printf '\\033' >> {FAILURE}; done", r"^AlgorithmError: (\\x1b)+"),
    (f": > {FAILURE}", r"^AlgorithmError: the process ended with exit code: 1$"),
    (f"printf '\\342\\200\\256gnp' > {FAILURE}", r"AlgorithmError: \\x202egnp, exit"),
    ("rm -rf /opt/ml/output; ln -s /etc /opt/ml/output",
     r"^AlgorithmError: the process ended with exit code: 1"),
])
def test_hostile_failure_file(run_processing, sagemaker, command, expected):
    name = run_processing(f"{command}; exit 1")
    text = reason(sagemaker, name)
    assert len(text) <= 1024 and "root:" not in text
    assert re.search(expected, text), text


def test_hostile_message_file(run_processing, sagemaker):
    name = run_processing("for i in $(seq 3000); do printf '\\033' >> /opt/ml/output/message; done")
    message = describe(sagemaker, name)["ExitMessage"]
    assert 900 < len(message) <= 1024 and "\x1b" not in message


# --- names, duplicates, deletion ---


def test_missing_job(sagemaker, engine):
    text = "Could not find requested job with name: no-such-job"
    for function in (sagemaker.describe_processing_job, sagemaker.stop_processing_job):
        assert refusal(function, ProcessingJobName="no-such-job") == ("ValidationException", text)
    answer = call(engine, "DeleteProcessingJob", {"ProcessingJobName": "no-such-job"})
    assert (answer.code, answer.message) == ("ValidationException", text)


def test_duplicate(run_processing, sagemaker):
    name = run_processing("true")
    assert refusal(run_processing, command="true", ProcessingJobName=name.upper()) == (
        "ResourceInUse",
        "Processing job names must be unique within an AWS account and region, and a processing "
        "job with this name already exists "
        f"(arn:aws:sagemaker:us-east-1:000000000000:processing-job/{name})")


def test_delete(run_processing, sagemaker, engine):
    name = run_processing("true")
    assert call(engine, "DeleteProcessingJob", {"ProcessingJobName": name}).status == 200
    assert refusal(sagemaker.describe_processing_job, ProcessingJobName=name)[0] == (
        "ValidationException")


# --- what is not done is refused, never ignored ---


@pytest.mark.parametrize("path", ["/etc", "/proc/1", f"{MOUNT}/../../etc", "/opt/ml/../..",
                                  f"{MOUNT}x", "relative", f"{MOUNT}//x", f"{MOUNT}/./x"])
def test_paths_outside(run_processing, path):
    code, message = refusal(run_processing, command="true", inputs=[source("i", "s3://b/x", path)])
    assert code == "ValidationException" and "LocalPath" in message
    code, message = refusal(run_processing, command="true", outputs=[sink("o", "s3://b/x", path)])
    assert code == "ValidationException" and "LocalPath" in message


@pytest.mark.parametrize("members, words", [
    ({"inputs": [source("i", "s3://b/x", S3DataType="ManifestFile")]}, "S3DataType"),
    ({"inputs": [source("i", "s3://b/x", S3InputMode="Pipe")]}, "S3InputMode"),
    ({"inputs": [source("i", "s3://b/x", S3CompressionType="Gzip")]}, "S3CompressionType"),
    ({"inputs": [{**source("i", "s3://b/x"), "AppManaged": True}]}, "AppManaged"),
    ({"inputs": [{"InputName": "i", "DatasetDefinition": {"LocalPath": f"{MOUNT}/i"}}]},
     "DatasetDefinition"),
    ({"inputs": [source("i", "s3://b/x"), source("i", "s3://b/y", f"{MOUNT}/j")]}, "Duplicate"),
    ({"inputs": [source("i", "s3://b/x")], "outputs": [sink("o", "s3://b/x", f"{MOUNT}/i")]},
     "lies in that of input 'i'"),
    ({"inputs": [source("i", "s3://b/x", f"{MOUNT}/i/")],
      "outputs": [sink("o", "s3://b/x", f"{MOUNT}/i/o")]}, "lies in that of input 'i'"),
    ({"outputs": [sink("o", "s3://b/x", S3UploadMode="Continuous")]}, "S3UploadMode"),
    ({"outputs": [{"OutputName": "o", "FeatureStoreOutput": {"FeatureGroupName": "f"}}]},
     "FeatureStoreOutput"),
    ({"AppSpecification": {"ImageUri": SKLEARN}}, "ContainerEntrypoint"),
    ({"AppSpecification": {"ImageUri": "example.com/spark:3", "ContainerEntrypoint": ["x"]}},
     "spark"),
    ({"ProcessingResources": {"ClusterConfig": {
        "InstanceCount": 3, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}}, "InstanceCount"),
])
def test_unsupported_members(run_processing, members, words):
    code, message = refusal(run_processing, command="true", **members)
    assert code == "ValidationException" and words in message, message
