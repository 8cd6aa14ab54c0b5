# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what, what is kept of it, and that no secret leaves its place."""

import datetime
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import uuid
from xml.etree import ElementTree

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from clients import PROGRAMS, ROLE, SKLEARN, SOURCE, wait_for, wait_for_job
from operations import OPERATIONS, PREFIXES, WRITES
from raw import (EMPTY_SHA256, Connection, assert_alive, bad_audit_record, call_bytes, exchange,
                 host, query, request_bytes, sign)
from wire import JSON_1_1

LIST = [("Content-Type", JSON_1_1), ("X-Amz-Target", "SageMaker.ListModels")]


def assert_now(when):
    when = when.replace(tzinfo=datetime.timezone.utc)
    assert abs(datetime.datetime.now(datetime.timezone.utc) - when) < datetime.timedelta(seconds=60)


def post(headers, body=b"{}", target="/"):
    return request_bytes("POST", target, [*headers, ("Content-Length", len(body))], body)


def signed(engine, target="/", change=lambda headers: headers, body=b"{}", **mistakes):
    return post(change(sign(engine, target=target, headers=LIST, body=body, **mistakes)), target=target)


def replaced(name, value):
    return lambda headers: [(other, value if other == name else old) for other, old in headers]


def added(*more):
    return lambda headers: [*headers, *more]


MISMATCH = {"InvalidSignatureException"}
INCOMPLETE = {"IncompleteSignatureException"}
MISSING = {"MissingAuthenticationTokenException"}
QUERY = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Date=b&X-Amz-Signature=c"

# What is wrong → how it is made, statuses, codes.
SIGNATURES = {
    "H1 none": (lambda e: post([("Host", host(e)), *LIST]), {401}, MISSING),
    "H1 empty": (lambda e: post([("Host", host(e)), *LIST, ("Authorization", "")]), {401}, MISSING | INCOMPLETE),
    "H1 two": (lambda e: signed(e, change=added(("Authorization", "x"))), {401}, INCOMPLETE),
    "H1 Bearer": (lambda e: post([("Host", host(e)), *LIST, ("Authorization", "Bearer abc")]), {401}, MISSING | INCOMPLETE),
    "H1 Basic": (lambda e: post([("Host", host(e)), *LIST, ("Authorization", "Basic YTpi")]), {401}, MISSING | INCOMPLETE),
    "H1 Bearer and SigV4": (lambda e: signed(e, change=added(("Authorization", "Bearer abc"))), {401}, INCOMPLETE),
    "H1 query and header": (lambda e: signed(e, target=QUERY), {401}, INCOMPLETE),
    "H1 algorithm": (lambda e: post([("Host", host(e)), *LIST, ("Authorization", "AWS4-HMAC-SHA1 Credential=a/b/c/d/e, SignedHeaders=host, Signature=f")]), {401}, MISSING | INCOMPLETE),
    "H1 64 KB of commas": (lambda e: post([("Host", host(e)), *LIST, ("Authorization", "AWS4-HMAC-SHA256 " + "," * 30000)]), {401}, INCOMPLETE),
    "H2 UNSIGNED-PAYLOAD": (lambda e: signed(e, payload="UNSIGNED-PAYLOAD"), {401, 403}, MISMATCH | INCOMPLETE),
    "H2 unsigned trailer": (lambda e: signed(e, payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER"), {401, 403}, MISMATCH | INCOMPLETE),
    "H2 signed stream": (lambda e: signed(e, payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), {401, 403}, MISMATCH | INCOMPLETE),
    "H2 junk": (lambda e: signed(e, payload="junk"), {401, 403}, MISMATCH | INCOMPLETE),
    "H2 hash of nothing": (lambda e: signed(e, payload=EMPTY_SHA256), {403}, MISMATCH),
    "H3 host unsigned": (lambda e: signed(e, leave_out=["host"]), {401, 403}, MISMATCH | INCOMPLETE),
    "H3 date unsigned": (lambda e: signed(e, leave_out=["x-amz-date"]), {401, 403}, MISMATCH | INCOMPLETE),
    "H3 target unsigned": (lambda e: signed(e, leave_out=["x-amz-target"]), {401, 403}, MISMATCH | INCOMPLETE),
    "H3 body changed": (lambda e: post(sign(e, headers=LIST, body=b"{}"), b'{"a":1}'), {403}, MISMATCH),
    "H3 host changed": (lambda e: signed(e, change=replaced("Host", "localhost")), {403}, MISMATCH),
    "H3 target changed": (lambda e: signed(e, change=replaced("X-Amz-Target", "SageMaker.ListTrainingJobs")), {403}, MISMATCH),
    "H3 query added": (lambda e: post(sign(e, headers=LIST, body=b"{}"), target="/?a=b"), {403}, MISMATCH),
    "H4 6 minutes late": (lambda e: signed(e, skew=-360), {403}, MISMATCH),
    "H4 6 minutes early": (lambda e: signed(e, skew=360), {403}, MISMATCH),
    "H4 a year late": (lambda e: signed(e, skew=-365 * 86400), {403}, MISMATCH),
    "H4 scope of another day": (lambda e: signed(e, scope_date="20200101"), {401, 403}, MISMATCH | INCOMPLETE),
    "H4 region": (lambda e: signed(e, region="eu-west-1"), {403}, MISMATCH),
    "H4 empty region": (lambda e: signed(e, region=" "), {401, 403}, MISMATCH | INCOMPLETE),
    "H4 service s3": (lambda e: signed(e, service="s3", send_hash=True), {403}, MISMATCH),
    "H4 service logs": (lambda e: signed(e, service="logs"), {403}, MISMATCH),
    "H4 terminator": (lambda e: signed(e, terminator="aws5_request"), {401, 403}, MISMATCH | INCOMPLETE),
    "H8 unknown key": (lambda e: signed(e, key="AKIA" + "A" * 16), {403}, {"UnrecognizedClientException"}),
    "H8 wrong secret": (lambda e: signed(e, secret="x" * 40), {403}, MISMATCH),
    "H8 empty secret": (lambda e: signed(e, key="x", secret=" "), {403}, {"UnrecognizedClientException"}),
    "H10 well-known key": (lambda e: signed(e, key="minioadmin", secret="minioadmin"), {403}, {"UnrecognizedClientException"}),
}


@pytest.mark.parametrize("row", SIGNATURES)
def test_bad_signatures_are_refused(engine, row):
    make, statuses, codes = SIGNATURES[row]
    reply = exchange(engine, make(engine))
    assert reply.status in statuses and reply.code in codes, reply.body
    assert set(reply.json) == {"__type", "message"} or set(reply.json) == {"__type", "Message"}
    assert engine.secret_access_key.encode() not in reply.body
    if row.startswith("H4 6"):
        now, = re.findall(r"\((\d{8}T\d{6}Z) [-+] 5 min\.\)", reply.message)
        assert_now(datetime.datetime.strptime(now, "%Y%m%dT%H%M%SZ"))
    assert_alive(engine)


def test_good_signatures_are_accepted(engine):
    """What the table above breaks is sound."""
    for mistakes in ({}, {"send_hash": True}, {"skew": -280}, {"skew": 280}):
        assert exchange(engine, signed(engine, **mistakes)).status == 200, mistakes


@pytest.mark.parametrize("skew", [-880, 880, -920, 920])
def test_clocks_of_s3_clients(engine, skew):
    """H4: 15 minutes, and the refusal tells the time."""
    headers = sign(engine, "GET", "/", service="s3", send_hash=True, skew=skew)
    reply = exchange(engine, request_bytes("GET", "/", headers))
    if abs(skew) < 900:
        assert reply.status == 200, reply.body
        return
    assert (reply.status, reply.code) == (403, "RequestTimeTooSkewed")
    error = ElementTree.fromstring(reply.body)
    assert error.findtext("Message") == ("The difference between the request time and the current"
                                         " time is too large.")
    assert error.findtext("RequestTime") == dict(headers)["X-Amz-Date"]
    assert error.findtext("MaxAllowedSkewMilliseconds") == "900000"
    assert_now(datetime.datetime.fromisoformat(error.findtext("ServerTime")))


def test_the_region_is_the_engines(engine_factory):
    """Scopes name the engine's region; only the global services may also say us-east-1."""
    engine = engine_factory("--region", "eu-central-1")
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    body = b"Action=GetRole&Version=2010-05-08&RoleName=SagebrushExecution"
    for region, status in (("eu-central-1", 200), ("us-east-1", 200), ("us-west-2", 403)):
        headers = sign(engine, headers=form, body=body, service="iam", region=region)
        assert exchange(engine, post(headers, body)).status == status, region
        expected = 200 if region == engine.region else 403
        assert exchange(engine, signed(engine, region=region)).status == expected, region
        headers = sign(engine, "GET", "/", service="s3", region=region, send_hash=True)
        assert exchange(engine, request_bytes("GET", "/", headers)).status == expected, region
    assert engine.client("iam").get_role(RoleName="SagebrushExecution")["Role"]["Arn"]
    assert engine.client("s3").list_buckets()["Buckets"] == []


# What is wrong with a signature → how it is made, wherever it is sent.
MISTAKES = {
    "H1 none": lambda sign: [pair for pair in sign() if pair[0] != "Authorization"],
    "H1 empty": lambda sign: [(name, "" if name == "Authorization" else value) for name, value in sign()],
    "H1 two": lambda sign: sign() + [("Authorization", "x")],
    "H1 twice": lambda sign: sign() + [sign()[-1]],
    "H1 Bearer": lambda sign: [*sign()[:-1], ("Authorization", "Bearer abc")],
    "H1 version 2": lambda sign: [*sign()[:-1], ("Authorization", "AWS key:c2lnbmF0dXJl")],
    "H3 host unsigned": lambda sign: sign(leave_out=["host"]),
    "H3 date unsigned": lambda sign: sign(leave_out=["x-amz-date"]),
    "H4 late": lambda sign: sign(skew=-960),
    "H4 early": lambda sign: sign(skew=960),
    "H4 scope of another day": lambda sign: sign(scope_date="20200101"),
    "H4 region": lambda sign: sign(region="eu-west-1"),
    "H4 service": lambda sign: sign(service="logs", send_hash=True),
    "H4 terminator": lambda sign: sign(terminator="aws5_request"),
    "H8 unknown key": lambda sign: sign(key="AKIA" + "A" * 16),
    "H8 wrong secret": lambda sign: sign(secret="x" * 40),
}

PLACES = {
    "endpoint": ("POST", "/endpoints/none/invocations", "sagemaker", 400),
    "gateway": ("POST", "/endpoints/none/invocations", "sagemaker", 400),
    "status": ("GET", "/sagebrush/v1/status", "sagemaker", 200),
    "read": ("GET", "/", "s3", 200),
    "write": ("DELETE", "/no-such-bucket", "s3", 404),
}


class Gateway:
    """The gateway's own port, for what signs and sends."""

    def __init__(self, engine):
        self.endpoint_url, self.region = engine.runtime_endpoint_url, engine.region
        self.access_key_id, self.secret_access_key = engine.access_key_id, engine.secret_access_key


@pytest.mark.parametrize("row", MISTAKES)
@pytest.mark.parametrize("place", PLACES)
def test_bad_signatures_are_refused_everywhere(engine, place, row):
    """One verifier stands before every dialect, and before the gateway."""
    method, target, service, status = PLACES[place]
    there = Gateway(engine) if place == "gateway" else engine

    def make(**mistakes):
        mistakes = {"service": service, "send_hash": service == "s3", **mistakes}
        return sign(there, method, target, **mistakes)

    def send(headers):
        return exchange(there, request_bytes(method, target, [*headers, ("Content-Length", 0)]))

    assert send(make()).status == status
    reply = send(MISTAKES[row](make))
    # without its scope nothing says that a path is S3's
    unknown = service == "s3" and (row.startswith("H1") or row in ("H4 service", "H4 terminator"))
    assert reply.status == 403 or row.startswith("H1") and reply.status == 401 or unknown and reply.status == 404, reply.body


@pytest.mark.parametrize("query_string", [
    "AWSAccessKeyId=a&Expires=4000000000&Signature=b",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=" + EMPTY_SHA256])
def test_one_scheme_at_a_time(engine, bucket, query_string):
    """H1: a good header does not help a URL that is signed as well, nor one version the other."""
    target = f"/{bucket}?{query_string}"
    headers = sign(engine, "GET", target, service="s3", send_hash=True)
    for send in (headers, [("Host", host(engine))]):
        reply = exchange(engine, request_bytes("GET", target, send))
        assert (reply.status, reply.code) in ((403, "AccessDenied"), (403, "InvalidAccessKeyId")), reply.body
    both = presigned(engine, bucket, 60) + "&AWSAccessKeyId=a&Expires=4000000000&Signature=b"
    assert exchange(engine, request_bytes("GET", both, [("Host", host(engine))])).code == "AccessDenied"


@pytest.mark.parametrize("payload", ["junk", "", "unsigned-payload", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
                                     EMPTY_SHA256.upper(), EMPTY_SHA256[:-1], None])
def test_payloads_of_s3_are_known_or_refused(engine, bucket, payload):
    """H2"""
    target = f"/{bucket}/h2"
    headers = sign(engine, "PUT", target, service="s3", payload=payload or "x", send_hash=True)
    headers = [(name, value if name != "X-Amz-Content-Sha256" else payload) for name, value in headers
               if name != "X-Amz-Content-Sha256" or payload is not None]
    reply = exchange(engine, request_bytes("PUT", target, [*headers, ("Content-Length", 0)]))
    assert (reply.status, reply.code) in ((403, "AccessDenied"), (403, "SignatureDoesNotMatch")), reply.body


CREDENTIALS = {
    "empty": '{"AKIAIOSFODNN7EXAMPLE": ""}',
    "short": '{"AKIAIOSFODNN7EXAMPLE": "minioadmin"}',
    "no key": '{"": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}',
    "number": '{"AKIAIOSFODNN7EXAMPLE": 1234567890123456789}',
    "nothing": "{}",
    "empty file": "",
    "cut": '{"AKIAIOSFODNN7EXAMPLE": "wJalrX',
    "100 KB": json.dumps({"AKIAIOSFODNN7EXAMPLE": "x" * 100000}),
}


@pytest.mark.parametrize("row", CREDENTIALS)
def test_weak_credentials_are_none(engine_factory, row):
    """H10: the engine does not start with them, says why, and leaves the file as it is."""
    engine = engine_factory(start=False)
    engine.data_dir.mkdir(mode=0o700)
    path = engine.data_dir / "credentials.json"
    path.write_text(CREDENTIALS[row])
    with pytest.raises(AssertionError, match="did not start.*credentials.json"):
        engine.start()
    engine.process.wait(timeout=30)
    assert path.read_text() == CREDENTIALS[row]
    assert "wJalrX" not in engine.log.read_text() and "minioadmin" not in engine.log.read_text()


def test_credentials_are_made_for_each_engine(engine, engine_factory):
    """H10: there are no default ones; those that were made are kept."""
    other = engine_factory()
    made = other.access_key_id, other.secret_access_key
    assert made[0] != engine.access_key_id and made[1] != engine.secret_access_key
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", made[0]) and re.fullmatch(r"[A-Za-z0-9+/]{40}", made[1])
    assert exchange(other, signed(other, key=engine.access_key_id, secret=engine.secret_access_key)).status == 403
    other.kill()
    other.start()
    assert (other.access_key_id, other.secret_access_key) == made


def presigned(engine, bucket, expires):
    """Signed by botocore, which does not mind the time."""
    request = AWSRequest("GET", f"{engine.endpoint_url}/{bucket}/presigned")
    S3SigV4QueryAuth(Credentials(engine.access_key_id, engine.secret_access_key), "s3", engine.region,
                     expires=expires).add_auth(request)
    return request.url[len(engine.endpoint_url):]


@pytest.mark.parametrize("row", ["expires 0", "expires 604801", "extra parameter", "parameter twice",
                                 "parameter gone", "other key", "other method", "expires changed"])
def test_bad_presigned_urls_are_refused(engine, bucket, s3, row):
    """H6"""
    s3.put_object(Bucket=bucket, Key="presigned", Body=b"content")
    good = presigned(engine, bucket, 60)
    get = request_bytes("GET", good, [("Host", host(engine))])
    assert exchange(engine, get).body == b"content"

    target = {
        "expires 0": lambda: presigned(engine, bucket, 0),
        "expires 604801": lambda: presigned(engine, bucket, 604801),
        "extra parameter": lambda: good + "&versionId=1",
        "parameter twice": lambda: good + "&X-Amz-Expires=60",
        "parameter gone": lambda: good.replace("&X-Amz-Expires=60", ""),
        "other key": lambda: good.replace("/presigned?", "/presigned2?"),
        "other method": lambda: good,
        "expires changed": lambda: good.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
    }[row]()
    method = "DELETE" if row == "other method" else "GET"
    reply = exchange(engine, request_bytes(method, target, [("Host", host(engine))]))
    assert reply.status == 403 and b"content" not in reply.body
    assert s3.get_object(Bucket=bucket, Key="presigned")["Body"].read() == b"content"


@pytest.mark.parametrize("key", ["a%2Fb", "a%2fb", "a+b", "a%2Bb", "~x", "%7Ex", "a//b", "a/./b",
                                 "a/../b", "..", "caf%C3%A9", "a%20b", "a%3Fb", "a%25b", "a=b&c"])
def test_paths_are_signed_as_sent(engine, bucket, key):
    """H7: no normalising, no second encoding."""
    target = f"/{bucket}/h7/{key}"
    body = key.encode()
    headers = sign(engine, "PUT", target, body=body, service="s3", send_hash=True)
    put = exchange(engine, request_bytes("PUT", target, [*headers, ("Content-Length", len(body))], body))
    assert put.status == 200, put.body
    got = exchange(engine, request_bytes("GET", target, sign(engine, "GET", target, service="s3",
                                                             send_hash=True)))
    assert (got.status, got.body) == (200, body)


@pytest.mark.parametrize("query_string", ["list-type=2&prefix=", "prefix=&list-type=2", "list-type=2&delimiter=%2F",
                                          "list-type=2&prefix=caf%C3%A9", "list-type=2&prefix=a%20b"])
def test_queries_are_signed_in_order(engine, bucket, query_string):
    target = f"/{bucket}?{query_string}"
    reply = exchange(engine, request_bytes("GET", target, sign(engine, "GET", target, service="s3",
                                                               send_hash=True)))
    assert reply.status == 200, reply.body


# --- every operation ---

STRANGERS = {
    "nobody": {},
    "wrong secret": {"secret": "x" * 40},
    "long ago": {"skew": -3600},
    "unknown key": {"key": "AKIA" + "Z" * 16},
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_operation_without_a_credential(engine, stranger):
    """P13: every row of the operation tables, over one kept connection; no handler is reached."""
    before = query(engine, "SELECT (SELECT count (*) FROM audit), (SELECT count (*) FROM resource)")
    with Connection(engine) as connection:
        for service, name, _ in OPERATIONS:
            headers = [("Content-Type", JSON_1_1), ("X-Amz-Target", PREFIXES[service] + name)]
            if stranger == "nobody":
                headers.insert(0, ("Host", host(engine)))
            else:
                headers = sign(engine, headers=headers, body=b"{}", service=service, **STRANGERS[stranger])
            connection.send(post(headers))
            reply = connection.reply()
            assert reply.status == (401 if stranger == "nobody" else 403), (name, reply.body)
    assert query(engine, "SELECT (SELECT count (*) FROM audit), (SELECT count (*) FROM resource)") == before


def test_every_operation_of_the_tables_is_there(engine):
    """The tables that the tests read are those of the engine."""
    assert len(OPERATIONS) > 50
    with Connection(engine) as connection:
        for service, name, _ in OPERATIONS:
            connection.send(call_bytes(engine, name, b"[]", target=PREFIXES[service] + name, service=service))
            reply = connection.reply()
            assert reply.code == "SerializationException", (name, reply.body)


OTHER_ROUTES = [
    ("GET", "/sagebrush/v1/status", "sagemaker"), ("GET", "/sagebrush/v1/events", "sagemaker"),
    ("POST", "/endpoints/e/invocations", "sagemaker"),
    ("POST", "/endpoints/e/invocations-response-stream", "sagemaker"),
    ("POST", "/", "sts"), ("POST", "/", "iam"),
    ("GET", "/", "s3"), ("PUT", "/new-bucket", "s3"), ("DELETE", "/sagebrush-tests", "s3"),
    ("HEAD", "/sagebrush-tests", "s3"), ("GET", "/sagebrush-tests?list-type=2", "s3"),
    ("PUT", "/sagebrush-tests/k", "s3"), ("GET", "/sagebrush-tests/k", "s3"),
    ("DELETE", "/sagebrush-tests/k", "s3"), ("POST", "/sagebrush-tests/k?uploads", "s3"),
    ("POST", "/sagebrush-tests?delete", "s3"),
]


@pytest.mark.parametrize("method,target,service", OTHER_ROUTES)
@pytest.mark.parametrize("stranger", ["wrong secret", "long ago", "unknown key"])
def test_no_other_route_without_a_credential(engine, bucket, method, target, service, stranger):
    before = query(engine, "SELECT count (*) FROM audit")
    form = [("Content-Type", "application/x-www-form-urlencoded")] if service in ("sts", "iam") else []
    headers = sign(engine, method, target, form, service=service, send_hash=service == "s3",
                   **STRANGERS[stranger])
    with Connection(engine) as connection:
        connection.send(request_bytes(method, target, [*headers, ("Content-Length", 0)]))
        assert connection.reply(head=method == "HEAD").status == 403
    assert query(engine, "SELECT count (*) FROM audit") == before


# --- the local socket and web pages ---


def test_the_socket_is_private(engine):
    """H15"""
    assert stat.S_IMODE(os.stat(engine.socket).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(engine.data_dir).st_mode) == 0o700
    for path in engine.data_dir.rglob("*"):
        mode = path.lstat().st_mode
        assert stat.S_ISLNK(mode) or not stat.S_IMODE(mode) & 0o022, path


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs another user")
def test_another_user_cannot_use_the_socket(engine_factory, tmp_path):
    """H15: neither with its modes as they are nor, by the peer's uid, with them wide open."""
    client = ("import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
              "s.sendall(b'GET /sagebrush/v1/status HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n');"
              "print(s.recv(100).decode().split()[1])")
    engine = engine_factory()

    def connect(*prefix):
        return subprocess.run([*prefix, sys.executable, "-I", "-c", client, engine.socket],
                              capture_output=True, text=True, timeout=20)

    stranger = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    assert connect().stdout.strip() == "200"
    refused = connect(*stranger)
    assert refused.returncode != 0 and "PermissionError" in refused.stderr
    parents = [engine.data_dir, engine.data_dir.parent]
    try:
        for path in parents:
            path.chmod(0o755)
        os.chmod(engine.socket, 0o666)
        assert connect(*stranger).stdout.strip() != "200"
    finally:
        for path in parents:
            path.chmod(0o700)


@pytest.mark.parametrize("origin", ["http://evil", "null", "http://localhost", "https://127.0.0.1", "",
                                    "file://", "vscode-webview://x"])
@pytest.mark.parametrize("method,target,service", [
    ("POST", "/", "sagemaker"), ("GET", "/sagebrush/v1/status", "sagemaker"),
    ("GET", "/sagebrush/v1/events", "sagemaker"), ("DELETE", "/sagebrush-tests", "s3"),
    ("GET", "/nothing", "sagemaker")])
def test_web_pages_are_refused_everywhere(engine, bucket, origin, method, target, service):
    """H16: with credentials, over either transport, and no CORS header invites them."""
    more = [("Origin", origin), *(LIST if method == "POST" else [])]
    headers = sign(engine, method, target, more, service=service, send_hash=service == "s3")
    for path in (None, engine.socket):
        reply = exchange(engine, request_bytes(method, target, [*headers, ("Content-Length", 0)]), path)
        assert reply.status == 403, reply.body
        assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize("target", ["/", "/sagebrush/v1/status", "/sagebrush-tests/key", "/endpoints/e/invocations"])
def test_pages_may_not_ask_first(engine, target):
    """H16: a browser that asks whether it may send a DELETE or a signed request hears no."""
    preflight = [("Host", host(engine)), ("Origin", "http://evil"), ("Access-Control-Request-Method", "DELETE"),
                 ("Access-Control-Request-Headers", "authorization, x-amz-date, x-amz-target")]
    for there in (engine, Gateway(engine)):
        headers = [(name, host(there) if name == "Host" else value) for name, value in preflight]
        reply = exchange(there, request_bytes("OPTIONS", target, headers))
        assert reply.status in (403, 405), reply.body
        assert not [name for name in reply.headers if name.startswith("access-control")]


# --- what is kept ---


def audit(engine, request_id):
    return query(engine, "SELECT operation, target, outcome, principal, source FROM audit"
                         " WHERE request_id = ?", request_id)


AGENTS = ['x","outcome":"ok","y":"', "a\tb", "%0a%0dfake", "\xff\xfe", "\xe2\x80\xae reversed", "' OR 1=1 --",
          "\\u000a\\n", "a" * 20000, ""]


@pytest.mark.parametrize("agent", AGENTS, ids=range(len(AGENTS)))
def test_hostile_user_agents_stay_in_their_field(engine, agent):
    """H17: escaped, cut, and part of the chain."""
    data = call_bytes(engine, "DeleteModel", '{"ModelName":"none"}', extra=[("User-Agent", agent)],
                      leave_out=["user-agent"])
    reply = exchange(engine, data)
    assert reply.status == 400
    (operation, _, outcome, principal, source), = audit(engine, reply.headers["x-amzn-requestid"])
    assert operation == "DeleteModel" and outcome != "ok" and principal == engine.access_key_id
    assert len(source) <= 250 and source.isprintable()
    assert bad_audit_record(engine) == 0


def test_a_newline_in_a_user_agent_is_refused(engine):
    before = query(engine, "SELECT count (*) FROM audit")
    for agent in ("a\nb", "a\rb", "a\r\n b", "a\0b"):
        reply = exchange(engine, call_bytes(engine, "DeleteModel", '{"ModelName":"none"}',
                                            extra=[("User-Agent", agent)]))
        assert reply is None or reply.status == 400
    assert query(engine, "SELECT count (*) FROM audit") == before


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("body", ["{}", '{"a', "{}{}"], ids=["incomplete", "truncated", "twice"])
def test_refused_changes_leave_one_record(engine, operation, body):
    """P16"""
    reply = exchange(engine, call_bytes(engine, operation, body))
    assert reply.status == 400
    (kept, _, outcome, *_), = audit(engine, reply.headers["x-amzn-requestid"])
    assert (kept, outcome) == (operation, reply.code)


class Changes:
    """Makes calls and checks that each left exactly one record."""

    def __init__(self, engine, client):
        self.engine, self.client, self.seen = engine, client, set()

    def __call__(self, operation, **arguments):
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        if hasattr(self.client, method):
            answer = getattr(self.client, method)(**arguments)
            request_id = answer["ResponseMetadata"]["RequestId"]
        else:
            # newer than the client
            answer = exchange(self.engine, call_bytes(self.engine, operation, json.dumps(arguments)))
            assert answer.status == 200, answer.body
            request_id = answer.headers["x-amzn-requestid"]
        records = audit(self.engine, request_id)
        assert [(record[0], record[2]) for record in records] == [(operation, "ok")], operation
        assert records[0][1].startswith("arn:aws:sagemaker:") or records[0][1] in arguments.values()
        self.seen.add(operation)
        return answer


CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}
SLEEP = ["/bin/sh", "-c", "sleep 60"]


def change_jobs(change, sagemaker, unique):
    name = unique("audit")
    change("CreateTrainingJob", TrainingJobName=name, RoleArn=ROLE,
           AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File",
                                   "ContainerEntrypoint": SLEEP},
           OutputDataConfig={"S3OutputPath": "s3://sagebrush-tests/o"},
           ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
           StoppingCondition={"MaxRuntimeInSeconds": 120})
    change("StopTrainingJob", TrainingJobName=name)
    change("CreateProcessingJob", ProcessingJobName=name, RoleArn=ROLE, ProcessingResources=CLUSTER,
           AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": SLEEP})
    change("StopProcessingJob", ProcessingJobName=name)
    wait_for_job(sagemaker, "training", name)
    wait_for_job(sagemaker, "processing", name)
    change("DeleteTrainingJob", TrainingJobName=name)
    change("DeleteProcessingJob", ProcessingJobName=name)


def change_registry(change, unique):
    name = unique("audit")
    arn = change("CreateModelPackageGroup", ModelPackageGroupName=name)["ModelPackageGroupArn"]
    change("AddTags", ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    change("DeleteTags", ResourceArn=arn, TagKeys=["a"])
    package = change("CreateModelPackage", ModelPackageGroupName=name)["ModelPackageArn"]
    change("UpdateModelPackage", ModelPackageArn=package, ModelApprovalStatus="Approved")
    change("DeleteModelPackage", ModelPackageName=package)
    change("DeleteModelPackageGroup", ModelPackageGroupName=name)


def change_pipelines(change, sagemaker, unique):
    name = unique("audit")
    step = {"Name": "Fails", "Type": "Fail", "Arguments": {"ErrorMessage": "on purpose"}}
    slow = {"Name": "Slow", "Type": "Processing", "Arguments": {
        "RoleArn": ROLE, "ProcessingResources": CLUSTER,
        "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": SLEEP}}}

    def document(step):
        return json.dumps({"Version": "2020-12-01", "Steps": [step]})

    def ended(arn):
        return sagemaker.describe_pipeline_execution(
            PipelineExecutionArn=arn)["PipelineExecutionStatus"] in ("Failed", "Stopped")

    def token():
        return uuid.uuid4().hex

    change("CreatePipeline", PipelineName=name, RoleArn=ROLE, PipelineDefinition=document(step),
           ClientRequestToken=token())
    arn = change("StartPipelineExecution", PipelineName=name,
                 ClientRequestToken=token())["PipelineExecutionArn"]
    wait_for(lambda: ended(arn))
    change("UpdatePipelineExecution", PipelineExecutionArn=arn, PipelineExecutionDescription="d")
    change("UpdatePipeline", PipelineName=name, PipelineDefinition=document(slow))
    arn = change("StartPipelineExecution", PipelineName=name,
                 ClientRequestToken=token())["PipelineExecutionArn"]
    change("StopPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken=token())
    wait_for(lambda: ended(arn))
    change("RetryPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken=token())
    change("StopPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken=token())
    wait_for(lambda: ended(arn))
    change("DeletePipeline", PipelineName=name, ClientRequestToken=token())


def change_endpoints(change, s3, sagemaker, unique):
    name = unique("audit")
    s3.put_object(Bucket="sagebrush-tests", Key="audit/model.tar.gz", Body=b"not an archive")
    variant = {"VariantName": "A", "ModelName": name, "InitialInstanceCount": 1,
               "InstanceType": "ml.m5.large"}
    change("CreateModel", ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={
        "Image": SKLEARN, "ModelDataUrl": "s3://sagebrush-tests/audit/model.tar.gz"})
    change("CreateEndpointConfig", EndpointConfigName=name, ProductionVariants=[variant])
    change("CreateEndpoint", EndpointName=name, EndpointConfigName=name)
    wait_for(lambda: sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Failed")
    change("DeleteEndpoint", EndpointName=name)
    change("DeleteEndpointConfig", EndpointConfigName=name)
    change("DeleteModel", ModelName=name)


# Succeeds only where a Callback step waits, of which there are none, or on an endpoint that serves.
NEVER_OK = {"SendPipelineExecutionStepSuccess", "SendPipelineExecutionStepFailure"}
ELSEWHERE = {"UpdateEndpoint"}


def test_each_change_leaves_one_record(engine, sagemaker, s3, bucket, unique):
    """P16: every writing operation there is, once with success."""
    change = Changes(engine, sagemaker)
    change_registry(change, unique)
    change_pipelines(change, sagemaker, unique)
    change_endpoints(change, s3, sagemaker, unique)
    change_jobs(change, sagemaker, unique)
    assert set(WRITES) - change.seen == NEVER_OK | ELSEWHERE
    assert bad_audit_record(engine) == 0


def test_each_change_of_an_object_leaves_one_record(engine, s3, unique):
    name = unique("audit")
    calls = [
        ("create_bucket", {}), ("put_object", {"Key": "a", "Body": b"x"}),
        ("put_object", {"Key": "a", "Body": b"y"}),
        ("copy_object", {"Key": "b", "CopySource": f"{name}/a"}), ("delete_object", {"Key": "a"}),
        ("delete_object", {"Key": "b"}), ("delete_bucket", {}),
    ]
    for operation, arguments in calls:
        answer = getattr(s3, operation)(Bucket=name, **arguments)
        records = audit(engine, answer["ResponseMetadata"]["RequestId"])
        assert len(records) == 1, (operation, records)
        assert records[0][2] == "ok" and records[0][1].startswith(f"s3://{name}")
    assert bad_audit_record(engine) == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["audit", "audit/1", "events", "status", "log", "engine.db"])
def test_the_audit_log_cannot_be_reached(engine, method, path):
    """H17: nothing in the API changes it, or reads it as a file."""
    before = query(engine, "SELECT count (*) FROM audit")
    target = f"/sagebrush/v1/{path}"
    for there in (None, engine.socket):
        headers = sign(engine, method, target, body=b"{}")
        reply = exchange(engine, request_bytes(method, target, [*headers, ("Content-Length", 2)], b"{}"), there)
        assert 400 <= reply.status < 500 or (method, path) == ("GET", "status"), reply.body
    assert query(engine, "SELECT count (*) FROM audit") == before
    assert not [name for service, name, writes in OPERATIONS if service == "logs" and writes]


def test_reading_leaves_no_record(engine, sagemaker):
    before = query(engine, "SELECT count (*) FROM audit")
    sagemaker.list_training_jobs()
    with pytest.raises(ClientError):
        sagemaker.describe_model(ModelName="none")
    assert query(engine, "SELECT count (*) FROM audit") == before


# --- secrets ---


def test_core_dumps_are_off(engine):
    """H19"""
    limits = open(f"/proc/{engine.process.pid}/limits").read()
    assert re.search(r"Max core file size\s+0\s+0\s", limits)


def test_nobody_reads_their_memory(engine_factory):
    """H19: neither the engine's nor its gateway's. What /proc has of a process that may be looked into
    belongs to its user and group, else to root's."""
    engine = engine_factory(start=False)
    as_group = {"group": 65534} if os.getuid() == 0 else {}

    def start(command):
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **as_group,
                                env=dict(os.environ, SAGEBRUSH_DATADIR=str(SOURCE / "data"),
                                         SAGEBRUSH_LIBEXECDIR=str(PROGRAMS)))

    def owner(pid):
        found = os.stat(f"/proc/{pid}/environ")
        return found.st_uid, found.st_gid

    other = start(["sh", "-c", "echo started; exec sleep 60"])
    engine.process = start([PROGRAMS / "sagebrushd", "--data-dir", engine.data_dir, "--port", "0"])
    try:
        assert other.stdout.readline() and engine.process.stdout.readline()
        ready = engine.data_dir / "gateway" / "ready.json"
        gateway = json.loads(wait_for(lambda: ready.exists() and ready.read_text()))["pid"]
        assert owner(other.pid) != (0, 0)
        assert owner(engine.process.pid) == owner(gateway) == (0, 0)
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


def test_the_secret_stays_in_its_files(engine, sagemaker, s3, bucket, run_processing):
    """P17: not in arguments, environments of jobs, logs or any other file, after use and after
    refusals."""
    secret = engine.secret_access_key
    for make, *_ in SIGNATURES.values():
        exchange(engine, make(engine))
    name = run_processing("env; cat /proc/*/environ /proc/*/cmdline; ls -laR /opt/ml; true")
    description = json.dumps(sagemaker.describe_processing_job(ProcessingJobName=name), default=str)
    events = engine.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix=name)["events"]
    assert events
    assert secret not in description + json.dumps(events)

    for process in os.listdir("/proc"):
        for file in ("cmdline", "environ"):
            try:
                with open(f"/proc/{process}/{file}", "rb") as stream:
                    found = stream.read()
            except OSError:
                continue
            # The test's own children may carry it on purpose: the real CLI gets it that way.
            assert secret.encode() not in found or b"aws" in found, (process, file)

    holders = {str(path.relative_to(engine.data_dir)) for path in engine.data_dir.rglob("*")
               if path.is_file() and not path.is_symlink() and secret.encode() in path.read_bytes()}
    assert holders == {"credentials.json", "ready.json"}
    assert secret not in engine.log.read_text(errors="replace")
    for holder in holders:
        assert stat.S_IMODE((engine.data_dir / holder).stat().st_mode) == 0o600
