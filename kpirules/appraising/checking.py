"""Checks the values that each stage takes from others, and the inputs that they fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ..diagnostics import Diagnostic, Span
from ..diagnostics.codes import At
from ..diagnostics.codes import appraisals as say
from ..diagnostics.codes.structure import named_twice
from ..language.expressions import Type
from ..language.model import Appraisal, ChoiceDomain, DateDomain, Domain, Input, ListDomain, Stage, Take
from ..language.model import allowed as allowed_values
from ..rating.assessing import share_quotas
from .names import GIVEN, RESULTS, Names

__all__ = ["check_wires"]

OF_TABLES = ("error",)
"""Columns of result tables that assessments do not have."""

KINDS = {
    "NumberDomain": ("number",),
    "BooleanDomain": ("boolean",),
    "ChoiceDomain": ("choice", "text"),
    "TextDomain": ("text", "choice"),
    "DateDomain": ("date",),
}
"""The types that fit each kind of domain."""


def check_wires(appraisal: Appraisal, names: Mapping[str, Names]) -> Iterator[Diagnostic]:
    """Yield the mistakes in how stages take values from each other.

    Args:
        appraisal: the appraisal as written.
        names: names of each stage whose rulebook could be loaded.
    """
    for stage in appraisal.stages:
        if stage.id in names:
            yield from _Checking(stage, names[stage.id], names).problems()


@frozen
class _Checking:
    """Checks one stage.

    Args:
        stage: the stage as written.
        own: the names of this stage.
        names: names of every stage whose rulebook could be loaded.
    """

    stage: Stage
    own: Names
    names: Mapping[str, Names]

    def problems(self) -> Iterator[Diagnostic]:
        yield from self.check_key()
        yield from self.check_edition_day()
        yield from self.check_allocation()
        for take in self.stage.take:
            yield from self.check_take(take)

    def at(self, subpath: str) -> At:
        return _at(self.stage.words.path, self.stage.spans.get(subpath), subpath)

    # -- the stage itself ---------------------------------------------------------------------

    def check_key(self) -> Iterator[Diagnostic]:
        taken = {take.input for take in self.stage.take}
        for index, name in enumerate(self.stage.key):
            at = self.at(f"key[{index}]")
            declared = self.own.inputs.get(name)
            if name in self.stage.key[:index]:
                yield say.unusable_key_column(at, name, "it is a duplicate", "remove it")
            elif name in OF_TABLES:
                why = "the results have a column of that name"
                yield say.unusable_key_column(at, name, why, "give the column another name")
            elif name in RESULTS:
                yield say.unusable_key_column(
                    at, name, "assessments have a column of that name", "give the column another name"
                )
            elif name in taken:
                yield say.unusable_key_column(at, name, "it is taken from another stage", "leave it out of `take`")
            elif declared is not None and isinstance(declared.domain, ListDomain):
                yield say.unusable_key_column(at, name, "it is a list", "name a column with single values")

    def check_edition_day(self) -> Iterator[Diagnostic]:
        name = self.stage.on
        if name is None:
            return
        declared = self.own.inputs.get(name)
        if name not in self.own.columns:
            known = f"there are {', '.join(f'`{column}`' for column in self.own.columns)}"
            yield say.undated_edition(self.at("on"), name, "is neither part of the key nor an input", known)
        elif declared is not None and not isinstance(declared.domain, DateDomain):
            yield say.undated_edition(
                self.at("on"), name, "is not a date", "name a date input, or a column of the key"
            )
        elif name in {take.input for take in self.stage.take}:
            help_ = "name a column of the table: the rulebook is chosen before `take` is applied"
            yield say.undated_edition(self.at("on"), name, "is taken from another stage", help_)

    def check_allocation(self) -> Iterator[Diagnostic]:
        program = self.own.program
        if self.stage.allocate_with and not program.has_quotas:
            help_ = "leave out `allocate_with`, or write `cohort: {quotas: …}` in the rulebook"
            yield say.allocated_alone(self.at("allocate_with"), self.stage.id, "has no quotas to share", help_)
            return
        for index, name in enumerate(self.stage.allocate_with):
            at = self.at(f"allocate_with[{index}]")
            other = self.names.get(name)
            if name in self.stage.allocate_with[:index]:
                yield named_twice(at, "stage", name)
            elif name == self.stage.id:
                yield say.allocated_alone(at, name, "names itself", "remove it: a stage always takes part")
            elif other is None:
                continue
            elif not {self.stage.id, *self.stage.allocate_with} <= {name, *other.stage.allocate_with}:
                missing = {self.stage.id, *self.stage.allocate_with} - {name, *other.stage.allocate_with}
                help_ = f"add it to `allocate_with` of `{name}`"
                yield say.allocated_alone(at, name, f"does not name `{min(missing)}`", help_)
            elif not share_quotas(program, other.program):
                why = f"has other bands or quotas than `{name}`"
                yield say.allocated_alone(
                    at, self.stage.id, why, "allocate them separately, or use variants of one rulebook"
                )

    # -- what is taken ------------------------------------------------------------------------

    def check_take(self, take: Take) -> Iterator[Diagnostic]:
        path = take.words.path

        def at(subpath: str) -> At:
            return _at(path, take.spans.get(subpath), subpath)

        filled = self.own.inputs.get(take.input)
        if filled is None:
            known = list(self.own.inputs)
            yield say.unknown_taken(At(take.words.span, path), take.input, "the rulebook", known)
        elif isinstance(filled.domain, ListDomain) != (take.value is None):
            way = "value" if take.value is not None else "each"
            yield say.taken_of_another_kind(at(way), take.input, isinstance(filled.domain, ListDomain))
        elif isinstance(filled.domain, ListDomain):
            yield from self.check_fields(take, filled.domain, at("each"))
        for index, name in enumerate(take.stages):
            if name in take.stages[:index]:
                yield named_twice(at(f"stage[{index}]"), "stage", name)
        for index, name in enumerate(take.match):
            if name in take.match[:index]:
                yield named_twice(at(f"match[{index}]"), "column", name)
            else:
                yield from self.check_match(take, name, at(f"match[{index}]"))
        for way, name, target in _wires(take, filled):
            for stage in take.stages:
                yield from self.check_wire(stage, name, target, at(way))
        if take.value is not None:
            yield from self.check_single_value(take)

    def check_fields(self, take: Take, records: ListDomain, at: At) -> Iterator[Diagnostic]:
        fields = {field.id: field for field in records.fields}
        for name in take.each:
            if name not in fields:
                span = take.spans.get(f"each.{name}:key")
                yield say.unknown_taken(At(span, f"{at.path}.{name}"), name, f"a record of `{take.input}`", fields)
        required = [id_ for id_, field in fields.items() if not field.is_optional and field.default is None]
        if missing := [id_ for id_ in required if id_ not in take.each]:
            yield say.missing_taken_field(at, take.input, missing)

    def check_match(self, take: Take, name: str, at: At) -> Iterator[Diagnostic]:
        taken = {take.input for take in self.stage.take}
        if name not in self.own.columns:
            why = "is neither a key column nor a single input of"
            yield say.unreadable_in_stage(at, name, self.stage.id, why, self.own.columns)
            return
        if name in taken:
            known = [column for column in self.own.columns if column not in taken]
            yield say.unreadable_in_stage(at, name, self.stage.id, "is itself taken in", known)
        for stage in take.stages:
            other = self.names.get(stage)
            if other is not None and (why := other.unreadable(name)):
                yield say.unreadable_in_stage(at, name, stage, why, other.known)

    def check_wire(self, stage: str, name: str, target: Input | None, at: At) -> Iterator[Diagnostic]:
        """Check one value that goes from a stage into an input or field."""
        other = self.names.get(stage)
        if other is None:
            return
        if why := other.unreadable(name):
            yield say.unreadable_in_stage(at, name, stage, why, other.known)
            return
        if other.is_ambiguous(name):
            yield say.unreadable_in_stage(at, name, stage, "is a column and an output of", (), f"{GIVEN}{name}")
            return
        type_ = other.type_of(name)
        if type_ is not None and target is not None and not isinstance(target.domain, ListDomain):
            problem = _misfit(type_, target.domain)
            if problem is not None:
                expected = allowed_values(target.domain)
                yield say.taken_of_another_type(at, name, problem[0], target.id, expected, problem[1])

    def check_single_value(self, take: Take) -> Iterator[Diagnostic]:
        """Report a single value whose match may find several subjects of the other stage."""
        known = [self.names[stage] for stage in take.stages if stage in self.names]
        missing = tuple(dict.fromkeys(name for names in known for name in names.stage.key if name not in take.match))
        if missing or len(take.stages) > 1:
            stages = " and ".join(f"`{stage}`" for stage in take.stages)
            yield say.several_possible(At(take.words.span, take.words.path), take.input, stages, missing)


def _at(path: str, span: Span | None, subpath: str) -> At:
    return At(span, f"{path}.{subpath}")


def _wires(take: Take, filled: Input | None) -> Iterator[tuple[str, str, Input | None]]:
    """Yield the place of each value, the name that is read, and the input that it fills."""
    if take.value is not None:
        yield "value", take.value, filled
    records = filled.domain if filled is not None and isinstance(filled.domain, ListDomain) else None
    fields = {field.id: field for field in records.fields} if records is not None else {}
    for field, name in take.each.items():
        yield f"each.{field}", name, fields.get(field)


def _misfit(type_: Type, domain: Domain) -> tuple[str, str] | None:
    """Return why values of a type don't fit a domain, and the help; None if they fit."""
    if type_.kind not in KINDS[type(domain).__name__]:
        return f"a {type_.present}", ""
    if isinstance(domain, ChoiceDomain) and type_.kind == "choice":
        missing = [option for option in type_.options if option not in domain.options]
        if missing:
            return "a choice with " + ", ".join(
                f"`{option}`" for option in missing
            ), "give the input these options too"
    return None
