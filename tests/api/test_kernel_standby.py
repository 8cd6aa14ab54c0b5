# SPDX-License-Identifier: GPL-3.0-or-later
"""A kernel that is started before anybody wants it, and is then as one that was started for him."""

import json
import os
import signal
import sys
import time

import pytest

from clients import wait_for
from jupyter import Jupyter, reply, value

FACTS = """
import json as _json, os as _os, sys as _sys, glob as _glob, linecache as _lines
def _facts():
    shell = get_ipython()
    return _json.dumps({
        'cwd': _os.getcwd(), 'path': _sys.path, 'argv': _sys.argv, 'name': __name__,
        'environment': dict(_os.environ), 'directories': [str(d) for d in _dh],
        'kinds': [type(d).__name__ for d in _dh], 'in': In[:-1], 'out': Out, 'names': names,
        'count': shell.execution_count, 'starting_dir': shell.starting_dir,
        'history': [line for *_, line in shell.history_manager.get_range()][:-1],
        'memory': shell.history_manager.input_hist_raw[:-1],
        'parent': _os.getpgrp() == _os.getpid(), 'umask': _os.umask(0o22),
        'builtins': '__builtins__' in globals(), 'score': open('/proc/self/oom_score_adj').read()})
_facts()
"""


def connect(engine):
    return Jupyter(engine.endpoint_url, engine.secret_access_key)


def folders(engine):
    return {path.name: path for path in (engine.data_dir / "kernels").iterdir()}


def standing_by(engine, state="idle"):
    """The directories of kernels that nobody has, once there is one in this state."""
    jupyter = connect(engine)
    taken = {kernel["id"] for kernel in jupyter.call("GET", "/api/kernels").json}
    found = []
    for name, path in folders(engine).items():
        if name in taken or not (path / "kernel.json").exists():
            continue
        status = json.loads((path / "kernel.json").read_text())
        if status["state"] == state:
            found.append((name, status))
    return found


def await_standby(engine):
    (found,) = wait_for(lambda: standing_by(engine), 60, "a kernel that stands by")
    return found


def facts(jupyter, kernel):
    with jupyter.channels(kernel) as channels:
        names = "names = sorted(name for name in globals())\n"
        messages = channels.execute(names + FACTS)
        assert reply(messages)["execution_count"] == 1, messages
        return json.loads(eval(value(messages)))


def is_gone(pid):
    return not os.path.exists(f"/proc/{pid}")


@pytest.fixture
def engine(engine_factory):
    engine = engine_factory("--kernel-standby", "300")
    yield engine
    engine.stop()


def test_standby_is_as_a_fresh_kernel(engine, tmp_path):
    jupyter = connect(engine)
    project = tmp_path / "a project's “folder”\\n"
    project.mkdir()
    body = {"path": str(project / "b.ipynb"), "name": "b.ipynb", "type": "notebook",
            "kernel": {"name": "python3"}}
    fresh = jupyter.call("POST", "/api/sessions", body).json
    before = facts(jupyter, fresh["kernel"]["id"])
    name, status = await_standby(engine)
    assert jupyter.call("DELETE", f"/api/sessions/{fresh['id']}").status == 204
    assert jupyter.call("GET", "/api/kernels").json == []
    assert jupyter.call("GET", f"/api/kernels/{name}").status == 404

    session = jupyter.call("POST", "/api/sessions", body).json
    kernel = session["kernel"]["id"]
    assert kernel == name
    details = jupyter.details(kernel)
    assert details["pid"] == status["pid"] and details["directory"] == str(project)
    after = facts(jupyter, kernel)
    before, after = (json.loads(json.dumps(one).replace(identity, "ID"))
                     for one, identity in ((before, fresh["kernel"]["id"]), (after, kernel)))
    assert after == before
    assert after["environment"]["JPY_SESSION_NAME"] == str(project / "b.ipynb")
    assert after["cwd"] == str(project) and after["history"] == []

    # it begins anew where and as it was handed over
    assert jupyter.call("POST", f"/api/kernels/{kernel}/restart", {}).status == 200
    again = json.loads(json.dumps(facts(jupyter, kernel)).replace(kernel, "ID"))
    assert again == before
    await_standby(engine)


def test_variables_that_a_client_sets(engine, tmp_path):
    jupyter = connect(engine)
    jupyter.start()
    name, _status = await_standby(engine)
    given = "'''); raise SystemExit #\\u00fc\"\n$HOME"
    kernel = jupyter.start(env={"KERNEL_WORKING_DIR": str(tmp_path), "KERNEL_WORD": given})
    assert kernel == name
    with jupyter.channels(kernel) as channels:
        code = "import os; [os.environ['KERNEL_WORD'], os.getcwd(), os.environ.get('ASAN_OPTIONS')]"
        assert eval(value(channels.execute(code))) == [given, str(tmp_path), None]


def test_only_one_stands_by(engine):
    jupyter = connect(engine)
    for _ in range(4):
        jupyter.start()
    await_standby(engine)
    time.sleep(4)  # longer than it takes until another would be started
    assert len(folders(engine)) == 5
    assert len(standing_by(engine)) == 1


@pytest.mark.parametrize("what", ["host", "kernel", "stopped"])
def test_standby_is_lost(engine, what):
    """Who wants a kernel gets one all the same."""
    jupyter = connect(engine)
    jupyter.start()
    name, status = await_standby(engine)
    pid = status["host_pid"] if what == "host" else status["pid"]
    os.kill(pid, signal.SIGSTOP if what == "stopped" else signal.SIGKILL)
    kernel = jupyter.start()
    assert kernel != name
    with jupyter.channels(kernel) as channels:
        assert value(channels.execute("1 + 1")) == "2"
    wait_for(lambda: is_gone(status["pid"]) and is_gone(status["host_pid"]), 30, "its end")
    wait_for(lambda: name not in folders(engine), 30, "its directory's end")


def test_changed_environment(engine_factory, tmp_path):
    """A package that is installed meanwhile is in the kernel that is started next."""
    home = tmp_path / "home"
    kernels = home / ".local/share/jupyter/kernels/own"
    packages = home / "packages"
    kernels.mkdir(parents=True)
    packages.mkdir()
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Own", "language": "python", "env": {"PYTHONPATH": str(packages)}}
    (kernels / "kernel.json").write_text(json.dumps(spec))
    engine = engine_factory("--kernel-standby", "300", start=False)
    engine.start(HOME=str(home), JUPYTER_DATA_DIR=str(home / ".local/share/jupyter"))
    jupyter = connect(engine)
    jupyter.start(name="own")
    name, status = await_standby(engine)
    (packages / "fresh.py").write_text("WORD = 'fresh'\n")
    kernel = jupyter.start(name="own")
    assert kernel != name
    wait_for(lambda: is_gone(status["pid"]), 30, "its end")
    name, status = await_standby(engine)

    (kernels / "kernel.json").write_text(json.dumps(dict(spec, env={"WORD": "b"})))
    kernel = jupyter.start(name="own")
    assert kernel != name
    with jupyter.channels(kernel) as channels:
        assert value(channels.execute("import os; os.environ['WORD']")) == "'b'"
    engine.stop()


def test_users_own_start(engine_factory, tmp_path):
    """What the user has run at every start runs where the notebook is."""
    startup = tmp_path / "ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "a.py").write_text("import os\nfound = os.getcwd()\n")
    engine = engine_factory("--kernel-standby", "300", start=False)
    engine.start(IPYTHONDIR=str(tmp_path / "ipython"))
    jupyter = connect(engine)
    jupyter.start()
    name, _status = await_standby(engine)
    kernel = jupyter.start(path=str(tmp_path))
    assert kernel != name
    with jupyter.channels(kernel) as channels:
        assert value(channels.execute("found")) == repr(str(tmp_path))
    engine.stop()


def test_standby_ends_in_time(engine_factory):
    engine = engine_factory("--kernel-standby", "2")
    jupyter = connect(engine)
    kernel = jupyter.start()
    _name, status = await_standby(engine)
    wait_for(lambda: is_gone(status["pid"]) and is_gone(status["host_pid"]), 30, "its end")
    wait_for(lambda: list(folders(engine)) == [kernel], 30, "its directory's end")
    engine.stop()


def test_no_standby(engine_factory):
    engine = engine_factory("--kernel-standby", "0")
    jupyter = connect(engine)
    kernel = jupyter.start()
    jupyter.await_state(kernel, "idle")
    time.sleep(4)  # longer than it takes until another would be started
    assert list(folders(engine)) == [kernel]
    engine.stop()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_engine_ends(engine_factory, how):
    """The kernel that nobody has goes with it; the others stay."""
    engine = engine_factory("--kernel-standby", "300")
    jupyter = connect(engine)
    kernel = jupyter.start()
    name, status = await_standby(engine)
    pid = jupyter.details(kernel)["pid"]
    getattr(engine, how)()
    wait_for(lambda: is_gone(status["pid"]) and is_gone(status["host_pid"]), 30, "its end")
    assert not is_gone(pid)
    engine.start()
    jupyter = connect(engine)
    assert [one["id"] for one in jupyter.call("GET", "/api/kernels").json] == [kernel]
    assert list(folders(engine)) == [kernel]
    another = jupyter.start()
    assert another != name
    for one in (kernel, another):
        assert jupyter.call("DELETE", f"/api/kernels/{one}").status == 204
    engine.stop()
