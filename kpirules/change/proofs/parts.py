"""The answers about one variant and edition."""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel.calendars import period_in_words
from ...rating.program import Program
from .asking import Asker
from .claims import PartProofs
from .directions import Directions
from .reaching import reached
from .statements import statements

__all__ = ["part_proofs"]


def part_proofs(program: Program, *, is_only: bool) -> PartProofs:
    """Return the answers about one variant and edition.

    Args:
        program: its rules.
        is_only: whether the rulebook has no other.
    """
    asker = Asker(program)
    directions = Directions(asker)
    claims = (*statements(asker), *directions.demanded(), *reached(asker))
    version = program.rulebook.version
    period = period_in_words(version.from_, version.until) if version.from_ or version.until else ""
    name = "" if is_only else " ".join(filter(None, (version.variant, period)))
    return PartProofs(name, claims, tuple(directions.all()), tuple(_notes(asker)))


def _notes(asker: Asker) -> Iterator[str]:
    if asker.plan.moves:
        yield "bands are those before quotas"
    if asker.plan.cohort:
        yield "values of the cohort may be any number, so that a proof holds for every cohort"
    if asker.untranslated:
        yield f"z3 knows {asker.untranslated} by their range and direction only"
