"""Nutri-Score in floats, by hand for Polars and DuckDB, as somebody writes it who knows the table of thresholds."""

from __future__ import annotations

import random
from functools import reduce
from operator import add
from typing import Any

import polars as pl

__all__ = ["by_hand", "products", "query_by_hand"]

TYPES = ("general", "cheese", "red_meat", "fats_oils_nuts_seeds", "beverage", "water")

ENERGY = tuple(335 * n for n in range(1, 11))
SUGARS = (3.4, 6.8, 10, 14, 17, 20, 24, 27, 31, 34, 37, 41, 44, 48, 51)
SATURATES = tuple(range(1, 11))
SALT = tuple(n / 5 for n in range(1, 21))
FIBRE = (3.0, 4.1, 5.2, 6.3, 7.4)
PROTEINS = (2.4, 4.8, 7.2, 9.6, 12, 14, 17)
ENERGY_OF_FAT = tuple(range(120, 1201, 120))
SHARES = tuple(n / 100 for n in range(10, 65, 6))
ENERGY_OF_DRINKS = (30, 90, 150, 210, 240, 270, 300, 330, 360, 390)
SUGARS_OF_DRINKS = (0.5, 2, 3.5, 5, 6, 7, 8, 9, 10, 11)
PROTEINS_OF_DRINKS = (1.2, 1.5, 1.8, 2.1, 2.4, 2.7, 3.0)

EDGES = {
    "energy_kj": (0, *ENERGY, *ENERGY_OF_DRINKS),
    "saturated_fat_g": (0, *SATURATES),
    "sugars_g": (0, *SUGARS, *SUGARS_OF_DRINKS),
    "salt_g": (0, *SALT),
    "proteins_g": (0, *PROTEINS, *PROTEINS_OF_DRINKS),
    "fiber_g": (0, *FIBRE),
    "fvl_percent": (0, 40, 60, 80),
}
"""Values that a rule is strict about: every second product has one of them."""


def products(rows: int) -> pl.DataFrame:
    """Return products of all types with values at thresholds and beside them.

    Args:
        rows: how many, a multiple of 2,000.
    """
    source = random.Random(2023)
    columns: dict[str, list[Any]] = {"product_type": [source.choice(TYPES) for _ in range(2_000)]}
    for name, edges in EDGES.items():
        top = 2 * max(edges) if name != "fvl_percent" else 100
        columns[name] = [
            float(source.choice(edges)) if source.random() < 0.5 else source.randrange(int(10 * top)) / 10
            for _ in range(2_000)
        ]
        columns[name] = [min(cell, 100.0) if name != "energy_kj" else min(cell, 4000.0) for cell in columns[name]]
    columns["fat_g"] = [
        min(100.0, round(saturates + source.randrange(400) / 10, 1)) for saturates in columns["saturated_fat_g"]
    ]
    for name in ("fiber_g", "fvl_percent"):
        columns[name] = [None if source.random() < 0.2 else cell for cell in columns[name]]
    columns["non_nutritive_sweeteners"] = [source.random() < 0.3 for _ in range(2_000)]
    return pl.concat([pl.DataFrame(columns)] * (rows // 2_000)).rechunk()


def _passed(value: pl.Expr, thresholds: tuple[float, ...], *, reached: bool = False) -> pl.Expr:
    """Return how many thresholds a value exceeds."""
    return reduce(add, [(value >= limit if reached else value > limit).cast(pl.Int64) for limit in thresholds])


def by_hand() -> list[dict[str, pl.Expr]]:
    """Return the expressions of score and band."""
    kind, fvl, saturates = pl.col("product_type"), pl.col("fvl_percent").fill_null(0), pl.col("saturated_fat_g")
    is_drink, is_fat = kind.is_in(["beverage", "water"]), kind == "fats_oils_nuts_seeds"
    share = pl.when(pl.col("fat_g") > 0).then(saturates / pl.col("fat_g")).otherwise(0.0)
    energy = pl.when(is_fat).then(_passed(37 * saturates, ENERGY_OF_FAT))
    energy = energy.when(is_drink).then(_passed(pl.col("energy_kj"), ENERGY_OF_DRINKS))
    sugars = pl.when(is_drink).then(_passed(pl.col("sugars_g"), SUGARS_OF_DRINKS))
    fats = pl.when(is_fat).then(_passed(share, SHARES, reached=True)).otherwise(_passed(saturates, SATURATES))
    sweet = pl.when(is_drink & pl.col("non_nutritive_sweeteners")).then(4).otherwise(0)
    negative = (
        energy.otherwise(_passed(pl.col("energy_kj"), ENERGY))
        + sugars.otherwise(_passed(pl.col("sugars_g"), SUGARS))
        + fats
        + _passed(pl.col("salt_g"), SALT)
        + sweet
    )
    fruit: Any = pl.when(fvl > 80).then(pl.when(is_drink).then(6).otherwise(5))
    fruit = fruit.when(fvl > 60).then(pl.when(is_drink).then(4).otherwise(2))
    fruit = fruit.when(fvl > 40).then(pl.when(is_drink).then(2).otherwise(1)).otherwise(0)
    proteins: Any = pl.when(is_drink).then(_passed(pl.col("proteins_g"), PROTEINS_OF_DRINKS))
    proteins = proteins.when(kind == "red_meat").then(_passed(pl.col("proteins_g"), PROTEINS[:2]))
    counts = is_drink | (kind == "cheese") | (pl.col("negative") < pl.when(is_fat).then(7).otherwise(11))
    positive = (
        fruit
        + _passed(pl.col("fiber_g").fill_null(0), FIBRE)
        + pl.when(counts).then(proteins.otherwise(_passed(pl.col("proteins_g"), PROTEINS))).otherwise(0)
    )
    score = pl.col("score")
    best: Any = pl.when(kind == "water").then(pl.lit("a"))
    best = best.when(~is_drink & (score <= pl.when(is_fat).then(-6).otherwise(0))).then(pl.lit("a"))
    band = best.when(score <= 2).then(pl.lit("b"))
    band = band.when(score <= pl.when(is_drink).then(6).otherwise(10)).then(pl.lit("c"))
    band = band.when(score <= pl.when(is_drink).then(9).otherwise(18)).then(pl.lit("d")).otherwise(pl.lit("e"))
    return [{"negative": negative}, {"score": pl.col("negative") - positive}, {"band": band}]


def _passed_in_sql(value: str, thresholds: tuple[float, ...], sign: str = ">") -> str:
    return " + ".join(f"({value} {sign} {limit}::DOUBLE)::INT" for limit in thresholds)


def query_by_hand() -> str:
    """Return a query on doubles."""
    passed = _passed_in_sql
    fats = passed("CASE WHEN fat_g > 0 THEN saturated_fat_g / fat_g ELSE 0 END", SHARES, ">=")
    drink, fat = "product_type IN ('beverage', 'water')", "product_type = 'fats_oils_nuts_seeds'"
    fvl = "coalesce(fvl_percent, 0)"
    return f"""
        WITH first AS (
            SELECT *, {drink} AS is_drink, {fat} AS is_fat,
                CASE WHEN {fat} THEN {passed("37 * saturated_fat_g", ENERGY_OF_FAT)}
                    WHEN {drink} THEN {passed("energy_kj", ENERGY_OF_DRINKS)} ELSE {passed("energy_kj", ENERGY)} END
                + CASE WHEN {drink} THEN {passed("sugars_g", SUGARS_OF_DRINKS)} ELSE {passed("sugars_g", SUGARS)} END
                + CASE WHEN {fat} THEN {fats} ELSE {passed("saturated_fat_g", SATURATES)} END
                + {passed("salt_g", SALT)}
                + CASE WHEN {drink} AND non_nutritive_sweeteners THEN 4 ELSE 0 END AS negative
            FROM people
        ), second AS (
            SELECT *, negative
                - CASE WHEN {fvl} > 80 THEN CASE WHEN is_drink THEN 6 ELSE 5 END
                    WHEN {fvl} > 60 THEN CASE WHEN is_drink THEN 4 ELSE 2 END
                    WHEN {fvl} > 40 THEN CASE WHEN is_drink THEN 2 ELSE 1 END ELSE 0 END
                - ({passed("coalesce(fiber_g, 0)", FIBRE)})
                - CASE WHEN is_drink THEN {passed("proteins_g", PROTEINS_OF_DRINKS)}
                    WHEN product_type = 'red_meat' AND negative < 11 THEN {passed("proteins_g", PROTEINS[:2])}
                    WHEN product_type = 'cheese' OR negative < CASE WHEN is_fat THEN 7 ELSE 11 END
                        AND product_type <> 'red_meat' THEN {passed("proteins_g", PROTEINS)}
                    ELSE 0 END AS score
            FROM first
        )
        SELECT nth, score, CASE WHEN product_type = 'water' THEN 'a'
            WHEN NOT is_drink AND score <= CASE WHEN is_fat THEN -6 ELSE 0 END THEN 'a' WHEN score <= 2 THEN 'b'
            WHEN score <= CASE WHEN is_drink THEN 6 ELSE 10 END THEN 'c'
            WHEN score <= CASE WHEN is_drink THEN 9 ELSE 18 END THEN 'd' ELSE 'e' END AS band
        FROM second"""
