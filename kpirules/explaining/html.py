"""An explanation as HTML that stands alone: no script, nothing loaded, light and dark."""

from __future__ import annotations

import re

from ..markup import element, escape
from .lines import Line

__all__ = ["as_html", "as_page"]

_SAFE_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)

# Colours are mixed from the surrounding text colour, so that the piece fits a page or notebook of any theme.
_STYLE = """
.kpirules-explanation { --soft: color-mix(in srgb, currentColor 62%, transparent);
  --line: color-mix(in srgb, currentColor 16%, transparent);
  --tint: color-mix(in srgb, currentColor 5%, transparent);
  --mark: light-dark(#3355aa, #8fb0ff); --bad: light-dark(#b42318, #ff8a7a);
  font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; text-align: start; }
.kpirules-explanation h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .2rem; }
.kpirules-explanation h2 { font-size: 1rem; margin: 1.8rem 0 .3rem; }
.kpirules-explanation p { margin: .2rem 0; }
.kpirules-explanation code { font: .875em/1.5 ui-monospace, monospace; background: none; padding: 0;
  color: inherit; overflow-wrap: anywhere; }
.kpirules-explanation cite { font-style: normal; color: var(--soft); }
.kpirules-explanation td cite { display: block; }
.kpirules-explanation .soft cite, .kpirules-explanation a { color: inherit; }
.kpirules-explanation .soft, .kpirules-explanation .note { color: var(--soft); }
.kpirules-explanation .note { font-style: italic; margin-inline-start: .9rem; }
.kpirules-explanation .verdict { border: 1px solid var(--line); border-inline-start: 4px solid var(--bad);
  border-radius: 6px; background: var(--tint); padding: .7rem 1rem; margin: 1rem 0; }
.kpirules-explanation .verdict.rated { border-inline-start-color: var(--mark); }
.kpirules-explanation .verdict > p { font-size: 1.15rem; font-weight: 600; }
.kpirules-explanation ul { margin: .3rem 0 0; padding: 0; list-style: none; }
.kpirules-explanation table { border-collapse: collapse; width: 100%; font: inherit; }
.kpirules-explanation tr { background: none; border-top: 1px solid var(--line); }
.kpirules-explanation tr:last-child { border-bottom: 1px solid var(--line); }
.kpirules-explanation th, .kpirules-explanation td { padding: .35rem .5rem; vertical-align: top;
  text-align: start; font-weight: inherit; font-size: inherit; white-space: normal; border: 0; }
.kpirules-explanation th { padding-inline-start: calc(.25rem + 1.4rem * var(--depth, 0)); width: 52%; }
.kpirules-explanation td.amount { text-align: end; white-space: nowrap; padding-inline-end: 0;
  font-variant-numeric: tabular-nums; }
.kpirules-explanation td.of { white-space: nowrap; color: var(--soft); padding-inline-start: .3em; }
.kpirules-explanation td.beside { width: 26%; }
.kpirules-explanation th .id { font-weight: 600; }
.kpirules-explanation .formula { color: var(--soft); margin: .1rem 0 0 .9rem; padding-inline-start: 1.2rem;
  text-indent: -1.2rem; }
.kpirules-explanation .formula code + code { display: block; text-indent: -.3rem; }
.kpirules-explanation tr.excluded, .kpirules-explanation tr.contribution,
.kpirules-explanation tr.band td.beside { color: var(--soft); }
.kpirules-explanation :is(tr.excluded, tr.contribution, tr.failed td.beside) :is(.formula, .note, .of, cite) {
  color: inherit; }
.kpirules-explanation tr.given td.beside { color: inherit; }
.kpirules-explanation tr.missing td.amount, .kpirules-explanation tr.requirement.failed td.beside,
.kpirules-explanation tr.invariant .formula { color: var(--bad); }
.kpirules-explanation tr.given { font-weight: 600; }
.kpirules-explanation tr.given .formula, .kpirules-explanation tr.given .note { font-weight: 400; }
.kpirules-explanation footer { margin-top: 1.5rem; font-size: .8rem; color: var(--soft);
  overflow-wrap: anywhere; }
@media (max-width: 40rem) { .kpirules-explanation th, .kpirules-explanation td.beside { width: auto; } }
"""

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>:root {{ color-scheme: light dark; }} body {{ margin: 2rem 1rem; }}</style>
</head>
<body>
{article}
</body>
</html>
"""


def as_page(head: Line, verdict: Line, sections: tuple[Line, ...], foot: Line, language: str) -> str:
    """A whole page that holds nothing but the explanation.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: everything it rests on.
        foot: what identifies the rules.
        language: the tag of the explanation's own words.
    """
    article = as_html(head, verdict, sections, foot, language)
    title = escape(" — ".join(part for part in (verdict.label, head.label or head.id) if part))
    return _PAGE.format(language=escape(language), title=title, article=article)


def as_html(head: Line, verdict: Line, sections: tuple[Line, ...], foot: Line, language: str) -> str:
    """The explanation as one element, to stand in any page.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: everything it rests on.
        foot: what identifies the rules.
        language: the tag of the explanation's own words.
    """
    identity = [element("code", escape(head.id)), escape(head.remark), _citation(head)]
    parts = [
        f"<style>{_STYLE}</style>",
        element("h1", escape(head.label or head.id)),
        element("p", " · ".join(part for part in identity if part), "soft"),
        _note(head),
        _verdict(verdict),
        *map(_section, sections),
        element("footer", "".join(element("p", escape(fact.label)) for fact in foot.children)),
    ]
    inner = "\n".join(part for part in parts if part)
    return f'<article class="kpirules-explanation" lang="{escape(language)}">\n{inner}\n</article>'


def _verdict(verdict: Line) -> str:
    facts = "".join(element("li", _fact(fact)) for fact in verdict.children)
    state = "verdict rated" if verdict.state == "rated" else "verdict"
    return element("section", element("p", escape(verdict.label)) + (element("ul", facts) if facts else ""), state)


def _fact(fact: Line) -> str:
    sentence = " ".join(part for part in (escape(fact.label), _citation(fact)) if part)
    return sentence + _formula(fact) + _note(fact)


def _section(section: Line) -> str:
    rows = "\n".join(_row(child, 0) for child in section.children if child.kind != "fact")
    facts = "".join(element("p", _fact(child), "soft") for child in section.children if child.kind == "fact")
    table = element("table", element("tbody", f"\n{rows}\n")) if rows else ""
    return element("section", f"\n{element('h2', escape(section.label))}\n{table}{facts}\n")


def _row(line: Line, depth: int) -> str:
    formulas = [child for child in line.children if child.kind == "formula"]
    parts = [child for child in line.children if child.kind != "formula"]
    below = _formula(line) + "".join(map(_formula, formulas)) + _note(line)
    beside = " ".join(part for part in (escape(line.remark), _citation(line)) if part)
    of = f"/ {escape(line.out_of)}" if line.out_of else ""
    cells = [
        f'<th scope="row" style="--depth: {depth}">{_name(line)}{below}</th>',
        element("td", escape(line.amount), "amount"),
        element("td", of, "of"),
        element("td", beside, "beside"),
    ]
    row = element("tr", "".join(cells), f"{line.kind} {line.state}".strip())
    return "\n".join([row, *(_row(part, depth + 1) for part in parts)])


def _name(line: Line) -> str:
    parts = [element("code", escape(line.id), "id") if line.id else "", escape(line.label)]
    return " ".join(part for part in parts if part)


def _formula(line: Line) -> str:
    """The formula with its working; steps of an equation stand below one another."""
    part = f"{escape(line.label or line.id)}: " if line.kind == "formula" else ""
    steps = [step for step in (line.formula, *line.working) if step]
    if len(line.working) < 2 or all(step.startswith("→") for step in line.working):
        steps = [" ".join(steps)]
    return (
        element("div", part + "".join(element("code", escape(step)) for step in steps), "formula")
        if any(steps)
        else ""
    )


def _note(line: Line) -> str:
    return element("p", escape(line.note), "note") if line.note else ""


def _citation(line: Line) -> str:
    if line.citation is None:
        return ""
    text = escape(str(line.citation))
    if _SAFE_ADDRESS.fullmatch(line.citation.url):
        text = f'<a href="{escape(line.citation.url)}" rel="noreferrer">{text}</a>'
    return element("cite", text)
