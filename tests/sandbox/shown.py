"""Hostile texts, and real parsers for the pages and tables that show them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = [
    "ALL",
    "HOSTILE",
    "MARK",
    "assert_neutral",
    "assert_texts_only",
    "harmless_like",
    "html_shape",
    "markdown_shape",
]

MARK = "zqx"
"""Stands in every hostile text, so that a parser's answer says where it came out."""

HTML = f"<script>{MARK}()</script><img src={MARK} onerror={MARK}()>\"><b class='{MARK}' id={MARK}>' on{MARK}='{MARK}"
MARKDOWN = (
    f"{MARK}\n\n<div {MARK}>\n\n# {MARK}\n\n- {MARK}\n\n1. {MARK}\n\n> {MARK}\n\n    {MARK}\n\n```\n{MARK}\n\n---\n\n"
    f"|{MARK}|\n|--|\n|{MARK}|\n\n[{MARK}](javascript:{MARK}) ![{MARK}](http://{MARK}) <http://{MARK}> `{MARK} **{MARK}** "
    f"&lt;{MARK}&gt; [{MARK}]: http://{MARK}\\"
)
TERMINAL = (
    f"\x1b[31m{MARK}\x1b]8;;http://{MARK}\x07\x9b1m\u202e{MARK}\u2066\u200b\u2028\r\n::error file={MARK}::{MARK}\n"
    f"  ::add-mask::{MARK}\n\u00a0::notice::{MARK} ##[error]{MARK} ##vso[task.complete]{MARK} ##teamcity[{MARK}]\x7f\b"
)
ALL = f"{HTML}\n{MARKDOWN}\n{TERMINAL}"
STARTS = (f"# {MARK}", f"- {MARK}", f"+ {MARK}", f"1. {MARK}", f"12) {MARK}", f"> {MARK}", f"    {MARK}", f"\t{MARK}")
SIGNS = ("-", "---", "===", "1.", f"```{MARK}", f"~~~{MARK}", f"{MARK}\\", f"{MARK}\\|{MARK}", "``")
HOSTILE = (ALL, *STARTS, *SIGNS, f"::error::{MARK}")
"""One text for each kind of attack, and each way in which a line of Markdown begins a block."""

ELEMENTS = frozenset(
    [
        "html",
        "head",
        "body",
        "meta",
        "title",
        "style",
        "article",
        "main",
        "dl",
        "dt",
        "dd",
        "section",
        "footer",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "span",
        "cite",
        "a",
        "abbr",
        "b",
        "div",
        "pre",
        *("header", "nav", "form", "label", "input", "output", "details", "summary", "h3", "h4", "strong"),
    ]
)
DRAWN = frozenset({"figure", "svg", "title", "desc", "rect", "polygon", "line", "path", "text", "tspan"})
"""Elements of pictures; a text is broken or cut there where it has no room, so that its length alone changes the shape."""

WRITTEN = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "munder"}
    | {"mtable", "mtr", "mtd"}
)
"""Elements of formulas; the length of a name decides there into how many lines it is broken."""

OF_FORMULAS = frozenset({"class", "display", "form", "lspace", "rspace", "width"})

DRAWING = frozenset(
    {"viewbox", "role", "x", "y", "x1", "x2", "y1", "y2", "rx", "width", "height", "points", "opacity", "font-size"}
    | {"font-weight", "text-anchor", "stroke", "stroke-opacity", "stroke-dasharray", "style", "d", "xmlns"}
)

ATTRIBUTES = frozenset(
    {"class", "lang", "style", "scope", "colspan", "href", "rel", "charset", "name", "content", "data-head", "title"}
    | {"id", "for", "type", "autocomplete", "role", "hidden", "tabindex", "hreflang", "aria-label", "aria-live"}
    | {"data-found", "http-equiv"}
)
SHOWN_IN = frozenset({"data-head", "lang", "href", "title"})
"""Attributes whose value may be a text of a rulebook."""

INSIDE = {"figure": (DRAWN, DRAWING), "math": (WRITTEN, OF_FORMULAS)}
"""Elements that hold others of their own kind, with what these and their attributes may be."""

ADDRESS = re.compile(r"https?://|#[a-z][\w.]*\Z|[\w.%~-]+\.html\Z")
"""An address on the web, a place on the page, or another page of the same site."""

NEVER = re.compile(r"(?m)::|##\w*\[")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def harmless_like(text: str) -> str:
    """Return a harmless text of the same length as a hostile one."""
    return (f"{MARK} {MARK}z " * len(text))[: len(text) - 1] + "z"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, tuple[str, ...]]] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or (tag if tag in INSIDE else "")
        elements, attributes = INSIDE.get(self.inside, (ELEMENTS, ATTRIBUTES))
        assert tag in elements, tag
        for name, value in attrs:
            assert name in attributes, (tag, name, value)
            assert name in SHOWN_IN or MARK not in (value or ""), (tag, name, value)
            assert name != "href" or ADDRESS.match(value or ""), value
        if not self.inside:
            self.shape.append((tag, tuple(name for name, _ in attrs if name != "class")))

    def handle_endtag(self, tag: str) -> None:
        if not self.inside:
            self.shape.append((f"/{tag}", ()))
        self.inside = "" if tag == self.inside else self.inside

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html", decl

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def html_shape(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements and attributes of HTML in order; only those of the package are allowed."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.shape


def markdown_shape(text: str) -> list[str]:
    """Return the blocks and inline elements of Markdown in order, without texts."""
    return list(_shape(_MARKDOWN.parse(text)))


def _shape(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        assert token.type not in ("html_block", "html_inline", "image"), token.content
        address = str(token.attrGet("href") or "")
        assert not address or address.startswith(("http://", "https://")), address
        if token.type not in ("text", "code_inline", "softbreak"):
            yield f"{token.type} {token.tag}"
        yield from _shape(token.children or ())


def assert_neutral(text: str, *, is_styled: bool = False) -> None:
    """Check that a text has no commands to a terminal or a CI runner.

    Args:
        text: as it is shown.
        is_styled: True where the colours of the package are in it.
    """
    bare = re.sub(r"\x1b\[(?:0|1|1;3[1346])m", "", text) if is_styled else text
    assert not (found := [f"U+{ord(one):04X}" for one in sorted(set(bare) - {"\n"}) if _is_unseen(one)]), found
    assert not (line := NEVER.search(bare)), bare[max(0, line.start() - 40) : line.end() + 40]


def _is_unseen(character: str) -> bool:
    return category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\u200c\u200d"


def assert_texts_only(hostile: dict[str, str], harmless: dict[str, str], *, is_shape_kept: bool = True) -> None:
    """Check that hostile texts have the same structure in views as harmless ones.

    Args:
        hostile: views by media type, with a name behind it where there are several.
        harmless: the same views of the same value with a harmless text.
        is_shape_kept: False where the text also decides what is said, so that only its own elements can be looked for.
    """
    for name, view in hostile.items():
        shape = {"text/html": html_shape, "text/markdown": markdown_shape}.get(name.partition(" ")[0])
        # Rules of style hold two colons.
        assert_neutral(re.sub(r"(?s)<style>.*?</style>", "", view))
        if shape is not None:
            found = shape(view)
            assert not is_shape_kept or found == shape(harmless[name]), name
