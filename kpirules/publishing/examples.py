"""The section of worked examples."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..kernel.exact import to_text
from ..kernel.markup import Html, element, joined
from ..record import Assessment
from ..showing.explaining import explain
from ..showing.explaining.html import STYLE
from ..showing.explaining.verdict import verdict_line
from ..showing.explaining.voice import Voice
from ..testing import CaseOutcome
from .reader import NOTHING, Reader, Section

__all__ = ["examples_section"]

MAX_EXAMPLES = 40
"""The most examples on a page: each has about as much text as all of the rules."""


def examples_section(reader: Reader, outcomes: Sequence[CaseOutcome]) -> Section:
    """Return the worked examples, each with its explanation, folded.

    Args:
        reader: the reader.
        outcomes: the examples, which passed.
    """
    shown, more = outcomes[:MAX_EXAMPLES], len(outcomes) - MAX_EXAMPLES
    blocks = [_example(outcome, reader) for outcome in shown]
    rest = element("p", reader.say("examples_more", count=f"{more:,}")) if more > 0 else NOTHING
    style = STYLE if blocks else NOTHING
    return reader.section("examples", style, *blocks, rest)


def _example(outcome: CaseOutcome, reader: Reader) -> Html:
    name = element("span", outcome.case.name, lang="")
    if outcome.refusal is not None:
        problems = (element("li", problem.message_in(reader.language)) for problem in outcome.refusal.errors)
        return _folded(joined((name, reader.say("example_refused")), " — "), element("ul", *problems))
    if outcome.assessment is not None:
        return _rated(name, outcome.assessment, reader)
    members = (
        _rated(element("span", member, lang=""), assessment, reader)
        for member, assessment in outcome.assessments.items()
    )
    return _folded(name, element("div", *members, classes="members"))


def _rated(name: Html, assessment: Assessment, reader: Reader) -> Html:
    language = reader.voice.language
    voice = Voice(assessment.legend, language, is_letter=True)
    score = "" if assessment.score is None else voice.say("score", score=to_text(Fraction(assessment.score)))
    rating = ", ".join(filter(None, (verdict_line(assessment, voice).label, score)))
    return _folded(joined((name, rating), " — "), explain(assessment, language=language).embedded())


def _folded(summary: Html, content: Html) -> Html:
    return element("details", element("summary", summary), content, classes="item")
