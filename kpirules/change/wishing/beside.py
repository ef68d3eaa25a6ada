"""A subject and the same subject with other values, side by side."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from attrs import frozen

from ...kernel.brief import brief
from ...kernel.exact import to_text
from ...kernel.shown import Shown
from ...rating.assessing import assess
from ...rating.assessing.values import named
from ...rating.program import Program
from ...record import Assessment

__all__ = ["WhatIf", "what_if"]


@frozen
class WhatIf(Shown):
    """Two assessments of one subject.

    Args:
        before, after: with its own values, and with others.
    """

    before: Assessment
    after: Assessment

    @property
    def title(self) -> str:
        """The title of a separate page."""
        return f"What if, by {self.before.rulebook}"

    def __repr__(self) -> str:
        return brief(self, f"{standing(self.before)} → {standing(self.after)}")


def standing(assessment: Assessment) -> str:
    """Return score and band of an assessment in words, or its status."""
    parts = [] if assessment.score is None else [f"score {assessment.score}"]
    parts.append(f"status `{assessment.status}`" if assessment.band is None else f"band `{assessment.band}`")
    return ", ".join(parts)


def in_words(value: Any) -> str:
    """Return a value of an input in words."""
    match value:
        case None:
            return "absent"
        case bool():
            return "true" if value else "false"
        case Fraction():
            return to_text(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def what_if(program: Program, subject: object, /, **values: Any) -> WhatIf:
    """Rate a subject, and the same subject with other values.

    Args:
        program: the rules.
        subject: its values, as `assess` takes them.
        values: the values that differ, by input; None for an absent one.

    Raises:
        SubjectError: if one of the two is not valid.
        FaultError: if one of the two has no rating because a number has no value.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 9}},
    ...     "criteria": {"work": {"max": 9, "points": "done"}},
    ... })
    >>> found = what_if(program, {"done": 3}, done=5)
    >>> found.before.score, found.after.score
    (Decimal('3'), Decimal('5'))
    """
    given = dict(named(subject, []) or {})
    return WhatIf(assess(program, subject), assess(program, given | values))
