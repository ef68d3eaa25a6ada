"""An assessment at a glance; `explain` says the rest."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from ..cards import Card, Table
from ..exact import approximate_text, to_text
from ..wording import beside
from .assessment import Assessment

__all__ = ["glance"]


def glance(assessment: Assessment) -> Card:
    """The rating, how narrow it is, and the points of the topmost criteria.

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
    margin = assessment.margin
    if margin is not None and margin.up is not None:
        facts.append(f"{_number(margin.up)} short of {margin.better or 'the next better band'}")
    if margin is not None and margin.down is not None:
        facts.append(f"{_number(margin.down)} clear of {margin.worse or 'the next worse band'}")
    if margin is not None and margin.rounding_decided:
        facts.append("rounding decided: before it, the score lies in another band")
    if assessment.because:
        facts.append(f"because of {', '.join(assessment.because)}")
    changed = [override.id for override in assessment.overrides if override.changed]
    if changed:
        facts.append(f"decided by {', '.join(changed)}")
    quotas = [quota.id for quota in assessment.quotas if quota.effect != "kept"]
    if quotas and assessment.is_rated:
        facts.append(f"decided by the quota {', '.join(quotas)}")
    broken = [invariant.id for invariant in assessment.invariants if not invariant.held]
    if broken:
        facts.append(f"what should hold and does not: {', '.join(broken)}")
    return facts


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
    """What the rulebook calls a part, itself where the key is empty."""
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
