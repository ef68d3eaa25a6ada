"""Shapes of inputs, named values, conditions, functions and calendars."""

from __future__ import annotations

from ...kernel.calendars import WEEKDAYS
from ...kernel.exact.grammar import MAX_EXPONENT
from ...language.expressions.typing import MAX_RECORDS
from ...language.model import DEFAULT_MAX_ITEMS, DEFAULT_MAX_LENGTH
from .kinds import (
    ALLOW,
    CITATION,
    DATE,
    EXPRESSION,
    FLAG,
    ID,
    LABEL,
    NUMBER,
    OPTIONS,
    TEXT,
    Key,
    Kind,
    Shape,
    chosen,
    list_of,
    map_of,
    short_or,
    whole,
    word,
)

__all__ = ["COLUMN", "CONDITION", "INPUTS", "INPUT_TYPES", "INVARIANT", "NAMED", "SHAPES", "WORDS"]

FIELD_TYPES = ("number", "integer", "boolean", "choice", "date", "text")
INPUT_TYPES = (*FIELD_TYPES, "list")

WORDS = (
    Key("label", LABEL, "Its name for people, as one text or by language."),
    Key("note", LABEL, "A remark; it changes nothing."),
    Key("source", CITATION, "The source of the rule: a text, or document, article, clause and url."),
    Key("allow", ALLOW, "Diagnostics accepted on purpose here and below: the code, and the reason."),
)

NAMED = short_or(EXPRESSION, "named", "value", "an expression, or `value` with a label, unit and source")
CONDITION = short_or(EXPRESSION, "condition", "that", "a condition, or `that` with a label and source")
INVARIANT = short_or(EXPRESSION, "invariant", "that", "a condition, `never_lowers` or `never_raises`")
_READ = list_of(Kind("an input, or `list.field`", "dotted_id"), "a list of inputs", least=1)
INPUTS = map_of(chosen("type", "input", "an input", INPUT_TYPES), "inputs by id")
_FIELDS = map_of(chosen("type", "input", "a field", FIELD_TYPES), "fields by id", least=1)

_TYPE = Key("type", word(*INPUT_TYPES), "The kind of value.", is_required=True)
COLUMN = Key("column", TEXT, "Its name in the data, such as the head of a column; the id is accepted too.")
_OPTIONAL = Key("optional", FLAG, "True if it may be absent.")
_UNIT = Key("unit", TEXT, "The unit, for display.")
_ORDERED = Key("ordered", word("best_first", "worst_first"), "Gives the options an order, so that `<` means worse.")
_OPTIONS = Key(
    "options",
    OPTIONS,
    "The options: a list, a map to labels, `bands`, or an input or table whose options are taken.",
    is_required=True,
)


def _default(kind: Kind) -> Key:
    return Key("default", kind, "The value if it is absent; the explanation says so.")


def _number(name: str, words: str) -> Shape:
    return Shape(
        name,
        words,
        (
            _TYPE,
            Key("min", NUMBER, "The least allowed value."),
            Key("max", NUMBER, "The greatest allowed value."),
            Key("above", NUMBER, "Values are greater than this."),
            Key("below", NUMBER, "Values are less than this."),
            Key("decimals", whole(0, MAX_EXPONENT), "The most digits after the point."),
            Key("step", NUMBER, "Values are whole multiples of this."),
            _UNIT,
            _OPTIONAL,
            _default(NUMBER),
            COLUMN,
            *WORDS,
        ),
        at_most_one=(("min", "above"), ("max", "below")),
    )


SHAPES = (
    _number("number_input", "a number"),
    _number("integer_input", "a whole number"),
    Shape("boolean_input", "a yes/no value", (_TYPE, _UNIT, _OPTIONAL, _default(FLAG), COLUMN, *WORDS)),
    Shape(
        "choice_input",
        "a choice",
        (_TYPE, _OPTIONS, _ORDERED, _UNIT, _OPTIONAL, _default(Kind("an option", "option")), COLUMN, *WORDS),
    ),
    Shape(
        "date_input",
        "a date",
        (
            _TYPE,
            Key("min", DATE, "The first allowed date."),
            Key("max", DATE, "The last allowed date."),
            _UNIT,
            _OPTIONAL,
            _default(DATE),
            COLUMN,
            *WORDS,
        ),
    ),
    Shape(
        "text_input",
        "a text",
        (
            _TYPE,
            Key("max_length", whole(1, 1_000_000), f"The most characters; by default {DEFAULT_MAX_LENGTH}."),
            _UNIT,
            _OPTIONAL,
            _default(Kind("a text", "option")),
            COLUMN,
            *WORDS,
        ),
    ),
    Shape(
        "list_input",
        "a list",
        (
            _TYPE,
            Key("fields", _FIELDS, "The fields of each record, written as inputs.", is_required=True),
            Key("let", map_of(NAMED, "named values by id"), "Computed fields, reading `item.<field>`."),
            Key("unique", list_of(ID, "a list of fields", least=1), "Fields whose values together must be unique."),
            Key("min_items", whole(0, MAX_RECORDS), "The least number of records."),
            Key(
                "max_items",
                whole(0, MAX_RECORDS),
                f"The greatest number of records; by default {DEFAULT_MAX_ITEMS:,}.",
            ),
            Key("validations", map_of(CONDITION, "conditions by id"), "Conditions that must hold for every record."),
            _OPTIONAL,
            _UNIT,
            COLUMN,
            *WORDS,
        ),
    ),
    Shape(
        "named",
        "a named value",
        (Key("value", EXPRESSION, "The value.", is_required=True), _UNIT, *WORDS),
    ),
    Shape(
        "condition",
        "a condition",
        (Key("that", EXPRESSION, "The condition that must hold.", is_required=True), *WORDS),
    ),
    Shape(
        "invariant",
        "an invariant",
        (
            Key("that", EXPRESSION, "What must hold."),
            Key("never_lowers", _READ, "Inputs, or `list.field`, of which more never makes the rating worse."),
            Key("never_raises", _READ, "Inputs, or `list.field`, of which more never makes the rating better."),
            *WORDS,
        ),
        at_least_one=("that", "never_lowers", "never_raises"),
        at_most_one=(("that", "never_lowers"), ("that", "never_raises")),
    ),
    Shape(
        "function",
        "a function",
        (
            Key("args", list_of(ID, "a list of names"), "The names of its arguments.", is_required=True),
            Key("value", EXPRESSION, "The formula, which replaces every call.", is_required=True),
            _UNIT,
            *WORDS,
        ),
    ),
    Shape(
        "calendar",
        "a calendar",
        (
            Key(
                "weekend",
                list_of(word(*WEEKDAYS), "a list of weekdays"),
                "The weekdays off; `[]` for none.",
                is_required=True,
            ),
            Key("holidays", list_of(DATE, "a list of dates"), "Further days off."),
            Key("makeup", list_of(DATE, "a list of dates"), "Working days that would otherwise be days off."),
            Key("from", DATE, "The first date of the calendar.", is_required=True),
            Key("until", DATE, "The first date after the calendar.", is_required=True),
            *WORDS,
        ),
    ),
    Shape(
        "gives",
        "a choice",
        (_OPTIONS, _ORDERED, *WORDS),
    ),
    Shape(
        "citation",
        "a citation",
        (
            Key("document", TEXT, "The legal document."),
            Key("article", TEXT, "Its article."),
            Key("clause", TEXT, "The clause or point."),
            Key("url", TEXT, "Its address on the web."),
        ),
        at_least_one=("document", "article", "clause", "url"),
    ),
)
