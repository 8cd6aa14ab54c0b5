# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine is killed while clients log to runs: what it has confirmed is there, and nothing by halves."""

import http.client
import json
import random
import threading
import time

from tracking import metric, owner

THREADS = 3
KILLS = 4


class Writer(threading.Thread):
    """Logs batches of 100 points and a parameter each, and remembers which were confirmed."""

    def __init__(self, engine, run, number):
        super().__init__()
        self.engine, self.run_id, self.number = engine, run, number
        self.confirmed, self.tried = [], 0
        self.ending = threading.Event()

    def run(self):
        while not self.ending.is_set():
            batch = self.tried
            self.tried += 1
            try:
                answer = owner(self.engine).post("runs/log-batch", run_id=self.run_id, metrics=[
                    metric(f"m{self.number}", batch + n / 128, batch * 100 + n, timestamp=batch * 100 + n)
                    for n in range(100)], params=[{"key": f"p{self.number}-{batch}", "value": str(batch)}])
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                time.sleep(0.02)
                continue
            if answer.status == 200:
                self.confirmed.append(batch)


def check(engine, writer):
    mlflow = owner(engine)
    points = mlflow.look("metrics/get-history", run_id=writer.run_id, metric_key=f"m{writer.number}")["metrics"]
    data = mlflow.look("runs/get", run_id=writer.run_id)["run"]["data"]
    params = {p["key"] for p in data["params"]}
    batches = {}
    for point in points:
        batches.setdefault(point["step"] // 100, []).append((point["step"] % 100, point["value"]))
    assert set(writer.confirmed) <= set(batches), "a confirmed batch is missing"
    for batch, found in batches.items():
        assert sorted(found) == [(n, batch + n / 128) for n in range(100)], "half a batch"
        assert f"p{writer.number}-{batch}" in params
    last = next(m for m in data["metrics"] if m["key"] == f"m{writer.number}")
    assert last["step"] == max(batches) * 100 + 99


def test_killed_while_clients_log(fresh_engine):
    engine = fresh_engine
    run = owner(engine).run()
    writers = [Writer(engine, run, number) for number in range(THREADS)]
    for writer in writers:
        writer.start()
    for _ in range(KILLS):
        time.sleep(random.uniform(0.2, 0.5))
        engine.kill()
        engine.start()
    for writer in writers:
        writer.ending.set()
        writer.join()
    assert all(len(writer.confirmed) > 3 for writer in writers)
    for writer in writers:
        check(engine, writer)
