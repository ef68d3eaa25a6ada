"""An explanation as HTML that stands alone: no script, nothing loaded, light and dark."""

from __future__ import annotations

import re

from ..markup import element, escape, style
from .lines import Line

__all__ = ["as_html", "as_page"]

_SAFE_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)

# In a narrow view the remark stands below its name and amount.
_STYLE = style(
    "kpirules-explanation",
    """
& { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; }
& h1 { font-size: 1.35rem; font-weight: 600; line-height: 1.3; margin: 0 0 .2rem; }
& h2 { font-size: 1rem; font-weight: 600; line-height: 1.4; margin: 1.8rem 0 .3rem; }
& p { margin: .2rem 0; }
& cite { font-style: normal; color: var(--soft); }
& td cite { display: block; }
& .soft cite, & a { color: inherit; text-decoration: underline; }
& .soft, & .note { color: var(--soft); }
& .note { font-style: italic; margin: .1rem 0; }
& .verdict { border: 1px solid var(--line); border-inline-start: 4px solid var(--bad);
  border-radius: 6px; background: var(--tint); padding: .7rem 1rem; margin: 1rem 0; }
& .verdict.rated { border-inline-start-color: var(--good); }
& .verdict > p { font-size: 1.15rem; font-weight: 600; }
& ul { margin: .3rem 0 0; list-style: none; }
& table { width: 100%; }
& tbody { border-bottom: 1px solid var(--line); }
& tr.below { border: 0; }
& :is(th, td) { padding: .35rem .5rem; }
& :is(th, .below td) { padding-inline-start: calc(.25rem + var(--step) * var(--depth, 0)); --step: 1.4rem; }
& .below td { padding-top: 0; }
& .below td > * { margin-inline-start: .9rem; }
& td.amount { text-align: end; white-space: nowrap; padding-inline-end: 0;
  font-variant-numeric: tabular-nums; }
& td.of { white-space: nowrap; color: var(--soft); padding-inline-start: .3em; }
& td.beside { width: 32%; }
& th .id { font-weight: 600; }
& .formula { color: var(--soft); margin: .1rem 0; padding-inline-start: 1.2rem; text-indent: -1.2rem; }
& .formula code { text-indent: 0; }
& .formula code + code { display: block; text-indent: -.3rem; }
& :is(tr.excluded, tr.contribution) :is(th, td.beside), & tr.band td.beside { color: var(--soft); }
& td.beside cite, & tr.given td.beside { color: inherit; }
& tr.missing td.amount, & tr.requirement.failed td.beside, & tr.invariant .formula { color: var(--bad); }
& tr.given:not(.below) { font-weight: 600; }
& footer { margin-top: 1.5rem; font-size: .8rem; color: var(--soft); }
@container (max-width: 40rem) {
  & table, & tbody, & tr.below, & .below td { display: block; }
  & tr:not(.below) { display: grid; grid-template-columns: minmax(0, 1fr) fit-content(48%) auto;
    align-items: baseline; }
  & .points tr:not(.below) { grid-template-columns: minmax(0, 1fr) fit-content(48%) minmax(3em, auto); }
  & :is(th, .below td) { --step: .9rem; }
  & td.amount { white-space: normal; }
  & td.beside { grid-column: 1 / -1; width: auto; padding-top: 0;
    padding-inline-start: calc(.25rem + .9rem * var(--depth, 0)); }
  & td.beside:empty { display: none; }
}
""",
)

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>:root {{ color-scheme: light dark; }} body {{ margin: 2rem 1rem; }}
article {{ margin-inline: auto; }}</style>
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
        _STYLE,
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
    is_out_of = any(line.out_of for line in section.walk())
    table = element("table", element("tbody", f"\n{rows}\n"), "points" if is_out_of else "") if rows else ""
    return element("section", f"\n{element('h2', escape(section.label))}\n{table}{facts}\n")


def _row(line: Line, depth: int) -> str:
    formulas = [child for child in line.children if child.kind == "formula"]
    facts = [element("p", _fact(child)) for child in line.children if child.kind == "fact"]
    parts = [child for child in line.children if child.kind not in ("formula", "fact")]
    below = _formula(line) + "".join(map(_formula, formulas)) + _note(line) + "".join(facts)
    beside = " ".join(part for part in (escape(line.remark), _citation(line)) if part)
    of = f"/ {escape(line.out_of)}" if line.out_of else ""
    at, classes = f"--depth: {depth}", f"{line.kind} {line.state}".strip()
    cells = [
        element("th", _name(line), scope="row", style=at),
        element("td", escape(line.amount), "amount"),
        element("td", of, "of"),
        element("td", beside, "beside", style=at),
    ]
    rows = [element("tr", "".join(cells), classes)]
    if below:
        rows.append(element("tr", element("td", below, colspan="4", style=at), f"below {classes}"))
    return "\n".join([*rows, *(_row(part, depth + 1) for part in parts)])


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
