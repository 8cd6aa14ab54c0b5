# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs first in every Python that a kernel of Sagebrush starts.

The SageMaker SDK asks STS who it is at an address that it makes up itself, which no setting leads
elsewhere; here a client of STS that is made for AWS's own address goes where AWS_ENDPOINT_URL says.
"""

import importlib.machinery
import importlib.util
import os
import re
import sys

AWS_STS = re.compile(r"https://sts(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?/?")


def _patch_session(module):
    create_client = module.Session.create_client

    def create(self, service_name, *arguments, **options):
        url = options.get("endpoint_url")
        if service_name == "sts" and os.environ.get("AWS_ENDPOINT_URL") and url and AWS_STS.fullmatch(url):
            options["endpoint_url"] = os.environ["AWS_ENDPOINT_URL"]
        return create_client(self, service_name, *arguments, **options)

    create.__doc__ = create_client.__doc__
    module.Session.create_client = create


class _Finder:
    """Lets everybody else find botocore.session, and changes it once it is loaded."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "botocore.session":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or not hasattr(spec.loader, "exec_module"):
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            _patch_session(module)

        spec.loader.exec_module = exec_module
        return spec


def _run_next():
    """This one hides another sitecustomize behind it, of the system or of an environment."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


sys.meta_path.insert(0, _Finder)
_run_next()
