# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 requests that no SDK of ours sends: chunked uploads, lies about the body, hostile bytes."""

import base64
import hashlib
import hmac
import http.client
import socket
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib
from datetime import datetime, timezone

import pytest

EMPTY = hashlib.sha256(b"").hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
STREAMING_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Wire:
    """Signs requests by hand, so that every byte of them is ours."""

    def __init__(self, engine):
        self.engine = engine
        self.host = urllib.parse.urlsplit(engine.endpoint_url).netloc

    def sign(self, method, path, query, headers, payload):
        self.date = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.date[:8]}/{self.engine.region}/s3/aws4_request"
        headers = {"Host": self.host, "x-amz-date": self.date, "x-amz-content-sha256": payload, **headers}
        names = sorted(name.lower() for name in headers)
        lower = {name.lower(): value for name, value in headers.items()}
        canonical = "\n".join(
            [method, path, query, *(f"{n}:{lower[n].strip()}" for n in names), "", ";".join(names), payload])
        text = "\n".join(["AWS4-HMAC-SHA256", self.date, self.scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4" + self.engine.secret_access_key.encode()
        for part in self.scope.split("/"):
            key = mac(key, part)
        self.key = key
        self.signature = mac(key, text).hex()
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.engine.access_key_id}/{self.scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={self.signature}")
        return headers

    def chunk_signature(self, previous, data):
        return mac(self.key, "\n".join([
            "AWS4-HMAC-SHA256-PAYLOAD", self.date, self.scope, previous, EMPTY,
            hashlib.sha256(data).hexdigest()])).hex()

    def trailer_signature(self, previous, lines):
        return mac(self.key, "\n".join([
            "AWS4-HMAC-SHA256-TRAILER", self.date, self.scope, previous,
            hashlib.sha256(lines.encode()).hexdigest()])).hex()

    def call(self, method, path, body=b"", query="", payload=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        payload = hashlib.sha256(body).hexdigest() if payload is None else payload
        return self.send(method, path, query, self.sign(method, path, query, headers, payload), body)

    def send(self, method, path, query, headers, body):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.putrequest(method, path + ("?" + query if query else ""), skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        reply = connection.getresponse()
        reply.content = reply.read()
        connection.close()
        return reply

    def announce(self, method, path, length, query=""):
        """Sends headers that wait for 100 Continue. Returns the connection and what came first."""
        headers = self.sign(method, path, query, {"Expect": "100-continue"}, UNSIGNED)
        host, port = self.host.split(":")
        connection = socket.create_connection((host, int(port)), timeout=10)
        target = path + ("?" + query if query else "")
        lines = [f"{method} {target} HTTP/1.1", f"Content-Length: {length}", *(f"{n}: {v}" for n, v in headers.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection, connection.recv(65536)

    def chunked(self, path, chunks, decoded=None, trailer="", signed=True, break_chunk=None, break_trailer=False):
        """PUT with the aws-chunked framing. @trailer: `name:value`."""
        payload = (STREAMING_TRAILER if trailer else STREAMING) if signed else UNSIGNED_TRAILER
        size = sum(map(len, chunks))
        extra = {"Content-Encoding": "aws-chunked",
                 "x-amz-decoded-content-length": str(size if decoded is None else decoded)}
        if trailer:
            extra["x-amz-trailer"] = trailer.split(":")[0]
        headers = self.sign("PUT", path, "", extra, payload)
        previous = self.signature
        body = b""
        for number, data in enumerate([*chunks, b""]):
            line = f"{len(data):x}"
            if signed:
                previous = self.chunk_signature(previous, data)
                line += f";chunk-signature={previous if number != break_chunk else '0' * 64}"
            body += line.encode() + b"\r\n" + data + (b"\r\n" if data else b"")
        if trailer:
            body += trailer.encode() + b"\r\n"
            if signed:
                value = self.trailer_signature(previous, trailer + "\n") if not break_trailer else "0" * 64
                body += f"x-amz-trailer-signature:{value}\r\n".encode()
        return self.send("PUT", path, "", headers, body + b"\r\n")


@pytest.fixture
def wire(engine):
    return Wire(engine)


@pytest.fixture
def own_bucket(s3, unique):
    name = unique("s3wire")
    s3.create_bucket(Bucket=name)
    return name


def error_code(reply):
    root = ElementTree.fromstring(reply.content)
    assert root.tag == "Error"
    assert root.find("RequestId").text == reply.headers["x-amz-request-id"]
    return root.find("Code").text


CHUNKS = [b"a" * 65536, b"b" * 65536, b"c" * 1000]
WHOLE = b"".join(CHUNKS)
CRC = base64.b64encode(zlib.crc32(WHOLE).to_bytes(4, "big")).decode()


def test_signed_chunks(wire, s3, own_bucket):
    assert wire.chunked(f"/{own_bucket}/k", CHUNKS).status == 200
    got = s3.get_object(Bucket=own_bucket, Key="k")
    assert got["Body"].read() == WHOLE
    assert "ContentEncoding" not in got


@pytest.mark.parametrize("number", range(4))
def test_broken_chunk_signature(wire, s3, own_bucket, number):
    reply = wire.chunked(f"/{own_bucket}/k", CHUNKS, break_chunk=number)
    assert (reply.status, error_code(reply)) == (403, "SignatureDoesNotMatch")
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


@pytest.mark.parametrize("signed", [True, False])
def test_trailer(wire, s3, own_bucket, signed):
    reply = wire.chunked(f"/{own_bucket}/k", CHUNKS, signed=signed, trailer=f"x-amz-checksum-crc32:{CRC}")
    assert reply.status == 200
    assert reply.headers["x-amz-checksum-crc32"] == CRC
    head = s3.head_object(Bucket=own_bucket, Key="k", ChecksumMode="ENABLED")
    assert (head["ChecksumCRC32"], head["ContentLength"]) == (CRC, len(WHOLE))


@pytest.mark.parametrize("options, code", [
    (dict(trailer="x-amz-checksum-crc32:AAAAAA=="), "BadDigest"),
    (dict(trailer="x-amz-checksum-crc32:AAAAAA==", signed=False), "BadDigest"),
    (dict(trailer=f"x-amz-checksum-crc32:{CRC}", break_trailer=True), "SignatureDoesNotMatch"),
    (dict(decoded=len(WHOLE) - 1), "IncompleteBody"),
    (dict(decoded=len(WHOLE) + 1), "IncompleteBody"),
    (dict(decoded="x"), "InvalidArgument"),
    (dict(decoded=6 << 30), "EntityTooLarge"),
])
def test_chunked_lies(wire, s3, own_bucket, options, code):
    assert error_code(wire.chunked(f"/{own_bucket}/k", CHUNKS, **options)) == code
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


@pytest.mark.parametrize("body", [
    b"", b"5\r\nhello", b"5\r\nhello\r\n", b"5\r\nhello\r\n0\r\n", b"5\nhello\n0\n\n", b"zz\r\nhello\r\n0\r\n\r\n",
    b"-1\r\n\r\n0\r\n\r\n", b"ffffffffffffffff\r\nx\r\n0\r\n\r\n", b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    b"5;x=1\r\nhello\r\n0\r\n\r\n", b"4\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\nmore",
    b"5\r\nhello\r\n0\r\nno colon\r\n\r\n", b"5\r\nhello\r\n0\r\n" + b"a:b\r\n" * 100 + b"\r\n",
    b"0" * 1000, b"5\r\nhello\r\n0\r\nx:" + b"y" * 1000,
])
def test_malformed_chunks(wire, s3, own_bucket, body):
    reply = wire.call("PUT", f"/{own_bucket}/k", body, payload=UNSIGNED_TRAILER, x_amz_decoded_content_length="5")
    assert (reply.status, error_code(reply)) == (400, "IncompleteBody")
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


def test_missing_trailer(wire, own_bucket):
    reply = wire.call("PUT", f"/{own_bucket}/k", b"5\r\nhello\r\n0\r\n\r\n", payload=UNSIGNED_TRAILER,
                      x_amz_decoded_content_length="5", x_amz_trailer="x-amz-checksum-crc32")
    assert error_code(reply) == "InvalidRequest"


def test_wrong_sha256(wire, s3, own_bucket):
    reply = wire.call("PUT", f"/{own_bucket}/k", b"body", payload=hashlib.sha256(b"other").hexdigest())
    assert (reply.status, error_code(reply)) == (400, "XAmzContentSHA256Mismatch")
    reply = wire.call("POST", f"/{own_bucket}", b"<Delete><Object><Key>k</Key></Object></Delete>", "delete=",
                      payload=hashlib.sha256(b"other").hexdigest())
    assert error_code(reply) == "XAmzContentSHA256Mismatch"
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


def test_two_checksums(wire, own_bucket):
    reply = wire.call("PUT", f"/{own_bucket}/k", b"", x_amz_checksum_crc32="AAAAAA==", x_amz_checksum_crc32c="AAAAAA==")
    assert error_code(reply) == "InvalidRequest"


def test_expect_continue(wire, own_bucket):
    """The body is asked for only when it will be taken, and at once."""
    connection, first = wire.announce("PUT", f"/{own_bucket}/k", 5)
    assert first.startswith(b"HTTP/1.1 100 ")
    connection.sendall(b"hello")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    connection.close()

    for path, length, status in ((f"/{own_bucket}/k", 6 << 30, b"400"), ("/no-such-bucket-here/k", 5, b"404")):
        connection, first = wire.announce("PUT", path, length)
        assert first.startswith(b"HTTP/1.1 " + status)
        connection.close()


def test_cut_body_leaves_nothing(wire, s3, own_bucket, engine):
    path = f"/{own_bucket}/k"
    headers = wire.sign("PUT", path, "", {}, UNSIGNED)
    host, port = wire.host.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        lines = [f"PUT {path} HTTP/1.1", "Content-Length: 100000", *(f"{n}: {v}" for n, v in headers.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + b"x" * 50_000)
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


@pytest.mark.parametrize("path, code", [
    ("/b%00b", "InvalidURI"), ("/{bucket}/a%00b", "InvalidURI"), ("/{bucket}/%ff", "InvalidURI"),
    ("/{bucket}/%zz", "InvalidURI"), ("/{bucket}/%2", "InvalidURI"), ("/{bucket}/" + "k" * 1025, "KeyTooLongError"),
    ("/Bad_Bucket/k", "InvalidBucketName"), ("/../etc/passwd", "InvalidBucketName"),
    ("/%2e%2e/k", "InvalidBucketName"), ("//k", "InvalidBucketName"),
])
def test_hostile_paths(wire, own_bucket, path, code):
    reply = wire.call("PUT", path.format(bucket=own_bucket), b"")
    assert (reply.status, error_code(reply)) == (400, code)


def test_dots_are_ordinary(wire, s3, own_bucket):
    """No path of a request is normalised, so a key may look like a way out and is none."""
    for key in "../../etc/passwd", "a/../b", "./c", "a//b", "/":
        assert wire.call("PUT", f"/{own_bucket}/{key}", key.encode()).status == 200
        assert wire.call("GET", f"/{own_bucket}/{key}").content == key.encode()
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 5


@pytest.mark.parametrize("method, target, query, status, code", [
    ("PATCH", "k", "", 405, None), ("POST", "k", "", 405, "MethodNotAllowed"), ("PUT", "k", "acl=", 501, "NotImplemented"),
    ("GET", "k", "torrent=", 501, "NotImplemented"), ("PUT", "k", "tagging=", 501, "NotImplemented"),
    ("GET", "k", "versionId=abc", 501, "NotImplemented"), ("GET", "k", "partNumber=1", 501, "NotImplemented"),
    ("POST", "k", "select=&select-type=2", 501, "NotImplemented"), ("GET", "", "list-type=3", 400, "InvalidArgument"),
    ("GET", "", "max-keys=-1", 400, "InvalidArgument"), ("GET", "", "encoding-type=x", 400, "InvalidArgument"),
    ("PUT", "", "versioning=", 501, "NotImplemented"), ("DELETE", "", "policy=", 501, "NotImplemented"),
])
def test_refused_operations(wire, own_bucket, method, target, query, status, code):
    reply = wire.call(method, f"/{own_bucket}/{target}", query=query)
    assert reply.status == status
    assert code is None or error_code(reply) == code


@pytest.mark.parametrize("source, status, code", [
    ("", 400, "InvalidArgument"), ("/", 400, "InvalidArgument"), ("//", 400, "InvalidArgument"),
    ("?versionId=", 400, "InvalidArgument"), ("{bucket}", 400, "InvalidArgument"), ("{bucket}/", 400, "InvalidArgument"),
    ("{bucket}/a%00b", 400, "InvalidArgument"), ("{bucket}/%ff", 400, "InvalidArgument"),
    ("{bucket}/%zz", 400, "InvalidArgument"), ("%00", 400, "InvalidArgument"),
    ("{bucket}/" + "k" * 1025, 400, "InvalidArgument"), ("{bucket}/k?versionId=1", 501, "NotImplemented"),
    ("../etc/passwd", 404, "NoSuchBucket"), ("/etc/passwd", 404, "NoSuchBucket"),
    ("http://evil/{bucket}/k", 404, "NoSuchBucket"), ("arn:aws:s3:::{bucket}/k", 404, "NoSuchBucket"),
    ("{bucket}/../../etc/passwd", 404, "NoSuchKey"),
])
def test_hostile_copy_sources(wire, s3, own_bucket, source, status, code):
    """G1, G2, G7: for a copy of an object, and for one into a part."""
    upload = s3.create_multipart_upload(Bucket=own_bucket, Key="part")["UploadId"]
    source = source.format(bucket=own_bucket)
    for target, query in ("copy", ""), ("part", f"partNumber=1&uploadId={upload}"):
        reply = wire.call("PUT", f"/{own_bucket}/{target}", query=query, x_amz_copy_source=source)
        assert (reply.status, error_code(reply)) == (status, code), reply.content
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0
    assert "Parts" not in s3.list_parts(Bucket=own_bucket, Key="part", UploadId=upload)


HOSTILE_XML = [
    b"", b"x", b"<", b"<Delete>", b"<Delete/>", b"<Delete></Other>", b"<Other><Object><Key>k</Key></Object></Other>",
    b"<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><Delete><Object><Key>&b;</Key></Object></Delete>",
    b"<!DOCTYPE d SYSTEM 'file:///etc/passwd'><Delete><Object><Key>k</Key></Object></Delete>",
    b"<Delete>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</Delete>",
    b"<Delete><Object><Key>\xff</Key></Object></Delete>", b"<Delete><Object><Key>&#0;</Key></Object></Delete>",
    b"<Delete><Object><Key>" + b"k" * 100_000 + b"</Key></Object></Delete>",
    b"<Delete>" + b"<Object><Key>k</Key></Object>" * 1001 + b"</Delete>",
    b"<Delete><Object><Key>k</Key></Object></Delete><Delete/>", b"\x00<Delete/>",
]


@pytest.mark.parametrize("body", HOSTILE_XML)
def test_hostile_xml(wire, own_bucket, body):
    reply = wire.call("POST", f"/{own_bucket}", body, "delete=")
    assert (reply.status, error_code(reply)) == (400, "MalformedXML")


def test_xml_too_large(wire, own_bucket):
    connection, first = wire.announce("POST", f"/{own_bucket}", 5 << 20, "delete=")
    assert first.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>EntityTooLarge</Code>" in first
    connection.close()


def test_head_errors_have_no_body(wire, own_bucket):
    for path in f"/{own_bucket}/none", "/no-such-bucket-here", "/no-such-bucket-here/k":
        reply = wire.call("HEAD", path)
        assert (reply.status, reply.content) == (404, b"")


def test_unsigned_is_refused(wire, own_bucket):
    reply = wire.send("GET", f"/{own_bucket}", "", {"Host": wire.host}, b"")
    assert reply.status in (401, 403, 404)
    headers = wire.sign("GET", f"/{own_bucket}", "", {}, EMPTY)
    headers["Authorization"] = headers["Authorization"][:-4] + "0000"
    assert wire.send("GET", f"/{own_bucket}", "", headers, b"").status == 403


@pytest.mark.parametrize("size", [1000, 9 << 20])
def test_damage_is_never_served(fresh_engine, size):
    """One flipped byte anywhere in an object's file: an error that names the object, not its bytes."""
    s3 = fresh_engine.client("s3")
    s3.create_bucket(Bucket="damaged")
    before = set(fresh_engine.data_dir.rglob("blobs/*/*"))
    s3.put_object(Bucket="damaged", Key="the-key", Body=b"x" * size)
    (path,) = set(fresh_engine.data_dir.rglob("blobs/*/*")) - before
    path.chmod(0o600)
    with open(path, "r+b") as file:
        file.seek(size // 2)
        file.write(b"y")
    wire = Wire(fresh_engine)
    reply = wire.call("GET", "/damaged/the-key")
    assert (reply.status, error_code(reply)) == (500, "InternalError")
    assert b"the-key" in reply.content
    assert wire.call("GET", "/damaged/the-key", Range="bytes=0-9").status == 500
    path.unlink()
    assert wire.call("GET", "/damaged/the-key").status == 500


def test_objects_survive_a_kill(fresh_engine):
    s3 = fresh_engine.client("s3")
    s3.create_bucket(Bucket="kept")
    bodies = {f"k{i}": bytes([i]) * (1000 * i) for i in range(20)}
    for key, body in bodies.items():
        s3.put_object(Bucket="kept", Key=key, Body=body)
    upload = s3.create_multipart_upload(Bucket="kept", Key="mp")["UploadId"]
    etag = s3.upload_part(Bucket="kept", Key="mp", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    fresh_engine.kill()
    fresh_engine.start()
    s3 = fresh_engine.client("s3")
    for key, body in bodies.items():
        assert s3.get_object(Bucket="kept", Key=key)["Body"].read() == body
    s3.complete_multipart_upload(Bucket="kept", Key="mp", UploadId=upload,
                                 MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
    assert s3.get_object(Bucket="kept", Key="mp")["Body"].read() == b"part"
