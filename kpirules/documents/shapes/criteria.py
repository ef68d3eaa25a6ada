"""Shapes of criteria, the score, tables and their rows."""

from __future__ import annotations

from ...kernel.exact import MODES
from ...language.model import COMBINES
from .inputs import COLUMN, WORDS
from .kinds import (
    AMOUNT,
    BETTER,
    EXPRESSION,
    FLAG,
    GIVES,
    ID,
    TEXT,
    VALUE,
    Key,
    Kind,
    Shape,
    a,
    list_of,
    map_of,
    short_or,
    word,
)

__all__ = ["CRITERIA", "GROUP_KEYS", "LEAF_KEYS", "SHAPES", "TABLE_SHAPES"]

LEAF_KEYS = ("points", "rate", "met", "measure", "cases", "entered")
GROUP_KEYS = ("combine", "weights", "rescale", "require_share")
TABLE_SHAPES = ("steps", "scale", "thresholds", "lookup")

CRITERIA = map_of(a("criterion", "a criterion"), "criteria by id", least=1)

_UNDEFINED = Key("undefined", FLAG, "True if the regulation does not say; then there is no score.")
_PAIR = list_of(AMOUNT, "a pair `[x, points]`", 2, 2)
_SCALE = Key(
    "scale",
    list_of(_PAIR, "a list of pairs `[x, points]`", 2),
    "Piecewise linear between pairs `[x, points]`.",
)
_THRESHOLDS = Key(
    "thresholds",
    a("thresholds", "a mapping with `above`, `from`, `below` or `to`"),
    "The number of thresholds passed, times `each`.",
)
_OUTSIDE = Key("outside", word("clamp"), "`clamp`: values beyond the limits become the limit.")
_ROUND = Key("round", a("round", "a rounding: `places` or `to`, and `mode`"), "Rounding, after the limits.")
_MISSING = "The meaning of absence: `exclude`, `zero`, `full` or `unrated`."

_ENDS = (
    Key("from", AMOUNT, "The lower end, included."),
    Key("above", AMOUNT, "The lower end, excluded."),
    Key("to", AMOUNT, "The upper end, included."),
    Key("below", AMOUNT, "The upper end, excluded."),
    Key("equals", AMOUNT, "The one value of the row."),
)
_STRETCH = (
    ("from", "The lower end, included."),
    ("above", "The lower end, excluded."),
    ("to", "The upper end, included."),
    ("below", "The upper end, excluded."),
)
_POINTS = Key("points", GIVES, "The points it gives.")
_RATE = Key("rate", GIVES, "The part of the max it gives.")
_VALUE = Key("value", GIVES, "The value it gives.")
_EXCLUDING = (("from", "above", "equals"), ("to", "below", "equals"))


_NEED = Kind("a value, a list of values, or an interval", "value", items=VALUE, shape="stretch", least=1)
_WHEN = Key(
    "when",
    Kind("a condition, or what names must be", "expression", entries=_NEED, keys="text", least=1),
    "The condition, or by name the allowed value, values or interval; always by default.",
)
_UNIQUE = Key("unique", FLAG, "True where two cases that hold at once are an error.")


def _tabular(row: str, option: str, case: str, short: str) -> tuple[Key, ...]:
    """Return the keys of the five kinds of tables, whose rows give points or values."""
    options = short_or(GIVES, option, short, "what the option gives")
    return (
        Key("steps", list_of(a(row, "a row"), "a list of rows", 1), "Rows; the first that holds, in order."),
        _SCALE,
        _THRESHOLDS,
        Key("lookup", map_of(options, "options", "text", 1), "What each option gives; `else` for all others."),
        Key("cases", list_of(a(case, "a case"), "a list of cases", 1), "The first case that holds, in order."),
        _UNIQUE,
    )


_GROUP = (
    Key("combine", word(*COMBINES), "How the children are combined; by default `sum`."),
    Key("weights", word("relative"), "`relative`: the weights need not add to 100 %."),
    Key("rescale", FLAG, "Whether a sum is scaled up to the whole if children are excluded."),
    Key("require_share", AMOUNT, "The least part of the weight, or of the maxima, that must remain."),
)
_LIMITS = (
    Key("min", AMOUNT, "The least points; by default 0."),
    Key("max", AMOUNT, "The most points."),
)

SHAPES = (
    Shape(
        "criterion",
        "a criterion",
        (
            Key("points", EXPRESSION, "The points, as an expression."),
            Key("rate", EXPRESSION, "The part of the max that is earned."),
            Key("met", EXPRESSION, "The max if this holds, else the min."),
            Key("measure", EXPRESSION, "The value that a table turns into points."),
            *_tabular("step", "option", "case", "points"),
            Key(
                "entered",
                a("entered", "`step` for points that an assessor enters"),
                "An assessor enters the points.",
            ),
            Key("criteria", CRITERIA, "The children of a group."),
            *_GROUP,
            *_LIMITS,
            Key("weight", AMOUNT, "Its weight among its siblings."),
            Key("extra", FLAG, "True for bonus points, which do not raise the max of the group."),
            Key("applies", EXPRESSION, "If this is false, the criterion is excluded."),
            Key("missing", word("exclude", "zero", "full", "unrated"), _MISSING),
            _OUTSIDE,
            _ROUND,
            Key("unit", TEXT, "The unit of the measured value, for display."),
            *WORDS,
        ),
        at_least_one=("criteria", *LEAF_KEYS),
    ),
    Shape(
        "score",
        "the score",
        (
            Key("points", EXPRESSION, "The score as an expression, instead of `combine`."),
            *_GROUP,
            *_LIMITS,
            Key("missing", word("zero", "full", "unrated"), _MISSING),
            _OUTSIDE,
            _ROUND,
            Key(
                "limits",
                map_of(a("limit", "a limit"), "limits by id"),
                "Caps on the score, by condition.",
            ),
            Key(
                "band_on",
                word("rounded", "exact"),
                "Whether the published score decides the band, or the exact one.",
            ),
            Key(
                "better",
                BETTER,
                "Which scores are better: by default `higher`; `listed`: in the order of the bands.",
            ),
            Key("unit", TEXT, "The unit of the score, for display."),
            *WORDS,
        ),
        at_most_one=(("combine", "points"),),
    ),
    Shape(
        "limit",
        "a limit",
        (
            Key("when", EXPRESSION, "The condition; always by default."),
            Key("at_most", EXPRESSION, "The maximum score.", is_required=True),
            *WORDS,
        ),
    ),
    Shape("entered", "an entered criterion", (Key("step", AMOUNT, "Points are multiples of this."), COLUMN)),
    Shape(
        "round",
        "a rounding",
        (
            Key("places", AMOUNT, "The number of decimal places."),
            Key("to", AMOUNT, "The number of which the result is a multiple."),
            Key("mode", word(*MODES), "How to round; by default `half_up`."),
        ),
        exactly_one=("places", "to"),
    ),
    Shape(
        "step",
        "a row",
        (*_ENDS, _POINTS, _RATE, _UNDEFINED, *WORDS),
        exactly_one=("points", "rate", "undefined"),
        at_most_one=_EXCLUDING,
    ),
    Shape(
        "case",
        "a case",
        (_WHEN, _POINTS, _RATE, _UNDEFINED, *WORDS),
        exactly_one=("points", "rate", "undefined"),
    ),
    Shape(
        "stretch",
        "an interval",
        tuple(Key(key, VALUE, help_) for key, help_ in _STRETCH),
        at_least_one=("from", "above", "to", "below"),
        at_most_one=(("from", "above"), ("to", "below")),
    ),
    Shape(
        "option",
        "an option",
        (_POINTS, _RATE, _UNDEFINED, *WORDS),
        exactly_one=("points", "rate", "undefined"),
    ),
    Shape(
        "thresholds",
        "thresholds",
        (
            *(
                Key(
                    end,
                    list_of(AMOUNT, "a list of numbers", 1),
                    f"Numbers, passed where the measure is {meaning}.",
                )
                for end, meaning in (
                    ("above", "greater"),
                    ("from", "as great or greater"),
                    ("below", "less"),
                    ("to", "as great or less"),
                )
            ),
            Key("each", AMOUNT, "The points for each threshold passed; by default 1."),
        ),
        exactly_one=("above", "from", "below", "to"),
    ),
    Shape(
        "table",
        "a table",
        (
            *_tabular("table_step", "table_option", "table_case", "value"),
            Key("args", list_of(ID, "a list of names", 1), "What `cases` decide by: names of values, in order."),
            Key(
                "gives",
                Kind("`bands`, or options", "word", closed=("bands",), shape="gives", short="options"),
                "The options of the values; by default the values are numbers.",
            ),
            _OUTSIDE,
            Key("unit", TEXT, "The unit of the values, for display."),
            *WORDS,
        ),
        exactly_one=(*TABLE_SHAPES, "cases"),
    ),
    Shape(
        "table_step",
        "a row",
        (*_ENDS, _VALUE, _UNDEFINED, *WORDS),
        exactly_one=("value", "undefined"),
        at_most_one=_EXCLUDING,
    ),
    Shape("table_option", "an option", (_VALUE, _UNDEFINED, *WORDS), exactly_one=("value", "undefined")),
    Shape("table_case", "a case", (_WHEN, _VALUE, _UNDEFINED, *WORDS), exactly_one=("value", "undefined")),
)
