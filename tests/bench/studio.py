# SPDX-License-Identifier: GPL-3.0-or-later
"""Studio as one waits for it: its window, its first content, its memory, and how long it makes one
wait while many jobs are shown.

The window is measured beside an empty GTK window and GNOME's text editor, in turns. The main loop is
watched from outside: a call over the session bus is answered by it, so the answer is as late as it."""

import contextlib
import os
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import figures
import spine

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "ui"))

from desktop import Desktop  # noqa: E402

ROUNDS = 7
SETTLE = 2.0          # seconds until a program has done what it does at its start
JOBS = 10_000
PROBE_INTERVAL = 0.004
BURST_SECONDS = 2
BUILD = Path(os.environ["SAGEBRUSH_BUILD"])


def studio_environment(desktop):
    return dict(desktop.environment,
                SAGEBRUSH_LIBEXECDIR=str(Path(figures.program("sagebrushd")).parent),
                SAGEBRUSH_DATADIR=str(SOURCE / "data"),
                GSETTINGS_SCHEMA_DIR=str(BUILD / "data"), GTK_A11Y="none")


def stop(pid):
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    if Path(f"/proc/{pid}").exists():
        os.kill(pid, signal.SIGKILL)


def open_window(command, environment, log):
    """Starts a program; the milliseconds until its window was there, and its process id."""
    with open(log, "wb") as errors:
        answer = subprocess.run([figures.program("window-time"), *map(str, command)], env=environment,
                                stdout=subprocess.PIPE, stderr=errors, text=True, check=True).stdout
    milliseconds, pid = answer.split()
    return float(milliseconds), int(pid)


def first_content(log, page):
    """Microseconds of the monotonic clock at which Studio showed the content of a page, the type of
    which is given, from its log."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        match = re.search(rf"first content of {page} at (\d+)",
                          Path(log).read_text(errors="replace"))
        if match:
            return int(match[1])
        time.sleep(0.005)
    raise TimeoutError(f"Studio showed nothing: {Path(log).read_text(errors='replace')[-2000:]}")


def measure_windows(desktop, data_dir, work):
    environment = studio_environment(desktop)
    editor = work / "note.txt"
    editor.write_text("A file, as the editor opens one.\n")
    programs = {
        "studio": [figures.program("sagebrush"), "--data-dir", data_dir],
        "empty": [figures.program("empty-window")],
        "editor": ["gnome-text-editor", "--standalone", editor],
    }
    times = {name: [] for name in programs}
    memory = {name: [] for name in programs}
    content = []
    for number in range(ROUNDS + 1):  # the first round brings everything into memory
        for name, command in programs.items():
            log = work / f"{name}.log"
            started = time.monotonic_ns()
            extra = {"G_MESSAGES_DEBUG": "sage-first-content"} if name == "studio" else {}
            took, pid = open_window(command, dict(environment, **extra), log)
            if name == "studio":
                shown = first_content(log, "SageHomePage")
            time.sleep(SETTLE)
            if number > 0:
                times[name].append(took)
                memory[name].append(spine.proportional_mib(pid))
                if name == "studio":
                    content.append(shown / 1e3 - started / 1e6)
            stop(pid)
    median = {name: statistics.median(values) for name, values in times.items()}
    figures.report("studio-window", median["studio"], "ms", reference=median["empty"],
                   reference_name="empty-gtk-window")
    figures.report("studio-window-to-editor", median["studio"], "ms", reference=median["editor"],
                   reference_name="gnome-text-editor", ratio=("<=", 1.1))
    figures.report("studio-first-content", statistics.median(content), "ms",
                   reference=median["editor"], reference_name="gnome-text-editor-window")
    figures.report("studio-memory", statistics.median(memory["studio"]), "MiB",
                   reference=statistics.median(memory["editor"]),
                   reference_name="gnome-text-editor", limit=("<=", 120))


class Probe(threading.Thread):
    """Asks Studio's main loop for an answer all the time and keeps how long each took."""

    def __init__(self, environment):
        super().__init__(daemon=True)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = environment["DBUS_SESSION_BUS_ADDRESS"]
        import gi
        gi.require_version("Gio", "2.0")
        from gi.repository import Gio
        self.gio = Gio
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.latencies = []
        self.over = threading.Event()

    def ask(self):
        self.bus.call_sync("org.sagebrush.Studio", "/org/sagebrush/Studio", "org.gtk.Actions",
                           "List", None, None, self.gio.DBusCallFlags.NO_AUTO_START, 20000, None)

    def run(self):
        while not self.over.is_set():
            start = time.monotonic()
            self.ask()
            self.latencies.append((time.monotonic() - start) * 1e3)
            time.sleep(PROBE_INTERVAL)

    def finish(self):
        self.over.set()
        self.join()
        return sorted(self.latencies)


def share(ordered, part):
    return ordered[int(len(ordered) * part)]


def seed_jobs(data_dir, count):
    """Makes that many jobs out of the one that there is, as the engine would have left them."""
    with sqlite3.connect(data_dir / "engine.db") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info (resource)")
                   if row[1] != "id"]
        row = dict(zip(columns, database.execute(
            f"SELECT {', '.join(columns)} FROM resource WHERE kind = 'processing-job'").fetchone()))
        name = row["name"]
        lower = name.lower()

        def copy(number):
            other = f"job-{number:06}"
            values = dict(row, name=other, arn=row["arn"].replace(lower, other),
                          created=row["created"] - number, modified=row["modified"] - number,
                          doc=row["doc"].replace(name, other).replace(lower, other))
            return [values[column] for column in columns]

        database.executemany(
            f"INSERT INTO resource ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            (copy(number) for number in range(1, count + 1)))


def run_session(desktop, pid):
    """What somebody does in a while with jobs: looks, scrolls, sorts, filters, opens, goes back."""
    def key(*keys, delay=40):
        desktop.run("xdotool", "key", "--delay", str(delay), *keys)

    key("alt+5")
    time.sleep(1)
    for _round in range(3):
        key(*["Page_Down"] * 30, delay=16)
        key("End")
        time.sleep(0.3)
        key("Home")
        time.sleep(0.3)
    key("ctrl+f")
    desktop.run("xdotool", "type", "--delay", "60", "job-0042")
    time.sleep(0.8)
    key("Escape")
    for section in ("alt+1", "alt+2", "alt+5"):
        key(section)
        time.sleep(0.4)
    key("ctrl+Return")
    time.sleep(0.3)
    desktop.run("xdotool", "type", "--delay", "60", "job-00017")
    time.sleep(0.6)
    key("Return")
    time.sleep(1.5)
    key("alt+Left")
    time.sleep(0.5)
    if not Path(f"/proc/{pid}").exists():
        raise RuntimeError("Studio ended during the session")


@contextlib.contextmanager
def watched_studio(desktop, data_dir, work):
    """A Studio under a window manager, whose main loop is being watched."""
    environment = studio_environment(desktop)
    window_manager = subprocess.Popen(["openbox", "--sm-disable"], env=desktop.environment,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(work / "session.log", "wb") as log:
        process = subprocess.Popen([figures.program("sagebrush"), "--data-dir", str(data_dir)],
                                   env=environment, stdout=log, stderr=log)
    try:
        time.sleep(4)
        yield process, environment
    finally:
        stop(process.pid)
        process.wait()
        window_manager.terminate()
        window_manager.wait()


def measure_stalls(desktop, data_dir, work):
    with watched_studio(desktop, data_dir, work) as (process, environment):
        probe = Probe(environment)
        probe.start()
        run_session(desktop, process.pid)
        latencies = probe.finish()
        memory = spine.proportional_mib(process.pid)
    figures.report("studio-stall-worst", latencies[-1], "ms", limit=("<=", 100))
    figures.report("studio-stall-p99", share(latencies, 0.99), "ms", limit=("<=", 16))
    figures.report("studio-memory-10000-jobs", memory, "MiB", limit=("<=", 160))


def measure_burst(desktop, engine, data_dir, work):
    """Makes things as fast as the engine can, which takes both processors, while Studio lists them."""
    with watched_studio(desktop, data_dir, work) as (process, environment):
        desktop.run("xdotool", "key", "alt+3")
        time.sleep(1)
        probe = Probe(environment)
        probe.start()
        rate = spine.print_of([figures.program("load-creates"), str(engine.port),
                               engine.credentials.access_key, engine.credentials.secret_key,
                               engine.region, "8", str(BURST_SECONDS)])
        time.sleep(1)
        latencies = probe.finish()
        if process.poll() is not None:
            raise RuntimeError("Studio ended during the burst")
    figures.report("studio-burst-events", rate * BURST_SECONDS, "events", limit=(">=", 10_000))
    figures.report("studio-burst-stall-worst", latencies[-1], "ms", limit=("<=", 16.6))
    figures.report("studio-burst-stall-p99", share(latencies, 0.99), "ms")


def main():
    work = Path(tempfile.mkdtemp(prefix="sagebrush-bench-"))
    desktop = Desktop().start()
    try:
        # A window manager would map the windows itself, and later.
        manager = next(process for process in desktop.processes if process.args[0] == "openbox")
        manager.terminate()
        manager.wait()
        share_dir = spine.make_share(work)
        data_dir = work / "engine"
        with spine.running_engine(data_dir, share_dir) as (engine, _took):
            name = "seed"
            engine.sagemaker.create_processing_job(
                ProcessingJobName=name, **spine.processing(["/bin/true"]))
            spine.wait_for_job(engine, name)
        with spine.running_engine(data_dir, share_dir):
            measure_windows(desktop, data_dir, work)
        seed_jobs(data_dir, JOBS)
        with spine.running_engine(data_dir, share_dir):
            measure_stalls(desktop, data_dir, work)
        with spine.running_engine(data_dir, share_dir) as (engine, _took):
            measure_burst(desktop, engine, data_dir, work)
    finally:
        desktop.stop()
        figures.clean_up(work)


if __name__ == "__main__":
    main()
