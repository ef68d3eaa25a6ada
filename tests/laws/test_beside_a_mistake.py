"""Law of findings beside a mistake: each of them remains when the mistake is fixed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from json import loads
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Diagnostic, FaultError, Program, assess, check
from tests.budget import examples
from tests.strategies import Case, cases

FORMULAS = ("points", "rate", "met")

KEYS = ("min", "max", "weight", "extra", "missing", "combine", "rescale", "round")
"""Keys of a criterion whose value may have the wrong form."""

STEPPED_OVER = "KR322"
"""Says that rounding may step over a limit, whatever the score may be."""


def keys(criteria: dict[str, Any], names: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the keys with these names in criteria, each with its mapping."""
    for criterion in criteria.values():
        if "criteria" in criterion:
            yield from keys(criterion["criteria"], names)
        yield from ((criterion, key) for key in names if key in criterion)


def is_rated(program: Program, finding: Diagnostic) -> bool:
    """Tell whether the subject that shows a finding has a rating: no fault comes before what the finding is about."""
    try:
        assess(program, loads(finding.witness))
    except FaultError:
        return False
    return True


@settings(max_examples=examples(30))
@given(cases(), st.randoms(use_true_random=False))
def test_a_finding_beside_a_mistake_is_found_without_it(case: Case, random: Random) -> None:
    book: dict[str, Any] = deepcopy(dict(case.book))
    criteria = book.get("criteria", {})
    places = [*keys(criteria, FORMULAS), *keys(criteria, KEYS)]
    places += [(book[section], key) for section in ("let", "outputs") for key in book.get(section, {})]
    known = {(one.code, one.path) for one in check(book)}
    where, key = random.choice(places)
    # A name that there is not, or a value of the wrong form.
    is_form = key in KEYS or random.random() < 0.5
    where[key] = [1] if is_form else "no_such_name"
    report = check(book)
    assert ("KR121" if is_form else "KR201") in {one.code for one in report.errors}
    new = [one for one in report if one.evidence and one.code != STEPPED_OVER and (one.code, one.path) not in known]
    # Which bands a score may be in is not known beside a mistake, so that what each of them requires is looked at.
    new = [one for one in new if not (one.code == "KR341" and one.path.startswith("bands."))]
    # A fault of the part with the mistake may come first for every subject that shows the finding.
    assert [one for one in new if not one.witness or is_rated(case.program, one)] == []
