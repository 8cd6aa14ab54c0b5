# SPDX-License-Identifier: GPL-3.0-or-later
"""The charts: what a frame of a million noisy points costs, from data to pixels.

The reference is what a chart costs that strokes every point with cairo. Both draw on the processor,
into an image of 1200 x 400."""

import subprocess
import sys

import figures

POINTS = 1_000_000
ROUNDS = 3
FRAME_MS = 4.0


def frame_ms(kind, series, points):
    """Returns the median time of a frame."""
    command = [figures.program("chart-frame"), kind, str(series), str(points)]
    if kind == "ours":
        command = ["xvfb-run", "-a", "env", "GDK_BACKEND=x11", "GTK_A11Y=none", *command]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main():
    times = figures.alternate(
        ROUNDS,
        ours=lambda: frame_ms("ours", 1, POINTS),
        naive=lambda: frame_ms("naive", 1, POINTS))
    figures.report("chart-1m-frame", times["ours"], "ms", reference=times["naive"],
                   reference_name="cairo-stroke", limit=("<=", FRAME_MS))

    runs = figures.alternate(
        1,
        ours=lambda: frame_ms("ours", 100, 10_000),
        naive=lambda: frame_ms("naive", 100, 10_000))
    figures.report("chart-100x10k-frame", runs["ours"], "ms", reference=runs["naive"],
                   reference_name="cairo-stroke")
    return 0


if __name__ == "__main__":
    sys.exit(main())
