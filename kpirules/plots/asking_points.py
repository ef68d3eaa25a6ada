"""Pictures of the points of many subjects: an icicle of all criteria, and a heat map by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..diagnostics import did_you_mean, listed
from ..language.model import Criterion
from ..rating.program import Program
from .figures import library, shown, uncounted_in_words
from .groups import MOST_GROUPS, few_groups, names_of_groups
from .levels import columns_of_levels, levels_of
from .points import heat_map_figure, icicle_figure, means_of, parts_of
from .subjects import Options, rated

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["heat_map", "icicle"]


def icicle(
    program: Program,
    subjects: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> Figure:
    """Draw the tree of criteria: the most points of each, and the share that subjects earn.

    The width of a criterion is the range of points that it can add to the score. Its colour is the mean share of its
    points, and its text their mean.

    Args:
        program: the rules of one variant and edition.
        subjects: a table as for `assess_table`, or assessments by these rules.
        key: as for `assess_table`.
        ignore: as for `assess_table`.
        records: as for `assess_table`.
        language: of labels; by default the first one of each.

    Returns:
        A figure of plotly. A line above it counts subjects without a rating, and rows with errors.

    Raises:
        ValueError: if the rulebook has no criteria, or as `assess_table` does.
        RulebookError: if it has several variants or editions: ask a `part`.
        ImportError: without the extra `plot`.

    >>> from kpirules import load, plots
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 80, "points": "8 * done"}, "bonus": {"max": 20, "points": "2 * done"}},
    ... })
    >>> figure = plots.icicle(program, [{"done": 5}, {"done": 10}])
    >>> [(label, told[0]) for label, told in zip(figure.data[0].labels, figure.data[0].customdata)]
    [('score', '75 of 100'), ('work', '60 of 80'), ('bonus', '15 of 20')]
    """
    library()
    part = program.part()
    root = _root(part)
    wanted = [*columns_of_levels(part), "score", *(f"points.{one.id}" for one in part.rulebook.criteria())]
    found, _ = rated(part, subjects, wanted, Options.of(key, ignore, records))
    levels = levels_of(found, language)
    means = {one.id: means_of(found.column(f"points.{one.id}")) for one in part.rulebook.criteria()}
    means[root.id] = means_of(found.column("score"))
    title = f"Points of {levels.total:,} subjects by criterion"
    names = _labels(root, language)
    return icicle_figure(title, uncounted_in_words(levels, levels.counts), parts_of(root, means), means, names)


def heat_map(
    program: Program,
    subjects: Any,
    *,
    by: str = "",
    inside: str = "",
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> Figure:
    """Draw the mean points of each criterion in each group of subjects.

    Args:
        program: the rules of one variant and edition.
        subjects: a table as for `assess_table`, or assessments by these rules.
        by: the column of groups: an input, a key, or another column, which is then not an input; by default subjects
            of one band are a group. With the key, each subject has its row.
        inside: the group of criteria whose parts are drawn; by default the parts of the score.
        key: as for `assess_table`.
        ignore: as for `assess_table`.
        records: as for `assess_table`.
        language: of labels; by default the first one of each.

    Returns:
        A figure of plotly. A number is the mean of the points, and the colour its share of the maximum.

    Raises:
        ValueError: if there is no column `by`, no group `inside`, or as `assess_table` does.
        RulebookError: if it has several variants or editions: ask a `part`.
        ImportError: without the extra `plot`.

    >>> from kpirules import load, plots
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 80, "points": "8 * done"}, "bonus": {"max": 20, "points": "2 * done"}},
    ... })
    >>> staff = [{"unit": "North", "done": 9}, {"unit": "North", "done": 10}, {"unit": "South", "done": 3}]
    >>> plots.heat_map(program, staff, by="unit").data[0].text
    (['76', '19'], ['24', '6'])
    """
    library()
    part = program.part()
    root = _root(part)
    criteria = _inside(root, inside)
    wanted = [*columns_of_levels(part), *(f"points.{one.id}" for one in criteria)]
    found, groups = rated(part, subjects, wanted, Options.of(key, ignore, records), by=by)
    levels = levels_of(found, language)
    columns = [found.column(f"points.{one.id}") for one in criteria]
    names: dict[Any, str] = {level: name for level, name in levels.names.items() if levels.counts[level]}
    if by:
        names = {name: name for name in names_of_groups(groups, MOST_GROUPS)}
    places: dict[Any, list[int]] = {group: [] for group in names}
    for place, group in enumerate(few_groups(groups, MOST_GROUPS) if by else levels.each):
        places[group].append(place)
    rows = [
        (name, len(places[group]), [means_of([column[i] for i in places[group]]) for column in columns])
        for group, name in names.items()
    ]
    title = f"Mean points by {shown(by or 'band')}, {levels.total:,} subjects"
    subtitle = uncounted_in_words(levels, levels.counts)
    return heat_map_figure(title, subtitle, criteria, rows, _labels(root, language))


def _root(program: Program) -> Criterion:
    root = program.rulebook.root
    if root is None:
        raise ValueError("the rulebook has no criteria: nothing has points")
    return root


def _inside(root: Criterion, group: str) -> Sequence[Criterion]:
    """Return the parts of a group of criteria, by default of the score."""
    if not group:
        return root.children
    groups = {one.id: one for one in root.walk() if one.children and one is not root}
    if group not in groups:
        otherwise = f"there are {listed(groups, 'and')}" if groups else "there is none"
        raise ValueError(f"`{group}` is no group of criteria; {did_you_mean(group, groups, otherwise)}")
    return groups[group].children


def _labels(root: Criterion, language: str | None) -> dict[str, str]:
    """Return the label of each criterion, else its id."""
    return {
        one.id: one.id if one.words.label is None else one.words.label.text(language) or one.id for one in root.walk()
    }
