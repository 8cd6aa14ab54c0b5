# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and their passwords, roles and keys."""

import json
import re
import threading

import pytest
from botocore.exceptions import ClientError

from people import (PASSWORD, ROLES, add, log_in, manage, owner, people, session, show,  # noqa: F401
                    unsigned)
from raw import bad_audit_record, query

NAMES = {
    "empty": "", "65 characters": "a" * 65, "capital": "Alice", "digit first": "1a", "unicode": "jörg",
    "look-alike": "аlice", "space": "a b", "newline": "a\nb", "slash": "a/b", "dots": "..",
    "SQL": "a'; DROP TABLE user; --", "JSON": '{"a":1}', "colon": "uid:1000", "engine": "engine:pipelines",
    "access key": "AKIAIOSFODNN7EXAMPLE", "percent": "%00", "right to left": "a\u202eb", "100 KB": "a" * 100000,
}


@pytest.mark.parametrize("row", NAMES)
def test_names_that_are_none(people, row):
    before = manage(people, "GET", "/users").json
    reply = manage(people, "POST", "/users", {"Name": NAMES[row], "Role": "viewer"})
    assert (reply.status, reply.code) == (400, "ValidationException"), reply.body
    assert "begins with a letter from a to z" in reply.message
    assert manage(people, "GET", "/users").json == before


@pytest.mark.parametrize("name", ["a", "a" * 64, "ann.lee_2@example-site", "select"])
def test_names_that_are_some(people, name):
    assert manage(people, "POST", "/users", {"Name": name, "Role": "viewer"}).json["Name"] == name
    assert manage(people, "GET", f"/users/{name}").json["Role"] == "viewer"
    again = manage(people, "POST", "/users", {"Name": name, "Role": "admin"})
    assert (again.status, again.code) == (409, "ResourceInUse")
    assert manage(people, "DELETE", f"/users/{name}").status == 200
    assert manage(people, "GET", f"/users/{name}").status == 404


PASSWORDS = {
    "empty": ("", "is empty"), "short": ("hunter2", "too short: it has 7 characters"),
    "11 characters": ("ä" * 5 + "b" * 6, "has 11 characters"), "100 KB": ("x" * 100000, "too long"),
    "257 bytes": ("ab" * 128 + "c", "too long: it has 257 bytes"), "one character": ("a" * 20, "one character"),
    "the name": ("somebody-with-a-name", "user's name"), "no text": (12345678901234, "must be a text"),
    "null": (None, "must be a text"), "list": (["correct horse battery"], "must be a text"),
}


@pytest.mark.parametrize("row", PASSWORDS)
def test_h10_passwords_that_will_not_do(people, row):
    """H10: refused with a sentence that says what is wrong, and never repeated in it."""
    password, why = PASSWORDS[row]
    name = "somebody-with-a-name"
    reply = manage(people, "POST", "/users", {"Name": name, "Role": "viewer", "Password": password})
    assert (reply.status, reply.code) == (400, "ValidationException") and why in reply.message, reply.body
    assert not (isinstance(password, str) and len(password) > 4) or password not in reply.message or row == "the name"
    assert manage(people, "GET", f"/users/{name}").status == 404
    if row != "the name":
        assert manage(people, "PUT", "/users/viewer/password", {"Password": password}).status == 400
    assert log_in(people, "viewer").status == 200


def test_h10_there_are_no_default_users(engine_factory):
    """H10: nobody has a password that nobody gave."""
    engine = engine_factory()
    assert manage(engine, "GET", "/users").json == {"Users": []}
    for name, password in (("admin", "admin"), ("admin", "password"), ("root", ""), ("sagebrush", "sagebrush"),
                           ("admin", "x" * 100000)):
        assert log_in(engine, name, password).status == 403
    add(engine, "keyed", "admin")  # without a password
    for password in ("", "*", "!", "x", PASSWORD):
        assert log_in(engine, "keyed", password).status == 403


def test_what_is_kept_of_a_password(people):
    rows = query(people, "SELECT name, password FROM user")
    assert len(rows) >= 4
    for name, verifier in rows:
        assert PASSWORD not in verifier
        assert name not in people.people or verifier.startswith("$y$")
    assert len({verifier for name, verifier in rows if verifier}) == len([1 for name, verifier in rows if verifier])
    assert PASSWORD not in people.log.read_text(errors="replace")
    for path in people.data_dir.glob("engine.db*"):
        assert PASSWORD.encode() not in path.read_bytes() and path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b'{"Name":"a","Name":"b","Role":"viewer"}',
                                  b'{"Name":"a\\u0000b","Role":"viewer"}', b'{"Name":1,"Role":"viewer"}',
                                  b'{"Name":"a","Role":"owner"}', b'{"Name":"a","Role":"Admin"}',
                                  b'{"Name":"a","Role":"admin","Epoch":0}', b'{"Name":"a"}', b"\xff\xfe",
                                  b'{"Name":{"$ne":""},"Role":"viewer"}'])
def test_bodies_that_are_none(people, body):
    reply = owner(people).call("POST", "/sagebrush/v1/users", body)
    assert reply.status == 400 and reply.code in ("ValidationException", "SerializationException"), reply.body
    assert {user["Name"] for user in manage(people, "GET", "/users").json["Users"]} == {*ROLES, "root"}


@pytest.mark.parametrize("method,path,status", [
    ("GET", "/users/none", 404), ("DELETE", "/users/none", 404), ("PUT", "/users/none/role", 404),
    ("POST", "/users/none/keys", 404), ("DELETE", "/users/viewer/keys/AKIAIOSFODNN7EXAMPLE", 404),
    ("DELETE", "/users/viewer/keys/'%20OR%201=1", 404), ("GET", "/users/..%2f..%2fstatus", 400),
    ("GET", "/users/viewer/password", 405), ("PATCH", "/users/viewer", 405), ("GET", "/users/a/b/c/d", 404),
    ("GET", "/users/viewer/other", 404), ("GET", "/usersx", 404)])
def test_paths(people, method, path, status):
    body = {"Role": "viewer"} if path.endswith("role") else None
    assert manage(people, method, path, body).status == status


def test_keys(people):
    person = add(people, "keyholder", "viewer")
    assert re.fullmatch("AKIA[A-Z2-7]{16}", person.access_key_id) and len(person.secret_access_key) == 40
    assert person.client("sagemaker").list_models()["Models"] == []
    for _ in range(4):
        assert manage(people, "POST", "/users/keyholder/keys").status == 200
    reply = manage(people, "POST", "/users/keyholder/keys")
    assert (reply.status, reply.code) == (409, "ResourceLimitExceeded")
    shown = manage(people, "GET", "/users/keyholder")
    assert len(shown.json["AccessKeys"]) == 5 and person.secret_access_key.encode() not in shown.body
    # nobody else's key is removed by that path
    other = people.people["viewer"].access_key_id
    assert manage(people, "DELETE", f"/users/keyholder/keys/{other}").status == 404
    assert manage(people, "DELETE", f"/users/keyholder/keys/{person.access_key_id}").status == 200
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        person.client("sagemaker").list_models()
    assert people.people["viewer"].client("sagemaker").list_models()["Models"] == []
    assert manage(people, "DELETE", "/users/keyholder").status == 200


def test_everything_holds_after_a_restart(engine_factory):
    engine = engine_factory()
    person = add(engine, "ann", "developer", PASSWORD)
    logged_in = session(engine, "ann")
    engine.kill()
    engine.start()
    assert person.client("sagemaker").list_models()["Models"] == []
    assert logged_in.client("sagemaker").list_models()["Models"] == []
    assert show(engine, logged_in.bearer).status == 200
    assert log_in(engine, "ann").status == 200


def test_the_last_administrator_stays(engine_factory):
    engine = engine_factory()
    ann, ben = add(engine, "ann", "admin", PASSWORD), add(engine, "ben", "admin")
    assert ben.call("PUT", "/sagebrush/v1/users/ann/role", {"Role": "viewer"}).status == 200
    assert ann.call("GET", "/sagebrush/v1/users").status == 403
    for caller in (ben, owner(engine)):
        for method, path, body in (("DELETE", "/users/ben", None), ("PUT", "/users/ben/role", {"Role": "developer"})):
            reply = caller.call(method, "/sagebrush/v1" + path, body)
            assert (reply.status, reply.code) == (409, "ConflictException")
            assert "last administrator" in reply.message
    assert ben.call("PUT", "/sagebrush/v1/users/ben/role", {"Role": "admin"}).status == 200


def test_two_administrators_remove_each_other(engine_factory):
    """One wins; never both, never none."""
    engine = engine_factory()
    for number in range(10):
        pair = [add(engine, f"a{number}", "admin"), add(engine, f"b{number}", "admin")]
        replies = [None, None]

        def remove(i, pair=pair, replies=replies):
            replies[i] = pair[i].call("DELETE", f"/sagebrush/v1/users/{pair[1 - i].name}").status

        threads = [threading.Thread(target=remove, args=(i,)) for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = [user["Name"] for user in manage(engine, "GET", "/users").json["Users"]
                if user["Name"] in (pair[0].name, pair[1].name)]
        assert sorted(replies) in ([200, 403], [200, 409]) and len(left) == 1, (replies, left)
    assert bad_audit_record(engine) == 0


def test_ones_own_password(people):
    """Every user changes it, and must know the old one."""
    add(people, "self", "viewer", PASSWORD)
    person = session(people, "self")
    new = "another long password"
    for body, status in (({"Password": new}, 400), ({"OldPassword": "wrong", "Password": new}, 403),
                         ({"OldPassword": PASSWORD, "Password": "short"}, 400),
                         ({"OldPassword": PASSWORD, "Password": new, "Name": "root"}, 400)):
        assert person.call("PUT", "/sagebrush/v1/password", body).status == status, body
    assert person.call("PUT", "/sagebrush/v1/password", {"OldPassword": PASSWORD, "Password": new}).status == 200
    assert log_in(people, "self").status == 403 and log_in(people, "self", new).status == 200
    assert person.call("GET", "/sagebrush/v1/status").status == 403  # the old session
    assert manage(people, "PUT", "/password", {"OldPassword": "", "Password": new}).status == 400
    assert manage(people, "DELETE", "/users/self").status == 200


def test_guesses_at_ones_own_password(engine_factory):
    """Whoever found an open session leaves a trace, and has no more tries than at the login."""
    engine = engine_factory()
    add(engine, "ann", "viewer", PASSWORD)
    person, kept = session(engine, "ann"), "SELECT principal, outcome FROM audit WHERE operation = 'ChangeOwnPassword'"
    guess = {"OldPassword": "a wrong password", "Password": "another long password"}
    assert person.call("PUT", "/sagebrush/v1/password", guess).status == 403
    assert query(engine, kept) == [("ann", "AccessDeniedException")]
    statuses = [person.call("PUT", "/sagebrush/v1/password", {**guess, "OldPassword": f"guess {number}"}).status
                for number in range(14)]
    assert 429 in statuses, statuses
    assert len(query(engine, kept)) == 1 + statuses.count(403)
    assert log_in(engine, "ann").status == 429  # the same address
    assert bad_audit_record(engine) == 0


def test_ones_own_password_does_not_override_a_reset(people):
    """What an administrator sets stays, whatever the user was about to do."""
    reset, own = "set by an administrator", "chosen by the user"
    for number in range(4):
        name, replies = f"reset{number}", {}
        add(people, name, "viewer", PASSWORD)
        person = session(people, name)
        calls = {"own": lambda: person.call("PUT", "/sagebrush/v1/password", {"OldPassword": PASSWORD, "Password": own}),
                 "reset": lambda: manage(people, "PUT", f"/users/{name}/password", {"Password": reset})}
        threads = [threading.Thread(target=lambda key=key, call=call: replies.update({key: call()}))
                   for key, call in calls.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert replies["reset"].status == 200 and replies["own"].status in (200, 403, 409), replies["own"].body
        assert log_in(people, name, reset).status == 200, (number, replies["own"].status)
        assert manage(people, "DELETE", f"/users/{name}").status == 200


def test_the_audit_log_says_who(people):
    root = people.people["root"]
    assert root.call("POST", "/sagebrush/v1/users", {"Name": "short-lived", "Role": "viewer"}).status == 200
    reply = people.people["viewer"].call("DELETE", "/sagebrush/v1/users/short-lived")
    assert reply.status == 403
    assert root.call("DELETE", "/sagebrush/v1/users/short-lived").status == 200
    kept = query(people, "SELECT principal, operation, target, outcome FROM audit WHERE operation IN"
                         " ('CreateUser', 'DeleteUser') ORDER BY seq DESC LIMIT 3")
    arn = "arn:aws:iam::000000000000:user/short-lived"
    assert kept == [("root", "DeleteUser", arn, "ok"), ("viewer", "DeleteUser", "", "AccessDeniedException"),
                    ("root", "CreateUser", arn, "ok")]
    assert bad_audit_record(people) == 0
