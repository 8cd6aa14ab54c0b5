# SPDX-License-Identifier: GPL-3.0-or-later
"""A notebook from somebody who wants to know that it was opened: nothing of it runs, reads a file, starts
a program or reaches anybody, not even a name server."""

import ctypes
import json
import os
import re
import socket
import subprocess
import time
from pathlib import Path

import pytest
from clients import SOURCE, wait_for
from studio import Studio
from test_notebooks import Notebook, code, text
from test_trust import run_command

CORPUS = json.loads((SOURCE / "tests" / "data" / "untrusted.json").read_text())
TOGETHER = 10  # outputs of HTML in one, as each makes a browser start
MAGENTA = (255, 0, 255)
IN_OPEN, IN_ACCESS, IN_NONBLOCK = 0x20, 0x1, 0o4000

# A script wherever it stands, without quotes, blanks and brackets: it asks and paints.
MARK = ("[fetch({0}),Reflect.construct(Image,[]).src={0},"
        "document.documentElement.style.background=String.fromCharCode(35,102,48,102)]")


def fill_in(document, words):
    """The document with what its words in capitals stand for."""
    filled = json.dumps(document)
    for word, value in words.items():
        filled = filled.replace(word, json.dumps(value)[1:-1])
    return json.loads(filled)


def make_cells(words):
    """All documents of the corpus: as outputs, and Markdown as cells too."""
    outputs = []
    for mime, documents in CORPUS.items():
        filled = [fill_in(document, words) for document in documents]
        if mime == "text/html":
            filled = ["\n".join(filled[i:i + TOGETHER]) for i in range(0, len(filled), TOGETHER)]
        outputs += [(mime, document) for document in filled]
    cells = [text(fill_in(document, words), f"m{i}")
             for i, document in enumerate(CORPUS["text/markdown"] + CORPUS["text/latex"])]
    return cells + [
        code(mime, f"o{i}", [{"output_type": "display_data", "metadata": {}, "data": {
            mime: document, "text/plain": "plain"} if mime != "text/plain" else {mime: document}}], 1)
        for i, (mime, document) in enumerate(outputs)]


class Canary:
    """A file that nobody may open."""

    def __init__(self, path):
        self.path = path
        path.write_text("secret")
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(IN_NONBLOCK)
        assert libc.inotify_add_watch(self.fd, str(path).encode(), IN_OPEN | IN_ACCESS) >= 0

    def was_touched(self):
        try:
            return bool(os.read(self.fd, 4096))
        except BlockingIOError:
            return False


def count_sent(pid):
    """Connections and datagrams that the network of that process has seen begin."""
    lines = [line.split() for line in Path(f"/proc/{pid}/net/snmp").read_text().splitlines()]
    table = {names[0]: dict(zip(names[1:], values[1:])) for names, values in zip(lines[::2], lines[1::2])}
    return int(table["Tcp:"]["ActiveOpens"]), int(table["Udp:"]["OutDatagrams"])


class ShutIn(Studio):
    """Studio in a network of its own; what comes to its ears is in a file."""

    def __init__(self, desktop, home, port, *arguments):
        super().__init__(desktop, home, *arguments)
        self.report = self.home / "ears"
        (self.home / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        self.inside = self.command
        self.command = ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "--mount",
                        "python3", str(SOURCE / "tests" / "ui" / "shut_in.py"),
                        str(self.home / "resolv.conf"), str(port), str(self.report), *self.command]

    def run(self, *arguments, **environment):
        """Runs the program outside, which hands on to the one inside."""
        return subprocess.run([self.inside[0], *map(str, arguments)],
                              env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)

    def heard(self):
        """What came, but for the control at the start."""
        lines = self.report.read_text().splitlines() if self.report.exists() else []
        return [line for line in lines if b"control".hex() not in line]


def any_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def shut_in(desktop, engine, tmp_path):
    port = any_port()
    studio = ShutIn(desktop, tmp_path / "home", port, "--data-dir", engine.data_dir)
    studio.tell_of_links(tmp_path / "told")
    studio.start()
    yield studio, f"http://127.0.0.1:{port}/x"
    studio.kill()


def test_nothing_of_an_untrusted_notebook_gets_out(shut_in, tmp_path):
    studio, sink = shut_in
    control = studio.heard()
    assert len(control) == 1 and control[0].endswith("tcp")
    assert b"control".hex() in studio.report.read_text()
    canary = Canary(tmp_path / "canary.csv")
    words = {
        "SINKDNS": "http://name.sink.test/x", "SINKHOST": sink.split("/")[2], "SINK": sink,
        "MARKFILE": str(tmp_path / "mark"), "FILE": canary.path.as_uri(),
        "MARK": MARK.format(f"String.fromCharCode({','.join(str(ord(c)) for c in sink)})"),
    }
    cells = make_cells(words)
    assert sum(len(documents) for documents in CORPUS.values()) >= 150
    path = tmp_path / "hostile.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    before = count_sent(studio.process.pid)

    studio.run("--open", f"notebook/{path}")
    book = Notebook(studio, path)
    studio.click_at(*[part + 20 for part in book.list.extents()[:2]])
    studio.key("Escape", "ctrl+Home")
    for _ in cells:
        studio.key("Down")
        time.sleep(0.1)
    studio.find("row", re.compile("text/plain"))
    time.sleep(3)
    assert not studio.has_colour(MAGENTA, 500)
    assert studio.heard() == control
    assert count_sent(studio.process.pid) == before
    assert not canary.was_touched()
    assert not (tmp_path / "told").exists() and not (tmp_path / "mark").exists()

    # The same script, once it is trusted, runs; and still reaches nobody.
    trusted = tmp_path / "trusted.ipynb"
    trusted.write_text(json.dumps({"cells": [code("a", "a", [{
        "output_type": "display_data", "metadata": {},
        "data": {"text/html": f"<div style='height: 200px'></div><script>{words['MARK']}</script>"}}], 1)],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    studio.run("--open", f"notebook/{trusted}")
    Notebook(studio, trusted)
    run_command(studio, "Trust the notebook…")
    studio.find("dialog", "Trust this notebook?").find("button", "Trust").click()
    studio.wait_for(lambda: studio.has_colour(MAGENTA, 500), "What is trusted did not run", 60)
    time.sleep(1)
    assert studio.heard() == control
    assert count_sent(studio.process.pid) == before
    assert not (tmp_path / "told").exists()

    # Another control: what Studio itself asks the desktop to show is told of.
    studio.key("F1")
    studio.wait_for((tmp_path / "told").exists, "A browser would not have been told of", 20)
    studio.kill()  # libxml2 does not free entities that it refuses
