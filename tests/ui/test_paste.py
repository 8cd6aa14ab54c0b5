# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are pasted into a cell."""

from test_notebooks import code, open_notebook, sources  # noqa: F401


def test_pasted_lines_do_not_run(open_notebook, tmp_path):  # noqa: F811
    """Several lines, with an end after the last one, are text until somebody runs them."""
    ran = tmp_path / "ran"
    lines = f"open({str(ran)!r}, 'w').close()\nprint('one')\n\nprint('two')\n"
    book = open_notebook(code(lines, "from"), code("n = 1", "to"))
    studio = book.studio
    book.source("open(").click()
    studio.key("ctrl+a", "ctrl+c")
    book.source("n = 1").click()
    studio.key("ctrl+a", "ctrl+v")
    studio.wait_for(lambda: sum("open(" in name for name in book.names()) == 2,
                    lambda: f"It was {book.names()}")
    book.save()
    assert sources(book.path) == [lines, lines]
    assert not ran.exists()

    # The same lines run once they are told to: nothing above was for want of a kernel.
    studio.key("ctrl+Return")
    studio.wait_for(ran.exists, "It did not run", 60)
    book.kernel("Ready")
    book.save()
