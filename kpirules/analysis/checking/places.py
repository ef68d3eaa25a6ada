"""Every expression of a rulebook, with the type that its place needs."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ...language.expressions import Expression
from ...language.expressions.tree import Not, Unreadable
from ...language.model import (
    Case,
    Cases,
    Condition,
    Criterion,
    Entered,
    Group,
    Input,
    ListDomain,
    Lookup,
    Measure,
    Met,
    Points,
    Quota,
    Rate,
    Rulebook,
)

__all__ = [
    "BAND",
    "CRITERIA",
    "GIVEN",
    "INVARIANT",
    "ITEM",
    "ORDER",
    "OUTPUT",
    "QUOTA",
    "SCORE",
    "TABLE",
    "Place",
    "applies_of",
    "case_path",
    "places",
]

GIVEN, CRITERIA, SCORE, BAND, OUTPUT, INVARIANT = "given", "criteria", "score", "band", "output", "invariant"
"""The names known at a place, in the order of an assessment (§2)."""

ITEM = "item "
"""The prefix of a stage inside the records of a list: `item tasks`."""

ORDER = "order "
"""The prefix of a stage that ranks the members with a quota's band: `order excellent`."""

QUOTA = "quota "
"""The prefix of a stage about a group that has a quota: `quota excellent`."""

TABLE = "table "
"""The prefix of a stage in a table of cases, which reads its arguments and constants: `table grid`."""

SETTLE = "replace it with `default(x, v)`, or test `given(x)` first"
SETTLE_CRITERION = "write `missing` for the criterion, or use `default(x, v)` or `given(x)`"


@frozen
class Place:
    """An expression, with the type that its place needs.

    Args:
        expression: the formula.
        stage: the stage of the assessment, which decides the known names.
        expects: number, boolean, rows (an argument of a lookup), band, order (a comparable value), or any (no
            list, no calendar).
        what: the place in words, for messages.
        path: its path in the document.
        owner: the named part that it defines, as in the dependency graph; empty for none.
        guards: conditions that hold whenever it is evaluated.
        may_be_absent: whether an absent value has a meaning here.
        ways: how to handle absence here.
    """

    expression: Expression
    stage: str
    expects: str
    what: str
    path: str
    owner: str = ""
    guards: tuple[Expression, ...] = ()
    may_be_absent: bool = False
    ways: str = SETTLE


def places(rulebook: Rulebook) -> Iterator[Place]:
    """Yield every expression that can be evaluated, with the type that its place needs."""
    for declared in rulebook.inputs:
        yield from _record_places(declared)
    for table in rulebook.tables:
        for row in () if table.cases is None else table.cases.rows:
            stage, what = f"{TABLE}{table.id}", f"case {row.number} of `{table.id}`"
            path = case_path(table.words.path, row)
            for condition in row.conditions:
                yield Place(condition, stage, "boolean", what, path, table.id, may_be_absent=True)
    yield from _conditions(rulebook.validations, GIVEN, "validation")
    for named in rulebook.let:
        yield Place(
            named.value,
            CRITERIA,
            "any",
            f"the value of `{named.id}`",
            named.words.path,
            named.id,
            may_be_absent=True,
        )
    for exemption in rulebook.exemptions:
        what = f"the condition of the exemption `{exemption.id}`"
        yield Place(exemption.when, GIVEN, "boolean", what, f"{exemption.words.path}.when")
    if rulebook.root is not None:
        yield from _criterion_places(rulebook.root, ())
    yield from _rating_places(rulebook)
    for named in rulebook.outputs:
        yield Place(
            named.value,
            OUTPUT,
            "any",
            f"the output `{named.id}`",
            named.words.path,
            f"output {named.id}",
            may_be_absent=True,
        )
    yield from _conditions(rulebook.invariants, INVARIANT, "invariant")
    for quota in rulebook.quotas:
        yield from _quota_places(quota)


def _quota_places(quota: Quota) -> Iterator[Place]:
    stage, path = f"{QUOTA}{quota.id}", quota.words.path
    guards = () if quota.when is None else (quota.when,)
    if quota.when is not None:
        yield Place(quota.when, stage, "boolean", f"the condition of the quota `{quota.id}`", f"{path}.when")
    for key, expression in (("at_most", quota.at_most), ("minimum", quota.minimum)):
        yield Place(expression, stage, "number", f"`{key}` of `{quota.id}`", f"{path}.{key}", guards=guards)
    for index, expression in enumerate(quota.order):
        yield Place(expression, f"{ORDER}{quota.id}", "order", f"the order of `{quota.id}`", f"{path}.order[{index}]")


def _conditions(conditions: tuple[Condition, ...], stage: str, kind: str) -> Iterator[Place]:
    for condition in conditions:
        what = f"the {kind} `{condition.id}`"
        yield Place(condition.that, stage, "boolean", what, condition.words.path)


def _record_places(declared: Input) -> Iterator[Place]:
    if not isinstance(declared.domain, ListDomain):
        return
    stage = f"{ITEM}{declared.id}"
    for named in declared.domain.let:
        yield Place(
            named.value,
            stage,
            "any",
            f"the computed field `{named.id}`",
            named.words.path,
            f"{declared.id}.{named.id}",
            may_be_absent=True,
        )
    yield from _conditions(declared.domain.validations, stage, "validation")


def _rating_places(rulebook: Rulebook) -> Iterator[Place]:
    """Yield the expressions of score limits, bands and overrides."""
    for limit in rulebook.score_limits:
        guards = () if limit.when is None else (limit.when,)
        if limit.when is not None:
            what = f"the condition of the limit `{limit.id}`"
            yield Place(limit.when, CRITERIA, "boolean", what, f"{limit.words.path}.when")
        what = f"the limit `{limit.id}`"
        yield Place(limit.at_most, CRITERIA, "number", what, f"{limit.words.path}.at_most", guards=guards)
    if rulebook.bands is not None:
        if rulebook.bands.measure is not None:
            path = f"{rulebook.bands.words.path}.measure"
            yield Place(rulebook.bands.measure, SCORE, "number", "the measure of the bands", path)
        for band in rulebook.bands.levels:
            yield from _conditions(band.requires, SCORE, "requirement")
    for override in rulebook.overrides:
        guards = () if override.when is None else (override.when,)
        if override.when is not None:
            what = f"the condition of the override `{override.id}`"
            yield Place(override.when, BAND, "boolean", what, f"{override.words.path}.when")
        if isinstance(override.target, Expression):
            what = f"`{override.kind}` of `{override.id}`"
            path = f"{override.words.path}.{override.kind}"
            yield Place(override.target, BAND, "band", what, path, guards=guards)


def applies_of(criterion: Criterion) -> str:
    """Return the node of the dependency graph for the condition of a criterion."""
    return f"applies of {criterion.id}"


def _criterion_places(criterion: Criterion, guards: tuple[Expression, ...]) -> Iterator[Place]:
    """Yield the expressions of a criterion and of everything below it.

    Args:
        criterion: the topmost criterion.
        guards: the `applies` of the groups above.
    """
    settles = criterion.missing is not None
    path = criterion.words.path
    if criterion.applies is not None:
        # Whether points must be entered is decided before any criterion is judged.
        is_asked_early = any(isinstance(part.body, Entered) for part in criterion.walk())
        yield Place(
            criterion.applies,
            GIVEN if is_asked_early else CRITERIA,
            "boolean",
            f"`applies` of `{criterion.id}`",
            f"{path}.applies",
            applies_of(criterion),
            guards,
            settles,
            SETTLE_CRITERION,
        )
        guards = (*guards, criterion.applies)
    if isinstance(criterion.body, Cases):
        yield from _case_places(criterion, criterion.body, guards)
    for key, expression, expects in _own_expressions(criterion):
        owner = "score" if criterion.id == "score" else f"points.{criterion.id}"
        what = f"`{key}` of `{criterion.id}`"
        at = f"{path}.{key}"
        yield Place(expression, CRITERIA, expects, what, at, owner, guards, settles, SETTLE_CRITERION)
    for child in criterion.children:
        yield from _criterion_places(child, guards)


def case_path(owner: str, row: Case) -> str:
    """Return the path of the condition of a case."""
    return f"{owner}.cases[{row.number - 1}].when"


def _case_places(criterion: Criterion, cases: Cases, guards: tuple[Expression, ...]) -> Iterator[Place]:
    """Yield the conditions of each case, given that those before it do not hold."""
    for row in cases.rows:
        for expression in row.conditions:
            yield Place(
                expression,
                CRITERIA,
                "boolean",
                f"case {row.number} of `{criterion.id}`",
                case_path(criterion.words.path, row),
                f"points.{criterion.id}",
                guards,
                criterion.missing is not None,
                SETTLE_CRITERION,
            )
        if row.condition is not None and isinstance(row.condition.tree, Unreadable):
            # It may show that values read by the cases below are present.
            guards = (*guards, row.condition)
        elif row.condition is not None and "given" in row.condition.called and not cases.is_unique:
            guards = (*guards, Expression(row.condition.text, Not(row.condition.tree)))


def _own_expressions(criterion: Criterion) -> Iterator[tuple[str, Expression, str]]:
    match criterion.body:
        case Points(value=value):
            yield "points", value, "number"
        case Rate(value=value):
            yield "rate", value, "number"
        case Met(condition=condition):
            yield "met", condition, "boolean"
        case Measure(measure=measure, shape=shape):
            yield "measure", measure, "rows" if isinstance(shape, Lookup) else "number"
        case Group(points=points) if points is not None:
            yield "points", points, "number"
