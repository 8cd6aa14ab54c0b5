#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/notebooks: make-notebooks.py. The notebooks come from the tools that people make
them with (nbformat, nbconvert with a running kernel, jupytext) and are written in the styles that
are about; the hostile ones are written by hand here. The result is committed: the tools' versions
and the kernel's clock would change it at every run."""

import json
import shutil
from pathlib import Path

import jupytext
import nbformat
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat.v4 import (new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell)

FOLDER = Path(__file__).parent / "notebooks"
HOSTILE = FOLDER / "hostile"

SCRIPT = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Übersicht
# Some *text*, $x^2$.

# %% tags=["parameters"]
alpha = 0.5
name = "größer"

# %% [raw]
raw

# %%
def f(x):
    return x + 1


f(1)
"""

TEXT = """\
# Title

Text.

```python
x = 1
x
```

- item
"""


def write(name, text, newline="\n", encoding="utf-8"):
    (FOLDER / name).write_bytes(text.replace("\n", newline).encode(encoding))


def dump(name, notebook, newline="\n", end="\n", encoding="utf-8", **options):
    write(name, json.dumps(notebook, **options) + end, newline, encoding)


def plain(minor=5):
    """A notebook with every kind of cell and output, of one minor version."""
    notebook = new_notebook(metadata={
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.13.5"}})
    notebook.cells = [
        new_markdown_cell("# Größe\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
        new_code_cell("print('é')\n1/0\n", execution_count=1, metadata={"tags": ["parameters"]}, outputs=[
            new_output("stream", name="stdout", text="é\nzwei\n"),
            new_output("stream", name="stderr", text="warning"),
            new_output("display_data", data={"text/plain": "<Figure>", "image/png": "iVBORw0KGgo=\n",
                                             "image/svg+xml": "<svg>\n</svg>"},
                       metadata={"image/png": {"width": 10}}),
            new_output("execute_result", execution_count=1, data={
                "text/html": "<b>x</b>\n<i>y</i>", "application/json": {"a": [1, 2.5, None, True]},
                "text/latex": "$x$"}),
            new_output("error", ename="ZeroDivisionError", evalue="division by zero",
                       traceback=["\x1b[31mZeroDivisionError\x1b[0m", "line 2"]),
        ]),
        new_code_cell(""),
        new_raw_cell("raw\ttext", metadata={"raw_mimetype": "text/restructuredtext"}),
    ]
    notebook.nbformat_minor = minor
    if minor < 5:
        for cell in notebook.cells:
            del cell["id"]
    else:
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
    return notebook


def with_lines(notebook):
    """As files have it: strings cut in lines, keys sorted."""
    return json.loads(nbformat.writes(notebook))


def execute(*sources):
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python",
                                       "name": "python3"}
    ExecutePreprocessor(timeout=120, kernel_name="python3", allow_errors=True).preprocess(
        notebook, {"metadata": {"path": str(FOLDER)}})
    return notebook


def make_versions():
    for minor in range(6):
        write(f"nbformat-4.{minor}.ipynb", nbformat.writes(plain(minor), version=nbformat.NO_CONVERT)
              + "\n")
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[
        nbformat.v3.new_code_cell(input="print 1", prompt_number=4, outputs=[
            nbformat.v3.new_output("stream", "1\n"), nbformat.v3.new_output("pyout", "2")]),
        nbformat.v3.new_text_cell("markdown", source="text"),
        nbformat.v3.new_heading_cell("Heading", level=2)])])
    write("converted-from-3.ipynb", nbformat.writes(nbformat.convert(old, 4)))


def make_styles():
    notebook = with_lines(plain())
    dump("indent-2.ipynb", notebook, indent=2, ensure_ascii=False)
    dump("indent-4-escaped.ipynb", notebook, indent=4)
    dump("indent-tab.ipynb", notebook, indent="\t", ensure_ascii=False)
    dump("one-line.ipynb", notebook, end="")
    dump("compact.ipynb", notebook, end="", separators=(",", ":"), ensure_ascii=False)
    dump("no-newline.ipynb", notebook, end="", indent=1, ensure_ascii=False)
    dump("newlines.ipynb", notebook, end="\n\n\n", indent=1, ensure_ascii=False)
    dump("windows.ipynb", notebook, newline="\r\n", indent=1, ensure_ascii=False)
    dump("byte-order-mark.ipynb", notebook, encoding="utf-8-sig", indent=1, ensure_ascii=False)
    dump("colon-space.ipynb", notebook, indent=2, separators=(" ,", " : "))
    dump("strings.ipynb", plain(), indent=1, ensure_ascii=False)  # no arrays of lines
    reordered = {key: notebook[key] for key in ("nbformat", "nbformat_minor", "metadata", "cells")}
    reordered["cells"] = [dict(reversed(list(cell.items()))) for cell in notebook["cells"]]
    dump("reordered.ipynb", reordered, indent=2, ensure_ascii=False)
    dump("mixed-escapes.ipynb", notebook, indent=1)
    path = FOLDER / "mixed-escapes.ipynb"
    path.write_text(path.read_text().replace("zwei", "zwei ü \\/ \\u0041 \\ud83d\\ude00"))


def make_executed():
    write("executed-text.ipynb", nbformat.writes(execute(
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')", "6 * 7",
        "def f(x):\n    return 1 / x\nf(0)", "%%html\n<b>bold</b>", "")))
    write("executed-frames.ipynb", nbformat.writes(execute(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': ['x', 'ü']})\ndf", "df.describe()")))
    write("executed-figure.ipynb", nbformat.writes(execute(
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1), dpi=40)\n"
        "plt.plot([1, 3, 2])\nplt.show()")))
    write("executed-progress.ipynb", nbformat.writes(execute(
        "from tqdm import tqdm\nfor i in tqdm(range(3)):\n    pass",
        "from IPython.display import display, clear_output\nh = display('0 %', display_id=True)\n"
        "h.update('100 %')\nprint('gone')\nclear_output()\nprint('stays')")))
    write("executed-widgets.ipynb", nbformat.writes(execute(
        "import ipywidgets as w\nslider = w.IntSlider(value=3)\nslider",
        "w.HBox([w.Label('x'), w.IntProgress(value=5)])")))
    write("executed-rich.ipynb", nbformat.writes(execute(
        "from IPython.display import *\ndisplay(JSON({'a': [1, {'b': None}]}), Markdown('*x*'),\n"
        "        Latex('$x$'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))", "1 / 3, 1e300")))


def make_scripts():
    for kind in ("py:percent",):
        write("jupytext-percent.ipynb", nbformat.writes(jupytext.reads(SCRIPT, kind)) + "\n")
    notebook = new_notebook(metadata={"kernelspec": {
        "display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}})
    notebook.cells = [new_code_cell(source, id=f"c{number}") for number, source in enumerate((
        "%matplotlib inline\nx = !ls\nls\nprint(1)\n\n", "%%bash\nls -l\n\n# x", "%%time\nx = 1", "",
        "# %matplotlib\n'''\n%x\n'''\n?help\nfoo?\n!ls \\\n  -l\nls = 3\n  %timeit 1",
        "def f():\n    pass", "%%html\n<b>\n", "%%script false\nx", "a = '\"\"\"'\n%who", "\n\nx",
        "# only"))]
    notebook.cells[2].metadata = nbformat.from_dict(
        {"tags": ["a b"], "title": "Title", "x": {"a": [1, 2.5]}, "s": 'q"ü'})
    notebook.cells += [new_markdown_cell(text, id=f"m{number}") for number, text in enumerate((
        "# %% no cell", "", "a\n\n  b  \n#c", '"""\nquoted\n"""'))]
    notebook.cells.append(new_raw_cell("# %% raw", id="r"))
    write("magics.ipynb", nbformat.writes(notebook) + "\n")
    write("jupytext-markdown.ipynb", nbformat.writes(jupytext.reads(TEXT, "md")) + "\n")
    write("jupytext-light.ipynb", nbformat.writes(jupytext.reads(
        "# Text\n# more\n\nx = 1\n\n# + tags=[\"a\"]\ny = 2\n\nz = 3\n# -\n", "py:light")) + "\n")
    write("jupytext-rmarkdown.ipynb", nbformat.writes(jupytext.reads(
        "# Title\n\n```{r fig.width=3}\nplot(1)\n```\n", "Rmd")) + "\n")
    write("jupytext-sphinx.ipynb", nbformat.writes(jupytext.reads(
        '"""\nTitle\n=====\n"""\nx = 1\n\n####\n# Text\n\ny = 2\n', "py:sphinx")) + "\n")


def make_origins():
    """The metadata that hosts and front ends leave, in the style each writes."""
    notebook = with_lines(plain(0))
    notebook["metadata"] = {"colab": {"name": "x.ipynb", "provenance": [], "collapsed_sections": []},
                            "kernelspec": {"name": "python3", "display_name": "Python 3"},
                            "accelerator": "GPU"}
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"hGy{number}_x", "colab": {"base_uri": "https://localhost:8080/"}}
    dump("colab.ipynb", notebook, end="", indent=2)

    notebook = with_lines(plain(0))
    notebook["metadata"] = {"application/vnd.databricks.v1+notebook": {
        "dashboards": [], "language": "python", "notebookMetadata": {"pythonIndentUnit": 4}}}
    for cell in notebook["cells"]:
        cell["metadata"]["application/vnd.databricks.v1+cell"] = {"nuid": "a-b", "showTitle": False}
    dump("databricks.ipynb", notebook, end="", separators=(",", ":"))

    notebook = with_lines(plain(2))
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
    dump("vscode.ipynb", notebook, indent=1, ensure_ascii=False)

    notebook = with_lines(plain())
    notebook["metadata"]["papermill"] = {"duration": 1.5, "exception": None, "version": "2.6.0"}
    for cell in notebook["cells"]:
        cell["metadata"].update({"papermill": {"status": "completed", "duration": 0.01},
                                 "execution": {"iopub.status.busy": "2024-01-01T00:00:00.000000Z"}})
    dump("papermill.ipynb", notebook, indent=2, ensure_ascii=False)

    notebook = with_lines(plain())
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {
        "state": {"0a1b": {"model_module": "@jupyter-widgets/base", "model_module_version": "2.0.0",
                           "model_name": "LayoutModel", "state": {}}},
        "version_major": 2, "version_minor": 0}}
    notebook["cells"][0]["metadata"].update({"slideshow": {"slide_type": "slide"}, "editable": False})
    notebook["cells"][1]["metadata"].update({"collapsed": True, "scrolled": "auto", "jupyter": {
        "source_hidden": True, "outputs_hidden": True}})
    dump("jupyterlab.ipynb", notebook, indent=1, ensure_ascii=False)

    notebook = plain()
    notebook.cells.append(new_markdown_cell("![a](attachment:a.png)", attachments={
        "a.png": {"image/png": "iVBORw0KGgo="}, "../b.png": {"image/png": "AAAA"}}, id="attached"))
    write("attachments.ipynb", nbformat.writes(notebook) + "\n")
    notebook = new_notebook(metadata={
        "kernelspec": {"display_name": "R", "language": "R", "name": "ir"},
        "language_info": {"codemirror_mode": "r", "file_extension": ".r", "name": "R"}},
        cells=[new_code_cell("x <- c(1, 2)\nx", id="r", execution_count=2, outputs=[new_output(
            "display_data", data={"text/markdown": "1. 1\n2. 2\n\n\n", "text/plain": "[1] 1 2"})])])
    write("irkernel.ipynb", nbformat.writes(notebook) + "\n")
    dump("empty.ipynb", {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    dump("large-outputs.ipynb", {"cells": [with_lines(plain())["cells"][1] | {
        "outputs": [{"output_type": "stream", "name": "stdout",
                     "text": [f"line {i}\n" for i in range(3000)]}] * 2}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def hostile(name, text):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    (HOSTILE / f"{name}.ipynb").write_bytes(data)


def changed(change):
    notebook = with_lines(plain())
    change(notebook)
    return json.dumps(notebook, indent=1)


def make_hostile():
    base = json.dumps(with_lines(plain()), indent=1)

    def cell(key, value):
        return changed(lambda n: n["cells"][1].update({key: value}))

    def drop(key, of=1):
        return changed(lambda n: n["cells"][of].pop(key))

    hostile("empty", "")
    hostile("white-space", " \n\t\n")
    hostile("truncated", base[:len(base) // 2])
    hostile("not-utf8", base.encode().replace(b"zwei", b"\xff\xfe"))
    hostile("utf16", base.encode("utf-16"))
    hostile("zeros", b"\0" * 4096)
    hostile("array", "[]")
    hostile("two-documents", base + base)
    hostile("trailing-comma", base.replace('"nbformat_minor": 5', '"nbformat_minor": 5,'))
    hostile("conflict-markers", base.replace('"zwei', '<<<<<<< HEAD\n"zwei').replace("é", "\n=======\n"))
    hostile("nested-1000", '{"cells":[],"metadata":{"x":' + "[" * 1000 + "]" * 1000 +
            '},"nbformat":4,"nbformat_minor":5}')
    hostile("open-brackets", '{"cells":' + "[" * 100000)
    for version in (3, 5, -1):
        hostile(f"nbformat-{version}", base.replace('"nbformat": 4', f'"nbformat": {version}'))
    hostile("nbformat-string", base.replace('"nbformat": 4', '"nbformat": "4"'))
    hostile("nbformat-huge", base.replace('"nbformat": 4', '"nbformat": 99999999999999999999'))
    hostile("minor-missing", base.replace(',\n "nbformat_minor": 5', ""))
    hostile("no-cells", '{"metadata":{},"nbformat":4,"nbformat_minor":5}')
    hostile("cells-object", '{"cells":{},"metadata":{},"nbformat":4,"nbformat_minor":5}')
    hostile("cell-number", '{"cells":[1,null,"x"],"metadata":{},"nbformat":4,"nbformat_minor":5}')
    for key in ("source", "outputs", "metadata", "cell_type", "execution_count"):
        hostile(f"no-{key}", drop(key))
    hostile("source-number", cell("source", 7))
    hostile("source-mixed", cell("source", ["x\n", 1]))
    hostile("type-unknown", cell("cell_type", "heading"))
    hostile("outputs-junk", cell("outputs", [1, {}, {"output_type": "pyout"}, {"output_type": 5}]))
    hostile("output-members", cell("outputs", [
        {"output_type": "stream"}, {"output_type": "stream", "name": 1, "text": {}},
        {"output_type": "error", "traceback": "x"}, {"output_type": "display_data", "data": [1]},
        {"output_type": "execute_result", "data": {"text/plain": 1, "image/png": [1, "a"]}}]))
    hostile("ids-doubled", changed(lambda n: [c.update(id="same") for c in n["cells"]]))
    hostile("ids-bad", changed(lambda n: [c.update(id=i) for c, i in zip(n["cells"], ["", "a b", 7, "x" * 65])]))
    hostile("keys-doubled", base.replace('"execution_count": 1,', '"execution_count": 1,\n"source": "", ', 1))
    hostile("top-keys-doubled", base.replace('"nbformat": 4,', '"nbformat": 4, "nbformat": 4, "metadata": {},'))
    hostile("odd-numbers", base.replace("2.5", "NaN, -Infinity, Infinity, 1e999, 123456789012345678901234"))
    hostile("odd-characters", base.replace("zwei", "\\u0000 \\ud800 \\udc00\\ud800 \\u202e"))
    hostile("trusted", changed(lambda n: n["metadata"].update(
        trusted=True, signature="sha256:0000", kernelspec={"name": "../../x", "argv": ["rm"],
                                                            "display_name": "x"})))
    hostile("language-junk", changed(lambda n: n["metadata"].update(language_info=[1], kernelspec="x")))


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    HOSTILE.mkdir(parents=True)
    make_versions()
    make_styles()
    make_executed()
    make_scripts()
    make_origins()
    make_hostile()
    print(len(list(FOLDER.glob("*.ipynb"))), "and", len(list(HOSTILE.glob("*.ipynb"))), "hostile")


if __name__ == "__main__":
    main()
