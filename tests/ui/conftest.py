# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the UI tests: a desktop, engines with the sample project, and Studio on them."""

import os
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent),
                str(Path(__file__).resolve().parents[1] / "api")]

from clients import *  # noqa: F401,F403,E402
from clients import BUILD, engines  # noqa: E402
from desktop import Desktop  # noqa: E402
from sample import Sample, export_data  # noqa: E402
from studio import Studio  # noqa: E402

PICTURES = BUILD / "meson-logs" / "ui"
FAILED = pytest.StashKey()
STARTED = pytest.StashKey()


@pytest.fixture(scope="session")
def desktop():
    """One desktop for all tests of a process."""
    desktop = Desktop().start()
    yield desktop
    desktop.stop()


@pytest.fixture(scope="session")
def churn_csv(tmp_path_factory):
    return export_data(tmp_path_factory.mktemp("churn"))


@pytest.fixture(scope="session")
def sample_engine():
    with engines() as make:
        yield make()


@pytest.fixture(scope="session")
def sample(sample_engine, churn_csv):
    """An engine that has run the sample: an execution that came to a version, which is approved and
    deployed; one that failed at its threshold; and one whose version waits. Tests that change
    these take sample_of_its_own."""
    sample = Sample(sample_engine, churn_csv).upload()
    good = sample.start(AccuracyThreshold=0.5)
    bad = sample.start(AccuracyThreshold=0.999)
    assert sample.wait(good) == "Succeeded"
    assert sample.wait(bad) == "Failed"
    sample.good, sample.bad = good, bad
    sample.approve(sample.versions()[0]["ModelPackageArn"])
    sample.endpoint = "churn-live"
    sample.deploy(sample.endpoint, sample.versions()[0]["ModelPackageArn"])
    sample.waiting = sample.start(AccuracyThreshold=0.6, MaxDepth=4)
    assert sample.wait(sample.waiting) == "Succeeded"
    sample.send(sample.endpoint, 20)
    return sample


@pytest.fixture
def sample_of_its_own(fresh_engine, churn_csv):
    """The sample's pipeline on an engine of the test's own; nothing has run yet."""
    return Sample(fresh_engine, churn_csv).upload()


@pytest.fixture
def start_studio(desktop, tmp_path, request):
    """Starts Studio; each start of a test finds the settings that the one before it left. What
    still runs at the end of the test is quit, and must end well. A test that has an engine of its
    own asks for that first, so that Studio ends before it."""
    started = request.node.stash[STARTED] = []

    def start(data_dir, *arguments, home="home", **environment):
        studio = Studio(desktop, tmp_path / home, "--data-dir", data_dir, *arguments, **environment)
        started.append(studio)
        return studio.start()

    yield start

    try:
        for studio in started:
            if studio.running() and not request.node.stash.get(FAILED, False):
                studio.quit()
    finally:
        for studio in started:
            studio.kill()


@pytest.fixture
def studio(start_studio, sample):
    """Studio on the engine that has run the sample."""
    return start_studio(sample.engine.data_dir)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keeps what was on the screen when a test failed."""
    report = yield
    desktop = item.funcargs.get("desktop")
    if desktop is not None and call.when == "call" and report.failed:
        item.stash[FAILED] = True
        report.sections.append(("Screen", keep_screen(item, desktop)))
    return report


def keep_screen(item, desktop):
    """A picture of the screen, and in words what Studio shows; returns where they are."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{item.name.replace('/', '-')}.png"
    try:
        desktop.screenshot(path)
        for studio in item.stash.get(STARTED, []):
            if studio.running():
                path.with_suffix(".txt").write_text(studio.describe())
    except (OSError, AssertionError) as error:
        return f"none: {error}"
    return str(path)
