"""Finds the subjects of a population whose ratings change, and the differences that cause it.

The file is long since both are found by rating the population, and are shown in one report.
"""

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
from ..rating.assessing import member_label, part_of
from ..rating.assessing.values import take
from ..rating.program import Program
from ..rating.tables import Subject, read_table
from .comparison import Comparison, ExaminedComparison, examined
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
        examined_comparison = examined(old, new)
    return impact_of(examined_comparison, subjects, group)


def impact_of(
    examined_comparison: ExaminedComparison,
    subjects: Iterable[Subject],
    group: str = "",
    rated: tuple[Standings, Standings] | None = None,
) -> Impact:
    """Return the impact on subjects that are already read, from a finished comparison.

    Args:
        examined_comparison: the comparison of the editions.
        subjects: the population.
        group: a column to count by, or empty.
        rated: their standings before and after, if these depend on subjects of other parts; changes are then not
            attributed.
    """
    old, new, split = examined_comparison.old.program, examined_comparison.new.program, examined_comparison.ways
    population = tuple(subjects)
    old_standings, new_standings, trials = (
        _tried(examined_comparison, population) if rated is None else (*rated, _trials_not_made(split))
    )
    before, after = old_standings.each, new_standings.each
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
        shown.with_witnesses(examined_comparison.comparison, split, trials),
        len(population),
        tuple(dict.fromkeys(levels.values())),
        _matrix(pairs, levels),
        group,
        FrozenMap({name: _matrix(groups[name], levels) for name in sorted(groups)}),
        moves,
        tuple(trial.effect(before, after) for trial in trials),
        (*refusals("old", population, old_standings.refused), *refusals("new", population, new_standings.refused)),
        *_ranked(old, new, pairs),
    )


def _tried(
    examined_comparison: ExaminedComparison, population: Sequence[Subject]
) -> tuple[Standings, Standings, list[_Trial]]:
    """Return the standings before and after, and those with each change alone and left out."""
    split = examined_comparison.ways
    # A single change has no parts: alone it is the whole, and without it nothing changes.
    tried = (
        [program for unit in split.units for program in (unit.alone, unit.without)] if len(split.units) > 1 else []
    )
    programs = [
        examined_comparison.old.program,
        examined_comparison.new.program,
        *(program for program in tried if program is not None),
    ]
    old_standings, new_standings, *others = standings(programs, population)
    refused = _others(examined_comparison.old, population), _others(examined_comparison.new, population)
    old_standings.refuse(refused[0])
    new_standings.refuse(refused[1])
    rest = iter(others)
    found: list[list[Standing] | None] = []
    for at, program in enumerate(tried):
        result = None if program is None else next(rest)
        if result is not None:
            result.refuse(refused[at % 2])
        found.append(None if result is None else result.each)
    found = found or [new_standings.each, old_standings.each] * len(split.units)
    return (
        old_standings,
        new_standings,
        [_Trial(unit.refs, *found[2 * at : 2 * at + 2]) for at, unit in enumerate(split.units)],
    )


def _others(side: Side, population: Sequence[Subject]) -> dict[int, Report]:
    """Return the reports of subjects on whose day no rules of a side's rulebook are in force, by index."""
    found: dict[int, Report] = {}
    if side.whole.parts:
        for place, subject in enumerate(population):
            try:
                part_of(side.whole, subject.values_for(side.whole.gathered))
            except KpirulesError as refusal:
                found[place] = refusal.report
    return found


def _trials_not_made(split: Split) -> list[_Trial]:
    return [_Trial(unit.refs, None, None) for unit in split.units]


def _matrix(pairs: Mapping[tuple[Level, Level], int], levels: Mapping[Level, str]) -> FrozenMap[tuple[str, str], int]:
    return FrozenMap(
        {(levels[old_level], levels[new_level]): count for (old_level, new_level), count in pairs.items()}
    )


def _ranked(old: Program, new: Program, pairs: Mapping[tuple[Level, Level], int]) -> tuple[int, int]:
    """Return the numbers of better and worse bands, on a scale that has both."""
    scales = [program.rulebook.bands.ids for program in (new, old) if program.rulebook.bands is not None]
    counts = [0, 0]
    for ((kind, old_band), (other_kind, new_band)), count in pairs.items():
        scale = next((ids for ids in scales if old_band in ids and new_band in ids), None)
        if scale is not None and kind == other_kind == "band" and old_band != new_band:
            counts[scale.index(new_band) > scale.index(old_band)] += count
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
        reasons = [_reason_line(diagnostic, member_label(", ".join(key))) for diagnostic in report]
        more = [f"… and {len(reasons) - MOST_REASONS:,} more"] if len(reasons) > MOST_REASONS else []
        yield Refusal(key, edition, (*reasons[:MOST_REASONS], *more))


def _reason_line(diagnostic: Diagnostic, label: str) -> str:
    subject_in_words = f", for {diagnostic.subject}" if diagnostic.subject not in ("", label) else ""
    return f"{diagnostic.code} {diagnostic.message}{subject_in_words}"


def _levels(old: Program, new: Program, pairs: Iterable[tuple[Level, Level]]) -> dict[Level, str]:
    """Return the display names of levels: bands of both editions, then the statuses found."""
    bands = [
        id_ for program in (old, new) if program.rulebook.bands is not None for id_ in program.rulebook.bands.ids
    ]
    seen = {level for pair in pairs for level in pair}
    statuses = sorted({name for kind, name in seen if kind == "status"}, key=lambda name: (name != "rated", name))
    # A status may have the name of a band, or of the level for errors.
    names: dict[Level, str] = {("band", id_): id_ for id_ in bands}
    taken = {*bands, ERROR[1]}
    names |= {("status", name): f"{name} (status)" if name in taken else name for name in statuses}
    return names | ({ERROR: "error (no answer)" if ERROR[1] in bands else "error"} if ERROR in seen else {})


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

    def with_witnesses(self, comparison: Comparison, split: Split, trials: Sequence[_Trial]) -> Comparison:
        """Return the comparison with witnesses from the population."""
        means: dict[str, Significance | None] = {}
        for unit, trial in zip(split.units, trials, strict=True):
            means |= dict.fromkeys(unit.refs, self._evidence(trial.alone or []))
        differences = tuple(
            evolve(difference, significance=_more_certain(difference.significance, means.get(difference.ref)))
            for difference in comparison.differences
        )
        significance = _more_certain(comparison.significance, self._evidence(self.after))
        return evolve(comparison, differences=differences, significance=significance)

    def _evidence(self, found: list[Standing]) -> Significance | None:
        """Return the evidence of the first subject whose rating differs, among those with a rating."""
        for index, (standing, base) in enumerate(zip(found, self.before, strict=bool(found))):
            if standing != base and ERROR not in (standing[0], base[0]):
                setting = "together" if is_together(self.old) or is_together(self.new) else ""
                witness = as_json(self._exact(index))
                old, new = _standing_in_words(base), _standing_in_words(standing)
                return Significance("differ", witness=witness, old=old, new=new, setting=setting)
        return None

    def _exact(self, index: int) -> dict[str, Any]:
        """Return the given values of a subject; a cell that the editions read differently is returned as text."""
        subject = self.population[index]
        found: dict[str, Any] = {}
        for program in (self.old, self.new):
            given = subject.values_for(program.rulebook)
            values = take(program.rulebook.inputs, {id_: given[id_] for id_ in given}).given
            for id_, value in values.items():
                if given.get(id_) is not None:
                    readings = (found.get(id_), value)
                    found[id_] = next((reading for reading in readings if isinstance(reading, str)), value)
        return found


def _standing_in_words(standing: Standing) -> str:
    (kind, name), score = standing
    return f"{kind} `{name}`" if score is None else f"score {to_text(score)}, {kind} `{name}`"


def _more_certain(significance: Significance, shown: Significance | None) -> Significance:
    """Return a significance with the evidence of a population, unless a subject alone shows the difference."""
    is_shown_alone = significance.ratings != "possible" and not significance.cohort
    if is_shown_alone or shown is None:
        return significance
    evidence = {key: getattr(shown, key) for key in ("witness", "old", "new", "setting", "member", "cohort")}
    return evolve(significance, ratings="differ", **evidence)


# -- change by change -----------------------------------------------------------------------------


@frozen
class _Trial:
    """The standings of a population with some changes alone, and without them; None if that can't be rated."""

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
