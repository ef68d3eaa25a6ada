"""Subjects that people wrote down, and subjects near them with the numbers in which two editions differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

from attrs import frozen

from ..language.model import Input, ListDomain, NumberDomain, Rulebook

__all__ = ["NOTHING_KNOWN", "Given", "KnownSubjects", "near"]

Given = Mapping[str, Any]
"""The values of a subject, by input."""

MOST_NEAR = 600
"""Subjects near known ones: each is rated by both editions."""


@frozen
class KnownSubjects:
    """Subjects and cohorts that people wrote down, such as those of cases. They are tried before any others.

    Args:
        subjects: the values of each subject.
        cohorts: the values of each member, by name.
    """

    subjects: tuple[Given, ...] = ()
    cohorts: tuple[Mapping[str, Given], ...] = ()

    def __add__(self, other: KnownSubjects) -> KnownSubjects:
        return KnownSubjects((*self.subjects, *other.subjects), (*self.cohorts, *other.cohorts))


NOTHING_KNOWN = KnownSubjects()


def near(rulebook: Rulebook, subjects: Sequence[Given], numbers: Sequence[Fraction]) -> Iterator[dict[str, Any]]:
    """Yield subjects with one of their numbers replaced by one of some numbers, or by a neighbour of it.

    Args:
        rulebook: declares the inputs.
        subjects: the subjects to change.
        numbers: the numbers to put in.
    """
    if subjects and numbers:
        yield from islice(_near(rulebook, subjects, numbers), MOST_NEAR)


def _near(rulebook: Rulebook, subjects: Sequence[Given], numbers: Sequence[Fraction]) -> Iterator[dict[str, Any]]:
    for subject in subjects:
        for input_ in rulebook.inputs:
            for domain, put in _places_of(input_, subject):
                grid = domain.grid
                steps = [number // grid.unit + way for number in numbers for way in (0, 1, -1)]
                inside = dict.fromkeys(step for step in steps if grid.low <= step <= grid.high)
                yield from (put(step * grid.unit) for step in inside)


def _places_of(input_: Input, subject: Given) -> Iterator[tuple[NumberDomain, Callable[[Fraction], dict[str, Any]]]]:
    """Yield each number of an input, or of a list's first record: its domain, and a function that replaces it."""
    match input_.domain:
        case NumberDomain() as domain:
            yield domain, lambda number: {**subject, input_.id: number}
        case ListDomain(fields=fields) if subject.get(input_.id):
            first, *others = subject[input_.id]
            for part in fields:
                if isinstance(part.domain, NumberDomain):
                    yield part.domain, lambda number, id_=part.id: {  # type: ignore[misc]
                        **subject, input_.id: [{**first, id_: number}, *others],
                    }  # fmt: skip
