# SPDX-License-Identifier: GPL-3.0-or-later
"""P14, H5: who captured a request that changes something cannot make the change again."""

import json
import time

import pytest

from operations import OPERATIONS, PREFIXES
from raw import Connection, call_bytes, exchange, host, query, request_bytes, sign

# Longer than equal signatures are taken for those of one client that signed twice in a second.
LATER = 3

REFUSED = (403, "InvalidSignatureException")


def create(engine, name, **mistakes):
    return call_bytes(engine, "CreateModelPackageGroup", json.dumps({"ModelPackageGroupName": name}), **mistakes)


def s3_bytes(engine, method, target, body=b"", **mistakes):
    headers = sign(engine, method, target, body=body, service="s3", send_hash=True, **mistakes)
    return request_bytes(method, target, [*headers, ("Content-Length", len(body))], body)


def answers(engine, requests):
    """Statuses and error codes, None for none."""
    found = []
    for request in requests:
        reply = exchange(engine, request)
        found.append((reply.status, reply.code if reply.body else None))
    return found


def test_a_captured_call_does_nothing_twice(engine, unique):
    """At once it has its natural answer, later none; anywhere else it is nobody's."""
    name = unique("captured")
    captured = create(engine, name)
    assert exchange(engine, captured).status == 200
    reply = exchange(engine, captured)
    assert (reply.status, reply.code) == (400, "ValidationException") and "already" in reply.message
    for old, new in ((b"POST / ", b"POST /x "), (name.encode(), name[::-1].encode()),
                     (b"Create", b"Delete"), (host(engine).encode(), b"localhost")):
        moved = captured.replace(old, new, 1)
        assert moved != captured and answers(engine, [moved]) == [REFUSED], new

    time.sleep(LATER)
    reply = exchange(engine, captured)
    assert (reply.status, reply.code) == REFUSED
    assert "was sent before" in reply.message and "sign the request again" in reply.message
    assert query(engine, "SELECT count (*) FROM event WHERE name = ?", name) == [(1,)]
    assert answers(engine, [create(engine, name)]) == [(400, "ValidationException")]


def test_captured_changes_are_not_made_again(engine, sagemaker, s3, bucket, unique):
    """What would succeed a second time is refused as well, and what undid it stays."""
    name = unique("undone")
    arn = sagemaker.create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]
    upload = s3.create_multipart_upload(Bucket=bucket, Key=name)["UploadId"]
    captured = [
        call_bytes(engine, "AddTags", json.dumps({"ResourceArn": arn, "Tags": [{"Key": "k", "Value": "v"}]})),
        s3_bytes(engine, "PUT", f"/{bucket}/{name}", b"old"),
        s3_bytes(engine, "PUT", f"/{bucket}/{name}?partNumber=1&uploadId={upload}", b"old"),
        s3_bytes(engine, "POST", f"/{bucket}/{name}?uploads="),
    ]
    deletion = s3_bytes(engine, "DELETE", f"/{bucket}/{name}")
    for _ in range(2):
        assert answers(engine, captured) == [(200, None)] * 4
    assert answers(engine, [deletion]) == [(204, None)]

    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["k"])
    s3.put_object(Bucket=bucket, Key=name, Body=b"new")
    time.sleep(LATER)
    assert answers(engine, [*captured, deletion]) == [REFUSED] + [(403, "AccessDenied")] * 4
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
    assert s3.get_object(Bucket=bucket, Key=name)["Body"].read() == b"new"


def test_every_writing_operation_and_no_other(engine):
    """Of the operation tables: a change is refused the second time, a question is answered."""
    calls = [(name, writes, call_bytes(engine, name, b"[]", target=PREFIXES[service] + name, service=service))
             for service, name, writes in OPERATIONS]

    def codes():
        with Connection(engine) as connection:
            for name, writes, call in calls:
                connection.send(call)
                yield name, writes, connection.reply().code

    assert {code for _, _, code in codes()} == {"SerializationException"}
    time.sleep(LATER)
    for name, writes, code in codes():
        assert code == ("InvalidSignatureException" if writes else "SerializationException"), name


def test_whatever_the_clock_of_who_signed(engine, unique):
    """A signature counts once for as long as it holds, which may be a while."""
    skews = {-280: "late", -200: "late", 0: "now", 200: "early", 280: "early"}
    calls = [create(engine, unique(word), skew=skew) for skew, word in skews.items()]
    assert answers(engine, calls) == [(200, None)] * len(calls)
    time.sleep(LATER)
    assert answers(engine, calls) == [REFUSED] * len(calls)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_may_be_used_again(engine, bucket, unique, version):
    key = unique("presigned")
    url = engine.client("s3", signature_version=version).generate_presigned_url(
        "put_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=60)
    assert ("X-Amz-Signature" in url) == (version == "s3v4")
    put = request_bytes("PUT", url[len(engine.endpoint_url):], [("Host", host(engine)), ("Content-Length", 1)], b"x")
    assert answers(engine, [put]) == [(200, None)]
    time.sleep(LATER)
    assert answers(engine, [put]) == [(200, None)]


def test_a_restart_forgets_nothing(engine_factory):
    """What was signed before it could be a repetition; what is signed now is not."""
    engine = engine_factory()
    captured = create(engine, "captured")
    put = s3_bytes(engine, "PUT", "/captured")
    assert answers(engine, [captured, put]) == [(200, None)] * 2
    engine.client("sagemaker").delete_model_package_group(ModelPackageGroupName="captured")
    engine.client("s3").delete_bucket(Bucket="captured")
    time.sleep(LATER)
    engine.kill()
    engine.start()

    reply = exchange(engine, captured)
    assert (reply.status, reply.code) == REFUSED
    assert reply.message.startswith("Signature too old") and "Sign the request again" in reply.message
    reply = exchange(engine, put)
    assert (reply.status, reply.code) == (403, "RequestTimeTooSkewed") and b"<ServerTime>" in reply.body

    assert answers(engine, [create(engine, "late", skew=-60), create(engine, "now"),
                            create(engine, "early", skew=60)]) == [REFUSED, (200, None), (200, None)]
    assert answers(engine, [call_bytes(engine, "ListModels", skew=-60)]) == [(200, None)]
    groups = engine.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert {group["ModelPackageGroupName"] for group in groups} == {"now", "early"}
    assert engine.client("s3").list_buckets()["Buckets"] == []
