"""Reading JSON."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.diagnostics import Diagnostic, Report, Source
from kpirules.documents import Document, Listing, Mapping, Node, Scalar, read_json, read_yaml
from kpirules.documents.limits import MAX_BYTES, MAX_NODES


def read(text: str) -> tuple[Document | None, list[Diagnostic]]:
    return read_json(Source("a.json", text))


def root(text: str) -> Mapping:
    document, diagnostics = read(text)
    assert not diagnostics
    assert document is not None
    return document.root


def scalar(text: str) -> Scalar:
    """Return the value of `a`."""
    node = root(f'{{"a": {text}}}').get("a")
    assert isinstance(node, Scalar)
    return node


def told(text: str) -> list[tuple[str, str]]:
    """Return codes, and the texts under the caret."""
    return [(d.code, d.span.text if d.span else "") for d in Report.of(read(text)[1])]


def data(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [data(item) for item in node.items]
    return {entry.key.value: data(entry.value) for entry in node}


class TestValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("null", None), ("true", True), ("false", False), ("0", Fraction(0)), ("-0", Fraction(0)),
            ("0.1", Fraction(1, 10)), ("1e3", Fraction(1000)), ("-1.5E-2", Fraction(-3, 200)),
            ('""', ""), ('"5"', "5"), ('"null"', "null"), ('"Kỷ luật 😀"', "Kỷ luật 😀"),
            ('"\\"\\\\\\/\\n\\t\\u00e9"', '"\\/\n\té'), ('"\\ud83d\\ude00!"', "😀!"), ('"\u2028"', "\u2028"),
        ],
    )  # fmt: skip
    def test_values_are_exact(self, text: str, value: object) -> None:
        found = scalar(text)
        assert (found.value, type(found.value)) == (value, type(value))
        assert found.span.text == text

    def test_collections_nest_in_order(self) -> None:
        text = ' {"b" : [1, {"c":[]} , {}],\r\n\t"a": "d"}\n'
        assert data(root(text)) == {"b": [1, {"c": []}, {}], "a": "d"}
        assert root(text).span.text == text.strip()
        assert [entry.value.span.line for entry in root(text)] == [1, 2]

    def test_a_byte_order_mark_is_not_a_column(self) -> None:
        assert root('\ufeff{"a": 1}').span.start == 0

    def test_each_character_of_a_string_has_its_offset(self) -> None:
        found = scalar('"a\\u00e9\\ud83d\\ude00\\nz"')
        assert found.text == "aé😀\nz"
        assert found.offsets == (7, 8, 14, 26, 28)
        assert found.within(4, 5).text == "z"

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text('aé😀"\\/\n\tb '),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        st.booleans(),
    )
    def test_what_python_writes_is_read_back_and_yaml_agrees(self, value: object, ascii_only: bool) -> None:
        text = json.dumps({"a": value}, ensure_ascii=ascii_only)
        assert data(root(text)) == {"a": value}
        in_yaml, _ = read_yaml(Source("a", json.dumps({"a": value}, ensure_ascii=False)))
        assert in_yaml is not None
        assert data(in_yaml.root) == {"a": value}


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "under", "message", "help"),
        [
            ('{"a": 1,}', ",", "unexpected comma before `}`", "remove it"),
            ('{"a": [1, ]}', ",", "unexpected comma before `]`", "remove it"),
            ('{"a": [1 2]}', "2", "a comma or `]` is missing", "write it before this"),
            ('{"a": 1 "b": 2}', '"', "a comma or `}` is missing", "write it before this"),
            ('{"a": 1 // b\n}', "/", "JSON has no comments", "as YAML"),
            ('{"a": # b\n1}', "#", "JSON has no comments", "as YAML"),
            ('{# b\n"a": 1}', "#", "JSON has no comments", "as YAML"),
            ('{"a": [1', "[", "this bracket is never closed", "close it with `]`"),
            ('{"a": 1', "{", "this bracket is never closed", "close it with `}`"),
            ('{"a": [', "", "the text ends where a value is expected", "close what is open"),
            ('{"a": ', "", "the text ends where a value is expected", "close what is open"),
            ("{", "", "expected a key here", 'write `"key": value`'),
            ("{1: 2}", "1", "keys of JSON stand in double quotes", 'write `"1"`'),
            ("{a: 2}", "a", "keys of JSON stand in double quotes", 'write `"a"`'),
            ("{'a': 2}", "'", "JSON has no single quotes", 'write `"`'),
            ("{\"a\": 'b'}", "'", "JSON has no single quotes", 'write `"`'),
            ('{"a" 1}', "1", "a colon is missing before this", 'write `"key": value`'),
            ('{"a": , "b": 1}', ",", "a value is missing before `,`", "write it"),
            ('{"a": }', "}", "a value is missing before `}`", "write it"),
            ('{"a": : 1}', ":", "a value is missing before `:`", "write it"),
            ('{"a": ]}', "]", "a value is missing before `]`", "write it"),
            ('{"a": 01}', "01", "`01` is not a number in JSON", "write a number such as"),
            ('{"a": +1}', "+1", "`+1` is not a number in JSON", "write a number such as"),
            ('{"a": .5}', ".5", "`.5` is not a number in JSON", "write a number such as"),
            ('{"a": 1.}', "1.", "`1.` is not a number in JSON", "write a number such as"),
            ('{"a": NaN}', "NaN", "JSON has no `NaN`", "write a finite number"),
            ('{"a": -Infinity}', "-Infinity", "JSON has no `-Infinity`", "write a finite number"),
            ('{"a": None}', "None", "JSON has no `None`", "write `null`"),
            ('{"a": yes}', "yes", "`yes` is not a value in JSON", 'put a text in double quotes: `"yes"`'),
            ('{"a": "b}\n', '"', "this quote is never closed on its line", 'close it with `"`'),
            ('{"a": "b', '"', "this quote is never closed on its line", 'close it with `"`'),
            ('{"a": "\\q"}', "\\q", "is not an escape in JSON", "write the backslash twice"),
            ('{"a": "\\u12g4"}', "\\u", "is not an escape in JSON", "write the backslash twice"),
            ('{"a": "\\', "\\", "is not an escape in JSON", "write the backslash twice"),
            ('{"a":\xa01}', "\xa0", "U+00A0 is not a blank in JSON", "write a space"),
            ("\u3000{}", "\u3000", "U+3000 is not a blank in JSON", "write a space"),
            ('{"a": 1} 2', "2", "extra text after the end of the document", "keep one value"),
        ],
    )
    def test_the_grammar_is_strict_and_the_way_out_is_reported(
        self, text: str, under: str, message: str, help: str
    ) -> None:
        document, (found,) = read(text)
        assert document is None
        assert (found.code, found.span and found.span.text) == ("KR101", under)
        assert message in found.message
        assert help in found.help

    def test_all_other_problems_are_shown_at_once(self) -> None:
        text = '{"a": 1, "a": 2, "": 3, "b": 1e31, "c": "x\\u0000", "d": "\\ud83d", "e": "\\b"}'
        assert told(text) == [
            ("KR102", '"a"'), ("KR109", '""'), ("KR111", "1e31"), ("KR108", "\\u0000"), ("KR108", "\\ud83d"),
            ("KR108", "\\b"),
        ]  # fmt: skip
        assert read(text)[0] is None

    def test_a_duplicate_leaves_a_document(self) -> None:
        document, (found,) = read('{"a": {"b": 1, "b": 2}}')
        assert document is not None
        assert data(document.root) == {"a": {"b": 1}}
        assert found.path == "a.b"

    @pytest.mark.parametrize("character", ["\0", "\x7f", "\ud800", "\ufffe"])
    def test_characters_nobody_sees_are_refused(self, character: str) -> None:
        assert told(f'{{"a": "b{character}"}}') == [("KR108", character)]

    def test_the_root_is_a_mapping(self) -> None:
        assert told("") == told(" \n") == [("KR110", "")]
        assert told("[1]") == [("KR110", "[1]")]

    def test_sizes_are_limited(self) -> None:
        assert told('{"a": "' + "b" * MAX_BYTES + '"}') == [("KR106", "")]
        assert told('{"a": [' + "1," * MAX_NODES + "1]}") == [("KR107", "1")]
        assert told('{"a": 1e' + "0" * 5000 + "}")[0][0] == "KR111"

    def test_depth_is_limited_without_recursion(self) -> None:
        assert told("[" * 5000) == [("KR107", "[")]
        assert told('{"a": ' + "[" * 60 + "]" * 60 + "}") == [("KR107", "[")]
        assert root('{"a": ' + "[" * 59 + "]" * 59 + "}")


@given(st.text("{}[]\",:\\ \n019.eE+-tru/#'ablfnd😀\0\ud800", max_size=40))
def test_any_text_is_read_as_json_reads_it_or_reported(text: str) -> None:
    document, diagnostics = read(text)
    assert document is not None or diagnostics
    if document is not None and not diagnostics:
        assert len(data(document.root)) == len(json.loads(text))  # type: ignore[arg-type]
