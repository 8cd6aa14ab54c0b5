# SPDX-License-Identifier: GPL-3.0-or-later
"""What may happen to the engine as a whole: killed, frozen, without files, without a disk to write to,
with a database that is not what it left; and what may happen to what it has started."""

import fcntl
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import threading
import time
import uuid
from pathlib import Path

import botocore.exceptions
import pytest

from clients import BUILD, ROLE, SKLEARN, SOURCE, XGBOOST, Engine, stop_everything, wait_for, wait_for_job
from raw import Connection
from test_io import check_whole, create_groups, faulty, present

PROGRAM = BUILD / "src" / "programs" / "sagebrushd"
WHOLE_MACHINE = "ml.m5.24xlarge"  # and more


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


class Frozen:
    """An engine that stands still while jobs of it run and clients ask it for more."""

    def __init__(self, engine):
        self.engine = engine
        self.given_up = []  # what was asked for, and after how many seconds nobody waited any more
        job(engine, "before", "echo ran; sleep 3")
        wait_for(lambda: supervisors(engine), 20, "the start of the job")
        self.define("asked", "echo ran")
        self.define("going-on", "echo ran; sleep 3")
        self.going_on = engine.client("sagemaker").start_pipeline_execution(
            PipelineName="going-on")["PipelineExecutionArn"]
        wait_for(lambda: len(engine.client("sagemaker").list_processing_jobs()[
            "ProcessingJobSummaries"]) == 2, 20, "the step's job")

        engine.process.send_signal(signal.SIGSTOP)
        self.since = time.monotonic()
        self.asking = [threading.Thread(target=self.ask_for_job, args=(f"during-{i % 3}",))
                       for i in range(9)]
        self.asking += [threading.Thread(target=self.ask_for_execution) for _ in range(3)]
        for thread in self.asking:
            thread.start()

    def define(self, name, command):
        step = {"Name": "Only", "Type": "Processing", "Arguments": {
            "RoleArn": ROLE, "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": [
                "/bin/sh", "-c", command]},
            "ProcessingResources": {"ClusterConfig": {
                "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}}}}
        self.engine.client("sagemaker").create_pipeline(
            PipelineName=name, RoleArn=ROLE, ClientRequestToken=str(uuid.uuid4()),
            PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": [step]}))

    def give_up(self, what, call, **members):
        before = time.monotonic()
        try:
            call(**members)
        except botocore.exceptions.ReadTimeoutError:
            self.given_up.append((what, time.monotonic() - before))

    def ask_for_job(self, name):
        """One who does not wait for long."""
        self.give_up(name, self.engine.client("sagemaker", read_timeout=2).create_processing_job,
                     ProcessingJobName=name, RoleArn=ROLE,
                     AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/echo", "ran"]},
                     ProcessingResources={"ClusterConfig": {
                         "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}})

    def ask_for_execution(self):
        """One who tries again and again, as SDKs do."""
        sagemaker = self.engine.client("sagemaker", read_timeout=8, retries={"total_max_attempts": 3})
        self.give_up("asked", sagemaker.start_pipeline_execution, PipelineName="asked",
                     ClientRequestToken="0123456789abcdef0123456789abcdef")

    def thaw(self, seconds):
        """Lets it go on once it has stood still for so long."""
        for thread in self.asking:
            thread.join()
        time.sleep(max(0, self.since + seconds - time.monotonic()))
        self.engine.process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="module", autouse=True)
def frozen(request, engine_factory):
    """Stands still from the first test of this file on, whose last one thaws it: nobody waits for it."""
    if not any(test.name == "test_a_frozen_engine_starts_nothing_twice" for test in request.session.items):
        yield None
        return
    frozen = Frozen(engine_factory())
    yield frozen
    frozen.engine.process.send_signal(signal.SIGCONT)
    frozen.engine.stop()


# --- the process ---


def test_a_killed_engine_is_back_at_once(fresh_engine):
    """X1: no repair, no question."""
    engine = fresh_engine
    create_groups(engine, ["kept"])
    engine.kill()
    before = time.monotonic()
    engine.start()
    assert "kept" in present(engine)
    assert time.monotonic() - before < 20  # under sanitizers, on a busy machine; a repair would take longer


def test_a_stop_leaves_fifty_jobs_alone(fresh_engine):
    """X39: those that run and those that wait; the next engine brings all to their end."""
    engine = fresh_engine
    names = [f"many-{i}" for i in range(50)]
    for name in names:
        job(engine, name, "echo ran; sleep 0.2")
    wait_for(lambda: supervisors(engine), 20, "the first start")
    before = time.monotonic()
    assert engine.stop() == 0
    assert time.monotonic() - before < 15  # 5 on a machine with nothing else to do

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


def test_an_engine_that_spins_ends(fresh_engine):
    """X38: it says where each thread is, and the next one goes on. The kernel's signal is sent here at
    once; test-watchdog shows when the kernel sends it."""
    engine = fresh_engine
    job(engine, "lasts", "sleep 3")
    engine.process.send_signal(signal.SIGXCPU)
    assert engine.process.wait(timeout=30) == -signal.SIGABRT
    engine.process.stdout.close()
    said = engine.log.read_text()
    assert "without coming back" in said and re.search(r"thread \d+ eng-writer", said)
    engine.start()
    assert ended(engine, "lasts")["ProcessingJobStatus"] == "Completed"


def test_a_job_that_may_run_waits_for_nobody(fresh_engine):
    """X31: of many jobs that the engine finds at once, the first runs before the last has been told
    that it waits."""
    engine, count = fresh_engine, 120
    sagemaker = engine.client("sagemaker")
    sagemaker.create_processing_job(
        ProcessingJobName="first", RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": ["/bin/sleep", "1000"]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": WHOLE_MACHINE,
                                               "VolumeSizeInGB": 1}})
    wait_for(lambda: supervisors(engine), what="the job that holds the machine")
    for i in range(count):
        sagemaker.create_training_job(
            TrainingJobName=f"storm-{i}", RoleArn=ROLE,
            AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
            InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {
                "S3DataType": "S3Prefix", "S3Uri": "s3://nowhere/at/all"}}}],
            OutputDataConfig={"S3OutputPath": "s3://nowhere/models"},
            ResourceConfig={"InstanceType": WHOLE_MACHINE, "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 600})
    # One less is ahead of the others, of which they are told when they are looked at again.
    sagemaker.stop_training_job(TrainingJobName="storm-0")
    wait_for_job(sagemaker, "training", "storm-0")
    engine.kill()
    for pid in supervisors(engine):
        os.kill(pid, signal.SIGKILL)

    with sqlite3.connect(engine.data_dir / "engine.db") as database:
        before, = database.execute("SELECT max (seq) FROM event").fetchone()
    engine.start()

    def events(condition):
        with sqlite3.connect(f"file:{engine.data_dir}/engine.db?mode=ro", uri=True) as database:
            return [seq for seq, in database.execute(
                "SELECT seq FROM event WHERE seq > ? AND kind = 'training-job' AND " + condition,
                [before])]

    last = wait_for(lambda: events(f"name = 'storm-{count - 1}'"), what="the last to be told")[0]
    ran = wait_for(lambda: events("status = 'Failed'"), what="the first to have run")[0]
    assert ran < last


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
    assert statistics.median(took) < 0.5, sorted(took)
    engine.stop()
    stop_everything(engine.data_dir)


@pytest.mark.parametrize("how", ["deleted", "rotated", "cut off"])
def test_a_log_that_goes_away_is_followed_on(fresh_engine, how):
    """X28: the job writes a new one, and both the log and who follows it say that there is a gap."""
    engine = fresh_engine
    logs = engine.client("logs")
    job(engine, "talker", "seq 1 200; until [ -e /tmp/go ]; do sleep 0.05; done; seq 201 210")
    group = "/aws/sagemaker/ProcessingJobs"
    stream = wait_for(lambda: logs.describe_log_streams(
        logGroupName=group, logStreamNamePrefix="talker/")["logStreams"], 20, "a line")
    where = {"logGroupName": group, "logStreamName": stream[0]["logStreamName"]}

    def read(**members):
        reply = logs.get_log_events(**where, startFromHead=True, **members)
        return [event["message"] for event in reply["events"]], reply["nextForwardToken"]

    wait_for(lambda: "200" in read()[0], 20, "the first part")
    token = read()[1]
    log, = (engine.data_dir / "jobs").glob("*/*/log")
    if how == "deleted":
        log.unlink()
    elif how == "rotated":
        log.rename(log.with_suffix(".1"))
    else:
        os.truncate(log, 0)
    talker, = running("seq 1 200; until [ -e /tmp/go ]; do sleep 0.05; done; seq 201 210")[-1:]
    (Path(f"/proc/{talker}") / "root" / "tmp" / "go").touch()
    ended(engine, "talker")

    whole, _ = read()
    assert "taken away or cut off" in whole[0] and whole[1:] == [str(i) for i in range(201, 211)]
    followed, token = read(nextToken=token)
    assert "taken away or cut off while it was read" in followed[0] and followed[1:] == whole
    assert read(nextToken=token) == ([], token)


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


@pytest.mark.parametrize("name", ["engine.db-wal", "engine.db-shm", "engine.db"])
@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_database_that_loses_a_file_while_in_use(fresh_engine, name, replaced):
    """X16: no write goes where it would be lost, what was confirmed stays, and no new database comes
    in its place."""
    engine = fresh_engine
    assert create_groups(engine, [f"row-{i}" for i in range(20)])[1] is None
    path = engine.data_dir / name
    kept = path.rename(engine.data_dir / "kept")
    if replaced:
        shutil.copy(kept, path)
    done, error = create_groups(engine, ["during"])
    assert done == [] and error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert f"'{path}' was removed or replaced" in engine.log.read_text(errors="replace")
    assert path.exists() == replaced
    assert engine.process.poll() is None

    if name == "engine.db":  # it is the same file, so nothing was lost
        kept.rename(path)
        assert create_groups(engine, ["after"])[1] is None
    engine.stop()
    engine.start()
    assert present(engine) >= {f"row-{i}" for i in range(20)}
    assert create_groups(engine, ["later"])[1] is None
    engine.stop()
    check_whole(engine.data_dir)


@pytest.mark.parametrize("name", [".", "engine.db", "engine.db-wal", "engine.db-shm"])
def test_a_stranger_s_database_is_refused(fresh_engine, name):
    """X16: with what to do about it, and it is not touched, even by one who could."""
    engine = fresh_engine
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    assert create_groups(engine, ["row"])[1] is None
    engine.kill()
    path = engine.data_dir / name
    os.chown(path, 12345, -1)
    before = {file.name: file.read_bytes() for file in engine.data_dir.glob("engine.db*")}
    said = refused_start(engine.data_dir)
    assert f"'{path}' belongs to the user with the number 12345" in said and "chown" in said, said
    assert {file.name: file.read_bytes() for file in engine.data_dir.glob("engine.db*")} == before
    os.chown(path, os.geteuid(), -1)
    engine.start()
    assert present(engine) == {"row"}


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


def test_the_lock_of_a_killed_engine(fresh_engine):
    """A process that a killed engine was about to start may hold its lock a moment longer; an engine
    that lives keeps it."""
    fresh_engine.kill()
    held = os.open(fresh_engine.data_dir / "lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    releasing = threading.Timer(0.5, os.close, [held])
    releasing.start()
    fresh_engine.start()
    releasing.join()

    second = subprocess.run([PROGRAM, "--data-dir", fresh_engine.data_dir], capture_output=True,
                            text=True, timeout=30, check=False)
    assert second.returncode != 0
    assert f"Another engine (process {fresh_engine.process.pid}) already uses" in second.stderr


# --- and the one that has stood still all the while ---


def test_a_frozen_engine_starts_nothing_twice(frozen):
    """X8: clients give up while it stands still; when it goes on, what they asked for is done once, and
    what was under way is brought to its end."""
    engine = frozen.engine
    frozen.thaw(60)
    waited = dict(frozen.given_up)
    assert len(frozen.given_up) == 12 and set(waited) == {"during-0", "during-1", "during-2", "asked"}
    assert max(waited.values()) < 60, waited

    sagemaker = engine.client("sagemaker")
    for name in ("before", "during-0", "during-1", "during-2"):
        wait_for(lambda n=name: sagemaker.list_processing_jobs(NameContains=n)[
            "ProcessingJobSummaries"], 20, f"the row of {name}")
        assert ended(engine, name)["ProcessingJobStatus"] == "Completed"
        assert log_of(engine, name) == ["ran"]

    asked = wait_for(lambda: sagemaker.list_pipeline_executions(PipelineName="asked")[
        "PipelineExecutionSummaries"], 20, "the execution")
    arns = [row["PipelineExecutionArn"] for row in asked]
    assert len(arns) == 1
    for arn in [*arns, frozen.going_on]:
        wait_for(lambda a=arn: sagemaker.describe_pipeline_execution(PipelineExecutionArn=a)[
            "PipelineExecutionStatus"] == "Succeeded", 60, f"the end of {arn}")
        step, = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        assert step["AttemptCount"] == 1
    jobs = [row["ProcessingJobName"] for row in
            sagemaker.list_processing_jobs()["ProcessingJobSummaries"]]
    assert len(jobs) == 6
    assert [log_of(engine, name) for name in jobs] == [["ran"]] * 6
