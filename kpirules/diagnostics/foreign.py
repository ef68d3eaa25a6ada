"""Words of other languages and tools, with the words of this language that have the same meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["foreign_function", "foreign_key", "foreign_word"]

_NO_CLOCK = "a rulebook has no clock: make the day an input"
_NO_TEXT = "texts are compared, never computed"
_TABLE = "write the cases as a table under `tables`"
_ABSENT = "`given(x)` tests whether a value is present, `default(x, v)` replaces an absent one"
_IF = "write `a if condition else b`"
_COUNT = "`count(tasks)` counts the records of a list, `count(t.done for t in tasks)` those that satisfy a condition"
_SPREAD = "no such function for a list; `cohort_stdev` compares the members of a cohort"

_FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("len", "length", "size", "counta", "countif", "countifs"), _COUNT),
    **dict.fromkeys(("average", "mean", "averagea"), "did you mean `avg`?"),
    **dict.fromkeys(("sumif", "sumifs"), "write `sum(t.hours for t in tasks if t.done)`"),
    **dict.fromkeys(("averageif", "averageifs"), "write `avg(t.hours for t in tasks if t.done)`"),
    **dict.fromkeys(("if", "iff", "iif", "ifs", "when"), _IF),
    **dict.fromkeys(
        ("switch", "case", "choose", "vlookup", "hlookup", "xlookup", "lookup", "index", "match"), _TABLE
    ),
    **dict.fromkeys(("coalesce", "ifnull", "nvl", "ifna", "isnull", "isblank", "isna", "exists", "defined"), _ABSENT),
    **dict.fromkeys(
        ("iferror", "safe_divide", "div"), "`ratio(a, b, if_zero=v)` divides, with the value `v` for a divisor of 0"
    ),
    **dict.fromkeys(("today", "now", "date_today", "current_date"), _NO_CLOCK),
    **dict.fromkeys(("concat", "upper", "lower", "trim", "left", "right", "str", "text", "contains"), _NO_TEXT),
    **dict.fromkeys(("datediff", "datedif", "date_diff"), "use `days(a, b)`, `months(a, b)` or `years(a, b)`"),
    **dict.fromkeys(("networkdays", "busday_count"), "did you mean `workdays`?"),
    **dict.fromkeys(("std", "stdev", "stddev", "var", "variance"), _SPREAD),
    **dict.fromkeys(("rank", "percentrank"), "`cohort_rank` and `cohort_percentile` compare the members of a cohort"),
    **dict.fromkeys(("random", "rand"), "a rulebook has no randomness"),
    **dict.fromkeys(("int", "fix", "integer"), "`trunc(x)` rounds towards zero, `floor(x)` rounds down"),
    **dict.fromkeys(("roundup", "rounddown"), 'write `round(x, places=0, mode="up")`'),
    **dict.fromkeys(("mround",), "write `round(x, to=0.5)`"),
    **dict.fromkeys(("log10", "log2"), "`ln(x)` is the natural logarithm: write `ln(x) / ln(10)`"),
    "ceiling": "did you mean `ceil`?",
    "log": "did you mean `ln`?",
    "pow": "did you mean `power`?",
    "sgn": "did you mean `sign`?",
    "product": "multiply with `*`",
    **dict.fromkeys(("percentile", "quartile"), "`quantile(p, (… for t in tasks))` is a percentile of a list"),
    **dict.fromkeys(
        ("large", "small", "top", "top_n"), "`largest`, `smallest` and `sum_largest` put a list in order"
    ),
    "trimmean": "did you mean `trimmed_avg`?",
    "mode": "the language has no most frequent value of a list",
}
"""Help for a function of Python, SQL or a spreadsheet that the language does not have."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("value", "formula", "expression", "expr"), ("points", "value", "that")),
    **dict.fromkeys(("kpi", "kpis", "indicators", "indicator", "metrics", "goals", "objectives"), ("criteria",)),
    **dict.fromkeys(("name", "display_name", "caption"), ("label", "title")),
    **dict.fromkeys(("description", "desc", "comment", "remark", "remarks"), ("note",)),
    **dict.fromkeys(("reference", "citation", "legal_basis"), ("source",)),
    **dict.fromkeys(("grades", "ratings", "ranks", "bandings"), ("bands",)),
    **dict.fromkeys(("variables", "vars", "computed", "definitions", "derived"), ("let",)),
    **dict.fromkeys(("constants", "params", "settings"), ("parameters",)),
    **dict.fromkeys(("constraints", "checks", "rules"), ("validations",)),
    **dict.fromkeys(("tests", "cases"), ("examples",)),
    **dict.fromkeys(("penalties", "vetoes", "veto"), ("overrides",)),
    **dict.fromkeys(("choices", "enum", "values", "allowed"), ("options",)),
    **dict.fromkeys(("nullable", "required"), ("optional",)),
    **dict.fromkeys(("if", "condition", "where"), ("when", "that", "applies")),
    **dict.fromkeys(("minimum", "least", "at_least"), ("min", "from")),
    **dict.fromkeys(("maximum", "most"), ("max", "to", "at_most")),
    "min": ("from",),
    "max": ("at_most", "to"),
    **dict.fromkeys(("ge", "gte"), ("from",)),
    **dict.fromkeys(("le", "lte"), ("to",)),
    **dict.fromkeys(("gt", "over", "greater"), ("above",)),
    **dict.fromkeys(("lt", "under", "less"), ("below",)),
    **dict.fromkeys(("precision", "digits", "decimal_places", "dp"), ("decimals", "places")),
    **dict.fromkeys(("multiple_of", "increment"), ("step",)),
    **dict.fromkeys(("aggregate", "aggregation", "method"), ("combine",)),
    **dict.fromkeys(("weighting", "wt"), ("weight",)),
    **dict.fromkeys(("version", "revision"), ("edition",)),
    **dict.fromkeys(("columns", "properties"), ("fields",)),
    "score": ("points",),
    "then": ("points", "value"),
    "default_value": ("default",),
}
"""Keys that may be meant by a key of another tool; the first one that exists in its place is suggested."""

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("weighted_mean", "weighted_average", "weighted_sum", "average", "avg", "weighted"), "mean"),
    **dict.fromkeys(("total", "add"), "sum"),
    **dict.fromkeys(("minimum", "worst", "lowest"), "min"),
    **dict.fromkeys(("maximum", "best", "highest"), "max"),
    **dict.fromkeys(("str", "string"), "text"),
    **dict.fromkeys(("float", "decimal", "numeric", "double"), "number"),
    **dict.fromkeys(("bool", "flag", "yes_no"), "boolean"),
    **dict.fromkeys(("int", "whole"), "integer"),
    **dict.fromkeys(("enum", "select", "option"), "choice"),
    **dict.fromkeys(("array", "table", "records"), "list"),
    **dict.fromkeys(("datetime", "day"), "date"),
    **dict.fromkeys(("nearest", "round", "half"), "half_up"),
    **dict.fromkeys(("bankers", "banker", "even"), "half_even"),
    **dict.fromkeys(("truncate", "trunc"), "down"),
    **dict.fromkeys(("asc", "ascending"), "worst_first"),
    **dict.fromkeys(("desc", "descending"), "best_first"),
}


def foreign_function(name: str) -> str:
    """Return the help for a function of another language; empty if it is unknown.

    >>> foreign_function("average")
    'did you mean `avg`?'
    """
    return _FUNCTIONS.get(name.lower(), "")


def foreign_key(key: str, known: Iterable[str]) -> str:
    """Return the key that is meant by a key of another tool; empty if there is none.

    >>> foreign_key("kpis", ["criteria", "score"])
    'criteria'
    """
    known_keys = frozenset(known)
    return next((key_ for key_ in _KEYS.get(key.lower(), ()) if key_ in known_keys), "")


def foreign_word(word: str, known: Iterable[str]) -> str:
    """Return the word of a closed list that is meant by a word of another tool; empty if there is none.

    >>> foreign_word("weighted_mean", ["sum", "mean"])
    'mean'
    """
    known_word = _WORDS.get(word.lower().replace("-", "_").replace(" ", "_"), "")
    return known_word if known_word in frozenset(known) else ""
