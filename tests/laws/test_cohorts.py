"""Laws of cohorts: names and order never matter, and each value equals a computation by hand."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Assessment, Program, SubjectError, assess, assess_cohort, load
from kpirules.kernel.exact.irrational import sqrt
from tests.budget import examples

Member = dict[str, object]

PROGRAM = load(
    {
        "kpirules": 1,
        "inputs": {
            "unit": {"type": "choice", "options": ["a", "b"]},
            "done": {"type": "number", "min": -5, "max": 20, "decimals": 1},
            "hours": {"type": "integer", "min": 1, "max": 9, "optional": True},
            "away": {"type": "boolean"},
        },
        "cohort": {"within": ["unit"], "max_members": 50},
        "exemptions": {"away": {"when": "away", "status": "away"}},
        "let": {"pace": "done / hours", "top": "cohort_max(done)"},
        "criteria": {"work": {"max": 100, "min": -100, "points": "done - cohort_avg(done) + 0.5"}},
        "score": {"round": {"places": 1}, "band_on": "rounded"},
        "outputs": {
            "count": "cohort_count()",
            "many": "cohort_count(done > 5)",
            "sum": "cohort_sum(pace)",
            "avg": "cohort_avg(pace)",
            "least": "cohort_min(pace)",
            "most": "cohort_max(pace)",
            "spread": "cohort_stdev(done)",
            "rank": "cohort_rank(pace)",
            "percentile": "cohort_percentile(pace)",
            "place": "cohort_rank(score)",
            "mean": "cohort_avg(score)",
            "top": "top",
        },
    }
)

members = st.lists(
    st.fixed_dictionaries(
        {
            "unit": st.sampled_from(["a", "b"]),
            "done": st.one_of(st.integers(-5, 20), st.integers(-50, 200).map(lambda n: Fraction(n, 10))),
            "hours": st.one_of(st.none(), st.integers(1, 9)),
            "away": st.sampled_from([False, False, False, True]),
        }
    ),
    max_size=14,
)


def brute(of: list[Member], own: Member) -> dict[str, Fraction | None]:
    """Return every output of a member of a cohort, by counting and adding."""
    done = [Fraction(one["done"]) for one in of]  # type: ignore[arg-type]
    mean = sum(done, Fraction(0)) / len(done)
    pace = [x / one["hours"] for x, one in zip(done, of, strict=True) if one["hours"] is not None]  # type: ignore[operator]
    mine = None if own["hours"] is None else Fraction(own["done"]) / own["hours"]  # type: ignore[arg-type, operator]
    scores = [_rounded(x - mean + Fraction(1, 2)) for x in done]
    squares = sum((x - mean) ** 2 for x in done)
    others = len(pace) - 1
    return {
        "count": Fraction(len(of)),
        "many": Fraction(sum(x > 5 for x in done)),
        "sum": sum(pace, Fraction(0)),
        "avg": sum(pace, Fraction(0)) / len(pace) if pace else None,
        "least": min(pace, default=None),
        "most": max(pace, default=None),
        "spread": None if len(done) < 2 else sqrt(Fraction(squares) / (len(done) - 1)),
        "rank": None if mine is None else Fraction(1 + sum(x > mine for x in pace)),
        "percentile": None
        if mine is None
        else Fraction(sum(x < mine for x in pace), others)
        if others
        else Fraction(1),
        "place": Fraction(1 + sum(x > _rounded(Fraction(own["done"]) - mean + Fraction(1, 2)) for x in scores)),  # type: ignore[arg-type]
        "mean": sum(scores, Fraction(0)) / len(scores),
        "top": max(done),
    }


def _rounded(x: Fraction) -> Fraction:
    """Return a number rounded to a tenth, ties away from zero."""
    n = (abs(x) * 20 + 1) // 2
    return Fraction(n if x >= 0 else -n, 10)


def named(drawn: list[Member]) -> dict[str, Member]:
    return {f"m{index}": member for index, member in enumerate(drawn)}


@given(members)
@settings(max_examples=examples(120))
def test_every_value_equals_counting_and_adding(drawn: list[Member]) -> None:
    for member, found in zip(drawn, assess_cohort(PROGRAM, drawn).values(), strict=True):
        if member["away"]:
            assert (found.status, dict(found.outputs), found.compared) == ("away", {}, ())
        else:
            of = [one for one in drawn if one["unit"] == member["unit"] and not one["away"]]
            assert dict(found.outputs) == brute(of, member)


@given(members)
@settings(max_examples=examples(60))
def test_both_engines_have_the_same_record(drawn: list[Member]) -> None:
    assert assess_cohort(PROGRAM, drawn) == assess_cohort(PROGRAM, drawn, engine="reference")


@given(members.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(range(len(drawn))))))
@settings(max_examples=examples(60))
def test_neither_the_order_of_members_nor_their_names_matter(drawn: tuple[list[Member], list[int]]) -> None:
    listed, order = drawn
    found = assess_cohort(PROGRAM, named(listed))
    other = assess_cohort(PROGRAM, {f"x{index}": listed[index] for index in order})
    assert list(other) == [f"x{index}" for index in order]
    assert {name.replace("x", "m"): one for name, one in other.items()} == dict(found)


@given(members)
@settings(max_examples=examples(40))
def test_a_record_survives_json(drawn: list[Member]) -> None:
    for found in assess_cohort(PROGRAM, drawn).values():
        assert Assessment.from_json(found.to_json()) == found


@given(members, st.integers(1, 30))
@settings(max_examples=examples(40))
def test_members_of_another_cohort_and_exempt_ones_change_nothing(drawn: list[Member], count: int) -> None:
    only = [one for one in drawn if one["unit"] == "a" and not one["away"]]
    more = [{"unit": "b", "done": 7, "hours": 2, "away": False}, {"unit": "a", "done": 20, "hours": 1, "away": True}]
    found = list(assess_cohort(PROGRAM, only).values())
    assert list(assess_cohort(PROGRAM, [*only, *more * count]).values())[: len(only)] == found


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30))
@settings(max_examples=examples(60))
def test_a_deviation_is_the_nearest_number_of_28_digits(numbers: list[int]) -> None:
    book = {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 10**6}},
        "cohort": {"max_members": 100},
        "outputs": {"spread": "cohort_stdev(x)"},
    }
    found = assess_cohort(load(book), [{"x": x} for x in numbers])["0"].outputs["spread"]
    count = len(numbers)
    variance = Fraction(count * sum(x * x for x in numbers) - sum(numbers) ** 2, count * (count - 1))
    if found**2 != variance:
        places = 28 - len(str(isqrt(int(variance)))) if variance >= 1 else 28
        half = Fraction(1, 2 * 10**places)
        assert (found - half) ** 2 < variance < (found + half) ** 2


@given(members)
@settings(max_examples=examples(40))
def test_a_rulebook_without_comparisons_rates_each_member_as_if_alone(drawn: list[Member]) -> None:
    found = assess_cohort(ALONE, named(drawn))
    assert dict(found) == {name: assess(ALONE, member) for name, member in named(drawn).items()}


def _alone() -> Program:
    return load(
        {
            "kpirules": 1,
            "inputs": {
                "unit": {"type": "choice", "options": ["a", "b"]},
                "done": {"type": "number", "min": -5, "max": 20, "decimals": 1},
                "hours": {"type": "integer", "min": 1, "max": 9, "optional": True},
                "away": {"type": "boolean"},
            },
            "exemptions": {"away": {"when": "away", "status": "away"}},
            "criteria": {
                "work": {"max": 100, "min": -100, "points": "done * default(hours, 1) / 3", "outside": "clamp"}
            },
            "score": {"round": {"places": 1}, "band_on": "rounded"},
            "outputs": {"unit": "unit"},
        }
    )


ALONE = _alone()


# -- several variants -----------------------------------------------------------------------------

VARIED = {
    "kpirules": 1,
    "inputs": {
        "post": {"type": "choice", "options": ["head", "staff"]},
        "unit": {"type": "choice", "options": ["a", "b"]},
        "done": {"type": "integer", "min": 0, "max": 20},
        "hours": {"type": "integer", "min": 1, "max": 9, "optional": True},
        "away": {"type": "boolean"},
    },
    "cohort": {"within": ["unit"]},
    "exemptions": {"away": {"when": "away", "status": "away"}},
    "let": {"pace": "done / hours"},
    "criteria": {"work": {"max": 100, "min": -100, "points": "done - cohort_avg(done)"}},
    "score": {"round": {"places": 1}},
    "outputs": {
        "count": "cohort_count()",
        "rank": "cohort_rank(pace)",
        "percentile": "cohort_percentile(pace)",
        "spread": "cohort_stdev(done)",
        "place": "cohort_rank(score)",
        "mean": "cohort_avg(score)",
    },
    "variant_by": "post",
}
ALIKE = load({**VARIED, "variants": {"head": {"title": "Heads"}, "staff": {}}})
ONE = load({**{key: part for key, part in VARIED.items() if key != "variant_by"}, "allow": {"KR242": "one variant"}})

varied = st.lists(
    st.fixed_dictionaries(
        {
            "post": st.sampled_from(["head", "staff"]),
            "unit": st.sampled_from(["a", "b"]),
            "done": st.integers(0, 20),
            "hours": st.one_of(st.none(), st.integers(1, 9)),
            "away": st.sampled_from([False, False, False, True]),
        }
    ),
    max_size=10,
)


@given(varied, st.sampled_from(["scalar", "reference"]))
def test_variants_with_equal_comparisons_are_one_cohort(members: list[Member], engine: str) -> None:
    """A member has the same results whether others have its variant or not."""
    found = assess_cohort(ALIKE, members, engine=engine)
    expected = assess_cohort(ONE, members, engine=engine)
    assert [(one.status, one.score, one.outputs, one.compared) for one in found.values()] == [
        (one.status, one.score, one.outputs, one.compared) for one in expected.values()
    ]


OTHERWISE = load({**VARIED, "variants": {"head": {"let": {"pace": "done / hours / 2"}}, "staff": {}}})


@given(varied)
def test_variants_with_different_comparisons_are_never_one_cohort(members: list[Member]) -> None:
    """A cohort with members of both is refused; any other is assessed."""
    present = {(one["unit"], one["post"]) for one in members if not one["away"]}
    is_mixed = any({(unit, "head"), (unit, "staff")} <= present for unit in "ab")
    if not is_mixed:
        assert len(assess_cohort(OTHERWISE, members)) == len(members)
        return
    with pytest.raises(SubjectError) as refusal:
        assess_cohort(OTHERWISE, members)
    assert {one.code for one in refusal.value.report} == {"KR652"}
