# SPDX-License-Identifier: GPL-3.0-or-later
"""From a pipeline to an endpoint that answers, as a person does it: with the pointer, and again
with keys only."""

import re

import pytest
from clients import wait_for
from hands import Keyboard, Mouse, start_execution
from sample import GROUP, PIPELINE

RUN = 120  # seconds for an execution with sanitizers on a busy machine


def step(studio, name, state, seconds=RUN):
    """Waits until that step of the execution on the screen is in that state."""
    studio.wait_for(
        lambda: [node for node in studio.all("button", name) if state in node.description],
        f"{name} was not {state}", seconds)


@pytest.mark.parametrize("way", [Mouse, Keyboard])
def test_the_whole_lifecycle(sample_of_its_own, start_studio, way):
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir)
    hand = way(studio)

    # An execution with a changed parameter, which fails for it; why, and what its training said.
    hand.go("Pipelines")
    hand.open_row(re.compile(PIPELINE))
    start_execution(studio, hand, "0.999")
    step(studio, "AccuracyTooLow", "Failed")
    assert sample.parameters(sample.executions()[0])["AccuracyThreshold"] == "0.999"
    hand.choose_step("AccuracyTooLow")
    studio.find("label", re.compile("below the threshold of 0.999"))
    hand.choose_step("TrainChurn")
    hand.show_view("Log")
    studio.wait_for(lambda: any("validation-auc" in node.text for node in studio.all("log")
                                + studio.all("text box") + studio.all("terminal")),
                    "The log of the training was not shown")

    # Another that succeeds; its version is approved with a reason.
    hand.press("Open the pipeline")
    start_execution(studio, hand, "0.5")
    step(studio, "RegisterChurn", "Succeeded")
    hand.go("Models")
    hand.open_row(re.compile(GROUP))
    hand.press("Review version 1")
    hand.fill("Reason", "Good enough for us")
    hand.press("Approve")
    studio.find("label", re.compile("^Approved .*version 1"))
    studio.find("text box", "Reason", "focused")  # where it was decided, not at the window's start
    hand.press("Dismiss")
    package = sample.versions()[0]["ModelPackageArn"]
    description = sample.sagemaker.describe_model_package(ModelPackageName=package)
    assert description["ModelApprovalStatus"] == "Approved"
    assert description["ApprovalDescription"] == "Good enough for us"

    # Deployed and asked.
    hand.press("Deploy…")
    studio.find("dialog").find("entry", "Endpoint name")
    hand.fill("Endpoint name", "by-hand")
    hand.submit("Deploy")
    studio.find("tab", "by-hand")
    studio.find("group", "In service", seconds=60)
    hand.show_view("Test")
    hand.fill("Request body", sample.row())
    hand.press("Send")
    answer = studio.wait_for(
        lambda: [node.text for node in studio.all() if re.fullmatch(r"0\.\d+\s*", node.text or "")
                 and node.name != "Request body"], "There was no answer")
    assert 0 < float(answer[0]) < 1

    # An endpoint goes for good, after a question whose default is to keep it.
    hand.press("Delete")
    studio.find("dialog", re.compile("Delete"))
    studio.key("Return")
    studio.gone("dialog")
    assert sample.endpoints() == {"by-hand": "InService"}
    hand.press("Delete")
    studio.find("dialog", re.compile("Delete"))
    hand.press_in_dialog("Delete")
    wait_for(lambda: "by-hand" not in sample.endpoints(), 30, "the end of the endpoint")

    # A pipeline goes after a while in which that can be undone.
    hand.go("Pipelines")
    hand.open_row(re.compile(PIPELINE))
    hand.choose_from_menu("More actions", "Delete the pipeline")
    hand.press("Undo")
    studio.gone("button", "Undo")
    hand.go("Pipelines")
    studio.find("row", re.compile(PIPELINE))
    assert sample.sagemaker.describe_pipeline(PipelineName=PIPELINE)


def test_the_engine_is_killed_in_the_middle(sample_of_its_own, start_studio):
    """What runs runs on, and the window shows the outcome."""
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    start_execution(studio, Mouse(studio), "0.5")
    # The API tells it: what runs for a second only may be over before it is seen on the screen.
    studio.wait_for(lambda: sample.sagemaker.list_processing_jobs(
        StatusEquals="InProgress")["ProcessingJobSummaries"], "No step runs")
    sample.engine.kill()
    # Studio starts the embedded engine by itself, often before the screen is read: that it says so
    # when an engine stays away is for test_connections.py.
    studio.find("button", "Connection Embedded: Connected", seconds=60)
    step(studio, "RegisterChurn", "Succeeded")
    Mouse(studio).go("Models")
    studio.find("row", re.compile(f"{GROUP}.*"))


def test_two_windows_show_one_truth(sample_of_its_own, start_studio):
    sample = sample_of_its_own
    sample.wait(sample.start(AccuracyThreshold=0.5))
    studio = start_studio(sample.engine.data_dir, "--open", f"model-package/{GROUP}/1")
    studio.find("button", "Approve")
    studio.run("--new-window", "--open", f"model-package/{GROUP}/1")
    studio.wait_for_windows(2)
    first, second = studio.wait_for(
        lambda: len(studio.all("button", "Approve")) == 2 and studio.all("window"),
        "Two windows do not show the version")
    window = next(node for node in (first, second) if node.again().has("active"))
    window.find("button", "Approve").click()
    for node in (first, second):
        node.find("group", "Approved")


def test_a_double_click_starts_one_execution(sample_of_its_own, start_studio):
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    studio.press("Start execution…")
    dialog = studio.find("dialog", "Start execution")
    dialog.find("entry", "AccuracyThreshold").click()
    studio.key("ctrl+a")
    studio.type("0.5")
    dialog.find("button", "Start execution", "sensitive").click(repeat=2)
    studio.gone("dialog")
    step(studio, "RegisterChurn", "Succeeded")
    assert len(sample.executions()) == 1


def test_the_canvas_leads_to_what_failed(studio, sample):
    studio.run("--open", f"pipeline-execution/{PIPELINE}/execution/{sample.bad.rsplit('/', 1)[1]}")
    for _ in range(6):
        studio.press("Zoom in")
    failed = studio.find("group", "Steps of the pipeline").find("button", "AccuracyTooLow")
    _, _, width, _ = studio.desktop.geometry(studio.desktop.active_window())
    studio.wait_for(lambda: failed.extents()[0] > width, "The canvas was not larger than the window")
    studio.press("1 failed")
    studio.wait_for(lambda: failed.extents()[0] + failed.extents()[2] < width,
                    "The step that failed did not come into sight")
    assert studio.find("button", "AccuracyTooLow", "focused")
    studio.find("label", re.compile("below the threshold of 0.999"))


def test_all_that_the_start_dialog_asks_is_sent(sample_of_its_own, start_studio):
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    studio.press("Start execution…")
    dialog = studio.find("dialog", "Start execution")
    hand = Mouse(studio)
    hand.fill(re.compile("^Name"), "By-hand")
    hand.fill("AccuracyThreshold", "0.5")
    dialog.find("button", "Start execution", "sensitive").click()
    studio.gone("dialog")
    studio.find("tab", "By-hand")
    execution, = sample.executions()
    described = sample.sagemaker.describe_pipeline_execution(
        PipelineExecutionArn=execution)
    assert described["PipelineExecutionDisplayName"] == "By-hand"


def test_what_was_deleted_is_gone_when_its_window_closes(sample_of_its_own, start_studio, unique):
    sample = sample_of_its_own
    name = unique("goes")
    sample.start_job(name, "true", wait=True)
    studio = start_studio(sample.engine.data_dir, "--open", f"processing-job/{name}")
    Mouse(studio).choose_from_menu("More actions", re.compile("^Delete"))
    studio.find("button", "Undo")
    studio.quit()
    assert not sample.sagemaker.list_processing_jobs(NameContains=name)["ProcessingJobSummaries"]


def test_a_delete_is_taken_back_by_key(sample_of_its_own, start_studio):
    studio = start_studio(sample_of_its_own.engine.data_dir, "--open", "pipelines")
    studio.key("ctrl+z")
    studio.find("label", "There is nothing to undo")
    studio.find("row", re.compile(PIPELINE)).click()
    studio.key("Delete")
    studio.find("button", "Undo")
    studio.gone("row", re.compile(PIPELINE))
    studio.key("ctrl+z")
    studio.find("row", re.compile(PIPELINE))
    studio.gone("button", "Undo")
    studio.quit()
    assert sample_of_its_own.sagemaker.describe_pipeline(PipelineName=PIPELINE)


def test_a_wrong_parameter_is_said_before_it_is_sent(sample_of_its_own, start_studio):
    studio = start_studio(sample_of_its_own.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    studio.press("Start execution…")
    dialog = studio.find("dialog", "Start execution")
    Mouse(studio).fill("AccuracyThreshold", "very good")
    dialog.find(None, re.compile("number", re.IGNORECASE))
    dialog.find("button", "Start execution").click()
    studio.key("ctrl+Return")
    assert dialog.find("entry", "AccuracyThreshold").text == "very good"
    studio.key("Escape")
    studio.gone("dialog")
    assert sample_of_its_own.executions() == []
