"""What a printed query looks like, in every dialect."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import sqlglot

from kpirules import RulebookError, loads
from kpirules.cli.arguments import DIALECTS as NAMES
from kpirules.engines.sql import DIALECTS, NoSqlForm
from kpirules.engines.sql.words import one_line, text_in
from tests.budget import some
from tests.examples.test_tables import EXAMPLES
from tests.shipped import shipped
from tests.sql.officer import OFFICER

SQLGLOT = {"sqlserver": "tsql", "datafusion": ""}
"""The name of a dialect in sqlglot, where it is another."""


def test_the_command_and_the_printer_have_the_same_dialects() -> None:
    assert tuple(DIALECTS) == NAMES
    assert [name for name, dialect in DIALECTS.items() if not dialect.is_certified] == list(NAMES[6:])


@pytest.mark.parametrize(
    ("dialect", "name"),
    some(product(NAMES, ["nutriscore2023/nutriscore", "haiphong2025/period", "nd90_2020/person"]), 7),
)
def test_a_query_is_one_statement_of_its_dialect(dialect: str, name: str) -> None:
    program = shipped(EXAMPLES / f"{name}.kpi.yaml").whole[0]
    text = program.sql(dialect=dialect, table="hr.people", key="person", allocate=False, uncertified=True)
    assert len(sqlglot.parse(text, read=SQLGLOT.get(dialect, dialect))) == 1


def test_a_query_names_its_tables_after_the_criteria_and_cites_their_sources() -> None:
    text = loads(OFFICER).sql(dialect="duckdb", table="people", key="person")
    assert text.startswith("-- demo.officer\n-- Rates each row of people, for DuckDB.")
    assert "-- results: Results -- of work. Article 14\n    CASE WHEN completed_value <= planned_value" in text
    assert "\nresults AS (\n" in text
    assert "CAST(score_n * 0.01 AS DECIMAL" in text
    assert text.endswith("  problem AS error\nFROM rated;\n")


def test_the_columns_of_a_query_are_chosen() -> None:
    program = loads(OFFICER)
    text = program.sql(dialect="sqlite", table="people", columns=["band"])
    assert " AS score," not in text
    assert text.split("\nSELECT\n")[-1].startswith("  planned,\n  completed,\n  disciplined,\n  conduct,\n  CASE")
    absent = program.sql(dialect="sqlite", table="people", key="person", absent=["disciplined"])
    assert "WHEN 1 = 1 THEN 'KR602 `disciplined` is not given" in absent


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"dialect": "oracle"}, "there is no dialect `oracle`"),
        ({"dialect": "mysql"}, "no test runs them"),
        ({"columns": ["scores"]}, "there is no column `scores`; did you mean `score`?"),
        ({"columns": ["because"]}, "because: it has no form in SQL"),
        ({"absent": ["plan"]}, "there is no input `plan`"),
        ({"key": "score"}, "the key `score` has the name of a column to add"),
        ({"records": {"tasks": "tasks"}}, "`tasks` is not a list input"),
    ],
)
def test_what_a_query_cannot_have_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises((ValueError, NoSqlForm), match=told):
        loads(OFFICER).sql(**{"dialect": "duckdb", "table": "people", **options})


def test_a_step_without_a_form_is_named_with_what_would_fit() -> None:
    book = "kpirules: 1\ninputs:\n" + "".join(
        f"  n{n}: {{type: integer, min: 1, max: 1000000000}}\n" for n in range(5)
    )
    product = " * ".join(f"n{n}" for n in range(5))
    program = loads(f"{book}outputs: {{half: floor({product} / 7), growth: sqrt(n0)}}\n")
    with pytest.raises(NoSqlForm) as refused:
        program.sql(dialect="sqlite", table="people")
    told = str(refused.value)
    assert ": a step needs 90 bits, and integers of SQLite hold 62; round the parts of it" in told
    assert "outputs.growth: `root` is no arithmetic on integers" in told
    lists = loads(
        "kpirules: 1\ninputs: {tasks: {type: list, fields: {done: {type: boolean}}}}\noutputs: {n: count(tasks)}\n"
    )
    with pytest.raises(NoSqlForm, match="--records tasks=TABLE:KEY"):
        lists.sql(dialect="sqlite", table="people")
    with pytest.raises(ValueError, match="records of `tasks` need a key"):
        lists.sql(dialect="sqlite", table="people", records={"tasks": "tasks"})


def test_a_value_replaces_that_of_an_invalid_cell_where_arithmetic_needs_one() -> None:
    rules = """
kpirules: 1
inputs:
  done: {type: integer, min: 0, max: 9}
  left: {type: integer, min: 0, max: 8}
  large: {type: integer, min: 0, max: 3000000000}
  other: {type: integer, min: 0, max: 1500000000}
outputs:
  share: floor(1000 * done / (9 - left))
  area: large * other - 2500000000000000000 > 0
  most: max(done, 3)
"""
    text = loads(rules).sql(dialect="sqlite", table="people")
    # One above the greatest: 9 would make a divisor zero, and is no more than another number elsewhere.
    assert "CASE WHEN left_value = 9 THEN 0 ELSE left_value END AS left_used" in text
    assert "done_used" not in text
    wide = loads(rules.replace("1500000000", "1537228672")).sql(
        dialect="sqlite", table="people", columns=["outputs.area"]
    )
    assert "large_used" in wide
    assert "large_used" not in text


def test_a_case_does_not_repeat_that_the_one_before_does_not_hold() -> None:
    steps = "[{from: 2, points: 9}, {from: 1, points: 5}, {points: 0}]"
    rules = f"""
kpirules: 1
inputs: {{done: {{type: integer, min: 0, max: 9}}}}
criteria: {{work: {{max: 9, measure: done, steps: {steps}}}}}
bands: {{high: {{from: 6}}, middle: {{from: 3}}, low: {{from: 0}}}}
"""
    text = loads(rules).sql(dialect="duckdb", table="people", columns=["score", "band"])
    assert "WHEN NOT" not in text


VARIANTS = """
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 9, points: done}}
variants: {office: {}, field: {criteria: {work: {points: done / 2}}}}
"""


def test_a_part_of_several_is_asked_for() -> None:
    with pytest.raises(RulebookError, match="KR531"):
        loads(VARIANTS).sql(dialect="sqlite", table="people")


def test_texts_end_neither_a_literal_nor_a_comment() -> None:
    written = "a'b\\c"
    assert text_in(DIALECTS["duckdb"], written) == "'a''b\\c'"
    assert text_in(DIALECTS["spark"], written) == "'a''b\\\\c'"
    assert text_in(DIALECTS["bigquery"], written) == "'a\\'b\\\\c'"
    assert text_in(DIALECTS["sqlserver"], "n") == "N'n'"
    assert one_line("one\ntwo\u2028three\x00") == "one two three"


def test_rules_of_a_rulebook_read_an_input_once() -> None:
    rules = VARIANTS.replace(
        "inputs: {", "variant_by: kind\ninputs: {kind: {type: choice, options: [office, field]}, "
    )
    text = loads(rules).sql(dialect="duckdb", table="people")
    assert text.count(" AS done_value") == 1
    assert "kind_value" not in text


def test_a_number_of_subjects_that_records_read_is_computed_once() -> None:
    program = loads("""
kpirules: 1
inputs:
  day: {type: date}
  tasks: {type: list, max_items: 9, fields: {due: {type: integer, min: 1, max: 12}, late: {type: boolean}}}
criteria:
  a: {max: 9, points: "count(t.due > month(add_months(day, 1)) + month(day) for t in tasks if t.late)"}
  b: {max: 12, points: month(day)}
""")
    text = program.sql(dialect="duckdb", table="people", key="person", records={"tasks": "tasks:person"})
    assert text.count("146097") < 10
    assert len(text) < 8_000
