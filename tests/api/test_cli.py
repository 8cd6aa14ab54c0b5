# SPDX-License-Identifier: GPL-3.0-or-later
"""The real AWS CLI from data to a registered model, as in a shell script."""

import json
import subprocess
import tarfile

import pytest

from clients import ROLE, SKLEARN, XGBOOST


@pytest.fixture
def cli_bucket(aws, unique):
    name = unique("cli")
    aws("s3", "mb", f"s3://{name}")

    return name


def document(path, value):
    path.write_text(json.dumps(value))

    return f"file://{path}"


def test_train_from_the_shell(aws, cli_bucket, unique, tmp_path):
    name = unique("shell")
    rows = "".join(f"{i % 2},{i % 7},{i % 3}\n" for i in range(60))
    (tmp_path / "rows.csv").write_text(rows)
    aws("s3", "cp", tmp_path / "rows.csv", f"s3://{cli_bucket}/train/rows.csv")

    made = aws("sagemaker", "create-training-job", "--training-job-name", name,
               "--role-arn", ROLE,
               "--algorithm-specification", f"TrainingImage={XGBOOST},TrainingInputMode=File",
               "--hyper-parameters", "num_round=5,objective=binary:logistic",
               "--input-data-config", document(tmp_path / "channels.json", [{
                   "ChannelName": "train", "ContentType": "text/csv",
                   "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix",
                                                   "S3Uri": f"s3://{cli_bucket}/train/"}}}]),
               "--output-data-config", f"S3OutputPath=s3://{cli_bucket}/models",
               "--resource-config", "InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=1",
               "--stopping-condition", "MaxRuntimeInSeconds=60").json
    assert made["TrainingJobArn"].endswith(f":training-job/{name}")

    status = ""
    for _ in range(60):
        status = aws("sagemaker", "describe-training-job", "--training-job-name", name,
                     "--query", "TrainingJobStatus", "--output", "text").stdout.strip()
        if status != "InProgress":
            break
    assert status == "Completed"
    aws("sagemaker", "wait", "training-job-completed-or-stopped", "--training-job-name", name)

    uri = aws("sagemaker", "describe-training-job", "--training-job-name", name, "--query",
              "ModelArtifacts.S3ModelArtifacts", "--output", "text").stdout.strip()
    aws("s3", "cp", uri, tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        assert [m.name.removeprefix("./") for m in archive if m.isfile()] == ["xgboost-model"]

    tail = aws("logs", "tail", "/aws/sagemaker/TrainingJobs", "--log-stream-name-prefix",
               f"{name}/", "--format", "short").stdout
    assert "train-logloss" in tail

    listed = aws("sagemaker", "list-training-jobs", "--name-contains", name, "--status-equals",
                 "Completed", "--output", "text", "--query", "TrainingJobSummaries[].TrainingJobName")
    assert listed.stdout.strip() == name


def test_process_from_the_shell(aws, cli_bucket, unique, tmp_path):
    name = unique("shell")
    aws("sagemaker", "create-processing-job", "--processing-job-name", name, "--role-arn", ROLE,
        "--app-specification", document(tmp_path / "app.json", {
            "ImageUri": SKLEARN, "ContainerEntrypoint": [
                "/bin/sh", "-c", "echo made > /opt/ml/processing/out/file"]}),
        "--processing-resources",
        "ClusterConfig={InstanceCount=1,InstanceType=ml.t3.medium,VolumeSizeInGB=1}",
        "--processing-output-config", document(tmp_path / "out.json", {"Outputs": [{
            "OutputName": "out", "S3Output": {"S3Uri": f"s3://{cli_bucket}/out",
                                              "LocalPath": "/opt/ml/processing/out",
                                              "S3UploadMode": "EndOfJob"}}]}))
    for _ in range(60):
        seen = aws("sagemaker", "describe-processing-job", "--processing-job-name", name).json
        if seen["ProcessingJobStatus"] != "InProgress":
            break
    assert seen["ProcessingJobStatus"] == "Completed"
    assert "T" in seen["CreationTime"]
    assert aws("s3", "cp", f"s3://{cli_bucket}/out/file", "-").stdout == "made\n"


def test_errors_are_the_clients_own(aws):
    result = aws("sagemaker", "describe-training-job", "--training-job-name", "never-there",
                 check=False)
    assert result.returncode == 254
    assert result.stderr.strip() == (
        "An error occurred (ValidationException) when calling the DescribeTrainingJob operation: "
        "Requested resource not found.")


def test_wrong_keys(engine):
    env = dict(engine.env, AWS_SECRET_ACCESS_KEY="wrong")
    result = subprocess.run(["aws", "sagemaker", "list-models"], env=env, capture_output=True,
                            text=True, timeout=60, check=False)
    assert result.returncode == 254 and "InvalidSignatureException" in result.stderr
