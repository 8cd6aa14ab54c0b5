# SPDX-License-Identifier: GPL-3.0-or-later
"""Other engines than the embedded one: added, wrong, right, coloured, forgotten."""

import contextlib
import re
import socket
import threading
import time
from pathlib import Path

import pytest
from sample import PIPELINE

RED = (192, 28, 40)


def open_form(studio):
    studio.key("ctrl+alt+c")
    dialog = studio.find("dialog", "Connections")
    dialog.find(None, re.compile("^Add a connection")).click()
    return dialog


def fill(dialog, **fields):
    """Types into the fields by their names, with _ for a space."""
    for name, text in fields.items():
        dialog.find("entry", name.replace("_", " ")).click()
        dialog.studio.key("ctrl+a")
        dialog.studio.type(text)


def chip(studio, state, name):
    return studio.find("button", re.compile(f"^Connection {name}: {state}"), seconds=30)


@pytest.fixture
def remote(engine_factory):
    """An engine that Studio reaches by its URL only."""
    engine = engine_factory()
    engine.client("sagemaker").create_model_package_group(ModelPackageGroupName="remote-group")
    return engine


def test_a_url_is_checked_as_it_is_typed(studio):
    dialog = open_form(studio)
    fill(dialog, Name="Team", Region="us-east-1")
    for url, problem in (("sagebrush.example", "This is no URL"),
                         ("ftp://sagebrush.example", "begins with http"),
                         ("https://me:secret@sagebrush.example", "Keys do not go into the URL")):
        fill(dialog, URL=url)
        dialog.find("label", re.compile(problem))
        assert not dialog.find("button", "Save").has("sensitive")
    fill(dialog, URL="https://sagebrush.example:8642")
    dialog.find("button", "Save", "sensitive")
    studio.key("Escape", "Escape")
    studio.gone("dialog")


def test_nobody_there_is_said(studio):
    dialog = open_form(studio)
    fill(dialog, Name="Nobody", URL="http://127.0.0.1:9", Region="us-east-1",
         Access_key="AKIANOBODY", Secret_access_key="nothing")
    dialog.find("button", "Save", "sensitive").click()
    dialog.find("row", re.compile("^Nobody")).click()
    chip(studio, "Away", "Nobody")
    studio.find("label", re.compile("does not answer"))
    studio.key("ctrl+alt+c")
    studio.find("dialog", "Connections").find(None, re.compile("^Embedded")).click()
    chip(studio, "Connected", "Embedded")


class NoEngine(threading.Thread):
    """Listens where an engine might, and answers everything with what is none."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.sent = []  # bytes, for each connection
        self.start()

    def run(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        number = len(self.sent)
        self.sent.append(0)
        with connection:
            try:
                if connection.recv(65536):
                    for piece in self.answer():
                        connection.sendall(piece)
                        self.sent[number] += len(piece)
            except OSError:
                pass


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"


def endless():
    yield HEAD + b"Content-Length: 1073741824\r\n\r\n" + b'{"x": "'
    while True:
        yield b"y" * 65536


@pytest.mark.parametrize("answer, words", [
    (lambda: [b"\x16\x03\x01 no HTTP\r\n\r\n"], "answer"),
    (lambda: [HEAD + b"Content-Length: 9\r\n\r\n[1, 2, {{"], "answer"),
    (endless, "is longer than the 16384 KiB allowed"),
], ids=["no HTTP", "no JSON", "a gigabyte"])
def test_what_is_no_engine_does_no_harm(studio, answer, words):
    server = NoEngine(answer)
    dialog = open_form(studio)
    fill(dialog, Name="Stranger", URL=server.url, Region="us-east-1",
         Access_key="AKIANOBODY", Secret_access_key="nothing")
    dialog.find("button", "Save", "sensitive").click()
    dialog.find("row", re.compile("^Stranger")).click()
    chip(studio, "Away", "Stranger")
    studio.find("label", re.compile(words))
    assert server.sent and max(server.sent) < 24 << 20

    # Whatever it goes on to say, the window lives, and leads back.
    for number in range(1, 6):
        studio.key(f"alt+{number}")
        studio.find("list", "Sections of the engine").find("row", state="selected", seconds=3)
    studio.key("ctrl+alt+c")
    studio.find("dialog", "Connections").find(None, re.compile("^Embedded")).click()
    chip(studio, "Connected", "Embedded")
    server.listener.close()


def test_wrong_keys_are_said_and_right_ones_work(start_studio, sample, remote):
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Team", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key="not the secret")
    studio.key("Return")
    dialog.find("row", re.compile("^Team")).click()
    chip(studio, "Away", "Team")
    studio.find("label", re.compile("key|signature|permitted"))

    studio.key("ctrl+alt+c")
    dialog = studio.find("dialog", "Connections")
    dialog.all("button", "Edit")[-1].click()
    fill(dialog, Secret_access_key=remote.secret_access_key)
    studio.press("Save")
    dialog.find("row", re.compile("^Team")).click()
    chip(studio, "Connected", "Team")
    studio.key("alt+3")
    studio.find("row", re.compile("remote-group"))


def test_a_colour_tells_production_apart(start_studio, sample, remote):
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Production", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    dialog.find("combo box", "Colour").click()
    dialog.find("label", "Red (production)").click()
    studio.press("Save")
    assert not studio.has_colour(RED, 200)
    dialog.find("row", re.compile("^Production")).click()
    chip(studio, "Connected", "Production")
    studio.wait_for(lambda: studio.has_colour(RED, 1000), "There is no red stripe")
    studio.key("ctrl+alt+c")
    studio.find("dialog", "Connections").find(None, re.compile("^Embedded")).click()
    studio.wait_for(lambda: not studio.has_colour(RED, 1000), "The stripe stayed")


def test_a_connection_is_forgotten(studio):
    dialog = open_form(studio)
    fill(dialog, Name="Short", URL="http://127.0.0.1:9", Region="us-east-1")
    studio.press("Save")
    dialog.find("row", re.compile("^Short"))
    dialog.find("button", "Forget").click()
    studio.find("dialog", re.compile("Forget"))
    studio.key("Return")  # the default is to keep it
    dialog.find("row", re.compile("^Short"))
    dialog.find("button", "Forget").click()
    studio.find("dialog", re.compile("Forget “Short”")).find("button", "Forget").click()
    dialog.gone(None, re.compile("^Short"))
    studio.key("Escape")
    studio.gone("dialog")


def test_secrets_live_in_the_keyring(start_studio, sample, remote):
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Kept", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    studio.press("Save")
    dialog.find("row", re.compile("^Kept")).click()
    chip(studio, "Connected", "Kept")
    studio.quit()
    for path in studio.home.rglob("*"):
        if path.is_file():
            assert remote.secret_access_key.encode() not in path.read_bytes(), path
    studio = start_studio(sample.engine.data_dir)
    chip(studio, "Connected", "Kept")


@pytest.fixture
def locked_keyring(desktop):
    desktop.stop_keyring()
    yield
    desktop.stop_keyring()
    desktop.start_keyring()


def decline_to_unlock(desktop, studio):
    """Says no to the keyring's own question for its password."""
    def asked():
        window = desktop.active_window()
        return window is not None and window not in desktop.windows(studio.process.pid)

    studio.wait_for(asked, "Nobody has asked to unlock the keyring")
    desktop.run("xdotool", "key", "Escape")
    studio.wait_for(lambda: not asked(), "The question stays")


def test_a_locked_keyring_is_not_gone_round(locked_keyring, desktop, start_studio, sample, remote):
    """H18: the secret serves until Studio ends, which is said, and is written nowhere in the clear."""
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Unkept", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    studio.press("Save")
    decline_to_unlock(desktop, studio)
    studio.find("label", re.compile("forgotten when Studio ends"))
    dialog.find("row", re.compile("^Unkept")).click()
    chip(studio, "Connected", "Unkept")
    studio.quit()
    for path in studio.home.rglob("*"):
        if path.is_file():
            assert remote.secret_access_key.encode() not in path.read_bytes(), path


def programs_with(text):
    """The processes that have that text in their environment."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if text.encode() in path.read_bytes():
                found.add(int(path.parent.name))
    return found


def test_a_terminal_has_the_keys_of_its_engine(start_studio, sample, remote, tmp_path):
    """The clients of AWS work there at once; no other program has the secret in its environment."""
    result = tmp_path / "result"
    before = programs_with(remote.secret_access_key)
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Team", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    studio.press("Save")
    dialog.find("row", re.compile("^Team")).click()
    chip(studio, "Connected", "Team")
    studio.key("ctrl+grave")
    time.sleep(2)
    studio.type(f"echo $$ $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY > {result}.new; "
                f"mv {result}.new {result}")
    studio.key("Return")
    studio.wait_for(result.exists, "The shell has not written")
    shell, *keys = result.read_text().split()
    assert keys == [remote.endpoint_url, remote.access_key_id, remote.secret_access_key]
    time.sleep(1)
    assert programs_with(remote.secret_access_key) - before == {int(shell)}
    time.sleep(1)
    studio.find("button", "Close").click()  # the shell takes Ctrl+Q for itself
    studio.wait()


def test_a_terminal_that_comes_back_has_them_too(start_studio, sample, remote, tmp_path):
    """It waits until the keys have been found, which is after the window is there."""
    result = tmp_path / "result"
    studio = start_studio(sample.engine.data_dir)
    dialog = open_form(studio)
    fill(dialog, Name="Team", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    studio.press("Save")
    dialog.find("row", re.compile("^Team")).click()
    chip(studio, "Connected", "Team")
    studio.key("ctrl+alt+t")
    studio.find("tab", re.compile("Terminal|@"))
    time.sleep(2)
    studio.find("button", "Close").click()
    studio.wait()
    studio = start_studio(sample.engine.data_dir)
    chip(studio, "Connected", "Team")
    studio.find("tab", re.compile("Terminal|@")).click()
    time.sleep(2)
    studio.click_at(760, 400)
    studio.type(f"echo $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY > {result}.new; "
                f"mv {result}.new {result}")
    studio.key("Return")
    studio.wait_for(result.exists, "The shell has not written")
    assert result.read_text().split() == [remote.endpoint_url, remote.access_key_id,
                                          remote.secret_access_key]
    time.sleep(1)
    studio.find("button", "Close").click()
    studio.wait()


def test_each_connection_has_its_own_tabs(start_studio, sample, remote):
    studio = start_studio(sample.engine.data_dir)
    studio.run("--open", f"pipeline/{PIPELINE}")
    studio.find("tab", PIPELINE)
    dialog = open_form(studio)
    fill(dialog, Name="Team", URL=remote.endpoint_url, Region=remote.region,
         Access_key=remote.access_key_id, Secret_access_key=remote.secret_access_key)
    studio.press("Save")
    dialog.find("row", re.compile("^Team")).click()
    chip(studio, "Connected", "Team")
    assert not studio.there_is("tab", PIPELINE)
    studio.press(re.compile("^Connection Team"))
    studio.find("menu item", "Embedded").click()
    studio.find("tab", PIPELINE)
