# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds Sagebrush optimised and runs it from the build directory.

Usage: build-aux/run [OPTION OF sagebrush …]
       build-aux/run --headless [--out DIR]
       build-aux/run --engine-only [OPTION OF sagebrushd …]
       build-aux/run --ctl [ARGUMENT OF sagebrushctl …]

  without one of the words below, open Studio on the sample project; without a display, the same as
  --headless
  --headless     take pictures of every page of Studio, then run the sample's lifecycle on an engine
                 of its own, through the API: a line per stage, then "lifecycle: ok in N s"
  --out DIR      where the lifecycle and the pictures keep what they made (out/ in the source folder)
  --engine-only  run the engine in the foreground; without options, the user's own engine
  --ctl          run the command-line client, for example: build-aux/run --ctl env
  --help         show this"""

import os
import re
import subprocess
import sys
from pathlib import Path

import building

SAMPLE = building.SOURCE / "data" / "samples" / "churn"
SCREENSHOTS = building.SOURCE / "build-aux" / "screenshots.py"


class UsageError(Exception):
    """The command line makes no sense; the message says why."""


def parse_headless(arguments):
    """Returns the folder to keep things in."""
    out = building.SOURCE / "out"
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        if option == "--headless":
            continue
        if option == "--out" and rest:
            out = rest.pop(0)
        elif option.startswith("--out=") and option != "--out=":
            out = option.removeprefix("--out=")
        elif option == "--out":
            raise UsageError("--out needs a folder")
        elif option in ("--engine-only", "--ctl"):
            raise UsageError(f"{option} must come first")
        else:
            raise UsageError(f"there is no option '{option}'")
    return Path(out).absolute()


def parse_arguments(arguments):
    """Returns what to run: its name and its arguments."""
    if arguments[:1] == ["--engine-only"]:
        return "sagebrushd", arguments[1:]
    if arguments[:1] == ["--ctl"]:
        return "sagebrushctl", arguments[1:]
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    words = [argument.split("=", 1)[0] for argument in arguments]
    if not display or "--headless" in words or "--out" in words:
        return "headless", [parse_headless(arguments)]
    return "sagebrush", arguments or [str(SAMPLE)]


def run_headless(programs, out):
    """The pictures first: the lifecycle's last line is the last of all."""
    code = subprocess.run(["python3", str(SCREENSHOTS), str(out / "screenshots")],
                          check=False).returncode
    if code != 0:
        print("run: Taking the pictures of Studio failed", file=sys.stderr)
        return code
    return subprocess.run(
        ["python3", str(SAMPLE / "lifecycle.py"), "--start-engine", str(programs / "sagebrushd"),
         "--out", str(out)], check=False).returncode


def own_language(build):
    """Returns the variables with which Studio speaks the user's language. The toolchain's tree has
    no locale but C, so the user's is made."""
    name = os.environ.get("LANG", "").split(".")[0]
    if os.environ.get("LC_ALL") != "C.UTF-8" or not re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}", name):
        return {}
    locale = build / "locale" / f"{name}.UTF-8"
    locale.parent.mkdir(exist_ok=True)
    if not locale.exists() and subprocess.run(
            ["localedef", "-i", name, "-f", "UTF-8", str(locale)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return {}
    return {"LOCPATH": str(locale.parent), "LC_ALL": locale.name}


def main():
    arguments = sys.argv[1:]
    if "--help" in arguments[:1] or "-h" in arguments[:1]:
        print(__doc__)
        return 0
    try:
        name, rest = parse_arguments(arguments)
        build = building.build("build", building.OPTIMISED)
    except UsageError as error:
        print(f"run: {error}; build-aux/run --help says what there is", file=sys.stderr)
        return 2
    except building.BuildError as error:
        print(f"run: {error}", file=sys.stderr)
        return 1

    programs = build / "src" / "programs"
    os.environ.update(
        SAGEBRUSH_LIBEXECDIR=str(programs),
        SAGEBRUSH_DATADIR=str(building.SOURCE / "data"),
        SAGEBRUSH_HELPDIR=str(build / "help" / "html"),
        SAGEBRUSH_LOCALEDIR=str(build / "po"),
        SAGEBRUSH_BUILD=str(build),
        GSETTINGS_SCHEMA_DIR=str(build / "data"),
        PYTHONDONTWRITEBYTECODE="1",
    )
    if name == "headless":
        return run_headless(programs, *rest)
    if name == "sagebrush":
        os.environ.update(own_language(build))
    command = [str(programs / name), *rest]
    sys.stdout.flush()
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
