# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample project and the built-in XGBoost, without an engine: each script alone, and the model
against what Python's xgboost makes of the same data."""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tarfile
import time

import numpy
import pandas
import pytest
import xgboost

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = SOURCE / "data" / "samples" / "churn"
RUNTIME = SOURCE / "data" / "runtimes" / "python"
DEADLINE = 60


def algorithm():
    build = os.environ.get("SAGEBRUSH_BUILD")
    assert build, "SAGEBRUSH_BUILD must name the build directory"
    return pathlib.Path(build) / "src" / "programs" / "sagebrush-algorithm"


def run(*command, **arguments):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=DEADLINE * 2, check=False, **arguments)


def write_json(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def lay_out(root, hyperparameters, channels):
    """A container's /opt/ml for training."""
    write_json(root / "input/config/hyperparameters.json", hyperparameters)
    write_json(root / "input/config/inputdataconfig.json", channels)
    write_json(root / "input/config/resourceconfig.json",
               {"current_host": "algo-1", "hosts": ["algo-1"]})


def train(root, **arguments):
    environment = dict(os.environ, SAGEBRUSH_OPT_ML=str(root), SAGEBRUSH_RUNTIME_DIR=str(RUNTIME))
    return run(algorithm(), "train", env=environment, **arguments)


def definition():
    return json.loads((SAMPLE / "pipeline.json").read_text())


def step(name, steps=None):
    for item in steps or definition()["Steps"]:
        if item["Name"] == name:
            return item
    raise AssertionError(f"there is no step {name}")


@pytest.fixture(scope="module")
def churn(tmp_path_factory):
    """The data as exported."""
    directory = tmp_path_factory.mktemp("churn")
    result = run("Rscript", SAMPLE / "export.R", directory)
    assert result.returncode == 0, result.stderr
    return directory / "churn.csv"


@pytest.fixture(scope="module")
def processed(churn, tmp_path_factory):
    """/opt/ml after the processing step."""
    root = tmp_path_factory.mktemp("processing")
    (root / "processing/input").mkdir(parents=True)
    shutil.copy(churn, root / "processing/input/churn.csv")
    result = run("python3", SAMPLE / "preprocess.py", "--root", root)
    assert result.returncode == 0, result.stderr
    return root


@pytest.fixture(scope="module")
def trained(processed, tmp_path_factory):
    """/opt/ml after the training step, with the pipeline's own hyperparameters, and its log."""
    root = tmp_path_factory.mktemp("training")
    given = step("TrainChurn")["Arguments"]["HyperParameters"]
    defaults = {item["Name"]: item["DefaultValue"] for item in definition()["Parameters"]}
    hyperparameters = {}
    for name, value in given.items():
        if isinstance(value, dict):
            parameter = value["Std:Join"]["Values"][0]["Get"].removeprefix("Parameters.")
            value = str(defaults[parameter])
        hyperparameters[name] = value
    lay_out(root, hyperparameters, {channel["ChannelName"]: {"ContentType": channel["ContentType"]}
                                    for channel in step("TrainChurn")["Arguments"]
                                    ["InputDataConfig"]})
    for channel in ("train", "validation"):
        shutil.copytree(processed / "processing" / channel, root / "input/data" / channel)
    result = train(root)
    assert result.returncode == 0, result.stderr
    return root, hyperparameters, result.stdout


def test_export_is_the_published_table(churn):
    table = pandas.read_csv(churn)
    assert table.shape == (5000, 20)
    assert (table["churn"] == "yes").sum() == 707


def test_preprocess_splits_every_row_once(processed):
    parts = {name: pandas.read_csv(processed / "processing" / name / f"{name}.csv", header=None)
             for name in ("train", "validation", "test")}
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 3500, "validation": 750, "test": 750}
    assert {part.shape[1] for part in parts.values()} == {parts["train"].shape[1]}
    assert sum(int(part[0].sum()) for part in parts.values()) == 707
    everything = pandas.concat(parts.values())
    assert not everything.isna().any().any()
    assert set(everything[0]) == {0, 1}
    message = (processed / "output/message").read_text()
    assert message == "5000 rows: 3500 train, 750 validation, 750 test"


def test_preprocess_gives_the_same_split_again(churn, processed, tmp_path):
    (tmp_path / "processing/input").mkdir(parents=True)
    shutil.copy(churn, tmp_path / "processing/input/churn.csv")
    assert run("python3", SAMPLE / "preprocess.py", "--root", tmp_path).returncode == 0
    for name in ("train", "validation", "test"):
        path = f"processing/{name}/{name}.csv"
        assert (tmp_path / path).read_bytes() == (processed / path).read_bytes()


def test_training_stops_early_and_keeps_the_best_round(trained):
    root, hyperparameters, log = trained
    rounds = re.findall(r"^\[([0-9]+)\]#011train-auc:.*#011validation-logloss:"
                        r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)$", log, re.MULTILINE)
    losses = [float(loss) for _, loss in rounds]
    assert [int(number) for number, _ in rounds] == list(range(len(rounds)))
    booster = xgboost.Booster()
    booster.load_model(str(root / "model/xgboost-model"))
    best = booster.best_iteration
    assert losses[best] == min(losses)
    assert booster.num_boosted_rounds() == best + 1
    assert len(rounds) == best + 1 + int(hyperparameters["early_stopping_rounds"])


def test_model_is_the_one_python_trains(trained, processed):
    root, hyperparameters, _ = trained
    parts = {name: pandas.read_csv(processed / "processing" / name / f"{name}.csv", header=None)
             for name in ("train", "validation", "test")}
    matrices = {name: xgboost.DMatrix(part.iloc[:, 1:].to_numpy(), label=part[0])
                for name, part in parts.items()}
    parameters = {name: value for name, value in hyperparameters.items()
                  if name not in ("num_round", "early_stopping_rounds", "eval_metric")}
    theirs = xgboost.train(
        dict(parameters, eval_metric=hyperparameters["eval_metric"].split(",")),
        matrices["train"], int(hyperparameters["num_round"]),
        evals=[(matrices["train"], "train"), (matrices["validation"], "validation")],
        verbose_eval=False, callbacks=[xgboost.callback.EarlyStopping(
            rounds=int(hyperparameters["early_stopping_rounds"]), data_name="validation",
            save_best=True)])
    ours = xgboost.Booster()
    ours.load_model(str(root / "model/xgboost-model"))
    numpy.testing.assert_array_equal(ours.predict(matrices["test"]),
                                     theirs.predict(matrices["test"]))
    assert ours.best_iteration == theirs.best_iteration


def test_evaluate_reports_what_the_model_achieves(trained, processed, tmp_path):
    root, _, _ = trained
    (tmp_path / "processing/model").mkdir(parents=True)
    with tarfile.open(tmp_path / "processing/model/model.tar.gz", "w:gz") as archive:
        archive.add(root / "model/xgboost-model", "xgboost-model")
    shutil.copytree(processed / "processing/test", tmp_path / "processing/test")
    result = run("python3", SAMPLE / "evaluate.py", "--root", tmp_path)
    assert result.returncode == 0, result.stderr

    report = json.loads((tmp_path / "processing/evaluation/evaluation.json").read_text())
    metrics = report["binary_classification_metrics"]
    threshold = next(item["DefaultValue"] for item in definition()["Parameters"]
                     if item["Name"] == "AccuracyThreshold")
    assert metrics["accuracy"]["value"] > threshold
    assert metrics["accuracy"]["standard_deviation"] == "NaN"
    table = metrics["confusion_matrix"]
    assert sum(count for row in table.values() for count in row.values()) == 750
    right = table["0"]["0"] + table["1"]["1"]
    assert metrics["accuracy"]["value"] == pytest.approx(right / 750)
    assert (tmp_path / "output/message").read_text().startswith("accuracy 0.9")


def references(node):
    """Every {"Get": …} of a definition."""
    if isinstance(node, dict):
        if isinstance(node.get("Get"), str):
            yield node["Get"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_pipeline_refers_only_to_what_is_there():
    document = definition()
    assert document["Version"] == "2020-12-01"
    parameters = {item["Name"] for item in document["Parameters"]}
    branches = step("CheckAccuracy")["Arguments"]
    steps = document["Steps"] + branches["IfSteps"] + branches["ElseSteps"]
    names = [item["Name"] for item in steps]
    assert names == ["PreprocessChurn", "TrainChurn", "EvaluateChurn", "CheckAccuracy",
                     "RegisterChurn", "AccuracyTooLow"]
    used = set()
    for reference in references(document["Steps"]):
        kind, name = reference.split(".")[:2]
        if kind == "Parameters":
            assert name in parameters
            used.add(name)
        elif kind == "Steps":
            assert name in names
        else:
            assert kind == "Execution"
    assert used == parameters
    for item in steps:
        if item["Type"] == "Training":
            values = item["Arguments"]["HyperParameters"].values()
            assert all(isinstance(value, (str, dict)) for value in values)


def test_pipeline_outputs_match_what_the_scripts_write(processed):
    outputs = step("PreprocessChurn")["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    for output in outputs:
        local = output["S3Output"]["LocalPath"].removeprefix("/opt/ml/")
        assert list((processed / local).iterdir())
    properties = step("EvaluateChurn")["PropertyFiles"][0]
    evaluated = step("EvaluateChurn")["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    assert properties["OutputName"] in [output["OutputName"] for output in evaluated]


@pytest.mark.parametrize("hyperparameters, expected", [
    ({"num_round": "5", "max_dept": "3"}, "ClientError: XGBoost has no hyperparameter named: "
                                          "max_dept"),
    ({"max_depth": "3"}, "ClientError: Hyperparameter num_round is required"),
    ({"num_round": "2", "objective": "reg:gamma"}, "ClientError: XGBoost: "),
])
def test_failure_is_one_sentence(tmp_path, hyperparameters, expected):
    lay_out(tmp_path, hyperparameters, {"train": {"ContentType": "text/csv"}})
    (tmp_path / "input/data/train").mkdir(parents=True)
    (tmp_path / "input/data/train/a.csv").write_text("-1,2,3\n0,4,5\n")
    result = train(tmp_path)
    assert result.returncode == 1
    failure = (tmp_path / "output/failure").read_text()
    assert failure.startswith(expected)
    assert "\n" not in failure
    assert failure in result.stderr
    assert not (tmp_path / "model/xgboost-model").exists()


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_stopped_training_keeps_its_model_when_asked(tmp_path, wanted):
    lay_out(tmp_path, {"num_round": "1000000", "save_model_on_termination": wanted},
            {"train": {"ContentType": "text/csv"}})
    (tmp_path / "input/data/train").mkdir(parents=True)
    (tmp_path / "input/data/train/a.csv").write_text("1,2,3\n0,4,5\n1,1,3\n0,5,6\n")
    environment = dict(os.environ, SAGEBRUSH_OPT_ML=str(tmp_path))
    with subprocess.Popen([str(algorithm()), "train"], stdout=subprocess.PIPE, text=True,
                          env=environment) as process:
        for line in process.stdout:
            if line.startswith("[3]"):
                break
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        code = process.wait(DEADLINE)
    model = tmp_path / "model/xgboost-model"
    if wanted == "true":
        assert code == 0
        booster = xgboost.Booster()
        booster.load_model(str(model))
        assert booster.num_boosted_rounds() >= 4
    else:
        assert code == 143
        assert not model.exists()
    assert not (tmp_path / "output/failure").exists()


# The model server for Python

INFERENCE = """
import json, os
def model_fn(model_dir):
    with open(os.path.join(model_dir, "factor.json")) as file:
        return json.load(file)
def predict_fn(data, model):
    if data.size == 0:
        raise RuntimeError("nothing to predict")
    return data * model["factor"]
"""


class Server:
    """serve.py on a port of its own, with the model laid out as in a container."""

    def __init__(self, root, script):
        (root / "model/code").mkdir(parents=True)
        (root / "model/code/inference.py").write_text(script)
        write_json(root / "model/factor.json", {"factor": 3})
        self.log = root / "log"
        self.port = self.free_port()
        environment = dict(os.environ, SAGEBRUSH_OPT_ML=str(root),
                           SAGEMAKER_BIND_TO_PORT=str(self.port))
        environment.pop("SAGEMAKER_PROGRAM", None)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["python3", str(RUNTIME / "serve.py")], stdout=log,
                                            stderr=log, env=environment)

    @staticmethod
    def free_port():
        import socket
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def request(self, method, path, body=None, headers=None):
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        return reply.status, reply.read(), reply.headers

    def wait_for(self, *statuses):
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            try:
                status = self.request("GET", "/ping")[0]
                if status in statuses:
                    return status
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"/ping never said {statuses}: {self.log.read_text()}")


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(script=INFERENCE):
        started.append(Server(tmp_path, script))
        return started[-1]

    yield start
    for server in started:
        server.process.terminate()
        server.process.wait(DEADLINE)


def test_model_server_decodes_and_encodes(serve):
    server = serve()
    server.wait_for(200)
    status, body, headers = server.request("POST", "/invocations", "1,2\n3,4\n",
                                           {"Content-Type": "text/csv"})
    assert (status, json.loads(body)) == (200, [[3.0, 6.0], [9.0, 12.0]])
    assert headers["Content-Type"] == "application/json"
    for sent, expected in (("1,2", [[3.0, 6.0]]), ("1\n2\n", [[3.0], [6.0]])):
        body = server.request("POST", "/invocations", sent, {"Content-Type": "text/csv"})[1]
        assert json.loads(body) == expected
    status, body, headers = server.request(
        "POST", "/invocations", "[[1, 2]]",
        {"Content-Type": "application/json", "Accept": "text/csv"})
    assert (status, body, headers["Content-Type"]) == (200, b"3.0,6.0\n", "text/csv")


@pytest.mark.parametrize("body, headers, status, message", [
    (b"x", {"Content-Type": "image/png"}, 415, "image/png"),
    (b"1,2", {"Content-Type": "text/csv", "Accept": "image/png"}, 406, "image/png"),
    (b"{", {"Content-Type": "application/json"}, 400, "application/json"),
    (b"\xff\xfe", {"Content-Type": "text/csv"}, 400, "text/csv"),
    (b"\x80\x04.", {"Content-Type": "application/x-npy"}, 400, "application/x-npy"),
    (b"[]", {"Content-Type": "application/json"}, 500, "RuntimeError: nothing to predict"),
])
def test_model_server_says_what_is_wrong(serve, body, headers, status, message):
    server = serve()
    server.wait_for(200)
    reply = server.request("POST", "/invocations", body, headers)
    assert (reply[0], message in reply[1].decode()) == (status, True), reply
    assert server.request("GET", "/ping")[0] == 200


def test_model_server_that_cannot_load_is_never_healthy(serve):
    server = serve("def model_fn(model_dir):\n    raise ValueError('no such weights')\n")
    assert server.wait_for(500, 200) == 500
    assert b"no such weights" in server.request("GET", "/ping")[1]
    assert server.request("POST", "/invocations", "1", {"Content-Type": "text/csv"})[0] == 503
    assert "ValueError: no such weights" in server.log.read_text()


def test_lifecycle_script_explains_itself():
    result = run("python3", SAMPLE / "lifecycle.py", "--help")
    assert result.returncode == 0
    assert "--start-engine" in result.stdout
    spec = importlib.util.spec_from_file_location("lifecycle", SAMPLE / "lifecycle.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.GROUP == step("RegisterChurn", step("CheckAccuracy")["Arguments"]["IfSteps"])[
        "Arguments"]["ModelPackageGroupName"]


# The whole of it, on an engine

def lifecycle(engine, out, churn, *options):
    return run("python3", SAMPLE / "lifecycle.py", "--out", out, "--data", churn, *options,
               env=engine.env)


def stages(result):
    """The stages in order; whether the shared engine already had the pipeline is no matter."""
    return [line.split()[0].replace("update-pipeline", "create-pipeline")
            for line in result.stdout.splitlines()]


def test_lifecycle_ends_with_an_endpoint_that_answers(engine, churn, tmp_path):
    result = lifecycle(engine, tmp_path, churn)
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"^lifecycle: ok in [0-9.]+ s$", result.stdout, re.MULTILINE)
    assert stages(result) == [
        "data", "upload", "create-pipeline", "start-execution", "PreprocessChurn", "TrainChurn",
        "EvaluateChurn", "CheckAccuracy", "RegisterChurn", "artifacts", "approve", "create-model",
        "create-endpoint", "invoke", "delete", "lifecycle:"], result.stdout
    assert "5000 rows: 3500 train, 750 validation, 750 test" in result.stdout
    assert re.search(r"^TrainChurn .*validation:auc 0\.9", result.stdout, re.MULTILINE)

    for name in ("model.tar.gz", "evaluation.json", "predictions.csv", "steps.json",
                 "PreprocessChurn.log", "TrainChurn.log", "EvaluateChurn.log"):
        assert (tmp_path / name).stat().st_size > 0, name
    assert engine.client("sagemaker").list_endpoints(NameContains="churn-")["Endpoints"] == []


def test_served_model_predicts_as_xgboost_does(engine, churn, tmp_path):
    result = lifecycle(engine, tmp_path, churn)
    assert result.returncode == 0, result.stdout + result.stderr
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    booster = xgboost.Booster()
    booster.load_model(str(tmp_path / "xgboost-model"))
    test = pandas.read_csv(tmp_path / "test.csv", header=None)
    expected = booster.predict(xgboost.DMatrix(test.iloc[:, 1:].to_numpy()))
    served = numpy.array([float(line) for line in (tmp_path / "predictions.csv").read_text()
                          .splitlines()], dtype=numpy.float32)
    numpy.testing.assert_array_equal(served, expected)


def test_lifecycle_says_why_it_failed(engine, churn, tmp_path):
    result = lifecycle(engine, tmp_path, churn, "--threshold", "0.999")
    assert result.returncode == 1
    assert "lifecycle: failed after" in result.stdout
    assert "AccuracyTooLow: " in result.stdout
    assert "The model's accuracy is below the threshold of 0.999" in result.stdout
    assert not (tmp_path / "predictions.csv").exists()


def test_lifecycle_starts_an_engine_of_its_own(churn, tmp_path):
    program = algorithm().with_name("sagebrushd")
    environment = dict(os.environ, SAGEBRUSH_LIBEXECDIR=str(program.parent),
                       SAGEBRUSH_DATADIR=str(SOURCE / "data"))
    result = run("python3", SAMPLE / "lifecycle.py", "--out", tmp_path / "out", "--data", churn,
                 "--start-engine", program, env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    found = re.search(r"^engine .* data in (\S+)$", result.stdout, re.MULTILINE)
    assert found, result.stdout
    assert not pathlib.Path(found[1]).exists()
