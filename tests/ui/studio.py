# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives Studio as a person does: by what is on the screen, found by its accessible names."""

import os
import re
import subprocess
import time
from pathlib import Path

import numpy
from accessible import STATES, Bus, Gone, Program
from clients import BUILD, PROGRAMS, SOURCE
from desktop import SETTINGS

DEADLINE = 40  # of seconds, for a machine that does much else; what goes well takes a fraction of one

# What a test calls things, in the words of GTK's accessible roles.
ROLES = {
    "button": ("button", "toggle button"),
    "entry": ("text box", "search box", "spin button", "text", "entry", "password text"),
    "row": ("row", "list item", "tree item", "option"),
    "table row": ("row",),
    "tab": ("tab", "page tab"),
    "menu item": ("menu item", "check menu item", "radio menu item", "menu item checkbox",
                  "menu item radio"),
    "dialog": ("dialog", "alert dialog"),
    "label": ("label", "static", "heading", "paragraph", "caption"),
    "window": ("frame", "window", "application window"),
}
WINDOWS = ROLES["window"]


class NotThere(AssertionError):
    """Nothing on the screen has that role and name."""


def names_match(wanted, name):
    return bool(wanted.search(name)) if isinstance(wanted, re.Pattern) else wanted == name


def wait_until(condition, what, seconds=DEADLINE):
    """Polls until condition() is true and returns its value; fails after a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NotThere(f"{what() if callable(what) else what} within {seconds} s")
        time.sleep(0.05)


class Node:
    """Something accessible on the screen, as it was when it was found."""

    def __init__(self, studio, item, above=()):
        self.studio = studio
        self.item = item
        self.above = above  # what it is in, from its window on

    @property
    def name(self):
        return self.item.name

    @property
    def description(self):
        return self.item.description

    @property
    def role(self):
        return self.item.role

    def has(self, state):
        return self.item.has(state)

    @property
    def text(self):
        """The text of an entry, a text view or a label, as it is now."""
        text = self.studio.program.text(self.item.path)
        return self.item.name if text is None else text

    @property
    def value(self):
        return self.studio.program.value(self.item.path)

    def is_called(self, role=None, name=None, state=None):
        return ((role is None or self.role in ROLES.get(role, (role,)))
                and (name is None or names_match(name, self.name))
                and (state is None or self.has(state)))

    def walk(self):
        yield self
        for child in self.item.children:
            yield from Node(self.studio, child, (*self.above, self.item)).walk()

    def again(self):
        """The same thing as it is now; None when it is gone."""
        for node in self.studio.walk():
            if node.item.path == self.item.path:
                return node
        return None

    def all(self, role=None, name=None, state=None):
        """Everything that is in this now with the role, the name (a text or a pattern) and the
        state."""
        now = self.again()
        return [node for node in (now.walk() if now else ()) if node.is_called(role, name, state)]

    def find(self, role=None, name=None, state=None, seconds=DEADLINE):
        """The first of them, as soon as there is one."""
        what = " ".join(filter(None, (state, role or "thing")))
        return wait_until(lambda: self.all(role, name, state),
                          f"There was no {what} named {name!r}", seconds)[0]

    def there_is(self, role=None, name=None, state=None):
        return bool(self.all(role, name, state))

    def gone(self, role=None, name=None, seconds=DEADLINE):
        """Waits until there is nothing of that role and name in this."""
        wait_until(lambda: not self.there_is(role, name),
                   f"{role or 'thing'} {name!r} did not go away", seconds)

    def extents(self):
        """x, y, width and height on the screen."""
        left, top, width, height = self.studio.program.extents(self.item.path)
        window = self.above[0] if self.above else self.item
        x, y = self.studio.window_position(window)
        return x + left, y + top, width, height

    def scroll_into_view(self):
        """Turns the wheel over what cuts this off, until all of it is in sight, or its middle if it
        is too high for that."""
        for _ in range(200):
            *around, (_, top, _, height) = self.studio.program.boxes(
                [*(item.path for item in self.above), self.item.path])
            middle = top + height // 2
            cutting = [box for box in around
                       if not (box[1] <= top and top + height <= box[1] + box[3])
                       and not (height > box[3] and box[1] <= middle < box[1] + box[3])]
            if not cutting:
                return
            x, y, width, view_height = cutting[-1]
            left, upper = self.studio.window_position(self.above[0])
            self.studio.scroll_at(left + x + width // 2, upper + y + view_height // 2,
                                  1 if middle >= y + view_height // 2 else -1)
            time.sleep(0.05)

    def successor(self):
        """What has taken its place under the same role and name, as a row of a list that was made
        anew; None when there is none, or there are several."""
        found = [node for node in self.studio.walk() if node.is_called(self.role, self.name)]
        return found[0] if len(found) == 1 else None

    def place_of_rest(self):
        """Where it is once it has been scrolled to and no longer moves."""
        self.scroll_into_view()
        before = None
        for _ in range(40):
            box = self.extents()
            if box == before:
                break
            before = box
            time.sleep(0.05)
        return box

    def click(self, button=1, repeat=1, modifiers=()):
        """Moves the pointer onto it and clicks."""
        try:
            box = self.place_of_rest()
        except Gone:
            successor = self.successor()
            if successor is None:
                raise
            box = successor.place_of_rest()
        x, y, width, height = box
        assert width > 0 and height > 0, f"{self} has no size"
        self.studio.click_at(x + width // 2, y + height // 2, button, repeat, modifiers)
        return self

    def double_click(self):
        return self.click(repeat=2)

    def __repr__(self):
        return f"{self.role} {self.name!r}"


class Studio:
    """A Studio process and its windows."""

    def __init__(self, desktop, home, *arguments, **environment):
        self.desktop = desktop
        self.home = Path(home)
        self.log = self.home / "studio.log"
        for name in ("config/gtk-4.0", "cache", "data"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        (self.home / "config/gtk-4.0/settings.ini").write_text(SETTINGS)
        self.environment = {
            **desktop.environment,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "SAGEBRUSH_LIBEXECDIR": str(PROGRAMS),
            "SAGEBRUSH_DATADIR": str(SOURCE / "data"),
            "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"),
            "GIO_EXTRA_MODULES": str(BUILD / "tests" / "ui"),
            "LSAN_OPTIONS": f"suppressions={SOURCE}/tests/lsan.supp:print_suppressions=0",
            **{name: str(value) for name, value in environment.items()},
        }
        self.command = [str(PROGRAMS / "sagebrush"), *map(str, arguments)]
        self.process = None
        self.program = None

    def tell_of_links(self, told):
        """Before the start: a desktop on which a program writes what it is to show to the file `told`."""
        applications = self.home / "data" / "applications"
        applications.mkdir()
        tell = self.home / "tell"
        tell.write_text(f'#!/bin/sh\nprintf %s "$1" > {told}.new && mv {told}.new {told}\n')
        tell.chmod(0o755)
        types = ["x-scheme-handler/http", "x-scheme-handler/https", "x-scheme-handler/file", "text/html"]
        (applications / "tell.desktop").write_text(
            f"[Desktop Entry]\nType=Application\nName=Tell\nExec={tell} %u\nMimeType={';'.join(types)};\n")
        # Without a cache of the types GLib believes only a list of defaults.
        (self.home / "config" / "mimeapps.list").write_text(
            "[Default Applications]\n" + "".join(f"{kind}=tell.desktop\n" for kind in types))

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        self.program = Program(Bus(self.environment), wait_until(
            self._find_program, lambda: f"Studio was not there: {self.output()}", 60))
        self.find("window")
        self.wait_for_focus()
        return self

    def _find_program(self):
        assert self.process.poll() is None, f"Studio ended: {self.output()}"
        return Bus(self.environment).find_program(self.process.pid)

    def run(self, *arguments, **environment):
        """Runs the program with other arguments, to its end."""
        return subprocess.run([self.command[0], *map(str, arguments)],
                              env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)

    def output(self):
        return self.log.read_text(errors="replace")[-6000:]

    # What is on the screen

    def walk(self):
        """All that its windows show, from the first window on."""
        for window in self._look():
            yield from Node(self, window).walk()

    def _look(self):
        assert self.process.poll() is None, f"Studio ended: {self.output()}"
        for attempt in range(5):
            try:
                return self.program.look()
            except Gone:
                # Something went away while it was being looked at, or Studio did.
                time.sleep(0.1)
                assert self.process.poll() is None, f"Studio ended: {self.output()}"
        raise NotThere(f"Studio does not answer: {self.output()}")

    def all(self, role=None, name=None, state=None):
        return [node for node in self.walk() if node.is_called(role, name, state)]

    find = Node.find
    there_is = Node.there_is
    gone = Node.gone

    @property
    def studio(self):
        return self

    def describe(self):
        """What is on the screen, a line each, for who looks into a failure."""
        lines = []
        for node in self.walk():
            states = [state for state in STATES if node.has(state) and state not in
                      ("sensitive", "showing", "visible", "enabled")]
            if node.name or states:
                lines.append(f"{'  ' * len(node.above)}{node} {node.description!r} "
                             f"{self.program.extents(node.item.path)} {' '.join(states)}")
        return "\n".join([*lines, self.output()])

    def focused(self):
        """What has the keyboard focus: the innermost thing that says so."""
        found = self.all(state="focused")
        return found[-1] if found else None

    def windows(self):
        """The numbers of its windows on the screen."""
        return self.desktop.windows(self.process.pid)

    def wait_for(self, condition, what, seconds=DEADLINE):
        """Waits until condition() is true; returns its value."""
        return wait_until(condition, what, seconds)

    def wait_for_windows(self, number):
        self.wait_for(lambda: len(self.windows()) == number, f"There were not {number} windows")
        self.wait_for_focus()

    def resize(self, width, height):
        """Gives the active window that size."""
        window = self.desktop.active_window()
        self.desktop.run("xdotool", "windowsize", str(window), str(width), str(height))
        self.wait_for(lambda: self.desktop.geometry(window)[2:] == (width, height),
                      f"The window cannot be {width} × {height}; it is "
                      f"{self.desktop.geometry(window)[2:]}")

    def check_inside_window(self):
        """Nothing that takes the focus may stick out of its window at a side."""
        def outside():
            for node in self.all(state="focusable"):
                if any(item.role == "tab" for item in (node.item, *node.item.children, *node.above)):
                    continue  # the tabs scroll
                left, _, width, _ = self.program.extents(node.item.path)
                _, _, whole, _ = self.program.extents(node.above[0].path)
                if width > 0 and (left < 0 or left + width > whole):
                    return f"{node} is at {left} to {left + width} in a window of {whole}"
            return None

        wait_until(lambda: outside() is None, outside, 5)

    def has_colour(self, colour, number):
        """Whether so many pixels of the screen have nearly that colour."""
        picture = self.desktop.picture()
        data = picture.read_pixel_bytes().get_data()
        pixels = numpy.frombuffer(data, numpy.uint8).reshape(-1, 4)[:, :3].astype(int)
        near = (numpy.abs(pixels - numpy.array(colour)) < 24).all(axis=1)
        return int(near.sum()) >= number

    def is_dark(self):
        """Whether the middle of the header bar is darker than half."""
        x, y, width, _ = self.desktop.geometry(self.desktop.active_window())
        pixel = self.desktop.picture((x + width // 2, y + 8, 1, 1)).read_pixel_bytes().get_data()
        return sum(pixel[:3]) < 3 * 128

    def wait_for_focus(self):
        wait_until(lambda: self.desktop.active_window() in self.windows(),
                   lambda: f"Studio had not the keyboard, which was with "
                           f"{self.desktop.active_window()}, not one of {self.windows()}")

    def window_position(self, window):
        """Where on the screen that window of the tree is."""
        active = self.desktop.active_window()
        _, _, width, height = self.program.extents(window.path)
        fitting = []
        for number in self.windows():
            box = self.desktop.geometry(number)
            if box and box[2:] == (width, height):
                fitting.append((number, box))
        if len(fitting) > 1:
            fitting = [(number, box) for number, box in fitting
                       if (number == active) == window.has("active")]
        assert fitting, f"The window {window.name!r} of {width} × {height} is not on the screen"
        return fitting[0][1][:2]

    # Pointer and keyboard

    def click_at(self, x, y, button=1, repeat=1, modifiers=()):
        command = ["xdotool", "mousemove", str(x), str(y)]
        for modifier in modifiers:
            command += ["keydown", modifier]
        command += ["click", "--repeat", str(repeat), "--delay", "60", str(button)]
        for modifier in modifiers:
            command += ["keyup", modifier]
        self.desktop.run(*command)

    def scroll_at(self, x, y, steps):
        """Turns the wheel, down for positive steps."""
        self.desktop.run("xdotool", "mousemove", str(x), str(y), "click", "--repeat",
                         str(abs(steps)), "--delay", "10", "5" if steps > 0 else "4")

    def drag(self, start, end):
        """Presses at one point, moves to the other in steps as a hand does, and lets go."""
        command = ["xdotool", "mousemove", *map(str, start), "mousedown", "1"]
        for step in range(1, 11):
            point = [a + (b - a) * step // 10 for a, b in zip(start, end)]
            command += ["mousemove", *map(str, point), "sleep", "0.03"]
        self.desktop.run(*command, "sleep", "0.1", "mouseup", "1")

    def key(self, *keys):
        """Presses keys, e.g. "ctrl+Return"."""
        self.desktop.run("xdotool", "key", "--clearmodifiers", "--delay", "40", *keys)

    def type(self, text):
        self.desktop.run("xdotool", "type", "--clearmodifiers", "--delay", "12", "--", text)

    def press(self, name, role="button", seconds=DEADLINE):
        """Clicks the button of that name as soon as it can be."""
        return self.find(role, name, "sensitive", seconds).click()

    def tab_to(self, name, role=None, key="Tab", most=60):
        """Presses the key until what has that name (and role) has the focus."""
        seen = []
        for _ in range(most):
            node = self.focused()
            if node is not None and node.is_called(role, name):
                return node
            seen.append(repr(node))
            self.key(key)
            time.sleep(0.05)
        raise NotThere(f"{key} does not lead to {role} {name!r}; it led to {seen}")

    def screenshot(self, path):
        """Writes the active window to a PNG file, without the frame that it has where the window
        manager draws no shadows, and without the pointer."""
        width, height = self.desktop.size
        self.desktop.run("xdotool", "mousemove", str(width - 1), str(height - 1))
        time.sleep(0.1)
        window = next(window for window in self._look() if window.has("active"))
        x, y = self.window_position(window)
        inside = next(item for item in window.children if self.program.extents(item.path)[3] > 0)
        left, top, width, height = self.program.extents(inside.path)
        return self.desktop.screenshot(path, (x + left, y + top, width, height))

    # The end

    def close(self):
        """Closes its windows and waits for the end of the process; a leak fails here."""
        for window in self.windows():
            self.desktop.run("xdotool", "windowclose", str(window), check=False)
        return self.wait()

    def quit(self):
        """Quits with the keys for it."""
        self.wait_for_focus()
        self.key("ctrl+q")
        return self.wait()

    def wait(self, seconds=30):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"Studio did not end: {self.output()}") from None
        assert code == 0, f"Studio ended with {code}: {self.output()}"
        return code

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.running():
            self.process.kill()
            self.process.wait()
