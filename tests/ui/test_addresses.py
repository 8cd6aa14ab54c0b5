# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of S3 in a form: found among the engine's buckets instead of typed."""

import re

from sample import BUCKET

NAMES = "odd-names"


def open_form(studio):
    studio.run("--open", "new-job/training-job")
    studio.find("tab", re.compile("New", re.IGNORECASE))
    entry = studio.find("entry", re.compile("^Output"))
    entry.click()
    studio.key("ctrl+a", "BackSpace")
    return entry


def browse(studio):
    studio.find("button", "Browse for Output").click()
    return studio.find("dialog", "Choose an address")


def test_an_address_is_found_by_mouse_and_keyboard(start_studio, sample):
    s3 = sample.s3
    s3.create_bucket(Bucket=NAMES)
    for key in ("a+b %2F<b>é/x.csv", "empty"):
        s3.put_object(Bucket=NAMES, Key=key, Body=b"1,2\n" * 300)
    studio = start_studio(sample.engine.data_dir)
    entry = open_form(studio)

    dialog = browse(studio)
    assert not dialog.find("button", "Choose").has("sensitive")  # no bucket, no address
    dialog.find(None, re.compile(f"^{BUCKET}")).click()
    dialog.find(None, re.compile("^churn")).click()
    dialog.find(None, re.compile("^code"))
    dialog.find("button", "Choose", "sensitive").click()
    studio.gone("dialog")
    assert entry.text == f"s3://{BUCKET}/churn/"

    # It begins where the address is, and goes up.
    dialog = browse(studio)
    dialog.find(None, re.compile("^input")).click()
    dialog.find(None, re.compile("^churn.csv"))
    studio.key("alt+Up", "alt+Up", "alt+Up")
    dialog.find(None, re.compile(f"^{NAMES}")).click()
    dialog.find(None, re.compile("^empty"))
    dialog.find("label", re.compile("^1.2.KiB"))
    dialog.find(None, re.compile(re.escape("a+b %2F<b>é"))).click()
    dialog.find(None, re.compile("^x.csv"))
    studio.key("Return")  # the first row has the focus
    studio.gone("dialog")
    assert entry.text == f"s3://{NAMES}/a+b %2F<b>é/x.csv"


def test_what_is_not_there_is_said(start_studio, sample):
    studio = start_studio(sample.engine.data_dir)
    entry = open_form(studio)
    studio.type("s3://no-such-bucket/x/")
    dialog = browse(studio)
    dialog.find("label", re.compile("cannot be listed"))
    dialog.find("button", "Try again")
    studio.key("alt+Up", "alt+Up")
    dialog.find(None, re.compile(f"^{BUCKET}"))
    studio.key("Escape")
    studio.gone("dialog")
    assert entry.text == "s3://no-such-bucket/x/"
