"""Places in a text."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from kpirules.diagnostics import Source, Span


def test_lines_and_columns_count_code_points_from_one() -> None:
    source = Source("a", "kỷ\r\n😀x\n")
    assert source.position(0) == (1, 1)
    assert source.position(4) == (2, 1)
    assert source.position(5) == (2, 2)
    assert source.position(7) == (3, 1)


def test_lines_end_at_line_feeds_only() -> None:
    source = Source("a", "a\u2028b\x85c\rd\r\ne")
    assert source.line_starts == (0, 9)
    assert source.line(1) == "a\u2028b\x85c\rd"
    assert source.line(2) == "e"


def test_a_text_that_ends_in_a_line_feed_has_an_empty_last_line() -> None:
    assert Source("a", "b\n").line(2) == ""
    assert Source("a", "").line(1) == ""


def test_a_span_knows_its_ends_and_its_text() -> None:
    span = Span(Source("a", "ab\ncd"), 1, 4)
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 2, 2, 2)
    assert span.text == "b\nc"


def test_a_source_is_pickled_without_what_it_has_computed() -> None:
    source = Source("a", "b\nc")
    assert source.position(2) == (2, 1)
    again = pickle.loads(pickle.dumps(source))
    assert again == source
    assert "line_starts" not in vars(again)
    assert again.position(2) == (2, 1)


@given(st.text("ab\r\n", max_size=20), st.data())
def test_a_position_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    source = Source("a", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.position(offset)
    assert text[:offset].count("\n") == line - 1
    assert source.line_starts[line - 1] + column - 1 == offset
