"""HTML and Markdown writers; every text is escaped, whatever it contains.

`element` is the only writer of HTML: a `str` is escaped, only `Html` is kept as markup. `plain`, `code`, `strong`,
`emphasis`, `link` and `fenced` write Markdown.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
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
"""Characters that could begin markup inside a line of Markdown."""

_BLOCK = re.compile(r"([0-9]+(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|-[-\s]*$|=[=\s]*$))(.)")
"""The start of a list, a rule or a heading in a line of Markdown: digits, and the sign after them."""

_HARMLESS = re.compile("[A-Za-z0-9_ .,;()%+-]*")
"""A text that HTML shows as it is; most are, and so need no closer look. Two colons or `##` may begin a command."""

_BLANKS = re.compile("[ \t\n]+")

_CLASS = re.compile("[A-Za-z][A-Za-z0-9_-]*")

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}|\\^`\"]+", re.IGNORECASE)
"""An address that may become a link: it can't run a script, and has no character that ends a Markdown link."""

# Styles of all views; `&` is the view itself. Colours are mixed from the surrounding text colour, because a
# notebook sets only that, and `light-dark()` would pick the wrong theme.
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
    """HTML that is already escaped.

    Texts of a rulebook, a record or a file become HTML only through `element`.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def style(view: str, rules: str) -> Html:
    """Return a style element whose rules override those of any page around a view.

    Notebooks style every table and paragraph in their outputs. The id in the selector, which no element has, raises
    its specificity above any rule by classes.

    Args:
        view: the class of the element.
        rules: CSS in which `&` is the view; only from this package.

    >>> style("kpirules-card", "& p { margin: 0; }").text.splitlines()[-2]
    ':is(#kpirules, .kpirules-card) p { margin: 0; }'
    """
    return Html(f"<style>{_SHARED}{rules.strip()}\n</style>".replace("&", f":is(#kpirules, .{view})"))


def element(name: str, *content: str | Html, classes: str = "", **attributes: str | None) -> Html:
    """Return an HTML element.

    Args:
        name: the name of the element.
        content: texts, which are escaped and neutralised, and HTML.
        classes: its classes; words that are not class names are left out.
        attributes: other attributes, with `_` for `-`; None leaves one out.

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
    """Return a link, or only the text if the address is not a web address.

    Args:
        text: the text of the link.
        address: begins with `http` or `https`; anything else could run a script.

    >>> hyperlink("law", "javascript:alert()")
    'law'
    """
    safe = _safe(address)
    return element("a", text, href=safe, rel="noreferrer") if safe else text


def page(
    title: str,
    body: Html,
    language: str,
    rules: str = "",
    *,
    before: Html | None = None,
    script: str = "",
    allowed: Sequence[str] = (),
) -> str:
    """Return an HTML page without external resources, for light and dark themes.

    Args:
        title: the title of the page.
        body: its main content.
        language: its language tag.
        rules: CSS; only from this package.
        before: what stands before the main content, such as its contents.
        script: JavaScript, only from this package; the page allows no other, and no request.
        allowed: digests of scripts that a frame in the page may run beside it.
    """
    head = [
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        *([_policy(script, allowed)] if script else []),
        element("title", title),
        Html(f"<style>:root {{ color-scheme: light dark; }}{rules}</style>"),
    ]
    main = element("main", "\n", body, "\n")
    content = element("body", before or "", main, Html(f"<script>{script}</script>") if script else "")
    inner = [element("head", "\n", joined(head, "\n"), "\n"), content]
    return f"<!doctype html>\n{element('html', chr(10), joined(inner, chr(10)), chr(10), lang=language)}\n"


def _policy(script: str, allowed: Sequence[str]) -> Html:
    """Return the policy of a page that runs one script, and those of its frames, and loads nothing."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    scripts = " ".join(f"'{one}'" for one in (f"sha256-{digest}", *allowed))
    rules = f"default-src 'none'; style-src 'unsafe-inline'; script-src {scripts}"
    policy = f"{rules}; base-uri 'none'; form-action 'none'"
    return Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">')


def _escaped(text: str) -> str:
    return text if _HARMLESS.fullmatch(text) else escape(neutral_lines(text))


def plain(text: str) -> str:
    """Return a text as one line of Markdown that can't begin a block.

    Args:
        text: any text.

    >>> print(plain("t.*done*"), plain("1. <b>"), plain("-3"))
    t.\\*done\\* 1\\. \\<b\\> -3
    """
    line = _line(text)
    found = _BLOCK.match(line)
    return f"{found[1]}\\{found[2]}{_inline(line[found.end() :])}" if found else _inline(line)


def strong(text: str) -> str:
    """Return a text in Markdown, strongly emphasised; empty for an empty text."""
    line = _inline(_line(text))
    return f"**{line}**" if line else ""


def emphasis(text: str) -> str:
    """Return a text in Markdown, emphasised; empty for an empty text.

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
    """Return a code span for a cell of a Markdown table, where a bar would end the cell.

    Markdown readers disagree on a backslash before a bar inside code, so such a text is not marked as code.

    Args:
        text: from anywhere.

    >>> print(cell_code("a|b"), cell_code("a" + chr(92) + "|b"))
    `a\\|b` a\\\\\\|b
    """
    return plain(text) if "\\|" in text else code(text).replace("|", "\\|")


def link(text: str, address: str) -> str:
    """Return a link in Markdown, or the text in brackets if the address is not a web address.

    Args:
        text: the text of the link.
        address: begins with `http` or `https`.

    >>> print(link("law", "https://example.org"), link("law", "javascript:alert()"))
    [law](https://example.org) \\[law\\]
    """
    shown, safe = _inline(_line(text)), _safe(address)
    return f"[{shown}]({safe})" if safe else f"\\[{shown}\\]"


def _safe(address: str) -> str:
    """Return a web address that is safe in any markup; empty if it is not one."""
    is_safe = address.isprintable() and _ADDRESS.fullmatch(address)
    return address.replace("::", ":%3A") if is_safe else ""


def fenced(text: str) -> str:
    """Return lines of text as a block of code in Markdown.

    Args:
        text: lines, including the last line break.

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
    """Return the forms of a value for a notebook, by media type.

    >>> sorted(bundle("a", "*a*", "<em>a</em>"))
    ['text/html', 'text/markdown', 'text/plain']
    """
    return {"text/plain": text, "text/markdown": markdown, "text/html": str(html)}
