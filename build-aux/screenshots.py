# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of Studio: every page in every state that matters, in light and dark.

Usage: screenshots.py DIR

An engine of its own runs the sample, so that the pages have something to show; Studio runs on a
desktop of its own, driven by the names that a screen reader speaks. SAGEBRUSH_BUILD names the build
directory."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SOURCE / "tests" / "ui"), str(SOURCE / "tests" / "api")]

from clients import PROGRAMS, Engine, stop_everything  # noqa: E402
from desktop import Desktop  # noqa: E402
from sample import GROUP, PIPELINE, Sample, export_data  # noqa: E402
from studio import Studio  # noqa: E402

SETTLE = 0.7  # seconds until a page that has its data has drawn it
WIDE = (1280, 800)
NARROW = (360, 720)
FRAME = 4  # pixels around a window where nothing draws shadows
ENDPOINT = "churn-live"


def prepare(sample):
    """An execution of each kind, a version approved, deployed and asked, and one that waits."""
    sample.upload()
    good = sample.start(AccuracyThreshold=0.5)
    bad = sample.start(AccuracyThreshold=0.999)
    sample.wait(good)
    sample.wait(bad)
    first = sample.versions()[0]["ModelPackageArn"]
    sample.approve(first)
    sample.deploy(ENDPOINT, first)
    sample.wait(sample.start(AccuracyThreshold=0.6, MaxDepth=4))
    sample.send(ENDPOINT, 10)
    sample.start_job("clean-up-old-features", "echo 'Reading'; sleep 600")
    return good.rsplit("/", 1)[1], bad.rsplit("/", 1)[1]


def run_notebook(sample, work):
    """The sample's notebook, executed."""
    path = work / "explore.ipynb"
    subprocess.run([PROGRAMS / "sagebrushctl", "--data-dir", sample.engine.data_dir, "run-notebook",
                    SOURCE / "data/samples/churn/explore.ipynb", "-o", path], stderr=subprocess.DEVNULL, check=True)
    return path


class Album:
    """The pictures of one run of Studio."""

    def __init__(self, desktop, home, data_dir, folder, style, size):
        self.desktop = desktop
        self.folder = folder
        self.count = 0
        home.mkdir(parents=True, exist_ok=True)
        self.studio = Studio(desktop, home, "--data-dir", data_dir)
        # The settings are a file of the window's own; a width may be below what is restored.
        for key, value in (("style", style), ("window-size", f"({size[0]}, {size[1]})")):
            subprocess.run(["gsettings", "set", "org.sagebrush.Studio", key, value],
                           env=self.studio.environment, check=True)
        self.studio.start()
        time.sleep(SETTLE)

    def take(self, name):
        right, bottom = self.desktop.size
        self.desktop.run("xdotool", "mousemove", str(right - 1), str(bottom - 1))
        time.sleep(SETTLE)
        x, y, width, height = self.desktop.geometry(self.desktop.active_window())
        self.desktop.screenshot(self.folder / f"{name}.png",
                                (x + FRAME, y + FRAME, width - 2 * FRAME, height - 2 * FRAME))
        self.count += 1

    def open(self, location, name=None, tab=None):
        self.desktop.run("gdbus", "call", "--session", "--dest", "org.sagebrush.Studio",
                         "--object-path", "/org/sagebrush/Studio",
                         "--method", "org.gtk.Actions.Activate", "show",
                         f"[<('embedded', '{location}')>]", "{}")
        if tab is not None:
            self.studio.find("tab", tab).click()
        if name is not None:
            self.take(name)

    def close(self):
        self.studio.quit()
        return self.count


def names_of(sample):
    """The jobs of the sample that are worth a look."""
    training = sample.sagemaker.list_training_jobs(SortBy="CreationTime")
    return training["TrainingJobSummaries"][0]["TrainingJobName"]


def take_pages(album, sample, executions):
    """Every page that the engine has something for."""
    good, bad = executions
    job = names_of(sample)
    album.open("home", "home")
    album.open("jobs", "jobs")
    album.open(f"training-job/{job}", "job")
    for tab in ("Metrics", "Log", "Configuration"):
        album.open(f"training-job/{job}", f"job-{tab.lower()}", tab)
    album.open(f"new-job/training-job/{job}", "new-job")
    album.open("pipelines", "pipelines")
    album.open(f"pipeline/{PIPELINE}", "pipeline")
    album.open(f"pipeline-execution/{PIPELINE}/execution/{good}")
    album.studio.press("TrainChurn")
    album.take("execution")
    album.open(f"pipeline-execution/{PIPELINE}/execution/{bad}", "execution-failed")
    album.open(f"definition/{SOURCE}/data/samples/churn/pipeline.json", "definition")
    album.open("models", "models")
    album.open(f"model-package-group/{GROUP}", "model-group")
    album.open(f"model-package/{GROUP}/2", "model-version")
    album.open("endpoints", "endpoints")
    album.open(f"endpoint/{ENDPOINT}", "endpoint")
    album.open(f"endpoint/{ENDPOINT}", "endpoint-test", "Test")


def take_notebook(album, path):
    """A notebook, from its beginning and further down."""
    album.open(f"notebook/{path}", "notebook")
    album.studio.key(*["Down"] * 6)
    album.take("notebook-outputs")


def take_dialogs(album):
    """What opens over the pages."""
    for keys, name in (("ctrl+Return", "palette"), ("ctrl+question", "shortcuts"),
                       ("ctrl+comma", "preferences"), ("ctrl+alt+c", "connections")):
        album.studio.key(keys)
        album.take(name)
        album.studio.key("Escape")
        time.sleep(0.3)
    album.open(f"pipeline/{PIPELINE}")
    album.studio.press("Start execution…")
    album.take("start-execution")
    album.studio.key("Escape")


def take_away(album, engine):
    """The engine hangs: what was seen last stays, and the page says so."""
    album.open("jobs")
    engine.process.send_signal(signal.SIGSTOP)
    try:
        time.sleep(4)
        album.take("engine-away")
    finally:
        engine.process.send_signal(signal.SIGCONT)
    time.sleep(2)


def take_wide(desktop, work, sample, executions, empty, folder, style):
    album = Album(desktop, work / "wide", sample.engine.data_dir, folder, style, WIDE)
    take_pages(album, sample, executions)
    take_dialogs(album)
    take_away(album, sample.engine)
    count = album.close()
    album = Album(desktop, work / "notebook", sample.engine.data_dir, folder, style, WIDE)
    take_notebook(album, run_notebook(sample, work))
    count += album.close()
    album = Album(desktop, work / "empty-home", empty.data_dir, folder, style, WIDE)
    album.open("home", "welcome")
    album.open("jobs", "jobs-empty")
    album.open("models", "models-empty")
    return count + album.close()


def take_narrow(desktop, work, sample, folder, style):
    album = Album(desktop, work / "narrow", sample.engine.data_dir, folder, style, NARROW)
    for location, name in (("home", "home"), ("jobs", "jobs"), ("endpoints", "endpoints"),
                           (f"endpoint/{ENDPOINT}", "endpoint"),
                           (f"model-package/{GROUP}/2", "model-version")):
        album.open(location, f"{name}-narrow")
    return album.close()


def take_style(out, style, data):
    """Takes all pictures of a style, with engines and a desktop of their own; how many."""
    folder = out / style
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix="sagebrush-screenshots-"))
    engine, empty = Engine(work / "engine").start(), Engine(work / "empty").start()
    desktop = Desktop().start()
    try:
        sample = Sample(engine, data)
        executions = prepare(sample)
        return (take_wide(desktop, work, sample, executions, empty, folder, style)
                + take_narrow(desktop, work, sample, folder, style))
    finally:
        desktop.stop()
        for one in (engine, empty):
            one.stop()
            stop_everything(one.data_dir)
        shutil.rmtree(work, ignore_errors=True)


def take_all(out):
    """Takes the pictures of both styles side by side and returns how many there are."""
    with tempfile.TemporaryDirectory(prefix="sagebrush-data-") as folder:
        data = export_data(Path(folder))
        with ThreadPoolExecutor() as pool:
            runs = [pool.submit(take_style, out, style, data) for style in ("light", "dark")]
            return sum(run.result() for run in runs)


def main():
    out = Path(sys.argv[1])
    start = time.monotonic()
    count = take_all(out)
    print(f"{'screenshots':<18} {time.monotonic() - start:7.2f} s  {count} pictures of Studio in {out}",
          flush=True)


if __name__ == "__main__":
    main()
