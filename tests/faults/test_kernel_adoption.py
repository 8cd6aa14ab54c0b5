# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernels outlive engines, and lose nothing that they said meanwhile."""

import json
import os
import signal
import sqlite3

import pytest

from clients import wait_for
from jupyter import Jupyter, of, reply, server_in_front, text, value
from raw import query

RUN = """
import time
from pathlib import Path
for i in range(40):
    print('line', i, flush=True)
    time.sleep(0.05)
Path({done!r}).write_text('done')
'end of the run'
"""


def connect(engine):
    return Jupyter(engine.endpoint_url, engine.secret_access_key)


def execute(channels, code):
    return channels.send("shell", "execute_request", {
        "code": code, "silent": False, "store_history": True, "user_expressions": {},
        "allow_stdin": False, "stop_on_error": True})


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_engine_ends_in_a_cell(fresh_engine, tmp_path, how):
    """The run goes on; the next engine adopts it, and every output is there, in order, once."""
    jupyter = connect(fresh_engine)
    kernel = jupyter.start()
    with jupyter.channels(kernel, after=0) as channels:
        first = channels.execute("'before'")
        request = execute(channels, RUN.format(done=str(tmp_path / "done")))
        seen = channels.until(lambda m: m["msg_type"] == "stream" and of(m, request))
        last = seen[-1]["metadata"]["sagebrush_seq"]
        pid = jupyter.details(kernel)["pid"]
        getattr(fresh_engine, how)()
    assert not (tmp_path / "done").exists()
    fresh_engine.start()
    jupyter = connect(fresh_engine)
    assert jupyter.details(kernel)["pid"] == pid
    assert jupyter.kernel(kernel)["execution_state"] == "busy"
    with jupyter.channels(kernel, after=last) as channels:
        rest = channels.result(request)
        numbers = [m["metadata"]["sagebrush_seq"] for m in first + seen + rest]
        assert all(number > last for number in numbers[-len(rest):])
        assert numbers == sorted(set(numbers))
        printed = text([m for m in seen if of(m, request)]) + text(rest)
        assert printed == "".join(f"line {i}\n" for i in range(40))
        assert value(rest) == "'end of the run'"
        assert reply(rest)["execution_count"] == 2
        assert (tmp_path / "done").read_text() == "done"
        assert reply(channels.execute("1"))["execution_count"] == 3
    with jupyter.channels(kernel, after=0) as channels:
        everything = channels.until(lambda m: m["msg_type"] == "execute_reply" and of(m, request))
        assert text([m for m in everything if of(m, request)]) == printed
    assert jupyter.call("DELETE", f"/api/kernels/{kernel}").status == 204
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_engine_ends_behind_a_jupyter_server(fresh_engine, tmp_path):
    """A notebook in JupyterLab gets what was printed while no engine was there."""
    code = ("import time\nprint('first', flush=True)\ntime.sleep(1.5)\n"
            "for i in range(20):\n    print(i, flush=True)\n    time.sleep(0.02)")
    with server_in_front(fresh_engine, tmp_path) as lab:
        session = lab.call("POST", "/api/sessions", {
            "path": "a.ipynb", "name": "a.ipynb", "type": "notebook",
            "kernel": {"name": "python3"}}).json
        with lab.channels(session["kernel"]["id"], v1=False) as channels:
            channels.execute("1")
            request = execute(channels, code)
            seen = channels.until(lambda m: m["msg_type"] == "stream")
            fresh_engine.kill()
            fresh_engine.start()
            rest = channels.result(request)
            assert text(seen) + text(rest) == "first\n" + "".join(f"{i}\n" for i in range(20))
            assert value(channels.execute("'on'")) == "'on'"
        assert lab.call("DELETE", f"/api/sessions/{session['id']}").status == 204


def test_kernel_ends_while_no_engine_runs(fresh_engine):
    jupyter = connect(fresh_engine)
    kernel = jupyter.start()
    jupyter.await_state(kernel, "idle")
    pid = jupyter.details(kernel)["pid"]
    fresh_engine.kill()
    os.kill(pid, signal.SIGKILL)
    fresh_engine.start()
    jupyter = connect(fresh_engine)
    model = wait_for(lambda: jupyter.kernel(kernel).get("reason") and jupyter.kernel(kernel))
    assert model["execution_state"] == "dead" and "signal 9" in model["reason"]
    assert jupyter.call("POST", f"/api/kernels/{kernel}/restart", {}).status == 200
    with jupyter.channels(kernel) as channels:
        assert value(channels.execute("1 + 1")) == "2"


def host_of(engine, kernel):
    """The process that serves the kernel."""
    return json.loads((engine.data_dir / "kernels" / kernel / "kernel.json").read_text())["host_pid"]


@pytest.mark.parametrize("engine_runs", [True, False])
def test_host_is_killed(fresh_engine, engine_runs):
    """The kernel goes with its host, and both come back when they are asked to."""
    jupyter = connect(fresh_engine)
    kernel = jupyter.start()
    jupyter.await_state(kernel, "idle")
    with jupyter.channels(kernel, after=0) as channels:
        channels.execute("print('said before')")
    pid = jupyter.details(kernel)["pid"]
    if not engine_runs:
        fresh_engine.kill()
    os.kill(host_of(fresh_engine, kernel), signal.SIGKILL)
    if not engine_runs:
        fresh_engine.start()
        jupyter = connect(fresh_engine)
    model = wait_for(lambda: jupyter.kernel(kernel).get("reason") and jupyter.kernel(kernel))
    assert model["execution_state"] == "dead" and "served the kernel" in model["reason"]
    wait_for(lambda: not os.path.exists(f"/proc/{pid}"), what="the kernel's end")
    assert jupyter.call("POST", f"/api/kernels/{kernel}/restart", {}).status == 200
    with jupyter.channels(kernel, after=0) as channels:
        assert "said before" in text(channels.until(lambda m: m["msg_type"] == "stream"))
        assert value(channels.execute("1 + 1")) == "2"


def test_left_over_directory(fresh_engine):
    """A kernel whose row is gone, as when an engine ends in the middle of a shutdown, is ended."""
    jupyter = connect(fresh_engine)
    kernel = jupyter.start()
    jupyter.await_state(kernel, "idle")
    pid = jupyter.details(kernel)["pid"]
    fresh_engine.kill()
    database = sqlite3.connect(fresh_engine.data_dir / "engine.db")
    with database:
        database.execute("DELETE FROM kernel WHERE id = ?", (kernel,))
    database.close()
    fresh_engine.start()
    assert not os.path.exists(f"/proc/{pid}")
    assert not (fresh_engine.data_dir / "kernels" / kernel).exists()
    assert connect(fresh_engine).call("GET", "/api/kernels").json == []


def test_start_is_cut_off(fresh_engine):
    """A row without a kernel, as when an engine ends in the middle of a start, tells so."""
    kernel = "11111111-2222-4333-8444-555555555555"
    fresh_engine.kill()
    database = sqlite3.connect(fresh_engine.data_dir / "engine.db")
    with database:
        database.execute("INSERT INTO kernel VALUES (?, 'python3', '/', 'starting', 1, 1, NULL)", (kernel,))
    database.close()
    fresh_engine.start()
    jupyter = connect(fresh_engine)
    assert "before the kernel had started" in jupyter.kernel(kernel)["reason"]
    assert query(fresh_engine, "SELECT status FROM event WHERE kind = 'kernel'") == [("dead",)]
    assert jupyter.call("DELETE", f"/api/kernels/{kernel}").status == 204


def test_port_stays(engine_factory):
    """Kernels know the engine's address from when they were started."""
    engine = engine_factory()
    before = engine.endpoint_url
    engine.stop()
    engine.ready = None
    engine.start()
    assert engine.endpoint_url == before
    engine.stop()
