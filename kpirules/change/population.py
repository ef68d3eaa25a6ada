"""Two editions and a population → who is rated otherwise, and because of which change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from ..analysis.proving.prover import as_json
from ..diagnostics import Diagnostic, Report
from ..errors import KpirulesError, budgeted
from ..kernel.brief import brief, counted
from ..kernel.exact import to_text
from ..kernel.mappings import FrozenMap
from ..kernel.shown import Shown
from ..language.model import Rulebook
from ..rating.assessing import member_told, part_of
from ..rating.assessing.values import take
from ..rating.program import Program
from ..rating.tables import Subject, read_table
from .comparison import Comparison, Look, examined
from .meaning import Significance
from .sides import Side
from .standings import ERROR, Level, Standing, Standings, is_together, key_of, standings
from .units import Split

__all__ = [
    "Effect",
    "Impact",
    "Move",
    "Refusal",
    "both",
    "impact",
    "impact_of",
    "impact_on",
    "read_population",
    "refusals",
]

MOST_REASONS = 3
"""What is told of why one subject can't be assessed; what stands in the way of a whole cohort may be long."""


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

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {"key": list(self.key), "edition": self.edition, "reasons": list(self.reasons)}


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
class Impact(Shown):
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

    def __repr__(self) -> str:
        editions = f"{self.comparison.old} → {self.comparison.new}"
        counts = counted(self.count, "subject"), f"{self.better} better", f"{self.worse} worse"
        return brief(self, editions, *counts, f"{len(self.refusals):,} refused" if self.refusals else "")

    @property
    def rated_otherwise(self) -> tuple[Move, ...]:
        """Those whose band or status is another one."""
        return tuple(move for move in self.moves if move.is_rated_otherwise)

    @property
    def interacting(self) -> tuple[Move, ...]:
        """Those rated otherwise of whom no single change can be named."""
        return tuple(move for move in self.rated_otherwise if move.interacts)

    @property
    def title(self) -> str:
        """The title of a page of its own."""
        return f"{self.comparison.old} → {self.comparison.new}"

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
            "refusals": [one.data() for one in self.refusals],
        }


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
    budget: int | None = None,
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
        budget: units of work that comparing the editions may take, as for `compare`; the population is not counted.

    Returns:
        The migration matrix, the moves, and the effect of each change.

    Raises:
        RulebookError: where an edition has several variants or days; `Program.part` chooses one, and `impact_parts`
            looks at all; or where comparing them takes more work than the budget.
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
    rulebook = both(old.part().rulebook, new.part().rulebook)
    rows = read_population(rulebook, subjects, key=key, group=group, ignore=ignore, records=records)
    return impact_on(old, new, rows, group, budget=budget)


def read_population(
    rulebook: Rulebook,
    subjects: Any,
    *,
    key: str | Sequence[str] = (),
    group: str = "",
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
) -> list[Subject]:
    """The subjects of a population, unrated.

    Args:
        rulebook: whose inputs columns may be.
        subjects, key, group, ignore, records: as for `impact`.
    """
    declared = {one.id for one in rulebook.inputs}
    left_out = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    if group and group not in declared:
        left_out = (*left_out, group)
    rows = read_table(rulebook, subjects, key=key, ignore=left_out, records=records)
    if group and rows and not any(group in one.row for one in rows):
        raise ValueError(f"the table has no column `{group}`, which `group` names")
    return rows


def both(old: Rulebook, new: Rulebook) -> Rulebook:
    """The old rulebook with the inputs that only the new one has, as far as columns of a table are concerned.

    Args:
        old, new: two editions.
    """
    known = {one.id for one in new.inputs}
    return evolve(old, inputs=(*new.inputs, *(one for one in old.inputs if one.id not in known)))


def impact_on(
    old: Program, new: Program, subjects: Iterable[Subject], group: str = "", *, budget: int | None = None
) -> Impact:
    """The impact on subjects that were read already.

    Args:
        old, new: the editions.
        subjects: the population.
        group: the column by which they are counted as well, or empty.
        budget: as for `impact`.
    """
    with budgeted(budget):
        look = examined(old, new)
    return impact_of(look, subjects, group)


def impact_of(
    look: Look, subjects: Iterable[Subject], group: str = "", rated: tuple[Standings, Standings] | None = None
) -> Impact:
    """The impact on subjects that were read already, after a look at the editions.

    Args:
        look: the comparison of the editions.
        subjects: the population.
        group: the column by which they are counted as well, or empty.
        rated: what becomes of them before and after, where that depends on subjects of other parts as well; changes
            are not told apart then.
    """
    old, new, ways = look.old.program, look.new.program, look.ways
    population = tuple(subjects)
    was, is_now, trials = _tried(look, population) if rated is None else (*rated, _untried(ways))
    before, after = was.each, is_now.each
    pairs = Counter(zip((level for level, _ in before), (level for level, _ in after), strict=True))
    levels = _levels(old, new, pairs)
    moves = tuple(
        _move(index, population[index], before, after, trials, group, levels)
        for index in range(len(population))
        if before[index] != after[index]
    )
    groups: dict[str, Counter[tuple[Level, Level]]] = {}
    if group:
        for subject, (level, _), (other, _) in zip(population, before, after, strict=True):
            groups.setdefault(_group(subject, group), Counter())[level, other] += 1
    shown = _Shown(old, new, population, before, after)
    return Impact(
        shown.by(look.comparison, ways, trials),
        len(population),
        tuple(dict.fromkeys(levels.values())),
        _matrix(pairs, levels),
        group,
        FrozenMap({name: _matrix(groups[name], levels) for name in sorted(groups)}),
        moves,
        tuple(trial.effect(before, after) for trial in trials),
        (*refusals("old", population, was.refused), *refusals("new", population, is_now.refused)),
        *_ranked(old, new, pairs),
    )


def _tried(look: Look, population: Sequence[Subject]) -> tuple[Standings, Standings, list[_Trial]]:
    """What becomes of everybody before and after, and with changes alone and left out."""
    ways = look.ways
    # Of one change there are no parts: alone it is the whole, and without it there is none.
    tried = [one for unit in ways.units for one in (unit.alone, unit.without)] if len(ways.units) > 1 else []
    programs = [look.old.program, look.new.program, *(one for one in tried if one is not None)]
    was, is_now, *others = standings(programs, population)
    refused = _others(look.old, population), _others(look.new, population)
    was.refuse(refused[0])
    is_now.refuse(refused[1])
    rest = iter(others)
    found: list[list[Standing] | None] = []
    for at, one in enumerate(tried):
        each = None if one is None else next(rest)
        if each is not None:
            each.refuse(refused[at % 2])
        found.append(None if each is None else each.each)
    found = found or [is_now.each, was.each] * len(ways.units)
    return was, is_now, [_Trial(unit.refs, *found[2 * at : 2 * at + 2]) for at, unit in enumerate(ways.units)]


def _others(side: Side, population: Sequence[Subject]) -> dict[int, Report]:
    """Why subjects are not rated by the rules of a side, by their place: the rulebook chooses none for their day."""
    found: dict[int, Report] = {}
    if side.whole.parts:
        for place, subject in enumerate(population):
            try:
                part_of(side.whole, subject.by(side.whole.gathered))
            except KpirulesError as refusal:
                found[place] = refusal.report
    return found


def _untried(ways: Split) -> list[_Trial]:
    return [_Trial(unit.refs, None, None) for unit in ways.units]


def _matrix(pairs: Mapping[tuple[Level, Level], int], levels: Mapping[Level, str]) -> FrozenMap[tuple[str, str], int]:
    return FrozenMap({(levels[was], levels[is_now]): count for (was, is_now), count in pairs.items()})


def _ranked(old: Program, new: Program, pairs: Mapping[tuple[Level, Level], int]) -> tuple[int, int]:
    """How many have a better band, and how many a worse one, on a scale that has both."""
    scales = [one.rulebook.bands.ids for one in (new, old) if one.rulebook.bands is not None]
    counts = [0, 0]
    for ((kind, was), (other_kind, is_now)), count in pairs.items():
        scale = next((ids for ids in scales if was in ids and is_now in ids), None)
        if scale is not None and kind == other_kind == "band" and was != is_now:
            counts[scale.index(is_now) > scale.index(was)] += count
    return counts[0], counts[1]


def refusals(edition: str, population: Sequence[Subject], refused: Mapping[int, Report]) -> Iterator[Refusal]:
    """Why those can't be assessed that can't; what stands in the way of somebody else says of whom.

    Args:
        edition: `old` or `new`.
        population: subjects.
        refused: why, by the place of each.
    """
    for index, report in refused.items():
        key = key_of(population[index], index)
        told = [_told(one, member_told(", ".join(key))) for one in report]
        more = [f"… and {len(told) - MOST_REASONS:,} more"] if len(told) > MOST_REASONS else []
        yield Refusal(key, edition, (*told[:MOST_REASONS], *more))


def _told(one: Diagnostic, own: str) -> str:
    of = f", for {one.subject}" if one.subject not in ("", own) else ""
    return f"{one.code} {one.message}{of}"


def _levels(old: Program, new: Program, pairs: Iterable[tuple[Level, Level]]) -> dict[Level, str]:
    """Bands of both editions, then the statuses that there are, each as it is told."""
    bands = [id_ for one in (old, new) if one.rulebook.bands is not None for id_ in one.rulebook.bands.ids]
    seen = {level for pair in pairs for level in pair}
    statuses = sorted({name for kind, name in seen if kind == "status"}, key=lambda name: (name != "rated", name))
    # Nothing keeps a status from being called as a band is, or as what stands for no answer.
    told: dict[Level, str] = {("band", id_): id_ for id_ in bands}
    taken = {*bands, ERROR[1]}
    told |= {("status", name): f"{name} (status)" if name in taken else name for name in statuses}
    return told | ({ERROR: "error (no answer)" if ERROR[1] in bands else "error"} if ERROR in seen else {})


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
        means: dict[str, Significance | None] = {}
        for unit, trial in zip(ways.units, trials, strict=True):
            means |= dict.fromkeys(unit.refs, self._by(trial.alone or []))
        differences = tuple(
            evolve(one, significance=_surer(one.significance, means.get(one.ref))) for one in comparison.differences
        )
        significance = _surer(comparison.significance, self._by(self.after))
        return evolve(comparison, differences=differences, significance=significance)

    def _by(self, found: list[Standing]) -> Significance | None:
        """What the first one shows who comes to something else, of those that come to anything."""
        for index, (one, base) in enumerate(zip(found, self.before, strict=bool(found))):
            if one != base and ERROR not in (one[0], base[0]):
                setting = "together" if is_together(self.old) or is_together(self.new) else ""
                witness = as_json(self._exact(index))
                old, new = _words(base), _words(one)
                return Significance("differ", witness=witness, old=old, new=new, setting=setting)
        return None

    def _exact(self, index: int) -> dict[str, Any]:
        """What is given of a subject; defaults are of an edition, and cells that mean two things stay texts."""
        subject = self.population[index]
        found: dict[str, Any] = {}
        for program in (self.old, self.new):
            given = subject.by(program.rulebook)
            values = take(program.rulebook.inputs, {id_: given[id_] for id_ in given}).given
            for id_, value in values.items():
                if given.get(id_) is not None:
                    readings = (found.get(id_), value)
                    found[id_] = next((one for one in readings if isinstance(one, str)), value)
        return found


def _words(standing: Standing) -> str:
    (kind, name), score = standing
    return f"{kind} `{name}`" if score is None else f"score {to_text(score)}, {kind} `{name}`"


def _surer(found: Significance, shown: Significance | None) -> Significance:
    if found.ratings != "possible" or shown is None:
        return found
    return evolve(found, ratings="differ", witness=shown.witness, old=shown.old, new=shown.new, setting=shown.setting)


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
    levels: Mapping[Level, str],
) -> Move:
    (old, old_score), (new, new_score) = before[index], after[index]
    seen: Callable[[Standing], object] = (lambda one: one[0]) if old != new else (lambda one: one)
    alone = [t for t in trials if t.alone is not None and seen(t.alone[index]) != seen(before[index])]
    needed = [t for t in trials if t.without is not None and seen(t.without[index]) != seen(after[index])]
    return Move(
        key_of(subject, index),
        _group(subject, group) if group else "",
        levels[old],
        levels[new],
        old_score,
        new_score,
        tuple(ref for trial in alone for ref in trial.refs),
        tuple(ref for trial in needed for ref in trial.refs),
    )
