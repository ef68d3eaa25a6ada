"""Facts about aggregates over records; z3 proves each fact for an arbitrary record."""

from __future__ import annotations

from itertools import islice, permutations

from .linear import ZERO, Lin, form_of
from .monotone import compared_copies
from .printing import Question
from .terms import Terms, Total, Unknown
from .values import bit_of

__all__ = ["add_totals"]

MOST_PAIRS = 60
"""The most pairs of aggregates that are compared."""


def add_totals(terms: Terms, question: Question, *, has_copies: bool) -> None:
    """Add facts that compare unknowns, and facts that z3 proves about aggregates.

    A condition may hold for all records, or for none; one aggregate may never be above another.

    Args:
        terms: the unknowns.
        question: the question that reaches them.
        has_copies: whether unknowns of several subjects or rulebooks are compared.
    """
    reached = [terms.unknowns[number] for number in list(question.unknowns)]
    totals = [(unknown, unknown.total) for unknown in reached if unknown.total is not None]
    for _, total in totals:
        question.number(total.each) if isinstance(total.each, Lin) else question.formula(total.each)
    question.add(())
    if has_copies:
        question.add(compared_copies(terms, list(question.unknowns)))
    for unknown, total in totals:
        _add_whole(terms, question, unknown, total)
    pairs = [(less, more) for less, more in permutations(totals, 2) if _are_alike(less[1], more[1])]
    for less, more in islice(pairs, MOST_PAIRS):
        _add_pair(terms, question, less, more)


def _add_whole(terms: Terms, question: Question, unknown: Unknown, total: Total) -> None:
    """Add that all records count, or none, if z3 proves that of any single record."""
    if isinstance(total.each, Lin) or total.most is None:
        return
    counts = total.records[1]
    for failing, value in ((terms.opposite(total.each), total.most), (total.each, ZERO)):
        if question.proves(terms.all([counts, failing])):
            question.add([terms.atom("eq", form_of(unknown.number).minus(value))])
            return


def _add_pair(terms: Terms, question: Question, less: tuple[Unknown, Total], more: tuple[Unknown, Total]) -> None:
    """Add that an aggregate is not above another if no record's value is."""
    (lower, lower_total), (upper, upper_total) = less, more
    if isinstance(lower_total.each, Lin) and isinstance(upper_total.each, Lin):
        above = terms.compare(">", lower_total.each, upper_total.each)
    else:
        above = terms.all([bit_of(lower_total.each), terms.opposite(bit_of(upper_total.each))])
    if question.proves(terms.all([lower_total.records[1], above])):
        # Without any record that counts, nothing is known of an extreme.
        asked = [
            lower_total.guard,
            upper_total.guard,
            *(terms.compare("<=", x, y) for x, y in zip(lower_total.parts, upper_total.parts, strict=True)),
        ]
        question.add(
            [terms.implies(terms.all(asked), terms.atom("le", form_of(lower.number).minus(form_of(upper.number))))]
        )


def _are_alike(first: Total, second: Total) -> bool:
    """Return whether two aggregates are of the same kind, over the same records."""
    return (
        first.records == second.records
        and first.kind == second.kind
        and isinstance(first.each, Lin) == isinstance(second.each, Lin)
    )
