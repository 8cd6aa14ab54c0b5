# SPDX-License-Identifier: GPL-3.0-or-later
"""The S3 protocol, spoken by unmodified clients."""

import base64
import datetime
import hashlib
import io
import random
import urllib.error
import urllib.request
import zlib
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from clients import wait_for

MIB = 1024 * 1024

HOSTILE_KEYS = [
    "a/../../x", "./a", "a//b", "/a", "a/", ".", "..", "../x", "%2e%2e", "a%2Fb", "a b", "a+b",
    "a?b", "a#c", "a&b=c", "e\u0301", "\u00e9", "A", "a", "aux", "con", "x.", "x ", "line\nbreak",
    "tab\t", "\x7f", "quote\"'<>&", "back\\slash", "\U0001f33f", "x" * 1024, "~", "a;v=1", "*",
]


def pattern(size, seed=1):
    """Bytes that no shift or repetition maps onto themselves."""
    return random.Random(seed).randbytes(size)


def code_of(caught):
    return caught.value.response["Error"]["Code"]


def status_of(caught):
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def own_bucket(s3, unique):
    name = unique("s3test")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def resource(engine):
    return boto3.resource(
        "s3",
        endpoint_url=engine.endpoint_url,
        aws_access_key_id=engine.access_key_id,
        aws_secret_access_key=engine.secret_access_key,
        region_name=engine.region,
    )


# --- buckets ---


def test_bucket_life(s3, unique):
    name = unique("life")
    with pytest.raises(ClientError) as caught:
        s3.head_bucket(Bucket=name)
    # The SageMaker SDK compares both of these as text.
    assert caught.value.response["Error"] == {"Code": "404", "Message": "Not Found"}

    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    assert s3.create_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200
    head = s3.head_bucket(Bucket=name)
    assert head["BucketRegion"] == "us-east-1"
    assert name in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    assert "Status" not in s3.get_bucket_versioning(Bucket=name)

    s3.put_object(Bucket=name, Key="k", Body=b"x")
    with pytest.raises(ClientError) as caught:
        s3.delete_bucket(Bucket=name)
    assert (code_of(caught), status_of(caught)) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=name, Key="k")
    s3.delete_bucket(Bucket=name)
    with pytest.raises(ClientError) as caught:
        s3.list_objects_v2(Bucket=name)
    assert (code_of(caught), status_of(caught)) == ("NoSuchBucket", 404)


@pytest.mark.parametrize("region, code", [("us-east-1", None), ("eu-west-1", "IllegalLocationConstraintException")])
def test_bucket_location(s3, unique, region, code):
    arguments = dict(Bucket=unique("where"), CreateBucketConfiguration={"LocationConstraint": region})
    if code is None:
        s3.create_bucket(**arguments)
        return
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(**arguments)
    assert code_of(caught) == code


@pytest.mark.parametrize("name", ["UPPER", "a_b", "192.168.0.1", "ab..cd", "xn--abc", "abc-s3alias"])
def test_bucket_names_refused(engine, name):
    client = engine.client("s3", parameter_validation=False, s3={"addressing_style": "path"})
    client.meta.events.unregister("before-parameter-build.s3", None)
    with pytest.raises(ClientError) as caught:
        client.create_bucket(Bucket=name)
    assert code_of(caught) == "InvalidBucketName"


def test_expected_owner(s3, own_bucket):
    s3.head_bucket(Bucket=own_bucket, ExpectedBucketOwner="000000000000")
    with pytest.raises(ClientError) as caught:
        s3.list_objects_v2(Bucket=own_bucket, ExpectedBucketOwner="111111111111")
    assert (code_of(caught), status_of(caught)) == ("AccessDenied", 403)


@pytest.mark.parametrize("operation", ["get_bucket_policy", "get_bucket_acl", "get_bucket_lifecycle_configuration",
                                       "get_bucket_cors", "list_object_versions"])
def test_unsupported_says_so(s3, own_bucket, operation):
    with pytest.raises(ClientError) as caught:
        getattr(s3, operation)(Bucket=own_bucket)
    assert (code_of(caught), status_of(caught)) == ("NotImplemented", 501)


# --- objects ---


def test_put_get_head(s3, own_bucket):
    body = pattern(100_000)
    put = s3.put_object(Bucket=own_bucket, Key="dir/k", Body=body, ContentType="text/csv",
                        Metadata={"color": "green", "n": "1"}, CacheControl="no-cache",
                        ContentDisposition="attachment", ContentEncoding="gzip")
    etag = f'"{hashlib.md5(body).hexdigest()}"'
    assert put["ETag"] == etag
    crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    assert put["ChecksumCRC32"] == crc

    got = s3.get_object(Bucket=own_bucket, Key="dir/k", ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert got["ChecksumCRC32"] == crc
    head = s3.head_object(Bucket=own_bucket, Key="dir/k")
    for reply in got, head:
        assert reply["ETag"] == etag
        assert reply["ContentLength"] == len(body)
        assert reply["ContentType"] == "text/csv"
        assert reply["Metadata"] == {"color": "green", "n": "1"}
        assert reply["CacheControl"] == "no-cache"
        assert reply["ContentDisposition"] == "attachment"
        assert reply["ContentEncoding"] == "gzip"
        assert reply["AcceptRanges"] == "bytes"
        age = datetime.datetime.now(datetime.timezone.utc) - reply["LastModified"]
        assert abs(age.total_seconds()) < 60


def test_response_overrides(s3, own_bucket):
    s3.put_object(Bucket=own_bucket, Key="k", Body=b"x", ContentType="text/plain")
    got = s3.get_object(Bucket=own_bucket, Key="k", ResponseContentType="image/png",
                        ResponseContentDisposition="inline")
    assert got["ContentType"] == "image/png"
    assert got["ContentDisposition"] == "inline"


def test_an_object_is_no_page_of_the_engine(s3, own_bucket):
    """What a browser shows of it has an origin of its own, and nothing is taken for a page that is none."""
    s3.put_object(Bucket=own_bucket, Key="page", Body=b"<script>fetch('/')</script>", ContentType="text/html")
    headers = s3.get_object(Bucket=own_bucket, Key="page")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"


def test_missing(s3, own_bucket):
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=own_bucket, Key="none")
    assert (code_of(caught), status_of(caught)) == ("NoSuchKey", 404)
    assert caught.value.response["Error"]["Key"] == "none"
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket=own_bucket, Key="none")
    assert caught.value.response["Error"] == {"Code": "404", "Message": "Not Found"}
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket="no-such-bucket-here", Key="k", Body=b"x" * 100_000)
    assert (code_of(caught), status_of(caught)) == ("NoSuchBucket", 404)
    s3.delete_object(Bucket=own_bucket, Key="none")


def test_hostile_keys(s3, own_bucket):
    for key in HOSTILE_KEYS:
        s3.put_object(Bucket=own_bucket, Key=key, Body=key.encode())
    for key in HOSTILE_KEYS:
        assert s3.get_object(Bucket=own_bucket, Key=key)["Body"].read() == key.encode()
        assert s3.head_object(Bucket=own_bucket, Key=key)["ContentLength"] == len(key.encode())
    listed = [o["Key"] for o in s3.list_objects_v2(Bucket=own_bucket)["Contents"]]
    assert listed == sorted(HOSTILE_KEYS, key=str.encode)
    for key in HOSTILE_KEYS:
        s3.delete_object(Bucket=own_bucket, Key=key)
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


def test_long_key(s3, own_bucket):
    for key in "k" * 1025, "\u00e4" * 600:
        with pytest.raises(ClientError) as caught:
            s3.put_object(Bucket=own_bucket, Key=key, Body=b"")
        assert (code_of(caught), status_of(caught)) == ("KeyTooLongError", 400)


@pytest.mark.parametrize("spec, status, expected", [
    ("bytes=0-", 206, (0, 1000)), ("bytes=10-19", 206, (10, 20)), ("bytes=-5", 206, (995, 1000)),
    ("bytes=990-5000", 206, (990, 1000)), ("bytes=-5000", 206, (0, 1000)), ("bytes=999-999", 206, (999, 1000)),
    ("bytes=0-1,3-4", 200, (0, 1000)), ("bytes=5-2", 200, (0, 1000)), ("lines=1-2", 200, (0, 1000)),
    ("bytes=" + ",".join(["0-1"] * 500), 200, (0, 1000)), ("bytes=x-y", 200, (0, 1000)),
    ("bytes=1000-", 416, None), ("bytes=-0", 416, None), ("bytes=5000-6000", 416, None),
])
def test_ranges(s3, own_bucket, spec, status, expected):
    body = pattern(1000)
    s3.put_object(Bucket=own_bucket, Key="k", Body=body)
    if expected is None:
        with pytest.raises(ClientError) as caught:
            s3.get_object(Bucket=own_bucket, Key="k", Range=spec)
        assert (code_of(caught), status_of(caught)) == ("InvalidRange", 416)
        return
    got = s3.get_object(Bucket=own_bucket, Key="k", Range=spec)
    first, end = expected
    assert got["ResponseMetadata"]["HTTPStatusCode"] == status
    assert got["Body"].read() == body[first:end]
    if status == 206:
        assert got["ContentRange"] == f"bytes {first}-{end - 1}/1000"
        # A checksum of the whole beside a part would make the client fail.
        got = s3.get_object(Bucket=own_bucket, Key="k", Range=spec, ChecksumMode="ENABLED")
        assert got["Body"].read() == body[first:end]


def test_conditions(s3, own_bucket):
    etag = s3.put_object(Bucket=own_bucket, Key="k", Body=b"x")["ETag"]
    past = datetime.datetime(2001, 1, 1)
    future = datetime.datetime(2101, 1, 1)
    for good in dict(IfMatch=etag), dict(IfNoneMatch='"other"'), dict(IfModifiedSince=past), dict(IfUnmodifiedSince=future):
        assert s3.get_object(Bucket=own_bucket, Key="k", **good)["Body"].read() == b"x"
    for wanted, bad in ((304, dict(IfNoneMatch=etag)), (304, dict(IfModifiedSince=future)),
                        (412, dict(IfMatch='"other"')), (412, dict(IfUnmodifiedSince=past))):
        for call in s3.get_object, s3.head_object:
            with pytest.raises(ClientError) as caught:
                call(Bucket=own_bucket, Key="k", **bad)
            assert status_of(caught) == wanted


def test_conditional_put(s3, own_bucket):
    etag = s3.put_object(Bucket=own_bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=own_bucket, Key="k", Body=b"2", IfNoneMatch="*")
    assert (code_of(caught), status_of(caught)) == ("PreconditionFailed", 412)
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=own_bucket, Key="k", Body=b"3", IfMatch='"00000000000000000000000000000000"')
    assert status_of(caught) == 412
    s3.put_object(Bucket=own_bucket, Key="k", Body=b"4", IfMatch=etag)
    assert s3.get_object(Bucket=own_bucket, Key="k")["Body"].read() == b"4"


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_checksums(s3, own_bucket, algorithm):
    body = b"123456789"
    value = {
        "CRC32": "y/Q5Jg==",
        "CRC32C": "4waSgw==",
        "CRC64NVME": "rosUhgp5mIg=",
        "SHA1": base64.b64encode(hashlib.sha1(body).digest()).decode(),
        "SHA256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
    }[algorithm]
    put = s3.put_object(Bucket=own_bucket, Key="k", Body=body, **{f"Checksum{algorithm}": value})
    assert put[f"Checksum{algorithm}"] == value
    head = s3.head_object(Bucket=own_bucket, Key="k", ChecksumMode="ENABLED")
    assert head[f"Checksum{algorithm}"] == value
    assert f"Checksum{algorithm}" not in s3.head_object(Bucket=own_bucket, Key="k")


@pytest.mark.parametrize("extra, code", [
    (dict(ContentMD5=base64.b64encode(hashlib.md5(b"other").digest()).decode()), "BadDigest"),
    (dict(ContentMD5="nonsense"), "InvalidDigest"),
    (dict(ChecksumCRC32="AAAAAA=="), "BadDigest"),
    (dict(ChecksumSHA256=base64.b64encode(hashlib.sha256(b"other").digest()).decode()), "BadDigest"),
    (dict(ChecksumSHA1="AAAA"), "BadDigest"),
])
def test_wrong_digest_leaves_nothing(s3, own_bucket, extra, code):
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=own_bucket, Key="k", Body=b"body", **extra)
    assert (code_of(caught), status_of(caught)) == (code, 400)
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0


def test_metadata_limit(s3, own_bucket):
    s3.put_object(Bucket=own_bucket, Key="k", Body=b"", Metadata={"m": "x" * 2047})
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=own_bucket, Key="k", Body=b"", Metadata={"m": "x" * 2048})
    assert code_of(caught) == "MetadataTooLarge"


def test_encryption_header_of_the_sdk(s3, own_bucket):
    s3.put_object(Bucket=own_bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=own_bucket, Key="k", Body=b"x", Tagging="a=b")
    assert code_of(caught) == "NotImplemented"


def test_racing_writers_and_readers(engine, s3, own_bucket):
    """However many write one key, every read is one whole version."""
    versions = [bytes([65 + i]) * (20_000 + i) for i in range(8)]
    s3.put_object(Bucket=own_bucket, Key="k", Body=versions[0])

    def write(body):
        client = engine.client("s3")
        for _ in range(10):
            client.put_object(Bucket=own_bucket, Key="k", Body=body)

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write, body) for body in versions[:4]]
        for _ in range(60):
            assert s3.get_object(Bucket=own_bucket, Key="k")["Body"].read() in versions
        for writer in writers:
            writer.result()


def test_empty_body_then_another(s3, own_bucket):
    """botocore keeps the status of a PUT without content for the next reply on its connection."""
    for size in 0, 1000, 0, 0, 5:
        s3.put_object(Bucket=own_bucket, Key="k", Body=b"x" * size)
        assert s3.head_object(Bucket=own_bucket, Key="k")["ContentLength"] == size


# --- listings ---


def test_list_pages(s3, own_bucket):
    keys = sorted([f"k{i:04}" for i in range(25)] + ["dir/a", "dir/b", "zz/y/x"])
    for key in keys:
        s3.put_object(Bucket=own_bucket, Key=key, Body=b"")
    for size in 1, 7, 28, 1000:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=own_bucket, PaginationConfig={"PageSize": size})
        assert [o["Key"] for page in pages for o in page.get("Contents", [])] == keys
        pages = s3.get_paginator("list_objects").paginate(Bucket=own_bucket, PaginationConfig={"PageSize": size})
        assert [o["Key"] for page in pages for o in page.get("Contents", [])] == keys

        for operation in "list_objects_v2", "list_objects":
            pages = s3.get_paginator(operation).paginate(
                Bucket=own_bucket, Delimiter="/", PaginationConfig={"PageSize": size})
            pages = list(pages)
            assert [o["Key"] for p in pages for o in p.get("Contents", [])] == keys[2:-1]
            assert [c["Prefix"] for p in pages for c in p.get("CommonPrefixes", [])] == ["dir/", "zz/"]

    page = s3.list_objects_v2(Bucket=own_bucket, Prefix="dir/", Delimiter="/")
    assert [o["Key"] for o in page["Contents"]] == ["dir/a", "dir/b"]
    page = s3.list_objects_v2(Bucket=own_bucket, StartAfter="k0022")
    assert [o["Key"] for o in page["Contents"]] == ["k0023", "k0024", "zz/y/x"]
    assert s3.list_objects_v2(Bucket=own_bucket, MaxKeys=0)["KeyCount"] == 0
    assert "NextMarker" not in s3.list_objects(Bucket=own_bucket, MaxKeys=3)


@pytest.mark.parametrize("token", ["", "x", "AAAA", "MQ==", "Mg==", base64.b64encode(b"1\xff").decode()])
def test_forged_tokens(s3, own_bucket, token):
    with pytest.raises(ClientError) as caught:
        s3.list_objects_v2(Bucket=own_bucket, ContinuationToken=token)
    assert (code_of(caught), status_of(caught)) == ("InvalidArgument", 400)


def test_resource_listing(resource, own_bucket):
    bucket = resource.Bucket(own_bucket)
    for i in range(5):
        bucket.put_object(Key=f"models/{i}", Body=b"m")
    bucket.put_object(Key="other", Body=b"o")
    assert [o.key for o in bucket.objects.filter(Prefix="models/")] == [f"models/{i}" for i in range(5)]
    assert {o.size for o in bucket.objects.all()} == {1}
    bucket.objects.filter(Prefix="models/").delete()
    assert [o.key for o in bucket.objects.all()] == ["other"]


def test_delete_many(s3, own_bucket):
    for i in range(30):
        s3.put_object(Bucket=own_bucket, Key=f"<k&{i}>", Body=b"")
    reply = s3.delete_objects(Bucket=own_bucket, Delete={
        "Objects": [{"Key": f"<k&{i}>"} for i in range(10)] + [{"Key": "none"}, {"Key": "x" * 1025}]})
    assert [d["Key"] for d in reply["Deleted"]] == [f"<k&{i}>" for i in range(10)] + ["none"]
    assert [e["Code"] for e in reply["Errors"]] == ["KeyTooLongError"]
    reply = s3.delete_objects(Bucket=own_bucket, Delete={
        "Quiet": True, "Objects": [{"Key": f"<k&{i}>"} for i in range(30)]})
    assert "Deleted" not in reply
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0
    with pytest.raises(ClientError) as caught:
        s3.delete_objects(Bucket=own_bucket, Delete={"Objects": [{"Key": str(i)} for i in range(1001)]})
    assert code_of(caught) == "MalformedXML"


# --- copies ---


def test_copy(s3, own_bucket, unique):
    s3.put_object(Bucket=own_bucket, Key="from \u00e4+%/x", Body=b"content", ContentType="text/csv",
                  Metadata={"a": "1"})
    source = {"Bucket": own_bucket, "Key": "from \u00e4+%/x"}
    result = s3.copy_object(Bucket=own_bucket, Key="to", CopySource=source)["CopyObjectResult"]
    assert result["ETag"] == f'"{hashlib.md5(b"content").hexdigest()}"'
    head = s3.head_object(Bucket=own_bucket, Key="to")
    assert (head["ContentType"], head["Metadata"]) == ("text/csv", {"a": "1"})

    s3.copy_object(Bucket=own_bucket, Key="to", CopySource=source, MetadataDirective="REPLACE",
                   ContentType="text/plain", Metadata={"b": "2"})
    head = s3.head_object(Bucket=own_bucket, Key="to")
    assert (head["ContentType"], head["Metadata"]) == ("text/plain", {"b": "2"})

    s3.delete_object(**source)
    assert s3.get_object(Bucket=own_bucket, Key="to")["Body"].read() == b"content"

    with pytest.raises(ClientError) as caught:
        s3.copy_object(Bucket=own_bucket, Key="x", CopySource=source)
    assert code_of(caught) == "NoSuchKey"
    with pytest.raises(ClientError) as caught:
        s3.copy_object(Bucket=own_bucket, Key="x", CopySource="no-such-bucket/k")
    assert code_of(caught) == "NoSuchBucket"
    with pytest.raises(ClientError) as caught:
        s3.copy_object(Bucket=own_bucket, Key="to", CopySource=f"/{own_bucket}/to")
    assert code_of(caught) == "InvalidRequest"
    with pytest.raises(ClientError) as caught:
        s3.copy_object(Bucket=own_bucket, Key="x", CopySource=f"{own_bucket}/to", CopySourceIfMatch='"no"')
    assert status_of(caught) == 412
    copied = s3.copy_object(Bucket=own_bucket, Key="sum", CopySource=f"{own_bucket}/to", ChecksumAlgorithm="SHA256")
    expected = base64.b64encode(hashlib.sha256(b"content").digest()).decode()
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == expected


# --- multipart ---


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 8 * MIB + 1, 27 * MIB + 12345])
def test_managed_transfer(s3, own_bucket, tmp_path, size):
    body = pattern(size)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(body)
    s3.upload_file(str(source), own_bucket, "big")
    s3.download_file(own_bucket, "big", str(target))
    assert target.read_bytes() == body
    etag = s3.head_object(Bucket=own_bucket, Key="big")["ETag"]
    if size < 8 * MIB:
        assert etag == f'"{hashlib.md5(body).hexdigest()}"'
    else:
        parts = [hashlib.md5(body[i:i + 8 * MIB]).digest() for i in range(0, size, 8 * MIB)]
        assert etag == f'"{hashlib.md5(b"".join(parts)).hexdigest()}-{len(parts)}"'


def test_managed_copy(s3, own_bucket):
    body = pattern(12 * MIB)
    s3.upload_fileobj(io.BytesIO(body), own_bucket, "from")
    s3.copy({"Bucket": own_bucket, "Key": "from"}, own_bucket, "to",
            Config=TransferConfig(multipart_threshold=6 * MIB, multipart_chunksize=5 * MIB))
    assert s3.get_object(Bucket=own_bucket, Key="to")["Body"].read() == body
    assert s3.head_object(Bucket=own_bucket, Key="to")["ETag"].endswith('-3"')


def begin_upload(s3, bucket, bodies, **options):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="mp", **options)["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        extra = {"ChecksumAlgorithm": options["ChecksumAlgorithm"]} if "ChecksumAlgorithm" in options else {}
        reply = s3.upload_part(Bucket=bucket, Key="mp", UploadId=upload, PartNumber=number, Body=body, **extra)
        parts.append({"PartNumber": number, "ETag": reply["ETag"]})
    return upload, parts


def complete(s3, bucket, upload, parts, key="mp", **extra):
    return s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload,
                                        MultipartUpload={"Parts": parts}, **extra)


def test_multipart_refusals(engine, s3, own_bucket):
    part = pattern(5 * MIB)
    upload, parts = begin_upload(s3, own_bucket, [part, b"tail"])
    listed = s3.list_parts(Bucket=own_bucket, Key="mp", UploadId=upload)
    assert [(p["PartNumber"], p["Size"]) for p in listed["Parts"]] == [(1, 5 * MIB), (2, 4)]
    uploads = s3.list_multipart_uploads(Bucket=own_bucket)["Uploads"]
    assert [(u["Key"], u["UploadId"]) for u in uploads] == [("mp", upload)]

    def refused(code, parts=parts, key="mp", identifier=upload):
        with pytest.raises(ClientError) as caught:
            complete(s3, own_bucket, identifier, parts, key)
        assert code_of(caught) == code

    refused("InvalidPartOrder", parts[::-1])
    refused("InvalidPartOrder", [parts[0], parts[0]])
    refused("InvalidPart", parts + [{"PartNumber": 3, "ETag": parts[0]["ETag"]}])
    refused("InvalidPart", [{"PartNumber": 1, "ETag": parts[1]["ETag"]}])
    refused("InvalidPart", [{"PartNumber": 1, "ETag": '"nonsense"'}])
    refused("InvalidArgument", [{"PartNumber": 0, "ETag": parts[0]["ETag"]}])
    refused("InvalidArgument", [{"PartNumber": 10001, "ETag": parts[0]["ETag"]}])
    refused("MalformedXML", [])
    refused("NoSuchUpload", key="other")
    refused("NoSuchUpload", identifier="0" * 32)
    for number in 0, 10001:
        with pytest.raises(ClientError) as caught:
            s3.upload_part(Bucket=own_bucket, Key="mp", UploadId=upload, PartNumber=number, Body=b"x")
        assert code_of(caught) == "InvalidArgument"
    with pytest.raises(ClientError) as caught:
        s3.upload_part(Bucket=own_bucket, Key="other", UploadId=upload, PartNumber=1, Body=b"x")
    assert code_of(caught) == "NoSuchUpload"
    assert s3.list_objects_v2(Bucket=own_bucket)["KeyCount"] == 0

    # Completing twice gives the same answer twice; with other parts it is another question.
    first = complete(s3, own_bucket, upload, parts)
    second = complete(s3, own_bucket, upload, parts)
    assert first["ETag"] == second["ETag"]
    refused("NoSuchUpload", parts[:1])
    with pytest.raises(ClientError) as caught:
        s3.upload_part(Bucket=own_bucket, Key="mp", UploadId=upload, PartNumber=1, Body=b"x")
    assert code_of(caught) == "NoSuchUpload"
    assert s3.get_object(Bucket=own_bucket, Key="mp")["Body"].read() == part + b"tail"
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=own_bucket)


def test_small_parts_and_abort(s3, own_bucket):
    upload, parts = begin_upload(s3, own_bucket, [b"small", b"tail"])
    with pytest.raises(ClientError) as caught:
        complete(s3, own_bucket, upload, parts)
    assert code_of(caught) == "EntityTooSmall"
    with pytest.raises(ClientError) as caught:
        s3.delete_bucket(Bucket=own_bucket)
    assert code_of(caught) == "BucketNotEmpty"
    s3.abort_multipart_upload(Bucket=own_bucket, Key="mp", UploadId=upload)
    with pytest.raises(ClientError) as caught:
        complete(s3, own_bucket, upload, parts)
    assert (code_of(caught), status_of(caught)) == ("NoSuchUpload", 404)


def test_multipart_checksums(s3, own_bucket):
    bodies = [pattern(5 * MIB), b"tail"]
    digests = [hashlib.sha256(body).digest() for body in bodies]
    upload, parts = begin_upload(s3, own_bucket, bodies, ChecksumAlgorithm="SHA256")
    for part, digest in zip(parts, digests):
        part["ChecksumSHA256"] = base64.b64encode(digest).decode()
    wrong = [parts[0], dict(parts[1], ChecksumSHA256=parts[0]["ChecksumSHA256"])]
    with pytest.raises(ClientError) as caught:
        complete(s3, own_bucket, upload, wrong)
    assert code_of(caught) == "InvalidPart"
    done = complete(s3, own_bucket, upload, parts)
    composite = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode() + "-2"
    assert done["ChecksumSHA256"] == composite
    head = s3.head_object(Bucket=own_bucket, Key="mp", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (composite, "COMPOSITE")


def test_full_object_checksum(s3, own_bucket):
    bodies = [pattern(5 * MIB), b"tail"]
    crc = base64.b64encode(zlib.crc32(b"".join(bodies)).to_bytes(4, "big")).decode()
    upload, parts = begin_upload(s3, own_bucket, bodies, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    with pytest.raises(ClientError) as caught:
        complete(s3, own_bucket, upload, parts, ChecksumCRC32="AAAAAA==")
    assert code_of(caught) == "BadDigest"
    done = complete(s3, own_bucket, upload, parts, ChecksumCRC32=crc)
    assert done["ChecksumCRC32"] == crc
    got = s3.get_object(Bucket=own_bucket, Key="mp", ChecksumMode="ENABLED")
    assert got["Body"].read() == b"".join(bodies)


# --- presigned ---


def fetch_fails(url):
    try:
        urllib.request.urlopen(url).close()
    except urllib.error.HTTPError as error:
        return error.code
    return None


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned(engine, s3, own_bucket, version):
    client = engine.client("s3", signature_version=version)
    parameters = {"Bucket": own_bucket, "Key": "a b/\u00e4+~"}
    put = client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=60)
    assert ("X-Amz-Signature" in put) == (version == "s3v4")
    with urllib.request.urlopen(urllib.request.Request(put, data=b"hello", method="PUT", headers={"Content-Type": ""})) as reply:
        assert reply.status == 200
    get = client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=60)
    with urllib.request.urlopen(get) as reply:
        assert reply.read() == b"hello"

    for broken in get.replace("a%20b", "a%20c"), get + "&versionId=1", put:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(broken)
        assert caught.value.code == 403
    brief = client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=1)
    assert wait_for(lambda: fetch_fails(brief), 10, "the end of a URL's time") == 403
