"""The rules, prepared for sensitivity: the groups above each criterion, and the names that formulas read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from ...diagnostics import Report
from ...language.expressions import Expression
from ...language.expressions.tree import Conditional, Literal
from ...language.model import Band, Bands, Criterion, Group, Measure, Named, Rulebook, Scale, Steps, Thresholds
from ...language.model.order import formulas
from ...plan import plan
from ...rating.program import Program
from ...record import OverrideOutcome, Requirement
from ...reference.rating import band, overrule

__all__ = ["AFFINE", "Conditions", "Rules", "names_of"]

AFFINE = frozenset({"sum", "mean", "min", "max", "product"})
"""The combinations whose points follow each child in straight lines."""

Conditions = tuple[tuple[tuple[str, str, str], ...], frozenset[tuple[str, str]]]
"""The overrides that fire for a subject, by id, kind and target; and the requirements that hold, by band and id."""


@frozen(slots=False, eq=False)
class Rules:
    """A rulebook with its criteria by id, and a program that also computes what decides beside the score.

    Args:
        program: the rules of every subject: one variant and edition.
    """

    program: Program
    _labels: dict[Any, str] = field(factory=dict, init=False)

    @property
    def rulebook(self) -> Rulebook:
        return self.program.rulebook

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        root = self.rulebook.root
        return {} if root is None else {criterion.id: criterion for criterion in root.walk()}

    @cached_property
    def parents(self) -> dict[str, Criterion]:
        return {child.id: above for above in self.criteria.values() for child in above.children}

    def above(self, id_: str) -> Iterator[Criterion]:
        """Yield the groups above a criterion, the nearest first."""
        while id_ in self.parents:
            yield self.parents[id_]
            id_ = self.parents[id_].id

    # -- what formulas read -------------------------------------------------------------------------

    @cached_property
    def formulas(self) -> tuple[Expression, ...]:
        """Every formula that a rating depends on; outputs and invariants come after it."""
        return tuple(_formulas(self.rulebook))

    @cached_property
    def read(self) -> frozenset[str]:
        """The names that these formulas read."""
        return frozenset(name for formula in self.formulas for name in formula.names)

    @cached_property
    def reads_score(self) -> bool:
        """Whether a formula reads the score, its points or the band, so that they act in more than one way."""
        return not self.read.isdisjoint({"score", "exact_score", "band", *names_of("score")})

    def is_plain(self, id_: str) -> bool:
        """Return whether points of a criterion act on the band in one way: through the groups above it."""
        above = list(self.above(id_))
        ids = [id_, *(group.id for group in above)]
        is_read = self.reads_score or any(not self.read.isdisjoint(names_of(one)) for one in ids)
        return not is_read and all(isinstance(g.body, Group) and g.body.combine in AFFINE for g in above)

    # -- the standing of a number --------------------------------------------------------------------

    @cached_property
    def breaks(self) -> list[Fraction]:
        """The ends of all bands, in order."""
        bands = self.rulebook.bands
        intervals = [] if bands is None else [level.interval for level in bands.levels]
        return sorted({end for one in intervals for end in (one.lower, one.upper) if end is not None})

    def label(self, bands: Bands | None, number: Fraction | None, conditions: Conditions) -> str:
        """Return the band that a number has, or the status without one.

        Args:
            bands: the bands.
            number: the number that is banded, or None.
            conditions: what holds beside the number.
        """
        fired, needs = conditions
        overrides = [OverrideOutcome(id_, kind, target, False) for id_, kind, target in fired]
        if bands is None:
            return overrule(None, overrides, ())[1] or "rated"

        def met(level: Band) -> list[Requirement]:
            return [Requirement(level.id, need.id, (level.id, need.id) in needs, None) for need in level.requires]

        final, status, _ = overrule(band(bands, number, met).band, overrides, bands.ids)
        return final or status or "undefined"

    # -- a program that computes the conditions -------------------------------------------------------

    @cached_property
    def measured(self) -> Program:
        """A program without bands and overrides, whose outputs are the conditions of both, and measured values."""
        rulebook = self.rulebook
        bare = evolve(
            rulebook,
            bands=None,
            overrides=(),
            invariants=(),
            directions=(),
            examples=(),
            outputs=tuple(self._outputs()),
        )
        from ...engines.scalar import ScalarEngine

        return Program.made(bare, Report(()), ScalarEngine(plan(bare)))

    def _outputs(self) -> Iterator[Named]:
        """Yield the conditions beside the score and the measured values, as outputs."""
        book = self.rulebook
        for override in book.overrides:
            if override.when is not None:
                yield Named(f"when_{override.id}", override.when)
            if isinstance(override.target, Expression):
                yield Named(f"target_{override.id}", override.target)
        for limit in book.score_limits:
            if limit.when is not None:
                yield Named(f"holds_{limit.id}", limit.when)
            yield Named(f"most_{limit.id}", limit.at_most)
        if book.bands is not None:
            if book.bands.measure is not None:
                yield Named("banded", book.bands.measure)
            for level in book.bands.levels:
                for need in level.requires:
                    yield Named(f"need_{level.id}_{need.id}", need.that)
        for criterion in self.criteria.values():
            body = criterion.body
            if isinstance(body, Measure) and isinstance(body.shape, Steps | Scale | Thresholds):
                yield Named(f"measure_{criterion.id}", self._guarded(criterion, body.measure))

    def _guarded(self, criterion: Criterion, formula: Expression) -> Expression:
        """Return a formula that is computed only where the criterion applies."""
        tree = formula.tree
        for one in (criterion, *self.above(criterion.id)):
            if one.applies is not None:
                tree = Conditional(one.applies.tree, tree, Literal(Fraction(0)))
        return Expression(formula.text, tree)


def names_of(id_: str) -> set[str]:
    """Return the names by which formulas read a criterion."""
    return {f"{owner}.{id_}" for owner in ("points", "share", "max", "children")}


def _formulas(book: Rulebook) -> Iterator[Expression]:
    yield from (named.value for named in book.let)
    for declared in book.inputs:
        yield from (named.value for named in getattr(declared.domain, "let", ()))
        yield from (condition.that for condition in getattr(declared.domain, "validations", ()))
    yield from (condition.that for condition in book.validations)
    yield from (exemption.when for exemption in book.exemptions)
    for criterion in () if book.root is None else book.root.walk():
        yield from formulas(criterion)
        if criterion.applies is not None:
            yield criterion.applies
    for limit in book.score_limits:
        yield limit.at_most
        yield from () if limit.when is None else (limit.when,)
    if book.bands is not None:
        yield from () if book.bands.measure is None else (book.bands.measure,)
        yield from (need.that for level in book.bands.levels for need in level.requires)
    for override in book.overrides:
        yield from () if override.when is None else (override.when,)
        yield from (override.target,) if isinstance(override.target, Expression) else ()
    yield from (case for table in book.tables if table.cases for row in table.cases.rows for case in row.conditions)
