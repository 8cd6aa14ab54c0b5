# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipeline definitions in short, and the fixtures that run them."""

import json

import pytest
from botocore.exceptions import ClientError

from clients import ROLE, SKLEARN, XGBOOST, wait_for

CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}
ENDED = ("Succeeded", "Failed", "Stopped")


def get(path):
    return {"Get": path}


def join(*values, on=""):
    return {"Std:Join": {"On": on, "Values": list(values)}}


def processing(name, command, outputs=(), **more):
    """A step that runs a shell command; its outputs are name → S3 URI."""
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "RoleArn": ROLE,
            "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/sh", "-c", command]},
            "ProcessingResources": CLUSTER,
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": output,
                        "S3Output": {
                            "S3Uri": uri,
                            "LocalPath": f"/opt/ml/processing/{output}",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                    for output, uri in dict(outputs).items()
                ]
            },
        },
        **more,
    }


def training(name, uri, output, rounds=2, **more):
    """XGBoost on one CSV file."""
    return {
        "Name": name,
        "Type": "Training",
        "Arguments": {
            "RoleArn": ROLE,
            "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
            "HyperParameters": {"objective": "reg:squarederror", "num_round": rounds},
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "ContentType": "text/csv",
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": uri,
                            "S3DataDistributionType": "FullyReplicated",
                        }
                    },
                }
            ],
            "OutputDataConfig": {"S3OutputPath": output},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 120},
        },
        **more,
    }


def model(name):
    """A Model step that needs no other one."""
    return {
        "Name": name,
        "Type": "Model",
        "Arguments": {
            "PrimaryContainer": {"Image": XGBOOST, "ModelDataUrl": "s3://models/model.tar.gz"}
        },
    }


def register(name, group):
    """A RegisterModel step that needs no other one."""
    return {
        "Name": name,
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": group,
            "InferenceSpecification": {
                "Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://models/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        },
    }


def condition(name, conditions, if_steps=(), else_steps=(), **more):
    return {
        "Name": name,
        "Type": "Condition",
        "Arguments": {
            "Conditions": list(conditions),
            "IfSteps": list(if_steps),
            "ElseSteps": list(else_steps),
        },
        **more,
    }


def fail(name, message, **more):
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}, **more}


def equals(left, right):
    return {"Type": "Equals", "LeftValue": left, "RightValue": right}


def definition(*steps, parameters=()):
    return {"Version": "2020-12-01", "Parameters": list(parameters), "Steps": list(steps)}


TRIVIAL = definition(condition("Yes", [equals(1, 1)]))


@pytest.fixture
def create(sagemaker, unique):
    """Creates a pipeline and returns its name."""

    def make(document, stem="pipeline", **more):
        name = unique(stem)
        sagemaker.create_pipeline(
            PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(document), **more
        )
        return name

    return make


@pytest.fixture
def start(sagemaker):
    def begin(name, **more):
        return sagemaker.start_pipeline_execution(PipelineName=name, **more)["PipelineExecutionArn"]

    return begin


@pytest.fixture
def finish(sagemaker):
    """Waits for the end of an execution; returns its description."""

    def wait(arn, seconds=120):
        def ended():
            described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
            return described if described["PipelineExecutionStatus"] in ENDED else None

        return wait_for(ended, seconds, f"the end of {arn}")

    return wait


@pytest.fixture
def steps(sagemaker):
    """The steps of an execution by name."""

    def listed(arn):
        pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(PipelineExecutionArn=arn)
        return {step["StepName"]: step for page in pages for step in page["PipelineExecutionSteps"]}

    return listed


def refused(code, call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return caught.value.response["Error"]["Message"]
