"""Sensitivities and stabilities of ranks as text, Markdown and HTML."""

from __future__ import annotations

from fractions import Fraction

from ...kernel.brief import counted
from ...kernel.cards import MOST_ROWS, Card, Table
from ...kernel.exact import approximate_text
from ...kernel.markup import Html
from ...kernel.shown import as_html, as_markdown, as_text
from .ranges import FirstChange, NumberRange, Sensitivity
from .stability import RankStability

__all__: list[str] = []

DIGITS = 6
"""Significant digits of ends that have no short decimal."""


def _card(found: Sensitivity) -> Card:
    rows = [_row(number) for number in found.numbers]
    head = ("number", "now", "nobody changes", "ends", "below", "above")
    summary = f"{counted(found.subjects, 'subject')}, {counted(len(rows), 'number')}"
    tables = (Table.whole("values of one number with which no band changes", head, tuple(rows)),) if rows else ()
    facts = [*found.notes]
    if not all(number.is_exact for number in found.numbers):
        facts.append("searched: values were tried in steps, and those between two steps were not")
    return Card(found.rulebook, "", summary, "", "", tuple(facts), tables)


def _row(number: NumberRange) -> tuple[str, ...]:
    ends = "exact" if number.is_exact else "searched"
    return (
        number.path,
        _text(number.value),
        _interval(number),
        ends,
        _change_in_words(number.below),
        _change_in_words(number.above),
    )


def _interval(number: NumberRange) -> str:
    low = "any" if number.low is None else _text(number.low)
    high = "any" if number.high is None else _text(number.high)
    left = "(" if number.is_low_open or number.low is None else "["
    right = ")" if number.is_high_open or number.high is None else "]"
    return f"{left}{low}, {high}{right}"


def _text(value: Fraction) -> str:
    return approximate_text(value, DIGITS)


def _change_in_words(first: FirstChange | None) -> str:
    if first is None:
        return "nobody"
    if not first.subject:
        return first.new
    others = f" and {first.count - 1:,} more" if first.count > 1 else ""
    return f"{first.subject}{others}: {first.old} → {first.new}"


@as_text.register
def _sensitivity_text(found: Sensitivity) -> str:
    return f"{_card(found).text()}\n"


@as_markdown.register
def _sensitivity_markdown(found: Sensitivity) -> str:
    return _card(found).markdown()


@as_html.register
def _sensitivity_html(found: Sensitivity) -> Html:
    return _card(found).html()


# -- ranks ------------------------------------------------------------------------------------------------


def _ranks_card(found: RankStability) -> Card:
    rows = [
        (
            one.subject,
            str(one.rank),
            f"{one.best} to {one.worst}",
            _percent(one.keeps_rank),
            _percent(one.in_top),
            one.band,
            _percent(one.keeps_band),
        )
        for one in found.subjects
    ]
    head = ("subject", "rank", "ranks", "same rank", f"first {found.top}", "band", "same band")
    shown = Table.whole(
        "ranks under drawn weights",
        head,
        tuple(rows[:MOST_ROWS]),
        numbers=(1, 3, 4, 6),
        more=max(len(rows) - MOST_ROWS, 0),
    )
    summary = (
        f"{counted(len(rows), 'subject')}, {counted(found.draws, 'draw')} of weights of {', '.join(found.criteria)}"
    )
    facts = [f"seed {found.seed}; weights are whole parts of {found.grid:,}"]
    if found.correlation is not None and found.least_correlation is not None:
        facts.append(f"rank correlation (Spearman): {found.correlation:.3f}, at least {found.least_correlation:.3f}")
    if found.unrated:
        facts.append(f"{counted(found.unrated, 'subject')} without a score")
    return Card(found.rulebook, "", summary, "", "", tuple(facts), (shown,) if rows else ())


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.1f} %"


@as_text.register
def _ranks_text(found: RankStability) -> str:
    return f"{_ranks_card(found).text()}\n"


@as_markdown.register
def _ranks_markdown(found: RankStability) -> str:
    return _ranks_card(found).markdown()


@as_html.register
def _ranks_html(found: RankStability) -> Html:
    return _ranks_card(found).html()
