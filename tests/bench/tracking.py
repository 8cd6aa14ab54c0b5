# SPDX-License-Identifier: GPL-3.0-or-later
"""MLflow's tracking API: metrics logged, histories read, runs searched for.

Requests are those of MLflow's REST client, made before the clock runs. What is logged is durable when
the answer comes."""

import base64
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

import figures

SOURCE = Path(__file__).resolve().parents[2]
BATCH = 1000             # points
BATCHES = 400            # of one measure
RUNS = 9053              # as many as MLflow was measured with
HISTORY = 1_000_000      # points
PAGE = 25000             # points, which is what MLflow's client asks for
CLIENTS = 16


class Client:
    """One connection that is kept."""

    def __init__(self, ready):
        address = urllib.parse.urlsplit(ready["endpoint_url"])
        pair = f"{ready['access_key_id']}:{ready['secret_access_key']}".encode()
        self.headers = {"Authorization": "Basic " + base64.b64encode(pair).decode(),
                        "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)

    def send(self, method, path, body=None):
        self.connection.request(method, "/api/2.0/mlflow/" + path, body, self.headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {data[:500]}")
        return data

    def post(self, path, **members):
        return json.loads(self.send("POST", path, json.dumps(members)))

    def run(self, experiment="0", **members):
        return self.post("runs/create", experiment_id=experiment, **members)["run"]["info"]["run_id"]


def batch(run, first, keys=10):
    """The body of a batch, its points spread over some metrics."""
    return json.dumps({"run_id": run, "metrics": [
        {"key": f"metric-{n % keys}", "value": random.random(), "timestamp": 1700000000000 + n, "step": n // keys}
        for n in range(first, first + BATCH)]})


def in_parallel(ready, work):
    """Sends each list of requests over a connection of its own; returns the seconds."""
    def send(requests):
        client = Client(ready)
        for path, body in requests:
            client.send("POST", path, body)

    threads = [threading.Thread(target=send, args=(requests,)) for requests in work]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def log_batches(ready, connections):
    """Returns points a second."""
    client = Client(ready)
    work = []
    for _ in range(connections):
        run = client.run()
        work.append([("runs/log-batch", batch(run, n * BATCH)) for n in range(BATCHES // connections)])
    return BATCH * BATCHES / in_parallel(ready, work)


def log_floor(work):
    with tempfile.TemporaryDirectory(dir=work) as folder:
        output = subprocess.run([figures.program("metric-floor"), f"{folder}/db", "2"], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
    return float(output)


def measure_log(ready, pid, work):
    for connections in (1, 4):
        found = figures.alternate(3, ours=lambda c=connections: log_batches(ready, c),
                                  floor=lambda: log_floor(work))
        figures.report(f"tracking-log-batch-{connections}", found["ours"], "metrics/s",
                       reference=found["floor"], reference_name="sqlite-insert", limit=(">=", 300_000))

    # A client in Python takes longer than the engine; 50 us are 20,000 calls a second of one processor.
    client = Client(ready)
    body = json.dumps({"run_id": client.run(), "key": "m", "value": random.random(), "timestamp": 1700000000000,
                       "step": 1})
    figures.report("tracking-log-metric-cpu", figures.processor_us_per_request(
        pid, ready["endpoint_url"], path="/api/2.0/mlflow/runs/log-metric", headers=client.headers, body=body,
        connections=CLIENTS), "us", limit=("<=", 50))


def measure_history(ready):
    client = Client(ready)
    run = client.run()
    for n in range(0, HISTORY, BATCH):
        client.send("POST", "runs/log-batch", batch(run, n, keys=1))

    def read():
        began = time.monotonic()
        token, pages = "", 0
        while True:
            query = urllib.parse.urlencode({"run_id": run, "metric_key": "metric-0", "max_results": PAGE,
                                            "page_token": token})
            data = client.send("GET", "metrics/get-history?" + query)
            pages += 1
            # not by json: the time of the client is not ours
            mark = data.rfind(b"\"next_page_token\":\"")
            if mark < 0:
                break
            token = data[mark + 19:data.index(b"\"", mark + 19)].decode()
        if pages != HISTORY // PAGE:
            raise RuntimeError(f"{pages} pages")
        return (time.monotonic() - began) * 1e3

    def whole():
        began = time.monotonic()
        client.send("GET", f"metrics/get-history?run_id={run}&metric_key=metric-0")
        return (time.monotonic() - began) * 1e3

    def chart():
        began = time.monotonic()
        client.send("GET", f"metrics/get-history-bulk-interval?run_ids={run}&metric_key=metric-0&max_results=320")
        return (time.monotonic() - began) * 1e3

    figures.report("tracking-history-1m-pages", statistics.median(read() for _ in range(3)), "ms")
    figures.report("tracking-history-1m", statistics.median(whole() for _ in range(3)), "ms", limit=("<=", 300))
    figures.report("tracking-chart-1m", statistics.median(chart() for _ in range(7)), "ms", limit=("<=", 20))


def make_runs(ready):
    """Runs with metrics, parameters and tags as a search has them to look through."""
    client = Client(ready)
    experiment = client.post("experiments/create", name="bench")["experiment_id"]
    ids = [client.run(experiment, start_time=1700000000000 + n) for n in range(4)]
    work = [[] for _ in range(CLIENTS)]
    for n in range(RUNS - len(ids)):
        work[n % CLIENTS].append(("runs/create", json.dumps({
            "experiment_id": experiment, "start_time": 1700000001000 + n})))
    took = in_parallel(ready, work)
    figures.report("tracking-create-run", (RUNS - len(ids)) / took, "runs/s")
    runs = [run["info"]["run_id"] for run in client.post(
        "runs/search", experiment_ids=[experiment], max_results=50000)["runs"]]
    work = [[] for _ in range(CLIENTS)]
    for n, run in enumerate(runs):
        work[n % CLIENTS].append(("runs/log-batch", json.dumps({
            "run_id": run,
            "metrics": [{"key": key, "value": random.random(), "timestamp": n, "step": 0}
                        for key in ("acc", "loss", "auc")],
            "params": [{"key": "lr", "value": f"{random.random():.2f}"}, {"key": "kind", "value": "tree"}],
            "tags": [{"key": "team", "value": "a"}]})))
    in_parallel(ready, work)
    return experiment


def measure_search(ready):
    experiment = make_runs(ready)
    client = Client(ready)

    def search(count, **members):
        body = json.dumps({"experiment_ids": [experiment], **members})
        times = []
        for _ in range(11):
            began = time.monotonic()
            data = client.send("POST", "runs/search", body)
            times.append((time.monotonic() - began) * 1e3)
        if data.count(b"\"lifecycle_stage\"") != count:
            raise RuntimeError(f"{members}: not {count} runs")
        return statistics.median(times)

    figures.report("tracking-search-top-20", search(
        20, filter="metrics.acc > 0.5 AND params.kind = 'tree'", order_by=["metrics.acc DESC"],
        max_results=20), "ms", limit=("<=", 2.5))
    figures.report("tracking-search-page", search(100, max_results=100), "ms", limit=("<=", 2.25))
    figures.report("tracking-search-other-order", search(
        20, filter="params.kind = 'tree'", order_by=["metrics.loss ASC"], max_results=20), "ms")
    figures.report("tracking-search-all", search(RUNS, max_results=50000), "ms", limit=("<=", 68))


def main():
    work = Path(tempfile.mkdtemp(prefix="sagebrush-bench-"))
    environment = dict(os.environ, SAGEBRUSH_DATADIR=str(SOURCE / "data"),
                       SAGEBRUSH_LIBEXECDIR=str(Path(figures.program("sagebrushd")).parent))
    command = [figures.program("sagebrushd"), "--data-dir", str(work / "engine")]
    try:
        with figures.running(command, env=environment) as (process, ready, _took):
            measure_search(ready)
            measure_log(ready, process.pid, work)
            measure_history(ready)
            figures.report("tracking-memory", figures.resident_mib(process.pid), "MiB", limit=("<=", 60))
    finally:
        figures.clean_up(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
