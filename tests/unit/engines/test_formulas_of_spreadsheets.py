"""The formulas that a spreadsheet computes."""

from __future__ import annotations

import pytest

from kpirules import loads
from kpirules.engines.formulas import EXACT_BITS, ROW, Formulas, Wanted, formulas

NAMES = ("status", "score", "band", "outputs.cheap", "outputs.day", "outputs.left")


def printed(rulebook: str, *names: str) -> Formulas:
    program = loads("kpirules: 1\n" + rulebook)
    cells = {id_: f"{chr(65 + place)}{ROW}" for place, id_ in enumerate(program.inputs)}
    return formulas(program.integers, {name: Wanted(name) for name in names}, cells, lambda place: f"S{place}_{ROW}")


SMALL = """
inputs:
  done: {type: integer, min: 0, max: 7}
  cost: {type: number, min: 0, max: 9, decimals: 1, default: 2.5}
  kind: {type: choice, options: [new, old]}
  since: {type: date, min: 2020-01-01, max: 2030-01-01, optional: true}
  kept: {type: boolean, default: true}
criteria:
  work: {max: 100, rate: done / 7}
score: {round: {places: 1}, band_on: rounded}
bands: {top: {from: 50}, low: {from: 0}}
outputs:
  cheap: cost < 2 and kind == "new"
  day: default(since, date(2026, 1, 1))
  left: mod(done, 3) if kept else cost
"""


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("status", '="rated"'),
        ("score", "=S2_2/10"),
        ("band", '=INDEX({"low","top"},MATCH(IF((500<=S2_2),6,5),{5,6},0))'),
        ("outputs.cheap", '=AND((S1_2<20),(IF(C2="",0,SUMPRODUCT(--EXACT(C2,{"new","old"}),{0,1}))=0))'),
        ("outputs.day", '=IF((D2<>""),IF(D2="",737425,(D2+693594)),739617)-693594'),
        ("outputs.left", '=IF(IF(E2="",TRUE,E2),(10*(S0_2-3*INT(S0_2/3))),S1_2)/10'),
    ],
)
def test_a_result_is_one_formula(name: str, formula: str) -> None:
    found = printed(SMALL, *NAMES)
    assert (found.obstacles, found.bits <= EXACT_BITS) == ((), True)
    assert found.results[name].of(2) == formula


def test_what_is_used_often_has_a_cell_of_its_own() -> None:
    assert [(step.name, step.of(3)) for step in printed(SMALL, *NAMES).steps] == [
        ("done 1", '=IF(A3="",0,A3)'),
        ("cost 1", '=IF(B3="",25,ROUND(B3*10,0))'),
        ("score 1", "=INT(((S0_3*2000)+7)/14)"),
    ]


def test_a_text_is_compared_by_its_letters_and_a_row_that_is_refused_is_empty() -> None:
    found = printed(
        """
inputs: {note: {type: text, default: x}, by: {type: integer, min: 0, max: 9}}
outputs: {same: note == "x", over: floor(12 / by) if note == "y" else 1}
""",
        "outputs.same",
        "outputs.over",
    )
    assert found.results["outputs.same"].of(2) == '=IF(S2_2,"",EXACT(A2,"x"))'
    assert "IF(S0_2=0,0,INT(12/S0_2))" in found.results["outputs.over"].of(2)
    assert found.steps[2].name == "refused 1"


def test_what_has_no_formula_is_named() -> None:
    names = ("grown", "same", "worked", "many", "text", "plain")
    found = printed(
        """
inputs:
  x: {type: integer, min: 0, max: 9}
  a: {type: text}
  b: {type: text}
  tasks: {type: list, fields: {hours: {type: integer, min: 0, max: 9}}}
outputs:
  grown: exp(x)
  same: a == b
  worked: sum(t.hours for t in tasks)
  many: count(tasks)
  text: a
  plain: x + 1
""",
        *(f"outputs.{name}" for name in names),
        "because",
    )
    assert list(found.results) == ["outputs.plain"]
    assert [str(one) for one in found.obstacles] == [
        "outputs.grown: `exp` is no arithmetic on integers",
        "outputs.same: it compares texts of cells with each other",
        "outputs.worked: the records of `tasks` are no cells of the row",
        "outputs.many: the records of `tasks` are no cells of the row",
        "outputs.text: it is a text of the table",
        "because: it has no form as a formula",
    ]
