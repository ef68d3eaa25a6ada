"""The values that an aggregate of a formula combines, as a sum, a mean, a choice or a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from attrs import frozen

from ...kernel.visible import neutral
from ...record import Terms
from .lines import Line
from .numbers import briefly, exactly, summed, tidy

__all__ = ["terms_line"]

MOST_VALUES = 20
"""Maximum number of values that are all shown; of more, the first and last ones, and those that make the result."""

FIRST = 3
"""How many values stand before the gap."""

GAP = "…"


def terms_line(terms: Terms, say: Callable[..., str], formula: str, unit: str = "") -> Line | None:
    """Return the line about an aggregate, None if the result says everything.

    Args:
        terms: the values of the records.
        say: returns a phrase in the language of the explanation.
        formula: the formula above the line, which the line does not repeat.
        unit: the unit of the result.
    """
    remark = _Remark(terms, say)
    chain, remarks = remark.chain(), [*remark.counted(), *remark.held(), *remark.ordered(), *remark.dropped()]
    if not chain and not remarks:
        return None
    own = neutral(tidy(terms.formula))
    result = f"{exactly(terms.value)} {unit}".rstrip() if isinstance(terms.value, Fraction) else ""
    working = (f"= {chain}", f"= {result}") if chain and result else ()
    return Line("terms", formula="" if own == formula else own, working=working, remark="; ".join(remarks))


@frozen
class _Remark:
    """Builds the remark on the terms of an aggregate."""

    terms: Terms
    say: Callable[..., str]

    @property
    def numbers(self) -> list[Fraction]:
        """The values of an aggregate of numbers, or none."""
        numbers = [value for value in self.terms.values if isinstance(value, Fraction)]
        return numbers if len(numbers) == len(self.terms.values) else []

    @property
    def chosen(self) -> list[int]:
        """The indices of the values that determine the result."""
        chosen, everything = set(self.terms.chosen), range(len(self.terms.values))
        return [index for index in everything if not chosen or index + 1 in chosen]

    def number(self, index: int) -> str:
        """Return the number of the record that a value is from; empty for children, which have none."""
        places = self.terms.places
        is_list = not self.terms.records.startswith("children.")
        return f"{places[index] if len(places) == len(self.terms.values) else index + 1}" if is_list else ""

    def chain(self) -> str:
        """Return the sum of the values as text; empty unless there are several numbers."""
        numbers = self.numbers
        added = [numbers[index] for index in self.chosen] if self.is_added else []
        if len(added) < 2:
            return ""
        first, last = (added, added[:0]) if len(added) <= MOST_VALUES else (added[:FIRST], added[-1:])
        chain = summed(first) + (f" + {GAP} {summed(last, is_first=False)}" if last else "")
        return chain if self.terms.combines == "sum" else f"({chain}) / {len(added)}"

    @property
    def is_added(self) -> bool:
        """Whether the values are added up to a result."""
        return self.terms.combines in ("sum", "mean") and self.terms.value is not None and bool(self.numbers)

    def counted(self) -> Iterator[str]:
        """Yield which records satisfy the condition, and how many numbers a long sum has."""
        terms, count = self.terms, len(self.terms.values)
        if not terms.total:
            yield self.say("no_records")
        elif count < terms.total:
            said = self.say("counted", count=f"{count}" if count else self.say("none"), total=f"{terms.total}")
            yield said + self.named(range(count))
        is_clear = terms.combines == "mean" or len(self.chosen) == count < terms.total
        if self.is_added and len(self.chosen) > MOST_VALUES and not is_clear:
            yield self.say("numbers", count=f"{len(self.chosen)}")

    def held(self) -> Iterator[str]:
        """Yield the records for which a condition holds, or those for which it does not if these are fewer."""
        values = self.terms.values if self.terms.combines == "condition" else ()
        holding = [index for index, value in enumerate(values) if value is True]
        failing = [index for index, value in enumerate(values) if value is not True]
        if holding and failing:
            phrase, fewer = ("holds_for", holding) if len(holding) <= len(failing) else ("fails_for", failing)
            yield self.say(phrase, count=f"{len(fewer)}", total=f"{len(values)}") + self.named(fewer)
        elif values:
            yield self.say("holds_for_all" if holding else "holds_for_none", total=f"{len(values)}")

    def ordered(self) -> Iterator[str]:
        """Yield the values in order, with marks around those that determine the result."""
        numbers = self.numbers if self.terms.combines == "choice" else []
        if len(numbers) < 2:
            return
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        marked = set(self.chosen) if self.terms.chosen else set[int]()
        near = {at + step for at, index in enumerate(order) if index in marked for step in (-1, 0, 1)}
        parts: list[str] = []
        for at, index in enumerate(order):
            if len(order) <= MOST_VALUES or at < FIRST or at == len(order) - 1 or at in near:
                number = briefly(numbers[index])
                parts.append(f"«{number}»{self.named([index])}" if index in marked else number)
            elif parts[-1] != GAP:
                parts.append(GAP)
        yield self.say("in_order", values=", ".join(parts))

    def dropped(self) -> Iterator[str]:
        """Yield the values that a sum or mean leaves out."""
        left = sorted({*range(len(self.terms.values))} - {*self.chosen}) if self.is_added else []
        if len(left) > MOST_VALUES:
            yield self.say("dropped", values=self.say("numbers", count=f"{len(left)}"))
        elif left:
            numbers = self.numbers
            values = ", ".join(f"{briefly(numbers[index])}{self.named([index])}" for index in left)
            yield self.say("dropped", values=values)

    def named(self, indices: Iterable[int]) -> str:
        """Return the numbers of records in brackets; empty if there are none, or too many."""
        numbers = [number for index in indices if (number := self.number(index))]
        if not numbers or len(numbers) > MOST_VALUES:
            return ""
        return f" ({self.say('records', numbers=', '.join(numbers))})"
