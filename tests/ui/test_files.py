# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own files: scripts and other text."""

import os
import re
import shutil
import time

import pytest
from accessible import Announcements, Bus

TEXT = "Text of the file"


@pytest.fixture(scope="module")
def engine(engine_factory):
    """An engine that has nothing to do: these pages do not ask it."""
    return engine_factory()


@pytest.fixture
def studio(start_studio, engine):
    return start_studio(engine.data_dir)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "train.py").write_bytes(b"import os\r\n\r\nprint('one')\r\n")
    (folder / "notes.md").write_text("# Notes\n\nold and old\n")
    return folder


def edit(studio, path):
    """Opens a file from the command line and puts the focus into its text."""
    studio.run(path)
    studio.find("tab", re.compile(re.escape(path.name)))
    text = studio.wait_for(lambda: studio.all("entry", TEXT, "showing"), f"{path.name} is not shown")[-1]
    studio.wait_for(lambda: studio.focused() is not None and studio.focused().name == TEXT,
                    "The text has not the focus")
    return text


def shown_text(studio):
    return studio.all("entry", TEXT, "showing")[-1].text


def wait_for_text(studio, expected):
    studio.wait_for(lambda: shown_text(studio) == expected,
                    lambda: f"The text is {shown_text(studio)!r}, not {expected!r}")


def wait_for_bytes(studio, path, expected):
    studio.wait_for(lambda: path.read_bytes() == expected,
                    lambda: f"{path.name} holds {path.read_bytes()!r}, not {expected!r}")


def test_edit_save_and_undo(studio, project):
    """What was not touched stays as it was, and undo goes back beyond a save."""
    path = project / "train.py"
    before = path.read_bytes()
    edit(studio, path)
    studio.type("new")
    studio.key("ctrl+s")
    wait_for_bytes(studio, path, b"new" + before)
    studio.key("ctrl+z", "ctrl+s")
    wait_for_bytes(studio, path, before)
    os.chmod(path, 0o755)
    studio.key("ctrl+End")
    studio.type("x = 1")
    studio.key("ctrl+s")
    wait_for_bytes(studio, path, before + b"x = 1")
    assert path.stat().st_mode & 0o777 == 0o755


def test_closing_asks(studio, project):
    path = project / "notes.md"
    before = path.read_bytes()
    edit(studio, path)
    studio.type("kept ")
    studio.wait_for(lambda: studio.find("tab", re.compile("notes.md")).description
                    == "notes.md\nNot saved", "The tab does not say that it is not saved")
    studio.key("ctrl+w")
    studio.find("dialog", "Save changes?")
    studio.key("Escape")
    studio.gone("dialog")
    studio.key("ctrl+w")
    studio.find("dialog").find("button", "Discard").click()
    studio.gone("tab", re.compile("notes.md"))
    assert path.read_bytes() == before
    edit(studio, path)
    wait_for_text(studio, before.decode())
    studio.type("saved ")
    studio.key("ctrl+q")
    studio.find("dialog", "Save changes?").find("button", "Save").click()
    studio.wait()
    assert path.read_bytes() == b"saved " + before


def test_another_program_writes(studio, project):
    """Without changes here it is taken over, and undo brings back what was there; with changes the
    user decides."""
    path = project / "notes.md"
    before = path.read_text()
    edit(studio, path)
    path.write_text("theirs\n")
    wait_for_text(studio, "theirs\n")
    studio.key("ctrl+z")
    wait_for_text(studio, before)
    path.write_text("theirs again\n")
    studio.find("label", re.compile("Another program has changed the file"))
    studio.key("ctrl+s")
    time.sleep(0.5)
    assert path.read_text() == "theirs again\n"
    studio.press("Overwrite")
    studio.wait_for(lambda: path.read_text() == before, "It was not overwritten")
    studio.gone("label", re.compile("Another program has changed the file"))


def test_find_and_replace(studio, project):
    path = project / "notes.md"
    edit(studio, path)
    studio.key("ctrl+h")
    studio.find("entry", "Find", "focused")
    studio.type("o(.)d")
    studio.press("Regular expression", "button")
    studio.find("label", "1 of 2")
    studio.find("entry", "Replace with").click()
    studio.type("c\\1")
    studio.press("Replace all")
    wait_for_text(studio, "# Notes\n\ncl and cl\n")
    studio.key("Escape", "ctrl+z")
    wait_for_text(studio, "# Notes\n\nold and old\n")
    studio.key("ctrl+g")
    studio.find("entry", "Line to go to", "focused")
    studio.type("3:5")
    studio.key("Return")
    studio.find("label", re.compile("Line 3, column 5"))


def recovery_copies(studio):
    """Those that are whole: one that is being written is hidden until then."""
    return list((studio.home / ".local" / "state" / "sagebrush" / "recovery").glob("[!.]*"))


def test_what_was_typed_survives_a_crash(start_studio, engine, project):
    path = project / "notes.md"
    studio = start_studio(engine.data_dir, path)
    studio.find("entry", TEXT, "focused")
    studio.type("typed ")
    studio.wait_for(lambda: recovery_copies(studio), "There is no copy", 15)
    studio.kill()
    studio = start_studio(engine.data_dir, path)
    studio.find(None, re.compile("not saved last time have been restored"))
    wait_for_text(studio, "typed # Notes\n\nold and old\n")
    studio.press("Discard them")
    wait_for_text(studio, "# Notes\n\nold and old\n")
    studio.wait_for(lambda: not recovery_copies(studio), "The copy is still there", 15)


def test_what_was_typed_is_told_out_of_sight(start_studio, engine, project):
    """A tab that nobody has looked at yet says that there is something to save in it."""
    path = project / "notes.md"
    studio = start_studio(engine.data_dir, path)
    studio.find("entry", TEXT, "focused")
    studio.run(project / "train.py")
    studio.find("tab", re.compile("train.py"))
    studio.quit()
    studio = start_studio(engine.data_dir)
    studio.find("tab", re.compile("notes.md")).click()
    studio.find("entry", TEXT).click()
    studio.type("typed ")
    studio.wait_for(lambda: recovery_copies(studio), "There is no copy", 15)
    studio.kill()
    studio = start_studio(engine.data_dir)
    studio.wait_for(lambda: "Not saved" in studio.find("tab", re.compile("notes.md")).description,
                    "The tab does not say that it is not saved")
    studio.kill()


def test_hostile_files(studio, project):
    """What cannot be shown is said, what hides is marked, and other encodings are not damaged."""
    (project / "trojan.py").write_text("access = '\u202euser'\n")
    edit(studio, project / "trojan.py")
    studio.find(None, re.compile("characters that are not seen"))
    (project / "latin.txt").write_bytes("Größe\n".encode("latin-1"))
    studio.run(project / "latin.txt")
    studio.find(None, re.compile("not in UTF-8"))
    studio.type("x")
    studio.press("Convert to UTF-8")
    studio.key("ctrl+s")
    studio.wait_for(lambda: (project / "latin.txt").read_text() == "Größe\n", "It was not converted")
    (project / "program").write_bytes(b"\x7fELF\0\0")
    studio.run(project / "program")
    studio.find("label", "This is not text")
    long_name = project / ("n" * 250 + ".py")
    long_name.write_text("x\n")
    edit(studio, long_name)
    studio.type("y")
    studio.key("ctrl+s")
    studio.wait_for(lambda: long_name.read_text() == "yx\n", "The long name was not saved")


def test_tables_and_trees(studio, project):
    (project / "data.csv").write_text("name;note\n" + "".join(
        f'"P; {i}";"said ""{i}"""\n' for i in range(5000)))
    (project / "conf.json").write_text('{"alpha": [1, {"beta": null}]}')
    studio.run(project / "data.csv")
    studio.find("radio", "Table").click()
    studio.find("label", re.compile("^5,?000 rows$"))
    studio.find(None, 'said "1"')
    studio.key("ctrl+f")
    studio.type("4711")
    studio.find("label", re.compile("^1 of 5,?000 rows$"))
    studio.run(project / "conf.json")
    studio.wait_for(lambda: studio.all("radio", "Tree", "showing"), "No tree is offered")[-1].click()
    studio.find(None, re.compile("alpha"))
    studio.run(project / "notes.md")
    studio.wait_for(lambda: studio.all("radio", "Preview", "showing"), "No preview is offered")[-1].click()
    studio.find(None, "Notes")
    studio.key("ctrl+f")
    studio.find("entry", "Find", "focused")
    studio.find("entry", TEXT, "showing")


def test_sorting_a_table(studio, project):
    """By its headings, upwards, downwards and as it was; and by the keyboard, which is said."""
    (project / "data.csv").write_text("name,score\nbob,10\nann,9\ncid,\ndee,100\n")

    def wait_for_order(*names):
        def order():
            places = {name: studio.find(None, name, "showing").extents()[1] for name in names}
            return tuple(sorted(places, key=places.get))
        studio.wait_for(lambda: order() == names, lambda: f"The order is {order()}, not {names}")

    studio.run(project / "data.csv")
    studio.find("radio", "Table").click()
    wait_for_order("bob", "ann", "cid", "dee")
    for order in (("ann", "bob", "dee", "cid"), ("dee", "bob", "ann", "cid"), ("bob", "ann", "cid", "dee")):
        studio.find("column header", "score").click()
        wait_for_order(*order)
    speech = Announcements(Bus(studio.environment))
    try:
        studio.tab_to("Sort the rows", "button")
        studio.key("space")
        studio.tab_to("As in the file")
        studio.key("space")
        studio.find("entry", None, "focused")
        studio.wait_for(lambda: len(studio.all("label", "name")) == 2, "The columns were not offered")
        studio.type("score")
        studio.wait_for(lambda: len(studio.all("label", "name")) == 1, "The search left all columns")
        studio.key("Down", "Return")
        speech.wait(re.compile("^Sorted by score, the smallest first$"), 20)
    finally:
        speech.stop()
    studio.key("Escape")
    wait_for_order("ann", "bob", "dee", "cid")


def test_files_come_back_with_the_session(start_studio, engine, project):
    (project / "long.py").write_text("".join(f"line_{i} = {i}\n" for i in range(2000)))
    studio = start_studio(engine.data_dir)
    edit(studio, project / "long.py")
    studio.key("ctrl+g")
    studio.find("entry", "Line to go to", "focused")
    studio.type("1500")
    studio.key("Return")
    studio.find("label", re.compile("Line 1500, column 1"))
    studio.quit()
    studio = start_studio(engine.data_dir)
    studio.find("label", re.compile("Line 1500, column 1"))


def test_run_in_the_terminal(studio, engine, project):
    """A script runs with the engine's variables; the terminal is asked about only while it works."""
    script = project / "hello world.py"
    result = project / "result"
    script.write_text(f"import os, time\nopen({str(result)!r}, 'w')"
                      ".write(os.environ['AWS_ENDPOINT_URL'] + ' ' + __file__)\n")
    edit(studio, script)
    studio.type("typed = 1; ")
    studio.press("Run in the terminal")
    studio.wait_for(lambda: result.exists() and result.read_text(), "The script did not run")
    assert result.read_text() == f"{engine.ready['endpoint_url']} {script}"
    assert script.read_text().startswith("typed = 1; import")
    studio.key("ctrl+alt+t")
    studio.wait_for(lambda: len(studio.all("tab", re.compile("Terminal|@"))) == 2, "No second terminal")
    time.sleep(1)
    studio.type("sleep 1000")
    studio.key("Return")
    time.sleep(1)
    studio.find("button", "Close").click()
    studio.find("dialog", "Close it?").find("button", "Close").click()
    studio.wait()


def test_the_project_tree(start_studio, engine, project):
    """What one does with files, from the keyboard and by menus, and what their names may be."""
    (project / "a\nb").write_text("x")
    (project / "\u202etxt.py").write_text("x")
    (project / ".hidden").write_text("x")
    os.symlink("/etc", project / "outside")
    studio = start_studio(engine.data_dir, project)
    files = studio.find("list", "Files of the project")
    files.find("row", "a␊b")
    files.find("row", "\ufffdtxt.py")
    assert not files.there_is("row", ".hidden")

    files.find("row", "train.py").click()
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.type("lost")
    studio.key("Escape")
    files.gone("entry", "Name")
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.type("fit")
    studio.key("Return")
    studio.wait_for(lambda: (project / "fit.py").exists(), "It was not renamed")
    files.find("row", "fit.py")
    studio.key("ctrl+z")
    files.find("row", "train.py").click(button=3)
    studio.find("menu item", "Rename").click()
    files.find("entry", "Name", "focused")
    studio.key("ctrl+a")
    studio.type("notes.md")
    studio.key("Return")
    studio.find(None, re.compile("^Could not rename it"))
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.type("fit")
    studio.key("Return")
    files.find("row", "fit.py").click()
    studio.key("Delete")
    files.gone("row", "fit.py")
    assert not (project / "fit.py").exists()
    studio.key("ctrl+z")
    files.find("row", "fit.py").click()
    assert (project / "fit.py").exists()

    files.find("row", "outside").click()
    studio.key("Delete")
    files.gone("row", "outside")
    assert os.path.exists("/etc/passwd")
    files.find("row", "fit.py").click(button=3)
    studio.find("menu item", "Duplicate").click()
    files.find("row", "fit (2).py")
    files.find("row", "fit.py").click(button=3)
    studio.find("menu item", "New file…").click()
    studio.find("dialog", "New file").find("entry", "Name", "focused")
    studio.key("ctrl+a")
    studio.type("new.py")
    studio.key("Return")
    studio.find("tab", "new.py")
    studio.find("entry", TEXT, "focused")
    assert (project / "new.py").read_bytes() == b""


def test_renaming_means_the_file_that_was_chosen(start_studio, engine, project):
    """At once also after a menu has been there; a second F2 leaves what has been written."""
    studio = start_studio(engine.data_dir, project)
    files = studio.find("list", "Files of the project")
    files.find("row", "notes.md").click(button=3)
    studio.find("menu item", "Rename")
    studio.key("Escape")
    studio.gone("menu item", "Rename")
    time.sleep(0.5)
    files.find("row", "notes.md").click()
    studio.key("F2", *"word")  # at once
    files.find("entry", "Name", "focused")
    studio.key("F2")
    studio.type("s")
    studio.key("Return")
    studio.wait_for(lambda: (project / "words.md").exists(),
                    lambda: f"It was not renamed: {os.listdir(project)}")
    assert (project / "train.py").exists()


def test_what_is_open_goes_with_its_file(start_studio, engine, project):
    """Moved with its folder, and back: its tab, what is not saved in it, and where it is saved."""
    path = project / "src" / "a.py"
    path.parent.mkdir()
    path.write_text("x\n")
    studio = start_studio(engine.data_dir, project)
    edit(studio, path)
    studio.type("one ")
    files = studio.find("list", "Files of the project")
    files.find("row", "src").click()
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.type("lib")
    studio.key("Return")
    moved = project / "lib" / "a.py"
    studio.find("label", str(moved))
    studio.find("entry", TEXT, "showing").click()
    studio.key("ctrl+Home")
    studio.type("two ")
    studio.key("ctrl+s")
    wait_for_bytes(studio, moved, b"two one x\n")
    files.find("row", "lib").click()
    studio.key("ctrl+z")
    studio.find("label", str(path))
    assert path.read_text() == "two one x\n" and not moved.exists()
    files.find("row", "src").click()
    studio.key("plus")
    files.find("row", "a.py").click()
    studio.key("F2")
    files.find("entry", "Name", "focused")
    studio.key("ctrl+a")
    studio.type("b.md")
    studio.key("Return")
    studio.find("tab", "b.md")
    studio.find("label", re.compile("^Markdown"))
    assert not studio.there_is("label", re.compile("deleted or moved"))
    studio.quit()
    studio = start_studio(engine.data_dir, project)
    studio.find("tab", "b.md")
    studio.find("radio", "Preview", "showing")
    wait_for_text(studio, "two one x\n")


def test_what_is_open_goes_where_another_program_moves_it(start_studio, engine, project):
    """What is not saved in it is saved where it is now, and nothing is left at its old name."""
    path = project / "a.py"
    path.write_text("x\n")
    studio = start_studio(engine.data_dir, project)
    edit(studio, path)
    studio.type("one ")
    (project / "lib").mkdir()
    moved = path.rename(project / "lib" / "b.py")
    studio.find("label", str(moved))
    studio.find("entry", TEXT, "showing").click()
    studio.key("ctrl+s")
    wait_for_bytes(studio, moved, b"one x\n")
    assert not path.exists()
    # as editors do that keep the old text beside the new one
    moved.rename(project / "lib" / "b.py~")
    moved.write_text("theirs\n")
    wait_for_text(studio, "theirs\n")
    shutil.rmtree(moved.parent)
    studio.find("label", re.compile("deleted or moved"))
    moved.parent.mkdir()
    studio.press("Save again")
    studio.wait_for(moved.exists, "It was not written again")


def test_keys_that_unfold(start_studio, engine, project):
    """They unfold a folder, and are letters where a name is being typed."""
    (project / "src").mkdir()
    (project / "src" / "inner.py").write_text("x")
    (project / "fit-1.py").write_text("x")
    (project / "fit-2.py").write_text("x")
    studio = start_studio(engine.data_dir, project)
    files = studio.find("list", "Files of the project")
    files.find("row", "src").click()
    for unfold, fold in (("plus", "minus"), ("asterisk", "slash"), ("KP_Add", "KP_Subtract")):
        studio.key(unfold)
        files.find("row", "inner.py")
        studio.key(fold)
        files.gone("row", "inner.py")
    studio.type("fit-2")
    studio.wait_for(lambda: files.find("row", "fit-2.py").has("selected"), "Typing went nowhere")
    # And so does what is dragged over it for a while.
    (x, y), (_, end) = centre(files.find("row", "fit-1.py")), centre(files.find("row", "src"))
    moves = [part for step in range(11) for part in
             ("mousemove", str(x), str(y + (end - y) * step // 10), "sleep", "0.05")]
    studio.desktop.run("xdotool", "mousemove", str(x), str(y), "mousedown", "1", *moves)
    files.find("row", "inner.py")
    studio.desktop.run("xdotool", "mouseup", "1")
    studio.wait_for(lambda: (project / "src" / "fit-1.py").exists(), "It was not dropped there")


def test_moving_in_the_project_tree(start_studio, engine, project):
    """By dragging; typing goes to a name; a notebook is made where one is."""
    (project / "src").mkdir()
    (project / "src" / "notes.md").write_text("another")
    studio = start_studio(engine.data_dir, project)
    files = studio.find("list", "Files of the project")
    files.find("row", "notes.md").click()
    studio.type("tr")
    studio.wait_for(lambda: files.find("row", "train.py").has("selected"), "Typing went nowhere")
    studio.drag(centre(files.find("row", "train.py")), centre(files.find("row", "src")))
    studio.wait_for(lambda: (project / "src" / "train.py").exists(), "It was not moved")
    assert not (project / "train.py").exists()
    studio.press("Undo")
    studio.wait_for(lambda: (project / "train.py").exists(), "It was not moved back")
    studio.wait_for(lambda: files.all("row")[-1].name == "train.py", "It is not shown again")
    # The folder may have unfolded under the pointer, and its rows move the others.
    start = at_rest(studio, lambda: files.all("row", "notes.md")[-1])
    studio.drag(start, centre(files.find("row", "src")))
    studio.find(None, re.compile("^Could not move it"))
    assert (project / "src" / "notes.md").read_text() == "another"
    files.find("row", "src").click(button=3)
    studio.find("menu item", "New notebook").click()
    studio.find("tab", "Untitled.ipynb")
    assert (project / "src" / "Untitled.ipynb").exists()


def at_rest(studio, find):
    """The centre of what is found, once it stays where it is."""
    def look():
        place = centre(find())
        time.sleep(0.5)
        return place if centre(find()) == place else None
    return studio.wait_for(look, "It does not come to rest")


def centre(node):
    x, y, width, height = node.extents()
    return x + width // 2, y + height // 2
