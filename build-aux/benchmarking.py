# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds optimised and runs the benchmarks of tests/bench. Prints a line a figure, separated by
tabs: name, ours, unit, reference, reference's name, ratio, target, and ok or short."""

import argparse
import os
import subprocess
import sys

import building

BENCH = building.SOURCE / "tests" / "bench"
sys.path.insert(0, str(BENCH))
import figures  # noqa: E402, what the benchmarks themselves print with


def run(name, build):
    """Runs one benchmark, passing its figures on as they come; returns whether all went well."""
    environment = dict(os.environ, SAGEBRUSH_BUILD=str(build), PYTHONDONTWRITEBYTECODE="1")
    well, seen = True, 0
    with subprocess.Popen(
            ["python3", str(BENCH / f"{name}.py")], stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env=environment, text=True) as process:
        for line in process.stdout:
            try:
                figures.check(line.rstrip("\n"))
                print(line, end="", flush=True)
                seen += 1
            except ValueError as error:
                print(f"bench {name}: {error}", file=sys.stderr)
                well = False
    if process.returncode != 0 or seen == 0:
        print(f"bench {name}: ended with status {process.returncode} after {seen} figures",
              file=sys.stderr)
        well = False
    return well


def main():
    sys.dont_write_bytecode = True
    names = sorted(path.stem for path in BENCH.glob("*.py") if path.stem != "figures")
    parser = argparse.ArgumentParser(
        prog="build-aux/bench", description=__doc__,
        epilog=f"Benchmarks: {', '.join(names) or 'none'}; all when none is named.")
    parser.add_argument("name", nargs="*", metavar="NAME")
    chosen = parser.parse_args().name or names
    for name in chosen:
        if name not in names:
            parser.error(f"there is no benchmark '{name}'; there are: {', '.join(names) or 'none'}")
    try:
        build = building.build("build", building.OPTIMISED)
    except building.BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if all([run(name, build) for name in chosen]) else 1


if __name__ == "__main__":
    sys.exit(main())
