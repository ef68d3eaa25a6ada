"""Pairs of a rulebook and a subject, reproducible from a seed and a number, on which both engines are compared."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from kpirules import Assessment, Program, load

from ..budget import by_budget
from .aiming import subject
from .comparing import Came, came, outcome, plain
from .coverage import Features
from .drafting import Mapped
from .generation import draw, unshown

__all__ = ["SUBJECTS", "Difference", "Tally", "agree", "drawn", "pair"]

SUBJECTS = 8
"""Subjects drawn for each rulebook."""

LOAD = by_budget(unshown, load)
"""How rulebooks are loaded: the fixed budget looks for no witnesses, which the tests of laws do."""

CRASHED = "crashed"

UNDRAWN = -1
"""The number of a pair that was never made: its rulebook could not be drawn, or its subject."""


@frozen
class Difference:
    """A pair on which the engines differ.

    Args:
        seed: of the rulebook and its subjects.
        number: which of its subjects; -1 where no rulebook came of the seed.
        reference: what came of it by the reference engine.
        scalar: what came of it by the other.
    """

    seed: int
    number: int
    subject: Mapped
    reference: object
    scalar: object

    def __str__(self) -> str:
        again = f"drawn({self.seed})" if self.number == UNDRAWN else f"pair({self.seed}, {self.number})"
        is_crash = isinstance(self.scalar, tuple) and self.scalar[0] == CRASHED
        apart = [f"  {self.scalar}"] if is_crash else _apart(self.reference, self.scalar)
        return "\n".join([f"{again} makes this again:", f"  subject: {self.subject}", *apart])


@define
class Tally:
    """The result of a run.

    Args:
        pairs: the number of compared pairs.
        redraws: the number of rejected draws.
        counts: features reached.
        differences: pairs on which the engines differ.
    """

    pairs: int = 0
    redraws: int = 0
    counts: Counter[str] = field(factory=Counter)
    differences: list[Difference] = field(factory=list)

    def told(self) -> str:
        """Return one differing pair of each rulebook as text; empty if there is none."""
        one_each = {difference.seed: difference for difference in reversed(self.differences)}
        return "\n\n".join(str(one_each[seed]) for seed in sorted(one_each))

    def add(self, other: Tally) -> None:
        self.pairs += other.pairs
        self.redraws += other.redraws
        self.counts.update(other.counts)
        self.differences += other.differences


def agree(seeds: Iterable[int], *, is_quick: bool = False) -> Tally:
    """Compare both engines on every pair of some seeds.

    Args:
        seeds: of the rulebooks.
        is_quick: whether only what the scalar engine hands over is compared, and not the formulas at work; and
            whether nothing is looked for while rulebooks are loaded.
    """
    tally = Tally()
    for seed in seeds:
        try:
            _agree(seed, tally, is_quick)
        except Exception as crash:  # no rulebook or subject comes of the seed: the run goes on and tells which it was
            tally.differences.append(Difference(seed, UNDRAWN, {}, "", (CRASHED, repr(crash))))
    return tally


def _agree(seed: int, tally: Tally, is_quick: bool) -> None:
    source = random.Random(seed)
    made = draw(source, unshown if is_quick else LOAD)
    tally.redraws += made.redraws
    features = Features(made.program)
    for number in range(SUBJECTS):
        given = subject(source, made.book, made.program)
        tally.pairs += 1
        if is_quick:
            try:
                features.add(decided(made.program, given))
            except Exception as crash:  # whatever it is, the run goes on and tells which pair it was
                tally.differences.append(Difference(seed, number, given, "", (CRASHED, repr(crash))))
            continue
        reference = came(made.program, given, "reference")
        features.add(reference)
        if difference := _difference(seed, number, made.program, given, reference):
            tally.differences.append(difference)
    tally.counts.update(features.counts)


def decided(program: Program, given: Mapped) -> Came:
    """Return the results of the scalar engine, which must equal the record of the reference engine."""
    found = came(program, given, "scalar")
    if isinstance(found, Assessment):
        reference = came(program, given, "reference")
        assert isinstance(reference, Assessment)
        apart = list(_apart(reference.to_data(formulas=False), found.to_data(formulas=False)))
        assert not apart, apart
    return found


def _difference(seed: int, number: int, program: Program, given: Mapped, reference: Came) -> Difference | None:
    one = plain(reference)
    try:
        other = outcome(program, given, "scalar")
    except Exception as crash:  # whatever it is, the run goes on and tells which pair it was
        other = (CRASHED, repr(crash))
    return None if one == other else Difference(seed, number, given, one, other)


def drawn(seed: int) -> Iterator[tuple[Mapped, Program, Mapped]]:
    """Return the rulebook of a seed as a mapping and as a program, with its subjects."""
    source = random.Random(seed)
    made = draw(source, LOAD)
    for _ in range(SUBJECTS):
        yield made.book, made.program, subject(source, made.book, made.program)


def pair(seed: int, number: int) -> tuple[Mapped, Program, Mapped]:
    """Return one pair by its seed and number."""
    return list(drawn(seed))[number]


def _apart(one: object, other: object, way: str = "") -> Iterator[str]:
    """Yield the smallest parts in which two plain values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            yield from _apart(one.get(key), other.get(key), f"{way}.{key}" if way else str(key))
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _apart(left, right, f"{way}[{index}]")
    elif one != other:
        yield f"  {way or 'outcome'}:"
        yield f"    reference: {one!r}"
        yield f"    scalar:    {other!r}"
