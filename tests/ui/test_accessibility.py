# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody needs who does not see the screen or does not use a pointer."""

import re

import pytest
from accessible import Announcements, Bus
from hands import Mouse, start_execution
from sample import GROUP, PIPELINE

PAGES = ("home", "jobs", "pipelines", f"pipeline/{PIPELINE}", "models",
         f"model-package-group/{GROUP}", f"model-package/{GROUP}/2", "endpoints",
         "endpoint/churn-live", "new-job/training-job")
CONTROLS = ("button", "toggle button", "text box", "search box", "spin button", "switch",
            "combo box", "check box", "radio", "tab", "menu item", "slider")


def nameless(studio):
    """What can be used but not be named. The tab bars are libpanel's, and their menu has no name."""
    return [node for node in studio.walk()
            if node.role in CONTROLS and not node.name and node.has("focusable")
            and not node.has("has_popup") and node.extents()[2] != 28]


@pytest.mark.parametrize("page", PAGES)
def test_everything_has_a_name(studio, page):
    studio.run("--open", page)
    studio.wait_for(lambda: len(studio.all()) > 60, f"{page} stayed empty")
    assert nameless(studio) == []


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
