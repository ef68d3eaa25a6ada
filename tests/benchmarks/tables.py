"""Compares tables rated by columns with float code by hand for Polars, and with rating row by row.

    python -m tests.benchmarks.tables [ROWS]

Prints seconds, ratios in one run, and how many rows the float code rates wrongly.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache, reduce
from operator import add
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from kpirules import Program, assess_table, load, loads

from . import nutriscore_by_hand
from .by_hand import GROUPS, LOOKUP
from .subjects import staff, weighted30

__all__ = ["TERMS", "Contest", "contests", "main", "ten_terms"]

TERMS = 10

ROWS_BY_ROW = 5_000
"""Rows that are rated one by one."""


class Contest:
    """A rulebook, a table, and the same rules in floats.

    Args:
        name: of the rules.
        program: the rules.
        table: of subjects.
        by_hand: the expressions of score and band.
        records: the records of lists, joined by `person`.
    """

    def __init__(
        self,
        name: str,
        program: Program,
        table: pl.DataFrame,
        by_hand: Callable[[], list[dict[str, pl.Expr]]],
        records: dict[str, pl.DataFrame] | None = None,
    ) -> None:
        self.name, self.program, self.table, self.by_hand = name, program, table, by_hand
        self.records = records

    def options(self, rows: int) -> dict[str, Any]:
        """Return the options of `assess_table` for the first rows."""
        if self.records is None:
            return {}
        own = {id_: one.filter(pl.col("person") < rows) for id_, one in self.records.items()}
        return {"key": "person", "records": own}

    def run(self) -> str:
        """Return the measurements in one line."""
        few = self.table[:ROWS_BY_ROW]
        options, fewer = self.options(len(self.table)), self.options(len(few))
        exact, rated = timed(lambda: assess_table(self.program, self.table, engine="columns", **options))
        floats, by_hand = timed(lambda: self.floats().collect())
        by_row, _ = timed(lambda: assess_table(self.program, few, engine="scalar", **fewer))
        by_row *= len(self.table) / len(few)
        wrong = rated["band"].ne_missing(by_hand["band"]).sum()
        return (
            f"{self.name}: {len(self.table)} rows, columns {exact:.2f} s, floats by hand {floats:.2f} s "
            f"({exact / floats:.1f}×), row by row {by_row:.0f} s ({by_row / exact:.0f}×); "
            f"{wrong} bands of the floats are wrong"
        )

    def floats(self) -> pl.LazyFrame:
        frame = self.table.lazy()
        if self.records:
            frame = _with_sums(frame, self.records["tasks"], self.records["disciplines"])
        for stage in self.by_hand():
            frame = frame.with_columns(**stage)
        return frame.select(*self.table.columns, "score", "band")


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least of three times, and the last result."""
    times = []
    for _ in range(3):
        start = perf_counter()
        found = run()
        times.append(perf_counter() - start)
    return min(times), found


# -- ten terms, variable divisors, half-up, five bands ---------------------------------------------


def ten_terms() -> Program:
    """Return a rulebook with ten rounded quotients, which may be negative."""
    inputs = "".join(
        f"  a{n}: {{type: number, min: -1000, max: 1000, decimals: 2}}\n  b{n}: {{type: integer, min: 1, max: 1000}}\n"
        for n in range(TERMS)
    )
    criteria = "".join(
        f'  c{n}: {{max: 10, min: -10, points: "clamp(10 * a{n} / b{n}, -10, 10)", round: {{places: 2, mode: half_up}}}}\n'
        for n in range(TERMS)
    )
    bands = "{a: {from: 60}, b: {from: 30}, c: {from: 0}, d: {from: -30}, e: {from: -100}}"
    return loads(f"kpirules: 1\nid: ten\ninputs:\n{inputs}criteria:\n{criteria}bands: {bands}\n")


def _terms(rows: int, *, is_float: bool) -> pl.DataFrame:
    source = random.Random(10)
    columns: dict[str, list[Any]] = {}
    for n in range(TERMS):
        hundredths = [source.randrange(-100_000, 100_001) for _ in range(2_000)]
        columns[f"a{n}"] = [cell / 100 if is_float else cell // 100 for cell in hundredths]
        columns[f"b{n}"] = [source.randrange(1, 1001) for _ in range(2_000)]
    few = pl.DataFrame({name: pl.Series(cells, dtype=_kind(name, is_float)) for name, cells in columns.items()})
    return pl.concat([few] * (rows // len(few))).rechunk()


def _kind(name: str, is_float: bool) -> Any:
    return pl.Float64 if is_float and name.startswith("a") else pl.Int64


def _half_up(value: pl.Expr) -> pl.Expr:
    scaled = value * 100
    return pl.when(scaled >= 0).then((scaled + 0.5).floor()).otherwise(-((0.5 - scaled).floor())) / 100


def _ten_by_hand() -> list[dict[str, pl.Expr]]:
    terms = {f"t{n}": (10 * pl.col(f"a{n}") / pl.col(f"b{n}")).clip(-10, 10) for n in range(TERMS)}
    score = pl.col("score")
    band: Any = pl.when(score >= 60).then(pl.lit("a")).when(score >= 30).then(pl.lit("b"))
    band = band.when(score >= 0).then(pl.lit("c")).when(score >= -30).then(pl.lit("d")).otherwise(pl.lit("e"))
    return [terms, {"score": reduce(add, map(_half_up, map(pl.col, terms)))}, {"band": band}]


# -- thirty weighted indicators --------------------------------------------------------------------


@cache
def _few() -> list[dict[str, Any]]:
    return weighted30(2_000)


def _units(rows: int, kind: type) -> pl.DataFrame:
    """Return units whose numbers are floats, decimals, or integers."""
    few = [
        {
            name: cell
            if isinstance(cell, str | bool | int)
            else max(kind(cell), kind(1))
            if kind is int
            else kind(cell)
            for name, cell in subject.items()
        }
        for subject in _few()
    ]
    return pl.concat([pl.DataFrame(few, infer_schema_length=None)] * (rows // len(few))).rechunk()


def _weighted_of_decimals() -> list[dict[str, pl.Expr]]:
    """Return the expressions after those that turn decimals into floats."""
    names = [name for _, (*_, a1, p1, a2, p2, _late) in GROUPS for name in (a1, p1, a2, p2)]
    names += [name for _, (_, _, _, id3, id4, *_) in GROUPS for name in (id3, id4)]
    return [{name: pl.col(name).cast(pl.Float64) for name in names}, *_weighted_by_hand()]


def _weighted_by_hand() -> list[dict[str, pl.Expr]]:
    first: dict[str, pl.Expr] = {}
    groups: dict[str, pl.Expr] = {}
    for _, (group, id1, id2, id3, id4, id5, _, actual1, plan1, actual2, plan2, late) in GROUPS:
        for id_, actual, plan in ((id1, actual1, plan1), (id2, actual2, plan2)):
            first[f"points.{id_}"] = (pl.col(actual) / pl.col(plan)).clip(upper_bound=1.2) / 1.2 * 100
        x = pl.col(id3)
        line: Any = pl.when(x <= 5).then(100 - 2 * x).when(x <= 20).then(90 - (x - 5) * 10 / 3)
        first[f"points.{id3}"] = line.when(x <= 50).then(40 - (x - 20) * 4 / 3).otherwise(0.0)
        x = pl.col(id4)
        steps: Any = pl.when(x >= 95).then(100.0).when(x >= 90).then(80.0).when(x >= 80).then(60.0)
        looked_up: Any = pl.lit(0.0)
        for option, points in LOOKUP.items():
            looked_up = pl.when(pl.col(id5) == option).then(float(points)).otherwise(looked_up)
        rounded = [_half_up(pl.col(f"points.{id_}")) for id_ in (id1, id2, id3)]
        groups[f"points.{group}"] = (
            0.25 * rounded[0]
            + 0.2 * rounded[1]
            + 0.2 * rounded[2]
            + 0.15 * steps.when(x >= 70).then(40.0).otherwise(0.0)
            + 0.1 * looked_up
            + 0.1 * (100 - 12.5 * pl.col(late)).clip(lower_bound=0)
        )
    total = reduce(add, [weight * pl.col(f"points.{group}") for weight, (group, *_) in GROUPS])
    score, growth = pl.col("score"), pl.col("points.growth")
    place: Any = pl.when((score >= 90) & (growth >= 85)).then(0).when(score >= 70).then(1)
    place = place.when(score >= 50).then(2).otherwise(3)
    reprimanded = pl.when(pl.col("reprimanded") & (pl.col("place") < 2)).then(2).otherwise(pl.col("place"))
    names = ("excellent", "good", "fair", "poor")
    band: Any = pl.lit(names[3])
    for number, name in enumerate(names[:3]):
        band = pl.when(pl.col("last") == number).then(pl.lit(name)).otherwise(band)
    return [
        first,
        groups,
        {"total": total},
        {"score": _half_up(pl.col("total"))},
        {"place": place},
        {"last": reprimanded},
        {"band": band},
    ]


# -- officials with twelve tasks each ---------------------------------------------------------------


def _officials(rows: int) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    few = staff(2_000)
    lists: dict[str, list[dict[str, Any]]] = {"tasks": [], "disciplines": []}
    subjects = []
    for person, official in enumerate(few):
        subjects.append(
            {"person": person} | {name: _plain(cell) for name, cell in official.items() if name not in lists}
        )
        for name, records in lists.items():
            records += [
                {"person": person} | {field: _plain(cell) for field, cell in one.items()} for one in official[name]
            ]
    frames = [pl.DataFrame(cells, infer_schema_length=None) for cells in (subjects, *lists.values())]
    times = pl.DataFrame({"copy": range(rows // len(few))}, schema={"copy": pl.Int64})
    whole = [
        frame.join(times, how="cross")
        .with_columns(pl.col("person") + pl.col("copy") * len(few))
        .drop("copy")
        .sort("person")
        for frame in frames
    ]
    return whole[0], dict(zip(lists, whole[1:], strict=True))


def _plain(cell: Any) -> Any:
    return float(cell) if isinstance(cell, Decimal) else cell


def _with_sums(frame: pl.LazyFrame, tasks: pl.DataFrame, disciplines: pl.DataFrame) -> pl.LazyFrame:
    weight, done = pl.col("coefficient"), pl.col("completed")

    def net(*names: str) -> pl.Expr:
        wrong, excused = (pl.col(name).fill_null(0) for name in names)
        return (weight * (done - 0.25 * (wrong - excused)).clip(lower_bound=0)).sum()

    sums = (
        tasks.lazy()
        .group_by("person")
        .agg(
            assigned=(weight * pl.col("assigned")).sum(),
            completed=(weight * done).sum(),
            with_quality=net("failures", "objective_failures"),
            on_time=net("delays", "objective_delays"),
        )
    )
    counts = pl.col("effective_on").dt.year() == 2026
    bad = (
        disciplines.lazy()
        .group_by("person")
        .agg(disciplined=(counts & ~pl.col("already_counted") & pl.col("ground").is_in(["ideology", "duty"])).any())
    )
    return frame.join(sums, on="person", how="left", maintain_order="left").join(
        bad, on="person", how="left", maintain_order="left"
    )


def _staff_by_hand() -> list[dict[str, pl.Expr]]:
    general = reduce(
        add, [pl.col(name) for name in ("g1_1", "g1_2", "g2_1", "g2_2", "g2_3", "g3_1", "g3_2", "g3_3", "g3_4")]
    )
    attitude = pl.when(pl.col("serves_public")).then(pl.col("g2_4_public")).otherwise(pl.col("g2_4_internal"))
    rates = [
        (pl.col(name) / pl.col("assigned")).clip(upper_bound=1) for name in ("with_quality", "on_time", "completed")
    ]
    total = general + attitude + pl.when(pl.col("assigned") > 0).then(70 * reduce(add, rates) / 3)
    is_short = (pl.col("months_worked") < 6) & ~pl.col("absence").is_in(["sick_leave", "maternity_leave"])
    score = pl.col("score")
    is_poor = pl.col("concluded_degradation") | pl.col("concluded_forbidden_act") | pl.col("concluded_bad_example")
    band: Any = (
        pl.when(is_short).then(None).when(is_poor | pl.col("disciplined").fill_null(value=False)).then(pl.lit("poor"))
    )
    band = band.when(score >= 90).then(pl.lit("excellent")).when(score >= 70).then(pl.lit("good"))
    return [
        {"score": _half_up(total)},
        {"band": band.when(score >= 50).then(pl.lit("fair")).when(score >= 0).then(pl.lit("poor"))},
    ]


def contests(rows: int) -> Iterator[Contest]:
    """Yield the rulebooks with tables of a size, each table made when it is asked for.

    Args:
        rows: of each table, a multiple of 2,000.
    """
    ten = ten_terms()
    yield Contest("ten terms, integers", ten, _terms(rows, is_float=False), _ten_by_hand)
    yield Contest("ten terms, floats", ten, _terms(rows, is_float=True), _ten_by_hand)
    weighted = load(Path(__file__).parent / "weighted30.kpi.yaml")
    yield Contest("weighted30, integers", weighted, _units(rows, int), _weighted_by_hand)
    yield Contest("weighted30, decimals", weighted, _units(rows, Decimal), _weighted_of_decimals)
    yield Contest("weighted30, floats", weighted, _units(rows, float), _weighted_by_hand)
    label = load(Path(__file__).parents[2] / "examples" / "nutriscore2023" / "nutriscore.kpi.yaml")
    yield Contest("Nutri-Score, floats", label, nutriscore_by_hand.products(rows), nutriscore_by_hand.by_hand)
    decree = load(Path(__file__).parents[2] / "examples" / "nd335" / "staff.kpi.yaml")
    officials, records = _officials(rows)
    yield Contest("staff with 12 tasks", decree, officials, _staff_by_hand, records)


def main(rows: int) -> None:
    """Print what was measured.

    Args:
        rows: of each table, a multiple of 2,000.
    """
    for contest in contests(rows):
        print(contest.run(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
