# SPDX-License-Identifier: GPL-3.0-or-later
"""JupyterLab and VS Code in front of the engine: jupyter_server's own gateway client, in a server as
JupyterLab starts it, and by itself."""

import asyncio
import os

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.gateway.managers import GatewayKernelManager

from jupyter import Jupyter, reply, server_in_front, text, value


@pytest.fixture(scope="module")
def lab(engine, tmp_path_factory):
    with server_in_front(engine, tmp_path_factory.mktemp("lab")) as server:
        yield server


def test_a_server_in_front(lab, engine):
    """What a notebook of JupyterLab does, from the list of kernels to the end of the session."""
    behind = Jupyter(engine.endpoint_url, engine.secret_access_key)
    specs = lab.call("GET", "/api/kernelspecs").json
    assert specs["kernelspecs"]["python3"]["spec"]["language"] == "python"
    assert lab.call("GET", specs["kernelspecs"]["python3"]["resources"]["logo-64x64"]).status == 200

    session = lab.call("POST", "/api/sessions", {
        "path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "python3"}}).json
    kernel = session["kernel"]["id"]
    assert behind.kernel(kernel)["name"] == "python3"
    with lab.channels(kernel, v1=False) as channels:
        messages = channels.execute("x = 20; print('in front'); x + 1")
        assert (text(messages), value(messages)) == ("in front\n", "21")

    with lab.channels(kernel, v1=False) as channels:
        request = channels.send("shell", "execute_request", {
            "code": "print('now', flush=True)\nimport time; time.sleep(60)", "silent": False,
            "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": True})
        channels.until(lambda m: m["msg_type"] == "stream")
        assert lab.call("POST", f"/api/kernels/{kernel}/interrupt", {}).status == 204
        assert reply(channels.result(request))["ename"] == "KeyboardInterrupt"
    assert lab.call("POST", f"/api/kernels/{kernel}/restart", {}).status == 200
    behind.await_state(kernel, "idle")
    with lab.channels(kernel, v1=False) as channels:
        assert reply(channels.execute("x"))["ename"] == "NameError"

    assert lab.call("DELETE", f"/api/sessions/{session['id']}").status == 204
    assert behind.call("GET", f"/api/kernels/{kernel}").status == 404


async def use_manager():
    """Its own WebSocket client shows no token, so this is all that is to be had of it."""
    manager = GatewayKernelManager()
    await manager.start_kernel(kernel_name="python3", cwd=os.getcwd(), env={"KERNEL_MARK": "5"})
    seen = [await manager.is_alive()]
    await manager.interrupt_kernel()
    await manager.restart_kernel()
    seen.append(await manager.is_alive())
    kernel = manager.kernel_id
    await manager.shutdown_kernel()
    return kernel, seen


def test_gateway_manager(engine):
    GatewayClient.clear_instance()
    client = GatewayClient.instance()
    client.url = engine.endpoint_url
    client.auth_token = engine.secret_access_key
    client.init_connection_args()
    try:
        kernel, seen = asyncio.run(use_manager())
    finally:
        GatewayClient.clear_instance()
    assert seen == [True, True]
    behind = Jupyter(engine.endpoint_url, engine.secret_access_key)
    assert behind.call("GET", f"/api/kernels/{kernel}").status == 404
