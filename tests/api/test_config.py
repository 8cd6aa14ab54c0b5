# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file: what it sets, and what it is refused for."""

import os
import socket
import subprocess

import pytest

from clients import PROGRAMS, SOURCE
from raw import assert_alive
from tls import Certificate, Public, write_config


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("config"), "server")


def refusal(tmp_path, text, *options):
    """What an engine says to a configuration that it must not start with."""
    path = tmp_path / "team.conf"
    path.write_text(text)
    done = subprocess.run(
        [PROGRAMS / "sagebrushd", "--data-dir", tmp_path / "data", "--config", path, *options],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "SAGEBRUSH_LIBEXECDIR": str(PROGRAMS),
             "SAGEBRUSH_DATADIR": str(SOURCE / "data")})
    assert done.returncode == 2 and not done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (tmp_path / "data").exists()  # nothing is started, and nothing left behind
    return done.stderr


PIN = "sha256:" + "ab" * 32

# What is wrong, and what must be named.
REFUSED = {
    "no group": ("listen=1", ["team.conf"]),
    "unknown group": ("[serve]\nlisten=127.0.0.1:0", ["[serve]", "[server]"]),
    "unknown key": ("[server]\nlissten=127.0.0.1:0", ["[server]", "'lissten'"]),
    "unknown engine key": ("[engine]\ndatadir=/x", ["[engine]", "'datadir'"]),
    "empty": ("[server]\ntls-key=", ["[server] tls-key is empty"]),
    "listen nowhere": ("[server]\nlisten=", ["[server] listen is empty"]),
    "port": ("[engine]\nport=65536", ["[engine] port", "65535"]),
    "port as a word": ("[engine]\nport=http", ["[engine] port"]),
    "account": ("[engine]\naccount=12", ["[engine] account", "twelve digits"]),
    "region": ("[engine]\nregion=nowhere", ["[engine] region"]),
    "kernel-standby": ("[engine]\nkernel-standby=90000", ["[engine] kernel-standby"]),
    "kernel-memory": ("[engine]\nkernel-memory=1", ["[engine] kernel-memory"]),
    "job-network": ("[engine]\njob-network=perhaps", ["[engine] job-network"]),
    "open to all in clear": ("[server]\nlisten=0.0.0.0:0\nnames=x", ["'0.0.0.0:0'", "TLS", "tls-certificate"]),
    "open to one in clear": ("[server]\nlisten=127.0.0.1:0;192.0.2.1:0", ["'192.0.2.1:0'", "TLS"]),
    "open by version 6": ("[server]\nlisten=[::]:0\nnames=x", ["'[::]:0'", "TLS"]),
    "no port": ("[server]\nlisten=127.0.0.1", ["'127.0.0.1'", "ADDRESS:PORT"]),
    "a name": ("[server]\nlisten=localhost:0", ["'localhost:0'", "ADDRESS:PORT"]),
    "port too high": ("[server]\nlisten=127.0.0.1:65536", ["'127.0.0.1:65536'"]),
    "no brackets": ("[server]\nlisten=::1:80", ["'::1:80'"]),
    "nothing": ("[server]\nlisten=:80", ["':80'"]),
    "names with a port": ("[server]\nnames=a.example:80", ["'a.example:80'"]),
    "certificate alone": ("[server]\ntls-certificate=/x", ["tls-certificate without a tls-key"]),
    "key alone": ("[server]\ntls-key=/x", ["tls-key without a tls-certificate"]),
    "policy": ("[server]\nclient-certificates=maybe", ["'maybe'", "required"]),
    "pins for nobody": (f"[clients]\nalice={PIN}", ["client-certificates is none"]),
    "nobody's pins": ("[server]\nclient-certificates=required", ["nobody could connect"]),
    "certificates in clear": (f"[server]\nclient-certificates=required\n[clients]\nalice={PIN}",
                              ["client-certificates needs a tls-certificate"]),
    "some certificates in clear": ("[server]\nlisten=127.0.0.1:0\nclient-certificates=optional",
                                   ["client-certificates needs a tls-certificate"]),
    "no pin": ("[server]\nclient-certificates=optional\n[clients]\nalice=abcd", ["alice", "'abcd'"]),
    "pins for no user": (f"[server]\nclient-certificates=optional\n[clients]\n../alice={PIN}",
                         ["[clients]", "name"]),
    "pins for a long name": (f"[server]\nclient-certificates=optional\n[clients]\n{'a' * 99}={PIN}",
                             ["[clients]", "name"]),
    "one pin for two": (f"[server]\nclient-certificates=optional\n[clients]\nalice={PIN}\nbob={PIN}",
                        ["alice and bob"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_named(tmp_path, case):
    text, words = REFUSED[case]
    said = refusal(tmp_path, text + "\n")
    assert "team.conf" in said
    for word in words:
        assert word in said


def test_files_that_are_wrong_are_named(tmp_path, certificate):
    other = Certificate(tmp_path, "other")
    server = "[server]\nlisten=127.0.0.1:0\ntls-certificate={}\ntls-key={}\n"
    assert "/nowhere" in refusal(tmp_path, server.format("/nowhere", certificate.key))
    assert "together" in refusal(tmp_path, server.format(certificate.path, other.key))
    assert "together" in refusal(tmp_path, server.format(other.key, other.key))
    other.key.chmod(0o644)
    said = refusal(tmp_path, server.format(other.path, other.key))
    assert f"chmod 600 '{other.key}'" in said
    everybody = f"[server]\nlisten=0.0.0.0:0\ntls-certificate={certificate.path}\ntls-key={certificate.key}\n"
    assert "names" in refusal(tmp_path, everybody)


def test_the_command_line_wins(engine_factory, certificate, tmp_path):
    path = write_config(tmp_path / "team.conf", certificate)
    path.write_text("[engine]\nregion=eu-central-1\naccount=111122223333\ndata-dir=elsewhere\n"
                    + path.read_text())
    engine = engine_factory("--config", path, "--account", "444455556666")
    assert engine.region == "eu-central-1"
    assert engine.client("sts").get_caller_identity()["Account"] == "444455556666"
    assert not (tmp_path / "elsewhere").exists()
    assert_alive(Public(engine, certificate))


def test_a_path_is_one_beside_the_file(engine_factory, tmp_path):
    certificate = Certificate(tmp_path, "server")
    path = tmp_path / "team.conf"
    path.write_text("[server]\nlisten=127.0.0.1:0\nnames=localhost\n"
                    "tls-certificate=server.pem\ntls-key=server.key\n")
    engine = engine_factory("--config", path)
    assert_alive(Public(engine, certificate))


def test_without_a_certificate_loopback_is_in_clear(engine_factory, tmp_path):
    path = tmp_path / "team.conf"
    path.write_text("[server]\nlisten=127.0.0.1:0\n")
    engine = engine_factory("--config", path)
    assert "public_endpoint_url" not in engine.ready
    assert_alive(engine)


def test_the_public_url_is_one_that_others_reach(engine_factory, certificate, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        local = probe.getsockname()[1]
    path = write_config(tmp_path / "team.conf", certificate, listen=f"127.0.0.1:{local};0.0.0.0:0")
    engine = engine_factory("--config", path)
    assert int(engine.public_endpoint_url.rsplit(":", 1)[1]) != local
    assert_alive(Public(engine, certificate))
