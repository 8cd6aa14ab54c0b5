# SPDX-License-Identifier: GPL-3.0-or-later
"""Saving a notebook: whatever fails, and wherever the process dies, the file is the old one or the new
one, whole."""

import os
import subprocess
from pathlib import Path

import pytest

BUILD = Path(os.environ["SAGEBRUSH_BUILD"])
DRIVER = BUILD / "tests/unit/jupyter/notebook-driver"
FAULT = BUILD / "tests/faults/libsagebrush-fault.so"
NOTEBOOK = Path(__file__).resolve().parents[1] / "data/notebooks/executed-rich.ipynb"
KILLED = -9


def save(path, fault=None):
    """Has the driver change the notebook's first cell and save it."""
    env = {**os.environ, "XDG_STATE_HOME": str(path.parent.parent / "state")}
    if fault:
        options = os.environ.get("ASAN_OPTIONS", "")
        env.update(LD_PRELOAD=str(FAULT), SAGEBRUSH_FAULT=fault,
                   ASAN_OPTIONS=f"{options}:verify_asan_link_order=0")
    return subprocess.run([DRIVER, "save", path], env=env, capture_output=True, text=True, check=False)


@pytest.fixture(name="notebook")
def fixture_notebook(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    path = folder / "n.ipynb"
    path.write_bytes(NOTEBOOK.read_bytes())
    path.chmod(0o640)
    return path


@pytest.fixture(name="new", scope="module")
def fixture_new(tmp_path_factory):
    """What the file holds once it is saved."""
    path = tmp_path_factory.mktemp("new") / "project" / "n.ipynb"
    path.parent.mkdir()
    path.write_bytes(NOTEBOOK.read_bytes())
    assert save(path).returncode == 0
    assert path.read_bytes() != NOTEBOOK.read_bytes()
    return path.read_bytes()


@pytest.mark.parametrize("action", ["ENOSPC", "EIO", "EROFS"])
@pytest.mark.parametrize("call", ["write", "rename"])
def test_failure(call, action, notebook, new):
    done = save(notebook, f"{call}:{action}:1:{notebook.parent}")
    assert done.returncode == 3, done.stderr
    assert done.stderr.strip(), "no word of what failed"
    assert notebook.read_bytes() == NOTEBOOK.read_bytes()
    assert [path.name for path in notebook.parent.iterdir()] == ["n.ipynb"]

    assert save(notebook).returncode == 0
    assert notebook.read_bytes() == new
    assert notebook.stat().st_mode & 0o777 == 0o640


def test_sync_fails(notebook):
    """What may not be on disk is not said to be."""
    done = save(notebook, f"fsync:EIO:1:{notebook.parent}")
    assert done.returncode == 3, done.stderr
    assert notebook.read_bytes() == NOTEBOOK.read_bytes()


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_killed(call, notebook, new):
    hits = 0
    for number in range(1, 5):
        notebook.write_bytes(NOTEBOOK.read_bytes())
        done = save(notebook, f"{call}:KILL:{number}:{notebook.parent}")
        assert done.returncode in (0, KILLED), done.stderr
        hits += done.returncode == KILLED
        assert notebook.read_bytes() in (NOTEBOOK.read_bytes(), new)
        if call == "write":
            assert [path.name for path in notebook.parent.iterdir()] == ["n.ipynb"]
    assert hits > 0, "no call was hit"
    assert save(notebook).returncode == 0
    assert notebook.read_bytes() == new


def test_full_disk(tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", mount], check=True)
    try:
        path = mount / "n.ipynb"
        path.write_bytes(NOTEBOOK.read_bytes())
        filler = mount / "filler"
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(b"x" * 4096)
                    file.flush()
            except OSError:
                pass
        done = save(path)
        assert done.returncode == 3
        assert "No space left" in done.stderr
        assert path.read_bytes() == NOTEBOOK.read_bytes()
        filler.unlink()
        assert save(path).returncode == 0
    finally:
        subprocess.run(["umount", "-l", mount], check=True)
