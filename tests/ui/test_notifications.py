# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told while one looks elsewhere, and where it leads."""

import re
import subprocess
import sys

import gi
import pytest

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

from sample import GROUP, PIPELINE  # noqa: E402
from studio import names_match, wait_until  # noqa: E402

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
INTERFACE = """
<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
</interface></node>"""


class Shell:
    """The part of a desktop that shows notifications; it keeps what it is given."""

    def __init__(self, desktop):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            desktop.environment["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.shown = {}  # id: summary, body and the names of the actions
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.bus.register_object(PATH, interface, self._call, None, None)
        self.owner = Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE,
                                                    None, None)

    def _call(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        if method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body"],)))
        elif method == "GetServerInformation":
            invocation.return_value(GLib.Variant("(ssss)", ("shell", "test", "1", "1.2")))
        elif method == "Notify":
            _name, replaces, _icon, summary, body, actions, *_rest = parameters.unpack()
            number = replaces or len(self.shown) + 1
            self.shown[number] = (summary, body, dict(zip(actions[::2], actions[1::2])))
            invocation.return_value(GLib.Variant("(u)", (number,)))
        else:
            invocation.return_value(None)

    def find(self, summary, body):
        """The number of what says that, or matches these expressions, as soon as it is shown."""
        def shown():
            while GLib.MainContext.default().iteration(False):
                pass
            return [number for number, (its_summary, its_body, _actions) in self.shown.items()
                    if names_match(summary, its_summary) and names_match(body, its_body)]

        return wait_until(shown, lambda: f"No {summary!r} of {body!r}, only {self.shown}", 60)[0]

    def press(self, number, label):
        """Presses the button of that name, or the notification itself."""
        key = next(key for key, its_label in self.shown[number][2].items()
                   if label in (key, its_label))
        self.bus.emit_signal(None, PATH, NAME, "ActionInvoked",
                             GLib.Variant("(us)", (number, key)))
        self.bus.flush_sync(None)

    def stop(self):
        Gio.bus_unown_name(self.owner)
        self.bus.close_sync(None)


@pytest.fixture
def shell(desktop):
    shell = Shell(desktop)
    yield shell
    shell.stop()


@pytest.fixture
def elsewhere(desktop):
    """Takes the focus away from Studio: somebody works in another window."""
    windows = []

    def look():
        windows.append(subprocess.Popen(
            [sys.executable, "-c",
             "import gi; gi.require_version('Gtk', '4.0'); from gi.repository import Gtk, GLib\n"
             "Gtk.Window(title='Elsewhere').present(); GLib.MainLoop().run()"],
            env=desktop.environment))
        wait_until(lambda: desktop.active_window() in desktop.windows(windows[-1].pid),
                   "The other window had not the focus")

    yield look
    for window in windows:
        window.kill()
        window.wait()


def test_what_ends_while_one_is_elsewhere_is_told(sample_of_its_own, start_studio, shell, elsewhere,
                                                  unique):
    sample = sample_of_its_own
    seen, failing = unique("seen"), unique("failing")
    studio = start_studio(sample.engine.data_dir)
    sample.start_job(seen, "true", wait=True)
    studio.key("alt+5")
    studio.find("row", re.compile(f"{seen}, Completed"))

    elsewhere()
    sample.start_job(failing, "exit 3")
    number = shell.find("Processing job: Failed", failing)
    assert all(body != seen for _summary, body, _actions in shell.shown.values())
    shell.press(number, "Show")
    studio.find("tab", failing)

    elsewhere()
    execution = sample.start(AccuracyThreshold=0.5)
    ended = shell.find("Pipeline execution: Succeeded", PIPELINE)
    waiting = shell.find("Model version: Waiting for approval", f"\u2068{GROUP}\u2069 version 1")
    shell.press(ended, "default")
    studio.find("tab", execution.rsplit("/", 1)[1])
    shell.press(waiting, "Review")
    studio.find("button", "Approve")
