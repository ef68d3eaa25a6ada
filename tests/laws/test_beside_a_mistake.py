"""Law of findings beside a mistake: each of them stays once the mistake is mended."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import check
from tests.budget import examples
from tests.strategies import Case, cases

FORMULAS = ("points", "rate", "met")

STEPPED_OVER = "KR322"
"""Says that rounding may step over a limit, whatever the score may be."""


def formulas(criteria: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The formulas of criteria, each as the mapping and the key where it stands."""
    for criterion in criteria.values():
        if "criteria" in criterion:
            yield from formulas(criterion["criteria"])
        else:
            yield from ((criterion, key) for key in FORMULAS if key in criterion)


@settings(max_examples=examples(30))
@given(cases(), st.randoms(use_true_random=False))
def test_what_is_found_beside_a_mistake_is_found_without_it(case: Case, random: Random) -> None:
    book: dict[str, Any] = deepcopy(dict(case.book))
    places = [*formulas(book.get("criteria", {}))]
    places += [(book[section], key) for section in ("let", "outputs") for key in book.get(section, {})]
    known = {(one.code, one.path) for one in check(book)}
    where, key = random.choice(places)
    # A name that there is not, or in a criterion a value of the wrong form.
    is_form = any(where is one for one, _ in formulas(book.get("criteria", {}))) and random.random() < 0.5
    where[key] = [1] if is_form else "no_such_name"
    report = check(book)
    assert ("KR121" if is_form else "KR201") in {one.code for one in report.errors}
    found = {(one.code, one.path) for one in report if one.evidence and one.code != STEPPED_OVER}
    # Which bands a score may be in is not known beside a mistake, so that what each of them requires is looked at.
    assert {one for one in found - known if not (one[0] == "KR341" and one[1].startswith("bands."))} == set()
