"""Every text stays a text in HTML and Markdown."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from kpirules.kernel.markup import (
    Html,
    cell_code,
    code,
    element,
    emphasis,
    fenced,
    hyperlink,
    joined,
    link,
    page,
    plain,
    strong,
    style,
)


def test_only_html_is_taken_as_it_is() -> None:
    assert str(element("p", "<b>", Html("<i>x</i>"), "")) == "<p>&lt;b&gt;<i>x</i></p>"
    assert str(element("p", classes='a b"c <d e-1', title='"x"')) == '<p class="a e-1" title="&quot;x&quot;"></p>'
    assert str(element("p", classes='"', lang="", title=None)) == '<p lang=""></p>'


def test_a_text_in_html_keeps_its_lines_and_commands_nothing() -> None:
    assert str(element("pre", "a\n::b\x1b")) == "<pre>a\n∶∶b␛</pre>"


def test_empty_parts_are_left_out() -> None:
    assert joined(["a", "", Html(""), "b"], " & ").text == "a &amp; b"
    assert not joined([])


@pytest.mark.parametrize(
    "address", ["javascript:x", "http://a b", "http://a\x1b", "http://a)b", "ftp://a", "", "http://a`"]
)
def test_only_an_address_of_the_web_becomes_a_link(address: str) -> None:
    assert hyperlink("law", address) == "law"
    assert link("law", address) == "\\[law\\]"


def test_an_address_holds_no_command() -> None:
    assert (
        str(hyperlink("law", "https://a/b::c?x=1&y"))
        == '<a href="https://a/b:%3Ac?x=1&amp;y" rel="noreferrer">law</a>'
    )
    assert link("a]", "https://a/::") == "[a\\]](https://a/:%3A)"


def test_a_page_has_its_language_and_title() -> None:
    written = page("<t>", element("p", "x"), '"v')
    assert written.startswith('<!doctype html>\n<html lang="&quot;v">\n<head>\n')
    assert "<title>&lt;t&gt;</title>" in written
    assert style("v", "& p {}").text.startswith("<style>")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("- a", "\\- a"),
        ("+", "\\+"),
        ("-3", "-3"),
        ("+3 more", "+3 more"),
        ("---", "\\---"),
        ("- - -", "\\- - -"),
        ("===", "\\==="),
        ("= a", "= a"),
        ("1. a", "1\\. a"),
        ("12)", "12\\)"),
        ("1.5 points", "1.5 points"),
        ("1 - 2", "1 - 2"),
        ("  a \n\n # b", "a \\# b"),
        ("a\rb", "a␍b"),
        ("", ""),
    ],
)
def test_a_text_begins_no_block(text: str, written: str) -> None:
    assert plain(text) == written
    assert [token.type for token in MarkdownIt().parse(f"{plain(text)}x" if not text else plain(text))] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


def test_an_empty_text_is_not_emphasised() -> None:
    assert (strong(" "), emphasis(""), code("\n")) == ("", "", "")
    assert (strong("a*"), emphasis("- a"), code("`a")) == ("**a\\***", "*- a*", "`` `a ``")


def test_a_bar_ends_no_cell() -> None:
    rows = "".join(f"|{cell_code(text)}|x|\n" for text in ("a|b", "a\\|b", "a\\", "`|`"))
    html = MarkdownIt().enable("table").render(f"|a|b|\n|---|---|\n{rows}")
    assert html.count("<td>") == 8
    for shown in ("<code>a|b</code>", "<td>a\\|b</td>", "<code>a\\</code>", "<code>`|`</code>"):
        assert shown in html


def test_a_fence_is_longer_than_any_inside() -> None:
    assert fenced("a\n```\n\x1b\n") == "````text\na\n```\n␛\n````\n"
