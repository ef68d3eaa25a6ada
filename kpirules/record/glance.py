"""An assessment at a glance: the short form of `explain`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ..kernel.cards import Card, Table
from ..kernel.exact import approximate_text, to_text
from ..kernel.pictures import figure
from ..kernel.shown import as_bundle
from ..language.wording import beside
from .assessment import Assessment
from .deciding import banded_number, deciders, has_requirements
from .drawing import drawn_ladder

__all__ = ["glance"]


@as_bundle.register
def _bundle(assessment: Assessment) -> dict[str, str]:
    return glance(assessment).bundle()


def glance(assessment: Assessment) -> Card:
    """Return the rating, its margins, and the points of the top-level criteria.

    Args:
        assessment: the record.
    """
    edition, variant = assessment.edition, assessment.variant
    remarks = [f"edition {edition}" if edition else "", f"variant {variant}" if variant else ""]
    return Card(
        assessment.rulebook,
        _label(assessment, ""),
        " · ".join(filter(None, remarks)),
        _lead(assessment),
        "good" if assessment.is_rated else "bad",
        tuple(_facts(assessment)),
        tuple(_tables(assessment)),
        figure(drawn_ladder(assessment, lambda band: _label(assessment, f"bands.{band}") or band, _lead(assessment))),
    )


def _lead(assessment: Assessment) -> str:
    if assessment.band is not None:
        label = _label(assessment, f"bands.{assessment.band}")
        return f"{assessment.band} — {label}" if label else assessment.band
    if assessment.is_rated:
        return "rated" if assessment.score is None else f"score {_number(assessment.score)}"
    return f"no rating: {assessment.status}"


def _facts(assessment: Assessment) -> list[str]:
    facts = []
    if assessment.score is not None and (assessment.band is not None or not assessment.is_rated):
        whole = assessment.outcomes["score"].max
        facts.append(f"score {_number(assessment.score)}" + (f" of {to_text(whole)}" if whole is not None else ""))
    if assessment.because:
        facts.append(f"because of {', '.join(assessment.because)}")
    decided = deciders(assessment)
    if decided.overrides and (assessment.is_rated or decided.quotas):
        before = " before quotas" if decided.quotas else ""
        facts.append(f"decided{before} by {', '.join(decided.overrides)}")
    if decided.quotas and assessment.is_rated:
        facts.append(f"decided by the quota {', '.join(decided.quotas)}")
    if decided.limits:
        facts.append(f"the score is limited by {', '.join(decided.limits)}")
    alone = "by the measure alone: " if assessment.band_measure is not None else "by the score alone: "
    facts += [f"{alone if decided else ''}{distance}" for distance in _distances(assessment)]
    broken = [invariant.id for invariant in assessment.invariants if not invariant.held]
    if broken:
        facts.append(f"what should hold and does not: {', '.join(broken)}")
    return facts


def _distances(assessment: Assessment) -> Iterator[str]:
    """Yield the distances to the neighbouring bands; an open end needs more than the distance."""
    margin, number = assessment.margin, banded_number(assessment)
    if margin is None:
        return
    better, worse = margin.better or "the next better band", margin.worse or "the next worse band"
    if margin.up is not None:
        distance_text, demanding = (
            f"{'more than ' if margin.is_up_open else ''}{_number(margin.up)} short of {better}",
            ", which",
        )
        if margin.up == 0 and number is not None:
            distance_text, demanding = (
                f"just short of {better}: {_number(number)} itself is not enough",
                "; that band",
            )
        yield (
            f"{distance_text}{demanding} also has requirements"
            if has_requirements(assessment, margin.better)
            else distance_text
        )
    if margin.down is not None:
        distance_text = f"{'' if margin.is_down_open else 'less than '}{_number(margin.down)} clear of {worse}"
        if margin.down == 0 and number is not None:
            distance_text = f"just clear of {worse}: {_number(number)} itself is still enough"
        yield distance_text
    if margin.rounding_decided:
        yield "rounding decided: before it, the score lies in another band"


def _tables(assessment: Assessment) -> list[Table]:
    criteria = [
        (
            outcome.id,
            _label(assessment, f"criteria.{outcome.id}"),
            outcome.outcome if outcome.points is None else _number(outcome.points),
            "" if outcome.max is None else f"/ {to_text(outcome.max)}",
        )
        for outcome in assessment.outcomes.values()
        if outcome.parent == "score"
    ]
    outputs = [
        (id_, _label(assessment, f"outputs.{id_}"), _value(value)) for id_, value in assessment.outputs.items()
    ]
    return [
        *([Table.of("points", criteria, numbers=(2,))] if criteria else []),
        *([Table.of("outputs", outputs, numbers=(2,))] if outputs else []),
    ]


def _label(assessment: Assessment, key: str) -> str:
    """Return the rulebook's label for a part, or its own title if the key is empty."""
    entry = assessment.legend.entries.get(key)
    label = (entry.label if entry is not None else None) if key else assessment.legend.title
    return "" if label is None else beside(key.rpartition(".")[2], label.text())


def _number(number: Decimal | Fraction) -> str:
    return approximate_text(Fraction(number))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return _number(value)
    return "absent" if value is None else str(value)
