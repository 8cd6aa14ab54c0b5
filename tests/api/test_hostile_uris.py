# SPDX-License-Identifier: GPL-3.0-or-later
"""URIs that lead elsewhere than into a bucket, wherever one can be given: each is refused, by the
call or by the job's end, and nobody goes there."""

import json
import socket
import threading

import pytest
from botocore.exceptions import ClientError

from clients import ROLE, SKLEARN, XGBOOST, wait_for, wait_for_job


class Sink:
    """Takes connections on the loopback, IPv4 and IPv6, and counts them."""

    def __init__(self):
        self.visits = []
        first = socket.create_server(("127.0.0.1", 0))
        self.port = first.getsockname()[1]
        self.sockets = [first]
        try:
            self.sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        except OSError:
            pass  # a machine without IPv6
        for each in self.sockets:
            threading.Thread(target=self.serve, args=[each], daemon=True).start()

    def serve(self, listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                self.visits.append(peer.recv(4096))
                peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
                             b"Content-Length: 0\r\n\r\n")

    def close(self):
        for each in self.sockets:
            each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.fixture(scope="module")
def sink():
    made = Sink()
    yield made
    made.close()


URIS = [
    "file:///etc/passwd", "file://localhost/etc/passwd", "/etc/passwd", "../etc/passwd",
    "http://127.0.0.1:{port}/x", "https://127.0.0.1:{port}/x", "http://localhost:{port}/x",
    "http://2130706433:{port}/x", "http://0x7f000001:{port}/x", "http://0177.0.0.1:{port}/x",
    "http://[::1]:{port}/x", "http://[::ffff:127.0.0.1]:{port}/x",
    "http://169.254.169.254/latest/meta-data/", "https://evil/b", "ftp://127.0.0.1:{port}/x",
    "s3://user@127.0.0.1:{port}/k", "s3://bucket:{port}/k", "s3://127.0.0.1:{port}/k",
    "s3://uris?x", "s3://uris#x", "s3://uris;x/k", "S3://uris/k", "s3:/uris/k", "s3:///k", "s3://",
    "s3://../etc/passwd", "s3://Uris/k", "s3://a..b/k",
]


def training(uri=None, output="s3://uris/out", **members):
    if uri is not None:
        members["InputDataConfig"] = [{"ChannelName": "train", "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": uri}}}]
    return dict(
        RoleArn=ROLE, OutputDataConfig={"S3OutputPath": output},
        AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File",
                                "ContainerEntrypoint": ["true"]},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60}, **members)


def processing(inputs=(), outputs=()):
    return dict(
        RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["true"]},
        ProcessingResources={"ClusterConfig": {
            "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}},
        ProcessingInputs=[{"InputName": "i", "S3Input": {
            "S3Uri": uri, "LocalPath": "/opt/ml/processing/i", "S3DataType": "S3Prefix",
            "S3InputMode": "File"}} for uri in inputs],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "o", "S3Output": {
            "S3Uri": uri, "LocalPath": "/opt/ml/processing/o", "S3UploadMode": "EndOfJob"}}
            for uri in outputs]})


PLACES = {
    "channel": ("training", lambda uri: training(uri)),
    "model output": ("training", lambda uri: training(output=uri)),
    "checkpoints": ("training", lambda uri: training(CheckpointConfig={"S3Uri": uri})),
    "source": ("training", lambda uri: {**training(), "HyperParameters": {
        "sagemaker_program": "train.py", "sagemaker_submit_directory": uri},
        "AlgorithmSpecification": {"TrainingImage": SKLEARN, "TrainingInputMode": "File"}}),
    "processing input": ("processing", lambda uri: processing([uri])),
    "processing output": ("processing", lambda uri: processing([], [uri])),
}


@pytest.fixture(scope="module")
def client(engine):
    engine.client("s3").create_bucket(Bucket="uris")
    return engine.client("sagemaker")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("uri", URIS)
def test_jobs(client, sink, unique, place, uri):
    """G7, G8"""
    family, make = PLACES[place]
    name, uri = unique("uri"), uri.format(port=sink.port)
    member = f"{family.capitalize()}JobName"
    try:
        getattr(client, f"create_{family}_job")(**{member: name}, **make(uri))
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException", error
    else:
        done = wait_for_job(client, family, name)
        assert done[f"{family.capitalize()}JobStatus"] == "Failed", (uri, done)
        assert "root:" not in done["FailureReason"]
    assert sink.visits == []


@pytest.mark.parametrize("uri", URIS)
def test_models(client, sink, unique, uri):
    """G7, G8"""
    uri = uri.format(port=sink.port)
    with pytest.raises(ClientError) as caught:
        client.create_model(ModelName=unique("uri"), ExecutionRoleArn=ROLE,
                            PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": uri})
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert sink.visits == []


@pytest.mark.parametrize("key", ["p/../x", "p/..", "p//x", "p/./x", "p/a/b"])
def test_keys_that_are_no_paths(client, engine, unique, key):
    """G4, G5: a channel that cannot be laid out as files fails the job, with the key named."""
    s3, bucket = engine.client("s3"), unique("keys")
    s3.create_bucket(Bucket=bucket)
    for each in {key, "p/a"}:
        s3.put_object(Bucket=bucket, Key=each, Body=b"x")
    name = unique("keys")
    client.create_training_job(TrainingJobName=name, **training(f"s3://{bucket}/p/"))
    done = wait_for_job(client, "training", name)
    assert done["TrainingJobStatus"] == "Failed" and f"'{key}'" in done["FailureReason"]
    if key == "p/a/b":
        assert "'p/a'" in done["FailureReason"]


@pytest.mark.parametrize("uri", URIS)
def test_pipelines(client, sink, unique, uri):
    """C8: what a parameter brings into a step is checked as if the step had been called."""
    uri = uri.format(port=sink.port)
    step = {"Name": "Read", "Type": "Processing",
            "Arguments": processing([{"Get": "Parameters.Uri"}])}
    report = {"Name": "Look", "Type": "Condition", "Arguments": {"Conditions": [
        {"Type": "Equals", "LeftValue": {"Std:JsonGet": {
            "S3Uri": {"Get": "Parameters.Uri"}, "Path": "a"}}, "RightValue": "x"}]}}
    for number, each in enumerate((step, report)):
        name = unique("uri")
        client.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(
            {"Version": "2020-12-01", "Parameters": [{"Name": "Uri", "Type": "String"}],
             "Steps": [each]}))
        arn = client.start_pipeline_execution(PipelineName=name, PipelineParameters=[
            {"Name": "Uri", "Value": uri}])["PipelineExecutionArn"]
        ended = wait_for(lambda arn=arn: (d := client.describe_pipeline_execution(
            PipelineExecutionArn=arn))["PipelineExecutionStatus"] in ("Failed", "Succeeded") and d)
        assert ended["PipelineExecutionStatus"] == "Failed", (number, uri)
        (failed,) = client.list_pipeline_execution_steps(
            PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        assert "root:" not in failed["FailureReason"]
    assert sink.visits == []
