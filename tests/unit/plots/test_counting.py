"""Every subject is counted once, in the bin where its exact number is."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve

import kpirules as kr
from kpirules.plots.bins import Banded, Bins, banded, bins_of
from kpirules.plots.levels import share_text
from tests.budget import by_budget
from tests.rules import program

BANDS = "{good: {from: 70}, fair: {from: 50}, poor: {from: 0}}"
ROUNDED = f"""
inputs: {{done: {{type: integer, min: 0, max: 300}}, unit: {{type: text, optional: true}}}}
criteria: {{main: {{max: 100, points: done / 3}}}}
score: {{round: {{places: 1}}, band_on: rounded}}
bands: {BANDS}
"""
NEAR = f"""
inputs: {{done: {{type: integer, min: 0, max: 300}}}}
criteria: {{main: {{max: 100, points: done / 3 - done / 10000000000000000000}}}}
score: {{round: {{places: 1}}, band_on: exact}}
bands: {BANDS}
"""
"""A score that is a little below a third: its double is that of the third."""

MEASURED = """
inputs: {done: {type: integer, min: 0, max: 300}}
criteria: {main: {max: 300, points: done}}
bands: {measure: done / 3, better: lower, levels: {good: {to: 30}, fair: {to: 50}, poor: {above: 50}}}
"""

MANY = by_budget(60, 300)

FRAMES = {"rows": list, "polars": pl.DataFrame, "pandas": pd.DataFrame, "arrow": pa.Table.from_pylist}

Counted = dict[tuple[str, str], int]


def counted(figure: Any) -> Counted:
    """Return the number of subjects by bin and band, as the figure tells them to a reader."""
    return {
        (place, bars.name.partition(" · ")[0]): int(count.replace(",", ""))
        for bars in figure.data
        for place, count in bars.customdata
    }


def expected(book: kr.Program, rows: list[dict[str, Any]], number: str = "score") -> Counted:
    """Count subjects one by one, with exact numbers, in the bins that the figure has."""
    assessed = [kr.assess(book, row) for row in rows]
    shape: Banded = banded(book, None)
    numbers = [
        Fraction(getattr(one, number)) if number else Fraction(one.subject["done"]) / 3
        for one in assessed
        if one.is_rated
    ]
    bins = bins_of(numbers, shape)
    found: Counter[tuple[str, str]] = Counter()
    for one, x in zip(assessed, numbers, strict=True):
        (place,) = (place for place in range(len(bins)) if x in interval(bins, place))
        found[bins.text(place), str(one.band)] += 1
    return dict(found)


def interval(bins: Bins, place: int) -> Any:
    """Return the interval that the text of a bin names."""
    from kpirules.language.model import Interval

    low, high = bins.text(place).split(", ")
    return Interval(bins.ends[place], low.startswith(">"), bins.ends[place + 1], high.startswith("<"))


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize(
    ("text", "number"),
    [(ROUNDED, "score"), (NEAR, "exact_score"), (MEASURED, "")],
    ids=["rounded", "near", "measure"],
)
def test_a_bin_has_the_subjects_whose_exact_number_is_in_it(kind: str, text: str, number: str) -> None:
    book, draw = program(text), random.Random(kind)
    rows = [{"done": draw.choice((90, 150, 151, 209, 210, draw.randint(0, 300)))} for _ in range(MANY)]
    found = counted(kr.plots.distribution(book, FRAMES[kind](rows)))
    assert found == expected(book, rows, number)
    assert sum(found.values()) == MANY


def test_a_number_at_the_end_of_a_band_is_on_the_side_of_its_band() -> None:
    found = counted(kr.plots.distribution(program(NEAR), pl.DataFrame({"done": [210] * 7})))
    # 70 − 2.1e-18: a double has 70, and that would be good.
    ((place, band),) = found
    assert (place.partition(", ")[2], band) == ("< 70", "fair")


def test_many_rows_are_rated_by_columns_and_counted_alike() -> None:
    rows = [{"done": at % 301} for at in range(3010)]
    for book in (program(ROUNDED), program(NEAR)):
        by_rows = counted(kr.plots.distribution(book, rows))
        assert counted(kr.plots.distribution(book, pl.DataFrame(rows))) == by_rows


@pytest.mark.parametrize("text", [ROUNDED, MEASURED, NEAR])
def test_assessments_are_counted_as_their_rows(text: str) -> None:
    book = program(text)
    rows = [{"done": done} for done in range(0, 301, 7)]
    assessed = [kr.assess(book, row) for row in rows]
    by_rows = counted(kr.plots.distribution(book, rows))
    assert counted(kr.plots.distribution(book, assessed)) == by_rows
    named = {f"m{at}": one for at, one in enumerate(assessed)}
    assert counted(kr.plots.distribution(book, named)) == by_rows


def test_other_tables_are_read_as_assess_table_reads_them() -> None:
    values = [0, 150, 210, 300]
    by_rows = counted(kr.plots.distribution(program(NEAR), [{"done": done} for done in values]))
    batch = pa.RecordBatch.from_pydict({"done": values})
    for table in (
        {"done": values},
        {"done": pl.Series(values).to_numpy()},
        batch,
        ({"done": done} for done in values),
    ):
        assert counted(kr.plots.distribution(program(NEAR), table)) == by_rows


def test_rows_that_others_decide_about_are_rated_again_together() -> None:
    text = f"""
        inputs: {{done: {{type: integer, min: 0, max: 300}}}}
        let: {{mean: cohort_avg(done)}}
        criteria: {{main: {{max: 400, points: (done + mean) / 3, outside: clamp}}}}
        score: {{round: {{places: 1}}, band_on: exact}}
        bands: {BANDS}
    """
    rows = [{"done": done} for done in (0, 75, 105, 135, 210)]
    by_rows = counted(kr.plots.distribution(program(text), rows))
    assert counted(kr.plots.distribution(program(text), pl.DataFrame(rows))) == by_rows


def test_records_of_other_rows_do_not_matter_where_some_are_rated_again() -> None:
    text = f"""
        inputs: {{tasks: {{type: list, fields: {{hours: {{type: integer, min: 0, max: 100}}}}}}}}
        criteria: {{main: {{max: 100, points: sum(t.hours for t in tasks) / 3, outside: clamp}}}}
        score: {{round: {{places: 1}}, band_on: exact}}
        bands: {BANDS}
    """
    people = pl.DataFrame({"name": ["An", "Bình", "Chi"]})
    tasks = pl.DataFrame({"name": ["An", "An", "Bình"], "hours": [100, 50, 100]})
    found = counted(kr.plots.distribution(program(text), people, key="name", records={"tasks": tasks}))
    assert sorted(found.values()) == [1, 1, 1]
    assert sorted(band for _, band in found) == ["fair", "poor", "poor"]


# -- bins ----------------------------------------------------------------------------------------------


def shape_of(bands: str, places: int | None = None) -> Banded:
    book = program(f"inputs: {{x: {{type: number}}}}\ncriteria: {{a: {{points: x}}}}\nbands: {bands}")
    return evolve(banded(book, None), places=places)


def test_bins_end_at_the_ends_of_bands() -> None:
    for bands in (BANDS, "{good: {from: 71.37}, fair: {above: 33.3}, poor: {to: 33.3}}"):
        shape = shape_of(bands)
        bins = bins_of([Fraction(12), Fraction(99)], shape)
        assert set(shape.inner) <= set(bins.ends)
        assert list(bins.ends) == sorted(set(bins.ends))
        assert 10 <= len(bins) <= 40


def test_bins_are_round_and_as_fine_as_the_numbers_if_possible() -> None:
    assert bins_of([Fraction(0), Fraction(100)], shape_of(BANDS)).ends == tuple(Fraction(5 * at) for at in range(21))
    # Whole numbers: a bin of 0.5 would be empty every second time.
    bins = bins_of([Fraction(45), Fraction(52)], shape_of("{good: {from: 50}, poor: {from: 0}}", 0))
    assert {high - low for low, high in zip(bins.ends, bins.ends[1:], strict=False)} == {1}


def test_parts_that_no_round_bin_fits_have_bins_of_a_short_width() -> None:
    bins = bins_of([Fraction(0), Fraction(100)], shape_of("{good: {from: 92.5}, poor: {from: 0}}"))
    assert bins.ends[1] == Fraction("4.625")
    assert bins.ends[20] == Fraction("92.5")


def test_a_number_in_a_hole_between_bands_is_above_it() -> None:
    shape = shape_of("{measure: x, better: lower, levels: {good: {below: 10}, poor: {above: 10}}}")
    assert dict(shape.edges) == {10: False}


def test_the_outermost_end_is_drawn_only_if_the_numbers_reach_it() -> None:
    assert bins_of([Fraction(42), Fraction(99)], shape_of(BANDS)).ends[0] == 42
    assert bins_of([Fraction(0), Fraction(99)], shape_of(BANDS)).ends[0] == 0
    assert bins_of([], shape_of(BANDS)).ends[0] == 50


@pytest.mark.parametrize(
    ("bands", "number", "text"),
    [
        ("{good: {from: 70}, poor: {below: 70}}", 70, "≥ 70"),
        ("{good: {above: 70}, poor: {to: 70}}", 70, "≤ 70"),
    ],
)
def test_a_number_beyond_the_outermost_end_has_a_bin_on_its_side(bands: str, number: int, text: str) -> None:
    bins = bins_of([Fraction(number)], shape_of(bands))
    assert text in bins.text(bins.place(Fraction(number)))


def test_all_of_one_number_is_one_bin() -> None:
    book = program("inputs: {x: {type: number}}\ncriteria: {a: {points: x}}")
    assert counted(kr.plots.distribution(book, [{"x": 3}] * 5)) == {("≥ 3, ≤ 4", "rated"): 5}
    assert kr.plots.distribution(book, []).data == ()


def test_shares_are_exact() -> None:
    assert [share_text(1, 8), share_text(2, 3), share_text(5, 5), share_text(0, 0)] == [
        "12.5 %",
        "66.7 %",
        "100 %",
        "0 %",
    ]


def test_the_measure_of_variants_is_counted_together() -> None:
    book = program("""
        inputs: {x: {type: integer, min: 0, max: 9}, kind: {type: choice, options: [a, b]}}
        bands: {measure: x, levels: {good: {from: 5}, poor: {from: 0}}}
        outputs: {banded_number: 2 * x}
        variant_by: kind
        variants: {a: {}, b: {bands: {measure: 2 * x}}}
    """)
    found = counted(kr.plots.distribution(book, [{"x": 3, "kind": "a"}, {"x": 3, "kind": "b"}]))
    assert found == {("≥ 3, < 3.1", "poor"): 1, ("≥ 5.9, ≤ 6", "good"): 1}


@pytest.mark.parametrize(
    ("rounding", "places"),
    [("{places: 2}", 2), ("{places: -1}", 0), ("{to: 0.25}", 2), ("{to: 5}", 0), (None, None)],
)
def test_rounding_says_how_many_places_a_number_has(rounding: str | None, places: int | None) -> None:
    score = "" if rounding is None else f"score: {{round: {rounding}, band_on: rounded}}"
    book = program(
        f"inputs: {{x: {{type: number}}}}\ncriteria: {{a: {{points: x}}}}\n{score}\nbands: {{good: {{from: 5}}}}"
    )
    assert banded(book, None).places == places


def test_a_double_tells_a_short_decimal_exactly_and_no_long_one() -> None:
    shape = evolve(shape_of(BANDS), places=2)
    assert shape.exact(0.1) == Fraction(1, 10)
    assert shape.exact(1e14) is None
    assert evolve(shape, places=None).exact(0.1) is None
    assert evolve(shape, places=None).exact(Fraction(1, 3)) == Fraction(1, 3)
