"""How stable ranks are when the weights of the criteria are drawn anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import count, pairwise
from math import lcm, sqrt
from typing import Any

from attrs import field, frozen

from ...kernel.brief import brief, counted
from ...kernel.exact import MODE_TABLE, to_text
from ...kernel.shown import Shown
from ...language.model import Criterion, Group
from ...rating.program import Program
from .ranges import people_of
from .rules import Rules
from .standing import Rated

__all__ = ["RankStability", "RankedSubject", "rank_stability"]

ONE, ZERO = Fraction(1), Fraction(0)


@frozen
class RankedSubject:
    """A subject with its ranks under drawn weights.

    Args:
        subject: its key, or its row.
        rank: today's rank: 1 plus the number of subjects with a better score.
        band: today's band, or the status without one.
        best, worst: its best and its worst rank among the draws.
        keeps_rank, keeps_band: the share of draws with today's rank and band.
        in_top: the share of draws in which it is among the first `top`.
    """

    subject: str
    rank: int
    band: str
    best: int
    worst: int
    keeps_rank: Fraction
    keeps_band: Fraction
    in_top: Fraction

    def data(self) -> dict[str, Any]:
        """Return the subject as one flat row; shares are exact texts."""
        return {
            "subject": self.subject,
            "rank": self.rank,
            "band": self.band,
            "best": self.best,
            "worst": self.worst,
            "keeps_rank": to_text(self.keeps_rank),
            "keeps_band": to_text(self.keeps_band),
            "in_top": to_text(self.in_top),
        }


@frozen
class RankStability(Shown):
    """Ranks under random weights with the same sum as the current ones.

    Args:
        rulebook: the id of the rules.
        criteria: the criteria whose weights, or maxima, are drawn.
        draws: the number of draws.
        seed: of the draws.
        grid: weights are whole numbers of this part of their sum.
        top: how many are the first.
        subjects: the rated subjects, by today's rank.
        unrated: the number of subjects without a score, which have no rank.
        correlation: the mean of Spearman's rank correlation with today's ranks; None if all ranks are equal.
        least_correlation: the least of them.
    """

    rulebook: str
    criteria: tuple[str, ...]
    draws: int
    seed: int
    grid: int
    top: int
    subjects: tuple[RankedSubject, ...]
    unrated: int = 0
    correlation: float | None = None
    least_correlation: float | None = None

    @property
    def title(self) -> str:
        """The title of a separate page."""
        return f"Stability of ranks by {self.rulebook}"

    def __repr__(self) -> str:
        return brief(self, self.rulebook, counted(len(self.subjects), "subject"), counted(self.draws, "draw"))

    def __iter__(self) -> Iterator[RankedSubject]:
        return iter(self.subjects)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each subject, for a data frame."""
        return [subject.data() for subject in self.subjects]

    def data(self) -> dict[str, Any]:
        """Return the ranks as data for JSON."""
        names = ("rulebook", "draws", "seed", "grid", "top", "unrated", "correlation", "least_correlation")
        found = {name: getattr(self, name) for name in names}
        return found | {"criteria": list(self.criteria), "subjects": self.rows()}


def rank_stability(
    program: Program,
    table: Any,
    *,
    seed: int,
    draws: int = 1000,
    top: int = 10,
    grid: int = 10_000,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
) -> RankStability:
    """Return how stable ranks are under random weights of the criteria of the score.

    Weights, or the maxima of a sum, keep their total. A draw divides it into positive whole parts of `grid`; all
    divisions are equally likely. A subject keeps its share of each criterion: 7 of 10 points become 14 of 20. Limits,
    rounding and bands of the score apply. Equal scores have equal ranks.

    Args:
        program: the rules: one variant and edition.
        table: the subjects, as for `assess_table`.
        seed: a whole number; equal seeds draw equal weights.
        draws: the number of draws.
        top: the number of first places to count.
        grid: the number of equal parts of the total of the weights.
        key: the columns of the key, which names subjects.
        ignore: columns that are not inputs.
        records: by list input, a second table with one record a row.

    Raises:
        RulebookError: if it has several variants or editions: ask a `part`.
        SubjectError: if a subject is not valid, or the rulebook compares subjects.
        FaultError: if a subject has no rating because a number has no value.
        ValueError: if the score is neither a sum of criteria with maxima nor a mean, or a formula reads points.

    >>> from kpirules import load
    >>> share = {"type": "number", "min": 0, "max": 1, "decimals": 2}
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"quality": share, "speed": share},
    ...     "criteria": {"q": {"max": 60, "rate": "quality"}, "s": {"max": 40, "rate": "speed"}},
    ... })
    >>> people = [{"quality": 0.9, "speed": 0.5}, {"quality": 0.6, "speed": 0.8}, {"quality": 0.5, "speed": 0.4}]
    >>> [(one.rank, one.best, one.worst) for one in rank_stability(program, people, seed=1, draws=100)]
    [(1, 1, 2), (2, 1, 2), (3, 3, 3)]
    """
    rules = Rules(program.part())
    drawing = _Drawing(rules, *_weighted(rules))
    if draws < 1 or top < 1 or grid < len(drawing.criteria):
        raise ValueError("`draws` and `top` are at least 1, and `grid` is at least the number of criteria")
    people = people_of(rules, table, key=key, ignore=ignore, records=records)
    ranked = [person for person in people if person.has_score]
    parts = [_Part(drawing, person) for person in ranked]
    is_lower = rules.rulebook.is_lower_score_better
    now = _ranks([part.published(part.score(drawing.today)) for part in parts], is_lower=is_lower)
    tally = _Tally(now, top)
    words = _words(seed)
    for _ in range(draws):
        weights = _drawn(words, len(drawing.criteria), grid)
        scores = [part.score(weights) for part in parts]
        seen = [part.published(score) for part, score in zip(parts, scores, strict=True)]
        drawn = zip(parts, scores, seen, strict=True)
        kept = [part.band(score, place) == part.person.standing for part, score, place in drawn]
        tally.add(_ranks(seen, is_lower=is_lower), kept)
    found = sorted(tally.subjects(ranked, draws), key=lambda one: one.rank)
    correlations = tally.correlations
    return RankStability(
        program.id,
        tuple(one.id for one in drawing.criteria),
        draws,
        seed,
        grid,
        top,
        tuple(found),
        len(people) - len(ranked),
        sum(correlations) / len(correlations) if correlations else None,
        min(correlations, default=None),
    )


def _weighted(rules: Rules) -> tuple[Criterion, Group]:
    """Return the score and its group, whose weights can be drawn."""
    root = rules.rulebook.root
    body = None if root is None else root.body
    if root is None or not isinstance(body, Group) or body.combine not in ("sum", "mean"):
        raise ValueError("ranks under other weights need a score that is a sum or a mean of criteria")
    if len(body.children) < 2:
        raise ValueError("ranks under other weights need at least two criteria below the score")
    for child in body.children:
        if child.max is None or child.max <= 0 or child.is_extra:
            raise ValueError(
                f"`criteria.{child.id}` has no share of the score: it is unbounded, extra or a deduction"
            )
    names = {
        f"{owner}.{one.id}" for one in (root, *body.children) for owner in ("points", "share", "max", "children")
    }
    read = rules.read & (names | {"score", "exact_score", "band"})
    if read:
        raise ValueError(f"a formula reads `{min(read)}`, so weights do more than weigh; ranks are not defined")
    if body.require_share is not None and body.require_share.value not in (ZERO, ONE):
        raise ValueError("`score.require_share` depends on weights, so ranks under others are not defined")
    return root, body


@frozen(slots=False, eq=False)
class _Drawing:
    """The criteria whose weights are drawn, and how they make a score.

    Args:
        rules: the rules.
        root, group: the score.
    """

    rules: Rules
    root: Criterion
    group: Group

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.group.children

    @cached_property
    def total(self) -> Fraction:
        """The points of the whole."""
        return sum((one.max or ZERO for one in self.criteria), ZERO) if self.is_sum else self.root.max or ZERO

    @property
    def is_sum(self) -> bool:
        return self.group.combine == "sum"

    @cached_property
    def is_scaled(self) -> bool:
        """Whether criteria that remain share the whole."""
        return not self.is_sum or self.group.rescale is True

    @cached_property
    def today(self) -> tuple[int, ...]:
        """Today's weights as whole numbers."""
        own = [(one.max if self.is_sum else one.weight.value if one.weight else ONE) or ZERO for one in self.criteria]
        divisor = lcm(*(weight.denominator for weight in own))
        return tuple(int(weight * divisor) for weight in own)


@frozen(slots=False, eq=False)
class _Part:
    """A subject and its shares, as whole numbers over one divisor."""

    drawing: _Drawing
    person: Rated
    _bands: dict[Any, str] = field(factory=dict, init=False)

    @cached_property
    def shares(self) -> tuple[tuple[int, Fraction], ...]:
        """The places of the criteria that remain, with their shares."""
        remaining = [(at, one) for at, one in enumerate(self.drawing.criteria) if not self.person.is_excluded(one.id)]
        return tuple((at, self.person.points(one.id) / (one.max or ONE)) for at, one in remaining)

    @cached_property
    def whole(self) -> tuple[tuple[tuple[int, int], ...], int]:
        """The shares as whole numbers over a common divisor, times the points of the whole."""
        parts = [(at, share * self.drawing.total) for at, share in self.shares]
        divisor = lcm(*(part.denominator for _, part in parts))
        return tuple((at, int(part * divisor)) for at, part in parts), divisor

    def score(self, weights: Sequence[int]) -> tuple[int, int]:
        """Return the score under some weights, before its rounding, as numerator and denominator."""
        drawing, (parts, divisor) = self.drawing, self.whole
        if self.person.is_scored("score"):
            of = sum([weights[at] for at, _ in parts]) if drawing.is_scaled else sum(weights)
            points = sum([weights[at] * part for at, part in parts]), divisor * of
        else:  # it is missing, and has the points that `missing` writes
            points = self.person.points("score").as_integer_ratio()
        if not drawing.root.is_clamped and not self.person.limits:
            return points
        low, high = drawing.root.limits if drawing.root.is_clamped else (None, None)
        cut = Fraction(*points) if low is None else max(Fraction(*points), low)
        return min([cut, *self.person.limits.values(), *([] if high is None else [high])]).as_integer_ratio()

    def published(self, score: tuple[int, int]) -> int | Fraction:
        """Return the published score, in steps of its rounding if it has one."""
        rounding = self.drawing.root.round
        if rounding is None:
            return Fraction(*score)
        (n, d), step = score, rounding.step
        return MODE_TABLE[rounding.mode].rule(n * step.denominator, d * step.numerator)

    def band(self, score: tuple[int, int], published: int | Fraction) -> str:
        """Return the standing with a score."""
        book, rounding = self.drawing.rules.rulebook, self.drawing.root.round
        if book.bands is not None and book.bands.measure is not None:
            return self.person.standing
        number = Fraction(*score) if book.bands_on_exact else published
        if number not in self._bands:
            step = ONE if rounding is None or book.bands_on_exact else rounding.step
            self._bands[number] = self.person.label(number * step)
        return self._bands[number]


class _Tally:
    """Counts ranks over the draws.

    Args:
        now: today's ranks.
        top: how many are the first.
    """

    def __init__(self, now: Sequence[int], top: int) -> None:
        self.now, self.top = list(now), top
        self.best, self.worst = list(now), list(now)
        self.same, self.banded, self.first = ([0] * len(now) for _ in range(3))
        self.correlations: list[float] = []
        self.is_empty = True

    def add(self, ranks: Sequence[int], kept: Sequence[bool]) -> None:
        """Add a draw."""
        if self.is_empty:
            self.best, self.worst, self.is_empty = list(ranks), list(ranks), False
        for at, (rank, is_kept) in enumerate(zip(ranks, kept, strict=True)):
            self.best[at], self.worst[at] = min(self.best[at], rank), max(self.worst[at], rank)
            self.same[at] += rank == self.now[at]
            self.banded[at] += is_kept
            self.first[at] += rank <= self.top
        correlation = _spearman(self.now, ranks)
        if correlation is not None:
            self.correlations.append(correlation)

    def subjects(self, people: Sequence[Rated], draws: int) -> Iterator[RankedSubject]:
        """Yield each subject with its counts."""
        for at, person in enumerate(people):
            shares = (Fraction(counts[at], draws) for counts in (self.same, self.banded, self.first))
            yield RankedSubject(person.name, self.now[at], person.standing, self.best[at], self.worst[at], *shares)


def _words(seed: int) -> Iterator[int]:
    """Yield pseudo-random integers below 2⁶⁴; a seed gives the same ones in every version of Python."""
    for number in count():
        digest = sha256(f"{seed} {number}".encode()).digest()
        yield from (int.from_bytes(digest[at : at + 8], "big") for at in range(0, len(digest), 8))


def _drawn(words: Iterator[int], count: int, grid: int) -> tuple[int, ...]:
    """Return positive whole numbers with a given sum, all divisions equally likely."""
    cuts: set[int] = set()
    while len(cuts) < count - 1:
        cuts.add(1 + (next(words) * (grid - 1) >> 64))
    return tuple(high - low for low, high in pairwise((0, *sorted(cuts), grid)))


def _ranks(scores: Sequence[int | Fraction], *, is_lower: bool) -> list[int]:
    """Return 1 plus the number of better scores, for each."""
    places: dict[int | Fraction, int] = {}
    for place, score in enumerate(sorted(scores, reverse=not is_lower), 1):
        places.setdefault(score, place)
    return [places[score] for score in scores]


def _spearman(ranks: Sequence[int], others: Sequence[int]) -> float | None:
    """Return Spearman's correlation of two rankings, with mean ranks for ties; None if all ranks are equal."""
    first, second = _centred(ranks), _centred(others)
    spread = sum(x * x for x in first) * sum(y * y for y in second)
    return sum(x * y for x, y in zip(first, second, strict=True)) / sqrt(spread) if spread else None


def _centred(ranks: Sequence[int]) -> list[int]:
    """Return mean ranks, doubled and less their mean."""
    ties: dict[int, int] = {}
    for rank in ranks:
        ties[rank] = ties.get(rank, 0) + 1
    return [2 * rank + ties[rank] - len(ranks) - 2 for rank in ranks]
