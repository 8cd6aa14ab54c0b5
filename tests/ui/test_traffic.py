# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint is asked, as its page and the list of endpoints show it."""

import os
import re
import signal

import pytest
from botocore.exceptions import ClientError
from hands import Mouse
from test_endpoint_metrics import process_of
from test_endpoints import Deployer, csv_of, train


@pytest.fixture
def deployer(fresh_engine, unique):
    return Deployer(fresh_engine, unique)


@pytest.fixture
def endpoint(deployer):
    """An endpoint that nobody has called."""
    booster, deployer.rows = train()
    return deployer.endpoint(deployer.config(deployer.xgboost(booster)))


def call(deployer, endpoint, good=0, bad=0):
    for _ in range(good):
        deployer.ask(endpoint, csv_of(deployer.rows[:1]))
    for _ in range(bad):
        with pytest.raises(ClientError):
            deployer.ask(endpoint, "x")


def figure(studio, name, pattern, overall=None):
    """Waits until that figure of the card says that."""
    def look():
        for node in studio.all("group", name):
            notes = [label.name for label in node.all("label")]
            if re.fullmatch(pattern, node.description) and (overall is None or overall in notes):
                return True
        return False

    studio.wait_for(look, lambda: f"{name} was not {pattern}: {studio.describe()}")


def test_requests_show_as_they_come(deployer, endpoint, start_studio):
    studio = start_studio(deployer.engine.data_dir, "--open", f"endpoint/{endpoint}")
    studio.find("group", "Traffic").find("label", "No requests yet")

    call(deployer, endpoint, good=3, bad=1)
    figure(studio, "Requests", r"\d+(\.\d)?/s", "4 overall")
    figure(studio, "Errors", "25 %", "1 overall")
    figure(studio, "Median latency", r"\d+(\.\d)? (µs|ms|s)")
    figure(studio, "99th percentile", r"\d+(\.\d)? (µs|ms|s)")
    studio.gone("label", "No requests yet")
    course = studio.find("image", "Requests per second")
    assert re.fullmatch(r"Last [\d.]+, lowest [\d.]+, highest [\d.]+", course.description), course
    assert float(course.description.rsplit(" ", 1)[1]) > 0

    # One from the page itself, another tab of which is in sight while it counts.
    hand = Mouse(studio)
    hand.show_view("Test")
    hand.fill("Request body", csv_of(deployer.rows[:1]))
    hand.press("Send")
    hand.show_view("Overview")
    figure(studio, "Requests", r"\d+(\.\d)?/s", "5 overall")

    # Another tab of the window, and back: what came meanwhile has been counted.
    studio.find("tab", "Home").click()
    studio.gone("group", "Traffic")
    call(deployer, endpoint, good=1)
    studio.find("tab", endpoint).click()
    figure(studio, "Requests", r"\d+(\.\d)?/s", "6 overall")
    studio.resize(360, 700)
    figure(studio, "Errors", "17 %", "1 overall")
    studio.check_inside_window()


def test_the_list_shows_the_rates_of_all(deployer, endpoint, start_studio):
    quiet = deployer.endpoint(deployer.config(deployer.xgboost(train()[0])))
    broken = deployer.endpoint(deployer.config(deployer.model({"readme": b"no model"})), wait=False)
    deployer.settled(broken, "Failed")
    studio = start_studio(deployer.engine.data_dir, "--open", "endpoints")

    def cell(name, rate):
        """Waits until the row of that endpoint says that."""
        return studio.find("row", re.compile(name + r"\b")).find(
            "grid cell", re.compile(f"^Requests per second ?{rate}$"))

    cell(quiet, "0/s")
    cell(endpoint, "0/s")
    call(deployer, endpoint, good=20)
    course = cell(endpoint, r"[1-9]\d*(\.\d)?/s")
    assert float(course.description.rsplit(" ", 1)[1]) > 0
    cell(quiet, "0/s")
    assert cell(broken, "").description == "No values yet"

    gateway = process_of(deployer.engine, b"/sagebrush-gateway")
    os.kill(gateway, signal.SIGSTOP)
    cell(endpoint, "")
    os.kill(gateway, signal.SIGCONT)
    cell(endpoint, ".*/s")


def test_a_gateway_that_does_not_answer(deployer, endpoint, start_studio):
    call(deployer, endpoint, good=2)
    studio = start_studio(deployer.engine.data_dir, "--open", f"endpoint/{endpoint}")
    figure(studio, "Requests", r".*", "2 overall")
    studio.find("label", re.compile("The last 5 minutes, and overall since .+"))

    gateway = process_of(deployer.engine, b"/sagebrush-gateway")
    os.kill(gateway, signal.SIGSTOP)
    studio.find("label", re.compile("The gateway does not answer"))
    figure(studio, "Requests", r".*", "2 overall")  # what was known stays
    os.kill(gateway, signal.SIGCONT)
    studio.find("label", re.compile("The last 5 minutes, and overall since .+"))

    # Another one counts from the start.
    os.kill(gateway, signal.SIGKILL)
    studio.find("label", "No requests yet", seconds=60)
    call(deployer, endpoint, good=1)
    figure(studio, "Requests", r".*", "1 overall")


def test_an_endpoint_that_failed_has_no_traffic(deployer, start_studio):
    broken = deployer.endpoint(deployer.config(deployer.model({"readme": b"no model"})), wait=False)
    deployer.settled(broken, "Failed")
    studio = start_studio(deployer.engine.data_dir, "--open", f"endpoint/{broken}")
    studio.find("label", "Why it failed")
    assert not studio.there_is("group", "Traffic")


def test_pages_leave_nothing_behind(deployer, endpoint, start_studio):
    call(deployer, endpoint, good=2)
    studio = start_studio(deployer.engine.data_dir, "--open", f"endpoint/{endpoint}")
    figure(studio, "Requests", r".*", "2 overall")
    studio.key("ctrl+w")
    studio.gone("tab", endpoint)
    studio.run("--open", "endpoints")
    studio.find("row", re.compile(endpoint))
    studio.key("ctrl+w")
    studio.gone("tab", "Endpoints")
    studio.quit()
    assert "Finalizing" not in studio.output()
