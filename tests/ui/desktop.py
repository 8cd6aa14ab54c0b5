# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop for one test run: an X server, a window manager, a session bus and accessibility."""

import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

SIZE = (1280, 800)

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <standard_session_servicedirs/>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# What the settings of a GNOME desktop would say; nothing moves, so that all is where it was seen.
SETTINGS = """[Settings]
gtk-font-name=Adwaita Sans 11
gtk-enable-animations=0
gtk-decoration-layout=:close
gtk-cursor-blink=0
"""

# The font of GNOME is not in Debian; Inter is what it is made from.
FONT_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <alias binding="same"><family>Adwaita Sans</family><prefer><family>Inter</family></prefer></alias>
  <alias binding="same"><family>Adwaita Mono</family>
    <prefer><family>JetBrains Mono</family></prefer></alias>
  <alias binding="same"><family>monospace</family>
    <prefer><family>JetBrains Mono</family></prefer></alias>
  <cachedir>{directory}/fontconfig</cachedir>
</fontconfig>
"""


class Desktop:
    """Everything that a window needs, in a directory of its own; stop() ends it all."""

    def __init__(self, size=SIZE):
        self.directory = Path(tempfile.mkdtemp(prefix="sagebrush-desktop-"))
        self.size = size
        self.processes = []
        self.environment = {}

    def start(self):
        for name in ("config", "cache", "data", "runtime", "screen"):
            (self.directory / name).mkdir(mode=0o700)
        (self.directory / "bus.conf").write_text(BUS_CONFIG.format(directory=self.directory))
        (self.directory / "fonts.conf").write_text(FONT_CONFIG.format(directory=self.directory))
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if name not in ("WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS",
                               "AT_SPI_BUS_ADDRESS", "GTK_THEME")},
            "HOME": str(self.directory),
            "XDG_CONFIG_HOME": str(self.directory / "config"),
            "XDG_CACHE_HOME": str(self.directory / "cache"),
            "XDG_DATA_HOME": str(self.directory / "data"),
            "XDG_RUNTIME_DIR": str(self.directory / "runtime"),
            "FONTCONFIG_FILE": str(self.directory / "fonts.conf"),
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GDK_DEBUG": "no-portals",
            "GTK_A11Y": "atspi",
            "GSETTINGS_BACKEND": "keyfile",
            "GIO_USE_VFS": "local",
            "NO_AT_BRIDGE": "0",
        }
        self._start_display()
        self._start_bus()
        self._spawn("openbox", "--sm-disable")
        self.start_keyring()
        return self

    def _spawn(self, *command, **options):
        log = open(self.directory / f"{Path(command[0]).name}.log", "ab")
        process = subprocess.Popen(command, env=self.environment, stderr=log,
                                   **{"stdin": subprocess.DEVNULL, "stdout": log, **options})
        self.processes.append(process)
        return process

    def _start_display(self):
        read, write = os.pipe()
        self._spawn("Xvfb", "-displayfd", str(write), "-screen", "0",
                    f"{self.size[0]}x{self.size[1]}x24", "-nolisten", "tcp", "-noreset",
                    "-fbdir", str(self.directory / "screen"), pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as number:
            self.environment["DISPLAY"] = ":" + number.readline().strip()

    def _start_bus(self):
        bus = self._spawn("dbus-daemon", "--nofork", "--print-address",
                          f"--config-file={self.directory}/bus.conf",
                          stdout=subprocess.PIPE, text=True)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def start_keyring(self):
        """A keyring that is unlocked, as after a login: it asks for nothing."""
        self.keyring = keyring = self._spawn("gnome-keyring-daemon", "--foreground", "--unlock",
                              "--components=secrets", stdin=subprocess.PIPE)
        keyring.stdin.write(b"test")
        keyring.stdin.close()

    def stop_keyring(self):
        """Ends the one that runs. Whoever asks for a keyring then has the bus start one that is locked."""
        pid = self.run("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus",
                       "/", "org.freedesktop.DBus.GetConnectionUnixProcessID",
                       "string:org.freedesktop.secrets", check=False).split()
        if pid:
            os.kill(int(pid[-1]), signal.SIGTERM)
        self.keyring.wait(timeout=30)

    def run(self, *command, check=True):
        """Runs a command to its end and returns what it printed."""
        return subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=check).stdout

    def windows(self, pid):
        """The windows in sight of that process: their numbers."""
        found = self.run("xdotool", "search", "--onlyvisible", "--pid", str(pid), check=False)
        return [int(number) for number in found.split()]

    def geometry(self, window):
        """x, y, width and height of a window on the screen; None when it is gone."""
        shell = self.run("xdotool", "getwindowgeometry", "--shell", str(window), check=False)
        values = dict(line.split("=", 1) for line in shell.splitlines() if "=" in line)
        if "HEIGHT" not in values:
            return None
        return tuple(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def active_window(self):
        """The window that has the keyboard; None for none."""
        found = self.run("xdotool", "getactivewindow", check=False).strip()
        return int(found) if found else None

    def picture(self, box=None):
        """What is on the screen, or in the box (x, y, width, height) of it. Xvfb keeps its picture
        in a file of the old XWD form, 32 bits a pixel: a header, a table of colours, the rows."""
        data = (self.directory / "screen" / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        header_size, width, height, row_bytes, colours = (header[i] for i in (0, 4, 5, 12, 19))
        rows = bytearray(data[header_size + colours * 12:][:row_bytes * height])
        rows[0::4], rows[2::4] = rows[2::4], rows[0::4]  # blue, green, red, nothing
        rows[3::4] = b"\xff" * (len(rows) // 4)
        pixbuf = GdkPixbuf.Pixbuf.new_from_bytes(
            GLib.Bytes.new(bytes(rows)), GdkPixbuf.Colorspace.RGB, True, 8, width, height, row_bytes)
        if box is None:
            return pixbuf
        left, top = max(0, box[0]), max(0, box[1])
        right, bottom = min(width, box[0] + box[2]), min(height, box[1] + box[3])
        return pixbuf.new_subpixbuf(left, top, right - left, bottom - top)

    def screenshot(self, path, box=None):
        """Writes what is on the screen, or in the box of it, to a PNG file."""
        self.picture(box).savev(str(path), "png", ["compression"], ["3"])
        return path

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + 10
        for process in reversed(self.processes):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            if process.stdout:
                process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)
