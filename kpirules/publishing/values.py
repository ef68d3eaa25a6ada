"""The sections about what formulas read: inputs, values on the way, constants, functions, tables and calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ..kernel.markup import Html, element, joined
from ..language.model import (
    BooleanDomain,
    Cases,
    ChoiceDomain,
    Input,
    ListDomain,
    Named,
    Table,
    allowed,
    count,
)
from ..language.model.rulebook import Function, WorkCalendar
from .criteria import decision, shape_table
from .reader import Cell, Reader, Section, facts, table

__all__ = [
    "calendars_section",
    "functions_section",
    "inputs_section",
    "parameters_section",
    "validations_section",
    "values_section",
]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


# -- inputs ---------------------------------------------------------------------------------------


def inputs_section(reader: Reader) -> Section:
    """Return what has to be known of a subject, and what may be given."""
    # What assessors enter stands among the criteria.
    given = [input_ for input_ in reader.rulebook.inputs if input_.entered_for is None]
    rows = [row for input_ in given for row in _input(input_, "", reader)]
    heads = [reader.say(f"head_{head}") for head in ("name", "allowed")]
    tabled = table(heads, [row for _, row in rows], depths=[depth for depth, _ in rows])
    return reader.section("inputs", tabled)


def _input(input_: Input, of: str, reader: Reader) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Yield the row of an input with its depth; a list has a row for each field of its records."""
    domain = input_.domain
    full = f"{of}.{input_.id}" if of else input_.id
    presence = reader.say("optional") if input_.may_be_absent else ""
    if input_.default is not None:
        presence = reader.say("default", value=reader.voice.option(full, input_.default))
    name = joined((reader.title_with_unit("inputs", full, input_.words), reader.note(input_.words)))
    yield (1 if of else 0), (name, "; ".join(filter(None, (_allowed(input_, full, reader), presence))))
    for field in domain.fields if isinstance(domain, ListDomain) else ():
        yield from _input(field, input_.id, reader)


def _allowed(input_: Input, full: str, reader: Reader) -> str:
    language = reader.voice.language
    match input_.domain:
        case ChoiceDomain(options=options):
            return " · ".join(reader.voice.option(full, option) for option in options)
        case BooleanDomain():
            return f"{reader.voice.say('yes')} · {reader.voice.say('no')}"
        case ListDomain(unique=unique) as domain:
            fields = reader.inputs([f"{full}.{field}" for field in unique])
            content = [count(domain, language), reader.say("unique_fields", fields=fields) if unique else ""]
            return "; ".join(filter(None, content))
        case domain:
            return allowed(domain, language)


def validations_section(reader: Reader) -> Section:
    """Return what must be true of the data."""
    own = [reader.condition(condition) for condition in reader.rulebook.validations]
    of_lists = [
        reader.within("item", list_.id).condition(condition, reader.say("field_of", list=reader.inputs([list_.id])))
        for list_ in reader.rulebook.inputs
        if isinstance(list_.domain, ListDomain)
        for condition in list_.domain.validations
    ]
    listed = [element("li", content, classes="item") for content in (*own, *of_lists)]
    return reader.section("validations", element("ul", *listed) if listed else "")


# -- what is computed or fixed --------------------------------------------------------------------


def values_section(reader: Reader) -> Section:
    """Return the named values with their formulas: those of each record of a list, then all others."""
    of_records = [
        reader.block(
            _in_list(list_.id, named, reader), named.words, reader.within("item", list_.id).formula(named.value)
        )
        for list_ in reader.rulebook.inputs
        if isinstance(list_.domain, ListDomain)
        for named in list_.domain.let
    ]
    others = [
        reader.block(reader.title_with_unit("let", named.id, named.words), named.words, reader.formula(named.value))
        for named in reader.rulebook.let
    ]
    return reader.section("values", *of_records, *others)


def _in_list(list_: str, named: Named, reader: Reader) -> Html:
    title = reader.title_with_unit("inputs", f"{list_}.{named.id}", named.words)
    of = element("span", reader.say("field_of", list=reader.inputs([list_])), classes="soft")
    return joined((title, of), ", ")


def parameters_section(reader: Reader) -> Section:
    """Return the constants of the rules."""
    rows = [
        (
            joined((reader.title("parameters", parameter.id), reader.note(parameter.words))),
            joined((reader.words(parameter.formula), parameter.words.unit), " "),
            reader.source(parameter.words),
        )
        for parameter in reader.rulebook.parameters
    ]
    heads = [reader.say(f"head_{head}") for head in ("name", "value", "source")]
    return reader.section("parameters", table(heads, rows))


def functions_section(reader: Reader) -> Section:
    """Return the rulebook's own functions and tables."""
    functions = (_function(function, reader) for function in reader.rulebook.functions)
    return reader.section("functions", *functions, *(_table(found, reader) for found in reader.rulebook.tables))


def _function(function: Function, reader: Reader) -> Html:
    inside = reader.with_arguments(function.args)
    return reader.block(_called(function, reader), function.words, inside.formula(function.value))


def _table(found: Table, reader: Reader) -> Html:
    inside = reader.with_arguments(found.args)
    rows = decision(found.shape, inside) if isinstance(found.shape, Cases) else shape_table(found.shape, reader)
    return reader.block(_called(found, reader), found.words, rows)


def _called(function: Function | Table, reader: Reader) -> Html:
    """Return the name of a function or table with what it takes."""
    names = reader.listed([f"«{name.replace('_', ' ')}»" for name in function.args])
    return joined(
        (reader.name(function.words, function.id), reader.say("arguments", names=names) if names else ""), " "
    )


def calendars_section(reader: Reader) -> Section:
    """Return the calendars of working days."""
    blocks = (_calendar(calendar, reader) for calendar in reader.rulebook.calendars)
    return reader.section("calendars", *blocks)


def _calendar(named: WorkCalendar, reader: Reader) -> Html:
    calendar = named.calendar
    period = reader.say("period", first=calendar.from_.isoformat(), until=calendar.until.isoformat())
    weekend = reader.listed([reader.say(_DAYS[day]) for day in sorted(calendar.weekend)])
    content = facts(
        (
            (reader.say("in_force"), period),
            (reader.say("weekend"), weekend),
            (reader.say("holidays"), _days(calendar.holidays)),
            (reader.say("makeup"), _days(calendar.makeup)),
        )
    )
    return reader.block(reader.name(named.words, named.id), named.words, content)


def _days(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in sorted(days))
