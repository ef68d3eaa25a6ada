"""Two editions and a population → who is rated otherwise, and because of which change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from ..assessing import assess, assess_cohort
from ..assessing.values import take
from ..diagnostics import Report
from ..errors import KpirulesError
from ..exact import to_text
from ..mappings import FrozenMap
from ..markup import bundle
from ..model import Rulebook
from ..program import Program
from ..scalar import Decision
from ..tables import Subject, read_table
from .comparison import Comparison, examined
from .meaning import Significance, shown_by, standing
from .units import Split

__all__ = ["Effect", "Impact", "Move", "Refusal", "both", "impact", "impact_on"]

ERROR = "error"
"""What stands for subjects that can't be assessed."""

Standing = tuple[str, Fraction | None]
"""Band, or status where there is none; and the published score."""


@frozen
class Move:
    """A subject that is rated otherwise, or has another score.

    Args:
        key: what tells it apart: the values of the key, or its row from 1.
        group: the group it belongs to, or empty.
        old, new: band, or status where there is none.
        old_score, new_score: published scores, or None.
        alone: refs of changes each of which, applied alone to the old rules, gives it another rating (another score
            where the rating is the same).
        needed: refs of changes without each of which the new rules would not give it what they do.
    """

    key: tuple[str, ...]
    group: str
    old: str
    new: str
    old_score: Fraction | None
    new_score: Fraction | None
    alone: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    @property
    def is_rated_otherwise(self) -> bool:
        """Whether its band or status is another one."""
        return self.old != self.new

    @property
    def difference(self) -> Fraction | None:
        """The new score less the old one, exactly; None where one of them is missing."""
        if self.old_score is None or self.new_score is None:
            return None
        return self.new_score - self.old_score

    @property
    def interacts(self) -> bool:
        """Whether the changes that suffice alone are not those that are needed."""
        return self.alone != self.needed


@frozen
class Refusal:
    """Why a subject can't be assessed by an edition.

    Args:
        key: what tells it apart.
        edition: `old` or `new`.
        reasons: codes and messages.
    """

    key: tuple[str, ...]
    edition: str
    reasons: tuple[str, ...]


@frozen
class Effect:
    """What changes do by themselves, and what is missing where they are left out.

    Args:
        refs: the differences, several where they can only be applied together.
        alone: subjects that are rated otherwise than by the old rules where these changes are applied alone; None
            where they can't be.
        alone_scores: the same of scores.
        without: subjects that are rated otherwise than by the new rules where these changes are left out; None
            where they can't be.
        without_scores: the same of scores.
    """

    refs: tuple[str, ...]
    alone: int | None
    alone_scores: int | None
    without: int | None
    without_scores: int | None


@frozen
class Impact:
    """What another edition does to a population.

    Args:
        comparison: of the two editions.
        count: how many subjects there are.
        levels: bands, best first, then statuses.
        matrix: how many there are by old and new level.
        group: the column by which subjects are grouped, or empty.
        groups: the same by group.
        moves: subjects that are rated otherwise or have another score, in the order of the population.
        effects: of the changes that can alter a rating, one by one.
        refusals: why subjects can't be assessed; they stand under `error` in the matrix.
        better, worse: how many have a better or a worse band on a scale that has both.
    """

    comparison: Comparison
    count: int
    levels: tuple[str, ...]
    matrix: FrozenMap[tuple[str, str], int]
    group: str = ""
    groups: FrozenMap[str, FrozenMap[tuple[str, str], int]] = field(factory=FrozenMap)
    moves: tuple[Move, ...] = ()
    effects: tuple[Effect, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    better: int = 0
    worse: int = 0

    @property
    def rated_otherwise(self) -> tuple[Move, ...]:
        """Those whose band or status is another one."""
        return tuple(move for move in self.moves if move.is_rated_otherwise)

    @property
    def interacting(self) -> tuple[Move, ...]:
        """Those rated otherwise of whom no single change can be named."""
        return tuple(move for move in self.rated_otherwise if move.interacts)

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Plain text, with a line break at its end."""
        from .showing import impact_text

        return impact_text(self)

    def markdown(self) -> str:
        """CommonMark with tables, for a pull request."""
        from .showing import impact_markdown

        return impact_markdown(self)

    def html(self, *, is_page: bool = False) -> str:
        """HTML without script.

        Args:
            is_page: True for a page of its own instead of one element.
        """
        from .showing import impact_html, page

        found = impact_html(self)
        return page(f"{self.comparison.old} → {self.comparison.new}", found) if is_page else found

    def data(self) -> dict[str, Any]:
        """The same for JSON; scores are exact texts."""
        return {
            "comparison": self.comparison.data(),
            "count": self.count,
            "rated_otherwise": len(self.rated_otherwise),
            "better": self.better,
            "worse": self.worse,
            "levels": list(self.levels),
            "matrix": _matrix_data(self.matrix),
            "group": self.group,
            "groups": {name: _matrix_data(matrix) for name, matrix in self.groups.items()},
            "moves": [_move_data(move) for move in self.moves],
            "effects": [
                {
                    "refs": list(one.refs),
                    "alone": one.alone,
                    "alone_scores": one.alone_scores,
                    "without": one.without,
                    "without_scores": one.without_scores,
                }
                for one in self.effects
            ],
            "refusals": [
                {"key": list(one.key), "edition": one.edition, "reasons": list(one.reasons)} for one in self.refusals
            ],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows."""
        return bundle(self.text(), self.markdown(), self.html())


def _matrix_data(matrix: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"old": old, "new": new, "count": count} for (old, new), count in matrix.items()]


def _move_data(move: Move) -> dict[str, Any]:
    def told(score: Fraction | None) -> str | None:
        return None if score is None else to_text(score)

    return {
        "key": list(move.key),
        "group": move.group,
        "old": move.old,
        "new": move.new,
        "old_score": told(move.old_score),
        "new_score": told(move.new_score),
        "difference": told(move.difference),
        "alone": list(move.alone),
        "needed": list(move.needed),
    }


# -- a population ---------------------------------------------------------------------------------


def impact(
    old: Program,
    new: Program,
    subjects: Any,
    *,
    key: str | Sequence[str] = (),
    group: str = "",
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
) -> Impact:
    """Who is rated otherwise by another edition, by how much, and because of which change.

    Each change is applied alone to the old rules, and left out of the new ones. Where the two don't name the same
    changes, these interact, and the subject says so. Changes that can't be applied alone are taken together.

    Args:
        old: the edition that is compared with.
        new: the edition that is asked about.
        subjects: the population: an iterable of mappings, or a data frame. Its columns are inputs of either edition;
            each takes its own.
        key: the columns that tell subjects apart.
        group: a column by which subjects are counted as well.
        ignore: columns that are no inputs on purpose.
        records: by list input, a second table with a record a row, joined by the columns of `key`.

    Returns:
        The migration matrix, the moves, and the effect of each change.

    Raises:
        RulebookError: where an edition has several variants or days; `Program.part` chooses one.
        ValueError: a column is neither an input of an edition nor named.
        ImportError: a data frame is given, and the extra `table` is not installed.

    >>> from kpirules import load
    >>> rules = {"kpirules": 1, "id": "tiny", "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...          "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    ...          "bands": {"good": {"from": 50}, "poor": {"from": 0}}}
    >>> stricter = rules | {"bands": {"good": {"from": 60}, "poor": {"from": 0}}}
    >>> found = impact(load(rules), load(stricter), [{"done": n} for n in (4, 5, 6)])
    >>> found.matrix
    {('poor', 'poor'): 1, ('good', 'poor'): 1, ('good', 'good'): 1}
    >>> [(move.key, move.old, move.new, move.alone) for move in found.moves]
    [(('2',), 'good', 'poor', ('bands.good',))]
    """
    old, new = old.part(), new.part()
    rulebook = both(old.rulebook, new.rulebook)
    declared = {one.id for one in rulebook.inputs}
    left_out = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    if group and group not in declared:
        left_out = (*left_out, group)
    rows = read_table(rulebook, subjects, key=key, ignore=left_out, records=records)
    if group and rows and not any(group in one.row for one in rows):
        raise ValueError(f"the table has no column `{group}`, which `group` names")
    return impact_on(old, new, rows, group)


def both(old: Rulebook, new: Rulebook) -> Rulebook:
    """The old rulebook with the inputs that only the new one has, as far as columns of a table are concerned.

    Args:
        old, new: two editions.
    """
    known = {one.id for one in new.inputs}
    return evolve(old, inputs=(*new.inputs, *(one for one in old.inputs if one.id not in known)))


def impact_on(old: Program, new: Program, subjects: Iterable[Subject], group: str = "") -> Impact:
    """The impact on subjects that were read already.

    Args:
        old, new: the editions.
        subjects: the population.
        group: the column by which they are counted as well, or empty.
    """
    comparison, ways = examined(old, new)
    population = tuple(subjects)
    # Of one change there are no parts: alone it is the whole, and without it there is none.
    tried = [one for unit in ways.units for one in (unit.alone, unit.without)] if len(ways.units) > 1 else []
    before, after, *others = _standings([old, new, *(one for one in tried if one is not None)], population)
    rest = iter(others)
    found = [None if one is None else next(rest) for one in tried] or [after, before] * len(ways.units)
    trials = [_Trial(unit.refs, *found[2 * at : 2 * at + 2]) for at, unit in enumerate(ways.units)]
    moves = tuple(
        _move(index, population[index], before, after, trials, group)
        for index in range(len(population))
        if before[index] != after[index]
    )
    pairs = Counter(zip((one for one, _ in before), (one for one, _ in after), strict=True))
    levels = _levels(old, new, pairs)
    groups: dict[str, Counter[tuple[str, str]]] = {}
    if group:
        for subject, (was, _), (is_now, _) in zip(population, before, after, strict=True):
            groups.setdefault(_group(subject, group), Counter())[was, is_now] += 1
    by_group: FrozenMap[str, FrozenMap[tuple[str, str], int]] = FrozenMap(
        {name: FrozenMap[tuple[str, str], int](groups[name]) for name in sorted(groups)}
    )
    shown = _Shown(old, new, population, before, after)
    return Impact(
        shown.by(comparison, ways, trials),
        len(population),
        levels,
        FrozenMap(pairs),
        group,
        by_group,
        moves,
        tuple(trial.effect(before, after) for trial in trials),
        (*_refusals(old, "old", population, before), *_refusals(new, "new", population, after)),
        *_ranked(old, new, pairs),
    )


def _ranked(old: Program, new: Program, pairs: Mapping[tuple[str, str], int]) -> tuple[int, int]:
    """How many have a better band, and how many a worse one, on a scale that has both."""
    scales = [one.rulebook.bands.ids for one in (new, old) if one.rulebook.bands is not None]
    counts = [0, 0]
    for (was, is_now), count in pairs.items():
        scale = next((ids for ids in scales if was in ids and is_now in ids), None)
        if scale is not None and was != is_now:
            counts[scale.index(is_now) > scale.index(was)] += count
    return counts[0], counts[1]


def _standings(programs: Sequence[Program], population: Sequence[Subject]) -> list[list[Standing]]:
    """What becomes of everybody by each of several programs.

    Programs with equal inputs take equal arguments, so a subject is looked at once for all of them.
    """
    alike: list[list[int]] = []
    for place, program in enumerate(programs):
        same = next((group for group in alike if _takes_alike(programs[group[0]], program)), None)
        if same is None:
            alike.append([place])
        else:
            same.append(place)
    found: list[list[Standing]] = [[] for _ in programs]
    # There are few different ones, and many subjects.
    known: dict[Standing, Standing] = {}
    for places in alike:
        first = programs[places[0]]
        taken = frozenset(one.id for one in first.rulebook.inputs)
        for place in [one for one in places if programs[one].is_compared or programs[one].has_quotas]:
            places.remove(place)
            found[place] = _together(programs[place], taken, population)
        for subject in population if places else ():
            given = {id_: value for id_, value in subject.given.items() if id_ in taken}
            admitted = first.scalar.admit(given)
            for place in places:
                one = _standing(programs[place], given, admitted)
                found[place].append(known.setdefault(one, one))
    return found


def _together(program: Program, taken: frozenset[str], population: Sequence[Subject]) -> list[Standing]:
    """What becomes of everybody where all are rated together; who is not valid takes no part."""
    given = [{id_: value for id_, value in one.given.items() if id_ in taken} for one in population]
    found: list[Standing] = [(ERROR, None)] * len(given)
    valid = [index for index, one in enumerate(given) if _is_valid(program, one)]
    try:
        assessed = assess_cohort(program, {str(index): given[index] for index in valid})
    except KpirulesError:
        return found
    for index, one in zip(valid, assessed.values(), strict=True):
        score = None if one.score is None else Fraction(one.score)
        found[index] = (one.band or one.status, score)
    return found


def _is_valid(program: Program, given: Mapping[str, Any]) -> bool:
    """Whether a subject may be a member: its values are valid, or it is exempt without some of them."""
    if program.scalar.admit(given) is not None:
        return True
    values = take(program.rulebook.inputs, given)
    if not values.problems and not values.missing:
        return True
    try:
        assess_cohort(program, {"0": given})
    except KpirulesError:
        return False
    return True


def _takes_alike(program: Program, other: Program) -> bool:
    mine, theirs = program.plan, other.plan
    return mine.inputs == theirs.inputs and all(
        mine.records[id_].fields == theirs.records[id_].fields for id_ in mine.records
    )


def _standing(program: Program, given: Mapping[str, Any], admitted: tuple[tuple[Any, ...], Any] | None) -> Standing:
    decision = None if admitted is None else program.scalar.decide(admitted[0])
    if type(decision) is Decision:
        score = decision.number("score")
        return decision.band("band") or decision.status, score
    try:
        found = assess(program, given)
    except KpirulesError:
        return ERROR, None
    return found.band or found.status, None if found.score is None else Fraction(found.score)


def _refusals(
    program: Program, edition: str, population: Sequence[Subject], found: Sequence[Standing]
) -> Iterator[Refusal]:
    """Why those can't be assessed that can't, found out once more: mostly there is none."""
    for index, (subject, (level, _)) in enumerate(zip(population, found, strict=True)):
        if level == ERROR and isinstance(report := standing(program, subject.given), Report):
            yield Refusal(_key(subject, index), edition, tuple(f"{one.code} {one.message}" for one in report))


def _key(subject: Subject, index: int) -> tuple[str, ...]:
    return tuple(map(str, subject.key)) or (str(index + 1),)


def _levels(old: Program, new: Program, pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Bands of both editions, then the statuses that there are."""
    bands = [id_ for one in (old, new) if one.rulebook.bands is not None for id_ in one.rulebook.bands.ids]
    seen = {level for pair in pairs for level in pair}
    statuses = sorted(seen - {*bands, ERROR}, key=lambda status: (status != "rated", status))
    return tuple(dict.fromkeys((*bands, *statuses, *([ERROR] if ERROR in seen else []))))


def _group(subject: Subject, group: str) -> str:
    value = subject.row.get(group)
    if isinstance(value, bool):
        return str(value).lower()
    return to_text(value) if isinstance(value, Fraction) else "" if value is None else str(value)


@frozen
class _Shown:
    """What no search has shown, the population may.

    Args:
        old, new: the editions.
        population: subjects, with their standings before and after.
    """

    old: Program
    new: Program
    population: Sequence[Subject]
    before: list[Standing]
    after: list[Standing]

    def by(self, comparison: Comparison, ways: Split, trials: Sequence[_Trial]) -> Comparison:
        """The comparison, in which subjects of the population show what was only possible."""
        means: dict[str, Significance] = {}
        for unit, trial in zip(ways.units, trials, strict=True):
            index = None if trial.alone is None else _first(trial.alone, self.before)
            if index is not None and unit.alone is not None:
                means |= dict.fromkeys(unit.refs, shown_by(ways.old, unit.alone, self._exact(index)))
        differences = tuple(
            evolve(one, significance=_surer(one.significance, means.get(one.ref))) for one in comparison.differences
        )
        index = _first(self.after, self.before)
        whole = None if index is None else shown_by(self.old, self.new, self._exact(index))
        return evolve(comparison, differences=differences, significance=_surer(comparison.significance, whole))

    def _exact(self, index: int) -> dict[str, Any]:
        declared = both(self.old.rulebook, self.new.rulebook).inputs
        values = take(declared, self.population[index].given).given
        return {id_: value for id_, value in values.items() if value is not None}


def _first(found: list[Standing], base: list[Standing]) -> int | None:
    """The first subject that comes to something else, of those that come to anything."""
    pairs = enumerate(zip(found, base, strict=True))
    return next((i for i, (one, other) in pairs if one != other and ERROR not in (one[0], other[0])), None)


def _surer(found: Significance, shown: Significance | None) -> Significance:
    if found.ratings != "possible" or shown is None:
        return found
    return evolve(shown, demands=found.demands, tried=found.tried)


# -- change by change -----------------------------------------------------------------------------


@frozen
class _Trial:
    """What becomes of the population with changes alone, and without them; None where they can't be applied so."""

    refs: tuple[str, ...]
    alone: list[Standing] | None
    without: list[Standing] | None

    def effect(self, before: list[Standing], after: list[Standing]) -> Effect:
        return Effect(self.refs, *_counts(self.alone, before), *_counts(self.without, after))


def _counts(found: list[Standing] | None, base: list[Standing]) -> tuple[int | None, int | None]:
    if found is None:
        return None, None
    pairs = list(zip(found, base, strict=True))
    return sum(one[0] != other[0] for one, other in pairs), sum(one[1] != other[1] for one, other in pairs)


def _move(
    index: int,
    subject: Subject,
    before: list[Standing],
    after: list[Standing],
    trials: Sequence[_Trial],
    group: str,
) -> Move:
    (old, old_score), (new, new_score) = before[index], after[index]
    seen: Callable[[Standing], object] = (lambda one: one[0]) if old != new else (lambda one: one)
    alone = [t for t in trials if t.alone is not None and seen(t.alone[index]) != seen(before[index])]
    needed = [t for t in trials if t.without is not None and seen(t.without[index]) != seen(after[index])]
    return Move(
        _key(subject, index),
        _group(subject, group) if group else "",
        old,
        new,
        old_score,
        new_score,
        tuple(ref for trial in alone for ref in trial.refs),
        tuple(ref for trial in needed for ref in trial.refs),
    )
