"""Tables of subjects: the same ratings as one by one, in the kind of table that was given."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kpirules as kr

ND335 = Path(__file__).parents[3] / "examples" / "nd335"

RULEBOOK = """
kpirules: 1
id: demo.review
inputs:
  planned: {type: integer, min: 1, max: 1000}
  done: {type: integer, min: 0, max: 1000, optional: true}
  warned: {type: boolean, default: false}
  due: {type: date, optional: true}
  visits: {type: list, min_items: 0, fields: {hours: {type: number, min: 0, max: 24}}}
criteria:
  results: {max: 70, rate: 'min(done / planned, 1)', missing: unrated}
  visited: {max: 30, met: any(v.hours > 0 for v in visits)}
score: {round: {places: 2}, band_on: rounded}
bands: {good: {from: 70, label: Good}, poor: {from: 0}}
overrides: {warning: {when: warned, band_at_most: poor}}
outputs:
  next: default(due, date(2026, 1, 31))
  is_good: score >= 70
  word: '"a" if warned else "b"'
  missing: due
"""
ROWS: list[dict[str, Any]] = [
    {"name": "An", "planned": 3, "done": 2, "warned": False, "due": date(2026, 3, 1), "visits": [{"hours": 1.5}]},
    {"name": "Bình", "planned": 3, "done": None, "warned": True, "due": None, "visits": []},
    {"name": "Chi", "planned": 7, "done": 7, "warned": True, "due": date(2026, 4, 1), "visits": [{"hours": 0}]},
]
COLUMNS = (
    "status", "score", "exact_score", "band", "band_label", "margin_up", "margin_down", "rounding_decided", "because",
    "overrides", "points.results", "share.results", "outputs.next", "outputs.is_good", "outputs.word",
    "outputs.missing",
)  # fmt: skip


@pytest.fixture(scope="module")
def program() -> kr.Program:
    return kr.loads(RULEBOOK)


def frame(kind: str) -> Any:
    if kind == "pandas":
        return pd.DataFrame(ROWS, index=pd.Index([10, 30, 20]))
    columns = {name: [row[name] for row in ROWS] for name in ROWS[0]}
    polars = pl.DataFrame(columns, strict=False)
    return polars if kind == "polars" else polars.to_arrow()


def plain(rated: Any) -> dict[str, list[Any]]:
    """Return the columns of a data frame, with None for missing values."""
    if isinstance(rated, pd.DataFrame):
        return {name: [None if pd.isna(v) else v for v in rated[name]] for name in COLUMNS}
    table = rated.select(COLUMNS)
    found: dict[str, list[Any]] = table.to_pydict() if isinstance(table, pa.Table) else table.to_dict(as_series=False)
    return found


def one_by_one(program: kr.Program) -> list[kr.Assessment]:
    return [kr.assess(program, {k: v for k, v in row.items() if k != "name"}) for row in ROWS]


def test_rows_are_rated_as_one_by_one_and_keep_what_they_hold(program: kr.Program) -> None:
    rated = kr.assess_table(program, iter(ROWS), key="name")
    assert [{k: row[k] for k in ROWS[0]} for row in rated] == ROWS
    alone = one_by_one(program)
    assert [(r["status"], r["score"], r["band"]) for r in rated] == [(a.status, a.score, a.band) for a in alone]
    assert [list(row) for row in rated] == [[*ROWS[0], "status", "score", "band"]] * 3


def test_numbers_of_rows_are_exact(program: kr.Program) -> None:
    rated = kr.assess_table(program, ROWS, key=["name"], columns=COLUMNS)
    assert rated[0]["exact_score"] == Fraction(230, 3)
    assert rated[0]["points.results"] == Fraction(140, 3)
    assert rated[0]["score"] == Decimal("76.67")
    assert rated[0]["margin_down"] == Decimal("6.67")
    assert rated[1]["because"] == "criteria.results"
    assert rated[2]["overrides"] == "warning"
    assert [row["outputs.next"] for row in rated] == [date(2026, 3, 1), None, date(2026, 4, 1)]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_data_frame_comes_back_as_its_own_kind_with_ratings(program: kr.Program, kind: str) -> None:
    table = frame(kind)
    rated = kr.assess_table(program, table, key="name", columns=COLUMNS)
    assert type(rated) is type(table)
    assert list(rated.columns if kind != "pyarrow" else rated.column_names) == [*ROWS[0], *COLUMNS]
    found = plain(rated)
    for name in COLUMNS:
        wanted = [row[name] for row in kr.assess_table(program, ROWS, key="name", columns=COLUMNS)]
        assert found[name] == [float(v) if isinstance(v, Decimal | Fraction) else v for v in wanted], name


def test_a_pandas_index_stays_and_the_table_that_was_given_does_not_change(program: kr.Program) -> None:
    table = frame("pandas")
    before = table.copy()
    rated = kr.assess_table(program, table, key="name")
    assert list(rated.index) == [10, 30, 20]
    assert rated.loc[30, "status"] == "insufficient"
    pd.testing.assert_frame_equal(table, before)


def test_types_do_not_hang_on_what_happens_to_be_missing(program: kr.Program) -> None:
    rated = kr.assess_table(program, frame("polars")[1:2], key="name", columns=COLUMNS)
    assert rated.schema["score"] == pl.Float64
    assert rated.schema["band"] == pl.String
    assert rated.schema["rounding_decided"] == pl.Boolean
    assert rated.schema["outputs.next"] == pl.Date


@pytest.mark.parametrize("kind", ["list", "pandas", "polars", "pyarrow"])
def test_records_are_joined_from_a_table_of_their_own(program: kr.Program, kind: str) -> None:
    people = [{k: v for k, v in row.items() if k != "visits"} for row in ROWS]
    visits = [{"name": "An", "hours": 1.5}, {"name": "Chi", "hours": 0}]
    if kind == "pandas":
        people, visits = pd.DataFrame(people), pd.DataFrame(visits)
    elif kind != "list":
        people, visits = pl.DataFrame(people, strict=False), pl.DataFrame(visits, strict=False)
    if kind == "pyarrow":
        people, visits = people.to_arrow(), visits.to_arrow()
    rated = kr.assess_table(program, people, key="name", records={"visits": visits})
    bands = [row["band"] for row in rated] if kind == "list" else plain_column(rated, "band")
    assert bands == ["good", None, "poor"]


def plain_column(rated: Any, name: str) -> list[Any]:
    values = rated[name].to_pylist() if isinstance(rated, pa.Table) else list(rated[name])
    return [None if value is None or value != value else value for value in values]


def test_a_shipped_example_is_rated_from_three_tables() -> None:
    program = kr.load(ND335 / "staff.kpi.yaml")
    people, tasks, disciplines = (pd.read_csv(ND335 / f"{n}.csv") for n in ("staff", "tasks", "disciplines"))
    records = {"tasks": tasks, "disciplines": disciplines}
    rated = kr.assess_table(program, people, key="person", records=records)
    lines = [json.loads(line) for line in (ND335 / "staff.jsonl").read_text(encoding="utf-8").splitlines()]
    alone = kr.assess_table(program, lines, key="person")
    assert plain_column(rated, "band") == [row["band"] for row in alone]
    assert plain_column(rated, "score") == [None if r["score"] is None else float(r["score"]) for r in alone]


def test_every_problem_of_every_row_is_reported_with_its_row(program: kr.Program) -> None:
    rows = [ROWS[0], {**ROWS[1], "planned": 0, "visits": [{"hours": 25}]}, {"name": "Dung", "visits": []}]
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess_table(program, rows, key="name")
    assert [(d.code, d.path) for d in refused.value.report] == [
        ("KR604", "rows[1] (Bình).planned"),
        ("KR604", "rows[1] (Bình).visits[0].hours"),
        ("KR602", "rows[2] (Dung).planned"),
    ]


def test_a_row_that_cannot_be_rated_may_keep_its_reason(program: kr.Program) -> None:
    rows = [ROWS[0], {**ROWS[1], "planned": 0}]
    rated = kr.assess_table(program, rows, key="name", on_error="report")
    assert [row["error"] for row in rated] == [
        None,
        "KR604 `planned` is 0, below 1 (allowed: a whole number from 1 to 1000)",
    ]
    assert (rated[1]["status"], rated[1]["score"], rated[1]["band"]) == (None, None, None)
    table = kr.assess_table(program, pl.DataFrame(rows, strict=False), key="name", on_error="report")
    assert table["error"].to_list() == [row["error"] for row in rated]


def test_a_fault_of_a_row_says_which_row_it_was() -> None:
    program = kr.loads(
        "kpirules: 1\nid: a\ninputs: {x: {type: integer, min: 0, max: 9}}\noutputs: {y: 1 / x}\nallow: {KR350: known}"
    )
    with pytest.raises(kr.FaultError) as fault:
        kr.assess_table(program, [{"x": 1}, {"x": 0}], columns=["outputs.y"])
    assert "for rows[1]" in str(fault.value)


def test_what_is_not_a_number_in_polars_is_no_missing_value(program: kr.Program) -> None:
    visits = pl.DataFrame({"name": ["An"], "hours": [float("nan")]})
    people = frame("polars").drop("visits")
    with pytest.raises(kr.SubjectError, match="nan"):
        kr.assess_table(program, people, key="name", records={"visits": visits})


def test_only_the_first_of_very_many_problems_are_reported(program: kr.Program) -> None:
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess_table(program, [{"planned": 0, "visits": []}] * 5_000)
    report = refused.value.report
    assert len(report) == 1_000
    assert list(report)[-1].notes == ("there are too many problems: nothing after rows[999] was checked",)
    assert "nothing after rows[999] was checked" in str(report)
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess_table(program, [{"planned": 0, "visits": []}] * 1_000)
    assert list(refused.value.report)[-1].notes == ()


def test_an_empty_table_gives_an_empty_table(program: kr.Program) -> None:
    assert kr.assess_table(program, [], key="name") == []
    assert kr.assess_table(program, frame("polars")[:0], key="name").columns == [*ROWS[0], "status", "score", "band"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": ()}, "the table has a column `name`, which is not an input; if that is intended"),
        ({"key": "naem"}, "has a column `name`"),
        ({"key": ("name", "unit")}, "the table has no column `unit`, which `key` names"),
        ({"columns": ["scor"]}, "there is no column `scor`; did you mean `score`"),
        ({"columns": ["points.resluts"]}, "there is no column `points.resluts`; did you mean `points.results`"),
        ({"on_error": "ignore"}, 'on_error is "raise" or "report"'),
        ({"records": {"vists": []}}, "`vists` is not a list input; did you mean `visits`"),
        ({"key": (), "ignore": "name", "records": {"visits": []}}, "records need `key`"),
        (
            {"records": {"visits": [{"name": "An", "hour": 1}]}},
            "has a column `hour`, which is not an input; did you mean",
        ),
        ({"records": {"visits": [{"hours": 1}]}}, "the table of `visits` has no column `name`"),
        (
            {"records": {"visits": []}},
            r"rows\[0\] \(An\): `visits` is given both here and by `records`; give it once",
        ),
        ({"records": {"visits": [{"name": "Zoe", "hours": 1}]}}, r"records of `visits` match no row: \(Zoe\)"),
    ],
)
def test_a_wrong_argument_is_reported(program: kr.Program, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kr.assess_table(program, ROWS, **{"key": "name", **change})


def test_a_key_in_another_form_of_unicode_is_told_so(program: kr.Program) -> None:
    people = [{"name": "Bình", "planned": 3}]
    form = "the letters are the same in another Unicode form (NFC, NFD)"
    with pytest.raises(ValueError, match=r".") as refused:
        kr.assess_table(program, people, key="name", records={"visits": [{"name": "Bi\u0300nh", "hours": 1}]})
    assert str(refused.value) == f"records of `visits` match no row: (Bi\u0300nh); there is (Bình): {form}"
    with pytest.raises(ValueError, match=r".") as refused:
        kr.assess_table(program, [{"tên": "An", "planned": 3}], key=("te\u0302n",), ignore="tên")
    assert str(refused.value) == f"the table has no column `te\u0302n`, which `key` names; it has `tên`: {form}"


def test_rows_that_records_cannot_tell_apart_are_refused(program: kr.Program) -> None:
    with pytest.raises(ValueError, match=r"rows 0 and 3 have the same key \(An\)"):
        kr.assess_table(program, [*ROWS, ROWS[0]], key="name", records={"visits": []})


def test_records_beside_an_empty_cell_are_the_records(program: kr.Program) -> None:
    people = [{**ROWS[0], "visits": None}]
    rated = kr.assess_table(program, people, key="name", records={"visits": [{"name": "An", "hours": 2}]})
    assert rated[0]["score"] == Decimal("76.67")


def test_a_key_that_tells_nothing_apart_is_refused(program: kr.Program) -> None:
    people = [{name: value for name, value in ROWS[0].items() if name != "visits"}]
    with pytest.raises(TypeError) as refused:
        kr.assess_table(program, [{**people[0], "name": ["An"]}], key="name", records={"visits": []})
    assert str(refused.value) == "rows[0]: `name` is part of the key, but list is not hashable"
    with pytest.raises(TypeError) as refused:
        kr.assess_table(program, people, key="name", records={"visits": [{"name": {}, "hours": 1}]})
    assert str(refused.value) == (
        "rows[0] of the table of `visits`: `name` is part of the key, but dict is not hashable"
    )


def test_half_of_a_character_is_no_key(program: kr.Program) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        kr.assess_table(program, [{**ROWS[0], "name": "An\ud83d"}], key="name")
    assert str(refused.value) == "rows[0]: `name` is part of the key, but has half of a character, U+D83D"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([{**ROWS[0], 5: 1}], "the table has a column 5, whose name is not a text; rename it"),
        (pd.DataFrame([[1]], columns=[5]), "the table has a column 5, whose name is not a text; rename it"),
        (
            pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
            "the table has a column ('a', 'b'), whose name is not a text; rename it",
        ),
        (
            pd.DataFrame([[1, 2]], columns=["a", "a"]),
            "a table names each column once: Expected unique column names, got: - 'a' 2 times; rename them",
        ),
    ],
)
def test_a_column_that_cannot_be_spoken_of_is_refused(program: kr.Program, table: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        kr.assess_table(program, table, key="name")
    assert str(refused.value) == message


def test_rows_without_columns_are_rows() -> None:
    program = kr.loads("kpirules: 1\ninputs: {x: {type: integer, min: 0, max: 9, default: 3}}\noutputs: {y: x}")
    rated = kr.assess_table(program, pd.DataFrame(index=pd.Index([1, 2])), columns=["outputs.y"])
    assert rated["outputs.y"].to_list() == [3, 3]


def test_dates_stand_in_a_frame_of_pandas_without_pyarrow(
    program: kr.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    rated = kr.assess_table(program, frame("pandas"), key="name", columns=["outputs.next"])
    assert rated["outputs.next"].to_list() == [date(2026, 3, 1), None, date(2026, 4, 1)]


@pytest.mark.parametrize("formula", ["x ** 16", "x ** 16 / 3"])
def test_a_number_that_no_double_holds_is_refused_in_a_frame(formula: str) -> None:
    program = kr.loads(
        f"kpirules: 1\ninputs: {{x: {{type: integer, min: 0, max: 1{'0' * 20}}}}}\noutputs: {{y: ({formula})}}"
    )
    rows = [{"x": 10**20}]
    assert kr.assess_table(program, rows, columns=["outputs.y"])[0]["outputs.y"] >= Fraction(10**320, 3)
    with pytest.raises(ValueError, match=r".") as refused:
        kr.assess_table(program, pd.DataFrame(rows, dtype=object), columns=["outputs.y"])
    assert str(refused.value) == (
        "a number of `outputs.y` exceeds 1.8e308, the largest that a data frame can hold; "
        "give the rows as a list of mappings, which has exact numbers"
    )


def test_a_column_whose_place_is_taken_is_refused(program: kr.Program) -> None:
    with pytest.raises(ValueError, match="already has a column `band`"):
        kr.assess_table(program, [{**ROWS[0], "band": "x"}], key="name", ignore="band")


def test_columns_may_be_left_aside_on_purpose(program: kr.Program) -> None:
    rated = kr.assess_table(program, [{**ROWS[0], "phone": "1"}], key="name", ignore=["phone"])
    assert (rated[0]["phone"], rated[0]["band"]) == ("1", "good")


@pytest.mark.parametrize("table", [{"planned": 1}, "planned", 5, [1]])
def test_what_is_no_table_is_refused(program: kr.Program, table: Any) -> None:
    with pytest.raises(TypeError, match=r"is an iterable of mappings|must be a mapping"):
        kr.assess_table(program, table)


def test_a_missing_extra_names_itself(program: kr.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "narwhals.stable.v2", None)
    with pytest.raises(ImportError, match=r"kpirules\[table\]"):
        kr.assess_table(program, frame("polars"), key="name")


# -- rows that share quotas -----------------------------------------------------------------------

SHARED = kr.loads("""
kpirules: 1
inputs:
  unit: {type: text}
  x: {type: integer, min: 0, max: 9}
  by: {type: integer, min: 0, max: 9, default: 1}
  is_large: {type: boolean, default: false}
criteria: {work: {max: 9, points: x}}
bands: {top: {from: 6}, low: {from: 0}}
exemptions: {zero: {when: x == 0, status: not_rated}}
cohort:
  within: [unit]
  max_members: 3
  quotas:
    few: {band: top, at_most: 50% if is_large else 40%, of: all, base: before, round: down, minimum: 1,
      order: [score / by], ties: undecided, demote_to: low, uniform: [is_large]}
""")


def shared(*rows: tuple[str | None, str | None, int], **changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Return rows of a name, a unit and a number, with changes by name."""
    return [{"name": name, "unit": unit, "x": x} | changes.get(str(name), {}) for name, unit, x in rows]


def test_quotas_act_on_a_table_unless_they_are_left_aside() -> None:
    rows = shared(("An", "A", 9), ("Bình", "A", 8), ("Chi", "B", 7))
    columns = ["status", "band", "quotas"]
    rated = kr.assess_table(SHARED, rows, key="name", columns=columns)
    assert [tuple(row[name] for name in columns) for row in rated] == [
        ("rated", "top", ""),
        ("rated", "low", "few"),
        ("rated", "top", ""),
    ]
    assert [row["band"] for row in kr.assess_table(SHARED, rows, key="name", allocate=False)] == ["top"] * 3


def test_equals_across_the_line_are_undecided_in_a_table() -> None:
    rated = kr.assess_table(SHARED, shared(("An", "A", 9), ("Bình", "A", 9)), key="name")
    assert [(row["status"], row["band"]) for row in rated] == [("undecided", None)] * 2


ALONE = shared(("An", "A", 10), ("Bình", "A", 8), ("Chi", "B", 7), ("Dung", "A", 0))


def test_a_row_in_error_leaves_its_cohort_unrated_and_is_named_by_the_others() -> None:
    rated = kr.assess_table(SHARED, ALONE, key="name", on_error="report")
    assert [(row["band"], row["status"]) for row in rated] == [
        (None, None),
        (None, None),
        ("top", "rated"),
        (None, "not_rated"),
    ]
    assert (
        rated[1]["error"]
        == "KR857 not rated: `An`, of the same cohort, could not be assessed (correct that row first)"
    )


def test_only_the_row_in_error_is_reported_where_errors_are_raised() -> None:
    with pytest.raises(kr.SubjectError) as caught:
        kr.assess_table(SHARED, ALONE, key="name")
    assert [(one.code, one.path) for one in caught.value.report] == [("KR604", "rows[0] (An).x")]


def test_without_the_quotas_a_row_in_error_concerns_no_other() -> None:
    rated = kr.assess_table(SHARED, ALONE, key="name", on_error="report", allocate=False)
    assert [row["band"] for row in rated] == [None, "top", "top", None]


@pytest.mark.parametrize(
    ("key", "told"),
    [("name", "`rows[1]`"), (("name", "unit"), "`An, A`"), ((), "`rows[1]`")],
)
def test_rows_are_named_by_their_keys_where_these_tell_them_apart(key: Any, told: str) -> None:
    rows = shared(("An", "B", 9), ("An", "A", 10), ("Bình", "A", 8))
    ignore = [] if key else ["name"]
    rated = kr.assess_table(SHARED, rows, key=key, ignore=ignore, on_error="report")
    assert rated[2]["error"].startswith(f"KR857 not rated: {told}, of the same cohort")


@pytest.mark.parametrize(
    ("rows", "codes", "error"),
    [
        (shared(("An", "A", 9), ("B", "A", 8), ("C", "B", 7), B={"by": 0}), ("KR857", "KR620", ""), kr.FaultError),
        (
            shared(("An", "A", 9), ("B", "A", 8), ("C", "B", 7), B={"is_large": True}),
            ("KR857", "KR650", ""),
            kr.SubjectError,
        ),
        (
            shared(*((f"n{i}", "A", i + 1) for i in range(4)), ("C", "B", 7)),
            ("KR641", *["KR857"] * 3, ""),
            kr.SubjectError,
        ),
    ],
)
def test_a_quota_that_cannot_act_leaves_its_cohort_unrated(
    rows: list[dict[str, Any]], codes: tuple[str, ...], error: type[kr.KpirulesError]
) -> None:
    rated = kr.assess_table(SHARED, rows, key="name", on_error="report")
    assert tuple((row["error"] or "")[:5] for row in rated) == codes
    assert rated[-1]["band"] == "top"
    with pytest.raises(error) as caught:
        kr.assess_table(SHARED, rows, key="name")
    assert [one.code for one in caught.value.report] == [code for code in codes if code not in ("", "KR857")]


def test_a_problem_of_all_rows_is_reported_once() -> None:
    program = kr.loads(
        "{kpirules: 1, inputs: {x: {type: integer, min: 0, max: 9}}, cohort: {max_members: 2}, "
        "outputs: {rank: cohort_rank(x)}}"
    )
    rows = [{"x": 1}, {"x": 2}, {"x": 3}]
    with pytest.raises(kr.SubjectError) as caught:
        kr.assess_table(program, rows)
    assert [one.code for one in caught.value.report] == ["KR641"]
    assert [row["outputs.rank"] for row in kr.assess_table(program, rows[:2], columns=["outputs.rank"])] == [2, 1]


EDITIONS = """
kpirules: 1
inputs:
  on: {type: date, min: 2020-01-01, max: 2029-12-31}
  unit: {type: text}
  x: {type: integer, min: 0, max: 9}
  by: {type: integer, min: 0, max: 9, default: 1}
edition_by: on
criteria: {work: {max: 9, points: x}}
bands: {top: {from: 6}, low: {from: 0}}
cohort: {within: [unit]}
amendments:
- {from: 2026-01-01, change: {cohort: {quotas: {few: {band: top, at_most: 50%, of: all, base: before, round: down,
    minimum: 0, order: [score / by], ties: undecided, demote_to: low}}}}}
- {from: 2027-01-01, change: {cohort: {quotas: {few: {at_most: 40%}}}}}
"""


@pytest.fixture(scope="module")
def editions() -> kr.Program:
    """Return a rulebook with a quota from 2026 on, another from 2027 on, and none before."""
    return kr.loads(EDITIONS)


def in_years(*rows: tuple[str, int | str, str | None, Any]) -> list[dict[str, Any]]:
    """Return rows of a name, a year, a unit and a number."""
    return [
        {"name": name, "on": f"{year}-05-01" if isinstance(year, int) else year, "unit": unit, "x": x}
        for name, year, unit, x in rows
    ]


def errors_of(program: kr.Program, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the errors of rows by name, without rows that have errors of their own."""
    rated = kr.assess_table(program, rows, key="name", on_error="report")
    return {row["name"]: row["error"] or row["band"] for row in rated}


@pytest.mark.parametrize(("year", "left"), [(2025, ""), (2026, "A 2026"), (2027, "A 2027")])
def test_a_row_in_error_concerns_only_those_whom_its_edition_limits(
    editions: kr.Program, year: int, left: str
) -> None:
    others = [(f"A {other}", other, "A", 5) for other in (2025, 2026, 2027)]
    found = errors_of(editions, in_years(("bad", year, "A", 10), *others))
    assert found.pop("bad").startswith("KR604")
    assert {name: told[:5] for name, told in found.items() if told != "low"} == ({left: "KR857"} if left else {})


def test_a_row_that_does_not_tell_its_edition_may_be_of_any(editions: kr.Program) -> None:
    others = [(f"A {other}", other, "A", 5) for other in (2025, 2026, 2027)]
    found = errors_of(editions, in_years(("bad", "2026-02-30", "A", 5), *others, ("B", 2026, "B", 5)))
    told = "KR857 not rated: `bad`, which may be of the same cohort, could not be assessed (correct that row first)"
    assert found["A 2025"] == found["B"] == "low"
    assert found["A 2026"] == found["A 2027"] == told


def test_a_quota_that_cannot_act_stands_in_the_way_of_no_other_edition(editions: kr.Program) -> None:
    rows = in_years(
        ("zero", 2026, "A", 9), ("of 2026", 2026, "A", 5), ("of 2027", 2027, "A", 5), ("old", 2025, "A", 5)
    )
    rows[0]["by"] = 0
    rows.append({"name": "one", "on": "2026-06-01", "unit": "A", "x": 8, "by": 1})
    found = errors_of(editions, rows)
    assert {name: told[:5] for name, told in found.items()} == {
        "zero": "KR620",
        "one": "KR857",
        "of 2026": "KR857",
        "of 2027": "low",
        "old": "low",
    }


def test_bands_are_labels_in_a_language() -> None:
    bands = {"good": {"from": 5, "label": {"en": "Good", "vi": "Tốt"}}, "poor": {"from": 0}}
    work = {"work": {"max": 9, "points": "done"}}
    done = {"done": {"type": "integer", "min": 0, "max": 9}}
    rules = kr.load({"kpirules": 1, "inputs": done, "criteria": work, "bands": bands})
    rows = [{"done": 7}, {"done": 1}]
    assert [row["band"] for row in kr.assess_table(rules, rows)] == ["good", "poor"]
    assert [row["band"] for row in kr.assess_table(rules, rows, language="vi")] == ["Tốt", "poor"]
    found = kr.assess_table(rules, rows, language="vi", columns=["band", "band_label"])
    assert found[0] == {"done": 7, "band": "Tốt", "band_label": "Tốt"}
    record = kr.assess(rules, rows[0])
    assert (record.band_label(), record.band_label(language="vi"), record.band_label(language="fr")) == (
        "Good",
        "Tốt",
        "Good",
    )
    assert kr.assess(rules, rows[1]).band_label(language="vi") == "poor"
    assert kr.assess(kr.load({"kpirules": 1, "outputs": {"n": 1}}), {}).band_label() is None


def test_a_program_tells_its_inputs() -> None:
    rules = kr.load({"kpirules": 1, "inputs": {"done": {"type": "integer", "min": 0}}, "outputs": {"n": "done"}})
    assert list(rules.inputs) == ["done"]
    assert rules.inputs["done"].domain.minimum == 0  # type: ignore[union-attr]
