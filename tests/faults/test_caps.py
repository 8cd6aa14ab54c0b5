# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that take more than they may (F2, P11), each through the API: what passes its cap is ended
within two seconds and told which one it was, what can be slowed is slowed, and neither another job
nor a client of the engine comes to harm."""

import json
import os
import shutil
import statistics
import threading
import time

import pytest

from clients import ROLE, SKLEARN, SOURCE, wait_for, wait_for_job
from raw import exchange, request_bytes

GROUP = "/aws/sagemaker/ProcessingJobs"

# Each prints 'now' when it is about to pass its cap, or was just refused more.

MEMORY = """
kept = [bytearray(b'x') * (1 << 20) for _ in range(2000)]
print('now', flush=True)
while True:
    kept.append(bytearray(b'x') * (1 << 20))
"""

# A volume of 1 GB holds neither. Room is reserved, not written: the disk here need not be fast.
DISK = """
import os, time
for i in range(3):
    if i == 2:
        print('now', flush=True)
    with open(f'/opt/ml/processing/{i}', 'wb') as out:
        os.posix_fallocate(out.fileno(), 0, 500 << 20)
time.sleep(60)
"""

FILES = """
import os, time
for i in range(1_000_000):
    if i == 65536:
        print('now', flush=True)
    os.close(os.open(f'/opt/ml/processing/{i}', os.O_CREAT | os.O_WRONLY))
"""

THREADS = """
import threading, time
try:
    while True:
        threading.Thread(target=time.sleep, args=(60,)).start()
except RuntimeError:
    print('now', flush=True)
    time.sleep(60)
"""

FORKS = """
import os, time
while True:
    try:
        os.fork()
    except OSError:
        print('now', flush=True)
        time.sleep(0.01)
"""


def share_with(tmp_path, **instance):
    """The engine's data with a price book in which our instance type is another."""
    share = tmp_path / "share"
    shutil.copytree(SOURCE / "data", share)
    prices = json.loads((share / "instances.json").read_text())
    prices["instances"]["ml.m5.large"].update(instance)
    (share / "instances.json").write_text(json.dumps(prices))
    return str(share)


@pytest.fixture(scope="module")
def machine(engine_factory, tmp_path_factory):
    """An engine on which two jobs run at a time, each with a quarter of the processors."""
    share = share_with(tmp_path_factory.mktemp("caps"), vcpus=os.cpu_count() / 4, memory_gib=2)
    return engine_factory(start=False).start(SAGEBRUSH_DATADIR=share)


def shell(command):
    return {"ContainerEntrypoint": ["/bin/sh", "-c", command]}


def python(script):
    """No argument may hold a line break."""
    return {"ContainerEntrypoint": ["python3", "-c",
                                    "import sys; exec('\\n'.join(sys.argv[1:]))"],
            "ContainerArguments": [line for line in script.splitlines() if line]}


def start(engine, name, command):
    engine.client("sagemaker").create_processing_job(
        ProcessingJobName=name, RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, **command},
        ProcessingResources={"ClusterConfig": {
            "InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}})


def directory_of(engine, name):
    """Where the supervisor of a job has written."""
    for path in (engine.data_dir / "jobs" / "processing-job").glob("*/spec.json"):
        if json.loads(path.read_text())["name"] == name:
            return path.parent
    raise AssertionError(f"there is no directory of {name}")


def limits_of(engine):
    request = request_bytes("GET", "/sagebrush/v1/status", [("Host", "localhost")])
    return exchange(engine, request, engine.socket).json["limits"]


def lines_of(engine, name):
    return engine.client("logs").filter_log_events(
        logGroupName=GROUP, logStreamNamePrefix=f"{name}/")["events"]


class Client(threading.Thread):
    """Asks for something over and over and notes how long each answer took."""

    def __init__(self, engine, name):
        super().__init__()
        self.client = engine.client("sagemaker", read_timeout=20)
        self.name_of_job = name
        self.took = []
        self.quit = threading.Event()

    def run(self):
        while not self.quit.wait(0.02):
            before = time.monotonic()
            self.client.describe_processing_job(ProcessingJobName=self.name_of_job)
            self.took.append(time.monotonic() - before)

    def slow(self):
        """The time that one in a hundred answers took, or the worst of fewer."""
        return statistics.quantiles(self.took, n=100)[-1] if len(self.took) > 100 else max(self.took)


@pytest.fixture
def witness(machine, unique):
    """Another job, and a client, while the test runs: neither may suffer."""
    name = unique("witness")
    start(machine, name, shell("while :; do echo tick; sleep 0.05; done"))
    wait_for(lambda: lines_of(machine, name), 30, "the witness's first line")
    client = Client(machine, name)
    client.start()
    yield name
    wait_for(lambda: len(client.took) > 5 or not client.is_alive(), 30, "some answers")
    client.quit.set()
    client.join()
    assert len(client.took) > 5 and client.slow() < 1, sorted(client.took)[-5:]

    sagemaker = machine.client("sagemaker")
    assert sagemaker.describe_processing_job(
        ProcessingJobName=name)["ProcessingJobStatus"] == "InProgress"
    before = len(lines_of(machine, name))
    wait_for(lambda: len(lines_of(machine, name)) > before, 10, "the witness's next line")
    sagemaker.stop_processing_job(ProcessingJobName=name)
    wait_for_job(sagemaker, "processing", name)


@pytest.mark.parametrize("script, words", [
    (FORKS, "too many processes; 4096 may run at a time"),
    (THREADS, "too many processes; 4096 may run at a time"),
    (MEMORY, "out of memory; more than the 2 GiB"),
    (DISK, "out of disk; more than the 1 GiB"),
    (FILES, "too many files; a volume of this size holds 65536"),
], ids=["forks", "threads", "memory", "disk", "files"])
def test_what_passes_a_cap_is_ended(machine, unique, witness, script, words):
    name = unique("greedy")
    start(machine, name, python(script))
    done = wait_for_job(machine.client("sagemaker"), "processing", name)
    assert done["ProcessingJobStatus"] == "Failed"
    assert done["FailureReason"].startswith(f"ClientError: {words}"), done["FailureReason"]
    status = json.loads((directory_of(machine, name) / "status.json").read_text())
    # A job that is ended at once may take its last line along; its start is no later.
    breach = next((e["timestamp"] / 1e3 for e in lines_of(machine, name) if e["message"] == "now"),
                  status["started"] + 1)
    # Two seconds on a machine at rest; thousands of processes end later on one that is busy.
    assert status["ended"] - breach < 10


def test_a_spinning_job_gets_its_share(machine, unique, witness):
    """Of processor time there is no breach: four that spin get as much as their instance has."""
    name = unique("spinning")
    spin = "timeout 3 sh -c 'while :; do :; done' &"
    start(machine, name, shell(f"{spin} {spin} {spin} {spin} wait; times"))
    done = wait_for_job(machine.client("sagemaker"), "processing", name)
    assert done["ProcessingJobStatus"] == "Completed"
    if limits_of(machine).startswith("per job"):
        user = lines_of(machine, name)[-1]["message"].split()[0]  # of the children: "0m1.523s"
        minutes, seconds = user.rstrip("s").split("m")
        assert float(minutes) * 60 + float(seconds) < 1.5 * 3 * os.cpu_count() / 4


def test_a_flood_of_output_is_cut(machine, unique, witness):
    """A gigabyte a second and more; the job goes on, and the log says what it left out."""
    name = unique("noisy")
    start(machine, name, shell("timeout 3 yes $(printf %01000d); sleep 1; echo; echo 'and now this'"))
    done = wait_for_job(machine.client("sagemaker"), "processing", name)
    assert done["ProcessingJobStatus"] == "Completed"
    log = (directory_of(machine, name) / "log").read_bytes()
    assert len(log) < 80 << 20
    assert b" left out: they came too fast" in log
    assert log.endswith(b"\tand now this\n")


def test_status_tells_how_limits_are_kept(machine, engine_factory, tmp_path):
    """X26: the fallback is told, and keeps the limits that can be kept without the kernel's help."""
    kept = limits_of(machine)
    assert kept in ("per job (cgroup-v1)", "per job (cgroup-v2)") or kept.startswith("per process")

    engine = engine_factory(start=False).start(SAGEBRUSH_LIMITS="watched",
                                               SAGEBRUSH_DATADIR=share_with(tmp_path, memory_gib=0.25))
    assert limits_of(engine).startswith("per process (rlimits")
    start(engine, "watched", python("import time\n"
                                    "x = [b'x' * (1 << 20) for _ in range(1000)]; time.sleep(60)"))
    done = wait_for_job(engine.client("sagemaker"), "processing", "watched")
    assert done["FailureReason"].startswith("ClientError: out of memory; more than the 0.25 GiB")
    engine.stop()
