"""The names in the text of a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lines import Line
from .numbers import QUOTED

__all__ = ["measured_name", "names_in"]

_NAME = re.compile(
    rf"{QUOTED}|(?<![\w.])(?P<name>[^\W\d]\w*(?:\.\w+)?)(?![\w.])(?!\s*=(?!=))(?P<call>\s*\()?", re.DOTALL
)
"""A quoted text, or a name that is not of an argument."""

_BOUND = re.compile(r"\bfor (\w+) in ([\w.]+)")
"""The name of a record in an aggregate, and the list."""

_AGGREGATES = "sum|avg|min|max|median|quantile|largest|smallest|sum_largest|sum_smallest|trimmed_avg"
_OF_COHORT = "sum|avg|min|max|stdev|median|quantile"

_MEASURED = re.compile(
    rf"(?P<name>[a-z][a-z0-9_]*)|cohort_(?:{_OF_COHORT})\((?:[^(),]+, )?(?P<compared>[a-z][a-z0-9_]*)\)"
    rf"|(?:{_AGGREGATES})\((?:[^()]*, \()?"
    r"(?P<record>\w+)\.(?P<field>\w+) for (?P=record) in (?P<list>\w+)(?: if .*)?\)+"
)
"""A name, or an aggregate that has the unit of a name or field."""


def names_in(line: Line) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each name in the formula of a line, with its full name.

    The full name of `t.done` is `tasks.done`, that of the function `ratio` is `ratio(`.

    Args:
        line: a line with a formula; of a computed field, its id begins with the list.

    >>> line = Line("let", "all", formula="ratio(sum(t.done for t in tasks), plan, if_zero=0)")
    >>> [name for _, name in names_in(line)]
    ['ratio(', 'sum(', 'tasks.done', 'tasks', 'plan']
    >>> [name for _, name in names_in(Line("field", "tasks.late", formula="item.days > limit"))]
    ['tasks.days', 'limit']
    """
    bound = dict(_BOUND.findall(line.formula))
    if line.kind == "field":
        bound["item"] = line.id.partition(".")[0]
    for found in _NAME.finditer(line.formula):
        head, dot, rest = (found["name"] or "").partition(".")
        if found["call"]:
            yield found, f"{head}("
        elif head not in ("", "for", "in") and (dot or head not in bound):
            yield found, f"{bound.get(head, head)}{dot}{rest}" if dot else head


def measured_name(read: str) -> str:
    """Return the name whose unit a value in a formula has, such as `tasks.hours`; empty if unknown.

    Args:
        read: a name, or an aggregate.

    >>> measured_name("plan"), measured_name("sum_largest(2, (t.hours for t in tasks if t.late))")
    ('plan', 'tasks.hours')
    >>> measured_name("cohort_quantile(0.9, sales)"), measured_name("count(tasks)"), measured_name("t.a + t.b")
    ('sales', '', '')
    """
    found = _MEASURED.fullmatch(read)
    if found is None:
        return ""
    return found["name"] or found["compared"] or f"{found['list']}.{found['field']}"
