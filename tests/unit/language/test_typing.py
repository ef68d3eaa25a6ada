"""Static types: the types of expressions, refused ones, and absence."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kpirules.diagnostics import Diagnostic
from kpirules.language.expressions import (
    BOOLEAN,
    CALENDAR,
    DATE,
    NUMBER,
    TEXT,
    UNKNOWN,
    Formula,
    Scope,
    Table,
    Type,
    Typing,
    parse,
)
from kpirules.language.expressions.presence import optional_names

GRADE = Type("choice", ("high", "middle", "low"))
RANKED = Type("choice", ("high", "middle", "low"), "best_first")
RERANKED = Type("choice", ("low", "middle", "high"), "worst_first")
REVERSED = Type("choice", ("high", "middle", "low"), "worst_first")
COLOUR = Type("choice", ("red", "green"))
RECORD = Type("list", fields={"h": NUMBER, "m": NUMBER.optional, "ok": BOOLEAN, "g": GRADE})

SCOPE = Scope(
    names={
        "n": NUMBER,
        "on": NUMBER.optional,
        "b": BOOLEAN,
        "ob": BOOLEAN.optional,
        "g": GRADE,
        "og": GRADE.optional,
        "ranked": RANKED,
        "reranked": RERANKED,
        "oranked": RANKED.optional,
        "reversed_": REVERSED,
        "colour": COLOUR,
        "s": TEXT,
        "d": DATE,
        "od": DATE.optional,
        "office": CALENDAR,
        "l": RECORD,
        "ol": RECORD.optional,
        "two": NUMBER,
        "half": NUMBER,
        "way": Type("string", ("up",)),
        "bad_way": Type("string", ("sideways",)),
        "strange": UNKNOWN,
        "points.c": NUMBER,
        "max.c": NUMBER,
    },
    tables={
        "stairs": Table(NUMBER, NUMBER),
        "grades": Table(GRADE, RANKED),
        "loose": Table(Type("string", ("high",)), NUMBER),
        "switch": Table(BOOLEAN, NUMBER),
    },
    groups={"score": Type("list", fields={"points": NUMBER, "share": NUMBER.optional})},
    elsewhere={"later": "it comes later", "children.late": "it comes later"},
    variables={"item": RECORD},
    constants={"two": Fraction(2), "half": Fraction(1, 2), "way": "up", "bad_way": "sideways"},
)


def typed(text: str, formulas: dict[str, Formula] | None = None) -> tuple[Type, list[Diagnostic]]:
    problems: list[Diagnostic] = []
    expression = parse(text, problems, "outputs.o", formulas)
    assert expression is not None, problems
    return Typing(SCOPE, problems, "outputs.o").infer(expression.tree), problems


GIVES: list[tuple[str, Type]] = [
    ("1", NUMBER),
    ("True", BOOLEAN),
    ("'high'", Type("string", ("high",))),
    ("n", NUMBER),
    ("on", NUMBER.optional),
    ("-n", NUMBER),
    ("-on", NUMBER.optional),
    ("n + on", NUMBER.optional),
    ("on ** 2", NUMBER.optional),
    ("not b", BOOLEAN),
    ("not ob", BOOLEAN.optional),
    ("b and ob", BOOLEAN.optional),
    ("b or b", BOOLEAN),
    ("given(ob) and ob", BOOLEAN),
    ("not given(ob) or ob", BOOLEAN),
    ("ob and ob", BOOLEAN.optional),
    ("n == 1", BOOLEAN),
    ("0 < on <= 1", BOOLEAN.optional),
    ("d < date(2026, 1, 1)", BOOLEAN),
    ("od == d", BOOLEAN.optional),
    ("g == 'high'", BOOLEAN),
    ("'high' == og", BOOLEAN.optional),
    ("s != 'x'", BOOLEAN),
    ("'x' == 'y'", BOOLEAN),
    ("ranked >= 'middle'", BOOLEAN),
    ("'middle' < ranked", BOOLEAN),
    ("ranked > oranked", BOOLEAN.optional),
    ("ranked > reranked", BOOLEAN),
    ("g == ranked", BOOLEAN),
    ("g in ('high', 'low')", BOOLEAN),
    ("og not in ('high',)", BOOLEAN.optional),
    ("n in (1, 2)", BOOLEAN),
    ("n if b else 2", NUMBER),
    ("on if b else 2", NUMBER.optional),
    ("n if ob else 2", NUMBER.optional),
    ("on if given(on) else 2", NUMBER),
    ("2 if not given(on) else on", NUMBER),
    ("g if b else 'low'", GRADE),
    ("'low' if b else g", GRADE),
    ("'x' if b else s", TEXT),
    ("'x' if b else 'y'", Type("string", ("x", "y"))),
    ("g if b else ranked", GRADE),
    ("ranked if b else g", RANKED),
    ("abs(on)", NUMBER.optional),
    ("max(n, 1, on)", NUMBER.optional),
    ("round(n)", NUMBER),
    ("round(n, 2)", NUMBER),
    ("round(n, -2)", NUMBER),
    ("round(n, two)", NUMBER),
    ("round(n, to=0.5)", NUMBER),
    ("round(n, to=half, mode='up')", NUMBER),
    ("round(n, mode=way)", NUMBER),
    ("root(n, 3)", NUMBER),
    ("ratio(n, on, if_zero=1)", NUMBER.optional),
    ("days(d, od)", NUMBER.optional),
    ("workdays(d, d, office)", NUMBER),
    ("date(2026, 1, n)", DATE),
    ("given(on)", BOOLEAN),
    ("default(on, 1)", NUMBER),
    ("default(on, on)", NUMBER.optional),
    ("default(og, 'low')", GRADE),
    ("default(n + on, n)", NUMBER),
    ("stairs(n)", NUMBER),
    ("stairs(on)", NUMBER.optional),
    ("grades(g)", RANKED),
    ("grades(ranked)", RANKED),
    ("grades('high')", RANKED),
    ("loose(g)", NUMBER),
    ("loose('high')", NUMBER),
    ("switch(b)", NUMBER),
    ("sum(t.h for t in l)", NUMBER),
    ("sum(t.h for t in ol)", NUMBER.optional),
    ("count(ol)", NUMBER.optional),
    ("count(l)", NUMBER),
    ("avg(t.h for t in l)", NUMBER.optional),
    ("any(t.ok for t in l)", BOOLEAN),
    ("share(t.h > 1 for t in l)", NUMBER.optional),
    ("sum(t.m for t in l if given(t.m))", NUMBER),
    ("sum(default(t.m, 0) for t in l if t.ok)", NUMBER),
    ("sum(c.points for c in children.score)", NUMBER),
    ("item.h + points.c + max.c", NUMBER),
    ("item.m", NUMBER.optional),
    ("strange + 1", NUMBER),
    ("strange and b", BOOLEAN),
    ("strange == g", BOOLEAN),
    ("n if b else strange", NUMBER),
    ("stairs(strange)", NUMBER),
]


@pytest.mark.parametrize(("text", "expected"), GIVES)
def test_an_expression_has_one_type(text: str, expected: Type) -> None:
    assert typed(text) == (expected, [])


def said(text: str) -> tuple[str, str, str]:
    """Return the code, message, and help or label of the only problem."""
    _, problems = typed(text)
    (problem,) = problems
    assert problem.path == "outputs.o"
    return problem.code, problem.message, problem.help or problem.label


NO_NUMBER = "must be a number, not"
REFUSED: list[tuple[str, str, str, str]] = [
    ("hours", "KR201", "unknown name `hours`", ""),
    ("stars(n)", "KR210", "unknown function `stars`", "did you mean `stairs`?"),
    ("ranke", "KR201", "unknown name `ranke`", "did you mean `ranked`?"),
    ("c + 1", "KR201", "unknown name `c`", "write `points.c` for the points of a criterion"),
    ("points.d", "KR201", "unknown name `points.d`", "did you mean `points.c`?"),
    ("item.zzz", "KR201", "unknown name `zzz`", "`item` has no field of this name"),
    ("item", "KR201", "unknown name `item`", "write `item.…`"),
    ("l.h", "KR201", "unknown name `l.h`", "aggregate over the list: `sum(t.h for t in l)`"),
    ("n.h", "KR201", "unknown name `n.h`", "`n` has no fields"),
    ("x.h", "KR201", "unknown name `x`", ""),
    ("itm.h", "KR201", "unknown name `itm`", "did you mean `item`?"),
    ("later.h", "KR240", "`later` can't be read here", "it comes later"),
    ("later", "KR240", "`later` can't be read here", "it comes later"),
    (
        "children.score",
        "KR201",
        "unknown name `children.score`",
        "aggregate over them: `sum(c.points for c in children.score)`",
    ),
    ("count(children.late)", "KR240", "`children.late` can't be read here", "it comes later"),
    ("count(children.scor)", "KR201", "unknown name `children.scor`", "did you mean `children.score`?"),
    ("stairs", "KR212", "`stairs` is a function, not a value", "call it: `stairs(…)`"),
    ("n + round", "KR212", "`round` is a function, not a value", "call it: `round(…)`"),
    ("b + 1", "KR220", f"each side of `+` {NO_NUMBER} a yes/no value", "write `1 if condition else 0`"),
    ("-s", "KR220", f"the operand of `-` {NO_NUMBER} a text", ""),
    (
        "l + 1",
        "KR220",
        f"each side of `+` {NO_NUMBER} a list",
        "aggregate over the list: `sum(t.hours for t in tasks)`, `count(tasks)`",
    ),
    (
        "'1' * 2",
        "KR220",
        f"each side of `*` {NO_NUMBER} a quoted string",
        "write the number without quotes",
    ),
    (
        "d ** 2",
        "KR220",
        f"the base of `**` {NO_NUMBER} a date",
        "`days(a, b)` is the number of days from one date to another",
    ),
    (
        "n and b",
        "KR220",
        "each side of `and` must be a condition, not a number",
        "compare it: `x > 0`",
    ),
    (
        "not g",
        "KR220",
        "the operand of `not` must be a condition, not a choice of high, middle, low",
        "",
    ),
    (
        "1 if n else 2",
        "KR220",
        "the part after `if` must be a condition, not a number",
        "compare it: `x > 0`",
    ),
    ("abs(b)", "KR220", f"`x` of `abs` {NO_NUMBER} a yes/no value", "write `1 if condition else 0`"),
    ("max(1, 2, s)", "KR220", f"`y` of `max` {NO_NUMBER} a text", ""),
    ("days(d, n)", "KR220", "`b` of `days` must be a date, not a number", ""),
    ("workdays(d, d, d)", "KR220", "`calendar` of `workdays` must be a calendar, not a date", ""),
    (
        "sum(t.h for t in n)",
        "KR220",
        "the list of an aggregate must be a list, not a number",
        "",
    ),
    (
        "sum(t.ok for t in l)",
        "KR220",
        f"the expression in `sum` {NO_NUMBER} a yes/no value",
        "write `1 if condition else 0`",
    ),
    (
        "count(t.h for t in l)",
        "KR220",
        "the expression in `count` must be a condition, not a number",
        "compare it: `x > 0`",
    ),
    (
        "sum(t.h for t in l if t.h)",
        "KR220",
        "the part after `if` must be a condition, not a number",
        "compare it: `x > 0`",
    ),
    (
        "stairs(b)",
        "KR220",
        f"the argument of `stairs` {NO_NUMBER} a yes/no value",
        "write `1 if condition else 0`",
    ),
    (
        "grades(colour)",
        "KR220",
        "the argument of `grades` must be a choice of high, middle, low, not a choice of red, green",
        "",
    ),
    ("grades(n)", "KR220", "the argument of `grades` must be a choice, not a number", ""),
    ("loose(n)", "KR220", "the argument of `loose` must be a choice, not a number", ""),
    (
        "switch(n)",
        "KR220",
        "the argument of `switch` must be a condition, not a number",
        "compare it: `x > 0`",
    ),
    ("g == high", "KR201", "unknown name `high`", 'write an option in quotes: `"high"`'),
    ("low == g", "KR201", "unknown name `low`", 'write an option in quotes: `"low"`'),
    ("g == lowest", "KR201", "unknown name `lowest`", ""),
    ("b == yes", "KR201", "unknown name `yes`", "write `True`"),
    ("off", "KR201", "unknown name `off`", "write `False`"),
    (
        "d > '2026-01-01'",
        "KR221",
        "a date can't be compared with a quoted string",
        "write a date as `date(2026, 1, 31)`: year, month, day",
    ),
    ("n == s", "KR221", "a number can't be compared with a text", ""),
    (
        "g == n",
        "KR221",
        "a choice of high, middle, low can't be compared with a number",
        "write options in quotes",
    ),
    (
        "g == colour",
        "KR221",
        "a choice of high, middle, low can't be compared with a choice of red, green",
        "choices compare only if their options are equal",
    ),
    (
        "ranked == reversed_",
        "KR221",
        "a choice of high, middle, low (best first) can't be compared with a choice of low, middle, high (best first)",
        "choices compare only if their options have the same order",
    ),
    ("l == l", "KR221", "a list can't be compared with a list", ""),
    ("n in ('a',)", "KR221", "a number can't be compared with a quoted string", ""),
    (
        "g < 'low'",
        "KR222",
        "a choice has no order, so none of its values is greater than another",
        "give a choice `ordered: best_first` or `worst_first`, or test it for equality",
    ),
    (
        "b < b",
        "KR222",
        "a condition has no order, so none of its values is greater than another",
        "give a choice `ordered: best_first` or `worst_first`, or test it for equality",
    ),
    (
        "'a' < 'b'",
        "KR222",
        "a quoted string has no order, so none of its values is greater than another",
        "give a choice `ordered: best_first` or `worst_first`, or test it for equality",
    ),
    ("g == 'hihg'", "KR223", '"hihg" is not one of the options', "did you mean `high`?"),
    (
        "g in ('high', 'x')",
        "KR223",
        '"x" is not one of the options',
        "the options are `high`, `middle` and `low`",
    ),
    (
        "g if b else 'x'",
        "KR223",
        '"x" is not one of the options',
        "the options are `high`, `middle` and `low`",
    ),
    ("loose(colour)", "KR223", '"high" is not one of the options', "the options are `red` and `green`"),
    (
        "round(n, mode='sideways')",
        "KR223",
        '"sideways" is not one of the options',
        "the options are `half_up`, `half_even`, `half_down`, `up`, `down`, `ceiling` and `floor`",
    ),
    (
        "round(n, mode=bad_way)",
        "KR223",
        '"sideways" is not one of the options',
        "the options are `half_up`, `half_even`, `half_down`, `up`, `down`, `ceiling` and `floor`",
    ),
    (
        "n if b else s",
        "KR224",
        "one branch is a number and the other a text",
        "make both branches the same type",
    ),
    (
        "g if b else colour",
        "KR224",
        "one branch is a choice of high, middle, low and the other a choice of red, green",
        "make both branches the same type",
    ),
    (
        "ranked if b else reversed_",
        "KR224",
        "one branch is a choice of high, middle, low and the other a choice of high, middle, low",
        "make both branches the same type",
    ),
    (
        "default(on, 'x')",
        "KR224",
        "one branch is a number and the other a quoted string",
        "make both branches the same type",
    ),
    (
        "round(n, n)",
        "KR207",
        "`places` of `round` is not a literal",
        "write a literal or the name of a parameter",
    ),
    (
        "round(n, n + 1)",
        "KR207",
        "`places` of `round` is not a literal",
        "write a literal or the name of a parameter",
    ),
    ("round(n, mode=s)", "KR207", "`mode` of `round` is not a literal", 'write a mode in quotes: "half_up"'),
    ("root(n, n)", "KR207", "`n` of `root` is not a literal", "write a literal or the name of a parameter"),
    (
        "round(n, 0.5)",
        "KR208",
        "`places` of `round` must be a whole number from -30 to 30",
        "",
    ),
    (
        "round(n, half)",
        "KR208",
        "`places` of `round` must be a whole number from -30 to 30",
        "",
    ),
    (
        "round(n, 31)",
        "KR208",
        "`places` of `round` must be a whole number from -30 to 30",
        "",
    ),
    (
        "round(n, -31)",
        "KR208",
        "`places` of `round` must be a whole number from -30 to 30",
        "",
    ),
    (
        "round(n, to=-1)",
        "KR208",
        "`to` of `round` must be a number above 0",
        "",
    ),
    (
        "root(n, 65)",
        "KR208",
        "`n` of `root` must be a whole number from 1 to 64",
        "",
    ),
    ("abs()", "KR211", "`x` is not given", "write `abs(x)`"),
    ("abs(1, 2)", "KR211", "`abs` takes no more than 1 without a name", "write `abs(x)`"),
    ("abs(x=1, y=2)", "KR211", "`abs` has no argument `y`", "write `abs(x)`"),
    ("abs(1, x=2)", "KR211", "`x` is given twice", "write `abs(x)`"),
    ("max(1)", "KR211", "`max` takes two or more values", "write `max(x, y, …)`"),
    ("ratio(1, 2)", "KR211", "`if_zero` is not given", "write `ratio(a, b, if_zero=…)`"),
    (
        "ratio(1, 2, 3)",
        "KR211",
        "`ratio` takes no more than 2 without a name",
        "write `ratio(a, b, if_zero=…)`",
    ),
    (
        "round(1, places=1, to=2)",
        "KR211",
        "`places` and `to` exclude each other",
        "write `round(x, places=…, mode=…, to=…)`",
    ),
    ("stairs(1, 2)", "KR211", "the table `stairs` takes one value", "write `stairs(x)`"),
    ("stairs(x=1)", "KR211", "the table `stairs` takes one value", "write `stairs(x)`"),
    (
        "sum(t.m for t in l)",
        "KR230",
        "the expression in the aggregate may be absent, because `t.m` may be absent",
        "replace it with `default(x, v)`, or test `given(x)` first",
    ),
    (
        "sum(t.h for t in l if t.m > 0)",
        "KR230",
        "the condition of the aggregate may be absent, because `t.m` may be absent",
        "replace it with `default(x, v)`, or test `given(x)` first",
    ),
    (
        "sum(on for t in l)",
        "KR230",
        "the expression in the aggregate may be absent, because `on` may be absent",
        "replace it with `default(x, v)`, or test `given(x)` first",
    ),
    (
        "sum(c.share for c in children.score)",
        "KR230",
        "the expression in the aggregate may be absent, because `c.share` may be absent",
        "replace it with `default(x, v)`, or test `given(x)` first",
    ),
    (
        "given(n)",
        "KR231",
        "`n` is never absent, so `given` has no effect",
        "remove the call, or make the input `optional: true`",
    ),
    (
        "default(n + 1, 0)",
        "KR231",
        "`n + 1` is never absent, so `default` has no effect",
        "remove the call, or make the input `optional: true`",
    ),
    (
        "given(on) and given(on)",
        "KR231",
        "`on` is never absent, so `given` has no effect",
        "remove the call, or make the input `optional: true`",
    ),
]


@pytest.mark.parametrize(("text", "code", "message", "way_out"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(text: str, code: str, message: str, way_out: str) -> None:
    assert said(text) == (code, message, way_out)


@pytest.mark.parametrize("word", ["n", "abs", "stairs", "item", "points", "later", "score"])
def test_the_word_after_for_means_nothing_else(word: str) -> None:
    _, problems = typed(f"sum({word}.h for {word} in l)")
    assert [p.code for p in problems] == ["KR213"]
    assert problems[0].message == f"`{word}` after `for` already means something else"
    assert problems[0].help == "choose another letter"


def test_only_the_name_of_an_option_gets_the_help_to_quote_it() -> None:
    _, problems = typed("zzz == n and g == low")
    assert [(p.message, p.help) for p in problems] == [
        ("unknown name `zzz`", ""),
        ("unknown name `low`", 'write an option in quotes: `"low"`'),
    ]


def test_what_is_said_of_an_unknown_function_goes_on_into_its_arguments() -> None:
    _, problems = typed("unknown(hours, b + 1)")
    assert [p.code for p in problems] == ["KR210", "KR201", "KR220"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("n + on", ("on",)),
        ("default(on, 0) + on + points.c", ("on",)),
        ("default(on, od)", ("od",)),
        ("ob if given(ob) else on > 0", ("on",)),
        ("given(on) and ob and on > 0", ("ob",)),
        ("avg(t.h for t in l) + avg(t.h for t in ol)", ("avg of nothing", "ol")),
        ("max(on, item.m, 1)", ("on", "item.m")),
        ("sum(t.h for t in ol)", ("ol",)),
        ("n", ("it",)),
    ],
)
def test_the_names_that_may_be_absent_are_shown(text: str, names: tuple[str, ...]) -> None:
    expression = parse(text, [])
    assert expression is not None
    assert optional_names(expression.tree, SCOPE) == names


def test_a_function_of_the_rulebook_may_ask_for_absence_that_only_some_callers_have() -> None:
    value = parse("default(x, 0)", [])
    assert value is not None
    formulas = {"f": Formula(("x",), value)}
    assert typed("f(n) + f(on)", formulas) == (NUMBER, [])
    _, problems = typed("f(n) + default(n, 1)", formulas)
    assert [p.code for p in problems] == ["KR231"]
