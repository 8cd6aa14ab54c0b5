# SPDX-License-Identifier: GPL-3.0-or-later
"""MLflow's tracking API: experiments, runs and what is logged to them."""

import json
import math
import sqlite3
import uuid

import pytest

from people import people, session  # noqa: F401
from tracking import Tracking, metric, owner, pairs


@pytest.fixture(scope="module")
def mlflow(engine):
    return owner(engine)


@pytest.fixture
def name():
    return f"e-{uuid.uuid4().hex[:12]}"


def test_default_experiment(mlflow):
    found = mlflow.look("experiments/get", experiment_id="0")["experiment"]
    assert (found["name"], found["lifecycle_stage"]) == ("Default", "active")
    assert found["artifact_location"] == "mlflow-artifacts:/0" and found["creation_time"] > 1600000000000
    assert mlflow.post("experiments/delete", experiment_id="0").code == "INVALID_PARAMETER_VALUE"


def test_experiment_life(mlflow, name):
    identity = mlflow.experiment(name, tags=[{"key": "team", "value": "a"}])
    found = mlflow.look("experiments/get-by-name", experiment_name=name)["experiment"]
    assert found["experiment_id"] == identity and found["tags"] == [{"key": "team", "value": "a"}]
    assert found["artifact_location"] == f"mlflow-artifacts:/{identity}"

    taken = mlflow.post("experiments/create", name=name)
    assert (taken.status, taken.code) == (400, "RESOURCE_ALREADY_EXISTS")
    mlflow.ask("experiments/update", experiment_id=identity, new_name=name + "2")
    mlflow.ask("experiments/set-experiment-tag", experiment_id=identity, key="team", value="b")
    found = mlflow.look("experiments/get", experiment_id=identity)["experiment"]
    assert found["name"] == name + "2" and pairs(found["tags"]) == {"team": "b"}
    mlflow.ask("experiments/delete-experiment-tag", experiment_id=identity, key="team")
    gone = mlflow.post("experiments/delete-experiment-tag", experiment_id=identity, key="team")
    assert (gone.status, gone.code) == (404, "RESOURCE_DOES_NOT_EXIST")

    run = mlflow.run(identity)
    mlflow.ask("experiments/delete", experiment_id=identity)
    assert mlflow.look("experiments/get", experiment_id=identity)["experiment"]["lifecycle_stage"] == "deleted"
    assert mlflow.look("runs/get", run_id=run)["run"]["info"]["lifecycle_stage"] == "deleted"
    for path, members in (("runs/create", {}), ("experiments/update", {"new_name": "x"}),
                          ("experiments/delete", {}),
                          ("experiments/set-experiment-tag", {"key": "a", "value": "b"})):
        refused = mlflow.post(path, experiment_id=identity, **members)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), path
    mlflow.ask("experiments/restore", experiment_id=identity)
    assert mlflow.look("runs/get", run_id=run)["run"]["info"]["lifecycle_stage"] == "active"


def test_experiments_that_are_not_there(mlflow):
    for answer in (mlflow.get("experiments/get", experiment_id="123456"),
                   mlflow.get("experiments/get", experiment_id="abc"),
                   mlflow.get("experiments/get-by-name", experiment_name="nobody's"),
                   mlflow.post("experiments/delete", experiment_id="123456"),
                   mlflow.post("runs/create", experiment_id="123456")):
        assert (answer.status, answer.code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_search_experiments(mlflow, name):
    ids = {n: mlflow.experiment(f"{name}-{n}", tags=[{"key": "n", "value": str(n)}]) for n in range(5)}
    wanted = {"filter": f"name LIKE '{name}-%'", "order_by": ["name DESC"]}
    pages = []
    token = ""
    while True:
        page = mlflow.ask("experiments/search", max_results=2, page_token=token, **wanted)
        pages.append([found["name"][-1] for found in page["experiments"]])
        token = page.get("next_page_token")
        if not token:
            break
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    found = mlflow.ask("experiments/search", filter=f"tags.n = '3' AND attribute.name LIKE '{name}%'")
    assert [e["experiment_id"] for e in found["experiments"]] == [ids[3]]

    mlflow.ask("experiments/delete", experiment_id=ids[2])
    for view, count in (("ACTIVE_ONLY", 4), ("DELETED_ONLY", 1), ("ALL", 5)):
        assert len(mlflow.ask("experiments/search", view_type=view, **wanted)["experiments"]) == count
    assert len(mlflow.look("experiments/search", **wanted)["experiments"]) == 4


def test_artifact_locations(mlflow, name):
    identity = mlflow.experiment(name, artifact_location="s3://models/mine")
    run = mlflow.run(identity)
    assert mlflow.look("runs/get", run_id=run)["run"]["info"]["artifact_uri"] == \
        f"s3://models/mine/{run}/artifacts"
    for location in ("file:///etc", "/etc", "../x", "http://127.0.0.1/x", "s3://", "runs:/x",
                     "mlflow-artifacts:/../x", "mlflow-artifacts:/a/%2e%2e/b", "s3://a/b#c", "dbfs:/x"):
        refused = mlflow.post("experiments/create", name=name + "x", artifact_location=location)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), location


def test_run_life(mlflow, name):
    identity = mlflow.experiment(name)
    run = mlflow.ask("runs/create", experiment_id=identity, user_id="ann", run_name="first",
                     start_time="1700000000123",
                     tags=[{"key": "mlflow.user", "value": "ann"}])["run"]
    info = run["info"]
    assert len(info["run_id"]) == 32 and info["run_uuid"] == info["run_id"]
    assert (info["status"], info["lifecycle_stage"], info["user_id"]) == ("RUNNING", "active", "ann")
    assert info["start_time"] == 1700000000123 and "end_time" not in info
    assert info["artifact_uri"] == f"mlflow-artifacts:/{identity}/{info['run_id']}/artifacts"
    assert pairs(run["data"]["tags"]) == {"mlflow.user": "ann", "mlflow.runName": "first"}

    ended = mlflow.ask("runs/update", run_id=info["run_id"], status="FINISHED", end_time=1700000001000)
    assert ended["run_info"]["status"] == "FINISHED" and ended["run_info"]["end_time"] == 1700000001000
    mlflow.ask("runs/update", run_uuid=info["run_id"], run_name="second")
    run = mlflow.look("runs/get", run_id=info["run_id"])["run"]
    assert run["info"]["run_name"] == "second" and pairs(run["data"]["tags"])["mlflow.runName"] == "second"
    mlflow.ask("runs/set-tag", run_id=info["run_id"], key="mlflow.runName", value="third")
    assert mlflow.look("runs/get", run_id=info["run_id"])["run"]["info"]["run_name"] == "third"

    mlflow.ask("runs/delete", run_id=info["run_id"])
    for path, members in (("update", {"status": "FAILED"}), ("log-metric", metric("a", 1)),
                          ("log-parameter", {"key": "a", "value": "b"}),
                          ("set-tag", {"key": "a", "value": "b"}), ("delete-tag", {"key": "mlflow.user"}),
                          ("log-batch", {"metrics": [metric("a", 1)]}), ("delete", {})):
        refused = mlflow.post("runs/" + path, run_id=info["run_id"], **members)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), path
    mlflow.ask("runs/restore", run_id=info["run_id"])
    assert mlflow.post("runs/restore", run_id=info["run_id"]).code == "INVALID_PARAMETER_VALUE"


def test_run_names(mlflow):
    made = mlflow.ask("runs/create", experiment_id="0")["run"]["info"]
    assert made["run_name"].count("-") == 2 and made["start_time"] > 1600000000000
    tagged = mlflow.ask("runs/create", experiment_id="0",
                        tags=[{"key": "mlflow.runName", "value": "by tag"}])["run"]["info"]
    assert tagged["run_name"] == "by tag"
    refused = mlflow.post("runs/create", experiment_id="0", run_name="a",
                          tags=[{"key": "mlflow.runName", "value": "b"}])
    assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE")


def test_params_are_logged_once(mlflow):
    run = mlflow.run()
    mlflow.ask("runs/log-parameter", run_id=run, key="lr", value="0.1")
    mlflow.ask("runs/log-parameter", run_id=run, key="lr", value="0.1")
    changed = mlflow.post("runs/log-parameter", run_id=run, key="lr", value="0.2")
    assert (changed.status, changed.code) == (400, "INVALID_PARAMETER_VALUE")
    assert "Changing param values is not allowed" in changed.json["message"]

    # nothing of a batch that is refused
    batch = mlflow.post("runs/log-batch", run_id=run, metrics=[metric("a", 1)],
                        params=[{"key": "x", "value": "1"}, {"key": "lr", "value": "0.2"}])
    assert batch.status == 400
    data = mlflow.look("runs/get", run_id=run)["run"]["data"]
    assert pairs(data["params"]) == {"lr": "0.1"} and "metrics" not in data


def test_tags(mlflow):
    run = mlflow.run(run_name="t")
    mlflow.ask("runs/set-tag", run_id=run, key="a/b", value="1")
    mlflow.ask("runs/set-tag", run_id=run, key="a/b", value="ä \"2\"\n")
    assert pairs(mlflow.look("runs/get", run_id=run)["run"]["data"]["tags"])["a/b"] == "ä \"2\"\n"
    mlflow.ask("runs/delete-tag", run_id=run, key="a/b")
    gone = mlflow.post("runs/delete-tag", run_id=run, key="a/b")
    assert (gone.status, gone.code) == (404, "RESOURCE_DOES_NOT_EXIST")


def history(mlflow, run, key, **query):
    return mlflow.look("metrics/get-history", run_id=run, metric_key=key, **query)["metrics"]


def test_metrics(mlflow):
    run = mlflow.run()
    mlflow.ask("runs/log-metric", run_id=run, key="loss", value=0.5, timestamp=1700000000000)
    mlflow.ask("runs/log-metric", run_id=run, key="loss", value="0.25", timestamp="1700000000001", step="1")
    mlflow.ask("runs/log-batch", run_id=run, metrics=[metric("loss", 0.125, 3), metric("acc", 1, -5),
                                                      metric("loss", 0.75, 2)])
    data = mlflow.look("runs/get", run_id=run)["run"]["data"]
    assert {m["key"]: (m["value"], m["step"]) for m in data["metrics"]} == {"loss": (0.125, 3), "acc": (1, -5)}
    points = history(mlflow, run, "loss")
    assert [(p["step"], p["value"]) for p in points] == [(0, 0.5), (2, 0.75), (3, 0.125), (1, 0.25)]
    assert [p["timestamp"] for p in points] == sorted(p["timestamp"] for p in points)
    assert history(mlflow, run, "none") == []


def test_the_same_batch_again(mlflow):
    """A client that got no answer sends it again."""
    run = mlflow.run()
    for _ in range(3):
        mlflow.ask("runs/log-batch", run_id=run, metrics=[metric("a", n / 7, n) for n in range(100)])
    assert [p["value"] for p in history(mlflow, run, "a")] == [n / 7 for n in range(100)]


def test_what_is_no_number(mlflow):
    run = mlflow.run()
    for step, value in enumerate(("NaN", "Infinity", "-Infinity", 1.5)):
        mlflow.ask("runs/log-metric", run_id=run, timestamp=1, step=step, key="x", value=value)
    assert [p["value"] for p in history(mlflow, run, "x")] == ["NaN", "Infinity", "-Infinity", 1.5]
    mlflow.ask("runs/log-metric", run_id=run, key="y", value="NaN", timestamp=1)
    data = mlflow.look("runs/get", run_id=run)["run"]["data"]
    assert pairs(data["metrics"]) == {"x": 1.5, "y": "NaN"}
    for value in ("nothing", "", None, True, [1], {}, "0x10", "1e999", "--1"):
        refused = mlflow.post("runs/log-metric", run_id=run, key="x", value=value, timestamp=1)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), value


def test_numbers_come_back_as_they_were(mlflow):
    values = [0.1, 1 / 3, 1e-308, 5e-324, 1.7976931348623157e308, -0.0, 2**53 + 2.0, 123456.789, 1e22]
    run = mlflow.run()
    mlflow.ask("runs/log-batch", run_id=run,
               metrics=[metric("v", value, n, timestamp=n) for n, value in enumerate(values)])
    found = [p["value"] for p in history(mlflow, run, "v")]
    assert found == values and math.copysign(1, found[5]) == -1


def test_history_in_pages(mlflow):
    """Of several metrics that came together and one by one, across many segments."""
    run = mlflow.run()
    keys = ["a", "b", "c"]
    n = 0
    for size in [1] * 40 + [300] * 30 + [1] * 7:
        mlflow.ask("runs/log-batch", run_id=run, metrics=[
            metric(keys[i % 3], i / 8, i, timestamp=i) for i in range(n, n + size)])
        n += size
    for which, key in enumerate(keys):
        expected = [(i, i / 8) for i in range(which, n, 3)]
        assert [(p["step"], p["value"]) for p in history(mlflow, run, key)] == expected
        seen = []
        token = None
        while token != "":
            query = {"page_token": token} if token else {}
            page = mlflow.look("metrics/get-history", run_id=run, metric_key=key, max_results=1000, **query)
            assert len(page["metrics"]) <= 1000
            seen += [(p["step"], p["value"]) for p in page["metrics"]]
            token = page.get("next_page_token", "")
        assert seen == expected
    bad = mlflow.get("metrics/get-history", run_id=run, metric_key="a", page_token="AAAA")
    assert (bad.status, bad.code) == (400, "INVALID_PARAMETER_VALUE")


def test_bulk_histories(mlflow):
    runs = [mlflow.run() for _ in range(2)]
    for which, run in enumerate(runs):
        for start in range(0, 3000, 1000):
            mlflow.ask("runs/log-batch", run_id=run, metrics=[
                metric("m", 99.5 if n == 1234 + which else math.sin(n / 50), n, timestamp=n)
                for n in range(start, start + 1000)])
    bulk = mlflow.get("metrics/get-history-bulk", prefix="/ajax-api/2.0/mlflow/", run_id=runs,
                      metric_key="m", max_results=4000).json["metrics"]
    assert [sum(p["run_id"] == run for p in bulk) for run in runs] == [3000, 1000]

    samples = mlflow.get("metrics/get-history-bulk-interval", prefix="/ajax-api/2.0/mlflow/", run_ids=runs,
                         metric_key="m", max_results=100).json["metrics"]
    for which, run in enumerate(runs):
        own = [p for p in samples if p["run_id"] == run]
        steps = [p["step"] for p in own]
        assert len(own) <= 100 and steps == sorted(steps) and (steps[0], steps[-1]) == (0, 2999)
        # no peak is lost
        assert (1234 + which, 99.5) in [(p["step"], p["value"]) for p in own]
    part = mlflow.look("metrics/get-history-bulk-interval", run_ids=runs[0], metric_key="m",
                       start_step=10, end_step=12)["metrics"]
    assert [p["step"] for p in part] == [10, 11, 12]
    for query in ({"run_ids": runs[0]}, {"metric_key": "m"},
                  {"run_ids": runs[0], "metric_key": "m", "max_results": 2501},
                  {"run_ids": runs[0], "metric_key": "m", "start_step": 5, "end_step": 4},
                  {"run_ids": ["x"] * 101, "metric_key": "m"}):
        assert mlflow.get("metrics/get-history-bulk-interval", **query).code == "INVALID_PARAMETER_VALUE"
    for limit in (1, 2, 3, 4):
        few = mlflow.look("metrics/get-history-bulk-interval", run_ids=runs[0], metric_key="m",
                          max_results=limit)["metrics"]
        assert 1 <= len(few) <= limit


def test_limits(mlflow):
    run = mlflow.run()
    one = {"key": "k", "value": "v"}
    for members in ({"metrics": [metric("m", n, n) for n in range(1001)]},
                    {"params": [{"key": f"p{n}", "value": ""} for n in range(101)]},
                    {"tags": [{"key": f"t{n}", "value": ""} for n in range(101)]},
                    {"metrics": [metric("m", n, n) for n in range(950)],
                     "params": [{"key": f"p{n}", "value": ""} for n in range(51)]},
                    {"params": [one, one]},
                    {"params": [{"key": "p", "value": "x" * 6001}]},
                    {"tags": [{"key": "t", "value": "ä" * 5001}]},
                    {"tags": [{"key": "k" * 251, "value": ""}]},
                    {"metrics": [metric("m" * 251, 1)]},
                    {"metrics": [metric("m", 1, timestamp=-1)]},
                    {"metrics": [metric("m", 1, step=1.5)]},
                    {"metrics": [{"key": "m", "value": 1}]},
                    {"metrics": {}}, {"metrics": [1]}, {"params": "x"}, {"tags": [{"value": "v"}]}):
        refused = mlflow.post("runs/log-batch", run_id=run, **members)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), list(members)
    mlflow.ask("runs/log-batch", run_id=run, metrics=[metric("m", n, n) for n in range(800)],
               params=[{"key": f"p{n}", "value": "x" * 6000} for n in range(100)],
               tags=[{"key": f"t{n}", "value": "ä" * (5000 if n < 5 else 1)} for n in range(100)])
    data = mlflow.look("runs/get", run_id=run)["run"]["data"]
    assert len(data["params"]) == 100 and len(data["tags"]) == 101


@pytest.mark.parametrize("key", ["a//b", "../a", "/a", "a/", "a/../b", ".", "..", "a\nb", "a;b", "a'b", "é*", ""])
def test_keys(mlflow, key):
    run = mlflow.run()
    for path, members in (("log-parameter", {"value": "1"}), ("set-tag", {"value": "1"}),
                          ("log-metric", {"value": 1, "timestamp": 1})):
        refused = mlflow.post("runs/" + path, run_id=run, key=key, **members)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), path


def test_good_keys(mlflow):
    run = mlflow.run()
    for key in ("val/loss top-5", "größe", "a.b_c:d", "a..b"):
        mlflow.ask("runs/log-metric", run_id=run, key=key, value=1, timestamp=1)
        assert len(history(mlflow, run, key)) == 1


def test_inputs(mlflow):
    run = mlflow.run()
    dataset = {"name": "iris", "digest": "abc", "source_type": "local", "source": "{\"uri\": \"x\"}",
               "schema": "{}", "profile": "{\"num_rows\": 150}"}
    tags = [{"key": "mlflow.data.context", "value": "training"}]
    for _ in range(2):
        mlflow.ask("runs/log-inputs", run_id=run, datasets=[{"tags": tags, "dataset": dataset}])
    inputs = mlflow.look("runs/get", run_id=run)["run"]["inputs"]["dataset_inputs"]
    assert inputs == [{"tags": tags, "dataset": dataset}]
    for bad in ({"tags": tags}, {"dataset": {"name": "x"}}, {"dataset": dict(dataset, name="x" * 501)}, 5):
        assert mlflow.post("runs/log-inputs", run_id=run, datasets=[bad]).code == "INVALID_PARAMETER_VALUE"


def test_models(mlflow):
    run = mlflow.run()
    model = {"artifact_path": "model", "flavors": {"python_function": {}}, "run_id": run,
             "utc_time_created": "2026-01-01 00:00:00"}
    for path in ("model", "other"):
        mlflow.ask("runs/log-model", run_id=run, model_json=json.dumps(dict(model, artifact_path=path)))
    told = pairs(mlflow.look("runs/get", run_id=run)["run"]["data"]["tags"])["mlflow.log-model.history"]
    assert [m["artifact_path"] for m in json.loads(told)] == ["model", "other"]
    for text in ("{", "[]", "{}", json.dumps(dict(model, run_id="x"))):
        assert mlflow.post("runs/log-model", run_id=run, model_json=text).status == 400


def test_runs_that_are_not_there(mlflow):
    for path, members in (("update", {}), ("delete", {}), ("restore", {}), ("log-metric", metric("a", 1)),
                          ("log-parameter", {"key": "a", "value": "b"}), ("log-batch", {}),
                          ("set-tag", {"key": "a", "value": "b"}), ("delete-tag", {"key": "a"}),
                          ("log-inputs", {})):
        answer = mlflow.post("runs/" + path, run_id="0" * 32, **members)
        assert (answer.status, answer.code) == (404, "RESOURCE_DOES_NOT_EXIST"), path
        assert mlflow.post("runs/" + path, **members).code == "INVALID_PARAMETER_VALUE", path
    assert mlflow.get("runs/get", run_id="' OR 1=1 --").code == "RESOURCE_DOES_NOT_EXIST"
    assert mlflow.get("metrics/get-history", run_id="x", metric_key="a").code == "RESOURCE_DOES_NOT_EXIST"
    assert mlflow.get("artifacts/list", run_id="x").code == "RESOURCE_DOES_NOT_EXIST"


HOSTILE = [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe", b"{\"run_id\": 5}", b"{\"run_id\": []}",
           b"{\"run_id\": \"\\u0000\"}", b"[" * 5000, b"{\"a\":" * 500, b"{\"run_id\": NaN}",
           b"{\"experiment_id\": {}}", b"{\"name\": 1e400}", b"{\"metrics\": [[[[]]]]}",
           b"{\"run_id\": \"" + b"x" * 100000 + b"\"}", b"{\"max_results\": -1}",
           b"{\"max_results\": 1e30, \"order_by\": {\"a\": 1}}", b"{\"page_token\": \"\\ud800\"}"]

POSTS = ["experiments/create", "experiments/search", "experiments/update", "experiments/delete",
         "experiments/restore", "experiments/set-experiment-tag", "experiments/delete-experiment-tag",
         "runs/create", "runs/update", "runs/delete", "runs/restore", "runs/search", "runs/log-metric",
         "runs/log-parameter", "runs/set-tag", "runs/delete-tag", "runs/log-batch", "runs/log-inputs",
         "runs/log-model"]
GETS = ["experiments/get", "experiments/get-by-name", "experiments/search", "runs/get",
        "metrics/get-history", "metrics/get-history-bulk", "metrics/get-history-bulk-interval",
        "artifacts/list"]


@pytest.mark.parametrize("path", POSTS)
def test_hostile_bodies(mlflow, engine, path):
    for body in HOSTILE:
        answer = mlflow.post(path, body=body)
        assert answer.status in (200, 400, 404), (body[:40], answer.body)
        if answer.status != 200:
            assert answer.code in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_DOES_NOT_EXIST")
    assert mlflow.send("POST", "/api/2.0/mlflow/" + path, "{}", {"Content-Type": "text/plain"}).status == 400
    engine.check()


@pytest.mark.parametrize("path", GETS)
def test_hostile_queries(mlflow, engine, path):
    for query in ("", "run_id=", "run_id=a&run_id=b", "experiment_id=a&experiment_id=b", "run_id=%00",
                  "metric_key=%ff&run_id=x", "max_results=x&run_id=x&metric_key=y", "=", "&&&",
                  "run_id=" + "x" * 5000, "filter=" + "(" * 1000, "page_token=AAAA"):
        answer = mlflow.send("GET", f"/api/2.0/mlflow/{path}?{query}")
        assert answer.status in (200, 400, 404), (query[:40], answer.body)
    engine.check()


def test_too_large(mlflow):
    answer = mlflow.post("runs/log-batch", body=b"{\"run_id\": \"" + b"x" * 3_000_000 + b"\"}")
    assert answer.status == 413


def test_other_paths(mlflow):
    for path in ("registered-models/create", "nothing", "runs", "runs/get/", "../version", "logged-models"):
        answer = mlflow.post(path)
        assert (answer.status, answer.code) == (404, "ENDPOINT_NOT_FOUND"), path
    assert mlflow.get("runs/create").status == 404 and mlflow.post("runs/get").status == 404
    assert mlflow.send("GET", "/health").body == b"OK"
    assert mlflow.send("GET", "/version").body.startswith(b"2.")


def test_who_may(engine, mlflow):
    url = engine.endpoint_url
    assert Tracking(url, token=engine.secret_access_key).get("experiments/get", experiment_id="0").status == 200
    for other in (Tracking(url), Tracking(url, engine.access_key_id, "wrong"),
                  Tracking(url, "nobody", engine.secret_access_key), Tracking(url, token="wrong")):
        for answer in (other.get("experiments/get", experiment_id="0"), other.post("runs/search"),
                       other.artifact("PUT", "a/b", b"x"), other.artifact("GET", "a/b"),
                       other.send("GET", "/version"), other.send("GET", "/health")):
            assert answer.status in (401, 403, 429), answer.body
            assert answer.code in ("UNAUTHENTICATED", "PERMISSION_DENIED", "REQUEST_LIMIT_EXCEEDED")
    page = mlflow.send("POST", "/api/2.0/mlflow/runs/search", "{}",
                       {"Origin": "http://evil.example", "Content-Type": "application/json"})
    assert page.status == 403


READS = ("experiments/search", "runs/search")


@pytest.mark.parametrize("role", ["viewer", "developer"])
def test_roles(people, role):  # noqa: F811
    """A viewer reads, a developer writes, and each is asked at every route."""
    person = people.people[role]
    other = Tracking(people.endpoint_url, person.access_key_id, person.secret_access_key)
    run = owner(people).run()
    for path in POSTS:
        answer = other.post(path, run_id=run, experiment_id="0")
        refused = role == "viewer" and path not in READS
        assert (answer.status == 403 and answer.code == "PERMISSION_DENIED") == refused, (path, answer.body)
    for path in GETS:
        assert other.get(path, run_id=run, experiment_id="0", metric_key="a", run_ids=run).status in (200, 400)
    for method, status in (("PUT", 200), ("GET", 200), ("DELETE", 200)):
        answer = other.artifact(method, "roles/a", b"x" if method == "PUT" else None)
        assert answer.status == (404 if role == "viewer" and method == "GET" else
                                 403 if role == "viewer" else status), (method, answer.body)


def test_a_user_who_has_logged_in(people):  # noqa: F811
    person = session(people, "developer")
    run = Tracking(people.endpoint_url, token=person.bearer).run()
    assert owner(people).look("runs/get", run_id=run)["run"]["info"]["user_id"] == "developer"
    # of the keys of a session the secret alone proves nothing
    keys = Tracking(people.endpoint_url, person.access_key_id, person.secret_access_key)
    assert keys.get("runs/get", run_id=run).status == 401


def test_records(engine, mlflow):
    """A change leaves an audit record and an event; a thousand points leave no thousand."""
    run = mlflow.run()
    mlflow.ask("runs/log-parameter", run_id=run, key="a", value="b")
    for n in range(50):
        mlflow.ask("runs/log-metric", run_id=run, key="m", value=n, timestamp=n)
    mlflow.ask("runs/update", run_id=run, status="FINISHED")
    assert mlflow.post("runs/log-parameter", run_id=run, key="a", value="c").status == 400
    database = sqlite3.connect(f"file:{engine.data_dir}/engine.db?mode=ro", uri=True)
    audit = database.execute("SELECT operation, outcome FROM audit WHERE target = ?", (f"runs:/{run}",)).fetchall()
    assert audit == [("CreateRun", "ok"), ("LogParam", "ok"), ("UpdateRun", "ok")]
    assert database.execute("SELECT count (*) FROM audit WHERE operation = 'LogParam' AND outcome != 'ok'"
                            ).fetchone()[0] > 0
    events = [row[0] for row in database.execute(
        "SELECT status FROM event WHERE kind = 'mlflow-run' AND name = ? ORDER BY seq", (run,))]
    assert (events[0], events[-1]) == ("RUNNING", "FINISHED") and len(events) < 40
    # points that came one by one are in few rows
    segments, points = database.execute(
        "SELECT count (*), sum (points) FROM metric_segment s JOIN run r ON r.number = s.run WHERE r.id = ?",
        (run,)).fetchone()
    assert points == 50 and segments <= 6
    database.close()


def test_after_a_restart(fresh_engine):
    engine = fresh_engine
    mlflow = owner(engine)
    run = mlflow.run(run_name="kept")
    mlflow.ask("runs/log-batch", run_id=run, metrics=[metric("m", n, n) for n in range(500)],
               params=[{"key": "p", "value": "v"}])
    assert engine.stop() == 0
    engine.start()
    mlflow = owner(engine)
    assert len(history(mlflow, run, "m")) == 500
    assert mlflow.search("0", "params.p = 'v'") == ["kept"]
