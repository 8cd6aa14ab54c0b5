# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a requirements.txt against what is installed; jobs have no network to install from.

    requirements.py FILE

Exits 0 when everything is there. Otherwise prints one line that names what is missing and exits 1.
"""
import importlib.metadata
import re
import sys

NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


def find_requirement_class():
    """The version rules of PEP 440, from whichever package carries them here."""
    for module in ("packaging.requirements", "pip._vendor.packaging.requirements",
                   "setuptools._vendor.packaging.requirements"):
        try:
            return __import__(module, fromlist=["Requirement"]).Requirement
        except ImportError:
            continue
    return None


def installed_version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def check(line, requirement_class):
    """What is wrong with one requirement, or None."""
    match = NAME.match(line)
    if match is None or "://" in line:
        return f"{line} (only names and versions can be checked)"
    name, specifier = match.group(1), match.group(2).strip()
    if requirement_class is not None:
        try:
            requirement = requirement_class(line)
        except ValueError as error:
            return f"{line} (not understood: {error})"
        if requirement.marker is not None and not requirement.marker.evaluate():
            return None
        name = requirement.name
    version = installed_version(name)
    if version is None:
        return f"{name}{specifier} (not installed)"
    if requirement_class is not None:
        accepted = requirement.specifier.contains(version, prereleases=True)
    else:
        accepted = not specifier or specifier == f"=={version}"
    return None if accepted else f"{name}{specifier} (installed: {version})"


def read_requirements(path):
    """Lines without comments and options; a backslash continues a line."""
    with open(path, encoding="utf-8-sig") as file:
        text = file.read().replace("\\\n", " ")
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        line = re.sub(r"\s--hash=\S+", "", line)
        if line.startswith("-") and not line.startswith(("-i", "--index-url", "--extra-index-url",
                                                         "--no-binary", "--only-binary")):
            yield None, line
        elif line and not line.startswith("-"):
            yield line, line


def main():
    requirement_class = find_requirement_class()
    problems = []
    for requirement, text in read_requirements(sys.argv[1]):
        if requirement is None:
            problems.append(f"{text} (options cannot be followed here)")
        else:
            problem = check(requirement, requirement_class)
            if problem is not None:
                problems.append(problem)
    if problems:
        print("requirements.txt asks for what this machine does not have, and jobs install "
              "nothing: " + ", ".join(problems))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
