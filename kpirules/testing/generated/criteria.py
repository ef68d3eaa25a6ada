"""Strategies of criteria of every form, alone and in groups of every combination."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from ...kernel.exact import MODES
from .formulas import CHOICES, Declared, Draw, Mapped, conditions, numbers

__all__ = ["groups", "rounding"]

SHARED = ("mean", "geometric_mean", "harmonic_mean", "min", "max", "product")
MEANS = SHARED[:3]


def rounding() -> st.SearchStrategy[Mapped]:
    multiples = st.sampled_from([Decimal("0.25"), Decimal("0.5"), 5, "some"])
    return st.one_of(
        st.fixed_dictionaries({"places": st.integers(0, 3), "mode": st.sampled_from(MODES)}),
        st.fixed_dictionaries({"to": multiples, "mode": st.sampled_from(MODES)}),
    )


def _in_points(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.fixed_dictionaries({"points": numbers(inputs)}, optional={"outside": st.just("clamp")})


def _in_rates(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.builds(lambda x: {"rate": f"clamp({x}, 0, 1)"}, numbers(inputs, 2))


def _if_met(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.builds(lambda condition: {"met": condition}, conditions(inputs))


@st.composite
def _by_steps(draw: Draw, inputs: Declared, most: int) -> Mapped:
    cuts = sorted(draw(st.sets(st.integers(-5, 100), min_size=1, max_size=3)), reverse=True)
    rows: list[Mapped] = [
        {draw(st.sampled_from(["from", "above"])): cut, "points": Decimal(most) * (index + 1) / 10}
        for index, cut in enumerate(cuts)
    ]
    rest = draw(st.sampled_from([{"points": 0}, {"points": 0}, {"rate": "10%"}, {"undefined": True}]))
    return {"measure": draw(numbers(inputs, 2)), "steps": [*rows, rest]}


def _by_scale(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    def scale(x: str, middle: int, is_clamped: bool) -> Mapped:
        knots = [[0, 0], [middle, most], [100, Decimal(most) / 4]]
        return {"measure": x, "scale": knots, **({"outside": "clamp"} if is_clamped else {})}

    return st.builds(scale, numbers(inputs, 1), st.integers(1, 9), st.sampled_from([True, True, False]))


def _by_thresholds(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    def thresholds(x: str, key: str) -> Mapped:
        return {"measure": x, "thresholds": {key: [1, "five", 50], "each": Decimal(most) / 8}}

    return st.builds(thresholds, numbers(inputs, 1), st.sampled_from(["above", "from", "below", "to"]))


def _by_option(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    def option(choice: str) -> Mapped:
        options = [True, False] if choice == "b0" else CHOICES[choice]["options"]
        return {
            "measure": choice,
            "lookup": {option: Decimal(most) * index / 8 for index, option in enumerate(options)},
        }

    return st.sampled_from(["c0", "c1", "b0"]).map(option)


@st.composite
def _by_cases(draw: Draw, inputs: Declared, most: int) -> Mapped:
    needs: st.SearchStrategy[Mapped] = st.fixed_dictionaries(
        {"c0": st.sampled_from(["low", ["low", "high"], {"from": "middle"}])},
        optional={
            "n1": st.sampled_from([{"from": 0, "below": 10}, {"above": "five"}, [1, 20]]),
            "b0": st.booleans(),
            "d0": st.sampled_from(["2026-03-31", {"to": "2026-06-30"}]),
        },
    )
    rows = draw(st.lists(st.one_of(needs, conditions(inputs, 1)), min_size=1, max_size=3))
    given = [{"when": when, "points": Decimal(most) * (index + 1) / 8} for index, when in enumerate(rows)]
    rest = draw(st.sampled_from([{"points": 0}, {"rate": "10%"}, {"undefined": True}]))
    return {"cases": [*given, rest]}


def _as_entered(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.just({"entered": {"step": Decimal("0.5")}})


_LEAVES = (_in_points, _in_rates, _if_met, _by_steps, _by_scale, _by_thresholds, _by_option, _by_cases, _as_entered)


@st.composite
def leaves(draw: Draw, inputs: Declared, most: int) -> Mapped:
    """Draw a leaf criterion of any form, worth `most` points."""
    if "maybe" in inputs and draw(st.integers(0, 3)) == 0:
        policy = draw(st.sampled_from(["zero", "full", "unrated"]))
        return {"max": most, "rate": "clamp(maybe / 10, 0, 1)", "missing": policy}
    leaf: Mapped = {"max": most} | draw(draw(st.sampled_from(_LEAVES))(inputs, most))
    if "entered" not in leaf and draw(st.integers(0, 3)) == 0:
        leaf |= {"round": draw(rounding()), "outside": "clamp"}
    return leaf


@st.composite
def groups(draw: Draw, inputs: Declared, prefix: str, depth: int, *, is_in_shares: bool = False) -> Mapped:
    """Draw a group of criteria of any combination; under shares, points stay within their limits."""
    combine = draw(st.sampled_from(["sum", "sum", "sum", *SHARED]))
    count = draw(st.integers(1, 3))
    children: dict[str, Mapped] = {}
    weights = {1: [100], 2: [40, 60], 3: [25, 25, 50]}[count]
    has_weights = combine in MEANS and draw(st.booleans())
    has_free_ends = combine == "sum" and not is_in_shares
    may_lack = False
    for index in range(count):
        id_ = f"{prefix}{index}"
        is_aside = False
        if depth > 0 and draw(st.integers(0, 2)) == 0:
            below = combine != "sum" or is_in_shares
            child = draw(groups(inputs, id_, depth - 1, is_in_shares=below))
        else:
            child = draw(leaves(inputs, draw(st.sampled_from([10, 20, 100]))))
            is_aside = has_free_ends and index > 0 and draw(st.integers(0, 3)) == 0
        if is_aside and draw(st.booleans()):
            child = {"min": -5, "max": 0, "points": f"-clamp({draw(numbers(inputs, 1))}, 0, 5)"}
        elif is_aside:
            child["extra"] = True
        if draw(st.integers(0, 4)) == 0:
            child["applies"] = draw(conditions(inputs, 1))
            may_lack = may_lack or not is_aside
        if has_weights:
            child["weight"] = f"{weights[index]}%"
        children[id_] = child
    group: Mapped = {"criteria": children, "combine": combine}
    if combine == "sum" and may_lack:
        group["rescale"] = draw(st.booleans())
    if may_lack and draw(st.booleans()):
        group["require_share"] = "50%"
    if may_lack:
        group["missing"] = draw(st.sampled_from(["zero", "unrated"]))
    return group
