"""What decided a rating, read from its record."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from .assessment import Assessment

__all__ = ["Deciders", "banded_number", "deciders", "has_requirements"]


@frozen
class Deciders:
    """What decided a rating besides the number that is banded, by id.

    Args:
        overrides: those that decided, before quotas.
        quotas: those that moved the subject, or leave its band to people.
        limits: score limits that lowered the score.
    """

    overrides: tuple[str, ...] = ()
    quotas: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.overrides or self.quotas or self.limits)


def deciders(assessment: Assessment) -> Deciders:
    """What decided a rating; where it is empty, the score or the measure of the bands decided alone.

    Args:
        assessment: the record.
    """
    return Deciders(
        tuple(override.id for override in assessment.overrides if override.decided),
        tuple(quota.id for quota in assessment.quotas if quota.effect in ("moved", "undecided")),
        tuple(limit.id for limit in assessment.limits if limit.decided),
    )


def banded_number(assessment: Assessment) -> Fraction | None:
    """The number that the bands were compared with, None where there is none.

    Args:
        assessment: the record.
    """
    if assessment.band_measure is not None:
        measured = assessment.band_measure.value
        return measured if isinstance(measured, Fraction) else None
    if assessment.legend.band_on == "exact":
        return assessment.exact_score
    return None if assessment.score is None else Fraction(assessment.score)


def has_requirements(assessment: Assessment, band: str) -> bool:
    """Whether a band demands more than a number.

    Args:
        assessment: the record.
        band: id of the band.
    """
    return any(key.startswith(f"requires.{band}.") for key in assessment.legend.entries)
