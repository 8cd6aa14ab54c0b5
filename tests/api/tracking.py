# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests as MLflow's own REST client makes them: JSON of protocol buffers with the names of their
fields, parameters of a query for GET, basic authentication, bytes for artifacts."""

import base64
import http.client
import json
import urllib.parse


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error_code"]


class Tracking:
    """A tracking server and one who may use it."""

    def __init__(self, url, user=None, password=None, token=None):
        self.address = urllib.parse.urlsplit(url)
        self.authorization = f"Bearer {token}" if token else None
        if user:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.authorization = f"Basic {pair}"

    def send(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.authorization:
            headers.setdefault("Authorization", self.authorization)
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=120)
        try:
            connection.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, /, prefix="/api/2.0/mlflow/", **query):
        text = urllib.parse.urlencode(query, doseq=True)
        return self.send("GET", f"{prefix}{path}" + ("?" + text if text else ""))

    def post(self, path, /, body=None, prefix="/api/2.0/mlflow/", **members):
        if body is None:
            body = json.dumps(members)
        return self.send("POST", prefix + path, body, {"Content-Type": "application/json"})

    def ask(self, path, /, **members):
        """A POST that succeeds."""
        answer = self.post(path, **members)
        assert answer.status == 200, answer.body
        return answer.json

    def look(self, path, /, **query):
        """A GET that succeeds."""
        answer = self.get(path, **query)
        assert answer.status == 200, answer.body
        return answer.json

    def experiment(self, name, **members):
        return self.ask("experiments/create", name=name, **members)["experiment_id"]

    def run(self, experiment="0", **members):
        members.setdefault("start_time", 1700000000000)
        return self.ask("runs/create", experiment_id=experiment, **members)["run"]["info"]["run_id"]

    def search(self, experiment, filter="", **members):
        """The names of the runs that a search finds."""
        runs = self.ask("runs/search", experiment_ids=[experiment], filter=filter, **members)["runs"]
        return [run["info"]["run_name"] for run in runs]

    def artifact(self, method, path, body=None, headers=None):
        return self.send(method, "/api/2.0/mlflow-artifacts/artifacts/" + path, body, headers)


def owner(engine):
    """The engine's owner, as a kernel's environment has him."""
    return Tracking(engine.endpoint_url, engine.access_key_id, engine.secret_access_key)


def pairs(items):
    return {item["key"]: item["value"] for item in items}


def metric(key, value, step=0, timestamp=1700000000000):
    return {"key": key, "value": value, "timestamp": timestamp, "step": step}
