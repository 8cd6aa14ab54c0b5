# SPDX-License-Identifier: GPL-3.0-or-later
"""Artifacts that MLflow's clients bring through the tracking server."""

import hashlib
import os
import urllib.parse
import uuid

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tracking import Tracking, owner

BASE = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(scope="module")
def mlflow(engine):
    return owner(engine)


@pytest.fixture
def run(mlflow):
    return mlflow.run()


def place(mlflow, run):
    """Where the run's artifacts are below the proxy, as a client finds out."""
    uri = mlflow.look("runs/get", run_id=run)["run"]["info"]["artifact_uri"]
    assert uri.startswith("mlflow-artifacts:/")
    return uri[len("mlflow-artifacts:/"):]


def test_there_and_back(mlflow, run, s3):
    root = place(mlflow, run)
    data = os.urandom(3_000_000)
    files = {"model/MLmodel": b"flavors: {}\n", "model/model.pkl": data, "notes.txt": b"", "ä b%.txt": b"x"}
    for path, content in files.items():
        # a client of requests sends an empty file in chunks
        body = iter([]) if not content else content
        headers = {"Transfer-Encoding": "chunked"} if not content else {}
        answer = mlflow.artifact("PUT", root + "/" + urllib.parse.quote(path), body, headers)
        assert (answer.status, answer.json) == (200, {})
    for path, content in files.items():
        answer = mlflow.artifact("GET", root + "/" + urllib.parse.quote(path))
        assert answer.status == 200 and answer.body == content
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    listed = mlflow.look("artifacts/list", run_id=run)
    assert listed["root_uri"] == "mlflow-artifacts:/" + root
    assert sorted((f["path"], f["is_dir"], f.get("file_size")) for f in listed["files"]) == [
        ("model", True, None), ("notes.txt", False, 0), ("ä b%.txt", False, 1)]
    below = mlflow.look("artifacts/list", run_id=run, path="model")["files"]
    assert [(f["path"], f.get("file_size")) for f in below] == [("model/MLmodel", 12), ("model/model.pkl", 3_000_000)]
    assert mlflow.look("artifacts/list", run_id=run, path="notes.txt")["files"] == []
    proxied = mlflow.send("GET", BASE + "?" + urllib.parse.urlencode({"path": root + "/model"})).json
    assert [f["path"] for f in proxied["files"]] == ["MLmodel", "model.pkl"]
    # the same bytes, for jobs and endpoints
    same = s3.get_object(Bucket="mlflow-artifacts", Key=root + "/model/model.pkl")["Body"].read()
    assert hashlib.sha256(same).digest() == hashlib.sha256(data).digest()

    assert mlflow.artifact("DELETE", root + "/model").status == 200
    assert [f["path"] for f in mlflow.look("artifacts/list", run_id=run)["files"]] == ["notes.txt", "ä b%.txt"]
    gone = mlflow.artifact("GET", root + "/model/MLmodel")
    assert (gone.status, gone.code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_over_what_is_there(mlflow, run):
    root = place(mlflow, run)
    for content in (b"first", b"second"):
        assert mlflow.artifact("PUT", root + "/a", content).status == 200
    assert mlflow.artifact("GET", root + "/a").body == b"second"


def test_many_in_a_directory(mlflow, run):
    root = place(mlflow, run)
    for n in range(3):
        mlflow.artifact("PUT", f"{root}/many/{n}", b"x")
    page = mlflow.look("artifacts/list", run_id=run, path="many")
    assert [f["path"] for f in page["files"]] == ["many/0", "many/1", "many/2"] and "next_page_token" not in page


@pytest.mark.parametrize("path", [
    "../x", "a/../../x", "..", ".", "a/./b", "a//b", "/a", "//a", "%2e%2e/x", "a/%2e%2e/%2e%2e/x", "..%2fx",
    "%2fetc%2fpasswd", "a%5c..%5cx", "%252e%252e/x", "a%23b", "a%0ab", "C:%5cx", "x/..;/y%00"])
def test_hostile_paths(mlflow, run, path):
    root = place(mlflow, run)
    for full in (path, f"{root}/{path}"):
        for method, body in (("PUT", b"x"), ("GET", None), ("DELETE", None)):
            answer = mlflow.artifact(method, full, body)
            assert answer.status in (400, 404), (method, full, answer.body)
            assert b"root:" not in answer.body
    decoded = urllib.parse.unquote(path)
    if "\0" not in decoded and decoded != "":
        answer = mlflow.get("artifacts/list", run_id=run, path=decoded)
        assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_directory_is_no_file(mlflow, run):
    answer = mlflow.artifact("PUT", place(mlflow, run) + "/a/", b"x")
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_other_methods(mlflow, run):
    root = place(mlflow, run)
    assert mlflow.artifact("POST", root + "/a", b"x").status == 405
    assert mlflow.send("POST", "/api/2.0/mlflow-artifacts/mpu/create/a", b"{}").status == 404


def test_a_signed_upload(engine, mlflow, run):
    """As the plugin for SageMaker's own MLflow servers signs it."""
    path = f"{BASE}/{place(mlflow, run)}/signed"
    unsigned = Tracking(engine.endpoint_url)

    def send(service, body, sent):
        request = AWSRequest("PUT", engine.endpoint_url + path, data=body)
        SigV4Auth(Credentials(engine.access_key_id, engine.secret_access_key), service,
                  engine.region).add_auth(request)
        return unsigned.send("PUT", path, sent, dict(request.headers.items()))

    assert send("sagemaker-mlflow", b"signed", b"signed").status == 200
    assert mlflow.artifact("GET", path[len(BASE) + 1:]).body == b"signed"
    assert send("sagemaker-mlflow", b"signed", b"forged").status in (401, 403)
    assert send("s3", b"signed", b"signed").status in (400, 401, 403, 404)
    assert mlflow.artifact("GET", path[len(BASE) + 1:]).body == b"signed"


def test_nobody_fills_the_disk(engine, run):
    """Who may not is refused before the bytes come."""
    for other in (Tracking(engine.endpoint_url), Tracking(engine.endpoint_url, "x", "y")):
        answer = other.artifact("PUT", f"0/{uuid.uuid4().hex}", None, {"Content-Length": "4000000000"})
        assert answer.status in (401, 403, 429)
