# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways to use Studio, so that one test can go both: with the pointer, and with keys only."""

import re
import time

SECTIONS = {"Home": "alt+1", "Pipelines": "alt+2", "Models": "alt+3", "Endpoints": "alt+4",
            "Jobs": "alt+5"}


STEPS = re.compile("Churn$|^CheckAccuracy$|^AccuracyTooLow$")
VIEWS = ("Overview", "Steps", "Definition", "Log", "Test", "Configuration", "Metrics", "Review",
         "Versions")


class Mouse:
    """Clicks on what it means, and types where it clicked."""

    def __init__(self, studio):
        self.studio = studio

    def go(self, section):
        self.studio.find("list", "Sections of the engine").find("row", section).click()
        self.studio.find("tab", section)

    def open_row(self, name):
        self.studio.find("row", name).double_click()

    def press(self, name, role="button"):
        self.studio.press(name, role)

    def press_in_dialog(self, name):
        self.studio.find("dialog").find("button", name, "sensitive").click()

    def choose_step(self, name):
        self.studio.find("group", "Steps of the pipeline").find("button", name).click()

    def show_view(self, name):
        self.studio.all("tab", name)[-1].click()

    def fill(self, name, text, role="entry"):
        self.studio.find(role, name, "sensitive").click()
        self.studio.key("ctrl+a")
        self.studio.type(text)

    def submit(self, name):
        self.press_in_dialog(name)

    def choose_from_menu(self, menu, name):
        self.studio.press(menu)
        self.studio.find("menu item", name).click()


class Keyboard:
    """Never touches the pointer: shortcuts, Tab, the arrows, Enter and Space."""

    def __init__(self, studio):
        self.studio = studio

    def _focus(self, name, role, keys=("Tab", "shift+Tab")):
        self.studio.find(role, name, "sensitive")
        for key in keys:
            for _ in range(70):
                node = self.studio.focused()
                if node is not None and node.is_called(role, name):
                    return node
                before = node
                self.studio.key(key)
                time.sleep(0.03)
                if before is not None and key not in ("Tab", "shift+Tab"):
                    after = self.studio.focused()
                    if after is not None and after.item.path == before.item.path:
                        break  # the end of a list
        raise AssertionError(f"No way by keys to {role} {name!r}; the focus is on {node}")

    def go(self, section):
        self.studio.key(SECTIONS[section])
        self.studio.find("tab", section)

    def open_row(self, name):
        self.studio.find("table row", name)
        self._focus(None, "table row")
        self._focus(name, "table row", ("Up", "Down"))
        self.studio.key("Return")

    def press(self, name, role="button"):
        self._focus(name, role)
        self.studio.key("space")

    press_in_dialog = press

    def choose_step(self, name):
        self.studio.find("group", "Steps of the pipeline").find("button", name)
        self._focus(STEPS, "button")
        self._focus(name, "button", ("Home", "Down", "Right", "Up", "Left"))

    def show_view(self, name):
        """The switcher of views is one stop of Tab; the arrows move in it."""
        seen = set()
        for _ in range(90):
            node = self.studio.focused()
            if node is not None and node.is_called("tab", name):
                self.studio.key("space")
                return
            view = node is not None and node.role == "tab" and node.item.path not in seen
            if view:
                seen.add(node.item.path)
            self.studio.key("Right" if view and node.name in VIEWS else "Tab")
            time.sleep(0.03)
        raise AssertionError(f"No way by keys to the view {name!r}")

    def fill(self, name, text, role="entry"):
        self._focus(name, role)
        self.studio.key("ctrl+a")
        self.studio.type(text)

    def submit(self, name):
        self.studio.find("dialog").find("button", name, "sensitive")
        self.studio.key("ctrl+Return")

    def choose_from_menu(self, menu, name):
        self.press(menu, "toggle button")
        self.studio.find("menu item", name)
        self._focus(name, "menu item", ("Down",))
        self.studio.key("Return")


def start_execution(studio, hand, threshold):
    """From the pipeline's page; leads to the page of the execution."""
    hand.press("Start execution…")
    studio.find("dialog", "Start execution").find("entry", "AccuracyThreshold")
    hand.fill("AccuracyThreshold", threshold)
    hand.submit("Start execution")
    studio.gone("dialog")
