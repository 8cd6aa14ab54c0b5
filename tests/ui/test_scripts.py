# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts, and pieces of them, on a kernel. With the real engine and the real ipykernel."""

import json
import re
import time

import pytest

STARTING = 60  # seconds until a kernel may have run its first piece
TEXT = "Text of the file"


@pytest.fixture(scope="module")
def engine(engine_factory):
    return engine_factory()


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "project" / "fit.py"
    path.parent.mkdir()
    path.write_text("import os\n\n# %%\nx = 6 * 7\nprint(x)\n\n# %% [markdown]\n# A heading\n\n"
                    "# %%\nprint(os.getcwd())\n")
    return path


def show(studio, path):
    studio.run(path)
    studio.find("tab", path.name)
    studio.wait_for(lambda: studio.focused() is not None and studio.focused().name == TEXT,
                    "The text has not the focus")


def console_of(studio):
    """The cells of the console: pairs of what ran and what it put out."""
    folder = studio.home / ".local" / "state" / "sagebrush" / "consoles"
    files = list(folder.glob("*.ipynb")) if folder.is_dir() else []
    text = files[0].read_text() if files else ""
    cells = json.loads(text)["cells"] if text else []
    return [("".join(cell["source"]), "".join("".join(output.get("text", "")) for output in cell["outputs"]))
            for cell in cells]


def wait_for_console(studio, expected):
    studio.wait_for(lambda: console_of(studio) == expected,
                    lambda: f"The console has {console_of(studio)}, not {expected}", STARTING)


def test_run_pieces(start_studio, engine, script):
    """Lines, cells and the whole file, in the folder of the script, as they are on the screen."""
    studio = start_studio(engine.data_dir)
    show(studio, script)
    studio.key("shift+Return")
    wait_for_console(studio, [("import os", "")])
    studio.find("label", "Line 3, column 1")
    studio.key("Down", "End")
    studio.type(" + 1")
    studio.key("ctrl+Return")
    ran = [("import os", ""), ("x = 6 * 7 + 1\nprint(x)", "43\n")]
    wait_for_console(studio, ran)
    assert "+ 1" not in script.read_text()
    studio.press("Run the file")
    wait_for_console(studio, [*ran, *ran, ("print(os.getcwd())", f"{script.parent}\n")])
    studio.key("ctrl+a")
    studio.type("while True: pass")
    studio.key("shift+Return")
    studio.find("button", "Interrupt the kernel", seconds=STARTING).click()
    studio.wait_for(lambda: console_of(studio)[-1][0] == "while True: pass", "It did not run")
    studio.find("button", "Kernel Python 3 (ipykernel), Ready", seconds=STARTING)
    studio.find("entry", TEXT, "showing").click()
    studio.key("ctrl+s")
    studio.wait_for(lambda: script.read_text() == "while True: pass", "It was not saved")


def test_console_has_its_own_words(start_studio, engine, script):
    """Its menu has nothing that is about the script's tab or about notebooks, and it says what it is."""
    studio = start_studio(engine.data_dir)
    show(studio, script)
    studio.key("shift+Return")
    wait_for_console(studio, [("import os", "")])
    studio.find("button", "Kernel Python 3 (ipykernel), Ready", seconds=STARTING)
    studio.press("More for the notebook")
    studio.find("menu item", "Export as a script…")
    names = [node.name for node in studio.all("menu item")]
    assert any(name.startswith("Run all cells above") for name in names), names
    for name in ("Run as job…", "Compare with the file on disk", "Compare with the last commit", "Strip outputs",
                 "Save"):
        assert not any(found.startswith(name) for found in names), names
    studio.key("Escape")
    studio.press("More of this file")
    studio.find("menu item", "Console").click()
    studio.find("label", re.compile("^The kernel of the script runs on; "))


def test_what_is_a_cell(start_studio, engine, script):
    """The same as when the script becomes a notebook: a word of a title or a string begins none."""
    script.write_text("# %% Load [raw] data\nx = \"\"\"\n# %% [markdown]\n\"\"\"\nprint(len(x))\n\n"
                      "# %% As it is [raw]\nraise SystemExit\n")
    studio = start_studio(engine.data_dir)
    show(studio, script)
    studio.press("Run the file")
    ran = ("x = \"\"\"\n# %% [markdown]\n\"\"\"\nprint(len(x))", "17\n")
    wait_for_console(studio, [ran])
    studio.key("ctrl+End", "ctrl+Return")  # what is no code does not run
    studio.key("ctrl+Home", "Down", "Down", "ctrl+Return")
    wait_for_console(studio, [ran, ran])


def test_only_scripts_are_run(start_studio, engine, script):
    """What cannot be run is offered nowhere: words, and a script of which only a part has been read."""
    (script.parent / "notes.md").write_text("words")
    (script.parent / "large.py").write_bytes((b"x = 1" + b" " * 1000 + b"\n") * 12_000)
    studio = start_studio(engine.data_dir)
    for name, is_there in (("fit.py", True), ("notes.md", False), ("large.py", False)):
        show(studio, script.parent / name)
        studio.press("More of this file")
        studio.find("menu item", "Wrap lines")
        for label in ("Run the file", "Run the cell", "Console", "Convert to a notebook"):
            assert studio.there_is("menu item", label) == is_there, (name, label)
        studio.key("Escape")
        studio.gone("menu item", "Wrap lines")
        studio.key("ctrl+shift+p")
        palette = studio.find("dialog", "Search or run a command")
        studio.type("run the")
        if is_there:
            palette.find("row", re.compile("^Run the file"))
            palette.find("row", re.compile("^Run the cell of the script"))
        else:
            palette.find(None, "Nothing found")
        studio.key("Escape")
        studio.gone("dialog")
        studio.key("ctrl+w")
        studio.gone("tab", name)


def rename(studio, path, name):
    """Gives a file of the project another name, in the tree."""
    files = studio.find("list", "Files of the project")
    files.find("row", path.name).click()
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.key("ctrl+a")
    studio.type(name)
    studio.key("Return")
    studio.wait_for(path.with_name(name).exists, "It was not renamed")
    return path.with_name(name)


def test_the_console_goes_with_its_script(start_studio, engine, script):
    """A script that has been renamed runs on the kernel that it had, now and when Studio comes back."""
    script.write_text("x = 6")
    studio = start_studio(engine.data_dir, script.parent)
    show(studio, script)
    studio.key("shift+Return")
    wait_for_console(studio, [("x = 6", "")])
    moved = rename(studio, script, "line.py")
    studio.find("tab", "line.py")
    studio.find("entry", TEXT, "showing").click()
    studio.key("ctrl+a")
    studio.type("print(x + 1)")
    studio.key("shift+Return", "ctrl+s")
    ran = [("x = 6", ""), ("print(x + 1)", "7\n")]
    wait_for_console(studio, ran)
    studio.wait_for(lambda: moved.read_text() == "print(x + 1)", "It was not saved")
    assert not script.exists()
    studio.quit()
    studio = start_studio(engine.data_dir)
    show(studio, moved)
    studio.key("shift+Return")
    wait_for_console(studio, [*ran, ran[1]])


def test_it_runs_on_without_studio(start_studio, engine, script):
    script.write_text("import time\nfor i in range(6):\n    time.sleep(1); print(i)\n")
    studio = start_studio(engine.data_dir)
    show(studio, script)
    studio.key("ctrl+a", "shift+Return")
    studio.find("button", "Interrupt the kernel", seconds=STARTING)
    time.sleep(2)
    studio.kill()
    time.sleep(6)
    studio = start_studio(engine.data_dir)
    show(studio, script)
    studio.press("More of this file")
    studio.find("menu item", "Console").click()
    studio.find("label", re.compile("^0\n1\n2\n3\n4\n5"))
