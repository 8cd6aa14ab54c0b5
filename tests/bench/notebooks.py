# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernels and notebooks as one waits for them.

A cell's way to the kernel and back is measured through the engine's WebSocket and by jupyter_client
straight to the same kernel, in turns; a kernel's start, from nothing and where one stands by, beside
that of jupyter_server. Studio is started with a notebook the first cell of which is run as soon as it
is shown, beside what Jupyter's server alone takes until it answers: Debian has no JupyterLab, the page
of which that server would go on to serve. Studio opens a large notebook in a window of its own, scrolls
through it, and shows a cell that prints without end."""

import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from jupyter_client.blocking import BlockingKernelClient

import figures
import spine
import studio

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "api"))

from jupyter import Jupyter  # noqa: E402

ROUNDS = 200
STARTS = 5
CELLS = 2000
OUTPUT_BYTES = 25_000     # of each cell: 2,000 of them make 50 MB
WINDOW_SETTLE = 3.0
SCROLL_CLICKS = 180       # of the wheel, as fast as a hand turns it
FRAME_MS = 16.6           # what a frame may cost, so that 60 of them a second are shown
PRINTED_LINES = 10_000_000
PRINT_TIMEOUT = 600


def await_idle(channels, request):
    """Reads up to the end of what a request caused: its reply and the kernel's idle."""
    def of_it(message):
        return message["parent_header"].get("msg_id") == request

    channels.until(
        lambda message: of_it(message) and message["msg_type"].endswith("_reply"),
        lambda message: of_it(message) and message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle")


def run_through_engine(channels):
    start = time.perf_counter()
    await_idle(channels, channels.send("shell", "execute_request", {
        "code": "1", "silent": False, "store_history": True, "user_expressions": {},
        "allow_stdin": False, "stop_on_error": True}))
    return (time.perf_counter() - start) * 1e3


def run_directly(client):
    start = time.perf_counter()
    client.execute_interactive("1", output_hook=lambda message: None, allow_stdin=False)
    return (time.perf_counter() - start) * 1e3


def connection_file(data_dir, kernel):
    """The connection file that the kernel's host made."""
    found = [path for path in data_dir.rglob("*.json") if kernel in str(path)
             and "shell_port" in path.read_text(errors="replace")]
    return str(found[0])


def measure_round_trip(server, data_dir):
    kernel = server.start(name="python3")
    client = BlockingKernelClient()
    client.load_connection_file(connection_file(data_dir, kernel))
    client.start_channels()
    client.wait_for_ready(timeout=60)
    with server.channels(kernel) as channels:
        run_through_engine(channels)
        taken = figures.alternate(ROUNDS, engine=lambda: run_through_engine(channels),
                                  directly=lambda: run_directly(client))
    client.stop_channels()
    server.call("DELETE", f"/api/kernels/{kernel}")
    figures.report("kernel-round-trip", taken["engine"], "ms", reference=taken["directly"],
                   reference_name="jupyter_client")
    figures.report("kernel-round-trip-extra", max(0, taken["engine"] - taken["directly"]), "ms",
                   limit=("<=", 0.5))


def start_kernel(server):
    """Milliseconds from the request for a kernel to its first answer."""
    start = time.perf_counter()
    kernel = server.start(name="python3")
    with server.channels(kernel) as channels:
        request = channels.send("shell", "kernel_info_request", {})
        channels.until(lambda message: message["parent_header"].get("msg_id") == request
                       and message["msg_type"] == "kernel_info_reply")
    took = (time.perf_counter() - start) * 1e3
    server.call("DELETE", f"/api/kernels/{kernel}")
    return took


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def await_server(process, server):
    """Returns once it answers."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError):
            if server.call("GET", "/api/status").status == 200:
                return
        time.sleep(0.01)
    raise RuntimeError("jupyter_server did not start")


@contextlib.contextmanager
def jupyter_server(work):
    """Jupyter's own server, and the seconds until it answered."""
    token, port = uuid.uuid4().hex, free_port()
    server = Jupyter(f"http://127.0.0.1:{port}", token)
    start = time.perf_counter()
    process = subprocess.Popen(
        ["python3", "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={port}",
         f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={work}"],
        env=dict(os.environ, HOME=str(work), JUPYTER_RUNTIME_DIR=str(work / "runtime")),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_server(process, server)
        yield server, (time.perf_counter() - start) * 1e3
    finally:
        process.terminate()
        process.wait(timeout=30)


def measure_start(ours, theirs):
    taken = figures.alternate(STARTS, ours=lambda: start_kernel(ours),
                              theirs=lambda: start_kernel(theirs))
    figures.report("kernel-start", taken["ours"], "ms", reference=taken["theirs"],
                   reference_name="jupyter_server")


def await_standby(server, data_dir):
    """Returns once the engine has a kernel that nobody has yet, and that answers."""
    def is_ready():
        taken = {kernel["id"] for kernel in server.call("GET", "/api/kernels").json}
        return any(json.loads(path.read_text())["state"] == "idle"
                   for path in (data_dir / "kernels").glob("*/kernel.json")
                   if path.parent.name not in taken)

    spine.wait_for(is_ready, interval=0.1)
    time.sleep(1)


def measure_standby(server, data_dir):
    """Where a kernel of the kind was asked for before."""
    start_kernel(server)
    taken = []
    for _ in range(STARTS):
        await_standby(server, data_dir)
        taken.append(start_kernel(server))
    figures.report("kernel-start-standby", statistics.median(taken), "ms")


def write_timed_notebook(path, ran):
    """Its one cell notes when it runs, by the clock that all processes share."""
    code = f"import time\nwith open({str(ran)!r}, 'x') as file:\n    file.write(str(time.monotonic_ns()))"
    path.write_text(json.dumps({
        "cells": [{"cell_type": "code", "execution_count": None, "id": "a", "metadata": {},
                   "outputs": [], "source": code}],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python",
                                    "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5}))


def press_until(desktop, condition):
    """Presses "Run all" until something comes of it: before the window has the pointer nothing does."""
    desktop.run("xdotool", "mousemove", "845", "118")
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("No cell ran")
        desktop.run("xdotool", "click", "1")
        time.sleep(0.02)


def run_first_cell(desktop, server, data_dir, work):
    """Milliseconds from Studio's start with a notebook until a kernel ran its first cell, which the
    user has run as soon as it was shown; Studio goes with its kernel."""
    path, ran = work / "timed.ipynb", work / "ran"
    ran.unlink(missing_ok=True)
    write_timed_notebook(path, ran)
    started = time.monotonic_ns()
    process = start_in_front(desktop, data_dir, work, path)
    press_until(desktop, lambda: ran.exists() and ran.read_text())
    studio.stop(process.pid)
    process.wait()
    for session in server.call("GET", "/api/sessions").json:
        server.call("DELETE", f"/api/sessions/{session['id']}")
    return (int(ran.read_text()) - started) / 1e6


def start_server(work):
    with jupyter_server(work) as (_server, took):
        return took


def measure_usable(desktop, work, engines):
    """@engines: by name one that keeps a kernel standing by and one that does not, each with its data."""
    taken = {name: [] for name in (*engines, "server")}
    with window_manager(desktop):
        for number in range(STARTS + 1):  # the first round brings everything into memory
            for name, (server, data_dir) in engines.items():
                took = run_first_cell(desktop, server, data_dir, work)
                taken[name] += [took] if number > 0 else []
                if name == "standby":  # it is not to be started while others are measured
                    await_standby(server, data_dir)
            taken["server"] += [start_server(work)] if number > 0 else []
    median = {name: statistics.median(values) for name, values in taken.items()}
    figures.report("notebook-usable", median["standby"], "ms", reference=median["server"],
                   reference_name="jupyter_server-ready", ratio=("<=", 1 / 3))
    figures.report("notebook-usable-cold", median["cold"], "ms", reference=median["server"],
                   reference_name="jupyter_server-ready")


def write_large_notebook(path):
    """As Jupyter writes one whose cells printed much."""
    line = "0123456789 abcdefghijklmnopqrstuvwxyz, and so on to the end of it\n"
    lines = [line] * (OUTPUT_BYTES // len(line))
    cells = [{
        "cell_type": "code", "execution_count": i + 1, "id": f"cell-{i}", "metadata": {},
        "outputs": [{"name": "stdout", "output_type": "stream", "text": lines}],
        "source": [f"# Cell {i}\n", f"for line in range({len(lines)}):\n", "    print(text)"],
    } for i in range(CELLS)]
    path.write_text(json.dumps({
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python",
                                    "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n")


def write_small_notebook(path):
    path.write_text(json.dumps({
        "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Churn"]},
                  {"cell_type": "code", "execution_count": None, "id": "b", "metadata": {},
                   "outputs": [], "source": ["import pandas"]}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n")


@contextlib.contextmanager
def studio_showing(desktop, data_dir, work, path, **more):
    """Studio with a notebook that it has shown: its process id, its log, and how long (ms) the window
    and the notebook's first cells took."""
    log = work / "studio.log"
    environment = dict(studio.studio_environment(desktop),
                       G_MESSAGES_DEBUG="sage-first-content sage-frame", HOME=str(work), **more)
    started = time.monotonic_ns()
    took, pid = studio.open_window([figures.program("sagebrush"), "--data-dir", data_dir, path],
                                   environment, log)
    shown = studio.first_content(log, "SageNotebookPage")
    yield pid, log, took, shown / 1e3 - started / 1e6
    studio.stop(pid)


def open_in_studio(desktop, data_dir, work, path):
    """Milliseconds until the window is there, until the notebook's first cells are shown, and the
    memory (MiB) once it is quiet."""
    with studio_showing(desktop, data_dir, work, path) as (pid, _log, took, shown):
        time.sleep(WINDOW_SETTLE)
        return took, shown, spine.proportional_mib(pid)


def frame_costs(log, offset):
    """What the frames after a place in Studio's log cost its main thread (ms), the dearest last."""
    text = log.read_bytes()[offset:].decode(errors="replace")
    return sorted(int(cost) / 1e3 for cost in re.findall(r"frame (\d+) us", text))


def measure_scrolling(desktop, data_dir, work, path):
    """Turns the wheel over a notebook. A frame's cost is processor time, of all that the main thread
    does for it, so that it is the same on a busy machine."""
    worst, memories, late = [], [], 0
    for _ in range(3):
        with studio_showing(desktop, data_dir, work, path) as (pid, log, _took, _shown):
            time.sleep(WINDOW_SETTLE)
            offset = log.stat().st_size
            desktop.run("xdotool", "mousemove", "640", "400")
            desktop.run("xdotool", "click", "--repeat", str(SCROLL_CLICKS), "--delay", "16", "5")
            time.sleep(1)
            costs = frame_costs(log, offset)
            memories.append(spine.proportional_mib(pid))
        worst.append(costs[-1])
        late += sum(cost > FRAME_MS for cost in costs)
    figures.report("notebook-scroll-worst-frame", statistics.median(worst), "ms",
                   limit=("<=", FRAME_MS))
    figures.report("notebook-scroll-late-frames", late, "frames")
    figures.report("notebook-scroll-memory", statistics.median(memories), "MiB",
                   reference=path.stat().st_size / (1 << 20), reference_name="file", ratio=("<=", 4))


def write_printing_notebook(path, begun, done):
    code = "\n".join([f"open({str(begun)!r}, 'w').close()", f"for i in range({PRINTED_LINES}):",
                      "    print(i)", f"open({str(done)!r}, 'w').close()"])
    path.write_text(json.dumps({
        "cells": [{"cell_type": "code", "execution_count": None, "id": "a", "metadata": {},
                   "outputs": [], "source": code}],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python",
                                    "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5}))


def await_file(path, seconds, meanwhile=lambda: None):
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"There is no {path.name}")
        meanwhile()
        time.sleep(0.1)


@contextlib.contextmanager
def window_manager(desktop):
    """Keys go to a window that one has given the focus."""
    process = subprocess.Popen(["openbox", "--sm-disable"], env=desktop.environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield
    process.terminate()
    process.wait()


def start_in_front(desktop, data_dir, work, path):
    """Studio with a notebook that it has shown, where a window manager gives it the keys."""
    log = work / "front.log"
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            [figures.program("sagebrush"), "--data-dir", str(data_dir), str(path)], stderr=errors,
            stdout=errors, env=dict(studio.studio_environment(desktop), HOME=str(work),
                                    G_MESSAGES_DEBUG="sage-first-content"))
    studio.first_content(log, "SageNotebookPage")
    return process


def print_much(desktop, data_dir, work, probe):
    """Runs a cell that prints ten million lines in front of the user: the seconds from its begin to
    the kernel's last line, and the most memory (MiB) that Studio came to."""
    path, begun, done = (work / name for name in ("print.ipynb", "begun", "done"))
    write_printing_notebook(path, begun, done)
    peak = []
    process = start_in_front(desktop, data_dir, work, path)
    time.sleep(WINDOW_SETTLE)
    desktop.run("xdotool", "mousemove", "700", "182", "click", "1")  # its source
    desktop.run("xdotool", "key", "ctrl+Return")
    await_file(begun, PRINT_TIMEOUT)
    start = time.monotonic()
    probe.start()
    await_file(done, PRINT_TIMEOUT, lambda: peak.append(spine.proportional_mib(process.pid)))
    took = time.monotonic() - start
    time.sleep(WINDOW_SETTLE)
    peak.append(spine.proportional_mib(process.pid))
    probe.finish()
    studio.stop(process.pid)
    process.wait()
    return took, max(peak)


def measure_printing(desktop, data_dir, work):
    probe = studio.Probe(studio.studio_environment(desktop))
    with window_manager(desktop):
        took, peak = print_much(desktop, data_dir, work, probe)
    latencies = sorted(probe.latencies)
    figures.report("print-latency-worst", latencies[-1], "ms", limit=("<=", 50))
    figures.report("print-latency-p99", latencies[int(len(latencies) * 0.99)], "ms")
    figures.report("print-memory", peak, "MiB", limit=("<=", 150))
    figures.report("print-lines", PRINTED_LINES / took, "lines/s")


def measure_studio(desktop, data_dir, work, server_ms):
    small = work / "small.ipynb"
    large = work / "large.ipynb"
    write_small_notebook(small)
    write_large_notebook(large)
    size = large.stat().st_size / (1 << 20)
    open_in_studio(desktop, data_dir, work, small)  # brings everything into memory
    windows, contents, memories = zip(*[open_in_studio(desktop, data_dir, work, small)
                                        for _ in range(5)])
    figures.report("notebook-window", statistics.median(windows), "ms", limit=("<=", 250))
    figures.report("notebook-first-content", statistics.median(contents), "ms", reference=server_ms,
                   reference_name="jupyter_server-ready")
    figures.report("notebook-memory", statistics.median(memories), "MiB", limit=("<=", 120))
    _windows, contents, memories = zip(*[open_in_studio(desktop, data_dir, work, large)
                                         for _ in range(3)])
    figures.report("large-notebook-first-content", statistics.median(contents), "ms",
                   limit=("<=", 700))
    figures.report("large-notebook-memory", statistics.median(memories), "MiB", reference=size,
                   reference_name="file", ratio=("<=", 4))
    measure_scrolling(desktop, data_dir, work, large)
    measure_printing(desktop, data_dir, work)


def main():
    work = Path(tempfile.mkdtemp(prefix="sagebrush-bench-"))
    desktop = studio.Desktop().start()
    try:
        manager = next(process for process in desktop.processes if process.args[0] == "openbox")
        manager.terminate()
        manager.wait()
        data_dir = work / "engine"
        share = spine.make_share(work)
        with spine.running_engine(data_dir, share, "--kernel-standby=0") as (engine, _took):
            ours = Jupyter(engine.url, engine.credentials.secret_key)
            measure_round_trip(ours, data_dir)
            with jupyter_server(work) as (theirs, server_ms):
                measure_start(ours, theirs)
            with spine.running_engine(work / "standby", share) as (other, _took):
                ready = Jupyter(other.url, other.credentials.secret_key)
                measure_standby(ready, work / "standby")
                measure_usable(desktop, work, {"standby": (ready, work / "standby"),
                                               "cold": (ours, data_dir)})
            measure_studio(desktop, data_dir, work, server_ms)
    finally:
        desktop.stop()
        figures.clean_up(work)


if __name__ == "__main__":
    main()
