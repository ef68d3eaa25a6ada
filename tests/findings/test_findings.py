"""Findings are true of every subject, and everything that happens to a subject is reported.

The rulebooks are drawn from seeds; `python -m tests.findings` draws as many as it is asked for, and `KPI_FINDINGS=2000`
in the environment as many here. Each code has a law of its own, and each kind of verdict must come up.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

import pytest

from kpirules import Diagnostic, Report, Severity
from kpirules.diagnostics.codes import CATALOGUE

from ..budget import by_budget
from .drafting import Mapped
from .running import PARTS_FROM, QUOTAS_FROM, Tally, book_of, judge, verdicts
from .trying import Tried

RULEBOOKS = int(os.environ.get("KPI_FINDINGS", by_budget("20", "240")))

FEWEST = by_budget(4, 15)
"""Rulebooks with quotas, and rulebooks with variants."""

SKIPPED = by_budget(5, 0)
"""Seeds before the first of them; most of the first rulebooks with variants are refused."""

LEAST = {
    ("KR306", "true"): 30,
    ("KR310", "true"): 30,
    ("KR312", "true"): 1,
    ("KR314", "true"): 10,
    ("KR315", "found"): 30,
    ("KR315", "true"): 40,
    ("KR316", "true"): 2,
    ("KR317", "true"): 1,
    ("KR321", "found"): 1,
    ("KR321", "true"): 1,
    ("KR330", "found"): 8,
    ("KR330", "true"): 8,
    ("KR331", "found"): 4,
    ("KR331", "true"): 4,
    ("KR332", "true"): 40,
    ("KR334", "found"): 8,
    ("KR334", "true"): 8,
    ("KR341", "true"): 80,
    ("KR350", "found"): 4,
    ("KR350", "true"): 4,
    ("KR351", "found"): 2,
    ("KR351", "true"): 2,
    ("KR352", "found"): 15,
    ("KR352", "true"): 15,
    ("KR401", "found"): 4,
    ("KR401", "true"): 4,
    ("KR402", "true"): 5,
    ("KR427", "found"): 10,
    ("KR427", "true"): 10,
}
"""How often each verdict comes up at least among 240 rulebooks, those of the long budget."""


KINDS = ("KR3", "KR4")
FURTHER = ("KR322", "KR336", "KR337", "KR342", "KR343", "KR362", "KR363", "KR364", "KR404")
"""Codes whose findings have a law and come up too seldom here to be counted."""

OF_FORM_ALONE = {
    "KR318": "what is written of an entered step",
    "KR333": "the order in which bands are written",
    "KR403": "definitions in several variants",
    "KR420": "keys of a quota that are not written",
    "KR421": "keys of a quota",
    "KR422": "keys of a quota",
    "KR423": "keys of a quota",
    "KR424": "keys of a quota",
    "KR425": "keys of a quota",
    "KR426": "keys of a quota",
    "KR428": "quotas of variants",
}
"""Warnings that speak of how a rulebook is written: nothing of them could happen to a subject."""

KEPT: tuple[Mapped, ...] = (
    # Where only a deduction remains, nothing remains of what the group rescales.
    {
        "kpirules": 1,
        "inputs": {"f": {"type": "boolean"}},
        "criteria": {
            "c": {
                "rescale": True,
                "criteria": {
                    "work": {"max": 1, "met": "f", "applies": "f"},
                    "fines": {"min": -1, "max": 0, "points": "-1"},
                },
            }
        },
        "score": {"round": {"places": 2}},
    },
    # An override that can decide nothing has a condition without an answer for some.
    {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 2}},
        "criteria": {"c": {"max": 2, "points": "x"}},
        "bands": {"best": {"from": 1}, "good": {"from": 0}},
        "overrides": {"v": {"when": "2 / (x - 1) > 1", "band_at_most": "best"}},
    },
    # Where the share would be none the least number has no answer.
    {
        "kpirules": 1,
        "inputs": {"b": {"type": "integer", "min": -1, "max": 2}},
        "criteria": {"k": {"max": 2, "points": "max(b, 0)"}},
        "bands": {"best": {"from": 1}, "good": {"from": 0}},
        "cohort": {
            "quotas": {
                "best": {
                    "band": "best",
                    "of": "all",
                    "base": "before",
                    "round": "down",
                    "order": ["score"],
                    "ties": "undecided",
                    "demote_to": "good",
                    "at_most": "b",
                    "minimum": "0 / (b + 1)",
                    "uniform": ["b"],
                }
            }
        },
    },
    # Only a part of the condition always comes out the same.
    {
        "kpirules": 1,
        "inputs": {"a": {"type": "integer", "min": 0, "max": 3}, "f": {"type": "boolean"}},
        "let": {"n": "a - 1"},
        "criteria": {
            "c1": {"max": 3, "met": "n != (0 if n < -1 else a)"},
            "c2": {"max": 3, "met": "a > (1 if f else 1)"},
            "c3": {"max": 3, "met": "(1 if a < 7 else 2) + a > 3"},
        },
        "bands": {"good": {"from": 4}, "poor": {"below": 4}},
    },
    # The condition of the quota always holds, and the one in its share does not.
    {
        "kpirules": 1,
        "inputs": {"a": {"type": "integer", "min": 0, "max": 3}, "u": {"type": "integer", "min": 1, "max": 2}},
        "criteria": {"k": {"max": 2, "entered": {"step": 1}}},
        "bands": {"best": {"from": 1}, "good": {"from": 0}},
        "cohort": {
            "quotas": {
                "best": {
                    "band": "best",
                    "of": "all",
                    "base": "before",
                    "round": "down",
                    "order": ["score"],
                    "ties": "undecided",
                    "demote_to": "good",
                    "at_most": "u if a >= 1 else a",
                    "minimum": 0,
                    "uniform": ["a", "u"],
                    "when": "u != -1",
                }
            }
        },
    },
    # Only subjects of the other variant have the fault, and one edition is never in force.
    {
        "kpirules": 1,
        "variant_by": "post",
        "edition_by": "d",
        "effective": {"until": "2026-03-02"},
        "inputs": {
            "post": {"type": "choice", "options": ["head", "staff"]},
            "d": {"type": "date", "min": "2026-02-28", "max": "2026-03-02"},
        },
        "outputs": {"p": "1 / (1 if post == 'head' else 0)"},
        "amendments": [{"from": "2026-03-02", "change": {"outputs": {"e": "1 / days(d, date(2026, 3, 2))"}}}],
        "variants": {"head": {}, "staff": {}},
    },
    # Records must differ in a field of few values.
    {
        "kpirules": 1,
        "inputs": {
            "t": {
                "type": "list",
                "min_items": 2,
                "max_items": 2,
                "unique": ["h"],
                "fields": {"h": {"type": "integer", "min": 0, "max": 1}, "k": {"type": "boolean"}},
            },
        },
        "outputs": {"o": "1 / sum(r.h for r in t if r.k)"},
    },
    # What one validation asks was told of the other, which was looked at with it.
    {
        "kpirules": 1,
        "inputs": {"q": {"type": "number", "min": 0, "max": 1, "step": 0.5}},
        "validations": {"w0": {"that": "(0.5 - q) != (q if q > 1 else q)"}, "w1": {"that": "q < 0"}},
        "outputs": {"o": "q"},
    },
)
"""Rulebooks that broke a law once, or are near to one that did."""


@cache
def tally() -> Tally:
    """Return the results for all rulebooks, some with quotas, some with variants and editions."""
    found = judge(range(RULEBOOKS))
    for first in (QUOTAS_FROM, PARTS_FROM):
        begin = first + SKIPPED
        found.add(judge(range(begin, begin + max(RULEBOOKS // 8, FEWEST))))
    return found


@pytest.mark.parametrize("number", range(len(KEPT)))
def test_rulebooks_that_once_broke_a_law_now_break_none(number: int) -> None:
    tried = Tried(KEPT[number])
    assert not tried.report.errors
    assert [one for one in verdicts(tried) if one.failure] == []


@pytest.mark.parametrize("code", sorted({code for code, _ in LEAST}))
def test_findings_of_a_code_are_true_of_every_subject_and_none_is_missed(code: str) -> None:
    assert tally().broken(code) == []


def test_no_other_finding_is_false_and_nothing_crashes() -> None:
    known = {code for code, _ in LEAST}
    assert [str(one) for one in tally().failures if one.verdict.code not in known] == []


def test_every_kind_of_finding_comes_up() -> None:
    of_these = {key: least * min(RULEBOOKS, 240) // 240 for key, least in LEAST.items()}
    rare = {key: count for key, least in of_these.items() if (count := tally().counts[key]) < least}
    assert not rare
    assert tally().refused < tally().rulebooks / 5


def test_every_warning_of_criteria_scores_and_ratings_has_a_law() -> None:
    warnings = {one.code for one in CATALOGUE.values() if one.severity is Severity.WARNING and one.code[:3] in KINDS}
    judged = {code for code, _ in LEAST} | set(FURTHER)
    assert warnings - judged - set(OF_FORM_ALONE) == set()


# -- the laws themselves ----------------------------------------------------------------------------


def with_report(tried: Tried, findings: Iterable[Diagnostic]) -> Tried:
    """Return the same rulebook with another report."""
    other = Tried(tried.book)
    other.__dict__.update(tried.__dict__, report=Report.of(findings))
    other.__dict__.pop("codes", None)
    return other


def broken(tried: Tried) -> set[tuple[str, str]]:
    return {(one.code, one.kind) for one in verdicts(tried) if one.failure}


MISSED = by_budget((4, 20, 32, 41, 55, QUOTAS_FROM + 3), (*range(60), *range(QUOTAS_FROM, QUOTAS_FROM + 10)))
"""Seeds of rulebooks; those of the fixed budget have something of each code to find."""


def test_a_law_breaks_if_a_finding_is_missing() -> None:
    missed: set[tuple[str, str]] = set()
    for seed in MISSED:
        tried = Tried(book_of(seed))
        if not tried.report.errors:
            missed |= broken(with_report(tried, ()))
    expected = {"KR315", "KR330", "KR331", "KR334", "KR350", "KR352", "KR401", "KR427"}
    assert {code for code, kind in missed if kind == "found"} >= expected


BOOK: Mapped = {
    "kpirules": 1,
    "inputs": {
        "a": {"type": "integer", "min": 0, "max": 3},
        "f": {"type": "boolean"},
        "m": {"type": "integer", "min": 0, "max": 1, "optional": True},
    },
    "criteria": {
        "c1": {"max": 3, "measure": "a", "steps": [{"from": 2, "points": 3}, {"points": 0}]},
        "c2": {"max": 1, "points": "m", "missing": "zero", "applies": "f"},
    },
    "score": {"rescale": True, "round": {"places": 0}},
    "bands": {
        "fall": "next",
        "levels": {"good": {"from": 3, "requires": {"r": {"that": "f"}}}, "poor": {"below": 3}},
    },
    "overrides": {"v": {"when": "a == 2", "band": "poor"}},
}


@pytest.mark.parametrize(
    ("code", "path", "message"),
    [
        ("KR306", "score.rescale", ""),
        ("KR306", "bands", "`fall` has no effect"),
        ("KR310", "criteria.c2.missing", ""),
        ("KR312", "score", ""),
        ("KR315", "criteria.c1.steps[0]", ""),
        ("KR332", "bands.good", ""),
        ("KR332", "bands.poor", ""),
        ("KR341", "overrides.v", "the condition is always true"),
        ("KR341", "overrides.v", "the condition is always false"),
        ("KR341", "criteria.c2.applies", "a condition in this formula is always false"),
        ("KR401", "overrides.v", ""),
        ("KR402", "overrides.v", ""),
    ],
)
def test_a_law_breaks_if_a_finding_is_false(code: str, path: str, message: str) -> None:
    tried = Tried(BOOK)
    assert not broken(tried)
    false = Diagnostic(code, Severity.WARNING, message, path=path)
    assert broken(with_report(tried, [*tried.report, false])) == {(code, "true")}


@pytest.mark.parametrize("code", ["KR321", "KR330", "KR331", "KR334", "KR350", "KR351", "KR352"])
@pytest.mark.parametrize("witness", ['{"a": 1, "f": false, "m": 0}', '{"a": 7, "f": false}', "{}"])
def test_a_law_breaks_if_a_witness_shows_nothing(code: str, witness: str) -> None:
    false = Diagnostic(code, Severity.WARNING, "", path="bands", evidence="shown", witness=witness)
    assert (code, "true") in broken(with_report(Tried(BOOK), [false]))
