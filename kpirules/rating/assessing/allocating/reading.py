"""The values of members that quotas read, to group members and to order them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, cast

from attrs import define, field

from ....diagnostics.codes import At, quotas
from ....errors import FaultError, SubjectError
from ....kernel.certain import certain
from ....kernel.exact import to_text
from ....language.expressions import Expression
from ....language.expressions.tree import Field, Name
from ....language.model import Quota, Rulebook, reads_rating
from ....reference import Knowledge, StepFault
from ....reference.knowledge import ranked
from ...program import Program
from ..by_reference import diagnosed
from ..values import Values, take
from .allocation import Member, about_member
from .placing import OUTSIDE, Group, Terms

__all__ = ["Cohort", "Reading", "fault_of", "known", "ranked_together"]

Key = tuple[Any, ...]

RECORDED = ("score", "exact_score")
"""Names of ratings that the record holds."""


class Reading(Protocol):
    """Groups and orders the members of a cohort."""

    def grouped(self, quota: Quota) -> tuple[list[Group], array[int]]:
        """Return the groups of a quota, and the group number of each member."""

    def ordered(self, quota: Quota, numbers: list[int]) -> Sequence[int]:
        """Return a rank for each of some members, as whole numbers: greater is better."""


@define(eq=False)
class Cohort:
    """The members of a cohort by number, with the values that quotas read.

    Args:
        program: the rules, whose quotas are the same for all members.
        members: in any order.
        rated: the numbers of rated members.
        keys: the groups of each quota by their values.
        met: a cache of validated inputs, by given values.
    """

    program: Program
    members: Sequence[Member]
    rated: Sequence[int]
    keys: dict[str, list[Key]] = field(factory=dict)
    met: dict[Key, Key] = field(factory=dict)

    # -- groups -----------------------------------------------------------------------------------

    def grouped(self, quota: Quota) -> tuple[list[Group], array[int]]:
        """Return the groups of a quota, and the group number of each member."""
        cohort = self.program.rulebook.cohort
        assert cohort is not None, "a rulebook with quotas has a cohort"
        within = tuple(dict.fromkeys((*cohort.within, *quota.within)))
        read = tuple(dict.fromkeys((*within, *quota.uniform)))
        number = array("i", [OUTSIDE]) * len(self.members)
        numbers: dict[Key, int] = {}
        first: list[tuple[int, Key]] = []
        for i in self.rated:
            values = self.values(i, read) if read else ()
            key = values[: len(within)]
            found = numbers.setdefault(key, len(first))
            number[i] = found
            if found == len(first):
                first.append((i, values))
            elif values != first[found][1]:
                self._refuse_unequal(quota, read, first[found], (i, values))
        self.keys[quota.id] = list(numbers)
        terms = [self._terms(quota, dict(zip(read, values, strict=True)), i) for i, values in first]
        return [Group(quota, group_terms) for group_terms in terms], number

    def values(self, i: int, ids: tuple[str, ...]) -> Key:
        """Return some inputs of a member, from a cache, because many members share values."""
        member = self.members[i]
        given, program = member.given, member.program
        if not isinstance(given, Mapping) or not all(id_ in given for id_ in ids):
            found = _valid(member, take(program.rulebook.inputs, given))
            return tuple(found[id_] for id_ in ids)
        part = {id_: given[id_] for id_ in ids}
        if not all(type(value) in (str, bool) for value in part.values()):
            return _taken(member, part)
        key = id(program), ids, *part.values()
        if key not in self.met:
            self.met[key] = _taken(member, part)
        return self.met[key]

    def _refuse_unequal(
        self, quota: Quota, read: tuple[str, ...], one: tuple[int, Key], other: tuple[int, Key]
    ) -> None:
        """Report the inputs that differ but must not."""
        pairs = zip(read, one[1], other[1], strict=True)
        unequal = [(id_, value, other_value) for id_, value, other_value in pairs if value != other_value]
        names = self.members[one[0]].name, self.members[other[0]].name
        found = [
            quotas.not_uniform(At(None, id_), quota.id, id_, names, (_shown(value), _shown(other_value)))
            for id_, value, other_value in unequal
        ]
        raise SubjectError(about_member(names[1], found))

    def _terms(self, quota: Quota, values: Mapping[str, Any], i: int) -> Terms | None:
        """Return the numbers of a quota for a group, None if its `when` does not hold."""
        knowledge = Knowledge(self.members[i].program.rulebook, {id_: values[id_] for id_ in quota.uniform})
        path = quota.words.path
        try:
            if quota.when is not None and not knowledge.compute(quota.when, f"{path}.when").value:
                return None
            why = "the check proved that it is a number"
            at_most = certain(knowledge.compute(quota.at_most, f"{path}.at_most").value, Fraction, why)
            minimum = certain(knowledge.compute(quota.minimum, f"{path}.minimum").value, Fraction, why)
        except StepFault as fault:
            raise fault_of(self.members[i], fault) from None
        for key, value, is_whole in (("at_most", at_most, False), ("minimum", minimum, True)):
            if value < 0 or (is_whole and value.denominator != 1):
                span = (quota.at_most if key == "at_most" else quota.minimum).span
                found = quotas.no_number_of_members(At(span, f"{path}.{key}"), quota.id, key, to_text(value))
                raise SubjectError(about_member(self.members[i].name, [found]))
        return Terms(at_most, int(minimum))

    # -- order ------------------------------------------------------------------------------------

    def ordered(self, quota: Quota, numbers: list[int]) -> Sequence[int]:
        """Return a rank for each of some members, as whole numbers: greater is better."""
        columns = [
            self.column(expression, f"{quota.words.path}.order[{index}]", numbers)
            for index, expression in enumerate(quota.order)
        ]
        return ranked_together(columns, len(numbers))

    def column(self, expression: Expression, path: str, numbers: list[int]) -> list[Any]:
        """Return the values of an expression for some members, from the record if it holds them."""
        programs = {id(program): program for program in (self.members[i].program for i in numbers)}
        readers = {id_: self._value_reader(expression, path, program.rulebook) for id_, program in programs.items()}
        return [readers[id(self.members[i].program)](i) for i in numbers]

    def _value_reader(self, expression: Expression, path: str, rulebook: Rulebook) -> Callable[[int], Any]:
        """Return a function that reads an expression for a member of a rulebook."""
        read = self._recorded(expression, rulebook)
        if read is not None:
            return read
        is_rated = reads_rating(expression.tree, rulebook)
        return lambda i: self._computed(expression, path, i, is_rated=is_rated)

    def _recorded(self, expression: Expression, rulebook: Rulebook) -> Callable[[int], Any] | None:
        """Return a function that reads a plain name for a member, None if it must be computed."""
        tree = expression.tree
        if isinstance(tree, Field) and tree.owner in ("points", "share"):
            owner, name = tree.owner, tree.name
            return lambda i: getattr(self.members[i].assessment, owner)[name]
        if not isinstance(tree, Name):
            return None
        id_ = tree.id
        if id_ in RECORDED:
            return lambda i: getattr(self.members[i].assessment, id_)
        declared = next((input_ for input_ in rulebook.inputs if input_.id == id_), None)
        if declared is not None:
            type_ = declared.type
            return lambda i: ranked(self.values(i, (id_,))[0], type_)
        return None

    def _computed(self, expression: Expression, path: str, i: int, *, is_rated: bool) -> Any:
        """Return the value of an expression for a member, who is rated again only if it reads the rating."""
        member = self.members[i]
        knowledge = known(member)
        try:
            if is_rated:
                member.program.reference.rate_alone(knowledge)
            return knowledge.work(expression, path)[0]
        except StepFault as fault:
            raise fault_of(member, fault) from None


def ranked_together(columns: Sequence[Sequence[Any]], count: int) -> Sequence[int]:
    """Return a rank for each row of some columns, the first of which counts most; greater is better.

    Args:
        columns: values of one type in each.
        count: the number of rows.
    """
    places = [0] * count
    for column in columns:
        distinct = _sorted(set(column))
        rank = {value: place for place, value in enumerate(distinct)}
        places = [place * len(distinct) + rank[value] for place, value in zip(places, column, strict=True)]
    return places


def _taken(member: Member, part: Mapping[str, object]) -> Key:
    found = _valid(member, take([input_ for input_ in member.program.rulebook.inputs if input_.id in part], part))
    return tuple(found[id_] for id_ in part)


def _valid(member: Member, values: Values) -> Mapping[str, Any]:
    """Return the values of a rated member; raise if one is invalid."""
    if problems := [*values.problems, *values.missing]:
        raise SubjectError(about_member(member.name, problems))
    return values.given


def fault_of(member: Member, fault: StepFault) -> FaultError:
    """Return the error for a fault in a member's assessment."""
    return FaultError(about_member(member.name, [diagnosed(fault)]))


def known(member: Member) -> Knowledge:
    """Return the reference engine's knowledge of a rated member's inputs."""
    program = member.program
    values = (found.value for found in member.assessment.compared)
    cohort = {
        function.node: cast("Fraction | None", value)
        for function, value in zip(program.compared, values, strict=True)
    }
    return program.reference.know(_valid(member, take(program.rulebook.inputs, member.given)), cohort=cohort)


def _sorted(values: set[Any]) -> list[Any]:
    """Return values of one type in ascending order.

    Most numbers differ as doubles, which compare much faster; the others are compared exactly, because rounding to
    doubles never swaps two numbers.
    """
    if not all(isinstance(value, Fraction | Decimal) for value in values):
        return sorted(values)
    try:
        return sorted(values, key=lambda value: (float(value), value))
    except OverflowError:  # beyond all doubles
        return sorted(values)


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Fraction():
            return to_text(value)
        case date():
            return value.isoformat()
    return f'"{value}"'
