# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine stays awake while it works."""

import threading

import gi
import pytest

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

from studio import wait_until  # noqa: E402

NAME, PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
SUSPEND = 4  # of the flags of Inhibit
INTERFACE = """
<node><interface name="org.gnome.SessionManager">
  <method name="Inhibit">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="u" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="Uninhibit"><arg type="u" direction="in"/></method>
  <method name="RegisterClient">
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="out"/>
  </method>
  <method name="UnregisterClient"><arg type="o" direction="in"/></method>
</interface></node>"""


class Session:
    """The part of a session manager that holds what must not happen, and why. It answers from a
    thread of its own: Studio asks it while it starts."""

    def __init__(self, desktop):
        self.address = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]
        self.held = {}  # cookie: flags and reason
        self.last = 0
        self.ready = threading.Event()
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self.ready.wait(30), "No session manager"

    def _run(self):
        self.context.push_thread_default()
        bus = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        bus.register_object(PATH, interface, self._call, None, None)
        owner = Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE,
                                               lambda *_: self.ready.set(), None)
        self.loop.run()
        Gio.bus_unown_name(owner)
        bus.close_sync(None)
        self.context.pop_thread_default()

    def _call(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        if method == "Inhibit":
            _application, _window, reason, flags = parameters.unpack()
            self.last += 1
            self.held[self.last] = (flags, reason)
            invocation.return_value(GLib.Variant("(u)", (self.last,)))
        elif method == "Uninhibit":
            del self.held[parameters.unpack()[0]]
            invocation.return_value(None)
        elif method == "RegisterClient":
            invocation.return_value(GLib.Variant("(o)", ("/org/gnome/SessionManager/Client1",)))
        else:
            invocation.return_value(None)

    def wait(self, held, what):
        wait_until(lambda: list(self.held.values()) == held, lambda: f"{what}: {self.held}", 60)

    def stop(self):
        self.loop.quit()
        self.thread.join()


@pytest.fixture
def session(desktop):
    session = Session(desktop)
    yield session
    session.stop()


def test_no_suspend_while_a_job_runs(session, sample_of_its_own, start_studio, unique):
    """Not while a job runs; again when it has ended."""
    sample = sample_of_its_own
    studio = start_studio(sample.engine.data_dir)
    studio.key("alt+5")
    assert session.held == {}
    name = unique("awake")
    sample.start_job(name, "sleep 100")
    session.wait([(SUSPEND, "Jobs are running on this machine")], "It may suspend")
    sample.sagemaker.stop_processing_job(ProcessingJobName=name)
    session.wait([], "It may still not suspend")
