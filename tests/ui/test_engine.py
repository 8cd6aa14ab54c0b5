# SPDX-License-Identifier: GPL-3.0-or-later
"""Studio and the engine's life: started when there is none, gone, back, stuck, left alone."""

import os
import re
import signal
import time

import pytest
from clients import stop_everything, wait_for
from sample import PIPELINE

CHIP = "^Connection Embedded: "


@pytest.fixture
def no_engine(tmp_path):
    """A data directory without an engine; what Studio starts there is ended afterwards."""
    yield tmp_path / "engine"
    stop_everything(tmp_path / "engine")


def running_engine(data_dir):
    """The process number of the engine on that directory; None while there is none."""
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if entry.isdigit() and words[0].endswith(b"sagebrushd") and str(data_dir).encode() in words:
            return int(entry)
    return None


def test_first_start(no_engine, start_studio):
    """Without any engine Studio starts one of its own, which is empty, and every section says
    how to fill it."""
    studio = start_studio(no_engine)
    studio.find("label", "Welcome to Sagebrush")
    studio.find("button", re.compile(CHIP + "Connected"))
    assert running_engine(no_engine)
    for key, words in (("alt+2", "No pipelines yet"), ("alt+5", "No jobs yet"),
                       ("alt+3", "No model"), ("alt+4", "No endpoints")):
        studio.key(key)
        studio.find("label", re.compile(words))


def test_the_sample_runs_at_the_first_start(no_engine, start_studio):
    studio = start_studio(no_engine)
    studio.press("Run the sample pipeline", seconds=60)
    studio.find("tab", re.compile("."))
    studio.wait_for(lambda: "Succeeded" in studio.find("button", "RegisterChurn").description,
                    "The sample did not come to its end", 90)


def test_the_engine_outlives_the_window(no_engine, start_studio):
    studio = start_studio(no_engine)
    studio.find("button", re.compile(CHIP + "Connected"))
    engine = running_engine(no_engine)
    studio.quit()
    time.sleep(1)
    assert running_engine(no_engine) == engine
    studio = start_studio(no_engine)
    studio.find("button", re.compile(CHIP + "Connected"))
    assert running_engine(no_engine) == engine


def test_an_engine_that_is_killed_comes_back(no_engine, start_studio):
    """What is shown stays, the chip says what happens, and the embedded engine is started anew."""
    studio = start_studio(no_engine)
    studio.find("button", re.compile(CHIP + "Connected"))
    first = running_engine(no_engine)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: running_engine(no_engine) not in (None, first), 30, "another engine")
    studio.find("button", re.compile(CHIP + "Connected"), seconds=30)
    studio.key("alt+5")
    studio.find("label", re.compile("No jobs yet"))


def test_an_engine_that_hangs_does_not_stop_the_window(sample_of_its_own, start_studio):
    engine = sample_of_its_own.engine
    studio = start_studio(engine.data_dir)
    studio.key("alt+2")
    studio.find("row", re.compile(PIPELINE))
    engine.process.send_signal(signal.SIGSTOP)
    try:
        for number in (5, 1, 3, 2):
            studio.key(f"alt+{number}")
            studio.key("ctrl+p")
            studio.find("dialog", "Open anything", seconds=10)
            studio.key("Escape")
            studio.gone("dialog", seconds=10)
    finally:
        engine.process.send_signal(signal.SIGCONT)
    studio.find("row", re.compile(PIPELINE))


def test_lists_are_live(sample_of_its_own, start_studio, unique):
    """What others create, change and delete is seen without a key being pressed."""
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir)
    studio.key("alt+5")
    studio.find("label", re.compile("No jobs yet"))
    name = unique("live")
    sample.start_job(name, "sleep 2")
    studio.find("row", re.compile(f"{name}.*Running"), seconds=3)
    studio.find("row", re.compile(f"{name}.*Completed"))
    studio.key("alt+2")
    studio.find("row", re.compile(PIPELINE))
    sample.sagemaker.delete_pipeline(PipelineName=PIPELINE)
    studio.gone("row", re.compile(PIPELINE))


def test_closing_the_window_stops_nothing(sample_of_its_own, start_studio):
    sample = sample_of_its_own
    execution = sample.start(AccuracyThreshold=0.5)
    studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    studio.find("tab", PIPELINE)
    studio.quit()
    assert sample.wait(execution) == "Succeeded"
    studio = start_studio(sample.engine.data_dir)
    studio.find("tab", PIPELINE)
    studio.find("list", "Executions").find("group", "Succeeded")


def test_killed_studio_loses_nothing(sample_of_its_own, start_studio):
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir)
    execution = sample.start(AccuracyThreshold=0.5)
    studio.kill()
    assert sample.wait(execution) == "Succeeded"
    studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    studio.find("list", "Executions").find("group", "Succeeded")


