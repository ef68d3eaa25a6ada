"""An explained rating, read from the record of its assessment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from attrs import field, frozen

from ...diagnostics.phrases import phrases
from ...errors import budgeted
from ...kernel.brief import brief, counted
from ...kernel.budget import spend
from ...kernel.mappings import FrozenMap
from ...kernel.markup import Html, bundle
from ...kernel.pictures import figure
from ...kernel.shown import Displayed, as_bundle
from ...kernel.visible import neutral
from ...record import Assessment
from .bands import band_lines, limit_lines, override_lines
from .criteria import criteria_lines
from .glossary import labels_of, name_lines, names_read
from .html import as_embedded, as_html, as_page
from .inputs import input_lines
from .letter import LetterDetails, letter_head, letter_sections
from .lines import Line
from .markdown import as_markdown
from .numbers import tidy
from .pictures import ladder_of, waterfall_of
from .quotas import quota_lines
from .text import as_text
from .values import assumed_lines, cohort_lines, invariant_lines, let_lines, output_lines
from .verdict import verdict_line
from .voice import Voice, cited

__all__ = ["Explanation", "explain"]

WORK_PER_LINE = 100
"""Work units that rendering a line costs, besides one for each character."""

_SECTIONS = (
    ("criteria", criteria_lines),
    ("limits", limit_lines),
    ("bands", band_lines),
    ("overrides", override_lines),
    ("quotas", quota_lines),
    ("let", let_lines),
    ("cohort", cohort_lines),
    ("given_inputs", input_lines),
    ("assumed", assumed_lines),
    ("outputs", output_lines),
    ("invariants", invariant_lines),
)
"""In reading order: the points first, then the values behind them."""


@frozen
class Explanation(Displayed):
    """The reasons for a rating, as a small tree of lines that renders in several formats.

    Args:
        language: tag of the explanation's own words.
        head: the rulebook's title, id, edition, variant and citation.
        verdict: the rating and, as its children, the facts about it.
        sections: the reasons for the rating; empty ones are left out.
        foot: the hashes that identify the rules.
        pictures: the ladder of bands and the waterfall of the score, for HTML; none in a letter.
        other_languages: the rulebook's texts that are in another language than the explanation's own words,
            each with its language tag; the tag is empty if the rulebook gives none.
        labels: the label of each name that a formula reads: `tasks.done` for a field, `points.results` for the
            points of a criterion, `rate(` for a function.
    """

    language: str
    head: Line
    verdict: Line
    sections: tuple[Line, ...]
    foot: Line
    pictures: tuple[Html, ...] = field(default=(), repr=False)
    other_languages: FrozenMap[str, str] = field(factory=FrozenMap, repr=False)
    labels: FrozenMap[str, str] = field(factory=FrozenMap, repr=False)

    def __repr__(self) -> str:
        return brief(self, self.head.id, self.head.remark, self.verdict.label, counted(len(self.sections), "section"))

    def text(self, *, columns: int = 100) -> str:
        """Return plain text: a tree with aligned amounts.

        Args:
            columns: line width, at least 60.
        """
        return as_text(self.head, self.verdict, self.sections, self.foot, columns)

    def __str__(self) -> str:
        return self.text()

    def markdown(self) -> str:
        """Return CommonMark: headings, nested lists, formulas as code."""
        return as_markdown(self.head, self.verdict, self.sections, self.foot)

    def html(self, *, is_page: bool = True) -> str:
        """Return HTML that loads nothing, runs no script and follows the reader's light or dark theme.

        Args:
            is_page: True for a whole page, False for one element to embed in another page.
        """
        parts = (self.head, self.verdict, self.pictures, self.sections, self.foot)
        article = as_html(*parts, self.language, self.other_languages, self.labels)
        return as_page(self.head, self.verdict, article, self.language) if is_page else str(article)

    def embedded(self) -> Html:
        """Return the rating and its reasons for a page that names the rulebook and has the style of explanations."""
        parts = (self.verdict, self.pictures, self.sections, self.language)
        return as_embedded(*parts, self.other_languages, self.labels)

    def data(self) -> dict[str, Any]:
        """Return the lines as dicts, lists and strings, ready for JSON."""
        return {
            "language": self.language,
            "head": self.head.data(),
            "verdict": self.verdict.data(),
            "sections": [section.data() for section in self.sections],
            "foot": self.foot.data(),
            "other_languages": dict(self.other_languages),
            "labels": dict(self.labels),
        }

    def walk(self) -> Iterator[Line]:
        """Yield every line from top to bottom."""
        for line in (self.head, self.verdict, *self.sections, self.foot):
            yield from line.walk()


@as_bundle.register
def _bundle(explanation: Explanation) -> dict[str, str]:
    return bundle(explanation.text().rstrip(), explanation.markdown(), explanation.html(is_page=False))


def explain(
    assessment: Assessment,
    *,
    form: Literal["full", "letter"] = "full",
    about: LetterDetails | None = None,
    language: str | None = None,
    budget: int | None = None,
) -> Explanation:
    """Return the explanation of a rating, read from its record without computing anything again.

    Args:
        assessment: the record.
        form: `full` shows every number with its formula, for readers who know the rulebook; `letter` tells the rated
            person, by labels and without formulas, the reasons by weight, the values behind them, what would have
            changed the rating and where to object. Its page prints on A4.
        about: the details of a letter that the record lacks; required for a letter, not allowed for the full form.
        language: tag such as `vi` or `en-GB` for labels and for the explanation's own words; if None,
            labels are in the language their author wrote first, and the words are English.
        budget: work units that it may use, 1,500,000 if None; see KR113 for what is counted.

    Returns:
        Lines that show each number with its formula, the values put in, and its citation.

    Raises:
        RulebookError: it needs more work than the budget.
        ValueError: `form` is unknown, or `about` is missing or not needed.

    >>> print(explain(Assessment("demo", "2026", "", "1f", "2e", "not_classified")))
    demo · edition 2026
    <BLANKLINE>
    No rating: not_classified
    <BLANKLINE>
    scoring rules 1f
    whole rulebook 2e
    <BLANKLINE>

    >>> from datetime import date
    >>> about = LetterDetails("An", "2026", "The council", date(2027, 1, 5), "Write to the council.")
    >>> print(explain(Assessment("demo", "2026", "", "1f", "2e", "not_classified"), form="letter", about=about))
    Notice of rating: An
    demo · edition 2026
    Period     2026
    Issued by  The council
    Issued on  2027-01-05
    <BLANKLINE>
    No rating: not_classified
    <BLANKLINE>
    ── How to object ───────────────────────────────────────────────────────────────────────────────────
      Write to the council.
    <BLANKLINE>
    scoring rules 1f
    whole rulebook 2e
    <BLANKLINE>
    """
    if form not in ("full", "letter"):
        raise ValueError(f'`form` is "full" or "letter", not {form!r}')
    if (about is None) is (form == "letter"):
        needs = "needs `about=LetterDetails(…)`" if about is None else 'takes no `about`; write `form="letter"`'
        raise ValueError(f"the form `{form}` of an explanation {needs}")
    with budgeted(budget):
        return _explained(assessment, about, language)


def _explained(assessment: Assessment, about: LetterDetails | None, language: str | None) -> Explanation:
    voice = Voice(assessment.legend, language, about is not None)
    head, verdict = _head(assessment, voice), verdict_line(assessment, voice)
    if about is None:
        made = ((name, lines(assessment, voice)) for name, lines in _SECTIONS)
        sections = [Line("section", name, voice.say(name), children=found) for name, found in made if found]
    else:
        head, sections = letter_head(head, about, voice), letter_sections(assessment, about, voice)
    facts, lines = [*head.walk(), *verdict.walk()], [line for section in sections for line in section.walk()]
    names = names_read([*facts, *lines])
    labels = labels_of(names, voice)
    if unexplained := tuple(name_lines(assessment, lines, names, labels, voice)):
        sections.append(Line("section", "names", voice.say("names"), children=unexplained))
        lines += sections[-1].walk()
    # The work of rendering is counted now, so that no format is cut short later.
    written = ["".join(line.texts()) for line in (*facts, *lines)]
    for text in written[len(facts) :]:
        spend("showing", WORK_PER_LINE + len(text))
    drawn = ladder_of(assessment, voice, verdict.label), waterfall_of(assessment, voice)
    foot = _foot(assessment, voice, is_shortened=any("≈" in text for text in written))
    return Explanation(
        phrases(language)[0],
        head,
        verdict,
        tuple(sections),
        foot,
        tuple(map(figure, filter(None, drawn))) if about is None else (),
        _other_languages(voice),
        FrozenMap(labels),
    )


def _head(assessment: Assessment, voice: Voice) -> Line:
    legend = assessment.legend
    edition, variant = neutral(voice.edition(assessment.edition)), neutral(assessment.variant)
    remarks = [voice.say("edition", edition=edition)] if edition else []
    remarks += [voice.say("variant", variant=variant)] if variant else []
    return Line(
        "rulebook",
        neutral(tidy(assessment.rulebook)),
        voice.read(legend.title),
        remark=" · ".join(remarks),
        citation=cited(legend.source),
    )


def _other_languages(voice: Voice) -> FrozenMap[str, str]:
    """Return the rulebook's texts that are not in the language of the phrases, with their tags."""
    entries = (*voice.legend.entries.values(), *voice.legend.names.values())
    labels = [voice.legend.title, *(label for entry in entries for label in (entry.label, entry.note))]
    found = [(tag, neutral(tidy(text))) for tag, text in map(voice.found, filter(None, labels))]
    own = phrases(voice.language)[0]
    is_own = {read for tag, read in found if tag.lower().partition("-")[0] == own}
    return FrozenMap({read: tag for tag, read in found if read and read not in is_own})


def _foot(assessment: Assessment, voice: Voice, *, is_shortened: bool) -> Line:
    facts = [voice.say("approximate")] if is_shortened else []
    facts.append(voice.say("scoring_hash", hash=neutral(assessment.scoring_hash)))
    facts.append(voice.say("content_hash", hash=neutral(assessment.content_hash)))
    return Line("foot", children=tuple(Line("fact", label=fact) for fact in facts))
