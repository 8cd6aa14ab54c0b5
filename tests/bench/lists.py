# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: how long the main loop stands still with 100,000 rows, and what a row takes.

The reference is a bare GtkColumnView of two labels, scrolled in the same way in the same run: a page
of lists shows six columns. Times are of the processor, for one turn of the main loop, in which
drawing a window of 1200 x 800 with cairo is the larger part."""

import statistics
import subprocess
import sys

import figures

ROUNDS = 3
FRAME_MS = 16
SHOW_MS = 60  # to make the widgets of a page, once


def run():
    """Returns ours, and the bare view's where there is one, by name."""
    output = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", "env", "GDK_BACKEND=x11",
         "GSK_RENDERER=cairo", "GTK_A11Y=none", "GDK_DEBUG=no-portals", "GSETTINGS_BACKEND=memory",
         figures.program("index-page")],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: [float(value) for value in values]
            for name, *values in (line.split() for line in output.splitlines())}


def main():
    runs = [run() for _ in range(ROUNDS)]
    median = {name: [statistics.median(values) for values in zip(*(run[name] for run in runs))]
              for name in runs[0]}

    for name in ("index-scroll-100k", "index-scroll-100k-p99"):
        figures.report(name, median[name][0], "ms", reference=median[name][1],
                       reference_name="bare-columnview", ratio=("<=", 2))
    name = "index-scroll-100k-frame"
    figures.report(name, median[name][0], "ms", reference=median[name][1],
                   reference_name="bare-columnview", limit=("<=", FRAME_MS))
    for name in ("index-sort-100k", "index-unsort-100k", "index-filter-100k", "index-insert-100k",
                 "index-select-all-100k", "index-scroll-selected-100k"):
        figures.report(name, median[name][0], "ms", reference=median["index-scroll-100k"][1],
                       reference_name="bare-scroll", ratio=("<=", 2))
    figures.report("index-show-100k", median["index-show-100k"][0], "ms", limit=("<=", SHOW_MS))
    figures.report("index-memory-100k", median["index-memory"][0], "B/row",
                   reference=median["resource-memory"][0], reference_name="resource",
                   ratio=("<=", 0.25))
    return 0


if __name__ == "__main__":
    sys.exit(main())
