"""The allow-list: the syntax of formulas, and the errors for everything else."""

from __future__ import annotations

import keyword
from fractions import Fraction

import pytest

from kpirules.diagnostics import Diagnostic, Source, Span
from kpirules.language.expressions import Excerpt, Expression, Formula, canonical, parse, reads, size
from kpirules.language.expressions import tree as t
from kpirules.language.expressions.tree import depth


def parsed(text: str, **formulas: Formula) -> Expression:
    problems: list[Diagnostic] = []
    expression = parse(text, problems, formulas=formulas)
    assert not problems, problems
    assert expression is not None
    return expression


def refusal(text: str, **formulas: Formula) -> Diagnostic:
    problems: list[Diagnostic] = []
    assert parse(text, problems, "criteria.x", formulas) is None
    [problem] = problems
    assert problem.path == "criteria.x"
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)),
        ("20%", Fraction(1, 5)),
        ("12.5%", Fraction(1, 8)),
        (".5", Fraction(1, 2)),
        ("1e3", Fraction(1000)),
        ("1.5E-2", Fraction(3, 200)),
        ("12345678901234567890", Fraction(12345678901234567890)),
        ("True", True),
        ("'high'", "high"),
        ('"Điều 4"', "Điều 4"),
        ('"50% of it"', "50% of it"),
    ],
)
def test_a_literal_is_read_exactly(text: str, value: object) -> None:
    tree = parsed(text).tree
    assert isinstance(tree, t.Literal)
    assert tree.value == value
    assert type(tree.value) is type(value)


@pytest.mark.parametrize("word", [w for w in keyword.kwlist if w.islower()])
def test_a_field_may_be_named_like_a_python_keyword(word: str) -> None:
    assert parsed(f"sum(t.{word} for t in tasks)").tree.body == t.Field("t", word)  # type: ignore[union-attr]
    assert parsed(f"points.{word} + 1").tree.left == t.Field("points", word)  # type: ignore[union-attr]


def test_every_form_of_the_language_has_its_node() -> None:
    assert parsed("-a + b * (c - d) / 2").tree == t.Arithmetic(
        "+",
        t.Sign("-", t.Name("a")),
        t.Arithmetic(
            "/",
            t.Arithmetic("*", t.Name("b"), t.Arithmetic("-", t.Name("c"), t.Name("d"))),
            t.Literal(Fraction(2)),
        ),
    )
    assert parsed("+a ** 16").tree == t.Sign("+", t.Raised(t.Name("a"), 16))
    assert parsed("0 <= x < 10 != y").tree == t.Comparison(
        (t.Literal(Fraction(0)), t.Name("x"), t.Literal(Fraction(10)), t.Name("y")), ("<=", "<", "!=")
    )
    assert parsed('x not in ("a", "b")').tree == t.Membership(t.Name("x"), (t.Literal("a"), t.Literal("b")), True)
    assert parsed("x in (-1, +2, 3)").tree == t.Membership(
        t.Name("x"), (t.Literal(Fraction(-1)), t.Literal(Fraction(2)), t.Literal(Fraction(3))), False
    )
    assert parsed("not a and (b or c)").tree == t.Logic(
        "and", (t.Not(t.Name("a")), t.Logic("or", (t.Name("b"), t.Name("c"))))
    )
    assert parsed("1 if c else 2").tree == t.Conditional(t.Name("c"), t.Literal(Fraction(1)), t.Literal(Fraction(2)))
    assert parsed("ratio(a, b, if_zero=0)").tree == t.Call(
        "ratio", (t.Name("a"), t.Name("b")), (("if_zero", t.Literal(Fraction(0))),)
    )
    assert parsed("count(tasks)").tree == t.Aggregate("count", None, "", t.Name("tasks"), None)
    assert parsed("avg(c.share for c in children.results if c.max > 0)").tree == t.Aggregate(
        "avg",
        t.Field("c", "share"),
        "c",
        t.Field("children", "results"),
        t.Comparison((t.Field("c", "max"), t.Literal(Fraction(0))), (">",)),
    )


def test_layout_does_not_change_the_tree() -> None:
    assert canonical(parsed("a+b").tree) == canonical(parsed("(a\n  + b)").tree)
    assert canonical(parsed("a+b").tree) != canonical(parsed("b+a").tree)
    assert canonical(parsed("1").tree) != canonical(parsed("'1'").tree)


def test_reads_names_what_comes_from_outside() -> None:
    found = list(reads(parsed("a + sum(t.hours * rate for t in tasks if t.done) + points.x").tree))
    assert found == ["a", "tasks", "rate", "points.x"]


def test_a_chain_counts_as_one_level() -> None:
    assert depth(parsed("+".join(["x"] * 200)).tree) == 2
    assert depth(parsed(" and ".join(["x"] * 200)).tree) == 2
    assert depth(parsed("a * b + c * d").tree) == 3
    assert size(parsed("a + b").tree) == 3


def test_functions_of_the_rulebook_are_substituted() -> None:
    formulas = {"capped": Formula(("x", "most"), parsed("min(x, most)"))}
    assert parsed("capped(a / b, 1) * 70", **formulas).tree == parsed("min(a / b, 1) * 70").tree
    assert parsed("capped(most=1, x=a)", **formulas).tree == parsed("min(a, 1)").tree
    everything = parsed(
        "(-x if not x in (1,) and 0 < x else x ** 2) + ratio(x, 1, if_zero=x)"
        " + sum(t.a * x for t in x if x > 1) + count(x) + t.x"
    )
    replaced = parsed("f(y)", f=Formula(("x",), everything)).tree
    assert replaced == parsed(everything.text.replace("x", "y").replace("t.y", "t.x")).tree


@pytest.mark.parametrize(
    "call", ["capped(1)", "capped(1, 2, 3)", "capped(1, 2, x=3)", "capped(1, least=2)", "capped(x=1, x=2)"]
)
def test_a_call_of_a_function_must_fit_its_arguments(call: str) -> None:
    formulas = {"capped": Formula(("x", "most"), parsed("min(x, most)"))}
    problem = refusal(call, **formulas)
    assert problem.code in ("KR211", "KR200")


def test_the_size_counts_after_substitution() -> None:
    big = Formula(("x",), parsed("+".join(["x"] * 100)))
    assert refusal("f(a) * f(b) * f(c)", f=big).code == "KR204"
    assert refusal("f(a + a + a)", f=big).code == "KR204"


def test_an_aggregate_cannot_hide_in_a_function() -> None:
    inner = Formula(("x",), parsed("sum(x * t.a for t in tasks)"))
    assert refusal("sum(f(u.a) for u in tasks)", f=inner).code == "KR213"
    over = Formula(("xs",), parsed("sum(t.a for t in xs)"))
    assert refusal("f(3)", f=over).code == "KR213"


REFUSED = {
    "": "KR200",
    "   ": "KR200",
    "a b": "KR200",
    "a = 3": "KR200",
    "f(a, b=1, c = 2) and a = 3": "KR200",
    "a &&": "KR200",
    "a || b": "KR200",
    "!a": "KR200",
    "a <> b": "KR200",
    "a ≥ b": "KR200",
    "a × b": "KR200",
    "a − b": "KR200",
    "“high”": "KR200",
    "c ? a : b": "KR200",
    "a if b": "KR200",
    "(a": "KR200",
    "a)": "KR200",
    "a) + (b": "KR200",
    "'open": "KR200",
    "a # remark": "KR200",
    "a; b": "KR200",
    "a\n +": "KR200",
    "import os": "KR200",
    "lambda: 1": "KR202",
    "(x := 1)": "KR202",
    "a[0]": "KR202",
    "a[0:1]": "KR202",
    "[1, 2]": "KR202",
    "[x for x in y]": "KR202",
    "{1: 2}": "KR202",
    "{1, 2}": "KR202",
    "{x for x in y}": "KR202",
    "{x: 1 for x in y}": "KR202",
    "(1, 2)": "KR202",
    "(x for x in y)": "KR202",
    "f'{x}'": "KR202",
    "(yield)": "KR202",
    "(await x)": "KR202",
    "a // b": "KR202",
    "a @ b": "KR202",
    "a << 1": "KR202",
    "a >> 1": "KR202",
    "a | b": "KR202",
    "a & b": "KR202",
    "a ^ b": "KR202",
    "~a": "KR202",
    "a is b": "KR202",
    "a is not b": "KR202",
    "None": "KR202",
    "...": "KR202",
    "b'x'": "KR202",
    "1j": "KR205",
    "'a' 'b'": "KR202",
    "'''a'''": "KR202",
    "r'a'": "KR202",
    r"'a\n'": "KR202",
    "a.b.c": "KR202",
    "'a'.upper()": "KR202",
    "a.b()": "KR202",
    "f()()": "KR202",
    "f(*a)": "KR202",
    "f(**a)": "KR202",
    "a ** b": "KR202",
    "a ** 17": "KR202",
    "a ** -1": "KR202",
    "a ** 2.5": "KR202",
    "a ** True": "KR202",
    "a ** 5%": "KR202",
    "a in b": "KR202",
    "a in ('x')": "KR202",
    "a < b in (1,)": "KR202",
    "a in (b, c)": "KR207",
    "a in (-True,)": "KR207",
    "a % b": "KR203",
    "a %": "KR203",
    "5 % 3": "KR203",
    "5%3": "KR200",
    "1_000": "KR205",
    "0x1F": "KR205",
    "0b1": "KR205",
    "1e31": "KR205",
    "123456789012345678901": "KR205",
    "2026-10-12": "KR206",
    "days(2026-1-2, d)": "KR206",
    "é + 1": "KR201",
    "ﬁ": "KR201",
    "round(x, 𝐩laces=2)": "KR201",
    "Upper": "KR201",
    "_a": "KR201",
    "a._b": "KR201",
    "x.__class__": "KR201",
    "true": "KR201",
    "false": "KR201",
    "null": "KR201",
    "cohort_rank()": "KR211",
    "cohort_rank(a, b)": "KR211",
    "cohort_avg(x=a)": "KR211",
    "sum(1)": "KR213",
    "sum()": "KR213",
    "avg(tasks)": "KR213",
    "count(1)": "KR213",
    "count(a.b)": "KR213",
    "sum(x for x in y, 1)": "KR200",
    "sum((x for x in y), 1)": "KR213",
    "sum(x for x in y for z in w)": "KR213",
    "sum(x for x in y if a if b)": "KR213",
    "sum(x for x, z in y)": "KR213",
    "sum(x async for x in y)": "KR213",
    "sum(t.a for t in [1])": "KR213",
    "sum(t.a for t in x.y)": "KR213",
    "sum(sum(u.a for u in v) for t in w)": "KR213",
    "+".join(["x"] * 252): "KR204",
    "x+" * 1000 + "x": "KR204",
    "(" * 51 + "x" + ")" * 51: "KR204",
    "-" * 300 + "x": "KR204",
    "-" * 1900 + "x": "KR204",
    "not " * 60 + "x": "KR204",
}


@pytest.mark.parametrize("text", REFUSED)
def test_syntax_outside_the_list_is_refused_with_its_code(text: str) -> None:
    assert refusal(text).code == REFUSED[text]


@pytest.mark.parametrize(
    ("text", "message", "way_out"),
    [
        ("o is None", "`None` is not allowed in an expression", "write `not given(o)`"),
        ("r.o is not None", "`None` is not allowed in an expression", "write `given(r.o)`"),
        ("o == None", "`None` is not allowed in an expression", "write `not given(o)`"),
        ("o != None", "`None` is not allowed in an expression", "write `given(o)`"),
        (
            "o + 1 == None",
            "`None` is not allowed in an expression",
            "test it with `given(x)`, or replace it with `default(x, v)`",
        ),
        (
            "1 < o == None",
            "`None` is not allowed in an expression",
            "test it with `given(x)`, or replace it with `default(x, v)`",
        ),
        ("a is b", "`is` is not allowed in an expression", "write `==`"),
        ("0,5 * a", "a list in parentheses is not allowed in an expression", "write `0.5`, with a point"),
        (
            "a, b",
            "a list in parentheses is not allowed in an expression",
            "it is allowed only after `in` or `not in`",
        ),
        ("k == “a”", "the expression can't be read: `“` is not a valid symbol", 'write the straight quote `"`'),
        (
            "“min(a, b)”",
            "the expression can't be read: `“` is not a valid symbol",
            'write straight quotes around the expression: `"`',
        ),
        (
            " + ".join(["a"] * 300),
            "parts, with functions substituted: 599, but at most 500 are allowed",
            "name parts of it under `let`",
        ),
        (
            "not " * 300 + "a",
            "levels of nesting: 255, but at most 50 are allowed",
            "name parts of it under `let`",
        ),
    ],
)
def test_a_refusal_says_what_to_write_instead(text: str, message: str, way_out: str) -> None:
    found = refusal(text)
    assert (found.message, found.help) == (message, way_out)


def test_a_refusal_points_at_the_offending_text_in_the_document() -> None:
    document = "rate: 'số + b'\n"
    source = Source("x.kpi.yaml", document)
    text = document[7:-2]
    excerpt = Excerpt(text, Span(source, 6, len(document) - 1), tuple(range(7, 7 + len(text))))
    problems: list[Diagnostic] = []
    assert parse(excerpt, problems) is None
    assert problems[0].span is not None
    assert problems[0].span.text == "số"  # names have lowercase letters a-z

    assert parse(Excerpt("a // b", Span(source, 6, 9)), problems) is None
    assert problems[1].span == Span(source, 6, 9), "a text without a map is pointed at as a whole"


@pytest.mark.parametrize("text", ["a, 50", "a,\n50", "a for b in c"])
@pytest.mark.parametrize("is_mapped", [True, False])
def test_a_list_without_brackets_is_pointed_at_as_a_whole(text: str, is_mapped: bool) -> None:
    source = Source("x", f"y: {text}")
    whole = Span(source, 3, 3 + len(text))
    problems: list[Diagnostic] = []
    offsets = tuple(range(3, 3 + len(text))) if is_mapped else ()
    assert parse(Excerpt(text, whole, offsets), problems) is None
    assert (problems[0].code, problems[0].span) == ("KR202", whole)


def test_columns_count_characters_not_bytes() -> None:
    text = '"Điều" == x and tasks.complted > (\n 1 // 2)'
    source = Source("x", text)
    problems: list[Diagnostic] = []
    assert parse(Excerpt(text, Span(source, 0, len(text)), tuple(range(len(text)))), problems) is None
    assert problems[0].span is not None
    assert problems[0].span.text == "1 // 2"


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("IF(a, b, c)", "write `a if condition else b`"),
        ("TRUE", "write `True`"),
        ("SUM(a)", "write `sum`"),
        ("Round(a, 2)", "write `round`"),
        ("And", "write `and`"),
        ("Ngày", "names have lowercase letters a-z, digits and `_`; write a string in quotes"),
        ("a AND b", "write `and`"),
        ("min(a; 1)", "write `,`"),
    ],
)
def test_what_spreadsheets_write_is_reported_in_words_of_the_language(text: str, way_out: str) -> None:
    assert refusal(text).help == way_out


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("0755", "755"),
        ("x + 007", "x + 7"),
        ("-00", "-0"),
        ("08%", "8%"),
        ("1e05 + 010", "1e5 + 10"),
        ("1E-05", "1E-5"),
        ("1.075", "1.075"),
        ("max(01, 002)", "max(1, 2)"),
    ],
)
def test_zeros_in_front_of_a_number_mean_nothing(text: str, same: str) -> None:
    assert canonical(parsed(text).tree) == canonical(parsed(same).tree)
