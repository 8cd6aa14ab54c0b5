# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 through the real AWS command line."""

import os
import urllib.request

import pytest


@pytest.fixture
def own_bucket(s3, unique):
    name = unique("s3cli")
    s3.create_bucket(Bucket=name)
    return name


def test_make_list_remove(aws, unique):
    name = unique("cli-life")
    aws("s3", "mb", f"s3://{name}")
    assert name in aws("s3", "ls").stdout
    assert name in [b["Name"] for b in aws("s3api", "list-buckets").json["Buckets"]]
    aws("s3", "rb", f"s3://{name}")
    assert name not in aws("s3", "ls").stdout


def test_copy_list_remove(aws, own_bucket, tmp_path):
    small, big = tmp_path / "small.csv", tmp_path / "big.bin"
    small.write_text("a,b\n1,2\n")
    big.write_bytes(os.urandom(20 << 20))
    aws("s3", "cp", small, f"s3://{own_bucket}/in/small.csv")
    aws("s3", "cp", big, f"s3://{own_bucket}/in/big.bin")
    listed = aws("s3", "ls", f"s3://{own_bucket}/in/").stdout
    assert "small.csv" in listed and str(20 << 20) in listed
    assert "PRE in/" in aws("s3", "ls", f"s3://{own_bucket}").stdout

    aws("s3", "cp", f"s3://{own_bucket}/in/big.bin", f"s3://{own_bucket}/out/big.bin")
    aws("s3", "cp", f"s3://{own_bucket}/out/big.bin", tmp_path / "again.bin")
    assert (tmp_path / "again.bin").read_bytes() == big.read_bytes()
    assert aws("s3", "cp", f"s3://{own_bucket}/in/small.csv", "-").stdout == small.read_text()

    aws("s3", "mv", f"s3://{own_bucket}/in/small.csv", f"s3://{own_bucket}/moved.csv")
    aws("s3", "rm", "--recursive", f"s3://{own_bucket}/")
    assert aws("s3", "ls", "--recursive", f"s3://{own_bucket}", check=False).stdout == ""


def test_sync(aws, own_bucket, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    for i in range(12):
        file = source / f"d{i % 3}" / f"f {i}+\u00e4.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(i) * 100)
    aws("s3", "sync", source, f"s3://{own_bucket}/tree")
    assert aws("s3", "sync", source, f"s3://{own_bucket}/tree").stdout == ""
    aws("s3", "sync", f"s3://{own_bucket}/tree", target)
    found = {p.relative_to(target): p.read_text() for p in target.rglob("*") if p.is_file()}
    assert found == {p.relative_to(source): p.read_text() for p in source.rglob("*") if p.is_file()}
    assert len(found) == 12

    next(source.rglob("f 0+*")).unlink()
    aws("s3", "sync", "--delete", source, f"s3://{own_bucket}/tree")
    assert len(aws("s3", "ls", "--recursive", f"s3://{own_bucket}/tree/").stdout.splitlines()) == 11


def test_api_calls(aws, own_bucket, tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"123456789")
    put = aws("s3api", "put-object", "--bucket", own_bucket, "--key", "k", "--body", file).json
    assert put["ChecksumCRC64NVME"] == "rosUhgp5mIg="
    head = aws("s3api", "head-object", "--bucket", own_bucket, "--key", "k", "--checksum-mode", "ENABLED").json
    assert head["ChecksumCRC64NVME"] == "rosUhgp5mIg="
    aws("s3api", "get-object", "--bucket", own_bucket, "--key", "k", "--range", "bytes=2-4", tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == b"345"
    keys = aws("s3api", "list-objects-v2", "--bucket", own_bucket, "--query", "Contents[].Key").json
    assert keys == ["k"]
    assert aws("s3api", "get-bucket-location", "--bucket", own_bucket).json == {"LocationConstraint": None}
    missing = aws("s3api", "head-object", "--bucket", own_bucket, "--key", "none", check=False)
    assert missing.returncode == 254 and "404" in missing.stderr
    refused = aws("s3api", "get-bucket-acl", "--bucket", own_bucket, check=False)
    assert "NotImplemented" in refused.stderr


def test_presign(aws, own_bucket, tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"signed")
    aws("s3", "cp", file, f"s3://{own_bucket}/k")
    url = aws("s3", "presign", f"s3://{own_bucket}/k", "--expires-in", "60").stdout.strip()
    with urllib.request.urlopen(url) as reply:
        assert reply.read() == b"signed"
