"""The tables of a rulebook: functions of one value, written as rows, and of several values, written as cases."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from ...diagnostics.codes import structure as say
from ...language.expressions import BOOLEAN, NUMBER, UNKNOWN, Type
from ...language.model import Lookup, Shape, Table
from ..shapes.criteria import TABLE_SHAPES
from .cases import build_cases
from .domains import Choices
from .draft import Draft, repeated
from .fields import Fields
from .names import check_bare
from .tables import build_shape

__all__ = ["build_tables"]


def build_tables(draft: Draft, entries: Mapping[str, Fields], choices: Choices) -> tuple[Table, ...]:
    """Return the rulebook's tables, each with the types of its argument and result."""
    return tuple(_table(draft, id_, fields, choices) for id_, fields in entries.items())


def _table(draft: Draft, id_: str, fields: Fields, choices: Choices) -> Table:
    gives = _type_given(draft, id_, fields, choices)
    if fields.has("cases"):
        args = _args(draft, fields)
        # The type of an argument comes from each call, not from an input of the same name.
        cases = build_cases(evolve(draft, kinds={}), fields, gives, args)
        return Table(id_, cases, UNKNOWN, gives, fields.words, args)
    for key in ("args", "unique"):
        if fields.has(key):
            draft.report(say.misplaced_key(fields.at_key(key), key, "only `cases` have it"))
    key = next((key for key in TABLE_SHAPES if fields.has(key)), "lookup")
    if gives.kind == "choice" and key in ("scale", "thresholds"):
        at = fields.at_key("gives")
        draft.report(say.misplaced_key(at, "gives", f"`{key}` gives numbers", "use `steps`, `lookup` or `cases`"))
    shape = build_shape(draft, fields, key, gives)
    return Table(id_, shape, _type_taken(shape, choices), gives, fields.words)


def _args(draft: Draft, fields: Fields) -> tuple[str, ...]:
    """Return the arguments of a table of cases."""
    args: tuple[str, ...] = fields.items("args")
    if not fields.has("args"):
        draft.report(say.missing_key(fields.at, "args", "a table of `cases`", "the names of their arguments"))
    for index, arg in enumerate(args):
        check_bare(draft.decoding, arg, fields.at_value("args", index))
    for index in repeated(args):
        draft.report(say.named_twice(fields.at_value("args", index), "argument", args[index]))
    return args


def _type_given(draft: Draft, id_: str, fields: Fields, choices: Choices) -> Type:
    if not fields.has("gives"):
        return NUMBER
    domain = choices.known.get(id_)
    if domain is None:
        draft.decoding.is_broken = True
        return Type("choice")
    return Type("choice", domain.options, domain.order)


def _type_taken(shape: Shape, choices: Choices) -> Type:
    """Return the type of a table's argument: a number, a boolean, or the choice with its options."""
    if not isinstance(shape, Lookup):
        return NUMBER
    options = tuple(row.option for row in shape.rows if row.option is not None)
    if options and all(isinstance(option, bool) for option in options):
        return BOOLEAN
    names = tuple(str(option) for option in options)
    has_rest = any(row.option is None for row in shape.rows)
    fitting = choices.with_options(names, has_others=has_rest)
    if len(fitting) == 1:
        return fitting[0]
    # With a default row, any choice that has these options can be looked up.
    return Type("string", names) if has_rest else Type("choice", names)
