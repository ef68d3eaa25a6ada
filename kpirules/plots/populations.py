"""Figures of plotly about the bands of many subjects: the distribution, bands by group, and migration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ..kernel.exact import approximate_text
from .bins import Bins
from .drawing import heights_in
from .figures import GREY, blended, figure, library, shown, tone, uncounted_in_words
from .levels import Level, Levels, share_text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["distribution_figure", "groups_figure", "migration_figure"]

INK_LINE = "rgba(128,128,128,.8)"

GRID = {"gridcolor": GREY, "zeroline": False}


def distribution_figure(
    name: str, bins: Bins, counts: Sequence[Counter[Level]], levels: Levels, uncounted: Mapping[Level, int]
) -> Figure:
    """Return the distribution of a number; the arguments are those of `drawn_distribution`.

    This is long since it holds the whole layout.
    """
    go, heights = library(), heights_in(bins, counts)
    traces = []
    for level in reversed(levels.of_ratings):
        places = [place for place, count in enumerate(counts) if count[level]]
        ends = [(float(bins.ends[place]), float(bins.ends[place + 1])) for place in places]
        bars = go.Bar(
            x=[(low + high) / 2 for low, high in ends],
            width=[high - low for low, high in ends],
            y=[float(heights[place] * counts[place][level] / counts[place].total()) for place in places],
            name=f"{shown(levels.names[level], 28)} · {sum(count[level] for count in counts):,}",
            marker={"color": tone(levels, level), "line": {"width": 0}},
            customdata=[[bins.text(place), f"{counts[place][level]:,}"] for place in places],
            hovertemplate="%{fullData.name}<br>%{customdata[0]}<br>%{customdata[1]} subjects<extra></extra>",
        )
        traces.append(bars)
    edges = [float(edge) for edge in bins.drawn_edges]
    lines = [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {"color": INK_LINE, "dash": "dot"},
        }
        for x in edges
    ]
    unit = "subjects" if bins.are_equal else f"subjects per {approximate_text(bins.step)}"
    ticks = _apart([bins.ends[0], bins.ends[-1], *bins.drawn_edges])
    texts = [shown(approximate_text(value, 3)) for value in ticks]
    return figure(
        traces,
        f"Distribution of {shown(name)}, {levels.total:,} subjects",
        uncounted_in_words(levels, levels.counts, uncounted),
        barmode="stack",
        bargap=0,
        shapes=lines,
        legend={"traceorder": "reversed"},
        xaxis={
            "title": {"text": shown(name)},
            "tickvals": [float(value) for value in ticks],
            "ticktext": texts,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={"title": {"text": unit}, **GRID},
    )


def _apart(values: Sequence[Fraction]) -> list[Fraction]:
    """Return numbers that do not overlap below an axis; earlier ones have priority."""
    least = (max(values) - min(values)) / 20
    kept: list[Fraction] = []
    for value in values:
        if all(abs(value - other) >= least for other in kept):
            kept.append(value)
    return sorted(kept)


def groups_figure(by: str, groups: Mapping[str, Counter[Level]], levels: Levels) -> Figure:
    """Return the levels of each group as parts of a bar; the arguments are those of `drawn_groups`."""
    go = library()
    names, totals = list(groups), [counts.total() for counts in groups.values()]
    traces = []
    for level in levels.names:
        found = [counts[level] for counts in groups.values()]
        shares = [100 * count / total for count, total in zip(found, totals, strict=True)]
        bars = go.Bar(
            orientation="h",
            x=shares,
            y=list(range(len(names))),
            name=shown(levels.names[level], 28),
            marker={"color": tone(levels, level), "line": {"width": 0}},
            text=[f"{count:,}" if share >= 4 else "" for count, share in zip(found, shares, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": "white"},
            customdata=[
                [shown(name), f"{count:,}", f"{total:,}", shown(share_text(count, total))]
                for name, count, total in zip(names, found, totals, strict=True)
            ],
            hovertemplate="%{customdata[0]}<br>%{fullData.name}<br>%{customdata[1]} of %{customdata[2]} subjects, "
            "%{customdata[3]}<extra></extra>",
        )
        traces.append(bars)
    labels = [f"{shown(name, 30)} ({total:,})" for name, total in zip(names, totals, strict=True)]
    return figure(
        traces,
        f"Bands by {shown(by)}, {levels.total:,} subjects",
        uncounted_in_words(levels, levels.counts),
        barmode="stack",
        height=190 + 30 * len(names),
        legend={"traceorder": "normal"},
        xaxis={"title": {"text": "% of the group"}, "range": [0, 100], **GRID},
        yaxis={"tickvals": list(range(len(names))), "ticktext": labels, "autorange": "reversed", "automargin": True},
    )


# -- migration -----------------------------------------------------------------------------------------

PAD, TOP, BOTTOM = 18, 90, 30
"""Pixels between nodes, above and below them."""

LINK = "rgba(128,128,128,.22)"


def migration_figure(old: str, new: str, before: Levels, after: Levels) -> Figure:
    """Return how many subjects go from which level to which.

    This is long since it holds the whole layout.

    Args:
        old, new: the names of the editions.
        before, after: the levels of the same subjects under both, with the same names.
    """
    go = library()
    flows = Counter(zip(before.each, after.each, strict=True))
    sides = [[level for level in levels.names if levels.counts[level]] for levels in (before, after)]
    nodes = [(levels, level) for levels, side in zip((before, after), sides, strict=True) for level in side]
    height = 320 + 2 * PAD * max(map(len, sides))
    gap = PAD / (height - TOP - BOTTOM)
    start = {level: place for place, level in enumerate(sides[0])}
    end = {level: len(sides[0]) + place for place, level in enumerate(sides[1])}
    links = sorted(flows, key=lambda pair: (start[pair[0]], end[pair[1]]))
    sankey = go.Sankey(
        arrangement="fixed",
        textfont={"shadow": "none"},
        node={
            "label": [f"{shown(levels.names[level])} · {levels.counts[level]:,}" for levels, level in nodes],
            "color": [tone(levels, level) for levels, level in nodes],
            "x": [0.001] * len(sides[0]) + [0.999] * len(sides[1]),
            "y": [
                y for levels, side in zip((before, after), sides, strict=True) for y in _heights(levels, side, gap)
            ],
            "pad": PAD,
            "hovertemplate": "%{label}<extra></extra>",
            "line": {"width": 0},
        },
        link={
            "source": [start[one] for one, _ in links],
            "target": [end[other] for _, other in links],
            "value": [flows[pair] for pair in links],
            "color": [_colour(before, *pair) for pair in links],
            "customdata": [
                f"{shown(before.names[one])} → {shown(after.names[other])}<br>{flows[one, other]:,} subjects, "
                f"{shown(share_text(flows[one, other], before.total))}"
                for one, other in links
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    moves = Counter(zip(before.fine, after.fine, strict=True))
    moved = sum(count for (one, other), count in moves.items() if one != other)
    title = f"{shown(old)} → {shown(new)}: {moved:,} of {before.total:,} subjects rated otherwise"
    margin = {"l": 20, "r": 20, "t": TOP, "b": BOTTOM}
    return figure([sankey], title, _moves_in_words(before, moves), height=height, margin=margin)


def _heights(levels: Levels, side: Sequence[Level], gap: float) -> list[float]:
    """Return the middle of each node from the top, with gaps between them; plotly leaves out a node at 0 or 1."""
    whole = 1 - gap * (len(levels.names) - 1)
    above, found = 0.0, []
    for level in side:
        tall = whole * levels.counts[level] / levels.total
        found.append(min(max(above + tall / 2, 0.001), 0.999))
        above += tall + gap
    return found


def _step(levels: Levels, old: Level, new: Level) -> int:
    """Return by how many bands a subject rises; 0 if one of its levels is no band."""
    return levels.order[old] - levels.order[new] if old in levels.order and new in levels.order else 0


def _colour(levels: Levels, old: Level, new: Level) -> str:
    step = _step(levels, old, new)
    return LINK if step == 0 else blended(float(step > 0)).replace("rgb(", "rgba(").replace(")", ",.45)")


def _moves_in_words(levels: Levels, flows: Mapping[tuple[Level, Level], int]) -> str:
    steps: Counter[int] = Counter()
    others = 0
    for (old, new), count in flows.items():
        step = _step(levels, old, new)
        steps[(step > 0) - (step < 0)] += count
        others += count if old != new and not step else 0
    text = f"{steps[1]:,} better · {steps[-1]:,} worse"
    return f"{text} · {others:,} rated only by one, or with another status" if others else text
