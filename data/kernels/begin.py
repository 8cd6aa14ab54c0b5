# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a kernel that was started before anybody wanted it the one that somebody starts now.

It runs in the kernel, in a namespace of its own that holds `given`: the folder to work in, the
variables to set (or, where they are null, to unset), and when the kernel was started, in nanoseconds.
Where a kernel that starts now would not be the same, it fails, and one is started.
"""

import itertools
import os
import pathlib
import site
import sys

from ipykernel.kernelapp import IPKernelApp
from IPython import get_ipython
from IPython.paths import get_ipython_dir


def own_code(app):
    """Whether the user has code run at every start, which may ask where it is and for what."""
    from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS

    if app.exec_lines or app.exec_files or app.code_to_run or app.file_to_run or app.module_to_run:
        return True
    if app.extensions or app.extra_extensions or os.environ.get("PYTHONSTARTUP"):
        return True
    folders = [os.path.join(folder, "profile_default", "startup")
               for folder in itertools.chain(ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS)]
    return any(name.endswith((".py", ".ipy"))
               for folder in [app.profile_dir.startup_dir, *folders] if os.path.isdir(folder)
               for name in os.listdir(folder))


def sources(app):
    """What a kernel is made of: its Python, the folders of installed packages, its settings."""
    yield from (sys.executable, os.path.join(sys.prefix, "pyvenv.cfg"))
    yield from site.getsitepackages()
    yield site.getusersitepackages()
    yield from sys.path
    yield from app.loaded_config_files
    for folder in (get_ipython_dir(), app.profile_dir.location):
        for name in ("ipython_config", "ipython_kernel_config"):
            yield from (os.path.join(folder, name + end) for end in (".py", ".json"))


def changed(app, since):
    for path in set(sources(app)) - {"", "."}:
        try:
            about = os.stat(path)
        except OSError:
            continue
        if max(about.st_mtime_ns, about.st_ctime_ns) >= since:
            return path
    return None


def move(shell, folder):
    """As if it had been started there: what names the folder that it was started in names this one."""
    before = os.getcwd()
    os.chdir(folder)
    sys.path[:] = [folder + path[len(before):]
                   if path == before or path.startswith(before + os.sep) else path for path in sys.path]
    visited = shell.history_manager.dir_hist
    visited[:] = [type(entry)(folder) for entry in visited[:1]] or [pathlib.Path(folder)]
    shell.starting_dir = folder


def begin(app, shell):
    if own_code(app):
        raise RuntimeError("The user's own code runs at the start of a kernel")
    path = changed(app, given["since"])
    if path:
        raise RuntimeError(f"'{path}' has changed since the kernel was started")
    move(shell, given["directory"])
    for name, value in given["environment"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if os.environ.get("JPY_SESSION_NAME"):  # as ipykernel has it
        shell.user_ns["__session__"] = os.environ["JPY_SESSION_NAME"]


begin(IPKernelApp.instance(), get_ipython())
