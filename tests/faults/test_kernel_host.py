# SPDX-License-Identifier: GPL-3.0-or-later
"""sagebrush-kernel killed at any time and on a full disk: what a client has seen stays."""

import errno
import random
import subprocess
import threading

import pytest

from kernelhost import Host, text_of


@pytest.fixture
def make_host():
    hosts = []

    def make(directory, **spec):
        hosts.append(Host(directory, **spec))
        return hosts[-1]

    yield make
    for host in hosts:
        host.stop()
    for host in hosts:
        host.check()


def test_what_was_seen_survives_a_kill_at_any_time(make_host, tmp_path):
    host = make_host(tmp_path / "kernel")
    seen = {}
    for _ in range(3):
        host.start()
        client = host.client(after=0)
        client.execute("import time\nfor i in range(10**6): print(i, flush=True); time.sleep(0.0005)")
        killer = threading.Timer(random.uniform(0.5, 2), host.process.kill)
        killer.start()
        try:
            while True:
                client.read()
        except (EOFError, ConnectionError):
            pass
        killer.join()
        host.process.wait()
        for message in client.messages:
            known = seen.setdefault(message["seq"], message["header"])
            assert known == message["header"], "a number that is given stays what it was"

    host.start()
    last = host.client(after=0)
    while not last.messages or last.messages[-1]["seq"] < last.answer["last_seq"]:
        last.read()
    kept = {m["seq"]: m["header"] for m in last.messages}
    assert [m["seq"] for m in last.messages] == list(range(1, len(last.messages) + 1))
    assert all(kept[seq] == header for seq, header in seen.items())


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 12 MB."""
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", mount], check=True)
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as out:
        for size in (1 << 16, 1):
            try:
                while True:
                    out.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC


def test_a_full_disk_holds_nobody_up(small_disk, make_host, tmp_path):
    """X11: who is there gets everything; when space returns the journal goes on."""
    host = make_host(small_disk / "kernel")
    host.log = tmp_path / "host.log"
    host.start()
    try:
        client = host.client(after=0)
        client.run("print('before')")
        filler = small_disk / "filler"
        fill(filler)

        said = client.run("for i in range(200): print('x' * 100, flush=True)")
        assert text_of(said) == ("x" * 100 + "\n") * 200
        assert host.call(op="info")["journal_fault"]

        filler.unlink()
        after = client.run("print('after')")
        assert text_of(after) == "after\n"
        assert host.call(op="info")["journal_fault"] is None

        late = host.client(after=0)
        late.finish(after[0]["parent"])
        numbers = [m["seq"] for m in late.messages]
        assert numbers == sorted(set(numbers))
        text = text_of(late.messages)
        assert text.startswith("before\n") and text.endswith("after\n")
    finally:
        host.stop()
    host.start()  # and the journal is whole
    again = host.client(after=0)
    assert text_of(again.finish(after[0]["parent"])) == "after\n"
    host.stop()
