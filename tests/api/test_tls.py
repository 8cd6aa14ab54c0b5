# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that other machines reach: through TLS alone, with every promise of the loopback port."""

import http.client
import json
import os
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest

import jupyter
import people
from clients import PROGRAMS
from raw import Connection, WebSocket, assert_alive, call_bytes, exchange, request_bytes, sign
from test_hostile_http import CLOSING
from tls import Certificate, Public, trusting, write_config

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("tls"), "server")


@pytest.fixture(scope="module")
def team(engine_factory, certificate):
    """An engine with a TLS port."""
    engine = engine_factory("--config", write_config(certificate.path.parent / "team.conf",
                                                     certificate))
    return Public(engine, certificate)


def connect(team, source=None):
    """A bare connection to the TLS port."""
    return socket.create_connection(("127.0.0.1", team.port), timeout=30,
                                    source_address=(source, 0) if source else None)


def is_ended(connection, seconds=30):
    """Whether the engine ends a connection; what it says before is let pass."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


def client_hello(name="localhost"):
    """The bytes with which a client begins."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


# --- Clients ------------------------------------------------------------------------------------


def test_boto3_and_the_aws_cli_come_through_tls(team, unique):
    name = unique("group")
    team.client("sagemaker").create_model_package_group(ModelPackageGroupName=name)
    result = subprocess.run(
        ["aws", "--endpoint-url", team.endpoint_url, "--ca-bundle", str(team.ca.path), "sagemaker",
         "describe-model-package-group", "--model-package-group-name", name],
        env=team.env, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["ModelPackageGroupName"] == name
    # The Unix socket and the loopback port show the same engine.
    found = team.engine.client("sagemaker").describe_model_package_group(ModelPackageGroupName=name)
    assert found["ModelPackageGroupName"] == name


def test_what_is_big_arrives_whole(team, unique):
    bucket, body = unique("big"), os.urandom(20 * MIB + 1)
    s3 = team.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="big", Body=body)
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == body


def test_the_ready_line_tells_url_and_fingerprint(team, certificate):
    assert team.engine.ready["public_endpoint_url"] == f"https://localhost:{team.port}"
    assert team.engine.ready["certificate_fingerprint"] == certificate.fingerprint
    assert team.engine.ready["endpoint_url"].startswith("http://127.0.0.1:")


def test_a_connection_serves_many_requests(team):
    with Connection(team) as connection:
        for _ in range(50):
            connection.send(call_bytes(team, "ListModels"))
            assert connection.reply().status == 200
        connection.send(b"".join(call_bytes(team, "ListModels", extra=[("X-N", str(i))])
                                 for i in range(50)))
        assert [connection.reply().status for _ in range(50)] == [200] * 50


def test_events_come_through_tls(team, unique):
    name = unique("heard")
    with WebSocket(team) as stream:
        assert stream.answer.status == 101
        team.client("sagemaker").create_model_package_group(ModelPackageGroupName=name)
        while stream.event().get("name") != name:
            pass


def test_sagebrushctl_takes_a_fingerprint(team, certificate):
    def ctl(*arguments):
        return subprocess.run([PROGRAMS / "sagebrushctl", "--url", team.endpoint_url, *arguments],
                              env=team.env, capture_output=True, text=True, timeout=60, check=False)

    refused = ctl("status")
    assert refused.returncode == 1 and f"--fingerprint {certificate.fingerprint}" in refused.stderr
    told = ctl("--fingerprint", certificate.fingerprint, "status")
    assert told.returncode == 0 and f"Region: {team.region}" in told.stdout, told.stderr
    other = ctl("--fingerprint", ":".join(["00"] * 32), "status")
    assert other.returncode == 1 and "another certificate" in other.stderr
    told = ctl("env")
    assert f"AWS_ENDPOINT_URL='{team.endpoint_url}'" in told.stdout
    assert "SAGEMAKER_RUNTIME" not in told.stdout and team.secret_access_key in told.stdout


def test_a_user_logs_in_through_tls(team, certificate, unique):
    name = unique("lena")
    people.add(team.engine, name, "viewer", people.PASSWORD)
    environment = {key: value for key, value in team.env.items() if not key.startswith("AWS_")}
    told = subprocess.run(
        [PROGRAMS / "sagebrushctl", "--url", team.endpoint_url, "--fingerprint",
         certificate.fingerprint, "login", name], input=people.PASSWORD + "\n", env=environment,
        capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
    script = told.stdout + f"\nexport AWS_CA_BUNDLE='{certificate.path}'\naws sagemaker list-models"
    listed = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True,
                            timeout=120, check=False)
    assert listed.returncode == 0 and json.loads(listed.stdout) == {"Models": []}, listed.stderr


def test_kernels_come_through_tls(team):
    """websocket-client says that it comes from where it goes to, as pages would."""
    server = jupyter.Jupyter(team.endpoint_url, team.secret_access_key, team.ssl_context)
    kernel = server.start()
    with server.channels(kernel) as channels:
        messages = channels.execute("print('x' * 1000000); 6 * 7")
        assert jupyter.text(messages) == "x" * 1000000 + "\n"
        assert jupyter.value(messages) == "42"
    assert server.call("DELETE", f"/api/kernels/{kernel}").status == 204


def test_who_is_unsigned_is_not_taken_for_a_local_user(team):
    body = b"{}"
    reply = exchange(team, request_bytes("POST", "/", [
        ("Host", "localhost"), ("Content-Type", "application/x-amz-json-1.1"),
        ("X-Amz-Target", "SageMaker.ListModels"), ("Content-Length", len(body))], body))
    assert reply.status == 401 and reply.code == "MissingAuthenticationTokenException"
    reply = exchange(team, request_bytes("GET", "/sagebrush/v1/status", [("Host", "localhost")]))
    assert reply.status == 401


def test_h16_names_and_origins(team):
    for host, status in (("evil.example", 421), (f"evil.example:{team.port}", 421),
                         ("127.0.0.1.nip.io", 421)):
        reply = exchange(team, request_bytes("GET", "/sagebrush/v1/status", [("Host", host)]))
        assert reply.status == status
    headers = sign(team, "GET", "/sagebrush/v1/status", [("Origin", "https://evil.example")])
    assert exchange(team, request_bytes("GET", "/sagebrush/v1/status", headers)).status == 403
    headers = sign(team, "GET", "/sagebrush/v1/status")
    assert exchange(team, request_bytes("GET", "/sagebrush/v1/status", headers)).status == 200


def test_the_port_is_counted_by_the_real_peer(team):
    """Guesses from one address slow down that address alone: it is not the relay's."""
    call = call_bytes(team, "ListModels", secret="x" * 40)
    with Connection(team, source="127.0.0.77") as guessing:
        for _ in range(2000):
            guessing.send(call)
            if guessing.reply().status == 429:
                break
        else:
            raise AssertionError("guesses are not throttled")
    with Connection(team, source="127.0.0.78") as other:
        other.send(call)
        assert other.reply().status == 403


# --- The protocol -------------------------------------------------------------------------------


def handshake(team, **settings):
    context = trusting(team.ca)
    for name, value in settings.items():
        if name == "alpn":
            context.set_alpn_protocols(value)
        elif name == "ciphers":
            context.set_ciphers(value)
        else:
            setattr(context, name, value)
    with context.wrap_socket(connect(team), server_hostname="localhost") as connection:
        return connection.version(), connection.cipher()[0], connection.selected_alpn_protocol()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_versions(team):
    assert handshake(team)[0] == "TLSv1.3"
    version, cipher, _ = handshake(team, maximum_version=ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2" and cipher.startswith("ECDHE") and "GCM" in cipher
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(ssl.SSLError):
            handshake(team, minimum_version=version, maximum_version=version,
                      ciphers="ALL:@SECLEVEL=0")
    for weak in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"):
        with pytest.raises(ssl.SSLError):
            handshake(team, maximum_version=ssl.TLSVersion.TLSv1_2, ciphers=weak)


def test_alpn(team):
    assert handshake(team, alpn=["h2", "http/1.1"])[2] == "http/1.1"
    assert handshake(team)[2] is None
    with pytest.raises(ssl.SSLError):
        handshake(team, alpn=["h2"])


def test_no_session_is_resumed(team):
    context = trusting(team.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with context.wrap_socket(connect(team), server_hostname="localhost") as first:
        session = first.session
    with context.wrap_socket(connect(team), server_hostname="localhost", session=session) as second:
        assert not second.session_reused


def test_a_renegotiation_ends_the_connection(team):
    """openssl's client asks for another handshake where a line is `R`."""
    process = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{team.port}", "-tls1_2", "-legacy_renegotiation",
         "-CAfile", team.ca.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    process.stdin.write(b"R\n")
    process.stdin.flush()
    output = process.stdout.read()  # ends with the connection
    assert process.wait(30) != 0, output
    assert b"RENEGOTIATING" in output
    assert_alive(team)


# --- Hostile ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def still_alive(team):
    yield
    assert team.engine.process.poll() is None
    assert_alive(team)


@pytest.mark.parametrize("case", CLOSING)
def test_hostile_requests_are_refused_through_tls_too(team, case):
    data, status = CLOSING[case]
    with Connection(team) as connection:
        connection.send(data)
        assert connection.reply().status == status
        assert connection.is_closed()


def test_plain_http_is_told_what_is_spoken_here(team):
    connection = http.client.HTTPConnection("127.0.0.1", team.port, timeout=30)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.status == 400 and b"HTTPS" in answer.read()


@pytest.mark.parametrize("data", [
    b"\0" * 1000, b"\x80\x2e\x01\0\x02\0\x15\0\0\0\x10", os.urandom(100000), b"\x16\x03\x01\xff\xff" * 100,
    b"\x16\x03\x01\0\x05\x01\0\0\x01\0", b"SSH-2.0-x\r\n", b"\x15\x03\x01\0\x02\x02\x28",
], ids=["zeros", "SSL 2", "noise", "records too long", "an empty hello", "SSH", "an alert"])
def test_garbage(team, data):
    with connect(team) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert is_ended(connection)


def test_hellos_cut_short_and_twisted(team):
    hello = client_hello()
    for length in range(1, len(hello), 37):
        with connect(team) as connection:
            connection.sendall(hello[:length])
            connection.shutdown(socket.SHUT_WR)
            assert is_ended(connection)
    for at in range(5, len(hello), 11):
        twisted = bytearray(hello)
        twisted[at] ^= 0xFF
        with connect(team) as connection:
            connection.sendall(twisted)
            connection.shutdown(socket.SHUT_WR)
            assert is_ended(connection)


def test_rubbish_for_a_server_s_name(team):
    hello = client_hello("a" * 60 + ".example")
    name = b"a" * 60 + b".example"
    assert name in hello
    for rubbish in (b"\0" * 68, b"\xff" * 68, b"../" * 22 + b"xx", b"%n" * 34, b"\r\n" * 34):
        with connect(team) as connection:
            connection.sendall(hello.replace(name, rubbish))
            connection.shutdown(socket.SHUT_WR)
            assert is_ended(connection)
    # A name that is none of this server's is no reason to refuse: Host is looked at.
    context = trusting(team.ca)
    context.check_hostname = False
    with context.wrap_socket(connect(team), server_hostname="evil.example") as connection:
        connection.sendall(call_bytes(team, "ListModels"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_early_data_is_not_taken(team):
    """0-RTT is what anybody can send again: 100 KB of it, with and without its announcement."""
    hello = client_hello()
    extension = struct.pack(">HH", 42, 0)
    body = bytearray(hello)
    # Lengths of the record, of the message and of the extensions, which come last.
    sessions = 5 + 4 + 2 + 32
    at = sessions + 1 + body[sessions]
    at += 2 + struct.unpack_from(">H", body, at)[0]
    at += 1 + body[at]
    struct.pack_into(">H", body, at, struct.unpack_from(">H", body, at)[0] + 4)
    struct.pack_into(">H", body, 3, struct.unpack_from(">H", body, 3)[0] + 4)
    body[6:9] = struct.pack(">I", int.from_bytes(body[6:9], "big") + 4)[1:]
    for start in (hello, bytes(body) + extension):
        for record in (16384, 1):
            with connect(team) as connection:
                sent = b"".join(b"\x17\x03\x03" + struct.pack(">H", record) + os.urandom(record)
                                for _ in range(100 * 1024 // max(record, 64)))
                try:
                    connection.sendall(start + sent)
                    connection.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                assert is_ended(connection)


def test_two_thousand_half_open_handshakes(team):
    """From one address and from many; a client of the same address is answered all the while."""
    hello = client_hello()
    held = []
    for i in range(2000):
        connection = connect(team, f"127.0.1.{i % 200 + 1}" if i % 2 else None)
        try:
            connection.sendall(hello if i % 4 < 2 else hello[:100])
        except OSError:
            pass
        held.append(connection)
        if i % 100 == 0:
            assert_alive(team)
    assert_alive(team)
    assert len(os.listdir(f"/proc/{team.engine.process.pid}/fd")) < 600
    for connection in held:
        connection.close()


def test_a_byte_a_second_is_not_waited_for(team):
    hello = client_hello()
    connection = connect(team)
    ended = threading.Event()

    def drip():
        try:
            for byte in hello:
                connection.send(bytes([byte]))
                if ended.wait(1):
                    return
        except OSError:
            pass

    thread = threading.Thread(target=drip)
    thread.start()
    assert_alive(team)
    assert is_ended(connection)  # long before the hello is complete
    ended.set()
    thread.join()
    connection.close()


def put_head(team, bucket, key, length):
    return request_bytes("PUT", f"/{bucket}/{key}", [
        *sign(team, "PUT", f"/{bucket}/{key}", service="s3", payload="UNSIGNED-PAYLOAD"),
        ("Content-Length", length)])


@pytest.mark.parametrize("how", ["FIN", "RST", "close_notify"])
def test_a_body_cut_off_is_no_body(team, unique, how):
    bucket = unique("cut")
    s3 = team.client("s3")
    s3.create_bucket(Bucket=bucket)
    connection = team.ssl_context.wrap_socket(connect(team), server_hostname="localhost")
    connection.sendall(put_head(team, bucket, "half", 100000) + b"x" * 50000)
    if how == "RST":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    elif how == "FIN":
        raw = socket.socket(fileno=connection.detach())
        raw.close()
    else:
        connection.settimeout(30)
        try:
            connection.unwrap()
        except (OSError, ssl.SSLError):
            pass
        connection.close()
    with Connection(team) as other:  # a whole one, by the same way
        other.send(put_head(team, bucket, "whole", 50000) + b"x" * 50000)
        assert other.reply().status == 200
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["whole"]


def test_a_chunked_body_cut_off_is_no_body(team, unique):
    bucket = unique("cut")
    s3 = team.client("s3")
    s3.create_bucket(Bucket=bucket)
    connection = team.ssl_context.wrap_socket(connect(team), server_hostname="localhost")
    connection.sendall(request_bytes("PUT", f"/{bucket}/half", [
        *sign(team, "PUT", f"/{bucket}/half", service="s3", payload="UNSIGNED-PAYLOAD"),
        ("Transfer-Encoding", "chunked")]) + b"4\r\nhalf\r\n")
    socket.socket(fileno=connection.detach()).close()
    assert_alive(team)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_reader_that_stops_holds_up_nobody(team, unique):
    bucket = unique("slow")
    s3 = team.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="big", Body=bytes(8 * MIB))
    slow = []
    for _ in range(20):
        connection = team.ssl_context.wrap_socket(connect(team), server_hostname="localhost")
        target = f"/{bucket}/big"
        connection.sendall(request_bytes("GET", target, sign(team, "GET", target, service="s3",
                                                             payload="UNSIGNED-PAYLOAD")))
        slow.append(connection)
    assert_alive(team)
    assert len(s3.get_object(Bucket=bucket, Key="big")["Body"].read()) == 8 * MIB
    data = b""
    while piece := slow[0].recv(65536):
        data += piece
        if len(data) > 8 * MIB:
            break
    assert data.startswith(b"HTTP/1.1 200")
    for connection in slow:
        connection.close()


# --- The end ------------------------------------------------------------------------------------


def test_the_end_is_announced(engine_factory, certificate):
    engine = engine_factory("--config", write_config(certificate.path.parent / "end.conf", certificate))
    team = Public(engine, certificate)
    with Connection(team) as idle, WebSocket(team) as stream:
        idle.send(call_bytes(team, "ListModels"))
        assert idle.reply().status == 200
        half = connect(team)
        half.sendall(client_hello()[:50])
        assert engine.stop() == 0
        assert idle.is_closed(30)
        with pytest.raises((EOFError, ConnectionResetError)):
            while True:
                stream.event()
        assert is_ended(half)
        half.close()
    engine.start()
    assert_alive(Public(engine, certificate))
    engine.stop()
