"""Texts with visible characters only."""

from __future__ import annotations

import pytest

from kpirules.kernel.visible import neutral, neutral_lines, seen
from kpirules.kernel.widths import excerpt, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kỷ luật", "Kỷ luật"),
        ("::error file=a::b", "∶∶error file=a∶∶b"),
        (":::", "∶∶∶"),
        ("a: b:", "a: b:"),
        ("##[error]", "♯♯[error]"),
        ("##vso[x]", "♯♯vso[x]"),
        ("# a [b]", "# a [b]"),
        ("a\tb\n\x7f\x9b", "a    b␊␡<U+009B>"),
        ("\u202ea\u2028\ud800\u200d", "<U+202E>a<U+2028><U+D800>\u200d"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_a_text_is_neutral_and_stays_so(text: str, shown: str) -> None:
    assert neutral(text) == shown
    assert neutral(shown) == shown


def test_signs_are_replaced_by_ones_as_wide() -> None:
    for text in ("::a::", "##[x]", "##vso[x]"):
        assert width(neutral(text)) == width(text)


def test_a_visible_text_may_still_be_a_command() -> None:
    assert seen("::\x1b") == "::␛"


def test_lines_stay_lines() -> None:
    assert neutral_lines("a\n::b\r\n") == "a\n∶∶b␍\n"


def test_a_command_on_both_sides_of_a_place_is_none() -> None:
    shown = excerpt("##[error] ::x", 1, 11)
    assert shown.text == "#♯[error] ∶∶x"
    assert (shown.indent, shown.carets) == (1, 10)
