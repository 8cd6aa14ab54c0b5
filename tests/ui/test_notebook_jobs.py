# SPDX-License-Identifier: GPL-3.0-or-later
"""A notebook that runs as a job, from its page to the executed notebook."""

import json
import re

from clients import ROLE, wait_for_job
from test_notebooks import code, open_notebook, sources, text, to_bytes  # noqa: F401

RUNNING = 90  # seconds until a job has started a kernel and ended


def parameters(source):
    return {**code(source, "defaults"), "metadata": {"tags": ["parameters"]}}


def run_command(studio, name):
    studio.key("ctrl+shift+p")
    palette = studio.find("dialog", "Search or run a command")
    studio.type(name)
    palette.find("row", re.compile(f"^{re.escape(name)}"), "selected")
    studio.key("Return")


def started_job(engine, studio):
    """The description of the one job there is, once it has ended."""
    client = engine.client("sagemaker")
    studio.wait_for(lambda: client.list_training_jobs()["TrainingJobSummaries"], "No job was made")
    name = client.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
    return wait_for_job(client, "training", name, RUNNING)


def kept(studio):
    """The executed notebooks that were fetched, and what else came with them."""
    folder = studio.home / "data/sagebrush/executed"
    return sorted(path.name for path in folder.glob("*/*")) + sorted(path.name for path in folder.glob("*/.*"))


def test_parameters_job_and_executed_notebook(open_notebook, start_studio, engine, tmp_path):  # noqa: F811
    # what is fetched goes to the disk where it stays, whatever there is for temporary files
    studio = start_studio(engine.data_dir, TMPDIR=str(tmp_path / "nowhere"))
    notebook = open_notebook(
        text("# Report", "title"), parameters("rows = 2\nname = 'all'\nquick = False\nshares = [0.5]"),
        code("print('value', rows * 2, name, quick, shares)", "use"), studio=studio)
    studio.press("More for the notebook")
    studio.find("menu item", "Run as job…").click()
    dialog = studio.find("dialog", "Run as job")
    assert not dialog.there_is("label", re.compile("No cell is tagged"))
    rows = dialog.find("entry", "rows")
    assert rows.text == "2"
    assert dialog.find("entry", "shares").text == "[0.5]"
    rows.click()
    studio.key("ctrl+a")
    studio.type("21")
    dialog.find("button", "Run", "sensitive").click()
    studio.press("Show job")
    job = started_job(engine, studio)
    assert job["TrainingJobStatus"] == "Completed", job
    assert job["HyperParameters"] == {"rows": "21"}
    assert job["TrainingJobName"].startswith("first-")
    studio.find("tab", job["TrainingJobName"])
    studio.find("label", "3 of 3")
    studio.find("button", "Open executed notebook", "sensitive").click()
    studio.find("tab", "first-executed.ipynb")
    executed = studio.find("list", "Cells")
    studio.wait_for(lambda: any("value 42 all False [0.5]" in (node.text or "")
                                for node in executed.again().walk()), "The output was not shown")
    assert kept(studio) == ["first-executed.ipynb"]
    # the notebook itself was not touched
    assert json.loads(notebook.path.read_text())["cells"][2]["outputs"] == []
    assert len(sources(notebook.path)) == 3


def test_unsaved_changes_run_and_a_failure_is_kept(open_notebook, engine):  # noqa: F811
    notebook = open_notebook(code("print('as saved')", "only"))
    studio = notebook.studio
    notebook.source("print('as saved')").click()
    studio.key("ctrl+a")
    studio.type("1 / 0")
    run_command(studio, "Run as job")
    dialog = studio.find("dialog", "Run as job")
    dialog.find("label", re.compile("No cell is tagged"))
    dialog.find("button", "Run", "sensitive").click()
    studio.press("Show job")
    job = started_job(engine, studio)
    assert "Cell 1 failed: ZeroDivisionError" in job["FailureReason"]
    assert sources(notebook.path) == ["print('as saved')"]
    studio.find("button", "Open executed notebook", "sensitive").click()
    studio.find("tab", "first-executed.ipynb")
    executed = studio.find("list", "Cells")
    studio.wait_for(lambda: any("division by zero" in (node.text or "")
                                for node in executed.again().walk()), "The error was not shown")
    studio.find("tab", notebook.path.name).click()
    notebook.save()


def test_its_page_lists_the_runs_of_a_notebook(open_notebook, engine):  # noqa: F811
    """By the notebook's name, the last first, with what was given to them; they are followed while
    they run, and each leads to its job and to the notebook that came out."""
    notebook = open_notebook(parameters("wait = 0"), code("import time; time.sleep(wait); print('waited')", "use"),
                             name="waiting.ipynb")
    studio = notebook.studio
    studio.press("Outline, variables, plots and runs", "toggle button")
    studio.find("tab", "Runs").click()
    studio.find("label", "No runs")
    for wait in 1, 2:
        studio.press("Run as job…") if wait == 1 else run_command(studio, "Run as job")
        dialog = studio.find("dialog", "Run as job")
        dialog.find("entry", "wait").click()
        studio.key("ctrl+a")
        studio.type(str(wait))
        dialog.find("button", "Run", "sensitive").click()
        studio.gone("dialog", "Run as job")
        runs = studio.find("list", "Runs")
        studio.wait_for(lambda: len(runs.again().all("row")) == wait, "The run is not listed")
    runs.find("row", re.compile("^waiting-.*Completed"), seconds=RUNNING)
    studio.wait_for(lambda: all("Completed" in row.name for row in runs.again().all("row")),
                    "A run is not followed", RUNNING)
    assert [row.description for row in runs.again().all("row")] == ["wait = 2", "wait = 1"]
    runs.again().all("row")[1].find("button", "Open executed notebook", "sensitive").click()
    studio.find("tab", "waiting-executed.ipynb")
    studio.find("tab", notebook.path.name).click()
    name = runs.again().all("row")[0].name.split(",")[0]
    runs.again().all("row")[0].click()
    studio.find("tab", name)
    client = engine.client("sagemaker")
    assert client.describe_training_job(TrainingJobName=name)["HyperParameters"] == {"wait": "2"}


def test_step_of_a_pipeline_opens_its_notebook(start_studio, engine):
    bucket = "sagemaker-us-east-1-000000000000"
    folder = "/opt/ml/input/data/sagemaker_headless_execution_pipelinestep"
    s3, client = engine.client("s3"), engine.client("sagemaker")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="step/in.ipynb", Body=to_bytes(code("print('from', 'a step')", "a")))
    step = {"Name": "Report", "Type": "Training", "Arguments": {
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": "sagebrush/python:3", "TrainingInputMode": "File",
                                   "ContainerEntrypoint": ["amazon_sagemaker_scheduler"]},
        "InputDataConfig": [{"ChannelName": folder.rsplit("/", 1)[1], "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/step"}}}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/out"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 120},
        "Environment": {"SM_JOB_DEF_VERSION": "1.0", "SM_EXECUTION_INPUT_PATH": folder,
                        "SM_KERNEL_NAME": "python3", "SM_INPUT_NOTEBOOK_NAME": "in.ipynb",
                        "SM_OUTPUT_NOTEBOOK_NAME": "report.ipynb"}}}
    client.create_pipeline(PipelineName="Reports", RoleArn=ROLE, PipelineDefinition=json.dumps(
        {"Version": "2020-12-01", "Steps": [step]}))
    execution = client.start_pipeline_execution(PipelineName="Reports")["PipelineExecutionArn"]
    studio = start_studio(engine.data_dir, "--open",
                          f"pipeline-execution/Reports/execution/{execution.rsplit('/', 1)[1]}")
    studio.find("group", "Steps of the pipeline").find("button", "Report").click()
    studio.find("button", "Open executed notebook", "sensitive", RUNNING).click()
    studio.find("tab", "report.ipynb")
    cells = studio.find("list", "Cells")
    studio.wait_for(lambda: any("from a step" in (node.text or "") for node in cells.again().walk()),
                    "The output was not shown")
