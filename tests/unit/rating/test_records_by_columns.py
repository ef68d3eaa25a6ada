"""Records, wide numbers, texts, variants and editions by columns: equal to row by row."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from kpirules import Program, SubjectError, assess_table, load
from kpirules.engines.columns import entering, leaving, library, printing, rating, running, values
from tests.budget import by_budget, some
from tests.rules import program
from tests.tables import KINDS, differences, equal, with_records

RECORDS = """
inputs:
  base: {type: number, min: -5, max: 5, decimals: 1}
  who: {type: text, max_length: 8, optional: true}
  boss: {type: text, max_length: 8, default: An}
  tasks:
    type: list
    max_items: 4
    unique: [code]
    fields:
      code: {type: text, max_length: 3}
      weight: {type: number, above: 0, max: 10, decimals: 2}
      done: {type: integer, min: 0, max: 9}
      late: {type: integer, min: 0, max: 9, default: 1}
      kind: {type: choice, options: [plain, urgent], optional: true}
    let: {net: "item.weight * max(item.done - 25% * item.late, 0)"}
    validations: {fits: item.done < 9 or item.late < 9}
  marks: {type: list, optional: true, max_items: 3, fields: {mark: {type: number, min: -1, max: 1, decimals: 2}}}
let:
  planned: sum(t.weight * t.done for t in tasks)
criteria:
  share: {max: 100, points: "clamp(ratio(sum(t.net for t in tasks), planned, if_zero=0) * 100, 0, 100)"}
  mean: {max: 50, points: "clamp(default(avg(t.done for t in tasks if default(t.kind, 'plain') == 'urgent'), 0) * base, 0, 50)", missing: zero}
  best: {max: 10, points: "clamp(max(t.weight for t in tasks) * 3 / 7, 0, 10)", missing: exclude}
score: {round: {places: 2}, band_on: rounded, rescale: true}
bands: {good: {from: 60, requires: {some: "any(t.late == 0 for t in tasks)"}}, poor: {below: 60}}
outputs:
  count: count(tasks)
  least: min(m.mark for m in marks)
  urgent: share(default(t.kind, 'plain') == 'urgent' for t in tasks)
  all: all(t.done > planned / 40 for t in tasks)
  same: "default(who, 'An') == boss"
  name: "boss if base > 0 else default(who, 'none')"
"""

COLUMNS = [
    "status",
    "score",
    "band",
    "let.planned",
    "points.share",
    "points.mean",
    "outputs.count",
    "outputs.least",
    "outputs.urgent",
    "outputs.all",
]


@pytest.fixture(scope="module")
def book() -> Program:
    return program(RECORDS)


def subjects(seed: int, rows: int) -> list[dict[str, Any]]:
    source = random.Random(seed)

    def record(code: int) -> dict[str, Any]:
        one: dict[str, Any] = {
            "code": "abcd"[code if source.random() < 0.95 else 0],
            "weight": source.choice(
                [Fraction(1, 100), Fraction(1, 3), 1, 2.5, 10, 11 if source.random() < 0.05 else 3]
            ),
            "done": source.choice([0, 1, 3, 9]),
        }
        if source.random() < 0.7:
            one["late"] = source.choice([0, 4, 9])
        if source.random() < 0.7:
            one["kind"] = source.choice(["plain", "urgent"])
        return one

    return [
        {
            "base": source.choice([-5, -0.1, 0, 0.3, 5]),
            "who": source.choice([None, "An", "Bình", "too long a name"]),
            "boss": source.choice([None, "An", "Chi", ""]),
            "tasks": [record(code) for code in range(source.randrange(5))],
            "marks": source.choice([None, [], [{"mark": -0.5}], [{"mark": 0.01}, {"mark": -1}, {"mark": 1}]]),
        }
        for _ in range(rows)
    ]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are rated at once, and one row by itself."""
    monkeypatch.setattr(rating, "CELLS", 0)
    monkeypatch.setattr(rating, "FEWEST_ROWS", 20)


@pytest.mark.parametrize("kind", some(KINDS, 4))
def test_records_are_rated_as_row_by_row(kind: str, book: Program, few: None) -> None:
    table, options = with_records(random.Random(kind), book, subjects(1, 41), kind)
    columns = [*COLUMNS, "outputs.same", "outputs.name", "points.best"]
    assert not book.column_plan().against(columns)
    assert differences(book, table, columns, **options) == []


def test_records_that_match_no_row_are_refused(book: Program) -> None:
    table = pl.DataFrame({"id": [1, 2], "base": [0.5, 1.0]})
    tasks = pl.DataFrame({"id": [1, 3], "code": ["a", "b"], "weight": [1.0, 2.0], "done": [1, 2]})
    with pytest.raises(ValueError, match=r"records of `tasks` match no row: \(3\)"):
        assess_table(book, table, key="id", records={"tasks": tasks}, engine="columns")
    twice = pl.concat([table, table])
    with pytest.raises(ValueError, match="rows 0 and 2 have the same key"):
        assess_table(book, twice, key="id", records={"tasks": tasks[:1]}, engine="columns")
    both = tasks[:1].with_columns(pl.lit("x").alias("Code"))
    with pytest.raises(ValueError, match="which is not an input"):
        assess_table(book, table, key="id", records={"tasks": both}, engine="columns")
    with pytest.raises(ValueError, match="are not a data frame"):
        assess_table(book, table, key="id", records={"tasks": tasks.to_dicts()}, engine="columns")


KEYS = [
    [pl.Series("id", [1, 2, 3, 5, 8], pl.UInt64)],
    [pl.Series("id", [5, 3, 8, 1, 2], pl.Int8)],
    [pl.Series("id", [None, "b", "", "ä", "a"])],
    [pl.Series("id", ["x", "b", "c", "y", "a"], pl.Categorical)],
    [pl.Series("id", [2.5, -0.0, 1.0, 7.0, 3.0])],
    [pl.Series("id", [date(2026, 1, day) for day in range(1, 6)])],
    [pl.Series("id", [1, 1, 2, 2, 2]), pl.Series("of", ["a", "b", "a", "b", "c"])],
]
PLACES = [[1, 1, 2, 2, 4, 4], [4, 4, 1, 1, 2], [2, 1, 4, 1, 1, 2], [4], []]


@pytest.mark.parametrize(("keys", "order"), some(product(KEYS, PLACES), 4))
def test_records_come_in_any_order_with_keys_of_any_type(
    keys: list[pl.Series], order: list[int], book: Program
) -> None:
    table = pl.DataFrame([*keys, pl.Series("base", [0.5, 1.0, -5.0, 5.0, 3.3])])
    cells = {"code": list("abcdef"), "weight": [2.5, 10.0, 1.25, 0.01, 3.0, 7.5], "done": [9, 1, 3, 0, 2, 5]}
    records = pl.DataFrame(
        [*(key.gather(order) for key in keys), *(pl.Series(name, own)[: len(order)] for name, own in cells.items())]
    )
    options: dict[str, Any] = {"key": [key.name for key in keys], "records": {"tasks": records}}
    assert differences(book, table, COLUMNS, **options) == []


def test_records_stand_in_one_place(book: Program) -> None:
    tasks = pl.DataFrame({"id": [1], "code": ["a"], "weight": [1.0], "done": [1]})
    cells = [[{"code": "b", "weight": 2.0, "done": 2}], None]
    table = pl.DataFrame({"id": [1, 2], "base": [0.5, 1.0], "tasks": cells})
    with pytest.raises(ValueError, match="`tasks` is both a column and a table of records"):
        assess_table(book, table, key="id", records={"tasks": tasks}, engine="columns")


def test_a_key_that_is_not_a_number_has_no_records(book: Program) -> None:
    nan = float("nan")
    table = pl.DataFrame({"id": [nan, 2.0], "base": [0.5, 1.0]})
    tasks = pl.DataFrame({"id": [nan], "code": ["a"], "weight": [1.0], "done": [1]})
    for engine in ("columns", "reference"):
        with pytest.raises(ValueError, match=r"records of `tasks` match no row: \(nan\)"):
            assess_table(book, table, key="id", records={"tasks": tasks}, engine=engine)


def test_a_column_of_lists_may_be_of_other_things(book: Program) -> None:
    for cells, told in (
        ([[1], []], "is not a list of records"),
        ([[{"code": "a", "other": 1}], []], "have a field `other` too many"),
    ):
        table = pl.DataFrame({"base": [0.5, 1.0], "tasks": cells})
        with pytest.raises(ValueError, match=told):
            assess_table(book, table, engine="columns")


def test_a_record_that_is_missing_is_told(book: Program) -> None:
    table = pl.DataFrame(
        {"base": [0.5, 1.0], "tasks": [[{"code": "a", "weight": 1.0, "done": 2}, None], None]},
    )
    assert differences(book, table) == []
    with pytest.raises(SubjectError, match=r"rows\[0\]"):
        assess_table(book, table, engine="columns")


WIDE = """
inputs:
  a: {type: integer, min: 0, max: 1000000000000}
  b: {type: integer, min: 1, max: 1000000000000}
  c: {type: integer, min: -1000000000000, max: 1000000000000}
  d: {type: integer, min: 1, max: 1000000000000}
outputs:
  rounded: round(a / b + c / d, 1)
  even: round((a / b + c / d) * 50, 0, mode="half_even")
  down: floor(a / b - c / d)
  less: a / b < c / d + 1
  same: a / b == c / d
  rest: mod(a * a + c * c, b)
  exact: a * b / d
  far: "round(a * a * a / b / d, 3)"
"""


def test_wide_integers_are_exact_at_ties() -> None:
    book, source = program(WIDE), random.Random(3)
    names = [name for name in book.column_plan().columns if name.startswith("outputs")]
    assert set(names) >= {f"outputs.{name}" for name in ["rounded", "even", "down", "less", "same", "rest", "exact"]}
    rows = []
    for _ in range(by_budget(60, 300)):
        b, d = (
            source.choice([1, 2, 20, 4_000, 10**12, source.randrange(1, 10**12)]),
            source.choice([1, 2, 20, 10**12]),
        )
        # Half of a tenth, more or less one part: a tie or next to one.
        total = Fraction(source.randrange(200), 20) + source.choice([0, 0, 1, -1]) * Fraction(1, b * d)
        c = source.choice([0, 1, -1, d, -d, 10**12, source.randrange(-(10**12), 10**12)])
        a = (total - Fraction(c, d)) * b
        rows.append({"a": min(max(int(a), 0), 10**12), "b": b, "c": c, "d": d})
    rows += [{"a": 10**12, "b": 1, "c": -(10**12), "d": 1}, {"a": 0, "b": 10**12, "c": 0, "d": 1}]
    table = pl.DataFrame(rows)
    assert differences(book, table, names) == []
    assert differences(book, table.to_pandas(), names) == []


PARTS = {
    "kpirules": 1,
    "id": "parts",
    "inputs": {
        "post": {"type": "choice", "options": ["head", "staff"]},
        "day": {"type": "date"},
        "x": {"type": "integer", "min": 0, "max": 9},
    },
    "criteria": {"work": {"max": 9, "points": "x"}},
    "bands": {"good": {"from": 5}, "poor": {"from": 0}},
    "variant_by": "post",
    "edition_by": "day",
    "effective": {"from": "2025-01-01"},
    "variants": {
        "head": {
            "inputs": {"y": {"type": "integer", "min": 0, "max": 9}},
            "criteria": {"work": {"points": "y"}},
        },
        "staff": {},
    },
    "amendments": [{"from": "2026-01-01", "change": {"bands": {"good": {"from": 7}}}}],
}


def test_each_row_chooses_its_variant_and_edition() -> None:
    book = load(PARTS)
    table = pl.DataFrame(
        {
            "post": ["head", "staff", "staff", "head", None, "other", "staff"] * 3,
            "day": [date(2025, 5, 1), date(2026, 5, 1), date(2024, 1, 1)] * 7,
            "x": [5, 6, 7, 8, 9, 5, 6] * 3,
            "y": [1, None, None, 8, 3, 3, 4] * 3,
        }
    )
    for kind in ("polars", "pandas on Arrow", "pyarrow"):
        own = KINDS[kind]({name: table.to_arrow()[name] for name in table.columns})
        one, other = (
            assess_table(
                book, own, engine=engine, on_error="report", columns=["status", "score", "band", "points.work"]
            )
            for engine in ("columns", "scalar")
        )
        assert all(equal(one[name], other[name]) for name in ("status", "score", "band", "points.work", "error"))
    for few in (table[:0], table[5:6]):
        rated = assess_table(book, few, engine="columns", on_error="report")
        assert rated.equals(assess_table(book, few, engine="scalar", on_error="report"))
        assert rated["score"].dtype == pl.Float64


def test_variants_read_records_of_a_table_of_their_own() -> None:
    """A variant without the list, or without one of the fields, has its rows told row by row."""
    base: dict[str, Any] = {
        "kpirules": 1,
        "id": "lists",
        "inputs": {"post": {"type": "choice", "options": ["head", "staff", "guest", "clerk"]}},
        "variant_by": "post",
    }

    def listed(formula: str, *fields: str) -> dict[str, Any]:
        number = {"type": "integer", "min": 0, "max": 9}
        tasks = {"type": "list", "max_items": 3, "fields": dict.fromkeys(fields, number)}
        return {"inputs": {"tasks": tasks}, "outputs": {"sum": formula}}

    base["variants"] = {
        "head": listed("sum(t.done for t in tasks)", "done", "late"),
        "staff": listed("10 * sum(t.done - t.late for t in tasks) / 3", "done", "late"),
        "guest": {"outputs": {"sum": 5}},
        "clerk": listed("sum(t.done for t in tasks)", "done"),
    }
    book, posts = load(base), ["staff", "head", "guest", "staff", "clerk", "head", "other"]
    table = pl.DataFrame({"who": range(70), "post": posts * 10})
    records = pl.DataFrame(
        {
            "who": [n % 70 for n in range(150)],
            "done": [n % 11 for n in range(150)],
            "late": [n % 3 for n in range(150)],
        }
    )
    for own, tasks in ((table, records), (table.to_arrow(), records.to_arrow()), (table, records.drop("late"))):
        options: dict[str, Any] = {"key": "who", "records": {"tasks": tasks}}
        assert differences(book, own, ["status", "outputs.sum", "overrides"], **options) == []


def test_without_polars_the_library_of_the_table_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    book = program(WIDE)
    table = pl.DataFrame({"a": [5, 10**12, 7], "b": [2, 3, 10**12], "c": [-1, 1, 0], "d": [20, 7, 1]})
    names = ["outputs.rounded", "outputs.down", "outputs.same", "outputs.less"]
    expected = assess_table(book, table, engine="scalar", columns=names)
    for module in (entering, leaving, library, printing, rating, running, values):
        monkeypatch.setattr(module, "lib", lambda: nw)
    for own in (table.to_pandas(), table.to_arrow()):
        found = assess_table(book, own, engine="columns", columns=names)
        for name in names:
            cells = found[name].to_pylist() if hasattr(found[name], "to_pylist") else list(found[name])
            assert cells == expected[name].to_list()


def test_a_lazy_frame_is_rated_when_it_is_collected(book: Program) -> None:
    table, options = with_records(random.Random(4), book, subjects(5, 60), "polars")
    expected = assess_table(book, table, on_error="report", engine="scalar", columns=COLUMNS, **options)
    found = assess_table(book, table.lazy(), on_error="report", columns=COLUMNS, **options)
    assert isinstance(found, pl.LazyFrame)
    assert found.collect().equals(expected)
    assert found.filter(pl.col("score") > 20).select("band").collect().height < 60
    lazy = {**options, "records": {id_: one.lazy() for id_, one in options["records"].items()}}
    assert assess_table(book, table.lazy(), on_error="report", columns=COLUMNS, **lazy).collect().equals(expected)


def test_a_lazy_frame_streams(book: Program) -> None:
    small = program(WIDE)
    table = pl.DataFrame({"a": list(range(500)), "b": [3] * 500, "c": [-1] * 500, "d": [7] * 500})
    names = ["outputs.rounded", "outputs.less"]
    found = assess_table(small, table.lazy(), on_error="report", columns=names, engine="columns")
    expected = assess_table(small, table, on_error="report", columns=names, engine="scalar")
    assert found.collect(engine="streaming").sort("a").equals(expected)


def test_a_lazy_frame_needs_a_report(book: Program) -> None:
    with pytest.raises(ValueError, match='a lazy frame needs on_error="report"'):
        assess_table(book, pl.LazyFrame({"base": [0.5]}))
    with pytest.raises(ValueError, match="which is not an input"):
        assess_table(book, pl.LazyFrame({"other": [1]}), on_error="report")


IRRATIONAL = """
inputs:
  x: {type: number, min: -4, max: 400, decimals: 2}
  n: {type: integer, min: 0, max: 9}
criteria:
  mean:
    max: 100
    combine: geometric_mean
    round: {places: 2}
    criteria:
      one: {max: 100, points: "clamp(x, 0, 100)"}
      two: {max: 10, points: n, applies: x != 7}
score: {max: 100}
outputs:
  root: round(sqrt(x), 1)
  third: floor(root(x + 4, 3))
  grown: round(power(x, 1/2) * 10, 0, mode="half_even")
  odd: mod(exp(n) , 3) > 1.5
  log: ln(x) < 0
  even: sqrt(x) == 2
  share: round(normal_cdf((x - 2) / 3), 3)
"""


def test_irrational_numbers_are_exact_at_ties() -> None:
    book = program(IRRATIONAL)
    names = [name for name in book.column_plan().columns if not name.startswith("let")]
    assert set(names) > {f"outputs.{name}" for name in ("root", "third", "grown", "odd", "log", "even", "share")}
    cells = [-4.0, -0.01, 0.0, 0.01, 1.0, 2.0, 2.25, 4.0, 7.0, 9.0, 23.0, 60.0, 100.0, 121.0, 210.25, 339.0, 400.0]
    table = pl.DataFrame({"x": cells * 10, "n": [place % 10 for place in range(170)]})[: by_budget(68, 170)]
    assert differences(book, table, names) == []
    assert differences(book, table.filter(pl.col("x") > 0).to_pandas(), names) == []


def test_an_irrational_number_that_may_be_too_large_is_named() -> None:
    book = program(
        "inputs: {x: {type: integer, min: 1, max: 1000}}\noutputs: {e: round(exp(x)), p: 'round(power(x, x))'}"
    )
    told = str(book.column_plan())
    assert "outputs.e: `exp` may be too large" in told
    assert "`power` may be too large" in told


def test_a_sum_of_quotients_that_counts_no_record_is_zero() -> None:
    book = program(
        "inputs: {x: {type: integer, min: 0, max: 9}, b: {type: boolean}, tasks: {type: list, max_items: 3, fields: "
        "{n: {type: integer, min: 0, max: 9}}}}\nlet: {v: sum(t.n / x for t in tasks if b)}\noutputs: {r: v + 5}"
    )
    rows = [[], [{"n": 1}], [{"n": 1}, {"n": 2}]]
    table = pl.DataFrame({"x": [0, 3] * 60, "b": [True, False, False] * 40, "tasks": [*rows, *rows[::-1]] * 20})
    assert differences(book, table, ["outputs.r"]) == []


@pytest.mark.parametrize("function", ["sum", "min", "max", "avg"])
def test_quotients_of_records_are_compared_with_1(function: str) -> None:
    book = program(
        "inputs: {tasks: {type: list, min_items: 1, max_items: 3, fields: {hours: {type: integer, min: 1, max: 9}, "
        f"size: {{type: integer, min: 0, max: 9}}}}}}}}\nlet: {{v: {function}(t.size / t.hours for t in tasks)}}\n"
        "outputs: {met: v >= 1, all: v == 1, points: 5 if v >= 1 else 2}"
    )
    rows = [[{"hours": 9, "size": 1}], [{"hours": 4, "size": 4}], [{"hours": 2, "size": 9}]]
    table = pl.DataFrame({"tasks": rows * 40})
    shown = assess_table(book, table, columns=["outputs.met", "outputs.all", "outputs.points"], on_error="report")
    assert shown["outputs.met"].to_list() == [False, True, True] * 40
    assert shown["outputs.all"].to_list() == [False, True, False] * 40
    assert shown["outputs.points"].to_list() == [2, 5, 5] * 40


@pytest.mark.parametrize("hours", [0.3, 0.30000000000000004])
def test_a_single_row_with_several_records_is_exact(hours: float) -> None:
    book = program(
        "inputs: {base: {type: number, min: 1, max: 9, decimals: 2}, tasks: {type: list, max_items: 3, fields: "
        "{hours: {type: number, min: 0, max: 40, decimals: 1}}}}\n"
        "outputs: {total: sum(t.hours for t in tasks) / 7, mean: avg(t.hours for t in tasks) / base}"
    )
    for base in (1.07, 3.33, 7.49):
        table = pl.DataFrame({"base": [base], "tasks": [[{"hours": hours}, {"hours": 18.1}, {"hours": 39.7}]]})
        assert differences(book, table, ["outputs.total", "outputs.mean"]) == []
        shared = table.vstack(table).with_columns(base=pl.lit(base))
        assert differences(book, shared, ["outputs.total", "outputs.mean"]) == []
