"""Laws of `assess`: what holds for every rulebook and every subject."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpirules import Assessment, FaultError, Program, Report, assess
from kpirules.language.model import Band, Group, Interval
from tests.agreement.generation import unshown
from tests.budget import examples
from tests.strategies import Case, cases, permuted

seldom = settings(max_examples=examples(50))
"""Half as often as elsewhere: a rulebook is drawn and compiled for each example."""

ORDERED = frozenset({"levels", "exemptions", "overrides"})
"""Mappings whose order means something (§6, §7)."""


def outcome(program: Program, subject: dict[str, Any]) -> Assessment | Report:
    """Return the assessment of a valid subject, or the report of its fault."""
    try:
        return assess(program, subject)
    except FaultError as fault:
        return fault.report


def assessment(case: Case) -> Assessment:
    """Return the assessment of a case; discard cases that fault."""
    found = outcome(case.program, case.subject)
    assume(isinstance(found, Assessment))
    assert isinstance(found, Assessment)
    return found


# -- order, repetition, round trips ---------------------------------------------------------------


def told(found: Assessment | Report) -> object:
    """Return everything that must not depend on the order of keys."""
    if isinstance(found, Report):
        return [(diagnostic.code, diagnostic.path, diagnostic.message) for diagnostic in found]
    lines = {
        id_: (
            one.outcome,
            one.why,
            one.points,
            sorted((line.kind, line.id, line.points) for line in one.contributions),
        )
        for id_, one in found.outcomes.items()
    }
    return (
        (found.status, found.score, found.exact_score, found.band, found.margin, sorted(found.because)),
        (lines, found.let, found.outputs, sorted(found.not_needed), found.bands_inside, found.overrides),
        {(one.band, one.id, one.held) for one in found.requirements},
        {(one.id, one.held) for one in (*found.limits, *found.invariants)},
        (found.assumed, found.scoring_hash, found.content_hash),
    )


@seldom
@given(cases(), st.data())
def test_the_order_of_keys_never_matters(case: Case, data: st.DataObject) -> None:
    other = unshown(data.draw(permuted(case.book, ORDERED)))
    assert told(outcome(other, case.subject)) == told(outcome(case.program, case.subject))


@seldom
@given(cases(), st.data())
def test_the_order_of_inputs_never_matters(case: Case, data: st.DataObject) -> None:
    assert outcome(case.program, data.draw(permuted(case.subject))) == outcome(case.program, case.subject)


@seldom
@given(cases(), cases())
def test_a_subject_has_the_same_result_after_other_assessments(case: Case, other: Case) -> None:
    """Faults have equal messages, places and readings too."""
    first = outcome(case.program, case.subject)
    outcome(other.program, other.subject)
    for again in (case.program, unshown(case.book), pickle.loads(pickle.dumps(case.program))):
        assert outcome(again, case.subject) == first


@seldom
@given(cases())
def test_a_record_survives_pickle_and_json(case: Case) -> None:
    found = assessment(case)
    assert pickle.loads(pickle.dumps(found)) == found
    assert Assessment.from_data(found.to_data()) == found
    assert Assessment.from_json(found.to_json()) == found
    assert Assessment.from_json(found.to_json()).to_json() == found.to_json()


@seldom
@given(cases())
def test_a_record_is_written_alike_with_and_without_computed_parts(case: Case) -> None:
    """Without formulas, unread outcomes are written without being built."""
    written = assessment(case).to_data(formulas=False)
    whole = pickle.loads(pickle.dumps(assessment(case)))
    by_reference = assess(case.program, case.subject, engine="reference")
    assert written == whole.to_data(formulas=False) == by_reference.to_data(formulas=False)
    assert json.dumps(written) == json.dumps(whole.to_data(formulas=False))


# -- what adds up ---------------------------------------------------------------------------------


@seldom
@given(cases())
def test_contributions_add_up_to_the_points(case: Case) -> None:
    found = assessment(case)
    for one in found.outcomes.values():
        assert sum((line.points for line in one.contributions), Fraction(0)) == (one.points or 0)
        assert (one.points is None) <= (one.contributions == ())
        assert one.share == (None if one.points is None or not one.max else one.points / one.max)
    if found.score is not None:
        assert found.outcomes["score"].points == Fraction(found.score)


@seldom
@given(cases())
def test_the_score_is_the_exact_score_rounded_as_the_rulebook_says(case: Case) -> None:
    found, root = assessment(case), case.program.rulebook.root
    assert root is not None
    assert root.round is not None
    assert (found.score is None) == (found.exact_score is None)
    if found.score is not None and found.exact_score is not None:
        assert Fraction(found.score) == root.round.apply(found.exact_score)


@seldom
@given(cases())
def test_outcomes_are_scored_excluded_or_missing_and_only_what_has_points_counts(case: Case) -> None:
    program = case.program
    found = assessment(case)
    assert program.rulebook.root is not None
    for criterion in program.rulebook.root.walk() if found.outcomes else ():
        one = found.outcomes[criterion.id]
        below = [found.outcomes[child.id] for child in criterion.children]
        assert one.outcome in ("scored", "excluded", "missing")
        if one.outcome == "scored":
            assert one.points is not None
            assert all(child.points is not None for child in below if child.outcome != "excluded")
        if one.why in ("applies", "parent"):
            assert all(child.why == "parent" for child in below)
        if any(child.outcome == "missing" and child.points is None for child in below):
            assert (one.outcome, one.points) == ("missing", None)


@seldom
@given(cases())
def test_a_mean_lies_between_the_least_and_the_greatest_share(case: Case) -> None:
    program = case.program
    found = assessment(case)
    for group in program.rulebook.groups():
        one = found.outcomes.get(group.id)
        if one is None or one.outcome != "scored" or not isinstance(group.body, Group) or not group.max:
            continue
        children = [found.outcomes[child.id] for child in group.children]
        shares = [child.share for child in children if child.outcome != "excluded" and child.share is not None]
        lines = [line.points for line in one.contributions if line.kind in ("criterion", "own")]
        share = sum(lines, Fraction(0)) / group.max
        if group.body.combine in ("mean", "geometric_mean", "harmonic_mean"):
            assert min(shares) <= share <= max(shares)
        elif group.body.combine in ("min", "max"):
            assert share in shares


# -- the rating -----------------------------------------------------------------------------------


@seldom
@given(cases())
def test_every_score_has_one_band_or_a_named_reason(case: Case) -> None:
    book, program = case.book, case.program
    found, bands = assessment(case), program.rulebook.bands
    assert bands is not None
    assert found.is_rated == (found.band is not None)
    assert found.is_rated != bool(found.because)
    assert set(found.outputs) == (set(book["outputs"]) if found.is_rated else set())
    if found.is_rated:
        assert found.band in bands.ids
    known = {"bands", *(f"bands.{id_}" for id_ in bands.ids)}
    known |= {f"requires.{one.band}.{one.id}" for one in found.requirements if not one.held}
    known |= {f"criteria.{id_}" for id_, one in found.outcomes.items() if one.outcome == "missing"}
    known |= {f"exemptions.{id_}" for id_ in book.get("exemptions", {})}
    known |= {f"overrides.{one.id}" for one in found.overrides}
    assert all(reason in known or ": " in reason for reason in found.because)
    assert found.score is None or found.exact_score is not None


def banded_number(program: Program, found: Assessment) -> Fraction:
    if found.band_measure is not None:
        assert isinstance(found.band_measure.value, Fraction)
        return found.band_measure.value
    assert found.exact_score is not None
    assert found.score is not None
    return found.exact_score if program.rulebook.bands_on_exact else Fraction(found.score)


def reaches(interval: Interval, x: Fraction) -> bool:
    """Return whether a number is in an interval or at an open end of it."""
    return x in interval or x in (interval.lower, interval.upper)


@seldom
@given(cases())
def test_the_margin_leads_to_the_neighbouring_band_and_none_is_nearer(case: Case) -> None:
    program = case.program
    found, bands = assessment(case), program.rulebook.bands
    assume(found.margin is not None)
    assert found.margin is not None
    assert bands is not None
    x = banded_number(program, found)
    margin = found.margin
    by_id = {level.id: level for level in bands.levels}
    own = None if found.overrides or found.band is None else by_id[found.band].interval
    for distance, neighbour, rule in ((margin.up, margin.better, "worst"), (margin.down, margin.worse, "best")):
        assert (distance is None) == (neighbour == "")
        if distance is not None:
            # Where bands overlap, the neighbour may hold the number too, and count only where this band ends.
            is_covered = bands.overlap == rule and (own is None or x in own)
            assert x not in by_id[neighbour].interval or is_covered
            assert any(
                reaches(by_id[neighbour].interval, y) for y in (x - Fraction(distance), x + Fraction(distance))
            )
    if own is not None:
        place = bands.ids.index(str(found.band))
        for distance, levels, rule in (
            (margin.up, bands.levels[:place], "worst"),
            (margin.down, bands.levels[place + 1 :], "best"),
        ):
            covering = own if bands.overlap == rule and x in own else None
            nearer = [level for level in levels if is_nearer(level, x, distance, covering)]
            assert nearer == []


def is_nearer(level: Band, x: Fraction, distance: Decimal | Fraction | None, covering: Interval | None) -> bool:
    """Return whether a band without a number begins nearer to it than a distance, outside a covering band."""
    if x in level.interval:
        return False
    ends = [end for end in (level.interval.lower, level.interval.upper) if end is not None]
    seen = [end for end in ends if covering is None or not reaches(covering, end)]
    return any(distance is None or abs(end - x) < Fraction(distance) for end in seen)


# -- weights, and what is excluded ----------------------------------------------------------------

SHARES = st.integers(0, 20).map(lambda n: Fraction(n, 20))
WEIGHTS = st.integers(1, 12)


def combined(
    combine: str, rates: Sequence[Fraction], more: Sequence[dict[str, Any]], **group: object
) -> Fraction | None:
    """Return the exact score of a group whose children earn some rates."""
    inputs = {f"x{n}": {"type": "number", "min": 0, "max": 1} for n in range(len(rates))}
    children = {f"c{n}": {"max": 10 * n + 10, "rate": f"x{n}"} | extra for n, extra in enumerate(more)}
    score = {"combine": combine, "max": sum(10 * n + 10 for n in range(len(rates)))} | group
    score |= {"round": {"places": 30}}
    book = {"kpirules": 1, "id": "w", "inputs": inputs, "criteria": children, "score": score}
    return assess(unshown(book), {f"x{n}": rate for n, rate in enumerate(rates)}).exact_score


MEANS = st.sampled_from(["mean", "geometric_mean", "harmonic_mean"])
RATES = st.lists(SHARES, min_size=1, max_size=4)


@seldom
@given(MEANS, RATES, st.data(), st.sampled_from([Fraction(3), Fraction(1, 4), Fraction(250)]))
def test_scaling_relative_weights_changes_nothing(
    combine: str, rates: list[Fraction], data: st.DataObject, factor: Fraction
) -> None:
    weights = data.draw(st.lists(WEIGHTS, min_size=len(rates), max_size=len(rates)))
    plain = combined(combine, rates, [{"weight": weight} for weight in weights], weights="relative")
    scaled = combined(combine, rates, [{"weight": weight * factor} for weight in weights], weights="relative")
    parts = [{"weight": Fraction(weight, sum(weights))} for weight in weights]
    assert plain == scaled == combined(combine, rates, parts)


@seldom
@given(st.one_of(MEANS, st.sampled_from(["min", "max", "product", "sum"])), RATES, WEIGHTS, st.booleans())
def test_adding_an_excluded_criterion_changes_nothing(
    combine: str, rates: list[Fraction], weight: int, is_weighted: bool
) -> None:
    """In means and shares, and in sums where the rest counts for the whole."""
    is_weighted = is_weighted and combine in ("mean", "geometric_mean", "harmonic_mean")
    weights = [{"weight": n + 1} if is_weighted else {} for n in range(len(rates))]
    group = {"weights": "relative"} if is_weighted else {}
    plain = combined(combine, rates, weights, **group)
    left_out = {"applies": "x0 > 1", **({"weight": weight} if is_weighted else {})}
    rescale = {"rescale": True, "allow": {"KR301": "all of it"}} if combine == "sum" else {}
    more = combined(combine, [*rates, Fraction(1)], [*weights, left_out], **group, **rescale)
    assert plain is not None
    assert more is not None
    whole = sum(10 * n + 10 for n in range(len(rates)))
    assert plain / whole == more / (whole + 10 * len(rates) + 10)


@seldom
@given(RATES, st.data())
def test_the_harmonic_the_geometric_and_the_arithmetic_mean_stand_in_this_order(
    rates: list[Fraction], data: st.DataObject
) -> None:
    weights = data.draw(st.lists(WEIGHTS, min_size=len(rates), max_size=len(rates)))
    children = [{"weight": weight} for weight in weights]
    found = [
        combined(combine, rates, children, weights="relative")
        for combine in ("harmonic_mean", "geometric_mean", "mean")
    ]
    assert None not in found
    assert found == sorted(found, key=lambda x: x or Fraction(0))
