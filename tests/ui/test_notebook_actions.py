# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to the cells of a notebook and what they show, by keys and menus."""

import re
import time

from test_notebook_jobs import run_command
from test_notebooks import STARTING, code, open_notebook, outputs, read, sources, stream, text  # noqa: F401


def test_split_merge_and_fold(open_notebook):  # noqa: F811
    """By Jupyter's own keys, each a step of one history."""
    book = open_notebook(code("a = 1\nb = 2", "a", [stream("of both\n")], 1), code("c = 3", "c"))
    studio = book.studio
    book.focus("a = 1")
    studio.key("Return", "ctrl+Home", "Down", "ctrl+shift+minus")
    studio.wait_for(lambda: book.names() == ["Code: a = 1", "Code: b = 2", "Code: c = 3"],
                    lambda: f"It was {book.names()}")
    studio.key("Escape")
    book.focus("a = 1")
    studio.key("shift+Down", "shift+Down", "shift+m")
    studio.wait_for(lambda: book.names() == ["Code: a = 1"], lambda: f"It was {book.names()}")
    book.save()
    assert sources(book.path) == ["a = 1\n\nb = 2\n\nc = 3"]
    studio.key("ctrl+z", "ctrl+z")
    studio.wait_for(lambda: book.names() == ["Code: a = 1", "Code: c = 3"], lambda: f"It was {book.names()}")
    book.shows("of both")
    book.focus("a = 1")
    studio.key("o")
    studio.wait_for(lambda: not any("of both" in (node.text or "") for node in book.list.again().walk()),
                    "The outputs were not folded")
    studio.key("o")
    book.shows("of both")
    book.save()
    assert sources(book.path) == ["a = 1\nb = 2", "c = 3"]


def test_deleted_cells_can_be_brought_back(open_notebook):  # noqa: F811
    """Out of the bin, whatever was done since, saved or not."""
    book = open_notebook(code("a = 1", "a"), code("precious = 2", "p", [stream("kept\n")], 1), code("c = 3", "c"))
    studio = book.studio
    book.focus("precious")
    studio.key("d", "d")
    book.list.gone("row", re.compile("precious"))
    book.focus("a = 1")
    studio.key("Return", "ctrl+End")
    studio.type(" + 1")
    studio.key("Escape")
    book.save()
    studio.press("More for the notebook")
    studio.find("menu item", "Deleted cells").click()
    studio.find("menu item", "precious = 2").click()
    book.cell("precious")
    book.shows("kept")
    book.cell("a = 1 + 1")
    book.save()
    assert sorted(sources(book.path)) == ["a = 1 + 1", "c = 3", "precious = 2"]


def test_find_in_sources_and_outputs(open_notebook):  # noqa: F811
    """Outputs are looked through too; what is replaced is what has been written."""
    book = open_notebook(code("word = 1", "a", [stream("a word of it\n")], 1), text("Another word", "t"))
    studio = book.studio
    book.focus("word = 1")
    studio.key("f")
    studio.find("entry", "Find in the notebook", "focused")
    studio.type("word")
    studio.find("label", re.compile("of 3$"))
    studio.press("Replace", "toggle button")
    studio.find("entry", "Replace by").click()
    studio.type("term")
    studio.press("Replace all")
    book.cell("term = 1")
    book.cell("Another term")
    book.shows("a word of it")
    studio.key("Escape")
    book.save()
    assert sources(book.path) == ["term = 1", "Another term"]
    assert outputs(book.path, 0) == "a word of it\n"
    book.focus("term = 1")
    studio.key("ctrl+z")
    book.cell("word = 1")
    book.cell("Another word")
    book.save()


def test_run_above_below_and_restart(open_notebook):  # noqa: F811
    book = open_notebook(code("n = [1]", "a"), code("n.append(2)", "b"), code("print('it is', n)", "c"))
    studio = book.studio
    book.focus("print(")
    run_command(studio, "Run all cells above")
    book.kernel("Ready")
    book.cell("n.append").find("label", "[2]")
    book.cell("print(").find("label", "[ ]")
    book.focus("n.append")
    run_command(studio, "Run the cell and all below")
    book.shows("it is [1, 2, 2]")
    book.focus("n = [1]")
    studio.key("0", "0")
    studio.press("Restart")
    book.kernel("Ready")
    book.focus("print(")
    studio.key("ctrl+Return")
    book.shows("NameError")
    book.cell("print(").find("label", "[1]")
    book.save()
    assert read(book.path)[2]["outputs"][0]["ename"] == "NameError"


def test_a_table_and_its_other_ways(open_notebook):  # noqa: F811
    """A DataFrame is a table to sort, to filter and to count over; its text is one choice away."""
    book = open_notebook(code("import pandas\n"
                              "pandas.DataFrame({'city': ['Oslo', 'Rome', 'Bern'] + ['Other'] * 30,"
                              " 'people': [700, 2800, 130] + [5000] * 30})", "a"))
    studio = book.studio
    book.focus("import pandas")
    studio.key("ctrl+Return")
    table = book.list.find(None, "Table", seconds=STARTING)

    def cities():
        words = [node.text or node.name or "" for node in table.again().walk()]
        return list(dict.fromkeys(word for word in words if word in ("Oslo", "Rome", "Bern")))

    studio.wait_for(lambda: cities() == ["Oslo", "Rome", "Bern"], lambda: f"It was {cities()}")
    table.find("column header", "people").click()
    studio.wait_for(lambda: cities() == ["Bern", "Oslo", "Rome"], lambda: f"It was {cities()}")
    book.list.find("entry", "Filter rows").click()
    studio.type("om")
    studio.wait_for(lambda: cities() == ["Rome"], lambda: f"It was {cities()}")
    book.list.find("button", "Statistics").click()
    book.shows("4655")  # the mean of all that was put out
    book.list.find("button", "Show this output in another way").click()
    studio.find("menu item", "Plain text").click()
    book.shows("Other    5000")
    book.save()


def test_a_traceback_leads_to_its_lines(open_notebook, tmp_path):  # noqa: F811
    """To the line of the file that failed, and folded away and back."""
    (tmp_path / "helper.py").write_text("def fail():\n    return 1 / 0\n")
    book = open_notebook(code("import helper\nhelper.fail()", "a"))
    studio = book.studio
    book.focus("import helper")
    studio.key("ctrl+Return")
    book.shows("ZeroDivisionError", STARTING)
    trace = studio.wait_for(lambda: [node for node in book.list.again().walk()
                                     if "helper.py:2" in (node.text or "")], "No place is named")[0]
    x, y, _, height = trace.extents()
    lines = trace.text.split("\n")
    line = next(i for i, words in enumerate(lines) if "helper.py:2" in words)
    for wrapped in range(3):  # the folder's name may be so long that this line is two, or more
        studio.click_at(x + 60, y + (line + 0.5) * height / (len(lines) + wrapped))
        time.sleep(1)
        if studio.there_is("tab", "helper.py"):
            break
    studio.find("tab", "helper.py")
    studio.find("label", re.compile("^Line 2"))
    studio.find("tab", book.path.name).click()
    book.list.find("button", "Hide the traceback").click()
    book.list.find("button", "Show the traceback").click()
    book.list.find("button", "Hide the traceback")
    book.save()
