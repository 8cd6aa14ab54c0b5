# SPDX-License-Identifier: GPL-3.0-or-later
"""P2: what was confirmed survives a power cut.

The engine writes to an ext4 image; at a random instant it is stopped and the image copied as the
disk would hold it, without what the kernel still had in memory. The copy is mounted, its journal
replayed, and every confirmed row looked for. A control that confirms without syncing must lose rows
on the same harness, or the harness sees nothing.
"""

import filecmp
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import botocore.exceptions
import pytest

from clients import Engine, stop_everything

CUTS = 12


class Disk:
    """An ext4 file system in an image in memory."""

    def __init__(self, root):
        self.image = root / "disk.img"
        self.mount_point = root / "disk"
        self.copy_point = root / "copy"
        self.mount_point.mkdir()
        self.copy_point.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(96 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-E", "nodiscard", self.image], check=True)
        subprocess.run(["mount", "-o", "loop", self.image, self.mount_point], check=True)

    def cut(self):
        """What the disk would hold after a power cut now, mounted. The kernel may write while it is
        copied; a copy that equals the disk afterwards is that of one instant."""
        copy = self.image.with_suffix(".copy")
        while True:
            shutil.copyfile(self.image, copy)
            if filecmp.cmp(self.image, copy, shallow=False):
                break
        subprocess.run(["mount", "-o", "loop", copy, self.copy_point], check=True)
        return self.copy_point

    def uncut(self):
        subprocess.run(["umount", self.copy_point], check=True)
        self.image.with_suffix(".copy").unlink()

    def close(self):
        subprocess.run(["umount", "-l", self.mount_point], check=True)


@pytest.fixture
def disk():
    root = Path("/dev/shm") / f"sagebrush-power-{os.getpid()}"
    root.mkdir()
    made = Disk(root)
    yield made
    stop_everything(root)
    made.close()
    shutil.rmtree(root, ignore_errors=True)


def write_until(engine, stop, number, confirmed):
    client = engine.client("sagemaker")
    s3 = engine.client("s3")
    for i in range(100000):
        if stop.is_set():
            return
        name = f"g-{number}-{i}"
        try:
            client.create_model_package_group(ModelPackageGroupName=name)
            confirmed.append(("group", name))
            s3.put_object(Bucket="power", Key=name, Body=name.encode() * 500)
            confirmed.append(("object", name))
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            return


def lost_after(copy, confirmed):
    """Opens the copy with an engine of its own and names what is not there or not whole."""
    engine = Engine(copy / "data")
    engine.log = Path("/dev/shm") / f"copy-{os.getpid()}.log"
    engine.start()
    try:
        pages = engine.client("sagemaker").get_paginator("list_model_package_groups").paginate()
        groups = {row["ModelPackageGroupName"] for page in pages
                  for row in page["ModelPackageGroupSummaryList"]}
        s3 = engine.client("s3")
        lost = []
        for kind, name in confirmed:
            if kind == "group" and name not in groups:
                lost.append(name)
            if kind == "object":
                body = s3.get_object(Bucket="power", Key=name)["Body"].read()
                if body != name.encode() * 500:
                    lost.append(name)
        return lost
    finally:
        engine.stop()
        stop_everything(copy)
        engine.log.unlink(missing_ok=True)


def test_nothing_confirmed_is_lost(disk):
    engine = Engine(disk.mount_point / "data")
    engine.log = disk.image.parent / "engine.log"
    engine.start()
    engine.client("s3").create_bucket(Bucket="power")
    confirmed, stop = [], threading.Event()
    writers = [threading.Thread(target=write_until, args=(engine, stop, n, confirmed))
               for n in range(3)]
    for writer in writers:
        writer.start()

    lost = []
    for _ in range(CUTS):
        time.sleep(random.uniform(0.05, 0.4))
        known = list(confirmed)  # confirmed before the cut
        os.kill(engine.process.pid, signal.SIGSTOP)
        copy = disk.cut()
        os.kill(engine.process.pid, signal.SIGCONT)
        try:
            lost += lost_after(copy, known)
        finally:
            disk.uncut()
        if lost or len(confirmed) > 4000:
            break

    stop.set()
    for writer in writers:
        writer.join()
    engine.stop()
    assert len(confirmed) > 20
    assert lost == []


def test_the_harness_sees_what_is_not_synced(disk):
    """The control: the same cuts on a database that confirms without waiting for the disk."""
    path = disk.mount_point / "control.db"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    database.execute("PRAGMA synchronous = NORMAL")
    lost = 0
    for cut in range(CUTS):
        for i in range(50):
            database.execute("INSERT INTO t VALUES (?)", (cut * 50 + i,))
        copy = disk.cut()
        try:
            survivor = sqlite3.connect(copy / "control.db")
            there = survivor.execute("SELECT count(*) FROM t").fetchone()[0]
            survivor.close()
        finally:
            disk.uncut()
        lost += max(0, (cut + 1) * 50 - there)
    database.close()
    assert lost > 0
