"""Steps, scales, thresholds and lookups, for criteria and tables."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from ...diagnostics.codes import expression as words
from ...diagnostics.codes import structure as say
from ...kernel.exact import to_text
from ...language.expressions import NUMBER, Type
from ...language.model import Amount, Lookup, Row, Scale, Shape, Steps, Thresholds
from .draft import NONE, Draft
from .fields import Fields, Written

__all__ = ["build_shape", "read_ends", "read_gives"]

ENDS = ("above", "from", "below", "to")


def read_ends(draft: Draft, fields: Fields, what: str) -> tuple[Amount | None, bool, Amount | None, bool]:
    """Return the lower end and whether it is open, then the upper end and whether it is open.

    Args:
        draft: the rulebook built so far.
        fields: a mapping with `from` or `above`, and `to` or `below`.
        what: the name of the interval, for a message if it is empty.
    """
    lower = draft.optional_amount(fields, "above" if fields.has("above") else "from")
    upper = draft.optional_amount(fields, "below" if fields.has("below") else "to")
    is_open = fields.has("above") or fields.has("below")
    if lower is None or upper is None or NONE in (lower, upper):
        pass
    elif lower.value > upper.value or (lower.value == upper.value and is_open):
        draft.report(say.ends_reversed(fields.at, what, to_text(lower.value), to_text(upper.value)))
    return lower, fields.has("above"), upper, fields.has("below")


def build_shape(draft: Draft, fields: Fields, key: str, gives: Type = NUMBER) -> Shape:
    """Return the shape under a key, in a criterion or a table of the rulebook."""
    match key:
        case "steps":
            return _steps(draft, fields.items(key), gives)
        case "scale":
            return _scale(draft, fields)
        case "thresholds":
            return _thresholds(draft, fields)
        case _:
            rows = (_option(draft, o, f, gives) for o, f in fields.entries(key).items())
            return Lookup(tuple(rows))


# -- rows -------------------------------------------------------------------------------------


def _steps(draft: Draft, rows: Iterable[Fields], gives: Type) -> Steps:
    listed_rows = tuple(rows)
    made = tuple(_row(draft, fields, gives) for fields in listed_rows)
    for index, row in enumerate(made[:-1]):
        is_open = not any(listed_rows[index].has(end) for end in (*ENDS, "equals"))
        if is_open and row.is_rest and not listed_rows[index].has_unknown:
            draft.report(say.rest_before_the_end(listed_rows[index].at, index + 1))
    return Steps(made)


def _row(draft: Draft, fields: Fields, gives: Type) -> Row:
    value, is_rate = read_gives(draft, fields, gives)
    equals = draft.optional_amount(fields, "equals")
    return Row(*read_ends(draft, fields, "the row"), equals, None, value, is_rate, fields.words)


def _option(draft: Draft, option: str, fields: Fields, gives: Type) -> Row:
    value, is_rate = read_gives(draft, fields, gives)
    name: str | bool | None = option
    if option == "else":
        name = None
    elif option.lower() in ("true", "false"):
        name = option.lower() == "true"
    return Row(option=name, gives=value, is_rate=is_rate, words=fields.words)


def read_gives(draft: Draft, fields: Fields, gives: Type) -> tuple[Amount | str | None, bool]:
    """Return the value that a row gives (None if it is undefined), and whether it is a rate."""
    if fields.has("undefined"):
        if fields.values.get("undefined") is False:
            at = fields.at_value("undefined")
            draft.report(say.misplaced_key(at, "undefined", "it has a meaning only as `true`"))
        return None, False
    key = next((key for key in ("rate", "points", "value") if fields.has(key)), "")
    written = fields.written(key)
    if written is None:
        return NONE, False
    if written.scalar.text == "undefined":
        return None, False
    if gives.kind == "choice":
        return _given_option(draft, written, gives), False
    if isinstance(written.scalar.value, bool):
        kind = "a number or the name of a parameter"
        draft.report(say.wrong_kind_of_value(written.at, written.place, kind, f"`{written.scalar.text}`"))
        return NONE, False
    return draft.amount(written), key == "rate"


def _given_option(draft: Draft, written: Written, gives: Type) -> str:
    text = written.scalar.text
    if not isinstance(written.scalar.value, str):
        found = say.wrong_kind_of_value(written.at, written.place, "an option", f"`{text}`", f'quote it: `"{text}"`')
        draft.report(found.with_fix(f'"{text}"', is_safe=True, span=written.scalar.span))
    elif gives.options and text not in gives.options:
        draft.report(words.unknown_option(written.at, text, draft.some(gives.options)))
    return text


# -- numbers ----------------------------------------------------------------------------------


def _scale(draft: Draft, fields: Fields) -> Scale:
    knots = []
    for pair in fields.items("scale"):
        if len(pair) == 2:
            knots.append((draft.amount(pair[0]), draft.amount(pair[1])))
    for index, ((before, _), (after, _)) in enumerate(pairwise(knots)):
        if before is not NONE and after is not NONE and after.value <= before.value:
            at = fields.at_value("scale", index + 1)
            draft.report(say.knots_not_ascending(at, to_text(before.value), to_text(after.value)))
    return Scale(tuple(knots), fields.text("outside") == "clamp")


def _thresholds(draft: Draft, fields: Fields) -> Thresholds:
    inner = fields.fields("thresholds")
    if inner is None:
        return Thresholds("from", (), NONE)
    comparison = next((end for end in ENDS if inner.has(end)), "from")
    amounts = tuple(draft.amount(written) for written in inner.items(comparison))
    each = draft.optional_amount(inner, "each", Amount(Fraction(1)))
    return Thresholds(comparison, amounts, each)
