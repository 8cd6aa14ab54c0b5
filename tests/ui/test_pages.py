# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page, again and again: what was opened is let go of when it is closed."""

import os
import shutil

import gi
import pytest

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

from clients import SOURCE  # noqa: E402
from sample import GROUP, PIPELINE  # noqa: E402
from studio import wait_until  # noqa: E402

ROUNDS = 50


def locations(sample):
    """A page of each kind, with something to show."""
    training = sample.sagemaker.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
    processing = sample.sagemaker.list_processing_jobs()["ProcessingJobSummaries"][0]
    executions = [arn.rsplit("/", 1)[1] for arn in (sample.good, sample.bad)]
    return ["jobs", f"training-job/{training}",
            f"processing-job/{processing['ProcessingJobName']}",
            f"new-job/training-job/{training}", "pipelines", f"pipeline/{PIPELINE}",
            *(f"pipeline-execution/{PIPELINE}/execution/{name}" for name in executions),
            "models", f"model-package-group/{GROUP}", f"model-package/{GROUP}/1",
            f"model-package/{GROUP}/2", "endpoints", f"endpoint/{sample.endpoint}"]


class Remote:
    """Opens pages as a notification would, by the session bus: no process is started for it."""

    def __init__(self, studio):
        self.studio = studio
        self.bus = Gio.DBusConnection.new_for_address_sync(
            studio.environment["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def show(self, location):
        assert self.studio.running(), f"Studio ended: {self.studio.output()}"
        target = GLib.Variant("(ss)", ("embedded", location))
        self.bus.call_sync("org.sagebrush.Studio", "/org/sagebrush/Studio", "org.gtk.Actions",
                           "Activate", GLib.Variant("(sava{sv})", ("show", [target], {})), None,
                           Gio.DBusCallFlags.NO_AUTO_START, 60000, None)


def tabs(studio):
    return studio.all("tab", state="showing")


@pytest.mark.timeout(1200)
def test_pages_open_and_close_fifty_times(studio, sample, tmp_path):
    """The end of the process tells of leaks; files that stay open are seen here."""
    book = shutil.copy(SOURCE / "data/samples/churn/explore.ipynb", tmp_path)
    everything = [*locations(sample), f"notebook/{book}"]
    remote = Remote(studio)
    descriptors = []
    before = len(tabs(studio))
    for _round in range(ROUNDS):
        for location in everything:
            remote.show(location)
        assert len(tabs(studio)) >= before + len(everything)
        studio.key(*["ctrl+w"] * len(everything))
        # Keys that pile up would close in one round what the next one opens.
        wait_until(lambda: len(tabs(studio)) <= before, "all tabs closed", 60)
        descriptors.append(len(os.listdir(f"/proc/{studio.process.pid}/fd")))
    assert descriptors[-1] <= descriptors[4] + 5, descriptors
