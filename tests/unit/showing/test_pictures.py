"""The ladder of bands and the waterfall of a score, as the card and the explanation of a rating draw them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from attrs import evolve

from kpirules import Assessment, assess, explain
from kpirules.kernel.mappings import FrozenMap
from kpirules.record import Entry
from kpirules.record.drawing import MAX_BARS, MAX_RUNGS
from kpirules.record.glance import glance
from tests.records import exempt
from tests.rules import assessed, program

BOOK = """
inputs: {{x: {{type: number, min: 0, max: 100}}}}
criteria: {criteria}
score: {{{score}}}
bands: {bands}
"""
BANDS = "{good: {from: 70, label: Good work}, fair: {from: 50}, poor: {from: 0}}"


def rated(
    x: int, *, bands: str = BANDS, criteria: str = "{main: {max: 100, points: x}}", score: str = ""
) -> Assessment:
    return assessed(BOOK.format(bands=bands, criteria=criteria, score=score), x=x)


def drawings(assessment: Assessment) -> list[ElementTree.Element]:
    return [
        ElementTree.fromstring(re.sub(r"</?figure[^>]*>", "", str(picture)))
        for picture in explain(assessment).pictures
    ]


def ladder(assessment: Assessment) -> ElementTree.Element:
    return drawings(assessment)[0]


def texts(drawing: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in drawing.iter("text")]


def place(drawing: ElementTree.Element) -> float:
    """Return how many bands below the top the mark is."""
    (mark,) = drawing.iter("polygon")
    return (float(mark.attrib["points"].split()[0].split(",")[1]) - 10) / 34


def test_the_ladder_has_the_bands_the_number_and_both_distances() -> None:
    drawn = ladder(rated(60))
    assert texts(drawn) == ["Good work", "≥ 70", "↑ 10", "fair", "≥ 50, < 70", "poor", "≥ 0, < 50", "↓ 10", "60"]
    assert drawn.findtext("title") == "Rated fair. Good work ≥ 70; fair ≥ 50, < 70; poor ≥ 0, < 50"
    assert place(drawn) == 1.5


def test_the_mark_is_as_deep_in_its_band_as_the_number() -> None:
    assert round(place(ladder(rated(65))), 3) == 1.25
    # The best band has no upper end: it reaches to the most that the score can be.
    assert round(place(ladder(rated(85))), 3) == 0.5
    # At an edge the mark stays inside its band.
    assert round(place(ladder(rated(70))), 2) == 0.94
    assert round(place(ladder(rated(50))), 2) == 1.94


def test_a_scale_where_less_is_better_has_its_small_numbers_on_top() -> None:
    bands = "{levels: {good: {to: 10}, fair: {to: 40}, poor: {to: 100}}, measure: x, better: lower}"
    drawn = ladder(rated(35, bands=bands))
    assert round(place(drawn), 2) == 1.83
    assert texts(drawn)[:2] == ["good", "≤ 10"]
    # A measure has no limits that could close the outermost band.
    assert place(ladder(rated(5, bands=bands))) == 0.5


def test_an_open_end_is_reached_by_more_than_the_distance() -> None:
    assert "↑ > 1" in texts(ladder(rated(4, bands="{good: {above: 5}, poor: {to: 5}}")))


def test_a_number_in_no_band_has_no_mark() -> None:
    drawn = ladder(rated(65, bands="{good: {from: 70}, poor: {to: 60}}"))
    assert not list(drawn.iter("polygon"))
    assert drawn.findtext("title") == "No rating: the rulebook does not say which one. good ≥ 70; poor ≤ 60"


def test_a_band_without_ends_holds_the_mark_in_its_middle() -> None:
    drawn = ladder(rated(20, bands="{good: {requires: x > 10}}"))
    assert texts(drawn) == ["good", "20"]
    assert place(drawn) == 0.8


def test_of_many_bands_those_around_the_rating_are_drawn() -> None:
    bands = ", ".join(f"b{at}: {{from: {at}}}" for at in range(99, -1, -1))
    drawn = ladder(rated(50, bands=f"{{{bands}}}"))
    names = [text for text in texts(drawn) if text.startswith("b")]
    assert len(names) == MAX_RUNGS
    assert "b50" in names


def test_there_is_no_ladder_without_bands_or_without_a_number() -> None:
    text = "inputs: {x: {type: number, min: 0, max: 100}}\ncriteria: {main: {max: 100, points: x}}"
    found = assess(program(text), {"x": 3})
    assert explain(found).pictures == ()
    assert not glance(exempt()).picture


def test_an_interval_that_no_rulebook_writes_is_left_out() -> None:
    found = rated(60)
    for formula in ("from 1/0", "from x", "of old"):
        entries = FrozenMap({**found.legend.entries, "bands.good": Entry(formula=formula)})
        strange = evolve(found, legend=evolve(found.legend, entries=entries))
        assert texts(ladder(strange))[:2] == ["good", "↑ 10"]


def test_the_waterfall_has_each_line_of_the_sum_and_the_sum() -> None:
    criteria = "{a: {max: 60, points: x / 2, label: Results}, b: {min: -20, max: 0, points: 0 - x / 10}}"
    drawn = drawings(rated(80, criteria=criteria))[1]
    assert texts(drawn) == ["Results", "40", "b", "-8", "score", "32"]
    assert drawn.findtext("title") == "Results 40 + b -8 = score 32"
    zero, up, down, whole = (
        float(next(drawn.iter("line")).attrib["x1"]),
        *((float(bar.attrib["x"]) + float(bar.attrib["width"])) for bar in drawn.iter("rect")),
    )
    assert up > whole > zero
    # The deduction begins where the results end.
    assert down == up


def test_the_lines_beyond_many_are_one_bar() -> None:
    criteria = ", ".join(f"c{at}: {{max: 2, points: x / 100}}" for at in range(MAX_BARS + 5))
    drawn = drawings(rated(100, criteria=f"{{{criteria}}}"))[1]
    assert texts(drawn)[-4:] == ["… 5", "5", "score", "35"]


def test_a_sum_of_zeros_is_drawn() -> None:
    drawn = drawings(rated(0, criteria="{a: {max: 50, points: x / 2}, b: {max: 50, points: x / 2}}"))[1]
    assert texts(drawn) == ["a", "0", "b", "0", "score", "0"]


def test_a_long_name_takes_two_lines_and_is_cut_then() -> None:
    long = "A very long name of a band that nobody would ever write into a table"
    drawn = ladder(rated(60, bands=f"{{good: {{from: 70, label: {long}}}, poor: {{from: 0, label: {'x' * 60}}}}}"))
    first, second, third = (texts(drawn)[at] for at in (0, 1, 4))
    assert first == "A very long name of a band"
    assert second.startswith(long[27:])
    assert second.endswith("…")
    assert third.startswith("x" * 60)
    assert third.endswith("…")


def test_the_pictures_are_small_and_are_in_both_views() -> None:
    found = rated(60)
    assert "<svg" in glance(found).bundle()["text/html"]
    assert "<svg" in explain(found).html()
    assert sum(len(str(picture)) for picture in explain(found).pictures) < 20_000
