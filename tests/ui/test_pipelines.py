# SPDX-License-Identifier: GPL-3.0-or-later
"""What the canvas and the panel of a step tell of an execution."""

import json

import pytest
from clients import ROLE, wait_for
from hands import Keyboard, Mouse
from pipelines import ENDED, definition, processing


def run(engine, name):
    """Runs a pipeline to its end; its ARN."""
    sagemaker = engine.client("sagemaker")
    arn = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]

    def status():
        return sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]

    wait_for(lambda: status() in ENDED, 120, f"the end of {arn}")
    assert status() == "Succeeded"
    return arn


@pytest.fixture
def cached(fresh_engine):
    """An engine with two executions: the second took one of its two steps from the first."""
    first = processing("PrepareChurn", "true", CacheConfig={"Enabled": True, "ExpireAfter": "30d"})
    last = processing("ReportChurn", "true", DependsOn=["PrepareChurn"])
    fresh_engine.client("sagemaker").create_pipeline(
        PipelineName="Cached", RoleArn=ROLE, PipelineDefinition=json.dumps(definition(first, last)))
    fresh_engine.executions = [run(fresh_engine, "Cached") for _ in range(2)]
    return fresh_engine


@pytest.mark.parametrize("way", [Mouse, Keyboard])
def test_a_step_that_was_reused_says_so_and_leads_to_its_source(cached, start_studio, way):
    source, execution = (arn.rsplit("/", 1)[1] for arn in cached.executions)
    studio = start_studio(cached.data_dir, "--open", f"pipeline-execution/Cached/execution/{execution}")
    hand = way(studio)

    def described(name, description):
        steps = studio.find("group", "Steps of the pipeline")
        studio.wait_for(lambda: steps.find("button", name).description == description,
                        f"{name} is not “{description}”")

    described("PrepareChurn", "Processing, Succeeded, reused")
    described("ReportChurn", "Processing, Succeeded")
    hand.choose_step("ReportChurn")
    studio.find("label", "Took")
    assert not studio.there_is("label", "Reused from execution")
    hand.choose_step("PrepareChurn")
    studio.find("label", "Reused from execution")
    studio.find("label", "Reused")
    studio.gone("label", "Took")

    hand.press(source)
    described("PrepareChurn", "Processing, Succeeded")
    hand.choose_step("PrepareChurn")
    studio.find("label", "Took")
    studio.gone("label", "Reused from execution")
    studio.find("label", "There was no earlier result")


def test_a_step_that_could_have_been_reused_says_why_it_ran(cached, start_studio):
    sagemaker = cached.client("sagemaker")
    described = json.loads(sagemaker.describe_pipeline(PipelineName="Cached")["PipelineDefinition"])
    described["Steps"][0]["Arguments"]["Environment"] = {"THRESHOLD": "0.5"}
    sagemaker.update_pipeline(PipelineName="Cached", PipelineDefinition=json.dumps(described))
    source, execution = (arn.rsplit("/", 1)[1] for arn in (cached.executions[0], run(cached, "Cached")))
    studio = start_studio(cached.data_dir, "--open", f"pipeline-execution/Cached/execution/{execution}")
    hand = Mouse(studio)

    hand.choose_step("PrepareChurn")
    studio.find("label", "Why it ran")
    studio.find("label", "Changed: Environment.THRESHOLD")
    studio.find("label", "Compared with execution")
    hand.choose_step("ReportChurn")
    studio.gone("label", "Why it ran")
    hand.choose_step("PrepareChurn")
    hand.press(source)
    studio.find("tab", source)
