"""The decision points of a rulebook that its cases cover, and those that they do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ..diagnostics import Source
from ..kernel.brief import brief
from ..kernel.shown import Shown
from ..rating.program import Program
from ..record import Assessment
from .decisions import VERSION, Point
from .watching import Watcher

__all__ = ["Coverage", "Covering", "coverage", "together"]


@frozen
class Coverage(Shown):
    """The decision points of a rulebook, and those that cases cover.

    Args:
        rulebook: its file, or its id if it has no file.
        points: all decision points, in the order of the document.
        covered: the points that some case covers.
        sources: the documents that contain the points.
        version: the version of the definition of decision points.
    """

    rulebook: str
    points: tuple[Point, ...]
    covered: frozenset[Point] = frozenset()
    sources: tuple[Source, ...] = field(default=(), repr=False)
    version: int = VERSION

    def __repr__(self) -> str:
        return brief(self, self.rulebook, f"{len(self.covered)} of {len(self.points)} decision points")

    @property
    def title(self) -> str:
        """The title of the HTML page."""
        return f"Coverage of {self.rulebook}"

    @property
    def never(self) -> tuple[Point, ...]:
        """The points that no case covers, in the order of the document."""
        return tuple(point for point in self.points if point not in self.covered)

    @property
    def share(self) -> Fraction:
        """The share of the points that are covered; 1 if there are none."""
        return Fraction(len(self.covered), len(self.points)) if self.points else Fraction(1)

    def data(self) -> dict[str, Any]:
        """Return the coverage as data for JSON."""
        return {
            "rulebook": self.rulebook,
            "definition": self.version,
            "points": len(self.points),
            "covered": len(self.covered),
            "never": [
                {"place": point.place, "kind": point.decision.kind, "path": point.decision.path}
                | {"text": point.decision.text, "outcome": point.outcome}
                for point in self.never
            ],
        }


class Covering:
    """Collects the points that cases cover, case by case.

    Args:
        program: the rules, with all their variants and editions.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._watcher = Watcher(program)
        self._covered: set[Point] = set()

    def add(self, program: Program, subject: object, assessment: Assessment | None = None) -> None:
        """Add the points that one subject covers.

        Args:
            program: the rules that assess it: the same, or some of their variants and editions.
            subject: its values.
            assessment: its assessment, if there is one; required for a member of a cohort.
        """
        self._covered |= self._watcher.covered(program, subject, assessment)

    def found(self) -> Coverage:
        """Return the coverage so far."""
        points = self._watcher.points
        spans = [point.decision.span for point in points]
        sources = tuple(dict.fromkeys(span.source for span in spans if span is not None))
        own = self.program.rulebook.words.span
        name = self.program.id if own is None else own.source.name
        return Coverage(name, points, frozenset(self._covered.intersection(points)), sources)


def coverage(program: Program, subjects: Iterable[Mapping[str, Any]]) -> Coverage:
    """Return the decision points that some subjects cover, if each is assessed alone.

    Args:
        program: the rules, with all their variants and editions.
        subjects: the values of each. A refused subject covers the points evaluated before its refusal.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "outputs": {"pay": "100 if done > 5 else 50"},
    ... })
    >>> found = coverage(program, [{"done": 7}])
    >>> found.share, [str(point) for point in found.never]
    (Fraction(1, 2), ['condition outputs.pay `done > 5`: false'])
    """
    collector = Covering(program)
    for subject in subjects:
        collector.add(program, subject)
    return collector.found()


def together(coverages: Sequence[Coverage]) -> Fraction:
    """Return the share of covered points over several rulebooks.

    Args:
        coverages: the coverage of each rulebook.
    """
    points = sum(len(coverage.points) for coverage in coverages)
    return Fraction(sum(len(coverage.covered) for coverage in coverages), points) if points else Fraction(1)
