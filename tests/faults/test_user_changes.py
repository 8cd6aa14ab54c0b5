# SPDX-License-Identifier: GPL-3.0-or-later
"""Users while the engine is killed and the clock is set: nobody is let in who should not be."""

import datetime
import http.client
import os
import sqlite3
import time

import pytest

from people import PASSWORD, add, log_in, manage, session, show, team_config, unsigned
from raw import bad_audit_record, query
from test_clock import clock  # noqa: F401


def look(engine, bearer):
    """What a token is worth: 404, for something that is not there, or the refusal."""
    reply = show(engine, bearer, "/sagebrush/v1/cache/none")
    return reply.status if reply.status == 404 else reply.code


def restart(engine, clock):
    engine.kill()
    engine.start(**clock.environment)


def test_h11_the_clock_goes_back(fresh_engine, clock):
    """H11: what has expired, or was issued later than it is now, is not revived; not by the next engine
    either."""
    engine = fresh_engine
    add(engine, "ann", "viewer", PASSWORD)
    old = session(engine, "ann").bearer
    assert look(engine, old) == 404
    clock("+30m")
    assert look(engine, old) == 404
    clock("+2h")
    assert look(engine, old) == "ExpiredTokenException"
    for jump in ("+0", "-1d", "+30m", "+0"):
        clock(jump)
        assert look(engine, old) == "ExpiredTokenException", jump
    new = session(engine, "ann").bearer  # time goes on from where it was
    assert look(engine, new) == 404
    restart(engine, clock)
    assert look(engine, old) == "ExpiredTokenException"
    assert look(engine, new) == 404
    clock("-30d")
    restart(engine, clock)
    assert look(engine, old) == "ExpiredTokenException"
    assert look(engine, session(engine, "ann").bearer) == 404
    clock("+10y")
    assert look(engine, new) == "ExpiredTokenException"
    assert bad_audit_record(engine) == 0


def test_h11_a_clock_that_was_ahead(fresh_engine, clock):
    """A login tells when it ends by the clock that its reader has, even if that was wrong for a while."""
    engine = fresh_engine
    add(engine, "ann", "viewer", PASSWORD)
    clock("+10y")
    session(engine, "ann")
    for back in ("+0", "anew"):
        restart(engine, clock) if back == "anew" else clock(back)
        before = int(time.time())
        reply = log_in(engine, "ann", DurationSeconds=1800)
        after = time.time()
        assert reply.json["Expiration"] == reply.json["Credentials"]["Expiration"]
        ends = datetime.datetime.fromisoformat(reply.json["Expiration"].replace("Z", "+00:00")).timestamp()
        assert before + 1800 <= ends <= after + 1800, back
        assert look(engine, reply.json["Token"]) == 404


def test_h11_a_time_that_could_not_be_kept(fresh_engine, clock):
    """What was refused for its age once the disk is well again stays refused by the next engine."""
    engine = fresh_engine
    add(engine, "ann", "viewer", PASSWORD)
    old = session(engine, "ann").bearer
    with sqlite3.connect(engine.data_dir / "engine.db") as database:
        database.execute("CREATE TRIGGER broken BEFORE UPDATE OF clock ON user_state"
                         " BEGIN SELECT RAISE (ABORT, 'broken'); END")
    clock("+2h")
    assert look(engine, old) == "ExpiredTokenException"
    with sqlite3.connect(engine.data_dir / "engine.db") as database:
        database.execute("DROP TRIGGER broken")
    assert look(engine, old) == "ExpiredTokenException"
    clock("+0")
    restart(engine, clock)
    assert look(engine, old) == "ExpiredTokenException"


def kill_at(engine, point, *call):
    """Makes a call at whose end the engine is killed, and starts it again."""
    engine.stop()
    engine.start(SAGEBRUSH_FAILPOINT=f"{point}:kill")
    engine.ended = True
    try:
        assert call[0](*call[1:]) is None
    except (OSError, EOFError, http.client.HTTPException):
        pass
    engine.process.wait(timeout=60)
    engine.process.stdout.close()
    engine.start()


def test_killed_before_a_change_of_users_is_answered(fresh_engine):
    """What is changed is changed, whole, and nobody goes on with what he had."""
    engine = fresh_engine
    add(engine, "ann", "developer", PASSWORD)
    add(engine, "ben", "admin", PASSWORD)
    bearer = session(engine, "ann").bearer
    kill_at(engine, "user-changed", manage, engine, "PUT", "/users/ann/password", {"Password": "another long one"})
    assert log_in(engine, "ann").status == 403 and log_in(engine, "ann", "another long one").status == 200
    assert show(engine, bearer).status == 403
    bearer = session(engine, "ann", "another long one").bearer
    kill_at(engine, "user-changed", manage, engine, "PUT", "/users/ann/role", {"Role": "viewer"})
    assert manage(engine, "GET", "/users/ann").json["Role"] == "viewer" and show(engine, bearer).status == 403
    kill_at(engine, "user-changed", manage, engine, "POST", "/users/ann/keys")
    assert len(manage(engine, "GET", "/users/ann").json["AccessKeys"]) == 2
    kill_at(engine, "user-changed", manage, engine, "DELETE", "/users/ann")
    assert manage(engine, "GET", "/users/ann").status == 404
    assert query(engine, "SELECT count (*) FROM user_key WHERE user = 'ann'") == [(0,)]
    kept = query(engine, "SELECT operation FROM audit WHERE operation LIKE '%User%'"
                         " AND outcome = 'ok' ORDER BY seq DESC LIMIT 4")
    assert [row[0] for row in kept] == ["DeleteUser", "CreateUserKey", "ChangeUserRole", "ChangeUserPassword"]
    assert bad_audit_record(engine) == 0


def test_h10_killed_while_the_first_administrator_is_made(engine_factory, tmp_path):
    """H10: the token is used up all the same."""
    engine = engine_factory("--config", team_config(tmp_path))
    with open(engine.setup_token_file, encoding="ascii") as file:
        body = {"Token": file.read().strip(), "Name": "first", "Password": PASSWORD}
    kill_at(engine, "setup-used", unsigned, engine, "POST", "/sagebrush/v1/setup", body)
    assert not os.path.exists(engine.data_dir / "setup.token") and "setup_token_file" not in engine.ready
    assert unsigned(engine, "POST", "/sagebrush/v1/setup", {**body, "Name": "second"}).status == 403
    assert [user["Name"] for user in manage(engine, "GET", "/users").json["Users"]] == ["first"]
    assert log_in(engine, "first").status == 200


def test_a_database_that_has_lost_the_state_of_users(fresh_engine):
    """The engine says so and does not start."""
    fresh_engine.stop()
    with sqlite3.connect(fresh_engine.data_dir / "engine.db") as database:
        database.execute("DELETE FROM user_state")
    with pytest.raises(AssertionError, match="did not start.*user_state"):
        fresh_engine.start()
    fresh_engine.process.wait(timeout=30)
