# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader knows of a program, read from the accessibility bus.

AT-SPI's client library keeps copies of all that it has seen, and they are not always up to date;
this asks the program itself. GTK answers for everything that it has been asked about in one call,
so that looking at a whole window takes some milliseconds."""

import time

from gi.repository import Gio, GLib

REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
TEXT = "org.a11y.atspi.Text"
VALUE = "org.a11y.atspi.Value"
CALL_DEADLINE = 20000  # milliseconds
WINDOW_COORDINATES = 1
POPUP_LAYER = 5
LABELLED_BY = 2
LEVELS = 100  # deeper than any window

STATES = {
    "active": 1, "busy": 3, "checked": 4, "collapsed": 5, "editable": 7, "enabled": 8,
    "expandable": 9, "expanded": 10, "focusable": 11, "focused": 12, "modal": 16, "pressed": 20,
    "selectable": 22, "selected": 23, "sensitive": 24, "showing": 25, "visible": 30,
    "required": 33, "invalid": 36, "checkable": 41, "has_popup": 42, "read_only": 43,
}


class Gone(Exception):
    """The thing, or its program, is not there any more."""


class Item:
    """One accessible object as it was when the program was looked at."""

    __slots__ = ("path", "parent", "index", "name", "description", "states", "role", "children",
                 "count")

    def __init__(self, record):
        (_, self.path), _, (_, self.parent), self.index, self.count, _, self.name, _, \
            self.description, states = record
        self.states = states[0] | states[1] << 32
        self.role = ""
        self.children = []

    def has(self, state):
        return bool(self.states >> STATES[state] & 1)


class Bus:
    """The accessibility bus of a desktop."""

    def __init__(self, environment):
        session = self._open(environment["DBUS_SESSION_BUS_ADDRESS"])
        self.address = session.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
            Gio.DBusCallFlags.NONE, CALL_DEADLINE, None).unpack()[0]
        session.close_sync(None)
        self.connection = self._open(self.address)

    @staticmethod
    def _open(address):
        return Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, name, path, interface, method, arguments=None):
        try:
            return self.connection.call_sync(name, path, interface, method, arguments, None,
                                             Gio.DBusCallFlags.NONE, CALL_DEADLINE, None).unpack()
        except GLib.Error as error:
            raise Gone(f"{interface}.{method}: {error.message}") from None

    def call_all(self, name, paths, interface, method, arguments=None):
        """The same call of many objects at once; what each answered, None for what is gone."""
        answers = {}
        paths = set(paths)  # what is in a page of a stack is a child of the page and of its widget
        context = GLib.MainContext.default()

        def answered(connection, result, path):
            try:
                answers[path] = connection.call_finish(result).unpack()
            except GLib.Error:
                answers[path] = None

        for path in paths:
            self.connection.call(name, path, interface, method, arguments, None,
                                 Gio.DBusCallFlags.NONE, CALL_DEADLINE, None, answered, path)
        while len(answers) < len(paths):
            context.iteration(True)
        return answers

    def find_program(self, pid):
        """The bus name of the program that has the process number; None while it has none."""
        children = self.call(REGISTRY, ROOT, ACCESSIBLE, "GetChildren")[0]
        for name, _path in children:
            try:
                owner = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                  "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                                  GLib.Variant("(s)", (name,)))[0]
            except Gone:
                continue
            if owner == pid:
                return name
        return None


class Program:
    """The accessible objects of one program."""

    def __init__(self, bus, name):
        self.bus = bus
        self.name = name
        self.roles = {}

    def call(self, path, interface, method, arguments=None):
        return self.bus.call(self.name, path, interface, method, arguments)

    def _records(self):
        """All that the program has on record, by path. It records what was asked for once."""
        asked = {ROOT}
        answers = self.bus.call_all(self.name, [ROOT], ACCESSIBLE, "GetChildren")
        for _ in range(LEVELS):
            items = {}
            for record in self.call("/org/a11y/atspi/cache", "org.a11y.atspi.Cache",
                                    "GetItems")[0]:
                item = Item(record)
                items[item.path] = item
            for item in items.values():
                if item.path != ROOT and item.parent in items:
                    items[item.parent].children.append(item)
            unknown = [item.path for item in items.values()
                       if item.path != ROOT and item.count > len(item.children)
                       and item.has("showing") and item.path not in asked]
            if not unknown:
                break
            while unknown:  # what is below it is on record only once it was asked for, too
                asked.update(unknown)
                children = self.bus.call_all(self.name, unknown, ACCESSIBLE, "GetChildren")
                unknown = [path for answer in children.values() for _, path in (answer or ((),))[0]
                           if path not in items and path not in asked]
        windows = {path for _, path in (answers[ROOT] or ((),))[0]}
        return items, [items[path] for path in windows if path in items]

    def look(self):
        """The windows that the program shows, as trees of what is showing."""
        _, windows = self._records()
        seen = []

        def keep(item):
            seen.append(item)
            item.children = sorted((child for child in item.children if child.has("showing")),
                                   key=lambda child: child.index)
            for child in item.children:
                keep(child)

        windows = [window for window in windows if window.has("showing")]
        for window in windows:
            keep(window)
        if self._drop_hidden(seen):
            seen.clear()
            for window in windows:
                keep(window)
        self._learn_roles(seen)
        self._learn_names(seen)
        return windows

    def _drop_hidden(self, items):
        """The pages of a tab view, and a sidebar that is folded in, say that they are showing when
        they are not; but they have no size then. Returns whether there were any."""
        hidden = False
        self._learn_roles(items)
        doubtful = {child.path: item for item in items if item.role == "tab panel"
                    for child in item.children}
        doubtful |= {item.path: item for item in items
                     if item.role == "generic" and item.has("focusable")}
        answers = self.bus.call_all(self.name, list(doubtful), COMPONENT, "GetExtents",
                                    GLib.Variant("(u)", (WINDOW_COORDINATES,)))
        for path, item in doubtful.items():
            if answers[path] is not None and answers[path][0][2:] == (0, 0):
                item.states &= ~(1 << STATES["showing"])
                hidden = True
        return hidden

    def _learn_roles(self, items):
        unknown = [item.path for item in items if item.path not in self.roles]
        for path, answer in self.bus.call_all(self.name, unknown, ACCESSIBLE,
                                              "GetRoleName").items():
            if answer is not None:
                self.roles[path] = answer[0]
        for item in items:
            item.role = self.roles.get(item.path, "")

    def _learn_names(self, items):
        """GTK gives the items of menus no names; a screen reader reads what labels them."""
        nameless = {item.path: item for item in items
                    if not item.name and "menu item" in item.role}
        labels = {}
        for path, answer in self.bus.call_all(self.name, list(nameless), ACCESSIBLE,
                                              "GetRelationSet").items():
            for kind, targets in (answer or ((),))[0]:
                if kind == LABELLED_BY and targets:
                    labels[path] = targets[0][1]
        texts = self.bus.call_all(self.name, list(set(labels.values())), TEXT, "GetText",
                                  GLib.Variant("(ii)", (0, -1)))
        for path, label in labels.items():
            if texts[label]:
                nameless[path].name = texts[label][0]

    def text(self, path):
        """The text of an entry, a label or a text view; None for what has no text."""
        try:
            count = self._get(path, TEXT, "CharacterCount")
            return self.call(path, TEXT, "GetText", GLib.Variant("(ii)", (0, count)))[0]
        except Gone:
            return None

    def _get(self, path, interface, name):
        return self.call(path, "org.freedesktop.DBus.Properties", "Get",
                         GLib.Variant("(ss)", (interface, name)))[0]

    def value(self, path):
        """The number that a spin button, a scale or a progress bar shows."""
        return self._get(path, VALUE, "CurrentValue")

    def extents(self, path):
        """x, y, width and height in its window."""
        return self.call(path, COMPONENT, "GetExtents",
                         GLib.Variant("(u)", (WINDOW_COORDINATES,)))[0]

    def boxes(self, paths):
        """The extents of a thing and what is around it, up to its popover if it is in one."""
        layers = self.bus.call_all(self.name, paths, COMPONENT, "GetLayer")
        popovers = [at for at, path in enumerate(paths) if layers[path] == (POPUP_LAYER,)]
        inside = paths[popovers[-1]:] if popovers else paths
        answers = self.bus.call_all(self.name, inside, COMPONENT, "GetExtents",
                                    GLib.Variant("(u)", (WINDOW_COORDINATES,)))
        boxes = [answers[path][0] for path in inside if answers[path] is not None]
        return [box for box in boxes if box[3] > 0]  # a stack's page has no place of its own


class Announcements:
    """What a program has a screen reader say while this listens."""

    def __init__(self, bus):
        self.bus = bus
        self.said = []
        bus.call(REGISTRY, "/org/a11y/atspi/registry", REGISTRY, "RegisterEvent",
                 GLib.Variant("(sass)", ("object:announcement", [], "")))
        self.subscription = bus.connection.signal_subscribe(
            None, "org.a11y.atspi.Event.Object", "Announcement", None, None,
            Gio.DBusSignalFlags.NONE, self._heard)

    def _heard(self, _connection, _sender, _path, _interface, _signal, parameters):
        self.said += [part for part in parameters.unpack() if isinstance(part, str) and part]

    def wait(self, pattern, seconds=20):
        """Waits until something is said that the pattern is found in, and returns it."""
        deadline = time.monotonic() + seconds
        context = GLib.MainContext.default()
        while True:
            while context.iteration(False):
                pass
            for text in self.said:
                if pattern.search(text):
                    return text
            assert time.monotonic() < deadline, f"nobody said {pattern.pattern}; {self.said}"
            time.sleep(0.02)

    def stop(self):
        self.bus.connection.signal_unsubscribe(self.subscription)
