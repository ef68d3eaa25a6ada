"""Texts inside HTML and Markdown, so that nothing in a text can become anything else."""

from __future__ import annotations

import re
from html import escape

__all__ = ["bundle", "code", "element", "emphasis", "escape", "plain", "style"]

# What could begin something else inside a line; no text stands where a line begins.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")

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


def style(view: str, rules: str) -> str:
    """Return a style element whose rules win over those of any page around a view.

    A notebook styles every table and paragraph in its outputs. The id in the selector, which no element has, lends
    its weight: no rule by classes outweighs it.

    Args:
        view: the class of the element.
        rules: CSS in which `&` is the view.

    >>> style("kpirules-card", "& p { margin: 0; }").splitlines()[-2]
    ':is(#kpirules, .kpirules-card) p { margin: 0; }'
    """
    return f"<style>{_SHARED}{rules.strip()}\n</style>".replace("&", f":is(#kpirules, .{view})")


def element(name: str, content: str, classes: str = "", **attributes: str) -> str:
    """Return an HTML element around content that is HTML already.

    Args:
        name: of the element.
        content: HTML.
        classes: of the element; none where empty.
        attributes: others, of which those that are empty are left out; `_` is written for `-`.

    >>> element("p", escape("1 < 2"), "note")
    '<p class="note">1 &lt; 2</p>'
    """
    named = {"class": classes} | {key.replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{escape(value)}"' for key, value in named.items() if value)
    return f"<{name}{written}>{content}</{name}>"


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
