# SPDX-License-Identifier: GPL-3.0-or-later
"""H9: who guesses at secrets is told to wait, and holds nobody else up."""

import os
import re
import threading

import pytest
from botocore.exceptions import ClientError

from raw import Connection, assert_alive, call_bytes, exchange, host, request_bytes, sign

GUESSERS = 8
GUESSES = 12500  # of each


@pytest.fixture(scope="module")
def guessed(engine_factory):
    """An engine of this file's own: what is guessed at stays under suspicion for a while."""
    return engine_factory()


def guesses(call, count):
    """A signed call over and over, each time with another signature."""
    head, tail = re.split(rb"(?<=Signature=)[0-9a-f]{64}", call)
    return [head + os.urandom(32).hex().encode() + tail for _ in range(count)]


def guess(engine, call, count):
    """The replies to wrong signatures, one after the other over one connection."""
    replies = []
    with Connection(engine, seconds=60) as connection:
        for request in guesses(call, count):
            connection.send(request)
            replies.append(connection.reply())
    return replies


def test_guessing_is_throttled_and_the_owner_is_not(guessed):
    call = call_bytes(guessed, "ListModels")
    replies = [[] for _ in range(GUESSERS)]
    threads = [threading.Thread(target=lambda into=into: into.extend(guess(guessed, call, GUESSES)))
               for into in replies]
    client = guessed.client("sagemaker")
    for thread in threads:
        thread.start()
    n_calls = 0
    while n_calls < 20 or any(thread.is_alive() for thread in threads):
        client.list_models()
        assert_alive(guessed)  # a connection of its own
        guessed.client("s3").list_buckets()
        n_calls += 1
    for thread in threads:
        thread.join()

    found = [(reply.status, reply.code) for one in replies for reply in one]
    assert len(found) == GUESSERS * GUESSES
    usual, throttled = (403, "InvalidSignatureException"), (429, "ThrottlingException")
    assert set(found) == {usual, throttled} and found[0] == usual
    # the allowance, and what came back of it meanwhile
    assert found.count(throttled) > found.count(usual)
    last = replies[0][-1]
    assert last.status == 429 and "wait" in last.message
    assert 1 <= int(last.headers["retry-after"]) <= 60


def flood(engine, **mistakes):
    """Guesses until that is throttled."""
    call = call_bytes(engine, "ListModels", **mistakes)
    for _ in range(20):
        if guess(engine, call, 500)[-1].status == 429:
            return
    raise AssertionError("nobody minds")


def test_every_dialect_says_so(guessed):
    flood(guessed)

    def wrong(method, target, service, headers=()):
        signed = sign(guessed, method, target, headers, service=service, send_hash=service == "s3",
                      secret="x" * 40)
        return exchange(guessed, request_bytes(method, target, [*signed, ("Content-Length", 0)]))

    form = [("Content-Type", "application/x-www-form-urlencoded")]
    for reply, status, code in (
            (wrong("GET", "/", "s3"), 503, "SlowDown"),
            (wrong("PUT", "/bucket/key", "s3"), 503, "SlowDown"),
            (wrong("GET", "/sagebrush/v1/status", "sagemaker"), 429, "ThrottlingException"),
            (wrong("POST", "/endpoints/e/invocations", "sagemaker"), 429, "ThrottlingException"),
            (wrong("POST", "/", "sts", form), 429, "ThrottlingException")):
        assert (reply.status, reply.code) == (status, code), reply.body
        assert "retry-after" in reply.headers
    assert guessed.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_unknown_keys_are_answered_alike(guessed):
    flood(guessed, key="AKIA" + "A" * 16)
    answers = []
    for key in (guessed.access_key_id, "AKIA" + "A" * 16):
        flood(guessed, key=key)
        reply = guess(guessed, call_bytes(guessed, "ListModels", key=key), 1)[0]
        answers.append((reply.status, reply.code, re.sub(r"\d+", "N", reply.message)))
    assert answers[0] == answers[1]


def test_nothing_but_wrong_signatures_counts(guessed):
    """Neither calls without a signature, nor late ones, nor good ones that fail."""
    flood(guessed)
    for request, code in (
            (request_bytes("GET", "/sagebrush/v1/status", [("Host", host(guessed))]), "MissingAuthenticationTokenException"),
            (call_bytes(guessed, "ListModels", skew=-3600), "InvalidSignatureException"),
            (call_bytes(guessed, "ListModels", region="eu-west-1"), "InvalidSignatureException"),
            (call_bytes(guessed, "DescribeModel"), "ValidationException")):
        assert exchange(guessed, request).code == code
    with pytest.raises(ClientError, match="Could not find"):
        guessed.client("sagemaker").describe_model(ModelName="none")


def test_the_gateway_throttles_too(guessed):
    class Gateway:
        endpoint_url = guessed.runtime_endpoint_url
        access_key_id, secret_access_key = guessed.access_key_id, guessed.secret_access_key
        region = guessed.region

    path = "/endpoints/none/invocations"
    call = request_bytes("POST", path, [*sign(Gateway, target=path, body=b"1"), ("Content-Length", 1)], b"1")
    replies = guess(Gateway, call, 500)
    assert replies[0].status == 403 and replies[-1].status == 429
    assert replies[-1].headers["x-amzn-errortype"] == "ThrottlingException" and "retry-after" in replies[-1].headers
    assert exchange(Gateway, call).headers["x-amzn-errortype"].startswith("Validation")
