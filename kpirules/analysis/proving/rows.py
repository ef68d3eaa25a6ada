"""Checks for rows that no subject reaches."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, scoring
from ...language.model import Measure, Row, Steps
from ...plan.ops import Bind, Op
from ...plan.steps import Judge
from ..checking.facts import Facts
from ..checking.rows import check_rows, row_in_words
from .prover import Prover, proved

__all__ = ["check_untaken"]


def check_untaken(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report rows of step tables beyond the range of their measure, except rows that an earlier row hides."""
    untaken: dict[int, set[int]] = {}
    for untaken_row in prover.bounds.untaken:
        untaken.setdefault(id(untaken_row.op), set()).add(untaken_row.index)
    known = {diagnostic.path for diagnostic in check_rows(facts)}
    for body, rows, place, what in _step_tables(facts, prover):
        for index in sorted(untaken.get(id(body), ())):
            if index >= len(rows):
                continue
            row = rows[index]
            at = At(row.words.span or place.span, row.words.path or place.path)
            if at.path not in known and not row.is_rest:
                yield proved(scoring.unreachable_row(at, what, row_in_words(row), is_measured=False))


def _step_tables(facts: Facts, prover: Prover) -> Iterator[tuple[Op, tuple[Row, ...], At, str]]:
    """Yield every step table in use, with the operation it was lowered to."""
    judged = {step.id: step.body for step in prover.plan.steps if isinstance(step, Judge)}
    for criterion in facts.rulebook.criteria():
        if isinstance(criterion.body, Measure) and isinstance(criterion.body.shape, Steps):
            op = judged[criterion.id]
            if isinstance(op, Bind):
                place = At(criterion.words.span, criterion.words.path)
                yield op.body, criterion.body.shape.rows, place, f"`{criterion.id}`"
    for table in facts.rulebook.tables:
        bodies = [op for (id_, _), op in prover.plan.tables.items() if id_ == table.id]
        if isinstance(table.shape, Steps) and len(bodies) == 1:
            yield bodies[0], table.shape.rows, At(table.words.span, table.words.path), f"the table `{table.id}`"
