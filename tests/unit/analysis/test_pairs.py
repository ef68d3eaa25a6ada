"""Formulas over two subjects, or two rulebooks, that share their unknowns."""

from __future__ import annotations

import pytest

from kpirules import Program, load
from kpirules.analysis.proving.solving.asking import Asking
from kpirules.analysis.proving.solving.editions import Both, incomparable_input
from kpirules.analysis.proving.solving.pairs import Pair
from kpirules.analysis.proving.solving.values import Untranslated

LIST = {"type": "list", "max_items": 9, "fields": {"x": {"type": "integer", "min": 0, "max": 9}}}


def outputs(formula: str, **inputs: object) -> Program:
    number = {"type": "integer", "min": 0, "max": 9}
    criteria = {"a": {"max": 900, "points": formula}}
    inputs = {"n": number, "t": LIST, **inputs}
    return load({"kpirules": 1, "inputs": inputs, "criteria": criteria, "score": {"round": {"places": 2}}})


@pytest.mark.parametrize(
    ("formula", "can_fall"),
    [
        ("sum(r.x for r in t) + n", False),
        ("sum(r.x for r in t) * n", False),
        ("sum(n - r.x for r in t) + 90", False),
        ("sum(9 - n for r in t)", True),
        ("count(r.x > n for r in t)", True),
        ("default(max(r.x for r in t), 0)", False),
        ("90 - default(avg(r.x * n for r in t), 0)", True),
    ],
)
def test_sums_over_the_same_records_are_compared_record_by_record(formula: str, can_fall: bool) -> None:
    plan = outputs(formula).plan
    pair = Pair(plan, "n", plan.inputs[0], None)
    asking = Asking(pair.terms, lambda _: (), lambda _: False, has_copies=True)
    found = asking.ask(lambda: [*pair.ordered, *pair.rated, pair.score_falls(1)], is_shown=False)
    assert (found.status == "impossible") is not can_fall


def test_a_field_needs_a_record_that_is_kept_apart() -> None:
    plan = outputs("sum(r.x for r in t)").plan
    (field,) = plan.records["t"].fields
    apart = Pair(plan, "t.x", field, None)
    assert apart.less.inputs.value_of("t.x").there is True
    with pytest.raises(Untranslated):
        Pair(plan, "n", plan.inputs[0], None).less.inputs.value_of("t.x")


def test_equal_sums_of_two_rulebooks_are_one_unknown() -> None:
    old, new = (outputs(formula).plan for formula in ("sum(r.x * n for r in t)", "sum(n * r.x for r in t)"))
    both = Both(old, new, None)
    assert both.was.operations.read("points.a").payload == both.now.operations.read("points.a").payload
    asking = Asking(both.terms, lambda _: (), lambda _: False)
    assert asking.ask(lambda: [*both.accepted, both.rated_differently()], is_shown=False).status == "impossible"


def test_inputs_of_other_types_are_named() -> None:
    old = outputs("n", m={"type": "boolean"})
    assert incomparable_input(old.plan, outputs("n", m={"type": "date"}).plan) == "m"
    assert incomparable_input(old.plan, old.plan) == ""
