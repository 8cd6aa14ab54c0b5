# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests as bytes over a socket, with signatures that may be wrong in any one way, and WebSockets
made by hand."""

import datetime
import hashlib
import hmac
import json
import os
import re
import select
import socket
import sqlite3
import struct
import time
import urllib.parse

from botocore.utils import normalize_url_path

from wire import JSON_1_1

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def address(engine):
    url = urllib.parse.urlsplit(engine.endpoint_url)
    return url.hostname, url.port


def host(engine):
    return "%s:%d" % address(engine)


class Reply:
    """One response: status, headers with lower-case names, body; None as status of garbage."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json.get("message", self.json.get("Message"))

    @property
    def code(self):
        try:
            return self.json.get("__type")
        except ValueError:
            found = re.search(rb"<Code>(.*?)</Code>", self.body)
            return found and found[1].decode()


class Connection:
    """A connection that sends what it is told and reads replies one by one."""

    def __init__(self, engine, path=None, seconds=10, port=None, source=None):
        name, own_port = address(engine)
        if path:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(seconds)
            self.socket.connect(str(path))
        else:
            self.socket = socket.create_connection(
                (name, port or own_port), timeout=seconds, source_address=source and (source, 0))
            context = getattr(engine, "ssl_context", None)
            if context:  # an end that is not announced is an error
                self.socket = context.wrap_socket(self.socket, server_hostname=name,
                                                  suppress_ragged_eofs=False)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends; the engine may have refused and closed before everything is sent."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.pending += data
        return bool(data)

    def exactly(self, count):
        while len(self.pending) < count:
            if not self._more():
                raise EOFError(self.pending)
        data, self.pending = self.pending[:count], self.pending[count:]
        return data

    def reply(self, head=False):
        """The next final response; None if the connection was closed instead."""
        while b"\r\n\r\n" not in self.pending:
            if not self._more():
                return None
        block, self.pending = self.pending.split(b"\r\n\r\n", 1)
        lines = block.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip()
                   for name, value in (line.split(":", 1) for line in lines[1:])}
        length = 0 if head or status in (101, 204, 304) else int(headers.get("content-length", 0))
        return Reply(status, headers, self.exactly(length))

    def is_closed(self, seconds=2):
        """Whether the peer ends the connection in time without saying more."""
        deadline = time.monotonic() + seconds
        while not self.pending and time.monotonic() < deadline:
            if select.select([self.socket], [], [], deadline - time.monotonic())[0]:
                return not self._more()
        return False


def request_bytes(method, target, headers, body=b""):
    lines = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _key(secret, *scope):
    key = ("AWS4" + secret).encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def sign(engine, method="POST", target="/", headers=(), body=b"", service="sagemaker", region=None,
         key=None, secret=None, skew=0, scope_date=None, terminator="aws4_request", leave_out=(),
         payload=None, send_hash=False):
    """(name, value) pairs of a request with Signature Version 4, independent of botocore's and
    willing to make any mistake that is asked for."""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=skew)
    date = now.strftime("%Y%m%dT%H%M%SZ")
    scope = [scope_date or date[:8], region or engine.region, service, terminator]
    payload_hash = payload or hashlib.sha256(body).hexdigest()
    headers = [("Host", host(engine)), ("X-Amz-Date", date), *headers]
    if send_hash or payload:
        headers.append(("X-Amz-Content-Sha256", payload_hash))
    signed = [(name.lower(), value.strip()) for name, value in headers
              if name.lower() not in leave_out]
    names = sorted({name for name, _ in signed})
    path, _, query = target.partition("?")
    if service != "s3":
        path = urllib.parse.quote(normalize_url_path(path), safe="/~")
    canonical = "\n".join(
        [method, path, "&".join(sorted(query.split("&"))) if query else "",
         *(f"{name}:{','.join(value for other, value in signed if other == name)}"
           for name in names),
         "", ";".join(names), payload_hash])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", date, "/".join(scope),
                         hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(_key(secret or engine.secret_access_key, *scope), to_sign.encode(),
                         hashlib.sha256).hexdigest()
    authorization = (f"AWS4-HMAC-SHA256 Credential={key or engine.access_key_id}/{'/'.join(scope)}, "
                     f"SignedHeaders={';'.join(names)}, Signature={signature}")
    return [*headers, ("Authorization", authorization)]


def call_bytes(engine, operation, body="{}", target=None, content_type=JSON_1_1, extra=(),
               sign_only=None, **mistakes):
    """An AWS JSON call as bytes. `sign_only`: the body that the signature is made for."""
    body = body.encode() if isinstance(body, str) else body
    headers = [("Content-Type", content_type),
               ("X-Amz-Target", target or f"SageMaker.{operation}"), *extra]
    headers = sign(engine, headers=headers, body=body if sign_only is None else sign_only, **mistakes)
    return request_bytes("POST", "/", [*headers, ("Content-Length", len(body))], body)


def exchange(engine, data, path=None, **options):
    """Sends bytes on a connection of their own and returns the reply, None if there was none."""
    with Connection(engine, path, **options) as connection:
        connection.send(data)
        return connection.reply()


def assert_alive(engine):
    """The engine answers a good request."""
    reply = exchange(engine, call_bytes(engine, "ListTrainingJobs"))
    assert reply is not None and reply.status == 200, reply and reply.body


class WebSocket:
    """The client's end of a WebSocket (RFC 6455): text messages in, as JSON."""

    KEY = "dGhlIHNhbXBsZSBub25jZQ=="
    ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    HEADERS = [("Upgrade", "websocket"), ("Connection", "Upgrade"),
               ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", KEY)]

    def __init__(self, engine, query="", path=None, headers=None, receive_buffer=None):
        self.connection = Connection(engine, path, seconds=30)
        if receive_buffer:
            self.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        target = "/sagebrush/v1/events" + query
        if headers is None:
            headers = ([("Host", "localhost"), *self.HEADERS] if path
                       else sign(engine, "GET", target, self.HEADERS))
        self.connection.send(request_bytes("GET", target, headers))
        self.answer = self.connection.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.socket.close()

    def frame(self):
        first, second = self.connection.exactly(2)
        length = second & 0x7F
        if length == 126:
            length, = struct.unpack(">H", self.connection.exactly(2))
        elif length == 127:
            length, = struct.unpack(">Q", self.connection.exactly(8))
        return first & 0x0F, self.connection.exactly(length)

    def send_frame(self, opcode, payload=b"", masked=True):
        mask = os.urandom(4)
        data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        length = len(payload)
        size = (bytes([0x80 | length]) if length < 126
                else bytes([0x80 | 126]) + struct.pack(">H", length) if length < 65536
                else bytes([0x80 | 127]) + struct.pack(">Q", length))
        self.connection.send(bytes([0x80 | opcode]) + size + mask + data if masked
                             else bytes([0x80 | opcode, length]) + payload)

    def event(self):
        """The next event; answers pings on the way."""
        while True:
            opcode, payload = self.frame()
            if opcode == 1:
                return json.loads(payload)
            if opcode == 9:
                self.send_frame(10, payload)
            elif opcode == 8:
                raise EOFError(payload)


def query(engine, sql, *values):
    """Rows of the engine's database, which is only read."""
    path = urllib.parse.quote(str(engine.data_dir / "engine.db"))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def bad_audit_record(engine):
    """Recomputes the audit log's chain: the number of the first record that does not fit, or 0."""
    previous = b""
    for seq, when, *fields, stored in query(
            engine, "SELECT seq, time, principal, source, operation, target, request_id, outcome,"
                    " hash FROM audit ORDER BY seq"):
        digest = hashlib.sha256(previous)
        digest.update(struct.pack("<q", int(when * 1000.0 + 0.5)))
        for field in fields:
            data = field.encode()
            digest.update(struct.pack("<Q", len(data)) + data)
        if digest.digest() != stored:
            return seq
        previous = stored
    return 0
