# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine behind TLS: whose certificate is taken, by whose word, and what happens when it changes."""

import hashlib
import re
import signal
import socket
import ssl
import threading
from pathlib import Path

import pytest
from clients import wait_for
from test_connections import chip, fill, open_form, remote  # noqa: F401
from tls import Certificate, write_config

CERTIFICATES = Path(__file__).parents[1] / "data" / "tls"


def fingerprint(name):
    pem = (CERTIFICATES / name).read_text()
    end = "-----END CERTIFICATE-----"
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[:pem.index(end) + len(end)])).hexdigest()
    return ":".join(digest[i:i + 2] for i in range(0, 64, 2)).upper()


class TlsFront(threading.Thread):
    """Stands in front of an engine and speaks TLS for it."""

    def __init__(self, engine_url, certificate):
        super().__init__(daemon=True)
        host, port = engine_url.removeprefix("http://").split(":")
        self.engine = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        self.heard = 0  # bytes that clients sent inside of TLS
        self.pairs = []
        self.show(certificate)
        self.start()

    def show(self, certificate):
        """Shows another certificate from now on; who is connected is cut off."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
        self.context = context
        while self.pairs:
            for end in self.pairs.pop():
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def run(self):
        while True:
            plain = self.listener.accept()[0]
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        try:
            client = self.context.wrap_socket(plain, server_side=True)
            engine = socket.create_connection(self.engine)
        except OSError:  # it was refused
            return
        self.pairs.append((client, engine))
        threading.Thread(target=self.carry, args=(engine, client), daemon=True).start()
        self.carry(client, engine)

    def carry(self, source, sink):
        try:
            while piece := source.recv(65536):
                if isinstance(source, ssl.SSLSocket):
                    self.heard += len(piece)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture
def front(remote):  # noqa: F811
    return TlsFront(remote.endpoint_url, "one.pem")


def add_team(studio, front, remote):  # noqa: F811
    dialog = open_form(studio)
    fill(dialog, Name="Team", URL=front.url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    dialog.find("button", "Save", "sensitive").click()
    dialog.find("row", re.compile("^Team")).click()


def test_a_certificate_is_taken_by_the_user_s_word(start_studio, sample, remote, front):  # noqa: F811
    studio = start_studio(sample.engine.data_dir)
    add_team(studio, front, remote)
    dialog = studio.find("dialog", re.compile("Trust the certificate of “Team”"))
    dialog.find("label", fingerprint("one.pem"))
    studio.key("Return")  # the default is not to
    studio.gone("dialog")
    chip(studio, "Away", "Team")
    studio.find("label", re.compile("certificate is not trusted"))
    assert front.heard == 0

    studio.key("ctrl+alt+c")
    studio.find("dialog", "Connections").find(None, re.compile("^Team")).click()
    studio.find("dialog", re.compile("Trust the certificate")).find("button", "Trust").click()
    chip(studio, "Connected", "Team")
    studio.key("alt+3")
    studio.find("row", re.compile("remote-group"))
    # Its events come through a WebSocket over TLS.
    remote.client("sagemaker").create_model_package_group(ModelPackageGroupName="heard-of-later")
    studio.find("row", re.compile("heard-of-later"))

    studio.quit()
    studio = start_studio(sample.engine.data_dir)
    chip(studio, "Connected", "Team")
    assert not studio.there_is("dialog")


def test_another_certificate_than_before_stops_everything(start_studio, sample, remote,  # noqa: F811
                                                          front):
    studio = start_studio(sample.engine.data_dir)
    add_team(studio, front, remote)
    studio.find("dialog", re.compile("Trust the certificate")).find("button", "Trust").click()
    chip(studio, "Connected", "Team")

    front.show("two.pem")
    dialog = studio.find("dialog", re.compile("“Team” shows another certificate"), seconds=30)
    heard = front.heard
    dialog.find("label", fingerprint("two.pem"))
    assert not studio.there_is("button", "Trust")
    studio.key("Return")
    studio.gone("dialog")
    chip(studio, "Away", "Team")
    assert front.heard == heard

    # The way out is an act of its own.
    studio.key("ctrl+alt+c")
    dialog = studio.find("dialog", "Connections")
    dialog.all("button", "Edit")[-1].click()
    dialog.find("label", fingerprint("one.pem"))
    dialog.find("button", "Forget").click()
    studio.press("Save")
    studio.find("dialog", re.compile("Trust the certificate")).find("button", "Trust").click()
    chip(studio, "Connected", "Team")
    studio.key("Escape")
    studio.gone("dialog")


def test_an_engine_that_speaks_tls_itself(start_studio, sample, engine_factory, tmp_path):
    """Calls and events go through TLS, and a certificate that is changed meanwhile is noticed."""
    certificate = Certificate(tmp_path, "server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = "127.0.0.1:%d" % free.getsockname()[1]
    engine = engine_factory("--config", write_config(tmp_path / "team.conf", certificate, listen))
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Team", URL=engine.public_endpoint_url, Region=engine.region,
         Access_key=engine.access_key_id, Secret_access_key=engine.secret_access_key)
    dialog.find("button", "Save", "sensitive").click()
    dialog.find("row", re.compile("^Team")).click()
    dialog = studio.find("dialog", re.compile("Trust the certificate of “Team”"))
    dialog.find("label", engine.certificate_fingerprint)
    dialog.find("button", "Trust").click()
    chip(studio, "Connected", "Team")
    studio.key("alt+3")
    engine.client("sagemaker").create_model_package_group(ModelPackageGroupName="heard-of-later")
    studio.find("row", re.compile("heard-of-later"))

    other = Certificate(tmp_path, "other")
    other.copy_to(certificate)
    engine.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "were read again" in engine.log.read_text(), what="the new certificate")
    chip(studio, "Connected", "Team")  # who is connected stays
    engine.stop()
    engine.start()
    dialog = studio.find("dialog", re.compile("“Team” shows another certificate"), seconds=30)
    dialog.find("label", other.fingerprint)
    studio.key("Return")
    studio.gone("dialog")
