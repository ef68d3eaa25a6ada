"""HTML and Markdown: every text becomes text, whatever stands in it.

`element` is the one writer of HTML: a `str` is a text and is escaped, only `Html` is taken as it is. `plain`, `code`,
`strong`, `emphasis`, `link` and `fenced` are the writers of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from attrs import frozen

from .visible import neutral, neutral_lines

__all__ = [
    "Html",
    "bundle",
    "cell_code",
    "code",
    "element",
    "emphasis",
    "fenced",
    "hyperlink",
    "joined",
    "link",
    "page",
    "plain",
    "strong",
    "style",
]

_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")
"""What could begin something else inside a line of Markdown."""

_BLOCK = re.compile(r"([0-9]+(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|-[-\s]*$|=[=\s]*$))(.)")
"""What begins a list, a rule or a heading at the start of a line of Markdown: digits, and the sign after them."""

_BLANKS = re.compile("[ \t\n]+")

_CLASS = re.compile("[A-Za-z][A-Za-z0-9_-]*")

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}|\\^`\"]+", re.IGNORECASE)
"""An address that may become a link: it runs no script, and ends where a link in Markdown ends."""

# What every view of a value has in common; `&` is the view itself. Colours are mixed from the text around it: a
# notebook's theme sets that and tells CSS nothing else, so that `light-dark()` takes one theme for the other.
_SHARED = """
& { --soft: color-mix(in srgb, currentColor 74%, transparent);
  --line: color-mix(in srgb, currentColor 18%, transparent);
  --tint: color-mix(in srgb, currentColor 5%, transparent);
  --good: color-mix(in srgb, currentColor 55%, #2f6bff); --bad: color-mix(in srgb, currentColor 55%, #ff2a1a);
  --warn: color-mix(in srgb, currentColor 55%, #c98500);
  container-type: inline-size; box-sizing: border-box; text-align: start; overflow-wrap: anywhere; }
& :is(h1, h2, p, ul, table, caption, pre) { margin: 0; padding: 0; text-align: start; max-width: none; }
& code { font: .92em/1.5 ui-monospace, monospace; background: none; padding: 0; color: inherit;
  overflow-wrap: anywhere; white-space: normal; }
& table { border-collapse: collapse; border-spacing: 0; border: 0; table-layout: auto; font: inherit;
  color: inherit; }
& caption { caption-side: top; }
& :is(thead, tbody, tr) { background: none; border: 0; padding: 0; }
& tr { border-top: 1px solid var(--line); }
& :is(th, td) { background: none; border: 0; color: inherit; font-size: inherit; font-weight: inherit;
  line-height: inherit; max-width: none; overflow-wrap: anywhere; text-align: start; vertical-align: baseline;
  white-space: normal; }
"""


@frozen
class Html:
    """HTML that is written already.

    No text of a rulebook, a record or a file becomes one but through `element`.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def style(view: str, rules: str) -> Html:
    """Return a style element whose rules win over those of any page around a view.

    A notebook styles every table and paragraph in its outputs. The id in the selector, which no element has, lends
    its weight: no rule by classes outweighs it.

    Args:
        view: the class of the element.
        rules: CSS in which `&` is the view, written in this package alone.

    >>> style("kpirules-card", "& p { margin: 0; }").text.splitlines()[-2]
    ':is(#kpirules, .kpirules-card) p { margin: 0; }'
    """
    return Html(f"<style>{_SHARED}{rules.strip()}\n</style>".replace("&", f":is(#kpirules, .{view})"))


def element(name: str, *content: str | Html, classes: str = "", **attributes: str | None) -> Html:
    """Return an HTML element.

    Args:
        name: of the element.
        content: texts, which are escaped and made neutral, and HTML.
        classes: of the element; a word that is no name of a class is left out.
        attributes: others, of which those that are None are left out; `_` is written for `-`.

    >>> print(element("p", "1 < 2 ", element("b", "so"), classes="note"))
    <p class="note">1 &lt; 2 <b>so</b></p>
    """
    words = " ".join(word for word in classes.split() if _CLASS.fullmatch(word))
    named = {"class": words or None} | {key.replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{_escaped(value)}"' for key, value in named.items() if value is not None)
    return Html(f"<{name}{written}>{joined(content)}</{name}>")


def joined(parts: Iterable[str | Html], between: str = "") -> Html:
    """Return HTML of several parts, without the empty ones.

    Args:
        parts: texts, which are escaped, and HTML.
        between: a text between the parts.

    >>> joined(["a", "", "<"], " · ").text
    'a · &lt;'
    """
    return Html(_escaped(between).join(str(p) if isinstance(p, Html) else _escaped(p) for p in parts if p))


def hyperlink(text: str, address: str) -> str | Html:
    """Return a link, or the text alone where the address is none of the web.

    Args:
        text: what is shown.
        address: with `http` or `https`; anything else could run a script.

    >>> hyperlink("law", "javascript:alert()")
    'law'
    """
    safe = _safe(address)
    return element("a", text, href=safe, rel="noreferrer") if safe else text


def page(title: str, body: Html, language: str, rules: str = "") -> str:
    """Return a page of its own: no script, nothing loaded, light and dark.

    Args:
        title: of the page.
        body: what stands in it.
        language: the tag of its words.
        rules: CSS, written in this package alone.
    """
    head = [
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        element("title", title),
        Html(f"<style>:root {{ color-scheme: light dark; }}{rules}</style>"),
    ]
    inner = [element("head", "\n", joined(head, "\n"), "\n"), element("body", element("main", "\n", body, "\n"))]
    return f"<!doctype html>\n{element('html', chr(10), joined(inner, chr(10)), chr(10), lang=language)}\n"


def _escaped(text: str) -> str:
    return escape(neutral_lines(text))


def plain(text: str) -> str:
    """Return a text in Markdown, on one line, that begins no block wherever it stands.

    Args:
        text: from anywhere.

    >>> print(plain("t.*done*"), plain("1. <b>"), plain("-3"))
    t.\\*done\\* 1\\. \\<b\\> -3
    """
    line = _line(text)
    found = _BLOCK.match(line)
    return f"{found[1]}\\{found[2]}{_inline(line[found.end() :])}" if found else _inline(line)


def strong(text: str) -> str:
    """Return a text in Markdown, strongly emphasised; nothing where it is empty."""
    line = _inline(_line(text))
    return f"**{line}**" if line else ""


def emphasis(text: str) -> str:
    """Return a text in Markdown, emphasised; nothing where it is empty.

    >>> emphasis("late"), emphasis("")
    ('*late*', '')
    """
    line = _inline(_line(text))
    return f"*{line}*" if line else ""


def code(text: str) -> str:
    """Return a code span in Markdown; its fence is longer than any run of backticks inside.

    Args:
        text: from anywhere.

    >>> code("a`b")
    '``a`b``'
    """
    line = _line(text)
    fence = "`" * (1 + _longest_run(line))
    inner = f" {line} " if line.startswith("`") or line.endswith("`") else line
    return f"{fence}{inner}{fence}" if line else ""


def cell_code(text: str) -> str:
    """Return a code span in a cell of a Markdown table, where a bar would end the cell.

    Readers of Markdown differ about a backslash before a bar inside code, so that text is no code.

    Args:
        text: from anywhere.

    >>> print(cell_code("a|b"), cell_code("a" + chr(92) + "|b"))
    `a\\|b` a\\\\\\|b
    """
    return plain(text) if "\\|" in text else code(text).replace("|", "\\|")


def link(text: str, address: str) -> str:
    """Return a link in Markdown, or the text in brackets where the address is none of the web.

    Args:
        text: what is shown.
        address: with `http` or `https`.

    >>> print(link("law", "https://example.org"), link("law", "javascript:alert()"))
    [law](https://example.org) \\[law\\]
    """
    shown, safe = _inline(_line(text)), _safe(address)
    return f"[{shown}]({safe})" if safe else f"\\[{shown}\\]"


def _safe(address: str) -> str:
    """An address of the web as it may stand anywhere; empty where it is none."""
    is_safe = address.isprintable() and _ADDRESS.fullmatch(address)
    return address.replace("::", ":%3A") if is_safe else ""


def fenced(text: str) -> str:
    """Return lines of text as a block of code in Markdown.

    Args:
        text: lines, the last one ended too.

    >>> print(fenced("a\\n"), end="")
    ```text
    a
    ```
    """
    lines = neutral_lines(text)
    fence = "`" * max(3, 1 + _longest_run(lines))
    return f"{fence}text\n{lines}{fence}\n"


def _line(text: str) -> str:
    return neutral(_BLANKS.sub(" ", text).strip(" "))


def _inline(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def bundle(text: str, markdown: str, html: str | Html) -> dict[str, str]:
    """Return the forms of a value among which a notebook chooses, by media type.

    >>> sorted(bundle("a", "*a*", "<em>a</em>"))
    ['text/html', 'text/markdown', 'text/plain']
    """
    return {"text/plain": text, "text/markdown": markdown, "text/html": str(html)}
