"""The facts known about a rulebook without errors: types, ranges, and the values in its first example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from os import PathLike
from pathlib import Path

from attrs import frozen

from ..analysis.bounds import Bound, bounds
from ..diagnostics import listed
from ..errors import KpirulesError
from ..kernel.exact import approximate_text, to_text
from ..kernel.mappings import FrozenMap
from ..language.model import ChoiceDomain, Criterion, Input, ListDomain, Parameter, allowed
from ..rating.program import Program
from ..record import Assessment
from ..testing import Case, run_case
from ..testing.cases import shown
from ..testing.reading import cases_of
from .symbols import Symbol
from .workspace import Workspace

__all__ = ["Knowledge", "cases_beside", "stem"]

MAX_OPTIONS = 12
"""The most options that a hover lists."""

NO_BOUNDS: Mapping[str, Bound] = FrozenMap()


@frozen(slots=False)
class Knowledge:
    """The facts known from the last text without errors.

    Args:
        program: its program; of several variants and editions, the first one tells types and ranges.
        examples: its examples, or the cases of the file itself.
        beside: returns the cases beside it, which are read if it has no examples.
    """

    program: Program
    examples: tuple[Case, ...] = ()
    beside: Callable[[], tuple[Case, ...]] = tuple

    @cached_property
    def bounds(self) -> Mapping[str, Bound]:
        """The bounds of every name that formulas read."""
        return bounds(self.program.whole[0].plan).names

    @cached_property
    def example(self) -> tuple[str, Assessment] | None:
        """The first case that gives an assessment of one subject, with its name."""
        for case in self.examples or self.beside():
            if not case.members and not self.program.is_compared and "error" not in case.expect:
                try:
                    outcome = run_case(self.program, case)
                except KpirulesError:
                    return None
                if outcome.assessment is not None:
                    return case.name, outcome.assessment
        return None

    def input_of(self, symbol: Symbol) -> Input | None:
        """Return the input or field that a symbol defines."""
        if symbol.kind != "field":
            return self._inputs.get(symbol.id)
        owner = self._inputs.get(symbol.owner)
        fields = owner.domain.fields if owner is not None and isinstance(owner.domain, ListDomain) else ()
        return next((field for field in fields if field.id == symbol.id), None)

    def options_of(self, symbol: Symbol) -> tuple[str, ...]:
        """Return the options of a choice; none for anything else."""
        declared = self.input_of(symbol)
        if declared is not None and isinstance(declared.domain, ChoiceDomain):
            return declared.domain.options
        found = self.bounds.get(symbol.id)
        return tuple(sorted((found.options if found else None) or ()))

    def range_of(self, symbol: Symbol) -> str:
        """Return the type and range of a symbol in words, empty if nothing is known of it."""
        declared = self.input_of(symbol) if symbol.kind in ("name", "field") else None
        if declared is not None:
            presence = ", may be absent" if declared.may_be_absent else ""
            return f"{allowed(declared.domain)}{presence}"
        constant = self._parameters.get(symbol.id)
        if symbol.kind == "name" and constant is not None:
            return f"{constant.type.kind}, always {shown(constant.value)}"
        name = {"criterion": "points.{id}", "field": "{owner}.{id}"}.get(symbol.kind, "{id}")
        found = self.bounds.get(name.format(id=symbol.id, owner=symbol.owner))
        if found is not None:
            return _in_words(found)
        criterion = self._criteria.get(symbol.id)
        if symbol.kind != "criterion" or criterion is None or criterion.max is None:
            return ""
        return f"from {to_text(criterion.min or Fraction(0))} to {to_text(criterion.max)} points"

    @cached_property
    def _inputs(self) -> Mapping[str, Input]:
        return self.program.inputs

    @cached_property
    def _parameters(self) -> Mapping[str, Parameter]:
        return {one.id: one for one in self.program.whole[0].rulebook.parameters}

    @cached_property
    def _criteria(self) -> Mapping[str, Criterion]:
        return {one.id: one for one in self.program.whole[0].rulebook.criteria()}

    def value_of(self, symbol: Symbol) -> str:
        """Return the value of a symbol in the first example; empty if it has none there."""
        if self.example is None:
            return ""
        assessment = self.example[1]
        match symbol.kind:
            case "name":
                return _first(symbol.id, assessment.let, assessment.given) or self._records(symbol.id)
            case "output":
                return _first(symbol.id, assessment.outputs)
            case "field":
                return self._in_first_record(symbol)
            case "criterion":
                points, share = _first(symbol.id, assessment.points), _first(symbol.id, assessment.share)
                return " points, a share of ".join(filter(None, (points, share)))
            case "built_in" if symbol.id in ("score", "exact_score", "band"):
                return _shown(getattr(assessment, symbol.id))
        return ""

    def _records(self, list_: str) -> str:
        assert self.example is not None, "it is asked for a value in an example"
        records = self.example[1].records.get(list_)
        return "" if records is None else f"{len(records)} records"

    def _in_first_record(self, symbol: Symbol) -> str:
        assert self.example is not None, "it is asked for a value in an example"
        assessment = self.example[1]
        records = (assessment.records.get(symbol.owner, ()), assessment.computed_fields.get(symbol.owner, ()))
        found = _first(symbol.id, *(record[0] for record in records if record))
        return f"{found} (the first record)" if found else ""


def _first(id_: str, *mappings: Mapping[str, object]) -> str:
    return next((_shown(mapping[id_]) for mapping in mappings if id_ in mapping), "")


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else shown(value)


def _in_words(bound: Bound) -> str:
    absent = ", may be absent" if bound.can_be_absent else ""
    match bound.kind:
        case "number":
            if bound.low is not None and bound.low == bound.high:
                return f"always {_end(bound.low)}{absent}"
            ends = (("from", bound.low), ("to", bound.high))
            written = [f"{word} {_end(end)}" for word, end in ends if end is not None]
            return f"{' '.join(['number', *written])}{absent}"
        case "boolean" if bound.can_be_true != bound.can_be_false:
            return f"always {'true' if bound.can_be_true else 'false'}{absent}"
        case "option" if bound.options is not None and len(bound.options) <= MAX_OPTIONS:
            return f"{listed(sorted(bound.options))}{absent}"
        case "option":
            return f"an option or a text{absent}"
        case "date":
            return f"date from {bound.earliest} to {bound.latest}{absent}"
        case "list":
            return f"{_end(bound.low)} to {_end(bound.high)} records"
    return f"{bound.kind}{absent}"


def _end(end: Fraction | None) -> str:
    return "" if end is None else approximate_text(end)


def stem(path: str | PathLike[str]) -> str:
    """Return the name of a file without its endings.

    >>> stem("rules/staff.kpi.yaml"), stem("staff.cases.yaml")
    ('staff', 'staff')
    """
    return Path(path).name.partition(".kpi.")[0].partition(".cases.")[0]


def cases_beside(workspace: Workspace, path: str | PathLike[str]) -> tuple[Case, ...]:
    """Return the cases of the file beside a rulebook that has its name; none if there is no such file.

    Args:
        workspace: the open texts.
        path: the rulebook.
    """
    for ending in ("yaml", "yml", "json"):
        beside = Path(path).with_name(f"{stem(path)}.cases.{ending}")
        document, mistakes = workspace.document(beside)
        if document is not None:
            file, found = cases_of(document, mistakes, workspace.reach(beside), str(beside))
            return () if file is None or found else file.cases
    return ()
