# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that fails: at the n-th call, for ever after, or because it is full.

What a client was told is done must be there afterwards; what was refused must be refused clearly;
the database must stay whole; and the engine must work again when the disk does, without a restart.
"""

import os
import sqlite3
import subprocess
from pathlib import Path

import botocore.exceptions
import pytest

from clients import BUILD, ROLE, XGBOOST, Engine, stop_everything, wait_for

FAULT = BUILD / "tests" / "faults" / "libsagebrush-fault.so"


def faulty(setting, off=None):
    """The environment that preloads the fault library."""
    options = os.environ.get("ASAN_OPTIONS", "")
    env = {
        "LD_PRELOAD": str(FAULT),
        "SAGEBRUSH_FAULT": setting,
        "ASAN_OPTIONS": options + ":verify_asan_link_order=0",
    }
    if off:
        env["SAGEBRUSH_FAULT_OFF"] = str(off)
    return env


def create_groups(engine, names):
    """Creates model package groups until the first failure; returns those that were confirmed."""
    client = engine.client("sagemaker", read_timeout=20)
    confirmed, error = [], None
    for name in names:
        try:
            client.create_model_package_group(ModelPackageGroupName=name)
            confirmed.append(name)
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as problem:
            error = problem
            break
    return confirmed, error


def present(engine):
    pages = engine.client("sagemaker").get_paginator("list_model_package_groups").paginate()
    return {row["ModelPackageGroupName"] for page in pages
            for row in page["ModelPackageGroupSummaryList"]}


def check_whole(data_dir):
    database = sqlite3.connect(f"file:{data_dir}/engine.db?mode=ro", uri=True)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_killed_at_every_call(call, tmp_path):
    """P1: a kill at the n-th write or sync of the database loses nothing that was confirmed."""
    engine = Engine(tmp_path / "data").start()
    confirmed = []
    engine.stop()

    hits = 0
    for n in range(1, 26):
        try:
            engine.start(**faulty(f"{call}:KILL:{n}:engine.db"))
        except AssertionError:  # killed before it was ready
            hits += 1
            engine.process.wait()
            continue
        done, error = create_groups(engine, [f"{call}-{n}-{i}" for i in range(8)])
        confirmed += done
        if error is not None:
            assert engine.process.wait(timeout=20) == -9
            hits += 1
            engine.process.stdout.close()
        else:
            engine.stop()

    assert hits >= 5, "the sweep must hit something, or it proves nothing"
    engine.start()
    missing = set(confirmed) - present(engine)
    engine.stop()
    assert not missing
    check_whole(engine.data_dir)
    stop_everything(engine.data_dir)


@pytest.mark.parametrize("setting", ["write:ENOSPC:-1", "write:EDQUOT:-1", "write:EIO:-1",
                                     "fsync:EIO:-1"])
def test_failing_disk(setting, tmp_path):
    """P3, X12: the call fails with a reason, nothing confirmed is lost, and it heals by itself."""
    off = tmp_path / "off"
    off.touch()
    engine = Engine(tmp_path / "data").start(**faulty(f"{setting}:engine.db", off))
    before, error = create_groups(engine, ["before-1", "before-2"])
    assert error is None

    off.unlink()
    done, error = create_groups(engine, ["during-1"])
    assert done == []
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status == (500 if "EIO" in setting else 507), error
    assert engine.process.poll() is None, "the engine must live on"
    assert present(engine) >= set(before), "reading still works"

    off.touch()
    after = wait_for(lambda: create_groups(engine, ["after-1"])[0], 10, "recovery without a restart")
    wanted = set(before) | set(after)
    assert present(engine) >= wanted
    engine.kill()
    check_whole(engine.data_dir)
    engine.start()
    assert present(engine) >= wanted
    engine.stop()
    stop_everything(engine.data_dir)


def test_every_call_fails_once(tmp_path):
    """Each single write or sync that fails is survived, wherever it falls."""
    engine = Engine(tmp_path / "data").start()
    engine.stop()
    confirmed = []
    for n in range(1, 13):
        for call in ("write", "fsync"):
            try:
                engine.start(**faulty(f"{call}:EIO:{n}:engine.db"))
            except AssertionError as refused:  # it may refuse to start, with a message
                assert "sagebrushd:" in str(refused)
                engine.process.wait()
                continue
            for i in range(6):
                confirmed += create_groups(engine, [f"once-{call}-{n}-{i}"])[0]
            engine.stop()
    engine.start()
    assert set(confirmed) <= present(engine)
    assert len(confirmed) > 50
    engine.stop()
    check_whole(engine.data_dir)
    stop_everything(engine.data_dir)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB."""
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", mount], check=True)
    yield mount
    stop_everything(mount)
    subprocess.run(["umount", "-l", mount], check=True)


def test_full_disk(small_disk):
    """X11: uploads and creates on a full disk fail with 507, and all is well when space returns."""
    engine = Engine(small_disk / "data")
    engine.log = small_disk.parent / "engine.log"
    engine.start()
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="full-disk")
    s3.put_object(Bucket="full-disk", Key="kept", Body=b"kept")
    confirmed, _ = create_groups(engine, ["kept-group"])
    reserve = small_disk / "reserve"
    reserve.write_bytes(b"x" * (4 << 20))

    with pytest.raises(botocore.exceptions.ClientError) as error:
        for i in range(20):
            s3.put_object(Bucket="full-disk", Key=f"big-{i}", Body=os.urandom(4 << 20))
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 507

    filler = small_disk / "filler"
    with open(filler, "wb") as out:  # the last bytes too
        try:
            while True:
                out.write(b"x" * 4096)
                out.flush()
        except OSError:
            pass
    refused = None
    for i in range(200):
        done, refused = create_groups(engine, [f"full-{i}"])
        confirmed += done
        if refused:
            break
    assert refused is not None
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 507, refused

    filler.unlink()
    reserve.unlink()
    wait_for(lambda: create_groups(engine, ["again"])[0], 10, "recovery without a restart")
    assert s3.get_object(Bucket="full-disk", Key="kept")["Body"].read() == b"kept"
    for item in s3.list_objects_v2(Bucket="full-disk")["Contents"]:
        assert s3.get_object(Bucket="full-disk", Key=item["Key"])["ResponseMetadata"]
    assert set(confirmed) <= present(engine)
    engine.stop()
    check_whole(engine.data_dir)


def test_second_engine_is_refused(fresh_engine):
    """X17: the message names the process and the directory."""
    second = subprocess.run(
        [BUILD / "src/programs/sagebrushd", "--data-dir", fresh_engine.data_dir],
        capture_output=True, text=True, timeout=30,
        env=dict(os.environ, SAGEBRUSH_DATADIR=str(Path(__file__).parents[2] / "data"),
                 SAGEBRUSH_LIBEXECDIR=str(BUILD / "src/programs")))
    assert second.returncode == 2
    assert str(fresh_engine.pid) in second.stderr and str(fresh_engine.data_dir) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    assert fresh_engine.client("sagemaker").list_models()["Models"] == []


def test_damaged_object_is_never_served(fresh_engine):
    """P4: one flipped byte in an artifact, and GET fails instead of answering it."""
    s3 = fresh_engine.client("s3")
    s3.create_bucket(Bucket="damage")
    s3.put_object(Bucket="damage", Key="artifact", Body=b"A" * 10000)
    blobs = [path for path in (fresh_engine.data_dir / "objects").rglob("*")
             if path.is_file() and path.stat().st_size == 10000]
    assert len(blobs) == 1
    blobs[0].chmod(0o600)
    with open(blobs[0], "r+b") as blob:
        blob.seek(5000)
        blob.write(b"B")
    with pytest.raises(botocore.exceptions.ClientError) as error:
        s3.get_object(Bucket="damage", Key="artifact")["Body"].read()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_clean_stop_leaves_jobs_running(fresh_engine):
    """SIGTERM ends the engine within 5 s; the job goes on and the next engine adopts it (P6)."""
    sagemaker = fresh_engine.client("sagemaker")
    sagemaker.create_processing_job(
        ProcessingJobName="long", RoleArn=ROLE,
        AppSpecification={"ImageUri": XGBOOST,
                          "ContainerEntrypoint": ["/bin/sh", "-c", "echo one; sleep 6; echo two; exit 7"]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium",
                                               "VolumeSizeInGB": 1}})
    logs = list(wait_for(lambda: list((fresh_engine.data_dir / "jobs").rglob("log")), 20, "the log"))
    wait_for(lambda: b"one" in logs[0].read_bytes(), 20, "the first line")
    assert fresh_engine.stop() == 0
    fresh_engine.start()
    sagemaker = fresh_engine.client("sagemaker")

    def ended():
        description = sagemaker.describe_processing_job(ProcessingJobName="long")
        return description if description["ProcessingJobStatus"] != "InProgress" else None

    description = wait_for(ended, 30, "the adopted job's end")
    assert description["ProcessingJobStatus"] == "Failed"
    assert "exit code: 7" in description["FailureReason"]
    assert logs[0].read_bytes().count(b"\ttwo") == 1


def test_killed_engine_records_what_ended_meanwhile(fresh_engine):
    """P6, X3: a job that ends while no engine runs is recorded by the next one, once."""
    sagemaker = fresh_engine.client("sagemaker")
    sagemaker.create_processing_job(
        ProcessingJobName="brief", RoleArn=ROLE,
        AppSpecification={"ImageUri": XGBOOST,
                          "ContainerEntrypoint": ["/bin/sh", "-c", "echo one; sleep 1; exit 42"]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium",
                                               "VolumeSizeInGB": 1}})
    logs = list(wait_for(lambda: list((fresh_engine.data_dir / "jobs").rglob("log")), 20, "the log"))
    wait_for(lambda: b"one" in logs[0].read_bytes(), 20, "the first line")
    fresh_engine.kill()
    status = logs[0].parent / "status.json"
    wait_for(lambda: b"exited" in status.read_bytes().lower(), 20, "the job's end")
    fresh_engine.start()
    sagemaker = fresh_engine.client("sagemaker")

    def ended():
        description = sagemaker.describe_processing_job(ProcessingJobName="brief")
        return description if description["ProcessingJobStatus"] == "Failed" else None

    assert "exit code: 42" in wait_for(ended, 10, "the record")["FailureReason"]
