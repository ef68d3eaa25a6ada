"""Documents and rulebooks at the limits of the language, and beyond.

Whatever a text holds, `check` ends within two seconds and half a gigabyte, and says why it is refused.
"""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("resource", reason="limits on a process are those of POSIX")

from ..budget import by_budget, some
from .confined import MOST_SECONDS_OF_WORK, Confined

MOST = 1 << 20
"""Bytes a document may have."""

HEAD = "kpirules: 1\nid: sandbox\n"


def laughs(levels: int) -> str:
    """Return a billion laughs: each list holds the previous one nine times."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return HEAD + "\n".join(lines) + "\n"


def lines(form: str, count: int, top: str = "") -> str:
    indent = "  " if top else ""
    made = "".join(f"{indent}{form.replace('#', str(number))}\n" for number in range(count))
    return f"{HEAD}{top}{made}"


# -- bombs ----------------------------------------------------------------------------------------

BOMBS: dict[str, tuple[str, str]] = {
    "a billion laughs": (laughs(10), "KR104"),
    "merged mappings": (HEAD + "a: &a {x: 1}\nb: {<<: *a}\n", "KR104"),
    "a mapping that holds itself": (HEAD + "note: &a {x: *a}\n", "KR104"),
    "a tag of Python": (HEAD + "title: !!python/object/apply:os.system [id]\n", "KR104"),
    "a tag of Python as a key": (HEAD + "!!python/name:os.system x: 1\n", "KR104"),
    "a second document": (HEAD + "---\n" + HEAD, "KR105"),
    "a thousand documents": ((HEAD + "---\n") * 1000, "KR105"),
    "one byte too many": (" " * (MOST + 1), "KR106"),
    "ten megabytes": ("x" * 10 * MOST, "KR106"),
    "brackets without end": (HEAD + "note: " + "[" * 900_000, "KR107"),
    "braces without end": (HEAD + "note: " + "{a: " * 250_000, "KR107"),
    "lists in lists": (HEAD + "note:\n" + "".join(" " * n + "-\n" for n in range(1, 1400)), "KR107"),
    "mappings in mappings": (HEAD + "note:\n" + "".join(" " * n + "a:\n" for n in range(1, 1400)), "KR107"),
    "sixty brackets": (HEAD + "note: " + "[" * 60 + "]" * 60 + "\n", "KR107"),
    "many small nodes": (HEAD + "note: [" + "1," * 500_000 + "1]\n", "KR107"),
    "empty keys": ("? " * 500_000, "KR107"),
    "a number of a hundred and one digits": (HEAD + f"parameters: {{most: {'1' * 101}}}\n", "KR111"),
    "a number of a million digits": (HEAD + f"parameters: {{most: {'1' * 1_000_000}}}\n", "KR111"),
    "an exponent": (HEAD + "parameters: {most: 1e999999999}\n", "KR111"),
    "a negative exponent": (HEAD + "parameters: {most: 1e-999999999}\n", "KR111"),
    "an infinity": (HEAD + "parameters: {most: .inf}\n", "KR200"),
    "no number": (HEAD + "parameters: {most: .nan}\n", "KR200"),
    "NUL": (HEAD + "title: a\0b\n", "KR108"),
    "an escape": (HEAD + "title: \x1b[31mred\n", "KR108"),
    "an escape that is written": (HEAD + 'title: "\\e[31mred"\n', "KR108"),
    "half a character": (HEAD + "title: \ud800\n", "KR108"),
    "half a character that is written": (HEAD + 'title: "\\uD800"\n', "KR108"),
    "a character beyond the last": (HEAD + 'title: "\\U00110000"\n', "KR10"),
    "a line that ends invisibly": (HEAD + "title: a\u2028b: c\n", "KR108"),
    "a control character of the other kind": (HEAD + "title: \x9b31m\n", "KR108"),
    "dunder keys": (HEAD + "__class__: {__init__: 1}\n", "KR103"),
    "dunder ids": (HEAD + "inputs: {__class__: {type: number}}\n", "KR126"),
    "an id of Python": (HEAD + "inputs: {lambda: {type: number}}\n", "KR127"),
    "a function that is a function": (HEAD + "functions: {sum: {args: [x], value: x}}\n", "KR127"),
    "an id of another script": (HEAD + "inputs: {\u0445: {type: number}}\n", "KR126"),
    "an id that is folded": (HEAD + "inputs: {\ufb01: {type: number}}\n", "KR126"),
    "an id that hides": (HEAD + "inputs: {x\u200b: {type: number}}\n", "KR126"),
}


@pytest.mark.parametrize("what", some(BOMBS, 5))
def test_a_bomb_is_refused_with_its_code(confined: Confined, what: str) -> None:
    text, code = BOMBS[what]
    assert any(found.startswith(code) for found in confined.answer("checked", text))


UNITS = [
    "[", "]", "{", "}", '"', "'", "- ", "-\n", "? ", ": ", ":", "a: ", "#", "#\n", "&a ", "*a ", "*a, ",
    "!a ", "!!", "| ", "|\n", "> ",
    "%", "%a\n", "\t", " ", "\n", "\r\n", "`", "@", "a", "a\n", "a: b\n", "- a\n",
    "1", ".", "1.", "e", "0", "-1, ", "--- ", "...\n", "[]", "{}", "{a: ", "[a, ", ",", "(", "(, ", "\\", "é",
    "\u0301", "\u200d", "\U0001f600", "\u00a0", "null: 1\n",
]  # fmt: skip


PLACES = ["", HEAD + "title: ", HEAD + "title: {x: ", HEAD + "title: ["]
EVERYWHERE = [(unit, before) for unit in UNITS for before in PLACES]
ONCE = [(unit, PLACES[number % len(PLACES)]) for number, unit in enumerate(UNITS)]


@pytest.mark.parametrize(("unit", "before"), by_budget(ONCE[::15], EVERYWHERE), ids=ascii)
def test_a_megabyte_of_one_thing_is_read_or_refused_in_time(confined: Confined, unit: str, before: str) -> None:
    text = before + unit * ((MOST - len(before)) // len(unit.encode()))
    assert isinstance(confined.answer("checked", text), list)


# -- many of one thing ----------------------------------------------------------------------------

MANY: dict[str, tuple[str, list[str]]] = {
    "keys that are unknown": (lines("k#: 1", 20_000), ["KR103"]),
    "keys that are nearly known": (lines("inputs#: {}", 20_000), ["KR103"]),
    "one key again and again": (lines("title: a", 20_000), ["KR102"]),
    "a long key": (f'{HEAD}? "{"inputs" * 100_000}"\n: 1\n', ["KR103"]),
    "inputs": (lines("a#: {type: number, min: 0, max: 9}", 5_000, "inputs:\n"), []),
    "inputs without a type": (lines("a#: {min: 0}", 10_000, "inputs:\n"), ["KR120"]),
    "inputs of a misspelt type": (lines("a#: {type: nummer}", 10_000, "inputs:\n"), ["KR123"]),
    "ids that are none": (lines("A#: {type: number}", 10_000, "inputs:\n"), ["KR126"]),
    "expressions": (lines("a#: 1 + 2", 8_000, "let:\n"), ["KR204"]),
    "broken expressions": (lines("a#: 1 +", 10_000, "let:\n"), ["KR200"]),
    "a long expression": (f"{HEAD}let:\n  a: {'1+' * 400_000}1\n", ["KR204"]),
    "names that are unknown": (lines("a#: b#", 2_000, "outputs:\n"), ["KR201"]),
    "names that are nearly known": (
        lines("input#: {type: number}", 1_000, "inputs:\n")
        + "outputs:\n"
        + "".join(f"  a{n}: imput{n}\n" for n in range(1_000)),
        ["KR201"],
    ),
    "options": (
        f"{HEAD}inputs: {{g: {{type: choice, options: [{', '.join(f'o{n}' for n in range(10_000))}]}}}}\n",
        [],
    ),
    "the same option": (f"{HEAD}inputs: {{g: {{type: choice, options: [{'o, ' * 30_000}o]}}}}\n", ["KR140"]),
    "bands": (
        f"{HEAD}inputs: {{x: {{type: number, min: 0, max: 9999}}}}\n"
        "criteria: {a: {max: 9999, points: x}}\nbands:\n"
        + "".join(f"  b{n}: {{from: {9_999 - n}}}\n" for n in range(3_000)),
        [],
    ),
    "mistakes below a long key": (f'{HEAD}? "{"k" * 500_000}"\n: {{{"a: 1, " * 25_000}}}\n', ["KR102", "KR103"]),
    "options that none of many is": (
        f"{HEAD}inputs: {{g: {{type: choice, options: [{', '.join(f'o{n}' for n in range(4_000))}]}}}}\n"
        f"criteria: {{c: {{max: 1, measure: g, lookup: {{{', '.join(f'x{n}: 1' for n in range(5_000))}}}}}}}\n",
        ["KR223"],
    ),
    "a long option that is not meant": (
        f"{HEAD}inputs: {{g: {{type: choice, options: [{'a' * 500_000}, b]}}}}\n"
        + lines("y#: g == 'x'", 2_000, "outputs:\n").removeprefix(HEAD),
        ["KR223"],
    ),
    "codes that nobody has": (lines("KR99#: x", 20_000, "allow:\n"), ["KR145"]),
    "reasons for one code": (f"{HEAD}allow: {{{'KR242: x, ' * 20_000}}}\n", ["KR102"]),
    "languages": (f"{HEAD}title: {{{', '.join(f'x{n}: a' for n in range(20_000))}}}\n", ["KR151"]),
    "values in a circle": (
        f"{HEAD}outputs: {{y: a0}}\nlet:\n"
        + "".join(f"  a{n}: a{(n + 1) % 3_000} + 1\n" for n in range(3_000)),
        ["KR241"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", some(MANY, 10))
def test_many_of_one_thing_are_checked_in_time(confined: Confined, what: str) -> None:
    text, codes = MANY[what]
    assert set(codes) <= set(confined.answer("checked", text))


SIZES: dict[str, tuple[tuple[Any, ...], object]] = {
    "a table of a thousand rows, a thousand times": (("long_tables", 1_000, 1_000, "steps"), "499500"),
    "a table of five thousand rows": (("long_tables", 5_000, 100, "steps"), "494950"),
    "a scale of five thousand pairs": (("long_tables", 5_000, 10_000, "scale"), "29997"),
    "five thousand thresholds": (("long_tables", 5_000, 10_000, "thresholds"), "50005000"),
    "an ordered choice of ten thousand options": (("long_choice", 10_000, 1_000), "1000"),
    "a look-up of five thousand options": (("long_lookup", 5_000, 10_000), "10000"),
}


@pytest.mark.parametrize("what", some(SIZES, 3))
def test_long_tables_and_choices_take_no_longer_than_their_length(confined: Confined, what: str) -> None:
    piece, expected = SIZES[what]
    answer = confined.answer(*piece, within=MOST_SECONDS_OF_WORK)
    assert answer == {"status": "rated", "answer": expected} or answer == ["KR261"]


@pytest.mark.parametrize("shape", ["requires", "applies", "cnf"])
@pytest.mark.parametrize("count", some([60, 500, 20], 3))
def test_conditions_are_checked_without_trying_every_combination(confined: Confined, shape: str, count: int) -> None:
    assert confined.answer("many_booleans", count, shape)


@pytest.mark.parametrize("count", [3, 100])
def test_scores_of_a_fine_grid_are_not_tried_one_by_one(confined: Confined, count: int) -> None:
    assert confined.answer("fine_grid", 18, count)


# -- mappings and words ---------------------------------------------------------------------------

MAPPINGS = {
    "itself": "KR112",
    "deep": "KR107",
    "shared": "KR107",
    "NaN": "KR112",
    "long number": "KR112",
    "surrogate": "KR108",
    "escape": "KR108",
    "dunder": "KR103",
    "object": "KR112",
    "endless": "KR112",
}


@pytest.mark.parametrize("what", some(MAPPINGS, 2))
def test_a_mapping_that_is_no_honest_rulebook_is_refused(confined: Confined, what: str) -> None:
    assert MAPPINGS[what] in confined.answer("read_mapping", what)


@pytest.mark.parametrize("what", ["turned", "lies"])
def test_a_mapping_with_odd_words_is_read_without_harm(confined: Confined, what: str) -> None:
    assert isinstance(confined.answer("read_mapping", what), list)


@pytest.mark.parametrize(
    "label",
    some(
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "javascript:alert(1)",
            '"><script>',
            "[x](javascript:alert(1))",
            "\u202ederutrever",
            "\u2066isolated\u2069",
            "a" * 100_000,
            "\u0301" * 10_000,
            "line\nanother",
            "| a | b |\n|---|---|",
            "```\n# heading",
            "%s %d {0} {x.__class__} ${x}",
        ],
        2,
    ),
    ids=lambda label: ascii(label[:30]),
)
def test_words_of_a_rulebook_command_neither_a_terminal_nor_a_page(confined: Confined, label: str) -> None:
    assert confined.answer("labelled", label) == []
