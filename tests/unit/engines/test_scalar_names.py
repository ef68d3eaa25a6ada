"""Rows, named values and records in generated code, each computed in its place and only once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from kpirules import Program
from kpirules.engines.scalar.names import MAX_CHAIN_LENGTH, MAX_INLINE_DEPTH
from tests.budget import by_budget, some
from tests.rules import F, agreed, faulted, unproved

INPUTS = """
inputs:
  x: {type: number, min: -100, max: 100, decimals: 1}
  p: {type: number, above: 0, max: 100, decimals: 1}
  o: {type: number, min: -100, max: 100, decimals: 1, optional: true}
  yes: {type: boolean}
  level: {type: choice, options: [low, middle, high], ordered: worst_first}
  color: {type: choice, options: [red, green], optional: true}
parameters: {third: 1 / 3}
"""
USUAL: dict[str, Any] = {"x": 5, "p": 2, "o": None, "yes": True, "level": "middle", "color": "green"}
XS = (-100, F("-0.1"), 0, 1, F("1.1"), 2, 5, 9, 10, F("10.5"), 20, 50, 99, 100)


# -- rows -----------------------------------------------------------------------------------------


def rows(count: int) -> str:
    """Return a step table with some conditional rows and a default row."""
    return ", ".join(f"{{from: {60 - 4 * n}, value: {n % 5}}}" for n in range(count))


TABLES = f"""
tables:
  always: {{steps: [{{value: 3}}]}}
  two: {{steps: [{{above: 5, value: 1.5}}, {{value: 2}}]}}
  several: {{steps: [{{equals: 5, value: 7}}, {{from: 50, to: 60, value: 1}}, {{above: 9, below: 20, value: third}}, {{value: -2}}]}}
  many: {{steps: [{rows(30)}, {{value: 9}}]}}
  line: {{scale: [[0, 0], [10, 4], [30, 4], [50, -20]], outside: clamp}}
  strict: {{scale: [[0, 0], [10, 4]]}}
  long: {{scale: [{", ".join(f"[{10 * n}, {n * n}]" for n in range(15))}], outside: clamp}}
  counted: {{thresholds: {{above: [1, 5, 10], each: 1.5}}}}
  of_level: {{lookup: {{low: 1, middle: 2, else: 4}}}}
  of_yes: {{lookup: {{true: 1, false: third}}}}
  of_color: {{lookup: {{red: 1, green: 2}}}}
  named: {{gives: {{options: [bad, fine]}}, steps: [{{from: 5, value: fine}}, {{value: bad}}]}}
  named_many: {{gives: {{options: [bad, fine]}}, steps: [{rows(14).replace("value: 0", "value: bad").replace("value: 1", "value: fine").replace("value: 2", "value: bad").replace("value: 3", "value: fine").replace("value: 4", "value: bad")}, {{value: bad}}]}}
"""


@pytest.mark.parametrize("x", XS)
def test_tables_of_one_row_two_several_and_many(x: object) -> None:
    text = f"""{INPUTS}{TABLES}
outputs:
  always: always(x)
  two: two(x) + two(x / p)
  several: several(x) * several(x / p) + several(x * 3)
  many: many(x) + many(x / p) * 2
  line: line(x) + line(x / p)
  long: long(x)
  counted: counted(x) - counted(x / p)
  nested: two(many(line(x)))
  levels: of_level(level) + of_yes(yes) + of_yes(x > 5)
  color: of_color(color) + 1
  optional: two(o) + many(o)
  named: named(x) == "fine" and named_many(x) != "bad"
  gives: named_many(x / p)
  in_branch: many(x) if x > 3 else 1 / p
"""
    agreed(text, **(USUAL | {"x": x}))
    agreed(text, **(USUAL | {"x": x, "o": x, "p": F("0.3"), "yes": False, "level": "high", "color": None}))
    agreed(text, **(USUAL | {"x": x, "o": 3, "level": "low", "color": "red"}))


KNOTS = ", ".join(f"[{10 * n}, {n * n}]" for n in range(30))
WIDE = [99999999999999999989 - 2 * n for n in range(30)]
LONG = f"""{INPUTS.replace("parameters: {third: 1 / 3}", "  s: {type: choice, options: [" + ", ".join(f"s{n}" for n in range(40)) + "]}" + chr(10) + "parameters: {" + ", ".join(f"w{n}: 1 / {wide}" for n, wide in enumerate(WIDE)) + "}")}
tables:
  strict: {{scale: [{KNOTS}]}}
  widely: {{steps: [{", ".join(f"{{from: {60 - 4 * n}, value: w{n}}}" for n in range(30))}, {{value: 2}}]}}
  many: {{steps: [{rows(30)}, {{value: 9}}]}}
  open: {{steps: [{rows(30)}, {{undefined: true}}]}}
  of_option: {{lookup: {{{", ".join(f"s{n}: {n % 7}" for n in range(35))}, else: 1}}}}
  option_of: {{gives: {{options: [bad, fine]}}, steps: [{", ".join(f"{{from: {60 - 4 * n}, value: {'fine' if n % 2 else 'bad'}}}" for n in range(30))}, {{value: bad}}]}}
let: {{l: strict(p) + many(x), m: 'many(x) if yes else widely(x)'}}
outputs:
  a: strict(p)
  b: strict(p / 3) + strict(2 * p) + strict(p * p / p)
  c: widely(x) + 1
  d: widely(x / p) if yes else many(x / p)
  e: 'of_option(s) + sqrt(many(x))'
  f: option_of(x) == "fine"
  g: option_of(x / p)
  h: l + m
  i: 'default(many(o), strict(default(o, 1) + 200))'
"""


def test_long_tables_are_looked_up_in_functions_of_their_own() -> None:
    """The number may have any denominator and sign, and the results no common denominator."""
    for number, x in some(enumerate(XS), 2):
        for yes in (True, False):
            agreed(LONG, **(USUAL | {"x": x, "yes": yes, "o": x, "s": f"s{3 * number % 40}"}))


def test_a_long_table_may_end_in_a_fault_or_leave_it_open() -> None:
    """The function of a table does not know its caller."""
    subject = USUAL | {"s": "s0"}
    text = (
        LONG[: LONG.index("let:")]
        + "let: {l: strict(x) + 1}\noutputs: {a: 'strict(p)', b: 'l if yes else 0', c: 'strict(x / p)'}\n"
    )
    assert agreed(text, **subject).outputs["a"] == F("0.2")
    assert faulted(text, **(subject | {"x": -1})) == "let.l"
    assert faulted(text, **(subject | {"x": -1, "yes": False})) == "outputs.c"
    criteria = (
        LONG[: LONG.index("let:")]
        + f"criteria: {{a: {{max: 900, measure: x, scale: [{KNOTS}]}}, b: {{max: 900, measure: x / p, scale: [{KNOTS}]}}}}\nscore: {{round: {{places: 1}}}}\n"
    )
    agreed(criteria, **subject)
    assert faulted(criteria, **(subject | {"x": -1})) == "criteria.a"
    left_open = LONG[: LONG.index("let:")] + "outputs: {a: 'open(x) + 1', b: 'open(x / p) if yes else 0'}\n"
    assert agreed(left_open, **(subject | {"x": -100})).status == "undefined"
    assert agreed(left_open, **(subject | {"x": 50, "p": 1})).status == "rated"


def test_beyond_a_scale_is_a_fault_of_what_asked() -> None:
    text = f"{INPUTS}tables: {{strict: {{scale: [[0, 0], [10, 4]]}}}}\noutputs: {{o: strict(x)}}\n"
    assert agreed(text, **USUAL).outputs == {"o": 2}
    assert faulted(text, **(USUAL | {"x": -1})) == "outputs.o"
    assert faulted(text, **(USUAL | {"x": 11})) == "outputs.o"


# -- choices, texts and dates ---------------------------------------------------------------------


def test_choices_texts_and_dates() -> None:
    text = """
inputs:
  level: {type: choice, options: [low, middle, high], ordered: worst_first}
  other: {type: choice, options: [high, middle, low], ordered: best_first, optional: true}
  color: {type: choice, options: [red, green]}
  name: {type: text, optional: true}
  a: {type: date}
  b: {type: date, optional: true}
  yes: {type: boolean}
parameters: {start: 'date(2026, 1, 1)'}
calendars: {office: {weekend: [sat, sun], holidays: [2026-03-03], from: 2026-01-01, until: 2027-01-01}}
outputs:
  ranks: 'level >= "middle"'
  between: '"low" < level <= other'
  equal: level == other
  chosen: '(level if yes else "high") > "low"'
  settled: 'default(other, "low") < "middle"'
  among: level in ("low", "high") and color not in ("red",)
  is_named: name == "x"
  names: name if yes else "other"
  later: a < b
  year: year(a) + month(a) / day(a)
  days: days(start, a) + months(start, b) * years(a, b)
  workdays: workdays(start, a, office)
  date: date(year(a), month(a), 1) == a
  date_again: 'default(b, date(2026, 1, 2))'
  either: a if yes else start
  maybe: b if yes else a
"""
    for level, other, name, b, yes in (
        ("low", None, None, None, True),
        ("middle", "high", "x", "2026-05-31", False),
        ("high", "low", "y", "2024-02-29", True),
    ):
        agreed(text, level=level, other=other, name=name, color="green", a="2026-03-01", b=b, yes=yes)
    outside = {"level": "low", "color": "red", "a": "2027-03-01", "yes": True}
    assert faulted(text, **outside) == "outputs.workdays"
    impossible = "inputs: {n: {type: integer, min: 1, max: 40}}\noutputs: {d: 'date(2026, 2, n)'}\n"
    assert str(agreed(impossible, n=28).outputs["d"]) == "2026-02-28"
    assert faulted(impossible, n=29) == "outputs.d"


# -- named values ---------------------------------------------------------------------------------


def test_a_let_is_computed_where_it_is_first_read_and_once() -> None:
    text = f"""{INPUTS}
let:
  one: x + 1
  two: one / p
  in_one_branch: 1 / x
  in_two_branches: sqrt(p) + x
  by_nothing: 1 / (x - x)
  flag: x > 3
  text: '"low" if yes else level'
  absent: o + 1
  cube: two ** 3
outputs:
  a: in_one_branch if x > 0 else two
  b: in_two_branches if yes else in_two_branches * 2
  c: one + two + one
  d: yes and in_two_branches > 3
  e: x > 50 or in_one_branch > 0 if x != 0 else flag
  f: text == "low"
  g: default(absent, cube)
  h: flag or yes
"""
    found = agreed(text, **USUAL)
    assert found.not_needed == ("by_nothing",) if "cube" in found.let else ("by_nothing", "cube")
    for x in (0, -5, 60):
        agreed(text, **(USUAL | {"x": x, "yes": x > 0, "o": x, "p": F("0.7")}))


def test_a_let_that_branches_read_is_known_in_those_only() -> None:
    """Each branch may be the first that reads it; after them it may still be unknown."""
    lets = "let: {a: x / p, b: a + 1 / p, c: 'b if yes else 0', d: yes, e: 'level', f: o}\n"
    formulas = [
        "a if yes else 1", "1 if yes else a", "b if x > 0 else c", "a if yes else b", "default(o, a)",
        "ratio(x, a, if_zero=b)", "ratio(x, x, if_zero=b)", "f", "1 if d and a > 0 else 2", "1 if d or a > 0 or b > 1 else c",
    ]  # fmt: skip
    outputs = "outputs:\n" + "".join(f"  o{n}: '{one}'\n" for n, one in enumerate(formulas))
    for first in some(range(len(formulas)), 2):
        text = outputs.replace(f"  o{first}:", f"  a{first}:")  # outputs are computed in the order of their ids
        for x in (0, 4):
            for yes in (True, False):
                agreed(INPUTS + lets + text, **(USUAL | {"x": x, "yes": yes}))


def chain(count: int, first: str, formula: str) -> dict[str, str]:
    return {"v0": first} | {f"v{n}": formula.format(f"v{n - 1}") for n in range(1, count)}


CHAINED: dict[str, Any] = {
    "inputs": {"x": {"type": "integer", "min": 0, "max": 5}, "yes": {"type": "boolean"}},
}


def book_of(parts: Mapping[str, object]) -> Program:
    return unproved("".join(f"{key}: {json.dumps(part)}\n" for key, part in parts.items()))


LENGTHS = [2, MAX_CHAIN_LENGTH, MAX_CHAIN_LENGTH + 2, by_budget(80, 300)]
LINKS = ["{0} + 1", "{0} / 2 + 1", "({0} if yes else x)", "min({0} / (x + 1), 9)", "-{0}"]


@pytest.mark.parametrize(("count", "formula", "is_read_once"), some(product(LENGTHS, LINKS, [True, False]), 3))
def test_a_chain_of_named_values_of_any_length(count: int, formula: str, is_read_once: bool) -> None:
    if "/ (x" in formula and count == 300:
        count = 60  # a number may not be that wide
    last = f"v{count - 1}"
    outputs = (
        {"o": last} if is_read_once else {"a": "x", "b": f"{last} if yes else 0", "c": f"v{count // 2} + {last}"}
    )
    book = book_of(CHAINED | {"let": chain(count, "x", formula), "outputs": outputs})
    for yes in (True, False):
        agreed(book, x=3, yes=yes)


def test_a_chain_of_values_that_branch_multiplies_no_code() -> None:
    """Each reads the one before in both branches: written in place, code would double with every link."""
    lets = chain(200, "x / 3", "({0} + 1 if {0} > x else {0} + 2)")
    book = book_of(CHAINED | {"let": lets, "outputs": {"o": "v199"}})
    assert len(book.scalar.text) < 100_000
    agreed(book, x=2, yes=True)


def test_a_chain_of_values_that_only_branches_read_is_written_soon() -> None:
    """No condition reads the one before, so that the first attempt to write the code doubles with every link."""
    lets = chain(by_budget(60, 200), "x / 3", "({0} + 1 if yes else {0} + 2)")
    book = book_of(CHAINED | {"let": lets, "outputs": {"o": f"v{len(lets) - 1}"}})
    assert len(book.scalar.text) < 100_000
    for yes in (True, False):
        agreed(book, x=2, yes=yes)


def test_values_that_read_each_other_in_branches_deep_below() -> None:
    """Beyond the inline depth, a value is computed by a function of its own."""
    lets = {"v0": "x / 7"} | {f"v{n}": f"(v{n - 1} if x > {n % 5} else {n})" for n in range(1, MAX_INLINE_DEPTH + 8)}
    book = book_of(CHAINED | {"let": lets, "outputs": {"o": f"v{MAX_INLINE_DEPTH + 7}", "p": "v3 if yes else 1"}})
    for x in range(6):
        agreed(book, x=x, yes=x > 2)


def test_conditions_nest_as_deep_as_the_language_lets_them() -> None:
    """Each operand of `or` is evaluated only if none before it holds, and so on inside it."""
    deep = "yes"
    for n in range(24):
        deep = f"(sqrt(x)<{n % 3} or (yes and {deep}))"
    book = book_of(CHAINED | {"outputs": {"o": deep, "p": f"1 if {deep} else 2"}})
    for x in range(6):
        agreed(book, x=x, yes=x % 2 == 0)


def test_faults_name_the_value_in_which_they_occur() -> None:
    text = f"{INPUTS}let: {{a: 1 / x, b: a + 1, c: 'b if yes else 0'}}\noutputs: {{o: c, p: 'b if yes else 1 / (x - 1)'}}\n"
    assert faulted(text, **(USUAL | {"x": 0})) == "let.a"
    assert faulted(text, **(USUAL | {"x": 1, "yes": False})) == "outputs.p"


# -- records --------------------------------------------------------------------------------------

RECORDS = """
inputs:
  k: {type: number, min: 0, max: 9, decimals: 1}
  yes: {type: boolean}
  t: {type: list, max_items: 9, FIELDS}
  m: {type: list, max_items: 9, optional: true, FIELDS}
let: {rate: k / 3, heavy: sum(r.n for r in t) / 7, best: max(r.n for r in t)}
""".replace(
    "FIELDS",
    """fields: {n: {type: number, min: -9, max: 9, decimals: 1}, d: {type: integer, min: 1, max: 9}, on: {type: boolean},
    o: {type: number, min: -9, max: 9, optional: true, decimals: 2}, g: {type: choice, options: [a, b, c], ordered: worst_first}},
    let: {q: item.n / item.d, twice: item.q * 2 + item.q, low: 'item.g < "b"', given_o: given(item.o), both: 'item.o * k'}""",
)
RECORD = {"n": 2, "d": 3, "on": True, "o": None, "g": "a"}
LISTS: list[list[dict[str, Any]]] = [
    [],
    [RECORD],
    [RECORD | {"n": F(n), "d": d, "on": on, "o": o, "g": g} for n, d, on, o, g in (
        ("-1.5", 1, False, F("2.25"), "b"), (7, 9, True, None, "c"), (0, 2, True, F(-1), "a"), (0, 2, False, F(3), "a"))],
]  # fmt: skip

AGGREGATES = {
    "sum": ["r.n", "1", "0", "r.q", "r.twice", "r.n * k", "default(r.o, r.q)", "r.n if r.on else 1 / r.d", "r.d"],
    "avg": ["r.n", "2", "r.q", "r.d", "default(r.both, 1)"],
    "min": ["r.n", "r.q", "r.d", "-r.q * rate"],
    "max": ["r.n", "r.q", "7", "r.twice"],
    "any": ["r.on", "r.low", "r.n > 1 and r.q > 0", "True"],
    "all": ["r.on", "r.given_o", "r.q < rate", "default(r.o > 1, False)"],
    "count": ["r.on", 'r.g >= "b"', "r.q in (1, 2)"],
    "share": ["r.on", "r.low or r.n > 1", "given(r.o)"],
    "median": ["r.n", "r.q", "r.d"],
    "quantile(0.3, ": ["r.n", "r.q * 2"],
    "largest(2, ": ["r.n", "r.q"],
    "smallest(1, ": ["r.n", "default(r.o, r.q)"],
    "sum_largest(2, ": ["r.d", "r.q"],
    "sum_smallest(3, ": ["r.n", "r.twice"],
    "trimmed_avg(1, 1, ": ["r.n", "r.q", "r.d"],
}
CONDITIONS = ["", " if r.on", " if r.q > 0 and r.low", " if default(r.o, 0) > 1 or yes"]


def subjects() -> list[dict[str, Any]]:
    return [
        {"k": F("1.5"), "yes": one is two, "t": one, "m": two}
        for one, two in ((LISTS[0], None), (LISTS[1], LISTS[0]), (LISTS[2], LISTS[1]), (LISTS[2], LISTS[2]))
    ]


def aggregates(records: str) -> list[str]:
    found = [
        f"{name}({body} for r in {records}{where}){')' * name.endswith(' ')}"
        for name, bodies in AGGREGATES.items()
        for body in bodies
        for where in CONDITIONS
    ]
    return [f"count({records})", *found]


@pytest.mark.parametrize("records", ["t", "m"])
def test_every_aggregate_with_and_without_a_condition(records: str) -> None:
    """For a list with records, an empty one, and an absent one."""
    formulas = some(aggregates(records), 3)
    outputs = "outputs:\n" + "".join(f"  o{n}: '{one}'\n" for n, one in enumerate(formulas))
    for subject in subjects():
        assert len(agreed(RECORDS + outputs, **subject).outputs) == len(formulas)


ALONE_AND_IN_BRANCH = ["{0}", "given({0}) if yes else True"]


@pytest.mark.parametrize(
    ("formula", "first"),
    some(product([one for name in AGGREGATES for one in aggregates("t") if one.startswith(name)][::3], (0, 1)), 13),
)
def test_an_aggregate_by_itself_and_in_a_branch(formula: str, first: int) -> None:
    """Alone it shares its loop with no other; in a branch it is computed when the branch is taken."""
    a, b = (ALONE_AND_IN_BRANCH[place].format(formula) for place in (first, 1 - first))
    for subject in subjects():
        agreed(f"{RECORDS}outputs:\n  a: '{a}'\n  b: '{b}'\n", **subject)


def test_loops_that_may_fault_run_where_they_are_read() -> None:
    text = f"""{RECORDS}
outputs:
  a: sum(r.n for r in t)
  b: sum(1 / r.n for r in t) if yes else 0
  c: sum(r.n * 2 for r in t if r.on)
  d: avg(sqrt(r.n) for r in t) if yes else 0
"""
    subject = {"k": 1, "t": [RECORD, RECORD | {"n": 0}], "m": None}
    assert agreed(text, **subject, yes=False).outputs["a"] == 2
    assert faulted(text, **subject, yes=True) == "outputs.b"


def test_a_let_that_reads_records_and_is_read_inside_a_loop() -> None:
    text = f"""{RECORDS}
outputs:
  a: sum(r.n - heavy for r in t)
  b: count(r.n == default(best, 0) for r in t)
  c: sum(r.n * default(best, 0) for r in t if r.n < heavy)
  d: max(r.q + rate for r in t) - heavy
"""
    for subject in subjects():
        agreed(text, **subject)


def test_fields_that_many_read_or_that_read_each_other_in_a_long_chain() -> None:
    for count, formula in (
        (2, "item.{0} + 1"),
        (60, "item.{0} / 3 + item.n"),
        (by_budget(100, 300), "item.{0} + 1"),
        (40, "(item.{0} if item.on else item.n)"),
    ):
        records = {
            "type": "list",
            "fields": {"n": {"type": "integer", "min": 0, "max": 9}, "on": {"type": "boolean"}},
            "let": chain(count, "item.n", formula),
        }
        last = f"v{count - 1}"
        outputs = {
            "a": f"sum(r.{last} for r in t)",
            "b": f"max(r.{last} for r in t if r.on)",
            "c": f"sum(r.{last} + r.v{count // 2} for r in t) if yes else 0",
            "d": f"count(r.on and r.{last} > 3 or r.n > 2 and r.{last} > 1 for r in t)",
        }
        book = book_of(CHAINED | {"inputs": CHAINED["inputs"] | {"t": records}, "outputs": outputs})
        for yes in (True, False):
            agreed(book, x=1, yes=yes, t=[])
            agreed(book, x=1, yes=yes, t=[{"n": 2, "on": True}, {"n": 0, "on": False}, {"n": 5, "on": True}])


def test_computed_fields_of_every_type_that_branches_read() -> None:
    text = """
inputs:
  t:
    type: list
    fields: {n: {type: integer, min: 0, max: 9}, day: {type: date}, g: {type: choice, options: [a, b], ordered: worst_first}}
    let: {on: item.n > 3, half: item.n / 2, third: 1 / (item.n + 1), own: item.g, first: 'item.day < date(2026, 3, 1)'}
    validations: {v: {that: item.half < 9 and (item.on or item.half < 5)}}
outputs:
  a: 'sum((r.half if r.on else r.third) for r in t)'
  b: 'sum((r.third if r.n > 1 else r.half) for r in t)'
  c: 'count((r.on if r.n > 1 else not r.on) for r in t)'
  d: 'count((r.own if r.n > 1 else "b") > "a" for r in t)'
  e: 'count((r.first if r.n > 1 else r.own == "a") for r in t)'
  f: 'sum(r.half + r.third for r in t if r.first and r.on or r.own == "b")'
"""
    records = [{"n": n, "day": f"2026-0{n % 9 + 1}-01", "g": "ab"[n % 2]} for n in range(10)]
    agreed(text, t=records)
    agreed(text, t=[])


def test_a_fault_in_a_computed_field_names_the_field() -> None:
    text = """
inputs:
  yes: {type: boolean}
  t: {type: list, fields: {n: {type: number, min: 0, max: 1}}, let: {inverse: 1 / item.n, more: item.inverse + 1}}
outputs: {o: sum(r.inverse for r in t), p: 'sum((r.more if r.n > 0 else r.inverse) for r in t) if yes else 0'}
"""
    assert faulted(text, t=[{"n": 1}, {"n": 0}], yes=True) == "inputs.t.let.inverse"
    agreed(text, t=[{"n": 1}], yes=True)


def test_lists_of_the_same_fields_do_not_share_them() -> None:
    text = """
inputs:
  a: {type: list, fields: {n: {type: integer, min: 0, max: 9}}, let: {v: item.n + 1}}
  b: {type: list, fields: {n: {type: number, min: 0, max: 9, decimals: 2}}, let: {v: item.n / 3}}
outputs: {o: sum(r.v for r in a) - sum(r.v for r in b), p: max(r.v for r in b), q: max(r.v for r in a)}
"""
    found = agreed(text, a=[{"n": 1}, {"n": 2}], b=[{"n": F("0.25")}])
    assert found.outputs == {"o": 5 - F(1, 12), "p": F(1, 12), "q": 3}


def test_no_let_is_written_twice() -> None:
    """A value read by several branches has a function of its own: its formula is written once."""
    text = f"{INPUTS}let: {{a: 'p + 77'}}\noutputs: {{o: 'a if x > 1 else a * 2', p: 'a if x < 1 else 0', q: 'a'}}\n"
    assert unproved(text).scalar.core.text.count("770") == 1
    agreed(text, **USUAL)


def test_no_value_is_among_an_empty_list_of_options() -> None:
    text = """
inputs: {n: {type: integer, min: 0, max: 9}, c: {type: choice, options: [a, b]}, m: {type: integer, optional: true}}
outputs: {of: n in (), not_of: n not in (), option: c in (), maybe: m in ()}
"""
    found = agreed(text, n=0, c="a")
    assert found.outputs == {"of": False, "not_of": True, "option": False, "maybe": None}


def test_a_comparison_may_have_hundreds_of_operands() -> None:
    chain = " <= ".join(["c"] * 240)
    text = f"""
inputs: {{c: {{type: choice, options: [low, high], ordered: worst_first}}, n: {{type: integer, min: 0, max: 9}}}}
outputs: {{many: {chain}, mixed: 0 <= n <= n * 2 <= n + 9 < n / 0.1 <= 90}}
"""
    assert agreed(text, c="high", n=3).outputs == {"many": True, "mixed": True}
    assert agreed(text, c="low", n=1).outputs == {"many": True, "mixed": False}
