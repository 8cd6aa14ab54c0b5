# SPDX-License-Identifier: GPL-3.0-or-later
"""sagebrushctl user and login, with passwords from a pipe and from a terminal."""

import os
import pty
import re
import select
import shlex
import subprocess
import time

import pytest

from clients import PROGRAMS
from people import PASSWORD, add, log_in, manage
from tracking import Tracking

CTL = PROGRAMS / "sagebrushctl"


@pytest.fixture(scope="module")
def shared(engine_factory):
    return engine_factory()


def ctl(engine, *words, given="", check=True):
    result = subprocess.run([CTL, "--data-dir", engine.data_dir, *words], input=given, capture_output=True,
                            text=True, timeout=60)
    assert not check or result.returncode == 0, result.stderr
    return result


def variables(text):
    """What a shell has after evaluating it."""
    pairs = re.findall(r"^export (\w+)=(.*)$", text, re.MULTILINE)
    return {name: shlex.split(value)[0] for name, value in pairs}


def test_users_from_the_shell(shared):
    assert ctl(shared, "user", "list").stdout == ""
    ctl(shared, "user", "add", "ann", "developer")
    ctl(shared, "user", "password", "ann", given=PASSWORD + "\n")
    assert log_in(shared, "ann").json["Role"] == "developer"
    ctl(shared, "user", "role", "ann", "viewer")
    made = variables(ctl(shared, "user", "key", "ann").stdout)
    assert re.search(r"^ann +viewer +password\n  AKIA\w{16}\n$", ctl(shared, "user", "list").stdout)
    env = {**shared.env, **made}
    listed = subprocess.run(["aws", "sagemaker", "list-models"], env=env, capture_output=True, text=True, timeout=120)
    assert listed.returncode == 0, listed.stderr
    refused = subprocess.run(["aws", "sagemaker", "delete-model", "--model-name", "m"], env=env, capture_output=True,
                             text=True, timeout=120)
    assert refused.returncode != 0 and "AccessDeniedException" in refused.stderr
    ctl(shared, "user", "revoke", "ann", made["AWS_ACCESS_KEY_ID"])
    assert ctl(shared, "user", "list").stdout.count("\n") == 1
    ctl(shared, "user", "remove", "ann")
    assert ctl(shared, "user", "list").stdout == ""


@pytest.mark.parametrize("words,why", [
    (("user",), "must be one of"), (("user", "add", "ann"), "must be one of"), (("user", "nothing"), "must be one of"),
    (("user", "add", "Ann", "viewer"), "begins with a letter"), (("user", "add", "ann", "owner"), "Role must be"),
    (("user", "remove", "nobody"), "There is no user named 'nobody'"), (("user", "remove", "../status"), "begins with a letter"),
    (("user", "revoke", "nobody", "x"), "There is no user"), (("login", "nobody"), "User name or password is wrong"),
    (("login",), "takes one name")])
def test_what_is_wrong_is_said(shared, words, why):
    result = ctl(shared, *words, given="some password\n", check=False)
    assert result.returncode != 0 and why in result.stderr and not result.stdout, result.stderr


def test_a_login_from_the_shell(shared):
    add(shared, "ben", "developer", PASSWORD)
    text = ctl(shared, "login", "ben", given=PASSWORD + "\n").stdout
    assert "unset AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME" in text and PASSWORD not in text
    env = {**os.environ, **variables(text), "AWS_PAGER": ""}
    who = subprocess.run(["aws", "sts", "get-caller-identity"], env=env, capture_output=True, text=True, timeout=120)
    assert "assumed-role/sagebrush-developer/ben" in who.stdout, who.stderr
    tracking = variables(text)
    mlflow = Tracking(tracking["MLFLOW_TRACKING_URI"], token=tracking["MLFLOW_TRACKING_TOKEN"])
    assert mlflow.ask("runs/create", experiment_id="0")["run"]["info"]["user_id"] == "ben"
    # our own client calls with the same variables, from wherever it is
    status = subprocess.run([CTL, "--url", shared.endpoint_url, "status"], env=env, capture_output=True, text=True,
                            timeout=60)
    assert status.returncode == 0 and "Account: 000000000000" in status.stdout, status.stderr
    users = subprocess.run([CTL, "--url", shared.endpoint_url, "user", "list"], env=env, capture_output=True, text=True,
                           timeout=60)
    assert users.returncode == 1 and "is not authorized to perform: sagebrush:ListUsers" in users.stderr


@pytest.mark.parametrize("options, why", [
    (("--url", "http://engine.example:8443"), "could be read on the way; use https"),
    (("--url", "http://127.0.0.1:1", "--fingerprint", "00"), "only an https URL has"),
    (("--url", "engine.example"), "is no URL like https://HOST:PORT"),
    (("--url", "ftp://127.0.0.1"), "is no URL like https://HOST:PORT")])
@pytest.mark.parametrize("words", [("login", "ben"), ("status",)])
def test_nothing_is_sent_where_it_can_be_read(options, why, words):
    env = {**os.environ, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    result = subprocess.run([CTL, *options, *words], env=env, input=PASSWORD + "\n", capture_output=True, text=True,
                            timeout=60)
    assert result.returncode != 0 and why in result.stderr and not result.stdout, result.stderr


def at_terminal(engine, words, *answers):
    """Runs it on a terminal and answers its prompts. Returns the exit status, and all that appeared."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(CTL, [CTL, "--data-dir", str(engine.data_dir), *words])
    shown, answers, deadline = b"", list(answers), time.monotonic() + 60
    asked = 0
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            data = os.read(terminal, 4096)
        except OSError:
            data = b""
        if not data:
            break
        shown += data
        prompts = len(re.findall(rb"(?:assword|more): ", shown))
        if prompts > asked and answers:
            time.sleep(0.2)  # until it does not show what is typed
            asked = prompts
            os.write(terminal, answers.pop(0))
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


def test_passwords_do_not_appear(shared):
    add(shared, "cat", "viewer")
    status, shown = at_terminal(shared, ["user", "password", "cat"], PASSWORD.encode() + b"xy\x7f\x7f\n",
                                PASSWORD.encode() + b"\n")
    assert status == 0 and PASSWORD.encode() not in shown, shown
    assert log_in(shared, "cat").status == 200
    status, shown = at_terminal(shared, ["user", "password", "cat"], b"one long password\n", b"another long one\n")
    assert status == 1 and b"two different passwords" in shown and b"long" not in shown.replace(b"too long", b"")
    status, shown = at_terminal(shared, ["login", "cat"], PASSWORD.encode() + b"\n")
    assert status == 0 and b"AWS_SESSION_TOKEN" in shown and PASSWORD.encode() not in shown
    status, shown = at_terminal(shared, ["login", "cat"], b"half\x03")
    assert status == 1 and b"No password was given" in shown
    assert manage(shared, "GET", "/users/cat").json["HasPassword"]
