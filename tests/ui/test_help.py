# SPDX-License-Identifier: GPL-3.0-or-later
"""The help by its key: what the desktop is asked to show."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlparse

from studio import Studio


def test_f1_shows_a_page(desktop, engine, tmp_path):
    told = tmp_path / "told"
    studio = Studio(desktop, tmp_path / "home", "--data-dir", engine.data_dir)
    studio.tell_of_links(told)
    studio.start()
    try:
        studio.find("button", re.compile("^Connection .*: Connected"), seconds=30)
        assert not told.exists()
        studio.key("F1")
        studio.wait_for(told.exists, "Nothing was asked to show the help", 10)
        shown = told.read_text()
        page = Path(unquote(urlparse(shown).path))
        assert page == Path(os.environ["SAGEBRUSH_HELPDIR"]) / "index.html", shown
        assert "<title>" in page.read_text()
        studio.quit()
    finally:
        studio.kill()
