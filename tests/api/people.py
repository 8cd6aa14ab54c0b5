# SPDX-License-Identifier: GPL-3.0-or-later
"""Users of an engine: what they are made with, and what they call as."""

import json

import boto3
import pytest
from botocore.config import Config

from raw import exchange, host, request_bytes, sign

PASSWORD = "correct horse battery"
ROLES = ("viewer", "developer", "admin")


def typed(data, headers):
    """The headers of a request with that body, which is JSON unless they say what it is."""
    known = not data or "Content-Type" in dict(headers)
    return [*headers, *([] if known else [("Content-Type", "application/json")])]


class Person:
    """Somebody with an access key, or with the credentials of a session. What signs for an engine signs
    for a person too."""

    def __init__(self, engine, name, key, secret, token=None):
        self.engine, self.name, self.token = engine, name, token
        self.access_key_id, self.secret_access_key = key, secret
        self.endpoint_url, self.region = engine.endpoint_url, engine.region

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.endpoint_url, region_name=self.region,
            aws_access_key_id=self.access_key_id, aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.token, config=Config(retries={"max_attempts": 0}))

    def call(self, method, target, body=None, service="sagemaker", headers=()):
        """A signed request of any kind."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        more = [*typed(data, headers), *([("X-Amz-Security-Token", self.token)] if self.token else [])]
        signed = sign(self, method, target, more, body=data, service=service, send_hash=service == "s3")
        return exchange(self, request_bytes(method, target, [*signed, ("Content-Length", len(data))], data))


def manage(engine, method, path, body=None):
    """A call of the engine's owner to what manages users."""
    return Person.call(owner(engine), method, "/sagebrush/v1" + path, body)


def owner(engine):
    return Person(engine, None, engine.access_key_id, engine.secret_access_key)


def add(engine, name, role, password=None):
    """Makes a user with one access key."""
    body = {"Name": name, "Role": role, **({"Password": password} if password else {})}
    reply = manage(engine, "POST", "/users", body)
    assert reply.status == 200, reply.body
    key = manage(engine, "POST", f"/users/{name}/keys").json
    return Person(engine, name, key["AccessKeyId"], key["SecretAccessKey"])


def unsigned(engine, method, target, body=None, headers=()):
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return exchange(engine, request_bytes(method, target, [("Host", host(engine)), *typed(data, headers),
                                                           ("Content-Length", len(data))], data))


def log_in(engine, name, password=PASSWORD, **more):
    return unsigned(engine, "POST", "/sagebrush/v1/login", {"User": name, "Password": password, **more})


def session(engine, name, password=PASSWORD):
    """Logs in. The person's `bearer` is the token for what is not signed."""
    reply = log_in(engine, name, password)
    assert reply.status == 200, reply.body
    given = reply.json["Credentials"]
    person = Person(engine, name, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    person.bearer = reply.json["Token"]
    return person


def show(engine, bearer, target="/sagebrush/v1/status"):
    """A request with a token in place of a signature."""
    return unsigned(engine, "GET", target, headers=[("Authorization", f"Bearer {bearer}")])


def team_config(folder):
    """The least that makes an engine one that serves a team."""
    path = folder / "team.conf"
    path.write_text("[server]\nlisten=127.0.0.1:0\n")
    return path


@pytest.fixture(scope="module")
def people(engine_factory):
    """An engine of the file's own, with a user of each role by the role's name; `root` is one more
    administrator. All have the same password."""
    engine = engine_factory()
    engine.people = {role: add(engine, role, role, PASSWORD) for role in ROLES}
    engine.people["root"] = add(engine, "root", "admin", PASSWORD)
    return engine
