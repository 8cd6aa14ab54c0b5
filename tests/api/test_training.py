# SPDX-License-Identifier: GPL-3.0-or-later
"""Training jobs from the request to the model, and every way in which they end badly."""

import io
import json
import shutil
import tarfile
import time

import numpy
import pytest
import xgboost

from clients import ROLE, SKLEARN, SOURCE, XGBOOST, wait_for, wait_for_job
from wire import call, refusal

UNDER_WAY = ("InProgress", "Stopping")
MISSING = ("ValidationException", "Requested resource not found.")


def channel(name, uri, content_type="text/csv", **members):
    return {
        "ChannelName": name,
        "ContentType": content_type,
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
        **members,
    }


def request(name, image=XGBOOST, hyperparameters=None, channels=(), **members):
    """A CreateTrainingJob request."""
    made = {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://sagebrush-tests/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 120},
    }
    if hyperparameters is not None:
        made["HyperParameters"] = hyperparameters
    if channels:
        made["InputDataConfig"] = list(channels)
    made.update(members)

    return made


def shell(command):
    """An AlgorithmSpecification that runs a command."""
    return {"TrainingImage": SKLEARN, "TrainingInputMode": "File",
            "ContainerEntrypoint": ["/bin/sh", "-c", command]}


@pytest.fixture
def train(sagemaker, bucket, unique):
    """Runs a training job and returns its description, or with wait=False its name."""

    def run(wait=True, name=None, client=sagemaker, **members):
        name = name or unique("training")
        client.create_training_job(**request(name, **members))
        return wait_for_job(client, "training", name) if wait else name

    return run


def log(engine, name):
    """The lines a job wrote."""
    events = engine.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=name + "/")["events"]

    return [event["message"] for event in events]


def get(s3, uri):
    bucket, key = uri.removeprefix("s3://").split("/", 1)

    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def unpack(s3, uri):
    """The files of an archive in S3 by name."""
    with tarfile.open(fileobj=io.BytesIO(get(s3, uri)), mode="r:gz") as archive:
        return {member.name.removeprefix("./"): archive.extractfile(member).read()
                for member in archive if member.isfile()}


def csv(rows):
    return "".join(",".join(f"{value:.6g}" for value in row) + "\n" for row in rows).encode()


@pytest.fixture(scope="module")
def data(engine, bucket):
    """A small regression problem: label first, as CSV and libsvm, in two parts."""
    random = numpy.random.default_rng(1)
    features = random.normal(size=(300, 4)).round(4)
    labels = (features[:, 0] * 2 - features[:, 1] + random.normal(size=300) * 0.2).round(4)
    rows = numpy.column_stack([labels, features])
    s3 = engine.client("s3")
    s3.put_object(Bucket=bucket, Key="data/train/part-0.csv", Body=csv(rows[:100]))
    s3.put_object(Bucket=bucket, Key="data/train/part-1.csv", Body=csv(rows[100:200]))
    s3.put_object(Bucket=bucket, Key="data/validation/rows.csv", Body=csv(rows[200:]))
    s3.put_object(Bucket=bucket, Key="data/header/rows.csv", Body=b"y,a,b,c,d\n" + csv(rows[:50]))
    libsvm = "".join(f"{row[0]} " + " ".join(f"{i}:{v}" for i, v in enumerate(row[1:])) + "\n"
                     for row in rows[:200])
    s3.put_object(Bucket=bucket, Key="data/libsvm/rows", Body=libsvm.encode())

    return rows


HYPERPARAMETERS = {"num_round": "20", "objective": "reg:squarederror", "max_depth": "3",
                   "eta": "0.3", "seed": "7"}
TRAIN = channel("train", "s3://sagebrush-tests/data/train/")
VALIDATION = channel("validation", "s3://sagebrush-tests/data/validation/")


@pytest.fixture(scope="module")
def trained(engine, data):
    """The description of one finished XGBoost job with two channels."""
    client = engine.client("sagemaker")
    client.create_training_job(
        **request("Trained-XGBoost", hyperparameters=HYPERPARAMETERS, channels=[TRAIN, VALIDATION],
                  Tags=[{"Key": "team", "Value": "churn"}]))
    seen = client.describe_training_job(TrainingJobName="Trained-XGBoost")
    assert seen["TrainingJobStatus"] == "InProgress"
    assert seen["SecondaryStatusTransitions"][0]["Status"] == "Starting"

    return wait_for_job(client, "training", "Trained-XGBoost")


# --- the built-in XGBoost ---


def test_description_echoes_the_request(trained):
    asked = request("Trained-XGBoost", hyperparameters=HYPERPARAMETERS,
                    channels=[TRAIN, VALIDATION])
    for member, value in asked.items():
        if member == "InputDataConfig":
            assert [c["ChannelName"] for c in trained[member]] == ["train", "validation"]
        else:
            assert {**trained[member], **value} == trained[member] if isinstance(value, dict) \
                else trained[member] == value, member
    # The name in an ARN is in lower case, the name itself as it was given.
    assert trained["TrainingJobArn"] == (
        "arn:aws:sagemaker:us-east-1:000000000000:training-job/trained-xgboost")
    assert trained["EnableNetworkIsolation"] is False
    assert "Tags" not in trained and "FailureReason" not in trained


def test_transitions(trained):
    assert trained["TrainingJobStatus"] == trained["SecondaryStatus"] == "Completed"
    transitions = trained["SecondaryStatusTransitions"]
    statuses = [t["Status"] for t in transitions if t["Status"] != "Pending"]
    assert statuses == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(t["StatusMessage"] for t in transitions)
    for transition, following in zip(transitions, transitions[1:]):
        assert transition["EndTime"] == following["StartTime"]
        assert transition["StartTime"] <= transition["EndTime"]
    assert transitions[-1]["EndTime"] >= transitions[-1]["StartTime"]


def test_times(trained):
    assert trained["CreationTime"] <= trained["TrainingStartTime"] <= trained["TrainingEndTime"]
    assert trained["TrainingEndTime"] <= trained["LastModifiedTime"]
    length = (trained["TrainingEndTime"] - trained["TrainingStartTime"]).total_seconds()
    assert abs(trained["TrainingTimeInSeconds"] - length) <= 1.5
    assert trained["BillableTimeInSeconds"] >= 1


def test_model_predicts_as_its_metrics_say(trained, data, s3, tmp_path):
    uri = trained["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == "s3://sagebrush-tests/models/Trained-XGBoost/output/model.tar.gz"
    files = unpack(s3, uri)
    assert list(files) == ["xgboost-model"]
    (tmp_path / "model").write_bytes(files["xgboost-model"])
    booster = xgboost.Booster(model_file=str(tmp_path / "model"))
    assert booster.num_boosted_rounds() == 20

    metrics = {m["MetricName"]: m["Value"] for m in trained["FinalMetricDataList"]}
    assert set(metrics) == {"train:rmse", "validation:rmse"}
    for name, rows in [("train:rmse", data[:200]), ("validation:rmse", data[200:])]:
        predicted = booster.predict(xgboost.DMatrix(rows[:, 1:]))
        error = numpy.sqrt(numpy.mean((predicted - rows[:, 0]) ** 2))
        assert metrics[name] == pytest.approx(error, abs=2e-4), name
    assert metrics["validation:rmse"] < 0.9 * data[200:, 0].std()


def test_metrics_have_times(trained):
    for metric in trained["FinalMetricDataList"]:
        assert trained["CreationTime"] <= metric["Timestamp"] <= trained["LastModifiedTime"]


def test_waiter_sees_the_end(trained, sagemaker):
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName="Trained-XGBoost", WaiterConfig={"Delay": 1, "MaxAttempts": 1})


def test_name_in_another_case(trained, sagemaker):
    found = sagemaker.describe_training_job(TrainingJobName="TRAINED-xgboost")
    assert found["TrainingJobName"] == "Trained-XGBoost"


def test_same_data_same_model(trained, train, s3):
    again = train(hyperparameters=HYPERPARAMETERS, channels=[TRAIN, VALIDATION])
    first, second = (unpack(s3, d["ModelArtifacts"]["S3ModelArtifacts"]) for d in (trained, again))
    assert first == second


def test_libsvm(train, data, s3):
    done = train(hyperparameters=HYPERPARAMETERS,
                 channels=[channel("train", "s3://sagebrush-tests/data/libsvm/", "text/libsvm")])
    assert done["TrainingJobStatus"] == "Completed", done
    assert [m["MetricName"] for m in done["FinalMetricDataList"]] == ["train:rmse"]
    assert "xgboost-model" in unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])


def test_early_stopping(train, data, s3, tmp_path):
    done = train(hyperparameters={**HYPERPARAMETERS, "num_round": "2000", "eta": "1",
                                  "early_stopping_rounds": "5"}, channels=[TRAIN, VALIDATION])
    assert done["TrainingJobStatus"] == "Completed", done
    (tmp_path / "model").write_bytes(
        unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])["xgboost-model"])
    booster = xgboost.Booster(model_file=str(tmp_path / "model"))
    assert booster.num_boosted_rounds() < 200
    assert int(booster.attr("best_iteration")) < booster.num_boosted_rounds()


@pytest.mark.parametrize("changed, words", [
    ({"max_depth": "deep"}, ["max_depth", "deep"]),
    ({"num_round": None}, ["num_round"]),
    ({"num_round": "-3"}, ["num_round"]),
    ({"objective": "reg:nonsense"}, ["reg:nonsense"]),
])
def test_bad_hyperparameter_is_named(train, data, changed, words):
    values = {k: v for k, v in {**HYPERPARAMETERS, **changed}.items() if v is not None}
    done = train(hyperparameters=values, channels=[TRAIN])
    assert done["TrainingJobStatus"] == done["SecondaryStatus"] == "Failed"
    assert done["SecondaryStatusTransitions"][-1]["Status"] == "Failed"
    for word in words:
        assert word in done["FailureReason"], done["FailureReason"]
    assert "ModelArtifacts" not in done


def test_header_in_the_data_is_named(train, data):
    done = train(hyperparameters=HYPERPARAMETERS,
                 channels=[channel("train", "s3://sagebrush-tests/data/header/")])
    assert done["TrainingJobStatus"] == "Failed"
    assert "rows.csv" in done["FailureReason"] and "1" in done["FailureReason"]
    assert "header" in done["FailureReason"]


def test_missing_train_channel(train, data):
    done = train(hyperparameters=HYPERPARAMETERS, channels=[VALIDATION])
    assert done["TrainingJobStatus"] == "Failed" and "train" in done["FailureReason"]


def test_prefix_without_objects(train, data):
    done = train(hyperparameters=HYPERPARAMETERS,
                 channels=[channel("train", "s3://sagebrush-tests/nothing/here")])
    assert done["TrainingJobStatus"] == "Failed"
    assert done["FailureReason"] == (
        "ClientError: Data download failed: No S3 objects found under "
        "'s3://sagebrush-tests/nothing/here'")


def test_bucket_that_does_not_exist(train, data):
    done = train(hyperparameters=HYPERPARAMETERS,
                 channels=[channel("train", "s3://no-such-bucket-here/x")])
    assert done["TrainingJobStatus"] == "Failed"
    assert "no-such-bucket-here" in done["FailureReason"]


# --- script mode ---

REPORT = """
import json, os, sys
report = {
    "arguments": sys.argv[1:],
    "environment": dict(os.environ),
    "train": sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"])),
    "resources": json.load(open("/opt/ml/input/config/resourceconfig.json")),
    "channels": json.load(open("/opt/ml/input/config/inputdataconfig.json")),
    "hyperparameters": json.load(open("/opt/ml/input/config/hyperparameters.json")),
    "sibling": __import__("sibling").VALUE,
}
json.dump(report, open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "report.json"), "w"))
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write("a model")
print("loss=0.75;")
print("loss=0.25;")
"""


@pytest.fixture
def script(s3, bucket, unique):
    """Stores an archive of files; returns the hyperparameters of script mode."""

    def store(files, program="train.py"):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        key = unique("code") + "/sourcedir.tar.gz"
        s3.put_object(Bucket=bucket, Key=key, Body=packed.getvalue())

        # The SDK sends every string as JSON.
        return {"sagemaker_program": json.dumps(program),
                "sagemaker_submit_directory": json.dumps(f"s3://{bucket}/{key}")}

    return store


def test_script_finds_what_the_toolkit_promises(train, script, data, s3):
    done = train(image=SKLEARN, channels=[TRAIN], Environment={"FLAVOUR": "mint"},
                 hyperparameters={**script({"train.py": REPORT, "sibling.py": "VALUE = 5\n"}),
                                  "alpha": "0.5", "name": '"a b"', "layers": "[1, 2]"},
                 AlgorithmSpecification={
                     "TrainingImage": SKLEARN, "TrainingInputMode": "File",
                     "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*?);"}]})
    assert done["TrainingJobStatus"] == "Completed", done.get("FailureReason")
    assert [(m["MetricName"], m["Value"]) for m in done["FinalMetricDataList"]] == [("loss", 0.25)]
    assert unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"]) == {"model.txt": b"a model"}

    name = done["TrainingJobName"]
    report = json.loads(unpack(s3, f"s3://sagebrush-tests/models/{name}/output/output.tar.gz")
                        ["report.json"])
    assert report["sibling"] == 5
    assert report["train"] == ["part-0.csv", "part-1.csv"]
    assert report["channels"]["train"]["TrainingInputMode"] == "File"
    assert report["resources"]["hosts"] == ["algo-1"]
    assert report["hyperparameters"]["alpha"] == "0.5"
    arguments = dict(zip(report["arguments"][::2], report["arguments"][1::2]))
    assert arguments == {"--alpha": "0.5", "--name": "a b", "--layers": "[1, 2]"}

    environment = report["environment"]
    assert environment["SM_MODEL_DIR"] == "/opt/ml/model"
    assert environment["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"
    assert json.loads(environment["SM_CHANNELS"]) == ["train"]
    assert json.loads(environment["SM_HPS"])["alpha"] == 0.5
    assert environment["SM_HP_ALPHA"] == "0.5"
    assert json.loads(environment["SM_HOSTS"]) == ["algo-1"]
    assert environment["SM_CURRENT_HOST"] == "algo-1"
    assert environment["TRAINING_JOB_NAME"] == name
    assert environment["FLAVOUR"] == "mint"


def test_script_exception_ends_in_its_last_line(train, script, data):
    broken = "def f():\n    raise KeyError('no such column: churn')\nf()\n"
    done = train(image=SKLEARN, hyperparameters=script({"train.py": broken}))
    assert done["TrainingJobStatus"] == "Failed"
    assert "KeyError: 'no such column: churn'" in done["FailureReason"]


def test_missing_requirement_is_named(train, script, data):
    done = train(image=SKLEARN, hyperparameters=script(
        {"train.py": "print('never')\n", "requirements.txt": "numpy\nsurely-not-there>=2\n"}))
    assert done["TrainingJobStatus"] == "Failed"
    assert "surely-not-there" in done["FailureReason"]


def test_missing_program_is_named(train, script, data):
    done = train(image=SKLEARN, hyperparameters=script({"other.py": ""}))
    assert done["TrainingJobStatus"] == "Failed" and "train.py" in done["FailureReason"]


def test_missing_archive_is_named(train, data):
    uri = "s3://sagebrush-tests/no/sourcedir.tar.gz"
    done = train(image=SKLEARN, hyperparameters={"sagemaker_program": "train.py",
                                                 "sagemaker_submit_directory": uri})
    assert done["TrainingJobStatus"] == "Failed" and uri in done["FailureReason"]


def test_archive_that_is_none(train, s3, data):
    s3.put_object(Bucket="sagebrush-tests", Key="junk.tar.gz", Body=b"\x1f\x8b not really")
    uri = "s3://sagebrush-tests/junk.tar.gz"
    done = train(image=SKLEARN, hyperparameters={"sagemaker_program": "train.py",
                                                 "sagemaker_submit_directory": uri})
    assert done["TrainingJobStatus"] == "Failed"
    assert "refused" in done["FailureReason"] and uri in done["FailureReason"]


def test_script_on_the_xgboost_image(train, script, data, s3):
    program = ("import os, xgboost\n"
               "open(os.environ['SM_MODEL_DIR'] + '/v', 'w').write(xgboost.__version__)\n")
    done = train(hyperparameters=script({"train.py": program}), channels=[TRAIN])
    assert done["TrainingJobStatus"] == "Completed", done.get("FailureReason")
    files = unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])
    assert files == {"v": xgboost.__version__.encode()}


# --- ends ---


def test_failure_file_is_the_reason(train):
    done = train(AlgorithmSpecification=shell(
        "echo noise; printf 'the labels are empty' > /opt/ml/output/failure; exit 3"))
    assert done["FailureReason"] == "AlgorithmError: the labels are empty, exit code: 3"


def test_exit_code_and_log_are_the_reason_else(train):
    done = train(AlgorithmSpecification=shell("echo first; echo last words >&2; exit 7"))
    assert "exit code: 7" in done["FailureReason"]
    assert done["FailureReason"].endswith("first\nlast words")


def test_runtime_limit(train, s3):
    done = train(AlgorithmSpecification=shell(
                     "echo part > /opt/ml/model/part; sleep 60"),
                 StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert done["TrainingJobStatus"] == "Stopped"
    assert done["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert done["SecondaryStatusTransitions"][-1]["Status"] == "MaxRuntimeExceeded"
    assert 1 <= done["TrainingTimeInSeconds"] <= 20
    assert unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"]) == {"part": b"part\n"}


def test_stop_lets_the_script_finish(train, sagemaker, engine, s3):
    """SIGTERM first; what the script saves then is kept."""
    name = train(wait=False, AlgorithmSpecification=shell(
        "trap 'echo saved > /opt/ml/model/partial; exit 0' TERM;"
        "echo ready; while :; do sleep 0.05; done"))
    logs = engine.client("logs")
    wait_for(lambda: [s for s in logs.describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs",
        logStreamNamePrefix=name + "/")["logStreams"] if "lastEventTimestamp" in s])

    sagemaker.stop_training_job(TrainingJobName=name)
    seen = sagemaker.describe_training_job(TrainingJobName=name)
    assert seen["TrainingJobStatus"] in ("Stopping", "Stopped")
    if seen["TrainingJobStatus"] == "Stopping":
        assert seen["SecondaryStatus"] == "Stopping"
        sagemaker.stop_training_job(TrainingJobName=name)  # asking twice is no error

    done = wait_for_job(sagemaker, "training", name)
    assert done["TrainingJobStatus"] == done["SecondaryStatus"] == "Stopped"
    assert [t["Status"] for t in done["SecondaryStatusTransitions"]][-2:] == ["Stopping", "Stopped"]
    assert unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"]) == {"partial": b"saved\n"}
    assert refusal(sagemaker.stop_training_job, TrainingJobName=name) == (
        "ValidationException",
        "The request was rejected because the training job is in status Stopped.")


def test_stop_of_a_finished_job(trained, sagemaker):
    assert refusal(sagemaker.stop_training_job, TrainingJobName="Trained-XGBoost") == (
        "ValidationException",
        "The request was rejected because the training job is in status Completed.")


def test_empty_model_is_still_a_model(train, s3):
    done = train(AlgorithmSpecification=shell("true"))
    assert done["TrainingJobStatus"] == "Completed"
    assert unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"]) == {}


def test_out_of_memory(engine_factory, tmp_path):
    """On a machine whose price book has a very small instance."""
    share = tmp_path / "share"
    shutil.copytree(SOURCE / "data", share)
    prices = json.loads((share / "instances.json").read_text())
    prices["instances"]["ml.m5.large"] = {"vcpus": 1, "memory_gib": 0.1, "gpus": 0,
                                          "price_per_hour": 0.001}
    (share / "instances.json").write_text(json.dumps(prices))
    engine = engine_factory(start=False).start(SAGEBRUSH_DATADIR=str(share))
    client = engine.client("sagemaker")
    engine.client("s3").create_bucket(Bucket="sagebrush-tests")
    hungry = "import time; print('up to here', flush=True); x = [(bytearray(1 << 20), time.sleep(0.001)) for _ in range(100000)]"
    client.create_training_job(**request("hungry", AlgorithmSpecification={
        "TrainingImage": SKLEARN, "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "-c", hungry]}))
    done = wait_for_job(client, "training", "hungry")
    engine.stop()
    assert done["TrainingJobStatus"] == "Failed"
    assert done["FailureReason"].startswith("ClientError: out of memory")
    assert "instance type" in done["FailureReason"]
    assert done["FailureReason"].endswith("up to here")  # the last lines of the log


# --- outputs and checkpoints ---


def test_output_without_compression(train, s3):
    done = train(AlgorithmSpecification=shell(
                     "mkdir /opt/ml/model/a; echo 1 > /opt/ml/model/a/b; echo 2 > /opt/ml/model/c;"
                     "echo 3 > /opt/ml/output/data/d"),
                 OutputDataConfig={"S3OutputPath": "s3://sagebrush-tests/plain/",
                                   "CompressionType": "NONE"})
    name = done["TrainingJobName"]
    assert done["ModelArtifacts"]["S3ModelArtifacts"] == (
        f"s3://sagebrush-tests/plain/{name}/output/model/")
    listed = s3.list_objects_v2(Bucket="sagebrush-tests", Prefix=f"plain/{name}/")["Contents"]
    base = f"plain/{name}/output"
    assert [o["Key"] for o in listed] == [f"{base}/model/a/b", f"{base}/model/c",
                                          f"{base}/output/d"]
    assert get(s3, f"s3://sagebrush-tests/{base}/model/a/b") == b"1\n"


def test_checkpoints_are_kept_and_restored(train, s3):
    config = {"S3Uri": "s3://sagebrush-tests/checkpoints/one", "LocalPath": "/opt/ml/checkpoints"}
    first = train(CheckpointConfig=config, AlgorithmSpecification=shell(
        "ls -A /opt/ml/checkpoints | grep . && exit 9;"
        "mkdir /opt/ml/checkpoints/deep; echo 10 > /opt/ml/checkpoints/deep/epoch; exit 1"))
    assert first["TrainingJobStatus"] == "Failed" and "exit code: 1" in first["FailureReason"]
    assert get(s3, "s3://sagebrush-tests/checkpoints/one/deep/epoch") == b"10\n"

    second = train(CheckpointConfig=config, AlgorithmSpecification=shell(
        "read epoch < /opt/ml/checkpoints/deep/epoch && test $epoch = 10 &&"
        " echo 20 > /opt/ml/checkpoints/deep/epoch &&"
        " test -f /opt/ml/input/config/checkpointconfig.json"))
    assert second["TrainingJobStatus"] == "Completed", second.get("FailureReason")
    assert get(s3, "s3://sagebrush-tests/checkpoints/one/deep/epoch") == b"20\n"


@pytest.mark.parametrize("path", ["/etc", "/opt/ml/../../etc", "/opt/mlx", "/opt/ml/./x",
                                  "/opt/ml/input/../../../root", "/opt/ml", "/opt/ml/",
                                  "/opt/ml/input/data/train", "/opt/ml/code/"])
def test_checkpoint_path_outside(train, path):
    code, message = refusal(train, AlgorithmSpecification=shell("true"), CheckpointConfig={
        "S3Uri": "s3://sagebrush-tests/c", "LocalPath": path})
    assert code == "ValidationException" and "CheckpointConfig.LocalPath" in message


def test_prefix_rules(train, s3, bucket):
    """S3Prefix is a prefix of keys, not a folder."""
    for key in ["rules/in/a.csv", "rules/in/deep/b.csv", "rules/inner.csv", "rules/other.csv"]:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    one = channel("one", "s3://sagebrush-tests/rules/in/a.csv")
    two = channel("two", "s3://sagebrush-tests/rules/in/")
    three = channel("three", "s3://sagebrush-tests/rules/in")
    done = train(channels=[one, two, three], AlgorithmSpecification=shell(
        "cd /opt/ml/input/data; find . -type f | sort > /opt/ml/model/list"))
    assert done["TrainingJobStatus"] == "Completed", done.get("FailureReason")
    listed = unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])["list"].decode().split()
    assert listed == ["./one/a.csv",
                      "./three/a.csv", "./three/deep/b.csv", "./three/inner.csv",
                      "./two/a.csv", "./two/deep/b.csv"]


# --- the sandbox, as a request can try it ---


def test_inputs_and_system_are_read_only(train, data, engine):
    done = train(channels=[TRAIN], AlgorithmSpecification=shell(
        "cd /opt/ml/input/data/train; exec 2>/dev/null;"
        "for f in part-0.csv new /usr/new /etc/new /bin/sh /opt/sagebrush/new;"
        " do (echo >> $f) && echo wrote $f; done;"
        "rm -f part-0.csv && echo removed; mv part-1.csv x && echo moved; test -e part-1.csv"))
    assert done["TrainingJobStatus"] == "Completed", done.get("FailureReason")
    assert log(engine, done["TrainingJobName"]) == []


def test_no_network_to_the_engine(train, engine):
    port = engine.endpoint_url.rsplit(":", 1)[1]
    done = train(EnableNetworkIsolation=True, AlgorithmSpecification={
        "TrainingImage": SKLEARN, "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "-c"],
        "ContainerArguments": [
            f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=2)"]})
    assert done["EnableNetworkIsolation"] is True
    assert done["TrainingJobStatus"] == "Failed"
    assert "Connection refused" in done["FailureReason"] or "unreachable" in done["FailureReason"]


def test_hostile_model_directory(train, s3):
    """Links out, special files and holes: what is packed is what the job itself wrote."""
    done = train(AlgorithmSpecification=shell(
        "cd /opt/ml/model; ln -s /etc/passwd a; ln -s ../../../etc b; mkfifo c; truncate -s 20M d;"
        "echo x > e; ln e f"))
    text = done.get("FailureReason", "")
    if done["TrainingJobStatus"] == "Failed":
        assert "outputs could not be stored" in text, text
        return
    files = unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])
    assert files["e"] == b"x\n" and len(files["d"]) == 20 << 20
    assert not any(b"root:" in content for content in files.values())


@pytest.mark.parametrize("command, words", [
    ("ln -s /etc/passwd x", "'x'"), ("ln -s ../../../etc x", "'x'"), ("ln -s . d; ln -s d/../.. x", "'x'"),
    ("mkfifo x", "'x'"),
    ("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'", "'x'"),
])
def test_model_directory_that_cannot_be_packed(train, command, words):
    """F5: refused by name, soon, and without a byte of another file."""
    begun = time.monotonic()
    done = train(AlgorithmSpecification=shell(f"cd /opt/ml/model; echo y > y; {command}; true"))
    assert done["TrainingJobStatus"] == "Failed"
    assert "outputs could not be stored" in done["FailureReason"], done["FailureReason"]
    assert words in done["FailureReason"], done["FailureReason"]
    assert "root:" not in done["FailureReason"] and time.monotonic() - begun < 60


def test_model_directory_with_odd_files(train, s3):
    """F5: names of one file, and files that nobody may read, are the job's own."""
    done = train(AlgorithmSpecification=shell(
        "cd /opt/ml/model; echo one > a; ln a b; echo two > c; chmod 000 c; mkdir d; chmod 000 d;"
        "echo three > ./--help; chmod 4755 a; truncate -s 1T e 2>/dev/null || rm -f e"))
    if done["TrainingJobStatus"] == "Failed":
        assert "outputs could not be stored" in done["FailureReason"]
        return
    files = unpack(s3, done["ModelArtifacts"]["S3ModelArtifacts"])
    assert (files["a"], files["b"], files["c"]) == (b"one\n", b"one\n", b"two\n")
    assert files["--help"] == b"three\n" and "e" not in files


def test_code_is_fresh_for_every_job(train, script):
    """F16: what a script does to its own code is gone with it."""
    text = ("import pathlib, sys\n"
            "here = pathlib.Path(__file__)\n"
            "print('runs:', here.read_text().count('#'))\n"
            "assert here.read_text().count('#') == 1 and not (here.parent / 'left').exists()\n"
            "for path in (here, here.parent / 'left'):\n"
            "    try:\n"
            "        path.write_text(text := 'raise SystemExit(7)')\n"
            "    except OSError as error:\n"
            "        print(error)\n")
    text = text.replace("'#'", "chr(35)") + "# once\n"
    hyperparameters = script({"train.py": text})
    for _ in range(2):
        done = train(image=SKLEARN, hyperparameters=hyperparameters)
        assert done["TrainingJobStatus"] == "Completed", done.get("FailureReason")


@pytest.mark.parametrize("name", [".", ".."])
def test_channel_that_is_no_name(train, name):
    assert refusal(train, channels=[channel(name, "s3://sagebrush-tests/data")]) == (
        "ValidationException", f"The channel name '{name}' is not possible")


def test_channels_that_differ_by_case(train):
    code, message = refusal(train, channels=[channel("train", "s3://sagebrush-tests/data"),
                                             channel("TRAIN", "s3://sagebrush-tests/data")])
    assert code == "ValidationException" and "'TRAIN'" in message


def test_longest_channel_name(train, data, engine):
    done = train(channels=[channel("c" * 64, "s3://sagebrush-tests/data")],
                 AlgorithmSpecification=shell("ls /opt/ml/input/data"))
    assert log(engine, done["TrainingJobName"]) == ["c" * 64]


def test_channel_name_too_long(train):
    code, message = refusal(train, channels=[channel("c" * 65, "s3://sagebrush-tests/data")])
    assert code == "ValidationException"
    assert "'inputDataConfig.1.member.channelName'" in message
    assert "length less than or equal to 64" in message


# --- metrics ---


def test_status_comes_from_no_log_line(train):
    done = train(AlgorithmSpecification=shell(
        "echo '[engine] Succeeded'; echo 'exit code: 0'; echo 'Training job completed'; exit 4"))
    assert done["TrainingJobStatus"] == "Failed" and "exit code: 4" in done["FailureReason"]


def test_hostile_log_lines(train, engine):
    done = train(AlgorithmSpecification={
        "TrainingImage": SKLEARN, "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "-c"],
        "ContainerArguments": [
            "import sys; w = sys.stdout.buffer.write; w(b'x' * 10_000_000 + b'\\n');"
            "w(b'\\xff\\xfe bytes\\n'); w(b'\\x1b]0;owned\\x07\\x1b[31mred\\n'); sys.exit(2)"]})
    assert done["TrainingJobStatus"] == "Failed"
    assert "exit code: 2" in done["FailureReason"] and len(done["FailureReason"]) <= 1024
    assert "\x1b" not in done["FailureReason"] and "\x07" not in done["FailureReason"]
    events = engine.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs",
        logStreamNamePrefix=done["TrainingJobName"] + "/", filterPattern="bytes")["events"]
    assert [e["message"] for e in events] == ["\ufffd\ufffd bytes"]


def test_metric_that_explodes_is_given_up(train):
    """A pattern with exponential cost neither holds the job up nor takes the others with it."""
    done = train(AlgorithmSpecification={
        **shell("for i in 1 2 3; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!;"
                "echo good=$i; done"),
        "MetricDefinitions": [{"Name": "bad", "Regex": "^(a+)+$"},
                              {"Name": "good", "Regex": "good=([0-9.]+)"}]})
    assert done["TrainingJobStatus"] == "Completed"
    assert [(m["MetricName"], m["Value"]) for m in done["FinalMetricDataList"]] == [("good", 3)]
    uploading, end = done["SecondaryStatusTransitions"][-2:]
    assert (end["StartTime"] - uploading["StartTime"]).total_seconds() < 5


def test_metrics_do_not_hold_up_other_calls(train, sagemaker):
    """Reading a long log for many metrics is the job's own time, nobody else's."""
    metrics = [{"Name": f"m{i}", "Regex": f"(?:x|xx|xxx)+y{i}=([0-9]+)"} for i in range(40)]
    name = train(wait=False, AlgorithmSpecification={
        **shell("yes xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | head -n 20000"),
        "MetricDefinitions": metrics})
    slowest = 0
    while sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] in UNDER_WAY:
        before = time.monotonic()
        sagemaker.add_tags(ResourceArn=sagemaker.describe_training_job(
            TrainingJobName=name)["TrainingJobArn"], Tags=[{"Key": "k", "Value": "v"}])
        slowest = max(slowest, time.monotonic() - before)
    uploading, end = wait_for_job(sagemaker, "training", name)["SecondaryStatusTransitions"][-2:]
    assert uploading["Status"] == "Uploading"
    took = (end["StartTime"] - uploading["StartTime"]).total_seconds()
    assert slowest < max(took, 1) / 2


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "abc", "", "0x10g"])
def test_metric_values_that_are_none(train, value):
    done = train(AlgorithmSpecification={
        **shell(f"echo 'loss=1.5;'; echo 'loss={value};'"),
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*?);"}]})
    assert [(m["MetricName"], m["Value"]) for m in done["FinalMetricDataList"]] == [("loss", 1.5)]


# --- names, duplicates, deletion ---


def test_missing_job(sagemaker, engine):
    for function in (sagemaker.describe_training_job, sagemaker.stop_training_job):
        assert refusal(function, TrainingJobName="no-such-job") == MISSING
    answer = call(engine, "DeleteTrainingJob", {"TrainingJobName": "no-such-job"})
    assert (answer.code, answer.message) == MISSING


def test_duplicate(trained, train):
    for name in ("Trained-XGBoost", "trained-xgboost"):
        assert refusal(train, name=name) == (
            "ResourceInUse",
            "Training job names must be unique within an AWS account and region, and a training "
            "job with this name already exists "
            "(arn:aws:sagemaker:us-east-1:000000000000:training-job/trained-xgboost)")


def test_delete(train, sagemaker, engine, s3):
    done = train(AlgorithmSpecification=shell("echo hello"), Tags=[{"Key": "a", "Value": "b"}])
    name = done["TrainingJobName"]
    # The client is older than the operation.
    assert call(engine, "DeleteTrainingJob", {"TrainingJobName": name}).status == 200
    assert refusal(sagemaker.describe_training_job, TrainingJobName=name) == MISSING
    streams = engine.client("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=name + "/")["logStreams"]
    assert streams == []
    assert get(s3, done["ModelArtifacts"]["S3ModelArtifacts"])  # the model outlives the job

    # The name is free again, and the new job inherits nothing.
    again = train(name=name, AlgorithmSpecification=shell("exit 1"))
    assert again["TrainingJobStatus"] == "Failed"
    assert sagemaker.list_tags(ResourceArn=again["TrainingJobArn"])["Tags"] == []


def test_delete_of_a_running_job(train, sagemaker, engine):
    name = train(wait=False, AlgorithmSpecification=shell("sleep 60"))
    answer = call(engine, "DeleteTrainingJob", {"TrainingJobName": name})
    assert answer.code == "ResourceInUse"
    assert name in answer.message and "stop it" in answer.message
    sagemaker.stop_training_job(TrainingJobName=name)
    assert wait_for_job(sagemaker, "training", name)["TrainingJobStatus"] == "Stopped"


# --- capacity ---


def test_jobs_wait_for_capacity_in_order(train, sagemaker):
    """Each needs more than this machine, so each has it alone, and a waiting one says why."""
    resources = {"InstanceType": "ml.m5.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}
    names = [train(wait=False, ResourceConfig=resources, AlgorithmSpecification=shell("sleep 0.4"))
             for _ in range(3)]

    def waiting():
        seen = sagemaker.describe_training_job(TrainingJobName=names[2])
        assert seen["TrainingJobStatus"] == "InProgress"
        return seen if seen["SecondaryStatus"] == "Pending" else None

    message = wait_for(waiting, 5)["SecondaryStatusTransitions"][-1]["StatusMessage"]
    assert "Waiting for capacity" in message and "96 vCPU" in message and "ahead" in message

    done = [wait_for_job(sagemaker, "training", name) for name in names]
    assert [d["TrainingJobStatus"] for d in done] == ["Completed"] * 3
    for job, following in zip(done, done[1:]):
        assert following["TrainingStartTime"] >= job["TrainingStartTime"]
        gap = following["TrainingStartTime"] - job["TrainingStartTime"]
        assert gap.total_seconds() >= 0.4


def test_stop_of_a_waiting_job(train, sagemaker):
    first = train(wait=False, AlgorithmSpecification=shell("sleep 60"))
    second = train(wait=False, AlgorithmSpecification=shell("sleep 60"))
    wait_for(lambda: sagemaker.describe_training_job(TrainingJobName=second)["SecondaryStatus"] ==
             "Pending")
    sagemaker.stop_training_job(TrainingJobName=second)
    done = wait_for_job(sagemaker, "training", second, 10)
    assert done["TrainingJobStatus"] == "Stopped" and "TrainingStartTime" not in done
    assert "ModelArtifacts" not in done
    sagemaker.stop_training_job(TrainingJobName=first)
    wait_for_job(sagemaker, "training", first)


# --- what is not done is refused, never ignored ---


@pytest.mark.parametrize("members, words", [
    ({"AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "Pipe"}}, "Pipe"),
    ({"AlgorithmSpecification": {"AlgorithmName": "mine", "TrainingInputMode": "File"}},
     "AlgorithmName"),
    ({"image": "example.com/tensorflow:2"}, "tensorflow"),
    ({"image": SKLEARN}, "sagemaker_program"),
    ({"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}},
     "InstanceCount"),
    ({"ResourceConfig": {"VolumeSizeInGB": 1}}, "InstanceType"),
    ({"ResourceConfig": {"InstanceType": "ml.trn1.32xlarge", "InstanceCount": 1,
                         "VolumeSizeInGB": 1}}, "ml.trn1.32xlarge"),
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}},
     "MaxWaitTimeInSeconds"),
    ({"EnableManagedSpotTraining": True}, "MaxWaitTimeInSeconds"),
    ({"channels": [channel("c", "s3://b/x", RecordWrapperType="RecordIO")]}, "RecordIO"),
    ({"channels": [channel("c", "s3://b/x", InputMode="Pipe")]}, "Pipe"),
    ({"channels": [channel("c", "s3://b/x", CompressionType="Gzip")]}, "CompressionType"),
    ({"channels": [{"ChannelName": "c", "DataSource": {"S3DataSource": {
        "S3DataType": "ManifestFile", "S3Uri": "s3://b/x"}}}]}, "S3Prefix"),
    ({"channels": [{"ChannelName": "c", "DataSource": {"FileSystemDataSource": {
        "FileSystemId": "fs-12345678901", "FileSystemAccessMode": "ro", "FileSystemType": "EFS",
        "DirectoryPath": "/"}}}]}, "S3DataSource"),
])
def test_unsupported_members(train, sagemaker, unique, members, words):
    name = unique("never-made")
    code, message = refusal(train, name=name, wait=False, **members)
    assert code == "ValidationException" and words in message, message
    assert refusal(sagemaker.describe_training_job, TrainingJobName=name) == MISSING


def test_what_the_sdk_sends_by_default_is_taken(train):
    done = train(
        AlgorithmSpecification=shell("true"),
        ProfilerConfig={"S3OutputPath": "s3://sagebrush-tests/p", "DisableProfiler": True},
        DebugHookConfig={"S3OutputPath": "s3://sagebrush-tests/d", "CollectionConfigurations": []},
        RetryStrategy={"MaximumRetryAttempts": 1}, EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120},
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]})
    assert done["TrainingJobStatus"] == "Completed"
    assert done["DebugHookConfig"]["S3OutputPath"] == "s3://sagebrush-tests/d"
    assert done["EnableManagedSpotTraining"] is True
