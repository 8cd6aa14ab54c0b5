# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gateway has counted for endpoints, and who gets to see it."""

import fcntl
import json
import os
import signal
import socket
import threading
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from clients import SKLEARN, wait_for
from people import Person, add, owner
from test_endpoints import SCRIPT, Deployer, csv_of, deployer, gateway_client, train  # noqa: F401


def metrics_of(caller, name=None):
    """What was counted for an endpoint, or for all of them."""
    reply = caller.call("GET", f"/sagebrush/v1/endpoints/{name + '/' if name else ''}metrics")
    assert reply.status == 200, reply.body
    return reply.json


def test_metrics_count_invocations(deployer, engine):
    booster, rows = train()
    endpoint = deployer.endpoint(deployer.config(deployer.xgboost(booster)))
    other = deployer.endpoint(deployer.config(deployer.xgboost(booster)))
    caller = owner(engine)

    fresh = metrics_of(caller, endpoint)
    assert fresh["EndpointName"] == endpoint and fresh["Uptime"] > 0
    assert fresh["Variants"] == [
        {"VariantName": "AllTraffic", "Invocations": 0, "Invocation4XXErrors": 0, "Invocation5XXErrors": 0,
         "ModelLatency": 0, "OverheadLatency": 0,
         "Latency": {"p50": 0, "p90": 0, "p99": 0, "Histogram": []}}
    ]

    for _ in range(5):
        deployer.ask(endpoint, csv_of(rows[:1]))
    deployer.ask(endpoint, csv_of(rows[:1]), client=gateway_client(engine))
    for body, content_type in (("1,2", "text/csv"), ("a,b,c,d,e", "text/csv"), ("x", "image/png")):
        with pytest.raises(deployer.runtime.exceptions.ModelError):
            deployer.ask(endpoint, body, content_type)
    for name, extra in (("nobody", {}), (endpoint, {"TargetVariant": "Other"})):
        with pytest.raises(ClientError):
            deployer.ask(name, csv_of(rows[:1]), **extra)

    counted = metrics_of(caller, endpoint.upper())
    (variant,) = counted["Variants"]
    assert counted["EndpointName"] == endpoint and counted["Uptime"] > fresh["Uptime"]
    assert variant["Invocations"] == 9
    assert (variant["Invocation4XXErrors"], variant["Invocation5XXErrors"]) == (3, 0)
    latency = variant["Latency"]
    assert 0 < latency["p50"] <= latency["p90"] <= latency["p99"]
    assert sum(count for _, count in latency["Histogram"]) == 9
    assert [bound for bound, _ in latency["Histogram"]] == sorted({bound for bound, _ in latency["Histogram"]})
    assert latency["p99"] == latency["Histogram"][-1][0]
    assert 0 < variant["ModelLatency"] <= 9 * latency["p99"]
    assert metrics_of(caller, other)["Variants"][0]["Invocations"] == 0

    every = metrics_of(caller)
    assert every["Uptime"] >= counted["Uptime"]
    rows_of = {row["EndpointName"]: row for row in every["Endpoints"]}
    assert list(rows_of) == sorted(rows_of)
    assert rows_of[endpoint] == {"EndpointName": endpoint, "Invocations": 9, "Invocation4XXErrors": 3,
                                 "Invocation5XXErrors": 0}
    assert rows_of[other]["Invocations"] == 0


def test_metrics_of_a_server_that_fails(deployer, engine):
    model = deployer.model({"factor.json": b'{"factor": 3}', "code/inference.py": SCRIPT}, image=SKLEARN,
                           Environment={"SAGEMAKER_PROGRAM": "inference.py"})
    endpoint = deployer.endpoint(deployer.config(model), wait=False)
    deployer.settled(endpoint, "InService", seconds=90)
    deployer.ask(endpoint, "14", "text/plain")
    for content_type in ("text/boom", "text/exit"):
        with pytest.raises(deployer.runtime.exceptions.ModelError):
            deployer.ask(endpoint, "14", content_type)

    (variant,) = metrics_of(owner(engine), endpoint)["Variants"]
    assert variant["Invocations"] == 3
    assert (variant["Invocation4XXErrors"], variant["Invocation5XXErrors"]) == (0, 2)
    deployer.sagemaker.delete_endpoint(EndpointName=endpoint)


def test_metrics_of_an_endpoint_that_does_not_answer(deployer, engine):
    """It is there, so it is found; a name that is free again is another endpoint's."""
    broken = deployer.endpoint(deployer.config(deployer.model({"readme": b"no model"})), wait=False)
    deployer.settled(broken, "Failed")
    assert metrics_of(owner(engine), broken)["Variants"] == []
    assert broken not in [row["EndpointName"] for row in metrics_of(owner(engine))["Endpoints"]]

    booster, rows = train()
    config = deployer.config(deployer.xgboost(booster))
    endpoint = deployer.endpoint(config)
    deployer.ask(endpoint, csv_of(rows[:1]))
    deployer.sagemaker.delete_endpoint(EndpointName=endpoint)
    deployer.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=endpoint, WaiterConfig={"Delay": 1})
    reply = owner(engine).call("GET", f"/sagebrush/v1/endpoints/{endpoint}/metrics")
    assert (reply.status, reply.code) == (404, "ResourceNotFound")
    deployer.sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=config)
    deployer.settled(endpoint, "InService")
    assert metrics_of(owner(engine), endpoint)["Variants"][0]["Invocations"] == 0


def test_metrics_are_for_whoever_may_read(deployer, engine):
    booster, _ = train()
    endpoint = deployer.endpoint(deployer.config(deployer.xgboost(booster)))
    viewer = add(engine, deployer.unique("viewer"), "viewer")
    assert metrics_of(viewer, endpoint)["EndpointName"] == endpoint
    assert metrics_of(viewer)["Endpoints"]

    stranger = Person(engine, "stranger", "AKIAIOSFODNN7EXAMPLE", "no")
    for target in ("metrics", f"{endpoint}/metrics"):
        assert stranger.call("GET", f"/sagebrush/v1/endpoints/{target}").status in (400, 401, 403)
        for method in ("POST", "PUT", "DELETE"):
            reply = viewer.call(method, f"/sagebrush/v1/endpoints/{target}", b"{}")
            assert (reply.status, reply.code) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("name,status", [
    ("none", 404), ("metrics", 404), ("", 404), ("..", 404), ("x" * 5000, 404), ("x%00y", 400),
    ("%2e%2e%2fstatus", 404), ("a%2Fb", 404), ("'%20OR%201=1--", 404), ("%", 400), ("%ff", 400),
    ("%0d%0aX:%20y", 400),
    ("arn%3Aaws%3Asagemaker%3Aus-east-1%3A000000000000%3Amodel%2Fx", 404), ("%E2%80%AE%3Cb%3E", 404),
    ("a/b", 404), ("a/b/c", 404)])
def test_metrics_of_hostile_names(engine, name, status):
    reply = owner(engine).call("GET", f"/sagebrush/v1/endpoints/{name}/metrics")
    assert reply.status == status, reply.body
    assert len(reply.body) < 1000 and "\u202e" not in reply.message
    metrics_of(owner(engine))


def process_of(engine, program):
    """Process of this program that works for the engine."""
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes() if process.name.isdigit() else b""
        except OSError:
            continue
        if command.split(b"\0")[0].endswith(program) and str(engine.data_dir).encode() in command:
            return int(process.name)
    return None


def test_metrics_without_a_gateway(fresh_engine, unique):
    deployer = Deployer(fresh_engine, unique)
    booster, rows = train()
    endpoint = deployer.endpoint(deployer.config(deployer.xgboost(booster)))
    caller = owner(fresh_engine)
    deployer.ask(endpoint, csv_of(rows[:1]))
    uptime = metrics_of(caller, endpoint)["Uptime"]
    gateway = process_of(fresh_engine, b"/sagebrush-gateway")

    os.kill(gateway, signal.SIGSTOP)
    for target in ("metrics", f"{endpoint}/metrics"):
        reply = caller.call("GET", f"/sagebrush/v1/endpoints/{target}")
        assert (reply.status, reply.code) == (503, "ServiceUnavailable")
        assert "gateway does not answer" in reply.message
    assert caller.call("GET", "/sagebrush/v1/endpoints/none/metrics").status == 404
    os.kill(gateway, signal.SIGCONT)
    assert metrics_of(caller, endpoint)["Variants"][0]["Invocations"] == 1

    # The next one counts from the start, and says so.
    os.kill(gateway, signal.SIGKILL)

    def back():
        reply = caller.call("GET", f"/sagebrush/v1/endpoints/{endpoint}/metrics")
        assert reply.status in (200, 503), reply.body
        return reply.status == 200 and reply.json["Variants"] and reply.json

    counted = wait_for(back, 30, "another gateway")
    assert counted["Variants"][0]["Invocations"] == 0
    assert counted["Uptime"] < uptime + 60 and process_of(fresh_engine, b"/sagebrush-gateway") != gateway


@pytest.mark.parametrize("body,status", [
    (b"", 503), (b"no JSON", 503), (b"[]", 503), (b'{"endpoints":1}', 200), (b'{"endpoints":{}}', 200),
    (b'{"uptime":"x","endpoints":{"E":[]}}', 200), (b'{"endpoints":{"E":{"A":1,"B":[],"C":null}}}', 200),
    (b'{"endpoints":{"E":{"A":{"Invocations":"9","Latency":[[1]]}}}}', 200),
    (b'{"endpoints":{"E":{"A":{"Invocations":1e999}}}}', 503), (b'{"endpoints":' + b'{"a":' * 5000, 503)])
def test_metrics_of_a_gateway_that_talks_nonsense(mute_engine, body, status):
    """An older gateway may answer in another way, and one that is broken in any."""
    engine, endpoint, say = mute_engine
    say(body.replace(b'"E"', json.dumps(endpoint).encode()))
    for target in ("metrics", f"{endpoint}/metrics"):
        reply = owner(engine).call("GET", f"/sagebrush/v1/endpoints/{target}")
        assert reply.status == status, reply.body
        if status == 503:
            assert "does not say what it has counted" in reply.message
        else:
            for row in reply.json.get("Endpoints") or reply.json.get("Variants") or []:
                assert row["Invocations"] == 0


@pytest.fixture(scope="module")
def mute_engine(engine_factory):
    """An engine in whose gateway's place something else listens, that says what it is told to."""
    engine = engine_factory()
    deployer = Deployer(engine, lambda word: f"{word}-mute")
    endpoint = deployer.endpoint(deployer.config(deployer.xgboost(train()[0])))
    folder = engine.data_dir / "gateway"
    said = [b""]

    def look():
        gateway = process_of(engine, b"/sagebrush-gateway")
        if gateway:
            os.kill(gateway, signal.SIGKILL)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(said[0]) + said[0])

    with open(folder / "lock", "w") as lock, socket.socket(socket.AF_UNIX) as listener:
        wait_for(look, 30, "the gateway's place")
        (folder / "gateway.sock").unlink(missing_ok=True)
        listener.bind(str(folder / "gateway.sock"))
        listener.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield engine, endpoint, lambda body: said.__setitem__(0, body)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
