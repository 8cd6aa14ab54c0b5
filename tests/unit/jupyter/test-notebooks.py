#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real notebooks, and hostile ones, through the document model: test-notebooks.py DRIVER FOLDER.

Prints TAP. Every notebook keeps its bytes when it is opened and written; after edits of every kind,
and with new outputs, nbformat finds it valid and the rest of it unchanged."""

import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import jupytext
import nbformat

SEEDS = (1, 2, 3)
REFUSED, READ_ONLY = 3, 4


def drive(driver, command, path, *arguments):
    done = subprocess.run([driver, command, str(path), *map(str, arguments)], capture_output=True,
                          check=False)
    if done.returncode not in (0, REFUSED, READ_ONLY):
        raise AssertionError(f"{command}: status {done.returncode}: {done.stderr.decode()[-2000:]}")
    return done.returncode, done.stdout, done.stderr.decode()


def load(data):
    return json.loads(data.decode("utf-8-sig"))


def assert_valid(data):
    notebook = nbformat.from_dict(load(data))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(notebook)


def style(data):
    """How a file is written, as far as it must not change."""
    text = data.decode("utf-8")
    return (text.startswith("\ufeff"), "\r\n" in text, text.endswith("\n"), text.count("\n") == 0,
            any(c > "\x7f" for c in text))


def check_untouched(driver, path):
    data = path.read_bytes()
    status, written, error = drive(driver, "read", path)
    assert status == 0, error
    assert written == data, "other bytes"


def check_edits(driver, path):
    data = path.read_bytes()
    was_valid = True
    try:
        assert_valid(data)
    except Exception:  # pylint: disable=broad-except
        was_valid = False
    for seed in SEEDS:
        _, written, _ = drive(driver, "edit", path, seed)
        assert load(written)["nbformat_minor"] == 5
        assert style(written)[:3] == style(data)[:3], "another style"
        if was_valid:
            assert_valid(written)
        before, after = load(data), load(written)
        for document in (before, after):
            del document["cells"], document["nbformat_minor"]
        assert json.dumps(before) == json.dumps(after), "what was not edited has changed"


def check_outputs(driver, path):
    _, written, _ = drive(driver, "outputs", path)
    before, after = load(path.read_bytes()), load(written)
    assert len(before["cells"]) == len(after["cells"])
    for old, new in zip(before["cells"], after["cells"]):
        assert {**old, "outputs": 0} == {**new, "outputs": 0}, "more than the outputs changed"
        if old["cell_type"] == "code":
            assert new["outputs"][-1]["output_type"] == "error"
            assert "".join(new["outputs"][-2]["data"]["text/plain"]) == "new"
            kept = max(0, len(old["outputs"]) - 1)
            assert new["outputs"][:kept] == old["outputs"][:kept], "an old output changed"
    assert before["nbformat_minor"] == after["nbformat_minor"]
    try:
        assert_valid(path.read_bytes())
    except Exception:  # pylint: disable=broad-except
        return
    assert_valid(written)


def check_stripped(driver, path):
    _, written, _ = drive(driver, "strip", path)
    before, after = load(path.read_bytes()), load(written)
    for name in ("widgets", "signature"):
        before["metadata"].pop(name, None)
    for cell in before["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        for name in ("execution", "ExecuteTime", "collapsed", "scrolled"):
            cell["metadata"].pop(name, None)
    assert json.dumps(before) == json.dumps(after)
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / "again.ipynb"
        again.write_bytes(written)
        assert drive(driver, "strip", again)[1] == written, "what is stripped already changed"


def essence(notebook):
    """What a script keeps of a notebook. A line break at a cell's end it does not keep."""
    return [(cell.cell_type, cell.source.rstrip("\n"), cell.metadata.get("tags"),
             cell.metadata.get("title")) for cell in notebook.cells]


def check_script(driver, path):
    """Through our script to jupytext, through jupytext's to us, and through ours to us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(path.read_bytes().decode("utf-8-sig"), as_version=4)
    status, script, error = drive(driver, "percent", path)
    if status == REFUSED:
        assert "not in Python" in error, error
        return
    assert essence(jupytext.reads(script.decode(), "py:percent")) == essence(notebook), \
        "jupytext reads something else"
    with tempfile.TemporaryDirectory() as folder:
        theirs = Path(folder) / "theirs.py"
        theirs.write_text(jupytext.writes(notebook, "py:percent"))
        ours = Path(folder) / "ours.py"
        ours.write_bytes(script)
        for name in (theirs, ours):
            _, written, _ = drive(driver, "script", name)
            assert_valid(written)
            assert essence(nbformat.reads(written.decode(), as_version=4)) == essence(notebook), \
                f"we read something else from {name.name}"
            for key, value in load(written)["metadata"].get("kernelspec", {}).items():
                assert notebook.metadata["kernelspec"][key] == value


def check_hostile(driver, path):
    """Refused with a place, or opened and kept; what opens read-only can be repaired."""
    status, written, error = drive(driver, "read", path)
    if status == REFUSED:
        assert error.strip(), "refused without a reason"
        return
    assert written == path.read_bytes(), "other bytes"
    if status == READ_ONLY:
        assert error.startswith("line "), error
        status, repaired, error = drive(driver, "repair", path)
        assert status == 0, error
        assert_valid(repaired)
    else:
        drive(driver, "edit", path, 1)
        drive(driver, "outputs", path)


def main():
    driver, folder = sys.argv[1], Path(sys.argv[2])
    real = sorted(folder.glob("*.ipynb"))
    hostile = sorted((folder / "hostile").glob("*.ipynb"))
    checks = [(check, path) for path in real for check in (
        check_untouched, check_edits, check_outputs, check_stripped, check_script)]
    checks += [(check_hostile, path) for path in hostile]
    print(f"1..{len(checks) + 1}")
    print(f"{'ok' if len(real) >= 30 and len(hostile) >= 20 else 'not ok'} 1 - there are enough of them")
    for number, (check, path) in enumerate(checks, 2):
        try:
            check(driver, path)
            outcome = "ok"
        except Exception as error:  # pylint: disable=broad-except
            for line in f"{type(error).__name__}: {error}".splitlines()[:12]:
                print(f"# {line}")
            outcome = "not ok"
        print(f"{outcome} {number} - {check.__name__[6:]} {path.name}")


if __name__ == "__main__":
    main()
