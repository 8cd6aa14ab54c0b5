# SPDX-License-Identifier: GPL-3.0-or-later
"""How a notebook's kernel fares: what it takes, what waits for it, that it ends when nobody uses it, and
that it outlives the engine."""

import fcntl
import json
import os
import re

import numpy
from clients import wait_for
from jupyter import Jupyter
from test_notebooks import STARTING, code, open_notebook, outputs, read  # noqa: F401
from test_notifications import elsewhere, shell  # noqa: F401

WARNING = re.compile(r"^Nobody has used this kernel since \d\d:\d\d\. It will be shut down at \d\d:\d\d")


def idle_ends(engine):
    """When the engine's only kernel is to be shut down."""
    jupyter = Jupyter(engine.endpoint_url, engine.secret_access_key)
    (kernel,) = jupyter.call("GET", "/api/kernels").json
    return jupyter.details(kernel["id"]).get("idle_ends")


def test_an_unused_kernel_is_told_of(engine_factory, open_notebook, start_studio, shell,  # noqa: F811
                                     elsewhere):  # noqa: F811
    """In the notebook, and on the desktop while one is elsewhere; both can have it kept. Then it is
    shut down although the notebook is open, and the notebook says why."""
    engine = engine_factory("--kernel-idle", "16")
    book = open_notebook(code("a = 1", "a"), studio=start_studio(engine.data_dir))
    studio = book.studio
    book.focus("a = 1")
    studio.key("ctrl+Return")
    book.cell("a = 1").find("label", "[1]", seconds=STARTING)
    book.save()
    studio.find("label", WARNING, seconds=60)
    studio.press("Keep it running")
    studio.gone("label", WARNING)
    assert idle_ends(engine) is None

    elsewhere()
    number = shell.find(re.compile("^Kernel of .*first.*ipynb.* will be shut down$"),
                        re.compile("^Nobody has used it since "))
    shell.press(number, "Keep it running")
    wait_for(lambda: idle_ends(engine) is None, 5, "the kernel to be kept")
    studio.gone("label", WARNING)

    studio.find("label", WARNING, seconds=60)
    studio.find("label", re.compile("was shut down: nobody had used it for 16"), seconds=60)
    book.kernel("Ended")


def is_marked(studio, name):
    """Whether a tab has the mark of what happened there: its icon and title have no colour."""
    box = studio.find("tab", name).extents()
    data = studio.desktop.picture(box).read_pixel_bytes().get_data()
    pixels = numpy.frombuffer(data, numpy.uint8).reshape(-1, 4)[:, :3].astype(int)
    return int((pixels.max(axis=1) - pixels.min(axis=1) > 60).sum()) > 8


def test_an_unused_kernel_is_told_of_beside_other_work(engine_factory, open_notebook,  # noqa: F811
                                                       start_studio, shell):  # noqa: F811
    """Who works on something else in Studio sees it at the tab of the notebook, and where the notebook is
    not open, on the desktop."""
    engine = engine_factory("--kernel-idle", "24")
    book = open_notebook(code("a = 1", "a"), studio=start_studio(engine.data_dir))
    studio = book.studio
    book.focus("a = 1")
    studio.key("ctrl+Return")
    book.cell("a = 1").find("label", "[1]", seconds=STARTING)
    book.save()
    studio.find("tab", "Home").click()
    studio.gone("list", "Cells")
    studio.wait_for(lambda: not is_marked(studio, book.path.name), "The tab was marked by what ran")
    studio.wait_for(lambda: is_marked(studio, book.path.name), "The tab was not marked", 60)
    assert idle_ends(engine) is not None
    studio.find("tab", book.path.name).click()
    studio.find("label", WARNING)
    studio.press("Keep it running")
    studio.gone("label", WARNING)
    assert not shell.shown

    studio.key("ctrl+w")
    studio.gone("tab", book.path.name)
    number = shell.find(re.compile("^Kernel of .*first.*ipynb.* will be shut down$"),
                        re.compile("^Nobody has used it since "))
    shell.press(number, "default")
    studio.find("tab", book.path.name)
    wait_for(lambda: idle_ends(engine) is None, 5, "the kernel to be kept for who opens its notebook")


def test_the_limit_is_a_preference(fresh_engine, start_studio):
    """Of the engine, so that another window and another start find it."""
    jupyter = Jupyter(fresh_engine.endpoint_url, fresh_engine.secret_access_key)
    studio = start_studio(fresh_engine.data_dir)
    studio.find("button", re.compile("Connected"))
    studio.key("ctrl+comma")
    studio.find("combo box", "Shut down unused kernels", "sensitive").click()
    studio.key("Down", "Down", "Down", "Down", "Return")
    wait_for(lambda: jupyter.call("GET", "/sagebrush/v1/kernel-settings").json["idle_seconds"] == 14400, 10,
             "the engine to know")
    studio.key("Escape")
    studio.gone("dialog")
    studio.key("ctrl+comma")
    studio.find("combo box", "Shut down unused kernels", "sensitive").find("label", "After 4 hours")
    studio.key("Escape")
    studio.gone("dialog")


def test_what_a_kernel_takes(open_notebook):  # noqa: F811
    """Memory, and the processor once there is something to compare with."""
    book = open_notebook(code("import threading, time\n"
                              "def work():\n    end = time.time() + 60\n    while time.time() < end: pass\n"
                              "threading.Thread(target=work, daemon=True).start()", "a"))
    book.focus("import threading")
    book.studio.key("ctrl+Return")
    chip = book.kernel("Ready")
    used = book.studio.wait_for(
        lambda: re.fullmatch(r"([\d.]+)\sMiB of memory, (\d+) % of one processor core",
                             chip.again().description), "It was not told", 40)
    assert float(used[1]) > 10 and int(used[2]) > 0
    chip.find("label", re.compile(r"^\d+ % CPU$"))
    book.save()


def test_the_queue_tells_places(open_notebook):  # noqa: F811
    """Cells that wait say for how many, and count down."""
    book = open_notebook(code("import os, time\nwhile not os.path.exists('one'): time.sleep(0.05)", "a"),
                         code("while not os.path.exists('two'): time.sleep(0.05)", "b"),
                         code("c = 3", "c"), code("d = 4", "d"))
    folder = book.path.parent
    book.studio.press("Run all")
    book.cell("import os").find("label", "Running", seconds=STARTING)
    for name, place in (("while not", "Waits for 1 cell"), ("c = 3", "Waits for 2 cells"),
                        ("d = 4", "Waits for 3 cells")):
        book.cell(name).find("label", place)
    (folder / "one").touch()
    book.cell("while not").find("label", "Running")
    book.cell("c = 3").find("label", "Waits for 1 cell")
    book.cell("d = 4").find("label", "Waits for 2 cells")
    (folder / "two").touch()
    book.cell("d = 4").find("label", "[4]")
    for name in ("import os", "while not", "c = 3", "d = 4"):
        assert not book.cell(name).there_is("label", re.compile("^Waits"))
    book.save()


def test_the_engine_goes_in_the_middle_of_a_run(engine_factory, open_notebook, start_studio):  # noqa: F811
    """The notebook says so, the kernel goes on, and what it said meanwhile is there once the engine is:
    all of it, once, and with the counts that it had."""
    engine = engine_factory()
    source = ("import os, time\nfor i in range(20): print('before', i, flush=True)\n"
              "while not os.path.exists('go'): time.sleep(0.05)\n"
              "for i in range(2000): print('away', i, flush=True)\n"
              "open('done', 'w').close()\n"
              "while not os.path.exists('end'): time.sleep(0.05)\nprint('the end')")
    book = open_notebook(code(source, "a"), code("print('second')\n1 + 1", "b"),
                         studio=start_studio(engine.data_dir))
    studio = book.studio
    folder = book.path.parent
    studio.press("Run all")
    book.shows("before 19", STARTING)

    # Studio starts the embedded engine anew at once, which has to wait for the one that has the lock.
    with open(engine.data_dir / "lock", "r+", encoding="ascii") as lock:
        engine.kill()
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        studio.find("label", re.compile("The engine does not answer"), seconds=30)
        book.kernel("Engine away")
        (folder / "go").touch()
        wait_for(lambda: (folder / "done").exists(), 60, "the kernel to go on")
    book.shows("away 1999", 60)
    studio.gone("label", re.compile("The engine does not answer"), seconds=60)
    book.cell("import os").find("label", "Running")
    book.cell("print('second')").find("label", "Waits for 1 cell")
    (folder / "end").touch()
    book.shows("the end")
    book.shows("second")
    book.kernel("Ready")
    book.save()
    assert outputs(book.path, 0) == "".join(f"before {i}\n" for i in range(20)) + \
        "".join(f"away {i}\n" for i in range(2000)) + "the end\n"
    assert outputs(book.path, 1) == "second\n2"
    assert [cell["execution_count"] for cell in read(book.path)] == [1, 2]
    studio.quit()


def test_widgets_come_back(fresh_engine, open_notebook, start_studio):  # noqa: F811
    """A notebook that was saved and closed asks the kernel that still runs how its widgets stand, and
    follows them; one whose kernel is gone shows what was saved with it."""
    book = open_notebook(code("from ipywidgets import IntProgress\n"
                              "bar = IntProgress(value=3, max=10, description='Load')\nbar", "a"),
                         code("bar.value = 8", "b"), studio=start_studio(fresh_engine.data_dir))
    studio = book.studio
    jupyter = Jupyter(fresh_engine.endpoint_url, fresh_engine.secret_access_key)
    book.focus("from ipywidgets")
    studio.key("ctrl+Return")
    assert book.list.find("progress bar", "Load", seconds=STARTING).value == 0.3
    book.kernel("Ready")
    book.save()
    studio.key("ctrl+w")
    studio.gone("list", "Cells")

    book = open_notebook(studio=studio)
    assert book.list.find("progress bar", "Load").value == 0.3
    book.focus("bar.value")
    studio.key("ctrl+Return")
    studio.wait_for(lambda: book.list.find("progress bar", "Load").value == 0.8, "The bar stands still")
    book.save()

    saved = {"cells": [code("bar", "c", [{
        "output_type": "display_data", "metadata": {},
        "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "a bar"}}])],
        "metadata": {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {
            "m": {"model_name": "IntProgressModel",
                  "state": {"value": 6, "max": 10, "description": "Kept"}}}}}},
        "nbformat": 4, "nbformat_minor": 5}
    book = open_notebook(data=json.dumps(saved).encode(), studio=studio, name="saved.ipynb")
    assert book.list.find("progress bar", "Kept").value == 0.6
    book.kernel("Not running")
    assert [session["path"].rsplit("/", 1)[1] for session in jupyter.call("GET", "/api/sessions").json] \
        == ["first.ipynb"]  # to look at a notebook starts nothing
