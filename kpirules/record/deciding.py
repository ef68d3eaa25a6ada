"""The deciding overrides, quotas and limits of a record."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from .assessment import Assessment

__all__ = ["Deciders", "banded_number", "deciders", "has_requirements"]


@frozen
class Deciders:
    """The parts that decided a rating besides the banded number, by id.

    Args:
        overrides: the overrides that decided, before quotas.
        quotas: the quotas that moved the subject, or left its band for people to decide.
        limits: score limits that lowered the score.
    """

    overrides: tuple[str, ...] = ()
    quotas: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.overrides or self.quotas or self.limits)


def deciders(assessment: Assessment) -> Deciders:
    """Return the parts that decided a rating; none if the score or the measure of the bands decided alone.

    Args:
        assessment: the record.
    """
    return Deciders(
        tuple(override.id for override in assessment.overrides if override.decided),
        tuple(quota.id for quota in assessment.quotas if quota.effect in ("moved", "undecided")),
        tuple(limit.id for limit in assessment.limits if limit.decided),
    )


def banded_number(assessment: Assessment) -> Fraction | None:
    """Return the number that was compared with the bands, or None.

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
    """Return whether a band has requirements besides its interval.

    Args:
        assessment: the record.
        band: id of the band.
    """
    return any(key.startswith(f"requires.{band}.") for key in assessment.legend.entries)
