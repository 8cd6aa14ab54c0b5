# SPDX-License-Identifier: GPL-3.0-or-later
"""Studio in other languages: it speaks German, and it is laid out from right to left."""

import ast
import re
import subprocess

import pytest

from clients import BUILD, SOURCE

STRING = r'"(?:\\.|[^"\\])*"(?:\n"(?:\\.|[^"\\])*")*'


@pytest.fixture(scope="session")
def languages(tmp_path_factory):
    """Makes the locales, since the toolchain has none but C, and returns what starts Studio in one
    of them."""
    directory = tmp_path_factory.mktemp("locales")
    for language in ("de_DE", "he_IL"):
        subprocess.run(["localedef", "-i", language, "-f", "UTF-8", str(directory / f"{language}.UTF-8")],
                       check=True, capture_output=True)

    def environment(language):
        return {"LC_ALL": f"{language}.UTF-8", "LANGUAGE": "", "LOCPATH": directory,
                "SAGEBRUSH_LOCALEDIR": BUILD / "po"}

    return environment


def english_texts():
    """What Studio says in English and says differently in German."""
    def text(quoted):
        return "".join(ast.literal_eval(line) for line in quoted.splitlines())

    catalogue = (SOURCE / "po/de.po").read_text(encoding="utf-8")
    pairs = re.findall(rf"^msgid ({STRING})\nmsgstr ({STRING})", catalogue, re.MULTILINE)
    # A single letter, such as a mark in a list, is also the name of a key, in any language.
    return {text(english).replace("_", "") for english, german in pairs
            if len(text(english)) > 1 and text(english) != text(german)}


def test_speaks_german(fresh_engine, start_studio, languages):
    studio = start_studio(fresh_engine.data_dir, **languages("de_DE"))
    english = english_texts()
    assert len(english) > 500

    studio.find("button", "Beispiel-Pipeline ausführen")
    for number, (page, sign) in enumerate((
            ("home", "Nichts läuft"), ("pipelines", "Noch keine Pipelines"),
            ("models", "Noch keine Modelle"), ("endpoints", "Noch keine Endpunkte"),
            ("jobs", "Noch keine Aufträge")), 1):
        studio.key(f"alt+{number}")
        if page != "home":
            studio.find(name=sign)
        left = sorted({node.name for node in studio.walk()} & english)
        assert not left, f"{page} says in English: {left}"

    studio.key("ctrl+question")
    studio.find("label", "Tastenkürzel")
    left = sorted({node.name for node in studio.walk()} & english)
    assert not left, f"the shortcuts say in English: {left}"
    studio.key("Escape")


def test_command_line_speaks_german(fresh_engine, start_studio, languages):
    studio = start_studio(fresh_engine.data_dir, **languages("de_DE"))

    assert "Ein weiteres Fenster öffnen" in studio.run("--help").stdout
    assert "Zu „no-such-thing“ gibt es nichts anzuzeigen" in studio.run("--open", "no-such-thing").stderr


def test_right_to_left(fresh_engine, start_studio, languages):
    """Nothing has Hebrew words here, but the window is laid out as for them, and no critical warning
    ends it."""
    studio = start_studio(fresh_engine.data_dir, **languages("he_IL"))
    _, _, width, _ = studio.desktop.geometry(studio.desktop.active_window())

    def middles(role, name):
        """Of all that are called so and have been given a place."""
        for node in studio.all(role, name):
            x, _, node_width, _ = node.extents()
            if node_width > 0:
                yield x - studio.window_position(node.above[0])[0] + node_width // 2

    # A window that was given another size lays itself out a moment later.
    def right_of(middle, *what):
        return studio.wait_for(lambda: any(x > middle for x in middles(*what)), f"{what} at the left")

    def left_of(middle, *what):
        return studio.wait_for(lambda: any(0 < x < middle for x in middles(*what)), f"{what} at the right")

    assert right_of(width // 2, "button", "Sidebar")
    assert left_of(width // 2, "button", "Main menu")
    for number in range(1, 6):
        studio.key(f"alt+{number}")
        studio.check_inside_window()

    studio.resize(370, 640)
    assert right_of(185, "button", "Sidebar")
    assert right_of(185, "heading", "Jobs")
    assert left_of(185, "button", "Close")
    studio.resize(1270, 790)
    studio.key("ctrl+j")
    studio.find("label", "No log is open")
    studio.key("ctrl+i")
    assert left_of(width // 2, "label", "Nothing selected")
