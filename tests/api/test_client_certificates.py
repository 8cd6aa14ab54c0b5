# SPDX-License-Identifier: GPL-3.0-or-later
"""H14: which clients' certificates are taken, and as whom; and what a change of them does."""

import os
import re
import signal
import ssl

import pytest

import people
from clients import wait_for
from raw import Connection, WebSocket, assert_alive, call_bytes, exchange, query, request_bytes
from tls import Certificate, Public, trusting, write_config

STATUS = request_bytes("GET", "/sagebrush/v1/status", [("Host", "localhost")])
UNSIGNED = request_bytes("POST", "/", [
    ("Host", "localhost"), ("Content-Type", "application/x-amz-json-1.1"),
    ("X-Amz-Target", "SageMaker.ListModels"), ("Content-Length", 2)], b"{}")


class Team:
    """Certificates, and engines that take them."""

    def __init__(self, folder, engine_factory):
        self.folder = folder
        self.factory = engine_factory
        self.server = Certificate(folder, "server")
        self.admin = Certificate(folder, "admin", common_name="Admin")
        self.viewer = Certificate(folder, "viewer")
        self.unpinned = Certificate(folder, "unpinned")
        self.impostor = Certificate(folder, "impostor", common_name="Admin")
        self.expired = Certificate(folder, "expired", "-not_before", "20200101000000Z",
                                   "-not_after", "20210101000000Z")
        self.early = Certificate(folder, "early", "-not_before", "20900101000000Z",
                                 "-not_after", "20910101000000Z")
        self.renewed = Certificate(folder, "renewed", common_name="Admin", key=self.admin.key)

    def pins(self):
        return {"alice": [self.admin.pin, self.expired.pin, self.early.key_pin],
                "vera": [self.viewer.pin]}

    def start(self, clients, pins=None):
        path = write_config(self.folder / f"{clients}-{len(list(self.folder.iterdir()))}.conf",
                            self.server, clients=clients, pins=self.pins() if pins is None else pins)
        engine = self.factory("--config", path)
        people.add(engine, "alice", "admin")
        people.add(engine, "vera", "viewer")
        return path, engine


@pytest.fixture(scope="module")
def team(tmp_path_factory, engine_factory):
    return Team(tmp_path_factory.mktemp("team"), engine_factory)


@pytest.fixture(scope="module")
def required(team):
    return team.start("required")[1]


@pytest.fixture(scope="module")
def optional(team):
    return team.start("optional")[1]


def is_refused(team, engine, certificate, version=ssl.TLSVersion.TLSv1_3):
    """Whether the handshake fails. In TLS 1.3 a client hears of that with the first answer."""
    context = trusting(team.server, certificate)
    context.maximum_version = version
    try:
        with Connection(Public(engine, team.server, context=context)) as connection:
            connection.send(STATUS)
            connection.socket.recv(1)
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        return True
    return False


VERSIONS = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@VERSIONS
def test_h14_no_certificate(team, required, optional, version):
    assert is_refused(team, required, None, version)
    assert not is_refused(team, optional, None, version)
    assert exchange(Public(optional, team.server), STATUS).status == 401
    assert_alive(Public(optional, team.server))  # signed


@VERSIONS
@pytest.mark.parametrize("who", ["unpinned", "expired", "early", "impostor"])
def test_h14_refused_at_the_handshake(team, required, optional, version, who):
    """Self-signed and unpinned; pinned, but expired or not yet valid; the same name, another key."""
    for engine in (required, optional):
        assert is_refused(team, engine, getattr(team, who), version)
        assert not is_refused(team, engine, team.admin, version)


def test_h14_a_refused_one_is_told_in_the_log(team, required):
    assert is_refused(team, required, team.unpinned)
    pin = team.unpinned.pin.replace(":", "").lower().replace("sha256", "sha256:")
    wait_for(lambda: is_refused(team, required, team.unpinned) and pin in required.log.read_text(),
             what="the refused certificate's pin")


def test_h14_a_pinned_one_is_its_user(team, required):
    public = Public(required, team.server, team.admin)
    assert exchange(public, STATUS).status == 200
    assert exchange(public, UNSIGNED).status == 200
    # Whoever signs is who signs: a wrong signature is not made right by a certificate.
    assert exchange(public, call_bytes(public, "ListModels")).status == 200
    assert exchange(public, call_bytes(public, "ListModels", secret="x" * 40)).status == 403
    with WebSocket(public, headers=[("Host", "localhost"), *WebSocket.HEADERS]) as stream:
        assert stream.answer.status == 101


def create_group(name):
    body = b'{"ModelPackageGroupName":"%s"}' % name.encode()
    return request_bytes("POST", "/", [
        ("Host", "localhost"), ("Content-Type", "application/x-amz-json-1.1"),
        ("X-Amz-Target", "SageMaker.CreateModelPackageGroup"), ("Content-Length", len(body))], body)


def test_h14_a_user_may_what_the_role_allows(team, required, unique):
    name = unique("by-certificate")
    viewer = Public(required, team.server, team.viewer)
    assert exchange(viewer, UNSIGNED).status == 200
    refused = exchange(viewer, create_group(name))
    assert refused.status in (400, 403) and "vera is not authorized" in refused.message
    assert exchange(Public(required, team.server, team.admin), create_group(name)).status == 200
    ((principal,),) = query(required, "SELECT DISTINCT principal FROM audit"
                                      " WHERE target LIKE ? AND principal <> 'vera'", f"%{name}%")
    assert principal == "alice"


def test_h14_a_deleted_user_may_nothing_at_once(team, optional):
    with Connection(Public(optional, team.server, team.viewer)) as connection:
        connection.send(UNSIGNED)
        assert connection.reply().status == 200
        assert people.manage(optional, "DELETE", "/users/vera").status == 200
        connection.send(UNSIGNED)
        reply = connection.reply()
        assert reply.status == 403 and "no user 'vera'" in reply.message


def test_h14_a_web_page_with_a_certificate_is_a_web_page(team, required):
    """Browsers show certificates unasked: who comes from a page is refused all the same."""
    public = Public(required, team.server, team.admin)
    for extra in ([("Origin", "https://evil.example")], [("Origin", "null")]):
        request = request_bytes("GET", "/sagebrush/v1/status", [("Host", "localhost"), *extra])
        assert exchange(public, request).status == 403
    request = request_bytes("GET", "/sagebrush/v1/status", [("Host", "evil.example")])
    assert exchange(public, request).status == 421
    # not even one that the engine itself has sent: an object of a bucket
    request = request_bytes("GET", "/api/kernels", [("Host", "localhost"), ("Origin", "https://localhost")])
    assert exchange(public, request).status == 403
    assert exchange(public, request_bytes("GET", "/api/kernels", [("Host", "localhost")])).status == 200


def test_h14_boto3_shows_a_certificate(team, required):
    Public(required, team.server, team.admin).client("sagemaker").list_models()
    with pytest.raises(Exception, match="(?i)ssl|certificate|closed|reset"):
        Public(required, team.server, team.unpinned).client("sagemaker").list_models()


def test_h14_a_pin_of_the_key_outlives_a_renewal(team):
    engine = team.start("required", {"alice": [team.admin.key_pin]})[1]
    for certificate in (team.admin, team.renewed):
        assert exchange(Public(engine, team.server, certificate), STATUS).status == 200
    assert is_refused(team, engine, team.impostor)


def test_h14_a_user_that_is_none_may_nothing(team):
    engine = team.start("required", {"nobody": [team.admin.pin]})[1]
    reply = exchange(Public(engine, team.server, team.admin), UNSIGNED)
    assert reply.status == 403 and "nobody" in reply.message


# --- SIGHUP -------------------------------------------------------------------------------------


def reload(engine, word):
    """Has the engine read its certificate again. `word`: what it must say to that."""
    def times():
        return len(re.findall(word, engine.log.read_text()))

    before = times()
    engine.process.send_signal(signal.SIGHUP)
    wait_for(lambda: times() > before, what=f"'{word}' in the log")


def shown(engine):
    port = int(engine.public_endpoint_url.rsplit(":", 1)[1])
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))


def test_a_new_certificate_is_shown_without_a_restart(team, tmp_path, engine_factory):
    server, second, broken = (Certificate(tmp_path, name) for name in ("server", "second", "broken"))
    engine = engine_factory("--config", write_config(tmp_path / "team.conf", server))
    old, new = server.der, second.der
    assert shown(engine) == old
    with Connection(Public(engine, server)) as before:
        before.send(call_bytes(engine, "ListModels"))
        assert before.reply().status == 200

        # A key that does not fit, and no certificate at all, change nothing.
        key = server.key.read_bytes()
        server.key.write_bytes(broken.key.read_bytes())
        reload(engine, "stay as they were.*together")
        server.path.write_text("rubbish")
        reload(engine, "stay as they were")
        os.truncate(tmp_path / "team.conf", 0)
        reload(engine, "stay as they were")
        assert shown(engine) == old
        server.key.write_bytes(key)

        write_config(tmp_path / "team.conf", server)
        second.copy_to(server)
        reload(engine, "were read again")
        assert shown(engine) == new
        # Who is connected stays.
        before.send(call_bytes(engine, "ListModels"))
        assert before.reply().status == 200
    assert second.fingerprint in (engine.data_dir / "ready.json").read_text()
    assert_alive(Public(engine, server))


def test_a_certificate_that_is_in_effect_is_said_to_be(tmp_path, engine_factory):
    server, second = (Certificate(tmp_path, name) for name in ("server", "second"))
    engine = engine_factory("--config", write_config(tmp_path / "team.conf", server))
    ready = engine.data_dir / "ready.json"
    text = ready.read_bytes()
    ready.unlink()
    ready.mkdir()  # nothing can take its place
    second.copy_to(server)
    reload(engine, "ready.json still names the old certificate")
    reload(engine, f"were read again.*{re.escape(second.fingerprint)}")
    assert shown(engine) == second.der
    assert "stay as they were" not in engine.log.read_text()
    ready.rmdir()
    ready.write_bytes(text)


def test_h14_a_pin_that_is_taken_away_ends_what_it_opened(team, unique):
    path, engine = team.start("optional")
    with Connection(Public(engine, team.server, team.admin)) as admin, \
         Connection(Public(engine, team.server)) as other, \
         WebSocket(Public(engine, team.server, team.admin),
                   headers=[("Host", "localhost"), *WebSocket.HEADERS]) as stream:
        admin.send(STATUS)
        other.send(call_bytes(Public(engine, team.server), "ListModels"))
        assert admin.reply().status == other.reply().status == 200
        assert stream.answer.status == 101

        write_config(path, team.server, clients="optional", pins={"alice": [team.expired.pin]})
        reload(engine, "were read again")
        for ended in (admin, stream.connection):
            with pytest.raises((ssl.SSLError, ConnectionResetError, EOFError)):
                ended.exactly(1 << 30)
        other.send(call_bytes(Public(engine, team.server), "ListTrainingJobs"))
        assert other.reply().status == 200
    assert is_refused(team, engine, team.admin)
