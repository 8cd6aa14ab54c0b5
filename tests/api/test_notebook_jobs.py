# SPDX-License-Identifier: GPL-3.0-or-later
"""Notebooks as training jobs, by the contract that SageMaker's NotebookJobStep uses."""

import json
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from clients import ROLE, wait_for, wait_for_job
from test_training import log, unpack

IMAGE = "885854791233.dkr.ecr.us-east-1.amazonaws.com/sagemaker-distribution-prod:2-cpu"
CHANNEL = "sagemaker_headless_execution_pipelinestep"


def document(*cells, **kernelspec):
    """The text of a notebook of code cells; a pair is a cell with its tags."""
    made = [new_markdown_cell("# A notebook")]
    for cell in cells:
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        made.append(new_code_cell(source, metadata={"tags": tags} if tags else {}))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python", **kernelspec}

    return nbformat.writes(new_notebook(cells=made, metadata={"kernelspec": spec}))


def arguments(folder, parameters=None, environment=None, **members):
    """What NotebookJobStep makes of a notebook that was uploaded to `folder`."""
    made = {
        "RoleArn": ROLE,
        "RetryStrategy": {"MaximumRetryAttempts": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 120},
        "EnableInterContainerTrafficEncryption": True,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE, "TrainingInputMode": "File",
            "ContainerEntrypoint": ["amazon_sagemaker_scheduler"]},
        "InputDataConfig": [{"ChannelName": CHANNEL, "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": folder, "S3DataDistributionType": "FullyReplicated"}}}],
        "OutputDataConfig": {"S3OutputPath": "s3://sagebrush-tests/notebook-jobs"},
        "ResourceConfig": {"VolumeSizeInGB": 1, "InstanceCount": 1, "InstanceType": "ml.m5.large"},
        "Environment": {
            "AWS_DEFAULT_REGION": "us-east-1", "SM_JOB_DEF_VERSION": "1.0",
            "SM_ENV_NAME": "sagemaker-default-env", "SM_SKIP_EFS_SIMULATION": "true",
            "SM_EXECUTION_INPUT_PATH": f"/opt/ml/input/data/{CHANNEL}",
            "SM_KERNEL_NAME": "python3", "SM_INPUT_NOTEBOOK_NAME": "in.ipynb",
            "SM_OUTPUT_NOTEBOOK_NAME": "executed.ipynb", **(environment or {})},
    }
    if parameters:
        made["HyperParameters"] = parameters
    made.update(members)

    return made


@pytest.fixture
def upload(s3, bucket, unique):
    """Puts files into a folder of their own and returns its URI."""
    def upload(**files):
        folder = unique("notebooks/input")
        for name, content in files.items():
            s3.put_object(Bucket=bucket, Key=f"{folder}/{name.replace('__', '.')}", Body=content)
        return f"s3://{bucket}/{folder}"

    return upload


@pytest.fixture
def run(sagemaker, s3, upload, unique):
    """Runs a notebook as a job; returns its description, with the executed notebook if there is one."""
    def run(text, wait=True, files=None, **members):
        name = unique("notebook")
        sagemaker.create_training_job(TrainingJobName=name,
                                      **arguments(upload(in__ipynb=text, **(files or {})), **members))
        if not wait:
            return name
        return ended(sagemaker, s3, name)

    return run


def ended(sagemaker, s3, name):
    done = wait_for_job(sagemaker, "training", name)
    uri = f"s3://sagebrush-tests/notebook-jobs/{name}/output/output.tar.gz"
    try:
        done["files"] = unpack(s3, uri)
    except s3.exceptions.NoSuchKey:
        return done
    if "executed.ipynb" in done["files"]:
        done["notebook"] = nbformat.reads(done["files"]["executed.ipynb"].decode(), as_version=4)
        nbformat.validate(done["notebook"])

    return done


def test_parameters_and_outputs(engine, run):
    text = document(("n = 1\nname = 'default'\nshares: list = [0.5]\nquick = True", ["parameters"]),
                    "import json\nprint(json.dumps([n + 1, name, shares, quick]))", "n * 2")
    done = run(text, parameters={"n": "41", "name": "7", "shares": "[0.2, 1]", "quick": "false"})
    assert done["TrainingJobStatus"] == "Completed", "\n".join(log(engine, done["TrainingJobName"]))
    cells = done["notebook"].cells
    assert [cell.cell_type for cell in cells] == ["markdown"] + ["code"] * 4
    assert cells[2].metadata.tags == ["injected-parameters"]
    assert json.loads(cells[3].outputs[0].text) == [42, "7", [0.2, 1], False]
    assert cells[4].outputs[0].data["text/plain"] == "82"
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3, 4]
    assert done["files"]["in.ipynb"].decode() == text
    lines = log(engine, done["TrainingJobName"])
    assert '[42, "7", [0.2, 1], false]' in lines
    assert any(line.startswith("Cell 5 succeeded") and line.endswith("(4 of 4)") for line in lines)


def test_without_a_parameters_cell_they_are_text(run):
    done = run(document("print(repr(n))"), parameters={"n": "41"})
    assert done["TrainingJobStatus"] == "Completed", "\n".join(log(engine, done["TrainingJobName"]))
    assert done["notebook"].cells[0].metadata.tags == ["injected-parameters"]
    assert done["notebook"].cells[2].outputs[0].text == "'41'\n"


def test_metrics_are_read_from_what_it_prints(run):
    text = document("for step in range(3):\n    print(f'loss: {1 / (step + 1):.2f};')")
    specification = arguments("")["AlgorithmSpecification"]
    done = run(text, AlgorithmSpecification={
        **specification, "MetricDefinitions": [{"Name": "loss", "Regex": "loss: ([0-9.]+);"}]})
    assert done["FinalMetricDataList"][0]["Value"] == pytest.approx(0.33)


def test_failing_cell_is_the_reason_and_is_kept(engine, run):
    done = run(document("print('before')", "1 / 0", "print('never')"))
    assert done["TrainingJobStatus"] == "Failed"
    assert done["FailureReason"].startswith(
        "AlgorithmError: Cell 3 failed: ZeroDivisionError: division by zero")
    cells = done["notebook"].cells
    assert cells[1].outputs[0].text == "before\n"
    assert cells[2].outputs[0].ename == "ZeroDivisionError"
    assert cells[3].outputs == []
    assert any("ZeroDivisionError" in line for line in log(engine, done["TrainingJobName"]))


def test_kernel_that_dies_is_the_reason(run):
    done = run(document("print('before', flush=True)", "import os\nos.kill(os.getpid(), 9)"))
    assert done["TrainingJobStatus"] == "Failed"
    assert "The kernel was ended by signal 9" in done["FailureReason"]
    assert done["notebook"].cells[1].outputs[0].text == "before\n"


def test_host_that_dies_is_our_fault(run):
    done = run(document("import os\nos.kill(os.getppid(), 9)"))
    assert done["TrainingJobStatus"] == "Failed"
    assert done["FailureReason"].startswith("AlgorithmError: The kernel's host ended")


def test_a_question_fails(run):
    done = run(document("input('name? ')"))
    assert done["TrainingJobStatus"] == "Failed"
    assert "StdinNotImplementedError" in done["FailureReason"]


def test_stop_keeps_what_there_is(engine, sagemaker, s3, run):
    name = run(document("print('so far', flush=True)\nimport time\ntime.sleep(100)"), wait=False)
    wait_for(lambda: "so far" in log(engine, name), 60, "the cell to begin")
    began = time.monotonic()
    sagemaker.stop_training_job(TrainingJobName=name)
    done = ended(sagemaker, s3, name)
    assert done["TrainingJobStatus"] == "Stopped"
    assert time.monotonic() - began < 60
    assert done["notebook"].cells[1].outputs[0].text == "so far\n"


def test_runtime_limit(s3, run):
    done = run(document("print('so far', flush=True)\nimport time\ntime.sleep(100)"),
               StoppingCondition={"MaxRuntimeInSeconds": 8})
    assert (done["TrainingJobStatus"], done["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert done["notebook"].cells[1].outputs[0].text == "so far\n"


def test_works_beside_its_files_without_a_network(run):
    text = document("import rows\nopen('made.txt', 'w').write(open('data.txt').read())\nrows.ROWS",
                    "import os\nos.environ['PREPARED']",
                    "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)")
    done = run(text, files={"data__txt": "text", "rows__py": "ROWS = [1]",
                            "prepare__sh": "export PREPARED=yes\n"},
               environment={"SM_INIT_SCRIPT": "prepare.sh"}, EnableNetworkIsolation=True)
    cells = done["notebook"].cells
    assert cells[1].outputs[0].data["text/plain"] == "[1]"
    assert cells[2].outputs[0].data["text/plain"] == "'yes'"
    assert cells[3].outputs[0].ename in ("ConnectionRefusedError", "OSError")


def test_script_in_the_default_folder(sagemaker, s3, upload, unique):
    made = arguments(upload(in__ipynb=document("import os\nos.environ['PREPARED']"),
                            prepare__sh="export PREPARED=yes\n"),
                     environment={"SM_INIT_SCRIPT": "prepare.sh"})
    del made["Environment"]["SM_EXECUTION_INPUT_PATH"]
    made["InputDataConfig"][0]["ChannelName"] = "sagemaker_headless_execution"
    name = unique("notebook")
    sagemaker.create_training_job(TrainingJobName=name, **made)
    done = ended(sagemaker, s3, name)
    assert done["notebook"].cells[1].outputs[0].data["text/plain"] == "'yes'"


def test_script_that_fails(engine, run):
    done = run(document("print('never')"), files={"prepare__sh": "echo so far\nfalse\n"},
               environment={"SM_INIT_SCRIPT": "prepare.sh"})
    assert done["TrainingJobStatus"] == "Failed"
    assert log(engine, done["TrainingJobName"]) == ["Running the script prepare.sh", "so far"]


def test_model_directory_is_the_model(s3, run):
    done = run(document("open('/opt/ml/model/weights', 'w').write('1')"))
    assert unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])["weights"] == b"1"


@pytest.mark.parametrize("text", ["", "{", "[]", "{\"nbformat\": 3}", "\0" * 1000])
def test_what_is_no_notebook(run, text):
    done = run(text)
    assert done["TrainingJobStatus"] == "Failed"
    assert "in.ipynb" in done["FailureReason"]
    assert "executed.ipynb" not in done.get("files", {})


@pytest.mark.parametrize("environment, words", [
    ({"SM_JOB_DEF_VERSION": "2.0"}, "SM_JOB_DEF_VERSION must be 1.0"),
    ({"SM_INPUT_NOTEBOOK_NAME": "other.ipynb"}, "other.ipynb"),
    ({"SM_INPUT_NOTEBOOK_NAME": "../../config/hyperparameters.json"}, "must name a notebook"),
    ({"SM_OUTPUT_NOTEBOOK_NAME": "../../model/x.ipynb"}, "must name a notebook"),
    ({"SM_OUTPUT_NOTEBOOK_NAME": ""}, "SM_OUTPUT_NOTEBOOK_NAME must name a notebook"),
    ({"SM_KERNEL_NAME": "ir"}, "No kernel 'ir' is installed"),
    ({"SM_KERNEL_NAME": "../python3"}, "A kernel's name holds"),
    ({"SM_INIT_SCRIPT": "none.sh"}, f"There is no script '/opt/ml/input/data/{CHANNEL}/none.sh'"),
    ({"SM_INIT_SCRIPT": "../prepare.sh"}, "SM_INIT_SCRIPT must name a script"),
    ({"SM_INIT_SCRIPT": "prepare.sh", "SM_EXECUTION_INPUT_PATH": "/none"},
     "There is no script '/none/prepare.sh'"),
])
def test_what_cannot_be_run(run, environment, words):
    done = run(document("1"), environment=environment)
    assert done["TrainingJobStatus"] == "Failed"
    assert words in done["FailureReason"]


def test_parameter_that_is_no_name(run):
    done = run(document("1"), parameters={"a-b": "1"})
    assert "'a-b' is not made of letters" in done["FailureReason"]


def test_output_name_has_one_dot(run):
    done = run(document("1"), environment={"SM_OUTPUT_NOTEBOOK_NAME": "at.10:30.ipynb"})
    assert set(done["files"]) == {"in.ipynb", "at-10-30.ipynb"}


# --- As a step of a pipeline ----------------------------------------------------------------------

def execute(sagemaker, unique, steps, **values):
    """Runs a pipeline and returns the description of its execution with its steps by name."""
    name = unique("notebook-pipeline")
    definition = {"Version": "2020-12-01", "Steps": steps, "Parameters": [
        {"Name": "Rows", "Type": "Integer", "DefaultValue": 2}]}
    sagemaker.create_pipeline(PipelineName=name, RoleArn=ROLE, ClientRequestToken=name.ljust(32, "-"),
                              PipelineDefinition=json.dumps(definition))
    arn = sagemaker.start_pipeline_execution(
        PipelineName=name, PipelineParameters=[{"Name": key, "Value": value}
                                               for key, value in values.items()]
    )["PipelineExecutionArn"]

    def over():
        found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return found if found["PipelineExecutionStatus"] not in ("Executing", "Stopping") else None

    execution = wait_for(over, 180, "the end of the execution")
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return execution, {step["StepName"]: step for step in steps}


def step(name, folder, **members):
    return {"Name": name, "Type": "Training", "Arguments": arguments(folder, **members)}


def test_step_of_a_pipeline(sagemaker, s3, unique, upload):
    folder = upload(in__ipynb=document(("rows = 1", ["parameters"]), "print(rows * 2)"))
    after = upload(in__ipynb=document(("source = ''", ["parameters"]), "print(source)"))
    first = step("First", folder, parameters={"rows": {"Get": "Parameters.Rows"}})
    first["Arguments"]["OutputDataConfig"]["S3OutputPath"] = {"Std:Join": {"On": "/", "Values": [
        "s3://sagebrush-tests/steps", {"Get": "Execution.PipelineExecutionId"}, "First"]}}
    second = step("Second", after, parameters={
        "source": {"Get": "Steps.First.Environment['SM_OUTPUT_NOTEBOOK_NAME']"}})
    execution, steps = execute(sagemaker, unique, [first, second], Rows="21")
    assert execution["PipelineExecutionStatus"] == "Succeeded", steps
    jobs = {name: sagemaker.describe_training_job(
        TrainingJobName=steps[name]["Metadata"]["TrainingJob"]["Arn"].split("/")[-1]) for name in steps}
    output = jobs["First"]["OutputDataConfig"]["S3OutputPath"]
    assert output.startswith("s3://sagebrush-tests/steps/") and output.endswith("/First")
    files = unpack(s3, f"{output}/{jobs['First']['TrainingJobName']}/output/output.tar.gz")
    cells = nbformat.reads(files["executed.ipynb"].decode(), as_version=4).cells
    assert cells[3].outputs[0].text == "42\n"
    done = ended(sagemaker, s3, jobs["Second"]["TrainingJobName"])
    assert done["notebook"].cells[3].outputs[0].text == "executed.ipynb\n"


def test_step_that_fails_says_which_cell(sagemaker, unique, upload):
    folder = upload(in__ipynb=document("assert 1 == 2, 'no'"))
    execution, steps = execute(sagemaker, unique, [step("Check", folder)])
    assert execution["PipelineExecutionStatus"] == "Failed"
    assert "Cell 2 failed: AssertionError: no" in steps["Check"]["FailureReason"]
