"""The decisions of a rulebook with their possible outcomes, which tests should cover.

The list is that of `docs/reference/coverage.md`; a change to it must raise `VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import evolve, field, frozen

from ..analysis.checking.places import INVARIANT, places
from ..diagnostics import Span
from ..kernel.exact import to_text
from ..language.expressions import Expression, tree
from ..language.expressions.arguments import positional
from ..language.model import (
    Amount,
    Bands,
    Cases,
    Criterion,
    Group,
    Lookup,
    Measure,
    Rulebook,
    Scale,
    Shape,
    Steps,
    Thresholds,
    Words,
)

__all__ = ["VERSION", "Decision", "Point", "atoms", "decisions", "edges", "side_of_end"]

VERSION = 1
"""Of the definition of a decision point: a share of coverage says by which one it was counted."""

OPPOSITE = {"from": "below", "below": "from", "above": "to", "to": "above"}
"""The other side of an end, by how it is written."""

CONDITIONS = ("any", "all", "count", "share")
"""Aggregates of a condition."""

OWN = ("exemptions.", "overrides.", "validations.", "score.limits.", "bands.")
"""Where the outcome of a whole condition is that of what it stands in."""


@frozen
class Decision:
    """A part of a rulebook with several possible outcomes.

    Args:
        kind: `criterion`, `row`, `edge`, `condition`, `function`, `exemption`, `validation`, `band`, `requirement`,
            `override`, `limit`, `input`, `quota` or `version`.
        path: its path in the document.
        text: the decision in the words of the rulebook.
        outcomes: its possible outcomes.
        span: its place.
        about: the part of the model that decides.
    """

    kind: str
    path: str
    text: str
    outcomes: tuple[str, ...]
    span: Span | None = field(default=None, repr=False)
    about: Any = field(default=None, eq=False, repr=False)

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(Point(self, outcome) for outcome in self.outcomes)


@frozen
class Point:
    """A decision with one of its outcomes.

    Args:
        decision: the decision.
        outcome: the outcome.
    """

    decision: Decision
    outcome: str

    @property
    def place(self) -> str:
        """The file, line and column, or an empty text."""
        span = self.decision.span
        return "" if span is None else f"{span.source.name}:{span.line}:{span.column}"

    def __str__(self) -> str:
        decision = self.decision
        what = f"{decision.path} `{decision.text}`" if decision.text else decision.path
        return f"{decision.kind} {what}: {self.outcome}"


def decisions(rulebook: Rulebook) -> Iterator[Decision]:
    """Yield every decision of one variant and edition, each once.

    Args:
        rulebook: the rules.
    """
    yield from dict.fromkeys(_decisions(rulebook))


def _decisions(rulebook: Rulebook) -> Iterator[Decision]:
    version = rulebook.version
    if version.variant or version.from_ or version.until:
        names = [version.variant, "" if version.from_ is None else f"from {version.from_.isoformat()}"]
        yield Decision("version", "variants", ", ".join(filter(None, names)) or "first", ("used",))
    for declared in rulebook.inputs:
        if declared.is_optional or declared.default is not None:
            yield _decision("input", declared.words, ("given", "absent"), declared.id)
    for condition in rulebook.validations:
        yield _decision("validation", condition.words, ("held", "failed"))
    for place, exemption in enumerate(rulebook.exemptions):
        order = tuple(f"held behind {exemption.id}" for exemption in rulebook.exemptions[:place][-1:])
        yield _decision("exemption", exemption.words, ("held", "did not hold", *order), exemption.id)
    for criterion in rulebook.criteria():
        yield from _criterion_decisions(criterion)
    if rulebook.root is not None and rulebook.root.is_clamped:
        yield _decision("limit", rulebook.root.words, ("cut", "not cut"), "score")
    for table in rulebook.tables:
        if isinstance(table.shape, Cases):
            yield from _case_decisions(table.shape, table.words, table.id)
        else:
            yield from _row_decisions(table.shape, table.words, table.id)
    for limit in rulebook.score_limits:
        outcomes = () if limit.when is None else ("did not hold",)
        yield _decision("limit", limit.words, ("decided", *outcomes), limit.id)
    if rulebook.bands is not None:
        yield from _band_decisions(rulebook, rulebook.bands)
    for override in rulebook.overrides:
        fired = () if override.when is None else ("did not fire",)
        yield _decision("override", override.words, ("fired", *fired, "decided"), override.id)
    for quota in rulebook.quotas:
        yield _decision("quota", quota.words, ("cut", "not cut", "tie across the line"), quota.id)
    for formula_place in places(rulebook):
        if formula_place.stage != INVARIANT:
            yield from _expression_decisions(
                formula_place.expression, formula_place.path, is_condition=formula_place.expects == "boolean"
            )


def _band_decisions(rulebook: Rulebook, bands: Bands) -> Iterator[Decision]:
    for band in bands.levels:
        yield _decision("band", band.words, ("given",), band.id)
        ends = (
            (("from", "above")[band.is_lower_open], band.lower),
            (("to", "below")[band.is_upper_open], band.upper),
        )
        for word, end in ends:
            if end is not None:
                found = _edge(word, end, band.words.path, bands)
                is_met_and_missed = _can_be_outside(rulebook, word, end.value)
                yield found if is_met_and_missed else evolve(found, outcomes=found.outcomes[:1])
        for condition in band.requires:
            yield _decision("requirement", condition.words, ("held", "failed"), (band.id, condition.id))


def _can_be_outside(rulebook: Rulebook, word: str, end: Fraction) -> bool:
    """Return whether the limits of the score allow numbers beyond an end of a band."""
    root = rulebook.root
    if root is None or rulebook.bands is None or rulebook.bands.measure is not None:
        return True
    if word in ("from", "above"):
        return root.min is None or root.min < end or (word == "above" and root.min == end)
    most = root.reach
    return most is None or most > end or (word == "below" and most == end)


def _decision(kind: str, words: Words, outcomes: tuple[str, ...], about: Any = None) -> Decision:
    return Decision(kind, words.path, "", outcomes, words.span, about)


# -- criteria and tables --------------------------------------------------------------------------


def _criterion_decisions(criterion: Criterion) -> Iterator[Decision]:
    excluded = ("excluded",) if criterion.applies is not None or criterion.missing == "exclude" else ()
    missing = ("missing",) if criterion.missing in ("zero", "full", "unrated") else ()
    yield _decision("criterion", criterion.words, ("scored", *excluded, *missing), criterion.id)
    if criterion.is_clamped:
        yield Decision(
            "limit", f"{criterion.words.path}.outside", "", ("cut", "not cut"), criterion.words.span, criterion.id
        )
    match criterion.body:
        case Measure(shape=shape):
            yield from _row_decisions(shape, criterion.words, criterion)
        case Cases() as cases:
            yield from _case_decisions(cases, criterion.words, criterion)
        case Group(require_share=Amount() as end):
            text, outcomes = f"require_share {to_text(end.value)}", ("enough remains", "too little remains")
            yield Decision("edge", criterion.words.path, text, outcomes, end.span, criterion.id)


def _case_decisions(cases: Cases, words: Words, about: Any) -> Iterator[Decision]:
    """Yield the decisions of a criterion's or a table's cases."""
    for row in cases.rows:
        yield Decision("row", words.path, row.in_words, ("reached",), row.words.span, (about, cases, row))


def _row_decisions(shape: Shape, words: Words, about: Any) -> Iterator[Decision]:
    """Yield the decisions of a criterion's or a table's rows."""
    match shape:
        case Steps(rows=rows) | Lookup(rows=rows):
            for row in rows:
                yield Decision("row", words.path, row.condition, ("reached",), row.words.span, (about, shape, row))
        case Scale(knots=knots):
            for (low, _), (high, _) in pairwise(knots):
                text = f"between {to_text(low.value)} and {to_text(high.value)}"
                yield Decision(
                    "row", words.path, text, ("reached",), low.span, (about, shape, (low.value, high.value))
                )
    for word, end in edges(shape):
        yield _edge(word, end, words.path, about)


def edges(shape: Shape) -> Iterator[tuple[str, Amount]]:
    """Yield the ends that a measure is compared with, each after its keyword, such as `from`."""
    match shape:
        case Steps(rows=rows):
            for row in rows:
                if row.lower is not None:
                    yield ("from", "above")[row.is_lower_open], row.lower
                if row.upper is not None:
                    yield ("to", "below")[row.is_upper_open], row.upper
        case Thresholds(comparison=comparison, thresholds=thresholds):
            for end in thresholds:
                yield comparison, end
        case Scale(knots=knots, is_clamped=True):
            yield "from", knots[0][0]
            yield "to", knots[-1][0]


def _edge(word: str, end: Amount, path: str, about: Any) -> Decision:
    text = f"{word} {to_text(end.value)}"
    outcomes = side_of_end(word, end.value), side_of_end(OPPOSITE[word], end.value)
    return Decision("edge", path, text, outcomes, end.span, (about, word, end.value))


def side_of_end(word: str, value: Fraction) -> str:
    """Return the numbers on one side of an end, in words.

    >>> side_of_end("from", Fraction(90))
    'from 90'
    """
    return f"{word} {to_text(value)}"


# -- formulas -------------------------------------------------------------------------------------


def _expression_decisions(expression: Expression, path: str, *, is_condition: bool) -> Iterator[Decision]:
    found = list(atoms(expression.tree, is_condition=is_condition))
    if path.startswith(OWN) or path.endswith(".applies"):
        whole = expression.tree
        while isinstance(whole, tree.Not):
            whole = whole.operand
        found = [node for node in found if node is not whole]
    for node in found:
        yield Decision("condition", path, _text(node), ("true", "false"), node.span, node)
    for node in expression.nodes:
        if isinstance(node, tree.Call) and (outcomes := _branches(node)):
            yield Decision("function", path, _text(node), outcomes, node.span, node)


def atoms(node: tree.Node, *, is_condition: bool) -> Iterator[tree.Node]:
    """Yield the simplest conditions of a formula: the operands of `and`, `or`, `not`, `if`.

    Args:
        node: the formula, or a part of it.
        is_condition: whether the node is itself a condition.
    """
    match node:
        case tree.Logic(operands=operands):
            for operand in operands:
                yield from atoms(operand, is_condition=True)
        case tree.Not(operand=operand):
            yield from atoms(operand, is_condition=True)
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            yield from atoms(condition, is_condition=True)
            yield from atoms(then, is_condition=is_condition)
            yield from atoms(otherwise, is_condition=is_condition)
        case tree.Aggregate(function=function, body=body, condition=condition):
            if is_condition and function in CONDITIONS:
                yield node
            if condition is not None:
                yield from atoms(condition, is_condition=True)
            if body is not None:
                yield from atoms(body, is_condition=function in CONDITIONS)
        case _:
            if (is_condition or isinstance(node, tree.Comparison | tree.Membership)) and not isinstance(
                node, tree.Literal
            ):
                yield node
            for child in tree.children(node):
                yield from atoms(child, is_condition=False)


def _branches(call: tree.Call) -> tuple[str, ...]:
    """Return the possible choices of a function such as `default`; none for a function that does not choose."""
    match call.function:
        case "min" | "max":
            return tuple(f"`{_text(argument)}` decides" for argument in positional(call).arguments)
        case "clamp":
            return ("below", "inside", "above")
        case "default":
            return ("given", "absent")
        case "ratio":
            return ("divided", "by zero")
        case _:
            return ()


def _text(node: tree.Node) -> str:
    return " ".join(node.part.text.split()) if node.part is not None else type(node).__name__.lower()
