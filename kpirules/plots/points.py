"""Figures of plotly about the points of many subjects: an icicle of all criteria, and a heat map by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import TYPE_CHECKING

from attrs import frozen

from ..kernel.exact import approximate_text
from ..language.model import Criterion, Group
from .figures import blended, figure, library, shown, wrapped

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["Mean", "Part", "heat_map_figure", "icicle_figure", "means_of", "parts_of"]

LINE = {"width": 1, "color": "rgba(255,255,255,.6)"}

FEW = 6
"""The most columns of a heat map whose labels fit below it side by side."""

UNKNOWN = "rgba(128,128,128,.5)"
"""The colour of a criterion without limits, of which there is no share."""


@frozen
class Mean:
    """The mean points of a criterion.

    Args:
        points: the mean; None if nobody has any.
        count: the number of subjects with points.
    """

    points: float | None
    count: int

    def share(self, criterion: Criterion) -> float | None:
        """Return the mean as a share of the attainable points, from 0 to 1; for a deduction, 1 if none is made."""
        most, least = criterion.max, criterion.min
        if self.points is None or most is None:
            return None
        if most <= 0:
            low, high = (None if least is None else float(least)), float(most)
        else:
            low, high = 0.0, float(most)
        if low is None or low == high:
            return None
        return min(max((self.points - low) / (high - low), 0.0), 1.0)


def means_of(values: Sequence[object]) -> Mean:
    """Return the mean of the points that are present, as a double, which is exact enough for a picture."""
    numbers = [float(value) for value in values if value is not None]  # type: ignore[arg-type]
    return Mean(fsum(numbers) / len(numbers) if numbers else None, len(numbers))


@frozen
class Part:
    """A criterion in its tree.

    Args:
        criterion: the criterion.
        parent: the id of what it is a part of, or empty.
        stake: what it can move the score by, in points of the score; 0 for a group, which is as large as its parts.
    """

    criterion: Criterion
    parent: str
    stake: float


def parts_of(root: Criterion, means: Mapping[str, Mean]) -> list[Part]:
    """Return the criteria of a score with their stakes, parents first.

    Args:
        root: the score.
        means: the mean points by criterion, for one without limits.
    """
    found: list[Part] = []

    def add(criterion: Criterion, parent: str, stake: float, of_a_point: float) -> None:
        found.append(Part(criterion, parent, 0.0 if criterion.children else stake))
        for child, own in _stakes(criterion, stake, of_a_point, means):
            child_max = float(child.max) if child.max else 0.0
            add(child, criterion.id, own, own / child_max if child_max > 0 else of_a_point)

    add(root, "", float(root.max or 0), 1.0)
    return found


def _stakes(
    criterion: Criterion, stake: float, of_a_point: float, means: Mapping[str, Mean]
) -> list[tuple[Criterion, float]]:
    """Return how much each child of a group can move the score: by its points in a sum, else by its weight."""
    body = criterion.body
    if not isinstance(body, Group):
        return []
    if body.combine == "sum" or stake == 0:
        return [(child, of_a_point * _reach(child, means)) for child in body.children]
    if body.combine is None:
        weights = [_reach(child, means) for child in body.children]
    else:
        weights = [float(child.weight.value) if child.weight is not None else 1.0 for child in body.children]
    whole = fsum(weights) or 1.0
    return [(child, stake * weight / whole) for child, weight in zip(body.children, weights, strict=True)]


def _reach(criterion: Criterion, means: Mapping[str, Mean]) -> float:
    """Return the greatest size that the points of a criterion may have; its mean without limits."""
    if criterion.max is not None and criterion.max > 0:
        return float(criterion.max)
    if criterion.min is not None:
        return float(abs(criterion.min))
    points = means[criterion.id].points
    return abs(points or 0.0)


def icicle_figure(
    title: str, subtitle: str, parts: Sequence[Part], means: Mapping[str, Mean], names: Mapping[str, str]
) -> Figure:
    """Return the criteria as an icicle: as wide as their stakes, in the colour of the mean share.

    Args:
        title, subtitle: texts that are escaped already.
        parts: the criteria.
        means: the mean points by criterion.
        names: the name of each criterion.
    """
    go = library()
    shares = [means[part.criterion.id].share(part.criterion) for part in parts]
    icicle = go.Icicle(
        ids=[part.criterion.id for part in parts],
        labels=[shown(names[part.criterion.id]) for part in parts],
        parents=[part.parent for part in parts],
        values=[part.stake for part in parts],
        branchvalues="remainder",
        marker={"colors": [UNKNOWN if share is None else blended(share) for share in shares], "line": LINE},
        leaf={"opacity": 1},
        textfont={"color": "white"},
        sort=False,
        tiling={"orientation": "v"},
        pathbar={"visible": False},
        customdata=[_mean_in_words(part.criterion, means[part.criterion.id]) for part in parts],
        text=[wrapped(names[part.criterion.id], 15) for part in parts],
        texttemplate="%{text}<br>%{customdata[0]}",
        hovertemplate="%{label}<br>%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    )
    text = "blue: all points, red: none"
    return figure(
        [icicle],
        title,
        f"{text} · {subtitle}" if subtitle else text,
        margin={"l": 10, "r": 10, "t": 80, "b": 10},
        uniformtext={"minsize": 9, "mode": "hide"},
    )


def _mean_in_words(criterion: Criterion, mean: Mean) -> list[str]:
    if mean.points is None:
        return ["no points", "nobody has points here"]
    share = mean.share(criterion)
    text = short(mean.points)
    if criterion.max is not None and criterion.max > 0:
        text = f"{text} of {approximate_text(criterion.max, 2)}"
    elif criterion.min is not None and criterion.min < 0:
        text = f"{text}, at least {approximate_text(criterion.min, 2)}"
    part = "" if share is None or (criterion.max or 0) <= 0 else f", {100 * share:.0f} %"
    return [text, f"mean of {mean.count:,} subjects{part}"]


def short(number: float) -> str:
    """Return a mean with at most two places."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def heat_map_figure(
    title: str,
    subtitle: str,
    criteria: Sequence[Criterion],
    rows: Sequence[tuple[str, int, Sequence[Mean]]],
    names: Mapping[str, str],
) -> Figure:
    """Return the mean points of each criterion in each group.

    This is long since it holds the whole layout.

    Args:
        title, subtitle: texts that are escaped already.
        criteria: the columns.
        rows: the name of each group, its size, and the mean points of each criterion.
        names: the name of each criterion.
    """
    go = library()
    # Many labels are turned, and then each has one line.
    columns = 16 if len(criteria) <= FEW else 28
    cells = go.Heatmap(
        z=[[mean.share(one) for one, mean in zip(criteria, row, strict=True)] for _, _, row in rows],
        x=list(range(len(criteria))),
        y=list(range(len(rows))),
        zmin=0,
        zmax=1,
        colorscale=[[0, blended(0)], [1, blended(1)]],
        colorbar={"title": {"text": "share of max"}, "tickformat": ".0%"},
        xgap=2,
        ygap=2,
        text=[["–" if mean.points is None else short(mean.points) for mean in row] for _, _, row in rows],
        texttemplate="%{text}",
        customdata=[
            [
                [shown(name), shown(names[one.id]), *_mean_in_words(one, mean)]
                for one, mean in zip(criteria, row, strict=True)
            ]
            for name, _, row in rows
        ],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}: %{customdata[2]}<br>%{customdata[3]}<extra></extra>",
        hoverongaps=False,
    )
    return figure(
        [cells],
        title,
        subtitle,
        height=(230 if len(criteria) <= FEW else 350) + 34 * len(rows),
        margin={"l": 60, "r": 30, "t": 90, "b": 40},
        xaxis={
            "tickvals": list(range(len(criteria))),
            "ticktext": [wrapped(names[one.id], columns, 2 if len(criteria) <= FEW else 1) for one in criteria],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{shown(name, 30)} ({count:,})" for name, count, _ in rows],
            "autorange": "reversed",
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
    )
