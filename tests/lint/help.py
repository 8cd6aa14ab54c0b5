#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the help: help.py [SOURCE]. Prints TAP: that its pages are well formed and lead to each
other, that all are built, and that the page of keys says what the table of shortcuts does."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

MALLARD = "{http://projectmallard.org/1.0/}"
YELP_CHECKS = ("validate", "links", "orphans", "ids")


def yelp_check(pages, check):
    done = subprocess.run(["yelp-check", check, *map(str, pages)], capture_output=True, text=True,
                          check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode != 0 and not complaints:
        complaints = [f"yelp-check {check} ended with {done.returncode}"]
    return complaints


def not_built(root, pages):
    listed = set(re.findall(r"'([\w-]+\.page)'", (root / "help/meson.build").read_text()))
    return [f"{name} is in only one of help/C and help/meson.build"
            for name in sorted(listed ^ {page.name for page in pages})]


def keys_of_triggers(triggers):
    """The first of the triggers of an action as the help writes it: <Control>j as Ctrl+J."""
    names = {"Control": "Ctrl", "comma": ",", "question": "?", "backslash": "\\", "bar": "|",
             "Return": "Enter", "Left": "←", "Escape": "Esc", "minus": "-", "space": "Space",
             "grave": "`"}
    trigger = triggers.split("|")[0]
    key = re.sub(r"<\w+>", "", trigger)
    parts = [*re.findall(r"<(\w+)>", trigger), key.upper() if len(key) == 1 else key]
    return "+".join(names.get(part, part) for part in parts)


def wrong_keys(root):
    source = (root / "src/studio/shell/sage-shortcut-table.c").read_text(encoding="utf-8")
    rows = re.findall(r'\{ "[^"]+", "([^"]+)",\s*N_\("([^"]+)"\)', source)
    page = ElementTree.parse(root / "help/C/keyboard.page")
    described = {}
    for row in page.iter(f"{MALLARD}tr"):
        cells = row.findall(f"{MALLARD}td")
        for first in list(cells[0].find(f"{MALLARD}p"))[:1]:
            keys = [first] if first.tag == f"{MALLARD}key" else list(first)
            title = "".join(cells[1].itertext()).strip()
            described.setdefault(title, "+".join(key.text for key in keys))
    if len(rows) < 20:
        return [f"the table of shortcuts cannot be read: it has {len(rows)} rows"]
    return [f"{title}: the help says {described.get(title)}, the table {keys_of_triggers(triggers)}"
            for triggers, title in rows if described.get(title) != keys_of_triggers(triggers)]


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    pages = sorted((root / "help/C").glob("*.page"))
    points = [(f"yelp-check {check}", yelp_check(pages, check)) for check in YELP_CHECKS]
    points.append(("every page is built", not_built(root, pages)))
    points.append(("the page of keys is right", wrong_keys(root)))
    print(f"1..{len(points)}")
    for number, (name, complaints) in enumerate(points, 1):
        for complaint in complaints:
            print(f"# {complaint}")
        print(f"{'not ok' if complaints else 'ok'} {number} - {name}")


if __name__ == "__main__":
    main()
