# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine whose account and region are not the usual ones: what Studio proposes fits them."""

import re

import pytest
from clients import wait_for
from sample import PIPELINE
from test_notebook_jobs import started_job
from test_notebooks import code, open_notebook, text  # noqa: F401

ACCOUNT = "123456789012"
REGION = "eu-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SagebrushExecution"
BUCKET = f"sagemaker-{REGION}-{ACCOUNT}"


@pytest.fixture
def elsewhere(engine_factory):
    return engine_factory("--account", ACCOUNT, "--region", REGION)


def start(start_studio, engine):
    studio = start_studio(engine.data_dir)
    studio.find("button", re.compile("^Connection .*: Connected"), seconds=30)
    return studio


def test_a_new_job_has_a_role_of_the_account(elsewhere, start_studio):
    studio = start(start_studio, elsewhere)
    studio.run("--open", "new-job/training-job")
    assert studio.find("entry", re.compile("^Role")).text == ROLE


def test_the_sample_is_in_the_account(elsewhere, start_studio):
    studio = start(start_studio, elsewhere)
    studio.press("Run the sample pipeline", seconds=60)
    client = elsewhere.client("sagemaker")
    wait_for(lambda: any(client.list_pipeline_executions(PipelineName=each["PipelineName"])
                         ["PipelineExecutionSummaries"] for each in client.list_pipelines()["PipelineSummaries"]),
             60, "the sample's execution")
    pipeline = client.describe_pipeline(PipelineName=PIPELINE)
    assert pipeline["RoleArn"] == ROLE
    assert ROLE in pipeline["PipelineDefinition"]
    assert "000000000000" not in pipeline["PipelineDefinition"]
    assert [bucket["Name"] for bucket in elsewhere.client("s3").list_buckets()["Buckets"]] == [BUCKET]
    execution = client.list_pipeline_executions(PipelineName=PIPELINE)["PipelineExecutionSummaries"][0]
    arn = execution["PipelineExecutionArn"]
    wait_for(lambda: client.describe_pipeline_execution(PipelineExecutionArn=arn)
             ["PipelineExecutionStatus"] == "Succeeded", 90, "the end of the sample")


def test_a_notebook_runs_as_a_job_in_the_account(open_notebook, elsewhere, start_studio):  # noqa: F811
    studio = start(start_studio, elsewhere)
    open_notebook(text("# Report", "title"), code("print(6 * 7)", "use"), studio=studio)
    studio.press("More for the notebook")
    studio.find("menu item", "Run as job…").click()
    studio.find("dialog", "Run as job").find("button", "Run", "sensitive").click()
    studio.press("Show job")
    job = started_job(elsewhere, studio)
    assert job["TrainingJobStatus"] == "Completed", job
    assert job["RoleArn"] == ROLE
    assert job["OutputDataConfig"]["S3OutputPath"] == f"s3://{BUCKET}/notebook-jobs"
