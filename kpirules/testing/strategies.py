"""Hypothesis strategies for subjects and cohorts of a rulebook, near everything that its rules mention.

Subjects are drawn as arguments of the scalar engine. A subject that validations refuse is repaired with values of a
valid one, so that almost nothing is discarded. The file is long since drawing a subject
and changing one value of it need the same strategies for each type of input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import reject
from hypothesis import strategies as st

from ..analysis.proving.goals import Arguments
from ..errors import FaultError, SubjectError
from ..kernel.exact import decimal_of
from ..language.model import BooleanDomain, ChoiceDomain, Cohort, DateDomain, ListDomain, NumberDomain, TextDomain
from ..plan import Plan
from ..plan.steps import Variable
from ..rating.assessing import assess
from ..rating.program import Program
from .aiming import Aim, aims

__all__ = ["Pair", "changed", "cohorts", "input_place", "plainly", "subjects", "subjects_of", "values_of"]

Draw = Callable[[st.SearchStrategy[Any]], Any]
Subject = dict[str, Any]
Form = TypeVar("Form")
Pair = tuple[Form, Form, Any, Any]
"""Two subjects that differ in one input, and its two values as engine arguments."""

FEW_RECORDS = 4
MOST_RECORDS = 24
"""Maximum size of a full list; longer ones are slow and show nothing more."""

MOST_OTHERS = 32
"""Other values of an input that are tried for one subject."""

NONE, SOME, MANY = range(3)
ABSENCES = st.sampled_from((MANY, SOME, NONE))
"""How much is absent; with many optional inputs, random absence would leave no complete subject."""

# Making strategies costs more than drawing from them, so these are made once.
SOURCES = st.sampled_from(["new", "new", "edge", "moved"])
SIGNS = st.sampled_from([1, -1])
DISTANCES = st.sampled_from([0, 1, -1])

PRINTABLE = st.characters(categories=("L", "N", "P", "S", "Zs"))
"""Characters that can be pasted into a case file."""


def subjects(program: Program) -> st.SearchStrategy[Subject]:
    """Return a strategy of valid subjects of a rulebook, near everything that its rules mention.

    Drawn often: the ends of every domain; constants in conditions, steps, thresholds and scales, and one unit to
    either side; ties of compared values; subjects at the ends of bands, and under exemptions, overrides and limits;
    absent inputs; empty and full lists.

    Args:
        program: the rules; with several variants or editions each subject has the inputs that choose its own.

    Returns:
        A strategy of mappings for `assess`. The rules may still have no answer for a subject (KR62x), if the check
        says that this is possible.
    """
    return st.one_of([subjects_of(aimed) for aimed in aims(program)])


def subjects_of(aimed: Aim, is_wanted: Callable[[Arguments], bool] | None = None) -> st.SearchStrategy[Subject]:
    """Return a strategy of valid subjects of one variant and edition.

    Args:
        aimed: the aim at its rules.
        is_wanted: a condition that most of them should meet, if any known subject does.
    """
    if is_wanted is None:
        found = _arguments(aimed)
    else:
        found = _mostly(aimed, [seed for seed in aimed.seeds if is_wanted(seed)], is_wanted)
    return found.flatmap(lambda arguments: _given(aimed, arguments))


def cohorts(
    program: Program, *, within: Iterable[str] | None = None, min_size: int = 1, max_size: int = 8
) -> st.SearchStrategy[dict[str, Subject]]:
    """Return a strategy of members of one cohort by name, with equal values of its `within` inputs and many ties.

    Inputs in `uniform` of a quota are equal within its groups. All members are of one variant and edition.

    Args:
        program: the rules.
        within: the inputs that are equal; those of the rulebook's `cohort` by default.
        min_size: the minimum number of members.
        max_size: the maximum number; never more than the rulebook allows.

    Raises:
        ValueError: if the rulebook allows fewer than `min_size`, or there is no such input.
    """
    ids = None if within is None else tuple(within)
    return st.one_of([_cohorts(aimed, ids, min_size, max_size) for aimed in aims(program)])


def _cohorts(
    aimed: Aim, within: tuple[str, ...] | None, least: int, most: int
) -> st.SearchStrategy[dict[str, Subject]]:
    declared = aimed.program.rulebook.cohort or Cohort()
    if least > declared.max_members:
        raise ValueError(f"a cohort has at most {declared.max_members} members, but `min_size` is {least}")
    equal = _places(aimed, declared.within if within is None else within)
    groups = [
        (_places(aimed, declared.within + quota.within), _places(aimed, quota.uniform)) for quota in declared.quotas
    ]
    return _cohort(aimed, equal, groups, least, min(most, declared.max_members))


def _places(aimed: Aim, ids: tuple[str, ...]) -> list[int]:
    return [input_place(aimed.program, id_)[0] for id_ in ids]


@st.composite
def _cohort(
    draw: Draw, aimed: Aim, equal: list[int], groups: list[tuple[list[int], list[int]]], least: int, most: int
) -> dict[str, Subject]:
    size = draw(st.integers(least, most))
    members: list[Arguments] = []
    for _ in range(size):
        how = draw(st.sampled_from(["tie", "near", "new"])) if members else "new"
        if how == "new":
            made = draw(_arguments(aimed))
        else:
            made = draw(st.sampled_from(members))
            made = draw(_moved(aimed, made)) if how == "near" else made
        if members:
            made = _joining(aimed, made, members, equal, groups)
        members.append(made)
    return {f"m{number}": draw(_given(aimed, made)) for number, made in enumerate(members, start=1)}


def _joining(
    aimed: Aim, made: Arguments, members: list[Arguments], equal: list[int], groups: list[tuple[list[int], list[int]]]
) -> Arguments:
    """Return a subject with the values that it must share with the other members."""
    made = _uniform(_with_values_of(made, members[0], equal), members, groups)
    if not aimed.is_valid(made):
        # The first member has the same cohort values, and is valid.
        made = _uniform(aimed.repaired(made, members[0]), members, groups)
    return made if aimed.is_valid(made) and made == _uniform(made, members, groups) else members[0]


def _uniform(subject: Arguments, members: list[Arguments], groups: list[tuple[list[int], list[int]]]) -> Arguments:
    """Return a subject with the values that its group must share."""
    for within, uniform in groups:
        model = next((member for member in members if all(member[place] == subject[place] for place in within)), None)
        subject = subject if model is None else _with_values_of(subject, model, uniform)
    return subject


def _with_values_of(arguments: Arguments, other: Arguments, places: list[int]) -> Arguments:
    return tuple(other[place] if place in places else value for place, value in enumerate(arguments))


# -- a subject as arguments -----------------------------------------------------------------------


@lru_cache(maxsize=16)
def _seeds(aimed: Aim) -> st.SearchStrategy[Arguments]:
    return st.sampled_from(aimed.seeds)


@lru_cache(maxsize=16)
def _rated(aimed: Aim) -> st.SearchStrategy[Arguments]:
    return st.sampled_from(aimed.rated)


@lru_cache(maxsize=16)
@st.composite
def _arguments(draw: Draw, aimed: Aim) -> Arguments:
    """Draw a valid subject: a new one, or one at an edge of the rules, perhaps moved."""
    seeds = aimed.seeds
    source = draw(SOURCES)
    if source == "new" or not seeds:
        absence = draw(ABSENCES)
        found = tuple(draw(values_of(aimed, variable, absence)) for variable in aimed.program.plan.inputs)
        if aimed.pairs and draw(st.integers(0, 2)) == 0:
            found = draw(_tied(aimed, found))
    else:
        found = draw(_seeds(aimed))
        found = draw(_moved(aimed, found)) if source == "moved" else found
    found = aimed.own(found)
    if not seeds:
        return found if aimed.is_valid(found) else reject()
    if not aimed.is_valid(found):
        found = aimed.repaired(found, draw(_seeds(aimed)))
    # Rules that end an assessment early hide the others, so most subjects should pass them.
    if aimed.rated and draw(st.integers(0, 3)) and not aimed.is_rated(found):
        found = aimed.repaired(found, draw(_rated(aimed)), aimed.is_rated)
    return found


@st.composite
def _mostly(draw: Draw, aimed: Aim, seeds: list[Arguments], is_wanted: Callable[[Arguments], bool]) -> Arguments:
    """Draw a valid subject that usually meets `is_wanted`, with a few values of a known one if needed."""
    found: Arguments = draw(_arguments(aimed))
    if seeds and draw(st.integers(0, 3)) and not is_wanted(found):
        found = aimed.repaired(found, draw(st.sampled_from(seeds)), is_wanted)
    return found


@st.composite
def _moved(draw: Draw, aimed: Aim, arguments: Arguments) -> Arguments:
    """Draw a subject with an input moved by one unit or drawn again; it may be invalid."""
    inputs = aimed.program.plan.inputs
    if not inputs:
        return arguments
    found = list(arguments)
    for place in draw(st.lists(st.integers(0, len(inputs) - 1), min_size=1, max_size=2)):
        domain, value = inputs[place].domain, found[place]
        if isinstance(domain, NumberDomain) and value is not None and draw(st.booleans()):
            neighbour = value + draw(SIGNS) * _step(domain)
            found[place] = neighbour if _is_inside(domain, neighbour) else value
        else:
            found[place] = draw(values_of(aimed, inputs[place], SOME))
    made = aimed.own(tuple(found))
    return made if aimed.is_valid(made) else aimed.repaired(made, arguments)


@st.composite
def _tied(draw: Draw, aimed: Aim, arguments: Arguments) -> Arguments:
    """Draw a subject whose two compared inputs are equal, or one unit apart."""
    left, right = draw(st.sampled_from(aimed.pairs))
    first, second = (aimed.program.plan.inputs[place].domain for place in (left, right))
    assert isinstance(first, NumberDomain)
    assert isinstance(second, NumberDomain)
    if arguments[left] is None:
        return arguments
    number = Fraction(arguments[left], first.denominator) * second.denominator
    neighbour = number + draw(DISTANCES) * _step(second)
    if neighbour.denominator != 1 or not _is_inside(second, neighbour.numerator):
        return arguments
    return (*arguments[:right], neighbour.numerator, *arguments[right + 1 :])


def _step(domain: NumberDomain) -> int:
    return (domain.grid.unit * domain.denominator).numerator


def _is_inside(domain: NumberDomain, numerator: int) -> bool:
    step, grid = _step(domain), domain.grid
    return grid.low * step <= numerator <= grid.high * step and numerator % step == 0


def values_of(aimed: Aim, variable: Variable, absence: int, owner: str = "") -> st.SearchStrategy[Any]:
    """Return a strategy of values of an input or field as engine arguments; mentioned ones are drawn often.

    Args:
        aimed: the aim at the rules.
        variable: a variable of its plan.
        absence: how many values are absent.
        owner: `item` for a field of a list.
    """
    return aimed.cached("values", variable, (owner, absence), lambda: _new_value(aimed, variable, absence, owner))


def _new_value(aimed: Aim, variable: Variable, absence: int, owner: str) -> st.SearchStrategy[Any]:
    known = aimed.candidates(variable, owner) if not isinstance(variable.domain, ListDomain) else []
    found = _any_value(aimed, variable, absence)
    found = st.one_of(st.sampled_from(known), found) if known else found
    if not variable.type.is_optional or absence == NONE:
        return found
    return _or_none(found, 1 if absence == MANY else 5)


@st.composite
def _or_none(draw: Draw, values: st.SearchStrategy[Any], times: int) -> Any:
    """Draw a value `times` as often as None, with a weight that `one_of` can't express."""
    return draw(values) if draw(st.integers(0, times)) else None


def _any_value(aimed: Aim, variable: Variable, absence: int) -> st.SearchStrategy[Any]:
    match variable.domain:
        case NumberDomain() as domain:
            step = _step(domain)
            return st.integers(domain.grid.low, domain.grid.high).map(lambda count: count * step)
        case BooleanDomain():
            return st.booleans()
        case ChoiceDomain(options=options):
            return st.sampled_from(options)
        case TextDomain(max_length=longest):
            return st.text(PRINTABLE, max_size=min(longest, 20))
        case DateDomain(minimum=first, maximum=last):
            return st.dates(first or date.min, last or date.max)
        case domain:
            return _records(aimed, variable, domain, absence)


def _records(aimed: Aim, variable: Variable, domain: ListDomain, absence: int) -> st.SearchStrategy[tuple[Any, ...]]:
    fields = aimed.program.plan.records[variable.id].fields
    record = st.tuples(*(values_of(aimed, field, absence, "item") for field in fields))
    least, most = domain.min_items, domain.max_items
    ids = [field.id for field in fields]
    places = [ids.index(name) for name in domain.unique]
    key = (lambda row: tuple(row[place] for place in places)) if places else None

    def of(low: int, high: int) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(record, min_size=low, max_size=high, unique_by=key).map(tuple)

    sizes = [of(least, least), of(least, min(most, least + FEW_RECORDS))]
    # Options alone may not allow that many different records.
    can_differ = key is None or any(isinstance(fields[place].domain, NumberDomain | TextDomain) for place in places)
    if most <= MOST_RECORDS and can_differ:
        sizes.append(of(most, most))
    return st.one_of(*sizes)


# -- a subject as input values ---------------------------------------------------------------------


@st.composite
def _given(draw: Draw, aimed: Aim, arguments: Arguments) -> Subject:
    """Draw a subject for `assess`: absent values are left out, and defaults may be."""
    program = aimed.program
    plan = program.plan
    subject: Subject = {}
    for variable, value in zip(plan.inputs, arguments, strict=True):
        if value is None or (_is_default(variable, value) and not draw(st.booleans())):
            continue
        subject[variable.id] = _as_given(plan, variable, value)
    decision = aimed.decide(arguments)
    # An exempt subject need not have all values.
    if getattr(decision, "is_early", False) and draw(st.booleans()):
        for variable in plan.inputs:
            if variable.id in (aimed.variant_by, aimed.edition_by):
                continue
            without = {id_: value for id_, value in subject.items() if id_ != variable.id}
            if draw(st.booleans()) and _is_accepted(program, without):
                subject = without
    return subject


def plainly(program: Program, arguments: Arguments) -> Subject:
    """Return a subject for `assess`, with all its present values.

    Args:
        program: the rules.
        arguments: the engine arguments.
    """
    plan = program.plan
    given = zip(plan.inputs, arguments, strict=True)
    return {variable.id: _as_given(plan, variable, value) for variable, value in given if value is not None}


def _as_given(plan: Plan, variable: Variable, value: Any) -> Any:
    """Return a present value, or records, as a person would give them."""
    if not isinstance(variable.domain, ListDomain):
        return _shown(variable, value)
    fields = plan.records[variable.id].fields
    return [_record(fields, record) for record in value]


def _is_accepted(program: Program, subject: Subject) -> bool:
    try:
        assess(program, subject)
    except SubjectError:
        return False
    except FaultError:
        return True
    return True


def _is_default(variable: Variable, value: Any) -> bool:
    default = variable.default
    if isinstance(default, Fraction) and isinstance(variable.domain, NumberDomain):
        return bool(value == default * variable.domain.denominator)
    return default is not None and type(default) is type(value) and bool(value == default)


def _record(fields: tuple[Variable, ...], record: tuple[Any, ...]) -> Subject:
    named = zip(fields, record, strict=True)
    return {field.id: _shown(field, value) for field, value in named if value is not None}


def _shown(variable: Variable, value: Any) -> Any:
    """Return a value as a person would give it."""
    if not isinstance(variable.domain, NumberDomain):
        return value
    number = Fraction(value, variable.domain.denominator)
    if number.denominator == 1:
        return number.numerator
    return decimal_of(number.numerator, number.denominator)


# -- the same subject with another value ----------------------------------------------------------


def input_place(program: Program, path: str) -> tuple[int, int | None]:
    """Return the index of an input, and of its field if `path` is `list.field`.

    Args:
        program: the rules.
        path: the written path: `completed`, or `tasks.completed`.

    Raises:
        ValueError: if there is no such input.
    """
    id_, _, name = path.partition(".")
    ids = [input_.id for input_ in program.plan.inputs]
    if id_ in ids:
        if not name:
            return ids.index(id_), None
        fields = [field.id for field in program.plan.records[id_].fields] if id_ in program.plan.records else []
        if name in fields:
            return ids.index(id_), fields.index(name)
    raise ValueError(f"there is no input `{path}`: there are {', '.join(ids)}")


def changed(
    aimed: Aim, path: str, wanted: Callable[[Pair[Arguments]], bool]
) -> st.SearchStrategy[Pair[Subject] | None]:
    """Return a strategy of pairs of valid subjects that differ in one input.

    Args:
        aimed: the aim at the rules of one variant and edition.
        path: the input, or the field of a list input, of which one record changes.
        wanted: a condition for the pair, tried with values that the rules mention.

    Returns:
        A strategy that also gives None, if no value was found that leaves the subject valid.
    """
    return _changed(aimed, *input_place(aimed.program, path), wanted)


@st.composite
def _changed(
    draw: Draw, aimed: Aim, place: int, field: int | None, wanted: Callable[[Pair[Arguments]], bool]
) -> Pair[Subject] | None:
    before = draw(_present(aimed, place))
    variable, old, row, owner = aimed.program.plan.inputs[place], before[place], 0, ""
    if field is not None:
        if not old:
            return None
        row = draw(st.integers(0, len(old) - 1))
        variable, old, owner = aimed.program.plan.records[variable.id].fields[field], old[row][field], "item"

    def pair(new: Any) -> Pair[Arguments] | None:
        value = new if field is None else _with_field(before[place], row, field, new)
        after = (*before[:place], value, *before[place + 1 :])
        is_apart = old != new and aimed.own(after) == after and _are_apart(aimed, place, value)
        return (before, after, old, new) if is_apart and aimed.is_valid(after) else None

    found = pair(draw(_neighbouring(aimed, variable, old, owner)))
    if found is None or not wanted(found):
        others = (pair(new) for new in draw(_others(aimed, variable, owner)))
        found = next((other for other in others if other is not None and wanted(other)), found)
    if found is None:
        return None
    first, second = (draw(_given(aimed, arguments)) for arguments in found[:2])
    return first, second, old, found[3]


@st.composite
def _present(draw: Draw, aimed: Aim, place: int) -> Arguments:
    """Draw a valid subject that usually has a value of an input, because an absent one can't be changed."""

    def is_there(arguments: Arguments) -> bool:
        return arguments[place] not in (None, ())

    found: Arguments = draw(_arguments(aimed))
    with_value = [seed for seed in aimed.seeds if is_there(seed)]
    if with_value and not is_there(found) and draw(st.integers(0, 3)):
        return aimed.repaired(
            found, draw(st.sampled_from(with_value)), lambda subject: is_there(subject) and aimed.is_valid(subject)
        )
    return found


def _with_field(records: tuple[Any, ...], row: int, field: int, value: Any) -> tuple[Any, ...]:
    record = (*records[row][:field], value, *records[row][field + 1 :])
    return (*records[:row], record, *records[row + 1 :])


@st.composite
def _others(draw: Draw, aimed: Aim, variable: Variable, owner: str) -> list[Any]:
    """Draw some of the values that the rules mention: all, or if there are many, a run of neighbours."""
    if isinstance(variable.domain, ListDomain):
        return []
    known = aimed.candidates(variable, owner)
    if len(known) <= MOST_OTHERS:
        return known
    start = draw(st.integers(0, len(known) - MOST_OTHERS))
    return known[start : start + MOST_OTHERS]


def _are_apart(aimed: Aim, place: int, value: Any) -> bool:
    """Return whether records of a list differ in their unique fields; True for any other value."""
    variable = aimed.program.plan.inputs[place]
    if not isinstance(variable.domain, ListDomain) or not variable.domain.unique:
        return True
    ids = [field.id for field in aimed.program.plan.records[variable.id].fields]
    keys = [tuple(record[ids.index(name)] for name in variable.domain.unique) for record in value]
    return len(set(keys)) == len(keys)


def _neighbouring(aimed: Aim, variable: Variable, value: Any, owner: str = "") -> st.SearchStrategy[Any]:
    """Return a strategy of other values of an input, with neighbours drawn often."""
    found = values_of(aimed, variable, SOME, owner)
    domain = variable.domain
    if isinstance(domain, NumberDomain) and value is not None:
        near = [value + _step(domain), value - _step(domain)]
        near = [value_ for value_ in near if _is_inside(domain, value_)]
        return st.one_of(st.sampled_from(near), found) if near else found
    return found
