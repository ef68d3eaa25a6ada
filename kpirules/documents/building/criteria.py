"""The tree of criteria, with the resolved limits of every criterion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from ...diagnostics.codes import structure as say
from ...diagnostics.codes.scoring import key_means_nothing
from ...kernel.exact import Rounding, to_text
from ...kernel.exact.grammar import MAX_EXPONENT
from ...language.model import (
    Amount,
    Criterion,
    Entered,
    Group,
    Input,
    Leaf,
    Measure,
    Met,
    NumberDomain,
    Points,
    Rate,
    Words,
)
from ..shapes.criteria import GROUP_KEYS, LEAF_KEYS, TABLE_SHAPES
from .cases import build_cases
from .domains import column_of
from .draft import NONE, Draft
from .fields import Fields
from .tables import build_shape

__all__ = ["build_root", "entered_inputs"]

DEFAULT_MAX = Fraction(100)
"""The default max of criteria that work on shares."""


def build_root(draft: Draft, root: Fields) -> Criterion | None:
    """Return the score as a group of the top-level criteria, or None if nothing earns points."""
    score = root.fields("score")
    entries = root.entries("criteria")
    if score is None:
        if not root.has("criteria"):
            return None
        # A score that could not be read may combine them in any way.
        children = _children(draft, entries, "mean" if root.has("score") else "sum")
        low, high = _summed(children)
        return Criterion("score", Group(children), low, high, words=_root_words(root))
    if not root.has("criteria") and not score.has("points"):
        if root.has_unknown or score.has_unknown:
            draft.decoding.is_broken = True
        else:
            draft.report(say.no_points_at_all(score.at))
    return _group(draft, "score", score, entries)


def _root_words(root: Fields) -> Words:
    return Words(path="criteria", span=root.spans["criteria"])


# -- criteria ---------------------------------------------------------------------------------


def _children(draft: Draft, entries: Mapping[str, Fields], combine: str | None) -> tuple[Criterion, ...]:
    return tuple(_criterion(draft, id_, fields, combine) for id_, fields in entries.items())


def _criterion(draft: Draft, id_: str, fields: Fields, parent: str | None) -> Criterion:
    _check_keys(draft, fields)
    if fields.has("criteria"):
        return _group(draft, id_, fields, fields.entries("criteria"))
    return _leaf(draft, id_, fields, parent)


def _check_keys(draft: Draft, fields: Fields) -> None:
    """Report keys that have no meaning beside the others."""
    is_group = fields.has("criteria")
    if is_group:
        ways = [key for key in LEAF_KEYS if fields.has(key) and key != "points"]
        for key in ways:
            draft.report(say.misplaced_key(fields.at_key(key), key, "a group earns the points of its children"))
        if fields.has("combine") and fields.has("points"):
            draft.report(say.keys_exclude(fields.at_key("points"), ("combine", "points")))
    else:
        ways = [key for key in LEAF_KEYS if fields.has(key)]
        if len(ways) > 1:
            draft.report(say.keys_exclude(fields.at_key(ways[1]), ways))
        for key in GROUP_KEYS if ways else ():
            if fields.has(key):
                draft.report(say.misplaced_key(fields.at_key(key), key, "only a group has children"))
    _check_tables(draft, fields)


def _check_tables(draft: Draft, fields: Fields) -> None:
    tables = [key for key in TABLE_SHAPES if fields.has(key)]
    if fields.has("unique") and not fields.has("cases"):
        draft.report(say.misplaced_key(fields.at_key("unique"), "unique", "only `cases` can hold at once"))
    if not fields.has("measure"):
        # Where there is no way to earn points at all, that is reported instead.
        for key in tables if any(fields.has(key) for key in LEAF_KEYS) else ():
            reason = "there is no `measure` that it could turn into points"
            draft.report(say.misplaced_key(fields.at_key(key), key, reason))
    elif not tables and fields.has_unknown:
        draft.decoding.lose(f"{fields.path}.measure")
    elif not tables:
        draft.report(say.none_of(fields.at_key("measure"), "a `measure`", TABLE_SHAPES))
    elif len(tables) > 1:
        draft.report(say.keys_exclude(fields.at_key(tables[1]), tables))


def _finish(
    draft: Draft,
    id_: str,
    fields: Fields,
    body: Leaf | Group,
    limits: tuple[Fraction | None, Fraction | None],
    written: tuple[Amount | None, Amount | None],
) -> Criterion:
    low, high = limits
    if low is not None and high is not None and low > high and not any(amount is NONE for amount in written):
        key = "min" if fields.has("min") else "max"
        at = fields.at_key(key) if fields.has(key) else fields.at
        draft.report(say.ends_reversed(at, f"the range of `{id_}`", to_text(low), to_text(high)))
    return Criterion(
        id_,
        body,
        low,
        high,
        written[1],
        written[0],
        draft.optional_amount(fields, "weight"),
        fields.flag("extra"),
        draft.optional(fields, "applies"),
        fields.text("missing"),
        fields.text("outside") == "clamp",
        build_rounding(draft, fields),
        fields.words,
    )


def build_rounding(draft: Draft, fields: Fields) -> Rounding | None:
    """Return the rounding that is written, or None."""
    inner = fields.fields("round")
    if inner is None:
        return None
    mode = inner.text("mode") or "half_up"
    to = draft.positive(inner, "to")
    if to is not None and to.value > 0:
        return Rounding(None, to.value, mode, to.parameter or "")
    amount = draft.optional_amount(inner, "places", NONE)
    places = amount.value
    if places.denominator != 1 or abs(places) > MAX_EXPONENT:
        at = inner.at_value("places")
        allowed = f"a whole number from -{MAX_EXPONENT} to {MAX_EXPONENT}"
        draft.report(say.number_outside(at, "`places`", to_text(places), allowed))
        return None
    return Rounding(int(places), None, mode, amount.parameter or "")


# -- groups -----------------------------------------------------------------------------------


def _group(draft: Draft, id_: str, fields: Fields, entries: Mapping[str, Fields]) -> Criterion:
    has_points = fields.has("points")
    # An unknown word or key is reported; assume a combination that needs nothing of the children.
    is_unread = fields.has("combine") or (
        fields.has_unknown and any(entry.has("weight") for entry in entries.values())
    )
    combine = None if has_points else fields.text("combine") or ("mean" if is_unread else "sum")
    children = _children(draft, entries, combine)
    low = draft.optional_amount(fields, "min")
    high = draft.optional_amount(fields, "max")
    if combine == "sum":
        summed_low, summed_high = _summed(children)
        if high is not None:
            # A written max implies a min of 0; without one, minima add as maxima do.
            summed_low, summed_high = Fraction(0), high.value
        limits = low.value if low is not None else summed_low, summed_high
    else:
        limits = low.value if low is not None else Fraction(0), high.value if high is not None else DEFAULT_MAX
    body = Group(
        children,
        combine,
        draft.optional(fields, "points"),
        fields.values.get("rescale"),
        draft.optional_amount(fields, "require_share"),
        fields.text("weights") == "relative",
    )
    return _finish(draft, id_, fields, body, limits, (low, high))


def _summed(children: Iterable[Criterion]) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the most points of a sum; extras do not raise the latter."""
    children = tuple(children)
    lows = [child.min for child in children]
    highs = [child.max for child in children if not child.is_extra]
    return _total(lows), _total(highs)


def _total(parts: Iterable[Fraction | None]) -> Fraction | None:
    total = Fraction(0)
    for part in parts:
        if part is None:
            return None
        total += part
    return total


# -- leaves -----------------------------------------------------------------------------------


def _leaf(draft: Draft, id_: str, fields: Fields, parent: str | None) -> Criterion:
    body = _body(draft, fields)
    low = draft.optional_amount(fields, "min")
    high = draft.optional_amount(fields, "max")
    most: Fraction | None
    if high is not None:
        most = high.value
    elif parent != "sum":
        most = DEFAULT_MAX
    else:
        most = None
        if not isinstance(body, Points):
            _report_no_max(draft, id_, fields)
    least = low.value if low is not None else None if most is None else Fraction(0)
    return _finish(draft, id_, fields, body, (least, most), (low, high))


def _report_no_max(draft: Draft, id_: str, fields: Fields) -> None:
    """Report a missing max in a sum, unless a reported unknown key may mean it."""
    if fields.has_unknown:
        draft.decoding.lose(f"{fields.path}.max")
    elif fields.has("weight"):
        # One report is enough for all weighted children: the group has the mistake.
        group = fields.path.rpartition(".criteria.")[0] or "score"
        if group not in draft.weighed:
            draft.weighed.add(group)
            help_ = weights_need_a_mean(group.rpartition(".")[2])
            reason = "only the means weigh their children"
            draft.report(
                key_means_nothing(fields.at_key("weight"), "weight", "in a group of `combine: sum`", reason, help_)
            )
    else:
        draft.report(say.missing_max(fields.at, id_))


def weights_need_a_mean(group: str) -> str:
    """Return the help for a weight in a group that does not use weights."""
    return f"weights need a mean: write `combine: mean` in `{group}`, or remove the weights"


def _body(draft: Draft, fields: Fields) -> Leaf:
    """Return the body of a leaf, or a placeholder if it is missing."""
    if fields.has("rate"):
        return Rate(draft.expression(fields.written("rate")))
    if fields.has("met"):
        return Met(draft.expression(fields.written("met")))
    if fields.has("measure"):
        key = next((key for key in TABLE_SHAPES if fields.has(key)), "lookup")
        return Measure(draft.expression(fields.written("measure")), build_shape(draft, fields, key))
    if fields.has("cases"):
        return build_cases(draft, fields)
    if fields.has("entered"):
        inner = fields.fields("entered")
        return Entered(draft.positive(inner, "step"), column_of(inner)) if inner else Entered()
    return Points(draft.expression(fields.written("points")))


def entered_inputs(root: Criterion | None) -> Iterator[Input]:
    """Yield the inputs that `entered` criteria declare; optional if the points may be absent."""

    def visit(criterion: Criterion, may_not_apply: bool) -> Iterator[Input]:
        may_not_apply = may_not_apply or criterion.applies is not None
        if isinstance(criterion.body, Entered):
            step = criterion.body.step
            domain = NumberDomain(criterion.min, criterion.max, step=step.value if step else None)
            is_optional = may_not_apply or criterion.missing is not None
            column = criterion.body.column
            yield Input(criterion.id, domain, is_optional, None, criterion.id, criterion.words, column)
        for child in criterion.children:
            yield from visit(child, may_not_apply)

    if root is not None:
        yield from visit(root, False)
