# SPDX-License-Identifier: GPL-3.0-or-later
"""Notebooks: cells, modes, the file, and a kernel that outlives the window. With the real engine and
the real ipykernel."""

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

GONE = re.compile("deleted or moved")
STARTING = 60  # seconds until a kernel may have run its first cell


def code(source, name, outputs=(), count=None):
    return {"cell_type": "code", "execution_count": count, "id": name, "metadata": {},
            "outputs": list(outputs), "source": source}


def text(source, name):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def stream(words):
    return {"name": "stdout", "output_type": "stream", "text": words}


def to_bytes(*cells):
    """A notebook as Jupyter writes it."""
    return (json.dumps({
        "cells": list(cells),
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python",
                           "name": "python3"},
            "language_info": {"name": "python"}},
        "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False) + "\n").encode()


def read(path):
    return json.loads(path.read_text())["cells"]


def sources(path):
    return ["".join(cell["source"]) for cell in read(path)]


def outputs(path, index):
    """What a cell of the file has put out, as text."""
    return "".join("".join(output.get("text", output.get("data", {}).get("text/plain", "")))
                   for output in read(path)[index]["outputs"])


class Notebook:
    """A notebook that Studio shows."""

    def __init__(self, studio, path):
        self.studio = studio
        self.path = path
        studio.find("tab", path.name)
        self.list = studio.find("list", "Cells")

    def cells(self):
        return self.list.all("row")

    def cell(self, name):
        return self.list.find("row", re.compile(f": {re.escape(name)}"))

    def names(self):
        return [node.name for node in self.cells()]

    def source(self, name):
        return self.cell(name).find("entry", "Source")

    def focus(self, name):
        """To the cell in command mode."""
        self.cell(name).find("button", "Run the cell")
        x, y, _, height = self.cell(name).extents()
        self.studio.click_at(x + 50, y + min(height - 4, 34))
        self.studio.wait_for(lambda: self.cell(name).has("focused"), f"{name} had not the focus")

    def shows(self, words, seconds=20):
        """Waits until some output has these words."""
        self.studio.wait_for(
            lambda: any(words in (node.text or "") for node in self.list.again().walk()),
            f"{words!r} was not shown", seconds)

    def kernel(self, state, seconds=STARTING):
        return self.studio.find("button", re.compile(f"^Kernel .*, {state}$"), seconds=seconds)

    def save(self):
        before = self.path.read_bytes()
        self.studio.key("ctrl+s")
        self.studio.wait_for(lambda: self.path.read_bytes() != before, "Nothing was saved")


@pytest.fixture
def open_notebook(start_studio, engine, tmp_path):
    """Writes a notebook and opens it, in a new Studio or in the one that is given."""
    def open_it(*cells, studio=None, name="first.ipynb", data=None):
        path = tmp_path / name
        if cells or data:
            path.write_bytes(data or to_bytes(*cells))
        studio = studio or start_studio(engine.data_dir)
        studio.run("--open", f"notebook/{path}")
        return Notebook(studio, path)

    return open_it


def test_opened_from_the_command_line_it_has_the_keyboard(start_studio, engine, tmp_path):
    """Its first cell, and not the name of the file or the tab."""
    path = tmp_path / "first.ipynb"
    path.write_bytes(to_bytes(code("print(6 * 7)", "a")))
    studio = start_studio(engine.data_dir, path)
    studio.find("list item", re.compile("print"), "focused")
    studio.key("ctrl+Return")
    book = Notebook(studio, path)
    book.shows("42", STARTING)
    book.save()


def test_it_goes_with_its_file(start_studio, engine, tmp_path):
    """A notebook that has been renamed keeps its tab, what is not saved in it, and its kernel."""
    path = tmp_path / "project" / "first.ipynb"
    path.parent.mkdir()
    path.write_bytes(to_bytes(code("x = 6 * 7", "x"), code("print(x)", "p")))
    studio = start_studio(engine.data_dir, path.parent)
    studio.run("--open", f"notebook/{path}")
    book = Notebook(studio, path)
    book.focus("x = 6 * 7")
    studio.key("ctrl+Return")
    book.kernel("Ready")
    files = studio.find("list", "Files of the project")
    files.find("row", "first.ipynb").click()
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.type("second")
    studio.key("Return")
    moved = path.with_name("second.ipynb")
    book = Notebook(studio, moved)
    book.focus("print(x)")
    studio.key("ctrl+Return")
    book.shows("42")
    book.save()
    assert outputs(moved, 1) == "42\n"
    assert not path.exists()
    studio.quit()
    studio = start_studio(engine.data_dir, path.parent)
    book = Notebook(studio, moved)
    book.kernel("Ready")
    book.focus("print(x)")
    studio.key("Return", "ctrl+a")
    studio.type("print(-x)")
    studio.key("ctrl+Return")
    book.shows("-42")
    book.save()


def test_it_goes_where_another_program_moves_it(start_studio, engine, tmp_path):
    """Renamed in a terminal, then with its folder: its tab, what is not saved in it and its kernel go
    along. What is deleted is offered to be written again, whatever file comes to its inode."""
    path = tmp_path / "project" / "old" / "first.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(to_bytes(code("x = 6 * 7", "x"), code("print(x)", "p")))
    studio = start_studio(engine.data_dir, tmp_path / "project")
    studio.run("--open", f"notebook/{path}")
    book = Notebook(studio, path)
    book.focus("x = 6 * 7")
    studio.key("ctrl+Return")
    book.kernel("Ready")
    path = path.rename(path.with_name("second.ipynb"))
    book = Notebook(studio, path)
    book.focus("print(x)")
    studio.key("ctrl+Return")
    book.shows("42")
    book.save()
    assert outputs(path, 1) == "42\n"

    book.focus("print(x)")
    studio.key("Return", "ctrl+a")
    studio.type("print(-x)")
    path.parent.rename(tmp_path / "project" / "deep")
    (tmp_path / "project" / "new").mkdir()
    (tmp_path / "project" / "deep").rename(tmp_path / "project" / "new" / "deep")
    path = tmp_path / "project" / "new" / "deep" / "second.ipynb"
    studio.gone("label", GONE)
    studio.key("ctrl+Return")
    book = Notebook(studio, path)
    book.shows("-42")
    book.save()
    assert outputs(path, 1) == "-42\n"
    assert list((tmp_path / "project").rglob("*.ipynb")) == [path]

    path.unlink()
    path.with_name("other.ipynb").write_bytes(to_bytes(code("other", "o")))
    studio.find("label", GONE)
    book.focus("x = 6 * 7")
    studio.key("ctrl+s")
    studio.wait_for(path.exists, "It was not written again")
    assert sources(path) == ["x = 6 * 7", "print(-x)"]
    studio.gone("label", GONE)


def test_its_kernel_goes_with_a_file_that_is_closed(start_studio, engine, tmp_path):
    """A notebook in a folder that is renamed while it is not open finds its kernel where it is then."""
    path = tmp_path / "project" / "old" / "first.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(to_bytes(code("x = 6 * 7", "x"), code("print(x)", "p")))
    studio = start_studio(engine.data_dir, tmp_path / "project")
    studio.run("--open", f"notebook/{path}")
    book = Notebook(studio, path)
    book.focus("x = 6 * 7")
    studio.key("ctrl+Return")
    book.kernel("Ready")
    book.save()
    studio.key("ctrl+w")
    studio.gone("tab", path.name)
    files = studio.find("list", "Files of the project")
    files.find("row", "old").click()
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.type("new")
    studio.key("Return")
    files.find("row", "new")
    path = tmp_path / "project" / "new" / "first.ipynb"
    studio.run("--open", f"notebook/{path}")
    book = Notebook(studio, path)
    book.kernel("Ready")
    book.focus("print(x)")
    studio.key("ctrl+Return")
    book.shows("42")
    book.save()


def test_modes_undo_and_saved_bytes(open_notebook):
    """One history over typing, cells that go and come, and kinds; a file that was not changed, or
    was changed back, is what it was to the byte."""
    before = to_bytes(text("# Title", "t"), code("a = 1", "a", [stream("out\n")], 3), code("b = 2", "b"))
    book = open_notebook(data=before)
    studio = book.studio
    assert [name.split(":")[0] for name in book.names()] == ["Text", "Code", "Code"]

    # Typing in the source, from command mode and back.
    book.focus("a = 1")
    studio.key("Return", "ctrl+End")
    studio.type(" + 41")
    studio.key("Escape")
    book.cell("a = 1 + 41")
    # Below it a cell, text, a heading; then both are deleted.
    studio.key("b", "m", "Return")
    studio.type("words")
    studio.key("Escape", "2")
    book.cell("## words")
    studio.key("d", "d")
    book.list.gone("row", re.compile("words"))
    book.save()
    assert sources(book.path) == ["# Title", "a = 1 + 41", "b = 2"]
    assert outputs(book.path, 1) == "out\n"

    # Back across the deletion and the save, to the beginning.
    studio.key("ctrl+z")
    book.cell("## words")
    for _ in range(12):
        studio.key("ctrl+z")
    studio.wait_for(lambda: book.names() == ["Text: # Title", "Code: a = 1", "Code: b = 2"],
                    lambda: f"It was {book.names()}")
    book.save()
    assert book.path.read_bytes() == before


def test_run_and_see(open_notebook):
    """Cells run in order on a kernel that starts by itself; what comes is shown and saved."""
    book = open_notebook(code("a = 6\nprint('six', a)", "a"), code("a * 7", "b"),
                         code("1 / 0", "c"), code("print('never')", "d"))
    studio = book.studio
    book.kernel("Not running")
    book.focus("a = 6")
    studio.key("shift+Return")
    book.shows("six 6", STARTING)
    book.kernel("Ready")
    studio.key("shift+Return")
    book.shows("42")
    # A failure ends what waits behind it.
    studio.press("Run all")
    book.shows("ZeroDivisionError")
    book.cell("1 / 0").find("label", "Failed")
    book.cell("print('never')").find("label", "Not run")
    book.save()
    assert outputs(book.path, 0) == "six 6\n" and outputs(book.path, 1) == "42"
    assert [cell["execution_count"] for cell in read(book.path)][:2] == [3, 4]
    assert read(book.path)[2]["outputs"][0]["ename"] == "ZeroDivisionError"


def test_input_and_interrupt(open_notebook):
    """Code asks in its place; a loop without an end is interrupted."""
    book = open_notebook(code("name = input('Who? ')\nprint('Hello ' + name)", "a"),
                         code("import time\nprint('on')\nwhile True: time.sleep(0.1)", "b"))
    studio = book.studio
    book.focus("name = input")
    studio.key("ctrl+Return")
    studio.find("entry", re.compile("Who"), seconds=STARTING)
    studio.wait_for(lambda: "Who" in (studio.focused().name or ""), "The answer had not the focus")
    studio.type("Ada")
    studio.key("Return")
    book.shows("Hello Ada")
    book.focus("import time")
    studio.key("ctrl+Return")
    book.shows("on")
    studio.key("i", "i")
    book.shows("KeyboardInterrupt")
    book.kernel("Ready")
    book.save()


def test_another_program_changes_the_file(open_notebook):
    """Without changes here it is read anew, with a way back; with some, one is asked."""
    book = open_notebook(code("a = 1", "a"))
    studio = book.studio
    book.cell("a = 1")
    book.path.write_bytes(to_bytes(code("theirs = 2", "a")))
    book.cell("theirs = 2")
    studio.press("Undo")
    book.cell("a = 1")
    book.save()
    assert sources(book.path) == ["a = 1"]

    book.focus("a = 1")
    studio.key("Return", "ctrl+End")
    studio.type(" # mine")
    theirs = to_bytes(code("theirs = 3", "a"))
    book.path.write_bytes(theirs)
    studio.press("Resolve…")
    studio.find("dialog")
    studio.key("Escape")
    assert book.path.read_bytes() == theirs
    studio.key("ctrl+s")
    studio.press("Keep mine")
    studio.wait_for(lambda: sources(book.path) == ["a = 1 # mine"], "Mine were not kept")

    # What does not touch the same cell can stay, both.
    book.focus("a = 1 # mine")
    studio.key("Return", "ctrl+End")
    studio.type(" too")
    book.path.write_bytes(to_bytes(code("a = 1 # mine", "a"), code("b = 2", "b")))
    studio.press("Resolve…")
    studio.press("Merge")
    book.cell("b = 2")
    book.save()
    assert sources(book.path) == ["a = 1 # mine too", "b = 2"]

    # What does is chosen, cell by cell.
    book.focus("a = 1 # mine too")
    studio.key("Return", "ctrl+End")
    studio.type("!")
    book.path.write_bytes(to_bytes(code("a = 1 # theirs", "a"), code("b = 2", "b")))
    studio.press("Resolve…")
    studio.find("combo box", re.compile("Mine: a = 1 # mine too!")).click()
    time.sleep(0.5)
    studio.key("Down", "Return")
    studio.press("Merge")
    book.cell("a = 1 # theirs")
    assert sources(book.path) == ["a = 1 # theirs", "b = 2"]


def find_kernel(data_dir):
    """The process of the kernel of that engine."""
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"ipykernel" in command and str(data_dir).encode() in command:
            return int(process.name)
    return None


def test_kernel_that_dies(open_notebook, engine):
    """The bar tells how; one press begins anew and runs to where it ended."""
    book = open_notebook(code("a = 1", "a"),
                         code("import os, signal\nif not os.path.exists('died'):\n"
                              "    open('died', 'w').close()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
                              "print('lives', a)", "b"), code("print('after')", "c"))
    studio = book.studio
    studio.press("Run all")
    studio.press("Restart and run to where it ended", seconds=STARTING)
    book.shows("lives 1", STARTING)
    assert not book.cell("print('after')").there_is("label", "Failed")
    book.save()


def test_studio_killed_in_the_middle_of_a_run(open_notebook, start_studio, engine):
    """Nothing of what the kernel put out is lost, and the run goes on."""
    source = "import time\nfor i in range(60):\n    print('step', i, flush=True)\n    time.sleep(0.2)"
    book = open_notebook(code(source, "a"), code("print('the', 'end')", "b"))
    book.studio.press("Run all")
    book.shows("step 3", STARTING)
    book.studio.kill()
    time.sleep(1)

    book = open_notebook(studio=start_studio(engine.data_dir))
    book.shows("step 0")
    book.kernel("Running")
    book.shows("the end", STARTING)
    book.save()
    assert outputs(book.path, 0) == "".join(f"step {i}\n" for i in range(60))
    assert outputs(book.path, 1) == "the end\n"
    assert [cell["execution_count"] for cell in read(book.path)] == [1, 2]


def test_what_the_kernel_knows(open_notebook):
    """It completes names, and tells its variables to who looks at them."""
    book = open_notebook(code("answer_of_all = 42", "a"), code("x = answer_o", "b"))
    studio = book.studio
    book.focus("answer_of_all")
    studio.key("ctrl+Return")
    book.kernel("Ready")
    book.cell("answer_of_all").find("label", "[1]")
    source = book.source("x = ")
    source.click()
    studio.key("ctrl+End", "ctrl+space")
    studio.find(name=re.compile("answer_of_all"), role="label")
    time.sleep(0.5)
    studio.key("Return")
    studio.wait_for(lambda: source.text == "x = answer_of_all", lambda: f"It was {source.text!r}")
    studio.press("Outline, variables, plots and runs", "toggle button")
    studio.find("tab", "Variables").click()
    studio.find("list", "Variables").find("label", "42")
    studio.key("Escape")
    book.save()


def test_a_kernel_of_another_language(open_notebook, tmp_path):
    """Bash, of an environment at the root of the notebook's repository: it runs, completes and fails
    as others do; nothing of Python is asked of it, and the file tells its language."""
    (tmp_path / "notes").mkdir()
    (tmp_path / ".git").mkdir()
    spec = tmp_path / ".venv" / "share" / "jupyter" / "kernels" / "bash"
    spec.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (spec / "kernel.json").write_text(json.dumps({
        "argv": ["python3", str(Path(__file__).with_name("bash_kernel.py")), "-f", "{connection_file}"],
        "display_name": "Bash", "language": "bash"}))
    book = open_notebook(code("answer_of_all=$((6 * 7))", "a"), code("echo $answer_o", "b"), code("false", "c"),
                         name="notes/first.ipynb")
    studio = book.studio
    studio.find("button", re.compile("^Kernel ")).click()
    studio.find("menu item", "Bash").click()
    book.focus("answer_of_all=")
    studio.key("ctrl+Return")
    studio.find("button", re.compile("^Kernel Bash, Ready$"), seconds=STARTING)
    book.cell("answer_of_all=").find("label", "[1]")
    source = book.source("echo ")
    source.click()
    studio.key("ctrl+End", "ctrl+space")
    studio.find(name=re.compile("answer_of_all"), role="label")
    time.sleep(0.5)
    studio.key("Return")
    studio.wait_for(lambda: source.text == "echo $answer_of_all", lambda: f"It was {source.text!r}")
    studio.key("ctrl+Return")
    book.shows("42")
    studio.press("Outline, variables, plots and runs", "toggle button")
    studio.find("tab", "Variables").click()
    studio.find("label", "This kernel does not tell its variables")
    book.focus("false")
    studio.key("ctrl+Return")
    book.shows("ended with 1")
    book.save()
    metadata = json.loads(book.path.read_text())["metadata"]
    assert metadata["kernelspec"] == {"display_name": "Bash", "language": "bash", "name": "bash"}
    assert metadata["language_info"] == {"name": "bash", "mimetype": "text/x-sh", "file_extension": ".sh"}
    assert outputs(book.path, 0) == ""  # nor has bash been given words of Python to run


def test_signature_and_documentation(open_notebook):
    """What a call takes is shown while one writes it, and more of it on demand."""
    book = open_notebook(code("def mix(first, second=2, *, shade='red'):\n"
                              "    \"\"\"Mixes\n    two.\n\n    Of many words.\"\"\"", "a"),
                         code("mix", "b"),
                         code("import os, time\nwhile not os.path.exists('go'): time.sleep(.1)", "c"))
    studio = book.studio
    book.focus("def mix")
    studio.key("ctrl+Return")
    book.kernel("Ready")
    book.cell("def mix").find("label", "[1]")
    source = book.source("mix")
    source.click()
    studio.key("ctrl+End")
    studio.type("(")
    studio.find("label", "mix(first, second=2, *, shade='red')")
    studio.find("label", "Mixes two.")
    # It takes no key, stays while one writes, and goes with the parenthesis.
    studio.type("1, mix")
    studio.find("label", "Mixes two.")
    studio.type(")")
    studio.gone("label", "Mixes two.")
    assert source.text == "mix(1, mix)"
    # By a key; Escape takes it away and leaves one in the source.
    studio.key("Left", "ctrl+shift+space")
    studio.find("label", "Mixes two.")
    studio.key("Escape")
    studio.gone("label", "Mixes two.")
    studio.type("!")
    assert source.text == "mix(1, mix!)"
    studio.key("BackSpace")

    # All that is known of the name at the cursor.
    studio.key("shift+Tab")
    studio.find("label", re.compile("Of many words", re.DOTALL))
    studio.key("Escape")
    studio.gone("label", re.compile("Of many words", re.DOTALL))
    assert source.text == "mix(1, mix)"

    # A kernel that works is not asked: it would answer when it is done, to what was written long ago.
    studio.key("Escape", "Down", "ctrl+Return")
    book.kernel("Running")
    source.click()
    studio.key("ctrl+End")
    studio.type(" + mix(")
    studio.wait_for(lambda: source.text == "mix(1, mix) + mix(", "It was not written")
    (book.path.parent / "go").touch()
    book.kernel("Ready")
    time.sleep(1)
    assert not studio.there_is("label", "Mixes two.")
    studio.type("mix(")
    studio.find("label", "Mixes two.")
    book.save()


def test_plot_history(open_notebook):
    """Pictures that were drawn over or cleared can still be seen, copied and traced to their cell."""
    draw = ("import struct, zlib\n"
            "def chunk(kind, data):\n"
            "    body = kind + data\n"
            "    return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))\n"
            "def plot(red, green, blue, width=300, height=200):\n"
            "    rows = (b'\\0' + bytes((red, green, blue)) * width) * height\n"
            "    png = (b'\\x89PNG\\r\\n\\x1a\\n'\n"
            "           + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))\n"
            "           + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))\n"
            "    display({'image/png': __import__('base64').b64encode(png).decode()}, raw=True)")
    book = open_notebook(code(draw, "a"),
                         code("plot(200, 30, 30)\nplot(30, 200, 30)\nfrom IPython.display import "
                              "clear_output\nclear_output()\nplot(30, 30, 200)", "b"),
                         code("display({'image/svg+xml': \"<svg xmlns='http://www.w3.org/2000/svg' "
                              "width='90' height='60'><rect width='90' height='60' fill='#c8a014'/>"
                              "</svg>\"}, raw=True)", "c"))
    studio = book.studio
    studio.press("Outline, variables, plots and runs", "toggle button")
    studio.find("tab", "Plots").click()
    studio.find("label", "No plots")
    studio.press("Run all")
    plots = studio.find("list", "Plots", seconds=STARTING)
    book.kernel("Ready")
    studio.wait_for(lambda: len(plots.all("row")) == 4, lambda: f"There were {plots.all('row')}")
    # The last one first.
    assert [("svg" in row.name) for row in plots.all("row")] == [True, False, False, False]
    studio.wait_for(lambda: studio.has_colour((200, 30, 30), 2000), "The red one was not there")
    studio.press("More for the notebook", "toggle button")
    studio.find("menu item", "Clear all outputs").click()
    studio.wait_for(lambda: not book.list.there_is(None, "Picture"), "The outputs were not cleared")
    assert len(plots.all("row")) == 4

    plots.all("row")[1].click()
    dialog = studio.find("dialog")
    dialog.find("label", "2 of 4")
    studio.wait_for(lambda: studio.has_colour((30, 30, 200), 300 * 200), "It was not large")
    dialog.find("button", "Zoom in", "sensitive").click()
    dialog.find("button", "125 %")
    studio.wait_for(lambda: studio.has_colour((30, 30, 200), 370 * 250), "It did not grow")
    dialog.find("button", "125 %").click()
    dialog.find("button", "Fit")
    studio.key("Right", "Right")
    dialog.find("label", "4 of 4")
    studio.wait_for(lambda: studio.has_colour((200, 30, 30), 300 * 200), "The oldest was not shown")
    assert not dialog.find("button", "Older plot").has("sensitive")
    dialog.find("button", "Copy the plot").click()
    studio.find("label", "Copied")
    dialog.find("button", "Go to the cell").click()
    studio.gone("dialog")
    studio.wait_for(lambda: "plot(200" in (studio.focused().name or ""), "The cell had not the focus")
    studio.key("d", "d")
    plots.all("row")[1].click()
    assert not studio.find("button", "Go to the cell").has("sensitive")
    studio.key("Escape")
    studio.gone("dialog")
    book.save()


def test_plots_of_the_file(open_notebook):
    """What the file shows is in the history, too."""
    shown = {"data": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' width='90' "
                                       "height='60'><rect width='90' height='60' fill='#c8a014'/></svg>",
                      "image/png": "broken"},
             "metadata": {}, "output_type": "display_data"}
    book = open_notebook(code("first()", "a", [shown], 1), code("second()", "b", [shown], 2))
    book.studio.press("Outline, variables, plots and runs", "toggle button")
    book.studio.find("tab", "Plots").click()
    plots = book.studio.find("list", "Plots")
    plots.find("row", "Plot of first()")
    assert [row.name for row in plots.all("row")] == ["Plot of second()", "Plot of first()"]
    plots.all("row")[0].click()
    book.studio.find("dialog").find("label", re.compile("broken"))
    book.studio.key("Escape")


def test_cells_move_and_travel(open_notebook):
    """By keys and by hand within a notebook, by the clipboard from one to another."""
    book = open_notebook(code("a = 1", "a"), text("# Title", "t"), code("b = 2", "b"),
                         code("c = 3", "c"))
    studio = book.studio
    book.focus("a = 1")
    studio.key("ctrl+shift+Down")
    studio.wait_for(lambda: book.names()[:2] == ["Text: # Title", "Code: a = 1"],
                    lambda: f"It was {book.names()}")
    studio.key("ctrl+z")
    studio.wait_for(lambda: book.names()[0] == "Code: a = 1", "The move was not undone")

    # By the gutter, to below the last one.
    x, y, _, height = book.cell("a = 1").extents()
    _, below, _, last = book.cell("c = 3").extents()
    studio.drag((x + 50, y + height // 2), (x + 60, below + last - 2))
    studio.wait_for(lambda: book.names()[-1] == "Code: a = 1", lambda: f"It was {book.names()}")
    book.focus("a = 1")
    studio.key("ctrl+z")

    # Two at once are copied into another notebook; one is cut and comes back elsewhere.
    book.focus("b = 2")
    studio.key("shift+Down", "c")
    other = open_notebook(code("there", "x"), studio=studio, name="second.ipynb")
    other.list = studio.wait_for(lambda: [node for node in studio.all("list", "Cells")
                                          if node.there_is("row", "Code: there")], "It is not shown")[0]
    other.focus("there")
    studio.key("v")
    studio.wait_for(lambda: other.names() == ["Code: there", "Code: b = 2", "Code: c = 3"],
                    lambda: f"It was {other.names()}")
    other.focus("there")
    studio.key("x")
    studio.wait_for(lambda: other.names() == ["Code: b = 2", "Code: c = 3"], "It was not cut")
    other.focus("c = 3")
    studio.key("v")
    other.save()
    assert sources(other.path) == ["b = 2", "c = 3", "there"]
    assert len({cell["id"] for cell in read(other.path)}) == 3


def test_one_notebook_twice(open_notebook):
    """Two views beside each other show one document."""
    book = open_notebook(code("a = 1", "a"), code("b = 2", "b"))
    studio = book.studio
    book.focus("a = 1")
    studio.key("ctrl+backslash")
    lists = studio.wait_for(lambda: len(studio.all("list", "Cells")) == 2
                            and studio.all("list", "Cells"), "There was no second view")
    lists[0].find("entry", "Source").click()
    studio.key("ctrl+End")
    studio.type(" + 41")
    for shown in lists:
        shown.find("row", "Code: a = 1 + 41")
    # A cell that comes in one comes in the other, and either can undo it.
    studio.key("Escape", "b")
    for shown in lists:
        studio.wait_for(lambda shown=shown: len(shown.all("row")) == 3, "It did not come")
    lists[1].find("entry", "Source").click()
    studio.key("Escape", "z")
    for shown in lists:
        studio.wait_for(lambda shown=shown: len(shown.all("row")) == 2, "It was not undone")
    book.save()
    assert sources(book.path) == ["a = 1 + 41", "b = 2"]


def test_a_session_comes_back(open_notebook, start_studio, engine):
    """The tab of a notebook with its place in it and the cell that was chosen."""
    book = open_notebook(*(code(f"cell = {i}\n" * 6, f"c{i}") for i in range(40)))
    studio = book.studio
    book.focus("cell = 0")
    for _ in range(30):
        studio.key("Down")
    studio.wait_for(lambda: "cell = 30" in (studio.focused().name or ""), "Down did not lead there")
    chosen = studio.focused()
    _, top, _, _ = chosen.extents()
    studio.quit()

    studio = start_studio(engine.data_dir)
    studio.find("tab", "first.ipynb")
    cells = studio.find("list", "Cells")
    row = cells.find("row", "Code: cell = 30", "selected")
    studio.wait_for(lambda: abs(row.extents()[1] - top) < 20, "It was elsewhere")


def test_studio_killed_while_one_writes(open_notebook, start_studio, engine):
    """What had not been saved is there again, and can be undone or saved."""
    book = open_notebook(code("a = 1", "a"))
    before = book.path.read_bytes()
    book.focus("a = 1")
    book.studio.key("Return", "ctrl+End")
    book.studio.type(" + 41")
    book.cell("a = 1 + 41")
    kept = book.studio.home
    book.studio.wait_for(lambda: any(b"+ 41" in path.read_bytes() for path in kept.rglob("*.notebook")
                                     if path.is_file()), "No copy was kept", 60)
    book.studio.kill()
    assert book.path.read_bytes() == before

    book = open_notebook(studio=start_studio(engine.data_dir))
    book.cell("a = 1 + 41")
    assert book.path.read_bytes() == before
    book.focus("a = 1 + 41")
    book.save()
    assert sources(book.path) == ["a = 1 + 41"]


def test_to_a_script_and_back(open_notebook):
    book = open_notebook(text("# Title\n\nwords", "t"), code("%matplotlib inline\na = 1", "a"),
                         code("!ls\nb = 2", "b"))
    studio = book.studio
    script = book.path.with_name("exported.py")
    studio.press("More for the notebook", "toggle button")
    studio.find("menu item", "Export as a script…").click()
    dialog = studio.find("dialog", "Export as a script")
    dialog.find("entry", state="focused")
    studio.key("ctrl+a")
    studio.type(str(script))
    studio.key("Return")
    studio.find("label", "Exported to “exported.py”")
    assert "# %% [markdown]\n# # Title\n" in script.read_text()
    assert "# !ls\n" in script.read_text()

    studio.run(str(script))
    studio.find("tab", re.compile("exported.py"))
    studio.find("entry", "Text of the file", "showing")
    studio.press("More of this file", "toggle button")
    studio.find("menu item", "Convert to a notebook").click()
    studio.find("tab", "exported.ipynb")
    assert sources(script.with_suffix(".ipynb")) == sources(book.path)
    studio.kill()  # GTK's own file chooser does not free all of itself at the end


def test_a_kernel_that_nobody_uses(open_notebook, start_studio, engine_factory):
    """Who closes the notebook is told how long it stays; who opens it later, why it is gone."""
    engine = engine_factory("--kernel-idle", "8")
    studio = start_studio(engine.data_dir)
    book = open_notebook(code("import os\nprint('of', os.getpid())", "a"), studio=studio)
    book.focus("import os")
    studio.key("ctrl+Return")
    book.shows("of ", STARTING)
    book.kernel("Ready")
    book.save()
    studio.key("ctrl+w")
    studio.find("label", re.compile("shut down when it has nothing to do .* for 8"))
    studio.wait_for(lambda: find_kernel(engine.data_dir) is None, "It was not shut down", 60)

    book = open_notebook(studio=studio)
    studio.find("label", re.compile("was shut down: nobody had used it for 8"))
    studio.find("button", "Restart").click()
    book.kernel("Ready")
    book.focus("import os")
    studio.key("ctrl+Return")
    book.cell("import os").find("label", "[1]")
    book.save()
    studio.quit()
    engine.stop()


def test_stale_cells(open_notebook):
    """What ran before something above it did is marked, and run again from there."""
    book = open_notebook(code("a = 1", "a"), code("b = a", "b"), code("print('b is', b)", "c"))
    studio = book.studio
    studio.press("Run all")
    book.shows("b is 1", STARTING)
    book.kernel("Ready")
    assert not book.list.there_is("label", "Changed since it ran")
    book.focus("b = a")
    studio.key("Return", "ctrl+End")
    studio.type(" + 1")
    studio.key("Escape")
    book.cell("print(").find("label", "Changed since it ran")
    assert not book.cell("a = 1").there_is("label", "Changed since it ran")
    studio.key("ctrl+Return")
    studio.press("More for the notebook", "toggle button")
    studio.find("menu item", "Run from the first cell that changed").click()
    book.shows("b is 2")
    book.cell("print(").gone("label", "Changed since it ran")
    assert book.cell("a = 1").there_is("label", "[1]")
    studio.press("More for the notebook", "toggle button")
    studio.find("menu item", "Run from the first cell that changed").click()
    studio.find("label", "Nothing has changed since it ran")
    book.save()
