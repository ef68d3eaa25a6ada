"""Laws of quotas: caps, places, and that neither order nor names matter."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.kernel.exact import MODES
from kpirules.rating.assessing.allocating.caps import largest, rounded
from tests.budget import examples

BANDS = ("top", "good", "fair")
ENDS = {"top": 90, "good": 70, "fair": 0}
SHARES = ("0", "1/10", "1/5", "1/4", "1/3", "1/2", "3/4", "1", "3/2")

Policy = tuple[str, str, str, str, int, str]
"""Share, base bands, when they are counted, rounding, minimum, ties."""

policies = st.tuples(
    st.sampled_from(SHARES),
    st.sampled_from(("good", "top good", "good fair", "all")),
    st.sampled_from(("before", "after")),
    st.sampled_from(MODES),
    st.integers(0, 2),
    st.sampled_from(("undecided", "demote", "keep")),
)

members = st.dictionaries(
    st.sampled_from([f"m{n}" for n in range(16)]),
    st.fixed_dictionaries(
        {
            "x": st.sampled_from((98, 97, 96, 95, 95, 92, 92, 80, 72, 40)),
            "unit": st.sampled_from("AB"),
            "kind": st.sampled_from("kl"),
        }
    ),
    max_size=16,
)


def quota(policy: Policy, **others: Any) -> dict[str, Any]:
    share, of, base, mode, minimum, ties = policy
    return {
        "band": "top",
        "at_most": share,
        "of": "all" if of == "all" else of.split(),
        "base": base,
        "round": mode,
        "minimum": minimum,
        "order": ["score"],
        "ties": ties,
        "demote_to": "good",
    } | others


@cache
def program_of(*policies_of: tuple[Policy, tuple[str, ...]]) -> kr.Program:
    """Return the program of a rulebook with a quota for each policy, within some inputs."""
    quotas = {
        f"q{place}": quota(policy, **({"within": list(within)} if within else {}))
        for place, (policy, within) in enumerate(policies_of)
    }
    return kr.load(
        {
            "kpirules": 1,
            "inputs": {
                "x": {"type": "integer", "min": 0, "max": 100},
                "unit": {"type": "text"},
                "kind": {"type": "text"},
            },
            "criteria": {"main": {"max": 100, "points": "x"}},
            "bands": {band: {"from": end} for band, end in ENDS.items()},
            "cohort": {"quotas": quotas},
        }
    )


def allocated(program: kr.Program, cohort: dict[str, dict[str, Any]]) -> kr.Allocation:
    return kr.allocate(program, cohort, kr.assess_cohort(program, cohort, is_allocated=False))


def band_of(x: int) -> str:
    return next(band for band in BANDS if x >= ENDS[band])


def by_trying(policy: Policy, xs: list[int]) -> int:
    """Return how many may keep the band, by trying every number from the greatest down."""
    share, of, base, mode, minimum, _ = policy
    counted = BANDS if of == "all" else tuple(of.split())
    bands = [band_of(x) for x in xs]
    held = bands.count("top")
    for kept in range(held, -1, -1):
        moved = held - kept if base == "after" else 0
        after = [*(band for band in bands if band != "top"), *["top"] * (held - moved), *["good"] * moved]
        part = Fraction(share) * sum(band in counted for band in after)
        if kept <= max(minimum, by_hand(part, mode)):
            return kept
    return 0


def by_hand(part: Fraction, mode: str) -> int:
    """Return a nonnegative number rounded to a whole one, by an independent implementation of the modes."""
    low, over = floor(part), part - floor(part)
    half = Fraction(1, 2)
    up = {
        "down": False,
        "floor": False,
        "up": over > 0,
        "ceiling": over > 0,
        "half_up": over >= half,
        "half_down": over > half,
        "half_even": over > half or (over == half and low % 2 == 1),
    }
    return low + up[mode]


@given(st.sampled_from(SHARES), st.integers(0, 200), st.sampled_from(MODES))
def test_the_closed_form_is_the_largest_number_that_satisfies_the_rule(share: str, total: int, mode: str) -> None:
    r = Fraction(share)
    satisfied = [x for x in range(total + 1) if x <= by_hand(r * (total - x), mode)]
    assert largest(r, total, mode) == satisfied[-1]
    assert satisfied == list(range(satisfied[-1] + 1))
    assert rounded(r, total, mode) == by_hand(r * total, mode)


@given(policies, members)
@settings(max_examples=examples(150), deadline=None)
def test_as_many_keep_the_band_as_trying_every_number_allows(policy: Policy, cohort: dict[str, Any]) -> None:
    """With one quota, one member more would exceed the limit, unless tied members moved together."""
    (group,) = allocated(program_of((policy, ())), cohort).groups or (None,)
    most = by_trying(policy, [member["x"] for member in cohort.values()])
    if group is None:
        assert not cohort
        return
    assert min(group.held, group.limit) == most
    ties = policy[-1]
    if ties == "undecided":
        assert group.kept + group.places == most
        assert not group.undecided or 0 < group.places < len(group.undecided)
    elif ties == "demote":
        assert group.kept <= most
    else:
        assert group.kept >= most
        beyond = sorted((member["x"] for member in cohort.values()), reverse=True)[: group.kept]
        # Without the equals of the last one, the limit holds.
        assert group.kept == most or group.kept - beyond.count(beyond[-1]) < most


@given(policies, policies, members)
@settings(max_examples=examples(100), deadline=None)
def test_no_cap_of_several_quotas_is_exceeded(one: Policy, other: Policy, cohort: dict[str, Any]) -> None:
    """Only tied members that are kept may exceed it; undecided members have no band yet."""
    other = (*other[:-1], one[-1])
    program = program_of((one, ("unit",)), (other, ("unit", "kind")))
    allocation = allocated(program, cohort)
    for group in allocation.groups:
        inside = [
            name
            for name, member in cohort.items()
            if all(member[key] == value for key, value in group.within.items())
        ]
        final = [allocation.assessments[name] for name in inside]
        kept = [one for one in final if one.band == "top"]
        assert len(kept) == group.kept
        over = [one for one in kept if any(q.id == group.quota and q.effect == "over" for q in one.quotas)]
        assert len(kept) - len(over) <= group.limit
        assert not over or one[-1] == "keep"
        assert len(kept) + len([one for one in final if one.status == "undecided"]) >= min(group.held, group.kept)


@given(policies, policies, members, st.randoms(use_true_random=False))
@settings(max_examples=examples(100), deadline=None)
def test_neither_the_order_of_members_nor_their_names_matter(
    one: Policy, other: Policy, cohort: dict[str, Any], random: Any
) -> None:
    program = program_of((one, ()), ((*other[:-1], one[-1]), ("kind",)))
    names = list(cohort)
    random.shuffle(names)
    again = {f"n{random.randrange(10**6)} {name}": cohort[name] for name in names}
    first = allocated(program, cohort).assessments
    for name, found in allocated(program, again).assessments.items():
        before = first[name.split(" ")[1]]
        assert (found.band, found.status, found.because) == (before.band, before.status, before.because)
        for here, there in zip(found.quotas, before.quotas, strict=True):
            assert (here.id, here.effect, here.rank, here.limit) == (there.id, there.effect, there.rank, there.limit)


@given(policies, policies, members)
@settings(max_examples=examples(100), deadline=None)
def test_a_better_member_never_loses_a_place_to_a_worse_one(
    one: Policy, other: Policy, cohort: dict[str, Any]
) -> None:
    """Among members that share all groups."""
    program = program_of((one, ("unit",)), ((*other[:-1], one[-1]), ("kind",)))
    found = allocated(program, cohort).assessments
    height = {"top": 2, None: 1, "good": 0}
    for name, member in cohort.items():
        for rival, worse in cohort.items():
            share_all = (member["unit"], member["kind"]) == (worse["unit"], worse["kind"])
            if share_all and member["x"] > worse["x"] >= ENDS["top"]:
                assert height[found[name].band] >= height[found[rival].band]
                assert found[name].band != "good" or found[rival].band == "good"


@given(policies, members)
@settings(max_examples=examples(50), deadline=None)
def test_tied_members_with_the_same_groups_have_the_same_rating(policy: Policy, cohort: dict[str, Any]) -> None:
    program = program_of((policy, ("unit",)), (policy, ("kind",)))
    found = allocated(program, cohort).assessments
    ratings: dict[tuple[Any, ...], set[tuple[str, str | None]]] = {}
    for name, member in cohort.items():
        ratings.setdefault(tuple(member.values()), set()).add((found[name].status, found[name].band))
    assert all(len(same) == 1 for same in ratings.values())


@given(policies, members)
@settings(max_examples=examples(50), deadline=None)
def test_members_without_ties_are_placed_one_after_another(policy: Policy, cohort: dict[str, Any]) -> None:
    """An oracle for several quotas: in order, each member for whom all groups have room."""
    apart = {name: {**member, "x": 100 - place} for place, (name, member) in enumerate(cohort.items()) if place < 11}
    second = ("1/3", "all", "before", "up", 0, policy[-1])
    allocation = allocated(program_of((policy, ("unit",)), (second, ("kind",))), apart)
    limits = {(group.quota, *group.within.values()): group.limit for group in allocation.groups}
    taken = dict.fromkeys(limits, 0)
    for name, member in sorted(apart.items(), key=lambda pair: -pair[1]["x"]):
        keys = [("q0", member["unit"]), ("q1", member["kind"])]
        fits = all(taken[key] < limits[key] for key in keys)
        assert allocation.assessments[name].band == ("top" if fits else "good"), name
        for key in keys if fits else ():
            taken[key] += 1


@given(policies, members)
@settings(max_examples=examples(30), deadline=None)
def test_both_engines_have_the_same_records_and_these_survive_json(policy: Policy, cohort: dict[str, Any]) -> None:
    program = program_of((policy, ("unit",)))
    fast, walked = (kr.assess_cohort(program, cohort, engine=engine) for engine in ("scalar", "reference"))
    assert fast == walked
    for assessment in fast.values():
        assert kr.Assessment.from_json(assessment.to_json()) == assessment
        assert kr.explain(assessment).text()
