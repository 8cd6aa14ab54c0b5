# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine end to end: calls, durable creates, pipelines, job start, endpoints, start-up.

Every figure has its reference measured in the same run, in turns with it. Load is signed as
clients sign; a call that may be repeated is signed once, which the verifier allows for 5 minutes."""

import contextlib
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import numpy
import xgboost
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

import figures

SOURCE = Path(__file__).resolve().parents[2]
ROLE = "arn:aws:iam::000000000000:role/SagebrushExecution"
REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
XGBOOST = f"{REGISTRY}/sagemaker-xgboost:1.7-1"
SKLEARN = f"{REGISTRY}/sagemaker-scikit-learn:1.2-1-cpu-py3"
BUCKET = "bench"
INSTANCE = "ml.m5.large"
WIDTH = 10                # steps and jobs at a time
CLIENTS = 16              # connections
LOAD_SECONDS = 2
DOCUMENT_BYTES = 600      # of a create in the floor: about what the engine writes for one

# bubblewrap with what every job gets: namespaces of its own, a /proc and a /dev.
BARE_SANDBOX = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/",
                "--proc", "/proc", "--dev", "/dev"]


class Engine:
    """A sagebrushd of our own and its clients."""

    def __init__(self, process, ready, data_dir):
        self.pid = process.pid
        self.data_dir = data_dir
        self.url = ready["endpoint_url"]
        self.runtime_url = ready["runtime_endpoint_url"]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.region = ready["region"]
        self.credentials = Credentials(ready["access_key_id"], ready["secret_access_key"])
        self.sagemaker = self.client("sagemaker")
        self.logs = self.client("logs")
        self.s3 = self.client("s3")

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.url, region_name=self.region,
            aws_access_key_id=self.credentials.access_key,
            aws_secret_access_key=self.credentials.secret_key,
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}))

    def sign(self, url, path, headers, body):
        """Returns the headers of a request that may be sent, and repeated, from now on."""
        request = AWSRequest(method="POST", url=url + path, headers=headers, data=body)
        SigV4Auth(self.credentials, "sagemaker", self.region).add_auth(request)
        return dict(request.headers.items())

    def sign_call(self, operation, parameters):
        body = json.dumps(parameters)
        headers = {"Content-Type": "application/x-amz-json-1.1",
                   "X-Amz-Target": f"SageMaker.{operation}"}
        return body, self.sign(self.url, "/", headers, body)


@contextlib.contextmanager
def running_engine(data_dir, share_dir, *options):
    """Yields an engine and the milliseconds from its start until it was ready."""
    environment = dict(os.environ, SAGEBRUSH_DATADIR=str(share_dir),
                       SAGEBRUSH_LIBEXECDIR=str(Path(figures.program("sagebrushd")).parent))
    command = [figures.program("sagebrushd"), "--data-dir", str(data_dir), *options]
    with figures.running(command, env=environment) as (process, ready, took):
        yield Engine(process, ready, data_dir), took * 1e3


def make_share(work):
    """Copies the engine's data with two changes: jobs take a tenth of this machine, so that as many
    run at a time, and find the program that says when it began."""
    share = work / "share"
    shutil.copytree(SOURCE / "data", share)
    table = share / "instances.json"
    instances = json.loads(table.read_text())
    find_instance(instances)["vcpus"] = os.cpu_count() / WIDTH
    table.write_text(json.dumps(instances))
    shutil.copy(figures.program("stamp"), share / "runtimes" / "python" / "stamp")
    return share


def find_instance(table):
    """Finds our instance type, however deep in the table it is."""
    if INSTANCE in table:
        return table[INSTANCE]
    return next(found for value in table.values() if isinstance(value, dict)
                for found in [find_instance(value)] if found)


def wait_for(condition, interval=0.05, seconds=60):
    """Polls until condition() is true and returns its value. Asking takes processor time from what
    is measured, so the first question comes only after the interval."""
    deadline = time.monotonic() + seconds
    while True:
        time.sleep(interval)
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError("The engine did not come to an end in time")


def processing(entrypoint):
    return {"RoleArn": ROLE,
            "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": entrypoint},
            "ProcessingResources": {"ClusterConfig": {
                "InstanceCount": 1, "InstanceType": INSTANCE, "VolumeSizeInGB": 1}}}


def wait_for_job(engine, name):
    def ended():
        job = engine.sagemaker.describe_processing_job(ProcessingJobName=name)
        return job if job["ProcessingJobStatus"] not in ("InProgress", "Stopping") else None

    job = wait_for(ended)
    if job["ProcessingJobStatus"] != "Completed":
        raise RuntimeError(f"{name}: {job.get('FailureReason')}")
    return job


# Calls

def train(engine, name):
    """Runs one small training job, which the describe calls then ask for."""
    rows = "\n".join(f"{i % 2},{i % 7},{i % 11}" for i in range(200))
    engine.s3.put_object(Bucket=BUCKET, Key="train/rows.csv", Body=rows.encode())
    engine.sagemaker.create_training_job(
        TrainingJobName=name, RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        HyperParameters={"num_round": "5", "max_depth": "3", "objective": "binary:logistic"},
        InputDataConfig=[{"ChannelName": "train", "ContentType": "text/csv", "DataSource": {
            "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train/"}}}],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/models"},
        ResourceConfig={"InstanceType": INSTANCE, "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 600})
    job = wait_for(lambda: next((j for j in [engine.sagemaker.describe_training_job(
        TrainingJobName=name)] if j["TrainingJobStatus"] not in ("InProgress", "Stopping")), None))
    if job["TrainingJobStatus"] != "Completed":
        raise RuntimeError(f"{name}: {job.get('FailureReason')}")


def measure_describe(engine, echo):
    train(engine, "bench-described")
    body, headers = engine.sign_call("DescribeTrainingJob", {"TrainingJobName": "bench-described"})
    found = figures.alternate(
        4,
        ours=lambda: figures.processor_us_per_request(
            engine.pid, engine.url, headers=headers, body=body, connections=CLIENTS,
            seconds=LOAD_SECONDS),
        echo=lambda: figures.processor_us_per_request(
            echo["pid"], echo["endpoint_url"], headers=headers, body=body, connections=CLIENTS,
            seconds=LOAD_SECONDS))
    figures.report("describe-training-job-cpu", found["ours"], "us", reference=found["echo"],
                   reference_name="libmicrohttpd-echo", ratio=("<=", 4))


def measure_refusals():
    """Whether a key is known must not show in the time of a refusal, either way."""
    for scope, suffix in (("known", ""), ("new", "-new-scope")):
        output = subprocess.run([figures.program("refused-signatures"), scope], check=True,
                                capture_output=True, text=True).stdout
        unknown, wrong = map(float, output.split())
        figures.report(f"unknown-key-cpu{suffix}", unknown, "us", reference=wrong,
                       reference_name="bad-signature", ratio=("<=", 1.05))
        figures.report(f"bad-signature-cpu{suffix}", wrong, "us", reference=unknown,
                       reference_name="unknown-key", ratio=("<=", 1.05))


# Durable creates

def print_of(command):
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def commits_per_second(work, clients, seconds):
    """The floor of durable writes, on the disk that the engine uses."""
    with tempfile.TemporaryDirectory(dir=work) as directory:
        return print_of([figures.program("sqlite-floor"), f"{directory}/db", str(clients),
                         str(seconds), str(DOCUMENT_BYTES)])


def measure_creates(engine, work):
    command = [figures.program("load-creates"), str(engine.port), engine.credentials.access_key,
               engine.credentials.secret_key, engine.region, str(CLIENTS), str(LOAD_SECONDS)]
    found = figures.alternate(4, ours=lambda: print_of(command),
                              floor=lambda: commits_per_second(work, CLIENTS, LOAD_SECONDS))
    # The floor writes one row into two trees where a create writes three into nine, one of them
    # chained by its hash, and neither reads a request nor verifies it. The slower the disk is to
    # sync, the closer the two come.
    figures.report("durable-creates", found["ours"], "1/s", reference=found["floor"],
                   reference_name="sqlite-group-commit", ratio=(">=", 0.25))


# Jobs

def start_stamp(engine, name):
    """Returns the milliseconds from sending CreateProcessingJob to the first instruction of the
    job's program."""
    body, headers = engine.sign_call(
        "CreateProcessingJob", {"ProcessingJobName": name, **processing(["/opt/sagebrush/stamp"])})
    connection = http.client.HTTPConnection("127.0.0.1", engine.port)
    connection.connect()
    began = time.monotonic()
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(text.decode())
    wait_for_job(engine, name)
    group = "/aws/sagemaker/ProcessingJobs"
    stream = engine.logs.describe_log_streams(
        logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"][0]["logStreamName"]
    event = engine.logs.get_log_events(logGroupName=group, logStreamName=stream)["events"][0]
    return int(event["message"]) / 1e3 - began * 1e3


def start_bare():
    began = time.monotonic()
    output = subprocess.run([*BARE_SANDBOX, figures.program("stamp")], check=True,
                            capture_output=True, text=True).stdout
    return int(output) / 1e3 - began * 1e3


def measure_job_start(engine):
    names = (f"bench-stamp-{number}" for number in range(1000))
    found = figures.alternate(30, ours=lambda: start_stamp(engine, next(names)), bare=start_bare)
    figures.report("job-start", found["ours"], "ms", reference=found["bare"],
                   reference_name="bubblewrap", ratio=("<=", 3))


# Pipelines

def execute(engine, name, steps):
    """Runs a pipeline once, after which it is deleted; returns its milliseconds a step."""
    engine.sagemaker.create_pipeline(
        PipelineName=name, RoleArn=ROLE,
        PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": steps}))
    arn = engine.sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    describe = engine.sagemaker.describe_pipeline_execution

    def ended():
        execution = describe(PipelineExecutionArn=arn)
        return execution if execution["PipelineExecutionStatus"] != "Executing" else None

    execution = wait_for(ended)
    if execution["PipelineExecutionStatus"] != "Succeeded":
        raise RuntimeError(f"{name}: {execution.get('FailureReason')}")
    engine.sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=name.ljust(32, "-"))
    took = execution["LastModifiedTime"] - execution["CreationTime"]
    return took.total_seconds() * 1e3 / len(steps)


def job_steps(count, width):
    """Steps that each start /bin/true, `width` at a time: as many chains."""
    return [{"Name": f"Step{i}", "Type": "Processing", "Arguments": processing(["/bin/true"]),
             **({"DependsOn": [f"Step{i - width}"]} if i >= width else {})} for i in range(count)]


def condition_steps(count):
    """A chain of steps that need no job."""
    return [{"Name": f"Step{i}", "Type": "Condition",
             "Arguments": {"Conditions": [{"Type": "Equals", "LeftValue": i, "RightValue": i}],
                           "IfSteps": [], "ElseSteps": []},
             **({"DependsOn": [f"Step{i - 1}"]} if i > 0 else {})} for i in range(count)]


def bare_steps(count, width):
    """The milliseconds a step of as many sandboxed /bin/true, `width` at a time."""
    began = time.monotonic()
    subprocess.run(["xargs", "-n1", f"-P{width}", *BARE_SANDBOX, "/bin/sh", "-c", "exec /bin/true"],
                   input="\n".join(map(str, range(count))), text=True, check=True)
    return (time.monotonic() - began) * 1e3 / count


def measure_pipelines(engine, work):
    names = (f"bench-pipeline-{number}" for number in range(1000))
    for label, count, width in (("pipeline-overhead-wide", 60, WIDTH),
                                ("pipeline-overhead-chain", 20, 1)):
        found = figures.alternate(
            3, ours=lambda c=count, w=width: execute(engine, next(names), job_steps(c, w)),
            bare=lambda c=count, w=width: bare_steps(c, w))
        # What a step takes beyond its sandbox: layout, shim, limits, five commits and clean-up.
        figures.report(label, found["ours"] - found["bare"], "ms", reference=found["bare"],
                       reference_name="bubblewrap", ratio=("<=", 2.5))
    found = figures.alternate(
        3, ours=lambda: execute(engine, next(names), condition_steps(100)) * 1e3,
        floor=lambda: 1e6 / commits_per_second(work, 1, 1))
    figures.report("pipeline-step-in-process", found["ours"], "us", reference=found["floor"],
                   reference_name="sqlite-commit", limit=("<=", 100))


# Endpoints

def make_model(engine, work):
    """Stores a model of 100 full trees of depth 6 on 30 features; returns its name and a row."""
    random = numpy.random.default_rng(1)
    features = random.normal(size=(4000, 30)).astype("f")
    labels = (features[:, 0] * features[:, 1] + random.normal(size=4000) > 0).astype("f")
    booster = xgboost.train({"max_depth": 6, "objective": "binary:logistic", "verbosity": 0},
                            xgboost.DMatrix(features, labels), 100)
    model = work / "xgboost-model"
    booster.save_model(f"{model}.json")
    os.rename(f"{model}.json", model)
    subprocess.run(["tar", "-C", work, "-czf", work / "model.tar.gz", model.name], check=True)
    engine.s3.upload_file(str(work / "model.tar.gz"), BUCKET, "served/model.tar.gz")
    engine.sagemaker.create_model(
        ModelName="bench", ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": f"s3://{BUCKET}/served/model.tar.gz"})
    engine.sagemaker.create_endpoint_config(
        EndpointConfigName="bench", ProductionVariants=[{
            "VariantName": "AllTraffic", "ModelName": "bench", "InstanceType": INSTANCE,
            "InitialInstanceCount": 1}])
    return ",".join(f"{value:.6f}" for value in features[0])


def deploy(engine, name):
    """Returns the milliseconds from CreateEndpoint until it is InService."""
    began = time.monotonic()
    engine.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="bench")

    def ready():
        endpoint = engine.sagemaker.describe_endpoint(EndpointName=name)
        if endpoint["EndpointStatus"] == "Failed":
            raise RuntimeError(f"{name}: {endpoint.get('FailureReason')}")
        return endpoint["EndpointStatus"] == "InService"

    wait_for(ready, interval=0.002)
    return (time.monotonic() - began) * 1e3


def measure_endpoints(engine, echo, work):
    row = make_model(engine, work)
    deploy(engine, "bench-0")  # starts the gateway
    times = [deploy(engine, f"bench-{number}") for number in range(1, 6)]
    figures.report("endpoint-in-service", statistics.median(times), "ms", limit=("<=", 50))

    path = "/endpoints/bench-1/invocations"
    headers = engine.sign(engine.runtime_url, path, {"Content-Type": "text/csv"}, row)
    (gateway,) = figures.find_gateways(engine.data_dir)
    load = dict(path=path, headers=headers, body=row, connections=CLIENTS, seconds=LOAD_SECONDS)
    found = figures.alternate(
        4, ours=lambda: figures.processor_us_per_request(gateway, engine.runtime_url, **load),
        echo=lambda: figures.processor_us_per_request(echo["pid"], echo["endpoint_url"], **load))
    figures.report("invocation-cpu", found["ours"], "us", reference=found["echo"],
                   reference_name="libmicrohttpd-echo", limit=("<=", 12))
    for number in range(6):
        engine.sagemaker.delete_endpoint(EndpointName=f"bench-{number}")


# The engine itself

def proportional_mib(pid):
    """A process's memory, each shared page divided among those who share it; where that may not be
    read, the resident memory, which is never less."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except PermissionError:
        return figures.resident_mib(pid)
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024


def measure_start(work, share, used):
    """Starts engines on new directories, on their own again, and on one with some history."""
    first, again, memory, history = [], [], [], []
    for number in range(7):
        data_dir = work / f"start-{number}"
        for times in (first, again):
            with running_engine(data_dir, share) as (engine, took):
                times.append(took)
                memory.append(proportional_mib(engine.pid))
        with running_engine(used, share) as (engine, took):
            history.append(took)
    figures.report("engine-first-start", statistics.median(first), "ms", limit=("<=", 30))
    figures.report("engine-start", statistics.median(again), "ms", limit=("<=", 30))
    figures.report("engine-start-with-history", statistics.median(history), "ms", limit=("<=", 30))
    figures.report("engine-memory", statistics.median(memory), "MiB", limit=("<=", 40))


def main():
    work = Path(tempfile.mkdtemp(prefix="sagebrush-bench-"))
    try:
        share = make_share(work)
        with figures.running([figures.program("mhd-echo")]) as (_process, echo, _took):
            with running_engine(work / "engine", share) as (engine, _took):
                engine.s3.create_bucket(Bucket=BUCKET)
                measure_describe(engine, echo)
                measure_refusals()
                measure_job_start(engine)
                measure_pipelines(engine, work)
                measure_endpoints(engine, echo, work)
                measure_creates(engine, work)
        measure_start(work, share, work / "engine")
    finally:
        figures.clean_up(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
