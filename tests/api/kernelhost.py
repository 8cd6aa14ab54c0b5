# SPDX-License-Identifier: GPL-3.0-or-later
"""A real sagebrush-kernel over a real ipykernel, and a client of its socket."""

import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import time
import uuid
from pathlib import Path

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1)

PROGRAMS = Path(os.environ["SAGEBRUSH_BUILD"]) / "src" / "programs"
SPEC = json.loads(Path("/usr/share/jupyter/kernels/python3/kernel.json").read_text())


def wait_for(condition, seconds=60, what="the condition"):
    """Polls until condition() is true and returns its value; fails after a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.02)


def connect(directory):
    """The socket's path may be too long for an address: so it goes by the directory's descriptor."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(f"/proc/self/fd/{fd}/kernel.sock")
        return connection
    finally:
        os.close(fd)


def read_line(connection):
    data = b""
    while not data.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            break
        data += byte
    return json.loads(data) if data else None


class Host:
    """A host in a directory of its own, with what stands in its kernel-spec.json."""

    def __init__(self, directory, **spec):
        self.directory = Path(directory)
        self.directory.mkdir(exist_ok=True)
        self.log = self.directory / "host.log"
        self.process = None
        words = {"argv": SPEC["argv"], "kernel_name": "python3", "interrupt_mode": "signal", **spec}
        (self.directory / "kernel-spec.json").write_text(json.dumps(words))

    def start(self, wait="idle"):
        environment = dict(os.environ, JUPYTER_PLATFORM_DIRS="1", IPYTHONDIR=str(self.log.parent / "ipython"))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([PROGRAMS / "sagebrush-kernel", self.directory],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        if wait:
            self.wait_state(wait)
        return self

    @property
    def status(self):
        try:
            return json.loads((self.directory / "kernel.json").read_text())
        except FileNotFoundError:
            return {"state": None, "host_pid": None}

    def wait_state(self, *states):
        def reached():
            assert self.process.poll() is None or "dead" in states, self.log.read_text()[-4000:]
            status = self.status
            return status if status["state"] in states and status["host_pid"] == self.process.pid else None
        return wait_for(reached, what=f"the state {states}")

    def call(self, **line):
        """Sends one command and returns the answer."""
        with connect(self.directory) as connection:
            connection.sendall(json.dumps(line).encode() + b"\n")
            return read_line(connection)

    def client(self, after=None, session=None):
        return Client(self.directory, after, session)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)

    def check(self):
        """Fails if a sanitizer or a critical warning spoke."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        assert not re.search(r"ERROR: (Address|Leak)Sanitizer|runtime error:|CRITICAL", text), text[-8000:]


class Client:
    """One client of the channels."""

    def __init__(self, directory, after=None, session=None):
        self.session = session or uuid.uuid4().hex
        self.connection = connect(directory)
        self.connection.sendall(json.dumps(
            {"op": "channels", "after": after, "session": self.session}).encode() + b"\n")
        self.answer = read_line(self.connection)
        self.messages = []  # all that came

    def send(self, msg_type, content, channel="shell", parent=None):
        header = {"msg_id": uuid.uuid4().hex, "msg_type": msg_type, "session": self.session,
                  "username": "test", "version": "5.4", "date": "2026-01-01T00:00:00Z"}
        parts = [json.dumps(part).encode() for part in (header, parent or {}, {}, content)]
        frame = serialize_msg_to_ws_v1(parts, channel)
        self.connection.sendall(struct.pack("<I", len(frame)) + frame)
        return header["msg_id"]

    def execute(self, code, **content):
        return self.send("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": True, "stop_on_error": True, **content})

    def _read(self, length):
        data = bytearray()
        while len(data) < length:
            part = self.connection.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def read(self):
        """The next message, with its channel and sequence number at the top."""
        length, = struct.unpack("<I", self._read(4))
        channel, parts = deserialize_msg_from_ws_v1(self._read(length))
        names = ("header", "parent_header", "metadata", "content")
        message = {name: json.loads(part) for name, part in zip(names, parts)}
        message.update(channel=channel, type=message["header"]["msg_type"], buffers=parts[4:],
                       parent=message["parent_header"].get("msg_id"),
                       seq=message["metadata"].get("sagebrush_seq"))
        self.messages.append(message)
        return message

    def read_until(self, condition):
        """Reads until a message meets the condition; returns what came, that one last."""
        start = len(self.messages)
        while not condition(self.read()):
            pass
        return self.messages[start:]

    def finish(self, msg_id):
        """Reads until an execution is over: its reply and the idle after it are there."""
        def over(_message):
            own = [m for m in self.messages if m["parent"] == msg_id]
            return any(m["type"] == "execute_reply" for m in own) and any(
                m["type"] == "status" and m["content"]["execution_state"] == "idle" for m in own)
        if not over(None):
            self.read_until(over)
        return [m for m in self.messages if m["parent"] == msg_id]

    def run(self, code, **content):
        return self.finish(self.execute(code, **content))

    def is_silent(self, seconds=0.3):
        return not select.select([self.connection], [], [], seconds)[0]

    def close(self):
        self.connection.close()


def text_of(messages, name="stdout"):
    return "".join(m["content"]["text"] for m in messages
                   if m["type"] == "stream" and m["content"]["name"] == name)


def only(messages, msg_type):
    found = [m for m in messages if m["type"] == msg_type]
    assert len(found) == 1, [m["type"] for m in messages]
    return found[0]


def reply_to(messages, msg_id):
    return only([m for m in messages if m["parent"] == msg_id], "execute_reply")
