"""The values behind a rating: named values, defaults, outputs, and invariants that fail."""

from __future__ import annotations

from collections.abc import Mapping

from ...kernel.visible import neutral
from ...record import Assessment, Computation, Value
from .lines import Line
from .numbers import tidy
from .voice import Voice

__all__ = ["assumed_lines", "cohort_lines", "invariant_lines", "let_lines", "output_lines"]


def let_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the named values behind the rating, and the names of those that were not needed.

    Args:
        assessment: the record.
        voice: the language.
    """
    lines = _values(voice, "let", assessment.let, assessment.let_computations)
    if lines and assessment.not_needed:
        names = ", ".join(map(neutral, assessment.not_needed))
        lines = (*lines, Line("fact", "not_needed", voice.say("not_needed", names=names)))
    return lines


def output_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the outputs.

    Args:
        assessment: the record.
        voice: the language.
    """
    return _values(voice, "outputs", assessment.outputs, assessment.output_computations)


def cohort_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the values of the functions over the cohort, each with its number of members.

    Args:
        assessment: the record.
        voice: the language.
    """
    lines = []
    for comparison in assessment.compared:
        remark = voice.say(
            "over_member" if comparison.members == 1 else "over_members", count=f"{comparison.members}"
        )
        formula = neutral(tidy(comparison.formula))
        amount = voice.value(comparison.value, voice.unit(formula))
        lines.append(Line("cohort", formula, amount=amount, remark=remark))
    return tuple(lines)


def assumed_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the inputs that were absent and took their default, if the record has no inputs that would show them.

    Args:
        assessment: the record.
        voice: the language.
    """
    has_inputs = assessment.given or assessment.records
    return () if has_inputs else _values(voice, "inputs", assessment.assumed, {})


def invariant_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the invariants that fail.

    Args:
        assessment: the record.
        voice: the language.
    """
    return tuple(
        voice.line("invariant", "invariants", invariant.id, state="failed", **voice.condition(invariant.computation))
        for invariant in assessment.invariants
        if not invariant.held
    )


_KINDS = {"let": "let", "outputs": "output", "inputs": "assumed"}


def _values(
    voice: Voice, of: str, values: Mapping[str, Value], computations: Mapping[str, Computation]
) -> tuple[Line, ...]:
    return tuple(_value(voice, of, id_, value, computations.get(id_)) for id_, value in values.items())


def _value(voice: Voice, of: str, id_: str, value: Value, computation: Computation | None) -> Line:
    unit = voice.entry(of, id_).unit
    amount = voice.amount(value, unit)
    fields = {} if computation is None else voice.work(computation, gives="" if amount else None)
    if not amount and not fields:
        fields = {"working": (f"→ {voice.value(value, unit)}",)}
    return voice.line(_KINDS[of], of, id_, amount=amount, **fields)
