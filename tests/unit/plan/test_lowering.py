"""Formulas, tables, parameters and criteria lowered to typed operations with resolved names."""

from __future__ import annotations

from datetime import date

import pytest

from kpirules.language.expressions import BOOLEAN, CALENDAR, DATE, NUMBER, Expression, Type
from kpirules.language.expressions.tree import Unreadable
from kpirules.language.model import Amount, Row, Steps
from kpirules.plan import Member, Plan, formulas, ops
from kpirules.plan.lowering import Lowering, Names, constant, rounded, shaped
from kpirules.plan.ops import (
    Arithmetic,
    Bind,
    Call,
    Cases,
    Chain,
    Const,
    Default,
    Given,
    If,
    Item,
    Local,
    Logic,
    Negate,
    Not,
    Op,
    Over,
    Power,
    Read,
    Stop,
    Undefined,
    Unknown,
    measured,
    operands,
    walk,
)
from kpirules.plan.showing import show_op
from kpirules.plan.steps import Holds, Judge, Output, Validate
from tests.rules import F, program, unproved

INPUTS = """
inputs:
  x: {type: number, min: 0, max: 10}
  o: {type: number, min: 0, max: 10, optional: true}
  yes: {type: boolean}
  maybe: {type: boolean, optional: true}
  level: {type: choice, options: [low, high], ordered: worst_first}
  best: {type: choice, options: [high, low], ordered: best_first, optional: true}
  when: {type: date}
  t: {type: list, fields: {n: {type: number, min: 0, max: 9}, on: {type: boolean}, o: {type: number, optional: true}}, let: {twice: item.n * 2}}
  m: {type: list, optional: true, fields: {n: {type: number, min: 0, max: 9}}}
parameters: {half: 1 / 2, start: 'date(2026, 1, 1)', on: True, mode: '"down"', places: 2}
calendars: {office: {weekend: [sat, sun], holidays: [], from: 2026-01-01, until: 2027-01-01}}
functions: {pay: {args: [n, m], value: n * half + m}}
tables:
  rows: {steps: [{equals: 5, value: 7}, {from: 3, below: 4, value: half}, {above: 1, to: 2, value: 2}, {from: 9, undefined: true}, {value: 0}]}
  level_of: {gives: {options: [low, high], ordered: worst_first}, steps: [{from: 5, value: high}, {value: low}]}
  by_level: {lookup: {high: 2, else: 1}}
  by_yes: {lookup: {true: 2, false: {undefined: true}}}
  line: {scale: [[0, 0], [5, 4], [8, 4], [10, 2]], outside: clamp}
  strict: {scale: [[0, 1], [10, 3]]}
  counted: {thresholds: {from: [1, 2.5], each: 3}}
let: {l: x + 1, lo: o}
"""
X, OPT, YES = Read("x", NUMBER), Read("o", NUMBER.optional), Read("yes", BOOLEAN)
MAYBE, L = Read("maybe", BOOLEAN.optional), Read("l", NUMBER)
TYPES = {one.id: one.type for one in program(f"{INPUTS}outputs: {{o: x}}\n").rulebook.inputs}
T, M = Read("t", TYPES["t"]), Read("m", TYPES["m"])
IT = Local("it", NUMBER)


def c(value: object) -> Const:
    return constant(F(value) if isinstance(value, int) and not isinstance(value, bool) else value)  # type: ignore[arg-type]


def lowered(formula: str) -> Op:
    """Return the operation of an output."""
    text = f"{INPUTS}outputs:\n  out: {formula!r}\n" if '"' in formula else f'{INPUTS}outputs:\n  out: "{formula}"\n'
    (step,) = [one for one in unproved(text).plan.steps if isinstance(one, Output)]
    return step.op


def below(x: Op, sign: str, bound: Op) -> Chain:
    return Chain((x, bound), (sign,), (), BOOLEAN)


def minus(x: Op) -> Op:
    return Negate(x, x.type)


def floor(x: Op) -> Op:
    return Call("floor", (x,), NUMBER)


LEVEL = Read("level", Type("choice", ("low", "high"), "worst_first"))
BEST = Read("best", Type("choice", ("high", "low"), "best_first").optional)


@pytest.mark.parametrize(
    ("formula", "op"),
    [
        ("1", c(1)),
        ("True", Const(True, BOOLEAN)),
        ("'some'", Const("some", Type("string", ("some",)))),
        ("x", X),
        ("l", L),
        ("lo", Read("lo", NUMBER.optional)),
        ("half", c(F(1, 2))),
        ("start", Const(date(2026, 1, 1), DATE)),
        ("on", Const(True, BOOLEAN)),
        ("+x", X),
        ("-x", Negate(X, NUMBER)),
        ("-o", Negate(OPT, NUMBER.optional)),
        ("x + 1 - o", Arithmetic("-", Arithmetic("+", X, c(1), NUMBER), OPT, NUMBER.optional)),
        ("x * (1 + x)", Arithmetic("*", X, Arithmetic("+", c(1), X, NUMBER), NUMBER)),
        ("x ** 3", Power(X, 3, NUMBER)),
        ("o ** 0", Power(OPT, 0, NUMBER.optional)),
        ("0 < x <= 5", Chain((c(0), X, c(5)), ("<", "<="), (), BOOLEAN)),
        ("x == o", Chain((X, OPT), ("==",), (), BOOLEAN.optional)),
        ("level >= 'low'", Chain((LEVEL, Const("low", Type("string", ("low",)))), (">=",), ("low", "high"), BOOLEAN)),
        ("best < level", Chain((BEST, LEVEL), ("<",), ("low", "high"), BOOLEAN.optional)),
        ("level == 'low'", Chain((LEVEL, Const("low", Type("string", ("low",)))), ("==",), (), BOOLEAN)),
        ("x in (1, 2)", ops.Member(X, (F(1), F(2)), False, BOOLEAN)),
        ("best not in ('low',)", ops.Member(BEST, ("low",), True, BOOLEAN.optional)),
        ("yes and maybe or not yes", Logic("or", (Logic("and", (YES, MAYBE), BOOLEAN.optional), Not(YES, BOOLEAN)), BOOLEAN.optional)),
        ("not maybe", Not(MAYBE, BOOLEAN.optional)),
        ("x if yes else 1", If(YES, X, c(1), NUMBER)),
        ("x if maybe else 1", If(MAYBE, X, c(1), NUMBER.optional)),
        ("o if yes else 1", If(YES, OPT, c(1), NUMBER.optional)),
        ("given(o)", Given(OPT, BOOLEAN)),
        ("default(o, x)", Default(OPT, X, NUMBER)),
        ("ceil(x)", Bind(("ceil.x",), (X,), minus(floor(minus(X))), NUMBER, "ceil")),
        ("ceil(o)", Bind(("ceil.x",), (OPT,), minus(floor(minus(Local("ceil.x", NUMBER)))), NUMBER.optional, "ceil")),
        ("ceil(x + 1)", Bind(("ceil.x",), (Arithmetic("+", X, c(1), NUMBER),), minus(floor(minus(Local("ceil.x", NUMBER)))), NUMBER, "ceil")),
        ("min(x, o, 1)", Call("min", (X, OPT, c(1)), NUMBER.optional)),
        ("clamp(x, hi=2, lo=1)", Bind(("clamp.x", "clamp.hi", "clamp.lo"), (X, c(2), c(1)), If(below(X, "<", c(1)), c(1), Call("min", (X, c(2)), NUMBER), NUMBER), NUMBER, "clamp")),
        ("year(when)", Call("year", (Read("when", DATE),), NUMBER)),
        ("date(2026, x, 1)", Call("date", (c(2026), X, c(1)), DATE)),
        ("add_days(n=x, d=when)", Call("add_days", (Read("when", DATE), X), DATE)),
        ("add_days(n=x + 1, d=when)", Bind(("add_days.n", "add_days.d"), (Arithmetic("+", X, c(1), NUMBER), Read("when", DATE)), Call("add_days", (Local("add_days.d", DATE), Local("add_days.n", NUMBER)), DATE), DATE)),
        ("pay(x, 2)", Arithmetic("+", Arithmetic("*", X, c(F(1, 2)), NUMBER), c(2), NUMBER)),
        ("count(t)", Over("count", T, None, Const(True, BOOLEAN), NUMBER)),
        ("count(m)", Over("count", M, None, Const(True, BOOLEAN), NUMBER.optional)),
        ("sum(r.n for r in t if r.on)", Over("sum", T, Item("on", BOOLEAN), Item("n", NUMBER), NUMBER)),
        ("max(r.twice + x for r in t)", Over("max", T, None, Arithmetic("+", Item("twice", NUMBER, True), X, NUMBER), NUMBER.optional)),
        ("any(given(r.o) for r in t)", Over("any", T, None, Given(Item("o", NUMBER.optional), BOOLEAN), BOOLEAN)),
        ("share(r.on for r in t)", Over("share", T, None, Item("on", BOOLEAN), NUMBER.optional)),
        ("all(r.n > 1 for r in m)", Over("all", M, None, below(Item("n", NUMBER), ">", c(1)), BOOLEAN.optional)),
    ],
)  # fmt: skip
def test_a_formula(formula: str, op: Op) -> None:
    assert lowered(formula) == op


def test_an_argument_that_is_needed_sometimes_is_in_the_formula() -> None:
    zero = Bind((), (), OPT, NUMBER.optional)
    body = If(below(c(2), "==", c(0)), zero, Arithmetic("/", X, c(2), NUMBER), NUMBER.optional)
    found = lowered("ratio(x, 2, if_zero=o)")
    assert found == Bind(("ratio.a", "ratio.b"), (X, c(2)), body, NUMBER.optional, "ratio", (OPT,))
    assert isinstance(found, Bind)
    assert found.arguments == (X, c(2), OPT)
    assert list(ops.written(found)) == [found, X, c(2), OPT]


def test_a_name_inside_of_such_an_argument_is_another() -> None:
    found = lowered("ratio(x + 1, x + 2, if_zero=ratio(x + 3, x + 4, if_zero=0))")
    assert isinstance(found, Bind)
    inner = found.arguments[2]
    assert isinstance(inner, Bind)
    assert (found.names, inner.names) == (("ratio.a", "ratio.b"), ("ratio.a'", "ratio.b'"))


@pytest.mark.parametrize(
    ("formula", "step", "mode", "names"),
    [
        ("round(x)", 1, "half_up", ("x",)),
        ("round(x, 2, 'half_even')", F(1, 100), "half_even", ("x", "places", "mode")),
        ("round(x, -2)", 100, "half_up", ("x", "places")),
        ("round(x, places, mode)", F(1, 100), "down", ("x", "places", "mode")),
        ("round(x, to=half, mode=mode)", F(1, 2), "down", ("x", "to", "mode")),
    ],
)
def test_a_rounding_is_floors_of_a_number_over_its_step(
    formula: str, step: F, mode: str, names: tuple[str, ...]
) -> None:
    found, direct = lowered(formula), rounded({"x": X}, F(step), mode)
    assert isinstance(found, Bind)
    assert isinstance(direct, Bind)
    assert found.body == direct.body
    assert found.names == tuple(f"round.{name}" for name in names)
    assert {part.function for part in walk(found) if isinstance(part, Call)} == {"floor"}


def test_divisors_are_reported_unless_a_condition_rules_out_zero() -> None:
    assert list(ops.divisors(lowered("x / 3 + ratio(1, x, if_zero=2)"))) == []
    assert list(ops.divisors(lowered("mod(x, l) / (x + 1)"))) == [lowered("x + 1"), L]
    assert list(ops.divisors(lowered("mod(x, l + 1)"))) == [lowered("l + 1")]
    assert list(ops.divisors(lowered("x / 0"))) == [c(0)]


def test_an_operation_by_itself_reads_nothing_of_a_record_nor_of_a_formula_around_it() -> None:
    assert ops.is_closed(lowered("ceil(x + 1) + sum(ceil(r.n + 1) for r in t if r.on) + count(t)"))
    assert not ops.is_closed(Item("n", NUMBER))
    assert not ops.is_closed(Local("ceil.x", NUMBER))


def test_a_calendar_is_a_constant() -> None:
    op = lowered("workdays(start, when, office)")
    assert isinstance(op, Call)
    calendar = op.arguments[2]
    assert isinstance(calendar, Const)
    assert calendar.type == CALENDAR


def test_a_branch_takes_the_type_of_its_partner_where_it_is_a_string() -> None:
    choice = Type("choice", ("low", "high"), "worst_first")
    for formula in ("'low' if yes else level", "level if yes else 'low'"):
        assert lowered(formula).type == choice
    assert lowered("default(best, 'low')").type == BEST.type.present


def test_a_formula_without_a_meaning_is_of_unknown_value() -> None:
    op = Lowering(Names(read=lambda name: c(1), fields=lambda name: {}, tables={}, cohort=lambda node: c(1))).lower(
        Expression("", Unreadable("number"))
    )
    assert op == Unknown(NUMBER.optional)
    assert show_op(op) == "unknown"


# -- tables ---------------------------------------------------------------------------------------


def test_a_step_table_is_its_rows_in_order() -> None:
    place = Undefined("rows: from 9", NUMBER)
    rows = (
        (below(IT, "==", c(5)), c(7)),
        (Chain((c(3), IT, c(4)), ("<=", "<"), (), BOOLEAN), c(F(1, 2))),
        (Chain((c(1), IT, c(2)), ("<", "<="), (), BOOLEAN), c(2)),
        (Chain((c(9), IT), ("<=",), (), BOOLEAN), Undefined("tables.rows: from 9", NUMBER)),
        (None, c(0)),
    )
    found = lowered("rows(x)")
    assert isinstance(found, Bind)
    assert isinstance(found.body, Cases)
    undefined = found.body.cases[3][1]
    assert isinstance(undefined, Undefined)
    assert undefined.place in ("rows: from 9", "tables.rows: from 9")
    assert place.type == undefined.type
    assert found == measured(X, Cases((*rows[:3], (rows[3][0], undefined), rows[4]), 5, NUMBER), NUMBER)
    assert lowered("rows(o)").type == NUMBER.optional


def test_a_table_that_gives_options_has_their_order() -> None:
    choice = Type("choice", ("low", "high"), "worst_first")
    cases = ((Chain((c(5), IT), ("<=",), (), BOOLEAN), Const("high", choice)), (None, Const("low", choice)))
    assert lowered("level_of(x)") == measured(X, Cases(cases, 2, choice), choice)


def test_the_last_row_of_a_lookup_needs_no_condition() -> None:
    local = Local("it", LEVEL.type)
    cases = ((below(local, "==", Const("high", Type("string", ("high",)))), c(2)), (None, c(1)))
    assert lowered("by_level(level)") == measured(LEVEL, Cases(cases, 2, NUMBER), NUMBER)
    found = lowered("by_yes(maybe)")
    assert isinstance(found, Bind)
    assert isinstance(found.body, Cases)
    assert found.body.cases[0] == (below(Local("it", BOOLEAN), "==", Const(True, BOOLEAN)), c(2))
    assert found.body.cases[1][0] is None
    assert isinstance(found.body.cases[1][1], Undefined)
    assert found.type == NUMBER.optional


def test_a_scale_is_one_line_for_each_interval() -> None:
    def line(slope: F, start: int | F) -> Op:
        return Arithmetic("+", c(start), Arithmetic("*", c(slope), IT, NUMBER), NUMBER)

    cases = (
        (below(IT, "<", c(0)), c(0)),
        (below(IT, "<=", c(5)), line(F(4, 5), 0)),
        (below(IT, "<=", c(8)), c(4)),
        (below(IT, "<=", c(10)), line(F(-1), 12)),
        (None, c(2)),
    )
    assert lowered("line(x)") == measured(X, Cases(cases, 4, NUMBER), NUMBER)
    outside = Stop("scale", "", NUMBER)
    strict = ((below(IT, "<", c(0)), outside), (below(IT, "<=", c(10)), line(F(1, 5), 1)), (None, outside))
    assert lowered("strict(x)") == measured(X, Cases(strict, 2, NUMBER), NUMBER)


def test_thresholds_are_counted() -> None:
    cases = ((below(IT, "<", c(1)), c(0)), (below(IT, "<", c(F("2.5"))), c(3)), (None, c(6)))
    assert lowered("counted(x)") == measured(X, Cases(cases, 2, NUMBER), NUMBER)


def test_rows_that_do_not_hold_for_every_number_end_in_a_fault() -> None:
    """The check refuses them; a rulebook that a program has put together may skip it."""
    rows = Steps((Row(lower=Amount(F(3)), gives=Amount(F(1))),))
    cases = ((Chain((c(3), IT), ("<=",), (), BOOLEAN), c(1)), (None, Stop("scale", "criteria.a", NUMBER)))
    assert shaped(rows, "criteria.a", NUMBER, NUMBER, path="criteria.a") == Cases(cases, 1, NUMBER)


# -- criteria -------------------------------------------------------------------------------------


def judged(criterion: str) -> Judge:
    plan = program(f"{INPUTS}criteria: {{a: {criterion}}}\nscore: {{rescale: true, round: {{places: 2}}}}\n").plan
    (step,) = [one for one in plan.steps if isinstance(one, Judge) and one.id == "a"]
    return step


@pytest.mark.parametrize(
    ("criterion", "body", "key"),
    [
        ("{max: 30, points: x}", X, "points"),
        ("{max: 30, rate: x / 10}", Arithmetic("*", Arithmetic("/", X, c(10), NUMBER), c(30), NUMBER), "rate"),
        ("{max: 30, rate: o, missing: zero, outside: clamp}", Arithmetic("*", OPT, c(30), NUMBER.optional), "rate"),
        ("{max: 30, met: yes}", If(YES, c(30), c(0), NUMBER), "met"),
        ("{min: -3, max: 30, met: maybe, missing: full}", If(MAYBE, c(30), c(-3), NUMBER.optional), "met"),
        (
            "{max: 30, measure: x, thresholds: {to: [1, 2]}}",
            measured(
                X,
                Cases(((below(IT, ">", c(2)), c(0)), (below(IT, ">", c(1)), c(1)), (None, c(2))), 2, NUMBER),
                NUMBER,
            ),
            "measure",
        ),
        (
            "{max: 30, measure: o, steps: [{from: 2, rate: 50%}, {points: 3}], missing: exclude}",
            measured(
                OPT,
                Cases(((Chain((c(2), IT), ("<=",), (), BOOLEAN), c(15)), (None, c(3))), 2, NUMBER),
                NUMBER.optional,
            ),
            "measure",
        ),
        ("{max: 5, entered: {step: 1}}", Read("a", NUMBER), "entered"),
        ("{max: 5, entered: {step: 1}, missing: zero}", Read("a", NUMBER.optional), "entered"),
        ("{max: 5, entered: {step: 1}, applies: yes}", Read("a", NUMBER.optional), "entered"),
    ],
)
def test_a_leaf_of_each_form(criterion: str, body: Op, key: str) -> None:
    found = judged(criterion)
    assert (found.body, found.key, found.path) == (body, f"criteria.a.{key}", "criteria.a")


def test_beyond_a_scale_the_criterion_faults() -> None:
    body = judged("{max: 9, measure: x, scale: [[0, 0], [5, 9]]}").body
    assert isinstance(body, Bind)
    assert isinstance(body.body, Cases)
    assert body.body.cases[0][1] == Stop("scale", "criteria.a", NUMBER)


def test_children_are_read_with_the_fields_that_all_of_them_have() -> None:
    text = f"""{INPUTS}
criteria:
  g: {{criteria: {{a: {{max: 5, rate: x / 10}}, b: {{points: x}}}}}}
  k: {{points: 'sum(c.points * c.weight for c in children.g if default(c.share, 0) < default(c.max, 1)) + max.a + share.a'}}
  h: {{combine: mean, criteria: {{d: {{rate: x / 10, weight: 50%}}, e: {{rate: x / 10, weight: 50%}}}}}}
outputs: {{o: 'count(c.share > c.max for c in children.h)'}}
"""
    plan = program(text).plan
    assert dict(plan.children) == {
        "g": (Member("a", F(5), F(1), True), Member("b", None, F(1), False)),
        "h": (Member("d", F(100), F(1, 2), True), Member("e", F(100), F(1, 2), True)),
    }
    parts = {
        part.name: part.type
        for step in plan.steps
        for _, op in formulas(step)
        for part in walk(op)
        if isinstance(part, Item)
    }
    assert parts == {"points": NUMBER, "weight": NUMBER, "share": NUMBER, "max": NUMBER}
    items = [
        part
        for step in plan.steps
        if isinstance(step, Judge) and step.id == "k"
        for _, op in formulas(step)
        for part in walk(op)
    ]
    assert Item("share", NUMBER.optional) in items
    assert Item("max", NUMBER.optional) in items
    assert c(5) in items
    assert Read("share.a", NUMBER) in items


def test_a_computed_field_is_lowered_after_those_it_reads() -> None:
    text = """
inputs:
  t:
    type: list
    fields: {n: {type: integer, min: 0, max: 9}}
    let: {c: item.b + item.a, b: item.a * 2, a: item.n + 1, alone: item.n}
    validations: {v: {that: item.b < 30}}
outputs: {o: sum(r.c for r in t)}
"""
    plan = program(text).plan
    assert [value.id for value in plan.records["t"].let] == ["a", "b", "c", "alone"]
    assert [value.path for value in plan.records["t"].let][:2] == ["inputs.t.let.a", "inputs.t.let.b"]
    (validate,) = [step for step in plan.steps if isinstance(step, Validate)]
    assert (validate.records, validate.that) == ("t", below(Item("b", NUMBER, True), "<", c(30)))


def test_the_fields_of_a_record_can_be_visited() -> None:
    from kpirules.plan.planning import _Planner

    planning = _Planner(program(INPUTS + "outputs: {o: x}\n").rulebook)
    found = planning.fields("t")
    assert (len(found), list(found)) == (4, ["n", "on", "o", "twice"])
    assert dict(found)["twice"] == (NUMBER, True)


# -- what is looked at in a plan ------------------------------------------------------------------


def test_operands_are_in_their_order() -> None:
    for formula, shown in {
        "ratio(x, 2, if_zero=o)": ["x", "2", "(o if 2 == 0 else x / 2)"],
        "x if yes else o": ["yes", "x", "o"],
        "default(o, x)": ["o", "x"],
        "-x": ["x"],
        "x ** 2": ["x"],
        "x in (1, 2)": ["x"],
        "0 < x < o": ["0", "x", "o"],
        "sum(r.n for r in t if r.on)": ["t", "item.on", "item.n"],
        "count(t)": ["t", "True"],
        "counted(x)": ["x", "(0 if it < 1; 3 if it < 2.5; 6 otherwise)"],
        "level_of(x)": ["x", '("high" if 5 <= it; "low" otherwise)'],
        "x": [],
    }.items():
        assert [show_op(one) for one in operands(lowered(formula))] == shown
    assert [show_op(one) for one in walk(lowered("x + -o * 2"))] == ["x + (-o) * 2", "x", "(-o) * 2", "-o", "o", "2"]
    assert [show_op(one) for one in operands(lowered("level_of(x)"))[1:] for one in operands(one)] == [
        "5 <= it",
        '"high"',
        '"low"',
    ]


UNDEFINED = """
inputs:
  x: {type: number, min: 0, max: 10}
  t: {type: list, fields: {n: {type: number, min: 0, max: 9}}, let: {open: rows(item.n), more: item.open + 1, plain: item.n}}
tables: {rows: {steps: [{from: 5, value: 1}, {undefined: true}]}}
let: {open: rows(x), reads: open + 1, plain: x}
outputs:
  a: rows(x)
  b: reads
  c: sum(r.more for r in t)
  d: plain
  e: sum(r.plain for r in t)
invariants: {i: {that: 'plain > 0'}}
"""


def plan_of(text: str) -> Plan:
    return program(text).plan


def test_operations_that_a_row_may_leave_undefined_are_known() -> None:
    plan = plan_of(UNDEFINED)
    assert plan.undefined == {"open", "reads", "t.open", "t.more"}
    found = {step.id: plan.may_be_undefined(step.op) for step in plan.steps if isinstance(step, Output)}
    assert found == {"a": True, "b": True, "c": True, "d": False, "e": False}


def test_every_formula_is_found_with_its_path() -> None:
    plan = plan_of(UNDEFINED)
    assert [path for path, _ in plan.operations()] == [
        "inputs.t.let.open", "inputs.t.let.more", "inputs.t.let.plain", "let.open", "let.reads", "let.plain",
        "outputs.a", "outputs.b", "outputs.c", "outputs.d", "outputs.e", "invariants.i",
    ]  # fmt: skip
    (holds,) = [step for step in plan.steps if isinstance(step, Holds)]
    assert list(formulas(holds)) == [("invariants.i", holds.that)]
