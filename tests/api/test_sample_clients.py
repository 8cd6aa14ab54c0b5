# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample pipeline gives the same result whichever client starts it."""

import json
import subprocess

import nbformat
import pytest

from clients import PROGRAMS, ROLE, SOURCE, wait_for

SAMPLE = SOURCE / "data" / "samples" / "churn"
BUCKET = "sagemaker-us-east-1-000000000000"
ENDED = ("Succeeded", "Failed", "Stopped")


@pytest.fixture(scope="module")
def uploaded(engine, tmp_path_factory):
    """The sample's data and scripts where the pipeline looks for them."""
    folder = tmp_path_factory.mktemp("churn")
    subprocess.run(["Rscript", str(SAMPLE / "export.R"), str(folder)], check=True,
                   capture_output=True)
    s3 = engine.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(folder / "churn.csv"), BUCKET, "churn/input/churn.csv")
    for script in ("preprocess.py", "evaluate.py"):
        s3.upload_file(str(SAMPLE / script), BUCKET, f"churn/code/{script}")


class Cli:
    """The pipeline by the AWS CLI, as one would type it."""

    def __init__(self, engine):
        self.aws = engine.aws

    def create(self, name):
        self.aws("sagemaker", "create-pipeline", "--pipeline-name", name, "--role-arn", ROLE,
                 "--pipeline-definition", f"file://{SAMPLE / 'pipeline.json'}")

    def start(self, name, **parameters):
        given = [f"Name={key},Value={value}" for key, value in parameters.items()]
        options = ["--pipeline-parameters", *given] if given else []
        return self.aws("sagemaker", "start-pipeline-execution", "--pipeline-name", name,
                        *options).json["PipelineExecutionArn"]

    def describe(self, arn):
        return self.aws("sagemaker", "describe-pipeline-execution",
                        "--pipeline-execution-arn", arn).json

    def steps(self, arn):
        return self.aws("sagemaker", "list-pipeline-execution-steps",
                        "--pipeline-execution-arn", arn).json["PipelineExecutionSteps"]


class Boto3:
    """The same by boto3."""

    def __init__(self, engine):
        self.client = engine.client("sagemaker")

    def create(self, name):
        self.client.create_pipeline(PipelineName=name, RoleArn=ROLE,
                                    PipelineDefinition=(SAMPLE / "pipeline.json").read_text())

    def start(self, name, **parameters):
        given = [{"Name": key, "Value": value} for key, value in parameters.items()]
        return self.client.start_pipeline_execution(
            PipelineName=name, PipelineParameters=given)["PipelineExecutionArn"]

    def describe(self, arn):
        return self.client.describe_pipeline_execution(PipelineExecutionArn=arn)

    def steps(self, arn):
        return self.client.list_pipeline_execution_steps(
            PipelineExecutionArn=arn)["PipelineExecutionSteps"]


def finish(client, arn):
    """Waits for the end of an execution; returns its description and its steps by name."""
    def ended():
        description = client.describe(arn)
        return description if description["PipelineExecutionStatus"] in ENDED else None

    description = wait_for(ended, 120, "the end of the execution")
    return description, {step["StepName"]: step for step in client.steps(arn)}


def evaluation(engine, steps):
    """The report that the execution's own evaluation step wrote."""
    job = engine.client("sagemaker").describe_processing_job(
        ProcessingJobName=steps["EvaluateChurn"]["Metadata"]["ProcessingJob"]["Arn"].rsplit("/")[-1])
    uri = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    key = uri.removeprefix(f"s3://{BUCKET}/") + "/evaluation.json"
    return json.loads(engine.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_cli_and_boto3_come_to_the_same(engine, uploaded, unique):
    results = {}
    for kind in (Cli, Boto3):
        client, name = kind(engine), unique(kind.__name__)
        client.create(name)
        description, steps = finish(client, client.start(name))
        assert description["PipelineExecutionStatus"] == "Succeeded", description
        results[kind] = ({step: row["StepStatus"] for step, row in steps.items()},
                         evaluation(engine, steps))
    assert results[Cli] == results[Boto3]
    assert set(results[Cli][0]) == {"PreprocessChurn", "TrainChurn", "EvaluateChurn",
                                    "CheckAccuracy", "RegisterChurn"}
    assert results[Cli][1]["binary_classification_metrics"]["accuracy"]["value"] > 0.9


@pytest.mark.parametrize("kind", [Cli, Boto3])
def test_threshold_that_is_not_met_ends_in_the_fail_step(kind, engine, uploaded, unique):
    client, name = kind(engine), unique("threshold")
    client.create(name)
    description, steps = finish(client, client.start(name, AccuracyThreshold="0.999"))
    assert description["PipelineExecutionStatus"] == "Failed"
    assert "RegisterChurn" not in steps
    assert steps["CheckAccuracy"]["Metadata"]["Condition"]["Outcome"] == "False"
    message = steps["AccuracyTooLow"]["Metadata"]["Fail"]["ErrorMessage"]
    assert message.startswith("The model's accuracy is below the threshold of 0.999"), message


def test_its_notebook_runs(engine, uploaded, sagemaker, tmp_path):
    """On what the pipeline reads and what it leaves."""
    sagemaker.create_model_package_group(ModelPackageGroupName="of-the-notebook")
    sagemaker.create_model_package(
        ModelPackageGroupName="of-the-notebook", ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={"Containers": [{"Image": "registry/image:1"}],
                                "SupportedContentTypes": ["text/csv"],
                                "SupportedResponseMIMETypes": ["text/csv"]})
    output = tmp_path / "out.ipynb"
    done = subprocess.run(
        [PROGRAMS / "sagebrushctl", "--data-dir", engine.data_dir, "run-notebook",
         SAMPLE / "explore.ipynb", "-o", output], capture_output=True, text=True, timeout=120,
        check=False)
    assert done.returncode == 0, done.stderr
    outputs = [cell.outputs for cell in nbformat.read(output, as_version=4).cells
               if cell.cell_type == "code"]
    assert "number_customer_service_calls" in outputs[1][0].data["text/html"]
    assert "image/png" in outputs[2][-1].data
    assert "of-the-notebook" in outputs[3][0].data["text/html"]
    assert "PendingManualApproval" in outputs[3][0].data["text/html"]
