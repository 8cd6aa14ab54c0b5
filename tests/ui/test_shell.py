# SPDX-License-Identifier: GPL-3.0-or-later
"""The window: sidebar, palette, tabs, panes and dialogs, with pointer and keyboard."""

import os
import re

import pytest
from sample import PIPELINE

SECTIONS = ("Home", "Pipelines", "Models", "Endpoints", "Jobs")


def sidebar(studio):
    return studio.find("list", "Sections of the engine")


def tabs(studio):
    """The titles of the tabs in sight, in their order."""
    return [node.name for node in studio.all("tab")]


def test_sections_by_mouse(studio):
    for section in reversed(SECTIONS):
        sidebar(studio).find("row", section).click()
        studio.find("tab", section)
        assert sidebar(studio).find("row", section, "selected")
    assert len(tabs(studio)) == 1


def test_sections_by_keyboard(studio):
    for number, section in enumerate(SECTIONS, 1):
        studio.key(f"alt+{number}")
        studio.find("tab", section)
    studio.key("alt+Left")
    studio.find("tab", "Endpoints")
    studio.key("alt+Left")
    studio.find("tab", "Models")


def test_badges_say_what_wants_a_person(studio):
    row = sidebar(studio).find("row", "Models")
    studio.wait_for(lambda: "1 waiting for approval" in row.again().description,
                    "The badge did not say what waits")


def test_recent_items_fold_out_under_their_section(sample_of_its_own, start_studio, unique):
    sample = sample_of_its_own
    name = unique("seen")
    sample.start_job(name, "true", wait=True)
    studio = start_studio(sample.engine.data_dir)
    assert not studio.there_is("button", "Recently opened: Jobs")

    studio.run("--open", f"processing-job/{name}")
    studio.run("--open", f"pipeline/{PIPELINE}")
    studio.find("button", "Recently opened: Jobs").click()
    studio.key("alt+1")
    sidebar(studio).find("row", name).click()
    studio.find("tab", name)
    assert sidebar(studio).find("row", name, "selected")
    assert not sidebar(studio).there_is("row", PIPELINE)

    # As in a tree, with keys; and kept for the next start.
    studio.find("button", "Recently opened: Pipelines").click()
    for _ in range(2):
        sidebar(studio).find("row", PIPELINE)
        studio.key("Left")
        sidebar(studio).gone("row", PIPELINE)
        studio.key("Right")
    studio.key("Left")
    studio.quit()
    studio = start_studio(sample.engine.data_dir)
    sidebar(studio).find("row", name)
    assert not sidebar(studio).there_is("row", PIPELINE)

    # What comes and goes under a section that is folded leaves the others where they are.
    studio.run("--open", f"pipeline/{PIPELINE}")
    for section in ("Jobs", "Models", "Pipelines", "Home"):
        sidebar(studio).find("row", section).click()
        studio.find("tab", section)

    sample.sagemaker.delete_pipeline(PipelineName=PIPELINE, ClientRequestToken="x" * 32)
    studio.gone("button", "Recently opened: Pipelines")


@pytest.mark.parametrize("click", [{"button": 2}, {"modifiers": ("ctrl",)}])
def test_a_section_in_a_tab_of_its_own(studio, click):
    sidebar(studio).find("row", "Jobs").click(**click)
    studio.find("tab", "Jobs")
    assert sorted(tabs(studio)) == ["Home", "Jobs"]


def test_palette_finds_by_a_few_letters(studio):
    studio.key("ctrl+Return")
    palette = studio.find("dialog", "Search or run a command")
    studio.type("chpipe")
    palette.find("row", re.compile(PIPELINE))
    studio.key("Return")
    studio.find("tab", PIPELINE)
    studio.gone("dialog")


def test_palette_runs_commands_and_moves_with_the_arrows(studio):
    studio.key("ctrl+shift+p")
    palette = studio.find("dialog", "Search or run a command")
    studio.type("inspect")
    palette.find("row", re.compile("^Inspector"))
    studio.key("Return")
    studio.find(None, "Nothing selected")
    studio.key("ctrl+p")
    palette = studio.find("dialog", "Open anything")
    assert not palette.there_is("row", re.compile("^Inspector"))
    first = palette.find("row", None, "selected").name
    studio.key("Down")
    studio.wait_for(lambda: palette.find("row", None, "selected").name != first,
                    "The arrow did not move the choice")
    studio.type("zzqqxx")
    palette.find(None, "Nothing found")
    studio.key("Escape")
    studio.gone("dialog")


def test_palette_by_mouse(studio):
    studio.press(re.compile("^Search or run a command"))
    palette = studio.find("dialog", "Search or run a command")
    studio.type("jobs")
    palette.find("row", re.compile("^Jobs")).click()
    studio.find("tab", "Jobs")


def test_shortcuts_are_all_shown(studio):
    studio.key("ctrl+shift+slash")
    dialog = studio.find("dialog", "Keyboard shortcuts")
    for title in ("Search or run a command", "Open anything", "Split to the right", "Inspector",
                  "Find in the page", "Back"):
        dialog.find("label", title)
    assert not dialog.there_is("label", re.compile(r"KP|ISO")), "Names of keys that nobody knows"
    studio.key("Escape")
    studio.gone("dialog")


def test_main_menu_by_keyboard(studio):
    studio.key("F10")
    studio.find("menu item", "About Sagebrush")
    studio.key("Escape")
    studio.press("Main menu")
    studio.find("menu item", "About Sagebrush").click()
    dialog = studio.find("dialog")
    dialog.find("label", "Sagebrush")
    studio.key("Escape")
    studio.gone("dialog")


def test_tabs_close_and_come_back(studio):
    studio.key("alt+5")
    sidebar(studio).find("row", "Endpoints").click(button=2)
    studio.find("tab", "Endpoints")
    studio.key("ctrl+w")
    studio.gone("tab", "Endpoints")
    studio.key("ctrl+shift+t")
    studio.find("tab", "Endpoints")
    studio.key("ctrl+Tab")
    studio.wait_for(lambda: sidebar(studio).find("row", "Jobs", "selected"), "No next tab")
    studio.key("ctrl+shift+Tab")
    studio.wait_for(lambda: sidebar(studio).find("row", "Endpoints", "selected"), "No tab before")
    for number, section in ((1, "Jobs"), (2, "Endpoints"), (9, "Endpoints")):
        studio.key(f"ctrl+{number}")
        studio.wait_for(lambda: sidebar(studio).find("row", section, "selected"), f"No tab {number}")
    studio.key("ctrl+w", "ctrl+w")
    studio.find(None, "Nothing open here")


def test_a_tab_is_torn_off(studio):
    studio.key("alt+5")
    studio.find("tab", "Jobs")
    studio.key("ctrl+shift+n")
    studio.wait_for_windows(2)
    studio.wait_for(lambda: len(studio.all("tab", "Jobs")) == 1, "The tab is there twice")
    studio.key("ctrl+shift+w")
    studio.wait_for_windows(1)
    studio.gone("tab", "Jobs")


def drag_tab(studio, tab, end):
    """Pulls a tab out of its bar, downwards, and lets it go at a point of the screen."""
    x, y, width, height = tab.extents()
    start = x + width // 2, y + height // 2
    points = [(start[0], start[1] + step * 20) for step in range(1, 9)]
    points += [tuple(a + (b - a) * step // 10 for a, b in zip(points[-1], end))
               for step in range(1, 11)]
    command = ["xdotool", "mousemove", *map(str, start), "mousedown", "1"]
    for point in points:
        command += ["mousemove", *map(str, point), "sleep", "0.05"]
    studio.desktop.run(*command, "mousemove_relative", "2", "2", "sleep", "0.5", "mouseup", "1")


def place(studio, x, y, width, height):
    """Puts the active window somewhere."""
    studio.resize(width, height)
    studio.desktop.run("xdotool", "windowmove", "--sync", str(studio.desktop.active_window()),
                       str(x), str(y))


def window_of(node):
    return node.above[0].path


@pytest.fixture
def studio_to_drag_in(start_studio, sample):
    """libadwaita loses 80 bytes with every tab that is dragged."""
    options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    return start_studio(sample.engine.data_dir, ASAN_OPTIONS=options, SAGEBRUSH_TEST_DRAGS="1")


def test_a_tab_is_dragged_to_another_window(studio_to_drag_in):
    """Let go over the tabs of another window it goes there, and works there."""
    studio = studio_to_drag_in
    sidebar(studio).find("row", "Jobs").click(button=2)
    studio.find("tab", "Jobs")
    place(studio, 0, 0, 630, 700)
    first = window_of(studio.find("tab", "Jobs"))
    studio.key("ctrl+n")
    studio.wait_for_windows(2)
    place(studio, 640, 0, 630, 700)
    home, = studio.wait_for(lambda: [tab for tab in studio.all("tab", "Home")
                                     if window_of(tab) != first], "No second window")
    x, y, width, height = home.extents()
    drag_tab(studio, studio.find("tab", "Jobs"), (x + width // 2, y + height // 2))
    studio.wait_for(lambda: [window_of(tab) != first for tab in studio.all("tab", "Jobs")] == [True],
                    "The tab is not in the other window")
    studio.find("tab", "Jobs").click()
    studio.key("ctrl+w")
    studio.gone("tab", "Jobs")
    assert len(studio.all("tab", "Home")) == 2


def test_a_tab_is_dragged_out(studio_to_drag_in):
    """Let go where there are no tabs, it gets a window of its own."""
    studio = studio_to_drag_in
    sidebar(studio).find("row", "Jobs").click(button=2)
    studio.find("tab", "Jobs")
    place(studio, 0, 0, 630, 700)
    first = window_of(studio.find("tab", "Jobs"))
    studio.key("ctrl+n")
    studio.wait_for_windows(2)
    place(studio, 640, 0, 630, 700)
    drag_tab(studio, studio.find("tab", "Jobs"), (1000, 600))
    studio.wait_for_windows(3)
    studio.wait_for(lambda: [window_of(tab) != first for tab in studio.all("tab", "Jobs")] == [True],
                    "The tab has no window of its own")
    assert len(studio.all("tab", "Home")) == 2


def test_the_only_tab_is_dragged(studio_to_drag_in):
    """A window's only tab can go as well: what is left says that nothing is open there."""
    studio = studio_to_drag_in
    studio.find("tab", "Home")
    place(studio, 0, 0, 630, 700)
    first = window_of(studio.find("tab", "Home"))
    studio.key("ctrl+n")
    studio.wait_for_windows(2)
    place(studio, 640, 0, 630, 700)
    home, = studio.wait_for(lambda: [tab for tab in studio.all("tab", "Home")
                                     if window_of(tab) != first], "No second window")
    only, = [tab for tab in studio.all("tab", "Home") if window_of(tab) == first]
    x, y, width, height = home.extents()
    drag_tab(studio, only, (x + width // 2, y + height // 2))
    studio.wait_for(lambda: [window_of(tab) != first for tab in studio.all("tab", "Home")]
                    == [True, True], "The tab is not in the other window")
    studio.find(None, "Nothing open here")


def test_panes_by_their_keys(studio):
    studio.key("F9")
    studio.gone("list", "Sections of the engine")
    studio.key("F9")
    sidebar(studio)
    studio.key("ctrl+j")
    studio.find("tab", "Problems")
    studio.key("ctrl+i")
    studio.find(None, "Nothing selected")
    seen = set()
    for _ in range(8):
        studio.key("F6")
        focused = studio.focused()
        seen.add(focused.item.path if focused else None)
    assert len(seen - {None}) >= 2, "F6 goes nowhere"
    studio.key("ctrl+j")
    studio.gone("tab", "Problems")


def test_inspector_shows_the_selection(studio):
    studio.key("alt+5", "ctrl+i")
    studio.find("row", re.compile("Completed")).click()
    studio.gone(None, "Nothing selected")
    studio.find("label", "ARN")


def test_problems_gather_what_fails(studio, sample, unique):
    studio.key("ctrl+j")
    studio.find("tab", "Problems").click()
    studio.find(None, "No problems")
    name = unique("breaks")
    sample.start_job(name, "echo no luck >&2; exit 3")
    problems = studio.find("list", "Problems")
    row = problems.find("row", re.compile(name))
    row.find("label", re.compile("exit code: 3"))
    row.click()
    studio.find("tab", name)


def test_a_narrow_window_keeps_everything(studio):
    studio.resize(370, 640)
    for number, section in enumerate(SECTIONS, 1):
        studio.key(f"alt+{number}")
        studio.find(None, section)
        studio.check_inside_window()
    assert not studio.there_is("list", "Sections of the engine")
    studio.key("F9")
    sidebar(studio).find("row", "Pipelines").click()
    studio.gone("list", "Sections of the engine")
    studio.find("row", re.compile(PIPELINE)).double_click()
    studio.find("button", re.compile("^Start execution"))
    studio.check_inside_window()


def test_full_screen(studio):
    studio.resize(900, 640)
    for size in (studio.desktop.size, (900, 640)):
        studio.key("F11")
        studio.wait_for(lambda: studio.desktop.geometry(studio.windows()[0])[2:] == size,
                        f"The window was not of {size}")
