"""Proves or shows holes, overlaps, gaps and unreachable bands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import combinations, islice

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At
from ...diagnostics.codes import banding as say
from ...engines.scalar import Decision
from ...language.model import Interval
from ...plan.ops import Op
from ...plan.steps import Banding
from ..checking.bands import Claim, examine_bands, given_otherwise, structural_line
from ..checking.facts import Facts
from ..checking.gaps import MANY, has_ends
from ..checking.line import Line, Stretch
from ..checking.score import crossings
from .contradiction import contradicts
from .decided import reads_something
from .goals import Answer, Goal
from .prover import Prover, proved

__all__ = ["check_band_on_with_witness", "check_bands_with_witnesses", "check_requirements", "gets"]

MOST_PAIRS = 45
"""The most pairs of bands sharing a number that are each examined: those of ten bands."""


def check_bands_with_witnesses(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Yield the findings about the scale, each proved, shown, or possible."""
    banding = next((step for step in prover.plan.steps if isinstance(step, Banding)), None)
    if banding is None:
        return
    for diagnostic, claim in examine_bands(facts, _line(facts, prover)):
        if claim is None:
            yield diagnostic
        elif claim.kind == "unreachable":
            yield proved(diagnostic)
        else:
            shown = prover.show_any((diagnostic, goal) for goal in _goals(claim, banding))
            if shown is not None:
                yield shown


def check_requirements(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report bands whose requirements no subject with their numbers meets."""
    bands = facts.rulebook.bands
    banding = next((step for step in prover.plan.steps if isinstance(step, Banding)), None)
    given = given_otherwise(facts.rulebook)
    if bands is None or banding is None or given is None or len(bands.levels) > MANY:
        return
    claims = [claim for _, claim in examine_bands(facts, _line(facts, prover)) if claim is not None]
    reported = {place for claim in claims if claim.kind in ("unreachable", "overlap") for place in claim.levels}
    never = {id(one.op) for one in prover.bounds.decided if not one.outcome and reads_something(one.op)}
    for place, (band, level) in enumerate(zip(bands.levels, banding.levels, strict=True)):
        # A band that no number can give, that overlaps another one, or with a requirement that never holds,
        # is reported already.
        if not level.requires or place in reported or band.id in given:
            continue
        if any(id(one.that) in never for one in level.requires):
            continue
        diagnostic = say.unreachable_band(At(band.words.span, band.words.path), band.id, has_numbers=True)
        outcomes = tuple((one.that, True) for one in level.requires)
        # A fall from a higher band needs no number of this one.
        has_number = has_ends(band) and not banding.falls_to_next
        goal = Goal(gets(band.id), "banded_on" if has_number else "", level.interval, outcomes, band=band.id)
        if prover.show(diagnostic, goal) is None:
            yield proved(diagnostic)


def gets(band: str) -> Callable[[Answer], bool]:
    """Return a predicate: whether a subject has a band before overrides."""

    def reached(answer: Answer) -> bool:
        return isinstance(answer, Decision) and not answer.is_early and answer.band("before") == band

    return reached


def _line(facts: Facts, prover: Prover) -> Line:
    """Return the numbers that bands divide: their grid from the structure, their ends from the bounds."""
    found = structural_line(facts)
    number = prover.bounds.rating.banded_on
    return Line(Interval(number.low, False, number.high, False), found.step)


def _goals(claim: Claim, banding: Banding) -> list[Goal]:
    """Return goals, any one of which shows the claim."""
    interval = Interval() if claim.stretch is None else _interval(claim.stretch)
    has_number = claim.stretch is not None and str(claim.stretch) != "any number"

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early or answer.status != "undefined":
            return False
        if answer.band("before") is not None or (answer.applying > 1) != (claim.kind == "overlap"):
            return False
        number = answer.number("banded_on")
        return not has_number or (number is not None and number in interval)

    number = "banded_on" if has_number else ""
    ways = [outcomes for outcomes in _outcomes(claim, banding) if not contradicts(outcomes)]
    return [Goal(reached, number, interval, outcomes, is_undefined=True) for outcomes in ways]


def _outcomes(claim: Claim, banding: Banding) -> list[tuple[tuple[Op, bool], ...]]:
    """Return outcomes of requirements: for an overlap those of two bands hold, for a gap one of each band fails."""
    levels = [banding.levels[place].requires for place in claim.levels]
    if claim.kind == "overlap":
        pairs = list(islice(combinations(levels, 2), MOST_PAIRS + 1))
        if len(pairs) > MOST_PAIRS:
            return [()]
        return [tuple((one.that, True) for requires in pair for one in requires) for pair in pairs]
    if claim.kind == "gap":
        # For a band with several requirements, any one of them may fail.
        surely = tuple((requires[0].that, False) for requires in levels if len(requires) == 1)
        several = [requires for requires in levels if len(requires) > 1]
        if several:
            return [(*surely, (one.that, False)) for one in several[0]]
        return [surely]
    return [()]


def _interval(stretch: Stretch) -> Interval:
    return Interval(stretch.low, not stretch.has_low, stretch.high, not stretch.has_high)


def check_band_on_with_witness(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report rounding that decides the band, with a subject that shows it."""
    bands = facts.rulebook.bands
    if bands is None:
        return
    stretches = [band.interval for band in bands.levels]

    def reached(answer: Answer, end: Fraction) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        score, exact = answer.number("score"), answer.number("exact_score")
        if score is None or exact is None or score == exact:
            return False
        crosses = min(score, exact) <= end <= max(score, exact)
        return crosses and any((score in one) != (exact in one) for one in stretches)

    unshown: Diagnostic | None = None
    for diagnostic, carried, end in crossings(facts):
        found = prover.show(diagnostic, Goal(partial(reached, end=end), "exact_score", carried))
        if found is not None and found.evidence == "shown":
            yield found
            return
        unshown = unshown or found
    if unshown is not None:
        yield unshown
