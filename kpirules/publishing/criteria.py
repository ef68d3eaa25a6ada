"""The sections about criteria: the tree, and how each criterion earns its points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

from ..kernel.exact import to_text
from ..kernel.markup import Html, element, joined
from ..language.expressions.tree import Aggregate, Arithmetic, Call, Conditional, Field, Literal, Node
from ..language.model import (
    Amount,
    Case,
    Cases,
    Criterion,
    Entered,
    Group,
    Lookup,
    Measure,
    Met,
    Points,
    Rate,
    Row,
    Scale,
    Shape,
    Steps,
    Thresholds,
)
from .reader import NOTHING, Cell, Reader, Section, facts, table

__all__ = ["case_when", "criteria_section", "decision", "score_section", "shape_table", "when"]


MAX_TERMS = 8
"""The most criteria that a formula combines by name."""


def criteria_section(reader: Reader) -> Section:
    """Return the tree of the criteria, then how each one earns its points."""
    root = reader.rulebook.root
    below = list(_below(root, 0)) if root is not None else []
    details = {criterion.id: _details(criterion, reader) for _, criterion in below}
    parents = {child.id: group for group in reader.rulebook.groups() for child in group.children}
    rows = [_row(item, parents[item.id], reader, has_details=bool(details[item.id])) for _, item in below]
    heads = [reader.say(f"head_{head}") for head in ("criterion", "most", "how", "source")]
    tree = table(heads, rows, depths=[depth for depth, _ in below], numbers=(1,))
    blocks = (_block(criterion, reader, details[criterion.id]) for _, criterion in below if details[criterion.id])
    return reader.section("criteria", tree, *blocks)


def score_section(reader: Reader) -> Section:
    """Return how the score is made of the criteria, rounded and banded."""
    root = reader.rulebook.root
    if root is None:
        return reader.section("score")
    on = "exact" if reader.rulebook.bands_on_exact else "rounded"
    is_banded_on_score = reader.rulebook.bands is not None and reader.rulebook.bands.measure is None
    banding = reader.say(f"band_on_{on}") if root.round is not None and is_banded_on_score else ""
    points = "" if _points(root, reader) is not None else _in_short(root, reader)
    is_sum = isinstance(root.body, Group) and root.body.combine in (None, "sum")
    most = to_text(root.max) if root.max is not None and (is_sum or root.written_max is not None) else ""
    own = ((reader.say("most"), most), (reader.say("points"), points))
    details = facts((*own, *_facts(root, reader), (reader.say("band_on"), banding)))
    return reader.section("score", reader.source(root.words), details, reader.note(root.words))


def _below(criterion: Criterion, depth: int) -> Iterator[tuple[int, Criterion]]:
    for child in criterion.children:
        yield depth, child
        yield from _below(child, depth + 1)


def _row(criterion: Criterion, parent: Criterion, reader: Reader, *, has_details: bool) -> tuple[Cell, ...]:
    name = reader.name(criterion.words, criterion.id)
    linked = element("a", name, href=f"#criteria.{criterion.id}") if has_details else name
    note = NOTHING if has_details else reader.note(criterion.words)
    is_sum = isinstance(parent.body, Group) and parent.body.combine in (None, "sum")
    # Of the others only the share counts, and the 100 points that nobody wrote would mislead.
    most = "" if criterion.max is None or (criterion.written_max is None and not is_sum) else to_text(criterion.max)
    ends = f"{to_text(criterion.min)} … {most}" if criterion.min else most
    remarks = [reader.say("weight", weight=reader.amount(criterion.weight))] if criterion.weight is not None else []
    remarks += [reader.say("extra")] if criterion.is_extra else []
    how = joined(("; ".join((_in_short(criterion, reader), *remarks)), note))
    return (linked, ends, how, reader.source(criterion.words))


def _in_short(criterion: Criterion, reader: Reader) -> str:
    """Return in few words how a criterion earns points; a table or long formula stands below."""
    match criterion.body:
        case Entered(step=None):
            return reader.say("entered")
        case Entered(step=Amount() as step):
            return reader.say("entered_step", step=to_text(step.value))
        case Group(points=None, combine=combine):
            return reader.say(f"combine_{combine}")
        case Measure() | Cases():
            return reader.say("by_rows")
    formula = _points(criterion, reader)
    return "" if formula is None else reader.words(formula)


def _block(criterion: Criterion, reader: Reader, details: Html) -> Html:
    title = reader.name(criterion.words, criterion.id)
    return reader.block(title, criterion.words, details, id_=f"criteria.{criterion.id}")


def _details(criterion: Criterion, reader: Reader) -> Html:
    """Return the details of a criterion that the tree does not show; nothing if there are none."""
    return facts(_facts(criterion, reader))


def _facts(criterion: Criterion, reader: Reader) -> Iterator[tuple[str, Cell]]:
    """Yield the facts about a criterion. This is long since each key of a criterion is one."""
    body, say = criterion.body, reader.say
    points = _points(criterion, reader)
    name = say("share" if _is_share(criterion) else "points")
    yield name, reader.formula(points) if points is not None else NOTHING
    if isinstance(body, Measure):
        yield say("measure"), reader.formula(body.measure)
        yield say("points"), shape_table(body.shape, reader, _measured(body), criterion.max)
    elif isinstance(body, Cases):
        yield say("points"), decision(body, reader, criterion.max)
    if criterion.applies is not None:
        yield say("applies"), reader.formula(criterion.applies)
    if criterion.missing is not None:
        yield say("missing"), say(f"missing_{criterion.missing}")
    if isinstance(body, Group):
        yield from _left_out(body, reader)
    yield say("clamped"), _clamped(criterion, reader)
    if criterion.round is not None:
        yield say("rounding"), reader.rounding(criterion.round)


def _left_out(group: Group, reader: Reader) -> Iterator[tuple[str, Cell]]:
    """Yield what happens to a group when one of its criteria is left out."""
    if group.rescale is not None:
        yield reader.say("left_out"), reader.say("rescale" if group.rescale else "no_rescale")
    elif group.combine != "sum" and any(child.applies or child.missing == "exclude" for child in group.children):
        yield reader.say("left_out"), reader.say("remaining")
    if group.require_share is not None:
        yield reader.say("require_share"), f"{to_text(group.require_share.value * 100)} %"


def _clamped(criterion: Criterion, reader: Reader) -> str:
    if not criterion.is_clamped:
        return ""
    low, high = (None if end is None else _end(end, criterion) for end in (criterion.min, criterion.max))
    if low is not None and high is not None:
        return reader.say("clamped_to", low=low, high=high)
    return reader.say("clamped_above", high=high) if high is not None else reader.say("clamped_below", low=low or "")


def _end(end: Fraction, criterion: Criterion) -> str:
    return f"{to_text(end / (criterion.max or 1) * 100)} %" if _is_share(criterion) else to_text(end)


def _is_share(criterion: Criterion) -> bool:
    """Return whether a criterion has only an implied maximum, so that its formula gives a share."""
    return isinstance(criterion.body, Rate) and criterion.written_max is None and criterion.has_share


def _points(criterion: Criterion, reader: Reader) -> Node | None:
    """Return the formula of a criterion's points; None if they come from a table, a person, or a plain sum."""
    most = Literal(criterion.max or Fraction(0))
    match criterion.body:
        case Points(value=value):
            return reader.tree(value)
        case Rate(value=value):
            return reader.tree(value) if _is_share(criterion) else _times(most, reader.tree(value))
        case Met(condition=condition):
            return Conditional(reader.tree(condition), most, Literal(criterion.min or Fraction(0)))
        case Group(points=points) if points is not None:
            return reader.tree(points)
        case Group(combine=combine, children=children) if combine not in (None, "sum") and children:
            combined = _combined(combine or "", children) if len(children) <= MAX_TERMS else None
            return combined and _times(most, combined)
        case Group(combine="sum", children=children) if criterion.id == "score" and len(children) > 1:
            if len(children) > MAX_TERMS:
                return Aggregate("sum", Field("c", "points"), "c", Field("children", criterion.id), None)
            return _sum([Field("points", child.id) for child in children])
    return None


def _times(most: Literal, share: Node) -> Node:
    return share if most.value == 1 else Arithmetic("*", most, share)


def _combined(combine: str, children: Sequence[Criterion]) -> Node:
    """Return the formula that combines the shares of criteria, by their weights if they have any."""
    shares: list[Node] = [Field("share", child.id) for child in children]
    weights = [child.weight.value if child.weight is not None else Fraction(1) for child in children]
    total = sum(weights, Fraction(0))
    pairs = list(zip(weights, shares, strict=True))
    match combine:
        case "mean":
            return _over(_sum([_weighted(weight, share) for weight, share in pairs]), total)
        case "harmonic_mean":
            return Arithmetic(
                "/", Literal(total), _sum([Arithmetic("/", Literal(part), share) for part, share in pairs])
            )
        case "geometric_mean" if len(set(weights)) == 1:
            return Call("root", (_product(shares), Literal(Fraction(len(shares)))))
        case "geometric_mean":
            return _product([Call("power", (share, Literal(weight / total))) for weight, share in pairs])
        case "product":
            return _product(shares)
    return Call(combine, tuple(shares)) if len(shares) > 1 else shares[0]


def _weighted(weight: Fraction, share: Node) -> Node:
    return share if weight == 1 else Arithmetic("*", Literal(weight), share)


def _over(node: Node, total: Fraction) -> Node:
    return node if total == 1 else Arithmetic("/", node, Literal(total))


def _product(parts: Sequence[Node]) -> Node:
    return reduce(lambda product, part: Arithmetic("*", product, part), parts)


def _sum(parts: Sequence[Node]) -> Node:
    return reduce(lambda total, part: Arithmetic("+", total, part), parts)


# -- tables of rows -------------------------------------------------------------------------------


def _measured(body: Measure) -> str:
    """Return the name whose options a lookup lists."""
    return next(iter(body.measure.names), "")


def shape_table(shape: Shape, reader: Reader, measured: str = "", most: Fraction | None = None) -> Html:
    """Return the rows that turn a measure into points or a value.

    Args:
        shape: the rows.
        reader: the reader.
        measured: the name of the measure.
        most: the criterion's max, for rows that give a rate.
    """
    heads = (reader.say("head_when"), reader.say("head_gives"), "")
    match shape:
        case Steps(rows=rows):
            # The order of rows decides only where they overlap, and then this says it.
            order = element("p", reader.say("in_order"), classes="soft")
            return joined((table(heads, [_of_row(row, reader, measured, most) for row in rows]), order))
        case Lookup(rows=rows):
            return table(heads, [_of_row(row, reader, measured, most) for row in rows])
        case Thresholds(comparison=comparison, thresholds=thresholds, each=each):
            listed = [(reader.voice.row(f"{comparison} {to_text(end.value)}"), "", "") for end in thresholds]
            text = element("p", reader.say("thresholds", each=reader.amount(each)))
            return joined((table(heads, listed), text))
        case Scale(knots=knots, is_clamped=is_clamped):
            listed = [(reader.amount(at), reader.amount(gives), "") for at, gives in knots]
            text = element("p", reader.say("scale_clamped" if is_clamped else "scale"), classes="soft")
            return joined((table(heads, listed), text))


def _of_row(row: Row, reader: Reader, measured: str, most: Fraction | None) -> tuple[Cell, ...]:
    return (
        when(row, reader, measured),
        _gives(row.gives, reader, most if row.is_rate else None),
        _remarks(row, reader),
    )


def when(row: Row, reader: Reader, measured: str) -> str:
    """Return in words when a row holds; an option by its label.

    Args:
        row: the row.
        reader: the reader.
        measured: the name of the measure.
    """
    is_option = isinstance(row.option, str)
    return reader.voice.option(measured, row.option) if is_option else reader.voice.row(row.condition)


def _remarks(row: Row | Case, reader: Reader) -> Html:
    label = "" if row.words.label is None else reader.label(row.words.label)
    return joined((label, reader.source(row.words), reader.note(row.words)), " ")


def _gives(gives: Amount | str | None, reader: Reader, most: Fraction | None = None) -> str:
    """Return the points or value of a row; a rate as points too."""
    match gives:
        case None:
            return reader.say("undefined")
        case Amount() if most is not None:
            return f"{to_text(gives.value * 100)} % = {to_text(gives.value * most)}"
        case Amount():
            return reader.amount(gives)
        case option:
            return reader.names.option(option, None)


def decision(cases: Cases, reader: Reader, most: Fraction | None = None) -> Html:
    """Return a decision table.

    Args:
        cases: its cases.
        reader: the reader.
        most: the criterion's max, for cases that give a rate.
    """
    rows = [
        (case_when(case, reader), _gives(case.gives, reader, most if case.is_rate else None), _remarks(case, reader))
        for case in cases.rows
    ]
    order = element("p", reader.say("unique" if cases.is_unique else "in_order"), classes="soft")
    return joined((table((reader.say("head_when"), reader.say("head_gives"), ""), rows), order))


def case_when(case: Case, reader: Reader) -> str:
    """Return in words when a case holds."""
    if case.is_rest:
        return reader.voice.say("otherwise")
    if case.condition is not None:
        return reader.words(case.condition)
    # The text of such a condition is no formula: `x -3` would be a difference.
    return reader.listed([reader.words(need.condition.tree) for need in case.needs])
