"""The cells on the page about notebooks run in IPython."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

ROOT = Path(__file__).parents[2]


def test_the_cells_of_the_page_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    # A shell makes its names the main module.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    page = (ROOT / "docs" / "how-to" / "notebook.md").read_text(encoding="utf-8")
    cells = re.findall(r"^```ipython\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(cells) == 6
    shell = InteractiveShell()
    for cell in cells:
        shell.run_cell(cell).raise_error()  # type: ignore[no-untyped-call]
    assert shell.user_ns["scorecard"].rulebook.root.max == 100
    assert [path.name for path in shell.user_ns["programs"]] == ["hdi.kpi.yaml", "ranking.kpi.yaml"]
