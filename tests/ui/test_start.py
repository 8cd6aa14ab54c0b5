# SPDX-License-Identifier: GPL-3.0-or-later
"""How Studio starts, what it can be given, and what the next start finds."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from clients import BUILD
from sample import FOLDER, PIPELINE
from studio import Studio

INSPECTED = re.compile("^(Nothing selected|Created)$")


def test_help_needs_no_display(desktop, tmp_path):
    studio = Studio(desktop, tmp_path / "home")
    result = studio.run("--help", DISPLAY="", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    assert result.returncode == 0, result.stderr
    for option in ("--data-dir", "--open", "--new-window"):
        assert option in result.stdout
    # GLib 2.84 never frees the options of a program that it asks for its version.
    version = studio.run("--version", DISPLAY="",
                         ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
    assert version.returncode == 0, version.stderr
    assert re.fullmatch(r"sagebrush \d+\.\d+\.\d+\n", version.stdout)
    wrong = studio.run("--no-such-option", DISPLAY="")
    assert wrong.returncode != 0 and "--no-such-option" in wrong.stderr


def test_a_second_start_hands_over_to_the_first(studio):
    result = studio.run("--open", "jobs")
    assert result.returncode == 0, result.stderr
    studio.find("tab", "Jobs")
    assert len(studio.windows()) == 1
    assert studio.run("--new-window").returncode == 0
    studio.wait_for_windows(2)


def test_what_cannot_be_opened_is_said(studio):
    result = studio.run("--open", "no-such-thing/../../etc/passwd")
    assert "no-such-thing" in result.stdout + result.stderr
    studio.run("/no/such/file.json")
    studio.find(None, re.compile("/no/such/file.json"))
    # A file's name is no option, even when it looks like one.
    studio.run("--", "--help")
    studio.find(None, re.compile("neither a folder nor a file"))


def test_a_pipeline_file_opens_and_becomes_a_pipeline(start_studio, engine_factory, tmp_path):
    engine = engine_factory()
    path = tmp_path / "my churn.json"
    shutil.copy(FOLDER / "pipeline.json", path)
    studio = start_studio(engine.data_dir, path)
    studio.find("button", re.compile("^TrainChurn"))
    name = studio.find("entry", "Name of the pipeline")
    name.click()
    studio.key("ctrl+a")
    studio.type("FromFile")
    studio.press("Create pipeline")
    studio.find("tab", "FromFile")
    described = engine.client("sagemaker").describe_pipeline(PipelineName="FromFile")
    assert json.loads(described["PipelineDefinition"]) == json.loads(path.read_text())


def test_a_project_folder_shows_its_files(start_studio, sample, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(FOLDER, project)
    (project / "notes").mkdir()
    (project / "notes" / "inside.json").write_text("{}")
    studio = start_studio(sample.engine.data_dir, project)
    files = studio.find("list", "Files of the project")
    files.find("row", "notes").double_click()
    files.find("row", "inside.json")
    files.find("row", "pipeline.json").double_click()
    studio.find("button", re.compile("^TrainChurn"))


def test_broken_settings_do_no_harm(start_studio, sample, tmp_path):
    folder = tmp_path / "home" / "config" / "glib-2.0" / "settings"
    folder.mkdir(parents=True)
    (folder / "keyfile").write_text(
        "[org/sagebrush/Studio]\nsessions={'embedded': <{'frames': <[(uint32 4000000000,"
        " uint32 7, uint32 9, [('jobs', @mv nothing), ('no/where', @mv nothing)])]>}>}\n"
        "window-size=(-5, 1000000)\nstyle='no such style'\nrecent=[1, 2\n\0\xff")
    studio = start_studio(sample.engine.data_dir)
    studio.find("tab", "Home")


def test_the_session_comes_back(start_studio, sample):
    studio = start_studio(sample.engine.data_dir)
    studio.key("alt+5")
    studio.find("tab", "Jobs")
    studio.run("--open", f"pipeline/{PIPELINE}")
    studio.find("tab", PIPELINE)
    studio.key("ctrl+backslash")
    studio.wait_for(lambda: len(studio.all("tab", PIPELINE)) == 2, "The page was not split")
    studio.key("ctrl+i")
    studio.find(None, INSPECTED)
    studio.quit()

    studio = start_studio(sample.engine.data_dir)
    studio.find("tab", "Jobs")
    studio.wait_for(lambda: len(studio.all("tab", PIPELINE)) == 2, "The split did not come back")
    left, right = (node.extents()[0] for node in studio.all("tab", PIPELINE))
    assert left != right
    studio.find(None, INSPECTED)


def test_what_is_out_of_sight_comes_when_it_is_shown(start_studio, sample):
    """The tabs of a session are there at once, under their names; their pages as they are needed, with
    what they showed, also after a session in which nobody looked."""
    studio = start_studio(sample.engine.data_dir)
    studio.key("alt+5")
    studio.find("tab", "Jobs")
    studio.run("--open", f"pipeline/{PIPELINE}")
    studio.find("tab", PIPELINE).click()
    studio.find("tab", "Definition").click()
    studio.find("tab", "Definition", "checked")
    names = [node.name for node in studio.all("tab") if node.name in ("Jobs", PIPELINE)]
    studio.key("ctrl+1")
    studio.find("button", re.compile("New training job"))
    studio.quit()

    for _ in range(2):
        studio = start_studio(sample.engine.data_dir)
        studio.find("button", re.compile("New training job"))
        assert [node.name for node in studio.all("tab")
                if node.name in ("Jobs", PIPELINE)] == names
        assert not studio.there_is("tab", "Definition")
        studio.quit()

    studio = start_studio(sample.engine.data_dir)
    studio.find("tab", PIPELINE).click()
    studio.find("tab", "Definition", "checked")


@pytest.mark.parametrize("style,dark", [("Dark", True), ("Light", False)])
def test_the_style_is_kept(start_studio, sample, style, dark):
    studio = start_studio(sample.engine.data_dir)
    studio.key("ctrl+comma")
    dialog = studio.find("dialog", "Preferences")
    dialog.find("combo box", "Style").click()
    dialog.find("label", style).click()
    studio.wait_for(lambda: studio.is_dark() == dark, f"Studio was not {style}")
    studio.key("Escape")
    studio.quit()

    studio = start_studio(sample.engine.data_dir)
    assert studio.is_dark() == dark
    studio.key("ctrl+comma")
    studio.find("dialog", "Preferences").find("label", style)
    studio.key("Escape")


def test_it_starts_without_what_it_does_not_need(studio):
    """No portal, no keyring, no notification daemon: nothing of that keeps Studio from working."""
    names = subprocess.run(
        ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus",
         "/org/freedesktop/DBus", "org.freedesktop.DBus.ListNames"], env=studio.environment,
        capture_output=True, text=True, check=True).stdout
    assert "org.sagebrush.Studio" in names
    assert "portal" not in names and "Notifications" not in names
    studio.find("tab", "Home")


def test_a_critical_warning_ends_the_program():
    """What the other tests rely on: a program that loads what they load into Studio ends at one."""
    done = subprocess.run(
        [sys.executable, "-c",
         "import ctypes, gi\nfrom gi.repository import Gio\nGio.Vfs.get_default()\n"
         "ctypes.CDLL('libglib-2.0.so.0').g_return_if_fail_warning(b'Test', b'f', b'!wrong')"],
        env={**os.environ, "GIO_EXTRA_MODULES": str(BUILD / "tests" / "ui"),
             "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0:handle_sigtrap=0"},
        capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGTRAP, done.stderr
    assert "assertion '!wrong' failed" in done.stderr
