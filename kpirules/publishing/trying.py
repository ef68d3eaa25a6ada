"""The section with a form that rates values in the page itself."""

from __future__ import annotations

import re
from html import escape

from ..engines.javascript import NoJavaScriptForm
from ..errors import RulebookError
from ..kernel.markup import Html, element, joined
from ..rating.program import Program
from .gaps import part_named
from .reader import Reader, Section

__all__ = ["form_of", "script_of", "trying_section"]

_DIGEST = re.compile(r"script-src '(sha256-[^']+)'")


def form_of(program: Program, part: Program, language: str | None) -> str | NoJavaScriptForm:
    """Return the form of a page, or why there is none.

    Args:
        program: the rules, of which subjects may choose a variant and edition.
        part: the rules of the page, which the form has if nothing chooses them.
        language: of the form at first.
    """
    try:
        rules = program.settled()
    except RulebookError:
        rules = part
    try:
        return rules.form(language=language)
    except NoJavaScriptForm as refused:
        return refused


def script_of(form: str | NoJavaScriptForm) -> tuple[str, ...]:
    """Return the digest of a form's script, which the page around it has to allow."""
    return tuple(_DIGEST.findall(form)[:1]) if isinstance(form, str) else ()


def trying_section(reader: Reader, form: str | NoJavaScriptForm) -> Section:
    """Return the form, folded; or the steps that it can't have.

    Args:
        reader: the reader.
        form: from `form_of`.
    """
    if isinstance(form, NoJavaScriptForm):
        # The reason is in English.
        steps = ((part_named(one.path, reader), element("span", one.why, lang="en")) for one in form.obstacles)
        listed = element("ul", *(element("li", joined(step, ": ")) for step in steps))
        return Section("try", reader.say("try"), joined((element("p", reader.say("try_none")), listed)))
    title = escape(reader.say("try"))
    # The frame is a document of its own: it can't reach the page, and the policy of both forbids every request.
    limits = 'sandbox="allow-scripts allow-downloads" loading="lazy"'
    frame = Html(f'<iframe title="{title}" {limits} srcdoc="{escape(form)}"></iframe>')
    return reader.section(
        "try", element("details", element("summary", reader.say("try_open")), frame, classes="item try")
    )
