"""What stands in the way of a band that no change reaches: exemptions, limits, requirements and overrides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from ...analysis.proving.goals import Arguments
from ...diagnostics import Report
from ...engines.scalar import ScalarEngine
from ...errors import KpirulesError
from ...language.model import Rulebook
from ...plan import plan
from ...rating.assessing import assess
from ...rating.program import Program
from ...record import Assessment
from .searching import Wish

__all__ = ["obstacles"]


def obstacles(wish: Wish, found: Callable[[Wish], Arguments | None]) -> tuple[str, ...]:
    """Return what stands in the way, by path; empty if the score itself can't reach the band.

    Without exemptions, limits, requirements and overrides, a change may reach the band. What then changes the rating
    of the subject that is changed so is named.

    Args:
        wish: the subject and its band.
        found: finds a change that reaches the band.
    """
    book = wish.program.rulebook
    bare = _bare(book)
    if bare == book:
        return ()
    program = Program.made(bare, Report(()), ScalarEngine(plan(bare)))
    arguments = found(evolve(wish, program=program))
    if arguments is None:
        return ()
    given = {id_: value for id_, value in wish.program.scalar.unpack(tuple(arguments)).items() if value is not None}
    try:
        assessment = assess(wish.program, given)
    except KpirulesError:
        return ()
    return tuple(dict.fromkeys(_named(wish, assessment)))


def _bare(book: Rulebook) -> Rulebook:
    """Return rules by which the score alone decides."""
    bands = book.bands
    if bands is not None:
        bands = evolve(bands, levels=tuple(evolve(level, requires=()) for level in bands.levels))
    return evolve(
        book, exemptions=(), score_limits=(), overrides=(), bands=bands, outputs=(), invariants=(), directions=()
    )


def _named(wish: Wish, assessment: Assessment) -> Iterator[str]:
    """Yield the paths of the parts that keep a subject from the band of its score."""
    if assessment.exemption is not None:
        yield f"exemptions.{assessment.exemption.id}"
    yield from (f"score.limits.{limit.id}" for limit in assessment.limits if limit.decided)
    yield from (f"bands.{one.band}.requires.{one.id}" for one in assessment.requirements if _fails(wish, one))
    yield from (f"overrides.{override.id}" for override in assessment.overrides if override.decided)


def _fails(wish: Wish, requirement: Any) -> bool:
    return not requirement.held and requirement.band in wish.bands
