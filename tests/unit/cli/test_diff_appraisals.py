"""`kpirules diff` of two appraisals: stage by stage."""

from __future__ import annotations

import json
from collections.abc import Callable

from .conftest import Ran

BOOK = "kpirules: 1\nid: b\ninputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {x: n > %s}\n"
ONE = "kpirules: 1\nappraisal: a\nstages: {unit: {rulebook: %s.kpi.yaml, key: [unit]}}\n"
TWO = "kpirules: 1\nappraisal: a\nstages: {other: {rulebook: old.kpi.yaml, key: [unit]}}\n"


def test_stages_are_compared(kpirules: Callable[..., Ran], write: Callable[[str, str], str]) -> None:
    for name, least in (("old", 3), ("new", 4)):
        write(f"{name}.kpi.yaml", BOOK % least)
        write(f"{name}.appraisal.yaml", ONE % name)
    write("two.appraisal.yaml", TWO)
    ran = kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "stage unit")
    assert "ratings change, shown" in ran.out
    assert kpirules("diff", "old.appraisal.yaml", "old.appraisal.yaml").code == 0
    ran = kpirules("diff", "old.appraisal.yaml", "two.appraisal.yaml")
    assert ran.out.splitlines() == ["stage other is in one of them only", "stage unit is in one of them only"]
    found = json.loads(kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml", "--format", "json").out)
    assert (found["only_in_one"], list(found["stages"])) == ([], ["unit"])
    assert kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml", "--population", "x.csv").code == 2
    write("new.kpi.yaml", "kpirules: 1\nid: 3 4\n")
    assert kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml").code == 2
