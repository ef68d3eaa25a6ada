"""The classes that all of the model uses: amounts, words, conditions, named values."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from attrs import field, frozen

from ...diagnostics import Span
from ...kernel.exact import to_text
from ..expressions import Expression
from ..wording import Citation, Label

__all__ = ["NOWHERE", "Accepted", "Amount", "Condition", "Constant", "Named", "Words", "ends"]


@frozen
class Accepted:
    """A diagnostic that the author accepts.

    Args:
        code: the code of the diagnostic.
        reason: the author's reason.
        span: the place of the code.
    """

    code: str
    reason: str
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Words:
    """The wording of a node; none of it can change a score.

    Args:
        label: its name for people.
        note: a remark.
        source: the citation of the rule.
        unit: the unit to display.
        allow: diagnostics accepted here and below, by code.
        path: the path of the node in the document.
        span: the place of the node.
    """

    label: Label | None = None
    note: Label | None = None
    source: Citation | None = None
    unit: str = ""
    allow: tuple[Accepted, ...] = ()
    path: str = field(default="", eq=False)
    span: Span | None = field(default=None, eq=False, repr=False)


NOWHERE = Words()


def ends(lower: Fraction | None, is_lower_open: bool, upper: Fraction | None, is_upper_open: bool) -> str:
    """Return an interval in the words of a rulebook; empty if it has no end.

    >>> ends(Fraction(70), False, Fraction(90), True)
    'from 70 below 90'
    """
    words = []
    if lower is not None:
        words.append(f"{'above' if is_lower_open else 'from'} {to_text(lower)}")
    if upper is not None:
        words.append(f"{'below' if is_upper_open else 'to'} {to_text(upper)}")
    return " ".join(words)


@frozen
class Amount:
    """A constant number, written out or as the name of a parameter."""

    value: Fraction
    parameter: str | None = None
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Constant:
    """A constant of any type, written out or as the name of a parameter."""

    value: Fraction | bool | str | date
    parameter: str | None = None

    def __str__(self) -> str:
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return to_text(self.value) if isinstance(self.value, Fraction) else str(self.value)


@frozen
class Named:
    """A named value: an entry of `let`, `outputs`, or of a list's computed fields."""

    id: str
    value: Expression
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Direction:
    """A direction of the rating: an invariant about pairs of subjects that differ in a single value.

    Args:
        id: its name among the invariants.
        never_lowers: inputs, or `list.field`, whose increase never makes the rating worse.
        never_raises: those whose increase never makes it better.
    """

    id: str
    never_lowers: tuple[str, ...] = ()
    never_raises: tuple[str, ...] = ()
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Condition:
    """A named condition: a validation, requirement or invariant."""

    id: str
    that: Expression
    words: Words = field(default=NOWHERE, metadata={"wording": True})
