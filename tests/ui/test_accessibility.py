# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody needs who does not see the screen or does not use a pointer."""

import re

import gi
import numpy
import pytest
from accessible import Announcements, Bus
from conftest import PICTURES
from hands import Mouse, start_execution
from sample import GROUP, PIPELINE

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

PAGES = ("home", "jobs", "pipelines", f"pipeline/{PIPELINE}", "models",
         f"model-package-group/{GROUP}", f"model-package/{GROUP}/2", "endpoints",
         "endpoint/churn-live", "new-job/training-job")
CONTROLS = ("button", "toggle button", "text box", "search box", "spin button", "switch",
            "combo box", "check box", "radio", "tab", "menu item", "slider")


def nameless(studio):
    """What can be used but not be named."""
    return [node for node in studio.walk()
            if node.role in CONTROLS and not node.name and node.has("focusable")]


@pytest.mark.parametrize("page", PAGES)
def test_everything_has_a_name(studio, page):
    studio.run("--open", page)
    studio.wait_for(lambda: len(studio.all()) > 60, f"{page} stayed empty")
    assert nameless(studio) == []


def test_a_heading_is_called_by_what_it_says(studio):
    """And not by the button in it, too."""
    studio.run("--open", f"model-package-group/{GROUP}")
    studio.find("heading", GROUP)


def count_lines(path):
    """How many pixels of a picture are in straight lines, darker than what is on both sides."""
    pixbuf = GdkPixbuf.Pixbuf.new_from_file(str(path))
    width, height, channels = pixbuf.get_width(), pixbuf.get_height(), pixbuf.get_n_channels()
    data = numpy.frombuffer(pixbuf.read_pixel_bytes().get_data(), numpy.uint8)
    rows = [data[i * pixbuf.get_rowstride():][:width * channels] for i in range(height)]
    grey = numpy.array(rows).reshape(height, width, channels)[:, :, :3].max(axis=2).astype(int)
    found = 0
    for picture in (grey, grey.T):
        darker = (picture[:-2] - picture[1:-1] > 40) & (picture[2:] - picture[1:-1] > 40)
        for row in darker:
            runs = "".join("x" if pixel else " " for pixel in row).split()
            found += sum(len(run) for run in runs if len(run) >= 30)
    return found


def test_high_contrast(sample, start_studio, tmp_path):
    """The desktop's setting is followed: what a faint ground or line parts has a strong line. The
    pictures stay for who wants to look."""
    def lines(setting):
        folder = tmp_path / setting / "config/glib-2.0/settings"
        folder.mkdir(parents=True)
        (folder / "keyfile").write_text(f"[org/gnome/desktop/a11y/interface]\nhigh-contrast={setting}\n")
        studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}", home=setting)
        studio.find("group", "Steps of the pipeline").find("button", re.compile("^PreprocessChurn"))
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = studio.screenshot(PICTURES / f"high-contrast-{setting}.png")
        studio.quit()
        return count_lines(path)

    assert lines("true") > 2 * lines("false")


def test_the_end_of_an_execution_is_spoken(sample_of_its_own, start_studio):
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir, "--open", f"pipeline/{PIPELINE}")
    speech = Announcements(Bus(studio.environment))
    try:
        start_execution(studio, Mouse(studio), "0.5")
        speech.wait(re.compile("Succeeded"), 120)
    finally:
        speech.stop()


def test_tab_goes_round(studio):
    """The focus is never trapped: Tab comes back to where it began."""
    for page in ("home", "jobs", f"pipeline/{PIPELINE}", "endpoint/churn-live"):
        studio.run("--open", page)
        studio.find(None, re.compile("."))
        studio.tab_to("Main menu", "button", most=120)
        studio.key("Tab")
        studio.tab_to("Main menu", "button", most=160)
