# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds with AddressSanitizer and UBSan, runs the test suites and sums up their results."""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

import building

MESON_SUITES = ("lint", "unit", "fuzz-regression")
PYTEST_SUITES = {  # processes of each, as most tests wait more than they compute, and what each is given
    "api": (2, "loadfile"),
    "faults": (2, "loadfile"),
    "ui": (2, "load"),
}
SIDE_BY_SIDE = {"api", "faults"}
PROGRAMS = 2  # of the other suites at once, for each processor
OUTPUT_LINES = 60  # of a failed program, shown here; the log has all


@dataclass
class Result:
    """What a suite came to."""

    passed: int = 0
    skipped: list = field(default_factory=list)  # names, with the reason where one was given
    failures: list = field(default_factory=list)  # pairs of a test's name and its output

    def add(self, other):
        self.passed += other.passed
        self.skipped += other.skipped
        self.failures += other.failures

    def fail(self, name, output):
        self.failures.append((name, output))


def tail(text):
    return "\n".join(text.strip().splitlines()[-OUTPUT_LINES:])


def count_tap(result, record):
    """Adds the points of one program's TAP output, and the program itself when it went wrong."""
    failed = 0
    output = record.get("stdout", "")
    for point in re.finditer(r"^(not )?ok\b(.*)$", output, re.MULTILINE):
        name = re.sub(r"^\s*\d*\s*-?\s*", "", point[2])
        if re.search(r"#\s*(skip|todo)", name, re.IGNORECASE):
            result.skipped.append(f"{record['name']}: {name}")
        elif point[1]:
            failed += 1
            result.fail(f"{record['name']}: {name}", "")
        else:
            result.passed += 1
    if record["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") or failed:
        good = re.compile(r"^ok\b.*\n", re.MULTILINE)
        text = tail(good.sub("", output) + "\n" + record.get("stderr", ""))
        if failed:
            result.failures[-1] = (result.failures[-1][0], text)
        else:
            result.fail(f"{record['name']}: {record['result']}, status {record['returncode']}", text)


def run_meson_suite(suite, build, _arguments):
    result = Result()
    logs = build / "meson-logs"
    log = logs / f"{suite}.json"
    log.unlink(missing_ok=True)
    subprocess.run(
        ["meson", "test", "-C", str(build), "--no-rebuild", "--suite", suite, "--logbase", suite,
         "--quiet", "--num-processes", str(PROGRAMS * (os.cpu_count() or 1))],
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False)
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            count_tap(result, json.loads(line))
    return result


def count_junit(result, path):
    for case in ElementTree.parse(path).iter("testcase"):
        wrong = [child for child in case if child.tag in ("failure", "error")]
        if wrong:
            name = f"{case.get('classname')}::{case.get('name')}"
            result.fail(name, tail("\n".join(child.text or "" for child in wrong)))
        elif case.find("skipped") is not None:
            reason = case.find("skipped").get("message", "")
            result.skipped.append(f"{case.get('classname')}::{case.get('name')} # {reason}")
        else:
            result.passed += 1


def is_end_of_thread(report):
    """Whether all that leaked is what GLib's hook for profilers keeps for each thread (24 bytes, by a
    function without a name). It is freed as the thread ends; of a thread that ends at the very moment
    at which the program does, the sanitizer looks at neither memory nor registers any more."""
    leaks = re.findall(r"^\w+ leak of .*(?:\n +#.*)*", report, re.MULTILINE)
    return len(leaks) == 1 and re.fullmatch(
        r"Direct leak of 24 byte\(s\) in 1 object\(s\) allocated from:\n"
        r" +#0 \w+ in calloc .*\n +#1 \w+  \(.*/libglib-2\.0\.so.*", leaks[0]) is not None


def run_pytest_suite(suite, build, arguments):
    """Runs a folder of Python tests against the built programs, in several processes. A sanitizer's
    report of any program is a failure of its own, whether or not a test looked at the program's
    end."""
    result = Result()
    processes, distribution = PYTEST_SUITES[suite]
    logs = build / "meson-logs"
    logs.mkdir(exist_ok=True)
    reports = logs / f"{suite}-sanitizer"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir()
    junit = logs / f"{suite}.xml"
    junit.unlink(missing_ok=True)
    environment = dict(
        os.environ,
        SAGEBRUSH_BUILD=str(build),
        SAGEBRUSH_HELPDIR=str(build / "help" / "html"),
        SAGEBRUSH_LOCALEDIR=str(build / "po"),
        PYTHONDONTWRITEBYTECODE="1",
        ASAN_OPTIONS=f"detect_stack_use_after_return=0:strict_string_checks=1:abort_on_error=1"
                     f":log_exe_name=1:handle_sigtrap=1:log_path={reports}/asan",
        UBSAN_OPTIONS=f"halt_on_error=1:print_stacktrace=1:log_path={reports}/ubsan",
    )
    log = logs / f"{suite}.log"
    with open(log, "wb") as output:
        code = subprocess.run(
            ["python3", "-m", "pytest", "-p", "no:cacheprovider", "--timeout=300", "-q",
             f"--numprocesses={processes}", f"--dist={distribution}", f"--junit-xml={junit}",
             str(building.SOURCE / "tests" / suite), *arguments],
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
            cwd=building.SOURCE, check=False).returncode
    if junit.exists():
        count_junit(result, junit)
    if code not in (0, 1, 5) and not result.failures:
        result.fail(f"{suite}: pytest ended with status {code}", tail(log.read_text(errors="replace")))
    for report in sorted(reports.iterdir()):
        text = report.read_text(errors="replace")
        if is_end_of_thread(text):
            building.say(f"{suite}: {report.name} tells of a thread that ended with its program")
        else:
            result.fail(f"{suite}: {report.name}", text[:8000])
    return result


def available_suites():
    suites = {name: run_meson_suite for name in MESON_SUITES}
    for name in PYTEST_SUITES:
        if any((building.SOURCE / "tests" / name).glob("**/test_*.py")):
            suites[name] = run_pytest_suite
    return suites


def parse_arguments(suites):
    parser = argparse.ArgumentParser(
        prog="build-aux/test", description=__doc__,
        epilog=f"Suites: {', '.join(suites)}; all when none is named. "
               "What follows -- goes to pytest, for example: build-aux/test api -- -k training")
    parser.add_argument("suite", nargs="*", metavar="SUITE")
    arguments, rest = sys.argv[1:], []
    if "--" in arguments:
        split = arguments.index("--")
        arguments, rest = arguments[:split], arguments[split + 1:]
    chosen = parser.parse_args(arguments).suite or list(suites)
    for name in chosen:
        if name not in suites:
            parser.error(f"there is no suite '{name}'; there are: {', '.join(suites)}")
    return chosen, rest


def in_turn(chosen):
    """Groups the suites' names: each group runs after the one before, and its suites at once."""
    together = [name for name in chosen if name in SIDE_BY_SIDE]
    groups = []
    for name in chosen:
        if name not in together:
            groups.append([name])
        elif name == together[0]:
            groups.append(together)
    return groups


def report(name, result, seconds):
    for test, output in result.failures:
        building.say(f"FAILED {test}" + (f"\n{output}\n" if output else ""))
    for test in result.skipped:
        building.say(f"skipped {test}")
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    building.say(f"{name}: {result.passed} passed, {len(result.failures)} failed{skipped}"
                 f" in {seconds:.0f} s")


def main():
    suites = available_suites()
    chosen, rest = parse_arguments(suites)
    start = time.monotonic()

    try:
        build = building.build("build-test", [*building.SANITISED, "-Dfailpoints=true"])
    except building.BuildError as error:
        building.say(f"{error}\n0 passed, 1 failed")
        return 1
    building.say(f"built in {time.monotonic() - start:.0f} s")

    def run(name):
        start = time.monotonic()
        return suites[name](name, build, rest), time.monotonic() - start

    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for names in in_turn(chosen):
            for name, (result, seconds) in zip(names, pool.map(run, names)):
                report(name, result, seconds)
                passed += result.passed
                failed += len(result.failures)

    building.say(f"logs: {build}/meson-logs")
    building.say(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
