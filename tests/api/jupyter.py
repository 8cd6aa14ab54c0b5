# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the Jupyter Server protocol: HTTP by hand, WebSockets by websocket-client, messages in
both framings by jupyter_server's own code."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import urllib.parse
import uuid

import websocket
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from clients import wait_for

V1 = "v1.kernel.websocket.jupyter.org"


class Answer:
    """An HTTP answer; `json` of an empty one is None."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body) if self.body else None


class Jupyter:
    """A server of the protocol and one who may use it."""

    def __init__(self, url, token, context=None):
        self.address = urllib.parse.urlsplit(url)
        self.token = token
        self.context = context  # of TLS

    def call(self, method, path, body=None, token=None, headers=None):
        """One call. `token`: instead of the right one; "" for none."""
        headers = dict(headers or {})
        token = self.token if token is None else token
        if token:
            headers["Authorization"] = f"token {token}"
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if self.context:
            connection = http.client.HTTPSConnection(self.address.hostname, self.address.port,
                                                     timeout=60, context=self.context)
        else:
            connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def start(self, **body):
        answer = self.call("POST", "/api/kernels", body)
        assert answer.status == 201, answer.body
        return answer.json["id"]

    def kernel(self, kernel):
        return self.call("GET", f"/api/kernels/{kernel}").json

    def details(self, kernel):
        return self.call("GET", f"/sagebrush/v1/kernels/{kernel}").json

    def await_state(self, kernel, *states, seconds=30):
        return wait_for(lambda: self.kernel(kernel)["execution_state"] in states, seconds,
                        f"one of {states}")

    def channels(self, kernel, v1=True, after=None, session=None, **options):
        return Channels(self, kernel, v1, after, session, **options)


class Channels:
    """One client's WebSocket to one kernel."""

    def __init__(self, jupyter, kernel, v1=True, after=None, session=None, query="", headers=None,
                 **options):
        self.v1 = v1
        self.session = Session(session=session or uuid.uuid4().hex, username="tester")
        query = f"session_id={self.session.session}{query}" + ("" if after is None else f"&after={after}")
        if headers is None:
            headers = [f"Authorization: token {jupyter.token}"]
        if jupyter.context:
            options["sslopt"] = {"context": jupyter.context}
        self.socket = websocket.create_connection(
            f"{'wss' if jupyter.context else 'ws'}://{jupyter.address.netloc}/api/kernels/{kernel}/channels?{query}",
            header=headers, subprotocols=[V1] if v1 else None, timeout=60, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, channel, msg_type, content, parent=None, buffers=()):
        """Sends a message and returns its id."""
        message = self.session.msg(msg_type, content, parent=parent)
        if self.v1:
            parts = [self.session.pack(message[part])
                     for part in ("header", "parent_header", "metadata", "content")]
            self.socket.send_binary(serialize_msg_to_ws_v1([*parts, *buffers], channel))
        else:
            message["channel"] = channel
            message["buffers"] = []
            self.socket.send(json.dumps(message, default=str))
        return message["header"]["msg_id"]

    def receive(self):
        """The next message, with its channel."""
        data = self.socket.recv()
        if self.v1:
            channel, parts = deserialize_msg_from_ws_v1(data)
            message = {name: json.loads(part) for name, part
                       in zip(("header", "parent_header", "metadata", "content"), parts)}
            message["buffers"] = parts[4:]
            message["channel"] = channel
        elif isinstance(data, bytes):
            message = deserialize_binary_message(data)
        else:
            message = json.loads(data)
        message["msg_type"] = message["header"]["msg_type"]
        return message

    def until(self, *done):
        """Messages up to the one for which all of `done` have been true once."""
        left = list(done)
        messages = []
        while left:
            messages.append(self.receive())
            left = [one for one in left if not one(messages[-1])]
        return messages

    def execute(self, code, **options):
        """Runs code and returns all messages that belong to it, the reply and `idle` among them."""
        request = self.send("shell", "execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": True, **options})
        return self.result(request)

    def result(self, request):
        messages = self.until(
            lambda m: of(m, request) and m["msg_type"] == "execute_reply", is_idle(request))
        return [m for m in messages if of(m, request)]


def of(message, request):
    return message["parent_header"].get("msg_id") == request


def is_idle(request):
    return lambda m: (of(m, request) and m["msg_type"] == "status"
                      and m["content"]["execution_state"] == "idle")


def is_input(message):
    return message["msg_type"] == "input_request"


def text(messages):
    """What was printed."""
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")


def value(messages):
    """What the last expression came to, as text."""
    (result,) = [m for m in messages if m["msg_type"] == "execute_result"]
    return result["content"]["data"]["text/plain"]


def reply(messages):
    (answer,) = [m for m in messages if m["msg_type"] == "execute_reply"]
    return answer["content"]


@contextlib.contextmanager
def server_in_front(engine, home):
    """A Jupyter server, as JupyterLab starts it, whose kernels are the engine's."""
    token = "of-the-server-in-front"
    log = home / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1",
             f"--ServerApp.port={port}", f"--ServerApp.root_dir={home}",
             f"--IdentityProvider.token={token}", f"--gateway-url={engine.endpoint_url}"],
            stdout=output, stderr=subprocess.STDOUT, cwd=home,
            env=dict(os.environ, HOME=str(home), JUPYTER_RUNTIME_DIR=str(home / "runtime"),
                     JUPYTER_GATEWAY_AUTH_TOKEN=engine.secret_access_key))

    def listens():
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_for(listens, what="the server")
        yield Jupyter(f"http://127.0.0.1:{port}", token)
    finally:
        process.terminate()
        process.wait(timeout=20)
