# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures are those of clients.py, which the fault tests share."""

from clients import *  # noqa: F401,F403
