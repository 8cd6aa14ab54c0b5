# SPDX-License-Identifier: GPL-3.0-or-later
"""H10: the first administrator is made with a token that is good once."""

import os
import stat
import threading

import pytest

from people import PASSWORD, add, log_in, manage, session, team_config, unsigned
from raw import query


@pytest.fixture
def new(engine_factory, tmp_path):
    """An engine that serves a team and has no user yet."""
    return engine_factory("--config", team_config(tmp_path))


def token_of(engine):
    with open(engine.setup_token_file, encoding="ascii") as file:
        return file.read().strip()


def set_up(engine, token, name="first", password=PASSWORD):
    return unsigned(engine, "POST", "/sagebrush/v1/setup", {"Token": token, "Name": name, "Password": password})


def test_h10_the_first_administrator(new):
    assert os.path.dirname(new.setup_token_file) == str(new.data_dir)
    assert stat.S_IMODE(os.stat(new.setup_token_file).st_mode) == 0o600
    token = token_of(new)
    assert len(token) == 64
    for wrong in ("", token[:-1], token + "0", token.upper(), "0" * 64, "x" * 100000):
        reply = set_up(new, wrong)
        assert (reply.status, reply.code) == (403, "AccessDeniedException"), wrong
    for name, password in (("First", PASSWORD), ("first", "short"), ("first", "x" * 100000)):
        assert set_up(new, token, name, password).status == 400
    assert set_up(new, token).json == {"Name": "first", "Role": "admin"}
    assert not os.path.exists(new.setup_token_file)
    assert set_up(new, token, "second").status == 403
    first = session(new, "first")
    assert first.call("GET", "/sagebrush/v1/users").json["Users"][0]["Name"] == "first"
    assert token not in new.log.read_text() and token.encode() not in (new.data_dir / "engine.db").read_bytes()
    kept = query(new, "SELECT principal, target FROM audit WHERE operation = 'MakeFirstAdmin' AND outcome = 'ok'")
    assert kept == [("setup", "arn:aws:iam::000000000000:user/first")]
    new.stop()
    new.start()
    assert "setup_token_file" not in new.ready and set_up(new, token, "third").status == 403


def test_h10_wrong_tokens_leave_nothing_and_are_throttled(new):
    """Nobody in particular can send them, so they must cost no disk. The right one is heard all the same."""
    replies = [set_up(new, "0" * 64) for _ in range(14)]
    statuses = [reply.status for reply in replies]
    assert statuses[:10] == [403] * 10 and 429 in statuses[10:], statuses
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 60
    for body in (b"{}", b'{"Token":1}', b'{"More":1}'):
        assert unsigned(new, "POST", "/sagebrush/v1/setup", body).status == 400
    assert query(new, "SELECT count (*) FROM audit WHERE operation = 'MakeFirstAdmin'") == [(0,)]
    token = token_of(new)
    assert set_up(new, token, "first", "short").status == 400
    assert set_up(new, token).status == 200
    kept = query(new, "SELECT outcome FROM audit WHERE operation = 'MakeFirstAdmin' ORDER BY seq")
    assert kept == [("ValidationException",), ("ok",)]


def test_h10_only_one_is_made(new):
    token, replies = token_of(new), []
    threads = [threading.Thread(target=lambda n=n: replies.append(set_up(new, token, f"first{n}").status))
               for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replies) == [200] + [403] * 5
    assert len(manage(new, "GET", "/users").json["Users"]) == 1


def test_h10_a_token_is_kept_until_it_is_used(new):
    token = token_of(new)
    new.kill()
    new.start()
    assert token_of(new) == token
    new.kill()
    os.unlink(new.data_dir / "setup.token")
    new.start()
    assert token_of(new) != token and set_up(new, token).status == 403
    # a user that the owner makes ends the offer
    add(new, "ann", "viewer", PASSWORD)
    assert set_up(new, token_of(new)).status == 403


def test_h10_no_token_is_offered_to_an_engine_of_ones_own(engine_factory):
    engine = engine_factory()
    assert "setup_token_file" not in engine.ready and not (engine.data_dir / "setup.token").exists()
    assert set_up(engine, "").status == 403 and log_in(engine, "first").status == 403
