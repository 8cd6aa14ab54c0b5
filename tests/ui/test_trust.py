# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose scripts in a notebook may run."""

import json
import re

import pytest

NOTE = "Parts of this output are not shown, because the notebook is not trusted"


@pytest.fixture(scope="module")
def engine(engine_factory):
    return engine_factory()


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [
        {"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {}, "source": "show()", "outputs": [
            {"output_type": "display_data", "metadata": {},
             "data": {"application/javascript": "1", "text/plain": "a script"}}]}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def run_command(studio, name):
    """Runs a command by the palette."""
    studio.key("ctrl+shift+p")
    palette = studio.find("dialog", "Search or run a command")
    studio.type(name)
    palette.find("row", re.compile(f"^{re.escape(name)}"), "selected")
    studio.key("Return")


def show(studio, path):
    studio.run(path)
    studio.find("tab", path.name)
    studio.find(None, "More for the notebook")


def test_trust_is_of_the_content(start_studio, engine, notebook):
    """It outlasts Studio and saving, and ends with a change of another program's, or when it is taken back."""
    studio = start_studio(engine.data_dir)
    show(studio, notebook)
    studio.find("label", NOTE)
    run_command(studio, "Trust the notebook…")
    studio.find("dialog", "Trust this notebook?").find("button", "Trust").click()
    studio.gone("label", NOTE)
    run_command(studio, "Insert a cell below")
    before = notebook.read_bytes()
    studio.key("ctrl+s")
    studio.wait_for(lambda: notebook.read_bytes() != before, "It was not saved")
    studio.quit()

    studio = start_studio(engine.data_dir)
    show(studio, notebook)
    studio.find("list", "Cells").find("entry", "Source")
    assert not studio.there_is("label", NOTE)
    trusted = notebook.read_bytes()
    notebook.write_bytes(trusted.replace(b'"1"', b'"evil()"'))
    studio.find("label", NOTE)
    notebook.write_bytes(trusted)  # as it was: it was signed
    studio.gone("label", NOTE)
    run_command(studio, "Stop trusting the notebook")
    studio.find("label", NOTE)
    studio.quit()

    studio = start_studio(engine.data_dir)
    show(studio, notebook)
    studio.find("label", NOTE)


def test_trust_travels_with_what_is_copied(start_studio, engine, notebook, tmp_path):
    """What does not run in one notebook does not run in one's own, saved or not; what does still does."""
    path = tmp_path / "own.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "execution_count": None, "id": "x", "metadata": {},
                                           "source": "there", "outputs": []}],
                                "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    studio = start_studio(engine.data_dir)

    def copy():
        show(studio, notebook)
        studio.find("row", "Code: show()").click()
        studio.key("Escape", "c")

    def paste(n):
        show(studio, path)
        studio.find("row", "Code: there").click()
        studio.key("Escape", "v")
        studio.wait_for(lambda: len(studio.all("row", "Code: show()")) == n, "It was not pasted")

    copy()
    paste(1)
    studio.find("label", NOTE)
    before = path.read_bytes()
    studio.key("ctrl+s")
    studio.wait_for(lambda: path.read_bytes() != before, "It was not saved")
    assert studio.there_is("label", NOTE)
    studio.key("ctrl+z")
    studio.gone("label", NOTE)

    show(studio, notebook)
    run_command(studio, "Trust the notebook…")
    studio.find("dialog", "Trust this notebook?").find("button", "Trust").click()
    studio.gone("label", NOTE)
    copy()
    paste(1)
    assert not studio.there_is("label", NOTE)
    studio.key("ctrl+s")
    studio.wait_for(lambda: b"a script" in path.read_bytes(), "It was not saved")
    studio.quit()

    studio = start_studio(engine.data_dir)
    show(studio, path)
    studio.find("row", "Code: show()")
    assert not studio.there_is("label", NOTE)


def test_repair_a_copy(start_studio, engine, tmp_path):
    """A broken notebook can only be read and says where; a copy of it is whole, and it itself stays."""
    path = tmp_path / "broken.ipynb"
    path.write_text('{"cells": [{"cell_type": "code", "source": "kept = 1"}], "metadata": {},'
                    ' "nbformat": 4, "nbformat_minor": 5}')
    before = path.read_bytes()
    studio = start_studio(engine.data_dir)
    show(studio, path)
    studio.find("label", re.compile("^This notebook can only be read: line 1"))
    studio.find("button", "Repair a copy").click()
    studio.find("tab", "broken-repaired.ipynb")
    copy = json.loads((tmp_path / "broken-repaired.ipynb").read_text())
    assert copy["cells"][0]["source"] in ("kept = 1", ["kept = 1"])
    assert copy["cells"][0]["outputs"] == []
    studio.gone("label", re.compile("^This notebook can only be read"))
    assert path.read_bytes() == before
