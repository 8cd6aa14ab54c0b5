# SPDX-License-Identifier: GPL-3.0-or-later
"""Model servers that break the container contract (F13, X33): whatever they do, their callers hear a
reason in time, and no other endpoint notices."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import xgboost
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from clients import SKLEARN, wait_for
from raw import Connection
from test_endpoints import Deployer, bits, csv_of, train

# Takes the port over from the runtime's own server and answers with whatever bytes it likes, by the
# content type it is asked with. Descriptors of the former are closed by exec.
RAW = b'''
import os, signal, socket, sys, threading, time

if __name__ != "__main__":
    os.execv(sys.executable, [sys.executable, __file__])

OK = b"HTTP/1.1 200 OK\\r\\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\\r\\n\\r\\n"

def endless(first, piece, pause=0):
    yield first
    while True:
        yield piece
        time.sleep(pause)

def late(seconds):
    time.sleep(seconds)
    yield OK + b"Content-Length: 4\\r\\n\\r\\nlate"

def stopped():
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1000000)  # this thread may get a few steps further
    yield b""

ANSWERS = {
    "x/large": lambda: [OK + b"Content-Length: 7000000\\r\\n\\r\\n", b"x" * 7000000],
    "x/large-chunk": lambda: [CHUNKED + b"6acfc0\\r\\n", b"x" * 7000000],
    "x/large-unframed": lambda: [OK + b"\\r\\n", b"x" * 7000000],
    "x/endless-chunks": lambda: endless(CHUNKED, b"1000\\r\\n" + b"x" * 4096 + b"\\r\\n"),
    "x/tiny-chunks": lambda: endless(CHUNKED, b"1\\r\\nx\\r\\n" * 1000),
    "x/many-headers": lambda: endless(OK, b"X: y\\r\\n" * 100),
    "x/long-header": lambda: endless(OK + b"X: ", b"y" * 4096),
    "x/interim": lambda: endless(b"", b"HTTP/1.1 102 Processing\\r\\n\\r\\n"),
    "x/interim-header": lambda: endless(b"", b"HTTP/1.1 103 Early Hints\\r\\nLink: x\\r\\n\\r\\n"),
    "x/no-http": lambda: [b"\\x16\\x03\\x01" * 100 + b"\\r\\n\\r\\n"],
    "x/cut": lambda: [OK + b"Content-Length: 100\\r\\n\\r\\nabc"],
    "x/nothing": lambda: [],
    "x/late": lambda: late(61),
    "x/hang": lambda: late(1000000),
    "x/slow-head": lambda: endless(OK, b"X: y\\r\\n", 2),
    "x/slow-body": lambda: endless(OK + b"Content-Length: 100000\\r\\n\\r\\n", b"x", 0.1),
    "x/slow-chunks": lambda: endless(CHUNKED, b"1\\r\\nx\\r\\n", 0.1),
    "x/stop": stopped,
}

def answer(connection):
    # The whole request is read: a socket closed with something unread resets the connection, and what
    # was sent before may be lost.
    head, length = b"", 0
    while b"\\r\\n\\r\\n" not in head or len(head.partition(b"\\r\\n\\r\\n")[2]) < length:
        piece = connection.recv(65536)
        if not piece:
            return
        head += piece
        for line in head.lower().split(b"\\r\\n"):
            if line.startswith(b"content-length: "):
                length = int(line.split(b": ")[1])
    path = head.split(b" ")[1].decode()
    kind = next((line.split(b": ")[1].decode() for line in head.split(b"\\r\\n")
                 if line.lower().startswith(b"content-type: ")), "")
    good = [OK + b"Content-Length: 4\\r\\nConnection: close\\r\\n\\r\\ngood"]
    if path == "/ping" and PING_HANGS:
        time.sleep(1000000)
    try:
        for piece in ANSWERS.get(kind, lambda: good)() if path != "/ping" else good:
            connection.sendall(piece)
    except OSError:
        pass
    connection.close()

PING_HANGS = False
listener = socket.create_server(("0.0.0.0", 8080), backlog=512)
while True:
    threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
'''

# Healthy, and gone a moment later.
FRAIL = b"""
import os, threading
def model_fn(path):
    threading.Timer(0.3, fall).start()
def fall():
    print("cannot go on", flush=True)
    os._exit(7)
def transform_fn(model, data, content_type, accept):
    return "frail", "text/plain"
"""

SOUND = FRAIL.replace(b"threading.Timer(0.3, fall).start()", b"pass").replace(b"frail", b"sound")


class Servers(Deployer):
    def serving(self, script, **variant):
        return self.config(self.model({"code/inference.py": script}, image=SKLEARN,
                                      Environment={"SAGEMAKER_PROGRAM": "inference.py"}), **variant)

    def said(self, endpoint, content_type="text/plain"):
        return self.ask(endpoint, "?", content_type)["Body"].read()

    def error(self, endpoint, content_type):
        """What the caller hears, and after how long."""
        before = time.monotonic()
        with pytest.raises(self.patient.exceptions.ModelError) as caught:
            self.ask(endpoint, "?", content_type, client=self.patient)
        return caught.value.response, time.monotonic() - before


@pytest.fixture(scope="module")
def servers(engine):
    numbers = iter(range(1000))
    servers = Servers(engine, lambda stem: f"{stem}-servers-{next(numbers)}")
    servers.patient = engine.client("sagemaker-runtime", read_timeout=100, max_pool_connections=60)
    return servers


@pytest.fixture(scope="module")
def raw(servers):
    return servers.endpoint(servers.serving(RAW))


class Neighbours(threading.Thread):
    """Asks two other endpoints over and over, one in the gateway and one behind a server: each answer
    must be right, and soon."""

    def __init__(self, servers):
        super().__init__()
        booster, rows = train()
        self.servers = servers
        self.native = servers.endpoint(servers.config(servers.xgboost(booster)))
        self.script = servers.endpoint(servers.serving(SOUND))
        self.row, self.expected = csv_of(rows[:1]), bits(booster.predict(xgboost.DMatrix(rows[:1])))
        self.runtime = servers.engine.client("sagemaker-runtime")
        self.quit = threading.Event()
        self.wrong, self.took = [], []

    def read(self, name, *request):
        return self.servers.ask(name, *request, client=self.runtime)["Body"].read()

    def run(self):
        while not self.quit.wait(0.05):
            before = time.monotonic()
            try:
                if bits([self.read(self.native, self.row)]) != self.expected:
                    self.wrong.append("native")
                if self.read(self.script, "?", "text/plain") != b"sound":
                    self.wrong.append("script")
            except Exception as error:  # any: the test is to fail, not this thread alone
                self.wrong.append(error)
            self.took.append(time.monotonic() - before)


@pytest.fixture
def neighbours(servers):
    thread = Neighbours(servers)
    thread.start()
    yield
    try:
        wait_for(lambda: len(thread.took) > 3, 10, "the neighbours' answers")
    finally:
        thread.quit.set()
        thread.join()
    assert not thread.wrong and max(thread.took) < 3, (thread.wrong[:3], sorted(thread.took)[-3:])
    for name in (thread.native, thread.script):
        servers.sagemaker.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize("content_type, words", [
    ("x/large", "larger than 6291456 bytes"),
    ("x/large-chunk", "larger than 6291456 bytes"),
    ("x/large-unframed", "larger than 6291456 bytes"),
    ("x/endless-chunks", "larger than 6291456 bytes"),
    ("x/tiny-chunks", "no HTTP"),
    ("x/many-headers", "a header is wrong"),
    ("x/long-header", "its head is too long"),
    ("x/interim", "only ever announces"),
    ("x/interim-header", "only ever announces"),
    ("x/no-http", "no HTTP"),
    ("x/cut", "hung up before its answer was whole"),
    ("x/nothing", "hung up before its answer was whole"),
])
def test_answers_that_are_none(servers, raw, neighbours, content_type, words):
    response, took = servers.error(raw, content_type)
    assert response["OriginalStatusCode"] == 502
    assert words in response["OriginalMessage"], servers.engine.log.read_text()[-2000:]
    assert f"Received server error (502) from primary with message \"{response['OriginalMessage']}" \
        in response["Error"]["Message"]
    assert took < 10
    assert servers.said(raw) == b"good"


SLOW = ["x/late", "x/hang", "x/slow-head", "x/slow-body", "x/slow-chunks"]


def flood(servers, endpoint, count):
    """Sends that many invocations to the gateway at once, each over a connection of its own, with one
    signature; returns the connections."""
    url, path = servers.engine.ready["runtime_endpoint_url"], f"/endpoints/{endpoint}/invocations"
    request = AWSRequest(method="POST", url=url + path, data="?",
                         headers={"Content-Type": "x/stop"})
    SigV4Auth(Credentials(servers.engine.access_key_id, servers.engine.secret_access_key),
              "sagemaker", servers.engine.region).add_auth(request)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    data = (f"POST {path} HTTP/1.1\r\nHost: {url.partition('//')[2]}\r\nContent-Length: 1\r\n"
            f"{head}\r\n?").encode()
    connections = [Connection(servers.engine, seconds=100, port=int(url.rpartition(":")[2]))
                   for _ in range(count)]
    for connection in connections:
        connection.send(data)
    return connections


def test_a_minute_is_the_limit(servers, raw, neighbours):
    """All that take for ever, at once, as each needs its minute: calls that are answered late, slowly or
    never; a server of which not even pings are answered any more, under a flood of calls; and one of
    which no ping ever was."""
    stopped = servers.endpoint(servers.serving(RAW))
    deaf = servers.endpoint(
        servers.serving(RAW.replace(b"PING_HANGS = False", b"PING_HANGS = True"),
                        ContainerStartupHealthCheckTimeoutInSeconds=60), wait=False)

    with ThreadPoolExecutor(len(SLOW)) as pool:
        errors = [pool.submit(servers.error, raw, kind) for kind in SLOW]
        connections = flood(servers, stopped, 64 + 256 + 20)
        replies = [connection.reply() for connection in connections]

    for kind, (response, took) in zip(SLOW, (error.result() for error in errors)):
        assert 59 < took < 70, kind
        assert response["OriginalStatusCode"] == 0, kind
        assert "Your invocation timed out while waiting for a response from container primary" in \
            response["OriginalMessage"], kind

    # Those that were let in have waited; those for whom there was no room were told so at once.
    statuses = [reply.status for reply in replies]
    assert statuses.count(503) == 20 and statuses.count(424) == 320
    assert servers.said(raw) == b"good"

    reason = servers.settled(deaf, "Failed", seconds=90)["FailureReason"]
    assert "no ping was answered with 200 within 60 s" in reason
    assert "no answer (No answer within the time allowed)" in reason

    # The stopped server is noticed, ended and started again.
    def revived():
        try:
            return servers.said(stopped) == b"good"
        except ClientError:
            return False

    wait_for(revived, 60, "the return of the server that hung")
    assert servers.settled(stopped, "InService")


# --- servers that do not stay up ---


def pauses(engine, endpoint):
    """How long the engine waited before each restart, in milliseconds."""
    return [int(ms) for ms in re.findall(rf"The model server of '{endpoint}' ended, \d in a row; "
                                         r"restart in (\d+) ms", engine.log.read_text())]


def test_a_server_that_keeps_ending_is_given_up(servers, neighbours):
    config = servers.serving(FRAIL)
    endpoint = servers.endpoint(config, wait=False)

    def settled():
        described = servers.sagemaker.describe_endpoint(EndpointName=endpoint)
        return described if described["EndpointStatus"] == "Failed" else None

    reason = wait_for(settled, 90, "the end of the restarts")["FailureReason"]
    assert "ended 5 times in a row and is not started again" in reason
    assert "the server ended with exit code 7. Last log lines:\n" in reason
    assert reason.rstrip().endswith("cannot go on")
    assert pauses(servers.engine, endpoint) == [0, 500, 1000, 2000]

    with pytest.raises(ClientError) as caught:
        servers.said(endpoint)
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    servers.sagemaker.delete_endpoint(EndpointName=endpoint)
    wait_for(lambda: not servers.sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"], 30,
             "its deletion")


def test_an_update_to_a_server_that_ends_is_taken_back(servers, neighbours):
    """It answers its pings, so that traffic moves, and ends soon after: the former one still runs."""
    sound = servers.serving(SOUND)
    endpoint = servers.endpoint(sound)
    servers.sagemaker.update_endpoint(EndpointName=endpoint,
                                      EndpointConfigName=servers.serving(FRAIL))

    described = servers.settled(endpoint, "InService", seconds=60)
    assert described["EndpointConfigName"] == sound
    assert "did not live for 10 s: the server ended with exit code 7" in described["FailureReason"]
    assert described["FailureReason"].rstrip().endswith("cannot go on")
    assert servers.said(endpoint) == b"sound"
    assert pauses(servers.engine, endpoint) == [], "the former server must have gone on"

    other = servers.serving(SOUND.replace(b"sound", b"other"))
    servers.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=other)
    described = servers.settled(endpoint, "InService", seconds=60)
    assert described["EndpointConfigName"] == other and "FailureReason" not in described
    assert servers.said(endpoint) == b"other"
