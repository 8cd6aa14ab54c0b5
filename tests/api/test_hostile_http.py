# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that no honest client sends: each is refused as promised, and the engine lives on."""

import gzip
import json
import socket
import threading
import time

import pytest

from raw import (Connection, address, assert_alive, call_bytes, exchange, host, query, request_bytes,
                 sign)

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def still_alive(engine):
    yield
    assert engine.process.poll() is None
    assert_alive(engine)


def head(*lines, first="POST / HTTP/1.1", with_host=True):
    """A request's head, of which every line may be anything."""
    start = [first, "Host: localhost"] if with_host else [first]
    return "\r\n".join([*start, *lines]).encode("latin-1") + b"\r\n\r\n"


CHUNKED = head("Transfer-Encoding: chunked", "X-Amz-Target: SageMaker.ListModels")
SECOND = head(first="GET /second HTTP/1.1")

# What arrives, and the status that answers it. All of these leave the framing in doubt: the
# connection ends.
CLOSING = {
    "A1 length, then chunked": (head("Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SECOND, 400),
    "A1 chunked, then length": (head("Transfer-Encoding: chunked", "Content-Length: 4") + b"0\r\n\r\n" + SECOND, 400),
    "A2 two lengths": (head("Content-Length: 3", "Content-Length: 4") + b"abcd" + SECOND, 400),
    "A2 length list": (head("Content-Length: 3, 3") + b"abc", 400),
    "A2 length +3": (head("Content-Length: +3") + b"abc", 400),
    "A2 length 0x3": (head("Content-Length: 0x3") + b"abc", 400),
    "A2 length -1": (head("Content-Length: -1"), 400),
    "A2 length of 20 digits": (head("Content-Length: 18446744073709551617"), 400),
    "A2 length empty": (head("Content-Length: "), 400),
    "A3 gzip, chunked": (head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 400),
    "A3 identity": (head("Transfer-Encoding: identity"), 400),
    "A3 xchunked": (head("Transfer-Encoding: xchunked") + b"0\r\n\r\n", 400),
    "A3 chunked twice": (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
    "A3 no stream wanted": (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", 411),
    "A4 size zz": (CHUNKED + b"zz\r\n", 411),
    "A4 size -1": (CHUNKED + b"-1\r\n", 411),
    "A4 size of 64 bits": (CHUNKED + b"ffffffffffffffff\r\n", 411),
    "A4 LF only": (CHUNKED + b"2\n{}\n0\n\n", 411),
    "A4 extensions": (CHUNKED + b"2;x=" + b"y" * 70000 + b"\r\n{}\r\n0\r\n\r\n", 411),
    "A5 two hosts": (head("Host: localhost"), 400),
    "A5 host and URI differ": (head(first="GET http://evil.example/ HTTP/1.1"), 400),
    "A5 no host": (head(with_host=False), 400),
    "A5 foreign host": (head("Host: evil.example", with_host=False), 421),
    "A5 rebound host": (head("Host: 127.0.0.1.nip.io", with_host=False), 421),
    "A5 host with user": (head("Host: a@localhost", with_host=False), 400),
    "A6 space before colon": (head("Transfer-Encoding : chunked") + b"0\r\n\r\n", 400),
    "A6 bad name": (head("X(y): z"), 400),
    "A6 no name": (head(": z"), 400),
    "A6 folded": (head("X-A: b\r\n c"), 400),
    "A6 bare LF": (b"GET / HTTP/1.1\nHost: localhost\n\n", 400),
    "A6 bare CR": (head("X-A: b\rX-C: d"), 400),
    "A6 NUL in a value": (head("X-A: b\0c"), 400),
    "A6 NUL in the target": (head(first="GET /a\0b HTTP/1.1"), 400),
    "A7 33 KiB of header": (head(*(f"X-{i}: {'a' * 4000}" for i in range(9))), 431),
    "A7 101 fields": (head(*(f"X-{i}: a" for i in range(101))), 431),
    "A7 URL of 9 KiB": (head(first=f"GET /{'a' * 9000} HTTP/1.1"), 414),
    "A8 10 GB announced": (head("Content-Length: 10000000000", "Expect: 100-continue",
                                "X-Amz-Target: SageMaker.ListModels"), 413),
    "A9 over a megabyte": (head(f"Content-Length: {MIB + 1}", "X-Amz-Target: SageMaker.ListModels"), 413),
    "A9 over 6 MiB to a model": (head(f"Content-Length: {6 * MIB + 1}",
                                      first="POST /endpoints/e/invocations HTTP/1.1"), 413),
    "A9 no length to a model": (head("Transfer-Encoding: chunked",
                                     first="POST /endpoints/e/invocations HTTP/1.1"), 411),
    "A16 gEt": (head(first="gEt / HTTP/1.1"), 405),
    "A16 G@T": (head(first="G@T / HTTP/1.1"), 400),
    "A16 CONNECT": (head(first="CONNECT localhost:1 HTTP/1.1"), 405),
    "A16 TRACE": (head(first="TRACE / HTTP/1.1"), 405),
    "A16 OPTIONS": (head(first="OPTIONS * HTTP/1.1"), 405),
    "A17 HTTP/1.0": (head(first="GET / HTTP/1.0"), 505),
    "A17 HTTP/2.0": (head(first="GET / HTTP/2.0"), 505),
    "A17 HTTP/1.2": (head(first="GET / HTTP/1.2"), 505),
    "A17 HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "A17 HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "A17 TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 200 + b"\r\n\r\n", 400),
}


# Request lines that leave nothing to go by.
LATER = {
    "control characters": (b"\1\2\3\r\n\r\n", 400),
    "one word": (b"hello\r\n\r\n", 400),
    "NUL in the method": (b"GET\0 / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "CR in the target": (b"GET /\rx HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "no version": (b"GET / HTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "leading blank": (b" GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "19 digits": (head("Content-Length: 9999999999999999999"), 400),
    "400 digits": (head("Content-Length: " + "9" * 400), 400),
}


class Port:
    """One of the two ports, and how a row reads there."""

    def __init__(self, engine, name):
        self.engine, self.at_gateway = engine, name == "gateway"
        url = engine.runtime_endpoint_url if self.at_gateway else engine.endpoint_url
        self.number = int(url.rsplit(":", 1)[1])

    def connect(self):
        return Connection(self.engine, port=self.number)

    def row(self, name):
        data, status = {**CLOSING, **LATER}[name]
        if self.at_gateway and status in (411, 413):
            # It has one operation that takes a body, of 6 MiB at most, and asks first who calls.
            data = (data.replace(b"POST / ", b"POST /endpoints/e/invocations ")
                    .replace(b"%d" % (MIB + 1), b"%d" % (6 * MIB + 1))
                    .replace(b"Host: localhost\r\n", b"Host: localhost\r\nAuthorization: x\r\n"))
        return data, status


@pytest.fixture(params=["engine", "gateway"])
def port(request, engine):
    return Port(engine, request.param)


def expect_refusal(connection, status):
    reply = connection.reply()
    assert reply is not None and reply.status == status
    assert b"second" not in reply.body
    assert connection.is_closed(), f"still open: {connection.pending}"


def expect_greeting(connection):
    """A request that is understood, from nobody in particular."""
    assert connection.reply().status in (401, 403)


GREETING = head(first="GET /sagebrush/v1/status HTTP/1.1")


@pytest.mark.parametrize("row", CLOSING)
def test_broken_framing_ends_the_connection(port, row):
    data, status = port.row(row)
    begun = time.monotonic()
    with port.connect() as connection:
        connection.send(data)
        expect_refusal(connection, status)
    assert time.monotonic() - begun < 8  # not by the deadline for headers


@pytest.mark.parametrize("row", [*CLOSING, *LATER])
def test_broken_framing_in_a_later_request(port, row):
    """Whatever came before on the connection."""
    data, status = port.row(row)
    with port.connect() as connection:
        for _ in range(2):
            connection.send(GREETING)
            expect_greeting(connection)
        connection.send(data)
        expect_refusal(connection, status)


@pytest.mark.parametrize("row", [*CLOSING, *LATER])
def test_broken_framing_behind_a_request(port, row):
    """Sent in one go with a good one, whose answer is not lost."""
    data, status = port.row(row)
    with port.connect() as connection:
        connection.send(GREETING + data)
        expect_greeting(connection)
        expect_refusal(connection, status)


@pytest.mark.parametrize("row", [*CLOSING, *LATER])
@pytest.mark.parametrize("local", [False, True], ids=["TCP", "socket"])
def test_broken_framing_in_pieces(engine, row, local):
    """However the head is cut."""
    data, status = {**CLOSING, **LATER}[row]
    with Connection(engine, engine.socket if local else None) as connection:
        for i in range(min(len(data), 48)):
            connection.send(data[i:i + 1])
            time.sleep(0.002)
        connection.send(data[48:])
        if local and status == 421:
            assert connection.reply() is not None  # whoever reaches the socket may name any host
        else:
            expect_refusal(connection, status)


def test_a_head_in_pieces_is_read(engine):
    """A good one, whose peer is slow, beside one that leaves in the middle."""
    data = call_bytes(engine, "ListModels")
    with Connection(engine) as connection, Connection(engine) as leaver:
        for i in range(0, len(data), 20):
            connection.send(data[i:i + 20])
            leaver.send(data[i:i + 20])
            if i == 100:
                leaver.socket.shutdown(socket.SHUT_WR)
                assert leaver.is_closed()
            time.sleep(0.002)
        assert connection.reply().status == 200
        connection.send(call_bytes(engine, "ListModels"))
        assert connection.reply().status == 200


# Chunks of an upload, whose operation does take a stream, and what they are answered with.
CHUNKS = {
    "zz": (b"zz\r\n", 400),
    "-1": (b"-1\r\n", 400),
    "empty": (b"\r\n", 400),
    "LF only": (b"2\n{}\n0\n\n", 400),
    "endless extension": (b"2;x=" + b"y" * 300000 + b"\r\n{}\r\n0\r\n\r\n", 400),
    "extension": (b"2;x=" + b"y" * 70000 + b"\r\n{}\r\n0\r\n\r\n", 400),
    "overrun": (b"2\r\n{}}\r\n0\r\n\r\n", 400),
    # libmicrohttpd's own word for a size that its numbers do not hold. One of 64 bits is a size;
    # what is received of it meets the cap or the deadline (test-http-server, test-http-deadlines).
    "72 bits": (b"ffffffffffffffffff\r\n", 413),
}


@pytest.mark.parametrize("row", CHUNKS)
def test_broken_chunks_end_an_upload(engine, s3, bucket, unique, row):
    """A4: and nothing of it is kept."""
    data, status = CHUNKS[row]
    key = unique("chunks")
    with Connection(engine, engine.socket) as connection:
        connection.send(head("Transfer-Encoding: chunked", first=f"PUT /{bucket}/{key} HTTP/1.1")
                        + data + SECOND)
        reply = connection.reply()
        assert reply is not None and reply.status == status
        assert connection.is_closed()
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=key)


@pytest.mark.parametrize("path", [
    "/a/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/sagebrush/v1/../v1/status",
    "/sagebrush/v1/%73tatus", "/sagebrush/v1/status/", "/sagebrush//v1/status",
    "/sagebrush%2Fv1%2Fstatus", "/sagebrush/v1/status;x=1", "//evil/x", "/%252e%252e/x", "/a;x=1",
    "/endpoints/../invocations", "/endpoints//invocations", "/endpoints/a%2Fb/invocations",
    "/etc/passwd"])
def test_no_path_leads_astray(engine, path):
    """A13, A14: paths are matched as sent, never normalised and never decoded twice."""
    replies = [exchange(engine, request_bytes("GET", path, [("Host", "localhost")]), engine.socket)]
    # What begins so is no bucket, and a key of S3 does not open it.
    for service in ("sagemaker",) if path.startswith("/sagebrush/") else ("sagemaker", "s3"):
        headers = sign(engine, "GET", path, service=service, send_hash=True)
        replies.append(exchange(engine, request_bytes("GET", path, headers)))
    for reply in replies:
        assert reply.status in (400, 404), reply.body
        assert b"root:" not in reply.body and b"sandbox" not in reply.body


@pytest.mark.parametrize("path", [
    "/%00", "/%0d%0aX-Evil:%201", "/%ff%fe", "/%c0%af", "/%zz", "/a%", "/sagebrush/v1/status%00",
    "/sagebrush/v1/%0d%0aX-Evil:%201", "/endpoints/a%00/invocations", "/endpoints/%ff/invocations"])
def test_malformed_escapes_are_refused(engine, path):
    """A15: whatever the path is for, and nothing of it gets into headers or the log."""
    bare = request_bytes("GET", path, [("Host", "localhost")])
    for reply in (exchange(engine, bare, engine.socket), exchange(engine, bare)):
        assert reply.status == 400, reply.body
        assert "x-evil" not in reply.headers
    headers = sign(engine, "GET", "/bucket" + path, service="s3", send_hash=True)
    reply = exchange(engine, request_bytes("GET", "/bucket" + path, headers))
    # A key may hold a line end; there is no such bucket.
    assert reply.status == (404 if "%0d" in path else 400), reply.body
    assert "x-evil" not in reply.headers
    assert "X-Evil" not in engine.log.read_text(errors="replace")


@pytest.mark.parametrize("target", ["/a\\b", "/a b", "/a\x7f", "/caf\xe9", "/a#b", "a/b", "*", "/a\tb"])
def test_unclean_targets_are_refused(engine, target):
    with Connection(engine) as connection:
        connection.send(head(first=f"GET {target} HTTP/1.1"))
        assert connection.reply().status == 400
        assert connection.is_closed()


def test_10_gb_with_expect_gets_no_100(engine):
    """A8: the refusal comes before the body is asked for."""
    with socket.create_connection(address(engine), timeout=10) as peer:
        peer.sendall(head("Content-Length: 10000000000", "Expect: 100-continue",
                          "X-Amz-Target: SageMaker.ListModels"))
        assert peer.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_slow_headers_end_by_the_deadline(engine):
    """A10: half a head holds a connection for ten seconds at most, whatever drips in."""
    begun = time.monotonic()
    with Connection(engine, seconds=20) as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        while time.monotonic() - begun < 15 and not connection.is_closed(1):
            if connection.pending:
                break
            connection.send(b"X-A: b\r\n")
        elapsed = time.monotonic() - begun
    assert 5 < elapsed < 14


def test_connections_of_one_peer_are_capped(engine):
    """A11: the 65th of one address hears 503 at once; the local socket still answers."""
    connections = []
    try:
        for _ in range(90):
            connections.append(Connection(engine))
        refused = sum(connection.is_closed(0.05) or b" 503 " in connection.pending
                      for connection in reversed(connections[60:]))
        assert 20 <= refused <= 30
        begun = time.monotonic()
        local = exchange(engine, head(first="GET /sagebrush/v1/status HTTP/1.1"), engine.socket)
        assert local.status == 200 and time.monotonic() - begun < 8
    finally:
        for connection in connections:
            connection.socket.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        reply = exchange(engine, call_bytes(engine, "ListModels"))
        if reply is not None and reply.status == 200:
            break
    assert reply is not None and reply.status == 200


def test_pipelined_requests_are_answered_in_order(engine):
    """A12: thousands of requests in one go are answered one after the other, and others meanwhile."""
    names = [f"none-{i}-{'x' * 40}" for i in range(1000)]
    data = b"".join(call_bytes(engine, "DescribeModel", json.dumps({"ModelName": name}))
                    for name in names)
    with Connection(engine, seconds=30) as connection:
        sender = threading.Thread(target=connection.send, args=[data])
        sender.start()
        assert_alive(engine)
        for name in names:
            reply = connection.reply()
            assert reply.status == 400 and name in reply.message
        sender.join()


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "text/json", ""])
def test_only_json_is_read_as_json(engine, content_type):
    """A19: a page can send these without being asked; a signature does not make them JSON."""
    reply = exchange(engine, call_bytes(engine, "ListModels", content_type=content_type))
    assert reply.status == 415


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                          "text/json", "", None])
@pytest.mark.parametrize("method, path", [
    ("POST", "/sagebrush/v1/login"), ("POST", "/sagebrush/v1/setup"), ("POST", "/sagebrush/v1/users"),
    ("PUT", "/sagebrush/v1/users/none/role"), ("PUT", "/sagebrush/v1/kernel-settings")])
def test_only_json_is_read_as_json_by_our_own_paths(engine, method, path, content_type):
    """A19: neither where one logs in nor behind that."""
    def send(*more):
        return exchange(engine, request_bytes(method, path, [
            ("Host", "localhost"), *more, ("Content-Length", 2)], b"{}"), engine.socket)

    assert send(*([("Content-Type", content_type)] if content_type is not None else [])).status == 415
    for good in ("application/json", "application/json; charset=utf-8"):
        assert send(("Content-Type", good)).status not in (200, 415)


@pytest.mark.parametrize("method, path, content_type", [
    ("POST", "/sagebrush/v1/login", "application/json"), ("POST", "/sagebrush/v1/users", "application/json"),
    ("POST", "/api/kernels", "application/json"), ("POST", "/", "application/x-www-form-urlencoded"),
    ("POST", "/endpoints/none/invocations", "text/csv")])
def test_compressed_bodies_are_refused_elsewhere(engine, method, path, content_type):
    """A20: in every dialect but S3's, where it is what an object holds."""
    body = gzip.compress(b"{}")
    data = request_bytes(method, path, [("Host", "localhost"), ("Content-Type", content_type), ("Content-Encoding", "gzip"),
                                        ("Content-Length", len(body))], body)
    sockets = [engine.socket]
    if path.startswith("/endpoints/"):
        sockets.append(engine.data_dir / "gateway" / "gateway.sock")
    for there in sockets:
        assert exchange(engine, data, there).status == 415


@pytest.mark.parametrize("body", [b"{}", gzip.compress(b"{}"), gzip.compress(b"[" * 50_000_000)[:MIB]],
                         ids=["plain", "gzip", "bomb"])
def test_compressed_bodies_are_refused(engine, body):
    """A20"""
    reply = exchange(engine, call_bytes(engine, "ListModels", body,
                                        extra=[("Content-Encoding", "gzip")]))
    assert reply.status == 415


def nest(depth, opening, closing):
    return '{"NameContains":' + opening * depth + closing * depth + "}"


BODIES = {
    **{f"A21 {depth} {opening}": nest(depth, opening, closing)
       for depth in (65, 1000, 100000) for opening, closing in (("[", "]"), ('{"a":', "}"))
       if depth * len(opening) < MIB - 200000 or opening == "["},
    "A21 open": '{"a":' * 1000,
    "A22 duplicate": '{"MaxResults":1,"MaxResults":2}',
    "A22 NUL": '{"NameContains":"a\\u0000b"}',
    "A22 raw NUL": b'{"NameContains":"a\0b"}',
    "A22 BOM": b"\xef\xbb\xbf{}",
    "A22 comment": "{/* */}",
    "A22 line comment": "{}// x",
    "A22 single quotes": "{'MaxResults':1}",
    "A22 NaN": '{"MaxResults":NaN}',
    "A22 Infinity": '{"MaxResults":Infinity}',
    "A22 1e999": '{"MaxResults":1e999}',
    "A22 20 digits": '{"MaxResults":12345678901234567890}',
    "A22 leading zero": '{"MaxResults":01}',
    "A22 plus": '{"MaxResults":+1}',
    "A22 lone surrogate": '{"NameContains":"\\ud800"}',
    "A22 bad UTF-8": b'{"NameContains":"\xff\xfe"}',
    "A22 overlong UTF-8": b'{"NameContains":"\xc0\xaf"}',
    "A22 control character": b'{"NameContains":"a\x01b"}',
    "A22 two documents": "{}{}",
    "A22 empty": "",
    "A22 blank": "  ",
    "A22 number": "42",
    "A22 array": "[]",
    "A22 string": '"x"',
    "A22 null": "null",
    "A22 trailing comma": '{"MaxResults":1,}',
    "A22 truncated": '{"MaxResults":',
    "A23 500 k keys": '{"a":{%s}}' % ",".join(f'"{i:x}":1' for i in range(90000)),
    "A23 long string": '{"NameContains":"%s"}' % ("x" * (MIB - 100)),
    "A23 long array": '{"NameContains":[%s]}' % ",".join(["1"] * 500000),
    "A25 wrong type": '{"MaxResults":"10"}',
    "A25 boolean": '{"MaxResults":true}',
    "A25 real": '{"MaxResults":1.5}',
    "A27 zero": '{"MaxResults":0}',
    "A27 negative": '{"MaxResults":-1}',
    "A27 101": '{"MaxResults":101}',
    "A27 1e3": '{"MaxResults":1e3}',
}


@pytest.mark.parametrize("row", BODIES)
def test_bad_bodies_are_refused(engine, row):
    """A21-A23, A25, A27: properly signed, so that the reader meets them."""
    begun = time.monotonic()
    reply = exchange(engine, call_bytes(engine, "ListTrainingJobs", BODIES[row]))
    elapsed = time.monotonic() - begun
    assert reply.status == 400
    assert reply.code in ("SerializationException", "ValidationException")
    assert row.startswith(("A23", "A25", "A27")) or reply.code == "SerializationException"
    assert len(reply.body) < 2000
    assert elapsed < 3, "the sanitizers are slow, but not that slow"


def memory_kib(engine):
    status = open(f"/proc/{engine.process.pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0])


def test_big_bodies_leave_no_memory_behind(engine):
    rows = [row for row in BODIES if row.startswith(("A21", "A23"))]
    for row in rows:
        exchange(engine, call_bytes(engine, "ListTrainingJobs", BODIES[row]))
    before = memory_kib(engine)
    for _ in range(8):
        for row in rows:
            exchange(engine, call_bytes(engine, "ListTrainingJobs", BODIES[row]))
    # AddressSanitizer keeps up to 256 MiB of freed memory aside
    assert memory_kib(engine) - before < 320 * 1024


@pytest.mark.parametrize("target", [
    "SageMaker.Nothing", "sagemaker.ListModels", "SageMaker.listmodels", "SageMaker.",
    "SageMaker.ListModels,SageMaker.ListModels", "ListModels",
    "Logs_20140328.ListModels", "SageMaker.../ListModels", "SageMaker." + "a" * 10240])
def test_unknown_targets(engine, target):
    """A24; the name in the message is cut and escaped."""
    service = "logs" if target.startswith("Logs") else "sagemaker"
    reply = exchange(engine, call_bytes(engine, "", target=target, service=service))
    assert (reply.status, reply.code) == (400, "UnknownOperationException")
    assert len(reply.body) < 300


def test_two_targets(engine):
    """A24: a signature cannot cover two headers of one name; without one the target is unknown."""
    extra = [("X-Amz-Target", "SageMaker.ListModels")]
    data = call_bytes(engine, "ListTrainingJobs", extra=extra)
    assert exchange(engine, data).status == 401
    reply = exchange(engine, data, engine.socket)
    assert (reply.status, reply.code) == (400, "UnknownOperationException")


@pytest.mark.parametrize("name", ["a" * 64, "a--b-", "-a", "\u00e9", "a b", "a\nb", "a/b", "a\u202eb",
                                  "", ".", "..", "%2e"])
def test_bad_names_are_refused_by_name(engine, name):
    """A25: the whole of a name must match, and the refusal names the member."""
    body = json.dumps({"ModelName": name, "ExecutionRoleArn": "arn:aws:iam::000000000000:role/r",
                       "PrimaryContainer": {"Image": "x"}})
    reply = exchange(engine, call_bytes(engine, "CreateModel", body))
    assert (reply.status, reply.code) == (400, "ValidationException")
    assert "modelname" in reply.message.lower()
    assert "\u202e" not in reply.message and "\n" not in reply.message


def test_a_client_that_leaves_early_starts_nothing(engine, unique):
    """A31: nothing is done for a body that did not arrive whole, or twice for one whose client is
    gone before the answer."""
    name = unique("half")
    body = json.dumps({"ModelPackageGroupName": name})
    data = call_bytes(engine, "CreateModelPackageGroup", body)
    for cut in (1, len(data) // 2, len(data) - len(body), len(data) - 1):
        with Connection(engine) as connection:
            connection.send(data[:cut])
    assert_alive(engine)
    assert query(engine, "SELECT count (*) FROM resource WHERE name = ?", name) == [(0,)]
    for _ in range(20):
        with Connection(engine) as connection:
            connection.send(call_bytes(engine, "ListModels"))


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/sagebrush/v1/status", "/sagebrush/v1/nothing", "/"])
def test_methods_of_our_own_paths(engine, method, path):
    headers = sign(engine, method, path)
    with Connection(engine) as connection:
        connection.send(request_bytes(method, path, [*headers, ("Content-Length", 0)]))
        status = connection.reply(head=method == "HEAD").status
    assert status == (200 if (method, path) == ("GET", "/sagebrush/v1/status")
                      else 404 if path == "/" or method == "GET" else 405)


def test_host_spellings_that_are_ours(engine):
    port = address(engine)[1]
    for name in ("localhost", "LOCALHOST", f"localhost:{port}", "127.0.0.1", host(engine), "[::1]"):
        reply = exchange(engine, head(f"Host: {name}", first="GET /sagebrush/v1/status HTTP/1.1",
                                      with_host=False))
        assert reply.status == 401, name
