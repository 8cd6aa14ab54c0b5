# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the fuzz targets with libFuzzer, AddressSanitizer and UBSan and runs each for a while,
from its corpus on. Anything found is kept, and the exit status says that there was something."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import building

FUZZ = building.SOURCE / "tests" / "fuzz"
SYMBOLIZER = "external_symbolizer_path=/usr/bin/addr2line"  # names the lines of a finding
LIMITS = ("-timeout=5", "-rss_limit_mb=2048", "-malloc_limit_mb=256", "-max_len=65536")


def parse_arguments():
    names = sorted(path.stem.removeprefix("fuzz-") for path in FUZZ.glob("fuzz-*.c"))
    parser = argparse.ArgumentParser(
        prog="build-aux/fuzz", description=__doc__, usage="build-aux/fuzz [NAME…] [SECONDS]",
        epilog=f"Targets: {', '.join(names)}; all when none is named. SECONDS is 60.")
    parser.add_argument("argument", nargs="*", metavar="NAME or SECONDS")
    chosen = parser.parse_args().argument
    seconds = int(chosen.pop()) if chosen and chosen[-1].isdigit() else 60
    for name in chosen:
        if name not in names:
            parser.error(f"there is no target '{name}'; there are: {', '.join(names)}")
    return chosen or names, seconds


def fuzz(build, name, seconds):
    """Runs one target; returns whether it found nothing."""
    findings = build / "findings"
    grown = build / "corpus" / name
    findings.mkdir(exist_ok=True)
    grown.mkdir(parents=True, exist_ok=True)
    # In memory: a target that writes files should not wait for the disk.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="sagebrush-fuzz-", dir=memory) as scratch:
        run = subprocess.run(
            [str(build / "tests/fuzz" / f"fuzz-{name}"), f"-max_total_time={seconds}", *LIMITS,
             f"-artifact_prefix={findings}/{name}-", "-print_final_stats=1",
             str(grown), str(FUZZ / "corpus" / name)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=dict(os.environ, TMPDIR=scratch, LC_ALL="C.UTF-8", ASAN_OPTIONS=SYMBOLIZER,
                     UBSAN_OPTIONS=SYMBOLIZER),
            check=False)
    output = run.stdout.decode(errors="replace")
    log = build / f"fuzz-{name}.log"
    log.write_text(output, encoding="utf-8")
    units = re.search(r"number_of_executed_units:\s*(\d+)", output)
    if run.returncode == 0 and units:
        building.say(f"{name}: no finding in {int(units[1])} inputs, {seconds} s")
        return True
    kept = re.search(r"Test unit written to (\S+)", output)
    lines = output.strip().splitlines()
    wrong = [i for i, line in enumerate(lines) if "ERROR" in line or "runtime error" in line]
    start = wrong[0] if wrong else max(0, len(lines) - 20)
    building.say("\n".join([f"{name}: a finding" + (f", kept in {kept[1]}" if kept else ""),
                            *lines[start:start + 25], f"log: {log}"]))
    return False


def main():
    names, seconds = parse_arguments()
    options = [*building.SANITISED, "-Dfuzzers=true", "-Dc_args=-fsanitize=fuzzer-no-link"]
    try:
        build = building.build("build-fuzz", options, compiler="clang",
                               targets=[f"tests/fuzz/fuzz-{name}" for name in names])
    except building.BuildError as error:
        building.say(str(error))
        return 1
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        clean = list(pool.map(lambda name: fuzz(build, name, seconds), names))
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
