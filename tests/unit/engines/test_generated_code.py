"""Generated code consists of generated words and integers, whatever the rulebook contains."""

from __future__ import annotations

import ast
import re

import pytest

from kpirules.engines.scalar import ScalarEngine
from kpirules.engines.scalar.compiling import GENERATED_WORDS, MAX_BLOCK_DEPTH, function
from kpirules.engines.scalar.writing import MAX_FOLDED_BITS, Writer, literal, plus, times
from tests.rules import agreed, program

ODD = """
title: "__import__('os').system('true')"
inputs:
  evil_input: {type: choice, options: [evil_option, 'evil option', "evil'); import os #", "evil\\nline"], label: evil label}
  evil_text: {type: text, default: "evil \\" default", note: evil note}
  evil_number: {type: number, min: 0, max: 10, unit: evil unit}
  evil_date: {type: date, min: 1999-09-09}
  evil_list:
    type: list
    unique: [evil_field]
    fields: {evil_field: {type: text}, evil_rank: {type: choice, options: [evil_low, evil_high], ordered: worst_first}}
    let: {evil_computed: 'item.evil_rank > "evil_low"'}
parameters: {evil_parameter: '"evil value"'}
tables:
  evil_table: {lookup: {evil_option: 1, 'evil option': {undefined: true}, else: 3}}
let:
  evil_let: 'evil_text == "evil] + literal"'
  evil_branch: 'evil_parameter if evil_let else evil_text'
exemptions: {evil_exemption: {when: 'evil_input == "evil option" and evil_number > 9', status: evil_status}}
criteria:
  evil_criterion: {max: 10, points: evil_number, label: evil label, source: evil source}
  evil_other: {points: evil_table(evil_input)}
score: {round: {places: 0}}
bands: {evil_best: {from: 5, label: evil label}, evil_worst: {below: 5}}
overrides:
  evil_override: {when: 'count(r.evil_computed for r in evil_list) > 3', unrated: evil_unrated}
  evil_target: {when: evil_let, band_at_most: evil_worst}
outputs: {evil_output: 'evil_branch', evil_band: 'band == "evil_best"', evil_in: 'evil_input in ("evil_option", "evil option")'}
invariants: {evil_invariant: {that: 'evil_date > date(1999, 9, 9)'}}
"""


def test_no_text_of_a_rulebook_is_in_the_code_that_is_generated_from_it() -> None:
    book = program(ODD)
    assert "evil" not in book.scalar.text
    assert "'" not in book.scalar.text
    assert '"' not in book.scalar.text
    for option in ("evil_option", "evil'); import os #", "evil\nline"):
        for text in (None, "evil] + literal", "evil'''"):
            records = [{"evil_field": str(n), "evil_rank": "evil_high"} for n in range(3)]
            agreed(book, evil_input=option, evil_text=text, evil_number=6, evil_date="2026-01-01", evil_list=records)


def test_names_in_the_code_are_mangled_and_few() -> None:
    """A name is a prefix and a number; the code gets the values as objects."""
    words = {node.id for node in ast.walk(ast.parse(program(ODD).scalar.text)) if isinstance(node, ast.Name)}
    plain = {word for word in words if not re.fullmatch(r"[a-z]{1,2}\d+(_\d+)?[dq]?|k_[a-z]+|f_[a-z_]+", word)}
    assert plain <= {"F", "W", "U", "R", "st", "b", "b0", "un", "ins", "s", "n", "v", "w", "c", "i", "m", "q", "r", "g", "get", "iget",
                     "sn", "xn", "bn", "snd", "xnd", "bnd", "core", "admit", "fc", "ce", "fl", "ov", "wu"}  # fmt: skip


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "import os",
        "from os import path",
        "return 'text'",
        'return "text"',
        "return b'bytes'",
        "return f'{x}'",
        "return 1.5",
        "return x.__class__",
        "return x.real",
        "return __import__",
        "return lambda: x",
        "with x: pass",
        "class C: pass",
        "global y",
        "assert x",
        "yield x",
        "return open(x)",
        "return evil",
        "return x @ x",
        "return ~x",
        "return đ",
        "return \\\n1",
        "# comment",
        "async def f(): pass",
        "match x:\n        case 1: pass",
        f"return {'1' * 99}; 'text'",
    ],
)
def test_words_that_are_unexpected_are_refused(body: str) -> None:
    with pytest.raises(RuntimeError):
        function(f"def core(x):\n    {body}\n", "core", {})


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "`",
        "_",
        "__class__",
        "_a",
        "a._a",
        "a.b",
        "a.__class__",
        "a.tofile",
        "import a",
        "lambda",
        "@",
        "\\",
        "a.gi_frame",
    ],
)
def test_the_words_of_the_code_reach_nothing(text: str) -> None:
    assert not GENERATED_WORDS.fullmatch(text)
    assert not GENERATED_WORDS.fullmatch(f"a1 = {text}\n")


def test_attributes_of_the_code_are_few() -> None:
    found = re.findall(r"\\\.\(\?:([a-z|]+)\)", GENERATED_WORDS.pattern)
    assert [one.split("|") for one in found] == [
        ["append", "get", "numerator", "denominator", "year", "month", "day", "place"]
    ]


@pytest.mark.parametrize("name", ["len", "int", "str", "f_len"])
def test_there_are_no_builtins(name: str) -> None:
    run = function(f"def core(x):\n    return {name}(x)\n", "core", {})
    with pytest.raises(NameError):
        run(1)


def test_what_code_refers_to_is_what_it_is_given() -> None:
    assert function("def core(x):\n    return k0 + x\n", "core", {"k0": 2})(1) == 3


@pytest.mark.parametrize("depth", [1, MAX_BLOCK_DEPTH - 2, MAX_BLOCK_DEPTH + 5, 3 * MAX_BLOCK_DEPTH])
def test_blocks_may_lie_deeper_than_python_reads_at_once(depth: int) -> None:
    """This also holds for several deep blocks in branches, loops and handlers."""

    def nested(levels: int, leaf: str) -> list[str]:
        lines = [f"x += {leaf}"]
        for level in range(levels):
            head = "if x:" if level % 20 != 19 else "if not x is None:"
            lines = [head, *(f"    {line}" for line in lines), "else:", "    pass"]
        return lines

    body = [
        "x = y",
        *nested(depth, "1"),
        "for r in z:",
        *(f"    {line}" for line in nested(depth, "r")),
        "try:",
        *(f"    {line}" for line in nested(depth, "10")),
        "    raise F(1)",
        "except F:",
        *(f"    {line}" for line in nested(depth, "100")),
        "return x",
    ]
    text = "\n".join(["def core(y, z):", *(f"    {line}" for line in body)])
    assert function(text, "core", {"F": ValueError})(1, [2, 3]) == 1 + 1 + 5 + 10 + 100


# -- writing --------------------------------------------------------------------------------------


def test_objects_of_equal_value_share_a_name_where_their_types_are_equal() -> None:
    writer = Writer()
    names = [writer.refer(value) for value in ("a", "a", 1, True, 1.0)]
    assert names == ["k0", "k0", "k1", "k2", "k3"]
    assert [type(writer.objects[name]) for name in dict.fromkeys(names)] == [str, int, bool, float]


def test_a_held_value_has_a_name() -> None:
    writer = Writer()
    assert (writer.hold(5), writer.hold("u0"), writer.hold("(u0 + 1)"), writer.hold("u0 * 2", "s")) == (
        5,
        "u0",
        "t1",
        "s2",
    )
    assert writer.lines == ["t1 = (u0 + 1)", "s2 = u0 * 2"]


def test_an_empty_block_does_nothing() -> None:
    writer = Writer()
    with writer.block("if u0:"):
        assert writer.depth == 1
    assert (writer.lines, writer.depth) == (["if u0:", "    pass"], 0)


def test_constants_are_folded_up_to_a_width() -> None:
    assert (times(3, 4), times("a", 0), times(1, "a"), times("a", 1), times("a", 2)) == (12, 0, "a", "a", "(a * 2)")
    assert (plus(3, 4), plus(3, 4, "-"), plus("a", 0), plus(0, "a"), plus(0, "a", "-"), plus("a", "b")) == (
        7,
        -1,
        "a",
        "a",
        "(-a)",
        "(a + b)",
    )
    wide = 1 << MAX_FOLDED_BITS
    assert (literal(wide - 1), literal(1 - wide)) == (wide - 1, 1 - wide)
    assert (literal(wide), literal(-wide)) == (hex(wide), f"({hex(-wide)})")


def test_code_is_generated_when_it_is_first_asked_for() -> None:
    engine = ScalarEngine(program(ODD).plan)
    assert "core" not in vars(engine)
    assert engine.text == program(ODD).scalar.text
    assert engine.core is engine.core
