# SPDX-License-Identifier: GPL-3.0-or-later
"""What may happen to the engine as a whole: killed, frozen, without files, without a disk to write to,
with a database that is not what it left; and what may happen to what it has started."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import uuid
from pathlib import Path

import botocore.exceptions
import pytest

from clients import BUILD, ROLE, SKLEARN, SOURCE, Engine, stop_everything, wait_for, wait_for_job
from raw import Connection
from test_io import check_whole, create_groups, faulty, present

PROGRAM = BUILD / "src" / "programs" / "sagebrushd"


def job(engine, name, command, **extra):
    engine.client("sagemaker", read_timeout=10).create_processing_job(
        ProcessingJobName=name, RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/sh", "-c", command]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.medium",
                                               "VolumeSizeInGB": 1}}, **extra)


def ended(engine, name):
    return wait_for_job(engine.client("sagemaker"), "processing", name)


def running(text):
    """Processes with that among their arguments."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if text.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:
                pass
    return found


def supervisors(engine):
    """The supervisors of jobs that run, by their locks."""
    found = []
    for lock in (engine.data_dir / "jobs").glob("*/*/lock"):
        pid = int(lock.read_text() or 0)
        if pid and Path(f"/proc/{pid}").exists():
            found.append(pid)
    return found


def log_of(engine, name):
    """The lines that the job printed."""
    events = engine.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix=f"{name}/")["events"]
    return [event["message"] for event in events]


def refused_start(data_dir, **env):
    """What an engine says that does not start."""
    done = subprocess.run(
        [PROGRAM, "--data-dir", data_dir], capture_output=True, text=True, timeout=60,
        env=dict(os.environ, SAGEBRUSH_DATADIR=str(SOURCE / "data"),
                 SAGEBRUSH_LIBEXECDIR=str(PROGRAM.parent), **env))
    assert done.returncode == 2, done
    return done.stderr


# --- the process ---


def test_a_killed_engine_is_back_at_once(fresh_engine):
    """X1: no repair, no question."""
    engine = fresh_engine
    create_groups(engine, ["kept"])
    engine.kill()
    before = time.monotonic()
    engine.start()
    assert "kept" in present(engine)
    assert time.monotonic() - before < 2


def test_a_frozen_engine_starts_nothing_twice(fresh_engine):
    """X8: clients give up while it stands still; when it goes on, what they asked for is done once."""
    engine = fresh_engine
    job(engine, "before", "echo ran; sleep 3")
    wait_for(lambda: supervisors(engine), 20, "the start of the job")

    engine.process.send_signal(signal.SIGSTOP)
    timeouts = []

    def ask(name):
        before = time.monotonic()
        try:
            engine.client("sagemaker", read_timeout=2).create_processing_job(
                ProcessingJobName=name, RoleArn=ROLE,
                AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/echo", "ran"]},
                ProcessingResources={"ClusterConfig": {
                    "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}})
        except botocore.exceptions.ReadTimeoutError:
            timeouts.append(time.monotonic() - before)

    threads = [threading.Thread(target=ask, args=(f"during-{i % 3}",)) for i in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(timeouts) == 9 and max(timeouts) < 10
    time.sleep(3)  # the first job ends meanwhile
    engine.process.send_signal(signal.SIGCONT)

    for name in ("before", "during-0", "during-1", "during-2"):
        wait_for(lambda n=name: engine.client("sagemaker").list_processing_jobs(NameContains=n)[
            "ProcessingJobSummaries"], 20, f"the row of {name}")
        assert ended(engine, name)["ProcessingJobStatus"] == "Completed"
        assert log_of(engine, name) == ["ran"]


def test_a_stop_leaves_fifty_jobs_alone(fresh_engine):
    """X39: those that run and those that wait; the next engine brings all to their end."""
    engine = fresh_engine
    names = [f"many-{i}" for i in range(50)]
    for name in names:
        job(engine, name, "echo ran; sleep 0.2")
    wait_for(lambda: supervisors(engine), 20, "the first start")
    before = time.monotonic()
    assert engine.stop() == 0
    assert time.monotonic() - before < 5

    engine.start()
    for name in names:
        assert ended(engine, name)["ProcessingJobStatus"] == "Completed"
        assert log_of(engine, name) == ["ran"]


def test_all_is_gone_as_after_a_reboot(fresh_engine):
    """X9: the engine, what it started and its sockets; a job that ran is told lost, one that waited
    runs, and the numbers of processes that are others' by now mean nothing."""
    engine = fresh_engine
    job(engine, "ran", "sleep 100", StoppingCondition={"MaxRuntimeInSeconds": 200})
    wait_for(lambda: supervisors(engine), 20, "the start of the job")
    job(engine, "waited-1", "sleep 100")
    job(engine, "waited-2", "echo hello")
    engine.kill()
    stop_everything(engine.data_dir)
    for left in engine.data_dir.rglob("*.sock"):
        left.unlink()
    for lock in (engine.data_dir / "jobs").glob("*/*/lock"):
        lock.write_text(f"{os.getpid()}\n")

    engine.start()
    sagemaker = engine.client("sagemaker")
    done = ended(engine, "ran")
    assert done["ProcessingJobStatus"] == "Failed"
    assert done["FailureReason"].startswith("InternalServerError: the job's supervisor ended")
    for name in ("waited-1", "waited-2"):
        if sagemaker.describe_processing_job(ProcessingJobName=name)["ProcessingJobStatus"] in (
                "InProgress", "Stopping") and name == "waited-1":
            sagemaker.stop_processing_job(ProcessingJobName=name)
        assert ended(engine, name)["ProcessingJobStatus"] in ("Completed", "Stopped", "Failed")
    assert create_groups(engine, ["after"])[1] is None


# --- what it has started ---


def test_a_killed_supervisor_takes_its_job_along(fresh_engine):
    """X6: nothing of the job stays, and the job is told lost."""
    engine = fresh_engine
    mark = f"1000{os.getpid()}"
    job(engine, "orphaned", f"sleep {mark} & (setsid sleep {mark} &) ; sleep {mark}")
    wait_for(lambda: len(running(mark)) == 3, 20, "the job's processes")
    (pid,) = supervisors(engine)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not running(mark), 5, "the end of all of them")
    done = ended(engine, "orphaned")
    assert done["ProcessingJobStatus"] == "Failed"
    assert done["FailureReason"].startswith("InternalServerError: the job's supervisor ended")


def test_a_lost_step_is_tried_again(fresh_engine):
    """X6: by its policy, and the second attempt is the one that counts."""
    engine = fresh_engine
    sagemaker = engine.client("sagemaker")
    step = {"Name": "Once", "Type": "Processing",
            "RetryPolicies": [{"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"],
                               "IntervalSeconds": 1, "MaxAttempts": 3}],
            "Arguments": {
                "RoleArn": ROLE,
                "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": [
                    "/bin/sh", "-c", "echo ran; sleep 2"]},
                "ProcessingResources": {"ClusterConfig": {
                    "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}}}
    sagemaker.create_pipeline(PipelineName="lost", RoleArn=ROLE,
                              PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": [step]}),
                              ClientRequestToken=str(uuid.uuid4()))
    arn = sagemaker.start_pipeline_execution(PipelineName="lost")["PipelineExecutionArn"]
    (pid,) = wait_for(lambda: supervisors(engine), 20, "the step's job")
    os.kill(pid, signal.SIGKILL)  # it may be starting still: lost as well

    def over():
        found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return found if found["PipelineExecutionStatus"] != "Executing" else None

    assert wait_for(over, 60, "the end of the execution")["PipelineExecutionStatus"] == "Succeeded"
    jobs = sagemaker.list_processing_jobs()["ProcessingJobSummaries"]
    assert sorted(j["ProcessingJobStatus"] for j in jobs) == ["Completed", "Failed"]


def test_a_job_that_ends_is_told_once(fresh_engine):
    """X3: whatever kills the engine between the end and its record."""
    engine = fresh_engine
    for point in ("job-before-collect", "job-before-finish", "job-after-finish"):
        engine.stop()
        engine.start(SAGEBRUSH_FAILPOINT=f"{point}:kill:1")
        try:
            job(engine, point, "echo ran; exit 3")
        except botocore.exceptions.BotoCoreError:
            pass
        assert engine.process.wait(timeout=30) == -9
        engine.process.stdout.close()
        engine.start()
        assert ended(engine, point)["ProcessingJobStatus"] == "Failed"
        assert log_of(engine, point) == ["ran"]
        database = sqlite3.connect(f"file:{engine.data_dir}/engine.db?mode=ro", uri=True)
        assert database.execute("SELECT count (*) FROM event WHERE name = ? AND status = 'Failed'",
                                [point]).fetchone() == (1,)
        database.close()


def test_memory_is_taken_from_jobs_first(fresh_engine):
    """X24: what the kernel ends when the machine runs out of it; the engine is spared where that may be
    asked for."""
    engine = fresh_engine
    job(engine, "score", "cat /proc/self/oom_score_adj")
    ended(engine, "score")
    assert log_of(engine, "score") == ["500"]
    status = Path(f"/proc/{engine.process.pid}/status").read_text()
    may_ask = int(re.search(r"CapEff:\s+(\w+)", status)[1], 16) >> 24 & 1  # CAP_SYS_RESOURCE
    score = int(Path(f"/proc/{engine.process.pid}/oom_score_adj").read_text())
    assert score == (-500 if may_ask else 0)


# --- what it needs ---


def test_without_a_sandbox_no_job_runs(fresh_engine, tmp_path):
    """X25: bubblewrap is not there: said in the status and by each job, and nothing runs bare."""
    engine = fresh_engine
    engine.stop()
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "true"):
        (tools / name).symlink_to(shutil.which(name))
    engine.start(PATH=str(tools))
    mark = tmp_path / "mark"
    job(engine, "bare", f"touch {mark}")
    done = ended(engine, "bare")
    assert done["ProcessingJobStatus"] == "Failed"
    assert "no 'bwrap' is installed" in done["FailureReason"]
    assert not mark.exists()


def test_out_of_files(tmp_path):
    """X13: connections beyond what it may have are refused or wait, and it recovers by itself."""
    engine = Engine(tmp_path / "data").start()
    subprocess.run(["prlimit", f"--pid={engine.process.pid}", "--nofile=64:64"], check=True)
    assert create_groups(engine, ["before"])[1] is None

    held = [Connection(engine, seconds=1) for _ in range(60)]
    create_groups(engine, ["during"])  # whatever comes of it
    assert engine.process.poll() is None
    for connection in held:
        connection.socket.close()
    wait_for(lambda: create_groups(engine, [f"after-{time.monotonic_ns()}"])[0], 20, "its recovery")
    assert "before" in present(engine)
    assert engine.stop() == 0
    check_whole(engine.data_dir)
    stop_everything(engine.data_dir)


def test_a_disk_that_turns_read_only(tmp_path):
    """X13: as ext4 does on an error. Reading goes on, writing says why not, and both heal."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", mount], check=True)
    try:
        engine = Engine(mount / "data")
        engine.log = tmp_path / "engine.log"
        engine.start()
        assert create_groups(engine, ["before"])[1] is None
        off = tmp_path / "off"
        off.touch()
        engine.stop()
        engine.start(**faulty("write:EROFS:-1:engine.db", off))
        off.unlink()
        done, error = create_groups(engine, ["during"])
        assert done == [] and error.response["ResponseMetadata"]["HTTPStatusCode"] in (500, 507)
        assert "before" in present(engine)
        off.touch()
        wait_for(lambda: create_groups(engine, ["after"])[0], 10, "recovery without a restart")
        assert engine.stop() == 0
        check_whole(engine.data_dir)
    finally:
        stop_everything(mount)
        subprocess.run(["umount", "-l", mount], check=True)


def test_a_slow_disk_holds_up_writers_only(tmp_path):
    """X14: each sync of the database takes a second; who reads waits for none of them."""
    engine = Engine(tmp_path / "data").start(**faulty("fsync:SLEEP:-1:engine.db"))
    assert create_groups(engine, ["first"])[1] is None
    quit = threading.Event()

    def write():
        number = 0
        while not quit.is_set():
            create_groups(engine, [f"slow-{number}"])
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    took = []
    for _ in range(40):
        before = time.monotonic()
        assert "first" in present(engine)
        took.append(time.monotonic() - before)
    quit.set()
    writer.join()
    assert max(took) < 0.9, sorted(took)[-3:]
    engine.stop()
    stop_everything(engine.data_dir)


# --- a database that is not what it left ---


def stopped_with_rows(engine, count):
    assert create_groups(engine, [f"row-{i}" for i in range(count)])[1] is None
    job(engine, "job", "true")
    ended(engine, "job")
    engine.stop()
    return engine.data_dir / "engine.db"


@pytest.mark.parametrize("damage", ["truncated", "zeroed pages", "empty", "another's bytes"])
def test_a_damaged_database_is_refused_by_name(fresh_engine, damage):
    """X15: with what to do about it, and nothing is made up in its place."""
    path = stopped_with_rows(fresh_engine, 200)
    size = path.stat().st_size
    if damage == "truncated":
        os.truncate(path, size // 2 // 4096 * 4096)
    elif damage == "zeroed pages":
        with open(path, "r+b") as database:
            for page in range(1, size // 4096, 3):
                database.seek(page * 4096)
                database.write(bytes(4096))
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.write_bytes(b"not a database at all" * 1000)
    before = path.read_bytes()
    said = refused_start(fresh_engine.data_dir)
    assert f"The database '{path}' is " in said, said
    assert "estore it from a backup" in said and len(said.splitlines()) == 1
    assert path.read_bytes() == before


def test_a_lost_database_is_not_made_anew(fresh_engine):
    """X16: what else there is would be orphaned."""
    path = stopped_with_rows(fresh_engine, 3)
    kept = path.rename(path.with_suffix(".kept"))
    said = refused_start(fresh_engine.data_dir)
    assert f"The database '{path}' is missing" in said and "move" in said
    assert not path.exists()
    kept.rename(path)
    fresh_engine.start()
    assert present(fresh_engine) == {"row-0", "row-1", "row-2"}


def test_a_lost_write_ahead_log(fresh_engine):
    """X16: what only stood there is gone, the rest is whole, and it works on."""
    engine = fresh_engine
    assert create_groups(engine, ["first"])[1] is None
    engine.stop()
    engine.start()
    create_groups(engine, [f"more-{i}" for i in range(20)])
    engine.kill()
    for left in engine.data_dir.glob("engine.db-*"):
        left.unlink()
    engine.start()
    assert "first" in present(engine)
    assert create_groups(engine, ["after"])[1] is None
    engine.stop()
    check_whole(engine.data_dir)


def test_an_unknown_status_hides_nothing_else(fresh_engine):
    """X36: a row edited by hand."""
    stopped_with_rows(fresh_engine, 2)
    database = sqlite3.connect(fresh_engine.data_dir / "engine.db")
    with database:
        assert database.execute("UPDATE resource SET status = 'Sideways' WHERE name = 'job'").rowcount
    database.close()
    fresh_engine.start()
    sagemaker = fresh_engine.client("sagemaker")
    job(fresh_engine, "fine", "true")
    assert ended(fresh_engine, "fine")["ProcessingJobStatus"] == "Completed"
    names = [row["ProcessingJobName"] for row in
             sagemaker.list_processing_jobs()["ProcessingJobSummaries"]]
    assert "fine" in names
    assert present(fresh_engine) == {"row-0", "row-1"}


# --- too much at once ---


def test_a_storm_of_executions(fresh_engine):
    """X31: all due at once. Calls are answered meanwhile, and they begin in the order they came."""
    engine = fresh_engine
    sagemaker = engine.client("sagemaker")
    steps = [{"Name": "Only", "Type": "Condition",
              "Arguments": {"Conditions": [{"Type": "Equals", "LeftValue": 1, "RightValue": 1}],
                            "IfSteps": [], "ElseSteps": []}}]
    sagemaker.create_pipeline(PipelineName="storm", RoleArn=ROLE,
                              PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": steps}),
                              ClientRequestToken=str(uuid.uuid4()))
    took, started = [], []
    for i in range(300):
        before = time.monotonic()
        started.append(sagemaker.start_pipeline_execution(
            PipelineName="storm", PipelineExecutionDisplayName=f"e{i}")["PipelineExecutionArn"])
        took.append(time.monotonic() - before)

    def states():
        pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName="storm")
        return [row["PipelineExecutionStatus"] for page in pages
                for row in page["PipelineExecutionSummaries"]]

    wait_for(lambda: states().count("Succeeded") == len(started), 120, "the end of all")
    assert sorted(took)[int(len(took) * 0.99)] < 0.5, sorted(took)[-5:]
