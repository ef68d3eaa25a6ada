"""The notebooks of the examples: their form, and the outputs of the one that the site does not run.

`KPI_UPDATE=1 pytest -m engines tests/meta/test_notebooks.py` writes these outputs.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
SCALE_OUT = EXAMPLES / "scale_out.ipynb"
"""It needs Java, so that it keeps its outputs."""


def outputs(notebook: Any) -> list[list[dict[str, Any]]]:
    """Return what each cell shows, without messages of libraries and counters of executions."""
    found = []
    for cell in notebook.cells:
        shown = [one for one in cell.get("outputs", ()) if one.get("name") != "stderr"]
        found.append([{key: part for key, part in one.items() if key != "execution_count"} for one in shown])
    return found


def test_notebooks_are_short_and_each_is_a_page_of_the_site() -> None:
    settings = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = dict(re.findall(r'^    "(\w+)": "([\w-]+)",$', settings, re.M))
    assert [path.stem for path in NOTEBOOKS] == sorted(pages)
    assert len(pages) == 4
    for path in NOTEBOOKS:
        assert f"<notebooks/{pages[path.stem]}>" in index
        assert len(nbformat.read(path, as_version=4).cells) <= 30


def test_only_the_notebook_that_is_not_run_for_the_site_keeps_outputs() -> None:
    for path in NOTEBOOKS:
        has_outputs = any(outputs(nbformat.read(path, as_version=4)))
        assert has_outputs is (path == SCALE_OUT), path.name


@pytest.mark.engines
@pytest.mark.filterwarnings("ignore")
def test_the_ratings_of_a_cluster_are_those_that_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    stored = nbformat.read(SCALE_OUT, as_version=4)
    ran = nbformat.read(SCALE_OUT, as_version=4)
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(ran, kernel_name="python3", resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    if os.environ.get("KPI_UPDATE"):
        for cell, shown in zip(ran.cells, outputs(ran), strict=True):
            cell.metadata = {}
            if cell.cell_type == "code":
                cell.execution_count = None
                cell.outputs = [nbformat.from_dict({**one, **_count(one)}) for one in shown]
        ran.metadata = stored.metadata
        nbformat.write(ran, SCALE_OUT)
    assert [*map(_texts, outputs(ran))] == [*map(_texts, outputs(nbformat.read(SCALE_OUT, as_version=4)))]


def _count(output: dict[str, Any]) -> dict[str, Any]:
    return {"execution_count": None} if output["output_type"] == "execute_result" else {}


def _texts(shown: list[dict[str, Any]]) -> list[str]:
    """Return outputs as plain texts; other forms have names that differ in each run."""
    return [one.get("text") or one["data"]["text/plain"] for one in shown]
