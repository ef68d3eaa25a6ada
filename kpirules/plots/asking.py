"""Pictures of the bands of many subjects: the distribution, bands by group, and migration between editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from ..rating.program import Program
from ..rating.tables.lazily import is_lazy
from .bins import banded, bins_of, counts_in
from .drawing import drawn_distribution, drawn_groups
from .figures import library
from .groups import MOST_GROUPS, few_groups, names_of_groups
from .levels import Level, Levels, columns_of_levels, common_levels, levels_of
from .picture import Picture
from .populations import distribution_figure, groups_figure, migration_figure
from .subjects import Options, rated

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["bands_by_group", "distribution", "migration"]

MOST_DRAWN_GROUPS = 16
"""The most groups of a drawing, which is for a phone."""

STATIC_IS_LEFT = ", or ask for a drawing: static=True"


@overload
def distribution(
    program: Program,
    subjects: Any,
    *,
    static: Literal[True],
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    language: str | None = ...,
) -> Picture: ...


@overload
def distribution(
    program: Program,
    subjects: Any,
    *,
    static: Literal[False] = ...,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    language: str | None = ...,
) -> Figure: ...


def distribution(
    program: Program,
    subjects: Any,
    *,
    static: bool = False,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> Figure | Picture:
    """Draw the distribution of scores, with the ends of bands.

    Bins end where bands end, and every subject is counted on the right side, exactly. A colour shows the band that a
    subject has. It may differ from the band of the score, by a veto, a quota or a requirement.

    Args:
        program: the rules.
        subjects: a table as for `assess_table`, or assessments by these rules.
        static: whether to return a drawing, which needs no extra, in place of a figure of plotly.
        key: as for `assess_table`.
        ignore: as for `assess_table`.
        records: as for `assess_table`.
        language: of the labels of bands; by default the first one of each.

    Returns:
        A figure of plotly, or a `Picture`. Subjects without a rating or a number are counted beside the bars.

    Raises:
        ValueError: if the rulebook has no score and no bands, or as `assess_table` does.
        ImportError: if a figure is asked for without the extra `plot`.

    >>> from kpirules import load, plots
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 100, "points": "10 * done"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> plots.distribution(program, [{"done": done} for done in (3, 7, 7, 11)], static=True)
    <Picture Distribution of score, 4 subjects>
    """
    go = None if static else library(STATIC_IS_LEFT)
    number = banded(program, language)
    wanted = [*columns_of_levels(program), number.column]
    found, _ = rated(number.program, subjects, wanted, Options.of(key, ignore, records))
    levels = levels_of(found, language)
    numbers = [
        number if level.is_rated else None
        for number, level in zip(found.numbers(number.column), levels.each, strict=True)
    ]
    bins = bins_of((value for value in numbers if value is not None), number)
    counts = counts_in(bins, found, number, numbers, levels.each)
    uncounted = Counter(level for level, value in zip(levels.each, numbers, strict=True) if value is None)
    draw = drawn_distribution if go is None else distribution_figure
    return draw(number.name, bins, counts, levels, uncounted)


@overload
def bands_by_group(
    program: Program,
    subjects: Any,
    *,
    by: str,
    static: Literal[True],
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    language: str | None = ...,
) -> Picture: ...


@overload
def bands_by_group(
    program: Program,
    subjects: Any,
    *,
    by: str,
    static: Literal[False] = ...,
    key: str | Sequence[str] = ...,
    ignore: str | Sequence[str] = ...,
    records: Mapping[str, Any] | None = ...,
    language: str | None = ...,
) -> Figure: ...


def bands_by_group(
    program: Program,
    subjects: Any,
    *,
    by: str,
    static: bool = False,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> Figure | Picture:
    """Draw the share of each band in each group.

    Args:
        program: the rules.
        subjects: a table as for `assess_table`, or assessments by these rules.
        by: the column of groups: an input, a key, or another column, which is then not an input.
        static: whether to return a drawing, which needs no extra, in place of a figure of plotly.
        key: as for `assess_table`.
        ignore: as for `assess_table`.
        records: as for `assess_table`.
        language: of the labels of bands; by default the first one of each.

    Returns:
        A figure of plotly, or a `Picture`. Groups are in the order of their names; beyond 60, or 16 in a
        drawing, the smallest are one group. Subjects without a rating, and rows with errors, are in grey.

    Raises:
        ValueError: if there is no column `by`, or as `assess_table` does.
        ImportError: if a figure is asked for without the extra `plot`.

    >>> from kpirules import load, plots
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 100, "points": "10 * done"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> staff = [{"unit": "North", "done": 9}, {"unit": "South", "done": 3}]
    >>> plots.bands_by_group(program, staff, by="unit", static=True)
    <Picture Bands by unit, 2 subjects>
    """
    go = None if static else library(STATIC_IS_LEFT)
    found, groups = rated(program, subjects, columns_of_levels(program), Options.of(key, ignore, records), by=by)
    levels = levels_of(found, language)
    counts = _by_group(groups, levels, MOST_DRAWN_GROUPS if go is None else MOST_GROUPS)
    draw = drawn_groups if go is None else groups_figure
    return draw(by, counts, levels)


def _by_group(groups: Sequence[str], levels: Levels, most: int) -> dict[str, Counter[Level]]:
    """Return the number of subjects of each level by group; the smallest groups share one if they are too many."""
    counts: dict[str, Counter[Level]] = {name: Counter() for name in names_of_groups(groups, most)}
    for group, level in zip(few_groups(groups, most), levels.each, strict=True):
        counts[group][level] += 1
    return counts


def migration(
    old: Program,
    new: Program,
    subjects: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> Figure:
    """Draw how many subjects change from one band to another between two editions.

    Args:
        old: the old edition.
        new: the new edition.
        subjects: a table as for `assess_table`; an edition ignores columns that are inputs of the other one only.
        key: as for `assess_table`.
        ignore: as for `assess_table`.
        records: as for `assess_table`.
        language: of the labels of bands; by default the first one of each.

    Returns:
        A figure of plotly. Subjects without a rating, and rows with errors, have nodes of their own.

    Raises:
        ValueError: as for `assess_table`.
        ImportError: without the extra `plot`.

    >>> from kpirules import load, plots, with_changes
    >>> old = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 100, "points": "10 * done"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> new = with_changes(old, {"bands.good.from": 60})
    >>> figure = plots.migration(old, new, [{"done": done} for done in range(11)])
    >>> print(figure.layout.title.text)
    old → new: 1 of 11 subjects rated otherwise
    """
    library()
    rows = list(subjects) if isinstance(subjects, Iterator) and not is_lazy(subjects) else subjects
    inputs = [{name for one in program.gathered.inputs for name in (one.id, one.column)} for program in (old, new)]
    editions = []
    for program, own, others in ((old, inputs[0], inputs[1]), (new, inputs[1], inputs[0])):
        options = Options.of(key, ignore, records)
        foreign = tuple(sorted(others - own - {*options.key, *options.ignore, ""}))
        options = Options(options.key, (*options.ignore, *foreign), options.records)
        editions.append(rated(program, rows, columns_of_levels(program), options)[0])
    return migration_figure("old", "new", *common_levels(editions, language))
