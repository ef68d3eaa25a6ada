"""Two editions and a population → whose ratings change, and because of which difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from ..analysis.proving.prover import as_json
from ..diagnostics import Diagnostic, Report
from ..errors import KpirulesError, budgeted
from ..kernel.exact import to_text
from ..kernel.mappings import FrozenMap
from ..language.model import Rulebook
from ..rating.assessing import member_told, part_of
from ..rating.assessing.values import take
from ..rating.program import Program
from ..rating.tables import Subject, read_table
from .comparison import Comparison, Look, examined
from .effects import Effect, Impact, Move, Refusal
from .sides import Side
from .significance import Significance
from .standings import ERROR, Level, Standing, Standings, is_together, key_of, standings
from .units import Split

__all__ = ["both", "impact", "impact_of", "impact_on", "read_population", "refusals"]

MOST_REASONS = 3
"""Reasons shown for each subject that can't be assessed; the reasons of a whole cohort may be long."""


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
    """Find the subjects whose ratings change, by how much, and because of which difference.

    Each change is applied alone to the old rules, and left out of the new ones. If these name different changes, the
    changes interact, and the subject is marked. Changes that can't be applied alone are applied together.

    Args:
        old: the old edition.
        new: the new edition.
        subjects: the population: an iterable of mappings, or a data frame. Columns are inputs of either edition,
            which reads its own.
        key: the columns of the key.
        group: a column to count by.
        ignore: columns that are not inputs.
        records: by list input, a second table with one record a row, joined by the columns of `key`.
        budget: limit on the work of comparing the editions, as for `compare`; the population is not counted.

    Returns:
        The migration matrix, the moves, and the effect of each change.

    Raises:
        RulebookError: if an edition has several variants or days (`Program.part` chooses one, `impact_parts` compares
            all), or if comparing takes more work than the budget.
        ValueError: if a column is neither an input of an edition nor named.
        ImportError: if a data frame is given without the extra `table`.

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
    """Read the subjects of a population.

    Args:
        rulebook: the rulebook whose inputs columns may be.
        subjects, key, group, ignore, records: as for `impact`.
    """
    declared = {input_.id for input_ in rulebook.inputs}
    left_out = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    if group and group not in declared:
        left_out = (*left_out, group)
    rows = read_table(rulebook, subjects, key=key, ignore=left_out, records=records)
    if group and rows and not any(group in row.row for row in rows):
        raise ValueError(f"the table has no column `{group}`, which `group` names")
    return rows


def both(old: Rulebook, new: Rulebook) -> Rulebook:
    """Return the old rulebook with the inputs of both editions, to read the columns of a table.

    Args:
        old, new: two editions.
    """
    known = {input_.id for input_ in new.inputs}
    return evolve(old, inputs=(*new.inputs, *(input_ for input_ in old.inputs if input_.id not in known)))


def impact_on(
    old: Program, new: Program, subjects: Iterable[Subject], group: str = "", *, budget: int | None = None
) -> Impact:
    """Return the impact on subjects that are already read.

    Args:
        old, new: the editions.
        subjects: the population.
        group: a column to count by, or empty.
        budget: as for `impact`.
    """
    with budgeted(budget):
        look = examined(old, new)
    return impact_of(look, subjects, group)


def impact_of(
    look: Look, subjects: Iterable[Subject], group: str = "", rated: tuple[Standings, Standings] | None = None
) -> Impact:
    """Return the impact on subjects that are already read, from a finished comparison.

    Args:
        look: the comparison of the editions.
        subjects: the population.
        group: a column to count by, or empty.
        rated: their standings before and after, if these depend on subjects of other parts; changes are then not
            attributed.
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
    """Return the standings before and after, and those with each change alone and left out."""
    ways = look.ways
    # A single change has no parts: alone it is the whole, and without it nothing changes.
    tried = [program for unit in ways.units for program in (unit.alone, unit.without)] if len(ways.units) > 1 else []
    programs = [look.old.program, look.new.program, *(program for program in tried if program is not None)]
    was, is_now, *others = standings(programs, population)
    refused = _others(look.old, population), _others(look.new, population)
    was.refuse(refused[0])
    is_now.refuse(refused[1])
    rest = iter(others)
    found: list[list[Standing] | None] = []
    for at, program in enumerate(tried):
        each = None if program is None else next(rest)
        if each is not None:
            each.refuse(refused[at % 2])
        found.append(None if each is None else each.each)
    found = found or [is_now.each, was.each] * len(ways.units)
    return was, is_now, [_Trial(unit.refs, *found[2 * at : 2 * at + 2]) for at, unit in enumerate(ways.units)]


def _others(side: Side, population: Sequence[Subject]) -> dict[int, Report]:
    """Return why subjects are not rated by a side's rules, by index: the rulebook chooses no rules for their day."""
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
    """Return the numbers of better and worse bands, on a scale that has both."""
    scales = [program.rulebook.bands.ids for program in (new, old) if program.rulebook.bands is not None]
    counts = [0, 0]
    for ((kind, was), (other_kind, is_now)), count in pairs.items():
        scale = next((ids for ids in scales if was in ids and is_now in ids), None)
        if scale is not None and kind == other_kind == "band" and was != is_now:
            counts[scale.index(is_now) > scale.index(was)] += count
    return counts[0], counts[1]


def refusals(edition: str, population: Sequence[Subject], refused: Mapping[int, Report]) -> Iterator[Refusal]:
    """Yield the reasons of subjects that can't be assessed; a reason about another subject names it.

    Args:
        edition: `old` or `new`.
        population: subjects.
        refused: reasons by index in the population.
    """
    for index, report in refused.items():
        key = key_of(population[index], index)
        told = [_told(diagnostic, member_told(", ".join(key))) for diagnostic in report]
        more = [f"… and {len(told) - MOST_REASONS:,} more"] if len(told) > MOST_REASONS else []
        yield Refusal(key, edition, (*told[:MOST_REASONS], *more))


def _told(diagnostic: Diagnostic, own: str) -> str:
    of = f", for {diagnostic.subject}" if diagnostic.subject not in ("", own) else ""
    return f"{diagnostic.code} {diagnostic.message}{of}"


def _levels(old: Program, new: Program, pairs: Iterable[tuple[Level, Level]]) -> dict[Level, str]:
    """Return the display names of levels: bands of both editions, then the statuses found."""
    bands = [
        id_ for program in (old, new) if program.rulebook.bands is not None for id_ in program.rulebook.bands.ids
    ]
    seen = {level for pair in pairs for level in pair}
    statuses = sorted({name for kind, name in seen if kind == "status"}, key=lambda name: (name != "rated", name))
    # A status may have the name of a band, or of the level for errors.
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
    """Adds witnesses from the population to verdicts that are only possible.

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
        """Return the comparison with witnesses from the population."""
        means: dict[str, Significance | None] = {}
        for unit, trial in zip(ways.units, trials, strict=True):
            means |= dict.fromkeys(unit.refs, self._by(trial.alone or []))
        differences = tuple(
            evolve(difference, significance=_surer(difference.significance, means.get(difference.ref)))
            for difference in comparison.differences
        )
        significance = _surer(comparison.significance, self._by(self.after))
        return evolve(comparison, differences=differences, significance=significance)

    def _by(self, found: list[Standing]) -> Significance | None:
        """Return the evidence of the first subject whose rating differs, among those with a rating."""
        for index, (standing, base) in enumerate(zip(found, self.before, strict=bool(found))):
            if standing != base and ERROR not in (standing[0], base[0]):
                setting = "together" if is_together(self.old) or is_together(self.new) else ""
                witness = as_json(self._exact(index))
                old, new = _words(base), _words(standing)
                return Significance("differ", witness=witness, old=old, new=new, setting=setting)
        return None

    def _exact(self, index: int) -> dict[str, Any]:
        """Return the values of a subject without defaults; a cell that editions read differently stays a text."""
        subject = self.population[index]
        found: dict[str, Any] = {}
        for program in (self.old, self.new):
            given = subject.by(program.rulebook)
            values = take(program.rulebook.inputs, {id_: given[id_] for id_ in given}).given
            for id_, value in values.items():
                if given.get(id_) is not None:
                    readings = (found.get(id_), value)
                    found[id_] = next((reading for reading in readings if isinstance(reading, str)), value)
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
    """Standings of the population with changes alone, and without them; None if they can't be applied so."""

    refs: tuple[str, ...]
    alone: list[Standing] | None
    without: list[Standing] | None

    def effect(self, before: list[Standing], after: list[Standing]) -> Effect:
        return Effect(self.refs, *_counts(self.alone, before), *_counts(self.without, after))


def _counts(found: list[Standing] | None, base: list[Standing]) -> tuple[int | None, int | None]:
    if found is None:
        return None, None
    pairs = list(zip(found, base, strict=True))
    return sum(was[0] != is_now[0] for was, is_now in pairs), sum(was[1] != is_now[1] for was, is_now in pairs)


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
    seen: Callable[[Standing], object] = (lambda standing: standing[0]) if old != new else (lambda standing: standing)
    alone = [trial for trial in trials if trial.alone is not None and seen(trial.alone[index]) != seen(before[index])]
    needed = [
        trial for trial in trials if trial.without is not None and seen(trial.without[index]) != seen(after[index])
    ]
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
