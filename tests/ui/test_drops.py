# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are dropped on the window, from a program that lets them be dragged."""

import os
import re
import subprocess
import sys
import time

import pytest
from clients import SOURCE

# A window that can be dragged from; what, its arguments say.
SHELF = """
import sys, gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk
files = Gdk.FileList.new_from_list([Gio.File.new_for_commandline_arg(a) for a in sys.argv[1:]])
window = Gtk.Window(title="Shelf", default_width=200, default_height=150)
source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
source.set_content(Gdk.ContentProvider.new_for_value(files))
label = Gtk.Label(label="Drag me", hexpand=True, vexpand=True)
label.add_controller(source)
window.set_child(label)
window.present()
GLib.MainLoop().run()
"""


@pytest.fixture
def drop(desktop):
    """Drags those files from elsewhere and lets them go over Studio."""
    shelves = []

    def drag(studio, *files):
        mine = studio.desktop.active_window()
        desktop.run("xdotool", "windowsize", "--sync", str(mine), "900", "700",
                    "windowmove", "--sync", str(mine), "0", "0")
        shelf = subprocess.Popen([sys.executable, "-c", SHELF, *map(str, files)],
                                 env=desktop.environment, stdin=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        shelves.append(shelf)
        window, = studio.wait_for(lambda: desktop.windows(shelf.pid), "No shelf")[:1]
        desktop.run("xdotool", "windowmove", "--sync", str(window), "980", "400")
        time.sleep(0.5)
        x, y, width, height = desktop.geometry(window)
        start, end = (x + width // 2, y + height // 2 + 20), (450, 450)
        command = ["xdotool", "mousemove", *map(str, start), "mousedown", "1"]
        for step in range(1, 21):
            command += ["mousemove", *(str(a + (b - a) * step // 20) for a, b in zip(start, end)),
                        "sleep", "0.03"]
        desktop.run(*command, "mousemove_relative", "2", "2", "sleep", "0.4", "mouseup", "1")
        time.sleep(0.5)
        shelf.terminate()

    yield drag
    for shelf in shelves:
        shelf.kill()
        shelf.wait()


def test_a_definition_is_dropped(studio, drop):
    drop(studio, SOURCE / "data" / "samples" / "churn" / "pipeline.json")
    studio.find("tab", re.compile("pipeline.json"))


def test_a_folder_is_dropped(studio, drop):
    drop(studio, SOURCE / "data" / "samples" / "churn")
    studio.find("list", "Files of the project")
    studio.find("label", "churn")


def test_junk_is_refused(studio, drop, tmp_path):
    """What is no file, is not there, or is far away; and too much of it."""
    os.mkfifo(tmp_path / "pipe")
    drop(studio, tmp_path / "pipe", tmp_path / "gone")
    studio.find(None, re.compile("neither a folder nor a file"))
    assert [tab.name for tab in studio.all("tab")] == ["Home"]


def test_far_files_are_refused(studio, drop):
    drop(studio, "sftp://example.invalid/pipeline.json")
    studio.find(None, re.compile("is not on this machine"))
    assert [tab.name for tab in studio.all("tab")] == ["Home"]


def test_too_many_files_are_refused(studio, drop, tmp_path):
    drop(studio, *(tmp_path / str(number) for number in range(21)))
    studio.find(None, re.compile("more files than can be opened"))
