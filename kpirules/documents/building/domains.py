"""Inputs, and the values that each allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import prod

from attrs import frozen

from ...diagnostics import listed
from ...diagnostics.codes import expression as words
from ...diagnostics.codes import structure as say
from ...kernel.exact import to_text
from ...kernel.mappings import FrozenMap
from ...language.expressions import Type
from ...language.model import (
    DEFAULT_MAX_ITEMS,
    DEFAULT_MAX_LENGTH,
    BooleanDomain,
    ChoiceDomain,
    DateDomain,
    Domain,
    Input,
    ListDomain,
    NumberDomain,
    TextDomain,
)
from ...language.wording import Label
from ..document import Mapping as MapNode
from .draft import Draft, differing_in_case, repeated
from .fields import Fields
from .order import dependency_order

__all__ = ["Choices", "build_inputs", "check_columns", "column_of", "resolve_choices"]

UNCOUNTABLE = 10**9
"""Counts as the number of values of a text, or of a domain that can't be read: more than any list has records."""


@frozen(slots=False)
class Choices:
    """The options of all inputs, tables and bands that have options, by name.

    Args:
        known: inputs and tables that are a choice, and `bands` if there are any.
        broken: names whose options are unknown because of a mistake that is already reported.
    """

    known: Mapping[str, ChoiceDomain]
    broken: Collection[str] = frozenset()

    @cached_property
    def _by_option(self) -> dict[str, dict[frozenset[str], Type]]:
        """The choices that have each option; of choices with the same options only the first."""
        found: dict[str, dict[frozenset[str], Type]] = {}
        for _, domain in sorted(self.known.items()):
            options = frozenset(domain.options)
            for option in options:
                choice = Type("choice", domain.options, domain.order)
                found.setdefault(option, {}).setdefault(options, choice)
        return found

    def with_options(self, names: Collection[str], *, has_others: bool) -> tuple[Type, ...]:
        """Return the distinct choices that have exactly these options, or at least these."""
        wanted = frozenset(names)
        nearest = min((self._by_option.get(name, {}) for name in wanted), key=len, default={})
        if not has_others:
            return (nearest[wanted],) if wanted in nearest else ()
        # Two are enough to show that the choice is ambiguous.
        return tuple(islice((choice for options, choice in nearest.items() if options >= wanted), 2))


# -- options ----------------------------------------------------------------------------------


def resolve_choices(
    draft: Draft, inputs: Mapping[str, Fields], tables: Mapping[str, Fields], labels: Mapping[str, Label]
) -> Choices:
    """Return the options of every input and table that is a choice, including options taken from another.

    Args:
        draft: the rulebook built so far.
        inputs: the inputs as written.
        tables: the tables as written.
        labels: the labels of the bands.
    """
    asking = {id_: fields for id_, fields in inputs.items() if fields.shape == "choice_input"}
    for id_, fields in tables.items():
        gives = fields.fields("gives")
        if gives is not None:
            asking.setdefault(id_, gives)
    known: dict[str, ChoiceDomain] = {}
    if draft.bands:
        known["bands"] = ChoiceDomain(draft.bands, FrozenMap(labels), "best_first")
    sources = {id_: [source] for id_, fields in asking.items() if (source := _source(fields)) is not None}
    order, cycles = dependency_order({id_: sources.get(id_, []) for id_ in asking})
    for cycle in cycles:
        draft.report(words.cycle(asking[cycle[0]].at, cycle))
    for id_ in order:
        domain = _choice(draft, asking[id_], known, asking)
        if domain is not None:
            known[id_] = domain
    return Choices(known, frozenset(asking) - frozenset(known))


def _source(fields: Fields) -> str | None:
    """Return the name that options are taken from, or None."""
    options = fields.values.get("options")
    return options if isinstance(options, str) else None


def _choice(
    draft: Draft, fields: Fields, known: Mapping[str, ChoiceDomain], asking: Collection[str]
) -> ChoiceDomain | None:
    order = fields.text("ordered")
    options = fields.values.get("options")
    if isinstance(options, str):
        found = known.get(options)
        if found is None:
            is_hidden = options in draft.unread_inputs or (options == "bands" and draft.has_unread_bands)
            if is_hidden or draft.has_unread_tables:
                draft.decoding.is_broken = True
            elif options not in asking:
                names = (*known, *(id_ for id_ in asking if id_ not in known))
                at = fields.at_value("options")
                draft.report(say.no_options(at, options, draft.some(names)))
            return None
        return ChoiceDomain(found.options, found.labels, order or found.order)
    for index, name, first in differing_in_case(options or ()):
        draft.report(say.named_twice(fields.at_value("options", index), "option", name, first))
    if isinstance(options, Mapping):
        return ChoiceDomain(tuple(options), FrozenMap(options), order)
    if not options:
        return None
    return ChoiceDomain(tuple(dict.fromkeys(options)), order=order)


# -- inputs -----------------------------------------------------------------------------------


def build_inputs(draft: Draft, entries: Mapping[str, Fields], choices: Choices) -> tuple[Input, ...]:
    """Return the declared inputs."""
    return tuple(_input(draft, id_, fields, choices, id_) for id_, fields in entries.items())


def _input(draft: Draft, id_: str, fields: Fields, choices: Choices, name: str = "") -> Input:
    domain = _domain(draft, fields, choices, name)
    default = fields.values.get("default")
    if default is not None and (why := _not_in(domain, default)):
        draft.report(say.default_not_allowed(fields.at_value("default"), _shown(default), why))
    return Input(id_, domain, fields.flag("optional"), default, None, fields.words, column_of(fields))


def column_of(fields: Fields) -> str:
    """Return the column of an input, stripped of spaces."""
    return (fields.text("column") or "").strip()


def check_columns(draft: Draft, level: Iterable[tuple[str, Fields, Fields]], what: str) -> None:
    """Report columns that are the id or the column of another input.

    Args:
        draft: the rulebook built so far.
        level: for each input its id, its declaration, and the mapping with its column.
        what: the name of the level in messages.
    """
    declared = tuple(level)
    names = {id_: (what, fields.span.line, id_) for id_, fields, _ in declared}
    for id_, _, fields in declared:
        column = column_of(fields)
        if not column:
            continue
        at = fields.at_value("column")
        kind, line, owner = names.setdefault(column, ("column", fields.spans["column"].line, id_))
        if owner != id_:
            draft.report(say.name_taken(at, column, "column", kind, line))


def _domain(draft: Draft, fields: Fields, choices: Choices, name: str) -> Domain:
    match fields.shape:
        case "boolean_input":
            return BooleanDomain()
        case "choice_input":
            # A field of a list has no name that others could take options from.
            found = choices.known.get(name) if name else _choice(draft, fields, choices.known, choices.broken)
            if found is None:
                draft.decoding.is_broken = True
            return found or ChoiceDomain(())
        case "date_input":
            _check_ends(draft, fields, "min", "max")
            return DateDomain(fields.day("min"), fields.day("max"))
        case "text_input":
            return TextDomain(fields.whole("max_length") or DEFAULT_MAX_LENGTH)
        case "list_input":
            return _list(draft, fields, choices)
        case _:
            return _number(draft, fields)


def _number(draft: Draft, fields: Fields) -> NumberDomain:
    pairs = [(lower, upper) for lower in ("min", "above") for upper in ("max", "below")]
    sound = [_check_ends(draft, fields, lower, upper) for lower, upper in pairs]
    step = fields.number("step")
    if step is not None and step <= 0:
        at = fields.at_value("step")
        draft.report(say.number_outside(at, "`step`", to_text(step), "a number above zero"))
    domain = NumberDomain(
        fields.number("min"),
        fields.number("max"),
        fields.number("above"),
        fields.number("below"),
        fields.whole("decimals"),
        step,
        fields.shape == "integer_input",
    )
    is_sound = all(sound) and (step is None or step > 0)
    # An optional input may be absent, so some subjects are still valid.
    if is_sound and not fields.flag("optional") and domain.grid.low > domain.grid.high:
        why = f"it has no multiple of {to_text(domain.grid.unit)}"
        draft.report(say.ends_reversed(fields.at, "the domain", "other ends", "a smaller `step`", why))
    return domain


def _check_ends(draft: Draft, fields: Fields, lower: str, upper: str) -> bool:
    """Return whether a domain's ends are in order; report them if not."""
    low, high = fields.values.get(lower), fields.values.get(upper)
    if low is None or high is None:
        return True
    is_point = (lower, upper) == ("min", "max")
    if low > high or (low == high and not is_point):
        at = fields.at_value(upper)
        draft.report(say.ends_reversed(at, "the domain", _shown(low), _shown(high)))
        return False
    return True


def _list(draft: Draft, fields: Fields, choices: Choices) -> ListDomain:
    columns, let = fields.entries("fields"), fields.entries("let")
    for id_, computed in let.items():
        if id_ in columns:
            line = columns[id_].span.line
            draft.report(say.name_taken(computed.at, id_, "computed field", "field", line))
    unique = fields.items("unique")
    written = fields.nodes.get("fields")
    for index, name in enumerate(unique):
        is_unread = not isinstance(written, MapNode) or written.get(name) is not None
        if name not in columns and is_unread:
            draft.decoding.is_broken = True
        elif name not in columns:
            at = fields.at_value("unique", index)
            draft.report(words.unknown_name(at, name, draft.some(columns), "no field of this name"))
    for index in repeated(unique):
        draft.report(say.named_twice(fields.at_value("unique", index), "field", unique[index]))
    most = fields.whole("max_items")
    least = fields.whole("min_items") or 0
    most = DEFAULT_MAX_ITEMS if most is None else most
    if least > most:
        at = fields.at_value("min_items")
        draft.report(say.ends_reversed(at, "the number of records", str(least), str(most)))
    declared = tuple(_input(draft, id_, column, choices) for id_, column in columns.items())
    if unique:
        count = prod(_count(field_) for field_ in declared if field_.id in unique)
        # A field without values reports that itself.
        if 0 < count < least:
            at, names = fields.at_value("unique"), listed(dict.fromkeys(unique), "and")
            why = f"`min_items` is {least}, but at most {count} records can differ in {names}"
            ways_out = "a lower `min_items`", "more fields under `unique`"
            draft.report(say.ends_reversed(at, "the list", *ways_out, why))
    check_columns(draft, ((id_, column, column) for id_, column in columns.items()), "field")
    conditions = draft.conditions(fields.entries("validations"))
    return ListDomain(declared, draft.named(let), unique, least, most, conditions)


def _count(declared: Input) -> int:
    """Return the number of values of an input, with absence; very many for texts and unbounded dates."""
    match declared.domain:
        case NumberDomain(step=step) as domain:
            if step is not None and step <= 0:
                return UNCOUNTABLE
            count = max(domain.grid.high - domain.grid.low + 1, 0)
        case BooleanDomain():
            count = 2
        case ChoiceDomain(options=options) if options:
            count = len(options)
        case DateDomain(minimum=first, maximum=last):
            count = max(((last or date.max) - (first or date.min)).days + 1, 0)
        case _:
            return UNCOUNTABLE
    return count + declared.may_be_absent


# -- defaults ---------------------------------------------------------------------------------


def _shown(value: object) -> str:
    if isinstance(value, Fraction):
        return to_text(value)
    return value.isoformat() if isinstance(value, date) else f'"{value}"'


def _not_in(domain: Domain, value: Fraction | bool | str | date) -> str:
    """Return why a value is not in a domain, or an empty text."""
    if isinstance(domain, ChoiceDomain):
        return (
            ""
            if value in domain.options or not domain.options
            else f"the options are {listed(domain.options, 'and')}"
        )
    if isinstance(domain, TextDomain) and isinstance(value, str):
        return "" if len(value) <= domain.max_length else f"at most {domain.max_length} characters are allowed"
    if isinstance(domain, DateDomain) and isinstance(value, date):
        return _outside(value, domain.minimum, domain.maximum)
    if isinstance(domain, NumberDomain) and isinstance(value, Fraction):
        return _outside(value, domain.minimum, domain.maximum) or _not_number(domain, value)
    return ""


def _outside(value: object, least: object, most: object) -> str:
    if least is not None and value < least:  # type: ignore[operator]
        return f"the least is {_shown(least)}"
    if most is not None and value > most:  # type: ignore[operator]
        return f"the greatest is {_shown(most)}"
    return ""


def _not_number(domain: NumberDomain, value: Fraction) -> str:
    if domain.above is not None and value <= domain.above:
        return f"it is above {to_text(domain.above)}"
    if domain.below is not None and value >= domain.below:
        return f"it is below {to_text(domain.below)}"
    if domain.is_integer and value.denominator != 1:
        return "it is a whole number"
    if domain.decimals is not None and (value * 10**domain.decimals).denominator != 1:
        return f"it has at most {domain.decimals} digit{'s' * (domain.decimals != 1)} after the point"
    if domain.step is not None and domain.step > 0 and (value / domain.step).denominator != 1:
        return f"it is a multiple of {to_text(domain.step)}"
    return ""
