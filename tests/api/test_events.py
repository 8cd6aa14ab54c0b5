# SPDX-License-Identifier: GPL-3.0-or-later
"""The status page, the event stream, and the end of the engine while clients hang on it."""

import json
import os
import select
import signal
import sqlite3
import time

import pytest

from clients import ROLE, SKLEARN, wait_for, wait_for_job
from raw import (Connection, WebSocket, assert_alive, call_bytes, exchange, host, query,
                 request_bytes, sign)

TRANSPORTS = ["tcp", "unix"]


def path_of(engine, transport):
    return engine.socket if transport == "unix" else None


def last_seq(engine):
    return query(engine, "SELECT coalesce (max (seq), 0) FROM event")[0][0]


def rows_after(engine, seq):
    columns = ("seq", "time", "kind", "name", "arn", "status")
    return [dict(zip(columns, row)) for row in query(
        engine, "SELECT seq, time, kind, name, arn, status FROM event WHERE seq > ? ORDER BY seq", seq)]


def make_groups(engine, unique, count):
    """Changes that many rows, over one connection."""
    names = [unique("event") for _ in range(count)]
    with Connection(engine) as connection:
        for name in names:
            connection.send(call_bytes(engine, "CreateModelPackageGroup",
                                       json.dumps({"ModelPackageGroupName": name})))
            assert connection.reply().status == 200
    return names


# --- status ---


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_status(engine, transport):
    target = "/sagebrush/v1/status"
    headers = [("Host", "localhost")] if transport == "unix" else sign(engine, "GET", target)
    status = exchange(engine, request_bytes("GET", target, headers), path_of(engine, transport)).json
    assert status["pid"] == engine.process.pid
    assert (status["region"], status["account"]) == (engine.region, "000000000000")
    assert status["limits"].startswith(("per job (cgroup-v", "per process (rlimits"))
    assert status["version"] and status["sandbox"] and abs(status["started"] - time.time()) < 3600
    assert engine.secret_access_key not in json.dumps(status)


def test_status_counts_rows(fresh_engine, unique):
    make_groups(fresh_engine, unique, 3)
    target = "/sagebrush/v1/status"
    status = exchange(fresh_engine, request_bytes("GET", target, sign(fresh_engine, "GET", target))).json
    counts = [sum(by_status.values()) for by_status in status["resources"].values()]
    assert sum(counts) == query(fresh_engine, "SELECT count (*) FROM resource")[0][0] >= 3


# --- events ---


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_events_come_in_order_without_gaps(engine, unique, transport):
    with WebSocket(engine, path=path_of(engine, transport)) as stream:
        assert stream.answer.status == 101
        assert stream.answer.headers["sec-websocket-accept"] == WebSocket.ACCEPT
        # it begins at the handshake, and nothing else changes meanwhile
        before = last_seq(engine)
        names = make_groups(engine, unique, 200)
        events = []
        while not events or events[-1]["name"] != names[-1]:
            events.append(stream.event())
    assert [event["seq"] for event in events] == list(range(before + 1, before + 1 + len(events)))
    assert [event["name"] for event in events if event["name"] in names] == names
    assert events == rows_after(engine, before)[:len(events)]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_stream_resumes_where_it_ended(engine, unique, transport):
    """Whatever happened in between is sent first, then what happens now."""
    before = last_seq(engine)
    names = make_groups(engine, unique, 10)
    with WebSocket(engine, f"?since={before}", path_of(engine, transport)) as stream:
        events = [stream.event() for _ in range(4)]
    with WebSocket(engine, f"?since={events[-1]['seq']}", path_of(engine, transport)) as stream:
        names += make_groups(engine, unique, 5)
        while events[-1]["name"] != names[-1]:
            events.append(stream.event())
    assert [event["seq"] for event in events] == list(range(before + 1, before + 1 + len(events)))
    assert [event["name"] for event in events if event["name"] in names] == names


def test_events_outlive_the_engine(fresh_engine, unique):
    names = make_groups(fresh_engine, unique, 5)
    fresh_engine.stop()
    fresh_engine.start()
    names += make_groups(fresh_engine, unique, 1)
    with WebSocket(fresh_engine, "?since=0") as stream:
        events = [stream.event() for _ in names]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("query_string", [
    "?since=", "?since=x", "?since=-1", "?since=1.5", "?since=99999999999999999999", "?since=1e3",
    "?until=1", "?since=0x1", "?since=%201", "?x", "?at=1", "?since=0&at=", "?since=0&at=x", "?since=0&at=-1",
    "?since=0&at=1x", "?since=0&until=1"])
def test_bad_starting_points_are_refused(engine, query_string):
    with WebSocket(engine, query_string, engine.socket) as stream:
        assert stream.answer.status == 400


@pytest.mark.parametrize("since", [9223372036854775807, 10 ** 12])
def test_a_starting_point_in_the_future(engine, since):
    """A client of another store, or of one that was put back to an older state, must notice."""
    with WebSocket(engine, f"?since={since}") as stream:
        assert stream.answer.status == 410
    assert_alive(engine)


def test_a_starting_point_in_the_past(fresh_engine):
    """Events are kept for a while; who comes back later must not go on with a gap."""
    fresh_engine.stop()
    add_events(fresh_engine, 100)
    connection = sqlite3.connect(fresh_engine.data_dir / "engine.db")
    connection.execute("DELETE FROM event WHERE seq <= 50")
    connection.commit()
    connection.close()
    fresh_engine.start()
    for since, status in ((0, 410), (49, 410), (50, 101), (99, 101), (100, 101), (101, 410)):
        with WebSocket(fresh_engine, f"?since={since}") as stream:
            assert stream.answer.status == status, since
            if status == 101 and since < 100:
                assert stream.event()["seq"] == since + 1


def test_another_event_of_the_same_number(engine, unique):
    """A store that was put back to an older state has gone on differently since."""
    make_groups(engine, unique, 3)
    last = rows_after(engine, last_seq(engine) - 1)[0]
    for at, status in ((repr(last["time"]), 101), (last["time"] + 0.001, 410), (0, 410)):
        with WebSocket(engine, f"?since={last['seq']}&at={at}") as stream:
            assert stream.answer.status == status
    with WebSocket(engine, f"?since=0&at={last['time']!r}") as stream:
        assert stream.answer.status == 410


STRANGERS = {
    "no credential": (lambda e, t: [("Host", host(e)), *WebSocket.HEADERS], 401),
    "wrong secret": (lambda e, t: sign(e, "GET", t, WebSocket.HEADERS, secret="x" * 40), 403),
    "unknown key": (lambda e, t: sign(e, "GET", t, WebSocket.HEADERS, key="AKIA" + "Q" * 16), 403),
    "service s3": (lambda e, t: sign(e, "GET", t, WebSocket.HEADERS, service="s3", send_hash=True), 403),
    "long ago": (lambda e, t: sign(e, "GET", t, WebSocket.HEADERS, skew=-3600), 403),
    "a web page": (lambda e, t: sign(e, "GET", t, [*WebSocket.HEADERS, ("Origin", "http://evil")]), 403),
    "a page of this host": (lambda e, t: sign(e, "GET", t, [*WebSocket.HEADERS, ("Origin", "http://" + host(e))]), 403),
    "an unsigned web page": (lambda e, t: [("Host", host(e)), *WebSocket.HEADERS, ("Origin", "null")], 403),
    "a rebound name": (lambda e, t: [("Host", "evil.example"), *WebSocket.HEADERS], 421),
}


@pytest.mark.parametrize("row", STRANGERS)
def test_no_stream_for_strangers(engine, row):
    """A18: refused before the protocol is switched."""
    make, status = STRANGERS[row]
    with WebSocket(engine, headers=make(engine, "/sagebrush/v1/events")) as stream:
        assert stream.answer.status == status
        assert "upgrade" not in stream.answer.headers.get("connection", "").lower()


@pytest.mark.parametrize("target", ["/", "/sagebrush/v1/status", "/sagebrush/v1/nothing",
                                    "/endpoints/e/invocations", "/bucket/key"])
def test_no_upgrade_anywhere_else(engine, target):
    with Connection(engine) as connection:
        connection.send(request_bytes("GET", target, [("Host", host(engine)), *WebSocket.HEADERS]))
        assert connection.reply().status in (401, 403, 404)
    headers = sign(engine, "GET", target, WebSocket.HEADERS)
    with Connection(engine) as connection:
        connection.send(request_bytes("GET", target, headers))
        assert connection.reply().status != 101


HANDSHAKES = {
    "no upgrade": [("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                   ("Sec-WebSocket-Key", WebSocket.KEY)],
    "no connection": [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                      ("Sec-WebSocket-Key", WebSocket.KEY)],
    "no key": [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")],
    "bad key": [*WebSocket.HEADERS[:3], ("Sec-WebSocket-Key", "abc")],
    "version 8": [*WebSocket.HEADERS[:2], ("Sec-WebSocket-Version", "8"), WebSocket.HEADERS[3]],
    "h2c": [("Upgrade", "h2c"), ("Connection", "Upgrade"), ("HTTP2-Settings", "AAMAAABk")],
    "nothing": [],
}


@pytest.mark.parametrize("row", HANDSHAKES)
def test_bad_handshakes_are_refused(engine, row):
    """And leave nothing behind, as the leak checker would say at the engine's end."""
    for _ in range(5):
        with WebSocket(engine, path=engine.socket,
                       headers=[("Host", "localhost"), *HANDSHAKES[row]]) as stream:
            assert stream.answer.status in (400, 426)
    assert_alive(engine)


FRAMES = {
    "unmasked": lambda s: s.send_frame(1, b"hello", masked=False),
    "too long": lambda s: s.send_frame(1, b"x" * 60000),
    "reserved opcode": lambda s: s.send_frame(7),
    "long ping": lambda s: s.send_frame(9, b"x" * 126),
    "bad UTF-8": lambda s: s.send_frame(1, b"\xff\xfe"),
    "bad close": lambda s: s.send_frame(8, b"\x00"),
    "no frame": lambda s: s.connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "length of 2^63": lambda s: s.connection.send(b"\x81\xff" + b"\xff" * 8 + b"aaaa"),
}


@pytest.mark.parametrize("row", FRAMES)
def test_bad_frames_end_only_their_stream(engine, unique, row):
    with WebSocket(engine) as bad, WebSocket(engine, f"?since={last_seq(engine)}") as good:
        FRAMES[row](bad)
        wait_for(lambda: ended(bad), 10, "the end of the stream")
        name, = make_groups(engine, unique, 1)
        while good.event()["name"] != name:
            pass


def ended(stream):
    """Whether the server has closed the stream, with a close frame or without."""
    try:
        stream.connection.socket.settimeout(0.1)
        return stream.frame()[0] == 8
    except TimeoutError:
        return False
    except (EOFError, OSError):
        return True


def test_messages_to_the_stream_change_nothing(engine, unique):
    """It answers pings, and that is all."""
    with WebSocket(engine, f"?since={last_seq(engine)}") as stream:
        stream.send_frame(1, b'{"since":0}')
        stream.send_frame(9, b"are you there")
        opcode, payload = stream.frame()
        assert (opcode, payload) == (10, b"are you there")
        name, = make_groups(engine, unique, 1)
        assert stream.event()["name"] == name
        stream.send_frame(8, b"\x03\xe8")
        assert stream.frame()[0] == 8


def memory_kib(engine):
    status = open(f"/proc/{engine.process.pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0])


def add_events(engine, count):
    """Events as a busy month would leave them; the engine must not run."""
    connection = sqlite3.connect(engine.data_dir / "engine.db")
    connection.executemany(
        "INSERT INTO event (time, kind, name, arn, status) VALUES (?, 'training-job', ?, ?, 'Completed')",
        ((1e9 + i, f"job-{i}-" + "x" * 40, "arn:aws:sagemaker:" + "y" * 400) for i in range(count)))
    connection.commit()
    connection.close()


def test_slow_readers_cost_little(fresh_engine, unique):
    """Ten clients that ask for everything and read nothing: 50 MB for each if it were queued."""
    fresh_engine.stop()
    add_events(fresh_engine, 80000)
    # what was sent and freed must not count
    fresh_engine.start(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")
    assert_alive(fresh_engine)
    before = memory_kib(fresh_engine)

    streams = [WebSocket(fresh_engine, "?since=0", receive_buffer=65536) for _ in range(10)]
    try:
        names = make_groups(fresh_engine, unique, 20)
        with WebSocket(fresh_engine, "?since=79000") as quick:
            events = []
            while not events or events[-1]["name"] != names[-1]:
                events.append(quick.event())
        assert [event["seq"] for event in events] == list(range(79001, 79001 + len(events)))
        until = time.monotonic() + 2
        while time.monotonic() < until:
            assert memory_kib(fresh_engine) - before < 60 * 1024
            assert_alive(fresh_engine)
        # A slow one that goes on has missed nothing.
        for seq in range(1, 1001):
            assert streams[0].event()["seq"] == seq
    finally:
        for stream in streams:
            stream.connection.socket.close()
    assert_alive(fresh_engine)


# --- the end ---


def start_job(engine, name):
    engine.client("sagemaker").create_processing_job(
        ProcessingJobName=name, RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/sh", "-c", "sleep 30"]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium",
                                               "VolumeSizeInGB": 1}})


def is_readable(connection):
    return bool(select.select([connection], [], [], 5)[0])


def test_a_clean_end_with_everything_open(engine_factory, unique):
    """SIGTERM, twice, with kept connections, half a request, streams that read and that do not, and
    a job under way, which goes on."""
    engine = engine_factory()
    name = unique("job")
    start_job(engine, name)
    sagemaker = engine.client("sagemaker")
    wait_for(lambda: sagemaker.describe_processing_job(ProcessingJobName=name).get("ProcessingStartTime"))

    kept = [Connection(engine) for _ in range(5)]
    for connection in kept:
        connection.send(call_bytes(engine, "ListModels"))
        assert connection.reply().status == 200
    kept.append(Connection(engine, engine.socket))
    half = Connection(engine)
    half.send(call_bytes(engine, "ListModels")[:-1])
    streams = [WebSocket(engine), WebSocket(engine, path=engine.socket), WebSocket(engine, "?since=0")]
    assert all(stream.answer.status == 101 for stream in streams)

    begun = time.monotonic()
    engine.process.send_signal(signal.SIGTERM)
    engine.process.send_signal(signal.SIGTERM)
    assert engine.process.wait(timeout=20) == 0
    assert time.monotonic() - begun < 15  # 5 on a machine with nothing else to do
    engine.process.stdout.close()
    assert not (engine.data_dir / "ready.json").exists()
    for connection in (*kept, half, *(stream.connection for stream in streams)):
        assert is_readable(connection.socket)
        connection.socket.close()
    engine.check()

    engine.start()
    assert sagemaker.describe_processing_job(ProcessingJobName=name)["ProcessingJobStatus"] == "InProgress"
    sagemaker.stop_processing_job(ProcessingJobName=name)
    wait_for_job(sagemaker, "processing", name)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_engine_ends_at_once(engine_factory, number):
    engine = engine_factory()
    assert json.loads((engine.data_dir / "ready.json").read_text())["pid"] == engine.process.pid
    begun = time.monotonic()
    engine.process.send_signal(number)
    assert engine.process.wait(timeout=20) == 0
    assert time.monotonic() - begun < 3
    engine.process.stdout.close()
    assert not (engine.data_dir / "ready.json").exists()
    assert not os.path.exists(engine.socket)


def test_the_end_while_rows_change(engine_factory, unique):
    """Writes that are under way end or are refused; what was acknowledged is there after it."""
    engine = engine_factory()
    names = []
    with WebSocket(engine), Connection(engine) as connection:
        for i in range(400):
            name = unique("last")
            connection.send(call_bytes(engine, "CreateModelPackageGroup",
                                       json.dumps({"ModelPackageGroupName": name})))
            try:
                reply = connection.reply()
            except EOFError:
                break
            if reply is None or reply.status != 200:
                break
            names.append(name)
            if i == 50:
                engine.process.send_signal(signal.SIGTERM)
        assert engine.process.wait(timeout=20) == 0
    engine.process.stdout.close()
    engine.check()
    kept = {name for name, in query(engine, "SELECT name FROM resource")}
    assert len(names) > 50 and set(names) <= kept
