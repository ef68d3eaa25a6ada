"""An explanation as self-contained HTML: no script, nothing loaded, light and dark theme."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from ...kernel.cards import table_rules
from ...kernel.mappings import FrozenMap
from ...kernel.markup import Html, element, hyperlink, joined, page, style
from .lines import KINDS, STATES, Line
from .names import names_in

__all__ = ["STYLE", "as_embedded", "as_html", "as_page"]

_NOTHING: Mapping[str, str] = FrozenMap()

_NO_TEXT = Html("")

_CLASSES = frozenset({*KINDS, *STATES})

# In a narrow view the remark stands below its name and amount.
STYLE = style(
    "kpirules-explanation",
    """
& { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; }
& h1 { font-size: 1.35rem; font-weight: 600; line-height: 1.3; margin: 0 0 .2rem; }
& :is(h2, h4) { font-size: 1rem; font-weight: 600; line-height: 1.4; margin: 1.8rem 0 .3rem; }
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
& abbr { text-decoration: underline dotted; text-underline-offset: .2em; cursor: help; }
& .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; user-select: none; }
& .formula code + code { display: block; text-indent: -.3rem; }
& :is(tr.excluded, tr.contribution) :is(th, td.beside), & tr.band td.beside { color: var(--soft); }
& td.beside cite, & tr.given td.beside { color: inherit; }
& tr.missing td.amount, & tr.requirement.failed td.beside, & tr.invariant .formula { color: var(--bad); }
& tr.given:not(.below) { font-weight: 600; }
& .pictures { display: flex; flex-wrap: wrap; gap: 0 2rem; }
& footer { margin-top: 1.5rem; font-size: .8rem; color: var(--soft); }
@container (max-width: 40rem) {
  & section > table > thead { display: none; }
  & section > table, & section > table > tbody, & tr.below, & .below td { display: block; }
  & section > table tr:not(.below) { display: grid; grid-template-columns: minmax(0, 1fr) fit-content(48%) auto;
    align-items: baseline; }
  & section > .points tr:not(.below) { grid-template-columns: minmax(0, 1fr) fit-content(48%) minmax(3em, auto); }
  & :is(th, .below td) { --step: .9rem; }
  & td.amount { white-space: normal; }
  & td.beside { grid-column: 1 / -1; width: auto; padding-top: 0;
    padding-inline-start: calc(.25rem + .9rem * var(--depth, 0)); }
  & td.beside:empty { display: none; }
}
& .records { margin: .4rem 0 .6rem; font-size: .9em; }
& .records th code { font: inherit; }
& .records thead th:not(:first-child) { min-width: 5.2em; }
& :is(section > table, .records) thead th { font-size: .85em; vertical-align: bottom; }
& section > table > thead th { color: var(--soft); }
& section > table > thead th:nth-child(2) { text-align: end; padding-inline-end: 0; }
& section > table > thead th:nth-child(3) { padding-inline-start: .9em; white-space: nowrap; }
& dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .1rem 1rem; margin: .8rem 0 0; }
& dt { color: var(--soft); }
& dd { margin: 0; }
@media print {
  & { font-size: 9pt; line-height: 1.25; max-width: none; }
  & :is(tr, li, .verdict, dl) { break-inside: avoid; }
  & :is(h1, h2, h4, caption, thead) { break-after: avoid; }
  & tr.below { break-before: avoid; }
  & thead { display: table-header-group; }
  & h1 { font-size: 1.2rem; }
  & :is(h2, h4) { margin-top: .5rem; }
  & .verdict { padding: .3rem .8rem; margin: .5rem 0; }
  & footer { margin-top: .6rem; }
  & td.beside { width: 35%; }
}
"""
    + table_rules("& .records table")
    + """
@media print { & :is(th, td), & .records table :is(th, td) { padding-block: .1rem; } }
""",
)

_PAGE = """ body { margin: 2rem 1rem; } article { margin-inline: auto; }
@page { size: A4; margin: 14mm 15mm; }
@media print { :root { color-scheme: light; } body { margin: 0; } }"""


def as_page(head: Line, verdict: Line, article: Html, language: str) -> str:
    """Return a whole page that holds only the explanation.

    Args:
        head: the rulebook.
        verdict: the rating.
        article: the explanation as one element.
        language: the tag of the explanation's own words.
    """
    title = " — ".join(part for part in (verdict.label, head.label or head.id) if part)
    return page(title, article, language, _PAGE)


def as_html(
    head: Line,
    verdict: Line,
    pictures: tuple[Html, ...],
    sections: tuple[Line, ...],
    foot: Line,
    language: str,
    others: Mapping[str, str] = _NOTHING,
    labels: Mapping[str, str] = _NOTHING,
) -> Html:
    """Return the explanation as one element that fits into any page.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        pictures: shown below the verdict.
        sections: the reasons for the rating.
        foot: the hashes of the rules.
        language: the tag of the explanation's own words.
        others: texts of the rulebook in another language, with their tags; a tag is empty if unknown.
        labels: the label of each name that a formula reads, by full name.
    """
    inner = joined(_Writer.of(others, labels).parts(head, verdict, pictures, sections, foot), "\n")
    return element("article", "\n", inner, "\n", classes="kpirules-explanation", lang=language)


def as_embedded(
    verdict: Line,
    pictures: tuple[Html, ...],
    sections: tuple[Line, ...],
    language: str,
    others: Mapping[str, str],
    labels: Mapping[str, str],
) -> Html:
    """Return the reasons for a rating as a part of a page that has `STYLE`, and names the rulebook.

    It is for readers who do not know the rulebook's ids: labels stand in their place, in formulas too. Its headings
    are of level 4. The arguments are those of `as_html`.
    """
    inner = joined(_Writer.of(others, labels, is_embedded=True).reasons(verdict, pictures, sections), "\n")
    return element("article", "\n", inner, "\n", classes="kpirules-explanation", lang=language)


@frozen
class _Writer:
    """Writes lines as HTML, and marks texts in another language.

    Args:
        others: texts of the rulebook in another language, with their tags.
        labels: the label of each name that a formula reads, by full name.
        named: finds such a text in a sentence: `«text»`, `«id · text»`, `id — text`, `text (unit)`.
        is_embedded: whether it is a part of a page for readers who do not know the rulebook's ids.
    """

    others: Mapping[str, str]
    labels: Mapping[str, str]
    named: re.Pattern[str] | None
    is_embedded: bool = False

    @classmethod
    def of(cls, others: Mapping[str, str], labels: Mapping[str, str], *, is_embedded: bool = False) -> _Writer:
        texts = "|".join(re.escape(text) for text in sorted(others, key=len, reverse=True))
        named = re.compile(rf"(?:(?<=[ «])|^)(?:{texts})(?=»|$| \()") if texts else None
        return cls(others, labels, named, is_embedded)

    def text(self, text: str) -> Html:
        if text in self.others:
            return self.marked(text)
        parts: list[str | Html] = []
        end = 0
        for found in self.named.finditer(text) if self.named is not None else ():
            parts += [text[end : found.start()], self.marked(found[0])]
            end = found.end()
        return joined([*parts, text[end:]])

    def marked(self, text: str) -> Html:
        return element("span", text, lang=self.others[text])

    def parts(
        self, head: Line, verdict: Line, pictures: tuple[Html, ...], sections: tuple[Line, ...], foot: Line
    ) -> list[Html]:
        identity: list[str | Html] = [element("code", head.id), head.remark, _citation(head)]
        return [
            STYLE,
            element("h1", self.text(head.label or head.id)),
            element("p", joined(identity, " · "), classes="soft"),
            self.note(head),
            self.details(head),
            *self.reasons(verdict, pictures, sections),
            element("footer", *(element("p", fact.label) for fact in foot.children)),
        ]

    def reasons(self, verdict: Line, pictures: tuple[Html, ...], sections: tuple[Line, ...]) -> list[Html]:
        drawn = element("div", *pictures, classes="pictures") if pictures else _NO_TEXT
        return [self.verdict(verdict), drawn, *map(self.section, sections)]

    def details(self, head: Line) -> Html:
        pairs = [(element("dt", detail.label), element("dd", self.text(detail.amount))) for detail in head.children]
        return element("dl", *(part for pair in pairs for part in pair)) if pairs else _NO_TEXT

    def verdict(self, verdict: Line) -> Html:
        facts = joined(element("li", self.fact(fact)) for fact in verdict.children)
        state = "verdict rated" if verdict.state == "rated" else "verdict"
        title = element("p", self.text(verdict.label))
        return element("section", title, element("ul", facts) if facts else "", classes=state)

    def fact(self, fact: Line) -> Html:
        sentence = joined((self.text(fact.label), _citation(fact)), " ")
        return joined((sentence, self.formula(fact), *map(self.formula, fact.formulas), self.note(fact)))

    def section(self, section: Line) -> Html:
        tables = (
            element("div", child.table.html(self.text), classes="records")
            for child in section.children
            if child.kind == "table"
        )
        others = (child for child in section.children if child.kind not in ("fact", "table"))
        rows = joined((self.row(child, 0) for child in others), "\n")
        facts = (child for child in section.children if child.kind == "fact")
        is_out_of = any(line.out_of for line in section.walk())
        body = element("tbody", "\n", rows, "\n")
        names = [element("th", name, scope="col") for name in section.cells]
        head = element("thead", element("tr", *names)) if names else ""
        table = element("table", head, body, classes="points" if is_out_of else "") if rows else ""
        # In a table a fact is a remark below it; alone it is the section's text.
        beside = "soft" if rows else ""
        below = (element("p", self.fact(child), classes=beside) for child in facts)
        return element(
            "section",
            "\n",
            element("h4" if self.is_embedded else "h2", section.label),
            "\n",
            *tables,
            table,
            *below,
            "\n",
        )

    def row(self, line: Line, depth: int) -> Html:
        facts = [element("p", self.fact(child), classes="soft") for child in line.children if child.kind == "fact"]
        parts = [child for child in line.parts if child.kind != "fact"]
        below = joined((self.formula(line), *map(self.formula, line.formulas), self.note(line), *facts))
        beside = joined((self.text(line.remark), _citation(line)), " ")
        at, classes = f"--depth: {depth}", " ".join(word for word in (line.kind, line.state) if word in _CLASSES)
        cells = [
            element("th", self.name(line), scope="row", style=at),
            element("td", line.amount, classes="amount"),
            element("td", f"/ {line.out_of}" if line.out_of else "", classes="of"),
            element("td", beside, classes="beside", style=at),
        ]
        rows = [element("tr", *cells, classes=classes)]
        if below:
            rows.append(element("tr", element("td", below, colspan="4", style=at), classes=f"below {classes}"))
        return joined((*rows, *(self.row(part, depth + 1) for part in parts)), "\n")

    def name(self, line: Line) -> Html:
        has_id = line.id and not (self.is_embedded and line.label)
        return joined((element("code", line.id, classes="id") if has_id else "", self.text(line.label)), " ")

    def note(self, line: Line) -> Html:
        return element("p", self.text(line.note), classes="note") if line.note else _NO_TEXT

    def formula(self, line: Line) -> Html:
        """Return the formula with its working; the steps of an equation are one below the other."""
        part = f"{line.label or line.id}: " if line.kind == "formula" else ""
        own = [self.labelled(line)] if line.formula else []
        steps: list[str | Html] = [*own, *line.working]
        if len(line.working) < 2 or all(step.startswith("→") for step in line.working) or line.kind == "terms":
            steps = [joined(steps, " ")] if steps else []
        codes = [element("code", step) for step in steps]
        if line.kind == "terms":
            parts = (*codes, element("span", line.remark) if line.remark else "")
            return element("div", joined(parts, " — "), classes="formula terms")
        return element("div", part, *codes, classes="formula") if codes else _NO_TEXT

    def labelled(self, line: Line) -> Html:
        """Return the formula with the label of each name for a pointer and for a screen reader."""
        parts: list[str | Html] = []
        end = 0
        for found, name in names_in(line) if self.labels else ():
            if label := self.labels.get(name):
                start, stop = found.span("name")
                parts += [line.formula[end:start], self.named_by(label, found["name"])]
                end = stop
        return joined([*parts, line.formula[end:]])

    def named_by(self, label: str, name: str) -> Html:
        """Return a name of a formula with its label, or only the label for readers who do not know names."""
        lang = self.others.get(label)
        if self.is_embedded:
            # `share.results` and `points.results` are different numbers.
            of = name.partition(".")[0]
            return element("span", f"{of} «{label}»" if of in ("points", "share", "max") else f"«{label}»", lang=lang)
        return element("abbr", name, element("span", f" ({label})", classes="spoken"), title=label, lang=lang)


def _citation(line: Line) -> Html:
    if line.citation is None:
        return _NO_TEXT
    # A rulebook does not name the language of a citation.
    return element("cite", hyperlink(str(line.citation), line.citation.url), lang="")
