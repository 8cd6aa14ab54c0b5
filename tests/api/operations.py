# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations that there are, read from the engine's own tables."""

import re

from clients import SOURCE

PREFIXES = {"sagemaker": "SageMaker.", "logs": "Logs_20140328."}


def operations():
    """(service, name, access) of every row of the engine's operation tables."""
    rows = []
    n_rows = 0
    for path in sorted((SOURCE / "src" / "engine" / "services").glob("**/*.c")):
        text = path.read_text()
        rows += re.findall(r'\{\s*"([\w-]+)",\s*"(\w+)",\s*ENG_ACCESS_(READ|WRITE|ADMIN),', text)
        n_rows += len(re.findall(r"\bENG_ACCESS_(?:READ|WRITE|ADMIN),", text))
    assert len(rows) == n_rows and len(set(rows)) == len(rows), "a row has a form of its own"
    return rows


ALL = operations()
# Those of AWS: (service, name, writes)
OPERATIONS = [(service, name, access == "WRITE") for service, name, access in ALL if service in PREFIXES]
WRITES = [name for service, name, writes in OPERATIONS if writes]
