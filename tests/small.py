"""Pairs of small rulebooks with all their subjects, to check every claim of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from itertools import islice, product
from typing import Any

from hypothesis import strategies as st

import kpirules as kr
from tests.budget import by_budget

__all__ = ["CHANGES", "VALUES", "applied", "books", "every_subject", "literal", "rated"]

Book = dict[str, Any]

BASE: Book = {
    "kpirules": 1,
    "id": "small",
    "inputs": {
        "n": {"type": "integer", "min": 0, "max": 2},
        "late": {"type": "boolean"},
        "at": {"type": "date", "min": "2026-01-01", "max": "2026-01-03"},
        "tasks": {
            "type": "list",
            "max_items": 1,
            "fields": {"x": {"type": "integer", "min": 0, "max": 1, "default": 0}},
            "let": {"more": "item.x + 1"},
            "validations": {"few": {"that": "item.more <= 2"}},
        },
    },
    "parameters": {"most": 2},
    "validations": {"sane": {"that": "n <= 2 or late"}},
    "let": {"done": "n + count(tasks)"},
    "exemptions": {"away": {"when": "n == 0 and late", "status": "away"}},
    "criteria": {
        "work": {"max": 3, "points": "min(done, 3)"},
        "manner": {"max": 1, "applies": "n > 0", "entered": {"step": 1}},
    },
    "score": {"rescale": True, "round": {"places": 1}, "band_on": "rounded"},
    "bands": {"good": {"from": 3}, "fair": {"from": 1}, "poor": {"from": 0}},
    "overrides": {"late": {"when": "late", "band_at_most": "fair"}},
    "outputs": {"pay": "done * 10"},
    "invariants": {"bounded": {"that": "done <= 3"}},
}

VALUES: dict[str, tuple[Any, ...]] = {
    "n": (0, 1, 2, 3),
    "late": (False, True),
    "at": tuple(date(2026, 1, day) for day in (1, 2, 3)),
    "post": ("head", "deputy"),
    "tasks": ([], [{}], [{"x": 1}]),
    "manner": (0, 1),
    "sick": (False, True),
    "signed": (date(2026, 1, 2), date(2026, 1, 3)),
}
"""Of each input that an edition may have, all values that matter, some of them beyond its domain."""

POST: Book = {"type": "choice", "options": ["head", "deputy"]}

CHANGES: dict[str, tuple[tuple[str, Any], ...]] = {
    "label": (("inputs/n/label", "How many"),),
    "edition": (("edition", "2"),),
    "effective from": (("effective", {"from": "2026-01-02"}),),
    "effective until": (("effective", {"until": "2026-01-03"}),),
    "edition_by": (("edition_by", "at"),),
    "other choice": (
        ("inputs/signed", {"type": "date", "min": "2026-01-02", "max": "2026-01-03"}),
        ("edition_by", "signed"),
    ),
    "wider": (("inputs/n/max", 3),),
    "narrower": (("inputs/n/max", 1),),
    "optional": (("inputs/late/default", False),),
    "new input": (("inputs/sick", {"type": "boolean"}),),
    "new input that may lack": (("inputs/sick", {"type": "boolean", "optional": True}),),
    "no input": (("inputs/at", None),),
    "default of a field": (("inputs/tasks/fields/x/default", 1),),
    "field that must be given": (("inputs/tasks/fields/x/default", None),),
    "let of records": (("inputs/tasks/let/more", "item.x + 2"),),
    "let of records in other words": (("inputs/tasks/let/more", "1 + item.x"),),
    "validation of records": (("inputs/tasks/validations/few/that", "item.more < 2"),),
    "no validation": (("validations", None),),
    "other validation": (("validations/sane/that", "n < 2 or late"),),
    "validation that may fault": (("validations/sane/that", "2 / (n + 1) > 0"),),
    "no exemption": (("exemptions", None),),
    "other exemption": (("exemptions/away/when", "n == 1"),),
    "applies": (("criteria/manner/applies", "n > 1"),),
    "points": (("criteria/work/points", "min(n, 3)"),),
    "points in other words": (("criteria/work/points", "min(n + count(tasks), 3)"),),
    "let": (("let/done", "n * 1 + count(tasks)"),),
    "band": (("bands/good/from", 2.5),),
    "no override": (("overrides", None),),
    "output": (("outputs/pay", "done * 10 + 1"),),
    "no invariant": (("invariants", None),),
    "other invariant": (("invariants/bounded/that", "done <= 2"),),
    "more invariants": (("invariants/positive", {"that": "done >= 0"}),),
    "parameter": (("parameters/most", 3),),
    "amendment": (
        ("edition_by", "at"),
        ("amendments", [{"from": "2026-01-03", "source": "Decree 2", "change": {"bands": {"good": {"from": 2}}}}]),
    ),
    "amended validation": (
        ("edition_by", "at"),
        (
            "amendments",
            [{"from": "2026-01-03", "source": "Decree 2", "change": {"validations": {"v": {"that": "n > 0"}}}}],
        ),
    ),
    "variants": (
        ("inputs/post", POST),
        ("variant_by", "post"),
        ("variants", {"head": {"bands": {"good": {"from": 3.5}}}, "deputy": {}}),
    ),
    "strict variants": (
        ("inputs/post", POST),
        ("variant_by", "post"),
        ("variants", {"head": {"validations": {"v": {"that": "n > 0"}}}, "deputy": {}}),
    ),
}
"""Changes by name: the way to each value, and what stands there then; None takes it away."""


def applied(book: Book, change: str) -> Book:
    """Return a rulebook with a change."""
    found = deepcopy(book)
    for way, value in CHANGES[change]:
        *above, last = way.split("/")
        node: Any = found
        for key in above:
            node = node.get(key) if isinstance(node, dict) else None
            if node is None:
                break
        if node is None:
            continue
        if value is None:
            node.pop(last, None)
        else:
            node[last] = deepcopy(value)
    return found


@st.composite
def books(draw: Any) -> tuple[Book, Book, tuple[str, ...]]:
    """Return a strategy of a rulebook, the changed rulebook, and the changes."""
    names = st.lists(st.sampled_from(sorted(CHANGES)), max_size=3, unique=True)
    old = BASE
    for name in draw(names):
        old = applied(old, name)
    changes = tuple(draw(names.filter(bool)))
    new = old
    for name in changes:
        new = applied(new, name)
    return (new, old, ()) if draw(st.booleans()) else (old, new, changes)


STEP = by_budget(47, 1)
"""In the fixed budget one subject in so many: a prime above the count of values of any input, so all of them stay."""


def every_subject(*rulebooks: kr.Rulebook) -> Iterator[dict[str, Any]]:
    """Return every subject of some rulebooks' inputs, as far as the budget allows."""
    names = list(dict.fromkeys(one.id for rulebook in rulebooks for one in rulebook.inputs))
    absent = object()
    for values in islice(product(*((absent, *VALUES[name]) for name in names)), 0, None, STEP):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not absent}


def literal(program: kr.Program, given: Mapping[str, Any]) -> kr.Assessment | kr.KpirulesError:
    """Return the result of a rulebook for all given values."""
    try:
        return kr.assess(program, given)
    except kr.KpirulesError as refusal:
        return refusal


def rated(found: kr.Assessment | kr.KpirulesError) -> object:
    """Return the comparable part of a rating; None without a rating."""
    if isinstance(found, kr.FaultError):
        return "fault"
    if isinstance(found, kr.KpirulesError):
        return None
    return found.status, found.band, found.score, found.exact_score, dict(found.outputs)
