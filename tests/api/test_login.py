# SPDX-License-Identifier: GPL-3.0-or-later
"""What a login gives, for how long, and what ends it."""

import base64
import os
import random

import pytest
from botocore.exceptions import ClientError

from people import PASSWORD, add, log_in, manage, people, session, show, unsigned  # noqa: F401
from raw import WebSocket, bad_audit_record, host, query


def test_a_login_gives_a_token_and_credentials(people):
    person = session(people, "developer")
    assert person.access_key_id.startswith("ASIA") and len(person.access_key_id) == 20
    assert len(person.secret_access_key) == 40
    sagemaker = person.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="of-a-session")
    group = sagemaker.describe_model_package_group(ModelPackageGroupName="of-a-session")
    assert group["CreatedBy"]["UserProfileName"] == "developer"
    s3 = person.client("s3")
    s3.create_bucket(Bucket="of-a-session")
    s3.put_object(Bucket="of-a-session", Key="k", Body=b"x" * 100000)
    assert s3.get_object(Bucket="of-a-session", Key="k")["Body"].read() == b"x" * 100000
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "of-a-session", "Key": "k"})
    assert "oken=" in url
    assert unsigned(people, "GET", url[len(people.endpoint_url):]).status == 200
    who = person.client("sts").get_caller_identity()
    assert who["Arn"] == "arn:aws:sts::000000000000:assumed-role/sagebrush-developer/developer"
    assert show(people, person.bearer).status == 200
    assert show(people, person.token).status == 403  # it goes with a signature


def test_how_long_a_login_is_good(people):
    for seconds, status in ((900, 200), (43200, 200), (899, 400), (43201, 400), (-1, 400), (10**18, 400)):
        assert log_in(people, "viewer", DurationSeconds=seconds).status == status, seconds
    assert log_in(people, "viewer", More=1).status == 400


def test_wrong_passwords_are_answered_alike(people):
    """Whether there is such a user does not show; both are kept."""
    answers = []
    for name in ("viewer", "nobody"):
        reply = log_in(people, name, "a wrong password")
        answers.append((reply.status, reply.code, reply.message))
    assert answers[0] == answers[1] and answers[0][:2] == (403, "UnrecognizedClientException")
    kept = query(people, "SELECT principal, target, outcome FROM audit WHERE operation = 'Login'"
                         " AND outcome <> 'ok' ORDER BY seq DESC LIMIT 2")
    assert kept == [(name, "", "UnrecognizedClientException") for name in ("nobody", "viewer")]


def test_guessing_passwords_is_throttled(engine_factory):
    """For the user and the address; the right one is not heard either, others are."""
    engine = engine_factory()
    add(engine, "ann", "viewer", PASSWORD)
    add(engine, "ben", "viewer", PASSWORD)
    statuses = [log_in(engine, "ann", f"guess number {number}").status for number in range(14)]
    assert statuses[:10] == [403] * 10 and 429 in statuses[10:], statuses
    reply = log_in(engine, "ann")
    assert reply.status == 429 and 1 <= int(reply.headers["retry-after"]) <= 60
    assert log_in(engine, "ben").status == 200
    statuses = [log_in(engine, f"user{number}", "guess").status for number in range(60)]
    assert statuses[-1] == 429
    # who has logged in before is not held up
    assert manage(engine, "GET", "/users").status == 200


BODIES = [b"", b"{}", b"[]", b"null", b'{"User":"viewer"}', b'{"User":1,"Password":"x"}', b"\xff",
          b'{"User":"viewer","Password":["x"]}', b'{"User":"viewer","Password":null}',
          b'{"User":"viewer","Password":"a\\u0000b"}', b'{"User":"' + b"[" * 50000 + b'"', b"[" * 100000]


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_logins_that_are_none(people, number):
    reply = unsigned(people, "POST", "/sagebrush/v1/login", BODIES[number])
    assert (reply.status, reply.code) == (400, "ValidationException"), reply.body


@pytest.mark.parametrize("name", ["", "' OR '1'='1", "viewer\n", "VIEWER", "viewer ", "a" * 100000, "\u202ereweiv",
                                  "uid:0", "engine:pipelines", "{}"])
def test_users_that_are_none(people, name):
    assert log_in(people, name, "some password").status in (403, 429)
    assert bad_audit_record(people) == 0


def test_what_a_token_is_not(people, engine_factory):
    """Flipped, cut, of another engine, of the wrong kind, too long."""
    person = session(people, "viewer")
    good = person.bearer
    assert show(people, good).status == 200
    other = engine_factory()
    add(other, "viewer", "admin", PASSWORD)
    foreign = session(other, "viewer")
    chooser = random.Random(7)
    bad = [foreign.bearer, person.token, good[:-1], good[1:], good + "A", good + "=", good.swapcase(), "", "A",
           base64.b64encode(os.urandom(100)).decode(), "A" * 1000, good + good, good[: len(good) // 2]]
    for _ in range(40):
        at = chooser.randrange(len(good))
        flipped = chooser.choice([c for c in "ABCDEFGHabcdefgh0123-_" if c != good[at]])
        bad.append(good[:at] + flipped + good[at + 1:])
    for token in bad:
        reply = show(people, token)
        assert reply.status in (401, 403), token
    reply = show(people, "A" * 1000000)
    assert reply is None or reply.status in (400, 403, 413, 431)
    assert show(people, good).status == 200


def test_what_a_session_is_not(people, engine_factory):
    """The token must be whole, of this engine, and of this very access key."""
    person, twin = session(people, "viewer"), session(people, "viewer")
    other = engine_factory()
    add(other, "viewer", "admin", PASSWORD)
    foreign = session(other, "viewer")
    token = person.token
    for wrong in (twin.token, foreign.token, person.bearer, None, "", "x", token[:-1], token[:20] + "A" + token[21:],
                  token.swapcase(), "A" * 5000):
        if wrong == token:
            continue
        person.token = wrong
        with pytest.raises(ClientError) as caught:
            person.client("sagemaker").list_models()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 429), wrong
        assert person.call("GET", "/", service="s3").status in (403, 503)
    person.token = token
    assert person.client("sagemaker").list_models()["Models"] == []
    # with the secret alone nobody is anybody
    basic = base64.b64encode(f"{person.access_key_id}:{person.secret_access_key}".encode()).decode()
    assert unsigned(people, "GET", "/sagebrush/v1/status", headers=[("Authorization", f"Basic {basic}")]).status == 403


def change_password(engine, name):
    return manage(engine, "PUT", f"/users/{name}/password", {"Password": PASSWORD})


def change_role(engine, name):
    return manage(engine, "PUT", f"/users/{name}/role", {"Role": "developer"})


def remove_key(engine, name):
    key = manage(engine, "GET", f"/users/{name}").json["AccessKeys"][0]["AccessKeyId"]
    return manage(engine, "DELETE", f"/users/{name}/keys/{key}")


def remove(engine, name):
    return manage(engine, "DELETE", f"/users/{name}")


def make_anew(engine, name):
    """Another user of the same name is another user."""
    assert remove(engine, name).status == 200
    return manage(engine, "POST", "/users", {"Name": name, "Role": "viewer", "Password": PASSWORD})


@pytest.mark.parametrize("change", [change_password, change_role, remove_key, remove, make_anew])
def test_h11_what_ends_a_login(people, unique, change):
    """H11: at once, in every dialect, and after a restart too."""
    name = unique("h11")
    add(people, name, "viewer", PASSWORD)
    person = session(people, name)
    assert person.client("sagemaker").list_models()["Models"] == []
    assert change(people, name).status == 200
    reply = show(people, person.bearer)
    assert (reply.status, reply.code) == (403, "UnrecognizedClientException")
    with pytest.raises(ClientError, match="UnrecognizedClientException.*security token"):
        person.client("sagemaker").list_models()
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        person.client("s3").list_buckets()
    remove(people, name)


def test_h11_keys_follow_the_role_and_the_user(people):
    """H11: a key is good for what its user may now, and for nothing without him."""
    person = add(people, "h11-keys", "developer")
    groups = person.client("sagemaker")
    groups.create_model_package_group(ModelPackageGroupName="h11-keys")
    assert manage(people, "PUT", "/users/h11-keys/role", {"Role": "viewer"}).status == 200
    assert groups.list_model_package_groups()["ModelPackageGroupSummaryList"]
    with pytest.raises(ClientError, match="AccessDenied"):
        groups.delete_model_package_group(ModelPackageGroupName="h11-keys")
    assert remove(people, "h11-keys").status == 200
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        groups.list_models()
    assert people.client("sagemaker").describe_model_package_group(
        ModelPackageGroupName="h11-keys")["CreatedBy"]["UserProfileName"] == "h11-keys"


def test_logging_in_is_no_page_in_a_browser(people):
    reply = unsigned(people, "POST", "/sagebrush/v1/login", {"User": "viewer", "Password": PASSWORD},
                     headers=[("Origin", "http://evil")])
    assert reply.status == 403 and b"Token" not in reply.body
    assert unsigned(people, "GET", "/sagebrush/v1/login").status == 405


@pytest.mark.parametrize("change", [change_password, change_role, remove])
def test_h11_a_stream_ends_with_its_user(people, unique, change):
    """H11: what was opened before is closed."""
    name = unique("h11")
    add(people, name, "viewer", PASSWORD)
    person = session(people, name)
    headers = [("Host", host(people)), *WebSocket.HEADERS, ("Authorization", f"Bearer {person.bearer}")]
    with WebSocket(people, headers=headers) as stream, WebSocket(people) as owners:
        assert stream.answer.status == 101
        people.client("sagemaker").create_model_package_group(ModelPackageGroupName=name)
        assert stream.event()["name"] == name and owners.event()["name"] == name
        assert change(people, name).status == 200
        with pytest.raises(EOFError) as ended:
            stream.event()
        assert ended.value.args[0][:2] == (1008).to_bytes(2, "big")
        people.client("sagemaker").delete_model_package_group(ModelPackageGroupName=name)
        assert owners.event()["status"] == "Deleted"
    remove(people, name)
