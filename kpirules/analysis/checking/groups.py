"""Checks of groups: how children are combined, their weights, and what happens if some are excluded."""

from __future__ import annotations

from collections.abc import Iterator, Set
from fractions import Fraction

from attrs import evolve, frozen

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, scoring
from ...kernel.exact import approximate_text, to_text
from ...language.model import WEIGHTED, Criterion, Group
from ...plan import combination
from ...plan.steps import Combination
from .facts import Facts

__all__ = [
    "Leaving",
    "check_absence",
    "check_keys",
    "check_leaving",
    "check_limits",
    "check_remaining",
    "check_shares",
    "check_weights",
    "leaving",
    "named",
    "percent",
]

ONE = Fraction(1)

GEOMETRIC = ("geometric_mean", "harmonic_mean")
"""Means that are undefined for negative shares."""


def check_limits(facts: Facts) -> Iterator[Diagnostic]:
    """Check a sum's max against the sum of its children's."""
    for criterion, group in _groups(facts):
        written = criterion.written_max
        counted = [child for child in group.children if not child.is_extra]
        if group.combine != "sum" or criterion.is_clamped or written is None or not counted:
            continue
        total = sum((child.max or Fraction(0) for child in counted), Fraction(0))
        if total == written.value or any(child.max is None for child in counted):
            continue
        parts = [f"`{child.id}` {to_text(child.max or Fraction(0))}" for child in counted]
        at = At(written.span or criterion.words.span, f"{criterion.words.path}.max")
        difference = total - written.value
        difference_text = f"{to_text(abs(difference))} {'more' if difference > 0 else 'less'}"
        yield scoring.max_is_not_the_sum(
            at, named(criterion), to_text(written.value), to_text(total), difference_text, parts
        )


@frozen
class Leaving:
    """A group whose children may take it outside its limits, by their declarations.

    Args:
        id: the id of the group.
        is_below: True if its points may be below its min, False if above its max.
        diagnostic: the finding.
    """

    id: str
    is_below: bool
    diagnostic: Diagnostic


def leaving(facts: Facts) -> Iterator[Leaving]:
    """Yield groups that may leave their limits, once for each end, whether or not a subject can do so."""
    for criterion, group in _groups(facts):
        if criterion.is_clamped or group.combine is None:
            continue
        reasons = _reasons_of_sum if group.combine == "sum" else _reasons_of_shares
        reported: set[bool] = set()
        for is_below, why, limit in reasons(criterion, group):
            if is_below not in reported:
                reported.add(is_below)
                diagnostic = scoring.group_outside(_at(criterion), named(criterion), why, limit)
                yield Leaving(criterion.id, is_below, diagnostic)


def check_leaving(facts: Facts) -> Iterator[Diagnostic]:
    """Report groups that may leave their limits, by the structure of the rulebook alone."""
    for group in leaving(facts):
        if group.id in facts.unresolved.criteria:
            continue
        yield evolve(group.diagnostic, notes=(*group.diagnostic.notes, "possible, not shown"))


def _reasons_of_sum(criterion: Criterion, group: Group) -> Iterator[tuple[bool, str, str]]:
    """Yield why a sum may leave a limit: whether it is the min, the reason, and the limit in words."""
    unlimited = [child.id for child in group.children if not child.is_extra and child.max is None]
    if criterion.written_max is not None and unlimited:
        yield False, f"`{unlimited[0]}` has no max", f"its max {to_text(criterion.written_max.value)}"
    if criterion.min is None:
        return
    limit = f"its min {to_text(criterion.min)}"
    lows = [child.min for child in group.children if child.min is not None]
    if len(lows) < len(group.children):
        free = next(child.id for child in group.children if child.min is None)
        yield True, f"`{free}` has no min", limit
    elif sum(lows) < criterion.min or (criterion.min > 0 and group.rescale is not None):
        yield True, "its children can add up to less", limit


def _reasons_of_shares(criterion: Criterion, group: Group) -> Iterator[tuple[bool, str, str]]:
    """Yield why a group on shares may leave a limit: shares above one or below zero can carry it there."""
    for child in filter(lambda child: child.has_share, group.children):
        most = child.reach
        if most is not None and child.max is not None and most > child.max:
            yield False, f"`{child.id}` can have more than its max", "its max"
        if group.combine in GEOMETRIC or child.min is None or criterion.min is None:
            continue
        if child.min < 0 <= criterion.min:
            yield True, f"`{child.id}` can have a negative share", f"its min {to_text(criterion.min)}"


def check_weights(facts: Facts) -> Iterator[Diagnostic]:
    """Check weights: all or none, positive, and exactly 100 % unless they are relative."""
    for criterion, group in _groups(facts):
        if group.combine not in WEIGHTED:
            continue
        weights = [(child, child.weight) for child in group.children]
        missing = [child.id for child, weight in weights if weight is None]
        written = [weight for _, weight in weights if weight is not None]
        if written and missing:
            yield scoring.weights_missing(_at(criterion), named(criterion), missing)
        for child, weight in weights:
            if weight is not None and weight.value <= 0:
                at = _at_key(child, "weight", weight.span)
                yield scoring.weight_not_positive(at, child.id, to_text(weight.value))
        total = sum((weight.value for weight in written), Fraction(0))
        if written and not missing and total != ONE and not group.are_weights_relative:
            yield scoring.weights_do_not_add(_at(criterion), named(criterion), percent(total), total > 2)


def check_keys(facts: Facts) -> Iterator[Diagnostic]:
    """Report keys of a group or its children that have no meaning with its way of combining."""
    for criterion, group in _groups(facts):
        combination = f"in a group of `combine: {group.combine}`" if group.combine else "in a group with `points`"
        weighted = [(child, child.weight.span) for child in group.children if child.weight is not None]
        if weighted and group.combine not in WEIGHTED:
            # One report is enough: the group has the mistake.
            (child, span), *_ = weighted
            at, reason = _at_key(child, "weight", span), "only the means weigh their children"
            help_ = f"weights need a mean: write `combine: mean` in `{criterion.id}`, or remove the weights"
            yield scoring.key_means_nothing(at, "weight", combination, reason, help_)
        for child in group.children:
            if child.is_extra and group.combine != "sum":
                at = _at_key(child, "extra")
                yield scoring.key_means_nothing(at, "extra", combination, "only a sum has extras")
        if group.rescale is not None and group.combine != "sum":
            at = _at_key(criterion, "rescale")
            yield scoring.key_means_nothing(at, "rescale", combination, "only a sum loses excluded points")
        if group.are_weights_relative and not any(child.weight for child in group.children):
            at = _at_key(criterion, "weights")
            yield scoring.key_means_nothing(at, "weights", "where no child has a weight", "")


def check_shares(facts: Facts) -> Iterator[Diagnostic]:
    """Check that children of a group on shares have a positive max, and in product means no negative share."""
    for criterion, group in _groups(facts):
        if group.combine is None or group.combine == "sum":
            continue
        for child in group.children:
            if not child.has_share:
                most = "" if child.max is None else to_text(child.max)
                yield scoring.no_share(_at(child), child.id, named(criterion), group.combine, most)
            elif group.combine in GEOMETRIC and (child.min is None or child.min < 0):
                yield scoring.negative_share(_at(child), child.id, named(criterion), group.combine)


def check_remaining(facts: Facts) -> Iterator[Diagnostic]:
    """Check that the effect of excluded children is declared, and only if it makes a difference."""
    for criterion, group in _groups(facts):
        leaving = [child for child in group.children if facts.outcomes[child.id].leaves]
        regular = [child for child in leaving if child.is_regular]
        if group.combine == "sum" and regular and group.rescale is None:
            yield scoring.rescale_not_written(_at(criterion), named(criterion), [c.id for c in regular])
        counted = "that counts in its max " if leaving else ""
        why = f"no child of {named(criterion)} {counted}can be excluded"
        if group.combine == "sum" and group.rescale is not None and not regular:
            yield scoring.key_changes_nothing(_at_key(criterion, "rescale"), "rescale", why)
        if group.require_share is None:
            continue
        at = _at_key(criterion, "require_share", group.require_share.span)
        share = group.require_share.value
        body, ids = combination(group), {child.id for child in leaving}
        least = _least_remaining(body, ids)
        if not 0 <= share <= 1:
            yield scoring.require_share_outside(at, named(criterion), to_text(share), 1 < share <= 100)
        elif not any(child.amount for child in body.children if child.id in ids):
            yield scoring.key_changes_nothing(at, "require_share", why)
        elif least is not None and least >= share:
            why = f"at least {percent(least)} remain if anything does"
            yield scoring.key_changes_nothing(at, "require_share", why)


def _least_remaining(body: Combination, leaving: Set[str]) -> Fraction | None:
    """Return the least share that can remain if anything remains; None if no counted child need remain."""
    counted = [child for child in body.children if child.amount]
    whole = sum((child.amount for child in counted), Fraction(0))
    staying = [child.amount for child in counted if child.id not in leaving]
    # Without `rescale`, extras, deductions and unlimited children may be all that remains.
    if not whole or (not staying and not body.rescale and len(counted) < len(body.children)):
        return None
    return (sum(staying, Fraction(0)) if staying else min(child.amount for child in counted)) / whole


def check_absence(facts: Facts) -> Iterator[Diagnostic]:
    """Report `missing` without effect, and policies whose points the criterion can't have."""
    for criterion in () if facts.rulebook.root is None else facts.rulebook.root.walk():
        policy = criterion.missing
        if policy is None:
            continue
        at = _at_key(criterion, "missing")
        if not facts.outcomes[criterion.id].lacks:
            yield scoring.never_missing(at, named(criterion))
        low, high = criterion.min, criterion.max
        if policy == "full" and high is None:
            yield scoring.policy_outside(at, named(criterion), policy, "there is no max")
        elif policy == "zero" and ((low is not None and low > 0) or (high is not None and high < 0)):
            yield scoring.policy_outside(at, named(criterion), policy, "its points are never 0")


def percent(share: Fraction) -> str:
    """Return a share in per cent.

    >>> percent(Fraction(1, 4))
    '25 %'
    """
    return f"{approximate_text(share * 100, 2)} %"


def named(criterion: Criterion) -> str:
    """Return the name of a criterion, or of the score, in a sentence."""
    return "the score" if criterion.id == "score" else f"`{criterion.id}`"


def _groups(facts: Facts) -> Iterator[tuple[Criterion, Group]]:
    for criterion in facts.rulebook.groups():
        assert isinstance(criterion.body, Group)
        yield criterion, criterion.body


def _at(criterion: Criterion) -> At:
    return At(criterion.words.span, criterion.words.path)


def _at_key(criterion: Criterion, key: str, span: Span | None = None) -> At:
    return At(span or criterion.words.span, f"{criterion.words.path}.{key}")
