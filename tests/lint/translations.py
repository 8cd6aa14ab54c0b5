#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the translations: translations.py [SOURCE]. Prints TAP: that what Blueprint files say
reaches translators, and that every language is complete and well formed."""

import ast
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# As Meson's preset for GLib has them.
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3",
            "g_dpgettext2:2c,3", "ngettext:1,2")
STRING = r'"(?:\\.|[^"\\])*"'


def listed(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def run(*command, cwd):
    """Runs a gettext tool and returns what it complains about, a line each."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "will try C" not in line]
    if done.returncode != 0 and not complaints:
        complaints = [f"{command[0]} ended with {done.returncode}"]
    return complaints


def extract(root, template):
    """Makes the template from the source. Blueprint writes its strings as C does, so that
    xgettext, which does not know Blueprint, finds them."""
    return run("xgettext", "--from-code=UTF-8", "--add-comments=Translators",
               *(f"--keyword={keyword}" for keyword in KEYWORDS),
               "--files-from=po/POTFILES.in", f"--output={template}", cwd=root)


def messages(path):
    """Yields the msgids of a catalogue, as Python strings."""
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(rf"^msgid ({STRING}(?:\n{STRING})*)", text, re.MULTILINE):
        yield "".join(ast.literal_eval(line) for line in match[1].splitlines())


def blueprint_strings(text):
    """Yields the strings of a Blueprint file that are marked for translation."""
    text = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)
    for match in re.finditer(rf"\b(?:_|C_)\s*\(\s*(?:{STRING}\s*,\s*)?({STRING}|'(?:\\.|[^'\\])*')",
                             text):
        yield ast.literal_eval(match[1])


def missing_blueprint_strings(root, template):
    known = set(messages(template))
    for path in sorted((root / "ui").rglob("*.blp")):
        for text in blueprint_strings(path.read_text(encoding="utf-8")):
            if text not in known:
                yield f"{path.relative_to(root)}: “{text}” is not extracted"


def check_language(root, template, language):
    catalogue = root / "po" / f"{language}.po"
    wrong = run("msgfmt", "--check", f"--output-file=/dev/null", str(catalogue), cwd=root)
    return wrong + run("msgcmp", str(catalogue), str(template), cwd=root)


def self_test(folder):
    """Shows on a sample that each check finds what it is for."""
    (folder / "ui").mkdir()
    (folder / "po").mkdir()
    (folder / "ui/a.blp").write_text("Label { label: _(\"One\"); tooltip-text: _('Two'); }\n")
    (folder / "po/POTFILES.in").write_text("ui/a.blp\n")
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "po/de.po").write_text(header + 'msgid "Three"\nmsgstr "Drei"\n')
    template = folder / "a.pot"
    extract(folder, template)
    wrong = []
    if [line.count("Two") for line in missing_blueprint_strings(folder, template)] != [1]:
        wrong.append("a string that xgettext does not see is not noticed")
    if not any("One" in line or "a.blp" in line or "a.pot" in line
               for line in check_language(folder, template, "de")):
        wrong.append("an untranslated message is not noticed")
    return wrong


def point(number, name, complaints):
    for complaint in complaints:
        print(f"# {complaint}")
    print(f"{'not ok' if complaints else 'ok'} {number} - {name}")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    languages = listed(root / "po/LINGUAS")
    print(f"1..{3 + len(languages)}")
    with tempfile.TemporaryDirectory() as folder:
        point(1, "these checks find what they are for", self_test(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "sagebrush.pot"
        point(2, "every string is extracted whole", extract(root, template))
        point(3, "Blueprint files reach translators",
              list(missing_blueprint_strings(root, template)))
        for number, language in enumerate(languages, 4):
            point(number, f"{language} is complete", check_language(root, template, language))


if __name__ == "__main__":
    main()
