#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From data to an approved model that answers, as a user's script would do it: plain boto3.

The endpoint and the credentials are those of the environment (AWS_ENDPOINT_URL and so on), or of
an engine that --start-engine starts for the time of the run.
"""
import argparse
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import boto3
import boto3.exceptions
import botocore.config
import botocore.exceptions

HERE = pathlib.Path(__file__).resolve().parent
ROLE = "arn:aws:iam::000000000000:role/SagebrushExecution"
PIPELINE = "ChurnPipeline"
GROUP = "ChurnModels"
PREFIX = "churn"
LOG_GROUPS = {"ProcessingJob": "/aws/sagemaker/ProcessingJobs",
              "TrainingJob": "/aws/sagemaker/TrainingJobs"}
FINISHED = ("Succeeded", "Failed", "Stopped")
STEP_DEADLINE = 600
ENGINE_DEADLINE = 60
POLL = 0.1


class Failed(Exception):
    """A stage that did not work; the message is the cause."""


class Clock:
    """Prints a line per stage: how long it took, what came of it."""

    def __init__(self):
        self.start = self.last = time.monotonic()

    def stage(self, name, result, seconds=None):
        now = time.monotonic()
        taken = now - self.last if seconds is None else seconds
        self.last = now
        print(f"{name:<18} {taken:7.2f} s  {result}", flush=True)

    def total(self):
        return time.monotonic() - self.start


class Engine:
    """An engine of our own, driven by nothing but its ready line and SIGTERM."""

    def __init__(self, program, data_dir, log):
        self.temporary = None
        if data_dir is None:
            self.temporary = data_dir = tempfile.mkdtemp(prefix="sagebrush-lifecycle-")
        self.data_dir = data_dir
        command = [program, "--data-dir", str(data_dir), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"{program} ended with code {self.process.wait(ENGINE_DEADLINE)} before "
                         f"it was ready; see {log.name}")
        ready = json.loads(line)
        os.environ["AWS_ENDPOINT_URL"] = ready["endpoint_url"]
        os.environ["AWS_ACCESS_KEY_ID"] = ready["access_key_id"]
        os.environ["AWS_SECRET_ACCESS_KEY"] = ready["secret_access_key"]
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = ready["region"]
        for stray in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"):
            os.environ.pop(stray, None)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(ENGINE_DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed(f"The engine did not end within {ENGINE_DEADLINE} s of SIGTERM") from None

    def stop_gateway(self):
        """Endpoints outlive their engine on purpose; not those of a temporary directory."""
        try:
            ready = json.loads((pathlib.Path(self.data_dir) / "gateway/ready.json").read_text())
            command = pathlib.Path(f"/proc/{ready['pid']}/cmdline").read_bytes()
        except (OSError, ValueError, KeyError):
            return
        if str(self.data_dir).encode() in command:
            os.kill(ready["pid"], signal.SIGTERM)

    def clean(self):
        """Forgets a temporary data directory; after a failure it stays, to be looked at."""
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)


class Lifecycle:
    def __init__(self, options, clock):
        config = botocore.config.Config(s3={"addressing_style": "path"},
                                        retries={"max_attempts": 3})
        self.options, self.clock, self.out = options, clock, options.out
        self.s3 = boto3.client("s3", config=config)
        self.sagemaker = boto3.client("sagemaker", config=config)
        self.runtime = boto3.client("sagemaker-runtime", config=config)
        self.logs = boto3.client("logs", config=config)
        account = boto3.client("sts", config=config).get_caller_identity()["Account"]
        self.bucket = f"sagemaker-{self.s3.meta.region_name}-{account}"

    def run(self):
        self.export()
        self.upload()
        self.define()
        execution = self.start()
        steps = self.follow(execution)
        self.keep_artifacts(steps)
        package = steps["RegisterChurn"]["Metadata"]["RegisterModel"]["Arn"]
        self.approve(package)
        self.serve(package)

    # Before the pipeline

    def export(self):
        """Writes churn.csv from the R package, unless it is given."""
        self.data = self.options.data
        if self.data is None:
            if shutil.which("Rscript") is None:
                raise Failed("Rscript (Debian: r-cran-modeldata) is needed to export the data; or "
                             "give --data FILE")
            command = ["Rscript", str(HERE / "export.R"), str(self.out)]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise Failed(f"export.R: {result.stderr.strip()}")
            self.data = self.out / "churn.csv"
        with open(self.data, encoding="utf-8") as file:
            rows = sum(1 for _ in file) - 1
        self.clock.stage("data", f"{rows} rows in {self.data}")

    def upload(self):
        try:
            self.s3.create_bucket(Bucket=self.bucket)
        except (self.s3.exceptions.BucketAlreadyOwnedByYou, self.s3.exceptions.BucketAlreadyExists):
            pass
        files = {f"{PREFIX}/input/churn.csv": self.data}
        for script in ("preprocess.py", "evaluate.py"):
            files[f"{PREFIX}/code/{script}"] = HERE / script
        for key, path in files.items():
            self.s3.upload_file(str(path), self.bucket, key)
        self.clock.stage("upload", f"{len(files)} files to s3://{self.bucket}/{PREFIX}")

    def define(self):
        request = {"PipelineName": PIPELINE, "RoleArn": ROLE,
                   "PipelineDefinition": (HERE / "pipeline.json").read_text()}
        try:
            self.sagemaker.describe_pipeline(PipelineName=PIPELINE)
        except self.sagemaker.exceptions.ResourceNotFound:
            arn = self.sagemaker.create_pipeline(
                **request, PipelineDisplayName="CustomerChurn")["PipelineArn"]
            self.clock.stage("create-pipeline", arn)
        else:
            arn = self.sagemaker.update_pipeline(**request)["PipelineArn"]
            self.clock.stage("update-pipeline", arn)
        groups = self.sagemaker.list_model_package_groups(NameContains=GROUP)
        if GROUP not in [group["ModelPackageGroupName"]
                         for group in groups["ModelPackageGroupSummaryList"]]:
            self.sagemaker.create_model_package_group(
                ModelPackageGroupName=GROUP,
                ModelPackageGroupDescription="Models that say which customers will leave")

    # The pipeline

    def start(self):
        parameters = {"Bucket": self.bucket,
                      "InputData": f"s3://{self.bucket}/{PREFIX}/input/churn.csv"}
        if self.options.threshold is not None:
            parameters["AccuracyThreshold"] = str(self.options.threshold)
        execution = self.sagemaker.start_pipeline_execution(
            PipelineName=PIPELINE,
            PipelineParameters=[{"Name": name, "Value": value}
                                for name, value in parameters.items()])["PipelineExecutionArn"]
        self.clock.stage("start-execution", execution)
        return execution

    def list_steps(self, execution):
        pages = self.sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
            PipelineExecutionArn=execution)
        return [step for page in pages for step in page["PipelineExecutionSteps"]]

    def follow(self, execution):
        """Waits for the execution, tells of each step as it ends; the steps by name."""
        finished = {}
        deadline = time.monotonic() + STEP_DEADLINE
        while time.monotonic() < deadline:
            # Asked before the steps, so that the last of them are not missed.
            state = self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
            for step in reversed(self.list_steps(execution)):
                if step["StepStatus"] in FINISHED and step["StepName"] not in finished:
                    finished[step["StepName"]] = step
                    self.tell(step)
            if state["PipelineExecutionStatus"] == "Succeeded":
                return finished
            if state["PipelineExecutionStatus"] in FINISHED:
                raise Failed(self.why(state, finished))
            time.sleep(POLL)
        raise Failed(f"The execution is not done after {STEP_DEADLINE} s: {execution}")

    def tell(self, step):
        started, ended = step.get("StartTime"), step.get("EndTime")
        seconds = (ended - started).total_seconds() if started and ended else 0.0
        if step["StepStatus"] == "Succeeded":
            result = self.result(step.get("Metadata", {}))
        else:
            result = f"{step['StepStatus']}: {step.get('FailureReason', 'no reason given')}"
        self.save_logs(step)
        self.clock.stage(step["StepName"], result, seconds)

    def result(self, metadata):
        """What a finished step has to say, by its kind."""
        if "ProcessingJob" in metadata:
            job = self.describe_job(metadata)
            return job.get("ExitMessage", job["ProcessingJobStatus"])
        if "TrainingJob" in metadata:
            job = self.describe_job(metadata)
            finals = [f"{metric['MetricName']} {metric['Value']:.4f}"
                      for metric in job.get("FinalMetricDataList", [])
                      if metric["MetricName"].startswith("validation:")]
            return ", ".join(finals) or job["TrainingJobStatus"]
        if "Condition" in metadata:
            return f"accuracy reached the threshold: {metadata['Condition']['Outcome']}"
        if "RegisterModel" in metadata:
            arn = metadata["RegisterModel"]["Arn"]
            package = self.sagemaker.describe_model_package(ModelPackageName=arn)
            return f"version {arn.rsplit('/', 1)[1]}, {package['ModelApprovalStatus']}"
        return "done"

    def describe_job(self, metadata):
        """The job of a step; None for steps that are no jobs."""
        for kind in LOG_GROUPS:
            if kind in metadata:
                # An ARN is in small letters, and a name is found by them too.
                name = metadata[kind]["Arn"].rsplit("/", 1)[1]
                if kind == "TrainingJob":
                    return self.sagemaker.describe_training_job(TrainingJobName=name)
                return self.sagemaker.describe_processing_job(ProcessingJobName=name)
        return None

    def job_log(self, metadata):
        """All lines of a job's log; empty for steps that are no jobs."""
        job = self.describe_job(metadata)
        if job is None:
            return []
        kind = "TrainingJob" if "TrainingJobName" in job else "ProcessingJob"
        events = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=LOG_GROUPS[kind], logStreamNamePrefix=job[f"{kind}Name"] + "/")
        try:
            return [event["message"] for page in events for event in page["events"]]
        except self.logs.exceptions.ResourceNotFoundException:
            return []

    def save_logs(self, step):
        lines = self.job_log(step.get("Metadata", {}))
        if lines:
            (self.out / f"{step['StepName']}.log").write_text("\n".join(lines) + "\n")

    def why(self, state, finished):
        """The cause of a failed execution: its own words, the step's, the end of the job's log."""
        lines = [f"The execution ended as {state['PipelineExecutionStatus']}: "
                 f"{state.get('FailureReason', 'no reason given')}"]
        for name, step in finished.items():
            if step["StepStatus"] == "Failed":
                lines.append(f"{name}: {step.get('FailureReason', 'no reason given')}")
                lines += [f"    {line}" for line in self.job_log(step.get("Metadata", {}))[-20:]]
        return "\n".join(lines)

    # After the pipeline

    def download(self, uri, path):
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        self.s3.download_file(bucket, key, str(path))

    def output_of(self, steps, name, output):
        job = self.describe_job(steps[name]["Metadata"])
        for item in job["ProcessingOutputConfig"]["Outputs"]:
            if item["OutputName"] == output:
                return item["S3Output"]["S3Uri"]
        raise Failed(f"{name} has no output '{output}'")

    def keep_artifacts(self, steps):
        training = self.describe_job(steps["TrainChurn"]["Metadata"])
        self.download(training["ModelArtifacts"]["S3ModelArtifacts"], self.out / "model.tar.gz")
        self.download(self.output_of(steps, "EvaluateChurn", "evaluation") + "/evaluation.json",
                      self.out / "evaluation.json")
        self.download(self.output_of(steps, "PreprocessChurn", "test") + "/test.csv",
                      self.out / "test.csv")
        (self.out / "steps.json").write_text(
            json.dumps(list(steps.values()), indent=1, default=str) + "\n")
        report = json.loads((self.out / "evaluation.json").read_text())
        self.accuracy = report["binary_classification_metrics"]["accuracy"]["value"]
        self.clock.stage("artifacts", f"model.tar.gz, evaluation.json in {self.out}")

    def approve(self, package):
        self.sagemaker.update_model_package(ModelPackageArn=package,
                                            ModelApprovalStatus="Approved",
                                            ApprovalDescription="The accuracy suffices")
        state = self.sagemaker.describe_model_package(ModelPackageName=package)
        if state["ModelApprovalStatus"] != "Approved":
            raise Failed(f"{package} is {state['ModelApprovalStatus']} after its approval")
        self.clock.stage("approve", f"{package.rsplit('/', 2)[1]} version "
                                    f"{package.rsplit('/', 1)[1]} Approved")

    def serve(self, package):
        name = f"churn-{time.time_ns() // 1_000_000}"
        made = []
        try:
            self.deploy(name, package, made)
            self.invoke(name)
        finally:
            if not self.options.keep:
                for delete, arguments in reversed(made):
                    delete(**arguments)
        if self.options.keep:
            self.clock.stage("endpoint", f"{name} is kept")
        else:
            self.clock.stage("delete", f"{len(made)} resources of {name}")

    def deploy(self, name, package, made):
        self.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE,
                                    PrimaryContainer={"ModelPackageName": package})
        made.append((self.sagemaker.delete_model, {"ModelName": name}))
        self.clock.stage("create-model", name)
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": name,
                                 "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
        made.append((self.sagemaker.delete_endpoint_config, {"EndpointConfigName": name}))
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        made.append((self.sagemaker.delete_endpoint, {"EndpointName": name}))
        deadline = time.monotonic() + STEP_DEADLINE
        while True:
            endpoint = self.sagemaker.describe_endpoint(EndpointName=name)
            if endpoint["EndpointStatus"] == "InService":
                break
            if endpoint["EndpointStatus"] == "Failed" or time.monotonic() > deadline:
                raise Failed(f"Endpoint {name} is {endpoint['EndpointStatus']}: "
                             f"{endpoint.get('FailureReason', 'no reason given')}")
            time.sleep(POLL)
        self.clock.stage("create-endpoint", f"{name} InService")

    def invoke(self, name):
        """Asks about every customer of the test set; the answers must be as good as evaluated."""
        with open(self.out / "test.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        body = "\n".join(",".join(row[1:]) for row in rows)
        reply = self.runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv",
                                             Accept="text/csv", Body=body)
        text = reply["Body"].read().decode()
        scores = [float(cell) for row in csv.reader(io.StringIO(text)) for cell in row]
        if len(scores) != len(rows):
            raise Failed(f"The endpoint gave {len(scores)} predictions for {len(rows)} rows")
        (self.out / "predictions.csv").write_text("".join(f"{score!r}\n" for score in scores))
        right = sum((score > 0.5) == (row[0] == "1") for score, row in zip(scores, rows))
        accuracy = right / len(rows)
        if abs(accuracy - self.accuracy) > 1e-9:
            raise Failed(f"The endpoint is right for {accuracy:.4f} of the rows, the evaluation "
                         f"said {self.accuracy:.4f}")
        self.clock.stage("invoke", f"{len(rows)} rows, accuracy {accuracy:.4f} as evaluated")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out"),
                        help="where logs, evaluation.json, model.tar.gz and predictions are kept")
    parser.add_argument("--threshold", type=float, help="AccuracyThreshold of the pipeline")
    parser.add_argument("--data", type=pathlib.Path, help="churn.csv, instead of exporting it")
    parser.add_argument("--keep", action="store_true", help="leave the endpoint running")
    parser.add_argument("--start-engine", metavar="SAGEBRUSHD", help="start this engine first")
    parser.add_argument("--data-dir", type=pathlib.Path,
                        help="the data directory of that engine; a temporary one by default")
    return parser.parse_args()


def start_engine(options, clock):
    if options.start_engine is None:
        return None
    with open(options.out / "engine.log", "wb") as log:
        engine = Engine(options.start_engine, options.data_dir, log)
    clock.stage("engine", f"{os.environ['AWS_ENDPOINT_URL']}, data in {engine.data_dir}")
    return engine


def main():
    options = parse_arguments()
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    try:
        engine = start_engine(options, clock)
        try:
            Lifecycle(options, clock).run()
        finally:
            if engine is not None:
                engine.stop()
                if engine.temporary is not None and not options.keep:
                    engine.stop_gateway()
    except (Failed, botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError,
            boto3.exceptions.Boto3Error, OSError) as error:
        print(f"lifecycle: failed after {clock.total():.1f} s: {error}", flush=True)
        return 1
    if engine is not None and not options.keep:
        engine.clean()
    print(f"lifecycle: ok in {clock.total():.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
