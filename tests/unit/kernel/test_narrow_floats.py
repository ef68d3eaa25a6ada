"""Floats of 16 and 32 bits mean their shortest decimal text, alone and in a column (§3)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpirules as kr
from kpirules.kernel.exact import from_value, widened

PROGRAM = kr.loads("""
kpirules: 1
inputs:
  rate: {type: number, min: -1000, max: 1000, decimals: 12, optional: true}
  visits: {type: list, fields: {hours: {type: number, min: -1000, max: 1000, decimals: 12, optional: true}}}
outputs: {rate: rate, hours: "sum(default(v.hours, 0) for v in visits)"}
""")
VALUES = (0.1, 0.3, 12.7, None, -0.7)
RECORDS = [[{"hours": value}, {"hours": 0.7}] for value in VALUES]


def outputs(rated: Any) -> list[tuple[Any, Any]]:
    """Return the two outputs of each row as doubles, None if absent."""
    rows = rated.to_pylist() if isinstance(rated, pa.Table) else None
    if isinstance(rated, pl.DataFrame):
        rows = rated.to_dicts()
    if isinstance(rated, pd.DataFrame):
        rows = rated.to_dict("records")
    assert rows is not None
    read = [(row["outputs.rate"], row["outputs.hours"]) for row in rows]
    return [(None if rate is None or math.isnan(rate) else rate, hours) for rate, hours in read]


def alone(bits: int) -> list[tuple[Any, Any]]:
    """Return the outputs with every number as a NumPy scalar."""
    narrow = {16: np.float16, 32: np.float32}[bits]
    found = []
    for value, records in zip(VALUES, RECORDS, strict=True):
        subject = {
            "rate": None if value is None else narrow(value),
            "visits": [{"hours": None if (x := one["hours"]) is None else narrow(x)} for one in records],
        }
        rated = kr.assess(PROGRAM, subject).outputs
        found.append(tuple(None if x is None else float(x) for x in (rated["rate"], rated["hours"])))
    return found  # type: ignore[return-value]


def arrow(bits: int, kind: str) -> pa.Table:
    number = {16: pa.float16(), 32: pa.float32()}[bits]
    narrow = {16: np.float16, 32: np.float32}[bits]
    lists = {
        "list": pa.list_,
        "large": pa.large_list,
        "fixed": lambda of: pa.list_(of, 2),
    }[kind]
    rate = [None if value is None else narrow(value) for value in VALUES]
    visits = [[{"hours": None if (x := one["hours"]) is None else narrow(x)} for one in of] for of in RECORDS]
    return pa.table(
        {
            "rate": pa.array(rate, number),
            "visits": pa.array(visits, lists(pa.struct([("hours", number)]))),
        }
    )


def polars(bits: int, kind: str) -> pl.DataFrame:
    number = {16: pl.Float16, 32: pl.Float32}[bits]
    of = pl.Struct({"hours": number})
    nested = pl.List(of) if kind == "list" else pl.Array(of, 2)
    return pl.DataFrame(
        {"rate": pl.Series(VALUES, dtype=number), "visits": pl.Series(RECORDS, dtype=pl.List(of)).cast(nested)}
    )


def pandas(bits: int, kind: str) -> pd.DataFrame:
    table = arrow(bits, "list")
    backed = {name: pd.Series(pd.arrays.ArrowExtensionArray(table[name])) for name in table.column_names}
    rates: dict[str, Any] = {
        "numpy": np.array([math.nan if value is None else value for value in VALUES], f"f{bits // 8}"),
        "nullable": pd.array(VALUES, dtype="Float32"),
        "arrow": backed["rate"],
        "object": pd.Series([None if value is None else np.float32(value) for value in VALUES], dtype=object),
    }
    return pd.DataFrame({"rate": rates[kind], "visits": backed["visits"]})


@pytest.mark.parametrize(
    ("table", "bits"),
    [
        *((arrow(bits, kind), bits) for bits in (16, 32) for kind in ("list", "large", "fixed")),
        *((polars(bits, kind), bits) for bits in (16, 32) for kind in ("list", "array")),
        *((pandas(bits, kind), bits) for bits in (16, 32) for kind in ("numpy", "arrow")),
        *((pandas(32, kind), 32) for kind in ("nullable", "object")),
    ],
)
def test_a_narrow_float_in_a_column_is_rated_as_it_is_alone(table: Any, bits: int) -> None:
    rated = kr.assess_table(PROGRAM, table, columns=["outputs.rate", "outputs.hours"])
    assert outputs(rated) == alone(bits)


def test_one_tenth_is_one_tenth_at_every_width() -> None:
    assert [rate for rate, _ in alone(16)] == [rate for rate, _ in alone(32)] == list(VALUES)


def test_records_of_a_table_of_their_own_mean_the_same() -> None:
    rows = [{"id": "a", "rate": None}]
    records = pl.DataFrame({"id": ["a", "a"], "hours": pl.Series([0.1, 0.2], dtype=pl.Float32)})
    asked: dict[str, Any] = {"key": "id", "records": {"visits": records}, "columns": ["outputs.hours"]}
    (rated,) = kr.assess_table(PROGRAM, rows, **asked)
    assert rated["outputs.hours"] == Fraction(3, 10)


def test_every_float_of_16_bits_is_written_as_numpy_writes_it() -> None:
    for value in np.arange(2**16, dtype=np.uint32).astype(np.uint16).view(np.float16):
        if np.isfinite(value):
            assert str(widened(float(value), 16)) == str(float(str(value)))


def test_every_power_of_two_and_its_neighbours_are_written_as_numpy_writes_them() -> None:
    for exponent in range(-149, 128):
        power = np.float32(2.0**exponent)
        for value in (power, np.nextafter(power, np.float32(0)), np.nextafter(power, np.float32(3e38))):
            assert widened(float(value), 32) == float(str(value))


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_of_32_bits_means_in_a_column_what_it_means_alone(value: float) -> None:
    assert from_value(widened(value, 32)) == from_value(np.float32(value))


@given(st.lists(st.floats(-999, 999, width=32), min_size=1, max_size=5))
def test_a_column_of_floats_of_32_bits_is_rated_as_its_values(values: list[float]) -> None:
    program = kr.loads("{kpirules: 1, inputs: {x: {type: number, min: -1000, max: 1000}}, outputs: {y: x}}")
    rows = [{"x": np.float32(value)} for value in values]
    table = pl.DataFrame({"x": pl.Series(values, dtype=pl.Float32)})
    columns = ["outputs.y"]
    singly = kr.assess_table(program, rows, columns=columns, on_error="report")
    together = kr.assess_table(program, table, columns=columns, on_error="report").to_dicts()
    for one, other in zip(singly, together, strict=True):
        assert other["outputs.y"] == (None if one["outputs.y"] is None else float(one["outputs.y"]))
        assert other["error"] == one["error"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_stays_what_it_is(value: float) -> None:
    assert str(widened(value, 32)) == str(value)


def test_a_double_is_no_narrow_float() -> None:
    with pytest.raises(ValueError, match=r"0\.1 is not a float of 32 bits"):
        widened(0.1, 32)


@pytest.mark.parametrize(("bits", "largest"), [(16, np.finfo(np.float16).max), (32, np.finfo(np.float32).max)])
def test_the_largest_floats_are_written_too(bits: int, largest: Any) -> None:
    for value in (largest, np.nextafter(largest, largest - largest)):
        assert widened(float(value), bits) == float(str(value))
        assert widened(-float(value), bits) == -float(str(value))
