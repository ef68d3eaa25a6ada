"""The deciding overrides: those in the smallest sets whose removal changes status or band (§7.2)."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Assessment, Program, assess
from kpirules.engines.scalar.deciding import Fired, deciding
from kpirules.engines.scalar.engine import Decision
from kpirules.rating.assessing.agreement import differences
from kpirules.rating.assessing.by_reference import by_reference, initial_knowledge
from kpirules.rating.assessing.values import take
from kpirules.record import OverrideOutcome
from kpirules.reference.rating import overrule
from tests.budget import examples, some
from tests.pace import fewest_seconds, seconds_of
from tests.rules import program, unproved

BANDS = "egfp"
"""From best to worst, as in the table of the specification."""

KINDS = {"F": "band", "C": "band_at_most", "L": "band_at_least", "U": "unrated"}

Override = tuple[str, str]
"""A letter of the kind, and the band or status."""


def contract(band: str | None, fired: tuple[Override, ...]) -> tuple[str | None, str]:
    """Return the band and status by the words of §7.2; without a band they are `undefined`."""
    targets = {kind: [target for one, target in fired if one == kind] for kind in KINDS}
    if targets["U"]:
        return None, targets["U"][0]
    if targets["F"]:
        base = max(targets["F"], key=BANDS.index)
    elif band is None:
        return None, "undefined"
    else:
        base = min([*targets["L"], band], key=BANDS.index)
    return max([*targets["C"], base], key=BANDS.index), "rated"


def by_brute_force(band: str | None, fired: tuple[Override, ...]) -> set[int]:
    """Return the deciding overrides by trying all sets."""
    places = range(len(fired))
    smallest: list[set[int]] = []
    for removed in map(set, chain.from_iterable(combinations(places, size) for size in range(len(fired) + 1))):
        if any(found <= removed for found in smallest):
            continue
        left = tuple(one for place, one in enumerate(fired) if place not in removed)
        if contract(band, left) != contract(band, fired):
            smallest.append(removed)
    return set().union(*smallest)


def by_the_reference(band: str | None, fired: tuple[Override, ...]) -> set[int]:
    outcomes = [OverrideOutcome(str(i), KINDS[kind], target, False) for i, (kind, target) in enumerate(fired)]
    final, status, marked = overrule(band, outcomes, tuple(BANDS))
    expected, word = contract(band, fired)
    assert (final, status) == (expected, None if word in ("rated", "undefined") else word)
    return {int(one.id) for one in marked if one.decided}


def by_the_scalar(band: str | None, fired: tuple[Override, ...]) -> set[int]:
    outcomes = [
        Fired(str(i), KINDS[kind], target if kind == "U" else BANDS.index(target))
        for i, (kind, target) in enumerate(fired)
    ]
    final, _ = contract(band, fired)
    places = [None if one is None else BANDS.index(one) for one in (band, final)]
    return {int(id_) for id_ in deciding(outcomes, *places)}


# -- the table ------------------------------------------------------------------------------------

TABLE = """
e+Fp+Fp→p: Fp Fp
g+Fp+Ff→p: Fp
g+Cp+Fp→p: Cp Fp
g+Cf+Fp→p: Fp
p+Fp→p:
p+Lg+Cf→f: Lg Cf
p+Lg+Lf+Cf→f: Lg Lf Cf
p+Ff+Cf→f: Ff
p+Lf+Fp→p: Fp
undefined+Fg+Cf→f: Fg Cf
f+Cg+Lg→g: Lg
g+Ux+Uy+Fp→x: Ux
g+Ux+Ux+Fp→x: Ux Ux
g+Ux+Ux+Uy→x: Ux Ux
g+Ux+Uy+Ux→x: Ux
undefined+Cp→undefined:
undefined+Ux+Fp→x: Ux
insufficient+Fg+Lp→g: Fg
insufficient+Lg→insufficient:
e+Cf+Cf→f: Cf Cf
p+Lg+Lg→g: Lg Lg
"""
"""The examples of the specification, then more; after the colon, who decided."""

BOOK = """
inputs:
  x: {{type: number, min: 0, max: 100}}
  y: {{type: number, min: 0, max: 10, optional: true}}
  given_band: {{type: choice, options: bands}}
  w: {{type: boolean}}
  v: {{type: boolean}}
criteria: {{s: {{max: 100, points: x}}, t: {{max: 10, points: y, missing: unrated, extra: true}}}}
bands: {{e: {{from: 90}}, g: {{from: 70}}, f: {{from: 50}}, p: {{from: 0, to: 40}}}}
overrides: {{{overrides}}}
"""

SCORES = {"e": 95, "g": 75, "f": 55, "p": 15, "undefined": 45, "insufficient": 95}


def written(fired: list[str], *, is_computed: bool) -> Program:
    """Return a rulebook whose overrides all fire; ceilings and floors may be computed."""
    given_band = '"{0}" if x > 100 else "{0}"'
    overrides = []
    for place, one in enumerate(fired):
        target = one[1:]
        if is_computed and one[0] in "CL":
            target = f"'{given_band.format(target)}'"
        overrides.append(f"o{place}: {{{KINDS[one[0]]}: {target}}}")
    return unproved(BOOK.format(overrides=", ".join(overrides)))


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
@pytest.mark.parametrize("is_computed", [False, True])
@pytest.mark.parametrize("engine", ["reference", "scalar"])
def test_the_examples_of_the_specification(line: str, is_computed: bool, engine: str) -> None:
    case, _, named = line.partition(":")
    start, _, result = case.partition("→")
    base, *fired = start.split("+")
    book = written(fired, is_computed=is_computed)
    subject: dict[str, Any] = {"x": SCORES[base], "given_band": "g", "w": True, "v": True}
    if base != "insufficient":
        subject["y"] = 0
    found = assess(book, subject, engine=engine)
    assert found.band == result if result in BANDS else found.status == result
    deciders = [one for one, outcome in zip(fired, found.overrides, strict=True) if outcome.decided]
    assert deciders == named.split()
    if found.status not in ("rated", "undefined", "insufficient"):
        assert found.because == tuple(f"overrides.{one.id}" for one in found.overrides if one.decided)
    assert Assessment.from_json(found.to_json()) == found

    values = take(book.rulebook.inputs, subject)
    decision = book.scalar.decide(book.scalar.pack(values.given))
    assert isinstance(decision, Decision)
    assert decision.decided == {one.id for one in found.overrides if one.decided}
    knowledge = initial_knowledge(book, values)
    assert differences(decision, by_reference(book, values, knowledge), knowledge) == []


# -- all sets -------------------------------------------------------------------------------------

bands = st.sampled_from([*BANDS, None])
overrides = st.one_of(
    st.tuples(st.sampled_from("FCL"), st.sampled_from(BANDS)),
    st.tuples(st.just("U"), st.sampled_from("xy")),
)
"""A status rarely comes: it outranks all others."""


@given(bands, st.lists(st.tuples(st.sampled_from("FCL"), st.sampled_from(BANDS)), max_size=8).map(tuple))
def test_smallest_sets_of_bands_are_found_as_among_all_sets(band: str | None, fired: tuple[Override, ...]) -> None:
    expected = by_brute_force(band, fired)
    assert by_the_reference(band, fired) == expected
    assert by_the_scalar(band, fired) == expected


@given(bands, st.lists(overrides, max_size=8).map(tuple))
def test_smallest_sets_with_statuses_are_found_as_among_all_sets(
    band: str | None, fired: tuple[Override, ...]
) -> None:
    expected = by_brute_force(band, fired)
    assert by_the_reference(band, fired) == expected
    assert by_the_scalar(band, fired) == expected


def test_every_three_overrides_decide_as_among_all_sets() -> None:
    every = [(kind, target) for kind in "FCL" for target in "egp"] + [("U", "x"), ("U", "y")]
    for band, *three in some(product(("e", "g", "p", None), every, every, every), 7):
        fired = tuple(three)
        expected = by_brute_force(band, fired)
        assert by_the_reference(band, fired) == expected, (band, fired)
        assert by_the_scalar(band, fired) == expected, (band, fired)


# -- what the check says of them ------------------------------------------------------------------

CONDITIONS = ("", "w", "v", "w and v")


def holds(condition: str, w: bool, v: bool) -> bool:
    return {"": True, "w": w, "v": v, "w and v": w and v}[condition]


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(st.sampled_from(CONDITIONS), overrides), min_size=2, max_size=4))
def test_an_override_reported_as_idle_decides_for_no_subject(drawn: list[tuple[str, Override]]) -> None:
    """As KR402 promises, a pair with an idle override is always found."""
    text = []
    for place, (condition, (kind, target)) in enumerate(drawn):
        when = f"when: {condition}, " if condition else ""
        text.append(f"o{place}: {{{when}{KINDS[kind]}: {target}}}")
    report = program(BOOK.format(overrides=", ".join(text))).report
    idle = {int(one.path.removeprefix("overrides.o")) for one in report if one.code == "KR402"}
    deciding_somewhere: set[int] = set()
    for w, v in product((True, False), repeat=2):
        places = [place for place, (condition, _) in enumerate(drawn) if holds(condition, w, v)]
        for band in (*BANDS, None):
            found = by_brute_force(band, tuple(drawn[place][1] for place in places))
            deciding_somewhere |= {places[one] for one in found}
    assert idle.isdisjoint(deciding_somewhere)
    if len(drawn) == 2 and {condition for condition, _ in drawn} <= {"", "w"}:
        assert idle == set(range(len(drawn))) - deciding_somewhere


def test_deciding_among_many_overrides_is_fast() -> None:
    """All sets of a thousand would take for ever."""
    fired = tuple(("FCL"[place % 3], "gfp"[place // 3 % 3]) for place in range(999))
    answers = []

    def decide() -> None:
        answers.append((by_the_reference("e", fired), by_the_scalar("e", fired)))

    assert fewest_seconds(lambda: seconds_of(decide), 5) < 5
    found, by_scalar = answers[0]
    assert found == by_scalar
    assert {fired[place] for place in found} == {("F", "p"), ("C", "p")}
    assert len(found) == 222
