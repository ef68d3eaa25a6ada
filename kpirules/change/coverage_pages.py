"""Coverage as text, Markdown and HTML: the uncovered points, and the rulebook's text coloured by coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from ..diagnostics import Source
from ..kernel.exact import to_text
from ..kernel.markup import Html, element, joined, page, plain, style
from ..kernel.shown import as_html, as_markdown, as_text
from ..kernel.visible import neutral
from .coverage import Coverage, together
from .decisions import VERSION, Point

__all__ = ["coverage_page", "percent", "summary"]

RULES = """
& pre { font: .85em/1.5 ui-monospace, monospace; white-space: pre-wrap; }
& mark { color: inherit; border-radius: .2em; }
& mark.all { background: color-mix(in srgb, #2fa84f 30%, transparent); }
& mark.some { background: color-mix(in srgb, #e0a100 38%, transparent); }
& mark.none { background: color-mix(in srgb, #e03020 38%, transparent); }
"""

STATES = {"all": "every outcome seen", "some": "some outcomes never seen", "none": "never seen"}


def percent(share: Fraction) -> str:
    """Return a share in per cent with one place, rounded down: 100 % is everything.

    >>> percent(Fraction(1999, 2000))
    '99.9 %'
    """
    return f"{to_text(Fraction(int(share * 1000), 10))} %"


def _sentence(coverage: Coverage) -> str:
    return f"{coverage.rulebook}: {len(coverage.covered)} of {len(coverage.points)} decision points covered"


def summary(coverages: Sequence[Coverage]) -> str:
    """Return the coverage of several rulebooks in one line.

    Args:
        coverages: the coverage of each rulebook.
    """
    return f"coverage {percent(together(coverages))} of the decision points (definition {VERSION})"


@as_text.register
def _text(coverage: Coverage) -> str:
    lines = [f"{_sentence(coverage)}, {percent(coverage.share)}"]
    lines += [f"  {point.place}: {point}" if point.place else f"  {point}" for point in coverage.never]
    return "\n".join(map(neutral, lines)) + "\n"


@as_markdown.register
def _markdown(coverage: Coverage) -> str:
    lines = [f"{plain(_sentence(coverage))}, {percent(coverage.share)}", ""]
    lines += [f"- {plain(' '.join(filter(None, (point.place, str(point)))))}" for point in coverage.never]
    return "\n".join(lines).rstrip() + "\n"


@as_html.register
def _html(coverage: Coverage) -> Html:
    legend = [element("mark", words, classes=state) for state, words in STATES.items()]
    parts = [
        style("kpirules-coverage", RULES),
        element("h2", f"{_sentence(coverage)}, {percent(coverage.share)}"),
        element("p", joined(legend, " · ")),
        *(_painted(source, coverage) for source in coverage.sources),
    ]
    return element("section", joined(parts), classes="kpirules-coverage")


def coverage_page(coverages: Sequence[Coverage]) -> str:
    """Return an HTML page with the coverage of several rulebooks.

    Args:
        coverages: the coverage of each rulebook.
    """
    body = joined([element("h1", summary(coverages)), *map(as_html, coverages)])
    return page(f"Coverage: {percent(together(coverages))}", body, "en")


def _painted(source: Source, coverage: Coverage) -> Html:
    """Return the text of a document; nested parts have their own colour."""
    at: defaultdict[tuple[int, int], list[Point]] = defaultdict(list)
    for point in coverage.points:
        span = point.decision.span
        if span is not None and span.source == source:
            at[span.start, span.end].append(point)
    pieces = joined(_pieces(source.text, at, coverage))
    return joined([element("h3", source.name), element("pre", pieces)])


def _pieces(text: str, at: dict[tuple[int, int], list[Point]], coverage: Coverage) -> Iterator[str | Html]:
    """Yield the parts of a text, each coloured by the smallest span that contains it."""
    spans = sorted(at, key=lambda span_: span_[1] - span_[0])
    ends = sorted({0, len(text), *(end for span in spans for end in span)})
    for start, end in pairwise(ends):
        inner = next((span for span in spans if span[0] <= start and end <= span[1]), None)
        if inner is None:
            yield text[start:end]
            continue
        uncovered = [point for point in at[inner] if point not in coverage.covered]
        state = "all" if not uncovered else "none" if len(uncovered) == len(at[inner]) else "some"
        title = "; ".join(f"never: {point}" for point in uncovered) or "every outcome seen"
        yield element("mark", text[start:end], classes=state, title=title)
