# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds Sagebrush optimised and runs it from the build directory.

Usage: build-aux/run [--headless] [--out DIR]
       build-aux/run --engine-only [OPTION OF sagebrushd …]
       build-aux/run --ctl [ARGUMENT OF sagebrushctl …]

  --headless     run the sample's lifecycle on an engine of its own, through the API: a line per
                 stage, then "lifecycle: ok in N s"; this is also what happens without an option
  --out DIR      where the lifecycle keeps what it made (out/ in the source folder)
  --engine-only  run the engine in the foreground; without options, the user's own engine
  --ctl          run the command-line client, for example: build-aux/run --ctl env
  --help         show this"""

import os
import sys
from pathlib import Path

import building

LIFECYCLE = building.SOURCE / "data" / "samples" / "churn" / "lifecycle.py"


class UsageError(Exception):
    """The command line makes no sense; the message says why."""


def parse_arguments(arguments):
    """Returns what to run: its name and its arguments."""
    if arguments[:1] == ["--engine-only"]:
        return "sagebrushd", arguments[1:]
    if arguments[:1] == ["--ctl"]:
        return "sagebrushctl", arguments[1:]

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
    return "lifecycle", ["--out", str(Path(out).absolute())]


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
        SAGEBRUSH_BUILD=str(build),
    )
    if name == "lifecycle":
        command = ["python3", str(LIFECYCLE), "--start-engine", str(programs / "sagebrushd"), *rest]
    else:
        command = [str(programs / name), *rest]
    sys.stdout.flush()
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
