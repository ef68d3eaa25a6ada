"""Reading YAML."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kpirules.diagnostics import Diagnostic, Report, Source
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.render import render_text
from kpirules.documents import Document, Listing, Mapping, Node, Scalar, assembly, read_bytes, read_text, read_yaml
from kpirules.documents.limits import MAX_BYTES, MAX_NODES
from kpirules.documents.source_text import format_of
from tests.budget import by_budget

REJECTED = Path(__file__).parents[2] / "conformance" / "rejected"
OWN_CODE = re.compile(r"KR1(0[124-9]|1[01])-")
OWN_FILES = sorted(
    path for path in REJECTED.glob("KR1*") if path.suffix in (".yaml", ".json") and OWN_CODE.match(path.name)
)

pure = pytest.mark.parametrize("pure", [False, True], ids=["c", "python"])


def read(text: str, pure: bool = False) -> tuple[Document | None, list[Diagnostic]]:
    return read_yaml(Source("a.kpi.yaml", text), _pure=pure)


def root(text: str, pure: bool = False) -> Mapping:
    document, diagnostics = read(text, pure)
    assert not diagnostics
    assert document is not None
    return document.root


def scalar(text: str, pure: bool = False) -> Scalar:
    """Return the value of `a`."""
    node = root(text, pure).get("a")
    assert isinstance(node, Scalar)
    return node


def told(text: str, pure: bool = False) -> list[tuple[str, str]]:
    """Return codes, and the texts under the caret."""
    return [(d.code, d.span.text if d.span else "") for d in Report.of(read(text, pure)[1])]


def first(text: str, pure: bool = False) -> Diagnostic:
    return Report.of(read(text, pure)[1]).diagnostics[0]


def data(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [data(item) for item in node.items]
    return {entry.key.value: data(entry.value) for entry in node}


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    children = node.items if isinstance(node, Listing) else [n for e in node for n in (e.key, e.value)]
    return [found for child in children for found in scalars(child)]


class TestValues:
    @pure
    @pytest.mark.parametrize("text", ["~", "null", "Null", "NULL", ""])
    def test_the_words_for_nothing_are_null(self, text: str, pure: bool) -> None:
        assert scalar(f"a: {text}", pure).value is None
        assert scalar(f"a: {text}", pure).text == text

    @pure
    @pytest.mark.parametrize("text", ["true", "True", "TRUE", "false", "False", "FALSE"])
    def test_true_and_false_are_booleans(self, text: str, pure: bool) -> None:
        assert scalar(f"a: {text}", pure).value is (text.lower() == "true")

    @pure
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("0755", Fraction(755)),
            ("1e3", Fraction(1000)),
            ("0.1", Fraction(1, 10)),
            ("-.5", Fraction(-1, 2)),
            ("+3.", Fraction(3)),
            ("12345678901234567.89", Fraction(1234567890123456789, 100)),
            ("1E-30", Fraction(1, 10**30)),
            ("9" * 100, Fraction(10**100 - 1)),
        ],
    )
    def test_numbers_are_exact(self, text: str, value: Fraction, pure: bool) -> None:
        assert scalar(f"a: {text}", pure).value == value
        assert scalar(f"a: {text}", pure).text == text

    @pure
    @pytest.mark.parametrize(
        "text",
        [
            "1_000",
            "0x1F",
            "0o7",
            ".inf",
            ".nan",
            "no",
            "on",
            "yes",
            "2026-01-01",
            "1:30",
            "20%",
            "1.2.3",
            "e3",
            "+",
            ".",
            "१",
            "nULL",
            "tRUE",
            "'5'",
            '"true"',
            "'null'",
        ],
    )
    def test_everything_else_is_a_string(self, text: str, pure: bool) -> None:
        assert scalar(f"a: {text}", pure).value == text.strip("'\"")

    @pure
    def test_keys_are_the_characters_they_are_written_with(self, pure: bool) -> None:
        assert data(root("1.0: a\n1: b\ntrue: c\nno: d\n'null': e\n? f\n: g\n", pure)) == {
            "1.0": "a", "1": "b", "true": "c", "no": "d", "null": "e", "f": "g",
        }  # fmt: skip

    @pure
    def test_collections_nest_in_order(self, pure: bool) -> None:
        text = "b: [1, {c: d}, [e: f]]\na:\n- g\n-\n  h: {}\n  i: []\n"
        assert data(root(text, pure)) == {
            "b": [1, {"c": "d"}, [{"e": "f"}]], "a": ["g", {"h": {}, "i": []}],
        }  # fmt: skip
        assert [entry.key.text for entry in root(text, pure)] == ["b", "a"]

    @pure
    def test_an_end_marker_and_a_start_marker_are_read_over(self, pure: bool) -> None:
        assert data(root("---\na: 1\n...\n", pure)) == {"a": 1}


class TestPlaces:
    @pure
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_lines_and_columns_count_code_points(self, end: str, pure: bool) -> None:
        text = f"\ufeffkỷ: 😀{end}- x: 1".replace("- x", "等: [😀, {b") + "}]"
        document = read(text, pure)[0]
        assert document is not None
        found = {s.text: (s.span.line, s.span.column, s.span.end_column) for s in scalars(document.root)}
        assert found == {
            "kỷ": (1, 1, 3), "😀": (2, 5, 6), "等": (2, 1, 2), "b": (2, 9, 10), "1": (2, 12, 13),
        }  # fmt: skip

    @pure
    def test_collections_end_where_a_reader_sees_their_end(self, pure: bool) -> None:
        node = root("a:\n  - b: c # ]\n\n# more\nd: {e: f}   # g\n", pure)
        spans = [entry.value.span.text for entry in node]
        assert spans == ["- b: c", "{e: f}"]
        assert node.span.text.endswith("{e: f}")

    @pure
    def test_an_empty_value_is_after_its_colon(self, pure: bool) -> None:
        assert scalar("a:   # none\nb: 1", pure).span.start == 2
        assert scalar("{a: , b: 1}", pure).span.start == 3

    @pure
    def test_a_block_text_spans_its_sign_and_its_visible_part(self, pure: bool) -> None:
        assert scalar("a: |\n  x\n  y\n\n\nb: 1", pure).span.text == "|\n  x\n  y"
        assert scalar("a: >\n\nb: 1", pure).span.text == ">"

    @pure
    @pytest.mark.parametrize(
        ("written", "text", "start", "end", "within"),
        [
            ("rate + x", "rate + x", 7, 8, "x"),
            ("rate +\n  x  * y", "rate + x  * y", 7, 8, "x"),
            ("'it''s x'", "it's x", 2, 3, "'"),
            ("'it''s x'", "it's x", 5, 6, "x"),
            ("'it''s\n\n  x'", "it's\nx", 5, 6, "x"),
            ("'plain x'", "plain x", 6, 7, "x"),
            ('"a\\tb \\u0041 x"', "a\tb A x", 6, 7, "x"),
            ('"a\\tb \\u0041 x"', "a\tb A x", 4, 5, "\\"),
            ('"a\\\n  b  \n\n  \\x41x"', "ab\nAx", 4, 5, "x"),
            ('"a\\\n\n  b\n  x"', "a\nb x", 4, 5, "x"),
            ('"\\U0001F600 \\/x"', "😀 /x", 3, 4, "x"),
            (">\n  a\n  b\n\n    c\n  x\n", "a b\n\n  c\nx\n", 9, 10, "x"),
            ("|2\n    a\n   x", "  a\n x", 5, 6, "x"),
            ("|-\r\n  a\r\n\r\n  x\r\n", "a\n\nx", 3, 4, "x"),
            ("|+\n  x\n\n", "x\n\n", 0, 1, "x"),
        ],
    )
    def test_each_character_has_its_offset(
        self, written: str, text: str, start: int, end: int, within: str, pure: bool
    ) -> None:
        found = scalar(f"a: {written}", pure)
        assert found.text == text
        assert len(found.offsets) == len(text)
        assert found.within(start, end).text == within

    def test_a_place_beyond_what_is_known_is_the_whole_scalar(self) -> None:
        found = scalar("a: bc")
        assert found.within(2, 3).text == "bc"
        assert found.within(1, 9).text == "c"


@st.composite
def written_scalars(draw: st.DrawFn) -> str:
    """Return a strategy of scalars in any style, with their values."""
    words = st.text("ab'é等😀+*(){}:#-", min_size=1, max_size=4)
    lines = draw(st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3))
    ends = draw(st.sampled_from(["\n", "\r\n", "\n\n"]))
    body = (ends + "  ").join(lines)
    style = draw(st.sampled_from(["", "'", '"', "|", ">", "|-", ">+"]))
    if style == "'":
        return "'" + body.replace("'", "''") + "'"
    if style == '"':
        escapes = draw(st.sampled_from(["", "\\t", "\\u00e9", "\\\n  ", '\\"', "\\ "]))
        return f'"{body}{escapes}z"'
    return f"{style}\n  {body}" if style else body


@given(written_scalars())
@example('"a\\\n\n\n b"')
def test_offsets_lead_to_the_characters_of_the_value(written: str) -> None:
    for pure in (False, True):
        document, _ = read(f"a: {written}\nb: 1\n", pure)
        for found in scalars(document.root) if document else ():
            assert len(found.offsets) in (0, len(found.text))
            for character, offset in zip(found.text, found.offsets, strict=False):
                there = found.span.source.text[offset]
                assert there == character or there == "\\" or (there + character).isspace()
            visible = [o for c, o in zip(found.text, found.offsets, strict=False) if not c.isspace()]
            assert visible == sorted(set(visible))


class TestRefusals:
    @pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.name)
    def test_each_rejected_file_is_reported_in_the_expected_words(self, path: Path) -> None:
        name = path.name.removesuffix(".json").removesuffix(".kpi.yaml")
        expected = (REJECTED / f"{name}.txt").read_text(encoding="utf-8")
        _, diagnostics = read_bytes(path.read_bytes(), path.name)
        assert render_text(Report.of(diagnostics)) == expected
        assert {d.code for d in diagnostics} == {path.name[:5]}

    @pytest.mark.parametrize("path", [p for p in OWN_FILES if p.suffix == ".yaml"], ids=lambda path: path.name)
    def test_both_loaders_tell_the_same(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return
        both = [read(text, pure) for pure in (False, True)]
        assert Report.of(both[0][1]) == Report.of(both[1][1])
        assert both[0][0] == both[1][0]

    @pytest.mark.parametrize("code", [c for c in CATALOGUE.values() if OWN_CODE.match(f"{c.code}-")])
    def test_the_examples_of_each_page_do_what_it_says(self, code: object) -> None:
        page = code.page  # type: ignore[attr-defined]
        number = code.code  # type: ignore[attr-defined]
        assert re.findall(r"\*\*(.*?)\*\*\n", page) == ["What it checks", "Why it matters", "Fails", "Passes"]
        fails, passes = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
        assert not read(passes)[1]
        if number != "KR106":
            assert {d.code for d in read(fails)[1]} == {number}

    @pure
    @pytest.mark.parametrize(
        ("text", "under", "message"),
        [
            ("a: 1\n\n  b: 2", "b", "this entry is indented deeper"),
            ("a:\n  b\n  c: 2", "c", "this entry is indented deeper"),
            ("- a\nb: 1", "b", "does not continue the list"),
            ("a:\n- b\nc\n", "c", "a colon is missing"),
            ("a:\n  - b\n - c\n", "-", "does not continue the mapping"),
            ("a: x\n  y # c\n  z", "z", "does not continue the mapping"),
            ("'a': 'b'\n[c]\n", "[c]", "a colon is missing"),
            (": x", ":", "no key before the colon"),
            ("a: !x!y z", "!", "cannot begin with `!`"),
            ("a: !<x", "!", "cannot begin with `!`"),
            ("a: *x.y", "*", "cannot begin with `*`"),
            ("a: ? b", "?", "cannot begin with `? `"),
            ("a: [b 'c', d", "[", "this bracket is never closed"),
            ("a: {b: 'c' d", "d", "text goes on after a closing quote"),
            (
                'a:\n  b: "x\n  c: y\n  d: "z"\n',
                '"',
                "the text that is quoted from here on ends in line 4, and more follows there",
            ),
            ("a: [b] c", "c", "text goes on after a closing bracket"),
            ("a: 'b\n---\n", "'", "this quote is never closed"),
            ("- : a", ":", "`:` is not allowed here"),
            ("a: {b: [c] : d}", ":", "text goes on after a closing bracket"),
            ("a: {b: c\n: d}", "{", "this bracket is never closed"),
            ("a: @" + "b" * 100, "@", "cannot begin with `@`"),
            ("a: [", "", "a value is missing before the end"),
            ("a: {b: [c", "[", "this bracket is never closed"),
            ("a: ]", "]", "a value is missing before `]`"),
            ("a: 'b'\n'c'\n", "'c'", "a colon is missing"),
            ('a: "\\x4"', "\\x", "is not an escape"),
        ],
    )
    def test_the_words_of_the_scanner_are_rewritten(self, text: str, under: str, message: str, pure: bool) -> None:
        found = first(text, pure)
        assert (found.code, found.span and found.span.text) == ("KR101", under)
        assert message in found.message

    @pytest.mark.parametrize(
        ("text", "advice"),
        [
            ("a: 'b' + 'c'", "quote the whole expression: `\"'b' + 'c'\"`"),
            ("- 'b' + 'c' # d", "quote the whole expression: `\"'b' + 'c'\"`"),
            ("- a: 'b' + \"c\"", "quote the whole expression: `'''b'' + \"c\"'`"),
            ("a: 'b\n  c' d", "close it with `'` where it ends, or quote all of it"),
            ("a: [@b]", "quote the whole expression"),
            ("a: @" + "b" * 100, "quote the whole expression"),
            ("a: b: c", 'quote the whole value: `"b: c"`'),
            ("a:\n- *b", 'quote the whole expression: `"*b"`'),
            ("a: !<x", "write `not`, or quote the whole value"),
            ("a: 'b", "close it with `'`; inside single quotes write an apostrophe twice"),
            (
                "a:\nb: c\n  d: e",
                "begin it in the same column as the key above, or end that key's line with its colon",
            ),
            ("a:\n   b: 1\n  c: 1", "begin it in column 4, like the line above, or in column 1, like line 1"),
            ("a: 'b'\n  c", "begin it in column 1, like line 1"),
            ("- a\nb: 1", "begin it with `- `"),
            ("a: 1\n- b", "write `key: value`, or indent it"),
        ],
    )
    def test_the_way_out_shows_the_value_quoted(self, text: str, advice: str) -> None:
        assert first(text).help == advice
        assert first(text, True).help == advice

    def test_a_colon_without_a_space_is_reported_by_the_c_loader(self) -> None:
        found = first("a: {b:[c]}")
        assert found.message == "a space is missing after this colon"
        assert found.span is not None
        assert found.span.text == ":"

    def test_unknown_messages_of_the_scanner_are_passed_on(self) -> None:
        from kpirules.documents.yaml_errors import Complaint, explained

        found = explained(Complaint(Source("a", "b"), "", 0, "something new", 0))
        assert found.message == "this cannot be read as YAML: something new"

    def test_a_tab_between_tokens_is_reported_by_the_python_loader(self) -> None:
        assert first("a:\t1", True).message == "a tab is not allowed here"

    @pure
    def test_anchors_and_tags_are_reported_everywhere(self, pure: bool) -> None:
        text = "a: &x !!int 1\nb: *x\nc: !t [&y d]\n&k e: !u\n  f: 1\n<<: {g: 1}\n"
        assert told(text, pure) == [
            ("KR104", "&x"), ("KR104", "!!int"), ("KR104", "*x"), ("KR104", "!t"), ("KR104", "&y"),
            ("KR104", "&k"), ("KR104", "!u"), ("KR104", "<<"),
        ]  # fmt: skip
        assert read(text, pure)[0] is None
        assert "could not" not in first(text, pure).message

    @pure
    def test_a_quoted_merge_key_is_a_key(self, pure: bool) -> None:
        assert data(root("'<<': 1", pure)) == {"<<": 1}

    @pure
    def test_an_alias_and_the_error_it_leads_to_are_one_mistake(self, pure: bool) -> None:
        assert told("a: *x + 1", pure) == [("KR104", "*x")]
        assert told("a: *x\nb: 'c' d", pure) == [("KR104", "*x"), ("KR101", "d")]

    @pure
    def test_a_tag_directive_is_reported_once(self, pure: bool) -> None:
        assert told("# c\n%TAG ! tag:x,2026:\n---\na: 1", pure) == [("KR104", "%")]
        assert told("%FOO x\n---\na: 1", pure) == [("KR104", "%")]
        assert told("%YAML 3.0\n---\na: 1", pure) == [("KR104", "%")]

    @pure
    def test_all_problems_are_shown_at_once_and_the_document_goes_on(self, pure: bool) -> None:
        text = "a: 1\na: {b: f(x, 1), c: 2, c: 3}\n---\nb: 1\n"
        assert told(text, pure) == [("KR102", "a"), ("KR109", "f(x, 1)"), ("KR102", "c"), ("KR105", "---")]
        document = read(text, pure)[0]
        assert document is not None
        assert data(document.root) == {"a": 1}

    @pure
    def test_paths_lead_to_the_node(self, pure: bool) -> None:
        text = "a:\n  b:\n  - c: 1\n  - c: 1e99\n    d: {e: 1, e: 2, f: g, h}\n    null: 1\n    [i]: j\n"
        paths = [d.path for d in Report.of(read(text, pure)[1])]
        assert paths == ["a.b[1].c", "a.b[1].d.e", "a.b[1].d.f", "a.b[1]", "a.b[1]"]

    @pure
    def test_split_values_are_joined_again(self, pure: bool) -> None:
        text = "{a: Order, discipline, b: f(x,\n  1) > 2, c: [min(a, (b), 2), 3, max(4]}"
        document, diagnostics = read(text, pure)
        assert document is not None
        assert data(document.root) == {
            "a": "Order, discipline", "b": "f(x, 1) > 2", "c": ["min(a, (b), 2)", 3, "max(4"],
        }  # fmt: skip
        assert [d.help for d in diagnostics] == [
            'quote it: `"min(a, (b), 2)"`',
            'quote it: `a: "Order, discipline"`',
            'quote it: `b: "f(x, 1) > 2"`',
        ]
        joined = document.root.get("a")
        assert isinstance(joined, Scalar)
        assert joined.within(7, 10).text == "dis"
        folded = document.root.get("b")
        assert isinstance(folded, Scalar)
        assert folded.within(0, 1).text.endswith("> 2")

    @pure
    @pytest.mark.parametrize(
        ("text", "under"),
        [
            ("a: {b}", ["b"]),
            ("a: {b, c}", ["b", "c"]),
            ("a: {b: 'c', d}", ["d"]),
            ("a: {b: [c], d, e: f}", ["d"]),
            ("a: {b: c, 'd'}", ["'d'"]),
            ("a: {b: c, [d]}", ["[d]"]),
            ("a: {? b, c: d}", ["b"]),
        ],
    )
    def test_keys_without_a_colon_are_shown_one_by_one(self, text: str, under: list[str], pure: bool) -> None:
        assert told(text, pure) == [("KR109", part) for part in under]
        assert read(text, pure)[0] is None

    @pure
    def test_round_brackets_across_quoted_items_are_left_alone(self, pure: bool) -> None:
        assert data(root("a: [f(x, 'b', c)]", pure)) == {"a": ["f(x", "b", "c)"]}
        assert data(root("a: [" + "(, " * 60 + "b]", pure)) == {"a": ["("] * 60 + ["b"]}

    @pure
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("null: 1", "`null` is not a text, so it can't be a key"),
            ("'': 1", "a key is empty"),
            ("? [a]\n: 1", "a key is a single text"),
            ("? {a: b}\n: 1", "a key is a single text"),
        ],
    )
    def test_keys_that_are_no_text_are_refused(self, text: str, message: str, pure: bool) -> None:
        assert first(text, pure).message == message

    @pure
    @pytest.mark.parametrize(
        ("text", "under"),
        [
            ('a: "x\\ud83d\\ude00"', "\\ud83d"),
            ('a: "\\U00110000"', "\\U00110000"),
            ('a: "\\UFFFFFFFF"', "\\UFFFFFFFF"),
            ('a: "b\\0"', "\\0"),
            ('a: "b\\r"', "\\r"),
            ('a: !t "b\\0"', "\\0"),
            ('a: "\\x9b"', "\\x9b"),
        ],
    )
    def test_escapes_cannot_bring_in_what_the_text_may_not_hold(self, text: str, under: str, pure: bool) -> None:
        assert ("KR108", under) in told(text, pure)
        assert read(text, pure)[0] is None

    @pure
    def test_a_line_end_of_windows_may_be_escaped(self, pure: bool) -> None:
        assert scalar('a: "b\\r\\nc"', pure).value == "b\r\nc"

    @pure
    @pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\ud800", "\ufffe"])
    def test_characters_nobody_sees_are_refused(self, character: str, pure: bool) -> None:
        text = f"a: 1\nb: c{character}d"
        assert told(text, pure) == [("KR108", character)]
        assert first(text, pure).span.line == 2  # type: ignore[union-attr]

    @pure
    def test_a_carriage_return_ends_no_line_by_itself(self, pure: bool) -> None:
        assert told("# c\ra: 1", pure) == [("KR108", "\r")]
        assert data(root("a: 1\r\n", pure)) == {"a": 1}

    @pure
    def test_sizes_are_limited(self, pure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        # The loader in Python takes a second for as many nodes as a document may have.
        most = by_budget(1_000, MAX_NODES) if pure else MAX_NODES
        monkeypatch.setattr(assembly, "MAX_NODES", most)
        assert data(root("a: " + "b" * (MAX_BYTES - 3), pure))
        assert told("a: " + "b" * (MAX_BYTES - 2), pure) == [("KR106", "")]
        assert told("a: " + "等" * (MAX_BYTES // 3), pure) == [("KR106", "")]
        assert told("a: [" + "1," * most + "]", pure) == [("KR107", "1")]

    @pure
    @pytest.mark.parametrize("sign", ["[", "{a: ", "- ", "? ", "[a: "])
    def test_depth_is_limited_without_recursion(self, sign: str, pure: bool) -> None:
        assert told(sign * 5000, pure)[-1][0] == "KR107"

    @pure
    def test_sixty_levels_may_nest(self, pure: bool) -> None:
        assert root("a: " + "[" * 59 + "]" * 59, pure)
        assert told("a: " + "[" * 60 + "]" * 60, pure) == [("KR107", "[")]

    @pure
    @pytest.mark.parametrize(
        ("text", "found"),
        [("", "empty"), ("# a", "empty"), ("---\n", "empty"), ("- a", "a list"), ("a", "a single value")],
    )
    def test_the_root_is_a_mapping(self, text: str, found: str, pure: bool) -> None:
        assert told(text, pure)[0][0] == "KR110"
        assert first(text, pure).message.startswith(f"the document is {found}")


class TestTextsAndBytes:
    def test_the_name_shows_the_format(self) -> None:
        assert format_of("a/b.JSON") == "json"
        document, diagnostics = read_bytes(b'{"a": 1,}', "a.json")
        assert document is None
        assert diagnostics[0].code == "KR101"
        assert read_bytes(b'{"a": 1,}', "a.kpi.yaml")[1] == []

    def test_the_caller_may_tell_the_format(self) -> None:
        assert read_text("a: 1", "a")[0] is not None
        assert read_text('{"a": 1,}', "a", "json")[0] is None

    def test_a_byte_order_mark_is_not_a_column(self) -> None:
        document, diagnostics = read_bytes("\ufeffa: 1".encode(), "a.kpi.yaml")
        assert document is not None
        assert not diagnostics
        assert document.root.span.column == 1

    def test_bytes_that_are_no_text_are_shown_with_their_place(self) -> None:
        _, (found,) = read_bytes("a: 1\nkỷ: ".encode() + b"\xe9", "a.kpi.yaml")
        assert (found.code, found.message) == ("KR108", "the byte 0xE9 is not UTF-8")
        assert found.span is not None
        assert (found.span.line, found.span.column) == (2, 5)

    def test_another_encoding_is_named(self) -> None:
        _, (found,) = read_bytes("\ufeffa: 1".encode("utf-16-be"), "a.kpi.yaml")
        assert found.message == "the text is UTF-16, not UTF-8"

    def test_large_files_are_not_even_decoded(self) -> None:
        document, (found,) = read_bytes(b"\xff" * (MAX_BYTES + 1), "a.kpi.yaml")
        assert document is None
        assert found.code == "KR106"


def test_yaml_is_imported_only_when_a_text_is_read() -> None:
    import subprocess

    script = "import sys, kpirules.documents; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_without_the_c_loader_the_python_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    assert data(root("a: [1, b]")) == {"a": [1, "b"]}


SEED = """\
kpirules: 1
title: "Kỷ luật\\n" # c
inputs:
  a: {type: number, max: 1e3, b: f(x, 1)}
  c: |
    x
    y
criteria: [&x a, *x, !t 'b''c', {d}]
"""


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a strategy of rulebooks with some characters replaced, removed or doubled."""
    text = SEED
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(text)))
        new = draw(st.text(":-,[]{}'\"#&*!|>%@`?\\ \t\n\r~<=.0e+x😀\u2028\0\ud800", max_size=3))
        text = text[:place] + new + text[place + draw(st.integers(0, 3)) :]
    return text


@given(st.one_of(mutated(), st.text(":-,[]{}'\"#&*!|>%@`?\\ \t\n\rab1.e+~<=", max_size=40), st.text(max_size=30)))
def test_any_text_is_read_or_reported_by_both_loaders(text: str) -> None:
    for pure in (False, True):
        document, diagnostics = read(text, pure)
        assert document is not None or diagnostics
        shown = render_text(Report.of(diagnostics), color=False)
        assert "\x1b" not in shown
        assert "\0" not in shown
        shown.encode()
        for diagnostic in diagnostics:
            assert diagnostic.span is not None
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.span.source.text)
        for found in scalars(document.root) if document else ():
            assert found.offsets == () or len(found.offsets) == len(found.text)
            assert all(0 <= offset < max(len(text), 1) for offset in found.offsets)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_reported(content: bytes) -> None:
    for name in ("a.kpi.yaml", "a.json"):
        document, diagnostics = read_bytes(content, name)
        assert document is not None or diagnostics
        render_text(Report.of(diagnostics)).encode()
