"""Data frames rated by columns are equal to those rated row by row, with their types and reasons."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kpirules import Program, SubjectError, assess_table, load
from kpirules.engines.columns import rating
from tests.budget import some
from tests.rules import program
from tests.tables import KINDS, differences, equal

NEAR = [0.0, -0.0, 0.1, 0.2, 0.30000000000000004, 0.3, 0.5, 1.005, 2.5, -2.5, -0.5, 1e15, 99.99, 100.0, 100.01]

ALL = """
inputs:
  x: {type: number, min: -100, max: 100, decimals: 2}
  p: {type: number, above: 0, max: 100, decimals: 1}
  half: {type: number, min: 0, max: 50, step: 0.5, optional: true}
  free: {type: number, default: 2.5}
  whole: {type: integer, min: 0, max: 9}
  level: {type: choice, options: [low, mid, high], ordered: worst_first, optional: true}
  kind: {type: choice, options: [low, other], default: other}
  yes: {type: boolean}
  maybe: {type: boolean, optional: true}
  since: {type: date, min: 2000-01-01, max: 2026-12-31}
  until: {type: date, optional: true}
  note: {type: text, max_length: 5, optional: true}
let:
  months: months(since, default(until, date(2026, 2, 28)))
  never: x / p if whole > 8 else x
criteria:
  means:
    max: 60
    combine: mean
    round: {places: 2, mode: down}
    criteria:
      stepped: {weight: 10%, max: 100, measure: x, steps: [{from: 50, points: 100}, {above: -2.5, points: 40}, {points: 0}]}
      scaled: {weight: 20%, max: 100, measure: x, scale: [[-100, 0], [0, 30], [100, 100]], round: {places: 1}}
      looked: {weight: 30%, max: 100, measure: level, lookup: {low: 0, mid: 50, high: 100}, missing: exclude}
      counted: {weight: 40%, max: 100, points: "whole * 10 + p / 100", applies: yes}
  sums:
    max: 40
    combine: min
    round: {places: 2, mode: half_up}
    criteria: {one: {max: 50, points: "clamp(x / p, 0, 50)"}, two: {max: 20, points: half / 2.5, missing: zero}}
  more: {max: 5, extra: true, points: "clamp(free, 0, 5)", round: {places: 3}}
score:
  round: {places: 2, mode: half_even}
  band_on: rounded
  limits: {cap: {when: "kind == 'low'", at_most: 60}}
bands:
  fall: next
  levels:
    good: {from: 50, label: {en: Good, vi: Tốt}, requires: {early: "since < date(2020, 1, 1)"}}
    fair: {from: 20}
    poor: {from: 0}
exemptions: {young: {when: "years(since, date(2026, 1, 1)) < 1", status: too_young}}
validations: {order: "default(until, since) >= since"}
overrides: {odd: {when: "default(maybe, False) and x < 0", band: poor}}
outputs:
  mark: "'top' if score >= 60 else 'rest'"
  rest: mod(x, 7)
  back: round(x / 3, 1, mode="half_down")
  near: round(-x, 1, mode="half_even")
  day: add_months(since, whole)
  later: until
  flag: level >= 'mid'
  share: share.means / p
"""


def columns_of_cells(seed: int, rows: int) -> dict[str, pa.Array]:
    """Return cells at limits, ties and beyond, in the types that a table may have."""
    source = random.Random(seed)

    def some(values: list[Any], absent: float = 0.0) -> list[Any]:
        return [None if source.random() < absent else source.choice(values) for _ in range(rows)]

    hundredths = [Decimal(n) / 100 for n in (-10_000, -250, -249, -251, -5, 0, 1, 5_000, 4_999, 10_000, 3_333)]
    days = [date(2000, 1, 1), date(2000, 2, 29), date(2019, 12, 31), date(2025, 1, 2), date(2026, 12, 31)]
    kinds = [pa.float64(), pa.float32(), pa.decimal128(12, 2)]
    numbers = source.choice(kinds)
    x = some(hundredths)
    return {
        "x": pa.array(x if pa.types.is_decimal(numbers) else [float(cell) for cell in x], numbers),
        "p": pa.array(some([0.1, 0.3, 1.0, 99.9, 100.0, *NEAR[5:6]]), pa.float64()),
        "half": pa.array(some([0, 1, 50], 0.3), source.choice([pa.int8(), pa.int64(), pa.uint64(), pa.float64()])),
        "free": pa.array(some([*NEAR[:6], 1e9, 1e-6], 0.2), pa.float64()),
        "whole": pa.array(some(list(range(10))), pa.int16()),
        "level": pa.array(some(["low", "mid", "high"], 0.2), pa.string()),
        "kind": pa.array(some(["low", "other"], 0.2), pa.string()).dictionary_encode(),
        "yes": pa.array(some([True, False]), pa.bool_()),
        "maybe": pa.array(some([True, False], 0.3), pa.bool_()),
        "since": pa.array(some(days), pa.date32()),
        "until": pa.array(some([*days, date(9999, 12, 31), date(1, 1, 1)], 0.5), pa.date32()),
        "note": pa.array(some(["", "đây", "longer than five"], 0.3), pa.string()),
    }


@pytest.fixture(scope="module")
def whole() -> Program:
    return program(ALL)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate few rows at once."""
    monkeypatch.setattr(rating, "CELLS", 0)
    monkeypatch.setattr(rating, "FEWEST_ROWS", 39)
    monkeypatch.setattr(rating, "POLARS_ROWS", 39)


def test_every_column_of_the_rulebook_has_a_column_form(whole: Program) -> None:
    assert not any(whole.column_plan().obstacles.values())


@pytest.mark.parametrize(("seed", "kind"), some([*enumerate([*KINDS, *KINDS]), (10, "polars"), (11, "pyarrow")], 7))
def test_edges_ties_and_cells_beyond(kind: str, seed: int, whole: Program, narrow: None) -> None:
    table = KINDS[kind](columns_of_cells(seed, 40))
    columns = [*whole.column_plan().columns, "band_label"]
    assert differences(whole, table, columns, engine="scalar" if seed % 5 else "reference") == []
    assert differences(whole, table_of_valid(whole, table), language="vi") == []


def table_of_valid(whole: Program, table: Any) -> Any:
    """Return the rows that can be rated."""
    rated = assess_table(whole, table, engine="scalar", on_error="report")
    frame = nw.from_native(rated)
    return frame.filter(nw.col("error").is_null()).drop("error", "status", "score", "band").to_native()


@pytest.mark.parametrize(
    ("kind", "mode"), some(product(KINDS, ["half_up", "half_down", "half_even", "up", "down"]), 6)
)
def test_quotients_below_zero_are_rounded_by_their_size(kind: str, mode: str) -> None:
    cells = [(n, m) for n in range(-30, 31) for m in range(13)]
    table = KINDS[kind](
        {name: pa.array(column, pa.int64()) for name, column in zip("nm", zip(*cells, strict=True), strict=True)}
    )
    assert differences(program(ROUNDED % mode), table, ["status", "score", "points.one", "band"]) == []


ROUNDED = """
inputs: {n: {type: integer, min: -30, max: 30}, m: {type: integer, min: 0, max: 12}}
criteria: {one: {max: 9, min: -9, points: "clamp(ratio(n, 4 * m, if_zero=0), -9, 9)", round: {places: 0, mode: %s}}}
bands: {high: {from: 1}, middle: {from: 0}, low: {from: -9}}
"""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_tables_of_hardly_any_row(kind: str, rows: int) -> None:
    book = program(SMALL)
    table = KINDS[kind]({"n": pa.array([2, 3][:rows], pa.int64()), "m": pa.array([0.7, 0.1][:rows], pa.float64())})
    assert differences(book, table) == []


SMALL = """
inputs: {n: {type: integer, min: 0, max: 9}, m: {type: number, min: 0, max: 1, decimals: 1}}
outputs: {third: n / 3, tenth: n * m / 7, always: "5", text: "'a' if n > 2 else 'b'"}
"""


WIDE = """
inputs:
  a: {type: integer, min: -1152921504606846976, max: 1152921504606846976}
  b: {type: integer, min: -1152921504606846976, max: 1152921504606846976}
  d: {type: integer, min: 1, max: 1152921504606846976}
outputs: {
  by: floor(a / d), mod: "mod(a, d)", seven: floor(a / 7), third: floor((a - 1) / 3), sum: a + b - 1,
  any: "ratio(floor(a / b), 1, if_zero=0) if b != 0 else 0"}
"""


@pytest.mark.parametrize("kind", KINDS)
def test_integers_of_sixty_one_bits_are_exact(kind: str) -> None:
    book = program(WIDE)
    source = random.Random(61)
    most = 1 << 60
    ends = [most, -most, most - 1, 1 - most, 0, 1, -1, 7, -7]
    cells = {
        name: ends + [source.randrange(low, most) for _ in range(300)]
        for name, low in (("a", -most), ("b", -most), ("d", 1))
    }
    cells["d"][1:9] = [1, 2, 3, 7, most, most - 1, 1, 2]
    source.shuffle(cells["b"])
    table = KINDS[kind]({name: pa.array(values, pa.int64()) for name, values in cells.items()})
    columns = [f"outputs.{name}" for name in ("by", "mod", "seven", "third", "sum", "any")]
    assert not book.column_plan().against(columns)
    assert differences(book, table, columns) == []


@pytest.mark.parametrize(("kind", "bits"), some(product(KINDS, [49, 50, 51, 52, 53]), 6))
def test_quotients_of_cells_that_are_not_finite_are_told(kind: str, bits: int) -> None:
    most = (1 << bits) - 1
    book = program(
        f"inputs: {{a: {{type: integer, min: -{most}, max: {most}}}, b: {{type: integer, min: 1, max: 9}}}}\n"
        "criteria: {a: {max: 10, points: 'clamp(floor(a / b), 0, 10)'}}"
    )
    cells = [float("inf"), float("-inf"), 1e300, float(most), -float(most), 30.0]
    table = KINDS[kind]({"a": pa.array(cells, pa.float64()), "b": pa.array([3] * len(cells), pa.int64())})
    assert differences(book, table, ["score", "points.a"]) == []


SHARED = """
inputs:
  a: {type: integer, min: -100000000, max: 100000000}
  d: {type: integer, min: -100000, max: 100000}
  few: {type: boolean}
let:
  own: 100000 if few else 3
  minus: -49 if few else -7
outputs: {by: "floor(a / d) if d != 0 else 0", rest: "mod(a, d) if d != 0 else 0", own: floor(a / own), minus: floor(a / minus)}
"""


@pytest.mark.parametrize(("kind", "divisor"), some(product(KINDS, [100_000, -100_000, 49, -7]), 5))
def test_quotients_by_what_all_rows_share_are_exact(kind: str, divisor: int) -> None:
    book = program(SHARED)
    multiples = [number * divisor + more for number in range(-60, 61) for more in (0, 1, -1)]
    numbers = pa.array(multiples, pa.int64())
    for few in (True, False):
        shared = {"a": numbers, "d": pa.array([divisor] * len(numbers)), "few": pa.array([few] * len(numbers))}
        table = KINDS[kind](shared)
        columns = [f"outputs.{name}" for name in ("by", "rest", "own", "minus")]
        assert not book.column_plan().against(columns)
        assert differences(book, table, columns) == []
        if kind == "polars":
            # Polars holds such a column as one number.
            assert differences(book, table.with_columns(d=pl.lit(divisor)), columns) == []


@pytest.mark.parametrize("kind", KINDS)
def test_multiples_of_two_to_the_sixty_fourth_are_not_zero(kind: str) -> None:
    whole, most = "inputs: {n: {type: integer, min: -40, max: 40}}", "n ** 16 * 3 - n"
    book = program(f"{whole}\ncriteria: {{a: {{points: {most}}}, b: {{max: 5, points: 'clamp(n, 0, 5)'}}}}")
    table = KINDS[kind]({"n": pa.array(range(-40, 41), pa.int64())})
    columns = ["score", "points.a", "points.b"]
    assert not book.column_plan().against(columns)
    assert differences(book, table, columns) == []


def test_a_table_of_a_thousand_rows_is_rated_by_columns_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    book = program(SMALL)
    table = pl.DataFrame({"n": [1, 2, 3, 10] * 300, "m": [0.5] * 1200})
    assert book.column_plan().steps < 120
    asked: list[int] = []
    monkeypatch.setattr("kpirules.engines.columns.rating.rated", _counting(asked))
    rated = assess_table(book, table, on_error="report")
    assert asked == [1200]
    assert rated["status"].to_list()[:4] == ["rated", "rated", "rated", None]
    assert assess_table(book, table[:900], on_error="report").equals(rated[:900])
    # With more steps, as many rows take longer by columns than one by one.
    monkeypatch.setattr("kpirules.rating.tables.column_form.ROWS_PER_STEP", 1_000)
    assert assess_table(book, table, on_error="report").equals(rated)
    assert asked == [1200]
    assert assess_table(book, table, on_error="report", engine="columns").equals(rated)
    assert asked == [1200, 1200]


def _counting(asked: list[int]) -> Any:
    from kpirules.engines.columns.rating import rated

    def counted(program: Any, frame: Any, *others: Any) -> Any:
        asked.append(len(frame))
        return rated(program, frame, *others)

    return counted


LIMITED = """
inputs:
  x: {type: number, min: -100, max: 100, decimals: 2}
  p: {type: integer, min: 1, max: 9}
criteria:
"""

LIMITS = (
    "clamp(x / p, -3.005, 20)",
    "100 - 10 * clamp(x / p, 0, 9.999)",
    "max(min(x / p, 7) / 3, 2)",
    "min(max(2 - x / p, 5), 3.3333)",
    "-max(x / p, -2.225) + 4",
    "clamp(clamp(x, -50, 50.125) / 7, -1, 5)",
    "clamp(x, 5, 5)",
    "1.2 * min(x / p, 8, 50)",
)


@pytest.mark.parametrize("mode", some(["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"], 4))
def test_limits_may_follow_the_rounding(mode: str) -> None:
    """Also where an end is no multiple of the step, or two limits stand in each other."""
    kept = f"round: {{places: 2, mode: {mode}}}, min: -300, max: 300"
    criteria = "".join(
        f"  c{n}: {{points: '{points}', {kept}{', outside: clamp' if n % 2 else ''}}}\n"
        for n, points in enumerate(LIMITS)
    )
    extra = f"  less: {{max: 4, min: -1, outside: clamp, points: x / p, round: {{to: 0.3, mode: {mode}}}}}\n"
    book = program(LIMITED + criteria + extra + "score: {outside: clamp}")
    cells = [
        x / 100 for x in (-10_000, -901, -667, -501, -450, -225, -1, 0, 1, 225, 333, 500, 999, 5012, 5013, 10_000)
    ]
    table = pl.DataFrame({"x": cells * 9, "p": [p for p in range(1, 10) for _ in cells]})
    columns = [name for name in book.column_plan().columns if name.startswith("points.")]
    assert len(columns) == len(LIMITS) + 1
    assert differences(book, table, ["status", *columns]) == []


def test_a_day_may_be_counted_from_a_cell_that_is_not_valid() -> None:
    book = program(
        "inputs: {n: {type: integer, min: 0, max: 9}, day: {type: date, min: 2000-01-01, max: 2001-01-01}}\n"
        "outputs: {due: 'add_days(day, n)'}\n"
    )
    days = [float("inf"), 1.0, float("nan"), 1e300, None]
    table = pl.DataFrame({"n": days, "day": [date(2000, 5, 1)] * 5})
    assert differences(book, table, ["status", "outputs.due"]) == []


def test_a_row_that_is_not_valid_stops_a_table_as_row_by_row() -> None:
    book = program(SMALL)
    table = pl.DataFrame({"who": ["An", "Bình", "Chi"], "n": [1, None, 10], "m": [0.5, 0.25, float("nan")]})
    with pytest.raises(SubjectError) as found:
        assess_table(book, table, key="who", engine="columns")
    assert [(one.code, one.path) for one in found.value.report] == [
        ("KR604", "rows[1] (Bình).m"),
        ("KR602", "rows[1] (Bình).n"),
        ("KR604", "rows[2] (Chi).n"),
        ("KR603", "rows[2] (Chi).m"),
    ]


def test_the_index_of_pandas_stays(narrow: None) -> None:
    table = pd.DataFrame({"n": list(range(10)) * 3, "m": [0.5] * 30}, index=range(100, 130))
    one, other = (assess_table(program(SMALL), table, engine=engine) for engine in ("columns", "scalar"))
    assert all(equal(one[name], other[name]) for name in other.columns)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("inputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {e: exp(n)}", "outputs.e: the nearest double of an irrational number may be uncertain; round it"),
        (
            "inputs: {n: {type: integer, min: 0, max: 9}, l: {type: list, fields: {k: {type: integer, min: 0, max: 9}}}}\n"
            'outputs: {e: "median(i.k for i in l)"}',
            "outputs.e: it sorts records",
        ),
        (
            "inputs: {n: {type: integer, min: 1, max: 1000000000}}\noutputs: {e: n**16 * n**16 / n}",
            "outputs.e: a step needs 957 bits, and a column holds 900 for it",
        ),
        ("inputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {e: n / 9007199254740993}", "outputs.e: its denominator needs 54 bits"),
    ],
)  # fmt: skip
def test_what_has_no_column_form_is_named(body: str, told: str) -> None:
    book = program(body)
    table = pl.DataFrame({"n": [1, 2]}) if "list" not in body else pl.DataFrame({"n": [1], "l": [[{"k": 3}]]})
    with pytest.raises(ValueError, match="the table can't be rated by columns") as found:
        assess_table(book, table, columns=["outputs.e"], engine="columns")
    assert told in str(found.value)
    assert told in str(book.column_plan())
    rated = assess_table(book, table, columns=["outputs.e"])
    assert rated.equals(assess_table(book, table, columns=["outputs.e"], engine="scalar"))


def test_other_tables_are_rated_row_by_row() -> None:
    book = program(SMALL)
    cases: list[tuple[Any, dict[str, Any], str]] = [
        ([{"n": 1, "m": 0}], {}, "it is not a data frame"),
        (pl.DataFrame({"n": [1]}), {}, "the table has no column `m`"),
        (pl.DataFrame({"n": ["1"], "m": [0]}), {}, "the column `n` is String, which is no column form of `n`"),
        (pl.DataFrame({"n": [1], "m": [0]}), {"columns": ["margin_up"]}, "margin_up: it is made row by row"),
        (pl.DataFrame({"n": [1], "m": [Decimal("0.1")]}, schema_overrides={"m": pl.Decimal(38, 20)}), {}, "the column `m` has 20 decimals"),
        (pl.DataFrame(), {}, "the data frame has no columns"),
    ]  # fmt: skip
    for table, options, told in cases:
        with pytest.raises(ValueError, match="the table can't be rated by columns") as found:
            assess_table(book, table, engine="columns", **options)
        assert told in str(found.value)


@pytest.fixture(scope="module")
def of_posts() -> Program:
    return load(
        {
            "kpirules": 1,
            "effective": {"from": date(2026, 1, 1), "until": date(2028, 1, 1)},
            "edition_by": "day",
            "variant_by": "post",
            "inputs": {
                "day": {"type": "date"},
                "post": {"type": "choice", "options": ["staff", "head"]},
                "n": {"type": "number", "min": 0, "max": 9},
                "care": {"type": "number", "min": 0, "max": 9, "optional": True},
            },
            "criteria": {"work": {"max": 9, "points": "n"}},
            "score": {"round": {"places": 2}, "band_on": "rounded"},
            "variants": {
                "staff": {"inputs": {"care": None}},
                "head": {"criteria": {"care": {"max": 9, "points": "care", "missing": "zero"}}},
            },
        }
    )


@pytest.mark.parametrize("kind", some(KINDS, 2))
def test_rows_of_one_part_keep_their_places_whichever_day_chooses_it(kind: str, of_posts: Program) -> None:
    early, late = date(2026, 1, 31), date(2026, 2, 28)
    columns: dict[str, pa.Array] = {
        "day": pa.array([late, early, late, early, date(2031, 1, 1), late]),
        "post": pa.array(["head", "head", "head", "head", "head", None]),
        "n": pa.array([1.0, 2.5, 1e-9, 4.0, 5.0, 6.0]),
        "care": pa.array([None, 2.0, 3.0, 3.5, None, None]),
    }
    assert differences(of_posts, KINDS[kind](columns)) == []
    assert differences(of_posts, KINDS[kind]({name: cells[:4] for name, cells in columns.items()})) == []
    columns["post"] = pa.array(["head", "staff", "staff", "head", "staff", "staff"])
    assert differences(of_posts, KINDS[kind](columns)) == []


@pytest.mark.parametrize(
    ("kind", "places", "last"),
    some(
        product(["polars", "pandas on Arrow", "pyarrow"], [0, 1, 2, 4], ["0.3", "9.9999", "-0.0001", "0.00005"]), 11
    ),
)
def test_defaults_are_exact_beside_decimals_of_fewer_or_more_places(kind: str, places: int, last: str) -> None:
    book = program(
        """
        inputs:
          x: {type: number, min: 0, max: 9.999, decimals: 3, default: 0.087}
          y: {type: number, min: 0, max: 0.3, decimals: 2, default: 0.29}
          z: {type: number, min: 0, max: 9.999, step: 0.003, default: 0.087}
        outputs: {a: x * 1000, b: y * 100, c: z}
        """
    )
    shown, unit = ["outputs.a", "outputs.b", "outputs.c"], Decimal(1).scaleb(-places)
    cells = [
        None,
        Decimal("0").quantize(unit),
        Decimal("3").quantize(unit),
        Decimal(last).quantize(unit),
        Decimal("0.3").quantize(unit),
    ]
    decimals = pa.array(cells, pa.decimal128(12, places))
    columns = {"x": decimals, "y": decimals, "z": decimals}
    assert differences(book, KINDS[kind](columns), shown) == []
    columns["y"] = decimals.cast(pa.float64())
    assert differences(book, KINDS[kind](columns), shown) == []
    columns = {"x": pa.array([None, 3, 6], pa.int16()), "y": pa.array([None, 0, 0]), "z": pa.array([3, None, 6])}
    assert differences(book, KINDS[kind](columns), shown) == []


ENDS = [0.0, -0.0, 0.3, 0.30000000000000004, 0.29999999999999993, 5e-324, float("nan"), float("inf"), None]


@pytest.mark.parametrize(("dtype", "cell"), some(product([pl.Float64, pl.Float32], ENDS), 2))
def test_floats_at_the_ends_of_a_domain_are_told_apart(cell: float | None, dtype: Any) -> None:
    book = program(
        'inputs: {x: {type: number, min: -0.3, max: 0.3, decimals: 1, optional: true}}\noutputs: {a: "default(x, 1) * 10"}'
    )
    for cells in ([cell], [0.1, cell], [cell, -0.3, 0.2]):
        assert differences(book, pl.DataFrame({"x": pl.Series(cells, dtype=dtype)}), ["outputs.a"]) == []


@pytest.mark.parametrize(("kind", "dtype"), some(product(KINDS, [pa.int64(), pa.uint64()]), 3))
def test_whole_numbers_that_no_double_holds_are_beyond_the_domain(kind: str, dtype: pa.DataType) -> None:
    book = program(
        """
        inputs:
          x: {type: number, min: 0, max: 100, decimals: 1}
          y: {type: integer, min: -9, max: 9007199254740991}
          z: {type: integer, min: -9, max: 9007199254740993}
        outputs: {a: x * 10, b: floor(y / 10), c: floor(z / 10)}
        """
    )
    cells = [
        0,
        2**53 - 1,
        2**53,
        2**53 + 1,
        2**63 - 1,
        *([-(2**53) - 1, -(2**63)] if dtype == pa.int64() else [2**64 - 1]),
    ]
    columns = {
        "x": pa.array([*cells, 100], dtype),
        "y": pa.array([*cells, 3], dtype),
        "z": pa.array([*cells, 3], dtype),
    }
    assert differences(book, KINDS[kind](columns), ["outputs.a", "outputs.b", "outputs.c"]) == []


def test_views_of_texts_are_rated_row_by_row() -> None:
    book = program("inputs: {note: {type: text, max_length: 3}}\noutputs: {x: note == 'ab'}")
    table = pa.table({"note": pa.array(["ab", "", "abcd", None, "é"] * 200, pa.string_view())})
    found = assess_table(book, table, columns=["outputs.x"], on_error="report")
    assert found["outputs.x"].to_pylist()[:5] == [True, False, None, None, False]
    with pytest.raises(ValueError, match="the column `note` has views of texts, of which Arrow takes no rows"):
        assess_table(book, table, engine="columns")


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no engine `rows`: there are `columns`, `scalar` and `reference`"):
        assess_table(program(SMALL), [], engine="rows")


def test_the_reference_engine_rates_no_rows_together() -> None:
    book = load(
        {
            "kpirules": 1,
            "inputs": {"x": {"type": "integer", "min": 0, "max": 9}},
            "outputs": {"rank": "cohort_rank(x)"},
        }
    )
    table = pl.DataFrame({"x": [1, 2]})
    assert differences(book, table) == []
    with pytest.raises(ValueError, match="the reference engine rates no table whose rows are rated together"):
        assess_table(book, table, engine="reference")


def test_what_a_subject_with_a_status_for_all_does_not_need_is_absent() -> None:
    book = program(
        "inputs: {n: {type: integer, min: 1, max: 9}}\nlet: {v: n / (n + 1)}\n"
        "overrides: {o: {when: 'True', unrated: gone}}\noutputs: {a: v + 1}"
    )
    assert differences(book, pl.DataFrame({"n": [1, 5, 9] * 40}), ["status", "let.v", "outputs.a"]) == []
