# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks share: figures and their form, processor time of process trees, load.

A figure compares ours with a reference measured in the same run, because absolute figures drift
from machine to machine and from minute to minute."""

import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def short_number(value):
    """Three significant digits, without an exponent where people would not write one."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-3 else f"{value:.2e}"


def report(name, ours, unit, *, reference=None, reference_name="-", ratio=None, limit=None):
    """Prints a figure and returns whether it meets its target.

    ratio and limit are targets such as ("<=", 2.5): ratio bounds ours / reference, limit bounds
    ours. At most one is given; a figure without either is only told."""
    quotient = None if reference is None else ours / reference
    bound = ratio or limit
    measured = quotient if ratio else ours
    met = bound is None or (measured <= bound[1] if bound[0] == "<=" else measured >= bound[1])
    target = "-"
    if bound:
        target = f"{bound[0]} {short_number(bound[1])}" + ("x" if ratio else f" {unit}")
    print("\t".join([
        name, short_number(ours), unit,
        "-" if reference is None else short_number(reference), reference_name,
        "-" if quotient is None else short_number(quotient), target, "ok" if met else "short",
    ]), flush=True)
    return met


def check(line):
    """Raises ValueError when a line is not a figure."""
    fields = line.split("\t")
    if len(fields) != 8 or not all(fields):
        raise ValueError(f"not eight fields: {line!r}")
    name, ours, _unit, reference, _reference_name, ratio, _target, verdict = fields
    float(ours)
    for text in (reference, ratio):
        if text != "-":
            float(text)
    if verdict not in ("ok", "short") or not re.fullmatch(r"[\w.-]+", name):
        raise ValueError(f"not a figure: {line!r}")


def program(name):
    """Returns the path of a built program: one of ours or one of tests/bench."""
    build = Path(os.environ["SAGEBRUSH_BUILD"])
    for folder in ("src/programs", "tests/bench"):
        if (build / folder / name).exists():
            return str(build / folder / name)
    raise FileNotFoundError(f"{name} is not in {build}")


def process_tree(pid):
    """Returns a process and all below it."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    tree = [pid]
    for member in tree:
        tree.extend(children.get(member, ()))
    return tree


def processor_seconds(pid):
    """Returns the user and system time of a process tree, with that of its finished children."""
    ticks = 0
    for member in process_tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS


def resident_mib(pid):
    """Returns the resident memory of one process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


def find_gateways(directory):
    """The gateways whose engines keep their data beneath a directory. A gateway outlives its engine,
    so it is nobody's child."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_text().split("\0")
            if command[0].endswith("sagebrush-gateway") and \
               any(argument.startswith(f"{directory}/") for argument in command):
                found.append(int(entry.name))
    return found


def clean_up(work):
    """Ends what engines leave running on purpose, and removes what they left."""
    for gateway in find_gateways(work):
        os.kill(gateway, signal.SIGTERM)
    shutil.rmtree(work, ignore_errors=True)


def wrk_script(method, path, headers, body):
    """Returns the text of a wrk script that repeats one request. wrk takes Lua strings, so bytes
    are written as numbers."""
    def quote(text):
        return '"' + "".join(f"\\{byte:03d}" for byte in text.encode()) + '"'

    lines = [f"wrk.method = {quote(method)}", f"wrk.path = {quote(path)}"]
    lines += [f"wrk.headers[{quote(name)}] = {quote(value)}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"wrk.body = {quote(body)}")
    lines.append('done = function (summary)\n'
                 '  io.write (string.format ("requests %d errors %d\\n", summary.requests,\n'
                 '    summary.errors.connect + summary.errors.read + summary.errors.write +\n'
                 '    summary.errors.status + summary.errors.timeout))\n'
                 'end')
    return "\n".join(lines) + "\n"


def processor_us_per_request(pid, url, *, method="POST", path="/", headers=None, body=None,
                             connections=16, seconds=3):
    """Loads a server with one repeated request and returns its processor time per request.

    Raises RuntimeError when the server answers any of them with an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(wrk_script(method, path, headers or {}, body))
        script.flush()
        before = processor_seconds(pid)
        output = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script.name, url],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
        spent = processor_seconds(pid) - before
    counted = re.search(r"requests (\d+) errors (\d+)", output)
    if not counted or int(counted[1]) == 0 or int(counted[2]):
        raise RuntimeError(f"Load on {url} went wrong:\n{output}")
    return spent / int(counted[1]) * 1e6


def alternate(rounds, **measures):
    """Runs measures in turn, A B A B, and returns the median of each by its name."""
    values = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            values[name].append(measure())
    return {name: statistics.median(found) for name, found in values.items()}


@contextlib.contextmanager
def running(command, **options):
    """Runs a server that prints one JSON line when it is ready; yields its process, what the line
    said and the seconds until it came. Ends it with SIGTERM."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    try:
        line = process.stdout.readline()
        took = time.monotonic() - start
        if not line:
            raise RuntimeError(f"{command[0]} ended with status {process.wait()} before it was ready")
        yield process, json.loads(line), took
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
