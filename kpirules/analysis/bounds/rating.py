"""Bounds of the rating: the possible scores, bands and statuses."""

from __future__ import annotations

from attrs import define, field

from ...plan.steps import Banding, Level, Limit, Output, Override, Total
from . import numbers
from .assuming import assume
from .banding import moved, overlap, stretches
from .ends import End
from .evaluating import Evaluation
from .judging import Judged
from .numbers import ABSENT, NOTHING, UNDEFINED, Nothing, Num
from .values import Options, Truth, Value, flagged, join

__all__ = ["Rating"]


@define(eq=False)
class Rating:
    """Bounds the score, the band and all later values.

    Args:
        evaluation: evaluates formulas.
        judged: the bounds of criteria.
        statuses: the statuses found possible so far.
        bands: the ids of possible bands, before and after overrides.
        inside: the bands whose interval can contain the number.
        has_gap: whether no band may apply, or several.
        has_score: whether there may be a score, and whether there may be none.
        exact, score, banded_on: the bounds of these numbers.
        readable: the outputs that are read by name.
        idle: the paths of limits that never lower the score, each with the greatest score there.
    """

    evaluation: Evaluation
    judged: dict[str, Judged]
    statuses: set[str] = field(factory=set)
    bands: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    has_gap: bool = False
    lacks_score: bool = False
    is_rated: bool = True
    exact: Value = NOTHING
    score: Value = NOTHING
    banded_on: Value = NOTHING
    is_forced: bool = False
    readable: list[str] = field(factory=list)
    idle: dict[str, End] = field(factory=dict)

    # -- the total --------------------------------------------------------------------------------

    def total(self, step: Total) -> None:
        """Bound the limits on the score, then its rounding."""
        root = self.judged["score"]
        if any(criterion.can.unrated for criterion in self.judged.values()):
            self.statuses.add("insufficient")
            self.lacks_score = True
        if any(criterion.can.undefined for criterion in self.judged.values()):
            self.statuses.add("undefined")
            self.lacks_score = True
        total: Value = flagged(root.points, 0)
        for limit in step.limits:
            total = self._limited(limit, total)
        self.exact = total
        self.score = total
        if isinstance(total, Num) and step.round is not None:
            self.score = self.evaluation.rounded(step.round, total)
        self.is_rated = isinstance(total, Num)
        self._publish(0)

    def _limited(self, limit: Limit, total: Value) -> Value:
        evaluation = self.evaluation
        mark = evaluation.context.mark()
        can_hold, can_fail, goes_on = True, False, True
        if limit.when is not None:
            evaluation.path = f"{limit.path}.when"
            when = evaluation.value(limit.when)
            evaluation.record_condition(limit.when, "when")
            self._note_undefined(when)
            mask = when.mask if isinstance(when, Truth) else 0
            can_fail = bool(mask & 2) or bool(when.flags & ABSENT)
            can_hold = bool(mask & 1)
            goes_on = can_hold and assume(evaluation, limit.when, True)
        found = total if can_fail else NOTHING
        if goes_on:
            evaluation.path = f"{limit.path}.at_most"
            most = evaluation.value(limit.at_most)
            self._note_undefined(most)
            if isinstance(most, Num) and isinstance(total, Num):
                if most.low is not None and total.high is not None and most.low >= total.high:
                    self.idle[limit.path] = total.high
                least = numbers.joined(total, most._replace(flags=0))
                highs = [bound.high for bound in (total, most) if bound.high is not None]
                found = join(found, numbers.within(least, None, min(highs, default=None)) or least)
        evaluation.context.back(mark)
        return found

    def _note_undefined(self, value: Value) -> None:
        """Note that a row may leave the rating undefined."""
        if value.flags & UNDEFINED:
            self.statuses.add("undefined")
            self.lacks_score = True

    def _publish(self, flags: int) -> None:
        names = self.evaluation.context.names
        names["score"] = flagged(self.score, flags)
        names["exact_score"] = flagged(self.exact, flags)

    # -- bands ------------------------------------------------------------------------------------

    def band(self, step: Banding) -> None:
        """Bound the bands that can apply."""
        evaluation = self.evaluation
        number = self.exact if step.is_on_exact else self.score
        if step.measure is not None:
            evaluation.path = f"{step.path}.measure"
            number = evaluation.value(step.measure)
            self._note_undefined(number)
        self.banded_on = flagged(number, 0)
        is_scaled = isinstance(number, Num)
        holds = {}
        for level in step.levels:
            if is_scaled and overlap(self.banded_on, level.interval) is None and not step.falls_to_next:
                continue
            holds[level.id] = self._requirement_mask(level)
        if not is_scaled and step.measure is None and "score" in self.judged:
            return
        self._decide(step, holds, is_scaled=is_scaled)

    def _requirement_mask(self, level: Level) -> int:
        """Return a mask of whether the requirements of a band can hold, and whether they can fail."""
        mask, flags = 1, 0
        for requirement in level.requires:
            self.evaluation.path = requirement.path
            value = self.evaluation.value(requirement.that)
            self.evaluation.record_condition(requirement.that, "requires")
            self._note_undefined(value)
            flags |= value.flags
            held = value.mask if isinstance(value, Truth) else 0
            if not held & 1:
                mask &= ~1
            if held & 2 or value.flags & ABSENT:
                mask |= 2
        return mask

    def _decide(self, step: Banding, holds: dict[str, int], *, is_scaled: bool) -> None:
        found: set[str] = set()
        inside_any: set[str] = set()
        has_gap = False
        ids = [level.id for level in step.levels]
        for inside in stretches(self.banded_on, step.levels) if is_scaled else [ids]:
            inside_any.update(inside)
            possible_ids = [id_ for id_ in inside if holds[id_] & 1]
            sure = [id_ for id_ in inside if holds[id_] == 1]
            if step.overlap is None and len(possible_ids) > 1:
                has_gap = True
            if step.overlap is None and len(sure) > 1:
                continue
            for place, id_ in enumerate(possible_ids):
                others = possible_ids[:place] if step.overlap == "best" else possible_ids[place + 1 :]
                if step.overlap is None:
                    others = [band for band in possible_ids if band != id_]
                if not any(band in sure for band in others):
                    found.add(id_)
            if sure:
                continue
            if step.falls_to_next and inside:
                lower = [id_ for id_ in ids[ids.index(inside[0]) + 1 :] if id_ not in inside]
                for id_ in lower:
                    if holds[id_] & 1:
                        found.add(id_)
                    if holds[id_] == 1:
                        break
                else:
                    has_gap = True
            else:
                has_gap = True
        self.bands, self.inside, self.has_gap = frozenset(found), frozenset(inside_any), has_gap
        if has_gap:
            self.statuses.add("undefined")
        self.is_rated = self.is_rated and bool(found)

    # -- what outranks the score ------------------------------------------------------------------

    def override(self, steps: list[Override], ids: tuple[str, ...]) -> None:
        """Bound the overrides, and the band and statuses after them."""
        evaluation = self.evaluation
        absent = ABSENT if self.lacks_score else 0
        self._publish(absent)
        if ids:
            missing = ABSENT if self.lacks_score or self.has_gap or not self.bands else 0
            bands: Value = Options(self.bands, missing) if self.bands else Nothing(missing)
            evaluation.context.names["band"] = bands
        fired: list[tuple[str, frozenset[str], bool]] = []
        is_open = False
        for step in steps:
            targets, mask, flags = self._override_outcome(step)
            is_open = is_open or bool(flags & UNDEFINED)
            if mask & 1:
                fired.append((step.kind, targets, mask == 1 and not flags))
        if is_open:
            self.statuses.add("undefined")
        if steps:
            self._bands_after_overrides(fired, ids)

    def _override_outcome(self, step: Override) -> tuple[frozenset[str], int, int]:
        """Return the targets of an override, whether it can fire, and whether it can fail to fire."""
        evaluation = self.evaluation
        mark = evaluation.context.mark()
        mask, flags = 1, 0
        if step.when is not None:
            evaluation.path = f"{step.path}.when"
            when = evaluation.value(step.when)
            evaluation.record_condition(step.when, "when")
            mask, flags = (when.mask if isinstance(when, Truth) else 0), when.flags
            if mask & 1 and not assume(evaluation, step.when, True):
                mask &= ~1
        targets = frozenset[str]()
        if isinstance(step.target, str):
            targets = frozenset({step.target})
        elif mask & 1:
            evaluation.path = f"{step.path}.{step.kind}"
            target = evaluation.value(step.target)
            flags |= target.flags
            if isinstance(target, Options):
                targets = target.among if target.among is not None else frozenset(evaluation.plan.bands)
        evaluation.context.back(mark)
        return targets, mask, flags

    def _bands_after_overrides(self, fired: list[tuple[str, frozenset[str], bool]], ids: tuple[str, ...]) -> None:
        """Return the possible bands after overrides."""
        rank = {id_: place for place, id_ in enumerate(ids)}  # greater is worse
        for kind, targets, is_sure in fired:
            if kind == "unrated":
                self.statuses |= targets
                if is_sure:
                    self.bands, self.is_rated = frozenset(), False
                    return
        if not ids:
            return
        forced = [(targets, is_sure) for kind, targets, is_sure in fired if kind == "band"]
        ranks: set[int | None] = {rank[id_] for id_ in self.bands}
        if self.has_gap or self.lacks_score or not ranks:
            ranks.add(None)
        floors = [(targets, is_sure) for kind, targets, is_sure in fired if kind == "band_at_least"]
        ranks = moved(ranks, floors, rank, is_up=True)
        # The lowest forced band replaces any other.
        lowest: set[int | None] = set()
        for targets, _ in forced:
            lowest |= {rank[id_] for id_ in targets}
        sure = [max(rank[id_] for id_ in targets) for targets, is_sure in forced if is_sure and len(targets) == 1]
        if sure:
            ranks = {place for place in lowest if place is not None and place >= max(sure)}
        else:
            ranks |= lowest
        self.is_forced = bool(lowest)
        ceilings = [(targets, is_sure) for kind, targets, is_sure in fired if kind == "band_at_most"]
        ranks = moved(ranks, ceilings, rank, is_up=False)
        self.bands = frozenset(ids[place] for place in ranks if place is not None)
        self.is_rated = bool(self.bands)

    # -- outputs ----------------------------------------------------------------------------------

    def finish(self, ids: tuple[str, ...], moves: tuple[tuple[str, str], ...]) -> None:
        """Set the bounds that outputs read once there is a rating; a quota may still change its band."""
        if self.is_rated:
            self.statuses.add("rated")
        self._publish(ABSENT if self.lacks_score and self.is_forced else 0)
        if ids:
            final = after_quotas(self.bands, moves, ids)
            self.evaluation.context.names["band"] = Options(final, 0) if final else NOTHING

    def output(self, step: Output) -> Value:
        """Bound an output."""
        self.evaluation.path = step.path
        value = self.evaluation.value(step.op)
        if value.flags & UNDEFINED:
            self.statuses.add("undefined")
        # An input or `let` of the same name hides an output.
        if step.id not in self.evaluation.named and step.id not in self.evaluation.context.names:
            self.evaluation.context.names[step.id] = flagged(value, value.flags & ~UNDEFINED)
            self.readable.append(step.id)
        return value

    def after(self, ids: tuple[str, ...]) -> None:
        """Set the bounds that invariants read, whether or not there is a rating."""
        is_sure = self.statuses <= {"rated"}
        names = self.evaluation.context.names
        if is_sure:
            return
        for name in ("score", "exact_score", "band"):
            if name in names:
                names[name] = flagged(names[name], ABSENT)


def after_quotas(bands: frozenset[str], moves: tuple[tuple[str, str], ...], ids: tuple[str, ...]) -> frozenset[str]:
    """Return the possible bands after quotas have moved members down.

    Args:
        bands: the bands possible before quotas.
        moves: the bands that quotas limit, each with the band that members move to.
        ids: the ids of all bands, best first.
    """
    found = set(bands)
    for band, target in sorted(moves, key=lambda move: ids.index(move[0])):
        if band in found:
            found.add(target)
    return frozenset(found)
