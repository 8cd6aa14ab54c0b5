# SPDX-License-Identifier: GPL-3.0-or-later
"""What Studio shows of a git repository."""

import base64
import json
import os
import re
import struct
import subprocess
import time
import zlib

import pytest
from test_notebooks import sources

MODIFIED = "Modified since the last commit"
NEW = "Not in the last commit"
CONTAINS = "Contains changes since the last commit"


@pytest.fixture(scope="module")
def engine(engine_factory):
    return engine_factory()


def git(folder, *arguments):
    """Runs git as a person with a name, whatever the machine's configuration is."""
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder.parent)}
    return subprocess.run(
        ["git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org", *arguments],
        cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "train.py").write_text("1\n")
    (folder / "src" / "deep.py").write_text("1\n")
    (folder / ".gitignore").write_text("*.log\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    return folder


def test_marks_in_the_tree(start_studio, engine, project):
    """The tree says what git says, and goes on to say it."""
    studio = start_studio(engine.data_dir, project)
    files = studio.find("list", "Files of the project")

    def wait_for_mark(name, mark):
        studio.wait_for(lambda: files.find("row", name).description == mark,
                        lambda: f"{name} is {files.find('row', name).description!r}")

    files.find("row", "train.py")
    assert files.find("row", "train.py").description == ""
    (project / "train.py").write_text("2\n")
    wait_for_mark("train.py", MODIFIED)
    (project / "new.py").write_text("1\n")
    wait_for_mark("new.py", NEW)
    (project / "run.log").write_text("1\n")
    wait_for_mark("run.log", "Ignored by git")
    files.find("row", "src").click()
    studio.key("Return")
    files.find("row", "deep.py")
    (project / "src" / "deep.py").write_text("2\n")
    wait_for_mark("deep.py", MODIFIED)
    wait_for_mark("src", CONTAINS)
    git(project, "add", ".")
    git(project, "commit", "-qm", "two")
    wait_for_mark("train.py", "")
    wait_for_mark("src", "")
    wait_for_mark("new.py", "")


def write_notebook(path, *cells):
    """A notebook of code cells: (id, source, text of its output)."""
    path.write_text(json.dumps({"cells": [
        {"cell_type": "code", "execution_count": 1, "id": name, "metadata": {}, "source": source,
         "outputs": [{"name": "stdout", "output_type": "stream", "text": text}] if text else []}
        for name, source, text in cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))


def run_command(studio, name):
    """Runs a command by the palette."""
    studio.key("ctrl+shift+p")
    palette = studio.find("dialog", "Search or run a command")
    studio.type(name)
    palette.find("row", re.compile(f"^{re.escape(name)}"), "selected")
    studio.key("Return")


def test_strip_on_commit(start_studio, engine, project):
    """Commits without outputs are switched on and off, and git does what the dialog says."""
    notebook = project / "n.ipynb"
    write_notebook(notebook, ("a", "print(1)", "1\n"))
    kept = notebook.read_bytes()
    studio = start_studio(engine.data_dir, project)
    studio.find("list", "Files of the project")
    run_command(studio, "Strip outputs on commit…")
    studio.find("dialog", "Strip outputs on commit?").find("button", "Strip outputs").click()
    studio.wait_for(lambda: (project / ".gitattributes").exists(), "Nothing was set up")
    git(project, "add", ".")
    git(project, "commit", "-qm", "notebook")
    assert json.loads(git(project, "show", "HEAD:n.ipynb"))["cells"][0]["outputs"] == []
    assert notebook.read_bytes() == kept
    assert git(project, "status", "--porcelain") == ""

    run_command(studio, "Strip outputs on commit…")
    studio.find("dialog", "Commit outputs again?").find("button", "Switch off").click()
    studio.wait_for(lambda: not (project / ".gitattributes").exists(), "It was not switched off")
    assert "sagebrush" not in (project / ".git" / "config").read_text()


def picture(*colour):
    """A square of that colour as a PNG, as notebooks hold it."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * 10) * 10
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
                            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")).decode()


def add_outputs(path, position, *outputs):
    """Gives a cell these outputs: bundles by type."""
    notebook = json.loads(path.read_text())
    notebook["cells"][position]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": data} for data in outputs]
    path.write_text(json.dumps(notebook, indent=1))


TABLE = ('<table border="1" class="dataframe"><thead><tr><th></th><th>a</th></tr></thead>'
         "<tbody><tr><th>0</th><td>1</td></tr></tbody></table>")


@pytest.fixture
def notebook(project):
    """A notebook that is not as it was committed: changed, removed, added and moved cells."""
    path = project / "n.ipynb"
    lines = "".join(f"line_{number} = {number}\n" for number in range(20))
    write_notebook(path, ("same", "import os", ""), ("alike", "import sys", ""),
                   ("text", f"{lines}model = fit(data, 10)", "loss 0.5\nloss 0.4\n"),
                   ("gone", "print('gone')", ""), ("plot", "plot()", ""), ("moved", "late()", ""))
    add_outputs(path, 4, {"image/png": picture(200, 0, 0), "text/plain": "<Figure>"})
    git(project, "add", ".")
    git(project, "commit", "-qm", "notebook")
    write_notebook(path, ("same", "import os", ""), ("alike", "import sys", ""), ("moved", "late()", ""),
                   ("text", f"{lines}model = fit(rows, 10)", "loss 0.5\nloss 0.3\n"),
                   ("plot", "plot()", ""), ("new", "print('new')", ""))
    add_outputs(path, 4, {"image/png": picture(0, 0, 200), "text/plain": "<Figure>"},
                {"text/html": TABLE})
    return path


def differences(studio):
    """The names of the rows that differ, from the top."""
    rows = studio.find("list", "Cells that differ").all("row")
    return [row.name for row in rows if "nchanged" not in row.name]


NOTEBOOK, COMPARED = "n.ipynb", "n.ipynb and the last commit"
CHANGED, MOVED = "Cell 4: Changed (source, outputs)", "Cell 3, was 6: Moved"
GONE, PLOT, ADDED = "Cell 4: Removed", "Cell 5: Changed (outputs)", "Cell 6: Added"


def wait_for_mark(studio, name, is_marked=True):
    """Waits until the tab has the mark of what is not saved, which is a button, or has it no more."""
    def marks():
        return [sum(button.extents()[2] > 0 for button in tab.all("button")) > 1
                for tab in studio.all("tab", name)]

    studio.wait_for(lambda: marks() == [is_marked], lambda: f"The marks of {name!r} are {marks()}")


def step_to(studio, name):
    """Goes to the row that differs, by the keyboard."""
    studio.find("list", "Cells that differ")
    for _ in range(8):
        studio.key("F8")
        if studio.there_is("row", name, "focused"):
            break
    return studio.find("row", name, "focused")


def test_compare_with_the_last_commit(start_studio, engine, project, notebook):
    """What differs is found cell by cell, gone through by the keyboard, and taken back one by one."""
    studio = start_studio(engine.data_dir, project)
    studio.run(notebook)
    studio.find("tab", re.compile("n.ipynb"))
    studio.find(None, "More for the notebook")
    run_command(studio, "Compare with the last commit")
    studio.find("tab", "n.ipynb and the last commit")
    studio.wait_for(lambda: differences(studio)[:3] == [MOVED, CHANGED, GONE],
                    lambda: f"The differences are {differences(studio)}")
    studio.find("label", "2 changed · 1 added · 1 removed · 1 moved")
    studio.find("label", "17 unchanged lines")
    for name in (MOVED, CHANGED, GONE, PLOT, ADDED, MOVED, CHANGED, GONE):
        studio.key("F8")
        studio.find("row", name, "focused")
    studio.find("row", PLOT).find(None, "Picture changed")
    studio.key("shift+F8")
    changed = studio.find("row", CHANGED, "focused")

    changed.find("button", "Revert").click()
    studio.gone("row", CHANGED)
    studio.key("ctrl+z")
    studio.find("row", CHANGED)
    for name in (GONE, "Cell 7: Added", MOVED, "Cell 3: Changed (source, outputs)", "Cell 5: Changed (outputs)"):
        step_to(studio, name).find("button", "Revert").click()
        studio.gone("row", name)
    studio.find(None, "No differences")
    committed = json.loads(git(project, "show", "HEAD:n.ipynb"))
    wait_for_mark(studio, NOTEBOOK)
    wait_for_mark(studio, COMPARED, False)
    studio.key("ctrl+s")
    studio.wait_for(lambda: json.loads(notebook.read_text()) == committed, "It is not what was committed")
    wait_for_mark(studio, NOTEBOOK, False)


def test_compare_with_the_file(start_studio, engine, project):
    """What is not saved is shown until it is; what cannot be compared says why."""
    path = project / "fresh.ipynb"
    write_notebook(path, ("a", "one", ""), ("b", "two", ""))
    studio = start_studio(engine.data_dir, project)
    studio.run(path)
    studio.find("tab", "fresh.ipynb")
    studio.find(None, "More for the notebook")
    run_command(studio, "Compare with the last commit")
    studio.find("tab", "fresh.ipynb and the last commit")
    studio.find(None, re.compile("The last commit does not have this file"))
    studio.key("ctrl+w")
    studio.find("tab", re.compile(r"^fresh.ipynb(?! and)")).click()
    run_command(studio, "Insert a cell below")
    run_command(studio, "Compare with the file on disk")
    studio.find("row", re.compile(r"Cell \d: Added"))
    studio.find("button", "Revert").click()
    studio.find(None, "No differences")
    studio.find("tab", re.compile(r"^fresh.ipynb(?! and)")).click()
    studio.key("ctrl+s")
    wait_for_mark(studio, "fresh.ipynb", False)


def test_compare_notebook_without_its_page(start_studio, engine, project, notebook):
    """A comparison holds what is reverted in it where nothing else does: it is marked, saved, asked for."""
    studio = start_studio(engine.data_dir, project)
    compare_by_tree(studio, "n.ipynb")
    wait_for_mark(studio, COMPARED, False)
    written = notebook.read_bytes()
    studio.find("list", "Cells that differ")
    studio.key("ctrl+s")  # there is nothing to be saved
    step_to(studio, GONE).find("button", "Revert").click()
    wait_for_mark(studio, COMPARED)
    assert notebook.read_bytes() == written
    studio.key("ctrl+s")
    wait_for_mark(studio, COMPARED, False)
    assert "print('gone')" in sources(notebook)

    written = notebook.read_bytes()
    step_to(studio, "Cell 7: Added").find("button", "Revert").click()
    wait_for_mark(studio, COMPARED)
    studio.key("ctrl+w")
    studio.find("dialog", "Save changes?").find("button", "Cancel").click()
    studio.gone("dialog", "Save changes?")
    studio.run(notebook)  # its own page holds it now, and asks
    wait_for_mark(studio, NOTEBOOK)
    wait_for_mark(studio, COMPARED, False)
    studio.key("ctrl+w")
    studio.find("dialog", "Save changes?").find("button", "Discard").click()
    studio.gone("tab", NOTEBOOK)
    added = step_to(studio, "Cell 7: Added")
    wait_for_mark(studio, COMPARED, False)
    assert notebook.read_bytes() == written

    added.find("button", "Revert").click()
    wait_for_mark(studio, COMPARED)
    studio.key("ctrl+w")
    studio.find("dialog", "Save changes?").find("button", "Save").click()
    studio.gone("tab", COMPARED)
    assert "print('new')" not in sources(notebook)


def test_compare_notebook_of_two_programs(start_studio, engine, project, notebook):
    """What another program wrote meanwhile is not overwritten from a comparison; the notebook asks."""
    studio = start_studio(engine.data_dir, project)
    compare_by_tree(studio, "n.ipynb")
    studio.find("tab", COMPARED)
    step_to(studio, GONE).find("button", "Revert").click()
    wait_for_mark(studio, COMPARED)
    write_notebook(notebook, ("theirs", "theirs()", ""))
    theirs = notebook.read_bytes()
    studio.key("ctrl+s")
    studio.find(None, re.compile("Open it to decide what is to stay"))
    studio.run(notebook)
    studio.find(None, re.compile("Another program has changed the file, and you have changes"))
    assert notebook.read_bytes() == theirs
    studio.key("ctrl+q")
    studio.find("dialog").find("button", re.compile("Discard")).click()
    studio.wait()


def changed_lines(studio):
    """The names of the places that differ, from the top."""
    rows = studio.find("list", "Lines that differ").all("row")
    return [row.name for row in rows if "nchanged" not in row.name]


def compare_by_tree(studio, name, command="Compare with the last commit"):
    """Compares a file by the menu of its row."""
    studio.find("list", "Files of the project").find("row", name).click(button=3)
    studio.find("menu item", command).click()
    studio.gone("menu item", command)


def close_tab(studio, name):
    """Closes the tab in front. A menu that goes may still have the keyboard, and take the key along."""
    def is_closed():
        if studio.there_is("tab", name):
            studio.key("ctrl+w")
            time.sleep(2)
        return not studio.there_is("tab", name)

    studio.wait_for(is_closed, f"The tab {name!r} did not close")


@pytest.fixture
def steps(project):
    """A text that is not as it was committed, and what was committed."""
    path = project / "steps.py"
    lines = [f"step_{number} = {number}" for number in range(40)]
    committed = "\n".join(lines) + "\n"
    path.write_text(committed)
    git(project, "add", ".")
    git(project, "commit", "-qm", "steps")
    lines[1] = "step_1 = one"
    del lines[20]
    lines.append("last = True")
    path.write_text("\n".join(lines) + "\n")
    return path, committed


LINES = ["Line 2: Changed", "Line 21: Removed", "Line 40: Added"]


def test_compare_text_with_the_last_commit(start_studio, engine, project, steps):
    """What differs in a text is found line by line, gone through by the keyboard, taken back and saved."""
    path, committed = steps
    studio = start_studio(engine.data_dir, project)
    compare_by_tree(studio, "steps.py")
    studio.find("tab", "steps.py and the last commit")
    studio.wait_for(lambda: changed_lines(studio) == LINES,
                    lambda: f"The differences are {changed_lines(studio)}")
    studio.find("label", "1 changed · 1 added · 1 removed")
    for name in (*LINES, LINES[0]):
        studio.key("F8")
        studio.find("row", name, "focused")
    studio.key("shift+F8")
    studio.find("row", LINES[2], "focused")
    studio.find("button", "12 unchanged lines").click()
    studio.find("row", "Lines 6–17: Unchanged")

    studio.find("row", LINES[0]).find("button", "Revert").click()
    studio.gone("row", LINES[0])
    studio.key("ctrl+z")
    studio.find("row", LINES[0])
    for name in (LINES[0], LINES[1], "Line 41: Added"):
        studio.find("row", name).find("button", "Revert").click()
        studio.gone("row", name)
    studio.find(None, "No differences")
    assert path.read_text() != committed
    studio.key("ctrl+s")
    studio.wait_for(lambda: path.read_text() == committed, "It is not what was committed")


def test_compare_text_that_is_edited(start_studio, engine, project, steps):
    """The comparison follows what is typed; without an editor it asks before what is not saved goes."""
    path, committed = steps
    studio = start_studio(engine.data_dir, project)
    studio.run(path)
    studio.find("entry", "Text of the file", "focused")
    studio.type("import os")
    studio.key("Return")
    studio.find("button", "More of this file").click()
    studio.find("menu item", "Compare with the file on disk").click()
    studio.find("tab", "steps.py and the file on disk")
    studio.find("row", "Line 1: Added").find("button", "Revert").click()
    studio.find(None, "No differences")
    studio.find(None, "The text is as it is on disk.")
    studio.key("ctrl+w")

    studio.find("tab", re.compile("^steps.py(?! and)")).click()
    run_command(studio, "Compare with the last commit")
    studio.find("row", LINES[0])
    studio.find("tab", re.compile("^steps.py(?! and)")).click()
    studio.find("entry", "Text of the file").click()
    studio.key("ctrl+Home")
    studio.type("import sys")
    studio.key("Return")
    studio.key("ctrl+w")
    studio.find("dialog", "Save changes?").find("button", "Discard").click()
    studio.gone("tab", re.compile("^steps.py(?! and)"))
    studio.wait_for(lambda: changed_lines(studio) == LINES,
                    lambda: f"What was discarded is still there: {changed_lines(studio)}")
    studio.find("row", LINES[0]).find("button", "Revert").click()
    studio.gone("row", LINES[0])
    studio.key("ctrl+w")
    studio.find("dialog", "Save changes?").find("button", "Save").click()
    studio.gone("tab", re.compile("steps.py"))
    studio.wait_for(lambda: path.read_text().startswith("step_0 = 0\nstep_1 = 1\n"), "It was not saved")


def test_compare_what_is_no_such_text(start_studio, engine, project):
    """What cannot be compared says why, and what only the ends of lines differ in says so."""
    (project / "model.bin").write_bytes(bytes(range(256)) * 8)
    (project / "crlf.txt").write_text("one\ntwo\n")
    git(project, "add", ".")
    git(project, "-c", "core.autocrlf=false", "commit", "-qm", "two")
    (project / "crlf.txt").write_bytes(b"one\r\ntwo\r\n")
    (project / "fresh.txt").write_text("new\n")
    studio = start_studio(engine.data_dir, project)
    for name, text in (("model.bin", "This is not text"),
                       ("fresh.txt", re.compile("The last commit does not have this file")),
                       ("crlf.txt", re.compile("UTF-8 · LF there, UTF-8 · CRLF here"))):
        compare_by_tree(studio, name)
        studio.find("tab", f"{name} and the last commit")
        studio.find(None, text)
        close_tab(studio, f"{name} and the last commit")


def test_compare_with_what_is_no_file(start_studio, engine, project, notebook):
    """A pipe has taken the place of the file: nothing waits for what may come out of it."""
    studio = start_studio(engine.data_dir, project)
    studio.run(notebook)
    studio.find("tab", re.compile("n.ipynb"))
    studio.find(None, "More for the notebook")
    kept = notebook.read_bytes()
    notebook.unlink()
    os.mkfifo(notebook)
    run_command(studio, "Compare with the file on disk")
    studio.find(None, "Nothing to compare with")
    notebook.unlink()
    notebook.write_bytes(kept)
    studio.find("button", "Try again").click()
    studio.find(None, "No differences")
