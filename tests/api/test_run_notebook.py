# SPDX-License-Identifier: GPL-3.0-or-later
"""Notebooks that run as programs: sagebrushctl run-notebook, read and checked by nbformat."""

import os
import signal
import subprocess
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from clients import wait_for
from jupyter import Jupyter

CTL = Path(os.environ["SAGEBRUSH_BUILD"]) / "src/programs/sagebrushctl"


@pytest.fixture
def write(tmp_path):
    """Writes a notebook of code cells and returns its path; a pair is a cell with its tags."""
    def write(*cells, kernel="python3"):
        made = [new_markdown_cell("# A notebook")]
        for cell in cells:
            source, tags = cell if isinstance(cell, tuple) else (cell, [])
            made.append(new_code_cell(source, metadata={"tags": tags} if tags else {}))
        path = tmp_path / "in.ipynb"
        nbformat.write(new_notebook(cells=made, metadata={"kernelspec": {
            "name": kernel, "display_name": "Python 3", "language": "python"}}), path)
        return path

    return write


@pytest.fixture
def run(engine, tmp_path):
    """Runs the command and returns its end, with the executed notebook if there is one."""
    def run(*arguments):
        output = tmp_path / "out.ipynb"
        done = subprocess.run(
            [CTL, "--data-dir", engine.data_dir, "run-notebook", *map(str, arguments),
             "-o", output], capture_output=True, text=True, timeout=120, check=False)
        if output.exists():
            done.notebook = nbformat.read(output, as_version=4)
            nbformat.validate(done.notebook)
        return done

    return run


def no_kernel_is_left(engine):
    jupyter = Jupyter(engine.endpoint_url, engine.secret_access_key)
    return wait_for(lambda: jupyter.call("GET", "/api/kernels").json == [], 20, "no kernel")


def test_parameters_and_outputs(engine, write, run):
    path = write("import boto3", ("n = 1\nname = 'default'", ["parameters"]),
                 "print(n + 1, name)\n"
                 "boto3.client('sts').get_caller_identity()['Account']")
    done = run(path, "-p", "n=41", "-p", "name=it's \"q\" $x \\n é")
    assert done.returncode == 0, done.stderr
    assert "(4 of 4)" in done.stderr
    cells = done.notebook.cells
    assert [cell.cell_type for cell in cells] == ["markdown"] + ["code"] * 4
    assert cells[3].metadata.tags == ["injected-parameters"]
    assert cells[4].outputs[0].text == "42 it's \"q\" $x \\n é\n"
    assert cells[4].outputs[1].data["text/plain"] == "'000000000000'"
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3, 4]
    assert nbformat.read(path, as_version=4).cells[1].outputs == []
    no_kernel_is_left(engine)


def test_an_executed_notebook_runs_again(write, run, tmp_path):
    assert run(write(("n = 1", ["parameters"]), "n"), "-p", "n=2").returncode == 0
    (tmp_path / "out.ipynb").rename(tmp_path / "second.ipynb")
    done = run(tmp_path / "second.ipynb", "-p", "n=3")
    assert done.returncode == 0
    assert len(done.notebook.cells) == 4
    assert done.notebook.cells[3].outputs[0].data["text/plain"] == "3"


def test_a_failure_ends_it_and_is_kept(engine, write, run):
    done = run(write("1", "1 / 0", "print('never')"))
    assert done.returncode == 1
    assert "Cell 3 failed: ZeroDivisionError: division by zero" in done.stderr
    cells = done.notebook.cells
    assert cells[2].outputs[0].ename == "ZeroDivisionError"
    assert cells[3].outputs == []
    no_kernel_is_left(engine)


def test_a_kernel_that_dies_says_of_what(engine, write, run):
    done = run(write("print('before', flush=True)", "import os\nos.kill(os.getpid(), 9)", "2"))
    assert done.returncode == 1
    assert "signal 9" in done.stderr
    assert done.notebook.cells[1].outputs[0].text == "before\n"
    no_kernel_is_left(engine)


def test_a_question_has_no_answer(engine, write, run):
    done = run(write("input('name? ')"))
    assert done.returncode == 1
    assert "asks for input" in done.stderr
    no_kernel_is_left(engine)


def test_stopped_from_outside(engine, write, tmp_path):
    output = tmp_path / "out.ipynb"
    process = subprocess.Popen(
        [CTL, "--data-dir", engine.data_dir, "run-notebook",
         write(f"open({str(tmp_path / 'began')!r}, 'w').close()\nprint('so far', flush=True)\n"
               "import time\ntime.sleep(100)"), "-o", output], stderr=subprocess.PIPE, text=True)
    wait_for((tmp_path / "began").exists, 60, "the cell to begin")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The run was stopped" in said
    assert nbformat.read(output, as_version=4).cells[1].outputs[0].text == "so far\n"
    no_kernel_is_left(engine)


@pytest.mark.parametrize("arguments, message", [
    (["-p", "n"], "NAME=VALUE"),
    (["-p", "a b=1"], "letters, digits and underscores"),
    (["-k", "none"], "none"),
    (["-k", "../python3"], "python3"),
])
def test_what_cannot_be_run(write, run, arguments, message):
    done = run(write("1"), *arguments)
    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "{\"nbformat\": 3}", "\0" * 1000])
def test_what_is_no_notebook(run, tmp_path, text):
    path = tmp_path / "junk.ipynb"
    path.write_text(text)
    done = run(path)
    assert done.returncode == 1
    assert "junk.ipynb" in done.stderr
    assert not hasattr(done, "notebook")


def test_an_output_that_cannot_be_written(engine, write, tmp_path):
    done = subprocess.run(
        [CTL, "--data-dir", engine.data_dir, "run-notebook", write("open('ran', 'w')"),
         "-o", tmp_path / "missing/out.ipynb"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "missing" in done.stderr
    assert not (tmp_path / "ran").exists()
