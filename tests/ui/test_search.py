# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and replacing in all files of a project."""

import json
import re

import pytest


@pytest.fixture(scope="module")
def engine(engine_factory):
    """An engine that has nothing to do: these pages do not ask it."""
    return engine_factory()


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "train.py").write_bytes(b"rate = 0.1\r\nprint(rate)\r\n")
    (folder / "notes.md").write_text("# The rate\n\nnothing else\n")
    (folder / "table.csv").write_text("rate;other\n")
    cells = [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Title"]},
             {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1,
              "source": ["x = 1\n", "rate = 2"],
              "outputs": [{"output_type": "stream", "name": "stdout", "text": ["a rate\n"]}]}]
    (folder / "study.ipynb").write_text(json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n")
    return folder


@pytest.fixture
def studio(start_studio, engine, project):
    studio = start_studio(engine.data_dir, project)
    studio.find("list", "Files of the project").find("row", "notes.md")
    return studio


def search(studio, text):
    studio.key("ctrl+shift+f")
    studio.find("entry", "Find in all files", "focused")
    studio.type(text)
    return studio.find("list", "What was found")


def test_find_and_open(studio, project):
    """From a match to the place in the file, or the cell; what is typed and not saved counts."""
    found = search(studio, "RATE")
    studio.find("label", re.compile("5 matches · in 4 files"))
    found.find("row", "notes.md, 1 match").click()
    studio.key("End")
    found.find("row", "Line 2: print(rate)").double_click()
    studio.find("tab", "train.py")
    studio.find("label", "Line 2, column 7 · 4 selected")
    studio.wait_for(lambda: studio.focused().name == "Text of the file", "The text has not the focus")
    studio.type("price")
    studio.key("ctrl+shift+f")
    studio.find("entry", "Find in all files", "focused")
    studio.key("Return")
    studio.find("label", re.compile("4 matches · in 4 files"))
    found = studio.find("list", "What was found")
    found.find("row", "Cell 2, line 2: rate = 2").double_click()
    studio.find("tab", "study.ipynb")
    studio.key("Return")
    studio.type("speed")
    studio.wait_for(lambda: any(entry.text == "x = 1\nspeed = 2" for entry in studio.all("entry")),
                    "The match was not selected")
    studio.key("ctrl+s")
    studio.find("tab", "train.py").click()
    studio.find("entry", "Text of the file", "showing").click()
    studio.key("ctrl+s")
    studio.wait_for(lambda: b"price" in (project / "src" / "train.py").read_bytes(), "It was not saved")


def test_which_files(studio):
    found = search(studio, "(r)ate")
    studio.find("label", re.compile("^No match · 4 files searched"))
    studio.press("Regular expression", "button")
    studio.find("label", re.compile("5 matches"))
    studio.press("Which files")
    studio.find("entry", "Only in").click()
    studio.type("*.ipynb, src")
    studio.find("label", re.compile("3 matches · in 2 files"))
    studio.find("checkbox", "Outputs of notebooks").click()
    found.find("row", "Cell 2, output: a rate")
    studio.find("entry", "Not in").click()
    studio.type("*.py")
    studio.find("label", re.compile("2 matches · in 1 file ·"))
    studio.key("Escape")
    studio.key("ctrl+shift+f")
    studio.find("entry", "Find in all files", "focused")
    studio.type("(")
    studio.find("label", re.compile("This is no regular expression"))


def test_replace_and_undo(studio, project):
    """In a file that is open it is an edit, elsewhere it is written; undo takes back both."""
    before = {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()}
    studio.run(project / "notes.md")
    studio.find("tab", "notes.md")
    found = search(studio, "rate")
    found.find("row", "table.csv, 1 match")
    studio.press("Replace", "button")
    studio.find("entry", "Replace with").click()
    studio.type("speed & \"more\"")
    studio.find("button", "Replace 5")
    found.find("row", re.compile("table.csv")).click()
    studio.key("space")
    studio.press("Replace 4")
    studio.find("label", re.compile("4 matches replaced · in 3 files"))
    assert (project / "src" / "train.py").read_bytes() == \
        before[project / "src" / "train.py"].replace(b"rate", b'speed & "more"')
    study = before[project / "study.ipynb"].replace(b'"rate = 2"', b'"speed & \\"more\\" = 2"')
    assert (project / "study.ipynb").read_bytes() == study
    assert (project / "table.csv").read_text() == "rate;other\n"
    assert (project / "notes.md").read_text() == "# The rate\n\nnothing else\n"
    studio.wait_for(lambda: studio.all("entry", "Text of the file", "showing")[-1].text
                    == "# The speed & \"more\"\n\nnothing else\n", "The open file was not changed")
    studio.press("Undo")
    studio.find("label", "What was replaced is back")
    assert all(path.read_bytes() == data for path, data in before.items())
    studio.wait_for(lambda: studio.all("entry", "Text of the file", "showing")[-1].text
                    == "# The rate\n\nnothing else\n", "The open file was not changed back")


def test_undo_leaves_nothing_to_save(studio, project):
    """Of files that are open, what was taken back is what is on the disk."""
    for name in ("notes.md", "study.ipynb"):
        studio.run(project / name)
        studio.find("tab", name)
    search(studio, "rate")
    studio.press("Replace", "button")
    studio.find("entry", "Replace with").click()
    studio.type("speed")
    studio.press("Replace 5")
    studio.find("label", re.compile("5 matches replaced"))
    studio.press("Undo")
    studio.find("label", "What was replaced is back")
    studio.quit()  # which asks nothing


def test_a_large_project(start_studio, engine, tmp_path):
    """The window answers while many files are searched, and the search can be stopped."""
    folder = tmp_path / "large"
    for i in range(200):
        (folder / f"d{i}").mkdir(parents=True)
        for j in range(100):
            (folder / f"d{i}" / f"f{j}.txt").write_text("hay\n" * 50 + ("needle\n" if j == 7 else ""))
    studio = start_studio(engine.data_dir, folder)
    search(studio, "needle")
    studio.find("label", re.compile("200 matches · in 200 files · 20000 files searched"), seconds=120)
    studio.key("ctrl+a")
    studio.type("hay")
    studio.find("label", re.compile("10000 matches .* only the first 10000 matches are shown"), seconds=120)
