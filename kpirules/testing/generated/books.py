"""Strategies of whole rulebooks."""

from __future__ import annotations

from hypothesis import strategies as st

from ...loading.loading import check
from .criteria import groups, rounding
from .formulas import LEVELS, Declared, Draw, Mapped, conditions, declared_inputs, numbers

__all__ = ["drawn_rulebooks", "rulebooks"]

TABLES: Mapped = {
    "by_rows": {"steps": [{"from": 50, "value": 3}, {"above": 5, "to": 20, "value": 1.5}, {"value": 0}]},
    "by_line": {"scale": [[0, 0], [10, 4], [50, 5]], "outside": "clamp"},
    "by_level": {"lookup": {"low": 1, "middle": 2, "else": 4}},
    "level_of": {
        "gives": {"options": LEVELS, "ordered": "worst_first"},
        "steps": [{"from": 60, "value": "high"}, {"from": 20, "value": "middle"}, {"value": "low"}],
    },
    "by_both": {
        "args": ["x", "level"],
        "cases": [
            {"when": {"x": {"from": "five", "below": 50}, "level": ["low", "middle"]}, "value": 2},
            {"when": 'x > 10 and level >= "middle"', "value": -1},
            {"value": 0.5},
        ],
    },
    "level_by": {
        "args": ["x", "y"],
        "gives": {"options": LEVELS, "ordered": "worst_first"},
        "unique": True,
        "cases": [
            {"when": "not given(x)", "value": "low"},
            {"when": {"x": {"from": 5}}, "value": "high"},
            {"when": {"x": {"below": 5}, "y": {"from": 5}}, "value": "middle"},
            {"value": "low"},
        ],
    },
}
PARAMETERS: Mapped = {"five": 5, "some": "1 / 8", "most": {"value": 20, "label": "the most"}}
FUNCTIONS: Mapped = {"half_of": {"args": ["v"], "value": "v / 2"}}


def rulebooks() -> st.SearchStrategy[Mapped]:
    """Return a strategy of rulebooks without errors, as mappings for `load`; subjects may fault or get no band.

    They have inputs of every type, lists, `let`, tables of rows and cases, functions, groups of every combination,
    leaves of every form, bands with requirements, limits, overrides, exemptions and outputs.
    """
    return drawn_rulebooks().filter(lambda book: not check(book).errors)


@st.composite
def drawn_rulebooks(draw: Draw) -> Mapped:
    """Draw a rulebook as a mapping; its only possible error is a constant formula beyond its limits.

    This is long since it holds a rulebook with every section.
    """
    inputs = draw(declared_inputs())
    tree = draw(groups(inputs, "k", 2))
    score: Mapped = {key: part for key, part in tree.items() if key != "criteria"}
    score["round"] = draw(rounding())
    score["band_on"] = draw(st.sampled_from(["rounded", "exact"]))
    book: Mapped = {
        "kpirules": 1,
        "id": "generated",
        "inputs": inputs,
        "parameters": PARAMETERS,
        "functions": FUNCTIONS,
        "tables": TABLES,
        "let": {
            "half": f"({draw(numbers(inputs, 2))}) / 2",
            "grade": '"high" if b0 else c0',
            "earned": "sum(c.points for c in children.score)",
            "never": "n0 + 1",
        },
        "criteria": tree["criteria"],
        "score": score,
        "bands": draw(scales(inputs)),
        "outputs": {
            "pay": "half if band == 'best' else n0",
            "is_best": "band >= 'best'",
            "is_high": 'grade >= "middle"',
            "again": "pay + earned",
        },
        "invariants": {"known": {"that": "given(band) or not given(pay)"}, "fair": {"never_lowers": ["n0"]}},
    }
    if draw(st.booleans()):
        cap = {"when": draw(conditions(inputs, 1)), "at_most": draw(st.sampled_from([5, "most", "n0", 90]))}
        score["limits"] = {"cap": cap, "always": {"at_most": 150}}
    kinds = st.sampled_from(["band", "band_at_most", "band_at_least"])
    book["overrides"] = {
        f"o{index}": {
            "when": draw(conditions(inputs, 1)),
            draw(kinds): draw(st.sampled_from(["best", "good", "poor"])),
        }
        for index in range(draw(st.integers(0, 2)))
    }
    if draw(st.integers(0, 3)) == 0:
        book["overrides"]["set_aside"] = {"when": "n1 == 20 and b0", "unrated": "set_aside"}
    if draw(st.integers(0, 5)) == 0:
        book["exemptions"] = {"spared": {"when": draw(conditions(inputs, 1)), "status": "spared"}}
    return book


@st.composite
def scales(draw: Draw, inputs: Declared) -> Mapped:
    """Draw bands on the score or another number, with and without gaps, overlaps and requirements."""
    levels: Mapped = {
        "best": {"from": draw(st.sampled_from([20, 60, 90]))},
        "good": {draw(st.sampled_from(["from", "above"])): 10},
        "poor": {draw(st.sampled_from(["below", "to"])): draw(st.sampled_from([5, 10, 10, 12]))},
    }
    if draw(st.booleans()):
        levels["best"]["requires"] = draw(conditions(inputs, 1))
    if draw(st.integers(0, 2)) == 0:
        levels["good"]["requires"] = {
            "r": {"that": draw(conditions(inputs, 1))},
            "q": {"that": "score != 11"},
        }
    bands: Mapped = {"levels": levels}
    if draw(st.booleans()):
        bands["fall"] = "next"
    if draw(st.booleans()):
        bands["overlap"] = draw(st.sampled_from(["best", "worst"]))
    if draw(st.integers(0, 5)) == 0:
        bands["measure"] = "score / 3"
    return bands
