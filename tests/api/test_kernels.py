# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernels through the Jupyter Server protocol, as its clients see them."""

import json
import os
import signal
import threading
import time
from base64 import b64encode
from urllib.parse import quote

import pytest
import websocket

from clients import ROLE, wait_for
from jupyter import Jupyter, is_idle, is_input, of, reply, text, value
from raw import WebSocket, query
from tracking import owner as mlflow_owner
from wire import SocketConnection


@pytest.fixture(scope="module")
def jupyter(engine):
    return Jupyter(engine.endpoint_url, engine.secret_access_key)


@pytest.fixture(scope="module")
def shared(jupyter):
    """A kernel that most tests share; each leaves it as it was."""
    kernel = jupyter.start()
    yield kernel
    jupyter.call("DELETE", f"/api/kernels/{kernel}")


@pytest.fixture
def own(jupyter):
    """A kernel of the test's own."""
    kernel = jupyter.start()
    yield kernel
    jupyter.call("DELETE", f"/api/kernels/{kernel}")


@pytest.mark.parametrize("v1", [True, False], ids=["v1", "json"])
def test_execute(jupyter, shared, v1):
    with jupyter.channels(shared, v1) as channels:
        assert channels.socket.getsubprotocol() == ("v1.kernel.websocket.jupyter.org" if v1 else None)
        messages = channels.execute("print('süß'); 6 * 7")
        assert text(messages) == "süß\n"
        assert value(messages) == "42"
        assert reply(messages)["status"] == "ok"
        assert {m["channel"] for m in messages} == {"shell", "iopub"}
        assert all("sagebrush_seq" not in m["metadata"] for m in messages)
        failed = reply(channels.execute("1 / 0"))
        assert (failed["status"], failed["ename"]) == ("error", "ZeroDivisionError")


@pytest.mark.parametrize("v1", [True, False], ids=["v1", "json"])
def test_buffers(jupyter, shared, v1):
    """A comm's message with binary buffers arrives byte for byte."""
    code = ("from ipykernel.comm import Comm\n"
            "Comm(target_name='none', data={'a': 1}, buffers=[bytes(range(256)), b'', b'end'])")
    with jupyter.channels(shared, v1) as channels:
        (opened,) = [m for m in channels.execute(code) if m["msg_type"] == "comm_open"]
    assert opened["content"]["data"] == {"a": 1}
    assert [bytes(buffer) for buffer in opened["buffers"]] == [bytes(range(256)), b"", b"end"]


@pytest.mark.parametrize("v1", [True, False], ids=["v1", "json"])
def test_stdin(jupyter, shared, v1):
    with jupyter.channels(shared, v1) as channels:
        request = channels.send("shell", "execute_request", {
            "code": "input('who? ')", "silent": False, "store_history": True,
            "user_expressions": {}, "allow_stdin": True, "stop_on_error": True})
        prompt = channels.until(is_input)[-1]
        assert prompt["channel"] == "stdin"
        assert prompt["content"] == {"prompt": "who? ", "password": False}
        channels.send("stdin", "input_reply", {"value": "a friend"}, parent=prompt)
        assert value(channels.result(request)) == "'a friend'"


def test_interrupt(jupyter, shared):
    with jupyter.channels(shared) as channels:
        request = channels.send("shell", "execute_request", {
            "code": "print('in it', flush=True)\nimport time\ntime.sleep(60)", "silent": False,
            "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": True})
        channels.until(lambda m: m["msg_type"] == "stream")
        assert jupyter.call("POST", f"/api/kernels/{shared}/interrupt", {}).status == 204
        assert reply(channels.result(request))["ename"] == "KeyboardInterrupt"


def test_interrupt_of_what_runs_as_soon_as_the_kernel_does(jupyter):
    """What the engine has read of the kernel says for a moment yet that it starts."""
    for _ in range(3):
        kernel = jupyter.start()
        with jupyter.channels(kernel) as channels:
            request = channels.send("shell", "execute_request", {
                "code": "input()", "silent": False, "store_history": True,
                "user_expressions": {}, "allow_stdin": True, "stop_on_error": True})
            channels.until(is_input)
            assert jupyter.call("POST", f"/api/kernels/{kernel}/interrupt", {}).status == 204
            assert reply(channels.result(request))["ename"] == "KeyboardInterrupt"
        assert jupyter.call("DELETE", f"/api/kernels/{kernel}").status == 204


def test_restart(jupyter, own):
    with jupyter.channels(own) as channels:
        assert reply(channels.execute("before = 1"))["execution_count"] == 1
        answer = jupyter.call("POST", f"/api/kernels/{own}/restart", {})
        assert (answer.status, answer.json["id"]) == (200, own)
        jupyter.await_state(own, "idle")
    with jupyter.channels(own) as channels:
        fresh = reply(channels.execute("before"))
        assert (fresh["ename"], fresh["execution_count"]) == ("NameError", 1)
    assert jupyter.details(own)["restarts"] == 1


def test_two_clients(jupyter, shared):
    """Both see the outputs; each reply goes to who asked."""
    with jupyter.channels(shared) as one, jupyter.channels(shared, v1=False) as other:
        wait_for(lambda: jupyter.kernel(shared)["connections"] == 2, what="both clients")
        request = one.send("shell", "execute_request", {
            "code": "print('for both')", "silent": False, "store_history": True,
            "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        seen = [m for m in other.until(is_idle(request)) if of(m, request)]
        assert text(seen) == "for both\n"
        assert not [m for m in seen if m["msg_type"] == "execute_reply"]
        assert text(one.result(request)) == "for both\n"
        assert value(other.execute("2 + 2")) == "4"
    wait_for(lambda: jupyter.kernel(shared)["connections"] == 0, what="the clients' end")


def test_journal(jupyter, own):
    """Who comes later, or back, gets all of it by its number, and then what comes."""
    with jupyter.channels(own) as plain:
        plain.execute("for i in range(100): print(i)")
        plain.execute("'second'")
    with jupyter.channels(own, after=0) as late:
        messages = late.until(lambda m: m["msg_type"] == "execute_result")
        numbers = [m["metadata"]["sagebrush_seq"] for m in messages]
        assert numbers == sorted(set(numbers))
        assert text(messages) == "".join(f"{i}\n" for i in range(100))
        assert messages[-1]["content"]["execution_count"] == 2
        live = late.execute("'third'")
        assert value(live) == "'third'"
        assert min(m["metadata"]["sagebrush_seq"] for m in live) > numbers[-1]
    last = jupyter.details(own)["last_seq"]
    assert last >= max(m["metadata"]["sagebrush_seq"] for m in live)
    held = jupyter.call("POST", f"/sagebrush/v1/kernels/{own}/journal", {"held": last})
    assert held.status == 200, held.body
    with jupyter.channels(own, after=last) as again:
        messages = again.execute("'fourth'")
        assert value(messages) == "'fourth'"
        assert min(m["metadata"]["sagebrush_seq"] for m in messages) > last


def test_plain_client_comes_back(jupyter, own):
    """Under the same session it gets what was said meanwhile, as jupyter_server does it; others get
    only what comes. What is on its way when the connection breaks is lost there as here: so nothing
    is."""
    channels = jupyter.channels(own)
    request = channels.send("shell", "execute_request", {
        "code": "import time\nprint('first', flush=True)\ntime.sleep(1)\n"
                "for i in range(30):\n    print(i, flush=True)",
        "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
        "stop_on_error": True})
    seen = channels.until(lambda m: m["msg_type"] == "stream")
    channels.socket.sock.close()
    jupyter.await_state(own, "idle")
    with jupyter.channels(own) as stranger:
        assert text(stranger.execute("'mine'")) == ""
    with jupyter.channels(own, session=channels.session.session) as back:
        rest = back.result(request)
        assert text(seen) + text(rest) == "first\n" + "".join(f"{i}\n" for i in range(30))
        assert all("sagebrush_seq" not in m["metadata"] for m in rest)
        assert value(back.execute("'on'")) == "'on'"


def test_end_with_cause(jupyter, engine):
    kernel = jupyter.start()
    pid = jupyter.details(kernel)["pid"] if jupyter.await_state(kernel, "idle") else None
    with jupyter.channels(kernel) as channels:
        channels.execute("import sys; print('last words', file=sys.__stderr__, flush=True)")
    os.kill(pid, signal.SIGKILL)
    jupyter.await_state(kernel, "dead")
    model = wait_for(lambda: jupyter.kernel(kernel).get("reason") and jupyter.kernel(kernel))
    assert "signal 9" in model["reason"]
    outcome = jupyter.details(kernel)["outcome"]
    assert outcome["signal"] == 9
    assert outcome["peak_memory_bytes"] > 0
    assert query(engine, "SELECT state FROM kernel WHERE id = ?", kernel) == [("dead",)]
    assert jupyter.call("POST", f"/api/kernels/{kernel}/restart", {}).status == 200
    jupyter.await_state(kernel, "idle")
    with jupyter.channels(kernel) as channels:
        assert value(channels.execute("1 + 1")) == "2"
    assert jupyter.call("DELETE", f"/api/kernels/{kernel}").status == 204
    assert jupyter.call("GET", f"/api/kernels/{kernel}").status == 404
    assert not (engine.data_dir / "kernels" / kernel).exists()


def test_exit_status(jupyter):
    kernel = jupyter.start()
    with jupyter.channels(kernel) as channels:
        channels.send("shell", "execute_request", {
            "code": "import os; os._exit(7)", "silent": False, "store_history": True,
            "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        wait_for(lambda: jupyter.kernel(kernel).get("reason"), what="the kernel's end")
    assert jupyter.details(kernel)["outcome"]["exit_code"] == 7
    assert jupyter.kernel(kernel)["reason"] == "The kernel exited with status 7"
    assert jupyter.call("DELETE", f"/api/kernels/{kernel}").status == 204


def test_aws_in_a_cell(jupyter, shared, engine):
    """boto3 drives this engine with nothing configured, also in the way of the SageMaker SDK to the
    execution role and the default bucket."""
    code = """
import boto3, json, re
names = boto3.client('sagemaker').list_training_jobs()['TrainingJobSummaries']
sts = boto3.Session().client('sts', region_name='us-east-1', endpoint_url='https://sts.us-east-1.amazonaws.com')
identity = sts.get_caller_identity()
role = re.sub(r'^(.+)sts::(\\d+):assumed-role/(.+?)/.*$', r'\\1iam::\\2:role/\\3', identity['Arn'])
role = boto3.client('iam').get_role(RoleName=role[role.rfind('/') + 1:])['Role']['Arn']
bucket = 'sagemaker-us-east-1-' + identity['Account']
boto3.resource('s3').create_bucket(Bucket=bucket)
boto3.client('s3').head_bucket(Bucket=bucket, ExpectedBucketOwner=identity['Account'])
json.dumps([len(names), role, bucket])
"""
    with jupyter.channels(shared) as channels:
        jobs, role, bucket = json.loads(value(channels.execute(code)).strip("'"))
    sagemaker = engine.client("sagemaker")
    pages = sagemaker.list_training_jobs()["TrainingJobSummaries"]
    assert jobs == len(pages)
    assert role == ROLE
    assert bucket in {one["Name"] for one in engine.client("s3").list_buckets()["Buckets"]}


def test_mlflow_in_a_cell(jupyter, shared, engine):
    """As MLflow's client reads its variables: a cell logs a run to this engine, nothing configured."""
    code = """
import base64, json, os, urllib.request
pair = os.environ['MLFLOW_TRACKING_USERNAME'] + ':' + os.environ['MLFLOW_TRACKING_PASSWORD']
def call(path, **members):
    request = urllib.request.Request(
        os.environ['MLFLOW_TRACKING_URI'] + '/api/2.0/mlflow/' + path, json.dumps(members).encode(),
        {'Content-Type': 'application/json',
         'Authorization': 'Basic ' + base64.b64encode(pair.encode()).decode()})
    return json.load(urllib.request.urlopen(request))
run = call('runs/create', experiment_id='0', run_name='of a cell')['run']['info']['run_id']
call('runs/log-batch', run_id=run, metrics=[{'key': 'loss', 'value': 0.5, 'timestamp': 1, 'step': 3}])
call('runs/update', run_id=run, status='FINISHED')
run
"""
    with jupyter.channels(shared) as channels:
        run = value(channels.execute(code)).strip("'")
    found = mlflow_owner(engine).look("runs/get", run_id=run)["run"]
    assert (found["info"]["run_name"], found["info"]["status"]) == ("of a cell", "FINISHED")
    assert [(m["key"], m["value"], m["step"]) for m in found["data"]["metrics"]] == [("loss", 0.5, 3)]


def test_environment(jupyter, engine, tmp_path):
    """The folder of the notebook, the variables that gateways take and no others; the secret is in no
    file of the kernel's."""
    notebook = tmp_path / "deep" / "notebook.ipynb"
    notebook.parent.mkdir()
    body = {"path": str(notebook), "name": "notebook.ipynb", "type": "notebook",
            "kernel": {"name": "python3"}}
    session = jupyter.call("POST", "/api/sessions", body).json
    kernel = session["kernel"]["id"]
    with jupyter.channels(kernel) as channels:
        folder, variables = json.loads(text(channels.execute(
            "import os, json; print(json.dumps([os.getcwd(), dict(os.environ)]));"
            "open('made', 'w').close()")))
    assert folder == str(notebook.parent)
    assert (notebook.parent / "made").stat().st_mode & 0o777 == 0o644
    assert variables["JPY_SESSION_NAME"] == str(notebook)
    assert variables["AWS_ENDPOINT_URL"] == engine.endpoint_url
    assert "SAGEBRUSH_LIBEXECDIR" not in variables
    assert "ASAN_OPTIONS" not in variables
    for path in (engine.data_dir / "kernels" / kernel).iterdir():
        if path.is_file():
            assert engine.secret_access_key.encode() not in path.read_bytes(), path
    assert jupyter.call("DELETE", f"/api/sessions/{session['id']}").status == 204

    kernel = jupyter.start(env={"KERNEL_NUMBER": "5", "LD_PRELOAD": "/evil.so", "KERNEL_x": "1"})
    with jupyter.channels(kernel) as channels:
        code = "import os; [os.environ.get(name) for name in ('KERNEL_NUMBER', 'LD_PRELOAD', 'KERNEL_x')]"
        assert value(channels.execute(code)) == "['5', None, None]"
    jupyter.call("DELETE", f"/api/kernels/{kernel}")


def test_sessions(jupyter, tmp_path, engine):
    path = str(tmp_path / "a.ipynb")
    wanted = {"path": path, "name": "a.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    created = jupyter.call("POST", "/api/sessions", wanted)
    assert created.status == 201
    session = created.json
    assert created.headers["Location"] == f"/api/sessions/{session['id']}"
    assert session["notebook"] == {"path": path, "name": "a.ipynb"}
    again = jupyter.call("POST", "/api/sessions", wanted).json
    assert (again["id"], again["kernel"]["id"]) == (session["id"], session["kernel"]["id"])
    other = jupyter.call("POST", "/api/sessions", {
        **wanted, "path": path + "2", "kernel": {"id": session["kernel"]["id"]}}).json
    assert other["id"] != session["id"] and other["kernel"]["id"] == session["kernel"]["id"]

    renamed = jupyter.call("PATCH", f"/api/sessions/{session['id']}", {"path": path + "3", "name": "b"})
    assert (renamed.status, renamed.json["path"], renamed.json["name"]) == (200, path + "3", "b")
    assert {one["id"] for one in jupyter.call("GET", "/api/sessions").json} >= {session["id"], other["id"]}

    # the kernel goes on as long as one of them has it
    assert jupyter.call("DELETE", f"/api/sessions/{other['id']}").status == 204
    assert jupyter.call("GET", f"/api/kernels/{session['kernel']['id']}").status == 200
    changed = jupyter.call("PATCH", f"/api/sessions/{session['id']}", {"kernel": {"name": "python3"}}).json
    assert changed["kernel"]["id"] != session["kernel"]["id"]
    assert jupyter.call("GET", f"/api/kernels/{session['kernel']['id']}").status == 404
    assert jupyter.call("DELETE", f"/api/sessions/{session['id']}").status == 204
    assert jupyter.call("GET", f"/api/kernels/{changed['kernel']['id']}").status == 404
    for method in "GET", "PATCH", "DELETE":
        assert jupyter.call(method, f"/api/sessions/{session['id']}", {} if method == "PATCH" else None
                            ).status == 404
    events = query(engine, "SELECT status FROM event WHERE kind = 'kernel-session' AND name = ?",
                   session["id"])
    assert [status for (status,) in events] == ["open", "open", "open", "Deleted"]


def test_one_session_of_a_path(jupyter, tmp_path):
    """However many clients open it at once."""
    wanted = {"path": str(tmp_path / "same.ipynb"), "name": "", "type": "notebook",
              "kernel": {"name": "python3"}}
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(
        jupyter.call("POST", "/api/sessions", wanted).json)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert len({(one["id"], one["kernel"]["id"]) for one in opened}) == 1
    assert jupyter.call("DELETE", f"/api/sessions/{opened[0]['id']}").status == 204


def test_events(jupyter, engine):
    """The event stream tells of a kernel's life."""
    with WebSocket(engine) as events:
        kernel = jupyter.start()
        jupyter.await_state(kernel, "idle")
        jupyter.call("POST", f"/api/kernels/{kernel}/restart", {})
        jupyter.await_state(kernel, "idle")
        jupyter.call("DELETE", f"/api/kernels/{kernel}")
        seen = []
        while not seen or seen[-1] != "Deleted":
            event = events.event()
            if event["kind"] == "kernel" and event["name"] == kernel:
                seen.append(event["status"])
    assert seen[0] == "starting" and {"running", "restarting", "restarted"} < set(seen)
    audited = query(engine, "SELECT operation FROM audit WHERE target LIKE '%' || ?", kernel)
    assert [operation for (operation,) in audited] == ["StartKernel", "RestartKernel", "ShutdownKernel"]


def test_kernelspecs(jupyter):
    everything = jupyter.call("GET", "/api/kernelspecs").json
    assert everything["default"] == "python3"
    model = everything["kernelspecs"]["python3"]
    assert set(model) == {"name", "spec", "resources"}
    assert set(model["spec"]) == {"argv", "env", "display_name", "language", "interrupt_mode", "metadata"}
    assert jupyter.call("GET", "/api/kernelspecs/python3").json == model
    logo = jupyter.call("GET", model["resources"]["logo-64x64"])
    assert (logo.status, logo.headers["Content-Type"], logo.body[:4]) == (200, "image/png", b"\x89PNG")
    assert jupyter.call("GET", "/api/kernelspecs/none").status == 404


def test_kernelspec_of_a_project(jupyter, tmp_path):
    """A virtual environment in the notebook's folder comes first."""
    folder = tmp_path / ".venv" / "share" / "jupyter" / "kernels" / "special"
    folder.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (folder / "kernel.json").write_text(json.dumps({
        "argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Special", "language": "python", "env": {"SPECIAL": "${HOME}/special"}}))
    assert "special" not in jupyter.call("GET", "/api/kernelspecs").json["kernelspecs"]
    listed = jupyter.call("GET", f"/api/kernelspecs?project={tmp_path}").json["kernelspecs"]
    assert listed["special"]["spec"]["display_name"] == "Special"
    session = jupyter.call("POST", "/api/sessions", {
        "path": str(tmp_path / "n.ipynb"), "name": "", "type": "notebook",
        "kernel": {"name": "special"}}).json
    with jupyter.channels(session["kernel"]["id"]) as channels:
        assert value(channels.execute("import os; os.environ['SPECIAL']")) == \
            repr(os.path.expanduser("~/special"))
    assert jupyter.call("DELETE", f"/api/sessions/{session['id']}").status == 204


def told_of(engine, kernel):
    """The words of the events of a kernel."""
    return [status for (status,) in query(
        engine, "SELECT status FROM event WHERE kind = 'kernel' AND name = ? ORDER BY seq", kernel)]


@pytest.fixture
def impatient(engine_factory):
    """An engine that shuts kernels down which have nothing to do for 4 seconds, and its server."""
    engine = engine_factory("--kernel-idle", "4")
    yield engine, Jupyter(engine.endpoint_url, engine.secret_access_key)
    engine.stop()


def test_idle_kernel_is_shut_down(impatient):
    """After a warning, when nobody uses it, whatever others say meanwhile; not while a client of
    Jupyter is connected, which would not hear of it."""
    engine, jupyter = impatient
    used, unused = jupyter.start(), jupyter.start()
    with jupyter.channels(used) as channels:
        channels.send("shell", "execute_request", {
            "code": "import time\nfor i in range(1500): print(i, flush=True); time.sleep(0.02)",
            "silent": False, "store_history": False, "allow_stdin": False})
        ends = wait_for(lambda: jupyter.details(unused).get("idle_ends"))
        assert abs(ends - time.time()) < 4
        model = wait_for(lambda: jupyter.kernel(unused).get("reason") and jupyter.kernel(unused))
        assert "Nobody used" in model["reason"]
        assert jupyter.kernel(used)["execution_state"] == "busy"
        assert jupyter.call("POST", f"/api/kernels/{used}/interrupt").status == 204
        jupyter.await_state(used, "idle")
        time.sleep(6)
        assert jupyter.kernel(used)["execution_state"] == "idle"
        assert "idle_ends" not in jupyter.details(used)
    assert told_of(engine, unused)[-2:] == ["idle-warning", "dead"]
    assert jupyter.details(unused)["outcome"]["idle_seconds"] == 4
    assert "idle_ends" not in jupyter.details(unused)


def test_idle_kernel_is_kept_by_a_word(impatient):
    """Who follows the journal is warned, too, and can say that the kernel is to be kept; a run takes
    the warning back as well."""
    engine, jupyter = impatient
    own = jupyter.start()
    session = jupyter.call("POST", "/api/sessions", {
        "path": "/tmp/kept.ipynb", "name": "", "type": "notebook", "kernel": {"id": own}}).json
    with jupyter.channels(own, after=0) as channels:
        for use in (lambda: jupyter.call("POST", f"/sagebrush/v1/kernels/{own}/keep"),
                    lambda: channels.execute("1")):
            wait_for(lambda: jupyter.details(own).get("idle_ends"))
            assert jupyter.details(own)["notebooks"] == [session["path"]]
            use()
            wait_for(lambda: "idle_ends" not in jupyter.details(own))
            last = jupyter.details(own)["last_seq"]
            jupyter.call("POST", f"/sagebrush/v1/kernels/{own}/journal", {"held": last})
        assert told_of(engine, own)[-4:] == ["idle-warning", "kept"] * 2
        wait_for(lambda: told_of(engine, own)[-2:] == ["idle-warning", "dead"])
    assert jupyter.call("POST", f"/sagebrush/v1/kernels/{'0' * 8}-0000-4000-8000-{'0' * 12}/keep").status \
        == 404
    assert jupyter.call("GET", f"/sagebrush/v1/kernels/{own}/keep").status == 405


def test_idle_kernel_that_owes_an_output_is_kept(impatient):
    """What no saved notebook holds is not shut down, however long nobody comes; nor is a kernel that
    computes in a thread of its own."""
    engine, jupyter = impatient
    owing, working = jupyter.start(), jupyter.start()
    with jupyter.channels(owing, after=0) as channels:
        channels.execute("print('precious')")
        assert jupyter.details(owing)["unsaved"]
    with jupyter.channels(working, after=0) as channels:
        channels.execute("import threading\nstop = threading.Event()\n"
                         "def work():\n  while not stop.is_set(): sum(range(1000))\n"
                         "threading.Thread(target=work, daemon=True).start()")
    time.sleep(8)
    for kernel in (owing, working):
        assert jupyter.kernel(kernel)["execution_state"] == "idle"
        assert "idle-warning" not in told_of(engine, kernel)

    last = jupyter.details(owing)["last_seq"]
    jupyter.call("POST", f"/sagebrush/v1/kernels/{owing}/journal", {"held": last})
    assert not jupyter.details(owing)["unsaved"] and jupyter.details(owing)["held"] == last
    with jupyter.channels(working, after=0) as channels:
        channels.execute("stop.set()")
    for kernel in (owing, working):
        wait_for(lambda own=kernel: told_of(engine, own)[-2:] == ["idle-warning", "dead"])


def test_idle_limit_is_set(engine_factory):
    """For all kernels, at once and after the next start; by who starts the engine for good."""
    path = "/sagebrush/v1/kernel-settings"
    engine = engine_factory()
    jupyter = Jupyter(engine.endpoint_url, engine.secret_access_key)
    assert jupyter.call("GET", path).json == {"idle_seconds": 0, "fixed": False}
    own = jupyter.start()
    assert "idle_limit" not in jupyter.details(own)
    for wrong in ({"idle_seconds": 59}, {"idle_seconds": 525600 * 60 + 1}, {"idle_seconds": -1},
                  {"idle_seconds": "600"}, {}, "[]", ""):
        assert jupyter.call("PUT", path, wrong).status == 400, wrong
    assert jupyter.call("DELETE", path).status == 405
    assert jupyter.call("PUT", path, {"idle_seconds": 600}, token="").status in (401, 403)
    assert jupyter.call("PUT", path, {"idle_seconds": 600}).json == {"idle_seconds": 600, "fixed": False}
    assert jupyter.details(own)["idle_limit"] == 600
    assert query(engine, "SELECT count (*) FROM audit WHERE operation = 'UpdateKernelSettings'") == [(1,)]
    assert jupyter.call("DELETE", f"/api/kernels/{own}").status == 204
    engine.stop()

    engine.start()
    jupyter = Jupyter(engine.endpoint_url, engine.secret_access_key)
    assert jupyter.call("GET", path).json == {"idle_seconds": 600, "fixed": False}
    engine.stop()
    fixed = engine_factory("--kernel-idle", "0")
    jupyter = Jupyter(fixed.endpoint_url, fixed.secret_access_key)
    assert jupyter.call("GET", path).json == {"idle_seconds": 0, "fixed": True}
    assert jupyter.call("PUT", path, {"idle_seconds": 600}).status == 409
    fixed.stop()


def test_slow_client(engine_factory):
    """A client that does not read costs bounded memory, and loses nothing when it goes on."""
    def resident():
        with open(f"/proc/{engine.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    engine = engine_factory(start=False)
    engine.start(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")
    jupyter = Jupyter(engine.endpoint_url, engine.secret_access_key)
    own = jupyter.start()
    lines, length = 400, 100_000
    with jupyter.channels(own, after=0) as slow, jupyter.channels(own) as quick:
        before = resident()
        quick.execute(f"from IPython.display import display\n"
                      f"for i in range({lines}): display({{'text/plain': '%06d' % i + 'x' * {length}}}, raw=True)")
        assert resident() - before < 30_000_000
        seen = []
        while len(seen) < lines:
            message = slow.receive()
            if message["msg_type"] == "display_data":
                seen.append(int(message["content"]["data"]["text/plain"][:6]))
        assert seen == list(range(lines))
    assert jupyter.call("DELETE", f"/api/kernels/{own}").status == 204
    engine.stop()


def test_status(jupyter, shared, engine):
    version = jupyter.call("GET", "/api").json
    assert version.pop("sagebrush")  # our own mark
    assert version == {"version": "2.15.0"}
    status = jupyter.call("GET", "/api/status").json
    assert set(status) == {"started", "last_activity", "kernels", "connections"}
    assert status["kernels"] >= 1
    identity = jupyter.call("GET", "/api/me?permissions=%7B%22kernels%22%3A%5B%22read%22%5D%7D").json
    assert identity["permissions"] == {"kernels": ["read"]}
    assert identity["identity"]["username"]
    with jupyter.channels(shared) as channels:
        channels.execute("x = bytearray(30_000_000); x = None")
    details = jupyter.details(shared)
    assert details["memory_bytes"] > 20_000_000 and details["cpu_seconds"] > 0
    wait_for(lambda: jupyter.call("GET", "/sagebrush/v1/status").json["resources"]["kernel"].get("running"))
    assert "jupyter" not in engine.log.read_text()


# Who may call, and what they may send

def test_who_may_call(jupyter, engine, shared):
    right = engine.secret_access_key
    basic = b64encode(f"{engine.access_key_id}:{right}".encode()).decode()
    for headers in {"Authorization": f"Bearer {right}"}, {"Authorization": f"Basic {basic}"}:
        assert jupyter.call("GET", "/api/kernels", token="", headers=headers).status == 200
    assert jupyter.call("GET", f"/api/kernels?token={quote(right, safe='')}", token="").status == 200
    for method, path in (("GET", "/api/kernels"), ("POST", "/api/kernels"), ("GET", "/api"),
                         ("GET", f"/api/kernels/{shared}/channels"), ("GET", "/api/kernelspecs"),
                         ("GET", "/kernelspecs/python3/logo-64x64.png"),
                         ("GET", f"/sagebrush/v1/kernels/{shared}")):
        answer = jupyter.call(method, path, token="")
        assert answer.status in (401, 403), path
        assert right.encode() not in answer.body
    for wrong in "wrong", right[:-1], right + "A", "x" * 5000:
        assert jupyter.call("GET", "/api/kernels", token=wrong).status in (403, 429)
    connection = SocketConnection(engine.socket)
    connection.request("GET", "/api/kernels")
    assert connection.getresponse().status == 200
    connection.close()
    assert right not in engine.log.read_text()


def test_who_may_connect(jupyter, shared):
    good = f"Authorization: token {jupyter.token}"
    own = f"http://{jupyter.address.netloc}"
    with jupyter.channels(shared, headers=[good], origin=own) as channels:
        assert value(channels.execute("1")) == "1"
    for headers, options in (([], {}), (["Authorization: token wrong"], {}),
                             ([good], {"origin": "http://evil.example"}),
                             ([good], {"origin": "null"}), ([good], {"host": "evil.example"})):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            jupyter.channels(shared, headers=headers, **options)
        assert refused.value.status_code in (403, 421, 429)
    with jupyter.channels(shared, headers=[], query=f"&token={jupyter.token.replace('+', '%2B')}"):
        pass


@pytest.mark.parametrize("method, path, body, status", [
    ("POST", "/api/kernels", b"{", 400), ("POST", "/api/kernels", b"[]", 400),
    ("POST", "/api/kernels", b"\xff\xfe", 400), ("POST", "/api/kernels", b"[" * 100_000, 400),
    ("POST", "/api/kernels", b'{"name": "none"}', 404),
    ("POST", "/api/kernels", b'{"name": "../../../etc"}', 404),
    ("POST", "/api/kernels", b"x" * 2_000_000, 413),
    ("GET", "/api/kernels/00000000-0000-4000-8000-000000000000", None, 404),
    ("DELETE", "/api/kernels/00000000-0000-4000-8000-000000000000", None, 404),
    ("POST", "/api/kernels/00000000-0000-4000-8000-000000000000/restart", b"{}", 404),
    ("POST", "/api/kernels/00000000-0000-4000-8000-000000000000/interrupt", b"{}", 404),
    ("GET", "/api/kernels/..", None, 404), ("GET", "/api/kernels/%2e%2e%2f%2e%2e", None, 404),
    ("GET", "/api/kernels/x/y/z", None, 404), ("PUT", "/api/kernels", b"{}", 405),
    ("POST", "/api/sessions", b"", 400), ("POST", "/api/sessions", b"{}", 400),
    ("POST", "/api/sessions", b'{"path": 5, "type": "notebook"}', 400),
    ("POST", "/api/sessions", b'{"path": "a", "type": "notebook", "kernel": {"name": "none"}}', 501),
    ("POST", "/api/sessions", b'{"type": "notebook", "path": "%s"}' % (b"x" * 5000), 400),
    ("GET", "/api/sessions/..", None, 404), ("PATCH", "/api/kernels", b"{}", 405),
    ("GET", "/kernelspecs/python3/../../../../etc/passwd", None, 404),
    ("GET", "/kernelspecs/python3/%2e%2e%2fkernel.json", None, 404),
    ("GET", "/kernelspecs/python3/logo-%2f..%2f..%2fkernel.json", None, 404),
    ("GET", "/kernelspecs/python3/kernel.json", None, 404),
    ("GET", "/kernelspecs/%2e%2e/logo-64x64.png", None, 404),
    ("GET", "/kernelspecs/python3/logo-none.png", None, 404),
    ("GET", "/api/kernelspecs/%2e%2e", None, 404), ("GET", "/api/me?permissions=5", None, 400),
], ids=range(30))
def test_hostile_requests(jupyter, method, path, body, status):
    answer = jupyter.call(method, path, body)
    assert answer.status == status, answer.body
    assert status == 413 or answer.json["message"]
    assert jupyter.call("GET", "/api").status == 200


@pytest.mark.parametrize("path, body, status", [
    ("{kernel}/journal", b"", 400), ("{kernel}/journal", b'{"held": -1}', 400),
    ("{kernel}/journal", b'{"held": "x"}', 400), ("{kernel}/other", b"{}", 404), ("x", b"{}", 404),
    ("00000000-0000-4000-8000-000000000000/journal", b'{"held": 1}', 404),
])
def test_hostile_journal_calls(jupyter, shared, path, body, status):
    assert jupyter.call("POST", "/sagebrush/v1/kernels/" + path.format(kernel=shared), body).status == status


def test_handshakes(jupyter, shared):
    assert jupyter.call("GET", f"/api/kernels/{shared}/channels").status == 400
    for query_text, status in ("&after=x", 400), ("&after=-5", 400), ("&after=1e9", 400):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            jupyter.channels(shared, query=query_text)
        assert refused.value.status_code == status
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        jupyter.channels("00000000-0000-4000-8000-000000000000")
    assert refused.value.status_code == 404


@pytest.mark.parametrize("v1, frame", [
    (True, b""), (True, b"\x00"), (True, b"\xff" * 64), (True, b"\x07" + b"\x00" * 7 + b"\xff" * 56),
    (True, "text"), (False, "{"), (False, "[]"), (False, '{"header": 5}'), (False, "{}"),
    (False, '{"channel": "none", "header": {}, "content": {}}'), (False, b"\xff\xff\xff\xff"),
    (False, b"\x00\x00\x00\x01\x00\x00\xff\xff"), (False, '{"a":' * 5000),
], ids=range(13))
def test_junk_frames(jupyter, shared, v1, frame):
    """Junk costs its sender the connection; the kernel and everybody else go on."""
    with jupyter.channels(shared) as bystander:
        with jupyter.channels(shared, v1) as channels:
            send = channels.socket.send if isinstance(frame, str) else channels.socket.send_binary
            send(frame)
            opcode = None
            while opcode != websocket.ABNF.OPCODE_CLOSE:
                opcode, _ = channels.socket.recv_data()
        assert value(bystander.execute("'still here'")) == "'still here'"


def test_huge_frame(jupyter, shared, engine):
    """100 MB at once are refused when they begin."""
    with jupyter.channels(shared) as channels:
        refused = threading.Event()

        def read():
            try:
                while channels.socket.recv_data()[0] != websocket.ABNF.OPCODE_CLOSE:
                    pass
            except (websocket.WebSocketException, OSError):
                pass
            refused.set()

        reader = threading.Thread(target=read)
        reader.start()
        try:
            channels.socket.send_binary(b"\0" * 100_000_000)
        except (OSError, websocket.WebSocketException):
            pass
        assert refused.wait(30)
        reader.join()
    assert jupyter.kernel(shared)["execution_state"] == "idle"
    with jupyter.channels(shared) as channels:
        assert value(channels.execute("1")) == "1"


def test_many_starts_at_once(jupyter):
    """A kernel more than is needed is none that is left behind."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(jupyter.start())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 3
    ends = [threading.Thread(target=jupyter.call, args=("DELETE", f"/api/kernels/{kernel}"))
            for kernel in answers * 2]
    for thread in ends:
        thread.start()
    for thread in ends:
        thread.join()
    assert not {one["id"] for one in jupyter.call("GET", "/api/kernels").json} & set(answers)
