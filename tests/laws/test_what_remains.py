"""Groups with excluded or missing children, compared with a model made from the words of §5.1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from kpirules import Assessment, Program, RulebookError, assess, explain, load
from kpirules.analysis.bounds import bounds
from kpirules.diagnostics.phrases import PHRASES
from kpirules.plan import plan
from tests.budget import examples
from tests.laws.test_bounds_hold import check

seldom = settings(max_examples=examples(50))

F = Fraction
COMBINES = ("sum", "mean", "min", "max", "product", "points")
KINDS = ("ordinary", "extra", "deduction", "unbounded")


@frozen
class Child:
    """A child as written.

    Args:
        kind: of `KINDS`.
        size: its max, or for a deduction how far below zero it goes.
        weight: in a mean.
        applies: whether it can be excluded by a condition.
        missing: its policy, or empty where its points are never absent.
    """

    kind: str
    size: int
    weight: int
    applies: bool
    missing: str

    @property
    def most(self) -> Fraction | None:
        return {"ordinary": F(self.size), "extra": F(self.size), "deduction": F(0), "unbounded": None}[self.kind]


@frozen
class Group:
    """A group as written."""

    combine: str
    rescale: bool | None
    require_share: Fraction | None
    missing: str
    children: tuple[Child, ...]
    is_root: bool


@frozen
class State:
    """The state of a child: excluded by its condition, absent, or scored with points."""

    applies: bool
    points: Fraction | None


@frozen
class Came:
    """The outcome of a criterion: `scored`, `excluded` or `missing`; its points, or None."""

    outcome: str
    points: Fraction | None
    why: str = ""


# -- the model ------------------------------------------------------------------------------------


def policy(missing: str, most: Fraction | None, why: str, *, is_root: bool = False) -> Came:
    if missing == "exclude" and not is_root:
        return Came("excluded", None, why)
    if missing in ("zero", "full"):
        return Came("missing", F(0) if missing == "zero" else most, why)
    return Came("missing", None, why)


def of_child(child: Child, state: State) -> Came:
    if not state.applies:
        return Came("excluded", None, "applies")
    if state.points is None:
        return policy(child.missing, child.most, "absent")
    return Came("scored", state.points)


def of_group(group: Group, came: list[Came]) -> Came:
    """Return the outcome of a group by the sentences of §5.1."""
    most = (
        F(sum(child.size for child in group.children if child.kind == "ordinary"))
        if group.combine == "sum"
        else F(100)
    )
    remaining = [(child, one) for child, one in zip(group.children, came, strict=True) if one.outcome != "excluded"]
    # "A child without points makes its group missing, whatever that writes."
    if any(one.points is None for _, one in remaining):
        return Came("missing", None, "unrated_child")
    # "so it is when no child at all remains"
    if not remaining:
        return policy(group.missing, most, "nothing_remains", is_root=group.is_root)
    # "or when it rescales, has ordinary children, and none of these remains"
    ordinary = [child for child in group.children if child.kind == "ordinary"]
    left = [(child, one) for child, one in remaining if child.kind == "ordinary"]
    if group.combine == "sum" and group.rescale and ordinary and not left:
        return policy(group.missing, most, "nothing_to_rescale", is_root=group.is_root)
    # "when less of the weight (or maxima) remains"; "min, max, product, points count children"
    if group.require_share is not None:
        if group.combine == "sum":
            whole, rest = sum(child.size for child in ordinary), sum(child.size for child, _ in left)
        elif group.combine == "mean":
            whole, rest = sum(child.weight for child in group.children), sum(child.weight for child, _ in remaining)
        else:
            whole, rest = len(group.children), len(remaining)
        if rest < group.require_share * whole:
            return policy(group.missing, most, "too_little_remains", is_root=group.is_root)
    return Came("scored", combined(group, remaining, left, ordinary))


def combined(
    group: Group, remaining: list[tuple[Child, Came]], left: list[tuple[Child, Came]], ordinary: list[Child]
) -> Fraction:
    points = [one.points for _, one in remaining if one.points is not None]
    shares = [one.points / child.size for child, one in remaining if one.points is not None]
    match group.combine:
        case "sum":
            # "its points × all maxima / remaining maxima, extras and deductions aside"
            earned = sum((one.points for _, one in left if one.points is not None), F(0))
            aside = sum(points, F(0)) - earned
            if group.rescale and left:
                earned *= F(sum(child.size for child in ordinary), sum(child.size for child, _ in left))
            return earned + aside
        case "mean":
            weights = [child.weight for child, _ in remaining]
            return 100 * sum((w * s for w, s in zip(weights, shares, strict=True)), F(0)) / sum(weights)
        case "min":
            return 100 * min(shares)
        case "max":
            return 100 * max(shares)
        case "product":
            result = F(100)
            for share in shares:
                result *= share
            return result
        case _:
            return sum(points, F(0))


# -- the rulebook ---------------------------------------------------------------------------------


def written(group: Group) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    children: dict[str, Any] = {}
    for place, child in enumerate(group.children):
        inputs[f"y{place}"] = {"type": "integer", "min": 0, "max": child.size}
        sign = "-" if child.kind == "deduction" else ""
        keys: dict[str, Any] = {"points": f"{sign}y{place}"}
        if child.kind in ("ordinary", "extra"):
            keys["max"] = child.size
        if child.kind == "extra":
            keys["extra"] = True
        if child.kind == "deduction":
            keys |= {"min": -child.size, "max": 0}
        if group.combine == "mean":
            keys["weight"] = child.weight
        if child.applies:
            inputs[f"a{place}"] = {"type": "boolean"}
            keys["applies"] = f"a{place}"
        if child.missing:
            inputs[f"y{place}"]["optional"] = True
            keys["missing"] = child.missing
        children[f"c{place}"] = keys
    keys = {}
    if group.combine == "points":
        keys["points"] = " + ".join(f"default(points.c{place}, 0)" for place in range(len(group.children)))
        keys |= {"min": -100, "max": 100, "outside": "clamp"}
    elif group.combine != "sum":
        keys["combine"] = group.combine
    if group.combine == "mean":
        keys["weights"] = "relative"
    if group.rescale is not None:
        keys["rescale"] = group.rescale
    if group.require_share is not None:
        keys["require_share"] = group.require_share
    if group.missing:
        keys["missing"] = group.missing
    book: dict[str, Any] = {"kpirules": 1, "id": "remains", "inputs": inputs}
    if group.is_root:
        book |= {"criteria": children, "score": keys}
    else:
        book |= {"criteria": {"g": keys | {"criteria": children}, "base": {"max": 1, "points": 1}}}
        book["score"] = {"points": "default(points.g, 0)", "min": -300, "max": 300, "outside": "clamp"}
    book["score"]["round"] = {"places": 2}
    return book


def states(group: Group) -> Iterator[tuple[State, ...]]:
    """Yield every combination of states of the children."""
    choices = []
    for child in group.children:
        sign = -1 if child.kind == "deduction" else 1
        there = [State(True, F(sign * points)) for points in (0, child.size)]
        absent = [State(True, None)] if child.missing else []
        excluded = [State(False, F(sign))] if child.applies else []
        choices.append([*there, *absent, *excluded])
    yield from product(*choices)


def subject(group: Group, found: tuple[State, ...]) -> dict[str, Any]:
    given_: dict[str, Any] = {}
    for place, (child, state) in enumerate(zip(group.children, found, strict=True)):
        if child.applies:
            given_[f"a{place}"] = state.applies
        if state.points is not None:
            given_[f"y{place}"] = int(abs(state.points))
    return given_


@st.composite
def groups(draw: st.DrawFn) -> Group:
    combine = draw(st.sampled_from(COMBINES))
    kinds = KINDS if combine == "sum" else ("ordinary",)
    child = st.builds(
        Child,
        st.sampled_from(kinds),
        st.integers(1, 4),
        st.integers(1, 4),
        st.booleans(),
        st.sampled_from(["", "exclude", "zero", "unrated"]),
    )
    children = tuple(draw(st.lists(child, min_size=1, max_size=3)))
    leaving = [one for one in children if one.applies or one.missing == "exclude"]
    can_rescale = combine == "sum" and any(one.kind == "ordinary" for one in leaving)
    is_root = draw(st.booleans())
    return Group(
        combine,
        draw(st.booleans()) if can_rescale else None,
        draw(st.sampled_from([None, F(0), F(1, 3), F(1, 2), F(1)])) if leaving else None,
        draw(st.sampled_from(["", "zero", "unrated", *([] if is_root else ["exclude"])])),
        children,
        is_root,
    )


def loaded(group: Group) -> Program:
    try:
        return load(written(group))
    except RulebookError as refused:
        # A policy of 0 points, or points as a formula, may be one that the check is right to refuse.
        if {diagnostic.code for diagnostic in refused.report.errors} <= {"KR311", "KR320"}:
            reject()
        raise


@seldom
@given(groups())
def test_the_outcome_of_a_group_is_that_of_the_contract(group: Group) -> None:
    """It holds by both engines, inside the bounds and in the explanation, for all states of the children."""
    program = loaded(group)
    static = bounds(plan(program.rulebook))
    for found in states(group):
        given_ = subject(group, found)
        came = [of_child(child, state) for child, state in zip(group.children, found, strict=True)]
        expected = of_group(group, came)
        id_ = "score" if group.is_root else "g"
        records = [assess(program, given_, engine=engine) for engine in ("reference", "scalar")]
        assert records[0] == records[1]
        outcome = records[0].outcomes[id_]
        points = outcome.points if not group.is_root else records[0].exact_score
        assert (outcome.outcome, points, outcome.why) == (expected.outcome, expected.points, expected.why), (
            group,
            found,
        )
        lacks = any(one.outcome == "missing" and one.points is None for one in (*came, expected))
        assert records[0].status == ("insufficient" if lacks else "rated")
        told(group, records[0], expected)
        check(program, given_, static)


def told(group: Group, record: Assessment, expected: Came) -> None:
    """Check the explanation's sentence about a group."""
    id_ = "score" if group.is_root else "g"
    line = next(one for one in explain(record).walk() if one.kind == "criterion" and one.id == id_)
    below = [one for one in line.children if one.kind == "criterion"]
    remaining = [one for one in below if one.state != "excluded"]
    assert (PHRASES["en"]["why_nothing_remains"] in line.remark) == (expected.why == "nothing_remains")
    if expected.why == "nothing_remains":
        assert remaining == []
    if expected.why == "nothing_to_rescale":
        assert PHRASES["en"]["why_nothing_to_rescale"] in line.remark
        assert all(group.children[int(one.id[1:])].kind != "ordinary" for one in remaining)


@pytest.mark.parametrize(("kind", "points"), [("extra", F(7)), ("deduction", F(-7)), ("unbounded", F(7))])
@pytest.mark.parametrize("rescale", [True, False])
def test_points_on_top_remain_where_nothing_is_rescaled(kind: str, points: Fraction, rescale: bool) -> None:
    """A sentence said «nothing in it remains» beside a child with 7 points."""
    children = (Child("ordinary", 9, 1, True, ""), Child(kind, 7, 1, False, ""))
    group = Group("sum", rescale, None, "", children, is_root=False)
    record = assess(load(written(group)), {"a0": False, "y0": 0, "y1": 7})
    outcome = record.outcomes["g"]
    if rescale:
        assert (record.status, outcome.points, outcome.why) == ("insufficient", None, "nothing_to_rescale")
        assert "nothing remains to rescale; without it there is no rating" in str(explain(record))
    else:
        assert (record.status, outcome.points, outcome.why) == ("rated", points, "")
