"""`kpirules mutate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.budget import by_budget

RULES = """\
kpirules: 1
id: t
inputs: {n: {type: integer, min: 0, max: 3}}
outputs: {x: n > 1}
examples: [{name: two, given: {n: 2}, expect: {outputs: {x: true}}}]
"""


def test_what_the_cases_do_not_notice_is_shown(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("mutate", write("t.kpi.yaml", RULES))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "survived t.kpi.yaml:4:16: comparison outputs.x: `>` → `>=`\n"
        '  - name: "kills comparison outputs.x: `>` → `>=`"\n'
        "    given:\n"
        "      n: 1\n"
        "    expect: {status: rated, outputs: {x: false}}\n"
        "survived t.kpi.yaml:4:18: edge outputs.x: `1` → `0`\n"
        '  - name: "kills edge outputs.x: `1` → `0`"\n'
        "    given:\n"
        "      n: 1\n"
        "    expect: {status: rated, outputs: {x: false}}\n"
        "t.kpi.yaml: 33.3 % killed (1 killed, 2 survived, 0 equivalent, 0 unknown, 0 refused)\n"
    )


def test_every_mutant_and_json(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    rules = write("t.kpi.yaml", RULES)
    cases = write(
        "a.cases.yaml", "rulebook: t.kpi.yaml\ncases: [{name: a, given: {n: 1}, expect: {outputs: {x: false}}}]\n"
    )
    assert "killed t.kpi.yaml:4:18: edge outputs.x: `1` → `2` (by `two`)\n" in kpirules("mutate", rules, "-v").out
    ran = kpirules("mutate", rules, cases, "--format", "json", "--jobs", by_budget("1", "2"))
    assert json.loads(ran.out)["counts"] == {"killed": 3, "survived": 0, "equivalent": 0, "unknown": 0, "refused": 0}


def test_too_few_that_are_killed_fail(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    rules = write("t.kpi.yaml", RULES)
    assert [kpirules("mutate", rules, "--fail-under", least).code for least in ("33", "34")] == [0, 1]


def test_a_rulebook_or_case_with_errors(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    ran = kpirules("mutate", write("t.kpi.yaml", RULES.replace("x: true", "x: false")))
    assert (ran.code, ran.out) == (2, "")
    assert "KR720" in ran.err
    assert ran.err.endswith("kpirules: t.kpi.yaml: the rulebook or a case of it has errors\n")
    assert kpirules("mutate", "nothing.kpi.yaml").code == 2
    assert "KR201" in kpirules("mutate", write("u.kpi.yaml", RULES.replace("n > 1", "m > 1"))).err
