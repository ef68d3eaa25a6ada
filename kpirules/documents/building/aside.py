"""Builds the parts that change no score: periods, calendars, worked examples, and required sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, versions
from ...diagnostics.codes import expression as words
from ...diagnostics.codes import structure as say
from ...kernel.calendars import WEEKDAYS, Calendar, period_in_words
from ...kernel.mappings import FrozenMap
from ...language.model import (
    ChoiceDomain,
    Direction,
    Domain,
    Example,
    Group,
    Input,
    ListDomain,
    Rulebook,
    TextDomain,
    Words,
    WorkCalendar,
)
from .draft import Draft, repeated
from .fields import Fields
from .order import dependency_order

__all__ = ["build_calendars", "build_directions", "build_examples", "build_period", "check_sources"]


def build_period(draft: Draft, fields: Fields | None) -> tuple[date | None, date | None]:
    """Return `from` and `until` of a half-open period."""
    if fields is None:
        return None, None
    from_, until = fields.day("from"), fields.day("until")
    if from_ is not None and until is not None and until <= from_:
        at = fields.at_value("until")
        draft.report(versions.empty_period(at, from_.isoformat(), until.isoformat()))
    return from_, until


# -- calendars --------------------------------------------------------------------------------


def build_calendars(draft: Draft, entries: Mapping[str, Fields]) -> tuple[WorkCalendar, ...]:
    """Return the calendars of working days."""
    made = (_calendar(draft, id_, fields) for id_, fields in entries.items())
    return tuple(calendar for calendar in made if calendar is not None)


def _calendar(draft: Draft, id_: str, fields: Fields) -> WorkCalendar | None:
    from_, until = build_period(draft, fields)
    if from_ is None or until is None or until <= from_:
        return None
    days = {}
    for key in ("holidays", "makeup"):
        listed = fields.items(key)
        days[key] = frozenset(listed)
        for index in repeated(listed):
            draft.report(versions.day_twice(fields.at_value(key, index), listed[index].isoformat()))
        for index, day in enumerate(listed):
            if not from_ <= day < until:
                at, period = fields.at_value(key, index), period_in_words(from_, until)
                draft.report(versions.day_outside_calendar(at, day.isoformat(), period))
    weekend = frozenset(WEEKDAYS.index(day) for day in fields.items("weekend"))
    calendar = Calendar(weekend, days["holidays"], days["makeup"], from_, until)
    return WorkCalendar(id_, calendar, fields.words)


# -- examples ---------------------------------------------------------------------------------


def build_examples(draft: Draft, rows: Iterable[Fields]) -> tuple[Example, ...]:
    """Return the worked examples, in order."""
    rows = tuple(rows)
    names: dict[str, Fields] = {}
    for fields in rows:
        name = fields.text("name")
        if name is not None and name in names:
            draft.report(say.named_twice(fields.at_value("name"), "example", name))
        elif name is not None:
            names[name] = fields
    likes = {name: like for name, fields in names.items() if (like := fields.text("like")) is not None}
    for name, like in likes.items():
        if like not in names:
            draft.report(say.unknown_example(names[name].at_value("like"), like, draft.some(names)))
    for cycle in dependency_order({name: [likes[name]] if name in likes else [] for name in names})[1]:
        draft.report(words.cycle(names[cycle[0]].at_value("like"), cycle))
    return tuple(_example(draft, name, fields) for name, fields in names.items())


def _example(draft: Draft, name: str, fields: Fields) -> Example:
    expect = fields.fields("expect")
    given = fields.values.get("given", FrozenMap())
    expected = FrozenMap(expect.values) if expect else FrozenMap[str, object]()
    members: dict[str, FrozenMap[str, object]] = {}
    for member in fields.items("members"):
        called = member.text("name")
        if called is not None and called in members:
            draft.report(say.named_twice(member.at_value("name"), "member", called))
        elif called is not None:
            members[called] = member.values.get("given", FrozenMap())
    chosen = fields.text("variant"), fields.day("on")
    return Example(name, given, expected, fields.text("like"), *chosen, FrozenMap(members), fields.words)


# -- sources ----------------------------------------------------------------------------------


def check_sources(draft: Draft, rulebook: Rulebook) -> None:
    """Report every rule without a source of its own or of a group around it."""
    if not rulebook.requires_sources:
        return
    for what, node in _rules(rulebook):
        if node.source is None:
            draft.report(versions.no_source(At(node.span, node.path), what))


def _rules(rulebook: Rulebook) -> Iterator[tuple[str, Words]]:
    for parameter in rulebook.parameters:
        yield f"the parameter `{parameter.id}`", parameter.words
    for table in rulebook.tables:
        yield f"the table `{table.id}`", table.words
    for exemption in rulebook.exemptions:
        yield f"the exemption `{exemption.id}`", exemption.words
    yield from _leaves(rulebook)
    for limit in rulebook.score_limits:
        yield f"the limit `{limit.id}`", limit.words
    if rulebook.bands is not None and rulebook.bands.words.source is None:
        for band in rulebook.bands.levels:
            yield f"the band `{band.id}`", band.words
    for override in rulebook.overrides:
        yield f"the override `{override.id}`", override.words


def _leaves(rulebook: Rulebook) -> Iterator[tuple[str, Words]]:
    waiting = list(reversed(rulebook.root.children)) if rulebook.root else []
    while waiting:
        criterion = waiting.pop()
        if not isinstance(criterion.body, Group):
            yield f"the criterion `{criterion.id}`", criterion.words
        elif criterion.words.source is None:
            waiting.extend(reversed(criterion.children))


# -- directions -----------------------------------------------------------------------------------


def build_directions(draft: Draft, entries: Mapping[str, Fields], inputs: Iterable[Input]) -> tuple[Direction, ...]:
    """Return the invariants that state how a rating may move when an input increases.

    Args:
        draft: takes the diagnostics.
        entries: the invariants by id; those with a condition have no direction.
        inputs: all inputs, including points that assessors enter.
    """
    domains: dict[str, Domain] = {}
    for declared in inputs:
        domains[declared.id] = declared.domain
        if isinstance(declared.domain, ListDomain):
            domains |= {f"{declared.id}.{one.id}": one.domain for one in declared.domain.fields}
    for fields in entries.values():
        for key in ("never_lowers", "never_raises"):
            for index, name in enumerate(fields.items(key)):
                # Whatever is wrong with it, the rest means what it says.
                draft.decoding.problems += _of_direction(draft, fields.at_value(key, index), name, domains)
    return tuple(
        Direction(id_, fields.items("never_lowers"), fields.items("never_raises"), fields.words)
        for id_, fields in entries.items()
        if not fields.has("that")
    )


def _of_direction(draft: Draft, at: At, name: str, domains: Mapping[str, Domain]) -> Iterator[Diagnostic]:
    """Yield the problem of a name that is not an input, or of an input whose values have no order."""
    domain = domains.get(name)
    if domain is None:
        if not draft.has_unread_inputs and name.partition(".")[0] not in draft.unread_inputs:
            yield words.unknown_name(at, name, draft.some(domains))
    elif isinstance(domain, ListDomain | TextDomain):
        yield words.no_order(at, "list" if isinstance(domain, ListDomain) else "text")
    elif isinstance(domain, ChoiceDomain) and domain.order is None:
        yield words.no_order(at, "choice")
