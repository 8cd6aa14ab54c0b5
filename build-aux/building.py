# SPDX-License-Identifier: GPL-3.0-or-later
"""Configures and builds a build directory; what run, test, bench and fuzz have in common."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent

OPTIMISED = ["-Dbuildtype=debugoptimized"]
SANITISED = ["-Dbuildtype=debugoptimized", "-Db_sanitize=address,undefined", "-Db_lundef=false"]


class BuildError(Exception):
    """The build failed; the message is one sentence for the user."""


def say(text, stream=None):
    """Prints a line at once, so that it stands in order with what programs print."""
    print(text, file=stream, flush=True)


@contextlib.contextmanager
def _lock(path):
    with open(path, "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another build in {path.parent.name}", sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(options, compiler):
    """Tells a build directory that another toolchain or other options have configured."""
    packages = (SOURCE / "build-aux/packages.txt").read_text(encoding="utf-8")
    system = Path("/etc/os-release").read_text(encoding="utf-8")
    text = "\n".join([*options, compiler or "", packages, system])
    return hashlib.sha256(text.encode()).hexdigest()


def _configure(build, options, compiler, log):
    stamp = build / "sagebrush-configured"
    fingerprint = _fingerprint(options, compiler)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint:
        return
    for left in build.iterdir():
        if left.name not in ("lock", log.name):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    environment = dict(os.environ)
    if compiler:
        environment["CC"] = compiler
    _run(["meson", "setup", str(build), str(SOURCE), *options], log, environment, "Configuring")
    stamp.write_text(fingerprint, encoding="utf-8")


def _run(command, log, environment, what):
    """Runs a step of the build; its output goes to the log and, when it fails, its end here too."""
    with open(log, "ab") as output:
        code = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=environment, check=False).returncode
    if code != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        wrong = [i for i, line in enumerate(lines) if line.startswith("FAILED:") or "ERROR:" in line]
        start = wrong[0] if wrong else max(0, len(lines) - 40)
        say("\n".join(lines[start:start + 60]), sys.stderr)
        raise BuildError(f"{what} failed (log: {log})")


def build(name, options, compiler=None, targets=()):
    """Brings the build directory `name` up to date with the source and returns its path."""
    directory = SOURCE / name
    directory.mkdir(exist_ok=True)
    log = directory / "build.log"
    with _lock(directory / "lock"):
        log.write_bytes(b"")
        _configure(directory, options, compiler, log)
        _run(["ninja", "-C", str(directory), *targets], log, None, "Building")
    return directory
