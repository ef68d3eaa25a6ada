"""Pictures of many subjects: who is in them, what they say, and what hostile texts become."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

import kpirules as kr
from kpirules.plots import figures
from kpirules.plots.levels import MOST_LEVELS
from tests.rules import program
from tests.sandbox.shown import ALL, HTML, assert_neutral, harmless_like, html_shape

BOOK = """
inputs:
  done: {type: integer, min: 0, max: 10}
  months: {type: integer, min: 0, max: 12}
  banned: {type: boolean, default: false}
criteria:
  work: {max: 80, label: Work, criteria: {
    much: {max: 60, points: 6 * done}, well: {max: 20, points: 2 * done, label: {en: Well, vi: Tốt}}}}
  bonus: {max: 20, points: 2 * done}
  delays: {min: -10, max: 0, points: "-done / 2"}
exemptions: {short: {when: months < 6, status: too_short}}
score: {round: {places: 1}, band_on: rounded}
bands: {good: {from: 70, label: {en: Good work, vi: Làm tốt}}, fair: {from: 50}, poor: {from: -10}}
overrides: {banned: {when: banned, band: poor}}
"""
STAFF = [
    *({"name": f"p{at}", "unit": f"U{at % 3}", "done": at % 11, "months": 12} for at in range(22)),
    {"name": "short", "unit": "U1", "done": 9, "months": 3},
    {"name": "wrong", "unit": "U2", "done": 11, "months": 12},
    {"name": "banned", "unit": None, "done": 10, "months": 12, "banned": True},
]
OPTIONS: dict[str, Any] = {"key": "name", "ignore": "unit"}


def drawn(picture: kr.plots.Picture) -> ElementTree.Element:
    return ElementTree.fromstring(picture.svg)


def texts(picture: kr.plots.Picture) -> list[str]:
    return ["".join(text.itertext()) for text in drawn(picture).iter("{http://www.w3.org/2000/svg}text")]


def description(picture: kr.plots.Picture) -> str:
    return drawn(picture).findtext("{http://www.w3.org/2000/svg}desc") or ""


# -- the drawings --------------------------------------------------------------------------------------


def test_the_distribution_names_everybody_in_it_and_beside_it() -> None:
    picture = kr.plots.distribution(program(BOOK), STAFF, static=True, **OPTIONS)
    assert texts(picture) == [
        "Distribution of score, 25 subjects", "highest: 3 subjects", "0", "95", "70", "50",
        "Good work", "6 · 24 %", "fair", "4 · 16 %", "poor", "13 · 52 %",
        "not rated: too_short", "1 · 4 %", "error: can't be rated", "1 · 4 %",
    ]  # fmt: skip
    assert description(picture).startswith(
        "Good work 6; fair 4; poor 13; not rated: too_short 1; error: can't be rated 1. score ≥ 0, < 5: 2; "
    )
    assert description(picture).endswith("≥ 85, < 90: 2; ≥ 90, ≤ 95: 3")


def test_subjects_without_a_number_are_told() -> None:
    book = program("""
        inputs: {x: {type: number, min: 0, max: 100, optional: true}, banned: {type: boolean}}
        criteria: {main: {max: 100, points: x, missing: unrated}}
        bands: {good: {from: 70}, poor: {from: 0}}
        overrides: {banned: {when: banned, band: poor}}
    """)
    rows = [{"x": 80, "banned": False}, {"banned": True}, {"banned": False}]
    picture = kr.plots.distribution(book, rows, static=True)
    assert "1 (1 without a number) · 33.3 %" in texts(picture)
    assert "of poor 1 have no number" in description(picture)
    figure = kr.plots.distribution(book, rows)
    assert figure.layout.title.subtitle.text == "not rated: insufficient: 1 (33.3 %) · poor without a number: 1"


def test_labels_are_in_the_language_asked_for() -> None:
    picture = kr.plots.bands_by_group(program(BOOK), STAFF, by="unit", static=True, key="name", language="vi")
    assert "Làm tốt" in texts(picture)
    figure = kr.plots.icicle(program(BOOK), STAFF, language="vi", **OPTIONS)
    assert "Tốt" in figure.data[0].labels


def test_each_group_has_its_numbers() -> None:
    picture = kr.plots.bands_by_group(program(BOOK), STAFF, by="unit", static=True, key="name")
    assert texts(picture)[-12:] == ["(none)", "1", "1", "U0", "8", "224", "U1", "8", "2141", "U2", "8", "2141"]
    assert description(picture).endswith(
        "Groups, in this order: (none): 0, 0, 1, 0, 0; U0: 2, 2, 4, 0, 0; U1: 2, 1, 4, 1, 0; U2: 2, 1, 4, 0, 1"
    )


def test_a_group_may_be_an_input_a_key_or_what_an_assessment_was_given() -> None:
    book = program(BOOK)
    assert "12" in texts(kr.plots.bands_by_group(book, STAFF, by="months", static=True, **OPTIONS))
    named = kr.plots.bands_by_group(book, STAFF, by="name", static=True, **OPTIONS)
    assert "… 10 smaller groups" in texts(named)
    assessed = [kr.assess(book, {"done": 9, "months": months}) for months in (6, 12)]
    assert "true" not in texts(kr.plots.bands_by_group(book, assessed, by="months", static=True))
    assert "false" in texts(kr.plots.bands_by_group(book, assessed, by="banned", static=True))


def test_neighbours_of_too_many_bands_share_a_colour() -> None:
    bands = ", ".join(f"b{at}: {{from: {at}}}" for at in range(99, -1, -1))
    book = program(f"inputs: {{x: {{type: number}}}}\ncriteria: {{a: {{points: x}}}}\nbands: {{{bands}}}")
    rows = [{"x": at, "unit": f"unit {at % 40}"} for at in range(100)]
    picture = kr.plots.distribution(book, rows, static=True, ignore="unit")
    assert texts(picture)[4:6] == ["b99 … b91", "9 · 9 %"]
    assert len(texts(picture)) == 4 + 2 * MOST_LEVELS
    by_unit = kr.plots.bands_by_group(book, rows, by="unit", static=True)
    assert max(len(picture.svg), len(by_unit.svg)) < 20_000
    # A subject that moves inside such a level is rated otherwise all the same.
    figure = kr.plots.migration(book, kr.with_changes(book, {"bands.b50.from": 50.5}), rows, ignore="unit")
    assert figure.layout.title.text == "old → new: 1 of 100 subjects rated otherwise"
    assert figure.layout.title.subtitle.text == "0 better · 1 worse"


def test_a_drawing_stays_small_whatever_is_drawn() -> None:
    bands = ", ".join(f"b{at}: {{from: {5 * at}, label: {'long ' * 50}}}" for at in range(11, -1, -1))
    book = program(f"inputs: {{x: {{type: number}}}}\ncriteria: {{a: {{points: x}}}}\nbands: {{{bands}}}")
    rows = [{"x": (7 * at) % 60, "unit": f"{at % 90} {'unit ' * 90}"} for at in range(1000)]
    table = pl.DataFrame(rows)
    assert len(kr.plots.distribution(book, table, ignore="unit", static=True).svg) < 20_000
    assert len(kr.plots.bands_by_group(book, table, by="unit", static=True).svg) < 20_000


def test_hostile_texts_are_texts() -> None:
    def shown(text: str, label: str) -> list[str]:
        book = kr.load({
            "kpirules": 1,
            "inputs": {"x": {"type": "number", "min": 0, "max": 9}, "unit": {"type": "text"}},
            "criteria": {"a": {"max": 9, "points": "x"}},
            "bands": {"good": {"from": 5, "label": label}, "poor": {"from": 0}},
        })  # fmt: skip
        rows = [{"x": x, "unit": text} for x in range(9)]
        pictures = (
            kr.plots.distribution(book, rows, static=True),
            kr.plots.bands_by_group(book, rows, by="unit", static=True),
        )
        return [picture._repr_html_() for picture in pictures]

    for hostile, harmless in zip(shown(ALL, HTML), shown(harmless_like(ALL), harmless_like(HTML)), strict=True):
        assert html_shape(hostile) == html_shape(harmless)
        assert_neutral(hostile)
        assert "<script" not in hostile


def test_a_picture_is_text_and_shows_itself() -> None:
    picture = kr.plots.distribution(program(BOOK), STAFF, static=True, **OPTIONS)
    assert str(picture) == picture.svg
    assert picture.svg in picture._repr_html_()
    assert repr(picture) == "<Picture Distribution of score, 25 subjects>"
    assert re.search(r'role="img"', picture.svg)


# -- one rating ----------------------------------------------------------------------------------------

ONE = {"done": 6, "months": 12}


def test_the_pictures_of_one_rating_stand_alone() -> None:
    rated = kr.assess(program(BOOK), ONE)
    shown = kr.plots.ladder(rated), kr.plots.waterfall(rated)
    assert [picture.title for picture in shown] == ["Rated fair", "score 57"]
    for picture in shown:
        root = ElementTree.fromstring(picture.svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "--good:" in root.attrib["style"]
        assert picture.svg in picture._repr_html_()
    assert "Tốt" not in shown[1].svg
    assert "Làm tốt" in kr.plots.ladder(rated, language="vi").svg
    assert kr.plots.waterfall(rated, language="vi").title == "điểm 57"


def test_the_pictures_of_one_rating_are_those_of_its_explanation() -> None:
    rated = kr.assess(program(BOOK), ONE)
    for picture, drawn in zip(
        kr.explain(rated).pictures, (kr.plots.ladder(rated), kr.plots.waterfall(rated)), strict=True
    ):
        assert str(picture).partition("<title>")[2] == drawn.svg.partition("<title>")[2] + "</figure>"


def test_a_rating_without_bands_or_without_a_sum_has_no_such_picture() -> None:
    rated = kr.assess(program("inputs: {x: {type: integer}}\noutputs: {y: 2 * x}"), {"x": 1})
    with pytest.raises(ValueError, match="a ladder needs bands"):
        kr.plots.ladder(rated)
    with pytest.raises(ValueError, match="a waterfall needs a score that is the sum"):
        kr.plots.waterfall(rated)


# -- figures -------------------------------------------------------------------------------------------


def test_figures_count_the_same_as_drawings() -> None:
    figure = kr.plots.distribution(program(BOOK), STAFF, **OPTIONS)
    assert [bars.name for bars in figure.data] == ["poor · 13", "fair · 4", "Good work · 6"]
    assert figure.layout.title.subtitle.text == "not rated: too_short: 1 (4 %) · error: can't be rated: 1 (4 %)"
    assert figure.layout.shapes[0].x0 == 50
    by_unit = kr.plots.bands_by_group(program(BOOK), STAFF, by="unit", key="name")
    assert [[told[1] for told in bars.customdata] for bars in by_unit.data] == [
        ["0", "2", "2", "2"], ["0", "2", "1", "1"], ["1", "4", "4", "4"], ["0", "0", "1", "0"], ["0", "0", "0", "1"],
    ]  # fmt: skip
    assert by_unit.layout.yaxis.ticktext == ("(none) (1)", "U0 (8)", "U1 (8)", "U2 (8)")


def test_bars_have_the_colours_of_bands_in_order() -> None:
    figure = kr.plots.distribution(program(BOOK), STAFF, **OPTIONS)
    colours = [bars.marker.color for bars in figure.data]
    assert colours == [figures.blended(0), figures.blended(0.5), figures.blended(1)]


def test_narrower_bins_have_the_height_of_their_density() -> None:
    book = program("""
        inputs: {x: {type: number, min: 0, max: 100}}
        criteria: {main: {max: 100, points: x}}
        bands: {good: {from: 99}, poor: {from: 0}}
    """)
    figure = kr.plots.distribution(book, [{"x": x} for x in (0, 4, 99)])
    assert figure.layout.yaxis.title.text == "subjects per 5"
    assert (list(figure.data[1].y), list(figure.data[1].width)) == ([5.0], [1.0])


def test_a_migration_has_everybody_on_both_sides() -> None:
    old = program(BOOK)
    new = kr.with_changes(old, {"bands.good.from": 85, "exemptions.short.when": "months < 2"})
    (sankey,) = kr.plots.migration(old, new, iter(STAFF), **OPTIONS).data
    assert sankey.node.label == ("Good work · 6", "fair · 4", "poor · 13", "not rated: too_short · 1",
        "error: can't be rated · 1", "Good work · 5", "fair · 6", "poor · 13", "error: can't be rated · 1")  # fmt: skip
    assert sum(sankey.link.value) == len(STAFF)


def test_an_edition_ignores_inputs_of_the_other_one() -> None:
    old = program(
        "inputs: {x: {type: integer}}\ncriteria: {a: {points: x}}\nbands: {good: {from: 5}, poor: {below: 5}}"
    )
    new = program(
        "inputs: {y: {type: integer}}\ncriteria: {a: {points: y}}\nbands: {good: {from: 5}, bad: {below: 5}}"
    )
    figure = kr.plots.migration(old, new, [{"x": 9, "y": 1}, {"x": 9, "y": 9}])
    assert figure.layout.title.subtitle.text == "0 better · 1 worse"
    assert figure.data[0].node.label == ("good · 2", "good · 1", "bad · 1")


def test_an_icicle_is_as_wide_as_what_criteria_can_give() -> None:
    (icicle,) = kr.plots.icicle(program(BOOK), STAFF, **OPTIONS).data
    assert dict(zip(icicle.ids, icicle.values, strict=True)) == {
        "score": 0, "work": 0, "much": 60, "well": 20, "bonus": 20, "delays": 10,
    }  # fmt: skip
    assert list(icicle.parents) == ["", "score", "work", "work", "score", "score"]
    told = dict(zip(icicle.ids, icicle.customdata, strict=True))
    assert told["well"] == ["10.43 of 20", "mean of 23 subjects, 52 %"]
    assert told["delays"][0] == "-2.61, at least -10"


def test_weights_decide_how_wide_the_parts_of_a_mean_are() -> None:
    book = program("""
        inputs: {x: {type: number, min: 0, max: 1}}
        criteria:
          all:
            max: 100
            combine: mean
            criteria: {a: {max: 10, weight: 75%, points: 10 * x}, b: {max: 5, weight: 25%, points: 5 * x, applies: x > 2}}
    """)
    (icicle,) = kr.plots.icicle(book, [{"x": 1}]).data
    assert list(icicle.values) == [0, 0, 75, 25]
    assert icicle.customdata[3][0] == "no points"


def test_parts_of_a_formula_are_as_wide_as_their_points_and_unlimited_ones_as_their_mean() -> None:
    book = program("""
        inputs: {x: {type: number, min: 0, max: 9}}
        criteria:
          all: {max: 30, points: points.a + points.b, criteria: {a: {max: 10, points: x}, b: {max: 20, points: x}}}
          free: {points: 2 * x, extra: true}
    """)
    (icicle,) = kr.plots.icicle(book, [{"x": 2}, {"x": 3}]).data
    assert dict(zip(icicle.ids, icicle.values, strict=True)) == {"score": 0, "all": 0, "a": 10, "b": 20, "free": 5}


def test_a_heat_map_has_a_row_for_each_band_or_group() -> None:
    figure = kr.plots.heat_map(program(BOOK), STAFF, **OPTIONS)
    assert figure.layout.yaxis.ticktext[0] == "Good work (6)"
    assert figure.data[0].text[-1] == ["–", "–", "–"]
    assert list(figure.layout.xaxis.ticktext) == ["Work", "bonus", "delays"]
    inside = kr.plots.heat_map(program(BOOK), STAFF, by="unit", inside="work", key="name")
    assert list(inside.layout.xaxis.ticktext) == ["much", "Well"]
    assert inside.data[0].text[0] == ["60", "20"]
    assert inside.data[0].z[0] == [1, 1]


def test_texts_are_no_markup_of_plotly() -> None:
    assert figures.shown("<b>a</b> $x$ %{y} & \n b") == "&lt;b&gt;a&lt;/b&gt; &#36;x&#36; %&#123;y} &amp; b"
    assert figures.shown("x" * 99) == "x" * 39 + "…"


def test_figures_of_many_subjects_are_small() -> None:
    table = pl.DataFrame([STAFF[at % 22] | {"name": f"p{at}"} for at in range(5_000)])
    book = program(BOOK)
    for figure in (
        kr.plots.distribution(book, table, **OPTIONS),
        kr.plots.bands_by_group(book, table, by="unit", key="name"),
        kr.plots.migration(book, book, table, **OPTIONS),
        kr.plots.icicle(book, table, **OPTIONS),
        kr.plots.heat_map(book, table, **OPTIONS),
    ):
        assert len(figure.to_json()) < 10_000


# -- refusals ------------------------------------------------------------------------------------------


def test_without_plotly_figures_name_the_extra_and_drawings_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "find_spec", lambda name: None)
    needed = r'figures need plotly: pip install "kpirules\[plot\]"'
    with pytest.raises(ImportError, match=f"{needed}, or ask for a drawing: static=True$"):
        kr.plots.distribution(program(BOOK), STAFF, **OPTIONS)
    for draw in (kr.plots.icicle, kr.plots.heat_map):
        with pytest.raises(ImportError, match=f"{needed}$"):
            draw(program(BOOK), STAFF, **OPTIONS)
    assert kr.plots.distribution(program(BOOK), STAFF, static=True, **OPTIONS)


def test_what_cannot_be_drawn_is_refused_with_the_reason() -> None:
    book = program(BOOK)
    other = program("inputs: {x: {type: integer}}\noutputs: {y: 2 * x}")
    with pytest.raises(ValueError, match="there is no column `unti`; did you mean `unit`"):
        kr.plots.bands_by_group(book, STAFF, by="unti", static=True, **OPTIONS)
    with pytest.raises(ValueError, match="neither a score nor bands"):
        kr.plots.distribution(other, [{"x": 1}], static=True)
    with pytest.raises(ValueError, match="the rulebook has no criteria"):
        kr.plots.icicle(other, [{"x": 1}])
    with pytest.raises(ValueError, match="`wrk` is no group of criteria; did you mean `work`"):
        kr.plots.heat_map(book, STAFF, inside="wrk", **OPTIONS)
    with pytest.raises(ValueError, match="by other rules than the program's"):
        kr.plots.distribution(book, [kr.assess(other, {"x": 1})], static=True)
    with pytest.raises(TypeError, match=r"give its computed rows, such as `table.collect\(\)`"):
        kr.plots.distribution(book, pl.DataFrame(STAFF).lazy(), static=True, **OPTIONS)
    with pytest.raises(TypeError, match=r"give its computed rows, such as `table.collect\(\)`"):
        kr.plots.migration(book, book, pl.DataFrame(STAFF).lazy(), **OPTIONS)
    with pytest.raises(TypeError, match="a table is an iterable of mappings or a data frame, not int"):
        kr.plots.migration(book, book, 5)


def test_variants_that_band_different_numbers_are_drawn_one_by_one() -> None:
    text = """
        inputs: {x: {type: number, min: 0, max: 9}, kind: {type: choice, options: [a, b]}}
        criteria: {main: {max: 9, points: x}}
        bands: {good: {from: 5}, poor: {from: 0}}
        variant_by: kind
        variants:
          a: {}
          b: {score: {round: {places: 0}, band_on: exact}}
    """
    book = program(text)
    with pytest.raises(ValueError, match=r"draw each of them, by `program.part\(…\)`"):
        kr.plots.distribution(book, [{"x": 1, "kind": "a"}], static=True)
    assert kr.plots.distribution(book.part("a"), [{"x": 1}], ignore="kind", static=True)
