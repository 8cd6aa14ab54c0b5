# SPDX-License-Identifier: GPL-3.0-or-later
"""A kernel that takes more memory than kernels may: it ends and says why; nothing else does."""

from clients import wait_for
from jupyter import Jupyter, value

LIMIT = 400 << 20


def test_a_kernel_without_end(engine_factory):
    engine = engine_factory("--kernel-memory", str(LIMIT >> 20))
    jupyter = Jupyter(engine.endpoint_url, engine.secret_access_key)
    greedy, modest = jupyter.start(), jupyter.start()
    with jupyter.channels(greedy) as channels, jupyter.channels(modest) as others:
        assert value(channels.execute("x = bytearray(b'1' * (100 << 20)); len(x)")) == str(100 << 20)
        channels.send("shell", "execute_request", {
            "code": "import time\nkept = []\nwhile True:\n    kept.append(bytearray(b'1' * (8 << 20)))\n"
                    "    time.sleep(0.02)",
            "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": True})
        model = wait_for(lambda: jupyter.kernel(greedy).get("reason") and jupyter.kernel(greedy))
        assert "memory" in model["reason"]
        outcome = jupyter.details(greedy)["outcome"]
        assert outcome["oom"] is True
        assert LIMIT < outcome["peak_memory_bytes"] < 2 * LIMIT
        assert value(others.execute("6 * 7")) == "42"
    # It begins anew, with all of it.
    assert jupyter.call("POST", f"/api/kernels/{greedy}/restart", {}).status == 200
    with jupyter.channels(greedy) as channels:
        assert value(channels.execute("x = bytearray(b'1' * (100 << 20)); len(x)")) == str(100 << 20)
    engine.stop()
