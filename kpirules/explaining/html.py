"""An explanation as HTML that stands alone: no script, nothing loaded, light and dark."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from ..mappings import FrozenMap
from ..markup import element, escape, style
from .lines import Line

__all__ = ["as_html", "as_page"]

_SAFE_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)

_NONE: Mapping[str, str] = FrozenMap()

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
& :is(.soft cite, a) { color: inherit; }
& a { text-decoration: underline; }
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


def as_page(
    head: Line,
    verdict: Line,
    sections: tuple[Line, ...],
    foot: Line,
    language: str,
    others: Mapping[str, str] = _NONE,
) -> str:
    """Return a whole page that holds nothing but the explanation.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: everything it rests on.
        foot: what identifies the rules.
        language: the tag of the explanation's own words.
        others: texts of the rulebook in another language, with its tag; an empty one where it is not known.
    """
    article = as_html(head, verdict, sections, foot, language, others)
    title = escape(" — ".join(part for part in (verdict.label, head.label or head.id) if part))
    return _PAGE.format(language=escape(language), title=title, article=article)


def as_html(
    head: Line,
    verdict: Line,
    sections: tuple[Line, ...],
    foot: Line,
    language: str,
    others: Mapping[str, str] = _NONE,
) -> str:
    """Return the explanation as one element, to stand in any page.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: everything it rests on.
        foot: what identifies the rules.
        language: the tag of the explanation's own words.
        others: texts of the rulebook in another language, with its tag; an empty one where it is not known.
    """
    inner = "\n".join(part for part in _Writer.of(others).parts(head, verdict, sections, foot) if part)
    return f'<article class="kpirules-explanation" lang="{escape(language)}">\n{inner}\n</article>'


@frozen
class _Writer:
    """Lines as HTML, in which texts in another language are marked as such.

    Args:
        others: texts of the rulebook in another language, with its tag.
        named: where such a text stands at the end of a name in a sentence: `«id · text»`, `id — text`.
    """

    others: Mapping[str, str]
    named: re.Pattern[str] | None

    @classmethod
    def of(cls, others: Mapping[str, str]) -> _Writer:
        texts = "|".join(re.escape(text) for text in sorted(others, key=len, reverse=True))
        return cls(others, re.compile(rf"(?<= [·—] )(?:{texts})(?=»|$)") if texts else None)

    def text(self, text: str) -> str:
        if text in self.others:
            return self.marked(text)
        parts, end = [], 0
        for found in self.named.finditer(text) if self.named is not None else ():
            parts += [escape(text[end : found.start()]), self.marked(found[0])]
            end = found.end()
        return "".join([*parts, escape(text[end:])])

    def marked(self, text: str) -> str:
        return f'<span lang="{escape(self.others[text])}">{escape(text)}</span>'

    def parts(self, head: Line, verdict: Line, sections: tuple[Line, ...], foot: Line) -> list[str]:
        identity = [element("code", escape(head.id)), escape(head.remark), _citation(head)]
        return [
            _STYLE,
            element("h1", self.text(head.label or head.id)),
            element("p", " · ".join(part for part in identity if part), "soft"),
            self.note(head),
            self.verdict(verdict),
            *map(self.section, sections),
            element("footer", "".join(element("p", escape(fact.label)) for fact in foot.children)),
        ]

    def verdict(self, verdict: Line) -> str:
        facts = "".join(element("li", self.fact(fact)) for fact in verdict.children)
        state = "verdict rated" if verdict.state == "rated" else "verdict"
        title = element("p", self.text(verdict.label))
        return element("section", title + (element("ul", facts) if facts else ""), state)

    def fact(self, fact: Line) -> str:
        sentence = " ".join(part for part in (self.text(fact.label), _citation(fact)) if part)
        return sentence + _formula(fact) + self.note(fact)

    def section(self, section: Line) -> str:
        rows = "\n".join(self.row(child, 0) for child in section.children if child.kind != "fact")
        facts = "".join(element("p", self.fact(child), "soft") for child in section.children if child.kind == "fact")
        is_out_of = any(line.out_of for line in section.walk())
        table = element("table", element("tbody", f"\n{rows}\n"), "points" if is_out_of else "") if rows else ""
        return element("section", f"\n{element('h2', escape(section.label))}\n{table}{facts}\n")

    def row(self, line: Line, depth: int) -> str:
        formulas = [child for child in line.children if child.kind == "formula"]
        facts = [element("p", self.fact(child)) for child in line.children if child.kind == "fact"]
        parts = [child for child in line.children if child.kind not in ("formula", "fact")]
        below = _formula(line) + "".join(map(_formula, formulas)) + self.note(line) + "".join(facts)
        beside = " ".join(part for part in (self.text(line.remark), _citation(line)) if part)
        of = f"/ {escape(line.out_of)}" if line.out_of else ""
        at, classes = f"--depth: {depth}", f"{line.kind} {line.state}".strip()
        cells = [
            element("th", self.name(line), scope="row", style=at),
            element("td", escape(line.amount), "amount"),
            element("td", of, "of"),
            element("td", beside, "beside", style=at),
        ]
        rows = [element("tr", "".join(cells), classes)]
        if below:
            rows.append(element("tr", element("td", below, colspan="4", style=at), f"below {classes}"))
        return "\n".join([*rows, *(self.row(part, depth + 1) for part in parts)])

    def name(self, line: Line) -> str:
        parts = [element("code", escape(line.id), "id") if line.id else "", self.text(line.label)]
        return " ".join(part for part in parts if part)

    def note(self, line: Line) -> str:
        return element("p", self.text(line.note), "note") if line.note else ""


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


def _citation(line: Line) -> str:
    if line.citation is None:
        return ""
    text = escape(str(line.citation))
    if _SAFE_ADDRESS.fullmatch(line.citation.url):
        text = f'<a href="{escape(line.citation.url)}" rel="noreferrer">{text}</a>'
    return element("cite", text)
