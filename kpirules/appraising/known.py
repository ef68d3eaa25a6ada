"""Results of finished stages that later stages read, indexed by the values that must match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from ..diagnostics import Diagnostic
from ..diagnostics.codes import At
from ..diagnostics.codes import appraisals as say
from ..errors import KpirulesError
from ..language.model import Domain, Input, ListDomain, Take
from ..rating.program import Program
from .names import UNKNOWN, key_text, order_of, reads_as
from .wiring import AppraisalProgram

__all__ = ["Filled", "Known", "Reading"]

Key = tuple[str, ...]
Parts = tuple[str | None, ...]
Places = tuple[int, ...]
Order = tuple[tuple[int, str], ...]
Found = tuple[Order, Key, str, tuple[Any, ...]]
"""A matching assessment: its sort order, its key, its stage, and the values that are read."""


@frozen
class Filled:
    """The inputs of a row after `take`.

    Args:
        program: the rules for the row's variant and edition; None if the row does not name them.
        given: values by input.
        needed: why a required input could not be filled, by input; an exemption may not need it.
        problems: errors that apply whatever the rulebook says.
    """

    program: Program | None
    given: dict[str, Any]
    needed: dict[str, Diagnostic]
    problems: list[Diagnostic]


@frozen(slots=False)
class Reading:
    """Reads the rows of one stage.

    Args:
        program: the whole appraisal.
        id: the stage.
    """

    program: AppraisalProgram
    id: str

    @cached_property
    def values(self) -> Callable[[Mapping[str, Any], Any], tuple[Any, ...]]:
        """A function that reads the values that later stages need from a row and its assessment."""
        readers = [self.program.names[self.id].reader(name) for name in self.program.reads[self.id]]
        return lambda row, assessment: tuple(read(row, assessment) for read in readers)

    def of_row(self, row: Mapping[str, Any], *, is_broken: bool) -> tuple[Any, ...]:
        """Return the values that later stages need from a row without an assessment; `UNKNOWN` for missing ones.

        Args:
            row: values by column.
            is_broken: True if the row of the file is malformed.
        """
        names = self.program.names[self.id]
        return tuple(
            names.known_value(name, row, is_broken=is_broken) if name in names.columns else UNKNOWN
            for name in self.program.reads[self.id]
        )

    @cached_property
    def taken(self) -> tuple[str, ...]:
        """Single inputs taken from other stages that later stages or cohorts read."""
        cohort = self.program.programs[self.id].rulebook.cohort
        read = {*self.program.reads[self.id], *(() if cohort is None else cohort.within)}
        takes = self.program.stage(self.id).take
        return tuple(take.input for take in takes if take.value is not None and take.input in read)

    def key(self, row: Mapping[str, Any]) -> tuple[str | None, ...]:
        """Return the texts of the key's columns."""
        return tuple(key_text(row.get(name)) for name in self.program.stage(self.id).key)

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Columns of the key that are not inputs."""
        names = self.program.names[self.id]
        return frozenset(self.program.stage(self.id).key) - frozenset(names.inputs)

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """List inputs, whose records become plain dicts for the engines."""
        inputs = self.program.names[self.id].inputs
        return tuple(id_ for id_, input_ in inputs.items() if isinstance(input_.domain, ListDomain))


@define
class Known:
    """Results of finished stages; it grows while an appraisal runs.

    Args:
        program: the appraisal.
        found: assessments by stage and matched names, then by the texts of these.
        failed: names of rows that could not be assessed: by stage and matched names, then by the places of their
            unknown values, then by the texts of the others.
    """

    program: AppraisalProgram
    found: dict[tuple[str, Key], dict[Parts, list[Found]]] = field(factory=dict)
    failed: dict[tuple[str, Key], dict[Places, dict[Parts, str]]] = field(factory=dict)

    def add(self, stage: str, key: Key, values: tuple[Any, ...]) -> None:
        """Add an assessment.

        Args:
            stage: the stage that rated it.
            key: the key of its subject.
            values: the values that are read from it.
        """
        for match, places in self.program.matches[stage]:
            parts = [key_text(values[place]) for place in places]
            if None not in parts:
                index = self.found.setdefault((stage, match), {})
                index.setdefault(tuple(parts), []).append((order_of(key), key, stage, values))

    def add_failed(self, stage: str, name: str, values: tuple[Any, ...]) -> None:
        """Add a row that could not be assessed.

        Args:
            stage: the row's stage.
            name: the row's name.
            values: the values read from the row alone; `UNKNOWN` may match anything.
        """
        for match, places in self.program.matches[stage]:
            parts = [None if values[place] is UNKNOWN else key_text(values[place]) or "" for place in places]
            # An optional value that is absent matches nothing.
            if "" not in parts:
                unknown = tuple(place for place, part in enumerate(parts) if part is None)
                names = self.failed.setdefault((stage, match), {}).setdefault(unknown, {})
                # Report the first of several rows by name, whatever their order.
                names[tuple(parts)] = min(names.get(tuple(parts), name), name)

    def forget(self, stages: Iterable[str]) -> None:
        """Remove results that nothing reads any more.

        Args:
            stages: stages that no later stage takes from.
        """
        for stage in stages:
            for match, _ in self.program.matches[stage]:
                self.found.pop((stage, match), None)
                self.failed.pop((stage, match), None)

    # -- rows that take -----------------------------------------------------------------------

    def whole(self, reading: Reading, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a row with the inputs it takes, as later stages and cohorts read it.

        Args:
            reading: reads the rows of its stage.
            row: values by column.
        """
        if not reading.taken:
            return row
        filled = self.fill(reading, row)
        unknown = {*filled.needed, *(problem.path for problem in filled.problems)}
        if filled.program is None:
            unknown.update(reading.taken)
        taken = {name: UNKNOWN if name in unknown else filled.given.get(name) for name in reading.taken}
        return {**row, **taken}

    def fill(self, reading: Reading, row: Mapping[str, Any]) -> Filled:
        """Return the inputs of a row after `take`.

        Args:
            reading: reads the rows of its stage.
            row: values by column.
        """
        given = {name: value for name, value in row.items() if name not in reading.left_out}
        for id_ in reading.lists:
            records = given.get(id_)
            if isinstance(records, list | tuple):
                given[id_] = [dict(record) if isinstance(record, Mapping) else record for record in records]
        try:
            part, given = self.program.part(reading.id, row, given)
        except KpirulesError as refusal:
            return Filled(None, given, {}, list(refusal.report))
        filled = Filled(part, given, {}, [])
        names = self.program.names[reading.id]
        inputs = {input_.id: input_ for input_ in part.rulebook.inputs}
        for take in self.program.stage(reading.id).take:
            if take.input not in inputs:
                # The input belongs to another variant or edition.
                continue
            if given.get(take.input) is not None:
                filled.problems.append(say.given_and_taken(At(None, take.input), take.input))
                continue
            given.pop(take.input, None)
            parts = tuple(key_text(names.column(name)(row)) for name in take.match)
            self._fill(take, inputs[take.input], parts, filled)
        return filled

    def _fill(self, take: Take, declared: Input, parts: Parts, filled: Filled) -> None:
        """Fill one input from other stages."""
        matching: list[Found] = []
        if None not in parts:
            for stage in take.stages:
                if (failed := self._failed(stage, take.match, parts)) is not None:
                    name, is_certain = failed
                    problem = say.stage_in_error(
                        At(None, take.input), take.input, f"{name} of stage `{stage}`", is_certain
                    )
                    self._report(declared, problem, filled, is_hard=True)
                matching += self.found.get((stage, take.match), {}).get(parts, ())
        if take.input in filled.needed or any(problem.path == take.input for problem in filled.problems):
            return
        if take.value is None:
            self._fill_list(take, declared, matching, filled)
        else:
            self._fill_value(take, declared, matching, parts, filled)

    def _failed(self, stage: str, match: Key, parts: Parts) -> tuple[str, bool] | None:
        """Return a row in error that matches or may match, and whether the match is certain."""
        for unknown, names in sorted(self.failed.get((stage, match), {}).items()):
            known_parts = tuple(None if place in unknown else part for place, part in enumerate(parts))
            if known_parts in names:
                return names[known_parts], not unknown
        return None

    def _fill_value(self, take: Take, declared: Input, matching: list[Found], parts: Parts, filled: Filled) -> None:
        at, stages = At(None, take.input), " and ".join(f"`{stage}`" for stage in take.stages)
        matched = ", ".join(f"{name} {part or 'absent'}" for name, part in zip(take.match, parts, strict=True))
        if len(matching) == 1:
            value = self._value(matching[0], str(take.value), declared.domain)
            if value is not None:
                filled.given[take.input] = value
            else:
                absent = self._absent(at, take.input, str(take.value), matching[0])
                self._report(declared, absent, filled)
        elif matching:
            self._report(declared, say.several_match(at, take.input, stages, matched, len(matching)), filled)
        else:
            self._report(declared, say.none_matches(at, take.input, stages, matched), filled)

    def _fill_list(self, take: Take, declared: Input, matching: list[Found], filled: Filled) -> None:
        assert isinstance(declared.domain, ListDomain), "`check_wires` refuses anything else"
        fields = {field.id: field for field in declared.domain.fields}
        records = []
        place = {stage: index for index, stage in enumerate(take.stages)}
        for number, found in enumerate(sorted(matching, key=lambda match: (match[0], place[match[2]]))):
            record = {}
            for id_, name in take.each.items():
                if id_ not in fields:
                    continue
                value = self._value(found, name, fields[id_].domain)
                if value is not None:
                    record[id_] = value
                elif not _may_be_absent(fields[id_]):
                    path = f"{take.input}[{number}].{id_}"
                    filled.needed.setdefault(take.input, self._absent(At(None, path), path, name, found))
            records.append(record)
        if take.input not in filled.needed:
            filled.given[take.input] = records

    def _value(self, found: Found, name: str, domain: Domain) -> Any:
        _, _, stage, values = found
        value = values[self.program.reads[stage].index(name)]
        names = self.program.names[stage]
        return reads_as(value, domain) if name in names.columns and name not in names.inputs else value

    def _absent(self, at: At, name: str, what: str, found: Found) -> Diagnostic:
        _, key, stage, values = found
        why = f"its status is {values[0]}" if values[0] != "rated" else "it has none"
        return say.taken_value_absent(at, name, what, f"({', '.join(key)}) of stage `{stage}`", why)

    def _report(self, declared: Input, problem: Diagnostic, filled: Filled, *, is_hard: bool = False) -> None:
        """Report an input without a value; an optional one is absent, unless the problem is hard."""
        if not _may_be_absent(declared):
            filled.needed.setdefault(declared.id, problem)
        elif is_hard:
            filled.problems.append(problem)


def _may_be_absent(declared: Input) -> bool:
    return declared.is_optional or declared.default is not None
