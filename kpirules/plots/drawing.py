"""Draws the distribution and the bands by group as SVG, without any extra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from ..kernel.brief import shortened
from ..kernel.exact import approximate_text
from ..kernel.markup import Html, element
from ..kernel.pictures import LETTER, RULE, SMALL, WIDTH, box, drawing, length, line_of_text, shade
from .bins import Bins
from .levels import Level, Levels, share_text
from .picture import LOOK, Picture

__all__ = ["drawn_distribution", "drawn_groups"]

LEFT, RIGHT = 4, WIDTH - 4
TOP, HIGH = 36, 120
"""Where the bars of a distribution begin from the top, and how high they are."""

ROW, GROUP = 18, 46
"""Heights of a line of the key, and of a group."""


def drawn_distribution(
    name: str, bins: Bins, counts: Sequence[Counter[Level]], levels: Levels, uncounted: Mapping[Level, int]
) -> Picture:
    """Draw how many subjects have which number, with the ends of bands.

    Args:
        name: the name of the number.
        bins: the bins.
        counts: the number of subjects in each bin, by level.
        levels: the levels of all subjects.
        uncounted: the number of subjects without such a number, by level.
    """
    name = shortened(name)
    title = f"Distribution of {name}, {levels.total:,} subjects"
    parts = [line_of_text(LEFT, 13, title, RIGHT - LEFT, weight="600"), *_bars(bins, counts, levels)]
    top = TOP + HIGH + 24
    parts += _key(levels, levels.counts, top, uncounted)
    described = "; ".join(
        f"{bins.text(place)}: {count.total():,}" for place, count in enumerate(counts) if count.total()
    )
    height = top + ROW * len(levels.names) + 6
    return _picture(parts, height, title, f"{_in_words(levels, uncounted)}. {name} {described}")


def heights_in(bins: Bins, counts: Sequence[Counter[Level]]) -> list[Fraction]:
    """Return the height of each bin: its count scaled to a bin of the usual width, so that areas are comparable."""
    widths = [high - low for low, high in zip(bins.ends, bins.ends[1:], strict=False)]
    return [count.total() * bins.step / width for count, width in zip(counts, widths, strict=True)]


def _bars(bins: Bins, counts: Sequence[Counter[Level]], levels: Levels) -> Iterator[Html]:
    heights = heights_in(bins, counts)
    highest = max(heights, default=Fraction(0))
    low, high = bins.ends[0], bins.ends[-1]
    bottom = TOP + HIGH

    def across(value: Fraction) -> float:
        return LEFT + float((value - low) / (high - low)) * (RIGHT - LEFT)

    unit = "subjects" if bins.are_equal else f"subjects per {approximate_text(bins.step)}"
    yield line_of_text(LEFT, 29, f"highest: {round(highest):,} {unit}", RIGHT - LEFT, size=SMALL, is_faint=True)
    for edge in bins.drawn_edges:
        x = f"{across(edge):.1f}"
        yield element("line", x1=x, x2=x, y1=f"{TOP}", y2=f"{bottom + 4}", **RULE)
    paths: dict[Level, list[str]] = {}
    for place, (count, whole) in enumerate(zip(counts, heights, strict=True)):
        left, right = across(bins.ends[place]), across(bins.ends[place + 1])
        base = float(bottom)
        # The worst level is at the bottom, so that a bar grows towards the best one.
        for level in reversed([one for one in levels.names if count[one]]):
            tall = float(whole / highest * count[level] / count.total()) * HIGH
            base -= tall
            width = max(right - left - 1, 0.6)
            paths.setdefault(level, []).append(_bar(left + 0.5, base, width, tall))
    yield from _filled(paths, levels)
    yield box(LEFT, bottom, RIGHT - LEFT, 1)
    yield from _ticks([low, *bins.drawn_edges, high], across, bottom + 16)


def _ticks(values: Sequence[Fraction], across: Callable[[Fraction], float], y: float) -> Iterator[Html]:
    """Write numbers below the axis: both ends of it, then those that have room between them."""
    taken: list[tuple[float, float]] = []
    low, high = min(values), max(values)
    for value in dict.fromkeys([low, high, *sorted(values, reverse=True)]):
        text = approximate_text(value, 3)
        half = length(text, SMALL) / 2
        middle = min(max(across(value), LEFT + half), RIGHT - half)
        if all(middle + half + 4 < start or middle - half - 4 > end for start, end in taken):
            taken.append((middle - half, middle + half))
            yield line_of_text(middle, y, text, WIDTH / 2, size=SMALL, anchor="middle", is_faint=True)


def drawn_groups(by: str, groups: Mapping[str, Counter[Level]], levels: Levels) -> Picture:
    """Draw the levels of each group, as parts of a bar.

    Args:
        by: what groups them.
        groups: the number of subjects of each level, by group.
        levels: the levels of all subjects.
    """
    title = f"Bands by {shortened(by)}, {levels.total:,} subjects"
    parts = [line_of_text(LEFT, 13, title, RIGHT - LEFT, weight="600")]
    parts += _key(levels, levels.counts, 26)
    top = 26 + ROW * len(levels.names) + 12
    paths: dict[Level, list[str]] = {}
    for row, (group, counts) in enumerate(groups.items()):
        parts += _group(shortened(group), counts, levels, top + row * GROUP, paths)
    parts += _filled(paths, levels)
    in_order = "; ".join(
        f"{shortened(group)}: {', '.join(str(counts[level]) for level in levels.names)}"
        for group, counts in groups.items()
    )
    height = top + GROUP * len(groups)
    return _picture(parts, height, title, f"{_in_words(levels, {})}. Groups, in this order: {in_order}")


def _group(
    name: str, counts: Counter[Level], levels: Levels, top: float, paths: dict[Level, list[str]]
) -> Iterator[Html]:
    """Write the name and the numbers of a group, and add its bars to the paths of levels."""
    total = counts.total()
    number = f"{total:,}"
    yield line_of_text(LEFT, top + 10, name, RIGHT - LEFT - 10 - length(number, SMALL))
    yield line_of_text(RIGHT, top + 10, number, WIDTH / 3, size=SMALL, anchor="end", is_faint=True)
    found = [level for level in levels.names if counts[level]]
    ends = [LEFT + (RIGHT - LEFT) * end / total for end in accumulate(counts[level] for level in found)]
    free = 0.0
    numbers: list[Html] = []
    for level, start, end in zip(found, [LEFT, *ends], ends, strict=False):
        paths.setdefault(level, []).append(_bar(start, top + 15, max(end - start - 1, 0.6), 11))
        text = f"{counts[level]:,}"
        if start >= free and start + length(text, SMALL) <= RIGHT:
            free = start + length(text, SMALL) + 5
            numbers.append(element("tspan", text, x=f"{start:.1f}"))
    faint = "color:var(--soft,currentColor)"
    yield element("text", *numbers, y=f"{top + 37:.1f}", font_size=f"{SMALL:g}", style=faint)


def _bar(x: float, y: float, across: float, down: float) -> str:
    return f"M{x:.1f} {y:.2f}h{across:.1f}v{down:.2f}h-{across:.1f}z"


def _filled(paths: Mapping[Level, Sequence[str]], levels: Levels) -> Iterator[Html]:
    """Draw the bars of each level as one shape, which is shorter."""
    for level, bars in paths.items():
        yield element("path", d="".join(bars), style=f"fill:{tone(levels, level)}")


def _key(
    levels: Levels, counts: Mapping[Level, int], top: float, uncounted: Mapping[Level, int] | None = None
) -> Iterator[Html]:
    """Draw a line for each level, with the number of its subjects."""
    for row, (level, name) in enumerate(levels.names.items()):
        y = top + row * ROW
        missing = (uncounted or {}).get(level, 0)
        without = f" ({missing:,} without a number)" if missing and level.is_rated else ""
        amount = f"{counts[level]:,}{without} · {share_text(counts[level], levels.total)}"
        yield box(LEFT, y, 10, 10, rx="2", style=f"fill:{tone(levels, level)}")
        yield line_of_text(LEFT + 16, y + 9.5, name, RIGHT - LEFT - 26 - length(amount, SMALL), size=LETTER)
        yield line_of_text(RIGHT, y + 9.5, amount, WIDTH, size=SMALL, anchor="end")


def tone(levels: Levels, level: Level) -> str:
    """Return the colour of a level: from good to bad for ratings, grey for others."""
    place, count = levels.place(level)
    if level.is_rated:
        return shade(place, count)
    return f"color-mix(in srgb,currentColor {55 - 35 * place // max(count, 1)}%,transparent)"


def _in_words(levels: Levels, uncounted: Mapping[Level, int]) -> str:
    counts = levels.counts
    parts = [f"{name} {counts[level]:,}" for level, name in levels.names.items()]
    parts += [
        f"of {levels.names[level]} {count:,} have no number" for level, count in uncounted.items() if level.is_rated
    ]
    return "; ".join(parts)


def _picture(parts: Sequence[Html], height: float, title: str, description: str) -> Picture:
    drawn = drawing(parts, height, title, description, **LOOK)
    return Picture(title, str(drawn))
