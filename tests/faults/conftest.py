# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault tests drive the same engine, with the same fixtures, as the API tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "api"))

from clients import *  # noqa: F401,F403
