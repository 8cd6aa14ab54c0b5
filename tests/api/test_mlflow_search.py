# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters and orders of MLflow's search for runs."""

import uuid

import pytest

from tracking import metric, owner


@pytest.fixture(scope="module")
def mlflow(engine):
    return owner(engine)


@pytest.fixture(scope="module")
def runs(mlflow):
    """An experiment with five runs, a to e, started one after the other."""
    experiment = mlflow.experiment(f"search-{uuid.uuid4().hex[:12]}")
    for n, name in enumerate("abcde"):
        run = mlflow.run(experiment, run_name=name, start_time=1700000000000 + n, user_id="ann" if n < 3 else "bob")
        metrics = [metric("val loss", n / 10), metric("acc", 0.5 + n / 10)]
        if name == "e":
            metrics = [metric("acc", "NaN")]
        mlflow.ask("runs/log-batch", run_id=run, metrics=metrics,
                   params=[{"key": "lr", "value": f"0.{n}"}, {"key": "kind", "value": "Tree" if n % 2 else "linear"}],
                   tags=[{"key": "team/x", "value": "it's 100% *mine*"}] if name == "b" else [])
        if n < 2:
            mlflow.ask("runs/update", run_id=run, status="FINISHED", end_time=1700000100000 + n)
    mlflow.ask("runs/log-inputs", run_id=run, datasets=[
        {"tags": [{"key": "mlflow.data.context", "value": "eval"}],
         "dataset": {"name": "iris", "digest": "d1", "source_type": "x", "source": "y"}}])
    return experiment


@pytest.mark.parametrize("filter,found", [
    ("", "edcba"),
    ("   ", "edcba"),
    ("metrics.acc > 0.6", "dc"),
    ("metrics.acc >= 0.6", "dcb"),
    ("metric.`val loss` < 0.2 and metrics.acc != 0.5", "b"),
    ("metrics.\"val loss\" <= 1e-1", "ba"),
    ("metrics.acc = 0.5", "a"),
    ("metrics.acc > -1", "dcba"),
    ("metrics.none > 0", ""),
    ("params.lr = '0.3'", "d"),
    ("params.lr = \"0.3\"", "d"),
    ("parameter.kind != 'Tree'", "eca"),
    ("params.kind LIKE 'T%'", "db"),
    ("params.kind LIKE 't%'", ""),
    ("params.kind ILIKE 't__e'", "db"),
    ("params.kind LIKE '%i%'", "eca"),
    ("tags.`team/x` = 'it''s 100% *mine*'", "b"),
    ("tags.\"team/x\" LIKE '%*mine*'", "b"),
    ("tags.`team/x` LIKE '%[m]ine*'", ""),
    ("tags.`team/x` = 'x' OR ''=''", None),
    ("attributes.status = 'FINISHED'", "ba"),
    ("status = 'RUNNING' AND user_id = 'bob'", "ed"),
    ("attribute.start_time > 1700000000002", "ed"),
    ("end_time > 0", "ba"),
    ("created <= 1700000000000", "a"),
    ("run_name IN ('a', 'e', 'zzz')", "ea"),
    ("attributes.`Run name` NOT IN ('a')", "edcb"),
    ("run.run_name ILIKE 'B'", "b"),
    ("dataset.name = 'iris'", "e"),
    ("datasets.context = 'eval' AND dataset.digest LIKE 'd%'", "e"),
    ("dataset.name != 'iris'", ""),
    ("params.lr = '0.1' AND params.lr = '0.2'", ""),
])
def test_filters(mlflow, runs, filter, found):
    if found is None:
        answer = mlflow.post("runs/search", experiment_ids=[runs], filter=filter)
        assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
    else:
        assert "".join(mlflow.search(runs, filter)) == found


@pytest.mark.parametrize("order,found", [
    ([], "edcba"),
    (["metrics.acc ASC"], "abcde"),
    (["metrics.acc DESC"], "dcbae"),
    (["metric.`val loss`"], "abcde"),
    (["metrics.`val loss` DESC"], "dcbae"),
    (["params.kind DESC", "start_time ASC"], "acebd"),
    (["params.kind desc", "metrics.acc desc"], "caedb"),
    (["attributes.run_name asc"], "abcde"),
    (["end_time ASC"], "abedc"),
    (["tags.`team/x`", "Created"], "bacde"),
])
def test_orders(mlflow, runs, order, found):
    assert "".join(mlflow.search(runs, order_by=order)) == found


def test_a_filter_and_an_order_by_the_same_metric(mlflow, runs):
    """Which goes another way through the database than others."""
    wanted = {"filter": "metrics.acc > 0.5 AND params.kind LIKE '%'", "order_by": ["metrics.acc DESC"]}
    assert "".join(mlflow.search(runs, **wanted)) == "dcb"
    assert "".join(mlflow.search(runs, wanted["filter"], order_by=["metrics.acc"])) == "bcd"
    assert "".join(mlflow.search(runs, wanted["filter"] + " AND metrics.acc < 0.8",
                                 order_by=["metrics.acc", "start_time"])) == "bc"
    both = mlflow.ask("runs/search", experiment_ids=[runs, "0"], **wanted)["runs"]
    assert [run["info"]["run_name"] for run in both if run["info"]["experiment_id"] == runs] == list("dcb")


def test_pages(mlflow, runs):
    for order in ([], ["metrics.acc DESC"]):
        seen = []
        token = None
        while token != "":
            page = mlflow.ask("runs/search", experiment_ids=[runs], order_by=order, max_results=2,
                              page_token=token)
            seen += [run["info"]["run_name"] for run in page["runs"]]
            token = page.get("next_page_token", "")
        assert "".join(seen) == ("dcbae" if order else "edcba")
    first = mlflow.ask("runs/search", experiment_ids=[runs], max_results=2)
    for members in ({"page_token": first["next_page_token"], "filter": "status = 'x'"},
                    {"page_token": "AAAA"}, {"page_token": "%"}, {"page_token": 5}, {"max_results": 0},
                    {"max_results": 50001}, {"max_results": "many"}):
        refused = mlflow.post("runs/search", experiment_ids=[runs], **members)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), members


def test_views_and_experiments(mlflow):
    experiment = mlflow.experiment(f"views-{uuid.uuid4().hex[:12]}")
    ids = {name: mlflow.run(experiment, run_name=name) for name in "xy"}
    mlflow.ask("runs/delete", run_id=ids["x"])
    for view, found in (("ACTIVE_ONLY", ["y"]), ("DELETED_ONLY", ["x"]), ("ALL", ["x", "y"])):
        assert sorted(mlflow.search(experiment, run_view_type=view)) == found
    assert mlflow.ask("runs/search")["runs"] == [] and mlflow.ask("runs/search", experiment_ids=["abc"])["runs"] == []
    for members in ({"experiment_ids": ["' OR 1=1"]}, {"experiment_ids": [5]}, {"experiment_ids": {}},
                    {"experiment_ids": ["0"] * 1001}, {"experiment_ids": ["0"], "run_view_type": "ANY"}):
        refused = mlflow.post("runs/search", **members)
        assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), members


@pytest.mark.parametrize("filter", [
    "x", "metrics", "metrics.", ".a = 1", "metrics.a", "metrics.a >", "metrics.a > 'x'", "metrics.a > x",
    "metrics.a LIKE 'x'", "metrics.a IN (1)", "metrics.a > 1 AND", "metrics.a > 1 OR metrics.a < 0",
    "AND metrics.a > 1", "metrics.a > 1 metrics.b > 2", "(metrics.a > 1)", "NOT metrics.a > 1",
    "params.a = 1", "params.a > 'x'", "params.a = 'x", "params.a = x", "params.a IN ('x')", "params.`a = 'x'",
    "params.a = 'x'; DROP TABLE run", "params.a = 'x' -- c", "params.a = 'x' UNION SELECT 1", "params.a == 'x'",
    "nothing.a = 'x'", "secret = 'x'", "attributes.secret = 'x'", "dataset.secret = 'x'", "number = 1",
    "status IN ()", "status IN ('a'", "status IN ('a',)", "status IN 'a'", "status NOT 'a'", "start_time = 'x'",
    "metrics.a > 1e999", "metrics.a > 0x10", "metrics.a > nan", "metrics.a > inf", "metrics.a > 1x", "metrics.a > --1",
    "(" * 30000, "metrics.a > 1 AND " * 60 + "metrics.a > 1", "params.a = '" + "x" * 70000 + "'",
    "status IN (" + ", ".join(["'x'"] * 1001) + ")", "\u202e = 'x'",
])
def test_hostile_filters(mlflow, runs, filter):
    refused = mlflow.post("runs/search", experiment_ids=[runs], filter=filter)
    assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), refused.body
    assert len(refused.json["message"]) < 500


@pytest.mark.parametrize("order", ["", "x", "metrics", "metrics.a UP", "metrics.a ASC, metrics.b", "1", "dataset.name",
                                   "metrics.a; DROP TABLE run", "(SELECT 1)", "params.`a", "nothing.a"])
def test_hostile_orders(mlflow, runs, order):
    refused = mlflow.post("runs/search", experiment_ids=[runs], order_by=[order])
    assert (refused.status, refused.code) == (400, "INVALID_PARAMETER_VALUE"), refused.body


def test_values_are_never_statements(mlflow, runs):
    for text in ("'; DROP TABLE run; --", "\" OR 1=1 --", "?1", "%", "_", "\\", "\x01", "ä"):
        quoted = text.replace("'", "''")
        assert mlflow.search(runs, f"params.lr = '{quoted}'") == []
        assert mlflow.search(runs, f"params.`{text.replace('`', '')}` = 'x'") == []
    assert len(mlflow.search(runs)) == 5


def test_patterns_take_no_time(mlflow):
    experiment = mlflow.experiment(f"like-{uuid.uuid4().hex[:12]}")
    run = mlflow.run(experiment)
    mlflow.ask("runs/set-tag", run_id=run, key="a", value="a" * 5000)
    for operator in ("LIKE", "ILIKE"):
        assert mlflow.search(experiment, f"tags.a {operator} '" + "%a" * 3000 + "b'") == []
