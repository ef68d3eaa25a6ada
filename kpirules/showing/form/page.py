"""One self-contained HTML file: a policy that forbids every request, a style, and a script."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from ...diagnostics.phrases import PHRASES
from ...kernel.markup import Html, element, joined

__all__ = ["form_page", "phrases_of_forms"]

_SAID = re.compile(r'"((?:form|why|combine)_\w+|[a-z][a-z_]*)"')
"""A text in the script that may be the key of a phrase."""

_PARTS = ("tools.js", "fields.js", "pictures.js", "result.js", "tables.js", "page.js")
"""The files of the script, in order."""

_MADE = ("why_", "from", "above", "to", "below", "short_of", "clear_of", "excluded", "missing")
"""What keys begin with that the script puts together, or takes from a result."""


def form_page(code: str, facts: str, title: str, language: str) -> str:
    """Return the page.

    Args:
        code: the statements of a module, as safe in a script as `facts`.
        facts: what the form knows of the rulebook besides, as a literal of JavaScript.
        title: of the page.
        language: its language at first.
    """
    script = f"\n{code}\nconst FORM = {facts};\n{_form()}"
    style = f"\n{_text('form.css')}"
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    metas = [
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
    ]
    head = element("head", *metas, element("title", title), Html(f"<style>{style}</style>"))
    body = element("body", element("div", id="form"), Html(f'<script type="module">{script}</script>'))
    return f"<!doctype html>\n{element('html', joined([head, body], chr(10)), lang=language)}\n"


def phrases_of_forms() -> dict[str, dict[str, str]]:
    """Return the phrases that the script says, by language and key."""
    said = set(_SAID.findall(_form()))
    english = PHRASES["en"]
    keys = [key for key in english if key in said or key.startswith(_MADE)]
    return {tag: {key: phrases[key] for key in keys} for tag, phrases in PHRASES.items()}


def _form() -> str:
    return "{\n" + "\n".join(map(_text, _PARTS)) + "}\n"


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"
