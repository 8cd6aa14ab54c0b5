# SPDX-License-Identifier: GPL-3.0-or-later
"""A real engine, and real clients against it: the fixtures of the API and fault tests."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["SAGEBRUSH_BUILD"])
PROGRAMS = BUILD / "src" / "programs"

ROLE = "arn:aws:iam::000000000000:role/SagebrushExecution"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def wait_for(condition, seconds=60, what="the condition"):
    """Polls until condition() is true and returns its value; fails after a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.02)


class Engine:
    """One sagebrushd on a directory of its own. It can be killed and started again."""

    def __init__(self, data_dir, *options):
        self.data_dir = Path(data_dir)
        self.options = options
        self.process = None
        self.ended = False  # by the test
        self.ready = None
        self.log = self.data_dir.parent / (self.data_dir.name + ".log")

    def start(self, **extra_env):
        env = {
            **os.environ,
            "SAGEBRUSH_LIBEXECDIR": str(PROGRAMS),
            "SAGEBRUSH_DATADIR": str(SOURCE / "data"),
            **extra_env,
        }
        port = self.ready["endpoint_url"].rsplit(":", 1)[1] if self.ready else "0"
        self.ended = False
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                # a kernel that nobody wants yet would take the processors from who is tested
                [PROGRAMS / "sagebrushd", "--data-dir", self.data_dir, "--port", port,
                 "--kernel-standby", "0", *self.options],
                stdout=subprocess.PIPE,
                stderr=log,
                env=env,
                text=True,
            )
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"sagebrushd did not start: {self.log.read_text()[-4000:]}")
        self.ready = json.loads(line)
        return self

    def tell_if_gone(self):
        """Shows beside a failed test how an engine ended that nobody has ended."""
        code = self.process.poll() if self.process else None
        if code is not None and not self.ended:
            print(f"sagebrushd has ended with {code}: {self.log.read_text(errors='replace')[-4000:]}")

    def kill(self):
        """kill -9, as the fault tests do."""
        self.ended = True
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """A clean stop. Returns the exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.ended = True
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code

    def check(self):
        """Fails if a sanitizer or a critical warning spoke."""
        text = self.log.read_text(errors="replace")
        assert not re.search(r"ERROR: (Address|Leak)Sanitizer|runtime error:|CRITICAL", text), text[-8000:]

    def __getattr__(self, name):
        try:
            return self.__dict__["ready"][name]
        except (KeyError, TypeError):
            raise AttributeError(name) from None

    @property
    def env(self):
        """What a user's shell holds after `sagebrushctl env`."""
        return dict(
            os.environ,
            AWS_ENDPOINT_URL=self.endpoint_url,
            AWS_ACCESS_KEY_ID=self.access_key_id,
            AWS_SECRET_ACCESS_KEY=self.secret_access_key,
            AWS_DEFAULT_REGION=self.region,
            AWS_REGION=self.region,
            AWS_EC2_METADATA_DISABLED="true",
            AWS_PAGER="",
        )

    def client(self, service, **options):
        options.setdefault("retries", {"max_attempts": 0})
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            region_name=self.region,
            config=Config(**options),
        )

    def aws(self, *arguments, check=True):
        """Runs the real AWS CLI. The result's `json` is its parsed output, None if empty."""
        result = subprocess.run(
            ["aws", *map(str, arguments)], env=self.env, capture_output=True, text=True, timeout=120
        )
        if check:
            assert result.returncode == 0, result.stderr
        try:
            result.json = json.loads(result.stdout) if result.stdout.strip() else None
        except ValueError:
            result.json = None
        return result


def stop_everything(data_dir):
    """Ends what outlives an engine on purpose: jobs, model servers and the gateway."""
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(data_dir).encode() in command and process.name != str(os.getpid()):
            try:
                os.kill(int(process.name), signal.SIGKILL)
            except ProcessLookupError:
                pass


@contextlib.contextmanager
def engines():
    """Makes engines on directories of their own and ends them all, with what outlives them."""
    root = Path(tempfile.mkdtemp(prefix="sagebrush-api-"))
    made = []

    def make(*options, start=True):
        engine = Engine(root / f"engine-{len(made)}", *options)
        made.append(engine)
        return engine.start() if start else engine

    yield make

    for engine in made:
        engine.stop()
        stop_everything(engine.data_dir)
    for engine in made:
        if engine.log.exists():
            engine.check()
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def engine_factory():
    """Makes engines for as long as a file of tests runs. Those of a whole run, with their gateways,
    would take more instances of inotify than a machine gives."""
    with engines() as make:
        yield make


@pytest.fixture(scope="session")
def engine():
    """The engine that most tests share."""
    with engines() as make:
        yield make()


@pytest.fixture
def fresh_engine(engine_factory):
    """An engine of the test's own, for those that kill it or fill it."""
    engine = engine_factory()
    yield engine
    engine.tell_if_gone()
    engine.stop()
    stop_everything(engine.data_dir)


@pytest.fixture
def client(engine):
    return engine.client


@pytest.fixture
def aws(engine):
    return engine.aws


@pytest.fixture
def sagemaker(engine):
    return engine.client("sagemaker")


@pytest.fixture
def s3(engine):
    return engine.client("s3")


_numbers = iter(range(1, 1000000))


@pytest.fixture
def unique():
    """Makes names that no other test uses."""
    return lambda stem: f"{stem}-{os.getpid()}-{next(_numbers)}"


@pytest.fixture(scope="session")
def bucket(engine):
    """A bucket for the test session."""
    engine.client("s3").create_bucket(Bucket="sagebrush-tests")
    return "sagebrush-tests"


@pytest.fixture
def run_processing(sagemaker, s3, bucket, unique):
    """Starts a processing job that runs a shell command; returns its name."""

    def run(command, outputs=(), inputs=(), wait=True, **extra):
        name = unique("processing")
        request = dict(
            ProcessingJobName=name,
            RoleArn=ROLE,
            AppSpecification={
                "ImageUri": SKLEARN,
                "ContainerEntrypoint": ["/bin/sh", "-c", command],
            },
            ProcessingResources={
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.t3.medium",
                    "VolumeSizeInGB": 1,
                }
            },
            ProcessingInputs=list(inputs),
            ProcessingOutputConfig={"Outputs": list(outputs)},
        )
        request.update(extra)
        sagemaker.create_processing_job(**request)
        if wait:
            wait_for_job(sagemaker, "processing", name)
        return name

    return run


def wait_for_job(sagemaker, family, name, seconds=120):
    """Waits for the end of a job and returns its description."""
    describe = getattr(sagemaker, f"describe_{family}_job")
    member = f"{family.capitalize()}JobName"
    status = f"{family.capitalize()}JobStatus"

    def ended():
        description = describe(**{member: name})
        return description if description[status] not in ("InProgress", "Stopping") else None

    return wait_for(ended, seconds, f"the end of {name}")
