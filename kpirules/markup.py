"""Texts inside HTML and Markdown, so that nothing in a text can become anything else."""

from __future__ import annotations

import re
from html import escape

__all__ = ["bundle", "code", "element", "emphasis", "escape", "plain"]

# What could begin something else inside a line; no text stands where a line begins.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")


def element(name: str, content: str, classes: str = "") -> str:
    """An HTML element around content that is HTML already.

    >>> element("p", escape("1 < 2"), "note")
    '<p class="note">1 &lt; 2</p>'
    """
    return f'<{name} class="{classes}">{content}</{name}>' if classes else f"<{name}>{content}</{name}>"


def plain(text: str) -> str:
    """A text in Markdown, on one line.

    >>> plain("t.*done*")
    't.\\\\*done\\\\*'
    """
    return _SPECIAL.sub(r"\\\1", text)


def emphasis(text: str) -> str:
    """A text in Markdown, emphasised.

    >>> emphasis("late"), emphasis("")
    ('*late*', '')
    """
    return f"*{plain(text)}*" if text else ""


def code(text: str) -> str:
    """A code span in Markdown; its fence is longer than any run of backticks inside.

    >>> code("a`b")
    '``a`b``'
    """
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    inner = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{fence}{inner}{fence}" if text else ""


def bundle(text: str, markdown: str, html: str) -> dict[str, str]:
    """The forms of a value among which a notebook chooses, by media type.

    >>> sorted(bundle("a", "*a*", "<em>a</em>"))
    ['text/html', 'text/markdown', 'text/plain']
    """
    return {"text/plain": text, "text/markdown": markdown, "text/html": html}
