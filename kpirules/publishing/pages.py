"""One page: its head, contents and sections, with a search that works without a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from urllib.parse import quote

from attrs import Factory, frozen

from ..change import Comparison
from ..diagnostics.phrases import phrases
from ..engines.javascript import NoJavaScriptForm
from ..kernel.cards import table_rules
from ..kernel.exact import approximate_text
from ..kernel.markup import Html, element, joined, page, style
from ..rating.program import Program
from ..testing import CaseOutcome
from .changes import changes_section, compared
from .criteria import criteria_section, score_section
from .examples import examples_section
from .gaps import gaps_section
from .rating import (
    bands_section,
    exemptions_section,
    invariants_section,
    limits_section,
    outputs_section,
    overrides_section,
    quotas_section,
)
from .reader import Reader, Section, facts
from .trying import form_of, script_of, trying_section
from .values import (
    calendars_section,
    functions_section,
    inputs_section,
    parameters_section,
    validations_section,
    values_section,
)

__all__ = ["Page", "index_page", "rulebook_page"]

DIGITS = 12
"""Digits of a hash that are shown."""

SCRIPT = """
"use strict";
{
  const plain = text => text.normalize("NFD").replace(/\\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const told = item => (item.tagName === "DETAILS" ? item.firstElementChild : item).textContent;
  const items = [...document.querySelectorAll(".item")].map(item => [item, plain(told(item))]);
  const sections = document.querySelectorAll("main section[id]");
  const search = () => {
    const words = plain(field.value).split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const [item, text] of items) {
      item.hidden = !words.every(word => text.includes(word));
      if (!item.hidden) count += 1;
    }
    for (const section of sections)
      section.hidden = words.length > 0 && !section.querySelector(".item:not([hidden])");
    found.textContent = words.length ? found.dataset.found.replace("{count}", count) : "";
  };
  field.closest("form").hidden = false;
  field.closest("form").addEventListener("submit", event => event.preventDefault());
  field.addEventListener("input", search);
  search();
}
"""
"""Hides the parts of the page that lack a word of the search, whatever its case and diacritics."""

_RULES = """ body { margin: 0 auto; padding: 1rem; max-width: 78rem; } [hidden] { display: none !important; }
@media (min-width: 64rem) {
  body:has(> .contents) { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2.5rem; }
  .contents { position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow-y: auto; }
}
@page { size: A4; margin: 14mm 15mm; }
@media print {
  :root { color-scheme: light; }
  body, body:has(> .contents) { display: block; margin: 0; padding: 0; max-width: none; }
  .contents { display: none; }
}"""

_STYLE = style(
    "kpirules-docs",
    """
& { font: 16px/1.55 system-ui, sans-serif; }
& h1 { font-size: 1.6rem; font-weight: 650; line-height: 1.3; text-wrap: balance; }
& h2 { font-size: 1.25rem; font-weight: 650; line-height: 1.35; margin: 2.6rem 0 .6rem; padding: 0 0 .25rem;
  border-bottom: 2px solid var(--line); }
& h3 { font-size: 1.02rem; font-weight: 600; line-height: 1.4; margin: 0; }
& p { margin: .25rem 0; }
& :is(ul, ol) { padding-inline-start: 1.2rem; }
& li { margin: .25rem 0; }
& a { color: inherit; text-decoration: underline; text-decoration-color: var(--soft); text-underline-offset: .2em; }
& cite { font-style: normal; color: var(--soft); font-size: .92em; }
& .soft { color: var(--soft); }
& .note { color: var(--soft); font-size: .92em; font-weight: 400; margin: .2rem 0 0; max-width: 44rem; }
& dl { display: grid; grid-template-columns: minmax(8rem, 11rem) minmax(0, 1fr); gap: .35rem 1.2rem;
  margin: .5rem 0 0; }
& dt { color: var(--soft); }
& dd { margin: 0; }
& dd > p:first-child, & td > p:first-child { margin-top: 0; }
& article { margin: .9rem 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
& .kpirules-explanation { border: 0; margin: 0; padding: .3rem 1rem 1rem; }
& .math { overflow-x: auto; overflow-y: hidden; padding: .5rem 0; margin: .3rem 0; }
& math { font-size: 1.12em; }
& math[display=block] { text-align: start; display: block math; width: max-content; margin: 0; }
& mtable { text-align: center; }
& mtable.cases { text-align: start; border-inline-start: 2px solid currentColor; margin-inline: .3em; }
& math :is(mfrac, mfrac > *, munder > *, mtable, mtd) { math-depth: 0; math-style: normal; }
& :is(mtext, mn) { font-family: system-ui, sans-serif; font-size: .92em; }
& mo.sum { font-size: 1.6em; }
& mtable.cases > mtr > mtd { padding: .3em .4em; text-align: start; }
& mtable.lines { text-align: start; }
& mtable.lines mtd { text-align: start; padding: .2em 0; }
& mtable.name mtd { padding: .12em 0; }
& details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
& details details { margin: .5rem 1rem; }
& summary { padding: .55rem 1rem; cursor: pointer; font-weight: 550; }
& details[open] > summary { border-bottom: 1px solid var(--line); }
& details > ul { margin: .6rem 1rem; }
& details > div { padding: .3rem 1rem 1rem; }
& iframe { display: block; width: 100%; height: min(52rem, 88vh); border: 0; }
& form { margin: 0 0 1rem; }
& label { display: block; font-size: .9em; color: var(--soft); }
& input { font: inherit; color: inherit; background: var(--tint); border: 1px solid var(--line); border-radius: 6px;
  padding: .4rem .6rem; width: 100%; box-sizing: border-box; }
& output { display: block; min-height: 1.5em; font-size: .9em; color: var(--soft); }
& nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .95em; }
& nav a { text-decoration: none; }
& nav a:hover { text-decoration: underline; }
& .languages { margin: 0 0 1rem; }
&.contents { margin: 0 0 1.5rem; }
& .languages a { text-decoration: underline; }
& :target { scroll-margin-top: 1rem; }
@media (min-width: 64rem) { & nav.toc ul { display: block; } }
& > footer { margin: 2.5rem 0 0; padding: .6rem 0 0; border-top: 1px solid var(--line); font-size: .85rem;
  color: var(--soft); }
"""
    + table_rules("& table.rules")
    + """
& table.rules { width: 100%; }
& table.rules thead th { font-size: .88em; color: var(--soft); vertical-align: bottom; }
& table.rules thead tr { border-top: 0; }
& table.rules tbody { border-bottom: 1px solid var(--line); }
& table.rules :is(th, td) { padding-block: .45rem; vertical-align: top; }
& table.rules tbody th { font-weight: 500; min-width: 9rem; }
& table.rules ul { margin: 0; }
& dd table.rules { margin-top: 0; }
@container (max-width: 40rem) {
  & math { font-size: .95em; }
  & dl { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
  & dd { margin: 0 0 .5rem; }
  & table.rules.wide tbody { border-bottom: 0; }
}
@media print {
  & { font-size: 10pt; line-height: 1.35; }
  & h2 { margin-top: 1.2rem; }
  & :is(h1, h2, h3, h2 + p, summary, thead) { break-after: avoid; }
  & :is(tr, li, .math) { break-inside: avoid; }
  & article:not(.kpirules-explanation) { break-inside: avoid; padding: .5rem .8rem; margin: .5rem 0; }
  & thead { display: table-header-group; }
  & .math { overflow: visible; }
  & math { font-size: .9em; }
  & a { text-decoration: none; }
  & :is(.languages, .try) { display: none; }
}
""",
)


@frozen
class Page:
    """A page of the site.

    Args:
        file: its file name.
        stem: the part of it that pages in other languages share.
        variant: the variant that it tells, or empty.
        language: its language, None if labels have none.
        program: the rules with all variants and editions.
        editions: the programs of the variant, in order of their dates.
        outcomes: the worked examples of the variant.
        comparisons: of each edition with the next; pages in other languages share them.
    """

    file: str
    stem: str
    variant: str
    language: str | None
    program: Program
    editions: tuple[Program, ...]
    outcomes: tuple[CaseOutcome, ...] = ()
    comparisons: tuple[Comparison, ...] = Factory(lambda own: compared(own.editions), takes_self=True)

    @property
    def current(self) -> Program:
        """The latest edition."""
        return self.editions[-1]

    @property
    def reader(self) -> Reader:
        return Reader.of(self.current.rulebook, self.language)

    @property
    def title(self) -> str:
        """The title of the rulebook, with the variant."""
        reader = self.reader
        title = reader.voice.read(self.current.rulebook.words.label) or self.current.rulebook.id
        return " · ".join(filter(None, (title, self.variant_in_words)))

    @property
    def variant_in_words(self) -> str:
        """The label of the option that chooses the variant, else its name in words."""
        return self.reader.voice.option(self.program.variant_by, self.variant).replace("_", " ")


def rulebook_page(own: Page, pages: Sequence[Page]) -> str:
    """Return the HTML of a page about a rulebook.

    Args:
        own: the page.
        pages: all pages of the site.
    """
    reader = own.reader
    form = form_of(own.program, own.current, own.language)
    sections = [section for section in _sections(own, reader, form) if section.content]
    parts = (_STYLE, _head(own, reader), *(section.html for section in sections), _foot(own, reader))
    body = element("div", joined(parts, "\n"), classes="kpirules-docs")
    beside = _contents(own, pages, sections, reader)
    title = reader.say("title", title=own.title)
    allowed = script_of(form)
    return page(title, body, reader.language, _RULES, before=beside, script=SCRIPT, allowed=allowed)


def _sections(own: Page, reader: Reader, form: str | NoJavaScriptForm) -> Iterator[Section]:
    """Yield the sections in reading order: the rating first, then what it is made of."""
    for section in (bands_section, score_section, criteria_section, values_section, functions_section):
        yield section(reader)
    for section in (parameters_section, calendars_section, exemptions_section, limits_section, overrides_section):
        yield section(reader)
    for section in (quotas_section, inputs_section, validations_section, outputs_section, invariants_section):
        yield section(reader)
    yield gaps_section(reader, own.current.report)
    yield trying_section(reader, form)
    yield examples_section(reader, own.outcomes)
    yield changes_section(reader, own.editions, own.comparisons)


def _head(own: Page, reader: Reader) -> Html:
    rulebook = own.current.rulebook
    title = reader.name(rulebook.words, rulebook.id)
    details = facts(
        (
            (reader.say("variant"), own.variant_in_words),
            (reader.say("source"), reader.source(rulebook.words)),
            (reader.say("edition"), reader.voice.edition(rulebook.edition_in_force)),
            (reader.say("in_force"), _period(own, reader)),
            (reader.say("measured"), _measured(own.current.measurability, reader)),
        )
    )
    return element("header", element("h1", title), details, reader.note(rulebook.words))


def _period(own: Page, reader: Reader) -> str:
    rulebook = own.current.rulebook
    firsts = [day for day in (rulebook.effective_from, rulebook.version.from_) if day is not None]
    ends = [day for day in (rulebook.effective_until, rulebook.version.until) if day is not None]
    gaps = ({"first": max(firsts).isoformat()} if firsts else {}) | ({"until": min(ends).isoformat()} if ends else {})
    key = {2: "period", 1: "period_from" if firsts else "period_until"}.get(len(gaps))
    return reader.say(key, **gaps) if key else ""


def _measured(share: Fraction | None, reader: Reader) -> str:
    if share is None:
        return ""
    if share == 1:
        return reader.say("measured_all")
    return reader.say("measured_share", share=f"{approximate_text(share * 100, 2)} %")


def _foot(own: Page, reader: Reader) -> Html:
    rulebook = own.current.rulebook
    hashes = [
        reader.voice.say(f"{name}_hash", hash=getattr(rulebook, f"{name}_hash")[:DIGITS])
        for name in ("scoring", "content")
    ]
    identity = joined((element("code", rulebook.id), *hashes), " · ")
    return element("footer", element("p", joined((reader.say("hashes"), identity), ": ")))


def _contents(own: Page, pages: Sequence[Page], sections: Sequence[Section], reader: Reader) -> Html:
    """Return the sidebar: other languages and variants, the search, and the contents."""
    links = [element("li", element("a", section.heading, href=f"#{section.id}")) for section in sections]
    found = element("output", id="found", data_found=reader.say("found", count="{count}"), aria_live="polite")
    search = element(
        "form",
        element("label", reader.say("search"), **{"for": "search"}),
        Html('<input id="search" type="search" autocomplete="off">'),
        found,
        role="search",
        hidden="",
    )
    nav = element("nav", element("ul", *links), classes="toc", aria_label=reader.say("contents"))
    return element("div", _others(own, pages, reader), search, nav, classes="kpirules-docs contents")


def _others(own: Page, pages: Sequence[Page], reader: Reader) -> Html:
    """Return links to the page in other languages, to other variants, and to all rules."""
    links = [element("li", element("a", reader.say("all"), href="index.html"))] if len(pages) > 1 else []
    for other in pages:
        if other.stem == own.stem and other.file != own.file:
            links.append(element("li", _link(other, own_language(other.language))))
        elif other.program is own.program and other.language == own.language and other.file != own.file:
            links.append(element("li", _link(other, other.variant_in_words)))
    listed = element("nav", element("ul", *links), classes="languages", aria_label=reader.say("languages"))
    return listed if links else Html("")


def _link(other: Page, text: str) -> Html:
    tag = other.language or phrases(None)[0]
    # The name of a file may be any text: an address would read its beginning as a scheme.
    return element("a", text, href=quote(other.file, safe=""), lang=tag, hreflang=tag)


def own_language(language: str | None) -> str:
    """Return the name of a language in that language, or its tag."""
    tag, table = phrases(language)
    is_known = (language or tag).lower().partition("-")[0] == tag
    return table["page_own_language"] if is_known else language or tag


def index_page(pages: Sequence[Page]) -> str:
    """Return the page that lists all others by language."""
    languages = dict.fromkeys(page_.language for page_ in pages)
    first = pages[0].reader
    parts = [_STYLE, element("h1", first.say("rulebooks"))]
    for language in languages:
        links = (element("li", _link(page_, page_.title)) for page_ in pages if page_.language == language)
        heading = element("h2", own_language(language)) if len(languages) > 1 else ""
        parts.append(element("section", joined((heading, element("ul", *links))), lang=language))
    body = element("div", joined(parts, "\n"), classes="kpirules-docs")
    return page(first.say("rulebooks"), body, first.language, _RULES)
