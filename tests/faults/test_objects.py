# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects under kills and failing disks: each is there whole or not at all.

The file comes first and the row that names it second, so whatever instant a kill finds, no row
names a file that is missing or half there.
"""

import glob
import os
import re
import shutil
import signal
import subprocess

import botocore.exceptions
import pytest

from clients import BUILD, Engine, stop_everything

FAULT = BUILD / "tests" / "faults" / "libsagebrush-fault.so"
FAILURES = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
ASAN = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
PART = b"p" * (5 << 20)


def faulty(setting):
    return {
        "LD_PRELOAD": str(FAULT),
        "SAGEBRUSH_FAULT": setting,
        "ASAN_OPTIONS": ASAN,
    }


def content(key, version):
    """What @key holds in its @version; its own name in it, so that no two are alike."""
    return f"{key} {version} ".encode() * 300


class Ledger:
    """What was confirmed, and what was under way when the answer did not come."""

    def __init__(self):
        self.confirmed = {}
        self.open = {}

    def work(self, engine, round_number):
        """Writes, overwrites, copies, deletes and uploads in parts until the first failure."""
        s3 = engine.client("s3", read_timeout=20)
        try:
            for i in range(4):
                self.put(s3, f"k{i}", content(f"k{i}", round_number))
            self.do("copy", self.confirmed["k0"], lambda: s3.copy_object(
                Bucket="faults", Key="copy", CopySource="faults/k0"))
            self.do("k3", None, lambda: s3.delete_object(Bucket="faults", Key="k3"))
            self.upload(s3, PART + content("mp", round_number))
        except FAILURES as error:
            return error
        return None

    def put(self, s3, key, body):
        self.do(key, body, lambda: s3.put_object(Bucket="faults", Key=key, Body=body))

    def upload(self, s3, body):
        upload = s3.create_multipart_upload(Bucket="faults", Key="mp")["UploadId"]
        parts = []
        for number, piece in enumerate((body[:len(PART)], body[len(PART):]), 1):
            etag = s3.upload_part(Bucket="faults", Key="mp", UploadId=upload, PartNumber=number, Body=piece)["ETag"]
            parts.append({"PartNumber": number, "ETag": etag})
        self.do("mp", body, lambda: s3.complete_multipart_upload(
            Bucket="faults", Key="mp", UploadId=upload, MultipartUpload={"Parts": parts}))

    def do(self, key, body, call):
        self.open = {key: body}
        call()
        self.confirmed[key] = body
        self.open = {}

    def check(self, engine, settle=True):
        """Every key holds what was confirmed, or what was under way, and all of it.

        A commit that was reported as failed may have reached the disk all the same, and then a
        restart finds it. So only a check after a restart settles what was under way.
        """
        s3 = engine.client("s3")
        found = {}
        for item in s3.list_objects_v2(Bucket="faults").get("Contents", []):
            body = s3.get_object(Bucket="faults", Key=item["Key"])["Body"].read()
            assert len(body) == item["Size"]
            found[item["Key"]] = body
        for key in set(self.confirmed) | set(self.open) | set(found):
            allowed = [self.confirmed.get(key)] + ([self.open[key]] if key in self.open else [])
            assert found.get(key) in allowed, key
            if settle:
                self.confirmed[key] = found.get(key)
        if settle:
            self.open = {}


@pytest.fixture
def engine(tmp_path):
    engine = Engine(tmp_path / "data").start()
    engine.client("s3").create_bucket(Bucket="faults")
    engine.stop()
    yield engine
    stop_everything(engine.data_dir)


SWEEPS = [("write", "objects/", 24), ("fsync", "objects/", 24), ("rename", "objects/", 12), ("fsync", "engine.db", 16)]


@pytest.mark.parametrize("call, where, last", SWEEPS)
def test_killed_at_every_call(engine, call, where, last):
    """X2, X4, X5, G13: a kill at the n-th write, sync or rename leaves whole objects only."""
    ledger = Ledger()
    hits = 0
    for n in range(1, last + 1):
        try:
            engine.start(**faulty(f"{call}:KILL:{n}:{where}"))
        except AssertionError:  # killed before it was ready
            hits += 1
            engine.process.wait()
        else:
            if ledger.work(engine, n) is not None:
                hits += 1
                assert engine.process.wait(timeout=20) == -9
                engine.process.stdout.close()
            else:
                engine.stop()
        engine.start()
        ledger.check(engine)
        engine.stop()
    assert hits >= 5, "the sweep must hit something, or it proves nothing"


@pytest.mark.parametrize("call, where, last", SWEEPS)
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_every_call_fails_once(engine, call, where, last, error):
    """X12: what fails is refused with 500 or 507 and leaves whole objects, at once and after a kill."""
    ledger = Ledger()
    hits = 0
    for n in range(1, last + 1, 3):
        try:
            engine.start(**faulty(f"{call}:{error}:{n}:{where}"))
        except AssertionError as refused:  # it may refuse to start, with a message
            assert "sagebrushd:" in str(refused)
            engine.process.wait()
            continue
        problem = ledger.work(engine, n)
        if problem is not None:
            hits += 1
            status = problem.response["ResponseMetadata"]["HTTPStatusCode"]
            assert status in ((507, 500) if error == "ENOSPC" else (500,)), problem
        ledger.check(engine, settle=False)
        engine.kill()
        engine.start()
        ledger.check(engine)
        engine.stop()
    assert hits >= 2, "the sweep must hit something, or it proves nothing"


def test_order_on_disk(engine):
    """X5: sync of the file, rename, sync of the directory, and only then the database."""
    assert shutil.which("strace"), "strace is missing"
    engine.start()
    log = engine.data_dir.parent / "strace.log"
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-o", log, "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,pwrite64",
         "-p", str(engine.process.pid)], stderr=subprocess.PIPE, text=True)
    assert "attached" in tracer.stderr.readline()
    body = b"ordered"
    s3 = engine.client("s3")
    s3.put_object(Bucket="faults", Key="k", Body=body)
    tracer.send_signal(signal.SIGINT)  # the leak checker cannot work while it is traced
    tracer.wait(timeout=30)
    tracer.stderr.close()
    engine.stop()

    events = []
    for line in log.read_text().splitlines():
        if re.search(r"fsync\(\d+<[^>]*/unfinished/", line):
            events.append("sync file")
        elif re.search(r"rename[^(]*\(.*/unfinished/.*/blobs/", line):
            events.append("rename")
        elif re.search(r"fsync\(\d+<[^>]*/blobs/[0-9a-f]{2}>", line):
            events.append("sync directory")
        elif re.search(r"f(data)?sync\(\d+<[^>]*engine\.db-wal>", line) and events:
            events.append("sync database")
    assert events[:4] == ["sync file", "rename", "sync directory", "sync database"], events


def test_orphans_are_collected(engine):
    """X4: a file that no row names goes after a day, one that a row names never."""
    engine.start()
    s3 = engine.client("s3")
    s3.put_object(Bucket="faults", Key="kept", Body=b"kept")
    blobs = next(engine.data_dir.rglob("blobs"))
    orphan = blobs / "ab" / ("ab" * 16)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"orphan")
    (kept,) = [path for path in blobs.rglob("*") if path.is_file() and path != orphan]
    engine.kill()
    engine.start()
    assert orphan.exists(), "a young file may belong to a write under way"
    engine.stop()

    (library,) = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    engine.start(LD_PRELOAD=library, FAKETIME="+2d", FAKETIME_DONT_FAKE_MONOTONIC="1",
                 DONT_FAKE_MONOTONIC="1", NO_FAKE_STAT="1", ASAN_OPTIONS=ASAN)
    engine.stop()
    assert not orphan.exists()
    assert kept.exists()
    engine.start()
    assert engine.client("s3").get_object(Bucket="faults", Key="kept")["Body"].read() == b"kept"
    engine.stop()
