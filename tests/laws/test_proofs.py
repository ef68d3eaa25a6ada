"""What is proved holds for every subject of small rulebooks, and what is refuted does not."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.change import Claim, InputDirection
from kpirules.change.proofs.asking import Asker
from kpirules.change.proofs.directions import Directions
from kpirules.engines.scalar import Decision, Fault
from kpirules.language.model import ChoiceDomain, ListDomain
from tests.budget import by_budget
from tests.laws.test_solver_laws import Mapped, rulebooks, subjects
from tests.small import books, every_subject, literal, rated

Answer = Decision | Fault | None


def answers(program: kr.Program) -> dict[tuple[Any, ...], Answer]:
    """Every valid subject of a rulebook with its result."""
    found = {}
    for given_ in subjects(program.plan):
        answer = program.scalar.alone(given_)
        if answer is not None:
            found[tuple(tuple(one) if isinstance(one, list) else one for one in given_)] = answer
    return found


def rated_ones(all_: dict[tuple[Any, ...], Answer]) -> list[Decision]:
    return [one for one in all_.values() if isinstance(one, Decision) and not one.is_early]


def truth(program: kr.Program, claim: Claim, all_: dict[tuple[Any, ...], Answer]) -> bool | None:
    """Whether a claim is true, by trying every subject; None where that is not computed here."""
    rated_, bands = rated_ones(all_), program.plan.bands
    match claim.kind:
        case "no_fault":
            where = claim.path
            faults = [one for one in all_.values() if isinstance(one, Fault) and where in ("", one.path)]
            return not faults
        case "range":
            root = program.rulebook.root
            assert root is not None
            scores = [one.number(name) for one in rated_ for name in ("score", "exact_score")]
            known = [score for score in scores if score is not None]
            is_above = root.min is None or all(score >= root.min for score in known)
            return is_above and (root.max is None or all(score <= root.max for score in known))
        case "band":
            return any(one.band("band") == claim.path.rpartition(".")[2] for one in rated_)
        case "gap" | "overlap":
            left = [one for one in rated_ if one.status == "undefined" and one.number("banded_on") is not None]
            is_several = claim.kind == "overlap"
            return not [one for one in left if one.band("before") is None and (one.applying > 1) == is_several]
        case "veto":
            fired = [one for one in rated_ if any(f.id == claim.path.rpartition(".")[2] for f in one.fired())]
            return all(one.band("band") in (None, bands[-1]) for one in fired)
        case _:
            return None


def directions(program: kr.Program, one: InputDirection, all_: dict[tuple[Any, ...], Answer]) -> dict[str, bool]:
    """Whether more of an input lowers, or raises, the rating of some subject."""
    ids = [variable.id for variable in program.plan.inputs]
    list_, _, field = one.input.partition(".")
    place = ids.index(list_)
    domain = program.plan.inputs[place].domain
    if isinstance(domain, ListDomain):
        fields = [part.id for part in program.plan.records[list_].fields]
        at = fields.index(field)
    ranks = {band: rank for rank, band in enumerate(program.plan.bands)}
    found = {"lowers": False, "raises": False}
    alike: dict[Any, list[tuple[Any, Decision]]] = {}
    for subject, answer in all_.items():
        if not isinstance(answer, Decision) or answer.is_early:
            continue
        value = subject[place]
        if field:
            if not value:
                continue
            value, rest = value[0][at], (tuple(part for n, part in enumerate(value[0]) if n != at), tuple(value[1:]))
        else:
            rest = ()
        if value is None:
            continue
        if isinstance(domain, ChoiceDomain):
            value = domain.options.index(value)
        key = repr((subject[:place], subject[place + 1 :], rest))
        alike.setdefault(key, []).append((value, answer))
    for group in alike.values():
        for (x, a), (y, b) in combinations(sorted(group, key=lambda pair: pair[0]), 2):
            if x == y:
                continue
            scores = a.number("exact_score"), b.number("exact_score")
            places = [ranks.get(answer.band("band") or "") for answer in (a, b)]
            has_scores, has_bands = None not in scores, None not in places
            found["lowers"] |= (has_scores and scores[1] < scores[0]) or (has_bands and places[1] > places[0])
            found["raises"] |= (has_scores and scores[1] > scores[0]) or (has_bands and places[1] < places[0])
    return found


def agrees(claim: Claim, is_true: bool | None) -> bool:
    return is_true is None or claim.answer == "unknown" or (claim.answer == "proved") is is_true


@given(st.booleans().flatmap(lambda is_linear: rulebooks(is_linear=is_linear)))
@settings(max_examples=by_budget(2, 150), deadline=None)
def test_every_claim_and_direction_is_that_of_all_subjects(book: Mapped) -> None:
    try:
        program = kr.load(book)
    except kr.RulebookError:
        reject()
    all_ = answers(program)
    (part,) = kr.prove(program).parts
    for claim in part.claims:
        assert agrees(claim, truth(program, claim, all_)), claim
    for one in part.directions:
        found = directions(program, one, all_)
        domain = next(v.domain for v in program.plan.inputs if v.id == one.input.partition(".")[0])
        if isinstance(domain, ChoiceDomain) and not one.is_ordered:
            found = dict.fromkeys(found, found["lowers"] or found["raises"])
        assert agrees(one.never_lowers, not found["lowers"]), (one.input, one.never_lowers)
        assert agrees(one.never_raises, not found["raises"]), (one.input, one.never_raises)


@settings(max_examples=by_budget(2, 60), deadline=None)
@given(books())
def test_two_editions_are_alike_exactly_where_no_subject_differs(pair: tuple[Any, Any, Any]) -> None:
    try:
        old, new = kr.load(pair[0]), kr.load(pair[1])
    except kr.RulebookError:
        reject()
    found = kr.prove_change(old, new)
    alike = [claim for claim in found.claims if claim.kind == "alike"]
    if not alike or old.parts or new.parts:
        return
    differing = []
    for given_ in every_subject(old.rulebook, new.rulebook):
        was, now = (rated(literal(one, own(one, given_))) for one in (old, new))
        if was is not None and now is not None and was != now:
            differing.append(given_)
    (claim,) = alike
    assert claim.answer != "proved" or not differing, (claim, differing[0])
    assert claim.answer != "unknown" or not differing, (claim, differing[0])


def own(program: kr.Program, given_: dict[str, Any]) -> dict[str, Any]:
    return {id_: value for id_, value in given_.items() if id_ in program.inputs}


# -- aggregates over records ------------------------------------------------------------------------

PIECES = (
    "a",
    "sum(x.h * x.w for x in t)",
    "sum(x.h for x in t if x.w > 1)",
    "default(largest(2, (x.h * x.w for x in t)), 0)",
    "sum_largest(2, (x.h - x.w for x in t))",
    "default(smallest(1, (x.w for x in t if x.h > 0)), 3)",
    "default(min(x.h for x in t), 0)",
    "default(max(x.h - x.w for x in t if x.h > 0), -1)",
    "default(median(x.h * a for x in t), 0)",
    "count(x.h < x.w for x in t)",
    "(1 if all(x.h <= x.w for x in t) else 0)",
    "(1 if any(x.h * x.w > 1 for x in t) else 0)",
    "ratio(sum(x.h for x in t), sum(x.w for x in t), if_zero=0)",
    "workdays(date(2026, 1, 2), d, office)",
    "round(months(date(2025, 12, 31), d) / 2)",
)
JOINED = ("{p} + {q}", "{p} - {q}", "{p} * {q}", "min({p}, {q})", "({p} if a > 1 else {q})", "({p}) / (1 + a)")

OVER_RECORDS: Mapped = {
    "kpirules": 1,
    "inputs": {
        "a": {"type": "integer", "min": 0, "max": 2},
        "d": {"type": "date", "min": "2026-01-30", "max": "2026-02-01"},
        "t": {
            "type": "list",
            "max_items": 3,
            "fields": {"h": {"type": "integer", "min": 0, "max": 1}, "w": {"type": "integer", "min": 1, "max": 2}},
        },
    },
    "calendars": {"office": {"weekend": ["sat", "sun"], "from": "2025-12-01", "until": "2027-01-01"}},
    "score": {"round": {"places": 2, "mode": "half_up"}, "band_on": "rounded"},
    "bands": {"good": {"from": 53}, "fair": {"from": 50}, "poor": {"from": 0}},
}


@st.composite
def formulas(draw: st.DrawFn) -> str:
    pieces = st.sampled_from(PIECES)
    once = draw(st.sampled_from(JOINED)).format(p=draw(pieces), q=draw(pieces))
    return draw(st.sampled_from(("{q}", *JOINED))).format(p=draw(pieces), q=f"({once})")


def over_records(formula: str) -> kr.Program:
    return kr.load(
        OVER_RECORDS | {"criteria": {"work": {"max": 100, "points": f"50 + {formula}", "outside": "clamp"}}}
    )


@given(formulas())
@settings(max_examples=by_budget(2, 200), deadline=None)
def test_directions_over_records_are_those_of_all_lists(formula: str) -> None:
    program = over_records(formula)
    all_ = answers(program)
    for one in Directions(Asker(program)).all():
        found = directions(program, one, all_)
        assert agrees(one.never_lowers, not found["lowers"]), (one.input, one.never_lowers)
        assert agrees(one.never_raises, not found["raises"]), (one.input, one.never_raises)


@given(formulas(), formulas())
@settings(max_examples=by_budget(2, 100), deadline=None)
def test_nobody_loses_a_band_exactly_where_no_list_does(before: str, after: str) -> None:
    old, new = over_records(before), over_records(after)
    (claim,) = kr.prove_change(old, new, nobody_loses_a_band=True).claims
    was, now = answers(old), answers(new)
    ranks = {band: rank for rank, band in enumerate(old.plan.bands)}

    def rank(answer: Answer) -> int:
        return ranks[answer.band("band") or "poor"] if isinstance(answer, Decision) else 9

    assert agrees(claim, not any(rank(now[subject]) > rank(answer) for subject, answer in was.items()))
