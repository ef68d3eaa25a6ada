"""Files in every format have the ratings that `assess` gives their rows."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

from kpirules import Program, assess, assess_file, assess_table, loads
from kpirules.documents.cells import typed
from kpirules.kernel.csv_lines import unshielded

from .conftest import ROWS, frame, write

RATED = {
    "status": ["rated"] * 4,
    "score": [47.9, 100.0, 0.0, 67.1],
    "band": ["low", "top", "low", "top"],
    "error": [None] * 4,
}


def read(path: Path) -> pl.DataFrame:
    match path.suffix:
        case ".parquet":
            return pl.read_parquet(path)
        case ".arrow":
            return pl.read_ipc(path)
        case ".csv":
            return pl.read_csv(path, schema_overrides={"error": pl.String})
    return pl.read_ndjson(path, schema_overrides={"error": pl.String})


@pytest.mark.parametrize("source", [".parquet", ".arrow", ".feather", ".csv", ".jsonl", ".xlsx"])
def test_every_format_of_rows_has_the_same_ratings(source: str, program: Program, tmp_path: Path) -> None:
    path = write(tmp_path / f"people{source}")
    found = assess_file(program, path, tmp_path / "rated.parquet", key="name")
    assert (found.rows, found.errors, found.resumed, found.strays) == (4, 0, 0, 0)
    rated = read(tmp_path / "rated.parquet")
    assert rated.select(list(RATED)).to_dict(as_series=False) == RATED
    assert rated["money"].to_list() == [Decimal(str(row["money"])) for row in ROWS]
    assert rated["name"].to_list() == [row["name"] for row in ROWS]
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name, "rated.parquet"]


@pytest.mark.parametrize("target", [".arrow", ".csv", ".jsonl"])
def test_every_format_holds_the_ratings(target: str, program: Program, tmp_path: Path) -> None:
    path = write(tmp_path / "people.parquet")
    assess_file(program, path, tmp_path / f"rated{target}", key="name")
    assert read(tmp_path / f"rated{target}").select(list(RATED)).to_dict(as_series=False) == RATED


def test_ratings_are_those_of_assess(program: Program, tmp_path: Path) -> None:
    names = [*program.inputs]
    for row, score in zip(frame().drop("name").iter_rows(), RATED["score"], strict=True):
        given = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        assert float(assess(program, given).score or 0) == score


def test_a_number_of_csv_is_never_a_double(tmp_path: Path) -> None:
    """The nearest double of this number is 0.1, which is not above 0.1."""
    program = loads("""
kpirules: 1
inputs: {x: {type: number, min: 0, max: 1}}
criteria: {c: {max: 1, points: 1 if x > 0.1 else 0}}
""")
    (tmp_path / "a.csv").write_text("x\n0.1\n0.100000000000000001\n")
    (tmp_path / "a.jsonl").write_text('{"x": 0.1}\n{"x": 0.100000000000000001}\n')
    for name in ("a.csv", "a.jsonl"):
        assess_file(program, tmp_path / name, tmp_path / "b.parquet")
        assert read(tmp_path / "b.parquet")["score"].to_list() == [0, 1]


def test_cells_of_csv_are_written_as_they_were_read(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeffname,done,money,any,kept,since,kind\n"
        "An,3,1.5,,TRUE,2026-01-02,a\n"
        "'=x, 7 ,140/4,1e1,true,2026-02-20,b\n"
        "'\t,7,+5,,false,2026-02-20,b\n"
        "C,seven,5.001,,true,2026-02-30,b\n",
        encoding="utf-8",
    )
    found = assess_file(program, path, tmp_path / "b.csv", key="name", columns=["score"])
    assert (found.rows, found.errors) == (4, 1)
    lines = (tmp_path / "b.csv").read_text(encoding="utf-8").split("\n")
    assert lines[:3] == [
        "name,done,money,any,kept,since,kind,score,error",
        'An,3,1.5,"",TRUE,2026-01-02,a,47.9,',
        "'=x, 7 ,140/4,1e1,true,2026-02-20,b,110.0,",
    ]
    assert lines[3].startswith("'\t,7,+5")
    assert lines[4].startswith('C,seven,5.001,"",true,2026-02-30,b,,"KR603 `done`')
    assess_file(program, path, tmp_path / "c.csv", key="name", columns=["score"], keep_formulas=True)
    assert "\n=x, 7 " in (tmp_path / "c.csv").read_text(encoding="utf-8")


def test_values_of_jsonl_are_written_as_they_were_read(tmp_path: Path) -> None:
    program = loads("""
kpirules: 1
inputs:
  tasks: {type: list, min_items: 0, fields: {hours: {type: number, min: 0, max: 40}, on: {type: date, optional: true}}}
  late: {type: boolean, default: false}
criteria: {c: {max: 100, points: 'min(sum(t.hours for t in tasks), 100)'}}
score: {round: {places: 2}, band_on: rounded}
""")
    given = [
        '"id": 7, "tasks": [{"hours": 1.50, "on": "2026-01-01"}, {"hours": 2}]',
        '"id": {"a": null}, "tasks": [{"hours": 0.12345678}], "late": true',
        '"id": "ä", "tasks": [{"hours": 41}]',
        '"tasks": [{"hours": 1, "no": 1}]',
        '"tasks": null',
        '"tasks": [{"hours": "1"}], "late": "no"',
    ]
    (tmp_path / "a.jsonl").write_text("".join(f"{{{row}}}\n\n" for row in given), encoding="utf-8")
    found = assess_file(program, tmp_path / "a.jsonl", tmp_path / "b.jsonl", ignore="id", columns=["score"])
    assert (found.rows, found.errors) == (6, 4)
    lines = (tmp_path / "b.jsonl").read_text(encoding="utf-8").splitlines()
    assert [line.partition(', "score": ')[0] for line in lines] == ["{" + row for row in given]
    assert [json.loads(line)["score"] for line in lines] == [3.5, 0.12, None, None, None, None]
    assert [(json.loads(line)["error"] or "")[:5] for line in lines[2:]] == ["KR604", "KR601", "KR602", "KR603"]
    assess_file(program, tmp_path / "a.jsonl", tmp_path / "b.csv", ignore="id", columns=["score"])
    rows = read(tmp_path / "b.csv")
    assert rows["id"].to_list() == ["7", '{"a": null}', "ä", None, None, None]
    assert rows["tasks"].to_list()[0] == '[{"hours": 1.500000, "on": "2026-01-01"}, {"hours": 2.000000, "on": null}]'


def test_rows_that_cannot_be_rated_say_why_as_a_table_does(program: Program, tmp_path: Path) -> None:
    rows = frame().with_columns(pl.Series("Work done", [3, 8, None, 4]))
    rows.write_parquet(tmp_path / "a.parquet")
    found = assess_file(program, tmp_path / "a.parquet", tmp_path / "b.parquet", ignore="name")
    assert found.errors == 2
    expected = assess_table(program, rows, ignore="name", on_error="report")
    assert read(tmp_path / "b.parquet").equals(expected)


def test_batches_change_nothing(program: Program, tmp_path: Path) -> None:
    for name in ("a.parquet", "a.arrow", "a.jsonl", "a.xlsx"):
        path = write(tmp_path / name)
        assess_file(program, path, tmp_path / "one.jsonl", key="name")
        assess_file(program, path, tmp_path / "many.jsonl", key="name", batch_rows=1)
        assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "many.jsonl").read_bytes()


write_table = {
    ".csv": pl.DataFrame.write_csv,
    ".jsonl": pl.DataFrame.write_ndjson,
    ".parquet": pl.DataFrame.write_parquet,
}


def test_columns_that_are_no_inputs_may_have_any_type(program: Program, tmp_path: Path) -> None:
    others = {
        "map": pa.array([[("a", 1)]] * 4, pa.map_(pa.string(), pa.int64())),
        "half": pa.array([1.5] * 4, pa.float16()),
        "time": pa.array([time(1)] * 4),
        "took": pa.array([timedelta(1)] * 4),
        "bytes": pa.array([b"ab"] * 4),
        "word": pa.array(["a"] * 4).dictionary_encode(),
        "wide": pa.array([Decimal(1)] * 4, pa.decimal256(50, 2)),
        "at": pa.array([datetime(2026, 1, 1)] * 4, pa.timestamp("us", "UTC")),
        "none": pa.nulls(4),
        "list": pa.array([[1.0, None]] * 4),
    }
    table = frame().to_arrow()
    for name, column in others.items():
        table = table.append_column(name, column)
    pa.parquet.write_table(table, tmp_path / "a.parquet")
    ignore = ["name", *others]
    assess_file(program, tmp_path / "a.parquet", tmp_path / "b.parquet", ignore=ignore)
    found = pa.parquet.read_table(tmp_path / "b.parquet")
    assert found.select(table.column_names).equals(table)
    for ending, told in (
        (
            ".csv",
            '1.5,01:00:00.000000000,"1 day, 0:00:00",6162,a,1.00,2026-01-01T00:00:00.000000+0000,,"[1.0, null]",rated',
        ),
        (
            ".jsonl",
            '"took": "1 day, 0:00:00", "bytes": "6162", "word": "a", "wide": 1.00, "at": "2026-01-01T00:00:00+00:00"',
        ),
        (".xlsx", ""),
    ):
        assess_file(program, tmp_path / "a.parquet", tmp_path / f"b{ending}", ignore=ignore)
        assert told in (tmp_path / f"b{ending}").read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_records_are_joined_by_their_key(ending: str, tmp_path: Path) -> None:
    program = loads("""
kpirules: 1
inputs:
  tasks: {type: list, min_items: 0, fields: {planned: {type: integer, min: 1, max: 9}, done: {type: number, min: 0, max: 9, decimals: 1}}}
criteria: {c: {max: 100, rate: "min(ratio(sum(t.done for t in tasks), sum(t.planned for t in tasks), if_zero=0), 1)"}}
score: {round: {places: 0}, band_on: rounded}
""")
    people = pl.DataFrame({"person": ["A", "B", "C"]})
    tasks = pl.DataFrame(
        {"person": ["B", "A", "B", "D"], "planned": [4, 2, 4, 1], "done": ["1.0", "1.5", "3.0", "x"]}
    )
    if ending == ".parquet":
        tasks = tasks.with_columns(pl.col("done").cast(pl.Decimal(9, 1), strict=False))
    for name, table in (("people", people), ("tasks", tasks)):
        write_table[ending](table, tmp_path / f"{name}{ending}")
    found = assess_file(
        program,
        tmp_path / f"people{ending}",
        tmp_path / "rated.parquet",
        key="person",
        records={"tasks": tmp_path / f"tasks{ending}"},
        batch_rows=2,
    )
    assert (found.rows, found.errors, found.strays) == (3, 0, 1)
    assert read(tmp_path / "rated.parquet")["score"].to_list() == [75.0, 50.0, 0.0]


KEYED = """
kpirules: 1
inputs:
  id: {type: integer, min: 0, max: 9}
  tasks: {type: list, max_items: 9, fields: {done: {type: integer, min: 0, max: 9}}}
outputs: {done: sum(t.done for t in tasks)}
"""


def test_a_key_is_joined_by_its_value_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1.0\n2e0\n")
    (tmp_path / "b.csv").write_text("id,done\n+1,5\n2,7\n")
    target = tmp_path / "c.parquet"
    records = {"tasks": tmp_path / "b.csv"}
    columns = ["outputs.done"]
    found = assess_file(loads(KEYED), tmp_path / "a.csv", target, key="id", records=records, columns=columns)
    assert (found.errors, found.strays) == (0, 0)
    assert read(target)["outputs.done"].to_list() == [5, 7]


def test_a_record_that_is_not_valid_still_has_its_key(tmp_path: Path) -> None:
    program = loads(KEYED.replace("  id: {type: integer, min: 0, max: 9}\n", ""))
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n{"id": 2}\n')
    (tmp_path / "b.jsonl").write_text('{"id": 1, "done": 5.5}\n{"id": 2, "done": 6}\n')
    target = tmp_path / "c.parquet"
    records = {"tasks": tmp_path / "b.jsonl"}
    found = assess_file(program, tmp_path / "a.jsonl", target, key="id", records=records, columns=["outputs.done"])
    assert found.errors == 1
    assert read(target)["outputs.done"].to_list() == [None, 6]


@pytest.mark.parametrize("batch_rows", [1, 3])
def test_records_are_never_those_of_two_rows(batch_rows: int, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n{"id": 2}\n{"id": 1}\n')
    (tmp_path / "b.jsonl").write_text('{"id": 1, "done": 5}\n')
    records = {"tasks": tmp_path / "b.jsonl"}
    with pytest.raises(ValueError, match="same key"):
        assess_file(
            loads(KEYED),
            tmp_path / "a.jsonl",
            tmp_path / "c.csv",
            key="id",
            records=records,
            batch_rows=batch_rows,
        )


def test_rows_that_are_rated_together_are_one_batch(tmp_path: Path) -> None:
    program = loads("""
kpirules: 1
inputs: {x: {type: integer, min: 0, max: 100}, unit: {type: text}}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, low: {from: 0}}
cohort:
  within: [unit]
  quotas:
    few: {band: top, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided, demote_to: low}
""")
    pl.DataFrame({"name": ["A", "B", "C"], "x": [95, 92, 99], "unit": ["u", "u", "u"]}).write_csv(tmp_path / "a.csv")
    assess_file(program, tmp_path / "a.csv", tmp_path / "b.csv", key="name", batch_rows=1)
    assert read(tmp_path / "b.csv")["band"].to_list() == ["low", "low", "top"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "a.txt",
            "",
            "the name must end in `.parquet`, `.arrow`, `.feather`, `.csv`, `.jsonl`, `.ndjson` or `.xlsx`",
        ),
        ("a.csv", "done,done\n", "two columns are named `done`"),
        ("a.csv", "dome\n", "`dome`"),
        ("a.csv", "done,kept\n1\n", "Expected 2 columns, got 1"),
        ("a.csv", "", "Empty CSV file"),
        ("a.jsonl", '{"done": 1}\n[]\n', "a.jsonl:2: a line is an object, with values by column"),
        ("a.jsonl", '{"done": 1, "done": 2}\n', "a.jsonl:1: this is not JSON: duplicate key `done`"),
        ("a.jsonl", '{"done": NaN}\n', "NaN is not a number"),
        ("a.jsonl", '{"kind": "\\ud800"}\n', "a.jsonl:1: this is not JSON: 'utf-8' codec can't encode"),
        ("a.jsonl", '{"kind": ' + "[" * 100_000, "a.jsonl:1: this is not JSON: maximum recursion depth"),
        ("a.jsonl", '{"any": 1e99999999999999999999}', "a.jsonl:1: this is not JSON"),
        ("a.jsonl", '{"done": 1}\n{"dome": 1}\n', "a.jsonl:2: `dome` is no column of the first lines, nor an input"),
        ("a.parquet", "no", "a.parquet: "),
        ("a.arrow", "no", "a.arrow: "),
        ("b.csv", "done\n", "the output would overwrite an input file"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(
    name: str, text: str, told: str, program: Program, tmp_path: Path
) -> None:
    (tmp_path / "b.csv").touch()
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 # the text is compared below
        assess_file(program, tmp_path / name, tmp_path / "b.csv", batch_rows=1)
    assert told in str(refused.value)


def test_a_batch_has_rows(program: Program, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`batch_rows` is 0"):
        assess_file(program, write(tmp_path / "a.jsonl"), tmp_path / "b.jsonl", key="name", batch_rows=0)


def test_a_number_of_any_exponent_is_read_at_once_and_written_as_it_was(tmp_path: Path) -> None:
    program = loads("kpirules: 1\ninputs: {x: {type: number, optional: true}}\noutputs: {double: x * 2}\n")
    texts = ["1E+999999999", "-1E-999999999", "0.5"]
    (tmp_path / "a.jsonl").write_text("".join(f'{{"x": {text}}}\n' for text in texts))
    for target in ("b.jsonl", "b.csv"):
        found = assess_file(program, tmp_path / "a.jsonl", tmp_path / target)
        assert (found.rows, found.errors) == (3, 2)
    assert [line.split(",")[0] for line in (tmp_path / "b.jsonl").read_text().splitlines()] == [
        f'{{"x": {text}' for text in texts
    ]
    assert read(tmp_path / "b.csv")["x"].to_list() == [None, None, 0.5]


def test_a_text_that_is_no_number_is_not_written_as_one(tmp_path: Path) -> None:
    program = loads("kpirules: 1\ninputs: {x: {type: number, optional: true}}\noutputs: {double: x * 2}\n")
    (tmp_path / "a.csv").write_text("x\n1_0\ninf\n1/4\n")
    found = assess_file(program, tmp_path / "a.csv", tmp_path / "b.parquet")
    assert (found.errors, read(tmp_path / "b.parquet")["x"].to_list()) == (2, [None, None, 0.25])


def test_keys_and_records_that_do_not_exist_are_refused(program: Program, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv")
    for options, told in (
        ({"key": "nobody"}, "there is no column `nobody`, which `key` names"),
        ({"key": "name", "records": {"done": path}}, "`done` is not a list input; there is none"),
    ):
        with pytest.raises(ValueError, match=told):
            assess_file(program, path, tmp_path / "b.csv", **options)


CELLS = [
    "0",
    "1",
    "7",
    "-1",
    "+1",
    "007",
    "00",
    "-0",
    "1.0",
    "1.",
    ".5",
    "1.50",
    "1.500",
    "1.555",
    "1,5",
    "1e2",
    "1E-1",
    "0x1",
    "1_0",
    "١",
    "½",
    "14/4",
    "1/3",
    "1/0",
    "1000.000",
    "999999999999999999",
    "9999999999999999999",
    "1.000000",
    "0.1000001",
    "NaN",
    "inf",
    "-",
    ".",
    "true",
    "TRUE",
    "False",
    "yes",
    "2026-01-31",
    "2026-02-29",
    "0000-01-01",
    "0001-01-01",
    "2026-1-1",
    "20260101",
    "'=1",
    "''",
    "a",
    "A",
    "ä",
]


@pytest.mark.parametrize(
    "type_",
    [
        "type: integer, min: -9, max: 9999999999999999999",
        "type: integer",
        "type: number, min: -10, max: 1000, decimals: 2",
        "type: number, decimals: 0",
        "type: number, min: 0, max: 100, step: 0.25",
        "type: number",
        "type: boolean",
        "type: date, min: 0001-01-01, max: 2030-01-01",
        "type: text, max_length: 4",
        "type: choice, options: [a, ä]",
    ],
)
def test_a_cell_of_csv_is_read_as_everywhere_else(type_: str, tmp_path: Path) -> None:
    program = loads(f"kpirules: 1\ninputs: {{x: {{{type_}, optional: true}}}}\noutputs: {{y: x}}\n")
    cells = [*CELLS, *(f" {cell}  " for cell in CELLS), "", " "]
    pl.DataFrame({"x": cells}).write_csv(tmp_path / "a.csv")
    assess_file(program, tmp_path / "a.csv", tmp_path / "b.parquet", columns=["outputs.y"])
    domain = program.inputs["x"].domain
    rows = [{"x": typed(domain, unshielded(cell))} for cell in cells]
    expected = assess_table(program, rows, columns=["outputs.y"], on_error="report")
    found = read(tmp_path / "b.parquet")
    assert found["error"].to_list() == [row["error"] for row in expected]
    values = [row["outputs.y"] for row in expected]
    assert found["outputs.y"].to_list() == [float(one) if isinstance(one, Fraction) else one for one in values]
