"""`kpirules js` and `kpirules form`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpirules import loads
from tests.sql.officer import OFFICER

SORTED = """
kpirules: 1
inputs: {visits: {type: list, max_items: 9, fields: {hours: {type: integer, min: 0, max: 9}}}}
let: {best: 'sum_largest(2, (v.hours for v in visits))'}
criteria: {work: {max: 9, points: 'POINTS'}}
"""


def test_the_command_writes_a_module_with_its_types(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "officer.kpi.yaml").write_text(OFFICER, encoding="utf-8")
    ran = kpirules("js", "officer.kpi.yaml", "-o", "officer.mjs")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    module = loads(OFFICER).javascript()
    assert (folder / "officer.mjs").read_text(encoding="utf-8") == module.code
    assert (folder / "officer.d.mts").read_text(encoding="utf-8") == module.types
    assert kpirules("js", "officer.kpi.yaml").out == module.code
    kpirules("js", "officer.kpi.yaml", "-o", "officer.js")
    assert (folder / "officer.d.ts").exists()


def test_the_command_writes_a_form(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "officer.kpi.yaml").write_text(OFFICER, encoding="utf-8")
    ran = kpirules("form", "officer.kpi.yaml", "-o", "form.html", "--language", "vi")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (folder / "form.html").read_text(encoding="utf-8") == loads(OFFICER).form(language="vi")


@pytest.mark.parametrize("command", ["js", "form"])
def test_what_has_no_form_is_named(kpirules: Callable[..., Any], folder: Path, command: str) -> None:
    (folder / "sorted.kpi.yaml").write_text(SORTED.replace("POINTS", "min(best, 9)"), encoding="utf-8")
    ran = kpirules(command, "sorted.kpi.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("sorted.kpi.yaml: no form in JavaScript: criteria.work: ")


def test_what_is_left_out_is_named(kpirules: Callable[..., Any], folder: Path) -> None:
    text = SORTED.replace("POINTS", "count(visits)") + "invariants: {some: best >= 3}\n"
    (folder / "sorted.kpi.yaml").write_text(text, encoding="utf-8")
    ran = kpirules("js", "sorted.kpi.yaml")
    assert ran.code == 0
    assert ran.err == "sorted.kpi.yaml: left out, since no step computes them: let.best, held.some\n"
